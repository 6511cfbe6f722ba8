"""Change of several variables.

    X = f(Z), the Z_i independent     g_b(f(z)) = z on region b of the support     f(g_b(x)) = x where g_b(x) lies in region b     the regions cover it
    ---------------------------------------------------------------------------------------------------------------------------------------------------
    p_X(x) = sum over the regions that hold g_b(x) of the product of p_{Z_i}(g_b(x)_i), times |det Dg_b(x)|        0 where no region holds its g_b(x)

Both round trips are proved by normal forms; they make f one-to-one from each region onto its image, and both Jacobians invertible there. What is not
shown so is tried at values, and the step is then sampled. Casella and Berger, *Statistical Inference* (2002), section 4.3.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from itertools import product as choices

from derivations.kernel.statement import Premise, Rel, Rule, Statement, equation
from derivations.kernel.verdict import Accepted, Evidence, Strength, Undecided, Verdict, proved, weakest
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Function, Scalar
from derivations.language.errors import DeriveError
from derivations.language.structure import substitute, subterms
from derivations.language.term import Call, Deriv, Frac, Index, Name, Num, Relation, Term
from derivations.language.work import OutOfWork, apart
from derivations.rules.change_of_variables import is_real
from derivations.rules.equality import prove_equal, where_defined
from derivations.rules.maps import Forward, JointTransformation, Region, Symbol
from derivations.rules.normal.convert import Algebra
from derivations.rules.order import sign_by_factors
from derivations.rules.refute import Agreement, refute
from derivations.rules.signs import sign_of


def joint_change_of_variables(change: JointTransformation) -> Rule:
    """The rule for one map of several variables. It proves what the density is where the context says which regions hold the inverses."""
    return Rule("joint change of variables", (change,))


def decide_joint_change(statement: Statement, context: Context, premises: tuple[Premise, ...], change: JointTransformation) -> Verdict:
    if statement.relation is not Rel.EQ or statement.lhs != Call(change.new_density, change.new):
        return Undecided("the rule gives the density of the transformed variables at their point")
    kind = context.kind(change.new_density)
    if not (isinstance(kind, Function) and "density" in kind.properties):
        return Undecided("nothing says that what stands on the left is a density")
    if not _covered(change):
        return Undecided("the regions are not shown to cover the support: they are to be all choices of signs of some variables")
    try:
        with apart(_WORK):
            known = _checked(change, context)
            placed = [(region, _placed(change, region, context)) for region in change.regions]
    except (DeriveError, OutOfWork) as error:
        return Undecided(str(error) or "the work that checking the map may cost did not suffice")
    if isinstance(known, str):
        return Undecided(known)
    if any(place is None for _, place in placed):
        return Undecided("the context does not say whether the inverse lies in each region")
    used = [change.transformed(region) for region, place in placed if place]
    expected = bracketed(reduce(lambda a, b: a + b, used)) if used else Num("0")
    return Accepted(known) if statement.rhs == expected else Undecided("the right side is not the sum over the regions")


_WORK = 4_000_000
"""What checking a map may cost."""


def forward_form(change: Forward) -> Rule:
    """The rule that gives the density at the image of a point."""
    return Rule("forward form", (change,))


def decide_forward_form(statement: Statement, context: Context, premises: tuple[Premise, ...], change: Forward) -> Verdict:
    """``p_X(f(z)) = p_Z(z) / |det Df(z)|`` for a triangular map: z is found from f(z) one component after the other, as each is monotone in its variable.

    True: ``(z_1, z_2 e^{z_1})``. A false neighbour is ``(z_1, z_2^2)``, where two points have one image.
    """
    if statement != Statement(Call(change.new_density, tuple(map(bracketed, change.maps))), Rel.EQ, bracketed(change.transformed())):
        return Undecided("the rule gives the density at the image of a point, as the base density over the size of the determinant")
    kind = context.kind(change.new_density)
    if not (isinstance(kind, Function) and "density" in kind.properties) or any(not is_real(context, z) for z in change.old):
        return Undecided("nothing says that what stands on the left is a density, or the variables are not real")
    if not all(_follows(condition, context) for condition in change.support):
        return Undecided("the context does not say that the variables lie in the support")
    others = tuple(h for h in context.hypotheses if not any(part in change.old for _, part in subterms(h)))
    inside = replace(context, hypotheses=others).assume(*change.support)
    try:
        with apart(_WORK):
            for place, (f, z) in enumerate(zip(change.maps, change.old, strict=True)):
                if any(part in change.old[place + 1 :] for _, part in subterms(f)):
                    return Undecided("a component of the map holds a variable after its own: the map is not triangular in this order")
                algebra = Algebra(inside)
                where_defined(algebra, (f,))
                if sign_by_factors(algebra, algebra.poly(Deriv(f, ((z, 1),)))) not in ("+", "-"):
                    return Undecided("a component of the map is not shown to be strictly monotone in its own variable")
    except (DeriveError, OutOfWork) as error:
        return Undecided(str(error) or "the work that checking the map may cost did not suffice")
    return Accepted(proved("forward form"))


def _follows(condition: Term, context: Context) -> bool:
    return condition in context.hypotheses


def _covered(change: JointTransformation) -> bool:
    """Whether the regions are all choices of the signs, of the sides of one number, or of which of two is the larger, of the variables that they speak of.

    Two variables with densities are equal with probability zero. False neighbours: one of the two orders alone, or one order twice.
    """
    signs = [tuple(_sign(condition) for condition in region.conditions) for region in change.regions]
    if any(sign is None or sign[0][0] not in change.old for region in signs for sign in region):
        return False
    if any(isinstance(sign[0][1], Name | Index) and (sign[0][1] not in change.old or sign[0][1] == sign[0][0]) for region in signs for sign in region if sign):
        return False
    symbols = dict.fromkeys(sign[0] for region in signs for sign in region if sign is not None)
    wanted = {frozenset(zip(symbols, choice, strict=True)) for choice in choices("<>", repeat=len(symbols))}
    return {frozenset(sign for sign in region if sign is not None) for region in signs} == wanted and len(signs) == len(wanted)


def _sign(condition: Term) -> tuple[tuple[Symbol, Term], str] | None:
    match condition:
        case Relation((Name() | Index() as symbol, Num() | Frac(Num(), Num()) | Name() | Index() as bound), ("<" | ">" as sign,)):
            return (symbol, bound), sign
        case _:
            return None


def _checked(change: JointTransformation, context: Context) -> Evidence | str:
    """How the round trips are known; or which is not."""
    if any(not is_real(context, symbol) for symbol in (*change.old, *change.new)):
        return "the variables of the map are not said to be real numbers"
    parameters = tuple(h for h in context.hypotheses if not any(part in change.new for _, part in subterms(h)))
    plain = replace(context, hypotheses=parameters).declare(Scalar(), *change.old, *change.new)
    found: list[Evidence] = [proved("joint change of variables")]
    for region in change.regions:
        on_region = plain.assume(*change.support, *region.conditions)
        on_image = plain.assume(*(region.image or change.held(region)))
        forth = dict(zip(change.new, change.maps, strict=True))
        back = dict(zip(change.old, region.inverse, strict=True))
        claims = [(equation(substitute(g, dict(forth.items())), z), on_region) for g, z in zip(region.inverse, change.old, strict=True)]
        claims += [(equation(substitute(f, dict(back.items())), x), on_image) for f, x in zip(change.maps, change.new, strict=True)]
        for claim, known in claims:
            evidence = shown_or_tried(Statement(bracketed(claim.lhs), Rel.EQ, claim.rhs), known)
            if evidence is None:
                return "the map and its inverse are not shown to undo each other"
            found.append(evidence)
        if region.image:
            reached = [(bracketed(substitute(condition, dict(forth.items()))), on_region) for condition in region.image]
            for condition, known in (*reached, *((condition, on_image) for condition in change.held(region))):
                evidence = _held_or_tried(condition, known)
                if evidence is None:
                    return "the region and its image are not shown to belong together"
                found.append(evidence)
    return replace(weakest(tuple(found)), method="joint change of variables")


def shown_or_tried(claim: Statement, known: Context) -> Evidence | None:
    """How a claim about a map is known: by normal forms, or else tried at values; None where neither shows it."""
    try:
        found = prove_equal(claim, known, (), "round trip")
        if isinstance(found, Evidence):
            return found
    except DeriveError:
        pass
    trial = refute(claim, known, count=24, seed=2)
    enough = isinstance(trial, Agreement) and trial.generic >= 8
    return Evidence(Strength.SAMPLED, "round trip, tried at values", trial.points) if enough and isinstance(trial, Agreement) else None


_SIGNS = {"<": Rel.LT, "<=": Rel.LE, ">": Rel.GT, ">=": Rel.GE}


def _held_or_tried(condition: Term, known: Context) -> Evidence | None:
    """How it is known that a chain of inequalities holds: by signs, or else tried at values; None where neither shows it."""
    if not isinstance(condition, Relation):
        return None
    algebra = Algebra(known)
    found: list[Evidence] = [proved("signs")]
    for left, sign, right in zip(condition.items, condition.signs, condition.items[1:], strict=False):
        where_defined(algebra, (left, right))
        gap = algebra.poly(right) - algebra.poly(left)
        if sign_by_factors(algebra, gap if sign in ("<", "<=") else -gap) == "+":
            continue
        if Num("0") in (left, right):  # a product is seen as it is written: the exponentials of a sine do not show its sign
            written, above = (right, sign in ("<", "<=")) if left == Num("0") else (left, sign in (">", ">="))
            if sign_of(algebra, written) == ("+" if above else "-"):
                continue
        trial = refute(Statement(left, _SIGNS[sign], right), known, count=24, seed=2)
        if not isinstance(trial, Agreement) or trial.points < 8:
            return None
        found.append(Evidence(Strength.SAMPLED, "inequality, tried at values", trial.points))
    return weakest(tuple(found))


def _placed(change: JointTransformation, region: Region, context: Context) -> bool | None:
    """Whether the inverse lies in the region (True), outside it (False), or the context does not say (None)."""
    algebra = Algebra(context)
    found: list[bool | None] = []
    for condition in region.image or change.held(region):
        if condition in context.hypotheses:
            found.append(True)
            continue
        if not isinstance(condition, Relation):
            return None
        for left, sign, right in zip(condition.items, condition.signs, condition.items[1:], strict=False):
            gap = algebra.poly(right) - algebra.poly(left)
            value = sign_by_factors(algebra, gap if sign in ("<", "<=") else -gap)
            found.append(True if value == "+" else False if value in ("-", "0-", "0") else None)
    return False if False in found else None if None in found else True
