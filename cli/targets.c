/* SPDX-License-Identifier: Apache-2.0 */
#include "targets.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "exclude.h"
#include "operands.h"
#include "process/exit.h"
#include "process/problem.h"
#include "run.h"
#include "target_opts.h"
#include "targets/dedup.h"
#include "targets/range/range.h"

/* How far targets may be ahead of the pings: what the engine sends in so long. */
#define LEAD_NS INT64_C(20000000)

/* A text being added. */
struct adding {
    struct cli_targets *targets;
    const char *text, *labels;
    size_t labels_len;
    const char *problem;
};

int cli_targets_init(struct cli_targets *targets, struct mping *engine,
                     const struct cli_settings *settings)
{
    targets->engine = engine;
    targets->excluding = cli_excludes(settings);
    app_pending_init(&targets->pending);
    if (settings->unique && (targets->seen = app_seen_new()) == NULL)
        return app_complain(mping_strerror(MPING_ENOMEM), "", "");
    return cli_target_opts(&targets->opts, settings);
}

static int reserve(struct cli_targets *targets)
{
    size_t cap = targets->cap > 0 ? targets->cap * 2 : 64;
    struct mping_target **all;

    if (targets->n < targets->cap)
        return 0;
    all = realloc(targets->all, cap * sizeof(struct mping_target *));
    if (all == NULL)
        return -1;
    targets->all = all;
    targets->cap = cap;
    return 0;
}

/* Before the target is added: from then on callbacks may ask for it. */
static int keep_labels(struct cli_targets *targets, const char *labels, size_t labels_len)
{
    const char ***chunk = &targets->labels[targets->n / CLI_LABEL_CHUNK];
    bool failed;

    if (labels_len == 0)
        return 0;
    if (targets->n / CLI_LABEL_CHUNK >= CLI_LABEL_CHUNKS)
        return -1;
    if (*chunk == NULL)
        *chunk = calloc(CLI_LABEL_CHUNK, sizeof(**chunk));
    if (*chunk == NULL)
        return -1;
    (*chunk)[targets->n % CLI_LABEL_CHUNK] =
        app_label_store_add(&targets->label_store, labels, labels_len, &failed);
    return failed ? -1 : 0;
}

/* Notes the status that an error ends the command with; returns it in words. */
static const char *fail(struct cli_targets *targets, int err)
{
    bool usage = err == MPING_EINVAL || err == -ENODEV;

    targets->status = usage                ? APP_EXIT_USAGE
                      : err == MPING_EPERM ? APP_EXIT_PERMISSION
                                           : APP_EXIT_SYSTEM;
    return usage || err == -EAGAIN ? mping_errmsg(targets->engine) : mping_strerror(err);
}

/* As app_seen(), of the address that is pinged in the end. */
static int is_seen(struct cli_targets *targets, const struct mping_addr *addr, const char *host)
{
    struct mping_addr own;
    int err = 0;

    if (addr != NULL)
        err = mping_effective_addr(targets->engine, addr, &targets->opts, &own);
    return err < 0 ? err
                   : app_seen(targets->seen, targets->all, targets->n, addr ? &own : NULL, host);
}

/* 1: it is not to be added, 0, or an error. */
static int is_unwanted(struct cli_targets *targets, const struct mping_addr *addr, const char *host)
{
    if (addr != NULL && targets->excluding && mping_is_excluded(targets->engine, addr) > 0) {
        targets->excluded++;
        return 1;
    }
    return targets->seen != NULL ? is_seen(targets, addr, host) : 0;
}

/* Adds a host, or an address where host is NULL or the name whose address it is. */
static int add_one(struct cli_targets *targets, const char *host, const struct mping_addr *addr,
                   const char *labels, size_t labels_len)
{
    struct mping_target **place;
    int err;

    if (reserve(targets) < 0 || keep_labels(targets, labels, labels_len) < 0 ||
        app_observations_add(&targets->observations, targets->n) < 0)
        return MPING_ENOMEM;
    place = &targets->all[targets->n];
    /* Its place in the list, no address. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    targets->opts.user = (void *)(uintptr_t)targets->n;
    if (host == NULL)
        err = mping_add_addr(targets->engine, addr, &targets->opts, place);
    else if (addr != NULL)
        err = mping_add_as(targets->engine, host, addr, &targets->opts, place);
    else
        err = mping_add(targets->engine, host, &targets->opts, place);
    targets->n += err == 0;
    return err;
}

int cli_targets_add_as(struct cli_targets *targets, const char *host, const struct mping_addr *addr,
                       const char *labels, size_t labels_len)
{
    int err = is_unwanted(targets, addr, host);

    if (err != 0)
        return err < 0 ? err : 0;
    return add_one(targets, host, addr, labels, labels_len);
}

/* Without a closer look at the text where nobody minds. */
static int add_plain(struct cli_targets *targets, const char *host, const char *labels,
                     size_t labels_len)
{
    struct mping_addr addr;
    bool look = targets->excluding || targets->seen != NULL;
    int parsed = look ? mping_addr_parse(&addr, host) : MPING_EINVAL;
    int err = 0;

    if (look)
        err = is_unwanted(targets, parsed == 0 ? &addr : NULL, host);
    if (err != 0)
        return err < 0 ? err : 0;
    return add_one(targets, host, NULL, labels, labels_len);
}

static int add_host(struct adding *adding, const struct app_range_host *host)
{
    struct cli_targets *targets = adding->targets;

    if (host->addr.family == 0)
        return add_plain(targets, host->name, adding->labels, adding->labels_len);
    return cli_targets_add_as(targets, NULL, &host->addr, adding->labels, adding->labels_len);
}

/* Names what is shown by its place in a list, or as it would stand on the command line. */
static int complain_at(const struct app_origin *origin, const char *shown, const char *problem)
{
    char after[APP_COMPLAINT_MAX / 2];
    struct app_text text = app_text_init(after, sizeof(after));

    if (origin->list == NULL)
        return cli_operand_complain(shown, problem);
    app_text_char(&text, ':');
    app_text_count(&text, origin->line);
    app_text_add(&text, ": \"");
    app_text_foreign(&text, shown);
    app_text_add(&text, "\": ");
    app_text_foreign(&text, problem);
    return app_complain("", origin->list, text.data);
}

/* For later: its labels are kept. A range of the wrong family is told once, not for each host. */
static const char *postpone(struct adding *adding, struct app_range *range)
{
    struct cli_targets *targets = adding->targets;
    int family = range->kind == APP_RANGE_ADDRS    ? range->of.first.family
                 : range->kind == APP_RANGE_OCTETS ? AF_INET
                                                   : AF_UNSPEC;
    bool failed = false;
    const char *labels =
        app_label_store_add(&targets->label_store, adding->labels, adding->labels_len, &failed);

    if (targets->opts.family != AF_UNSPEC && family != AF_UNSPEC &&
        family != targets->opts.family) {
        app_range_done(range);
        targets->refused = true;
        (void)complain_at(&targets->origin, adding->text, "not of the wanted address family");
        return NULL;
    }
    if (failed) {
        app_range_done(range);
        return fail(targets, MPING_ENOMEM);
    }
    if (app_pending_add(&targets->pending, range, labels, adding->labels_len, &targets->origin) < 0)
        return fail(targets, MPING_ENOMEM);
    return NULL;
}

/* Whether so many targets more can be made at once. */
static bool goes_at_once(const struct cli_targets *targets, uint64_t n)
{
    return targets->pending.n == 0 && targets->n <= targets->now_max &&
           n <= targets->now_max - targets->n &&
           (targets->max == 0 || n <= targets->max - targets->n);
}

static int add_range(void *user, struct app_range *range)
{
    struct adding *adding = user;

    if (!goes_at_once(adding->targets, range->count)) {
        adding->problem = postpone(adding, range);
        return adding->problem == NULL ? 0 : -1;
    }
    for (uint64_t i = 0; i < range->count && adding->problem == NULL; i++) {
        struct app_range_host host;
        int err;

        app_range_at(range, i, &host);
        err = add_host(adding, &host);
        if (err < 0)
            adding->problem = fail(adding->targets, err);
    }
    app_range_done(range);
    return adding->problem == NULL ? 0 : -1;
}

const char *cli_targets_add(void *list, const char *text, const char *labels, size_t labels_len)
{
    struct cli_targets *targets = list;
    struct adding adding = {targets, text, labels, labels_len, NULL};
    const char *problem;
    int err;

    targets->status = APP_EXIT_USAGE; /* unless the library knows better */
    if (!app_range_is_plain(text) || !goes_at_once(targets, 1)) {
        problem = app_range_read(text, add_range, &adding);
        return problem != NULL && *problem == '\0' ? adding.problem : problem;
    }
    err = add_plain(targets, text, labels, labels_len);
    return err < 0 ? fail(targets, err) : NULL;
}

/* Names a host of a range by the range's place. */
static int complain_of(const struct app_pending_range *one, const struct app_range_host *host,
                       const char *problem)
{
    char name[MPING_ADDR_TEXT_MAX];
    const char *shown = host->name;

    if (host->addr.family != 0) {
        mping_addr_format(&host->addr, name, sizeof(name));
        shown = name;
    }
    return complain_at(&one->origin, shown, problem);
}

/* The first probe of the newest target tells whether all before it have been sent. */
static void set_mark(struct cli_targets *targets, int64_t now_ns)
{
    const struct mping_target_opts *opts = &targets->opts;
    bool at_once =
        (opts->count == 1 || opts->attempts > 0) && !(opts->flags & MPING_FLAG_RAND_DELAY);

    if (targets->mark_ns != 0 || targets->n == 0 || opts->interval_ns == MPING_INTERVAL_MANUAL)
        return;
    targets->mark = targets->n - 1;
    targets->mark_ns = now_ns + LEAD_NS + (at_once ? 0 : opts->interval_ns);
}

bool cli_targets_is_ahead(struct cli_targets *targets, int64_t now_ns)
{
    struct mping_stats stats = {0};

    if (targets->mark_ns == 0 || now_ns < targets->mark_ns)
        return false;
    mping_target_stats(targets->all[targets->mark], &stats, sizeof(stats), 0);
    if (stats.sent + stats.canceled == 0)
        return true;
    targets->mark_ns = 0;
    return false;
}

/* No more than there may be: what is left is said to be left out. */
static bool is_full(struct cli_targets *targets)
{
    if (targets->max == 0 || targets->n < targets->max)
        return false;
    targets->left_out = true;
    app_pending_done(&targets->pending);
    return true;
}

int cli_targets_make(struct cli_targets *targets, size_t n, int64_t now_ns)
{
    bool is_name = true;

    while (n-- > 0 && targets->pending.n > 0 && !is_full(targets)) {
        const struct app_pending_range *first = targets->pending.first;
        struct adding adding = {targets, NULL, first->labels, first->labels_len, NULL};
        struct app_range_host host;
        int err;

        app_pending_take(&targets->pending, &host);
        err = add_host(&adding, &host);
        if (err < 0)
            return complain_of(first, &host, fail(targets, err));
        is_name = host.addr.family == 0;
        app_pending_drop_made(&targets->pending);
    }
    if (!is_name) /* which waits for its address first */
        set_mark(targets, now_ns);
    return 0;
}

bool cli_targets_are_many(const struct cli_targets *targets)
{
    return targets->n + targets->pending.hosts > CLI_TARGETS_MANY;
}

size_t cli_target_index(const struct mping_event *event)
{
    return (size_t)(uintptr_t)event->user;
}

const char *cli_target_host(const struct cli_targets *targets, size_t index,
                            char text[CLI_HOST_TEXT_MAX])
{
    int len = mping_target_host_copy(targets->all[index], text, CLI_HOST_TEXT_MAX);
    const char *host = text;

    if (len >= CLI_HOST_TEXT_MAX)
        host = mping_target_host(targets->all[index]);
    return host != NULL ? host : "";
}

const char *cli_target_labels(const struct cli_targets *targets, size_t index)
{
    const char *const *chunk = NULL;

    if (index / CLI_LABEL_CHUNK < CLI_LABEL_CHUNKS)
        chunk = targets->labels[index / CLI_LABEL_CHUNK];
    return chunk != NULL ? chunk[index % CLI_LABEL_CHUNK] : NULL;
}

const char *cli_target_label(const struct cli_targets *targets, size_t index, const char *name)
{
    return app_labels_find(cli_target_labels(targets, index), name);
}

size_t cli_targets_cancel(struct cli_targets *targets, size_t next, size_t n)
{
    size_t end = n < targets->n - next ? next + n : targets->n;

    for (; next < end; next++)
        mping_cancel(targets->all[next]);
    return next;
}

int cli_targets_status(const struct cli_targets *targets)
{
    int status = APP_EXIT_OK;

    if (targets->refused)
        return APP_EXIT_USAGE;
    for (size_t i = 0; i < targets->n; i++) {
        struct mping_stats stats = {0};

        mping_target_stats(targets->all[i], &stats, sizeof(stats), 0);
        if (stats.received == 0 && stats.sent == 0 && stats.resolve_errors > 0)
            return APP_EXIT_USAGE;
        if (stats.received == 0)
            status = APP_EXIT_SILENT;
    }
    return status;
}

void cli_targets_done(struct cli_targets *targets)
{
    for (size_t i = 0; i < targets->n; i++)
        mping_close(targets->all[i]);
    free(targets->all);
    app_pending_done(&targets->pending);
    for (size_t i = 0; i < CLI_LABEL_CHUNKS; i++)
        free(targets->labels[i]);
    app_label_store_done(&targets->label_store);
    app_seen_free(targets->seen);
    app_observations_done(&targets->observations);
}
