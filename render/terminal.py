"""A problem in the terminal: formulas on one line each where they fit, a reason beside each line, a mark for how it is known.

Lines are laid out here rather than by a table, so that nothing is ever cut off and a pipe gets the same words as a screen; ``rich`` only
adds colour.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from textwrap import wrap

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text as Styled

from derivations.language.record import record
from derivations.language.term import Cases, Relation, Term
from render.breaking import Line, broken
from render.document import (
    Blanks,
    Block,
    Boxed,
    Caption,
    Chain,
    Code,
    Display,
    Document,
    Figure,
    Inlines,
    Items,
    Mark,
    Math,
    Paragraph,
    Part,
    Question,
    Ref,
    Row,
    Space,
    Strong,
    Table,
    Text,
    Told,
    filled_in,
    visible,
)
from render.figures.words import plain
from render.marks import MARKS
from render.notation.style import PLAIN, Style
from render.notation.symbols import PRODUCTS
from render.notation.text import text, text_sign

_LEFT = 18  # columns: a wider left side stands on a line of its own
_REASON = 0.36  # the share of the width that reasons get where formula and reason fit side by side
_QUIET = "dim"


def show(doc: Document, console: Console, style: Style = PLAIN) -> None:
    """Print a document. On a pipe there is no colour, and lines are as wide as ``console`` says."""
    writer = _Writer(style, max(40, console.width - 1))
    console.print(Styled(doc.title, "bold"), soft_wrap=True)
    for line in writer.blocks(doc.blocks, writer.width):
        console.print(line, soft_wrap=True, highlight=False)


@record
class _Writer:
    style: Style
    width: int

    def blocks(self, blocks: tuple[Block, ...], width: int) -> Iterator[Styled]:
        for block in visible(blocks):
            if not isinstance(block, Items | Chain):
                yield Styled()
            yield from self.block(block, width)

    def block(self, block: Block, width: int) -> Iterator[Styled]:
        """The lines of a block, at most ``width`` columns wide wherever words or formulas can be broken."""
        match block:
            case Paragraph(inlines):
                yield from self.wrapped(inlines, width)
            case Caption(inlines):
                for line in self.wrapped(inlines, width):
                    line.stylize("bold")
                    yield line
            case Display(term):
                yield from (Styled("    " + line) for line in self.display(term, width - 4))
            case Chain(rows):
                yield from self.chain(rows, width)
            case Items(items):
                for item in items:
                    for k, line in enumerate(self.wrapped(item, width - 4)):
                        yield Styled("    " if k else "  - ").append_text(line)
            case Table():
                yield from self.table(block)
            case Question(blocks):
                for line in self.inside(blocks, width - 2):
                    yield Styled("│ ", _QUIET).append_text(line)
            case Boxed(label, blocks):
                yield Styled(f"┌─ {label} " + "─" * max(0, width - len(label) - 4), "bold")
                for line in self.inside(blocks, width - 2):
                    yield Styled("│ ", "bold").append_text(line)
                yield Styled("└" + "─" * (width - 1), "bold")
            case Figure(scene):
                told = f"[{scene.title}. {plain(scene.description, self.style)}]"
                yield from (Styled(line, _QUIET) for line in wrap(told, width, break_long_words=False, break_on_hyphens=False))
            case Told():
                pass
            case Space():
                yield Styled()
            case Blanks(fields):
                yield Styled(filled_in(fields))
            case Part(_, heading, blocks, _, note):
                yield Styled(f"{heading} ({note})" if note else heading, "bold underline")
                yield from self.blocks(blocks, width)

    def inside(self, blocks: tuple[Block, ...], width: int) -> Iterator[Styled]:
        for block in visible(blocks):
            yield from self.block(block, width)

    def plain(self, inlines: Inlines) -> str:
        found = []
        for inline in inlines:
            match inline:
                case Text(words) | Strong(words) | Code(words) | Ref(words):
                    found.append(words)
                case Math(term):
                    found.append(text(term, self.style))
                case Mark(strength):
                    found.append(MARKS[strength])
        return "".join(found)

    def wrapped(self, inlines: Inlines, width: int) -> Iterator[Styled]:
        for line in wrap(self.plain(inlines), width, break_long_words=False, break_on_hyphens=False) or [""]:
            yield Styled(line)

    def measure(self, term: Term) -> float:
        return cell_len(text(term, self.style))

    def broken(self, term: Term, first: float, later: float) -> list[str]:
        """A formula as lines; a definition by cases that is too wide has a line for each case."""
        found: list[str] = []
        for line in broken(term, first, later, self.measure):
            if isinstance(line.term, Cases) and self.measure(line.term) > first:
                opening = f"{text_sign(line.sign)} " if line.sign else ""
                cases = [text(Cases((row,)), self.style).removeprefix("{").removesuffix("}") for row in line.term.rows]
                found += [(opening if not k else " " * len(opening)) + "{ " + case for k, case in enumerate(cases)]
            else:
                found.append(self.opened(line))
        return found

    def opened(self, line: Line) -> str:
        formula = text(line.term, self.style)
        match line.joint:
            case "relation":
                return f"{text_sign(line.sign)} {formula}"
            case "sum":
                return formula if line.sign == "-" else f"{line.sign} {formula}"
            case "product":
                return f"{PRODUCTS[line.product]} {formula}" if line.sign else formula
            case "":
                return formula

    def display(self, term: Term, width: int) -> list[str]:
        lines = self.broken(term, width, width - 4)
        if isinstance(term, Relation) and len(lines) > 1 and self.measure(term.items[0]) <= _LEFT:
            left = text(term.items[0], self.style) + " "
            side = term.items[1] if len(term.items) == 2 else Relation(term.items[1:], term.signs[1:])
            room = width - cell_len(left) - 2
            first, *rest = self.broken(side, room, room - 2)
            sign = text_sign(term.signs[0]) + " "
            return [f"{left}{sign}{first}", *(" " * (cell_len(left + sign) + 2 * (not line.startswith("{ "))) + line for line in rest)]
        return ["    " * bool(k) + line for k, line in enumerate(lines)]

    def chain(self, rows: tuple[Row, ...], width: int) -> Iterator[Styled]:
        lefts = [text(row.lhs, self.style) for row in rows if row.lhs is not None]
        left = max((cell_len(words) for words in lefts if cell_len(words) <= _LEFT), default=0)
        if any(row.links_formulas for row in rows):
            left = max(left, 1)
        column = int(width * (1 - _REASON))  # where the reasons begin
        for row in rows:
            start = "" if row.lhs is None else text(row.lhs, self.style)
            if cell_len(start) > _LEFT and row.lhs is not None:
                yield from (Styled(f"  {'    ' * bool(k)}{line}") for k, line in enumerate(self.broken(row.lhs, width - 2, width - 6)))
                start = ""
            sign = text_sign(row.relation.value) + " " if row.relation is not None else ""
            indent = 2 + left + (1 if left else 0)
            if row.links_formulas:
                start, sign = sign.strip(), ""
            beside = column - indent - cell_len(sign) - 2
            room = beside if self.measure(row.rhs) <= beside else width - indent - cell_len(sign)
            first, *rest = self.broken(row.rhs, room, room - 2)
            beneath = bool(left) and indent + cell_len(sign) + cell_len(first) > width  # nothing in it can be broken: it stands beneath its left side
            if beneath:
                yield from [Styled(f"  {start}")] if start else []
                indent = 4
            lines = [f"    {sign}{first}" if beneath else f"  {_padded(start, left)}{' ' if left else ''}{sign}{first}"]
            lines += [" " * (indent + cell_len(sign) + 2) + line for line in rest]
            yield from self.reasoned(lines, row, column, width)

    def reasoned(self, lines: list[str], row: Row, column: int, width: int) -> Iterator[Styled]:
        """Formula lines with the reason from the last of them on: beside it where there is room, else below."""
        mark = f"{MARKS[row.evidence.strength]} " if row.evidence is not None else ""
        words = self.plain(row.reason)
        reasons = wrap(words, width - column - 2, break_long_words=False) or ([""] if mark else [])
        if not reasons:
            yield from map(Styled, lines)
            return
        yield from map(Styled, lines[:-1])
        last = lines[-1]
        if cell_len(last) > column - 2:
            yield Styled(last)
            last = ""
        for k, reason in enumerate(reasons):
            yield Styled(_padded(last if not k else "", column)).append((mark if not k else "  ") + reason, _QUIET)

    def table(self, table: Table) -> Iterator[Styled]:
        if table.caption:
            yield Styled(self.plain(table.caption), "bold")
        rows = [table.head, *table.rows, *([table.total] if table.total is not None else [])]
        cells = [[self.plain(cell) for cell in row] for row in rows]
        widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
        room = self.width - 2 - 3 * (len(widths) - 1)
        if sum(widths) > room:  # the widest column takes several lines, broken between words alone
            widest = widths.index(max(widths))
            words = max(cell_len(word) for row in cells for word in row[widest].split() or [""])
            widths[widest] = max(words, room - sum(widths) + widths[widest])
        for k, row in enumerate(cells):
            if k == 1 or (table.total is not None and k == len(cells) - 1):
                yield Styled("  " + "─" * (sum(widths) + 3 * (len(widths) - 1)), _QUIET)
            broken_up = [wrap(c, w, break_long_words=False, break_on_hyphens=False) or [""] for c, w in zip(row, widths, strict=True)]
            for line in zip_longest(*broken_up, fillvalue=""):
                aligned = (_padded(c, w, right=n) for c, w, n in zip(line, widths, table.numeric, strict=True))
                yield Styled("  " + "   ".join(aligned).rstrip(), _QUIET if k == 0 else "")


def _padded(words: str, width: int, *, right: bool = False) -> str:
    space = " " * (width - cell_len(words))
    return space + words if right else words + space
