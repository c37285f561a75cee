/* SPDX-License-Identifier: Apache-2.0 */
#include <netinet/in.h>

#include "prf.h"
#include "wire.h"

/* Errors of RFC 792 and 4443: type, and the highest code that is used. */
static const struct {
    uint8_t type, code_max;
} kinds4[] = {{3, 15}, {3, 15}, {3, 15}, {11, 1}, {12, 2}, {5, 3}, {4, 0}},
  kinds6[] = {{1, 6}, {1, 6}, {2, 0}, {3, 1}, {4, 3}};

static void choose_type(struct wire_error *e, bool v6, uint64_t random)
{
    if (v6) {
        e->type = kinds6[random % 5].type;
        e->code = (uint8_t)(random / 8 % (kinds6[random % 5].code_max + 1u));
        e->info = e->type == 2 || e->type == 4 ? (uint32_t)(random >> 20 & 0xffffff) : 0;
        return;
    }
    e->type = kinds4[random % 7].type;
    e->code = (uint8_t)(random / 8 % (kinds4[random % 7].code_max + 1u));
    if (e->type == 3)
        e->info = (uint32_t)(random >> 20 & 0xffff);
    else if (e->type == 5)
        e->info = (uint32_t)(random >> 20);
    else if (e->type == 12)
        e->info = (uint32_t)(random >> 20 & 0xff);
}

/* How many ways of spoil() there are: an error queue tells only of the first ones. */
static unsigned ways(const struct happening *packet, uint32_t payload)
{
    if (packet->by_queue)
        return 3;
    if (packet->v6)
        return payload ? 9 : 8;
    return 10;
}

/* The ways in which a quote is none of ours. */
static void spoil(struct wire_error *e, const struct sim_target *target, bool v6, uint64_t random,
                  unsigned n)
{
    switch (random % n) {
    case 0:
        e->quoted_host = (e->quoted_host & ~UINT32_C(0xffffff)) | HOST_STRANGER |
                         (uint32_t)(random >> 8 & 0xffff);
        break;
    case 1:
        e->quoted_id |= FOREIGN_ID;
        break;
    case 2:
        e->quoted_seq = (uint16_t)(target->next + 20000 + random / 8 % 20000);
        break;
    case 3:
        e->quoted_type = v6 ? 129 : 0;
        break;
    case 4:
        e->quoted = (uint16_t)(random / 8 % 8);
        break;
    case 5:
        e->quoted_protocol = IPPROTO_UDP;
        break;
    case 6:
        e->bad_header = true;
        break;
    case 7:
        e->quoted_source |= HOST_STRANGER;
        break;
    case 8:
        if (target->profile->core.payload_bytes) {
            e->quoted = 8 + 1;
            e->bad_proof = true;
            break;
        }
        e->bad_header = true;
        break;
    default:
        e->fragment = true;
    }
}

struct wire_error wire_error_of(const struct ledger *ledger, const struct happening *packet)
{
    const struct sim_target *target = ledger_at(ledger, packet->target);
    const struct probe *probe = &target->probes[packet->count];
    uint32_t payload = target->profile->core.payload_bytes;
    uint64_t random = prf(packet->detail, 3, 3);
    struct wire_error e = {
        .from = packet->host,
        .quoted_source = wire_ourselves(packet->v6),
        .quoted_host = probe->host,
        .quoted_id = probe->id,
        .quoted_seq = (uint16_t)packet->count,
        .quoted_type = packet->v6 ? 128 : 8,
        .quoted_protocol = packet->v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP,
        .quoted = 8,
    };

    choose_type(&e, packet->v6, prf(packet->detail, 4, 4));
    if (random & 1) /* routers of today quote more than eight bytes */
        e.quoted = (uint16_t)(8 + (payload < 548 ? payload : 548));
    if (random >> 1 & 1)
        e.options = packet->v6 ? 0 : (uint8_t)((random >> 8) % 11 * 4);
    if (random >> 1 & 1)
        e.extensions = packet->v6 ? (uint8_t)((random >> 8) % 4 * 8) : 0;
    if (packet->kind == PACKET_ERROR_BOGUS)
        spoil(&e, target, packet->v6, random >> 16, ways(packet, payload));
    return e;
}
