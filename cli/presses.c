/* SPDX-License-Identifier: Apache-2.0 */
#include "presses.h"

#include <errno.h>
#include <unistd.h>

enum {
    READ_BYTES = 65536,
    STEP = 4096, /* targets that are dealt with before signals are looked at again */
};

int cli_presses_read(struct cli_presses *presses)
{
    static char data[READ_BYTES];
    ssize_t n = read(STDIN_FILENO, data, sizeof(data));

    for (ssize_t i = 0; i < n; i++)
        presses->n += data[i] == '\n';
    if (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)))
        return 0;
    presses->listening = false;
    return n < 0 ? -errno : 0;
}

/* A target that has ended refuses: there is nothing to do about it. */
bool cli_presses_send(struct cli_presses *presses, const struct cli_targets *targets)
{
    for (int i = 0; i < STEP && presses->n > presses->sent; i++) {
        if (presses->next < targets->n)
            mping_send(targets->all[presses->next++]);
        if (presses->next == targets->n) {
            presses->next = 0;
            presses->sent++;
        }
    }
    return presses->n > presses->sent;
}

/* The verdicts of a target that has made a probe, or given up on it, for each press; else -1. */
static int64_t verdicts_of(struct mping_target *target, uint64_t probes)
{
    struct mping_stats stats = {0};
    uint64_t made;

    mping_target_stats(target, &stats, sizeof(stats), 0);
    made = stats.sent + stats.resolve_errors;
    return stats.pending == 0 && made >= probes ? (int64_t)made : -1;
}

enum cli_presses_end cli_presses_end(struct cli_presses *presses, const struct cli_targets *targets,
                                     uint64_t count, uint64_t told)
{
    uint64_t probes = count > 0 && presses->n > count ? count : presses->n;

    if (presses->listening || presses->sent < presses->n)
        return CLI_PRESSES_OPEN;
    for (int i = 0; i < STEP && presses->targets_ended < targets->n; i++) {
        int64_t verdicts = verdicts_of(targets->all[presses->targets_ended], probes);

        if (verdicts < 0)
            return CLI_PRESSES_OPEN;
        presses->verdicts += (uint64_t)verdicts;
        presses->targets_ended++;
    }
    if (presses->targets_ended < targets->n)
        return CLI_PRESSES_GOING_ON;
    return told < presses->verdicts ? CLI_PRESSES_OPEN : CLI_PRESSES_OVER;
}
