/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "session/default.h"
#include "session/deliver.h"
#include "session/errmsg.h"
#include "session/life.h"
#include "session/run.h"
#include "session/state.h"

static uint32_t pending(const struct mping_target *t)
{
    return mping_core_target_pending(mping_engine_of(t)->core, mping_index_of(t));
}

static bool is_drained(void *arg)
{
    const struct mping_target *t = arg;

    return !t->queued && pending(t) == 0 && !mping_is_called(mping_engine_of(t), t, false);
}

/* Events of a target without callback wait for mping_next(), not for us. */
static bool is_drained_pull(void *arg)
{
    return pending(arg) == 0;
}

static int drain(struct mping *m, struct mping_target *target, int64_t until_ns)
{
    MPING_LOCKED locked = mping_locked(m);
    bool told = mping_profile_of(target)->callback != NULL;
    int err;

    do
        err = mping_run_until(locked, told ? is_drained : is_drained_pull, target, until_ns, -1);
    while (err == MPING_EAGAIN); /* woken for somebody else */
    if (err == MPING_ETIMEDOUT)
        mping_fail(m, err, "%u probes are still pending", pending(target));
    return err;
}

int mping_drain(struct mping_target *target, int64_t max_ns)
{
    struct mping *m;

    if (!target)
        return MPING_EINVAL;
    m = mping_engine_of_call(target);
    if (!m)
        return mping_no_engine();
    if (max_ns < -1)
        return mping_refuse(m, MPING_EINVAL, "max_ns is %" PRId64 ", it can be -1 or more", max_ns);
    if (mping_in_callback(m))
        return mping_fail_busy(m);
    {
        MPING_INSIDE inside = mping_enter(m);

        return drain(inside, target, mping_until_ns(max_ns));
    }
}
