"""The words of problems in the language of a sheet.

A topic writes its words in English, as a person would read them, with formulas among them. Another language is a table of their sentences: each with a
number in braces for every formula, so that a translation may put them in another order. What is not in the table stays as it is: an author's own words
are in the language of their author.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from derivations.kernel.statement import Because
from derivations.problem import Displayed, Itemized, Piece, Prose, Words

Sentence: TypeAlias = "tuple[str, str, tuple[Prose, ...]]"
"""The space before a sentence, the sentence with its formulas numbered, and what stands at each number: a formula, or several with commas between them."""

_END: Final = re.compile(r"(?<=[.?!:;])\s+|\n\n")
_DIGITS: Final = re.compile(r"\d+")
_PLACE: Final = re.compile(r"\{(\d+)\}")


def said(words: Words | Because, table: Mapping[str, str]) -> Words:
    """The words in the language of a table, as far as they are in it."""
    if not table or not words:
        return words
    if isinstance(words, str):
        return "".join(before + _filled(*numbered, table) for before, text in _plain(words) for numbered in [_numbered(text, table)])
    found: list[Piece] = []
    for part in _parts(words):
        if isinstance(part, Itemized):
            found.append(Itemized(tuple(_prose(said(item, table)) for item in part.items)))
        elif isinstance(part, Displayed):
            found.append(part)
        else:
            before, template, formulas = part
            if before:
                found.append(before)
            for k, piece in enumerate(_PLACE.split(_found(template, table))):
                found += formulas[int(piece)] if k % 2 else (piece,) * bool(piece)
    return tuple(found)


def sentences(words: Words | Because) -> Iterator[str]:
    """The keys under which the sentences of words are looked up; those without a letter need no translation."""
    if isinstance(words, str):
        yield from (text.strip() for _, text in _plain(words) if _lettered(text))
        return
    for part in _parts(words):
        if isinstance(part, Itemized):
            for item in part.items:
                yield from sentences(item)
        elif not isinstance(part, Displayed) and _lettered(part[1]):
            yield part[1].strip()


def translated(sentence: str, table: Mapping[str, str]) -> bool:
    """Whether a table has a sentence, as it is or with places for its numbers."""
    return sentence in table or _DIGITS.sub("#", sentence) in table


def _found(template: str, table: Mapping[str, str]) -> str:
    """The translation of a template, with the space around it."""
    core = template.strip()
    return template.replace(core, table.get(core, core)) if core else template


def _numbered(text: str, table: Mapping[str, str]) -> tuple[str, list[str]]:
    """A plain sentence; where the table does not have it, with ``#`` for each number, and the numbers."""
    if text.strip() in table:
        return text, []
    return _DIGITS.sub("#", text), _DIGITS.findall(text)


def _filled(template: str, numbers: list[str], table: Mapping[str, str]) -> str:
    following = iter(numbers)
    return re.sub("#", lambda _: next(following, "#"), _found(template, table)) if numbers else _found(template, table)


def _lettered(template: str) -> bool:
    return any(char.isalpha() for char in template)


def _prose(words: Words) -> Prose:
    return (words,) if isinstance(words, str) else words


def _plain(text: str) -> Iterator[tuple[str, str]]:
    """The sentences of plain words, each with the space before it."""
    at, before = 0, ""
    for gap in _END.finditer(text):
        yield before, text[at : gap.start()]
        at, before = gap.end(), gap[0]
    yield before, text[at:]


def _joined(words: Prose) -> Prose:
    """The same with neighbouring words in one piece; a comma between formulas is a piece of its own."""
    found: list[Piece] = []
    for piece in words:
        if isinstance(piece, str) and found and isinstance(found[-1], str):
            found[-1] += piece
        elif piece != "":
            found.append(piece)
    return tuple(found)


def _parts(words: Prose) -> Iterator[Sentence | Displayed | Itemized]:
    """The sentences of words, each with the space before it and with what stands at its numbers; displays and lists between them."""
    before, template, formulas = "", "", list[Prose]()
    beside = False  # whether nothing but a comma stands between the last formula and what comes next

    def close() -> Iterator[Sentence]:
        nonlocal before, template, formulas, beside
        if before or template:
            yield before, template, tuple(formulas)
        before, template, formulas, beside = "", "", [], False

    words = _joined(words)
    for number, piece in enumerate(words):
        if isinstance(piece, Displayed | Itemized):
            yield from close()
            yield piece
        elif isinstance(piece, str):
            if piece == ", " and formulas and template.endswith("}") and number + 1 < len(words) and not isinstance(words[number + 1], str):
                formulas[-1] = (*formulas[-1], piece)
                beside = True
                continue
            for k, (gap, text) in enumerate(_plain(piece)):
                if k:
                    yield from close()
                    before = gap
                template += text
            beside = False
        elif beside:
            formulas[-1] = (*formulas[-1], piece)
            beside = False
        else:
            template += f"{{{len(formulas)}}}"
            formulas.append((piece,))
    yield from close()
