/* SPDX-License-Identifier: Apache-2.0 */
#include "help.h"

#include <string.h>

#include "options.h"

enum { HELP_COLUMN = 26 };

static const char *const group_names[CLI_GROUP_COUNT] = {
    [CLI_GROUP_PROBES] = "Probes",   [CLI_GROUP_SWEEP] = "Sweep",
    [CLI_GROUP_TARGETS] = "Targets", [CLI_GROUP_ADDRESSES] = "Names and addresses",
    [CLI_GROUP_PACKETS] = "Packets", [CLI_GROUP_OUTPUT] = "Output",
    [CLI_GROUP_ENGINE] = "Engine",
};

static const char head[] =
    "Usage: multiping [OPTION]... TARGET...\n"
    "\n"
    "Pings any number of hosts at once. A target is one of\n"
    "\n"
    "  name, 192.0.2.1, 2001:db8::1, fe80::1%eth0\n"
    "  192.0.2.0/24, 2001:db8::/120      a network; of IPv4 without its first and last address\n"
    "  192.0.2.1-192.0.2.99              from one address to another\n"
    "  10.0.0-3.1-254, 10.0.*.1,2        ranges and lists of octets\n"
    "  web{01..20}.example, {a,b}.test   braces as in the shell\n"
    "  @FILE, -                          a list from a file, or from standard input\n"
    "\n"
    "A list has one target per line, NAME=VALUE labels behind it if need be; # begins a comment.\n";

static const char tail[] =
    "\n"
    "Durations: 10ms, 1.5s, 2m, 1h, 100us, 5ns; a bare number is seconds.\n"
    "\n"
    "Signals: Ctrl-C (SIGINT) and SIGTERM stop, settle and print the summary, a second one\n"
    "exits at once with 130; Ctrl-\\ (SIGQUIT) prints the summary so far and goes on.\n"
    "\n"
    "Exit status: 0 every target answered, or some of a sweep; 1 some did not, or none of a\n"
    "sweep, or it was stopped, or with --fail-if: it holds; 2 usage, or a name that cannot be\n"
    "resolved; 3 no permission; 4 system failure, lost output included. With -o nagios: 0 to 3\n"
    "as a plugin.\n";

static void add_column(struct app_text *text, size_t from)
{
    do {
        app_text_char(text, ' ');
    } while (text->len - from < HELP_COLUMN);
}

static void add_name(struct app_text *text, const struct cli_option *option)
{
    app_text_add(text, "  ");
    if (option->short_name != 0) {
        app_text_char(text, '-');
        app_text_char(text, option->short_name);
        app_text_add(text, ", ");
    } else {
        app_text_add(text, "    ");
    }
    app_text_add(text, "--");
    app_text_add(text, option->long_name);
    if (option->argument != NULL && option->kind == CLI_KIND_ATTACHED) {
        app_text_add(text, "[=");
        app_text_add(text, option->argument);
        app_text_char(text, ']');
    } else if (option->argument != NULL) {
        app_text_char(text, ' ');
        app_text_add(text, option->argument);
    }
}

static void add_option(struct app_text *text, const struct cli_option *option)
{
    const char *line = option->help;
    size_t from = text->len;

    add_name(text, option);
    if (text->len - from >= HELP_COLUMN) {
        app_text_char(text, '\n');
        from = text->len;
    }
    while (*line != '\0') {
        size_t len = strcspn(line, "\n");

        add_column(text, from);
        app_text_bytes(text, line, len);
        app_text_char(text, '\n');
        from = text->len;
        line += line[len] == '\n' ? len + 1 : len;
    }
}

void cli_help(struct app_text *text)
{
    app_text_add(text, head);
    for (size_t group = 0; group < CLI_GROUP_COUNT; group++) {
        app_text_char(text, '\n');
        app_text_add(text, group_names[group]);
        app_text_add(text, ":\n");
        for (size_t i = 0; i < CLI_OPT_ID_COUNT; i++) {
            if (cli_options[i].group == group)
                add_option(text, &cli_options[i]);
        }
    }
    app_text_add(text, tail);
}
