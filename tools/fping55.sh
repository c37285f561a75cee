# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev fping55: fetches fping 5.5 with the C library that it was built for from Debian's unstable
# suite, and compares it with ours, command line by command line. Sourced by ../dev.

. "$ROOT/tools/system.sh"

FPING55_DIR= # below BUILD: the packages' files in root/, and a configuration and state of apt

# apt with lists, cache and sources of its own: nothing of it is ever installed.
fping55_apt() {
    local command=$1 apt=$FPING55_DIR/apt
    shift
    "$command" -o Dir::State="$apt/state" -o Dir::State::status="$apt/state/status" \
        -o Dir::Cache="$apt/cache" -o Dir::Etc::sourcelist="$apt/sources.list" \
        -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferences=/dev/null \
        -o Dir::Etc::preferencesparts=/dev/null -o APT::Sandbox::User= \
        -o Acquire::Languages=none "$@"
}

# fping55_line TYPE MIRROR SUITE
fping55_line() {
    echo "$1 [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $2 $3 main"
}

# Fetches and unpacks once; delete FPING55_DIR to do it again.
fetch_fping55() {
    local apt=$FPING55_DIR/apt mirror package
    [ ! -e "$FPING55_DIR/system/complete" ] || return 0
    mirror=$(debian_mirror) || return 1
    say "fetching fping 5.5 and its C library from unstable"
    rm -rf -- "${FPING55_DIR:?}"
    mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$FPING55_DIR/system"
    fping55_line deb "$mirror" unstable >"$apt/sources.list"
    : >"$apt/state/status"
    quietly "$FPING55_DIR/update.log" fping55_apt apt-get update
    (cd "$FPING55_DIR" && quietly download.log fping55_apt apt-get download fping libc6)
    case $(dpkg-deb -f "$FPING55_DIR"/fping_*.deb Version) in
    5.5-*) ;;
    *) die "unstable no longer has fping 5.5: $(cd "$FPING55_DIR" && ls fping_*.deb)" ;;
    esac
    for package in "$FPING55_DIR"/*.deb; do
        dpkg-deb -x "$package" "$FPING55_DIR/system"
    done
    touch "$FPING55_DIR/system/complete"
}

# fping's source package, for the tests in it: 5.5's, or where the mirror has that no longer, the
# one of this machine's release.
fetch_fping_source() {
    local apt=$FPING55_DIR/apt mirror suite
    mirror=$(debian_mirror) || return 1
    for suite in unstable "$(. /etc/os-release && echo "$VERSION_CODENAME")"; do
        fping55_line deb-src "$mirror" "$suite" >"$apt/sources.list"
        fping55_apt apt-get update &&
            fping55_apt apt-get source --download-only fping && return
    done
    return 1
}

# Fetches fping's own tests and the Perl module that they are written with.
fetch_fping_tests() {
    local dir=$FPING55_DIR/tests
    [ ! -e "$dir/complete" ] || return 0
    say "fetching fping's own tests"
    rm -rf -- "$dir"
    mkdir -p "$dir/perl"
    (cd "$dir" && quietly perl.log apt-get download libtest-command-perl)
    dpkg-deb -x "$dir"/libtest-command-perl_*.deb "$dir/perl"
    (cd "$dir" && quietly source.log fetch_fping_source)
    tar -xf "$dir"/fping_*.orig.tar.?z -C "$dir"
    touch "$dir/complete"
}

# run_fping_tests BINARY
run_fping_tests() {
    FPING55_DIR=$BUILD/fping55
    fetch_fping55
    fetch_fping_tests
    as_root "$PYTHON" -B "$ROOT/tests/fping55/suite.py" "$1" "$FPING55_DIR/system" \
        "$FPING55_DIR"/tests/fping-*/ci "$FPING55_DIR/tests/perl/usr/share/perl5"
}

# compare_fping55 BINARY [ARGUMENT...]
compare_fping55() {
    FPING55_DIR=$BUILD/fping55
    fetch_fping55
    as_root "$PYTHON" -B "$ROOT/tests/fping55/compare.py" "$1" "$FPING55_DIR/system" "${@:2}"
}

cmd_fping55() {
    need iproute2 nftables util-linux procps dpkg debian-archive-keyring python3-pytest
    can_be_root || die "network namespaces need root"
    build_plain cli/multiping
    if [ "${1:-}" = --suite ]; then
        need perl
        run_fping_tests "$(plain_dir)/cli/multiping"
    else
        compare_fping55 "$(plain_dir)/cli/multiping" "$@"
    fi
}
