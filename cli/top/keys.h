/* SPDX-License-Identifier: Apache-2.0 */
/* Which key does what: one table, from which the help and the bar of keys are made as well. */
#ifndef MULTIPING_CLI_TOP_KEYS_H
#define MULTIPING_CLI_TOP_KEYS_H

#include <stddef.h>

/* Keys are code points, control characters, or one of these. */
enum top_special_key {
    TOP_KEY_ESCAPE = 0x1b,
    TOP_KEY_UP = 0x110000,
    TOP_KEY_DOWN,
    TOP_KEY_LEFT,
    TOP_KEY_RIGHT,
    TOP_KEY_PAGE_UP,
    TOP_KEY_PAGE_DOWN,
    TOP_KEY_HOME,
    TOP_KEY_END,
    TOP_KEY_ENTER,
    TOP_KEY_BACKSPACE,
    TOP_KEY_DELETE,
    TOP_KEY_INSERT,
    TOP_KEY_F0, /* TOP_KEY_F0 + n is Fn */
    TOP_KEY_F12 = TOP_KEY_F0 + 12,
};

#define TOP_CTRL(letter) ((letter) - '@')

enum top_command {
    TOP_CMD_NONE,
    TOP_CMD_HELP,
    TOP_CMD_FILTER,
    TOP_CMD_NEXT_COLUMN,
    TOP_CMD_PREVIOUS_COLUMN,
    TOP_CMD_INVERT,
    TOP_CMD_WORST_FIRST,
    TOP_CMD_COLUMNS,
    TOP_CMD_NAMES,
    TOP_CMD_OPEN,
    TOP_CMD_BACK,
    TOP_CMD_TABLE,
    TOP_CMD_WALL,
    TOP_CMD_GROUPS,
    TOP_CMD_NOTES,
    TOP_CMD_NEXT_PAGE,
    TOP_CMD_GROUP_BY,
    TOP_CMD_ADD,
    TOP_CMD_REMOVE,
    TOP_CMD_FREEZE,
    TOP_CMD_RESET,
    TOP_CMD_PALETTE,
    TOP_CMD_ASCII,
    TOP_CMD_BELL,
    TOP_CMD_REDRAW,
    TOP_CMD_UP,
    TOP_CMD_DOWN,
    TOP_CMD_LEFT,
    TOP_CMD_RIGHT,
    TOP_CMD_PAGE_UP,
    TOP_CMD_PAGE_DOWN,
    TOP_CMD_FIRST,
    TOP_CMD_LAST,
    TOP_CMD_QUIT,
    TOP_CMD_COUNT
};

enum { TOP_KEYS_EACH = 4 };

struct top_binding {
    enum top_command command;
    int keys[TOP_KEYS_EACH]; /* 0: no more */
    const char *label;       /* in the bar of keys, NULL: not there */
    const char *help;
};

extern const struct top_binding top_bindings[];
extern const size_t top_binding_count;

enum top_command top_command_of(int key);

/* "F4", "Ctrl-L", "/", "Space": in static memory, or in buffer (8 bytes). */
const char *top_key_name(int key, char *buffer);

#endif
