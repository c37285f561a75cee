/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>
#include <string.h>

#include "sim/prf.h"
#include "simnet/fate.h"

#define MS INT64_C(1000000)

enum { REPLAY_MS = 250, LIMITED_HOSTS = 1 << 16 };

struct sn_step *sn_fate_add(struct sn_fate *fate, int64_t delay_ns, enum sn_what what,
                            enum sn_variant variant)
{
    struct sn_step *step = &fate->steps[fate->n++];

    assert(fate->n <= SN_STEPS_MAX);
    *step = (struct sn_step){.delay_ns = delay_ns, .what = what, .variant = variant};
    return step;
}

static void add_error(struct sn_fate *fate, enum sn_variant variant, unsigned type, unsigned code)
{
    enum sn_what what = variant < SN_QUOTE_NO_ICMP ? SN_ERROR : SN_BAD_ERROR;
    struct sn_step *step = sn_fate_add(fate, 0, what, variant);

    step->type = (uint8_t)type;
    step->code = (uint8_t)code;
}

static void immediate(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    (void)r;
    (void)now_ns;
    sn_fate_add(fate, 0, SN_REPLY, SN_PLAIN);
}

/* 37 is prime to 100: the losses of a hundred are spread over it. */
static void loss(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    unsigned at =
        r->p <= 100 ? r->seq * 37u % 100 : (unsigned)(prf(r->h, r->p, r->seq) % 100) + 100;

    if (at >= r->p)
        immediate(r, now_ns, fate);
}

static void copies(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    (void)now_ns;
    sn_fate_add(fate, 0, SN_REPLY, SN_PLAIN)->copies = (uint16_t)r->p;
}

static void reorder(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    (void)now_ns;
    sn_fate_add(fate, r->seq % 2 ? 0 : r->p * 10 * MS, SN_REPLY, SN_PLAIN);
}

static void late(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    (void)now_ns;
    sn_fate_add(fate, r->p * 10 * MS, SN_REPLY, SN_PLAIN);
}

static void delay(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    (void)now_ns;
    sn_fate_add(fate, r->p * MS, SN_REPLY, SN_PLAIN);
}

static void wrong_source(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    struct sn_step *step;

    step = sn_fate_add(fate, 0, SN_FORGED, r->p == 1 ? SN_ROUTER : SN_NEIGHBOUR);
    step->copies = r->p == 2 ? 7 : 0;
    if (r->p == 3)
        immediate(r, now_ns, fate);
}

static void mangled(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    static const enum sn_variant variants[] = {
        SN_FIRST_BYTE, SN_LAST_BYTE, SN_CHECKSUM,   SN_HEADER_ONLY, SN_ONE_SHORT, SN_EIGHT_BYTES,
        SN_LONGER,     SN_CODE,      SN_OTHER_ID,   SN_OTHER_SEQ,   SN_ZEROS,     SN_ONES,
        SN_REQUEST,    SN_TYPE,      SN_FOUR_BYTES, SN_NEXT_SEQ,
    };
    enum sn_variant variant = variants[r->p % (sizeof(variants) / sizeof(variants[0]))];
    bool plain = variant == SN_LONGER || variant == SN_ONE_SHORT || variant == SN_EIGHT_BYTES;

    (void)now_ns;
    sn_fate_add(fate, variant == SN_NEXT_SEQ ? REPLAY_MS * MS : 0,
                plain ? sn_what_is_left(r, variant) : SN_FORGED, variant);
}

static void shortened(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    (void)now_ns;
    sn_fate_add(fate, 0, sn_what_is_left(r, SN_SHORTENED), SN_SHORTENED);
}

static void unreachable(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    (void)now_ns;
    add_error(fate, SN_PLAIN, r->v6 ? ICMP6_DST_UNREACH : ICMP_DEST_UNREACH, r->p);
}

static void time_exceeded(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    (void)now_ns;
    add_error(fate, SN_PLAIN, r->v6 ? ICMP6_TIME_EXCEEDED : ICMP_TIME_EXCEEDED, r->p);
}

static void parameter(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    (void)now_ns;
    add_error(fate, SN_PLAIN, r->v6 ? ICMP6_PARAM_PROB : ICMP_PARAMETERPROB, r->p);
}

/* Neither ends a probe: the reply follows. */
static void redirect(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    if (r->v6)
        add_error(fate, SN_PLAIN, ICMP6_PACKET_TOO_BIG, 0);
    else
        add_error(fate, SN_PLAIN, ICMP_REDIRECT, r->p);
    immediate(r, now_ns, fate);
}

static void quench(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    if (r->v6)
        add_error(fate, SN_PLAIN, ICMP6_PACKET_TOO_BIG, 0);
    else
        add_error(fate, SN_PLAIN, ICMP_SOURCE_QUENCH, 0);
    if (r->p)
        immediate(r, now_ns, fate);
}

static void quotes(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    static const enum sn_variant variants[] = {
        SN_PLAIN,           SN_QUOTE_EIGHT,     SN_QUOTE_OPTION,     SN_QUOTE_NO_ICMP,
        SN_QUOTE_HALF,      SN_QUOTE_OTHER_DST, SN_QUOTE_OTHER_SRC,  SN_QUOTE_OTHER_ID,
        SN_QUOTE_OTHER_SEQ, SN_QUOTE_UDP,       SN_QUOTE_BAD_HEADER, SN_QUOTE_REPLY,
        SN_QUOTE_NOTHING,   SN_QUOTE_CHECKSUM,  SN_QUOTE_FRAGMENT,   SN_QUOTE_BEHIND_OPTION,
        SN_QUOTE_WORN,
    };

    (void)now_ns;
    add_error(fate, variants[r->p % (sizeof(variants) / sizeof(variants[0]))],
              r->v6 ? ICMP6_DST_UNREACH : ICMP_DEST_UNREACH,
              r->v6 ? ICMP6_DST_UNREACH_ADDR : ICMP_HOST_UNREACH);
}

/* Whole seconds of the clock, so that one number per host will do. Hosts that share a place
 * in the table share a limit. */
static void limited(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    static struct {
        int64_t second;
        unsigned used;
    } hosts[LIMITED_HOSTS];
    size_t at = prf(r->p, r->h, r->v6) % LIMITED_HOSTS;
    int64_t second = now_ns / (1000 * MS);

    if (hosts[at].second != second)
        hosts[at].used = 0;
    hosts[at].second = second;
    if (hosts[at].used++ < r->p)
        immediate(r, now_ns, fate);
}

static void storm(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    (void)now_ns;
    sn_fate_add(fate, 0, SN_REPLY, SN_PLAIN)->copies = (uint16_t)(100 * (r->p % 256 + 1) - 1);
}

static void any_type(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    (void)now_ns;
    add_error(fate, SN_PLAIN, r->p & 0xff, r->h & 0xff);
}

static void error_first(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    quotes(&(struct sn_request){.v6 = r->v6}, now_ns, fate);
    late(r, now_ns, fate);
}

static void options(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    static const enum sn_variant variants[] = {SN_OPTION_NOP, SN_OPTION_ROUTE, SN_OPTION_STAMP,
                                               SN_OPTION_BAD};
    enum sn_variant variant = variants[r->p % 4];

    (void)now_ns;
    sn_fate_add(fate, 0, variant == SN_OPTION_BAD ? SN_FORGED : SN_REPLY, variant);
}

static void silent(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    (void)r;
    (void)now_ns;
    (void)fate;
}

static void far(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    (void)now_ns;
    sn_fate_add(fate, 100 * MS + (int64_t)(prf(r->p, r->h, r->seq) % 77) * MS, SN_REPLY, SN_PLAIN);
}

static void far_and_spoilt(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate)
{
    unsigned chance = (unsigned)(prf(r->h, r->seq, r->p) % 16);
    struct sn_step *step = fate->steps;

    far(r, now_ns, fate);
    if (chance == 0) {
        step->what = SN_FORGED;
        step->variant = SN_CHECKSUM;
    } else if (chance == 1) {
        step->what = SN_ERROR;
        step->type = r->v6 ? ICMP6_DST_UNREACH : ICMP_DEST_UNREACH;
        step->code = r->v6 ? ICMP6_DST_UNREACH_ADDR : ICMP_HOST_UNREACH;
    }
}

static const struct {
    void (*decide)(const struct sn_request *r, int64_t now_ns, struct sn_fate *fate);
    const char *help;
} classes[] = {
    {immediate, "answers at once"},
    {immediate, "answers at once"},
    {loss, "P up to 100: loses exactly P of 100 numbers; above: P-100 % by chance"},
    {copies, "answers P+1 times"},
    {reorder, "even numbers are answered after P*10 ms, odd ones at once"},
    {late, "answers after P*10 ms"},
    {wrong_source, "another address answers: P=0 neighbour, 1 router, 2 eight neighbours,\n"
                   "3 neighbour, then the host itself"},
    {mangled, "spoilt answer: P=0 first byte of payload, 1 last byte, 2 checksum, 3 header\n"
              "only, 4 one byte short (true from nine on), 5 eight bytes (true), 6 longer (true), "
              "7 code, 8 id,\n"
              "9 number never sent, 10 zeros, 11 ones, 12 the request, 13 other type,\n"
              "14 four bytes, 15 replayed under the next number"},
    {unreachable, "destination unreachable, code P"},
    {time_exceeded, "time exceeded, code P"},
    {parameter, "parameter problem, code P"},
    {redirect, "redirect, code P (IPv6: packet too big), then the answer"},
    {quench, "source quench (IPv6: packet too big); P>0: then the answer"},
    {quotes, "unreachable with a quote: P=0 whole, 1 eight bytes, 2 with IP options, 3 no\n"
             "ICMP, 4 half a header, 5 other destination, 6 other source, 7 other id,\n"
             "8 number never sent, 9 UDP, 10 bad header, 11 a reply, 12 none, 13 wrong\n"
             "checksum, 14 later fragment, 15 error with IP options, 16 TTL and checksum 0"},
    {delay, "answers after P ms"},
    {limited, "answers P requests a second"},
    {storm, "answers 100*(P+1) times"},
    {any_type, "error of type P, code H"},
    {error_first, "unreachable at once, the answer after P*10 ms"},
    {options, "answer with IP options: P=0 padding, 1 record route, 2 time stamp,\n"
              "3 malformed"},
    {silent, "never answers"},
    {far, "answers after 100 to 176 ms, each number after a time of its own"},
    {far_and_spoilt, "likewise; one answer in 16 has a wrong checksum, one is host unreachable"},
    {shortened, "answers with at most P bytes of payload: true if the first eight are there"},
};

enum { CLASSES = sizeof(classes) / sizeof(classes[0]) };

void sn_class_fate(const struct sn_request *request, int64_t now_ns, struct sn_fate *ret_fate)
{
    ret_fate->n = 0;
    if (request->f < CLASSES)
        classes[request->f].decide(request, now_ns, ret_fate);
}

void sn_class_help(void)
{
    for (unsigned f = 1; f < CLASSES; f++) {
        const char *line = classes[f].help;

        printf("  %3u  ", f);
        for (const char *end; (end = strchr(line, '\n')); line = end + 1)
            printf("%.*s\n       ", (int)(end - line), line);
        puts(line);
    }
    printf("  %3d-255  what the seed makes of the address (IPv6: %x-ffff)\n", SN_CLASS_WEATHER,
           (unsigned)SN_CLASS_WEATHER);
}
