# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev torture: memory that runs out, system calls that fail, names that are slow. Sourced by
# ../dev.

cmd_torture() {
    local as_root=()
    can_be_root || die "network namespaces need root, or sudo"
    [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
    need_to_build
    need iproute2 nftables procps python3-pytest util-linux
    compile "$(plain_dir)" all
    exec "${as_root[@]}" env PYTHONDONTWRITEBYTECODE=1 TORTURE_FULL=1 \
        TORTURE_BUILD="$(plain_dir)" \
        "$PYTHON" -m pytest -q -p no:cacheprovider "$ROOT/tests/torture" "$@"
}
