/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves: size, pattern, TTL, TOS, DF, source, interface and mark, seen by the peer. */
#include "check.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "lab_peer.h"

enum { ICMP_HEADER = 8, PROOF = 16 };

/* Pings the answering peer once with options. Returns mping_ping()'s result. */
static int ping(struct mping *engine, int family, struct mping_target_opts *opts)
{
    char host[LAB_HOST_MAX];

    opts->count = 1;
    opts->timeout_ns = 2000 * LAB_MS;
    return mping_ping(engine, lab_peer_host(host, family, LAB_ANSWER), opts);
}

static bool addr_is(const uint8_t *ip, const char *text)
{
    struct mping_addr want;

    return mping_addr_parse(&want, text) == 0 &&
           memcmp(ip, want.ip, want.family == AF_INET ? 4 : 16) == 0;
}

/* Every size around the proof's, one that fills a packet, and the smallest there is. */
static void sizes(struct mping *engine, int family, const char *kind)
{
    static const uint32_t sizes[] = {0, 1, 7, 8, 9, 15, 16, 17, 56, 57, 1400};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct tally *tally = tally_new(1);
        struct mping_target_opts opts;
        struct lab_packet seen;

        tally_opts(&opts, tally);
        opts.payload_bytes = sizes[i];
        ok_eq(ping(engine, family, &opts), 0, "%s: payload of %u bytes", kind, sizes[i]);
        lab_peer_last(family, LAB_ANSWER, &seen);
        ok_eq((int64_t)seen.icmp_len, ICMP_HEADER + sizes[i],
              "%s: ICMP length %u for it on the wire", kind, ICMP_HEADER + sizes[i]);
        ok_eq(tally->last[MPING_EV_REPLY].icmp_bytes, ICMP_HEADER + sizes[i],
              "%s: Len is what was received", kind);
        ok_none(tally_problem(tally, NULL), "%s: the promises hold", kind);
        free(tally);
    }
}

static void pattern(struct mping *engine, int family, const char *kind)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct lab_packet seen;
    int wrong = 0;

    tally_opts(&opts, tally);
    opts.payload_bytes = 100;
    opts.pattern = "abc";
    opts.pattern_bytes = 3;
    ok_eq(ping(engine, family, &opts), 0, "%s: a pattern", kind);
    lab_peer_last(family, LAB_ANSWER, &seen);
    for (size_t i = ICMP_HEADER + PROOF; i < seen.icmp_len; i++)
        wrong += seen.icmp[i] != (uint8_t) "abc"[(i - ICMP_HEADER - PROOF) % 3];
    ok_eq(wrong, 0, "%s: the pattern fills the payload behind the proof", kind);
    free(tally);
}

static void ttl_tos(struct mping *engine, int family, const char *kind)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct lab_packet seen;

    tally_opts(&opts, tally);
    opts.ttl = 33;
    opts.tos = 0x48;
    ok_eq(ping(engine, family, &opts), 0, "%s: ttl and tos", kind);
    lab_peer_last(family, LAB_ANSWER, &seen);
    ok_eq(seen.ttl, 33, "%s: the ttl is on the wire", kind);
    ok_eq(seen.tos, 0x48, "%s: so is the tos", kind);
    free(tally);
}

static void received_ttl_tos(struct mping *engine, int family, const char *kind)
{
    struct mping_event event;
    char host[LAB_HOST_MAX];

    ok_eq(mping_once(engine, lab_peer_host(host, family, LAB_TTL_TOS), 2000 * LAB_MS, &event), 0,
          "%s: a reply with its own ttl and tos", kind);
    ok_eq(event.ttl, LAB_TTL, "%s: ttl of the reply", kind);
    ok_eq(event.tos, LAB_TOS, "%s: tos of the reply", kind);
}

static void fragment(struct mping *engine, uint32_t bytes, uint32_t flags, bool want,
                     const char *what, const char *kind)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct lab_packet seen;

    tally_opts(&opts, tally);
    opts.payload_bytes = bytes;
    opts.flags = flags;
    ok_eq(ping(engine, AF_INET, &opts), 0, "%s: %s", kind, what);
    lab_peer_last(AF_INET, LAB_ANSWER, &seen);
    ok_eq(seen.dont_fragment, want, "%s: %s: DF is %s", kind, what, want ? "set" : "not set");
    free(tally);
}

static void too_big(struct mping *engine, int family, const char *kind)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;

    tally_opts(&opts, tally);
    opts.payload_bytes = 1600;
    opts.flags = MPING_FLAG_DF;
    ok_eq(ping(engine, family, &opts), -EMSGSIZE, "%s: df and more than the MTU", kind);
    ok_eq((int64_t)count_of(tally, MPING_EV_SEND_ERROR), 1, "%s: is a send error", kind);
    free(tally);
}

static void source(struct mping *engine, int family, const char *kind)
{
    const char *own = family == AF_INET ? LAB_OTHER4 : LAB_OTHER6;
    const char *usual = family == AF_INET ? LAB_SOURCE4 : LAB_SOURCE6;
    const char *foreign = family == AF_INET ? "203.0.113.77" : "2001:db8:3::77";
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct lab_packet seen;

    tally_opts(&opts, tally);
    ok_eq(ping(engine, family, &opts), 0, "%s: without a source", kind);
    lab_peer_last(family, LAB_ANSWER, &seen);
    if (family == AF_INET) /* IPv6 has rules of its own for the choice */
        ok(addr_is(seen.src, usual), "%s: as routed", kind);
    free(tally);

    tally = tally_new(1);
    tally_opts(&opts, tally);
    mping_addr_parse(&opts.source, own);
    ok_eq(ping(engine, family, &opts), 0, "%s: a source of ours", kind);
    lab_peer_last(family, LAB_ANSWER, &seen);
    ok(addr_is(seen.src, own), "%s: is on the wire", kind);
    ok(addr_is(tally->last[MPING_EV_REPLY].src.ip, own), "%s: and in the event", kind);
    free(tally);

    tally = tally_new(1);
    tally_opts(&opts, tally);
    mping_addr_parse(&opts.source, foreign);
    ok(ping(engine, family, &opts) < 0, "%s: a bad source fails", kind);
    ok_eq((int64_t)count_of(tally, MPING_EV_LOST), 0, "%s: and does not time out", kind);
    free(tally);
}

/* Out of loopback the peer behind the TUN device cannot be reached. */
static void interface(struct mping *engine, int family, const char *kind)
{
    static const struct {
        const char *name;
        bool reaches;
    } rows[] = {{LAB_TUN, true}, {"lo", false}};

    for (size_t i = 0; i < 2; i++) {
        struct tally *tally = tally_new(1);
        unsigned before = lab_peer_requests(family, LAB_ANSWER);
        struct mping_target_opts opts;
        int r;

        tally_opts(&opts, tally);
        opts.ifindex = if_nametoindex(rows[i].name);
        opts.flags = MPING_FLAG_RETRY_SEND;
        r = ping(engine, family, &opts);
        ok_eq(r, 0, "%s: through interface %s", kind, rows[i].name);
        ok_eq(lab_peer_requests(family, LAB_ANSWER) - before, rows[i].reaches,
              "%s: interface %s %s", kind, rows[i].name,
              rows[i].reaches ? "leads there" : "does not");
        ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), rows[i].reaches,
              "%s: interface %s: the verdict fits", kind, rows[i].name);
        free(tally);
    }
}

static int marked(struct mping *engine, int family, uint32_t mark)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    int r;

    tally_opts(&opts, tally);
    opts.mark = mark;
    r = ping(engine, family, &opts);
    free(tally);
    return r;
}

static void marks(struct mping *engine, int socket_kind, int family, const char *kind)
{
    const int refused = -EHOSTUNREACH;
    struct mping_opts opts;
    struct mping *other;

    ok_eq(marked(engine, family, LAB_MARK), refused, "%s: the mark decides the route", kind);
    ok_eq(marked(engine, family, LAB_MARK + 1), 0, "%s: another mark does not", kind);
    ok_eq(marked(engine, family, 0), 0, "%s: no mark after one", kind);
    mping_opts_init(&opts, sizeof(opts));
    opts.socket_kind = socket_kind;
    opts.mark = LAB_MARK;
    other = check_engine(&opts);
    ok_eq(marked(other, family, 0), refused, "%s: the engine's mark is on all probes", kind);
    ok_eq(marked(other, family, LAB_MARK + 1), 0, "%s: the target's own goes before it", kind);
    mping_free(other);
}

static void all(int socket_kind, int family, const char *kind)
{
    struct lab_mark mark = lab_mark();
    struct mping *engine = check_engine_with(socket_kind, 0);

    sizes(engine, family, kind);
    pattern(engine, family, kind);
    ttl_tos(engine, family, kind);
    received_ttl_tos(engine, family, kind);
    if (family == AF_INET) {
        fragment(engine, 56, 0, true, "a small packet", kind);
        fragment(engine, 1400, 0, false, "a large packet", kind);
        fragment(engine, 1400, MPING_FLAG_DF, true, "a large packet with df", kind);
    }
    too_big(engine, family, kind);
    source(engine, family, kind);
    interface(engine, family, kind);
    marks(engine, socket_kind, family, kind);
    check_end(engine, &mark, kind);
}

int main(void)
{
    check_start();
    lab_allow_ping_sockets(1);
    ok_none(lab_peer_start(), "the peers are there");
    all(MPING_SOCKET_RAW, AF_INET, "raw");
    all(MPING_SOCKET_RAW, AF_INET6, "raw6");
    all(MPING_SOCKET_PING, AF_INET, "ping");
    all(MPING_SOCKET_PING, AF_INET6, "ping6");
    lab_peer_stop();
    return done_testing();
}
