"""Documents as LaTeX: a whole file for pdflatex (or lualatex, xelatex), with nothing in the margin."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from string import Template

from derivations.kernel.verdict import Strength
from derivations.language.term import Term
from derivations.reading.symbols import PRODUCT_MACROS
from render.breaking import Line, broken
from render.document import (
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
    Row,
    Strong,
    Table,
    Text,
)
from render.latex_text import characters, escape, inside_text
from render.measure import width
from render.notation.latex import latex, latex_sign
from render.notation.style import PLAIN, Style

MARKS = {
    Strength.CERTIFIED: r"\blacksquare",
    Strength.PROVED: r"\bullet",
    Strength.EXHAUSTED: r"\circledcirc",
    Strength.SAMPLED: r"\circ",
    Strength.ASSUMED: r"\vartriangle",
}

# In em of the 11pt main font: the text is 160 mm wide, a quarter of it holds the reasons.
_LINE = 39.0
_REASON = 0.27
_BESIDE = 27.0  # a formula up to this width has its reason beside it
_LEFT = 9.0  # a wider left side stands on a line of its own
_INDENT = 2.0
_QUAD = r"\quad "
_ALIGN, _END_ALIGN = "\\begin{align*}\n", "\n\\end{align*}\n"


class _Page(Template):
    delimiter = "%%"


def document(doc: Document, style: Style = PLAIN) -> str:
    """The document as a complete ``.tex`` file."""
    writer = _Writer(style)
    body = writer.blocks(doc.blocks)
    title = escape(doc.title)
    subtitle = "  \\smallskip " + r" \quad ".join(map(escape, doc.subtitle)) + "\\par\n" if doc.subtitle else ""
    page = _Page(files("render").joinpath("templates/sheet.tex").read_text("utf-8"))
    return page.substitute(
        title=title, subtitle=subtitle, body=body, reasonwidth=f"{_REASON}", characters=characters(doc.title + "".join(doc.subtitle) + body)
    )


def fragment(blocks: tuple[Block, ...], style: Style = PLAIN) -> str:
    """Blocks without a preamble, for a document that has this module's template as its preamble."""
    return _Writer(style).blocks(blocks)


def chain_body(chain: Chain, style: Style = PLAIN) -> str:
    """The lines of a chain for use in ``aligned``, for MathJax and KaTeX too: reasons as text in a third column, no macros of ours, no marks."""
    lines = []
    for row in chain.rows:
        start = latex(row.lhs, style) if row.lhs is not None else ""
        sign = latex_sign(row.relation.value) if row.relation is not None else ""
        if row.links_formulas:
            start, sign = f"{sign}{_QUAD}", ""
        words = "".join(i.text for i in row.reason if isinstance(i, Text | Strong | Code))
        reason = f" && \\text{{{inside_text(words)}}}" if words else ""
        lines.append(f"{start} &{sign} {latex(row.rhs, style)}{reason}".strip())
    return " \\\\\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Writer:
    style: Style

    def blocks(self, blocks: tuple[Block, ...]) -> str:
        """Blocks one after another. A display belongs to the paragraph before it, and neighbouring displays are rows of one."""
        found: list[str] = []
        for block, after in zip(blocks, (*blocks[1:], None), strict=True):
            text = self.block(block)
            if isinstance(block, Display) and found and found[-1].endswith(_END_ALIGN):
                found[-1] = found[-1].removesuffix(_END_ALIGN) + r" \\" + text.removeprefix(_ALIGN)
            else:
                found.append(text)
            if not (isinstance(block, Paragraph | Caption | Display) and isinstance(after, Display | Chain)):
                found.append("\n")
        return "".join(found)

    def block(self, block: Block) -> str:
        match block:
            case Paragraph(inlines):
                return f"{self.line(inlines)}\n"
            case Caption(inlines):
                return f"\\stepcaption{{{self.line(inlines)}}}\n"
            case Display(term):
                return _ALIGN + " \\\\\n".join(self.display(term)) + _END_ALIGN
            case Chain(rows):
                return _ALIGN + " \\\\\n".join(self.chain(rows)) + _END_ALIGN
            case Items(items):
                return "\\begin{plainlist}\n" + "".join(f"\\item {self.line(item)}\n" for item in items) + "\\end{plainlist}\n"
            case Table():
                return self.table(block)
            case Question(blocks):
                return f"\\begin{{question}}\n{self.blocks(blocks).strip()}\n\\end{{question}}\n"
            case Boxed(label, blocks):
                return f"\\begin{{answer}}{{{escape(label)}}}\n{self.blocks(blocks).strip()}\n\\end{{answer}}\n"
            case Figure(_, description):
                return f"% figure: {escape(description)}\n"
            case Part(_, heading, blocks, new_page):
                before = "\\clearpage\n" if new_page else "\\needspace{9\\baselineskip}\n"
                return f"{before}\\section*{{{escape(heading)}}}\n{self.blocks(blocks)}"

    def line(self, inlines: Inlines) -> str:
        found = []
        for inline in inlines:
            match inline:
                case Text(text):
                    found.append(escape(text))
                case Strong(text):
                    found.append(f"\\textbf{{{escape(text)}}}")
                case Code(text):
                    found.append(f"\\texttt{{{escape(text)}}}")
                case Math(term):
                    found.append(f"${latex(term, self.style)}$")
                case Mark(strength):
                    found.append(f"\\known{{{MARKS[strength]}}}")
        return "".join(found)

    def display(self, term: Term) -> list[str]:
        """The rows of a display; a relation keeps its left side on the first row unless that is long."""
        first, *rest = broken(term, _LINE - 3, _LINE - 3 - _INDENT, width)
        rows = ["& " + self.fitted(first.term, _LINE - 3)]
        if rest and rest[0].joint == "relation" and width(first.term) <= _LEFT:
            left, *sides = broken(term, 0, _LINE - 3 - _LEFT, width)
            first, *rest = sides
            rows = [f"& {self.fitted(left.term, _LEFT)} {self.continued(first, '')}"]
        return [*rows, *(f"& {self.continued(line, _QUAD)}" for line in rest)]

    def continued(self, line: Line, indent: str) -> str:
        formula = self.fitted(line.term, _LINE - 3)
        match line.joint:
            case "relation":
                return f"{indent}{latex_sign(line.sign)} {formula}"
            case "sum":
                return f"{indent}{{}}{'' if line.sign == '-' else '+ '}{formula}"
            case "product":
                return f"{indent}{{}}{PRODUCT_MACROS[line.product]} {formula}" if line.sign else f"{indent}{formula}"
            case "":
                return formula

    def fitted(self, term: Term, room: float) -> str:
        """The formula, set smaller when it is wider than there is room for."""
        printed = latex(term, self.style)
        return printed if width(term) <= room else f"\\fitted{{{0.95 * room / _LINE:.2f}}}{{{printed}}}"

    def chain(self, rows: tuple[Row, ...]) -> list[str]:
        left = max((width(row.lhs) for row in rows if row.lhs is not None and width(row.lhs) <= _LEFT), default=0.0)
        lines: list[str] = []
        for row in rows:
            start = ""
            if row.lhs is not None:
                start = latex(row.lhs, self.style)
                if width(row.lhs) > _LEFT:
                    lines += self.own_line(row.lhs)
                    start = ""
            sign = latex_sign(row.relation.value) if row.relation is not None else ""
            if row.links_formulas:
                start, sign = f"{sign}{_QUAD}", ""
            room = (_BESIDE if width(row.rhs) <= _BESIDE - left - 1.4 else _LINE - 3) - left - 1.4
            first, *rest = broken(row.rhs, room, room - _INDENT, width)
            found = [f"{start} & {sign} {self.fitted(first.term, _LINE - left - 3)}"]
            found += [f" & {self.continued(line, _QUAD)}" for line in rest]
            if row.reason or row.evidence is not None:
                mark = MARKS[row.evidence.strength] if row.evidence is not None else ""
                found[-1] += f" \\why{{{self.line(row.reason)}}}{{{mark}}}"
            lines += found
        return lines

    def own_line(self, lhs: Term) -> list[str]:
        first, *rest = broken(lhs, _LINE - 4, _LINE - 4 - _INDENT, width)
        moved = "\\MoveEqLeft "
        return [f"{moved}{self.fitted(first.term, _LINE - 4)}", *(f"{moved}{self.continued(line, _QUAD)}" for line in rest)]

    def table(self, table: Table) -> str:
        columns = "".join("r" if number else ("X" if k == 0 else "l") for k, number in enumerate(table.numeric))

        def row(cells: tuple[Inlines, ...]) -> str:
            return " & ".join(self.line(cell) for cell in cells) + " \\\\\n"

        caption = f"\\stepcaption{{{self.line(table.caption)}}}\\par\\nopagebreak\n" if table.caption else ""
        total = "\\midrule\n" + row(table.total) if table.total is not None else ""
        body = row(table.head) + "\\midrule\n" + "".join(map(row, table.rows)) + total
        return (
            f"{caption}{{\\small\\begin{{tabularx}}{{\\linewidth}}{{@{{}}{columns}@{{}}}}\n\\toprule\n{body}\\bottomrule\n\\end{{tabularx}}\\par}}\n"
        )
