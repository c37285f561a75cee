/* SPDX-License-Identifier: Apache-2.0 */
#include "weather.h"

/* One packet's source of chance: a new number for every question. */
struct chance {
    uint64_t seed, n;
};

static uint64_t draw(struct chance *chance)
{
    return prf(chance->seed, chance->n++, 1);
}

static bool happens(struct chance *chance, uint32_t ppm)
{
    return ppm && draw(chance) % PPM < ppm;
}

static int64_t span(uint64_t random, int64_t max_ns)
{
    return max_ns > 0 ? (int64_t)(random % (uint64_t)max_ns) : 0;
}

static bool is_dead(const struct weather *weather, uint64_t host_seed)
{
    return prf(host_seed, 1, 0) % PPM < weather->dead;
}

static bool is_faulty(const struct weather *weather, uint64_t host_seed)
{
    return prf(host_seed, 2, 0) % PPM < weather->faulty;
}

static int64_t host_rtt_ns(const struct weather *weather, uint64_t host_seed)
{
    return weather->rtt_min_ns +
           span(prf(host_seed, 3, 0), weather->rtt_max_ns - weather->rtt_min_ns + 1);
}

static enum kind mangled(const struct weather *weather, uint64_t random)
{
    unsigned n = (unsigned)__builtin_popcount(weather->mangle_kinds);
    unsigned pick = n ? (unsigned)(random % n) : 0;

    for (unsigned kind = 1; kind < 32; kind++)
        if (weather->mangle_kinds >> kind & 1 && pick-- == 0)
            return (enum kind)kind;
    return PACKET_GENUINE;
}

static void add(struct fate *fate, enum kind kind, int64_t after_ns, struct chance *chance)
{
    if (fate->n < WEATHER_REPLIES_MAX)
        fate->back[fate->n++] = (struct happening){
            .at_ns = after_ns,
            .kind = (uint8_t)kind,
            .detail = draw(chance),
        };
}

/* The reply, and copies of it. */
static void add_reply(const struct weather *weather, int64_t rtt_ns, bool faulty,
                      struct chance *chance, struct fate *fate)
{
    enum kind kind = PACKET_GENUINE;
    unsigned copies = 0;

    if (faulty) {
        if (happens(chance, weather->mangle))
            kind = mangled(weather, draw(chance));
        if (happens(chance, weather->late))
            rtt_ns += weather->late_ns + span(draw(chance), weather->late_ns);
        if (happens(chance, weather->duplicate))
            copies = 1 + (unsigned)(draw(chance) % 3);
        if (happens(chance, weather->storm))
            copies = WEATHER_REPLIES_MAX;
    }
    add(fate, kind, rtt_ns, chance);
    for (; copies > 0; copies--)
        add(fate, kind, rtt_ns + span(draw(chance), rtt_ns + MS), chance);
}

void weather_fate(const struct weather *weather, uint32_t host, uint16_t id, uint64_t n,
                  struct fate *ret_fate)
{
    uint64_t host_seed = prf(weather->seed, host, 0x686f7374);
    struct chance chance = {.seed = prf(host_seed, id, n)};
    bool faulty = is_faulty(weather, host_seed);
    int64_t rtt_ns;

    ret_fate->n = 0;
    if (is_dead(weather, host_seed))
        return;
    rtt_ns = host_rtt_ns(weather, host_seed) + span(draw(&chance), weather->jitter_max_ns);
    if (faulty && happens(&chance, weather->error)) {
        add(ret_fate, PACKET_ERROR, rtt_ns / 2, &chance);
        if (happens(&chance, PPM / 4))
            add(ret_fate, PACKET_ERROR, rtt_ns / 2 + MS, &chance);
        if (!happens(&chance, weather->error_then_reply))
            return;
    }
    if (faulty && happens(&chance, weather->loss))
        return;
    add_reply(weather, rtt_ns, faulty, &chance, ret_fate);
}
