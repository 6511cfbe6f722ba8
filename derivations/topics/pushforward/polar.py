"""Two variables that are a distance and an angle: ``(r(z_1) cos(a z_2), r(z_1) sin(a z_2))``, such as the map of Box and Muller.

Box and Muller, *A note on the generation of random normal deviates* (1958).
"""

from __future__ import annotations

from typing import Any

from derivations.kernel.chains import chain, equals
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.theorem import NotProved
from derivations.language.brackets import bracketed
from derivations.language.context import Context
from derivations.language.denote import denote
from derivations.language.errors import DeriveError
from derivations.language.term import Bars, Call, Index, Matrix, Name, Num, Term, product, relation
from derivations.problem import Answer, Meaning, Problem, Section, Words
from derivations.rules.equality import algebra, differentiation
from derivations.rules.joint_variables import joint_change_of_variables
from derivations.rules.maps import JointTransformation, Region
from derivations.topics.pushforward.maps import written_components
from derivations.topics.pushforward.refusals import CannotPush, bounded
from derivations.topics.pushforward.symbols import Symbol, parts, said
from derivations.topics.pushforward.variables import Part, at, context_of, independent, known_of, p_X, question_of, support_of
from derivations.topics.pushforward.writing import proved_or_tried, quoted, shorter


def polar(variables: tuple[Part, ...], new: tuple[Symbol, ...], maps: tuple[Term, ...], known: Context) -> JointTransformation | None:
    """The map as one of a distance and an angle that runs once around, or None for another map."""
    import sympy as sp

    if len(variables) != 2 or len(maps) != 2:
        return None
    z1, z2 = (denote(part.value, known) for part in variables)
    one, two = (denote(m, known) for m in maps)
    waves = one.atoms(sp.cos)
    if len(waves) != 1:
        return None
    (wave,) = waves
    angle = wave.args[0]
    far, rate = sp.simplify(one / wave), angle.diff(z2)
    (first,), (second,) = (part.law.distribution.spans for part in variables)
    once = rate.is_number and rate.is_positive and angle == rate * z2 and second.lo == 0 and second.hi == 2 * sp.pi / rate
    if not once or far.has(z2) or sp.simplify(two - far * sp.sin(angle)) != 0:
        return None
    distance = sp.Dummy("r", positive=True)
    mark = sp.Dummy("z", real=True, positive=first.lo.is_nonnegative or None)
    try:
        with bounded("solving for the distance"):
            ends = {sp.limit(far.subs(z1, mark), mark, first.lo, "+"), sp.limit(far.subs(z1, mark), mark, first.hi, "-")}
            solved = sp.solve(sp.Eq(far.subs(z1, mark), distance), mark)
    except (CannotPush, NotImplementedError):
        return None
    if ends != {sp.Integer(0), sp.oo} or len(solved) != 1:
        return None
    x1, x2 = (denote(symbol, known) for symbol in new)
    radius = sp.sqrt(x1**2 + x2**2)
    back, turn = sp.simplify(solved[0].subs(distance, radius)), sp.acos(x1 / radius) / rate
    half = quoted(sp.pi / rate, known)
    z = variables[1].value
    regions = tuple(
        Region((relation(z, sign, half),), (quoted(back, known), quoted(value, known)), (relation(new[1], side, 0),))
        for sign, value, side in (("<", turn, ">"), (">", 2 * sp.pi / rate - turn, "<"))
    )
    support = tuple(condition for part in variables for condition in support_of(part, known))
    densities = tuple(part.density for part in variables)
    return JointTransformation(p_X, densities, tuple(part.value for part in variables), new, maps, support, regions)


def sections_of(what: str, variables: tuple[Part, ...], change: JointTransformation, known: Context) -> tuple[list[Section], Term, Any]:
    """The density on both sides of the first axis, which is the same, as a term and as SymPy has it.

    Raises:
        DeriveError: a step is not accepted, or the two sides differ.
    """
    import sympy as sp

    x1, x2 = (denote(n, known) for n in change.new)
    sections: list[Section] = []
    finals: list[tuple[Term, Any]] = []
    for region in change.regions:
        here = known.assume(*region.image)
        rows = sp.Matrix([[sp.diff(denote(g, known), n) for n in (x1, x2)] for g in region.inverse])
        shown = tuple(tuple(quoted(sp.simplify(rows[i, j]), known) for j in range(2)) for i in range(2))
        mark = sp.Dummy("t", positive=True) * (1 if region.image == (relation(change.new[1], ">", 0),) else -1)
        size = sp.simplify(rows.det().subs(x2, mark))
        density = abs(size)
        for part, g in zip(variables, region.inverse, strict=True):
            law = part.law.distribution
            density *= law.density.subs(law.variable, denote(g, known).subs(x2, mark))
        value = shorter(density).subs(abs(mark.as_coeff_Mul()[1]), x2 if mark.as_coeff_Mul()[0] == 1 else -x2)
        final = bracketed(quoted(value, known))
        put_in = [at(part.law, g) for part, g in zip(variables, region.inverse, strict=True)]
        second = bracketed(product(*put_in, Bars("abs", Call(Name("det"), (Matrix(shown),)))))
        steps = chain(
            Call(p_X, change.new),
            equals(change.transformed(region), joint_change_of_variables(change), "change of variables: the map and its inverse undo each other on this side"),
            equals(second, differentiation, "the base density and the derivatives put in"),
            equals(final, algebra, "the determinant, and brought together"),
        )
        try:
            theorem = proved_or_tried("The density", here, steps)
        except NotProved as error:
            raise DeriveError(f"{what}: {error}; such a map is not written out") from error
        words: Words = ("The density for ", *region.image, ". There the distance gives ", change.old[0], " back, and the angle ", change.old[1], ".")
        sections.append(Section(theorem, words))
        finals.append((final, value))
    if finals[0][0] != finals[1][0]:
        raise DeriveError(f"{what}: its density has one form on each side of an axis; such a map is not written out")
    return sections, *finals[0]


def problem(base: str, map: str, let: str) -> Problem | None:
    """The joint density of two variables that are a distance and an angle; None for another map. Raises DeriveError."""
    told = said(let)
    variables = independent(base, told)
    if len(variables) != 2 or len(parts(map)) != 2:
        return None
    maps = written_components(map, tuple(part.value for part in variables))
    new = tuple(Index(Name("x"), (Num(str(k)),)) for k in (1, 2))
    known = known_of(variables, new, context_of(variables, told, *maps))
    change = polar(variables, new, maps, known)
    if change is None:
        return None
    sections, final, value = sections_of(f"pushforward of {base} through {map}", variables, change, known)
    normal = any(part.law.variance_of_normal for part in variables)
    return Problem(
        "pushforward",
        "The density of transformed random variables",
        question_of(variables, change),
        tuple(sections),
        Answer(
            (Statement(Call(p_X, change.new), Rel.EQ, final),),
            value,
            ("The same on both sides of the axis ", relation(change.new[1], "=", 0), ", on which the density may have any value:"),
            "the second argument of Normal is the variance" if normal else "",
        ),
        {"base": base, "map": map, "let": let},
        hints=("What do the sum of the squares and the quotient of the new variables say?", "What is the determinant of the derivative of the inverse?"),
        meanings=(Meaning(change.base_densities, "the densities of the independent variables"), Meaning((p_X,), "the joint density that is asked for")),
    )


__all__ = ["polar", "problem", "sections_of"]
