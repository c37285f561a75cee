/* SPDX-License-Identifier: Apache-2.0 */
#include "spread.h"

#include <stdlib.h>
#include <string.h>

#include "targets.h"

enum { ADDRS_MAX = 256 }; /* of a name; more than a DNS answer over UDP ever holds */

void cli_spread_init(struct cli_spread *spread, bool wanted)
{
    *spread = (struct cli_spread){.wanted = wanted};
    pthread_mutex_init(&spread->lock, NULL);
}

/* Locked. */
static bool note(struct cli_spread *spread, size_t index)
{
    if (spread->n == spread->cap) {
        size_t cap = spread->cap > 0 ? spread->cap * 2 : 16;
        size_t *indices = realloc(spread->indices, cap * sizeof(*indices));

        if (indices == NULL)
            return false; /* its first address is better than nothing */
        spread->indices = indices;
        spread->cap = cap;
    }
    spread->indices[spread->n++] = index;
    return true;
}

bool cli_spread_resolved(struct cli_spread *spread, const struct mping_event *event)
{
    bool noted;

    /* Later, a name that has moved takes its target along. */
    if (!spread->wanted || event->count > 0)
        return false;
    pthread_mutex_lock(&spread->lock);
    noted = note(spread, cli_target_index(event));
    pthread_mutex_unlock(&spread->lock);
    return noted;
}

bool cli_spread_is_due(struct cli_spread *spread)
{
    bool due;

    if (!spread->wanted)
        return false;
    pthread_mutex_lock(&spread->lock);
    due = spread->n > 0;
    pthread_mutex_unlock(&spread->lock);
    return due;
}

static bool take(struct cli_spread *spread, size_t *ret_index)
{
    bool taken;

    pthread_mutex_lock(&spread->lock);
    taken = spread->n > 0;
    if (taken)
        *ret_index = spread->indices[--spread->n];
    pthread_mutex_unlock(&spread->lock);
    return taken;
}

static int add_other(struct cli_targets *targets, size_t index, const struct mping_addr *addr,
                     uint64_t sends)
{
    const char *labels = cli_target_labels(targets, index);
    size_t before = targets->n;
    int err = cli_targets_add_as(targets, mping_target_host(targets->all[index]), addr, labels,
                                 cli_labels_len(labels));

    for (uint64_t i = 0; i < sends && err == 0 && targets->n > before; i++)
        mping_send(targets->all[before]);
    return err;
}

static int add_others(struct cli_targets *targets, size_t index, uint64_t sends)
{
    struct mping_addr addrs[ADDRS_MAX], own;
    int n = mping_target_addrs(targets->all[index], addrs, ADDRS_MAX), err = 0;

    if (n < 0 || mping_target_addr(targets->all[index], &own) < 0)
        return 0; /* it has ended meanwhile */
    for (int i = 0; i < n && i < ADDRS_MAX && err == 0; i++) {
        if (memcmp(&addrs[i], &own, sizeof(own)) != 0)
            err = add_other(targets, index, &addrs[i], sends);
    }
    return err;
}

int cli_spread_add(struct cli_spread *spread, struct cli_targets *targets, uint64_t sends)
{
    size_t index;
    int err = 0;

    while (spread->wanted && err == 0 && take(spread, &index))
        err = add_others(targets, index, sends);
    return err;
}

void cli_spread_done(struct cli_spread *spread)
{
    free(spread->indices);
    pthread_mutex_destroy(&spread->lock);
}
