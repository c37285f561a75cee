/* SPDX-License-Identifier: Apache-2.0 */
/* Under fping's name: the command line, target files, generated targets. */
#include <sys/mman.h>
#include <unistd.h>

#include "fping/fping.h"
#include "fping/input.h"
#include "fping/number.h"
#include "fping/options.h"
#include "fuzz.h"

enum { WORDS_MAX = 16, TARGETS_MAX = 4096 };

/* Where complaints go: nowhere, but they are written all the same. */
static FILE *nowhere;

struct taken {
    unsigned n;
    const struct fping_options *options;
};

static int take(void *user, const char *given)
{
    struct taken *taken = user;
    char number[MPING_ADDR_TEXT_MAX + 1];
    struct mping_addr addr;

    CHECK(strlen(given) > 0 || !taken->options->file);
    if (taken->options->generate) {
        /* The numeric scope of a range stays, also where the library would not take one. */
        (void)snprintf(number, sizeof(number), "%.*s", (int)strcspn(given, "%"), given);
        CHECK(mping_addr_parse(&addr, number) == 0);
    }
    if (taken->options->file)
        CHECK(strlen(given) <= 255 && !strpbrk(given, " \t\n\v\f\r") && *given != '#');
    return ++taken->n < TARGETS_MAX ? -1 : 0;
}

static void check_options(const struct fping_options *o)
{
    CHECK(o->size <= 65507 && o->ttl <= 255 && o->backoff >= 1 && o->backoff <= 5);
    CHECK(o->timeout_ns > 0 && o->interval_ns >= 0 && o->period_ns >= 0);
    CHECK(!(o->unreach && o->alive) && !(o->count_given && o->loop));
    CHECK((o->mode == FPING_MODE_COUNT) == o->count_given);
    CHECK(!(o->verbose && o->quiet));
}

/* The targets of a file with these bytes. */
static void check_file(struct fping_options *o, struct taken *taken, struct input *in)
{
    char path[64];
    int fd = memfd_create("targets", MFD_CLOEXEC);

    CHECK(fd >= 0 && write(fd, in->pos, in->left) == (ssize_t)in->left);
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    o->file = path;
    o->target_count = 0;
    o->generate = false;
    (void)fping_input(o, take, taken);
    CHECK(taken->n <= in->left / 2 + 1);
    close(fd);
}

static void check_input(struct fping_options *o, struct input *in)
{
    struct taken taken = {.options = o};

    if (in->left) {
        check_file(o, &taken, in);
        return;
    }
    if (o->file || (!o->target_count && !o->generate))
        return; /* a file of this machine, or standard input */
    (void)fping_input(o, take, &taken);
    if (!o->generate)
        CHECK(taken.n == o->target_count || taken.n == TARGETS_MAX);
}

/* A command line: words separated by NUL. Behind an empty one stand the bytes of a file. */
static void check_command_line(struct input *in)
{
    char *words[WORDS_MAX + 1], *argv[WORDS_MAX + 1];
    struct fping_options options;
    int n = 0, status;

    words[n++] = strdup(input_flag(in) ? "fping6" : "fping");
    while (n < WORDS_MAX && in->left) {
        words[n] = input_string(in, 512);
        if (!words[n][0] && in->left && in->pos[0] == '=') { /* an empty word, once more */
            in->pos++;
            in->left--;
        } else if (!words[n][0]) {
            free(words[n]);
            break;
        }
        n++;
    }
    memcpy(argv, words, sizeof(argv[0]) * (size_t)n);
    argv[n] = NULL;
    status = fping_options_parse(&options, n, argv);
    CHECK(status >= -1 && status <= 4);
    if (status < 0 && fping_options_check(&options) < 0) {
        check_options(&options);
        check_input(&options, in);
    }
    fping_options_done(&options);
    while (n > 0)
        free(words[--n]);
}

static void check_number(struct input *in)
{
    char *text = input_string(in, 64), shown[FPING_MS_TEXT];
    const char *end;
    int64_t value;
    double decimal;

    (void)fping_number_parse(text, 10, &value);
    (void)fping_number_parse(text, 0, &value);
    if (fping_decimal_parse(text, &end, &decimal)) {
        CHECK(end > text && end <= text + strlen(text) && decimal >= 0);
        value = fping_duration_ns(decimal, 1e6);
        CHECK(value >= 0);
        CHECK((strtod(fping_ms(shown, value), NULL) > 0) == (value > 0));
        CHECK(strlen(shown) < sizeof(shown) - 1);
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    FILE *out = stdout, *err = stderr;

    if (!nowhere)
        nowhere = fopen("/dev/null", "w");
    CHECK(nowhere);
    stdout = stderr = nowhere; /* glibc's are variables */
    if (input_below(&in, 4))
        check_command_line(&in);
    else
        check_number(&in);
    stdout = out;
    stderr = err;
    return 0;
}
