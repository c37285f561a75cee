/* SPDX-License-Identifier: Apache-2.0 */
/* The live view on a canvas in memory: what it shows of a small world, and keys for it. */
#ifndef MULTIPING_TESTS_TOP_SCREEN_H
#define MULTIPING_TESTS_TOP_SCREEN_H

#include "top/commands.h"
#include "top/draw.h"
#include "top/view.h"
#include "top_world.h"

static struct top_view view;
static struct top_mailbox box;
static bool utf8;

/* A row of the canvas as text, without blanks at its end. */
__attribute__((unused)) static const char *row(int at)
{
    static char data[4096];
    size_t len = 0, end = 0;

    for (int col = 0; col < view.canvas.cols; col++) {
        wchar_t glyph = view.canvas.cells[at * view.canvas.cols + col].glyph;
        int n = glyph != 0 ? wctomb(data + len, glyph) : 0;

        len += n > 0 ? (size_t)n : 0;
        end = glyph != L' ' && glyph != 0 ? len : end;
    }
    data[end] = '\0';
    return data;
}

/* Whether a row of the screen holds the text. */
__attribute__((unused)) static bool on_screen(const char *text)
{
    bool found = false;

    for (int at = 0; at < view.canvas.rows; at++)
        found = found || strstr(row(at), text) != NULL;
    return found;
}

__attribute__((unused)) static void draw(void)
{
    world_ns += 200 * MS;
    top_view_tick(&view, world_ns, world_ns);
    top_draw(&view);
}

__attribute__((unused)) static void press(const char *keys)
{
    for (; *keys != '\0'; keys++)
        top_view_key(&view, *keys == '\n' ? TOP_KEY_ENTER : *keys);
    draw();
}

__attribute__((unused)) static void press_key(int key)
{
    top_view_key(&view, key);
    draw();
}

__attribute__((unused)) static void open_view(int rows, int cols, bool ascii)
{
    struct top_settings settings = {.ascii = ascii, .utf8 = utf8};

    if (top_view_init(&view, &world, &box, &settings) < 0)
        abort();
    top_canvas_resize(&view.canvas, rows, cols);
    draw();
}

__attribute__((unused)) static void hosts(void)
{
    static const struct {
        const char *name, *labels;
        double rtt_ms;
        int losses;
    } rows[] = {
        {"10.0.0.1", "site\0fra\0", 1, 0},
        {"10.0.0.2", "site\0fra\0", 20, 1},
        {"10.0.1.3", "site\0ber\0", 0, 5},
        {"10.0.1.4", NULL, 3, 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint32_t host = world_add(rows[i].name, rows[i].labels);

        for (int n = 0; n < 10 && rows[i].rtt_ms > 0; n++)
            world_reply(host, rows[i].rtt_ms * (1 + n % 3), 64);
        for (int n = 0; n < rows[i].losses; n++)
            world_event(host, MPING_EV_LOST);
    }
}

#endif
