/* SPDX-License-Identifier: Apache-2.0 */
#include "session/profile.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/icmp.h"
#include "session/address.h"
#include "session/default.h"
#include "session/errmsg.h"
#include "session/interfaces.h"
#include "session/options.h"
#include "session/state.h"

enum {
    SEARCH_MAX = 16, /* profiles looked at for one to share; a miss only costs memory */
};

static void fill(const struct mping *m, struct mping_shared_profile *p,
                 const struct mping_target_opts *o)
{
    bool v6 = o->family == AF_INET6;
    uint32_t headers = (v6 ? 40u : 20u) + MPING_ICMP_HEADER;

    p->events = o->events;
    p->callback = o->callback;
    p->resolve_timeout_ns = o->resolve_timeout_ns;
    p->family = o->family ? o->family : o->source.family;
    p->pattern_bytes = o->pattern_bytes;
    if (o->pattern_bytes)
        memcpy(p->pattern, o->pattern, o->pattern_bytes);
    if (o->flags & MPING_FLAG_TIMESTAMP) {
        p->family = AF_INET;
        p->pattern_bytes = 0;
    }
    p->core = (struct mping_profile){
        .count = o->attempts ? 0 : o->count,
        .interval_ns = o->attempts ? 0 : o->interval_ns,
        .timeout_ns = o->timeout_ns,
        .first_delay_ns = o->first_delay_ns,
        .backoff = o->backoff != 0 ? o->backoff : 1.0,
        .events = o->events | MPING_EVENT_BIT(MPING_EV_FINISHED),
        .window = o->window && !o->attempts ? o->window : 1,
        .attempts = o->attempts,
        .re_resolve_every = o->re_resolve_every,
        .flags = o->flags,
        .payload_bytes =
            o->flags & MPING_FLAG_TIMESTAMP ? (uint32_t)MPING_TIMESTAMP_BYTES : o->payload_bytes,
        .pull = !o->callback || m->group, /* of a group they all wait for the caller */
        .tx =
            {
                .source = o->source,
                .ifindex = o->ifindex,
                .mark = o->mark,
                .ttl = (int16_t)o->ttl,
                .tos = (int16_t)o->tos,
                .dont_fragment =
                    o->flags & MPING_FLAG_DF || o->payload_bytes + headers <= MPING_DF_ALWAYS_MAX,
                .stamp = o->flags & MPING_FLAG_TX_STAMPS,
            },
    };
}

static int make_tail(struct mping_shared_profile *p)
{
    const uint32_t head = MPING_PROOF_BYTES + MPING_TAG_BYTES;
    uint32_t len;

    if (p->core.payload_bytes <= head)
        return 0;
    len = p->core.payload_bytes - head;
    p->tail = calloc(1, len);
    if (!p->tail)
        return MPING_ENOMEM;
    for (uint32_t i = 0; p->pattern_bytes && i < len; i++)
        p->tail[i] = p->pattern[i % p->pattern_bytes];
    p->core.tail = p->tail;
    p->core.tail_sum = mping_icmp_sum(0, p->tail, len);
    return 0;
}

static bool same_tx(const struct mping_tx_opts *a, const struct mping_tx_opts *b)
{
    return a->source.family == b->source.family && a->source.scope_id == b->source.scope_id &&
           memcmp(a->source.ip, b->source.ip, sizeof(a->source.ip)) == 0 &&
           a->ifindex == b->ifindex && a->mark == b->mark && a->ttl == b->ttl && a->tos == b->tos &&
           a->dont_fragment == b->dont_fragment;
}

static bool same_schedule(const struct mping_profile *a, const struct mping_profile *b)
{
    return a->count == b->count && a->interval_ns == b->interval_ns &&
           a->timeout_ns == b->timeout_ns && a->first_delay_ns == b->first_delay_ns &&
           a->backoff == b->backoff && a->window == b->window && a->attempts == b->attempts &&
           a->re_resolve_every == b->re_resolve_every;
}

static bool same(const struct mping_shared_profile *a, const struct mping_shared_profile *b)
{
    return a->events == b->events && a->callback == b->callback &&
           a->resolve_timeout_ns == b->resolve_timeout_ns && a->family == b->family &&
           a->pattern_bytes == b->pattern_bytes &&
           memcmp(a->pattern, b->pattern, a->pattern_bytes) == 0 &&
           a->core.flags == b->core.flags && a->core.payload_bytes == b->core.payload_bytes &&
           same_schedule(&a->core, &b->core) && same_tx(&a->core.tx, &b->core.tx);
}

/* The one that these options were given last, NULL if they are others. */
static struct mping_shared_profile *known(const struct mping *m,
                                          const struct mping_target_opts *opts)
{
    const size_t shared_bytes = offsetof(struct mping_target_opts, user);

    if (!m->last_profile || !opts || opts->struct_size != sizeof(*opts) ||
        memcmp(opts, &m->last_opts, shared_bytes) != 0)
        return NULL;
    return m->last_profile;
}

static int find_or_make(struct mping *m, const struct mping_target_opts *opts,
                        struct mping_shared_profile **ret_profile)
{
    struct mping_target_opts o;
    struct mping_shared_profile wanted = {0}, *p = m->profiles;
    char text[MPING_ERRMSG_BYTES];
    int err = mping_target_opts_read(&o, opts, text);

    if (err < 0)
        return mping_fail(m, err, "%s", text);
    fill(m, &wanted, &o);
    for (int i = 0; p && i < SEARCH_MAX && !same(p, &wanted); i++)
        p = p->next;
    if (!p || !same(p, &wanted)) {
        p = malloc(sizeof(*p));
        if (!p)
            return MPING_ENOMEM;
        *p = wanted;
        mping_interface_note(p);
        if (make_tail(p) < 0) {
            free(p);
            return MPING_ENOMEM;
        }
        p->next = m->profiles;
        m->profiles = p;
    }
    /* What a pattern points to may change before the next look. */
    if (opts && opts->struct_size == sizeof(*opts) && !o.pattern_bytes) {
        m->last_profile = p;
        m->last_opts = *opts;
    }
    *ret_profile = p;
    return 0;
}

int mping_profile_get(struct mping *m, const struct mping_target_opts *opts,
                      struct mping_shared_profile **ret_profile)
{
    int err = 0;

    *ret_profile = known(m, opts);
    if (!*ret_profile)
        err = find_or_make(m, opts, ret_profile);
    if (err == 0)
        (*ret_profile)->refs++;
    return err;
}

int mping_effective_addr(struct mping *engine, const struct mping_addr *addr,
                         const struct mping_target_opts *opts, struct mping_addr *ret_addr)
{
    struct mping *m = mping_engine_or_default(engine);
    char text[MPING_ERRMSG_BYTES];
    struct mping_tx_opts tx;
    struct mping_target_opts o;
    int err;

    if (!m)
        return MPING_ENOMEM;
    if (!addr || !ret_addr || (addr->family != AF_INET && addr->family != AF_INET6))
        return MPING_EINVAL;
    err = mping_target_opts_read(&o, opts, text);
    if (err < 0)
        return err;
    tx = (struct mping_tx_opts){.source = o.source, .ifindex = o.ifindex, .mark = o.mark};
    *ret_addr = mping_address_settle(addr, &tx, m->opts.mark);
    return 0;
}

void mping_profile_put(struct mping *m, struct mping_shared_profile *profile)
{
    struct mping_shared_profile **at = &m->profiles;

    if (--profile->refs)
        return;
    if (m->last_profile == profile)
        m->last_profile = NULL;
    while (*at != profile)
        at = &(*at)->next;
    *at = profile->next;
    free(profile->tail);
    free(profile);
}
