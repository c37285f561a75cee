/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/generate.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <multiping/addr.h>

#include "fping/number.h"
#include "fping/status.h"

enum {
    GENERATED_MAX = 131072,
    NUMBER_MAX = 128, /* an address with its scope */
    SCOPE_MAX = 64,   /* the scope alone */
};

/* The ends of a range, and the scope of both as it was written: "%eth0", "%2" or nothing. */
struct range {
    struct mping_addr first, last;
    char scope[SCOPE_MAX];
};

static int bytes_of(const struct mping_addr *addr)
{
    return addr->family == AF_INET ? 4 : 16;
}

/* How many addresses follow the first one, at most GENERATED_MAX. last must not be below first. */
static uint32_t count_following(const struct range *range)
{
    uint64_t n = 0;
    int borrow = 0, bytes = bytes_of(&range->first);

    for (int i = bytes - 1; i >= 0; i--) {
        int digit = range->last.ip[i] - range->first.ip[i] - borrow, shift = 8 * (bytes - 1 - i);

        borrow = digit < 0;
        digit += borrow ? 256 : 0;
        if (digit && shift > 24)
            return GENERATED_MAX;
        if (digit)
            n |= (uint64_t)digit << shift;
    }
    return n < GENERATED_MAX ? (uint32_t)n : GENERATED_MAX;
}

static void step(struct mping_addr *addr)
{
    for (int i = bytes_of(addr) - 1; i >= 0 && ++addr->ip[i] == 0; i--)
        ;
}

/* The first and the last address with this many leading bits. */
static void set_prefix(struct range *range, int64_t length)
{
    for (int i = 0; i < bytes_of(&range->first); i++) {
        int64_t bits = length - 8 * (int64_t)i;
        uint8_t host = bits >= 8 ? 0 : bits <= 0 ? 0xff : (uint8_t)(0xff >> bits);

        range->first.ip[i] &= (uint8_t)~host;
        range->last.ip[i] |= host;
    }
}

static int refuse(const struct fping_options *o, const char *text)
{
    (void)fprintf(stderr, "%s: %s\n", o->program, text);
    return FPING_EXIT_UNREACHABLE;
}

static int take_all(const struct fping_options *o, const struct range *range, fping_take_fn take,
                    void *user)
{
    struct mping_addr addr = range->first;
    char number[MPING_ADDR_TEXT_MAX], text[MPING_ADDR_TEXT_MAX + SCOPE_MAX];
    uint32_t following;
    int status;

    if (memcmp(range->last.ip, addr.ip, (size_t)bytes_of(&addr)) < 0)
        return -1;
    following = count_following(range);
    if (following >= GENERATED_MAX)
        return refuse(o, "-g parameter generates too many addresses");
    for (uint32_t i = 0;; i++) {
        (void)snprintf(text, sizeof(text), "%s%s", mping_addr_format(&addr, number, sizeof(number)),
                       range->scope);
        status = take(user, text);
        if (status >= 0 || i == following)
            return status;
        step(&addr);
    }
}

/* The scope as written, with its %. */
static const char *scope_of(const char *text)
{
    return strchrnul(text, '%');
}

/* A numeric address, without its scope; separator stands between the program and a complaint. */
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
    number[scope_of(number) - number] = '\0';
    if (error || mping_addr_parse(ret_addr, number) < 0)
        return FPING_EXIT_SYSTEM;
    return -1;
}

static int keep_scope(const struct fping_options *o, struct range *range, const char *text)
{
    const char *scope = scope_of(text);

    if (strlen(scope) >= sizeof(range->scope))
        return refuse(o, "scope identifier is too long");
    (void)snprintf(range->scope, sizeof(range->scope), "%s", scope);
    return -1;
}

static int refuse_length(const struct fping_options *o, int min, int max, int64_t length)
{
    (void)fprintf(stderr, "%s: netmask must be between %d and %d (is: %lld)\n", o->program, min,
                  max, (long long)length);
    return FPING_EXIT_UNREACHABLE;
}

static bool is_length(const char *text, int64_t *ret_length)
{
    return fping_number_parse(text, 10, ret_length) && *ret_length >= 0;
}

int fping_generate_prefix(const struct fping_options *options, const char *text, fping_take_fn take,
                          void *user)
{
    const char *slash = strrchr(text, '/');
    char number[NUMBER_MAX];
    struct range range;
    int64_t length;
    int status, bits, min;

    if (!slash || slash - text >= (int)sizeof(number))
        return fping_usage(options, stderr);
    if (strchr(slash, '%'))
        return refuse(options, "address scope must precede prefix length");
    if (!is_length(slash + 1, &length))
        return fping_usage(options, stderr);
    (void)snprintf(number, sizeof(number), "%.*s", (int)(slash - text), text);
    status = parse(options, ",", number, options->family, &range.first);
    if (status < 0)
        status = keep_scope(options, &range, number);
    if (status >= 0)
        return status;
    bits = 8 * bytes_of(&range.first);
    min = bits == 32 ? 1 : 65;
    if (length < min || length > bits)
        return refuse_length(options, min, bits, length);
    range.last = range.first;
    set_prefix(&range, length);
    if (bits == 32 && length < 31) { /* without network and broadcast address */
        range.first.ip[3]++;
        range.last.ip[3]--;
    }
    return take_all(options, &range, take, user);
}

int fping_generate_range(const struct fping_options *options, const char *first, const char *last,
                         fping_take_fn take, void *user)
{
    struct range range;
    int status = parse(options, ":", first, options->family, &range.first);

    if (status < 0)
        status = parse(options, ":", last, range.first.family, &range.last);
    if (status < 0 && strcmp(scope_of(first), scope_of(last)) != 0)
        status = refuse(options, "different scopes for start and end addresses");
    if (status < 0)
        status = keep_scope(options, &range, first);
    return status < 0 ? take_all(options, &range, take, user) : status;
}
