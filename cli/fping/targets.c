/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/targets.h"

#include <netdb.h>
#include <string.h>

#include "fping/format_text.h"
#include "fping/held.h"
#include "fping/input.h"
#include "fping/out.h"
#include "fping/status.h"
#include "text/time_style.h"

static struct fping_host *add_host(struct fping_run *run, const char *name)
{
    struct fping_host *host = fping_hosts_add(&run->hosts, name);

    if (host)
        run->open++;
    return host;
}

/* The host has its address: false without memory. */
static bool make_ready(struct fping_run *run, struct fping_host *host, const char *given,
                       const struct mping_addr *addr, const char *shown)
{
    if (strcmp(shown, given) == 0)
        shown = given;
    else
        shown = fping_strings_add(&run->strings, shown, strlen(shown));
    if (!shown)
        return false;
    fping_hosts_ready(&run->hosts, host, addr, shown);
    if (fping_has_tally(run)) {
        struct fping_tally *tally =
            fping_host_tally(host, run->options->vcount ? fping_pings(run) : 0);

        if (!tally)
            return false;
        tally->given = given;
    }
    return true;
}

static bool take_numeric(struct fping_run *run, const char *given, const struct mping_addr *addr)
{
    struct fping_host *host = add_host(run, given);
    char text[MPING_ADDR_TEXT_MAX];

    if (!host)
        return false;
    return make_ready(run, host, given, addr,
                      run->options->addr ? mping_addr_format(addr, text, sizeof(text)) : given);
}

static bool take_name(struct fping_run *run, const char *given)
{
    struct fping_host *host = add_host(run, given);

    return host && fping_lookup_add(&run->lookups, given, host);
}

static int take(void *user, const char *given)
{
    struct fping_run *run = user;
    struct mping_addr addr;
    bool taken;

    given = fping_strings_add(&run->strings, given, strlen(given));
    if (!given)
        return FPING_NO_MEMORY;
    if (run->options->all)
        taken =
            fping_lookup_add(&run->lookups, given, NULL); /* of how many hosts is not known yet */
    else if (fping_lookup_numeric(run->options, given, &addr))
        taken = take_numeric(run, given, &addr);
    else
        taken = take_name(run, given);
    return taken ? -1 : FPING_NO_MEMORY;
}

static void fail(struct fping_run *run, struct fping_host *host, int error)
{
    fping_hosts_fail(&run->hosts, host, error);
    run->open--;
}

/* -m: all are known, so their hosts can be lined up. */
static bool line_up(struct fping_run *run, const struct fping_lookup *lookup)
{
    if (lookup->error) {
        struct fping_host *host = add_host(run, lookup->given);

        if (host)
            fail(run, host, lookup->error);
        return host != NULL;
    }
    for (size_t i = 0; i < lookup->count; i++) {
        struct fping_host *host = add_host(run, lookup->given);

        if (!host ||
            !make_ready(run, host, lookup->given, &lookup->found[i].addr, lookup->found[i].shown))
            return false;
    }
    return true;
}

static int line_up_all(struct fping_run *run)
{
    bool fine = true;

    fping_lookups_await(&run->lookups);
    for (const struct fping_lookup *l = run->lookups.all; fine && l; l = l->next)
        fine = line_up(run, l);
    fping_lookups_done(&run->lookups);
    return fine ? -1 : FPING_NO_MEMORY;
}

/* The complaints come in the order of the targets, once all are known. */
static void tell_bad_names(struct fping_run *run, void (*tell)(const struct fping_page *page,
                                                               const char *name, const char *why))
{
    for (size_t i = 0; run->hosts.failed && i < run->hosts.n; i++) {
        const struct fping_host *host = fping_hosts_at(&run->hosts, i);

        if (host->state == FPING_HOST_GONE)
            tell(&run->page, host->name, gai_strerror(host->name_error));
    }
}

/* The host's turn came before its address: its first ping goes ahead of all others. */
static void catch_up(struct fping_run *run, struct fping_host *host)
{
    const struct fping_wanted wanted = {.host = host};

    if (!fping_wanteds_push(&run->wanteds, &wanted))
        run->status = FPING_NO_MEMORY;
}

static void absorb(struct fping_run *run, const struct fping_lookup *lookup)
{
    if (lookup->error)
        fail(run, lookup->host, lookup->error);
    else if (!make_ready(run, lookup->host, lookup->given, &lookup->found[0].addr,
                         lookup->found[0].shown))
        run->status = FPING_NO_MEMORY;
    else if (lookup->host->passed)
        catch_up(run, lookup->host);
}

/* When it was, or will be: reports come in step with the pings. */
static int64_t first_ping_ns(const struct fping_run *run)
{
    return run->totals.sent && run->round.n == 0 ? run->round.due_ns : app_mono_ns();
}

/* Whether pings can leave from where they are to; asked once it is known that there are any. */
static void check_source(struct fping_run *run)
{
    if (run->status >= 0 || !run->options->source_error)
        return;
    fping_out_print(run->page.out, FPING_STDERR, "%s: cannot bind source address : %s\n",
                    run->options->program, mping_strerror(run->options->source_error));
    run->status = FPING_EXIT_SYSTEM;
}

/* Now the lines can be written: the width of their first column is known. */
static void conclude(struct fping_run *run)
{
    run->named = true;
    run->page.width = run->hosts.width;
    run->totals.targets = run->hosts.ready;
    run->totals.unknown_names = run->hosts.failed;
    fping_out_set_aside(run->page.out);
    tell_bad_names(run, fping_text_bad_name);
    if (run->options->report_ns && fping_has_tally(run))
        run->report_ns = first_ping_ns(run) + run->options->report_ns;
    if (!run->hosts.ready)
        run->status = run->hosts.failed ? FPING_EXIT_UNKNOWN : FPING_EXIT_UNREACHABLE;
    check_source(run);
    tell_bad_names(run, run->format->warning);
    fping_out_release(run->page.out);
    fping_release(run);
}

void fping_targets_absorb(struct fping_run *run)
{
    struct fping_lookup *lookup;

    if (run->named)
        return;
    while ((lookup = fping_lookup_take(&run->lookups))) {
        absorb(run, lookup);
        fping_lookup_free(&run->lookups, lookup);
    }
    if (!run->lookups.pending)
        conclude(run);
}

int fping_targets_gather(struct fping_run *run)
{
    int status = fping_input(run->options, take, run);

    if (status < 0 && run->options->all)
        status = line_up_all(run);
    return status;
}
