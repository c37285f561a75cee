/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "truth/census.h"

#define MS UINT64_C(1000000)

static _Noreturn void usage(const char *what)
{
    fprintf(
        stderr,
        "census: %s\nusage: census [--ledger FILE --control PATH] [--count N] [--interval-ms N]\n"
        "    [--timeout-ms N] [--window N] [--payload N] [--rate N] [--socket-kind N]\n"
        "    [--rcvbuf N] [--seed N] [--undecided-max-ppm N] ADDRESS,N...\n",
        what);
    exit(2);
}

static uint64_t number(const char *text)
{
    char *end;
    uint64_t value;

    errno = 0;
    value = strtoull(text, &end, 10);
    if (end == text || *end || errno)
        usage(text);
    return value;
}

static void add_range(struct census_plan *plan, char *text)
{
    struct census_range *range = &plan->ranges[plan->range_n];
    char *comma = strchr(text, ',');

    if (!comma || plan->range_n == CENSUS_RANGES_MAX)
        usage(text);
    *comma = '\0';
    if (mping_addr_parse(&range->first, text) < 0)
        usage(text);
    range->n = number(comma + 1);
    range->index = plan->targets;
    plan->targets += range->n;
    plan->range_n++;
}

void census_read_plan(struct census_plan *plan, int argc, char **argv)
{
    uint64_t interval_ms = 100, timeout_ms = 1000;
    const struct {
        const char *name;
        uint64_t *value;
    } numbers[] = {
        {"--count", &plan->count},
        {"--interval-ms", &interval_ms},
        {"--timeout-ms", &timeout_ms},
        {"--window", &plan->window},
        {"--payload", &plan->payload},
        {"--rate", &plan->rate},
        {"--rcvbuf", &plan->rcvbuf},
        {"--seed", &plan->seed},
        {"--socket-kind", &plan->socket_kind},
        {"--undecided-max-ppm", &plan->undecided_max_ppm},
    };

    *plan = (struct census_plan){.count = 10, .payload = 56, .undecided_max_ppm = 100000};
    for (int i = 1; i < argc; i++) {
        size_t row = 0;

        if (strncmp(argv[i], "--", 2) != 0) {
            add_range(plan, argv[i]);
            continue;
        }
        if (i + 1 == argc)
            usage(argv[i]);
        while (row < sizeof(numbers) / sizeof(numbers[0]) &&
               strcmp(argv[i], numbers[row].name) != 0)
            row++;
        if (strcmp(argv[i], "--ledger") == 0)
            plan->ledger = argv[i + 1];
        else if (strcmp(argv[i], "--control") == 0)
            plan->control = argv[i + 1];
        else if (row < sizeof(numbers) / sizeof(numbers[0]))
            *numbers[row].value = number(argv[i + 1]);
        else
            usage(argv[i]);
        i++;
    }
    if (!plan->ledger != !plan->control || !plan->targets || !plan->count)
        usage("needs an address, and --control with --ledger");
    plan->interval_ns = (int64_t)(interval_ms * MS);
    plan->timeout_ns = (int64_t)(timeout_ms * MS);
}

/* The last 32 bits of an address are what a range counts. */
static uint32_t tail_of(int family, const uint8_t *ip)
{
    const uint8_t *p = family == AF_INET6 ? ip + 12 : ip;

    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

struct mping_addr census_addr(const struct census_plan *plan, uint64_t target)
{
    const struct census_range *range = plan->ranges;
    struct mping_addr addr;
    uint8_t *p;
    uint32_t tail;

    while (target >= range->index + range->n)
        range++;
    addr = range->first;
    tail = tail_of(addr.family, addr.ip) + (uint32_t)(target - range->index);
    p = addr.family == AF_INET6 ? addr.ip + 12 : addr.ip;
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(tail >> (24 - 8 * i));
    return addr;
}

uint64_t census_find(const struct census_plan *plan, int family, const uint8_t *ip)
{
    for (unsigned i = 0; i < plan->range_n; i++) {
        const struct census_range *range = &plan->ranges[i];
        uint32_t offset = tail_of(family, ip) - tail_of(family, range->first.ip);

        if (range->first.family == family && offset < range->n &&
            (family == AF_INET || memcmp(range->first.ip, ip, 12) == 0))
            return range->index + offset;
    }
    return UINT64_MAX;
}
