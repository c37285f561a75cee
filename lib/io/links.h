/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The network interfaces of a namespace: which of them have been away, and which have dropped
 * packets, and up to when. Fed with what rtnetlink tells of them.
 */
#ifndef MPING_IO_LINKS_H
#define MPING_IO_LINKS_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <multiping/event.h>

/* The index of loopback in every namespace. */
enum { MPING_LINK_LOOPBACK = 1 };

struct mping_known_link;

/* Zero to begin with. */
struct mping_links {
    struct mping_known_link *all; /* by index */
    size_t n, cap;
    uint32_t list;        /* the number of the list that is being told */
    bool complete;        /* one has been told: a link that is not known yet is new */
    uint64_t qdisc_drops; /* of all queueing disciplines, not taken note of yet */
    bool overflowed;      /* one could not be kept for want of memory */
    bool changed;         /* links came, went or changed since this was last cleared */
    int64_t moved_ns;     /* when a counter was last found to have moved; 0: never */
    int64_t away_ns;      /* when one was last found to have gone, come or come back; 0: never */
};

/* Takes RTM_NEWLINK, RTM_DELLINK and RTM_NEWQDISC; now_ns: what it tells of has happened by then.
 */
void mping_links_take(struct mping_links *links, const struct nlmsghdr *message, int64_t now_ns);

/* Around a whole list of links: those that are not in it have gone. */
void mping_links_list_begin(struct mping_links *links);
void mping_links_list_end(struct mping_links *links, int64_t now_ns);

/*
 * Behind a whole list of queueing disciplines. If they have dropped no other packets than those
 * whose sends were refused, at least `least` of them and at the most `most`, none of what left is
 * gone.
 */
void mping_links_qdiscs_end(struct mping_links *links, uint32_t least, uint32_t most,
                            int64_t now_ns);

/* Whether one that is there, loopback apart, is down now. */
bool mping_links_any_away(const struct mping_links *links);

/*
 * Why a packet that left through a link at sent_ns, or its answer, may have got lost there, or at
 * those that it stands on: MPING_REASON_LINK, _TX_DROP, _RX_DROP or _NONE. index 0: any but
 * loopback.
 */
enum mping_reason mping_links_doubt(const struct mping_links *links, uint32_t index,
                                    int64_t sent_ns);

void mping_links_done(struct mping_links *links);

#endif
