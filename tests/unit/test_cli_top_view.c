/* SPDX-License-Identifier: Apache-2.0 */
/* The live view on a canvas in memory: what is drawn, and what keys and clicks do. */
#include <locale.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "top/commands.h"
#include "top/glyphs.h"
#include "top_screen.h"

static void test_table(void)
{
    open_view(24, 80, false);
    ok(strstr(row(0), "2 up  1 lossy  1 down  0 other") != NULL, "totals: %s", row(0));
    ok(strncmp(row(2), "Host", 4) == 0 && strstr(row(2), "Loss%") != NULL &&
           strstr(row(2), "Last pings") != NULL,
       "heads: %s", row(2));
    ok(strncmp(row(3), "10.0.1.3", 8) == 0 && strstr(row(3), "down") != NULL &&
           strstr(row(3), "!!!!!") != NULL,
       "the worst comes first: %s", row(3));
    ok(strncmp(row(4), "10.0.0.2", 8) == 0 && strstr(row(4), "9.09") != NULL,
       "then who loses some: %s", row(4));
    ok(strncmp(row(23), "F1Help F2Table", 14) == 0, "keys: %s", row(23));
}

static void test_sorting(void)
{
    press(">"); /* by host */
    ok(strncmp(row(3), "10.0.0.1", 8) == 0 && strstr(row(1), "by Host (up)") != NULL,
       "sorted by host: %s", row(1));
    press("I");
    ok(strncmp(row(3), "10.0.1.4", 8) == 0, "the other way round: %s", row(3));
    press("<");
    ok(strncmp(row(3), "10.0.1.3", 8) == 0, "the column before: worst first");
    for (size_t i = 0; i < view.field_count; i++) {
        if (view.fields[i].row == 2 && view.fields[i].column == TOP_COL_AVG) {
            top_view_click(&view, 2, view.fields[i].col);
            break;
        }
    }
    draw();
    ok(strncmp(row(3), "10.0.0.2", 8) == 0 && strstr(row(1), "by Avg (down)") != NULL,
       "a click on a head sorts by it: %s", row(3));
    press("s");
    ok(strstr(row(1), "by worst first") != NULL, "s: worst first again");
}

static void test_filter(void)
{
    press("/loss>50");
    ok(strstr(row(23), "loss>50") != NULL, "what is typed is seen: %s", row(23));
    press("\n");
    ok(strstr(row(1), "filter: loss>50 (1)") != NULL && strncmp(row(3), "10.0.1.3", 8) == 0 &&
           row(4)[0] == '\0',
       "only who passes is shown: %s", row(1));
    press("/");
    ok(strstr(row(23), "loss>50") != NULL, "the filter can be edited");
    press_key(TOP_CTRL('U'));
    press("nobody\n");
    ok(on_screen("no host passes the filter"), "none passes");
    press_key(TOP_KEY_ESCAPE);
    ok(view.filter.n == 0 && view.order.n == 4, "Esc clears it");
    press("/a>b\n");
    ok(view.filter.n == 0 && on_screen("no figure goes by the name a"), "a bad one is told: %s",
       row(23));
    press("/x");
    press_key(TOP_KEY_BACKSPACE);
    press_key(TOP_KEY_BACKSPACE);
    press_key(TOP_KEY_ESCAPE);
    ok(view.prompt == TOP_PROMPT_NONE && view.filter.n == 0, "Esc leaves the prompt");
}

static void test_columns(void)
{
    press("j");
    ok(strstr(row(2), "StDev") != NULL, "other columns: %s", row(2));
    press("jjj");
    press("n");
    ok(strncmp(row(2), "Address", 7) == 0, "addresses: %s", row(2));
    press("n");
}

static void test_detail(void)
{
    press_key(TOP_KEY_DOWN);
    press("\n");
    ok(strstr(row(2), "10.0.0.2") != NULL && strstr(row(2), "site=fra") != NULL,
       "Enter: host and labels: %s", row(2));
    ok(on_screen("p95") && on_screen("Jttr") && on_screen("from ms") && on_screen("events"),
       "percentiles, histogram, events");
    press_key(TOP_KEY_RIGHT);
    ok(strstr(row(2), "10.0.0.2") == NULL, "the next host: %s", row(2));
    press_key(TOP_KEY_LEFT);
    press_key(TOP_KEY_LEFT);
    ok(strstr(row(2), "10.0.1.3") != NULL && on_screen("down: no reply to 3 probes"),
       "the worst, and its events");
    press_key(TOP_KEY_ESCAPE);
    ok(view.page == TOP_PAGE_TABLE, "Esc goes back");
    top_view_click(&view, 3, 5);
    top_view_click(&view, 3, 5);
    draw();
    ok(view.page == TOP_PAGE_DETAIL, "two clicks on a row open it");
    press_key(TOP_KEY_ESCAPE);
}

static void test_follow(void)
{
    press("s");
    press_key(TOP_KEY_END); /* 10.0.0.1 or .4, whichever is best */
    ok(view.rows.at == 3, "End");
    view.host = view.order.keys[3].host;
    for (int i = 0; i < 5; i++)
        world_event(view.host, MPING_EV_UNREACHABLE);
    draw();
    ok(view.order.keys[view.rows.at].host == view.host && view.rows.at < 3,
       "the cursor stays with its host, now at %zu", view.rows.at);
    press_key(TOP_KEY_HOME);
    ok(view.rows.at == 0, "Home");
}

static void test_wall(void)
{
    press("w");
    ok(strncmp(row(3), "10.0.0.1", 8) == 0, "the wall, with addresses before: %s", row(3));
    press_key(TOP_KEY_RIGHT);
    ok(strstr(row(2), "10.0.0.2 lossy") != NULL, "the cell under the cursor: %s", row(2));
    press("\n");
    ok(view.page == TOP_PAGE_DETAIL && strstr(row(2), "10.0.0.2") != NULL, "Enter opens it");
    press_key(TOP_KEY_ESCAPE);
    ok(view.page == TOP_PAGE_WALL, "and Esc leads back to the wall");
    top_view_click(&view, 3, 16);
    draw();
    ok(view.cells.at == 0, "a click chooses a cell");
}

static void test_groups(void)
{
    press("g");
    ok(strstr(row(1), "by site") != NULL && on_screen("ber") && on_screen("(no such label)"),
       "groups by label: %s", row(3));
    press("G");
    ok(strstr(row(1), "IPv4 /24") != NULL && on_screen("10.0.1.0/24"), "by prefix: %s", row(3));
    press("\n");
    ok(view.page == TOP_PAGE_TABLE && strstr(row(1), "filter: addr=10.0.") != NULL,
       "Enter shows its hosts: %s", row(1));
    press_key(TOP_KEY_ESCAPE);
}

static void test_notes(void)
{
    press("e");
    ok(on_screen("down: no reply to 3 probes"), "events of all: %s", row(3));
    press("\n");
    ok(view.page == TOP_PAGE_DETAIL, "Enter opens the host");
    press("t");
}

static void test_freeze(void)
{
    uint64_t received;

    press(" ");
    ok(strstr(row(0), "FROZEN") != NULL, "frozen: %s", row(0));
    received = view.order.totals.received;
    world_reply(0, 1, 64);
    press("I");
    press("I");
    ok(view.order.totals.received == received, "it stands still, even where one moves about");
    press(" ");
    ok(view.order.totals.received == received + 1 && strstr(row(0), "FROZEN") == NULL,
       "then it goes on");
}

static void test_mailbox(void)
{
    struct top_letter letter;

    press("a10.0.0.9\n");
    ok(top_mailbox_take(&box, &letter) && letter.kind == TOP_LETTER_ADD &&
           strcmp(letter.text, "10.0.0.9") == 0,
       "a host to be added is told the engine");
    press("ano host\n");
    ok(!top_mailbox_take(&box, &letter) && on_screen("blank in a target"), "a bad one is not: %s",
       row(23));
    press("d");
    ok(strstr(row(23), "Remove? (y/n) 10.0.") != NULL, "it asks first: %s", row(23));
    press("n");
    ok(!top_mailbox_take(&box, &letter), "n: no");
    press("d");
    press("y");
    ok(top_mailbox_take(&box, &letter) && letter.kind == TOP_LETTER_REMOVE, "y: yes");
    top_mailbox_tell(&box, "done so");
    draw();
    ok(on_screen("done so"), "answers are shown");
}

static void test_reset(void)
{
    press("r");
    ok(view.order.totals.settled == 0 && strstr(row(0), "0 up") != NULL, "reset: %s", row(0));
}

static void test_bell(void)
{
    uint32_t host = world_add("10.0.9.9", NULL);

    press("b");
    draw();
    view.rings = false;
    for (int i = 0; i < 3; i++)
        world_event(host, MPING_EV_LOST);
    draw();
    ok(view.rings, "the bell rings when a host goes down");
}

static void test_help(void)
{
    bool all = true;

    press("?");
    ok(on_screen("this help") && on_screen("F10") == on_screen("leave, and print the summary"),
       "help");
    top_canvas_resize(&view.canvas, 80, 100);
    draw();
    for (size_t i = 0; i < top_binding_count; i++) {
        if (top_bindings[i].help != NULL)
            all = all && on_screen(top_bindings[i].help);
    }
    ok(all, "it names every key");
    press("?");
    ok(view.page == TOP_PAGE_TABLE, "the same key leaves it");
}

static void test_keys(void)
{
    bool unique = true;

    for (size_t i = 0; i < top_binding_count; i++) {
        for (int k = 0; k < TOP_KEYS_EACH && top_bindings[i].keys[k] != 0; k++)
            unique = unique && top_command_of(top_bindings[i].keys[k]) == top_bindings[i].command;
    }
    ok(unique, "no key does two things");
    ok(top_command_of(0x4e2d) == TOP_CMD_NONE, "others do nothing");
    press("q");
    ok(view.quit, "q quits");
}

static void test_sizes(void)
{
    static const int sizes[][2] = {{23, 80}, {24, 79}, {1, 1}, {5, 200}, {24, 80}, {60, 300}};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        bool large = sizes[i][0] >= 24 && sizes[i][1] >= 80;

        top_canvas_resize(&view.canvas, sizes[i][0], sizes[i][1]);
        for (int page = 0; page < TOP_PAGE_COUNT; page++) {
            view.page = (enum top_page)page;
            view.data_due = true;
            draw();
        }
        ok(on_screen("multiping") == large, "%dx%d: %s", sizes[i][1], sizes[i][0],
           row(sizes[i][0] / 2));
    }
}

static void test_ascii(void)
{
    bool clean = true;

    top_view_done(&view);
    open_view(24, 80, true);
    for (int page = 0; page < TOP_PAGE_COUNT; page++) {
        view.page = (enum top_page)page;
        view.data_due = true;
        draw();
        for (int i = 0; i < view.canvas.rows * view.canvas.cols; i++)
            clean = clean && view.canvas.cells[i].glyph >= ' ' && view.canvas.cells[i].glyph < 0x7f;
    }
    ok(clean, "with ASCII only there is nothing else on any page");
}

static void test_texts(void)
{
    struct top_canvas canvas = {0};

    top_canvas_resize(&canvas, 1, 10);
    ok(top_put(&canvas, 0, 0, 10, TOP_STYLE_PLAIN,
               "a\xff"
               "b") == 3 &&
           canvas.cells[1].glyph == L'?',
       "bytes that are no text");
    if (!utf8) {
        skip("no UTF-8 locale");
    } else {
        ok(top_put(&canvas, 0, 0, 5, TOP_STYLE_PLAIN, "\xe4\xb8\xad\xe6\x96\x87\xe5\xad\x97") ==
                   4 &&
               canvas.cells[1].glyph == 0 && canvas.cells[2].glyph == 0x6587,
           "wide characters take two cells, and none is cut in half");
    }
    ok(top_put(&canvas, 0, 8, 10, TOP_STYLE_PLAIN, "abcdef") == 14 && canvas.cells[9].glyph == L'b',
       "what is outside of the canvas goes nowhere");
    top_canvas_done(&canvas);
}

static void test_scale(void)
{
    const top_result results[] = {1000, TOP_RESULT_LOST, 2000, 3000};
    const top_result calm[] = {1000, 1010, 1020};
    struct top_scale scale = top_scale(results, 4);

    ok(scale.min_ns == 100000 && scale.max_ns == 300000 && top_level(&scale, 100000, 8) == 0 &&
           top_level(&scale, 200000, 8) == 4 && top_level(&scale, 300000, 8) == 7,
       "from the least to the greatest");
    scale = top_scale(calm, 3);
    ok(top_level(&scale, 102000, 8) == 0, "times that hardly differ look calm");
    ok(top_heat(999999) == 0 && top_heat(1000000) == 1 && top_heat(INT64_C(300000000)) == 5,
       "heat");
}

static void test_palettes(void)
{
    bool same = true, apart = true;

    for (int style = 0; style < TOP_STYLE_COUNT; style++) {
        struct top_look look = top_look(TOP_PALETTE_NONE, (enum top_style)style, 256);

        same = same && look.fg == -1 && look.bg == -1;
    }
    ok(same, "without colours there are none");
    for (int palette = 0; palette < TOP_PALETTE_NONE; palette++) {
        for (int colors = 8; colors <= 256; colors *= 32) {
            struct top_look good = top_look((enum top_palette)palette, TOP_STYLE_GOOD, colors);
            struct top_look bad = top_look((enum top_palette)palette, TOP_STYLE_BAD, colors);

            apart = apart && good.fg != bad.fg && bad.bold;
        }
    }
    ok(apart, "good and bad differ, also without looking at colours");
}

int main(void)
{
    utf8 = setlocale(LC_CTYPE, "C.UTF-8") != NULL;
    world_open();
    top_mailbox_init(&box, eventfd(0, EFD_NONBLOCK));
    hosts();
    test_table();
    test_sorting();
    test_filter();
    test_columns();
    test_detail();
    test_follow();
    test_wall();
    test_groups();
    test_notes();
    test_freeze();
    test_mailbox();
    test_reset();
    test_bell();
    test_help();
    test_keys();
    test_sizes();
    test_ascii();
    test_texts();
    test_scale();
    test_palettes();
    top_view_done(&view);
    close(box.wake_fd);
    top_mailbox_done(&box);
    top_model_done(&world);
    return done_testing();
}
