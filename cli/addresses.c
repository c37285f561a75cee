/* SPDX-License-Identifier: Apache-2.0 */
#include "addresses.h"

#include <stdlib.h>
#include <string.h>

enum { ADDRS_MAX = 256 }; /* of a name; more than a DNS answer over UDP ever holds */

void cli_addresses_init(struct cli_addresses *addresses, bool wanted)
{
    *addresses = (struct cli_addresses){.wanted = wanted};
    pthread_mutex_init(&addresses->lock, NULL);
}

/* Locked. */
static bool note(struct cli_addresses *addresses, size_t index)
{
    if (addresses->n == addresses->cap) {
        size_t cap = addresses->cap > 0 ? addresses->cap * 2 : 16;
        size_t *indices = realloc(addresses->indices, cap * sizeof(*indices));

        if (indices == NULL)
            return false; /* its first address is better than nothing */
        addresses->indices = indices;
        addresses->cap = cap;
    }
    addresses->indices[addresses->n++] = index;
    return true;
}

bool cli_addresses_resolved(struct cli_addresses *addresses, const struct mping_event *event)
{
    bool noted;

    /* Later, a name that has moved takes its target along. */
    if (!addresses->wanted || event->count > 0)
        return false;
    pthread_mutex_lock(&addresses->lock);
    noted = note(addresses, cli_target_index(event));
    pthread_mutex_unlock(&addresses->lock);
    return noted;
}

bool cli_addresses_is_due(struct cli_addresses *addresses)
{
    bool due;

    if (!addresses->wanted)
        return false;
    pthread_mutex_lock(&addresses->lock);
    due = addresses->n > 0;
    pthread_mutex_unlock(&addresses->lock);
    return due;
}

static bool take(struct cli_addresses *addresses, size_t *ret_index)
{
    bool taken;

    pthread_mutex_lock(&addresses->lock);
    taken = addresses->n > 0;
    if (taken)
        *ret_index = addresses->indices[--addresses->n];
    pthread_mutex_unlock(&addresses->lock);
    return taken;
}

static int add_other(struct cli_targets *targets, size_t index, const struct mping_addr *addr,
                     uint64_t sends)
{
    const char *labels = cli_target_labels(targets, index);
    size_t before = targets->n;
    int err = cli_targets_add_as(targets, mping_target_host(targets->all[index]), addr, labels,
                                 app_labels_len(labels));

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

int cli_addresses_add(struct cli_addresses *addresses, struct cli_targets *targets, uint64_t sends)
{
    size_t index;
    int err = 0;

    while (addresses->wanted && err == 0 && take(addresses, &index))
        err = add_others(targets, index, sends);
    return err;
}

void cli_addresses_done(struct cli_addresses *addresses)
{
    free(addresses->indices);
    pthread_mutex_destroy(&addresses->lock);
}
