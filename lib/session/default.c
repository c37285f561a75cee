/* SPDX-License-Identifier: Apache-2.0 */
#include "session/default.h"

#include "session/fork.h"

#include "session/state.h"

static struct mping *default_engine;
/* Of the parent: its handles may still be named here. */
static struct mping *inherited_engine;
static pthread_mutex_t default_lock = PTHREAD_MUTEX_INITIALIZER;
/* Why the last call of this thread found no engine. */
static _Thread_local int no_engine_err;

struct mping *mping_default(void)
{
    struct mping *m;

    pthread_mutex_lock(&default_lock);
    if (!default_engine && (no_engine_err = mping_new(&default_engine, NULL)) == 0)
        default_engine->is_default = true;
    m = default_engine;
    pthread_mutex_unlock(&default_lock);
    return m;
}

struct mping *mping_default_made(void)
{
    struct mping *m;

    pthread_mutex_lock(&default_lock);
    m = default_engine;
    pthread_mutex_unlock(&default_lock);
    return m;
}

struct mping *mping_engine_or_default(struct mping *engine)
{
    if (!engine)
        return mping_default();
    if (!mping_is_inherited(engine))
        return engine;
    no_engine_err = MPING_ECLOSED;
    return NULL;
}

struct mping *mping_engine_of_call(const struct mping_target *target)
{
    return mping_engine_or_default(mping_engine_of(target));
}

int mping_no_engine(void)
{
    return no_engine_err;
}

void mping_default_hold(void)
{
    pthread_mutex_lock(&default_lock);
}

void mping_default_release(void)
{
    pthread_mutex_unlock(&default_lock);
}

void mping_default_leave(void)
{
    inherited_engine = default_engine ? default_engine : inherited_engine;
    default_engine = NULL;
    pthread_mutex_unlock(&default_lock);
}
