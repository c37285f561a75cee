/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A naive engine: arrays that are searched from end to end, and every rule written down once
 * more. It is told what the core is told and says which events and counters must follow.
 *
 *   fuzz_core.c  bytes become calls and packets
 *   model.c      targets, sending, time
 *   model_rx.c   what a packet brings about
 *   model_doubt.c  what drops of links excuse
 *   model_sum.c  counters
 *
 * When a probe leaves is the core's to choose within limits, and so is the order in which
 * probes expire at once: both are taken from it and judged. All else is foretold.
 */
#ifndef MULTIPING_TESTS_FUZZ_MODEL_H
#define MULTIPING_TESTS_FUZZ_MODEL_H

#include <multiping/error.h>
#include <multiping/event.h>

#include "core/core.h"
#include "core/state.h"
#include "fuzz.h"

enum {
    TARGETS_MAX = 12,  /* at a time */
    PROBES_MAX = 2048, /* ever; then the input is at its end */
    EVENTS_MAX = 1024,
    PAYLOAD_MAX = 64,
    RTTS_MAX = PROBES_MAX,
    RETRIES_MAX = 500,
    FORGOTTEN_MAX = 128, /* in one turn */
    LINKS = 2,
};

#define MS INT64_C(1000000)
#define SECOND INT64_C(1000000000)
#define EARLY_NS 300 /* so much before its stamp a probe may have left */
#define TICKS_NS (2 << 16)
#define REMEMBER_NS (10 * SECOND)

enum probe_state { PROBE_NONE, PROBE_SENDING, PROBE_OUT, PROBE_ANSWERED, PROBE_MISSED, PROBE_GONE };

struct probe {
    struct target *target;
    uint64_t life; /* of the target: its place may have been used again */
    uint64_t count;
    struct mping_addr dst;
    uint16_t id;
    enum probe_state state;
    uint8_t attempt;
    int64_t sent_ns, began_ns, due_ns, forget_ns;
    uint64_t settled; /* order of verdicts */
    bool timestamp, hinted;
    bool early; /* the answer says that it left when its call began */
    uint8_t hint_type, hint_code;
    struct mping_addr hint_from;
    uint32_t payload_len;
    uint8_t payload[PAYLOAD_MAX];
};

/* A link of the machine: what has happened to it, and what reading its counters has shown. */
struct link {
    bool tx_moves, rx_moves, changes, down; /* since they were last read; now */
    bool known_down;
    int64_t tx_ns, rx_ns, away_ns; /* when they were last found to have moved */
};

/* Counted the slow way. */
struct sums {
    uint64_t sent, verdicts[MPING_EV_UNKNOWN + 1], late, duplicates, mismatches, icmp_errors;
    uint64_t truncated, longer;
    uint64_t run, run_max;
    int64_t rtts[RTTS_MAX];
    size_t rtts_n;
};

struct target {
    bool used;     /* there is one */
    uint64_t life; /* which one */
    uint32_t handle;
    const struct mping_profile *profile;
    bool has_addr, resolving, asked, done, ending, finished;
    struct mping_addr addr;
    uint16_t id; /* as the core has chosen it */
    int err;
    uint64_t next;
    uint32_t pending, backlog;
    unsigned retries;
    bool by_hand;  /* it has been sent to out of turn */
    bool was_full; /* a probe of it has been put off */
    int64_t timeout_ns;
    bool own_timeout;
    int64_t first_due_ns, last_made_ns;
    uint64_t scheduled;
    unsigned excuses;      /* probes in a row that only drops excuse, at most 3 */
    uint16_t excused_span; /* when the first of them left, or what was answered last */
    bool answered;         /* there are none: the last verdict was a reply */
    bool answered_first;   /* and nothing but losses came before */
    bool noted;            /* there has been more than losses */
    bool may_be_more;      /* excuses, as far as the core knows */
    struct sums sums;
};

struct model {
    struct mping_core *core;
    struct mping_core_opts opts;
    int64_t now_ns;
    struct target targets[TARGETS_MAX];
    uint64_t lives;
    struct probe probes[PROBES_MAX];
    size_t probes_n;
    uint64_t settled_n;
    struct sums sums;
    uint64_t rx_packets, rx_drops, rx_malformed, rx_checksum, rx_foreign, send_retries;
    int64_t advanced_ns, stall_from_ns, stall_to_ns, dropped_ns[2], suspended_ns;
    int64_t made_ns[PROBES_MAX];
    size_t made_n;
    int64_t hold_ns;
    bool paused;
    struct link links[LINKS];
    int64_t looked_ns;
    uint64_t looks;
    const struct probe *answers[PROBES_MAX]; /* those answered, in that order */
    size_t answers_n;

    struct mping_event events[EVENTS_MAX]; /* of the call that is being judged */
    size_t events_n, events_taken;
};

extern struct model model;

/* model.c */
void model_start(const struct mping_core_opts *opts);
/* The call has returned: its events are to be expected now; and then there must be none. */
void model_listen(void);
void model_silence(void);
/* The next event, which must be this one; NULL where the target does not report such. */
const struct mping_event *model_expect(struct target *target, enum mping_event_type type);
const struct mping_event *model_expect_probe(const struct probe *probe, enum mping_event_type type);
void model_verdict(struct probe *probe, enum mping_event_type type, enum mping_reason reason,
                   int64_t now_ns);
/* How long an attempt waits; 0: for ever. */
int64_t model_timeout_ns(const struct target *t, unsigned attempt);
/* When it left, as far as that is known. */
int64_t model_sent_ns(const struct probe *probe);
/* The verdict for a probe whose time is up. */
void model_expire(struct probe *probe, int64_t now_ns);
/* Nothing more is wanted of the target; it ends as soon as nothing is out. */
void model_stop(struct target *target, int err);
/* What a verdict, or a late reply, means to its target. */
void model_judge(struct target *target, enum mping_event_type type);
void model_settle(struct target *target);
void model_advanced(void);
void model_made(const struct mping_tx *tx, int64_t now_ns);
void model_sent(const struct mping_tx *tx);
/* Whether all that had to be sent by now has been. */
void model_check_idle(void);
void model_look_at_ids(void);
bool model_same_addr(const struct mping_addr *a, const struct mping_addr *b);

/* model_doubt.c */
void links_clear(struct link links[LINKS]);
/* What happens to one: 0 drops on the way out, 1 on the way in, 2 it comes back, 3 it goes. */
void links_move(struct link *link, unsigned what);
/* Reads their counters: whether anything has moved or is away. */
bool links_read(struct link links[LINKS], int64_t now_ns);
/* Why what left for an address at sent_ns may be lost. */
enum mping_reason links_doubt(const struct link links[LINKS], const struct mping_addr *addr,
                              int64_t sent_ns);
/* The same of a probe that is being judged: the core has read the counters if it had to. */
enum mping_reason model_link_doubt(const struct probe *probe);
/* Whether its target has been excused often enough. */
bool model_overrules(const struct probe *probe, enum mping_reason reason);
void model_doubt_note(const struct probe *probe, enum mping_event_type type,
                      enum mping_reason reason);

/* model_rx.c */
/* A packet as its maker knows it. */
struct packet {
    struct mping_addr from;
    bool checksum_ok, cut, user_stamp;
    uint8_t type, code;
    uint16_t id, seq;
    int64_t received_ns;
    struct mping_addr quoted_dst; /* of errors */
    bool quotes_other;            /* an error about another machine's packet */
    const uint8_t *payload;
    uint32_t payload_len;
};
void model_reply(const struct packet *packet);
void model_error(const struct packet *packet);

/* model_sum.c */
void sums_verdict(struct target *target, enum mping_event_type type, int64_t rtt_ns);
void sums_check(struct target *target, bool reset);
void sums_check_all(void);

#endif
