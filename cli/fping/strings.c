/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/strings.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = 64 << 10 };

struct fping_strings_piece {
    struct fping_strings_piece *before;
    size_t size;
    char data[];
};

static bool add_piece(struct fping_strings *strings, size_t len)
{
    size_t size = len > PIECE_BYTES ? len : PIECE_BYTES;
    struct fping_strings_piece *piece = malloc(sizeof(*piece) + size);

    if (!piece)
        return false;
    piece->before = strings->last;
    piece->size = size;
    strings->last = piece;
    strings->used = 0;
    return true;
}

const char *fping_strings_add(struct fping_strings *strings, const char *text, size_t len)
{
    char *copy;

    if ((!strings->last || strings->last->size - strings->used < len + 1) &&
        !add_piece(strings, len + 1))
        return NULL;
    copy = strings->last->data + strings->used;
    memcpy(copy, text, len);
    copy[len] = '\0';
    strings->used += len + 1;
    return copy;
}

void fping_strings_done(struct fping_strings *strings)
{
    while (strings->last) {
        struct fping_strings_piece *piece = strings->last;

        strings->last = piece->before;
        free(piece);
    }
}
