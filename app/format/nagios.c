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
    [APP_WELL] = "OK",
    [APP_WARNING] = "WARNING",
    [APP_CRITICAL] = "CRITICAL",
    [APP_UNKNOWN] = "UNKNOWN",
};

/* From good to bad, as the state of all is the worst of theirs. */
static unsigned rank(enum app_severity severity)
{
    static const unsigned ranks[] = {
        [APP_WELL] = 0,
        [APP_UNKNOWN] = 1,
        [APP_WARNING] = 2,
        [APP_CRITICAL] = 3,
    };

    return ranks[severity];
}

/* The first condition that holds; NULL: none. */
static const struct app_condition *holds(const struct app_gate *gate,
                                         const struct app_record *record)
{
    for (size_t i = 0; i < gate->n; i++) {
        if (app_condition_fits(&gate->all[i], record) &&
            app_condition_ask(&gate->all[i], record) == APP_ANSWER_YES)
            return &gate->all[i];
    }
    return NULL;
}

/* Whether somebody has said how many must be alive: then a dead one alone is not critical. */
static bool counts_targets(const struct app_gate *gate)
{
    for (size_t i = 0; i < gate->n; i++) {
        if (!(gate->all[i].field->records & APP_RECORD_SUMMARY))
            return true;
    }
    return false;
}

static enum app_severity judge(const struct app_show *show, const struct app_record *record)
{
    const struct mping_stats *s = record->stats;

    if (holds(&show->critical, record) != NULL)
        return APP_CRITICAL;
    if (record->kind == APP_RECORD_SUMMARY && s->received + s->lost + s->unreachable == 0)
        return APP_UNKNOWN;
    if (record->kind == APP_RECORD_SUMMARY && s->received == 0 && !counts_targets(&show->critical))
        return APP_CRITICAL;
    return holds(&show->warning, record) != NULL ? APP_WARNING : APP_WELL;
}

static void note(struct app_show *show, const struct app_record *record)
{
    enum app_severity severity = judge(show, record);

    show->overview.bad += severity != APP_WELL && record->kind == APP_RECORD_SUMMARY;
    if (rank(severity) > rank(show->overview.worst))
        show->overview.worst = severity;
}

/* On one line, without the bar that begins the performance data. */
static void add_words(struct app_text *text, const char *string)
{
    while (*string != '\0') {
        char one[APP_ESCAPED_CHAR_MAX];
        size_t in, len = app_escape_char(one, string, &in);

        if (*string == '|')
            app_text_char(text, '/');
        else
            app_text_bytes(text, one, len);
        string += in;
    }
}

static void add_loss(struct app_text *text, const struct mping_stats *s)
{
    app_text_add(text, "loss ");
    app_text_percent(text, s->lost + s->unreachable, s->lost + s->unreachable + s->received);
    app_text_add(text, "%");
}

static int64_t mean_ns(const struct mping_stats *s)
{
    return (int64_t)(s->rtt_mean_ns + 0.5);
}

/* Why the last probe that failed did, as far as somebody has said so. */
static void add_failure(struct app_text *text, const struct app_record *record)
{
    const struct app_failure *f = record->observed != NULL ? &record->observed->failure : NULL;

    if (f == NULL || f->type == 0)
        return;
    app_text_add(text, f->type == MPING_EV_UNREACHABLE ? ", " : ": ");
    if (f->type == MPING_EV_UNREACHABLE)
        app_icmp_text(text, f->family, f->icmp_type, f->icmp_code, f->icmp_info);
    else
        app_text_add(text, f->reason ? mping_reason_text((enum mping_reason)f->reason)
                                     : mping_strerror(f->err));
}

static void add_figures(struct app_text *text, const struct app_record *record)
{
    const struct mping_stats *s = record->stats;

    add_loss(text, s);
    if (s->received) {
        app_text_add(text, ", rta ");
        app_text_rtt_ms(text, mean_ns(s));
        app_text_add(text, " ms");
    }
    if (s->unreachable > 0)
        add_failure(text, record);
}

/* The condition that decides, if it was one. */
static void add_condition(const struct app_show *show, struct app_text *text,
                          const struct app_record *record)
{
    const struct app_gate *gate = &show->critical;
    const struct app_condition *condition = holds(gate, record);
    enum app_severity severity = judge(show, record);

    if (condition == NULL && severity == APP_WARNING) {
        gate = &show->warning;
        condition = holds(gate, record);
    }
    if (condition == NULL)
        return;
    app_text_add(text, " (");
    app_condition_explain(condition, gate, record, text);
    app_text_char(text, ')');
}

static void tell_target(const struct app_show *show, struct app_text *text,
                        const struct app_record *record)
{
    const struct mping_stats *s = record->stats;

    add_words(text, record->host);
    app_text_add(text, ": ");
    if (s->received + s->lost + s->unreachable > 0) {
        add_figures(text, record);
    } else {
        app_text_add(text, s->sent == 0 && s->resolve_errors > 0 ? "cannot be resolved"
                                                                 : "nothing is known of it");
        add_failure(text, record);
    }
    add_condition(show, text, record);
}

static void begin(const struct app_show *show, struct app_text *text)
{
    app_text_add(text, "PING ");
    app_text_add(text, states[show->overview.worst]);
    app_text_add(text, " - ");
}

/* What the number of those alive was held against. */
static void add_condition_on_all(const struct app_show *show, struct app_text *text,
                                 const struct app_record *record)
{
    const struct app_record total = {
        .kind = APP_RECORD_TOTAL,
        .stats = record->stats,
        .targets = record->targets,
        .alive = record->alive,
        .silent = record->silent,
    };

    add_condition(show, text, &total);
}

static void add_alive(struct app_text *text, const struct app_record *record)
{
    app_text_count(text, record->alive);
    app_text_add(text, " of ");
    app_text_count(text, record->targets);
    app_text_add(text, " targets alive");
}

/* Which target it is: nothing where there is only one. */
static void tell(struct app_show *show, struct app_text *text, const struct app_record *record)
{
    struct app_overview *overview = &show->overview;
    bool alone = record->targets == 1, bad = judge(show, record) != APP_WELL;

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
        app_text_add(text, "; ");
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
static void look(struct app_text *text, const char *host, const char *labels)
{
    (void)labels;
    for (; *host != '\0'; host++)
        app_text_char(text, label_char(*host));
}

/* 'label'= */
static void add_label(struct app_text *text, const struct app_record *record, const char *name)
{
    size_t from;

    app_text_add(text, " '");
    from = text->len;
    if (record->targets > 1) {
        add_words(text, record->host);
        if (record->copy > 0) {
            app_text_add(text, " #");
            app_text_count(text, record->copy + 1);
        }
        app_text_char(text, ' ');
    }
    app_text_add(text, name);
    for (char *c = text->data + from; *c != '\0'; c++)
        *c = label_char(*c);
    app_text_add(text, "'=");
}

/* ";warning;critical": in ms or percent, empty where there is none. */
static void add_limits(const struct app_show *show, struct app_text *text, const char *metric)
{
    const struct app_gate *const gates[] = {&show->warning, &show->critical};

    for (size_t i = 0; i < 2; i++) {
        const struct app_condition *limit = app_gate_limit(gates[i], metric);

        app_text_char(text, ';');
        if (limit == NULL)
            continue;
        if (limit->unit == APP_UNIT_TIME)
            app_text_fixed_short(text, (uint64_t)limit->value, 6);
        else
            app_text_fixed_short(text, (uint64_t)(limit->value * 1000 + 0.5), 3);
    }
}

struct rtt {
    const char *name; /* what check_icmp calls it */
    const char *metric;
    int64_t ns;
};

static void add_ms(const struct app_show *show, struct app_text *text,
                   const struct app_record *record, const struct rtt *rtt)
{
    add_label(text, record, rtt->name);
    if (record->stats->received > 0) {
        app_text_fixed_short(text, (uint64_t)rtt->ns, 6);
        app_text_add(text, "ms");
    } else {
        app_text_char(text, 'U'); /* not known, but in its place */
    }
    add_limits(show, text, rtt->metric);
    app_text_add(text, ";0;");
}

static void add_data(const struct app_show *show, struct app_text *text,
                     const struct app_record *record)
{
    const struct mping_stats *s = record->stats;
    const struct rtt rtts[] = {
        {"rta", "avg", mean_ns(s)},
        {"rtmin", "min", s->rtt_min_ns},
        {"rtmax", "max", s->rtt_max_ns},
    };
    int64_t thousandths = app_loss_thousandths(s);

    if (record->index == 0)
        app_text_add(text, " |");
    for (size_t i = 0; i < sizeof(rtts) / sizeof(rtts[0]); i++)
        add_ms(show, text, record, &rtts[i]);
    add_label(text, record, "pl");
    if (thousandths >= 0) {
        app_text_fixed_short(text, (uint64_t)thousandths, 3);
        app_text_char(text, '%');
    } else {
        app_text_char(text, 'U');
    }
    add_limits(show, text, "loss");
    app_text_add(text, ";0;100");
}

static void nagios_summary(struct app_show *show, struct app_text *text,
                           const struct app_record *record)
{
    if (record->pass == PASS_JUDGE)
        note(show, record);
    else if (record->pass == PASS_TELL)
        tell(show, text, record);
    else
        add_data(show, text, record);
}

static void nagios_total(const struct app_show *show, struct app_text *text,
                         const struct app_record *record)
{
    (void)show, (void)record;
    app_text_char(text, '\n');
}

const struct app_format app_format_nagios = {
    .name = "nagios",
    .is_document = true,
    .tells_failures = true,
    .look = look,
    .passes = PASS_COUNT,
    .survey = note,
    .summary = nagios_summary,
    .total = nagios_total,
};
