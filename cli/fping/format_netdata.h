/* SPDX-License-Identifier: Apache-2.0 */
/* -N: netdata's protocol for external plugins. */
#ifndef MULTIPING_CLI_FPING_FORMAT_NETDATA_H
#define MULTIPING_CLI_FPING_FORMAT_NETDATA_H

#include "fping/format.h"

/* A report of one host; first: the charts are described as well. */
void fping_netdata_host(const struct fping_page *page, const struct fping_host *host,
                        const struct fping_numbers *numbers, bool first);

#endif
