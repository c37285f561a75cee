/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/socket.h>

#include <multiping/error.h>

#include "sim.h"

enum { FIRST_HOST = 2 }; /* the first one is ourselves */

void sim_touch(struct sim *sim, struct sim_target *target)
{
    if (target->touched)
        return;
    target->touched = true;
    sim->touched[sim->touched_n++] = target->index;
}

static uint32_t random_host(struct sim *sim)
{
    uint32_t number = FIRST_HOST + (uint32_t)dice_below(&sim->dice, sim->scenario.hosts);
    uint64_t pick = dice_below(&sim->dice, 10);

    if (pick == 0)
        return host_of(HOST_LINK_LOCAL, number);
    return host_of(pick < 4 ? HOST_V6 : HOST_V4, number);
}

static void add_target(struct sim *sim)
{
    struct scenario *s = &sim->scenario;
    const struct sim_profile *profile = &s->profiles[dice_below(&sim->dice, s->profiles_n)];
    struct sim_target *target = ledger_add(&sim->ledger, profile);
    int64_t delay_ns = profile->core.first_delay_ns;

    if (!target)
        return;
    if (delay_ns < 0 ||
        (profile->core.interval_ns > 0 && profile->core.flags & MPING_FLAG_RAND_DELAY))
        delay_ns = 0;
    target->first_due_ns = sim->world.now_ns + delay_ns;
    target->home = random_host(sim);
    if (sim->left_home != NOBODY && dice_chance(&sim->dice, PPM / 2))
        target->home = sim->left_home;
    if (profile->unguarded) /* nothing would tell its replies from those of a neighbour */
        target->home = host_of(HOST_V4, FIRST_HOST + s->hosts + target->index);
    target->named = has(s, TRAIT_NAMES) && dice_chance(&sim->dice, PPM * 2 / 3);
    if (mping_core_target_new(sim->core, &profile->core, (void *)target, sim->world.now_ns,
                              &target->core_id) < 0)
        sim_fail(sim, "no room for target %u", target->index);
    sim->live++;
    sim_touch(sim, target);
}

bool user_add_more(struct sim *sim)
{
    uint32_t before = sim->ledger.n;

    for (uint32_t i = 0; i < sim->scenario.targets; i++)
        add_target(sim);
    return sim->ledger.n > before;
}

void user_start(struct sim *sim)
{
    const struct scenario *s = &sim->scenario;
    struct happening plan = {.at_ns = s->start_ns, .target = NOBODY};

    (void)mping_core_add_id(sim->core, AF_INET, 100);
    (void)mping_core_add_id(sim->core, AF_INET6, 0x1000 + 100);
    user_add_more(sim);
    if (s->act_ns) {
        plan.kind = HAPPENS_ACTION;
        world_plan(&sim->world, plan);
    }
    if (s->attack_ns) {
        plan.kind = HAPPENS_ATTACK;
        world_plan(&sim->world, plan);
    }
}

void user_cancel(struct sim *sim, struct sim_target *target, int err)
{
    if (err == MPING_ECANCELED)
        mping_core_target_cancel(sim->core, target->core_id);
    else
        mping_core_target_fail(sim->core, target->core_id, err);
    target->canceled = true;
    journal_add(&sim->journal, (struct step){.kind = STEP_CANCEL,
                                             .target = target->index,
                                             .err = err,
                                             .now_ns = sim->world.now_ns});
    driver_close(sim);
    sim_touch(sim, target);
}

void user_free(struct sim *sim, struct sim_target *target)
{
    mping_core_target_free(sim->core, target->core_id);
    sim->left_home = target->home;
    target->freed = target->canceled = true;
    sim->live--;
    ledger_move(&sim->ledger, target, NOBODY);
    journal_add(
        &sim->journal,
        (struct step){.kind = STEP_FREE, .target = target->index, .now_ns = sim->world.now_ns});
    driver_close(sim);
}

/* One probe by hand, or a refusal for a reason. */
static void send_by_hand(struct sim *sim, struct sim_target *target)
{
    const struct mping_profile *profile = &target->profile->core;
    bool strict = profile->flags & MPING_FLAG_SEQ_STRICT;
    int err;

    if (profile->attempts)
        return;
    err = mping_core_target_send(sim->core, target->core_id, sim->world.now_ns);
    if (err == 0)
        target->manual++;
    else if (err == MPING_EAGAIN &&
             (!strict || mping_core_target_pending(sim->core, target->core_id) < 65536))
        sim_fail(sim, "target %u: the window is said to be full", target->index);
    else if (err == MPING_ECLOSED && !profile->count && !target->canceled && !target->named &&
             profile->flags & MPING_FLAG_RETRY_SEND)
        sim_fail(sim, "target %u: is said to have ended", target->index);
    else if (err != MPING_EAGAIN && err != MPING_ECLOSED)
        sim_fail(sim, "target %u: error %d from a send by hand", target->index, err);
    if (err == 0 && target->canceled)
        sim_fail(sim, "target %u: may be sent to after its end", target->index);
}

static void reset_stats(struct sim *sim, struct sim_target *target)
{
    struct mping_stats stats;

    mping_core_target_stats(sim->core, target->core_id, &stats, true);
    target->was_reset = true;
}

static void churn(struct sim *sim, struct sim_target *target)
{
    uint64_t pick = dice_below(&sim->dice, 10);

    if (pick < 3)
        user_cancel(sim, target, MPING_ECANCELED);
    else if (pick < 6)
        user_free(sim, target);
    else if (pick == 6)
        reset_stats(sim, target);
    else
        add_target(sim);
}

/* What was on its way is lost while the machine sleeps; its monotonic clock stands still. */
static void suspend(struct sim *sim)
{
    int64_t until_ns = sim->world.now_ns + dice_range(&sim->dice, MS, 3 * SECOND);

    for (size_t i = 0; i < sim->world.n; i++) {
        struct happening *h = &sim->world.heap[i];
        struct probe *probe;

        if (!is_packet((enum kind)h->kind) || h->at_ns > until_ns)
            continue;
        probe = &ledger_at(&sim->ledger, h->target)->probes[h->count];
        if (h->kind == PACKET_GENUINE || h->kind == PACKET_LONGER)
            probe->missed |= h->at_ns <= probe->due_ns;
        h->kind = HAPPENS_NOTHING;
    }
    sim->suspended = true;
}

static void step_clock(struct sim *sim)
{
    static const int64_t steps_ns[] = {-3600 * SECOND, 3600 * SECOND, -SECOND, SECOND,  -200 * MS,
                                       200 * MS,       -20 * MS,      20 * MS, -3 * MS, 3 * MS};
    struct wall_step *last = &sim->wall[sim->wall_n - 1];

    /* Of two steps at once the backend remembers only one. */
    if (sim->wall_n == WALL_STEPS ||
        (sim->wall_n > 1 && last->from_ns > sim->world.now_ns - 10 * SECOND))
        return;
    sim->wall[sim->wall_n++] = (struct wall_step){
        .from_ns = sim->world.now_ns,
        .offset_ns = last->offset_ns + steps_ns[dice_below(&sim->dice, 10)],
    };
}

static void pull(struct sim *sim, bool pause)
{
    sim->paused = pause;
    mping_core_pause_pull(sim->core, pause);
}

static struct sim_target *random_target(struct sim *sim)
{
    struct sim_target *target =
        ledger_at(&sim->ledger, (uint32_t)dice_below(&sim->dice, sim->ledger.n));

    return target->freed ? NULL : target;
}

static void act_on_machine(struct sim *sim)
{
    const struct scenario *s = &sim->scenario;
    struct dice *dice = &sim->dice;

    if (has(s, TRAIT_SUSPEND) && dice_chance(dice, PPM / 50))
        suspend(sim);
    if (has(s, TRAIT_CLOCK) && dice_chance(dice, PPM / 20))
        step_clock(sim);
    if (has(s, TRAIT_SLOW) && dice_chance(dice, PPM / 10))
        pull(sim, !sim->paused);
    if (has(s, TRAIT_SEND_FULL) && dice_chance(dice, PPM / 300))
        sim->full_until_ns = sim->world.now_ns + dice_range(dice, 0, 2 * SECOND);
}

void user_act(struct sim *sim)
{
    const struct scenario *s = &sim->scenario;
    struct sim_target *target = random_target(sim);

    if (sim->ending)
        return;
    world_plan(&sim->world, (struct happening){.at_ns = sim->world.now_ns +
                                                        dice_range(&sim->dice, 0, 2 * s->act_ns),
                                               .kind = HAPPENS_ACTION,
                                               .target = NOBODY});
    act_on_machine(sim);
    if (target && has(s, TRAIT_MANUAL))
        for (uint64_t n = dice_below(&sim->dice, 20); n > 0; n--)
            send_by_hand(sim, target);
    if (target && has(s, TRAIT_CHURN))
        churn(sim, target);
}

void user_call_back(struct sim *sim, struct sim_target *target)
{
    if (sim->ending || target->freed || !has(&sim->scenario, TRAIT_CHURN) ||
        !dice_chance(&sim->dice, PPM / 300))
        return;
    if (dice_chance(&sim->dice, PPM / 2))
        send_by_hand(sim, target);
    else
        churn(sim, target);
}

/* Whether it will come to its end by itself, before long. */
static bool ends_by_itself(const struct sim *sim, const struct sim_target *target)
{
    const struct mping_profile *profile = &target->profile->core;

    return (profile->count || profile->attempts) && profile->timeout_ns &&
           profile->interval_ns >= 0 && !has(&sim->scenario, TRAIT_RATE);
}

/* How long what is left of an unpaced target takes if nobody answers. */
static int64_t work_ns(const struct sim_target *target)
{
    const struct mping_profile *profile = &target->profile->core;
    uint64_t n = profile->attempts ? profile->attempts : profile->count;
    uint8_t last = profile->attempts ? (uint8_t)(profile->attempts - 1) : 0;

    if (target->canceled || profile->interval_ns != 0 || target->next >= n)
        return 0;
    return (int64_t)(n - target->next) * ledger_timeout_ns(profile, last);
}

int64_t user_end(struct sim *sim)
{
    int64_t all_ns = 0;

    sim->ending = true;
    sim->full_until_ns = 0;
    pull(sim, false);
    for (uint32_t i = 0; i < sim->ledger.n; i++) {
        struct sim_target *target = ledger_at(&sim->ledger, i);

        if (target->freed)
            continue;
        if (dice_chance(&sim->dice, PPM / 5))
            user_free(sim, target);
        else if (!ends_by_itself(sim, target) || dice_chance(&sim->dice, PPM / 3))
            user_cancel(sim, target, MPING_ECANCELED);
        all_ns += work_ns(target);
    }
    return all_ns / (int64_t)sim->scenario.core.unpaced_inflight;
}

static void sync_host(struct sim *sim, struct sim_target *target)
{
    struct mping_addr addr;
    uint32_t host = NOBODY;

    if (mping_core_target_addr(sim->core, target->core_id, &addr) == 0)
        host = host_by_addr(&addr);
    if (host != target->host)
        ledger_move(&sim->ledger, target, host);
}

/* As the session does: one id more where all others are taken at that address. */
static int attach(struct sim *sim, struct sim_target *target)
{
    struct mping_addr addr = host_addr(target->home);
    uint32_t n = mping_core_ids(sim->core, addr.family);
    uint32_t id = (addr.family == AF_INET6 ? 0x1000u : 0u) + 100 + n;
    int err = mping_core_target_resolved(sim->core, target->core_id, &addr, sim->world.now_ns);

    if (err != MPING_ENOIDS || n >= sim->scenario.ids_max)
        return err;
    err = mping_core_add_id(sim->core, addr.family, (uint16_t)id);
    return err < 0
               ? err
               : mping_core_target_resolved(sim->core, target->core_id, &addr, sim->world.now_ns);
}

static void give_address(struct sim *sim, struct sim_target *target)
{
    int err = attach(sim, target);

    sync_host(sim, target);
    journal_add(&sim->journal, (struct step){.kind = STEP_ADDRESS,
                                             .target = target->index,
                                             .host = target->host,
                                             .now_ns = sim->world.now_ns});
    driver_close(sim);
    sim_touch(sim, target);
    sim->idle_turns = 0;
    if (err < 0)
        user_cancel(sim, target, err);
}

static void give_no_address(struct sim *sim, struct sim_target *target)
{
    const struct mping_profile *profile = &target->profile->core;
    size_t room = mping_core_event_room(sim->core);
    bool asked;

    mping_core_target_resolve_failed(sim->core, target->core_id, MPING_ERESOLVE, MPING_REASON_NONE,
                                     sim->world.now_ns);
    asked = mping_core_event_room(sim->core) < room;
    journal_add(&sim->journal, (struct step){.kind = STEP_NO_ADDRESS,
                                             .target = target->index,
                                             .asked = asked,
                                             .now_ns = sim->world.now_ns});
    driver_close(sim);
    sim_touch(sim, target);
    sim->idle_turns = 0;
    if (!asked || !(profile->flags & MPING_FLAG_RETRY_RESOLVE))
        return;
    ledger_probe(target, target->next)->state = PROBE_NONE;
    target->next++;
    target->scheduled += profile->interval_ns > 0;
}

void names_answer(struct sim *sim, const struct happening *answer)
{
    struct sim_target *target = ledger_at(&sim->ledger, answer->target);

    if (target->freed)
        return;
    if (!driver_has_room(sim)) { /* as in the session: later */
        struct happening again = *answer;

        again.at_ns = sim->world.now_ns + MS;
        world_plan(&sim->world, again);
        return;
    }
    if (dice_chance(&sim->dice, PPM / 8))
        target->home = random_host(sim);
    if (dice_chance(&sim->dice, PPM / 10))
        give_no_address(sim, target);
    else
        give_address(sim, target);
}

void names_turn(struct sim *sim)
{
    uint32_t wanted;

    while (driver_has_room(sim) && !sim->failed &&
           (wanted = mping_core_resolve_wanted(sim->core)) != MPING_CORE_NONE) {
        struct sim_target *target = (void *)mping_core_target_owner(sim->core, wanted);

        if (target->freed || target->core_id != wanted) {
            sim_fail(sim, "an address is wanted for target %u, which is gone", target->index);
            return;
        }
        if (target->named)
            world_plan(&sim->world, (struct happening){.at_ns = sim->world.now_ns +
                                                                dice_range(&sim->dice, 0, SECOND),
                                                       .kind = HAPPENS_RESOLVED,
                                                       .target = target->index});
        else
            give_address(sim, target);
    }
}
