/* SPDX-License-Identifier: Apache-2.0 */
/* What the live view knows: counts, conditions, notes, histograms, resets, a second reader. */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>

#include "text/text.h"
#include "top_world.h"

static int near(double got, double want, double share)
{
    return fabs(got - want) <= fabs(want) * share + 1e-9;
}

static void test_counts(void)
{
    uint32_t host = world_add("192.0.2.1", NULL);
    struct top_state state;

    world_reply(host, 1, 64);
    world_reply(host, 3, 64);
    world_event(host, MPING_EV_LOST);
    world_event(host, MPING_EV_UNKNOWN);
    world_event(host, MPING_EV_SEND_ERROR);
    world_event(host, MPING_EV_LATE);
    world_event(host, MPING_EV_CANCELED);
    state = world_state(host);
    ok(state.received == 2 && state.lost == 1 && state.unknown == 1 && state.errors == 1 &&
           state.late == 1,
       "each verdict is counted as what it is");
    ok(top_state_settled(&state) == 5, "5 probes are settled; the one taken back is none of them");
    ok(near(top_state_loss(&state), 1.0 / 3, 1e-9), "unknown and send errors are no loss");
    ok(state.rtt_min_ns == MS && state.rtt_max_ns == 3 * MS && state.rtt_last_ns == 3 * MS,
       "least, greatest and last time");
    ok(near(state.rtt_mean_ns, 2e6, 1e-9) && near(top_state_stddev_ns(&state), 1e6, 1e-9),
       "mean and deviation");
    ok(near(state.jitter_ns, 2e6 / 16, 1e-9), "jitter as in RFC 3550");
    ok(state.addr.family != 0 && state.ttl == 64, "address and TTL");
}

static void test_conditions(void)
{
    static const struct {
        const char *what;
        enum mping_event_type type;
        enum top_condition want;
        unsigned run;
    } rows[] = {
        {"a lost one", MPING_EV_LOST, TOP_LOSSY, 1},
        {"a second", MPING_EV_LOST, TOP_LOSSY, 2},
        {"unknown changes nothing", MPING_EV_UNKNOWN, TOP_LOSSY, 2},
        {"a third in a row", MPING_EV_LOST, TOP_DOWN, 3},
        {"unreachable at once", MPING_EV_UNREACHABLE, TOP_UNREACHABLE, 4},
        {"a reply", MPING_EV_REPLY, TOP_UP, 0},
        {"cannot send", MPING_EV_SEND_ERROR, TOP_ERROR, 0},
        {"cannot resolve", MPING_EV_RESOLVE_ERROR, TOP_UNRESOLVED, 0},
        {"a hint is no verdict", MPING_EV_ICMP_ERROR, TOP_UNRESOLVED, 0},
    };
    uint32_t host = world_add("192.0.2.2", NULL);
    struct top_state state = world_state(host);

    ok(state.condition == TOP_WAIT, "it waits at first");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world_ns += 1000 * MS;
        world_event(host, rows[i].type);
        state = world_state(host);
        ok(state.condition == rows[i].want && state.run == rows[i].run, "%s: condition %d, run %u",
           rows[i].what, state.condition, state.run);
    }
    ok(state.run_max == 4, "the longest run is kept");
}

static void test_since(void)
{
    uint32_t host = world_add("192.0.2.3", NULL);
    int64_t first_ns;

    world_reply(host, 1, 64);
    world_ns += 1000 * MS;
    first_ns = world_ns;
    for (int i = 0; i < 5; i++) {
        world_event(host, MPING_EV_LOST);
        world_ns += 1000 * MS;
    }
    ok(world_state(host).since_ns == first_ns, "an outage began with the first loss of it");
}

/* The text of the host's latest note, "" if there is none. */
static const char *last_note(uint32_t host)
{
    static char data[256];
    struct app_text text = app_text_init(data, sizeof(data));
    struct top_note note;

    if (top_notes_get(&world.notes, world_state(host).note, &note))
        top_note_text(&text, &note);
    return data;
}

static void test_notes(void)
{
    uint32_t host = world_add("192.0.2.4", NULL);
    struct top_note note, before;

    world_reply(host, 1, 64);
    ok(strcmp(last_note(host), "") == 0, "a first reply is nothing to note");
    world_event(host, MPING_EV_LOST);
    world_event(host, MPING_EV_LOST);
    ok(strcmp(last_note(host), "") == 0, "nor are two losses");
    world_event(host, MPING_EV_LOST);
    ok(strcmp(last_note(host), "down: no reply to 3 probes") == 0, "three are: %s",
       last_note(host));
    world_event(host, MPING_EV_LOST);
    world_ns += 4000 * MS;
    world_reply(host, 1, 63);
    ok(strcmp(last_note(host), "TTL 64 -> 63") == 0, "another TTL: %s", last_note(host));
    ok(top_notes_get(&world.notes, world_state(host).note, &note) &&
           top_notes_get(&world.notes, note.before, &before) && before.kind == TOP_NOTE_UP &&
           before.n == 4 && before.host == host,
       "before it: up after 4 probes");
    for (int i = 0; i < 100; i++)
        world_event(host, MPING_EV_DUPLICATE);
    ok(world_state(host).duplicates == 100, "100 duplicates are counted");
    for (unsigned i = 0; i < TOP_NOTES + 10; i++)
        world_reply(host, 1, i % 2 ? 63 : 64);
    ok(!top_notes_get(&world.notes, before.number, &before), "old notes make room");
    ok(top_notes_get(&world.notes, top_notes_n(&world.notes), &note) && note.host == host,
       "the newest is there");
}

static void test_ring(void)
{
    uint32_t host = world_add("192.0.2.5", NULL);
    top_result results[TOP_RING];
    unsigned n;

    world_reply(host, 2, 64);
    world_event(host, MPING_EV_LOST);
    world_event(host, MPING_EV_DUPLICATE);
    n = top_model_results(&world, host, results, TOP_RING);
    ok(n == 2 && top_result_ns(results[0]) == 2 * MS && results[1] == TOP_RESULT_LOST,
       "results in order, and only results");
    for (int i = 1; i <= 500; i++)
        world_reply(host, i, 64);
    n = top_model_results(&world, host, results, TOP_RING);
    ok(n == TOP_RING && top_result_ns(results[TOP_RING - 1]) == 500 * MS &&
           top_result_ns(results[0]) == (500 - TOP_RING + 1) * MS,
       "the last %d of 502", TOP_RING);
    n = top_model_results(&world, host, results, 3);
    ok(n == 3 && top_result_ns(results[2]) == 500 * MS, "or the last 3 of them");
}

static void test_spread(void)
{
    static const int64_t times_ns[] = {0,      1,         63,         64,           1023,
                                       1024,   1025,      999999,     1000000,      123456789,
                                       2 * MS, 1000 * MS, 60000 * MS, INT64_MAX / 2};
    uint32_t host = world_add("192.0.2.6", NULL);
    bool right = true, rising = true;

    for (size_t i = 0; i < sizeof(times_ns) / sizeof(times_ns[0]); i++) {
        unsigned b = top_histogram_bucket(times_ns[i]);

        right = right && top_histogram_from_ns(b) <= times_ns[i] &&
                (b + 1 == TOP_HISTOGRAM_BUCKETS || times_ns[i] < top_histogram_from_ns(b + 1));
    }
    for (unsigned b = 0; b + 1 < TOP_HISTOGRAM_BUCKETS; b++)
        rising = rising && top_histogram_from_ns(b) < top_histogram_from_ns(b + 1) &&
                 top_histogram_bucket(top_histogram_from_ns(b)) == b;
    ok(right && rising, "a time lies in its bucket, and buckets follow each other");
    for (int i = 1; i <= 1000; i++)
        world_reply(host, i, 64);
    ok(near((double)top_model_percentile_ns(&world, host, 0.5), 500e6, 0.035) &&
           near((double)top_model_percentile_ns(&world, host, 0.95), 950e6, 0.035) &&
           near((double)top_model_percentile_ns(&world, host, 0.99), 990e6, 0.035),
       "p50, p95 and p99 of 1 to 1000 ms, within 3.5 %%");
}

static void test_reset(void)
{
    uint32_t host = world_add("192.0.2.7", NULL), other = world_add("192.0.2.8", NULL);
    struct top_state state;
    top_result result;

    for (int i = 0; i < 10; i++) {
        world_reply(host, 10, 64);
        world_event(other, MPING_EV_LOST);
    }
    top_model_reset(&world);
    state = world_state(host);
    ok(top_state_settled(&state) == 0 && state.condition == TOP_WAIT && state.addr.family != 0,
       "after a reset the figures are 0 at once, the address stays");
    ok(top_model_results(&world, host, &result, 1) == 0 &&
           top_model_percentile_ns(&world, host, 0.5) == 0,
       "and so are results and percentiles");
    world_reply(host, 20, 64);
    state = world_state(host);
    ok(state.received == 1 && state.rtt_min_ns == 20 * MS && state.rtt_mean_ns > 19e6 &&
           near((double)top_model_percentile_ns(&world, host, 0.5), 20e6, 0.035),
       "then they begin again");
}

static void test_removed(void)
{
    uint32_t host = world_add("192.0.2.9", NULL);
    uint32_t changes = world.changes;

    top_model_remove(&world, host, world_ns);
    world_event(host, MPING_EV_FINISHED);
    ok(world_state(host).removed && world_state(host).ended && world.changes != changes,
       "a host that the user removes is marked, and ends");
    ok(strcmp(last_note(host), "removed") == 0, "with one note: %s", last_note(host));
}

static void test_clone(void)
{
    uint32_t host = world_add("192.0.2.10", NULL);
    struct top_model clone;
    struct top_state state;
    top_result result;

    world_reply(host, 5, 64);
    if (top_model_clone(&clone, &world) < 0)
        abort();
    world_reply(host, 50, 64);
    top_model_state(&clone, host, &state);
    ok(state.received == 1 && world_state(host).received == 2, "a clone stands still");
    ok(top_model_results(&clone, host, &result, 1) == 1 && top_result_ns(result) == 5 * MS &&
           near((double)top_model_percentile_ns(&clone, host, 1), 5e6, 0.035) &&
           strcmp(top_model_host(&clone, host)->name, "192.0.2.10") == 0,
       "with results, histogram and name");
    top_model_done(&clone);
    ok(strcmp(top_model_host(&world, host)->name, "192.0.2.10") == 0, "the model outlives it");
}

static void test_names(void)
{
    uint32_t host = world_add("a\033[31m\xe2\x80\xae.test", NULL);

    ok(strchr(top_model_host(&world, host)->name, '\033') == NULL &&
           strstr(top_model_host(&world, host)->name, "\\x1b") != NULL,
       "a hostile name is fit to be shown: %s", top_model_host(&world, host)->name);
}

/* Another thread reads while this one writes: each copy is of one moment. */
static atomic_bool reading_ends;

static void *read_on(void *argument)
{
    uint32_t host = *(uint32_t *)argument;
    uintptr_t torn = 0;

    while (!atomic_load(&reading_ends)) {
        struct top_state state = world_state(host);

        torn += state.received > 0 && (state.rtt_last_ns != (int64_t)state.received * 1000 ||
                                       state.rtt_max_ns != state.rtt_last_ns);
    }
    return (void *)torn; /* NOLINT(performance-no-int-to-ptr) */
}

static void test_two_threads(void)
{
    uint32_t host = world_add("192.0.2.11", NULL);
    pthread_t thread;
    void *torn;

    if (pthread_create(&thread, NULL, read_on, &host) != 0)
        abort();
    for (int i = 1; i <= 200000; i++)
        world_feed(host, (struct mping_event){.type = MPING_EV_REPLY, .rtt_ns = i * 1000});
    atomic_store(&reading_ends, true);
    pthread_join(thread, &torn);
    ok(torn == NULL, "a reader never sees half of a change");
}

static void test_many(void)
{
    uint32_t first = world_add("192.0.2.12", NULL), last = first;

    for (int i = 0; i < 5000; i++)
        last = world_add("192.0.2.13", NULL);
    world_reply(last, 1, 64);
    ok(top_model_n(&world) == last + 1 && last == first + 5000 && world_state(last).received == 1 &&
           world_state(first).received == 0,
       "5000 more hosts");
}

int main(void)
{
    world_open();
    test_counts();
    test_conditions();
    test_since();
    test_notes();
    test_ring();
    test_spread();
    test_reset();
    test_removed();
    test_clone();
    test_names();
    test_two_threads();
    test_many();
    top_model_done(&world);
    return done_testing();
}
