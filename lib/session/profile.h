/* SPDX-License-Identifier: Apache-2.0 */
/* Options of targets, checked, and shared by the targets that have the same. */
#ifndef MPING_SESSION_PROFILE_H
#define MPING_SESSION_PROFILE_H

#include "session/state.h"

/* Checks options and finds or makes the profile for them; give it back with put. */
int mping_profile_get(struct mping *m, const struct mping_target_opts *opts,
                      struct mping_shared_profile **ret_profile);
void mping_profile_put(struct mping *m, struct mping_shared_profile *profile);

#endif
