"""The drawings: what they show is held against plain computations, how they are drawn against XML, TeX and rules of legibility.

The files in ``goldens/figures`` are what ``derive figure KIND ... --out FILE`` writes; look at them when they change.
"""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from topic_texts import built

from derivations.figures import Decay, Graph, Passes, Permuted, Pyramid, Shares, Taps, Transport, Undrawn
from derivations.language.term import Name, Num
from derivations.problem import Problem
from derivations.topics.dependency import read_chain, read_graph
from derivations.topics.drawn.signals import graph
from render import cli, latex, markdown
from render.compose import Entry
from render.document import Boxed, Document, Figure, Paragraph, figures
from render.figures.draw import draw
from render.figures.drawing import Drawing, rounded
from render.figures.scene import SMALL, Arrow, Circle, Label, Lines, Polyline, Rect, Scene, flat, hatching, relabelled
from render.figures.svg import inline, standalone
from render.figures.tikz import DRAWING, tikz
from render.figures.words import ENGLISH, GERMAN, filled, plain
from render.notation.runs import advance, runs
from render.notation.text import text
from render.printing import Detail, Edition, Printing
from render.sheets import Sheet, sheet_document
from render.terminal import show

GOLDENS = Path(__file__).parent / "goldens" / "figures"

CASES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "taps": ("convolution", {"kernel": "7", "stride": "3", "dilation": "2"}),
    "taps-centred": ("convolution", {"kernel": "5", "stride": "2", "dilation": "1", "form": "centred"}),
    "taps-symbols": ("convolution", {"kernel": "K", "stride": "s", "dilation": "d", "padding": "p"}),
    "taps-one": ("convolution", {"kernel": "1"}),
    "taps-in-padding": ("convolution", {"kernel": "5", "stride": "2", "padding": "40"}),
    "taps-far-in-padding": ("convolution", {"kernel": "3", "dilation": "4", "padding": "1" + "0" * 39}),
    "taps-63": ("convolution", {"kernel": "63", "padding": "31"}),
    "pyramid": ("receptive-field", {"kernels": "7,7,7"}),
    "pyramid-holes": ("receptive-field", {"kernels": "3,3,3", "dilations": "0,2,3", "strides": "2,1,1"}),
    "pyramid-large": ("receptive-field", {"kernels": "7,7,7,7,7", "strides": "2"}),
    "pyramid-huge": ("receptive-field", {"kernels": "1001,1001", "strides": "50"}),
    "pyramid-one": ("receptive-field", {"kernels": "1"}),
    "ledger": ("bottleneck-block", {"channels": "512", "bottleneck": "128"}),
    "ledger-symbols": ("residual-block", {"channels": "C"}),
    "attention": ("attention-parameters", {}),
    "permutation": ("self-attention-equivariance", {}),
    "density": ("pushforward", {"base": "Normal(0,1)", "map": "logistic"}),
    "density-pole": ("pushforward", {"base": "Normal(0,1)", "map": "square"}),
    "density-edges": ("pushforward", {"base": "Uniform(0,1)", "map": "-ln(z)"}),
    "epochs": ("epochs", {"iterations": "20", "samples": "110", "batch": "20"}),
    "epochs-dropped": ("epochs", {"iterations": "1000", "samples": "110", "batch": "20", "last_batch": "drop"}),
    "epochs-long": ("epochs", {"iterations": "1000000000000", "samples": "60000000", "batch": "128"}),
    "epochs-short": ("epochs", {"iterations": "3", "samples": "100", "batch": "20"}),
    "momentum": ("momentum", {}),
    "momentum-slow": ("momentum", {"beta": "0.9999"}),
    "momentum-extreme": ("momentum", {"beta": "0.999999999"}),
    "momentum-fast": ("momentum", {"beta": "0.01"}),
}
DRAWN_IN_FILES = ("taps", "taps-symbols", "pyramid-holes", "pyramid-large", "ledger", "permutation", "density", "epochs", "momentum")


@cache
def problem(name: str) -> Problem:
    kind, values = CASES[name]
    return built(kind, **values)


def shown(name: str) -> Drawing:
    figure = problem(name).figure
    assert figure is not None and not isinstance(figure, Undrawn)
    return draw(figure)


def words(name: str) -> str:
    """Caption and description of a drawing, as text."""
    drawing = shown(name)
    return plain(drawing.caption) + " | " + plain(drawing.scene.description)


def network() -> Drawing:
    rows = [
        {"id": "in", "op": "input"},
        {"id": "a", "op": "conv", "kernel": 3, "inputs": ["in"]},
        {"id": "b", "op": "conv", "kernel": 3, "dilation": 4, "inputs": ["in"]},
        {"id": "c", "op": "relu", "inputs": ["a"]},
        {"id": "sum", "op": "add", "inputs": ["c", "b", "in"]},
    ]
    found = graph(read_graph(rows, "sum"))
    assert isinstance(found, Graph)
    return draw(found)


# -- what they show ----------------------------------------------------------------------------------------------------------------------


def _read_by_perturbation(kernel: int, stride: int, spacing: int, pad: int, output: int, length: int) -> tuple[int, ...]:
    """Which inputs (from 1) change output number ``output``: the convolution as NumPy computes it on a signal with one 1. Padding is seen as 0, -1, ..."""
    found = []
    for position in range(length + pad):
        signal = np.zeros(length + pad)
        signal[position] = 1
        taps = np.zeros(spacing * (kernel - 1) + 1)
        taps[::spacing] = 1
        if np.correlate(signal, taps, "valid")[stride * (output - 1)] != 0:
            found.append(position + 1 - pad)
    return tuple(found)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("taps", (7, 3, 3, 0)),
        ("taps-centred", (5, 2, 2, 4)),
        ("taps-symbols", (3, 2, 2, 1)),
        ("taps-one", (1, 1, 1, 0)),
        ("taps-63", (63, 1, 1, 31)),
    ],
)
def test_the_taps_are_the_inputs_that_change_an_output(name: str, numbers: tuple[int, int, int, int]) -> None:
    figure = problem(name).figure
    assert isinstance(figure, Taps)
    assert figure.padding == numbers[3]
    for output, reads in zip(figure.outputs, figure.reads, strict=True):
        assert reads == _read_by_perturbation(*numbers, output, 90)


def _inputs_used(kernels: list[int], strides: list[int], spacings: list[int]) -> list[int]:
    """Number of the units of each layer, the input first, that output 0 depends on, by going backwards through explicit loops."""
    needed, counts = {0}, [1]
    for k, s, d in reversed(list(zip(kernels, strides, spacings, strict=True))):
        needed = {s * u + d * j for u in needed for j in range(k)}
        counts.append(len(needed))
    return counts[::-1]


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("pyramid", ([7] * 3, [1] * 3, [1] * 3)),
        ("pyramid-holes", ([3] * 3, [2, 1, 1], [1, 3, 4])),
        ("pyramid-large", ([7] * 5, [2] * 5, [1] * 5)),
    ],
)
def test_the_pyramid_has_the_units_that_are_used(name: str, layers: tuple[list[int], list[int], list[int]]) -> None:
    figure = problem(name).figure
    assert isinstance(figure, Pyramid)
    assert [len(level.units) for level in figure.levels] == _inputs_used(*layers)
    assert figure.field == problem(name).answer.value
    bottom = figure.levels[0]
    assert bottom.units[-1] - bottom.units[0] + 1 == figure.field
    for level in figure.levels:  # the middle of a unit's field is where the unit stands
        assert math.isclose(sum(level.centres) / len(level.centres), (figure.field - 1) / 2)


def test_holes_are_drawn_as_empty_squares_and_told() -> None:
    drawing = shown("pyramid-holes")
    squares = [s for s in flat(drawing.scene.items) if isinstance(s, Rect)]
    lowest = max(s.y for s in squares)
    row = [s for s in squares if s.y == lowest]
    assert len(row) == 31
    assert sum(s.fill is None for s in row) == 31 - _inputs_used([3] * 3, [2, 1, 1], [1, 3, 4])[0] > 0
    assert "Empty squares" in plain(drawing.caption)
    assert "Empty squares" not in plain(shown("pyramid").caption)


def test_a_network_shows_fields_with_their_holes() -> None:
    drawing = network()
    labels = [plain(s.content) for s in flat(drawing.scene.items) if isinstance(s, Label)]
    assert "field 3" in labels and "field 9, 3 used" in labels and "field 9, 5 used" in labels
    assert "sum (merge ← c, b, in): field 9, 5 used." in plain(drawing.scene.description)
    assert sum(isinstance(item, Arrow) for item in drawing.scene.items) == 6


def test_a_ledger_has_bars_as_long_as_its_counts() -> None:
    figure = problem("ledger").figure
    assert isinstance(figure, Shares)
    ledger = problem("ledger").ledger
    assert ledger is not None
    assert [count for _, count in figure.rows] == [row.value for row in ledger.rows]
    assert figure.total == sum(count for _, count in figure.rows) == problem("ledger").answer.value
    bars = [s for s in flat(shown("ledger").scene.items) if isinstance(s, Rect)]
    largest = max(bars, key=lambda bar: bar.width)
    for bar, (_, count) in zip(bars, figure.rows, strict=True):
        assert bar.width == pytest.approx(max(largest.width * count / 147456, 0.4))
    assert "convolution 2, weights 147456 (52.5 %)".replace("147456", text(Num("147456"))) in words("ledger")


def test_symbols_are_drawn_for_an_instance_that_is_named() -> None:
    wanted = {"taps-symbols": "K = 3, s = 2, d = 1 and p = 1", "ledger-symbols": "C = 512", "attention": "D = 64 and N = 4", "momentum": "β = 0.9"}
    for name, told in wanted.items():
        assert f"Drawn for {told}." in words(name), name
    assert "Drawn for" not in words("taps")
    figure = problem("attention").figure
    assert isinstance(figure, Shares)
    assert figure.rows == (
        ("self-attention, weights", 3 * 64**2), ("self-attention, biases", 3 * 64),
        ("dense layer, weights", (64 * 4) ** 2), ("dense layer, biases", 64 * 4),
    )  # fmt: skip


def test_the_permuted_table_is_the_softmax_of_permuted_inputs() -> None:
    figure = problem("permutation").figure
    assert isinstance(figure, Permuted)
    X = np.array([[0.5, 0, 1, -0.5], [0, 0.5, 0.5, 1]])
    Q = np.array([[0, 1], [1, -1]]) @ X + np.array([[1], [0]])
    K = np.array([[1, 0], [1, 1]]) @ X + np.array([[0], [-1]])
    powers = np.exp(K.T @ Q)
    before = powers / powers.sum(axis=0)
    P = np.eye(4)[:, list(figure.order)]
    np.testing.assert_allclose(figure.before, before, rtol=1e-12)
    np.testing.assert_allclose(figure.after, P.T @ before @ P, rtol=1e-12)
    assert not np.allclose(before, P.T @ before @ P)


def test_a_pushforward_shows_the_true_densities_and_quartiles() -> None:
    stats = pytest.importorskip("scipy.stats")
    figure = problem("density").figure
    assert isinstance(figure, Transport)
    for z, p in figure.base:
        assert p == pytest.approx(stats.norm.pdf(z), abs=1e-9)
    for x, p in figure.image:
        inside = 0 < x < 1
        assert p == pytest.approx(stats.norm.pdf(math.log(x / (1 - x))) / (x * (1 - x)) if inside else 0, abs=1e-9)
    for (z, x), q in zip(figure.guides, (0.25, 0.5, 0.75), strict=True):
        assert z == pytest.approx(stats.norm.ppf(q), abs=2e-3)
        assert x == pytest.approx(1 / (1 + math.exp(-stats.norm.ppf(q))), abs=1e-3)
    xs, ps = zip(*figure.image, strict=True)
    assert np.trapezoid(ps, xs) == pytest.approx(1, abs=2e-3)
    assert figure.x == (0, 1) and figure.cut == (False, False)


def test_a_density_without_bound_is_cut_off_and_said_to_be() -> None:
    figure = problem("density-pole").figure
    assert isinstance(figure, Transport)
    assert figure.cut == (False, True)
    assert "grows without bound near 0" in words("density-pole") and "cut off" in words("density-pole")
    edges = problem("density-edges").figure
    assert isinstance(edges, Transport)
    assert edges.base[0][1] == 0 and edges.base[-1][1] == 0  # a density that jumps comes down to the axis
    assert edges.cut == (False, False)


@pytest.mark.parametrize(("name", "beta"), [("momentum", 0.9), ("momentum-slow", 0.9999), ("momentum-fast", 0.01)])
def test_stems_are_the_weights_and_the_half_life_halves_them(name: str, beta: float) -> None:
    figure = problem(name).figure
    assert isinstance(figure, Decay)
    for n, weight in enumerate(figure.weights):
        assert weight == pytest.approx((1 - beta) * beta ** (n * figure.every), rel=1e-9)
    assert beta**figure.half_life == pytest.approx(0.5)
    assert 5 < len(figure.weights) <= 46


@pytest.mark.parametrize("name", ["epochs", "epochs-dropped", "epochs-short"])
def test_a_training_run_has_the_batches_of_a_data_loader(name: str) -> None:
    figure = problem(name).figure
    assert isinstance(figure, Passes)
    batches, left = [], figure.samples
    while left >= (figure.batch if name == "epochs-dropped" else 1):
        batches.append(min(left, figure.batch))
        left -= batches[-1]
    assert (figure.per_epoch, figure.last, figure.dropped) == (len(batches), batches[-1], left)
    rects = [s for s in flat(shown(name).scene.items) if isinstance(s, Rect) and s.height == 24]
    full = [r.width for r in rects if r.width > 40]
    assert len(full) >= 5
    if name != "epochs":  # there the last batch is smaller
        assert max(full) - min(full) == pytest.approx(0, abs=0.01)
    assert ("hatched" in words(name)) == (name == "epochs")
    assert ("not used (dashed)" in words(name)) == (name == "epochs-dropped")


# -- how they are drawn ------------------------------------------------------------------------------------------------------------------


def _box(shape: Lines | Rect | Circle | Polyline | Label) -> tuple[float, float, float, float]:
    match shape:
        case Lines(segments):
            xs, ys = [v for s in segments for v in s[::2]], [v for s in segments for v in s[1::2]]
        case Rect(x, y, w, h):
            xs, ys = [x, x + w], [y, y + h]
        case Circle(x, y, r):
            xs, ys = [x - r, x + r], [y - r, y + r]
        case Polyline(points):
            xs, ys = [p[0] for p in points], [p[1] for p in points]
        case Label():
            pieces = sum(0.47 * len(p) if isinstance(p, str) else advance(runs(p)) for p in shape.content)
            along, tall = pieces * shape.size, 0.7 * shape.size
            back = {"start": 0.0, "middle": 0.5, "end": 1.0}[shape.anchor] * along
            if shape.upright:
                return shape.x - back, shape.y - tall, shape.x - back + along, shape.y
            return shape.x - tall, shape.y - along + back, shape.x, shape.y + back
    return min(xs), min(ys), max(xs), max(ys)


def _scenes() -> dict[str, Scene]:
    return {**{name: shown(name).scene for name in CASES}, "network": network().scene}


@pytest.mark.parametrize("name", [*CASES, "network"])
def test_everything_is_inside_the_drawing_and_no_label_lies_on_another(name: str) -> None:
    scene = _scenes_of(name)
    assert scene.width <= 445
    labels = []
    for shape in flat(scene.items):
        left, top, right, bottom = _box(shape)
        assert left >= -3 and top >= -3 and right <= scene.width + 3 and bottom <= scene.height + 3, shape
        if isinstance(shape, Label):
            assert shape.size >= SMALL
            labels.append((shape, (left, top, right, bottom)))
    for (a, (l1, t1, r1, b1)), (b, (l2, t2, r2, b2)) in combinations(labels, 2):
        assert r1 <= l2 + 1 or r2 <= l1 + 1 or b1 <= t2 + 1 or b2 <= t1 + 1, (a.content, b.content)


def _scenes_of(name: str) -> Scene:
    return network().scene if name == "network" else shown(name).scene


@pytest.mark.parametrize("name", [*CASES, "network"])
def test_an_svg_is_well_formed_told_and_stands_alone(name: str) -> None:
    scene = _scenes_of(name)
    for source in (inline(scene), standalone(scene)):
        root = ElementTree.fromstring(source)
        svg = "{http://www.w3.org/2000/svg}"
        assert root.get("role") == "img"
        title, desc = root.find(f"{svg}title"), root.find(f"{svg}desc")
        assert title is not None and title.text == scene.title
        assert desc is not None and desc.text == plain(scene.description) and len(desc.text or "") > 40
        assert not any(element.get("id") or element.get("href") for element in root.iter())
        assert "url(" not in source and "nan" not in source and "inf" not in source.lower().replace("infty", "")
    page = inline(scene)
    assert "#1c1c1c" not in page and "currentColor" in page  # as dark as the text around it
    assert standalone(scene) == standalone(scene)
    assert len(page) < 16_000


@pytest.mark.parametrize("name", DRAWN_IN_FILES)
def test_drawings_are_what_they_were(name: str) -> None:
    scene = shown(name).scene
    assert standalone(scene) == (GOLDENS / f"{name}.svg").read_text("utf-8")
    assert tikz(scene) == (GOLDENS / f"{name}.tikz").read_text("utf-8")


def test_colour_never_says_something_alone() -> None:
    """Where two colours are used, what they mean differs in shape as well: dashed against not."""
    for name, scene in _scenes().items():
        pens = [s.pen for s in flat(scene.items) if not isinstance(s, Label) and s.pen is not None]
        firsts, seconds = ([pen for pen in pens if pen.paint == paint] for paint in ("first", "second"))
        assert not (firsts and seconds) or (all(p.dash for p in seconds) and not any(p.dash for p in firsts)), name


def test_every_tikz_picture_compiles(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    pictures = "\n".join(f"\\begin{{drawing}}{{Under it.}}\n{tikz(scene)}\\end{{drawing}}" for scene in _scenes().values())
    fonts = "\\usepackage[T1]{fontenc}\\usepackage[utf8]{inputenc}\\usepackage{lmodern,amsmath,amssymb,xcolor}"
    preamble = f"{fonts}\\usepackage[a4paper,margin=25mm]{{geometry}}\n{DRAWING}"
    (tmp_path / "page.tex").write_text(f"\\documentclass[11pt]{{article}}\n{preamble}\\begin{{document}}\n{pictures}\n\\end{{document}}\n", "utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=False)
    log = (tmp_path / "page.log").read_text("latin-1")
    assert done.returncode == 0, log[-3000:]
    assert "Overfull" not in log and "Missing character" not in log


def test_a_typeset_drawing_is_one_page_and_the_same_each_time() -> None:
    pytest.importorskip("typst")
    from render.figures.typst import compiled

    for name in ("taps", "permutation", "density"):
        scene = shown(name).scene
        first = compiled(scene, "pdf")
        assert first.startswith(b"%PDF") and first == compiled(scene, "pdf")
        assert compiled(scene, "png").startswith(b"\x89PNG")
    for scene in _scenes().values():
        compiled(scene, "pdf")


def test_hatching_stays_inside_its_rectangle() -> None:
    rect = Rect(10, 20, 33, 12)
    lines = hatching(rect).segments
    assert len(lines) > 5
    for x0, y0, x1, y1 in lines:
        assert 10 <= x0 <= x1 <= 43.001 and 20 <= min(y0, y1) <= max(y0, y1) <= 32.001
        assert x1 - x0 == pytest.approx(abs(y1 - y0))


def test_a_notation_reaches_labels_and_description() -> None:
    drawing = shown("taps")
    swapped = relabelled(drawing.scene, lambda t: Name("u") if t == Name("x") else t)
    assert "reads u at" in plain(swapped.description)
    labels = [s.content for s in flat(swapped.items) if isinstance(s, Label)]
    assert (Name("u"),) in labels and (Name("x"),) not in labels


def test_numbers_are_rounded_as_they_are_read() -> None:
    wanted = {0.0: "0", 6.5788: "6.58", 0.00424: "0.00424", -0.6677: "-0.668", 1234567.0: "1230000", 0.5: "0.5", 4.2e-9: "4.2 × 10⁻⁹", 100.0: "100"}
    for number, digits in wanted.items():
        assert text(rounded(number)).replace("\u202f", "") == digits


def test_all_words_are_there_in_german_with_the_same_places() -> None:
    for field in ENGLISH.__dataclass_fields__:
        english, german = getattr(ENGLISH, field), getattr(GERMAN, field)
        assert set(re.findall(r"\{(\w+)\}", english)) == set(re.findall(r"\{(\w+)\}", german)), field
    for name in CASES:
        figure = problem(name).figure
        assert figure is not None and not isinstance(figure, Undrawn)
        assert plain(draw(figure, GERMAN).scene.description) != plain(draw(figure).scene.description)
    assert filled("a {n} b", n=Num("3")) == ("a ", Num("3"), " b")


# -- in sheets and on the command line ---------------------------------------------------------------------------------------------------


def _sheet(edition: Edition = Edition.SOLUTIONS) -> Document:
    entries = tuple(Entry(problem(name)) for name in ("taps", "ledger", "momentum", "density"))
    return sheet_document(Sheet("Drawings", entries), Printing(edition, Detail.FULL))


def test_each_problem_shows_its_figure_once_behind_the_derivation() -> None:
    document = _sheet()
    assert len(list(figures(document.blocks))) == 4
    for part in document.blocks[:4]:
        blocks = part.blocks  # type: ignore[union-attr]
        (place,) = [k for k, block in enumerate(blocks) if isinstance(block, Figure)]
        assert isinstance(blocks[place + 1], Boxed)
    assert not list(figures(_sheet(Edition.QUESTIONS).blocks)) and not list(figures(_sheet(Edition.HINTS).blocks))


def test_writers_show_figures_with_their_descriptions() -> None:
    document = _sheet()
    source = latex.document(document)
    assert source.count("\\begin{tikzpicture}") == source.count("\\begin{drawing}") == 4
    assert source.count("\\usepackage{tikz}") == 1 and "\\usepackage{tikz}" not in latex.document(_sheet(Edition.QUESTIONS))
    page = markdown.document(document, stem="week-1")
    names = re.findall(r"!\[[^\]]{40,}\]\((week-1-figure-\d+\.svg)\)", page)
    beside = markdown.pictures(document, Printing().style, "week-1")
    assert names == list(beside) == [f"week-1-figure-{k}.svg" for k in (1, 2, 3, 4)]
    assert all(ElementTree.fromstring(source) is not None for source in beside.values())
    assert markdown.document(document).count("](data:image/svg+xml;base64,") == 4


def test_the_terminal_tells_what_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    show(_sheet(), Console(width=80, highlight=False))
    out = capsys.readouterr().out
    assert "[Taps of the convolution. Taps for each output: 7." in out
    assert max(map(len, out.splitlines())) <= 80


def test_what_is_not_drawn_says_why() -> None:
    large = built("convolution", kernel="500", stride="2")
    assert large.figure == Undrawn("the first three outputs read from 504 neighbouring inputs, and at most 100 fit on a page")
    document = sheet_document(Sheet("Large", (Entry(large),)), Printing())
    (part, *_) = document.blocks
    told = [b for b in part.blocks if isinstance(b, Paragraph) and "no drawing here" in str(b)]  # type: ignore[union-attr]
    assert len(told) == 1
    narrow = built("pushforward", base="Normal(100,4)", map="tanh")  # tanh(100) is 1 in floating point
    assert isinstance(narrow.figure, Undrawn) and "so close together" in narrow.figure.because
    deep = built("receptive-field", kernels=",".join(["3"] * 13))
    assert deep.figure == Undrawn("it has 13 layers, and at most 12 fit on a page")
    assert graph(read_chain([{"op": "relu"}] * 50)) == Undrawn("the network has 51 nodes, and at most 40 fit on a page")


Derive = Callable[..., tuple[int, str]]


@pytest.fixture
def derive(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Derive:
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str]:
        status = cli.main(words)
        out, err = capsys.readouterr()
        return status, err or out

    return run


def test_the_command_writes_each_format(derive: Derive) -> None:
    assert derive("figure", "convolution", "--kernel", "7", "--stride", "3", "--dilation", "2") == (0, (GOLDENS / "taps.svg").read_text("utf-8"))
    assert derive("figure", "--to", "tikz", "convolution", "--kernel", "7", "--stride", "3", "--dilation=2") == (0, (GOLDENS / "taps.tikz").read_text("utf-8"))
    assert derive("figure", "epochs", "--iterations", "20", "--samples", "110", "--batch", "20", "--out", "new/run.svg")[0] == 0
    assert Path("new/run.svg").read_text("utf-8") == (GOLDENS / "epochs.svg").read_text("utf-8")
    pytest.importorskip("typst")
    assert derive("figure", "convolution", "--kernel", "3", "--out", "taps.png") == (0, "")
    assert Path("taps.png").read_bytes().startswith(b"\x89PNG")


def test_a_network_is_read_from_a_file(derive: Derive) -> None:
    source = 'output = "b"\n[[nodes]]\nid = "in"\nop = "input"\n[[nodes]]\nid = "b"\nop = "conv"\nkernel = 3\ndilation = 2\ninputs = ["in"]\n'
    assert tomllib.loads(source)
    Path("net.toml").write_text(source, "utf-8")
    status, out = derive("figure", "network", "net.toml")
    assert status == 0 and "b (window 3, spacing 2 ← in): field 5, 3 used." in out
    Path("net.json").write_text('{"layers": [{"op": "conv", "kernel": 5}]}', "utf-8")
    assert "field 5" in derive("figure", "network", "net.json")[1]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("figure",), "derive figure needs a problem kind: one of convolution, receptive-field"),
        (("figure", "convolutoin"), "there is no problem kind 'convolutoin' (did you mean 'convolution'?)"),
        (("figure", "convolution", "--kernel", "7", "--out", "a.bmp"), "--out 'a.bmp' is not accepted; its name must end in .svg, .png, .pdf, .tikz, .tex"),
        (("figure", "convolution", "--kernel", "7", "--strid", "2"), "convolution has no parameter --strid (did you mean 'stride'?)"),
        (("figure", "convolution", "--kernel", "500"), "convolution with these values is not drawn: the first three outputs read from 502 neighbouring"),
        (("figure", "network", "none.toml"), "cannot read the network 'none.toml'"),
        (("figure", "network", "bad.json"), "the network 'bad.json' is not well-formed JSON"),
        (("figure", "network", "empty.json"), "the network empty.json holds neither 'layers' nor 'nodes'"),
        (("figure", "network", "list.json"), "the network list.json must be a table"),
        (("figure", "network", "empty.json", "--axis", "1"), "--axis 1 is not accepted; the network empty.json has the axes 0 to 0"),
    ],
)
def test_bad_input_is_answered(derive: Derive, given: tuple[str, ...], told: str) -> None:
    for name, content in (("bad.json", "{"), ("empty.json", "{}"), ("list.json", "[]")):
        Path(name).write_text(content, "utf-8")
    status, err = derive(*given)
    assert status == 2 and err.startswith(f"derive: {told}"), err
