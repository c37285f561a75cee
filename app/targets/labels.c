/* SPDX-License-Identifier: Apache-2.0 */
#include "targets/labels.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 65536 }; /* no label list is longer: it comes from one line */

struct app_label_block {
    struct app_label_block *next;
    size_t used;
    char data[];
};

struct reader {
    const char *at, *end;
    char *out; /* where the next byte goes */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_in_name(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static const char *read_name(struct reader *r)
{
    if (!is_letter(*r->at))
        return "after the target only name=value and # may follow";
    while (r->at < r->end && is_in_name(*r->at))
        *r->out++ = *r->at++;
    if (r->at == r->end || *r->at != '=')
        return "after the target only name=value and # may follow";
    r->at++;
    *r->out++ = '\0';
    return NULL;
}

static const char *read_quoted(struct reader *r)
{
    for (r->at++; r->at < r->end && *r->at != '"'; r->at++) {
        if (*r->at == '\\' && ++r->at == r->end)
            break;
        *r->out++ = *r->at;
    }
    if (r->at == r->end)
        return "a label's quotation mark is not closed";
    r->at++;
    if (r->at < r->end && !is_blank(*r->at))
        return "something follows a label's quotation mark";
    return NULL;
}

static bool is_control(char c)
{
    return (unsigned char)c < ' ' || c == 0x7f;
}

static const char *read_value(struct reader *r)
{
    const char *problem = NULL, *value = r->out;

    if (r->at < r->end && *r->at == '"')
        problem = read_quoted(r);
    else
        while (r->at < r->end && !is_blank(*r->at))
            *r->out++ = *r->at++;
    for (; value < r->out && problem == NULL; value++) {
        if (is_control(*value))
            problem = "control character in a label";
    }
    *r->out++ = '\0';
    return problem;
}

/* Whether the name just read is among the labels before it. */
static bool is_twice(const char *labels, const char *name)
{
    while (labels < name) {
        if (strcmp(labels, name) == 0)
            return true;
        labels += strlen(labels) + 1; /* over the name, */
        labels += strlen(labels) + 1; /* and over its value */
    }
    return false;
}

const char *app_labels_parse(const char *text, size_t len, char *ret_labels, size_t *ret_len)
{
    struct reader r = {text, text + len, ret_labels};

    *ret_len = 0;
    for (;;) {
        char *name = r.out;
        const char *problem;

        while (r.at < r.end && is_blank(*r.at))
            r.at++;
        if (r.at == r.end || *r.at == '#')
            break;
        problem = read_name(&r);
        if (problem == NULL && is_twice(ret_labels, name))
            problem = "a label is there twice";
        if (problem == NULL)
            problem = read_value(&r);
        if (problem != NULL)
            return problem;
    }
    if (r.out > ret_labels) {
        *r.out++ = '\0';
        *ret_len = (size_t)(r.out - ret_labels);
    }
    return NULL;
}

bool app_labels_next(const char **cursor, const char **ret_name, const char **ret_value)
{
    if (*cursor == NULL || **cursor == '\0')
        return false;
    *ret_name = *cursor;
    *ret_value = *ret_name + strlen(*ret_name) + 1;
    *cursor = *ret_value + strlen(*ret_value) + 1;
    return true;
}

size_t app_labels_len(const char *labels)
{
    const char *end = labels, *name, *value;

    while (app_labels_next(&end, &name, &value)) {
    }
    return labels != NULL ? (size_t)(end - labels) + 1 : 0;
}

const char *app_labels_find(const char *labels, const char *name)
{
    const char *found, *value;

    while (app_labels_next(&labels, &found, &value)) {
        if (strcmp(found, name) == 0)
            return value;
    }
    return NULL;
}

/* Room for len bytes, which is less than a block. */
static char *reserve(struct app_label_store *store, size_t len)
{
    struct app_label_block *block = store->blocks;

    if (block == NULL || block->used + len > BLOCK_BYTES) {
        block = malloc(sizeof(*block) + BLOCK_BYTES);
        if (block == NULL)
            return NULL;
        block->next = store->blocks;
        block->used = 0;
        store->blocks = block;
    }
    block->used += len;
    return block->data + block->used - len;
}

const char *app_label_store_add(struct app_label_store *store, const char *labels, size_t len,
                                bool *ret_failed)
{
    char *copy;

    *ret_failed = false;
    if (len == 0)
        return NULL;
    if (store->last != NULL && store->last_len == len && memcmp(store->last, labels, len) == 0)
        return store->last;
    copy = reserve(store, len);
    *ret_failed = copy == NULL;
    if (copy == NULL)
        return NULL;
    memcpy(copy, labels, len);
    store->last = copy;
    store->last_len = len;
    return copy;
}

void app_label_store_done(struct app_label_store *store)
{
    while (store->blocks != NULL) {
        struct app_label_block *next = store->blocks->next;

        free(store->blocks);
        store->blocks = next;
    }
    store->last = NULL;
}
