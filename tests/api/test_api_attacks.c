/* SPDX-License-Identifier: Apache-2.0 */
/* Peers that lie: none of what they say makes a host alive that is not, or changes a time. */
#include "check.h"

#include <string.h>
#include <sys/socket.h>

#include "lab_peer.h"

enum { PROBES = 3, TRIES = 10 };

/* What has to come of PROBES probes to a script. */
struct row {
    int script;
    const char *what;
    enum mping_event_type verdict;
    int beside;               /* 0: nothing; else one for each probe */
    enum mping_reason reason; /* of the mismatch */
    bool raw_only;            /* the kernel keeps such packets from other sockets */
    bool raw_beside;          /* ping sockets tell of errors after replies: too late */
};

static const struct row rows[] = {
    {LAB_ANSWER, "a right reply", MPING_EV_REPLY, 0, 0, false, false},
    {LAB_BAD_CHECKSUM, "forged checksum", MPING_EV_LOST, MPING_EV_MISMATCH, MPING_REASON_CHECKSUM,
     true, false},
    {LAB_BAD_PROOF, "forged payload: the time in it", MPING_EV_LOST, MPING_EV_MISMATCH,
     MPING_REASON_PROOF, false, false},
    {LAB_BAD_TAIL, "forged payload: its last byte", MPING_EV_LOST, MPING_EV_MISMATCH,
     MPING_REASON_PROOF, false, false},
    {LAB_HEADER_ONLY, "no payload", MPING_EV_LOST, MPING_EV_MISMATCH, MPING_REASON_TRUNCATED, false,
     false},
    {LAB_CUT, "truncated, with its proof whole", MPING_EV_REPLY, 0, 0, false, false},
    {LAB_OTHER_SOURCE, "forged source", MPING_EV_LOST, MPING_EV_MISMATCH, MPING_REASON_SOURCE,
     false, false},
    {LAB_CODE_1, "a code other than 0", MPING_EV_LOST, MPING_EV_MISMATCH, MPING_REASON_CODE, false,
     false},
    {LAB_UNSENT_SEQ, "a sequence number never sent", MPING_EV_LOST, MPING_EV_MISMATCH,
     MPING_REASON_UNSENT, false, false},
    {LAB_OTHER_ID, "another pinger's id", MPING_EV_LOST, 0, 0, false, false},
    {LAB_ECHO_BACK, "the request as a request", MPING_EV_LOST, 0, 0, false, false},
    {LAB_TWICE, "a reply twice", MPING_EV_REPLY, MPING_EV_DUPLICATE, 0, false, false},
    {LAB_LONGER, "a reply with more than asked for", MPING_EV_REPLY, 0, 0, false, false},
    {LAB_UNREACHABLE, "an ICMP error", MPING_EV_UNREACHABLE, MPING_EV_ICMP_ERROR, 0, false, false},
    {LAB_UNREACHABLE_OTHER, "an ICMP error about another packet", MPING_EV_LOST, 0, 0, false,
     false},
    {LAB_ERROR_THEN_ANSWER, "an ICMP error, then the reply", MPING_EV_REPLY, MPING_EV_ICMP_ERROR, 0,
     false, true},
    {LAB_BAD_THEN_ANSWER, "a forgery, then the reply", MPING_EV_REPLY, MPING_EV_MISMATCH,
     MPING_REASON_PROOF, false, false},
};

/* Runs one row; returns false if this machine stalled, which says nothing about it. */
static bool run(struct mping *engine, const struct row *row, int family, struct tally *tally,
                const char **ret_problem)
{
    struct mping_target_opts opts;
    struct mping_target *target;
    char host[LAB_HOST_MAX];

    tally_opts(&opts, tally);
    opts.interval_ns = MPING_INTERVAL_MANUAL;
    opts.timeout_ns = 200 * LAB_MS;
    target = check_add(engine, lab_peer_host(host, family, row->script), &opts);
    for (int i = 0; i < PROBES; i++)
        mping_send(target);
    mping_drain(target, LAB_PATIENCE_NS);
    mping_run(engine, 20 * LAB_MS); /* what comes after the verdict */
    *ret_problem = check_close(target, tally);
    return atomic_load(&tally->stalls) == 0;
}

static void judge(const struct row *row, struct tally *tally, const char *kind, bool raw)
{
    const struct mping_event *verdict = &tally->last[row->verdict];
    const struct mping_event *beside = &tally->last[row->beside];

    ok_eq((int64_t)count_of(tally, row->verdict), PROBES, "%s: %s: %s, each time", kind, row->what,
          mping_event_name(row->verdict));
    if (row->raw_beside && !raw)
        ok(count_of(tally, (enum mping_event_type)row->beside) <= PROBES, "%s: %s: perhaps %s",
           kind, row->what, mping_event_name((enum mping_event_type)row->beside));
    else if (row->beside)
        ok_eq((int64_t)count_of(tally, (enum mping_event_type)row->beside), PROBES,
              "%s: %s: and %s beside it", kind, row->what,
              mping_event_name((enum mping_event_type)row->beside));
    else
        ok_eq((int64_t)(count_of(tally, MPING_EV_MISMATCH) + count_of(tally, MPING_EV_ICMP_ERROR) +
                        count_of(tally, MPING_EV_DUPLICATE)),
              0, "%s: %s: and nothing beside it", kind, row->what);
    if (row->reason)
        ok_eq(beside->reason, row->reason, "%s: %s: for the right reason", kind, row->what);
    if (row->verdict == MPING_EV_REPLY)
        ok(verdict->rtt_ns > 0 && verdict->rtt_ns < 200 * LAB_MS, "%s: %s: the RTT is true", kind,
           row->what);
    ok(verdict->truncated == (row->script == LAB_CUT) &&
           verdict->longer == (row->script == LAB_LONGER),
       "%s: %s: marked as what it is", kind, row->what);
    ok(verdict->sent_ns > 0 && verdict->sent_ns <= lab_now_ns(),
       "%s: %s: no packet moves the time of sending", kind, row->what);
}

static void rows_of(struct mping *engine, int family, const char *kind, bool raw)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tally *tally = tally_new(1);
        const char *problem = NULL;

        if (rows[i].raw_only && (!raw || family == AF_INET6)) {
            free(tally);
            continue;
        }
        for (int n = 0; n < TRIES && !run(engine, &rows[i], family, tally, &problem); n++) {
            free(tally);
            tally = tally_new(1);
        }
        judge(&rows[i], tally, kind, raw);
        ok_none(problem, "%s: %s: the promises hold", kind, rows[i].what);
        free(tally);
    }
}

static void late(struct mping *engine, int family, const char *kind)
{
    struct tally *tally = tally_new(1);
    struct mping_target_opts opts;
    struct mping_target *target;
    char host[LAB_HOST_MAX];

    tally_opts(&opts, tally);
    opts.interval_ns = MPING_INTERVAL_MANUAL;
    opts.timeout_ns = 30 * LAB_MS;
    target = check_add(engine, lab_peer_host(host, family, LAB_ONE_BEHIND), &opts);
    for (int i = 0; i < PROBES; i++) {
        mping_send(target);
        mping_drain(target, LAB_PATIENCE_NS);
        mping_run(engine, 10 * LAB_MS);
    }
    ok_eq((int64_t)count_of(tally, MPING_EV_REPLY), 0, "%s: late replies are no replies", kind);
    ok_eq((int64_t)count_of(tally, MPING_EV_LATE), PROBES - 1, "%s: but reported as late", kind);
    ok_none(check_close(target, tally), "%s: late: the promises hold", kind);
    free(tally);
}

int main(void)
{
    static const struct {
        int socket_kind, family;
        const char *name;
    } kinds[] = {
        {MPING_SOCKET_RAW, AF_INET, "raw"},
        {MPING_SOCKET_RAW, AF_INET6, "raw6"},
        {MPING_SOCKET_PING, AF_INET, "ping"},
        {MPING_SOCKET_PING, AF_INET6, "ping6"},
    };

    check_start();
    lab_allow_ping_sockets(1);
    ok_none(lab_peer_start(), "the peers are there");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct lab_mark mark = lab_mark();
        struct mping *engine = check_engine_with(kinds[i].socket_kind, 0);

        rows_of(engine, kinds[i].family, kinds[i].name, kinds[i].socket_kind == MPING_SOCKET_RAW);
        late(engine, kinds[i].family, kinds[i].name);
        check_end(engine, &mark, kinds[i].name);
    }
    lab_peer_stop();
    return done_testing();
}
