/* SPDX-License-Identifier: Apache-2.0 */
#include "resolve/internal.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <multiping/error.h>

#include "resolve/sockaddr.h"

static char lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c | 0x20);
    return c;
}

/*
 * Names come from users and their files. c-ares gives a meaning to backslashes, and other
 * programs may print what we pass on, so only what host names are made of gets through.
 */
static bool is_host_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

static bool is_label(const char *label, size_t len)
{
    if (len == 0 || len > MPING_LABEL_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!is_host_char(lower(label[i])))
            return false;
    }
    return true;
}

static bool is_name(const char *name, size_t len)
{
    if (len > 0 && name[len - 1] == '.')
        len--;
    if (len == 0 || len > MPING_NAME_MAX)
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

bool mping_name_check(const char *name, char *ret_name)
{
    /* One byte more than the longest name: enough to tell that it is longer. */
    size_t len = strnlen(name, MPING_NAME_MAX + 2);

    if (!is_name(name, len))
        return false;
    for (size_t i = 0; i < len; i++)
        ret_name[i] = lower(name[i]);
    ret_name[len] = '\0';
    return true;
}

/* "localhost" and what ends in ".localhost" is this machine and never asked for: RFC 6761, 6.3. */
static bool is_localhost(const char *name)
{
    static const char localhost[] = "localhost";
    size_t len = strlen(name);
    size_t own_len = sizeof(localhost) - 1;

    if (len && name[len - 1] == '.')
        len--;
    if (len < own_len || memcmp(name + len - own_len, localhost, own_len) != 0)
        return false;
    return len == own_len || name[len - own_len - 1] == '.';
}

static void localhost_addrs(int family, struct mping_addr ret_addrs[2], size_t *ret_n)
{
    *ret_n = 0;
    if (family != AF_INET6)
        ret_addrs[(*ret_n)++] = (struct mping_addr){.family = AF_INET, .ip = {127, 0, 0, 1}};
    if (family != AF_INET)
        ret_addrs[(*ret_n)++] = (struct mping_addr){.family = AF_INET6, .ip = {[15] = 1}};
}

bool mping_name_is_local(const char *name, int family, struct mping_addr ret_addrs[2],
                         size_t *ret_n)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_RAW};
    struct addrinfo *info = NULL;

    if (is_localhost(name)) {
        localhost_addrs(family, ret_addrs, ret_n);
        return true;
    }
    if (getaddrinfo(name, NULL, &hints, &info) != 0)
        return false;
    *ret_n = 0;
    if (family == AF_UNSPEC || family == info->ai_family)
        *ret_n = mping_sockaddr_read(info->ai_addr, &ret_addrs[0]) ? 1 : 0;
    freeaddrinfo(info);
    return true;
}
