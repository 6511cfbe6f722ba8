"""What hypotheses and premises say, as oriented equations between words.

An equation ``L = R`` is used from its leading word to the rest; what two equations say together (where their leading words overlap) is added for a
few rounds. An equation that cannot be oriented is not used: the judgement may then be undecided, never wrong.
"""

from __future__ import annotations

from fractions import Fraction

from derivations.kernel.statement import Premise, Rel
from derivations.kernel.theorem import Theorem
from derivations.language.context import Array, Context
from derivations.language.errors import MeaningError, ShapeError
from derivations.language.structure import free_names
from derivations.language.term import Index, Name, Relation, Term
from derivations.rules.matrices_definitions import unfolded
from derivations.rules.matrices_factors import Combination, Entrywise, Inverse, Letter, Pull, SoftmaxOf, Word
from derivations.rules.matrices_reading import MINUS, MatrixReader
from derivations.rules.matrices_words import WordAlgebra
from derivations.rules.normal.algebra import Stuck
from derivations.rules.normal.poly import ONE as UNIT
from derivations.rules.normal.poly import Poly, number

MAX_EQUATIONS = 60
ROUNDS = 2


class NotUsable(MeaningError):
    """A premise that may not be used here."""


def informed(context: Context, premises: tuple[Premise, ...], *, library: bool) -> MatrixReader:
    """A reader that knows the equations of the context and the premises.

    Raises:
        NotUsable: a premise was proved under assumptions that this context does not make, or is no equation.
    """
    reader = MatrixReader(context, library=library)
    for hypothesis in context.hypotheses:
        match hypothesis:
            case Relation((left, right), ("=",)):
                _try(reader, left, right)
    for premise in premises:
        statement = premise.statement if isinstance(premise, Theorem) else premise
        if isinstance(premise, Theorem) and not context.extends(premise.context):
            raise NotUsable(f"the theorem {premise.title!r} was proved under assumptions that are not made here")
        if statement.relation is not Rel.EQ:
            raise NotUsable("a premise of matrix algebra must be an equation")
        if isinstance(premise, Theorem):
            schematic(reader, premise)
        learn(reader, statement.lhs, statement.rhs)
    complete(reader.words)
    return reader


def _try(reader: MatrixReader, left: Term, right: Term) -> None:
    """A hypothesis about other things (scalars, laws) is left aside."""
    try:
        learn(reader, left, right)
    except (MeaningError, ShapeError, Stuck):
        return


def learn(reader: MatrixReader, left: Term, right: Term) -> None:
    """Take an equation as known: as a rewriting of words where it is one of arrays, of a trace or inner product where it is one of scalars."""
    difference = reader.difference(left, right)
    if not isinstance(difference, Combination):
        _scalar(reader, difference)
        return
    for name, other in ((left, right), (right, left)):
        if isinstance(name, Name | Index) and _replaced(reader, name, other):
            return
    orient(reader.words, difference)


def _replaced(reader: MatrixReader, name: Name | Index, other: Term) -> bool:
    """An equation that says what a name is (``w = A^{-1} b``) is used in that direction."""
    words = reader.words
    own, value = reader.relation(name, other)
    if not isinstance(own, Combination) or not isinstance(value, Combination) or own.single is None or len(own.single) != 1:
        return False
    factor = words.factors[own.single[0]]
    if not isinstance(factor, Letter) or factor.name != name or free_names(name) & free_names(unfolded(other, reader.context)):
        return False
    words.learned(own.single, value)
    if words.flipped(own.single) != own.single:
        words.learned(words.flipped(own.single), words.transpose(value))
    return True


def orient(words: WordAlgebra, difference: Combination) -> None:
    """Add ``leading word -> the rest`` for an equation ``difference = 0``, and the same for its transpose."""
    for value in (difference, words.transpose(difference)):
        if not value or len(words.rules) >= MAX_EQUATIONS:
            continue
        leading = words.leading(value)
        coefficient = value.words[leading].constant
        if coefficient is None or not leading:
            continue
        rest = Combination({w: c for w, c in value if w != leading}, value.rows, value.cols)
        rule = words.scale(rest, number(Fraction(-1) / coefficient))
        if words.rules.get(leading) != rule:
            words.learned(leading, rule)
            _square_orthogonal(words, leading, rule)


def _square_orthogonal(words: WordAlgebra, leading: Word, rule: Combination) -> None:
    """A square matrix with ``A A^T = I`` has ``A^T A = I`` as well, and ``A^{-1} = A^T``."""
    if rule.words != {(): UNIT} or len(leading) != 2 or leading != words.flipped(leading):
        return
    factor = words.factors[leading[0]]
    if not isinstance(factor, Letter) or factor.inverted or (factor.rows != factor.cols and words.size(factor.rows) != words.size(factor.cols)):
        return
    identity = words.identity(factor.rows)
    words.learned((leading[1], leading[0]), identity)
    for first, second in (leading, leading[::-1]):
        letter = words.factors[first]
        if isinstance(letter, Letter):
            inverse = Letter(letter.name, factor.rows, factor.cols, letter.transposed, True)
            words.learned((words.number_of(inverse),), Combination({(second,): UNIT}, factor.rows, factor.cols))


def _scalar(reader: MatrixReader, difference: Poly) -> None:
    """An equation between scalars that is linear in one trace (``x^T x = 1``)."""
    atoms = reader.scalars.atoms
    for monomial, coefficient in difference.terms.items():
        if len(monomial) == 1 and monomial[0][1] == 1 and atoms[monomial[0][0]].head in ("trace", "determinant"):
            a = monomial[0][0]
            rest = Poly({m: c for m, c in difference.terms.items() if m != monomial})
            if not reader.scalars.mentions(rest, a):
                plain = Poly({monomial: Fraction(1)})
                reader.words.scalar_rules[plain] = rest.scale(Fraction(-1) / coefficient)
                return


def schematic(reader: MatrixReader, theorem: Theorem) -> None:
    """A theorem ``F(u A v) = s F(A) t`` about every array A of some shape lets words out of F, whatever stands in A's place."""
    words = reader.words
    try:
        left, right = reader.relation(theorem.statement.lhs, theorem.statement.rhs)
    except (MeaningError, ShapeError, Stuck):
        return
    if not isinstance(left, Combination) or not isinstance(right, Combination) or left.single is None or right.single is None:
        return
    if len(left.single) != 1:
        return
    whole, inner = _applied(words, left.single[0]), None
    for place, k in enumerate(right.single):
        found = _applied(words, k)
        if found is not None and whole is not None and found[0] == whole[0]:
            inner = (place, found[1])
    if whole is None or inner is None:
        return
    head, argument = whole
    place, variable = inner
    before, after = right.single[:place], right.single[place + 1 :]
    if argument.single is None or variable.single is None or len(variable.single) != 1:
        return
    letter = words.factors[variable.single[0]]
    if not isinstance(letter, Letter) or letter.transposed or letter.inverted or not _arbitrary(letter.name, theorem.context):
        return
    if [k for k in argument.single if _named(words, k, letter.name)] != list(variable.single) or any(
        _named(words, k, letter.name) for k in before + after
    ):
        return
    cut = argument.single.index(variable.single[0])
    pull = Pull(head, argument.single[:cut], argument.single[cut + 1 :], before, after, letter.rows, letter.cols)
    words.pulls.append(pull)
    words.pulls.append(
        Pull(
            1 - head if isinstance(head, int) else head,
            words.flipped(pull.suffix),
            words.flipped(pull.prefix),
            words.flipped(after),
            words.flipped(before),
            letter.cols,
            letter.rows,
        )
    )


def _applied(words: WordAlgebra, k: int) -> tuple[Term | int, Combination] | None:
    match words.factors[k]:
        case SoftmaxOf(axis, argument):
            return axis, argument
        case Entrywise(function, (argument,)):
            return function, argument
        case _:
            return None


def _named(words: WordAlgebra, k: int, name: Term) -> bool:
    factor = words.factors[k]
    return not isinstance(factor, Letter) or factor.name == name


def _arbitrary(name: Term, context: Context) -> bool:
    """Whether a theorem says what it says of every array of this shape: nothing is assumed of the name but its shape."""
    if not isinstance(name, Name) or not isinstance(kind := context.kind(name), Array) or kind.properties:
        return False
    mentioned = [free_names(h) for h in context.hypotheses] + [free_names(d.lhs) | free_names(d.rhs) for d in context.definitions]
    return not any(name in names for names in mentioned)


def complete(words: WordAlgebra) -> None:
    """What the equations say together: where a leading word ends as another begins, both ways of rewriting must agree."""
    for _ in range(ROUNDS):
        equations: list[Combination] = []
        rules = list(words.rules.items())
        for word, _ in rules:
            equations.extend(_overlaps(words, word, rules))
            equations.extend(_inverses(words, word))
        for equation in equations:
            orient(words, equation)


def _overlaps(words: WordAlgebra, word: Word, rules: list[tuple[Word, Combination]]) -> list[Combination]:
    found = []
    for other, result in rules:
        for k in range(1, min(len(word), len(other))):
            if word[-k:] == other[:k]:
                found.append(_disagreement(words, word, other[k:], word[:-k], result, words.rules[word]))
    last = words.factors[word[-1]]
    if isinstance(last, Letter) and last.name in words.known.orthogonal and len(word) > 1:
        opposite = words.flipped((word[-1],))
        found.append(_disagreement(words, word, opposite, word[:-1], words.identity(last.rows), words.rules[word]))
    return found


def _inverses(words: WordAlgebra, word: Word) -> list[Combination]:
    """``A x = b`` multiplied by the inverse of A, where that inverse occurs."""
    found = []
    for k, factor in enumerate(list(words.factors)):
        if isinstance(factor, Inverse) and (leading := words.leading(factor.argument)) == word[: len(leading)]:
            own = Combination({(k,): UNIT}, factor.rows, factor.cols)
            whole = words.multiply(own, Combination({word: UNIT}, *words.ends(word)))
            found.append(words.add(whole, words.scale(words.multiply(own, words.rules[word]), MINUS)))
    return found


def _disagreement(words: WordAlgebra, word: Word, tail: Word, head: Word, by_tail: Combination, by_word: Combination) -> Combination:
    """``word tail`` rewritten at its front less the same rewritten at its back."""
    rows = words.factors[word[0]].rows
    cols = words.factors[tail[-1]].cols
    front = words.between((), by_word, tail, rows, cols)
    back = words.between(head, by_tail, (), rows, cols)
    return words.add(front, words.scale(back, MINUS))


def has_inverses(words: WordAlgebra) -> bool:
    """Whether an inverse occurs that is not the inverse of a letter."""
    return any(isinstance(factor, Inverse) for factor in words.factors)


def cleared(words: WordAlgebra, difference: Combination | Poly) -> Combination | Poly:
    """A difference of arrays multiplied by what stands inverted at the ends of its words: it is zero exactly if the result is."""
    for _ in range(ROUNDS):
        for k, factor in enumerate(list(words.factors)):
            if not isinstance(difference, Combination) or not isinstance(factor, Inverse):
                continue
            if any(word[:1] == (k,) for word in difference.words):
                difference = words.multiply(factor.argument, difference)
            if any(word[-1:] == (k,) for word in difference.words):
                difference = words.multiply(difference, factor.argument)
    return difference
