/* SPDX-License-Identifier: Apache-2.0 */
/* What the doctor has found, and how it is written down. */
#ifndef MULTIPING_CLI_DOCTOR_FINDING_H
#define MULTIPING_CLI_DOCTOR_FINDING_H

#include "text/text.h"

/* How bad a finding is, from nothing to worst. */
enum doctor_grade {
    DOCTOR_OK = 0,
    DOCTOR_NOTE, /* worth knowing, spoils nothing by itself */
    DOCTOR_WARN, /* spoils results, or will at some rate */
    DOCTOR_FAIL, /* pings of this kind are impossible */
    DOCTOR_GRADE_COUNT
};

/* The report so far. */
struct doctor_report {
    struct app_text text;
    unsigned count[DOCTOR_GRADE_COUNT];
};

/* Begins a finding: "warn  receive buffer: ". The caller writes the rest of the sentence. */
struct app_text *doctor_find(struct doctor_report *report, enum doctor_grade grade,
                             const char *subject);

/* A whole finding in words of our own. */
void doctor_say(struct doctor_report *report, enum doctor_grade grade, const char *subject,
                const char *words);

/* What could not be read is neither well nor ill. */
void doctor_unknown(struct doctor_report *report, const char *subject, const char *path);

/* Ends the finding's line and writes the exact command that mends it, once for each command. */
void doctor_fix(struct doctor_report *report, const char *command);

/* Begins that command instead, for the caller to write and to end. */
struct app_text *doctor_fix_begin(struct doctor_report *report);

/* Ends the line of a finding, or of its command. */
void doctor_end(struct doctor_report *report);

#endif
