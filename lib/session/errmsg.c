/* SPDX-License-Identifier: Apache-2.0 */
#include "session/errmsg.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "session/default.h"
#include "session/engine.h"
#include "session/fork.h"
#include "session/group.h"
#include "session/state.h"

/* What mping_errmsg() gave this thread: others may fail meanwhile. */
static _Thread_local char told[MPING_ERRMSG_BYTES];
/* Of an engine that could not be made. */
static _Thread_local char of_new[MPING_ERRMSG_BYTES];

static void note(struct mping *m, const char *text)
{
    struct mping *lead = mping_lead(m);

    if (m->group)
        pthread_mutex_lock(&m->group->lock);
    memcpy(lead->errmsg, text, MPING_ERRMSG_BYTES);
    if (m->group)
        pthread_mutex_unlock(&m->group->lock);
    if (lead->is_default)
        of_new[0] = '\0';
}

int mping_fail(struct mping *m, int err, const char *format, ...)
{
    char text[MPING_ERRMSG_BYTES] = "";
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    note(m, text);
    return err;
}

int mping_refuse(struct mping *m, int err, const char *format, ...)
{
    char text[MPING_ERRMSG_BYTES] = "";
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    mping_lock(m);
    note(m, text);
    mping_unlock(m);
    return err;
}

int mping_fail_busy(struct mping *m)
{
    return mping_refuse(m, MPING_EBUSY, "this function is not to be called from inside a callback");
}

void mping_fail_begin(struct mping *m)
{
    (void)mping_fail(m, 0, "%s", "");
}

static bool has_said(struct mping *m)
{
    bool said;

    if (m->group)
        pthread_mutex_lock(&m->group->lock);
    said = mping_lead(m)->errmsg[0] != '\0';
    if (m->group)
        pthread_mutex_unlock(&m->group->lock);
    return said;
}

int mping_fail_unsaid(struct mping *m, int err)
{
    return has_said(m) ? err : mping_fail(m, err, "%s", mping_strerror(err));
}

int mping_fail_new(int err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(of_new, sizeof(of_new), format, args);
    va_end(args);
    return err;
}

int mping_complain(char text[MPING_ERRMSG_BYTES], int err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, MPING_ERRMSG_BYTES, format, args);
    va_end(args);
    return err;
}

int mping_check_range(char text[MPING_ERRMSG_BYTES], const char *field, int64_t value, int64_t min,
                      int64_t max, const char *also)
{
    if (value >= min && value <= max)
        return 0;
    return mping_complain(text, MPING_EINVAL,
                          "%s is %" PRId64 ", it can be %" PRId64 " to %" PRId64 "%s", field, value,
                          min, max, also);
}

int mping_check_family(char text[MPING_ERRMSG_BYTES], const char *field, int family)
{
    if (family == AF_UNSPEC || family == AF_INET || family == AF_INET6)
        return 0;
    return mping_complain(text, MPING_EINVAL,
                          "%s is %d, it can be AF_UNSPEC (%d), AF_INET (%d) or AF_INET6 (%d)",
                          field, family, AF_UNSPEC, AF_INET, AF_INET6);
}

static const char *tell(struct mping *m)
{
    if (mping_is_inherited(m))
        return "the engine belongs to the process that made it, and this one was forked from it";
    mping_lock(m);
    if (m->group)
        pthread_mutex_lock(&m->group->lock);
    memcpy(told, m->errmsg, sizeof(told));
    if (m->group)
        pthread_mutex_unlock(&m->group->lock);
    mping_unlock(m);
    return told;
}

const char *mping_errmsg(struct mping *engine)
{
    struct mping *m = engine ? engine : mping_default_made();

    if (!engine && of_new[0])
        return of_new;
    return m ? tell(m) : "";
}
