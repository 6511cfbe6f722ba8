"""The index expression of a strided, dilated 1-D convolution.

Two maps are stated, from an output to where its window starts and from there to each tap; SymPy composes them, sums over the taps and writes the sum out.

Dumoulin and Visin, *A guide to convolution arithmetic for deep learning* (2016); the question is Prince, *Understanding Deep Learning* (2023), ch. 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import sympy as sp

from derivations.kernel.chains import chain, equals, theorem, written
from derivations.kernel.statement import Rel, Statement, equation
from derivations.kernel.theorem import Theorem
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Scalar, Sequence
from derivations.language.errors import ParameterError
from derivations.language.record import record
from derivations.language.term import Group, Name, Num, Term, names, relation, term
from derivations.problem import Answer, Meaning, Mistake, Problem, Section, noun
from derivations.rules.equality import by_definition, summation
from derivations.topics.drawn.signals import taps as drawn_taps
from derivations.topics.working import Order, Working

w, x, z, j, k, h, i_ = names("w x z j k h i")
ONE = Num("1")
Size = int | Name

WRITTEN_OUT = 32
"""A convolution with at most this many taps is written out."""


def window_start(output: Any, stride: Any, padding: Any) -> Any:
    """The input that the first tap of an output reads: output 1 starts at 1 minus the padding, each further one a stride later."""
    return 1 - padding + stride * (output - 1)


def tap_position(start: Any, tap: Any, distance: Any) -> Any:
    """The input that a tap reads, from where the window starts: neighbouring taps are ``distance`` apart."""
    return start + distance * (tap - 1)


def taps_apart(dilation: Any, convention: str) -> Any:
    """The distance between neighbouring taps: ``d + 1`` where d counts the zeros between them, d where it is that distance itself."""
    return dilation if convention == "spacing" else dilation + 1


def spacing(dilation: Size, convention: str) -> Term:
    """The distance between neighbouring taps, written."""
    if isinstance(dilation, int):
        return term(taps_apart(dilation, convention))
    work = Working(Context().declare(Scalar(Domain.WHOLE), dilation))
    return work.term(taps_apart(work.of(dilation), convention))


@record
class Sizes:
    """The sizes of a convolution as symbols of the general formula, each with its value: a symbol that was given stands for itself."""

    kernel: Name
    stride: Name
    dilation: Name
    padding: Name
    values: Mapping[Name, Term]
    convention: str

    @property
    def context(self) -> Context:
        """The names of the general formula."""
        known = Context().declare(Sequence(), w, x, z).declare(Scalar(Domain.INTEGER), k, j).declare(Scalar(Domain.NATURAL), self.kernel)
        known = known if self.stride == self.kernel else known.declare(Scalar(Domain.NATURAL), self.stride)
        return known.declare(Scalar(Domain.WHOLE), *(n for n in dict.fromkeys((self.dilation, self.padding)) if n not in (self.kernel, self.stride)))


@dataclass(frozen=True)
class Taps:
    """Where the taps of an output read, in SymPy: the two maps, composed. ``padded``: whether there is padding at all."""

    sizes: Sizes
    padded: bool
    output: Name = k

    @cached_property
    def work(self) -> Working:
        return Working(self.sizes.context.declare(Scalar(Domain.INTEGER), self.output))

    @cached_property
    def apart(self) -> Any:
        """The distance between taps, kept whole."""
        return self.work.whole(taps_apart(self.symbol(self.sizes.dilation), self.sizes.convention))

    @cached_property
    def steps(self) -> tuple[Any, Any]:
        """``(k - 1)`` and ``(j - 1)`` in brackets, which show where they come from when the stride is 1."""
        return tuple(self.work.letter(n - 1, Group(self.work.term(n - 1))) for n in (self.at_output, self.symbol(j)))

    def symbol(self, name: Name) -> Any:
        return self.work.of(name)

    @property
    def at_output(self) -> Any:
        return self.symbol(self.output)

    @property
    def padding(self) -> Any:
        return self.symbol(self.sizes.padding) if self.padded else sp.S.Zero

    def start(self, output: Any) -> Any:
        return window_start(output, self.symbol(self.sizes.stride), self.padding)

    def reads(self, output: Any, tap: Any) -> Any:
        """The composition of the two maps: output and tap to input."""
        return tap_position(self.start(output), tap, self.apart)

    def summed(self) -> Any:
        """The sum over the taps of one output."""
        tap = self.symbol(j)
        body = self.work.entries(w)[tap] * self.work.entries(x)[self.reads(self.at_output, tap)]
        return sp.Sum(body, (tap, 1, self.symbol(self.sizes.kernel)))

    @cached_property
    def centred(self) -> Any:
        """The padding that puts the middle tap of output 1 on input 1."""
        middle = (self.symbol(self.sizes.kernel) + 1) / 2
        _, found = sp.solve_linear(self.reads(1, middle), sp.S.One, [self.padding])
        return sp.factor(found)

    def centred_at(self, distance: Term) -> Any:
        """That padding with the numbers put in, the distance of the taps kept whole."""
        return sp.factor(self.centred.subs({s: self.work.of(t) for s, t in self.at(distance).items() if isinstance(t, Num)}))

    def at(self, distance: Term | None = None) -> dict[Any, Term]:
        """The values of the sizes; ``distance`` where the taps' distance is given as one."""
        known = {self.symbol(name): value for name, value in self.sizes.values.items() if name != self.sizes.padding or self.padded}
        if distance is not None or self.apart in self.work.values:
            known[self.apart] = distance or self.work.term(self.work.value(self.apart), put_in=known)
        return known

    def put(self, expression: Any, at: Mapping[Any, Term]) -> Any:
        """The expression at these values, its numbers added up."""
        return self.work.value(expression.subs({s: self.work.of(t) for s, t in at.items()}, simultaneous=True))

    def term(self, expression: Any, at: Mapping[Any, Term] | None = None) -> Term:
        """The expression written with values put in, unevaluated; a stride or a distance of 1 is no factor."""
        at = at or {}
        steps = dict(zip((self.at_output - 1, self.symbol(j) - 1), self.steps, strict=True))
        units = {s: 1 for s in (self.symbol(self.sizes.stride), self.apart) if at.get(s) == ONE}
        if isinstance(expression, sp.Sum):  # subs leaves alone what its sign binds
            kept = sp.Sum(expression.function.subs(steps).subs(units), *expression.limits)
        else:
            kept = expression.subs(steps).subs(units)
        return self.work.term(kept, self.order, at)

    @property
    def order(self) -> Order:
        entries = self.work.entries(w), self.work.entries(x)
        return Order(
            (*entries, self.symbol(self.sizes.stride), self.apart, *self.steps), (entries[0], 1, self.symbol(self.sizes.padding), *self.steps)
        )

    def first_tap(self, at: Mapping[Any, Term] | None = None) -> Term:
        """Where the window starts."""
        return self.term(self.start(self.at_output), at)

    def written_out(self, at: Mapping[Any, Term]) -> tuple[Term, Term]:
        """The sum over the taps written out: with the distances from the first tap, and with the numbers of each index added up."""
        output, tap = self.at_output, self.symbol(j)
        start = self.work.letter(self.start(output), self.first_tap(at))
        entry = self.work.entries(w)[tap] * self.work.entries(x)[tap_position(start, tap, self.apart)]
        taps = self.put(self.symbol(self.sizes.kernel), at)
        apart = self.put(self.apart, at)
        terms = sp.Sum(entry.subs(self.apart, apart), (tap, 1, taps)).doit()
        step = self.symbol(self.sizes.stride)
        from_start = Order(self.order.factors, (self.order.terms[0], start, *self.order.terms[1:]))
        raw = self.work.term(terms, from_start, at)
        begin = self.start(output).subs(output - 1, self.steps[0]).subs(self.padding, self.put(self.padding, at))
        if at.get(step) == ONE:  # output and numbers are one sum
            added = terms.subs(start, begin.subs({step: 1, self.steps[0]: output - 1}))
            return raw, self.work.term(added, Order(self.order.factors, self.order.terms[:1]), at)
        return raw, self.work.term(terms.subs(start, begin), self.order, at)


def question_instance() -> Theorem:
    """The given equation is the instance K = 3, s = 1, spacing 1, p = 1."""
    i = Name("i")
    K, s, d, p = names("K s d p")
    sizes = Sizes(K, s, d, p, {}, "spacing")
    general, taps = Taps(sizes, True), Taps(sizes, True, i)
    at = {taps.symbol(name): term(value) for name, value in ((K, 3), (s, 1), (d, 1), (p, 1))}
    known = Context().declare(Sequence(), w, x, z).declare(Scalar(Domain.INTEGER), k, j, i).define(z[k], general.term(general.summed(), at), (k,))
    by_taps = Order((taps.work.entries(w),), (taps.work.entries(w),))
    return theorem(
        "The given equation is an instance",
        known,
        chain(
            z[i],
            equals(taps.term(taps.summed(), at), by_definition, "three taps, stride 1, spacing 1, padding 1"),
            equals(taps.work.term(taps.put(taps.summed(), at).doit(), by_taps), summation, "one term for each tap"),
        ),
    )


_LETTERS = {"kernel": "K M L", "stride": "s r q", "dilation": "d e c", "padding": "p a b"}


def _symbols(given: dict[str, Size], convention: str) -> Sizes:
    taken = {value for value in given.values() if isinstance(value, Name)}
    symbols: dict[str, Name] = {}
    values: dict[Name, Term] = {}
    for field, value in given.items():
        symbols[field] = value if isinstance(value, Name) else next(letter for letter in names(_LETTERS[field]) if letter not in taken)
        if not isinstance(value, Name):
            values[symbols[field]] = term(value)
    return Sizes(**symbols, values=values, convention=convention)


def problem(kernel: Size = 3, stride: Size = 1, dilation: Size = 0, padding: Size = 0, convention: str = "zeros", form: str = "left") -> Problem:
    """The inputs that each output reads.

    Args:
        kernel: number of taps K.
        stride: step s between neighbouring outputs, in inputs.
        dilation: d; ``convention`` says whether it counts the zeros between taps (``zeros``: an ordinary convolution has d = 0) or is the spacing of the taps
            (``spacing``: an ordinary one has d = 1).
        padding: zeros p before the first input (``form`` ``left``); in ``centred`` form it is what puts the middle tap of output 1 on input 1.

    Raises:
        ParameterError: dilation 0 where it is a spacing; an even kernel in centred form; a padding given in centred form; a symbol that the derivation uses.
    """
    own = (w, x, z, j, k, *((h,) if form == "centred" else ()))
    for field, size in (("kernel", kernel), ("stride", stride), ("dilation", dilation), ("padding", padding)):
        if size in own:
            raise ParameterError("convolution", field, size.text, f"any name but {', '.join(n.text for n in own)}, which the derivation uses")  # type: ignore[union-attr]
    if convention == "spacing" and dilation == 0:
        raise ParameterError("convolution", "dilation", 0, "at least 1 where it is the spacing of the taps (an ordinary convolution has spacing 1)")
    if form == "centred" and padding != 0:
        raise ParameterError("convolution in centred form", "padding", padding, "left out: the centred form has the padding of its middle tap")
    if form == "centred" and isinstance(kernel, int) and kernel % 2 == 0:
        raise ParameterError("convolution in centred form", "kernel", kernel, "odd: an even kernel has no middle tap; use form 'left' with a padding")
    distance = spacing(dilation, convention)
    taps, step = _term(kernel), _term(stride)
    zeros = convention == "zeros"
    sizes = _symbols({"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding}, convention)
    K, s, d, p = sizes.kernel, sizes.stride, sizes.dilation, sizes.padding
    pad = _term(padding)
    if form == "centred":
        moved = Taps(sizes, True)
        pad = moved.work.term(moved.centred_at(distance), put_in=moved.at(distance))
        sizes = replace(sizes, values={**sizes.values, p: pad})
    padded = pad != Num("0")
    maps = Taps(sizes, padded)
    general_sum, apart = maps.summed(), maps.term(maps.apart)
    symbols = Context().declare(Sequence(), w, x, z).declare(Scalar(Domain.INTEGER), k, j)
    symbols = symbols.declare(Scalar(Domain.NATURAL), *(v for v in (kernel, stride) if isinstance(v, Name)))
    symbols = symbols.declare(Scalar(Domain.WHOLE), *dict.fromkeys(v for v in (dilation, padding) if isinstance(v, Name) and v not in (kernel, stride)))
    if form == "centred" and isinstance(kernel, Name):  # only an odd kernel has a middle tap
        symbols = symbols.declare(Scalar(Domain.WHOLE), h).assume(relation(kernel, "=", 2 * h + 1))
    symbols = symbols.define(z[k], maps.term(general_sum), (k,))
    entered = tuple((name, value) for name, value in sizes.values.items() if name != p or padded)
    for name, value in entered:
        symbols = symbols.define(name, value)
    words = (
        "dilation counts the zeros between neighbouring taps, so that an ordinary convolution has dilation 0"
        if zeros
        else "dilation is the spacing of neighbouring taps, so that an ordinary convolution has dilation 1"
    )
    anchor = (
        "the middle tap of output 1 reads input 1"
        if form == "centred"
        else "output 1 starts at input 1"
        if not padded
        else "the first tap of output 1 reads input 1 minus the padding"
    )
    known = symbols.convention(words, anchor, "indices start at 1; inputs outside the signal are zero")
    at = maps.at(distance)
    result = maps.term(general_sum, at)
    links = [equals(maps.term(general_sum), by_definition, "the sum over the taps")]
    if entered:
        put_in = maps.term(general_sum, maps.at())
        values = tuple(piece for name, value in entered for piece in (", ", relation(name, "=", value)))[1:]
        if put_in != result:
            links.append(equals(put_in, by_definition, ("the numbers put in: ", *values)))
            links.append(equals(result, summation, ("neighbouring taps are ", distance, noun(distance, " input"), " apart")))
        else:
            links.append(equals(result, by_definition, ("the numbers put in: ", *values)))
    shown = [Statement(z[k], Rel.EQ, bracketed(result))]
    if isinstance(kernel, int) and kernel <= WRITTEN_OUT and isinstance(distance, Num) and isinstance(pad, Num):
        raw, tidy = maps.written_out(at)
        links.append(equals(raw, summation, "one term for each tap", key=False))
        if tidy != raw:
            links.append(equals(tidy, summation, "the numbers in each index added up"))
        shown.append(Statement(z[k], Rel.EQ, bracketed(tidy)))
    general = theorem("Where each tap reads", known, chain(z[k], *links))
    reads = maps.reads(maps.symbol(k), maps.symbol(j))
    index = maps.put(reads, at)
    given = question_instance()
    return Problem(
        "convolution",
        "The index expression of a convolution",
        (
            "The equation ", given.statement.lhs, " = ", given.statement.rhs,
            " defines a 1-D convolution with kernel size three, stride one and dilation zero. Write out the equation for a kernel size of ", taps,
            ", a dilation of ", _term(dilation), " and a stride of ", step, *((", with padding ", pad) if padded and form == "left" else ()), ".",
        ),
        (
            Section(given, "The convolution of the question is an instance of the general form.", "lemma", depth="full"),
            Section(
                general,
                (
                    "The first tap of output ", k, " reads input ", maps.first_tap(),
                    ", because each output starts ", s, " inputs after the one before. ",
                    *(("Between neighbouring taps there are ", d, " zeros, so they are ", apart, " inputs apart,") if zeros
                      else ("Neighbouring taps are ", d, " inputs apart,")),
                    " and tap ", j, " reads ", maps.term(maps.apart * (maps.symbol(j) - 1)), " inputs further on.",
                ),
            ),
        ),
        Answer(
            tuple(shown),
            index,
            ("Tap ", j, " of output ", k, " reads input ", maps.term(reads, at), ":"),
            f"{words}; {anchor}",
        ),
        {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding, "convention": convention, "form": form},
        figure=drawn_taps(index, known, {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding}, pad, (x, z, k, j)),
        hints=(
            "Dilation zero is an ordinary convolution. How far apart are two neighbouring taps with dilation one, and how far in general?",
            ("Which input does the first tap of output 1 read, and which one does that of output ", k, "?"),
            ("Add both: where does tap ", j, " of output ", k, " read? Check your expression with the equation that is given, then write out the sum."),
        ),
        meanings=(
            Meaning((x[i_],), ("is input ", i_, " (a number; zero outside the signal)")),
            Meaning((w[j],), ("the weight of tap ", j, " of the kernel")),
            Meaning((z[k],), ("output ", k)),
            Meaning((K,), "the kernel size (an integer, at least 1)"),
            Meaning((s,), "the stride, in inputs"),
            Meaning((d,), "the dilation (an integer, at least 0)" if zeros else "the dilation (an integer, at least 1)"),
            *((Meaning((p,), "the padding: how many zeros stand before input 1"),) if padded else ()),
        ),
        mistakes=_mistakes(maps, known, distance),
    )


def _mistakes(maps: Taps, known: Context, distance: Term) -> tuple[Mistake, ...]:
    zeros = maps.sizes.convention == "zeros"

    def claimed(at: dict[Any, Term]) -> Statement:
        return written(equation(z[k], maps.term(maps.summed(), at)))

    at = maps.at(distance)
    dilation = maps.put(maps.symbol(maps.sizes.dilation), at)
    other = maps.work.term(dilation if zeros else dilation + 1, put_in=at)
    why = (
        "The dilation is taken for the spacing of the taps. It counts the zeros between them, so the spacing is larger by one."
        if zeros
        else "The dilation is taken for the number of zeros between the taps. Here it is their spacing."
    )
    found = [] if other == Num("0") else [Mistake(claimed({**at, maps.apart: other}), known, summation, why)]
    once = {**at, maps.symbol(maps.sizes.stride): ONE}
    return (*found, Mistake(claimed(once), known, summation, "The stride is left out: each output starts that many inputs after the one before."))


def _term(value: Size | Term) -> Term:
    return term(value) if isinstance(value, int) else value
