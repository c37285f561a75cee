/* SPDX-License-Identifier: Apache-2.0 */
#include "streams.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <multiping/error.h>

#include "complain.h"
#include "run.h"

enum { PATIENCE_MS = 3000 };

int cli_streams_init(struct cli_streams *streams)
{
    sigset_t set;

    *streams = (struct cli_streams){.signal_fd = -1, .wake_fd = -1};
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGQUIT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    streams->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    streams->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (streams->signal_fd < 0 || streams->wake_fd < 0)
        return cli_complain("cannot open a descriptor: ", mping_strerror(-errno), "");
    if (cli_output_init(&streams->out, STDOUT_FILENO, streams->wake_fd) < 0 ||
        cli_output_init(&streams->err, STDERR_FILENO, streams->wake_fd) < 0)
        return cli_complain(mping_strerror(MPING_ENOMEM), "", "");
    return 0;
}

int cli_streams_signal(const struct cli_streams *streams)
{
    struct signalfd_siginfo info;

    if (read(streams->signal_fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return 0;
    return (int)info.ssi_signo;
}

void cli_streams_clear_wake(const struct cli_streams *streams)
{
    uint64_t ignored;

    if (read(streams->wake_fd, &ignored, sizeof(ignored)) < 0)
        return; /* nobody had called */
}

static void complain_of_lost_lines(struct cli_output *out)
{
    char number[32];
    struct cli_text text = cli_text_init(number, sizeof(number));

    cli_text_count(&text, cli_output_dropped(out));
    cli_complain("the reader of the output is too slow: ", number, " lines were dropped");
}

static bool have_ended(struct cli_streams *streams)
{
    /* Both are asked, so that both will tell. */
    bool out = cli_output_ended(&streams->out), err = cli_output_ended(&streams->err);

    return out && err;
}

int cli_streams_patience_ms(bool impatient)
{
    return impatient ? PATIENCE_MS : -1;
}

int cli_streams_finish(struct cli_streams *streams, bool impatient)
{
    struct pollfd fds[] = {
        {.fd = streams->wake_fd, .events = POLLIN},
        {.fd = streams->signal_fd, .events = POLLIN},
    };
    int error;

    cli_output_close(&streams->out);
    cli_output_close(&streams->err);
    while (!have_ended(streams)) {
        int n = poll(fds, 2, cli_streams_patience_ms(impatient));

        if (n == 0)
            break;
        cli_streams_clear_wake(streams);
        if (n > 0 && fds[1].revents && cli_streams_signal(streams) != SIGQUIT) {
            if (impatient)
                _exit(CLI_EXIT_INTERRUPTED);
            impatient = true;
        }
    }
    error = cli_output_error(&streams->out);
    if (error != 0)
        cli_complain("write error: ", mping_strerror(-error), "");
    else if (!cli_output_ended(&streams->out))
        cli_complain("nobody reads the output: the rest of it is lost", "", "");
    else if (cli_output_dropped(&streams->out) > 0)
        complain_of_lost_lines(&streams->out);
    else
        return CLI_EXIT_OK;
    return CLI_EXIT_SYSTEM;
}

void cli_streams_done(struct cli_streams *streams)
{
    cli_output_done(&streams->out);
    cli_output_done(&streams->err);
    if (streams->signal_fd >= 0)
        close(streams->signal_fd);
    if (streams->wake_fd >= 0)
        close(streams->wake_fd);
}
