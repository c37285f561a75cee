/* SPDX-License-Identifier: Apache-2.0 */
#include "targets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "complain.h"
#include "line_reader.h"
#include "run.h"
#include "target_line.h"
#include "target_opts.h"

static bool is_stdin(const char *operand)
{
    return strcmp(operand, "-") == 0;
}

static bool is_file(const char *operand)
{
    return operand[0] == '@';
}

static int complain(const char *before, const char *host, const char *between, const char *problem)
{
    char after[CLI_COMPLAINT_MAX / 2];
    struct cli_text text = cli_text_init(after, sizeof(after));

    cli_text_add(&text, between);
    cli_text_foreign(&text, problem);
    return cli_complain(before, host, text.data);
}

static int check_operand(const struct cli_settings *settings, const char *operand)
{
    const char *problem;

    if (is_stdin(operand) && settings->manual)
        return cli_complain("-m reads from standard input itself, so - cannot", "", "");
    if (is_stdin(operand))
        return 0;
    if (is_file(operand) && access(operand + 1, R_OK) < 0)
        return complain("", operand + 1, ": ", mping_strerror(-errno));
    if (is_file(operand))
        return 0;
    problem = cli_host_problem(operand, strlen(operand));
    return problem != NULL ? complain("target \"", operand, "\": ", problem) : 0;
}

int cli_targets_check(const struct cli_settings *settings, int *ret_family)
{
    int family = AF_UNSPEC;
    bool all_numeric = true;

    for (size_t i = 0; i < settings->operand_count; i++) {
        struct mping_addr addr = {0};

        if (check_operand(settings, settings->operands[i]) < 0)
            return -1;
        if (mping_addr_parse(&addr, settings->operands[i]) < 0 || (i > 0 && addr.family != family))
            all_numeric = false;
        family = addr.family;
    }
    *ret_family = all_numeric ? family : cli_family(settings);
    return 0;
}

bool cli_targets_from_stdin(const struct cli_settings *settings)
{
    for (size_t i = 0; i < settings->operand_count; i++) {
        if (is_stdin(settings->operands[i]))
            return true;
    }
    return false;
}

static int reserve(struct cli_targets *targets)
{
    size_t cap = targets->cap > 0 ? targets->cap * 2 : 64;
    struct mping_target **all;

    if (targets->n < targets->cap)
        return 0;
    all = realloc(targets->all, cap * sizeof(struct mping_target *));
    if (all == NULL)
        return -1;
    targets->all = all;
    targets->cap = cap;
    return 0;
}

static int fail(struct cli_targets *targets, const char *host, int err)
{
    targets->status = err == MPING_EINVAL || err == -ENODEV ? CLI_EXIT_USAGE
                      : err == MPING_EPERM                  ? CLI_EXIT_PERMISSION
                                                            : CLI_EXIT_SYSTEM;
    return complain("", host, ": ", mping_strerror(err));
}

/* Before the target is added: from then on callbacks may ask for it. */
static int keep_labels(struct cli_targets *targets, const char *labels, size_t labels_len)
{
    const char ***chunk = &targets->labels[targets->n / CLI_LABEL_CHUNK];
    bool failed;

    if (labels_len == 0)
        return 0;
    if (targets->n / CLI_LABEL_CHUNK >= CLI_LABEL_CHUNKS)
        return -1;
    if (*chunk == NULL)
        *chunk = calloc(CLI_LABEL_CHUNK, sizeof(**chunk));
    if (*chunk == NULL)
        return -1;
    (*chunk)[targets->n % CLI_LABEL_CHUNK] =
        cli_label_store_add(&targets->label_store, labels, labels_len, &failed);
    return failed ? -1 : 0;
}

int cli_targets_add(void *list, const char *host, const char *labels, size_t labels_len)
{
    struct cli_targets *targets = list;
    struct mping_addr addr;
    int err;

    if (reserve(targets) < 0 || keep_labels(targets, labels, labels_len) < 0)
        return fail(targets, host, MPING_ENOMEM);
    /* The library would take an address on an unknown interface for a name. */
    if (strchr(host, '%') != NULL && mping_addr_parse(&addr, host) == -ENODEV)
        return fail(targets, host, -ENODEV);
    /* Its place in the list, no address. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    targets->opts.user = (void *)(uintptr_t)targets->n;
    err = mping_add(targets->engine, host, &targets->opts, &targets->all[targets->n]);
    if (err == MPING_EINVAL) {
        targets->status = CLI_EXIT_USAGE;
        return complain("", host, ": ", mping_errmsg(targets->engine));
    }
    if (err < 0)
        return fail(targets, host, err);
    targets->n++;
    return 0;
}

size_t cli_target_index(const struct mping_event *event)
{
    return (size_t)(uintptr_t)event->user;
}

const char *cli_target_labels(const struct cli_targets *targets, size_t index)
{
    const char *const *chunk = NULL;

    if (index / CLI_LABEL_CHUNK < CLI_LABEL_CHUNKS)
        chunk = targets->labels[index / CLI_LABEL_CHUNK];
    return chunk != NULL ? chunk[index % CLI_LABEL_CHUNK] : NULL;
}

const char *cli_target_label(const struct cli_targets *targets, size_t index, const char *name)
{
    return cli_labels_find(cli_target_labels(targets, index), name);
}

int cli_targets_add_operands(struct cli_targets *targets, const struct cli_settings *settings)
{
    for (size_t i = 0; i < settings->operand_count; i++) {
        const char *operand = settings->operands[i];
        int r = 0;

        targets->status = CLI_EXIT_USAGE; /* unless the library knows better */
        if (is_file(operand))
            r = cli_lines_read_file(operand + 1, '\n', cli_targets_add, targets);
        else if (!is_stdin(operand))
            r = cli_targets_add(targets, operand, NULL, 0);
        if (r < 0)
            return -1;
    }
    targets->status = CLI_EXIT_OK;
    return 0;
}

void cli_targets_cancel(struct cli_targets *targets)
{
    for (size_t i = 0; i < targets->n; i++)
        mping_cancel(targets->all[i]);
}

int cli_targets_status(const struct cli_targets *targets)
{
    int status = CLI_EXIT_OK;

    for (size_t i = 0; i < targets->n; i++) {
        struct mping_stats stats = {0};

        mping_target_stats(targets->all[i], &stats, sizeof(stats), 0);
        if (stats.received == 0 && stats.sent == 0 && stats.resolve_errors > 0)
            return CLI_EXIT_USAGE;
        if (stats.received == 0)
            status = CLI_EXIT_SILENT;
    }
    return status;
}

void cli_targets_done(struct cli_targets *targets)
{
    for (size_t i = 0; i < targets->n; i++)
        mping_close(targets->all[i]);
    free(targets->all);
    for (size_t i = 0; i < CLI_LABEL_CHUNKS; i++)
        free(targets->labels[i]);
    cli_label_store_done(&targets->label_store);
}
