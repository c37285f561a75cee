/* SPDX-License-Identifier: Apache-2.0 */
/* The table of options is consistent, and --help tells all of it. */
#include "help.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "tap.h"

static char help[CLI_HELP_MAX];

static bool takes_argument(enum cli_option_kind kind)
{
    return kind != CLI_KIND_FLAG && kind != CLI_KIND_SET;
}

static bool is_long_name(const char *name)
{
    if (strlen(name) < 2 || name[0] == '-')
        return false;
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static void test_names(void)
{
    for (unsigned i = 0; i < CLI_OPT_ID_COUNT; i++) {
        const struct cli_option *o = &cli_options[i];
        unsigned doubles = 0;

        if (!o->long_name) {
            ok(0, "row %u is filled in", i);
            continue;
        }
        for (unsigned j = 0; j < i; j++) {
            doubles += o->short_name && o->short_name == cli_options[j].short_name;
            doubles += strcmp(o->long_name, cli_options[j].long_name) == 0;
        }
        ok(is_long_name(o->long_name) && (!o->short_name || is_letter(o->short_name)),
           "--%s is a good name", o->long_name);
        ok(doubles == 0, "--%s is the only one of its name and letter", o->long_name);
    }
}

static void test_rows(void)
{
    for (unsigned i = 0; i < CLI_OPT_ID_COUNT; i++) {
        const struct cli_option *o = &cli_options[i];
        size_t bytes = o->kind == CLI_KIND_FLAG ? sizeof(bool) : sizeof(int64_t);
        size_t len = o->help ? strlen(o->help) : 0;

        ok(o->kind < CLI_KIND_COUNT && o->group < CLI_GROUP_COUNT, "--%s: kind and group",
           o->long_name);
        ok((o->argument != NULL) == takes_argument(o->kind), "--%s: an argument if it takes one",
           o->long_name);
        ok(o->offset + bytes <= offsetof(struct cli_settings, given) && o->offset % bytes == 0,
           "--%s: a place in the settings", o->long_name);
        ok(!takes_argument(o->kind) || o->kind == CLI_KIND_TEXT || o->kind == CLI_KIND_TEXTS ||
               (o->min >= 0 && o->min < o->max),
           "--%s: a range that is not empty", o->long_name);
        ok(len > 0 && o->help[len - 1] != '\n' && o->help[len - 1] != ' ', "--%s: some help",
           o->long_name);
    }
}

/* Only options that set the same thing to different values share a place. */
static void test_places(void)
{
    unsigned overlaps = 0;

    for (unsigned i = 0; i < CLI_OPT_ID_COUNT; i++) {
        for (unsigned j = 0; j < i; j++) {
            const struct cli_option *a = &cli_options[i], *b = &cli_options[j];
            size_t a_bytes = a->kind == CLI_KIND_FLAG ? sizeof(bool) : sizeof(int64_t);
            size_t b_bytes = b->kind == CLI_KIND_FLAG ? sizeof(bool) : sizeof(int64_t);
            bool overlap = a->offset < b->offset + b_bytes && b->offset < a->offset + a_bytes;

            if (overlap && (a->offset != b->offset || a->kind != CLI_KIND_SET ||
                            b->kind != CLI_KIND_SET || a->min == b->min)) {
                diag("--%s and --%s", a->long_name, b->long_name);
                overlaps++;
            }
        }
    }
    ok(overlaps == 0, "no option writes over another (%u do)", overlaps);
    ok(CLI_OPT_ID_COUNT <= 64, "each has its bit in `given`");
}

/* The line of the help that begins with the option, as far as its argument. */
static bool is_told(const struct cli_option *o)
{
    char want[64];

    snprintf(want, sizeof(want), "\n  %c%c%c --%s%s%s%s", o->short_name ? '-' : ' ',
             o->short_name ? o->short_name : ' ', o->short_name ? ',' : ' ', o->long_name,
             o->kind == CLI_KIND_ATTACHED ? "[="
             : o->argument                ? " "
                                          : "",
             o->argument ? o->argument : "", o->kind == CLI_KIND_ATTACHED ? "]" : "");
    return strstr(help, want) != NULL;
}

static void test_help(void)
{
    struct app_text text = app_text_init(help, sizeof(help));
    size_t longest = 0;
    unsigned odd = 0, blanks = 0;

    cli_help(&text);
    ok(text.len > 1000 && text.len + 1 < sizeof(help), "the help has room (%zu of %zu)", text.len,
       sizeof(help));
    for (const char *line = help; *line;) {
        size_t len = strcspn(line, "\n");

        longest = len > longest ? len : longest;
        blanks += len > 0 && line[len - 1] == ' ';
        line += line[len] ? len + 1 : len;
    }
    for (const char *s = help; *s; s++)
        odd += (*s < ' ' || *s > '~') && *s != '\n';
    ok(longest <= 100, "no line is longer than 100 columns (%zu)", longest);
    ok(odd == 0 && blanks == 0, "it is plain ASCII without blanks at the ends of lines");
    ok(help[text.len - 1] == '\n' && strncmp(help, "Usage: multiping ", 17) == 0,
       "from \"Usage\" to its last line feed");
    for (unsigned i = 0; i < CLI_OPT_ID_COUNT; i++)
        ok(is_told(&cli_options[i]), "--%s is told", cli_options[i].long_name);
}

int main(void)
{
    test_names();
    test_rows();
    test_places();
    test_help();
    return done_testing();
}
