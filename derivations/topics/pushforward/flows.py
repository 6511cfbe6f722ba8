"""The density of a normalizing flow of symbolic dimension, in its forward form: at the image of a point.

Rezende and Mohamed (2015); Dinh et al., *Density Estimation Using Real NVP* (2017); Papamakarios et al., *Normalizing Flows* (2021), section 3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, Literal

from derivations.kernel.chains import chain, equals
from derivations.language.brackets import bracketed
from derivations.language.context import ONE, Array, Context, Domain, Function, Scalar, Sequence
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.term import Bars, Call, Const, Frac, Index, Name, Num, Pow, Term, Transpose, group, names, product, relation, sum_over
from derivations.parameters import nearest
from derivations.problem import Answer, Meaning, Problem, Section, Words
from derivations.reading.python_expression import name_of
from derivations.rules.flows import flow
from derivations.rules.maps import Flow
from derivations.topics.pushforward.laws import law
from derivations.topics.pushforward.symbols import written
from derivations.topics.pushforward.variables import at, p_X
from derivations.topics.pushforward.writing import FOLLOWS, proved_or_tried

f, p, t, x, i, k, r = names("f p t x i k r")
u, w, b, c, s, m, A = names("u w b c s m A")
alpha, beta = names("alpha beta")
_BASE: Final = re.compile(r"\s*([A-Z]\w*)\s+in\s+R\^([A-Za-z]\w*)\s*~\s*(.+)")


@record
class _Kind:
    """A flow: what it is in words, what is declared and assumed, its letters, and what the logarithm of its determinant is."""

    which: Literal["planar", "radial", "affine", "components"]
    words: Words
    declare: Callable[[Context, Name], Context]
    letters: tuple[Term, ...]
    logarithm: Callable[[Name, Name], Term]
    because: str
    component: Callable[[Term], Term] | None = None
    first: Term = ONE


def is_flow(base: str) -> bool:
    """Whether a base is a vector of symbolic dimension: ``Z in R^D ~ Normal(0,1)``."""
    return _BASE.fullmatch(base) is not None


def _vectors(*letters: Name) -> Callable[[Context, Name], Context]:
    return lambda known, size: known.declare(Array(size), *letters)


def _planar(known: Context, size: Name) -> Context:
    known = known.declare(Array(size), u, w).declare(Scalar(), b)
    return known.assume(bracketed(relation(Transpose(w) * u, ">", -1)))


def _radial(known: Context, size: Name) -> Context:
    return known.declare(Array(size), c).declare(Scalar(Domain.POSITIVE), alpha, beta)


def _affine(known: Context, size: Name) -> Context:
    return known.declare(Array(size, size, frozenset({"invertible"})), A).declare(Array(size), b)


def _sequences(known: Context, size: Name) -> Context:
    return known.declare(Sequence(), s, m)


def _ln(value: Term) -> Term:
    return Call(Name("ln"), (value,))


def _log_planar(z: Name, size: Name) -> Term:
    slope = group(1 - Pow(Call(Name("tanh"), (Transpose(w) * z + b,)), Num("2")))
    return _ln(Bars("abs", 1 + product(slope, Transpose(w) * u)))


def _log_radial(z: Name, size: Name) -> Term:
    far = group(alpha + r)
    return product(group(size - 1), _ln(1 + Frac(beta, alpha + r))) + _ln(1 + Frac(product(alpha, beta), Pow(far, Num("2"))))


def _shifted(z: Term) -> Term:
    return m[i] + product(Pow(Const("e"), s[i]), z)


SLOPE: Final = Name("f", primes=1)
_EARLIER: Final = " depend on the entries before it"
FLOWS: Final[Mapping[str, _Kind]] = {
    "elementwise": _Kind(
        "components", ("Each entry goes through the same function ", f, ", which is strictly increasing."), lambda known, size: known.declare(Function(1), f),
        (), lambda z, size: sum_over(i, 1, size, _ln(Bars("abs", Call(SLOPE, (z[i],))))), "each entry has its own slope", lambda z: Call(f, (z,)),
    ),
    "affine": _Kind(
        "affine", ("An affine map with an invertible matrix ", A, "."), _affine, (A, b), lambda z, size: _ln(Bars("abs", Call(Name("det"), (A,)))),
        "the derivative is the matrix",
    ),
    "planar": _Kind(
        "planar", ("A planar flow moves each point along ", u, ", by what it is on one side of a plane; with ", relation(Transpose(w) * u, ">", -1),
                   " it is one-to-one."), _planar, (u, w, b), _log_planar, "the identity with a matrix of rank one added",
    ),
    "radial": _Kind(
        "radial", ("A radial flow moves each point away from ", c, ", the less the farther it is."), _radial, (c, alpha, beta), _log_radial,
        "a multiple of the identity with a matrix of rank one added",
    ),
    "coupling": _Kind(
        "components", ("A coupling layer keeps the first ", k, " entries; of those behind, ", s[i], " and ", m[i], " are any functions of the first ", k, "."),
        lambda known, size: _sequences(known.declare(Scalar(Domain.WHOLE), k).assume(relation(k, "<", size)), size), (),
        lambda z, size: sum_over(i, k + 1, size, s[i]), "each changed entry has its scale", _shifted, k + 1,
    ),
    "autoregressive": _Kind(
        "components", ("An autoregressive flow: for each entry, ", s[i], " and ", m[i], " are any functions of the entries before it."), _sequences, (),
        lambda z, size: sum_over(i, 1, size, s[i]), "each entry has its scale", _shifted,
    ),
}  # fmt: skip
"""The flows by name."""


def problem(base: str, map: str, let: str) -> Problem:
    """The logarithm of the density of a flow at the image of a point.

    Raises:
        DeriveError: there is no such flow, or the law of the entries cannot be read or is not one of the whole line.
    """
    match = _BASE.fullmatch(base)
    what = f"pushforward of {base} through {map}"
    if match is None or map not in FLOWS:
        raise DeriveError(f"{what}: there is no flow {map!r}{nearest(map, FLOWS)}; in symbolic dimension there are {', '.join(FLOWS)}")
    kind, given = FLOWS[map], law(match[3])
    if let:
        raise DeriveError(f"{what}: let is not taken by a flow of symbolic dimension; what its letters are is said in the answer")
    span = given.distribution.spans
    if len(span) != 1 or span[0].lo.is_finite or span[0].hi.is_finite:
        raise DeriveError(f"{what}: {given.shown} does not have the whole line as its support, and the flow may leave it; a law that has is accepted")
    size, variable = name_of(match[2]), name_of(match[1])
    z = name_of(match[1].lower())
    taken = {f, p, t, x, i, k, r, u, w, b, c, s, m, A, alpha, beta} | {name for name, _ in given.context.kinds}
    clash = next((written(n) for n in (z, size) if n in taken), None)
    if clash is not None or not isinstance(size, Name) or not isinstance(z, Name) or not isinstance(variable, Name):
        raise DeriveError(f"{what}: the letter {clash or match[1]} stands for something else here; Z in R^D ~ Normal(0,1) is accepted")
    return _written(base, map, kind, given.context, (z, variable, size), at(given, t), given.variance_of_normal is not None)


def _written(base: str, map: str, kind: _Kind, parameters: Context, letters: tuple[Name, Name, Name], density: Term, normal: bool) -> Problem:
    z, variable, size = letters
    known = parameters.declare(Scalar(Domain.NATURAL), size, i).with_range(i, Num("1"), size).declare(Scalar(), t)
    vectors = kind.component is None
    known = known.declare(Array(size), z) if vectors else known.declare(Sequence(), z)
    known = kind.declare(known, size).declare(Function(1, frozenset({"density"})), p_X, p).define(Call(p, (t,)), density, (t,))
    image: Term = Call(f, (z,)) if vectors else x
    given = Flow(kind.which, p_X, p, z, size, image, i, kind.first, kind.letters)
    if kind.component is None:
        made = bracketed(given.map() or image)
        known = known.define(image, made)
    else:
        made = bracketed(kind.component(z[i]))
        known = known.define(Index(x, (i,)), made, (i,))
        if map == "elementwise":
            known = known.assume(relation(Call(SLOPE, (z[i],)), ">", 0))
    if map == "radial":
        known = known.define(r, Bars("norm", z - c)).assume(relation(Bars("norm", z - c), ">", 0))
    log = kind.logarithm(z, size)
    entries = sum_over(i, 1, size, _ln(Call(p, (z[i],))))
    steps = [
        equals(given.transformed(), flow(given), "change of variables: the map is one-to-one"),
        equals(bracketed(entries - log), FOLLOWS, kind.because),
    ]
    if normal and density == at(law("Normal(0,1)"), t):
        half = Frac(size, Num("2"))
        values = -product(half, _ln(product(2, Const("pi")))) - Frac(sum_over(i, 1, size, Pow(z[i], Num("2"))), Num("2")) - log
        steps.append(equals(bracketed(values), FOLLOWS, "the density of the entries put in"))
    shown = proved_or_tried("The density", known, chain(_ln(Call(p_X, (image,))), *steps))
    where: Words = ("The logarithm of the density at the image of a point. ", *(kind.words if isinstance(kind.words, tuple) else (kind.words,)))
    question: Words = (
        "The entries of ", variable, ", a vector of ", size, " numbers, are independent with the density ", relation(Call(p, (t,)), "=", density),
        ". What is the density of its image under the flow ", relation(image if vectors else Index(x, (i,)), "=", made), "?",
    )  # fmt: skip
    return Problem(
        "pushforward",
        "The density of a flow at the image of a point",
        question,
        (Section(shown, where),),
        Answer((shown.statement,), (str(map), size.text), "The logarithm of the density at the image of a point:"),
        {"base": base, "map": map, "form": "forward", "let": ""},
        hints=("Why is the map one-to-one?", "What is the determinant of its derivative?"),
        meanings=(Meaning((p_X,), "the density that is asked for"), Meaning((p,), "the density of an entry")),
    )


__all__ = ["FLOWS", "is_flow", "problem"]
