# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev test: builds with each compiler and sanitizer, runs all suites, adds up their points; with
# --trixie in Debian 13, and with --all whatever else there is to try.
# Sourced by ../dev.

. "$ROOT/tools/abi.sh"
. "$ROOT/tools/fuzz.sh"
. "$ROOT/tools/lint.sh"
. "$ROOT/tools/trixie.sh"

TEST_DIR= # below BUILD
RESULTS=  # a line "passed failed skipped" for every suite

tally() {
    echo "$1 $2 $3" >>"$RESULTS"
}

# The sanitizers of older compilers cannot bear as much address randomisation as newer
# kernels do.
fixed_addresses() {
    if setarch -R true 2>/dev/null; then
        echo setarch -R
    fi
}

# What to put before commands that need root: nothing for root, sudo if it does not ask.
root_prefix() {
    if [ "$(id -u)" -ne 0 ] && sudo -n true 2>/dev/null; then
        echo sudo -n
    fi
}

# build_variant LABEL CC [MESON_OPTION...]
build_variant() {
    local label=$1 compiler=$2 started=$SECONDS
    shift 2
    if CC=$compiler compile "$TEST_DIR/$label" all "$@"; then
        echo "$label: built in $((SECONDS - started)) s"
    else
        echo "$label: the build failed"
        tally 0 1 0
        return 1
    fi
}

# run_suites LABEL SUITE... [-- PREFIX...]
run_suites() {
    local label=$1 suites=()
    shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        suites+=(--suite "$1")
        shift
    done
    "$PYTHON" "$ROOT/tools/run_tests.py" --label "$label" --results "$RESULTS" \
        "${suites[@]}" "$TEST_DIR/$label" "$@" ||
        {
            echo "$label: the test runner failed"
            tally 0 1 0
        }
}

test_gcc() {
    local as_root
    read -ra as_root < <(root_prefix) || true
    build_variant gcc /usr/bin/gcc -Dwerror=true --buildtype=release -Doptimization=2 \
        -Ddebug=true --prefix="$TEST_DIR/prefix" --libdir=lib || return 0
    run_suites gcc sim arch
    run_suites gcc unit api examples -- "${as_root[@]}"
    test_abi
    test_installed "${as_root[@]}"
}

test_clang() {
    local as_root
    read -ra as_root < <(root_prefix) || true
    build_variant clang /usr/bin/clang -Dwerror=true --buildtype=release -Doptimization=2 ||
        return 0
    run_suites clang unit api -- "${as_root[@]}"
}

test_asan() {
    local as_root plain
    read -ra as_root < <(root_prefix) || true
    read -ra plain < <(fixed_addresses) || true
    build_variant asan /usr/bin/clang -Db_sanitize=address,undefined -Db_lundef=false || return 0
    plain+=(env ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1
        UBSAN_OPTIONS=print_stacktrace=1)
    run_suites asan sim -- "${plain[@]}"
    run_suites asan unit api -- "${as_root[@]}" "${plain[@]}"
}

test_tsan() {
    local as_root plain compiler=/usr/bin/clang
    read -ra as_root < <(root_prefix) || true
    read -ra plain < <(fixed_addresses) || true
    can_tsan "$compiler" || compiler=/usr/bin/gcc
    build_variant tsan "$compiler" -Db_sanitize=thread -Db_lundef=false || return 0
    run_suites tsan unit api -- "${as_root[@]}" "${plain[@]}" env TSAN_OPTIONS=halt_on_error=1
}

can_tsan() {
    local program=$TEST_DIR/tsan-probe plain
    read -ra plain < <(fixed_addresses) || true
    "$1" -fsanitize=thread -x c -o "$program" - <<<'int main(void) { return 0; }' 2>/dev/null &&
        "${plain[@]}" "$program" 2>/dev/null
}

# Debug information of the gcc build tells the ABI; other machines have other sizes.
test_abi() {
    local log=$TEST_DIR/abi.log
    if [ "$(uname -m)" != "$ABI_MACHINE" ]; then
        echo "abi: 1 skipped: what is recorded is $ABI_MACHINE"
        tally 0 0 1
    elif compare_abi "$TEST_DIR/gcc/lib/libmultiping.so.0" >"$log"; then
        echo "abi: 1 passed, 0 failed"
        tally 1 0 0
    else
        cat "$log"
        echo "abi: 0 passed, 1 failed; if it is meant: ./dev abi --update"
        tally 0 1 0
    fi
}

# count_pytest SUITE LOG EXIT_CODE: adds up what pytest's last line says.
count_pytest() {
    local passed failed skipped
    read -r passed failed skipped < <(tail -n 1 "$2" | awk -v code="$3" '
        {
            for (i = 2; i <= NF; i++)
                n[substr($i, 1, 3)] += $(i - 1)
            failed = n["fai"] + n["err"]
            if (code != 0 && failed == 0)
                failed = 1
        }
        END { print n["pas"] + 0, (NR ? failed : 1) + 0, n["ski"] + 0 }')
    if [ "$failed" -gt 0 ]; then
        tail -n 80 "$2"
        echo "# all of it: $2"
    fi
    echo "$1: $passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
    tally "$passed" "$failed" "$skipped"
}

# skip_pytest SUITE REASON: all that is in tests/SUITE.
skip_pytest() {
    local n
    n=$(env PYTHONDONTWRITEBYTECODE=1 "$PYTHON" -m pytest -p no:cacheprovider --collect-only -q \
        "$ROOT/tests/$1" </dev/null 2>/dev/null | grep -c '::') || n=1
    echo "$1: $n skipped: $2"
    tally 0 0 "$n"
}

# run_pytest SUITE SECONDS [PREFIX...]: runs tests/SUITE in network namespaces; PREFIX says how
# to be root, and what is in the environment.
run_pytest() {
    local suite=$1 seconds=$2 log=$TEST_DIR/$1.log code=0
    shift 2
    if [ "$(id -u)" -ne 0 ] && [ -z "$(root_prefix)" ]; then
        skip_pytest "$suite" "it needs root, or sudo without a password"
    elif ! "$@" unshare -n true 2>/dev/null; then
        skip_pytest "$suite" "network namespaces are not allowed here"
    else
        "$@" timeout -s INT -k 30 "$seconds" env PYTHONDONTWRITEBYTECODE=1 \
            MULTIPING="$TEST_DIR/prefix/bin/multiping" TRUTH_BUILD="$TEST_DIR/gcc" \
            "$PYTHON" -m pytest -q -p no:cacheprovider --rootdir="$ROOT" "$ROOT/tests/$suite" \
            >"$log" 2>&1 </dev/null || code=$?
        count_pytest "$suite" "$log" "$code"
    fi
}

# test_installed [PREFIX...]: installs the library and the command and runs what drives them.
test_installed() {
    if ! quietly "$TEST_DIR/install.log" "$MESON" install -C "$TEST_DIR/gcc" --no-rebuild; then
        echo "gcc: could not install"
        tally 0 1 0
        return
    fi
    run_pytest e2e 1200 "$@"
    run_pytest fping 600 "$@"
    run_pytest truth 480 "$@"
    run_pytest faults 600 "$@"
    run_pytest torture 600 "$@" env TORTURE_BUILD="$TEST_DIR/gcc"
    run_pytest python 300 "$@" env LD_LIBRARY_PATH="$TEST_DIR/prefix/lib"
}

# Every fuzz target for a minute.
test_fuzz() {
    local started=$SECONDS log=$TEST_DIR/fuzz.log passed names
    mapfile -t names < <(fuzz_names)
    if ! build_fuzzers; then
        echo "fuzz: the build failed"
        tally 0 1 0
        return
    fi
    fuzz_all 60 "${names[@]}" >"$log" || grep -v '0 findings$' "$log" || true
    passed=$(grep -c '0 findings$' "$log") || true
    echo "fuzz: $passed passed, $((${#names[@]} - passed)) failed ($((SECONDS - started)) s)"
    tally "$passed" "$((${#names[@]} - passed))" 0
}

# Each check of ./dev lint is one test. They run beside the suites, which mostly wait. Other
# versions of the checkers find other things.
start_lint() {
    LINT_PID=
    [[ $(clang-tidy --version) == *"version $CLANG_VERSION."* ]] || return 0
    # timeout ends all that it has started when it is ended itself.
    nice -n 19 timeout 1800 "$ROOT/dev" lint >"$TEST_DIR/lint.log" 2>&1 </dev/null &
    LINT_PID=$!
    trap 'kill "$LINT_PID" 2>/dev/null || true' EXIT
}

end_lint() {
    local passed
    if [ -z "$LINT_PID" ]; then
        echo "lint: 1 skipped: it is made for the checkers of version $CLANG_VERSION"
        tally 0 0 1
        return
    fi
    wait "$LINT_PID" || grep -v ': clean$' "$TEST_DIR/lint.log" || true
    passed=$(grep -c '^[a-z]*: clean$' "$TEST_DIR/lint.log") || true
    echo "lint: $passed passed, $((${#CHECKS[@]} - passed)) failed"
    tally "$passed" "$((${#CHECKS[@]} - passed))" 0
}

# The last line: what all suites sum up to.
print_total() {
    awk '
        { passed += $1; failed += $2; skipped += $3 }
        END {
            printf "%d passed, %d failed", passed, failed
            if (skipped)
                printf ", %d skipped", skipped
            printf "\n"
            exit failed > 0
        }' "$RESULTS"
}

need_to_test() {
    need_to_build
    need abigail-tools gcc g++ clang libuv1-dev libev-dev iproute2 nftables util-linux libcap2-bin \
        python3-pytest python3-scapy python3-cffi python3-jsonschema python3-prometheus-client \
        python3-pyte tmux fping monitoring-plugins-standard smokeping iputils-ping procps scdoc \
        zsh fish
    need_to_lint
    need_clang
}

# What a change has to pass, in less than 40 minutes.
test_here() {
    TEST_DIR=$BUILD/test
    RESULTS=$TEST_DIR/results
    mkdir -p "$TEST_DIR"
    exec 8>"$TEST_DIR/.lock"
    flock -n 8 || die "another ./dev test is at work in $TEST_DIR"
    quiet_please
    need_to_test
    : >"$RESULTS"
    start_lint
    test_gcc
    test_clang
    test_asan
    test_tsan
    test_fuzz
    end_lint
    print_total
}

# The same, and then whatever takes too long for each change: one after another, each told.
test_everything() {
    local step failed=() steps=(
        "test" "fping55" "names" "faults" "torture" "truth" "package --test" "test --trixie")
    for step in "${steps[@]}"; do
        say "./dev $step"
        # shellcheck disable=SC2086 # a command and its option
        "$ROOT/dev" $step </dev/null || failed+=("./dev $step")
    done
    echo "all: $((${#steps[@]} - ${#failed[@]})) of ${#steps[@]} passed"
    [ ${#failed[@]} -eq 0 ] || {
        printf 'failed: %s\n' "${failed[@]}"
        return 1
    }
}

# cmd_test [--all | --trixie]
cmd_test() {
    case $* in
    '') test_here ;;
    --all) test_everything ;;
    --trixie) test_trixie ;;
    *) die "usage: ./dev test [--all | --trixie]" ;;
    esac
}
