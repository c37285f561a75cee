# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev faults: forgeries, floods, flapping links, refused sends, stalls. Sourced by ../dev.

. "$ROOT/tools/at_length.sh"

# cmd_faults [--seconds N] [PYTEST_ARGUMENT...]: each flood lasts N seconds.
cmd_faults() {
    take_count faults --seconds 20 "$@"
    run_campaign faults FAULT_SECONDS="$COUNT" "${REST[@]}"
}
