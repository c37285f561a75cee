/* SPDX-License-Identifier: Apache-2.0 */
/* What there is to know of targets and engines. */
#include "session/inspect.h"

#include <stdio.h>
#include <string.h>

#include "session/addr.h"
#include "session/default.h"
#include "session/engine.h"
#include "session/errmsg.h"
#include "session/group_api.h"
#include "session/sockets.h"
#include "session/state.h"
#include "session/target.h"

enum { STATS_MAX = 4096 }; /* no version's statistics are as large */

int mping_target_id(const struct mping_target *target)
{
    struct mping *m;
    int id;

    if (!target)
        return MPING_EINVAL;
    m = mping_engine_of_call(target);
    if (!m)
        return mping_no_engine();
    mping_lock(m);
    id = mping_core_target_id(m->core, mping_index_of(target));
    if (id < 0)
        mping_fail(m, id, "the target has no address yet");
    mping_unlock(m);
    return id;
}

int mping_target_host_copy(const struct mping_target *target, char *ret_host, size_t size)
{
    const struct mping_target_name *name;
    struct mping_addr addr;
    struct mping *m;
    char text[16] = "";
    int len;

    if (!target)
        return MPING_EINVAL;
    m = mping_engine_of_call(target);
    if (!m)
        return mping_no_engine();
    if (!ret_host && size)
        return mping_refuse(m, MPING_EINVAL, "there is no place for the host");
    mping_lock(m);
    name = mping_target_name_of(target);
    if (!name && mping_core_target_addr(m->core, mping_index_of(target), &addr) == 0)
        mping_addr_format_plain(text, addr.ip);
    len = snprintf(ret_host, size, "%s", name ? name->host : text);
    mping_unlock(m);
    return len;
}

const char *mping_target_host(const struct mping_target *target)
{
    struct mping *m;
    struct mping_target_name *name;
    struct mping_addr addr;
    char text[16];

    if (!target)
        return NULL;
    m = mping_engine_of_call(target);
    if (!m)
        return NULL;
    mping_lock(m);
    name = mping_target_name_of(target);
    if (!name && mping_core_target_addr(m->core, mping_index_of(target), &addr) == 0) {
        mping_addr_format_plain(text, addr.ip);
        name = mping_target_name_make(target, text);
    }
    if (!name)
        mping_fail(m, MPING_ENOMEM, "%s", mping_strerror(MPING_ENOMEM));
    mping_unlock(m);
    return name ? name->host : NULL;
}

int mping_target_addr(const struct mping_target *target, struct mping_addr *ret_addr)
{
    struct mping *m;
    int err;

    if (!target)
        return MPING_EINVAL;
    m = mping_engine_of_call(target);
    if (!m)
        return mping_no_engine();
    if (!ret_addr)
        return mping_refuse(m, MPING_EINVAL, "there is no place for the address");
    mping_lock(m);
    err = mping_core_target_addr(m->core, mping_index_of(target), ret_addr);
    if (err < 0)
        mping_fail(m, err, "the target has no address yet");
    mping_unlock(m);
    return err;
}

/* Hands statistics out in the size that the caller knows. */
static int export_stats(const struct mping_stats *stats, struct mping_stats *ret_stats, size_t size)
{
    if (size > sizeof(*stats))
        memset((char *)ret_stats + sizeof(*stats), 0, size - sizeof(*stats));
    memcpy(ret_stats, stats, size < sizeof(*stats) ? size : sizeof(*stats));
    return 0;
}

static int check_place(struct mping *m, const struct mping_stats *stats, size_t stats_size)
{
    if (!stats)
        return mping_refuse(m, MPING_EINVAL, "there is no place for the statistics");
    if (stats_size > STATS_MAX)
        return mping_refuse(m, MPING_EINVAL, "stats_size is %zu, it can be 0 to %d", stats_size,
                            STATS_MAX);
    return 0;
}

int mping_target_stats(struct mping_target *target, struct mping_stats *ret_stats,
                       size_t stats_size, int reset)
{
    struct mping_stats stats;
    struct mping *m;
    int err;

    if (!target)
        return MPING_EINVAL;
    m = mping_engine_of_call(target);
    if (!m)
        return mping_no_engine();
    err = check_place(m, ret_stats, stats_size);
    if (err < 0)
        return err;
    mping_lock_when_sent(m);
    mping_core_target_stats(m->core, mping_index_of(target), &stats, reset);
    mping_unlock(m);
    return export_stats(&stats, ret_stats, stats_size);
}

void mping_engine_stats_read(struct mping *m, struct mping_stats *ret_stats)
{
    mping_lock_when_sent(m);
    mping_core_stats(m->core, ret_stats);
    ret_stats->rx_capacity = mping_sockets_capacity(m);
    mping_unlock(m);
}

int mping_engine_stats(struct mping *engine, struct mping_stats *ret_stats, size_t stats_size)
{
    struct mping *m = mping_engine_or_default(engine);
    struct mping_stats stats;
    int err;

    if (!m)
        return mping_no_engine();
    err = check_place(m, ret_stats, stats_size);
    if (err < 0)
        return err;
    if (m->group)
        mping_group_stats(m->group, &stats);
    else
        mping_engine_stats_read(m, &stats);
    return export_stats(&stats, ret_stats, stats_size);
}
