/* SPDX-License-Identifier: Apache-2.0 */
#include "truth/census.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SLICE_NS INT64_C(100000000)

static _Noreturn void die(const char *what, int err)
{
    fprintf(stderr, "census: %s: %s\n", what, mping_strerror(err));
    exit(4);
}

static void count_verdict(struct census *census, const struct mping_event *event)
{
    census->replies += event->type == MPING_EV_REPLY;
    census->lost += event->type == MPING_EV_LOST;
    census->unreachable += event->type == MPING_EV_UNREACHABLE;
    census->send_errors += event->type == MPING_EV_SEND_ERROR;
    if (event->type == MPING_EV_UNKNOWN)
        census->unknown[event->reason % CENSUS_REASONS]++;
}

static void take_verdict(struct census *census, struct census_probe *probe,
                         const struct mping_event *event)
{
    census->doubled += probe->type != 0;
    probe->type = (uint8_t)event->type;
    probe->reason = event->reason;
    probe->id = event->id;
    probe->sent_ns = event->sent_ns;
    probe->received_ns = event->received_ns;
    probe->icmp_type = event->icmp_type;
    probe->icmp_code = event->icmp_code;
    count_verdict(census, event);
}

/* Only to be shown if the verdict proves wrong. */
static void take_late(struct census *census, uint64_t target, const struct mping_event *event)
{
    struct census_probe *probe;

    census->late++;
    if (target >= census->plan.targets || event->count >= census->plan.count)
        return;
    probe = &census->probes[target * census->plan.count + event->count];
    probe->received_ns = event->received_ns;
    probe->late_stamp = event->rx_stamp;
}

static void take(struct census *census, const struct mping_event *event)
{
    uint64_t target = (uint64_t)(uintptr_t)event->user - 1;
    struct census_probe *probe;

    if (event->type == MPING_EV_FINISHED) {
        census->finished++;
        return;
    }
    if (event->type == MPING_EV_LATE)
        take_late(census, target, event);
    census->duplicates += event->type == MPING_EV_DUPLICATE;
    census->mismatches += event->type == MPING_EV_MISMATCH;
    if (!(MPING_EVENTS_VERDICTS & MPING_EVENT_BIT(event->type)))
        return;
    if (target >= census->plan.targets || event->count >= census->plan.count) {
        census->strange++;
        return;
    }
    probe = &census->probes[target * census->plan.count + event->count];
    take_verdict(census, probe, event);
}

static void add_targets(struct census *census, struct mping *engine)
{
    const struct census_plan *plan = &census->plan;
    struct mping_target_opts opts;
    int r;

    mping_target_opts_init(&opts, sizeof(opts));
    opts.count = plan->count;
    opts.interval_ns = plan->interval_ns;
    opts.timeout_ns = plan->timeout_ns;
    opts.window = (uint32_t)plan->window;
    opts.payload_bytes = (uint32_t)plan->payload;
    opts.flags = MPING_FLAG_RETRY_SEND | MPING_FLAG_KEEP_ID;
    opts.events = MPING_EVENTS_VERDICTS | MPING_EVENT_BIT(MPING_EV_LATE) |
                  MPING_EVENT_BIT(MPING_EV_DUPLICATE) | MPING_EVENT_BIT(MPING_EV_MISMATCH) |
                  MPING_EVENT_BIT(MPING_EV_FINISHED);
    for (uint64_t i = 0; i < plan->targets; i++) {
        struct mping_addr addr = census_addr(plan, i);

        opts.user = (void *)(uintptr_t)(i + 1);
        r = mping_add_addr(engine, &addr, &opts, NULL);
        if (r < 0)
            die("cannot add a target", r);
    }
}

static void run(struct census *census)
{
    const struct census_plan *plan = &census->plan;
    static struct mping_event events[256];
    struct mping_opts opts;
    struct mping *engine;
    int r, n;

    mping_opts_init(&opts, sizeof(opts));
    opts.socket_kind = (int32_t)plan->socket_kind;
    opts.rate_pps = (uint32_t)plan->rate;
    opts.rcvbuf_bytes = (uint32_t)plan->rcvbuf;
    opts.seed = plan->seed;
    r = mping_new(&engine, &opts);
    if (r < 0)
        die("cannot make an engine", r);
    add_targets(census, engine);
    puts("started");
    fflush(stdout);
    while (census->finished < plan->targets) {
        while ((n = mping_next(engine, events, 256)) > 0)
            for (int i = 0; i < n; i++)
                take(census, &events[i]);
        r = mping_wait(engine, SLICE_NS);
        if (r < 0 && r != MPING_ETIMEDOUT)
            die("the engine failed", r);
    }
    mping_engine_stats(engine, &census->stats, sizeof(census->stats));
    mping_free(engine);
}

/* What the engine has counted must be what it has said; it counts on when a target has ended. */
static bool adds_up(const struct census *c)
{
    const struct mping_stats *s = &c->stats;
    uint64_t unknown = 0;

    for (int i = 0; i < CENSUS_REASONS; i++)
        unknown += c->unknown[i];
    return s->pending == 0 && s->received == c->replies && s->lost == c->lost &&
           s->unreachable == c->unreachable && s->send_errors == c->send_errors &&
           s->unknown == unknown && s->late >= c->late && s->duplicates >= c->duplicates &&
           s->sent ==
               s->received + s->lost + s->unreachable + s->send_errors + s->unknown + s->canceled;
}

static bool report(const struct census *c)
{
    uint64_t total = c->plan.targets * c->plan.count, undecided = c->send_errors;
    bool sums = adds_up(c);

    if (!sums)
        printf("# the engine: sent %" PRIu64 " received %" PRIu64 " lost %" PRIu64
               " unreachable %" PRIu64 " errors %" PRIu64 " unknown %" PRIu64 " canceled %" PRIu64
               " pending %" PRIu64 " late %" PRIu64 " duplicates %" PRIu64 "\n",
               c->stats.sent, c->stats.received, c->stats.lost, c->stats.unreachable,
               c->stats.send_errors, c->stats.unknown, c->stats.canceled, c->stats.pending,
               c->stats.late, c->stats.duplicates);

    for (int i = 0; i < CENSUS_REASONS; i++)
        undecided += c->unknown[i];
    printf("probes %" PRIu64 "\nrequests %" PRIu64 "\nreplies %" PRIu64 "\nlost %" PRIu64
           "\nunreachable %" PRIu64 "\nsend_errors %" PRIu64 "\n",
           total, c->requests, c->replies, c->lost, c->unreachable, c->send_errors);
    printf("unknown_drop %" PRIu64 "\nunknown_stall %" PRIu64 "\nunknown_suspend %" PRIu64
           "\nunknown_wrap %" PRIu64 "\nunknown_sent %" PRIu64 "\n",
           c->unknown[MPING_REASON_RX_DROP], c->unknown[MPING_REASON_STALL],
           c->unknown[MPING_REASON_SUSPEND], c->unknown[MPING_REASON_SEQ_WRAP],
           c->unknown[MPING_REASON_TX_DROP]);
    printf("late %" PRIu64 "\nduplicates %" PRIu64 "\nmismatches %" PRIu64 "\nrx_drops %" PRIu64
           "\nforeign %" PRIu64 "\nbad_checksums %" PRIu64 "\ntruncated %" PRIu64
           "\nlonger %" PRIu64 "\n",
           c->late, c->duplicates, c->mismatches, c->stats.rx_drops, c->stats.rx_foreign,
           c->stats.rx_checksum, c->stats.truncated, c->stats.longer);
    printf("missing %" PRIu64 "\ndoubled %" PRIu64 "\nstrange %" PRIu64 "\nsums %d\nclose %" PRIu64
           "\nfalse_alive %" PRIu64 "\nfalse_lost %" PRIu64 "\nwrong %" PRIu64
           "\nrtt_min_us %" PRId64 "\nrtt_max_us %" PRId64 "\n",
           c->missing, c->doubled, c->strange, sums, c->close, c->false_alive, c->false_lost,
           c->wrong, c->stats.rtt_min_ns / 1000, c->stats.rtt_max_ns / 1000);
    return c->wrong == 0 && c->missing == 0 && c->doubled == 0 && c->strange == 0 && sums &&
           undecided * 1000000 <= total * c->plan.undecided_max_ppm;
}

int main(int argc, char **argv)
{
    static struct census census;
    uint64_t bytes;
    int r;

    census_read_plan(&census.plan, argc, argv);
    bytes = census.plan.targets * census.plan.count * sizeof(*census.probes);
    census.probes = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (census.probes == MAP_FAILED)
        die("no room for the verdicts", MPING_ENOMEM);
    run(&census);
    r = census.plan.ledger ? census_compare(&census) : 0;
    if (r < 0)
        die("cannot compare", r);
    return report(&census) ? 0 : 1;
}
