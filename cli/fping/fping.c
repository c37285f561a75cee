/* SPDX-License-Identifier: Apache-2.0 */
#include "fping.h"

#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <multiping/multiping.h>

#include "options.h"
#include "privileges.h"
#include "run.h"
#include "source.h"

#define QUIET_INTERVAL_MIN_NS INT64_C(1000000)
#define QUIET_DELAY_MAX_NS INT64_C(50000000)

/* In fping's words; -q keeps them back. */
static int refuse_socket(const struct fping_options *o)
{
    if (!o->quiet)
        (void)fprintf(stderr, "%s: can't create socket (must run as root?)\n", o->program);
    return FPING_EXIT_SYSTEM;
}

static int find_interface(struct fping_options *o)
{
    if (!o->iface)
        return -1;
    o->ifindex = if_nametoindex(o->iface);
    if (o->ifindex)
        return -1;
    (void)fprintf(stderr, "binding to specific interface (SO_BINDTODEVICE): %s\n",
                  mping_strerror(-ENODEV));
    return FPING_EXIT_UNREACHABLE;
}

static int check_source(const struct fping_options *o)
{
    int err = o->source ? cli_source_check(&o->source_addr) : 0;

    if (err == 0)
        return -1;
    (void)fprintf(stderr, "%s: cannot bind source address : %s\n", o->program, mping_strerror(err));
    return FPING_EXIT_SYSTEM;
}

/* Whether we may set a firewall mark; without the right fping goes on unmarked. */
static uint32_t allowed_mark(const struct fping_options *o)
{
    uint32_t mark = (uint32_t)o->mark;
    int fd, r;

    if (!mark)
        return 0;
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    r = setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark));
    if (r < 0)
        (void)fprintf(stderr, "fwmark ipv4: %s\nfwmark ipv6: %s\n", mping_strerror(-errno),
                      mping_strerror(-errno));
    if (fd >= 0)
        close(fd);
    return r < 0 ? 0 : mark;
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
    opts.mark = allowed_mark(o);
    opts.read_delay_ns = read_delay_ns(o);
    err = mping_new(ret_engine, &opts);
    if (err == 0)
        err = mping_open(*ret_engine, o->family == AF_INET6 ? AF_INET6 : AF_UNSPEC);
    if (err == MPING_ENOMEM)
        return FPING_NO_MEMORY;
    return err < 0 ? refuse_socket(o) : -1;
}

int fping_write_error(const struct fping_options *o, int error)
{
    (void)fprintf(stderr, "%s: write error: %s\n", o->program, mping_strerror(-error));
    return FPING_EXIT_SYSTEM;
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
    int status = fping_options_parse(&options, argc, argv);

    (void)signal(SIGPIPE, SIG_DFL);
    if (status < 0)
        status = find_interface(&options);
    if (status < 0) {
        cli_privileges_raise();
        status = open_engine(&options, &engine);
    }
    if (status < 0 && cli_privileges_drop() < 0)
        status = FPING_EXIT_SYSTEM;
    if (status < 0)
        status = check_source(&options);
    if (status < 0)
        status = fping_run(&options, engine);
    mping_free(engine);
    if (status == FPING_NO_MEMORY) {
        (void)fprintf(stderr, "%s: out of memory\n", options.program);
        status = FPING_EXIT_SYSTEM;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) /* -h and -v; all else goes through out.h */
        status = fping_write_error(&options, errno);
    fping_options_done(&options);
    return status;
}
