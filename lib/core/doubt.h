/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a probe that was not answered is lost: drops in our own buffers and on our own links, a
 * sleep or a stall of the program may have kept its reply from us.
 */
#ifndef MPING_CORE_DOUBT_H
#define MPING_CORE_DOUBT_H

#include "core/records.h"
#include "core/state.h"

/* Why a probe whose time is up may have been answered all the same; NONE: it is lost. */
enum mping_reason mping_doubt(struct mping_core *core, const struct mping_probe *p);
/* Takes note of a verdict, before it is counted: drops excuse only so many in a row. */
void mping_doubt_note(struct mping_core *core, const struct mping_probe *p,
                      enum mping_event_type type, enum mping_reason reason);
/* Takes note that the target has answered a probe of that time. */
void mping_answer_note(struct mping_core *core, const struct mping_probe *probe);

#endif
