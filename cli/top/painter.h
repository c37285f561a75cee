/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread that draws and reads keys. It may hang as long as the terminal does; the engine's
 * thread never waits for it.
 */
#ifndef MULTIPING_CLI_TOP_PAINTER_H
#define MULTIPING_CLI_TOP_PAINTER_H

#include <pthread.h>
#include <stdatomic.h>

#include "top/screen.h"
#include "top/view.h"

/* Orders from the engine's thread, bits. */
enum top_order_bit {
    TOP_ORDER_LEAVE = 1,   /* give the terminal back, and end */
    TOP_ORDER_RESIZE = 2,  /* its size may have changed */
    TOP_ORDER_SUSPEND = 4, /* give it back, and wait */
    TOP_ORDER_RESUME = 8,  /* take it again and draw anew */
};

enum top_painter_state { TOP_PAINTER_ON, TOP_PAINTER_AWAY, TOP_PAINTER_ENDED };

struct top_painter {
    struct top_screen *screen;
    struct top_view view;
    pthread_t thread;
    int wake_fd;   /* of this thread */
    int engine_fd; /* of the other, the caller's: written when the state has changed */
    atomic_int orders;
    atomic_int state; /* enum top_painter_state */
    uint64_t frames;
};

/* Starts it; the view is ready. 0 or -errno. */
int top_painter_start(struct top_painter *painter, int engine_fd);

/* Any thread. */
void top_painter_order(struct top_painter *painter, int orders);
enum top_painter_state top_painter_state(struct top_painter *painter);

#endif
