/* SPDX-License-Identifier: Apache-2.0 */
#include "targets/range/braces.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "targets/range/range.h"
#include "targets/range/shape.h"

enum { DEPTH_MAX = 16, NUMBER_DIGITS_MAX = 15 };

enum part_kind { PART_TEXT, PART_NUMBERS, PART_LETTERS, PART_CHOICE };

struct sequence;

/* One part of a text. */
struct part {
    struct part *next;
    enum part_kind kind;
    uint64_t count; /* texts that it stands for */
    size_t len_max; /* of the longest */
    struct app_shape shape;
    const char *text;
    int64_t first, step;        /* numbers and letters */
    int width;                  /* numbers: to be filled up to with zeros */
    struct sequence *sequences; /* a choice: these, one after the other */
};

/* Parts in a row. */
struct sequence {
    struct sequence *next;
    struct part *parts;
    uint64_t count;
    size_t len_max;
    struct app_shape shape;
};

struct app_braces {
    struct sequence *whole;
    bool has_ranges;
    char text[]; /* parts point into it */
};

struct parser {
    const char *at;
    const char *problem;
    int depth;
    bool has_ranges;
};

static const char too_many[] = "this stands for more targets than can be gone through";
static const char bad_braces[] = "braces hold {a,b}, {1..9} or {a..z}";

static void *fail(struct parser *p, const char *problem)
{
    if (p->problem == NULL)
        p->problem = problem;
    return NULL;
}

/* Braces in braces call for recursion, of DEPTH_MAX at the most. NOLINTBEGIN(misc-no-recursion) */
static void free_sequences(struct sequence *sequence)
{
    while (sequence != NULL) {
        struct sequence *next = sequence->next;

        while (sequence->parts != NULL) {
            struct part *part = sequence->parts;

            sequence->parts = part->next;
            free_sequences(part->sequences);
            free(part);
        }
        free(sequence);
        sequence = next;
    }
}

static struct part *new_part(struct parser *p, enum part_kind kind)
{
    struct part *part = calloc(1, sizeof(*part));

    if (part == NULL)
        return fail(p, "out of memory");
    part->kind = kind;
    return part;
}

/* A number as {1..9} has it; *ret_len digits and sign. */
static bool read_number(const char **at, int64_t *ret_number, int *ret_len, bool *ret_padded)
{
    const char *s = *at;
    bool negative = *s == '-';
    int64_t number = 0;
    size_t digits;

    s += negative;
    digits = strspn(s, "0123456789");
    if (digits == 0 || digits > NUMBER_DIGITS_MAX)
        return false;
    *ret_padded = *ret_padded || (digits > 1 && *s == '0');
    for (size_t i = 0; i < digits; i++)
        number = number * 10 + (*s++ - '0');
    *ret_number = negative ? -number : number;
    *ret_len = (int)(s - *at);
    *at = s;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "..step}" or "}" after first and last. The sign of a step does not matter, as in the shell. */
static bool read_steps(const char **at, struct part *part, int64_t last)
{
    int64_t step = 1;
    bool padded = false;
    int len;

    if (strncmp(*at, "..", 2) == 0) {
        *at += 2;
        if (!read_number(at, &step, &len, &padded))
            return false;
        step = step < 0 ? -step : step;
        step = step == 0 ? 1 : step;
    }
    if (**at != '}')
        return false;
    ++*at;
    part->shape = (struct app_shape){1, (long)part->len_max, APP_SHAPE_NONE, APP_SHAPE_NONE,
                                     APP_SHAPE_NONE}; /* but for what fills it up */
    part->step = last < part->first ? -step : step;
    part->count = (uint64_t)((last - part->first) / part->step) + 1;
    return true;
}

static bool read_numbers(const char **at, struct part *part)
{
    bool padded = false;
    int64_t last;
    int first_len, last_len;

    if (!read_number(at, &part->first, &first_len, &padded) || strncmp(*at, "..", 2) != 0)
        return false;
    *at += 2;
    if (!read_number(at, &last, &last_len, &padded))
        return false;
    part->kind = PART_NUMBERS;
    part->len_max = (size_t)(first_len > last_len ? first_len : last_len);
    part->width = padded ? (int)part->len_max : 0;
    return read_steps(at, part, last);
}

static bool read_letters(const char **at, struct part *part)
{
    const char *s = *at;

    if (!is_letter(s[0]) || strncmp(s + 1, "..", 2) != 0 || !is_letter(s[3]))
        return false;
    *at += 4;
    part->kind = PART_LETTERS;
    part->len_max = 1;
    part->first = (unsigned char)s[0];
    return read_steps(at, part, (unsigned char)s[3]);
}

static struct sequence *read_sequence(struct parser *p, const char *ends);

static void add_alternative(struct part *part, struct sequence *sequence)
{
    struct sequence **end = &part->sequences;

    while (*end != NULL)
        end = &(*end)->next;
    *end = sequence;
    part->count += sequence->count;
    part->shape = app_shape_either(&part->shape, &sequence->shape);
    if (sequence->len_max > part->len_max)
        part->len_max = sequence->len_max;
}

/* "a,b}" */
static bool read_choice(struct parser *p, struct part *part)
{
    part->count = part->len_max = 0;
    part->shape = app_shape_nothing;
    if (++p->depth > DEPTH_MAX)
        return fail(p, "too many braces in each other");
    do {
        struct sequence *sequence = read_sequence(p, ",}");

        if (sequence == NULL)
            return false;
        add_alternative(part, sequence);
        if (*p->at == '\0')
            return fail(p, "a brace is not closed");
        if (part->count > APP_RANGE_MAX)
            return fail(p, too_many);
    } while (*p->at++ == ',');
    p->depth--;
    return part->sequences->next != NULL || fail(p, bad_braces);
}

static struct part *read_braces(struct parser *p)
{
    struct part *part = new_part(p, PART_CHOICE);
    const char *at = ++p->at;
    bool read;

    if (part == NULL)
        return NULL;
    read = read_numbers(&at, part);
    if (!read) {
        at = p->at;
        read = read_letters(&at, part);
    }
    if (read) {
        p->at = at;
        return part;
    }
    part->kind = PART_CHOICE;
    if (read_choice(p, part))
        return part;
    free_sequences(part->sequences);
    free(part);
    return NULL;
}

/* What stands in every target that this piece of text is part of. */
static void check_text(struct parser *p, const char *text, size_t len)
{
    const char *problem = app_host_problem(text, len);

    if (problem != NULL)
        fail(p, problem);
    else if ((unsigned char)text[len - 1] == 0xc2)
        fail(p, "a brace cuts a character in two"); /* together it might be a control character */
    for (size_t i = 0; i < len; i++)
        p->has_ranges = p->has_ranges || strchr("/,*", text[i]) != NULL;
}

static struct part *read_text(struct parser *p, const char *ends)
{
    struct part *part = new_part(p, PART_TEXT);

    if (part == NULL)
        return NULL;
    part->text = p->at;
    while (*p->at != '\0' && *p->at != '{' && *p->at != '}' && strchr(ends, *p->at) == NULL)
        p->at++;
    part->count = 1;
    part->len_max = (size_t)(p->at - part->text);
    part->shape = app_shape_text(part->text, part->len_max);
    check_text(p, part->text, part->len_max);
    return part;
}

/* Up to one of the ends, or the end of the text. */
static struct sequence *read_sequence(struct parser *p, const char *ends)
{
    struct sequence *sequence = calloc(1, sizeof(*sequence));
    struct part **end;

    if (sequence == NULL)
        return fail(p, "out of memory");
    sequence->count = 1;
    sequence->shape = app_shape_empty;
    end = &sequence->parts;
    while (*p->at != '\0' && strchr(ends, *p->at) == NULL) {
        struct part *part = NULL;

        if (*p->at == '}')
            fail(p, "a brace is closed that was not opened");
        else
            part = *p->at == '{' ? read_braces(p) : read_text(p, ends);
        *end = part;
        if (part == NULL)
            break;
        end = &part->next;
        sequence->len_max += part->len_max;
        sequence->shape = app_shape_join(&sequence->shape, &part->shape);
        if (part->count > APP_RANGE_MAX / sequence->count)
            fail(p, too_many);
        else
            sequence->count *= part->count;
    }
    if (p->problem == NULL)
        return sequence;
    free_sequences(sequence);
    return NULL;
}

/* What would be wrong with one of the texts, wherever it comes. */
static void check_whole(struct parser *p, const struct sequence *whole)
{
    if (whole->len_max > APP_HOST_MAX)
        fail(p, "target is too long for a name");
    else if (whole->shape.shortest == 0)
        fail(p, "empty target");
    else if (app_shape_label_max(&whole->shape) > APP_LABEL_MAX)
        fail(p, "more than 63 characters between two dots");
}

struct app_braces *app_braces_read(const char *text, const char **ret_problem)
{
    size_t size = strlen(text) + 1;
    struct app_braces *braces = malloc(sizeof(*braces) + size);
    struct parser p = {0};

    if (braces == NULL) {
        *ret_problem = "out of memory";
        return NULL;
    }
    memcpy(braces->text, text, size);
    p.at = braces->text;
    braces->whole = read_sequence(&p, "");
    braces->has_ranges = p.has_ranges;
    if (braces->whole != NULL)
        check_whole(&p, braces->whole);
    if (p.problem == NULL)
        return braces;
    *ret_problem = p.problem;
    app_braces_free(braces);
    return NULL;
}

bool app_braces_have_ranges(const struct app_braces *braces)
{
    return braces->has_ranges;
}

uint64_t app_braces_count(const struct app_braces *braces)
{
    return braces->whole->count;
}

static char *write_sequence(const struct sequence *sequence, uint64_t i, char *out);

static char *write_part(const struct part *part, uint64_t i, char *out)
{
    const struct sequence *sequence = part->sequences;
    int64_t value = part->first + (int64_t)i * part->step;

    switch (part->kind) {
    case PART_TEXT:
        memcpy(out, part->text, part->len_max);
        return out + part->len_max;
    case PART_NUMBERS:
        /* There is room: all their lengths together have been checked. */
        return out + snprintf(out, NUMBER_DIGITS_MAX + 2, "%0*" PRId64, part->width, value);
    case PART_LETTERS:
        *out = (char)value;
        return out + 1;
    default:
        while (i >= sequence->count) {
            i -= sequence->count;
            sequence = sequence->next;
        }
        return write_sequence(sequence, i, out);
    }
}

/* The last part changes fastest. */
static char *write_sequence(const struct sequence *sequence, uint64_t i, char *out)
{
    uint64_t behind = sequence->count;

    for (const struct part *part = sequence->parts; part != NULL; part = part->next) {
        behind /= part->count;
        out = write_part(part, i / behind, out);
        i %= behind;
    }
    return out;
}

/* NOLINTEND(misc-no-recursion) */

void app_braces_at(const struct app_braces *braces, uint64_t i, char *ret_text)
{
    *write_sequence(braces->whole, i, ret_text) = '\0';
}

void app_braces_free(struct app_braces *braces)
{
    if (braces != NULL)
        free_sequences(braces->whole);
    free(braces);
}
