"""Formulas that a sentence mentions and does not claim: "whose eigenvalues satisfy *0 < m <= L*", "the two ends balance, *1 - a = b - 1*", "once *n > 6d*".

A relation in a line of text is claimed where words of claim stand before it ("hence", "we get", "is", "because"), where its sentence begins with it, behind
a colon, and where it is the main clause behind an opening phrase ("By the chain rule, ...", "For large n, ..."). Anywhere else it may be a condition, an
apposition or a thing that words speak of. It is judged like any other, but that it fails somewhere shows no error: nobody said that it holds. The same is so
where the words are of a language that is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from derivations.kernel.statement import Rel, Statement
from derivations.language.context import Definition
from derivations.language.structure import free_names, subterms
from derivations.language.term import Call, Index, Name
from derivations.reading import lexicon
from derivations.reading.patterns import EQUATIONS, is_value
from derivations.reading.prose import CUE_WORDS, LEANING, MARK, NO_SETTING, Cue, Formula, Prose, Setting
from derivations.reading.rows import Chain
from derivations.reading.wordlists import word_set

_CLAUSE: Final = re.compile(r"[.;:!?](?=\s|$)|---?|[—–]")
"""Where a clause ends."""
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|⟨\d+⟩")
_PREPOSITIONS: Final = word_set(
    "in on after before at by for from under over with without to as of upon within beyond during throughout among between despite per"
)
_LISTED: Final = re.compile(r"[\s,]*(?:(?:and|or)[\s,]*)?")
"""Between formulas of one list: what is said of the first is said of all."""
_JOINING: Final = word_set("and or but yet while whereas unless otherwise else always there first second third last lastly")
_SHORT: Final = 4
"""An opening phrase of so many words needs no comma behind it: "In components ..."."""
_FUNCTION_WORDS: Final = (
    lexicon.LEADING | lexicon.SUBORDINATE | _PREPOSITIONS | _JOINING | word_set("the a an this that these those it its we our you they he she")
)
_TELLING: Final = 4
"""A sentence of so many words has one of these in English."""
_LATIN: Final = 0x2E7F
"""Letters behind this one are those of scripts without Latin, Greek or Cyrillic letters."""
_MARGIN: Final = 80
"""So much may stand around a formula that is the whole of a line: blanks, the mark of a list or of a quotation."""
_LINE_BEFORE: Final = re.compile(r"[ \t>*+-]*(?:\$|\\\()?")
_LINE_BEHIND: Final = re.compile(r"(?:\$|\\\))?[ \t.,;]{0,80}(?:\n|<!--|%|\Z)")
_NUMBERED: Final = re.compile(r"\(?(?:[a-z]|[ivx]{1,4}|\d{1,2})\)", re.IGNORECASE)
"""The letter of a part: "(b) ..."."""
_ASIDE: Final = re.compile(r"\([^()]*$")
"""Behind a bracket that is open."""


def with_claims(text: Prose, source: str, introduced: Mapping[int, Setting]) -> dict[int, Setting]:
    """The settings of all formulas of a ``source``; those that nothing claims are marked."""
    formulas = {f.number: f for f in text.formulas}
    found = dict(introduced)
    for sentence in text.sentences:
        before: Formula | None = None
        begin = end = 0
        for mark in MARK.finditer(sentence.words):
            formula = formulas.get(int(mark[1]))
            if formula is None:
                continue
            setting = found.get(formula.number, NO_SETTING)
            alone = _is_line(source, formula.segment.start, formula.segment.end)
            if formula.display and (_foreign(sentence.words) or _SUFFICES.search(sentence.words[begin:mark.start()]) is not None):
                found[formula.number] = replace(setting, claimed=False)
            begin = end if before is not None and before.display else begin
            words = sentence.words[begin:mark.start()]
            if _REQUIRING.match(setting.after) is not None:
                found[formula.number] = setting = replace(setting, claimed=False)
            spoken_of = not formula.display and setting.cue is Cue.NONE and _mentioned(words, setting)
            if spoken_of or not (formula.display or alone or _in_list(before, sentence.words[end:mark.start()], setting, found, words)):
                found[formula.number] = replace(setting, claimed=False)
            if _differs(formula) and _IN_GENERAL.search(setting.before + " " + setting.after) is not None:
                found[formula.number] = replace(found.get(formula.number, setting), claimed=False)  # "(a + b)^2 != a^2 + b^2 in general"
            if not alone and _denied(words):
                found[formula.number] = replace(found.get(formula.number, setting), claimed=False, denied=True)
            before, end = formula, mark.end()
        for number in _values_of_example(sentence.words):
            if number in formulas and not formulas[number].display:
                found[number] = replace(found.get(number, NO_SETTING), claimed=False)
    return found


_EXAMPLE: Final = re.compile(r"(?:\be\.\s?g\.|\bfor\s+(?:example|instance))[\s\\,]*(?P<list>⟨\d+⟩(?:\s*(?:,|and|,\s*and)\s*⟨\d+⟩)+)", re.IGNORECASE)
"""The values of an example, in a list: "E.g. *w = 1/2*, *T - k = 10*: the bound is ..."."""


def _values_of_example(words: str) -> Iterator[int]:
    for match in _EXAMPLE.finditer(words):
        if re.match(r"\s*[:,]?\s*[a-z]", words[match.end():], re.IGNORECASE):  # something is said of them
            yield from (int(n) for n in re.findall(r"\d+", match["list"]))


def _mentioned(words: str, setting: Setting) -> bool:
    """Whether a formula is what words behind it speak of: "*w x = b* denotes a plane", or a case at the head of a line: "*w x > b*, classify as 1"."""
    if _SPOKEN_OF.match(setting.after) is not None:
        return True
    return not _WORD.findall(words) and _CASE_OF.match(setting.after) is not None


_SPOKEN_OF: Final = re.compile(
    r"\s*(?:denotes?|defines?|describes?|represents?|specif(?:y|ies)|determines?|constitutes?|forms?|(?:is|are)\s+(?:called|known|named|an?\s|the\s))",
    re.IGNORECASE,
)
"""Behind a formula that is named, and not claimed."""
_REQUIRING: Final = re.compile(r"\s*(?:requires?|demands?|necessitates?|would\s+(?:require|need|mean|imply))\b", re.IGNORECASE)
"""Behind what is wanted: "*a = b* requires c = d" says what follows from it, and not that it holds."""
_CASE_OF: Final = re.compile(
    r"\s*(?::\s*(?:[A-Za-z]|$)|,\s*(?!(?:which|so|hence|thus|then|that|i|as|because|since|where|with|for|if|by|and|or|but|when|whenever|is|are|it|we)\b)[A-Za-z])",
    re.IGNORECASE,
)
"""What stands behind a case and says what is done in it."""
_IN_GENERAL: Final = re.compile(r"\b(?:in\s+general|generally|usually|typically|necessarily|always)\b", re.IGNORECASE)


_SUFFICES: Final = re.compile(r"\b(?:suffices?|sufficient|enough|necessary|needs?|needed|required?|requires)\b[^.;:,⟨]{0,24}$", re.IGNORECASE)
"""Words before what is not claimed, but what would have to be: "it *suffices that* k > 12"."""


def _differs(formula: Formula) -> bool:
    return any(link.sign == "!=" for chain in formula.chains for link in chain.links)


def _is_line(source: str, start: int, end: int) -> bool:
    """Whether a formula is the whole of a line."""
    begin = source.rfind("\n", max(start - _MARGIN, 0), start) + 1
    if not begin and start > _MARGIN:
        return False
    return _LINE_BEFORE.fullmatch(source, begin, start) is not None and _LINE_BEHIND.match(source, end) is not None


def _foreign(words: str) -> bool:
    """Whether the words of a sentence are of a language that is not understood, so that its conditions are not known."""
    said = [word.lower() for word in _WORD.findall(words) if not word.startswith("⟨")]
    if any(ord(letter) > _LATIN for word in said for letter in word):
        return True
    return len(said) >= _TELLING and not any(word in _FUNCTION_WORDS or word in CUE_WORDS or word in lexicon.VERBS for word in said)


def _denied(words: str) -> bool:
    """Whether a negation stands before a formula in its clause: "we cannot conclude that *a = b*", "instead of *a = b*"."""
    clause = re.split(r",|\bbut\b", _CLAUSE.split(words)[-1].lower())[-1]
    return any(word in lexicon.NEGATIVE for word in re.findall(r"[a-z']+", _OF_COURSE.sub(" ", clause)))


def _in_list(before: Formula | None, between: str, setting: Setting, found: Mapping[int, Setting], words: str) -> bool:
    """Whether a formula is claimed: of a list what its first one is, unless this is the main clause behind a list of conditions."""
    if before is None or before.display or _LISTED.fullmatch(between) is None or not any(chain.links for chain in before.chains):
        return _claimed(words, setting)
    first = found.get(before.number, NO_SETTING)
    opened = first.cue in (Cue.ASSUME, Cue.DEFINE) and setting.cue is Cue.NONE
    return opened or (first.claimed and setting.cue is not Cue.ASSUME)


def _claimed(words: str, setting: Setting) -> bool:
    """Whether what stands before a formula in its sentence makes it a claim."""
    aside = _ASIDE.search(words)
    inside = words[aside.start() + 1:] if aside is not None else words
    if inside.rstrip().endswith(":"):
        return True
    clause = _CLAUSE.split(inside)[-1].lstrip()
    if (part := _NUMBERED.match(clause)) is not None:
        clause = clause[part.end():]
    while (said := _WORD.findall(clause)) and said[0].lower() in lexicon.LEADING:
        clause = clause[clause.lower().index(said[0].lower()) + len(said[0]):]
    if not said:
        return aside is None or bool(_WORD.findall(inside))
    if setting.cue is Cue.ASSUME:
        return False
    if setting.cue in (Cue.USE, Cue.DEFINE):
        return True
    *openings, last = clause.split(",")
    if _WORD.findall(last):
        words_of = [word.lower() for word in _WORD.findall(last)]
        if all(word in lexicon.LEADING | _JOINING for word in words_of) or _opens(words_of):
            return True
        return any(CUE_WORDS.get(word) is Cue.CLAIM and word not in LEANING for word in words_of[-_REACH:])
    if len(said) == 1 or any(_ends_in_claim(piece) for piece in openings):
        return True  # "Halfway, ..."
    return _begins(said[0].lower())


_OF_COURSE: Final = re.compile(
    r"not\s+(?:difficult|hard|wrong|false|incorrect|surprising|unusual|impossible|by\s+(?:accident|chance))|unless|except|without\s+(?:any\s+)?(?:loss|further|proof|changing|affecting)|not\s+only|no\s+(?:doubt|matter|wonder|longer|mistake)|(?:rather|other|more|less|larger|smaller|greater)\s+than"
    r"|if\s+not|does\s+not\s+(?:depend|matter|change)\b[^,]*,|(?:is|are|was|were)\s+not\s+[^,]*,|for\s+no"
)
"""Negations that leave what follows claimed."""
_REACH: Final = 8
"""So many words before a formula may make it a claim."""


def _begins(word: str) -> bool:
    """Whether a phrase that begins with a word opens a sentence, and is not its main clause."""
    return word in lexicon.SUBORDINATE or word in _JOINING or word in _PREPOSITIONS or word.endswith(("ing", "ly"))


def _opens(words: list[str]) -> bool:
    return len(words) <= _SHORT and _begins(words[0]) and not any(word in lexicon.VERBS or word.startswith("⟨") for word in words)


def _ends_in_claim(piece: str) -> bool:
    said = [word.lower() for word in _WORD.findall(piece)]
    return bool(said) and (CUE_WORDS.get(said[-1]) is Cue.CLAIM or said[-1] in lexicon.LEADING)


def claimed(setting: Setting, chain: Chain, link: int, statement: Statement | None) -> bool:
    """Whether something says that a relation holds. What a chain goes on with is computed from what it begins with, and so is what speaks of the same
    names: ``T^2 d + T^2 d = 2 T^2 d``."""
    goes_on = link > 0 and chain.links[link].sign in EQUATIONS
    if setting.denied:
        return False
    return setting.claimed or goes_on or bool(chain.arrow) or (statement is not None and _computed(statement))


def concluded(setting: Setting) -> bool:
    """Whether words before a formula make it what follows: "so", "we get", "using", "expanding the square", "by symmetry"."""
    return setting.cue in (Cue.CLAIM, Cue.USE) or _STEP.search(setting.before) is not None


_STEP: Final = re.compile(r"\b(?:[a-z]{2,}ing|by)\b", re.IGNORECASE)


def gives_anew(before: Definition, statement: Statement) -> bool:
    """Whether an equation has the form of a definition of what another definition defines."""
    if statement.relation is not Rel.EQ:
        return False
    for one, other in ((statement.lhs, statement.rhs), (statement.rhs, statement.lhs)):
        match one, before.lhs:
            case Call(function, arguments), Call(defined) if function == defined:
                same = all(isinstance(a, Name) for a in arguments)
            case Name() | Index(), Name() | Index():
                same = one == before.lhs
            case _:
                same = False
        if same and other != before.rhs and all(node != one for _, node in subterms(other)):
            return True
    return False


def _computed(statement: Statement) -> bool:
    left, right = statement.lhs, statement.rhs
    if is_value(left) and is_value(right):
        return True
    return statement.relation is Rel.EQ and not is_value(right) and not isinstance(left, Name | Index | Call) and free_names(right) <= free_names(left)


def words_left_out(chain: Chain, statement: Statement | None) -> str:
    """Why a counterexample would rest on words that were left out: a word that may be a factor; a unit, where another side has one."""
    if chain.dropped:
        return f"the word {chain.dropped[0]!r} was taken for a remark; is it a factor?"
    if chain.units and statement is not None and any(n.font == "text" for n in free_names(statement.lhs) | free_names(statement.rhs)):
        return f"the unit {chain.units[0]!r} was left out on one side; is it the one of the other side?"
    return ""
