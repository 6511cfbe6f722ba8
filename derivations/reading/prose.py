"""Prose around formulas: sentences with the formulas as marks in them, the words that introduce each formula, the words that describe it.

Nothing is understood here beyond a few dozen words; what they are taken to mean is recorded with its place, so that it can be shown.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from derivations.language.record import record
from derivations.reading import lexicon
from derivations.reading.braces import matching_brace
from derivations.reading.displays import Segment, Segmented, SegmentKind
from derivations.reading.rows import Aside, Chain, chains
from derivations.reading.wordlists import word_set

MOST_BETWEEN: Final = 300
"""How far apart a formula and its continuation stand, in characters."""
MARK: Final = re.compile(r"⟨(\d+)⟩")


class Cue(Enum):
    """What the words before a formula do with it."""

    DEFINE = "defines"
    ASSUME = "assumes"
    CLAIM = "claims"
    USE = "uses"
    NONE = ""


@record
class Formula:
    """One formula of the text. ``sentence``: the number of the sentence that it stands in."""

    number: int
    segment: Segment
    chains: tuple[Chain, ...]
    sentence: int

    @property
    def display(self) -> bool:
        return self.segment.kind is SegmentKind.DISPLAY


@record
class Sentence:
    """A sentence with ``⟨n⟩`` where formula n stands. ``heading``: it is a heading; ``start``/``end``: offsets."""

    words: str
    start: int
    end: int
    heading: bool = False
    places: tuple[tuple[int, int], ...] = ()

    def offset(self, at: int) -> int:
        """The offset in the source of a position in ``words``."""
        k = bisect_right(self.places, (at, 1 << 60)) - 1
        if k < 0:
            return self.start
        return self.places[k][1] + at - self.places[k][0]


@record
class Prose:
    formulas: tuple[Formula, ...]
    sentences: tuple[Sentence, ...]


_CLEAN: Final = re.compile(
    r"\\(?:emph|textbf|textit|textrm|texttt|underline|text|mbox|textsc)\s*\{|\\(?:eqref|ref|cite|citep|citet|autoref|cref|Cref|footnote|label)\s*\{[^{}]*\}"
    r"|\\(?:noindent|medskip|bigskip|smallskip|par|centering|hfill|quad|qquad|displaystyle|begin|end|item)(?![A-Za-z])(?:\s*\{[^{}]*\})?"
    r"|\*\*|__|[{}~⟨⟩]|\\[,;:!> ]|\\\\"
)
_END: Final = re.compile(
    r"(?<!e\.g)(?<!E\.g)(?<!i\.e)(?<!I\.e)(?<!resp)(?<!cf)(?<!Eq)(?<!eq)(?<!Fig)(?<!vs)(?<!w\.r\.t)"
    r"(?:(?<!i\.i\.d)|(?=\.\s+[A-Z]))[.!?][)\"'*_]*(?=\s+(?:[A-Z(⟨\[\\]|$)|\s*$)"
)


@dataclass
class _Builder:
    """Collects words and marks; a sentence is cut where it ends."""

    document: Segmented
    words: list[str] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    length: int = 0
    start: int = -1
    end: int = 0
    sentences: list[Sentence] = field(default_factory=list)
    formulas: list[Formula] = field(default_factory=list)

    def add(self, piece: str, start: int, end: int) -> None:
        if self.start < 0:
            self.start = start
        self.places.append((self.length, start))
        self.words.append(piece)
        self.length += len(piece)
        self.end = end

    def cut(self, heading: bool = False) -> None:
        if any(part.strip() for part in self.words):
            self.sentences.append(Sentence("".join(self.words), self.start, self.end, heading, tuple(self.places)))
        self.words, self.places, self.length, self.start = [], [], 0, -1

    def text(self, start: int, end: int) -> None:
        """Prose: cleaned of markup with its length kept, cut at the ends of sentences and of paragraphs."""
        raw = self.document.text[start:end]
        cleaned = _CLEAN.sub(lambda m: " " * len(m[0]), raw)
        at = 0
        for found in re.finditer(r"\n[ \t]*\n\s*", cleaned):
            self._sentences(cleaned, at, found.start(), start)
            at = found.end()
            rest = cleaned[at:].strip()
            if rest or not self._waits():
                self.cut()
        self._sentences(cleaned, at, len(cleaned), start)

    def _waits(self) -> bool:
        """Whether the sentence so far goes on with the display after it."""
        so_far = "".join(self.words[-3:]).rstrip()
        return bool(so_far) and not so_far.endswith((".", "!", "?"))

    def _sentences(self, cleaned: str, start: int, end: int, base: int) -> None:
        at = start
        for found in _END.finditer(cleaned, start, end):
            if found.end() > end or not found[0].strip():
                continue
            self.add(cleaned[at:found.end()], base + at, base + found.end())
            self.cut()
            at = found.end()
        if cleaned[at:end].strip() or (self.words and at < end):
            self.add(cleaned[at:end], base + at, base + end)

    def formula(self, segment: Segment) -> None:
        found = chains(self.document.text, segment.start, segment.end, segment.name, self.document.shorthands)
        number = len(self.formulas)
        found = self._continued(segment, found)
        self.add(f"⟨{number}⟩", segment.start, segment.end)
        self.formulas.append(Formula(number, segment, found, len(self.sentences)))
        if segment.kind is SegmentKind.DISPLAY:
            self._words_inside(segment)
            for aside in dict.fromkeys(aside for chain in found for aside in chain.asides):
                self._aside(aside)
            raw = self.document.text[segment.start:segment.end]
            if re.search(r"\.\s*(?:\\(?:label|tag|nonumber|notag|qedhere)(?:\{[^{}]*\})?|\\\\|\\end\{[a-z*]+\}|\\\]|[}\s])*\Z", raw[-120:]):
                self.cut()


    def _continued(self, segment: Segment, found: tuple[Chain, ...]) -> tuple[Chain, ...]:
        """A formula that begins with its relation sign goes on with the formula before it: ``$$(u+1)^2 - u^2$$`` and then ``$$= 2u + 1$$``."""
        before = self.formulas[-1] if self.formulas else None
        if not found or not found[0].headless or found[0].sides[0].text or before is None or not before.chains:
            return found
        gap = self.document.text[before.segment.end:segment.start]
        if segment.kind is SegmentKind.DISPLAY and not before.display and gap.rstrip(" \n*_").endswith(":"):  # "with E[s] = 0:" says why the display goes on
            before = next((f for f in reversed(self.formulas) if f.display), None)
            if before is None or not before.chains:
                return found
            gap = self.document.text[before.segment.end:segment.start]
        headings = any(s.kind is SegmentKind.HEADING and before.segment.end <= s.start < segment.start for s in self.document.segments)
        near = len(gap) < MOST_BETWEEN and not headings
        if not near or (segment.kind is SegmentKind.INLINE and re.search(r"[A-Za-z]", gap)):
            return found
        left = before.chains[-1].sides[-1]
        return (replace(found[0], sides=(left, *found[0].sides[1:]), headless=False), *found[1:]) if left.text else found

    def _aside(self, aside: Aside) -> None:
        """``\\text{for } x \\text{ positive}`` beside a display is said as it is said in a sentence."""
        text = self.document.text
        self.add(f" {aside.lead or 'where'} ", aside.start, aside.name[0])
        self.formula(Segment(SegmentKind.INLINE, *aside.name, "$"))
        if not aside.lead:
            self.add(" are " if "," in text[slice(*aside.name)] else " is ", aside.name[1], aside.words[0])
        self.add(_CLEAN.sub(lambda m: " " * len(m[0]), text[slice(*aside.words)]), *aside.words)

    def _words_inside(self, segment: Segment) -> None:
        """``\\text{since $x > 0$}`` and ``\\intertext{where $C = 3$}``: prose with formulas inside a display."""
        text = self.document.text
        for found in _INSIDE.finditer(text, segment.start, segment.end):
            close = matching_brace(text, found.end() - 1, min(segment.end, found.end() + 2000))
            if close < 0 or "$" not in text[found.end():close]:
                continue
            at = found.end()
            for formula in re.finditer(r"\$([^$]+)\$", text[at:close]):
                self.add(_CLEAN.sub(lambda m: " " * len(m[0]), text[at:found.end() + formula.start()]), at, found.end() + formula.start())
                self.formula(Segment(SegmentKind.INLINE, found.end() + formula.start(1), found.end() + formula.end(1), "$"))
                at = found.end() + formula.end()
            self.add(_CLEAN.sub(lambda m: " " * len(m[0]), text[at:close]), at, close)


_INSIDE: Final = re.compile(r"\\(?:intertext|shortintertext|text|mbox|textrm|textnormal)\s*\{")


def prose(document: Segmented) -> Prose:
    """The sentences and formulas of a document."""
    builder = _Builder(document)
    heading_end = -1
    segments = document.segments
    for k, segment in enumerate(segments):
        if 0 <= heading_end <= segment.start and segment.kind is not SegmentKind.INLINE:
            builder.cut(heading=True)
            heading_end = -1
        match segment.kind:
            case SegmentKind.PROSE:
                if segment.start < heading_end < segment.end:
                    builder.text(segment.start, heading_end)
                    builder.cut(heading=True)
                    builder.text(heading_end, segment.end)
                    heading_end = -1
                else:
                    _after_display(builder, segments[k - 1] if k else None, segment)
                    builder.text(segment.start, segment.end)
            case SegmentKind.INLINE | SegmentKind.DISPLAY:
                builder.formula(segment)
            case SegmentKind.HEADING:
                builder.cut()
                heading_end = segment.end
            case SegmentKind.ITEM | SegmentKind.OPEN | SegmentKind.CLOSE:
                builder.cut()
            case SegmentKind.UNREAD:
                pass
    builder.cut()
    return Prose(tuple(builder.formulas), tuple(builder.sentences))


def _after_display(builder: _Builder, before: Segment | None, segment: Segment) -> None:
    """A sentence ends at a display when what follows begins with a capital, or a list item follows."""
    if before is None or before.kind is not SegmentKind.DISPLAY:
        return
    following = builder.document.text[segment.start:segment.start + 400].lstrip(" \n\t*_.,;")
    if following[:1].isupper() and not re.match(r"(?:Where|Here|And)\b", following):
        builder.cut()


CUE_WORDS: Final[dict[str, Cue]] = {
    **dict.fromkeys(
        word_set("let put define defined defines denote denotes denoted write set setting where with abbreviate abbreviating substituting substitute choose "
        "call take taking introduce introducing letting writing namely"), Cue.DEFINE),
    **dict.fromkeys(word_set("if iff for assume assuming assumes suppose supposing given when whenever provided consider under subject satisfying case at fix "
        "requires require required demands solves solve"), Cue.ASSUME),
    **dict.fromkeys(
        word_set("so hence thus therefore then gives give get gets obtain obtains have has is are was equals equal because since yields yield becomes become "
        "note noting follows implies shows show that conclude this as means be reduces to "
        "becoming find leads simplifies proves prove into by and/or only"), Cue.CLAIM),
    **dict.fromkeys(word_set("using use uses used recall recalling from via"), Cue.USE),
}
"""The nearest of these words before a formula, in its clause, decides."""
ADJACENT: Final = word_set("substituting substitute setting set take taking writing choose call introduce introducing letting write consider fix")
"""Words that speak only of a formula right after them ("substituting into the definition" defines nothing)."""


LEANING: Final = word_set("as to by into this that")
"""Words that claim where they stand alone, and else belong to the words before them ("corresponds *to*")."""
BOUNDING: Final = word_set("most least best worst all once first last")
"""Words with which "at" bounds: "has norm *at most*"."""
COPULAS: Final = word_set("is are be has have")
SUPPOSING: Final = word_set("assume assuming suppose supposing")
CONCLUSIONS: Final = word_set("so then hence thus therefore gives get gets obtain implies yields because since")
OPENING: Final = word_set("let suppose supposing assume assuming")
APPOSITION: Final = re.compile(
    r"\s*(?:be|is|are|being|has|have)\b(?:(?!\b(?:is|are|has|have|so|then|hence|thus|therefore|we|show|prove|that\s+is\s+to)\b)[^.;:,])*,\s*(?:i\.e\.,?|that\s+is,?|so\s+that|with)?\s*"
)
"""What may stand between "let y" and an equation that says more about y."""


@record
class Setting:
    """How a formula is introduced and described: ``cue``, the cue word itself, the words before it in the clause and the words after it. ``claimed``:
    something claims it, or may. ``denied``: a negation stands before it."""

    cue: Cue
    word: str
    before: str
    after: str
    claimed: bool = True
    denied: bool = False


_OF_EACH: Final = word_set("with of given let suppose assume having")
_AND_NOUN: Final = re.compile(r"\s*,?\s*and\s+(?P<noun>(?:(?:an?|the|its|their)\s+)?(?:[a-z]+(?:-[a-z]+)?\s+){1,3})")
"""Between formulas that one word introduces: "with mean *m != 0* and variance *v > 0*"."""


_COORDINATE: Final = re.compile(r"\s{0,9},?\s{0,9}and\b", re.IGNORECASE)
"""How a clause begins that goes on with what the one before it does."""


_COPULA_ONLY: Final = re.compile(r"\s*(?:is|are|reads?|equals?)(?:\s+(?:given|defined)\s+(?:by|as))?\s*:?\s*")


def _same_name(one: Formula, other: Formula) -> bool:
    """Whether a formula says what the one before it names: "where the matrix *P* is *P = A B*"."""
    bare = one.chains[0].sides[0].text if len(one.chains) == 1 and not one.chains[0].links else ""
    return bool(bare) and bool(other.chains) and bool(other.chains[0].links) and other.chains[0].sides[0].text == bare


def _concludes(words: str) -> bool:
    return any(w in CONCLUSIONS for w in re.findall(r"[a-z]+", words.lower()))


def _only_noun(words: str) -> bool:
    """Whether no word of these begins a clause of its own."""
    return not any(w in CUE_WORDS or w in lexicon.VERBS or w in lexicon.LEADING or w in lexicon.SUBORDINATE for w in re.findall(r"[a-z]+", words))


_ITS_OWN: Final = re.compile(r"\s*,?\s*(?:for|if|when|whenever|otherwise|else)\b(?!\s+(?:all|every|each|any|some)\b)")
"""Behind a formula that has a condition of its own: "for x >= 0, and |x| = -x *for* x <= 0"."""
_NEXT_CASE: Final = re.compile(r"\s*(?:[;:.,\s]*$|;|,?\s*(?:and|but|while|whereas)?\s*(?:for|if|when|whenever|otherwise)\b)")
"""Behind a formula that ends a case: "for x > 0, f(x) = x*; for* x < 0, ..."."""
_CASE_BESIDE: Final = re.compile(
    r"\s*(?P<word>For|If|When|With|In|At|Under)\s+(?:an?|the|one|two|equal|all|no|[a-z]+)\s(?:[A-Za-z-]+\s+){0,4}[A-Za-z-]+\s*,\s*", re.DOTALL
)
_GOES_ON: Final = re.compile(r"\s*,\s*(?!(?:which|so|hence|thus|then|that|i|as|because|since|where|with|for|if)\b)[A-Za-z]", re.IGNORECASE)
"""A case that words name and a formula beside them says: "for a square layer, *d = k*, this is ..."."""
NO_SETTING: Final = Setting(Cue.NONE, "", "", "")


def settings(text: Prose) -> dict[int, Setting]:
    """The setting of every formula, by its number."""
    found: dict[int, Setting] = {}
    for sentence in text.sentences:
        marks = list(MARK.finditer(sentence.words))
        inherited = Setting(Cue.NONE, "", "", "")
        for k, mark in enumerate(marks):
            previous = marks[k - 1].end() if k else 0
            between = sentence.words[previous:mark.start()]
            stop = marks[k + 1].start() if k + 1 < len(marks) else len(sentence.words)
            after = sentence.words[mark.end():stop]
            listed = k > 0 and re.fullmatch(r"(?:\s*\([^()]*\))?[\s,;]*(?:and|or|,\s*and|with|resp\.)?[\s,;]*", between) is not None
            listed = listed and _ITS_OWN.match(after) is None
            listed = listed or (k > 0 and inherited.word in _OF_EACH and (noun := _AND_NOUN.fullmatch(between)) is not None and _only_noun(noun["noun"]))
            named = k > 0 and _COPULA_ONLY.fullmatch(between) is not None and _same_name(text.formulas[int(marks[k - 1][1])], text.formulas[int(mark[1])])
            cue, word = (inherited.cue, inherited.word) if listed or named else _cue(between)
            if k and inherited.word in OPENING and APPOSITION.fullmatch(between) and re.match(r"\s*(?:[.,;:)]|and\b|for\b|where\b|$)", after):
                cue, word = Cue.ASSUME, "suppose"  # "let y be one-hot, sum y_k = 1"
            if listed and re.search(r"\bwith\b", between) and (cue is not Cue.ASSUME or word not in OPENING):
                cue, word = Cue.DEFINE, "with"
            if listed and cue is Cue.NONE and re.search(r"\band\b", between) and _is_law(text.formulas[int(marks[k - 1][1])]):
                cue, word = Cue.DEFINE, "and"  # "now X ~ N(0, 1) and Y = X^2"
            if k and inherited.word in SUPPOSING and word in COPULAS and _COORDINATE.match(between) and not _concludes(between):
                cue, word = inherited.cue, inherited.word  # "suppose that the data are x_1 = 1, and the labels *are y_1 = 1*"
            whole = inherited.word in OPENING and re.fullmatch(r"\s*[.;]?\s*", after) is None
            if listed and cue is Cue.ASSUME and not whole and "," in between and not re.search(r"[A-Za-z]", between) and _NEXT_CASE.match(after):
                cue, word = Cue.NONE, ""  # "for x, y > 0, CLAIM."
            ahead = not text.formulas[int(mark[1])].display and any(text.formulas[int(m[1])].display for m in marks[k + 1:])
            if k and listed and not ahead and cue in (Cue.DEFINE, Cue.ASSUME) and _main_clause(sentence, marks, k, text.formulas[int(mark[1])].display):
                cue, word = Cue.NONE, ""
            inline = not text.formulas[int(mark[1])].display
            if (cue is Cue.NONE or word in lexicon.REASONS) and inline and lexicon.SUPPOSED_BY.match(after):
                cue, word = Cue.ASSUME, "if"
            if k == 0 and inline and (opened := _CASE_BESIDE.fullmatch(between)) is not None and _GOES_ON.match(after):
                cue, word = Cue.ASSUME, opened["word"].lower()  # "for a square layer, d = k, this is ..."
            setting = Setting(cue, word, inherited.before if listed else between, after)
            found[int(mark[1])] = setting
            inherited = setting
    return found


def _is_law(formula: Formula) -> bool:
    """Whether a formula says what law a name has, and so introduces what it speaks of without a word."""
    return [link.sign for chain in formula.chains for link in chain.links] == ["~"]


_THAT_IS: Final = re.compile(r"(?:\bi\.\s?e\.|\bthat\s+is|\bnamely)\s{0,9},?[\s\\~]{0,9}$", re.IGNORECASE)
"""Words after which a formula says again what they said: "suppose that they have mean zero, *i.e.* ..."."""


_AS_FOLLOWS: Final = re.compile(r"\s{1,9}as\s{1,9}follows(?=[\s:,]{0,9}$)", re.IGNORECASE)
"""Words that only point at what comes: "suppose that the means are *as follows*:"."""


_TURN: Final = 40
"""How long such a turn is at most, with what stands behind it."""


_SUBJECTS: Final = word_set("one we you they there")
"""Words with which the main clause begins that a phrase opened."""


def _cue(before: str) -> tuple[Cue, str]:
    if (again := _THAT_IS.search(before[-_TURN:])) is not None:
        before = before[: len(before) - len(again[0])].rstrip().rstrip(",")
    before = _AS_FOLLOWS.sub("", before)  # nothing follows from anything there
    clause = re.split(r"[.;:](?=\s)", before)[-1] if not before.rstrip().endswith(":") else before.rstrip(" :\n").rsplit(". ", 1)[-1]
    words = re.findall(r"[A-Za-z]+", clause)
    if re.search(r"\b(?:is|are|be)\s+(?:then\s+)?(?:defined|given|denoted|called)\s*(?:as|by|to\s+be)?\s*:?\s*$", before.rstrip(), re.IGNORECASE):
        return Cue.DEFINE, "defined"
    if re.search(r"general\s+form|by\s+definition\s*,?\s*$|(?:formula|update)\b[^.]*\bis\s*:?\s*$", before.rstrip(), re.IGNORECASE):
        return Cue.DEFINE, "general form"
    if (words and words[-1].lower() in lexicon.CONSTRAINTS and not before.rstrip().endswith(",")) or [w.lower() for w in words[-2:]] == ["such", "that"]:
        return Cue.ASSUME, "satisfying"
    if _READS.search(before):
        return Cue.ASSUME, "satisfying"
    if _STARTED.search(before):
        return Cue.ASSUME, "started"
    after_comma = len(re.findall(r"[A-Za-z]+", clause.rsplit(",", 1)[-1])) if "," in clause else len(words)
    for distance, word in enumerate(reversed(words[-8:])):
        cue = CUE_WORDS.get(word.lower())
        if cue is None or (cue in (Cue.DEFINE, Cue.ASSUME) and distance >= after_comma):  # "Taking logarithms, ..." claims
            continue
        if word.lower() in ("for", "with", "at", "under", "in") and any(w.lower() in _SUBJECTS for w in words[len(words) - distance:]):
            continue  # "for five discs one needs"
        if word.lower() == "with" and distance and before.rstrip().endswith(":"):
            continue  # "compared with the real thing: A = B"
        if (word.lower() in ADJACENT and distance > 1) or (word.lower() == "at" and distance and words[-distance].lower() in BOUNDING):
            continue
        tool = distance and words[-1].lower() in lexicon.TOOLS and (distance > 1 or words[-1].lower() != "that")  # "suppose that" supposes
        if cue in (Cue.DEFINE, Cue.ASSUME) and (tool or _is_particle(words, distance)):
            return Cue.CLAIM, "by"
        if word.lower() in COPULAS and (opening := _supposition(clause)):  # "assume that they are ordered so that"
            return Cue.DEFINE if opening == "let" else Cue.ASSUME, opening
        if cue is Cue.CLAIM and word.lower() in LEANING and len(words) > 1:
            continue
        return cue, word.lower()
    return Cue.NONE, ""


_READS: Final = re.compile(r"\b(?:constraint|condition|requirement|restriction)\s+(?:reads|becomes|says|states|demands|is)(?:\s+that)?\s*:?\s*$", re.IGNORECASE)
"""Before what is supposed: "the mean constraint *reads* ..."."""
_STARTED: Final = re.compile(r"\b(?:started|starting|initiali[sz]ed)\s+(?:at|from|with|by)(?:\s+(?:the\s+)?(?:point|value|values))?\s*$", re.IGNORECASE)
"""Before where a recurrence starts: "*started at* x_0 = 0"."""


def _is_particle(words: list[str], distance: int) -> bool:
    """Whether the word at this distance from the end belongs to the verb before it: "we arrive *at*"."""
    before = words[-distance - 2:-distance - 1]
    return bool(before) and before[0].lower() in lexicon.PARTICLED


def _supposition(clause: str) -> str:
    """The word with which the clause before a formula supposes something: "assume that its eigenvalues are"; nothing where a conclusion comes between."""
    words = re.findall(r"[A-Za-z]+", clause.rsplit(",", 1)[-1].lower())
    opening = next((word for word in words if word in SUPPOSING or word == "let"), "")
    return "" if opening and any(word in CONCLUSIONS for word in words[words.index(opening):]) else opening


def _main_clause(sentence: Sentence, marks: list[re.Match[str]], k: int, display: bool) -> bool:
    """Whether formula k is what a sentence claims that began with a subordinate clause: "With L = ... and y > 0, *dL/dz = ...*".

    Nothing but a comma stands before it (or nothing, before a display), nothing that could be the main clause behind it, and no other words before.
    """
    opening = [w.lower() for w in re.findall(r"[A-Za-z]+", sentence.words[: marks[0].start()].rsplit(":", 1)[-1])]
    while opening and opening[0] in lexicon.LEADING:
        opening.pop(0)
    if not opening or opening[0] not in lexicon.SUBORDINATE:
        return False
    between = sentence.words[marks[k - 1].end():marks[k].start()].strip()
    if between not in (",", "") or (between == "" and not display):
        return False
    words_between = " ".join(sentence.words[a.end():b.start()] for a, b in zip(marks[:k], marks[1:k + 1], strict=True))
    if any(CUE_WORDS.get(w.lower()) is Cue.CLAIM and w.lower() not in ("and", "or") for w in re.findall(r"[A-Za-z]+", words_between)):
        return False
    behind = sentence.words[marks[k].end():]
    return re.fullmatch(r"[\s.,;:]*(?:(?:for|where|with|if|when|whenever|and|but|so|which|as|by|in|on)\b.*)?", behind, re.DOTALL) is not None


def cue_of(words: str, setting: Setting) -> tuple[Cue, str]:
    """The cue in words inside a display, and its word; bare "and" and "or" carry on the formula's own."""
    outside = re.sub(r"\$[^$]*\$", " ", words)
    if re.fullmatch(r"\W*(?:and|or)\W*", words.lower()):
        return setting.cue, setting.word
    found = [w.lower() for w in re.findall(r"[A-Za-z]+", outside) if w.lower() in CUE_WORDS]
    return (CUE_WORDS[found[-1]], found[-1]) if found else (Cue.NONE, setting.word)
