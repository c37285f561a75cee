/* SPDX-License-Identifier: Apache-2.0 */
#include "session/drops.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/discards.h"
#include "session/engine.h"
#include "session/sockets.h"
#include "session/state.h"
#include "session/turn.h"

enum { SPARE_DESCRIPTORS = 8 }; /* others are in greater need of the last ones */

/* Before probes leave links are not looked at more often than that. */
#define BEFORE_SEND_NS INT64_C(200000000)

void mping_drops_begin(struct mping_family *f)
{
    if (f->kind != MPING_SOCKET_PING || f->af != AF_INET6)
        return;
    if (f->discards_fd < 0)
        f->discards_fd = mping_discards_open();
    if (f->discards_fd >= 0)
        (void)mping_discards_read(f->discards_fd, &f->discards_known);
}

static void open_local(struct mping *m, int64_t now_ns)
{
    struct rlimit limit;

    m->drops_look_ns = now_ns;
    if (mping_local_drops_open(&m->local_drops, now_ns) < 0)
        return;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        (rlim_t)mping_local_drops_highest(m->local_drops) + SPARE_DESCRIPTORS >= limit.rlim_cur)
        mping_drops_close(m);
}

static void look_local(struct mping *m)
{
    int64_t now_ns = mping_now_ns();
    uint32_t least, most;

    m->drops_look_ns = now_ns;
    mping_sockets_take_refused(m, &least, &most);
    if (mping_local_drops_look(m->local_drops, least, most, now_ns))
        mping_core_link_trouble(m->core, now_ns);
}

void mping_drops_before_send(struct mping *m)
{
    int64_t now_ns = mping_now_ns();

    if (m->drops_look_ns && now_ns - m->drops_look_ns < BEFORE_SEND_NS)
        return;
    if (m->local_drops)
        look_local(m);
    else
        open_local(m, now_ns);
}

enum mping_reason mping_drops_doubt(void *context, const struct mping_addr *dst,
                                    const struct mping_tx_opts *tx, int64_t sent_ns)
{
    const struct mping *m = context;

    return m->local_drops ? mping_local_drops_doubt(m->local_drops, dst, tx, sent_ns)
                          : MPING_REASON_NONE;
}

void mping_drops_close(struct mping *m)
{
    mping_local_drops_close(m->local_drops);
    m->local_drops = NULL;
}

static void look_at_discards(struct mping *m)
{
    for (int family = 0; family < 2; family++) {
        struct mping_family *f = &m->families[family];
        int64_t discards = f->discards_known;

        if (f->discards_fd < 0 || mping_discards_read(f->discards_fd, &discards) < 0)
            continue;
        if (discards > f->discards_known)
            mping_core_tx_dropped(m->core, f->af, mping_now_ns());
        f->discards_known = discards;
    }
}

int64_t mping_drops_look(void *context)
{
    struct mping *m = context;
    int64_t now_ns = mping_now_ns();

    mping_check_suspend(m, now_ns);
    mping_sockets_note_drops(m);
    look_at_discards(m);
    if (m->local_drops)
        look_local(m);
    return now_ns;
}

void mping_drops_end(struct mping_family *f)
{
    if (f->discards_fd >= 0)
        close(f->discards_fd);
    f->discards_fd = -1;
}
