"""Displays and formulas in the line as chains of relations: rows, columns, continuation rows, reasons, conditions.

``a &= b \\\\ &= c, \\quad x > 0`` is one chain a = b = c and one condition. Every side keeps where it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from derivations.language.record import record
from derivations.reading.pieces import Item, ItemKind, items
from derivations.reading.wordlists import word_set

ARROWS: Final = frozenset(("=>", "<=>", "<=="))
EQUIVALENT: Final = re.compile(r"\W*(?:if\s+and\s+only\s+if|iff|(?:precisely|exactly)\s+when|is\s+equivalent\s+to|or\s+equivalently)\W*", re.IGNORECASE)
"""Words between two formulas that say what the arrow with two heads says."""
ALSO: Final = re.compile(r"\W*(?:also|even|still)\s+(?:for|if|when)\b", re.IGNORECASE)
"""Words beside a relation before a condition under which it is said to hold as well."""
DECLARING: Final = frozenset(("in", "notin", "subset", "subseteq", "~", "->", "|->", ":", "perp", "mid", "supset", "supseteq", "ni", "asymp"))
"""Signs of a chain that says what something is, and claims no value."""
BOUNDS: Final = frozenset(("<", "<=", ">", ">=", "!=", "in", "notin", "<<", ">>"))


@record
class Side:
    """One side of a relation: its text as written (without line ends and columns), and its offsets."""

    text: str
    start: int
    end: int


@record
class Link:
    """A relation sign: canonical (``<=``) and as written (``\\le``); ``note``: what stands over it."""

    sign: str
    written: str
    start: int
    note: str = ""


class Role(Enum):
    CLAIM = "claim"
    CONDITION = "condition"  # a domain beside a formula: ``, \quad 0 < x < 1``
    NAMELESS = "expression"  # no relation at all


@record
class Aside:
    """Words about a name beside a formula: ``\\text{for } x \\text{ positive}``. ``lead``: the words before the name; ``name`` and ``words``: offsets."""

    lead: str
    start: int
    name: tuple[int, int]
    words: tuple[int, int]


@record
class Chain:
    """``sides[0] links[0] sides[1] ...``.

    ``cue``: the words before it (``where``). ``arrow``: how it hangs on the chain before it (``=>``, ``<=>``), else empty.
    ``row``: the row of the display in which it begins. ``headless``: it begins with its relation sign and there is nothing before it.
    ``link_rows``: the row of each link. ``reasons``: (row, words) pairs. ``label``: of its ``\\label`` or ``\\tag``. ``system``: it stands
    in a system, beside the chains before and after it, and follows from none of them; ``embedded``: in one that is part of a formula.
    ``dropped``: single words at the end of a side that were taken for remarks, and may be factors. ``units``: those right behind a number.
    """

    sides: tuple[Side, ...]
    links: tuple[Link, ...]
    row: int = 1
    role: Role = Role.CLAIM
    cue: str = ""
    arrow: str = ""
    headless: bool = False
    link_rows: tuple[int, ...] = ()
    reasons: tuple[tuple[int, str], ...] = ()
    labels: tuple[tuple[int, str], ...] = ()
    system: str = ""
    dropped: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    asides: tuple[Aside, ...] = ()


@dataclass
class _Open:
    """A chain under construction: sides as lists of spans."""

    sides: list[list[tuple[int, int]]]
    links: list[Link]
    row: int
    role: Role = Role.CLAIM
    cue: str = ""
    arrow: str = ""
    headless: bool = False
    link_rows: list[int] = field(default_factory=list)
    reasons: list[tuple[int, str]] = field(default_factory=list)
    labels: list[tuple[int, str]] = field(default_factory=list)
    system: str = ""


@record
class _Piece:
    """What stands between two separators of a row; ``before`` is the separator: ``""`` (row start), ``column``, ``comma``, ``space``."""

    items: tuple[Item, ...]
    before: str
    cue: str = ""

    @property
    def relation(self) -> bool:
        return any(item.kind is ItemKind.RELATION for item in self.items)

    @property
    def starts_relation(self) -> bool:
        return bool(self.items) and self.items[0].kind is ItemKind.RELATION

    @property
    def dangling(self) -> bool:
        """Whether it ends in the middle: after a relation sign or an operator."""
        return bool(self.items) and self.items[-1].kind in (ItemKind.RELATION, ItemKind.OPERATOR)


CUES: Final = word_set(
    "and or where with so hence thus therefore then since because as by for if when whenever let put define assuming suppose given we i.e. e.g. but "
    "while such that implies giving gives using from iff which note all else otherwise is are denote"
)
_ENDINGS: Final = ("\\,", "\\;", "\\:", "\\!", "\\>", "\\ ", "\\qedhere", "\\blacksquare", "\\square", "\\nonumber", "\\notag")
_LEADING: Final = re.compile(r"\A(?:\s|\\[,;:!>]|\\ |~|\{\}|\\(?:displaystyle|textstyle|nonumber|notag)(?![A-Za-z]))+")


def trimmed(text: str) -> str:
    """A side without the punctuation and the spaces at its end."""
    while True:
        ending = next((e for e in _ENDINGS if text.endswith(e)), "")
        shorter = text.removesuffix(ending) if ending else text.rstrip(" \t\n.,;~")
        if shorter.endswith("\\") and not ending and shorter != text:  # the stripped mark was a command: \\, or \\;
            return shorter[:-1].rstrip() if text[len(shorter):len(shorter) + 1] in ",; " else text
        if shorter == text:
            return text
        text = shorter


def chains(text: str, start: int, end: int, environment: str = "", shorthands: dict[str, str] | None = None) -> tuple[Chain, ...]:
    """The chains of ``text[start:end]``, in the order in which they begin. ``environment``: the name of the display's environment, or empty."""
    builder = _Builder(text, environment)
    row: list[Item] = []
    for item in items(text, start, end, shorthands):
        if item.kind is ItemKind.SYSTEM:
            builder.row(row)
            builder.enter(item.value)
            row = []
        elif item.kind in (ItemKind.ROW, ItemKind.BREAK):
            builder.row(row)
            row = [item] if item.kind is ItemKind.BREAK else []
        else:
            row.append(item)
    builder.row(row)
    return builder.finished()


class _Builder:
    def __init__(self, text: str, environment: str) -> None:
        self.text = text
        self.environment = environment.rstrip("*")
        self.done: list[_Open] = []
        self.current: _Open | None = None
        self.dangling = False
        self.number = 0
        self.cue = ""
        self.system = ""
        self.dropped: list[tuple[int, str]] = []
        self.units: list[tuple[int, str]] = []
        self.asides: list[tuple[int, Aside]] = []
        self.in_line = environment in ("$", "\\(", "math")

    def row(self, row_items: list[Item]) -> None:
        """Read one row. An empty row changes nothing."""
        self.number += 1
        marks = [item for item in row_items if item.kind is ItemKind.MARK]
        for item in row_items:
            if item.kind is ItemKind.BREAK:
                self.cue = item.value
        kept = [item for item in row_items if item.kind not in (ItemKind.MARK, ItemKind.BREAK)]
        if [item.kind for item in kept[:2]] == [ItemKind.COLUMN] * 2 and all(item.kind in (ItemKind.COLUMN, ItemKind.WORDS) for item in kept):
            if self.current is not None:  # words that go on in the column of reasons
                self.current.reasons.append((self.number, " ".join(item.value for item in kept if item.kind is ItemKind.WORDS)))
            return
        pieces = self._joined(self._pieces(kept))
        led_by_column = bool(kept) and kept[0].kind is ItemKind.COLUMN
        main: _Open | None = None
        for k, piece in enumerate(pieces):
            self._piece(piece, first=k == 0, led_by_column=led_by_column)
            main = self.current if k == 0 else main
        beside = all(piece.before in ("comma", "space") and not piece.dangling for piece in pieces[1:])
        defining = all(item.value == ":=" for piece in pieces[1:] for item in piece.items if item.kind is ItemKind.RELATION)
        if main is not None and main.links and beside and (pieces[0].starts_relation or defining):
            self.current = main  # "= g(s), s := a + b" and in the next row "= h(s)": that goes on with g(s)
        if self.current is not None:
            self.current.labels.extend((self.number, mark.value) for mark in marks)
        if pieces:
            self.dangling = pieces[-1].dangling

    def enter(self, how: str) -> None:
        """A system of relations begins or ends: what comes now goes on with nothing before it."""
        self.system = "" if how == "end" else how
        self.current, self.dangling = None, False

    def _pieces(self, row_items: list[Item]) -> list[_Piece]:
        """Cut at every second column, at commas, wide spaces and joining words."""
        pieces: list[_Piece] = []
        held: list[Item] = []
        before, column, cue = "", 0, ""

        def cut(separator: str, words: str = "") -> None:
            nonlocal held, before, cue
            if held or cue:
                pieces.append(_Piece(tuple(held), before, cue))
                before, cue = separator, ""
            elif pieces and (before != "comma"):
                before = separator
            held = []
            cue = words or cue

        for k, item in enumerate(row_items):
            match item.kind:
                case ItemKind.COLUMN:
                    column += 1
                    if column % 2 == 0 and self.environment not in ("eqnarray", "IEEEeqnarray"):
                        cut("column")
                case ItemKind.COMMA:
                    cut("comma")
                case ItemKind.SPACE:
                    cut("space")
                case ItemKind.WORDS if self._is_cue(item, held, row_items[k + 1:k + 2]):
                    cut("space", item.value)
                case _:
                    held.append(item)
        cut("")
        return pieces

    @staticmethod
    def _is_cue(item: Item, held: list[Item], following: list[Item]) -> bool:
        """Whether words join formulas (``and``, ``where``) instead of naming a quantity (``Total parameters = ...``)."""
        first = re.match(r"[\s(,;]*([A-Za-z.]+)", item.value)
        if first is None or first[1].lower() not in CUES:
            return False
        return not (not held and following and following[0].kind is ItemKind.RELATION)

    def _joined(self, pieces: list[_Piece]) -> list[_Piece]:
        """Put together what only looks separate: lists before a relation, ``i = 1, \\dots, n``, a sum over two columns."""
        out: list[_Piece] = []
        for piece in self._listed(pieces):
            last = out[-1] if out else None
            if last is None or (piece.cue and (piece.relation or not piece.items)):
                out.append(piece)
            elif last.cue and not last.items and piece.relation and not piece.starts_relation:  # a wide space on both sides of the word that joins
                out[-1] = replace(piece, before=last.before, cue=last.cue)
            elif not piece.items:
                continue
            elif last.dangling or piece.starts_relation or (self._operator_first(piece) and last.items):
                out[-1] = replace(last, items=(*last.items, *piece.items))
            elif piece.relation:
                if last.relation or not last.items or piece.before != "comma" or self._reason(last):
                    out.append(piece)
                else:
                    out[-1] = replace(last, items=(*last.items, *piece.items))
            elif self._reason(piece) and (piece.before != "comma" or self._aside(piece) is not None or self._is_mark(piece)):
                out.append(piece)
            elif piece.before in ("comma", "column") and not piece.cue:
                out[-1] = replace(last, items=(*last.items, *piece.items))
            else:
                out.append(piece)
        return out

    def _listed(self, pieces: list[_Piece]) -> list[_Piece]:
        """The names before words about them in one piece: ``A, B \\text{ square}``."""
        out: list[_Piece] = []
        for piece in pieces:
            if out and piece.before == "comma" and self._aside(piece) is not None:
                while len(out) > 1 and out[-1].before and not out[-1].cue and _SIMPLE.fullmatch(self._text([(i.start, i.end) for i in out[-1].items])):
                    listed = out.pop()
                    piece = replace(listed, items=(*listed.items, *piece.items))
            out.append(piece)
        return out

    @staticmethod
    def _operator_first(piece: _Piece) -> bool:
        return bool(piece.items) and piece.items[0].kind is ItemKind.OPERATOR and piece.before not in ("space", "comma")

    def _reason(self, piece: _Piece) -> bool:
        """Whether a piece is a reason or a number: ``(P^T P = I)``, ``(1)``, words, ``\\because``."""
        kinds = {item.kind for item in piece.items}
        if ItemKind.RELATION in kinds:
            return self.text.startswith("\\because", piece.items[0].start)
        if kinds <= {ItemKind.BRACKET, ItemKind.WORDS}:
            return len(piece.items) == 1 or ItemKind.WORDS in kinds
        return ItemKind.WORDS in kinds and ItemKind.OPERATOR not in kinds

    def _aside(self, piece: _Piece) -> Aside | None:
        """What a piece without a relation says in words of a name, perhaps in a bracket: ``\\quad n \\text{ even}``, ``(t \\text{ real})``."""
        inside = piece.items
        if len(inside) == 1 and inside[0].kind is ItemKind.BRACKET and self.text[inside[0].start] == "(":
            inside = items(self.text, inside[0].start + 1, inside[0].end - 1)
        if len(inside) < 2 or inside[-1].kind is not ItemKind.WORDS or any(i.kind in (ItemKind.RELATION, ItemKind.OPERATOR) for i in inside):
            return None
        lead = inside[0].value if inside[0].kind is ItemKind.WORDS else ""
        named, words = inside[1 if lead else 0:-1], inside[-1]
        written = self.text[named[0].start:named[-1].end].strip() if named else ""
        if not _SIMPLE.fullmatch(written) or not _DESCRIBING.match(self.text, named[-1].end, words.end):
            return None
        return Aside(f"{piece.cue} {lead}".strip(), inside[0].start, (named[0].start, named[-1].end), (words.start, words.end))

    def _is_mark(self, piece: _Piece) -> bool:
        """A number of points at the end of a row, set apart by a wide space: ``, \\qquad [2]``."""
        if len(piece.items) != 1 or piece.items[0].kind is not ItemKind.BRACKET:
            return False
        one = piece.items[0]
        apart = _WIDE_BEFORE.search(self.text, max(one.start - 40, 0), one.start) is not None
        return apart and _POINTS.fullmatch(self.text, one.start, one.end) is not None

    def _bound(self, piece: _Piece) -> tuple[Item, ...]:
        """What bounds a variable in a bracket of its own behind a formula: ``\\qquad (j \\ge 1)``; nothing for any other piece."""
        behind = "".join(self.text[item.start:item.end] for item in piece.items[1:])
        if not piece.items or behind.strip(" .,;") or piece.items[0].kind is not ItemKind.BRACKET or piece.before not in ("space", "column"):
            return ()
        bracket = piece.items[0]
        if self.text[bracket.start] != "(" or self.text[bracket.end - 1] != ")":
            return ()
        inside = items(self.text, bracket.start + 1, bracket.end - 1)
        signs = {item.value for item in inside if item.kind is ItemKind.RELATION}
        return inside if signs and signs <= BOUNDS else ()

    def _words(self, span_items: tuple[Item, ...]) -> str:
        if not span_items:
            return ""
        if len(span_items) == 1 and span_items[0].kind is ItemKind.WORDS:
            return span_items[0].value.strip()
        return self.text[span_items[0].start:span_items[-1].end].strip()

    def _piece(self, piece: _Piece, first: bool, led_by_column: bool) -> None:
        if not first and self.current is not None and (bound := self._bound(piece)):
            self._chain(bound, "", "for", False, led_by_column, beside=True)
            return
        if not first and (self._reason(piece) or (not piece.relation and piece.before in ("space", "column") and not self.dangling)):
            if self.current is not None:
                self.current.reasons.append((self.number, f"{piece.cue} {self._words(piece.items)}".strip()))
                aside = self._aside(piece)
                self.asides.extend([] if aside is None else [(self.number, aside)])
            return
        parts = self._split_at_arrows(piece.items)
        for k, (arrow, part) in enumerate(parts):
            cue = (piece.cue or self.cue) if k == 0 else ""
            self.cue = self.cue if k else ""
            self._chain(part, arrow, cue, first and k == 0, led_by_column, beside=not first)
            self.dangling = bool(part) and part[-1].kind in (ItemKind.RELATION, ItemKind.OPERATOR)

    @staticmethod
    def _split_at_arrows(piece: tuple[Item, ...]) -> list[tuple[str, tuple[Item, ...]]]:
        parts: list[tuple[str, list[Item]]] = [("", [])]
        for item in piece:
            if item.kind is ItemKind.RELATION and item.value in ARROWS:
                parts.append((item.value, []))
            else:
                parts[-1][1].append(item)
        return [(arrow, tuple(part)) for arrow, part in parts if part or arrow]

    def _chain(self, part: tuple[Item, ...], arrow: str, cue: str, first: bool, led_by_column: bool, beside: bool) -> None:
        if not cue and part and part[0].kind is ItemKind.WORDS and ALSO.match(part[0].value):
            cue = part[0].value
        part, reason = self._without_reason(self._without_lead(part))
        if not part:
            if arrow and self.current is not None:  # an arrow at the end of a row: it hangs the next row on this one
                self.current = None
                self.pending_arrow = arrow
            elif reason and self.current is not None:
                self.current.reasons.append((self.number, reason))
            return
        arrow = arrow or self.pending_arrow or ("<=>" if EQUIVALENT.fullmatch(cue) else "")
        self.pending_arrow = ""
        sides, links = self._sides(part)
        last = self.current
        begins_relation = part[0].kind is ItemKind.RELATION
        continues = first and not arrow and last is not None and last.role is not Role.CONDITION and self._continues(part, bool(links), led_by_column)
        if last is not None and not arrow and (begins_relation or continues):
            if begins_relation and last.links and not last.sides[-1] and links and links[0].sign == last.links[-1].sign:
                last.sides.pop()  # "a = (new row) = b": the sign is written where the row ends and again where the next one begins
                last.links.pop()
                last.link_rows.pop()
            if not begins_relation:
                last.sides[-1].extend(sides[0])
            if links and last.role is Role.NAMELESS:
                last.role = Role.CLAIM
            last.sides.extend(sides[1:])
            last.links.extend(links)
            last.link_rows.extend(self.number for _ in links)
            if reason:
                last.reasons.append((self.number, reason))
            return
        role = Role.CLAIM if links else Role.NAMELESS
        if beside and not arrow and links and self._is_condition(sides, links, last, cue):
            role = Role.CONDITION
        opened = _Open(sides, links, self.number, role, cue, arrow, begins_relation, [self.number for _ in links], system=self.system)
        if reason:
            opened.reasons.append((self.number, reason))
        self.done.append(opened)
        if role is not Role.CONDITION or self.current is None:
            self.current = opened

    pending_arrow: str = ""

    def _continues(self, part: tuple[Item, ...], has_links: bool, led_by_column: bool) -> bool:
        """Whether the row goes on with the last side of the row before."""
        if self.dangling:
            return True
        sign = self.text[part[0].start:part[0].end]
        starts_operator = part[0].kind is ItemKind.OPERATOR
        if starts_operator and sign != "-":
            return True
        if has_links:
            return False
        return starts_operator or led_by_column or self.environment in ("multline", "split", "dmath")

    def _is_condition(self, sides: list[list[tuple[int, int]]], links: list[Link], last: _Open | None, cue: str) -> bool:
        """Whether a piece beside a formula bounds a variable instead of claiming something."""
        if last is None or last.role is Role.NAMELESS:
            return False
        signs = {link.sign for link in links}
        dots = any("dots" in self._text(side) for side in sides)
        if signs == {"="} and not dots and re.match(r"\W*where\b", cue):
            return False  # it says what a name is
        if re.match(r"\W*(for|if|when|where|with|provided|whenever|as|on|given|all)\b", cue):
            return True
        if signs & {"in", "notin", "~"} or (cue == "" and signs <= BOUNDS and any(_SIMPLE.fullmatch(self._text(side)) for side in sides)):
            return True
        return signs == {"="} and dots

    def _without_reason(self, part: tuple[Item, ...]) -> tuple[tuple[Item, ...], str]:
        """Words at the end of a complete side are a remark, unless they are a factor or a whole side."""
        if len(part) < 2 or part[-1].kind is not ItemKind.WORDS:
            return part, ""
        if part[-2].kind in (ItemKind.OPERATOR, ItemKind.RELATION, ItemKind.WORDS) or self._is_unit(part):
            return part, ""
        word = part[-1].value.strip()
        if re.fullmatch(r"[A-Za-z-]+", word):
            (self.units if self.text[part[-2].start:part[-2].end].isdigit() else self.dropped).append((self.number, word))
        return part[:-1], word

    @staticmethod
    def _without_lead(part: tuple[Item, ...]) -> tuple[Item, ...]:
        """Without a sentence before a formula: ``\\text{The second path is } p_2 = x``. A name in words stands before a sign."""
        if len(part) < 2 or part[0].kind is not ItemKind.WORDS or part[1].kind in (ItemKind.OPERATOR, ItemKind.RELATION):
            return part
        return part[1:] if len(part[0].value.split()) > 2 else part

    def _is_unit(self, part: tuple[Item, ...]) -> bool:
        """Whether the word at the end of a side stands behind a number, and on the side before as well: ``16 GiB = 2 \\cdot 8 GiB``."""
        word = part[-1].value.strip()
        if not word.isalpha() or not self.text[part[-2].start:part[-2].end].isdigit():
            return False
        before = self.text[part[0].start:part[-1].start]
        if part[0].kind is ItemKind.RELATION and self.current is not None:
            before += self._text(self.current.sides[-1])
        return re.search(rf"\{{\s*{word}\s*\}}", before) is not None

    def _sides(self, part: tuple[Item, ...]) -> tuple[list[list[tuple[int, int]]], list[Link]]:
        sides: list[list[tuple[int, int]]] = [[]]
        links: list[Link] = []
        for k, item in enumerate(part):
            if item.kind is not ItemKind.RELATION:
                stop = item.end
                if k + 1 < len(part) and part[k + 1].kind is not ItemKind.RELATION:  # spaces and thin spaces between two items stay
                    between = self.text[item.end:part[k + 1].start]
                    stop = item.end if "&" in between or "\\\\" in between or "\\begin" in between or "\\end" in between else part[k + 1].start
                if sides[-1] and sides[-1][-1][1] == item.start:
                    sides[-1][-1] = (sides[-1][-1][0], stop)
                else:
                    sides[-1].append((item.start, stop))
                continue
            written = self.text[item.start:item.end].strip()
            if links and not sides[-1]:  # two signs in a row: ``= \\ =`` or ``:\,=``
                links[-1] = replace(links[-1], note=f"{links[-1].note} {item.note}".strip())
                if links[-1].sign == ":" and item.value == "=":
                    links[-1] = replace(links[-1], sign=":=", written=f"{links[-1].written}{written}")
                continue
            links.append(Link(item.value, written, item.start, item.note))
            sides.append([])
        return sides, links

    def _text(self, spans: list[tuple[int, int]]) -> str:
        joined = " ".join(self.text[a:b] for a, b in spans)
        return _LEADING.sub("", trimmed(re.sub(r"\\(?:label|tag\*?)\{[^{}]*\}|\\(?:nonumber|notag)(?![A-Za-z])", "", joined))).strip()

    def _side(self, spans: list[tuple[int, int]], fallback: int) -> Side:
        if not spans:
            return Side("", fallback, fallback)
        first, last = spans[0][0], spans[-1][1]
        skipped = _LEADING.match(self.text[first:spans[0][1]])
        first += skipped.end() if skipped else 0
        return Side(self._text(spans), first, last)

    def finished(self) -> tuple[Chain, ...]:
        out: list[Chain] = []
        for one in self.done:
            sides = [self._side(spans, one.links[max(k - 1, 0)].start if one.links else 0) for k, spans in enumerate(one.sides)]
            links, rows = list(one.links), list(one.link_rows)
            while links and not sides[-1].text and (self.in_line or len(links) > 1):  # a formula that ends in its relation sign
                sides.pop()
                links.pop()
                rows.pop()
            role = Role.NAMELESS if not links and one.role is Role.CLAIM else one.role
            out.append(
                Chain(
                    tuple(sides), tuple(links), one.row, role, one.cue, one.arrow, one.headless and bool(links), tuple(rows), tuple(one.reasons),
                    tuple(one.labels), one.system, tuple(word for row, word in self.dropped if row in {one.row, *rows}),
                    tuple(word for row, word in self.units if row in {one.row, *rows}),
                    tuple(aside for row, aside in self.asides if row in {one.row, *rows}),
                )
            )
        return tuple(out)


_SIMPLE: Final = re.compile(r"\|?\s*(?:\\[A-Za-z]+|[A-Za-z])(?:'|_(?:\w|\{[^{}]*\}|\\[A-Za-z]+))?\s*\|?(?:\s*,\s*(?:\\[A-Za-z]+|[A-Za-z])(?:_\w)?)*")
_DESCRIBING: Final = re.compile(r"\s*\\(?:text|mbox|textrm|textnormal|mathrm)\s*\{(?:\s|~|\\ )+(?:an?\s|[a-z]{2})")
"""Words set apart from the name before them; ``N\\text{ours}`` is one name."""
_WIDE_BEFORE: Final = re.compile(r"(?:\\q?quad|\\hfill|\\hspace\*?\{[^{}]*\}|&)\s*\Z")
_POINTS: Final = re.compile(r"[\[(]\s*\d+(?:\s*(?:\\text\{)?\s*(?:pts?|points?|marks?|Punkte?)\.?\s*\}?)?\s*[\])]")
