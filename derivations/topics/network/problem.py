"""Questions about a network that is described layer by layer: how many parameters, which shapes, how many multiplications, which receptive field.

A count is computed by SymPy from the shapes of the tensors and checked by the rules; a repeat of a symbolic number of blocks is an induction over it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sympy as sp

from derivations.kernel.chains import chain, equals, theorem, written
from derivations.kernel.statement import Statement, equation
from derivations.kernel.theorem import Theorem
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Scalar
from derivations.language.context import Sequence as Family
from derivations.language.denote import denote
from derivations.language.errors import DeriveError
from derivations.language.quote import quote
from derivations.language.term import Add, Bars, Index, Mul, Name, Num, Term, group, relation, term, times
from derivations.networks import Described, Layers, Repeat
from derivations.problem import Answer, Ledger, LedgerRow, Literally, Meaning, Problem, Prose, Section, Words, noun
from derivations.rules.equality import algebra, arithmetic, by_definition
from derivations.rules.induction import by_induction
from derivations.topics.counting import added
from derivations.topics.drawn.numbers import shares
from derivations.topics.layer_parameters import BUFFERS
from derivations.topics.network.backward import backward
from derivations.topics.network.gradients import L, by, y
from derivations.topics.network.indices import formulas, reads
from derivations.topics.network.placed import Dim, Group, Layout, Leaf, Placed, Planner
from derivations.topics.network.symmetry import symmetry
from derivations.topics.network.variance import signals
from derivations.topics.polynomials import multiplied_out
from derivations.topics.working import Order, Working

Size = int | Name
Counted = tuple[Leaf, Dim, list[Term]]
"""A layer, how often it is there, and its counts."""
TOTALS = {"parameters": "parameters", "macs": "multiplications", "flops": "operations", "activations": "activations", "kv-cache": "bytes", "memory": "bytes"}
MACS = "a multiplication with its addition counts once, for one example; biases, normalizations and activations are not counted"
FLOPS = "a multiplication and an addition count once each, for one example; biases, normalizations and activations are not counted"
CACHE = "keys and values of every token, for one example, as kept while one token after another is made"
MEMORY = "training with Adam: weights, gradients and two averages of the gradients, and the outputs of all layers for the backward pass"
ACTIVATIONS = "the outputs of all layers of one example, in numbers (not bytes); an activation or a dropout done in place counts as well"
DRAWN = "weights are independent with mean zero, biases start at zero and scales at one"
LAYOUT = "derivatives have the shape of what is derived by"
_MOST_PATHS = 24


def problem(
    input: tuple[Size, ...] = (), layers: Layers = Layers(()), model: Described = Described(), ask: str = "parameters", bytes: Size = 4  # noqa: B008
) -> Problem:
    """One question about a network.

    Raises:
        DeriveError: a layer does not fit what it gets; the question has no answer for these layers; a network is described twice or not at all.
    """
    if bool(layers.parts) == bool(model.layers.parts):
        twice = "layers and model describe a network each; one of them is accepted" if layers.parts else "it needs layers or a model that describes them"
        raise DeriveError(f"network: {twice}")
    layers, input = layers if layers.parts else model.layers, input or model.input or _IMAGE
    names = tuple(dict.fromkeys((*(s for s in (*input, bytes) if isinstance(s, Name)), *layers.symbols())))
    known = Context().declare(Scalar(Domain.NATURAL), *names)
    planner = Planner({name: denote(name, known) for name in names})
    layout = planner.layout(input, layers.parts)
    work = _Work(input, layers, names, known, layout, {symbol: name for name, symbol in planner.sizes.items()}, bytes)
    if model.count is not None and work.count != model.count:
        found = f"its layers have {work.count} parameters and the module has {model.count}"
        raise DeriveError(f"network: {model.source}: {found}; some are used in a way that is no part of a description")
    return {
        "parameters": work.parameters, "macs": work.macs, "flops": work.flops, "activations": work.activations, "memory": work.memory, "kv-cache": work.cache,
        "shapes": work.shapes, "receptive-field": work.field, "gradients": work.gradients,
        "variance": work.variance, "index": work.index, "equivariance": work.equivariance,
    }[ask]()  # fmt: skip


_IMAGE: tuple[Size, ...] = (Name("N"), 3, 32, 32)


class _Work:
    """A layout with the names of its symbols, from which each question is answered."""

    def __init__(
        self, input: tuple[Size, ...], layers: Layers, names: tuple[Name, ...], known: Context, layout: Layout, written: Mapping[Any, Name], width: Size
    ) -> None:
        self.input, self.layers, self.names, self.layout, self.written, self.width = input, layers, names, layout, written, width
        self.known = known.assume(*(relation(self.of(room), ">=", self.of(reach)) for room, reach in layout.conditions))

    def of(self, size: Dim) -> Term:
        """A size as a term."""
        return term(size) if isinstance(size, int) else bracketed(quote(size, self.written))

    def problem(
        self, ask: str, title: str, question: str, sections: Sequence[Section], answer: Answer, ledger: Ledger | None, notes: Sequence[Words]
    ) -> Problem:
        figure = None
        if ledger is not None:
            figure = shares(ledger, self.known, dict.fromkeys(self.names, 8))
        words: list[str | Term | Literally] = ["A network gets "]
        for number, size in enumerate(self.input):
            words.extend(([" × "] if number else []) + [term(size) if isinstance(size, int) else size])
        words.extend((" numbers (the first size is the number of examples) and has these layers: ", Literally(str(self.layers)), ". ", question))
        return Problem(
            "network", title, tuple(words), tuple(sections), answer, {"ask": ask}, ledger, tuple(notes), figure,
        )

    # counts

    @property
    def count(self) -> Dim:
        """How many parameters there are, as a size."""
        return sum(t.entries * copies for leaf, copies, _ in self.layout.leaves() for t in leaf.ledger if not t.buffer)

    def parameters(self) -> Problem:
        notes: list[Words] = []
        if any(t.buffer for leaf, _, _ in self.layout.leaves() for t in leaf.ledger):
            notes.append(BUFFERS[0].upper() + BUFFERS[1:] + ".")
        if any(t.tied_to for leaf, _, _ in self.layout.leaves() for t in leaf.ledger):
            notes.append("Weights that two layers share are counted once.")
        parts = self._parameters()
        convention = BUFFERS if any(t.buffer for leaf, _, _ in self.layout.leaves() for t in leaf.ledger) else ""
        return self._counted("parameters", "Parameters of a network", "How many parameters does it have?", parts, " parameters.", convention, notes)

    def _parameters(self) -> list[Counted]:
        return [(leaf, copies, self._tensors(leaf)) for leaf, copies, _ in self.layout.leaves()]

    def macs(self) -> Problem:
        parts = [(leaf, active, [self.of(leaf.macs)] if leaf.macs != 0 else []) for leaf, _, active in self.layout.leaves()]
        question = "How many multiplications does it do for one example?"
        return self._counted("macs", "Multiplications of a network", question, parts, " multiplications for one example.", MACS, [], "The network does ")

    def flops(self) -> Problem:
        parts = [(leaf, active, [self._tensor((leaf.macs,), 2)] if leaf.macs != 0 else []) for leaf, _, active in self.layout.leaves()]
        question = "How many floating-point operations does it do for one example?"
        notes: list[Words] = ["Each multiplication of a weighted sum has an addition with it."]
        return self._counted("flops", "Operations of a network", question, parts, " operations for one example.", FLOPS, notes, "The network does ")

    def activations(self) -> Problem:
        return self._counted(
            "activations", "Activations of a network", "How many numbers are the outputs of its layers, for one example?", self._activations(), " numbers.",
            ACTIVATIONS, [],
        )  # fmt: skip

    def _activations(self) -> list[Counted]:
        return [(leaf, active, [self._tensor(leaf.after, 1)]) for leaf, _, active in self.layout.leaves()]

    def cache(self) -> Problem:
        """What the attentions keep of the tokens before."""
        width = term(self.width)
        parts = [
            (leaf, active, [times(width, *self._factors((leaf.cache,), 1))] if leaf.cache != 0 else []) for leaf, _, active in self.layout.leaves()
        ]
        question = "How many bytes do the keys and values of one example take?"
        notes: list[Words] = [("A number takes ", width, noun(width, " byte"), ". Queries are used once and not kept.")]
        title, unit = "Keys and values that a network keeps", " bytes for one example."
        return self._counted("kv-cache", title, question, parts, unit, CACHE, notes, "Keys and values take ")

    def memory(self) -> Problem:
        """What training needs: the counts of parameters and of activations, and what they take together."""
        totals = {}
        known = self.known
        for ask, parts in (("parameters", self._parameters()), ("activations", self._activations())):
            rows = self._rows(parts)
            totals[ask] = Name(TOTALS[ask], font="text"), self._summed(rows) if rows else Num("0")
            known = known.define(*totals[ask])
        (weights, _), (outputs, _) = totals.values()
        width, examples = term(self.width), self.of(self.layout.batch)
        whole = times(4, width, weights) + times(width, examples, outputs)
        total = Name(TOTALS["memory"], font="text")
        known = known.define(total, whole)
        counts = []
        for name, summed in totals.values():
            value = multiplied_out(summed, known)
            links = [equals(summed, by_definition, "layer by layer")]
            if value != summed:
                links.append(equals(value, arithmetic if isinstance(value, Num) else algebra, "added up"))
            counts.append(theorem(name.text.capitalize(), known, chain(name, *links)))
        put_in = times(4, width, *_group(counts[0].statement.rhs)) + times(width, examples, *_group(counts[1].statement.rhs))
        links = [equals(whole, by_definition, "weights, gradients and two averages; outputs of all layers"), equals(put_in, algebra, "the counts", *counts)]
        value = multiplied_out(put_in, known)
        if value != bracketed(put_in):
            links.append(equals(value, arithmetic if isinstance(value, Num) else algebra, "added up"))
        together = theorem("Memory of training", known, chain(total, *links))
        held = times(width, *_group(counts[0].statement.rhs))
        held_by: list[tuple[str, Term]] = [("weights", held), ("gradients", held), ("Adam's averages", times(2, width, *_group(counts[0].statement.rhs))),
                ("outputs of the layers", times(width, examples, *_group(counts[1].statement.rhs)))]  # fmt: skip
        ledger = Ledger(
            tuple(LedgerRow(label, count, self._value(count)) for label, count in held_by), LedgerRow("total", None, value), "Bytes by what they hold"
        )
        sections = [Section(one, caption, "lemma") for one, caption in zip(counts, ("What is learned.", "What the layers give, for one example."), strict=True)]
        answer = Answer((together.statement,), denote(value, known), ("Training takes ", value, " bytes."), MEMORY)
        return self.problem(
            "memory", "Memory that training takes", "How many bytes does training take?", [*sections, Section(together, "Together.")], answer, ledger,
            [("A number takes ", width, noun(width, " byte"), ".")],
        )  # fmt: skip

    def _tensors(self, leaf: Leaf) -> list[Term]:
        """The count of each tensor; tensors of one shape behind each other as a multiple, the 2 C of a normalization."""
        alike: list[tuple[tuple[Dim, ...], Dim]] = []
        for t in leaf.ledger:
            if t.buffer or t.tied_to is not None:
                continue
            if alike and alike[-1][0] == t.shape:
                alike[-1] = (t.shape, alike[-1][1] + t.multiplicity)
            else:
                alike.append((t.shape, t.multiplicity))
        return [self._tensor(shape, copies) for shape, copies in alike]

    def _tensor(self, shape: Sequence[Dim], copies: Dim) -> Term:
        sizes = self._factors(shape, copies)
        return times(*sizes) if len(sizes) > 1 else sizes[0]

    def _factors(self, shape: Sequence[Dim], copies: Dim) -> list[Term]:
        sizes = [self.of(s) for s in (*((copies,) if not (isinstance(copies, int) and copies == 1) else ()), *shape)] or [term(1)]
        return [group(s) if isinstance(s, Add) and len(sizes) > 1 else s for s in sizes]

    def _rows(self, parts: Sequence[Counted]) -> list[tuple[Prose, Term]]:
        """What each layer adds: its counts, as often as it is there."""
        rows: list[tuple[Prose, Term]] = []
        for leaf, copies, counts in parts:
            if counts:
                whole = counts[0] if len(counts) == 1 else Add(tuple(("+", c) for c in counts))
                factor = self.of(copies)
                rows.append((_named(leaf, "layer "), whole if copies == 1 else times(*_group(factor), *_group(whole))))
        return rows

    def _summed(self, rows: Sequence[tuple[Prose, Term]]) -> Term:
        several = len(rows) > 1
        return added(Working(Context()), [[group(count) if several and isinstance(count, Add) else count for _, count in rows]])

    def _counted(
        self, ask: str, title: str, question: str, parts: Sequence[Counted], unit: str, convention: str, notes: Sequence[Words],
        said: str = "The network has ",
    ) -> Problem:
        total = Name(TOTALS[ask], font="text")
        rows = self._rows(parts)
        if not rows:
            raise DeriveError(f"network: no layer of it has {TOTALS[ask]}: {self.layers}")
        summed = self._summed(rows)
        known = self.known.define(total, summed)
        value = multiplied_out(summed, known)
        links = [equals(summed, by_definition, "layer by layer")]
        if value != summed:
            number = isinstance(value, Num)
            links.append(equals(value, arithmetic if number else algebra, "the sum of all parts" if number else "equal powers collected"))
        sum_of_all = theorem(title, known, chain(total, *links))
        each = tuple(LedgerRow(label, count, self._value(count)) for label, count in rows)
        ledger = Ledger(each, LedgerRow("total", None, value), "Count by layer")
        stacks = [section for sections in self._stacks(ask, parts) for section in sections]
        answer = Answer((sum_of_all.statement,), denote(value, known), (said, value, unit), convention)
        return self.problem(ask, title, question, [*stacks, Section(sum_of_all, "Together.")], answer, ledger, notes)

    def _value(self, count: Term) -> Term | int:
        value = multiplied_out(count, self.known)
        return int(value.digits) if isinstance(value, Num) else value

    def _stacks(self, ask: str, parts: Sequence[Counted]) -> Iterator[tuple[Section, ...]]:
        """For each repeat of a symbolic number of blocks: so many blocks have so many times the count of one, by induction."""
        counts = {leaf.number: terms for leaf, _, terms in parts}
        for one in _groups(self.layout.placed):
            if isinstance(one.part, Repeat) and isinstance(one.part.times, Name):
                inside = [t for leaf in _within(one) for t in counts[leaf.number]]
                if inside:
                    block = bracketed(Add(tuple(("+", t) for t in inside)) if len(inside) > 1 else inside[0])
                    base, step, conclusion = stack(one.part.times, block, self.known)
                    yield (
                        Section(base, "No block.", "lemma"),
                        Section(step, "One block more.", "lemma"),
                        Section(conclusion, ("A stack of ", one.part.times, " equal blocks."), "lemma"),
                    )

    # shapes

    def shapes(self) -> Problem:
        sections: list[Section] = []
        rows: list[LedgerRow] = []
        h, moved = Name("h"), self.layout.after
        for leaf, _, _ in self.layout.leaves():
            if leaf.window is not None:
                moved = leaf.after
                for axis in _different_axes(leaf):
                    caption = (*_named(leaf, "Layer "), *(("",) if axis == 1 else (", axis ", term(axis))), ".")
                    sections.append(Section(self._positions(leaf, axis, h), caption))
            rows.append(LedgerRow(_named(leaf, "layer "), None, self._product(leaf.after)))
        last = rows[-1].value
        if not sections:
            final = self.layout.after[-1]
            name = h[len(rows)]
            known = self.known.define(name, self.of(final))
            kept = theorem("The last size", known, chain(name, equals(self.of(final), by_definition)))
            sections.append(Section(kept, "No layer moves a window; the last size stays what it was made."))
        shown = last if isinstance(last, Term) else term(last)
        final_sizes: list[Statement | Term] = [s.theorem.statement for s in sections if s.theorem.title == sections[-1].theorem.title]
        if moved[1:] != self.layout.after[1:]:  # what the last window made is no size of the end
            final_sizes = [shown]
        words = ("One example has the shape ", shown, " after the last layer.")
        answer = Answer(tuple(final_sizes), tuple(self.layout.after), words, "sizes of one example")
        fits = ", ".join(f"{room} >= {reach}" for room, reach in self.layout.conditions)
        conditions: list[Words] = [("This holds where each window fits: ", Literally(fits), ".")] if fits else []
        return self.problem(
            "shapes", "Shapes in a network", "Which shape does one example have after each layer?", sections, answer,
            Ledger(tuple(rows), None, "Shape after each layer"), conditions,
        )  # fmt: skip

    def _product(self, shape: Sequence[Dim]) -> Term | int:
        return self._tensor(shape, 1)

    def _positions(self, leaf: Leaf, axis: int, h: Name) -> Theorem:
        if leaf.window is None:
            raise DeriveError(f"{leaf.layer.text} moves no window")
        kernel, stride, padding, spacing = leaf.window[0][axis - 1], leaf.window[1][axis - 1], leaf.window[2][axis - 1], leaf.window[3][axis - 1]
        before, after = self.of(leaf.before[axis]), self.of(leaf.after[axis])
        name = Index(h, (term(leaf.number),))
        if leaf.upsampling:
            made: Term = group(before - 1) * self.of(stride) - self.of(padding[0] + padding[1]) + self.of(spacing) * group(self.of(kernel) - 1) + 1
            extra = leaf.after[axis] - ((leaf.before[axis] - 1) * stride - padding[0] - padding[1] + spacing * (kernel - 1) + 1)
            made = made + self.of(extra) if extra != 0 else made
        else:
            room = before + self.of(padding[0] + padding[1]) - self.of(spacing) * group(self.of(kernel) - 1) - 1
            made = Bars("floor", room / self.of(stride)) + 1
        made = bracketed(made)
        known = self.known.define(name, made)
        links = [equals(made, by_definition, "the places at which the window fits" if not leaf.upsampling else "the places that the window reaches")]
        if after != made:
            links.append(equals(after, arithmetic if isinstance(after, Num) else algebra, ""))
        return theorem(f"Positions of layer {leaf.number}", known, chain(name, *links))

    # the backward pass

    def gradients(self) -> Problem:
        """Which derivatives the backward pass needs, each proved for all sizes."""
        found = backward(self.layout)
        meanings = (
            Meaning((L,), "is the loss, of which nothing is known but that it is a smooth function of the outputs of a layer"),
            Meaning((by(y),), "is the gradient that comes back to the outputs; it has their shape"),
        )
        words = "Each layer turns the gradient of its outputs into that of its inputs:"
        answer = Answer(tuple(one.statement for one in found.asked), found.laws, words, LAYOUT)
        question = "Which gradients does its backward pass compute?"
        made = self.problem("gradients", "The backward pass of a network", question, found.sections, answer, None, [found.order])
        return replace(made, meanings=meanings)

    # what is respected

    def equivariance(self) -> Problem:
        """Whether moved inputs give moved outputs."""
        found = symmetry(self.layout.shape, self.layout.placed, [leaf for leaf, _, _ in self.layout.leaves()])
        question = "Does it respect permutations of its tokens, or shifts of its images?"
        answer = Answer(tuple(one.statement for one in found.asked), found.respected or "undecided", found.words)
        return self.problem("equivariance", "What a network respects", question, found.sections, answer, None, found.notes)

    # which inputs are read

    def index(self) -> Problem:
        """The index expressions of convolutions and poolings."""
        found = reads(self.layout.placed, self.known, self.written)
        notes = list(dict.fromkeys(formulas(self.layout.placed, self.of, self.names)))
        question = "Which input does a tap of its layers read?"
        value = found.values[0] if len(found.values) == 1 else found.values
        answer = Answer(tuple(one.statement for one in found.found), value, "The input that is read is", "positions and taps are counted from 1")
        return self.problem("index", "The index expressions of a network", question, found.sections, answer, None, notes)

    # how large signals are

    def variance(self) -> Problem:
        """The mean square of the signals, and the variance of the weights that keeps it."""
        found = signals(self.layout.placed, self.known, self.written)
        question = "How does the mean square of its signals grow from layer to layer, and which variance of the weights keeps it?"
        answer = Answer(tuple(one.statement for one in found.asked[:2]), dict(found.drawn), found.kept, DRAWN)
        return self.problem("variance", "The mean square of the signals in a network", question, found.sections, answer, None, [])

    # the receptive field

    def field(self) -> Problem:
        """The field along the first axis: along every path, and the exact set of a graph as a check.

        Raises:
            DeriveError: an axis is not like the first, branches move differently, a size is a symbol in a branched network, upsampling.
        """
        from derivations.topics.receptive_field import problem as of_chain

        paths = list(dict.fromkeys(tuple(path) for path in self._paths(self.layout.placed)))
        if not any(paths):
            raise DeriveError("network: receptive-field: no layer reads more than one place; a convolution or a pooling does")
        strides = {_product_of(step for _, step, _ in path) for path in paths}
        if len(strides) > 1:
            several = ", ".join(sorted(map(str, strides)))
            raise DeriveError(f"network: receptive-field: its branches have different strides ({several}), so that it has no one field")
        found = [of_chain(tuple(k for k, _, _ in path), tuple(s for _, s, _ in path), tuple(d for _, _, d in path), "spacing") for path in paths if path]
        best = max(found, key=lambda one: _as_number(one.answer.value))
        exact = self._exact()
        if exact is not None and exact != int(best.answer.value):
            both = f"the exact field is {exact}, and the longest path has {best.answer.value}"
            raise DeriveError(f"network: receptive-field: the paths are not centred on each other: {both}")
        sections = list(best.sections) if len(found) == 1 else [
            Section(one.sections[-1].theorem, ("Path ", term(number), " of ", term(len(found)), ".")) for number, one in enumerate(found, 1)
        ]
        if len(found) > 1:
            sections = [*(s for s in best.sections if s.role == "lemma"), *sections]
        words = ("A unit sees ", best.statement.rhs, " inputs along each axis.")
        answer = Answer(best.answer.shown, best.answer.value, words, "the distance from the first to the last input that is seen, both included")
        notes: list[Words] = ["Normalization, activation and padding do not change it."]
        if len(found) > 1:
            notes.append(("The field is that of the longest of ", term(len(found)), " paths."))
        question = "How many inputs does a unit after the last layer see, along one axis?"
        return self.problem("receptive-field", "The receptive field of a network", question, sections, answer, None, notes)

    def _paths(self, placed: Sequence[Placed]) -> Iterator[list[tuple[Size, Size, Size]]]:
        """(kernel, stride, spacing) of the windows along every path."""
        if not placed:
            yield []
            return
        first, rest = placed[0], placed[1:]
        heads: list[list[tuple[Size, Size, Size]]]
        if isinstance(first, Leaf):
            heads = [self._step(first)]
        else:
            heads = [path for body in first.bodies for path in self._paths(body)]
            if isinstance(first.part, Repeat):
                if not isinstance(first.part.times, int):
                    if any(heads):
                        raise DeriveError(f"network: receptive-field: the field of {first.part.times.text} blocks with windows needs their number; put one in")
                else:
                    heads = [one * first.part.times for one in heads] if len(heads) == 1 else _repeated(heads, first.part.times)
            elif first.join == "add" and len(first.bodies) == 1:
                heads.append([])  # the input itself
        tails = list(self._paths(rest))
        if len(heads) * len(tails) > 4000:
            raise DeriveError("network: receptive-field: more than 4000 paths")
        seen: dict[tuple[tuple[Size, Size, Size], ...], None] = dict.fromkeys(tuple(h + t) for h in heads for t in tails)
        if len(seen) > _MOST_PATHS:
            seen = dict.fromkeys(sorted(seen, key=_reach, reverse=True)[:_MOST_PATHS])
        yield from (list(one) for one in seen)

    def _step(self, leaf: Leaf) -> list[tuple[Size, Size, Size]]:
        if leaf.upsampling or leaf.layer.kind.name in ("upsample", "globalpool"):
            raise DeriveError(f"network: receptive-field: layer {leaf.number} ({leaf.layer.text}) is not a window that moves over its input")
        if leaf.window is None:
            return []
        if len(_different_axes(leaf)) > 1:
            raise DeriveError(f"network: receptive-field: layer {leaf.number} ({leaf.layer.text}) is not the same along every axis; ask for one axis")
        kernel, stride, _, spacing = leaf.window
        return [(self._size(kernel[0]), self._size(stride[0]), self._size(spacing[0]))]

    def _size(self, size: Dim) -> Size:
        return size if isinstance(size, int) else self.written[size]

    def _exact(self) -> int | None:
        """The field by dependency sets; None where a size is a symbol."""
        from derivations.topics.dependency import Input, Merge, Network, Node, Window, receptive_field

        windows = [leaf.window for leaf, _, _ in self.layout.leaves() if leaf.window is not None]
        if any(not isinstance(size, int) for kernel, stride, padding, spacing in windows for size in (kernel[0], stride[0], *padding[0], spacing[0])):
            return None
        nodes = [Node("input", Input())]

        def add(placed: Sequence[Placed], at: str) -> str:
            for one in placed:
                if isinstance(one, Leaf):
                    if one.window is not None:
                        kernel, stride, padding, spacing = one.window
                        nodes.append(Node(f"{len(nodes)}", Window(kernel[:1], stride[:1], padding[:1], spacing[:1]), (at,)))
                        at = nodes[-1].name
                    continue
                for _ in range(one.times if isinstance(one.part, Repeat) else 1):
                    ends = [add(body, at) for body in one.bodies]
                    if one.join and len(one.bodies) == 1:
                        ends.append(at)
                    if len(ends) > 1:
                        nodes.append(Node(f"{len(nodes)}", Merge(), tuple(dict.fromkeys(ends))))
                    at = nodes[-1].name if len(ends) > 1 else ends[0]
            return at

        last = add(self.layout.placed, "input")
        (axis,) = receptive_field(Network(tuple(nodes), last, 1)).axes
        return axis.phase(0).rf


def stack(copies: Name, block: Term, known: Context) -> tuple[Theorem, Theorem, Theorem]:
    """``n`` blocks count ``n`` times a block, for every n, by induction: base, step and conclusion. So do ``copies`` of them."""
    n = next(Name(letter) for letter in ("n", "m", "u", "i", "j") if known.kind(Name(letter)) is None)
    c = next(Name(letter) for letter in ("c", "q", "r", "w", "y") if known.kind(Name(letter)) is None)
    known = known.declare(Scalar(Domain.WHOLE), n).declare(Family(), c)
    work = Working(known)
    at, counts, one = work.of(n), work.entries(c), sp.Dummy("block")
    work.names[one] = group(block) if isinstance(block, Add | Mul) else block

    def shown(expression: Any) -> Term:
        return work.term(expression, Order((at, one), (counts, at)))

    after, total = counts[at] + one, sp.summation(one, (sp.Dummy("i", integer=True), 0, at - 1))
    known = known.define(c[n + 1], shown(after), (n,)).define(c[0], Num("0"))
    claim = written(equation(c[n], shown(total)))
    base = theorem("No block", known, chain(c[0], equals(shown(total.subs(at, 0)), by_definition, "nothing is counted yet")))
    more = theorem(
        "One block more",
        known.assume(claim.formula),
        chain(
            c[n + 1], equals(shown(after), by_definition, "one block is added"),
            equals(shown(after.subs(counts[at], total)), algebra, "the claim for n", claim), equals(shown(total.subs(at, at + 1)), algebra),
        ),
    )  # fmt: skip
    return base, more, by_induction("A stack of equal blocks", known, claim, n, base, more)


def _group(factor: Term) -> tuple[Term]:
    """A factor as it stands in a product."""
    return (group(factor) if isinstance(factor, Add) else factor,)


def _named(leaf: Leaf, word: str) -> Prose:
    """A layer by its number and as it was written."""
    return (word, term(leaf.number), ", ", Literally(leaf.layer.text))


def _groups(placed: Sequence[Placed]) -> Iterator[Group]:
    for one in placed:
        if isinstance(one, Group):
            yield one
            for body in one.bodies:
                yield from _groups(body)


def _within(one: Group) -> Iterator[Leaf]:
    for body in one.bodies:
        for inner in body:
            if isinstance(inner, Leaf):
                yield inner
            else:
                yield from _within(inner)


def _different_axes(leaf: Leaf) -> list[int]:
    """The axes of a layer that are not like one before (from 1)."""
    seen: dict[tuple[Any, ...], int] = {}
    for axis in range(1, len(leaf.before)):
        key = (leaf.before[axis], leaf.after[axis], *(values[axis - 1] for values in leaf.window or ()))
        seen.setdefault(key, axis)
    return list(seen.values())


def _reach(path: Sequence[tuple[Size, Size, Size]]) -> int:
    total, step = 1, 1
    for kernel, stride, spacing in path:
        if isinstance(kernel, int) and isinstance(spacing, int):
            total += (kernel - 1) * spacing * step
        if isinstance(stride, int):
            step *= stride
    return total


def _repeated(heads: list[list[tuple[Size, Size, Size]]], count: int) -> list[list[tuple[Size, Size, Size]]]:
    """Every way through ``count`` copies of branched blocks, equal ones once, the longest first where there are many."""
    found: list[list[tuple[Size, Size, Size]]] = [[]]
    for _ in range(count):
        seen = dict.fromkeys(tuple(h + one) for h in found for one in heads)
        found = [list(one) for one in sorted(seen, key=_reach, reverse=True)[:_MOST_PATHS]]
    return found


def _product_of(steps: Iterator[Size]) -> object:
    value = 1
    symbols: list[str] = []
    for step in steps:
        if isinstance(step, int):
            value *= step
        else:
            symbols.append(step.text)
    return (value, *sorted(symbols))


def _as_number(value: Any) -> Any:
    return int(value) if getattr(value, "is_Integer", False) or isinstance(value, int) else -1


__all__ = ["problem", "stack"]
