/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/host.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    PIECE_BITS = 12,
    PIECE_HOSTS = 1 << PIECE_BITS,
};

struct fping_host *fping_hosts_at(const struct fping_hosts *hosts, size_t i)
{
    return &hosts->pieces[i >> PIECE_BITS][i & (PIECE_HOSTS - 1)];
}

/* The table of pieces doubles each time its size is a power of two. */
static bool add_piece(struct fping_hosts *hosts)
{
    size_t n = hosts->n >> PIECE_BITS;

    if ((n & (n - 1)) == 0) {
        struct fping_host **pieces = realloc(hosts->pieces, (n ? 2 * n : 1) * sizeof(void *));

        if (!pieces)
            return false;
        hosts->pieces = pieces;
    }
    hosts->pieces[n] = calloc(PIECE_HOSTS, sizeof(**hosts->pieces));
    return hosts->pieces[n] != NULL;
}

struct fping_host *fping_hosts_add(struct fping_hosts *hosts, const char *name)
{
    struct fping_host *host;

    if ((hosts->n & (PIECE_HOSTS - 1)) == 0 && !add_piece(hosts))
        return NULL;
    host = fping_hosts_at(hosts, hosts->n++);
    host->name = name;
    return host;
}

void fping_hosts_ready(struct fping_hosts *hosts, struct fping_host *host,
                       const struct mping_addr *addr, const char *name)
{
    int width = (int)strlen(name);

    host->addr = *addr;
    host->name = name;
    host->state = FPING_HOST_READY;
    hosts->ready++;
    if (addr->family == AF_INET6)
        hosts->has_v6 = true;
    else
        hosts->has_v4 = true;
    if (width > hosts->width)
        hosts->width = width;
}

void fping_hosts_fail(struct fping_hosts *hosts, struct fping_host *host, int name_error)
{
    host->name_error = name_error;
    host->state = FPING_HOST_GONE;
    host->done = true;
    hosts->failed++;
}

static void free_tally(struct fping_tally *tally)
{
    if (!tally)
        return;
    free(tally->rtts_ns);
    free(tally->repeats);
    free(tally);
}

void fping_hosts_done(struct fping_hosts *hosts, bool tallies)
{
    for (size_t i = 0; tallies && i < hosts->n; i++)
        if (fping_hosts_at(hosts, i)->state == FPING_HOST_READY)
            free_tally(fping_hosts_at(hosts, i)->tally);
    for (size_t i = 0; i < hosts->n; i += PIECE_HOSTS)
        free(hosts->pieces[i >> PIECE_BITS]);
    free(hosts->pieces);
}

struct fping_tally *fping_host_tally(struct fping_host *host, uint64_t count)
{
    struct fping_tally *tally = host->tally;

    if (tally)
        return tally;
    tally = calloc(1, sizeof(*tally));
    if (!tally)
        return NULL;
    if (count) {
        tally->rtts_ns = malloc(count * sizeof(*tally->rtts_ns));
        if (!tally->rtts_ns) {
            free(tally);
            return NULL;
        }
        for (uint64_t i = 0; i < count; i++)
            tally->rtts_ns[i] = -1;
    }
    host->tally = tally;
    return tally;
}

static void count_rtt(int64_t *min_ns, int64_t *max_ns, int64_t *total_ns, bool first,
                      int64_t rtt_ns)
{
    if (first || rtt_ns < *min_ns)
        *min_ns = rtt_ns;
    if (first || rtt_ns > *max_ns)
        *max_ns = rtt_ns;
    *total_ns += rtt_ns;
}

static void count_tally(struct fping_host *host, uint64_t index, int64_t rtt_ns)
{
    struct fping_tally *t = host->tally;

    t->interval.sent++;
    if (rtt_ns < 0)
        return;
    count_rtt(&t->min_ns, &t->max_ns, &t->total_ns, host->received == 0, rtt_ns);
    count_rtt(&t->interval.min_ns, &t->interval.max_ns, &t->interval.total_ns,
              t->interval.received == 0, rtt_ns);
    t->interval.received++;
    if (t->rtts_ns)
        t->rtts_ns[index] = rtt_ns;
}

void fping_host_count(struct fping_host *host, bool tally, uint64_t index, int64_t rtt_ns)
{
    if (tally)
        count_tally(host, index, rtt_ns);
    else if (rtt_ns >= 0)
        host->rtt_ns = rtt_ns;
    host->sent++;
    host->received += rtt_ns >= 0;
    host->reported = false;
}

uint64_t fping_host_index(const struct fping_host *host, uint64_t probe)
{
    const struct fping_tally *t = host->tally;
    uint32_t before = 0;

    if (!t)
        return probe;
    while (before < t->repeat_count && t->repeats[before].probe < probe)
        before++;
    if (before < t->repeat_count && t->repeats[before].probe == probe)
        return t->repeats[before].index;
    return probe - before;
}

bool fping_host_repeat(struct fping_host *host, uint64_t index)
{
    struct fping_tally *t = host->tally;
    struct fping_repeated *repeats;

    repeats = realloc(t->repeats, (t->repeat_count + 1) * sizeof(*repeats));
    if (!repeats)
        return false;
    repeats[t->repeat_count] =
        (struct fping_repeated){.probe = host->asked + t->repeat_count, .index = index};
    t->repeats = repeats;
    t->repeat_count++;
    return true;
}

struct fping_numbers fping_host_numbers(const struct fping_host *host, bool tally)
{
    struct fping_numbers n = {.sent = host->sent, .received = host->received};

    if (!tally) {
        n.min_ns = n.max_ns = n.total_ns = host->rtt_ns;
    } else if (host->tally) {
        n.min_ns = host->tally->min_ns;
        n.max_ns = host->tally->max_ns;
        n.total_ns = host->tally->total_ns;
    }
    return n;
}

struct fping_numbers fping_host_interval(struct fping_host *host, bool tally, bool restart)
{
    struct fping_numbers n = {0};

    if (tally) {
        if (!host->tally)
            return n;
        n = host->tally->interval;
        if (restart)
            host->tally->interval = (struct fping_numbers){0};
        return n;
    }
    if (!host->reported)
        n = fping_host_numbers(host, false);
    host->reported = host->reported || restart;
    return n;
}
