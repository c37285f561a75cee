/* SPDX-License-Identifier: Apache-2.0 */
#include "session/sockets.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "base/scratch.h"
#include "io/backend.h"
#include "io/socket/ping.h"
#include "io/socket/raw.h"
#include "session/drops.h"
#include "session/engine.h"
#include "session/errmsg.h"
#include "session/group.h"
#include "session/sources.h"
#include "session/state.h"

enum { GUESSED_CAPACITY = 256 }; /* small replies in Linux's default receive buffer */

static bool is_refusal(int err)
{
    return err == -EPERM || err == -EACCES;
}

/* Opens a socket of the wanted kind, or of the one that is allowed. */
static int open_io(struct mping *m, const struct mping_family *f, struct mping_backend **ret_io,
                   int *ret_kind)
{
    const struct mping_backend_opts opts = {
        .family = f->af,
        .rcvbuf_bytes = m->opts.rcvbuf_bytes,
        .sndbuf_bytes = m->opts.sndbuf_bytes,
        .mark = m->opts.mark,
        .broadcast = m->opts.flags & MPING_ENGINE_BROADCAST,
    };
    int wanted = f->kind != MPING_SOCKET_AUTO ? f->kind : m->opts.socket_kind;
    int err = -EACCES;

    if (wanted != MPING_SOCKET_PING) {
        err = mping_raw_open(ret_io, &opts);
        *ret_kind = MPING_SOCKET_RAW;
    }
    if (wanted == MPING_SOCKET_PING || (wanted == MPING_SOCKET_AUTO && is_refusal(err))) {
        err = mping_ping_open(ret_io, &opts);
        *ret_kind = MPING_SOCKET_PING;
    }
    if (is_refusal(err) && m->opts.mark && !mping_raw_may_mark(m->opts.mark))
        return mping_fail(
            m, MPING_EMARK,
            "the firewall mark %u needs CAP_NET_ADMIN, or CAP_NET_RAW from Linux 5.17 "
            "on (root has both)",
            m->opts.mark);
    if (is_refusal(err))
        return mping_fail(m, MPING_EPERM,
                          "raw sockets need CAP_NET_RAW (root, or setcap cap_net_raw+p on the "
                          "program), ping sockets need the sysctl net.ipv4.ping_group_range to "
                          "include your group");
    if (err < 0)
        return mping_fail(m, err == -ENOMEM ? MPING_ENOMEM : err, "cannot open a socket: %s",
                          mping_strerror(err));
    return 0;
}

static int watch(struct mping *m, const struct mping_backend *io)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = io->fd};

    return epoll_ctl(m->sockets_fd, EPOLL_CTL_ADD, io->fd, &event) < 0 ? -errno : 0;
}

static int reserve(struct mping_family *f)
{
    uint32_t cap = f->cap ? f->cap * 2 : 4;
    struct mping_backend **ios;

    if (f->n < f->cap)
        return 0;
    ios = realloc(f->ios, cap * sizeof(struct mping_backend *));
    if (!ios)
        return MPING_ENOMEM;
    f->ios = ios;
    f->cap = cap;
    return 0;
}

/* One more socket, entered in the tables. */
static int add_io(struct mping *m, struct mping_family *f)
{
    struct mping_backend *io;
    int err = reserve(f), kind;

    if (err < 0)
        return err;
    err = open_io(m, f, &io, &kind);
    if (err < 0)
        return err;
    err = f->watched ? watch(m, io) : 0;
    if (err < 0) {
        io->ops->free(io);
        return mping_fail(m, err, "cannot watch a socket: %s", mping_strerror(err));
    }
    f->kind = kind;
    f->ios[f->n++] = io;
    return 0;
}

int mping_sockets_open_bound(struct mping *m, const struct mping_family *f,
                             const struct mping_addr *source, uint16_t id,
                             struct mping_backend **ret_io)
{
    const struct mping_backend_opts opts = {
        .family = f->af,
        .rcvbuf_bytes = m->opts.rcvbuf_bytes,
        .sndbuf_bytes = m->opts.sndbuf_bytes,
        .mark = m->opts.mark,
        .broadcast = m->opts.flags & MPING_ENGINE_BROADCAST,
        .source = *source,
        .id = id,
    };
    int err = mping_ping_open(ret_io, &opts);

    if (err < 0)
        return err;
    err = watch(m, *ret_io);
    if (err < 0)
        (*ret_io)->ops->free(*ret_io);
    return err;
}

/* The ids of a raw socket begin at a random place, so that engines rarely share one. */
static uint16_t random_id(const struct mping *m, const struct mping_family *f)
{
    uint16_t id = 0;

    if (m->group)
        return mping_group_first_id(m, f->af == AF_INET6);
    if (m->opts.seed)
        return (uint16_t)(m->opts.seed * UINT64_C(0x9e3779b97f4a7c15) >> 48);
    if (getrandom(&id, sizeof(id), 0) != (ssize_t)sizeof(id))
        id = (uint16_t)mping_now_ns();
    return id;
}

static int add_raw_id(struct mping *m, struct mping_family *f)
{
    uint32_t n = mping_core_ids(m->core, f->af), most = mping_group_ids(m);
    int err;

    if (n >= most)
        return MPING_ENOIDS;
    if (n == f->filter_ids) {
        uint32_t wider = n ? n * 2 : 1;

        if (wider > most)
            wider = most;
        err = f->ios[0]->ops->set_ids(f->ios[0], f->first_id, wider);
        if (err < 0)
            return mping_fail(m, err, "cannot set the socket filter: %s", mping_strerror(err));
        f->filter_ids = wider;
    }
    return mping_core_add_id(m->core, f->af, (uint16_t)(f->first_id + n));
}

int mping_family_add_id(struct mping *m, int family)
{
    struct mping_family *f = &m->families[family];

    if (f->kind == MPING_SOCKET_RAW)
        return add_raw_id(m, f);
    /* Beyond the first, sockets are given as long as there are descriptors. */
    if (f->n > 0 && add_io(m, f) < 0)
        return MPING_ENOIDS;
    return mping_core_add_id(m->core, f->af, f->ios[f->n - 1]->id);
}

int mping_family_open(struct mping *m, int family)
{
    struct mping_family *f = &m->families[family];
    int err;

    if (f->n)
        return 0;
    f->kind = MPING_SOCKET_AUTO;
    err = add_io(m, f);
    if (err < 0)
        return err;
    f->first_id = random_id(m, f);
    f->filter_ids = 0;
    err = f->kind == MPING_SOCKET_RAW ? add_raw_id(m, f)
                                      : mping_core_add_id(m->core, f->af, f->ios[0]->id);
    if (err < 0)
        mping_family_close(m, family);
    else
        mping_core_set_unpaced(m->core, mping_sockets_capacity(m) / 2);
    return err;
}

void mping_family_close(struct mping *m, int family)
{
    struct mping_family *f = &m->families[family];

    for (uint32_t i = 0; i < f->n; i++)
        f->ios[i]->ops->free(f->ios[i]);
    mping_sources_close(f);
    mping_drops_end(f);
    free(f->ios);
    f->ios = NULL;
    f->n = f->cap = 0;
    f->watched = f->resting = false;
    f->kind = MPING_SOCKET_AUTO;
    mping_core_drop_ids(m->core, f->af);
    if (!m->families[0].n && !m->families[1].n)
        mping_drops_close(m);
}

/* Sockets that are kept open for later cost nothing meanwhile, whatever arrives there. */
static void unwatch_family(const struct mping *m, struct mping_family *f)
{
    f->watched = f->resting = false;
    for (uint32_t i = 0; i < f->n; i++)
        epoll_ctl(m->sockets_fd, EPOLL_CTL_DEL, f->ios[i]->fd, NULL);
}

static int watch_family(struct mping *m, struct mping_family *f)
{
    int err = 0;

    mping_drops_begin(f);
    for (uint32_t i = 0; i < f->n && err == 0; i++) {
        f->ios[i]->drops_known = f->ios[i]->ops->drops(f->ios[i]); /* those were no replies */
        err = watch(m, f->ios[i]);
    }
    if (err < 0) {
        unwatch_family(m, f);
        return mping_fail(m, err, "cannot watch a socket: %s", mping_strerror(err));
    }
    f->watched = true;
    return 0;
}

void mping_sockets_unwatch(struct mping *m)
{
    for (int family = 0; family < 2; family++) {
        struct mping_family *f = &m->families[family];

        if (f->watched && !f->resting && f->n == 1)
            f->resting = epoll_ctl(m->sockets_fd, EPOLL_CTL_DEL, f->ios[0]->fd, NULL) == 0;
    }
}

void mping_sockets_rewatch(struct mping *m)
{
    for (int family = 0; family < 2; family++) {
        struct mping_family *f = &m->families[family];

        if (f->resting && watch(m, f->ios[0]) == 0)
            f->resting = false;
    }
}

bool mping_sockets_are_unwatched(const struct mping *m)
{
    return m->families[0].resting || m->families[1].resting;
}

int mping_family_use(struct mping *m, int family)
{
    struct mping_family *f = &m->families[family];
    int err = mping_family_open(m, family);

    if (err == 0 && !f->users)
        err = watch_family(m, f);
    if (err < 0)
        return err;
    f->users++;
    return 0;
}

void mping_family_leave(struct mping *m, int family)
{
    struct mping_family *f = &m->families[family];

    if (--f->users)
        return;
    if (f->kept || m->away)
        unwatch_family(m, f); /* while its thread is away others do not close it */
    else
        mping_family_close(m, family);
}

static bool is_unused(const struct mping_family *f)
{
    return f->n && !f->users && !f->kept;
}

bool mping_sockets_unused(const struct mping *m)
{
    return is_unused(&m->families[0]) || is_unused(&m->families[1]);
}

void mping_sockets_close_unused(struct mping *m)
{
    for (int family = 0; family < 2; family++)
        if (is_unused(&m->families[family]))
            mping_family_close(m, family);
}

int mping_sockets_allowed(struct mping *m)
{
    int err4, err6;

    if (m->families[0].n || m->families[1].n)
        return 0;
    err4 = mping_family_open(m, 0);
    mping_family_close(m, 0);
    if (err4 == 0)
        return 0;
    err6 = mping_family_open(m, 1);
    mping_family_close(m, 1);
    return err6 == 0 ? 0 : err4;
}

static void note_drops(struct mping *m, struct mping_backend *io)
{
    uint64_t drops = io->ops->drops(io);

    if (drops > io->drops_known)
        mping_core_dropped(m->core, io->family, drops - io->drops_known, mping_now_ns());
    io->drops_known = drops;
}

/*
 * A read may end early with packets behind: an ICMP error interrupts it once, and a raw IPv6
 * socket says EAGAIN for a packet with a wrong checksum, which anybody can send us.
 */
static bool is_readable(const struct mping_backend *io)
{
    struct pollfd fd = {.fd = io->fd, .events = POLLIN};

    return poll(&fd, 1, 0) > 0 && fd.revents & POLLIN;
}

static bool read_packets(struct mping *m, struct mping_backend *io, bool judging)
{
    struct mping_rx rx[MPING_BATCH] MPING_SCRATCH;
    int n;

    do {
        if (mping_core_event_room(m->core) < MPING_CORE_ROOM_MIN)
            return false;
        mping_unlock_for_io(m);
        n = io->ops->recv(io, rx, MPING_BATCH);
        mping_relock_after_io(m);
        if (io->drops_moved)
            note_drops(m, io);
        if (n < 0) /* a reply may lie there that nobody can read: nothing is known to be lost */
            mping_core_dropped(m->core, io->family, 0, mping_now_ns());
        if (n > 0) {
            mping_core_rx(m->core, rx, (size_t)n);
            m->load_received += (uint64_t)n;
        }
    } while (n == MPING_BATCH || (n >= 0 && judging && is_readable(io)));
    return true;
}

static bool read_errors(struct mping *m, struct mping_backend *io)
{
    struct mping_rx_error errors[MPING_BATCH] MPING_SCRATCH;
    int n = MPING_BATCH;

    while (n == MPING_BATCH && io->errors_waiting) {
        if (mping_core_event_room(m->core) < MPING_CORE_ROOM_MIN)
            return false;
        n = io->ops->recv_errors(io, errors, MPING_BATCH);
        for (int i = 0; i < n; i++)
            mping_core_rx_error(m->core, &errors[i]);
    }
    return true;
}

static bool read_io(struct mping *m, struct mping_backend *io, bool judging)
{
    return read_packets(m, io, judging) && read_errors(m, io);
}

bool mping_sockets_read(struct mping *m, bool judging)
{
    int64_t now_ns = mping_now_ns();

    for (int family = 0; family < 2; family++) {
        const struct mping_family *f = &m->families[family];

        for (uint32_t i = 0; i < f->n && f->watched; i++)
            if (!read_io(m, f->ios[i], judging))
                return false;
        for (uint32_t i = 0; i < f->source_n; i++)
            if (!read_io(m, f->sources[i].io, judging))
                return false;
    }
    m->dry_ns = now_ns;
    return true;
}

void mping_sockets_note_drops(struct mping *m)
{
    for (int family = 0; family < 2; family++) {
        const struct mping_family *f = &m->families[family];

        for (uint32_t i = 0; i < f->n && f->watched; i++)
            note_drops(m, f->ios[i]);
        for (uint32_t i = 0; i < f->source_n; i++)
            note_drops(m, f->sources[i].io);
    }
}

static void take_refused(struct mping_backend *io, uint32_t *least, uint32_t *most)
{
    *least += io->refused_least;
    *most += io->refused_most;
    io->refused_least = io->refused_most = 0;
}

void mping_sockets_take_refused(struct mping *m, uint32_t *ret_least, uint32_t *ret_most)
{
    *ret_least = *ret_most = 0;
    for (int family = 0; family < 2; family++) {
        const struct mping_family *f = &m->families[family];

        for (uint32_t i = 0; i < f->n; i++)
            take_refused(f->ios[i], ret_least, ret_most);
        for (uint32_t i = 0; i < f->source_n; i++)
            take_refused(f->sources[i].io, ret_least, ret_most);
    }
}

uint32_t mping_sockets_capacity(const struct mping *m)
{
    uint32_t capacity = UINT32_MAX;

    for (int family = 0; family < 2; family++) {
        const struct mping_family *f = &m->families[family];

        for (uint32_t i = 0; i < f->n; i++)
            if (f->ios[i]->rcvbuf_packets < capacity)
                capacity = f->ios[i]->rcvbuf_packets;
    }
    return capacity == UINT32_MAX ? GUESSED_CAPACITY : capacity;
}
