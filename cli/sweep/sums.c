/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep/sums.h"

static const char *const fate_names[CLI_FATE_COUNT] = {
    [CLI_FATE_ALIVE] = "alive",
    [CLI_FATE_LOST] = "lost",
    [CLI_FATE_UNREACHABLE] = "unreachable",
    [CLI_FATE_UNKNOWN] = "unknown",
    [CLI_FATE_SEND_ERROR] = "send errors",
    [CLI_FATE_UNRESOLVED] = "unresolved",
    [CLI_FATE_EXCLUDED] = "excluded",
    [CLI_FATE_REFUSED] = "refused",
};

uint64_t cli_sweep_done(const struct cli_sweep_sums *sums)
{
    uint64_t done = 0;

    for (int fate = 0; fate < CLI_FATE_COUNT; fate++)
        done += sums->fates[fate];
    return done;
}

void cli_sweep_line(struct cli_text *text, const struct cli_sweep_sums *sums)
{
    uint64_t done = cli_sweep_done(sums);

    cli_text_add(text, "total: ");
    cli_text_count(text, sums->targets);
    cli_text_add(text, sums->targets == 1 ? " target, asked " : " targets, asked ");
    cli_text_count(text, done - sums->fates[CLI_FATE_EXCLUDED] - sums->fates[CLI_FATE_REFUSED] -
                             sums->fates[CLI_FATE_UNRESOLVED]);
    for (int fate = 0; fate < CLI_FATE_COUNT; fate++) {
        cli_text_add(text, ", ");
        cli_text_add(text, fate_names[fate]);
        cli_text_char(text, ' ');
        cli_text_count(text, sums->fates[fate]);
    }
    if (done < sums->targets) {
        cli_text_add(text, ", not done ");
        cli_text_count(text, sums->targets - done);
    }
    cli_text_add(text, ", probes ");
    cli_text_count(text, sums->sent);
    cli_text_add(text, ", drops ");
    cli_text_count(text, sums->drops);
    cli_text_add(text, ", ");
    cli_text_fixed(text, (uint64_t)sums->elapsed_ns / 1000000, 3);
    cli_text_add(text, " s\n");
}
