"""Topics of one's own: in Python with the public names, from a file in a sheet, from an installed package; and code that does not run is not written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import derivations
from derivations import Answer, Context, Kind, NotProved, Problem, Scalar, Section, chain, check, equals, follows, formula, symbols, theorem, written
from derivations.authored import kinds
from derivations.kernel.verdict import Strength
from derivations.language.errors import DeriveError
from derivations.parameters import Parameter, Size
from render import render
from render.cli import main

TOPIC = r'''from derivations import Answer, Array, Context, Domain, Problem, Scalar, Section, Sequence, chain, equals, follows, formula, symbols, theorem


def problem(temperature=1):
    """Softmax cross-entropy for K classes, and its gradient."""
    K, k, i = symbols("K k i")
    known = Context().declare(Scalar(Domain.NATURAL), K).declare(Scalar(Domain.INTEGER), k, i).declare(Sequence(), *symbols("z y"))
    known = known.define(formula("p_i", known), formula(r"\frac{e^{z_i}}{\sum_{j=1}^{K} e^{z_j}}", known), (i,))
    known = known.define(formula("L", known), formula(r"-\sum_{i=1}^{K} y_i \ln p_i", known))
    known = known.assume(*(formula(s, known) for s in (r"\sum_{i=1}^{K} y_i = 1", r"1 \le k", r"k \le K")))
    f = lambda source: formula(source, known)
    loss = theorem("The loss", known, chain(f("L"), equals(f(r"\ln \sum_{j=1}^{K} e^{z_j} - \sum_{i=1}^{K} y_i z_i"), follows, "the y add up to one")))
    steps = chain(f(r"\frac{\partial L}{\partial z_k}"), equals(f(r"\frac{e^{z_k}}{\sum_{j=1}^{K} e^{z_j}} - y_k"), follows), equals(f("p_k - y_k"), follows))
    gradient = theorem("The gradient", known, steps)
    sections = (Section(loss, "The loss without fractions."), Section(gradient, "One logit at a time."))
    return Problem("cross-entropy", "Softmax cross-entropy", "Find the gradient.", sections, Answer((gradient.statement,), None))


def other():
    return 3
'''
LINEAR = r"""Let $X \in \mathbb{R}^{N \times D}$, $W \in \mathbb{R}^{M \times D}$ and $b \in \mathbb{R}^M$, let $\mathbf{1} \in \mathbb{R}^N$ be the vector of
ones, and let $Y = X W^\top + \mathbf{1} b^\top$. Let $L$ be a scalar loss that depends on $Y$, with gradient $G = \frac{\partial L}{\partial Y}$. Then
\begin{align}
\frac{\partial L}{\partial W} &= G^\top X, \\
\frac{\partial L}{\partial X} &= G W, \\
\frac{\partial L}{\partial b} &= G^\top \mathbf{1}. \label{eq:bias}
\end{align}
"""


@pytest.fixture()
def topic(tmp_path: Path) -> Path:
    path = tmp_path / "mytopic.py"
    path.write_text(TOPIC)
    return path


def test_the_backward_pass_of_a_linear_layer_with_any_loss() -> None:
    """The worked example in words: three gradients, each a theorem; the autograd of NumPy's finite differences agrees."""
    np: Any = pytest.importorskip("numpy")
    problem = written(LINEAR, title="A linear layer")
    assert problem.evidence.strength is Strength.PROVED and len(problem.sections) == 3
    rng = np.random.default_rng(1)
    X, W, b, A = rng.normal(size=(3, 4)), rng.normal(size=(2, 4)), rng.normal(size=2), rng.normal(size=(3, 2))

    def loss(X: Any, W: Any, b: Any) -> Any:
        return np.sum(np.sin(A * (X @ W.T + np.ones((3, 1)) * b)))

    G = A * np.cos(A * (X @ W.T + b))
    step = 1e-6
    for wanted, at in ((G.T @ X, 1), (G @ W, 0), (G.T @ np.ones(3), 2)):
        given = [X, W, b]
        for place in np.ndindex(*given[at].shape):
            moved = [a.copy() for a in given]
            moved[at][place] += step
            assert abs((loss(*moved) - loss(*given)) / step - wanted[place]) < 1e-4


def test_a_wrong_gradient_is_not_accepted() -> None:
    with pytest.raises(NotProved, match=r"solution.tex:4:"):
        written(LINEAR.replace(r"= G^\top X", "= X^\\top G"))


def test_a_topic_in_twenty_lines_is_a_kind_of_a_sheet(topic: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = tmp_path / "s.toml"
    sheet.write_text('title = "T"\n[[problem]]\nkind = "mytopic.py:problem"\ntemperature = 2\n')
    words = ["sheet", str(sheet), "--to", "md", "--out", str(tmp_path / "out")]
    assert main(words) == 2
    said = capsys.readouterr().err
    assert f"{sheet}, problem 1 (line 2): mytopic.py:problem is Python and is not run, because a file names it and not you; --allow-python runs it" in said
    assert main([*words, "--allow-python"]) == 0
    text = (tmp_path / "out" / "s.md").read_text()
    assert "the y add up to one\N{NO-BREAK SPACE}●" in text and r"\frac{\partial L}{\partial z_k}" in text


def test_show_runs_the_file_that_the_user_names_unless_told_not_to(topic: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", f"{topic}:problem", "--temperature", "3", "--to", "json"]) == 0
    assert '"temperature": 3' in capsys.readouterr().out
    for words, said in (
        (["--no-python"], "is Python and is not run, because --no-python says so"),
        (["--heat", "3"], "got an unexpected keyword argument 'heat'; it takes (temperature=1)"),
        (["heat"], "'heat' is not expected here; arguments of the function are written --name value"),
    ):
        assert main(["show", f"{topic}:problem", *words]) == 2
        assert said in capsys.readouterr().err
    for name, said in ((f"{topic}:other", "gives int; a derivations.Problem is accepted"), (f"{topic}:problm", "has no function 'problm' (did you mean 'problem'?)"),
                       (f"{topic}:1", "is not accepted; a function in a Python file is written topic.py:problem")):  # fmt: skip
        assert main(["show", name]) == 2
        assert said in capsys.readouterr().err


def test_installed_packages_add_kinds(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def point(name: str, gives: Any) -> Any:
        return type("Point", (), {"name": name, "value": f"{name}:kinds", "load": lambda self: gives})()

    mine = Kind("my-kind", "something of mine", (Parameter("width", Size(), "how wide", "3"),), "derivations.topics.momentum")
    monkeypatch.setattr(kinds, "entry_points", lambda group: (point("mine", [mine]),) if group == "derive.kinds" else ())
    kinds.installed.cache_clear()
    try:
        assert kinds.known_kind("my-kind") is mine and kinds.known_kind("momentum").name == "momentum"
        assert main(["list"]) == 0
        assert "my-kind: something of mine\n    --width N  how wide (default 3)" in capsys.readouterr().out
        for gives, said in ((3, "give int; a derivations.Kind or a list is accepted"), (replace(mine, name="momentum"), "there is a kind of that name already")):
            monkeypatch.setattr(kinds, "entry_points", lambda group, gives=gives: (point("mine", gives),))
            kinds.installed.cache_clear()
            with pytest.raises(DeriveError, match=said):
                kinds.installed()
    finally:
        kinds.installed.cache_clear()


def test_the_example_of_the_package_runs_and_what_is_wrong_is_refused() -> None:
    (x,) = symbols("x")
    known = Context().declare(Scalar(), x)
    square = theorem("The square", known, chain((x + 1) ** 2, equals(x**2 + 2 * x + 1, follows, "multiplied out")))
    problem = Problem("square", "A square", "Expand it.", (Section(square),), Answer((square.statement,), None))
    assert problem.evidence.word == "proved" and "multiplied out\N{NO-BREAK SPACE}●" in str(render(problem, "md"))
    with pytest.raises(NotProved, match=r"The square: step 1 \(judged\) does not follow"):
        theorem("The square", known, chain((x + 1) ** 2, equals(x**2 + 1, follows)))
    assert formula(r"\frac{x}{2}", known) == formula("\\tfrac{x}{2}", known)
    with pytest.raises(DeriveError, match="line 1, column"):
        formula("\\frac{x}", known)


def test_a_text_is_checked_from_a_program() -> None:
    report = check("Let $x > 0$. Then $\\sqrt{x^2} = x$ and $x + x = 3x$.")
    assert report.counts == {"proved": 1, "refuted": 1}
    assert [r.line for r in report.records if r.verdict == "refuted"] == [1]
    assert (Path(derivations.__file__).parent / "py.typed").exists()


def test_code_that_does_not_run_or_says_something_else_is_left_out_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    from render.code import code
    from render.code.write import tried

    good = written("Let $a > 0$. Then $$\\frac{a^2 - 1}{a + 1} = a - 1.$$", title="A fraction")
    bad = written("Let $a > 0$ and $f(a) = a$. Then $$\\int_0^1 f(t)\\,dt + a = \\int_0^1 t\\,dt + a.$$", title="An integral")
    text = code((good, bad), "numpy")
    assert "def a_fraction(a):" in text and "# Left out: An integral: " in text and "an integral has no code" in text
    compile(text, "both", "exec")
    with pytest.raises(DeriveError, match="An integral: "):
        code((bad,), "numpy")
    monkeypatch.setattr("render.code.write.term_value", lambda formula: 17.0)
    with pytest.raises(DeriveError, match=r"a_fraction\(a=1.5\) gives 0.5, and the formula is 17.0 there"):
        from render.code import dialect, formulas

        tried(good, formulas(good), dialect("numpy"))


@pytest.mark.slow
def test_a_paper_quotes_a_derivation_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "linear.tex").write_text(LINEAR)
    keys = '[key.bias]\nfile = "linear.tex"\nanswer = "eq:bias"\n\n[key.weights]\nfile = "linear.tex"\npart = "chain"\nsection = 1\n'
    (tmp_path / "derived.toml").write_text(keys)
    assert main(["embed", "update", str(tmp_path)]) == 0, capsys.readouterr().err
    assert r"\frac{\partial L}{\partial b} = G^\top \mathbf{1}" in (tmp_path / "derived" / "bias.tex").read_text()
    (tmp_path / "linear.tex").write_text(LINEAR.replace(r"= G^\top X", "= X^\\top G"))
    assert main(["embed", "update", str(tmp_path)]) == 1
    assert "linear.tex:4:" in capsys.readouterr().err
    (tmp_path / "derived.toml").write_text('[key.a]\nfile = "x.py"\n')
    assert main(["embed", "update", str(tmp_path)]) == 2
    assert "file = 'x.py' is not accepted; it must be the name of a file that ends in .tex, .md or .ipynb" in capsys.readouterr().err


def test_the_value_of_an_answer_is_computed_when_it_is_asked_for() -> None:
    from derivations.problem import Later

    asked: list[int] = []

    def compute() -> int:
        asked.append(1)
        return 4

    answer = Answer((), Later(compute))
    assert not asked
    assert (answer.value, answer.value, len(asked)) == (4, 4, 1)
    assert Answer((), 3).value == 3


def test_a_file_of_functions_is_listed_and_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.py").write_text('raise SystemExit("run")\n\ndef problem(power, *, base_of=3):\n    """A power."""\n\ndef _inner():\n    pass\n', "utf-8")
    assert main(["list", str(tmp_path / "mine.py")]) == 0
    told = capsys.readouterr().out
    assert f"{tmp_path / 'mine.py'}:problem: A power." in told
    assert "--power    required" in told
    assert "--base-of  default 3" in told
    assert "_inner" not in told
    for name, text, said in (("a.toml", "", "a Python file is accepted"), ("b.py", "x = (", "b.py:1: it is no Python"), ("c.py", "x = 1", "c.py has no function")):
        (tmp_path / name).write_text(text, "utf-8")
        assert main(["list", str(tmp_path / name)]) == 2
        error = capsys.readouterr().err
        assert said in error
        assert len(error.strip().splitlines()) == 1
