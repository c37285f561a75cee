# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev coverage: which lines and branches the tests reach, and whether that is enough.
# Sourced by ../dev.
#
# The build has no assertions: what they say cannot happen is not to be reached. Nor has it the
# filter of system calls, under which the command could not write down what it went through;
# what has dropped to another user cannot either.

# cmd_coverage [--html] [SUITE...]: all suites that make a difference, or these.
cmd_coverage() {
    local dir=$BUILD/coverage html=() suites=(unit sim api e2e fping) as_root=() suite
    if [ "${1:-}" = --html ]; then
        html=(--html "$dir/html")
        shift
    fi
    [ $# -eq 0 ] || suites=("$@")
    can_be_root || die "most tests need root, or sudo"
    [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
    need_to_build
    need gcc gcovr iproute2 nftables util-linux libcap2-bin python3-pytest python3-scapy fping \
        iputils-ping
    CC=/usr/bin/gcc compile "$dir" all -Db_coverage=true -Db_ndebug=true -Doptimization=0 \
        -Dseccomp=disabled -Dexamples=false -Dbench=false -Dman=disabled \
        -Dc_args=-fprofile-update=atomic # threads count, too
    as_root+=(env GCOV_ERROR_FILE=/dev/null PYTHONDONTWRITEBYTECODE=1)
    "${as_root[@]}" find "$dir" -name '*.gcda' -delete
    for suite in "${suites[@]}"; do
        coverage_of "$suite"
    done
    "${as_root[@]}" "$PYTHON" "$ROOT/tools/coverage.py" "${html[@]}" "$ROOT" "$dir"
}

# coverage_of SUITE: runs it. Whether it passes is for ./dev test to say.
coverage_of() {
    local started=$SECONDS log=$dir/$1.log result
    case $1 in
    unit | sim | api)
        "${as_root[@]}" "$MESON" test -C "$dir" --no-rebuild --suite "$1" >"$log" 2>&1 || true
        result=$(awk '/^(Ok|Fail|Skipped|Timeout):/ && $2 > 0 { printf " %s %s", $1, $2 }' "$log")
        ;;
    *)
        "${as_root[@]}" MULTIPING="$dir/cli/multiping" TRUTH_BUILD="$dir" \
            timeout -s INT -k 30 900 "$PYTHON" -m pytest -q -p no:cacheprovider \
            --rootdir="$ROOT" "$ROOT/tests/$1" >"$log" 2>&1 </dev/null || true
        result=$(tail -n 1 "$log")
        ;;
    esac
    say "$1: $result ($((SECONDS - started)) s)"
}
