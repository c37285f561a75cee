/* SPDX-License-Identifier: Apache-2.0 */
/* The one place where probes get their verdict. */
#ifndef MPING_CORE_VERDICT_H
#define MPING_CORE_VERDICT_H

#include "core/state.h"

/* Gives a probe in flight its verdict. event fields beyond type come back to be filled in. */
struct mping_event *mping_verdict(struct mping_core *core, uint32_t probe,
                                  enum mping_event_type type, enum mping_reason reason,
                                  int64_t now_ns);
/* The verdict for a probe whose time is up. */
void mping_verdict_expired(struct mping_core *core, uint32_t probe, int64_t now_ns);
/* The reply has come in time. */
struct mping_event *mping_verdict_reply(struct mping_core *core, uint32_t probe, int64_t rtt_ns,
                                        int64_t now_ns);
/* A send failed for good; the probe goes. */
/* The next probe of a target cannot be made: it has its verdict all the same. */
void mping_verdict_no_memory(struct mping_core *core, uint32_t target, int64_t now_ns);
void mping_verdict_send_error(struct mping_core *core, uint32_t probe, int err, int64_t now_ns);

#endif
