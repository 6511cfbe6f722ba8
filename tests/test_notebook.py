"""Notebooks: valid, the same bytes every time, and every cell runs; what the objects show of themselves."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from topic_texts import built

from derivations.catalogue import KINDS
from render import notebook
from render.compose import Entry
from render.document import figures
from render.printing import Detail, Edition, Printing
from render.sheets import Sheet, released, released_problem

ROOT = Path(__file__).parent.parent
EXAMPLES = [(kind.name, given) for kind in KINDS for given in kind.examples[-1:]]


def small_sheet() -> Sheet:
    problems = [built("epochs", iterations=1000, samples=110, batch=20), built("pushforward", map="logistic")]
    return Sheet("Sheet", tuple(map(Entry, problems)), course="Course")


def valid(text: str) -> dict[str, Any]:
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    nbformat.validate(nbformat.reads(text, as_version=4))
    found: dict[str, Any] = json.loads(text)
    assert (found["nbformat"], found["nbformat_minor"]) == (4, 5)
    names = [cell["id"] for cell in found["cells"]]
    assert len(set(names)) == len(names)
    return found


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


@pytest.mark.parametrize(("kind", "given"), EXAMPLES, ids=str)
def test_every_kind_is_a_valid_notebook_with_text_and_code(kind: str, given: dict[str, str]) -> None:
    problem = built(kind, **given)
    text = notebook.notebook(released_problem(problem))
    found = valid(text)
    assert notebook.notebook(released_problem(problem)) == text, "the same problem gives the same bytes"
    kinds = [cell["cell_type"] for cell in found["cells"]]
    assert kinds[0] == "markdown" and kinds.count("code") >= 2
    assert source(found["cells"][0]).startswith(f"# {problem.title}")
    code = [cell for cell in found["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert all(bool(cell["outputs"]) == (not cell["id"].endswith("-numpy")) for cell in code), "what defines shows nothing, what calls shows its value"


def test_formulas_are_delimited_and_drawings_are_attached() -> None:
    found = valid(notebook.notebook(released_problem(built("pushforward", map="logistic"))))
    texts = [cell for cell in found["cells"] if cell["cell_type"] == "markdown"]
    assert any("\\begin{aligned}" in source(cell) for cell in texts)
    for cell in texts:
        assert source(cell).count("$$") % 2 == 0
        for name in cell.get("attachments", {}):
            assert f"](attachment:{name})" in source(cell)
            assert b64decode(cell["attachments"][name]["image/png"]).startswith(b"\x89PNG")
    assert any("attachments" in cell for cell in texts)
    assert "data:image" not in json.dumps(texts), "drawings are attachments, which every front end shows"


def test_nbconvert_shows_every_drawing_and_every_output() -> None:
    """What JupyterLab shows of attachments is PNG, JPEG, GIF, BMP and WebP (its ``imageRendererFactory``); nbconvert is asked."""
    nbconvert = pytest.importorskip("nbconvert", reason="nbconvert is not installed")
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    problems = [built(kind, **given) for kind, given in EXAMPLES if kind != "bottleneck-block"]
    found = released(Sheet("All", tuple(map(Entry, problems))), Printing(detail=Detail.FULL))
    page, _ = nbconvert.HTMLExporter().from_notebook_node(nbformat.reads(notebook.notebook(found), as_version=4))
    sources = re.findall(r"<img\b[^>]*\bsrc=\"([^\"]*)\"", page)
    drawn = len(list(figures(found.document.blocks)))
    assert drawn >= 7 and len(sources) == drawn
    for source_ in sources:
        kind, _, data = source_.partition(";base64,")
        assert kind == "data:image/png" and b64decode(data).startswith(b"\x89PNG")
    assert "attachment:" not in page
    assert len(re.findall(r"\bOut\[\d+\]:", page)) >= 2 * len(problems) - 1, "outputs are there: a call and a formula for each"


def test_without_a_typesetter_a_drawing_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "_DRAWS", False)
    found = valid(notebook.notebook(released_problem(built("pushforward", map="logistic"))))
    told = [source(cell) for cell in found["cells"] if source(cell).startswith("**Drawing:**")]
    assert len(told) == 1 and "derive-math\\[pdf\\] is installed" in told[0]
    assert not any("attachments" in cell for cell in found["cells"])


def test_a_sheet_has_a_title_numbered_problems_and_code_behind_each() -> None:
    found = valid(notebook.notebook(released(small_sheet())))
    heads = [source(cell).splitlines()[0] for cell in found["cells"] if cell["cell_type"] == "markdown" and source(cell).startswith("#")]
    assert heads[0] == "# Sheet"
    assert [head.split(".")[0] for head in heads[1:3]] == ["## Problem 1", "## Problem 2"]
    assert [cell["id"] for cell in found["cells"] if cell["cell_type"] == "code"] == [
        f"problem-{n}-{what}" for n in (1, 2) for what in ("numpy", "numpy-call", "sympy")
    ]


@pytest.mark.parametrize("edition", [Edition.QUESTIONS, Edition.HINTS])
def test_code_gives_no_answer_away(edition: Edition) -> None:
    found = valid(notebook.notebook(released(small_sheet(), Printing(edition=edition)), Printing(edition=edition)))
    assert all(cell["cell_type"] == "markdown" for cell in found["cells"])


@pytest.mark.slow
def test_every_cell_of_a_notebook_runs(tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    problems = [built(kind, **given) for kind, given in EXAMPLES if kind != "bottleneck-block"]
    book = nbformat.reads(notebook.notebook(released(Sheet("All", tuple(map(Entry, problems))))), as_version=4)
    written = {cell["id"]: [(o["output_type"], o["data"]) for o in cell["outputs"]] for cell in book.cells if cell["cell_type"] == "code"}
    nbclient.NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = {cell["id"]: cell["outputs"] for cell in book.cells if cell["cell_type"] == "code"}
    number = 1 + [kind for kind, _ in EXAMPLES if kind != "bottleneck-block"].index("pushforward")
    assert "text/latex" in shown[f"problem-{number}-sympy"][0]["data"]
    assert all(output["output_type"] == "execute_result" for outputs in shown.values() for output in outputs)
    assert all(shown[name] for name in shown if name.endswith(("call", "sympy")))
    for name, outputs in shown.items():  # a kernel gives what the cells say that they gave, but for the digits of a float
        now = [(o["output_type"], _numbers(o["data"]["text/plain"])) for o in outputs]
        assert now == [(kind, _numbers(data["text/plain"])) for kind, data in written[name]]
        assert [sorted(o["data"]) for o in outputs] == [sorted(data) for _, data in written[name]]


def _numbers(text: str) -> list[str | float]:
    parts = re.split(r"(-?\d+\.\d*(?:e-?\d+)?)", text.replace("np.float64(", "(").replace("(", "").replace(")", ""))
    return [round(float(part), 6) if k % 2 else "".join(part.split()) for k, part in enumerate(parts)]


def test_a_sheet_is_written_as_a_notebook(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "render.cli", "sheet", "assignment-2", "--to", "ipynb,numpy", "--out", str(tmp_path)],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    valid((tmp_path / "assignment-2.ipynb").read_text())
    compile((tmp_path / "assignment-2-numpy.py").read_text(), "assignment-2-numpy.py", "exec")


def test_a_problem_says_what_has_no_code() -> None:
    problem = built("pushforward", map="logistic")
    from dataclasses import replace

    from derivations.language.term import Dots
    from derivations.problem import Answer

    found = valid(notebook.notebook(released_problem(replace(problem, answer=Answer((Dots(),), None)))))
    assert any("No code" in source(cell) for cell in found["cells"])


class Installed:
    """The entry point of the package, whether or not it is installed here."""

    def load(self) -> object:
        from render import present

        return present


@pytest.fixture()
def presenter(monkeypatch: pytest.MonkeyPatch) -> Any:
    from derivations.language import presenting

    monkeypatch.setattr(presenting, "entry_points", lambda group: (Installed(),))
    presenting.presenter.cache_clear()
    yield
    presenting.presenter.cache_clear()


def test_objects_show_themselves_in_every_form(presenter: Any) -> None:
    problem = built("momentum")
    theorem = problem.sections[-2].theorem
    for shown in (problem, theorem):
        forms = shown._repr_mimebundle_()
        assert list(forms) == ["text/html", "text/markdown", "text/latex", "text/plain"]
        assert "<math" in forms["text/html"] and "@scope" in forms["text/html"] and "<html" not in forms["text/html"]
        assert "$$" in forms["text/markdown"] and "\\begin{aligned}" in forms["text/latex"]
    assert theorem._repr_mimebundle_()["text/plain"] == (
        "Momentum is a weighted sum of gradients (proved)\n    m_{t+1} = β^{t+1} m₀ + (1-β) ∑_{k=0}^{t} β^k g_{t-k}"
    )
    assert list(problem._repr_mimebundle_(include={"text/latex", "text/plain"}, exclude={"text/plain"})) == ["text/latex"]


def test_without_a_presenter_there_is_the_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    from derivations.language import presenting

    monkeypatch.setattr(presenting, "entry_points", lambda group: ())
    presenting.presenter.cache_clear()
    theorem = built("momentum").sections[0].theorem
    assert theorem._repr_mimebundle_() == {"text/plain": repr(theorem)}
    presenting.presenter.cache_clear()


def test_ipython_takes_the_bundle(presenter: Any) -> None:
    formatters = pytest.importorskip("IPython.core.formatters", reason="IPython is not installed")
    data, _ = formatters.DisplayFormatter().format(built("epochs", iterations=3, samples=4, batch=2))
    assert {"text/html", "text/markdown", "text/latex", "text/plain"} <= set(data)
    assert "<table" in data["text/html"]
