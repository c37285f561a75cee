/* SPDX-License-Identifier: Apache-2.0 */
/* The live view: moving about on each page, what is typed, how it looks, and each event's text. */
#include <locale.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "top/commands.h"
#include "top/draw_pages.h"
#include "top/glyphs.h"
#include "top_screen.h"

enum { BODY = TOP_HEAD_ROWS, WORST = 2 /* of hosts() */ };

/* The cursor of a page with n lines, by keys and by the wheel. */
static void check_cursor(const char *what, const struct top_cursor *cursor, size_t n)
{
    size_t page = (size_t)top_view_body(&view) - 1, down, wheel;
    bool good = n > 1 && cursor->at == 0;

    press_key(TOP_KEY_DOWN);
    good = good && cursor->at == 1;
    press_key(TOP_KEY_UP);
    press_key(TOP_KEY_UP);
    good = good && cursor->at == 0;
    press_key(TOP_KEY_PAGE_DOWN);
    down = cursor->at;
    press_key(TOP_KEY_PAGE_UP);
    good = good && cursor->at == 0;
    top_view_wheel(&view, 1);
    draw();
    wheel = cursor->at;
    top_view_wheel(&view, -1);
    ok(good && cursor->at == 0 && down == (n - 1 < page ? n - 1 : page) &&
           wheel == (n - 1 < 3 ? n - 1 : 3),
       "%s: arrows, pages and the wheel move about in %zu lines", what, n);
}

static void test_moves(void)
{
    world_reply(WORST, 1, 64);
    for (int i = 0; i < 3; i++)
        world_event(WORST, MPING_EV_LOST);
    press("t");
    check_cursor("table", &view.rows, 4);
    press("gG");
    check_cursor("groups", &view.group_rows, 2);
    press("e");
    check_cursor("events", &view.note_rows, 3);
    press("?");
    check_cursor("help", &view.help_rows, top_help_lines() + 1 - (size_t)top_view_body(&view));
    press("?t\n");
    check_cursor("one host", &view.detail, 3 + 1 /* behind its last event */);
    press_key(TOP_KEY_ESCAPE);
}

static void test_wall_moves(void)
{
    char name[32];
    size_t below;

    for (int i = 0; i < 200; i++) {
        (void)snprintf(name, sizeof(name), "10.7.0.%d", i);
        world_add(name, NULL);
    }
    press("w");
    press_key(TOP_KEY_HOME);
    press_key(TOP_KEY_RIGHT);
    below = view.wall.lines[1].first + (view.wall.lines[1].n > 1);
    ok(view.cells.at == 1, "the second cell of the wall");
    press_key(TOP_KEY_DOWN);
    ok(view.cells.at == below, "down: the cell below");
    press_key(TOP_KEY_END);
    ok(view.cells.at >= view.wall.lines[view.wall.line_count - 1].first, "End: the last line");
    press_key(TOP_KEY_HOME);
    ok(view.cells.at < view.wall.lines[0].n, "Home: the first");
}

static void test_clicks(void)
{
    size_t groups;

    press("g");
    groups = view.groups.n;
    top_view_click(&view, BODY + 1, 5);
    draw();
    ok(view.page == TOP_PAGE_GROUPS && view.group_rows.at == 1, "a click chooses a group");
    top_view_click(&view, BODY + (int)groups, 5);
    ok(view.group_rows.at == 1, "below the last one it does nothing");
    press("/");
    top_view_click(&view, BODY, 5);
    top_view_wheel(&view, 1);
    ok(view.group_rows.at == 1 && view.prompt == TOP_PROMPT_FILTER,
       "nor does it while something is being typed, nor the wheel");
    press_key(TOP_CTRL('G'));
    top_view_click(&view, BODY + 1, 5);
    draw();
    ok(view.page == TOP_PAGE_TABLE && view.filter.n == 1, "a second click opens the group");
    press_key(TOP_KEY_ESCAPE);
    press("e");
    top_view_click(&view, BODY + 1, 5);
    ok(view.note_rows.at == 1, "a click chooses an event");
}

static void test_pages(void)
{
    press("t\t\t");
    ok(view.page == TOP_PAGE_GROUPS, "Tab: the view after the next one");
    press("\t\t");
    ok(view.page == TOP_PAGE_TABLE, "behind the last one comes the first");
    press("w");
    press_key(TOP_KEY_ESCAPE);
    ok(view.page == TOP_PAGE_TABLE, "Esc leads to the table");
}

static void test_typing(void)
{
    char longest[2 * TOP_FILTER_MAX];

    press("/");
    top_view_key(&view, 0xe9);
    top_view_key(&view, 0x20ac);
    ok(strcmp(view.input, "\xc3\xa9\xe2\x82\xac") == 0, "characters are typed as UTF-8");
    press_key(TOP_KEY_BACKSPACE);
    ok(strcmp(view.input, "\xc3\xa9") == 0, "Backspace takes a whole one");
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    press(longest);
    ok(strlen(view.input) < TOP_FILTER_MAX, "there is an end to what can be typed");
    press_key(TOP_KEY_ESCAPE);
    press("a\n");
    ok(view.prompt == TOP_PROMPT_NONE && view.message[0] == '\0', "no host is none to add");
}

static void test_full_mailbox(void)
{
    for (int i = 0; i < TOP_LETTERS; i++)
        press("a10.0.0.9\n");
    ok(!on_screen("too many"), "%d hosts may be waiting to be added", TOP_LETTERS);
    press("a10.0.0.9\n");
    ok(on_screen("too many are waiting to be added"), "one more is too many");
    press("tdY");
    ok(on_screen("too many are waiting to be removed"), "likewise to be removed");
}

static void test_looks(void)
{
    press("c");
    ok(view.settings.palette == TOP_PALETTE_SAFE && on_screen("colour-blind"), "other colours");
    press("cc");
    ok(view.settings.palette == TOP_PALETTE_NORMAL && on_screen("colours: normal"), "and back");
    press("u");
    ok(view.canvas.ascii, "ASCII only");
    press("u");
    ok(view.canvas.ascii == !view.settings.utf8, "and back");
    view.redraw = false;
    top_view_key(&view, TOP_CTRL('L'));
    ok(view.redraw, "^L draws the screen anew");
    press(" r");
    ok(!view.is_frozen && view.order.totals.settled == 0, "a reset ends standing still");
}

#define PEER                                      \
    {                                             \
        .family = AF_INET, .ip = { 192, 0, 2, 1 } \
    }

static void test_events(void)
{
    static const struct {
        struct mping_event event;
        const char *want;
    } rows[] = {
        {{.type = MPING_EV_RESOLVED, .dst = {.family = AF_INET, .ip = {192, 0, 2, 7}}},
         "address 192.0.2.7"},
        {{.type = MPING_EV_SEND_ERROR, .err = -13}, "cannot send: "},
        {{.type = MPING_EV_RESOLVE_ERROR, .reason = MPING_REASON_NO_ANSWER}, "cannot resolve: "},
        {{.type = MPING_EV_UNKNOWN, .reason = MPING_REASON_STALL}, "outcome unknown: "},
        {{.type = MPING_EV_MISMATCH, .reason = MPING_REASON_PROOF, .peer = PEER}, "wrong reply: "},
        {{.type = MPING_EV_MISMATCH, .reason = MPING_REASON_PROOF, .peer = PEER}, "from 192.0.2.1"},
        {{.type = MPING_EV_DUPLICATE}, "duplicate reply"},
        {{.type = MPING_EV_FINISHED}, "no more probes"},
    };
    uint32_t host = world_add("192.0.2.9", NULL), before;

    press("t");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char data[256];
        struct app_text text = app_text_init(data, sizeof(data));
        struct top_note note = {0};

        before = top_notes_n(&world.notes);
        world_feed(host, rows[i].event);
        top_notes_get(&world.notes, top_notes_n(&world.notes), &note);
        top_note_text(&text, &note);
        ok(top_notes_n(&world.notes) == before + 1 && note.host == host &&
               strstr(data, rows[i].want) != NULL,
           "event %d is noted: %s", (int)rows[i].event.type, data);
    }
    before = top_notes_n(&world.notes);
    world_feed(host, (struct mping_event){.type = MPING_EV_MISMATCH, .peer = PEER});
    ok(top_notes_n(&world.notes) == before, "the third wrong reply is not, they get ever fewer");
    press("e");
    ok(on_screen("no more probes") && on_screen("wrong reply: "), "they stand on the screen");
}

static void test_marks(void)
{
    static const top_result results[] = {TOP_RESULT_LOST,    TOP_RESULT_UNREACHABLE,
                                         TOP_RESULT_ERROR,   TOP_RESULT_UNRESOLVED,
                                         TOP_RESULT_UNKNOWN, TOP_RESULT_NONE};
    static const wchar_t want[] = L"!UEN? ";
    static const struct {
        enum top_condition condition;
        wchar_t want;
    } cells[] = {
        {TOP_LOSSY, L'!'}, {TOP_DOWN, L'X'},       {TOP_UNREACHABLE, L'U'},
        {TOP_ERROR, L'E'}, {TOP_UNRESOLVED, L'N'}, {TOP_WAIT, L'o'},
    };
    struct top_canvas canvas = {.ascii = true};
    bool good = true;

    top_canvas_resize(&canvas, 1, 6);
    top_sparkline(&canvas, 0, 0, 6, results, 6);
    for (int i = 0; i < 6; i++)
        good = good && canvas.cells[i].glyph == want[i];
    ok(good, "each result that is no time has a mark of its own");
    good = true;
    for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
        struct top_state state = {.condition = (uint8_t)cells[i].condition};

        good = good && top_wall_cell(&state, true).glyph == cells[i].want;
    }
    ok(good, "and so has each condition of a host");
    top_canvas_clear(&canvas);
    top_bar(&canvas, 0, 0, 6, 1e-6, TOP_STYLE_GOOD);
    ok(canvas.cells[0].glyph == L'#' && canvas.cells[1].glyph == L' ',
       "the least share still has a bar");
    top_canvas_done(&canvas);
}

int main(void)
{
    utf8 = setlocale(LC_CTYPE, "C.UTF-8") != NULL;
    world_open();
    top_mailbox_init(&box, eventfd(0, EFD_NONBLOCK));
    hosts();
    open_view(24, 80, false);
    test_moves();
    test_clicks();
    test_pages();
    test_typing();
    test_full_mailbox();
    test_looks();
    test_events();
    test_marks();
    test_wall_moves();
    top_view_done(&view);
    close(box.wake_fd);
    top_mailbox_done(&box);
    top_model_done(&world);
    return done_testing();
}
