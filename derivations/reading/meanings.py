"""Which of a document's commands mean one thing throughout, so that what is checked is what TeX shows.

TeX's definitions hold from where they stand to the end of their group, and may change what any sign means. Nothing is run here, so a formula is read only
where that makes no difference: a command that is defined twice, inside a group, after its use or by means that are not followed is blotted out, and a formula
with a blot in it is unread.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Collection, Iterator
from typing import Final

from derivations.language.record import record
from derivations.reading.braces import matching_brace
from derivations.reading.macros import Delimited, Macro, definition_at
from derivations.reading.pieces import SIGNS, WIDE
from derivations.reading.symbols import MACRO_OF, SIZES, SPACING, TEXT_COMMANDS, UNICODE
from derivations.reading.tokens import BLOT, Token

_FOLLOWED: Final = (
    "newcommand|renewcommand|providecommand|DeclareRobustCommand|(?:re)?newrobustcmd|DeclareMathOperator|DeclarePairedDelimiter(?:XPP|X)?|def|gdef|let"
    "|(?:New|Renew|Provide|Declare)DocumentCommand"
)
_DEFINER: Final = re.compile(
    rf"\\(?P<how>{_FOLLOWED}|[ex]def|futurelet|mathchardef|chardef"
    r"|DeclareMathSymbol|DeclareMathAccent|DeclareMathDelimiter|DeclareMathAlphabet|DeclareSymbolFontAlphabet)(?![A-Za-z@])\*?\s*(?:\{\s*)?"
    r"(?P<name>\\(?!csname(?![A-Za-z@]))[A-Za-z@]+|\\[^A-Za-z\s])"
    r"|\\(?:[egx]?def|let)\s*\\csname\s*(?P<built>[A-Za-z@]+)\s*\\endcsname|\\@namedef\s*\{(?P<named>[A-Za-z@]+)\}"
)
_PAIRS: Final = {"DeclarePairedDelimiter": 2, "DeclarePairedDelimiterX": 3, "DeclarePairedDelimiterXPP": 5}
_GROUPS: Final = re.compile(
    r"\\begin\s*\{(?P<opened>[^{}]*)\}|\\end\s*\{(?P<closed>[^{}]*)\}|(?P<begin>\\(?:begingroup|bgroup)(?![A-Za-z]))|(?P<end>\\(?:endgroup|egroup)(?![A-Za-z]))"
    r"|\\.|(?P<open>\{)|(?P<close>\})", re.DOTALL,
)  # fmt: skip
_STYLE: Final = r"\s{0,9}\{\s{0,9}(?:\\(?:displaystyle|textstyle|color\s{0,9}\{[A-Za-z0-9!:.-]{0,99}\})\s{0,9}){1,9}\}"
_TABLES: Final = re.compile(
    rf"\\(?:catcode(?!\s*`?\\?@|\s*64)|mathcode|delcode|everymath(?!{_STYLE})|everydisplay(?!{_STYLE})|scantokens)(?![A-Za-z])"
)
"""What changes the meaning of signs themselves, from here on. The sign ``@`` does not occur in formulas; a style or a colour of all formulas changes none."""
_CHANGING: Final = ("\\catcode", "\\mathcode", "\\delcode", "\\everymath", "\\everydisplay", "\\scantokens")


def _set(words: str) -> frozenset[str]:
    return frozenset(f"\\{word}" for word in words.split())


_ACTED_ON_FIRST: Final = frozenset(
    (*SIGNS, *WIDE, *SPACING, *SIZES, *TEXT_COMMANDS, *_set("left right middle not \\ tag phantom hphantom vphantom color mathcolor intertext"))
)
"""Commands that are acted on before the document's own are put in."""
_KEPT: Final = frozenset(("\\[", "\\]", "\\(", "\\)", "\\begin", "\\end"))
"""Without these no display would be found; a document that redefines them is told about at its first formula."""
_BUILT_IN: Final = frozenset((*SIGNS, *MACRO_OF.values()))


@record
class _Definition:
    name: str
    start: int
    local: bool
    macro: Macro | None
    sure: bool = True
    """TeX carries it out, whatever was defined before and whichever conditions hold."""


def uncertain(text: str, without_definitions: str, markdown: bool) -> tuple[frozenset[str], int]:
    """The commands of a document whose meaning is not one and certain, and from where on one of its commands may have changed what signs mean.

    ``without_definitions``: the same text, as long, its definitions blanked.
    """
    found: dict[str, list[_Definition]] = {}
    for one in _definitions(text):
        found.setdefault(one.name, []).append(one)
    if not found:
        return frozenset(), len(text)
    bodies = {name: {t.text for d in each if d.macro for t in (*d.macro.body, *_of_rule(d.macro))} for name, each in found.items()}
    first_use = _through_bodies(_first_uses(without_definitions, found), bodies)
    doubtful = {
        name
        for name, each in found.items()
        if (len({(d.macro.arity, d.macro.body, d.macro.default, d.macro.rule) if d.macro else None for d in each}) > 1
        and not (all(d.sure for d in each) and each[-1].start < first_use.get(name, len(text))))  # else the last one holds
        or any(d.macro is None or (d.local and not markdown) for d in each)
        or first_use.get(name, len(text)) < each[0].start
        or (name in _ACTED_ON_FIRST and not all(_means_the_same(name, d.macro) for d in each))
    }
    while more := {name for name, used in bodies.items() if name not in doubtful and used & doubtful}:
        doubtful |= more
    return frozenset(doubtful - _KEPT), min((first_use.get(name, len(text)) for name in _CHANGING), default=len(text))


def _of_rule(macro: Macro) -> tuple[Token, ...]:
    rule = macro.rule
    return (*rule.before, *rule.left, *rule.body, *rule.right, *rule.after) if isinstance(rule, Delimited) else ()


def _definitions(text: str) -> Iterator[_Definition]:
    depth = _Depth(text)
    conditional = _conditional(text)
    for match in _DEFINER.finditer(text):
        name = match["name"] or f"\\{match['built'] or match['named']}"
        followed = match["how"] and re.fullmatch(_FOLLOWED, match["how"])
        if match["how"] in ("providecommand", "ProvideDocumentCommand") and name in _BUILT_IN:  # TeX leaves the meaning that it has
            followed = None
        if name in _BUILT_IN and _inside(match.start(), conditional):  # where the condition fails, TeX leaves it too
            followed = None
        macro = definition_at(text, match.start()) if followed else None
        sure = match["how"] not in ("providecommand", "ProvideDocumentCommand") and not _inside(match.start(), conditional)
        yield _Definition(name, match.start(), depth.at(match.start()) > 0 and match["how"] != "gdef", macro, sure)


def only_definitions(text: str) -> str:
    """The text of a package, as long as before: its definitions, with the groups and conditions that they stand in, and what changes the meaning of signs.

    Whatever else stands there is not the document's.
    """
    kept: list[tuple[int, int]] = []
    at = depth = 0
    for found in _KEPT_OF_A_PACKAGE.finditer(text):
        if found.start() < at:
            continue
        at = found.end()
        if found["name"]:
            at = _end_of_definition(text, found)
            if "@" not in found["name"]:
                kept.append((found.start(), at))
            continue
        depth += (found["opens"] is not None) - (found["closes"] is not None and depth > 0)
        if found["kept"]:
            kept.append(found.span())
    out: list[str] = []
    at = 0
    for start, end in kept:
        out += [re.sub(r"[^\n]", " ", text[at:start]), text[start:end]]
        at = end
    return "".join([*out, re.sub(r"[^\n]", " ", text[at:]), "}" * depth])


_LOADING: Final = r"\\(?:(?:RequirePackage|LoadClass)(?:WithOptions)?|usepackage|input)(?![A-Za-z@])\s*(?:\[[^\]]{0,2000}\])?\s*\{[^{}]{0,1000}\}"
_KEPT_OF_A_PACKAGE: Final = re.compile(
    rf"\\let\s*\\if[A-Za-z@]*\s*=?\s*\\[A-Za-z@]+|\\newif\s*\\[A-Za-z@]+|(?P<kept>{_TABLES.pattern}[^\n]{{0,60}}|{_LOADING}|\\(?:if(?!f(?![A-Za-z@]))[A-Za-z@]*|fi|else)(?![A-Za-z@])"
    rf"|(?P<opens>\\(?:begingroup|bgroup)(?![A-Za-z@])|\{{)|(?P<closes>\\(?:endgroup|egroup)(?![A-Za-z@])|\}}))|{_DEFINER.pattern}|\\.",
    re.DOTALL,
)


def _end_of_definition(text: str, found: re.Match[str]) -> int:
    """Behind the last group of a definition; right behind its name where that is not found."""
    end = found.end()
    how = found["how"] or ""
    if how == "let":
        copied = re.compile(r"\s*=?\s*(?:\\[A-Za-z@]+|\\?\S)").match(text, end)
        return end if copied is None else copied.end()
    at = end
    for _ in range(_PAIRS.get(how, 2 if how.endswith("DocumentCommand") else 1)):
        before = re.compile(r"\s*\}?(?:\s*\[[^\]]{0,500}\]|\s*#\d)*\s*(?=\{)").match(text, at)
        close = -1 if before is None else matching_brace(text, before.end(), before.end() + 20_000)
        if close < 0:
            return end
        at = close + 1
    return at


_CONDITION: Final = re.compile(r"\\newif\s*\\[A-Za-z@]+|\\(?:(?P<opens>if(?!f(?![A-Za-z@]))[A-Za-z@]*)(?!\s*\{)|(?P<closes>fi))(?![A-Za-z@])")


def _conditional(text: str) -> list[tuple[int, int]]:
    """What stands between an ``\\if...`` and its ``\\fi``, the outermost, in order; conditions are not decided here."""
    opened: list[int] = []
    found: list[tuple[int, int]] = []
    for match in _CONDITION.finditer(text):
        if match["opens"]:
            opened.append(match.start())
        elif match["closes"] and opened:
            start = opened.pop()
            while found and found[-1][0] > start:
                found.pop()
            found.append((start, match.start()))
    return found


def _inside(place: int, spans: list[tuple[int, int]]) -> bool:
    at = bisect(spans, (place,)) - 1
    return at >= 0 and place < spans[at][1]


class _Depth:
    """How many groups are open at a place; asked for places in order."""

    def __init__(self, text: str) -> None:
        self.pieces = _GROUPS.finditer(text)
        self.ahead = next(self.pieces, None)
        self.depth = 0

    def at(self, place: int) -> int:
        while self.ahead is not None and self.ahead.start() < place:
            piece = self.ahead
            if piece["open"] or piece["begin"] or piece["opened"] not in (None, "document"):
                self.depth += 1
            elif piece["close"] or piece["end"] or piece["closed"] not in (None, "document"):
                self.depth = max(0, self.depth - 1)
            self.ahead = next(self.pieces, None)
        return self.depth


def _first_uses(text: str, names: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for match in _any_of(names).finditer(text):
        found.setdefault(match[0], match.start())
    return found


def _through_bodies(direct: dict[str, int], bodies: dict[str, set[str]]) -> dict[str, int]:
    """The first uses, where what uses a command uses those in its body as well."""
    found: dict[str, int] = {}
    for name in sorted(direct, key=direct.__getitem__):
        waiting = [name]
        while waiting:
            used = waiting.pop()
            if used not in found:
                found[used] = direct[name]
                waiting.extend(bodies.get(used, ()))
    return found


def _any_of(names: Collection[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(name) + "(?![A-Za-z])" * name[-1].isalpha() for name in sorted(names, key=len, reverse=True)))


def _means_the_same(name: str, macro: Macro | None) -> bool:
    """Whether a relation is only given another look: ``\\renewcommand{\\le}{\\leqslant}``."""
    if name not in SIGNS or macro is None or macro.arity or len(macro.body) != 1:
        return False
    body = macro.body[0].text
    spelled = UNICODE.get(body, body).strip()
    return SIGNS.get(spelled, spelled) == SIGNS[name]


def blotted(text: str, names: Collection[str]) -> str:
    """The text of a formula, as long as before, with these commands blotted out; a relation sign that is one of them stays, between sides that are."""
    if not names:
        return text
    pattern = _any_of(names)
    if any(match[0] in SIGNS for match in pattern.finditer(text)):
        return without_signs(text)
    return pattern.sub(lambda match: BLOT * len(match[0]), text)


def changed_signs(text: str) -> int:
    """From where on signs may mean something else than they show; the length of the text if nowhere. A change in a group before the document is over there."""
    begin = text.find("\\begin{document}")
    depth = _Depth(text)
    return next((m.start() for m in _TABLES.finditer(text) if m.start() >= begin or not depth.at(m.start())), len(text))


def without_signs(text: str) -> str:
    """The text with its letters and numbers blotted out, so that whatever stands there is unread and nothing of it is lost."""
    return re.sub(r"\\[A-Za-z]+|[^\W_]", lambda match: match[0] if match[0][0] == "\\" else BLOT, text)
