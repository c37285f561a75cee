/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A network behind a TUN device in which every address answers, after a fixed delay, and in
 * bursts where asked for: replies then wait for the next full multiple of --burst-us. Says
 * "ready" and serves until it is ended or its parent is gone.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
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
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "common.h"

enum { PACKETS = 1 << 17, PACKET_BYTES = 256, IP6_HEADER = 40, READS_PER_LOOK = 64 };

struct held {
    int64_t due_ns;
    size_t len;
    uint8_t data[PACKET_BYTES];
};

static struct {
    int fd;
    int64_t delay_us, burst_us;
    struct held *ring;
    uint64_t head, tail; /* out at head, in at tail */
} t;

static void open_device(const char *name)
{
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};

    strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
    t.fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (t.fd < 0 || ioctl(t.fd, TUNSETIFF, &request) < 0)
        bench_die("tun %s: %s", name, strerror(errno));
}

static void swap(uint8_t *a, uint8_t *b, size_t len)
{
    uint8_t kept[16];

    memcpy(kept, a, len);
    memcpy(a, b, len);
    memcpy(b, kept, len);
}

/* The checksum after the type has gone from one value to another (RFC 1624). */
static void retype(uint8_t *icmp, uint8_t type)
{
    uint32_t sum = (uint16_t) ~(icmp[2] << 8 | icmp[3]);

    sum += (uint16_t) ~(icmp[0] << 8) + ((uint32_t)type << 8);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    icmp[0] = type;
    icmp[2] = (uint8_t)(~sum >> 8);
    icmp[3] = (uint8_t)~sum;
}

/* Makes the reply out of the request; false if it is none. */
static bool answer(uint8_t *p, size_t len)
{
    if (len >= IP6_HEADER + BENCH_ICMP_HEADER && p[0] >> 4 == 6 && p[6] == IPPROTO_ICMPV6 &&
        p[IP6_HEADER] == ICMP6_ECHO_REQUEST) {
        swap(p + 8, p + 24, 16);
        retype(p + IP6_HEADER, ICMP6_ECHO_REPLY);
        return true;
    }
    if (len >= BENCH_IP4_HEADER + BENCH_ICMP_HEADER && p[0] == 0x45 && p[9] == IPPROTO_ICMP &&
        p[BENCH_IP4_HEADER] == ICMP_ECHO) {
        swap(p + 12, p + 16, 4);
        retype(p + BENCH_IP4_HEADER, ICMP_ECHOREPLY);
        return true;
    }
    return false;
}

static int64_t due_ns(int64_t now_ns)
{
    int64_t due = now_ns + t.delay_us * 1000, burst = t.burst_us * 1000;

    return burst ? (due + burst - 1) / burst * burst : due;
}

static void take_in(void)
{
    for (int i = 0; i < READS_PER_LOOK && t.tail - t.head < PACKETS; i++) {
        struct held *held = &t.ring[t.tail % PACKETS];
        ssize_t n = read(t.fd, held->data, sizeof(held->data));

        if (n < 0)
            return;
        held->len = (size_t)n;
        if (answer(held->data, held->len)) {
            held->due_ns = due_ns(bench_mono_ns());
            t.tail++;
        }
    }
}

static void let_out(void)
{
    int64_t now_ns = bench_mono_ns();

    while (t.head < t.tail && t.ring[t.head % PACKETS].due_ns <= now_ns) {
        const struct held *held = &t.ring[t.head % PACKETS];

        /* A burst goes out in one piece; the device may refuse for the moment. */
        if (write(t.fd, held->data, held->len) < 0 && errno == EAGAIN)
            return;
        t.head++;
    }
}

static void wait_for_work(void)
{
    struct pollfd fd = {.fd = t.fd, .events = t.tail - t.head < PACKETS ? POLLIN : 0};
    struct timespec left = {0};
    int64_t left_ns = t.head < t.tail ? t.ring[t.head % PACKETS].due_ns - bench_mono_ns() : 0;

    if (left_ns > 0)
        left = (struct timespec){.tv_sec = left_ns / 1000000000, .tv_nsec = left_ns % 1000000000};
    if (ppoll(&fd, 1, t.head < t.tail ? &left : NULL, NULL) < 0 && errno != EINTR)
        bench_die("poll: %s", strerror(errno));
}

int main(int argc, char **argv)
{
    const char *device = "tun0";
    const struct bench_arg args[] = {
        {"--device", NULL, &device},
        {"--delay-us", &t.delay_us, NULL},
        {"--burst-us", &t.burst_us, NULL},
        {NULL, NULL, NULL},
    };

    (void)argc;
    bench_args(args, argv);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    prctl(PR_SET_TIMERSLACK, 1000UL);
    t.ring = calloc(PACKETS, sizeof(*t.ring));
    if (!t.ring)
        bench_die("out of memory");
    open_device(device);
    puts("ready");
    fflush(stdout);
    for (;;) {
        wait_for_work();
        take_in();
        let_out();
    }
}
