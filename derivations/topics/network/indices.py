"""Which input a tap reads: the index expression of every convolution and pooling, and of all of them one after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sympy as sp

from derivations.kernel.chains import chain, equals, theorem
from derivations.kernel.theorem import Theorem
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Scalar
from derivations.language.context import Sequence as Family
from derivations.language.denote import denote
from derivations.language.errors import DeriveError
from derivations.language.quote import quote
from derivations.language.record import record
from derivations.language.term import Index, Name, Term, names, relation, sum_over, term
from derivations.networks import Repeat
from derivations.problem import Displayed, Literally, Section, Words
from derivations.rules.equality import algebra, by_definition
from derivations.topics.network.fields import reads as window
from derivations.topics.network.placed import Dim, Leaf, Placed
from derivations.topics.working import Order, Working

_MOST = 40


def _letters(wanted: str, taken: Iterable[Name]) -> tuple[Name, ...]:
    """These letters, each another one where a size has it already."""
    spare = [name for name in names("g u e f z v o") if name not in set(taken)]
    return tuple(name if name not in set(taken) else spare.pop() for name in names(wanted))


@record
class Reads:
    """``axes``: for each axis that is not like one before, its number and the theorem; ``values``: the index of the first input, as SymPy has it."""

    sections: tuple[Section, ...]
    found: tuple[Theorem, ...]
    values: tuple[Any, ...]
    layers: int


def windows(placed: Sequence[Placed]) -> Iterator[Leaf]:
    """The layers that move a window, in their order. Raises DeriveError where there is more than one path, or none."""
    for one in placed:
        if isinstance(one, Leaf):
            if one.upsampling or one.layer.kind.name in ("upsample", "globalpool"):
                raise DeriveError(f"network: index: layer {one.number} ({one.layer.text}) is not a window that moves over its input")
            if one.window is not None:
                yield one
            continue
        inside = [list(windows(body)) for body in one.bodies]
        if not any(inside):
            continue
        if not isinstance(one.part, Repeat):
            raise DeriveError("network: index: a tap of a residual part or a branch reads along several paths; describe one of them")
        if not isinstance(one.part.times, int):
            raise DeriveError(f"network: index: {one.part.times.text} copies of layers with windows need their number; put one in")
        for _ in range(one.part.times):
            yield from inside[0]


def reads(placed: Sequence[Placed], known: Context, written: Mapping[Any, Name]) -> Reads:
    """Raises DeriveError, NotProved."""
    layers = list(windows(placed))
    if not layers:
        raise DeriveError("network: index: no layer reads more than one place; a convolution or a pooling does")
    if len(layers) > _MOST:
        raise DeriveError(f"network: index: more than {_MOST} layers with windows")

    def of(size: Dim) -> Term:
        return term(size) if isinstance(size, int) else bracketed(quote(size, written))

    last = len(layers)
    i, k, which = _letters("i k l", written.values())
    places, taps = [Index(i, (term(n),)) for n in range(last + 1)], [Index(k, (term(n),)) for n in range(last + 1)]
    known = known.declare(Family(Domain.INTEGER), i, k)
    letters = {**written, **{denote(symbol, known): symbol for symbol in (places[-1], *taps[1:])}}
    sections: list[Section] = []
    found: list[Theorem] = []
    values: list[Any] = []
    seen: set[tuple[Any, ...]] = set()
    for axis in range(len(layers[0].before) - 1):
        numbers = tuple(tuple(part[axis] for part in leaf.window or ()) for leaf in layers)
        if numbers in seen:
            continue
        seen.add(numbers)
        here, rules, work = known, [], Working(known)
        at, tap = ([work.of(one) for one in few] for few in (places, taps))
        for number, (_, stride, padding, spacing) in enumerate(numbers, 1):
            step, apart, border = (_letter(work, size, of) for size in (stride, spacing, padding[0]))
            rules.append(reads_at(at[number], step, border, tap[number], apart))
            here = here.define(places[number - 1], work.term(rules[-1], _order(at, tap)))
        now = rules[0]
        links = [equals(work.term(now, _order(at, tap)), by_definition, "the first layer")]
        for number in range(1, last):
            now = now.subs(at[number], rules[number])
            links.append(equals(work.term(now, _order(at, tap)), by_definition, ("layer ", term(number + 1), " put in"), key=False))
        now = links[-1].rhs
        value = sp.expand(denote(now, here))
        sorted_ = bracketed(quote(value, letters))
        if sorted_ != now:
            links.append(equals(sorted_, algebra, "sorted"))
        proof = theorem(f"Axis {axis + 1}", here, chain(places[0], *links))
        words: Words = ("Along axis ", term(axis + 1), ": ", places[-1], " counts the outputs of the last layer, ", Index(k, (which,)),
                        " the taps of layer ", which, ", and ", places[0], " is the input that is read, all from 1 on.")  # fmt: skip
        sections.append(Section(proof, words))
        found.append(proof)
        values.append(value)
    return Reads(tuple(sections), tuple(found), tuple(values), last)


def reads_at(place: Any, stride: Any, padding: Any, tap: Any, spacing: Any) -> Any:
    """The input that a tap of a unit reads, all counted from 1: the last of as many taps."""
    return window(place - 1, stride, padding, tap, spacing)[1] + 1


def _letter(work: Working, size: Dim, of: Any) -> Any:
    """A letter for a size that is written as it is, so that nothing is multiplied out; none for a factor that is one and a padding that is none."""
    return size if size in (0, 1) else work.letter(sp.sympify(size), of(size))


def _order(places: Sequence[Any], taps: Sequence[Any]) -> Order:
    return Order((), (*places, *taps, 1))


def formulas(placed: Sequence[Placed], of: Any, taken: Iterable[Name]) -> Iterator[Words]:
    """The sum that each convolution is, as a note."""
    x, y, w, c, m, b, k1, k2, k3, o1, o2, o3 = _letters("x y w c m b k l r i j t", taken)
    for leaf in windows(placed):
        if leaf.layer.kind.name == "conv" and leaf.window is not None:
            axes = len(leaf.before) - 1
            inner, outer = (k1, k2, k3)[:axes], (o1, o2, o3)[:axes]
            work = Working(Context().declare(Scalar(Domain.INTEGER), *outer, *inner))
            read = []
            for place, tap, stride, padding, spacing in zip(outer, inner, *leaf.window[1:], strict=True):
                unit, number = work.of(place), work.of(tap)
                step, border, apart = (_letter(work, size, of) for size in (stride, padding[0], spacing))
                read.append(work.term(reads_at(unit, step, border, number, apart), _order((unit,), (number,))))
            body: Term = Index(w, (m, c, *inner)) * Index(x, (c, *read))
            for tap, size in zip(reversed(inner), reversed(leaf.window[0]), strict=True):
                body = sum_over(tap, 1, of(size), body)
            body = sum_over(c, 1, of(leaf.before[0]), body)
            if leaf.layer["groups"] != 1:
                continue
            whole = body + Index(b, (m,)) if leaf.layer["bias"] else body
            yield ("Layer ", term(leaf.number), ", ", Literally(leaf.layer.text), ", is ", Displayed(relation(Index(y, (m, *outer)), "=", whole)),
                   "where an input outside its range is zero.")  # fmt: skip


__all__ = ["Reads", "formulas", "reads"]
