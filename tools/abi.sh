# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev abi: compares what the library promises to programs with what lib/abi/ recorded.
# Sourced by ../dev and by test.sh.

ABI_BASELINE=$ROOT/lib/abi/libmultiping.abi
ABI_MACHINE=x86_64 # whose sizes and offsets are recorded

# record_abi LIBRARY FILE: the public part of the library, without this machine's paths.
record_abi() {
    abidw --exported-interfaces-only --drop-private-types --headers-dir "$ROOT/include" \
        --no-corpus-path --no-comp-dir-path --no-show-locs --out-file "$2" "$1"
}

# compare_abi LIBRARY: fails on every difference, also on additions: those are recorded on
# purpose, with ./dev abi --update.
compare_abi() {
    local report code=0
    report=$(abidiff --no-show-locs "$ABI_BASELINE" "$1" 2>&1) || code=$?
    [ "$code" -ne 0 ] || return 0
    printf '%s\n' "$report"
    if [ $((code & 8)) -ne 0 ]; then
        echo "Programs that were built before may break."
    fi
    return 1
}

cmd_abi() {
    local library
    [ "$(uname -m)" = "$ABI_MACHINE" ] || die "the recorded ABI is that of $ABI_MACHINE"
    need abigail-tools
    build_plain all
    library=$(plain_dir)/lib/libmultiping.so.0
    case $* in
    '')
        compare_abi "$library" || die "renew what is recorded with: ./dev abi --update"
        say "the ABI is as recorded"
        ;;
    --update)
        mkdir -p "$(dirname -- "$ABI_BASELINE")"
        record_abi "$library" "$ABI_BASELINE"
        say "recorded in ${ABI_BASELINE#"$ROOT/"}"
        ;;
    *) die "usage: ./dev abi [--update]" ;;
    esac
}
