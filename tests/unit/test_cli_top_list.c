/* SPDX-License-Identifier: Apache-2.0 */
/* Which hosts are shown, and in what order: columns, filters, sorting, groups, the wall. */
#include "text/escape.h"
#include "top/format.h"
#include "top/group.h"
#include "top/order.h"
#include "top/wall.h"
#include "top_world.h"

#define FRA "site\0fra\0role\0core\0"
#define BER "site\0ber\0role\0edge*\0"

/* a: fine and fast, b: slow, c: loses half, d: dead, e: nothing known, f: no address. */
static void people(void)
{
    static const struct {
        const char *name, *labels;
        double rtt_ms;
        int replies, losses;
    } rows[] = {
        {"10.1.0.1", FRA, 1, 10, 0},     {"10.1.0.2", FRA, 200, 10, 0},
        {"10.1.1.3", BER, 5, 10, 10},    {"10.2.0.4", BER, 0, 0, 10},
        {"10.1.0.5", NULL, 0, 0, 0},     {"web.test", NULL, 0, 0, 0},
        {"2001:db8::1", NULL, 2, 10, 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint32_t host = world_add(rows[i].name, rows[i].labels);

        for (int n = 0; n < rows[i].losses; n++)
            world_event(host, MPING_EV_LOST);
        for (int n = 0; n < rows[i].replies; n++)
            world_reply(host, rows[i].rtt_ms, 64);
    }
    world_event(5, MPING_EV_RESOLVE_ERROR);
}

/* The hosts that pass a filter, by the last digit of their number, in an order. */
static const char *shown(enum top_column_id column, bool descending, const char *filter)
{
    static char digits[64];
    char problem[128];
    struct app_text error = app_text_init(problem, sizeof(problem));
    struct top_filter parsed;
    struct top_order order = {0};
    size_t n;

    if (top_filter_parse(&parsed, filter, &error) < 0)
        return "bad filter";
    top_order_build(&order, &world, column, descending, &parsed, world_ns);
    n = top_order_slice(&order, 0, sizeof(digits) - 1);
    for (size_t i = 0; i < n; i++)
        digits[i] = (char)('0' + order.keys[i].host % 10);
    digits[n] = '\0';
    top_order_done(&order);
    return digits;
}

static void test_sorting(void)
{
    static const struct {
        const char *what;
        enum top_column_id column;
        bool descending;
        const char *want;
    } rows[] = {
        {"worst first", TOP_COL_WORST, true, "3521604"},
        {"by host", TOP_COL_HOST, false, "0142365"},
        {"by host, the other way", TOP_COL_HOST, true, "5632410"},
        {"by address", TOP_COL_ADDRESS, false, "0142365"},
        {"by loss", TOP_COL_LOSS, true, "3201645"},
        {"by mean", TOP_COL_AVG, true, "1260345"},
        {"by mean, the other way", TOP_COL_AVG, false, "3450621"},
        {"by p95", TOP_COL_P95, true, "1260345"},
        {"by what was sent", TOP_COL_SENT, true, "2013645"},
        {"by state", TOP_COL_STATE, true, "5301264"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *got = shown(rows[i].column, rows[i].descending, "");

        ok(strcmp(got, rows[i].want) == 0, "%s: %s", rows[i].what, got);
    }
}

static void test_filters(void)
{
    static const struct {
        const char *filter, *want;
    } rows[] = {
        {"", "0123456"},
        {"10.1.", "0124"},
        {"WEB", "5"},
        {"fra", "01"},
        {"!fra", "23456"},
        {"loss>5", "23"},
        {"loss>50%", "3"},
        {"loss>=50", "23"},
        {"loss<50", "016"},
        {"avg>50", "1"},
        {"avg>50ms", "1"},
        {"avg>0.1s", "1"},
        {"avg<=1", "0"},
        {"p95>100ms", "1"},
        {"state=down", "3"},
        {"state!=up", "345"},
        {"state=D*", "3"},
        {"site=fra", "01"},
        {"site=*", "0123"},
        {"!site=*", "456"},
        {"site!=fra", "23456"},
        {"role=edge\\*", "23"},
        {"role=core", "01"},
        {"addr=10.1.0.0/24", "014"},
        {"addr=10.0.0.0/7", "01234"},
        {"addr=2001:db8::/32", "6"},
        {"addr=-", "5"},
        {"site=fra avg>50", "1"},
        {"sent=10 !loss>0", "016"},
        {"runmax>5", "23"},
        {"run>=10", "3"},
        {"errors>0", "5"},
        {"host=web.*", "5"},
        {"loss>x", "bad filter"},
        {"nonsense>5", "bad filter"},
        {"!", "bad filter"},
        {"loss=", "bad filter"},
        {"ttl=64", "0126"},
        {"for<1h", "0123456"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *want = rows[i].want, *got = shown(TOP_COL_COUNT - 1, false, rows[i].filter);

        ok(strcmp(got, want) == 0, "filter \"%s\": %s", rows[i].filter, got);
    }
}

static void test_long_filters(void)
{
    char many[TOP_FILTER_MAX + 10], problem[128];
    struct app_text error = app_text_init(problem, sizeof(problem));
    struct top_filter filter;

    memset(many, 'a', sizeof(many));
    many[TOP_FILTER_MAX] = '\0';
    ok(top_filter_parse(&filter, many, &error) < 0 && filter.n == 0, "too long: %s", problem);
    for (int i = 0; i < TOP_FILTER_MAX - 1; i++)
        many[i] = i % 2 ? ' ' : 'a';
    many[TOP_FILTER_MAX - 1] = '\0';
    error = app_text_init(problem, sizeof(problem));
    ok(top_filter_parse(&filter, many, &error) < 0 && filter.n == 0, "too many terms: %s", problem);
}

static void test_totals(void)
{
    struct top_order order = {0};

    top_order_build(&order, &world, TOP_COL_WORST, true, NULL, world_ns);
    ok(order.totals.hosts == 7 && order.totals.received == 40 && order.totals.judged == 60 &&
           order.totals.conditions[TOP_DOWN] == 1 && order.totals.conditions[TOP_UP] == 4,
       "totals of all");
    ok(top_order_rank(&order, 3) == 0 && top_order_rank(&order, 4) == 6 &&
           top_order_rank(&order, 99) == order.n,
       "ranks");
    top_order_done(&order);
}

/* Every part of the order is the same as sorting it all, and costs far less. */
static void test_slices(void)
{
    enum { MANY = 20000 };
    struct top_order order = {0}, whole = {0};
    uint32_t first = top_model_n(&world), random = 1;
    bool same = true;

    for (uint32_t i = 0; i < MANY; i++) {
        uint32_t host = world_add("10.9.9.9", NULL);

        random = random * 1664525 + 1013904223;
        world_reply(host, 1 + random % 512, 64); /* many are equal */
    }
    top_order_build(&whole, &world, TOP_COL_AVG, true, NULL, world_ns);
    top_order_slice(&whole, 0, whole.n);
    for (size_t at = 0; at + 50 < whole.n; at += 997) {
        top_order_build(&order, &world, TOP_COL_AVG, true, NULL, world_ns);
        top_order_slice(&order, at, 50);
        for (size_t i = at; i < at + 50; i++)
            same = same && order.keys[i].host == whole.keys[i].host;
        same = same && top_order_rank(&order, whole.keys[at].host) == at;
    }
    ok(same, "parts of an order of %u are as in the whole", first + MANY);
    ok(top_order_slice(&order, order.n - 3, 50) == 3 && top_order_slice(&order, order.n, 5) == 0,
       "the end is the end");
    top_order_done(&order);
    top_order_done(&whole);
}

static void test_groups(void)
{
    const char *labels[TOP_LABEL_NAMES];
    struct top_groups groups = {0};
    struct top_grouping by;
    char data[128];
    struct app_text text = app_text_init(data, sizeof(data));
    size_t n = top_group_labels(&world, labels);

    ok(n == 2 && strcmp(labels[0], "site") == 0 && strcmp(labels[1], "role") == 0, "labels");
    ok(top_grouping_at(labels, n, 0, &by) && top_groups_build(&groups, &world, &by, NULL) == 0 &&
           groups.n == 3 && strcmp(groups.all[0].value, "ber") == 0 && groups.all[0].hosts == 2 &&
           groups.all[0].bad == 1 && groups.all[0].lost == 20 && groups.all[0].judged == 30,
       "by site: the worst first");
    top_group_filter(&text, &by, &groups.all[0]);
    ok(strcmp(data, "site=ber") == 0, "its filter: %s", data);
    top_grouping_at(labels, n, 1, &by);
    top_groups_build(&groups, &world, &by, NULL);
    text = app_text_init(data, sizeof(data));
    top_group_filter(&text, &by, &groups.all[0]);
    ok(strcmp(shown(TOP_COL_COUNT - 1, false, data), "23") == 0, "a label with a *: %s", data);
    ok(top_grouping_at(labels, n, 2, &by) && by.label == NULL &&
           top_groups_build(&groups, &world, &by, NULL) == 0 && groups.n == 6 - 1,
       "by prefix: %zu groups", groups.n);
    text = app_text_init(data, sizeof(data));
    top_group_text(&text, &by, &groups.all[0]);
    ok(strcmp(data, "10.2.0.0/24") == 0, "the worst prefix: %s", data);
    ok(!top_grouping_at(labels, n, 5, &by), "there are no more ways");
    top_groups_done(&groups);
}

static void test_wall(void)
{
    struct top_wall wall = {0};
    char problem[64];
    struct app_text error = app_text_init(problem, sizeof(problem));
    struct top_filter filter;

    ok(top_filter_parse(&filter, "addr=10.1.0.0/16", &error) == 0 &&
           top_wall_build(&wall, &world, &filter, 64) == 0 && wall.n == 4 && wall.line_count == 1,
       "a few of several prefixes share a line");
    ok(wall.hosts[0] == 0 && wall.hosts[1] == 1 && wall.hosts[2] == 4 && wall.hosts[3] == 2,
       "in the order of their addresses");
    ok(top_wall_build(&wall, &world, NULL, 64) == 0 && wall.hosts[wall.n - 1] == 5,
       "without an address last");
    top_wall_done(&wall);
}

static void test_full_wall(void)
{
    struct top_wall wall = {0};
    char name[32];

    for (int net = 0; net < 2; net++) {
        for (int i = 0; i < 200; i++) {
            snprintf(name, sizeof(name), "10.20.%d.%d", net, i);
            world_reply(world_add(name, NULL), 1, 64);
        }
    }
    ok(top_wall_build(&wall, &world, NULL, 64) == 0 && wall.line_count == 8 && wall.n == 400 &&
           wall.lines[3].n == 8 && wall.lines[4].n == 64 && wall.lines[4].first == 200,
       "a full prefix begins a line of its own: %zu lines", wall.line_count);
    ok(top_wall_line_of(&wall, 199) == 3 && top_wall_line_of(&wall, 200) == 4, "lines of places");
    top_wall_done(&wall);
}

static const char *formatted(void (*format)(struct app_text *, int64_t), int64_t value)
{
    static char data[64];
    struct app_text text = app_text_init(data, sizeof(data));

    format(&text, value);
    return data;
}

static void percent(struct app_text *text, int64_t millionths)
{
    top_format_percent(text, (double)millionths / 1e6);
}

static void count(struct app_text *text, int64_t n)
{
    top_format_count(text, (uint64_t)n);
}

static void test_formats(void)
{
    static const struct {
        void (*format)(struct app_text *, int64_t);
        int64_t value;
        const char *want;
    } rows[] = {
        {top_format_ms, 20999, "0.021"},
        {top_format_ms, 9999499, "9.999"},
        {top_format_ms, 9999600, "10.00"},
        {top_format_ms, 123456789, "123.5"},
        {top_format_ms, 12345 * MS, "12345"},
        {top_format_ms, 123456 * MS, "123s"},
        {percent, 0, "0"},
        {percent, 1, "0.01"},
        {percent, 42500, "4.25"},
        {percent, 333333, "33.3"},
        {percent, 999999, "99.9"},
        {percent, 1000000, "100"},
        {count, 99999, "99999"},
        {count, 123456, "123k"},
        {count, 12345678, "12M"},
        {top_format_span, 12300 * MS, "12.3s"},
        {top_format_span, 245000 * MS, "4m05s"},
        {top_format_span, 11520000 * MS, "3h12m"},
        {top_format_span, 439200000 * MS, "5d02h"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *got = formatted(rows[i].format, rows[i].value);

        ok(strcmp(got, rows[i].want) == 0, "%lld: %s", (long long)rows[i].value, got);
    }
}

/* The head, the groups and the filter count the same hosts. */
static void test_down_is_one_thing(void)
{
    struct top_grouping by = {.label = "site"};
    struct top_groups groups = {0};
    struct top_order order = {0};
    uint32_t unreachable = world_add("10.3.0.8", NULL), refused = world_add("10.3.0.9", NULL);
    uint64_t head, in_groups = 0, others = 0;

    world_event(unreachable, MPING_EV_UNREACHABLE);
    world_event(refused, MPING_EV_SEND_ERROR);
    top_order_build(&order, &world, TOP_COL_HOST, false, NULL, world_ns);
    head = order.totals.conditions[TOP_DOWN] + order.totals.conditions[TOP_UNREACHABLE];
    top_groups_build(&groups, &world, &by, NULL);
    for (size_t i = 0; i < groups.n; i++) {
        in_groups += groups.all[i].down;
        others += groups.all[i].hosts - groups.all[i].up - groups.all[i].lossy - groups.all[i].down;
    }
    ok(head == 2 && in_groups == 2 &&
           strcmp(shown(TOP_COL_COUNT - 1, false, "state=down"), "37") == 0,
       "down: %d in the head, %d in the groups", (int)head, (int)in_groups);
    ok(others == 3, "waiting, without a name, refused: others");
    ok(strcmp(shown(TOP_COL_COUNT - 1, false, "state=unrch"), "7") == 0 &&
           strcmp(shown(TOP_COL_COUNT - 1, false, "state=down state!=unrch"), "3") == 0,
       "and those whom a router calls unreachable can be told from the silent ones");
    top_model_remove(&world, unreachable, 0);
    ok(strcmp(shown(TOP_COL_COUNT - 1, false, "state=down"), "3") == 0, "who is gone is not down");
    top_groups_done(&groups);
    top_order_done(&order);
}

static void test_percentiles_are_possible(void)
{
    static const enum top_column_id columns[] = {TOP_COL_P50, TOP_COL_P95, TOP_COL_P99};
    bool within = true;

    for (int i = 0; i < 200; i++) {
        double first_ms = 0.0004 + i * i * 0.037;
        uint32_t host = world_add("192.0.2.1", NULL);
        struct top_row row;

        world_reply(host, first_ms, 64);
        if (i % 2)
            world_reply(host, first_ms * 1.01, 64);
        top_row_load(&row, &world, host, world_ns);
        for (size_t c = 0; c < sizeof(columns) / sizeof(columns[0]); c++) {
            double value = top_columns[columns[c]].value(&row);

            within = within && value >= (double)row.state.rtt_min_ns &&
                     value <= (double)row.state.rtt_max_ns;
        }
    }
    ok(within, "no percentile is below the least time, none above the greatest");
}

int main(void)
{
    world_open();
    people();
    test_sorting();
    test_filters();
    test_long_filters();
    test_totals();
    test_groups();
    test_wall();
    test_slices();
    test_down_is_one_thing();
    top_model_done(&world);
    world_open();
    test_percentiles_are_possible();
    top_model_done(&world);
    world_open();
    test_full_wall();
    top_model_done(&world);
    test_formats();
    return done_testing();
}
