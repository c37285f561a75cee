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

int app_streams_init(struct app_streams *streams)
{
    *streams = (struct app_streams){.signal_fd = -1, .wake_fd = -1};
    streams->signal_fd = app_signals_begin();
    streams->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (streams->signal_fd < 0 || streams->wake_fd < 0)
        return app_complain("cannot open a descriptor: ", mping_strerror(-errno), "");
    if (app_output_init(&streams->out, STDOUT_FILENO, streams->wake_fd) < 0 ||
        app_output_init(&streams->err, STDERR_FILENO, streams->wake_fd) < 0)
        return app_complain(mping_strerror(MPING_ENOMEM), "", "");
    return 0;
}

int app_streams_signal(struct app_streams *streams)
{
    int number = app_signals_take();

    if (number != 0 && number != SIGQUIT)
        streams->moved_ns = app_mono_ns();
    return number;
}

void app_streams_clear_wake(struct app_streams *streams)
{
    uint64_t ignored;

    streams->moved_ns = app_mono_ns();
    if (read(streams->wake_fd, &ignored, sizeof(ignored)) < 0)
        return; /* nobody had called */
}

void app_streams_flush(struct app_streams *streams)
{
    app_output_flush(&streams->out);
    app_output_flush(&streams->err);
}

int app_streams_wait_ms(struct app_streams *streams, int limit_ms)
{
    return app_output_wait_ms(&streams->out, app_output_wait_ms(&streams->err, limit_ms));
}

/* A reader that takes what there is wakes nobody, and is not waited for. */
static void look_at_readers(struct app_streams *streams)
{
    uint64_t written = app_output_written(&streams->out) + app_output_written(&streams->err);

    if (written != streams->written)
        streams->moved_ns = app_mono_ns();
    streams->written = written;
}

int app_streams_patience_ms(struct app_streams *streams, bool impatient)
{
    int64_t waited_ms;

    if (!impatient)
        return -1;
    look_at_readers(streams);
    waited_ms = (app_mono_ns() - streams->moved_ns) / 1000000;
    return waited_ms < PATIENCE_MS ? (int)(PATIENCE_MS - waited_ms) : 0;
}

static bool have_ended(struct app_streams *streams)
{
    /* Both are asked, so that both will tell. */
    bool out = app_output_ended(&streams->out), err = app_output_ended(&streams->err);

    return out && err;
}

/* False if the patience has come to its end before all was written. */
static bool write_the_rest(struct app_streams *streams, bool impatient)
{
    struct pollfd fds[] = {
        {.fd = streams->wake_fd, .events = POLLIN},
        {.fd = streams->signal_fd, .events = POLLIN},
    };

    while (!have_ended(streams)) {
        int ms = app_streams_patience_ms(streams, impatient), number = 0;

        if (ms == 0)
            return false;
        if (poll(fds, 2, app_streams_wait_ms(streams, ms)) <= 0)
            continue;
        if (fds[0].revents)
            app_streams_clear_wake(streams);
        if (fds[1].revents)
            number = app_streams_signal(streams);
        impatient = impatient || (number != 0 && number != SIGQUIT);
    }
    return true;
}

static void complain_of_lost_lines(struct app_output *out, const char *whose)
{
    char number[32];
    struct app_text text = app_text_init(number, sizeof(number));

    app_text_count(&text, app_output_dropped(out));
    app_complain(whose, number, " lines were dropped");
}

int app_streams_finish(struct app_streams *streams, bool impatient)
{
    struct app_output *out = &streams->out;
    int error;

    app_output_close(out);
    app_output_close(&streams->err);
    if (!write_the_rest(streams, impatient) && !app_takes_more(STDERR_FILENO))
        return APP_EXIT_SYSTEM; /* nobody would hear of it, but we could wait for ever */
    app_signals_leave();
    error = app_output_error(out);
    if (app_output_dropped(&streams->err) > 0)
        complain_of_lost_lines(&streams->err, "the reader of standard error is too slow: ");
    if (error != 0)
        app_complain("write error: ", mping_strerror(-error), "");
    else if (!app_output_ended(out))
        app_complain("nobody reads the output: the rest of it is lost", "", "");
    else if (app_output_dropped(out) > 0)
        complain_of_lost_lines(out, "the reader of the output is too slow: ");
    else
        return APP_EXIT_OK;
    return APP_EXIT_SYSTEM;
}

int app_streams_status(struct app_streams *streams, int status)
{
    struct app_output *err = &streams->err;
    bool lost = app_output_error(err) != 0 || app_output_dropped(err) > 0 || !app_output_ended(err);

    return status == APP_EXIT_OK && lost ? APP_EXIT_SYSTEM : status;
}

void app_streams_done(struct app_streams *streams)
{
    app_output_done(&streams->out);
    app_output_done(&streams->err);
    app_signals_end();
    if (streams->wake_fd >= 0)
        close(streams->wake_fd);
}
