/* SPDX-License-Identifier: Apache-2.0 */
#include "session/life.h"

#include "session/engine.h"

#include "session/fork.h"
#include "session/group.h"
#include "session/group_api.h"
#include "session/run.h"
#include "session/state.h"

void mping_life_init(struct mping_life *life)
{
    pthread_mutex_init(&life->lock, NULL);
    pthread_cond_init(&life->changed, NULL);
}

void mping_life_done(struct mping_life *life)
{
    pthread_cond_destroy(&life->changed);
    pthread_mutex_destroy(&life->lock);
}

static struct mping_life *life_of(const struct mping *m)
{
    return &mping_lead(m)->life;
}

struct mping *mping_enter(struct mping *m)
{
    struct mping_life *life = life_of(m);

    pthread_mutex_lock(&life->lock);
    life->inside++;
    pthread_mutex_unlock(&life->lock);
    return m;
}

/* Makes whoever sleeps in the engine look. */
static void rouse(struct mping *m)
{
    if (m->group) {
        mping_group_tell(m->group);
        return;
    }
    mping_wake_loop(m);
    mping_lock(m);
    pthread_cond_broadcast(&m->changed);
    mping_unlock(m);
}

/* Two may sleep on the same descriptor, and the first takes away what has woken it. */
void mping_leave(struct mping **m)
{
    struct mping_life *life = life_of(*m);

    if (mping_is_inherited(*m))
        return; /* fork() in a callback */
    if (atomic_load(&life->ending))
        rouse(*m);
    pthread_mutex_lock(&life->lock);
    life->inside--;
    pthread_cond_broadcast(&life->changed);
    pthread_mutex_unlock(&life->lock);
}

struct mping *mping_locked(struct mping *m)
{
    mping_lock(m);
    return m;
}

void mping_release(struct mping **m)
{
    mping_unlock(*m);
}

struct mping_drive mping_drive(struct mping *m)
{
    struct mping_drive drive = {.m = m, .before = m && m->driving};

    if (m)
        m->driving = true;
    return drive;
}

void mping_drive_end(struct mping_drive *drive)
{
    if (drive->m)
        drive->m->driving = drive->before;
}

bool mping_is_over(const struct mping *m)
{
    return mping_is_inherited(m) || atomic_load(&life_of(m)->ending);
}

void mping_end_calls(struct mping *m)
{
    struct mping_life *life = life_of(m);

    atomic_store(&life->ending, true);
    rouse(m);
    pthread_mutex_lock(&life->lock);
    while (life->inside)
        pthread_cond_wait(&life->changed, &life->lock);
    pthread_mutex_unlock(&life->lock);
}
