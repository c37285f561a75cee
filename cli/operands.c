/* SPDX-License-Identifier: Apache-2.0 */
#include "operands.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <multiping/multiping.h>

#include "base/address.h"
#include "process/problem.h"
#include "target_opts.h"
#include "targets/range/range.h"

/* What the hosts of all operands have in common. */
struct look {
    bool mixed; /* not one family: both, or names */
    int family; /* AF_UNSPEC: none yet */
};

bool cli_operand_is_stdin(const char *operand)
{
    return strcmp(operand, "-") == 0;
}

bool cli_operand_is_file(const char *operand)
{
    return operand[0] == '@';
}

int cli_operand_complain(const char *operand, const char *problem)
{
    char after[APP_COMPLAINT_MAX / 2];
    struct app_text text = app_text_init(after, sizeof(after));

    app_text_add(&text, "\": ");
    app_text_foreign(&text, problem);
    return app_complain("target \"", operand, text.data);
}

static int look_at(void *user, struct app_range *range)
{
    struct look *look = user;
    int family = AF_UNSPEC;

    if (range->kind == APP_RANGE_OCTETS)
        family = AF_INET;
    else if (range->kind == APP_RANGE_ADDRS)
        family = range->of.first.family;
    look->mixed |= family == AF_UNSPEC || (look->family != AF_UNSPEC && family != look->family);
    look->family = family;
    app_range_done(range);
    return 0;
}

static int check(const struct cli_settings *settings, const char *operand, struct look *look)
{
    const char *problem = NULL;

    if (cli_operand_is_stdin(operand) && settings->manual)
        return app_complain("-m reads from standard input itself, so - cannot", "", "");
    if (cli_operand_is_file(operand) && operand[1] == '\0')
        return cli_operand_complain(operand, "there is no file name behind it");
    if (cli_operand_is_file(operand) && access(operand + 1, R_OK) < 0) {
        char after[APP_COMPLAINT_MAX / 2];
        struct app_text text = app_text_init(after, sizeof(after));

        app_text_add(&text, ": ");
        app_text_add(&text, mping_strerror(-errno));
        return app_complain("", operand + 1, text.data);
    }
    if (cli_operand_is_stdin(operand) || cli_operand_is_file(operand))
        look->mixed = true;
    else
        problem = app_range_read(operand, look_at, look);
    return problem != NULL ? cli_operand_complain(operand, problem) : 0;
}

/* As asked for, or that of the source. */
static int wanted_family(const struct cli_settings *settings)
{
    const char *text = settings->source != NULL ? settings->source : settings->interface;
    struct mping_addr source;

    if (cli_family(settings) != AF_UNSPEC || text == NULL || mping_addr_parse(&source, text) < 0)
        return cli_family(settings);
    mping_addr_unmap(&source);
    return source.family;
}

int cli_operands_check(const struct cli_settings *settings, int *ret_family)
{
    struct look look = {.family = AF_UNSPEC};

    for (size_t i = 0; i < settings->operand_count; i++) {
        if (check(settings, settings->operands[i], &look) < 0)
            return -1;
    }
    if (!look.mixed && look.family != AF_UNSPEC && wanted_family(settings) != AF_UNSPEC &&
        look.family != wanted_family(settings))
        return cli_operand_complain(settings->operands[0], "not of the wanted address family");
    *ret_family = look.mixed ? cli_family(settings) : look.family;
    return 0;
}

bool cli_operands_have_stdin(const struct cli_settings *settings)
{
    for (size_t i = 0; i < settings->operand_count; i++) {
        if (cli_operand_is_stdin(settings->operands[i]))
            return true;
    }
    return false;
}
