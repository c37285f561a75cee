/* SPDX-License-Identifier: Apache-2.0 */
/* /etc/resolv.conf, see resolv.conf(5), into a setup. */
#ifndef MPING_RESOLVE_RESOLV_CONF_H
#define MPING_RESOLVE_RESOLV_CONF_H

#include <stdio.h>

#include "resolve/resolve.h"
#include "resolve/setup.h"

/* What holds without the file. */
void mping_resolv_conf_defaults(struct mping_setup *setup);

/* Reads a file; what is not understood ends then_dns. 0 or MPING_ENOMEM. */
int mping_resolv_conf_read(struct mping_setup *setup, FILE *file);

/* What the file has not said: a server, a domain. */
void mping_resolv_conf_complete(struct mping_setup *setup);

#endif
