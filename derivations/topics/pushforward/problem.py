"""The density of X = f(Z), written out: the inverse, its derivative, the density with its support, and its mass.

Prince, *Understanding Deep Learning* (2023), ch. 16; Casella and Berger, *Statistical Inference* (2002), section 2.1.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from derivations.kernel.chains import Link, chain, equals, equivalences, theorem, written
from derivations.kernel.statement import Because as Said
from derivations.kernel.statement import Rel, Rule, Statement, equation
from derivations.kernel.theorem import NotProved, Theorem
from derivations.kernel.verdict import Undecided
from derivations.language.brackets import bracketed
from derivations.language.context import Scalar
from derivations.language.denote import denote
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.structure import substitute, subterms
from derivations.language.term import (
    Add,
    Bars,
    Call,
    Cases,
    Const,
    Deriv,
    Frac,
    Group,
    Index,
    Integral,
    Mul,
    Name,
    Num,
    Pow,
    Relation,
    Sign,
    Term,
    product,
    relation,
    term,
)
from derivations.problem import Answer, Meaning, Mistake, Problem, Section, Words
from derivations.rules.change_of_variables import change_of_variables, integration, substitution
from derivations.rules.equality import algebra, differentiation
from derivations.rules.equations import equivalence
from derivations.rules.maps import INFINITY, MINUS_INFINITY, Flat, Piece, Transformation, inside
from derivations.topics.drawn.densities import transport
from derivations.topics.pushforward.combined import is_order, order
from derivations.topics.pushforward.composed import Composed, composed
from derivations.topics.pushforward.flows import is_flow
from derivations.topics.pushforward.flows import problem as flows
from derivations.topics.pushforward.joint_problem import forward
from derivations.topics.pushforward.joint_problem import problem as joint
from derivations.topics.pushforward.laws import Law, law, slashed
from derivations.topics.pushforward.maps import written_map
from derivations.topics.pushforward.pieces import Because
from derivations.topics.pushforward.polar import problem as polar
from derivations.topics.pushforward.refusals import CannotPush, Reason, Refusal, bounded
from derivations.topics.pushforward.results import Branch, Density
from derivations.topics.pushforward.simplification import POSITIVE, gently
from derivations.topics.pushforward.symbols import said
from derivations.topics.pushforward.symbols import written as symbol_text
from derivations.topics.pushforward.univariate import pushforward
from derivations.topics.pushforward.variables import is_joint
from derivations.topics.pushforward.writing import (
    DOMAINS,
    Writing,
    X,
    Z,
    f,
    p_X,
    p_Z,
    proved_or_tried,
    refused,
    roots_together,
    shorter,
    size_of,
    vanishes,
    x,
    z,
)

REASONS = {
    Because.SUBTRACT: "subtracting the same from both sides",
    Because.DIVIDE: "dividing both sides",
    Because.RECIPROCAL: "taking reciprocals",
    Because.EXPONENTIAL: "taking logarithms",
    Because.LOGARITHM: "exponentiating",
    Because.ROOT: "the root with the sign of the piece",
    Because.ABSOLUTE_VALUE: "the sign is known on the piece",
}


def inverse_section(writing: Writing, base: Law, change: Transformation, branch: Branch, piece: Piece) -> Theorem:
    """``x = f(z)`` turned into ``z = g(x)`` by equivalent equations; where a step is beyond the rules, the round trip f(g(x)) = x instead."""

    known = writing.known.assume(*inside(z, piece.low, piece.high), *inside(x, piece.image_low, piece.image_high))
    links: list[tuple[Statement, Rule, Said]] = [
        (
            equation(writing.term(peel.expression), writing.term(_together(peel.value))),
            equivalence,
            REASONS.get(peel.because, "the inverse function"),
        )
        for peel in branch.peels[:-1]
    ]
    unknown = writing.term(denote(z, writing.known))
    last = branch.peels[-1].because if branch.peels else Because.DEFINITION
    solved = bracketed(writing.term(_together(roots_together(branch.inverse))))
    why: Said = REASONS.get(last, "the inverse function")
    if last is Because.DIVIDE and links and links[-1][0].lhs == -z:
        turned = bracketed(-links[-1][0].rhs)
        why = "both signs changed" if turned == solved else ("both signs changed: ", relation(turned, "=", solved))
    if bracketed(piece.inverse) != solved and (quotient := _quotient(writing, solved)) is not None:
        links.append((equation(unknown, solved), equivalence, why))
        why = quotient
    links.append((equation(unknown, piece.inverse), equivalence, why))
    try:
        return theorem("The inverse", known, equivalences(equation(writing.known.definitions[0].rhs, x), *links))
    except NotProved:
        rule = change_of_variables(change, _support(writing, base))
        return theorem("The inverse", known, chain(Call(f, (piece.inverse,)), equals(x, rule, "the map undoes its inverse")))


def _quotient(writing: Writing, solved: Term) -> Said | None:
    """The law by which the logarithm of a quotient is taken apart, for the first one in a term."""
    for _, part in subterms(solved):
        match part:
            case Call(_, (Frac(above, below),)) | Call(_, (Group(Frac(above, below)),)) if part == writing.term(denote(part, writing.known)):
                apart = Call(part.function, (above,)) - Call(part.function, (below,))
                return ("the logarithm of a quotient: ", bracketed(relation(part, "=", apart)))
            case _:
                continue
    return None


def _together(value: Any) -> Any:
    """One fraction, also inside logarithms."""
    import sympy as sp

    one = sp.logcombine(value, force=True) if len(value.atoms(sp.log)) > 1 else value  # the kernel checks whether it may be combined here
    return sp.together(one.replace(sp.log, lambda a: sp.log(sp.together(a))))


def _term_by_term(writing: Writing, inverse: Term) -> tuple[Term, Said]:
    """The derivative of each summand in the order of the inverse, and why: of one that needs the chain rule it is said, since its sign is what goes wrong."""
    import sympy as sp

    at = denote(x, writing.known)
    parts: tuple[tuple[Sign, Term], ...] = inverse.parts if isinstance(inverse, Add) else (("+", inverse),)
    slopes: list[Any] = []
    for sign, part in parts:
        slope = roots_together(sp.diff(denote(part, writing.known), at)) * (1 if sign == "+" else -1)
        if slope != 0:
            negative = slope.could_extract_minus_sign()
            numerator, denominator = sp.fraction(slope, exact=True)
            flipped = sp.expand(-denominator)
            if negative and denominator.is_Add and not flipped.could_extract_minus_sign() and numerator.is_number:
                slope, negative = -numerator / flipped, (-numerator).is_negative
            one = writing.letter(writing.term(-slope if negative else slope))
            slopes.append(-one if negative else one)
    if not slopes:
        return Num("0"), "a constant"
    inner = [part for _, part in parts if isinstance(part, Call) and part.arguments != (x,)]
    why: Said = "term by term" if len(parts) > 1 else "the chain rule" if inner else "the rules of differentiation"
    if inner and len(slopes) == len(parts) > 1:
        slope = writing.term(sp.diff(denote(inner[-1], writing.known), at))
        why = ("term by term, with the chain rule: ", relation(Deriv(inner[-1], ((x, 1),), style="operator"), "=", slope))
    return writing.in_letters(sp.Add(*slopes)), why


def derivative_section(writing: Writing, piece: Piece, slope: Term) -> Theorem:

    known = writing.known.assume(*inside(x, piece.image_low, piece.image_high))
    plain, why = _term_by_term(writing, piece.inverse)
    links: list[Link] = [equals(plain, differentiation, why, key=False)]
    signed = slope if piece.increasing else bracketed(-slope)
    if plain != signed:
        fractions = isinstance(signed, Frac) and isinstance(plain, Add) and len(plain.parts) > 1 and all(isinstance(part, Frac) for _, part in plain.parts)
        links.append(equals(signed, algebra, "over the common denominator" if fractions else "brought together"))
    return proved_or_tried("The derivative of the inverse", known, chain(Deriv(piece.inverse, ((x, 1),), style="operator"), *links))


def density_section(writing: Writing, base: Law, change: Transformation, placed: list[tuple[Piece, Term]], low: Term, high: Term, final: Term) -> Theorem:
    """The density on one interval of x, from the branches whose images hold it."""
    known = writing.known.assume(*inside(x, low, high))
    rule = change_of_variables(change, _support(writing, base))
    first = _differentiated(writing, [piece for piece, _ in placed])
    second = _put_in(writing, base, placed)
    links = [equals(first, rule, "change of variables: the map and its inverse are differentiable and one-to-one here")]
    if bracketed(second) != bracketed(final):
        links.append(equals(second, differentiation, "the base density and the derivative put in"))
    if len(placed) == 1:
        sign = "the derivative is positive" if placed[0][0].increasing else "the derivative is negative"
        why: Said = (sign, " for ", _interval(low, high)) if _bounded(low, high) else sign
    else:
        why = "the signs of the derivatives are known here"
    links.append(equals(final, algebra, why))
    return proved_or_tried("The density", known, chain(Call(p_X, (x,)), *links))


def _differentiated(writing: Writing, pieces: list[Piece]) -> Term:
    """The distribution function differentiated: that of the base at the inverse, or one minus it where the map falls; summed over the pieces."""
    import sympy as sp

    at, density = sp.Dummy("x", real=True), sp.Function("density", real=True)
    distribution = type("distribution", (sp.Function,), {"fdiff": lambda below, _=1: density(*below.args)})
    total = sp.S.Zero
    for number, piece in enumerate(pieces):
        inverse = sp.Function(f"inverse{number}", real=True)(at)
        slope, below = inverse.diff(at), distribution(inverse)
        found = below.diff(at) if piece.increasing else (1 - below).diff(at)
        found = found.subs(slope, sp.Abs(slope) if piece.increasing else -sp.Abs(slope))
        whole = {density(inverse): Call(p_Z, (piece.inverse,)), sp.Abs(slope): Bars("abs", Deriv(piece.inverse, ((x, 1),), style="operator"))}
        total += found.subs({one: writing.letter(written) for one, written in whole.items()})
    return writing.in_letters(total)


def _put_in(writing: Writing, base: Law, placed: list[tuple[Piece, Term]]) -> Term:
    """The density of the base at the inverse, as it is defined, times the size of the derivative; summed over the pieces."""
    import sympy as sp

    density, at = denote(base.density, writing.known), denote(z, writing.known)
    total = sp.S.Zero
    for piece, slope in placed:
        there = density.subs(at, denote(piece.inverse, writing.known))
        size = Bars("abs", slope if piece.increasing else -slope)
        total += writing.letter(substitute(base.density, {z: piece.inverse}), there) * writing.letter(size)
    return writing.in_letters(total)


def _support(writing: Writing, base: Law) -> tuple[Term, Term]:
    span = base.distribution.spans
    return writing.end(span[0].lo), writing.end(span[-1].hi)


def final_form(writing: Writing, base: Law, piece: Piece, slope: Term, simplified: Any) -> Term:
    """``c e^u`` with ``n/d`` as one quotient ``n e^u / (c' d)``, the exponent as SymPy leaves it, or what SymPy simplified where that is shorter."""
    plain = writing.term(_on_piece(writing, piece, simplified))
    usual = _usual_form(writing, base, piece, slope)
    return usual if usual is not None and size_of(usual) <= size_of(plain) + 2 else plain


def _on_piece(writing: Writing, piece: Piece, simplified: Any) -> Any:
    """An expression in x with absolute values and roots as they are where x has one sign."""
    import sympy as sp

    at, simplified = denote(x, writing.known), roots_together(simplified)
    if piece.image_low == Num("0"):
        try:
            with bounded("simplifying the density"):
                shorter = roots_together(gently(simplified.subs(at, POSITIVE)).subs(POSITIVE, at))
        except CannotPush:
            return simplified
        return min((simplified, shorter), key=sp.count_ops)
    return simplified


def _usual_form(writing: Writing, base: Law, piece: Piece, slope: Term) -> Term | None:
    put_in = substitute(base.density, {z: piece.inverse})
    match put_in:
        case Mul(((sign, Frac() as c), (other, Pow(Const("e"), exponent)))):
            put_in = Mul(((sign, c), (other, Pow(Const("e"), slashed(writing.shorter(slashed(exponent, slash=False)))))))
        case Pow(Const("e"), exponent):
            put_in = Pow(Const("e"), slashed(writing.shorter(slashed(exponent, slash=False))))
    import sympy as sp

    def whole(parts: list[Term]) -> Any:
        return sp.Mul(*(sp.Integer(part.digits) if isinstance(part, Num) and part.digits.isdigit() else writing.letter(part) for part in parts))

    n, d = (slope.numerator, slope.denominator) if isinstance(slope, Frac) else (slope, None)
    match put_in:
        case Mul(((_, Frac(Num("1"), front)), (_, Pow(Const("e"), _) as e))):
            above = whole([n, e])
            factors = _factors(d) if d is not None else []
            numbers, others = [p for p in factors if isinstance(p, Num)], [p for p in factors if not isinstance(p, Num)]
            return writing.in_letters(above / whole([*numbers, *_factors(front), *others]))
        case Pow(Const("e"), _) as e if d is None and n == Num("1"):
            return writing.in_letters(whole([e]))
        case _:
            return None


def _factors(t: Term) -> list[Term]:
    return [part for _, part in t.parts] if isinstance(t, Mul) else [t]


_UNREACHED: Said = ("no ", z, " is mapped there")


def outside(writing: Writing, base: Law, change: Transformation, cells: list[tuple[Term, Term]]) -> list[Section]:
    """Zero below, above and between the images."""
    rule = change_of_variables(change, _support(writing, base))
    if not cells:
        return []
    unreached: Said = _UNREACHED if not change.flats else ("no ", z, " but those of the flat parts is mapped there")

    def zero(title: str, reason: Said, *conditions: Relation) -> Theorem:
        return theorem(title, writing.known.assume(*conditions), chain(Call(p_X, (x,)), equals(Num("0"), rule, reason)))

    (low, _), (_, high) = cells[0], cells[-1]
    found: list[Section] = []
    for end, sign in ((low, "<="), (high, ">=")):
        if end not in (MINUS_INFINITY, INFINITY):
            caption = "Outside the support no value is mapped there, and the density is zero."
            found.append(Section(zero("Outside the support", unreached, relation(x, sign, end)), caption, titled=not found))
    for (_, above), (below, _) in zip(cells, cells[1:], strict=False):
        point = above == below
        title, reason = ("At a single point", "a density may be put to anything there") if point else ("Between the images", unreached)
        shown = zero(title, reason, relation(x, ">=", above), relation(x, "<=", below))
        found.append(Section(shown, ("At the single point ", above, " between the images it is put to zero.") if point else "Between the images it is zero."))
    return found


def mass(writing: Writing, base: Law, change: Transformation, final: Term) -> Theorem | None:
    """The mass of the density; None where no closed form of the integral of the base density is found."""
    (piece,) = change.pieces
    low, high = _support(writing, base)
    support = (low, high)
    plain = writing.in_letters(writing.mass(*support))
    steps = chain(
        Integral(final, x, piece.image_low, piece.image_high),
        equals(plain, substitution(change, support), ("substituting ", relation(x, "=", Call(f, (z,))))),
        equals(Num("1"), integration, "the base density has mass one"),
    )
    try:
        return theorem("The mass is one", writing.known, steps)
    except NotProved as refused:
        if isinstance(refused.verdict, Undecided):
            return None
        raise


def problem(base: str, map: str, form: str = "inverse", let: str = "") -> Problem:
    """The density of f(Z).

    Args:
        base: a law such as ``Normal(0,1)`` or ``Normal(mu, sigma**2)`` (mean and variance), ``Uniform(a,b)``, ``Exponential(rate)``; a mixture or a truncated
            law; a density in z.
        map: a name (``logistic``), a formula in z (``exp(z)``), or a Python file with one def.
        form: ``forward`` for the density at f(z), which needs no inverse.
        let: what is known of the symbols in them, ``a > 0, lo < hi``.

    Raises:
        DeriveError: the law or the map cannot be read, or X has no density that can be given (an atom, no closed inverse); the reason is said.
        NotProved: a step was not accepted by the kernel.
    """
    if is_flow(base):
        if form != "forward":
            raise DeriveError(f"pushforward of {base} through {map}: in symbolic dimension the forward form is written out; --form forward is accepted")
        return flows(base, map, let)
    if form == "forward":
        return forward(base, map, let)
    if is_joint(base):
        found = composed(base, map, let)
        return univariate(base, map, let, found) if found is not None else polar(base, map, let) or joint(base, map, let)
    if is_order(map):
        return order(base, map, let)
    told = said(let)
    return univariate(base, map, let, Composed(law(base, told), written_map(map), (), "", told))


def univariate(base: str, map: str, let: str, of: Composed) -> Problem:
    """The density of a function of one variable, whose law is known or was found before. Errors as in ``problem``."""
    given, body, told = of.law, of.outer, of.told
    writing = Writing(given, body, told)
    unused = sorted(symbol_text(s) for s in told.symbols if writing.parameters.kind(s) is None)
    if unused:
        raise DeriveError(f"let: {unused[0]} stands neither in the base {base} nor in the map {map}; a symbol that does is accepted")
    what = f"pushforward of {base} through {map}"
    try:
        with bounded("finding the inverse"):
            result = pushforward(writing.distribution, denote(body, writing.known), denote(z, writing.known), denote(x, writing.known), check=False)
            if isinstance(result, Refusal) and result.reason is Reason.ATOM:
                result = pushforward(
                    writing.distribution, denote(body, writing.known), denote(z, writing.known), denote(x, writing.known), check=False, atoms=True
                )
    except CannotPush as problem:
        result = problem.refusal
    if isinstance(result, Refusal):
        raise DeriveError(f"{what}: {refused(result)}")
    if not result.branches and not result.atoms:
        raise DeriveError(f"{what}: the answer has one form for each sign of a parameter; --let 'a > 0', with its letter, says which it is")
    if not result.branches and len({atom.value for atom in result.atoms}) == 1:
        raise DeriveError(f"{what}: there is no density to give: the map has one value only, {result.atoms[0].value}")
    try:
        pieces = tuple(writing.piece(branch) for branch in result.branches)
    except DeriveError as error:
        raise DeriveError(f"{what}: the inverse {result.branches[0].inverse} cannot be written out: {error}") from error
    flats = tuple(Flat(writing.end(a.piece.start), writing.end(a.piece.end), writing.term(a.value)) for a in result.atoms)
    change = Transformation(p_X, p_Z, f, z, x, pieces, flats)
    sections: list[Section] = list(of.sections)
    slopes: list[Term] = []
    for number, (branch, piece) in enumerate(zip(result.branches, pieces, strict=True), 1):
        slope = writing.positive_form(branch.derivative, piece)
        slopes.append(slope)
        image = _interval(piece.image_low, piece.image_high)
        onto: tuple[str | Term, ...] = (" with ", image) if _bounded(piece.image_low, piece.image_high) else ()
        here: tuple[str | Term, ...] = () if len(pieces) == 1 else (" on piece ", term(number))
        unique = (". Each line holds exactly where the one before holds, so every ", x, *onto, " comes from exactly one ", z, ".")
        inverse = ("The inverse of the map", *here, *unique)
        sections.append(Section(inverse_section(writing, given, change, branch, piece), inverse, "lemma"))
        sections.append(Section(derivative_section(writing, piece, slope), ("The derivative of the inverse", *here, "."), "lemma"))
    rows: list[tuple[Term, Term | None]] = []
    finals: list[tuple[Term, Theorem]] = []
    cells = _cells(writing, result)
    for cell in cells:
        low, high = cell.low, cell.high
        placed = [(pieces[k], slopes[k]) for k in cell.branches]
        final = _final(writing, given, result, pieces, placed)
        shown = density_section(writing, given, change, placed, low, high, final)
        finals.append((final, shown))
        rule = (
            " Where a map is one-to-one and differentiable both ways, the density is that of the base at the inverse, times the size of the inverse's"
            " derivative."
        )
        if len(placed) > 1:
            rule = " Every branch of the inverse gives the base density there, times the size of the branch's derivative, and the branches are added up."
        where: tuple[str | Term, ...] = ("The density for ", _interval(low, high), ".") if _bounded(low, high) else ("The density on the whole line.",)
        sections.append(Section(shown, (*where, rule)))
    joined = _joined(cells, [final for final, _ in finals])
    for low, high, final, parts in joined:
        if len(parts) > 1:
            there = tuple(finals[k][1] for k in parts)
            caption = "The same on both sides of a single point, at which a density may have any value."
            sections.append(Section(_on_all(writing, given, change, low, high, final, there), caption))
        rows.append((final, _interval(low, high) if _bounded(low, high) else None))
    sections += outside(writing, given, change, [(low, high) for low, high, _, _ in joined])
    values = tuple(dict.fromkeys(flat.value for flat in flats))
    masses = [_atom(writing, given, change, value) for value in values]
    sections += [Section(found, ("The probability that ", X, " is ", value, ".")) for found, value in zip(masses, values, strict=True)]
    if len(pieces) == 1 and not flats and (whole_mass := mass(writing, given, change, finals[0][0])) is not None:
        sections.append(Section(whole_mass, "The density has mass one.", depth="full"))
    whole: Term = Num("0")
    if rows:
        everywhere = len(rows) == 1 and rows[0][1] is None
        whole = rows[0][0] if everywhere else Cases((*rows, *(((Num("0"), None),) if rows[-1][1] is not None else ())))
    return Problem(
        "pushforward",
        "The density of a transformed random variable",
        of.question or (
            "The random variable ",
            Z,
            " has the density ",
            Statement(Call(p_Z, (z,)), Rel.EQ, writing.known.definitions[1].rhs).formula,
            ". Find the density of ",
            X,
            " = ",
            Call(f, (Z,)),
            " with ",
            Statement(Call(f, (z,)), Rel.EQ, writing.known.definitions[0].rhs).formula,
            ".",
        ),
        tuple(sections),
        Answer(
            (*(found.statement for found in masses), *([Statement(Call(p_X, (x,)), Rel.EQ, whole)] if rows else [])),
            denote(whole, writing.known),
            _mixed(bool(rows)) if flats else (X, " has the base density at the inverse of the map, times the size of the inverse's derivative:"),
            "the second argument of Normal is the variance" if given.variance_of_normal and given.variance_of_normal[1] != Num("1") else "",
        ),
        {"base": base, "map": map, "form": "inverse", "let": let},
        hints=(
            ("Which values can ", X, " = ", Call(f, (Z,)), " take, and what is the density elsewhere?"),
            ("Solve ", relation(x, "=", Call(f, (z,))), " for ", z, ". Is there exactly one solution for each such ", x, "?"),
            ("How long is the interval of ", z, " that is mapped to a short interval of ", x, "? That is where the derivative of the inverse comes in."),
            "Why does the absolute value of the derivative stand in the formula, and can it be left out here?",
        ),
        meanings=(
            Meaning((Z, X), "are the random variables before and after the map"),
            Meaning((p_Z, p_X), "their densities"),
            Meaning((z, x), "their values (real numbers)"),
            Meaning((f,), "the map"),
            *(Meaning((name,), DOMAINS[kind.domain]) for name, kind in writing.parameters.kinds if isinstance(kind, Scalar)),
        ),
        mistakes=() if flats else _mistakes(writing, pieces, slopes, finals),
        figure=None if flats else transport(
            given.distribution,
            denote(whole, writing.known),
            [end for branch in result.branches for end in (branch.image.start, branch.image.end)],
            denote(body, writing.known),
            writing.known,
            (z, x),
            (Call(p_Z, (z,)), Call(p_X, (x,)), Call(f, (z,))),
        ),
    )


def _mistakes(writing: Writing, pieces: tuple[Piece, ...], slopes: list[Term], finals: list[tuple[Term, Theorem]]) -> tuple[Mistake, ...]:
    """For a map with one piece: what is wrong with the derivative."""
    if len(pieces) != 1:
        return ()
    ((final, shown),), (piece,), (slope,) = finals, pieces, slopes
    known = shown.context.define(Call(p_X, (x,)), final, (x,))
    plain = Call(p_Z, (piece.inverse,))

    def claimed(right: Term, why: Words) -> Mistake:
        return Mistake(written(equation(Call(p_X, (x,)), right)), known, algebra, why)

    return (
        claimed(plain, "The derivative of the inverse is missing. Lengths change under the map, and the density changes against them."),
        claimed(product(plain, Frac(Num("1"), slope)), "The derivative of the map is taken in place of that of its inverse."),
    )


def _mixed(rest: bool) -> Words:
    alone = (X, " has no density: it takes these values, with the mass that the base has where the map is flat:")
    both = (X, " takes a value with positive probability, where the map is flat. The rest of it has the density below, whose mass is what is left:")
    return both if rest else alone


def _atom(writing: Writing, base: Law, change: Transformation, value: Term) -> Theorem:
    """The probability of a value that the map has on whole intervals."""
    import sympy as sp

    there = [flat for flat in change.flats if flat.value == value]
    masses = sp.Add(*(writing.mass(flat.low, flat.high) for flat in there))
    with bounded("the mass of a flat part"):
        law, total = writing.distribution, sp.Integer(0)
        for flat in there:
            ends = [sp.oo if e == INFINITY else -sp.oo if e == MINUS_INFINITY else denote(e, writing.known) for e in (flat.low, flat.high)]
            total += sp.integrate(law.density, (law.variable, *ends))
        total = sp.simplify(total)
    rule = change_of_variables(change, _support(writing, base))
    steps = [equals(writing.in_letters(masses), rule, ("the map is ", value, " there, and elsewhere at single points only"))]
    if not total.has(sp.Integral):
        steps.append(equals(writing.term(total), integration, "the mass of the base there"))
    return proved_or_tried(f"The probability of {symbol_text_of(value)}", writing.known, chain(Call(Name("Pr"), (relation(X, "=", value),)), *steps))


def symbol_text_of(value: Term) -> str:
    from derivations.language.context import spelled

    return spelled(value) if isinstance(value, Name | Index) else "a value"


def _bounded(low: Term, high: Term) -> bool:
    return low != MINUS_INFINITY or high != INFINITY


def _interval(low: Term, high: Term) -> Relation:
    if low == MINUS_INFINITY:
        return relation(x, "<", high)
    if high == INFINITY:
        return relation(x, ">", low)
    return Relation((low, x, high), ("<", "<"))


@record
class _Cell:
    """An interval of x between neighbouring ends of images, and the branches whose images hold it."""

    low: Term
    high: Term
    branches: tuple[int, ...]


def _cells(writing: Writing, result: Density) -> list[_Cell]:
    """The intervals of x between neighbouring ends of images, inside the support."""
    images = [branch.image for branch in result.branches]
    domain = writing.distribution.domain
    ordered: list[Any] = []
    cells: list[_Cell] = []
    try:
        for end in (end for image in images for end in (image.start, image.end)):
            orders = [domain.compare(end, other) for other in ordered]
            if 0 not in orders:
                ordered.insert(sum(order > 0 for order in orders), end)
        for start, stop in pairwise(ordered):
            branches = [k for k, image in enumerate(images) if domain.compare(image.start, start) <= 0 and domain.compare(image.end, stop) >= 0]
            if branches:
                cells.append(_Cell(writing.end(start), writing.end(stop), tuple(branches)))
    except CannotPush as error:
        raise DeriveError(f"the images of the pieces end at points whose order is not known ({error}); --let says what it depends on") from error
    return cells


def _joined(cells: list[_Cell], finals: list[Term]) -> list[tuple[Term, Term, Term, tuple[int, ...]]]:
    """Neighbouring cells with one formula as one: its ends, the formula, and which cells they are."""
    found: list[tuple[Term, Term, Term, tuple[int, ...]]] = []
    for place, (cell, final) in enumerate(zip(cells, finals, strict=True)):
        if found and found[-1][1] == cell.low and found[-1][2] == final:
            found[-1] = (found[-1][0], cell.high, final, (*found[-1][3], place))
        else:
            found.append((cell.low, cell.high, final, (place,)))
    return found


def _on_all(writing: Writing, base: Law, change: Transformation, low: Term, high: Term, final: Term, parts: tuple[Theorem, ...]) -> Theorem:
    """The density on an interval from what it is on the parts of it."""
    known = writing.known.assume(*inside(x, low, high))
    rule = change_of_variables(change, _support(writing, base))
    return theorem("The density on both sides", known, chain(Call(p_X, (x,)), equals(final, rule, "as on each side", *parts)))


def _final(writing: Writing, base: Law, result: Density, pieces: tuple[Piece, ...], placed: list[tuple[Piece, Term]]) -> Term:
    """The density on a cell: of its one branch, of one branch as often as there are equal ones, or the sum as SymPy simplifies it."""
    branches = [b for b, piece in zip(result.branches, pieces, strict=True) if any(piece is q for q, _ in placed)]
    last = placed[-1][0]
    if all(vanishes(b.density - branches[-1].density) for b in branches[:-1]):
        return final_form(writing, base, last, writing.positive_form(len(branches) * branches[-1].derivative, last), len(branches) * branches[-1].density)
    together = writing.term(_on_piece(writing, last, shorter(sum(b.density for b in branches))))
    parts = [writing.letter(final_form(writing, base, piece, slope, b.density)) for b, (piece, slope) in zip(branches, placed, strict=True)]
    apart = writing.in_letters(sum(parts))
    return apart if size_of(apart) < size_of(together) else together
