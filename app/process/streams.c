/* SPDX-License-Identifier: Apache-2.0 */
#include "process/streams.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <multiping/error.h>

#include "process/exit.h"
#include "process/problem.h"
#include "process/signals.h"
#include "text/time_style.h"

enum { PATIENCE_MS = 3000 };

int cli_streams_init(struct cli_streams *streams)
{
    *streams = (struct cli_streams){.signal_fd = -1, .wake_fd = -1};
    streams->signal_fd = cli_signals_begin();
    streams->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (streams->signal_fd < 0 || streams->wake_fd < 0)
        return cli_complain("cannot open a descriptor: ", mping_strerror(-errno), "");
    if (cli_output_init(&streams->out, STDOUT_FILENO, streams->wake_fd) < 0 ||
        cli_output_init(&streams->err, STDERR_FILENO, streams->wake_fd) < 0)
        return cli_complain(mping_strerror(MPING_ENOMEM), "", "");
    return 0;
}

int cli_streams_signal(struct cli_streams *streams)
{
    int number = cli_signals_take();

    if (number != 0 && number != SIGQUIT)
        streams->moved_ns = cli_mono_ns();
    return number;
}

void cli_streams_clear_wake(struct cli_streams *streams)
{
    uint64_t ignored;

    streams->moved_ns = cli_mono_ns();
    if (read(streams->wake_fd, &ignored, sizeof(ignored)) < 0)
        return; /* nobody had called */
}

void cli_streams_flush(struct cli_streams *streams)
{
    cli_output_flush(&streams->out);
    cli_output_flush(&streams->err);
}

int cli_streams_wait_ms(struct cli_streams *streams, int limit_ms)
{
    return cli_output_wait_ms(&streams->out, cli_output_wait_ms(&streams->err, limit_ms));
}

/* A reader that takes what there is wakes nobody, and is not waited for. */
static void look_at_readers(struct cli_streams *streams)
{
    uint64_t written = cli_output_written(&streams->out) + cli_output_written(&streams->err);

    if (written != streams->written)
        streams->moved_ns = cli_mono_ns();
    streams->written = written;
}

int cli_streams_patience_ms(struct cli_streams *streams, bool impatient)
{
    int64_t waited_ms;

    if (!impatient)
        return -1;
    look_at_readers(streams);
    waited_ms = (cli_mono_ns() - streams->moved_ns) / 1000000;
    return waited_ms < PATIENCE_MS ? (int)(PATIENCE_MS - waited_ms) : 0;
}

static bool have_ended(struct cli_streams *streams)
{
    /* Both are asked, so that both will tell. */
    bool out = cli_output_ended(&streams->out), err = cli_output_ended(&streams->err);

    return out && err;
}

/* False if the patience has come to its end before all was written. */
static bool write_the_rest(struct cli_streams *streams, bool impatient)
{
    struct pollfd fds[] = {
        {.fd = streams->wake_fd, .events = POLLIN},
        {.fd = streams->signal_fd, .events = POLLIN},
    };

    while (!have_ended(streams)) {
        int ms = cli_streams_patience_ms(streams, impatient), number = 0;

        if (ms == 0)
            return false;
        if (poll(fds, 2, cli_streams_wait_ms(streams, ms)) <= 0)
            continue;
        if (fds[0].revents)
            cli_streams_clear_wake(streams);
        if (fds[1].revents)
            number = cli_streams_signal(streams);
        impatient = impatient || (number != 0 && number != SIGQUIT);
    }
    return true;
}

static void complain_of_lost_lines(struct cli_output *out, const char *whose)
{
    char number[32];
    struct cli_text text = cli_text_init(number, sizeof(number));

    cli_text_count(&text, cli_output_dropped(out));
    cli_complain(whose, number, " lines were dropped");
}

int cli_streams_finish(struct cli_streams *streams, bool impatient)
{
    struct cli_output *out = &streams->out;
    int error;

    cli_output_close(out);
    cli_output_close(&streams->err);
    if (!write_the_rest(streams, impatient) && !cli_takes_more(STDERR_FILENO))
        return CLI_EXIT_SYSTEM; /* nobody would hear of it, but we could wait for ever */
    cli_signals_leave();
    error = cli_output_error(out);
    if (cli_output_dropped(&streams->err) > 0)
        complain_of_lost_lines(&streams->err, "the reader of standard error is too slow: ");
    if (error != 0)
        cli_complain("write error: ", mping_strerror(-error), "");
    else if (!cli_output_ended(out))
        cli_complain("nobody reads the output: the rest of it is lost", "", "");
    else if (cli_output_dropped(out) > 0)
        complain_of_lost_lines(out, "the reader of the output is too slow: ");
    else
        return CLI_EXIT_OK;
    return CLI_EXIT_SYSTEM;
}

int cli_streams_status(struct cli_streams *streams, int status)
{
    struct cli_output *err = &streams->err;
    bool lost = cli_output_error(err) != 0 || cli_output_dropped(err) > 0 || !cli_output_ended(err);

    return status == CLI_EXIT_OK && lost ? CLI_EXIT_SYSTEM : status;
}

void cli_streams_done(struct cli_streams *streams)
{
    cli_output_done(&streams->out);
    cli_output_done(&streams->err);
    cli_signals_end();
    if (streams->wake_fd >= 0)
        close(streams->wake_fd);
}
