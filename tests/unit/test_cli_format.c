/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of each format for names that hold what is not even let in from a command line:
 * control characters, line feeds and bytes that are no UTF-8.
 */
#include "format/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tap.h"

enum { MEMORY = APP_RECORD_MAX };

/* A quotation mark, an apostrophe, a line feed, a tab, ESC, 0xff, and what formats live on. */
#define HOSTILE "a\"'\n\t\x1b\xff,=\\%|b"
#define LABELS "na-me\0" HOSTILE "\0"

static char memory[MEMORY];
static struct app_text text;
static bool quiet, with_stats; /* of the next show */
static struct app_show show;
static const struct mping_stats stats = {
    .sent = 3,
    .received = 2,
    .lost = 1,
    .rtt_min_ns = 1000000,
    .rtt_max_ns = 3000000,
    .rtt_mean_ns = 2e6,
    .rtt_stddev_ns = 1e6,
};
static const struct mping_event event = {
    .type = MPING_EV_LOST,
    .err = MPING_ETIMEDOUT,
    .host = HOSTILE,
    .count = UINT64_C(5000000000),
    .sent_ns = 1,
    .sent_wall_ns = INT64_C(1700000000123456789),
    .timeout_ns = 1500000000,
    .rtt_ns = -1,
    .ttl = -1,
    .tos = -1,
};

static struct app_record record_of(enum app_record_kind kind)
{
    struct app_record record = {
        .kind = kind,
        .host = HOSTILE,
        .labels = LABELS,
        .wall_ns = INT64_C(1700000001000000001),
        .time_ns = INT64_C(1700000001000000001),
        .sent_time_ns = INT64_C(1700000000123456789),
        .style = APP_TIME_ISO,
        .event = &event,
        .stats = &stats,
        .targets = 1,
        .alive = 1,
    };

    return record;
}

static void begin(const struct app_format *format, const char *fields, unsigned records)
{
    static char line[2048];
    struct app_text error = app_text_init(line, sizeof(line));

    app_columns_done(&show.columns);
    show = (struct app_show){.format = format, .quiet = quiet, .stats = with_stats};
    if (fields != NULL && app_columns_parse(&show.columns, fields, records, &error) < 0)
        ok(0, "%s", error.data);
    text = app_text_init(memory, sizeof(memory));
}

static void is(const char *want, const char *what)
{
    ok(strcmp(memory, want) == 0, "%s", what);
    if (strcmp(memory, want) != 0)
        fprintf(stderr, "want %s\n got %s\n", want, memory);
}

static void test_json(void)
{
    struct app_record record = record_of(APP_RECORD_VERDICT);

    begin(&app_format_json, "target,labels,seq,verdict,rtt_ms,time,sent_time,timeout_ms",
          APP_RECORD_VERDICT);
    app_format_json.event(&show, &text, &record);
    is("{\"target\":\"a\\\"'\\u000a\\u0009\\u001b\xef\xbf\xbd,=\\\\%|b\","
       "\"labels\":{\"na-me\":\"a\\\"'\\u000a\\u0009\\u001b\xef\xbf\xbd,=\\\\%|b\"},"
       "\"seq\":5000000000,\"verdict\":\"lost\",\"rtt_ms\":null,"
       "\"time\":\"2023-11-14T22:13:21.000000001Z\","
       "\"sent_time\":\"2023-11-14T22:13:20.123456789Z\",\"timeout_ms\":1500}\n",
       "json: an object on one line");
}

static void test_tables(void)
{
    struct app_record record = record_of(APP_RECORD_VERDICT);

    begin(&app_format_csv, "target,label.na-me,verdict,rtt_ms", APP_RECORD_VERDICT);
    app_format_csv.begin(&show, &text);
    app_format_csv.event(&show, &text, &record);
    is("target,label.na-me,verdict,rtt_ms\n"
       "\"a\"\"'\n\t\x1b\xef\xbf\xbd,=\\%|b\",\"a\"\"'\n\t\x1b\xef\xbf\xbd,=\\%|b\",lost,\n",
       "csv: quoted, quotation marks doubled");
    begin(&app_format_fields, "target,verdict", APP_RECORD_VERDICT);
    app_format_fields.event(&show, &text, &record);
    is("a\"'\\x0a\\x09\\x1b\\xff,=\\x5c%|b\tlost\n", "text with fields: escaped");
    record.labels = "a\0"
                    "plain\0"
                    "b\0"
                    "two words\0";
    begin(&app_format_csv, "labels", APP_RECORD_VERDICT);
    app_format_csv.event(&show, &text, &record);
    is("\"a=plain b=\"\"two words\"\"\"\n", "csv: labels as in a list");
}

static struct app_observed observed = {
    .outages = 2,
    .outages_ns = INT64_C(20000000000),
    .down = true,
    .recent = {{.start_ns = 1,
                .start_wall_ns = INT64_C(1600000000000000000),
                .end_ns = 2500000001,
                .probes = 2},
               {.start_ns = 1000000000,
                .start_wall_ns = INT64_C(1700000000000000000),
                .probes = 4}},
    .longest = {.start_ns = 1, .end_ns = 2500000001, .probes = 2},
    .loss_runs = 3,
    .loss_run_max = 4,
    .reordered = 5,
    .ttl = 63,
    .ttl_before = 64,
    .ttl_changes = 1,
    .ttl_changed_wall_ns = INT64_C(1700000000500000000),
    .strangers = 2,
    .stranger = {.family = AF_INET, .ip = {192, 0, 2, 7}},
    .addr = {.family = AF_INET, .ip = {192, 0, 2, 2}},
    .addr_before = {.family = AF_INET, .ip = {192, 0, 2, 1}},
    .addr_changes = 3,
    .addr_changed_wall_ns = INT64_C(1700000000250000000),
};

static struct app_record observed_record(void)
{
    struct app_record record = record_of(APP_RECORD_SUMMARY);

    record.host = "h";
    record.observed = &observed;
    record.now_ns = INT64_C(7000000000);
    return record;
}

/* All that can be told of a target but what the library counts. */
static void test_observed(void)
{
    struct app_record record = observed_record();
    const char *second;

    with_stats = true;
    begin(&app_format_text, NULL, 0);
    app_format_text.summary(&show, &text, &record);
    second = strchr(memory, '\n');
    memmove(memory, second ? second + 1 : "", second ? strlen(second + 1) + 1 : 1);
    is("  jitter 0.000 ms (RFC 3550)\n"
       "  losses in 3 runs, the longest of 4 probes\n"
       "  outage since 2020-09-13T12:26:40.000Z for 2.5 s, 2 probes\n"
       "  outage since 2023-11-14T22:13:20.000Z which lasts, by now for 6 s, 4 probes\n"
       "  reordered 5\n"
       "  TTL changed 1 time, last from 64 to 63 at 2023-11-14T22:13:20.500Z\n"
       "  answered by another address 2 times, last by 192.0.2.7\n"
       "  address changed 3 times, last from 192.0.2.1 to 192.0.2.2 at "
       "2023-11-14T22:13:20.250Z\n",
       "text: what happened to a target, a line each");
    observed.outages = APP_OUTAGES_KEPT + 2;
    begin(&app_format_text, NULL, 0);
    app_format_text.summary(&show, &text, &record);
    ok(strstr(memory, "\n  outages 10, the longest for 6 s; the last of them:\n") != NULL,
       "text: more outages than are kept are counted");
    observed.outages = 2;
    quiet = true;
    begin(&app_format_csv, "target,down,outage_list", APP_RECORD_SUMMARY);
    app_format_csv.summary(&show, &text, &record);
    is("h,true,2020-09-13T12:26:40.000000000Z+2.5 2023-11-14T22:13:20.000000000Z+\n",
       "csv: a yes, and each outage with its length, but for one that lasts");
    observed.down = false;
    begin(&app_format_fields, "down", APP_RECORD_SUMMARY);
    app_format_fields.summary(&show, &text, &record);
    is("false\n", "text with fields: a no");
    quiet = with_stats = false;
}

static void test_influx(void)
{
    struct app_record record = record_of(APP_RECORD_VERDICT);

    begin(&app_format_influx, "seq,verdict,timeout_ms,rtt_ms", APP_RECORD_VERDICT);
    app_format_influx.event(&show, &text, &record);
    is("multiping_probe,target=a\"'\\ \\ \\ \xef\xbf\xbd\\,\\=\\%|b,"
       "na-me=a\"'\\ \\ \\ \xef\xbf\xbd\\,\\=\\%|b"
       " seq=5000000000i,verdict=\"lost\",timeout_ms=1500 1700000000123456789\n",
       "influx: tags escaped, at the time of sending");
    record.host = "x\\";
    record.labels = "seq\0"
                    "1\0"
                    "empty\0"
                    "\0";
    begin(&app_format_influx, "seq", APP_RECORD_VERDICT);
    app_format_influx.event(&show, &text, &record);
    is("multiping_probe,target=x\\\\ ,label_seq=1 seq=5000000000i 1700000000123456789\n",
       "influx: a backslash at the end, a tag named like a field, an empty one");
    begin(&app_format_influx, "rtt_ms", APP_RECORD_VERDICT);
    app_format_influx.event(&show, &text, &record);
    is("", "influx: no point without a field");
}

static void test_prom(void)
{
    struct app_record record = record_of(APP_RECORD_SUMMARY);

    begin(&app_format_prom, NULL, 0);
    record.pass = 1;
    record.copy = 2;
    record.labels = "na-me\0"
                    "1\0"
                    "na.me\0"
                    "2\0"
                    "target\0"
                    "3\0";
    app_format_prom.summary(&show, &text, &record);
    is("# HELP multiping_probes_sent Probes handed to the kernel.\n"
       "# TYPE multiping_probes_sent gauge\n"
       "multiping_probes_sent{target=\"a\\\"'\\n\t\x1b\xef\xbf\xbd,=\\\\%|b\",copy=\"2\","
       "na_me=\"1\",label_target=\"3\"} 3\n",
       "prom: escaped, each name once, none of ours");
    record.pass = 12;
    record.index = 1;
    record.labels = NULL;
    record.host = "h";
    record.copy = 0;
    text = app_text_init(memory, sizeof(memory));
    app_format_prom.summary(&show, &text, &record);
    is("multiping_loss_ratio{target=\"h\"} 0.33333\n", "prom: a ratio");
    record.pass = 14;
    text = app_text_init(memory, sizeof(memory));
    app_format_prom.summary(&show, &text, &record);
    is("multiping_rtt_avg_seconds{target=\"h\"} 0.002\n", "prom: seconds");
}

static void test_nagios(void)
{
    struct app_record record = record_of(APP_RECORD_SUMMARY);

    begin(&app_format_nagios, NULL, 0);
    record.targets = 2;
    for (record.pass = 0; record.pass < app_format_nagios.passes; record.pass++) {
        if (record.pass == 1)
            app_format_nagios.survey(
                &show, &(struct app_record){.kind = APP_RECORD_TOTAL, .stats = &stats});
        app_format_nagios.summary(&show, &text, &record);
    }
    app_format_nagios.total(&show, &text, &record);
    is("PING OK - 1 of 2 targets alive |"
       " 'a\"_\\x0a\\x09\\x1b\\xff,_\\x5c%/b rta'=2ms;;;0;"
       " 'a\"_\\x0a\\x09\\x1b\\xff,_\\x5c%/b rtmin'=1ms;;;0;"
       " 'a\"_\\x0a\\x09\\x1b\\xff,_\\x5c%/b rtmax'=3ms;;;0;"
       " 'a\"_\\x0a\\x09\\x1b\\xff,_\\x5c%/b pl'=33.333%;;;0;100\n",
       "nagios: one line, one bar, labels without quotation marks and equals signs");
}

/* Twenty thousand bytes of labels stay whole. */
static void test_long_labels(void)
{
    static char labels[20010] = "l\0";
    static const char tail[] = "\"}}\n";
    struct app_record record = record_of(APP_RECORD_VERDICT);

    memset(labels + 2, '"', 20000);
    record.labels = labels;
    begin(&app_format_json, "labels", APP_RECORD_VERDICT);
    app_format_json.event(&show, &text, &record);
    ok(text.len == strlen("{\"labels\":{\"l\":\"") + 40000 + strlen(tail) &&
           strcmp(memory + text.len - strlen(tail), tail) == 0,
       "json: labels of any length");
    begin(&app_format_csv, "label.l", APP_RECORD_VERDICT);
    app_format_csv.event(&show, &text, &record);
    ok(text.len == 2 + 40000 + 1, "csv: likewise (%zu)", text.len);
}

static const struct {
    enum app_time_style style;
    int64_t ns;
    const char *want;
} stamps[] = {
    {APP_TIME_UNIX, INT64_C(1700000000000000001), "1700000000.000000001"},
    {APP_TIME_ISO, INT64_C(1700000000000000001), "2023-11-14T22:13:20.000000001Z"},
    {APP_TIME_RELATIVE, 1500000000, "1.500000000"},
    {APP_TIME_DELTA, -1500000000, "-1.500000000"},
    {APP_TIME_DELTA, 0, "0.000000000"},
};

static void test_stamps(void)
{
    struct app_stamp stamp;

    for (size_t i = 0; i < sizeof(stamps) / sizeof(stamps[0]); i++) {
        text = app_text_init(memory, sizeof(memory));
        app_stamp_add(&text, stamps[i].style, stamps[i].ns);
        is(stamps[i].want, stamps[i].want);
    }
    app_stamp_init(&stamp, APP_TIME_DELTA);
    ok(app_stamp_next(&stamp, stamp.start_wall_ns + 5) == 5 &&
           app_stamp_next(&stamp, stamp.start_wall_ns + 7) == 2 &&
           app_stamp_beside(&stamp, stamp.start_wall_ns + 9) == 9,
       "a delta is from what was shown before");
    app_stamp_init(&stamp, APP_TIME_RELATIVE);
    ok(app_stamp_next(&stamp, stamp.start_wall_ns + 5) == 5 &&
           app_stamp_next(&stamp, stamp.start_wall_ns + 7) == 7,
       "relative is from the start");
}

int main(void)
{
    setenv("TZ", "UTC0", 1);
    test_json();
    test_tables();
    test_observed();
    test_influx();
    test_prom();
    test_nagios();
    test_long_labels();
    test_stamps();
    app_columns_done(&show.columns);
    return done_testing();
}
