"""The rooms of the house: which imports go where, what may not stand in which room."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from import_graph import MODULES, circles, for_types_alone, graph, unreached

ROOT = Path(__file__).parent.parent
SOURCES = sorted([*ROOT.glob("derivations/**/*.py"), *ROOT.glob("render/**/*.py")])
ALLOWED = {
    "language": {"language"},
    "kernel": {"kernel", "language"},
    "rules": {"rules", "kernel", "language"},
    "reading": {"reading", "kernel", "language", "parameters"},
    "topics": {"topics", "reading", "rules", "kernel", "language", "problem", "parameters", "figures", "networks"},
    "authored": {"authored", "checking", "reading", "rules", "kernel", "language", "problem", "parameters", "catalogue"},
    "checking": {"checking", "reading", "rules", "kernel", "language", "mutation"},
}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
    return found


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_are_sources() -> None:
    assert len(SOURCES) > 40


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_arrows_run_one_way(path: Path) -> None:
    parts = path.relative_to(ROOT).parts
    wanted = imports(path)
    if parts[0] == "derivations":
        assert not {name for name in wanted if name.split(".")[0] == "render"}, "derivations never imports render"
        room = parts[1] if len(parts) > 2 else None
        if room in ALLOWED:
            rooms = {name.split(".")[1] for name in wanted if name.startswith("derivations.") and name.count(".") >= 1}
            assert rooms <= ALLOWED[room], f"{room} may import {sorted(ALLOWED[room])}"


def test_no_file_leads_back_to_itself() -> None:
    assert circles(graph()) == []


def test_a_circle_is_seen_wherever_its_import_stands() -> None:
    edges = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set()}
    assert circles(edges) == [{"a", "b", "c"}]
    assert "derivations.problem" in graph()["derivations.catalogue"], "imported for the type checker alone"
    assert "derivations.reading.uses" in graph()["derivations.reading.judgements"]


LATE = {"derivations", "derivations.authored.kinds", "derivations.catalogue"}
"""The files of ``derivations`` that import for the type checker alone: the catalogue is read without SymPy."""


def test_types_are_imported_where_all_else_is() -> None:
    assert {name for name in for_types_alone() if name.startswith("derivations")} <= LATE


def test_every_file_is_reached_by_a_command_or_a_name_of_the_package() -> None:
    assert len(MODULES) > 300 and unreached() == set()


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_files_hold_one_notion_and_are_named_for_it(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 700
    assert path.stem not in {"utils", "helpers", "util", "helper", "misc", "common"}


RUNNING = {"render/code/run.py": {"eval"}, "derivations/language/record.py": {"exec"}}
"""The one runs what this package has just written, to see that it runs; the other compiles how a record is filled, as the standard library does."""


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_library_code_has_no_assert_eval_or_exec(path: Path) -> None:
    running = RUNNING.get(relative(path), set())
    for node in ast.walk(ast.parse(path.read_text())):
        assert not isinstance(node, ast.Assert), "an assert vanishes under python -O"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"eval", "exec", "print"} - running, f"line {node.lineno}"


MARKUP = ("\\frac", "\\sum", "\\beta", "\\left", "\\mathbf", "\\text{", "\\cdot", "\\times", "\\operatorname", "<mfrac", "<math")


@pytest.mark.parametrize("path", [p for p in SOURCES if p.parts[len(ROOT.parts)] == "derivations" and "reading" not in p.parts and "authored" not in p.parts], ids=relative)
def test_mathematics_holds_no_markup(path: Path) -> None:
    tree = ast.parse(path.read_text())
    docstrings = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body and isinstance(node.body[0], ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            assert not any(mark in node.value for mark in MARKUP), f"line {node.lineno}: {node.value!r}"


def test_the_catalogue_is_read_without_sympy() -> None:
    import subprocess

    code = "import sys, derivations.catalogue, render.cli; sys.exit(any(m in sys.modules for m in ('sympy', 'mpmath', 'rich', 'latexify')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
