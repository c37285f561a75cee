# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev torture: memory that runs out, system calls and streams that fail, names that are slow, and
# storms of signals. Sourced by ../dev.

. "$ROOT/tools/at_length.sh"

# cmd_torture [PYTEST_ARGUMENT...]
cmd_torture() {
    run_campaign torture TORTURE_FULL=1 "$@"
}
