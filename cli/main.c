/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <multiping/multiping.h>

#include "completion.h"
#include "doctor/doctor.h"
#include "fping/fping.h"
#include "help.h"
#include "operands.h"
#include "options.h"
#include "process/exit.h"
#include "process/privileges.h"
#include "process/problem.h"
#include "run.h"
#include "show.h"
#include "sweep/sweep.h"
#include "target_opts.h"
#include "top/top.h"

/* A missing standard descriptor must not be taken by a socket. */
static void fill_standard_descriptors(void)
{
    for (int fd = 0; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDONLY) < 0)
            _exit(APP_EXIT_SYSTEM);
    }
}

/* Opens what needs privileges, then gives them up, before anything from outside is read. */
static int open_engine(const struct cli_settings *settings, int family, struct mping **ret_engine)
{
    struct mping_opts opts;
    int err;

    cli_engine_opts(&opts, settings);
    app_privileges_raise();
    err = mping_new(ret_engine, &opts);
    if (err == 0)
        err = mping_open(*ret_engine, family);
    if (app_privileges_drop() < 0)
        return APP_EXIT_SYSTEM;
    if (err == 0)
        return APP_EXIT_OK;
    if (err == MPING_EPERM) {
        app_privileges_explain(settings->sockets != CLI_SOCKETS_PING,
                               settings->sockets != CLI_SOCKETS_RAW);
        return APP_EXIT_PERMISSION;
    }
    app_complain(err == MPING_EMARK ? "--mark: " : "",
                 *ret_engine != NULL ? mping_errmsg(*ret_engine) : mping_strerror(err), "");
    return err == MPING_EMARK ? APP_EXIT_PERMISSION : APP_EXIT_SYSTEM;
}

static int open_and_run(const struct cli_settings *settings, struct app_show *show)
{
    struct mping *engine = NULL;
    int family, status;

    if (cli_operands_check(settings, &family) < 0)
        return cli_exit_status(settings, APP_EXIT_USAGE);
    if (settings->top && cli_top_check() < 0)
        return APP_EXIT_USAGE;
    status = open_engine(settings, family, &engine);
    if (status == APP_EXIT_OK)
        status = (settings->sweep ? cli_sweep
                  : settings->top ? cli_top
                                  : cli_run)(engine, settings, show);
    else
        status = cli_exit_status(settings, status);
    mping_free(engine);
    return status;
}

static int ping(const struct cli_settings *settings)
{
    struct app_show show;
    int status;

    if (cli_show_init(&show, settings) == 0)
        status = open_and_run(settings, &show);
    else
        status = cli_exit_status(settings, APP_EXIT_USAGE);
    cli_show_done(&show);
    return status;
}

/* Prints what --help, --version and --completion ask for. */
static int say(const struct cli_settings *settings)
{
    static char data[CLI_COMPLETION_MAX]; /* which is more than the help needs */
    struct app_text text = app_text_init(data, sizeof(data));
    int err;

    if (settings->action == CLI_ACTION_HELP) {
        cli_help(&text);
    } else if (settings->action == CLI_ACTION_COMPLETION) {
        cli_completion(&text, (enum cli_shell)settings->completion);
    } else {
        app_text_add(&text, "multiping ");
        app_text_add(&text, mping_version_string());
        app_text_char(&text, '\n');
    }
    err = app_say(STDOUT_FILENO, text.data, text.len);
    if (err == 0)
        return APP_EXIT_OK;
    app_complain("write error: ", mping_strerror(err), "");
    return APP_EXIT_SYSTEM;
}

int main(int argc, char **argv)
{
    char line[APP_COMPLAINT_MAX];
    struct app_text error = app_text_init(line, sizeof(line));
    struct cli_settings settings = {0};

    fill_standard_descriptors();
    (void)signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a write error, and told */
    if (cli_is_fping(argc > 0 ? argv[0] : ""))
        return cli_fping_main(argc, argv);
    (void)signal(SIGPIPE, SIG_IGN);
    if (cli_options_parse(&settings, argc, argv, &error) < 0) {
        (void)app_complain(error.data, "", "");
        return cli_exit_status(&settings, APP_EXIT_USAGE);
    }
    switch (settings.action) {
    case CLI_ACTION_PING:
        return ping(&settings);
    case CLI_ACTION_DOCTOR:
        return cli_doctor();
    default:
        return say(&settings);
    }
}
