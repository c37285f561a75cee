/* SPDX-License-Identifier: Apache-2.0 */
#include "top/leave.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "process/exit.h"
#include "process/problem.h"
#include "run.h"
#include "text/time_style.h"
#include "top/signals.h"

const char top_too_many[] =
    "more than 100000 targets: the others are left out; --sweep goes through any number";

_Static_assert(TOP_TARGETS_MAX == 100000, "the line above says so");

#define PATIENCE_NS INT64_C(3000000000) /* with a terminal that takes nothing */

/* Waits for the output to take more; false if it takes nothing. A second signal ends it all. */
static bool wait_for_output(struct top *top, struct app_output *out)
{
    struct pollfd fds[] = {
        {.fd = top->wake_fd, .events = POLLIN},
        {.fd = top->signal_fd, .events = POLLIN},
    };
    int64_t until_ns = app_mono_ns() + PATIENCE_NS;
    uint64_t ignored;
    int n;

    do {
        n = poll(fds, 2, app_output_wait_ms(out, PATIENCE_NS / 1000000));
        app_output_flush(out);
    } while (n == 0 && app_mono_ns() < until_ns);

    if (n > 0 && fds[1].revents)
        top_on_signal(top);
    if (n > 0 && fds[0].revents && read(top->wake_fd, &ignored, sizeof(ignored)) < 0)
        return true; /* nobody had called */
    return n > 0 || (n < 0 && errno == EINTR);
}

static void write_report(struct top *top, struct cli_report *report, struct app_output *out)
{
    cli_report_begin(report, &top->targets, top->show);
    do {
        cli_report_write(report, out);
        app_output_flush(out);
    } while (report->active && (cli_report_has_more(report, out) || wait_for_output(top, out)));
    app_output_close(out);
    while (!app_output_ended(out) && wait_for_output(top, out))
        ;
}

/* Unless that would hang as well. */
static void complain(const char *what, const char *why)
{
    if (app_takes_more(STDERR_FILENO))
        app_complain(what, why, "");
}

/* The exit status that the results come to. */
static int results_status(const struct top *top, const struct cli_report *report)
{
    int status = cli_targets_status(&top->targets);

    if (top->settings->fail_if == NULL || status == APP_EXIT_USAGE || top->targets.n == 0)
        return status;
    return cli_report_fails(report) ? APP_EXIT_SILENT : APP_EXIT_OK;
}

int top_report(struct top *top)
{
    struct cli_report report = {0};
    struct app_output out;
    int status = APP_EXIT_SYSTEM, error;

    if (app_output_init(&out, STDOUT_FILENO, top->wake_fd) < 0) {
        app_complain(mping_strerror(MPING_ENOMEM), "", "");
        return APP_EXIT_SYSTEM;
    }
    if (top->targets.n > 0)
        write_report(top, &report, &out);
    if (top->targets.left_out)
        complain(top_too_many, "");
    error = app_output_error(&out);
    if (error != 0)
        complain("write error: ", mping_strerror(-error));
    else if (top->targets.n > 0 && !app_output_ended(&out))
        complain("nobody reads the output: the rest of it is lost", "");
    else
        status = top->status != APP_EXIT_OK ? top->status : results_status(top, &report);
    app_output_done(&out);
    return status;
}
