"""The kinds as functions of the package: signatures, values as people write them, errors, and that importing costs nothing."""

from __future__ import annotations

import inspect
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
import sympy as sp

import derivations
from derivations.catalogue import KINDS, Kind
from derivations.kernel.statement import Statement
from derivations.kernel.verdict import Strength
from derivations.language.errors import DeriveError
from derivations.language.term import Name
from derivations.problem import Problem

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_is_a_function_with_a_signature_and_a_docstring(kind: Kind) -> None:
    function = getattr(derivations, kind.name.replace("-", "_"))
    assert function.__name__ == kind.name.replace("-", "_") and function.__name__ in dir(derivations)
    parameters = inspect.signature(function).parameters
    assert set(parameters) == {parameter.name for parameter in kind.parameters}
    for parameter in kind.parameters:
        assert parameters[parameter.name].default == (inspect.Parameter.empty if parameter.default is None else parameter.default)
        assert f"{parameter.name}: {parameter.help}" in function.__doc__
    assert function.__doc__.lower().startswith(kind.summary.lower())
    assert getattr(derivations, function.__name__) is function, "it is made once"


def test_what_a_function_returns() -> None:
    from derivations import convolution

    found = convolution(7, stride=3, dilation=2)
    assert isinstance(found, Problem) and isinstance(found.statement, Statement)
    assert isinstance(found.answer.value, sp.Expr) and str(found.answer.value) == "3*j + 3*k - 5"
    assert {step.evidence.strength for step in found.steps} == {Strength.PROVED}
    latex, markdown = found._repr_latex_(), found._repr_markdown_()
    assert latex is not None and "\\sum" in latex
    assert markdown is not None and "w_j" in markdown


def test_the_ten_names_can_be_imported() -> None:
    from derivations import (
        attention_parameters,
        bottleneck_block,
        conv_parameters,
        convolution,
        epochs,
        momentum,
        pushforward,
        receptive_field,
        residual_block,
        self_attention_equivariance,
    )

    values = {
        19: receptive_field((7, 7, 7)),
        250: conv_parameters((3, 4, 10), (3, 5)),
        2_360_832: residual_block(512),
        280_832: bottleneck_block(512, 128),
        200: epochs(1000, 100, 20),
    }
    assert all(problem.answer.value == value for value, problem in values.items())
    assert attention_parameters(4, tokens=3).answer.value == (60, 156)
    left, right = self_attention_equivariance().answer.value
    assert left != right and {str(s) for s in left.free_symbols} > {"X", "W_v", "b_q"}, "the entries of both sides, to go on computing with"
    assert callable(convolution) and callable(pushforward)
    assert momentum("0.9").parameters["beta"] == momentum(0.9).parameters["beta"] == momentum(beta=Fraction(9, 10)).parameters["beta"] == Fraction(9, 10)


@pytest.mark.parametrize("symbol", ["K", Name("K"), sp.Symbol("K", positive=True)])
def test_a_symbol_in_three_spellings(symbol: object) -> None:
    from derivations import residual_block

    assert residual_block(symbol).parameters["channels"] == Name("K")


def test_numbers_of_sympy() -> None:
    from derivations import momentum, residual_block

    assert residual_block(sp.Integer(4)).answer.value == 9 * 16 + 12
    assert momentum(sp.Rational(1, 3)).parameters["beta"] == Fraction(1, 3)


def test_errors() -> None:
    from derivations import convolution

    with pytest.raises(DeriveError, match="convolution has no parameter 'strides' \\(did you mean 'stride'\\?\\); it has kernel, stride"):
        convolution(7, strides=3)
    with pytest.raises(DeriveError, match="convolution needs the parameter 'kernel' \\(number of taps\\): an integer >= 1"):
        convolution(stride=3)
    with pytest.raises(DeriveError, match="convolution: kernel = 0 is not accepted; it must be an integer >= 1"):
        convolution(0)
    with pytest.raises(TypeError, match="convolution\\(\\) was given kernel twice: by position and by keyword"):
        convolution(7, kernel=7)
    with pytest.raises(TypeError, match=r"convolution\(\) takes at most 6 arguments \(kernel, stride, .*\); 7 were given"):
        convolution(1, 2, 3, 4, 5, 6, 7)
    with pytest.raises(AttributeError, match="module 'derivations' has no attribute 'convolutions'"):
        derivations.convolutions  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'nothing'"):
        from derivations import nothing  # type: ignore[attr-defined]  # noqa: F401


def test_submodules_are_still_found() -> None:
    from derivations import catalogue, problem

    assert catalogue.KINDS is KINDS and problem.Problem is Problem


def test_importing_a_function_imports_no_sympy() -> None:
    code = "import sys; from derivations import convolution, momentum; sys.exit(any(m in sys.modules for m in ('sympy', 'mpmath', 'latexify')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
