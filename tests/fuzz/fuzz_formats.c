/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions, lists of fields, and records in every format whatever the names in them hold. */
#include <sys/socket.h>

#include "format/format.h"
#include "fuzz.h"

static char memory[APP_RECORD_MAX], message[2048];
static struct app_show show;

static void check_text(const struct app_text *text)
{
    CHECK(text->len > 0 && text->data[text->len] == '\0');
    for (size_t i = 0; i < text->len; i++)
        CHECK((unsigned char)text->data[i] >= ' ' && text->data[i] != 0x7f);
}

static struct mping_stats read_stats(struct input *in)
{
    uint64_t received = input_u8(in), lost = input_u8(in), unreachable = input_u8(in);

    return (struct mping_stats){
        .sent = received + lost + unreachable + input_u8(in),
        .received = received,
        .lost = lost,
        .unreachable = unreachable,
        .rtt_min_ns = received ? (int64_t)input_uint(in, 4) : 0,
        .rtt_max_ns = received ? (int64_t)input_uint(in, 6) : 0,
        .rtt_mean_ns = received ? (double)input_uint(in, 5) : 0,
        .rtt_p99_ns = (int64_t)input_uint(in, 3),
        .jitter_ns = received ? (double)input_uint(in, 3) : 0,
    };
}

static void check_conditions(struct input *in)
{
    struct app_gate gate;
    bool pair = input_flag(in);
    struct mping_stats stats = read_stats(in);
    const struct app_observed observed = {.outages = input_u8(in), .ttl = -1, .ttl_before = -1};
    struct app_record record = {
        .kind = APP_RECORD_SUMMARY, .stats = &stats, .observed = &observed, .host = "h"};
    char *expression = input_string(in, 512);
    struct app_text error = app_text_init(message, sizeof(message));
    int r = pair ? app_gate_parse_pair(&gate, "warning", expression, &error)
                 : app_gate_parse(&gate, "fail-if", expression, &error);

    CHECK(r == 0 || r == -1);
    if (r < 0)
        check_text(&error);
    for (size_t i = 0; r == 0 && i < gate.n; i++) {
        const struct app_condition *c = &gate.all[i];
        struct app_text why = app_text_init(memory, sizeof(memory));

        CHECK(c->source >= expression && c->source_len <= strlen(c->source));
        CHECK(c->value >= 0);
        record.kind =
            c->field->records & APP_RECORD_SUMMARY ? APP_RECORD_SUMMARY : APP_RECORD_TOTAL;
        CHECK(app_condition_fits(c, &record));
        CHECK(app_condition_ask(c, &record) <= APP_ANSWER_UNKNOWN);
        app_condition_explain(c, &gate, &record, &why);
        check_text(&why);
    }
    free(expression);
}

static void check_fields(struct input *in)
{
    unsigned records = 1u << input_below(in, 4);
    char *list = input_string(in, 512);
    struct app_text error = app_text_init(message, sizeof(message));
    int r = app_columns_parse(&show.columns, list, records, &error);

    if (r < 0)
        check_text(&error);
    else
        CHECK(show.columns.n > 0 && show.columns.n <= APP_COLUMNS_MAX);
    for (size_t i = 0; r == 0 && i < show.columns.n; i++)
        CHECK((show.columns.all[i].field == NULL) != (show.columns.all[i].label == NULL));
    app_columns_done(&show.columns);
    free(list);
}

/* How often a character stands in the text, not counting those behind a backslash. */
static size_t count(const char *text, char c)
{
    size_t n = 0;

    for (; *text; text++) {
        if (*text == '\\' && text[1])
            text++;
        else
            n += *text == c;
    }
    return n;
}

static void check_lines(const struct app_text *text, size_t lines)
{
    CHECK(strlen(memory) == text->len && text->len + 1 < sizeof(memory));
    CHECK(lines == 0 || memory[text->len - 1] == '\n');
    CHECK(count(memory, '\n') == lines);
}

static void check_json(struct app_record *record)
{
    struct app_text text = app_text_init(memory, sizeof(memory));

    app_columns_default(&show.columns, record->kind, false);
    app_format_json.event(&show, &text, record);
    check_lines(&text, 1);
    CHECK(memory[0] == '{' && memory[text.len - 2] == '}' && count(memory, '"') % 2 == 0);
    for (size_t i = 0; i + 1 < text.len; i++)
        CHECK((unsigned char)memory[i] >= 0x20);
}

static void check_influx(struct app_record *record)
{
    struct app_text text = app_text_init(memory, sizeof(memory));

    app_columns_default(&show.columns, record->kind, false);
    app_format_influx.event(&show, &text, record);
    check_lines(&text, text.len ? 1 : 0);
}

static void check_tables(struct app_record *record)
{
    struct app_text text = app_text_init(memory, sizeof(memory));
    size_t marks = 0;

    app_columns_default(&show.columns, record->kind, true);
    app_format_csv.event(&show, &text, record);
    for (size_t i = 0; i < text.len; i++)
        marks += memory[i] == '"';
    CHECK(text.len > 0 && memory[text.len - 1] == '\n' && marks % 2 == 0);
    text = app_text_init(memory, sizeof(memory));
    app_format_fields.event(&show, &text, record);
    check_lines(&text, 1);
    CHECK(count(memory, '\t') == show.columns.n - 1);
}

static void check_documents(struct app_record *record)
{
    struct app_text text = app_text_init(memory, sizeof(memory));

    record->kind = APP_RECORD_SUMMARY;
    show.overview = (struct app_overview){0};
    for (record->pass = 0; record->pass < app_format_nagios.passes; record->pass++)
        app_format_nagios.summary(&show, &text, record);
    app_format_nagios.total(&show, &text, record);
    check_lines(&text, 1);
    CHECK(strncmp(memory, "PING ", 5) == 0 && count(memory, '|') == 1);
    record->index = 1; /* no heads */
    for (record->pass = 0; record->pass < app_format_prom.passes; record->pass++) {
        text = app_text_init(memory, sizeof(memory));
        app_format_prom.summary(&show, &text, record);
        CHECK(count(memory, '"') % 2 == 0);
        CHECK(text.len == 0 || strncmp(memory, "multiping_", 10) == 0);
    }
}

/* "name\0value\0\0", as app_labels_parse() makes them. */
static char *read_labels(struct input *in)
{
    static const char *const names[] = {"a", "site", "target", "na-me", "rtt_ms", "__x"};
    const char *name = names[input_below(in, sizeof(names) / sizeof(names[0]))];
    char *value = input_string(in, 300);
    size_t name_len = strlen(name) + 1, value_len = strlen(value) + 1;
    char *labels = calloc(1, name_len + value_len + 1);

    CHECK(labels);
    memcpy(labels, name, name_len);
    memcpy(labels + name_len, value, value_len);
    free(value);
    return labels;
}

static void check_records(struct input *in)
{
    static const enum mping_event_type types[] = {
        MPING_EV_REPLY, MPING_EV_LOST,      MPING_EV_UNREACHABLE, MPING_EV_RESOLVE_ERROR,
        MPING_EV_LATE,  MPING_EV_DUPLICATE, MPING_EV_MISMATCH,    MPING_EV_ICMP_ERROR,
    };
    struct mping_stats stats = read_stats(in);
    struct mping_event event = {
        .type = types[input_below(in, sizeof(types) / sizeof(types[0]))],
        .reason = input_u8(in),
        .icmp_type = input_u8(in),
        .icmp_code = input_u8(in),
        .err = (int)input_u8(in) - 255,
        .rtt_ns = (int64_t)input_uint(in, 6) - 1,
        .sent_ns = 1,
        .sent_wall_ns = (int64_t)input_uint(in, 7),
        .dst = {.family = input_flag(in) ? AF_INET : AF_INET6, .ip = {input_u8(in)}},
    };
    char *labels = read_labels(in), *host = input_string(in, 300);
    struct app_record record = {
        .kind = event.type < MPING_EV_LATE ? APP_RECORD_VERDICT : APP_RECORD_EVENT,
        .host = host,
        .labels = input_flag(in) ? labels : NULL,
        .addr = event.dst,
        .style = (enum app_time_style)input_below(in, APP_TIME_DELTA + 1),
        .wall_ns = event.sent_wall_ns,
        .time_ns = event.sent_wall_ns,
        .sent_time_ns = event.sent_wall_ns,
        .event = &event,
        .stats = &stats,
        .targets = 1 + input_flag(in),
    };

    check_json(&record);
    check_influx(&record);
    check_tables(&record);
    check_documents(&record);
    free(labels);
    free(host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};

    show = (struct app_show){0};
    switch (input_below(&in, 3)) {
    case 0:
        check_conditions(&in);
        break;
    case 1:
        check_fields(&in);
        break;
    default:
        check_records(&in);
    }
    return 0;
}
