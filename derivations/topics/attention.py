"""Parameters of self-attention against those of a dense layer.

Prince, *Understanding Deep Learning* (2023), ch. 12: values, keys and queries are affine in the data, ``V = b_v 1^T + W_v X`` and alike.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.kernel.chains import chain, equals, link, theorem, written
from derivations.kernel.statement import Because, Rel, equation
from derivations.kernel.theorem import Theorem
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Scalar
from derivations.language.term import Mul, Name, Num, Term, dot, group, names, relation, term, times
from derivations.problem import Answer, Ledger, LedgerRow, Meaning, Mistake, Problem, Section, noun
from derivations.rules.equality import algebra, arithmetic, by_definition
from derivations.rules.order import order
from derivations.topics.drawn.numbers import shares
from derivations.topics.polynomials import multiplied_out

Size = int | Name
weights_a, biases_a, weights_d, biases_d = (
    Name(kind, font="text")[Name(layer, font="text")] for layer in ("attention", "dense") for kind in ("weights", "biases")
)
a, n = names("a n")


def count(name: Term, sizes: _Sizes, general: Term, entered: Term, result: Term, title: str, why: Because) -> Theorem:
    """A count in symbols, with the numbers put in, and worked out."""
    known = sizes.context.define(name, general)
    links = [equals(general, by_definition, why)]
    if entered != general:
        links.append(equals(entered, by_definition, ("the numbers put in: ", *sizes.entered), key=False))
    if bracketed(result) != bracketed(entered):
        links.append(equals(result, arithmetic if isinstance(result, Num) else algebra, "the product"))
    return theorem(title, known, chain(name, *links))


@dataclass(frozen=True, slots=True)
class _Sizes:
    """The letters of the two sizes, and what each is: itself or a number."""

    width: Name
    tokens: Name
    values: tuple[Size, Size]

    @property
    def pairs(self) -> tuple[tuple[Name, Size], ...]:
        return (self.width, self.values[0]), (self.tokens, self.values[1])

    @property
    def context(self) -> Context:
        known = Context().declare(Scalar(Domain.NATURAL), *(v for v in self.values if isinstance(v, Name)))
        for name, value in self.pairs:
            known = known.define(name, term(value)) if isinstance(value, int) else known
        return known

    @property
    def entered(self) -> tuple[str | Term, ...]:
        numbers = [relation(name, "=", term(value)) for name, value in self.pairs if isinstance(value, int)]
        return tuple(piece for number in numbers for piece in (", ", number))[1:]


def _counts(width: Term, tokens: Term) -> tuple[tuple[Term, Term], ...]:
    """Weights and biases of self-attention, then of the dense layer, as they come about."""
    numbers = isinstance(width, Num) and isinstance(tokens, Num)
    dense = times(width, tokens, width, tokens) if numbers else Mul((("", width), ("", tokens), ("times", width), ("", tokens)))
    return (times(3, width, width), times(3, width)), (dense, times(width, tokens) if isinstance(width, Num) else width * tokens)


def comparison() -> tuple[Theorem, Theorem, Theorem]:
    """Dense minus attention, for N = 1 and for N >= 2: who is smaller, and when they are equal.

    For N >= 2 the sizes are written D = a + 1 and N = n + 2 with whole a and n, so that every sign can be read off.
    """
    D, N = names("D N")
    difference = (D**2 * N**2 + D * N) - (3 * D**2 + 3 * D)
    one = theorem(
        "A single input",
        Context().declare(Scalar(Domain.NATURAL), D).define(N, Num("1")),
        chain(
            difference,
            equals(-(2 * D * (D + 1)), by_definition, "N = 1"),
            link(Rel.LT, Num("0"), order, "D is at least 1"),
        ),
    )
    known = Context().declare(Scalar(Domain.WHOLE), a, n).define(D, a + 1).define(N, n + 2)
    several = theorem(
        "Two inputs or more",
        known,
        chain(
            difference,
            equals(D * (group(D - 1) * (N**2 - 3) + group(N + 3) * (N - 2)), algebra, "factored"),
            equals((a + 1) * (a * (n**2 + 4 * n + 1) + n * (n + 5)), by_definition, "D = a + 1 and N = n + 2"),
            link(Rel.GE, a + n, order, "no term is negative"),
            equals(group(D - 1) + (N - 2), by_definition, "back to D and N"),
        ),
    )
    equal = theorem(
        "Where they are equal",
        Context().define(D, Num("1")).define(N, Num("2")),
        chain(
            difference, equals(group(dot(1, 4) + dot(1, 2)) - (dot(3, 1) + dot(3, 1)), by_definition, "D = 1 and N = 2"), equals(Num("0"), arithmetic)
        ),
    )
    return one, several, equal


def problem(width: Size = Name("D"), tokens: Size = Name("N")) -> Problem:  # noqa: B008
    """Weights and biases of queries, keys and values of N inputs of length D, against one dense layer from all DN numbers to all DN numbers."""
    d = width if isinstance(width, Name) else next(n for n in names("D d E") if n != tokens)
    t = tokens if isinstance(tokens, Name) else next(n for n in names("N T M") if n != width)
    sizes = _Sizes(d, t, (width, tokens))
    D, N = (term(v) if isinstance(v, int) else v for v in (width, tokens))
    (w_a, b_a), (w_d, b_d) = _counts(d, t)
    entered = _counts(D, N)
    results: list[Term] = [term(3 * width**2), term(3 * width)] if isinstance(width, int) else [3 * D**2, 3 * D]
    if isinstance(width, int) and isinstance(tokens, int):
        results += [term((width * tokens) ** 2), term(width * tokens)]
    else:
        some = isinstance(width, int) or isinstance(tokens, int)
        results += [multiplied_out(entered[1][0], sizes.context) if some else D**2 * N**2, D * N]
    theorems = (
        count(weights_a, sizes, w_a, entered[0][0], results[0], "Weights of self-attention", ("three matrices of ", times(d, d), " numbers each")),
        count(biases_a, sizes, b_a, entered[0][1], results[1], "Biases of self-attention", ("three vectors of ", d, " numbers each")),
        count(weights_d, sizes, w_d, entered[1][0], results[2], "Weights of the dense layer", "one for each pair of an input and an output"),
        count(biases_d, sizes, b_d, entered[1][1], results[3], "Biases of the dense layer", "one for each output"),
    )
    single, several, equal = comparison()
    from derivations.language.denote import denote

    labels = ("self-attention, weights", "self-attention, biases", "dense layer, weights", "dense layer, biases")
    counts = (*entered[0], *entered[1])
    ledger = Ledger(tuple(LedgerRow(*row) for row in zip(labels, counts, results, strict=True)), None, "Weights and biases", "full")
    known = sizes.context
    whole_a, whole_d = results[0] + results[1], results[2] + results[3]
    return Problem(
        "attention-parameters",
        "Parameters of self-attention and of a dense layer",
        (
            "Self-attention computes queries, keys and values from ", N, noun(N, " input"), " of length ", D, ", each by one ", times(D, D),
            " matrix of weights and one vector of ", D, noun(D, " bias", " biases"),
            ". How many weights and biases does it use? How many would a fully connected layer have that relates all ", _numbers(D, N),
            " inputs to all ", _numbers(D, N), " outputs?",
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
            (denote(whole_a, known), denote(whole_d, known)),
            (
                "Self-attention uses ", results[0], " weights and ", results[1], " biases, whatever the number of inputs. The dense layer would have ",
                results[2], " weights and ", results[3], " biases, so it grows with the square of the number of inputs.",
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
            *(Meaning((name,), words) for name, words in ((weights_a, "and the like: how many numbers of each kind are learned"),)),
        ),
        mistakes=_mistakes(theorems, results, D, N),
    )


def _numbers(width: Term, tokens: Term) -> Term:
    """How many numbers there are in all inputs."""
    return width * tokens if isinstance(width, Name) and isinstance(tokens, Name) else times(width, tokens)


def _mistakes(theorems: tuple[Theorem, ...], results: list[Term], width: Term, tokens: Term) -> tuple[Mistake, ...]:
    def claimed(number: int, value: Term, why: str) -> Mistake:
        one = theorems[number]
        known = one.context if not isinstance(tokens, Name) else one.context.declare(Scalar(Domain.NATURAL), tokens)
        return Mistake(written(equation(one.statement.lhs, value)), known, algebra, why)

    return (
        claimed(0, times(3, width, tokens), "The size of the data is taken for the size of the matrices, which map one input to one of the same length."),
        claimed(1, times(3, width, tokens), "A bias is counted for each input. All inputs have the same bias."),
        claimed(2, times(width, tokens), "Every input has a weight for every output, not for one output only."),
    )


__all__ = ["comparison", "problem"]
