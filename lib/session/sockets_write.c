/* SPDX-License-Identifier: Apache-2.0 */
#include "session/sockets_write.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/scratch.h"
#include "io/route.h"
#include "session/address.h"
#include "session/drops.h"
#include "session/engine.h"
#include "session/exclude.h"
#include "session/group_threads.h"
#include "session/interfaces.h"
#include "session/sockets.h"
#include "session/sources.h"
#include "session/state.h"

enum {
    /* Where each probe is answered at once one read takes all replies, and shows that they are all:
     * it has room for more. */
    WRITE_BATCH = MPING_BATCH * 3 / 4,
    /* At a low rate as many in a row come of a stall; after more it is a flood. */
    FULL_BATCHES_MAX = 2,
};

/* Whose link nobody knows: the kernel would say ENETUNREACH or EINVAL, by the kind of socket. */
static bool lacks_link(const struct mping_tx *tx)
{
    return mping_address_lacks_link(&tx->dst) ||
           (mping_address_lacks_link(&tx->opts->source) && !tx->dst.scope_id);
}

/* The socket for a probe: NULL, with *ret_err, if it cannot be had. */
static struct mping_backend *io_for(struct mping *m, const struct mping_tx *tx, int *ret_err)
{
    struct mping_family *f = &m->families[tx->dst.family == AF_INET6];
    struct mping_backend *io = NULL;

    if (mping_excludes(m, &tx->dst)) {
        *ret_err = MPING_EEXCLUDED;
        return NULL;
    }
    if (lacks_link(tx)) {
        *ret_err = MPING_ELINK;
        return NULL;
    }
    if (f->kind == MPING_SOCKET_RAW)
        return f->ios[0];
    if (!mping_sources_needed(f, tx->opts))
        return f->ios[tx->id_index];
    *ret_err = mping_sources_io(m, f, tx, &io);
    return io;
}

/* Moves all probes for the same socket to the front, in order; returns how many. */
static size_t gather(struct mping *m, const struct mping_backend *io, struct mping_tx *tx, size_t n)
{
    size_t same = 1;
    int err;

    while (same < n && io_for(m, &tx[same], &err) == io)
        same++;
    for (size_t i = same + 1; i < n; i++) {
        struct mping_tx moved;

        if (io_for(m, &tx[i], &err) != io)
            continue;
        moved = tx[i];
        memmove(&tx[same + 1], &tx[same], (i - same) * sizeof(*tx));
        tx[same++] = moved;
    }
    return same;
}

/* Those that no socket can be had for, each for its own reason. */
static void fail(struct mping *m, struct mping_tx *tx, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        (void)io_for(m, &tx[i], &tx[i].err);
        tx[i].sent_ns = mping_now_ns();
        tx[i].stamp = MPING_STAMP_NONE;
    }
}

/* Whether more is due than can be sent. */
static bool is_pressed(const struct mping *m)
{
    return m->full_batches > FULL_BATCHES_MAX;
}

/* To a broadcast address the kernel says EACCES, or ENETUNREACH; and to some others, too. */
static void name_broadcasts(const struct mping *m, struct mping_tx *tx, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((tx[i].err == -EACCES || tx[i].err == -ENETUNREACH) &&
            mping_route_is_broadcast(&tx[i].dst, tx[i].opts, m->opts.mark))
            tx[i].err = MPING_EBROADCAST;
}

/* A scope is another one than that of the interface or source: the kernel says EINVAL. */
static void name_other_links(struct mping_tx *tx, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (tx[i].err == -EINVAL && tx[i].dst.scope_id && tx[i].opts->ifindex &&
            tx[i].dst.scope_id != tx[i].opts->ifindex)
            tx[i].err = MPING_EOTHERLINK;
}

static void send_batch(struct mping *m, struct mping_backend *io, struct mping_tx *tx, size_t n)
{
    m->sending = m->group != NULL;
    io->pressed = is_pressed(m);
    mping_unlock_for_io(m);
    io->ops->send(io, tx, n);
    mping_relock_after_io(m);
}

size_t mping_sockets_write(struct mping *m)
{
    struct mping_tx tx[WRITE_BATCH] MPING_SCRATCH;
    size_t n = mping_core_poll_tx(m->core, mping_now_ns(), tx, WRITE_BATCH);

    if (n)
        mping_drops_before_send(m);
    m->full_batches = n == WRITE_BATCH ? m->full_batches + 1 : 0;
    if (is_pressed(m))
        mping_sockets_unwatch(m);
    for (size_t done = 0; done < n;) {
        int err = 0;
        struct mping_backend *io = io_for(m, &tx[done], &err);
        size_t same = gather(m, io, tx + done, n - done);

        if (io)
            send_batch(m, io, tx + done, same);
        else
            fail(m, tx + done, same);
        name_broadcasts(m, tx + done, same);
        name_other_links(tx + done, same);
        mping_interfaces_follow(m, tx + done, same);
        mping_core_sent(m->core, mping_now_ns(), tx + done, same);
        done += same;
    }
    m->load_sent += n;
    if (m->sending)
        mping_group_sent(m);
    return n;
}
