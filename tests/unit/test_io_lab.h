/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of lib/io share: a network namespace of their own in which ping sockets are
 * allowed and nothing but lo exists, and echo requests to send through a backend.
 */
#ifndef MULTIPING_TESTS_IO_LAB_H
#define MULTIPING_TESTS_IO_LAB_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/sockaddr.h"
#include "core/icmp.h"
#include "io/backend.h"
#include "io/socket/errqueue.h"
#include "io/socket/ping.h"
#include "io/socket/raw.h"
#include "io/socket/rx.h"
#include "io/socket/tx.h"
#include "io/socket/tx_stamp.h"
#include "io/wall_clock.h"
#include "tap.h"

#define LAB_FN __attribute__((unused)) static

enum {
    LAB_ID = 0xa11e,
    LAB_WAIT_MS = 5000 /* for what is to come; far more than it takes */
};

/* The four backends. */
static const struct lab_kind {
    const char *name;
    int family;
    bool raw;
    const char *dst;
    const char *other;    /* another address of this host */
    const char *no_route; /* one that it has no route to */
} lab_kinds[] = {
    {"raw4", AF_INET, true, "127.0.0.1", "127.0.0.9", "198.51.100.1"},
    {"raw6", AF_INET6, true, "::1", "fd00::9", "2001:db8::1"},
    {"ping4", AF_INET, false, "127.0.0.1", "127.0.0.9", "198.51.100.1"},
    {"ping6", AF_INET6, false, "::1", "fd00::9", "2001:db8::1"},
};

enum { LAB_KINDS = sizeof(lab_kinds) / sizeof(lab_kinds[0]) };

LAB_FN struct mping_addr lab_addr(int family, const char *text)
{
    struct mping_addr addr = {.family = (uint16_t)family};

    inet_pton(family, text, addr.ip);
    return addr;
}

LAB_FN bool lab_same(const struct mping_addr *a, const struct mping_addr *b)
{
    return a->family == b->family && a->scope_id == b->scope_id &&
           memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

/* Sets the flags (SIOCSIFFLAGS) or the MTU (SIOCSIFMTU) of lo. */
LAB_FN int lab_set_lo(unsigned long request, int value)
{
    struct ifreq ifr = {.ifr_name = "lo"};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int r;

    if (request == SIOCSIFFLAGS)
        ifr.ifr_flags = (short)value;
    else
        ifr.ifr_mtu = value;
    r = ioctl(fd, request, &ifr);
    close(fd);
    return r;
}

/* The kernel readies a new address in its own time; until then nothing may be sent from it. */
LAB_FN int lab_await_addr6(const struct in6_addr *addr)
{
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_addr = *addr};
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int r = -1;

    for (int waited_ms = 0; r < 0 && waited_ms < LAB_WAIT_MS; waited_ms++) {
        r = bind(fd, (struct sockaddr *)&name, sizeof(name));
        if (r < 0)
            poll(NULL, 0, 1);
    }
    close(fd);
    return r;
}

/* Gives lo one more IPv6 address. */
LAB_FN int lab_add_addr6(const char *text)
{
    struct {
        struct in6_addr addr;
        uint32_t prefix_bits;
        int ifindex;
    } request = {.prefix_bits = 128, .ifindex = (int)if_nametoindex("lo")};
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int r;

    inet_pton(AF_INET6, text, &request.addr);
    r = ioctl(fd, SIOCSIFADDR, &request);
    close(fd);
    return r < 0 ? r : lab_await_addr6(&request.addr);
}

LAB_FN int lab_allow_ping_sockets(const char *range)
{
    int fd = open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY | O_CLOEXEC);
    ssize_t written = fd < 0 ? -1 : write(fd, range, strlen(range));

    if (fd >= 0)
        close(fd);
    return written < 0 ? -1 : 0;
}

/* Moves this process into a network of its own. False and a skipped point if it may not. */
LAB_FN bool lab_enter(void)
{
    if (geteuid() != 0) {
        skip("needs root");
        return false;
    }
    if (unshare(CLONE_NEWNET) < 0) {
        skip("no network namespace: %s", strerror(errno));
        return false;
    }
    if (lab_set_lo(SIOCSIFFLAGS, IFF_UP) < 0 || lab_add_addr6("fd00::9") < 0 ||
        lab_allow_ping_sockets("0 2147483647") < 0) {
        skip("cannot set up a network: %s", strerror(errno));
        return false;
    }
    return true;
}

/* Opens a backend that takes in what concerns its id. NULL and a failed point if not. */
LAB_FN struct mping_backend *lab_open_with(const struct lab_kind *kind,
                                           struct mping_backend_opts opts)
{
    struct mping_backend *io = NULL;
    int r;

    opts.family = kind->family;
    r = kind->raw ? mping_raw_open(&io, &opts) : mping_ping_open(&io, &opts);
    if (r == 0)
        r = io->ops->set_ids(io, LAB_ID, 1);
    if (r != 0)
        ok(0, "%s opens: %s", kind->name, strerror(-r));
    return io;
}

LAB_FN struct mping_backend *lab_open(const struct lab_kind *kind)
{
    return lab_open_with(kind, (struct mping_backend_opts){0});
}

LAB_FN uint16_t lab_id(const struct mping_backend *io)
{
    return io->ops->own_id ? io->id : LAB_ID;
}

static const struct mping_tx_opts lab_defaults = {.tos = -1};

/* Makes tx an echo request with head_len bytes of head; opts NULL: the defaults. */
LAB_FN void lab_request(struct mping_tx *tx, const struct mping_backend *io, const char *dst,
                        uint16_t seq, const struct mping_tx_opts *opts)
{
    memset(tx, 0, sizeof(*tx));
    tx->dst = lab_addr(io->family, dst);
    tx->opts = opts ? opts : &lab_defaults;
    tx->head_len = MPING_TX_HEAD;
    tx->id = lab_id(io);
    memset(tx->head + 8, 0x5a, MPING_TX_HEAD - 8);
    mping_icmp_build(tx->head, tx->head_len, 0, io->family, tx->id, seq);
    tx->err = 1;
}

/* The same with a tail of len bytes. */
LAB_FN void lab_request_tail(struct mping_tx *tx, const struct mping_backend *io, const char *dst,
                             uint16_t seq, const uint8_t *tail, uint32_t len)
{
    lab_request(tx, io, dst, seq, NULL);
    tx->tail = tail;
    tx->tail_len = len;
    mping_icmp_build(tx->head, tx->head_len, mping_icmp_sum(0, tail, len), io->family, tx->id, seq);
}

/* Where the ICMP header is, NULL if the datagram is too short for one. */
LAB_FN const uint8_t *lab_icmp(const struct mping_rx *rx)
{
    uint32_t at = rx->ip_header && rx->len > 0 ? (rx->data[0] & 0x0fu) * 4 : 0;

    return rx->len >= at + 8 ? rx->data + at : NULL;
}

/* Its sequence number, -1 if there is no header. */
LAB_FN int lab_seq(const struct mping_rx *rx)
{
    const uint8_t *icmp = lab_icmp(rx);

    return icmp ? load_be16(icmp + 6) : -1;
}

LAB_FN bool lab_is_reply(const struct mping_rx *rx, int family, uint16_t id)
{
    const uint8_t *icmp = lab_icmp(rx);

    return icmp && icmp[0] == (family == AF_INET6 ? 129 : 0) && load_be16(icmp + 4) == id;
}

/*
 * Receives until `want` datagrams have been shown to `each` or nothing comes any more. Stops
 * at an error. Returns how many came.
 */
LAB_FN size_t lab_collect(struct mping_backend *io, size_t want,
                          void (*each)(const struct mping_rx *rx, void *arg), void *arg)
{
    struct pollfd pfd = {.fd = io->fd, .events = POLLIN};
    static struct mping_rx_error errors[MPING_BATCH];
    static struct mping_rx rx[MPING_BATCH];
    size_t count = 0;

    for (;;) {
        int got = io->ops->recv(io, rx, MPING_BATCH);

        for (int i = 0; i < got; i++)
            each(&rx[i], arg);
        count += got > 0 ? (size_t)got : 0;
        if (got < 0 || (got == 0 && count >= want))
            return count;
        if (got == 0 && poll(&pfd, 1, LAB_WAIT_MS) <= 0)
            return count;
        if (pfd.revents & POLLERR)
            io->ops->recv_errors(io, errors, MPING_BATCH);
    }
}

LAB_FN void lab_ignore(const struct mping_rx *rx, void *arg)
{
    (void)rx;
    (void)arg;
}

LAB_FN void lab_note_stamp(const struct mping_rx *rx, void *arg)
{
    uint8_t *stamp = arg;

    *stamp = rx->stamp;
}

/*
 * The kernel begins to stamp packets some time after somebody asks for it. Waits for that and
 * returns the socket that asked, to be kept open; NULL if it never happened.
 */
LAB_FN struct mping_backend *lab_warm_up(void)
{
    struct mping_backend *io = lab_open(&lab_kinds[0]);
    struct mping_tx tx;

    for (uint16_t i = 0; io && i < 500; i++) {
        uint8_t stamp = MPING_STAMP_NONE;

        lab_request(&tx, io, "127.0.0.1", i, NULL);
        io->ops->send(io, &tx, 1);
        lab_collect(io, 1, lab_note_stamp, &stamp);
        if (stamp == MPING_STAMP_KERNEL)
            return io;
        usleep(10000);
    }
    if (io)
        io->ops->free(io);
    return NULL;
}

#endif
