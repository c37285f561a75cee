/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of the command, each one row of a table from which both the parser and --help
 * are made.
 */
#ifndef MULTIPING_CLI_OPTIONS_H
#define MULTIPING_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/text.h"

/* One row of the table each, in the order of --help. */
enum cli_option_id {
    CLI_OPT_COUNT,
    CLI_OPT_INTERVAL,
    CLI_OPT_TIMEOUT,
    CLI_OPT_RANDOM_DELAY,
    CLI_OPT_FLOOD,
    CLI_OPT_WINDOW,
    CLI_OPT_MANUAL,
    CLI_OPT_RATE,
    CLI_OPT_ATTEMPTS,
    CLI_OPT_BACKOFF,
    CLI_OPT_SWEEP,
    CLI_OPT_RETRIES,
    CLI_OPT_MAX_INFLIGHT,
    CLI_OPT_IN_ORDER,
    CLI_OPT_SEED,
    CLI_OPT_SHARD,
    CLI_OPT_RESUME,
    CLI_OPT_YES,
    CLI_OPT_BROADCAST,
    CLI_OPT_NO_PROGRESS,
    CLI_OPT_NULL,
    CLI_OPT_EXCLUDE,
    CLI_OPT_EXCLUDE_FILE,
    CLI_OPT_UNIQUE,
    CLI_OPT_ALL_ADDRESSES,
    CLI_OPT_IPV4,
    CLI_OPT_IPV6,
    CLI_OPT_RE_RESOLVE,
    CLI_OPT_SOURCE,
    CLI_OPT_INTERFACE,
    CLI_OPT_SIZE,
    CLI_OPT_TTL,
    CLI_OPT_TOS,
    CLI_OPT_DF,
    CLI_OPT_MARK,
    CLI_OPT_QUIET,
    CLI_OPT_SUMMARY,
    CLI_OPT_OUTPUT,
    CLI_OPT_FIELDS,
    CLI_OPT_TIME,
    CLI_OPT_COLOR,
    CLI_OPT_PERCENTILES,
    CLI_OPT_STATS,
    CLI_OPT_FAIL_IF,
    CLI_OPT_WARNING,
    CLI_OPT_CRITICAL,
    CLI_OPT_TOP,
    CLI_OPT_ASCII,
    CLI_OPT_PALETTE,
    CLI_OPT_THREADS,
    CLI_OPT_WORKERS,
    CLI_OPT_BUFFER,
    CLI_OPT_RAW,
    CLI_OPT_PING_SOCKET,
    CLI_OPT_DOCTOR,
    CLI_OPT_COMPLETION,
    CLI_OPT_HELP,
    CLI_OPT_VERSION,
    CLI_OPT_ID_COUNT
};

enum cli_action {
    CLI_ACTION_PING = 0,
    CLI_ACTION_HELP,
    CLI_ACTION_VERSION,
    CLI_ACTION_DOCTOR,
    CLI_ACTION_COMPLETION,
};
/* In the order of the choices of the table. */
enum cli_output_format {
    CLI_OUTPUT_TEXT = 0,
    CLI_OUTPUT_JSON,
    CLI_OUTPUT_CSV,
    CLI_OUTPUT_INFLUX,
    CLI_OUTPUT_PROM,
    CLI_OUTPUT_NAGIOS,
    CLI_OUTPUT_COUNT
};
enum cli_palette { CLI_PALETTE_NORMAL = 0, CLI_PALETTE_SAFE, CLI_PALETTE_NONE };
enum cli_color { CLI_COLOR_AUTO = 0, CLI_COLOR_ALWAYS, CLI_COLOR_NEVER };
enum cli_shell { CLI_SHELL_NONE = 0, CLI_SHELL_BASH, CLI_SHELL_ZSH, CLI_SHELL_FISH };
enum cli_family { CLI_FAMILY_ANY = 0, CLI_FAMILY_IPV4, CLI_FAMILY_IPV6 };
enum cli_sockets { CLI_SOCKETS_AUTO = 0, CLI_SOCKETS_RAW, CLI_SOCKETS_PING };

/* The arguments of an option that may be given several times, in their order. */
enum { CLI_TEXTS_MAX = 64 };

/* What a sweep sends in a second unless told otherwise. */
enum { CLI_SWEEP_PPS = 1000 };

struct cli_texts {
    const char *all[CLI_TEXTS_MAX];
    size_t n;
};

/* What the command line said. Strings and operands are those of argv. */
struct cli_settings {
    int64_t action;  /* enum cli_action */
    int64_t family;  /* enum cli_family */
    int64_t sockets; /* enum cli_sockets */

    int64_t count; /* 0: without end */
    int64_t interval_ns;
    int64_t timeout_ns; /* 0: for ever */
    int64_t window;
    int64_t rate_pps; /* 0: no cap */
    int64_t attempts; /* 0: off */
    double backoff;
    int64_t re_resolve_every; /* 0: never */

    int64_t retries;
    int64_t max_inflight; /* 0: as the rate needs */
    int64_t seed;
    int64_t shard, shards; /* the shard-th, from 1, of so many */
    const char *resume;    /* NULL: nothing is kept */

    struct cli_texts exclude;      /* lists separated by commas */
    struct cli_texts exclude_file; /* paths */

    const char *source;    /* NULL: as routed */
    const char *interface; /* NULL: as routed */
    int64_t payload_bytes;
    int64_t ttl;  /* 0: the system's */
    int64_t tos;  /* -1: the system's */
    int64_t mark; /* 0: none */

    int64_t palette;                                   /* enum cli_palette */
    int64_t output;                                    /* enum cli_output_format */
    int64_t time_style;                                /* enum app_time_style */
    int64_t color;                                     /* enum cli_color */
    int64_t completion;                                /* enum cli_shell */
    const char *fields, *fail_if, *warning, *critical; /* NULL: not given */

    int64_t io_threads;
    int64_t workers;
    int64_t buffer; /* 0: the library's default */

    bool sweep;
    bool in_order;
    bool yes;
    bool broadcast;
    bool no_progress;
    bool null; /* lines of lists end with NUL */
    bool unique;
    bool all_addresses;
    bool random_delay;
    bool flood;
    bool manual;
    bool df;
    bool quiet; /* also for --summary */
    bool summary;
    bool stats;
    bool percentiles;
    bool top;
    bool ascii;

    uint64_t given; /* bit 1 << id for each option that was there */
    char **operands;
    size_t operand_count;
};

/* How the argument of an option is read and where it goes. */
enum cli_option_kind {
    CLI_KIND_FLAG,     /* none: bool := true */
    CLI_KIND_SET,      /* none: int64_t := min */
    CLI_KIND_NUMBER,   /* int64_t from min to max */
    CLI_KIND_HEX,      /* the same, also as 0x... */
    CLI_KIND_ATTACHED, /* the same, only if attached, else 1 */
    CLI_KIND_DURATION, /* int64_t ns from min to max */
    CLI_KIND_DECIMAL,  /* double from min to max */
    CLI_KIND_TEXT,     /* const char *, not empty */
    CLI_KIND_TEXTS,    /* struct cli_texts, likewise */
    CLI_KIND_CHOICE,   /* int64_t := min and more; `argument` has the words, with | between */
    CLI_KIND_SHARD,    /* "i/n": two int64_t, 1 <= i <= n <= max */
    CLI_KIND_COUNT
};

enum cli_option_group {
    CLI_GROUP_PROBES,
    CLI_GROUP_SWEEP,
    CLI_GROUP_TARGETS,
    CLI_GROUP_ADDRESSES,
    CLI_GROUP_PACKETS,
    CLI_GROUP_OUTPUT,
    CLI_GROUP_ENGINE,
    CLI_GROUP_COUNT
};

struct cli_option {
    char short_name; /* 0: none */
    enum cli_option_kind kind;
    enum cli_option_group group;
    const char *long_name;
    const char *argument; /* its name in --help, NULL without one */
    size_t offset;        /* into struct cli_settings */
    int64_t min;
    int64_t max;
    const char *help; /* lines separated by \n */
};

static inline bool cli_given(const struct cli_settings *settings, enum cli_option_id id)
{
    return settings->given >> id & 1;
}

/* What ends a line of a list. */
static inline char cli_line_end(const struct cli_settings *settings)
{
    return settings->null ? '\0' : '\n';
}

extern const struct cli_option cli_options[CLI_OPT_ID_COUNT];

/*
 * Reads the command line. Options may stand before, between and after targets; "--" ends
 * them. argv is rearranged. Returns 0, or -1 with one line about it in error; after --help
 * and --version the rest is not looked at.
 */
int cli_options_parse(struct cli_settings *ret_settings, int argc, char **argv,
                      struct app_text *error);

#endif
