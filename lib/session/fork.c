/* SPDX-License-Identifier: Apache-2.0 */
#include "session/fork.h"

#include "session/default.h"

#include "session/engine.h"
#include "session/group.h"
#include "session/state.h"
#include "session/workers.h"

atomic_uint mping_generation;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int watch_err;

static void in_child(void)
{
    atomic_fetch_add(&mping_generation, 1);
    mping_default_leave();
}

static void watch(void)
{
    if (pthread_atfork(mping_default_hold, mping_default_release, in_child) != 0)
        watch_err = MPING_ENOMEM;
}

int mping_fork_watch(void)
{
    pthread_once(&once, watch);
    return watch_err;
}

/* Whether none of the parent's threads was at work in it when the child came to be. */
static bool is_at_rest(struct mping *m)
{
    bool rest = true;

    if (m->group)
        rest = pthread_mutex_trylock(&m->group->life) == 0 &&
               pthread_mutex_trylock(&m->group->lock) == 0;
    for (uint32_t i = 0; i < mping_shards(m) && rest; i++)
        rest = pthread_mutex_trylock(&mping_shard(m, i)->lock) == 0;
    return rest;
}

/*
 * What a thread was just changing stays as it is: nobody can tell what it looks like, and the
 * memory is the parent's pages anyway.
 */
void mping_inherited_free(struct mping *m)
{
    if (!is_at_rest(m))
        return;
    for (uint32_t i = 0; i < mping_shards(m); i++) {
        mping_engine_disconnect(mping_shard(m, i));
        mping_workers_forget(mping_shard(m, i));
    }
    if (m->group)
        mping_group_destroy(m->group);
    else
        mping_engine_destroy(m);
}
