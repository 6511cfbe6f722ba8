"""The script that counts what of somebody's papers is read and judged."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "coverage" / "run.py"


def run(*arguments: str) -> list[str]:
    done = subprocess.run([sys.executable, str(SCRIPT), *arguments, "--jobs", "1"], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_rows_are_counted_by_what_becomes_of_them(tmp_path: Path) -> None:
    (tmp_path / "a.tex").write_text("Let $x$ be real. $x = x$, $x = x+1$, $x + \\strange = 1$, $2 + \\strange = 2$.\n\\input{b}\n$x^2 = x$ % derive: ignore\n")
    (tmp_path / "b.tex").write_text("Let $c = 3$.")
    (tmp_path / "c.tex").write_bytes(b"$1 = \xff$")
    lines = run(str(tmp_path))
    assert lines[0].startswith(f"{tmp_path / 'c.tex'}: ") and "not UTF-8" in lines[0]
    assert lines[2].startswith("     2  unread: the command \\strange  (") and f"{tmp_path / 'a.tex'}:1" in lines[2]
    assert lines[-3].split() == ["rows", "read", "judged", "accepted", "refuted", "undecided", "given", "ignored", "paper"]
    assert lines[-1].split()[:8] == ["6", "3", "2", "1", "1", "0", "1", "1"]
    assert run("--read", str(tmp_path))[-1].split()[:8] == ["6", "3", "2", "-", "-", "-", "1", "1"]


@pytest.mark.parametrize(("why", "construct"), [
    ("'old' cannot stand here; expected an argument (a.tex:3:4)", "a word cannot stand here"), ("'<' cannot stand here; expected a number", "'<' cannot stand here"),
    ("p takes 1 argument(s), not 2", "p takes N argument(s), not N"),
])  # fmt: skip
def test_like_reasons_are_counted_together(why: str, construct: str) -> None:
    assert runpy.run_path(str(SCRIPT))["construct"](why) == construct
