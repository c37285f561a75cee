# SPDX-License-Identifier: Apache-2.0
"""Completions, tried in the shells themselves."""
import re
import shutil
import subprocess

import pytest

SHELLS = ["bash", "zsh", "fish"]


@pytest.fixture(scope="module")
def scripts(command, lab):
    made = {}
    for shell in SHELLS:
        result = command.run(lab.a, "--completion", shell)
        assert result.rc == 0 and result.err == "", result
        made[shell] = lab.dir / f"completion.{shell}"
        made[shell].write_bytes(result.raw_out)
    return made


def long_options(command, lab):
    return set(re.findall(r"^  (?:-\w, |    )--([\w-]+)", command.run(lab.a, "--help").out, re.M))


def bash(script, *words):
    """What bash offers for the last of these words."""
    program = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1));'
               ' compopt() { :; }; _multiping; printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "--norc", "-c", program, "bash", script, *words],
                          capture_output=True, text=True, check=True)
    assert done.stderr == "", done.stderr
    return [line for line in done.stdout.split("\n") if line]


@pytest.mark.parametrize("words,offers", [
    (["multiping", "--perc"], ["--percentiles"]),
    (["multiping", "-o", ""], ["text", "json", "csv", "influx", "prom", "nagios"]),
    (["multiping", "--output", "=", "j"], ["json"]),
    (["multiping", "-q", "--color", "a"], ["auto", "always"]),
    (["multiping", "--fields", "target,rtt_m"], ["target,rtt_ms"] + [
        f"target,rtt_m{rest}" for rest in ("in_ms", "in_ns", "ax_ms", "ax_ns", "dev_ms", "dev_ns")]),
    (["multiping", "-c", ""], []),
    (["multiping", "-I", "l"], ["lo"]),
    (["multiping", "@/etc/hos"], None),
    (["multiping", "--exclude-file", "/etc/hos"], None),
])
def test_bash(scripts, words, offers):
    found = bash(scripts["bash"], *words)
    if offers is not None:
        assert found == offers
    else:
        assert any(word.lstrip("@") == "/etc/hosts" for word in found), found


def test_bash_knows_all_options(scripts, command, lab):
    assert set(bash(scripts["bash"], "multiping", "--")) \
        == {f"--{name}" for name in long_options(command, lab)}


@pytest.mark.parametrize("shell", SHELLS)
def test_syntax(scripts, shell):
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell}")
    done = subprocess.run([shell, "-n", scripts[shell]], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "", done.stderr


def test_fish(scripts, command, lab):
    if not shutil.which("fish"):
        pytest.skip("there is no fish")

    def offers(line):
        program = f"source {scripts['fish']}; complete -C '{line}'"
        done = subprocess.run(["fish", "--no-config", "-c", program], capture_output=True, text=True,
                              check=True, env={"HOME": str(lab.dir), "PATH": "/usr/bin:/bin"})
        return [row.split("\t")[0] for row in done.stdout.splitlines()]

    assert {f"--{name}" for name in long_options(command, lab)} <= set(offers("multiping --"))
    assert offers("multiping -o ") == sorted(["text", "json", "csv", "influx", "prom", "nagios"])


def test_zsh(scripts, command, lab):
    """zsh reads the specifications when the function runs, so it is run: on a terminal."""
    if not shutil.which("zsh"):
        pytest.skip("there is no zsh")
    folder = lab.dir / "zsh"
    folder.mkdir()
    shutil.copy(scripts["zsh"], folder / "_multiping")
    # zpty gives it a terminal; the list of matches is printed by a hook.
    program = r"""
        zmodload zsh/zpty
        zpty z zsh -f -i
        zpty -w z "PS1=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D"
        zpty -w z "zstyle ':completion:*' list-prompt ''; LISTMAX=10000; COLUMNS=200; LINES=200"
        zpty -w z 'bindkey "^I" complete-word; unsetopt list_beep menu_complete auto_menu; PS1=READY'
        zpty -r z text '*READY' || exit 1
        zpty -n -w z $'multiping --perc\t'; zpty -r z text '*percentiles*' && print -r -- ONE
        zpty -n -w z $'\C-umultiping -o jso\t'; zpty -r z text '*json*' && print -r -- TWO
        zpty -d z
    """
    done = subprocess.run(["zsh", "-f", "-c", program, "zsh", str(folder)], capture_output=True,
                          text=True, timeout=60, env={"TERM": "xterm", "PATH": "/usr/bin:/bin"})
    assert done.stdout.split() == ["ONE", "TWO"], done


def test_an_unknown_shell(ping):
    result = ping("--completion", "tcsh")
    assert result.rc == 2 and "none of bash|zsh|fish" in result.err, result


def test_full_output_is_told(lab, command):
    line = command.argv(lab.a, ["--completion", "bash"])
    run = command.start(lab.a, argv=["sh", "-c", 'exec "$@" >/dev/full', "sh", *line])
    assert run.wait().rc == 4
