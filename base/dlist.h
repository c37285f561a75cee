/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ring lists. A head is a link of its own; members have their link as the first field, so a
 * link is cast to its owner.
 */
#ifndef MPING_BASE_DLIST_H
#define MPING_BASE_DLIST_H

#include <stdbool.h>
#include <stddef.h>

struct mping_link {
    struct mping_link *prev;
    struct mping_link *next;
};

/* Makes an empty list, or a member of none. */
static inline void mping_dlist_init(struct mping_link *link)
{
    link->prev = link;
    link->next = link;
}

static inline bool mping_dlist_is_empty(const struct mping_link *head)
{
    return head->next == head;
}

/* Appends a member of no list. */
static inline void mping_dlist_append(struct mping_link *head, struct mping_link *link)
{
    link->prev = head->prev;
    link->next = head;
    head->prev->next = link;
    head->prev = link;
}

/* Takes a member out of its list; nothing happens if it is in none. */
static inline void mping_dlist_remove(struct mping_link *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    mping_dlist_init(link);
}

/* Takes the first member out; NULL: there is none. */
static inline struct mping_link *mping_dlist_pop(struct mping_link *head)
{
    struct mping_link *first = head->next;

    if (first == head)
        return NULL;
    head->next = first->next;
    first->next->prev = head;
    mping_dlist_init(first);
    return first;
}

#endif
