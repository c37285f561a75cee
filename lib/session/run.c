/* SPDX-License-Identifier: Apache-2.0 */
#include "session/run.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "session/default.h"
#include "session/deliver.h"
#include "session/engine.h"
#include "session/errmsg.h"
#include "session/group_api.h"
#include "session/life.h"
#include "session/sockets.h"
#include "session/state.h"
#include "session/turn.h"
#include "session/workers.h"

void mping_eventfd_signal(int fd)
{
    const uint64_t one = 1;

    /* Else only a full counter can fail, and that is readable too. */
    while (write(fd, &one, sizeof(one)) < 0 && errno == EINTR)
        ;
}

void mping_wake_loop(struct mping *m)
{
    if (!atomic_exchange(&m->nudged, true))
        mping_eventfd_signal(m->wake_fd);
}

int mping_wakeup(struct mping *engine)
{
    struct mping *m = mping_engine_or_default(engine);

    if (!m)
        return mping_no_engine();
    if (m->group)
        mping_group_wakeup(m->group);
    atomic_store(&m->woken, true);
    mping_wake_loop(m);
    return 0;
}

bool mping_is_idle(const struct mping *m)
{
    return mping_core_active(m->core) == 0 && !mping_core_event(m->core) && !m->with_workers;
}

void mping_eventfd_clear(int fd, atomic_bool *nudged)
{
    uint64_t ignored;

    /* Not the other way round: who calls between would write what is read here, and be taken for
     * heard ever after. Where nothing is read the writer has not got there yet. */
    if (atomic_load(nudged) && read(fd, &ignored, sizeof(ignored)) > 0)
        atomic_store(nudged, false);
}

/* Takes back what made loop_fd readable, so that it does not wake us again. */
static void clear_wakers(struct mping *m)
{
    uint64_t ignored;

    mping_eventfd_clear(m->wake_fd, &m->nudged);
    if (m->armed_ns <= mping_now_ns() && read(m->timer_fd, &ignored, sizeof(ignored)) > 0)
        m->armed_ns = MPING_TIME_NEVER;
}

bool mping_sleep(struct mping *m, int64_t until_ns, int cancel_fd)
{
    struct pollfd fds[2] = {
        {.fd = m->loop_fd, .events = POLLIN},
        {.fd = cancel_fd, .events = POLLIN},
    };
    struct timespec timeout;
    int64_t wait_ns = until_ns - mping_now_ns();
    int n;

    if (wait_ns < 0 || mping_core_event(m->core))
        wait_ns = 0;
    timeout.tv_sec = wait_ns / 1000000000;
    timeout.tv_nsec = wait_ns % 1000000000;
    m->sleepers++;
    mping_unlock(m);
    n = ppoll(fds, cancel_fd >= 0 ? 2 : 1, until_ns == MPING_TIME_NEVER ? NULL : &timeout, NULL);
    mping_lock(m);
    if (n < 0)
        fds[1].revents = 0; /* a signal: whoever waits for it will have called wakeup */
    if (n == 0 && !m->deaf && !mping_sockets_are_unwatched(m))
        m->dry_ns = mping_now_ns(); /* the sockets would have woken us */
    m->sleepers--;
    clear_wakers(m);
    return fds[1].revents != 0;
}

bool mping_is_readable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return fd >= 0 && poll(&p, 1, 0) > 0;
}

/* The threads do the work; we wait for what they say. */
static void wait_for_threads(struct mping *m, int64_t until_ns, int cancel_fd)
{
    struct timespec until;

    if (cancel_fd >= 0 && mping_now_ns() + MPING_CANCEL_LOOK_NS < until_ns)
        until_ns = mping_now_ns() + MPING_CANCEL_LOOK_NS;
    until.tv_sec = until_ns / 1000000000;
    until.tv_nsec = until_ns % 1000000000;
    m->waiters++;
    if (until_ns == MPING_TIME_NEVER)
        pthread_cond_wait(&m->changed, &m->lock);
    else
        pthread_cond_timedwait(&m->changed, &m->lock, &until);
    m->waiters--;
}

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
    return a_ns < b_ns ? a_ns : b_ns;
}

static int drive(struct mping *m, bool (*done)(void *arg), void *arg, int64_t until_ns,
                 int cancel_fd)
{
    bool canceled = mping_is_readable(cancel_fd);

    while (!mping_is_over(m) && !done(arg)) {
        if (canceled)
            return MPING_ECANCELED;
        if (atomic_exchange(&m->woken, false))
            return MPING_EAGAIN;
        if (m->threads != MPING_THREADS_RUNNING) {
            mping_turn(m, 0);
            if (mping_is_over(m) || done(arg))
                break;
        }
        if (mping_now_ns() >= until_ns)
            return MPING_ETIMEDOUT;
        if (m->threads == MPING_THREADS_RUNNING) {
            wait_for_threads(m, until_ns, cancel_fd);
            canceled = mping_is_readable(cancel_fd);
        } else {
            canceled = mping_sleep(m, earlier(until_ns, mping_turn_deadline_ns(m)), cancel_fd);
        }
    }
    return mping_is_over(m) ? MPING_ECLOSED : 0;
}

int mping_run_until(struct mping *m, bool (*done)(void *arg), void *arg, int64_t until_ns,
                    int cancel_fd)
{
    bool own = m->threads != MPING_THREADS_RUNNING;
    int err;

    if (m->group)
        return mping_group_run_until(m, done, arg, until_ns, cancel_fd);
    {
        MPING_DRIVING driving = mping_drive(own ? m : NULL);

        err = drive(m, done, arg, until_ns, cancel_fd);
        (void)driving;
    }
    mping_turn_arm(m);
    return err;
}

int64_t mping_until_ns(int64_t max_ns)
{
    int64_t now_ns = mping_now_ns();

    return max_ns < 0 || max_ns > MPING_TIME_NEVER - now_ns ? MPING_TIME_NEVER : now_ns + max_ns;
}

bool mping_has_run(void *arg)
{
    const struct mping *m = arg;

    return mping_is_idle(m) || m->pull.n >= MPING_PULL_MAX || m->pull_stuck;
}

int mping_fail_full(struct mping *m, bool stuck)
{
    return mping_fail(m, stuck ? MPING_ENOMEM : MPING_EFULL, "%s",
                      "the targets' events have no room any more: take them with mping_next(), "
                      "then go on");
}

static int run_alone(struct mping *m, int64_t max_ns)
{
    MPING_LOCKED locked = mping_locked(m);
    uint64_t active;
    int err;

    if (max_ns == 0)
        locked->dry_ns = 0; /* the caller has asked */
    err = mping_run_until(m, mping_has_run, m, mping_until_ns(max_ns), -1);
    if (err == MPING_ECLOSED)
        return err;
    mping_workers_join(m);
    if (err == 0 && !mping_is_idle(m))
        return mping_fail_full(m, m->pull.n < MPING_PULL_MAX);
    active = mping_core_active(m->core);
    return active > INT32_MAX ? INT32_MAX : (int)active;
}

static int check_limit(struct mping *m, int64_t max_ns)
{
    if (max_ns < -1)
        return mping_refuse(m, MPING_EINVAL, "max_ns is %" PRId64 ", it can be -1 or more", max_ns);
    return mping_in_callback(m) ? mping_fail_busy(m) : 0;
}

int mping_run(struct mping *engine, int64_t max_ns)
{
    struct mping *m = mping_engine_or_default(engine);
    int err;

    if (!m)
        return mping_no_engine();
    err = check_limit(m, max_ns);
    if (err == 0) {
        MPING_INSIDE inside = mping_enter(m);

        err = inside->group ? mping_group_run(m->group, mping_until_ns(max_ns))
                            : run_alone(m, max_ns);
    }
    return err;
}

static int process_alone(struct mping *m, uint32_t max_events)
{
    MPING_LOCKED locked = mping_locked(m);
    int n;

    if (locked->threads == MPING_THREADS_RUNNING)
        return 0;
    clear_wakers(m);
    atomic_store(&m->woken, false);
    m->dry_ns = 0; /* the caller has asked */
    n = mping_turn(m, max_events);
    mping_turn_arm(m);
    return mping_is_over(m) ? MPING_ECLOSED : n;
}

int mping_process(struct mping *engine, uint32_t max_events)
{
    struct mping *m = mping_engine_or_default(engine);

    if (!m)
        return mping_no_engine();
    if (mping_in_callback(m))
        return mping_fail_busy(m);
    {
        MPING_INSIDE inside = mping_enter(m);

        return inside->group ? mping_group_process(m->group, max_events)
                             : process_alone(m, max_events);
    }
}

/* Without threads: at once if there is something to do, else after one sleep. */
static int wait_once(struct mping *m, int64_t until_ns)
{
    int n = mping_turn(m, 0);

    if (n > 0 || m->pull.n || atomic_exchange(&m->woken, false) || mping_is_over(m))
        return n;
    mping_sleep(m, earlier(until_ns, mping_turn_deadline_ns(m)), -1);
    atomic_store(&m->woken, false);
    return mping_is_over(m) ? 0 : mping_turn(m, 0);
}

static int wait_alone(struct mping *m, int64_t until_ns)
{
    MPING_LOCKED locked = mping_locked(m);
    int n = 0;

    if (locked->threads == MPING_THREADS_RUNNING) {
        wait_for_threads(m, until_ns, -1);
    } else {
        n = wait_once(m, until_ns);
        mping_turn_arm(m);
    }
    return mping_is_over(m) ? MPING_ECLOSED : n;
}

int mping_wait(struct mping *engine, int64_t max_ns)
{
    struct mping *m = mping_engine_or_default(engine);
    int err;

    if (!m)
        return mping_no_engine();
    err = check_limit(m, max_ns);
    if (err == 0) {
        MPING_INSIDE inside = mping_enter(m);

        err = inside->group ? mping_group_wait(m->group, mping_until_ns(max_ns))
                            : wait_alone(m, mping_until_ns(max_ns));
    }
    return err;
}

int64_t mping_next_timeout(struct mping *engine)
{
    struct mping *m = mping_engine_or_default(engine);
    int64_t deadline_ns, left_ns;

    if (!m)
        return mping_no_engine();
    if (m->group)
        return mping_group_has_news(m->group) ? 0 : -1;
    mping_lock(m);
    deadline_ns = m->pull.n ? 0 : mping_turn_deadline_ns(m);
    mping_unlock(m);
    if (deadline_ns == MPING_TIME_NEVER)
        return -1;
    left_ns = deadline_ns - mping_now_ns();
    return left_ns > 0 ? left_ns : 0;
}

int mping_fd(struct mping *engine)
{
    struct mping *m = mping_engine_or_default(engine);

    if (!m)
        return mping_no_engine();
    mping_lock(m);
    m->polled = true;
    mping_turn_arm(m);
    mping_unlock(m);
    return m->public_fd;
}
