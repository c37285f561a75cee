/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4 addresses in the one dotted form. */
#ifndef MPING_SESSION_ADDR_H
#define MPING_SESSION_ADDR_H

#include <stdbool.h>
#include <stdint.h>

#include <multiping/multiping.h>

/* Reads a.b.c.d as it would be written; false if it is anything else. */
bool mping_addr_parse_plain(const char *text, uint8_t ip[4]);
/* Writes it, with its final NUL, into 16 bytes. */
void mping_addr_format_plain(char text[16], const uint8_t ip[4]);

#endif
