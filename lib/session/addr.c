/* SPDX-License-Identifier: Apache-2.0 */
#include "session/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number of up to three digits, without zeros in front: what stands behind it, or NULL. */
static const char *parse_octet(const char *text, uint8_t *ret_octet)
{
    unsigned value;

    if (!is_digit(*text))
        return NULL;
    value = (unsigned)(*text++ - '0');
    for (int i = 0; i < 2 && value && is_digit(*text); i++)
        value = value * 10 + (unsigned)(*text++ - '0');
    *ret_octet = (uint8_t)value;
    return value <= 255 ? text : NULL;
}

bool mping_addr_parse_plain(const char *text, uint8_t ip[4])
{
    for (int i = 0; i < 4; i++) {
        text = parse_octet(text, &ip[i]);
        if (!text || *text++ != (i < 3 ? '.' : '\0'))
            return false;
    }
    return true;
}

void mping_addr_format_plain(char text[16], const uint8_t ip[4])
{
    for (int i = 0; i < 4; i++) {
        unsigned value = ip[i];

        if (value >= 100)
            *text++ = (char)('0' + value / 100);
        if (value >= 10)
            *text++ = (char)('0' + value / 10 % 10);
        *text++ = (char)('0' + value % 10);
        *text++ = i < 3 ? '.' : '\0';
    }
}

/* "eth0" or "2": an interface index, 0 if there is none such. A name comes first, as it does for
 * the system: an interface may be called 2. */
static uint32_t parse_scope(const char *text)
{
    uint32_t named = if_nametoindex(text);
    unsigned long index;
    char *end;

    if (named || !is_digit(*text))
        return named;
    errno = 0;
    index = strtoul(text, &end, 10);
    return errno || *end || index > UINT32_MAX ? 0 : (uint32_t)index;
}

/* Nothing, or 0: no link that comes later is called that. */
static bool is_no_link(const char *scope)
{
    return scope[strspn(scope, "0")] == '\0';
}

static int parse_ip6(struct mping_addr *addr, const char *text)
{
    char ip[INET6_ADDRSTRLEN];
    const char *percent = strchr(text, '%');
    size_t len = percent ? (size_t)(percent - text) : strlen(text);

    if (len >= sizeof(ip))
        return MPING_EINVAL;
    memcpy(ip, text, len);
    ip[len] = '\0';
    if (inet_pton(AF_INET6, ip, addr->ip) != 1)
        return MPING_EINVAL;
    addr->family = AF_INET6;
    if (percent && !mping_ip6_needs_link(addr->ip))
        return MPING_EINVAL;
    if (percent && !(addr->scope_id = parse_scope(percent + 1)))
        return is_no_link(percent + 1) ? MPING_EINVAL : -ENODEV;
    return 0;
}

int mping_addr_parse(struct mping_addr *ret_addr, const char *text)
{
    struct mping_addr addr = {0};
    int err = 0;

    if (!text || !ret_addr)
        return MPING_EINVAL;
    if (mping_addr_parse_plain(text, addr.ip))
        addr.family = AF_INET;
    else
        err = parse_ip6(&addr, text);
    if (err == 0)
        *ret_addr = addr;
    return err;
}

char *mping_addr_format(const struct mping_addr *addr, char *text, size_t text_size)
{
    char ip[INET6_ADDRSTRLEN] = "", name[IF_NAMESIZE];

    if (!text || !text_size)
        return text;
    text[0] = '\0';
    if (!addr)
        return text;
    if (addr->family == AF_INET)
        mping_addr_format_plain(ip, addr->ip);
    else if (addr->family == AF_INET6)
        inet_ntop(addr->family, addr->ip, ip, sizeof(ip));
    if (!addr->scope_id)
        (void)snprintf(text, text_size, "%s", ip);
    else if (if_indextoname(addr->scope_id, name))
        (void)snprintf(text, text_size, "%s%%%s", ip, name);
    else
        (void)snprintf(text, text_size, "%s%%%u", ip, addr->scope_id);
    return text;
}
