/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which texts are addresses by their look, and what is wrong with those that are none. Other
 * readers take 010 for 8 or 10, 127.1 for 127.0.0.1 and 0x7f000001 for the same; here there is one
 * form, and such a text is never taken for a name either, since the system would not.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base/address.h"
#include "session/addr.h"

/* The part of an address between two dots. */
struct part {
    const char *text;
    size_t len;
};

static bool is_hex_prefix(const struct part *part)
{
    return part->len >= 2 && part->text[0] == '0' && (part->text[1] | 0x20) == 'x';
}

static bool consists_of(const char *text, size_t len, const char *characters)
{
    for (size_t i = 0; i < len; i++)
        if (!text[i] || !strchr(characters, text[i]))
            return false;
    return true;
}

static bool is_number(const struct part *part)
{
    if (is_hex_prefix(part))
        return consists_of(part->text + 2, part->len - 2, "0123456789abcdefABCDEF");
    return consists_of(part->text, part->len, "0123456789");
}

/* The part that begins at text; returns what stands behind its dot, NULL behind the last. */
static const char *next_part(const char *text, struct part *ret_part)
{
    *ret_part = (struct part){text, strcspn(text, ".")};
    return text[ret_part->len] ? text + ret_part->len + 1 : NULL;
}

/* Whether it is made of numbers and dots only. */
static bool looks_like_ip4(const char *text)
{
    struct part part;

    if (!*text)
        return false;
    while (text) {
        text = next_part(text, &part);
        if (!is_number(&part))
            return false;
    }
    return true;
}

static const char *number_problem(const struct part *part)
{
    if (is_hex_prefix(part))
        return "an IPv4 address has decimal numbers, not hexadecimal ones";
    if (part->len > 1 && part->text[0] == '0')
        return "a number with a leading zero, which is octal to some and decimal to others";
    return NULL;
}

/* Of a text that looks like an IPv4 address and is none. */
static const char *ip4_problem(const char *text)
{
    const char *problem = NULL, *rest = text;
    bool missing = false;
    struct part part = {0};
    int n = 0;

    while (rest && !problem) {
        rest = next_part(rest, &part);
        problem = number_problem(&part);
        missing = missing || (part.len == 0 && rest);
        n++;
    }
    if (problem)
        return problem;
    if (missing)
        return "a number of the IPv4 address is missing";
    if (part.len == 0)
        return "an IPv4 address does not end in a dot";
    if (n != 4)
        return "an IPv4 address has four numbers, as in 192.0.2.1";
    return "a number of an IPv4 address is from 0 to 255";
}

/* Of the IPv4 address at the end of an IPv6 one, if there is one. */
static const char *tail_problem(const char *text)
{
    const char *last = strrchr(text, ':');
    uint8_t ip[4];

    if (!last || !strchr(last, '.') || !looks_like_ip4(last + 1) ||
        mping_addr_parse_plain(last + 1, ip))
        return NULL;
    return ip4_problem(last + 1);
}

/* Of what stands behind the % of an address. */
static const char *scope_problem(const struct mping_addr *addr, const char *scope)
{
    if (addr->family != AF_INET6 || !mping_ip6_needs_link(addr->ip))
        return "only a link-local address has a scope behind a %";
    return *scope ? "no interface has the index 0" : "there is no link behind its %";
}

static bool ends_in_dot(const char *text)
{
    size_t len = strlen(text);

    return len && text[len - 1] == '.';
}

/* Of a text with a colon or a %, before which nothing longer than an address stands. */
static const char *ip6_problem(const char *text)
{
    const char *problem;
    char front[INET6_ADDRSTRLEN] = "";
    size_t len = strcspn(text, "%");
    struct mping_addr addr;

    if (len < sizeof(front))
        memcpy(front, text, len);
    if (text[len] && mping_addr_parse(&addr, front) == 0)
        return scope_problem(&addr, text + len + 1);
    if (!strchr(text, ':'))
        return looks_like_ip4(front) ? ip4_problem(front) : NULL; /* such as "a%b" */
    if (ends_in_dot(front))
        return "an IPv6 address does not end in a dot";
    problem = tail_problem(front);
    return problem ? problem : "not an IPv6 address";
}

const char *mping_addr_problem(const char *text)
{
    struct mping_addr addr;
    int err = text ? mping_addr_parse(&addr, text) : 0;

    if (err == 0)
        return NULL;
    if (err == -ENODEV)
        return "there is no interface that its scope names";
    if (strpbrk(text, ":%"))
        return ip6_problem(text);
    return looks_like_ip4(text) ? ip4_problem(text) : NULL;
}
