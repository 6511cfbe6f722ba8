"""Questions with boxes: places follow from what is asked alone, are the same for everybody and in both typesetters, and stand in the outline."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from derivations.catalogue import find
from render import boxes
from render.cli import main
from render.compose import Entry
from render.document import Paragraph, Text

SHEET = r'''
title = "Exercises"
intro = "Write *legibly*."
boxes = true

[variants]
names = "class.csv"
seed = 3

[[problem]]
kind = "receptive-field"
kernels = { choose = [[3], [3, 5, 7, 9, 3, 5, 7, 9, 3, 5, 7, 9]] }
marks = 2
WORDS

[[problem]]
kind = "epochs"
iterations = { from = 10, to = 900, step = 10 }
samples = 50
batch = 10

[[problem.part]]
question = "How many steps has one epoch?"
marks = 1

[[problem.part]]
question = "How many epochs are that?"
marks = 2.5
'''


def entry(parts: int = 0, space: float | None = None) -> Entry:
    return Entry(find("epochs").build({"iterations": 10, "samples": 10, "batch": 5}), space=space, parts=("1",) * parts)


@pytest.mark.parametrize("parts", [0, 1, 2, 3, 5, 26])
@pytest.mark.parametrize("space", [None, 1.0, 6.0, 19.0, 24.0, 100.0])
def test_boxes_fit_their_pages_and_leave_room_for_the_question(parts: int, space: float | None) -> None:
    words = (Paragraph((Text("Why?"),)),)
    pages = boxes.problem_pages(4, entry(parts, space), words, 7)
    found = [box for page in pages for box in page.boxes]
    assert [box.label for box in found] == ([f"4 ({chr(97 + k)})" for k in range(parts)] or ["4"])
    assert pages[0].room >= 6 and pages[0].blocks == words and not any(page.blocks for page in pages[1:])
    assert len({(box.width, box.height) for box in found}) == 1
    for number, page in enumerate(pages, 7):
        foot = page.top + page.room
        for box in page.boxes:
            assert box.page == number and box.top >= foot - 0.001 and box.top + box.height <= 27.5 and box.left + box.width <= 18.61
            foot = box.top + box.height + 0.3
    assert boxes.problem_pages(4, entry(parts, space), words * 100, 7)[0].boxes == pages[0].boxes


def made(folder: Path, words: str, *options: str) -> Path:
    (folder / "class.csv").write_text("name;id\nAda Lovelace;1815\nEmmy Noether;1882\nAlan Turing;1912\n")
    (folder / "week.toml").write_text(SHEET.replace("WORDS", words))
    assert main(["sheet", str(folder / "week.toml"), "--out", str(folder / "out"), *options]) == 0
    return folder / "out"


def test_everybody_has_the_boxes_at_the_places_of_the_outline(tmp_path: Path) -> None:
    out = made(tmp_path, "", "--to", "typ,tex,html,md")
    rows = list(csv.DictReader((out / "week-outline.csv").open()))
    assert [(row["question"], row["part"], row["points"], row["page"]) for row in rows] == [
        ("", "", "", "1"), ("", "", "", "1"), ("1", "", "2", "2"), ("2", "a", "1", "3"), ("2", "b", "2.5", "3"),
    ]  # fmt: skip
    assert [row["title"] for row in rows][:3] == ["Name", "ID", "Problem 1. The receptive field of a convolutional network"]
    places = [tuple(row[side] for side in ("left", "top", "width", "height")) for row in rows]
    for name in ("1815", "1882", "1912"):
        typ, tex = ((out / "week" / f"week-{name}-questions.{ending}").read_text() for ending in ("typ", "tex"))
        assert [tuple(found) for found in re.findall(r"^  \(([\d.]+)cm, ([\d.]+)cm, ([\d.]+)cm, ([\d.]+)cm, ", typ, re.MULTILINE)] == places
        assert [tuple(found) for found in re.findall(r"^\\answerbox{([\d.]+)cm}{([\d.]+)cm}{([\d.]+)cm}{([\d.]+)cm}", tex, re.MULTILINE)] == places
    page = (out / "week" / "week-1815-questions.html").read_text()
    assert "2 (b)" in page and page.count('class="space') == 3 and "Ada Lovelace" in page


def dark(pdf: Path, page: int, folder: Path) -> list[bytes]:
    """The rows of a page at ten pixels a millimetre, and of each pixel how dark it is."""
    subprocess.run(["pdftoppm", "-r", "254", "-gray", "-f", str(page), "-l", str(page), "-singlefile", str(pdf), str(folder / "page")], check=True)
    data = (folder / "page.pgm").read_bytes()
    _, width, height, _, *_ = data.split(maxsplit=4)
    pixels = data[-int(width) * int(height) :]
    return [pixels[k * int(width) : (k + 1) * int(width)] for k in range(int(height))]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["typst", "latex"])
@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler shows where things are")
@pytest.mark.parametrize("words", ["", 'question = """' + "Tell at length what a unit sees. " * 250 + '"""'], ids=["short", "long"])
def test_the_frames_are_where_the_outline_says(engine: str, words: str, tmp_path: Path) -> None:
    if engine == "latex" and shutil.which("pdflatex") is None:
        pytest.skip("there is no TeX here")
    out = made(tmp_path, words, "--to", "pdf", "--engine", engine)
    for name in ("1815", "1882"):
        for row in csv.DictReader((out / "week-outline.csv").open()):
            lines = dark(out / "week" / f"week-{name}-questions.pdf", int(row["page"]), tmp_path)
            left, top, width, height = (round(100 * float(row[side])) for side in ("left", "top", "width", "height"))
            middle, centre = left + width // 2, top + height // 2
            for at, column in ((top, middle), (top + height, middle)):
                assert min(lines[y][column] for y in range(at - 4, at + 5)) < 160, (name, row)
            for at in (left, left + width):
                assert min(lines[centre][at - 4 : at + 5]) < 160, (name, row)
            inside = [line[left + 10 : left + width - 10] for line in lines[top + 120 : top + height - 10]]
            assert not inside or min(min(line) for line in inside) == 255, "nothing is printed into a box"
