/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor/finding.h"

#include <stdbool.h>
#include <string.h>

static const char *const grade_names[DOCTOR_GRADE_COUNT] = {
    [DOCTOR_OK] = "ok    ",
    [DOCTOR_NOTE] = "note  ",
    [DOCTOR_WARN] = "warn  ",
    [DOCTOR_FAIL] = "FAIL  ",
};

struct app_text *doctor_find(struct doctor_report *report, enum doctor_grade grade,
                             const char *subject)
{
    report->count[grade]++;
    app_text_add(&report->text, grade_names[grade]);
    app_text_add(&report->text, subject);
    app_text_add(&report->text, ": ");
    return &report->text;
}

void doctor_end(struct doctor_report *report)
{
    app_text_char(&report->text, '\n');
}

void doctor_say(struct doctor_report *report, enum doctor_grade grade, const char *subject,
                const char *words)
{
    app_text_add(doctor_find(report, grade, subject), words);
    doctor_end(report);
}

void doctor_unknown(struct doctor_report *report, const char *subject, const char *path)
{
    struct app_text *text = doctor_find(report, DOCTOR_NOTE, subject);

    app_text_add(text, "not known: ");
    app_text_add(text, path);
    app_text_add(text, " cannot be read");
    doctor_end(report);
}

#define FIX "\n      fix: "

struct app_text *doctor_fix_begin(struct doctor_report *report)
{
    app_text_add(&report->text, FIX);
    return &report->text;
}

/* What stands there for an earlier finding mends this one as well: it is the same trouble. */
static bool is_told(const struct doctor_report *report, const char *command)
{
    const char *at = report->text.data;

    while ((at = strstr(at, FIX))) {
        at += strlen(FIX);
        if (strncmp(at, command, strlen(command)) == 0 && at[strlen(command)] == '\n')
            return true;
    }
    return false;
}

void doctor_fix(struct doctor_report *report, const char *command)
{
    if (!is_told(report, command))
        app_text_add(doctor_fix_begin(report), command);
    doctor_end(report);
}
