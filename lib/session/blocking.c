/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "session/default.h"
#include "session/deliver.h"
#include "session/engine.h"
#include "session/errmsg.h"
#include "session/life.h"
#include "session/run.h"
#include "session/state.h"
#include "session/workers.h"

static bool is_over(void *arg)
{
    const struct mping_target *t = arg;

    const struct mping *m = mping_engine_of(t);

    return t->finished && !mping_is_called(m, t, false) &&
           (!t->queued || !mping_profile_of(t)->callback);
}

/* Runs until all has been said about the target: 0, or MPING_ECLOSED. */
static int run_to_end(struct mping_target *t, int cancel_fd)
{
    struct mping *m = mping_engine_of(t);
    MPING_LOCKED locked = mping_locked(m);
    int err;

    mping_fail_begin(m);
    while ((err = mping_run_until(locked, is_over, t, MPING_TIME_NEVER, cancel_fd)) < 0) {
        if (err == MPING_ECLOSED)
            return err;
        if (err != MPING_ECANCELED)
            continue; /* woken for somebody else */
        cancel_fd = -1;
        mping_unlock(m);
        mping_cancel(t);
        mping_lock(m);
    }
    err = mping_core_target_err(m->core, mping_index_of(t));
    if (err == 0 || err == MPING_ECANCELED)
        return 0;
    return mping_fail_unsaid(m, err);
}

/* Nothing of it is called back after this, whatever has ended the run. */
static void close_target(struct mping_target **t)
{
    mping_close(*t);
}

/* Runs until the target has ended; why it ended. */
static int finish(struct mping_target *t, int cancel_fd)
{
    struct mping *m = mping_engine_of(t);
    int err;

    {
        __attribute__((cleanup(close_target))) struct mping_target *closing = t;

        err = run_to_end(closing, cancel_fd);
    }
    if (err == MPING_ECLOSED)
        return err;
    mping_lock(m);
    mping_workers_join(m);
    mping_unlock(m);
    return err;
}

/* Events and callback lie at the end: absent from an older, smaller struct. */
static bool wants_events_unheard(const struct mping_target_opts *opts)
{
    struct mping_target_opts o;

    mping_target_opts_init(&o, sizeof(o));
    if (opts)
        memcpy(&o, opts, opts->struct_size < sizeof(o) ? opts->struct_size : sizeof(o));
    return o.events && !o.callback;
}

static int ping(struct mping *engine, int cancel_fd, const char *host,
                const struct mping_target_opts *opts)
{
    struct mping *m = mping_engine_or_default(engine);
    struct mping_target *t;
    int err;

    if (!m)
        return mping_no_engine();
    if (mping_in_callback(m))
        return mping_fail_busy(m);
    if (wants_events_unheard(opts))
        return mping_refuse(
            m, MPING_EINVAL,
            "callback is NULL and events is not 0: there is nobody to tell them to");
    {
        MPING_INSIDE inside = mping_enter(m);

        err = mping_add(inside, host, opts, &t);
        return err < 0 ? err : finish(t, cancel_fd);
    }
}

int mping_ping_until(struct mping *engine, int cancel_fd, const char *host,
                     const struct mping_target_opts *opts)
{
    struct mping *m = mping_engine_or_default(engine);

    if (!m)
        return mping_no_engine();
    if (cancel_fd < 0)
        return mping_refuse(m, MPING_EINVAL, "cancel_fd is %d, it can be 0 or more", cancel_fd);
    return ping(m, cancel_fd, host, opts);
}

int mping_ping(struct mping *engine, const char *host, const struct mping_target_opts *opts)
{
    return ping(engine, -1, host, opts);
}

static void keep_verdict(const struct mping_event *event, void *user)
{
    struct mping_event *kept = user;

    /* FINISHED counts only if the target has ended without a probe. */
    if (MPING_EVENTS_VERDICTS & MPING_EVENT_BIT(event->type) || !kept->type)
        *kept = *event;
}

int mping_once(struct mping *engine, const char *host, int64_t timeout_ns,
               struct mping_event *ret_event)
{
    struct mping *m = mping_engine_or_default(engine);
    struct mping_event event = {.host = host, .rtt_ns = -1, .ttl = -1, .tos = -1};
    struct mping_target_opts opts;
    struct mping_target *t;
    int err;

    if (!m)
        return mping_no_engine();
    if (mping_in_callback(m))
        return mping_fail_busy(m);
    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = 1;
    opts.timeout_ns = timeout_ns;
    opts.first_delay_ns = 0;
    opts.events = MPING_EVENTS_VERDICTS | MPING_EVENT_BIT(MPING_EV_FINISHED);
    opts.callback = keep_verdict;
    opts.user = &event;
    {
        MPING_INSIDE inside = mping_enter(m);

        err = mping_add(inside, host, &opts, &t);
        if (err == 0)
            err = finish(t, -1);
        if (event.type && event.err != err)
            err = event.err < 0 ? mping_refuse(m, event.err, "%s", mping_strerror(event.err))
                                : event.err;
    }
    event.host = host;
    event.target = NULL;
    event.user = NULL;
    if (ret_event)
        *ret_event = event;
    return err;
}
