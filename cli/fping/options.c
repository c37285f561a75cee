/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/options.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fping/option_table.h"
#include "fping/status.h"

enum {
    SIZE_MAX_BYTES = 65507,
    HELP_COLUMN = 22,
};

#define MS_NS INT64_C(1000000)
#define AUTO_TIMEOUT_MAX_NS (2000 * MS_NS)

/* The command line while it is being read. */
struct reader {
    struct fping_options *o;
    char **argv;
    int argc, at;
};

static void show_option(const struct fping_option *option, FILE *to)
{
    char head[64] = "";
    const char *help = option->help, *end;
    int width = HELP_COLUMN;

    if (option->letter && option->name)
        (void)snprintf(head, sizeof(head), "   -%c, --%s", option->letter, option->name);
    else
        (void)snprintf(head, sizeof(head), "       --%s", option->name);
    if (option->argument) {
        size_t len = strlen(head);

        (void)snprintf(head + len, sizeof(head) - len, "=%s", option->argument);
    }
    (void)fprintf(to, "%-*s", width - 1, head);
    for (; *help; help = *end ? end + 1 : end) {
        end = strchrnul(help, '\n');
        (void)fprintf(to, " %.*s\n", (int)(end - help), help);
        if (*end)
            (void)fprintf(to, "%*s", width - 1, "");
    }
}

int fping_usage(const struct fping_options *options, FILE *to)
{
    (void)fprintf(to, "Usage: %s [options] [targets...]\n", options->program);
    for (int output = 0; output < 2; output++) {
        (void)fprintf(to, "\n%s options:\n", output ? "Output" : "Probing");
        for (size_t i = 0; i < fping_option_count; i++)
            if (fping_option_table[i].output == output && fping_option_table[i].help)
                show_option(&fping_option_table[i], to);
    }
    return to == stderr ? FPING_EXIT_UNREACHABLE : FPING_EXIT_ALIVE;
}

static int refuse(const struct fping_options *o, const char *text)
{
    (void)fprintf(stderr, "%s: %s\n", o->program, text);
    return FPING_EXIT_UNREACHABLE;
}

static int refuse_option(const struct fping_options *o, const char *why, const char *name,
                         size_t name_len)
{
    (void)fprintf(stderr, "%s: %s -- '%.*s'\n", o->program, why, (int)name_len, name);
    (void)fprintf(stderr, "see 'fping -h' for usage information\n");
    return FPING_EXIT_UNREACHABLE;
}

static int take(struct reader *r, const struct fping_option *option, const char *argument)
{
    switch (option->take(r->o, option, argument)) {
    case FPING_USAGE:
        return fping_usage(r->o, stderr);
    case FPING_REFUSED:
        return FPING_EXIT_UNREACHABLE;
    case FPING_HELP:
        return fping_usage(r->o, stdout);
    case FPING_SHOW_VERSION:
        (void)printf("%s: Version %s\n", r->o->program, FPING_VERSION);
        return FPING_EXIT_ALIVE;
    default:
        return -1;
    }
}

static const struct fping_option *find_letter(char letter)
{
    for (size_t i = 0; i < fping_option_count; i++)
        if (letter && fping_option_table[i].letter == letter)
            return &fping_option_table[i];
    return NULL;
}

static const struct fping_option *find_name(const char *name, size_t len)
{
    for (size_t i = 0; i < fping_option_count; i++) {
        const char *known = fping_option_table[i].name;

        if (known && strlen(known) == len && memcmp(known, name, len) == 0)
            return &fping_option_table[i];
    }
    return NULL;
}

/* A group such as -qag, whose last one may have its argument right behind or in the next word. */
static int take_letters(struct reader *r, const char *letters)
{
    int status = -1;

    for (; *letters && status < 0; letters++) {
        const struct fping_option *option = find_letter(*letters);
        const char *argument = letters + 1;

        if (!option)
            return refuse_option(r->o, "invalid option", letters, 1);
        if (!option->argument) {
            status = take(r, option, NULL);
            continue;
        }
        if (!*argument)
            argument = r->at + 1 < r->argc ? r->argv[++r->at] : NULL;
        if (!argument)
            return refuse_option(r->o, "option requires an argument", letters, 1);
        return take(r, option, argument);
    }
    return status;
}

static int take_long(struct reader *r, const char *word)
{
    size_t len = strcspn(word, "=");
    const struct fping_option *option = find_name(word, len);
    const char *argument = word[len] ? word + len + 1 : NULL;

    if (!option)
        return refuse_option(r->o, "invalid option", word, strlen(word));
    if (!option->argument && argument)
        return refuse_option(r->o, "option takes no arguments", word, len);
    if (option->argument && !argument)
        argument = r->at + 1 < r->argc ? r->argv[++r->at] : NULL;
    if (option->argument && !argument)
        return refuse_option(r->o, "option requires an argument", word, len);
    return take(r, option, argument);
}

/* Options and targets may be mixed; behind -- there are only targets. */
static int read_words(struct reader *r)
{
    bool only_targets = false;

    for (r->at = 1; r->at < r->argc; r->at++) {
        char *word = r->argv[r->at];
        int status = -1;

        if (only_targets || word[0] != '-' || !word[1])
            r->o->targets[r->o->target_count++] = word;
        else if (word[1] != '-')
            status = take_letters(r, word + 1);
        else if (word[2])
            status = take_long(r, word + 2);
        else
            only_targets = true;
        if (status >= 0)
            return status;
    }
    return -1;
}

/* Where a site keeps ordinary users from flooding: at build time, or by the environment. */
static bool has_safe_limits(void)
{
#ifdef FPING_SAFE_LIMITS
    return true;
#else
    const char *value = getenv("FPING_SAFE_LIMITS"); /* NOLINT(concurrency-mt-unsafe) */

    return value && *value && strcmp(value, "0") != 0;
#endif
}

static int check_limits(const struct fping_options *o)
{
    if (getuid() == 0)
        return -1;
    if (has_safe_limits() && (o->interval_ns < MS_NS || o->period_ns < 10 * MS_NS)) {
        refuse(o, "these options are too risky for mere mortals.");
        return refuse(o, "You need -i >= 1 and -p >= 10");
    }
    if (o->period_ns <= 1000) /* as fping does, in spite of its words */
        return refuse(o, "-p must be >= 0.001");
    return -1;
}

static int check_numbers(const struct fping_options *o)
{
    if (o->size > SIZE_MAX_BYTES) {
        (void)fprintf(stderr, "%s: data size %lld not valid, must not be larger than %d\n",
                      o->program, (long long)o->size, SIZE_MAX_BYTES);
        return FPING_EXIT_UNREACHABLE;
    }
    if (!(o->backoff >= 1.0 && o->backoff <= 5.0)) {
        (void)fprintf(stderr, "%s: backoff factor %.1f not valid, must be between 1.0 and 5.0\n",
                      o->program, o->backoff);
        return FPING_EXIT_UNREACHABLE;
    }
    return -1;
}

int fping_options_check(const struct fping_options *options)
{
    const struct fping_options *o = options;
    int status;

    if (o->ttl > 255) {
        (void)fprintf(stderr, "%s: ttl %lld out of range\n", o->program, (long long)o->ttl);
        return FPING_EXIT_UNREACHABLE;
    }
    if (o->unreach && o->alive)
        return refuse(o, "specify only one of a, u");
    if (o->count_given && o->loop)
        return refuse(o, "specify only one of c, l");
    if (o->json && !o->count_given && !o->loop)
        return refuse(o, "option -J, --json requires -c, -C, or -l");
    status = check_limits(o);
    if (status < 0)
        status = check_numbers(o);
    if (status < 0 && o->icmp_timestamp && o->size_given)
        return refuse(o, "cannot change ICMP Timestamp size");
    return status;
}

/* A timeout of 0, given or made of the period, would leave no time for a reply. */
static int64_t default_timeout_ns(const struct fping_options *o)
{
    if (o->mode == FPING_MODE_ALIVE || o->period_ns == 0)
        return 500 * MS_NS;
    return o->period_ns < AUTO_TIMEOUT_MAX_NS ? o->period_ns : AUTO_TIMEOUT_MAX_NS;
}

static void conclude(struct fping_options *o)
{
    o->mode = o->count_given ? FPING_MODE_COUNT : o->loop ? FPING_MODE_LOOP : FPING_MODE_ALIVE;
    o->family = o->ipv4 ? AF_INET : o->ipv6 ? AF_INET6 : AF_UNSPEC;
    o->verbose =
        o->mode == FPING_MODE_ALIVE && !o->quiet && !o->alive && !o->unreach && !o->reachable;
    o->show_pings =
        (o->mode == FPING_MODE_COUNT && !o->quiet) || (o->mode == FPING_MODE_LOOP && !o->report_ns);
    o->show_alive = o->mode == FPING_MODE_ALIVE && (o->verbose || o->alive);
    o->show_unreachable = o->mode == FPING_MODE_ALIVE && (o->verbose || o->unreach);
    if (!o->timeout_given || o->timeout_ns == 0)
        o->timeout_ns = default_timeout_ns(o);
    if (o->icmp_timestamp && !o->size_given)
        o->size = 12;
}

int fping_options_parse(struct fping_options *options, int argc, char **argv)
{
    struct reader r = {.o = options, .argc = argc, .argv = argv};
    int status;

    *options = (struct fping_options){
        .program = argc > 0 ? argv[0] : "fping",
        .size = 56,
        .tos = -1,
        .retries = 3,
        .backoff = 1.5,
        .interval_ns = 10 * MS_NS,
        .period_ns = 1000 * MS_NS,
    };
    options->ipv6 = strstr(options->program, "fping6") != NULL;
    options->targets = calloc((size_t)argc + 1, sizeof(*options->targets));
    if (!options->targets)
        return FPING_NO_MEMORY;
    status = read_words(&r);
    if (status < 0)
        conclude(options);
    return status;
}

void fping_options_done(struct fping_options *options)
{
    free(options->targets);
    options->targets = NULL;
}
