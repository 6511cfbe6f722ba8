"""Parameters of self-attention against those of a dense layer.

Prince, *Understanding Deep Learning* (2023), ch. 12: values, keys and queries are affine in the data, ``V = b_v 1^T + W_v X`` and alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from derivations.kernel.chains import chain, equals, link, theorem, written
from derivations.kernel.statement import Because, Rel, equation
from derivations.kernel.theorem import Theorem
from derivations.language.context import Context, Domain, Scalar
from derivations.language.term import Group, Name, Num, Term, names, term, times
from derivations.problem import Answer, Ledger, LedgerRow, Meaning, Mistake, Problem, Section, noun
from derivations.rules.equality import algebra, arithmetic, by_definition
from derivations.rules.order import order
from derivations.topics.counting import Count, Sizes, counted
from derivations.topics.drawn.numbers import shares
from derivations.topics.working import Order, Working

Size = int | Name
weights_a, biases_a, weights_d, biases_d = (
    Name(kind, font="text")[Name(layer, font="text")] for layer in ("attention", "dense") for kind in ("weights", "biases")
)
a, n = names("a n")


def shapes(width: Any, tokens: Any, both: Callable[[Any, Any], Any]) -> tuple[tuple[Any, ...], ...]:
    """The shapes of what is learned: weights and biases of self-attention (queries, keys and values), then of the dense layer."""
    return (3, width, width), (3, width), (both(width, tokens), both(width, tokens)), (both(width, tokens),)


def counts(sizes: Sizes, d: Name, t: Name) -> tuple[Count, ...]:
    """Their entries. All numbers of all inputs are one axis of the dense layer."""
    work = sizes.work

    def all_numbers(width: Term, tokens: Term) -> Term:
        symbols = isinstance(width, Name) and isinstance(tokens, Name)
        axes = work.whole(work.of(d)), work.whole(work.of(t))
        return work.term(axes[0] * axes[1], Order(axes, (), "" if symbols else "times"), dict(zip(axes, (width, tokens), strict=True)))

    width, tokens = sizes.entered_for(d), sizes.entered_for(t)
    pairs = zip(shapes(d, t, all_numbers), shapes(width, tokens, all_numbers), strict=True)
    return tuple(counted(work, [term(a) for a in general], [term(a) for a in entered]) for general, entered in pairs)


def counted_as(name: Term, sizes: Sizes, count: Count, title: str, why: Because) -> Theorem:
    """A count in symbols, with the numbers put in, and worked out."""
    result = sizes.work.term(count.value, Order(tuple(sizes.work.of(letter) for letter in sizes.values)))
    links = [equals(count.general, by_definition, why)]
    if count.entered != count.general:
        links.append(equals(count.entered, by_definition, ("the numbers put in: ", *sizes.entered), key=False))
    if result != count.entered:
        links.append(equals(result, arithmetic if isinstance(result, Num) else algebra, "the product"))
    return theorem(title, sizes.context.define(name, count.general), chain(name, *links))


def comparison() -> tuple[Theorem, Theorem, Theorem]:
    """Dense minus attention, for N = 1 and for N >= 2: who is smaller, and when they are equal.

    For N >= 2 the sizes are written D = a + 1 and N = n + 2 with whole a and n, so that every sign can be read off; what is left of the polynomial when
    all products are dropped is a lower bound that vanishes for the smallest sizes only.
    """
    D, N = names("D N")
    sizes = Sizes()
    sizes.values |= {D: D, N: N}
    known = Context().declare(Scalar(Domain.WHOLE), a, n)
    work = Working(known.declare(Scalar(Domain.NATURAL), D, N))
    width, tokens, more, further = (work.of(name) for name in (D, N, a, n))
    heavy, light, dense, offsets = (count.value for count in counts(sizes, D, N))
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
    back = {size: _bracketed(work, sp.solve_linear(smallest[at], at, [size])[1]) for size, at in ((more, width), (further, tokens))}
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


def _bracketed(work: Working, value: Any) -> Any:
    """A symbol for a value that stands in brackets."""
    return work.letter(value, Group(work.term(value)))


def problem(width: Size = Name("D"), tokens: Size = Name("N")) -> Problem:  # noqa: B008
    """Weights and biases of queries, keys and values of N inputs of length D, against one dense layer from all DN numbers to all DN numbers."""
    d = width if isinstance(width, Name) else next(n for n in names("D d E") if n != tokens)
    t = tokens if isinstance(tokens, Name) else next(n for n in names("N T M") if n != width)
    sizes = Sizes()
    sizes.values |= {d: width, t: tokens}
    D, N = sizes.entered_for(d), sizes.entered_for(t)
    found = counts(sizes, d, t)
    reasons: tuple[Because, ...] = (
        ("three matrices of ", times(d, d), " numbers each"),
        ("three vectors of ", d, " numbers each"),
        "one for each pair of an input and an output",
        "one for each output",
    )
    named = (
        (weights_a, "Weights of self-attention"),
        (biases_a, "Biases of self-attention"),
        (weights_d, "Weights of the dense layer"),
        (biases_d, "Biases of the dense layer"),
    )
    theorems = tuple(counted_as(name, sizes, count, title, why) for (name, title), count, why in zip(named, found, reasons, strict=True))
    results = [one.statement.rhs for one in theorems]
    single, several, equal = comparison()
    labels = ("self-attention, weights", "self-attention, biases", "dense layer, weights", "dense layer, biases")
    rows = zip(labels, (count.entered for count in found), results, strict=True)
    ledger = Ledger(tuple(LedgerRow(*row) for row in rows), None, "Weights and biases", "full")
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
            _numbers(D, N),
            " inputs to all ",
            _numbers(D, N),
            " outputs?",
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
                "Self-attention uses ",
                results[0],
                " weights and ",
                results[1],
                " biases, whatever the number of inputs. The dense layer would have ",
                results[2],
                " weights and ",
                results[3],
                " biases, so it grows with the square of the number of inputs.",
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
        mistakes=_mistakes(theorems, D, N),
    )


def _numbers(width: Term, tokens: Term) -> Term:
    """How many numbers there are in all inputs."""
    return width * tokens if isinstance(width, Name) and isinstance(tokens, Name) else times(width, tokens)


def _mistakes(theorems: tuple[Theorem, ...], width: Term, tokens: Term) -> tuple[Mistake, ...]:
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
