/* SPDX-License-Identifier: Apache-2.0 */
#include "copies.h"

#include <stdlib.h>
#include <string.h>

enum {
    STEP = 2048,
    LOOK_MAX = 65536, /* labels come from one line */
};

/* The first of those that look the same. */
struct cli_copies_place {
    uint32_t index_plus_1; /* 0: free */
    uint32_t hash;
    uint32_t copies; /* behind it */
};

static void look_at(const struct cli_copies *copies, size_t index, struct app_text *text)
{
    char memory[CLI_HOST_TEXT_MAX];
    const char *host = cli_target_host(copies->targets, index, memory);

    copies->look(text, host, cli_target_labels(copies->targets, index));
}

/* FNV-1a, spread by a multiplication. */
static uint32_t hash_of(const struct app_text *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < text->len; i++)
        hash = (hash ^ (unsigned char)text->data[i]) * UINT64_C(0x100000001b3);
    return (uint32_t)(hash * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static bool looks_like(const struct cli_copies *copies, size_t index, const struct app_text *text)
{
    static char memory[LOOK_MAX];
    struct app_text other = app_text_init(memory, sizeof(memory));

    look_at(copies, index, &other);
    return other.len == text->len && memcmp(other.data, text->data, text->len) == 0;
}

static void number(struct cli_copies *copies, size_t index)
{
    static char memory[LOOK_MAX];
    struct app_text text = app_text_init(memory, sizeof(memory));
    size_t at;
    uint32_t hash;

    look_at(copies, index, &text);
    hash = hash_of(&text);
    for (at = hash & (copies->size - 1);; at = (at + 1) & (copies->size - 1)) {
        struct cli_copies_place *place = &copies->places[at];

        if (place->index_plus_1 == 0) {
            *place = (struct cli_copies_place){(uint32_t)index + 1, hash, 0};
            return;
        }
        if (place->hash == hash && looks_like(copies, place->index_plus_1 - 1, &text)) {
            copies->numbers[index] = ++place->copies;
            return;
        }
    }
}

void cli_copies_begin(struct cli_copies *copies, const struct cli_targets *targets, size_t n,
                      app_look_fn look)
{
    size_t size = 64;

    cli_copies_done(copies);
    while (size < 2 * n)
        size *= 2;
    *copies = (struct cli_copies){.targets = targets, .look = look, .n = n, .size = size};
    if (look == NULL)
        return;
    copies->numbers = calloc(n, sizeof(*copies->numbers));
    copies->places = calloc(size, sizeof(*copies->places));
    if (copies->numbers == NULL || copies->places == NULL)
        cli_copies_done(copies);
}

bool cli_copies_step(struct cli_copies *copies)
{
    if (copies->places == NULL)
        return false;
    for (int i = 0; i < STEP && copies->next < copies->n; i++)
        number(copies, copies->next++);
    if (copies->next < copies->n)
        return true;
    free(copies->places);
    copies->places = NULL;
    return false;
}

uint32_t cli_copies_number(const struct cli_copies *copies, size_t index)
{
    return copies->numbers != NULL ? copies->numbers[index] : 0;
}

void cli_copies_done(struct cli_copies *copies)
{
    free(copies->numbers);
    free(copies->places);
    *copies = (struct cli_copies){.n = 0};
}
