"""Receptive fields: how many inputs a unit sees, along one path of layers.

What a unit sees is a range of inputs. SymPy composes the ranges of two layers, which gives two recursions (for the field, and for how far apart neighbouring
units are), sums them up, which gives the closed form, and puts the numbers in, layer by layer: each rests on the one before it alone.

Araujo, Norris and Sim, *Computing Receptive Fields of Convolutional Neural Networks*, Distill (2019). Branched networks, holes and upsampling are answered
exactly, by dependency sets, in ``derivations.topics.dependency``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import sympy as sp

from derivations.kernel.chains import chain, equals, theorem, written
from derivations.kernel.statement import Statement, equation
from derivations.kernel.theorem import Theorem
from derivations.language.context import Context, Domain, Scalar, spelled
from derivations.language.context import Sequence as Family
from derivations.language.errors import DeriveError, ParameterError
from derivations.language.term import Name, Num, Term, names, relation, term
from derivations.networks import Encoder, Repeat
from derivations.problem import Meaning, Section, noun
from derivations.rules.equality import algebra, arithmetic, by_definition, summation
from derivations.rules.induction import by_induction
from derivations.topics.convolution import tap_position
from derivations.topics.dependency import Input, Merge, Network, Node, receptive_field
from derivations.topics.dependency import Window as Taps
from derivations.topics.network.counts import Laid
from derivations.topics.network.placed import Dim, Leaf, Placed
from derivations.topics.working import Order, Working

r, j, s, k, delta, n, l, i = names("r j s k delta n l i")
S, P, p, q, u, R, K, d, a = names("S P p q u R K d a")
first, last = Name("first", font="rm"), Name("last", font="rm")
Window = tuple[Dim, Dim, Dim]
"""Kernel, stride and spacing of the taps."""
ONE = Num("1")
_MOST_PATHS = 24


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
    """Layers one upon another: the recursions as definitions, and SymPy's side of them."""

    known: Context
    work: Working
    layer: Layer

    @property
    def order(self) -> Order:
        kernel, spacings, apart, strides, fields = (self.work.entries(name) for name in (k, delta, j, s, r))
        return Order((kernel, spacings, apart, strides), (fields, 1, self.work.of(l)))

    def term(self, expression: Any) -> Term:
        return self.work.term(expression, self.order)

    def grows(self, at: Any, apart: Any) -> Any:
        """What the layer after layer ``at`` adds to the field, where units of that are ``apart``."""
        taps, distance, step = self.layer.symbols("K d S")
        entry = self.work.entries
        return self.layer.grows.subs({taps: entry(k)[at + 1], distance: entry(delta)[at + 1], step: apart})

    def moves(self, at: Any) -> Any:
        """How many times as far apart the units of layer ``at`` are as those of the layer before."""
        return self.layer.step.subs(*self.layer.symbols("a"), self.work.entries(s)[at])

    def after(self, at: Any) -> tuple[Any, Any]:
        """The recursions: the field of layer ``at + 1``, and how far apart its units are."""
        apart = self.work.entries(j)[at]
        return self.work.entries(r)[at] + self.grows(at, apart), apart * self.moves(at + 1)

    def closed(self, at: Any) -> tuple[Any, Any]:
        """The recursions summed up: the first field and what each layer adds; what every layer multiplies the distance by."""
        number, factor = self.work.of(l), self.work.of(i)

        def apart(at: Any) -> Any:
            return sp.Product(self.moves(factor), (factor, 1, at))

        return sp.S.One + sp.Sum(self.grows(number - 1, apart(number - 1)), (number, 1, at)), apart(at)


def layers(layer: Layer) -> Chain:
    known = Context().declare(Scalar(Domain.WHOLE), n).declare(Family(Domain.NATURAL), s, k, delta).declare(Family(), r, j)
    found = Chain(known, Working(known.declare(Scalar(Domain.INTEGER), l, i)), layer)
    field, apart = map(found.term, found.after(found.work.of(n)))
    return found._replace(known=known.define(r[n + 1], field, (n,)).define(r[0], ONE).define(j[n + 1], apart, (n,)).define(j[0], ONE))


def for_every_depth(of: Chain, which: int, title: str, reasons: tuple[str, str, str], *known_of: Theorem) -> tuple[Theorem, Theorem, Theorem]:
    """Base, step and conclusion of a closed form: of the field (``which`` is 0), for which that of the distance is ``known_of``, or of the distance of
    neighbouring units (1)."""
    known, at, name = of.known, of.work.of(n), (r, j)[which]
    fields, distances = of.closed(at)
    claimed, update = (fields, distances)[which], of.after(at)[which]
    total = next(one for one in sp.preorder_traversal(claimed) if isinstance(one, sp.Sum | sp.Product))
    claim = written(equation(name[n], of.term(claimed)))
    alone, empty, last = reasons
    about = ("", ", the distance")[which]
    base = theorem(
        f"No layer{about}", known, chain(name[0], equals(ONE, by_definition, alone), equals(of.term(claimed.subs(at, 0)), summation, empty))
    )
    put_in = of.term(update.subs({of.work.entries(name)[at]: claimed, of.work.entries(j)[at]: distances}))
    longer = of.term(claimed.subs(total, type(total)(total.function, (total.limits[0][0], 1, at + 1))))
    step = theorem(
        f"One layer more{about}",
        known.assume(claim.formula),
        chain(
            name[n + 1],
            equals(of.term(update), by_definition, "the recursion"),
            equals(put_in, algebra, "the claim for n" if not known_of else "the claim for n, and how far apart units are", claim, *known_of),
            equals(longer, summation, last),
        ),
    )
    return base, step, by_induction(title, known, claim, n, base, step)


class General(NamedTuple):
    """What holds for any layers, whatever their numbers: the recursions as definitions; one more layer; base, step and conclusion of both closed forms; the
    recursions alone."""

    of: Chain
    more: Theorem
    fields: tuple[Theorem, Theorem, Theorem]
    distances: tuple[Theorem, Theorem, Theorem]
    recursive: tuple[Theorem, Theorem]


@lru_cache(maxsize=8)
def general(low: Any, high: Any, begins: Any, ends: Any, grows: Any, step: Any) -> General:
    """The theorems of one more layer, kept by what SymPy found of it: every network asks for them again."""
    layer = Layer(letters(), low, high, begins, ends, grows, step)
    of = layers(layer)
    distances = for_every_depth(
        of, 1, "How far apart the units of n layers are", ("inputs are neighbours", "an empty product", "the new layer is the last factor of the product")
    )
    reasons = ("an input sees itself", "an empty sum", "the new layer is the last term of the sum")
    fields = for_every_depth(of, 0, "The receptive field of n layers", reasons, distances[-1])
    return General(of, recursion(layer), fields, distances, grown(of))


def grown(of: Chain) -> tuple[Theorem, Theorem]:
    """The recursions as they stand, for the reader."""
    at = of.work.of(n)
    between = of.layer.grows / of.layer.symbols("S")[0]
    taps, distance = of.layer.symbols("K d")
    outermost = of.term(between.subs({taps: of.work.entries(k)[at + 1], distance: of.work.entries(delta)[at + 1]}))
    field, apart = map(of.term, of.after(at))
    reason = ("the outermost taps lie ", outermost, " units of layer ", n, " apart, and neighbouring units ", j[n], " inputs")
    moved = ("the next unit reads ", s[n + 1], " units of layer ", n, " further on")
    return (
        theorem("The recursion", of.known, chain(r[n + 1], equals(field, by_definition, reason))),
        theorem("The distance of neighbouring units", of.known, chain(j[n + 1], equals(apart, by_definition, moved))),
    )


class Along(NamedTuple):
    """The field along one path. ``each``: for each layer its field and, but for the last, how far apart its units are."""

    general: General
    each: tuple[tuple[Theorem, ...], ...]
    value: Any

    @property
    def result(self) -> Statement:
        return self.each[-1][0].statement

    @property
    def known(self) -> Context:
        """What the last layer rests on."""
        return self.each[-1][0].context

    @property
    def lemmas(self) -> tuple[Section, ...]:
        """What holds for any layers: the recursions first."""
        (base, step, conclusion), apart = self.general.fields, self.general.distances
        return (
            Section(
                self.general.more,
                "One more layer. A unit of the layer before sees the inputs from its first to its last; the new unit sees from the first of its first tap"
                " to the last of its last tap.",
                "lemma",
                depth="full",
            ),
            Section(
                self.general.recursive[0],
                ("An input sees itself, ", relation(r[0], "=", ONE), ". One more layer lets a unit see as far as its outermost taps do, so its field grows:"),
            ),
            Section(
                self.general.recursive[1],
                ("Neighbouring inputs lie ", relation(j[0], "=", ONE), " apart; each stride multiplies the distance of neighbouring units:"),
            ),
            Section(apart[0], "For every number of layers, how far apart neighbouring units are.", "lemma", depth="full"),
            *(Section(one, titled=False, role="lemma", depth="full") for one in apart[1:]),
            Section(base, "For every number of layers: before the first layer.", "lemma", depth="full"),
            Section(step, ("From ", n, " layers to ", n + 1, "."), "lemma", depth="full"),
            Section(conclusion, "So for every number of layers.", depth="full"),
        )

    @property
    def meanings(self) -> tuple[Meaning, ...]:
        return (
            Meaning((r[n],), ("is the receptive field of a unit of layer ", n, ", in inputs")),
            Meaning((j[n],), "how many inputs neighbouring units of it lie apart"),
            Meaning((k[n],), "its kernel size"),
            Meaning((s[n],), "its stride"),
        )

    @property
    def layers(self) -> Iterator[Section]:
        """Layer by layer; that a stride of one moves nothing is printed in full only."""
        for number, (field, *apart) in enumerate(self.each, 1):
            yield Section(field, "Layer by layer.", titled=number == 1)
            for one in apart:
                still = one.statement.rhs == (self.each[number - 2][1].statement.rhs if number > 1 else ONE)
                yield Section(one, titled=False, depth="full" if still else "key")


def along(windows: Sequence[Window], laid: Laid) -> Along:
    """The numbers put into the recursions, one layer after another.

    Raises:
        ParameterError: a symbol is one of those that the derivation uses.
        DeriveError: the range of a layer is none of those that are understood.
    """
    used, of = (r, j, s, k, delta, n, l, i), laid.of
    known = laid.about(*dict.fromkeys(of(size) for window in windows for size in window))
    for name, _ in known.kinds:
        if name in used:
            what = f"any name but {', '.join(own.text for own in used)}, which the derivation uses"
            raise ParameterError("receptive-field", "a symbol", spelled(name), what)
    found = general(*one_more()[1:])
    chained = found.of
    taps, apart, step, stride_, before = chained.layer.symbols("K d S a R")
    order = Order((taps, apart, step), (before,), "times")
    kinds = replace(chained.known, definitions=()).declare(Family())
    for name, kind in known.kinds:
        kinds = kinds.declare(kind, name)
    work = Working(known)
    patterns = [d for d in chained.known.definitions if d.parameters]
    each: list[tuple[Theorem, ...]] = []
    field, shift = sp.S.One, sp.S.One
    for number, (kernel, stride, distance) in enumerate(windows, 1):
        sizes = [of(size) for size in (kernel, distance, stride)]
        here = replace(kinds, definitions=tuple(patterns)).define(r[number - 1], work.term(field)).define(j[number - 1], work.term(shift))
        here = here.define(k[number], sizes[0]).define(delta[number], sizes[1]).define(s[number], sizes[2])
        growth = sp.expand(chained.layer.grows.subs({taps: kernel, apart: distance, step: shift}, simultaneous=True))
        put_in = work.term(
            before + chained.layer.grows, order, {taps: sizes[0], apart: sizes[1], step: work.term(shift), before: work.term(field)}
        )
        values: list[str | Term] = [relation(k[number], "=", sizes[0]), ", ", relation(delta[number], "=", sizes[1])]
        if number > 1:
            values += [", ", relation(j[number - 1], "=", work.term(shift))]
        links = [equals(put_in, summation, ("layer ", term(number), ": ", *values), key=not field.is_Integer)]
        whole = sp.expand(field + growth)
        if field.is_Integer and growth.is_Integer:
            grown_by = work.letter(growth, work.term(growth))
            sum_ = work.term(before + grown_by, Order((), (before,)), {before: work.term(field)})
            links.append(equals(sum_, arithmetic, ("the field grows by ", term(int(growth)), noun(term(int(growth)), " input")), key=False))
            links.append(equals(work.term(whole), arithmetic, ("what a unit of layer ", term(number), " sees")))
        elif work.term(whole) != put_in:
            links.append(equals(work.term(whole), algebra, "multiplied out"))
        proved = [theorem(f"Layer {number}", here, chain(r[number], *links))]
        if number < len(windows):
            moves = chained.layer.step
            moved = sp.expand(shift * moves.subs(stride_, stride))
            put_in = work.term(step * moves, Order((step, stride_), (), "times"), {step: work.term(shift), stride_: sizes[2]})
            links = [equals(put_in, summation, ("layer ", term(number), ": ", relation(s[number], "=", sizes[2])))]
            if work.term(moved) != put_in:
                links.append(equals(work.term(moved), arithmetic if moved.is_Integer else algebra, "the product"))
            proved.append(theorem(f"Distance in layer {number}", here, chain(j[number], *links)))
            shift = moved
        field = whole
        each.append(tuple(proved))
    return Along(found, tuple(each), field)


# the paths of a network ------------------------------------------------------------------------------------------------------------


def paths(placed: Sequence[Placed]) -> list[tuple[Window, ...]]:
    """The windows along every path, each once; of very many, the longest.

    Raises DeriveError for what is no window that moves over its input, and for blocks of a symbolic number.
    """
    found: list[tuple[Window, ...]] = [()]
    for one in placed:
        heads = _heads(one)
        if len(found) * len(heads) > 4000:
            raise DeriveError("network: receptive-field: more than 4000 paths")
        found = _longest(path + head for path in found for head in heads) if heads != [()] else found
    return found


def _heads(one: Placed) -> list[tuple[Window, ...]]:
    if isinstance(one, Leaf):
        return [_step(one)]
    if isinstance(one.part, Encoder):  # it stands beside the path
        return [()]
    heads = [path for body in one.bodies for path in paths(body)]
    if not isinstance(one.part, Repeat):
        return [*heads, ()] if one.join == "add" and len(one.bodies) == 1 else heads  # the input itself
    if not isinstance(one.part.times, int):
        if any(heads):
            raise DeriveError(f"network: receptive-field: the field of {one.part.times.text} blocks with windows needs their number; put one in")
        return heads
    if len(heads) == 1:
        return [heads[0] * one.part.times]
    found: list[tuple[Window, ...]] = [()]
    for _ in range(one.part.times):
        found = _longest(path + head for path in found for head in heads)
    return found


def _longest(found: Iterable[tuple[Window, ...]]) -> list[tuple[Window, ...]]:
    """Each once, and of many the longest."""
    seen = dict.fromkeys(found)
    return list(seen) if len(seen) <= _MOST_PATHS else sorted(seen, key=_reach, reverse=True)[:_MOST_PATHS]


def _step(leaf: Leaf) -> tuple[Window, ...]:
    if leaf.upsampling or leaf.layer.kind.name in ("upsample", "globalpool"):
        raise DeriveError(f"network: receptive-field: layer {leaf.number} ({leaf.layer.text}) is not a window that moves over its input")
    if leaf.window is None:
        return ()
    kernel, stride, _, spacing = leaf.window
    if len({*zip(kernel, stride, spacing, strict=True)}) > 1:
        raise DeriveError(f"network: receptive-field: layer {leaf.number} ({leaf.layer.text}) is not the same along every axis; ask for one axis")
    return ((kernel[0], stride[0], spacing[0]),)


def _reach(path: Sequence[Window]) -> int:
    total, step = 1, 1
    for kernel, stride, spacing in path:
        if isinstance(kernel, int) and isinstance(spacing, int):
            total += (kernel - 1) * spacing * step
        if isinstance(stride, int):
            step *= stride
    return total


def exact(placed: Sequence[Placed]) -> int | None:
    """The field by dependency sets; None where a size is a symbol."""
    nodes = [Node("input", Input())]

    def add(placed: Sequence[Placed], at: str) -> str:
        for one in placed:
            if isinstance(one, Leaf):
                if one.window is not None:
                    kernel, stride, padding, spacing = one.window
                    nodes.append(Node(f"{len(nodes)}", Taps(kernel[:1], stride[:1], padding[:1], spacing[:1]), (at,)))
                    at = nodes[-1].name
                continue
            if isinstance(one.part, Encoder):
                continue
            for _ in range(one.times if isinstance(one.part, Repeat) else 1):
                ends = [add(body, at) for body in one.bodies]
                if one.join and len(one.bodies) == 1:
                    ends.append(at)
                if len(ends) > 1:
                    nodes.append(Node(f"{len(nodes)}", Merge(), tuple(dict.fromkeys(ends))))
                at = nodes[-1].name if len(ends) > 1 else ends[0]
        return at

    if any(not isinstance(size, int) for size in _sizes(placed)):
        return None
    last = add(placed, "input")
    (axis,) = receptive_field(Network(tuple(nodes), last, 1)).axes
    return axis.phase(0).rf


def _sizes(placed: Sequence[Placed]) -> Iterator[Dim]:
    for one in placed:
        if isinstance(one, Leaf):
            if one.window is not None:
                kernel, stride, padding, spacing = one.window
                yield from (kernel[0], stride[0], *padding[0], spacing[0])
        else:
            for body in one.bodies:
                yield from _sizes(body)


__all__ = ["Along", "along", "exact", "paths"]
