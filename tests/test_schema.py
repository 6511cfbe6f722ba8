"""The JSON Schemas, by a validator that is not ours: they accept what the program accepts and know every field; and the sheets to begin with."""

from __future__ import annotations

import datetime
import json
import re
import tomllib
from pathlib import Path

import jsonschema
import pytest
from test_readme import ROOT, blocks
from test_sheet_file import GOOD
from test_variants import SHEET as CLASS

from derivations.catalogue import KINDS
from derivations.language.errors import DeriveError
from render import schema, sheet_file
from render.cli import main

VALIDATOR = jsonschema.Draft7Validator(schema.sheet_schema())
RECORD = jsonschema.Draft7Validator(schema.record_schema())


def plain(value: object) -> object:
    """TOML as JSON has it: dates are words."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value


def accepts(text: str) -> bool:
    return bool(VALIDATOR.is_valid(plain(tomllib.loads(text))))


def documented() -> list[str]:
    """Every sheet that the pages show."""
    found = []
    for page in (ROOT / "README.md", *sorted((ROOT / "render" / "docs").glob("*.md"))):
        found += [block.body for block in blocks(page.read_text("utf-8")) if block.name.endswith(".toml") and "[[problem]]" in block.body]
    return found


def test_the_schemas_are_schemas() -> None:
    for name in schema.SCHEMAS:
        jsonschema.Draft7Validator.check_schema(schema.schema(name))


@pytest.mark.parametrize("text", [GOOD, CLASS, *documented(), *(entry.read_text("utf-8") for entry in sheet_file.bundled().values())])
def test_sheets_that_are_read_are_accepted(text: str) -> None:
    assert accepts(text), [error.message for error in VALIDATOR.iter_errors(plain(tomllib.loads(text)))]


def test_every_example_of_every_kind_is_accepted() -> None:
    for kind in KINDS:
        for example in kind.examples:
            fields = "".join(f"{name} = {json.dumps(value)}\n" for name, value in example.items() if not name.startswith("model"))
            assert accepts(f'title = "T"\n[[problem]]\nkind = "{kind.name}"\n{fields}'), (kind.name, example)


@pytest.mark.parametrize(("before", "after"), [
    ('title = "My sheet"', ""), ("course =", "corse ="), ("kernel = 7", "kernel = 0"), ("kernel = 7", "kernel = 7.5"), ("stride =", "strid ="), ("kernels = [3, 5]", "kernels = []"),
    ("kernels = [3, 5]", "kernels = [3, -5]"), ('heading = "Mine"', "heading = 3"), ('heading = "Mine"', "marks = 1.3"), ('heading = "Mine"', 'space = "4"'),
    ("kernel = 7", "kernel = { chose = [3] }"), ("kernel = 7", "kernel = { from = 3 }"), ("kernel = 7", 'kernel = 7\nconvention = "zeroes"'),
])  # fmt: skip
def test_what_a_schema_refuses_the_program_refuses(before: str, after: str) -> None:
    text = GOOD.replace(before, after)
    assert text != GOOD and not accepts(text)
    with pytest.raises(DeriveError):
        sheet_file.parse(text, "t", "t.toml")


def test_what_is_written_for_programs_is_what_the_schema_says() -> None:
    files = sorted((ROOT / "output").glob("*.json"))
    assert len(files) == 8
    for path in files:
        RECORD.validate(json.loads(path.read_text("utf-8")))
    spoiled = json.loads(files[0].read_text("utf-8"))
    del spoiled["problems"][0]["title"]
    assert not RECORD.is_valid(spoiled)


def test_one_problem_for_programs_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "residual-block", "--channels", "C", "--to", "json"]) == 0
    RECORD.validate(json.loads(capsys.readouterr().out))


def test_the_keys_of_a_paper() -> None:
    keys = jsonschema.Draft7Validator(schema.keys_schema())
    good = {"language": "de", "notation": {"symbols": {"beta": "gamma"}}, "key": {"a": {"kind": "momentum", "form": "next", "part": "chain", "reasons": True}}}
    assert keys.is_valid(good) and keys.is_valid({"key": {"a": {"file": "x.tex", "label": "eq:a"}}})
    for bad in ({"keys": {}}, {"key": {"a": {"part": "chain"}}}, {"key": {"a": {"kind": "momentum", "part": "proof"}}}, {"notation": {"lgo": "ln"}}):
        assert not keys.is_valid(bad), bad


def test_what_check_says_to_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.tex").write_text("Let $x > 0$. Then $x = x + 1$, $2x = x + x$, $f(x + y) = f(x)$.\n\nNow $x = \\foo$ % derive: ignore\n and $\\frac{1 = x$.")
    (tmp_path / "b.tex").write_bytes(b"\xff$")
    cell = {"cell_type": "markdown", "metadata": {}, "source": "Let $x > 1$. Then $x > 2$."}
    (tmp_path / "c.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    assert main(["check", "--no-cache", "--to", "json", str(tmp_path)]) == 2
    found = json.loads(capsys.readouterr().out)
    validator = jsonschema.Draft7Validator(schema.schema("report"))
    validator.validate(found)
    assert {step["verdict"] for step in found["steps"]} >= {"accepted", "refuted", "given"} and found["faults"] and any("cell" in step for step in found["steps"])
    del found["steps"][0]["rests"]
    assert not validator.is_valid(found)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "sheet"]) == 0
    assert json.loads(capsys.readouterr().out) == {"$id": "urn:derive:sheet:1", **schema.sheet_schema()}
    assert main(["schema", "shet"]) == 2
    assert "there is no schema 'shet' (did you mean 'sheet'?); there are sheet, keys, record, report" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--class",)])
def test_a_sheet_to_begin_with_is_made_and_makes_a_sheet(options: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "week-1.toml"
    assert main(["init", str(path), *options]) == 0
    text = path.read_text("utf-8")
    assert accepts(text)
    assert main(["sheet", str(path), "--to", "md", "--out", str(tmp_path / "out")]) == 0
    assert main(["init", str(path), *options]) == 2
    assert f"{str(path)!r} is there already" in capsys.readouterr().err and path.read_text("utf-8") == text
    assert main(["init", str(tmp_path / "week-1.txt")]) == 2
    assert re.search(r"is not accepted; a sheet is a file that ends in \.toml", capsys.readouterr().err)
