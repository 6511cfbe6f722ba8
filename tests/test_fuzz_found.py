"""What the fuzzer found and what was mended stays mended; and the fuzzer finds what it looks for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "fuzz"))

import run as fuzz

from render.children import Fault, each

FOUND = sorted((Path(__file__).parent / "fuzz" / "found").glob("*.json"))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_an_input_that_was_found_is_answered(path: Path) -> None:
    (answer,) = each(fuzz.ran, [fuzz.read(path)], 1, fuzz.LIMITS)
    assert answer == ""


def test_inputs_are_made_from_their_number_alone() -> None:
    made = [fuzz.made(3, number) for number in range(60)]
    assert made == [fuzz.made(3, number) for number in range(60)]
    assert {one.kind for one in made} >= {"grammar", "mutation", "notebook", "sheet", "show", "api", "paper"}


def test_an_input_is_kept_as_it_was(tmp_path: Path) -> None:
    for number in range(20):
        one = fuzz.made(5, number)
        (tmp_path / "x.json").write_text(fuzz.written(one), encoding="utf-8")
        found = fuzz.read(tmp_path / "x.json")
        assert (found.words, found.name, found.data, found.beside) == (one.words, one.name, one.data, one.beside)


@pytest.mark.parametrize(("code", "words"), [
    ("raise KeyError(1)", "exit status 70"), ("import os; os.system('true')", "it did what no input may make it do: os.system"),
    ("open('/proc/derive-fuzz', 'w')", "it did what no input may make it do: opened /proc/derive-fuzz to write"), ("import sys; sys.stderr.write('\\x1b')", "it prints '\\x1b'"),
    ("raise SystemExit(9)", None),
])  # fmt: skip
def test_the_fuzzer_finds_what_it_looks_for(monkeypatch: pytest.MonkeyPatch, code: str, words: str | None) -> None:
    def broken(arguments: object) -> int:
        exec(code)
        return 0

    monkeypatch.setattr("render.commands.check._run", broken)
    monkeypatch.setattr("render.commands.check.COMMAND", fuzz.cli.Command(lambda parser: None, broken))
    (answer,) = each(fuzz.ran, [fuzz.Input("grammar", 0, ("check",), "x.tex", b"")], 1, fuzz.LIMITS)
    told = answer.words if isinstance(answer, Fault) else answer
    assert (words in told) if words else isinstance(answer, Fault)
