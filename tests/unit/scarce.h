/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that runs out, for tests linked with --wrap: the allocation that is chosen fails, or all
 * behind it, too.
 */
#ifndef MULTIPING_TESTS_UNIT_SCARCE_H
#define MULTIPING_TESTS_UNIT_SCARCE_H

#include <stdbool.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static unsigned calls, fail_at; /* from 1; 0: never */
static bool fail_all;           /* those behind it, too */

static bool fails(void)
{
    calls++;
    return fail_at && (fail_all ? calls >= fail_at : calls == fail_at);
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return fails() ? NULL : __real_realloc(memory, size);
}

#endif
