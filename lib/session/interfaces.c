/* SPDX-License-Identifier: Apache-2.0 */
#include "session/interfaces.h"

#include <errno.h>
#include <net/if.h>

#include "session/engine.h"
#include "session/state.h"

#define FOLLOW_NS INT64_C(50000000) /* no more often than that */

void mping_interface_note(struct mping_shared_profile *p)
{
    if (p->core.tx.ifindex && !if_indextoname(p->core.tx.ifindex, p->interface))
        p->interface[0] = '\0';
}

static bool has_lost_one(const struct mping_tx *tx, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (tx[i].err == -ENODEV && tx[i].opts->ifindex)
            return true;
    return false;
}

void mping_interfaces_follow(struct mping *m, const struct mping_tx *tx, size_t n)
{
    int64_t now_ns;

    if (!has_lost_one(tx, n))
        return;
    now_ns = mping_now_ns();
    if (now_ns < m->follow_ns)
        return;
    m->follow_ns = now_ns + FOLLOW_NS;
    for (struct mping_shared_profile *p = m->profiles; p; p = p->next) {
        uint32_t ifindex = p->interface[0] ? if_nametoindex(p->interface) : 0;

        if (ifindex)
            p->core.tx.ifindex = ifindex;
        if (ifindex && p->core.tx.source.scope_id)
            p->core.tx.source.scope_id = ifindex;
    }
}
