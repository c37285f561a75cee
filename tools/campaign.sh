# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev campaign: simulation, ledger and fuzzers in small slices, for hours and over many runs,
# until enough has been tried since what is tested was changed. Sourced by ../dev.
#
# Each slice is a line of build/campaign/slices: what was tested, the hash of its sources, the
# commit, first and last seed, probes or inputs, seconds of CPU, failures. Nobody measures beside
# it: each slice holds the lock of quiet_please(), which benches and ./dev test wait for.

. "$ROOT/tools/fuzz.sh"

CAMPAIGN=  # below BUILD
SLICES=
SLICE_PROBES=10000000 # simulated; 30 seconds of CPU
SLICE_SECONDS=30     # of a fuzzer
LEDGER_PROBES=1000000

# What is wanted of each: a number and its unit.
campaign_wanted() {
    case $1 in
    sim) echo 2000000000 probes ;;
    truth) echo 100000000 probes ;;
    *) echo 3600 seconds ;;
    esac
}

campaign_kinds() {
    echo sim
    echo truth
    fuzz_names | sed 's/^/fuzz-/'
}

# The sources that decide what a kind of campaign tests.
campaign_sources() {
    case $1 in
    sim) git ls-files -z base lib/core lib/io/wall_clock.c lib/io/wall_clock.h tests/sim ;;
    truth) git ls-files -z include base lib app cli tests/truth tests/simnet ;;
    *) git ls-files -z include base lib app cli 'tests/fuzz/*.c' 'tests/fuzz/*.h' ;;
    esac
}

campaign_hash() {
    (cd "$ROOT" && campaign_sources "$1" | xargs -0 sha1sum | sha1sum | cut -c1-12)
}

# The commit, with a + where the tree is not quite that one.
campaign_commit() {
    local dirty=
    git -C "$ROOT" diff --quiet HEAD -- include base lib app cli tests || dirty=+
    echo "$(git -C "$ROOT" rev-parse --short HEAD)$dirty"
}

# campaign_sum KIND HASH: slices, first and last seed, amount, CPU seconds, failures, commits.
campaign_sum() {
    awk -F'\t' -v kind="$1" -v hash="$2" '
        $1 == kind && $2 == hash {
            slices++
            if (first == "" || $4 + 0 < first + 0)
                first = $4
            if ($5 + 0 > last + 0)
                last = $5
            amount += $6
            seconds += $7
            failures += $8
            if (!($3 in seen))
                commits = commits (commits == "" ? "" : ", ") $3
            seen[$3] = 1
        }
        END {
            printf "%d\t%s\t%s\t%.0f\t%.0f\t%d\t%s\n", slices, first == "" ? "-" : first,
                last == "" ? "-" : last, amount, seconds, failures, commits == "" ? "-" : commits
        }' "$SLICES"
}

# Whether a kind has had what is wanted of it.
campaign_done() {
    local wanted unit amount seconds
    read -r wanted unit <<<"$(campaign_wanted "$1")"
    IFS=$'\t' read -r _ _ _ amount seconds _ <<<"$(campaign_sum "$1" "$(campaign_hash "$1")")"
    [ "$unit" = probes ] || amount=$seconds
    [ "$amount" -ge "$wanted" ]
}

# Seeds that no campaign has had: from the last one on, or from what the clock says.
campaign_next_seed() {
    awk -F'\t' -v kind="$1" -v now="$(date +%s)" '
        BEGIN { next_seed = now * 1000 }
        $1 == kind && $5 != "-" { next_seed = $5 + 1 }
        END { printf "%.0f\n", next_seed }' "$SLICES"
}

# campaign_measured COMMAND...: runs it, its output in $CAMPAIGN/output, and sets CPU_SECONDS and
# CODE.
campaign_measured() {
    local TIMEFORMAT='%U %S' spent
    CODE=0
    spent=$({ time "$@" >"$CAMPAIGN/output" 2>&1 </dev/null; } 2>&1) || CODE=$?
    CPU_SECONDS=$(awk '{ printf "%.1f", $1 + $2 }' <<<"$spent")
}

# campaign_note KIND HASH FIRST LAST AMOUNT FAILURES
campaign_note() {
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' \
        "$1" "$2" "$COMMIT" "$3" "$4" "$5" "$CPU_SECONDS" "$6" >>"$SLICES"
    [ "$6" -eq 0 ] || {
        say "campaign $1: $6 failed, see $CAMPAIGN/failures"
        { echo "== $1, commit $COMMIT, seeds $3 to $4" && cat "$CAMPAIGN/output"; } >>"$CAMPAIGN/failures"
    }
}

campaign_sim() {
    local first last probes seeds failed
    first=$(campaign_next_seed sim)
    campaign_measured "$CAMPAIGN/build/tests/sim/sim" --nightly --jobs 1 --seed "$first" \
        --total "$SLICE_PROBES"
    read -r probes seeds failed < <(sed -n \
        's/^# \([0-9]*\) probes, [0-9]* verdicts, \([0-9]*\) seeds, \([0-9]*\) failed.*/\1 \2 \3/p' \
        "$CAMPAIGN/output" | tail -n 1) || die "campaign: the simulation said nothing, see $CAMPAIGN/output"
    [ "$CODE" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
    last=$((first + (seeds > 0 ? seeds - 1 : 0)))
    campaign_note sim "$1" "$first" "$last" "$probes" "$failed"
}

campaign_truth() {
    local seed failed=0
    seed=$(campaign_next_seed truth)
    TRUTH_SEED=$seed campaign_measured bash "$ROOT/dev" truth --probes "$LEDGER_PROBES" \
        -k 'test_weather and not kind'
    [ "$CODE" -eq 0 ] || failed=1
    campaign_note truth "$1" "$seed" "$seed" "$LEDGER_PROBES" "$failed"
}

campaign_fuzz() {
    local name=$1 inputs failed=0
    campaign_measured bash "$ROOT/dev" fuzz --seconds "$SLICE_SECONDS" "$name"
    inputs=$(sed -n 's/^fuzz [^ ]*: \([0-9]*\) inputs in .*/\1/p' "$CAMPAIGN/output")
    [ "$CODE" -eq 0 ] || failed=1
    campaign_note "fuzz-$name" "$2" - - "${inputs:-0}" "$failed"
}

# What a slice runs is built before, so that none of its seconds goes into that.
campaign_build() {
    case $1 in
    sim) compile "$CAMPAIGN/build" tests/sim/sim --buildtype=release -Doptimization=2 \
        -Dexamples=false -Dbench=false ;;
    truth) compile "$(plain_dir)" all ;;
    *)
        need_clang
        build_fuzzers
        ;;
    esac
}

# One slice of a kind, while nobody measures.
campaign_slice() {
    local hash
    hash=$(campaign_hash "$1")
    exec 7>"$BUILD/.quiet"
    flock 7
    COMMIT=$(campaign_commit)
    case $1 in
    sim | truth) "campaign_$1" "$hash" ;;
    *) campaign_fuzz "${1#fuzz-}" "$hash" ;;
    esac
    exec 7>&-
}

# What docs/reliability.md shows.
campaign_rows() {
    local kind wanted unit first last amount seconds failures commits
    echo '| what | wanted | done | seeds | CPU | failures | commit |'
    echo '|---|---|---|---|---|---|---|'
    while read -r kind; do
        read -r wanted unit <<<"$(campaign_wanted "$kind")"
        IFS=$'\t' read -r _ first last amount seconds failures commits \
            <<<"$(campaign_sum "$kind" "$(campaign_hash "$kind")")"
        [ "$unit" = probes ] && wanted="$wanted probes" || wanted="1 h"
        [ "$first" = - ] && last=- || last="$first to $last"
        echo "| $kind | $wanted | $amount $([ "$unit" = probes ] && echo probes || echo inputs)" \
            "| $last | $((seconds / 3600)) h $((seconds % 3600 / 60)) min | $failures | $commits |"
    done < <(campaign_kinds)
}

# cmd_campaign [--rows] [KIND...]
cmd_campaign() {
    local kind kinds undone=1 CODE CPU_SECONDS COMMIT
    CAMPAIGN=$BUILD/campaign
    SLICES=$CAMPAIGN/slices
    mkdir -p "$CAMPAIGN"
    touch "$SLICES"
    if [ "${1:-}" = --rows ]; then
        campaign_rows
        return
    fi
    mapfile -t kinds < <(campaign_kinds)
    for kind in "$@"; do
        [[ " ${kinds[*]} " == *" $kind "* ]] || die "campaign: nothing called $kind; there are: ${kinds[*]}"
    done
    [ $# -eq 0 ] || kinds=("$@")
    exec 8>"$CAMPAIGN/.lock"
    flock -n 8 || die "another ./dev campaign is at work in $CAMPAIGN"
    need_to_build
    renice -n 19 -p $$ >/dev/null
    while [ "$undone" -gt 0 ]; do
        undone=0
        for kind in "${kinds[@]}"; do
            ! campaign_done "$kind" || continue
            undone=$((undone + 1))
            # Who ends this script need not wait for what it had begun; .quiet is kept until then.
            campaign_build "$kind" 8>&-
            campaign_slice "$kind" 8>&-
        done
    done
    say "campaign: all of it is done; ./dev campaign --rows shows what"
}
