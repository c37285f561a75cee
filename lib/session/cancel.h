/* SPDX-License-Identifier: Apache-2.0 */
/* Targets that are canceled. */
#ifndef MPING_SESSION_CANCEL_H
#define MPING_SESSION_CANCEL_H

#include <stdbool.h>

#include <multiping/multiping.h>

/* Makes a reply to a canceled target one that is canceled; whether its event is wanted then. */
bool mping_cancel_reply(struct mping_event *event);

#endif
