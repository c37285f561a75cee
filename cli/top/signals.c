/* SPDX-License-Identifier: Apache-2.0 */
#include "top/signals.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "process/exit.h"
#include "process/signals.h"
#include "run.h"
#include "text/time_style.h"
#include "top/stop.h"

/* Within it the view gives the terminal back, or it hangs. */
#define PATIENCE_NS INT64_C(2000000000)

int top_open_signals(void)
{
    /* SIGQUIT would print a summary over the view: it does nothing here. */
    static const int taken[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH, SIGCONT, SIGQUIT};
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
        sigaddset(&set, taken[i]);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void interrupt(struct top *top)
{
    int64_t now_ns = app_mono_ns();

    if (top->interrupted_ns != 0) {
        if (!app_signals_is_second(top->interrupted_ns, now_ns))
            return;
        if (top->shown && top_painter_state(&top->painter) != TOP_PAINTER_ENDED)
            top_screen_rescue(top->painter.screen);
        _exit(APP_EXIT_INTERRUPTED);
    }
    top->interrupted_ns = now_ns;
    top_stop(top, APP_EXIT_OK);
}

static void suspend(struct top *top)
{
    if (top->suspending || top->stopping)
        return;
    top->suspending = true;
    top->hurry_ns = top->now_ns + PATIENCE_NS;
    top_screen_unstop(top->painter.screen);
    top_painter_order(&top->painter, TOP_ORDER_SUSPEND);
}

void top_on_signal(struct top *top)
{
    struct signalfd_siginfo info;

    while (read(top->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        switch ((int)info.ssi_signo) {
        case SIGINT:
        case SIGTERM:
        case SIGHUP:
            interrupt(top);
            break;
        case SIGTSTP:
            suspend(top);
            break;
        case SIGWINCH:
            top_painter_order(&top->painter, TOP_ORDER_RESIZE);
            break;
        case SIGCONT: /* somebody may have written over the view meanwhile */
            if (!top->suspending && !top->stopping)
                top_painter_order(&top->painter, TOP_ORDER_RESUME);
            break;
        default:
            break;
        }
    }
}

/* As if nobody had ever caught SIGTSTP: the process stops here until SIGCONT. */
static void stop_process(void)
{
    struct sigaction normal = {.sa_handler = SIG_DFL}, before;
    sigset_t set, mask;

    sigaction(SIGTSTP, &normal, &before);
    (void)raise(SIGTSTP); /* it waits, being blocked */
    sigemptyset(&set);    /* cppcheck-suppress unreachableCode ; raise() returns */
    sigaddset(&set, SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &set, &mask);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    sigaction(SIGTSTP, &before, NULL);
}

void top_suspend_if_away(struct top *top)
{
    bool away = top_painter_state(&top->painter) == TOP_PAINTER_AWAY;

    if (!top->suspending || (!away && top->now_ns < top->hurry_ns))
        return;
    if (!away)
        top_screen_rescue(top->painter.screen);
    top->hurry_ns = 0;
    stop_process();
    top->suspending = false;
    top_painter_order(&top->painter, TOP_ORDER_RESUME);
}
