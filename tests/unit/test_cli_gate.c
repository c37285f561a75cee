/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions: what is read, what is refused and how, and what each comes to. */
#include "metric/condition.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

#define MS INT64_C(1000000)

static struct app_gate gate;
static char error_memory[2048];
static struct app_text error;

static int parse(const char *expression)
{
    error = app_text_init(error_memory, sizeof(error_memory));
    return app_gate_parse(&gate, "fail-if", expression, &error);
}

static const struct {
    const char *expression;
    const char *says; /* NULL: it is taken */
} rows[] = {
    {"loss>5%", NULL},
    {" loss >= 5.5 % ", "\"5.5 %\" is no limit for loss"},
    {" loss\t>=\t5.5% ,avg<1s", NULL},
    {"p95>50ms,p99>.1s,max>100us,jitter>1ns", NULL},
    {"lost>3,dup>0,alive<5,silent>5%", NULL},
    {"lost>3%", NULL},
    {"avg>0", NULL},
    {"sent=0,sent==0,sent!=1,sent<=2", NULL},
    {"", "there is no metric \"\""},
    {",", "there is no metric \"\""},
    {"loss>5%,", "there is no metric \"\""},
    {",loss>5%", "there is no metric \"\""},
    {"loss>5%;avg>1s", "\"5%;avg>1s\" is no limit"},
    {"Loss>5%", "there is no metric \"Loss\""},
    {"loss", "after \"loss\" must stand one of"},
    {"loss 5%", "there is no metric \"loss 5%\""},
    {"loss=>5%", "\">5%\" is no limit"},
    {"loss>", "\"\" is no limit for loss: that takes a share such as 5%"},
    {"loss>5", "\"5\" is no limit"},
    {"loss>%", "\"%\" is no limit"},
    {"loss>-5%", "\"-5%\" is no limit"},
    {"loss>5%%", "\"5%%\" is no limit"},
    {"avg>50", "a time with its unit"},
    {"avg>50%", "a time with its unit"},
    {"avg>50xs", "a time with its unit"},
    {"lost>3ms", "a count such as 3"},
    {"avg>1e3ms", "a time with its unit"},
    {"\x1b[31m>1", "there is no metric \"\\x1b[31m\""},
};

static void test_rows(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int got = parse(rows[i].expression);

        if (rows[i].says == NULL)
            ok(got == 0 && gate.n > 0 && error.len == 0, "[%s] is taken %s", rows[i].expression,
               error.data);
        else
            ok(got == -1 && strstr(error.data, rows[i].says) && !strpbrk(error.data, "\n\x1b"),
               "refused: %s", error.data);
    }
}

static void test_many(void)
{
    char expression[1024] = "sent>1";

    for (int i = 1; i < APP_CONDITIONS_MAX; i++)
        strcat(expression, ",sent>1");
    ok(parse(expression) == 0 && gate.n == APP_CONDITIONS_MAX, "as many as there is room for");
    strcat(expression, ",sent>1");
    ok(parse(expression) == -1 && error.len > 0, "and not one more");
}

/* 100 sent: 90 replies of 10 ms on average, 10 lost. */
static const struct mping_stats good = {
    .sent = 100,
    .received = 90,
    .lost = 10,
    .duplicates = 2,
    .rtt_min_ns = 5 * MS,
    .rtt_max_ns = 20 * MS,
    .rtt_mean_ns = 10e6,
    .rtt_p50_ns = 9 * MS,
    .rtt_p90_ns = 15 * MS,
    .rtt_p95_ns = 18 * MS,
    .rtt_p99_ns = 20 * MS,
};
static const struct mping_stats dead = {.sent = 10, .lost = 10};
static const struct mping_stats once = {.sent = 1, .received = 1, .rtt_mean_ns = 1e6};
static const struct mping_stats unsent = {.sent = 10, .send_errors = 10};
static const struct app_observed seen = {
    .outages = 1,
    .outages_ns = 2000 * MS,
    .longest = {.start_ns = MS, .end_ns = 2001 * MS, .probes = 2},
    .reordered = 3,
};

static const struct {
    const char *condition;
    const struct mping_stats *stats;
    enum app_answer answer;
} answers[] = {
    {"loss>5%", &good, APP_ANSWER_YES},       {"loss>10%", &good, APP_ANSWER_NO},
    {"loss>=10%", &good, APP_ANSWER_YES},     {"loss<10.001%", &good, APP_ANSWER_YES},
    {"loss=10%", &good, APP_ANSWER_YES},      {"loss!=10%", &good, APP_ANSWER_NO},
    {"avg>9.999ms", &good, APP_ANSWER_YES},   {"avg>10ms", &good, APP_ANSWER_NO},
    {"p95>=18ms", &good, APP_ANSWER_YES},     {"p99<20ms", &good, APP_ANSWER_NO},
    {"min<6ms", &good, APP_ANSWER_YES},       {"lost>9", &good, APP_ANSWER_YES},
    {"lost>9.5%", &good, APP_ANSWER_YES},     {"lost>10%", &good, APP_ANSWER_NO},
    {"dup>1", &good, APP_ANSWER_YES},         {"outage>1.9s", &good, APP_ANSWER_YES},
    {"outage>2s", &good, APP_ANSWER_NO},      {"outages>0", &good, APP_ANSWER_YES},
    {"reorder>3", &good, APP_ANSWER_NO},      {"loss>99%", &dead, APP_ANSWER_YES},
    {"avg>1h", &dead, APP_ANSWER_YES},        {"avg<1h", &dead, APP_ANSWER_NO},
    {"p50>1h", &dead, APP_ANSWER_YES},        {"jitter>0", &once, APP_ANSWER_NO},
    {"loss>5%", &unsent, APP_ANSWER_UNKNOWN}, {"avg>1ms", &unsent, APP_ANSWER_UNKNOWN},
    {"errors>5", &unsent, APP_ANSWER_YES},    {"received<1", &unsent, APP_ANSWER_YES},
};

static void test_answers(void)
{
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct app_record record = {
            .kind = APP_RECORD_SUMMARY,
            .stats = answers[i].stats,
            .observed = &seen,
        };

        parse(answers[i].condition);
        ok(app_condition_fits(&gate.all[0], &record) &&
               app_condition_ask(&gate.all[0], &record) == answers[i].answer,
           "%s", answers[i].condition);
    }
}

static void test_run(void)
{
    struct app_record target = {.kind = APP_RECORD_SUMMARY, .stats = &good};
    struct app_record total = {
        .kind = APP_RECORD_TOTAL, .stats = &good, .targets = 10, .alive = 7, .silent = 3};

    parse("alive<8,silent>=30%,loss>0%");
    ok(app_condition_fits(&gate.all[0], &total) && !app_condition_fits(&gate.all[0], &target),
       "how many are alive is asked of the whole run");
    ok(!app_condition_fits(&gate.all[2], &total) && app_condition_fits(&gate.all[2], &target),
       "losses are asked of each target");
    ok(app_condition_ask(&gate.all[0], &total) == APP_ANSWER_YES &&
           app_condition_ask(&gate.all[1], &total) == APP_ANSWER_YES,
       "counts and shares of targets");
}

static bool pair(const char *text)
{
    error = app_text_init(error_memory, sizeof(error_memory));
    return app_gate_parse_pair(&gate, "warning", text, &error) == 0;
}

static void test_pairs(void)
{
    const struct app_condition *limit;

    ok(pair("100.5,20%") && gate.n == 2, "a pair as check_ping takes it");
    limit = app_gate_limit(&gate, "avg");
    ok(limit && limit->value > 100.4e6 && limit->value < 100.6e6 && limit->comparison == APP_IS_MIN,
       "ms of RTT");
    limit = app_gate_limit(&gate, "loss");
    ok(limit && limit->value > 19.9 && limit->value < 20.1, "and percent of loss");
    ok(!app_gate_limit(&gate, "p95"), "and no other limit");
    ok(pair("loss>5%") && gate.n == 1, "or conditions");
    ok(!pair("100") && !pair("100,20") && !pair("100,") && !pair("1x,20%") && !pair("100,20%,5"),
       "nothing between: %s", error.data);
}

static void test_needs(void)
{
    parse("loss>5%,avg>1s");
    ok(!app_gate_needs(&gate, APP_NEED_PERCENTILES) && !app_gate_needs(&gate, APP_NEED_OBSERVATION),
       "what the counters tell needs nothing");
    parse("p95>1s,outages>1");
    ok(app_gate_needs(&gate, APP_NEED_PERCENTILES) && app_gate_needs(&gate, APP_NEED_OBSERVATION),
       "the rest is known");
}

static void test_explanations(void)
{
    char memory[256];
    struct app_text text = app_text_init(memory, sizeof(memory));
    struct app_record record = {.kind = APP_RECORD_SUMMARY, .stats = &good};

    parse("loss > 5% ,avg>1ms");
    app_condition_explain(&gate.all[0], &gate, &record, &text);
    ok(strcmp(memory, "loss is 10%, and --fail-if says loss > 5%") == 0, "%s", memory);
    text = app_text_init(memory, sizeof(memory));
    app_condition_explain(&gate.all[1], &gate, &record, &text);
    ok(strcmp(memory, "avg is 10 ms, and --fail-if says avg>1ms") == 0, "%s", memory);
}

int main(void)
{
    test_rows();
    test_many();
    test_answers();
    test_run();
    test_pairs();
    test_needs();
    test_explanations();
    return done_testing();
}
