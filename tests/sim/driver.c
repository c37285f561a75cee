/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sim.h"

enum {
    BATCHES_PER_TURN = 64,
    CHECK_EVERY = 64,     /* turns: then all probes are looked at */
    IDLE_TURNS_MAX = 300, /* without any effect: then somebody spins */
    BUFFER_BYTES = 4096,  /* more than any packet here */
    END_SECONDS = 2000,   /* so long after the end has begun all must have ended, but for those
                             that have to wait for room */
};

/* What a turn and a packet cost. */
#define TURN_NS 4000
#define PACKET_NS 700

bool driver_has_room(const struct sim *sim)
{
    return mping_core_event_room(sim->core) >= MPING_CORE_ROOM_MIN;
}

static size_t events_waiting(const struct sim *sim)
{
    return 1024 - mping_core_event_room(sim->core);
}

void driver_close(struct sim *sim)
{
    journal_close(&sim->journal, sim->journal.events_taken + events_waiting(sim));
}

/* Before what came after them is judged: a late copy must not speak for a reply that was lost. */
static void tell_drops(struct sim *sim, unsigned family)
{
    struct socket_queue *queue = &sim->world.sockets[family];
    int64_t now_ns = sim->world.now_ns;

    if (queue->drops == queue->drops_told)
        return;
    mping_core_dropped(sim->core, family ? AF_INET6 : AF_INET, queue->drops - queue->drops_told,
                       now_ns);
    queue->drops_told = queue->drops;
    journal_add(&sim->journal,
                (struct step){.kind = STEP_DROPPED, .now_ns = now_ns, .v6 = family == 1});
    driver_close(sim);
}

static void tell_suspend(struct sim *sim)
{
    int64_t now_ns = sim->world.now_ns;

    if (!sim->suspended)
        return;
    sim->suspended = false;
    mping_core_suspended(sim->core, now_ns);
    journal_add(&sim->journal, (struct step){.kind = STEP_SUSPENDED, .now_ns = now_ns});
    driver_close(sim);
}

static bool read_batch(struct sim *sim, unsigned family, bool *ret_more)
{
    struct mping_rx rx[MPING_BATCH];
    struct happening packet;
    size_t n = 0;

    if (!driver_has_room(sim))
        return false;
    tell_suspend(sim);
    tell_drops(sim, family);
    while (n < MPING_BATCH && queue_take(&sim->world.sockets[family], &packet)) {
        uint8_t *buf = sim->buffers + n * BUFFER_BYTES;

        wire_build(&sim->wire, &sim->ledger, &packet, buf, &rx[n]);
        rx[n].stamp = net_stamp(sim, &packet, sim->dry_ns[family], &rx[n].received_ns);
        rx[n].read_ns = sim->world.now_ns;
        sim_trace(sim, "rx kind %d target %u count %llu len %u", packet.kind, packet.target,
                  (unsigned long long)packet.count, rx[n].len);
        journal_add(&sim->journal, (struct step){.kind = STEP_RX,
                                                 .target = packet.target,
                                                 .count = packet.count,
                                                 .now_ns = sim->world.now_ns,
                                                 .stamp_ns = rx[n].received_ns,
                                                 .stamp = rx[n].stamp,
                                                 .packet = packet});
        sim_touch(sim, ledger_at(&sim->ledger, packet.target));
        n++;
    }
    if (n == 0)
        net_measure(sim);
    if (n < MPING_BATCH)
        sim->dry_ns[family] = sim->world.now_ns;
    if (n > 0) {
        mping_core_rx(sim->core, rx, n);
        driver_close(sim);
        sim->world.now_ns += (int64_t)n * PACKET_NS;
        sim->idle_turns = 0;
    }
    *ret_more = n == MPING_BATCH;
    return true;
}

bool driver_read(struct sim *sim)
{
    for (unsigned family = 0; family < 2; family++) {
        bool more;

        do {
            if (!read_batch(sim, family, &more))
                return false;
        } while (more);
    }
    return true;
}

static bool read_errors(struct sim *sim)
{
    for (unsigned family = 0; family < 2; family++) {
        struct happening packet;

        while (driver_has_room(sim) && queue_take(&sim->world.errors[family], &packet)) {
            struct mping_rx_error error = wire_build_error(&sim->ledger, &packet);

            error.stamp = net_stamp(sim, &packet, sim->errors_dry_ns[family], &error.received_ns);
            journal_add(&sim->journal, (struct step){.kind = STEP_RX_ERROR,
                                                     .target = packet.target,
                                                     .count = packet.count,
                                                     .now_ns = sim->world.now_ns,
                                                     .stamp_ns = error.received_ns,
                                                     .stamp = error.stamp,
                                                     .packet = packet});
            sim_touch(sim, ledger_at(&sim->ledger, packet.target));
            mping_core_rx_error(sim->core, &error);
            driver_close(sim);
            sim->idle_turns = 0;
        }
        if (sim->world.errors[family].n)
            return false;
        sim->errors_dry_ns[family] = sim->world.now_ns;
    }
    return true;
}

static void advance(struct sim *sim, int64_t now_ns)
{
    size_t before = mping_core_event_room(sim->core);

    mping_core_advance(sim->core, now_ns);
    if (mping_core_event_room(sim->core) != before)
        sim->idle_turns = 0;
    journal_add(&sim->journal, (struct step){.kind = STEP_ADVANCE,
                                             .now_ns = now_ns,
                                             .late_ns = sim->late_ns,
                                             .full = mping_core_event_room(sim->core) < 4});
    driver_close(sim);
}

/* Reads until the sockets are dry, then lets the core judge what the time is up for. */
static void receive(struct sim *sim)
{
    int64_t now_ns = sim->world.now_ns;

    if (!driver_read(sim) || !read_errors(sim))
        return;
    if (driver_has_room(sim))
        advance(sim, now_ns);
}

/* A target whose hosts have gone silent would like a fresh id. */
static void add_wanted_ids(struct sim *sim)
{
    static const int families[] = {AF_INET, AF_INET6};

    for (unsigned i = 0; i < 2; i++) {
        uint32_t n = mping_core_ids(sim->core, families[i]);

        if (n < sim->scenario.ids_max && mping_core_id_wanted(sim->core, families[i]))
            (void)mping_core_add_id(sim->core, families[i], (uint16_t)(0x1000 * i + 100 + n));
    }
}

static void send_due(struct sim *sim)
{
    for (int i = 0; i < BATCHES_PER_TURN && driver_has_room(sim) && !sim->failed; i++) {
        if (!driver_send(sim))
            return;
        net_arrive(sim);
        if (!driver_read(sim))
            return;
    }
}

static void hash_event(struct sim *sim, const struct mping_event *event)
{
    const struct sim_target *target = (const void *)event->target;
    struct mping_event plain = *event;

    plain.target = NULL;
    plain.user = (void *)(uintptr_t)target->index;
    sim_hash(sim, &plain, sizeof(plain));
}

/* Takes what the consumer is ready to take. */
static void take_events(struct sim *sim)
{
    bool slow = has(&sim->scenario, TRAIT_SLOW) && !sim->ending;
    uint64_t max = slow ? dice_below(&sim->dice, 200) : UINT64_MAX;
    struct mping_event *event;

    while (max-- > 0 && (event = mping_core_event(sim->core))) {
        struct sim_target *target = (void *)event->target;

        sim_trace(sim, "event %u target %u count %llu reason %u err %d", event->type, target->index,
                  (unsigned long long)event->count, event->reason, event->err);
        hash_event(sim, event);
        journal_event(&sim->journal, event);
        mping_core_event_pop(sim->core);
        sim_touch(sim, target);
        sim->idle_turns = 0;
        user_call_back(sim, target);
    }
}

static void turn(struct sim *sim)
{
    sim->idle_turns++;
    net_arrive(sim);
    receive(sim);
    names_turn(sim);
    add_wanted_ids(sim);
    if (has(&sim->scenario, TRAIT_STALL) && dice_chance(&sim->dice, PPM / 300))
        sim->world.now_ns += dice_range(&sim->dice, 0, MID_TURN_NS);
    send_due(sim);
    take_events(sim);
    oracle_judge(sim);
    sums_check(sim);
    if (sim->idle_turns > IDLE_TURNS_MAX)
        sim_fail(sim, "spinning: %u turns without effect, deadline %lld", sim->idle_turns,
                 (long long)mping_core_deadline_ns(sim->core));
}

static int64_t oversleep_ns(struct sim *sim)
{
    /* Seldom where seconds at full speed between two stalls are what matters. */
    uint32_t chance = has(&sim->scenario, TRAIT_RATE) ? PPM / 1000 : PPM / 100;

    if (has(&sim->scenario, TRAIT_STALL) && dice_chance(&sim->dice, chance))
        return dice_chance(&sim->dice, PPM / 2) ? dice_range(&sim->dice, 0, 150 * MS)
                                                : dice_range(&sim->dice, 0, 6 * SECOND);
    return dice_range(&sim->dice, 0, 60000);
}

static void sleep_until_due(struct sim *sim)
{
    int64_t told_ns = mping_core_deadline_ns(sim->core), next_ns = told_ns;
    int64_t ready_ns = sim->world.now_ns + TURN_NS, planned_ns;

    if (sim->turns++ % CHECK_EVERY == 0)
        oracle_check_deadline(sim, told_ns);
    if (mping_core_event(sim->core)) /* a slow consumer comes back some time */
        next_ns = ready_ns + dice_range(&sim->dice, 0, 20 * MS);
    planned_ns = world_next_ns(&sim->world);
    if (has(&sim->scenario, TRAIT_TICKS))
        planned_ns = planned_ns == NEVER ? NEVER : ready_ns + dice_range(&sim->dice, MS, 10 * MS);
    if (planned_ns < next_ns)
        next_ns = planned_ns;
    if (told_ns > next_ns) /* the core has not asked for this turn */
        sim->idle_turns = 0;
    if (next_ns == NEVER && !sim->ending) {
        sim->world.now_ns = sim->scenario.start_ns + sim->scenario.length_ns;
        return;
    }
    if (next_ns == NEVER) {
        sim_fail(sim, "nothing to wait for, yet %llu targets are active",
                 (unsigned long long)mping_core_active(sim->core));
        return;
    }
    if (next_ns < ready_ns)
        next_ns = ready_ns;
    sim->world.now_ns = next_ns + oversleep_ns(sim);
    sim->late_ns = sim->world.now_ns > told_ns ? sim->world.now_ns - told_ns : 0;
    if (sim->late_ns > MPING_CORE_STALL_NS)
        sim->slept_ns += sim->late_ns;
    if (sim->late_ns > sim->latest_ns)
        sim->latest_ns = sim->late_ns;
}

static bool is_idle(const struct sim *sim)
{
    return !mping_core_active(sim->core) && !mping_core_event(sim->core);
}

/* Whether enough has happened; where all have ended too soon, more targets come. */
static bool is_enough(struct sim *sim)
{
    const struct scenario *s = &sim->scenario;

    if (sim->world.now_ns >= s->start_ns + s->length_ns || sim->made >= s->probes_max)
        return true;
    return is_idle(sim) && !user_add_more(sim);
}

void driver_run(struct sim *sim)
{
    int64_t end_ns = 0;

    while (!sim->failed) {
        turn(sim);
        if (!sim->ending && is_enough(sim)) {
            end_ns = sim->world.now_ns - sim->slept_ns + END_SECONDS * SECOND;
            end_ns += user_end(sim);
        }
        if (sim->ending && is_idle(sim))
            break;
        if (sim->ending && sim->world.now_ns - sim->slept_ns > end_ns)
            sim_fail(sim, "%llu targets do not end",
                     (unsigned long long)mping_core_active(sim->core));
        if (!sim->failed)
            sleep_until_due(sim);
    }
    if (sim->failed)
        return;
    net_arrive(sim);
    oracle_judge(sim);
    sums_check(sim);
    sums_check_end(sim);
}

/* mping_core_opts.look: the counters stand for all that has arrived. */
static int64_t look(void *context)
{
    struct sim *sim = context;
    int64_t now_ns = sim->arrived_ns;

    if (links_look(&sim->links, now_ns, sim->journal.events_taken + events_waiting(sim)))
        mping_core_link_trouble(sim->core, now_ns);
    return now_ns;
}

static enum mping_reason link_doubt(void *context, const struct mping_addr *dst,
                                    const struct mping_tx_opts *tx, int64_t sent_ns)
{
    const struct sim *sim = context;

    (void)tx;
    return links_doubt(&sim->links.view, host_by_addr(dst), sent_ns);
}

static bool start(struct sim *sim)
{
    struct scenario *s = &sim->scenario;

    if (s->links) {
        s->core.context = sim;
        s->core.look = look;
        s->core.link_doubt = link_doubt;
    }
    links_init(&sim->links, sim->seed, s->links, s->start_ns);
    sim->oracle.links = sim->links.view;
    memset(sim->oracle.answers, 0xff, sizeof(sim->oracle.answers)); /* of no time */
    sim->buffers = malloc((size_t)MPING_BATCH * BUFFER_BYTES);
    sim->touched = malloc((s->targets_max + 1) * sizeof(*sim->touched));
    sim->made_ns = malloc(((size_t)s->core.rate_pps + 32) * sizeof(*sim->made_ns));
    if (!sim->buffers || !sim->touched || !sim->made_ns || mping_core_new(&sim->core, &s->core) < 0)
        return false;
    world_init(&sim->world, s->start_ns);
    journal_init(&sim->journal);
    ledger_init(&sim->ledger, s->targets_max, s->hosts + s->targets_max + 2);
    sim->wire = (struct wire){.raw4 = !has(s, TRAIT_PING_SOCKETS),
                              .user_stamps = has(s, TRAIT_USER_STAMPS)};
    net_start(sim);
    user_start(sim);
    return true;
}

static void stop(struct sim *sim)
{
    mping_core_free(sim->core);
    world_done(&sim->world);
    journal_done(&sim->journal);
    ledger_done(&sim->ledger);
    scenario_done(&sim->scenario);
    free(sim->buffers);
    free(sim->touched);
    proofs_done(&sim->proofs);
    links_done(&sim->links);
    free(sim->made_ns);
}

bool sim_run(struct sim *sim, uint64_t seed, uint64_t probes_max, bool trace)
{
    *sim = (struct sim){
        .seed = seed, .dice.seed = seed, .trace = trace, .hash = seed, .left_home = NOBODY};
    sim->oracle = (struct oracle){.advanced_ns = INT64_MIN,
                                  .stall_from_ns = INT64_MIN,
                                  .stall_to_ns = INT64_MIN,
                                  .dropped_ns = {INT64_MIN, INT64_MIN},
                                  .suspended_ns = INT64_MIN};
    scenario_make(&sim->scenario, seed, probes_max);
    if (!start(sim))
        abort();
    driver_run(sim);
    stop(sim);
    return !sim->failed;
}
