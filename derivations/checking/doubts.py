"""What a counterexample may rest on besides the statement: each check is a function that gives the doubt, with a question, or None."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from derivations.checking.case import NEAREST, NOTHING_SAYS, Case, head, letter
from derivations.checking.randomness import drawn_here, equal_in_law, has_entries, names_a_moment, nothing_random
from derivations.checking.readings import OPERATORS, other_readings
from derivations.checking.rounding import within_rounding
from derivations.checking.unknown_functions import (
    chosen_altogether,
    conditional_functions,
    functions_of_hypotheses,
    functions_on_one_side,
    functions_spoken_of,
    functions_unknown,
)
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Refuted, Undecided
from derivations.language.context import (
    ONE,
    Array,
    Context,
    Definition,
    Domain,
    Family,
    Function,
    IndexSet,
    Kind,
    Loss,
    RandomVariable,
    Scalar,
    Sequence,
    Symbol,
    kind_in_words,
    spelled,
)
from derivations.language.structure import free_names, substitute, subterms
from derivations.language.term import Big, Call, Group, Index, Matrix, Mul, Name, Num, Pow, Relation, Term, Transpose, Tuple
from derivations.reading import answers
from derivations.reading.patterns import plain_names
from derivations.reading.provenance import base_of, reached, things
from derivations.reading.symbols import NAMED
from derivations.reading.uses import is_known_function, unprimed
from derivations.rules.refute import Agreement

DELTA: Final = Name("Delta")


def _alike(case: Case) -> Undecided | None:
    """Two sides that differ, and show the same in every digit that is printed: what can be seen of the counterexample is none."""
    example = case.counterexample
    if case.statement.relation is not Rel.EQ or example is None or example.left != example.right:
        return None
    others = (t.counterexample for seed in range(1, 4) if isinstance(t := case.retried(case.context, seed=seed), Refuted))
    if any(other is not None and other.left != other.right for other in others):
        return None
    return Undecided(f"both sides are {example.left} at the values where they were found to differ, as far as it is printed; are they exact?")


def _words_not_understood(case: Case) -> Undecided | None:
    names = case.names | (reached(case.j.premise, case.context) if case.j.premise is not None else frozenset())
    for opaque in case.j.opaque:
        about = [s for s in opaque.names if base_of(s) in names and "comment" not in case.provenance.where_told(s)]
        if about:
            symbol = about[0]
            kind = case.context.kind(symbol)
            line = answers.let(symbol, kind) if kind is not None else ""
            return Undecided(f"“{opaque.words}” (line {opaque.line}) was not understood; does it say more of {spelled(symbol)} than its kind?", answer=line)
    return None


def _shapes_guessed(case: Case) -> Undecided | None:
    """Sizes that do not fit, where some were inferred: two guesses of the reader that clash are the reader's clash."""
    if case.counterexample is not None:
        return None
    sides = (case.statement.lhs, case.statement.rhs)
    for call in (node for side in sides for _, node in subterms(side) if isinstance(node, Call)):
        name = call.function
        if isinstance(name, Name) and not is_known_function(name) and name not in case.defined and not case.told(name):
            return Undecided(f"{NOTHING_SAYS}the function {spelled(name)} is, and what shape its values have; what is it?")
    for name, known in case.context.kinds:  # eta beside the eta_t
        if isinstance(known, Sequence) and isinstance(name, Name) and any(name in plain_names(side) for side in sides):
            return Undecided(f"there are {spelled(name)} with subscripts, and {spelled(name)} stands here without one; what is it?")
    if not any(isinstance(known, Array | Family) and case.told(s) and base_of(s) in case.names for s, known in case.context.kinds):
        return Undecided("the shapes of its sides do not fit as it was read, and nothing in it was said to be an array; what are its names?")
    for symbol in sorted((s for side in (case.statement.lhs, case.statement.rhs) for s in case.depends(side)), key=repr):
        kind = case.context.kind(symbol)
        if not case.told(symbol) and symbol not in case.defined and not is_known_function(symbol) and not _is_number_for_certain(case, symbol):
            what = f"{spelled(symbol)}, which the text does not say" if kind is None else f"{spelled(symbol)}, which was inferred from its use"
            return Undecided(f"it does not fit the kind of {what}; what is {spelled(symbol)}?", answer=_declaration(symbol, kind))
    return None


def _is_number_for_certain(case: Case, symbol: Symbol) -> bool:
    """Whether a name numbers things. (One that is transposed is no number, wherever it stands as a subscript.)"""
    kind = case.context.kind(symbol)
    turned = {t.base for side in (case.statement.lhs, case.statement.rhs) for _, t in subterms(side) if isinstance(t, Transpose)}
    return isinstance(kind, Scalar) and kind.domain.discrete and symbol not in turned


def _declaration(symbol: Symbol, kind: object) -> str:
    array = kind if isinstance(kind, Array) else Array(Name("n"), Name("n"))
    return answers.let(symbol, array)


def _kinds_guessed(case: Case) -> Undecided | None:
    """A name of an operator that was taken for a number, and a name that stands with and without subscripts: what they are was guessed."""
    sides = (case.statement.lhs, case.statement.rhs)
    if (change := _change_of(case)) is not None:
        return change
    for symbol, kind in case.context.kinds:
        if case.told(symbol) or symbol in case.defined or base_of(symbol) not in case.names:
            continue
        if letter(symbol) in OPERATORS and isinstance(kind, Scalar | Function) and isinstance(symbol, Name):
            return Undecided(f"{spelled(symbol)} was taken for {kind_in_words(kind)}; is it one?", answer=answers.let(symbol, kind))
        if isinstance(kind, Scalar) and any(symbol in _convolved(side) for side in sides):
            return Undecided(f"{spelled(symbol)} was taken for a number, but is joined to another by a sign for functions; is it a function?",
                             answer=answers.let(symbol, Function(1)))  # fmt: skip
        if isinstance(kind, Function) and isinstance(symbol, Name) and len(symbol.text) > 1 and symbol.text not in NAMED:
            return Undecided(f"nothing says what the function {spelled(symbol)} is; is it any function?", answer=answers.let(symbol, kind))
        if isinstance(symbol, Index) and any(isinstance(d.lhs, Index) and d.parameters and d.lhs.base == symbol.base for d in case.context.definitions):
            return Undecided(f"{spelled(symbol)} was taken for a name of its own; is it one of the {spelled(symbol.base)}, which are defined?")
        if isinstance(kind, Sequence) and any(isinstance(k, Array | Family) and _same_letter(s, symbol) for s, k in case.context.kinds):
            return Undecided(f"there are {spelled(symbol)} with subscripts and a vector of that name in another font; are they its entries?")
        both = isinstance(symbol, Name) and any(symbol in plain_names(s) for s in sides) and any(has_entries(symbol, s) for s in sides)
        if isinstance(kind, Sequence) and both:
            vector = answers.let(symbol, Array(Name("n")))
            return Undecided(f"{spelled(symbol)} stands with and without a subscript, and nothing says what it is; is it a vector?", answer=vector)
    return None


def _bracketed(case: Case) -> Undecided | None:
    """``w[k]`` that was read as a product: nobody sets square brackets around one factor, so it may be an entry or a value."""
    for side in (case.statement.lhs, case.statement.rhs):
        for _, node in subterms(side):
            for (_, of), (sign, inside) in pairwise(node.parts) if isinstance(node, Mul) else ():
                if sign == "" and isinstance(of, Name) and isinstance(inside, Group) and inside.bracket == "[" and isinstance(inside.body, Name | Num):
                    return Undecided(f"{spelled(of)} before a square bracket was taken for a factor; does the bracket hold an index?")
    return None


def _change_of(case: Case) -> Undecided | None:
    """``Delta W`` that was read as a product, where nothing says what Delta is: it may be one name, that of a change."""
    for side in (case.statement.lhs, case.statement.rhs):
        for _, node in subterms(side):
            for (_, delta), (sign, of) in pairwise(node.parts) if isinstance(node, Mul) else ():
                if delta == DELTA and sign == "" and isinstance(of, Name | Index) and not case.told(DELTA) and DELTA not in case.defined:
                    return Undecided(f"Delta {spelled(of)} was taken for a product; is it one name, of a change of {spelled(of)}?")
    return None


def _same_letter(one: Symbol, other: Symbol) -> bool:
    """Whether two names differ in their font alone."""
    return isinstance(one, Name) and isinstance(other, Name) and one.font != other.font and replace(one, font=other.font) == other


def _convolved(side: Term) -> frozenset[Term]:
    """What stands beside a sign that joins functions or signals."""
    found = [(f, g) for _, node in subterms(side) if isinstance(node, Mul) for (_, f), (sign, g) in pairwise(node.parts) if sign in ("ast", "star", "circ")]
    return frozenset(term for pair in found for term in pair)


def _thing(case: Case, symbol: Symbol) -> Symbol:
    """What a name is part of: the sequence of an entry, and ``a_3`` alone where it is a name of its own."""
    return symbol if isinstance(symbol, Index) and case.context.kind(symbol) is not None else base_of(symbol)


def _undetermined(case: Case) -> Undecided | None:
    """A name on one side only, of which nothing is said before: the equation may be what says what it is."""
    if case.statement.relation not in (Rel.EQ, Rel.APPROX) or case.counterexample is None:
        return None
    premise = case.j.premise
    bound = frozenset[Symbol]() if premise is None else {_thing(case, s) for side in (premise.lhs, premise.rhs) for s in case.depends(side)}
    left, right = case.depends(case.statement.lhs), case.depends(case.statement.rhs)
    guessed = {s for s, _ in case.inferred_arrays()}
    for symbol in sorted((s for s in left ^ right if _only_a_kind(case, s)), key=repr):
        return Undecided(f"{NOTHING_SAYS}{spelled(symbol)} is except its kind, so this may be what says it; is it?",
                         answer=answers.define(symbol, case.j.lhs_text, case.j.rhs_text))  # fmt: skip
    named = case.statement.lhs
    if case.j.beside and isinstance(named, Name) and named not in case.defined and free_names(case.statement.rhs):
        why = f"{NOTHING_SAYS}{spelled(named)} is, so this may be what says it; is it?"
        return Undecided(why, answer=answers.define(named, case.j.lhs_text, case.j.rhs_text))
    chosen = {name for name, _ in case.counterexample.at}
    for side in (case.statement.lhs, case.statement.rhs):  # the values were chosen for h_0, where h_t goes back to the one before it
        if isinstance(side, Index) and side.base in case.defined and spelled(side) in chosen:
            return Undecided(f"{NOTHING_SAYS}{spelled(side)} is, so this may be what says it; is it?",
                             answer=answers.define(side, case.j.lhs_text, case.j.rhs_text))  # fmt: skip
    for symbol in sorted((s for s in left ^ right if _thing(case, s) not in bound), key=lambda s: (s not in left, repr(s))):
        if case.named(symbol) or _beside_its_entries(case, symbol):
            return Undecided(f"{NOTHING_SAYS}{spelled(symbol)} is except words, so this may be what says it; is it?",
                             answer=answers.define(symbol, case.j.lhs_text, case.j.rhs_text))  # fmt: skip
        if names_a_moment(case, symbol):
            return Undecided(f"{spelled(symbol)} only says how large a moment is, so this may be what says how large; is it?")
        if case.known(symbol) or case.counts(symbol) or (case.averaged(symbol) and _has_law(case, symbol)):
            continue
        if (_has_law(case, symbol) or _densities_beside(case, symbol)) and _spoken_of(case, symbol, guessed):
            continue
        line = ""
        if things(case.statement.lhs, case.own) == {symbol}:
            line = answers.define(symbol, case.j.lhs_text, case.j.rhs_text)
        line = line or answers.assume(case.j.lhs_text, case.j.relation, case.j.rhs_text)
        return Undecided(f"{NOTHING_SAYS}{spelled(symbol)} is, so this may be what says it; is it?", answer=line)
    marked = sorted((s for s in left & right if _thing(case, s) not in bound and _marked(s) and not case.known(s) and not case.averaged(s)), key=repr)
    if marked:
        return Undecided(f"it is said nowhere what {spelled(marked[0])} is, and its mark says that something determines it; what is it?")
    return None


def _only_a_kind(case: Case, symbol: Symbol) -> bool:
    """Whether the equation gives an array of which only the kind is told: "the m x m matrix *P* is ...". Of any matrix nobody would claim it. A value that an
    equation before determines is none of these: there the name stands alone with what is known."""
    sides = (case.statement.lhs, case.statement.rhs)
    if symbol not in sides or all(isinstance(side, Name | Index) for side in sides) or symbol in case.defined:
        return False
    if not isinstance(case.context.kind(symbol), Array):
        return False
    return not any(isinstance(h, Relation) and h.signs == ("=",) and symbol in h.items for h in case.context.hypotheses)


def _beside_its_entries(case: Case, symbol: Symbol) -> bool:
    """Whether the equation gives eta where only the ``eta_t`` are defined: that is another thing, of which nothing is said."""
    if not isinstance(symbol, Name) or symbol not in (case.statement.lhs, case.statement.rhs) or case.told(symbol):
        return False
    own = [d.lhs for d in case.context.definitions if head(d) == symbol]
    return bool(own) and all(isinstance(lhs, Index) for lhs in own) and not any(has_entries(symbol, s) for s in (case.statement.lhs, case.statement.rhs))


def _has_law(case: Case, symbol: Symbol) -> bool:
    """Whether it is told, or its law is: a random variable of which only its use is known has the moments that the text gives it."""
    kind = case.context.kind(symbol)
    return case.told(symbol) or not isinstance(kind, RandomVariable) or kind.law is not None


def _densities_beside(case: Case, symbol: Symbol) -> bool:
    """Whether the side without a random variable has functions in it that may be its density: the entropy of p, written out, beside H(X)."""
    for side in (case.statement.lhs, case.statement.rhs):
        calls = [t.function for _, t in subterms(side) if isinstance(t, Call) and not is_known_function(t.function)]
        if symbol not in case.depends(side) and calls:
            return True
    return False


def _spoken_of(case: Case, symbol: Symbol, guessed: set[Symbol]) -> bool:
    """Whether a name was spoken of before, and is no name that must be determined somewhere."""
    if isinstance(symbol, Index) and case.is_function(symbol.base):
        return False  # g_nu beside the function g is another function
    if isinstance(symbol, Index) and case.context.kind(symbol) is None and symbol not in (case.statement.lhs, case.statement.rhs):
        base = base_of(symbol)  # one entry of many
        sides = (case.depends(case.statement.lhs), case.depends(case.statement.rhs))
        if all(any(base_of(s) == base for s in side) for side in sides) or any(base_of(s) == base for s in case.provenance.before):
            return True
    for one, other in ((case.statement.lhs, case.statement.rhs), (case.statement.rhs, case.statement.lhs)):
        if one == symbol and not free_names(other):
            return False  # "that is, k = 13": a value that is chosen
    powers = [side.base for side in (case.statement.lhs, case.statement.rhs) if isinstance(side, Pow)]
    chosen = any(isinstance(base, Name | Index) and base_of(base) == base_of(symbol) for base in powers)
    return symbol in case.provenance.before and not _marked(symbol) and symbol not in guessed and not chosen  # "the rule becomes sigma^2 = 2/n"


def _marked(symbol: Symbol) -> bool:
    """Whether a name has an accent, as what is estimated or averaged has: it is determined somewhere."""
    base = base_of(symbol)
    return isinstance(base, Name) and bool(base.accent)


def _properties(case: Case) -> Undecided | None:
    """``U^{-1} = U^T``, ``w_{ij} = w_{i,j+1}``: a property of an array of which nothing else is said, or that entries of it are equal. Words before may have
    said that it has it; as an identity nobody would claim it."""
    if case.statement.relation is not Rel.EQ or case.counterexample is None or case.j.premise is not None:
        return None
    left, right = (side.body if isinstance(side, Group) else side for side in (case.statement.lhs, case.statement.rhs))
    if isinstance(left, Index) and isinstance(right, Index) and left.base == right.base and not {case.context.kind(t) for t in (left, right)} - {None}:
        about: Term = left.base
    else:
        about, *others = _turned(left) | _turned(right) or (ONE,)
        if others or not isinstance(about, Name) or not isinstance(case.context.kind(about), Array):
            return None
    if not isinstance(about, Name) or case.told(about) or about in case.defined or any(about in things(h, case.own) for h in case.context.hypotheses):
        return None
    return Undecided(f"{NOTHING_SAYS}{spelled(about)} is, and this is a property that it may have; is it said of it?",
                     answer=answers.assume(case.j.lhs_text, case.j.relation, case.j.rhs_text))  # fmt: skip


def _turned(side: Term) -> frozenset[Term]:
    """The names that a side is made of where it is made of transposes, inverses and powers of names alone; else two that are none."""
    match side:
        case Name("I" | "1"):
            return frozenset()
        case Name():
            return frozenset((side,))
        case Pow(base, exponent) if not free_names(exponent):
            return _turned(base)
        case Transpose(base) | Group(base):
            return _turned(base)
        case Mul(parts) if all(sign == "" for sign, _ in parts):
            return frozenset().union(*(_turned(factor) for _, factor in parts))
        case _:
            return frozenset((ONE, side))


def _drawn(case: Case) -> Undecided | None:
    """``(X_1, X_2) = (1, 0)``: what is random is said to have a value, and nothing was said of that before: it is what was drawn."""
    if case.statement.relation is not Rel.EQ or case.counterexample is None:
        return None
    for one, other in ((case.statement.lhs, case.statement.rhs), (case.statement.rhs, case.statement.lhs)):
        parts = one.items if isinstance(one, Tuple) else (one,)
        symbols = [p for p in parts if isinstance(p, Name | Index) and isinstance(case.context.kind(base_of(p)), RandomVariable)]
        if len(symbols) == len(parts) and not free_names(other) and not case.defined & set(map(base_of, symbols)):
            return Undecided(f"{spelled(parts[0])} is random, and this may be the value that was drawn; is it claimed for all?")
    return None


def _new_values(case: Case) -> Undecided | None:
    """``K = 3`` for a K that was given another value before: it is given a new one."""
    for one, other in ((case.statement.lhs, case.statement.rhs), (case.statement.rhs, case.statement.lhs)):
        given = [d for d in case.context.definitions if d.lhs == one and isinstance(one, Name | Index) and not d.parameters]
        if given and one in case.j.of_case and case.statement.relation is Rel.EQ and case.depends(other) - case.depends(one):
            return Undecided(f"{spelled(one)} has its value from one case; is it given another one here?")
        if given and not free_names(given[0].rhs) and not free_names(other) and case.statement.relation is Rel.EQ:
            return Undecided(f"{spelled(one)} has another value from before; is it given a new one here?")
    return None


def _given_anew(case: Case) -> Undecided | None:
    """``g(a) = log(1 + e^a)`` below another heading than ``g(z) = max(0, z)``: the letter may have another meaning there. A value that the text determines
    is computed."""
    if case.j.given_before and case.counterexample is not None and case.counterexample.at:
        return Undecided(f"line {case.j.given_before} gives this otherwise, and no word concludes it here; is it given anew?")
    return None


def _reach_decided(case: Case) -> Undecided | None:
    """``e^x \\log x = \\log x e^x``: what a sum or a function without brackets reaches was decided, and the counterexample needs that."""
    if case.j.narrow is None or isinstance(case.retried(case.context, case.j.narrow), Refuted):
        return None
    return Undecided("how far a sum reaches, or the argument of a function without brackets, or from where entries are counted, was decided; is it meant so?")


COMPUTED: Final = 3
"""A number of so many digits was computed from values, and so was one that so many numbers make up."""


def _digits(term: Term) -> int:
    """How much a number that stands on a side has the look of one that was computed: its digits, or how many numbers it is put together from."""
    found = [node for _, node in subterms(term) if isinstance(node, Num)]
    return max(len(found), *(sum(c.isdigit() for c in node.digits.lstrip("0.")) for node in found)) if found else 0


def _value_at_one_place(case: Case) -> Undecided | None:
    """``s = 3`` for an s that differs from place to place: a number on one side alone is its value at a place that the words tell. 0 and 1 are what
    identities end in; of what is told to be arbitrary a number is claimed for all."""
    if case.statement.relation not in (Rel.EQ, Rel.APPROX) or case.counterexample is None:
        return None
    for one, other, side in ((case.statement.lhs, case.statement.rhs, "left"), (case.statement.rhs, case.statement.lhs, "right")):
        arbitrary = isinstance(one, Name | Index) and case.told(one) and one not in case.defined  # "let x be real; therefore x = 5"
        speaks_of = case.depends(one)
        if arbitrary or not speaks_of or case.depends(other) or other in (Num("0"), Num("1")):
            continue
        applied = {node.function for _, node in subterms(one) if isinstance(node, Call)}
        by_definitions = any(head(d) in speaks_of | applied and free_names(d.rhs) for d in case.context.definitions)
        bare = one.body if isinstance(one, Group) else one
        named = isinstance(bare, Name | Index | Matrix | Tuple) and case.j.premise is None and not all(case.told(s) for s in speaks_of)
        if not by_definitions and not named and _digits(other) < COMPUTED:  # "for every m, m + 1 = 5"
            continue
        found = [case.counterexample, *(t.counterexample for seed in range(1, 4) if isinstance(t := case.retried(case.context, seed=seed), Refuted))]
        if len({getattr(example, side) for example in found if example is not None}) > 1:
            return Undecided(f"what stands on the {side} differs from place to place, so the number is its value at one of them; at which?")
    return None


def _sets_guessed(case: Case) -> Undecided | None:
    """A set of which only its use is known, beside a range or another set: which elements it has decides, and they were chosen."""
    sets = {s for s, kind in case.context.kinds if isinstance(kind, IndexSet) and base_of(s) in case.names}
    if not sets or case.counterexample is None:
        return None
    reached = case.depends(case.statement.lhs) | case.depends(case.statement.rhs)
    whole = (case.statement.lhs, case.statement.rhs, *(d.rhs for d in case.context.definitions if head(d) in reached))
    operators = [node for term in whole for _, node in subterms(term) if isinstance(node, Big) and node.op in ("sum", "prod", "max", "min")]
    ranges = {(node.lower, node.upper, node.where) for node in operators}
    over = {where for _, _, where in ranges if where is not None and free_names(where) & sets}
    if len(ranges) > len(over) or len(over) > 1:
        symbol = sorted(sets, key=repr)[0]
        return Undecided(f"which elements {spelled(symbol)} has was chosen, as far as the text says it in words; does it hold for any?")
    return None


def _derivatives_told(case: Case) -> Undecided | None:
    """"with Phi' = phi": it says what a function is whose values were chosen."""
    if case.counterexample is None:
        return None
    for definition in case.context.definitions:
        symbol = head(definition)
        plain = unprimed(symbol) if isinstance(symbol, Name | Index) else symbol
        chosen = isinstance(case.context.kind(plain), Function) and plain not in case.defined if isinstance(plain, Name | Index) else False
        if isinstance(plain, Name | Index) and chosen and plain != symbol and base_of(plain) in case.names:
            return Undecided(f"the text says what the derivative of {spelled(plain)} is, and {spelled(plain)} was chosen without it; what is it?",
                             answer=answers.let(plain, Function(1)))  # fmt: skip
    return None


def _summed_over(case: Case) -> Undecided | None:
    """An index that stands twice on one side and not on the other: it may be summed over without saying so."""
    for one, other in ((case.statement.lhs, case.statement.rhs), (case.statement.rhs, case.statement.lhs)):
        entries = [node for _, node in subterms(one) if isinstance(node, Index) and node not in case.defined and case.context.kind(node) is None]
        found = Counter(n for node in entries for s in node.subscripts for n in free_names(s))
        for index, count in found.items():
            if count > 1 and index in free_names(one) and index not in free_names(other) and not case.told(index):
                return Undecided(f"{spelled(index)} stands on one side only, and more than once; is it summed over?")
    return None


def _conventions_decided(case: Case) -> Undecided | None:
    """A counterexample that needs what the reader decided is none."""
    plain = case.provenance.plain
    if plain is None or isinstance(case.retried(plain), Refuted):
        return None
    return Undecided(f"it fails under a convention that the text does not state ({case.provenance.conventions[0]}); is that meant?")


def _domains_guessed(case: Case) -> Undecided | None:
    """An inequality between quantities of which nothing says that they may be negative, or a root that a quantity is said to be."""
    root = isinstance(case.statement.lhs, Name | Index) and bool(free_names(case.statement.rhs))  # of x^2 = 9 both roots are meant
    if case.statement.relation not in (Rel.LE, Rel.LT, Rel.GE, Rel.GT) and not root:
        return None
    open_ones = [s for s, k in case.context.kinds if k == Scalar() and base_of(s) in case.names and not _limited(case, s)]
    if not open_ones:
        return None
    kinds = tuple((s, Scalar(Domain.POSITIVE) if s in open_ones else k) for s, k in case.context.kinds)
    world = replace(case.context, kinds=kinds)
    trial = case.retried(world if case.j.premise is None else world.assume(case.j.premise.formula))
    if isinstance(trial, Refuted) or not (root or isinstance(trial, Agreement)):
        return None
    names, line = ", ".join(spelled(s) for s in open_ones), answers.let(open_ones[0], Scalar(Domain.POSITIVE))
    return Undecided(f"it holds where {names} {'is' if len(open_ones) == 1 else 'are'} positive; is that so?", answer=line)


def _limited(case: Case, symbol: Symbol) -> bool:
    """Whether the text says which values a name takes: it is told or defined, or a bound says something of it. What equations say of it is not that."""
    if not case.known(symbol):
        return False
    if case.told(symbol) or symbol in case.defined:
        return True
    bounds = [h for h in case.context.hypotheses if not (isinstance(h, Relation) and set(h.signs) <= {"="})]
    supposed = [h for h in case.context.hypotheses if h not in bounds and symbol in things(h, case.own)]
    return not supposed or any(symbol in things(h, case.own) for h in bounds)


def _values_open(case: Case) -> Undecided | None:
    """An inequality fails at some values of a name of which nothing says which values it takes: people say of what a bound holds, often in words elsewhere.
    One that the opposite is true of is wrong for all."""
    turned = {Rel.LE: Rel.GE, Rel.LT: Rel.GE, Rel.GE: Rel.LE, Rel.GT: Rel.LE}.get(case.statement.relation)
    if turned is None or case.counterexample is None:
        return None
    premise = case.j.premise  # of what is solved the premise tells the values
    solved = frozenset[Symbol]() if premise is None else case.depends(premise.lhs) | case.depends(premise.rhs)
    if isinstance(case.retried(case.context, Statement(case.statement.lhs, turned, case.statement.rhs)), Agreement):
        return None
    for symbol in sorted((s for side in (case.statement.lhs, case.statement.rhs) for s in case.depends(side)), key=repr):
        kind = case.context.kind(symbol)
        counts = isinstance(kind, Scalar) and kind.domain in (Domain.NATURAL, Domain.WHOLE)
        if symbol not in solved and not _limited(case, symbol) and not counts and not is_known_function(symbol):
            return Undecided(f"it fails for some values of {spelled(symbol)}, and nothing says which values it takes; is it meant for all?",
                             answer="" if kind is None else answers.let(symbol, kind))  # fmt: skip
    return None


def _arrays_guessed(case: Case) -> Undecided | None:
    """Values of arrays whose sizes were inferred count only if numbers in their places show the same."""
    arrays = case.inferred_arrays()
    if not arrays or case.counterexample is None:
        return None
    sizes = {n for _, kind in case.context.kinds for t in _sizes(kind) for n in free_names(t)}
    put: dict[Term, Term] = dict.fromkeys(sizes, ONE)
    kinds = tuple((s, _resized(k, put)) for s, k in case.context.kinds if s not in put)
    small = replace(case.context.instantiated(put), kinds=kinds, ranges=tuple((v, substitute(a, put), substitute(b, put)) for v, a, b in case.context.ranges))
    statement = Statement(substitute(case.statement.lhs, put), case.statement.relation, substitute(case.statement.rhs, put))
    if isinstance(case.retried(small, statement), Refuted):
        return None
    symbol, kind = arrays[0]
    why = f"it fails for arrays, and that {spelled(symbol)} is one, of which sizes, was inferred from its use; what is it?"
    return Undecided(why, answer=answers.let(symbol, kind))


def _sizes(kind: object) -> tuple[Term, ...]:
    match kind:
        case Array(rows, cols) | Family(Array(rows, cols)) | RandomVariable(_, _, (rows, cols)):
            return rows, cols
        case _:
            return ()


def _resized(kind: Kind, put: dict[Term, Term]) -> Kind:
    match kind:
        case Array():
            return _small(kind, put)
        case Family(member):
            return replace(kind, member=_small(member, put))
        case RandomVariable(_, _, (rows, cols)):
            return replace(kind, shape=(substitute(rows, put), substitute(cols, put)))
        case Loss(of, value):
            through = tuple(replace(p, ranges=tuple(r and (substitute(r[0], put), substitute(r[1], put)) for r in p.ranges)) for p in of)
            return Loss(through, substitute(value, put))
        case _:
            return kind


def _small(array: Array, put: dict[Term, Term]) -> Array:
    return replace(array, rows=substitute(array.rows, put), cols=substitute(array.cols, put))


def _said_before(case: Case) -> Undecided | None:
    """A counterexample has to satisfy what was said before, and what is undecided there about names of which nothing else says what they are."""
    for before, strict in ((case.shared(), False), (case.connected(), True)):
        facts = [s.formula for s in before if s.formula not in case.context.hypotheses and s != case.statement][-NEAREST:]
        trial = case.retried(case.context.assume(*facts)) if facts and case.counterexample is not None else case.found
        if isinstance(trial, Agreement):
            return Undecided(FOLLOWS_PERHAPS)
        arrays = any(isinstance(case.context.kind(n), Array | Family) for fact in facts for n in free_names(fact))
        if isinstance(trial, Undecided) and strict and arrays:  # numbers that satisfy equations are found if there are some; arrays often are not
            return Undecided(NOT_SATISFIED)
    return None


FOLLOWS_PERHAPS: Final = "it holds where the statements before it hold, and whether it follows from them was not found out"
NOT_SATISFIED: Final = "no counterexample was found that satisfies the statements before it about the same names; do they hold?"


def _determined_elsewhere(case: Case) -> Undecided | None:
    """A counterexample that varies a name which an equation before it says: that is not free, however the equation itself is known.

    What follows from "P_1 = 32 (7^2 3 + 1)" is no error at another P_1. Where that equation was not decided, the counterexample has to satisfy it.
    """
    if case.counterexample is None:
        return None
    equations = [s for said in case.before if (s := said.statement).relation is Rel.EQ and s != case.statement]
    given = [s for s in (case.statement.lhs, case.statement.rhs) if isinstance(s, Name | Index) and not case.told(s) and s not in case.defined]
    solved = any(s in case.depends(e.lhs) | case.depends(e.rhs) for e in equations for s in given)  # "we get phi = 0": all equations may have a part in it
    saying = equations if solved else [s for s in equations if _says_of(case, s)]
    facts = [s.formula for s in saying if s.formula not in case.context.hypotheses][-NEAREST:]
    if not facts or isinstance(case.retried(case.context.assume(*facts)), Refuted):
        return None
    return Undecided("it speaks of what equations before it say, and whether it follows from them was not found out")


def _given_by_what_is_unread(case: Case) -> Undecided | None:
    """A name that an equation before gives, the other side of which could not be read, is not free either."""
    for symbol, line in case.j.unread:
        if symbol not in case.defined and case.counterexample is not None:
            return Undecided(f"what line {line} says that {spelled(symbol)} is could not be read")
    return None


def _says_of(case: Case, said: Statement) -> bool:
    """Whether an equation gives a name of this statement that nothing else determines."""
    alone = [s for s in (said.lhs, said.rhs) if isinstance(s, Name | Index)]
    return any(s not in case.defined and any(s in case.depends(side) for side in (case.statement.lhs, case.statement.rhs)) for s in alone)


def _conditions_before(case: Case) -> Undecided | None:
    """A counterexample outside of a case that was spoken of before: the text may not have left that case yet."""
    if case.counterexample is None:
        return None
    for past in case.j.expired:
        context = case.context
        for relation in past.conditions:
            context = _supposing(context, relation)
        if context != case.context and isinstance(case.retried(context), Agreement):
            return Undecided(f"it holds in the case that line {past.line} speaks of; is it meant for that case?")
    return None


def _supposing(context: Context, relation: Relation) -> Context:
    """A context with one more condition: a value for a name that has none, or a hypothesis."""
    match relation:
        case Relation((Name() | Index() as lhs, rhs), ("=",)) if not any(d.lhs == lhs for d in context.definitions) and not free_names(rhs) & free_names(lhs):
            return replace(context, definitions=(*context.definitions, Definition(lhs, rhs)))
        case _:
            return context.assume(relation)




def _empty_ranges(case: Case) -> Undecided | None:
    """Sums and products over ranges that are empty are no counterexamples."""
    if case.counterexample is None:
        return None
    bounds = [Relation((low, high), ("<=",)) for low, high in _ranges(case.statement)]
    new = [b for b in bounds if b not in case.context.hypotheses]
    if not new or isinstance(case.retried(case.context.assume(*new)), Refuted | Undecided):
        return None
    return Undecided("it fails only where the range of a sum or product is empty; is it meant for such ranges too?")


def _ranges(statement: Statement) -> Iterator[tuple[Term, Term]]:
    for side in (statement.lhs, statement.rhs):
        free = free_names(side)
        for _, node in subterms(side):
            if isinstance(node, Big) and node.op in ("sum", "prod") and node.lower is not None and node.upper is not None:
                inside = free_names(node.lower) | free_names(node.upper)
                if inside and inside <= free:
                    yield node.lower, node.upper


def _outside_ranges(case: Case) -> Undecided | None:
    """An index beyond the ends of the sums over its sequence: there is nothing there."""
    if case.counterexample is None:
        return None
    terms = [t for side in (case.statement.lhs, case.statement.rhs) for t in case.unfolded(side)]
    free = free_names(case.statement.lhs) | free_names(case.statement.rhs)
    sums = [t for term in terms for _, t in subterms(term) if isinstance(t, Big) and isinstance(t.variable, Name)]
    bounds: dict[Name, Relation] = {}
    for entry in (t for side in (case.statement.lhs, case.statement.rhs) for _, t in subterms(side) if isinstance(t, Index)):
        for index in (s for s in entry.subscripts if isinstance(s, Name) and s in free):
            for big in sums:
                over = any(isinstance(t, Index) and t.base == entry.base and big.variable in t.subscripts for _, t in subterms(big.body))
                if over and big.lower is not None and big.upper is not None and index not in free_names(big.upper):
                    bounds.setdefault(index, Relation((big.lower, index, big.upper), ("<=", "<=")))
    new = [b for b in bounds.values() if b not in case.context.hypotheses]
    if not new or not isinstance(case.retried(case.context.assume(*new)), Agreement):
        return None
    return Undecided(f"it fails only where {spelled(next(iter(bounds)))} lies outside of the sums over its sequence; does it lie in their range?")


def _lengths_guessed(case: Case) -> Undecided | None:
    """A sum over the entries of an array from one number to another, where only the use of the array tells how many entries it has."""
    if case.counterexample is None:
        return None
    guessed = dict(case.inferred_arrays())
    for side in (case.statement.lhs, case.statement.rhs):
        for _, big in subterms(side):
            if not isinstance(big, Big) or big.lower is None or big.upper is None:
                continue
            entries = [n for _, n in subterms(big.body) if isinstance(n, Index) and big.variable in n.subscripts]
            for symbol, array in ((s, a) for s, a in guessed.items() if any(n.base == s for n in entries)):
                if (big.lower, big.upper) not in ((ONE, array.rows), (ONE, array.cols)):
                    return Undecided(f"how many entries {spelled(symbol)} has was inferred from its use; is it as many as the sum has terms?",
                                     answer=_declaration(symbol, array))  # fmt: skip
    return None


def _other_readings(case: Case) -> Undecided | None:
    for reading in other_readings(case.statement, case.context, case.told):
        trial = case.retried(reading.context, reading.statement)
        if isinstance(trial, Agreement):
            return Undecided(f"it holds if {reading.words}; is that meant?", answer=reading.answer)
        if reading.as_good and not isinstance(trial, Refuted):
            return Undecided(f"it may be meant that {reading.words}, and whether it holds then is not known; is that meant?", answer=reading.answer)
    return None


def _unclaimed(case: Case) -> Undecided | None:
    return None if case.j.claimed else Undecided("no word of its sentence claims it, so it may be a condition; is it claimed?")


CHECKS: Final = (
    _alike, _words_not_understood, _bracketed, _shapes_guessed, _kinds_guessed, _undetermined, functions_unknown, _given_anew,
    _reach_decided, _properties, _drawn, _new_values, _value_at_one_place,
    _summed_over, within_rounding,
    _sets_guessed, _derivatives_told,
    _conventions_decided, _domains_guessed, _values_open,
    _other_readings, _arrays_guessed, _lengths_guessed, _said_before, _empty_ranges, _outside_ranges,
    conditional_functions, functions_on_one_side, chosen_altogether, functions_spoken_of, functions_of_hypotheses, nothing_random, drawn_here,
    equal_in_law, _given_by_what_is_unread, _determined_elsewhere, _conditions_before, _unclaimed,
)  # fmt: skip
