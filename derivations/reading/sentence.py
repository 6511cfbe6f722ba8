"""A sentence as words, marks and signs, with the words as the lexicon has them."""

from __future__ import annotations

import re
from typing import Final

from derivations.language.record import record
from derivations.reading import lexicon

_TOKEN: Final = re.compile(
    r"⟨(?P<mark>\d+)⟩|(?P<iid>\bi\.?\s?i\.?\s?d\b\.?)|(?P<word>[A-Za-z](?:[A-Za-z'’]|-+(?=[A-Za-z]))*(?:\.(?=[A-Za-z]\.)[A-Za-z]\.)?)|(?P<number>\d+)|(?P<sign>[^\sA-Za-z\d⟨])",
    re.IGNORECASE,
)
_IRREGULAR: Final = {"matrices": "matrix", "indices": "index", "vertices": "vertex", "data": "data", "iid": "iid"}


@record
class Token:
    """A word in small letters (``stem``: its singular; a compound is one word), a mark (``number`` of the formula), or a sign."""

    kind: str
    text: str
    start: int
    end: int
    number: int = -1

    @property
    def stem(self) -> str:
        return singular(self.text)


def singular(word: str) -> str:
    """The singular of a word, as the lexicon has it."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2:
        return word[:-1]
    return word


def tokens(words: str) -> list[Token]:
    """The words, marks and signs of a sentence."""
    found: list[Token] = []
    for match in _TOKEN.finditer(words):
        if match["mark"] is not None:
            found.append(Token("mark", match[0], match.start(), match.end(), int(match["mark"])))
        elif match["iid"] is not None:
            found.append(Token("word", "iid", match.start(), match.end()))
        elif match["word"] is not None:
            found.append(Token("word", re.sub(r"-+", " ", match[0].lower().replace("’", "'")), match.start(), match.end()))
        elif match["number"] is not None:
            found.append(Token("number", match[0], match.start(), match.end()))
        else:
            found.append(Token("sign", match[0], match.start(), match.end()))
    return found


def singular_last(word: str) -> str:
    """The singular of a word that may be a compound."""
    head, space, last = word.rpartition(" ")
    return f"{head}{space}{singular(last)}"


def without_idioms(found: list[Token]) -> list[Token]:
    """Sentences without "unless otherwise stated" and the like; "not only" and "even if" go as one."""
    out: list[Token] = []
    at = 0
    while at < len(found):
        idiom = next((i for i in _IDIOMS if [t.text for t in found[at:at + len(i)]] == list(i)), None)
        if idiom is None:
            out.append(found[at])
            at += 1
            continue
        put = lexicon.IDIOMS[" ".join(idiom)]
        if put:
            out.append(Token("word", put, found[at].start, found[at + len(idiom) - 1].end))
        at += len(idiom)
        if not put and at < len(found) and found[at].text == "," and (not out or out[-1].text in (".", ";")):
            at += 1
    return out


_IDIOMS: Final = tuple(tuple(text.split()) for text in sorted(lexicon.IDIOMS, key=len, reverse=True))
