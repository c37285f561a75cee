/* SPDX-License-Identifier: Apache-2.0 */
#include "common.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

void bench_die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static void set(const struct bench_arg *arg, const char *value)
{
    char *end;

    if (!value)
        bench_die("%s needs a value", arg->name);
    if (arg->text) {
        *arg->text = value;
        return;
    }
    *arg->number = strtoll(value, &end, 10);
    if (end == value || *end)
        bench_die("%s %s: not a number", arg->name, value);
}

void bench_args(const struct bench_arg *args, char **argv)
{
    for (argv++; *argv; argv += 2) {
        const struct bench_arg *arg = args;

        while (arg->name && strcmp(arg->name, *argv) != 0)
            arg++;
        if (!arg->name)
            bench_die("unknown argument %s", *argv);
        set(arg, argv[1]);
    }
}

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t bench_mono_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

int64_t bench_real_ns(void)
{
    return clock_ns(CLOCK_REALTIME);
}

int64_t bench_cpu_ns(void)
{
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

void bench_sleep_until(int64_t mono_ns)
{
    const struct timespec when = {
        .tv_sec = mono_ns / 1000000000,
        .tv_nsec = mono_ns % 1000000000,
    };

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) != 0)
        continue;
}

struct bench_range bench_range(const char *base)
{
    struct bench_range range = {.family = AF_INET, .len = 4};

    if (inet_pton(AF_INET, base, range.base) == 1)
        return range;
    range.family = AF_INET6;
    range.len = 16;
    if (inet_pton(AF_INET6, base, range.base) != 1)
        bench_die("%s: not an address", base);
    return range;
}

void bench_range_at(const struct bench_range *range, uint64_t n, uint8_t ret_ip[16])
{
    memcpy(ret_ip, range->base, 16);
    for (size_t i = range->len; i-- > 0 && n;) {
        n += ret_ip[i];
        ret_ip[i] = (uint8_t)n;
        n >>= 8;
    }
}

const struct bench_backend *bench_backend(const char *name)
{
    static const struct bench_backend backends[] = {
        {"raw4", AF_INET, SOCK_RAW},
        {"raw6", AF_INET6, SOCK_RAW},
        {"ping4", AF_INET, SOCK_DGRAM},
        {"ping6", AF_INET6, SOCK_DGRAM},
    };

    for (size_t i = 0; i < sizeof(backends) / sizeof(backends[0]); i++)
        if (strcmp(backends[i].name, name) == 0)
            return &backends[i];
    bench_die("no such backend: %s", name);
}
