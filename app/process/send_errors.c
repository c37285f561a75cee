/* SPDX-License-Identifier: Apache-2.0 */
#include "process/send_errors.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process/problem.h"
#include "text/time_style.h"

#define MS INT64_C(1000000)
#define SECOND (1000 * MS)
#define LOOK_NS (50 * MS)
#define GATHER_MIN_NS (100 * MS)
#define GATHER_MAX_NS SECOND
/* What comes back sooner than this flaps, and has to stay away for longer each time. */
#define FLAP_NS (60 * SECOND)
#define CALM_MAX_NS (64 * SECOND)

/* A target whose last probe could not be sent. */
struct app_failing {
    struct mping_target *target;
    struct app_cause *cause;
    uint64_t count; /* the number of that probe */
    TAILQ_ENTRY(app_failing) entry;
};

static int by_target(const void *a, const void *b)
{
    uintptr_t left = (uintptr_t)((const struct app_failing *)a)->target;
    uintptr_t right = (uintptr_t)((const struct app_failing *)b)->target;

    return (left > right) - (left < right);
}

void app_trouble_init(struct app_trouble *trouble, struct mping *engine, struct app_output *err,
                      int wake_fd, int64_t interval_ns)
{
    *trouble = (struct app_trouble){
        .engine = engine,
        .err = err,
        .wake_fd = wake_fd,
        .interval_ns = interval_ns,
    };
    pthread_mutex_init(&trouble->lock, NULL);
    TAILQ_INIT(&trouble->order);
}

/* The row of an error, a new one if need be. More errors at a time than rows share the last. */
static struct app_cause *cause_of(struct app_trouble *trouble, int err)
{
    struct app_cause *spare = NULL, *cause = trouble->causes;

    for (; cause < trouble->causes + APP_CAUSES_MAX; cause++) {
        if (cause->err == err)
            return cause;
        if (!spare && (!cause->err || (cause->over && !cause->failing)))
            spare = cause;
    }
    if (!spare)
        return &trouble->causes[APP_CAUSES_MAX - 1];
    *spare = (struct app_cause){.err = err, .over = true};
    return spare;
}

static void begin(struct app_trouble *trouble, struct app_cause *cause, const char *host,
                  int64_t now)
{
    bool flaps = cause->over_ns && now - cause->over_ns < FLAP_NS;
    int64_t calm_ns = !flaps ? 0 : cause->calm_ns ? 2 * cause->calm_ns : SECOND;

    *cause = (struct app_cause){
        .err = cause->err,
        .began_ns = now,
        .news_ns = now,
        .calm_ns = calm_ns < CALM_MAX_NS ? calm_ns : CALM_MAX_NS,
    };
    strncpy(cause->host, host, sizeof(cause->host) - 1);
    if (!atomic_exchange(&trouble->any, true))
        app_wake(trouble->wake_fd);
}

static void leave(struct app_failing *failing)
{
    failing->cause->failing--;
    failing->cause = NULL;
}

static void remove_failing(struct app_trouble *trouble, struct app_failing *failing)
{
    leave(failing);
    tdelete(failing, &trouble->by_target, by_target);
    TAILQ_REMOVE(&trouble->order, failing, entry);
    free(failing);
}

/* The record of a target, new if need be; NULL without memory, which costs no more than a word
 * that all works again. */
static struct app_failing *failing_of(struct app_trouble *trouble, struct mping_target *target)
{
    struct app_failing *failing = malloc(sizeof(*failing)), **found;

    if (!failing)
        return NULL;
    *failing = (struct app_failing){.target = target};
    found = tsearch(failing, &trouble->by_target, by_target);
    if (!found || *found != failing)
        free(failing);
    else
        TAILQ_INSERT_TAIL(&trouble->order, failing, entry);
    return found ? *found : NULL;
}

static void join(struct app_trouble *trouble, struct app_cause *cause,
                 const struct mping_event *event)
{
    struct app_failing *failing = failing_of(trouble, event->target);

    if (!failing)
        return;
    TAILQ_REMOVE(&trouble->order, failing, entry);
    TAILQ_INSERT_TAIL(&trouble->order, failing, entry);
    failing->count = event->count;
    if (failing->cause == cause)
        return;
    if (failing->cause)
        leave(failing);
    failing->cause = cause;
    cause->failing++;
    if (cause->failing + cause->ended <= cause->targets)
        return;
    cause->targets++;
    if (cause->targets == 2 * cause->told)
        cause->news_ns = cause->last_ns;
}

void app_trouble_send_error(struct app_trouble *trouble, const struct mping_event *event)
{
    struct app_cause *cause;
    int64_t now = app_mono_ns();

    pthread_mutex_lock(&trouble->lock);
    trouble->failures++;
    cause = cause_of(trouble, event->err);
    if (cause->over)
        begin(trouble, cause, event->host, now);
    cause->probes++;
    cause->last_ns = now;
    join(trouble, cause, event);
    pthread_mutex_unlock(&trouble->lock);
}

bool app_trouble_forget(struct app_trouble *trouble, struct mping_target *target)
{
    const struct app_failing key = {.target = target};
    struct app_failing **found;

    if (!atomic_load(&trouble->any))
        return false;
    pthread_mutex_lock(&trouble->lock);
    found = tfind(&key, &trouble->by_target, by_target);
    if (found) {
        (*found)->cause->ended++;
        remove_failing(trouble, *found);
    }
    pthread_mutex_unlock(&trouble->lock);
    return found != NULL;
}

/* Whether a later probe of it has left. */
static bool sends_again(const struct app_failing *failing)
{
    struct mping_stats stats = {0};

    mping_target_stats(failing->target, &stats, sizeof(stats), 0);
    return stats.sent + stats.resolve_errors > failing->count + 1;
}

/* Those that failed longest ago are the next to try: the others need not be asked. */
static void find_recovered(struct app_trouble *trouble)
{
    struct app_failing *failing;

    while ((failing = TAILQ_FIRST(&trouble->order)) && sends_again(failing)) {
        failing->cause->has_recovered = true;
        remove_failing(trouble, failing);
    }
}

static void put(const struct app_trouble *trouble, const struct app_text *line)
{
    app_output_lines(trouble->err, line->data, line->len);
    app_output_flush(trouble->err);
}

static void add_number(struct app_text *text, const char *before, uint64_t n, const char *after)
{
    app_text_add(text, before);
    app_text_count(text, n);
    app_text_add(text, after);
}

/* targets: how many are still pinged. */
static void tell_begin(const struct app_trouble *trouble, struct app_cause *cause, uint64_t targets)
{
    char line[APP_COMPLAINT_MAX];
    struct app_text text = app_text_init(line, sizeof(line));

    app_text_add(&text, "multiping: sending fails: ");
    app_text_add(&text, mping_strerror(cause->err));
    if (cause->failing > 1 && cause->failing >= targets) {
        add_number(&text, " (all ", targets, " targets)\n");
    } else {
        app_text_add(&text, " (");
        app_text_foreign(&text, cause->host);
        if (cause->targets > 1)
            add_number(&text, " and ", cause->targets - 1, targets ? " more so far" : " more");
        app_text_add(&text, ")\n");
    }
    put(trouble, &text);
    cause->told = cause->targets;
}

static void tell_end(const struct app_trouble *trouble, const struct app_cause *cause)
{
    char line[APP_COMPLAINT_MAX];
    struct app_text text = app_text_init(line, sizeof(line));

    app_text_add(&text, "multiping: sending works again after ");
    app_text_duration(&text, (cause->last_ns - cause->began_ns + MS) / MS * MS);
    app_text_add(&text, " of: ");
    app_text_add(&text, mping_strerror(cause->err));
    add_number(&text, " (", cause->targets, cause->targets == 1 ? " target, " : " targets, ");
    add_number(&text, "", cause->probes,
               cause->probes == 1 ? " probe not sent)\n" : " probes not sent)\n");
    put(trouble, &text);
}

/* Targets that have ended while they failed say nothing about whether sending works. */
static bool is_over(const struct app_cause *cause, int64_t now)
{
    int64_t calm_ns = cause->has_recovered ? cause->calm_ns : cause->calm_ns + SECOND;

    return !cause->failing && now - cause->last_ns >= calm_ns;
}

/*
 * How long to wait for others that the same befalls. With n targets spread over an interval
 * the first fails within 1/n of it: so all is told before an interval has passed.
 */
static int64_t gather_ns(const struct app_trouble *trouble, uint64_t targets)
{
    double n = targets > 0 ? (double)targets : 1;
    double wait_ns = 0.9 * (double)trouble->interval_ns * (n - 1) / n;

    if (wait_ns < (double)GATHER_MIN_NS)
        return GATHER_MIN_NS;
    return wait_ns > (double)GATHER_MAX_NS ? GATHER_MAX_NS : (int64_t)wait_ns;
}

static bool is_gathered(const struct app_trouble *trouble, const struct app_cause *cause,
                        uint64_t targets, int64_t now)
{
    bool is_all = cause->failing == cause->targets && cause->failing >= targets;

    return is_all || now - cause->news_ns >= gather_ns(trouble, targets);
}

static void look_at(const struct app_trouble *trouble, struct app_cause *cause, uint64_t targets,
                    int64_t now)
{
    if (cause->targets >= 2 * cause->told && is_gathered(trouble, cause, targets, now))
        tell_begin(trouble, cause, targets);
    if (!cause->told || !is_over(cause, now))
        return;
    if (cause->has_recovered)
        tell_end(trouble, cause);
    cause->over = true;
    cause->over_ns = now;
}

void app_trouble_look(struct app_trouble *trouble)
{
    struct mping_stats stats = {0};
    int64_t now = app_mono_ns();
    bool any = false;

    if (!atomic_load(&trouble->any) || now < trouble->look_ns)
        return;
    trouble->look_ns = now + LOOK_NS;
    mping_engine_stats(trouble->engine, &stats, sizeof(stats));
    pthread_mutex_lock(&trouble->lock);
    if (stats.send_errors == trouble->failures) /* else some are still on their way to us */
        find_recovered(trouble);
    for (int i = 0; i < APP_CAUSES_MAX; i++) {
        struct app_cause *cause = &trouble->causes[i];

        if (!cause->err || cause->over)
            continue;
        look_at(trouble, cause, stats.targets, now);
        any = any || !cause->over;
    }
    atomic_store(&trouble->any, any);
    pthread_mutex_unlock(&trouble->lock);
}

int app_trouble_wait_ms(const struct app_trouble *trouble)
{
    int64_t left_ns = trouble->look_ns - app_mono_ns();

    if (!atomic_load(&trouble->any))
        return -1;
    return left_ns > 0 ? (int)(left_ns / MS) + 1 : 0;
}

void app_trouble_end(struct app_trouble *trouble)
{
    struct mping_stats stats = {0};

    mping_engine_stats(trouble->engine, &stats, sizeof(stats));
    pthread_mutex_lock(&trouble->lock);
    for (int i = 0; i < APP_CAUSES_MAX; i++) {
        struct app_cause *cause = &trouble->causes[i];

        if (cause->err && !cause->over && !cause->told)
            tell_begin(trouble, cause, stats.targets);
    }
    pthread_mutex_unlock(&trouble->lock);
}

void app_trouble_done(struct app_trouble *trouble)
{
    struct app_failing *failing;

    while ((failing = TAILQ_FIRST(&trouble->order)))
        remove_failing(trouble, failing);
    pthread_mutex_destroy(&trouble->lock);
}
