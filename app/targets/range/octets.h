/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4 addresses by octets: 10.0.0-3.1-254, 10.0.0.1,5,9, 10.1.*.1 */
#ifndef MULTIPING_APP_TARGETS_RANGE_OCTETS_H
#define MULTIPING_APP_TARGETS_RANGE_OCTETS_H

#include <stdbool.h>
#include <stdint.h>

struct cli_octets {
    uint16_t n[4];          /* how many values each octet has */
    uint8_t values[4][256]; /* ascending, each once */
};

/* Whether a text can only be meant so: digits, dots, and one of - , * at least. */
bool cli_octets_is_one(const char *text);

/* NULL, or what is wrong, for people. */
const char *cli_octets_read(struct cli_octets *ret_octets, const char *text);

uint64_t cli_octets_count(const struct cli_octets *octets);

/* The address at index i < count; the last octet changes fastest. */
void cli_octets_at(const struct cli_octets *octets, uint64_t i, uint8_t ret_ip[4]);

#endif
