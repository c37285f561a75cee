/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The formats of the output, each one table of functions. What they write is whole: nothing
 * that comes from outside can end a record or begin another one.
 */
#ifndef MULTIPING_APP_FORMAT_FORMAT_H
#define MULTIPING_APP_FORMAT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "metric/column.h"
#include "metric/condition.h"
#include "metric/record.h"
#include "text/text.h"

/* What monitoring systems of the Nagios family understand; also the exit status. */
enum app_severity { APP_WELL, APP_WARNING, APP_CRITICAL, APP_UNKNOWN };

/* Room for any record, of a target with as many labels as fit on a line of a list. */
enum { APP_RECORD_MAX = 65536 };

/* What nagios has to know of all targets before it can show the first one. */
struct app_overview {
    enum app_severity worst;
    uint64_t bad, shown; /* targets that are not well, and those told of by now */
};

struct cli_settings;

/* How results are shown: the format and what the command line says about it. */
struct app_show {
    const struct app_format *format;
    bool quiet;                          /* summaries alone */
    bool stats;                          /* what was observed of each target as well */
    bool percentiles;                    /* in the text of statistics */
    const struct cli_settings *settings; /* for what is decided once, in show.c */
    struct app_columns columns;
    bool colored;
    struct app_stamp stamp;
    struct app_gate fail_if, warning, critical;
    struct app_overview overview;
};

/* Writes what tells a target from others: the same for all that are shown alike. */
typedef void (*app_look_fn)(struct app_text *text, const char *host, const char *labels);

struct app_format {
    const char *name;
    bool shows_events;   /* as they happen */
    bool has_lives;      /* of targets too: addresses of names, and ends */
    bool has_fields;     /* --fields is taken */
    bool has_time;       /* --time is taken */
    bool is_table;       /* of either probes or targets, as all rows are alike */
    bool is_document;    /* complete only at the end, so that there is no summary so far */
    bool tells_failures; /* needs app_observed.failure */
    unsigned records;    /* enum app_record_kind: those shown, for --fields */
    unsigned passes;     /* how often the targets are gone through for the summary */

    app_look_fn
        look; /* what tells targets apart here, for app_record.copy; NULL: all may be alike */

    /* Each may be NULL. A record that has nothing to show adds nothing. */
    void (*begin)(const struct app_show *show, struct app_text *text);
    void (*event)(const struct app_show *show, struct app_text *text,
                  const struct app_record *record);
    void (*summary)(struct app_show *show, struct app_text *text, const struct app_record *record);
    /* Between the first pass and the second one, with the record of all targets. */
    void (*survey)(struct app_show *show, const struct app_record *total);
    void (*total)(const struct app_show *show, struct app_text *text,
                  const struct app_record *record);
};

extern const struct app_format app_format_text;
extern const struct app_format app_format_fields; /* text with --fields */
extern const struct app_format app_format_json;
extern const struct app_format app_format_csv;
extern const struct app_format app_format_influx;
extern const struct app_format app_format_prom;
extern const struct app_format app_format_nagios;

#endif
