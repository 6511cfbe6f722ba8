"""What SymPy computed as terms, and theorems of them: what the derivations of densities share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from derivations.kernel.chains import theorem
from derivations.kernel.statement import Rule, Statement, Step
from derivations.kernel.theorem import NotProved, Theorem
from derivations.kernel.verdict import Undecided
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain
from derivations.language.denote import denote
from derivations.language.errors import DeriveError
from derivations.language.quote import quote
from derivations.language.term import Term
from derivations.topics.pushforward.evaluation import Compiled
from derivations.topics.pushforward.refusals import CannotPush, Reason, Refusal, bounded
from derivations.topics.pushforward.simplification import gently

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
    import sympy as sp

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
    import sympy as sp

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
    import sympy as sp

    if expression.has(sp.LambertW):  # of which SymPy knows no law that would make it shorter, and tries them all
        return roots_together(gently(roots_together(expression)))
    try:
        with bounded("simplifying the density", 2_000_000):
            return roots_together(sp.simplify(roots_together(expression)))
    except CannotPush:
        return expression


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


