/* SPDX-License-Identifier: Apache-2.0 */
/* Links that drop packets or go away, and for how long that excuses a host that does not answer. */
#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "core/icmp.h"
#include "core/state.h"
#include "tap.h"

#define SECOND INT64_C(1000000000)
#define MS INT64_C(1000000)

enum { HOSTS_MAX = 3, PROBES_MAX = 16 };

/* Pings 10.0.link.host; what the script says of it happens to probe after probe. */
struct host {
    uint8_t link;
    const char *answers; /* per probe: r reply, - none, l late, u unreachable */
};

struct row {
    const char *label;
    int64_t interval_ns, timeout_ns;
    struct host hosts[HOSTS_MAX];
    const char *links;    /* what is wrong with link 0, 1, ...: d drop, t send drop, a away, . fine;
                             s: likewise, but all that is known is that some packets did not leave */
    int64_t until_ns;     /* and up to when */
    const char *verdicts; /* of the first host: L lost, U unknown, R reply, I unreachable */
};

static const struct row rows[] = {
    {"no trouble", SECOND, SECOND, {{0, "----"}, {0, "rrrr"}}, ".", 99 * SECOND, "LLLL"},
    {"drops excuse three",
     SECOND,
     SECOND,
     {{0, "------"}, {0, "rrrrrr"}},
     "d",
     99 * SECOND,
     "UUULLL"},
    {"drops of sends, too",
     SECOND,
     SECOND,
     {{0, "------"}, {0, "rrrrrr"}},
     "t",
     99 * SECOND,
     "UUULLL"},
    {"several out at once",
     200 * MS,
     SECOND,
     {{0, "------"}, {0, "rrrrrr"}},
     "d",
     99 * SECOND,
     "UUULLL"},
    {"nobody to compare with", SECOND, SECOND, {{0, "------"}}, "d", 99 * SECOND, "UUUUUU"},
    {"nobody answers", SECOND, SECOND, {{0, "------"}, {0, "------"}}, "d", 99 * SECOND, "UUUUUU"},
    {"others answer by another link",
     SECOND,
     SECOND,
     {{0, "------"}, {1, "rrrrrr"}},
     "d.",
     99 * SECOND,
     "UUUUUU"},
    {"drops of another link",
     SECOND,
     SECOND,
     {{0, "------"}, {1, "rrrrrr"}},
     ".d",
     99 * SECOND,
     "LLLLLL"},
    {"a link that is away excuses for ever",
     SECOND,
     SECOND,
     {{0, "------"}, {1, "rrrrrr"}},
     "a.",
     99 * SECOND,
     "UUUUUU"},
    {"even if somebody answers by it",
     SECOND,
     SECOND,
     {{0, "------"}, {0, "rrrrrr"}},
     "a",
     99 * SECOND,
     "UUUUUU"},
    {"packets of ours that do not leave excuse for ever: a firewall chooses by their address",
     SECOND,
     SECOND,
     {{0, "------"}, {0, "rrrrrr"}},
     "s",
     99 * SECOND,
     "UUUUUU"},
    {"a reply begins anew",
     SECOND,
     SECOND,
     {{0, "--r----"}, {0, "rrrrrrr"}},
     "d",
     99 * SECOND,
     "UURUUUL"},
    {"also for what left before it",
     200 * MS,
     SECOND,
     {{0, "----r-----"}, {0, "rrrrrrrrrr"}},
     "d",
     99 * SECOND,
     "UUUURUUULL"},
    {"a late one does",
     SECOND,
     500 * MS,
     {{0, "--l----"}, {0, "rrrrrrr"}},
     "d",
     99 * SECOND,
     "UUUUUUL"},
    {"an ICMP error does",
     SECOND,
     SECOND,
     {{0, "--u----"}, {0, "rrrrrrr"}},
     "d",
     99 * SECOND,
     "UUIUUUL"},
    {"what left after the drops is lost",
     SECOND,
     SECOND,
     {{0, "----"}, {0, "rrrr"}},
     "d",
     3 * SECOND / 2,
     "ULLL"},
    {"a queue full for a while, all are silent",
     100 * MS,
     SECOND,
     {{0, "r------r"}, {0, "r------r"}, {0, "r------r"}},
     "d",
     1690 * MS,
     "RUUUUUUR"},
};

static const struct row *row;
static struct mping_core *core;
static uint32_t targets[HOSTS_MAX];
static char verdicts[PROBES_MAX + 1];

static enum mping_reason link_doubt(void *context, const struct mping_addr *dst,
                                    const struct mping_tx_opts *tx, int64_t sent_ns)
{
    (void)context;
    (void)tx;
    if (sent_ns > row->until_ns)
        return MPING_REASON_NONE;
    switch (row->links[dst->ip[2]]) {
    case 'd':
        return MPING_REASON_RX_DROP;
    case 't':
        return MPING_REASON_TX_DROP;
    case 'a':
        return MPING_REASON_LINK;
    default:
        return MPING_REASON_NONE;
    }
}

/* Packets on their way to us. */
static struct {
    int64_t at_ns;
    struct mping_addr from;
    bool error;
    uint8_t data[28 + MPING_TX_HEAD];
} packets[HOSTS_MAX * PROBES_MAX];
static size_t packet_n;

static void answer(const struct mping_tx *tx, char how, int64_t sent_ns)
{
    if (how == '-')
        return;
    packets[packet_n].at_ns = sent_ns + (how == 'l' ? row->timeout_ns + 10 * MS : 5 * MS);
    packets[packet_n].from = tx->dst;
    packets[packet_n].error = how == 'u';
    memcpy(packets[packet_n].data, tx->head, MPING_TX_HEAD);
    packets[packet_n++].data[0] = MPING_ICMP4_ECHO_REPLY;
}

static void receive(int64_t now_ns)
{
    for (size_t i = 0; i < packet_n; i++) {
        struct mping_rx rx = {.from = packets[i].from,
                              .data = packets[i].data,
                              .len = MPING_TX_HEAD,
                              .checksum_verified = true,
                              .stamp = MPING_STAMP_KERNEL,
                              .received_ns = packets[i].at_ns};
        struct mping_rx_error error = {.dst = packets[i].from,
                                       .from = packets[i].from,
                                       .type = 3,
                                       .code = 1,
                                       .received_ns = packets[i].at_ns};

        if (packets[i].at_ns != now_ns)
            continue;
        error.id = (uint16_t)(packets[i].data[4] << 8 | packets[i].data[5]);
        error.seq = (uint16_t)(packets[i].data[6] << 8 | packets[i].data[7]);
        if (packets[i].error)
            mping_core_rx_error(core, &error);
        else
            mping_core_rx(core, &rx, 1);
    }
}

static void send_due(int64_t now_ns)
{
    struct mping_tx tx[HOSTS_MAX];
    size_t n = mping_core_poll_tx(core, now_ns, tx, HOSTS_MAX);

    for (size_t i = 0; i < n; i++) {
        const struct host *host = &row->hosts[tx[i].dst.ip[3] - 1];
        uint16_t seq = (uint16_t)(tx[i].head[6] << 8 | tx[i].head[7]);

        tx[i].sent_ns = now_ns;
        tx[i].err = 0;
        answer(&tx[i], host->answers[seq], now_ns);
    }
    mping_core_sent(core, now_ns, tx, n);
}

/* What look() finds, and how often it has been asked. */
static int64_t look_ns;
static int look_n, look_family;
static enum mping_reason look_reason;

static int64_t look(void *context)
{
    (void)context;
    look_n++;
    if (look_reason == MPING_REASON_LINK)
        mping_core_link_trouble(core, look_ns);
    else if (look_reason == MPING_REASON_TX_DROP)
        mping_core_tx_dropped(core, look_family, look_ns);
    else if (look_reason == MPING_REASON_RX_DROP)
        mping_core_dropped(core, look_family, 1, look_ns);
    else if (look_reason == MPING_REASON_SUSPEND)
        mping_core_suspended(core, look_ns);
    return look_ns;
}

static char letter(enum mping_event_type type)
{
    switch (type) {
    case MPING_EV_LOST:
        return 'L';
    case MPING_EV_UNKNOWN:
        return 'U';
    case MPING_EV_REPLY:
        return 'R';
    case MPING_EV_UNREACHABLE:
        return 'I';
    default:
        return '?';
    }
}

static void take_events(void)
{
    const struct mping_event *event;

    for (; (event = mping_core_event(core)); mping_core_event_pop(core))
        if (event->dst.ip[3] == 1 && MPING_EVENTS_VERDICTS & MPING_EVENT_BIT(event->type))
            verdicts[event->seq] = letter(event->type);
}

static void add_host(size_t i, const struct mping_profile *profile)
{
    const struct mping_addr addr = {.family = AF_INET,
                                    .ip = {10, 0, row->hosts[i].link, (uint8_t)(i + 1)}};

    if (mping_core_target_new(core, profile, NULL, SECOND, &targets[i]) < 0 ||
        mping_core_resolve_wanted(core) != targets[i] ||
        mping_core_target_resolved(core, targets[i], &addr, SECOND) < 0)
        abort();
}

static void try_row(void)
{
    const struct mping_profile profile = {
        .count = strlen(row->verdicts),
        .interval_ns = row->interval_ns,
        .timeout_ns = row->timeout_ns,
        .backoff = 1,
        .window = 64,
        .payload_bytes = MPING_PROOF_BYTES + MPING_TAG_BYTES,
        .tx.tos = -1,
        .events = MPING_EVENTS_VERDICTS,
    };
    const struct mping_core_opts opts = {
        .inflight_max = 100, .unpaced_inflight = 100, .link_doubt = link_doubt};

    memset(verdicts, 0, sizeof(verdicts));
    packet_n = 0;
    if (mping_core_new(&core, &opts) < 0 || mping_core_add_id(core, AF_INET, 7) < 0)
        abort();
    for (size_t i = 0; i < HOSTS_MAX && row->hosts[i].answers; i++)
        add_host(i, &profile);
    for (int64_t now_ns = SECOND; now_ns < 12 * SECOND; now_ns += 5 * MS) {
        receive(now_ns);
        mping_core_link_trouble(core, now_ns);
        if (strchr(row->links, 's'))
            mping_core_tx_dropped(core, AF_INET, now_ns);
        mping_core_advance(core, now_ns);
        send_due(now_ns);
        take_events();
    }
    ok(strcmp(verdicts, row->verdicts) == 0, "%s: %s", row->label, verdicts);
    mping_core_free(core);
}

enum heir { NO_HEIR, NEW_TARGET, OTHER_ADDRESS, SAME_ADDRESS };

/* At link 0 there is trouble; whoever answered at link 1 is now at link 0, or its place is. */
static void inherit(enum heir heir, const struct mping_profile *profile, int64_t now_ns)
{
    const struct mping_addr troubled = {.family = AF_INET, .ip = {10, 0, 0, 2}},
                            fine = {.family = AF_INET, .ip = {10, 0, 1, 2}};

    if (heir == NEW_TARGET) {
        mping_core_target_free(core, targets[1]);
        if (mping_core_target_new(core, profile, NULL, now_ns, &targets[1]) < 0 ||
            mping_core_resolve_wanted(core) != targets[1] ||
            mping_core_target_resolved(core, targets[1], &troubled, now_ns) < 0)
            abort();
    } else if (heir) {
        if (mping_core_target_move(core, targets[1], heir == OTHER_ADDRESS ? &troubled : &fine) < 0)
            abort();
    }
}

static const struct row heir_row = {"heir", SECOND,      SECOND,  {{0, "------"}, {1, "rrrrrr"}},
                                    "d.",   99 * SECOND, "UUUUUU"};

/* What somebody answered by another link says nothing of this one, whoever has his place now. */
static void try_heir(enum heir heir, const char *what)
{
    const struct mping_profile profile = {.count = 6,
                                          .interval_ns = SECOND,
                                          .timeout_ns = SECOND,
                                          .backoff = 1,
                                          .window = 64,
                                          .payload_bytes = MPING_PROOF_BYTES + MPING_TAG_BYTES,
                                          .tx.tos = -1,
                                          .events = MPING_EVENTS_VERDICTS};
    const struct mping_core_opts opts = {
        .inflight_max = 100, .unpaced_inflight = 100, .link_doubt = link_doubt};
    const int64_t change_ns = SECOND + 4900 * MS;

    row = &heir_row;
    memset(verdicts, 0, sizeof(verdicts));
    packet_n = 0;
    if (mping_core_new(&core, &opts) < 0 || mping_core_add_id(core, AF_INET, 7) < 0)
        abort();
    for (size_t i = 0; i < 2; i++)
        add_host(i, &profile);
    for (int64_t now_ns = SECOND; now_ns < 8 * SECOND; now_ns += 5 * MS) {
        if (now_ns == change_ns)
            inherit(heir, &profile, now_ns);
        receive(now_ns);
        mping_core_link_trouble(core, now_ns);
        mping_core_advance(core, now_ns);
        if (now_ns < change_ns)
            send_due(now_ns);
        take_events();
    }
    ok(strncmp(verdicts, "UUUUU", 5) == 0, "%s: %s", what, verdicts);
    mping_core_free(core);
}

static const struct row late_row = {"late", SECOND, 500 * MS, {{0, "lr"}}, "a", 99 * SECOND, "U"};

/*
 * Before a loss is judged, all counters are asked, whichever way it is decided; once for each time
 * that is up, and not for what is answered.
 */
static void try_look(bool late, enum mping_reason reason, const char *what)
{
    const struct mping_profile profile = {.count = 2,
                                          .interval_ns = SECOND,
                                          .timeout_ns = 500 * MS,
                                          .backoff = 1,
                                          .window = 64,
                                          .payload_bytes = MPING_PROOF_BYTES + MPING_TAG_BYTES,
                                          .tx.tos = -1,
                                          .events = MPING_EVENTS_VERDICTS};
    const struct mping_core_opts opts = {
        .inflight_max = 100, .unpaced_inflight = 100, .link_doubt = link_doubt, .look = look};
    const char *expected = reason ? "UR" : "LR";

    row = &late_row;
    memset(verdicts, 0, sizeof(verdicts));
    packet_n = 0;
    look_n = 0;
    look_family = AF_INET;
    look_reason = reason;
    look_ns = SECOND + row->timeout_ns + 10 * MS;
    if (mping_core_new(&core, &opts) < 0 || mping_core_add_id(core, AF_INET, 7) < 0)
        abort();
    add_host(0, &profile);
    for (int64_t now_ns = SECOND; now_ns < 3 * SECOND; now_ns += 5 * MS) {
        if (late)
            receive(now_ns);
        if (now_ns <= SECOND + row->timeout_ns || now_ns >= look_ns)
            mping_core_advance(core, now_ns);
        if (!late)
            receive(now_ns);
        send_due(now_ns);
        take_events();
    }
    ok(strcmp(verdicts, expected) == 0 && look_n == 1, "%s, decided by %s: %s, asked %d times",
       what, late ? "a late reply" : "time", verdicts, look_n);
    mping_core_free(core);
}

int main(void)
{
    try_heir(NO_HEIR, "others have answered by another link");
    try_heir(NEW_TARGET, "and are gone, their place is taken");
    try_heir(OTHER_ADDRESS, "and have moved to this one");
    try_heir(SAME_ADDRESS, "and are still there");
    for (int late = 0; late < 2; late++) {
        try_look(late, MPING_REASON_NONE, "nothing was dropped");
        try_look(late, MPING_REASON_LINK, "trouble of a link");
        try_look(late, MPING_REASON_TX_DROP, "a drop on the way out");
        try_look(late, MPING_REASON_RX_DROP, "a drop on receiving");
        try_look(late, MPING_REASON_SUSPEND, "a suspend");
    }

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        row = &rows[i];
        try_row();
    }
    return done_testing();
}
