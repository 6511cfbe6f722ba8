"""How many there are of what the layers of a description have: counts in letters, with numbers put in, and what they add up to.

This is the one place where a count is made: the questions about a network and the kinds that are views of one (``views``) differ in the words around it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import sympy as sp

from derivations.kernel.chains import chain, equals, theorem
from derivations.kernel.statement import Because
from derivations.kernel.theorem import Theorem
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Scalar, Symbol
from derivations.language.denote import denote
from derivations.language.quote import Order, quote
from derivations.language.record import record
from derivations.language.structure import free_names
from derivations.language.term import Add, Group, Mul, Name, Num, Term, group, relation, term
from derivations.networks import Layers
from derivations.rules.equality import algebra, arithmetic, by_definition
from derivations.topics.network.placed import Dim, Layout, Leaf, Planner
from derivations.topics.network.tensors import Tensor

Size = int | Name
BUFFERS = "running means and variances of batch normalization are buffers, not parameters, and are not counted"


@record
class Count:
    """A count in letters, with the numbers put in, and what it is: a number or a polynomial."""

    general: Term
    entered: Term
    value: Any

    @property
    def number(self) -> int | None:
        return int(self.value) if self.value.is_Integer else None


@record
class Several:
    """Counts that belong together, such as those of one layer, and how often they are there."""

    parts: tuple[Count, ...]
    copies: Count | None = None

    @property
    def value(self) -> Any:
        return sp.Add(*(part.value for part in self.parts)) * (1 if self.copies is None else self.copies.value)

    def written(self, parts: Sequence[Term], copies: Term | None, alone: bool) -> Term:
        """Their sum as it stands in a larger one."""
        summed = sum_of(parts)
        if copies is not None:
            return _product((copies, summed))
        return summed if alone or not isinstance(summed, Add) else Group(summed)


class Laid:
    """A description laid out. ``put_in``: the letters of it that stand for numbers; ``meant``: those that stand for a term in sizes of its own; ``shown``:
    those that are written otherwise."""

    def __init__(
        self,
        input: Sequence[Size],
        layers: Layers,
        put_in: Mapping[Name, int] | None = None,
        also: Sequence[Name] = (),
        meant: Mapping[Name, Term] | None = None,
        shown: Mapping[Name, Term] | None = None,
    ) -> None:
        self.put_in, meant = dict(put_in or {}), meant or {}
        given = (*(s for s in (*input, *also) if isinstance(s, Name)), *layers.symbols())
        inside = (name for one in meant.values() for name in sorted(free_names(one), key=lambda name: name.text))
        self.names = tuple(dict.fromkeys((*(name for name in given if name not in meant), *inside)))
        self.sizes = Context().declare(Scalar(Domain.NATURAL), *self.names)
        self.symbols = {name: denote(name, self.sizes) for name in self.names}
        planner = Planner({**self.symbols, **{name: denote(one, self.sizes) for name, one in meant.items()}})
        self.layout: Layout = planner.layout(input, layers.parts)
        self.written = {symbol: (shown or {}).get(name, name) for name, symbol in self.symbols.items()}

    @cached_property
    def known(self) -> Context:
        """All sizes, and the conditions under which they are what they are."""
        return self.sizes.assume(*(relation(self.of(room), ">=", self.of(reach)) for room, reach in self.layout.conditions))

    def about(self, *terms: Term) -> Context:
        """What is known of the letters that stand in these terms."""
        held = [name for name in dict.fromkeys((*self.put_in, *self.names)) if any(name in free_names(one) for one in terms)]
        found = Context().declare(Scalar(Domain.NATURAL), *(name for name in held if name not in self.put_in))
        for name in held:
            if name in self.put_in:
                found = found.define(name, term(self.put_in[name]))
        return found

    def entering(self, *terms: Term) -> tuple[str | Term, ...]:
        """``the numbers put in: C = 512, K = 3``, those that stand in these terms."""
        pairs = [relation(d.lhs, "=", d.rhs) for d in self.about(*terms).definitions]
        return ("the numbers put in: ", *tuple(piece for pair in pairs for piece in (", ", pair))[1:])

    def of(self, size: Dim) -> Term:
        """A size as a term."""
        return term(size) if isinstance(size, int) else bracketed(quote(size, self.written))

    def value(self, size: Dim) -> Any:
        """A size with the numbers put in."""
        return sp.expand(sp.sympify(size).subs({self.symbols[name]: value for name, value in self.put_in.items() if name in self.symbols}))

    def _entered(self, size: Dim) -> Term:
        """A size with the numbers put in; a product of sizes is left as one."""
        if isinstance(size, sp.Mul) and any(self.symbols.get(name) in size.args for name in self.put_in) and all(one.is_Symbol for one in size.args):
            return _product([self._entered(one) for one in size.args])
        return self.of(self.value(size))

    def count(self, shape: Sequence[Dim], copies: Dim = 1) -> Count:
        """The entries of ``copies`` arrays of a shape."""
        sizes = (*(() if isinstance(copies, int) and copies == 1 else (copies,)), *shape) or (1,)
        value = self.value(math.prod(sizes))
        return Count(_product([self.of(size) for size in sizes]), _product([self._entered(size) for size in sizes]), value)

    def tensors(self, tensors: Sequence[Tensor]) -> Iterator[Count]:
        """The entries of what is learned, tensors of one shape together: the 2 C of a normalization, the three maps of an attention."""
        copies: dict[tuple[Dim, ...], Dim] = {}
        for one in tensors:
            if not one.buffer and one.tied_to is None:
                shape = (*one.shape[2:], one.shape[1], one.shape[0]) if len(one.shape) > 2 else one.shape  # of a convolution: taps, then channels
                copies[shape] = copies.get(shape, 0) + one.multiplicity
        for shape, times_ in copies.items():
            yield self.count(shape, times_)

    def polynomial(self, value: Any) -> Term:
        """A value as SymPy sorts it."""
        return bracketed(quote(sp.expand(value), self.written))

    def size(self, size: Size) -> Dim:
        return size if isinstance(size, int) else denote(size, self.sizes)

    def leaves(self) -> Iterator[Leaf]:
        for leaf, _, _ in self.layout.leaves():
            yield leaf

    def total(
        self, title: str, name: Symbol, groups: Sequence[Several], why: Because, known: Context | None = None, each: str = "the sum of each layer"
    ) -> Theorem:
        """What the counts add up to: in letters, with the numbers put in, each product, each group, all."""
        general, entered = (self.sum(groups, which) for which in ("general", "entered"))
        links = [equals(general, by_definition, why)]
        if entered != general:
            links.append(equals(entered, by_definition, self.entering(general)))
        whole = self.polynomial(sp.Add(*(one.value for one in groups)))
        if isinstance(whole, Num):
            forms = (
                (self.sum(groups, "value"), "each product"),
                (sum_of([term(int(one.value)) for one in groups]), each) if any(len(one.parts) > 1 for one in groups) else None,
            )
            for made, reason in (one for one in forms if one is not None):
                if made not in (entered, whole, links[-1].rhs):
                    links.append(equals(made, arithmetic, reason, key=False))
            if whole != entered:
                links.append(equals(whole, arithmetic, "the sum of all parts" if len(groups) > 1 or len(groups[0].parts) > 1 else "the product"))
        elif whole != entered:
            several = len(groups) > 1 or len(groups[0].parts) > 1
            links.append(equals(whole, algebra, "equal powers collected" if several else "the product"))
        return theorem(title, (self.about(general) if known is None else known).define(name, general), chain(name, *links))

    def sum(self, groups: Sequence[Several], which: str) -> Term:
        """All counts: in letters (``general``), with the numbers put in (``entered``), or each as the number it is (``value``)."""

        def form(count: Count) -> Term:
            return self.polynomial(count.value) if which == "value" else count.general if which == "general" else count.entered

        alone = len(groups) == 1
        return sum_of([one.written([form(part) for part in one.parts], None if one.copies is None else form(one.copies), alone) for one in groups])


def ones(shape: Sequence[Any], indices: Sequence[Any] = ()) -> Any:
    """The sum of ones over all entries of a shape, the first axis outermost."""
    indices = indices or [sp.Dummy("i", integer=True) for _ in shape]
    return sp.Sum(sp.S.One, *((index, 1, size) for index, size in reversed(list(zip(indices, shape, strict=True)))))


def sum_of(parts: Sequence[Term]) -> Term:
    """The sum of these parts, in their order."""
    if len(parts) == 1:
        return bracketed(parts[0])
    letters = [sp.Dummy("part") for _ in parts]
    return bracketed(quote(sp.Add(*letters), dict(zip(letters, parts, strict=True)), Order((), tuple(letters))))


def _product(sizes: Sequence[Term]) -> Term:
    """How many entries an array of these sizes has: the sum of ones over it."""
    if len(sizes) == 1:
        return sizes[0]
    axes = [sp.Dummy("n", integer=True, positive=True) for _ in sizes]
    written = {axis: _factor(size)[0] for axis, size in zip(axes, sizes, strict=True)}
    return bracketed(quote(ones(axes).doit(), written, Order(tuple(axes), (), "times")))


def _factor(factor: Term) -> tuple[Term]:
    """A factor as it stands in a product."""
    return (group(factor) if isinstance(factor, Add | Mul) else factor,)


__all__ = ["BUFFERS", "Count", "Laid", "Several", "ones", "sum_of"]
