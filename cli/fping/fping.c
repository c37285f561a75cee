/* SPDX-License-Identifier: Apache-2.0 */
#include "fping/fping.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <multiping/multiping.h>

#include "base/address.h"
#include "fping/options.h"
#include "fping/out.h"
#include "fping/run.h"
#include "fping/status.h"
#include "process/privileges.h"
#include "targets/source.h"

#define QUIET_INTERVAL_MIN_NS INT64_C(1000000)
#define QUIET_DELAY_MAX_NS INT64_C(50000000)

static int refuse_socket(const struct fping_options *o)
{
    (void)fprintf(stderr, "%s: can't create socket (must run as root?)\n", o->program);
    return FPING_EXIT_SYSTEM;
}

/*
 * With -q nothing is shown before the end, and nobody waits for a reply: they are read when the
 * next pings leave. Not with -x and -X, which end a run early.
 */
static int64_t read_delay_ns(const struct fping_options *o)
{
    bool counts = o->mode == FPING_MODE_COUNT || o->mode == FPING_MODE_LOOP;

    if (!o->quiet || !counts || o->show_alive || o->show_pings || o->fast_reachable ||
        o->interval_ns < QUIET_INTERVAL_MIN_NS)
        return 0;
    return 2 * o->interval_ns < QUIET_DELAY_MAX_NS ? 2 * o->interval_ns : QUIET_DELAY_MAX_NS;
}

static int open_engine(const struct fping_options *o, struct mping **ret_engine)
{
    struct mping_opts opts;
    int err;

    mping_opts_init(&opts, sizeof(opts));
    opts.mark = (uint32_t)o->mark;
    opts.read_delay_ns = read_delay_ns(o);
    err = mping_new(ret_engine, &opts);
    if (err == 0)
        err = mping_open(*ret_engine, o->family == AF_INET6 ? AF_INET6 : AF_UNSPEC);
    if (err == 0 && o->family == AF_INET6)
        (void)mping_open(*ret_engine, AF_INET); /* mapped addresses are of IPv6, and pinged by it */
    if (err == MPING_ENOMEM)
        return FPING_NO_MEMORY;
    if (err < 0)
        return refuse_socket(o);
    return -1;
}

/* Nobody is at a mapped address: those of IPv4 pings are written in IPv4's form. */
static int source_error(const struct mping_addr *source)
{
    if (source->family == AF_INET6 && mping_ip6_is_mapped(source->ip))
        return -EADDRNOTAVAIL;
    return source->family ? app_source_check(source) : 0;
}

bool cli_is_fping(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;

    return strncmp(name, "fping", 5) == 0 || strcmp(name, "multiping-fping") == 0;
}

int cli_fping_main(int argc, char **argv)
{
    struct fping_options options;
    struct mping *engine = NULL;
    int status;

    (void)signal(SIGPIPE, SIG_DFL);
    app_privileges_raise();
    status = fping_options_parse(&options, argc, argv);
    if (status < 0)
        status = open_engine(&options, &engine);
    if (status < 0)
        status = fping_options_check(&options);
    if (status < 0 && app_privileges_drop() < 0)
        status = FPING_EXIT_SYSTEM;
    for (int v6 = 0; status < 0 && v6 < 2 && !options.source_error; v6++)
        options.source_error = source_error(&options.sources[v6]);
    if (status < 0)
        status = fping_run(&options, engine);
    mping_free(engine);
    if (status == FPING_NO_MEMORY) {
        (void)fprintf(stderr, "%s: out of memory\n", options.program);
        status = FPING_EXIT_SYSTEM;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) /* -h and -v; all else goes through out.h */
        status = fping_write_error(options.program, errno);
    fping_options_done(&options);
    return status;
}
