/* SPDX-License-Identifier: Apache-2.0 */
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <multiping/addr.h>

#include "fping.h"
#include "input.h"
#include "number.h"

enum {
    GENERATED_MAX = 131072,
    SCOPED_MAX = 128, /* an address with its scope */
};

/*
 * The part of an address that is counted: IPv4 whole, of IPv6 the lower 64 bits, as no more
 * than 2^17 addresses are made at once and ranges keep to one /64.
 */
static uint64_t low_part(const struct mping_addr *addr)
{
    int from = addr->family == AF_INET ? 0 : 8, to = addr->family == AF_INET ? 4 : 16;
    uint64_t low = 0;

    for (int i = from; i < to; i++)
        low = low << 8 | addr->ip[i];
    return low;
}

static void set_low_part(struct mping_addr *addr, uint64_t low)
{
    int from = addr->family == AF_INET ? 0 : 8, to = addr->family == AF_INET ? 4 : 16;

    for (int i = to - 1; i >= from; i--, low >>= 8)
        addr->ip[i] = (uint8_t)low;
}

static int refuse(const struct fping_options *o, const char *text)
{
    (void)fprintf(stderr, "%s: %s\n", o->program, text);
    return FPING_EXIT_UNREACHABLE;
}

static int take_all(const struct fping_options *o, struct mping_addr addr, uint64_t last,
                    fping_take_fn take, void *user)
{
    char text[MPING_ADDR_TEXT_MAX];
    uint64_t first = low_part(&addr);
    int status = -1;

    if (last < first)
        return -1;
    if (last - first >= GENERATED_MAX)
        return refuse(o, "-g parameter generates too many addresses");
    for (uint64_t i = 0; status < 0 && i <= last - first; i++) {
        set_low_part(&addr, first + i);
        status = take(user, mping_addr_format(&addr, text, sizeof(text)));
    }
    return status;
}

/* A numeric address; separator is what stands between the program and the complaint. */
static int parse(const struct fping_options *o, const char *separator, const char *text, int family,
                 struct mping_addr *ret_addr)
{
    const struct addrinfo hints = {
        .ai_family = family, .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_RAW};
    struct addrinfo *info;
    char number[NI_MAXHOST];
    int error = getaddrinfo(text, NULL, &hints, &info);

    if (error) {
        (void)fprintf(stderr, "%s%s can't parse address %s: %s\n", o->program, separator, text,
                      gai_strerror(error));
        return FPING_EXIT_UNREACHABLE;
    }
    error = getnameinfo(info->ai_addr, info->ai_addrlen, number, sizeof(number), NULL, 0,
                        NI_NUMERICHOST);
    freeaddrinfo(info);
    if (error || mping_addr_parse(ret_addr, number) < 0)
        return FPING_EXIT_SYSTEM;
    return -1;
}

static int refuse_length(const struct fping_options *o, int min, int max, const char *text)
{
    (void)fprintf(stderr, "%s: netmask must be between %d and %d (is: %s)\n", o->program, min, max,
                  text);
    return FPING_EXIT_UNREACHABLE;
}

int fping_generate_prefix(const struct fping_options *options, const char *text, fping_take_fn take,
                          void *user)
{
    const char *slash = strchr(text, '/');
    char number[SCOPED_MAX];
    struct mping_addr addr;
    int64_t length = 0;
    uint64_t first, size;
    int status, bits, min;

    if (!slash || slash - text >= (int)sizeof(number))
        return fping_usage(options, stderr);
    if (strchr(slash, '%'))
        return refuse(options, "address scope must precede prefix length");
    (void)snprintf(number, sizeof(number), "%.*s", (int)(slash - text), text);
    status = parse(options, ",", number, options->family, &addr);
    if (status >= 0)
        return status;
    bits = addr.family == AF_INET ? 32 : 128;
    min = addr.family == AF_INET ? 1 : 65;
    if (!fping_number_parse(slash + 1, 10, &length) || length < min || length > bits)
        return refuse_length(options, min, bits, slash + 1);
    size = UINT64_C(1) << (bits - length);
    first = low_part(&addr) & ~(size - 1);
    if (addr.family == AF_INET && length < 31) { /* without network and broadcast address */
        first++;
        size -= 2;
    }
    set_low_part(&addr, first);
    return take_all(options, addr, first + size - 1, take, user);
}

int fping_generate_range(const struct fping_options *options, const char *first, const char *last,
                         fping_take_fn take, void *user)
{
    struct mping_addr from, to;
    int status = parse(options, ":", first, options->family, &from), order;

    if (status < 0)
        status = parse(options, ":", last, from.family, &to);
    if (status >= 0)
        return status;
    if (from.scope_id != to.scope_id)
        return refuse(options, "different scopes for start and end addresses");
    order = from.family == AF_INET6 ? memcmp(to.ip, from.ip, 8) : 0;
    if (order < 0)
        return -1;
    if (order > 0)
        return refuse(options, "-g parameter generates too many addresses");
    return take_all(options, from, low_part(&to), take, user);
}
