/* SPDX-License-Identifier: Apache-2.0 */
/* The TUN device behind which the simulated network lies. */
#ifndef MPING_SIMNET_DEVICE_H
#define MPING_SIMNET_DEVICE_H

#include <stdbool.h>

/*
 * Makes the device in this network namespace, gives it the addresses 10.0.0.1/8 and
 * fd00::1/16, which route everything there into it, and brings it up. Returns a descriptor
 * that does not block, or -errno with *ret_step telling what failed.
 */
int sn_device_open(const char *name, int mtu, const char **ret_step);

/* Whether no other interface but loopback is up in this network namespace: then it is no
 * namespace that anybody works in. */
bool sn_device_is_alone(void);

#endif
