"""What a law of the backward pass is: a definition in components, a loss that is some function of the outputs, and the derivatives of that loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Final

from derivations.kernel.chains import chain, equals, theorem
from derivations.kernel.statement import Rule
from derivations.kernel.theorem import Theorem
from derivations.language.context import ONE, Context, Domain, Function, Loss, Scalar, Through
from derivations.language.record import record
from derivations.language.term import Big, Call, Const, Deriv, Index, Name, Num, Term, names
from derivations.problem import Section, Words
from derivations.topics.network.chain_rule import ChainRule, slope

follows: Final = Rule("judged", (None,))
"""The checker's own rule: the chain rule through definitions is one of its provers."""

L = Name("L", font="cal")  # apart from L, the usual number of blocks
x, y, z, w, b, v, mu, gamma, beta = names("x y z w b v mu gamma beta")
s, a, o, q, k, p, t, r, f, u, delta = names("s a o q k p t r f u delta")
c, d, i, j, m, n = names("c d i j m n")
C, D, K, M, N, R, T = names("C D K M N R T")
E, FIRST, ZERO, TWO = Const("e"), Num("1"), Num("0"), Num("2")
HAT = Name("x", accent=("hat",))
SLOPE = Name("f", primes=1)


def by(variable: Term) -> Deriv:
    """The derivative of the loss by a number."""
    return slope(L, variable)


@record
class Law:
    """What a kind of layer computes (``context``), and by what its backward pass differentiates, each with the reason that is printed.

    SymPy finds the derivatives, through the definition of the outputs on which the loss depends. ``middle``: the chain rule is printed before what it gives.
    ``said`` and ``kept`` choose between equal forms, as in ``ChainRule``.
    """

    title: str
    words: Words
    context: Context
    passes: tuple[tuple[Term, Words], ...]
    middle: bool = False
    said: Mapping[Term, Term] = field(default_factory=dict)
    kept: tuple[Term, ...] = ()

    def derivatives(self) -> Iterator[tuple[Term, Term | None, Term, Words]]:
        """By what, the chain rule where it is shown, the result, why."""
        rule = ChainRule(self.context, L, self.said, self.kept)
        for variable, why in self.passes:
            apart, result = rule.changes(variable)
            yield variable, rule.written(apart) if self.middle else None, rule.written(result), why

    def sections(self) -> Iterator[Section]:
        """Its theorems. Raises NotProved."""
        for number, one in enumerate(self.derivatives()):
            yield Section(self.proved(*one), self.words if not number else "", titled=not number)

    def proved(self, variable: Term, middle: Term | None, result: Term, why: Words) -> Theorem:
        """Raises NotProved."""
        links = [] if middle is None else [equals(middle, follows, "chain rule", key=False)]
        return theorem(self.title, self.context, chain(by(variable), *links, equals(result, follows, flat(why))))


def flat(words: Words) -> str | tuple[str | Term, ...]:
    return words if isinstance(words, str) else tuple(w for w in words if isinstance(w, str | Term))


def indices(*limits: tuple[Name, Term]) -> Context:
    """Indices from 1 to their limits, and the limits as sizes."""
    known = Context().declare(Scalar(Domain.NATURAL), *dict.fromkeys(limit for _, limit in limits if isinstance(limit, Name)))
    for index, limit in limits:
        known = known.declare(Scalar(Domain.NATURAL), index).with_range(index, ONE, limit)
    return known


def loss_of(known: Context, outputs: Name, *limits: Term) -> Context:
    """The context with a loss that is some function of these outputs, which run to the limits."""
    inner, outer = Name("unknown", label=f"{outputs.text}"), Name("unknown", label="L")
    places = tuple(Name("place", primes=number + 1) for number in range(len(limits)))
    body: Term = Call(inner, (*places, Index(outputs, places)))
    for place, limit in zip(reversed(places), reversed(limits), strict=True):
        body = Big("sum", body, place, ONE, limit)
    known = known.declare(Function(len(places) + 1), inner).declare(Function(1), outer)
    return known.declare(Loss((Through(outputs, tuple((ONE, limit) for limit in limits)),), Call(outer, (body,))), L)
