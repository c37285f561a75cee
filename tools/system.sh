# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Fresh Debian systems in directories, to try things in that need another release or a bare one.
# Sourced by package.sh and trixie.sh.

# The archive that this machine's apt fetches Debian from: whoever may reach only one mirror, or
# keeps one, has told apt.
debian_mirror() {
    local uri
    # shellcheck disable=SC2016 # apt fills these in
    uri=$(apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        sed -n 's/^Debian|//p' | head -n 1)
    [ -n "$uri" ] || die "apt knows no archive of Debian yet; please have root run: apt-get update"
    echo "$uri"
}

# new_system SUITE DIR LOG: a minimal system whose apt fetches as this machine's does.
new_system() {
    local suite=$1 dir=$2 log=$3 mirror
    mirror=$(debian_mirror) || return 1
    need debootstrap
    say "installing a fresh $suite in $dir"
    as_root rm -rf --one-file-system "$dir"
    quietly "$log" as_root debootstrap --variant=minbase --include=ca-certificates \
        "$suite" "$dir" "$mirror" || return 1
    apt-config dump | sed -nE '/^Acquire::(https?|Check-[A-Za-z-]*)(::| )/p' |
        as_root tee "$dir/etc/apt/apt.conf.d/90host" >/dev/null
}

# in_system DIR COMMAND...: runs it as root in there, with the network of this machine for apt.
# What it started ends with it, and nothing stays mounted: both namespaces are its own.
in_system() {
    local dir=$1
    shift
    as_root cp /etc/resolv.conf "$dir/etc/resolv.conf"
    # shellcheck disable=SC2016 # it is for sh to expand
    as_root unshare --mount --pid --fork --kill-child -- sh -ec '
        root=$1
        shift
        mount --bind "$root" "$root" # "/" in there is a mount of its own, as tests expect
        mount -t proc proc "$root/proc"
        mount --rbind /sys "$root/sys"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs -o mode=755 tmpfs "$root/run" # else names of namespaces outlive a killed run
        mkdir -m 1777 "$root/run/lock"
        exec chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            HOME=/root LC_ALL=C.UTF-8 "$@"' sh "$dir" "$@"
}
