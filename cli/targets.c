/* SPDX-License-Identifier: Apache-2.0 */
#include "targets.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "exclude.h"
#include "range/range.h"
#include "run.h"
#include "seen.h"
#include "target_opts.h"

/* A text being added. */
struct adding {
    struct cli_targets *targets;
    const char *labels;
    size_t labels_len;
    const char *problem;
};

int cli_targets_init(struct cli_targets *targets, struct mping *engine,
                     const struct cli_settings *settings)
{
    targets->engine = engine;
    targets->excluding = cli_excludes(settings);
    cli_spread_init(&targets->spread, settings->all_addresses);
    if (settings->unique && (targets->seen = cli_seen_new()) == NULL)
        return cli_complain(mping_strerror(MPING_ENOMEM), "", "");
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
        cli_label_store_add(&targets->label_store, labels, labels_len, &failed);
    return failed ? -1 : 0;
}

/* Notes the status that an error ends the command with; returns it in words. */
static const char *fail(struct cli_targets *targets, int err)
{
    targets->status = err == MPING_EINVAL || err == -ENODEV ? CLI_EXIT_USAGE
                      : err == MPING_EPERM                  ? CLI_EXIT_PERMISSION
                                                            : CLI_EXIT_SYSTEM;
    return err == MPING_EINVAL ? mping_errmsg(targets->engine) : mping_strerror(err);
}

/* 1: it is not to be added, 0, or an error. */
static int is_unwanted(struct cli_targets *targets, const struct mping_addr *addr, const char *host)
{
    if (addr != NULL && targets->excluding && mping_is_excluded(targets->engine, addr) > 0) {
        targets->excluded++;
        return 1;
    }
    return targets->seen != NULL ? cli_seen(targets->seen, targets->all, targets->n, addr, host)
                                 : 0;
}

/* Adds a host, or an address where host is NULL or the name whose address it is. */
static int add_one(struct cli_targets *targets, const char *host, const struct mping_addr *addr,
                   const char *labels, size_t labels_len)
{
    struct mping_target **place;
    int err;

    if (reserve(targets) < 0 || keep_labels(targets, labels, labels_len) < 0 ||
        cli_observations_add(&targets->observations, targets->n) < 0)
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
    bool look = targets->excluding || targets->seen != NULL || strchr(host, '%') != NULL;
    int parsed = look ? mping_addr_parse(&addr, host) : MPING_EINVAL;
    int err = 0;

    /* The library would take an address on an unknown interface for a name. */
    if (parsed == -ENODEV)
        return -ENODEV;
    if (look)
        err = is_unwanted(targets, parsed == 0 ? &addr : NULL, host);
    if (err != 0)
        return err < 0 ? err : 0;
    return add_one(targets, host, NULL, labels, labels_len);
}

static int add_host(struct adding *adding, const struct cli_range_host *host)
{
    struct cli_targets *targets = adding->targets;

    if (host->addr.family == 0)
        return add_plain(targets, host->name, adding->labels, adding->labels_len);
    return cli_targets_add_as(targets, NULL, &host->addr, adding->labels, adding->labels_len);
}

static int add_range(void *user, struct cli_range *range)
{
    struct adding *adding = user;

    if (range->count > CLI_TARGETS_MAX)
        adding->problem = "more targets than can be pinged at once; --sweep goes through them";
    for (uint64_t i = 0; i < range->count && adding->problem == NULL; i++) {
        struct cli_range_host host;
        int err;

        cli_range_at(range, i, &host);
        err = add_host(adding, &host);
        if (err < 0)
            adding->problem = fail(adding->targets, err);
    }
    cli_range_done(range);
    return adding->problem == NULL ? 0 : -1;
}

const char *cli_targets_add(void *list, const char *text, const char *labels, size_t labels_len)
{
    struct cli_targets *targets = list;
    struct adding adding = {targets, labels, labels_len, NULL};
    const char *problem;
    int err;

    targets->status = CLI_EXIT_USAGE; /* unless the library knows better */
    if (!cli_range_is_plain(text)) {
        problem = cli_range_read(text, add_range, &adding);
        return problem != NULL && *problem == '\0' ? adding.problem : problem;
    }
    err = add_plain(targets, text, labels, labels_len);
    return err < 0 ? fail(targets, err) : NULL;
}

size_t cli_target_index(const struct mping_event *event)
{
    return (size_t)(uintptr_t)event->user;
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
    return cli_labels_find(cli_target_labels(targets, index), name);
}

void cli_targets_cancel(struct cli_targets *targets)
{
    for (size_t i = 0; i < targets->n; i++)
        mping_cancel(targets->all[i]);
}

int cli_targets_status(const struct cli_targets *targets)
{
    int status = CLI_EXIT_OK;

    for (size_t i = 0; i < targets->n; i++) {
        struct mping_stats stats = {0};

        mping_target_stats(targets->all[i], &stats, sizeof(stats), 0);
        if (stats.received == 0 && stats.sent == 0 && stats.resolve_errors > 0)
            return CLI_EXIT_USAGE;
        if (stats.received == 0)
            status = CLI_EXIT_SILENT;
    }
    return status;
}

void cli_targets_done(struct cli_targets *targets)
{
    for (size_t i = 0; i < targets->n; i++)
        mping_close(targets->all[i]);
    free(targets->all);
    for (size_t i = 0; i < CLI_LABEL_CHUNKS; i++)
        free(targets->labels[i]);
    cli_label_store_done(&targets->label_store);
    cli_seen_free(targets->seen);
    cli_spread_done(&targets->spread);
    cli_observations_done(&targets->observations);
}
