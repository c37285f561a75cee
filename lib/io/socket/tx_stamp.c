/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's stamps of sending. They come back through the error queue, and since drivers
 * take them within the system call that sends, they are there when it returns: read at once
 * they wake nobody. What comes later is thrown away with the queue.
 *
 * A stamp costs as much as a third of its packet. Where packets leave as fast as they can, what
 * stands between two of them in a run is known well enough without: then only those have one that
 * ask for it. That does not go by the rate, since a slow machine floods at a low one.
 *
 * The kernel numbers the packets of a socket that asked for a stamp. After a send that failed
 * nobody can tell whether it counted, so the count starts anew; that a stamp lies between the
 * beginning of its call and now tells it from those of the count before.
 */
#include "io/socket/tx_stamp.h"

#include <string.h>

#include "io/between.h"
#include "io/socket/cmsg.h"
#include "io/socket/errqueue.h"
#include "io/socket/socket.h"
#include "io/wall_clock.h"

enum {
    STAMPS_PPS = 12000, /* at higher rates some runs have stamps, and others none */
    STAMPS_BURST = 64,
    /* A path that has not stamped so many in a row does not stamp. */
    SILENT_MAX = 64,
    ROUNDING_NS = 2000,
    DRAIN_ROUNDS = 16,
    OTHERS_MAX = 8 /* what else may be in the queue */
};

#define STAMP_NS (INT64_C(1000000000) / STAMPS_PPS)
#define SILENT_NS INT64_C(60000000000) /* until it is asked again */

/* Without it each received packet would carry a second stamp; Linux 6.12 and later. */
#ifndef SOF_TIMESTAMPING_OPT_RX_FILTER
#define SOF_TIMESTAMPING_OPT_RX_FILTER (1 << 17)
#endif

static bool set_reports(const struct mping_sock *sock, unsigned flags)
{
    return setsockopt(sock->io.fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags)) == 0;
}

/* Where the kernel cannot, our own stamps are all there is. */
void mping_sock_init_stamps(struct mping_sock *sock)
{
    struct mping_sock_stamps *s = &sock->stamps;
    unsigned flags = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;
    const unsigned rx_filter = SOF_TIMESTAMPING_OPT_RX_FILTER;

    s->reports = set_reports(sock, flags | rx_filter) ? flags | rx_filter : flags;
    s->able = set_reports(sock, s->reports | SOF_TIMESTAMPING_OPT_ID);
    s->budget_ns = STAMPS_BURST * STAMP_NS;
}

/* Whether message i of what has been read from the error queue is a stamp; else it is kept. */
static bool is_stamp(struct mping_sock *sock, size_t i, struct mping_cmsgs *ret_cmsgs)
{
    mping_cmsg_read(ret_cmsgs, &sock->err.msgs[i].msg_hdr);
    if (ret_cmsgs->has_error && ret_cmsgs->error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING)
        return true;
    mping_sock_keep_error(sock, i, ret_cmsgs);
    return false;
}

/* Makes the kernel count from 0, and forgets the stamps that are numbered otherwise. */
static void start_count(struct mping_sock *sock)
{
    struct mping_sock_stamps *s = &sock->stamps;
    struct mping_cmsgs cmsgs;
    int n;

    for (int round = 0; round < DRAIN_ROUNDS; round++) {
        n = mping_sock_read_queue(sock, MPING_SEND_BATCH);
        for (int i = 0; i < n; i++)
            (void)is_stamp(sock, (size_t)i, &cmsgs);
        if (n < MPING_SEND_BATCH)
            break;
    }
    s->able =
        set_reports(sock, s->reports) && set_reports(sock, s->reports | SOF_TIMESTAMPING_OPT_ID);
    s->next_key = 0;
    s->uncertain = false;
}

static bool is_silent(const struct mping_sock_stamps *s, int64_t now_ns)
{
    return s->silent >= SILENT_MAX && now_ns - s->asked_ns < SILENT_NS;
}

/* Whether all of a run may have stamps: reading them is one call more, however many there are. */
static bool can_afford(struct mping_sock_stamps *s, size_t n)
{
    int64_t now_ns = mping_mono_ns(), price_ns = (int64_t)n * STAMP_NS;

    s->budget_ns += now_ns - s->earned_ns;
    s->earned_ns = now_ns;
    if (s->budget_ns > STAMPS_BURST * STAMP_NS)
        s->budget_ns = STAMPS_BURST * STAMP_NS;
    if (s->budget_ns < price_ns || is_silent(s, now_ns))
        return false;
    s->budget_ns -= price_ns;
    return true;
}

uint32_t mping_sock_choose_stamps(struct mping_sock *sock, const struct mping_tx *tx, size_t n)
{
    struct mping_sock_stamps *s = &sock->stamps;
    uint32_t chosen = 0;
    bool all;

    if (!s->able)
        return 0;
    all = !sock->io.pressed && can_afford(s, n);
    for (size_t i = 0; i < n; i++)
        if (all || tx[i].opts->stamp)
            chosen |= UINT32_C(1) << i;
    if (chosen && s->uncertain)
        start_count(sock);
    return s->able ? chosen : 0;
}

/* The packet that the stamp is of, by its number: n if it is none of these. */
static size_t find(uint32_t chosen, uint32_t first_key, uint32_t key, size_t n)
{
    uint32_t nth = key - first_key;

    for (size_t i = 0; i < n; i++)
        if (chosen & UINT32_C(1) << i && nth-- == 0)
            return i;
    return n;
}

static void apply(struct mping_sock *sock, const struct mping_cmsgs *cmsgs, struct mping_tx *tx,
                  const struct mping_stamp_run *run, int64_t now_ns)
{
    const struct mping_stamp_window window = {
        .dry_ns = run->before_ns,
        .now_ns = now_ns,
        .user_from_ns = INT64_MAX,
    };
    size_t i = find(run->chosen, run->first_key, cmsgs->error.ee_data, run->n);
    int64_t sent_ns;

    if (i == run->n || !cmsgs->tx_stamped || cmsgs->error.ee_info != SCM_TSTAMP_SND)
        return;
    if (mping_stamp_convert(&sock->clock, cmsgs->tx_real_ns, &window, &sent_ns) !=
            MPING_STAMP_KERNEL ||
        sent_ns < run->before_ns - ROUNDING_NS)
        return;
    tx[i].sent_ns = sent_ns > run->before_ns ? sent_ns : run->before_ns;
    tx[i].stamp = MPING_STAMP_KERNEL;
}

void mping_sock_take_stamps(struct mping_sock *sock, struct mping_tx *tx,
                            const struct mping_stamp_run *run)
{
    struct mping_sock_stamps *s = &sock->stamps;
    uint32_t asked = (uint32_t)__builtin_popcount(run->chosen), got = 0;
    struct mping_cmsgs cmsgs;
    int64_t now_ns;
    int n;

    if (!asked)
        return;
    s->next_key = run->first_key + asked;
    s->asked_ns = run->before_ns;
    n = mping_sock_read_queue(sock, asked + OTHERS_MAX);
    now_ns = n > 0 ? mping_clock_read(&sock->clock) : 0;
    for (int i = 0; i < n; i++) {
        if (!is_stamp(sock, (size_t)i, &cmsgs))
            continue;
        apply(sock, &cmsgs, tx, run, now_ns);
        got++;
    }
    /* What is missing comes later, or never. */
    s->silent = got ? 0 : s->silent + asked;
    s->late |= got < asked;
    sock->io.errors_waiting |= got < asked || n == (int)asked + OTHERS_MAX;
    mping_between_spread(tx, run->n, run->before_ns, run->after_ns);
}
