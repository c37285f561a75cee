/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts the events of one target and watches the promises that hold for every target:
 * one verdict per probe, nothing after MPING_EV_FINISHED, one callback at a time, an err
 * that fits the type, a reply that fits its probe. Callbacks may run on any thread.
 */
#ifndef MULTIPING_TESTS_API_TALLY_H
#define MULTIPING_TESTS_API_TALLY_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <multiping/multiping.h>

enum { TALLY_TYPES = 40, TALLY_PROBES = 1 << 17 };

struct tally {
    atomic_ulong n[TALLY_TYPES];  /* by enum mping_event_type */
    atomic_ulong verdicts;        /* of probes that were made */
    atomic_ulong stalls;          /* verdicts unknown because this machine was slow */
    _Atomic(const char *) broken; /* the first promise broken, NULL: none */
    atomic_int inside;            /* callbacks running */
    atomic_int closed;            /* set by the test: any further event is an error */
    int shared;                   /* by many targets: their probes are not told apart */
    struct mping_event last[TALLY_TYPES];
    uint8_t judged[TALLY_PROBES / 8]; /* which of the first probes have had their verdict */

    /* For the test's own use within the callback; may be NULL. */
    void (*hook)(struct tally *tally, const struct mping_event *event);
    void *hook_arg;
};

/* A new one, all zero; aborts without memory. Free it with free(). */
struct tally *tally_new(size_t n);

/* Defaults, with events going to tally. */
void tally_opts(struct mping_target_opts *opts, struct tally *tally);

/* The callback; user is the tally. For events pulled with mping_next() too. */
void tally_event(const struct mping_event *event, void *user);

/*
 * NULL if no promise was broken, the target's counters add up and equal the events; else
 * what is wrong. target may be NULL: then only the promises are looked at.
 */
const char *tally_problem(struct tally *tally, struct mping_target *target);

/* NULL if the counters add up: sent = received + lost + ... + pending. */
const char *stats_problem(const struct mping_stats *stats);

/* The same for the engine, which must have nothing to do any more. */
const char *engine_problem(struct mping *engine);

#endif
