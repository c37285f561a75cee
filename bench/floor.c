/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor: what the kernel alone costs. Sends echo requests to a range of addresses and
 * reads the replies, with the batches of lib/io, but does nothing else: no schedule, no matching,
 * no timeout, no statistics. It shares no code with the library.
 *
 * Its socket options are those without which no pinger can be right: the kernel's stamp and the
 * count of drops with each packet, a filter for replies of its own id, errors of sending, no IPv4
 * id. What a pinger may do without it does not have: stamps of sending, ICMP errors, where IPv6
 * replies came to and with which hop limit, an epoll descriptor.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common.h"

enum {
    SEND_BATCH = 16,
    SENDS_PER_READ = 4,
    READ_BATCH = 64,
    CONTROL_BYTES = 128,
    REPLY_CHARGE = 832, /* what the kernel charges for a small reply */
    RCVBUF_BYTES = 32 << 20
};

union address {
    struct sockaddr sa;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};

static struct {
    const struct bench_backend *backend;
    struct bench_range range;
    int64_t targets, pings, seconds, rate, size, wait_ms;
    int fd;
    uint16_t id;
    uint32_t sum; /* of everything in a request but its sequence number */
    uint64_t window;
    uint64_t sent, received, lost, errors, calls;

    uint8_t packets[SEND_BATCH][BENCH_ICMP_HEADER + BENCH_PAYLOAD_MAX];
    union address to[SEND_BATCH];
    struct iovec out_iov[SEND_BATCH];
    struct mmsghdr out[SEND_BATCH];

    uint8_t data[READ_BATCH][2048 + 64];
    _Alignas(struct cmsghdr) uint8_t control[READ_BATCH][CONTROL_BYTES];
    struct iovec in_iov[READ_BATCH];
    struct mmsghdr in[READ_BATCH];
} f;

static void set_option(int level, int name, int value)
{
    if (setsockopt(f.fd, level, name, &value, sizeof(value)) < 0)
        bench_die("setsockopt %d %d: %s", level, name, strerror(errno));
}

/* Echo replies with our id, nothing else. */
static void set_filter(void)
{
    uint32_t id_at = f.backend->family == AF_INET ? BENCH_IP4_HEADER + 4 : 4;
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, id_at),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, f.id, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog prog = {.len = sizeof(code) / sizeof(code[0]), .filter = code};
    struct icmp_filter types = {.data = ~(1u << ICMP_ECHOREPLY)};
    struct icmp6_filter types6;

    if (setsockopt(f.fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) < 0)
        bench_die("filter: %s", strerror(errno));
    if (f.backend->family == AF_INET) {
        setsockopt(f.fd, SOL_RAW, ICMP_FILTER, &types, sizeof(types));
        return;
    }
    ICMP6_FILTER_SETBLOCKALL(&types6);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &types6);
    setsockopt(f.fd, IPPROTO_ICMPV6, ICMP6_FILTER, &types6, sizeof(types6));
}

static void open_socket(const char *source)
{
    bool v6 = f.backend->family == AF_INET6;
    int granted = 0;
    socklen_t len = sizeof(granted);

    f.fd = socket(f.backend->family, f.backend->type | SOCK_CLOEXEC | SOCK_NONBLOCK,
                  v6 ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP);
    if (f.fd < 0)
        bench_die("socket: %s", strerror(errno));
    set_option(SOL_SOCKET, SO_TIMESTAMPNS, 1);
    set_option(SOL_SOCKET, SO_RXQ_OVFL, 1);
    if (setsockopt(f.fd, SOL_SOCKET, SO_RCVBUFFORCE, &(int){RCVBUF_BYTES}, sizeof(int)) < 0)
        set_option(SOL_SOCKET, SO_RCVBUF, RCVBUF_BYTES);
    getsockopt(f.fd, SOL_SOCKET, SO_RCVBUF, &granted, &len);
    f.window = (uint64_t)granted / REPLY_CHARGE / 2;
    if (v6) {
        set_option(IPPROTO_IPV6, IPV6_RECVERR, 1);
        set_option(IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
        set_option(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, 0);
    } else {
        set_option(IPPROTO_IP, IP_RECVERR, 1);
        set_option(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
    }
    if (source) {
        struct bench_range from = bench_range(source);
        union address name = {.in6.sin6_family = (sa_family_t)from.family};

        memcpy(v6 ? (void *)&name.in6.sin6_addr : (void *)&name.in.sin_addr, from.base, from.len);
        if (bind(f.fd, &name.sa, v6 ? sizeof(name.in6) : sizeof(name.in)) < 0)
            bench_die("bind %s: %s", source, strerror(errno));
    }
    if (f.backend->type == SOCK_RAW)
        set_filter();
}

static void prepare(void)
{
    bool v6 = f.backend->family == AF_INET6;

    for (size_t i = 0; i < SEND_BATCH; i++) {
        uint8_t *p = f.packets[i];

        p[0] = v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
        p[4] = (uint8_t)(f.id >> 8);
        p[5] = (uint8_t)f.id;
        f.to[i].sa.sa_family = (sa_family_t)f.backend->family;
        f.out_iov[i] = (struct iovec){.iov_base = p, .iov_len = (size_t)f.size + BENCH_ICMP_HEADER};
        f.out[i].msg_hdr = (struct msghdr){
            .msg_name = &f.to[i],
            .msg_namelen = v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in),
            .msg_iov = &f.out_iov[i],
            .msg_iovlen = 1,
        };
    }
    f.sum = (ICMP_ECHO << 8) + f.id;
    for (size_t i = 0; i < READ_BATCH; i++) {
        f.in_iov[i] = (struct iovec){.iov_base = f.data[i], .iov_len = sizeof(f.data[i])};
        f.in[i].msg_hdr = (struct msghdr){
            .msg_iov = &f.in_iov[i],
            .msg_iovlen = 1,
            .msg_control = f.control[i],
        };
    }
}

static void address(size_t i, uint64_t n)
{
    uint64_t target = n % (uint64_t)f.targets;
    uint16_t seq = (uint16_t)(n / (uint64_t)f.targets);
    uint32_t sum = f.sum + seq;
    uint8_t *p = f.packets[i], ip[16];

    bench_range_at(&f.range, target, ip);
    if (f.backend->family == AF_INET6)
        memcpy(&f.to[i].in6.sin6_addr, ip, 16);
    else
        memcpy(&f.to[i].in.sin_addr, ip, 4);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~sum;
    p[2] = (uint8_t)(sum >> 8);
    p[3] = (uint8_t)sum;
    p[6] = (uint8_t)(seq >> 8);
    p[7] = (uint8_t)seq;
}

/* Sends up to n; returns false when the way out is full. */
static bool send_some(uint64_t n)
{
    size_t batch = n < SEND_BATCH ? (size_t)n : SEND_BATCH;
    int sent;

    for (size_t i = 0; i < batch; i++)
        address(i, f.sent + i);
    f.calls++;
    sent = sendmmsg(f.fd, f.out, (unsigned)batch, MSG_DONTWAIT);
    if (sent > 0)
        f.sent += (uint64_t)sent;
    else if (errno != EAGAIN && errno != ENOBUFS)
        f.errors++; /* left there by an ICMP error: the packet is tried again */
    return sent > 0;
}

static void read_all(void)
{
    int got;

    do {
        for (size_t i = 0; i < READ_BATCH; i++)
            f.in[i].msg_hdr.msg_controllen = CONTROL_BYTES;
        f.calls++;
        got = recvmmsg(f.fd, f.in, READ_BATCH, MSG_DONTWAIT, NULL);
        if (got > 0)
            f.received += (uint64_t)got;
    } while (got == READ_BATCH);
}

/* Sends n more, as fast as the window allows, reading in between. */
static void send_and_read(uint64_t n)
{
    uint64_t until = f.sent + n;

    while (f.sent < until) {
        bool full = false;

        for (int i = 0; i < SENDS_PER_READ && f.sent < until && !full; i++)
            full = f.sent - f.received - f.lost >= f.window || !send_some(until - f.sent);
        read_all();
        if (full) {
            struct pollfd fd = {.fd = f.fd, .events = POLLIN};

            if (poll(&fd, 1, (int)f.wait_ms) == 0)
                f.lost = f.sent - f.received;
        }
    }
}

static bool is_over(int64_t start_ns)
{
    if (f.pings)
        return f.sent >= (uint64_t)f.pings;
    return bench_mono_ns() - start_ns >= f.seconds * 1000000000;
}

/* In ticks: a wake-up costs as much as ten packets. */
static int64_t tick_ns(void)
{
    int64_t ns = INT64_C(32) * 1000000000 / f.rate;

    return ns < 1000000 ? 1000000 : ns > 10000000 ? 10000000 : ns;
}

static void run(int64_t start_ns)
{
    for (int64_t tick = 1; !is_over(start_ns); tick++) {
        uint64_t n = SEND_BATCH * SENDS_PER_READ;

        if (f.rate) {
            int64_t due_ns = start_ns + tick * tick_ns(), late_ns;

            bench_sleep_until(due_ns);
            late_ns = bench_mono_ns() - start_ns;
            n = (uint64_t)(late_ns / 1000 * f.rate / 1000000) - f.sent;
        }
        if (f.pings && n > (uint64_t)f.pings - f.sent)
            n = (uint64_t)f.pings - f.sent;
        send_and_read(n);
    }
}

static void read_late(void)
{
    struct pollfd fd = {.fd = f.fd, .events = POLLIN};

    read_all();
    while (f.received + f.lost < f.sent && poll(&fd, 1, (int)f.wait_ms) > 0)
        read_all();
}

int main(int argc, char **argv)
{
    const char *backend = "raw4", *base = "127.1.0.0", *source = NULL;
    const struct bench_arg args[] = {
        {"--backend", NULL, &backend},   {"--base", NULL, &base},
        {"--source", NULL, &source},     {"--targets", &f.targets, NULL},
        {"--pings", &f.pings, NULL},     {"--seconds", &f.seconds, NULL},
        {"--rate", &f.rate, NULL},       {"--size", &f.size, NULL},
        {"--wait-ms", &f.wait_ms, NULL}, {NULL, NULL, NULL},
    };
    int64_t start_ns, cpu_ns, wall_ns;

    (void)argc;
    f.targets = 1;
    f.size = 56;
    f.wait_ms = 500;
    bench_args(args, argv);
    f.backend = bench_backend(backend);
    f.range = bench_range(base);
    f.id = (uint16_t)getpid();
    open_socket(source);
    prepare();

    start_ns = bench_mono_ns();
    cpu_ns = bench_cpu_ns();
    run(start_ns);
    wall_ns = bench_mono_ns() - start_ns;
    read_late();
    printf("{\"sent\": %llu, \"received\": %llu, \"errors\": %llu, \"calls\": %llu, "
           "\"wall_ns\": %lld, \"cpu_ns\": %lld}\n",
           (unsigned long long)f.sent, (unsigned long long)f.received, (unsigned long long)f.errors,
           (unsigned long long)f.calls, (long long)wall_ns, (long long)(bench_cpu_ns() - cpu_ns));
    return 0;
}
