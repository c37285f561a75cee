/* SPDX-License-Identifier: Apache-2.0 */
#include "process/problem.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "process/exit.h"
#include "process/output.h"

void app_complaint(struct app_text *text, const char *before, const char *foreign,
                   const char *after)
{
    app_text_add(text, "multiping: ");
    app_text_add(text, before);
    app_text_foreign(text, foreign);
    app_text_add(text, after);
    app_text_char(text, '\n');
}

enum { LONGEST = 4096 }; /* of the lines that list what could have been said */

bool app_takes_more(int fd)
{
    struct pollfd pfd = {.fd = fd, .events = POLLOUT};

    return poll(&pfd, 1, 0) > 0;
}

static void leave_at_once(int number)
{
    (void)number;
    _exit(APP_EXIT_INTERRUPTED);
}

static const int ends[] = {SIGINT, SIGTERM};

enum { ENDS_N = sizeof(ends) / sizeof(ends[0]) };

struct before {
    struct sigaction actions[ENDS_N];
    sigset_t mask;
};

/* A run hears them where it looks, and it does not look while it waits for a reader. */
static void let_signals_end_us(struct before *ret_before)
{
    const struct sigaction action = {.sa_handler = leave_at_once};
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < ENDS_N; i++) {
        sigaddset(&set, ends[i]);
        sigaction(ends[i], &action, &ret_before->actions[i]);
    }
    pthread_sigmask(SIG_UNBLOCK, &set, &ret_before->mask);
}

static void let_them_be(const struct before *before)
{
    for (size_t i = 0; i < ENDS_N; i++)
        sigaction(ends[i], &before->actions[i], NULL);
    pthread_sigmask(SIG_SETMASK, &before->mask, NULL);
}

int app_say(int fd, const char *data, size_t len)
{
    bool stuck = !app_takes_more(fd);
    struct before before;
    int r;

    if (stuck)
        let_signals_end_us(&before);
    r = app_write_all(fd, data, len);
    if (stuck)
        let_them_be(&before);
    return r;
}

int app_complain(const char *before, const char *foreign, const char *after)
{
    char line[LONGEST];
    struct app_text text = app_text_init(line, sizeof(line));

    app_complaint(&text, before, foreign, after);
    /* Where not even this can be written there is nobody left to tell. */
    (void)app_say(STDERR_FILENO, text.data, text.len);
    return -1;
}

const char *app_event_problem(const struct mping_event *event)
{
    const char *problem = NULL;

    if (event->type == MPING_EV_RESOLVE_ERROR && event->host != NULL)
        problem = mping_addr_problem(event->host);
    if (problem != NULL)
        return problem;
    return event->reason ? mping_reason_text((enum mping_reason)event->reason)
                         : mping_strerror(event->err);
}
