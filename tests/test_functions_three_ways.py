"""Functions given as Python defs: what latexify wrote, what SymPy traced and what the function computes agree, or the function is refused."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import pytest

from derivations.language.context import Context, Scalar
from derivations.language.denote import denote
from derivations.language.errors import DeriveError
from derivations.language.term import Name
from derivations.reading.functions import trace, written_function
from derivations.topics.pushforward.maps import NAMED, written_map
from render.notation.text import text


def logistic(z):  # type: ignore[no-untyped-def]
    return 1 / (1 + math.exp(-z))


def softplus(z):  # type: ignore[no-untyped-def]
    return math.log(1 + math.exp(z))


def update(beta, m_t, g_t):  # type: ignore[no-untyped-def]
    return beta * m_t + (1 - beta) * g_t


USED: dict[str, Callable[..., Any]] = {"update": update, "logistic": logistic, "softplus": softplus}
PLAIN = {"exp": math.exp, "log": math.log, "sqrt": math.sqrt, "tanh": math.tanh, "erf": math.erf, "abs": abs, "max": max}


@pytest.mark.parametrize("name", NAMED)
def test_a_map_by_name_is_what_it_says(name: str) -> None:
    """Its term at random points, and the same words read by Python."""
    known = Context().declare(Scalar(), Name("z"))
    body, z = denote(written_map(name), known), denote(Name("z"), known)
    source = random.Random(5)
    for _ in range(20):
        value = source.uniform(0.05, 0.95) if name == "logit" else source.uniform(-4, 4)
        assert math.isclose(float(body.subs(z, value)), eval(NAMED[name], {"z": value, **PLAIN}), rel_tol=1e-11, abs_tol=1e-12)


@pytest.mark.parametrize("name", USED)
def test_three_readings_agree(name: str) -> None:
    """At random points: the printed form evaluated, the trace evaluated, the def called."""
    function = USED[name]
    written = written_function(function)
    letters = [parameter.text for parameter in written.parameters]
    printed = denote(written.body, Context().declare(Scalar(), *written.parameters))
    symbols = [denote(parameter, Context().declare(Scalar(), *written.parameters)) for parameter in written.parameters]
    plain = tuple("abcdgh"[: len(letters)])
    traced = trace(function, plain)
    source = random.Random(3)
    for _ in range(40):
        values = [source.uniform(-4, 4) for _ in letters]
        called = function(*values)
        assert math.isclose(float(printed.subs(dict(zip(symbols, values, strict=True)))), called, rel_tol=1e-11, abs_tol=1e-12)
        there = {s: values[plain.index(s.name)] for s in traced.free_symbols}
        assert math.isclose(float(traced.subs(there)), called, rel_tol=1e-11, abs_tol=1e-12)


def test_the_order_in_which_it_was_written_is_kept() -> None:
    assert text(written_function(logistic).body) == "1/(1+exp(-z))"
    assert text(written_function(difference).body) == "(x-y) x - (y-x)"


def difference(x, y):  # type: ignore[no-untyped-def]
    first = x - y
    return first * x - (y - x)


def scaled(x):  # type: ignore[no-untyped-def]
    return 1e20 * x


def transposed(K):  # type: ignore[no-untyped-def]
    return K.T


def remainder(x, y):  # type: ignore[no-untyped-def]
    return x % y


def power(x, y):  # type: ignore[no-untyped-def]
    return math.pow(x, y)


def branches(x):  # type: ignore[no-untyped-def]
    if x > 0:
        return x
    return -x


def looped(x):  # type: ignore[no-untyped-def]
    total = x
    for _ in range(3):
        total = total * x
    return total


def real(x):  # type: ignore[no-untyped-def]
    return x.real


log = math.log10


def decimal(x):  # type: ignore[no-untyped-def]
    return 2 * log(x)


@pytest.mark.parametrize(("function", "words"), [
    (scaled, "the function scaled is written by latexify as 1e+20 a, which cannot be read as a formula in its parameters: line 1, column 1"),
    (transposed, "the function transposed is written by latexify as a.T, which cannot be read"),
    (remainder, "the function remainder is written by latexify as a \\mathbin{\\%} b, which cannot be read"),
    (power, "the function power is written by latexify as"),
    (real, "the function real is written by latexify as"),
    (branches, "the function branches"),
    (looped, "the function looped"),
    (decimal, "the function decimal returns -0.309804 at 0.7, but its formula 2*log(a) is -0.71335 there: does it use the name of a standard function"),
], ids=lambda value: getattr(value, "__name__", ""))  # fmt: skip
def test_a_def_whose_printed_form_means_something_else_is_refused(function: Callable[..., Any], words: str) -> None:
    """latexify 0.4.4 prints ``1e20 * x`` as ``1e+20 x``, which is 1 e + 20 x, and takes ``K.T`` for the entry T of K."""
    with pytest.raises(DeriveError) as caught:
        written_function(function)
    assert words in str(caught.value)


def minus(x, y):  # type: ignore[no-untyped-def]
    return x - (y - 1)


def test_a_printer_that_drops_brackets_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    import latexify

    monkeypatch.setattr(latexify, "expression", lambda function, **options: "a - b - 1")
    with pytest.raises(DeriveError) as caught:
        written_function(minus)
    message = str(caught.value)
    assert "the function minus is written by latexify as a - b - 1, which means a - b - 1, but it computes a - b + 1" in message


def test_what_is_not_a_def_is_refused() -> None:
    with pytest.raises(DeriveError, match="the function exp cannot be written as a formula"):
        written_function(math.exp)


def test_a_written_function_takes_terms() -> None:
    from derivations.language.term import Num

    one_step = written_function(update)
    assert text(one_step(Name("b"), Num("2"), Num("3"))) in {"b·2 + (1-b)·3", "b 2 + (1-b) 3"}
    with pytest.raises(DeriveError, match="update takes 3 arguments and was given 1"):
        one_step(Name("b"))
