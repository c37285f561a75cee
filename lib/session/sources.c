/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IPv6 ping sockets take no source address with a packet (Linux sends from the one they are
 * bound to), so each source that a target asks for gets a socket of its own. It shares the
 * id of the family's socket: the kernel gives it the replies to its address and leaves all
 * others to that one.
 */
#include "session/sources.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "session/address.h"
#include "session/sockets.h"
#include "session/state.h"

bool mping_sources_needed(const struct mping_family *f, const struct mping_tx_opts *opts)
{
    return f->af == AF_INET6 && f->kind == MPING_SOCKET_PING && opts->source.family == AF_INET6;
}

/* The source of a packet. A link-local one on several links is meant on that of the destination. */
static struct mping_addr source_of(const struct mping_tx *tx)
{
    struct mping_addr source = tx->opts->source;

    if (mping_address_lacks_link(&source))
        source.scope_id = tx->dst.scope_id;
    return source;
}

static bool is_for(const struct mping_source *source, const struct mping_tx *tx)
{
    const struct mping_addr wanted = source_of(tx);

    return source->id_index == tx->id_index && source->addr.scope_id == wanted.scope_id &&
           memcmp(source->addr.ip, wanted.ip, sizeof(wanted.ip)) == 0;
}

static int add(struct mping *m, struct mping_family *f, const struct mping_tx *tx,
               struct mping_backend **ret_io)
{
    struct mping_source *bigger = realloc(f->sources, (f->source_n + 1) * sizeof(*bigger));
    const struct mping_addr source = source_of(tx);
    struct mping_backend *io;
    int err;

    if (!bigger)
        return -ENOMEM;
    f->sources = bigger;
    err = mping_sockets_open_bound(m, f, &source, tx->id, &io);
    if (err < 0)
        return err;
    f->sources[f->source_n++] = (struct mping_source){
        .addr = source,
        .id_index = tx->id_index,
        .io = io,
    };
    *ret_io = io;
    return 0;
}

int mping_sources_io(struct mping *m, struct mping_family *f, const struct mping_tx *tx,
                     struct mping_backend **ret_io)
{
    for (uint32_t i = 0; i < f->source_n; i++) {
        if (is_for(&f->sources[i], tx)) {
            *ret_io = f->sources[i].io;
            return 0;
        }
    }
    return add(m, f, tx, ret_io);
}

void mping_sources_close(struct mping_family *f)
{
    for (uint32_t i = 0; i < f->source_n; i++)
        f->sources[i].io->ops->free(f->sources[i].io);
    free(f->sources);
    f->sources = NULL;
    f->source_n = 0;
}
