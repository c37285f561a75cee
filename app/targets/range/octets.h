/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4 addresses by octets: 10.0.0-3.1-254, 10.0.0.1,5,9, 10.1.*.1 */
#ifndef MULTIPING_APP_TARGETS_RANGE_OCTETS_H
#define MULTIPING_APP_TARGETS_RANGE_OCTETS_H

#include <stdbool.h>
#include <stdint.h>

struct app_octets {
    uint16_t n[4];          /* how many values each octet has */
    uint8_t values[4][256]; /* ascending, each once */
};

/* Whether a text can only be meant so: digits, dots, and one of - , * at least. */
bool app_octets_is_one(const char *text);

/* NULL, or what is wrong, for people. */
const char *app_octets_read(struct app_octets *ret_octets, const char *text);

uint64_t app_octets_count(const struct app_octets *octets);

/* The address at index i < count; the last octet changes fastest. */
void app_octets_at(const struct app_octets *octets, uint64_t i, uint8_t ret_ip[4]);

#endif
