"""What a sentence says of the names in it: which words, of which names, asserted or not.

A sentence is words with marks where its formulas stand. Words are said of the names listed right before them ("P and Q *are orthogonal*"), right after them
("a *convex function* f"), or in a bracket or between commas behind them. Words that are negated, hedged, asked, concluded or supposed against the facts assert
nothing; words that are not understood assert nothing either. Both are kept, with the names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from derivations.language.context import Domain
from derivations.language.record import record
from derivations.reading import lexicon
from derivations.reading.lexicon import ADJECTIVES, NOUNS, Meaning
from derivations.reading.prose import MARK
from derivations.reading.scope import PARITY
from derivations.reading.sentence import Token, singular_last, tokens, without_idioms

LONGEST: Final = 4
"""How many words an entry of the lexicon has at most."""
SHOWN: Final = 60
"""How much of a clause is quoted."""
_BEFORE_GERUND: Final = frozenset((".", ":", ";", "that", "by", "when", "while"))
"""Before "increasing n", where that is something one does."""


@record
class Said:
    """What a sentence says of the formulas ``numbers``.

    ``meanings``: what it asserts. ``opaque``: its words, where something in them was not understood or is not asserted. ``local``: it is said under a condition
    that its sentence makes. ``counts``: the formulas say how many there are of what follows. ``at``: the place in the sentence. ``hot``: the formulas that say
    where the one stands in what is one-hot. ``limits``: its words restrict the names only where one of these formulas is an inequality or a set.
    """

    numbers: tuple[int, ...]
    meanings: tuple[Meaning, ...] = ()
    opaque: str = ""
    local: bool = False
    counts: bool = False
    at: int = 0
    hot: tuple[int, ...] = ()
    limits: tuple[int, ...] = ()


@dataclass
class _Phrase:
    """Words of one phrase, gathered: what is known of them, what is not."""

    adjectives: list[Meaning] = field(default_factory=list)
    head: Meaning | None = None
    plural: bool = False
    unknown: list[str] = field(default_factory=list)
    definite: bool = False
    headed: bool = False
    """Whether its last word is a noun that is known, or plays a part that is known."""

    def meanings(self) -> tuple[tuple[Meaning, ...], bool]:
        """What it says, and whether each adjective fits its noun."""
        head = self.head
        found: list[Meaning] = []
        fitting = True
        base = head.base if head is not None else ""
        for adjective in self.adjectives:
            if head is None or base in adjective.fits or (base == "scalar" and "" in adjective.fits):
                found.append(_beside(adjective, base))
            elif base == "function" and adjective.domain is not None and adjective.domain.value == "positive":
                found.append(Meaning("function", frozenset({"positive"})))
            elif base == "random" and adjective.properties == frozenset({"symmetric"}):
                found.append(Meaning("", adjective.properties))  # X and -X have one law
            elif base == "random" and adjective.domain is not None:
                if "vector" in adjective.fits and adjective.domain is not Domain.REAL:
                    found.append(Meaning("", domain=adjective.domain))  # "a positive random variable"
                else:
                    fitting = adjective.domain is Domain.REAL and fitting
            else:
                fitting = False
        if head is not None and (head.base != "variable"):
            found.append(head)
        return tuple(found), fitting


def _beside(adjective: Meaning, base: str) -> Meaning:
    """An adjective with its noun: "real" says that numbers are real, and of a matrix nothing; a vector that is nonnegative is so entry by entry."""
    if base == "vector" and "vector" in adjective.fits and adjective.domain not in (None, Domain.REAL):
        return adjective
    if adjective.domain is not None and base in ("matrix", "vector", "function", "random"):
        return Meaning()
    if base in ("vector", "random") and adjective.base == "random":
        return Meaning("random", adjective.properties, law=adjective.law)
    return adjective


def said_in(words: str) -> tuple[Said, ...]:
    """What a sentence says of the names in its formulas, in order."""
    return _Reader(words).run()


class _Reader:
    """Reads one sentence."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.tokens = without_idioms(tokens(words))
        self.asked = words.rstrip().rstrip("\"')*_").endswith("?")
        self.found: list[Said] = []
        self.behind = 0  # where the words end that the predicate before used
        self.conditioned = False  # whether a condition was made before in this sentence

    def run(self) -> tuple[Said, ...]:
        at = 0
        while at < len(self.tokens):
            if self.tokens[at].kind != "mark":
                at += 1
                continue
            end = self._group_end(at)
            group = [t.number for t in self.tokens[at:end] if t.kind == "mark"]
            either = any(t.text in ("or", "either") for t in self.tokens[max(at - 1, 0):end] if t.kind == "word")
            if not self._belonging(at, end, group):
                self._before(at, group)
            stop = self._after(at, end, group, either)
            self.behind = max(self.behind, stop)
            at = max(end, at + 1)
        return tuple(self.found)

    def _group_end(self, at: int) -> int:
        """The end of a list of marks: "⟨1⟩, ⟨2⟩ and ⟨3⟩"."""
        end = at + 1
        while True:
            k = end
            while k < len(self.tokens) and self.tokens[k].text in (",", "and", "or", "resp"):
                k += 1
            if k == end or k >= len(self.tokens) or self.tokens[k].kind != "mark":
                return end
            end = k + 1

    def _belonging(self, at: int, end: int, group: list[int]) -> bool:
        """Whether a name is said to be an eigenvalue, a rank, an indicator of something: "of rank r", "l_i its eigenvalues", "l_i are the eigenvalues"."""
        article = next((k for k in range(end, min(end + 2, len(self.tokens))) if self.tokens[k].text in ("its", "their", "the")), None)
        places = [(at - 2, at), (at - 1, at), *(((article + 1, article + 3), (article + 1, article + 2)) if article is not None else ())]
        for begin, stop in places:
            inside = self.tokens[begin:stop] if begin >= 0 else []
            words = len(inside) == stop - begin and all(t.kind == "word" for t in inside)
            if words and lexicon.BELONGING & {self._text(begin, stop), self._plural(begin, stop)}:
                singular = stop == at and inside[-1].text == singular_last(inside[-1].text)  # "of rank r, and b is ..."
                about = tuple(group[:1] if singular else group)
                self.found.append(Said(about, opaque=self._quoted(begin, stop), local=self._left(at).local, at=inside[0].start))
                return True
        return self._aspect_of(at, end)

    def _aspect_of(self, at: int, end: int) -> bool:
        """Whether something is said of what belongs to a name: "the largest eigenvalue *of A is M*", "the eigenvalues of A lie in [m, M]"."""
        begin = next((k for k in (at - 2, at - 3) if k >= 0 and lexicon.BELONGING & {self._text(k, at - 1), self._plural(k, at - 1)}), None)
        if begin is None or self.tokens[at - 1].text != "of" or not self._verb(end) or (left := self._left(at)).denied:
            return False
        stop = self._stop(end)
        numbers = tuple(t.number for t in self.tokens[at:max(end, stop + 1)] if t.kind == "mark")
        self.found.append(Said(numbers, opaque=self._quoted(begin, stop), local=left.local, at=self.tokens[begin].start))
        return True

    # words before a name

    def _before(self, at: int, group: list[int]) -> None:
        """A phrase whose noun the names follow: "a symmetric *matrix* A"."""
        start = at
        while start > self.behind and at - start < 7:
            token = self.tokens[start - 1]
            between = token.text in (",", "and") and start < at and start - 1 > self.behind and self._describes(start) and self._describes(start - 2)
            if (token.kind == "word" and not self._ends_phrase(token)) or between:
                start -= 1
                if token.text in lexicon.DETERMINERS:
                    break
                continue
            break
        if start == at:
            return
        phrase = self._phrase(start, at)
        determined = self.tokens[start].text in lexicon.DETERMINERS
        if not determined:
            phrase.unknown = [w for w in phrase.unknown if phrase.adjectives or phrase.head is not None]
        said_of = determined or (start > 0 and self.tokens[start - 1].text in ("for", "and", "or", "both", "with", "if", "when", "whenever", "let"))
        of_parity = any(a.properties & PARITY for a in phrase.adjectives)
        if phrase.head is None and not said_of and of_parity:
            return  # "even f(x) ..."
        if phrase.head is NOUNS["index"] and self.tokens[start].text not in lexicon.ONE_OF:
            return
        before = self.tokens[max(start - 3, 0):start]
        sized = self.tokens[at - 1].stem in lexicon.SIZES and at > 1 and self.tokens[at - 2].text == "of"
        if sized or (before and before[-1].text == "of" and self._number_of(start - 2)):
            self.found.append(Said(tuple(group[:1]), counts=True, at=self.tokens[start].start))
            return
        if self.tokens[at - 1].kind == "word" and (noun := NOUNS.get(self.tokens[at - 1].text)) is not None and noun is lexicon.THING and len(group) == 1:
            self.found.append(Said(tuple(group), (Meaning("", frozenset({"numbers"})),), at=self.tokens[at - 1].start))  # "class c", "unit j"
            return
        denied = any(t.text in lexicon.NEGATIVE for t in self.tokens[max(start - 2, 0):at]) or self._hedged(start, at)
        quantity = phrase.head is not None and phrase.head.domain is not None
        changed = quantity and len(before) > 1 and before[-1].text == "of" and before[-2].stem in lexicon.TRANSFORMS
        if (phrase.head is None and not phrase.adjectives) or (not determined and not self._describes(at - 1)):
            return
        left = self._left(at)
        about = group if phrase.plural or phrase.head is None else group[:1]  # "for any constant c, x + c = c + x"
        case = of_parity and start > 0 and self.tokens[start - 1].text == "for"
        self._say(about, phrase, start, at, denied or changed, left.local or case)

    def _describes(self, at: int) -> bool:
        """Whether an entry of the lexicon ends with this word."""
        if at < 0 or at >= len(self.tokens) or self.tokens[at].kind != "word":
            return False
        return any(self._entry(k, at + 1) is not None for k in range(max(at - LONGEST + 1, 0), at + 1))

    def _ends_phrase(self, token: Token) -> bool:
        text = token.text
        return (
            text in lexicon.STOPS or text in lexicon.COPULAS or text in lexicon.NAMING or text in lexicon.MODALS or text in lexicon.CONCLUDING
            or text in lexicon.NEGATIVE or (text in lexicon.ASSUMING and text not in lexicon.DETERMINERS) or text in lexicon.POSSESSING
            or text in ("and", "or", "we", "i", "it", "they", "either", "both")
        )

    def _hedged(self, start: int, end: int) -> bool:
        """Whether a word here, outside of the entries of the lexicon, takes back what the others say."""
        at = start
        while at < end:
            length = self._entry(at, end)
            if length is None and (self.tokens[at].text in lexicon.HEDGING or self.tokens[at].text in lexicon.NEGATIVE):
                return True
            at += length or 1
        return False

    # words after a name

    def _after(self, at: int, end: int, group: list[int], either: bool) -> int:
        """What stands behind a list of names; answers where the words end that it used."""
        k = end
        relative = False
        if k < len(self.tokens) and self.tokens[k].text == ",":
            follower = self.tokens[k + 1].text if k + 1 < len(self.tokens) else ""
            if follower in ("which", "that", "who"):
                k, relative = k + 2, True
            elif follower in ("a", "an", "being", "assumed"):
                k += 1
            elif follower not in lexicon.COPULAS:
                return end
        elif k < len(self.tokens) and self.tokens[k].text in ("which", "that") and self._verb(k + 1):
            k, relative = k + 1, True
        elif k < len(self.tokens) and self.tokens[k].text == "(":
            close = next((j for j in range(k, len(self.tokens)) if self.tokens[j].text == ")"), k)
            phrase = self._phrase(k + 1, close)
            if self._tail(k + 1, close):  # "(full column rank)"
                self.found.append(Said(tuple(group), opaque=self._quoted(k + 1, close), local=self._left(at).local, at=self.tokens[k + 1].start))
                return close + 1
            if any(t.kind == "mark" for t in self.tokens[k:close]) or not (phrase.adjectives or phrase.head) or phrase.unknown:
                return end
            self._say(group, phrase, k + 1, close, self._hedged(k + 1, close), self._left(at).local)
            return close + 1
        if k >= len(self.tokens):
            return end
        left = self._left(at)
        first = self.tokens[k]
        stop = self._stop(k)
        if self._verb(k):
            numbers = group if len(group) == 1 or first.text not in ("is", "has", "was", "satisfies", "denotes") else group[-1:]
            self._predicate(numbers, k, stop, left, either)
            return self._apposed(k, stop)
        if first.kind == "word" and first.text in ("a", "an") and (relative or k > end):
            close = self._noun_end(k, stop)
            phrase = self._phrase(k, close)
            if phrase.head is not None:
                self._say(group, phrase, k, close, left.denied or self._hedged(k, close), left.local)
                return close
            return end
        length = self._entry(k, len(self.tokens))
        described = first.text in ("with", "of") or first.text in lexicon.PARTICIPLES or (length is not None and self._text(k, k + length) in ADJECTIVES)
        if first.kind == "word" and described and self._tail(k + (length or 1), stop):
            if self._measured(group, k, stop, left):
                return stop
            self.found.append(Said(tuple(group), opaque=self._quoted(k, stop), local=left.local, at=first.start))  # "X *with full column rank*"
            return stop
        if length is not None or (first.text in lexicon.SHARPER | lexicon.HEDGING | lexicon.NEGATIVE and self._entry(k + 1, len(self.tokens)) is not None):
            return self._small(group, k, stop, left, either, end)
        return self._counted(group, k, end)

    def _apposed(self, k: int, stop: int) -> int:
        """Where the words begin that a predicate leaves for the name behind them: "is a random variable *with* the density p"."""
        words = [t.text for t in self.tokens[k:stop]]
        if "with" not in words or any(w in lexicon.NEGATIVE or w in lexicon.HEDGING for w in words):
            return stop
        return stop - words[::-1].index("with")

    def _small(self, group: list[int], k: int, stop: int, left: _Left, either: bool, end: int) -> int:
        """"with Q orthogonal", or "n samples": an adjective behind its name, or a number of things."""
        close = k
        while close < stop and (length := self._entry(close, stop)) is not None:
            close += length
        phrase = self._phrase(k, close)
        if phrase.head is not None or (close < stop and self.tokens[close].kind == "word" and not self._ends_phrase(self.tokens[close])):
            return self._counted(group, k, end)
        if close < len(self.tokens) and self.tokens[close].kind == "mark":
            return end  # "for x and positive y"
        self._say(group, phrase, k, max(close, k + 1), left.denied or either or self.asked or self._hedged(k, close), left.local)
        return close

    def _counted(self, group: list[int], k: int, end: int) -> int:
        """"n independent samples": what the name counts is named by a noun within the next words."""
        for j in range(k, min(k + 4, len(self.tokens))):
            token = self.tokens[j]
            if token.kind != "word" or self._ends_phrase(token) or token.text in lexicon.DETERMINERS:
                break
            for back in range(max(k, j - LONGEST + 1), j + 1):
                text = self._text(back, j + 1)
                noun = NOUNS.get(text)
                if noun is not None and noun.counts and (token.text != token.stem or token.stem in ("data",)):
                    if len(group) == 1:
                        self.found.append(Said(tuple(group), counts=True, at=self.tokens[k].start))
                    return end
            if token.text == "dimensional":
                self.found.append(Said(tuple(group), counts=True, at=self.tokens[k].start))
                return end
        return end

    def _verb(self, k: int) -> bool:
        """Whether a predicate begins here."""
        if k >= len(self.tokens) or self.tokens[k].kind != "word":
            return False
        while k < len(self.tokens) and self.tokens[k].text in ("both", "all", "each", "then", "also", "now", "here", "itself", "themselves", "always"):
            k += 1
        if k >= len(self.tokens):
            return False
        return self._infinitive(k) or self.tokens[k].text in lexicon.VERBS

    def _stop(self, k: int) -> int:
        """Where the clause ends that begins here."""
        depth = 0
        for j in range(k, len(self.tokens)):
            token = self.tokens[j]
            if token.text == "(":
                depth += 1
            elif token.text == ")":
                if depth == 0:
                    return j
                depth -= 1
            elif depth == 0 and (token.text in (".", ";", ":", "?", "!") or (j > k and token.text in lexicon.ENDS)):
                return j
            elif depth == 0 and token.text in (",", "and", "but") and j + 1 < len(self.tokens):
                following = self.tokens[j + 1]
                if following.kind == "mark" and not self._size(j + 1):
                    return j
                if following.text in lexicon.IMPERATIVES:
                    return j
                if token.text == "," and following.kind == "word" and not self._continues(j + 1):
                    return j
        return len(self.tokens)

    def _size(self, k: int) -> bool:
        """Whether a mark stands inside a phrase, as in "an ⟨n x n⟩ matrix"."""
        return k + 1 < len(self.tokens) and self._entry(k + 1, len(self.tokens)) is not None and k > 0 and self.tokens[k - 1].text in ("a", "an", "the")

    def _continues(self, k: int) -> bool:
        """Whether a predicate goes on after a comma: "symmetric, and positive definite", "real, symmetric"."""
        text = self.tokens[k].text
        return text in ("and", "but", "not", "nor", "or", "a", "an") or self._entry(k, len(self.tokens)) is not None

    def _predicate(self, group: list[int], k: int, stop: int, left: _Left, either: bool) -> None:
        """"is symmetric but not diagonal", "need not be invertible", "satisfy the usual conditions"."""
        denied = left.denied or self.asked or either
        units: list[tuple[int, int, bool]] = []
        words = self.tokens[k:stop]
        disjunction = any(t.text in ("or", "nor", "either", "neither") for t in words)
        at = start = k
        below = False
        while at < stop:
            token = self.tokens[at]
            length = self._entry(at, stop)
            if length is None and (token.text in lexicon.NEGATIVE or token.text in lexicon.HEDGING):
                below = True
            elif token.text in (",", "and", "but", "or", "nor"):
                units.append((start, at, below))
                start = at + 1
                if token.text in lexicon.RESTORING:
                    below = False
            at += length or 1
        units.append((start, stop, below))
        possessing = any(t.text in lexicon.POSSESSING or t.text in ("has", "have", "having") for t in self.tokens[k:min(k + 2, stop)])
        infinitive = self.tokens[k].text == "to"
        if infinitive and not left.assumed:
            denied = True
        if possessing:
            self._possessed(group, k, stop, denied, left)
            return
        respective = len(group) > 1 and len(units) == len(group) and all(self._has_article(begin, finish) for begin, finish, _ in units)
        for unit, (begin, finish, negated) in enumerate(units):
            about = group[unit:unit + 1] if respective else group  # "A and B are the mean and the variance"
            if begin > k and any(t.text == "with" for t in self.tokens[k:begin]):
                continue  # "are independent with mean 0 *and variance v*"
            if begin > k and self.tokens[begin].text in ("has", "have", "having"):
                self._possessed(about, begin, finish, denied or negated, left)  # "is symmetric *and has variance v*"
                continue
            noun_end = self._noun_end(begin, finish)
            phrase = self._phrase(begin, noun_end, predicate=True)
            if noun_end < finish and self.tokens[noun_end].text in lexicon.CENTRED:  # "z is symmetric about 0" is said of its law
                phrase.adjectives = [a for a in phrase.adjectives if "symmetric" not in a.properties]
            tail = self._tail(noun_end, finish)
            self._members(phrase, noun_end, finish)
            if phrase.definite and self._number_of(noun_end - 1) and not (denied or negated):
                self.found.append(Said(tuple(about), counts=True, at=self.tokens[k].start))
                continue
            if phrase.adjectives or phrase.head is not None or phrase.unknown or tail:
                self._say(about, phrase, k, stop, denied or negated or disjunction, left.local, tail, predicate=True)
                if limits := () if tail else self._limits(noun_end, finish):  # "be diagonal with entries s_i > 0"
                    place = self.tokens[noun_end].start
                    self.found.append(Said(tuple(about), opaque=self._quoted(noun_end, finish), local=left.local, at=place, limits=limits))
                if not (denied or negated or disjunction) and any("one_hot" in m.properties for m in phrase.meanings()[0]):
                    self._hot(about, noun_end, left.local)

    def _hot(self, group: list[int], at: int, local: bool) -> None:
        """"is one-hot *with its 1 in slot c*": where the one stands. ("Of length K" is no place.)"""
        end = next((k for k in range(at, len(self.tokens)) if self.tokens[k].text in (".", ";", ":", ",")), len(self.tokens))
        for k in range(at, end):
            words = [t for t in self.tokens[max(at, k - 4):k] if t.kind == "word"]
            place = next((j for j in range(len(words) - 1, -1, -1) if words[j].text in ("in", "at", "for", "on", "of")), None)
            if self.tokens[k].kind == "mark" and place is not None and not any(w.stem in lexicon.SIZES for w in words[place:]):
                self.found.append(Said(tuple(group), local=local, at=self.tokens[at].start, hot=(self.tokens[k].number,)))
                return

    def _has_article(self, begin: int, finish: int) -> bool:
        return any(t.text in ("a", "an", "the") for t in self.tokens[begin:min(begin + 3, finish)])

    def _number_of(self, at: int) -> bool:
        """"the number of layers"."""
        return at > 0 and at + 1 < len(self.tokens) and self.tokens[at].text == "number" and self.tokens[at + 1].text == "of"

    def _members(self, phrase: _Phrase, at: int, finish: int) -> None:
        """"a sequence *of positive numbers*": what the members are is said of the sequence."""
        if at >= finish or self.tokens[at].text != "of" or self.tokens[at - 1].stem not in lexicon.LISTS or phrase.head is None:
            return
        members = self._phrase(at + 1, self._noun_end(at + 1, finish))
        said = members.meanings()[0]
        if members.unknown or not said:
            return
        domain = next((m.domain for m in said if m.domain is not None), None)
        if any(m.base == "random" for m in said):
            phrase.head = Meaning("random")
        elif phrase.head.base == "sequence" and domain is not None:
            phrase.head = Meaning("sequence", domain=domain)

    def _measured(self, group: list[int], k: int, stop: int, left: _Left) -> bool:
        """"with positive determinant": the sign of a number that a matrix has."""
        words = [t.text for t in self.tokens[k:stop] if t.text not in lexicon.DETERMINERS and t.text not in lexicon.POSSESSING and t.text not in lexicon.VERBS]
        words = [w for w in words if w not in ("with", "of")]
        if left.denied or self.asked or len(words) != 2 or words[0] not in lexicon.SIGNED or words[1] not in lexicon.MEASURES:
            return False
        self.found.append(Said(tuple(group), (Meaning("", frozenset({" ".join(words)})),), local=left.local, at=self.tokens[k].start))
        return True

    def _possessed(self, group: list[int], k: int, stop: int, denied: bool, left: _Left) -> None:
        """"has orthonormal columns", "sum to one", "lie in the simplex": kept where no formula says it."""
        turn = " ".join(t.text for t in self.tokens[k:stop] if t.kind != "sign")
        if not denied and any(turn.startswith(known) for known in lexicon.SUMS):
            self.found.append(Said(tuple(group), (Meaning("", frozenset({"sums_to_one", "adds_up"})),), local=left.local, at=self.tokens[k].start))
            return
        if not denied and self._measured(group, k, stop, left):
            return
        ends_in_formula = (stop < len(self.tokens) and self.tokens[stop].kind == "mark") or any(t.kind == "mark" for t in self.tokens[k:stop])
        words = [t for t in self.tokens[k:stop] if t.kind == "word"]
        plain = self.tokens[k].text in ("has", "have", "having")
        telling = [t for t in words if t.stem in lexicon.ASPECTS or (not plain and t.text not in lexicon.PARTICIPLES)]
        if (telling and not ends_in_formula) or (denied and not plain):
            self.found.append(Said(tuple(group), opaque=self._quoted(k, stop), local=left.local, at=self.tokens[k].start))

    def _noun_end(self, begin: int, finish: int) -> int:
        """Where the phrase ends: at the first preposition."""
        at = begin
        while at < finish:
            length = self._entry(at, finish)
            if length is None and self.tokens[at].text in lexicon.STOPS and self.tokens[at].text != "than" and not self._infinitive(at):
                return at
            at += length or 1
        return finish

    def _infinitive(self, at: int) -> bool:
        """"to be", "to have"."""
        return self.tokens[at].text == "to" and at + 1 < len(self.tokens) and self.tokens[at + 1].text in ("be", "have", "satisfy", "lie")

    def _tail(self, begin: int, finish: int) -> bool:
        """Whether what follows the phrase restricts the name: "with orthonormal columns", "of full rank"."""
        return any(t.kind == "word" and t.stem in lexicon.ASPECTS for t in self.tokens[begin:finish]) and not any(
            t.kind == "mark" for t in self.tokens[begin:finish])

    def _limits(self, begin: int, finish: int) -> tuple[int, ...]:
        """The formulas behind words about a part of the name: "with entries ⟨1⟩"."""
        inside = self.tokens[begin:finish]
        about = any(t.kind == "word" and t.stem in lexicon.ASPECTS for t in inside)
        return tuple(t.number for t in inside if t.kind == "mark") if about else ()

    # phrases

    def _text(self, start: int, end: int) -> str:
        """Words as the lexicon has them: in the singular."""
        return " ".join(self.tokens[k].text if k < end - 1 else singular_last(self.tokens[k].text) for k in range(start, end))

    def _entry(self, at: int, end: int) -> int | None:
        """How many words from here on are one entry of the lexicon, the longest first."""
        for length in range(min(LONGEST, end - at), 0, -1):
            if all(self.tokens[k].kind == "word" for k in range(at, at + length)):
                text = self._text(at, at + length)
                if text in ADJECTIVES or text in NOUNS or self._plural(at, at + length) in NOUNS:
                    return length
        return None

    def _plural(self, at: int, end: int) -> str:
        return " ".join(singular_last(self.tokens[k].text) for k in range(at, end))

    def _phrase(self, start: int, end: int, predicate: bool = False) -> _Phrase:
        """The words from start to end, sorted into what is known and what is not."""
        phrase = _Phrase()
        at = start
        while at < end:
            token = self.tokens[at]
            length = self._entry(at, end)
            if length is not None:
                self._known(phrase, at, at + length, end)
                at += length
                continue
            if token.kind == "word":
                if token.text in ("the", "this", "these", "that", "those"):
                    phrase.definite = True
                elif predicate and token.text in lexicon.AMBIGUOUS and self.tokens[start + 1].text in ("a", "an"):  # "let P be a projection matrix": P^2 = P
                    phrase.unknown.append(token.text)
                elif not self._silent(token) and not self._purpose(at) and not self._transform(at, end):
                    phrase.unknown.append(token.text)
                    phrase.headed = False
                elif token.stem in lexicon.ROLES:
                    phrase.head, phrase.headed = None, True
            at += 1
        return phrase

    def _known(self, phrase: _Phrase, at: int, stop: int, end: int) -> None:
        text, plural = self._text(at, stop), self._plural(at, stop)
        if text == "constant" and self.tokens[stop - 1].text == text and at and self.tokens[at - 1].text in lexicon.UNCHANGING:
            return  # "y is constant": that it does not change, and not that it is a number
        if text.endswith("ing") and (not at or self.tokens[at - 1].text in _BEFORE_GERUND):
            return  # "*Increasing* n, the amount of data, decreases the error"
        noun = NOUNS.get(text, NOUNS.get(plural))
        last = stop >= end or (self._entry(stop, end) is None and not (self.tokens[stop].kind == "word" and self.tokens[stop].stem in lexicon.ROLES))
        if text in ADJECTIVES and not (noun is not None and last):
            phrase.adjectives.append(ADJECTIVES[text])
            phrase.headed = False
        elif noun is not None:
            if phrase.head is not None and phrase.head.properties and not phrase.head.base:
                phrase.unknown.append(text)  # "distribution function": the first noun says of the second what is not known here
            phrase.head, phrase.headed = noun, True
            phrase.plural = self.tokens[stop - 1].text != self.tokens[stop - 1].stem

    def _purpose(self, at: int) -> bool:
        """Whether a word says what is done to a name and why, and so nothing of it: "is *derived to express* z", "is *needed to* compute it"."""
        then = [t.text for t in self.tokens[at + 1:at + 3]]
        return self.tokens[at].text.endswith("ed") and then[:1] == ["to"] and not self._infinitive(at + 1)

    def _transform(self, at: int, end: int) -> bool:
        """Whether a word before its noun names what the formula shows: "the *inverse* function f^{-1}". (An exponential random variable has a law.)"""
        if self.tokens[at].stem not in lexicon.TRANSFORMS or at + 1 >= end or (length := self._entry(at + 1, end)) is None:
            return False
        noun = NOUNS.get(self._text(at + 1, at + 1 + length)) or NOUNS.get(self._plural(at + 1, at + 1 + length))
        return noun is None or noun.base != "random"

    def _silent(self, token: Token) -> bool:
        """Whether a word says nothing of a name by itself."""
        text = token.text
        return (
            text in lexicon.DETERMINERS or text in lexicon.COPULAS or text in lexicon.MODALS or text in lexicon.NAMING or text in lexicon.PARTICIPLES
            or text in lexicon.SHARPER or text in lexicon.NEGATIVE or text in lexicon.HEDGING or text in lexicon.STOPS
            or token.stem in lexicon.ROLES or text in ("for", "and", "or", "but", "either")
        )

    # saying

    def _left(self, at: int) -> _Left:
        """How the words before a name in its clause govern it."""
        begin = at
        while begin > self.behind and self.tokens[begin - 1].text not in (".", ";", ":", "?", "!"):
            begin -= 1
        words = [t.text for t in self.tokens[begin:at] if t.kind == "word" or t.text == ","]
        return self._governed(words)

    def _governed(self, words: Sequence[str]) -> _Left:
        conditional = any(w in lexicon.CONDITIONAL for w in words)
        denied = any(w in lexicon.NEGATIVE or w in lexicon.DOUBTFUL for w in words)
        assumed = concluded = False
        for word in words:
            if word in lexicon.ASSUMING or word in lexicon.CONDITIONAL:
                assumed, concluded = True, False
            elif word in lexicon.CONCLUDING:
                assumed, concluded = False, True
        consequence = self.conditioned and not conditional and ("," in words or "then" in words)
        self.conditioned |= conditional
        return _Left(denied or concluded or (consequence and not assumed), conditional or self.conditioned, assumed)

    def _quoted(self, start: int, end: int) -> str:
        if start >= end:
            return ""
        text = " ".join(MARK.sub("...", self.words[self.tokens[start].start:self.tokens[end - 1].end]).split())
        return text if len(text) <= SHOWN else f"{text[:SHOWN].rsplit(' ', 1)[0]} ..."

    def _say(
        self, group: list[int], phrase: _Phrase, start: int, end: int, denied: bool, local: bool, tail: bool = False, predicate: bool = False
    ) -> None:
        meanings, fitting = phrase.meanings()
        altered = any(w.endswith("ly") for w in phrase.unknown) and bool(phrase.adjectives)
        kind = phrase.head is not None and phrase.head.base in KINDS
        named = phrase.definite and phrase.headed
        restricting = bool(phrase.unknown) and (kind or (predicate and not named))
        telling = tuple(m for m in meanings if m.base or m.properties or m.domain is not None or m.law)
        if denied or altered:
            if phrase.adjectives or restricting or (telling and predicate):
                self.found.append(Said(tuple(group), opaque=self._quoted(start, end), local=local, at=self.tokens[start].start))
            return
        opaque = self._quoted(start, end) if restricting or tail or not fitting else ""
        if telling or opaque:
            self.found.append(Said(tuple(group), telling, opaque, local, at=self.tokens[start].start))


KINDS: Final = frozenset(("matrix", "function", "scalar", "sequence", "random", "variable", "vector"))


@record
class _Left:
    """What the words before a name do to what is said of it."""

    denied: bool
    local: bool
    assumed: bool


def spoken(sentences: Iterable[str]) -> dict[int, tuple[Said, ...]]:
    """What the sentences of a document say, by the number of the formula."""
    found: dict[int, tuple[Said, ...]] = {}
    for words in sentences:
        for said in said_in(words):
            for number in said.numbers:
                found[number] = (*found.get(number, ()), said)
    return found
