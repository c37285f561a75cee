/* SPDX-License-Identifier: Apache-2.0 */
/* The simulation: seed after seed, one TAP point each. */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nightly.h"
#include "sim.h"
#include "tap.h"

enum {
    AGAIN_EVERY = 10, /* seeds: one of these is run twice */
    NIGHTLY_PROBES = 20000,
    LINKS_USUAL = 60,
};

struct options {
    uint64_t seeds, seed, probes, total, jobs;
    bool one, trace, verbose;
    bool found; /* with what once broke a rule */
};

void sim_fail(struct sim *sim, const char *format, ...)
{
    size_t len;
    va_list args;

    if (sim->failed)
        return;
    sim->failed = true;
    len = (size_t)snprintf(sim->fault, sizeof(sim->fault),
                           "at %.9f s: ", (double)sim->world.now_ns / 1e9);
    va_start(args, format);
    vsnprintf(sim->fault + len, sizeof(sim->fault) - len, format, args);
    va_end(args);
}

void sim_trace(const struct sim *sim, const char *format, ...)
{
    va_list args;

    if (!sim->trace)
        return;
    printf("# %.9f ", (double)sim->world.now_ns / 1e9);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

void sim_hash(struct sim *sim, const void *data, size_t len)
{
    const uint8_t *p = data;
    uint64_t word;

    for (; len >= sizeof(word); p += sizeof(word), len -= sizeof(word)) {
        memcpy(&word, p, sizeof(word));
        sim->hash = prf_mix(sim->hash ^ word) + sim->hash;
    }
    while (len-- > 0)
        sim->hash = prf_mix(sim->hash ^ *p++);
}

/* Runs one seed and, now and then, a second time: it must be the same to the last bit. */
static void run_seed(struct sim *sim, uint64_t seed, const struct options *options)
{
    bool passed = sim_run(sim, seed, options->probes, options->trace);
    uint64_t hash = sim->hash;

    if (passed && !options->trace && seed % AGAIN_EVERY == 0) {
        passed = sim_run(sim, seed, options->probes, false);
        if (passed && sim->hash != hash) {
            passed = false;
            sim_fail(sim, "another trace at the second run: %016llx after %016llx",
                     (unsigned long long)sim->hash, (unsigned long long)hash);
        }
    }
    ok(passed, "seed %llu: %s, %llu probes, %llu verdicts", (unsigned long long)seed,
       sim->scenario.name, (unsigned long long)sim->made, (unsigned long long)sim->oracle.verdicts);
    if (!passed) {
        diag("%s", sim->fault);
        diag("again: ./dev sim --seed %llu --probes %llu --trace", (unsigned long long)seed,
             (unsigned long long)options->probes);
    }
    if (options->verbose)
        diag("trace hash %016llx, %llu lost in spite of drops", (unsigned long long)hash,
             (unsigned long long)sim->oracle.overruled);
}

static void usage(FILE *out)
{
    fputs("usage: sim [--seeds N] [--seed S] [--probes N] [--trace] [--verbose]\n"
          "       sim --nightly [--total N] [--seed S] [--probes N] [--jobs N]\n\n"
          "  --seeds N   run N seeds (200, some that once broke a rule, and 60 whose links\n"
          "              have troubles: those from 2^50 on)\n"
          "  --seed S    begin with seed S; without --seeds run it alone\n"
          "  --probes N  about how many probes per seed (5000)\n"
          "  --trace     print every packet and event\n"
          "  --verbose   print the hash of each trace\n"
          "  --nightly   seed after seed on all cores, with 20000 probes each, and every\n"
          "              fourth of them once more with troubles of links (2^50 + S)\n"
          "  --total N   until so many probes have been made (1000000000)\n"
          "  --jobs N    on so many cores\n",
          out);
}

static uint64_t number(const char *text)
{
    char *end;
    unsigned long long n;

    errno = 0;
    n = strtoull(text, &end, 10);
    if (errno || *end || end == text || *text == '-') {
        fprintf(stderr, "sim: %s: not a number\n", text);
        exit(2);
    }
    return n;
}

static int run_nightly(const struct options *options)
{
    long cores = options->jobs ? (long)options->jobs : sysconf(_SC_NPROCESSORS_ONLN);
    const struct nightly nightly = {.total = options->total,
                                    .probes = options->probes,
                                    .seed = options->seed,
                                    .jobs = cores > 0 ? (unsigned)cores : 1};

    return nightly_run(&nightly);
}

/* Worlds whose links have troubles. */
static void run_links(struct sim *sim, const struct options *options)
{
    for (uint64_t i = 0; i < LINKS_USUAL; i++)
        run_seed(sim, LINK_SEEDS + i, options);
}

/* What nightly runs have found. */
static void run_found(struct sim *sim, const struct options *options)
{
    static const uint64_t seeds[] = {212, 671, 2071, 3359, 6713, 8138, 17535, 22407, 26405, 100127};
    struct options o = *options;

    o.probes = NIGHTLY_PROBES;
    for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++)
        run_seed(sim, seeds[i], &o);
}

static struct options parse(int argc, char **argv)
{
    static const struct option table[] = {
        {"seeds", required_argument, NULL, 'n'},  {"seed", required_argument, NULL, 's'},
        {"probes", required_argument, NULL, 'p'}, {"trace", no_argument, NULL, 't'},
        {"verbose", no_argument, NULL, 'v'},      {"nightly", no_argument, NULL, 'm'},
        {"total", required_argument, NULL, 'a'},  {"jobs", required_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
    };
    struct options options = {0};
    bool nightly = false;
    int option;

    while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
        switch (option) {
        case 'n':
            options.seeds = number(optarg);
            break;
        case 's':
            options.seed = number(optarg);
            options.one = true;
            break;
        case 'p':
            options.probes = number(optarg);
            break;
        case 't':
            options.trace = true;
            break;
        case 'v':
            options.verbose = true;
            break;
        case 'm':
            nightly = true;
            break;
        case 'a':
            nightly = true;
            options.total = number(optarg);
            break;
        case 'j':
            options.jobs = number(optarg);
            break;
        case 'h':
            usage(stdout);
            exit(0);
        default:
            usage(stderr);
            exit(2);
        }
    }
    options.found = !options.seeds && !options.one;
    if (!options.seeds)
        options.seeds = options.one ? 1 : 200;
    if (nightly && !options.total)
        options.total = UINT64_C(1000000000);
    if (!options.probes)
        options.probes = nightly ? NIGHTLY_PROBES : 5000;
    return options;
}

int main(int argc, char **argv)
{
    const struct options options = parse(argc, argv);
    struct sim *sim;

    if (options.total)
        return run_nightly(&options);
    sim = malloc(sizeof(*sim));
    if (!sim)
        return 1;
    if (options.found) {
        run_found(sim, &options);
        run_links(sim, &options);
    }
    for (uint64_t i = 0; i < options.seeds; i++)
        run_seed(sim, options.seed + i, &options);
    free(sim);
    return done_testing();
}
