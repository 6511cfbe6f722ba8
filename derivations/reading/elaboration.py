"""What the names of some formulas are, found out in two passes: the first finds what the names are, the second reads with that knowledge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice, pairwise
from typing import Final

from derivations.language.context import ONE, Array, Definition, Family, Kind, Symbol
from derivations.language.structure import free_names, substitute, subterms, transform
from derivations.language.term import Call, Group, Index, Mul, Name, Relation, Term, Tuple
from derivations.reading import customs
from derivations.reading.analysis import Analyser
from derivations.reading.arrays import is_array
from derivations.reading.columns import used_as_vectors
from derivations.reading.drafts import Analysis
from derivations.reading.entries_in_plain import plain_entries
from derivations.reading.indices import counted_from_zero
from derivations.reading.law_letters import law_letters
from derivations.reading.moments import COVARIANCE, MEAN
from derivations.reading.prose import Prose
from derivations.reading.scope import Description, Fact, Hypothesis, in_force
from derivations.reading.uses import Uses, uses
from derivations.reading.vocabulary import CUSTOMARY_FUNCTIONS, Vocabulary, plain


def analysed(analyser: Analyser, vocabulary: Vocabulary, prose: Prose, elsewhere: Mapping[Symbol, Kind]) -> tuple[Analysis, Uses]:
    """What is said in the formulas of an analyser, and what their use shows their names to be. ``elsewhere``: what uses in other places show, of which these
    formulas say nothing."""
    first = analyser.run(vocabulary, None)
    used = _uses(first, elsewhere)
    said = _descriptions(first.facts)
    arrays: set[Term] = {s for s, d in said.items() if d.shape is not None or d.base in ("matrix", "vector")}
    arrays |= {s for s, kind in used.kinds.items() if isinstance(kind, Array | Family)}
    entries = plain_entries(first.terms(), said, used.kinds, sorted(_array_definitions(first, arrays), key=repr))
    if entries:  # read anew: what stands below the plain letters are entries of the arrays
        vocabulary = replace(vocabulary, entries={**vocabulary.entries, **entries})
        first = analyser.run(vocabulary, None)
        used = _uses(first, elsewhere)
    known = replace(vocabulary, laws=law_letters(first, _relations(first), prose))
    second = analyser.run(_vocabulary(known, first, used), used)
    customs.add(second, _uses(second, elsewhere), prose)
    return second, _uses(second, elsewhere)


def _descriptions(facts: Iterable[Fact]) -> dict[Symbol, Description]:
    return in_force((_anywhere(f) for f in facts), 0).descriptions


def _anywhere(fact: Fact) -> Fact:
    return replace(fact, start=0, end=1) if isinstance(fact.content, Description) else replace(fact, start=1, end=1)


def _uses(analysis: Analysis, elsewhere: Mapping[Symbol, Kind]) -> Uses:
    ranged = [f.content.variable for f in analysis.facts if hasattr(f.content, "variable")]
    relations = _relations(analysis)
    terms = (*analysis.terms(), *relations, *_said(analysis), *_moments(analysis), *_applied(analysis))
    return uses(terms, _descriptions(analysis.facts), ranged, elsewhere)


def _moments(analysis: Analysis) -> Iterator[Term]:
    """What is told of the means of those whose covariance matrix is told: they are vectors. (A mean of each entry, "the entries have mean m", is a number.)"""
    told = [f.content.term for f in analysis.facts if isinstance(f.content, Hypothesis) and isinstance(f.content.term, Relation)]
    moments = [(t.items[0], t) for t in told if isinstance(t.items[0], Call) and t.items[0].function in (MEAN, COVARIANCE)]
    spread = {call.arguments for call, _ in moments if isinstance(call, Call) and call.function == COVARIANCE}
    yield from (relation for call, relation in moments if isinstance(call, Call) and call.arguments in spread)


def _relations(analysis: Analysis) -> tuple[Term, ...]:
    """The relations between neighbouring sides, so that the sizes of one side are those of the other."""
    out: list[Term] = []
    for (number, chain, side), found in analysis.sides.items():
        following = analysis.sides.get((number, chain, side + 1))
        if found.term is not None and following is not None and following.term is not None:
            out.append(Relation((found.term, following.term), ("=",)))
    return tuple(out)


MOST_APPLIED: Final = 200
"""So many applications of defined functions are looked into."""


def _applied(analysis: Analysis) -> tuple[Term, ...]:
    """The right sides of defined functions at their arguments: what a function does with its parameter it does with what stands there."""
    defined = {
        d.lhs.function: (d.lhs.arguments, d.rhs) for f in analysis.facts
        if isinstance(d := f.content, Definition) and isinstance(d.lhs, Call) and all(isinstance(a, Name) for a in d.lhs.arguments) and d.where is None
    }
    calls = dict.fromkeys(t for term in analysis.terms() if defined for _, t in subterms(term) if isinstance(t, Call) and t.function in defined)
    found: list[Term] = []
    for call in islice(calls, MOST_APPLIED):
        parameters, body = defined[call.function]
        if len(parameters) == len(call.arguments) and parameters != call.arguments:
            found.append(transform(substitute(body, dict(zip(parameters, call.arguments, strict=True))), _entry_of_member))
    return tuple(found)


def _entry_of_member(node: Term) -> Term:
    """``x_j`` where x is ``x^{(i)}``: ``x^{(i)}_j``."""
    if isinstance(node, Index) and isinstance(node.base, Index):
        return Index(node.base.base, (*node.base.subscripts, *node.subscripts))
    return node


def _said(analysis: Analysis) -> tuple[Term, ...]:
    """The terms that declarations mention: sizes of arrays, parameters of laws."""
    out: list[Term] = []
    for fact in analysis.facts:
        if isinstance(fact.content, Description):
            out.extend(t for t in (*(fact.content.shape or ()), fact.content.law) if t is not None)
    return tuple(out)


def _vocabulary(base: Vocabulary, analysis: Analysis, used: Uses) -> Vocabulary:
    """What the reader is told of the names: functions, numbers, arrays, sequences with their number of subscripts."""
    said = _descriptions(analysis.facts)
    functions: set[Term] = {s for s, d in said.items() if d.base in ("function", "softmax")} | set(used.functions)
    for fact in analysis.facts:
        if isinstance(fact.content, Definition) and isinstance(fact.content.lhs, Call):
            function = fact.content.lhs.function
            if isinstance(function, Name | Index):
                functions.add(function if isinstance(function, Name) or function in used.labelled else function.base)
    by_call = {_base(f.content.lhs.function) for f in analysis.facts if isinstance(f.content, Definition) and isinstance(f.content.lhs, Call)}
    numeric = {plain(s) for s in used.factors}
    functions = {
        s for s in functions
        if plain(s) not in numeric or _base(s) in by_call or plain(s) in CUSTOMARY_FUNCTIONS or (s in said and said[s].base in ("function", "softmax"))
    }
    functions |= _expectations(analysis, frozenset(s for s, d in said.items() if d.base == "random" or d.law is not None or d.properties & OF_CHANCE))
    matrices: set[Term] = {s for s, d in said.items() if d.shape is not None or d.base in ("matrix", "vector")}
    matrices |= {s for s, kind in used.kinds.items() if isinstance(kind, Array | Family)}
    matrices |= _array_definitions(analysis, matrices)
    matrices |= {plain(s) for s in matrices} | base.entries.keys()
    by_two = {s: 2 for s, d in said.items() if isinstance(s, Name) and not d.arity and (d.base == "matrix" if d.shape is None else d.shape[1] != ONE)}
    numbers = {s for s, d in said.items() if d.base in ("scalar", "random", "sequence") or d.domain is not None}
    numbers |= {n for d in said.values() for size in d.shape or () for n in free_names(size)}
    defined = {f.content.lhs for f in analysis.facts if isinstance(f.content, Definition)}
    numbers |= {*used.indices, *used.sequences}
    numbers |= {s for s in used.bare if s not in functions and s not in matrices and s not in used.labelled and s not in defined}
    return replace(
        base,
        functions=frozenset(functions),
        scalars=frozenset(numbers - functions - matrices),
        matrices=frozenset(matrices - functions),
        arities={**by_two, **used.sequences},
        sets=frozenset(s for s, d in said.items() if d.base == "set" and isinstance(s, Name)),
        constants=frozenset(c for c in base.constants if Name(c) not in said),
        arguments=_arguments(analysis),
        from_zero=counted_from_zero(analysis.terms(), dict(_vectors(said, used))),
    )


def _arguments(analysis: Analysis) -> dict[Term, Term]:
    """The variables of the functions that are defined of one, where all their definitions call it alike."""
    found: dict[Term, set[Term]] = {}
    for fact in analysis.facts:
        if isinstance(fact.content, Definition) and isinstance(fact.content.lhs, Call):
            found.setdefault(fact.content.lhs.function, set()).add(Tuple(fact.content.lhs.arguments, "("))
    one = {f: next(iter(of)) for f, of in found.items() if len(of) == 1}
    return {f: of.items[0] for f, of in one.items() if isinstance(of, Tuple) and len(of.items) == 1 and isinstance(of.items[0], Name)}


def _vectors(said: Mapping[Symbol, Description], used: Uses) -> Iterator[tuple[Name, int]]:
    """The names of vectors, and of families of them with the number of subscripts of a member."""
    for symbol, kind in used.kinds.items():
        match kind:
            case Array() if kind.is_vector and isinstance(symbol, Name):
                yield symbol, 0
            case Family(Array() as member, arity) if member.is_vector and isinstance(symbol, Name):
                yield symbol, arity
            case _:
                pass
    yield from ((s, d.arity) for s, d in said.items() if isinstance(s, Name) and d.shape is not None and d.shape[1] == ONE)


OF_CHANCE: Final = frozenset(("independent", "identical", "uncorrelated", "pairwise"))
"""Properties that only random variables have."""
MOMENTS: Final = frozenset(("Var", "Cov"))


def _expectations(analysis: Analysis, random: frozenset[Symbol]) -> frozenset[Term]:
    """A plain E right before a bracket that holds a random variable is the expectation, and before a square one wherever the text speaks of variances or of the
    probabilities of events, or has no other E."""
    operators = (Name("E"), Name("V"))
    found: set[Term] = set()
    terms = analysis.terms()
    calls = [node for term in terms for _, node in subterms(term) if isinstance(node, Call)]
    random |= frozenset(n for node in calls if _is_event(node) for n in free_names(node))
    chance = any(_is_event(node) or _text(node.function) in MOMENTS for node in calls)
    alone = chance or all(map(_only_before_brackets, terms))
    for term in terms if random or alone else ():
        for _, node in subterms(term):
            if isinstance(node, Mul):
                for (_, left), (sign, right) in pairwise(node.parts):
                    if left in operators and sign == "" and isinstance(right, Group) and _taken_of(right, random, alone if left == _MEAN else chance):
                        found.add(left)
    return frozenset(found)


def _only_before_brackets(term: Term) -> bool:
    """Whether each E of a formula stands right before a square bracket."""
    nodes = [node for _, node in subterms(term)]
    before = sum(
        1 for node in nodes if isinstance(node, Mul) for (_, left), (sign, right) in pairwise(node.parts)
        if left == _MEAN and sign == "" and isinstance(right, Group) and right.bracket == "["
    )  # fmt: skip
    return sum(1 for node in nodes if node == _MEAN) == before


_MEAN: Final = Name("E")


def _taken_of(bracket: Group, random: frozenset[Symbol], chance: bool) -> bool:
    inside = free_names(bracket)
    return bool(inside & random) or (chance and bool(inside) and bracket.bracket == "[")


def _is_event(node: Term) -> bool:
    """``P(m = 1)``."""
    return isinstance(node, Call) and _text(node.function) in ("P", "Pr") and len(node.arguments) == 1 and isinstance(node.arguments[0], Relation)


def _text(symbol: Term) -> str:
    return symbol.text if isinstance(symbol, Name) else ""


def _base(symbol: Term) -> Term:
    return symbol.base if isinstance(symbol, Index) else symbol


def defined_arrays(analysis: Analysis, used: Uses) -> tuple[dict[Symbol, Kind], frozenset[Term]]:
    """The names that are defined as arrays, as squares or, of small letters, as columns (which is all that is known without their sizes), families of such
    arrays, and the functions whose values are arrays."""
    arrays: set[Term] = {s for s, kind in used.kinds.items() if isinstance(kind, Array)}
    arrays |= {s for s, d in _descriptions(analysis.facts).items() if d.shape is not None or d.base in ("matrix", "vector")}
    families = {s for s, kind in used.kinds.items() if isinstance(kind, Family)}
    arrays |= {t for term in analysis.terms() for _, t in subterms(term) if isinstance(t, Index) and t.base in families}
    plain = _array_definitions(analysis, arrays) - arrays
    kinds: dict[Symbol, Kind] = {s: _unsized(s) for s in plain if isinstance(s, Name | Index)}
    functions: set[Term] = set()
    for fact in analysis.facts:
        match fact.content:
            case Definition(Index(Name() as base, subscripts), rhs, parameters) if parameters and is_array(rhs, arrays | plain):
                kinds[base] = Family(_unsized(base), len(subscripts))
            case Definition(Call(function), rhs) if is_array(rhs, arrays | plain):
                functions.add(function)
            case _:
                pass
    return kinds, frozenset(functions)


def _unsized(symbol: Symbol) -> Array:
    base, size = _base(symbol), Name("n")
    return Array(size, ONE if isinstance(base, Name) and base.text[:1].islower() else size)


def _array_definitions(analysis: Analysis, known: set[Term]) -> set[Term]:
    """The names that are defined as arrays, ``V := b 1^T + W X``."""
    found: set[Term] = set()
    plain = [f.content for f in analysis.facts if isinstance(f.content, Definition) and isinstance(f.content.lhs, Name | Index) and not f.content.parameters]
    for _ in range(len(plain)):
        new = {d.lhs for d in plain if d.lhs not in found and is_array(d.rhs, known | found)}
        if not new:
            break
        found |= new
    return found | used_as_vectors(analysis.terms(), known | found, {d.lhs: d.rhs for d in plain})
