/* SPDX-License-Identifier: Apache-2.0 */
/* The ring of events that wait to be taken. */
#ifndef MPING_CORE_EVENT_RING_H
#define MPING_CORE_EVENT_RING_H

#include "core/icmp.h"
#include "core/packet.h"
#include "core/records.h"
#include "core/state.h"

/* A new event at the end of the ring, or NULL if the target does not want that type. */
struct mping_event *mping_event_new(struct mping_core *core, const struct mping_core_target *target,
                                    enum mping_event_type type);
/* The same about a probe. */
struct mping_event *mping_event_of(struct mping_core *core, const struct mping_probe *probe,
                                   enum mping_event_type type);
/* Fills in what the packet says about itself. */
void mping_event_packet(struct mping_event *event, const struct mping_rx *rx,
                        const struct mping_icmp *icmp);

#endif
