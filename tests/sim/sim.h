/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One simulation: the real core, a fake network, virtual time. The driver plays the
 * session's part; the oracle judges all the core says.
 *
 *   scenario.c       what a seed stands for
 *   driver.c         turns: reading, advancing, sleeping
 *   driver_send.c    sending, and what is checked before a probe leaves
 *   driver_net.c     arrivals, clocks, stamps
 *   links.c          what goes wrong below the sockets
 *   driver_user.c    targets and their names, what users do to them
 *   oracle.c         the journal's steps one by one, verdicts
 *   oracle_doubt.c   what drops excuse, and for how long
 *   oracle_time.c    what the passing of time must bring about
 *   oracle_packet.c  what a packet must bring about
 *   oracle_sums.c    identities, memory, the end
 *   proofs.c         no proof is used twice
 */
#ifndef MPING_SIM_SIM_H
#define MPING_SIM_SIM_H

#include "core/state.h"
#include "io/wall_clock.h"
#include "journal.h"
#include "ledger.h"
#include "prf.h"
#include "proofs.h"
#include "scenario.h"
#include "weather.h"
#include "wire.h"
#include "world.h"

enum {
    WALL_STEPS = 64,
    FORETOLD_NS = 2 << 16, /* two ticks of the core's wheel: how late it may be */
    STAMP_ERROR_NS = 5000, /* of a kernel's stamp, converted */
};

/* The driver may be stopped for so long between advancing and sending. */
#define MID_TURN_NS (400 * MS)

/* The wall clock is ahead of the monotonic one by offset_ns, from from_ns on. */
struct wall_step {
    int64_t from_ns, offset_ns;
};

/* Who was the first and the last to answer a probe of one span of time, and where it was then. */
struct answers {
    uint32_t span;
    struct {
        uint32_t target, host;
    } first, last;
};

enum { ANSWER_SPANS = 1024 };

/* What the oracle knows that the core has been told. */
struct oracle {
    uint64_t limit; /* events of the batch being judged end there */
    uint64_t advances;
    uint64_t verdicts;
    uint64_t pending;
    int64_t advanced_ns;
    int64_t stall_from_ns, stall_to_ns;
    int64_t dropped_ns[2], suspended_ns;
    struct links_view links;
    struct answers answers[ANSWER_SPANS];
    uint64_t overruled; /* losses although drops would have excused them */
    bool was_full;      /* the last advance stopped for want of room */
};

struct sim {
    uint64_t seed;
    struct scenario scenario;
    struct dice dice;
    struct mping_core *core;
    struct world world;
    struct links links;
    int64_t arrived_ns; /* all that arrived by then has */
    struct ledger ledger;
    struct journal journal;
    struct proofs proofs;
    struct oracle oracle;
    struct wire wire;
    uint8_t *buffers; /* of MPING_BATCH packets */

    /* Clocks. */
    struct mping_clock clock;
    struct wall_step wall[WALL_STEPS];
    unsigned wall_n;
    int64_t dry_ns[2], errors_dry_ns[2];

    /* The driver. */
    int64_t told_ns;       /* when the core wanted its turn */
    int64_t late_ns;       /* and by how much that was missed */
    int64_t latest_ns;     /* at the most, so far */
    int64_t slept_ns;      /* all in all, in stalls: the schedule stood still */
    int64_t full_until_ns; /* buffers for sending are full until then */
    uint32_t turns;
    uint32_t left_home;  /* of the last target freed: the next one may take its place */
    uint32_t idle_turns; /* in a row, without any effect */
    bool suspended;      /* not told yet */
    bool paused;         /* pulling */
    bool ending;         /* no new trouble any more */
    uint64_t made;       /* probes */
    uint64_t live;       /* targets not freed */
    uint64_t slots_peak;
    int64_t *made_ns;  /* ring: when the last rate + 32 were made */
    uint32_t *touched; /* targets whose sums to check */
    uint32_t touched_n;

    uint64_t hash; /* of all packets sent and all events */
    bool trace;
    bool failed;
    char fault[400];
};

/* scenario.c, main.c: runs a seed; false if a rule was broken: sim->fault. */
bool sim_run(struct sim *sim, uint64_t seed, uint64_t probes_max, bool trace);

/* Notes which rule was broken, the first time. */
__attribute__((format(printf, 2, 3))) void sim_fail(struct sim *sim, const char *format, ...);
/* A line for people, if they want it. */
__attribute__((format(printf, 2, 3))) void sim_trace(const struct sim *sim, const char *format,
                                                     ...);
void sim_hash(struct sim *sim, const void *data, size_t len);

/* driver.c */
void driver_run(struct sim *sim);
bool driver_has_room(const struct sim *sim);
/* The core's call has returned: all it has said until now belongs to the steps added. */
void driver_close(struct sim *sim);
/* Reads both sockets dry; false if the core has no room for more. */
bool driver_read(struct sim *sim);

/* driver_send.c */
/* One batch; false if nothing was due. */
bool driver_send(struct sim *sim);

/* driver_net.c */
void net_start(struct sim *sim);
/* Moves what has arrived by now into the sockets, and does what else is planned. */
void net_arrive(struct sim *sim);
/* Plans what comes back for a probe that has left. */
void net_probe_left(struct sim *sim, struct sim_target *target, uint64_t count, int64_t left_ns);
int64_t net_wall_ns(const struct sim *sim, int64_t at_ns);
/* A socket has been found empty: measures the clocks as the backend would. */
void net_measure(struct sim *sim);
/* Sets the time of arrival as the backend would; returns enum mping_stamp. */
uint8_t net_stamp(struct sim *sim, const struct happening *packet, int64_t dry_ns,
                  int64_t *ret_received_ns);

/* driver_user.c */
void user_start(struct sim *sim);
void user_act(struct sim *sim);
/* As many targets as at the start; false if there is no room for more. */
bool user_add_more(struct sim *sim);
void user_attack(struct sim *sim);
/* Lets all come to their end; returns how long those may take that wait for room to send. */
int64_t user_end(struct sim *sim);
void user_free(struct sim *sim, struct sim_target *target);
void user_cancel(struct sim *sim, struct sim_target *target, int err);
/* What a callback may do to its target. */
void user_call_back(struct sim *sim, struct sim_target *target);
void names_turn(struct sim *sim);
void names_answer(struct sim *sim, const struct happening *answer);
void sim_touch(struct sim *sim, struct sim_target *target);

/* oracle.c */
/* Judges all steps whose events are known. */
void oracle_judge(struct sim *sim);
static inline struct sim_target *oracle_target(const struct mping_event *event)
{
    return (void *)event->target;
}
/* The next event of the batch, NULL if there is none. */
struct mping_event *oracle_peek(struct sim *sim);
/* Takes the next event, which must be of that type and target. NULL where the target does
 * not report that type, and after a failure. */
struct mping_event *oracle_expect(struct sim *sim, struct sim_target *target,
                                  enum mping_event_type type);
/* Checks what an event says about its probe. */
void oracle_check_probe(struct sim *sim, const struct sim_target *target, uint64_t count,
                        const struct mping_event *event);
/* Takes the verdict for a probe, and what follows from it. */
void oracle_verdict(struct sim *sim, struct sim_target *target, uint64_t count,
                    enum mping_event_type type, enum mping_reason reason, int64_t now_ns);
/* When a probe left, as far as its answer has shown. */
int64_t oracle_sent_ns(const struct probe *probe);
/* The verdict that a probe without a reply deserves; sets *ret_reason if it is unknown. */
enum mping_event_type oracle_missing(struct sim *sim, struct sim_target *target,
                                     const struct probe *probe, enum mping_reason *ret_reason);
/* Takes the last event of a target. */
void oracle_finished(struct sim *sim, struct sim_target *target);
/* A late answer ends attempts. */
void oracle_late(struct sim *sim, struct sim_target *target);

/* oracle_doubt.c */
/* Why a link excuses a probe, after all that was known when the next event was made. */
enum mping_reason oracle_link_doubt(struct sim *sim, const struct probe *probe);
/* Whether its target has been excused often enough. */
bool oracle_overrules(struct sim *sim, struct sim_target *target, const struct probe *probe,
                      enum mping_reason reason);
/* A probe has its verdict. */
void oracle_doubt_note(struct sim *sim, struct sim_target *target, const struct probe *probe,
                       enum mping_event_type type, enum mping_reason reason);

/* oracle_time.c */
void oracle_advance(struct sim *sim, const struct step *step);
/* Whether the core wants its next turn in time for the probes that are out. */
void oracle_check_deadline(struct sim *sim, int64_t told_ns);

/* oracle_packet.c */
void oracle_packet(struct sim *sim, const struct step *step);

/* oracle_sums.c */
void sums_check(struct sim *sim);
void sums_check_end(struct sim *sim);

#endif
