"""Blocks as the little XHTML that every platform shows, with formulas in LaTeX (which platforms hand to MathJax) or in MathML.

All words go through ``quoted``, or ``quoted_for_mathjax`` where a platform looks for formulas and for fields of its own in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Final

from derivations.language.record import record
from derivations.language.term import Term
from render.document import (
    Blanks,
    Block,
    Boxed,
    Caption,
    Chain,
    Code,
    Display,
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
)
from render.marks import MARKS
from render.notation.latex import latex, latex_sign
from render.notation.mathml import mathml_row, mathml_sign
from render.notation.style import Style

_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, in whatever way it is written."""
_ACTING: Final = re.compile(r"(?<=\\)(?=[()\[\]A-Za-z])|(?<=\$)(?=\$)|(?<=\[)(?=\[)|(?<=\{)(?=[@#=~:%])|(?<=@)(?=@)|(?<=%)(?=%)")
"""Between these two signs a platform begins a formula (``\\(``, ``$$``, ``\\begin``), a field (``[[input:``, ``{@x@}``) or a file (``@@PLUGINFILE@@``)."""
_JOINER: Final = "\N{WORD JOINER}"
_MATHML: Final = "http://www.w3.org/1998/Math/MathML"


def quoted(words: str) -> str:
    """Words for the text and the attributes of an XML document: nothing in them is markup."""
    return escape(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", words), quote=True)


def quoted_for_mathjax(words: str) -> str:
    """Words for XHTML in which a platform looks for formulas and fields: an invisible sign stands inside what would begin one."""
    return quoted(_ACTING.sub(_JOINER, words))


def latex_formula(term: Term, style: Style, *, display: bool = False) -> str:
    """A formula between the signs by which MathJax knows it. What a platform would take for a field of its own is taken apart by an empty group."""
    return _delimited(latex(term, style), display)


def _delimited(source: str, display: bool) -> str:
    inside = re.sub(r"(?<=\{)(?=[@#])|(?<=\[)(?=\[)|(?<=\])(?=\])", "{}", source)
    return quoted(rf"\[{inside}\]" if display else rf"\({inside}\)")


def mathml_formula(term: Term, style: Style, *, display: bool = False) -> str:
    """A formula as an element that needs no entity and no style sheet."""
    return _element(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", mathml_row(term, style)), display)


def _element(row: str, display: bool) -> str:
    return f'<math xmlns="{_MATHML}" display="{"block" if display else "inline"}">{row}</math>'


@record
class Markup:
    """How a platform wants words and formulas: ``words`` quotes, ``formula`` and ``line`` (a relation sign and a formula) write mathematics."""

    words: Callable[[str], str]
    formula: Callable[[Term, bool], str]
    line: Callable[[str, Term], str]

    def blocks(self, blocks: tuple[Block, ...]) -> str:
        """Blocks one after another."""
        return "".join(map(self.block, blocks))

    def block(self, block: Block) -> str:
        match block:
            case Paragraph(inlines):
                return f"<p>{self.inlines(inlines)}</p>"
            case Caption(inlines):
                return f"<p><strong>{self.inlines(inlines)}</strong></p>"
            case Display(term):
                return f"<p>{self.formula(term, True)}</p>"
            case Chain(rows):
                return f"<table><tbody>{''.join(map(self.row, rows))}</tbody></table>"
            case Items(items):
                return f"<ul>{''.join(f'<li>{self.inlines(item)}</li>' for item in items)}</ul>" if items else ""
            case Table():
                return self.table(block)
            case Question(inside):
                return self.blocks(inside)
            case Boxed(label, inside):
                return f"<p><strong>{self.words(label)}</strong></p>{self.blocks(inside)}"
            case Part(_, heading, inside):
                return f"<p><strong>{self.words(heading)}</strong></p>{self.blocks(inside)}"
            case Figure() | Space() | Blanks() | Told():
                return ""

    def inlines(self, inlines: Inlines) -> str:
        """Words with formulas."""
        found = []
        for inline in inlines:
            match inline:
                case Text(text):
                    found.append(self.words(text))
                case Strong(text):
                    found.append(f"<strong>{self.words(text)}</strong>")
                case Code(text):
                    found.append(f"<code>{self.words(text)}</code>")
                case Math(term):
                    found.append(self.formula(term, False))
                case Ref(text):
                    found.append(self.words(text))
                case Mark(strength):
                    found.append(MARKS[strength])
        return "".join(found)

    def row(self, row: Row) -> str:
        left = "" if row.lhs is None else self.formula(row.lhs, False)
        right = self.line("" if row.relation is None else row.relation.value, row.rhs)
        reason = f"\N{EM SPACE}{self.inlines(row.reason)}" if row.reason else ""  # platforms set cells without a gap
        return f"<tr><td>{left}</td><td>{right}</td><td>{reason}</td></tr>"

    def table(self, table: Table) -> str:
        def line(cells: tuple[Inlines, ...], tag: str) -> str:
            return f"<tr>{''.join(f'<{tag}>{self.inlines(cell)}</{tag}>' for cell in cells)}</tr>"

        caption = f"<caption>{self.inlines(table.caption)}</caption>" if table.caption else ""
        rows = (*table.rows, *(() if table.total is None else (table.total,)))
        return f"<table>{caption}<thead>{line(table.head, 'th')}</thead><tbody>{''.join(line(cells, 'td') for cells in rows)}</tbody></table>"


def for_mathjax(style: Style) -> Markup:
    """For platforms that hand LaTeX to MathJax."""

    def line(sign: str, term: Term) -> str:
        return _delimited(rf"\displaystyle {latex_sign(sign) if sign else ''} {latex(term, style)}", False)

    return Markup(quoted_for_mathjax, lambda term, display: latex_formula(term, style, display=display), line)


def for_mathml(style: Style) -> Markup:
    """For platforms that show MathML."""

    def line(sign: str, term: Term) -> str:
        return _element(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", (mathml_sign(sign) if sign else "") + mathml_row(term, style)), False)

    return Markup(quoted, lambda term, display: mathml_formula(term, style, display=display), line)
