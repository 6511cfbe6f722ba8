"""Parameters of self-attention against those of a dense layer.

Prince, *Understanding Deep Learning* (2023), ch. 12: values, keys and queries are affine in the data, ``V = b_v 1^T + W_v X`` and alike.
"""

from __future__ import annotations

from derivations.kernel.chains import chain, equals, link, theorem
from derivations.kernel.statement import Rel
from derivations.kernel.theorem import Theorem
from derivations.language.context import Context, Domain, Scalar
from derivations.language.term import Add, Name, Num, Term, dot, group, names, term, times
from derivations.problem import Answer, Ledger, LedgerRow, Problem, Section, noun
from derivations.rules.equality import algebra, arithmetic, by_definition
from derivations.rules.order import order
from derivations.topics.drawn.numbers import shares

Size = int | Name
attention, dense = Name("attention", font="text"), Name("dense", font="text")
a, n = names("a n")


def count(name: Name, parts: Term, result: Term, sizes: tuple[Size, ...], words: str) -> Theorem:
    known = Context().declare(Scalar(Domain.NATURAL), *(s for s in sizes if isinstance(s, Name))).define(name, parts)
    rule = algebra if any(isinstance(s, Name) for s in sizes) else arithmetic
    return theorem(words, known, chain(name, equals(parts, by_definition, "weights and biases"), equals(result, rule, "multiplied out")))


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
    D, N = (term(v) if isinstance(v, int) else v for v in (width, tokens))
    of_attention = Add((("+", times(3, D, D)), ("+", times(3, D))))
    of_dense = Add((("+", times(D * N, D * N)), ("+", D * N))) if not _numbers(width, tokens) else Add(
        (("+", times(D, N, D, N)), ("+", times(D, N)))
    )
    result_a: Term
    result_d: Term
    if isinstance(width, int):
        result_a = term(3 * width**2 + 3 * width)
    else:
        result_a = 3 * D**2 + 3 * D
    if isinstance(width, int) and isinstance(tokens, int):
        result_d = term((width * tokens) ** 2 + width * tokens)
    else:
        result_d = D**2 * N**2 + D * N
    first = count(attention, of_attention, result_a, (width,), "Self-attention")
    second = count(dense, of_dense, result_d, (width, tokens), "Dense layer")
    single, several, equal = comparison()
    from derivations.language.denote import denote

    rows = (LedgerRow("self-attention", of_attention, result_a), LedgerRow("dense layer", of_dense, result_d))
    ledger = Ledger(rows, None, "Weights and biases")
    values = (denote(result_a, first.context), denote(result_d, second.context))
    return Problem(
        "attention-parameters",
        "Parameters of self-attention and of a dense layer",
        (
            "Self-attention computes queries, keys and values from ",
            N,
            noun(N, " input"),
            " of length ",
            D,
            ", each by one ",
            times(D, D),
            " matrix of weights and one vector of ",
            D,
            noun(D, " bias", " biases"),
            ". How many weights and biases does it use? How many would a fully connected layer have that relates all ",
            times(D, N),
            " inputs to all ",
            times(D, N),
            " outputs?",
        ),
        (
            Section(first, "Three matrices and three vectors, whatever the number of inputs."),
            Section(second, "Every number with every number, and one bias for each output."),
            Section(single, "With a single input the dense layer is the smaller one."),
            Section(several, "With two inputs or more it is never smaller, and larger by at least the sum below."),
            Section(equal, "The two are equal in one case only, one feature and two inputs:"),
        ),
        Answer(
            (first.statement, second.statement),
            values,
            (
                "Self-attention has ",
                result_a,
                " parameters, whatever the number of inputs; the dense layer has ",
                result_d,
                ". They are equal for one feature and two inputs; for every other width with two inputs or more the dense layer is larger.",
            ),
            "weights and biases of queries, keys and values; no output projection",
        ),
        {"width": width, "tokens": tokens},
        ledger,
        figure=shares(ledger, second.context, {width: 64, tokens: 4}),
    )


def _numbers(*sizes: Size) -> bool:
    return all(isinstance(s, int) for s in sizes)


__all__ = ["comparison", "problem"]
