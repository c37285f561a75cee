/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzz targets share. A target is one file with LLVMFuzzerTestOneInput(): it reads
 * an input, and ends the program where a property does not hold. libFuzzer drives it in a
 * build with -Dfuzz=true; in all others replay.c runs the corpus through it, as a test.
 */
#ifndef MULTIPING_TESTS_FUZZ_H
#define MULTIPING_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Unlike assert() also in builds for use. */
#define CHECK(holds)                                                                   \
    do {                                                                               \
        if (!(holds)) {                                                                \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #holds); \
            abort();                                                                   \
        }                                                                              \
    } while (0)

/* The bytes of an input that have not been read yet; behind them there are zeros. */
struct input {
    const uint8_t *pos;
    size_t left;
};

static inline uint8_t input_u8(struct input *in)
{
    if (!in->left)
        return 0;
    in->left--;
    return *in->pos++;
}

/* The next n <= 8 bytes as a number. */
static inline uint64_t input_uint(struct input *in, unsigned n)
{
    uint64_t value = 0;

    while (n-- > 0)
        value = value << 8 | input_u8(in);
    return value;
}

/* A number below n <= 256. */
static inline unsigned input_below(struct input *in, unsigned n)
{
    return input_u8(in) % n;
}

static inline bool input_flag(struct input *in)
{
    return input_u8(in) & 1;
}

/* A copy of at most n bytes in memory of exactly that size, so that no byte behind is read. */
static inline uint8_t *input_copy(struct input *in, size_t n, size_t *ret_len)
{
    uint8_t *copy;

    if (n > in->left)
        n = in->left;
    copy = malloc(n ? n : 1);
    CHECK(copy);
    memcpy(copy, in->pos, n);
    in->pos += n;
    in->left -= n;
    *ret_len = n;
    return copy;
}

/* The bytes up to the next NUL, and no more than max, as a string to be freed. */
static inline char *input_string(struct input *in, size_t max)
{
    size_t n = in->left < max ? in->left : max;
    const uint8_t *end = n ? memchr(in->pos, 0, n) : NULL;
    size_t len = end ? (size_t)(end - in->pos) : n;
    char *string = malloc(len + 1);

    CHECK(string);
    if (len)
        memcpy(string, in->pos, len);
    string[len] = '\0';
    in->pos += len + (end != NULL);
    in->left -= len + (end != NULL);
    return string;
}

#endif
