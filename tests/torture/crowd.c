/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A name server for crowds, and an eye on what is pinged; both on loopback of a namespace.
 *
 * usage: torture_crowd NAMES
 *
 * Names are n0.test, n1.test, ... Of ten of them the first is dead (does not exist, or every
 * second time nobody answers), the second is answered after 5 s, the others at once: with
 * 127.1.x.y, and every other time with 127.2.x.y, for 0 s. x.y is the number. Other names do
 * not exist.
 *
 * When standard input ends it prints: "queries N", "ping NUMBER FIRST_NS" for each name pinged, and
 * "host X STAMP_NS" for each echo request to 127.3.0.X, by the kernel's stamps (CLOCK_REALTIME).
 */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    PACKET_MAX = 512,
    HEADER = 12,
    TYPE_A = 1,
    NXDOMAIN = 3,
    NAMES_MAX = 1 << 16,
    SLOW_MAX = 1 << 17,
    STAMPS_MAX = 1 << 20,
    BUFFER = 64 << 20,
    BATCH = 64,
};

#define SLOW_NS INT64_C(5000000000)

struct late {
    int64_t due_ns;
    struct sockaddr_in to;
    uint16_t len;
    uint8_t data[PACKET_MAX / 4];
};

struct stamp {
    int64_t at_ns;
    uint8_t host;
};

static struct late *slow; /* a ring: all of them wait equally long */
static uint64_t slow_head, slow_tail, queries;
static uint8_t asked[NAMES_MAX];
static int64_t first_ns[NAMES_MAX];
static struct stamp *stamps;
static size_t stamp_count;
static unsigned long names;

static int64_t now_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* The number of "n1.test" at the head of a packet, and the end of its name; -1: another. */
static long number_of(const uint8_t *data, size_t len, size_t *ret_end)
{
    char digits[8] = "";
    size_t label = data[HEADER], end = HEADER + 1 + label;

    if (label < 2 || label > sizeof(digits) || end + 6 + 4 > len || data[HEADER + 1] != 'n' ||
        memcmp(data + end, "\4test", 6) != 0)
        return -1;
    memcpy(digits, data + HEADER + 2, label - 1);
    *ret_end = end + 6;
    return strtol(digits, NULL, 10);
}

/* Turns the query into its reply. Returns how long it takes: 0, SLOW_NS, or -1 for ever. */
static int64_t answer(uint8_t *data, size_t *len)
{
    size_t end = 0;
    long number = *len > HEADER + 2 ? number_of(data, *len, &end) : -1;
    bool dead = number < 0 || (unsigned long)number >= names || number % 10 == 0;
    uint8_t turn;

    put16(data + 2, 0x8580);
    memset(data + 6, 0, 6);
    if (end)
        *len = end + 4;
    if (dead) {
        data[3] |= NXDOMAIN;
        return number >= 0 && number % 20 == 0 ? -1 : 0;
    }
    if (data[end] == 0 && data[end + 1] == TYPE_A) {
        turn = asked[number]++ & 1;
        memset(data + *len, 0, 16);
        put16(data + *len, 0xc00c);
        put16(data + *len + 2, TYPE_A);
        put16(data + *len + 4, 1);
        put16(data + *len + 10, 4);
        data[*len + 12] = 127;
        data[*len + 13] = (uint8_t)(1 + turn);
        put16(data + *len + 14, (unsigned)number);
        put16(data + 6, 1);
        *len += 16;
    }
    return number % 10 == 1 ? SLOW_NS : 0;
}

static void put_off(const struct sockaddr_in *to, const uint8_t *data, size_t len)
{
    struct late *late = &slow[slow_tail % SLOW_MAX];

    if (slow_tail - slow_head == SLOW_MAX || len > sizeof(late->data))
        return;
    late->due_ns = now_ns(CLOCK_MONOTONIC) + SLOW_NS;
    late->to = *to;
    late->len = (uint16_t)len;
    memcpy(late->data, data, len);
    slow_tail++;
}

static void serve(int fd)
{
    uint8_t data[PACKET_MAX];
    struct sockaddr_in to;
    socklen_t to_len = sizeof(to);
    ssize_t n;

    for (int i = 0; i < BATCH; i++) {
        size_t len;
        int64_t delay_ns;

        n = recvfrom(fd, data, sizeof(data) - 64, MSG_DONTWAIT, (struct sockaddr *)&to, &to_len);
        if (n < HEADER)
            return;
        queries++;
        len = (size_t)n;
        delay_ns = answer(data, &len);
        if (delay_ns > 0)
            put_off(&to, data, len);
        else if (delay_ns == 0)
            sendto(fd, data, len, 0, (struct sockaddr *)&to, sizeof(to));
    }
}

/* Sends what is due; returns for how many milliseconds nothing will be. */
static int serve_late(int fd)
{
    int64_t now = now_ns(CLOCK_MONOTONIC);

    while (slow_head < slow_tail && slow[slow_head % SLOW_MAX].due_ns <= now) {
        const struct late *late = &slow[slow_head++ % SLOW_MAX];

        sendto(fd, late->data, late->len, 0, (const struct sockaddr *)&late->to, sizeof(late->to));
    }
    if (slow_head == slow_tail)
        return 1000;
    return (int)((slow[slow_head % SLOW_MAX].due_ns - now) / 1000000) + 1;
}

static int64_t stamp_of(struct msghdr *msg)
{
    struct timespec ts = {0};

    for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS)
            memcpy(&ts, CMSG_DATA(c), sizeof(ts));
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* An echo request has left: its destination tells whom it is for. */
static void note(const uint8_t *ip, int64_t at_ns)
{
    unsigned number = (unsigned)ip[18] << 8 | ip[19];

    if (ip[17] == 3 && stamp_count < STAMPS_MAX)
        stamps[stamp_count++] = (struct stamp){.at_ns = at_ns, .host = ip[19]};
    else if ((ip[17] == 1 || ip[17] == 2) && !first_ns[number])
        first_ns[number] = at_ns;
}

static void watch(int fd)
{
    for (int i = 0; i < BATCH; i++) {
        uint8_t ip[32], control[128];
        struct iovec iov = {.iov_base = ip, .iov_len = sizeof(ip)};
        struct sockaddr_ll from;
        struct msghdr msg = {.msg_name = &from,
                             .msg_namelen = sizeof(from),
                             .msg_iov = &iov,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof(control)};

        if (recvmsg(fd, &msg, MSG_DONTWAIT) < 21)
            return;
        if (from.sll_pkttype == PACKET_OUTGOING)
            note(ip, stamp_of(&msg));
    }
}

static int open_server(void)
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(53)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), size = BUFFER;

    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
    return fd < 0 || bind(fd, (struct sockaddr *)&own, sizeof(own)) < 0 ? -1 : fd;
}

/* Sees ICMP echo requests of IPv4 on loopback. */
static int open_watch(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMP, 0, 3),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 20),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 8, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 32),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};
    struct sockaddr_ll lo = {.sll_family = AF_PACKET,
                             .sll_protocol = htons(ETH_P_IP),
                             .sll_ifindex = (int)if_nametoindex("lo")};
    int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0), size = BUFFER, on = 1;

    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0)
        return -1;
    lo.sll_protocol = htons(ETH_P_ALL); /* what leaves is seen by this only */
    return bind(fd, (struct sockaddr *)&lo, sizeof(lo)) < 0 ? -1 : fd;
}

static void report(void)
{
    printf("queries %llu\n", (unsigned long long)queries);
    for (unsigned long i = 0; i < names; i++)
        if (first_ns[i])
            printf("ping %lu %lld\n", i, (long long)first_ns[i]);
    for (size_t i = 0; i < stamp_count; i++)
        printf("host %u %lld\n", stamps[i].host, (long long)stamps[i].at_ns);
}

int main(int argc, char **argv)
{
    struct pollfd fds[] = {{.events = POLLIN}, {.events = POLLIN}, {.events = POLLIN}};

    names = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    slow = calloc(SLOW_MAX, sizeof(*slow));
    stamps = calloc(STAMPS_MAX, sizeof(*stamps));
    fds[0].fd = open_server();
    fds[1].fd = open_watch();
    if (!names || names > NAMES_MAX || !slow || !stamps || fds[0].fd < 0 || fds[1].fd < 0) {
        perror("torture_crowd");
        return 1;
    }
    printf("ready\n");
    (void)fflush(stdout);
    while (!fds[2].revents) {
        poll(fds, 3, serve_late(fds[0].fd));
        if (fds[1].revents)
            watch(fds[1].fd);
        if (fds[0].revents)
            serve(fds[0].fd);
    }
    watch(fds[1].fd);
    report();
    return 0;
}
