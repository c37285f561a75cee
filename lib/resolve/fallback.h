/* SPDX-License-Identifier: Apache-2.0 */
/* Names that only the C library can answer as it would: its getaddrinfo() is called, in threads. */
#ifndef MPING_RESOLVE_FALLBACK_H
#define MPING_RESOLVE_FALLBACK_H

#include "resolve/resolve.h"
#include "resolve/state.h"

/* Hands a job over to the system's resolver, for one family or all. */
void mping_fallback_ask(struct mping_job *job, int family);
/* Takes what the system's resolver has found. */
void mping_fallback_take(struct mping_resolver *resolver);

#endif
