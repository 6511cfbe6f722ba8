"""Words that contradict the formulas beside them: a short list of claims that can be checked, each a function, with both places.

Nothing here is a verdict on a step; a warning says what the words say, what the formula says, and why they do not fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from derivations.language.context import ONE
from derivations.language.record import record
from derivations.language.structure import subterms
from derivations.language.term import Add, Big, Call, Group, Index, Mul, Name, Num, Pow, Term, Transpose
from derivations.reading.declarations import listed
from derivations.reading.judgements import Document, Judgement
from derivations.reading.prose import MARK, Sentence
from derivations.reading.scope import problem_at
from derivations.reading.sides import read_side
from derivations.reading.source import Place


@record
class Warned:
    """``words`` as they stand at ``place``; ``formula`` at ``other``; ``why`` in a sentence."""

    place: Place
    words: str
    other: Place
    formula: str
    why: str


def warnings(doc: Document, found: Iterable[Judgement]) -> list[Warned]:
    """The warnings on a document's words, in the order of the words. ``found``: the document's judgements."""
    judged = tuple(j for j in found if j.statement is not None)
    out: list[Warned] = []
    for check in CHECKS:
        out.extend(check(doc, judged))
    return sorted(out, key=lambda w: (doc.source.files.index(w.place.file), w.place.cell or 0, w.place.line, w.place.column))


def _sentences(doc: Document, pattern: re.Pattern[str]) -> Iterable[tuple[Sentence, re.Match[str]]]:
    for sentence in doc.prose.sentences:
        for found in pattern.finditer(sentence.words):
            yield sentence, found


def _near(doc: Document, sentence: Sentence, judged: tuple[Judgement, ...]) -> list[Judgement]:
    """The judgements in the same exercise as a sentence, the nearest after it first."""
    scope = problem_at(doc.scopes, sentence.start)
    inside = [j for j in judged if scope.start <= j.offset <= scope.end]
    return sorted(inside, key=lambda j: (j.offset < sentence.start, abs(doc.source.lines_between(sentence.start, j.offset))))


def _warned(doc: Document, sentence: Sentence, found: re.Match[str], other: Judgement, why: str) -> Warned:
    words = MARK.sub(lambda m: _formula_text(doc, int(m[1])), found[0])
    formula = f"{other.lhs_text} {other.relation} {other.rhs_text}"
    place = Place(other.file, other.line, other.column, other.cell)
    return Warned(doc.source.place(sentence.offset(found.start())), re.sub(r"\s+", " ", words).strip(), place, re.sub(r"\s+", " ", formula).strip(), why)


def _formula_text(doc: Document, number: int) -> str:
    segment = doc.prose.formulas[number].segment
    return doc.source.text[segment.start:segment.end].strip()


def _is_softmax(node: Term) -> bool:
    return isinstance(node, Call) and isinstance(node.function, Name) and node.function.text.lower() == "softmax" and bool(node.arguments)


# --- invariance and equivariance


_INVARIANT: Final = re.compile(
    r"soft-?max\b[^.]{0,40}?\b(?:is|are)\s+(?:also\s+)?(?:permutation[\s-]+)?invariant\b(?:[^.⟨]{0,60}permutation\w*)?[^.⟨]*", re.IGNORECASE
)


def _softmax_invariance(doc: Document, judged: tuple[Judgement, ...]) -> Iterable[Warned]:
    """The softmax is equivariant, ``Softmax(P^T A P) = P^T Softmax(A) P``; invariance would be ``Softmax(P^T A P) = Softmax(A)``."""
    for sentence, found in _sentences(doc, _INVARIANT):
        if re.search(r"shift|adding\s+a\s+constant|translation", found[0], re.IGNORECASE) or not re.search(r"permut", found[0], re.IGNORECASE):
            continue
        for other in _near(doc, sentence, judged):
            if other.statement is not None and _pulled_out(other.statement.lhs, other.statement.rhs):
                yield _warned(
                    doc, sentence, found, other,
                    "invariant would mean that the softmax stays the same; the formula moves the permutation outside the softmax, which is equivariance",
                )
                break


def _pulled_out(lhs: Term, rhs: Term) -> bool:
    """Whether a factor of the softmax's argument stands outside the softmax on the other side."""
    before = [n for _, n in subterms(lhs) if _is_softmax(n)]
    after = [n for _, n in subterms(rhs) if _is_softmax(n)]
    if not before or not after or before[0] == after[0]:
        return False
    inside, left = _factors(before[0].arguments[0]), _factors(after[0].arguments[0])  # type: ignore[attr-defined]
    return len(left) < len(inside) and any(f in _factors(rhs) for f in inside if f not in left)


def _factors(node: Term) -> list[Term]:
    match node:
        case Mul(parts):
            return [f for _, part in parts for f in _factors(part)]
        case Group(body):
            return _factors(body)
        case _:
            return [node]


_ATTENTION_INVARIANT: Final = re.compile(r"(?:self-?)?attention\b[^.]{0,60}?\b(?:is|are)\s+(?:permutation[\s-]+)?invariant\b[^.]*", re.IGNORECASE)


def _attention_invariance(doc: Document, judged: tuple[Judgement, ...]) -> Iterable[Warned]:
    """``Sa[XP] = Sa[X] P`` is equivariance."""
    for sentence, found in _sentences(doc, _ATTENTION_INVARIANT):
        for other in _near(doc, sentence, judged):
            statement = other.statement
            if statement is None or not isinstance(statement.lhs, Call) or not isinstance(statement.rhs, Mul):
                continue
            outer = [f for _, f in statement.rhs.parts]
            calls = [f for f in outer if isinstance(f, Call) and f.function == statement.lhs.function]
            if calls and calls[0] != statement.lhs:
                yield _warned(doc, sentence, found, other, "the formula has the permutation on the outside too: that is equivariance, not invariance")
                break


# --- dilation


_GAP: Final = re.compile(
    r"dilation(?:\s+rate|\s+factor)?\s+(?:of|is|=|equal\s+to)?\s*(?P<rate>\d+|one|two|three|four|⟨\d+⟩)"
    r"[^.]{0,80}?\bgap\s+of\s+(?P<gap>\d+|one|two|three|zero|no)\b[^.]*",
    re.IGNORECASE,
)
_SPACING: Final = re.compile(
    r"dilation(?:\s+rate)?[^.]{0,20}\b(?:of|is)\s+(?P<rate>\d+|one|two|three)"
    r"[^.]{0,60}\b(?:spacing|distance|step)\s+of\s+(?P<space>\d+|one|two|three)\b[^.]*",
    re.IGNORECASE,
)
_NUMBERS: Final = {"no": 0, "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4}


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else _NUMBERS.get(text.lower())


def _dilation(doc: Document, judged: tuple[Judgement, ...]) -> Iterable[Warned]:
    """"A dilation rate of 2 means a gap of 1" is a spacing of 2; a formula with the factor (d + 1) has a spacing of 3, a gap of 2."""
    for pattern, offset in ((_GAP, 1), (_SPACING, 0)):
        for sentence, found in _sentences(doc, pattern):
            rate, said = _number(found["rate"]), _number(found["gap" if offset else "space"])
            if rate is None or said is None:
                continue
            for other in _near(doc, sentence, judged):
                spacing = None if other.statement is None else _spacing(other.statement.rhs, rate)
                if spacing is None:
                    continue
                if spacing != said + offset:
                    yield _warned(
                        doc, sentence, found, other,
                        f"the words give the dilation {rate} a spacing of {said + offset} (a gap of {said + offset - 1}), the formula a spacing of {spacing}",
                    )
                break


def _spacing(node: Term, rate: int) -> int | None:
    """The distance between neighbouring taps of ``sum_i w_i x_{... + (i - 1)(d + 1)}`` at dilation ``rate``, or None if this is no such sum."""
    for _, part in subterms(node):
        if not isinstance(part, Big) or part.op != "sum" or not isinstance(part.variable, Name):
            continue
        for _, entry in subterms(part.body):
            if not isinstance(entry, Index) or len(entry.subscripts) != 1:
                continue
            for _, factor in subterms(entry.subscripts[0]):
                if isinstance(factor, Mul) and len(factor.parts) == 2:
                    first, second = (f.body if isinstance(f, Group) else f for _, f in factor.parts)
                    taps, other = (first, second) if _mentions(first, part.variable) else (second, first)
                    if _mentions(taps, part.variable) and not _mentions(other, part.variable):
                        found = _at(other, rate)
                        if found is not None:
                            return found
    return None


def _mentions(node: Term, name: Name) -> bool:
    return any(t == name for _, t in subterms(node))


def _at(node: Term, rate: int) -> int | None:
    """The value of ``d`` or ``d + 1`` at d = rate."""
    match node:
        case Name("d" | "D" | "r" | "l" | "delta"):
            return rate
        case Add((("+", Name("d" | "D" | "r" | "l" | "delta")), ("+", Num(digits)))) if digits.isdigit():
            return rate + int(digits)
        case _:
            return None


# --- rows and columns


_ROW: Final = re.compile(r"(?P<formula>⟨\d+⟩)\s*[:,]?\s*(?:is\s+)?(?:the\s+|a\s+)?(?P<kind>row|column)[\s-]+vector\b[^.]*", re.IGNORECASE)


def _row_vectors(doc: Document, judged: tuple[Judgement, ...]) -> Iterable[Warned]:
    r"""``1^T \in R^N`` "a row vector": R^N holds columns; a row is in R^{1 x N}."""
    for sentence, found in _sentences(doc, _ROW):
        mark = MARK.match(found["formula"])
        if mark is None:
            continue
        segment = doc.prose.formulas[int(mark[1])].segment
        place = doc.source.place(segment.start)
        for other in doc_relations(doc, int(mark[1])):
            for item in listed(other[0]):
                column = _is_column_space(other[1])
                if column is not None and found["kind"].lower() == "row" and column and not _is_row_space(other[1]):
                    text = re.sub(r"\s+", " ", doc.source.text[segment.start:segment.end]).strip()
                    transposed = " of a transposed vector" if isinstance(item, Transpose) else ""
                    words = " ".join(MARK.split(found[0])[2:]).strip(" :,")
                    yield Warned(
                        doc.source.place(sentence.offset(found.start())), re.sub(r"\s+", " ", f"{text}: {words}").strip(), place, text,
                        f"the words call it a row, the space{transposed} is that of a column; a row vector is in \\mathbb{{R}}^{{1 \\times N}}",
                    )


def doc_relations(doc: Document, number: int) -> Iterable[tuple[Term, Term]]:
    """The two sides of the membership relations in one formula."""
    for chain in doc.prose.formulas[number].chains:
        if [link.sign for link in chain.links] == ["in"]:
            sides = [read_side(side, doc.vocabulary, doc.segmented.text).term for side in chain.sides]
            if sides[0] is not None and sides[1] is not None:
                yield sides[0], sides[1]


def _is_column_space(where: Term) -> bool | None:
    match where:
        case Pow(Name("R", font="bb"), exponent):
            return not (isinstance(exponent, Mul) and any(sign == "times" for sign, _ in exponent.parts))
        case _:
            return None


def _is_row_space(where: Term) -> bool:
    match where:
        case Pow(_, Mul(((_, first), ("times", _)))):
            return first == ONE
        case _:
            return False


Check = Callable[[Document, tuple[Judgement, ...]], Iterable[Warned]]
CHECKS: Final[tuple[Check, ...]] = (_softmax_invariance, _attention_invariance, _dilation, _row_vectors)
