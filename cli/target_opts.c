/* SPDX-License-Identifier: Apache-2.0 */
#include "target_opts.h"

#include <errno.h>
#include <net/if.h>
#include <sys/socket.h>

#include "base/address.h"
#include "process/problem.h"
#include "targets/range/range.h"
#include "targets/source.h"

int cli_family(const struct cli_settings *settings)
{
    static const int families[] = {
        [CLI_FAMILY_ANY] = AF_UNSPEC,
        [CLI_FAMILY_IPV4] = AF_INET,
        [CLI_FAMILY_IPV6] = AF_INET6,
    };

    return families[settings->family];
}

void cli_engine_opts(struct mping_opts *ret_opts, const struct cli_settings *settings)
{
    static const int32_t kinds[] = {
        [CLI_SOCKETS_AUTO] = MPING_SOCKET_AUTO,
        [CLI_SOCKETS_RAW] = MPING_SOCKET_RAW,
        [CLI_SOCKETS_PING] = MPING_SOCKET_PING,
    };

    mping_opts_init(ret_opts, sizeof(*ret_opts));
    ret_opts->socket_kind = kinds[settings->sockets];
    ret_opts->io_threads = (uint32_t)settings->io_threads;
    ret_opts->workers = (int32_t)settings->workers;
    ret_opts->buffer = (uint32_t)settings->buffer;
    ret_opts->rate_pps = (uint32_t)settings->rate_pps;
    ret_opts->mark = (uint32_t)settings->mark;
    ret_opts->flags = settings->broadcast ? MPING_ENGINE_BROADCAST : 0;
}

static int complain_of_address(const char *before, const char *address, const char *problem)
{
    char after[APP_COMPLAINT_MAX / 2];
    struct app_text text = app_text_init(after, sizeof(after));

    app_text_add(&text, "\": ");
    app_text_add(&text, problem);
    return app_complain(before, address, text.data);
}

static int set_source(struct mping_target_opts *opts, const char *source)
{
    const char *problem = mping_addr_problem(source);

    if (problem != NULL)
        return complain_of_address("the source \"", source, problem);
    if (mping_addr_parse(&opts->source, source) < 0)
        return app_complain("\"", source, "\" is not an address to send from");
    mping_addr_unmap(&opts->source);
    if (opts->family != AF_UNSPEC && opts->source.family != opts->family)
        return app_complain("the source ", source, " is not of the wanted address family");
    if (app_source_check(&opts->source) == -EADDRNOTAVAIL)
        return app_complain("the source ", source, " is no address of this machine");
    return 0;
}

static int set_way(struct mping_target_opts *opts, const struct cli_settings *settings)
{
    const char *source = settings->source, *interface = settings->interface;
    struct mping_addr addr;

    if (interface != NULL && mping_addr_parse(&addr, interface) == 0) {
        if (source != NULL)
            return app_complain("-I with the address ", interface, " and -S exclude each other");
        source = interface;
        interface = NULL;
    }
    if (interface != NULL && (opts->ifindex = if_nametoindex(interface)) == 0)
        return mping_addr_problem(interface) != NULL
                   ? complain_of_address("the source \"", interface, mping_addr_problem(interface))
                   : app_complain("there is no interface \"", interface, "\"");
    return source != NULL ? set_source(opts, source) : 0;
}

static void set_pace(struct mping_target_opts *opts, const struct cli_settings *settings)
{
    opts->count = (uint64_t)settings->count;
    opts->interval_ns = settings->interval_ns;
    opts->timeout_ns = settings->timeout_ns;
    if (settings->flood)
        opts->interval_ns = 0; /* with the library's own window, 1 */
    else if (settings->manual)
        opts->interval_ns = MPING_INTERVAL_MANUAL;
    else
        opts->window = (uint32_t)settings->window;
    opts->attempts = (uint32_t)settings->attempts;
    opts->backoff = settings->backoff;
    opts->re_resolve_every = (uint32_t)settings->re_resolve_every;
}

/* A run that only its user ends can wait for names that do not resolve yet. */
bool cli_waits_for_names(const struct cli_settings *settings)
{
    return settings->count == 0 && settings->attempts == 0 && !settings->manual &&
           !settings->sweep && settings->output != CLI_OUTPUT_NAGIOS;
}

int cli_target_opts(struct mping_target_opts *ret_opts, const struct cli_settings *settings)
{
    mping_target_opts_init(ret_opts, sizeof(*ret_opts));
    ret_opts->family = cli_family(settings);
    set_pace(ret_opts, settings);
    ret_opts->flags = MPING_FLAG_RETRY_SEND; /* a network that is down may come up again */
    if (settings->random_delay)
        ret_opts->flags |= MPING_FLAG_RAND_DELAY;
    if (settings->re_resolve_every > 0)
        ret_opts->flags |= MPING_FLAG_RETRY_RESOLVE;
    if (cli_waits_for_names(settings))
        ret_opts->flags |= MPING_FLAG_RETRY_RESOLVE | MPING_FLAG_WAIT_RESOLVE;
    if (settings->df)
        ret_opts->flags |= MPING_FLAG_DF;
    ret_opts->payload_bytes = (uint32_t)settings->payload_bytes;
    ret_opts->ttl = (int32_t)settings->ttl;
    ret_opts->tos = (int32_t)settings->tos;
    return set_way(ret_opts, settings);
}
