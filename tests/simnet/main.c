/* SPDX-License-Identifier: Apache-2.0 */
/* A network of many millions of hosts behind a TUN device: see docs/simnet.md. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "simnet/control.h"
#include "simnet/device.h"
#include "simnet/fate.h"
#include "simnet/net.h"

enum { EXIT_USAGE = 2, MTU_MIN = 1280, MTU_MAX = 65535 };

struct options {
    const char *device, *ledger, *control;
    uint64_t seed, records;
    int mtu;
    bool here;
};

static void help(void)
{
    puts("Usage: simnet [OPTION]...\n"
         "\n"
         "Answers pings to 10.0.0.0/8 and fd00::/16 in this network namespace, through a TUN\n"
         "device, as the address says or as a seed makes it. Runs until it is ended.\n"
         "\n"
         "  --device NAME    of the device (default simnet0)\n"
         "  --mtu N          of the device (default 1500); longer packets are not answered\n"
         "  --seed N         of the weather (default 1)\n"
         "  --ledger FILE    write the truth about every request there\n"
         "  --records N      how many requests the ledger holds (default 1048576)\n"
         "  --control PATH   take orders on this Unix socket\n"
         "  --here           run even where other interfaces are up\n"
         "  --help           print this and exit\n"
         "\n"
         "What an address 10.F.P.H, or fd00:F:P::H (hexadecimal), does:");
    sn_class_help();
}

static int wrong(const char *what)
{
    fprintf(stderr, "simnet: %s; try --help\n", what);
    return EXIT_USAGE;
}

static int read_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret_value)
{
    char *end;

    errno = 0;
    *ret_value = strtoull(text, &end, 10);
    return *text < '0' || *text > '9' || *end || errno || *ret_value < min || *ret_value > max
               ? -EINVAL
               : 0;
}

/* 0 to go on, -1 after --help, else an exit code. */
static int take_option(struct options *options, int option)
{
    uint64_t number = 0;

    switch (option) {
    case 'd':
        options->device = optarg;
        return 0;
    case 'l':
        options->ledger = optarg;
        return 0;
    case 'c':
        options->control = optarg;
        return 0;
    case 'h':
        options->here = true;
        return 0;
    case 's':
        return read_number(optarg, 0, UINT64_MAX, &options->seed) ? wrong("bad --seed") : 0;
    case 'r':
        return read_number(optarg, 1, UINT64_C(1) << 32, &options->records) ? wrong("bad --records")
                                                                            : 0;
    case 'm':
        if (read_number(optarg, MTU_MIN, MTU_MAX, &number))
            return wrong("bad --mtu");
        options->mtu = (int)number;
        return 0;
    case '?':
        return EXIT_USAGE;
    default:
        help();
        return -1;
    }
}

static int read_options(struct options *options, int argc, char **argv)
{
    static const struct option table[] = {
        {"device", required_argument, NULL, 'd'},
        {"mtu", required_argument, NULL, 'm'},
        {"seed", required_argument, NULL, 's'},
        {"ledger", required_argument, NULL, 'l'},
        {"records", required_argument, NULL, 'r'},
        {"control", required_argument, NULL, 'c'},
        {"here", no_argument, NULL, 'h'},
        {"help", no_argument, NULL, 'H'},
        {NULL, 0, NULL, 0},
    };
    int option, r;

    while ((option = getopt_long(argc, argv, "", table, NULL)) != -1)
        if ((r = take_option(options, option)))
            return r;
    return optind < argc ? wrong("no arguments are wanted") : 0;
}

static int complain(const char *what, int err)
{
    fprintf(stderr, "simnet: cannot %s: %s\n", what, strerror(-err));
    return EXIT_FAILURE;
}

static int open_all(struct sn_net *net, struct sn_control *control, const struct options *options)
{
    uint64_t capacity = 1;
    const char *step = NULL;
    int r;

    while (capacity < options->records)
        capacity *= 2;
    if (options->ledger) {
        r = sn_ledger_create(&net->ledger, options->ledger, capacity, options->seed);
        if (r < 0)
            return complain("make the ledger", r);
        net->has_ledger = true;
    }
    if (options->control && (r = sn_control_open(control, options->control)) < 0)
        return complain("open the control socket", r);
    net->fd = sn_device_open(options->device, options->mtu, &step);
    return net->fd < 0 ? complain(step, net->fd) : 0;
}

/* Sleeps until there is something to do; false when it is time to end. */
static bool wait_for_work(const struct sn_net *net, const struct sn_control *control, int signals)
{
    struct pollfd fds[] = {{.fd = net->fd, .events = POLLIN},
                           {.fd = signals, .events = POLLIN},
                           {.fd = control->fd, .events = POLLIN}};
    int64_t due_ns = sn_queue_due_ns(&net->queue), left_ns = 0;
    struct timespec left;

    if (due_ns != INT64_MAX && (left_ns = due_ns - sn_now_ns()) < 0)
        left_ns = 0;
    left = (struct timespec){.tv_sec = left_ns / 1000000000, .tv_nsec = left_ns % 1000000000};
    if (ppoll(fds, 3, due_ns == INT64_MAX ? NULL : &left, NULL) < 0)
        return errno == EINTR;
    return !(fds[1].revents || fds[0].revents & POLLERR);
}

static void serve(struct sn_net *net, struct sn_control *control)
{
    sigset_t ends;
    int signals;

    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    signals = signalfd(-1, &ends, SFD_CLOEXEC);
    while (wait_for_work(net, control, signals)) {
        bool more = sn_net_read(net);

        sn_net_release(net);
        if (control->fd >= 0)
            sn_control_serve(control, net);
        if (!more && net->queue.n == 0)
            sn_control_quiet(control);
    }
    close(signals);
}

int main(int argc, char **argv)
{
    struct options options = {.device = "simnet0", .seed = 1, .records = 1 << 20, .mtu = 1500};
    struct sn_control control = {.fd = -1, .waiting = -1};
    struct sn_net net = {.fd = -1};
    int r = read_options(&options, argc, argv);

    if (r)
        return r < 0 ? EXIT_SUCCESS : r;
    if (!options.here && !sn_device_is_alone())
        return wrong("other interfaces are up here: use a namespace of its own, or --here");
    if ((r = open_all(&net, &control, &options)))
        return r;
    net.seed = options.seed;
    prctl(PR_SET_TIMERSLACK, 1000UL);
    puts("ready");
    fflush(stdout);
    serve(&net, &control);
    fprintf(stderr, "simnet: %" PRIu64 " requests, %" PRIu64 " replies\n", net.requests,
            net.replies);
    sn_queue_done(&net.queue);
    sn_ledger_close(&net.ledger);
    return EXIT_SUCCESS;
}
