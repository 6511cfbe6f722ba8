"""The words of an author, with formulas, stressed words and lists among them, as prose of terms: nothing of the text is passed on as markup.

``$...$`` and ``\\(...\\)`` hold formulas in the line, ``$$...$$`` and ``\\[...\\]`` displayed ones. In Markdown ``*stressed*``, ``**stressed**``, lists and
backquotes mean what they do there; in LaTeX ``\\emph{...}`` and its kin are stressed, other commands lose their backslash's work and keep their words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from string import ascii_lowercase
from typing import Final

from derivations.language.context import Context
from derivations.language.errors import DeriveError
from derivations.language.term import Term
from derivations.parameters import nearest
from derivations.problem import Displayed, Itemized, Literally, Piece, Prose, Stressed
from derivations.reading.expression import read
from derivations.reading.files import Markup
from derivations.reading.vocabulary import Vocabulary

Reader = Callable[[str], Term]

_FORMULA: Final = re.compile(r"(?<!\\)\$\$(?P<d1>.+?)(?<!\\)\$\$|\\\[(?P<d2>.+?)\\\]|(?<!\\)\$(?P<i1>.+?)(?<!\\)\$|\\\((?P<i2>.+?)\\\)", re.DOTALL)
_REFERENCE: Final = re.compile(r"(?<![\\\w}])\{([A-Za-z]+(?:\.[A-Za-z_]+)?)\}")
_MEANT: Final = ("answer", "chain")
"""What a reference may say besides ``parameters.name``."""
_ITEM: Final = re.compile(r"[ \t]*(?:[-*+]|\d+[.)]|\([a-z]\))[ \t]+")
_STRESSED: Final = re.compile(r"(?<![\w*_\\])(\*\*|__|\*|_)(?=\S)(.+?)(?<=\S)\1(?![\w*_])", re.DOTALL)
_CODE: Final = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_LINK: Final = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_EMPHASIS: Final = re.compile(r"\\(?:emph|textbf|textit|textsl|underline|textsc)\s*\{([^{}]*)\}|\{\\(?:bf|it|em)\s+([^{}]*)\}")
_VERBATIM: Final = re.compile(r"\\(?:texttt|verb)\s*\{([^{}]*)\}|\\verb(\W)(.*?)\2|\\url\{([^{}]*)\}")
_REFERRED: Final = re.compile(r"\\(?:eqref|ref|autoref|cref|Cref)\s*\{([^{}]*)\}")
_DROPPED: Final = re.compile(
    r"\\(?:label|cite[pt]?|footnote|vspace|hspace|index|includegraphics)\*?\s*(?:\[[^\]]*\])?\s*\{[^{}]*\}|\\(?:begin|end)\s*\{[^{}]*\}"
)
_ACCENTS: Final[Mapping[str, str]] = {'"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303"}
_ACCENT: Final = re.compile(r"\\([\"'`^~])\s*\{?([A-Za-z])\}?")
_COMMAND: Final = re.compile(r"\\([A-Za-z]+)\*?\s?|\\([^A-Za-z])")
_SPECIAL: Final[Mapping[str, str]] = {"ss": "ß", "ldots": "…", "dots": "…", "textbackslash": "\\", "S": "§", "LaTeX": "LaTeX", "TeX": "TeX"}


def wording(text: str, reader: Reader, markup: Markup = "markdown", references: Mapping[str, Prose] | None = None) -> Prose:
    """The prose that a text says. ``references``: what ``{name}`` stands for, where it may be said.

    Raises:
        DeriveError: a formula that cannot be read, or a reference to what there is not.
    """
    found: list[Piece] = []
    for paragraph in re.split(r"\n[ \t]*\n\s*", text.strip()):
        if found:
            found.append("\n\n")
        found += _paragraph(paragraph, reader, markup, references)
    return joined(found)


def words_only(text: str, markup: Markup) -> Prose:
    """Words between formulas, without their markup; the formulas are somebody else's."""
    return joined(list(_styled(text, markup)), trimmed=False)


def _paragraph(text: str, reader: Reader, markup: Markup, references: Mapping[str, Prose] | None) -> Iterator[Piece]:
    """One paragraph; lines that begin as items are a list."""
    lines = text.split("\n")
    first = next((k for k, line in enumerate(lines) if _ITEM.match(line)), len(lines)) if markup == "markdown" else len(lines)
    before = "\n".join(lines[:first])
    if before.strip():
        yield from _run(before, reader, markup, references)
    items: list[str] = []
    for line in lines[first:]:
        marked = _ITEM.match(line)
        if marked is not None:
            items.append(line[marked.end() :])
        else:
            items[-1] += f"\n{line}"
    if items:
        yield Itemized(tuple(joined(list(_run(item, reader, markup, references))) for item in items))


def _run(text: str, reader: Reader, markup: Markup, references: Mapping[str, Prose] | None) -> Iterator[Piece]:
    at = 0
    for formula in _FORMULA.finditer(text):
        yield from _referring(text[at : formula.start()], markup, references)
        inside = next(part for part in (formula["d1"], formula["d2"], formula["i1"], formula["i2"]) if part is not None)
        term = _read(inside, reader)
        yield Displayed(term) if formula["d1"] or formula["d2"] else term
        at = formula.end()
    yield from _referring(text[at:], markup, references)


def _read(formula: str, reader: Reader) -> Term:
    try:
        return reader(formula)
    except DeriveError as error:
        raise DeriveError(f"the formula ${' '.join(formula.split())}$ cannot be read: {error}") from None


def _referring(text: str, markup: Markup, references: Mapping[str, Prose] | None) -> Iterator[Piece]:
    if references is None:
        yield from _styled(text, markup)
        return
    at = 0
    for found in _REFERENCE.finditer(text):
        if found[1] not in references:
            if "." not in found[1] and found[1] not in _MEANT and not nearest(found[1], _MEANT):
                continue  # braces around a word
            known = ", ".join(f"{{{name}}}" for name in references) or "no references"
            near = nearest(found[1], references)
            later = "" if found[1] not in _MEANT else "; what a solution shows is for a note, since question and hint are read before it"
            raise DeriveError(f"{{{found[1]}}} refers to nothing here{near}; there are {known} (\\{{ is a brace){later}")
        yield from _styled(text[at : found.start()], markup)
        yield from references[found[1]]
        at = found.end()
    yield from _styled(text[at:], markup)


def _styled(text: str, markup: Markup) -> Iterator[Piece]:
    """Plain words, stressed words and code."""
    if markup == "tex":
        yield from _of_tex(text)
        return
    at = 0
    for code in _CODE.finditer(text):
        yield from _of_markdown(text[at : code.start()])
        yield Literally(code[2].strip())
        at = code.end()
    yield from _of_markdown(text[at:])


def _of_markdown(text: str) -> Iterator[Piece]:
    text = _LINK.sub(r"\1", text)
    at = 0
    for found in _STRESSED.finditer(text):
        yield _unescaped(text[at : found.start()])
        yield Stressed(_flat(_unescaped(found[2])))
        at = found.end()
    yield _unescaped(text[at:])


def _unescaped(text: str) -> str:
    return re.sub(r"\\([\\`*_{}\[\]()#+\-.!$|~<>])", r"\1", text)


def _of_tex(text: str) -> Iterator[Piece]:
    text = _DROPPED.sub("", _REFERRED.sub(r"(\1)", text))
    at = 0
    for found in sorted((*_EMPHASIS.finditer(text), *_VERBATIM.finditer(text)), key=lambda match: match.start()):
        if found.start() < at:
            continue
        yield _plain_tex(text[at : found.start()])
        inside = next((part for part in found.groups() if part is not None and part.strip(" |+!")), "")
        yield Stressed(_flat(_plain_tex(inside))) if found.re is _EMPHASIS else Literally(found[1] or found[3] or found[4] or "")
        at = found.end()
    yield _plain_tex(text[at:])


def _plain_tex(text: str) -> str:
    from unicodedata import normalize

    text = _ACCENT.sub(lambda match: normalize("NFC", match[2] + _ACCENTS[match[1]]), text)
    text = _COMMAND.sub(lambda match: _SPECIAL.get(match[1] or "", "") if match[1] else {",": " ", " ": " ", "\\": " ", ";": " "}.get(match[2], match[2]), text)
    text = text.replace("~", "\N{NO-BREAK SPACE}").replace("``", "“").replace("''", "”").replace("---", "—").replace("--", "–")
    return text.replace("{", "").replace("}", "")


def _flat(text: str) -> str:
    return " ".join(text.split())


_GAP: Final = re.compile(r" *\n\n\s*")


def joined(pieces: list[Piece], *, trimmed: bool = True) -> Prose:
    """Neighbouring words as one; runs of spaces as one space, and (``trimmed``) none at the beginning."""
    found: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str):
            piece = "\n\n".join(re.sub(r"\s+", " ", part) for part in piece.split("\n\n"))
            if found and isinstance(found[-1], str):
                found[-1] = _GAP.sub("\n\n", found[-1] + piece)
                continue
        if piece != "":
            found.append(piece)
    if trimmed and found and isinstance(found[0], str):
        found[0] = found[0].lstrip()
    if trimmed and found and isinstance(found[-1], str):
        found[-1] = found[-1].rstrip()
    return tuple(piece for piece in found if piece != "")


def plainly(text: str, markup: Markup) -> str:
    """Words on one line without any markup; of formulas the bare signs."""
    pieces = words_only(text.replace("$", ""), markup)
    return _flat("".join(piece if isinstance(piece, str) else getattr(piece, "text", "") for piece in pieces))


def lettered(before: Prose, parts: Sequence[tuple[str, str]], field: str, say: Callable[[str, str], Prose]) -> Prose:
    """The words before the parts, and then each part under its letter, with what it is worth behind it. A part without words is left out. ``say`` reads
    the words of a field."""
    found: list[Piece] = list(before)
    for letter, (text, marks) in zip(ascii_lowercase, parts, strict=False):
        if text:
            words = say(text, f"part ({letter}): {field}")
            found += ("\n\n",) * bool(found)
            found += (Stressed(f"({letter})"), " ", *words)
            found += (" ", Stressed(f"[{marks}]")) * bool(marks)
    return joined(found)


def author_words(text: str, field: str, references: Mapping[str, Prose], contexts: Iterable[Context] = ()) -> Prose:
    """An author's words about a problem of a kind, whose contexts say what its names are.

    Raises:
        DeriveError: a formula cannot be read, or a reference is to nothing.
    """
    known = Vocabulary()
    for context in contexts:
        known = Vocabulary.of(context)

    def reader(formula: str) -> Term:
        return read(formula, known).term

    try:
        return wording(text, reader, references=references)
    except DeriveError as error:
        raise DeriveError(f"{field}: {error}") from None
