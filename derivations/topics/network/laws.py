"""What a law of the backward pass is: a definition in components, a loss that is some function of the outputs, and the derivatives of that loss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from derivations.kernel.chains import chain, equals, theorem
from derivations.kernel.statement import Rule
from derivations.language.context import ONE, Context, Domain, Function, Loss, Scalar, Through
from derivations.language.term import Big, Call, Const, Deriv, Index, Name, Num, Term, names
from derivations.problem import Section, Words

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
    return Deriv(L, ((variable, 1),), True)


def slope(of: Term, variable: Term) -> Deriv:
    return Deriv(of, ((variable, 1),), True)


@dataclass(frozen=True, slots=True)
class Law:
    """What a kind of layer computes (``context``), and the derivatives that its backward pass needs: (by what, through what, the result, why)."""

    title: str
    words: Words
    context: Context
    passes: tuple[tuple[Term, Term | None, Term, Words], ...]

    def sections(self) -> Iterator[Section]:
        """Its theorems. Raises NotProved."""
        for number, (variable, middle, result, why) in enumerate(self.passes):
            links = [] if middle is None else [equals(middle, follows, "chain rule", key=False)]
            links.append(equals(result, follows, flat(why)))
            yield Section(theorem(self.title, self.context, chain(by(variable), *links)), self.words if not number else "", titled=not number)


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
