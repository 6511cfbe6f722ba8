"""The same documents get the same verdicts: with any hash seed, in any order, with several at a time, from memory and anew."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from scoring.reference import KINDS, cases

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "tests" / "corpus"
FEW = ("am-gm.tex", "adam-bias.tex", "dropout-variance.tex")
FIELDS = ("line", "column", "left", "relation", "right", "verdict", "evidence", "method", "counterexample", "hint", "why", "conventions", "rests", "answer")

Verdicts = dict[str, list[list[object]]]
Run = tuple[str, bool, str, bool]
"""A run: its hash seed, whether the files come in the other order, how many at a time, and whether it remembers."""

PLAIN: Run = ("0", False, "1", False)
FEW_RUNS: tuple[Run, ...] = (("1", True, "2", True), ("4242", False, "1", True))
"""The second finds in the memory what the first put there."""
MANY_RUNS: tuple[Run, ...] = (*FEW_RUNS, ("7", True, "1", False), ("99", False, "4", False), ("12345", True, "3", True))


def checked(files: Sequence[Path], run: Run, memory: Path) -> Verdicts:
    seed, turned, jobs, remembers = run
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "XDG_CACHE_HOME": str(memory)}
    command = [sys.executable, "-m", "render.cli", "check", "--to", "json", "--jobs", jobs, "--cache" if remembers else "--no-cache"]
    done = subprocess.run([*command, *map(str, reversed(files) if turned else files)], capture_output=True, text=True, env=environment, check=False)
    found: Verdicts = {}
    for record in json.loads(done.stdout)["steps"]:
        found.setdefault(record["file"], []).append([record.get(field) for field in FIELDS])
    return found


def differences(files: Sequence[Path], runs: Sequence[Run], memory: Path) -> list[str]:
    """Each file whose steps are not the same in a run as in the plain one."""
    plain = checked(files, PLAIN, memory)
    assert plain, "there are steps"
    found = []
    for run in runs:
        other = checked(files, run, memory)
        found += [f"{run}: {file}: {plain.get(file)} but {other.get(file)}" for file in {**plain, **other} if plain.get(file) != other.get(file)]
    return found


def test_a_few_documents_get_the_same_verdicts(tmp_path: Path) -> None:
    assert differences([CORPUS / name for name in FEW], FEW_RUNS, tmp_path) == []


@pytest.mark.slow
def test_many_documents_get_the_same_verdicts(tmp_path: Path) -> None:
    """Every third of the corpus, and every twelfth of the derivations of others where they are here."""
    folder = cases()
    others = [sorted((folder / kind).glob("*.tex"))[::12] for kind in KINDS] if folder is not None else []
    assert differences([*sorted(CORPUS.glob("*.tex"))[::3], *(f for kind in others for f in kind)], MANY_RUNS, tmp_path) == []
