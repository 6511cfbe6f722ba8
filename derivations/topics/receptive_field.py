"""Receptive fields of chains of 1-D convolutions.

Araujo, Norris and Sim, *Computing Receptive Fields of Convolutional Neural Networks*, Distill (2019). Branched networks, holes and upsampling are answered
exactly, by dependency sets, in ``derivations.topics.dependency``.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.kernel.chains import chain, equals, theorem, written
from derivations.kernel.statement import Statement, equation
from derivations.kernel.theorem import Theorem
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Scalar, Sequence
from derivations.language.errors import ParameterError
from derivations.language.term import Big, Name, Num, Term, group, names, product, relation, sum_over, term, times
from derivations.problem import Answer, Meaning, Mistake, Problem, Section, noun
from derivations.rules.equality import algebra, arithmetic, by_definition, summation
from derivations.rules.induction import by_induction
from derivations.topics.convolution import spacing
from derivations.topics.drawn.signals import pyramid
from derivations.topics.polynomials import multiplied_out

r, s, k, delta, n, l, i = names("r s k delta n l i")
Size = int | Name
ONE = Num("1")


def stride_product(last: Term) -> Term:
    """The input shift of one step in layer ``last``: the product of the strides up to it."""
    return Big("prod", s[i], i, ONE, last)


def context() -> Context:
    """``r_0 = 1`` and the recursion for the field of layer n."""
    known = Context().declare(Scalar(Domain.WHOLE), n).declare(Sequence(Domain.NATURAL), s, k, delta).declare(Sequence(), r)
    return known.define(r[n + 1], r[n] + (k[n + 1] - 1) * delta[n + 1] * stride_product(n), (n,)).define(r[0], ONE)


def recursion() -> Theorem:
    """One more layer, from the first and the last input that a unit sees. The padding moves both alike and drops out.

    A unit at position q of the layer before sees the inputs from S q - P to S q - P + R - 1. Unit u of the new layer reads the layer before from
    a u - p to a u - p + d (K - 1).
    """
    first, last = Name("first", font="rm"), Name("last", font="rm")
    S, P, p, q, u, R, taps, d, step = names("S P p q u R K d a")
    known = Context().declare(Scalar(Domain.INTEGER), P, p, q, u).declare(Scalar(Domain.NATURAL), S, R, taps, d, step)
    known = known.define(first(q), S * q - P, (q,)).define(last(q), S * q - P + R - 1, (q,))
    low, high = step * u - p, step * u - p + d * (taps - 1)
    return theorem(
        "One more layer",
        known,
        chain(
            last(high) - first(low) + 1,
            equals((S * high - P + R - 1) - (S * low - P) + 1, by_definition, "what the layer before sees at both ends: of its last tap and of its first"),
            equals(R + (taps - 1) * d * S, algebra, "the padding of both layers cancels"),
        ),
    )


def closed_form(last: Term) -> Term:
    return 1 + sum_over(l, 1, last, (k[l] - 1) * delta[l] * stride_product(l - 1))


def for_every_depth() -> tuple[Theorem, Theorem, Theorem]:
    """Base, step and conclusion of the closed form."""
    known = context()
    claim = written(equation(r[n], closed_form(n)))
    base = theorem(
        "No layer", known, chain(r[0], equals(ONE, by_definition, "an input sees itself"), equals(closed_form(Num("0")), summation, "an empty sum"))
    )
    step = theorem(
        "One layer more",
        known.assume(claim.formula),
        chain(
            r[n + 1],
            equals(r[n] + (k[n + 1] - 1) * delta[n + 1] * stride_product(n), by_definition, "the recursion"),
            equals(closed_form(n) + (k[n + 1] - 1) * delta[n + 1] * stride_product(n), algebra, "the claim for n", claim),
            equals(closed_form(n + 1), summation, "the new layer is the last term of the sum"),
        ),
    )
    return base, step, by_induction("The receptive field of n layers", known, claim, n, base, step)


def grown() -> Theorem:
    """The recursion as it stands, for the reader."""
    return theorem(
        "The recursion",
        context(),
        chain(
            r[n + 1],
            equals(
                r[n] + (k[n + 1] - 1) * delta[n + 1] * stride_product(n),
                by_definition,
                ("the outermost taps lie ", group(k[n + 1] - 1) * delta[n + 1], " units of layer ", n, " apart, and neighbouring units ",
                 stride_product(n), " inputs"),
            ),
        ),
    )


def instance(kernels: tuple[Size, ...], strides: tuple[Size, ...], spacings: tuple[Term, ...]) -> tuple[Theorem, ...]:
    """One chain for each layer: the numbers put into the recursion."""
    symbols = [v for v in (*kernels, *strides) if isinstance(v, Name)] + [d for d in spacings if isinstance(d, Name)]
    symbols += [name for d in spacings for name in _names_in(d)]
    for symbol in symbols:
        if symbol in (r, s, k, delta, n, l, i):
            raise ParameterError(
                "receptive-field",
                "a symbol",
                symbol.text,
                f"any name but {', '.join(own.text for own in (r, s, k, delta, n, l, i))}, which the derivation uses",
            )
    known = context().declare(Scalar(Domain.NATURAL), *dict.fromkeys(symbols))
    for layer, (kernel, stride, distance) in enumerate(zip(kernels, strides, spacings, strict=True), 1):
        known = known.define(k[layer], _term(kernel)).define(s[layer], _term(stride)).define(delta[layer], distance)
    found: list[Theorem] = []
    field: int | Term = 1
    shift: int | Term = 1
    for layer, (kernel, stride, distance) in enumerate(zip(kernels, strides, spacings, strict=True), 1):
        before = _term(field)
        put_in = before + times(_term(kernel) - 1, distance, _term(shift))
        values: list[str | Term] = [relation(k[layer], "=", _term(kernel)), ", ", relation(delta[layer], "=", distance)]
        if layer > 1:
            values += [", ", relation(s[layer - 1], "=", _term(strides[layer - 2]))]
        links = [equals(put_in, summation, ("layer ", term(layer), ": ", *values), key=not isinstance(field, int))]
        if isinstance(kernel, int) and isinstance(distance, Num) and isinstance(field, int) and isinstance(shift, int):
            growth = (kernel - 1) * int(distance.digits) * shift
            links.append(equals(term(field) + term(growth), arithmetic, ("the field grows by ", term(growth), noun(term(growth), " input")), key=False))
            field += growth
            links.append(equals(term(field), arithmetic, ("what a unit of layer ", term(layer), " sees")))
        else:
            field = multiplied_out(put_in, known)
            if field != bracketed(put_in):
                links.append(equals(field, algebra, "multiplied out"))
        shift = shift * stride if isinstance(shift, int) and isinstance(stride, int) else product(_term(shift), _term(stride))
        found.append(theorem(f"Layer {layer}", known, chain(r[layer], *links)))
        known = known.define(r[layer], _term(field))
    return tuple(found)


def _names_in(t: Term) -> list[Name]:
    from derivations.language.structure import free_names

    return sorted(free_names(t), key=lambda name: name.text)


def _term(value: Size | Term) -> Term:
    return term(value) if isinstance(value, int) else value


def problem(kernels: tuple[Size, ...], strides: tuple[Size, ...] = (1,), dilations: tuple[Size, ...] = (0,), convention: str = "zeros") -> Problem:
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
    spacings = tuple(spacing(d, convention) for d in dilations)
    base, step, conclusion = for_every_depth()
    layers = instance(kernels, strides, spacings)
    from derivations.language.denote import denote

    result = layers[-1].statement
    last = layers[-1].context
    zeros = convention == "zeros"
    words = "dilation counts the zeros between neighbouring taps" if zeros else "dilation is the spacing of neighbouring taps"
    recursive = grown()
    return Problem(
        "receptive-field",
        "The receptive field of a convolutional network",
        _question(kernels, strides, dilations),
        (
            Section(
                recursion(),
                "One more layer. A unit of the layer before sees the inputs from its first to its last; the new unit sees from the first of its first tap"
                " to the last of its last tap.",
                "lemma",
                depth="full",
            ),
            Section(
                recursive,
                ("An input sees itself, ", relation(r[0], "=", ONE), ". One more layer lets a unit see as far as its outermost taps do, so its field grows:"),
            ),
            Section(base, "For every number of layers: before the first layer.", "lemma", depth="full"),
            Section(step, ("From ", n, " layers to ", n + 1, "."), "lemma", depth="full"),
            Section(conclusion, "So for every number of layers.", depth="full"),
            *(Section(layer, "Layer by layer.", titled=number == 1) for number, layer in enumerate(layers, 1)),
        ),
        Answer(
            (result,),
            denote(result.rhs, last),
            ("A unit of layer ", term(depth), " sees ", result.rhs, noun(result.rhs, " input"), "; with every layer the field grows as the recursion says:"),
            f"{words}; the field is the distance from the first to the last input that is seen, both included",
            (recursive.statement,),
        ),
        {"kernels": kernels, "strides": strides, "dilations": dilations, "convention": convention},
        notes=("Zero-padding moves the first and the last input that a unit sees by the same amount, so it does not change the size of the field.",),
        figure=pyramid(kernels, strides, spacings, r, last),
        hints=(
            "How many inputs does a unit of the first layer see?",
            "A unit of the second layer reads several neighbouring units of the first. How far do the fields of its first and of its last tap lie apart?",
            "By how much does one more layer enlarge the field, if the layers below have strides? Go through the layers one by one.",
            "Does padding change how many inputs a unit sees, or only which ones?",
        ),
        meanings=(
            Meaning((r[n],), ("is the receptive field of a unit of layer ", n, ", in inputs")),
            Meaning((k[n],), "its kernel size"),
            Meaning((s[n],), "its stride"),
            Meaning((delta[n],), "the spacing of its taps: the dilation plus one" if zeros else "the spacing of its taps, which is the dilation"),
        ),
        mistakes=_mistakes(kernels, strides, spacings, result, last),
    )


def _mistakes(kernels: tuple[Size, ...], strides: tuple[Size, ...], spacings: tuple[Term, ...], result: Statement, known: Context) -> tuple[Mistake, ...]:
    known = replace(known, definitions=tuple(d for d in known.definitions if d.lhs != result.lhs)).define(result.lhs, result.rhs)

    def wrong(value: Term, why: str) -> Mistake:
        return Mistake(written(equation(result.lhs, value)), known, summation, why)

    found = [wrong(times(*map(_term, kernels)), "The kernel sizes are multiplied. The taps of neighbouring units overlap: each layer adds to the field.")]
    if len(kernels) > 1:
        added = _sum([_term(kernel) for kernel in kernels])
        found.append(wrong(added, "The kernel sizes are added. A layer adds one less than its kernel size: the first tap is counted already."))
        one_less = [_term(kernel) - 1 for kernel in kernels]
        found.append(wrong(_sum([ONE, *one_less]), "Dilation or strides are left out: the gaps between taps are as long as both make them."))
    return tuple(found)


def _sum(parts: list[Term]) -> Term:
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _question(kernels: tuple[Size, ...], strides: tuple[Size, ...], dilations: tuple[Size, ...]) -> tuple[str | Term, ...]:
    def listed(values: tuple[Size, ...]) -> tuple[str | Term, ...]:
        if len(set(values)) == 1:
            return (_term(values[0]),)
        parts: list[str | Term] = []
        for number, value in enumerate(values):
            parts.extend(([", "] if number else []) + [_term(value)])
        return tuple(parts)

    return (
        "A network consists of ", term(len(kernels)), noun(term(len(kernels)), " 1-D convolutional layer"),
        " with zero-padding, kernel size ", *listed(kernels), ", stride ",
        *listed(strides), " and dilation ", *listed(dilations), ". What is the size of the receptive field of the hidden units in the last layer?",
    )


__all__ = ["for_every_depth", "instance", "problem", "recursion"]
