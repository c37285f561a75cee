/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How one thread tells another without ever waiting for it: the engine's thread writes records,
 * the view's reads them. Whole records carry a version that is odd while they are being written
 * (a seqlock); who reads in that moment reads again.
 */
#ifndef MULTIPING_CLI_TOP_SHARE_H
#define MULTIPING_CLI_TOP_SHARE_H

#include <stddef.h>
#include <stdint.h>

typedef uint64_t __attribute__((may_alias)) top_word;

#define top_get(place) __atomic_load_n(place, __ATOMIC_RELAXED)
#define top_set(place, value) __atomic_store_n(place, value, __ATOMIC_RELAXED)
#define top_see(place) __atomic_load_n(place, __ATOMIC_ACQUIRE)
#define top_show(place, value) __atomic_store_n(place, value, __ATOMIC_RELEASE)

/* Both are aligned to 8, and bytes is a multiple of it. */
static inline void top_copy_out(void *to, const void *from, size_t bytes)
{
    top_word *out = to;
    const top_word *in = from;

    for (size_t i = 0; i < bytes / sizeof(top_word); i++)
        out[i] = top_get(&in[i]);
}

static inline void top_copy_in(void *to, const void *from, size_t bytes)
{
    top_word *out = to;
    const top_word *in = from;

    for (size_t i = 0; i < bytes / sizeof(top_word); i++)
        top_set(&out[i], in[i]);
}

/* A record begins with this; bytes and alignment as above. */
struct top_version {
    uint64_t n;
};

/* Only the writer's thread. `from` is a copy that it has changed; its version is not looked at. */
static inline void top_publish(struct top_version *record, const void *from, size_t bytes)
{
    const size_t head = sizeof(struct top_version);
    uint64_t n = record->n;

    top_set(&record->n, n + 1);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    top_copy_in((char *)record + head, (const char *)from + head, bytes - head);
    top_show(&record->n, n + 2);
}

/* Any thread: a copy of the record as it was at one moment. */
static inline void top_read(void *ret, const struct top_version *record, size_t bytes)
{
    uint64_t before, after;

    do {
        before = top_see(&record->n);
        top_copy_out(ret, record, bytes);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        after = top_get(&record->n);
    } while (before != after || (before & 1) != 0);
}

#endif
