"""The outermost level of a display: relation signs, row ends, columns, commas, words. What stands in brackets, braces or inner environments is opaque."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from itertools import takewhile
from typing import Final

from derivations.language.record import record
from derivations.reading.braces import brace_pairs
from derivations.reading.symbols import RELATION_SIGNS, TEXT_COMMANDS, UNICODE, WRAPPERS
from derivations.reading.wordlists import word_set


class ItemKind(Enum):
    ROW = "row end"
    COLUMN = "column"
    RELATION = "relation"
    OPERATOR = "operator"
    COMMA = "comma"
    SPACE = "wide space"
    WORDS = "words"
    BREAK = "words between rows"
    SYSTEM = "a system of relations begins or ends"
    MARK = "label or number"
    BRACKET = "brackets"
    PLAIN = "the rest"


@record
class Item:
    """``start``/``end`` in the text. ``value``: the relation sign of a RELATION, the words of WORDS, the name of a MARK's label.

    ``note``: the words over a sign.
    """

    kind: ItemKind
    start: int
    end: int
    value: str = ""
    note: str = ""


SIGNS: Final = {
    **RELATION_SIGNS, "\\therefore": "=>", "\\leadsto": "=>", "\\Leftarrow": "<=", "\\impliedby": "<==", "\\Longleftarrow": "<==", "\\colon": ":",
    "\\lesssim": "<~", "\\gtrsim": ">~", "\\doteq": "=.", "\\supset": "supset", "\\supseteq": "supseteq", "\\preceq": "preceq", "\\succeq": "succeq",
    "\\succ": "succ", "\\prec": "prec", "\\leqq": "<=", "\\geqq": ">=", "\\asymp": "asymp", "\\coloneqq": ":=", "\\eqqcolon": "=:", "\\ni": "ni",
    "\\xrightarrow": "->", "\\hookrightarrow": "->", "\\Leftrightarrow": "<=>", "\\mapsto": "|->", "\\equiv": "equiv",
}
SIGNS["\\Leftarrow"] = "<=="
UNICODE_SIGNS: Final = {letter: SIGNS[macro] for letter, macro in UNICODE.items() if macro in SIGNS}
OPERATORS: Final = word_set(
    "\\cdot \\times \\odot \\otimes \\ast \\star \\circ \\pm \\mp \\oplus \\div \\cup \\cap \\wedge \\vee \\land \\lor \\setminus \\bmod"
)
WIDE: Final = frozenset(("\\quad", "\\qquad", "\\hspace", "\\hspace*", "\\hfill", "\\enspace"))
SIZES: Final = word_set("\\tiny \\scriptsize \\footnotesize \\small \\normalsize \\large \\Large \\scriptstyle \\scriptscriptstyle \\boldmath")
UNWRAPPED: Final = {"\\boxed": 0, "\\fbox": 0, "\\textcolor": 1, "\\colorbox": 1, "\\mathcolor": 1, "\\ensuremath": 0, "\\Aboxed": 0, "\\tcbhighmath": 0}
"""Commands around a whole line that are looked into, with the number of arguments before what they show."""

_TOKEN = re.compile(
    r"(?P<begin>\\begin\s*\{(?P<opened>[A-Za-z]+\*?)\}(?:\s*\[[a-z]\])?)|(?P<end>\\end\s*\{(?P<closed>[A-Za-z]+\*?)\})"
    r"|(?P<row>\\\\\*?(?:[ \t]*\[\s*-?[\d.]+\s*\\?[A-Za-z]*\s*\])?|\\cr(?![A-Za-z])|\\tabularnewline)"
    r"|(?P<delimiter>\\(?:left|right)(?![A-Za-z])\s*(?:\\[A-Za-z]+|\\.|[^\s\\]))|(?P<command>\\[A-Za-z]+\*?)|(?P<escape>\\.)"
    r"|(?P<ascii>:[ ]{0,2}=|=:|<=>|==|=|<|>)|(?P<open>[(\[])|(?P<close>[)\]])|(?P<brace>[{}])|(?P<column>&)|(?P<comma>[,;])|(?P<sign>[-+/*])|(?P<word>[^\s\\])",
    re.DOTALL,
)
_OPENERS: Final = {"\\{": "\\}", "\\lbrace": "\\}", "\\langle": "\\rangle", "\\lfloor": "\\rfloor", "\\lceil": "\\rceil",
    "\\lVert": "\\rVert", "\\lvert": "\\rvert"}
_CLOSERS: Final = {**{closer: closer for closer in _OPENERS.values()}, "\\rbrace": "\\}"}
_ASCII: Final = {"=": "=", "==": "=", ":=": ":=", "=:": "=:", "<": "<", ">": ">", "<=>": "<=>"}


def items(text: str, start: int, end: int, shorthands: dict[str, str] | None = None, depth: int = 0) -> tuple[Item, ...]:
    """The items of ``text[start:end]`` at its outermost level, in order. Total: what does not balance is taken as it stands."""
    scan = _Scan(text, start, end, shorthands or {}, depth)
    scan.run()
    found = joined([*scan.collapsed()])
    over = start
    for first, stop in sorted(set(scan.embedded)):
        if first < over:
            continue  # where brackets do not balance, one lies in another: it is read with that, and the work stays linear
        over = stop
        found.append(Item(ItemKind.SYSTEM, stop, stop, "embedded"))
        found.extend(items(text, first, stop, shorthands, depth + 1))
        found.append(Item(ItemKind.SYSTEM, stop, stop, "end"))
    return tuple(found)


JOINS: Final = {"\\land": "and", "\\wedge": "and", "\\lor": "or", "\\vee": "or"}
_APART: Final = frozenset((ItemKind.ROW, ItemKind.COMMA, ItemKind.SPACE, ItemKind.WORDS, ItemKind.BREAK, ItemKind.SYSTEM))


def joined(found: list[Item]) -> list[Item]:
    """The items with words for the signs that join relations: ``y_1 = 1 \\land y_2 = 0``. Between terms (``a \\land b = b \\land a``) they stay."""
    before = {k for k, item in enumerate(found) if item.kind is ItemKind.OPERATOR and item.value in JOINS and _related(found[:k][::-1])}
    return [
        Item(ItemKind.WORDS, item.start, item.end, JOINS[item.value]) if k in before and _related(found[k + 1:]) else item for k, item in enumerate(found)
    ]


def _related(there: list[Item]) -> bool:
    """Whether a relation stands before the next end of a formula or sign that joins."""
    for item in there:
        if item.kind in _APART or (item.kind is ItemKind.OPERATOR and item.value in JOINS):
            return False
        if item.kind is ItemKind.RELATION:
            return not item.value.endswith("=>") and item.value not in ("<==", "->", "|->")
    return False


_DEEPEST: Final = 3


class _Scan:
    """First a list of items with the brackets that open and close among them; then what stands between matching brackets is collapsed."""

    def __init__(self, text: str, start: int, end: int, shorthands: dict[str, str], depth: int) -> None:
        self.text = text
        self.depth = depth
        self.braces = brace_pairs(text, start, end)
        self.start = start
        self.end = end
        self.shorthands = shorthands
        self.found: list[Item] = []
        self.open: list[tuple[str, int]] = []  # (what closes it, index of the item that opens it)
        self.pairs: dict[int, int] = {}
        self.unwrapped: set[int] = set()
        self.braced = -1
        self.embedded: list[tuple[int, int]] = []
        """Where systems stand that are parts of formulas."""
        self.systems: set[int] = set()
        """Where environments stand that hold relations of one system: their ends, and the brackets around them, show nothing."""

    def run(self) -> None:
        at = self.start
        while (token := _TOKEN.search(self.text, at, self.end)) is not None:
            at = self._take(token)

    def _add(self, kind: ItemKind, start: int, end: int, value: str = "", note: str = "") -> None:
        self.found.append(Item(kind, start, end, value, note))

    def _take(self, token: re.Match[str]) -> int:
        start, end = token.span()
        if token["begin"]:
            return self._environment(token)
        if start in self.systems:
            if not token["end"]:
                return end
            self._row(start)
            self._add(ItemKind.SYSTEM, start, end, "end")
            return end
        if token["end"]:
            return end
        if token["row"]:
            self._forget_brackets_before_relation(end)
            self._add(ItemKind.ROW, start, end)
        elif token["delimiter"]:
            if token[0].startswith("\\left") and self._around_a_system(end):
                return end
            if token[0].startswith("\\left"):
                self._opens("\\right", start, end)
            else:
                self._closes("\\right", start, end)
        elif token["command"]:
            return self._command(token["command"], start, end)
        elif token["escape"]:
            if token["escape"] in _OPENERS:
                self._opens(_OPENERS[token["escape"]], start, end)
            elif token["escape"] in _CLOSERS:
                self._closes(token["escape"], start, end)
            elif token["escape"] not in ("\\,", "\\;", "\\:", "\\!", "\\ ", "\\>", "\\/", "\\-"):
                self._add(ItemKind.PLAIN, start, end)
        elif token["open"]:
            self._opens(")", start, end)
        elif token["close"]:
            self._closes(")", start, end)
        elif token["brace"] == "{":
            close = -1 if start in self.unwrapped else self.braces.get(start, -1)
            if close >= 0 and self._row_begins() and self._shows_relations(start + 1, close):
                return end
            if close >= 0:
                self._add(ItemKind.PLAIN, start, close + 1)
                return close + 1
        elif token["brace"]:
            return end
        elif token["ascii"]:
            self._add(ItemKind.RELATION, start, end, _ASCII[token["ascii"].replace(" ", "")])
        elif token["column"]:
            self._add(ItemKind.COLUMN, start, end)
        elif token["comma"]:
            self._comma(start, end)
        elif token["sign"]:
            self._add(ItemKind.OPERATOR, start, end, token["sign"])
        elif token["word"] in UNICODE_SIGNS:
            self._add(ItemKind.RELATION, start, end, UNICODE_SIGNS[token["word"]])
        else:
            self._add(ItemKind.PLAIN, start, end)
            if token["word"] in "^_":  # what is raised or lowered belongs to its base: x_< is no relation
                return self._script(end)
        return end

    def _script(self, at: int) -> int:
        found = re.compile(r"\s*(?:\\[A-Za-z]+|\\.|[^\s{\\])").match(self.text, at, self.end)
        if found is None:
            return at
        self._add(ItemKind.PLAIN, at, found.end())
        return found.end()

    def _comma(self, start: int, end: int) -> None:
        grouping = re.compile(r"\d,\d{3}(?!\d)").match(self.text, start - 1, min(self.end, start + 5)) if start > self.start else None
        self._add(ItemKind.PLAIN if grouping and self.text[start] == "," else ItemKind.COMMA, start, end)

    def _environment(self, token: re.Match[str]) -> int:
        name = token["opened"]
        if token.start() != self.braced and (name.rstrip("*") in _TRANSPARENT or name in WRAPPERS):
            if self.open:
                self._embedded(token, self._environment_end(name, token.end()))
            if name.startswith(("alignat", "alignedat", "IEEE")):
                found = re.compile(r"\s*\{[^{}]*\}").match(self.text, token.end(), self.end)
                return token.end() if found is None else found.end()
            return token.end()
        close = self._environment_end(name, token.end())
        if self._row_begins() and self._is_system(token, close):
            return self._system(token, close)
        self._embedded(token, close)
        self._add(ItemKind.PLAIN, token.start(), close)
        return close

    def _embedded(self, token: re.Match[str], close: int) -> None:
        """Note a system that is a part of a formula: its relations are listed too."""
        if self.depth < _DEEPEST and self._is_system(token, close):
            self.embedded.append((self._after_arguments(token.end()), self.text.rfind("\\end", token.end(), close)))

    # -- what stands at the beginning of a row and holds relations of its own ---------------------------------------------------------

    def _row_begins(self) -> bool:
        """Whether nothing of a formula stands before this in the row."""
        last = next((item for item in reversed(self.found) if item.kind is not ItemKind.SPACE), None)
        return self.depth < _DEEPEST and not self.open and (last is None or last.kind in (ItemKind.ROW, ItemKind.BREAK, ItemKind.MARK, ItemKind.SYSTEM))

    def _shows_relations(self, start: int, end: int) -> bool:
        """Whether the inside of braces holds relations at its outermost level."""
        inside = items(self.text, start, end, self.shorthands, self.depth + 1)
        return any(item.kind is ItemKind.RELATION for item in inside)

    def _is_system(self, token: re.Match[str], close: int) -> bool:
        """Whether the rows of an environment are relations, and not values with conditions beside them or the entries of an array."""
        first = self._after_arguments(token.end())
        stop = self.text.rfind("\\end", first, close)
        if stop < 0:
            return False
        parts: list[list[ItemKind]] = [[]]
        related = False
        for item in (*items(self.text, first, stop, self.shorthands, self.depth + 1), Item(ItemKind.ROW, stop, stop)):
            if item.kind in (ItemKind.COLUMN, ItemKind.COMMA, ItemKind.SPACE, ItemKind.WORDS):
                parts.append([])
            elif item.kind in (ItemKind.ROW, ItemKind.BREAK):
                if parts[0] and ItemKind.RELATION not in parts[0] and any(ItemKind.RELATION in part[1:] and part[0] is not ItemKind.RELATION for part in parts):
                    return False  # a value and the condition for it
                related |= any(ItemKind.RELATION in part for part in parts)
                parts = [[]]
            elif item.kind is not ItemKind.MARK:
                parts[-1].append(item.kind)
        return related

    def _after_arguments(self, at: int) -> int:
        """Behind the column letters of an array and the name of a numbered case distinction."""
        found = re.compile(r"(?:\s*\[[^\]]*\])?(?:\s*\{[^{}]*\})?").match(self.text, at, self.end)
        return at if found is None else found.end()

    def _system(self, token: re.Match[str], close: int) -> int:
        self._row(token.start())
        self._add(ItemKind.SYSTEM, token.start(), token.end(), "begin")
        stop = self.text.rfind("\\end", token.end(), close)
        self.systems.add(stop)
        closing = re.compile(r"\s*\\right(?![A-Za-z])\s*(?:\\[A-Za-z]+|\\.|[^\s\\])").match(self.text, close, self.end)
        if closing is not None:
            self.systems.add(self.text.index("\\right", close))
        return self._after_arguments(token.end())

    def _row(self, at: int) -> None:
        if self.found and self.found[-1].kind is not ItemKind.ROW:
            self._add(ItemKind.ROW, at, at)

    def _around_a_system(self, end: int) -> bool:
        """Whether what follows ``\\left\\{`` is an environment of relations, and nothing else before ``\\right``."""
        token = _TOKEN.match(self.text, re.compile(r"\s*").match(self.text, end, self.end).end(), self.end)  # type: ignore[union-attr]
        if token is None or not token["begin"] or not self._row_begins():
            return False
        close = self._environment_end(token["opened"], token.end())
        closing = re.compile(r"\s*\\right(?![A-Za-z])").match(self.text, close, self.end)
        if closing is None or not self._is_system(token, close):
            return False
        self.braced = token.start()
        return True

    def _environment_end(self, name: str, at: int) -> int:
        depth = 1
        for found in re.compile(rf"\\(begin|end)\s*\{{{re.escape(name)}\}}").finditer(self.text, at, self.end):
            depth += 1 if found[1] == "begin" else -1
            if depth == 0:
                return found.end()
        return self.end

    def _command(self, name: str, start: int, end: int) -> int:
        resolved = self.shorthands.get(name, "")
        if name.rstrip("*") != name and name not in WIDE | {"\\tag*", "\\operatorname*"}:
            name, end = name[:-1], end - 1
        if name in ("\\big", "\\Big", "\\bigg", "\\Bigg", "\\limits", "\\nolimits", "\\displaystyle", "\\textstyle", "\\nonumber", "\\notag"):
            return end
        if name in SIZES:
            return end
        if name in SIGNS:
            if name == "\\xrightarrow":
                end = self._argument(end)[1]
            self._add(ItemKind.RELATION, start, end, SIGNS[name])
        elif resolved in SIGNS or resolved in _ASCII:
            self._add(ItemKind.RELATION, start, end, SIGNS.get(resolved) or _ASCII[resolved])
        elif name in ("\\overset", "\\stackrel", "\\underset") or resolved.startswith(("\\overset", "\\stackrel", "\\mathrel")):
            return self._decorated(resolved, start, end)
        elif name in ("\\mathrel", "\\mathop", "\\mathbin") and self._sign_in(self._argument(end)):
            inside = self._argument(end)
            self._add(ItemKind.RELATION, start, inside[1], self._sign_in(inside))
            return inside[1]
        elif name == "\\not":
            found = re.compile(r"\s*(=|\\in(?![A-Za-z])|\\equiv|<|>|\\[A-Za-z]+)").match(self.text, end, self.end)
            self._add(ItemKind.RELATION, start, end if found is None else found.end(), {"=": "!=", "\\in": "notin"}.get(found[1], "!=") if found else "!=")
            return end if found is None else found.end()
        elif name in OPERATORS:
            self._add(ItemKind.OPERATOR, start, end, name)
        elif name in WIDE:
            stop = self._argument(end)[1] if name.startswith("\\hspace") else end
            self._add(ItemKind.SPACE, start, stop)
            return stop
        elif name in TEXT_COMMANDS:
            first, stop = self._argument(end)
            self._add(ItemKind.WORDS, start, stop, self.text[first:stop].strip("{}"))
            return stop
        elif name in ("\\intertext", "\\shortintertext"):
            first, stop = self._argument(end)
            self._add(ItemKind.BREAK, start, stop, self.text[first:stop].strip("{}"))
            return stop
        elif name in ("\\label", "\\tag", "\\tag*"):
            first, stop = self._argument(end)
            self._add(ItemKind.MARK, start, stop, self.text[first:stop].strip("{}"), name.rstrip("*")[1:])
            return stop
        elif name in UNWRAPPED:
            return self._unwrap(name, start, end)
        elif name in _OPENERS:
            self._opens(_OPENERS[name], start, end)
        elif name in _CLOSERS:
            self._closes(_CLOSERS[name], start, end)
        elif name == "\\forall" and not self.open and self._is_said_behind():
            self._add(ItemKind.WORDS, start, end, "for all")
        elif name in ("\\text", "\\vspace", "\\color", "\\vphantom", "\\phantom"):
            return self._argument(end)[1]
        else:
            self._add(ItemKind.PLAIN, start, end)
        return end

    def _is_said_behind(self) -> bool:
        """Whether a quantifier stands behind a relation of its row: it says for what that is claimed, as "for all" does (``|x| = x \\quad \\forall x > 0``)."""
        row = list(takewhile(lambda item: item.kind is not ItemKind.ROW, reversed(self.found)))
        quantified = any(item.kind is ItemKind.PLAIN and self.text.startswith(("\\forall", "\\exists"), item.start) for item in row)
        return not quantified and any(item.kind is ItemKind.RELATION for item in row)

    def _argument(self, at: int) -> tuple[int, int]:
        """(start, end) of the braced argument that follows, or of the next character; (at, at) when there is none."""
        found = re.compile(r"\s*(?:\[[^\]]*\]\s*)?").match(self.text, at, self.end)
        begin = at if found is None else found.end()
        if begin >= self.end:
            return at, at
        if self.text[begin] != "{":
            command = re.compile(r"\\[A-Za-z]+|\\.|.").match(self.text, begin, self.end)
            return begin, begin + 1 if command is None else command.end()
        close = self.braces.get(begin, -1)
        return (begin, close + 1) if close >= 0 else (at, at)

    def _sign_in(self, span: tuple[int, int]) -> str:
        inside = self.text[span[0]:span[1]].strip()
        inside = inside[1:-1].strip() if inside.startswith("{") else inside
        if inside.startswith(("\\overset", "\\stackrel", "\\underset")) and self.depth < _DEEPEST:
            inner = items(inside, 0, len(inside), depth=self.depth + 1)
            return inner[0].value if inner and inner[0].kind is ItemKind.RELATION else ""
        return SIGNS.get(inside) or _ASCII.get(inside) or UNICODE_SIGNS.get(inside) or ""

    def _decorated(self, resolved: str, start: int, end: int) -> int:
        """``\\overset{(a)}{=}``: the sign with a note; a macro for ``\\stackrel{\\mathrm{def}}{=}`` is a definition sign."""
        if resolved:
            inner = items(resolved, 0, len(resolved))
            sign = inner[0] if inner and inner[0].kind is ItemKind.RELATION else None
        else:
            first = self._argument(end)
            second = self._argument(first[1])
            value = self._sign_in(second)
            note = self.text[first[0]:first[1]].strip("{} ")
            sign = Item(ItemKind.RELATION, start, second[1], value, note) if value else None
            end = second[1] if second[1] > end else end
        if sign is None:
            self._add(ItemKind.PLAIN, start, end)
            return end
        value = ":=" if sign.value == "=" and re.search(r"def|\\triangle|:", sign.note) else sign.value
        value = "=?" if sign.value == "=" and sign.note in ("!", "?") else value
        self._add(ItemKind.RELATION, start, end, value, sign.note)
        return end

    def _unwrap(self, name: str, start: int, end: int) -> int:
        at = end
        for _ in range(UNWRAPPED[name]):
            at = self._argument(at)[1]
        first, stop = self._argument(at)
        inside = items(self.text, first + 1, stop - 1, depth=self.depth + 1) if self.depth < _DEEPEST and stop > first + 1 and self.text[first] == "{" else ()
        if any(item.kind in (ItemKind.RELATION, ItemKind.COLUMN) for item in inside):
            self.unwrapped.add(first)
            return first
        self._add(ItemKind.PLAIN, start, max(stop, end))
        return max(stop, end)

    def _opens(self, closer: str, start: int, end: int) -> None:
        self.open.append((closer, len(self.found)))
        self._add(ItemKind.BRACKET, start, end)

    def _closes(self, closer: str, start: int, end: int) -> None:
        k = len(self.open) - 1
        if closer != "\\right":  # a plain bracket never closes past a \left
            while k >= 0 and self.open[k][0] not in (closer, "\\right"):
                k -= 1
            if k < 0 or self.open[k][0] != closer:
                self._add(ItemKind.PLAIN, start, end)
                return
        else:
            while k >= 0 and self.open[k][0] != "\\right":
                k -= 1
        if k >= 0:
            self.pairs[self.open[k][1]] = len(self.found)
            del self.open[k:]
        self._add(ItemKind.PLAIN, start, end)

    def _forget_brackets_before_relation(self, at: int) -> None:
        """A row that begins with a relation sign is not inside a bracket of the row before: that bracket was left open by mistake."""
        found = _STARTS_RELATION.match(self.text, at, self.end)
        if found is not None:
            self.open.clear()

    def collapsed(self) -> Iterator[Item]:
        k = 0
        while k < len(self.found):
            item = self.found[k]
            close = self.pairs.get(k)
            if close is not None:
                yield Item(ItemKind.BRACKET, item.start, self.found[close].end)
                k = close + 1
                continue
            yield Item(ItemKind.PLAIN, item.start, item.end) if item.kind is ItemKind.BRACKET else item
            k += 1


_TRANSPARENT: Final = word_set(
    "equation align alignat aligned alignedat gather gathered split multline multlined eqnarray flalign displaymath dmath IEEEeqnarray "
    "subequations"
)
_STARTS_RELATION = re.compile(r"[\s&]*(?:=|<|>|\\(?:le|ge|leq|geq|approx|propto|Rightarrow|implies|iff|Leftrightarrow|lt|gt|sim|equiv)(?![A-Za-z]))")
