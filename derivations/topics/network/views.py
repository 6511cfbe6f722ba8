"""Kinds that are a network with words of their own: each is a description in letters, and what a sheet says about it.

The counts come from the description (``counts``); what stands here are headings, reasons, hints, symbols and common wrong answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sympy as sp

from derivations.kernel.chains import chain, equals, link, theorem, written
from derivations.kernel.statement import Because, Rel, Statement, equation
from derivations.kernel.theorem import Theorem
from derivations.language.context import Context, Domain, Scalar
from derivations.language.context import Sequence as Family
from derivations.language.errors import ParameterError
from derivations.language.term import Group, Index, Name, Num, Term, names, relation, term, times
from derivations.networks import Block, Layers, layers_of
from derivations.problem import Answer, Depth, Ledger, LedgerRow, Meaning, Mistake, Problem, Section, Words, noun
from derivations.rules.equality import algebra, arithmetic, by_definition, summation
from derivations.rules.order import order
from derivations.topics.convolution import spacing
from derivations.topics.drawn.numbers import shares
from derivations.topics.drawn.signals import pyramid
from derivations.topics.network.counts import BUFFERS, Count, Laid, Several, ones, sum_of
from derivations.topics.network.fields import along, delta, n, paths, r
from derivations.topics.network.placed import Leaf
from derivations.topics.working import Order, Working

Size = int | Name

RESIDUAL = "residual [ batchnorm; relu; conv C->C kernel K padding same ]"
BOTTLENECK = """residual [
    batchnorm; relu; conv C->B kernel 1
    batchnorm; relu; conv B->B kernel K padding same
    batchnorm; relu; conv B->C kernel 1
]"""
CONVOLUTION = "conv C->D kernel K padding same"
ATTENTION = "attention 1 output false"
DENSE = "flatten; linear same"
WINDOW = "conv 1->1 kernel K stride S dilation D"

NORMALIZED = "Batch normalization learns two numbers for each of its channels, a scale and a shift; the ReLU learns none."
CONVOLVED = "A convolution learns a weight for each position in the kernel, input channel and output channel, and a bias for each output channel."

parameters, weights, biases, counted = (Name(word, font="text") for word in ("parameters", "weights", "biases", "number of weights"))


def described(text: str, **sizes: Size) -> Layers:
    """A description with these sizes in place of its letters."""
    return Layers(Block("block", names(" ".join(sizes)), layers_of(text)).used(tuple(sizes.values()), "block"))


def spare(letters: str, *taken: Size) -> Name:
    """A letter for a size, none of those that are taken by symbols that were given."""
    return next(name for name in names(letters) if name not in taken)


def lettered(*sizes: tuple[Size, str]) -> tuple[tuple[Name, ...], dict[Name, int]]:
    """A letter for each size, a symbol for itself, and the numbers that the letters stand for."""
    given = [size for size, _ in sizes]
    found = tuple(size if isinstance(size, Name) else spare(letters, *given) for size, letters in sizes)
    return found, {letter: size for letter, size in zip(found, given, strict=True) if isinstance(size, int)}


def learned(laid: Laid, leaf: Leaf) -> tuple[Count, ...]:
    """What a layer learns: weights, then biases (of a normalization scale and shift at once)."""
    return tuple(laid.tensors(leaf.ledger))


def table(
    labels: Sequence[Words], counts: Sequence[Count], laid: Laid, total: Term | None, caption: str = "Parameters by part", depth: Depth = "normal"
) -> Ledger:
    values = [laid.polynomial(count.value) if count.number is None else count.number for count in counts]
    rows = tuple(LedgerRow(label, count.entered, value) for label, count, value in zip(labels, counts, values, strict=True))
    return Ledger(rows, None if total is None else LedgerRow("total", None, total), caption, depth)


def weights_of_a_convolution(axes: int) -> Section:
    """A convolution has one weight for each pair of channels and each tap: the entries of its tensor, one by one."""
    inputs, outputs, sides = Name("C", label="in"), Name("C", label="out"), names("K H")[:axes]
    layer = layers_of([{"layer": "conv", "in": inputs, "out": outputs, "kernel": list(sides)}])
    laid = Laid((Name("N"), inputs, *names("W V")[:axes]), Layers(layer))
    weight = next(laid.leaves()).ledger[0]
    indices = names("o c j h")[: 2 + axes]
    known = Context().declare(Scalar(Domain.NATURAL), inputs, outputs, *sides)
    work = Working(known.declare(Scalar(Domain.NATURAL), *indices))
    one_by_one = ones(weight.shape, [work.of(index) for index in indices])
    product = Order(tuple(work.of(size) for size in (*sides, inputs, outputs)), (), "times")
    proof = theorem(
        "Weights of a convolution",
        known.define(counted, work.term(one_by_one)),
        chain(
            counted,
            equals(work.term(one_by_one), by_definition, "one for each output channel, input channel and tap"),
            equals(work.term(one_by_one.doit(), product), summation, "each sum of ones is its number of terms"),
        ),
    )
    return Section(proof, "The weights of a convolution, counted one by one.", "lemma", depth="full")


# convolutions ----------------------------------------------------------------------------------------------------------------------


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
    taken = (*channels, *kernels)
    l, taps, width = spare("l n i", *taken), spare("K M R", *taken), spare("C D G", *taken)
    below, above = width[l - 1], width[l]
    C, D, K = names("C D K")
    one = Laid((*names("N"), C, *names("W")), described(CONVOLUTION, C=C, D=D, K=K), shown={C: below, D: above, K: taps[l]})
    general = [count.general for leaf in one.leaves() for count in learned(one, leaf)]
    length = spare("W H V", *taken)
    chained = tuple(part for k, a, b in zip(kernels, channels, channels[1:], strict=False) for part in described(CONVOLUTION, C=a, D=b, K=k).parts)
    laid = Laid((spare("N Z U", *taken, length), channels[0], length), Layers(chained))
    known = Context().declare(Scalar(Domain.NATURAL), *dict.fromkeys(v for v in taken if isinstance(v, Name)))
    known = known.declare(Scalar(Domain.NATURAL), l).declare(Family(Domain.NATURAL), taps, width).declare(Family(), weights, biases)
    known = known.define(weights[l], general[0], (l,)).define(biases[l], general[1], (l,))
    for number, size in enumerate(channels):
        known = known.define(width[number], term(size))
    for number, size in enumerate(kernels, 1):
        known = known.define(taps[number], term(size))
    any_layer = (
        theorem(
            "Weights of a layer", known,
            chain(weights[l], equals(general[0], by_definition,
                                     ("each output channel has a kernel of ", taps[l], " taps for each of the ", below, " channels below"))),
        ),
        theorem("Biases of a layer", known, chain(biases[l], equals(general[1], by_definition, "one for each output channel"))),
    )  # fmt: skip
    sections = [weights_of_a_convolution(1), Section(any_layer[0], ("Any layer ", l, ".")), Section(any_layer[1], titled=False)]
    found: list[tuple[Count, Theorem]] = []
    said: list[str | Term] = []
    chans: list[str | Term] = []
    labels: list[Words] = []
    for number, leaf in enumerate(laid.leaves(), 1):
        k, a, b = (term(size) for size in (kernels[number - 1], *channels[number - 1 : number + 1]))
        put_in = (relation(taps[number], "=", k), ", ", relation(width[number - 1], "=", a), ", ", relation(width[number], "=", b))
        for count, name, reason in zip(
            learned(laid, leaf), (weights, biases), (("layer ", term(number), ": ", *put_in), ("biases of layer ", term(number))), strict=True
        ):
            links = [equals(count.general, by_definition, reason, key=name is biases)]
            value = laid.polynomial(count.value)
            if isinstance(value, Num) and value != count.general:
                links.append(equals(value, arithmetic, (f"{name.text} of layer ", term(number))))
            found.append((count, theorem(f"{name.text.capitalize()} of layer {number}", known, chain(name[number], *links))))
            labels.append(("layer ", term(number), f", {name.text}"))
        (_, heavy), (_, light) = found[-2:]
        sections += [Section(heavy, "Layer by layer.", titled=number == 1), Section(light, titled=False)]
        w, c = heavy.statement.rhs, light.statement.rhs
        said += [" " if said else "", "Layer ", term(number), " needs ", w, noun(w, " weight"), " and ", c, noun(c, " bias", " biases"), "."]
        chans += [" Layer ", term(number), " has kernel size ", k, " and goes from ", a, " to ", b, noun(b, " channel"), "."]
    proofs = [proof for _, proof in found]
    whole, summed = (sum_of([getattr(proof.statement, side) for proof in proofs]) for side in ("lhs", "rhs"))
    everything = known.define(parameters, whole)
    links = [equals(whole, by_definition, "weights and biases of all layers"), equals(summed, algebra, "the counts above", *proofs, key=False)]
    everything_counted = sp.Add(*(count.value for count, _ in found))
    together = laid.polynomial(everything_counted)
    if together != summed:
        numeric = isinstance(together, Num)
        links.append(equals(together, arithmetic if numeric else algebra, "the sum of all parts" if numeric else "equal powers collected"))
    total = theorem("All layers", everything, chain(parameters, *links))
    sections.append(Section(total, "Together."))
    ledger = table(labels, [count for count, _ in found], laid, together, depth="full")

    def wrong(name: Term, claimed: Term, context: Context, why: str) -> Mistake:
        return Mistake(written(equation(name, claimed)), context, algebra, why)

    mistakes = [wrong(parameters, sum_of([proof.statement.rhs for proof in proofs[::2]]), everything, "The biases are left out: each output channel has one.")]
    if len(kernels) > 1 and channels[0] != channels[1]:
        why = "The second layer reads the channels of the first layer, not those of the input."
        mistakes.append(wrong(weights[2], times(kernels[1], channels[0], channels[2]), known, why))
    why = "Each output channel has a kernel of its own for every input channel, not one for all of them."
    mistakes.append(wrong(weights[1], times(kernels[0], channels[1]), known, why))
    return Problem(
        "conv-parameters",
        "Weights and biases of convolutional layers",
        (
            *("A 1-D convolutional network has ", term(channels[0]), noun(term(channels[0]), " input channel"), ".", *chans),
            " How many weights and how many biases does each layer need?",
        ),
        tuple(sections),
        Answer(
            (total.statement,),
            everything_counted,
            (*said, " Together that is ", together, noun(together, " parameter"), ":"),
            "one bias for each output channel",
            tuple(one.statement for one in any_layer),
        ),
        {"channels": channels, "kernels": kernels},
        ledger,
        figure=shares(ledger, everything, dict.fromkeys(channels, 16) | dict.fromkeys(kernels, 3)),
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


# residual blocks -------------------------------------------------------------------------------------------------------------------


def _block(
    kind: str, title: str, text: str, sizes: dict[str, tuple[Size, str]], question: Words, why: str, hints: tuple[Words, ...], meanings: tuple[str, ...],
    small: dict[Size, int],
) -> Problem:  # fmt: skip
    """A block of normalizations, ReLUs and square convolutions: one part for each convolution with what stands before it."""
    letters, put_in = lettered(*sizes.values())
    taken = tuple(letters)
    width = letters[0]
    axes = (spare("N Z U", *taken), width, spare("W V S", *taken), spare("H Y T", *taken))
    laid = Laid(axes, described(text, **dict(zip(sizes, letters, strict=True))), put_in)
    leaves = [leaf for leaf in laid.leaves() if len(leaf.ledger)]
    sequences = [(*learned(laid, norm), *learned(laid, conv)) for norm, conv in zip(leaves[::2], leaves[1::2], strict=True)]
    several = len(sequences) > 1
    total = laid.total(title, parameters, [Several(parts) for parts in sequences], why, each="the sum of each sequence")
    whole = total.statement.rhs
    labels: list[Words] = []
    for number in range(1, len(sequences) + 1):
        which = (" ", term(number)) if several else ()
        labels += [("normalization" if several else "batch normalization", *which, ", scale and shift"), ("convolution", *which, ", weights")]
        labels.append(("convolution", *which, ", biases"))
    ledger = table(labels, [part for parts in sequences for part in parts], laid, whole)
    general = total.steps[0].step.statement

    def claimed(value: Term, reason: str) -> Mistake:
        return Mistake(written(equation(parameters, value)), total.context, algebra, reason)

    return Problem(
        kind,
        f"Parameters of a {title.removeprefix('The ')}",
        question,
        (weights_of_a_convolution(2), Section(total, NORMALIZED + " " + CONVOLVED)),
        Answer(
            (total.statement,),
            sp.Add(*(part.value for parts in sequences for part in parts)),
            ("The block has ", whole, noun(whole, " parameter"), ". ", *_shared(laid, sequences)),
            "each convolution has a bias; " + BUFFERS,
            (general,) if total.statement != general else (),
        ),
        {},
        ledger,
        figure=shares(ledger, total.context, small),
        hints=hints,
        meanings=tuple(Meaning((letter,), words) for letter, words in zip(letters, meanings, strict=True)),
        mistakes=(
            claimed(
                sum_of([part.entered for parts in sequences for part in parts[:2]]),
                "The biases of the convolutions are left out: each output channel has one.",
            ),
            claimed(
                sum_of([whole, *(parts[0].entered for parts in sequences)]),
                "Running means and variances are counted. They are measured, not learned: they are buffers.",
            ),
            claimed(
                sum_of([part.entered for parts in sequences for part in parts[1:]]),
                "The batch normalization is left out: it learns a scale and a shift for each channel.",
            ),
        ),
    )


def _shared(laid: Laid, sequences: Sequence[Sequence[Count]]) -> tuple[str | Term, ...]:
    """Which part of a block learns how many of its parameters."""
    if len(sequences) > 1:
        first, *others, last = (laid.polynomial(sp.Add(*(part.value for part in parts))) for parts in sequences)
        return ("The sequences have ", first, *(piece for one in others for piece in (", ", one)), " and ", last, " of them, in this order:")
    norm, weight, bias = (laid.polynomial(part.value) for part in sequences[0])
    return ("The normalization has ", norm, " of them, the convolution ", weight, noun(weight, " weight"), " and ", bias, noun(bias, " bias", " biases"), ":")


def residual_problem(channels: Size, kernel: Size = 3) -> Problem:
    """Batch normalization, ReLU, a square convolution with as many output as input channels."""
    side, width = term(kernel), term(channels)
    return _block(
        "residual-block",
        "The residual block",
        RESIDUAL,
        {"C": (channels, "C D M"), "K": (kernel, "K H R")},
        (
            *("A convolutional residual block contains a batch normalization, a ReLU and a ", times(side, side), " convolution. Input and output have "),
            *(width, noun(width, " channel"), ". How many parameters define the block?"),
        ),
        "normalization, weights and biases",
        (
            "What does batch normalization learn for each channel, and what does it only measure?",
            "Does the ReLU learn anything?",
            "How many weights does one output channel of the convolution have? How many output channels are there, and how many biases?",
        ),
        ("is the number of channels of input and output", "the side of the square kernel"),
        {channels: 512, kernel: 3},
    )


def bottleneck_problem(channels: Size, bottleneck: Size, kernel: Size = 3) -> Problem:
    """Three sequences of batch normalization, ReLU and convolution: 1x1 down to the bottleneck, a square one, 1x1 up again."""
    wide, narrow, side = term(channels), term(bottleneck), term(kernel)
    return _block(
        "bottleneck-block",
        "The bottleneck block",
        BOTTLENECK,
        {"C": (channels, "C D M"), "B": (bottleneck, "B E G"), "K": (kernel, "K H R")},
        (
            "A bottleneck residual block contains three sequences of batch normalization, ReLU and convolution. The first reduces ",
            *(wide, noun(wide, " channel"), " to ", narrow, " with a ", times(1, 1), " convolution, the second keeps them with a ", times(side, side)),
            *(" convolution, the third increases them to ", wide, " with a ", times(1, 1), " convolution. How many parameters define the block?"),
        ),
        "normalization, weights and biases of each sequence",
        (
            "Take the three sequences one by one: how many channels go in, and how many come out?",
            "What does the batch normalization before each convolution learn, and for how many channels?",
            "How many weights and how many biases does each convolution have?",
        ),
        ("is the number of channels outside", "the number of channels in the bottleneck", "the side of the square kernel in the middle"),
        {channels: 512, bottleneck: 128, kernel: 3},
    )


# attention -------------------------------------------------------------------------------------------------------------------------


def _maps(width: Name, tokens: Name, put_in: dict[Name, int]) -> tuple[Laid, tuple[Count, ...]]:
    """What is learned: weights and biases of queries, keys and values, then of the dense layer between all numbers."""
    examples = spare("Z U Y", width, tokens)
    found: list[Count] = []
    for text in (ATTENTION, DENSE):
        laid = Laid((examples, tokens, width), described(text), put_in)
        for leaf in laid.leaves():
            found += learned(laid, leaf)
    return laid, tuple(found)


def comparison() -> tuple[Theorem, Theorem, Theorem]:
    """Dense minus attention, for N = 1 and for N >= 2: who is smaller, and when they are equal.

    For N >= 2 the sizes are written D = a + 1 and N = n + 2 with whole a and n, so that every sign can be read off; what is left of the polynomial when
    all products are dropped is a lower bound that vanishes for the smallest sizes only.
    """
    D, N = names("D N")
    a, n = names("a n")
    heavy, light, dense, offsets = (count.value for count in _maps(D, N, {})[1])
    known = Context().declare(Scalar(Domain.WHOLE), a, n)
    work = Working(known.declare(Scalar(Domain.NATURAL), D, N))
    width, tokens, more, further = (work.of(name) for name in (D, N, a, n))
    apart = sp.expand(dense + offsets - heavy - light)

    def difference(put_in: dict[Any, Term]) -> Term:
        layer, attention = sp.Dummy(), sp.Dummy()
        sides = {layer: work.term(dense + offsets, None, put_in), attention: Group(work.term(heavy + light, None, put_in))}
        return work.term(layer - attention, Order((), (layer,)), sides)

    start = difference({})
    one = theorem(
        "A single input",
        Context().declare(Scalar(Domain.NATURAL), D).define(N, Num("1")),
        chain(
            start,
            equals(work.term(sp.factor(apart.subs(tokens, 1))), by_definition, "N = 1"),
            link(Rel.LT, Num("0"), order, "D is at least 1"),
        ),
    )
    smallest = {width: more + 1, tokens: further + 2}
    factored = sp.factor(apart)
    put_in = sp.Mul(*(sp.expand(factor.subs(smallest)) for factor in sp.Mul.make_args(factored)))
    linear = sum(put_in.expand().coeff(size, 1).subs({more: 0, further: 0}) * size for size in (more, further))
    back = {}
    for size, at in ((more, width), (further, tokens)):
        value = sp.solve_linear(smallest[at], at, [size])[1]
        back[size] = work.letter(value, Group(work.term(value)))
    several = theorem(
        "Two inputs or more",
        known.define(D, work.term(smallest[width])).define(N, work.term(smallest[tokens])),
        chain(
            start,
            equals(work.term(factored), algebra, "factored"),
            equals(work.term(put_in), by_definition, "D = a + 1 and N = n + 2"),
            link(Rel.GE, work.term(linear), order, "no term is negative"),
            equals(work.term(linear.subs(back)), by_definition, "back to D and N"),
        ),
    )
    equal = theorem(
        "Where they are equal",
        Context().define(D, Num("1")).define(N, Num("2")),
        chain(
            start,
            equals(difference({width: Num("1"), tokens: Num("2")}), by_definition, "D = 1 and N = 2"),
            equals(work.term(apart.subs({width: 1, tokens: 2})), arithmetic),
        ),
    )
    return one, several, equal


def attention_problem(width: Size = Name("D"), tokens: Size = Name("N")) -> Problem:  # noqa: B008
    """Weights and biases of queries, keys and values of N inputs of length D, against one dense layer from all DN numbers to all DN numbers."""
    (d, t), put_in = lettered((width, "D d E"), (tokens, "N T M"))
    laid, found = _maps(d, t, put_in)
    D, N = term(width), term(tokens)
    reasons: tuple[Because, ...] = (
        ("three matrices of ", times(d, d), " numbers each"),
        ("three vectors of ", d, " numbers each"),
        "one for each pair of an input and an output",
        "one for each output",
    )
    named = [(kind, layer) for layer in ("attention", "dense") for kind in ("weights", "biases")]
    labels = [f"{'self-attention' if layer == 'attention' else 'dense layer'}, {kind}" for kind, layer in named]
    theorems = tuple(
        laid.total(
            f"{kind.capitalize()} of {'self-attention' if layer == 'attention' else 'the dense layer'}",
            Index(Name(kind, font="text"), (Name(layer, font="text"),)),
            [Several((count,))],
            why,
        )
        for (kind, layer), count, why in zip(named, found, reasons, strict=True)
    )
    results = [one.statement.rhs for one in theorems]
    single, several, equal = comparison()
    ledger = table(labels, found, laid, None, "Weights and biases", "full")
    all_numbers = width * tokens if isinstance(width, Name) and isinstance(tokens, Name) else times(width, tokens)

    def wrong(number: int, value: Term, why: str) -> Mistake:
        one = theorems[number]
        known = one.context.declare(Scalar(Domain.NATURAL), *(name for name in (d, t) if name not in put_in))
        return Mistake(written(equation(one.statement.lhs, value)), known, algebra, why)

    return Problem(
        "attention-parameters",
        "Parameters of self-attention and of a dense layer",
        (
            *("Self-attention computes queries, keys and values from ", N, noun(N, " input"), " of length ", D, ", each by one ", times(D, D)),
            *(" matrix of weights and one vector of ", D, noun(D, " bias", " biases"), ". How many weights and biases does it use? "),
            *("How many would a fully connected layer have that relates all ", all_numbers, " inputs to all ", all_numbers, " outputs?"),
        ),
        (
            Section(theorems[0], "Self-attention: a matrix and a vector for each of queries, keys and values, the same for every input."),
            Section(theorems[1], titled=False),
            Section(theorems[2], ("The dense layer: ", d * t, " numbers go in and ", d * t, " come out.")),
            Section(theorems[3], titled=False),
            Section(single, "With a single input the dense layer is the smaller one.", depth="full"),
            Section(several, "With two inputs or more it is never smaller, and larger by at least the sum below.", depth="full"),
            Section(equal, "The two are equal in one case only, one feature and two inputs.", depth="full"),
        ),
        Answer(
            tuple(one.statement for one in theorems),
            (found[0].value + found[1].value, found[2].value + found[3].value),
            (
                *("Self-attention uses ", results[0], " weights and ", results[1], " biases, whatever the number of inputs. The dense layer would have "),
                *(results[2], " weights and ", results[3], " biases, so it grows with the square of the number of inputs."),
            ),
            "weights and biases of queries, keys and values; no output projection",
        ),
        {"width": width, "tokens": tokens},
        ledger,
        figure=shares(ledger, theorems[2].context, {width: 64, tokens: 4}),
        hints=(
            "What size has the matrix that makes a query of one input, and does every input have a matrix of its own?",
            "How many such matrices and vectors are there?",
            "A fully connected layer has a weight for each pair of an input and an output. How many numbers go in, and how many come out?",
        ),
        meanings=(
            Meaning((d,), "is the length of each input"),
            Meaning((t,), "the number of inputs"),
            Meaning((theorems[0].statement.lhs,), "and the like: how many numbers of each kind are learned"),
        ),
        mistakes=(
            wrong(0, times(3, D, N), "The size of the data is taken for the size of the matrices, which map one input to one of the same length."),
            wrong(1, times(3, D, N), "A bias is counted for each input. All inputs have the same bias."),
            wrong(2, times(D, N), "Every input has a weight for every output, not for one output only."),
        ),
    )


# receptive fields ------------------------------------------------------------------------------------------------------------------


def field_problem(kernels: tuple[Size, ...], strides: tuple[Size, ...] = (1,), dilations: tuple[Size, ...] = (0,), convention: str = "zeros") -> Problem:
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
    spacings = tuple(spacing(one, convention) for one in dilations)
    letters = {one: Name(f"spacing{number}") for number, one in enumerate(dict.fromkeys(spacings)) if not isinstance(one, Num)}
    sizes = [int(one.digits) if isinstance(one, Num) else letters[one] for one in spacings]
    chained = tuple(part for k, s, d in zip(kernels, strides, sizes, strict=True) for part in described(WINDOW, K=k, S=s, D=d).parts)
    laid = Laid((Name("examples"), 1, Name("length")), Layers(chained), meant={letter: one for one, letter in letters.items()})
    (path,) = paths(laid.layout.placed)
    found = along(path, laid)
    result, recursive = found.result, found.general.recursive
    zeros = convention == "zeros"
    words = "dilation counts the zeros between neighbouring taps" if zeros else "dilation is the spacing of neighbouring taps"
    return Problem(
        "receptive-field",
        "The receptive field of a convolutional network",
        (
            *("A network consists of ", term(depth), noun(term(depth), " 1-D convolutional layer"), " with zero-padding, kernel size "),
            *(*_listed(kernels), ", stride ", *_listed(strides), " and dilation ", *_listed(dilations)),
            ". What is the size of the receptive field of the hidden units in the last layer?",
        ),
        (*found.lemmas, *found.layers),
        Answer(
            (result,),
            found.value,
            ("A unit of layer ", term(depth), " sees ", result.rhs, noun(result.rhs, " input"), "; with every layer the field grows as the recursion says:"),
            f"{words}; the field is the distance from the first to the last input that is seen, both included",
            tuple(one.statement for one in recursive),
        ),
        {"kernels": kernels, "strides": strides, "dilations": dilations, "convention": convention},
        notes=("Zero-padding moves the first and the last input that a unit sees by the same amount, so it does not change the size of the field.",),
        figure=pyramid(kernels, strides, spacings, r, found.known),
        hints=(
            "How many inputs does a unit of the first layer see?",
            "A unit of the second layer reads several neighbouring units of the first. How far do the fields of its first and of its last tap lie apart?",
            "By how much does one more layer enlarge the field, if the layers below have strides? Go through the layers one by one.",
            "Does padding change how many inputs a unit sees, or only which ones?",
        ),
        meanings=(
            *found.meanings,
            Meaning((delta[n],), "the spacing of its taps: the dilation plus one" if zeros else "the spacing of its taps, which is the dilation"),
        ),
        mistakes=tuple(_short_of_it(kernels, result, found.known)),
    )


def _listed(values: tuple[Size, ...]) -> tuple[str | Term, ...]:
    """A list of values, or the one that they all are."""
    shown = values[:1] if len(set(values)) == 1 else values
    return tuple(piece for value in shown for piece in (", ", term(value)))[1:]


def _short_of_it(kernels: tuple[Size, ...], result: Statement, known: Context) -> Iterator[Mistake]:
    known = known.define(result.lhs, result.rhs)

    def wrong(value: Term, why: str) -> Mistake:
        return Mistake(written(equation(result.lhs, value)), known, summation, why)

    yield wrong(times(*kernels), "The kernel sizes are multiplied. The taps of neighbouring units overlap: each layer adds to the field.")
    if len(kernels) > 1:
        less = "The kernel sizes are added. A layer adds one less than its kernel size: the first tap is counted already."
        yield wrong(sum_of([term(one) for one in kernels]), less)
        one_less = sum_of([Num("1"), *(term(one) - 1 for one in kernels)])
        yield wrong(one_less, "Dilation or strides are left out: the gaps between taps are as long as both make them.")


__all__ = ["attention_problem", "bottleneck_problem", "comparison", "conv_problem", "field_problem", "residual_problem"]
