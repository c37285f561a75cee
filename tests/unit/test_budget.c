/* SPDX-License-Identifier: Apache-2.0 */
/* Shards that share one budget, in virtual time. */
#include <stdlib.h>
#include <string.h>

#include "session/budget.h"
#include "tap.h"

#define SECOND_NS INT64_C(1000000000)
#define STEP_NS INT64_C(100000)

enum { SHARDS_MAX = 4, SENT_MAX = 400000 };

static int64_t sent_ns[SENT_MAX];
static size_t sent_n;

/* What each shard wants to send per second, and whether it looks at its clock late. */
struct scene {
    const char *what;
    uint32_t rate_pps;
    uint32_t shards;
    uint32_t wants_pps[SHARDS_MAX];
    int64_t behind_ns; /* shard 1 passes times that are so much older */
    int64_t late_ns;   /* what shard 1 has been allowed leaves so much later */
};

static const struct scene scenes[] = {
    {"two shards want it all", 1000, 2, {100000, 100000}, 0, 0},
    {"two shards want it all, few a second", 10, 2, {1000, 1000}, 0, 0},
    {"four shards want it all, fast", 50000, 4, {1000000, 1000000, 1000000, 1000000}, 0, 0},
    {"all targets lie in one shard", 5000, 2, {100000, 0}, 0, 0},
    {"one wants little, one all", 5000, 2, {500, 100000}, 0, 0},
    {"together less than the rate", 5000, 3, {1000, 1500, 2000}, 0, 0},
    {"one is kept from sending", 2000, 2, {100000, 100000}, 0, SECOND_NS / 10},
    {"one is, at a high rate", 50000, 2, {100000, 100000}, 0, SECOND_NS / 5},
    {"one reads its clock early", 2000, 2, {100000, 100000}, 300000, 0},
};

static void send_due(struct mping_budget *budget, const struct scene *scene, uint32_t shard,
                     int64_t now_ns, double *waiting, uint64_t *sent)
{
    uint64_t want = (uint64_t)*waiting, allowed, n;

    allowed = mping_budget_begin(budget, shard, now_ns - (shard == 1 ? scene->behind_ns : 0), 0);
    n = want < allowed ? want : allowed;
    n = n < 64 ? n : 64;
    mping_budget_end(budget, shard, (uint32_t)n, want > n);
    *waiting -= (double)n;
    *sent += n;
    for (uint64_t i = 0; i < n && sent_n < SENT_MAX; i++)
        sent_ns[sent_n++] = now_ns + (shard == 1 ? scene->late_ns : 0);
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The most that left in any second. */
static size_t busiest(void)
{
    size_t most = 0, from = 0;

    qsort(sent_ns, sent_n, sizeof(sent_ns[0]), compare);
    for (size_t i = 0; i < sent_n; i++) {
        while (sent_ns[i] - sent_ns[from] >= SECOND_NS)
            from++;
        if (i - from + 1 > most)
            most = i - from + 1;
    }
    return most;
}

/* Half-way all shards stand still for a while, as on a loaded machine. */
static void play(const struct scene *scene, uint64_t sent[SHARDS_MAX])
{
    struct mping_budget budget;
    double waiting[SHARDS_MAX] = {0};
    int64_t wake_ns[SHARDS_MAX] = {0}, late_until_ns = 0;
    int64_t from_ns = 5 * SECOND_NS, now_ns = from_ns;

    mping_budget_init(&budget, scene->rate_pps, UINT64_MAX, 0);
    sent_n = 0;
    while (now_ns < from_ns + 4 * SECOND_NS) {
        int64_t step_ns = now_ns == from_ns + 2 * SECOND_NS ? SECOND_NS / 20 : STEP_NS;

        now_ns += step_ns;
        for (uint32_t i = 0; i < scene->shards; i++) {
            waiting[i] += scene->wants_pps[i] * (double)step_ns / 1e9;
            if (scene->late_ns && i == 1 && now_ns < late_until_ns)
                continue;
            mping_budget_sent(&budget, i, now_ns);
            if (waiting[i] < 1 || now_ns < wake_ns[i])
                continue;
            /* As a shard does: sends, and sleeps until it is told to. */
            send_due(&budget, scene, i, now_ns, &waiting[i], &sent[i]);
            late_until_ns = i == 1 ? now_ns + scene->late_ns : late_until_ns;
            if (waiting[i] >= 1)
                wake_ns[i] = mping_budget_next_ns(&budget, i, now_ns);
        }
    }
    mping_budget_done(&budget);
}

static void judge(const struct scene *scene)
{
    uint64_t sent[SHARDS_MAX] = {0}, all = 0, least = UINT64_MAX, most = 0;
    uint64_t wanted = 0, possible;

    play(scene, sent);
    for (uint32_t i = 0; i < scene->shards; i++) {
        all += sent[i];
        wanted += scene->wants_pps[i];
        least = sent[i] < least ? sent[i] : least;
        most = sent[i] > most ? sent[i] : most;
    }
    ok(busiest() <= scene->rate_pps + 32, "%s: no second has more than rate + 32", scene->what);
    possible = 4 * (wanted < scene->rate_pps ? wanted : scene->rate_pps);
    ok(all + all / 50 + 4 >= possible, "%s: nothing is wasted", scene->what);
    if (all + all / 50 + 4 < possible)
        diag("%ju of %ju", (uintmax_t)all, (uintmax_t)possible);
    if (scene->wants_pps[0] == scene->wants_pps[1] && !scene->late_ns)
        ok(most - least <= most / 10 + 2, "%s: all get about as much", scene->what);
    if (scene->wants_pps[0] == scene->wants_pps[1] && !scene->late_ns &&
        most - least > most / 10 + 2)
        diag("%ju to %ju", (uintmax_t)least, (uintmax_t)most);
    if (scene->wants_pps[0] == 500)
        ok(sent[0] >= 4 * 500 - 50, "%s: the little is not held back", scene->what);
}

static void test_inflight(void)
{
    struct mping_budget budget;

    mping_budget_init(&budget, 0, 10, 0);
    ok(mping_budget_begin(&budget, 0, 1, 0) == 10, "the window of all is the first one's");
    mping_budget_end(&budget, 0, 7, false);
    ok(mping_budget_begin(&budget, 1, 1, 0) == 3, "the second one gets what is left");
    mping_budget_end(&budget, 1, 3, true);
    ok(mping_budget_next_ns(&budget, 1, 5) == INT64_MAX, "a full window: never by time alone");
    ok(mping_budget_tell(&budget, 1, 3) == 0, "nothing has changed: nobody is told");
    ok(mping_budget_tell(&budget, 0, 5) == 2, "two verdicts in the first: the second is told");
    ok(mping_budget_tell(&budget, 0, 4) == 0, "once");
    ok(mping_budget_next_ns(&budget, 1, 5) == 5, "and may send when it wants to");
    ok(mping_budget_begin(&budget, 1, 2, 3) == 3, "as many as have been given back");
    mping_budget_end(&budget, 1, 0, false);
    mping_budget_done(&budget);
}

static void test_targets(void)
{
    struct mping_budget budget;

    mping_budget_init(&budget, 0, 10, 2);
    ok(mping_budget_add_target(&budget) && mping_budget_add_target(&budget), "two targets");
    ok(!mping_budget_add_target(&budget), "a third is too many");
    mping_budget_drop_target(&budget);
    ok(mping_budget_add_target(&budget), "one has gone: another may come");
    mping_budget_done(&budget);
}

int main(void)
{
    for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++)
        judge(&scenes[i]);
    test_inflight();
    test_targets();
    return done_testing();
}
