/* SPDX-License-Identifier: Apache-2.0 */
/* Many ranges with their labels as one list of hosts, any of which is found by its index. */
#ifndef MULTIPING_APP_TARGETS_RANGE_LIST_H
#define MULTIPING_APP_TARGETS_RANGE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "targets/labels.h"
#include "targets/range/range.h"

struct app_range_entry {
    struct app_range range;
    uint64_t end; /* index behind its last host */
    const char *labels;
};

/* Zero to begin with. */
struct app_range_list {
    struct app_range_entry *entries;
    size_t n, cap;
    uint64_t count; /* hosts */
    struct app_label_store labels;
};

/*
 * Takes over a range, with a copy of its labels; an address that follows the last one joins its
 * range. 0 or MPING_ENOMEM, and then the range is freed.
 */
int app_range_list_add(struct app_range_list *list, struct app_range *range, const char *labels,
                       size_t labels_len);

/* The host at index i < count; *ret_labels as in app_labels_next(). */
void app_range_list_at(const struct app_range_list *list, uint64_t i,
                       struct app_range_host *ret_host, const char **ret_labels);

/* The address that is pinged where this one is given: another link or family, or the same. */
typedef struct mping_addr (*app_own_fn)(const void *user, const struct mping_addr *addr);

/*
 * Names each address and each name but once. The list is in ascending order then, names at its
 * end; labels are those of the range that begins first. own: NULL, or whom to ask which addresses
 * are one; of a range it is asked about the ends. 0 or MPING_ENOMEM.
 */
int app_range_list_fold(struct app_range_list *list, app_own_fn own, const void *user);

void app_range_list_done(struct app_range_list *list);

#endif
