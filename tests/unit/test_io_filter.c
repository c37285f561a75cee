/* SPDX-License-Identifier: Apache-2.0 */
/* The classic BPF programs, run by an interpreter of our own against plain C. */
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "base/bytes.h"
#include "io/socket/filter.h"
#include "tap.h"

enum { PACKET_MAX = 256 };

struct machine {
    const uint8_t *data;
    uint32_t len;
    uint32_t a, x;
    bool failed; /* read beyond the packet: the kernel rejects it */
};

static uint32_t load(struct machine *m, uint32_t at, uint32_t bytes)
{
    uint32_t value = 0;

    if (at > m->len || bytes > m->len - at) {
        m->failed = true;
        return 0;
    }
    for (uint32_t i = 0; i < bytes; i++)
        value = value << 8 | m->data[at + i];
    return value;
}

static void do_load(struct machine *m, const struct sock_filter *in)
{
    uint32_t at = in->k + (BPF_MODE(in->code) == BPF_IND ? m->x : 0);

    m->a = load(m, at, BPF_SIZE(in->code) == BPF_B ? 1 : BPF_SIZE(in->code) == BPF_H ? 2 : 4);
}

static void do_alu(struct machine *m, const struct sock_filter *in)
{
    uint32_t operand = BPF_SRC(in->code) == BPF_X ? m->x : in->k;

    switch (BPF_OP(in->code)) {
    case BPF_ADD:
        m->a += operand;
        break;
    case BPF_SUB:
        m->a -= operand;
        break;
    case BPF_AND:
        m->a &= operand;
        break;
    case BPF_LSH:
        m->a <<= operand;
        break;
    default:
        m->failed = true;
    }
}

/* How many instructions to leap. */
static uint32_t do_jump(struct machine *m, const struct sock_filter *in)
{
    switch (BPF_OP(in->code)) {
    case BPF_JA:
        return in->k;
    case BPF_JEQ:
        return m->a == in->k ? in->jt : in->jf;
    case BPF_JGE:
        return m->a >= in->k ? in->jt : in->jf;
    case BPF_JGT:
        return m->a > in->k ? in->jt : in->jf;
    }
    m->failed = true;
    return 0;
}

static uint32_t run(const struct mping_filter *filter, const uint8_t *data, uint32_t len)
{
    struct machine m = {.data = data, .len = len};

    for (uint32_t pc = 0; pc < filter->len && !m.failed; pc++) {
        const struct sock_filter *in = &filter->code[pc];

        switch (BPF_CLASS(in->code)) {
        case BPF_LD:
            do_load(&m, in);
            break;
        case BPF_LDX: /* only the IPv4 header length */
            m.x = (load(&m, in->k, 1) & 0x0f) * 4;
            break;
        case BPF_ALU:
            do_alu(&m, in);
            break;
        case BPF_JMP:
            pc += do_jump(&m, in);
            break;
        case BPF_MISC:
            m.x = m.a;
            break;
        case BPF_RET:
            return in->k;
        default:
            return 0;
        }
    }
    return 0;
}

static bool passes(const struct mping_filter *filter, const uint8_t *data, uint32_t len)
{
    return run(filter, data, len) == UINT32_MAX;
}

static bool id_wanted(uint16_t id, uint16_t first, uint32_t n)
{
    return (uint16_t)(id - first) < n;
}

/* What to build and whether it should pass. */
struct packet {
    uint8_t type;
    uint32_t outer_words; /* IPv4 header length */
    uint32_t inner_words;
    uint8_t protocol; /* quoted; IPv6: next header */
    uint8_t quoted_type;
    uint16_t id;
};

/* Returns the length up to and including the id. */
static uint32_t build4(uint8_t *data, const struct packet *p)
{
    uint8_t *icmp = data + p->outer_words * 4;
    uint8_t *echo = icmp;

    memset(data, 0xee, PACKET_MAX);
    data[0] = (uint8_t)(0x40 | p->outer_words);
    data[9] = IPPROTO_ICMP;
    icmp[0] = p->type;
    if (p->type != 0 && p->type != 14) {
        icmp[8] = (uint8_t)(0x40 | p->inner_words);
        icmp[17] = p->protocol;
        echo = icmp + 8 + p->inner_words * 4;
        echo[0] = p->quoted_type;
    }
    store_be16(echo + 4, p->id);
    return (uint32_t)(echo + 6 - data);
}

static uint32_t build6(uint8_t *data, const struct packet *p)
{
    uint8_t *echo = data;

    memset(data, 0xee, PACKET_MAX);
    data[0] = p->type;
    if (p->type != 129) {
        data[14] = p->protocol;
        echo = data + 48;
        echo[0] = p->quoted_type;
    }
    store_be16(echo + 4, p->id);
    return (uint32_t)(echo + 6 - data);
}

static const struct {
    uint16_t first;
    uint32_t n;
} ranges[] = {
    {0, 0},          {0, 1},          {0, 2},          {1, 1},          {4711, 1},
    {4711, 5},       {0xffff, 1},     {0xffff, 2},     {0xfff0, 40},    {0x8000, 0x8000},
    {0x8001, 65535}, {0, 65535},      {0xffff, 65535}, {4711, 65535},   {0, 65536},
    {4711, 65536},   {0xffff, 65536}, {7, 70000},      {7, 0x10000007}, {7, UINT32_MAX},
};

static void test_reply_ids(int family, uint8_t type)
{
    struct packet p = {.type = type, .outer_words = 5};
    struct mping_filter filter;
    uint8_t data[PACKET_MAX];
    unsigned wrong;

    for (size_t r = 0; r < sizeof(ranges) / sizeof(ranges[0]); r++) {
        mping_filter_build(&filter, family, ranges[r].first, ranges[r].n);
        wrong = 0;
        for (uint32_t id = 0; id < 65536; id++) {
            bool want = id_wanted((uint16_t)id, ranges[r].first, ranges[r].n);
            uint32_t len;

            p.id = (uint16_t)id;
            len = family == AF_INET6 ? build6(data, &p) : build4(data, &p);
            wrong += passes(&filter, data, len) != want;
        }
        ok(wrong == 0, "v%d replies of type %u, ids %u + %u: %u of 65,536 judged wrong",
           family == AF_INET6 ? 6 : 4, type, ranges[r].first, ranges[r].n, wrong);
    }
}

/* Ids on both sides of both ends of a range. */
static size_t border_ids(uint16_t *ids, uint16_t first, uint32_t n)
{
    size_t count = 0;

    for (int i = -3; i <= 3; i++) {
        ids[count++] = (uint16_t)(first + i);
        ids[count++] = (uint16_t)((uint32_t)first + n + (uint32_t)i);
    }
    return count;
}

/* All lengths of both headers, all types, ids around the borders, every cut. */
static unsigned wrong_errors4(const struct mping_filter *filter, struct packet *p, bool want)
{
    static const uint8_t error_types[] = {3, 4, 5, 11, 12};
    uint8_t data[PACKET_MAX];
    unsigned wrong = 0;

    for (size_t t = 0; t < sizeof(error_types); t++) {
        uint32_t len;

        p->type = error_types[t];
        len = build4(data, p);
        for (uint32_t cut = p->outer_words * 4; cut < len; cut++)
            wrong += passes(filter, data, cut);
        wrong += passes(filter, data, len) != want;
        wrong += passes(filter, data, PACKET_MAX) != want;
    }
    return wrong;
}

static void test_errors4(void)
{
    for (size_t r = 0; r < sizeof(ranges) / sizeof(ranges[0]); r++) {
        struct packet p = {.protocol = IPPROTO_ICMP, .quoted_type = 8};
        struct mping_filter filter;
        uint16_t ids[16];
        size_t count = border_ids(ids, ranges[r].first, ranges[r].n);
        unsigned wrong = 0;

        mping_filter_build(&filter, AF_INET, ranges[r].first, ranges[r].n);
        for (size_t i = 0; i < count; i++) {
            bool want = id_wanted(ids[i], ranges[r].first, ranges[r].n);

            p.id = ids[i];
            for (p.outer_words = 5; p.outer_words <= 15; p.outer_words++)
                for (p.inner_words = 5; p.inner_words <= 15; p.inner_words++)
                    wrong += wrong_errors4(&filter, &p, want);
        }
        ok(wrong == 0, "v4 errors, ids %u + %u, all header lengths: %u judged wrong",
           ranges[r].first, ranges[r].n, wrong);
    }
}

static void test_foreign4(void)
{
    struct packet p = {.outer_words = 6, .inner_words = 7, .protocol = IPPROTO_ICMP};
    struct mping_filter filter;
    uint8_t data[PACKET_MAX];
    unsigned wrong = 0;

    mping_filter_build(&filter, AF_INET, 100, 65536);
    p.quoted_type = 8;
    for (unsigned type = 0; type < 256; type++) {
        bool want = type == 0 || (type >= 3 && type <= 5) || type == 11 || type == 12 || type == 14;

        p.type = (uint8_t)type;
        wrong += passes(&filter, data, build4(data, &p)) != want;
    }
    ok(wrong == 0, "v4: of all types the seven pass, %u judged wrong", wrong);
    p.type = 3;
    for (unsigned other = wrong = 0; other < 256; other++) {
        p.quoted_type = (uint8_t)other;
        wrong += passes(&filter, data, build4(data, &p)) != (other == 8 || other == 13);
    }
    ok(wrong == 0, "v4: only quoted echo and timestamp requests pass, %u judged wrong", wrong);
    p.quoted_type = 8;
    for (unsigned protocol = wrong = 0; protocol < 256; protocol++) {
        p.protocol = (uint8_t)protocol;
        wrong += passes(&filter, data, build4(data, &p)) != (protocol == IPPROTO_ICMP);
    }
    ok(wrong == 0, "v4: only quoted ICMP passes, %u judged wrong", wrong);
}

static void test_errors6(void)
{
    for (size_t r = 0; r < sizeof(ranges) / sizeof(ranges[0]); r++) {
        struct packet p = {.protocol = IPPROTO_ICMPV6, .quoted_type = 128};
        struct mping_filter filter;
        uint8_t data[PACKET_MAX];
        uint16_t ids[16];
        size_t count = border_ids(ids, ranges[r].first, ranges[r].n);
        unsigned wrong = 0;

        mping_filter_build(&filter, AF_INET6, ranges[r].first, ranges[r].n);
        for (size_t i = 0; i < count; i++) {
            bool want = id_wanted(ids[i], ranges[r].first, ranges[r].n);

            p.id = ids[i];
            for (p.type = 1; p.type <= 4; p.type++) {
                uint32_t len = build6(data, &p);

                for (uint32_t cut = 0; cut < len; cut++)
                    wrong += passes(&filter, data, cut);
                wrong += passes(&filter, data, len) != want;
                wrong += passes(&filter, data, PACKET_MAX) != want;
            }
        }
        ok(wrong == 0, "v6 errors, ids %u + %u: %u judged wrong", ranges[r].first, ranges[r].n,
           wrong);
    }
}

static bool is_extension(unsigned protocol)
{
    return protocol == IPPROTO_HOPOPTS || protocol == IPPROTO_ROUTING ||
           protocol == IPPROTO_FRAGMENT || protocol == IPPROTO_DSTOPTS;
}

static void test_foreign6(void)
{
    struct packet p = {.protocol = IPPROTO_ICMPV6, .quoted_type = 128, .id = 50};
    struct mping_filter filter;
    uint8_t data[PACKET_MAX];
    unsigned wrong = 0;

    mping_filter_build(&filter, AF_INET6, 0, 65536);
    for (unsigned type = 0; type < 256; type++) {
        p.type = (uint8_t)type;
        wrong +=
            passes(&filter, data, build6(data, &p)) != ((type >= 1 && type <= 4) || type == 129);
    }
    ok(wrong == 0, "v6: of all types the five pass, %u judged wrong", wrong);
    p.type = 1;
    for (unsigned other = wrong = 0; other < 256; other++) {
        p.quoted_type = (uint8_t)other;
        wrong += passes(&filter, data, build6(data, &p)) != (other == 128);
    }
    ok(wrong == 0, "v6: only quoted echo requests pass, %u judged wrong", wrong);
    mping_filter_build(&filter, AF_INET6, 100, 1);
    p.quoted_type = 128;
    for (unsigned protocol = wrong = 0; protocol < 256; protocol++) {
        p.protocol = (uint8_t)protocol;
        wrong += passes(&filter, data, build6(data, &p)) != is_extension(protocol);
    }
    ok(wrong == 0, "v6: extension headers pass unseen, %u judged wrong", wrong);
}

/* The kernel verifies a program when it is attached: to any socket. */
static void test_kernel_takes(int family)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct mping_filter filter;

    mping_filter_build(&filter, family, 4711, 3);
    ok(mping_filter_attach(fd, &filter) == 0, "the kernel takes the program of family %d", family);
    mping_filter_build(&filter, family, 0, 0);
    ok(mping_filter_attach(fd, &filter) == 0, "and in its place the one that rejects all");
    ok(mping_filter_attach(-1, &filter) < 0, "but not on a descriptor that is none");
}

int main(void)
{
    test_reply_ids(AF_INET, 0);
    test_reply_ids(AF_INET, 14);
    test_reply_ids(AF_INET6, 129);
    test_errors4();
    test_errors6();
    test_foreign4();
    test_foreign6();
    test_kernel_takes(AF_INET);
    test_kernel_takes(AF_INET6);
    return done_testing();
}
