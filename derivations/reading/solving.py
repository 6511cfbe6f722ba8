"""Equations and inequalities that are solved: ``3x + 6 = 12``, then ``3x = 6``, then ``x = 2``.

The first is a condition on x: it claims nothing for all x. What comes after it, down to the value of x, follows from it or does not. A system has several
conditions. That an equation is solved is seen from what follows: one of its unknowns stands alone on one side later, with nothing in between that does not
speak of it; or the words say so ("solve", "has the solutions").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from derivations.language.record import record
from derivations.language.structure import free_names, subterms, transform
from derivations.language.term import Add, Call, Deriv, Index, Integral, Name, Num, Relation, Term, Tuple
from derivations.reading.lexicon import REASONS, UNLESS
from derivations.reading.patterns import plain_names
from derivations.reading.prose import NO_SETTING, Cue, Formula, Prose, Setting, cue_of
from derivations.reading.rows import ALSO, EQUIVALENT, Role
from derivations.reading.scope import Fact, Hypothesis
from derivations.reading.uses import is_known_function

At = tuple[int, int, int]
"""The number of a formula, of a chain in it, of a link in that."""
TermAt = Callable[[Formula, int, int], Term | None]
ORDER: Final = frozenset(("<", "<=", ">", ">="))
SOLVE: Final = re.compile(r"\b(?:solv(?:e|ing)|roots?\s+of|solutions?\s+(?:of|to))\b[^.⟨]{0,60}$", re.IGNORECASE)
SET: Final = re.compile(r"\b(?:set|setting|put|putting|equate|equating|require|requires|requiring|demand|demanding|want|need)\s*$", re.IGNORECASE)
"""Right before what is set to zero: "*set* f'(x) = 2x - 4 = 0"."""
SOLVED: Final = re.compile(
    r"^\s*(?:,?\s*which\s+)?(?:has|have|admits?)\s+(?:(?:the|an?|two|one|exactly|only|unique|real)\s+)*(?:solutions?|roots?)\b", re.IGNORECASE
)
EVERY: Final = re.compile(r"\s*,?\s*(?:for\s+(?:all|every|each|any)|everywhere|identically)\b", re.IGNORECASE)
"""Behind an equation that is claimed for all values."""
ANEW: Final = re.compile(r"\b(?:solve|consider|suppose|let|find|next|another|(?:counter-?)?examples?|exercise|problem)\b", re.IGNORECASE)
"""Words that begin something else."""
EITHER: Final = re.compile(r"[\s,;]*(?:or|and|resp\.|oder|und)?[\s,;]*", re.IGNORECASE)
AND: Final = re.compile(r"[\s,;]*(?:and|und)[\s,;]*", re.IGNORECASE)
DISJOINED: Final = re.compile(r"[\s,;]*(?:or|oder)[\s,;]*", re.IGNORECASE)
SEVERAL: Final = re.compile(
    r"\b(?:solutions|roots|zeros|zeroes|values|points|candidates|eigenvalues|possibilities|cases|minima|maxima|extrema|namely|either|both|two)\b", re.IGNORECASE
)
"""Words that say that a name has several values, which "and" may list."""
INTRODUCING: Final = frozenset((Cue.DEFINE, Cue.ASSUME))
BACKWARD: Final = "<=="
"""The arrow from what stands behind it to what stands before."""
AHEAD: Final = 8
"""How many relations later an unknown is looked for alone on one side."""


@record
class _Entry:
    """A chain of relations: what it says, as far as solving goes."""

    place: At
    formula: Formula
    relation: Relation
    setting: Setting
    inside: bool
    """It stands in a chain that begins with something else: ``f'(x) = 2x - 4 = 0``."""
    system: str
    start: int
    anew: bool
    stationary: bool = False
    """It computes a derivative and sets it to zero: ``dL/dw = 2w - 4 = 0``."""

    @property
    def names(self) -> frozenset[Name]:
        return frozenset(n for n in free_names(self.relation) if not is_known_function(n))

    def defines(self) -> bool:
        """Whether it says what a function or a sequence is: ``f(x) = x^2 - 4x``, ``m_{t+1} = 2 m_t``."""
        first, last = self.relation.items[0], self.relation.items[-1]
        if self.relation.signs == ("=",) and (isinstance(first, Index) or (isinstance(first, Tuple) and isinstance(last, Tuple))):
            return True
        return not self.inside and isinstance(first, Call) and not is_known_function(first.function) and not isinstance(last, Num)

    def computed(self) -> bool:
        """Whether its left side is computed, and so nothing is solved for: a derivative, the divergence of two laws, given by a formula."""
        first, last = self.relation.items[0], self.relation.items[-1]
        if self.inside or self.relation.signs != ("=",) or not free_names(last):
            return False
        named = {n for n in free_names(last) if not is_known_function(n)}
        known = isinstance(first, Call) and is_known_function(first.function) and named <= free_names(first)
        return isinstance(first, Deriv) or known

    def says(self) -> Term | None:
        """What it says of a name by other names: z of ``z_i = w x_i + b``, ``C = 6ND``. That is no unknown later."""
        first, last = self.relation.items[0], self.relation.items[-1]
        if self.inside or self.relation.signs != ("=",) or not free_names(last):
            return None
        if isinstance(first, Index):
            return base_of(first) if not all(isinstance(s, Num) for s in first.subscripts) else first
        return first if isinstance(first, Name) else None

    def alone(self) -> Term | None:
        """The unknown that stands alone on one side and nowhere else: ``x = 2``, ``2 < x``."""
        first, last = self.relation.items[0], self.relation.items[-1]
        for one, other in ((first, last), (last, first)) if self.relation.signs[0] in ORDER else ((first, last),):
            if len(self.relation.items) != 2 or self.inside or not isinstance(one, Name | Index):
                continue
            if one not in plain_names(other) if isinstance(one, Name) else not free_names(one) & free_names(other):
                return one
        return None


@dataclass
class Block:
    """Conditions that are solved together, and how far they hold."""

    conditions: list[tuple[Relation, int]] = field(default_factory=list)
    names: frozenset[Name] = frozenset()
    solved: set[Term] = field(default_factory=set)
    last: At | None = None
    end: int = 0


@dataclass
class Solving:
    """``conditions``: what is given; ``after``: what follows from which relation before it; ``either``: relations that are the cases of one statement;
    ``blocks`` by place; ``equivalent``: what the words say holds if and only if the relation before it does; ``joined``: values of one name with "and" between
    them, which may be meant as "or"; ``together``: premises that stand before an arrow beside the one next to it, by the place of that; ``crowded``: what
    is said together with other statements, by why it is not read; ``supposed``: the formulas whose premises hold in them alone."""

    conditions: set[At] = field(default_factory=set)
    after: dict[At, At] = field(default_factory=dict)
    either: dict[At, tuple[At, ...]] = field(default_factory=dict)
    blocks: dict[At, Block] = field(default_factory=dict)
    equivalent: set[At] = field(default_factory=set)
    joined: set[At] = field(default_factory=set)
    together: list[tuple[Relation, Formula]] = field(default_factory=list)
    crowded: dict[At, str] = field(default_factory=dict)
    supposed: set[int] = field(default_factory=set)


def solving(formulas: Iterable[Formula], term: TermAt, settings: Mapping[int, Setting], text: Prose, breaks: Iterable[int]) -> Solving:
    """The conditions among the relations of one problem, and what follows from them. ``breaks``: the offsets of headings and items."""
    found = Solving()
    formulas = tuple(formulas)
    entries = [*_entries(formulas, term, settings, text, tuple(breaks))]
    block: Block | None = None
    for k, entry in enumerate(entries):
        if block is not None and entry.anew:
            block.end, block = min(block.end, entry.start), None
        if EVERY.match(entry.setting.after) is not None:  # "hence f(x) = 0 for every x": of no solution
            continue
        alone = entry.alone()
        if block is not None and alone is not None and free_names(alone) <= block.names and entry.names <= block.names and entry.setting.cue not in INTRODUCING:
            same, listed = _same_unknown(entries, k, alone, text)
            if same is not None and not listed:
                found.joined |= {entries[same].place, entry.place}
                same = None
                block.last = found.after.get(entries[k - 1].place, block.last)
            if same is not None and entries[same].place in found.after:
                first = found.either.get(entries[same].place, (entries[same].place,))
                found.after[entry.place] = found.after[entries[same].place]
                for place in (*first, entry.place):
                    found.either[place] = (*first, entry.place)
            elif block.last is not None:
                found.after[entry.place] = block.last
                block.last = entry.place
            found.blocks[entry.place] = block
            block.solved.add(alone)
            continue
        supposed = entry.setting.cue in INTRODUCING and set(entry.relation.signs) <= ORDER and (block is not None or not entry.formula.display)  # "with n > 0"
        if alone is not None or entry.relation.signs[0] == "in" or entry.defines() or supposed:
            continue
        told = SOLVE.search(entry.setting.before) is not None or SOLVED.match(entry.setting.after) is not None
        told = told or (entry.relation.items[-1] == Num("0") and SET.search(entry.setting.before) is not None)
        asked, told = told, told or entry.stationary
        if entry.computed() and not told:
            continue
        isolated = _isolated(entries, k)
        if not isolated and not told and not (block is not None and entry.names & block.names and entry.names <= block.names):
            continue
        open_names = frozenset(n for n in entry.names if n not in (block.solved if block else ()))
        same_display = block is not None and block.last is not None and block.last[0] == entry.place[0]
        consequence = (
            block is not None and block.last is not None and entry.names <= block.names and not told and (bool(open_names) or same_display)
            and not (entry.system and same_display) and len(block.conditions) >= len(isolated & {*block.names})
        )  # fmt: skip
        if consequence and block is not None and block.last is not None:
            found.after[entry.place] = block.last
        elif (isolated or told) and not (entry.place[1] and entry.formula.chains[entry.place[1]].arrow in ("=>", "<=>")):
            apart = block is None or bool(block.solved & {*entry.names}) or asked
            fresh = apart or not (entry.stationary or (block is not None and entry.names & block.names))  # the zeros of a gradient belong together
            if fresh:
                if block is not None:
                    block.end = min(block.end, entry.start)
                block = Block(end=1 << 60)
            if block is None:
                continue
            block.conditions.append((entry.relation, entry.start))
            block.names |= entry.names
            found.conditions.add(entry.place)
        else:
            continue
        block.last = entry.place
        found.blocks[entry.place] = block
    for premises, arrow, concluded in _premises(formulas, entries):
        for entry in premises:
            if entry.setting.cue is Cue.ASSUME or arrow == BACKWARD:  # "it takes over when", and then the equation: it follows from nothing before
                found.after.pop(entry.place, None)
            if entry.place not in found.after:
                found.conditions.add(entry.place)
        found.supposed |= {e.place[0] for e in premises if e.place not in found.blocks}
        if arrow == BACKWARD:
            found.conditions.discard(concluded)
            found.after[concluded] = premises[0].place
        if arrow == "<=>" and len(premises) > 1:
            found.crowded[concluded] = "several statements stand before the arrow with two heads, and it is not read which of them are meant together"
        if any(DISJOINED.fullmatch(e.formula.chains[e.place[1]].cue) for e in premises[1:]):
            found.crowded[concluded] = "several premises with 'or' between them stand before the arrow, and they are not read together"
            continue
        found.together += [(entry.relation, entry.formula) for entry in premises[:-1] if not entry.formula.display]
    found.crowded |= _also(formulas)
    for one, other in _equivalences(entries, text):
        found.conditions.add(one.place)
        found.after.pop(one.place, None)
        found.after[other.place] = one.place
        found.equivalent.add(other.place)
    return found


def _also(formulas: tuple[Formula, ...]) -> dict[At, str]:
    """The relations of which words beside them say that they hold for more than what is assumed: "(also for targets y_k in {0, 1})"."""
    return {
        (formula.number, c - 1, k): "the words beside it say that it holds for more than what is assumed, which is not checked"
        for formula in formulas for c, chain in enumerate(formula.chains) if c and chain.role is Role.CONDITION and ALSO.match(chain.cue)
        for k, row in enumerate(formula.chains[c - 1].link_rows) if row == chain.row
    }


def _equivalences(entries: list[_Entry], text: Prose) -> Iterable[tuple[_Entry, _Entry]]:
    """Relations with "if and only if" between them, the first in the line: neither is claimed, and each is to follow from the other."""
    for one, other in pairwise(entries):
        if one.formula.display or one.formula.sentence != other.formula.sentence or one.place[0] == other.place[0]:
            continue
        words = text.sentences[one.formula.sentence].words if one.formula.sentence < len(text.sentences) else ""
        between = words.partition(f"⟨{one.formula.number}⟩")[2].partition(f"⟨{other.formula.number}⟩")[0]
        if EQUIVALENT.fullmatch(between) and len(one.relation.items) == len(other.relation.items) == 2:
            yield one, other


def _premises(formulas: tuple[Formula, ...], entries: list[_Entry]) -> Iterable[tuple[list[_Entry], str, At]]:
    """What stands before the first arrow of a formula, with the arrow and what stands behind it: ``A = B <=> C = D`` claims neither, but that one follows from
    the other.

    An equation that says of a name by other names what it is (``y = 3x => dy/dx = 3``) is no premise.
    """
    for formula in formulas:
        at = next((k for k, chain in enumerate(formula.chains) if chain.arrow), 0)
        before = formula.chains[:at]
        if not before or (formula.display and at > 1) or any(len(chain.links) != 1 for chain in before):
            continue
        behind = formula.chains[at].arrow == BACKWARD
        if behind and (at > 1 or len(formula.chains) != at + 1 or len(formula.chains[at].links) != 1):
            continue
        inside = [e for e in entries if e.place[0] == formula.number]
        found = [e for e in inside if (e.place[1] == at if behind else e.place[1] < at and not e.defines() and e.says() is None)]
        if found:
            yield found, formula.chains[at].arrow, (formula.number, 0 if behind else at, 0)


def _entries(
    formulas: tuple[Formula, ...], term: TermAt, settings: Mapping[int, Setting], text: Prose, breaks: tuple[int, ...]
) -> Iterable[_Entry]:
    before = 0
    for formula in formulas:
        outer = settings.get(formula.number, NO_SETTING)
        words = text.sentences[formula.sentence].words if formula.sentence < len(text.sentences) else ""
        if UNLESS.search(words.partition(f"⟨{formula.number}⟩")[0]):
            continue
        for c, chain in enumerate(formula.chains):
            if not chain.links or chain.role is Role.NAMELESS or chain.role is Role.CONDITION:
                continue
            here = outer
            if chain.cue:
                cue, word = cue_of(chain.cue, outer)
                here = replace(outer, cue=cue, word=word)
            elif c:
                here = replace(outer, cue=Cue.NONE, before="", after="")
            sides = [term(formula, c, s) for s in range(len(chain.sides))]
            signs = tuple(link.sign for link in chain.links)
            start = chain.links[-1].start
            anew = any(before < b <= formula.segment.start for b in breaks) or (c == 0 and before > 0 and ANEW.search(here.before) is not None)
            before = formula.segment.end
            last = len(signs) - 1
            if sides[last] is None or sides[-1] is None or signs[last] not in {"=", "in", *ORDER}:
                continue
            inside = last > 0 and not set(signs) <= ORDER
            if inside and not (signs[last] == "=" and isinstance(sides[-1], Num)):
                continue
            if set(signs) <= ORDER and any(s is None for s in sides):
                continue
            items = tuple(t for t in (sides[last:] if inside or signs == ("=",) or signs == ("in",) else sides) if t is not None)
            relation = Relation(items, signs[-(len(items) - 1):])
            if any(isinstance(t, Integral | Deriv) for _, t in subterms(relation)) and not inside and chain.system:
                continue
            stationary = inside and signs == ("=",) * len(signs) and items[-1] == Num("0") and any(_is_derivative(side) for side in sides if side is not None)
            yield _Entry((formula.number, c, last), formula, relation, here, inside, chain.system, start, anew, stationary)


def _is_derivative(term: Term) -> bool:
    """Whether a side is a derivative of something: ``dL/dw``, ``L'(w)``, a gradient."""
    prime = isinstance(term, Call) and isinstance(term.function, Name) and term.function.primes > 0
    return prime or isinstance(term, Deriv)


def _isolated(entries: list[_Entry], k: int) -> frozenset[Term]:
    """The unknowns of a relation that stand alone later, with nothing in between that does not speak of its unknowns."""
    entry = entries[k]
    found: set[Term] = set()
    names, terms = entry.names, {t for _, t in subterms(entry.relation)}
    said = {head for before in entries[:k] if (head := before.says()) is not None}
    for later in entries[k + 1 : k + 1 + AHEAD]:
        if later.anew or not later.names & names:
            break
        alone = later.alone()
        if alone is None and later.relation.signs == ("in",) and isinstance(later.relation.items[0], Name):
            alone = later.relation.items[0]
        supposed = later.setting.cue in INTRODUCING or later.setting.word in REASONS
        if alone is not None and not supposed and alone in terms and later.names <= names and not {alone, base_of(alone)} & said:
            found.add(alone)
        if later.says() is None:
            names |= later.names
    return frozenset(found)


def _same_unknown(entries: list[_Entry], k: int, alone: Term, text: Prose) -> tuple[int | None, bool]:
    """The entry right before, if it gives the same unknown another value with "or" between them: "x = 2 or x = 3"; and whether they are listed as values of
    it, as "and" does where words say that there are several ("the roots are x = 2 and x = 3")."""
    if not k or entries[k - 1].alone() != alone or entries[k - 1].relation.signs != ("=",) or entries[k].relation.signs != ("=",):
        return None, False
    one, other = entries[k - 1], entries[k]
    words = text.sentences[other.formula.sentence].words if other.formula.sentence < len(text.sentences) else ""
    if one.formula.number == other.formula.number:
        between = other.formula.chains[other.place[1]].cue
        if not between.strip() and other.formula.chains[other.place[1]].row != one.formula.chains[one.place[1]].row:
            return None, False
    elif other.formula.sentence == one.formula.sentence:
        between = words.partition(f"⟨{one.formula.number}⟩")[2].partition(f"⟨{other.formula.number}⟩")[0]
    else:
        return None, False
    if EITHER.fullmatch(between) is None:
        return None, False
    return k - 1, AND.fullmatch(between) is None or SEVERAL.search(words) is not None


def base_of(term: Term) -> Term:
    return term.base if isinstance(term, Index) else term


def cases_of(term: Term) -> tuple[Term, ...] | None:
    """The values that ``\\pm 2`` or ``{2, 3}`` lists; None of a single value."""
    if isinstance(term, Tuple) and term.bracket == "{":
        return term.items
    if not any(isinstance(t, Add) and any(sign == "±" for sign, _ in t.parts) for _, t in subterms(term)):
        return None
    return tuple(_with_sign(term, sign) for sign in ("+", "-"))


def _with_sign(term: Term, sign: str) -> Term:
    def chosen(node: Term) -> Term:
        if isinstance(node, Add) and any(s == "±" for s, _ in node.parts):
            return Add(tuple((sign if s == "±" else s, part) for s, part in node.parts))  # type: ignore[misc]
        return node

    return transform(term, chosen)



def together_with(solved: Solving) -> Iterator[Fact]:
    """The conditions of a system hold for all that is made of it, and the premises of an arrow in the line for what it leads to."""
    for relation, formula in solved.together:
        yield Fact(Hypothesis(relation), formula.segment.start, formula.segment.end, formula.segment.start)
    for block in {id(b): b for b in solved.blocks.values()}.values():
        if len(block.conditions) > 1:
            for relation, at in block.conditions:
                yield Fact(Hypothesis(relation), at + 1, block.end, at)
