/* SPDX-License-Identifier: Apache-2.0 */
/* In place of all the rest where ncursesw was missing at build time. */
#include "process/exit.h"
#include "process/problem.h"
#include "run.h"
#include "top/top.h"

int cli_top_check(void)
{
    return app_complain("--top is not in this build, which was made without ncursesw", "", "");
}

int cli_top(struct mping *engine, const struct cli_settings *settings, struct app_show *show)
{
    (void)engine;
    (void)settings;
    (void)show;
    return APP_EXIT_USAGE;
}
