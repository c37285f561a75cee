# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Tests that pytest drives in network namespaces, at length. Sourced by faults.sh, torture.sh and
# truth.sh.

# shellcheck disable=SC2034 # those who source this file read it
COUNT= # what take_count has read
REST=() # and the arguments behind it

# take_count COMMAND OPTION DEFAULT [ARGUMENT...]: reads OPTION N if the arguments begin with it.
take_count() {
    local command=$1 option=$2
    COUNT=$3
    shift 3
    if [ "${1:-}" = "$option" ]; then
        [[ ${2:-} =~ ^[1-9][0-9]*$ ]] ||
            die "usage: ./dev $command [$option N] [PYTEST_ARGUMENT...]"
        COUNT=$2
        shift 2
    fi
    REST=("$@")
}

# run_campaign SUITE NAME=VALUE [PYTEST_ARGUMENT...]: builds, and runs tests/SUITE as root, with
# NAME in the environment.
run_campaign() {
    local suite=$1 setting=$2 as_root=()
    shift 2
    can_be_root || die "network namespaces need root, or sudo"
    [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
    need_to_build
    need iproute2 nftables procps util-linux python3-pytest fping iputils-ping
    compile "$(plain_dir)" all
    exec "${as_root[@]}" env PYTHONDONTWRITEBYTECODE=1 "$setting" TRUTH_BUILD="$(plain_dir)" \
        TORTURE_BUILD="$(plain_dir)" MULTIPING="$(plain_dir)/cli/multiping" \
        "$PYTHON" -m pytest -q -p no:cacheprovider "$ROOT/tests/$suite" "$@"
}
