/* SPDX-License-Identifier: Apache-2.0 */
#include "inputs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "complain.h"
#include "operands.h"
#include "run.h"

enum {
    PIECE_BYTES = 16384, /* about a thousand targets: what the engine sends in one turn */
    FIRST_BYTES = 65536, /* lists up to this are read whole before the first probe */
};

static int complain(const char *name, const char *problem)
{
    char after[CLI_COMPLAINT_MAX / 2];
    struct cli_text text = cli_text_init(after, sizeof(after));

    cli_text_add(&text, ": ");
    cli_text_add(&text, problem);
    return cli_complain("", name, text.data);
}

static void begin_list(struct cli_inputs *inputs, const char *name, int fd)
{
    inputs->reader = (struct cli_line_reader){
        .name = name,
        .end = cli_line_end(inputs->settings),
    };
    inputs->fd = fd;
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
        inputs->targets->status = CLI_EXIT_USAGE;
        if (take_operand(inputs, s->operands[inputs->next++]) < 0)
            return -1;
    }
    if (inputs->fd < 0 && !inputs->has_read_stdin && cli_operands_have_stdin(s)) {
        inputs->has_read_stdin = true;
        begin_list(inputs, "standard input", STDIN_FILENO);
    }
    inputs->targets->status = CLI_EXIT_OK;
    return 0;
}

int cli_inputs_take(struct cli_inputs *inputs)
{
    static char data[PIECE_BYTES]; /* one list is read at a time */
    ssize_t n = read(inputs->fd, data, sizeof(data));
    int r;

    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return 0;
    inputs->targets->status = CLI_EXIT_USAGE;
    if (n < 0)
        return complain(inputs->reader.name, mping_strerror(-errno));
    inputs->bytes += (size_t)n;
    if (n > 0)
        r = cli_lines_feed(&inputs->reader, data, (size_t)n, cli_targets_add, inputs->targets);
    else
        r = cli_lines_end(&inputs->reader, cli_targets_add, inputs->targets);
    if (r < 0)
        return -1;
    if (n == 0)
        end_list(inputs);
    return advance(inputs);
}

/* Whether its next piece belongs to those that are looked at before the first probe. */
static bool comes_first(const struct cli_inputs *inputs, bool whole)
{
    struct pollfd fd = {.fd = inputs->fd, .events = POLLIN};

    if (whole)
        return poll(&fd, 1, -1) != 0; /* if it was a signal reading will tell */
    return !inputs->is_stdin && (inputs->bytes < FIRST_BYTES || inputs->targets->n == 0) &&
           poll(&fd, 1, 0) > 0;
}

int cli_inputs_begin(struct cli_inputs *inputs, struct cli_targets *targets,
                     const struct cli_settings *settings, bool whole)
{
    int r;

    *inputs = (struct cli_inputs){.settings = settings, .targets = targets, .fd = -1};
    r = advance(inputs);
    while (r == 0 && cli_inputs_have(inputs) && comes_first(inputs, whole))
        r = cli_inputs_take(inputs);
    return r;
}

bool cli_inputs_have(const struct cli_inputs *inputs)
{
    return inputs->fd >= 0;
}

int cli_inputs_complain_of_none(const struct cli_inputs *inputs)
{
    const char *why = "there are no targets in what was given";

    if (inputs->targets->excluded > 0)
        why = "every target is excluded";
    else if (inputs->has_read_stdin)
        why = "no targets on standard input";
    return cli_complain(why, "", "");
}

void cli_inputs_done(struct cli_inputs *inputs)
{
    end_list(inputs);
}
