/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what the kernel says about itself: files below /proc and /sys. */
#ifndef MULTIPING_CLI_DOCTOR_FACTS_H
#define MULTIPING_CLI_DOCTOR_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the beginning of a file, without the newline at its end, into data. False, and "",
 * if it cannot be read. */
bool doctor_read(const char *path, char *data, size_t size);

/* The first number in a file; otherwise if there is none. */
int64_t doctor_number(const char *path, int64_t otherwise);

/* Up to n numbers from a file, separated by blanks; returns how many there were. */
size_t doctor_numbers(const char *path, int64_t *ret_numbers, size_t n);

/* What this process may do, and whether it can be read. */
#define DOCTOR_SELF "/proc/self/status"
bool doctor_knows_self(void);

/* Whether the kernel has IPv6, as far as can be seen. */
bool doctor_has_ipv6(void);

/* The number after a name at the beginning of a line: doctor_field("/proc/stat", "btime"). */
int64_t doctor_field(const char *path, const char *name, int base, int64_t otherwise);

#endif
