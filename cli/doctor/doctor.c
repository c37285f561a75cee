/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor/doctor.h"

#include <unistd.h>

#include <multiping/multiping.h>

#include "doctor/checks.h"
#include "process/exit.h"
#include "process/privileges.h"
#include "process/problem.h"
#include "run.h"

enum { REPORT_MAX = 32768 };

static void examine_machine(struct doctor_report *report)
{
    doctor_neighbours(report);
    doctor_conntrack(report);
    doctor_icmp_limits(report);
    doctor_clock(report);
    doctor_processor(report);
}

static void add_count(struct app_text *text, unsigned n, const char *what, const char *after)
{
    app_text_count(text, n);
    app_text_char(text, ' ');
    app_text_add(text, what);
    app_text_add(text, n == 1 ? "" : "s");
    app_text_add(text, after);
}

static void conclude(struct doctor_report *report)
{
    struct app_text *text = &report->text;

    app_text_char(text, '\n');
    add_count(text, report->count[DOCTOR_FAIL], "failure", ", ");
    add_count(text, report->count[DOCTOR_WARN], "warning", ", ");
    add_count(text, report->count[DOCTOR_NOTE], "note", "\n");
}

int cli_doctor(void)
{
    static char data[REPORT_MAX];
    struct doctor_report report = {.text = app_text_init(data, sizeof(data))};
    struct mping *engine;
    int status, err;

    app_privileges_raise();
    engine = doctor_permissions(&report);
    /* Privileges show the programs of others, and count for buffers. */
    doctor_pingers(&report);
    doctor_buffers(&report);
    if (app_privileges_drop() < 0) {
        mping_free(engine);
        return APP_EXIT_SYSTEM;
    }
    status = engine ? APP_EXIT_OK : APP_EXIT_PERMISSION;
    doctor_loopback(&report, engine);
    mping_free(engine);
    examine_machine(&report);
    conclude(&report);
    if (status == APP_EXIT_OK && report.count[DOCTOR_WARN] + report.count[DOCTOR_FAIL] > 0)
        status = APP_EXIT_SILENT;
    err = app_say(STDOUT_FILENO, report.text.data, report.text.len);
    if (err == 0)
        return status;
    app_complain("write error: ", mping_strerror(err), "");
    return APP_EXIT_SYSTEM;
}
