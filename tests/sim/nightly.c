/* SPDX-License-Identifier: Apache-2.0 */
#include "nightly.h"

#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim.h"

enum { JOBS_MAX = 256, TELL_SECONDS = 10, LINKS_EVERY = 4 };

/* What the processes have done so far, in memory that they share. */
struct progress {
    _Atomic uint64_t probes, verdicts, seeds, failed;
    _Atomic long memory_kb; /* of the largest process, at its peak */
};

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static long peak_kb(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void run(const struct nightly *n, struct progress *p, struct sim *sim, uint64_t seed)
{
    if (!sim_run(sim, seed, n->probes, false)) {
        printf("not ok: seed %" PRIu64 ": %s: %s\n# again: ./dev sim --seed %" PRIu64
               " --probes %" PRIu64 " --trace\n",
               seed, sim->scenario.name, sim->fault, seed, n->probes);
        fflush(stdout);
        p->failed++;
    }
    p->probes += sim->made;
    p->verdicts += sim->oracle.verdicts;
}

/*
 * One process: every jobs-th seed, until all of them together have made enough; every fourth with
 * troubles of links as well.
 */
static void work(const struct nightly *n, struct progress *p, unsigned job)
{
    struct sim *sim = malloc(sizeof(*sim));

    if (!sim)
        abort();
    for (uint64_t seed = n->seed + job; p->probes < n->total; seed += n->jobs) {
        run(n, p, sim, seed);
        if (seed % LINKS_EVERY == 0 && seed < LINK_SEEDS)
            run(n, p, sim, LINK_SEEDS + seed);
        p->seeds++;
        if (peak_kb() > p->memory_kb)
            p->memory_kb = peak_kb();
    }
    free(sim);
}

static void tell(const struct nightly *n, struct progress *p, double took)
{
    double rate = (double)p->probes / took;
    uint64_t left = p->probes < n->total ? n->total - p->probes : 0;

    printf("# %" PRIu64 " probes, %" PRIu64 " verdicts, %" PRIu64 " seeds, %" PRIu64
           " failed, %.0f probes/s, %ld MB, %.0f s to go\n",
           p->probes, p->verdicts, p->seeds, p->failed, rate, p->memory_kb / 1024,
           rate > 0 ? (double)left / rate : 0);
    fflush(stdout);
}

/* Waits for all of them; false if one has crashed. */
static bool watch(const struct nightly *n, struct progress *p, unsigned jobs)
{
    double began = seconds(), told = began;
    bool fine = true;

    while (jobs > 0) {
        int status;
        pid_t done = waitpid(-1, &status, WNOHANG);

        if (done > 0) {
            jobs--;
            fine = fine && WIFEXITED(status) && WEXITSTATUS(status) == 0;
            continue;
        }
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
        if (seconds() - told >= (double)TELL_SECONDS) {
            told = seconds();
            tell(n, p, told - began);
        }
    }
    tell(n, p, seconds() - began);
    return fine;
}

int nightly_run(const struct nightly *nightly)
{
    struct nightly n = *nightly;
    struct progress *p =
        mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    unsigned jobs = 0;
    bool fine;

    if (p == MAP_FAILED)
        return 1;
    if (n.jobs > JOBS_MAX)
        n.jobs = JOBS_MAX;
    fflush(stdout);
    for (; jobs < n.jobs; jobs++) {
        pid_t child = fork();

        if (child < 0)
            break;
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGTERM); /* who ends the first process ends them all */
            work(&n, p, jobs);
            _exit(0);
        }
    }
    fine = watch(&n, p, jobs) && jobs == n.jobs && p->failed == 0 && p->probes >= n.total;
    printf("%s - %" PRIu64 " probes\n", fine ? "ok" : "not ok", p->probes);
    munmap(p, sizeof(*p));
    return fine ? 0 : 1;
}
