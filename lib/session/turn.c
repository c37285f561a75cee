/* SPDX-License-Identifier: Apache-2.0 */
#include "session/turn.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>

#include "session/deliver.h"
#include "session/engine.h"
#include "session/fork.h"
#include "session/life.h"
#include "session/run.h"
#include "session/sockets.h"
#include "session/sockets_write.h"
#include "session/state.h"
#include "session/target_names.h"

enum {
    BATCHES_PER_TURN = 64, /* then others get their turn: names, callbacks, the caller */
    BUSY_PPS = 500,        /* sends or replies a second from which on it works in ticks */
    CALM_PPS = 250,
    TICK_PACKETS = 24, /* sends or replies wanted per tick */
    TICK_FULL = 32,    /* as many sends show that the tick has come late */
};

#define TICK_MIN_NS INT64_C(1000000)
#define TICK_MAX_NS INT64_C(10000000)
#define LOAD_NS INT64_C(50000000) /* the load is measured over this time */
#define FRESH_NS INT64_C(100000)
#define SUSPEND_MIN_NS INT64_C(100000000)

static int64_t asleep_ns(void)
{
    struct timespec boot;

    clock_gettime(CLOCK_BOOTTIME, &boot);
    return (int64_t)boot.tv_sec * 1000000000 + boot.tv_nsec - mping_now_ns();
}

/* CLOCK_MONOTONIC stands still while the machine is suspended, CLOCK_BOOTTIME does not. */
void mping_check_suspend(struct mping *m, int64_t now_ns)
{
    int64_t asleep = asleep_ns();

    if (asleep - m->asleep_ns > SUSPEND_MIN_NS)
        mping_core_suspended(m->core, now_ns);
    m->asleep_ns = asleep;
}

static void watch_sockets(struct mping *m, bool watch)
{
    struct epoll_event event = {.events = watch ? EPOLLIN : 0, .data.fd = m->sockets_fd};

    if (epoll_ctl(m->loop_fd, EPOLL_CTL_MOD, m->sockets_fd, &event) == 0)
        m->deaf = !watch;
}

/*
 * To wake up costs as much as ten packets. At speed the engine therefore reads in ticks; the
 * kernel's stamps make late reading harmless. Not while a flood waits for its replies.
 */
static void measure_load(struct mping *m, int64_t now_ns)
{
    int64_t passed_ns = now_ns - m->load_from_ns;
    bool flood = mping_core_unpaced(m->core) > 0;
    uint64_t load;

    if (passed_ns >= LOAD_NS) {
        load = m->load_sent > m->load_received ? m->load_sent : m->load_received;
        m->load_pps = (double)load * 1e9 / (double)passed_ns;
        m->load_sent = m->load_received = 0;
        m->load_from_ns = now_ns;
    }
    m->busy = !flood && m->load_pps > (double)(m->busy ? CALM_PPS : BUSY_PPS);
}

/* Whether replies may wait although they do not come quickly; for a while after the last one. */
static bool is_patient(struct mping *m, int64_t now_ns)
{
    if (!m->opts.read_delay_ns || mping_core_unpaced(m->core))
        return false;
    if (mping_core_inflight(m->core))
        m->quiet_from_ns = now_ns;
    return now_ns - m->quiet_from_ns <= 2 * m->opts.read_delay_ns;
}

static void choose_wakers(struct mping *m, int64_t now_ns)
{
    bool deaf;

    measure_load(m, now_ns);
    deaf = is_patient(m, now_ns) || m->busy;
    if (!m->busy)
        mping_sockets_rewatch(m);
    else if (m->deaf)
        mping_sockets_unwatch(m); /* not for a single tick */
    if (deaf != m->deaf)
        watch_sockets(m, !deaf);
}

static int64_t tick_ns(const struct mping *m)
{
    double wanted_ns = (double)TICK_PACKETS * 1e9 / m->load_pps;
    double full_ns = mping_sockets_capacity(m) / 4.0 * 1e9 / m->load_pps;

    if (wanted_ns < (double)TICK_MIN_NS)
        wanted_ns = (double)TICK_MIN_NS;
    if (wanted_ns > (double)TICK_MAX_NS)
        wanted_ns = (double)TICK_MAX_NS;
    return (int64_t)(wanted_ns < full_ns ? wanted_ns : full_ns);
}

/* No longer than the receive buffers can bear. */
static int64_t read_delay_ns(const struct mping *m)
{
    int64_t full_ns = mping_sockets_capacity(m) / 4 * (INT64_C(1000000000) / BUSY_PPS);

    return m->opts.read_delay_ns < full_ns ? m->opts.read_delay_ns : full_ns;
}

/* Targets that have lost their hosts would like to try with a fresh id. */
static void add_wanted_ids(struct mping *m)
{
    for (int family = 0; family < 2; family++)
        if (m->families[family].n && mping_core_id_wanted(m->core, m->families[family].af))
            (void)mping_family_add_id(m, family); /* without it they keep the one they have */
}

static bool has_room(const struct mping *m)
{
    return mping_core_event_room(m->core) >= MPING_CORE_ROOM_MIN;
}

/* Whether the sockets have just been found dry. */
static bool is_dry(const struct mping *m, int64_t now_ns)
{
    return now_ns - m->dry_ns <= FRESH_NS;
}

/* Where replies may wait, those that come back at once may, too. */
static bool read_between(struct mping *m)
{
    int64_t now_ns = mping_now_ns();

    if (m->deaf && !m->busy && is_dry(m, now_ns))
        return true;
    return mping_sockets_read(m, false);
}

/*
 * Reads until the sockets are dry and lets the core judge what the time is up for. Just after
 * that they are not looked at again, unless there are verdicts to give.
 */
static void receive(struct mping *m)
{
    int64_t now_ns = mping_now_ns();
    bool judging = mping_core_verdict_ns(m->core) <= now_ns;

    mping_check_suspend(m, now_ns);
    if ((judging || !is_dry(m, now_ns)) && !mping_sockets_read(m, judging))
        return;
    if (has_room(m))
        mping_core_advance(m->core, now_ns);
}

/* Adds to the events delivered, at most max (0: all) of them. */
static void deliver(struct mping *m, uint32_t max, int *delivered)
{
    if (!max || (uint32_t)*delivered < max)
        *delivered += mping_deliver(m, max ? max - (uint32_t)*delivered : 0);
}

/* In ticks one batch is enough: what becomes due meanwhile is the next one's. */
static bool sent_all(const struct mping *m, size_t n)
{
    return n == 0 || (m->busy && n < TICK_FULL);
}

/*
 * Alternates between sending and reading, so that replies never pile up unread. What they
 * say is told before the next probes leave: a callback may cancel its target.
 */
static void send_due(struct mping *m, uint32_t max_events, int *delivered)
{
    bool more = true;

    mping_core_set_wall(m->core, mping_wall_offset_ns());
    for (int i = 0; i < BATCHES_PER_TURN && more && has_room(m); i++) {
        deliver(m, max_events, delivered);
        if (mping_is_over(m))
            return;
        more = !sent_all(m, mping_sockets_write(m)) && read_between(m);
    }
    deliver(m, max_events, delivered);
}

int mping_turn(struct mping *m, uint32_t max_events)
{
    MPING_DRIVING driving = mping_drive(m);
    int delivered = 0;

    (void)driving;
    receive(m);
    mping_names_turn(m, mping_now_ns());
    add_wanted_ids(m);
    send_due(m, max_events, &delivered);
    if (mping_is_inherited(m))
        return delivered; /* fork() in a callback */
    choose_wakers(m, mping_now_ns());
    if (m->waiters)
        pthread_cond_broadcast(&m->changed);
    return delivered;
}

int64_t mping_turn_deadline_ns(struct mping *m)
{
    int64_t deadline_ns = mping_core_deadline_ns(m->core), now_ns, read_ns;

    if (mping_core_event(m->core))
        return 0;
    if (m->resolver && mping_resolver_deadline_ns(m->resolver) < deadline_ns)
        deadline_ns = mping_resolver_deadline_ns(m->resolver);
    if (!m->deaf)
        return deadline_ns;
    now_ns = mping_now_ns();
    if (deadline_ns <= now_ns)
        return deadline_ns;
    /* In ticks: neither earlier nor, since the sockets are not watched, later. */
    if (m->busy)
        return now_ns + tick_ns(m);
    read_ns = now_ns + read_delay_ns(m);
    return deadline_ns < read_ns ? deadline_ns : read_ns;
}

static int arm(struct mping *m, int64_t deadline_ns)
{
    struct itimerspec when = {0};

    if (deadline_ns != MPING_TIME_NEVER) {
        int64_t at_ns = deadline_ns > 0 ? deadline_ns : 1; /* 0 would turn the timer off */

        when.it_value.tv_sec = at_ns / 1000000000;
        when.it_value.tv_nsec = at_ns % 1000000000;
    }
    if (timerfd_settime(m->timer_fd, TFD_TIMER_ABSTIME, &when, NULL) < 0)
        return -1;
    m->armed_ns = deadline_ns;
    return 0;
}

void mping_turn_arm(struct mping *m)
{
    int64_t deadline_ns;

    if (mping_is_inherited(m))
        return;
    if (m->sleepers)
        mping_wake_loop(m);
    if (!m->polled || m->driving || m->threads == MPING_THREADS_RUNNING)
        return;
    deadline_ns = mping_turn_deadline_ns(m);
    if (deadline_ns != m->armed_ns && arm(m, deadline_ns) < 0)
        mping_wake_loop(m); /* better woken too often than never */
}
