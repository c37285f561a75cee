# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev truth: every verdict against the ledger of the simulated network. Sourced by ../dev.

cmd_truth() {
    local probes=10000000 as_root=()
    if [ "${1:-}" = --probes ]; then
        [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "usage: ./dev truth [--probes N] [PYTEST_ARGUMENT...]"
        probes=$2
        shift 2
    fi
    can_be_root || die "network namespaces need root, or sudo"
    [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
    need_to_build
    need iproute2 nftables util-linux python3-pytest fping iputils-ping
    compile "$(plain_dir)" all
    exec "${as_root[@]}" env PYTHONDONTWRITEBYTECODE=1 TRUTH_PROBES="$probes" \
        TRUTH_BUILD="$(plain_dir)" \
        "$PYTHON" -m pytest -q -p no:cacheprovider "$ROOT/tests/truth" "$@"
}
