/* SPDX-License-Identifier: Apache-2.0 */
#include "targets/range/range.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <multiping/error.h>

#include "base/address.h"
#include "targets/range/braces.h"
#include "targets/range/octets.h"
#include "text/number.h"

enum {
    ADDR_TEXT_MAX = 96,      /* no address is longer, its scope included */
    EXPANSIONS_MAX = 1 << 16 /* of braces around ranges, which are kept one by one */
};

static const char too_many[] = "this stands for more targets than can be gone through";
static const char out_of_memory[] = "out of memory";

struct reader {
    app_range_fn take;
    void *user;
};

static unsigned addr_bytes(const struct mping_addr *addr)
{
    return addr->family == AF_INET ? 4 : 16;
}

struct mping_addr app_addr_plus(const struct mping_addr *addr, uint64_t i)
{
    struct mping_addr sum = *addr;

    for (unsigned byte = addr_bytes(addr); byte-- > 0 && i > 0;) {
        uint64_t digit = sum.ip[byte] + (i & 0xff);

        sum.ip[byte] = (uint8_t)digit;
        i = (i >> 8) + (digit >> 8);
    }
    return sum;
}

int app_addr_compare(const struct mping_addr *a, const struct mping_addr *b)
{
    if (a->family != b->family)
        return a->family < b->family ? -1 : 1;
    if (a->scope_id != b->scope_id)
        return a->scope_id < b->scope_id ? -1 : 1;
    return memcmp(a->ip, b->ip, sizeof(a->ip));
}

uint64_t app_addr_distance(const struct mping_addr *a, const struct mping_addr *b)
{
    unsigned n = addr_bytes(a), borrow = 0;
    uint64_t distance = 0;

    if (a->family != b->family || a->scope_id != b->scope_id)
        return UINT64_MAX;
    for (unsigned byte = n; byte-- > 0;) {
        int digit = b->ip[byte] - a->ip[byte] - (int)borrow;

        borrow = digit < 0;
        if (n - 1 - byte < 8)
            distance |= (uint64_t)(uint8_t)digit << 8 * (n - 1 - byte);
        else if ((uint8_t)digit != 0)
            return UINT64_MAX;
    }
    return borrow ? UINT64_MAX : distance;
}

static const char not_address[] = "there stands no address";

/* The part of a text before end as an address: NULL, or what is wrong, for people. */
static const char *read_addr(struct mping_addr *ret_addr, const char *text, const char *end)
{
    char copy[ADDR_TEXT_MAX];
    size_t len = (size_t)(end - text);
    const char *problem = NULL;

    if (len < sizeof(copy)) {
        memcpy(copy, text, len);
        copy[len] = '\0';
        if (mping_addr_parse(ret_addr, copy) == 0)
            return NULL;
        problem = mping_addr_problem(copy);
    }
    return problem != NULL ? problem : not_address;
}

static const char *take_addrs(const struct reader *r, const struct mping_addr *first,
                              uint64_t count)
{
    struct app_range range = {.kind = APP_RANGE_ADDRS, .count = count, .of.first = *first};

    return r->take(r->user, &range) < 0 ? "" : NULL;
}

/* Digits, dots and 0x, and more of them than a list of octets has between its signs. */
static bool is_whole_ip4(const char *text, const char *end)
{
    unsigned dots = 0;
    bool is_hex = false;

    for (; text < end; text++) {
        if (strchr("0123456789.xXabcdefABCDEF", *text) == NULL)
            return false;
        dots += *text == '.';
        is_hex = is_hex || *text == 'x' || *text == 'X';
    }
    return dots >= 3 || is_hex;
}

/* What is wrong with a-b, if each can only be meant as an address. */
static const char *pair_problem(const char *text, const char *dash, const char *end)
{
    struct mping_addr addr;
    const char *first = read_addr(&addr, text, dash), *last = read_addr(&addr, dash + 1, end);

    if (!is_whole_ip4(text, dash) || !is_whole_ip4(dash + 1, end))
        return NULL;
    if (first == not_address || last == not_address)
        return NULL;
    return first != NULL ? first : last;
}

/* a-b: *ret_problem, or false if this is none. An interface may have a - in its name. */
static bool read_pair(const struct reader *r, const char *text, const char **ret_problem)
{
    const char *end = text + strlen(text);

    for (const char *dash = strchr(text, '-'); dash != NULL; dash = strchr(dash + 1, '-')) {
        struct mping_addr first, last;
        uint64_t distance;

        *ret_problem = pair_problem(text, dash, end);
        if (*ret_problem != NULL)
            return true;
        if (read_addr(&first, text, dash) != NULL || read_addr(&last, dash + 1, end) != NULL)
            continue;
        mping_addr_unmap(&first);
        if (first.family == AF_INET)
            mping_addr_unmap(&last);
        last.scope_id = last.scope_id != 0 ? last.scope_id : first.scope_id;
        distance = app_addr_distance(&first, &last);
        if (first.family != last.family || first.scope_id != last.scope_id)
            *ret_problem = "the ends of the range are of different kinds";
        else if (app_addr_compare(&last, &first) < 0)
            *ret_problem = "the range ends before it begins";
        else
            *ret_problem =
                distance < APP_RANGE_MAX ? take_addrs(r, &first, distance + 1) : too_many;
        return true;
    }
    return false;
}

/* Sets the bits of addr behind its first prefix_len ones to 0. */
static void mask(struct mping_addr *addr, unsigned prefix_len)
{
    for (unsigned byte = 0; byte < addr_bytes(addr); byte++) {
        unsigned kept = prefix_len > byte * 8 ? prefix_len - byte * 8 : 0;

        if (kept < 8)
            addr->ip[byte] &= (uint8_t)(0xff00u >> kept);
    }
}

/* Digits without a zero in front, which other readers take for octal. */
static bool read_prefix_len(const char *text, int64_t *ret_len)
{
    return (text[0] != '0' || text[1] == '\0') && app_number_parse(text, ret_len) == 0;
}

const char *app_range_network(const char *text, struct mping_addr *ret_first, unsigned *ret_len)
{
    const char *slash = strchr(text, '/');
    const char *problem = read_addr(ret_first, text, slash);
    int64_t prefix_len;

    if (problem != NULL)
        return problem;
    if (!read_prefix_len(slash + 1, &prefix_len) || prefix_len > 8 * (int64_t)addr_bytes(ret_first))
        return ret_first->family == AF_INET
                   ? "the prefix length is not a number from 0 to 32, without leading zeros"
                   : "the prefix length is not a number from 0 to 128, without leading zeros";
    mask(ret_first, (unsigned)prefix_len);
    if (prefix_len >= 96 && mping_addr_unmap(ret_first))
        prefix_len -= 96;
    *ret_len = (unsigned)prefix_len;
    return NULL;
}

static const char *read_network(const struct reader *r, const char *text)
{
    struct mping_addr first;
    unsigned prefix_len, host_bits;
    const char *problem = app_range_network(text, &first, &prefix_len);

    if (problem != NULL)
        return problem;
    host_bits = 8 * addr_bytes(&first) - prefix_len;
    if (host_bits > 40)
        return "a network of more than 2^40 addresses (shorter than /88) is never gone through";
    if (first.family == AF_INET && host_bits >= 2) {
        first = app_addr_plus(&first, 1);
        return take_addrs(r, &first, (UINT64_C(1) << host_bits) - 2);
    }
    return take_addrs(r, &first, UINT64_C(1) << host_bits);
}

/* Octets that come to addresses in a row need no table. */
static const char *take_octets(const struct reader *r, struct app_octets *octets)
{
    struct app_range range = {.kind = APP_RANGE_OCTETS, .count = app_octets_count(octets)};
    struct mping_addr first = {.family = AF_INET}, last = {.family = AF_INET};

    app_octets_at(octets, 0, first.ip);
    app_octets_at(octets, range.count - 1, last.ip);
    if (app_addr_distance(&first, &last) + 1 == range.count) {
        free(octets);
        return take_addrs(r, &first, range.count);
    }
    range.of.octets = octets;
    return r->take(r->user, &range) < 0 ? "" : NULL;
}

static const char *read_octets(const struct reader *r, const char *text)
{
    struct app_octets *octets = malloc(sizeof(*octets));
    const char *problem = octets != NULL ? app_octets_read(octets, text) : out_of_memory;

    if (problem == NULL)
        return take_octets(r, octets);
    free(octets);
    return problem;
}

static const char *read_name(const struct reader *r, const char *text)
{
    const char *problem = mping_addr_problem(text);
    struct app_range range = {.kind = APP_RANGE_NAME, .count = 1};
    struct mping_addr addr;

    /* An address on a link that is not there is that target's trouble, as a name unknown is. */
    if (problem != NULL && mping_addr_parse(&addr, text) != -ENODEV)
        return problem;
    range.of.name = strdup(text);
    if (range.of.name == NULL)
        return out_of_memory;
    /* cppcheck-suppress memleak ; it is freed by whoever takes it */
    return r->take(r->user, &range) < 0 ? "" : NULL;
}

/* A text without braces. */
static const char *read_simple(const struct reader *r, const char *text)
{
    struct mping_addr addr;
    const char *problem;

    if (mping_addr_parse(&addr, text) == 0) {
        mping_addr_unmap(&addr);
        return take_addrs(r, &addr, 1);
    }
    if (read_pair(r, text, &problem))
        return problem;
    problem = app_host_problem(text, strlen(text));
    if (problem != NULL)
        return problem;
    if (strchr(text, '/') != NULL)
        return read_network(r, text);
    return app_octets_is_one(text) ? read_octets(r, text) : read_name(r, text);
}

static int is_single(void *user, struct app_range *range)
{
    bool *ret_single = user;

    *ret_single =
        range->kind == APP_RANGE_NAME || (range->kind == APP_RANGE_ADDRS && range->count == 1);
    app_range_done(range);
    return 0;
}

/* Whether the braces stand for hosts only; of very many, the first and the last are looked at. */
static const char *look_at_all(const struct app_braces *braces, bool *ret_single)
{
    uint64_t count = app_braces_count(braces);
    uint64_t step = count <= EXPANSIONS_MAX ? 1 : count - 1;
    bool single = true;
    const struct reader look = {is_single, &single};

    *ret_single = true;
    if (step > 1 && app_braces_have_ranges(braces))
        return too_many;
    for (uint64_t i = 0; i < count; i += step) {
        char text[APP_HOST_MAX + 1];
        const char *problem;

        app_braces_at(braces, i, text);
        problem = read_simple(&look, text);
        if (problem != NULL)
            return problem;
        *ret_single = *ret_single && single;
    }
    return !*ret_single && step > 1 ? too_many : NULL;
}

static const char *take_each(const struct reader *r, const struct app_braces *braces)
{
    const char *problem = NULL;

    for (uint64_t i = 0; i < app_braces_count(braces) && problem == NULL; i++) {
        char text[APP_HOST_MAX + 1];

        app_braces_at(braces, i, text);
        problem = read_simple(r, text);
    }
    return problem;
}

static const char *read_braces(const struct reader *r, const char *text)
{
    struct app_range range = {.kind = APP_RANGE_BRACES};
    const char *problem = NULL;
    bool single = false;

    range.of.braces = app_braces_read(text, &problem);
    if (range.of.braces == NULL)
        return problem;
    range.count = app_braces_count(range.of.braces);
    problem = look_at_all(range.of.braces, &single);
    if (problem == NULL && single)
        return r->take(r->user, &range) < 0 ? "" : NULL;
    if (problem == NULL)
        problem = take_each(r, range.of.braces);
    app_braces_free(range.of.braces);
    return problem;
}

const char *app_range_read(const char *text, app_range_fn take, void *user)
{
    const struct reader r = {take, user};

    return strpbrk(text, "{}") != NULL ? read_braces(&r, text) : read_simple(&r, text);
}

bool app_range_is_plain(const char *text)
{
    return strpbrk(text, "{}/-,*") == NULL;
}

void app_range_at(const struct app_range *range, uint64_t i, struct app_range_host *ret_host)
{
    ret_host->addr = (struct mping_addr){0};
    ret_host->name[0] = '\0';
    switch (range->kind) {
    case APP_RANGE_ADDRS:
        ret_host->addr = app_addr_plus(&range->of.first, i);
        break;
    case APP_RANGE_OCTETS:
        ret_host->addr.family = AF_INET;
        app_octets_at(range->of.octets, i, ret_host->addr.ip);
        break;
    case APP_RANGE_NAME:
        /* Its length has been checked. */
        memcpy(ret_host->name, range->of.name, strlen(range->of.name) + 1);
        break;
    default:
        app_braces_at(range->of.braces, i, ret_host->name);
        if (mping_addr_parse(&ret_host->addr, ret_host->name) < 0)
            break;
        mping_addr_unmap(&ret_host->addr);
        ret_host->name[0] = '\0';
    }
}

void app_range_done(struct app_range *range)
{
    if (range->kind == APP_RANGE_NAME)
        free(range->of.name);
    else if (range->kind == APP_RANGE_OCTETS)
        free(range->of.octets);
    else if (range->kind == APP_RANGE_BRACES)
        app_braces_free(range->of.braces);
    *range = (struct app_range){.kind = APP_RANGE_ADDRS};
}
