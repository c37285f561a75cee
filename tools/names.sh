# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev names: what names lead to beside getaddrinfo(), in every setup. Sourced by ../dev.

. "$ROOT/tools/at_length.sh"

# cmd_names [PYTEST_ARGUMENT...]
cmd_names() {
    need python3-scapy
    run_campaign e2e/test_names_matrix.py NAMES_MATRIX=all "$@"
}
