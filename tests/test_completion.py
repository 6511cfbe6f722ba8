"""Completion, by the shells themselves: what each offers behind some words is what the parsers know."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from derivations.catalogue import KINDS, find
from render import cli
from render.cli import COMMANDS
from render.commands.check import FORMATS
from render.commands.completion import SHELLS
from render.commands.embed import ACTIONS

BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _derive; printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = """
_describe() { local -a found; found=("${(@P)2}"); print -rl -- "${found[@]%%:*}"; }
_files() { print -rl -- *(N) }
compset() { : }
source "$1"; shift
words=("$@"); CURRENT=$#; _derive
"""
FISH = """
source $argv[1]
complete -C (string join ' ' -- $argv[2..])
"""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the script of each shell, as the program prints it."""
    folder = tmp_path_factory.mktemp("completion")
    for shell in SHELLS:
        with pytest.MonkeyPatch.context() as patch, (folder / f"derive.{shell}").open("w", encoding="utf-8") as out:
            patch.setattr("sys.stdout", out)
            assert cli.main(["completion", shell]) == 0
    (folder / "a file.tex").touch()
    return folder


def offered(shell: str, scripts: Path, *words: str) -> set[str]:
    """What a shell offers for the last of these words, those that it begins."""
    run = {"bash": [shell, "--norc", "-c", BASH, "-"], "zsh": [shell, "-f", "-c", ZSH, "-"], "fish": [shell, "-N", "-c", FISH]}[shell]
    done = subprocess.run([*run, str(scripts / f"derive.{shell}"), *words], cwd=scripts, capture_output=True, text=True, check=False)
    assert not done.stderr.strip(), done.stderr
    found = {line.split("\t")[0] for line in done.stdout.splitlines() if line}
    return {one for one in found if one.startswith(words[-1])}


@pytest.mark.parametrize("shell", list(SHELLS))
def test_a_shell_offers_what_the_parsers_know(shell: str, scripts: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    assert offered(shell, scripts, "derive", "") >= set(COMMANDS)
    assert offered(shell, scripts, "derive", "che") == {"check"}
    assert offered(shell, scripts, "derive", "check", "--to", "") == set(FORMATS)
    assert offered(shell, scripts, "derive", "check", "--st") == {"--strict"}
    assert {"--no-cache", "--cache"} <= offered(shell, scripts, "derive", "check", "a.tex", "--")
    assert offered(shell, scripts, "derive", "embed", "") == set(ACTIONS)
    assert "--part" in offered(shell, scripts, "derive", "embed", "add", "--")
    assert "--part" not in offered(shell, scripts, "derive", "embed", "check", "--")
    assert {kind.name for kind in KINDS} <= offered(shell, scripts, "derive", "show", "")
    kernel = {f"--{p.name.replace('_', '-')}" for p in find("convolution").parameters}
    assert kernel <= offered(shell, scripts, "derive", "show", "convolution", "--")
    assert "--kernel" not in offered(shell, scripts, "derive", "show", "momentum", "--")
    assert offered(shell, scripts, "derive", "show", "convolution", "--convention", "") == {"zeros", "spacing"}
    assert any("a file.tex" in one.replace("\\", "") for one in offered(shell, scripts, "derive", "check", ""))
    assert not any("a file" in one for one in offered(shell, scripts, "derive", "schema", ""))


def test_a_shell_that_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", "tcsh"]) == 2
    assert "'bash', 'zsh', 'fish'" in capsys.readouterr().err
