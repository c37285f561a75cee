/* SPDX-License-Identifier: Apache-2.0 */
#include "top/columns.h"

#include <math.h>
#include <string.h>
#include <sys/socket.h>

#include "top/format.h"

static const double none = (double)NAN;

/*
 * Recent loss first, in steps so that hosts do not change places for nothing, then the mean time.
 * What has no verdict yet comes last, what the user has removed after that.
 */
static double worst(const struct top_row *row)
{
    const double steps = 64, times = 1e12;
    double rtt_ns = fmin(row->state.rtt_mean_ns, times - 1);

    if (row->state.removed)
        return 0;
    if (row->state.condition == TOP_WAIT)
        return 1;
    return 2 + ceil(row->state.recent_loss * steps) * times + rtt_ns;
}

static double age(const struct top_row *row)
{
    return fmax(0, (double)(row->now_ns - row->state.since_ns));
}

static double loss(const struct top_row *row)
{
    return top_state_judged(&row->state) > 0 ? top_state_loss(&row->state) : none;
}

static double recent(const struct top_row *row)
{
    return row->state.condition == TOP_WAIT ? none : row->state.recent_loss;
}

static double sent(const struct top_row *row)
{
    return (double)top_state_settled(&row->state);
}

static double lost(const struct top_row *row)
{
    return (double)(row->state.lost + row->state.unreachable);
}

static double run(const struct top_row *row)
{
    return row->state.run;
}

static double run_max(const struct top_row *row)
{
    return row->state.run_max;
}

static double unknown(const struct top_row *row)
{
    return (double)row->state.unknown;
}

static double errors(const struct top_row *row)
{
    return (double)(row->state.errors + row->state.unresolved);
}

static double if_received(const struct top_row *row, double ns)
{
    return row->state.received > 0 ? ns : none;
}

static double rtt_last(const struct top_row *row)
{
    return if_received(row, (double)row->state.rtt_last_ns);
}

static double rtt_avg(const struct top_row *row)
{
    return if_received(row, row->state.rtt_mean_ns);
}

static double rtt_best(const struct top_row *row)
{
    return if_received(row, (double)row->state.rtt_min_ns);
}

static double rtt_worst(const struct top_row *row)
{
    return if_received(row, (double)row->state.rtt_max_ns);
}

static double stddev(const struct top_row *row)
{
    return if_received(row, top_state_stddev_ns(&row->state));
}

static double jitter(const struct top_row *row)
{
    return if_received(row, row->state.jitter_ns);
}

/* The histogram knows a time within 3 %; none of them is shown outside the extremes. */
static double percentile(const struct top_row *row, double share)
{
    int64_t ns = top_model_percentile_ns(row->model, row->host, share);

    if (ns < row->state.rtt_min_ns)
        ns = row->state.rtt_min_ns;
    if (ns > row->state.rtt_max_ns)
        ns = row->state.rtt_max_ns;
    return if_received(row, (double)ns);
}

static double p50(const struct top_row *row)
{
    return percentile(row, 0.5);
}

static double p95(const struct top_row *row)
{
    return percentile(row, 0.95);
}

static double p99(const struct top_row *row)
{
    return percentile(row, 0.99);
}

static double ttl(const struct top_row *row)
{
    return row->state.ttl >= 0 ? row->state.ttl : none;
}

static double late(const struct top_row *row)
{
    return (double)row->state.late;
}

static double duplicates(const struct top_row *row)
{
    return (double)row->state.duplicates;
}

static double mismatches(const struct top_row *row)
{
    return (double)row->state.mismatches;
}

const struct top_column top_columns[TOP_COL_COUNT] = {
    [TOP_COL_WORST] = {NULL, "worst", "worst first", 0, TOP_UNIT_COUNT, true, worst},
    [TOP_COL_HOST] = {"Host", "host", "the host as given", 0, TOP_UNIT_TEXT, false, NULL},
    [TOP_COL_ADDRESS] = {"Address", "addr", "its address", 0, TOP_UNIT_TEXT, false, NULL},
    [TOP_COL_STATE] = {"State", "state", "up, lossy, down, unrch, error, noname, wait", 6,
                       TOP_UNIT_TEXT, true, NULL},
    [TOP_COL_FOR] = {"For", "for", "how long it has been so", 6, TOP_UNIT_SPAN, false, age},
    [TOP_COL_LOSS] = {"Loss%", "loss", "lost and unreachable of those judged", 5, TOP_UNIT_SHARE,
                      true, loss},
    [TOP_COL_RECENT] = {"Now%", "recent", "loss of about the last 16 probes", 5, TOP_UNIT_SHARE,
                        true, recent},
    [TOP_COL_SENT] = {"Snt", "sent", "probes with a verdict", 5, TOP_UNIT_COUNT, true, sent},
    [TOP_COL_LOST] = {"Lost", "lost", "lost and unreachable", 5, TOP_UNIT_COUNT, true, lost},
    [TOP_COL_RUN] = {"Run", "run", "losses in a row, up to now", 5, TOP_UNIT_COUNT, true, run},
    [TOP_COL_RUN_MAX] = {"RunMx", "runmax", "most losses in a row", 5, TOP_UNIT_COUNT, true,
                         run_max},
    [TOP_COL_UNKNOWN] = {"Unkn", "unknown", "outcome unknown, for reasons on this side", 5,
                         TOP_UNIT_COUNT, true, unknown},
    [TOP_COL_ERRORS] = {"Errs", "errors", "refused by the system, or no address", 5, TOP_UNIT_COUNT,
                        true, errors},
    [TOP_COL_LAST] = {"Last", "last", "last round-trip time", 6, TOP_UNIT_NS, true, rtt_last},
    [TOP_COL_AVG] = {"Avg", "avg", "mean", 6, TOP_UNIT_NS, true, rtt_avg},
    [TOP_COL_BEST] = {"Best", "best", "least", 6, TOP_UNIT_NS, true, rtt_best},
    [TOP_COL_WORST_RTT] = {"Wrst", "wrst", "greatest", 6, TOP_UNIT_NS, true, rtt_worst},
    [TOP_COL_STDDEV] = {"StDev", "stdev", "standard deviation", 6, TOP_UNIT_NS, true, stddev},
    [TOP_COL_JITTER] = {"Jttr", "jitter", "smoothed as in RFC 3550", 6, TOP_UNIT_NS, true, jitter},
    [TOP_COL_P50] = {"p50", "p50", "median", 6, TOP_UNIT_NS, true, p50},
    [TOP_COL_P95] = {"p95", "p95", "95 of 100 are not above", 6, TOP_UNIT_NS, true, p95},
    [TOP_COL_P99] = {"p99", "p99", "99 of 100 are not above", 6, TOP_UNIT_NS, true, p99},
    [TOP_COL_TTL] = {"TTL", "ttl", "TTL or hop limit of the last reply", 3, TOP_UNIT_COUNT, false,
                     ttl},
    [TOP_COL_LATE] = {"Late", "late", "replies after the verdict", 5, TOP_UNIT_COUNT, true, late},
    [TOP_COL_DUPLICATES] = {"Dup", "dup", "further replies to one probe", 5, TOP_UNIT_COUNT, true,
                            duplicates},
    [TOP_COL_MISMATCHES] = {"Wrong", "wrong", "replies that are none: wrong source, proof, ...", 5,
                            TOP_UNIT_COUNT, true, mismatches},
};

void top_row_load(struct top_row *row, const struct top_model *model, uint32_t host, int64_t now_ns)
{
    row->model = model;
    row->host = host;
    row->now_ns = now_ns;
    top_model_state(model, host, &row->state);
}

const char *top_condition_name(const struct top_state *state)
{
    static const char *const names[TOP_CONDITION_COUNT] = {
        [TOP_WAIT] = "wait",         [TOP_UP] = "up",
        [TOP_LOSSY] = "lossy",       [TOP_DOWN] = "down",
        [TOP_UNREACHABLE] = "unrch", [TOP_ERROR] = "error",
        [TOP_UNRESOLVED] = "noname",
    };

    if (state->removed)
        return "gone";
    return names[state->condition];
}

static void add_text(struct app_text *text, enum top_column_id column, const struct top_row *row)
{
    char addr[MPING_ADDR_TEXT_MAX];

    if (column == TOP_COL_HOST)
        app_text_add(text, top_model_host(row->model, row->host)->name);
    else if (column == TOP_COL_STATE)
        app_text_add(text, top_condition_name(&row->state));
    else if (row->state.addr.family != 0)
        app_text_foreign(text, mping_addr_format(&row->state.addr, addr, sizeof(addr)));
    else
        app_text_char(text, '-');
}

void top_column_text(struct app_text *text, enum top_column_id column, const struct top_row *row)
{
    const struct top_column *c = &top_columns[column];
    double value = c->value != NULL ? c->value(row) : 0;

    if (c->unit == TOP_UNIT_TEXT)
        add_text(text, column, row);
    else if (isnan(value))
        app_text_char(text, '-');
    else if (c->unit == TOP_UNIT_SHARE)
        top_format_percent(text, value);
    else if (c->unit == TOP_UNIT_NS)
        top_format_ms(text, (int64_t)value);
    else if (c->unit == TOP_UNIT_SPAN)
        top_format_span(text, (int64_t)value);
    else
        top_format_count(text, (uint64_t)value);
}

/* The first eight bytes, so that most texts are compared by number. */
static uint64_t text_key(const char *text)
{
    uint64_t key = 0;

    for (int i = 0; i < 8; i++) {
        key = key << 8 | (unsigned char)*text;
        text += *text != '\0';
    }
    return key;
}

static uint64_t addr_key(const struct mping_addr *addr)
{
    uint64_t key = 0;
    int n = addr->family == AF_INET ? 4 : 7;

    for (int i = 0; i < n; i++)
        key = key << 8 | addr->ip[i];
    return key | (uint64_t)(addr->family == AF_INET6) << 56 | (uint64_t)(addr->family == 0) << 57;
}

/* Doubles from 0 up are ordered as their bits are. What has none is less than all. */
static uint64_t number_key(double value)
{
    uint64_t key;

    if (isnan(value) || value < 0)
        return 0;
    memcpy(&key, &value, sizeof(key));
    return key + 1;
}

uint64_t top_column_key(enum top_column_id column, const struct top_row *row)
{
    if (column == TOP_COL_HOST)
        return text_key(top_model_host(row->model, row->host)->name);
    if (column == TOP_COL_ADDRESS)
        return addr_key(&row->state.addr);
    if (column == TOP_COL_STATE)
        return row->state.removed ? 0 : 1u + row->state.condition;
    return number_key(top_columns[column].value(row));
}
