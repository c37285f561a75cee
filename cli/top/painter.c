/* SPDX-License-Identifier: Apache-2.0 */
#include "top/painter.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "text/time_style.h"
#include "top/commands.h"
#include "top/draw.h"

#define FRAME_NS INT64_C(200000000)

static void poke(int fd)
{
    const uint64_t one = 1;

    if (write(fd, &one, sizeof(one)) < 0)
        return; /* the counter is full, so it is readable anyway */
}

static void set_state(struct top_painter *painter, enum top_painter_state state)
{
    atomic_store(&painter->state, (int)state);
    poke(painter->engine_fd);
}

void top_painter_order(struct top_painter *painter, int orders)
{
    atomic_fetch_or(&painter->orders, orders);
    poke(painter->wake_fd);
}

enum top_painter_state top_painter_state(struct top_painter *painter)
{
    return (enum top_painter_state)atomic_load(&painter->state);
}

static void fit(struct top_painter *painter)
{
    int rows, cols;

    top_screen_size(painter->screen, &rows, &cols);
    top_canvas_resize(&painter->view.canvas, rows, cols);
    painter->view.data_due = true;
}

static void draw(struct top_painter *painter)
{
    struct top_view *view = &painter->view;

    top_view_tick(view, app_mono_ns(), app_wall_ns());
    top_draw(view);
    if (view->rings)
        top_screen_bell();
    top_screen_draw(painter->screen, &view->canvas, view->settings.palette, view->redraw);
    view->rings = view->redraw = false;
    painter->frames++;
}

/* Whether there was any. */
static bool take_input(struct top_painter *painter)
{
    struct top_view *view = &painter->view;
    bool any = false;

    for (;;) {
        struct top_input input = top_screen_input();

        if (input.kind == TOP_INPUT_NONE)
            return any;
        any = true;
        if (input.kind == TOP_INPUT_KEY)
            top_view_key(view, input.key);
        else if (input.kind == TOP_INPUT_CLICK)
            top_view_click(view, input.row, input.col);
        else
            top_view_wheel(view, input.direction);
    }
}

static void sleep_until(struct top_painter *painter, int64_t until_ns, bool keys)
{
    int64_t left_ns = until_ns - app_mono_ns();
    struct pollfd fds[] = {
        {.fd = painter->wake_fd, .events = POLLIN},
        {.fd = keys ? top_screen_fd(painter->screen) : -1, .events = POLLIN},
    };
    int timeout_ms = until_ns == 0 ? -1 : left_ns > 0 ? (int)(left_ns / 1000000) + 1 : 0;
    uint64_t ignored;

    if (poll(fds, 2, timeout_ms) <= 0)
        return;
    if (fds[0].revents && read(painter->wake_fd, &ignored, sizeof(ignored)) < 0)
        return; /* somebody else's doing */
    if (fds[1].revents & (POLLHUP | POLLERR | POLLNVAL))
        painter->view.quit = true; /* the terminal has gone */
}

/* Until there is an order to go on, or to end. */
static int stay_away(struct top_painter *painter)
{
    int orders;

    top_screen_leave(painter->screen);
    set_state(painter, TOP_PAINTER_AWAY);
    while (((orders = atomic_exchange(&painter->orders, 0)) &
            (TOP_ORDER_RESUME | TOP_ORDER_LEAVE)) == 0)
        sleep_until(painter, 0, false);
    if (orders & TOP_ORDER_LEAVE)
        return orders;
    top_screen_return(painter->screen);
    set_state(painter, TOP_PAINTER_ON);
    return orders | TOP_ORDER_RESIZE;
}

/* Returns whether to go on. */
static bool obey(struct top_painter *painter, bool *draw_now)
{
    int orders = atomic_exchange(&painter->orders, 0);

    if (orders & TOP_ORDER_SUSPEND)
        orders |= stay_away(painter);
    if (orders & TOP_ORDER_RESUME)
        painter->view.redraw = true;
    if (orders & (TOP_ORDER_RESIZE | TOP_ORDER_RESUME)) {
        fit(painter);
        *draw_now = true;
    }
    return (orders & TOP_ORDER_LEAVE) == 0;
}

static void *run(void *argument)
{
    struct top_painter *painter = argument;
    int64_t next_ns = 0;
    bool draw_now = true;

    fit(painter);
    while (obey(painter, &draw_now) && !painter->view.quit) {
        draw_now |= take_input(painter);
        if (painter->view.quit)
            break;
        if (draw_now || app_mono_ns() >= next_ns) {
            draw(painter);
            next_ns = app_mono_ns() + FRAME_NS;
        }
        draw_now = false;
        sleep_until(painter, next_ns, true);
    }
    top_screen_leave(painter->screen);
    set_state(painter, TOP_PAINTER_ENDED);
    return NULL;
}

int top_painter_start(struct top_painter *painter, int engine_fd)
{
    int r;

    painter->engine_fd = engine_fd;
    painter->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (painter->wake_fd < 0)
        return -errno;
    r = pthread_create(&painter->thread, NULL, run, painter);
    return -r;
}
