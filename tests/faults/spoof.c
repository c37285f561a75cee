/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Floods an address with forged echo replies, as fast as one core can. Blind: every id and
 * sequence number in turn, from every host of a range. With --ledger it knows more: each request
 * that simnet has seen gets a reply with the right source, id and sequence number, and the rest
 * of the flood has the id that was seen last. All that is left to guess is the payload.
 *
 *     spoof --to ADDRESS --from ADDRESS --hosts N [--ledger FILE] [--seqs N] [--seconds N]
 *
 * Says "started", and at the end how many it has sent.
 */
#include <errno.h>
#include <inttypes.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <multiping/addr.h>

#include "sim/prf.h"
#include "simnet/ledger.h"
#include "simnet/packet.h"
#include "simnet/wire.h"

enum { BATCH = 64, PAYLOAD = 56, IDS = 65536, BYTES = SN_IP6_HEADER + SN_ICMP_HEADER + PAYLOAD };

static struct {
    struct mping_addr to, from;
    uint64_t hosts, seqs, seconds;
    const char *ledger_path;
    struct sn_ledger ledger;
    uint64_t seen; /* records of the ledger */
    unsigned id;   /* seen last */
    uint64_t sent, refused, known;
    int fd;
    unsigned n;
    uint8_t data[BATCH][BYTES];
    struct iovec iov[BATCH];
    struct mmsghdr msgs[BATCH];
    struct sockaddr_storage name;
} s = {.hosts = 1, .seqs = 100, .seconds = 5};

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "spoof: %s: %s\n", what, strerror(errno));
    exit(4);
}

static void flush(void)
{
    unsigned done = 0;

    while (done < s.n) {
        int r = sendmmsg(s.fd, s.msgs + done, s.n - done, 0);

        if (r < 0 && errno != ENOBUFS)
            die("sendmmsg");
        s.refused += r < 0;
        done += r < 0 ? 1 : (unsigned)r;
    }
    s.sent += s.n;
    s.n = 0;
}

static void forge(const uint8_t *src, unsigned id, unsigned seq)
{
    bool v6 = s.to.family == AF_INET6;
    struct sn_packet packet = {.data = s.data[s.n]};
    uint8_t icmp[SN_ICMP_HEADER + PAYLOAD] = {v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY};

    sn_put16(icmp + 4, id);
    sn_put16(icmp + 6, seq);
    for (size_t i = 0; i < PAYLOAD; i += 8) {
        uint64_t random = prf(s.sent + s.n, id, i);

        memcpy(icmp + SN_ICMP_HEADER + i, &random, sizeof(random));
    }
    sn_packet_begin(&packet, v6, src, s.to.ip, SN_PLAIN);
    sn_packet_append(&packet, icmp, sizeof(icmp));
    sn_packet_finish(&packet);
    s.iov[s.n].iov_len = packet.len;
    if (++s.n == BATCH)
        flush();
}

/* For each request that has been seen since: all that can be known of it from outside. */
static void answer_known(void)
{
    uint64_t written = s.ledger_path ? atomic_load(&s.ledger.header->written) : 0;

    for (; s.seen < written; s.seen++) {
        const struct sn_record *record = sn_ledger_at(&s.ledger, s.seen + 1);

        if (!record || (record->family == 6) != (s.to.family == AF_INET6))
            continue;
        s.id = record->id;
        forge(record->dst, record->id, record->seq);
        s.known++;
    }
}

static void set_up(void)
{
    int v6 = s.to.family == AF_INET6, big = 1 << 20;
    struct sockaddr_in6 *name6 = (struct sockaddr_in6 *)&s.name;
    struct sockaddr_in *name4 = (struct sockaddr_in *)&s.name;

    s.fd = socket(s.to.family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (s.fd < 0)
        die("socket");
    setsockopt(s.fd, SOL_SOCKET, SO_SNDBUFFORCE, &big, sizeof(big));
    s.name.ss_family = (sa_family_t)s.to.family;
    memcpy(v6 ? (void *)&name6->sin6_addr : (void *)&name4->sin_addr, s.to.ip, v6 ? 16 : 4);
    for (unsigned i = 0; i < BATCH; i++) {
        s.iov[i].iov_base = s.data[i];
        s.msgs[i].msg_hdr = (struct msghdr){
            .msg_name = &s.name,
            .msg_namelen = v6 ? sizeof(*name6) : sizeof(*name4),
            .msg_iov = &s.iov[i],
            .msg_iovlen = 1,
        };
    }
    if (s.ledger_path && (errno = -sn_ledger_open(&s.ledger, s.ledger_path)) != 0)
        die(s.ledger_path);
}

static void flood(void)
{
    time_t end = time(NULL) + (time_t)s.seconds;
    struct mping_addr from = s.from;
    uint8_t *last = from.ip + (from.family == AF_INET6 ? 14 : 2);
    unsigned base = sn_get16(last);

    for (uint64_t i = 0; i % BATCH || time(NULL) < end; i++) {
        answer_known();
        sn_put16(last, base + (unsigned)(i % s.hosts));
        forge(from.ip, s.known ? s.id : (unsigned)(i / s.hosts / s.seqs % IDS),
              (unsigned)(i / s.hosts % s.seqs));
    }
    flush();
}

static void take(const char *name, const char *value)
{
    if (strcmp(name, "--to") == 0 && mping_addr_parse(&s.to, value) == 0)
        return;
    if (strcmp(name, "--from") == 0 && mping_addr_parse(&s.from, value) == 0)
        return;
    if (strcmp(name, "--ledger") == 0)
        s.ledger_path = value;
    else if (strcmp(name, "--hosts") == 0)
        s.hosts = strtoull(value, NULL, 10);
    else if (strcmp(name, "--seqs") == 0)
        s.seqs = strtoull(value, NULL, 10);
    else if (strcmp(name, "--seconds") == 0)
        s.seconds = strtoull(value, NULL, 10);
    else {
        errno = EINVAL;
        die(name);
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i += 2)
        take(argv[i], argv[i + 1]);
    if (!s.to.family || s.to.family != s.from.family || !s.hosts || !s.seqs) {
        errno = EINVAL;
        die("--to and --from");
    }
    set_up();
    puts("started");
    fflush(stdout);
    flood();
    printf("sent %" PRIu64 "\n", s.sent);
    printf("known %" PRIu64 "\n", s.known);
    printf("refused %" PRIu64 "\n", s.refused);
    return 0;
}
