/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "session/internal.h"

static bool is_over(void *arg)
{
    const struct mping_target *t = arg;

    const struct mping *m = mping_engine_of(t);

    return t->finished && !mping_is_called(m, t, false) &&
           (!t->queued || !mping_profile_of(t)->callback);
}

/* Runs until the target has ended and all has been said about it; why it ended. */
static int finish(struct mping_target *t, int cancel_fd)
{
    struct mping *m = mping_engine_of(t);
    int err;

    mping_lock(m);
    while ((err = mping_run_until(m, is_over, t, MPING_TIME_NEVER, cancel_fd)) < 0) {
        if (err != MPING_ECANCELED)
            continue; /* woken for somebody else */
        cancel_fd = -1;
        mping_unlock(m);
        mping_cancel(t);
        mping_lock(m);
    }
    err = mping_core_target_err(m->core, mping_index_of(t));
    if (err == MPING_ECANCELED)
        err = 0;
    mping_unlock(m);
    mping_close(t);
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
        return MPING_ENOMEM;
    if (mping_in_callback(m))
        return MPING_EBUSY;
    if (wants_events_unheard(opts)) {
        mping_lock(m);
        err = mping_fail(m, MPING_EINVAL, "events are wanted but there is no callback for them");
        mping_unlock(m);
        return err;
    }
    err = mping_add(m, host, opts, &t);
    return err < 0 ? err : finish(t, cancel_fd);
}

int mping_ping_until(struct mping *engine, int cancel_fd, const char *host,
                     const struct mping_target_opts *opts)
{
    return cancel_fd < 0 ? MPING_EINVAL : ping(engine, cancel_fd, host, opts);
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
        return MPING_ENOMEM;
    if (mping_in_callback(m))
        return MPING_EBUSY;
    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = 1;
    opts.timeout_ns = timeout_ns;
    opts.first_delay_ns = 0;
    opts.events = MPING_EVENTS_VERDICTS | MPING_EVENT_BIT(MPING_EV_FINISHED);
    opts.callback = keep_verdict;
    opts.user = &event;
    err = mping_add(m, host, &opts, &t);
    if (err == 0)
        err = finish(t, -1);
    if (event.type)
        err = event.err;
    event.host = host;
    event.target = NULL;
    event.user = NULL;
    if (ret_event)
        *ret_event = event;
    return err;
}
