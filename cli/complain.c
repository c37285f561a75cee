/* SPDX-License-Identifier: Apache-2.0 */
#include "complain.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "output.h"
#include "run.h"

void cli_complaint(struct cli_text *text, const char *before, const char *foreign,
                   const char *after)
{
    cli_text_add(text, "multiping: ");
    cli_text_add(text, before);
    cli_text_foreign(text, foreign);
    cli_text_add(text, after);
    cli_text_char(text, '\n');
}

enum { LONGEST = 4096 }; /* of the lines that list what could have been said */

bool cli_takes_more(int fd)
{
    struct pollfd pfd = {.fd = fd, .events = POLLOUT};

    return poll(&pfd, 1, 0) > 0;
}

static void leave_at_once(int number)
{
    (void)number;
    _exit(CLI_EXIT_INTERRUPTED);
}

/* SIGINT and SIGTERM may be blocked, for a run to take them up when it looks. */
static void let_signals_end_us(sigset_t *ret_before)
{
    const struct sigaction action = {.sa_handler = leave_at_once};
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    pthread_sigmask(SIG_UNBLOCK, &set, ret_before);
}

int cli_say(int fd, const char *data, size_t len)
{
    bool stuck = !cli_takes_more(fd);
    sigset_t before;
    int r;

    if (stuck)
        let_signals_end_us(&before);
    r = cli_write_all(fd, data, len);
    if (stuck)
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    return r;
}

int cli_complain(const char *before, const char *foreign, const char *after)
{
    char line[LONGEST];
    struct cli_text text = cli_text_init(line, sizeof(line));

    cli_complaint(&text, before, foreign, after);
    /* Where not even this can be written there is nobody left to tell. */
    (void)cli_say(STDERR_FILENO, text.data, text.len);
    return -1;
}
