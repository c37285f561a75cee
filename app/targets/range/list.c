/* SPDX-License-Identifier: Apache-2.0 */
#include "targets/range/list.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <multiping/error.h>

static bool reserve(struct app_range_list *list)
{
    size_t cap = list->cap > 0 ? list->cap * 2 : 64;
    struct app_range_entry *entries;

    if (list->entries != NULL && list->n < list->cap)
        return true;
    entries = realloc(list->entries, cap * sizeof(*entries));
    if (entries == NULL)
        return false;
    list->entries = entries;
    list->cap = cap;
    return true;
}

/* Whether a range of addresses begins where the last one ends. */
static bool follows(const struct app_range_entry *last, const struct app_range *range)
{
    return last->range.kind == APP_RANGE_ADDRS && range->kind == APP_RANGE_ADDRS &&
           app_addr_distance(&last->range.of.first, &range->of.first) == last->range.count;
}

/* Labels that are kept already. */
static int append(struct app_range_list *list, const struct app_range *range, const char *labels)
{
    struct app_range_entry *last = list->n > 0 ? &list->entries[list->n - 1] : NULL;

    if (last != NULL && last->labels == labels && follows(last, range)) {
        last->range.count += range->count;
    } else if (reserve(list)) {
        last = &list->entries[list->n++];
        *last = (struct app_range_entry){.range = *range, .labels = labels};
    } else {
        return MPING_ENOMEM;
    }
    list->count += range->count;
    last->end = list->count;
    return 0;
}

int app_range_list_add(struct app_range_list *list, struct app_range *range, const char *labels,
                       size_t labels_len)
{
    bool failed;
    const char *kept = app_label_store_add(&list->labels, labels, labels_len, &failed);
    int err = failed ? MPING_ENOMEM : append(list, range, kept);

    if (err < 0)
        app_range_done(range);
    return err;
}

void app_range_list_at(const struct app_range_list *list, uint64_t i,
                       struct app_range_host *ret_host, const char **ret_labels)
{
    size_t from = 0, to = list->n - 1;
    const struct app_range_entry *entry;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (list->entries[middle].end <= i)
            from = middle + 1;
        else
            to = middle;
    }
    entry = &list->entries[from];
    app_range_at(&entry->range, i - (entry->end - entry->range.count), ret_host);
    *ret_labels = entry->labels;
}

/* Addresses before names, each ascending. */
static int compare(const void *a, const void *b)
{
    const struct app_range *left = &((const struct app_range_entry *)a)->range;
    const struct app_range *right = &((const struct app_range_entry *)b)->range;

    if (left->kind != right->kind)
        return left->kind == APP_RANGE_ADDRS ? -1 : 1;
    if (left->kind == APP_RANGE_ADDRS)
        return app_addr_compare(&left->of.first, &right->of.first);
    return strcasecmp(left->of.name, right->of.name);
}

/* One host on its own. */
static int append_host(struct app_range_list *list, const struct app_range_host *host,
                       const char *labels)
{
    struct app_range range = {.kind = APP_RANGE_ADDRS, .count = 1, .of.first = host->addr};
    int err;

    if (host->addr.family == 0) {
        range.kind = APP_RANGE_NAME;
        range.of.name = strdup(host->name);
        if (range.of.name == NULL)
            return MPING_ENOMEM;
    }
    err = append(list, &range, labels);
    if (err < 0)
        app_range_done(&range);
    return err;
}

/* Whom to ask which addresses are one. */
struct owner {
    app_own_fn own; /* NULL: nobody */
    const void *user;
};

/* The first address of a network may stand for another host: :: is ::1. */
static int append_addrs(struct app_range_list *flat, const struct app_range *range,
                        const char *labels, const struct owner *owner)
{
    struct mping_addr first, last = app_addr_plus(&range->of.first, range->count - 1);
    struct app_range rest = *range;
    int err = 0;

    if (owner->own == NULL)
        return append(flat, range, labels);
    first = owner->own(owner->user, &rest.of.first);
    last = owner->own(owner->user, &last);
    if (rest.count == 1 || memcmp(first.ip, rest.of.first.ip, sizeof(first.ip)) != 0) {
        const struct app_range one = {.kind = APP_RANGE_ADDRS, .count = 1, .of.first = first};

        err = append(flat, &one, labels);
        rest.of.first = app_addr_plus(&rest.of.first, 1);
        rest.count--;
    }
    if (first.scope_id == last.scope_id)
        rest.of.first.scope_id = first.scope_id;
    return rest.count > 0 && err == 0 ? append(flat, &rest, labels) : err;
}

/* Everything as names and ranges of addresses. Takes the entry over. */
static int flatten(struct app_range_list *flat, struct app_range_entry *entry,
                   const struct owner *owner)
{
    int err = 0;

    if (entry->range.kind == APP_RANGE_ADDRS) {
        err = append_addrs(flat, &entry->range, entry->labels, owner);
    } else if (entry->range.kind == APP_RANGE_NAME) {
        err = append(flat, &entry->range, entry->labels);
        if (err == 0)
            entry->range = (struct app_range){.kind = APP_RANGE_ADDRS};
    } else {
        for (uint64_t i = 0; i < entry->range.count && err == 0; i++) {
            struct app_range_host host;

            app_range_at(&entry->range, i, &host);
            if (host.addr.family != 0 && owner->own != NULL)
                host.addr = owner->own(owner->user, &host.addr);
            err = append_host(flat, &host, entry->labels);
        }
    }
    app_range_done(&entry->range);
    return err;
}

/* How many of range's first hosts are among those of last, which does not begin later. */
static uint64_t overlap(const struct app_range *last, const struct app_range *range)
{
    uint64_t distance;

    if (last->kind != range->kind)
        return 0;
    if (last->kind == APP_RANGE_NAME)
        return strcasecmp(last->of.name, range->of.name) == 0;
    distance = app_addr_distance(&last->of.first, &range->of.first);
    if (distance >= last->count)
        return 0;
    return last->count - distance < range->count ? last->count - distance : range->count;
}

/* From a sorted list to one without overlaps. Takes the entries over. */
static int merge(struct app_range_list *merged, struct app_range_list *sorted)
{
    int err = 0;

    for (size_t i = 0; i < sorted->n; i++) {
        struct app_range *range = &sorted->entries[i].range;
        uint64_t known = merged->n > 0 ? overlap(&merged->entries[merged->n - 1].range, range) : 0;

        if (err < 0 || known == range->count) {
            app_range_done(range);
            continue;
        }
        if (range->kind == APP_RANGE_ADDRS)
            range->of.first = app_addr_plus(&range->of.first, known);
        range->count -= known;
        err = append(merged, range, sorted->entries[i].labels);
    }
    return err;
}

int app_range_list_fold(struct app_range_list *list, app_own_fn own, const void *user)
{
    const struct owner owner = {own, user};
    struct app_range_list flat = {0}, merged = {0};
    int err = 0;

    for (size_t i = 0; i < list->n; i++) {
        if (err < 0)
            app_range_done(&list->entries[i].range);
        else
            err = flatten(&flat, &list->entries[i], &owner);
    }
    if (flat.n > 0)
        qsort(flat.entries, flat.n, sizeof(*flat.entries), compare);
    if (err == 0)
        err = merge(&merged, &flat);
    free(list->entries);
    free(flat.entries);
    merged.labels = list->labels;
    *list = merged;
    return err;
}

void app_range_list_done(struct app_range_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        app_range_done(&list->entries[i].range);
    free(list->entries);
    app_label_store_done(&list->labels);
    *list = (struct app_range_list){0};
}
