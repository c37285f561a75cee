# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev fuzz: libFuzzer on every parser and on the core. Sourced by ../dev.
#
# What is found on the way grows in build/fuzz/corpus; the corpus of the tree is its minimised
# beginning. Inputs that break something are kept in build/fuzz/findings.

FUZZ_DIR= # below BUILD

# clang, and the runtime of its sanitizers and of libFuzzer.
need_clang() {
    local version
    need clang
    version=$(/usr/bin/clang -dumpversion)
    need "libclang-rt-${version%%.*}-dev"
}

build_fuzzers() {
    FUZZ_DIR=$BUILD/fuzz
    CC=/usr/bin/clang compile "$FUZZ_DIR" fuzzers -Dfuzz=true -Db_sanitize=address,undefined \
        -Db_lundef=false -Doptimization=1 -Dexamples=false -Dbench=false -Dman=disabled
}

fuzz_names() {
    find "$ROOT/tests/fuzz" -name 'fuzz_*.c' -printf '%f\n' | sed 's/^fuzz_//; s/\.c$//' | sort
}

# The sanitizers of older compilers cannot bear as much address randomisation as newer
# kernels do.
fuzzer() {
    local name=$1 plain=()
    shift
    ! setarch -R true 2>/dev/null || plain=(setarch -R)
    # A small quarantine: the core takes large pieces of memory for every input.
    "${plain[@]}" env UBSAN_OPTIONS=print_stacktrace=1 \
        ASAN_OPTIONS=quarantine_size_mb=8:allocator_release_to_os_interval_ms=-1 "$FUZZ_DIR/tests/fuzz/fuzz_$name" \
        -max_len=4096 -timeout=20 "$@"
}

# fuzz_one SECONDS NAME: one line on what came of it.
fuzz_one() {
    local seconds=$1 name=$2 code=0 log=$FUZZ_DIR/$2.log
    local grown=$FUZZ_DIR/corpus/$name found=$FUZZ_DIR/findings/$name
    mkdir -p "$grown" "$found"
    touch "$log.begun"
    fuzzer "$name" -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$found/" \
        "$grown" "$ROOT/tests/fuzz/corpus/$name" >"$log" 2>&1 </dev/null || code=$?
    if [ "$code" -eq 0 ]; then
        echo "fuzz $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in" \
            "$seconds s, 0 findings"
        return
    fi
    echo "fuzz $name: failed"
    grep -E -m 5 'does not hold|^SUMMARY|ERROR: ' "$log" || tail -n 5 "$log"
    find "$found" -newer "$log.begun" -type f -printf \
        "# again: $FUZZ_DIR/tests/fuzz/fuzz_$name %p\n"
    echo "# all of it: $log"
    return 1
}

# fuzz_all SECONDS NAME...: one at a time on each core; the lines of all, 1 if any failed.
fuzz_all() {
    local seconds=$1 name failed=0 pids=()
    shift
    for name in "$@"; do
        if [ "${#pids[@]}" -ge "$(nproc)" ]; then
            wait_for_one || failed=1
        fi
        fuzz_one "$seconds" "$name" &
        pids+=($!)
    done
    while [ "${#pids[@]}" -gt 0 ]; do
        wait_for_one || failed=1
    done
    return "$failed"
}

# For one of pids, which it is taken from: others of the shell's children may end meanwhile.
wait_for_one() {
    local pid code=0 ended
    wait -n -p ended "${pids[@]}" || code=$?
    for pid in "${!pids[@]}"; do
        [ "${pids[pid]}" != "$ended" ] || unset "pids[pid]"
    done
    return "$code"
}

# A small set of inputs, of the tree and grown, that reaches all that any of them reaches.
fuzz_update() {
    local name corpus
    for name in "$@"; do
        corpus=$ROOT/tests/fuzz/corpus/$name
        mkdir -p "$FUZZ_DIR/merged" "$FUZZ_DIR/corpus/$name" "$corpus"
        rm -rf "$FUZZ_DIR/merged/$name"
        mkdir "$FUZZ_DIR/merged/$name"
        quietly "$FUZZ_DIR/$name.log" fuzzer "$name" -merge=1 -max_len=1024 -use_counters=0 \
            "$FUZZ_DIR/merged/$name" "$corpus" "$FUZZ_DIR/corpus/$name"
        find "$corpus" -type f -delete
        find "$FUZZ_DIR/merged/$name" -type f -exec cp -t "$corpus" {} +
        say "$name: $(find "$corpus" -type f | wc -l) inputs, $(du -bs "$corpus" | cut -f1) bytes"
    done
}

# cmd_fuzz [--short | --seconds N | --update] [NAME...]
cmd_fuzz() {
    local seconds=600 update=false name names
    while [[ ${1:-} == --* ]]; do
        case $1 in
        --short) seconds=60 ;;
        --update) update=true ;;
        --seconds)
            [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "fuzz: --seconds needs a number"
            seconds=$2
            shift
            ;;
        *) die "usage: ./dev fuzz [--short | --seconds N | --update] [NAME...]" ;;
        esac
        shift
    done
    mapfile -t names < <(fuzz_names)
    for name in "$@"; do
        [[ " ${names[*]} " == *" $name "* ]] || die "fuzz: no target $name; there are: ${names[*]}"
    done
    [ $# -eq 0 ] || names=("$@")
    need_to_build
    need_clang
    build_fuzzers
    if "$update"; then
        fuzz_update "${names[@]}"
    else
        fuzz_all "$seconds" "${names[@]}"
    fi
}
