"""Deep-learning mathematics, derived step by step and checked: one function for each problem kind of the catalogue, and what a topic of your own needs.

    from derivations import convolution, momentum

    found = convolution(7, stride=3, dilation=2)
    found.answer.value      # SymPy: 3*j + 3*k - 5
    found.statement         # what is proved, as terms
    [s.evidence.word for s in found.steps]

A topic of your own is a function that makes a ``Problem`` (``written`` makes one of a derivation in LaTeX or Markdown):

    from derivations import Answer, Context, Problem, Scalar, Section, chain, equals, follows, formula, symbols, theorem

    x, = symbols("x")
    known = Context().declare(Scalar(), x)
    square = theorem("The square", known, chain((x + 1) ** 2, equals(x**2 + 2 * x + 1, follows, "multiplied out")))
    problem = Problem("square", "A square", "Expand it.", (Section(square),), Answer((square.statement,), None))

``check(text)`` gives the report of ``derive check`` on a text.

The functions are made from the catalogue when they are asked for, so that importing this package imports neither SymPy nor a topic. A parameter is a number,
the name of a symbol (``"K"``, or a SymPy symbol), or what one would type on the command line.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivations.catalogue import Kind
    from derivations.problem import Problem


def _plain(value: object) -> object:
    """A SymPy symbol or number as a person would type it; anything else as it is."""
    return str(value) if type(value).__module__.partition(".")[0] == "sympy" else value


def _function(kind: Kind) -> Callable[..., Problem]:
    """The function of a kind: its parameters by position in the order of the catalogue, or by keyword."""
    from inspect import Parameter, Signature

    parameters = sorted(kind.parameters, key=lambda p: p.default is not None)  # Python wants those without a default first
    empty = Parameter.empty
    signature = Signature(
        [Parameter(p.name, Parameter.POSITIONAL_OR_KEYWORD, default=empty if p.default is None else p.default) for p in parameters]
    )

    names = [p.name for p in parameters]
    called = kind.name.replace("-", "_")

    def build(*args: object, **kwargs: object) -> Problem:
        if len(args) > len(names):
            raise TypeError(f"{called}() takes at most {len(names)} arguments ({', '.join(names) or 'none'}); {len(args)} were given")
        given = dict(zip(names, args, strict=False))
        if twice := given.keys() & kwargs.keys():
            raise TypeError(f"{called}() was given {', '.join(sorted(twice))} twice: by position and by keyword")
        from derivations.reading.permission import running_python

        with running_python():  # a file that a program names was named by its author
            return kind.build({name: _plain(value) for name, value in {**given, **kwargs}.items()})

    build.__name__ = build.__qualname__ = called
    build.__module__ = __name__
    build.__signature__ = signature  # type: ignore[attr-defined]
    lines = [f"    {p.name}: {p.help}; {p.type.accepted}" + (f" (default {p.default})" if p.default is not None else "") for p in parameters]
    build.__doc__ = "\n".join(
        [
            f"{kind.summary[0].upper()}{kind.summary[1:]}.",
            *(["", "Args:", *lines] if lines else []),
            "",
            "Returns the problem, derived and checked: ``.statement``, ``.steps``, ``.answer.value`` (SymPy), ``.evidence``.",
            "",
            "Raises:",
            "    DeriveError: a parameter is missing or unknown, or a value is not accepted.",
            "    NotProved: a step was refuted or is undecided.",
        ]
    )
    return build


def _kinds() -> dict[str, Kind]:
    from derivations.catalogue import KINDS

    return {kind.name.replace("-", "_"): kind for kind in KINDS}


_NAMES = {
    name: module
    for module, names in {
        "derivations.api": "check follows formula symbols written",
        "derivations.catalogue": "Kind",
        "derivations.figures": "Undrawn",
        "derivations.kernel.chains": "chain equals equivalences link theorem",
        "derivations.kernel.statement": "Rel Rule Statement equation",
        "derivations.kernel.theorem": "NotProved Theorem",
        "derivations.language.context": "Array Context Domain Family Function Scalar Sequence Softmax",
        "derivations.language.errors": "DeriveError",
        "derivations.language.term": "Term relation sum_over",
        "derivations.parameters": "Choice Conditions Expression Flag Number Parameter Size Sizes",
        "derivations.problem": "Answer Claimed Displayed Itemized Ledger LedgerRow Literally Problem Section Stressed",
        "derivations.checking.report": "Record Report",
    }.items()
    for name in names.split()
}
"""What topics of one's own are written with, and the modules that hold it."""


def __getattr__(name: str) -> Any:
    """What a topic is written with, or the function of the problem kind with this name (``_`` for ``-``). Raises AttributeError for any other name."""
    if name in _NAMES:
        return globals().setdefault(name, getattr(import_module(_NAMES[name]), name))
    kind = None if name.startswith("_") else _kinds().get(name)
    if kind is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault(name, _function(kind))


def __dir__() -> list[str]:
    return sorted({*globals(), *_NAMES, *_kinds()})
