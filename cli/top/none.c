/* SPDX-License-Identifier: Apache-2.0 */
/* In place of all the rest where ncursesw was missing at build time. */
#include "process/exit.h"
#include "process/problem.h"
#include "run.h"
#include "top/top.h"

int cli_top_check(void)
{
    return cli_complain("--top is not in this build, which was made without ncursesw", "", "");
}

int cli_top(struct mping *engine, const struct cli_settings *settings, struct cli_show *show)
{
    (void)engine;
    (void)settings;
    (void)show;
    return CLI_EXIT_USAGE;
}
