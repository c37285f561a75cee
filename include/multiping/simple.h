/* SPDX-License-Identifier: Apache-2.0 */
/* Blocking one-liners. On an engine without workers other targets go on meanwhile. */
#ifndef MULTIPING_SIMPLE_H
#define MULTIPING_SIMPLE_H

#include <multiping/api.h>
#include <multiping/event.h>
#include <multiping/target.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Sends one probe and waits for its verdict; timeout_ns 0 waits for ever. Returns 0 for a
 * reply and the verdict's error otherwise. *ret_event (may be NULL) is filled in both cases;
 * its host is the caller's string. MPING_EBUSY inside a callback.
 */
MPING_API int mping_once(struct mping *engine, const char *host, int64_t timeout_ns,
                         struct mping_event *ret_event);

/*
 * Pings until opts->count probes have their verdicts and their callbacks have returned.
 * Returns 0, also if the callback canceled the target, or why it ended early. Needs
 * opts->callback, or none of the events: else MPING_EINVAL.
 */
MPING_API int mping_ping(struct mping *engine, const char *host,
                         const struct mping_target_opts *opts);

/* The same, and ends early, with 0, when cancel_fd becomes readable (it is not read). */
MPING_API int mping_ping_until(struct mping *engine, int cancel_fd, const char *host,
                               const struct mping_target_opts *opts);

#ifdef __cplusplus
}
#endif
#endif
