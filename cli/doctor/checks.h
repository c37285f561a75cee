/* SPDX-License-Identifier: Apache-2.0 */
/* What the doctor looks at. Each check adds its findings to the report. */
#ifndef MULTIPING_CLI_DOCTOR_CHECKS_H
#define MULTIPING_CLI_DOCTOR_CHECKS_H

#include "doctor/finding.h"

struct mping;

/*
 * Kinds of sockets that may be opened, and why not. Returns an engine with the sockets that
 * it would use open, NULL if there are none; the caller frees it.
 */
struct mping *doctor_permissions(struct doctor_report *report);

/* Whether 127.0.0.1 and ::1 answer the engine, which may be NULL. */
void doctor_loopback(struct doctor_report *report, struct mping *engine);

/* Other programs on this machine that hold ICMP sockets. */
void doctor_pingers(struct doctor_report *report);

/* Limits of the kernel's network: buffers, neighbours, connection tracking, ICMP. */
void doctor_buffers(struct doctor_report *report);
void doctor_neighbours(struct doctor_report *report);
void doctor_conntrack(struct doctor_report *report);
void doctor_icmp_limits(struct doctor_report *report);

/* What spoils timing: the clock source, a host that takes the processor away, quotas. */
void doctor_clock(struct doctor_report *report);
void doctor_processor(struct doctor_report *report);

#endif
