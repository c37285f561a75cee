/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep/plan.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <multiping/multiping.h>

#include "exclude.h"
#include "operands.h"
#include "process/problem.h"
#include "target_opts.h"
#include "targets/list_reader.h"
#include "targets/reserved.h"

enum { READ_BYTES = 65536 };

/* More public addresses than this one asks only if one means it. */
#define PUBLIC_MAX UINT64_C(65536)

/* A range being taken. */
struct taking {
    struct cli_plan *plan;
    const char *labels;
    size_t labels_len;
};

/* FNV-1a. */
static void add_to_sum(uint64_t *sum, const void *data, size_t len)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < len; i++)
        *sum = (*sum ^ bytes[i]) * UINT64_C(0x100000001b3);
}

/* Why no target of a range can be asked, NULL if some can. */
static const char *mild_problem_of(const struct cli_plan *plan, const struct app_range *range)
{
    int family = AF_UNSPEC;

    if (range->kind == APP_RANGE_ADDRS)
        family = range->of.first.family;
    else if (range->kind == APP_RANGE_OCTETS)
        family = AF_INET;
    if (plan->family != AF_UNSPEC && family != AF_UNSPEC && family != plan->family)
        return "not of the wanted address family";
    if (!plan->settings->broadcast && app_special_refuses(range))
        return "broadcast, multicast or reserved; --broadcast allows it";
    return NULL;
}

static int take(void *user, struct app_range *range)
{
    const struct taking *taking = user;
    struct cli_plan *plan = taking->plan;

    const char *mild = mild_problem_of(plan, range);

    plan->problem = NULL;
    if (plan->list.count + range->count > APP_RANGE_MAX)
        plan->problem = "with this there are more targets than can be gone through";
    if (plan->problem != NULL) {
        app_range_done(range);
        return -1;
    }
    if (mild != NULL) {
        plan->mild = mild;
        plan->left_out += range->count;
    }
    if (app_range_list_add(&plan->list, range, taking->labels, taking->labels_len) == 0)
        return 0;
    plan->problem = mping_strerror(MPING_ENOMEM);
    return -1;
}

/* An app_target_fn. */
static const char *take_text(void *user, const char *text, const char *labels, size_t labels_len)
{
    struct cli_plan *plan = user;
    struct taking taking = {plan, labels, labels_len};
    const char *problem;

    plan->mild = NULL;
    problem = app_range_read(text, take, &taking);
    /* cppcheck-suppress knownConditionTrueFalse ; take() sets it */
    if (problem == NULL && plan->mild != NULL)
        (void)cli_operand_complain(text, plan->mild);
    add_to_sum(&plan->arguments, text, strlen(text) + 1);
    return problem != NULL && *problem == '\0' ? plan->problem : problem;
}

static int read_stdin(struct cli_plan *plan)
{
    static struct app_line_reader reader;
    static char data[READ_BYTES];
    ssize_t n;

    reader.name = "standard input";
    reader.end = cli_line_end(plan->settings);
    while ((n = read(STDIN_FILENO, data, sizeof(data))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return app_complain("standard input: ", mping_strerror(-errno), "");
        if (app_lines_feed(&reader, data, (size_t)n, take_text, plan) < 0)
            return -1;
    }
    return app_lines_end(&reader, take_text, plan);
}

static int read_operand(struct cli_plan *plan, const char *operand)
{
    const char *problem;

    if (cli_operand_is_stdin(operand))
        return read_stdin(plan);
    if (cli_operand_is_file(operand))
        return app_lines_read_file(operand + 1, cli_line_end(plan->settings), take_text, plan);
    problem = take_text(plan, operand, NULL, 0);
    return problem != NULL ? cli_operand_complain(operand, problem) : 0;
}

static int check_public(const struct cli_plan *plan)
{
    char number[32];
    struct app_text text = app_text_init(number, sizeof(number));
    uint64_t n = 0;

    for (size_t i = 0; i < plan->list.n; i++)
        n += app_special_public(&plan->list.entries[i].range);
    if (n <= PUBLIC_MAX || (plan->settings->yes && plan->settings->exclude_file.n > 0))
        return 0;
    app_text_count(&text, n);
    return app_complain("", number,
                        " public addresses: to ask more than 65536, give the networks to leave "
                        "alone with --exclude-file, and --yes");
}

static void add_settings_to_sum(struct cli_plan *plan)
{
    const struct cli_settings *s = plan->settings;

    add_to_sum(&plan->arguments, &s->shard, sizeof(s->shard));
    add_to_sum(&plan->arguments, &s->shards, sizeof(s->shards));
    add_to_sum(&plan->arguments, &s->family, sizeof(s->family));
    add_to_sum(&plan->arguments, s->in_order ? "i" : "r", 1);
    add_to_sum(&plan->arguments, s->unique ? "u" : "a", 1);
}

/* Whom --unique asks which address is pinged in the end. */
struct naming {
    struct mping *engine;
    const struct mping_target_opts *opts;
};

/* An app_own_fn. */
static struct mping_addr own_address(const void *user, const struct mping_addr *addr)
{
    const struct naming *naming = user;
    struct mping_addr own;

    return mping_effective_addr(naming->engine, addr, naming->opts, &own) == 0 ? own : *addr;
}

int cli_plan_make(struct cli_plan *plan, const struct cli_settings *settings, struct mping *engine,
                  const struct mping_target_opts *opts)
{
    const struct naming naming = {engine, opts};
    uint64_t all, shard = (uint64_t)settings->shard - 1, shards = (uint64_t)settings->shards;

    *plan = (struct cli_plan){
        .settings = settings,
        .arguments = UINT64_C(0xcbf29ce484222325),
        .family = opts->family != AF_UNSPEC ? opts->family : opts->source.family,
    };
    (void)app_special_init(); /* without the list the kernel still refuses them */
    for (size_t i = 0; i < settings->operand_count; i++) {
        if (read_operand(plan, settings->operands[i]) < 0)
            return -1;
    }
    if (plan->list.count == 0)
        return app_complain("there are no targets in what was given", "", "");
    if (plan->left_out == plan->list.count)
        return -1; /* why has been told */
    if (settings->unique && app_range_list_fold(&plan->list, own_address, &naming) < 0)
        return app_complain(mping_strerror(MPING_ENOMEM), "", "");
    all = plan->list.count;
    plan->count = all / shards + (all % shards > shard);
    add_settings_to_sum(plan);
    return check_public(plan);
}

void cli_plan_shuffle(struct cli_plan *plan, uint64_t seed)
{
    plan->permutation = app_permutation_make(plan->count, seed);
}

/* Parts are taken before the order is changed, so that they agree whatever their seeds. */
void cli_plan_at(const struct cli_plan *plan, uint64_t place, struct app_range_host *ret_host,
                 const char **ret_labels)
{
    uint64_t mine =
        plan->settings->in_order ? place : app_permutation_at(&plan->permutation, place);
    uint64_t i = mine * (uint64_t)plan->settings->shards + (uint64_t)plan->settings->shard - 1;

    app_range_list_at(&plan->list, i, ret_host, ret_labels);
}

void cli_plan_done(struct cli_plan *plan)
{
    app_range_list_done(&plan->list);
}
