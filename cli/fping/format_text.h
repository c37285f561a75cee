/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for people, as fping writes them without further options. */
#ifndef MULTIPING_CLI_FPING_FORMAT_TEXT_H
#define MULTIPING_CLI_FPING_FORMAT_TEXT_H

#include "fping/format.h"

extern const struct fping_format fping_text_format;

/* Lines of the text format that all others share. */
void fping_text_alive(const struct fping_page *page, const struct fping_ping *ping);
void fping_text_unreachable(const struct fping_page *page, const char *name);
void fping_text_duplicate(const struct fping_page *page, const struct fping_ping *ping);
void fping_text_icmp_error(const struct fping_page *page, const struct fping_ping *ping);
/* Before a reply's line: where it came from, if the target stands for that address. */
void fping_text_other_source(const struct fping_page *page, const struct mping_addr *source);
void fping_text_bad_name(const struct fping_page *page, const char *name, const char *why);
void fping_text_send_error(const struct fping_page *page, const char *name, const char *why);
void fping_text_enough(const struct fping_page *page, uint64_t required, uint64_t reachable);

/* The time as -D shows it, without brackets. */
void fping_time_text(char *text, size_t size, enum fping_time_format format, int64_t wall_ns);

#endif
