/* SPDX-License-Identifier: Apache-2.0 */
#include "io/socket/filter.h"

#include <assert.h>
#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "core/icmp.h"

/* Where the programs below have the first id and the number of ids. */
enum { IP4_FIRST = 28, IP4_COUNT = 30, IP6_FIRST = 15, IP6_COUNT = 17, IP4_LEN = 33, IP6_LEN = 20 };

enum { IP4_NO_OPTIONS = 0x45 }; /* version 4, five words of header */

/*
 * The packet starts with its IPv4 header. X is that header's length, later that of both
 * headers together; the quoted packet starts 8 bytes behind the outer header.
 *
 * Nearly all packets are replies without IP options. They have a way of their own: a load that goes
 * by X is a call for the kernel, while the others are part of the compiled program.
 */
static const struct sock_filter ip4_code[IP4_LEN] = {
    /* a reply without options */
    [0] = BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
    [1] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IP4_NO_OPTIONS, 0, 4),
    [2] = BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 20), /* type */
    [3] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MPING_ICMP4_ECHO_REPLY, 0, 2),
    [4] = BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 20 + 4), /* id */
    [5] = BPF_STMT(BPF_JMP | BPF_JA, 22),
    /* everything */
    [6] = BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
    [7] = BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0), /* type */
    [8] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MPING_ICMP4_ECHO_REPLY, 18, 0),
    [9] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MPING_ICMP4_TIMESTAMP_REPLY, 17, 0),
    [10] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MPING_ICMP4_UNREACHABLE, 4, 0),
    [11] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MPING_ICMP4_SOURCE_QUENCH, 3, 0),
    [12] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MPING_ICMP4_REDIRECT, 2, 0),
    [13] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MPING_ICMP4_TIME_EXCEEDED, 1, 0),
    [14] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MPING_ICMP4_PARAMETER, 0, 17),
    /* an error */
    [15] = BPF_STMT(BPF_LD | BPF_B | BPF_IND, 8 + 9), /* quoted protocol */
    [16] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMP, 0, 15),
    [17] = BPF_STMT(BPF_LD | BPF_B | BPF_IND, 8), /* quoted header length */
    [18] = BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x0f),
    [19] = BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 2),
    [20] = BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0),
    [21] = BPF_STMT(BPF_MISC | BPF_TAX, 0),
    [22] = BPF_STMT(BPF_LD | BPF_B | BPF_IND, 8), /* quoted type */
    [23] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MPING_ICMP4_ECHO_REQUEST, 1, 0),
    [24] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MPING_ICMP4_TIMESTAMP, 0, 7),
    [25] = BPF_STMT(BPF_LD | BPF_H | BPF_IND, 8 + 4), /* quoted id */
    [26] = BPF_STMT(BPF_JMP | BPF_JA, 1),
    /* a reply */
    [27] = BPF_STMT(BPF_LD | BPF_H | BPF_IND, 4), /* id */
    /* id - first modulo 65,536 below count? */
    [IP4_FIRST] = BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, 0),
    [29] = BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xffff),
    [IP4_COUNT] = BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0, 1, 0),
    [31] = BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    [32] = BPF_STMT(BPF_RET | BPF_K, 0),
};

/* The packet starts with its ICMPv6 header; the quoted one behind it is 40 bytes long. */
static const struct sock_filter ip6_code[IP6_LEN] = {
    [0] = BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), /* type */
    [1] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MPING_ICMP6_ECHO_REPLY, 12, 0),
    [2] = BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, MPING_ICMP6_UNREACHABLE, 0, 16),
    [3] = BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, MPING_ICMP6_PARAMETER, 15, 0),
    /* an error */
    [4] = BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 8 + 6), /* quoted next header */
    [5] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMPV6, 4, 0),
    [6] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_HOPOPTS, 11, 0),
    [7] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ROUTING, 10, 0),
    [8] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_FRAGMENT, 9, 0),
    [9] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_DSTOPTS, 8, 9),
    [10] = BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 8 + 40), /* quoted type */
    [11] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MPING_ICMP6_ECHO_REQUEST, 0, 7),
    [12] = BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 8 + 40 + 4), /* quoted id */
    [13] = BPF_STMT(BPF_JMP | BPF_JA, 1),
    /* a reply */
    [14] = BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 4), /* id */
    /* id - first modulo 65,536 below count? */
    [IP6_FIRST] = BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, 0),
    [16] = BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xffff),
    [IP6_COUNT] = BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0, 1, 0),
    [18] = BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    [19] = BPF_STMT(BPF_RET | BPF_K, 0),
};

static const struct sock_filter reject_code[1] = {
    BPF_STMT(BPF_RET | BPF_K, 0),
};

static_assert(sizeof(ip4_code) <= sizeof(((struct mping_filter *)0)->code) &&
                  sizeof(ip6_code) <= sizeof(((struct mping_filter *)0)->code),
              "the programs fit");

static void set_code(struct mping_filter *filter, const struct sock_filter *code, uint16_t len)
{
    memcpy(filter->code, code, len * sizeof(*code));
    filter->len = len;
}

void mping_filter_build(struct mping_filter *ret_filter, int family, uint16_t first, uint32_t n)
{
    if (n == 0) {
        set_code(ret_filter, reject_code, 1);
    } else if (family == AF_INET6) {
        set_code(ret_filter, ip6_code, IP6_LEN);
        ret_filter->code[IP6_FIRST].k = first;
        ret_filter->code[IP6_COUNT].k = n;
    } else {
        set_code(ret_filter, ip4_code, IP4_LEN);
        ret_filter->code[IP4_FIRST].k = first;
        ret_filter->code[IP4_COUNT].k = n;
    }
}

int mping_filter_attach(int fd, const struct mping_filter *filter)
{
    struct mping_filter copy = *filter; /* the kernel's struct wants it writable */
    struct sock_fprog prog = {.len = copy.len, .filter = copy.code};

    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) < 0)
        return -errno;
    return 0;
}

static int set_types4(int fd)
{
    uint32_t wanted = 1u << MPING_ICMP4_ECHO_REPLY | 1u << MPING_ICMP4_UNREACHABLE |
                      1u << MPING_ICMP4_SOURCE_QUENCH | 1u << MPING_ICMP4_REDIRECT |
                      1u << MPING_ICMP4_TIME_EXCEEDED | 1u << MPING_ICMP4_PARAMETER |
                      1u << MPING_ICMP4_TIMESTAMP_REPLY;
    struct icmp_filter blocked = {.data = ~wanted};

    return setsockopt(fd, SOL_RAW, ICMP_FILTER, &blocked, sizeof(blocked));
}

static int set_types6(int fd)
{
    struct icmp6_filter filter;

    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(MPING_ICMP6_UNREACHABLE, &filter);
    ICMP6_FILTER_SETPASS(MPING_ICMP6_TOO_BIG, &filter);
    ICMP6_FILTER_SETPASS(MPING_ICMP6_TIME_EXCEEDED, &filter);
    ICMP6_FILTER_SETPASS(MPING_ICMP6_PARAMETER, &filter);
    ICMP6_FILTER_SETPASS(MPING_ICMP6_ECHO_REPLY, &filter);
    return setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter));
}

int mping_filter_types(int fd, int family)
{
    int r = family == AF_INET6 ? set_types6(fd) : set_types4(fd);

    return r < 0 ? -errno : 0;
}
