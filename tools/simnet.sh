# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev simnet: runs the simulated network in a namespace of its own. Sourced by ../dev.

SIMNET_SPACE=

remove_space() {
    as_root ip netns del "$SIMNET_SPACE" 2>/dev/null || true
}

cmd_simnet() {
    local program code=0
    build_plain tests/simnet/simnet
    program=$(plain_dir)/tests/simnet/simnet
    case " $* " in
    *" --help "* | *" --here "*) exec "$program" "$@" ;;
    esac
    can_be_root || die "network namespaces need root, or sudo"
    need iproute2
    SIMNET_SPACE=simnet
    as_root ip netns add "$SIMNET_SPACE" ||
        die "is another one running? ip netns del $SIMNET_SPACE removes what it has left"
    trap remove_space EXIT
    as_root ip -netns "$SIMNET_SPACE" link set lo up
    say "ping with: ip netns exec $SIMNET_SPACE $(plain_dir)/cli/multiping 10.1.0.1 10.64.0.1"
    say "Ctrl-C ends it"
    trap : INT TERM # it is the program that ends; then the namespace is removed
    as_root ip netns exec "$SIMNET_SPACE" "$program" "$@" || code=$?
    exit "$code"
}
