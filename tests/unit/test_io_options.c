/* SPDX-License-Identifier: Apache-2.0 */
/* Options of single packets, seen on the wire by a socket that takes in all ICMP. */
#include <netinet/icmp6.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "io/backend.h"
#include "io/socket/cmsg.h"
#include "test_io_lab.h"

#ifndef SO_RCVMARK
#define SO_RCVMARK 75
#endif

/* An echo request as it was seen. */
struct request {
    uint16_t seq;
    int ttl, tos;
    uint32_t mark;
    bool dont_fragment; /* IPv4 */
    struct mping_addr src;
};

/* IPv6 ping sockets send from the address they are bound to, whatever a packet asks for. */
static bool is_bound_to_send(const struct lab_kind *kind)
{
    return !kind->raw && kind->family == AF_INET6;
}

static int open_observer(int family)
{
    int protocol = family == AF_INET6 ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP;
    int fd = socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    int on = 1, room = 4 << 20; /* reassembled packets are charged many times their size */

    if (family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof(on));
        setsockopt(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, &on, sizeof(on));
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVMARK, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
    return fd;
}

static uint32_t get_mark(struct msghdr *msg)
{
    uint32_t mark = 0;

    for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg))
        if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SO_MARK)
            memcpy(&mark, CMSG_DATA(cmsg), sizeof(mark));
    return mark;
}

/* True if data is an echo request; fills in what its headers say. */
static bool read_headers(int family, const uint8_t *data, struct request *request)
{
    const uint8_t *icmp = data;

    if (family == AF_INET) {
        icmp = data + (data[0] & 0x0f) * 4;
        request->tos = data[1];
        request->dont_fragment = data[6] & 0x40;
        request->ttl = data[8];
        mping_addr_set4(&request->src, data + 12);
    }
    request->seq = load_be16(icmp + 6);
    return icmp[0] == (family == AF_INET6 ? 128 : 8);
}

/* The next echo request; false if there is none. */
static bool observe(int fd, int family, struct request *ret_request)
{
    static uint8_t data[65536];
    _Alignas(struct cmsghdr) uint8_t control[256];
    union mping_sockaddr name;
    struct iovec iov = {.iov_base = data, .iov_len = sizeof(data)};
    struct mping_cmsgs cmsgs;

    for (;;) {
        struct msghdr msg = {.msg_name = &name,
                             .msg_namelen = sizeof(name),
                             .msg_iov = &iov,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof(control)};
        struct pollfd pfd = {.fd = fd, .events = POLLIN};

        if (poll(&pfd, 1, LAB_WAIT_MS) <= 0 || recvmsg(fd, &msg, 0) < 0)
            return false;
        mping_cmsg_read(&cmsgs, &msg);
        *ret_request = (struct request){.ttl = cmsgs.ttl, .tos = cmsgs.tos};
        ret_request->mark = get_mark(&msg);
        mping_sockaddr_get(&name, &ret_request->src);
        if (read_headers(family, data, ret_request))
            return true;
    }
}

static unsigned count_errors(const struct mping_tx *tx, size_t n)
{
    unsigned errors = 0;

    for (size_t i = 0; i < n; i++)
        errors += tx[i].err != 0;
    return errors;
}

/* Three kinds of options in turn, in one batch: each packet gets its own. */
static void test_mixed(const struct lab_kind *kind)
{
    struct mping_tx_opts some = {.ttl = 7, .tos = 0x28, .mark = 42};
    struct mping_tx_opts more = {.ttl = 255, .tos = -1};
    const struct mping_tx_opts *opts[3] = {&lab_defaults, &some, &more};
    static const int ttl[3] = {64, 7, 255}, tos[3] = {0, 0x28, 0};
    static const uint32_t mark[3] = {0, 42, 0};
    struct mping_tx tx[MPING_BATCH];
    struct mping_backend *io = lab_open(kind);
    unsigned seen = 0, wrong_ttl = 0, wrong_tos = 0, wrong_mark = 0;
    int fd = open_observer(kind->family);
    struct request request;

    if (!io)
        return;
    if (!is_bound_to_send(kind))
        some.source = lab_addr(kind->family, kind->other);
    some.ifindex = if_nametoindex("lo");
    for (uint16_t i = 0; i < MPING_BATCH; i++) /* by pairs, so that neighbours share, too */
        lab_request(&tx[i], io, kind->dst, i, opts[i / 2 % 3]);
    io->ops->send(io, tx, MPING_BATCH);
    ok(count_errors(tx, MPING_BATCH) == 0, "%s: packets with and without options are sent",
       kind->name);
    for (; seen < MPING_BATCH && observe(fd, kind->family, &request); seen++) {
        unsigned which = request.seq / 2u % 3u;

        wrong_ttl += request.ttl != ttl[which];
        wrong_tos += request.tos != tos[which];
        wrong_mark += request.mark != mark[which];
    }
    ok(seen == MPING_BATCH, "%s: all of them are seen", kind->name);
    ok(wrong_ttl == 0, "%s: each with its TTL, %u wrong", kind->name, wrong_ttl);
    ok(wrong_tos == 0, "%s: each with its TOS, %u wrong", kind->name, wrong_tos);
    ok(wrong_mark == 0, "%s: each with its mark, %u wrong", kind->name, wrong_mark);
    close(fd);
    io->ops->free(io);
}

struct note {
    struct mping_addr to;
    int tos;
};

static void note_reply(const struct mping_rx *rx, void *arg)
{
    struct note *note = arg;

    note->to = rx->to;
    note->tos = rx->tos;
}

static void test_source(const struct lab_kind *kind)
{
    struct mping_tx_opts opts = {.source = lab_addr(kind->family, kind->other), .tos = 0x28};
    struct mping_backend *io =
        is_bound_to_send(kind)
            ? lab_open_with(kind, (struct mping_backend_opts){.source = opts.source})
            : lab_open(kind);
    struct mping_tx_opts foreign = {.source = lab_addr(kind->family, kind->no_route)};
    struct mping_tx_opts nowhere = {.ifindex = 99999, .tos = -1};
    struct note note = {.tos = -1};
    struct mping_tx tx[4];

    if (!io)
        return;
    lab_request(&tx[0], io, kind->dst, 0, &opts);
    lab_request(&tx[1], io, kind->dst, 1, &foreign);
    lab_request(&tx[2], io, kind->dst, 2, &nowhere);
    lab_request(&tx[3], io, kind->dst, 3, &opts);
    io->ops->send(io, tx, 4);
    ok(tx[0].err == 0 && tx[3].err == 0, "%s: sent from a chosen address", kind->name);
    ok(tx[1].err < 0, "%s: not from one that is not ours: %s", kind->name, strerror(-tx[1].err));
    ok(tx[2].err < 0, "%s: nor by an interface that is none: %s", kind->name, strerror(-tx[2].err));
    ok(lab_collect(io, 2, note_reply, &note) == 2 && lab_same(&note.to, &opts.source),
       "%s: the replies come to that address", kind->name);
    ok(note.tos == 0x28, "%s: the TOS of the reply is told", kind->name);
    io->ops->free(io);
}

/* One that is not bound refuses, rather than to send from elsewhere. */
static void test_no_source(const struct lab_kind *kind)
{
    struct mping_backend *io = lab_open(kind);
    struct mping_tx_opts opts = {.source = lab_addr(kind->family, kind->other), .tos = -1};
    struct mping_tx tx[MPING_BATCH];
    unsigned wrong = 0;

    if (!io)
        return;
    for (uint16_t i = 0; i < MPING_BATCH; i++)
        lab_request(&tx[i], io, kind->dst, i, i % 5 == 0 ? &opts : NULL);
    io->ops->send(io, tx, MPING_BATCH);
    for (unsigned i = 0; i < MPING_BATCH; i++)
        wrong += tx[i].err != (i % 5 == 0 ? -EOPNOTSUPP : 0);
    ok(wrong == 0, "%s: a chosen address is refused, not ignored (%u wrong)", kind->name, wrong);
    ok(lab_collect(io, 51, lab_ignore, NULL) == 51, "%s: the others are answered", kind->name);
    io->ops->free(io);
}

/* The mark of the socket holds for all packets but those that have another. */
static void test_socket_mark(const struct lab_kind *kind)
{
    struct mping_backend *io = lab_open_with(kind, (struct mping_backend_opts){.mark = 7});
    struct mping_tx_opts same = {.mark = 7, .tos = -1}, other = {.mark = 8, .tos = -1};
    int fd = open_observer(kind->family);
    struct request request;
    uint32_t marks = 0;
    struct mping_tx tx[3];

    if (!io)
        return;
    lab_request(&tx[0], io, kind->dst, 0, NULL);
    lab_request(&tx[1], io, kind->dst, 1, &same);
    lab_request(&tx[2], io, kind->dst, 2, &other);
    io->ops->send(io, tx, 3);
    for (int i = 0; i < 3 && observe(fd, kind->family, &request); i++)
        marks = marks * 10 + request.mark;
    ok(marks == 778, "%s: the socket's mark and another's: %u", kind->name, marks);
    close(fd);
    io->ops->free(io);
}

/*
 * Big and small packets in turn over an MTU of 1,500: big ones are fragmented unless told not
 * to, small ones never.
 */
static void test_fragments(const struct lab_kind *kind)
{
    static uint8_t tail[4000];
    struct mping_tx_opts whole = {.dont_fragment = true, .tos = -1};
    struct mping_backend *io = lab_open(kind);
    struct mping_tx tx[40];
    unsigned wrong = 0, fragmentable = 0, seen = 0;
    int fd = open_observer(kind->family);
    struct request request;

    if (!io)
        return;
    for (uint16_t i = 0; i < 40; i++) {
        lab_request_tail(&tx[i], io, kind->dst, i, tail, i % 4 == 0 ? 0 : 3000);
        if (i % 4 == 3)
            tx[i].opts = &whole;
    }
    io->ops->send(io, tx, 40);
    for (unsigned i = 0; i < 40; i++)
        wrong += tx[i].err != (i % 4 == 3 ? -EMSGSIZE : 0);
    ok(wrong == 0, "%s: too big for the link fails only with don't fragment", kind->name);
    ok(lab_collect(io, 30, lab_ignore, NULL) == 30, "%s: the others are answered", kind->name);
    for (; seen < 30 && observe(fd, kind->family, &request); seen++) {
        fragmentable += !request.dont_fragment;
        wrong += request.dont_fragment != (request.seq % 4 == 0);
    }
    ok(seen == 30, "%s: and seen", kind->name);
    if (kind->family == AF_INET)
        ok(wrong == 0 && fragmentable == 20, "%s: DF on small ones only", kind->name);
    close(fd);
    io->ops->free(io);
}

/* DF by its size: 1,280 bytes of IP packet carry it, 1,281 do not, unless asked for. */
static void test_df_border(const struct lab_kind *kind)
{
    static uint8_t tail[2000];
    struct mping_tx_opts whole = {.dont_fragment = true, .tos = -1};
    struct mping_backend *io = lab_open(kind);
    uint32_t fits = MPING_DF_ALWAYS_MAX - 20 - MPING_TX_HEAD;
    int fd = open_observer(kind->family);
    struct request request;
    struct mping_tx tx[3];
    char bits[4] = "---";

    if (!io)
        return;
    lab_request_tail(&tx[0], io, kind->dst, 0, tail, fits);
    lab_request_tail(&tx[1], io, kind->dst, 1, tail, fits + 1);
    lab_request_tail(&tx[2], io, kind->dst, 2, tail, fits + 1);
    tx[2].opts = &whole;
    io->ops->send(io, tx, 3);
    for (int i = 0; i < 3 && observe(fd, kind->family, &request); i++)
        bits[request.seq] = request.dont_fragment ? '1' : '0';
    ok(strcmp(bits, "101") == 0, "%s: DF at 1,280, 1,281, 1,281 on demand: %s", kind->name, bits);
    close(fd);
    io->ops->free(io);
}

/* Some of a batch have no route: that is theirs alone, wherever they stand. */
static void test_no_route(const struct lab_kind *kind)
{
    struct mping_backend *io = lab_open(kind);
    struct mping_rx_error errors[MPING_BATCH];
    struct mping_tx tx[40];
    unsigned wrong = 0, bad = 0;

    if (!io)
        return;
    for (uint16_t i = 0; i < 40; i++)
        lab_request(&tx[i], io, i % 7 == 0 || i == 36 ? kind->no_route : kind->dst, i, NULL);
    io->ops->send(io, tx, 40);
    for (unsigned i = 0; i < 40; i++) {
        bool unreachable = i % 7 == 0 || i == 36;

        bad += unreachable;
        wrong += tx[i].err != (unreachable ? -ENETUNREACH : 0);
        wrong += (tx[i].stamp == MPING_STAMP_NONE) != unreachable;
    }
    ok(bad == 7 && wrong == 0, "%s: no route for 7 of 40: ENETUNREACH for these only", kind->name);
    ok(io->errors_waiting && io->ops->recv_errors(io, errors, MPING_BATCH) == 0 &&
           !io->errors_waiting,
       "%s: the error queue is looked at once after a failed send", kind->name);
    ok(lab_collect(io, 33, lab_ignore, NULL) == 33, "%s: the other 33 are answered", kind->name);
    io->ops->free(io);
}

static int run_tc(const char *action)
{
    pid_t pid = fork();
    int status = -1;

    if (pid == 0) {
        if (strcmp(action, "add") == 0)
            execlp("tc", "tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "8kbit", "burst",
                   "1600", "limit", "1000000", (char *)NULL);
        else
            execlp("tc", "tc", "qdisc", "del", "dev", "lo", "root", (char *)NULL);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A way out that takes 1 kB/s: from the first that finds it full on, none is sent. */
static void test_full(const struct lab_kind *kind)
{
    struct mping_backend *io =
        lab_open_with(kind, (struct mping_backend_opts){.sndbuf_bytes = 8192});
    struct mping_tx tx[MPING_BATCH];
    size_t sent = 0, behind = 0;

    if (!io)
        return;
    for (uint16_t i = 0; i < MPING_BATCH; i++)
        lab_request(&tx[i], io, kind->dst, i, NULL);
    io->ops->send(io, tx, MPING_BATCH);
    while (sent < MPING_BATCH && tx[sent].err == 0)
        sent++;
    for (size_t i = sent; i < MPING_BATCH; i++)
        behind += tx[i].err == -EAGAIN || tx[i].err == -ENOBUFS;
    ok(sent > 0 && sent < MPING_BATCH, "%s: the way out is full after %zu", kind->name, sent);
    ok(sent + behind == MPING_BATCH, "%s: all behind it are told so", kind->name);
    ok(behind > 0 && tx[sent].stamp == MPING_STAMP_NONE, "%s: %s", kind->name,
       sent < MPING_BATCH ? strerror(-tx[sent].err) : "");
    io->ops->free(io);
}

int main(void)
{
    if (!lab_enter())
        return done_testing();
    for (size_t i = 0; i < LAB_KINDS; i++) {
        test_mixed(&lab_kinds[i]);
        test_source(&lab_kinds[i]);
        if (is_bound_to_send(&lab_kinds[i]))
            test_no_source(&lab_kinds[i]);
        test_socket_mark(&lab_kinds[i]);
        test_no_route(&lab_kinds[i]);
        if (lab_kinds[i].family == AF_INET)
            test_df_border(&lab_kinds[i]);
    }
    lab_set_lo(SIOCSIFMTU, 1500);
    for (size_t i = 0; i < LAB_KINDS; i++)
        test_fragments(&lab_kinds[i]);
    for (size_t i = 0; i < LAB_KINDS; i++) {
        if (run_tc("add") == 0)
            test_full(&lab_kinds[i]);
        else
            skip("%s: no token bucket filter here", lab_kinds[i].name);
        run_tc("del");
    }
    return done_testing();
}
