"""Parameter counts of convolutions and of residual blocks, as polynomials and as numbers.

A count is a sum of ones over the indices of the tensor. The same counts, of every layer and of whole architectures, come from the ledgers in
``derivations.topics.parameters``; the tests hold that both agree.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.kernel.chains import chain, equals, theorem
from derivations.kernel.theorem import Theorem
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Scalar
from derivations.language.errors import ParameterError
from derivations.language.term import Add, Mul, Name, Num, Pow, Term, names, sum_over, term, times
from derivations.problem import Answer, Ledger, LedgerRow, Problem, Section, noun
from derivations.rules.equality import algebra, arithmetic, by_definition, summation
from derivations.topics.drawn.numbers import shares
from derivations.topics.polynomials import multiplied_out

Size = int | Name
K, H, C_in, C_out = Name("K"), Name("H"), Name("C", label="in"), Name("C", label="out")
weights, biases, parameters = (Name(word, font="text") for word in ("weights", "biases", "parameters"))
BUFFERS = "running means and variances of batch normalization are buffers, not parameters, and are not counted"


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a ledger: what it is, its count as written, and as a number where it is one."""

    label: str
    count: Term
    number: int | None


def conv_weights(dimensions: int = 1) -> Theorem:
    """A convolution has one weight for each pair of channels and each tap."""
    o, c, *taps = names("o c j h")[: 2 + dimensions]
    sides = (K, H)[:dimensions]
    known = Context().declare(Scalar(Domain.NATURAL), C_in, C_out, *sides)
    body: Term = Num("1")
    for tap, side in reversed(list(zip(taps, sides, strict=True))):
        body = sum_over(tap, 1, side, body)
    counted = sum_over(o, 1, C_out, sum_over(c, 1, C_in, body))
    return theorem(
        "Weights of a convolution",
        known.define(weights, counted),
        chain(
            weights,
            equals(counted, by_definition, "one for each output channel, input channel and tap"),
            equals(times(*sides, C_in, C_out), summation, "each sum of ones is its number of terms"),
        ),
    )


def product_of(*sizes: Size) -> tuple[Term, int | None]:
    """The product as written, and its value where all sizes are numbers."""
    value: int | None = 1
    for size in sizes:
        value = value * size if isinstance(size, int) and value is not None else None
    return times(*(_term(s) for s in sizes)), value


def _term(size: Size) -> Term:
    return term(size) if isinstance(size, int) else size


def convolution_parts(name: str, kernel: tuple[Size, ...], inputs: Size, outputs: Size) -> tuple[Part, Part]:
    """Weights and biases of a convolution, one bias an output channel."""
    count, value = product_of(*kernel, inputs, outputs)
    return Part(f"{name}, weights", count, value), Part(f"{name}, biases", _term(outputs), outputs if isinstance(outputs, int) else None)


def normalization_part(name: str, channels: Size) -> Part:
    """Batch normalization learns a scale and a shift for each channel."""
    count, value = product_of(2, channels)
    return Part(f"{name}, scale and shift", count, value)


def counted(title: str, parts: tuple[Part, ...], polynomial: Term | None, known: Context) -> Theorem:
    """The total: the parts added up, and brought to a number or to the polynomial (as it is given, or as SymPy orders it)."""
    whole = Add(tuple(("+", p.count) for p in parts))
    known = known.define(parameters, whole)
    links = [equals(whole, by_definition, "all parts")]
    values = [p.number for p in parts if p.number is not None]
    if len(values) == len(parts):
        separate = Add(tuple(("+", term(v)) for v in values))
        if separate != whole:
            links.append(equals(separate, arithmetic, "each part", key=False))
        links.append(equals(term(sum(values)), arithmetic, "added up"))
    else:
        collected = polynomial if polynomial is not None else multiplied_out(whole, known)
        if collected != bracketed(whole):
            links.append(equals(collected, algebra, "collecting terms"))
    return theorem(title, known, chain(parameters, *links))


def ledger(parts: tuple[Part, ...], total: Term) -> Ledger:
    rows = tuple(LedgerRow(p.label, p.count, p.number if p.number is not None else p.count) for p in parts)
    return Ledger(rows, LedgerRow("total", None, total), "Parameters by part")


def with_sizes(*sizes: Size) -> Context:
    return Context().declare(Scalar(Domain.NATURAL), *dict.fromkeys(s for s in sizes if isinstance(s, Name)))


def _answer(total: Theorem, words: str, convention: str) -> Answer:
    from derivations.language.denote import denote

    result = total.statement.rhs
    return Answer((total.statement,), denote(result, total.context), (words, result, noun(result, " parameter"), "."), convention)


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
    known = with_sizes(*channels, *kernels)
    layers = tuple(zip(kernels, channels, channels[1:], strict=False))
    parts = tuple(part for number, (k, a, b) in enumerate(layers, 1) for part in convolution_parts(f"layer {number}", (k,), a, b))
    sections = [
        Section(
            conv_weights(1),
            "A 1-D convolution has one weight for each output channel, input channel and tap, and one bias for each output channel.",
            "lemma",
        )
    ]
    for number, (k, a, b) in enumerate(layers, 1):
        polynomial = _poly((k, a, b), b) if all(isinstance(v, Name) for v in (k, a, b)) else None
        layer = counted(f"Layer {number}", convolution_parts(f"layer {number}", (k,), a, b), polynomial, known)
        sections.append(Section(layer, f"Layer {number}."))
    total = counted("Both layers" if len(layers) == 2 else "All layers", parts, None, known)
    sections.append(Section(total, "Together."))
    chans: list[str | Term] = []
    for number, (k, a, b) in enumerate(layers, 1):
        chans.extend([f" Layer {number} has kernel size ", _term(k), " and goes from ", _term(a), " to ", _term(b), noun(_term(b), " channel"), "."])
    return Problem(
        "conv-parameters",
        "Weights and biases of convolutional layers",
        ("A 1-D convolutional network has ", _term(channels[0]),
         noun(_term(channels[0]), " input channel"), ".", *chans, " How many weights and how many biases are needed?"),
        tuple(sections),
        _answer(total, "Together the layers have ", "one bias for each output channel"),
        {"channels": channels, "kernels": kernels},
        ledger(parts, total.statement.rhs),
        figure=shares(ledger(parts, total.statement.rhs), total.context, dict.fromkeys(channels, 16) | dict.fromkeys(kernels, 3)),
    )


def _poly(factors: tuple[Size, ...], bias: Size) -> Term:
    return Mul(tuple(("", _term(f)) for f in factors)) + _term(bias)


def residual_problem(channels: Size, kernel: Size = 3) -> Problem:
    """Batch normalization, ReLU, a square convolution with as many output as input channels."""
    known = with_sizes(channels, kernel)
    parts = (normalization_part("batch normalization", channels), *convolution_parts("convolution", (kernel, kernel), channels, channels))
    c, k = _term(channels), _term(kernel)
    square: Term = term(kernel**2) if isinstance(kernel, int) else Pow(k, Num("2"))
    polynomial = 2 * c + square * c**2 + c if isinstance(channels, Name) and channels != kernel else None
    total = counted("The residual block", parts, polynomial, known)
    return Problem(
        "residual-block",
        "Parameters of a residual block",
        (
            "A convolutional residual block contains a batch normalization, a ReLU and a ",
            times(k, k),
            " convolution. Input and output have ",
            c,
            noun(c, " channel"),
            ". How many parameters define the block?",
        ),
        (
            Section(
                conv_weights(2), "A square convolution has one weight for each output channel, input channel and position in the kernel.", "lemma"
            ),
            Section(total, ""),
        ),
        _answer(total, "The block has ", "the convolution has a bias; " + BUFFERS),
        {"channels": channels, "kernel": kernel},
        ledger(parts, total.statement.rhs),
        notes=("The ReLU has no parameters.", BUFFERS[0].upper() + BUFFERS[1:] + "."),
        figure=shares(ledger(parts, total.statement.rhs), total.context, {channels: 512, kernel: 3}),
    )


def bottleneck_problem(channels: Size, bottleneck: Size, kernel: Size = 3) -> Problem:
    """Three sequences of batch normalization, ReLU and convolution: 1x1 down to the bottleneck, a square one, 1x1 up again."""
    known = with_sizes(channels, bottleneck, kernel)
    sizes = ((channels, bottleneck, 1), (bottleneck, bottleneck, kernel), (bottleneck, channels, 1))
    parts = tuple(
        part
        for number, (a, b, k) in enumerate(sizes, 1)
        for part in (normalization_part(f"normalization {number}", a), *convolution_parts(f"convolution {number}", (k, k), a, b))
    )
    c, b, k = _term(channels), _term(bottleneck), _term(kernel)
    square: Term = term(kernel**2) if isinstance(kernel, int) else Pow(k, Num("2"))
    symbolic = isinstance(channels, Name) and isinstance(bottleneck, Name) and len({channels, bottleneck, kernel}) == 3
    polynomial = 2 * c * b + square * b**2 + 6 * b + 3 * c if symbolic else None
    total = counted("The bottleneck block", parts, polynomial, known)
    return Problem(
        "bottleneck-block",
        "Parameters of a bottleneck block",
        (
            "A bottleneck residual block contains three sequences of batch normalization, ReLU and convolution. The first reduces ",
            c,
            noun(c, " channel"),
            " to ",
            b,
            " with a ",
            times(1, 1),
            " convolution, the second keeps them with a ",
            times(k, k),
            " convolution, the third increases them to ",
            c,
            " with a ",
            times(1, 1),
            " convolution. How many parameters define the block?",
        ),
        (
            Section(
                conv_weights(2), "A square convolution has one weight for each output channel, input channel and position in the kernel.", "lemma"
            ),
            Section(total, ""),
        ),
        _answer(total, "The block has ", "each convolution has a bias; " + BUFFERS),
        {"channels": channels, "bottleneck": bottleneck, "kernel": kernel},
        ledger(parts, total.statement.rhs),
        notes=(BUFFERS[0].upper() + BUFFERS[1:] + ".",),
        figure=shares(ledger(parts, total.statement.rhs), total.context, {channels: 512, bottleneck: 128, kernel: 3}),
    )


__all__ = ["ParameterError", "bottleneck_problem", "conv_problem", "conv_weights", "residual_problem"]
