"""Parameter counts of convolutions and of residual blocks, as polynomials and as numbers.

A count is a sum of ones over the indices of the tensor (``counting``). The same counts, of every layer and of whole architectures, come from the ledgers in
``derivations.topics.parameters``; the tests hold that both agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from derivations.kernel.chains import chain, equals, theorem, written
from derivations.kernel.statement import Because, equation
from derivations.kernel.theorem import Theorem
from derivations.language.context import Context, Domain, Scalar, Sequence
from derivations.language.errors import ParameterError
from derivations.language.term import Add, Name, Num, Term, names, relation, term, times
from derivations.problem import Answer, Later, Ledger, LedgerRow, Meaning, Mistake, Problem, Section, Words, noun
from derivations.rules.equality import algebra, arithmetic, by_definition, summation
from derivations.topics.counting import Count, Sizes, added, counted, ones
from derivations.topics.drawn.numbers import shares
from derivations.topics.working import Order, Working

Size = int | Name
C, B, K, H, C_in, C_out = Name("C"), Name("B"), Name("K"), Name("H"), Name("C", label="in"), Name("C", label="out")
l = Name("l")
ONE = Num("1")
parameters, weights, biases, counted_ = (Name(word, font="text") for word in ("parameters", "weights", "biases", "number of weights"))
BUFFERS = "running means and variances of batch normalization are buffers, not parameters, and are not counted"
NORMALIZED = "Batch normalization learns two numbers for each of its channels, a scale and a shift; the ReLU learns none."
CONVOLVED = "A convolution learns a weight for each position in the kernel, input channel and output channel, and a bias for each output channel."


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a ledger: what it is, and how many."""

    label: Words
    count: Count


def conv_weights(dimensions: int = 1) -> Theorem:
    """A convolution has one weight for each pair of channels and each tap."""
    indices = names("o c j h")[: 2 + dimensions]
    sides = (K, H)[:dimensions]
    known = Context().declare(Scalar(Domain.NATURAL), C_in, C_out, *sides)
    work = Working(known.declare(Scalar(Domain.NATURAL), *indices))
    one_by_one = ones([work.of(size) for size in (C_out, C_in, *sides)], [work.of(index) for index in indices])
    product = Order(tuple(work.of(size) for size in (*sides, C_in, C_out)), (), "times")
    return theorem(
        "Weights of a convolution",
        known.define(counted_, work.term(one_by_one)),
        chain(
            counted_,
            equals(work.term(one_by_one), by_definition, "one for each output channel, input channel and tap"),
            equals(work.term(one_by_one.doit(), product), summation, "each sum of ones is its number of terms"),
        ),
    )


def _lemma(dimensions: int) -> Section:
    return Section(conv_weights(dimensions), "The weights of a convolution, counted one by one.", "lemma", depth="full")


def _term(size: Size) -> Term:
    return term(size) if isinstance(size, int) else size


def total_of(title: str, sequences: tuple[tuple[Part, ...], ...], sizes: Sizes, why: Because) -> Theorem:
    """The total: the parts in symbols, with their numbers, and added up to a number or to a polynomial."""
    work = sizes.work
    general = added(work, [[part.count.general for part in parts] for parts in sequences])
    entered = added(work, [[part.count.entered for part in parts] for parts in sequences])
    known = sizes.context.define(parameters, general)
    links = [equals(general, by_definition, why)]
    if entered != general:
        links.append(equals(entered, by_definition, ("the numbers put in: ", *sizes.entered)))
    values = [[part.count.value for part in parts] for parts in sequences]
    whole = work.term(sp.expand(sum(sum(row) for row in values)))
    if isinstance(whole, Num):
        separate = added(work, [[work.term(value) for value in row] for row in values])
        if separate != entered:
            links.append(equals(separate, arithmetic, "each product", key=False))
        if len(values) > 1:
            links.append(equals(added(work, [[work.term(sum(row)) for row in values]]), arithmetic, "the sum of each sequence", key=False))
        links.append(equals(whole, arithmetic, "the sum of all parts"))
    elif whole != entered:
        links.append(equals(whole, algebra, "equal powers collected"))
    return theorem(title, known, chain(parameters, *links))


def ledger(parts: tuple[Part, ...], total: Term) -> Ledger:
    rows = tuple(LedgerRow(p.label, p.count.entered, p.count.number if p.count.number is not None else p.count.entered) for p in parts)
    return Ledger(rows, LedgerRow("total", None, total), "Parameters by part")


def _value(term_: Term, known: Context) -> object:
    from derivations.language.denote import denote

    return denote(term_, known)


def shapes(kernel: Term, inputs: Term, outputs: Term) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """The shapes of what a 1-D convolution learns: weights and biases."""
    return (kernel, inputs, outputs), (outputs,)


def _layer_terms(kernels: tuple[Size, ...], channels: tuple[Size, ...]) -> tuple[Name, Name]:
    """Letters for the kernel sizes and the numbers of channels of all layers."""
    taken = (*kernels, *channels)
    return next(n for n in names("K M R") if n not in taken), next(n for n in names("C D G") if n not in taken)


def conv_problem(channels: tuple[Size, ...], kernels: tuple[Size, ...]) -> Problem:
    """Weights and biases of a chain of 1-D convolutions.

    Raises:
        ParameterError: ``channels`` is not one longer than ``kernels``.
    """
    if len(channels) != len(kernels) + 1:
        given = ",".join(v.text if isinstance(v, Name) else str(v) for v in channels)
        raise ParameterError(
            "conv-parameters", "channels", given, f"{len(kernels) + 1} numbers for {len(kernels)} kernels: the input's channels, then each layer's"
        )
    taps, width = _layer_terms(kernels, channels)
    known = Context().declare(Scalar(Domain.NATURAL), *dict.fromkeys(v for v in (*channels, *kernels) if isinstance(v, Name)))
    known = known.declare(Scalar(Domain.NATURAL), l).declare(Sequence(Domain.NATURAL), taps, width).declare(Sequence(), weights, biases)
    work = Working(known)
    below, above = (width[work.term(work.of(l) - 1)], width[l])
    heavy_, light_ = shapes(taps[l], below, above)
    per_layer = [counted(work, shape, shape).general for shape in (heavy_, light_)]
    known = known.define(weights[l], per_layer[0], (l,)).define(biases[l], per_layer[1], (l,))
    for number, size in enumerate(channels):
        known = known.define(width[number], _term(size))
    for number, size in enumerate(kernels, 1):
        known = known.define(taps[number], _term(size))
    one_layer = (
        theorem(
            "Weights of a layer", known,
            chain(weights[l], equals(per_layer[0], by_definition,
                                     ("each output channel has a kernel of ", taps[l], " taps for each of the ", below, " channels below"))),
        ),
        theorem("Biases of a layer", known, chain(biases[l], equals(per_layer[1], by_definition, "one for each output channel"))),
    )  # fmt: skip
    sections = [_lemma(1), Section(one_layer[0], ("Any layer ", l, ".")), Section(one_layer[1], titled=False)]
    rows: list[LedgerRow] = []
    counts: list[Theorem] = []
    values_: list[Any] = []
    said: list[str | Term] = []
    for number, (k, a, b) in enumerate(zip(kernels, channels, channels[1:], strict=False), 1):
        layer = term(number)
        sizes = tuple(map(_term, (k, a, b)))
        heavy_count, light_count = (counted(work, shape, shape) for shape in shapes(*sizes))
        values = (relation(taps[number], "=", _term(k)), ", ", relation(width[number - 1], "=", _term(a)), ", ", relation(width[number], "=", _term(b)))
        links = [equals(heavy_count.general, by_definition, ("layer ", layer, ": ", *values), key=False)]
        if heavy_count.number is not None:
            links.append(equals(work.term(heavy_count.value), arithmetic, ("weights of layer ", layer)))
        heavy = theorem(f"Weights of layer {number}", known, chain(weights[number], *links))
        light = theorem(
            f"Biases of layer {number}",
            known,
            chain(biases[number], equals(light_count.general, by_definition, ("biases of layer ", layer))),
        )
        counts += [heavy, light]
        values_ += [heavy_count.value, light_count.value]
        sections += [Section(heavy, "Layer by layer.", titled=number == 1), Section(light, titled=False)]
        w, c = heavy.statement.rhs, light.statement.rhs
        rows.append(LedgerRow(("layer ", layer, ", weights"), heavy_count.general, int(w.digits) if isinstance(w, Num) else heavy_count.general))
        rows.append(LedgerRow(("layer ", layer, ", biases"), light_count.general, int(c.digits) if isinstance(c, Num) else c))
        said += [" " if said else "", "Layer ", layer, " needs ", w, noun(w, " weight"), " and ", c, noun(c, " bias", " biases"), "."]
    numbered = [symbol[number] for number in range(1, len(kernels) + 1) for symbol in (weights, biases)]
    whole, summed = added(work, [numbered]), added(work, [[one.statement.rhs for one in counts]])
    everything = known.define(parameters, whole)
    links = [equals(whole, by_definition, "weights and biases of all layers"), equals(summed, algebra, "the counts above", *counts, key=False)]
    together = work.term(sp.expand(sum(values_)))
    if together != summed:
        numeric = isinstance(together, Num)
        links.append(equals(together, arithmetic if numeric else algebra, "the sum of all parts" if numeric else "equal powers collected"))
    total = theorem("All layers", everything, chain(parameters, *links))
    sections.append(Section(total, "Together."))
    chans: list[str | Term] = []
    for number, (k, a, b) in enumerate(zip(kernels, channels, channels[1:], strict=False), 1):
        chans += [" Layer ", term(number), " has kernel size ", _term(k), " and goes from ", _term(a), " to ", _term(b), noun(_term(b), " channel"), "."]
    result = total.statement.rhs
    table = Ledger(tuple(rows), LedgerRow("total", None, result), "Parameters by part", "full")
    mistakes = [Mistake(written(equation(parameters, Add(tuple(("+", one.statement.rhs) for one in counts[::2])))), everything, algebra,
                        "The biases are left out: each output channel has one.")]  # fmt: skip
    if len(kernels) > 1 and channels[0] != channels[1]:
        wrong = times(*map(_term, (kernels[1], channels[0], channels[2])))
        why = "The second layer reads the channels of the first layer, not those of the input."
        mistakes.append(Mistake(written(equation(weights[2], wrong)), known, algebra, why))
    mistakes.append(Mistake(written(equation(weights[1], times(*map(_term, (kernels[0], channels[1]))))), known, algebra,
                            "Each output channel has a kernel of its own for every input channel, not one for all of them."))  # fmt: skip
    return Problem(
        "conv-parameters",
        "Weights and biases of convolutional layers",
        (
            "A 1-D convolutional network has ",
            _term(channels[0]),
            noun(_term(channels[0]), " input channel"),
            ".",
            *chans,
            " How many weights and how many biases does each layer need?",
        ),
        tuple(sections),
        Answer(
            (total.statement,),
            Later(lambda: _value(result, everything)),
            (*said, " Together that is ", result, noun(result, " parameter"), ":"),
            "one bias for each output channel",
            tuple(one.statement for one in one_layer),
        ),
        {"channels": channels, "kernels": kernels},
        table,
        figure=shares(table, everything, dict.fromkeys(channels, 16) | dict.fromkeys(kernels, 3)),
        hints=(
            "How many numbers make one output channel: which inputs does one of its values read, and over how many channels?",
            "How many output channels are there, and which numbers does each have besides its weights?",
            "Which channels does the second layer read?",
        ),
        meanings=(
            Meaning((taps[l],), ("is the kernel size of layer ", l)),
            Meaning((width[l],), ("its number of output channels; ", width[0], " that of the input")),
            Meaning((weights[l], biases[l]), "how many numbers of each kind it learns"),
        ),
        mistakes=tuple(mistakes),
    )


def residual_problem(channels: Size, kernel: Size = 3) -> Problem:
    """Batch normalization, ReLU, a square convolution with as many output as input channels."""
    sizes = Sizes()
    c, k = sizes.letter(channels, "C D M", (kernel,)), sizes.letter(kernel, "K H R", (channels,))
    parts = (
        Part("batch normalization, scale and shift", sizes.count(2, c)),
        Part("convolution, weights", sizes.count(k, k, c, c)),
        Part("convolution, biases", sizes.count(c)),
    )
    total = total_of("The residual block", (parts,), sizes, "normalization, weights and biases")
    table = ledger(parts, total.statement.rhs)
    side, width = _term(kernel), _term(channels)
    return Problem(
        "residual-block",
        "Parameters of a residual block",
        (
            "A convolutional residual block contains a batch normalization, a ReLU and a ",
            times(side, side),
            " convolution. Input and output have ",
            width,
            noun(width, " channel"),
            ". How many parameters define the block?",
        ),
        (_lemma(2), Section(total, NORMALIZED + " " + CONVOLVED)),
        _block_answer(total, "each convolution has a bias; " + BUFFERS),
        {"channels": channels, "kernel": kernel},
        table,
        figure=shares(table, total.context, {channels: 512, kernel: 3}),
        hints=(
            "What does batch normalization learn for each channel, and what does it only measure?",
            "Does the ReLU learn anything?",
            ("How many weights does one output channel of the convolution have? How many output channels are there, and how many biases?"),
        ),
        meanings=(Meaning((c,), "is the number of channels of input and output"), Meaning((k,), "the side of the square kernel")),
        mistakes=_block_mistakes(total, (parts,), sizes.count(2, c).entered),
    )


def bottleneck_problem(channels: Size, bottleneck: Size, kernel: Size = 3) -> Problem:
    """Three sequences of batch normalization, ReLU and convolution: 1x1 down to the bottleneck, a square one, 1x1 up again."""
    sizes = Sizes()
    c = sizes.letter(channels, "C D M", (bottleneck, kernel))
    b = sizes.letter(bottleneck, "B E G", (channels, kernel))
    k = sizes.letter(kernel, "K H R", (channels, bottleneck))
    layers: tuple[tuple[Name, Name, Term | int], ...] = ((c, b, 1), (b, b, k), (b, c, 1))
    sequences = tuple(
        (
            Part(("normalization ", term(number), ", scale and shift"), sizes.count(2, inputs)),
            Part(("convolution ", term(number), ", weights"), sizes.count(side, side, inputs, outputs)),
            Part(("convolution ", term(number), ", biases"), sizes.count(outputs)),
        )
        for number, (inputs, outputs, side) in enumerate(layers, 1)
    )
    total = total_of("The bottleneck block", sequences, sizes, "normalization, weights and biases of each sequence")
    table = ledger(tuple(part for parts in sequences for part in parts), total.statement.rhs)
    wide, narrow, side = _term(channels), _term(bottleneck), _term(kernel)
    buffers = Add(tuple(("+", sizes.count(2, inputs).entered) for inputs in (c, b, b)))
    return Problem(
        "bottleneck-block",
        "Parameters of a bottleneck block",
        (
            "A bottleneck residual block contains three sequences of batch normalization, ReLU and convolution. The first reduces ",
            wide,
            noun(wide, " channel"),
            " to ",
            narrow,
            " with a ",
            times(1, 1),
            " convolution, the second keeps them with a ",
            times(side, side),
            " convolution, the third increases them to ",
            wide,
            " with a ",
            times(1, 1),
            " convolution. How many parameters define the block?",
        ),
        (_lemma(2), Section(total, NORMALIZED + " " + CONVOLVED)),
        _block_answer(total, "each convolution has a bias; " + BUFFERS),
        {"channels": channels, "bottleneck": bottleneck, "kernel": kernel},
        table,
        figure=shares(table, total.context, {channels: 512, bottleneck: 128, kernel: 3}),
        hints=(
            "Take the three sequences one by one: how many channels go in, and how many come out?",
            "What does the batch normalization before each convolution learn, and for how many channels?",
            "How many weights and how many biases does each convolution have?",
        ),
        meanings=(
            Meaning((c,), "is the number of channels outside"),
            Meaning((b,), "the number of channels in the bottleneck"),
            Meaning((k,), "the side of the square kernel in the middle"),
        ),
        mistakes=_block_mistakes(total, sequences, buffers),
    )


def _block_answer(total: Theorem, convention: str) -> Answer:
    result = total.statement.rhs
    general = total.steps[0].step.statement
    return Answer(
        (total.statement,),
        Later(lambda: _value(result, total.context)),
        ("The block has ", result, noun(result, " parameter"), ":"),
        convention,
        (general,) if total.statement != general else (),
    )


def _block_mistakes(total: Theorem, sequences: tuple[tuple[Part, ...], ...], buffers: Term) -> tuple[Mistake, ...]:
    def claimed(value: Term, why: str) -> Mistake:
        return Mistake(written(equation(parameters, value)), total.context, algebra, why)

    without = Add(tuple(("+", part.count.entered) for parts in sequences for part in parts[:2]))
    unnormalized = Add(tuple(("+", part.count.entered) for parts in sequences for part in parts[1:]))
    return (
        claimed(without, "The biases of the convolutions are left out: each output channel has one."),
        claimed(total.statement.rhs + buffers, "Running means and variances are counted. They are measured, not learned: they are buffers."),
        claimed(unnormalized, "The batch normalization is left out: it learns a scale and a shift for each channel."),
    )


__all__ = ["ParameterError", "bottleneck_problem", "conv_problem", "conv_weights", "residual_problem"]
