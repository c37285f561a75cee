/* SPDX-License-Identifier: Apache-2.0 */
/* The last results of a host, four bytes each. */
#ifndef MULTIPING_CLI_TOP_RING_H
#define MULTIPING_CLI_TOP_RING_H

#include <stdint.h>

#include <multiping/multiping.h>

enum { TOP_RING = 128 }; /* a power of two */

/* A result: a round-trip time in units of 100 ns, or one of the marks. */
typedef uint32_t top_result;

enum {
    TOP_RESULT_NONE = 0, /* there was none */
    TOP_RESULT_UNIT_NS = 100,
};

#define TOP_RESULT_LOST UINT32_C(0xfffffffb)
#define TOP_RESULT_UNREACHABLE UINT32_C(0xfffffffc)
#define TOP_RESULT_ERROR UINT32_C(0xfffffffd)
#define TOP_RESULT_UNRESOLVED UINT32_C(0xfffffffe)
#define TOP_RESULT_UNKNOWN UINT32_C(0xffffffff)
#define TOP_RESULT_RTT_MAX UINT32_C(0xfffffff0)

static inline int top_result_is_rtt(top_result result)
{
    return result > TOP_RESULT_NONE && result <= TOP_RESULT_RTT_MAX;
}

/* Of a result that is one. */
static inline int64_t top_result_ns(top_result result)
{
    return (int64_t)result * TOP_RESULT_UNIT_NS;
}

/* TOP_RESULT_NONE for events that are no result. */
static inline top_result top_result_of(const struct mping_event *event)
{
    int64_t units = event->rtt_ns / TOP_RESULT_UNIT_NS;

    switch (event->type) {
    case MPING_EV_REPLY:
        return units < 1                             ? 1
               : units > (int64_t)TOP_RESULT_RTT_MAX ? TOP_RESULT_RTT_MAX
                                                     : (top_result)units;
    case MPING_EV_LOST:
        return TOP_RESULT_LOST;
    case MPING_EV_UNREACHABLE:
        return TOP_RESULT_UNREACHABLE;
    case MPING_EV_SEND_ERROR:
        return TOP_RESULT_ERROR;
    case MPING_EV_RESOLVE_ERROR:
        return TOP_RESULT_UNRESOLVED;
    case MPING_EV_UNKNOWN:
        return TOP_RESULT_UNKNOWN;
    default:
        return TOP_RESULT_NONE;
    }
}

#endif
