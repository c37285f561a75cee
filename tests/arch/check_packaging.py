# SPDX-License-Identifier: Apache-2.0
"""The packages agree with the build, and with each other: version, files, needs, symbols.

usage: check_packaging.py ROOT BUILD_DIR
"""
import fnmatch
import json
import re
import sys
from pathlib import Path

import tap

# What the two distributions call the same need; None: part of every build there.
BUILD_NEEDS = {
    "libc-ares-dev": "pkgconfig(libcares)",
    "libcap-dev": "pkgconfig(libcap)",
    "libmnl-dev": "pkgconfig(libmnl)",
    "libncurses-dev": "pkgconfig(ncursesw)",
    "libseccomp-dev": "pkgconfig(libseccomp)",
    "meson": "meson",
    "python3:any": "python3",
    "scdoc": "scdoc",
    "debhelper-compat": None,
    "pkgconf": None,
}
RPM_ONLY = {"gcc"}
DEB_PACKAGES = {
    "multiping": "multiping", "libmultiping0": "libmultiping", "libmultiping-dev":
    "libmultiping-devel",
}
# Where meson says things go, and where each packager looks for them.
DEB_PLACES = {
    "{bindir}": "usr/bin", "{libdir_shared}": "usr/lib/*", "{libdir_static}": "usr/lib/*",
    "{libdir}": "usr/lib/*", "{includedir}": "usr/include", "{mandir}": "usr/share/man",
    "{datadir}": "usr/share", "{zsh_completions}": "usr/share/zsh/vendor-completions",
}
RPM_PLACES = {
    "{bindir}": "%{_bindir}", "{libdir_shared}": "%{_libdir}", "{libdir_static}": "%{_libdir}",
    "{libdir}": "%{_libdir}", "{includedir}": "%{_includedir}", "{mandir}": "%{_mandir}",
    "{datadir}": "%{_datadir}", "{zsh_completions}": "%{_datadir}/zsh/site-functions",
}


def installed(build_dir):
    """What the build installs, as {place}/path."""
    plan = json.loads((build_dir / "meson-info" / "intro-install_plan.json").read_text())
    files = {row["destination"] for kind in plan.values() for row in kind.values()}
    # The plan leaves out the links that a shared library is found by.
    library = [name for name in files if re.search(r"\.so\.", name)]
    return files | {re.sub(r"\.so\..*", ".so", name) for name in library}


def owner(file, patterns):
    """The packages whose patterns take in a file, or the directory it is in."""
    return {
        package
        for package, pattern in patterns
        if fnmatch.fnmatchcase(file, pattern) or file.startswith(pattern + "/")
    }


def placed(file, places):
    for name, place in places.items():
        file = file.replace(name, place)
    return file


def deb_patterns(debian):
    """(package, pattern) of all debian/*.install."""
    return [
        (path.stem, line)
        for path in sorted(debian.glob("*.install"))
        for line in path.read_text().split()
    ]


def rpm_patterns(spec):
    """(package, pattern) of all %files."""
    rows, package = [], None
    for line in spec.splitlines():
        section = re.match(r"%(files|changelog)(?: -n (\S+))?$", line)
        if section and section[1] == "files":
            package = (section[2] or "multiping").replace("%{name}", "multiping")
        elif section:
            package = None
        elif package and "%{_" in line:
            rows.append((package, line.split()[-1]))
    return rows


def needs(text):
    """Names and least versions: {"meson": "1.0.0", "scdoc": ""}."""
    return {name: version or "" for name, version in text}


def deb_needs(control):
    field = re.search(r"^Build-Depends:\n((?: .*\n)+)", control, re.MULTILINE)[1]
    return needs(re.findall(r"^ ([\w:.+-]+)(?: \([>=]+ ([\d.]+)\))?,$", field, re.MULTILINE))


def rpm_needs(spec):
    return needs(re.findall(r"^BuildRequires: +(\S+)(?: >= (\S+))?$", spec, re.MULTILINE))


def check_version(root, spec):
    version = re.search(r"version: '([^']+)'", (root / "meson.build").read_text())[1]
    changelog = (root / "packaging/debian/changelog").read_text()
    found = {
        "include/multiping/version.h": re.search(
            r'VERSION_STRING "([^"]+)"', (root / "include/multiping/version.h").read_text())[1],
        "packaging/debian/changelog": re.match(r"multiping \(([^-]+)-", changelog)[1],
        "packaging/rpm/multiping.spec": re.search(r"^Version: +(\S+)", spec, re.MULTILINE)[1],
        "CHANGELOG.md": re.search(
            r"^## (\S+)", (root / "CHANGELOG.md").read_text(), re.MULTILINE)[1],
    }
    for where, told in found.items():
        tap.ok(told == version, f"{where} has the version of meson.build", told, version)


def check_files(build_dir, debian, spec):
    files = installed(build_dir)
    deb, rpm = deb_patterns(debian), rpm_patterns(spec)
    tap.ok(len(files) > 10 and deb and rpm, "there are files to install")
    for file in sorted(files):
        deb_owner = owner(placed(file, DEB_PLACES), deb)
        rpm_owner = owner(placed(file, RPM_PLACES), rpm)
        same = {DEB_PACKAGES.get(package) for package in deb_owner} == rpm_owner
        tap.ok(len(deb_owner) == 1 and same, f"{file} is in one package of each kind",
               deb_owner, rpm_owner)


def check_needs(root, control, spec):
    deb, rpm = deb_needs(control), rpm_needs(spec)
    tap.ok(deb.keys() == BUILD_NEEDS.keys(), "the needs of debian/control are known here",
           deb.keys() ^ BUILD_NEEDS.keys())
    want = {theirs: deb[ours] for ours, theirs in BUILD_NEEDS.items() if theirs and ours in deb}
    have = {name: version for name, version in rpm.items() if name not in RPM_ONLY}
    tap.ok(want == have, "the RPM spec needs the same", want, have)

    build = (root / "meson.build").read_text()
    for name, version in re.findall(
            r"^\w+ = dependency\('([^']+)'(?:, version: '>=([^']+)')?", build, re.MULTILINE):
        if name != "threads":
            told = have.get(f"pkgconfig({name})")
            tap.ok(told == version, f"{name}: both need what meson.build needs", told, version)
    least = re.search(r"meson_version: '>=([^']+)'", build)[1]
    tap.ok(have.get("meson") == least, "meson: both need what meson.build needs", least)


def check_symbols(root, debian):
    listed = re.findall(r"^ (mping_\w+)@(\w+\.\d\.?\d*) (\S+)$",
                        (debian / "libmultiping0.symbols").read_text(), re.MULTILINE)
    mapped = set()
    for node, names in re.findall(r"^(MULTIPING_[\d.]+) \{\s*global:(.*?)(?:local:|\})",
                                  (root / "lib/libmultiping.map").read_text(),
                                  re.MULTILINE | re.DOTALL):
        mapped |= {(name, node) for name in re.findall(r"(\w+);", names)}
    differ = mapped ^ {(name, node) for name, node, _ in listed}
    tap.ok(mapped and not differ, "the symbols file lists what the map does", *sorted(differ))


def main():
    root, build_dir = Path(sys.argv[1]), Path(sys.argv[2])
    debian = root / "packaging" / "debian"
    spec = (root / "packaging" / "rpm" / "multiping.spec").read_text()
    check_version(root, spec)
    check_files(build_dir, debian, spec)
    check_needs(root, (debian / "control").read_text(), spec)
    check_symbols(root, debian)
    tap.done()


main()
