/* SPDX-License-Identifier: Apache-2.0 */
/* One run of the live view, as its engine's thread sees it. */
#ifndef MULTIPING_CLI_TOP_LIVE_H
#define MULTIPING_CLI_TOP_LIVE_H

#include <stdbool.h>

#include "addresses.h"
#include "inputs.h"
#include "process/exit.h"
#include "process/output.h"
#include "report.h"
#include "targets.h"
#include "top/aside.h"
#include "top/mailbox.h"
#include "top/model.h"
#include "top/painter.h"

enum { TOP_TARGETS_MAX = 100000 }; /* more is no view of them, and its memory the machine's */

struct top {
    struct mping *engine;
    const struct cli_settings *settings;
    struct app_show *show;      /* for the summary */
    struct cli_targets targets; /* the i-th of them is host i of the model */
    struct cli_addresses addresses;
    struct cli_inputs inputs;
    struct top_model model;
    struct top_mailbox mailbox;
    struct top_painter painter;
    struct top_aside aside;
    int signal_fd, wake_fd;
    int64_t now_ns, wall_ns; /* of this turn */
    size_t finished;         /* targets */
    int status;              /* why the run ends early, APP_EXIT_OK if it does not */
    int64_t interrupted_ns;  /* when a signal has asked for the end; 0: none has */
    int64_t hurry_ns;        /* when the view has to be away at the latest; 0: no hurry */
    bool stopping;           /* no more probes */
    bool warned;             /* that there are too many targets */
    bool suspending;
    bool shown;     /* the view's thread has been started */
    bool abandoned; /* and is not waited for: its terminal hangs */
};

#endif
