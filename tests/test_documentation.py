"""The documentation: its examples run, its pages are all in the contents, what is made from tables holds all of them, and it is built without a warning."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_readme import ROOT, blocks, run

from derivations.catalogue import KINDS
from render import reference, schema
from render.cli import COMMANDS
from render.explanations import EXPLANATIONS
from render.sheet_fields import PartFields, SheetFields, VariantFields, WrittenFields

DOCS = ROOT / "render" / "docs"
PAGES = {path.relative_to(DOCS).as_posix(): path.read_text("utf-8") for path in sorted(DOCS.glob("*.md"))}
MADE = ("kinds", "toml", "commands", "marks", "gallery")


@pytest.mark.slow
@pytest.mark.parametrize("page", ["tutorial_sheet.md", "tutorial_check.md", "tutorial_paper.md", "code.md", "papers.md", "add.md"])
def test_the_examples_of_a_tutorial_run(page: str, tmp_path: Path) -> None:
    found = blocks(PAGES[page])
    assert len(found) >= 2
    run(found, tmp_path)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    sphinx = pytest.importorskip("sphinx.cmd.build", reason="pip install '.[docs]' builds the site")
    pytest.importorskip("myst_parser", reason="pip install '.[docs]' builds the site")
    import shutil

    source = tmp_path / "docs"
    shutil.copytree(DOCS, source, ignore=shutil.ignore_patterns("generated", "__pycache__"))
    assert sphinx.main(["-q", "-W", "--keep-going", str(source), str(tmp_path / "site")]) == 0
    gallery = (tmp_path / "site" / "generated" / "gallery.html").read_text("utf-8")
    assert gallery.count("<img ") >= 5
    assert "receptive" in (tmp_path / "site" / "api.html").read_text("utf-8")


def test_every_page_is_in_the_contents_once() -> None:
    listed = re.findall(r"^(?!:)([a-z_/]+)$", "\n".join(re.findall(r"```\{toctree\}\n(.*?)```", PAGES["index.md"], re.DOTALL)), re.MULTILINE)
    assert sorted(listed) == sorted([*(name.removesuffix(".md") for name in PAGES if name != "index.md"), *(f"generated/{name}" for name in MADE)])


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", PAGES[page]):
        made = target.removeprefix("generated/").removesuffix(".md")
        assert (DOCS / target).is_file() or (target.startswith("generated/") and made in MADE), target


def test_what_is_made_from_tables_holds_all_of_them() -> None:
    kinds, toml, commands, marks = reference.kinds(), reference.toml(), reference.commands(), reference.marks()
    for kind in KINDS:
        part = re.search(rf"^## {kind.name}$(.*?)(?=^## |\Z)", kinds, re.MULTILINE | re.DOTALL)
        assert part is not None
        assert all(f"| `{p.name}` |" in part[1] for p in kind.parameters)
        assert part[1].count("derive show ") == len(kind.examples)
    for table in (SheetFields, WrittenFields, VariantFields, PartFields):
        assert all(f"| `{name}` |" in toml for name in schema.properties(table))
    assert all(f"## derive {name}\n" in commands for name in COMMANDS)
    assert all(f"### {code}\n" in marks for code in EXPLANATIONS)
    for table in (kinds, toml, commands, marks):
        for line in table.splitlines():
            if line.startswith("|"):
                head = len(re.findall(r"(?<!\\)\|", line))
                assert head >= 3, line


def test_pages_name_no_module_that_there_is_not() -> None:
    for path in re.findall(r"`((?:derivations|render|tests)/[\w/.]+)`", PAGES["add.md"]):
        assert (ROOT / path).exists(), path
