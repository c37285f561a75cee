# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev package: Debian packages from a clean copy of the tree, judged by lintian and, with
# --test, tried in a fresh system of the same release. Sourced by ../dev and by trixie.sh.

. "$ROOT/tools/system.sh"

PACKAGE_DIR= # below BUILD

package_field() {
    dpkg-parsechangelog -l "$ROOT/packaging/debian/changelog" -S "$1"
}

# The tree as a release would hold it: what git knows, or all of it where there is no git.
export_tree() {
    local file list=$PACKAGE_DIR/files
    if ! git -c safe.directory="$ROOT" -C "$ROOT" ls-files -z \
        --cached --others --exclude-standard >"$list" 2>/dev/null; then
        (cd "$ROOT" && find . \( -path ./.git -o -path ./build -o -name __pycache__ \) -prune \
            -o -type f -printf '%P\0') >"$list"
    fi
    mkdir -p "$1"
    # A file that git knows may have been deleted, and nobody has committed that yet.
    while IFS= read -r -d '' file; do
        [ ! -e "$ROOT/$file" ] || printf '%s\0' "$file"
    done <"$list" | tar -C "$ROOT" --null --files-from=- -c | tar -C "$1" -x
}

# Source and binary packages, next to each other in PACKAGE_DIR.
build_packages() {
    local upstream tree
    upstream=$(package_field Version)
    upstream=${upstream%-*}
    tree=$PACKAGE_DIR/multiping-$upstream
    rm -rf -- "${PACKAGE_DIR:?}"
    mkdir -p "$PACKAGE_DIR"
    export_tree "$tree"
    tar -C "$PACKAGE_DIR" --sort=name --owner=0 --group=0 --numeric-owner \
        --mtime="@$(package_field Timestamp)" -czf \
        "$PACKAGE_DIR/multiping_$upstream.orig.tar.gz" "multiping-$upstream"
    cp -r "$tree/packaging/debian" "$tree/debian"
    say "building packages in $PACKAGE_DIR"
    (cd "$tree" && quietly "$PACKAGE_DIR/build.log" env -u CC DEB_BUILD_OPTIONS="parallel=$(nproc)" \
        dpkg-buildpackage -us -uc)
}

lint_packages() {
    # Root may read packages as well as anybody. No bug of Debian's asks for the package,
    # which is made here and is not uploaded to Debian.
    quietly "$PACKAGE_DIR/lintian.log" lintian --allow-root --fail-on error --fail-on warning \
        --profile debian --suppress-tags initial-upload-closes-no-bugs \
        "$PACKAGE_DIR"/*.changes &&
        say "lintian finds no fault"
}

# Runs the packages' own tests in a new chroot. Each of them makes a network namespace for
# its packets; only apt, which fetches what they depend on, has the network.
try_packages() {
    local chroot code=0
    chroot=$PACKAGE_DIR/chroot
    new_system "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$chroot" \
        "$PACKAGE_DIR/debootstrap.log"
    say "running debian/tests in it"
    # shellcheck disable=SC2016 # it is for sh to expand
    as_root unshare --mount -- sh -ec '
        for dir in proc sys dev dev/pts; do
            mkdir -p "$1/$dir"
            mount --bind "/$dir" "$1/$dir"
        done
        cp /etc/resolv.conf "$1/etc/resolv.conf"
        shift
        exec "$@"' sh "$chroot" autopkgtest --output-dir="$PACKAGE_DIR/autopkgtest" \
        "$PACKAGE_DIR"/*.deb "$PACKAGE_DIR"/*.dsc -- chroot "$chroot" \
        >>"$PACKAGE_DIR/autopkgtest.log" 2>&1 </dev/null || code=$?
    as_root rm -rf --one-file-system "$chroot"
    sed -n '/^autopkgtest .*: @@@@.* summary$/,$p' "$PACKAGE_DIR/autopkgtest.log"
    if [ "$code" -ne 0 ]; then
        tail -n 40 "$PACKAGE_DIR/autopkgtest.log" | sed 's/^/    /' >&2
        die "the packages' tests did not all pass; all of it: $PACKAGE_DIR/autopkgtest.log"
    fi
}

# RPM packages from the spec file, for looking into: Fedora's rpmbuild makes those to install.
build_rpms() {
    local version name=multiping
    version=$(sed -n 's/^Version: *//p' "$ROOT/packaging/rpm/$name.spec")
    rm -rf -- "${PACKAGE_DIR:?}"
    mkdir -p "$PACKAGE_DIR/SOURCES"
    export_tree "$PACKAGE_DIR/$name-$version"
    tar -C "$PACKAGE_DIR" -czf "$PACKAGE_DIR/SOURCES/$name-$version.tar.gz" "$name-$version"
    say "building RPM packages in $PACKAGE_DIR"
    # What it needs is installed, but rpm knows nothing of Debian's packages.
    quietly "$PACKAGE_DIR/build.log" rpmbuild -ba --nodeps \
        --load "$ROOT/packaging/rpm/macros.meson" --define "_topdir $PACKAGE_DIR" \
        "$ROOT/packaging/rpm/$name.spec"
    find "$PACKAGE_DIR" -name '*.rpm' -printf '%P\n' | sort
}

cmd_package() {
    local try=
    case $* in
    '') ;;
    --test) try=1 ;;
    --rpm)
        PACKAGE_DIR=$BUILD/package-rpm
        need build-essential meson pkgconf libc-ares-dev libcap-dev libmnl-dev libncurses-dev libseccomp-dev scdoc rpm
        build_rpms
        return
        ;;
    *) die "usage: ./dev package [--test | --rpm]" ;;
    esac
    PACKAGE_DIR=$BUILD/package
    need build-essential debhelper dpkg-dev fakeroot lintian meson pkgconf libc-ares-dev \
        libcap-dev libmnl-dev libncurses-dev libseccomp-dev scdoc
    build_packages
    lint_packages
    [ -z "$try" ] || {
        need autopkgtest debootstrap
        try_packages
    }
    (cd "$PACKAGE_DIR" && ls -- *.deb)
}
