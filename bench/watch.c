/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command and tells, as one line of JSON, what it cost: wall time, user and system
 * time, peak memory. With --iface it also looks at that interface with a packet socket: when
 * did the first echo request leave; with --capture FILE every request and reply is written
 * down with the kernel's stamp, for others to compare with.
 *
 *     bench_watch [--iface NAME [--capture FILE | --until-first 1]] [--limit-ms N]
 *                 [--stdout FILE] [--stderr FILE] -- COMMAND...
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

enum { CAPTURE_BYTES = 512 << 20, IP6_HEADER = 40, HEAD_BYTES = 64 };

static struct {
    const char *iface, *capture, *out, *err;
    int64_t until_first, limit_ms;
    int fd; /* packet socket, -1: none */
    pid_t child;
    int64_t start_real_ns, first_ns;
} w = {.limit_ms = 120000, .fd = -1, .first_ns = -1};

/* An echo request that left (1) or a reply that came (2), as written to the file. */
struct record {
    uint8_t ip[16]; /* of the host pinged */
    uint32_t id_seq;
    uint32_t kind;
    int64_t real_ns;
};

static void open_packet_socket(void)
{
    struct sockaddr_ll name = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
    int on = 1, bytes = CAPTURE_BYTES;

    name.sll_ifindex = (int)if_nametoindex(w.iface);
    w.fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (w.fd < 0 || !name.sll_ifindex)
        bench_die("packet socket on %s: %s", w.iface, strerror(errno));
    setsockopt(w.fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
    setsockopt(w.fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
    if (bind(w.fd, (struct sockaddr *)&name, sizeof(name)) < 0)
        bench_die("bind to %s: %s", w.iface, strerror(errno));
}

static int64_t stamp_of(struct msghdr *hdr)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(hdr); c; c = CMSG_NXTHDR(hdr, c)) {
        struct timespec stamp;

        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
            continue;
        memcpy(&stamp, CMSG_DATA(c), sizeof(stamp));
        return (int64_t)stamp.tv_sec * 1000000000 + stamp.tv_nsec;
    }
    return 0;
}

/* Reads an IP packet; false if it is no echo that went out or came in. */
static bool parse(const uint8_t *p, size_t len, bool outgoing, struct record *ret_record)
{
    bool v6 = len > 0 && p[0] >> 4 == 6;
    size_t header = v6 ? IP6_HEADER : BENCH_IP4_HEADER;
    uint8_t request = v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
    uint8_t reply = v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
    const uint8_t *icmp = p + header;

    if (len < header + BENCH_ICMP_HEADER ||
        p[v6 ? 6 : 9] != (v6 ? (uint8_t)IPPROTO_ICMPV6 : (uint8_t)IPPROTO_ICMP) ||
        icmp[0] != (outgoing ? request : reply))
        return false;
    *ret_record = (struct record){
        .id_seq =
            (uint32_t)icmp[4] << 24 | (uint32_t)icmp[5] << 16 | (uint32_t)icmp[6] << 8 | icmp[7],
        .kind = outgoing ? 1 : 2,
    };
    if (v6)
        memcpy(ret_record->ip, p + (outgoing ? 24 : 8), 16);
    else
        memcpy(ret_record->ip, p + (outgoing ? 16 : 12), 4);
    return true;
}

/* The next echo from the packet socket; false when it is empty. */
static bool next_echo(struct record *ret_record)
{
    for (;;) {
        uint8_t data[HEAD_BYTES];
        _Alignas(struct cmsghdr) uint8_t control[256];
        struct sockaddr_ll from;
        struct iovec iov = {.iov_base = data, .iov_len = sizeof(data)};
        struct msghdr hdr = {.msg_name = &from,
                             .msg_namelen = sizeof(from),
                             .msg_iov = &iov,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof(control)};
        ssize_t n = recvmsg(w.fd, &hdr, 0);

        if (n < 0)
            return false;
        if (parse(data, (size_t)n, from.sll_pkttype == PACKET_OUTGOING, ret_record)) {
            ret_record->real_ns = stamp_of(&hdr);
            return true;
        }
    }
}

static void redirect(int fd, const char *path)
{
    int to = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;

    if (path && (to < 0 || dup2(to, fd) < 0))
        bench_die("cannot write %s", path);
}

static void start(char **command)
{
    w.start_real_ns = bench_real_ns();
    w.child = fork();
    if (w.child != 0)
        return;
    redirect(STDOUT_FILENO, w.out);
    redirect(STDERR_FILENO, w.err);
    execvp(command[0], command);
    bench_die("%s: %s", command[0], strerror(errno));
}

static void look_for_first(void)
{
    struct record record;

    if (!next_echo(&record))
        return;
    w.first_ns = record.real_ns - w.start_real_ns;
    close(w.fd);
    w.fd = -1;
    if (w.until_first)
        kill(w.child, SIGKILL);
}

/* Waits for the end of the command, which comes by force when its time is up. */
static void follow(int64_t start_ns)
{
    int pidfd = (int)syscall(SYS_pidfd_open, w.child, 0);
    struct pollfd fds[2] = {{.fd = pidfd, .events = POLLIN}, {.events = POLLIN}};

    if (pidfd < 0)
        bench_die("pidfd_open: %s", strerror(errno));
    while (!fds[0].revents) {
        int64_t left_ms = w.limit_ms - (bench_mono_ns() - start_ns) / 1000000;

        fds[1].fd = w.capture ? -1 : w.fd;
        if (poll(fds, 2, left_ms > 0 ? (int)left_ms : 0) == 0)
            kill(w.child, SIGKILL);
        if (fds[1].fd >= 0 && fds[1].revents)
            look_for_first();
    }
    close(pidfd);
}

static void write_capture(void)
{
    FILE *file = fopen(w.capture, "w");
    struct tpacket_stats stats = {0};
    socklen_t len = sizeof(stats);
    struct record record;

    if (!file)
        bench_die("cannot write %s", w.capture);
    getsockopt(w.fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len);
    if (stats.tp_drops)
        bench_die("%u packets are missing in the capture", stats.tp_drops);
    while (next_echo(&record))
        fwrite(&record, sizeof(record), 1, file);
    if (fclose(file) != 0)
        bench_die("cannot write %s", w.capture);
}

static int64_t us(const struct timeval *t)
{
    return (int64_t)t->tv_sec * 1000000 + t->tv_usec;
}

int main(int argc, char **argv)
{
    const struct bench_arg args[] = {
        {"--iface", NULL, &w.iface},
        {"--capture", NULL, &w.capture},
        {"--stdout", NULL, &w.out},
        {"--stderr", NULL, &w.err},
        {"--until-first", &w.until_first, NULL},
        {"--limit-ms", &w.limit_ms, NULL},
        {NULL, NULL, NULL},
    };
    char **command = argv;
    struct rusage usage;
    int64_t start_ns;
    int status;

    (void)argc;
    while (*command && strcmp(*command, "--") != 0)
        command++;
    if (!*command || !command[1])
        bench_die("no command");
    *command++ = NULL;
    bench_args(args, argv);
    if (w.iface)
        open_packet_socket();

    start_ns = bench_mono_ns();
    start(command);
    follow(start_ns);
    if (wait4(w.child, &status, 0, &usage) < 0)
        bench_die("wait4: %s", strerror(errno));
    printf("{\"wall_us\": %lld, \"user_us\": %lld, \"sys_us\": %lld, \"maxrss_kib\": %ld, "
           "\"first_us\": %lld, \"exit\": %d, \"signal\": %d}\n",
           (long long)((bench_mono_ns() - start_ns) / 1000), (long long)us(&usage.ru_utime),
           (long long)us(&usage.ru_stime), usage.ru_maxrss,
           (long long)(w.first_ns < 0 ? -1 : w.first_ns / 1000),
           WIFEXITED(status) ? WEXITSTATUS(status) : -1,
           WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    if (w.capture)
        write_capture();
    return 0;
}
