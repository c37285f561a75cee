/* SPDX-License-Identifier: Apache-2.0 */
/* Many ranges with their labels as one list of hosts, any of which is found by its index. */
#ifndef MULTIPING_APP_TARGETS_RANGE_LIST_H
#define MULTIPING_APP_TARGETS_RANGE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "targets/labels.h"
#include "targets/range/range.h"

struct cli_range_entry {
    struct cli_range range;
    uint64_t end; /* index behind its last host */
    const char *labels;
};

/* Zero to begin with. */
struct cli_range_list {
    struct cli_range_entry *entries;
    size_t n, cap;
    uint64_t count; /* hosts */
    struct cli_label_store labels;
};

/*
 * Takes over a range, with a copy of its labels; an address that follows the last one joins its
 * range. 0 or MPING_ENOMEM, and then the range is freed.
 */
int cli_range_list_add(struct cli_range_list *list, struct cli_range *range, const char *labels,
                       size_t labels_len);

/* The host at index i < count; *ret_labels as in cli_labels_next(). */
void cli_range_list_at(const struct cli_range_list *list, uint64_t i,
                       struct cli_range_host *ret_host, const char **ret_labels);

/* The address that is pinged where this one is given: another link or family, or the same. */
typedef struct mping_addr (*cli_own_fn)(const void *user, const struct mping_addr *addr);

/*
 * Names each address and each name but once. The list is in ascending order then, names at its
 * end; labels are those of the range that begins first. own: NULL, or whom to ask which addresses
 * are one; of a range it is asked about the ends. 0 or MPING_ENOMEM.
 */
int cli_range_list_fold(struct cli_range_list *list, cli_own_fn own, const void *user);

void cli_range_list_done(struct cli_range_list *list);

#endif
