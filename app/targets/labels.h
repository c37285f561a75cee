/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a list says about a target beside its host: name=value. The labels of one target are a
 * single string "name\0value\0name\0value\0\0"; NULL stands for none.
 */
#ifndef MULTIPING_APP_TARGETS_LABELS_H
#define MULTIPING_APP_TARGETS_LABELS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Reads "site=fra rack=12 note="two words" # comment", which may be empty. ret_labels has room for
 * len + 2 bytes; *ret_len is what was used, 0 if there are no labels. NULL, or what is wrong, for
 * people. Names are letters, digits, '_', '-' and '.', and begin with a letter or '_'; in double
 * quotes a value may hold blanks, and \ takes the next character as it is.
 */
const char *app_labels_parse(const char *text, size_t len, char *ret_labels, size_t *ret_len);

/* Their length with all NULs, as app_label_store_add() wants it; 0 for none. */
size_t app_labels_len(const char *labels);

/* The value of one of them, NULL if it is not there. */
const char *app_labels_find(const char *labels, const char *name);

/* Steps through them: *cursor is the labels at first. False at the end. */
bool app_labels_next(const char **cursor, const char **ret_name, const char **ret_value);

/* Keeps labels, all until it is freed; the same ones in a row only once. Zero to begin with. */
struct app_label_store {
    struct app_label_block *blocks;
    const char *last;
    size_t last_len;
};

/* A copy of labels that were parsed. NULL for none, and out of memory; *ret_failed tells. */
const char *app_label_store_add(struct app_label_store *store, const char *labels, size_t len,
                                bool *ret_failed);
void app_label_store_done(struct app_label_store *store);

#endif
