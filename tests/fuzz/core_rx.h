/* SPDX-License-Identifier: Apache-2.0 */
/* What both halves of the fuzzer of the core know. */
#ifndef MULTIPING_TESTS_FUZZ_CORE_RX_H
#define MULTIPING_TESTS_FUZZ_CORE_RX_H

#include "model.h"

enum { HOSTS = 6, PACKET_MAX = 256 };

/* Whom the targets ping: three IPv4, three IPv6 addresses. */
extern const struct mping_addr hosts[HOSTS];

/* The next bytes become something that arrives; the model says what must come of it. */
void receive_reply(struct input *in);
void receive_error(struct input *in);
void receive_queued(struct input *in);
void receive_noise(struct input *in);

#endif
