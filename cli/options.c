/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "text/number.h"

enum { NAGIOS_PROBES = 5 }; /* as check_ping sends: a plugin must end */

/* Where the parser stands. */
struct parser {
    struct cli_settings *settings;
    struct app_text *error;
    char **argv;
    size_t argc;
    size_t next; /* the argument after the one being read */
};

static_assert(CLI_OPT_ID_COUNT <= 64, "cli_settings.given has a bit for each");

static const struct {
    enum cli_option_id one;
    enum cli_option_id other;
} exclusive[] = {
    {CLI_OPT_IPV4, CLI_OPT_IPV6},         {CLI_OPT_RAW, CLI_OPT_PING_SOCKET},
    {CLI_OPT_FLOOD, CLI_OPT_INTERVAL},    {CLI_OPT_FLOOD, CLI_OPT_WINDOW},
    {CLI_OPT_FLOOD, CLI_OPT_MANUAL},      {CLI_OPT_FLOOD, CLI_OPT_ATTEMPTS},
    {CLI_OPT_MANUAL, CLI_OPT_INTERVAL},   {CLI_OPT_MANUAL, CLI_OPT_WINDOW},
    {CLI_OPT_MANUAL, CLI_OPT_ATTEMPTS},   {CLI_OPT_MANUAL, CLI_OPT_RANDOM_DELAY},
    {CLI_OPT_MANUAL, CLI_OPT_NULL},       {CLI_OPT_ATTEMPTS, CLI_OPT_COUNT},
    {CLI_OPT_ATTEMPTS, CLI_OPT_INTERVAL}, {CLI_OPT_ATTEMPTS, CLI_OPT_WINDOW},
    {CLI_OPT_FAIL_IF, CLI_OPT_WARNING},   {CLI_OPT_FAIL_IF, CLI_OPT_CRITICAL},
    {CLI_OPT_SEED, CLI_OPT_IN_ORDER},     {CLI_OPT_TOP, CLI_OPT_MANUAL},
    {CLI_OPT_TOP, CLI_OPT_WORKERS},       {CLI_OPT_TOP, CLI_OPT_OUTPUT},
    {CLI_OPT_TOP, CLI_OPT_FIELDS},        {CLI_OPT_TOP, CLI_OPT_SWEEP},
};

/* What a sweep, which asks each target once, has no place for. */
static const enum cli_option_id not_in_sweep[] = {
    CLI_OPT_COUNT,         CLI_OPT_INTERVAL, CLI_OPT_FLOOD,       CLI_OPT_WINDOW,
    CLI_OPT_MANUAL,        CLI_OPT_ATTEMPTS, CLI_OPT_RE_RESOLVE,  CLI_OPT_RANDOM_DELAY,
    CLI_OPT_ALL_ADDRESSES, CLI_OPT_WORKERS,  CLI_OPT_PERCENTILES, CLI_OPT_STATS,
    CLI_OPT_FAIL_IF,
};

static void add_option_name(struct app_text *error, const struct cli_option *option)
{
    if (option->short_name != 0) {
        app_text_char(error, '-');
        app_text_char(error, option->short_name);
        app_text_char(error, '/');
    }
    app_text_add(error, "--");
    app_text_add(error, option->long_name);
}

static int fail_unknown(struct parser *p, const char *option)
{
    app_text_add(p->error, "unknown option \"");
    app_text_foreign(p->error, option);
    app_text_add(p->error, "\" (--help lists them)");
    return -1;
}

static int fail_option(struct parser *p, const struct cli_option *option, const char *what)
{
    app_text_add(p->error, "option ");
    add_option_name(p->error, option);
    app_text_add(p->error, what);
    return -1;
}

static int fail_value(struct parser *p, const struct cli_option *option, const char *value,
                      const char *what)
{
    fail_option(p, option, ": \"");
    app_text_foreign(p->error, value);
    app_text_add(p->error, "\" ");
    app_text_add(p->error, what);
    return -1;
}

static int fail_range(struct parser *p, const struct cli_option *option, const char *value)
{
    if (option->kind == CLI_KIND_DURATION)
        return fail_value(p, option, value, "is out of range (0, or 1ns to 1000000h)");
    fail_value(p, option, value, "is out of range (");
    app_text_number(p->error, option->min);
    app_text_add(p->error, " to ");
    app_text_number(p->error, option->max);
    app_text_char(p->error, ')');
    return -1;
}

static void *member(struct parser *p, const struct cli_option *option)
{
    return (char *)p->settings + option->offset;
}

static int store_flag(struct parser *p, const struct cli_option *option, const char *value)
{
    (void)value;
    *(bool *)member(p, option) = true;
    return 0;
}

static int store_set(struct parser *p, const struct cli_option *option, const char *value)
{
    (void)value;
    *(int64_t *)member(p, option) = option->min;
    return 0;
}

/* r is what reading the value came to; number what was read. */
static int store_checked(struct parser *p, const struct cli_option *option, const char *value,
                         int r, int64_t number)
{
    if (r == -EINVAL && option->kind == CLI_KIND_DURATION)
        return fail_value(p, option, value, "is not a duration such as 10ms, 1.5s, 2m or 1");
    if (r == -EINVAL)
        return fail_value(p, option, value, "is not a number");
    if (r < 0 || number < option->min || number > option->max)
        return fail_range(p, option, value);
    *(int64_t *)member(p, option) = number;
    return 0;
}

static int store_number(struct parser *p, const struct cli_option *option, const char *value)
{
    int64_t number = 0;
    int r = app_number_parse(value, &number);

    return store_checked(p, option, value, r, number);
}

static int store_hex(struct parser *p, const struct cli_option *option, const char *value)
{
    int64_t number = 0;
    int r = app_number_parse_hex(value, &number);

    return store_checked(p, option, value, r, number);
}

static int store_attached(struct parser *p, const struct cli_option *option, const char *value)
{
    return store_number(p, option, value != NULL ? value : "1");
}

static int store_duration(struct parser *p, const struct cli_option *option, const char *value)
{
    int64_t ns = 0;
    int r = app_duration_parse(value, &ns);

    return store_checked(p, option, value, r, ns);
}

static int store_decimal(struct parser *p, const struct cli_option *option, const char *value)
{
    double number = 0;
    int r = app_decimal_parse(value, &number);

    if (r == -EINVAL)
        return fail_value(p, option, value, "is not a number");
    if (r < 0 || number < (double)option->min || number > (double)option->max)
        return fail_range(p, option, value);
    *(double *)member(p, option) = number;
    return 0;
}

static int store_shard(struct parser *p, const struct cli_option *option, const char *value)
{
    int64_t *numbers = member(p, option);
    char first[8] = "";
    size_t len = strcspn(value, "/");

    if (len < sizeof(first))
        memcpy(first, value, len);
    if (value[len] != '/' || app_number_parse(first, &numbers[0]) < 0 ||
        app_number_parse(value + len + 1, &numbers[1]) < 0 || numbers[0] < 1 ||
        numbers[0] > numbers[1] || numbers[1] > option->max)
        return fail_value(p, option, value, "is not I/N, such as 1/4 to 4/4");
    return 0;
}

static int store_text(struct parser *p, const struct cli_option *option, const char *value)
{
    if (*value == '\0')
        return fail_option(p, option, " has an empty argument");
    *(const char **)member(p, option) = value;
    return 0;
}

static int store_texts(struct parser *p, const struct cli_option *option, const char *value)
{
    struct cli_texts *texts = member(p, option);

    if (*value == '\0')
        return fail_option(p, option, " has an empty argument");
    if (texts->n == CLI_TEXTS_MAX)
        return fail_option(p, option, " is there more than 64 times");
    texts->all[texts->n++] = value;
    return 0;
}

/* The words of the argument stand in the table as they are shown: "auto|always|never". */
static int store_choice(struct parser *p, const struct cli_option *option, const char *value)
{
    const char *word = option->argument;
    int64_t number = option->min;

    for (;; number++) {
        size_t len = strcspn(word, "|");

        if (strncmp(word, value, len) == 0 && value[len] == '\0')
            break;
        if (word[len] == '\0') {
            fail_value(p, option, value, "is none of ");
            app_text_add(p->error, option->argument);
            return -1;
        }
        word += len + 1;
    }
    *(int64_t *)member(p, option) = number;
    if (option == &cli_options[CLI_OPT_COMPLETION])
        p->settings->action = CLI_ACTION_COMPLETION;
    return 0;
}

static const struct {
    int (*store)(struct parser *p, const struct cli_option *option, const char *value);
    bool takes; /* an argument */
    bool needs; /* it, so that the next one of argv is taken if none is attached */
} kinds[CLI_KIND_COUNT] = {
    [CLI_KIND_FLAG] = {store_flag, false, false},
    [CLI_KIND_SET] = {store_set, false, false},
    [CLI_KIND_NUMBER] = {store_number, true, true},
    [CLI_KIND_HEX] = {store_hex, true, true},
    [CLI_KIND_ATTACHED] = {store_attached, true, false},
    [CLI_KIND_DURATION] = {store_duration, true, true},
    [CLI_KIND_DECIMAL] = {store_decimal, true, true},
    [CLI_KIND_TEXT] = {store_text, true, true},
    [CLI_KIND_TEXTS] = {store_texts, true, true},
    [CLI_KIND_CHOICE] = {store_choice, true, true},
    [CLI_KIND_SHARD] = {store_shard, true, true},
};

/* Takes the option with what was attached to it, NULL for nothing. */
static int take(struct parser *p, const struct cli_option *option, const char *value)
{
    if (value != NULL && !kinds[option->kind].takes)
        return fail_option(p, option, " takes no argument");
    if (value == NULL && kinds[option->kind].needs) {
        if (p->next >= p->argc)
            return fail_option(p, option, " needs an argument");
        value = p->argv[p->next++];
    }
    p->settings->given |= UINT64_C(1) << (option - cli_options);
    return kinds[option->kind].store(p, option, value);
}

static const struct cli_option *find_long(const char *name, size_t len)
{
    for (size_t i = 0; i < CLI_OPT_ID_COUNT; i++) {
        const char *candidate = cli_options[i].long_name;

        if (strncmp(candidate, name, len) == 0 && candidate[len] == '\0')
            return &cli_options[i];
    }
    return NULL;
}

static const struct cli_option *find_short(char name)
{
    for (size_t i = 0; i < CLI_OPT_ID_COUNT; i++) {
        if (name != '\0' && cli_options[i].short_name == name)
            return &cli_options[i];
    }
    return NULL;
}

static int take_long(struct parser *p, const char *argument)
{
    size_t len = strcspn(argument + 2, "=");
    const struct cli_option *option = find_long(argument + 2, len);
    const char *equals = argument + 2 + len;

    if (option == NULL)
        return fail_unknown(p, argument);
    return take(p, option, *equals == '=' ? equals + 1 : NULL);
}

/* Whether the rest of a bundle is the option's argument, and not further options. */
static bool is_attached(const struct cli_option *option, const char *rest)
{
    if (*rest == '\0' || !kinds[option->kind].takes)
        return false;
    return kinds[option->kind].needs || (*rest >= '0' && *rest <= '9');
}

static int take_bundle(struct parser *p, const char *argument)
{
    for (const char *s = argument + 1; *s != '\0'; s++) {
        const struct cli_option *option = find_short(*s);
        bool attached;

        if (option == NULL)
            return fail_unknown(p, argument);
        attached = is_attached(option, s + 1);
        if (take(p, option, attached ? s + 1 : NULL) < 0)
            return -1;
        if (attached || p->settings->action != CLI_ACTION_PING)
            return 0;
    }
    return 0;
}

/* Options that mean nothing without another one. */
static const struct {
    enum cli_option_id one;
    enum cli_option_id needed;
} needs[] = {
    {CLI_OPT_RETRIES, CLI_OPT_SWEEP},     {CLI_OPT_MAX_INFLIGHT, CLI_OPT_SWEEP},
    {CLI_OPT_IN_ORDER, CLI_OPT_SWEEP},    {CLI_OPT_SEED, CLI_OPT_SWEEP},
    {CLI_OPT_SHARD, CLI_OPT_SWEEP},       {CLI_OPT_RESUME, CLI_OPT_SWEEP},
    {CLI_OPT_YES, CLI_OPT_SWEEP},         {CLI_OPT_BROADCAST, CLI_OPT_SWEEP},
    {CLI_OPT_NO_PROGRESS, CLI_OPT_SWEEP}, {CLI_OPT_ASCII, CLI_OPT_TOP},
    {CLI_OPT_PALETTE, CLI_OPT_TOP},
};

static int fail_pair(struct parser *p, enum cli_option_id one, const char *between,
                     enum cli_option_id other, const char *after)
{
    add_option_name(p->error, &cli_options[one]);
    app_text_add(p->error, between);
    add_option_name(p->error, &cli_options[other]);
    app_text_add(p->error, after);
    return -1;
}

static int check_output(struct parser *p)
{
    static const enum cli_option_id limits[] = {CLI_OPT_WARNING, CLI_OPT_CRITICAL};
    const struct cli_settings *s = p->settings;

    if (s->output == CLI_OUTPUT_NAGIOS && cli_given(s, CLI_OPT_FAIL_IF))
        return fail_pair(p, CLI_OPT_FAIL_IF, " has no place with -o nagios, which has ",
                         CLI_OPT_CRITICAL, "");
    if (s->sweep && (s->output == CLI_OUTPUT_NAGIOS || s->output == CLI_OUTPUT_PROM))
        return fail_pair(p, CLI_OPT_SWEEP, " has no place with -o nagios or prom: ", CLI_OPT_OUTPUT,
                         " may be text, json, csv or influx");
    for (size_t i = 0; s->output != CLI_OUTPUT_NAGIOS && i < 2; i++) {
        if (cli_given(s, limits[i]))
            return fail_option(p, &cli_options[limits[i]], " needs -o nagios");
    }
    return 0;
}

static int check_together(struct parser *p)
{
    const struct cli_settings *s = p->settings;

    for (size_t i = 0; i < sizeof(exclusive) / sizeof(exclusive[0]); i++) {
        if (cli_given(s, exclusive[i].one) && cli_given(s, exclusive[i].other))
            return fail_pair(p, exclusive[i].one, " and ", exclusive[i].other,
                             " exclude each other");
    }
    for (size_t i = 0; s->sweep && i < sizeof(not_in_sweep) / sizeof(not_in_sweep[0]); i++) {
        if (cli_given(s, not_in_sweep[i]))
            return fail_pair(p, CLI_OPT_SWEEP, " and ", not_in_sweep[i], " exclude each other");
    }
    for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
        if (cli_given(s, needs[i].one) && !cli_given(s, needs[i].needed))
            return fail_pair(p, needs[i].one, " needs ", needs[i].needed, "");
    }
    if (cli_given(s, CLI_OPT_BACKOFF) && !cli_given(s, CLI_OPT_ATTEMPTS) && !s->sweep)
        return fail_pair(p, CLI_OPT_BACKOFF, " needs ", CLI_OPT_ATTEMPTS, "");
    if (cli_given(s, CLI_OPT_WINDOW) && s->interval_ns != 0)
        return fail_pair(p, CLI_OPT_WINDOW, " needs -i 0 (for a time to wait use ", CLI_OPT_TIMEOUT,
                         ")");
    if (check_output(p) < 0)
        return -1;
    if (s->operand_count == 0) {
        app_text_add(p->error, "no targets (--help tells how to call it)");
        return -1;
    }
    return 0;
}

/* What shows a text and ends does so whatever else stands there. */
static bool goes_on(const struct cli_settings *s)
{
    return s->action == CLI_ACTION_PING || s->action == CLI_ACTION_DOCTOR;
}

/* It looks at the machine, and would do so in the same way with or without them. */
static int check_doctor(struct parser *p)
{
    const struct cli_settings *s = p->settings;

    for (int id = 0; id < CLI_OPT_ID_COUNT; id++) {
        if (id != CLI_OPT_DOCTOR && cli_given(s, (enum cli_option_id)id))
            return fail_pair(p, CLI_OPT_DOCTOR, " and ", (enum cli_option_id)id,
                             " exclude each other");
    }
    if (s->operand_count == 0)
        return 0;
    add_option_name(p->error, &cli_options[CLI_OPT_DOCTOR]);
    app_text_add(p->error, " looks at this machine only, and takes no target: \"");
    app_text_foreign(p->error, s->operands[0]);
    app_text_add(p->error, "\"");
    return -1;
}

static int parse_all(struct parser *p)
{
    bool options_end = false;

    while (p->next < p->argc && goes_on(p->settings)) {
        char *argument = p->argv[p->next++];
        int r = 0;

        /* Operands are moved to the front, over arguments which have been read. */
        if (options_end || argument[0] != '-' || argument[1] == '\0')
            p->settings->operands[p->settings->operand_count++] = argument;
        else if (strcmp(argument, "--") == 0)
            options_end = true;
        else
            r = argument[1] == '-' ? take_long(p, argument) : take_bundle(p, argument);
        if (r < 0)
            return -1;
    }
    return 0;
}

/* Some options stand for others, too. */
static void complete(struct cli_settings *s)
{
    bool counted = cli_given(s, CLI_OPT_COUNT) || cli_given(s, CLI_OPT_ATTEMPTS) || s->manual;

    s->quiet = s->quiet || s->summary;
    s->percentiles = s->percentiles || s->stats;
    if (s->output == CLI_OUTPUT_NAGIOS && !counted)
        s->count = NAGIOS_PROBES;
    if (s->sweep && !cli_given(s, CLI_OPT_RATE))
        s->rate_pps = CLI_SWEEP_PPS;
}

int cli_options_parse(struct cli_settings *ret_settings, int argc, char **argv,
                      struct app_text *error)
{
    static const struct cli_settings defaults = {
        .interval_ns = INT64_C(1000000000),
        .timeout_ns = INT64_C(1000000000),
        .window = 65536,
        .io_threads = 1,
        .backoff = 1,
        .retries = 1,
        .shard = 1,
        .shards = 1,
        .payload_bytes = 56,
        .tos = -1,
    };
    struct parser p = {ret_settings, error, argv, argc > 0 ? (size_t)argc : 0, 1};

    *ret_settings = defaults;
    ret_settings->operands = argc > 0 ? argv + 1 : argv;
    if (parse_all(&p) < 0)
        return -1;
    complete(ret_settings);
    if (ret_settings->action == CLI_ACTION_DOCTOR)
        return check_doctor(&p);
    return ret_settings->action == CLI_ACTION_PING ? check_together(&p) : 0;
}
