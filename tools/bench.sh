# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev bench: builds for use and measures beside the floor and the peers. Sourced by ../dev.

need_to_bench() {
    need_to_build
    need python3 iproute2 strace fping oping zmap golang-go golang-github-go-ping-ping-dev
}

# The peer that is a library: a program that uses it, from what Debian has of it.
compile_goping() {
    quietly "$1/goping.log" env GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$1/go-cache" \
        go build -o "$1/bench/bench_goping" "$ROOT/bench/peer_goping.go"
}

# cmd_bench [--list] [--runs N] [NAME...]
cmd_bench() {
    local dir=$BUILD/bench as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        can_be_root || die "the bench makes network namespaces: it needs root, or sudo"
        as_root=(sudo -n)
    fi
    need_to_bench
    quiet_please
    compile "$dir" bench --buildtype=release -Doptimization=2 -Dtests=false -Dexamples=false
    compile_goping "$dir"
    ln -sf multiping "$dir/cli/multiping-fping" # what it is under fping's name
    "${as_root[@]}" env PYTHONDONTWRITEBYTECODE=1 "$PYTHON" "$ROOT/bench/bench.py" \
        --programs "$dir/bench" --command "$dir/cli" --json "$dir/bench.json" "$@"
}
