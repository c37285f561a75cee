# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev test --trixie: all suites, or the packages, in a system of Debian 13 that is made once and
# kept. Sourced by test.sh.

. "$ROOT/tools/system.sh"
. "$ROOT/tools/package.sh"

TRIXIE_DIR= # below BUILD

# The system is moved to its place when it is whole, so that a run that was ended leaves no half.
trixie_system() {
    [ ! -d "$TRIXIE_DIR/system" ] || return 0
    new_system trixie "$TRIXIE_DIR/new" "$TRIXIE_DIR/debootstrap.log" ||
        die "Debian 13 could not be installed"
    as_root mv "$TRIXIE_DIR/new" "$TRIXIE_DIR/system"
}

# The tree as it is now; what was built of it there before stays.
trixie_tree() {
    PACKAGE_DIR=$TRIXIE_DIR
    rm -rf -- "$TRIXIE_DIR/tree"
    export_tree "$TRIXIE_DIR/tree"
    if [ -d "$TRIXIE_DIR/system/multiping/build" ]; then
        as_root mv "$TRIXIE_DIR/system/multiping/build" "$TRIXIE_DIR/tree/build"
    fi
    as_root rm -rf --one-file-system "$TRIXIE_DIR/system/multiping"
    as_root mv "$TRIXIE_DIR/tree" "$TRIXIE_DIR/system/multiping"
    as_root chown -R root:root "$TRIXIE_DIR/system/multiping"
}

# run_trixie ARGUMENT...: ./dev with these arguments, in Debian 13.
run_trixie() {
    in_system "$TRIXIE_DIR/system" /multiping/dev "$@"
}

# Both are tried, whatever the first one says.
test_trixie() {
    local code=0
    TRIXIE_DIR=$BUILD/trixie
    mkdir -p "$TRIXIE_DIR"
    exec 7>"$TRIXIE_DIR/.lock"
    flock -n 7 || die "another run is at work in $TRIXIE_DIR"
    can_be_root || die "a system of its own needs root, or sudo"
    trixie_system
    trixie_tree
    run_trixie test || code=1
    run_trixie package || code=1
    return "$code"
}
