"""Questions about a network that is described layer by layer: how many parameters, which shapes, how many multiplications, which receptive field.

A count is computed by SymPy from the shapes of the tensors and checked by the rules; a repeat of a symbolic number of blocks is an induction over it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from derivations.language.term import Add, Index, Mul, Name, Num, Term, group, term
from derivations.networks import Branch, Described, Layers, Repeat
from derivations.problem import Answer, Ledger, LedgerRow, Literally, Meaning, Problem, Prose, Section, Words, noun
from derivations.rules.equality import algebra, arithmetic, by_definition
from derivations.rules.induction import by_induction
from derivations.topics.convolution import tap_position
from derivations.topics.drawn.numbers import shares
from derivations.topics.network.backward import backward
from derivations.topics.network.counts import BUFFERS, Count, Laid, Several
from derivations.topics.network.fields import along, delta, exact, n, paths
from derivations.topics.network.indices import formulas, reads
from derivations.topics.network.laws import L, by, y
from derivations.topics.network.placed import Dim, Group, Leaf, Placed
from derivations.topics.network.symmetry import symmetry
from derivations.topics.network.variance import signals
from derivations.topics.working import Order, Working

Size = int | Name
Counted = tuple[Leaf, Dim, tuple[Count, ...]]
"""A layer, how often it is there, and its counts."""
TOTALS = {"parameters": "parameters", "macs": "multiplications", "flops": "operations", "activations": "activations", "kv-cache": "bytes", "memory": "bytes"}
MACS = "a multiplication with its addition counts once, for one example; biases, normalizations and activations are not counted"
FLOPS = "a multiplication and an addition count once each, for one example; biases, normalizations and activations are not counted"
CACHE = "keys and values of every token, for one example, as kept while one token after another is made"
MEMORY = "training with Adam: weights, gradients and two averages of the gradients, and the outputs of all layers for the backward pass"
ACTIVATIONS = "the outputs of all layers of one example, in numbers (not bytes); an activation or a dropout done in place counts as well"
DRAWN = "weights are independent with mean zero, biases start at zero and scales at one"
LAYOUT = "derivatives have the shape of what is derived by"


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
    work = _Work(Laid(input, layers, also=(bytes,) if isinstance(bytes, Name) else ()), input, layers, bytes)
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

    def __init__(self, laid: Laid, input: tuple[Size, ...], layers: Layers, width: Size) -> None:
        self.laid, self.input, self.layers, self.width = laid, input, layers, width
        self.names, self.layout, self.known, self.of = laid.names, laid.layout, laid.known, laid.of
        self.written = {symbol: name for name, symbol in laid.symbols.items()}

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
        return [(leaf, copies, tuple(self.laid.tensors(leaf.ledger))) for leaf, copies, _ in self.layout.leaves()]

    def macs(self) -> Problem:
        parts = self._multiplied("macs")
        question = "How many multiplications does it do for one example?"
        return self._counted("macs", "Multiplications of a network", question, parts, " multiplications for one example.", MACS, [], "The network does ")

    def _multiplied(self, ask: str, each: int = 1) -> list[Counted]:
        for leaf in self.laid.leaves():
            if leaf.macs is None:
                raise DeriveError(f"network: {ask}: layer {leaf.number} ({leaf.layer.text}): the multiplications of {leaf.layer.kind.name} are not counted")
        return [(leaf, active, (self.laid.count((leaf.macs,), each),) if leaf.macs != 0 else ()) for leaf, _, active in self.layout.leaves()]

    def flops(self) -> Problem:
        parts = self._multiplied("flops", 2)
        question = "How many floating-point operations does it do for one example?"
        notes: list[Words] = ["Each multiplication of a weighted sum has an addition with it."]
        return self._counted("flops", "Operations of a network", question, parts, " operations for one example.", FLOPS, notes, "The network does ")

    def activations(self) -> Problem:
        return self._counted(
            "activations", "Activations of a network", "How many numbers are the outputs of its layers, for one example?", self._activations(), " numbers.",
            ACTIVATIONS, [],
        )  # fmt: skip

    def _activations(self) -> list[Counted]:
        return [(leaf, active, (self.laid.count(leaf.after),)) for leaf, _, active in self.layout.leaves()]

    def cache(self) -> Problem:
        """What the attentions keep of the tokens before."""
        width = term(self.width)
        size = self.laid.size(self.width)
        parts = [(leaf, active, (self.laid.count((size, leaf.cache)),) if leaf.cache != 0 else ()) for leaf, _, active in self.layout.leaves()]
        question = "How many bytes do the keys and values of one example take?"
        notes: list[Words] = [("A number takes ", width, noun(width, " byte"), ". Queries are used once and not kept.")]
        title, unit = "Keys and values that a network keeps", " bytes for one example."
        return self._counted("kv-cache", title, question, parts, unit, CACHE, notes, "Keys and values take ")

    def memory(self) -> Problem:
        """What training needs: the counts of parameters and of activations, and what they take together."""
        width, examples = term(self.width), self.of(self.layout.batch)
        known, counts, values = self.known, [], []
        for ask, parts, title in (("parameters", self._parameters(), "Parameters"), ("activations", self._activations(), "Activations")):
            groups = [one for _, one in self._groups(parts)] or [Several((self.laid.count((0,)),))]
            name = Name(TOTALS[ask], font="text")
            counts.append(self.laid.total(title, name, groups, "layer by layer", known))
            values.append(sp.Add(*(one.value for one in groups)))
            known = counts[-1].context
        total = Name(TOTALS["memory"], font="text")
        size, batch = self.laid.size(self.width), self.layout.batch
        work = Working(Context())
        number, examples_ = (work.letter(sp.sympify(one), of) for one, of in ((size, width), (batch, examples)))

        def written(*held: Term) -> tuple[Term, ...]:
            """What is kept: weights, gradients, averages, outputs, and all of it."""
            weights, outputs = (work.letter(sp.Dummy("count"), *_group(one)) for one in held)
            order = Order((number, examples_), (weights, outputs), "times")
            kept = (number * weights, number * weights, 2 * number * weights, number * examples_ * outputs)
            return tuple(work.term(one, order) for one in (*kept, sp.Add(*kept)))

        whole, put_in = (written(*(getattr(one.statement, side) for one in counts)) for side in ("lhs", "rhs"))
        bytes_ = [size * values[0], size * values[0], 2 * size * values[0], size * batch * values[1]]
        value = self.laid.polynomial(sp.Add(*bytes_))
        links = [equals(whole[-1], by_definition, "weights, gradients and two averages; outputs of all layers")]
        links.append(equals(put_in[-1], algebra, "the counts", *counts))
        if value != put_in[-1]:
            links.append(equals(value, arithmetic if isinstance(value, Num) else algebra, "added up"))
        together = theorem("Memory of training", known.define(total, whole[-1]), chain(total, *links))
        labels = ("weights", "gradients", "Adam's averages", "outputs of the layers")
        rows = (LedgerRow(label, put_in[at], self._number(bytes_[at])) for at, label in enumerate(labels))
        ledger = Ledger(tuple(rows), LedgerRow("total", None, value), "Bytes by what they hold")
        sections = [Section(one, caption, "lemma") for one, caption in zip(counts, ("What is learned.", "What the layers give, for one example."), strict=True)]
        answer = Answer((together.statement,), denote(value, known), ("Training takes ", value, " bytes."), MEMORY)
        return self.problem(
            "memory", "Memory that training takes", "How many bytes does training take?", [*sections, Section(together, "Together.")], answer, ledger,
            [("A number takes ", width, noun(width, " byte"), ".")],
        )  # fmt: skip

    def _groups(self, parts: Sequence[Counted]) -> list[tuple[Prose, Several]]:
        """What each layer adds: its counts, as often as it is there."""
        return [
            (_named(leaf, "layer "), Several(counts, None if isinstance(copies, int) and copies == 1 else self.laid.count((copies,))))
            for leaf, copies, counts in parts
            if counts
        ]

    def _counted(
        self, ask: str, title: str, question: str, parts: Sequence[Counted], unit: str, convention: str, notes: Sequence[Words],
        said: str = "The network has ",
    ) -> Problem:
        groups = self._groups(parts)
        if not groups:
            raise DeriveError(f"network: no layer of it has {TOTALS[ask]}: {self.layers}")
        total = self.laid.total(title, Name(TOTALS[ask], font="text"), [one for _, one in groups], "layer by layer", self.known)
        value = total.statement.rhs
        rows = tuple(LedgerRow(label, self.laid.sum([one], "entered"), self._number(one.value)) for label, one in groups)
        ledger = Ledger(rows, LedgerRow("total", None, value), "Count by layer")
        stacks = [section for sections in self._stacks(parts) for section in sections]
        answer = Answer((total.statement,), denote(value, total.context), (said, value, unit), convention)
        return self.problem(ask, title, question, [*stacks, Section(total, "Together.")], answer, ledger, notes)

    def _number(self, value: Any) -> Term | int:
        value = sp.expand(value)
        return int(value) if value.is_Integer else self.laid.polynomial(value)

    def _stacks(self, parts: Sequence[Counted]) -> Iterator[tuple[Section, ...]]:
        """For each repeat of a symbolic number of blocks: so many blocks have so many times the count of one, by induction."""
        counts = {leaf.number: [count.entered for count in counts] for leaf, _, counts in parts}
        for one in _groups(self.layout.placed):
            if isinstance(one.part, Repeat) and isinstance(one.part.times, Name) and not one.part.shared:
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
        for leaf in _ends(self.layout.placed):
            if isinstance(leaf, Group):
                rows.append(LedgerRow(_JOINED[leaf.join], None, self._product(leaf.after)))
                continue
            if leaf.window is not None:
                moved = leaf.after
                for axis in _different_axes(leaf):
                    caption = (*_named(leaf, "Layer "), *(("",) if axis == 1 else (", axis ", term(axis))), ".")
                    sections.append(Section(self._positions(leaf, axis, h), caption))
            rows.append(LedgerRow(_named(leaf, "layer "), None, self._product(leaf.after)))
        last = self._product(self.layout.after)
        if not sections:
            final = self.layout.after[-1]
            name = h[sum(1 for _ in self.layout.leaves())]
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
        return self.laid.count(shape).entered

    def _positions(self, leaf: Leaf, axis: int, h: Name) -> Theorem:
        if leaf.window is None:
            raise DeriveError(f"{leaf.layer.text} moves no window")
        kernel, stride, padding, spacing = leaf.window[0][axis - 1], leaf.window[1][axis - 1], leaf.window[2][axis - 1], leaf.window[3][axis - 1]
        after, name = self.of(leaf.after[axis]), Index(h, (term(leaf.number),))
        work = Working(Context())

        def letter(size: Dim) -> Any:
            """A size as it is written; nothing for a factor that is one and a padding that is none."""
            return sp.sympify(size) if size in (0, 1) else work.letter(sp.sympify(size), self.of(size))

        length, border, step = letter(leaf.before[axis]), letter(padding[0] + padding[1]), letter(stride)
        taps = work.letter(sp.sympify(kernel), self.of(kernel))
        span = tap_position(sp.S.Zero, taps, letter(spacing))
        reach = work.letter(span, work.term(span))
        if leaf.upsampling:
            extra = sp.sympify(leaf.after[axis] - ((leaf.before[axis] - 1) * stride - sum(padding) + spacing * (kernel - 1) + 1))
            found = step * (length - 1) + reach + 1 - border + letter(extra)  # from the first tap of the first place to the last tap of the last one
        else:
            place = sp.Dummy("place")
            _, last = sp.solve_linear(step * place + reach - (length + border - 1), symbols=[place])  # there the last tap reads the last number of the row
            found = sp.floor(sp.together(last)) + 1
        made = work.term(found, Order((), (length, border, reach, -1)))
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
        found = list(dict.fromkeys(paths(self.layout.placed)))
        if not any(found):
            raise DeriveError("network: receptive-field: no layer reads more than one place; a convolution or a pooling does")
        strides = {sp.prod(stride for _, stride, _ in path) for path in found}
        if len(strides) > 1:
            several = ", ".join(sorted(map(str, strides)))
            raise DeriveError(f"network: receptive-field: its branches have different strides ({several}), so that it has no one field")
        each = [along(path, self.laid) for path in found if path]
        best = max(each, key=lambda one: int(one.value) if one.value.is_Integer else -1)
        whole = exact(self.layout.placed) if len(found) > 1 else None
        if whole is not None and whole != best.value:
            both = f"the exact field is {whole}, and the longest path has {best.value}"
            raise DeriveError(f"network: receptive-field: the paths are not centred on each other: {both}")
        sections = [*best.lemmas, *best.layers]
        notes: list[Words] = ["Normalization, activation and padding do not change it."]
        if len(each) > 1:
            last = [Section(one.each[-1][0], ("Path ", term(number), " of ", term(len(each)), ".")) for number, one in enumerate(each, 1) if one is not best]
            first, *others = best.layers
            sections = [*best.lemmas, *last, replace(first, caption="Layer by layer, along the longest path."), *others]
            notes.append(("The field is that of the longest of ", term(len(each)), " paths."))
        words = ("A unit sees ", best.result.rhs, " inputs along each axis.")
        answer = Answer((best.result,), best.value, words, "the distance from the first to the last input that is seen, both included")
        question = "How many inputs does a unit after the last layer see, along one axis?"
        made = self.problem("receptive-field", "The receptive field of a network", question, sections, answer, None, notes)
        return replace(made, meanings=(*best.meanings, Meaning((delta[n],), "the spacing of its taps, which is the dilation")))


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


_JOINED = {"add": "the branches, added", "concat": "the branches, behind each other", "multiply": "the branches, multiplied"}


def _ends(placed: Sequence[Placed]) -> Iterator[Placed]:
    """Every layer, and every branch where its parts are joined."""
    for one in placed:
        if isinstance(one, Group):
            for body in one.bodies:
                yield from _ends(body)
        if isinstance(one, Leaf) or isinstance(one.part, Branch):
            yield one


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


__all__ = ["problem", "stack"]
