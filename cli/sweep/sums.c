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

void cli_sweep_line(struct app_text *text, const struct cli_sweep_sums *sums)
{
    uint64_t done = cli_sweep_done(sums);

    app_text_add(text, "total: ");
    app_text_count(text, sums->targets);
    app_text_add(text, sums->targets == 1 ? " target, asked " : " targets, asked ");
    app_text_count(text, done - sums->fates[CLI_FATE_EXCLUDED] - sums->fates[CLI_FATE_REFUSED] -
                             sums->fates[CLI_FATE_UNRESOLVED]);
    for (int fate = 0; fate < CLI_FATE_COUNT; fate++) {
        app_text_add(text, ", ");
        app_text_add(text, fate_names[fate]);
        app_text_char(text, ' ');
        app_text_count(text, sums->fates[fate]);
    }
    if (done < sums->targets) {
        app_text_add(text, ", not done ");
        app_text_count(text, sums->targets - done);
    }
    app_text_add(text, ", probes ");
    app_text_count(text, sums->sent);
    app_text_add(text, ", drops ");
    app_text_count(text, sums->drops);
    app_text_add(text, ", ");
    app_text_fixed(text, (uint64_t)sums->elapsed_ns / 1000000, 3);
    app_text_add(text, " s\n");
}
