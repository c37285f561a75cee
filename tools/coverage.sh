# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev coverage: which lines and branches the tests reach, and whether that is enough.
# Sourced by ../dev.
#
# The build has no assertions: what they say cannot happen is not to be reached. All else is as
# in any build, the filter of system calls as well, so every test has to pass here, too.

COVERAGE_DIR=    # where it is built and counted
COVERAGE_ROOT=() # what to put before commands that need root

need_to_cover() {
    need_to_build
    need gcc gcovr iproute2 nftables util-linux libcap2-bin procps python3-pytest python3-scapy \
        python3-jsonschema python3-prometheus-client python3-pyte tmux fping \
        monitoring-plugins-standard smokeping iputils-ping zsh fish
}

# A directory that every user can get to, as some tests have the command run by nobody. In its
# own build directory, if the way there is open.
find_coverage_dir() {
    local dir=$BUILD/gcov
    mkdir -p "$dir"
    if ! "${COVERAGE_ROOT[@]}" setpriv --reuid=65534 --regid=65534 --clear-groups \
        test -x "$dir"; then
        dir=/var/tmp/multiping-coverage-$(id -u)-$(cksum <<<"$ROOT" | cut -d' ' -f1)
        mkdir -p "$dir"
        [ -O "$dir" ] || die "$dir belongs to somebody else"
    fi
    COVERAGE_DIR=$dir
}

# An empty file of counts beside each object, open to everybody: whoever the command has become
# when it ends, it can add what it has been through.
open_counts() {
    "${COVERAGE_ROOT[@]}" find "$COVERAGE_DIR" -name '*.gcda' -delete
    "${COVERAGE_ROOT[@]}" find "$COVERAGE_DIR" -type d -exec chmod a+x {} +
    find "$COVERAGE_DIR" -name '*.gcno' | sed 's/gcno$/gcda/' |
        "${COVERAGE_ROOT[@]}" xargs -d '\n' sh -c 'touch "$@" && chmod a+rw "$@"' sh
    : >"$COVERAGE_DIR/gcov.log"
    chmod a+rw "$COVERAGE_DIR/gcov.log"
}

# cmd_coverage [--html] [SUITE...]: all suites that make a difference, or these.
cmd_coverage() {
    local html='' suites=(unit api sim e2e fping faults) started=$SECONDS code=0
    if [ "${1:-}" = --html ]; then
        html=$1
        shift
    fi
    [ $# -eq 0 ] || suites=("$@")
    can_be_root || die "most tests need root, or sudo"
    [ "$(id -u)" -eq 0 ] || COVERAGE_ROOT=(sudo -n)
    need_to_cover
    find_coverage_dir
    CC=/usr/bin/gcc compile "$COVERAGE_DIR" all -Db_coverage=true -Db_ndebug=true \
        -Doptimization=0 -Dexamples=false -Dbench=false -Dman=disabled \
        -Dc_args=-fprofile-update=atomic # threads count, too
    open_counts
    COVERAGE_ROOT+=(env GCOV_ERROR_FILE="$COVERAGE_DIR/gcov.log" PYTHONDONTWRITEBYTECODE=1)
    run_coverage_suites "${suites[@]}" || code=1
    "${COVERAGE_ROOT[@]}" find "$COVERAGE_DIR" -name '*.gcda' -empty -delete
    [ ! -s "$COVERAGE_DIR/gcov.log" ] || { tail -n 5 "$COVERAGE_DIR/gcov.log" && code=1; }
    "${COVERAGE_ROOT[@]}" "$PYTHON" "$ROOT/tools/coverage.py" \
        ${html:+--html "$COVERAGE_DIR/html"} "$ROOT" "$COVERAGE_DIR" || code=1
    say "coverage: $([ "$code" -eq 0 ] && echo enough || echo failed), $((SECONDS - started)) s"
    return "$code"
}

# Programs beside what pytest drives: either mostly waits. On a busy machine some test may miss
# its time that way; so what has failed is run again alone, and has to pass then.
run_coverage_suites() {
    local suite programs=() failed=() pid='' result=0
    for suite; do
        ! is_of_programs "$suite" || programs+=("--suite=$suite")
    done
    if [ ${#programs[@]} -gt 0 ]; then
        meson_test "${programs[@]}" >"$COVERAGE_DIR/programs.log" 2>&1 </dev/null &
        pid=$!
        trap 'pkill -P "$pid" 2>/dev/null || true' EXIT
    fi
    for suite; do
        is_of_programs "$suite" || cover_pytest "$suite" || failed+=("$suite")
    done
    [ -z "$pid" ] || await_programs "$pid" || result=1
    for suite in "${failed[@]}"; do
        cover_pytest "$suite" --last-failed --last-failed-no-failures=none || result=1
    done
    return "$result"
}

is_of_programs() {
    case $1 in unit | api | sim) ;; *) false ;; esac
}

meson_test() {
    "${COVERAGE_ROOT[@]}" nice "$MESON" test -C "$COVERAGE_DIR" --no-rebuild \
        --timeout-multiplier 3 "$@"
}

# await_programs PID: waits for those that PID runs.
await_programs() {
    local log=$COVERAGE_DIR/programs.log again=$COVERAGE_DIR/programs-again.log code=0 names
    wait "$1" || code=$?
    trap - EXIT
    tell_covered programs "$code" "$log" && return
    mapfile -t names < <(sed -nE 's,.* / (\S+) +(FAIL|TIMEOUT|ERROR) +[0-9.]+s.*,\1,p' "$log" |
        sort -u)
    [ ${#names[@]} -gt 0 ] || return 1
    code=0
    meson_test "${names[@]}" >"$again" 2>&1 </dev/null || code=$?
    tell_covered "programs again" "$code" "$again"
}

# cover_pytest SUITE [ARGUMENT...]
cover_pytest() {
    local suite=$1 code=0 log=$COVERAGE_DIR/$1.log
    shift
    [ $# -eq 0 ] || log=$COVERAGE_DIR/$suite-again.log
    "${COVERAGE_ROOT[@]}" MULTIPING="$COVERAGE_DIR/cli/multiping" TRUTH_BUILD="$COVERAGE_DIR" \
        timeout -s INT -k 30 900 "$PYTHON" -m pytest -q -o cache_dir="$COVERAGE_DIR/pytest-$suite" \
        --rootdir="$ROOT" "$@" "$ROOT/tests/$suite" >"$log" 2>&1 </dev/null || code=$?
    tell_covered "$suite${1:+ again}" "$code" "$log"
}

# tell_covered WHAT EXIT_CODE LOG: how it went, and what did not pass.
tell_covered() {
    say "$1: $(awk '
        /^(Ok|Fail|Skipped|Timeout):/ && $2 > 0 { printf "%s %s ", tolower($1), $2 }
        /^[0-9]+ (passed|failed|error|skipped)/ { last = $0 }
        END { print last }' "$3")"
    [ "$2" -ne 0 ] || return 0
    grep -E '^(FAILED|ERROR) | (FAIL|TIMEOUT|ERROR) +[0-9.]+s' "$3" | sort -u |
        sed 's/^/    /' >&2 || true
    say "$1 did not pass; all of it: $3"
    return 1
}
