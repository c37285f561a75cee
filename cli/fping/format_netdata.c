/* SPDX-License-Identifier: Apache-2.0 */
/* netdata's protocol for external plugins: charts are described once, then they are fed. */
#include "fping/format_netdata.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fping/out.h"

enum { ID_MAX = 256 };

/* Letters and digits stay, all else becomes '_'. */
static const char *id_of(const struct fping_host *host, char id[static ID_MAX])
{
    const char *given = host->tally ? host->tally->given : host->name;
    size_t len = 0;

    for (; len < ID_MAX - 1 && given[len]; len++) {
        char c = given[len];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

        id[len] = (char)(plain ? c : '_');
    }
    id[len] = '\0';
    return id;
}

/* A chart and what it shows; dimensions are lines. */
struct chart {
    const char *name, *title, *unit, *style, *dimensions;
    int priority;
};

static const struct chart packets = {
    "packets",
    "FPing Packets",
    "packets",
    "line",
    "DIMENSION xmt sent absolute 1 1\nDIMENSION rcv received absolute 1 1\n",
    110020};
static const struct chart quality = {
    "quality", "FPing Quality", "percentage", "area", "DIMENSION returned '' absolute 1 1\n",
    110010};
static const struct chart latency = {"latency",
                                     "FPing Latency",
                                     "ms",
                                     "area",
                                     "DIMENSION min minimum absolute 1 1000000\n"
                                     "DIMENSION max maximum absolute 1 1000000\n"
                                     "DIMENSION avg average absolute 1 1000000\n",
                                     110000};

static void begin(const struct fping_page *page, const struct chart *chart, const char *id,
                  const char *name, bool first)
{
    if (first)
        fping_out_print(page->out, FPING_STDOUT,
                        "CHART fping.%s_%s '' '%s' %s '%s' fping.%s %s %d %.0f\n%s", id,
                        chart->name, chart->title, chart->unit, name, chart->name, chart->style,
                        chart->priority, (double)page->options->report_ns / 1e9, chart->dimensions);
    fping_out_print(page->out, FPING_STDOUT, "BEGIN fping.%s_%s\n", id, chart->name);
}

void fping_netdata_host(const struct fping_page *page, const struct fping_host *host,
                        const struct fping_numbers *n, bool first)
{
    char id[ID_MAX];

    id_of(host, id);
    begin(page, &packets, id, host->name, first);
    fping_out_print(page->out, FPING_STDOUT, "SET xmt = %" PRIu64 "\nSET rcv = %" PRIu64 "\nEND\n",
                    n->sent, n->received);
    begin(page, &quality, id, host->name, first);
    fping_out_print(page->out, FPING_STDOUT, "SET returned = %" PRIu64 "\nEND\n",
                    n->sent ? n->received * 100 / n->sent : 0);
    begin(page, &latency, id, host->name, first);
    if (n->received)
        fping_out_print(page->out, FPING_STDOUT,
                        "SET min = %" PRId64 "\nSET avg = %" PRId64 "\nSET max = %" PRId64 "\n",
                        n->min_ns, n->total_ns / (int64_t)n->received, n->max_ns);
    fping_out_print(page->out, FPING_STDOUT, "END\n");
}
