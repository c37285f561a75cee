/* SPDX-License-Identifier: Apache-2.0 */
/* The sockets that c-ares asks through. */
#ifndef MPING_RESOLVE_SOCKETS_H
#define MPING_RESOLVE_SOCKETS_H

#include "resolve/resolve.h"
#include "resolve/state.h"

/* Has c-ares use sockets that set is_refused. */
void mping_sockets_watch(struct mping_resolver *resolver);

#endif
