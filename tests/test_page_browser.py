"""Pages in a real browser: boxes at phone and desktop width in light and dark, reading without JavaScript, print, copying, accessibility.

Needs Chromium; accessibility needs axe-core, which is looked for in ``node_modules`` here, above, and in ``$NODE_PATH`` (``npm install axe-core@4``). A page is
shown in frames of exact width, and what is measured in them is read from the DOM that Chromium dumps.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from html import escape, unescape
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import worked_examples as examples

from render import cli, html
from render.compose import Entry
from render.math_font import SUBSETS, shown, slanted
from render.notation.latex import latex
from render.notation.mathml import mathml
from render.sheets import Sheet, sheet_document

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PROBLEMS = (examples.convolution(), examples.count(), examples.density(), examples.wide())
VIEWS = {f"{scheme}-{width}": (scheme, width) for scheme in ("light", "dark") for width in (390, 1280)}

MEASURE = """
const found = {wide: [], outside: [], clipped: [], meeting: [], empty: 0, brackets: []};
const root = d.documentElement, room = root.clientWidth;
if (root.scrollWidth > room) found.wide.push(root.scrollWidth);
const said = e => e.tagName + " " + e.textContent.trim().slice(0, 60);
const scrolls = e => e && e !== root && (/auto|scroll/.test(w.getComputedStyle(e).overflowX) || scrolls(e.parentElement));
for (const e of d.body.querySelectorAll("*")) {
  if (e.closest("script, svg")) continue;
  const box = e.getBoundingClientRect(), style = w.getComputedStyle(e);
  if ((box.right > room + 1 || (box.left < -1 && box.width)) && !scrolls(e)) found.outside.push(said(e));
  if (style.overflowY === "hidden" && e.scrollHeight > e.clientHeight + 1) found.clipped.push([said(e), e.scrollHeight, e.clientHeight]);
}
for (const row of d.querySelectorAll("tr")) {
  const boxes = [...row.cells].map(c => c.getBoundingClientRect());
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
    if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1) found.meeting.push(said(row));
  }));
}
for (const m of d.querySelectorAll("math")) { const box = m.getBoundingClientRect(); if (box.width < 2 || box.height < 2) found.empty++; }
for (const o of d.querySelectorAll("mo")) if ("()".includes(o.textContent)) {
  const box = o.getBoundingClientRect(), em = parseFloat(w.getComputedStyle(o).fontSize);
  const beside = o[o.textContent === "(" ? "nextElementSibling" : "previousElementSibling"]?.getBoundingClientRect();
  if (box.height < 1.1 * em && beside) found.brackets.push((o.textContent === "(" ? beside.left - box.left : box.right - beside.right) / em);
}
found.paper = w.getComputedStyle(d.body).backgroundColor;
found.fonts = [...d.fonts].map(f => f.family.replaceAll('"', "") + " " + f.status);
found.text = d.body.innerText;
found.formulas = d.querySelectorAll("math").length;
found.buttons = d.querySelectorAll("button").length;
"""


def _chromium() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("Chromium is not installed")
    return found


def _run(page: str, *arguments: str, seconds: int = 240) -> str:
    program = _chromium()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "page.html").write_text(page, encoding="utf-8")
        command = [program, *FLAGS, f"--user-data-dir={folder}/new", *arguments, f"file://{folder}/page.html"]
        return subprocess.run(command, capture_output=True, timeout=seconds, check=True, encoding="utf-8").stdout


def _dark(page: str) -> str:
    """What a reader sees whose system is dark."""
    assert "(prefers-color-scheme: dark)" in page
    return page.replace("(prefers-color-scheme: dark)", "all")


def _framed(frames: dict[str, tuple[str, int, str]], script: str) -> dict[str, Any]:
    """``frames``: page, width and sandbox of each; ``script`` fills ``found`` from the window ``w`` and the document ``d`` of a frame, and may await."""
    elements = "".join(
        f'<iframe id="{name}" style="width:{width}px;height:900px;border:0" {box} srcdoc="{escape(page)}"></iframe>' for name, (page, width, box) in frames.items()
    )
    outer = f"""<!DOCTYPE html><meta charset="utf-8"><body>{elements}<pre id="result"></pre><script>
    addEventListener("load", async () => {{
      const all = {{}};
      for (const frame of document.querySelectorAll("iframe")) {{
        const w = frame.contentWindow, d = frame.contentDocument;
        await d.fonts.ready;
        try {{ {script} all[frame.id] = found; }} catch (error) {{ all[frame.id] = {{error: String(error.stack)}}; }}
      }}
      document.querySelectorAll("iframe").forEach(f => f.remove());
      document.getElementById("result").textContent = "RESULT" + JSON.stringify(all) + "END";
    }});</script>"""
    dumped = _run(outer, "--window-size=1400,1000", "--virtual-time-budget=60000", "--dump-dom")
    result = re.search(r"RESULT(\{.*\})END</pre>", dumped, re.DOTALL)
    assert result, dumped[-2000:]
    found: dict[str, Any] = json.loads(unescape(result[1]))
    for view in found.values():
        assert "error" not in view, view
    return found


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("assignment")
    assert cli.main(["sheet", "assignment-2", "--to", "html", "--out", str(folder)]) == 0
    return (folder / "assignment-2.html").read_text("utf-8")


@pytest.fixture(scope="module")
def examples_page() -> str:
    return html.document(sheet_document(Sheet("Results & <proofs>", tuple(map(Entry, PROBLEMS)), "A course", "An author", "2024-05-01")))


@pytest.fixture(scope="module", params=["assignment", "examples_page"])
def page(request: pytest.FixtureRequest) -> str:
    _chromium()
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def views(page: str) -> dict[str, Any]:
    frames = {name: (_dark(page) if scheme == "dark" else page, width, "") for name, (scheme, width) in VIEWS.items()}
    frames["unscripted"] = (page, 1280, 'sandbox="allow-same-origin"')
    return _framed(frames, MEASURE)


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_runs_over(views: dict[str, Any], view: str) -> None:
    found = views[view]
    assert (found["wide"], found["outside"], found["clipped"], found["meeting"], found["empty"]) == ([], [], [], [], 0)
    assert (found["paper"] == "rgb(255, 255, 255)") == view.startswith("light")


def test_formulas_are_set_in_the_font_of_the_page_and_close_to_their_brackets(views: dict[str, Any]) -> None:
    for found in views.values():
        assert found["fonts"] and all(re.fullmatch(r"Sheet Math \w+ loaded", font) for font in found["fonts"])
        assert found["formulas"] > 20 and found["brackets"] and max(found["brackets"]) < 0.45


def test_everything_can_be_read_without_a_script(views: dict[str, Any]) -> None:
    with_script, without = views["light-1280"], views["unscripted"]
    assert without["text"] == with_script["text"]
    assert without["formulas"] == with_script["formulas"]
    assert without["buttons"] == 0
    assert (without["outside"], without["clipped"]) == ([], [])


def test_the_page_of_the_assignment_is_small(assignment: str) -> None:
    assert len(assignment.encode()) < 200_000


# -- copying -----------------------------------------------------------------------------------------------------------------------------

COPY = """
const found = {copied: [], places: [], reached: 0};
Object.defineProperty(w.navigator, "clipboard", {value: {writeText: async text => { found.copied.push(text); }}});
for (const math of d.querySelectorAll("math")) {
  math.dispatchEvent(new w.Event("pointerover", {bubbles: true}));
  const button = d.querySelector("button.copy"), box = button.getBoundingClientRect();
  found.words = button.textContent;
  if (box.left < 0 || box.right > d.documentElement.clientWidth) found.places.push(box.left);
  button.click();
  await new Promise(resolve => setTimeout(resolve, 0));
  found.after = button.textContent;
}
const wide = d.querySelector(".chain math");
wide.focus();
found.focused = d.activeElement === wide && wide.nextElementSibling === d.querySelector("button.copy");
wide.dispatchEvent(new w.KeyboardEvent("keydown", {key: "Escape", bubbles: true}));
found.left = d.querySelectorAll("button").length;
"""


def test_each_formula_gives_its_latex(examples_page: str) -> None:
    found = _framed({"phone": (examples_page, 390, "")}, COPY)["phone"]
    assert (found["words"], found["after"], found["places"]) == ("Copy LaTeX", "Copied", [])
    assert found["focused"] and found["left"] == 0
    listed = re.search(r'id="latex"[^>]*>(.*?)</script>', examples_page, re.DOTALL)
    assert listed
    lines = listed[1].split("\n")
    full = [lines[int(line[1:])] if line.startswith("@") else line for line in lines]
    copied = found["copied"]
    assert len(copied) == len(re.findall("<math", examples_page))
    units = [text for k, text in enumerate(copied) if k == 0 or text != copied[k - 1]]
    assert units == [text for k, text in enumerate(full) if k == 0 or text != full[k - 1]]
    pairs = dict(zip(re.findall(r"<math>.*?</math>", examples_page, re.DOTALL), copied, strict=False))
    for problem in PROBLEMS:
        for checked in problem.steps:
            side = checked.step.statement.rhs
            source = pairs.get(mathml(side))
            assert source is None or source.endswith(latex(side))


# -- print -------------------------------------------------------------------------------------------------------------------------------


def test_what_is_folded_is_printed(examples_page: str, tmp_path: Path) -> None:
    _chromium()
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    closed = examples_page.replace("<details open>", "<details>")
    assert closed != examples_page
    printed = []
    for name, source in (("open", examples_page), ("closed", closed)):
        path = tmp_path / f"{name}.pdf"
        _run(source, "--no-pdf-header-footer", f"--print-to-pdf={path}")
        printed.append(subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, encoding="utf-8").stdout)
    assert printed[0] == printed[1]
    assert "one term for each tap" in " ".join(printed[0].split()) or "taps" in printed[0]
    assert "▾" not in printed[0] and "▸" not in printed[0]


def test_no_word_is_printed_over_another(assignment: str, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    _run(assignment, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'a.pdf'}")
    told = subprocess.run(["pdftotext", "-bbox", str(tmp_path / "a.pdf"), "-"], capture_output=True, check=True, encoding="utf-8").stdout
    box = re.compile(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)')
    pages = [[(*map(float, found[:4]), found[4]) for found in box.findall(page)] for page in told.split("<page ")[1:]]
    assert sum(map(len, pages)) > 2000
    over = [
        (a[4], b[4])
        for page in pages
        for a, b in combinations(page, 2)  # signs of a formula may reach into each other, words not
        if any(len(w) > 3 and w.isalpha() for w in (a[4], b[4])) and min(a[2], b[2]) - max(a[0], b[0]) > 2 and min(a[3], b[3]) - max(a[1], b[1]) > 6
    ]
    assert over == []


# -- accessibility -----------------------------------------------------------------------------------------------------------------------

AXE = """
const report = await w.axe.run(d, {resultTypes: ["violations", "incomplete"]});
const found = {violations: report.violations.map(v => [v.id, v.help, v.nodes.slice(0, 3).map(n => n.html.slice(0, 300) + " " + n.failureSummary)]),
  passes: report.passes.length, unsure: report.incomplete.map(v => [v.id, v.nodes.length])};
"""


def _axe() -> str:
    folders = [Path.cwd(), *Path.cwd().parents]
    places = [folder / "node_modules" for folder in folders] + [Path(entry) for entry in os.environ.get("NODE_PATH", "").split(os.pathsep) if entry]
    for place in places:
        if (place / "axe-core" / "axe.min.js").is_file():
            return (place / "axe-core" / "axe.min.js").read_text("utf-8")
    pytest.skip("axe-core is not installed (npm install axe-core@4, or NODE_PATH)")


@pytest.mark.parametrize("page", [pytest.param("assignment", marks=pytest.mark.slow), "examples_page"], indirect=True)
def test_axe_finds_nothing(page: str) -> None:
    tool = f"<script>{_axe()}</script></head>"
    frames = {name: ((_dark(page) if scheme == "dark" else page).replace("</head>", tool), width, "") for name, (scheme, width) in VIEWS.items()}
    for name, found in _framed(frames, AXE).items():
        assert found["passes"] > 10, name
        assert found["violations"] == [], name


# -- the font, which needs no browser ----------------------------------------------------------------------------------------------------


def test_the_font_has_every_character_that_the_printers_print() -> None:
    ttlib = pytest.importorskip("fontTools.ttLib")
    pytest.importorskip("brotli")
    folder = Path(html.__file__).parent / "templates" / "fonts"
    have = {}
    for name, chars in SUBSETS.items():
        font = ttlib.TTFont(folder / f"{name}.woff2")
        have[name] = {chr(code) for code in font.getBestCmap()}
        assert set(chars) <= have[name], name
        assert "MATH" in font and "Reserved" not in font["name"].getDebugName(1) and font["name"].getDebugName(1).startswith("Sheet Math")
    assert sorted(path.stem for path in folder.glob("*.woff2")) == sorted(SUBSETS)
    assert "SIL OPEN FONT LICENSE" in (folder / "OFL.txt").read_text("utf-8")


def test_every_sign_has_a_subset_and_a_page_brings_those_it_needs() -> None:
    from notation_terms import SAMPLES

    from render.notation import symbols

    held = set().union(*map(set, SUBSETS.values()))
    tables: tuple[dict[str, str], ...] = (symbols.LETTERS, symbols.RELATIONS, symbols.PRODUCTS, symbols.SIGNS, symbols.DOTS, symbols.BIG_SIGNS, symbols.CONSTANTS)
    signs = {char for table in tables for word in table.values() for char in word}
    signs |= {char for table in (symbols.FENCES, symbols.BRACKETS) for pair in table.values() for sign in pair for char in sign}
    signs |= {accent.over for accent in symbols.ACCENTS.values()} | set(map(chr, range(33, 127)))
    signs |= {c for font in ("bold", "cal", "bb", "frak", "sf", "tt") for char in map(chr, range(33, 127)) for c in symbols.in_alphabet(char, font) or ""}
    signs |= {slanted(char) for char in signs if char.isalpha()}
    signs |= {char for term in SAMPLES.values() for char in shown(mathml(term)) if ord(char) < 0x3000}
    assert sorted(signs - held) == []
    parts = [set(chars) for name, chars in SUBSETS.items() if name != "whole"]
    assert sum(map(len, parts)) == len(set().union(*parts) | set())
