/* SPDX-License-Identifier: Apache-2.0 */
/* The command line, row by row: what is taken, what is refused, and how that is said. */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

enum { ARGS_MAX = 32 };

static struct cli_settings settings;
static char error_memory[1024];
static struct app_text error;
static char *args[CLI_TEXTS_MAX + 3];
static int arg_count;

static int run(void)
{
    error = app_text_init(error_memory, sizeof(error_memory));
    args[arg_count] = NULL;
    return cli_options_parse(&settings, arg_count, args, &error);
}

/* Parses words separated by single blanks; "~" stands for an empty one. */
static int parse(const char *line)
{
    static char words[2048];
    size_t len = strlen(line);

    memcpy(words, line, len + 1);
    args[0] = words + len; /* the name of the program: "" */
    arg_count = 1;
    for (char *word = len ? words : NULL; word && arg_count < ARGS_MAX;) {
        char *end = strchr(word, ' ');

        if (end)
            *end = '\0';
        args[arg_count++] = strcmp(word, "~") == 0 ? words + len : word;
        word = end ? end + 1 : NULL;
    }
    return run();
}

/* One line of plain text that says something. */
static bool is_one_line(const struct app_text *text)
{
    if (text->len == 0)
        return false;
    for (size_t i = 0; i < text->len; i++)
        if ((unsigned char)text->data[i] < ' ' || text->data[i] == 0x7f)
            return false;
    return true;
}

static const struct {
    const char *line;
    const char *operands; /* joined by blanks; NULL: refused */
    const char *says;     /* refused: part of the message */
} rows[] = {
    {"h", "h", NULL},
    {"", NULL, "no targets"},
    {"-q", NULL, "no targets"},
    {"--", NULL, "no targets"},
    {"-", "-", NULL},
    {"~", "", NULL}, /* judged where targets are */
    {"@file h", "@file h", NULL},
    {"a -c 3 b -- -c c", "a b -c c", NULL},
    {"a -- --", "a --", NULL},
    {"-- -h", "-h", NULL},
    {"-c5 h", "h", NULL},
    {"-c 5 h", "h", NULL},
    {"--count 5 h", "h", NULL},
    {"--count=5 h", "h", NULL},
    {"h -c", NULL, "-c/--count needs an argument"},
    {"h --count", NULL, "-c/--count needs an argument"},
    {"-c=5 h", NULL, "\"=5\" is not a number"},
    {"--count= h", NULL, "\"\" is not a number"},
    {"-c ~ h", NULL, "\"\" is not a number"},
    {"-c x h", NULL, "\"x\" is not a number"},
    {"-c -1 h", NULL, "\"-1\" is not a number"},
    {"-i -1 h", NULL, "\"-1\" is not a duration"},
    {"-c 5q h", NULL, "\"5q\" is not a number"},
    {"-c5q h", NULL, "\"5q\" is not a number"},
    {"-qc5 h", "h", NULL},
    {"-qf46 h", NULL, "exclude each other"},
    {"-qd h", "h", NULL},
    {"-qz h", NULL, "unknown option \"-qz\""},
    {"-z h", NULL, "unknown option \"-z\""},
    {"--zebra h", NULL, "unknown option \"--zebra\""},
    {"--zebra=1 h", NULL, "unknown option \"--zebra=1\""},
    {"--coun 5 h", NULL, "unknown option \"--coun\""},
    {"--counts 5 h", NULL, "unknown option"},
    {"--=5 h", NULL, "unknown option \"--=5\""},
    {"--- h", NULL, "unknown option \"---\""},
    {"---count=5 h", NULL, "unknown option"},
    {"--Count=5 h", NULL, "unknown option"},
    {"--quiet=1 h", NULL, "-q/--quiet takes no argument"},
    {"--quiet= h", NULL, "takes no argument"},
    {"--df=0 h", NULL, "--df takes no argument"},
    {"-r h", "h", NULL},
    {"-r5 h", "h", NULL},
    {"-r 5", "5", NULL},
    {"-rq h", "h", NULL},
    {"-r5q h", NULL, "\"5q\" is not a number"},
    {"--re-resolve h", "h", NULL},
    {"--re-resolve=5 h", "h", NULL},
    {"--re-resolve= h", NULL, "is not a number"},
    {"-S ~ h", NULL, "-S/--source has an empty argument"},
    {"--source= h", NULL, "empty argument"},
    {"-S -c h", "h", NULL}, /* an argument may look like anything */
    {"--backoff 2 h", NULL, "--backoff needs -A/--attempts"},
    {"-A 3 --backoff 2 h", "h", NULL},
    {"-W 5 h", NULL, "needs -i 0"},
    {"-W 5 -i 0 h", "h", NULL},
    {"-4 -6 h", NULL, "-4/--ipv4 and -6/--ipv6 exclude each other"},
    {"--raw --ping-socket h", NULL, "exclude each other"},
    {"-f -i 1 h", NULL, "exclude each other"},
    {"-f -i 0 h", NULL, "exclude each other"},
    {"-f -W 1 h", NULL, "exclude each other"},
    {"-f -m h", NULL, "exclude each other"},
    {"-f -A 1 h", NULL, "exclude each other"},
    {"-m -i 1 h", NULL, "exclude each other"},
    {"-m -W 1 h", NULL, "exclude each other"},
    {"-m -A 1 h", NULL, "exclude each other"},
    {"-m -d h", NULL, "exclude each other"},
    {"-A 1 -c 1 h", NULL, "exclude each other"},
    {"-A 1 -i 1 h", NULL, "exclude each other"},
    {"-A 1 -W 1 h", NULL, "exclude each other"},
    {"-4 -4 h", "h", NULL},
    {"-ojson h", "h", NULL},
    {"-o xml h", NULL, "\"xml\" is none of text|json|csv|influx|prom|nagios"},
    {"-o json|csv h", NULL, "is none of"},
    {"-o ~ h", NULL, "is none of"},
    {"--fields ~ h", NULL, "empty argument"},
    {"--warning loss>5% h", NULL, "--warning needs -o nagios"},
    {"--critical 100,20% h", NULL, "--critical needs -o nagios"},
    {"--critical 100,20% -o nagios h", "h", NULL},
    {"--fail-if loss>5% -o nagios h", NULL, "has no place with -o nagios"},
    {"--fail-if loss>5% --warning loss>5% -o nagios h", NULL, "exclude each other"},
};

static bool has_operands(const char *want)
{
    char got[2048] = "";

    for (size_t i = 0; i < settings.operand_count; i++) {
        strcat(got, i ? " " : "");
        strcat(got, settings.operands[i]);
    }
    return strcmp(got, want) == 0;
}

static void test_rows(void)
{
    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        int got = parse(rows[r].line);

        if (rows[r].operands)
            ok(got == 0 && error.len == 0 && has_operands(rows[r].operands), "[%s] is taken %s",
               rows[r].line, error.data);
        else
            ok(got == -1 && is_one_line(&error) && strstr(error.data, rows[r].says),
               "[%s] is refused: %s", rows[r].line, error.data);
    }
}

static void test_values(void)
{
    parse("h");
    ok(settings.interval_ns == 1000000000 && settings.timeout_ns == 1000000000 &&
           settings.count == 0 && settings.payload_bytes == 56 && settings.window == 65536 &&
           settings.tos == -1 && settings.ttl == 0 && settings.backoff > 0.99 &&
           settings.backoff < 1.01 && settings.given == 0 && settings.re_resolve_every == 0,
       "the defaults");
    parse("-c1 -c2 h -c 3");
    ok(settings.count == 3 && settings.given == 1u << CLI_OPT_COUNT, "the last one counts");
    parse("-r h");
    ok(settings.re_resolve_every == 1, "-r is every one");
    parse("-r5 h");
    ok(settings.re_resolve_every == 5, "-r5 is every fifth");
    parse("-rqc7 h");
    ok(settings.re_resolve_every == 1 && settings.quiet && settings.count == 7, "-rqc7 is three");
    parse("-i 10ms -t 1.5 --tos 0x10 --mark 0xffffffff h");
    ok(settings.interval_ns == 10000000 && settings.timeout_ns == 1500000000 &&
           settings.tos == 16 && settings.mark == UINT32_MAX,
       "durations and hexadecimal numbers");
    parse("-S 127.0.0.1 -I lo -6 --raw h");
    ok(strcmp(settings.source, "127.0.0.1") == 0 && strcmp(settings.interface, "lo") == 0 &&
           settings.family == CLI_FAMILY_IPV6 && settings.sockets == CLI_SOCKETS_RAW,
       "texts and choices");
}

/* The words of a choice stand for the numbers from its least to its most. */
static void test_choices(void)
{
    for (unsigned i = 0; i < CLI_OPT_ID_COUNT; i++) {
        const struct cli_option *o = &cli_options[i];
        const char *with = i == CLI_OPT_PALETTE ? "--top " : ""; /* without which it is refused */
        int64_t number = o->min;
        unsigned wrong = 0;

        if (o->kind != CLI_KIND_CHOICE)
            continue;
        for (const char *word = o->argument; *word; number++) {
            size_t len = strcspn(word, "|");
            char line[128];

            snprintf(line, sizeof(line), "%s--%s=%.*s h", with, o->long_name, (int)len, word);
            wrong +=
                parse(line) != 0 || *(int64_t *)(void *)((char *)&settings + o->offset) != number;
            snprintf(line, sizeof(line), "%s--%s=%.*sx h", with, o->long_name, (int)len, word);
            wrong += parse(line) != -1 || !is_one_line(&error);
            snprintf(line, sizeof(line), "%s--%s=%.*s h", with, o->long_name, (int)len - 1, word);
            wrong += parse(line) != -1;
            word += len + (word[len] == '|');
        }
        ok(wrong == 0 && number == o->max + 1, "--%s: its words, and nothing else", o->long_name);
    }
}

static void test_output(void)
{
    parse("-o json --summary h");
    ok(settings.output == CLI_OUTPUT_JSON && settings.quiet, "--summary is --quiet");
    parse("--stats h");
    ok(settings.stats && settings.percentiles, "--stats brings percentiles");
    parse("-o nagios h");
    ok(settings.count == 5, "a plugin ends by itself");
    parse("-o nagios -c 0 h");
    ok(settings.count == 0, "unless told not to");
    parse("--completion fish -z");
    ok(settings.action == CLI_ACTION_COMPLETION && settings.completion == CLI_SHELL_FISH,
       "a completion needs no target, and nothing is looked at behind it");
}

/* After --help and --version nothing is looked at any more. */
static void test_actions(void)
{
    static const struct {
        const char *line;
        int want;
        int64_t action;
    } actions[] = {
        {"-h", 0, CLI_ACTION_HELP},        {"--help", 0, CLI_ACTION_HELP},
        {"-V", 0, CLI_ACTION_VERSION},     {"--version", 0, CLI_ACTION_VERSION},
        {"-qh", 0, CLI_ACTION_HELP},       {"-hz", 0, CLI_ACTION_HELP},
        {"-h -c x", 0, CLI_ACTION_HELP},   {"-c x -h", -1, CLI_ACTION_PING},
        {"-4 -6 -h", 0, CLI_ACTION_HELP},  {"-h -V", 0, CLI_ACTION_HELP},
        {"--help=1", -1, CLI_ACTION_PING}, {"h --version", 0, CLI_ACTION_VERSION},
    };

    for (unsigned i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        int got = parse(actions[i].line);

        ok(got == actions[i].want && settings.action == actions[i].action, "[%s]", actions[i].line);
    }
    arg_count = 0;
    ok(run() == -1 && is_one_line(&error), "no arguments, not even a name");
}

/* Each option with a range: its ends are taken, one beyond is not, nor is what is no number. */
static unsigned try_value(const struct cli_option *o, const char *value, bool good)
{
    char line[256];
    int got;

    snprintf(line, sizeof(line), "--%s=%s%s%s%s h", o->long_name, value,
             o->group == CLI_GROUP_SWEEP ? " --sweep" : "",
             o == &cli_options[CLI_OPT_BACKOFF] ? " -A 1" : "",
             o == &cli_options[CLI_OPT_WINDOW] ? " -i 0" : "");
    got = parse(line);
    if ((got == 0) == good && (good || is_one_line(&error)))
        return 0;
    diag("%s: %s", line, error.data);
    return 1;
}

static void test_ranges(void)
{
    static const char *const never[] = {"",
                                        "-1",
                                        "+1",
                                        "x",
                                        "nan",
                                        "inf",
                                        "1e999",
                                        "1,5",
                                        "1.2.3",
                                        "9223372036854775808",
                                        "99999999999999999999999",
                                        "0x",
                                        "~"};

    for (unsigned i = 0; i < CLI_OPT_ID_COUNT; i++) {
        const struct cli_option *o = &cli_options[i];
        const char *unit = o->kind == CLI_KIND_DURATION ? "ns" : "";
        unsigned wrong = 0;
        char value[64];

        if (o->kind == CLI_KIND_FLAG || o->kind == CLI_KIND_SET || o->kind == CLI_KIND_TEXT ||
            o->kind == CLI_KIND_TEXTS || o->kind == CLI_KIND_CHOICE || o->kind == CLI_KIND_SHARD)
            continue;
        for (int at = 0; at < 4; at++) {
            int64_t end = at < 2 ? o->min : o->max;
            bool good = at == 1 || at == 2;

            if ((at == 0 && end == 0) || (at == 3 && end == INT64_MAX))
                continue;
            snprintf(value, sizeof(value), "%lld%s",
                     (long long)(good ? end : end + (at == 0 ? -1 : 1)), unit);
            wrong += try_value(o, value, good);
        }
        for (unsigned n = 0; n < sizeof(never) / sizeof(never[0]); n++)
            wrong += try_value(o, never[n], false);
        ok(wrong == 0, "--%s: from its least to its most, and nothing else", o->long_name);
    }
}

/* Whatever is given back in a message is escaped. */
static void test_hostile(void)
{
    static const char *const bad[] = {"\x1b[31m", "a\nb", "\x9b", "\xe2\x80\xae", "\r", "\x7f"};
    static const char *const forms[] = {"-%s",  "--%s", "-c%s",       "--count=%s",
                                        "-i%s", "-z%s", "--quiet=%s", "--%s=%s"};
    unsigned wrong = 0;

    for (unsigned b = 0; b < sizeof(bad) / sizeof(bad[0]); b++) {
        for (unsigned f = 0; f < sizeof(forms) / sizeof(forms[0]); f++) {
            char word[64];
            const char *at = strchr(forms[f], '%');
            size_t len = (size_t)(at - forms[f]);

            memcpy(word, forms[f], len);
            snprintf(word + len, sizeof(word) - len, "%s%s", bad[b], at + 2);
            args[0] = args[2] = word + strlen(word);
            args[1] = word;
            arg_count = 3;
            wrong += run() != -1 || !is_one_line(&error);
            wrong += strstr(error.data, "\xe2\x80\xae") || strchr(error.data, '\x9b');
        }
    }
    ok(wrong == 0, "hostile arguments come back escaped (%u do not)", wrong);
}

/* 64 KiB in one argument: refused in one line, which fits. */
static void test_long(void)
{
    static char word[65536] = "--";
    unsigned wrong = 0;

    memset(word + 2, 'c', sizeof(word) - 3);
    for (unsigned i = 0; i < 3; i++) {
        args[0] = args[1] = word;
        memcpy(word, i == 0 ? "--" : i == 1 ? "-c" : "-q", 2);
        arg_count = 2;
        wrong += run() != -1 || !is_one_line(&error) || error.len > 400;
    }
    ok(wrong == 0, "arguments of 64 KiB are refused in one short line (%u wrong)", wrong);
}

/* Random lines of words that mean something: taken silently, or refused in one line. */
static void test_random(void)
{
    static const char *const words[] = {"-c",      "5",         "-q",  "--", "-",  "h",  "-r3",
                                        "--ttl=9", "-h4",       "-i",  "0",  "-W", "-f", "-A2",
                                        "-mq",     "--backoff", "1.5", "",   "-S", "@f", "--df",
                                        "-46",     "--tos",     "0x8", "-z"};
    enum { WORDS = sizeof(words) / sizeof(words[0]) };
    unsigned wrong = 0, taken = 0;
    uint64_t state = 53;

    for (unsigned n = 0; n < 200000; n++) {
        int r;

        arg_count = 1 + (int)(n % 8);
        for (int i = 0; i < arg_count; i++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            args[i] = (char *)(uintptr_t)words[(state >> 40) % WORDS];
        }
        r = run();
        taken += r == 0;
        wrong += r == 0 ? error.len != 0 : r != -1 || !is_one_line(&error);
        wrong += settings.operand_count >= (size_t)arg_count;
    }
    ok(wrong == 0 && taken > 10000, "of 200,000 random lines %u are taken, %u wrong", taken, wrong);
}

static void test_shards(void)
{
    static const char *const wrong[] = {"~",          "1",    "/",    "1/",    "/2",  "0/2",
                                        "3/2",        "1/0",  "-1/2", "1/2/3", "a/b", "1/1000001",
                                        "12345678/2", "+1/2", " 1/2", "1.5/2"};
    unsigned taken = 0;

    ok(parse("--sweep h") == 0 && settings.shard == 1 && settings.shards == 1, "all is one part");
    ok(parse("--sweep --shard 3/7 h") == 0 && settings.shard == 3 && settings.shards == 7, "3/7");
    ok(parse("--sweep --shard=1000000/1000000 h") == 0, "a million parts");
    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char line[64];

        snprintf(line, sizeof(line), "--sweep h --shard %s", wrong[i]);
        taken += parse(line) == 0 || !is_one_line(&error);
    }
    ok(taken == 0, "what is no part is refused (%u are not)", taken);
}

/* As often as there is room, and in their order. */
static void test_texts(void)
{
    char line[2048] = "";
    size_t len = 0;

    ok(parse("--exclude=a h --exclude-file b --exclude c h2") == 0 && settings.exclude.n == 2 &&
           strcmp(settings.exclude.all[0], "a") == 0 && strcmp(settings.exclude.all[1], "c") == 0 &&
           settings.exclude_file.n == 1 && settings.operand_count == 2,
       "what is given several times is kept in order");
    for (int i = 0; i < ARGS_MAX - 2; i++)
        len += (size_t)snprintf(line + len, sizeof(line) - len, "--exclude=x%d ", i);
    snprintf(line + len, sizeof(line) - len, "h");
    ok(parse(line) == 0 && settings.exclude.n == ARGS_MAX - 2, "as often as one likes");
    for (int i = 0; i <= CLI_TEXTS_MAX; i++)
        args[i + 1] = args[2]; /* args[1] has become the operand */
    arg_count = CLI_TEXTS_MAX + 2;
    ok(run() < 0 && is_one_line(&error), "but not %d times", CLI_TEXTS_MAX + 1);
}

int main(void)
{
    test_rows();
    test_values();
    test_choices();
    test_output();
    test_actions();
    test_ranges();
    test_hostile();
    test_long();
    test_random();
    test_shards();
    test_texts();
    return done_testing();
}
