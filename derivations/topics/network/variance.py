"""How the size of signals grows through a network whose weights are drawn at random, and the variance of the weights that keeps it.

The mean square ``q`` of the numbers of a layer is followed from layer to layer: weights are independent with mean zero, biases start at zero, scales at one.
What a layer makes of it is ``alpha q + beta``; SymPy composes these maps and solves for the variance of the weights. Laws of the layers are proved once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from derivations.kernel.chains import chain, equals, theorem, written
from derivations.kernel.statement import equation
from derivations.kernel.theorem import Theorem
from derivations.language.brackets import bracketed
from derivations.language.context import ONE, Context, Domain, RandomVariable, Scalar
from derivations.language.context import Sequence as Family
from derivations.language.errors import DeriveError
from derivations.language.quote import quote
from derivations.language.record import record
from derivations.language.term import Bars, Call, Frac, Index, Name, Num, Pow, Root, Term, group, names, relation, sum_over, term
from derivations.networks import Encoder, Experts, Repeat, Residual
from derivations.problem import Literally, Section, Words
from derivations.rules.equality import algebra, arithmetic, by_definition
from derivations.rules.induction import by_induction
from derivations.topics.network.laws import HAT, follows
from derivations.topics.network.placed import Dim, Leaf, Placed

a, h, i, j, m, mu, n, p, q, s, v, w, x, z = names("a h i j m mu n p q s v w x z")
E = Name("E", font="bb")
TWO, ZERO = Num("2"), Num("0")


def mean(of: Term) -> Term:
    return Call(E, (of,), "[")


def square(of: Term) -> Term:
    return Pow(of, TWO)


_SIGNS: Final = "as many weights give z as give its negative"


# Laws -------------------------------------------------------------------------------------------------------------------------------


def _weighted() -> list[Theorem]:
    known = Context().declare(Scalar(Domain.NATURAL), n, j).with_range(j, ONE, n).declare(RandomVariable(None, 1), w).declare(Family(), x)
    known = known.declare(Scalar(Domain.POSITIVE), v).assume(relation(mean(w[j]), "=", 0), relation(mean(square(w[j])), "=", v))
    known = known.define(q, Frac(Num("1"), n) * sum_over(j, 1, n, square(x[j])))
    return [theorem("A weighted sum", known, chain(
        mean(square(group(sum_over(j, 1, n, w[j] * x[j])))),
        equals(v * sum_over(j, 1, n, square(x[j])), follows, "the weights are independent with mean zero, so that products of two of them vanish"),
        equals(n * v * q, follows, "the mean square of the inputs"),
    ))]  # fmt: skip


def _rectified() -> list[Theorem]:
    bars = Bars("abs", z)
    whole = Frac(square(z) + z * bars, TWO)
    known = Context().declare(Scalar(), z)
    point = theorem("A square of what is positive", known, chain(square(Call(Name("max"), (ZERO, z))), equals(whole, algebra, "both signs")))
    random = Context().declare(RandomVariable(None, 0), z).declare(Scalar(), q).assume(relation(mean(z * bars), "=", 0), relation(mean(square(z)), "=", q))
    return [point, theorem("Half of the mean square", random, chain(mean(whole), equals(Frac(q, TWO), follows, _SIGNS)))]


def _leaky() -> list[Theorem]:
    bars = Bars("abs", z)
    even, odd = Frac(1 + square(a), TWO), Frac(1 - square(a), TWO)
    whole = even * square(z) + odd * z * bars
    known = Context().declare(Scalar(Domain.PROBABILITY), a).declare(Scalar(), z)
    point = theorem("A square with a slope", known, chain(square(Call(Name("max"), (a * z, z))), equals(whole, algebra, "both signs")))
    random = Context().declare(RandomVariable(None, 0), z).declare(Scalar(), q, a)
    random = random.assume(relation(mean(z * bars), "=", 0), relation(mean(square(z)), "=", q))
    return [point, theorem("The mean square with a slope", random, chain(mean(whole), equals(even * q, follows, _SIGNS)))]


def _normalized() -> list[Theorem]:
    known = Context().declare(Scalar(Domain.NATURAL), n, i).with_range(i, ONE, n).declare(Family(), x)
    known = known.define(mu, Frac(Num("1"), n) * sum_over(i, 1, n, x[i])).define(s, Frac(Num("1"), n) * sum_over(i, 1, n, square(group(x[i] - mu))))
    known = known.define(HAT[i], Frac(x[i] - mu, Root(s)), (i,)).assume(relation(s, ">", 0))
    made = Frac(Num("1"), n) * sum_over(i, 1, n, square(HAT[i]))
    return [theorem("A normalization", known, chain(made, equals(Num("1"), follows, "divided by the root of the variance")))]


def _scaled() -> list[Theorem]:
    known = Context().declare(Scalar(Domain.NATURAL), n, i).with_range(i, ONE, n).declare(Family(), x)
    known = known.define(s, Frac(Num("1"), n) * sum_over(i, 1, n, square(x[i]))).assume(relation(s, ">", 0))
    made = Frac(Num("1"), n) * sum_over(i, 1, n, square(Frac(x[i], Root(s))))
    return [theorem("A normalization by the mean square", known, chain(made, equals(Num("1"), follows, "divided by the root of the mean square")))]


def _dropped() -> list[Theorem]:
    known = Context().declare(RandomVariable(Call(Name("Bernoulli"), (1 - p,)), 0), m).declare(Scalar(), x, p)
    known = known.assume(relation(p, "<", 1), relation(p, ">=", 0))
    made = mean(square(group(Frac(m, 1 - p) * x)))
    return [theorem("Dropout", known, chain(made, equals(Frac(square(x), 1 - p), follows, "a number is kept with the probability 1 - p")))]


def _added() -> list[Theorem]:
    known = Context().declare(Scalar(Domain.NATURAL), n, j).with_range(j, ONE, n).declare(RandomVariable(None, 1), w).declare(Family(), x)
    known = known.declare(Scalar(Domain.POSITIVE), v).declare(Scalar(), a).assume(relation(mean(w[j]), "=", 0), relation(mean(square(w[j])), "=", v))
    made = mean(square(group(a + sum_over(j, 1, n, w[j] * x[j]))))
    result = square(a) + v * sum_over(j, 1, n, square(x[j]))
    return [theorem("A residual part", known, chain(made, equals(result, follows, "the weights of the part have mean zero, so that the mixed term vanishes")))]


_LAWS: Final = {
    "weights": (_weighted, "A weighted sum of inputs, with weights drawn at random."),
    "relu": (_rectified, "What is negative becomes zero; the sums before it are as often positive as negative."),
    "leakyrelu": (_leaky, "What is negative is multiplied by a slope."),
    "normalization": (_normalized, "A normalization, whatever comes in."),
    "rmsnorm": (_scaled, "A normalization by the mean square, whatever comes in."),
    "dropout": (_dropped, "Dropout with the probability p."),
    "residual": (_added, "A residual part that ends in a weighted sum."),
}  # fmt: skip
"""The laws, and what stands above them."""


@cache
def _law(name: str) -> tuple[Theorem, ...]:
    """The theorems of a law, proved once in a run."""
    return tuple(_LAWS[name][0]())


# Networks -------------------------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Weights:
    """A layer that draws weights: how many inputs a sum has, the symbol of their variance, and the factor of what stands behind it."""

    leaf: Leaf
    inputs: Dim
    symbol: Any
    name: Index
    behind: Any = 1
    shows: bool = True


@record
class Signals:
    """What became of the mean square: ``sections`` prove it, ``drawn`` holds the variance that keeps it, by the number of the layer."""

    sections: tuple[Section, ...]
    asked: tuple[Theorem, ...]
    drawn: Mapping[int, Any]
    kept: Words
    """The same in words."""


@dataclass(slots=True)
class _Walk:
    """A walk over the layers with the mean square as ``alpha q + beta``."""

    written: dict[Any, Term]
    weights: list[Weights] = field(default_factory=list)
    laws: dict[str, None] = field(default_factory=dict)
    stacks: list[tuple[Term, Any, Any]] = field(default_factory=list)
    signed: bool = False
    """Whether weights give each signal as often as its negative."""
    last: Weights | None = None
    """The weights whose variance still shows in the signals: a normalization forgets it."""

    def run(self, placed: Sequence[Placed], alpha: Any, beta: Any) -> tuple[Any, Any]:
        for one in placed:
            if isinstance(one, Leaf):
                alpha, beta = self.leaf(one, alpha, beta)
                continue
            match one.part:
                case Residual():
                    self.last = None  # what stands in the part says nothing about the signals that go around it
                    inner = self.run(one.bodies[0], alpha, beta)
                    self.ends_in_weights(one.bodies[0])
                    self.laws["residual"], self.signed, self.last = None, False, None
                    alpha, beta = alpha + inner[0], beta + inner[1]
                case Repeat(times, _, False):
                    alpha, beta = self.repeated(one.times, times, one.bodies[0], alpha, beta)
                case Encoder() | Experts() | _:
                    raise DeriveError("network: variance: branches, experts, encoders and copies that share weights have no one mean square; ask for one path")
        return alpha, beta

    def ends_in_weights(self, body: Sequence[Placed]) -> None:
        last = body[-1]
        if not isinstance(last, Leaf) or last.layer.kind.name not in ("linear", "conv", "depthwise"):
            raise DeriveError("network: variance: a residual part must end in a linear map or a convolution, whose weights have mean zero")

    def repeated(self, count: Any, times: int | Name, body: Sequence[Placed], alpha: Any, beta: Any) -> tuple[Any, Any]:
        import sympy as sp

        one = self.run(body, sp.Integer(1), sp.Integer(0))
        again = _Walk(dict(self.written), signed=self.signed)  # the second copy gets what the first gives
        again.run(body, sp.Integer(1), sp.Integer(0))
        growth, more = sp.expand(one[0]), sp.expand(one[1])
        name = times if isinstance(times, Name) else term(times)
        if more == 0:
            self.stacks.append((name, growth, more))
            return alpha * growth**count, beta * growth**count
        if growth in (0, 1):
            self.stacks.append((name, growth, more))
            return (alpha, beta + count * more) if growth == 1 else (sp.Integer(0), more)
        raise DeriveError("network: variance: a repeated part that both scales the mean square and adds to it is not followed")

    def leaf(self, leaf: Leaf, alpha: Any, beta: Any) -> tuple[Any, Any]:
        import sympy as sp

        layer, kind = leaf.layer, leaf.layer.kind.name
        word = layer.text.split()[0].lower()
        factor: Any = None
        if kind in ("linear", "conv", "depthwise") and not (kind == "linear" and layer["lora"] != 0):
            inputs = leaf.ledger[0].shape
            fan = math.prod(inputs[1:])
            name = Index(v, (term(leaf.number),))
            symbol = sp.Symbol(f"v_{leaf.number}", positive=True)
            self.written[symbol] = name
            self.last, self.signed = Weights(leaf, fan, symbol, name), True
            self.weights.append(self.last)
            self.laws["weights"] = None
            return fan * symbol * alpha, fan * symbol * beta
        if kind == "activation" and word == "relu":
            factor, law = sp.Rational(1, 2), "relu"
        elif kind == "activation" and word == "leakyrelu":
            factor, law = (1 + sp.Rational(1, 100) ** 2) / 2, "leakyrelu"
        elif kind == "dropout":
            factor, law = 1 / (1 - sp.Rational(str(layer["p"]))), "dropout"
        elif kind in ("batchnorm", "layernorm", "groupnorm", "instancenorm", "rmsnorm"):
            self.laws["rmsnorm" if kind == "rmsnorm" else "normalization"] = None
            if self.last is not None:
                self.last.shows = False
            self.last = None
            return sp.Integer(0), sp.Integer(1)
        elif kind in ("flatten", "tokens", "upsample", "shuffle", "merge", "transpose") or word == "identity":
            return alpha, beta
        if factor is None:
            raise DeriveError(f"network: variance: layer {leaf.number} ({layer.text}): there is no closed form for what it makes of a mean square")
        if law in ("relu", "leakyrelu"):
            if not self.signed:
                why = "what comes in must be as often positive as negative, as a weighted sum is"
                raise DeriveError(f"network: variance: layer {leaf.number} ({layer.text}): {why}")
            self.signed = False
        self.laws[law] = None
        if self.last is not None:
            self.last.behind *= factor
        return factor * alpha, factor * beta


def signals(placed: Sequence[Placed], known: Context, written_as: Mapping[Any, Name]) -> Signals:
    """Raises DeriveError for a layer of which nothing is known; NotProved."""
    import sympy as sp

    walk = _Walk(dict(written_as))
    alpha, beta = walk.run(placed, sp.Integer(1), sp.Integer(0))
    if not walk.weights:
        raise DeriveError("network: variance: no layer of it draws weights; a linear map or a convolution does")
    sections = [
        Section(one, caption if not number else "", "lemma", titled=not number)
        for law in walk.laws for number, one in enumerate(_law(law)) for caption in (_LAWS[law][1],)
    ]  # fmt: skip
    which = next(name for name in names("k l r u") if known.kind(name) is None)
    start, end = Index(q, (ZERO,)), Name("q", label="out")
    symbol = sp.Symbol("q_0", positive=True)
    walk.written[symbol] = start
    known = known.declare(Scalar(Domain.POSITIVE), start, *(one.name for one in walk.weights))
    for copies, growth, more in walk.stacks:
        sections += _stack(copies, growth, more, known, walk.written)

    def term_of(expression: Any) -> Term:
        return bracketed(quote(sp.sympify(expression), walk.written))

    grown = term_of(alpha * symbol + beta)
    found = [theorem("The whole network", known.define(end, grown), chain(end, equals(grown, by_definition, "what each layer makes of it, one after another")))]
    sections.append(Section(found[0], ("From the mean square ", start, " of the inputs to that of the outputs; ", Index(v, (which,)),
                                       " is the variance of the weights of layer ", which, ".")))  # fmt: skip
    drawn: dict[int, Any] = {}
    kept_by: list[str | Term] = []
    for one in (one for one in walk.weights if one.shows):
        (kept,) = sp.solve(sp.Eq(one.inputs * one.symbol * one.behind, 1), one.symbol)
        drawn[one.leaf.number] = kept
        value = term_of(kept)
        chosen = known.define(one.name, value)
        factor = term_of(one.inputs * one.symbol * one.behind)
        number = isinstance(value, Num) or not kept.free_symbols
        proof = theorem(
            f"Layer {one.leaf.number}", chosen,
            chain(factor, equals(term_of(one.inputs * one.behind) * group(value), by_definition, "the variance put in"),
                  equals(Num("1"), arithmetic if number else algebra, "what comes in goes out")),
        )  # fmt: skip
        words: Words = ("Layer ", term(one.leaf.number), ", ", Literally(one.leaf.layer.text), ": its factor, with what stands behind it, is one for ",
                        relation(one.name, "=", value), ".")  # fmt: skip
        sections.append(Section(proof, words))
        found.append(proof)
        kept_by += [", " if kept_by else "Each layer keeps the mean square for ", relation(one.name, "=", value)]
    put = {one.symbol: drawn[one.leaf.number] for one in walk.weights if one.leaf.number in drawn}
    result = term_of(sp.simplify((alpha * symbol + beta).subs(put)))
    if drawn and result != grown:
        chosen = known.define(end, grown)
        for one in (one for one in walk.weights if one.leaf.number in drawn):
            chosen = chosen.define(one.name, term_of(drawn[one.leaf.number]))
        links = [equals(grown, by_definition, "what each layer makes of it, one after another"), equals(result, follows, "the variances put in")]
        found.insert(1, theorem("With these variances", chosen, chain(end, *links)))
        sections.append(Section(found[1], "With these variances."))
    words_: Words = (*kept_by, ".") if kept_by else "No variance shows in the outputs: a normalization forgets it."
    return Signals(tuple(sections), tuple(found), drawn, words_)


def _stack(copies: Term, growth: Any, more: Any, known: Context, written_as: Mapping[Any, Term]) -> list[Section]:
    """Many equal blocks, by induction over their number."""
    k, c = (next(name for name in names(few) if known.kind(name) is None) for few in ("k l r u", "c g e o"))
    factor, step = quote(growth, written_as), quote(more, written_as)
    known = known.declare(Scalar(Domain.WHOLE), k).declare(Family(), c)
    known = known.define(c[k + 1], group(factor) * c[k] if more == 0 else c[k] + group(step), (k,))
    if growth == 0:
        return []
    claim = written(equation(c[k], Pow(group(factor), k) * c[ZERO] if more == 0 else c[ZERO] + k * group(step)))

    def at(value: Term) -> Term:
        return Pow(group(factor), value) * c[ZERO] if more == 0 else c[ZERO] + (group(value) if not isinstance(value, Num) else value) * group(step)

    inner = group(factor) * group(at(k)) if more == 0 else at(k) + group(step)
    base = theorem("No block", known, chain(c[ZERO], equals(at(ZERO), algebra, "nothing has happened yet")))
    after = theorem(
        "One block more", known.assume(claim.formula),
        chain(c[k + 1], equals(known.definitions[-1].rhs, by_definition, "what a block makes of it"), equals(inner, algebra, "the claim before", claim),
              equals(at(k + 1), algebra)),
    )  # fmt: skip
    every = by_induction("A stack of equal blocks", known, claim, k, base, after)
    return [
        Section(base, ("A stack of ", copies, " equal blocks: ", c[k], " is the mean square after ", k, " of them."), "lemma"),
        Section(after, "One block more.", "lemma"), Section(every, "After any number of blocks.", "lemma"),
    ]  # fmt: skip


__all__ = ["Signals", "signals"]
