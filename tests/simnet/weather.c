/* SPDX-License-Identifier: Apache-2.0 */
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#include "sim/prf.h"
#include "simnet/fate.h"

#define MS INT64_C(1000000)

/* Chances per million, of hosts or of packets. */
enum {
    DEAD = 50000,       /* hosts that never answer */
    FAULTY = 300000,    /* hosts that anything below happens to */
    BAD_BLOCK = 100000, /* of BLOCK packets in a row, most of which are lost */
    LOSS_BAD = 600000,
    LOSS_GOOD = 10000,
    OUTAGE = 10000, /* of OUTAGE_BLOCK packets in a row: all lost */
    DUPLICATE = 20000,
    STRAGGLER = 20000, /* overtaken by those behind it */
    LATE = 10000,      /* by more than most people wait */
    MANGLED = 20000,
    STRAYED = 5000,
    ERROR = 20000,
    BLOCK = 8,
    OUTAGE_BLOCK = 64
};

static const int64_t RTT_MIN_NS = 200000; /* medians from here ... */
enum { RTT_DOUBLINGS = 8 };               /* ... to 2^8 times that, most in the middle */
static const int64_t LATE_NS = 1500 * MS;

static bool happens(uint64_t seed, uint64_t what, uint64_t n, uint32_t ppm)
{
    return prf(seed, what, n) % PPM < ppm;
}

/* Lognormal enough: the exponent is a sum of four uniform numbers. */
static int64_t median_ns(uint64_t host)
{
    uint64_t random = prf(host, 'r', 0);
    uint64_t exponent =
        (random & 0xffff) + (random >> 16 & 0xffff) + (random >> 32 & 0xffff) + (random >> 48);
    uint64_t scaled = exponent * RTT_DOUBLINGS / 4; /* 16 bits behind the point */
    int64_t base = RTT_MIN_NS << (scaled >> 16);

    return base + (base * (int64_t)(scaled & 0xffff) >> 16);
}

/* Losses come in runs, yet each packet's is a function of its number alone. */
static bool lost(uint64_t host, uint16_t seq)
{
    uint32_t chance = happens(host, 'b', seq / BLOCK, BAD_BLOCK) ? LOSS_BAD : LOSS_GOOD;

    return happens(host, 'o', seq / OUTAGE_BLOCK, OUTAGE) || happens(host, 'l', seq, chance);
}

static void add_error(struct sn_fate *fate, bool v6, uint64_t random, int64_t delay_ns)
{
    static const uint8_t kinds[2][4][2] = {
        {{ICMP_DEST_UNREACH, ICMP_HOST_UNREACH},
         {ICMP_DEST_UNREACH, ICMP_NET_UNREACH},
         {ICMP_DEST_UNREACH, ICMP_PKT_FILTERED},
         {ICMP_TIME_EXCEEDED, ICMP_EXC_TTL}},
        {{ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADDR},
         {ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOROUTE},
         {ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADMIN},
         {ICMP6_TIME_EXCEEDED, ICMP6_TIME_EXCEED_TRANSIT}},
    };
    struct sn_step *step = sn_fate_add(fate, delay_ns, SN_ERROR, SN_PLAIN);

    step->type = kinds[v6][random % 4][0];
    step->code = kinds[v6][random % 4][1];
}

static enum sn_variant mangling(uint64_t random)
{
    static const enum sn_variant kinds[] = {SN_FIRST_BYTE,  SN_LAST_BYTE, SN_CHECKSUM,
                                            SN_HEADER_ONLY, SN_ONE_SHORT, SN_CODE,
                                            SN_OTHER_SEQ,   SN_ZEROS};

    return kinds[random % (sizeof(kinds) / sizeof(kinds[0]))];
}

/* The bad luck of a packet of a faulty host; true if nothing else is to come. */
static bool misfortune(uint64_t host, const struct sn_request *r, int64_t rtt_ns,
                       struct sn_fate *fate)
{
    uint64_t random = prf(host, 'x', r->seq);

    if (lost(host, r->seq))
        return true;
    if (happens(host, 'e', r->seq, ERROR)) {
        add_error(fate, r->v6, random, rtt_ns / 2);
        return random >> 8 & 3; /* sometimes the host answers all the same */
    }
    if (happens(host, 'm', r->seq, MANGLED)) {
        enum sn_variant variant = mangling(random);

        sn_fate_add(fate, rtt_ns, variant == SN_ONE_SHORT ? sn_what_is_left(r, variant) : SN_FORGED,
                    variant);
        return random >> 8 & 1;
    }
    if (happens(host, 's', r->seq, STRAYED)) {
        sn_fate_add(fate, rtt_ns, SN_FORGED, SN_NEIGHBOUR);
        return random >> 8 & 1;
    }
    return false;
}

static uint64_t host_seed(uint64_t seed, const struct sn_request *r)
{
    uint64_t high = 0, low = 0;

    if (r->v6) {
        memcpy(&high, r->dst, sizeof(high));
        memcpy(&low, r->dst + 8, sizeof(low));
    } else {
        low = (uint64_t)r->f << 16 | r->p << 8 | r->h;
    }
    return prf(seed, high, low);
}

void sn_weather_fate(uint64_t seed, const struct sn_request *r, struct sn_fate *ret_fate)
{
    uint64_t host = host_seed(seed, r);
    int64_t rtt_ns = median_ns(host);

    ret_fate->n = 0;
    if (happens(host, 'd', 0, DEAD))
        return;
    rtt_ns += (int64_t)(prf(host, 'j', r->seq) % (uint64_t)(rtt_ns / 4 + 1));
    if (!happens(host, 'f', 0, FAULTY)) {
        sn_fate_add(ret_fate, rtt_ns, SN_REPLY, SN_PLAIN);
        return;
    }
    if (misfortune(host, r, rtt_ns, ret_fate))
        return;
    if (happens(host, 'g', r->seq, STRAGGLER))
        rtt_ns += 3 * rtt_ns;
    if (happens(host, 't', r->seq, LATE))
        rtt_ns += LATE_NS;
    sn_fate_add(ret_fate, rtt_ns, SN_REPLY, SN_PLAIN);
    if (happens(host, 'u', r->seq, DUPLICATE))
        sn_fate_add(ret_fate, rtt_ns + rtt_ns / 8, SN_REPLY, SN_PLAIN)->copies =
            (uint16_t)(prf(host, 'c', r->seq) % 3);
}
