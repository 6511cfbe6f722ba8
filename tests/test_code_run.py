"""Code is run before it is written: what runs gives its value, what does not is refused with its reason, and nothing runs for ever."""

from __future__ import annotations

import sys

import pytest

from derivations.language.errors import DeriveError
from render.code.run import run, runs_here, shown


def test_the_value_is_that_of_the_last_expression() -> None:
    names: dict[str, object] = {}
    assert run("def f(x):\n    return x + 1\n", names, "first") is None
    assert run("y = 2\nf(x=y)", names, "second") == 3
    assert run("", {}, "nothing") is None


@pytest.mark.parametrize(("source", "words"), [
    ("f(x", "the code of a was not written: it was run once and gave SyntaxError"),
    ("y + 1", "the code of a was not written: it was run once and gave NameError: name 'y' is not defined"),
    ("1 / 0", "the code of a was not written: it was run once and gave ZeroDivisionError"),
    ("sum(k for k in range(10**9))", "the code of a was not written: it ran 400000 lines and came to no end"),
    ("while True:\n    pass", "the code of a was not written: it ran 400000 lines and came to no end"),
], ids=lambda value: value[:12])  # fmt: skip
def test_what_does_not_run_is_refused(source: str, words: str) -> None:
    before = sys.gettrace()
    with pytest.raises(DeriveError) as caught:
        run(source, {}, "the code of a")
    assert str(caught.value).startswith(words)
    assert sys.gettrace() is before


def test_values_are_shown_as_a_notebook_shows_them() -> None:
    np, sp = pytest.importorskip("numpy"), pytest.importorskip("sympy")
    assert shown(None) is None
    assert shown(np.float64(0.1) * 3) == {"text/plain": "0.3"}
    assert shown((1, np.int64(2))) == {"text/plain": "(1, 2)"} and shown((1,)) == {"text/plain": "(1,)"}
    assert list(shown(sp.Symbol("x")) or {}) == ["text/latex", "text/plain"]


def test_a_library_that_is_not_here_is_not_run() -> None:
    assert runs_here("import math\nimport numpy as np") and not runs_here("import a_library_that_nobody_has as np")
