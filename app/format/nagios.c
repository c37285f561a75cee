/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin's output for Nagios, Icinga and their family: one line with the state, performance
 * data after a bar, and the exit status 0 to 3 (Monitoring Plugins Development Guidelines).
 */
#include "format/format.h"
#include "metric/get_summary.h"
#include "text/escape.h"
#include "text/icmp_text.h"

enum {
    PASS_JUDGE, /* shows nothing */
    PASS_TELL,  /* the state, and which targets are not well */
    PASS_DATA,  /* performance data */
    PASS_COUNT,
    BAD_SHOWN_MAX = 10, /* targets by name */
};

static const char *const states[] = {
    [CLI_WELL] = "OK",
    [CLI_WARNING] = "WARNING",
    [CLI_CRITICAL] = "CRITICAL",
    [CLI_UNKNOWN] = "UNKNOWN",
};

/* From good to bad, as the state of all is the worst of theirs. */
static unsigned rank(enum cli_severity severity)
{
    static const unsigned ranks[] = {
        [CLI_WELL] = 0,
        [CLI_UNKNOWN] = 1,
        [CLI_WARNING] = 2,
        [CLI_CRITICAL] = 3,
    };

    return ranks[severity];
}

/* The first condition that holds; NULL: none. */
static const struct cli_condition *holds(const struct cli_gate *gate,
                                         const struct cli_record *record)
{
    for (size_t i = 0; i < gate->n; i++) {
        if (cli_condition_fits(&gate->all[i], record) &&
            cli_condition_ask(&gate->all[i], record) == CLI_ANSWER_YES)
            return &gate->all[i];
    }
    return NULL;
}

/* Whether somebody has said how many must be alive: then a dead one alone is not critical. */
static bool counts_targets(const struct cli_gate *gate)
{
    for (size_t i = 0; i < gate->n; i++) {
        if (!(gate->all[i].field->records & CLI_RECORD_SUMMARY))
            return true;
    }
    return false;
}

static enum cli_severity judge(const struct cli_show *show, const struct cli_record *record)
{
    const struct mping_stats *s = record->stats;

    if (holds(&show->critical, record) != NULL)
        return CLI_CRITICAL;
    if (record->kind == CLI_RECORD_SUMMARY && s->received + s->lost + s->unreachable == 0)
        return CLI_UNKNOWN;
    if (record->kind == CLI_RECORD_SUMMARY && s->received == 0 && !counts_targets(&show->critical))
        return CLI_CRITICAL;
    return holds(&show->warning, record) != NULL ? CLI_WARNING : CLI_WELL;
}

static void note(struct cli_show *show, const struct cli_record *record)
{
    enum cli_severity severity = judge(show, record);

    show->overview.bad += severity != CLI_WELL && record->kind == CLI_RECORD_SUMMARY;
    if (rank(severity) > rank(show->overview.worst))
        show->overview.worst = severity;
}

/* On one line, without the bar that begins the performance data. */
static void add_words(struct cli_text *text, const char *string)
{
    while (*string != '\0') {
        char one[CLI_ESCAPED_CHAR_MAX];
        size_t in, len = cli_escape_char(one, string, &in);

        if (*string == '|')
            cli_text_char(text, '/');
        else
            cli_text_bytes(text, one, len);
        string += in;
    }
}

static void add_loss(struct cli_text *text, const struct mping_stats *s)
{
    cli_text_add(text, "loss ");
    cli_text_percent(text, s->lost + s->unreachable, s->lost + s->unreachable + s->received);
    cli_text_add(text, "%");
}

static int64_t mean_ns(const struct mping_stats *s)
{
    return (int64_t)(s->rtt_mean_ns + 0.5);
}

/* Why the last probe that failed did, as far as somebody has said so. */
static void add_failure(struct cli_text *text, const struct cli_record *record)
{
    const struct cli_failure *f = record->observed != NULL ? &record->observed->failure : NULL;

    if (f == NULL || f->type == 0)
        return;
    cli_text_add(text, f->type == MPING_EV_UNREACHABLE ? ", " : ": ");
    if (f->type == MPING_EV_UNREACHABLE)
        cli_icmp_text(text, f->family, f->icmp_type, f->icmp_code, f->icmp_info);
    else
        cli_text_add(text, f->reason ? mping_reason_text((enum mping_reason)f->reason)
                                     : mping_strerror(f->err));
}

static void add_figures(struct cli_text *text, const struct cli_record *record)
{
    const struct mping_stats *s = record->stats;

    add_loss(text, s);
    if (s->received) {
        cli_text_add(text, ", rta ");
        cli_text_rtt_ms(text, mean_ns(s));
        cli_text_add(text, " ms");
    }
    if (s->unreachable > 0)
        add_failure(text, record);
}

/* The condition that decides, if it was one. */
static void add_condition(const struct cli_show *show, struct cli_text *text,
                          const struct cli_record *record)
{
    const struct cli_gate *gate = &show->critical;
    const struct cli_condition *condition = holds(gate, record);
    enum cli_severity severity = judge(show, record);

    if (condition == NULL && severity == CLI_WARNING) {
        gate = &show->warning;
        condition = holds(gate, record);
    }
    if (condition == NULL)
        return;
    cli_text_add(text, " (");
    cli_condition_explain(condition, gate, record, text);
    cli_text_char(text, ')');
}

static void tell_target(const struct cli_show *show, struct cli_text *text,
                        const struct cli_record *record)
{
    const struct mping_stats *s = record->stats;

    add_words(text, record->host);
    cli_text_add(text, ": ");
    if (s->received + s->lost + s->unreachable > 0) {
        add_figures(text, record);
    } else {
        cli_text_add(text, s->sent == 0 && s->resolve_errors > 0 ? "cannot be resolved"
                                                                 : "nothing is known of it");
        add_failure(text, record);
    }
    add_condition(show, text, record);
}

static void begin(const struct cli_show *show, struct cli_text *text)
{
    cli_text_add(text, "PING ");
    cli_text_add(text, states[show->overview.worst]);
    cli_text_add(text, " - ");
}

/* What the number of those alive was held against. */
static void add_condition_on_all(const struct cli_show *show, struct cli_text *text,
                                 const struct cli_record *record)
{
    const struct cli_record total = {
        .kind = CLI_RECORD_TOTAL,
        .stats = record->stats,
        .targets = record->targets,
        .alive = record->alive,
        .silent = record->silent,
    };

    add_condition(show, text, &total);
}

static void add_alive(struct cli_text *text, const struct cli_record *record)
{
    cli_text_count(text, record->alive);
    cli_text_add(text, " of ");
    cli_text_count(text, record->targets);
    cli_text_add(text, " targets alive");
}

/* Which target it is: nothing where there is only one. */
static void tell(struct cli_show *show, struct cli_text *text, const struct cli_record *record)
{
    struct cli_overview *overview = &show->overview;
    bool alone = record->targets == 1, bad = judge(show, record) != CLI_WELL;

    if (record->index == 0) {
        begin(show, text);
        if (!alone) {
            add_alive(text, record);
            add_condition_on_all(show, text, record);
        }
    }
    if (!alone && (!bad || overview->shown == BAD_SHOWN_MAX))
        return;
    overview->shown++;
    if (!alone)
        cli_text_add(text, "; ");
    tell_target(show, text, record);
    if (alone)
        add_condition_on_all(show, text, record);
}

/* No quotation mark and no equals sign may be in a label, and no bar in anything. */
static char label_char(char c)
{
    return (char)(c == '\'' || c == '=' ? '_' : c == '|' ? '/' : c);
}

/* Whose labels of performance data are alike, whatever is put behind the host in a list. */
static void look(struct cli_text *text, const char *host, const char *labels)
{
    (void)labels;
    for (; *host != '\0'; host++)
        cli_text_char(text, label_char(*host));
}

/* 'label'= */
static void add_label(struct cli_text *text, const struct cli_record *record, const char *name)
{
    size_t from;

    cli_text_add(text, " '");
    from = text->len;
    if (record->targets > 1) {
        add_words(text, record->host);
        if (record->copy > 0) {
            cli_text_add(text, " #");
            cli_text_count(text, record->copy + 1);
        }
        cli_text_char(text, ' ');
    }
    cli_text_add(text, name);
    for (char *c = text->data + from; *c != '\0'; c++)
        *c = label_char(*c);
    cli_text_add(text, "'=");
}

/* ";warning;critical": in ms or percent, empty where there is none. */
static void add_limits(const struct cli_show *show, struct cli_text *text, const char *metric)
{
    const struct cli_gate *const gates[] = {&show->warning, &show->critical};

    for (size_t i = 0; i < 2; i++) {
        const struct cli_condition *limit = cli_gate_limit(gates[i], metric);

        cli_text_char(text, ';');
        if (limit == NULL)
            continue;
        if (limit->unit == CLI_UNIT_TIME)
            cli_text_fixed_short(text, (uint64_t)limit->value, 6);
        else
            cli_text_fixed_short(text, (uint64_t)(limit->value * 1000 + 0.5), 3);
    }
}

struct rtt {
    const char *name; /* what check_icmp calls it */
    const char *metric;
    int64_t ns;
};

static void add_ms(const struct cli_show *show, struct cli_text *text,
                   const struct cli_record *record, const struct rtt *rtt)
{
    add_label(text, record, rtt->name);
    if (record->stats->received > 0) {
        cli_text_fixed_short(text, (uint64_t)rtt->ns, 6);
        cli_text_add(text, "ms");
    } else {
        cli_text_char(text, 'U'); /* not known, but in its place */
    }
    add_limits(show, text, rtt->metric);
    cli_text_add(text, ";0;");
}

static void add_data(const struct cli_show *show, struct cli_text *text,
                     const struct cli_record *record)
{
    const struct mping_stats *s = record->stats;
    const struct rtt rtts[] = {
        {"rta", "avg", mean_ns(s)},
        {"rtmin", "min", s->rtt_min_ns},
        {"rtmax", "max", s->rtt_max_ns},
    };
    int64_t thousandths = cli_loss_thousandths(s);

    if (record->index == 0)
        cli_text_add(text, " |");
    for (size_t i = 0; i < sizeof(rtts) / sizeof(rtts[0]); i++)
        add_ms(show, text, record, &rtts[i]);
    add_label(text, record, "pl");
    if (thousandths >= 0) {
        cli_text_fixed_short(text, (uint64_t)thousandths, 3);
        cli_text_char(text, '%');
    } else {
        cli_text_char(text, 'U');
    }
    add_limits(show, text, "loss");
    cli_text_add(text, ";0;100");
}

static void nagios_summary(struct cli_show *show, struct cli_text *text,
                           const struct cli_record *record)
{
    if (record->pass == PASS_JUDGE)
        note(show, record);
    else if (record->pass == PASS_TELL)
        tell(show, text, record);
    else
        add_data(show, text, record);
}

static void nagios_total(const struct cli_show *show, struct cli_text *text,
                         const struct cli_record *record)
{
    (void)show, (void)record;
    cli_text_char(text, '\n');
}

const struct cli_format cli_format_nagios = {
    .name = "nagios",
    .is_document = true,
    .tells_failures = true,
    .look = look,
    .passes = PASS_COUNT,
    .survey = note,
    .summary = nagios_summary,
    .total = nagios_total,
};
