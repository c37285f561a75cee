# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev truth: every verdict against the ledger of the simulated network. Sourced by ../dev.

. "$ROOT/tools/at_length.sh"

# cmd_truth [--probes N] [PYTEST_ARGUMENT...]
cmd_truth() {
    take_count truth --probes 10000000 "$@"
    run_campaign truth TRUTH_PROBES="$COUNT" "${REST[@]}"
}
