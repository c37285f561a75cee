/* SPDX-License-Identifier: Apache-2.0 */
#include "session/lookup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "resolve/system.h"
#include "session/default.h"
#include "session/engine.h"
#include "session/errmsg.h"
#include "session/state.h"

enum { LOOKUP_MAX = 4096 }; /* bytes: no version's is as large */

struct mping_lookups {
    struct mping_system *system;
    struct mping_system_answer taken; /* what the last mping_lookup_next() has lent out */
};

static void wake(void *context)
{
    (void)mping_wakeup(context);
}

/* Locked. They are made for the first lookup. */
static int open_lookups(struct mping *m)
{
    int err;

    if (m->lookups)
        return 0;
    m->lookups = calloc(1, sizeof(*m->lookups));
    if (!m->lookups)
        return MPING_ENOMEM;
    err = mping_system_new(&m->lookups->system, wake, m);
    if (err == 0)
        return 0;
    free(m->lookups);
    m->lookups = NULL;
    return err;
}

void mping_lookups_free(struct mping_lookups *lookups)
{
    if (!lookups)
        return;
    mping_system_free(lookups->system, NULL);
    mping_system_answer_done(&lookups->taken);
    free(lookups);
}

void mping_lookups_disconnect(struct mping_lookups *lookups)
{
    if (lookups && lookups->system && !mping_system_disconnect(lookups->system))
        lookups->system = NULL;
}

/* Either name or addr. */
static int begin(struct mping *m, const char *name, int family, const struct mping_addr *addr,
                 void *user)
{
    int err;

    mping_lock(m);
    err = open_lookups(m);
    if (err == 0)
        err = name ? mping_system_ask(m->lookups->system, name, family, user)
                   : mping_system_ask_addr(m->lookups->system, addr, user);
    if (err < 0)
        err = mping_fail(m, err, "cannot look up: %s",
                         err == -EAGAIN ? mping_reason_text(MPING_REASON_NO_THREAD)
                                        : mping_strerror(err));
    mping_unlock(m);
    return err;
}

int mping_lookup_name(struct mping *engine, const char *name, int family, void *user)
{
    struct mping *m = mping_engine_or_default(engine);
    char text[MPING_ERRMSG_BYTES];
    int err;

    if (!m)
        return mping_no_engine();
    if (!name)
        return mping_refuse(m, MPING_EINVAL, "there is no name");
    err = mping_check_family(text, "family", family);
    return err < 0 ? mping_refuse(m, err, "%s", text) : begin(m, name, family, NULL, user);
}

int mping_lookup_addr(struct mping *engine, const struct mping_addr *addr, void *user)
{
    struct mping *m = mping_engine_or_default(engine);

    if (!m)
        return mping_no_engine();
    if (!addr || (addr->family != AF_INET && addr->family != AF_INET6))
        return mping_refuse(m, MPING_EINVAL,
                            "family of the address is %d, it can be AF_INET (%d) or AF_INET6 (%d)",
                            addr ? addr->family : 0, AF_INET, AF_INET6);
    return begin(m, NULL, 0, addr, user);
}

/* In the size that the caller knows. */
static void lend(const struct mping_system_answer *taken, struct mping_lookup *ret_lookup,
                 size_t size)
{
    const struct mping_lookup lookup = {
        .user = taken->user,
        .addrs = taken->addrs,
        .addr_count = taken->n,
        .name = taken->name,
        .gai_error = taken->gai_error,
        .sys_errno = taken->sys_errno,
    };

    memset(ret_lookup, 0, size);
    memcpy(ret_lookup, &lookup, size < sizeof(lookup) ? size : sizeof(lookup));
}

int mping_lookup_next(struct mping *engine, struct mping_lookup *ret_lookup, size_t lookup_size)
{
    struct mping *m = mping_engine_or_default(engine);
    int found = 0;

    if (!m)
        return mping_no_engine();
    if (!ret_lookup || lookup_size > LOOKUP_MAX)
        return mping_refuse(m, MPING_EINVAL, "there is no place for the lookup");
    mping_lock(m);
    if (m->lookups) {
        mping_system_answer_done(&m->lookups->taken);
        found = mping_system_take(m->lookups->system, &m->lookups->taken);
    }
    if (found)
        lend(&m->lookups->taken, ret_lookup, lookup_size);
    mping_unlock(m);
    return found;
}
