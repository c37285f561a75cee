/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MULTIPING_ADDR_H
#define MULTIPING_ADDR_H

#include <stddef.h>
#include <stdint.h>

#include <multiping/api.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An IPv4 or IPv6 address. All zero (family 0) means "none" or "unknown". */
struct mping_addr {
    uint16_t family;   /* AF_INET, AF_INET6 or 0 */
    uint16_t reserved; /* 0 */
    uint32_t scope_id; /* interface index of a link-local IPv6 address, else 0: not told */
    uint8_t ip[16];    /* network byte order; IPv4 uses the first four, the rest is 0 */
};

/* Room for the longest text of mping_addr_format() and its final NUL. */
#define MPING_ADDR_TEXT_MAX 64

/*
 * Reads a numeric address: "192.0.2.1", "2001:db8::1", "fe80::1%eth0" or "fe80::1%2".
 * MPING_EINVAL if it is anything else, names included; -ENODEV for an unknown scope, and
 * *ret_addr is then left alone. The form is that of RFC 4291 section 2.2 and RFC 4007
 * section 11: IPv4 is four decimal numbers without leading zeros, and only a link-local address
 * (fe80::/10, multicast of interface-local or link-local scope) has a scope. Any thread.
 */
MPING_API int mping_addr_parse(struct mping_addr *ret_addr, const char *text);

/*
 * Why a text that can only be meant as an address is none, for people; NULL if it is an address,
 * or does not look like one and may be a name. A text looks like an address if it has a colon or
 * is made of dots and numbers, hexadecimal ones included: "127.1", "127.0.0.010", "0x7f000001"
 * and "127.0.0.1." are refused, though getaddrinfo() would read most of them, each in its way.
 * Static string. Any thread.
 */
MPING_API const char *mping_addr_problem(const char *text);

/*
 * Writes the address as text, NUL-terminated, cut to text_size if need be. The scope is
 * written as the interface's name; NULL and what is no address as "". Returns text; where that is
 * NULL or has no room nothing is written. The form is that of RFC 5952. Any thread.
 */
MPING_API char *mping_addr_format(const struct mping_addr *addr, char *text, size_t text_size);

#ifdef __cplusplus
}
#endif
#endif
