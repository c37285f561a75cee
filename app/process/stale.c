/* SPDX-License-Identifier: Apache-2.0 */
#include "process/stale.h"

#include <search.h>
#include <string.h>

#include "process/problem.h"
#include "text/text.h"
#include "text/time_style.h"

#define MS INT64_C(1000000)
#define SECOND (1000 * MS)
/* How long to wait for others that the same befalls: names are looked up at their own times. */
#define GATHER_NS SECOND

static int by_address(const void *a, const void *b)
{
    return ((uintptr_t)a > (uintptr_t)b) - ((uintptr_t)a < (uintptr_t)b);
}

void app_stale_init(struct app_stale *stale, struct app_output *err, int wake_fd)
{
    *stale = (struct app_stale){.err = err, .wake_fd = wake_fd};
    pthread_mutex_init(&stale->lock, NULL);
}

static void begin(struct app_stale *stale, const struct mping_event *event)
{
    stale->began_ns = app_mono_ns();
    stale->n_most = 0;
    stale->told = false;
    stale->reason = (enum mping_reason)event->reason;
    stale->host[0] = '\0';
    strncat(stale->host, event->host, sizeof(stale->host) - 1);
    if (!atomic_exchange(&stale->any, true))
        app_wake(stale->wake_fd);
}

/* Locked. Without memory for it a target is not counted. */
static void join(struct app_stale *stale, const struct mping_event *event)
{
    if (tfind(event->target, &stale->targets, by_address) ||
        !tsearch(event->target, &stale->targets, by_address))
        return;
    if (!atomic_load(&stale->any))
        begin(stale, event);
    stale->n++;
    if (stale->n > stale->n_most)
        stale->n_most = stale->n;
}

/* Locked. */
static void leave(struct app_stale *stale, struct mping_target *target)
{
    if (!tfind(target, &stale->targets, by_address))
        return;
    tdelete(target, &stale->targets, by_address);
    if (--stale->n == 0)
        app_wake(stale->wake_fd);
}

void app_stale_event(struct app_stale *stale, const struct mping_event *event)
{
    bool begins = event->type == MPING_EV_STALE;

    if (!begins && !atomic_load(&stale->any))
        return;
    pthread_mutex_lock(&stale->lock);
    if (begins)
        join(stale, event);
    else if (event->type == MPING_EV_RESOLVED || event->type == MPING_EV_FINISHED)
        leave(stale, event->target);
    pthread_mutex_unlock(&stale->lock);
}

static void add_number(struct app_text *text, const char *before, uint64_t n, const char *after)
{
    app_text_add(text, before);
    app_text_count(text, n);
    app_text_add(text, after);
}

static void put(const struct app_stale *stale, const struct app_text *text)
{
    app_output_lines(stale->err, text->data, text->len);
    app_output_flush(stale->err);
}

static void tell_begin(struct app_stale *stale)
{
    char line[APP_COMPLAINT_MAX];
    struct app_text text = app_text_init(line, sizeof(line));

    app_text_add(&text, "multiping: cannot look up again: ");
    app_text_add(&text, mping_reason_text(stale->reason));
    app_text_add(&text, " (");
    app_text_foreign(&text, stale->host);
    if (stale->n_most > 1)
        add_number(&text, " and ", stale->n_most - 1, " more so far");
    app_text_add(&text, "); the last address goes on\n");
    put(stale, &text);
    stale->told = true;
}

static void tell_end(const struct app_stale *stale)
{
    char line[APP_COMPLAINT_MAX];
    struct app_text text = app_text_init(line, sizeof(line));

    app_text_add(&text, "multiping: names can be looked up again after ");
    app_text_duration(&text, (app_mono_ns() - stale->began_ns) / MS * MS);
    add_number(&text, " (", stale->n_most, stale->n_most == 1 ? " target)\n" : " targets)\n");
    put(stale, &text);
}

void app_stale_look(struct app_stale *stale)
{
    if (!atomic_load(&stale->any))
        return;
    pthread_mutex_lock(&stale->lock);
    if (!stale->told && (stale->n == 0 || app_mono_ns() - stale->began_ns >= GATHER_NS))
        tell_begin(stale);
    if (stale->n == 0) {
        tell_end(stale);
        atomic_store(&stale->any, false);
    }
    pthread_mutex_unlock(&stale->lock);
}

int app_stale_wait_ms(struct app_stale *stale)
{
    int64_t left_ns;
    bool told;

    if (!atomic_load(&stale->any))
        return -1;
    pthread_mutex_lock(&stale->lock);
    told = stale->told;
    left_ns = stale->began_ns + GATHER_NS - app_mono_ns();
    pthread_mutex_unlock(&stale->lock);
    if (told)
        return -1;
    return left_ns > 0 ? (int)(left_ns / MS) + 1 : 0;
}

static void forget(void *target)
{
    (void)target; /* not ours */
}

void app_stale_done(struct app_stale *stale)
{
    tdestroy(stale->targets, forget);
    pthread_mutex_destroy(&stale->lock);
}
