/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Control messages. What is read comes from the kernel, which keeps its formats: the input
 * decides which messages there are, in which order, and what they carry. What is written is
 * read back.
 */
#include <netinet/in.h>

#include "base/sockaddr.h"
#include "fuzz.h"
#include "io/socket/cmsg.h"

struct control {
    _Alignas(struct cmsghdr) uint8_t bytes[512];
    size_t used;
};

static void put(struct control *c, int level, int type, struct input *in, size_t len)
{
    struct cmsghdr *cmsg = (void *)(c->bytes + c->used);

    if (c->used + CMSG_SPACE(len) > sizeof(c->bytes))
        return;
    cmsg->cmsg_len = CMSG_LEN(len);
    cmsg->cmsg_level = level;
    cmsg->cmsg_type = type;
    for (size_t i = 0; i < len; i++)
        CMSG_DATA(cmsg)[i] = input_u8(in);
    c->used += CMSG_SPACE(len);
}

/* An error, behind it the address of who sent it, perhaps cut short. */
static void put_error(struct control *c, int level, int type, struct input *in)
{
    size_t len = sizeof(struct sock_extended_err) + input_below(in, 33);

    put(c, level, type, in, len);
}

/* The kernel's clock counts nanoseconds in 63 bits. */
static void put_stamp(struct control *c, struct input *in)
{
    int64_t ns = (int64_t)(input_uint(in, 8) >> 1);
    struct timespec stamp = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    struct input bytes = {(const uint8_t *)&stamp, sizeof(stamp)};

    put(c, SOL_SOCKET, SCM_TIMESTAMPNS, &bytes, sizeof(stamp));
}

static void fill(struct control *c, struct input *in)
{
    while (in->left) {
        switch (input_below(in, 11)) {
        case 0:
            put(c, IPPROTO_IP, IP_PKTINFO, in, sizeof(struct in_pktinfo));
            break;
        case 1:
            put(c, IPPROTO_IP, IP_TTL, in, sizeof(int));
            break;
        case 2:
            put(c, IPPROTO_IP, IP_TOS, in, 1);
            break;
        case 3:
            put_error(c, IPPROTO_IP, IP_RECVERR, in);
            break;
        case 4:
            put(c, IPPROTO_IPV6, IPV6_PKTINFO, in, sizeof(struct in6_pktinfo));
            break;
        case 5:
            put(c, IPPROTO_IPV6, IPV6_HOPLIMIT, in, sizeof(int));
            break;
        case 6:
            put(c, IPPROTO_IPV6, IPV6_TCLASS, in, sizeof(int));
            break;
        case 7:
            put_error(c, IPPROTO_IPV6, IPV6_RECVERR, in);
            break;
        case 8:
            put_stamp(c, in);
            break;
        case 9: /* of a level and type that nobody asked for */
            put(c, 100 + input_u8(in), input_u8(in), in, input_below(in, 64));
            break;
        default:
            return;
        }
    }
}

static void read_back(const struct control *c, size_t len)
{
    uint8_t *exact = malloc(len ? len : 1); /* of exactly this size */
    struct msghdr msg = {.msg_control = exact, .msg_controllen = len};
    struct mping_cmsgs cmsgs;

    CHECK(exact);
    memcpy(exact, c->bytes, len);
    mping_cmsg_read(&cmsgs, &msg);
    CHECK(cmsgs.to.family == AF_UNSPEC || cmsgs.to.family == AF_INET ||
          cmsgs.to.family == AF_INET6);
    CHECK(cmsgs.offender.family == AF_UNSPEC || cmsgs.has_error);
    CHECK(cmsgs.to.scope_id == 0 || (cmsgs.to.ip[0] == 0xfe && (cmsgs.to.ip[1] & 0xc0) == 0x80) ||
          (cmsgs.to.ip[0] == 0xff && ((cmsgs.to.ip[1] & 0xf) == 1 || (cmsgs.to.ip[1] & 0xf) == 2)));
    free(exact);
}

/* What is written for a packet to send fits, and says what was asked for. */
static void check_write(struct input *in)
{
    int family = input_flag(in) ? AF_INET6 : AF_INET;
    uint32_t sock_mark = input_u8(in);
    struct mping_tx_opts opts = {
        .ifindex = input_u8(in),
        .mark = input_u8(in),
        .ttl = (int16_t)(input_u8(in) % 256),
        .tos = (int16_t)(input_u8(in) - 1),
    };
    _Alignas(struct cmsghdr) uint8_t control[MPING_TX_CONTROL_BYTES];
    struct msghdr msg = {.msg_control = control};
    struct mping_cmsgs cmsgs;
    size_t used;
    bool stamp;

    if (input_flag(in)) {
        opts.source.family = (uint16_t)family;
        for (int i = 0; i < (family == AF_INET ? 4 : 16); i++)
            opts.source.ip[i] = input_u8(in);
    }
    stamp = input_flag(in);
    used = mping_cmsg_write(control, &opts, family, sock_mark, stamp);
    CHECK(used <= sizeof(control));
    msg.msg_controllen = used;
    mping_cmsg_read(&cmsgs, &msg);
    CHECK(cmsgs.ttl == (opts.ttl > 0 ? opts.ttl : -1));
    CHECK(!cmsgs.stamped && !cmsgs.has_error);
    if (opts.tos <= 0)
        CHECK(cmsgs.tos == -1);
    else
        CHECK((cmsgs.tos & 0xff) == opts.tos);
    CHECK((cmsgs.to.family != 0) == (opts.ifindex || opts.source.family));
    if (family == AF_INET6 && opts.source.family)
        CHECK(memcmp(cmsgs.to.ip, opts.source.ip, 16) == 0);
    if (!opts.ifindex && !opts.source.family && opts.ttl <= 0 && opts.tos <= 0)
        CHECK((used != 0) == (stamp || (opts.mark && opts.mark != sock_mark)));
}

static void check_sockaddr(struct input *in)
{
    struct mping_addr addr = {.family = input_flag(in) ? AF_INET6 : AF_INET}, back;
    union mping_sockaddr name;

    for (int i = 0; i < (addr.family == AF_INET ? 4 : 16); i++)
        addr.ip[i] = input_u8(in);
    if (addr.ip[0] == 0xfe && (addr.ip[1] & 0xc0) == 0x80 && addr.family == AF_INET6)
        addr.scope_id = (uint32_t)input_uint(in, 4);
    CHECK(mping_sockaddr_set(&name, &addr) <= sizeof(name));
    mping_sockaddr_get(&name, &back);
    CHECK(memcmp(&addr, &back, sizeof(addr)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    struct control control = {.used = 0};
    uint8_t what = input_u8(&in);

    if (what == 0) {
        check_write(&in);
    } else if (what == 1) {
        check_sockaddr(&in);
    } else {
        fill(&control, &in);
        read_back(&control, control.used);
    }
    return 0;
}
