# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev faults: forgeries, floods, flapping links, refused sends, stalls. Sourced by ../dev.

# cmd_faults [--seconds N] [PYTEST_ARGUMENT...]: each flood lasts N seconds.
cmd_faults() {
    local seconds=20 as_root=()
    if [ "${1:-}" = --seconds ]; then
        [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "usage: ./dev faults [--seconds N] [PYTEST_ARGUMENT...]"
        seconds=$2
        shift 2
    fi
    can_be_root || die "network namespaces need root, or sudo"
    [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
    need_to_build
    need iproute2 nftables util-linux python3-pytest fping iputils-ping
    compile "$(plain_dir)" all
    exec "${as_root[@]}" env PYTHONDONTWRITEBYTECODE=1 FAULT_SECONDS="$seconds" \
        TRUTH_BUILD="$(plain_dir)" MULTIPING="$(plain_dir)/cli/multiping" \
        "$PYTHON" -m pytest -q -p no:cacheprovider "$ROOT/tests/faults" "$@"
}
