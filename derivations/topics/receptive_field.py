"""Receptive fields of chains of 1-D convolutions.

What a unit sees is a range of inputs. SymPy composes the ranges of two layers, which gives the recursion, sums up what each layer adds, which gives the
closed form, and puts the numbers in.

Araujo, Norris and Sim, *Computing Receptive Fields of Convolutional Neural Networks*, Distill (2019). Branched networks, holes and upsampling are answered
exactly, by dependency sets, in ``derivations.topics.dependency``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import sympy as sp

from derivations.kernel.chains import chain, equals, theorem, written
from derivations.kernel.statement import Statement, equation
from derivations.kernel.theorem import Theorem
from derivations.language.context import Context, Domain, Scalar, Sequence
from derivations.language.errors import DeriveError, ParameterError
from derivations.language.term import Name, Num, Term, names, relation, term, times
from derivations.problem import Answer, Later, Meaning, Mistake, Problem, Section, noun
from derivations.rules.equality import algebra, arithmetic, by_definition, summation
from derivations.rules.induction import by_induction
from derivations.topics.convolution import spacing, tap_position
from derivations.topics.drawn.signals import pyramid
from derivations.topics.working import Order, Working, joined

r, s, k, delta, n, l, i = names("r s k delta n l i")
S, P, p, q, u, R, K, d, a = names("S P p q u R K d a")
first, last = Name("first", font="rm"), Name("last", font="rm")
Size = int | Name
ONE = Num("1")


def sees(unit: Any, step: Any, shift: Any, size: Any) -> tuple[Any, Any]:
    """The first and the last input that a unit sees: neighbouring units are ``step`` inputs apart, and each sees ``size`` of them."""
    return step * unit - shift, step * unit - shift + size - 1


def reads(unit: Any, stride: Any, padding: Any, taps: Any, distance: Any) -> tuple[Any, Any]:
    """The first and the last unit of the layer before that a unit reads: from its first tap to its last."""
    start = stride * unit - padding
    return start, tap_position(start, taps, distance)


class Layer(NamedTuple):
    """One more layer in SymPy. The unit reads from ``low`` to ``high``, so it sees from ``begins`` to ``ends``.

    ``grows`` is what the field has more than the R of the layer before, and neighbouring units are ``step`` times as far apart as those were.
    """

    work: Working
    low: Any
    high: Any
    begins: Any
    ends: Any
    grows: Any
    step: Any

    def symbols(self, names_: str) -> tuple[Any, ...]:
        return tuple(self.work.of(name) for name in names(names_))


def letters() -> Working:
    return Working(Context().declare(Scalar(Domain.INTEGER), P, p, q, u).declare(Scalar(Domain.NATURAL), S, R, K, d, a))


def one_more() -> Layer:
    """The ranges of two layers, composed.

    Raises:
        DeriveError: the field of the layer before does not enter just once, or units are not evenly spaced.
    """
    work = letters()
    unit, step, shift, size, stride, padding, taps, distance = (work.of(name) for name in (u, S, P, R, a, p, K, d))
    low, high = reads(unit, stride, padding, taps, distance)
    begins, ends = sees(low, step, shift, size)[0], sees(high, step, shift, size)[1]
    field = sp.Poly(sp.expand(ends - begins + 1), size)
    moved = sp.cancel(sp.expand(begins).coeff(unit) / step)
    if field.degree() != 1 or field.nth(1) != 1 or moved.has(unit, step):
        raise DeriveError(f"the field of one more layer is {field.as_expr()}, which is not the field before and what it grows by")
    return Layer(work, low, high, begins, ends, sp.factor(field.nth(0)), moved)


def recursion(layer: Layer) -> Theorem:
    """One more layer, from the first and the last input that a unit sees. The padding of both layers moves both alike and drops out."""
    work = layer.work
    step, shift, size, stride, taps, distance, padding = layer.symbols("S P R a K d p")
    known = work.known
    for name, end in zip((first, last), sees(work.of(q), step, shift, size), strict=True):
        known = known.define(name(q), work.term(end, Order((step,), (step, shift, size))), (q,))
    reading = Order((stride, distance), (stride, padding, distance))
    low, high = (work.letter(end, work.term(end, reading)) for end in (layer.low, layer.high))
    from_, to = work.letter(layer.begins, first(work.names[low])), work.letter(layer.ends, last(work.names[high]))
    seen = Order((step,), (step, shift, size))
    begins = work.letter(layer.begins, work.term(sees(low, step, shift, size)[0], seen))
    ends = work.letter(layer.ends, work.term(sees(high, step, shift, size)[1], seen))
    return theorem(
        "One more layer",
        known,
        chain(
            work.term(to - from_ + 1, Order((), (to, from_))),
            equals(
                work.term(ends - begins + 1, Order((), (ends, begins))),
                by_definition,
                "what the layer before sees at both ends: of its last tap and of its first",
            ),
            equals(work.term(size + layer.grows, Order((taps, distance, step), (size,))), algebra, "the padding of both layers cancels"),
        ),
    )


class Chain(NamedTuple):
    """Layers one upon another: the recursion as a definition, and SymPy's side of it."""

    known: Context
    work: Working
    layer: Layer

    @property
    def order(self) -> Order:
        kernel, spacings, strides, fields = (self.work.entries(name) for name in (k, delta, s, r))
        return Order((kernel, spacings, strides), (fields, 1, self.work.of(l)))

    def term(self, expression: Any) -> Term:
        return self.work.term(expression, self.order)

    def apart(self, at: Any) -> Any:
        """How far apart neighbouring units of a layer are: what every layer before multiplies it by."""
        number = self.work.of(i)
        return sp.Product(self.layer.step.subs(*self.layer.symbols("a"), self.work.entries(s)[number]), (number, 1, at))

    def grows(self, at: Any) -> Any:
        """What the layer after layer ``at`` adds to the field."""
        taps, distance, step = self.layer.symbols("K d S")
        return self.layer.grows.subs({taps: self.work.entries(k)[at + 1], distance: self.work.entries(delta)[at + 1], step: self.apart(at)})

    def after(self, at: Any) -> Any:
        """The recursion: the field of layer ``at + 1``."""
        return self.work.entries(r)[at] + self.grows(at)

    def closed(self, at: Any) -> Any:
        """The recursion summed up: the first field and what each layer adds."""
        number = self.work.of(l)
        return sp.S.One + sp.Sum(self.grows(number - 1), (number, 1, at))


def layers(layer: Layer) -> Chain:
    known = Context().declare(Scalar(Domain.WHOLE), n).declare(Sequence(Domain.NATURAL), s, k, delta).declare(Sequence(), r)
    found = Chain(known, Working(known.declare(Scalar(Domain.INTEGER), l, i)), layer)
    recursive = found.term(found.after(found.work.of(n)))
    return found._replace(known=known.define(r[n + 1], recursive, (n,)).define(r[0], ONE))


def for_every_depth(of: Chain) -> tuple[Theorem, Theorem, Theorem]:
    """Base, step and conclusion of the closed form."""
    known, at = of.known, of.work.of(n)
    claim = written(equation(r[n], of.term(of.closed(at))))
    base = theorem(
        "No layer",
        known,
        chain(r[0], equals(ONE, by_definition, "an input sees itself"), equals(of.term(of.closed(sp.S.Zero)), summation, "an empty sum")),
    )
    update, claimed = of.after(at), of.closed(at)
    total = next(iter(claimed.atoms(sp.Sum)))
    step = theorem(
        "One layer more",
        known.assume(claim.formula),
        chain(
            r[n + 1],
            equals(of.term(update), by_definition, "the recursion"),
            equals(of.term(update.subs(of.work.entries(r)[at], claimed)), algebra, "the claim for n", claim),
            equals(of.term(claimed - total + joined(of.grows(at), total)), summation, "the new layer is the last term of the sum"),
        ),
    )
    return base, step, by_induction("The receptive field of n layers", known, claim, n, base, step)


class General(NamedTuple):
    """What holds for any layers, whatever their numbers: the recursion as a definition; one more layer; base, step and conclusion of the closed form; the
    recursion alone."""

    of: Chain
    more: Theorem
    every_depth: tuple[Theorem, Theorem, Theorem]
    recursive: Theorem


@lru_cache(maxsize=8)
def general(low: Any, high: Any, begins: Any, ends: Any, grows: Any, step: Any) -> General:
    """The theorems of one more layer, kept by what SymPy found of it: every network asks for them again."""
    layer = Layer(letters(), low, high, begins, ends, grows, step)
    of = layers(layer)
    return General(of, recursion(layer), for_every_depth(of), grown(of))


def grown(of: Chain) -> Theorem:
    """The recursion as it stands, for the reader."""
    at = of.work.of(n)
    between = of.layer.grows / of.layer.symbols("S")[0]
    taps, distance = of.layer.symbols("K d")
    outermost = of.term(between.subs({taps: of.work.entries(k)[at + 1], distance: of.work.entries(delta)[at + 1]}))
    return theorem(
        "The recursion",
        of.known,
        chain(
            r[n + 1],
            equals(
                of.term(of.after(at)),
                by_definition,
                ("the outermost taps lie ", outermost, " units of layer ", n, " apart, and neighbouring units ", of.term(of.apart(at)), " inputs"),
            ),
        ),
    )


def instance(of: Chain, kernels: tuple[Size, ...], strides: tuple[Size, ...], spacings: tuple[Term, ...]) -> tuple[Theorem, ...]:
    """One chain for each layer: the numbers put into the recursion."""
    symbols = [v for v in (*kernels, *strides) if isinstance(v, Name)] + [d for d in spacings if isinstance(d, Name)]
    symbols += [name for d in spacings for name in _names_in(d)]
    for symbol in symbols:
        if symbol in (r, s, k, delta, n, l, i):
            raise ParameterError(
                "receptive-field",
                "a symbol",
                symbol.text,
                f"any name but {', '.join(own.text for own in (r, s, k, delta, n, l, i))}, which the derivation uses",
            )
    known = of.known.declare(Scalar(Domain.NATURAL), *dict.fromkeys(symbols))
    for number, (kernel, stride, distance) in enumerate(zip(kernels, strides, spacings, strict=True), 1):
        known = known.define(k[number], _term(kernel)).define(s[number], _term(stride)).define(delta[number], distance)
    work = Working(Context().declare(Scalar(Domain.NATURAL), *dict.fromkeys(symbols)))
    taps, apart, step, stride_, before = of.layer.symbols("K d S a R")
    order = Order((taps, apart, step), (before,), "times")
    found: list[Theorem] = []
    field, shift = sp.S.One, sp.S.One
    for number, (kernel, stride, distance) in enumerate(zip(kernels, strides, spacings, strict=True), 1):
        at = {taps: work.of(_term(kernel)), apart: work.of(distance), step: shift, before: field}
        growth = of.layer.grows.subs(at, simultaneous=True)
        put_in = work.term(before + of.layer.grows, order, {taps: _term(kernel), apart: distance, step: work.term(shift), before: work.term(field)})
        values: list[str | Term] = [relation(k[number], "=", _term(kernel)), ", ", relation(delta[number], "=", distance)]
        if number > 1:
            values += [", ", relation(s[number - 1], "=", _term(strides[number - 2]))]
        links = [equals(put_in, summation, ("layer ", term(number), ": ", *values), key=not field.is_Integer)]
        whole = sp.expand(field + growth)
        if field.is_Integer and growth.is_Integer:
            grown_by = work.letter(growth, work.term(growth))
            sum_ = work.term(before + grown_by, Order((), (before,)), {before: work.term(field)})
            links.append(equals(sum_, arithmetic, ("the field grows by ", term(int(growth)), noun(term(int(growth)), " input")), key=False))
            links.append(equals(work.term(whole), arithmetic, ("what a unit of layer ", term(number), " sees")))
        elif work.term(whole) != put_in:
            links.append(equals(work.term(whole), algebra, "multiplied out"))
        field = whole
        shift = shift * of.layer.step.subs(stride_, work.of(_term(stride)))
        found.append(theorem(f"Layer {number}", known, chain(r[number], *links)))
        known = known.define(r[number], work.term(field))
    return tuple(found)


def _names_in(t: Term) -> list[Name]:
    from derivations.language.structure import free_names

    return sorted(free_names(t), key=lambda name: name.text)


def _term(value: Size | Term) -> Term:
    return term(value) if isinstance(value, int) else value


def problem(kernels: tuple[Size, ...], strides: tuple[Size, ...] = (1,), dilations: tuple[Size, ...] = (0,), convention: str = "zeros") -> Problem:
    """The receptive field of the last of several layers; one stride or dilation stands for all layers.

    Raises:
        ParameterError: a list of another length than ``kernels``; a spacing of 0.
    """
    depth = len(kernels)
    for field_name, values in (("strides", strides), ("dilations", dilations)):
        if len(values) not in (1, depth):
            raise ParameterError("receptive-field", field_name, ",".join(map(str, values)), f"one value, or one for each of the {depth} kernels")
    strides = strides * depth if len(strides) == 1 else strides
    dilations = dilations * depth if len(dilations) == 1 else dilations
    if convention == "spacing" and 0 in dilations:
        raise ParameterError("receptive-field", "dilations", 0, "at least 1 where dilation is the spacing of the taps")
    spacings = tuple(spacing(d, convention) for d in dilations)
    of, more, (base, step, conclusion), recursive = general(*one_more()[1:])
    each = instance(of, kernels, strides, spacings)
    from derivations.language.denote import denote

    result, known = each[-1].statement, each[-1].context
    zeros = convention == "zeros"
    words = "dilation counts the zeros between neighbouring taps" if zeros else "dilation is the spacing of neighbouring taps"
    return Problem(
        "receptive-field",
        "The receptive field of a convolutional network",
        _question(kernels, strides, dilations),
        (
            Section(
                more,
                "One more layer. A unit of the layer before sees the inputs from its first to its last; the new unit sees from the first of its first tap"
                " to the last of its last tap.",
                "lemma",
                depth="full",
            ),
            Section(
                recursive,
                ("An input sees itself, ", relation(r[0], "=", ONE), ". One more layer lets a unit see as far as its outermost taps do, so its field grows:"),
            ),
            Section(base, "For every number of layers: before the first layer.", "lemma", depth="full"),
            Section(step, ("From ", n, " layers to ", n + 1, "."), "lemma", depth="full"),
            Section(conclusion, "So for every number of layers.", depth="full"),
            *(Section(one, "Layer by layer.", titled=number == 1) for number, one in enumerate(each, 1)),
        ),
        Answer(
            (result,),
            Later(lambda: denote(result.rhs, known)),
            ("A unit of layer ", term(depth), " sees ", result.rhs, noun(result.rhs, " input"), "; with every layer the field grows as the recursion says:"),
            f"{words}; the field is the distance from the first to the last input that is seen, both included",
            (recursive.statement,),
        ),
        {"kernels": kernels, "strides": strides, "dilations": dilations, "convention": convention},
        notes=("Zero-padding moves the first and the last input that a unit sees by the same amount, so it does not change the size of the field.",),
        figure=pyramid(kernels, strides, spacings, r, known),
        hints=(
            "How many inputs does a unit of the first layer see?",
            "A unit of the second layer reads several neighbouring units of the first. How far do the fields of its first and of its last tap lie apart?",
            "By how much does one more layer enlarge the field, if the layers below have strides? Go through the layers one by one.",
            "Does padding change how many inputs a unit sees, or only which ones?",
        ),
        meanings=(
            Meaning((r[n],), ("is the receptive field of a unit of layer ", n, ", in inputs")),
            Meaning((k[n],), "its kernel size"),
            Meaning((s[n],), "its stride"),
            Meaning((delta[n],), "the spacing of its taps: the dilation plus one" if zeros else "the spacing of its taps, which is the dilation"),
        ),
        mistakes=_mistakes(kernels, strides, spacings, result, known),
    )


def _mistakes(kernels: tuple[Size, ...], strides: tuple[Size, ...], spacings: tuple[Term, ...], result: Statement, known: Context) -> tuple[Mistake, ...]:
    known = replace(known, definitions=tuple(d for d in known.definitions if d.lhs != result.lhs)).define(result.lhs, result.rhs)

    def wrong(value: Term, why: str) -> Mistake:
        return Mistake(written(equation(result.lhs, value)), known, summation, why)

    found = [wrong(times(*map(_term, kernels)), "The kernel sizes are multiplied. The taps of neighbouring units overlap: each layer adds to the field.")]
    if len(kernels) > 1:
        added = _sum([_term(kernel) for kernel in kernels])
        found.append(wrong(added, "The kernel sizes are added. A layer adds one less than its kernel size: the first tap is counted already."))
        one_less = [_term(kernel) - 1 for kernel in kernels]
        found.append(wrong(_sum([ONE, *one_less]), "Dilation or strides are left out: the gaps between taps are as long as both make them."))
    return tuple(found)


def _sum(parts: list[Term]) -> Term:
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _question(kernels: tuple[Size, ...], strides: tuple[Size, ...], dilations: tuple[Size, ...]) -> tuple[str | Term, ...]:
    def listed(values: tuple[Size, ...]) -> tuple[str | Term, ...]:
        if len(set(values)) == 1:
            return (_term(values[0]),)
        parts: list[str | Term] = []
        for number, value in enumerate(values):
            parts.extend(([", "] if number else []) + [_term(value)])
        return tuple(parts)

    return (
        "A network consists of ",
        term(len(kernels)),
        noun(term(len(kernels)), " 1-D convolutional layer"),
        " with zero-padding, kernel size ",
        *listed(kernels),
        ", stride ",
        *listed(strides),
        " and dilation ",
        *listed(dilations),
        ". What is the size of the receptive field of the hidden units in the last layer?",
    )


__all__ = ["for_every_depth", "instance", "problem", "recursion"]
