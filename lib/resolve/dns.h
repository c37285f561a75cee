/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The DNS as the C library asks it: name after name of the search list, for both families at
 * once. Where it is not clear what the C library would make of the answers, it is asked.
 */
#ifndef MPING_RESOLVE_DNS_H
#define MPING_RESOLVE_DNS_H

#include <stdbool.h>

#include "resolve/resolve.h"
#include "resolve/state.h"

/* Asks the DNS for a job. */
void mping_dns_start(struct mping_job *job);
/* Has the one family that is known do, because time is up. false: none is. */
bool mping_dns_settle_half(struct mping_job *job);
/* The same for those that have waited for MPING_HALF_NS. */
void mping_dns_age(struct mping_resolver *resolver);

#endif
