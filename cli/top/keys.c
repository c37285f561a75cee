/* SPDX-License-Identifier: Apache-2.0 */
#include "top/keys.h"

#include <stdio.h>

#define F(n) (TOP_KEY_F0 + (n))

/* In the order of the help. Where mtr and htop have a key for the same, it is here too. */
const struct top_binding top_bindings[] = {
    {TOP_CMD_HELP, {F(1), '?', 'h'}, "Help", "this help"},
    {TOP_CMD_TABLE, {F(2), 't', '1'}, "Table", "the table of hosts"},
    {TOP_CMD_WALL, {F(3), 'w', '2'}, "Wall", "the wall: one cell for each host"},
    {TOP_CMD_FILTER, {F(4), '/', '\\'}, "Filter", "show only hosts that match, see below"},
    {TOP_CMD_GROUPS, {F(5), 'g', '3'}, "Groups", "groups of hosts, by label or prefix"},
    {TOP_CMD_NEXT_COLUMN, {F(6), '>', '.'}, "Sort", "sort by the next column; click on its head"},
    {TOP_CMD_PREVIOUS_COLUMN, {'<', ','}, NULL, "sort by the column before"},
    {TOP_CMD_INVERT, {'I', 'R'}, NULL, "sort the other way round"},
    {TOP_CMD_WORST_FIRST, {'s'}, NULL, "sort worst first again"},
    {TOP_CMD_NOTES, {'e', '4'}, NULL, "events: who went down, came up, moved"},
    {TOP_CMD_NEXT_PAGE, {'\t'}, NULL, "the next of these views"},
    {TOP_CMD_OPEN, {TOP_KEY_ENTER, 'i'}, NULL, "all about this host; the hosts of this group"},
    {TOP_CMD_BACK, {TOP_KEY_ESCAPE, TOP_KEY_BACKSPACE}, NULL, "back; clear the filter"},
    {TOP_CMD_COLUMNS, {'j', 'o'}, NULL, "other columns: overview, times, spread, trouble"},
    {TOP_CMD_NAMES, {'n'}, NULL, "hosts as given, or their addresses"},
    {TOP_CMD_GROUP_BY, {'G', ']'}, NULL, "group by the next label or prefix"},
    {TOP_CMD_ADD, {F(7), 'a', TOP_KEY_INSERT}, "Add", "add a host"},
    {TOP_CMD_REMOVE, {F(8), 'd', TOP_KEY_DELETE}, "Remove", "ping this host no more"},
    {TOP_CMD_FREEZE, {F(9), ' ', 'p', TOP_CTRL('F')}, "Freeze", "stand still; pings go on"},
    {TOP_CMD_RESET, {'r', TOP_CTRL('R')}, NULL, "let all figures start again"},
    {TOP_CMD_PALETTE, {'c'}, NULL, "colours: normal, colour-blind safe, none"},
    {TOP_CMD_ASCII, {'u'}, NULL, "ASCII only"},
    {TOP_CMD_BELL, {'b'}, NULL, "ring the bell when a host goes down"},
    {TOP_CMD_REDRAW, {TOP_CTRL('L')}, NULL, "draw the screen anew"},
    {TOP_CMD_QUIT, {F(10), 'q'}, "Quit", "leave, and print the summary; Ctrl-C too"},
    {TOP_CMD_UP, {TOP_KEY_UP}, NULL, NULL},
    {TOP_CMD_DOWN, {TOP_KEY_DOWN}, NULL, NULL},
    {TOP_CMD_LEFT, {TOP_KEY_LEFT}, NULL, NULL},
    {TOP_CMD_RIGHT, {TOP_KEY_RIGHT}, NULL, NULL},
    {TOP_CMD_PAGE_UP, {TOP_KEY_PAGE_UP}, NULL, NULL},
    {TOP_CMD_PAGE_DOWN, {TOP_KEY_PAGE_DOWN}, NULL, NULL},
    {TOP_CMD_FIRST, {TOP_KEY_HOME}, NULL, NULL},
    {TOP_CMD_LAST, {TOP_KEY_END}, NULL, NULL},
};

const size_t top_binding_count = sizeof(top_bindings) / sizeof(top_bindings[0]);

enum top_command top_command_of(int key)
{
    for (size_t i = 0; i < top_binding_count; i++) {
        for (int k = 0; k < TOP_KEYS_EACH && top_bindings[i].keys[k] != 0; k++) {
            if (top_bindings[i].keys[k] == key)
                return top_bindings[i].command;
        }
    }
    return TOP_CMD_NONE;
}

const char *top_key_name(int key, char *buffer)
{
    static const struct {
        int key;
        const char *name;
    } names[] = {
        {' ', "Space"},
        {'\t', "Tab"},
        {TOP_KEY_ENTER, "Enter"},
        {TOP_KEY_ESCAPE, "Esc"},
        {TOP_KEY_DELETE, "Del"},
        {TOP_KEY_INSERT, "Ins"},
        {TOP_KEY_BACKSPACE, "Backspace"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].key == key)
            return names[i].name;
    }
    if (key > TOP_KEY_F0)
        (void)snprintf(buffer, 8, "F%d", (key - TOP_KEY_F0) % 100);
    else if (key < ' ')
        (void)snprintf(buffer, 8, "^%c", key + '@');
    else
        (void)snprintf(buffer, 8, "%c", key);
    return buffer;
}
