"""A function given as a Python ``def``: its written form from latexify, its meaning from SymPy, and the check that the two agree.

latexify writes the source in the order in which it was written; that LaTeX is read like anybody's. It is not trusted: 0.4.4 prints ``x - -(-2)*y`` without
its brackets, and ``1e20*x`` as ``1e+20 x``. So the same code is run on SymPy symbols, and a function whose two readings differ is refused.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from types import CodeType, FunctionType, SimpleNamespace
from typing import Any

from derivations.language.context import Context, Scalar
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.structure import substitute
from derivations.language.term import Name, Term
from derivations.reading.expression import read

LETTERS = tuple("abcdghkmnpqrstuvwxyz")
"""What latexify is told to call the parameters: single letters, so that it prints them as they are. Not e, i, f, j, l, o."""


PREFIXES = {"math", "np", "numpy", "torch"}
"""Modules whose functions are printed without their name: ``math.pi`` is pi."""

POINTS = (0.7, 1.3, -0.6, 2.1, 0.2, -1.7, 0.45)
"""Where a function is called to see that the names which it uses mean what they say."""


@record
class Written:
    """A function as a term: ``body`` over ``parameters``. Calling it puts terms in."""

    name: str
    parameters: tuple[Name, ...]
    body: Term

    def __call__(self, *arguments: Term) -> Term:
        """The body with these terms for the parameters. Raises DeriveError for a wrong number of them."""
        if len(arguments) != len(self.parameters):
            raise DeriveError(f"{self.name} takes {len(self.parameters)} arguments and was given {len(arguments)}")
        return substitute(self.body, dict(zip(self.parameters, arguments, strict=True)))


@cache
def written_function(function: Callable[..., Any]) -> Written:
    """The written form of a function of real numbers, checked against its trace.

    Raises:
        DeriveError: its source cannot be had or written, it cannot be traced, or the written form means something else than the code computes or returns.
    """
    import latexify

    name = function.__name__
    try:
        parameters = tuple(inspect.signature(function).parameters)
        if len(parameters) > len(LETTERS):
            raise DeriveError(f"{name} has {len(parameters)} parameters; at most {len(LETTERS)} can be written")
        letters = dict(zip(parameters, LETTERS, strict=False))
        latex = latexify.expression(function, identifiers=letters, use_math_symbols=True, prefixes=PREFIXES, reduce_assignments=True)
    except (latexify.exceptions.LatexifyError, OSError, TypeError, SyntaxError) as error:
        raise DeriveError(f"the function {name} cannot be written as a formula: {error}") from error
    try:
        body = read(str(latex)).term
        meaning = _meaning(body, tuple(letters.values()))
    except DeriveError as error:
        raise DeriveError(f"the function {name} is written by latexify as {latex}, which cannot be read as a formula in its parameters: {error}") from error
    traced = trace(function, tuple(letters.values()))
    if not _same(meaning, traced):
        raise DeriveError(
            f"the function {name} is written by latexify as {latex}, which means {meaning}, but it computes {traced}: write it with fewer signs in a row"
        )
    _called(function, traced, tuple(letters.values()))
    own = tuple(Name(p) for p in parameters)
    renamed = substitute(body, {Name(letter): n for letter, n in zip(letters.values(), own, strict=True)})
    return Written(name, own, renamed)


def trace(function: Callable[..., Any], letters: tuple[str, ...]) -> Any:
    """What the function's own code gives for SymPy symbols; ``math``, ``numpy`` and the bare function names stand for SymPy's functions."""
    import sympy as sp

    functions = {
        n: getattr(sp, n) for n in ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "floor", "pi", "Abs")
    }
    functions |= {
        "e": sp.E,
        "abs": sp.Abs,
        "maximum": sp.Max,
        "minimum": sp.Min,
        "max": sp.Max,
        "min": sp.Min,
        "erf": sp.erf,
        "log1p": lambda x: sp.log(1 + x),
    }
    modules = SimpleNamespace(**functions)
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        raise DeriveError(f"{function.__name__} is not a plain Python function")
    shadow = FunctionType(code, {**functions, "math": modules, "np": modules, "numpy": modules, "torch": modules, "__builtins__": {"abs": sp.Abs}})
    symbols = [sp.Symbol(letter, real=True) for letter in letters]
    try:
        return sp.sympify(shadow(*symbols))
    except Exception as error:
        raise DeriveError(f"the function {function.__name__} cannot be traced with symbols: {error}") from error


def _called(function: Callable[..., Any], traced: Any, letters: tuple[str, ...]) -> None:
    """Call the function at a few points: a global ``log`` may be ``math.log10``, which neither the print nor the trace can know.

    Raises:
        DeriveError: it returns another number than its trace has.
    """
    for k in range(len(POINTS)):
        values = {letter: POINTS[(k + 3 * place) % len(POINTS)] for place, letter in enumerate(letters)}
        expected = traced.subs({s: values[s.name] for s in traced.free_symbols})
        try:
            found = float(function(*values.values()))
            wanted = float(expected)
        except (ArithmeticError, ValueError, TypeError):  # outside its domain, or a function of arrays
            continue
        if abs(found - wanted) > 1e-8 * (1 + abs(wanted)):
            where = ", ".join(map(str, values.values()))
            raise DeriveError(
                f"the function {function.__name__} returns {found:g} at {where}, but its formula {traced} is {wanted:g} there:"
                " does it use the name of a standard function for something else?"
            )


def _meaning(body: Term, letters: tuple[str, ...]) -> Any:
    from derivations.language.denote import denote

    return denote(body, Context().declare(Scalar(), *(Name(letter) for letter in letters)))


def _same(one: Any, other: Any) -> bool:
    import sympy as sp

    return bool(one == other or sp.expand(one - other) == 0 or sp.simplify(one - other) == 0)
