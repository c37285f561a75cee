/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An array that grows while another thread reads it: elements never move. One thread appends;
 * what another has been shown the number of, it may read.
 */
#ifndef MULTIPING_CLI_TOP_CHUNKS_H
#define MULTIPING_CLI_TOP_CHUNKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TOP_CHUNK = 1024,       /* elements */
    TOP_CHUNKS_MAX = 16384, /* 16 million elements */
};

struct top_chunks {
    size_t element_bytes; /* a multiple of 8 */
    uint32_t n;
    void **chunks; /* TOP_CHUNKS_MAX of them, NULL until needed */
};

/* 0, or -1 without memory. */
int top_chunks_init(struct top_chunks *chunks, size_t element_bytes);
void top_chunks_done(struct top_chunks *chunks);

/* Makes room for one more, zeroed, but does not show it yet; NULL without memory or room. */
void *top_chunks_new(struct top_chunks *chunks);

/* Shows the newest one to the other thread. */
void top_chunks_show(struct top_chunks *chunks);

/* How many may be read. */
uint32_t top_chunks_n(const struct top_chunks *chunks);

/* Element i < n. */
static inline void *top_chunks_at(const struct top_chunks *chunks, uint32_t i)
{
    char *chunk = chunks->chunks[i / TOP_CHUNK];

    return chunk + i % TOP_CHUNK * chunks->element_bytes;
}

/* A copy of all that is shown, word by word, while the other thread goes on. */
int top_chunks_clone(struct top_chunks *ret, const struct top_chunks *from);

#endif
