/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts and events for the tests of the live view, without an engine. Times are ms. */
#ifndef MULTIPING_TESTS_TOP_WORLD_H
#define MULTIPING_TESTS_TOP_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "top/model.h"

#define MS INT64_C(1000000)

static struct top_model world;
static int64_t world_ns;

__attribute__((unused)) static void world_open(void)
{
    world_ns = 1000 * MS;
    if (top_model_init(&world) < 0)
        abort();
}

__attribute__((unused)) static uint32_t world_add(const char *name, const char *labels)
{
    struct mping_addr addr = {0};
    int64_t host;

    (void)mping_addr_parse(&addr, name); /* a name has none yet */
    host = top_model_add(&world, name, labels, &addr, world_ns, 0);
    if (host < 0)
        abort();
    return (uint32_t)host;
}

__attribute__((unused)) static void world_feed(uint32_t host, struct mping_event event)
{
    top_model_event(&world, host, &event, world_ns, world_ns);
}

/* A reply after so many ms, by default with TTL 64. */
__attribute__((unused)) static void world_reply(uint32_t host, double rtt_ms, int ttl)
{
    world_feed(host, (struct mping_event){.type = MPING_EV_REPLY,
                                          .rtt_ns = (int64_t)(rtt_ms * 1e6),
                                          .received_ns = world_ns,
                                          .ttl = (int16_t)ttl});
}

__attribute__((unused)) static void world_event(uint32_t host, enum mping_event_type type)
{
    world_feed(host, (struct mping_event){.type = type, .rtt_ns = -1, .ttl = -1, .err = -13});
}

__attribute__((unused)) static struct top_state world_state(uint32_t host)
{
    struct top_state state;

    top_model_state(&world, host, &state);
    return state;
}

#endif
