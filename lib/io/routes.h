/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which links packets to an address leave through, as the routes of a namespace stand at one time:
 * to be asked later, when a link may have gone and the kernel has forgotten.
 */
#ifndef MPING_IO_ROUTES_H
#define MPING_IO_ROUTES_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <multiping/addr.h>

enum {
    MPING_ROUTES_MAX = 4096, /* beyond that any link may be the one */
    MPING_EGRESS_MAX = 8
};

struct mping_route;

/* Zero to begin with. */
struct mping_routes {
    struct mping_route *all;
    size_t n, cap;
    bool too_many;
    bool
        ruled; /* there are rules beside the usual ones: tables are not known to be asked in turn */
};

/* Links, any of which it may be. */
struct mping_egress {
    uint32_t links[MPING_EGRESS_MAX]; /* by index */
    size_t n;
    bool any; /* every link may be: more than these, or it cannot be told */
};

/* Takes RTM_NEWROUTE and RTM_NEWRULE. */
void mping_routes_take(struct mping_routes *routes, const struct nlmsghdr *message);

/* Adds those of the best route to dst. */
void mping_routes_find(const struct mping_routes *routes, const struct mping_addr *dst,
                       struct mping_egress *egress);

void mping_routes_done(struct mping_routes *routes);

#endif
