"""The relations of a document in order, each judged, given or unread, and the facts that the document states.

A relation is *given* when it introduces a name (the first relation of a chain whose left side is fresh), when words introduce it ("let", "where", "if",
"assuming"), or when it declares something (``X \\in R^n``); everything else is a claim.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from derivations.language.context import Definition, Domain
from derivations.language.matching import calls_itself
from derivations.language.structure import free_names
from derivations.language.term import Call, Dots, Group, Index, Name, Num, Relation, Term, Tuple
from derivations.reading import lexicon
from derivations.reading.branches import Branches
from derivations.reading.clauses import Said
from derivations.reading.columns import stacked
from derivations.reading.declarations import declared, declared_by_chain, is_law, is_space, listed, range_of
from derivations.reading.denials import unasserted
from derivations.reading.drafts import Analysis, Drafted
from derivations.reading.extents import WITHIN, Extents, subjects_of
from derivations.reading.images import DENSITIES
from derivations.reading.indices import bound_names, index_names, stepped
from derivations.reading.instances import numbers_put_in
from derivations.reading.laws_told import without_laws
from derivations.reading.ledger import ORDER, Ledger
from derivations.reading.lexicon import ANOTHER, ANOTHER_IS, CONDITIONS, COUNTED, ELSEWHERE, INDEPENDENCE, REASONS, SATISFYING, SET_EQUAL, VERB
from derivations.reading.losses import depends_on
from derivations.reading.moments import is_conditional, moments
from derivations.reading.naming import abbreviated, marked_in_words, named_in
from derivations.reading.neighbours import base_case, follows, numbers_for_words, one_of_several, other_case, reach, root_of_square, solves_for
from derivations.reading.optima import OF_OPTIMA, is_place, stationary
from derivations.reading.pairs import IN_DOUBT
from derivations.reading.patterns import (
    A_FUNCTION,
    CHANGED,
    EQUATIONS,
    GOAL,
    about_laws,
    bounds_what_is_defined,
    compound,
    constrains,
    definition_of,
    determined,
    expectation_fact,
    factorises,
    given_name,
    goes_stepwise,
    introduces,
    introduces_signed,
    is_plain_moment,
    is_simple_bound,
    is_told_moment,
    is_value,
    known_sides,
    of_one_value,
    outside_densities,
    says_itself,
    subject,
    suppressed_arguments,
    values_of_one_function,
)
from derivations.reading.prose import NO_SETTING, Cue, Formula, Prose, Setting, cue_of
from derivations.reading.quantifiers import negated, otherwise, requantified, spoken_anew, superseded
from derivations.reading.rows import DECLARING, EQUIVALENT, Chain, Role
from derivations.reading.sayings import alternatives, conditions_in, hot, loosened, of_members, subjects, sums_of, told_by, unclear
from derivations.reading.scope import Content, Description, Fact, Hypothesis, Opaque, Range, Scope
from derivations.reading.sentence_facts import DENSITY, LAW, SIZE, facts_in, told_in
from derivations.reading.sides import positive_parameters_in
from derivations.reading.solutions import ZERO
from derivations.reading.solving import solving, together_with
from derivations.reading.stacks import written_out
from derivations.reading.together import read_together
from derivations.reading.uses import Uses, is_known_function
from derivations.reading.vocabulary import Vocabulary
from derivations.reading.wordlists import word_set

STRONG: Final = word_set("so hence thus therefore then implies conclude gives give get gets find obtain obtains follows shows show yields because since")
ENERGY: Final = Name("E")
NUMBERING: Final = word_set("i j n m")
"""Letters that number the vectors of a family wherever they stand below one; ``W_k`` and ``W_q`` are names of their own."""
TAKEN: Final = "an equation before it is taken for what says what a name is"


class Analyser:
    """Goes through the formulas of one problem in order. ``before``: facts of the document around it."""

    def __init__(
        self,
        text: str,
        prose: Prose,
        settings: Mapping[int, Setting],
        scope_of: Mapping[int, Scope],
        formulas: Iterable[Formula],
        before: Iterable[Fact],
        said: Mapping[int, tuple[Said, ...]],
        breaks: Iterable[int] = (),
    ) -> None:
        self.text, self.prose = text, prose
        self.settings = settings
        self.scope_of = scope_of
        self.formulas = tuple(formulas)
        self.before = tuple(before)
        self.said = said
        self.breaks = tuple(breaks)
        self.result = Analysis()
        self.first: dict[int, Formula] = {}
        for formula in self.formulas:
            self.first.setdefault(formula.sentence, formula)

    def run(self, vocabulary: Vocabulary, uses: Uses | None) -> Analysis:
        """Read every side with this vocabulary and sort every relation. ``uses`` of a first pass, if there was one."""
        self.suppressed = {} if uses is None else suppressed_arguments((fact.content for fact in self.result.facts), uses)
        self.told = told_in((*self.before, *self.result.facts))
        self.result = Analysis()
        together = read_together(self.formulas, vocabulary, self.text, self.suppressed)
        self.result.sides = together.sides
        self.short = dict(pair for sentence in self.prose.sentences for pair in abbreviated(sentence.words))
        ranged = [r.variable for f in self.before if isinstance(r := f.content, Range)]
        self.indices = uses.indices if uses is not None else index_names(self.result.terms(), ranged)
        self.labelled = uses.labelled if uses is not None else frozenset[Index]()
        self.bound, self.stepped = bound_names(self.result.terms()), stepped(self.result.terms())
        self.tables = values_of_one_function(self._equations())
        self.ledger = Ledger(self.prose, self.settings, self.scope_of, self.formulas, self.before)
        self.result.facts, self.result.cases = self.ledger.facts, self.ledger.cases
        self.extents = Extents(self.prose, self.settings, self.formulas, self._written)
        self.branches = Branches(self.prose, self.formulas, self._written)
        self.defined: dict[Term, Definition] = {}
        for fact in self.before:
            if isinstance(fact.content, Definition):
                self.defined[subject(fact.content.lhs, self.labelled)] = fact.content
        self.defined_at: dict[Term, int] = {}
        self.used: set[Term] = set()
        self.spoken: set[Name] = set()
        self.solved = self.result.solved = solving(self.formulas, self.result.term, self.extents.introducing(), self.prose, self.breaks)
        self.lawful: set[int] = set()  # formulas of whose names a law is told
        self.mentioned: set[Name] = set()  # in formulas that are no relations: "a frequency omega"
        self._about_random(uses)
        for formula in (f for f in self.formulas if f.number in together.doubted):
            self.ledger.say(formula, [Opaque((name,), IN_DOUBT) for name in sorted(together.doubted[formula.number], key=repr)], local=True)
        self._about_sentences()
        for formula in self.formulas:
            self._formula(formula)
        self.solved.supposed |= self.branches.stated | self.branches.conditions
        self.result.facts.extend(together_with(self.solved))
        superseded(self.result.facts)
        requantified(self.result.facts, self.result.cases, spoken_anew(self.prose.sentences, self.formulas, self._written))
        return self.result

    def _about_random(self, uses: Uses | None) -> None:
        """What sentences say of random variables, once the families are known."""
        if uses is None:
            return
        for number, first in self.first.items():
            self.ledger.say(first, moments(self.prose, number, self._numbered, uses.sequences), local=is_conditional(self.prose, number))

    def _numbered(self, number: int) -> Term | None:
        return next((self._written(f) for f in self.formulas if f.number == number), None)

    def _written(self, formula: Formula) -> Term | None:
        """The first relation (or expression) in a formula, as far as it can be read."""
        if not formula.chains:
            return None
        known = known_sides(tuple(self.result.term(formula, 0, s) for s in range(len(formula.chains[0].sides))))
        if len(known) < 2:
            return known[0] if known else None
        return Relation(known, tuple(link.sign for link in formula.chains[0].links)[: len(known) - 1])

    def _passing(self, formula: Formula, contents: Collection[Content], sides: tuple[Term, ...], word: str = "") -> None:
        """Record what is said of one case only, with its reach."""
        about = subjects_of(Relation(sides, ("=",) * (len(sides) - 1))) if len(sides) > 1 else subjects_of(sides[0])
        extent = self.extents.of(formula, about, self.scope_of[formula.number].end, word)
        self.ledger.passing(contents, formula.segment.start, extent)
        if (rest := self.extents.otherwise(formula)) is not None:
            self.ledger.passing(otherwise(contents, self._written(formula)), formula.segment.start, rest)

    def _about_sentences(self) -> None:
        """What sentences say of all their formulas: sums, sizes, that they claim something only to first order."""
        by_number = {f.number: f for f in self.formulas}
        done: set[int] = set()
        for number, first in self.first.items():
            inside = [f for f in self.formulas if f.sentence == number]
            turn = loosened(self.prose.sentences[number].words) if number < len(self.prose.sentences) else ""
            turn = turn or ("several things are said of one" if alternatives([self._written(f) for f in inside if not f.display]) else "")
            if turn:
                terms = [t for f in inside for c, chain in enumerate(f.chains) for s in range(len(chain.sides)) if (t := self.result.term(f, c, s)) is not None]
                names = sorted({n for t in terms for n in free_names(t)} - self.bound, key=repr)
                self.ledger.say(first, [Opaque(tuple(names), turn)], local=True)
            self._named(number, by_number)
            for k, content, about in facts_in(self.ledger.sentence(first).words, self._numbered, self.told, frozenset(self.indices)):
                local = about == LAW and is_conditional(self.prose, number)
                self.ledger.say(by_number[k], [self._of_family(content) if about == SIZE else content], local=local)
                self.lawful |= {k} if about == LAW else set()
                self.defined |= {subject(d.lhs, self.labelled): d for d in (content,) if about == DENSITY and isinstance(d, Definition)}
            for said in (s for f in inside for s in self.said.get(f.number, ()) if id(s) not in done):
                done.add(id(said))
                group = [t for n in said.numbers if n in by_number and (t := self._written(by_number[n])) is not None]
                self.ledger.say(first, sums_of(said, group))

    def _named(self, number: int, by_number: Mapping[int, Formula]) -> None:
        """The names of which the words of a sentence say what they are; where they say it by other names, neither is free."""
        for named in named_in(self.prose.sentences[number].words) if number < len(self.prose.sentences) else ():
            formula = by_number.get(named.number)
            term = None if formula is None else self._written(formula)
            if formula is None or not isinstance(term, Name | Index | Call):
                continue
            symbol = subject(term, self.labelled)
            self.result.named.setdefault(symbol, formula.segment.end)
            others = [n for k in named.by if k in by_number and (other := self._written(by_number[k])) is not None for n in sorted(free_names(other), key=repr)]
            others = [n for n in others if n not in self.indices | free_names(term)]
            if others and isinstance(symbol, Name | Index):
                self.ledger.say(formula, [Opaque((symbol, *others), named.words)])

    def _formula(self, formula: Formula) -> None:
        setting = self.settings.get(formula.number, NO_SETTING)
        self.used_before = set(self.used)
        previous: tuple[Chain, bool] | None = None  # the chain before in this display, and whether it was a definition
        for c, chain in enumerate(formula.chains):
            if chain.role is Role.NAMELESS or not chain.links:
                self._bare(formula, c)
                continue
            here = setting
            if chain.cue:
                cue, word = cue_of(chain.cue, setting)
                here = replace(setting, cue=cue, word=word)
            elif c and formula.display:
                here = replace(setting, cue=Cue.NONE if setting.cue is Cue.CLAIM else setting.cue)
            given = self._chain(formula, c, chain, here, previous)
            previous = (chain, given)

    def _bare(self, formula: Formula, c: int) -> None:
        """An expression without a relation: what the words beside it say about the names in it."""
        if (term := self.result.term(formula, c, 0)) is None:
            return
        for call in positive_parameters_in(term):
            self.ledger.say(formula, call, assumed="a variance is positive")
        self.mentioned |= free_names(term)
        value = self._numbered(self.short[formula.number]) if formula.number in self.short else None
        composed = value is not None and not isinstance(value, Name | Index | Relation) and not calls_itself(Definition(term, value))
        if value is not None and composed and introduces(term, self.indices):
            self.defined[subject(term, self.labelled)] = made = definition_of(term, value, self.labelled)
            self.ledger.say(formula, [made])
        self._told(formula, (term,))

    def _told(self, formula: Formula, terms: tuple[Term, ...], but: Callable[[Description], bool] = lambda _: False) -> None:
        """Record what the words of its sentence say of the names in a formula. ``but``: what is known better."""
        said = tuple(one for one in self.said.get(formula.number, ()) if one.numbers[0] == formula.number or not is_law(self._numbered(one.numbers[0])))
        if not said or formula.display:
            return
        about_them = told_by(said, [s for term in terms for s in subjects(term)])
        descriptions: list[tuple[Content, bool]] = [(of_members(d, self.indices, self.labelled), local) for d, local in about_them if not but(d)]
        applied = [(i.function, 0) for term in terms for i in listed(term) if isinstance(i, Call) and isinstance(i.function, Name | Index)]
        descriptions += [d for d in told_by(said, applied) if d[0].base == "function" and not but(d[0])]  # "let p(x) be a density" says it of p
        about = tuple(s for term in terms for s in subjects(term))
        said = without_laws(said) if formula.number in self.lawful else said
        for content, local in (*descriptions, *conditions_in(said, about, self._numbered), *unclear(said, terms, self.indices, self._numbered)):
            if local:
                self._passing(formula, [content], terms, "if")
            else:
                self.ledger.say(formula, [content])

    def _chain(self, formula: Formula, c: int, chain: Chain, setting: Setting, previous: tuple[Chain, bool] | None) -> bool:
        """Sort the relations of one chain; answers whether its first one is given."""
        sides = tuple(self.result.term(formula, c, s) for s in range(len(chain.sides)))
        signs = tuple(link.sign for link in chain.links)
        start = 0
        reason = ""
        last = (formula.number, c, len(signs) - 1)
        if last not in self.solved.either and self.extents.alternative(formula, c):
            start, reason = one_of_several(self.ledger, self.solved, formula, c, sides, setting)
        elif last in self.solved.after or (last in self.solved.conditions and (len(signs) == 1 or set(signs) <= ORDER)):
            pass  # it is solved, or follows from what is
        elif formula.number in self.branches.conditions:
            start, reason = len(signs), "the condition of one of several cases"
        elif lexicon.UNLESS.search(self.ledger.words_before(formula)) and not formula.display and (opposite := negated(self._written(formula))) is not None:
            start, reason = 1, "what is left out"
            self._passing(formula, [Hypothesis(opposite)], opposite.items, "if")
        elif doubted := unasserted(self.ledger.sentence(formula).words, formula.number, self.extents.related):
            start, reason = len(signs), doubted
        elif signs[0] != ":=" and setting.word not in lexicon.SUPPOSING and all(s is not None and is_value(s) for s in sides[:2]):
            pass  # numbers on both sides introduce nothing
        elif not formula.display and (counting := COUNTED.search(setting.before)) is not None:
            start, reason = len(signs), "a condition on what is counted"
            self._counted(formula, counting[0])
        elif sides[0] is not None and signs[0] in DECLARING:
            start, reason = self._declaration(formula, sides, signs)
        elif chain.role is Role.CONDITION:
            start, reason = len(signs), "a condition beside a formula"
            if all(s is not None for s in sides):
                self._passing(formula, declared(known_sides(sides), signs, passing=True), known_sides(sides), "for")
        elif sides[0] is not None and sides[1] is not None and range_of(sides[0], sides[1]) is not None:
            start, reason = len(signs), "the range of an index"
            self.ledger.say(formula, declared(known_sides(sides), signs))
        elif signs[0] in ORDER and set(signs) <= ORDER:
            if self._supposed(sides, setting, chain, formula.display):
                start, reason = len(signs), "a hypothesis"
                known = known_sides(sides)
                new = introduces_signed(known, signs, setting.before, self.used | self.mentioned)
                if len(known) == len(sides) and not new and self.extents.passes(formula, setting.word):
                    self._passing(formula, self._bounds(known, signs, passing=True), known, setting.word)
                elif len(known) == len(sides):
                    self.ledger.say(formula, self._bounds(known, signs))
                    self._told(formula, tuple(s for s in known if not isinstance(s, Num)))
        elif signs[0] in EQUATIONS and sides[0] is not None:
            start, reason = self._equation(formula, chain, sides, signs, setting, previous)
            self._told(formula, known_sides(sides[:1]) if start and isinstance(sides[0], Name) and isinstance(sides[1], Tuple) else ())
            self.ledger.say(formula, [self._of_family(content) for content in declared_by_chain(sides, signs)])
        for k in range(len(signs)):
            status, why = ("given", reason) if k < start else ("given", "a declaration") if signs[k] == "in" and is_space(sides[k + 1]) else ("judge", "")
            before, after = sides[k], sides[k + 1]
            if before is None or after is None:
                status = "unread"
            equation = status == "judge" and signs[k] == "="
            if equation and before is not None and after is not None and numbers_for_words(self.ledger, self.defined, formula, before, after):
                status, why = "given", "numbers are put in for words"
            if status == "judge" and before is not None and after is not None and self._named_on_the_right(formula, signs[k], sides[:k + 1], after):
                status, why = "given", "a name for what stands before it"
            goal = status == "judge" and not formula.display and GOAL.search(setting.before) is not None
            bounds = 0 < start <= k and not formula.display and bounds_what_is_defined(signs, start, sides)
            open_names = not any(n in self.defined for side in sides if side is not None for n in free_names(side))
            meant = not formula.display and open_names and lexicon.SO_THAT.match(self.ledger.words_before(formula)) is not None
            if status == "judge" and (bounds or meant) and before is not None and after is not None:
                bounded = sides[0] if k == start and bounds and isinstance(sides[0], Name | Index) else before
                supposed = Hypothesis(Relation((bounded, after), (signs[k],)))  # from behind it on: it is no reason for itself
                self.ledger.facts.append(Fact(supposed, formula.segment.end, self.scope_of[formula.number].end, formula.segment.start))
                why = "a bound on what is defined" if bounds else "what its words mean"
                self.result.drafts.append(Drafted(formula, c, k, status, why, goal, condition=True))
                continue
            if (formula.number, c, k) in self.solved.conditions or (last in self.solved.conditions and set(signs) <= ORDER):
                why = "a condition that is solved"
                self.result.drafts.append(Drafted(formula, c, k, status, why, goal, condition=True))
                continue
            self.result.drafts.append(Drafted(formula, c, k, status, why, goal))
        named = sides[0] if sides[0] is not None and introduces(sides[0], self.indices) else None
        own = frozenset(definition_of(named, Num("0"), self.labelled).parameters) if named is not None else frozenset[Name]()
        for side in sides:
            if side is not None:
                self.used |= free_names(side) - own
                self.spoken |= outside_densities(side)
                for call in positive_parameters_in(side):
                    self.ledger.say(formula, call, assumed="a variance is positive")
        return start > 0

    def _counted(self, formula: Formula, words: str) -> None:
        """"Let m be the number of examples with y_i = c": the condition is one on the examples, and m is restricted by words that are not understood."""
        before = next((f for f in reversed(self.formulas) if f.sentence == formula.sentence and f.number < formula.number), None)
        term = None if before is None else self.result.term(before, 0, 0)
        if isinstance(term, Name | Index):
            self.ledger.say(formula, [Opaque((term,), " ".join(words.split()))])

    def _declaration(self, formula: Formula, sides: tuple[Term | None, ...], signs: tuple[str, ...]) -> tuple[int, str]:
        if all(s is not None for s in sides):
            said = declared(known_sides(sides), signs)
            numbers = {c.symbol for c in said if isinstance(c, Description) and c.base == "scalar"}
            self.ledger.say(formula, [self._of_family(content) for content in said])
            if signs[0] == "in" and sides[0] is not None:  # "for vectors x and t in R"
                self._told(formula, (sides[0],), lambda d: d.symbol in numbers and d.base in ("vector", "matrix"))
        return len(signs), "a declaration"

    def _bounds(self, sides: tuple[Term, ...], signs: tuple[str, ...], passing: bool = False) -> tuple[Content, ...]:
        """What bounds say. "Fix an index i with x_i > 0" says it of that entry alone."""
        found = declared(sides, signs, passing)
        fixed = {d.symbol for f in self.ledger.facts if isinstance(d := f.content, Description) and d.domain is Domain.INTEGER and d.base == "scalar"}
        entries = {i.base: i for s in sides for i in listed(s) if isinstance(i, Index) and len(i.subscripts) == 1 and i.subscripts[0] in fixed}
        return tuple(replace(c, symbol=entries[c.symbol]) if isinstance(c, Description) and c.symbol in entries else c for c in found)

    def _of_family(self, content: Content) -> Content:
        """``x_i \\in R^d`` is said of all ``x_i`` where i numbers things: where a sum runs over it, where there is an ``x_{i+1}`` too, or by the letter."""
        if not isinstance(content, Description) or content.shape is None or not isinstance(content.symbol, Index) or not isinstance(content.symbol.base, Name):
            return content
        base, numbers = content.symbol.base, content.symbol.subscripts
        of_all = all(isinstance(s, Name) and (s in self.bound or s.text in NUMBERING or (base, s) in self.stepped) for s in numbers)
        return replace(content, symbol=base, arity=len(numbers)) if of_all else content

    def _supposed(self, sides: tuple[Term | None, ...], setting: Setting, chain: Chain, display: bool) -> bool:
        if display and setting.word == "for" and all(s is not None for s in sides) and not is_simple_bound(known_sides(sides)):
            return False  # "For real numbers a_i and b_i", and then the inequality
        if setting.cue in (Cue.ASSUME, Cue.DEFINE) and not (chain.arrow or setting.word == "therefore"):
            return EQUIVALENT.fullmatch(setting.before) is None  # "x <= e if and only if n >= ..."
        if any(s is None for s in sides) or chain.arrow:
            return False
        known = known_sides(sides)
        free = all(subject(s, self.labelled) not in self.defined for s in known if isinstance(s, Name | Index))
        if re.search(r"(?:interval|domain|support|range|throughout|values?)\s*$", setting.before):
            return is_simple_bound(known)
        concluded = setting.word in STRONG and setting.word not in ("since", "because")
        return is_simple_bound(known) and free and not concluded and any(isinstance(s, Name | Index) for s in known)

    def _equation(
        self, formula: Formula, chain: Chain, sides: tuple[Term | None, ...], signs: tuple[str, ...], setting: Setting, previous: tuple[Chain, bool] | None
    ) -> tuple[int, str]:
        """How many relations of an equation chain are given, and why."""
        lhs, rhs = sides[0], sides[1]
        if lhs is None or rhs is None or (depends_on(lhs, rhs) and rhs not in self.defined):
            return (1, "a definition") if signs[0] in (":=", "=?") else (0, "") if lhs is None or rhs is None else (1, "what it depends on")
        items = lhs.items if isinstance(lhs, Tuple) and isinstance(rhs, Tuple) else listed(lhs)
        fresh = isinstance(lhs, Tuple) and not any(t in self.used or t in self.defined for t in items)
        known_values = all(t in self.defined and is_value(self.defined[t].rhs) for t in items)
        fresh |= isinstance(lhs, Tuple) and known_values and self.extents.of_another(formula)
        if len(items) > 1 and len(signs) == 1 and (setting.cue in (Cue.DEFINE, Cue.ASSUME) or (fresh and isinstance(rhs, Tuple))):
            self._each(formula, lhs, rhs, signs, setting)
            return 1, "a hypothesis"
        if is_place(words := self.ledger.words_before(formula)) and (there := stationary(lhs, words, self.defined)):
            self._at_optimum(formula, lhs, rhs, there)
            return 0, ""
        told = setting.cue in (Cue.ASSUME, Cue.DEFINE) and not chain.arrow and len(signs) > 1 and set(signs) == {"="}
        if told and all(isinstance(side, Name | Index | Num) for side in sides):  # "starting with m_0 = v_0 = 0", "in the case d_k = d_v = d"
            whys = [self._equation(formula, chain, (side, sides[-1]), ("=",), setting, previous)[1] for side in sides[:-1]]
            return len(signs), whys[0] or "a hypothesis"
        about = subject(lhs, self.labelled)
        energy = isinstance(lhs, Call) and lhs.function == ENERGY and lhs.bracket == "("
        pattern = introduces(lhs, self.indices) or (energy and not free_names(lhs) & self.ledger.known_random())  # of weights
        strong = setting.word in STRONG or bool(chain.arrow)
        if isinstance(lhs, Name) and lhs in self.bound and not is_value(rhs):
            return len(signs), "a change of the index"
        if signs[0] == ":=":  # a new value that is made from the old one defines nothing
            return (len(signs), "an assignment") if says_itself(lhs, rhs) else self._define(formula, sides, signs, setting, "a definition")
        if signs[0] == "=?":
            self.ledger.say(formula, [Hypothesis(Relation((lhs, rhs), ("=",)))])
            return 1, "a condition that is set"
        base = lhs.base if isinstance(lhs, Index) and rhs == Num("1") and not strong else None
        if isinstance(lhs, Index) and isinstance(base, Name) and any("one_hot" in d.properties for d in self.ledger.described(base)):
            self.ledger.say(formula, hot(base, lhs.subscripts[0]))
            return 1, "where its one stands"
        if made_of := stacked(lhs, rhs) or written_out(lhs, rhs, self.told.sizes):
            self.ledger.say(formula, made_of)
            return 1, "its entries"
        in_force = self.defined.get(about)
        if pattern and not strong and (cased := self.branches.continued(formula, about, lhs, rhs, self.ledger.facts)) is not None:
            self.defined[about] = cased
            return 1, "one of several cases of a definition"
        if pattern and not strong and not formula.display and other_case(self.ledger, in_force, formula, lhs, rhs):
            return 1, "one of several cases of a definition"
        if in_force is not None and pattern and not formula.display and ANOTHER.fullmatch(setting.before) and VERB.match(setting.after):
            return self._define(formula, sides, signs, setting, "another thing of the same name")
        if formula.display and previous is None and not chain.arrow and rhs == Num("0") and ZERO.search(setting.before):
            return 1, "an equation that is solved"
        another = in_force is not None and self.extents.of_another(formula)
        valued = isinstance(lhs, Name) and is_value(rhs) and (in_force is None or is_value(in_force.rhs)) and not strong
        if isinstance(lhs, Name) and valued and (another or self.extents.listed_value(formula)):
            self._passing(formula, [Definition(lhs, rhs)], (lhs, rhs), "with")
            return 1, "the value of another thing" if another else "a value for what is said here"
        condition = is_value(rhs) and not chain.arrow and (setting.word in CONDITIONS or (isinstance(lhs, Name) and self.extents.gives_value(formula)))
        known = determined(lhs, self.defined, self.suppressed, self.labelled, self.indices)
        if (setting.word in REASONS or setting.cue is Cue.USE) and not formula.display and not pattern and constrains(lhs, rhs, self.defined):
            self.ledger.say(formula, [Hypothesis(Relation((lhs, rhs), ("=",)))])
            return 1, "a reason that is taken from outside"
        conditional = constrains(lhs, rhs, self.defined) or self._mentions_fresh(lhs, rhs)
        satisfied = any(w in SATISFYING for w in re.findall(r"[a-z]+", setting.before.lower())[-3:])  # "satisfy the equation"
        stepwise = pattern and goes_stepwise(lhs, rhs, self.labelled)
        if stepwise and in_force is None and (satisfied or setting.cue in (Cue.ASSUME, Cue.DEFINE)) and not chain.arrow:
            return self._define(formula, sides, signs, setting, "a recurrence, or where it starts")  # "obeys m_t = ... with m_0 = 0"
        if satisfied and not known and conditional and not (pattern and isinstance(lhs, Name)):
            self.ledger.say(formula, [Hypothesis(Relation((lhs, rhs), ("=",)))])
            return 1, "a condition that is satisfied"
        if lhs not in self.defined and ((table := lhs in self.tables and is_value(rhs) and not strong) or numbers_put_in(lhs, rhs, self.defined)):
            self.defined[lhs] = Definition(lhs, rhs)
            self.ledger.say(formula, [Hypothesis(Relation((lhs, rhs), ("=",))) if table else self.defined[lhs]])
            return 1, "an entry of a table" if table else "the formula with numbers put in"
        bound = self.ledger.with_law() | frozenset(self.defined)
        of_moment = not formula.display and is_told_moment(lhs, rhs, setting.before, self._mentions_fresh(rhs), bound, self.labelled)
        if not strong and (of_moment or (INDEPENDENCE.search(setting.before) and factorises(lhs, rhs))):
            self.ledger.say(formula, [Hypothesis(Relation((lhs, rhs), ("=",)))])
            return 1, "what its words say of a moment" if of_moment else "the independence that its words name"
        if self._is_claim(lhs, rhs, setting, strong):
            return 0, ""
        if condition and isinstance(lhs, Name) and in_force is not None and setting.word in lexicon.LASTING:
            self.ledger.say(formula, [Definition(lhs, rhs)])
            return 1, "supposed anew"
        if condition and isinstance(lhs, Name) and in_force is not None and is_value(rhs):
            self._passing(formula, [Definition(lhs, rhs)], (lhs, rhs), "with" if self.extents.opens(formula) else "if")
            return 1, "a value for what is said here"
        told = setting.cue is Cue.ASSUME and setting.word in lexicon.LASTING and expectation_fact((lhs, rhs))  # "suppose that Cov(X, Y) = -1"
        if (known and not condition and not told) or (formula.display and setting.word == "for" and not pattern):
            return 0, ""
        if setting.word == "for" and isinstance(lhs, Call) and in_force is not None and in_force.where is None and not calls_itself(in_force):
            return 0, ""  # "for x > 0, f(x) = x" where f is known
        if setting.cue is Cue.DEFINE and not chain.arrow:
            spoken_of = lhs in self.used or in_force is not None
            if pattern and isinstance(lhs, Name) and is_value(rhs) and (self.extents.passes(formula, setting.word) or (setting.word == "where" and spoken_of)):
                self._passing(formula, [Definition(lhs, rhs)], (lhs, rhs), setting.word)
                return 1, f"introduced by the word {setting.word!r}"
            if pattern:
                return self._define(formula, sides, signs, setting, f"introduced by the word {setting.word!r}" if setting.word else "a definition")
            if square := root_of_square(self.ledger, self.defined, self.used, self.indices, self.labelled, formula, lhs, rhs):
                return 1, square
            each = of_one_value(known_sides(sides), signs) if not formula.display and all(t is not None for t in sides) else ()  # "with E[w] = E[x] = 0"
            self.ledger.say(formula, [Hypothesis(one) for one in each or (Relation((lhs, rhs), ("=",)),)])
            return max(len(each), 1), "a hypothesis"
        if setting.cue is Cue.ASSUME and not chain.arrow:
            return self._assumed(formula, sides, signs, setting, pattern, in_force)
        if setting.cue is Cue.USE and expectation_fact((lhs, rhs)):
            self.ledger.say(formula, [Hypothesis(Relation((lhs, rhs), ("=",)))])
            return 1, "a hypothesis"
        moment = not formula.display and expectation_fact((lhs, rhs)) and is_plain_moment(lhs, rhs, frozenset(self.defined), self.labelled)
        if moment and setting.word not in STRONG and setting.word not in lexicon.NOTING:
            self.ledger.say(formula, [Hypothesis(Relation((lhs, rhs), ("=",)))])
            return 1, "a hypothesis"
        if not pattern:
            if strong or previous is not None:
                return 0, ""
            square = root_of_square(self.ledger, self.defined, self.used, self.indices, self.labelled, formula, lhs, rhs)
            return (1, square) if square else (0, "")
        if in_force is None and isinstance(lhs, Index) and isinstance(lhs.base, Name):
            in_force = self.defined.get(lhs.base)
        if in_force is not None and not formula.display and pattern and isinstance(lhs, Call) and A_FUNCTION.search(setting.before):
            self._passing(formula, [definition_of(lhs, rhs, self.labelled)], (lhs, rhs), "if")
            return 1, "a function that its words name"
        if in_force is not None and not strong and self._anew(formula, about, lhs, rhs, setting, previous):
            return self._define(formula, sides, signs, setting, "defined anew")
        if in_force is not None:
            return (0, "") if strong else base_case(self.ledger, self.defined, self.labelled, formula, lhs, rhs, in_force)
        beside = previous is not None and previous[0].link_rows[-1:] == (chain.row,)
        if beside and not strong and (new := given_name(lhs)) is not None and new in self.used - self.used_before - free_names(rhs):
            return self._define(formula, sides, signs, setting, "it says what a name beside it is")  # 1/(1 + e^{-a}), a = ...
        if not formula.display and ELSEWHERE.search(self.ledger.words_before(formula)):
            self._passing(formula, [Hypothesis(Relation((lhs, rhs), ("=",)))], (lhs, rhs), "if")
            return 1, "said of another case"
        if solves_for(lhs, rhs, self.defined):
            return 0, ""
        if isinstance(lhs, Name) and is_value(rhs) and self.extents.passes(formula, ""):
            self._passing(formula, [Definition(lhs, rhs)], (lhs, rhs), "with")
            return 1, "a value of an example"
        base = about.base if isinstance(about, Index) else about
        drawn = isinstance(lhs, Index) and base in self.used and base not in self.spoken  # q(x_t | x_0) = N(...), so x_t = ... + ... epsilon
        moves = isinstance(lhs, Index) and not strong and calls_itself(definition_of(lhs, rhs, self.labelled))  # w_{t+1} = w_t - m_t
        if (about in self.used or lhs in self.used) and (strong or follows(rhs, previous)) and not drawn and not moves:
            return 0, ""
        said = self._said_in_words(formula, about) or (is_value(rhs) and not formula.display) or self.ledger.is_told(about) or self.ledger.is_told(base)
        named = (strong and said) or marked_in_words(about, self.prose.sentences)  # "it follows that a_2 = 5"
        if (named or (formula.display and SET_EQUAL.search(self.ledger.words_before(formula)))) and in_force is None:  # what is set equal defines nothing
            made = definition_of(lhs, rhs, self.labelled)
            end = self.scope_of[formula.number].end
            self.ledger.facts.append(Fact(made, formula.segment.end, end, formula.segment.start, TAKEN, "convention"))
            self.defined[about] = made
            return 0, ""
        return self._define(formula, sides, signs, setting, "the first relation of a name")

    def _each(self, formula: Formula, lhs: Term, rhs: Term, signs: tuple[str, ...], setting: Setting) -> None:
        """"With (k_1, s_1) = (7, 4)": each of the names has its value."""
        names, values = (t.items if isinstance(t, Tuple) else () for t in (lhs, rhs))
        if len(names) != len(values) or any(isinstance(t, Dots) for t in (*names, *values)) or not all(introduces(n, self.indices) for n in names):
            self.ledger.say(formula, declared((lhs, rhs), signs))
            return
        another = self.extents.of_another(formula)
        passing = self.extents.passes(formula, setting.word) or another
        for name, value in zip(names, values, strict=True):
            made = definition_of(name, value, self.labelled)
            if passing:
                self._passing(formula, [made], (name, value), "with" if another else setting.word)
            else:
                self.ledger.say(formula, [made])
                self.defined[subject(name, self.labelled)] = made

    def _at_optimum(self, formula: Formula, lhs: Term, rhs: Term, there: Iterable[Hypothesis]) -> None:
        """It is claimed of a place of which something holds; what comes after may speak of this place."""
        begin, end = formula.segment.start, formula.segment.end
        reach = self.extents.of(formula, frozenset((lhs,)), self.scope_of[formula.number].end, "at")
        self.result.facts.extend(Fact(one, begin, end, begin, OF_OPTIMA, "convention") for one in there)
        self.result.facts.append(Fact(Definition(lhs, rhs), end, reach.end, begin, TAKEN, "convention"))

    def _anew(self, formula: Formula, about: Term, lhs: Term, rhs: Term, setting: Setting, previous: tuple[Chain, bool] | None) -> bool:
        """Whether a name that has a definition gets another one: the text has turned to something else since, and the words introduce what stands here or it
        speaks of what is new; or a display says together what several names are, one of which is new."""
        place = self.defined_at.get(about)
        if not formula.display or place is None or is_value(rhs):
            return False
        known = free_names(lhs) | reach(self.defined[about], self.defined)
        fresh = {n for n in free_names(rhs) - known if not is_known_function(n) and n not in self.indices}
        turned = any(place < at <= formula.segment.start for at in self.breaks)
        beside = previous is not None and previous[1] and any(self.defined_at.get(n, -1) >= formula.segment.start for n in fresh)
        changed = CHANGED.search(self.ledger.words_before(formula)) is not None
        return beside or changed or (turned and (bool(fresh) or ANOTHER_IS.fullmatch(setting.before) is not None))

    def _said_in_words(self, formula: Formula, about: Term) -> bool:
        """Whether words before say what this is, so that an equation claims something of it."""
        base = about.base if isinstance(about, Index) else about
        return any(at <= formula.segment.start for s, at in self.result.named.items() if s in (about, base))

    def _mentions_fresh(self, *sides: Term) -> bool:
        """Whether an equation speaks of names that nothing before it mentions: it is what says something of them."""
        named = {d.symbol.base if isinstance(d.symbol, Index) else d.symbol for f in self.ledger.facts if isinstance(d := f.content, Description)}
        known = {*self.used, *self.mentioned, *named, *self.defined, *self.bound, *self.indices}
        return any(n not in known and not is_known_function(n) for side in sides for n in free_names(side))

    def _equations(self) -> Iterator[tuple[Term | None, Term | None]]:
        single = ((f, c) for f in self.formulas for c, chain in enumerate(f.chains) if [link.sign for link in chain.links] == ["="])
        return ((self.result.term(f, c, 0), self.result.term(f, c, 1)) for f, c in single)

    def _is_claim(self, lhs: Term, rhs: Term, setting: Setting, strong: bool) -> bool:
        """Whether an equation claims something though its left side could be introduced: it speaks of itself, of known random variables, or of any number."""
        supposed = setting.cue is Cue.DEFINE or (setting.cue is Cue.ASSUME and setting.word in lexicon.LASTING)
        if isinstance(lhs, Name):
            rate = lhs.accent[-1:] == ("dot",) and replace(lhs, accent=lhs.accent[:-1]) in self.defined  # of v(t), which is defined
            return not supposed and (says_itself(lhs, rhs) or rate or (strong and self.ledger.is_arbitrary(lhs)))
        if isinstance(lhs, Index) and strong and not supposed and self.ledger.is_told_of_each(lhs.base):
            return True  # the entries of a symmetric matrix, the members of a sample
        if not isinstance(lhs, Call) or setting.cue in (Cue.DEFINE, Cue.ASSUME):
            return False
        head = lhs.function.base if isinstance(lhs.function, Index) else lhs.function
        if about_laws(lhs, rhs, self.ledger.known_random(), self.defined):
            return True
        of_random = isinstance(lhs.function, Index) and any(s in self.defined or s in self.ledger.with_law() for s in lhs.function.subscripts)
        return says_itself(lhs, rhs) or (of_random and isinstance(head, Name) and head.text in DENSITIES)

    def _define(self, formula: Formula, sides: tuple[Term | None, ...], signs: tuple[str, ...], setting: Setting, why: str) -> tuple[int, str]:
        """Record definitions for the leading relations whose left sides are fresh: ``x = f(z) = ...`` defines x and f."""
        known = known_sides(sides)
        count = 0
        *names, value = known
        plain = all(introduces(n, self.indices) and isinstance(n, Name | Index) for n in names)
        new = setting.cue is Cue.DEFINE and not formula.display and not any(subject(n, self.labelled) in self.defined for n in (*names, value))
        if len(names) > 1 and set(signs) <= EQUATIONS and plain and (is_value(value) or (new and not isinstance(value, Name | Index))):
            for name in names:  # m_0 = v_0 = 0
                made = definition_of(name, value, self.labelled)
                self.ledger.say(formula, [made])
                self.defined[subject(name, self.labelled)] = made
            return len(names), why
        for k, (lhs, rhs) in enumerate(zip(known, known[1:], strict=False)):
            fresh = introduces(lhs, self.indices) and (k == 0 or (isinstance(lhs, Call) and subject(lhs, self.labelled) not in self.defined))
            if signs[k] not in EQUATIONS or not fresh:
                break
            about = subject(lhs, self.labelled)
            made = definition_of(lhs, rhs, self.labelled)
            made = self.branches.begun(formula, about, made) if len(known) == 2 else made
            self.ledger.say(formula, [made])
            self.defined[about] = made
            self.defined_at[about] = formula.segment.start
            if isinstance(about, Name) and about in self.suppressed and not isinstance(lhs, Call):
                with_argument = definition_of(Call(lhs, self.suppressed[about]), made.rhs, self.labelled)
                self.ledger.say(formula, [with_argument], assumed="its argument is left out where it is the one of its definition")
            count = k + 1
        if count == 0 and len(known) > 1:
            self.ledger.say(formula, [Hypothesis(Relation(known[:2], ("=",)))])
            count = 1
        return count, why

    def _assumed(
        self, formula: Formula, sides: tuple[Term | None, ...], signs: tuple[str, ...], setting: Setting, pattern: bool, in_force: Definition | None
    ) -> tuple[int, str]:
        known = known_sides(sides)
        lhs, rhs = known[0], known[1]
        lasting = setting.word in lexicon.LASTING
        if setting.word in ("for", "when", "whenever") and not pattern and not formula.display and compound(lhs) and compound(rhs):
            return 0, ""  # "for an invertible B, and (I + A)^{-1} A = ..." claims
        why = f"introduced by the word {setting.word!r}"
        passing = self.extents.passes(formula, setting.word)
        used = subject(lhs, self.labelled) in self.used or lhs in self.used
        used |= passing and isinstance(lhs, Index) and lhs.base in self.used and bool(free_names(rhs) & self.used)  # "for equal coins, theta_1 = theta_2"
        if each := [Hypothesis(one) for one in (() if formula.display else of_one_value(known, signs))]:
            if passing:
                self._passing(formula, each, known, setting.word)
            else:
                self.ledger.say(formula, each, local=not lasting)
            return len(each), why
        bare = setting.word in WITHIN and (isinstance(rhs, Name | Index) or (isinstance(lhs, Name) and self.ledger.is_arbitrary(lhs)))
        of_case = is_value(rhs) or setting.word == "at" or bare
        if pattern and in_force is None and not used and not (passing and of_case):
            return self._define(formula, sides, signs, setting, why)
        made = definition_of(lhs, rhs, self.labelled)
        entries = isinstance(lhs, Index) and not free_names(rhs) & set(made.parameters)
        if pattern and (not made.parameters or entries):
            if lasting:
                self.ledger.say(formula, [made])
                self.defined[subject(lhs, self.labelled)] = made
            else:
                self._passing(formula, [made], (lhs, rhs), setting.word)
            return 1, why
        count = len(known) - 1 if not formula.display and set(signs) <= EQUATIONS and is_value(known[-1]) else 1
        for left, right in zip(known[:count], known[1:], strict=False):  # "if |u| = |v| = 1"
            made_of = Hypothesis(Relation((left, right), ("=",)))
            if passing:
                self._passing(formula, [made_of], (left, right), setting.word)
            else:
                self.ledger.say(formula, [made_of], local=not lasting and is_value(rhs))
        return count, why

    def _named_on_the_right(self, formula: Formula, sign: str, before: tuple[Term | None, ...], after: Term) -> bool:
        """``... =: L(q)``: a name that nobody used before is given to what stands on the left."""
        if sign not in ("=:", "equiv", "=") or not introduces(after, self.indices) or (isinstance(after, Call) and isinstance(after.function, Group)):
            return False
        about = subject(after, self.labelled)
        base = about.base if isinstance(about, Index) else about
        seen = frozenset(n for t in before if t is not None for n in free_names(t))
        arguments = frozenset(n for n in free_names(after) if n != base)
        if base in seen or base in self.used or about in self.used or about in self.defined or base in self.defined:
            return False
        if sign == "=" and (isinstance(after, Name) or not isinstance(after, Call) or not arguments <= seen | self.used):
            return False
        last = before[-1]
        if last is None:
            return False
        made = definition_of(after, last, self.labelled)
        self.ledger.say(formula, [made])
        self.defined[about] = made
        return True
