/* SPDX-License-Identifier: Apache-2.0 */
/* ICMP errors in the words of fping. */
#ifndef MULTIPING_CLI_FPING_FORMAT_ICMP_H
#define MULTIPING_CLI_FPING_FORMAT_ICMP_H

#include <stddef.h>

#include <multiping/multiping.h>

/*
 * "ICMP Host Unreachable from 192.0.2.1 for ICMP Echo sent to NAME". Returns the length of what
 * is in text, which has size bytes.
 */
size_t fping_icmp_text(char *text, size_t size, const struct mping_event *event, const char *name);

#endif
