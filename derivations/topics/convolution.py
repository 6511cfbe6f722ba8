"""The index expression of a strided, dilated 1-D convolution.

Dumoulin and Visin, *A guide to convolution arithmetic for deep learning* (2016); the question is Prince, *Understanding Deep Learning* (2023), ch. 10.
"""

from __future__ import annotations

from derivations.kernel.chains import chain, equals, theorem
from derivations.kernel.theorem import Theorem
from derivations.language.context import Context, Domain, Scalar, Sequence
from derivations.language.errors import ParameterError
from derivations.language.term import Add, Group, Name, Num, Term, names, relation, sum_over, term
from derivations.problem import Answer, Problem, Section
from derivations.rules.equality import by_definition, summation
from derivations.topics.drawn.signals import taps as drawn_taps

w, x, z, j, k, h = names("w x z j k h")
ONE = Num("1")
Size = int | Name

WRITTEN_OUT = 32
"""A convolution with at most this many taps is written out."""


def spacing(dilation: Size, convention: str) -> Term:
    """The distance between neighbouring taps: ``d + 1`` where d counts the zeros between them, d where it is that distance itself."""
    if convention == "spacing":
        return term(dilation) if isinstance(dilation, int) else dilation
    return term(dilation + 1) if isinstance(dilation, int) else dilation + 1


def centred_padding(kernel: Size, distance: Term) -> Term:
    """Padding that puts the middle tap of output 1 on input 1: ``distance (K - 1) / 2``, for an odd kernel."""
    if isinstance(kernel, Name):
        return (kernel - 1 if distance == ONE else distance * (kernel - 1)) / 2
    if kernel % 2 == 0:
        raise ParameterError("convolution in centred form", "kernel", kernel, "odd: an even kernel has no middle tap; use form 'left' with a padding")
    half = (kernel - 1) // 2
    return term(int(distance.digits) * half) if isinstance(distance, Num) else distance * half


def position(padding: Term, stride: Term, distance: Term, output: Term, tap: Term) -> Term:
    """Where tap j of output k reads: ``1 - p + s (k - 1) + delta (j - 1)`` (1-based)."""
    start = ONE if padding == Num("0") else 1 - padding
    return start + scaled(stride, output - 1) + scaled(distance, tap - 1)


def scaled(factor: Term, body: Term) -> Term:
    """``factor * body`` without a factor 1."""
    return Group(body) if factor == ONE else factor * body


def context(*sizes: Term) -> Context:
    symbols = [s for s in sizes if isinstance(s, Name)]
    known = Context().declare(Sequence(), w, x, z).declare(Scalar(Domain.INTEGER), k, j)
    return known.declare(Scalar(Domain.NATURAL), *symbols)


def moved(start: int, stride: Term, output: Term) -> Term:
    """``c + s (k - 1)`` with c a number."""
    step = stride * (output - 1) if stride != ONE else None
    if step is not None:
        return start + step if start else step
    return Add((("+", output), ("+" if start > 1 else "-", term(abs(start - 1))))) if start != 1 else output


def expanded(known: Context, kernel: int, padding: int, stride: Term, distance: int, output: Term) -> Theorem:
    """The sum over the taps written out."""
    p, d = term(padding), term(distance)
    general = sum_over(j, 1, term(kernel), w[j] * x[position(p, stride, d, output, j)])
    start = position(p, stride, d, output, ONE).parts[:-1]  # type: ignore[attr-defined]
    raw = total([w[tap] * x[Add((*start, ("+", term(distance * (tap - 1))))) if tap > 1 else Add(start)] for tap in range(1, kernel + 1)])
    tidy = total([w[tap] * x[moved(1 - padding + distance * (tap - 1), stride, output)] for tap in range(1, kernel + 1)])
    return theorem(
        "Written out",
        known,
        chain(
            z[output],
            equals(general, by_definition, "the definition of the convolution"),
            equals(raw, summation, "one term for each tap"),
            equals(tidy, summation, "adding up the numbers in each index"),
        ),
    )


def total(terms: list[Term]) -> Term:
    return terms[0] if len(terms) == 1 else Add(tuple(("+", t) for t in terms))


def defined(known: Context, kernel: Term, padding: Term, stride: Term, distance: Term) -> Context:
    """``z_k := sum_j w_j x_{position}``."""
    return known.define(z[k], sum_over(j, 1, kernel, w[j] * x[position(padding, stride, distance, k, j)]), (k,))


def question_instance() -> Theorem:
    """The given equation is the instance K = 3, s = 1, spacing 1, p = 1."""
    i = Name("i")
    known = defined(context().declare(Scalar(Domain.INTEGER), i), term(3), ONE, ONE, ONE)
    return theorem(
        "The given equation is an instance",
        known,
        chain(
            z[i],
            equals(sum_over(j, 1, 3, w[j] * x[position(ONE, ONE, ONE, i, j)]), by_definition, "three taps, stride 1, spacing 1, padding 1"),
            equals(w[1] * x[i - 1] + w[2] * x[i] + w[3] * x[i + 1], summation, "one term for each tap"),
        ),
    )


def problem(kernel: Size = 3, stride: Size = 1, dilation: Size = 0, padding: Size = 0, convention: str = "zeros", form: str = "left") -> Problem:
    """The inputs that each output reads.

    Args:
        kernel: number of taps K.
        stride: step s between neighbouring outputs, in inputs.
        dilation: d; ``convention`` says whether it counts the zeros between taps (``zeros``: an ordinary convolution has d = 0) or is the spacing of the taps
            (``spacing``: an ordinary one has d = 1).
        padding: zeros p before the first input (``form`` ``left``); in ``centred`` form it is what puts the middle tap of output 1 on input 1.

    Raises:
        ParameterError: dilation 0 where it is a spacing; an even kernel in centred form; a padding given in centred form; a symbol that the derivation uses.
    """
    own = (w, x, z, j, k, *((h,) if form == "centred" else ()))
    for field, size in (("kernel", kernel), ("stride", stride), ("dilation", dilation), ("padding", padding)):
        if size in own:
            raise ParameterError("convolution", field, size.text, f"any name but {', '.join(n.text for n in own)}, which the derivation uses")  # type: ignore[union-attr]
    if convention == "spacing" and dilation == 0:
        raise ParameterError("convolution", "dilation", 0, "at least 1 where it is the spacing of the taps (an ordinary convolution has spacing 1)")
    if form == "centred" and padding != 0:
        raise ParameterError("convolution in centred form", "padding", padding, "left out: the centred form has the padding of its middle tap")
    distance = spacing(dilation, convention)
    pad = centred_padding(kernel, distance) if form == "centred" else (term(padding) if isinstance(padding, int) else padding)
    taps, step = (term(v) if isinstance(v, int) else v for v in (kernel, stride))
    words = (
        "dilation counts the zeros between neighbouring taps, so that an ordinary convolution has dilation 0"
        if convention == "zeros"
        else "dilation is the spacing of neighbouring taps, so that an ordinary convolution has dilation 1"
    )
    anchor = "the middle tap of output 1 reads input 1" if form == "centred" else "the first tap of output 1 reads input 1 minus the padding"
    symbols = context(*(v for v in (kernel, stride, dilation, padding) if isinstance(v, Name)))
    if form == "centred" and isinstance(kernel, Name):  # only an odd kernel has a middle tap
        symbols = symbols.declare(Scalar(Domain.WHOLE), h).assume(relation(kernel, "=", 2 * h + 1))
    known = defined(symbols, taps, pad, step, distance).convention(words, anchor, "indices start at 1; inputs outside the signal are zero")
    general = theorem(
        "The general form",
        known,
        chain(
            z[k],
            equals(
                sum_over(j, 1, taps, w[j] * x[position(pad, step, distance, k, j)]), by_definition, "tap j is spacing times (j - 1) after the first"
            ),
        ),
    )
    sections = [Section(question_instance(), "The convolution of the question is an instance of the general form.", "lemma"), Section(general, "")]
    if isinstance(kernel, int) and kernel <= WRITTEN_OUT and isinstance(distance, Num) and isinstance(pad, Num):
        sections.append(Section(expanded(known, kernel, int(pad.digits), step, int(distance.digits), k), "The taps one by one."))
    from derivations.language.denote import denote

    index = denote(position(pad, step, distance, k, j), known)
    return Problem(
        "convolution",
        "The index expression of a convolution",
        (
            "The equation ",
            sections[0].theorem.statement.lhs,
            " = ",
            sections[0].theorem.statement.rhs,
            " defines a 1-D convolution with kernel size three, stride one and dilation zero. Write out the equation for kernel size ",
            taps,
            ", dilation ",
            dilation if isinstance(dilation, Name) else term(dilation),
            " and stride ",
            step,
            ".",
        ),
        tuple(sections),
        Answer(
            tuple(s.theorem.statement for s in sections[1:]),
            index,
            ("Tap ", j, " of output ", k, " reads the input at ", position(pad, step, distance, k, j), "."),
            f"{words}; {anchor}",
        ),
        {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding, "convention": convention, "form": form},
        figure=drawn_taps(index, known, {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding}, pad, (x, z, k, j)),
    )
