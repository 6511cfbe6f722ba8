"""The index expression of a strided, dilated 1-D convolution.

Dumoulin and Visin, *A guide to convolution arithmetic for deep learning* (2016); the question is Prince, *Understanding Deep Learning* (2023), ch. 10.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.kernel.chains import chain, equals, theorem, written
from derivations.kernel.statement import Rel, Statement, equation
from derivations.kernel.theorem import Theorem
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Scalar, Sequence
from derivations.language.errors import ParameterError
from derivations.language.term import Add, Group, Name, Num, Term, group, names, relation, sum_over, term
from derivations.problem import Answer, Meaning, Mistake, Problem, Section, noun
from derivations.rules.equality import by_definition, summation
from derivations.topics.drawn.signals import taps as drawn_taps

w, x, z, j, k, h, i_ = names("w x z j k h i")
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


def written_out(kernel: int, padding: int, stride: Term, distance: int, output: Term) -> tuple[Term, Term]:
    """The sum over the taps written out: with the distances from the first tap, and with the numbers of each index added up."""
    start = position(term(padding), stride, term(distance), output, ONE).parts[:-1]  # type: ignore[attr-defined]
    raw = total([w[tap] * x[Add((*start, ("+", term(distance * (tap - 1))))) if tap > 1 else Add(start)] for tap in range(1, kernel + 1)])
    tidy = total([w[tap] * x[moved(1 - padding + distance * (tap - 1), stride, output)] for tap in range(1, kernel + 1)])
    return raw, tidy


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


@dataclass(frozen=True, slots=True)
class _Sizes:
    """The sizes of a convolution as symbols of the general formula, each with its value: a symbol that was given stands for itself."""

    kernel: Name
    stride: Name
    dilation: Name
    padding: Name
    values: tuple[tuple[Name, Term], ...]


_LETTERS = {"kernel": "K M L", "stride": "s r q", "dilation": "d e c", "padding": "p a b"}


def _symbols(given: dict[str, Size | Term]) -> _Sizes:
    taken = {value for value in given.values() if isinstance(value, Name)}
    symbols: dict[str, Name] = {}
    values: list[tuple[Name, Term]] = []
    for field, value in given.items():
        symbols[field] = value if isinstance(value, Name) else next(letter for letter in names(_LETTERS[field]) if letter not in taken)
        if not isinstance(value, Name):
            values.append((symbols[field], term(value) if isinstance(value, int) else value))
    return _Sizes(**symbols, values=tuple(values))


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
    pad = centred_padding(kernel, distance) if form == "centred" else _term(padding)
    taps, step = _term(kernel), _term(stride)
    zeros = convention == "zeros"
    padded = pad != Num("0")
    sizes = _symbols({"kernel": kernel, "stride": stride, "dilation": dilation, "padding": pad})
    K, s, d, p = sizes.kernel, sizes.stride, sizes.dilation, sizes.padding
    apart: Term = d + 1 if zeros else d

    def summed(last: Term, padding: Term, stride: Term, distance: Term) -> Term:
        return sum_over(j, 1, last, w[j] * x[position(padding, stride, distance, k, j)])

    symbols = context(*(v for v in (kernel, stride) if isinstance(v, Name)))
    symbols = symbols.declare(Scalar(Domain.WHOLE), *dict.fromkeys(v for v in (dilation, padding) if isinstance(v, Name) and v not in (kernel, stride)))
    if form == "centred" and isinstance(kernel, Name):  # only an odd kernel has a middle tap
        symbols = symbols.declare(Scalar(Domain.WHOLE), h).assume(relation(kernel, "=", 2 * h + 1))
    symbols = symbols.define(z[k], summed(K, p if padded else Num("0"), s, apart), (k,))
    entered = tuple((name, value) for name, value in sizes.values if name != p or padded)
    for name, value in entered:
        symbols = symbols.define(name, value)
    words = (
        "dilation counts the zeros between neighbouring taps, so that an ordinary convolution has dilation 0"
        if zeros
        else "dilation is the spacing of neighbouring taps, so that an ordinary convolution has dilation 1"
    )
    anchor = (
        "the middle tap of output 1 reads input 1"
        if form == "centred"
        else "output 1 starts at input 1"
        if not padded
        else "the first tap of output 1 reads input 1 minus the padding"
    )
    known = symbols.convention(words, anchor, "indices start at 1; inputs outside the signal are zero")
    result = summed(taps, pad, step, distance)
    links = [equals(summed(K, p if padded else Num("0"), s, apart), by_definition, "the sum over the taps")]
    if entered:
        at = dict(entered)
        gap: Term = at.get(d, d) + 1 if zeros else at.get(d, d)
        put_in = summed(taps, pad, at.get(s, s), group(gap) if zeros else gap)
        values = tuple(piece for name, value in entered for piece in (", ", relation(name, "=", value)))[1:]
        if put_in != result:
            links.append(equals(put_in, by_definition, ("the numbers put in: ", *values)))
            links.append(equals(result, summation, ("neighbouring taps are ", distance, noun(distance, " input"), " apart")))
        else:
            links.append(equals(result, by_definition, ("the numbers put in: ", *values)))
    shown = [Statement(z[k], Rel.EQ, bracketed(result))]
    if isinstance(kernel, int) and kernel <= WRITTEN_OUT and isinstance(distance, Num) and isinstance(pad, Num):
        raw, tidy = written_out(kernel, int(pad.digits), step, int(distance.digits), k)
        links.append(equals(raw, summation, "one term for each tap", key=False))
        if tidy != raw:
            links.append(equals(tidy, summation, "the numbers in each index added up"))
        shown.append(Statement(z[k], Rel.EQ, bracketed(tidy)))
    general = theorem("Where each tap reads", known, chain(z[k], *links))
    from derivations.language.denote import denote

    index = denote(position(pad, step, distance, k, j), known)
    first = position(p if padded else Num("0"), s, apart, k, ONE).parts[:-1]  # type: ignore[attr-defined]
    given = question_instance()
    return Problem(
        "convolution",
        "The index expression of a convolution",
        (
            "The equation ", given.statement.lhs, " = ", given.statement.rhs,
            " defines a 1-D convolution with kernel size three, stride one and dilation zero. Write out the equation for a kernel size of ", taps,
            ", a dilation of ", _term(dilation), " and a stride of ", step, *((", with padding ", pad) if padded and form == "left" else ()), ".",
        ),
        (
            Section(given, "The convolution of the question is an instance of the general form.", "lemma", depth="full"),
            Section(
                general,
                (
                    "The first tap of output ", k, " reads input ", Add(first) if len(first) > 1 else first[0][1],
                    ", because each output starts ", s, " inputs after the one before. ",
                    *(("Between neighbouring taps there are ", d, " zeros, so they are ", apart, " inputs apart,") if zeros
                      else ("Neighbouring taps are ", d, " inputs apart,")),
                    " and tap ", j, " reads ", scaled(apart, j - 1), " inputs further on.",
                ),
            ),
        ),
        Answer(
            tuple(shown),
            index,
            ("Tap ", j, " of output ", k, " reads input ", position(pad, step, distance, k, j), ":"),
            f"{words}; {anchor}",
        ),
        {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding, "convention": convention, "form": form},
        figure=drawn_taps(index, known, {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding}, pad, (x, z, k, j)),
        hints=(
            "Dilation zero is an ordinary convolution. How far apart are two neighbouring taps with dilation one, and how far in general?",
            ("Which input does the first tap of output 1 read, and which one does that of output ", k, "?"),
            ("Add both: where does tap ", j, " of output ", k, " read? Check your expression with the equation that is given, then write out the sum."),
        ),
        meanings=(
            Meaning((x[i_],), ("is input ", i_, " (a number; zero outside the signal)")),
            Meaning((w[j],), ("the weight of tap ", j, " of the kernel")),
            Meaning((z[k],), ("output ", k)),
            Meaning((K,), "the kernel size (an integer, at least 1)"),
            Meaning((s,), "the stride, in inputs"),
            Meaning((d,), "the dilation (an integer, at least 0)" if zeros else "the dilation (an integer, at least 1)"),
            *((Meaning((p,), "the padding: how many zeros stand before input 1"),) if padded else ()),
        ),
        mistakes=_mistakes(known, taps, pad, step, distance, _term(dilation), zeros),
    )


def _mistakes(known: Context, taps: Term, pad: Term, step: Term, distance: Term, dilation: Term, zeros: bool) -> tuple[Mistake, ...]:
    def claimed(stride: Term, distance: Term) -> Statement:
        return written(equation(z[k], sum_over(j, 1, taps, w[j] * x[position(pad, stride, distance, k, j)])))

    other = dilation if zeros else dilation + 1 if isinstance(dilation, Name) else term(int(dilation.digits) + 1)  # type: ignore[attr-defined]
    why = (
        "The dilation is taken for the spacing of the taps. It counts the zeros between them, so the spacing is larger by one."
        if zeros
        else "The dilation is taken for the number of zeros between the taps. Here it is their spacing."
    )
    found = [] if other == Num("0") else [Mistake(claimed(step, other), known, summation, why)]
    return (*found, Mistake(claimed(ONE, distance), known, summation, "The stride is left out: each output starts that many inputs after the one before."))


def _term(value: Size | Term) -> Term:
    return term(value) if isinstance(value, int) else value
