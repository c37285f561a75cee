/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Test Anything Protocol for the C tests: one line per point on stdout, the plan at the end.
 * A program ends with `return done_testing();`. Lines are flushed one by one, so that what
 * came before a crash is seen. Not thread-safe: call it from the main thread only.
 */
#ifndef MULTIPING_TESTS_TAP_H
#define MULTIPING_TESTS_TAP_H

#include <stdarg.h>
#include <stdio.h>

#define TAP_FN(fmt_arg) __attribute__((unused, format(printf, fmt_arg, (fmt_arg) + 1))) static

static unsigned tap_points;
static unsigned tap_failed;

/* What goes on after a line break, such as the ways out of a missing permission, would be no TAP.
 */
__attribute__((format(printf, 2, 0))) static void tap_line(const char *head, const char *fmt,
                                                           va_list args)
{
    char text[8192];

    vsnprintf(text, sizeof(text), fmt, args);
    fputs(head, stdout);
    for (const char *c = text; *c != '\0'; c++)
        fputs(*c == '\n' ? " / " : (const char[]){*c, '\0'}, stdout);
    putchar('\n');
    fflush(stdout);
}

/* One test point: passed if pass is not 0. The text says what was expected to hold. */
TAP_FN(2) void ok(int pass, const char *fmt, ...)
{
    char head[32];
    va_list args;

    tap_points++;
    tap_failed += !pass;
    snprintf(head, sizeof(head), "%s %u - ", pass ? "ok" : "not ok", tap_points);
    va_start(args, fmt);
    tap_line(head, fmt, args);
    va_end(args);
}

/* One test point that could not be tried here; the text says why. */
TAP_FN(1) void skip(const char *fmt, ...)
{
    char head[32];
    va_list args;

    tap_points++;
    snprintf(head, sizeof(head), "ok %u # SKIP ", tap_points);
    va_start(args, fmt);
    tap_line(head, fmt, args);
    va_end(args);
}

/* A remark for people, shown when the program fails. */
TAP_FN(1) void diag(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    tap_line("# ", fmt, args);
    va_end(args);
}

/* Prints the plan. Returns the exit code of the program: 0 if no point failed. */
__attribute__((unused)) static int done_testing(void)
{
    printf("1..%u\n", tap_points);
    fflush(stdout);
    return tap_failed ? 1 : 0;
}

#endif
