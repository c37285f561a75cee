/* SPDX-License-Identifier: Apache-2.0 */
#include "top/chunks.h"

#include <stdlib.h>

#include "top/share.h"

int top_chunks_init(struct top_chunks *chunks, size_t element_bytes)
{
    *chunks = (struct top_chunks){.element_bytes = element_bytes};
    chunks->chunks = calloc(TOP_CHUNKS_MAX, sizeof(void *));
    return chunks->chunks != NULL ? 0 : -1;
}

void top_chunks_done(struct top_chunks *chunks)
{
    for (size_t i = 0; chunks->chunks != NULL && i < TOP_CHUNKS_MAX; i++)
        free(chunks->chunks[i]);
    free(chunks->chunks);
    *chunks = (struct top_chunks){0};
}

void *top_chunks_new(struct top_chunks *chunks)
{
    uint32_t chunk = chunks->n / TOP_CHUNK;

    if (chunk >= TOP_CHUNKS_MAX)
        return NULL;
    if (chunks->chunks[chunk] == NULL)
        chunks->chunks[chunk] = calloc(TOP_CHUNK, chunks->element_bytes);
    if (chunks->chunks[chunk] == NULL)
        return NULL;
    return top_chunks_at(chunks, chunks->n);
}

void top_chunks_show(struct top_chunks *chunks)
{
    top_show(&chunks->n, chunks->n + 1);
}

uint32_t top_chunks_n(const struct top_chunks *chunks)
{
    return top_see(&chunks->n);
}

int top_chunks_clone(struct top_chunks *ret, const struct top_chunks *from)
{
    uint32_t n = top_chunks_n(from);

    if (top_chunks_init(ret, from->element_bytes) < 0)
        return -1;
    while (ret->n < n) {
        uint32_t part = n - ret->n < TOP_CHUNK ? n - ret->n : TOP_CHUNK;
        void *to = top_chunks_new(ret);

        if (to == NULL) {
            top_chunks_done(ret);
            return -1;
        }
        top_copy_out(to, top_chunks_at(from, ret->n), part * from->element_bytes);
        ret->n += part;
    }
    return 0;
}
