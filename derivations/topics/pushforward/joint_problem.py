"""The joint density of f(Z) for independent variables, written out: the inverse, the Jacobian, the density.

Casella and Berger, *Statistical Inference* (2002), section 4.3; Papamakarios et al., *Normalizing Flows* (2021), section 2.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from itertools import product as choices
from typing import Any

from derivations.kernel.chains import chain, equals
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.theorem import NotProved, Theorem
from derivations.kernel.verdict import Undecided
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Function, Scalar
from derivations.language.denote import denote
from derivations.language.errors import DeriveError, MeaningError
from derivations.language.structure import substitute
from derivations.language.term import Bars, Call, Frac, Index, Matrix, Name, Num, Relation, Term, product, relation
from derivations.problem import Answer, Meaning, Problem, Section, Words
from derivations.rules.equality import algebra, differentiation
from derivations.rules.joint_variables import forward_form, joint_change_of_variables
from derivations.rules.maps import Forward, JointTransformation, Region
from derivations.topics.pushforward.combined import combined
from derivations.topics.pushforward.joint import JointDensity, JointDistribution
from derivations.topics.pushforward.joint_pushforward import joint_pushforward
from derivations.topics.pushforward.laws import law
from derivations.topics.pushforward.maps import written_components, written_map
from derivations.topics.pushforward.refusals import CannotPush, Refusal, bounded
from derivations.topics.pushforward.symbols import Symbol, constraints, said
from derivations.topics.pushforward.variables import (
    Part,
    Z,
    at,
    context_of,
    independent,
    is_joint,
    known_of,
    listed,
    p,
    p_X,
    question_of,
    support_of,
    t,
    x,
)
from derivations.topics.pushforward.writing import DOMAINS, proved_or_tried, quoted, refused, shorter


def joint_base(parts_: tuple[Part, ...], parameters: Context) -> JointDistribution:
    """The independent variables for the engine."""
    import sympy as sp

    known = parameters.declare(Scalar(), *(part.value for part in parts_))
    variables = tuple(denote(part.value, known) for part in parts_)
    density = sp.Integer(1)
    for part, variable in zip(parts_, variables, strict=True):
        density *= part.law.distribution.density.subs(part.law.distribution.variable, variable)
    supports = tuple(part.law.distribution.support for part in parts_)
    symbols = tuple(denote(s, known) for s, kind in parameters.kinds if isinstance(kind, Scalar))
    return JointDistribution(variables, density, supports, symbols, constraints(parameters))


def problem(base: str, map: str, let: str) -> Problem:
    """The joint density of f(Z_1, ..., Z_n). Arguments and errors as in ``pushforward.problem``."""
    told = said(let)
    variables = independent(base, told)
    maps = written_components(map, tuple(part.value for part in variables))
    what = f"pushforward of {base} through {map}"
    parameters = context_of(variables, told, *maps)
    if len(maps) > len(variables):
        few = f"at most {len(variables)} are accepted"
        raise DeriveError(f"{what}: there is no density to give: {len(maps)} components of {len(variables)} variables lie on a surface; {few}")
    if len(maps) < len(variables):
        return combined(base, map, let, variables, maps, parameters)
    new = (x,) if len(maps) == 1 else tuple(Index(x, (Num(str(k)),)) for k in range(1, len(maps) + 1))
    known = known_of(variables, new, parameters)
    try:
        with bounded("solving for the variables"):
            given = joint_base(variables, parameters)
            result = joint_pushforward(given, [denote(m, known) for m in maps], [denote(n, known) for n in new], check=False)
    except CannotPush as problem:
        result = problem.refusal
    if isinstance(result, Refusal):
        raise DeriveError(f"{what}: {refused(result)}")
    try:
        change = _change(variables, new, maps, known, result, what)
    except MeaningError as error:
        raise DeriveError(f"{what}: no density in closed form is found (there may well be one): the inverse cannot be written out: {error}") from error
    return _built(base, map, let, variables, known, change, result)


def forward(base: str, map: str, let: str) -> Problem:
    """The density of f(Z) at the image of a point, ``p_X(f(z)) = p_Z(z) / |det Df(z)|``, for a triangular map. Arguments and errors as above."""
    told = said(let)
    variables = independent(base, told) if is_joint(base) else (Part(Z, Name("z"), Index(p, (Z,)), law(base, told)),)
    old = tuple(part.value for part in variables)
    maps = written_components(map, old) if is_joint(base) else (written_map(map),)
    what = f"pushforward of {base} through {map}"
    if len(maps) != len(variables):
        raise DeriveError(f"{what}: {len(maps)} components of {len(variables)} variables; the forward form takes as many")
    known = known_of(variables, (), context_of(variables, told, *maps)).declare(Function(len(maps), frozenset({"density"})), p_X)
    support = tuple(condition for part in variables for condition in support_of(part, known))
    change = Forward(p_X, tuple(part.density for part in variables), old, maps, support)
    here = known.assume(*support)
    rows = change.slopes()
    diagonal = [_entry(sp_diff(f_, z, known), rows[k][k], known) for k, (f_, z) in enumerate(zip(maps, old, strict=True))]
    factors = [entry for entry in diagonal if entry != Num("1")] or [Num("1")]
    size = Bars("abs", factors[0] if len(factors) == 1 else product(*factors))
    laws = [at(part.law, part.value) for part in variables]
    put_in = bracketed(Frac(laws[0] if len(laws) == 1 else product(*laws), size))
    value = _signed_away(put_in, here)
    links = [equals(change.transformed(), forward_form(change), "the map is one-to-one: each component is strictly monotone in its own variable"),
             equals(put_in, differentiation, "the densities put in; the derivative is triangular, its determinant the product of the diagonal")]  # fmt: skip
    if value != put_in:
        links.append(equals(value, algebra, "the signs are known here, and brought together"))
    try:
        shown = proved_or_tried("The density", here, chain(Call(p_X, tuple(bracketed(m) for m in maps)), *links))
    except NotProved as error:
        takes = "a triangular map is accepted, whose component k holds the first k variables and is strictly monotone in the last"
        raise DeriveError(f"{what}: {error}; {takes}") from error
    caption: Words = (
        "The density at the image of a point. Where a map is one-to-one and differentiable, with a determinant that is not zero,"
        " the density there is the base density over the size of the determinant. No inverse is needed: it is the form in which a flow is trained.",
    )
    bare = JointTransformation(p_X, change.base_densities, old, tuple(Index(x, (Num(str(k)),)) for k in range(1, len(maps) + 1)) if len(maps) > 1 else (x,),
                               maps, support, ())  # fmt: skip
    return Problem(
        "pushforward",
        "The density of a flow at the image of a point",
        question_of(variables, bare),
        (Section(shown, caption),),
        Answer((shown.statement,), denote(shown.statement.rhs, here), "The density at the image of a point:"),
        {"base": base, "map": map, "form": "forward", "let": let},
        hints=("Is the map one-to-one?", "Which entries of the derivative of the map are zero? What is then its determinant?"),
        meanings=(
            Meaning(change.base_densities, "the densities of the independent variables" if len(variables) > 1 else "the density of the variable"),
            Meaning((p_X,), "the density that is asked for"),
            *(Meaning((name,), DOMAINS[kind.domain]) for name, kind in known.kinds if isinstance(kind, Scalar) and name not in {*old, t, p_X}),
        ),
    )


def sp_diff(f_: Term, z: Symbol, known: Context) -> Any:
    import sympy as sp

    return sp.diff(denote(f_, known), denote(z, known))


def _signed_away(put_in: Term, here: Context) -> Term:
    """The quotient as SymPy simplifies it, with the size of the determinant by its sign."""
    import sympy as sp

    from derivations.rules.normal.convert import Algebra
    from derivations.rules.order import sign_by_factors

    if not isinstance(put_in, Frac) or not isinstance(put_in.denominator, Bars):
        return put_in
    algebra_ = Algebra(here)
    sign = sign_by_factors(algebra_, algebra_.poly(put_in.denominator.body))
    below = denote(put_in.denominator.body, here)
    value = shorter(denote(put_in.numerator, here) / (below if sign == "+" else -below if sign == "-" else sp.Abs(below)))
    return put_in if value.has(sp.Derivative) else bracketed(quoted(value, here))


def _change(
    variables: tuple[Part, ...], new: tuple[Symbol, ...], maps: tuple[Term, ...], known: Context, result: JointDensity, what: str
) -> JointTransformation:
    """The branches of the engine as regions: the whole support for one, else one for each choice of signs, with the branch that leads back to it."""
    old = tuple(part.value for part in variables)
    support = tuple(condition for part in variables for condition in support_of(part, known))
    inverses = [tuple(quoted(g, known) for g in branch.inverse) for branch in result.branches]
    bare = JointTransformation(p_X, tuple(part.density for part in variables), old, new, maps, support, ())
    if len(inverses) == 1:
        return replace(bare, regions=(Region((), inverses[0]),))
    both = [part.value for part in variables if part.law.distribution.domain.compare(part.law.distribution.spans[0].lo, 0) < 0]
    for chosen in (c for size in range(1, len(both) + 1) if 2**size == len(inverses) for c in combinations(both, size)):
        regions = []
        for signs in choices("<>", repeat=len(chosen)):
            conditions = tuple(relation(z, sign, 0) for z, sign in zip(chosen, signs, strict=True))
            inverse = next((g for g in inverses if _leads_back(bare, Region(conditions, g), known)), None)
            if inverse is not None:
                regions.append(Region(conditions, inverse))
        if len(regions) == len(inverses):
            return replace(bare, regions=tuple(regions))
    for one, other in combinations(old, 2) if len(inverses) == 2 else ():
        regions = []
        for sign in "<>":
            conditions = (relation(one, sign, other),)
            inverse = next((g for g in inverses if _leads_back(bare, Region(conditions, g), known)), None)
            if inverse is not None:
                regions.append(Region(conditions, inverse))
        if len(regions) == 2:
            return replace(bare, regions=tuple(regions))
    why = "signs of the variables, nor by which of two is the larger"
    raise DeriveError(f"{what}: its {len(inverses)} branches of the inverse are not told apart by {why}; such a map is not written out")


def _leads_back(change: JointTransformation, region: Region, known: Context) -> bool:
    from derivations.kernel.statement import equation
    from derivations.rules.refute import Agreement, refute

    forth = dict(zip(change.new, change.maps, strict=True))
    inside = known.assume(*change.support, *region.conditions)
    return all(
        isinstance(refute(equation(bracketed(substitute(g, dict(forth.items()))), z), inside, count=6), Agreement)
        for g, z in zip(region.inverse, change.old, strict=True)
    )


def conditions_of(change: JointTransformation, region: Region, known: Context) -> tuple[Term, ...]:
    """What must hold of x for its inverse to lie in the region, without common denominators."""
    return tuple(_cleared(condition, known) for condition in change.held(region))


def _cleared(condition: Term, known: Context) -> Term:
    """``0 < (a + b)/2 < 1`` as ``0 < a + b < 2``."""
    import sympy as sp

    if not isinstance(condition, Relation):
        return condition
    values = [denote(item, known) for item in condition.items]
    common = sp.ilcm(*(sp.denom(sp.together(value)) for value in values)) if all(sp.denom(sp.together(v)).is_Integer for v in values) else 1
    cleared = [sp.expand(value * common) if common != 1 else value for value in values]
    return bracketed(Relation(tuple(quoted(value, known) for value in cleared), condition.signs))


def _built(
    base: str, map: str, let: str, variables: tuple[Part, ...], known: Context, change: JointTransformation, result: JointDensity
) -> Problem:
    import sympy as sp

    what = f"pushforward of {base} through {map}"
    density = _for_signs(sum(branch.density for branch in result.branches), result.support, change, known)
    final = bracketed(quoted(density, known))
    steps = _steps(change, known, final)
    own = tuple(dict.fromkeys(c for region in change.regions for c in conditions_of(change, region, known) if _says_something(c, known)))
    shown, conditions = _density(what, change, known, steps, tuple(c for c in (_as_relations(result.support, known), own) if c is not None))
    sections = [Section(_undone(change, known, region, k), _caption(change, k), "lemma") for k, region in enumerate(change.regions)]
    where: Words = ("The density for ", *listed(conditions), "." + RULE) if conditions else ("The density everywhere." + RULE)
    sections.append(Section(shown, where))
    value = sp.Piecewise((density, sp.And(*(_truth(c, known) for c in conditions))), (0, True)) if conditions else density
    normal = any(part.law.variance_of_normal for part in variables)
    return Problem(
        "pushforward",
        "The density of transformed random variables",
        question_of(variables, change),
        tuple(sections),
        Answer(
            (Statement(Call(p_X, change.new), Rel.EQ, final),),
            value,
            "Where the new variables lie as said here (elsewhere the density is zero):" if conditions else "",
            "the second argument of Normal is the variance" if normal else "",
        ),
        {"base": base, "map": map, "let": let},
        hints=(
            ("Solve the equations for ", *listed(change.old), ". Is there exactly one solution?"),
            "Which values can the new variables take together?",
            "How large is the image of a small cube? That is where the determinant comes in.",
        ),
        meanings=(
            Meaning(tuple(part.density for part in variables), "the densities of the independent variables"),
            Meaning((p_X,), "the joint density that is asked for" if len(change.new) > 1 else "the density that is asked for"),
            *(Meaning((name,), DOMAINS[kind.domain]) for name, kind in _parameters(known, change) if isinstance(kind, Scalar)),
        ),
    )


def _density(what: str, change: JointTransformation, known: Context, steps: list[Any], ways: tuple[tuple[Term, ...], ...]) -> tuple[Theorem, tuple[Term, ...]]:
    """The density where the new variables satisfy the conditions, written in the first way that shows that their inverse lies in the support."""
    for place, conditions in enumerate(ways):
        try:
            return proved_or_tried("The density", known.assume(*conditions), chain(Call(p_X, change.new), *steps)), conditions
        except NotProved as error:
            if not isinstance(error.verdict, Undecided):
                raise
            if place == len(ways) - 1:
                raise DeriveError(f"{what}: {error}; such a map is not written out") from error
    raise DeriveError(f"{what}: nothing says where its density is")


def _as_relations(support: Any, known: Context) -> tuple[Term, ...] | None:
    """SymPy's conditions as relations; None where they are no conjunction of comparisons."""
    import sympy as sp

    found: list[Term] = []
    for part in sp.And.make_args(support):
        if part == sp.true:
            continue
        if not isinstance(part, sp.StrictGreaterThan | sp.StrictLessThan):
            return None
        try:
            sides = (quoted(part.lhs, known), quoted(part.rhs, known))
        except MeaningError:
            return None
        found.append(bracketed(relation(sides[0], ">" if isinstance(part, sp.StrictGreaterThan) else "<", sides[1])))
    return tuple(_chained(found))


def _chained(conditions: list[Term]) -> list[Term]:
    """``x > 0`` and ``x < 1`` as ``0 < x < 1``."""
    found: list[Term] = []
    for condition in conditions:
        match condition:
            case Relation((Name() | Index() as symbol, bound), (sign,)):
                pairs = (c for c in found if isinstance(c, Relation) and len(c.items) == 2)
                other = next((c for c in pairs if c.items[0] == symbol and {c.signs[0], sign} == {"<", ">"}), None)
                if isinstance(other, Relation):
                    low, high = (other.items[1], bound) if sign == "<" else (bound, other.items[1])
                    found[found.index(other)] = Relation((low, symbol, high), ("<", "<"))
                    continue
        found.append(condition)
    return found


def _for_signs(density: Any, support: Any, change: JointTransformation, known: Context) -> Any:
    """The density as SymPy simplifies it where the variables have the signs that the support gives them."""
    import sympy as sp

    marks = {}
    for new in change.new:
        value = denote(new, known)
        signs = [part for part in sp.And.make_args(support) if part in (value > 0, value < 0)]
        if signs:
            dummy = sp.Dummy("t", positive=True)
            marks[value] = dummy if signs[0] == (value > 0) else -dummy
    back = {mark if mark.is_Symbol else -mark: (value if mark.is_Symbol else -value) for value, mark in marks.items()}
    marked = density.subs(marks).replace(lambda node: node.is_Pow and not node.exp.is_number, lambda node: _power_by_factors(node.base, node.exp))
    with_signs = sp.powsimp(marked).subs(back)
    return min((with_signs, shorter(with_signs), shorter(density)), key=lambda e: (sum(p.base.is_Mul for p in e.atoms(sp.Pow)), sp.count_ops(e)))


def _power_by_factors(base: Any, exponent: Any) -> Any:
    """``(a b (1 - c))**r`` as the product of the powers; that each factor is positive is left to the kernel."""
    import sympy as sp

    factors = list(sp.Mul.make_args(sp.factor(base)))
    negative = [place for place, factor in enumerate(factors) if factor.is_negative]
    sums = [place for place, factor in enumerate(factors) if factor.is_Add]
    if len(negative) == 1 and sums:
        factors[negative[0]], factors[sums[0]] = -factors[negative[0]], sp.expand(-factors[sums[0]])
    return sp.Mul(*(factor**exponent for factor in factors))


RULE = (
    " Where a map is one-to-one and differentiable both ways, the density is that of the base at the inverse, times the size of the determinant of the"
    " inverse's derivative."
)


def _parameters(known: Context, change: JointTransformation) -> list[tuple[Any, Any]]:
    own = {*change.old, *change.new, t, p_X}
    return [(name, kind) for name, kind in known.kinds if name not in own]


def _says_something(condition: Term, known: Context) -> bool:
    from derivations.rules.normal.convert import Algebra

    if not isinstance(condition, Relation):
        return True
    algebra = Algebra(known)
    pairs = zip(condition.items, condition.signs, condition.items[1:], strict=False)
    return not all(algebra.sign(algebra.poly(b) - algebra.poly(a) if sign == "<" else algebra.poly(a) - algebra.poly(b)) == "+" for a, sign, b in pairs)


def _truth(condition: Term, known: Context) -> Any:
    from derivations.topics.pushforward.symbols import as_constraint

    return as_constraint(condition, known)


def _caption(change: JointTransformation, place: int) -> Words:
    conditions = change.regions[place].conditions
    return ("The inverse of the map", *((" for ", *listed(conditions)) if conditions else ()), ".")


def _undone(change: JointTransformation, known: Context, region: Region, place: int) -> Any:
    """That the inverse leads back: each old variable from the new ones."""
    inside = known.assume(*change.support, *region.conditions)
    forth = dict(zip(change.new, change.maps, strict=True))
    steps = [chain(bracketed(substitute(g, dict(forth.items()))), equals(z, algebra, "the inverse undoes the map"))
             for g, z in zip(region.inverse, change.old, strict=True) if bracketed(substitute(g, dict(forth.items()))) != z]  # fmt: skip
    joined = tuple(step for part in steps for step in part)
    if not joined:
        z = change.old[0]
        joined = chain(z, equals(z, algebra, "the inverse undoes the map"))
    return proved_or_tried(f"The inverse{'' if len(change.regions) == 1 else f' on region {place + 1}'}", inside, joined, joined[-1].statement)


def _steps(change: JointTransformation, known: Context, final: Term) -> list[Any]:
    import sympy as sp

    first: list[Term] = []
    second: list[Term] = []
    new = [denote(n, known) for n in change.new]
    for region in change.regions:
        first.append(change.transformed(region))
        rows = sp.Matrix([[sp.diff(denote(g, known), n) for n in new] for g in region.inverse])
        formal = change.slopes(region)
        written_rows = tuple(tuple(_entry(rows[i, j], formal[i][j], known) for j in range(rows.cols)) for i in range(rows.rows))
        put_in = [substitute(d.rhs, {t: g}) for d, g in zip((_definition(known, q) for q in change.base_densities), region.inverse, strict=True)]
        second.append(product(*put_in, Bars("abs", Call(Name("det"), (Matrix(written_rows),)))))
    total_first, total_second = _sum(first), bracketed(_sum(second))
    rule = joint_change_of_variables(change)
    return [
        equals(total_first, rule, "change of variables: the map and its inverse are differentiable and undo each other"),
        equals(total_second, differentiation, "the base density and the derivatives put in"),
        *([equals(final, algebra, "the determinant, and brought together")] if total_second != final else []),
    ]


def _entry(value: Any, formal: Term, known: Context) -> Term:
    """A derivative as SymPy finds it; as it stands where it is that of a function of which nothing is known."""
    import sympy as sp

    return formal if value.has(sp.Derivative, sp.Subs) else quoted(sp.together(value), known)


def _definition(known: Context, density: Symbol) -> Any:
    return next(d for d in known.definitions if isinstance(d.lhs, Call) and d.lhs.function == density)


def _sum(terms: list[Term]) -> Term:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


