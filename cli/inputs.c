/* SPDX-License-Identifier: Apache-2.0 */
#include "inputs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "operands.h"
#include "process/exit.h"
#include "process/problem.h"
#include "run.h"
#include "text/time_style.h"

enum {
    FIRST_BYTES = 65536,   /* lists up to this are read whole before the first probe */
    FIRST_TARGETS = 16384, /* and so many targets made */
    STEP_TARGETS = 4096,   /* made at a time, which takes a few ms */
    RANGES_MAX = 65536,    /* pending, before more of a list is read */
    AHEAD_MS = 5,          /* until it is looked again whether the pings have caught up */
};

static int complain(const char *name, const char *problem)
{
    char after[APP_COMPLAINT_MAX / 2];
    struct app_text text = app_text_init(after, sizeof(after));

    app_text_add(&text, ": ");
    app_text_add(&text, problem);
    return app_complain("", name, text.data);
}

static void begin_list(struct cli_inputs *inputs, const char *name, int fd)
{
    inputs->reader = (struct app_line_reader){
        .name = name,
        .end = cli_line_end(inputs->settings),
    };
    inputs->targets->origin = (struct app_origin){.list = name};
    inputs->fd = fd;
    inputs->at = inputs->len = 0;
    inputs->is_stdin = fd == STDIN_FILENO;
}

static void end_list(struct cli_inputs *inputs)
{
    if (inputs->fd > STDERR_FILENO)
        close(inputs->fd);
    inputs->fd = -1;
}

/* A pipe that nobody writes into yet is no reason to wait: poll() tells when there is more. */
static int open_list(struct cli_inputs *inputs, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return complain(path, mping_strerror(-errno));
    begin_list(inputs, path, fd);
    return 0;
}

static int take_operand(struct cli_inputs *inputs, const char *operand)
{
    const char *problem;

    if (cli_operand_is_file(operand))
        return open_list(inputs, operand + 1);
    if (cli_operand_is_stdin(operand))
        return 0; /* when all others have been read */
    problem = cli_targets_add(inputs->targets, operand, NULL, 0);
    return problem != NULL ? cli_operand_complain(operand, problem) : 0;
}

/* On to the next list, past the operands before it. */
static int advance(struct cli_inputs *inputs)
{
    const struct cli_settings *s = inputs->settings;

    while (inputs->fd < 0 && inputs->next < s->operand_count) {
        inputs->targets->status = APP_EXIT_USAGE;
        inputs->targets->origin = (struct app_origin){.list = NULL};
        if (take_operand(inputs, s->operands[inputs->next++]) < 0)
            return -1;
    }
    if (inputs->fd < 0 && !inputs->has_read_stdin && cli_operands_have_stdin(s)) {
        inputs->has_read_stdin = true;
        begin_list(inputs, "standard input", STDIN_FILENO);
    }
    inputs->targets->status = APP_EXIT_OK;
    return 0;
}

/* Reads a piece of the list. 1, 0 if there is none yet, or -1. */
static int read_piece(struct cli_inputs *inputs)
{
    ssize_t n = read(inputs->fd, inputs->data, sizeof(inputs->data));

    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return 0;
    inputs->targets->status = APP_EXIT_USAGE;
    if (n < 0)
        return complain(inputs->reader.name, mping_strerror(-errno));
    inputs->at = 0;
    inputs->len = (size_t)n;
    inputs->bytes += (size_t)n;
    if (n > 0)
        return 1;
    inputs->targets->origin.line = inputs->reader.number + 1;
    if (app_lines_end(&inputs->reader, cli_targets_add, inputs->targets) < 0)
        return -1;
    end_list(inputs);
    return advance(inputs) < 0 ? -1 : 1;
}

/* Takes one line, or the beginning of one, of what has been read. */
static int take_line(struct cli_inputs *inputs)
{
    const char *line = inputs->data + inputs->at;
    size_t left = inputs->len - inputs->at;
    const char *end = memchr(line, inputs->reader.end, left);
    size_t n = end != NULL ? (size_t)(end - line) + 1 : left;

    inputs->targets->origin.line = inputs->reader.number + 1;
    inputs->at += n;
    return app_lines_feed(&inputs->reader, line, n, cli_targets_add, inputs->targets);
}

/* Makes what is pending, unless the pings have to catch up first. */
static int make(struct cli_inputs *inputs, size_t n)
{
    int64_t now_ns = app_mono_ns();

    if (cli_targets_is_ahead(inputs->targets, now_ns))
        return 0;
    return cli_targets_make(inputs->targets, n, now_ns);
}

int cli_inputs_take(struct cli_inputs *inputs)
{
    struct cli_targets *targets = inputs->targets;
    int r = 1;

    targets->now_max = targets->n + STEP_TARGETS;
    if (targets->pending.n > 0)
        return make(inputs, STEP_TARGETS);
    if (targets->max > 0 && targets->n >= targets->max) {
        targets->left_out = true;
        end_list(inputs);
        inputs->at = inputs->len = 0;
        return 0;
    }
    if (inputs->at == inputs->len)
        r = read_piece(inputs);
    while (r > 0 && inputs->at < inputs->len && targets->pending.n == 0 &&
           targets->n < targets->now_max)
        r = take_line(inputs) < 0 ? -1 : 1;
    return r < 0 ? -1 : 0;
}

/* Whether the next piece of a list belongs to those that are looked at before the first probe. */
static bool comes_first(const struct cli_inputs *inputs)
{
    struct pollfd fd = {.fd = inputs->fd, .events = POLLIN};

    return inputs->fd >= 0 && !inputs->is_stdin && inputs->targets->pending.n < RANGES_MAX &&
           (inputs->bytes < FIRST_BYTES ||
            (inputs->targets->n == 0 && inputs->targets->pending.n == 0)) &&
           poll(&fd, 1, 0) > 0;
}

int cli_inputs_begin(struct cli_inputs *inputs, struct cli_targets *targets,
                     const struct cli_settings *settings)
{
    int r;

    *inputs = (struct cli_inputs){.settings = settings, .targets = targets, .fd = -1};
    targets->now_max = FIRST_TARGETS;
    r = advance(inputs);
    while (r >= 0 && comes_first(inputs)) {
        r = read_piece(inputs);
        while (r > 0 && inputs->at < inputs->len && targets->pending.n < RANGES_MAX)
            r = take_line(inputs) < 0 ? -1 : 1;
        if (r == 0)
            break; /* nobody has written into it */
    }
    if (r >= 0 && targets->n < FIRST_TARGETS)
        r = make(inputs, FIRST_TARGETS - targets->n);
    return r < 0 ? -1 : 0;
}

bool cli_inputs_have(const struct cli_inputs *inputs)
{
    return inputs->fd >= 0 || inputs->at < inputs->len || inputs->targets->pending.n > 0;
}

/* Whether there is something to take that has been read already. */
static bool have_at_hand(const struct cli_inputs *inputs)
{
    return inputs->at < inputs->len || inputs->targets->pending.n > 0;
}

int cli_inputs_fd(const struct cli_inputs *inputs)
{
    return have_at_hand(inputs) ? -1 : inputs->fd;
}

int cli_inputs_wait_ms(const struct cli_inputs *inputs, int limit_ms)
{
    if (!have_at_hand(inputs))
        return limit_ms;
    if (inputs->targets->pending.n == 0 || !cli_targets_is_ahead(inputs->targets, app_mono_ns()))
        return 0;
    return limit_ms < 0 || limit_ms > AHEAD_MS ? AHEAD_MS : limit_ms;
}

int cli_inputs_complain_of_none(const struct cli_inputs *inputs)
{
    const char *why = "there are no targets in what was given";

    if (inputs->targets->excluded > 0)
        why = "every target is excluded";
    else if (inputs->has_read_stdin)
        why = "no targets on standard input";
    return app_complain(why, "", "");
}

void cli_inputs_done(struct cli_inputs *inputs)
{
    if (inputs->targets == NULL)
        return; /* they were never begun */
    end_list(inputs);
    inputs->at = inputs->len = 0;
    app_pending_done(&inputs->targets->pending);
}
