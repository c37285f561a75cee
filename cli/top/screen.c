/* SPDX-License-Identifier: Apache-2.0 */
#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include "top/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "text/escape.h"
#include "top/keys.h"

enum {
    ESCAPE_DELAY_MS = 50, /* within which the rest of a key's sequence comes */
    PIECE = 256,          /* cells that are handed over at once */
};

struct top_screen {
    int fd;
    FILE *file;
    SCREEN *curses;
    struct termios found; /* as the terminal was */
    char restore[256];    /* what to send it at the end */
    struct top_canvas shown;
    enum top_palette palette;
    bool has_palette, utf8, colors;
};

/* A description of its own, so that nobody else's O_NONBLOCK gets in the way. */
static int open_terminal(void)
{
    char path[128];
    int fd = -1;

    if (ttyname_r(STDOUT_FILENO, path, sizeof(path)) == 0)
        fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return fd >= 0 ? fd : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

/* A string of the terminal's description, NULL if it has none. */
static const char *capability(const char *name)
{
    const char *string = tigetstr(name);

    return (intptr_t)string == -1 ? NULL : string;
}

static void add_capability(struct app_text *text, const char *name)
{
    const char *string = capability(name);

    /* Paddings, $<5>, are of no use outside of ncurses. */
    if (string != NULL && strchr(string, '$') == NULL)
        app_text_add(text, string);
}

/* Whether it can do what is needed; if so, how to leave it is noted. */
static int check_terminal(struct top_screen *screen, struct app_text *error)
{
    struct app_text restore = app_text_init(screen->restore, sizeof(screen->restore));
    const char *term = getenv("TERM"); /* NOLINT(concurrency-mt-unsafe) */
    int found = 0;

    if (term == NULL || term[0] == '\0') {
        app_text_add(error, "--top needs a terminal, and TERM does not say which one this is");
        return -1;
    }
    if (setupterm(NULL, screen->fd, &found) != OK || capability("cup") == NULL ||
        capability("clear") == NULL) {
        app_text_add(error, "--top cannot draw on the terminal \"");
        app_text_foreign(error, term);
        app_text_add(error, found == 1 ? "\" (TERM): it cannot place its cursor"
                                       : "\" (TERM): nothing is known about it");
        return -1;
    }
    add_capability(&restore, "sgr0");
    if (capability("kmous") != NULL)
        app_text_add(&restore, "\033[?1006;1000l");
    add_capability(&restore, "rmkx");
    add_capability(&restore, "cnorm");
    add_capability(&restore, "rmcup");
    return 0;
}

static int start_curses(struct top_screen *screen, struct app_text *error)
{
    screen->file = fdopen(screen->fd, "r+");
    if (screen->file != NULL)
        screen->curses = newterm(NULL, screen->file, screen->file);
    if (screen->curses == NULL) {
        app_text_add(error, "--top cannot use this terminal");
        return -1;
    }
    set_escdelay(ESCAPE_DELAY_MS);
    cbreak();
    noecho();
    nonl();
    curs_set(0);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    leaveok(stdscr, TRUE);
    mouseinterval(0);
    mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    screen->colors = has_colors();
    if (screen->colors) {
        start_color();
        use_default_colors();
    }
    return 0;
}

int top_screen_open(struct top_screen **ret, struct app_text *error)
{
    struct top_screen *screen = calloc(1, sizeof(*screen));

    if (screen == NULL) {
        app_text_add(error, "out of memory");
        return -1;
    }
    screen->fd = open_terminal();
    /* Not for numbers: they have their point everywhere. No thread of ours runs yet. */
    (void)setlocale(LC_CTYPE, "");                             /* NOLINT(concurrency-mt-unsafe) */
    screen->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0; /* NOLINT(concurrency-mt-unsafe) */
    if (tcgetattr(screen->fd, &screen->found) == 0 && check_terminal(screen, error) == 0 &&
        start_curses(screen, error) == 0) {
        *ret = screen;
        return 0;
    }
    if (error->len == 0)
        app_text_add(error, "--top needs a terminal on standard output");
    if (screen->file != NULL)
        (void)fclose(screen->file);
    else if (screen->fd >= 0)
        close(screen->fd);
    free(screen);
    return -1;
}

void top_screen_leave(struct top_screen *screen)
{
    (void)screen;
    endwin();
}

void top_screen_return(struct top_screen *screen)
{
    (void)screen;
    clearok(curscr, TRUE);
    refresh();
}

void top_screen_close(struct top_screen *screen)
{
    endwin();
    delscreen(screen->curses);
    (void)fclose(screen->file);
    top_canvas_done(&screen->shown);
    free(screen);
}

void top_screen_unstop(const struct top_screen *screen)
{
    struct termios modes;

    /* Output that Ctrl-S has stopped goes on when nothing can stop it any more. */
    if (tcgetattr(screen->fd, &modes) < 0)
        return;
    modes.c_iflag &= ~(tcflag_t)IXON;
    (void)tcsetattr(screen->fd, TCSANOW, &modes);
}

void top_screen_rescue(const struct top_screen *screen)
{
    struct pollfd pfd = {.fd = screen->fd, .events = POLLOUT};

    top_screen_unstop(screen);
    (void)tcsetattr(screen->fd, TCSANOW, &screen->found);
    if (poll(&pfd, 1, 0) > 0 && pfd.revents == POLLOUT &&
        write(screen->fd, screen->restore, strlen(screen->restore)) < 0)
        return; /* it is gone, then */
}

int top_screen_fd(const struct top_screen *screen)
{
    return screen->fd;
}

bool top_screen_is_utf8(const struct top_screen *screen)
{
    return screen->utf8;
}

bool top_screen_has_colors(const struct top_screen *screen)
{
    return screen->colors;
}

void top_screen_size(struct top_screen *screen, int *ret_rows, int *ret_cols)
{
    struct winsize size = {0};

    if (ioctl(screen->fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0 &&
        is_term_resized(size.ws_row, size.ws_col))
        resizeterm(size.ws_row, size.ws_col);
    *ret_rows = getmaxy(stdscr);
    *ret_cols = getmaxx(stdscr);
}

/* Pair 0 is the terminal's own. */
static short pair_of(uint8_t style)
{
    short pair = style;

    return ++pair;
}

static void use_palette(struct top_screen *screen, enum top_palette palette)
{
    screen->palette = palette;
    screen->has_palette = true;
    for (int style = 0; screen->colors && style < TOP_STYLE_COUNT; style++) {
        struct top_look look = top_look(palette, (enum top_style)style, COLORS);

        init_pair(pair_of((uint8_t)style), look.fg, look.bg);
    }
}

static attr_t attributes(const struct top_screen *screen, const struct top_cell *cell)
{
    struct top_look look =
        top_look(screen->palette, (enum top_style)cell->style, screen->colors ? COLORS : 0);
    attr_t attrs = A_NORMAL;

    if (look.bold)
        attrs |= A_BOLD;
    if (look.dim)
        attrs |= A_DIM;
    if (look.reverse != (cell->marked != 0))
        attrs |= A_REVERSE;
    return attrs;
}

static void draw_row(const struct top_screen *screen, const struct top_cell *cells, int row,
                     int cols)
{
    cchar_t piece[PIECE];
    int n = 0, from = 0;

    for (int col = 0; col < cols; col++) {
        wchar_t glyph[2] = {cells[col].glyph, 0};
        short pair = 0;

        if (glyph[0] == 0) /* ncurses knows itself that a wide one takes two */
            continue;
        if (screen->colors)
            pair = pair_of(cells[col].style);
        if (n == PIECE) {
            mvadd_wchnstr(row, from, piece, n);
            from = col;
            n = 0;
        }
        setcchar(&piece[n++], glyph, attributes(screen, &cells[col]), pair, NULL);
    }
    mvadd_wchnstr(row, from, piece, n);
}

void top_screen_draw(struct top_screen *screen, const struct top_canvas *canvas,
                     enum top_palette palette, bool anew)
{
    struct top_canvas *shown = &screen->shown;
    size_t row_bytes = (size_t)canvas->cols * sizeof(*canvas->cells);

    if (!screen->has_palette || palette != screen->palette) {
        use_palette(screen, palette);
        anew = true;
    }
    if (shown->rows != canvas->rows || shown->cols != canvas->cols) {
        anew = true;
        if (top_canvas_resize(shown, canvas->rows, canvas->cols) < 0)
            return;
    }
    if (anew)
        clear();
    for (int row = 0; row < canvas->rows; row++) {
        size_t first = (size_t)row * (size_t)canvas->cols;
        const struct top_cell *now = &canvas->cells[first];
        struct top_cell *before = &shown->cells[first];

        if (!anew && memcmp(now, before, row_bytes) == 0)
            continue;
        draw_row(screen, now, row, canvas->cols);
        memcpy(before, now, row_bytes);
    }
    refresh();
}

void top_screen_bell(void)
{
    beep();
}

static int translate(wint_t key)
{
    static const struct {
        int theirs, ours;
    } keys[] = {
        {KEY_UP, TOP_KEY_UP},         {KEY_DOWN, TOP_KEY_DOWN},
        {KEY_LEFT, TOP_KEY_LEFT},     {KEY_RIGHT, TOP_KEY_RIGHT},
        {KEY_PPAGE, TOP_KEY_PAGE_UP}, {KEY_NPAGE, TOP_KEY_PAGE_DOWN},
        {KEY_HOME, TOP_KEY_HOME},     {KEY_END, TOP_KEY_END},
        {KEY_ENTER, TOP_KEY_ENTER},   {KEY_BACKSPACE, TOP_KEY_BACKSPACE},
        {KEY_DC, TOP_KEY_DELETE},     {KEY_IC, TOP_KEY_INSERT},
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if ((int)key == keys[i].theirs)
            return keys[i].ours;
    }
    if ((int)key > KEY_F0 && (int)key <= KEY_F0 + 12)
        return TOP_KEY_F0 + ((int)key - KEY_F0);
    return 0;
}

static struct top_input mouse_input(void)
{
    struct top_input input = {.kind = TOP_INPUT_NONE};
    MEVENT event;

    if (getmouse(&event) != OK)
        return input;
    input.row = event.y;
    input.col = event.x;
    if (event.bstate & BUTTON1_PRESSED)
        input.kind = TOP_INPUT_CLICK;
    else if (event.bstate & (BUTTON4_PRESSED | BUTTON5_PRESSED))
        input.kind = TOP_INPUT_WHEEL;
    input.direction = (event.bstate & BUTTON4_PRESSED) != 0 ? -1 : 1;
    return input;
}

struct top_input top_screen_input(void)
{
    struct top_input input = {.kind = TOP_INPUT_KEY};
    wint_t key = 0;
    int r = get_wch(&key);

    if (r == ERR)
        input.kind = TOP_INPUT_NONE;
    else if (r == KEY_CODE_YES && key == KEY_MOUSE)
        input = mouse_input();
    else if (r == KEY_CODE_YES)
        input.key = translate(key);
    else if (key == '\r' || key == '\n')
        input.key = TOP_KEY_ENTER;
    else if (key == 0x7f || key == '\b')
        input.key = TOP_KEY_BACKSPACE;
    else
        input.key = (int)key;
    return input;
}
