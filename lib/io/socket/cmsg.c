/* SPDX-License-Identifier: Apache-2.0 */
#include "io/socket/cmsg.h"

#include <assert.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>

#include "base/sockaddr.h"

struct writer {
    uint8_t *control;
    size_t used;
};

static void put(struct writer *out, int level, int type, const void *data, size_t len)
{
    void *pos = out->control + out->used;
    struct cmsghdr *cmsg = pos;

    assert(out->used + CMSG_SPACE(len) <= MPING_TX_CONTROL_BYTES);
    cmsg->cmsg_len = CMSG_LEN(len);
    cmsg->cmsg_level = level;
    cmsg->cmsg_type = type;
    memcpy(CMSG_DATA(cmsg), data, len);
    out->used += CMSG_SPACE(len);
}

static void put_int(struct writer *out, int level, int type, int value)
{
    put(out, level, type, &value, sizeof(value));
}

static void put_options4(struct writer *out, const struct mping_tx_opts *opts)
{
    if (opts->ttl > 0)
        put_int(out, IPPROTO_IP, IP_TTL, opts->ttl);
    if (opts->tos > 0)
        put_int(out, IPPROTO_IP, IP_TOS, opts->tos);
    if (opts->ifindex || opts->source.family) {
        struct in_pktinfo info = {.ipi_ifindex = (int)opts->ifindex};

        memcpy(&info.ipi_spec_dst, opts->source.ip, sizeof(info.ipi_spec_dst));
        put(out, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
    }
}

static void put_options6(struct writer *out, const struct mping_tx_opts *opts)
{
    if (opts->ttl > 0)
        put_int(out, IPPROTO_IPV6, IPV6_HOPLIMIT, opts->ttl);
    if (opts->tos > 0)
        put_int(out, IPPROTO_IPV6, IPV6_TCLASS, opts->tos);
    if (opts->ifindex || opts->source.family) {
        struct in6_pktinfo info = {.ipi6_ifindex = opts->ifindex};

        memcpy(&info.ipi6_addr, opts->source.ip, sizeof(info.ipi6_addr));
        put(out, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
    }
}

size_t mping_cmsg_write(uint8_t *control, const struct mping_tx_opts *opts, int family,
                        uint32_t sock_mark, bool stamp)
{
    struct writer out = {0};

    out.control = control;
    if (family == AF_INET6)
        put_options6(&out, opts);
    else
        put_options4(&out, opts);
    if (opts->mark && opts->mark != sock_mark)
        put(&out, SOL_SOCKET, SO_MARK, &opts->mark, sizeof(opts->mark));
    if (stamp) {
        const uint32_t flags = SOF_TIMESTAMPING_TX_SOFTWARE;

        put(&out, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags));
    }
    return out.used;
}

static int16_t get_int(const struct cmsghdr *cmsg)
{
    int value;

    memcpy(&value, CMSG_DATA(cmsg), sizeof(value));
    return (int16_t)value;
}

static void get_stamp(struct mping_cmsgs *cmsgs, const struct cmsghdr *cmsg)
{
    struct timespec stamp;

    memcpy(&stamp, CMSG_DATA(cmsg), sizeof(stamp));
    cmsgs->stamped = true;
    cmsgs->real_ns = (int64_t)stamp.tv_sec * 1000000000 + stamp.tv_nsec;
}

/* Three stamps, of which the first is by the system's clock; 0: none. */
static void get_tx_stamp(struct mping_cmsgs *cmsgs, const struct cmsghdr *cmsg)
{
    struct timespec stamp;

    if (cmsg->cmsg_len < CMSG_LEN(sizeof(stamp)))
        return;
    memcpy(&stamp, CMSG_DATA(cmsg), sizeof(stamp));
    cmsgs->tx_stamped = stamp.tv_sec || stamp.tv_nsec;
    cmsgs->tx_real_ns = (int64_t)stamp.tv_sec * 1000000000 + stamp.tv_nsec;
}

static void get_drops(struct mping_cmsgs *cmsgs, const struct cmsghdr *cmsg)
{
    memcpy(&cmsgs->drops, CMSG_DATA(cmsg), sizeof(cmsgs->drops));
}

static void get_error(struct mping_cmsgs *cmsgs, const struct cmsghdr *cmsg)
{
    const uint8_t *data = CMSG_DATA(cmsg);
    size_t left = cmsg->cmsg_len - CMSG_LEN(sizeof(cmsgs->error));
    union mping_sockaddr offender = {.family = AF_UNSPEC};

    memcpy(&cmsgs->error, data, sizeof(cmsgs->error));
    memcpy(&offender, data + sizeof(cmsgs->error),
           left < sizeof(offender) ? left : sizeof(offender));
    cmsgs->has_error = true;
    mping_sockaddr_get(&offender, &cmsgs->offender);
}

static void get_ip4(struct mping_cmsgs *cmsgs, const struct cmsghdr *cmsg)
{
    struct in_pktinfo info;

    switch (cmsg->cmsg_type) {
    case IP_PKTINFO:
        memcpy(&info, CMSG_DATA(cmsg), sizeof(info));
        mping_addr_set4(&cmsgs->to, &info.ipi_addr);
        break;
    case IP_TTL:
        cmsgs->ttl = get_int(cmsg);
        break;
    case IP_TOS: /* one byte, unlike all others */
        cmsgs->tos = *CMSG_DATA(cmsg);
        break;
    case IP_RECVERR:
        get_error(cmsgs, cmsg);
        break;
    }
}

static void get_ip6(struct mping_cmsgs *cmsgs, const struct cmsghdr *cmsg)
{
    struct in6_pktinfo info;

    switch (cmsg->cmsg_type) {
    case IPV6_PKTINFO:
        memcpy(&info, CMSG_DATA(cmsg), sizeof(info));
        mping_addr_set6(&cmsgs->to, &info.ipi6_addr, info.ipi6_ifindex);
        cmsgs->ifindex = info.ipi6_ifindex;
        break;
    case IPV6_HOPLIMIT:
        cmsgs->ttl = get_int(cmsg);
        break;
    case IPV6_TCLASS:
        cmsgs->tos = get_int(cmsg);
        break;
    case IPV6_RECVERR:
        get_error(cmsgs, cmsg);
        break;
    }
}

void mping_cmsg_read(struct mping_cmsgs *ret_cmsgs, struct msghdr *msg)
{
    struct cmsghdr *cmsg;

    *ret_cmsgs = (struct mping_cmsgs){.ttl = -1, .tos = -1};
    for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
        if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_TIMESTAMPNS)
            get_stamp(ret_cmsgs, cmsg);
        else if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_TIMESTAMPING)
            get_tx_stamp(ret_cmsgs, cmsg);
        else if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SO_RXQ_OVFL)
            get_drops(ret_cmsgs, cmsg);
        else if (cmsg->cmsg_level == IPPROTO_IP)
            get_ip4(ret_cmsgs, cmsg);
        else if (cmsg->cmsg_level == IPPROTO_IPV6)
            get_ip6(ret_cmsgs, cmsg);
    }
}
