/* SPDX-License-Identifier: Apache-2.0 */
#include "core/event_ring.h"

#include <assert.h>
#include <string.h>
#include <sys/socket.h>

#include "base/bytes.h"
#include "core/core.h"
#include "core/icmp.h"
#include "core/key.h"
#include "core/packet.h"
#include "core/probes.h"
#include "core/profile_table.h"
#include "core/records.h"
#include "core/state.h"
#include "core/target_store.h"

static uint32_t waiting(const struct mping_core *core)
{
    return core->ring_tail - core->ring_head;
}

struct mping_event *mping_core_event(struct mping_core *core)
{
    return waiting(core) ? &core->ring[core->ring_head % MPING_EVENT_RING] : NULL;
}

void mping_core_event_pop(struct mping_core *core)
{
    assert(waiting(core));
    core->ring_head++;
    if (!waiting(core))
        core->ring_head = core->ring_tail = 0; /* what is used again is still in the cache */
}

size_t mping_core_event_room(const struct mping_core *core)
{
    return MPING_EVENT_RING - waiting(core);
}

/* Events hand it back to its owner, who may write there. */
static struct mping_target *place_of(const struct mping_core_target *target)
{
    return (struct mping_target *)(uintptr_t)target->owned; /* NOLINT(performance-no-int-to-ptr) */
}

/*
 * All zero, in pieces of a size that compilers store directly: for the whole of it they call
 * for a string instruction, which takes longer to begin than all the stores.
 */
static void clear(struct mping_event *event)
{
    const size_t piece = 64;
    uint8_t *bytes = (uint8_t *)event;

    static_assert(sizeof(*event) == 256, "four of them");
    memset(bytes, 0, piece);
    memset(bytes + piece, 0, piece);
    memset(bytes + 2 * piece, 0, piece);
    memset(bytes + 3 * piece, 0, piece);
}

/* One at the end of the ring about nothing but the target, if it wants to hear of that type. */
static struct mping_event *add(struct mping_core *core, const struct mping_core_target *target,
                               enum mping_event_type type)
{
    struct mping_event *event;

    if (!(mping_profile_of(core, target)->events & MPING_EVENT_BIT(type)))
        return NULL;
    if (target->state == MPING_TARGET_FINISHED)
        return NULL; /* it has said its last word */
    assert(waiting(core) < MPING_EVENT_RING);
    event = &core->ring[core->ring_tail++ % MPING_EVENT_RING];
    clear(event);
    event->type = type;
    event->target = target->has_owner ? target->owner : place_of(target);
    event->rtt_ns = -1;
    event->ttl = -1;
    event->tos = -1;
    return event;
}

struct mping_event *mping_event_new(struct mping_core *core, const struct mping_core_target *target,
                                    enum mping_event_type type)
{
    struct mping_event *event = add(core, target, type);

    if (!event)
        return NULL;
    event->count = mping_target_count(core, target);
    if (target->has_addr) {
        struct mping_key key = mping_target_key(core, target);

        mping_key_to_addr(&key, &event->dst);
    }
    return event;
}

/* Of a probe in flight its own, which may have been changed since for those to come. */
static int64_t timeout_ns(const struct mping_core *core, const struct mping_core_target *target,
                          const struct mping_probe *probe)
{
    if (probe->state == MPING_PROBE_INFLIGHT && target->own_timeout)
        return probe->node.due_ns == MPING_TIME_NEVER ? 0 : probe->node.due_ns - probe->sent_ns;
    return mping_target_timeout_ns(core, target, probe->attempt);
}

struct mping_event *mping_event_of(struct mping_core *core, const struct mping_probe *probe,
                                   enum mping_event_type type)
{
    const struct mping_core_target *target = mping_target_at(core, probe->target);
    struct mping_event *event = add(core, target, type);
    struct mping_key key;

    if (!event)
        return NULL;
    key = mping_probe_key(probe);
    mping_key_to_addr(&key, &event->dst);
    event->count = mping_probe_count(core, target, probe);
    event->id = probe->id;
    event->seq = mping_probe_seq(probe);
    event->attempt = probe->attempt;
    event->sent_ns = mping_probe_sent_ns(probe);
    event->tx_stamp = probe->tx_stamp;
    event->timeout_ns = timeout_ns(core, target, probe);
    return event;
}

void mping_event_packet(struct mping_event *event, const struct mping_rx *rx,
                        const struct mping_icmp *icmp)
{
    event->peer = rx->from;
    event->src = rx->to;
    event->received_ns = rx->received_ns;
    event->rx_stamp = rx->stamp;
    event->icmp_bytes = icmp->bytes;
    event->icmp_type = icmp->type;
    event->icmp_code = icmp->code;
    event->icmp_info = icmp->info;
    event->ttl = icmp->ttl;
    event->tos = icmp->tos;
    if (icmp->type == MPING_ICMP4_TIMESTAMP_REPLY && /* of IPv6 there is no such type */
        icmp->payload_len >= MPING_TIMESTAMP_BYTES) {
        event->icmp_originate_ms = load_be32(icmp->payload);
        event->icmp_receive_ms = load_be32(icmp->payload + 4);
        event->icmp_transmit_ms = load_be32(icmp->payload + 8);
    }
}
