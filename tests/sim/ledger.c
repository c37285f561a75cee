/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger.h"

#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static uint32_t *nobodies(uint32_t n)
{
    uint32_t *list = must(malloc((n + 1) * sizeof(*list)));

    memset(list, 0xff, n * sizeof(*list));
    return list;
}

void ledger_init(struct ledger *ledger, uint32_t cap, uint32_t hosts_cap)
{
    *ledger = (struct ledger){.cap = cap, .hosts_cap = hosts_cap};
    ledger->targets = must(calloc(cap + 1, sizeof(*ledger->targets)));
    for (unsigned kind = 0; kind < 3; kind++) {
        ledger->on_host[kind] = nobodies(hosts_cap);
        ledger->visited[kind] = nobodies(hosts_cap);
    }
}

void ledger_done(struct ledger *ledger)
{
    for (uint32_t i = 0; i < ledger->n; i++)
        free(ledger->targets[i].probes);
    free(ledger->targets);
    for (unsigned kind = 0; kind < 3; kind++) {
        free(ledger->on_host[kind]);
        free(ledger->visited[kind]);
    }
    free(ledger->visits);
}

struct sim_target *ledger_add(struct ledger *ledger, const struct sim_profile *profile)
{
    struct sim_target *target;

    if (ledger->n == ledger->cap)
        return NULL;
    target = &ledger->targets[ledger->n];
    *target = (struct sim_target){
        .profile = profile,
        .index = ledger->n++,
        .home = NOBODY,
        .host = NOBODY,
        .known_host = NOBODY,
        .next_on_host = NOBODY,
    };
    return target;
}

static void leave_host(struct ledger *ledger, struct sim_target *target)
{
    uint32_t *link = &ledger->on_host[host_kind(target->host)][target->host & 0xffffff];

    while (*link != target->index)
        link = &ledger->targets[*link].next_on_host;
    *link = target->next_on_host;
}

static void note_visit(struct ledger *ledger, const struct sim_target *target, uint32_t host)
{
    uint32_t *last = &ledger->visited[host_kind(host)][host & 0xffffff];

    if (ledger->visits_n == ledger->visits_cap) {
        ledger->visits_cap = ledger->visits_cap ? ledger->visits_cap * 2 : 64;
        ledger->visits =
            must(realloc(ledger->visits, ledger->visits_cap * sizeof(*ledger->visits)));
    }
    ledger->visits[ledger->visits_n] = (struct visit){.target = target->index, .next = *last};
    *last = ledger->visits_n++;
}

void ledger_move(struct ledger *ledger, struct sim_target *target, uint32_t host)
{
    uint32_t *first;

    if (target->host != NOBODY)
        leave_host(ledger, target);
    target->host = host;
    target->next_on_host = NOBODY;
    if (host == NOBODY)
        return;
    first = &ledger->on_host[host_kind(host)][host & 0xffffff];
    target->next_on_host = *first;
    *first = target->index;
    note_visit(ledger, target, host);
}

struct probe *ledger_probe(struct sim_target *target, uint64_t count)
{
    if (count >= target->cap) {
        uint64_t cap = target->cap ? target->cap * 2 : 1;

        while (cap <= count)
            cap *= 2;
        target->probes = must(realloc(target->probes, cap * sizeof(*target->probes)));
        memset(target->probes + target->cap, 0, (cap - target->cap) * sizeof(*target->probes));
        target->cap = cap;
    }
    if (count >= target->n)
        target->n = count + 1;
    return &target->probes[count];
}

int64_t ledger_timeout_ns(const struct mping_profile *profile, uint8_t attempt)
{
    double timeout_ns = (double)profile->timeout_ns;

    for (; attempt > 0; attempt--)
        timeout_ns *= profile->backoff;
    return (int64_t)timeout_ns;
}
