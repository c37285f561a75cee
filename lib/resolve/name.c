/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/name.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/sockaddr.h"
#include "resolve/resolve.h"

void mping_name_fold(char *name)
{
    for (; *name; name++)
        if (*name >= 'A' && *name <= 'Z')
            *name = (char)(*name | 0x20);
}

/*
 * Names come from users and their files. c-ares gives a meaning to backslashes, and other
 * programs may print what we pass on, so only what host names are made of gets through.
 */
static bool is_host_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

static bool is_label(const char *label, size_t len)
{
    if (len == 0 || len > MPING_LABEL_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!is_host_char(label[i]))
            return false;
    }
    return true;
}

bool mping_name_is_plain(const char *name)
{
    /* One byte more than the longest name: enough to tell that it is longer. */
    size_t len = strnlen(name, MPING_NAME_MAX + 2);

    if (len > 0 && name[len - 1] == '.')
        len--;
    if (len == 0 || len > MPING_NAME_MAX || name[0] == '-')
        return false;
    for (size_t at = 0; at <= len;) {
        const char *dot = memchr(name + at, '.', len - at);
        size_t label_len = dot ? (size_t)(dot - name) - at : len - at;

        if (!is_label(name + at, label_len))
            return false;
        at += label_len + 1;
    }
    return true;
}

/* Whether a name is a domain or lies in it, with a last dot or without. */
static bool is_under(const char *name, const char *domain)
{
    size_t len = strlen(name), own_len = strlen(domain);

    if (len && name[len - 1] == '.')
        len--;
    if (len < own_len || strncasecmp(name + len - own_len, domain, own_len) != 0)
        return false;
    return len == own_len || name[len - own_len - 1] == '.';
}

bool mping_name_is_special(const char *name)
{
    return is_under(name, "localhost") /* RFC 6761, 6.3 */ ||
           is_under(name, "onion") /* RFC 7686, 2 */;
}

bool mping_name_is_numeric(const char *name, int family, struct mping_addr *ret_addr, size_t *ret_n)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *info = NULL;

    if (getaddrinfo(name, NULL, &hints, &info) != 0)
        return false;
    *ret_n = 0;
    if (family == AF_UNSPEC || family == info->ai_family)
        *ret_n = mping_sockaddr_read(info->ai_addr, ret_addr) ? 1 : 0;
    freeaddrinfo(info);
    return true;
}
