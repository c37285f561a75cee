/* SPDX-License-Identifier: Apache-2.0 */
/* Options as callers give them: taken over, and held to their ranges. */
#ifndef MPING_SESSION_OPTIONS_H
#define MPING_SESSION_OPTIONS_H

#include <multiping/multiping.h>

#include "session/errmsg.h"

enum { MPING_WORKERS_MAX = 1024, MPING_BUFFER_MAX = 1 << 20 };

/*
 * Complete options from those of a caller, who may know a smaller struct (the rest keeps its
 * defaults) or a larger one (what we do not know must be zero), or give none. 0, or MPING_EINVAL,
 * MPING_ENOTSUP or -E2BIG, and then text tells which field it is about.
 */
int mping_opts_read(struct mping_opts *ret_opts, const struct mping_opts *from,
                    char text[MPING_ERRMSG_BYTES]);
int mping_target_opts_read(struct mping_target_opts *ret_opts, const struct mping_target_opts *from,
                           char text[MPING_ERRMSG_BYTES]);

#endif
