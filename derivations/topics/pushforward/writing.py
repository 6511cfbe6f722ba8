"""What SymPy computed as terms, and theorems of them: what the derivations of densities share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import sympy as sp

from derivations.kernel.chains import theorem
from derivations.kernel.statement import Rule, Statement, Step
from derivations.kernel.theorem import NotProved, Theorem
from derivations.kernel.verdict import Undecided
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Function, Scalar
from derivations.language.denote import denote
from derivations.language.errors import DeriveError
from derivations.language.quote import Order, quote
from derivations.language.structure import subterms, transform
from derivations.language.term import Add, Call, Group, Index, Term, names
from derivations.rules.maps import INFINITY, MINUS_INFINITY, Piece, inside
from derivations.rules.normal.convert import Algebra
from derivations.topics.pushforward.evaluation import Compiled
from derivations.topics.pushforward.laws import Law, reserved
from derivations.topics.pushforward.refusals import CannotPush, Reason, Refusal, bounded
from derivations.topics.pushforward.results import Branch
from derivations.topics.pushforward.simplification import gently
from derivations.topics.pushforward.symbols import Said as Told
from derivations.topics.pushforward.symbols import constraints, symbols_of

x, z, f, p = names("x z f p")
X, Z = names("X Z")
p_X, p_Z = Index(p, (X,)), Index(p, (Z,))

FOLLOWS: Final = Rule("judged", (None,))
"""The checker's own rule: it proves what a rule of its own does not, and what nothing proves it tries at values and calls sampled."""


_ITSELF: Final = (
    FOLLOWS.key, "change of variables", "substitution", "joint change of variables", "forward form", "flow", "convolution", "extreme of independent variables",
    "order statistic",
)  # fmt: skip
"""Rules that try at values what they do not show, or that nothing stands for."""


def proved_or_tried(title: str, known: Any, steps: tuple[Step, ...], goal: Statement | None = None) -> Theorem:
    """The theorem of a chain; a step that its rule leaves undecided is given to the checker. Raises NotProved."""
    while True:
        try:
            return theorem(title, known, steps, goal)
        except NotProved as refused:
            step = refused.step
            if step is None or not isinstance(refused.verdict, Undecided) or step.rule.key in _ITSELF:
                raise
            steps = tuple(replace(s, rule=FOLLOWS) if s is step else s for s in steps)


def in_few_functions(expression: Any) -> Any:
    """An expression without the functions that have other names: ``cot u`` is ``cos u / sin u``."""
    others = {
        sp.cot: lambda u: sp.cos(u) / sp.sin(u),
        sp.sec: lambda u: 1 / sp.cos(u),
        sp.csc: lambda u: 1 / sp.sin(u),
        sp.coth: lambda u: sp.cosh(u) / sp.sinh(u),
        sp.sech: lambda u: 1 / sp.cosh(u),
        sp.csch: lambda u: 1 / sp.sinh(u),
        sp.acot: lambda u: sp.atan(1 / u),
        sp.acoth: lambda u: sp.atanh(1 / u),
        sp.asech: lambda u: sp.acosh(1 / u),
        sp.acsch: lambda u: sp.asinh(1 / u),
        sp.asec: lambda u: sp.acos(1 / u),
        sp.acsc: lambda u: sp.asin(1 / u),
        sp.erfc: lambda u: 1 - sp.erf(u),
        sp.erfcinv: lambda u: sp.erfinv(1 - u),
    }
    expression = sp.sympify(expression)
    for function, instead in others.items():
        if expression.has(function):
            expression = expression.replace(function, instead)
    return expression


def quoted(expression: Any, known: Context) -> Term:
    """The term of an expression, with the names of the context."""
    names: dict[Any, Term] = {}
    for symbol, _ in known.kinds:
        try:
            names[denote(symbol, known)] = symbol
        except DeriveError:
            continue
    return bracketed(quote(in_few_functions(expression), names))


def roots_together(expression: Any) -> Any:
    """An expression with the square roots of a product, and of a quotient's denominator, as one."""
    half = sp.Rational(1, 2)

    def joined(node: Any) -> Any:
        for sign in (1, -1):
            roots = [factor for factor in node.args if factor.is_Pow and factor.exp == sign * half and factor.free_symbols]
            if len(roots) > 1:
                node = sp.Mul(*(factor for factor in node.args if factor not in roots), sp.expand(sp.Mul(*(root.base for root in roots))) ** (sign * half))
                if not node.is_Mul:
                    return node
        return node

    return expression.replace(lambda node: node.is_Mul, joined)


def vanishes(expression: Any) -> bool:
    """Whether an expression is zero, as SymPy simplifies it; where it is something else at a point that is not tried."""
    symbols = sorted(expression.free_symbols, key=str)
    compiled = Compiled(expression, symbols)
    values = (compiled(*(place + k / 7 for k in range(len(symbols)))) for place in (0.31, 0.73, -0.41, 1.7))
    return not any(abs(value) > 1e-9 for value in values) and bool(shorter(expression) == 0)


def shorter(expression: Any) -> Any:
    """What SymPy makes of an expression, where that does not take it too long."""
    if expression.has(sp.LambertW):  # of which SymPy knows no law that would make it shorter, and tries them all
        return roots_together(gently(roots_together(expression)))
    try:
        with bounded("simplifying the density", 2_000_000):
            return roots_together(sp.simplify(roots_together(expression)))
    except CannotPush:
        return expression


def _flat(node: Term) -> Term:
    """``(a - b) - c`` without its brackets."""
    if isinstance(node, Add) and node.parts[0][0] == "+" and isinstance(node.parts[0][1], Group) and isinstance(node.parts[0][1].body, Add):
        return Add((*node.parts[0][1].body.parts, *node.parts[1:]))
    return node


def size_of(node: Term) -> int:
    """How long a term is, brackets aside."""
    return sum(1 for _, part in subterms(node) if not isinstance(part, Group))


class Writing:
    """SymPy's results as terms under one context."""

    def __init__(self, base: Law, body: Term, told: Told) -> None:
        parameters = told.declare(base.context, symbols_of(body) - {z})
        reserved(parameters)
        facts = (fact for fact in told.facts if fact not in parameters.hypotheses and all(parameters.kind(s) is not None for s in symbols_of(fact)))
        self.parameters = parameters.assume(*facts)
        known = self.parameters.declare(Scalar(), z, x).declare(Function(1, frozenset({"density"})), p_X)
        self.known = known.define(Call(f, (z,)), bracketed(body), (z,)).define(Call(p_Z, (z,)), base.density, (z,))
        self.names = {denote(n, known): n for n, _ in known.kinds if n != p_X}
        self.letters: dict[Any, Term] = {}
        symbols = {denote(n, known) for n, _ in self.parameters.kinds}
        self.distribution = replace(base.distribution, constraints=constraints(self.parameters)).with_parameters(symbols)

    def term(self, expression: Any) -> Term:
        return bracketed(quote(in_few_functions(expression), self.names))

    def letter(self, written: Term, value: Any = None) -> Any:
        """A symbol for what is written as this term: SymPy computes with it and what it stands for stays whole.

        ``value``: what it is, where SymPy found that; a term that means something else is not written.
        """
        written = written if value is None or denote(written, self.known) == value else self.term(value)
        self.letters[one := sp.Dummy("whole", real=True)] = written
        return one

    def mass(self, low: Term, high: Term) -> Any:
        """The integral of the base density between two ends."""
        at, density = self.letter(z), sp.Function("density", real=True)
        self.letters[density(at)] = Call(p_Z, (z,))
        return sp.Integral(density(at), (at, self.letter(low), self.letter(high)))

    def in_letters(self, expression: Any) -> Term:
        """What SymPy computed of letters; their order is that in which they were asked for."""
        order = Order(tuple(self.letters), tuple(self.letters))
        return bracketed(quote(expression, self.letters, order))

    def end(self, value: Any) -> Term:
            return INFINITY if value == sp.oo else MINUS_INFINITY if value == -sp.oo else self.term(value)

    def shorter(self, written: Term) -> Term:
        """The term as it stands without needless brackets, or as SymPy leaves it where that is shorter."""
        plain, other = transform(bracketed(written), _flat), self.term(denote(written, self.known))
        return other if size_of(other) < size_of(plain) else plain

    def piece(self, branch: Branch) -> Piece:
        low, high = self.end(branch.piece.start), self.end(branch.piece.end)
        image_low, image_high = self.end(branch.image.start), self.end(branch.image.end)
        if branch.increasing is None:
            raise DeriveError("the direction of the map depends on the sign of a parameter; --let 'a > 0', with its letter, says which it is")
        on_image = Algebra(self.known.assume(*inside(x, image_low, image_high)))
        inverse = self.term(_split_logarithms(roots_together(branch.inverse), lambda e: on_image.sign(on_image.poly(self.term(e))) == "+"))
        return Piece(low, high, inverse, image_low, image_high, branch.increasing)

    def positive_form(self, expression: Any, piece: Piece) -> Term:
        """A quotient whose factors are all positive on the piece's image, where the signs are known; else as SymPy factors it."""
        on_image = Algebra(self.known.assume(*inside(x, piece.image_low, piece.image_high)))
        numerator, denominator = sp.fraction(sp.factor(sp.together(expression)), exact=True)
        sides = []
        for side in (numerator, denominator):
            factors = []
            for factor in sp.Mul.make_args(side):
                base, power = factor.as_base_exp()
                sign = (on_image.sign(on_image.poly(self.term(base))) or "").removeprefix("0")
                if sign not in ("+", "-") and not factor.is_number:
                    return bracketed(self.term(expression if piece.increasing else -expression))
                factors.append((-base) ** power if sign == "-" and power.is_integer else sp.Abs(factor) if factor.is_number else factor)
            sides.append(sp.Mul(*(self.letter(self.term(factor)) for factor in _one_root(factors) if factor != 1)))
        return self.in_letters(sides[0] / sides[1])


def _one_root(factors: list[Any]) -> list[Any]:
    """Positive factors with their square roots as one: ``sqrt(1 - x) sqrt(1 + x)`` is ``sqrt(1 - x**2)``."""
    roots = [factor for factor in factors if factor.is_Pow and factor.exp == sp.Rational(1, 2) and factor.free_symbols]
    if len(roots) < 2:
        return factors
    return [*(factor for factor in factors if factor not in roots), sp.sqrt(sp.expand(sp.Mul(*(root.base for root in roots))))]


def _split_logarithms(expression: Any, positive: Any) -> Any:
    """``ln(a/b)`` as ``ln a - ln b`` where both are positive."""
    def split(argument: Any) -> Any:
        numerator, denominator = sp.fraction(sp.together(argument))
        if denominator != 1 and positive(numerator) and positive(denominator):
            return sp.log(numerator) - sp.log(denominator)
        return sp.log(sp.together(argument))

    return sp.expand_mul(expression.replace(sp.log, split))


DOMAINS = {
    Domain.REAL: "a real number",
    Domain.POSITIVE: "a positive real number",
    Domain.NONNEGATIVE: "a real number, at least zero",
    Domain.NEGATIVE: "a negative real number",
    Domain.NONZERO: "a real number other than zero",
    Domain.UNIT: "a real number strictly between 0 and 1",
    Domain.PROBABILITY: "a real number from 0 to 1",
    Domain.INTEGER: "an integer",
    Domain.NATURAL: "an integer, at least 1",
    Domain.WHOLE: "an integer, at least 0",
    Domain.COMPLEX: "a complex number",
}


_THERE_IS_A_DENSITY: Final = (Reason.INFINITELY_MANY_BRANCHES, Reason.NO_CLOSED_INVERSE, Reason.LABORIOUS, Reason.UNSUPPORTED)
"""Where the reason says nothing against a density: it is only not found in closed form."""


def refused(refusal: Refusal) -> str:
    if refusal.reason in _THERE_IS_A_DENSITY:
        return f"no density in closed form is found (there may well be one): {refusal}"
    if refusal.reason is Reason.UNDETERMINED_SIGN:
        return f"{refusal}; --let says what it is"
    return f"there is no density to give: {refusal}"


