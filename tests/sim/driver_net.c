/* SPDX-License-Identifier: Apache-2.0 */
#include "sim.h"

/* The wall clock at the start: some day in 2023. */
#define WALL_START_NS (INT64_C(1700000000) * SECOND)

void net_start(struct sim *sim)
{
    sim->wall[0] = (struct wall_step){.from_ns = INT64_MIN, .offset_ns = WALL_START_NS};
    sim->wall_n = 1;
    mping_clock_init(&sim->clock, sim->world.now_ns - 300, sim->world.now_ns + WALL_START_NS - 200,
                     sim->world.now_ns);
    for (unsigned i = 0; i < 2; i++) {
        sim->world.sockets[i].limit = sim->scenario.queue_limit;
        sim->dry_ns[i] = sim->errors_dry_ns[i] = sim->world.now_ns;
    }
}

int64_t net_wall_ns(const struct sim *sim, int64_t at_ns)
{
    unsigned i = sim->wall_n - 1;

    while (sim->wall[i].from_ns > at_ns)
        i--;
    return at_ns + sim->wall[i].offset_ns;
}

void net_measure(struct sim *sim)
{
    int64_t now_ns = sim->world.now_ns;

    if (now_ns - sim->clock.measured_ns >= MPING_STAMP_MEASURE_NS)
        mping_clock_measure(&sim->clock, now_ns - 300, net_wall_ns(sim, now_ns) - 100, now_ns);
}

uint8_t net_stamp(struct sim *sim, const struct happening *packet, int64_t dry_ns,
                  int64_t *ret_received_ns)
{
    int64_t now_ns = sim->world.now_ns, took_ns = (int64_t)(packet->detail >> 50 & 1023);
    const struct mping_stamp_window window = {
        .dry_ns = dry_ns, .now_ns = now_ns, .user_from_ns = INT64_MAX};
    int64_t error_ns;
    uint8_t stamp;

    *ret_received_ns = now_ns;
    if (sim->wire.user_stamps)
        return MPING_STAMP_USER;
    mping_clock_measure(&sim->clock, now_ns - took_ns, net_wall_ns(sim, now_ns) - took_ns / 3,
                        now_ns);
    stamp = (uint8_t)mping_stamp_convert(&sim->clock, net_wall_ns(sim, packet->at_ns), &window,
                                         ret_received_ns);
    error_ns = *ret_received_ns - packet->at_ns;
    if (*ret_received_ns > now_ns || error_ns < -STAMP_ERROR_NS ||
        (stamp == MPING_STAMP_KERNEL && error_ns > STAMP_ERROR_NS))
        sim_fail(sim, "a stamp of kind %u is wrong by %lld ns", stamp, (long long)error_ns);
    return stamp;
}

static struct probe *probe_of(const struct sim *sim, const struct happening *packet)
{
    return &ledger_at(&sim->ledger, packet->target)->probes[packet->count];
}

/* A packet reaches the socket: it is stamped and waits there, or there is no room. */
static void arrive(struct sim *sim, const struct happening *packet)
{
    struct world *world = &sim->world;
    struct probe *probe = probe_of(sim, packet);
    bool in_time =
        wire_is_true(&sim->ledger, packet) && packet->at_ns <= probe->due_ns - STAMP_ERROR_NS;
    bool eaten = links_drop_in(&sim->links, probe->host, packet->at_ns);
    bool got = !eaten && (packet->by_queue ? queue_put(&world->errors[packet->v6], packet)
                                           : queue_put(&world->sockets[packet->v6], packet));

    probe->answered |= got && in_time;
    probe->missed |= !got && !eaten && in_time;
    probe->eaten |= eaten && in_time;
}

void net_arrive(struct sim *sim)
{
    struct happening next;

    while (!sim->failed && world_take(&sim->world, sim->world.now_ns, &next)) {
        switch ((enum kind)next.kind) {
        case HAPPENS_RESOLVED:
            names_answer(sim, &next);
            break;
        case HAPPENS_ATTACK:
            user_attack(sim);
            break;
        case HAPPENS_ACTION:
            user_act(sim);
            break;
        case HAPPENS_NOTHING:
            break;
        default:
            arrive(sim, &next);
        }
    }
    sim->arrived_ns = sim->world.now_ns;
}

/* Whom a packet comes from. */
static uint32_t sender(const struct probe *probe, enum kind kind, uint64_t detail)
{
    uint32_t stranger = host_of(host_kind(probe->host), HOST_STRANGER | (detail >> 30 & 0xffff));

    switch (kind) {
    case PACKET_WRONG_SOURCE:
    case PACKET_FOREIGN_HOST:
        return stranger;
    case PACKET_ERROR:
    case PACKET_ERROR_BOGUS: /* a router, or the host itself */
        return detail >> 29 & 1 ? stranger : probe->host;
    default:
        return probe->host;
    }
}

static void plan_packet(struct sim *sim, struct sim_target *target, uint64_t count,
                        struct happening packet)
{
    const struct probe *probe = &target->probes[count];
    enum kind kind =
        wire_possible(&sim->wire, target->profile, probe->host, (enum kind)packet.kind);

    packet.kind = (uint8_t)kind;
    packet.target = target->index;
    packet.count = count;
    packet.v6 = host_is_v6(probe->host);
    packet.host = sender(probe, kind, packet.detail);
    packet.by_queue = !sim->wire.raw4 && (kind == PACKET_ERROR || kind == PACKET_ERROR_BOGUS);
    world_plan(&sim->world, packet);
}

void net_probe_left(struct sim *sim, struct sim_target *target, uint64_t count, int64_t left_ns)
{
    struct probe *probe = &target->probes[count];
    struct fate fate;

    probe->eaten = links_drop_out(&sim->links, probe->host, left_ns);
    if (probe->eaten)
        return;
    weather_fate(&sim->scenario.weather, probe->host, probe->id, count, &fate);
    for (unsigned i = 0; i < fate.n; i++) {
        fate.back[i].at_ns += left_ns;
        plan_packet(sim, target, count, fate.back[i]);
    }
}

/* One packet out of the blue, made up by somebody who knows much about our probes. */
void user_attack(struct sim *sim)
{
    static const uint8_t weapons[] = {
        PACKET_BAD_PROOF, PACKET_BAD_PAYLOAD,  PACKET_BAD_CHECKSUM, PACKET_TRUNCATED,
        PACKET_BAD_CODE,  PACKET_WRONG_SOURCE, PACKET_WRONG_SCOPE,  PACKET_FORGED,
        PACKET_UNSENT,    PACKET_FOREIGN_ID,   PACKET_FOREIGN_HOST, PACKET_REQUEST,
        PACKET_GARBAGE,   PACKET_ERROR_BOGUS,  PACKET_FORGED,       PACKET_GENUINE,
    };
    struct dice *dice = &sim->dice;
    struct sim_target *target = ledger_at(&sim->ledger, (uint32_t)dice_below(dice, sim->ledger.n));
    uint64_t back = dice_below(dice, 4), count;

    if (sim->ending)
        return;
    world_plan(&sim->world,
               (struct happening){.at_ns = sim->world.now_ns +
                                           dice_range(dice, 0, 2 * sim->scenario.attack_ns),
                                  .kind = HAPPENS_ATTACK,
                                  .target = NOBODY});
    if (target->n <= back)
        return;
    count = target->n - 1 - back;
    if (target->probes[count].state != PROBE_LEFT)
        return;
    plan_packet(sim, target, count,
                (struct happening){.at_ns = sim->world.now_ns,
                                   .kind = weapons[dice_below(dice, sizeof(weapons))],
                                   .detail = dice_next(dice)});
}
