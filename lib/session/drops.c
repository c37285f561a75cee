/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/socket.h>
#include <unistd.h>

#include "io/discards.h"
#include "session/internal.h"

void mping_drops_begin(struct mping_family *f)
{
    if (f->kind != MPING_SOCKET_PING || f->af != AF_INET6)
        return;
    if (f->discards_fd < 0)
        f->discards_fd = mping_discards_open();
    if (f->discards_fd >= 0)
        (void)mping_discards_read(f->discards_fd, &f->discards_known);
}

void mping_drops_look(struct mping *m)
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

void mping_drops_end(struct mping_family *f)
{
    if (f->discards_fd >= 0)
        close(f->discards_fd);
    f->discards_fd = -1;
}
