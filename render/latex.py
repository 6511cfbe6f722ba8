"""Documents as LaTeX: a whole file for pdflatex (or lualatex, xelatex), with nothing in the margin."""

from __future__ import annotations

from collections.abc import Sequence

from derivations.kernel.verdict import Strength
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.term import Relation, Term
from derivations.reading.symbols import PRODUCT_MACROS
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
    Line,
    Mark,
    Math,
    Page,
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
    figures,
    visible,
)
from render.figures.tikz import DRAWING, tikz
from render.latex_text import characters, escape, in_outline, inside_text
from render.look import PLAIN_LOOK, Look, built_in
from render.measure import width
from render.notation.latex import latex, latex_sign
from render.notation.style import PLAIN, Style
from render.notation.symbols import scripted
from render.notation.text import text as as_text
from render.paper import PAGE, ROOM, RULED, Laid, Paper, chain_lines, display_lines, reason_share
from render.remembered import Remembered

MARKS = {
    Strength.CERTIFIED: r"\blacksquare",
    Strength.PROVED: r"\bullet",
    Strength.EXHAUSTED: r"\circledcirc",
    Strength.CONVENTION: r"\odot",
    Strength.SAMPLED: r"\circ",
    Strength.ASSUMED: r"\vartriangle",
}

_SHORT = 12
_SMALL = 0.9  # the letters of a table, of the main font
_LETTER, _GAP, _FIRST = 0.55, 0.7, 6.0  # em: a letter of words, between columns of a table, and the least that its first column has
_TALL, _LETTERS = 30, 90  # lines, of so many letters: about half a page
_QUAD = r"\quad "
_ALIGN, _END_ALIGN = "\\begin{align*}\n", "\n\\end{align*}\n"


def document(doc: Document, style: Style = PLAIN, look: Look = PLAIN_LOOK) -> str:
    """The document as a complete ``.tex`` file. A logo is a file of its own, which must stand beside it."""
    if doc.logo is not None and doc.logo.suffix == ".svg":
        raise DeriveError("logo: LaTeX cannot read svg; give a png or jpg, or let typst make the PDF")
    writer = _Writer(style, look.paper)
    body = "".join(map(writer.page, doc.pages)) or writer.blocks(doc.blocks)
    written = doc.title + "".join(doc.subtitle) + doc.course + doc.author + doc.date + doc.header + body
    preamble = built_in("preamble.tex").rstrip().replace("%%characters", characters(written).rstrip())
    preamble = preamble.replace("%%title", in_outline(doc.title)).replace("%%language", doc.language)
    preamble += "\n" + built_in("boxes.tex").rstrip() if doc.pages else ""
    preamble += "\n" + DRAWING.rstrip() if any(figures(doc.blocks)) else ""
    header = f"\n\\runninghead{{{escape(doc.header)}}}" if doc.header else ""
    logo = f"  \\includegraphics[height=14mm]{{{doc.logo.name}}}\\par\\smallskip\n" if doc.logo is not None else ""
    subtitle = r" \quad ".join(map(escape, doc.subtitle))
    below = f"  \\smallskip {subtitle}\\par\n" if subtitle else ""
    return look.page(".tex").filled(
        {
            "title": escape(doc.title),
            "subtitle": subtitle,
            "course": escape(doc.course),
            "author": escape(doc.author),
            "date": escape(doc.date),
            "language": doc.language,
            "header": escape(doc.header),
            "logo": doc.logo.name if doc.logo is not None else "",
            "preamble": f"{preamble}{header}\n{look.style('.tex')}".rstrip(),
            "head": f"\\begin{{center}}\n{logo}  {{\\LARGE\\bfseries {escape(doc.title)}\\par}}\n{below}\\end{{center}}\n\\hrule",
            "body": body.strip(),
        }
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
        words = in_text(row.reason, style)
        reason = f" && \\text{{{inside_text(words)}}}" if words else ""
        lines.append(f"{start} &{sign} {latex(row.rhs, style)}{reason}".strip())
    return " \\\\\n".join(lines)


def in_text(inlines: Inlines, style: Style) -> str:
    """A reason as plain words: a formula between dollars inside a display is not shown by every reader of Markdown, and neither is ``\\_``, so scripts are
    characters where there are some. A short formula stays on one line."""
    return "".join(_kept(scripted(as_text(i.term, style))) if isinstance(i, Math) else i.text for i in inlines if isinstance(i, Text | Strong | Code | Math))


def _kept(formula: str) -> str:
    return formula.replace(" ", "\N{NO-BREAK SPACE}") if len(formula) <= _SHORT else formula


def _blank(field: tuple[str, str, str], first: bool) -> str:
    name, value, after = field
    line = f"\\textbf{{{escape(value)}}}\\hfill" if value else "\\hrulefill" if first else "\\shortblank"
    return f"{escape(name)}:~{line}" + (f"~{escape(after)}" if after else "")


_printed: Remembered[str] = Remembered()


@record
class _Writer:
    style: Style
    paper: Paper = PAGE

    def page(self, page: Page) -> str:
        """A page: what stands above its boxes, and then these."""
        found = [f"\\begin{{fixedpage}}{{{page.top:g}cm}}{{{page.room:g}cm}}\n{self.blocks(page.blocks).strip()}\n\\end{{fixedpage}}\n"] if page.blocks else []
        for box in page.boxes:
            place = "".join(f"{{{side:g}cm}}" for side in (box.left, box.top, box.width, box.height))
            found.append(f"\\answerbox{place}" + "".join(f"{{{escape(words)}}}" for words in (box.label, box.note, box.filled)) + "\n")
        return "".join((*found, "\\leavevmode\\clearpage\n"))

    def blocks(self, blocks: tuple[Block, ...]) -> str:
        """Blocks one after another. A display belongs to the paragraph before it, and neighbouring equations are rows of one."""
        return self.joined(blocks, [self.block(block) for block in blocks])

    @staticmethod
    def joined(blocks: tuple[Block, ...], pieces: Sequence[str]) -> str:
        """Blocks one after another. ``pieces``: each of them by itself."""
        found: list[str] = []
        for number, (block, printed) in enumerate(zip(blocks, pieces, strict=True)):
            if isinstance(block, Told):  # comments lie between blocks without parting them
                found.append(printed)
                continue
            after = next(iter(visible(blocks[number + 1 :])), None)
            before = next(iter(visible(blocks[:number][::-1])), None)
            if isinstance(block, Display) and isinstance(block.term, Relation) and isinstance(before, Display) and found and found[-1].endswith(_END_ALIGN):
                found[-1] = found[-1].removesuffix(_END_ALIGN) + r" \\" + printed.removeprefix(_ALIGN)
            else:
                found.append(printed)
            if not (isinstance(block, Paragraph | Caption | Display | Chain) and isinstance(after, Display | Chain)):
                found.append("\\nopagebreak\n\n" if isinstance(block, Caption) else "\n")
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
                return f"\\reasons{{{reason_share(rows, self.paper)}}}%\n" + _ALIGN + " \\\\\n".join(self.chain(rows)) + _END_ALIGN
            case Items(items):
                return "\\begin{plainlist}\n" + "".join(f"\\item {self.line(item)}\n" for item in items) + "\\end{plainlist}\n"
            case Table():
                return self.table(block)
            case Question(blocks):
                return self.framed("question", "", blocks)
            case Boxed(label, blocks):
                return self.framed("answer", f"{{{escape(label)}}}", blocks)
            case Figure(scene, caption):
                return f"\\begin{{drawing}}{{{self.line(caption)}}}\n{tikz(scene, self.style)}\\end{{drawing}}\n"
            case Told(lines):
                return "".join(f"% derive: {self.told(line)}\n" for line in lines)
            case Space(centimetres, ruled):
                return f"\\ruled{{{max(1, int(centimetres / RULED))}}}\n" if ruled else f"\\vspace*{{{centimetres:g}cm}}\n"
            case Blanks(fields):
                return "\\blanks{" + "\\quad ".join(_blank(field, k == 0) for k, field in enumerate(fields)) + "}\n"
            case Part(identifier, heading, blocks, closing, note):
                room = sum(block.centimetres for block in blocks if isinstance(block, Space))
                need = f"{room + 4:g}cm" if 0 < room <= ROOM else "11\\baselineskip"
                before = f"\\keeproom{{{need}}}\n"
                far = f"\\hfill{{\\normalfont\\normalsize {escape(note)}}}" if note else ""
                inside = _printed.get(blocks, (self.style, self.paper), lambda: self.blocks(blocks))
                inside = f"\\begingroup\\small\n{inside.strip()}\\par\n\\endgroup\n" if closing else inside
                return f"% {identifier}\n{before}\\partmark{{{identifier}}}{{{in_outline(heading)}}}\\section*{{{escape(heading)}{far}}}\n{inside}"

    def framed(self, name: str, label: str, blocks: tuple[Block, ...]) -> str:
        """Blocks in a frame, which stands on one page; around what may be too tall for that there is none."""
        letters = _LETTERS * self.paper.line / PAGE.line
        pieces = [self.block(block) for block in blocks]
        shown = [piece for block, piece in zip(blocks, pieces, strict=True) if not isinstance(block, Told)]
        rows = sum(2 * (piece.count(r"\\") + 1) if _ALIGN in piece else 1 + piece.count("\n") + int(len(piece) / letters) for piece in shown)
        name = f"long{name}" if rows > _TALL else name
        return f"\\begin{{{name}}}{label}\n{self.joined(blocks, pieces).strip()}\n\\end{{{name}}}\n"

    def told(self, line: Line) -> str:
        return " ".join(piece if isinstance(piece, str) else f"{{{latex(piece, self.style)}}}" for piece in line)

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
                case Ref(text, target):
                    found.append(f"\\partref{{{target}}}{{{escape(text)}}}")
                case Mark(strength):
                    found.append(f"\\known{{{MARKS[strength]}}}")
        return "".join(found)

    def display(self, term: Term) -> list[str]:
        rows = []
        for laid in display_lines(term, self.paper):
            start = self.fitted(laid.left, self.paper.left) + " " if laid.left is not None else ""
            rows.append(f"& {start}{self.continued(laid)}")
        return rows

    def continued(self, laid: Laid) -> str:
        """The formula of a line behind what joins it to the line above."""
        line, formula = laid.line, self.fitted(laid.line.term, laid.room)
        indent = _QUAD if laid.indent else ""
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
        return printed if width(term) <= room else f"\\fitted{{{0.95 * room / self.paper.line:.2f}}}{{{printed}}}"

    def chain(self, rows: tuple[Row, ...]) -> list[str]:
        lines: list[str] = []
        for laid in chain_lines(rows, self.paper):
            if laid.wide:
                lines.append("\\MoveEqLeft " + self.continued(laid))
                continue
            start = latex(laid.left, self.style) if laid.left is not None else ""
            sign = latex_sign(laid.sign) if laid.sign else ""
            if laid.links:
                start, sign = f"{sign}{_QUAD}", ""
            text = f"{start} & {sign} {self.continued(laid)}" if not laid.indent else f" & {self.continued(laid)}"
            if laid.told is not None:
                mark = MARKS[laid.told.evidence.strength] if laid.told.evidence is not None else ""
                text += f" \\why{{{self.line(laid.told.reason)}}}{{{mark}}}"
            lines.append(text)
        return lines

    def table(self, table: Table) -> str:
        columns = "".join("r" if number else ("X" if k == 0 else "l") for k, number in enumerate(table.numeric))

        def row(cells: tuple[Inlines, ...]) -> str:
            return " & ".join(self.line(cell) for cell in cells) + " \\\\\n"

        caption = f"\\stepcaption{{{self.line(table.caption)}}}\\par\\nopagebreak\n" if table.caption else ""
        total = "\\midrule\n" + row(table.total) if table.total is not None else ""
        body = row(table.head) + "\\midrule\n" + "".join(map(row, table.rows)) + total
        inside = f"{{@{{}}{columns}@{{}}}}\n\\toprule\n{body}\\bottomrule\n\\end{{tabularx}}"
        if not self.paper.narrow:
            return f"{caption}{{\\small\\begin{{tabularx}}{{\\linewidth}}{inside}\\par}}\n"
        share = max(1.0, _SMALL * _table_width(table) / self.paper.line)
        return (
            f"{caption}{{\\small\\tabcolsep=3pt\\noindent\\resizebox{{\\linewidth}}{{!}}{{%\n\\begin{{tabularx}}{{{share:.2f}\\linewidth}}{inside}}}\\par}}\n"
        )


def _table_width(table: Table) -> float:
    """How wide a table must be, in em of its own letters, so that its columns do not run into each other; the words of the first may be broken."""
    rows = [table.head, *table.rows, *([table.total] if table.total is not None else [])]
    words = (word for row in rows for inline in row[0] if isinstance(inline, Text | Strong | Code | Ref) for word in inline.text.split())
    first = max([_FIRST, *(_LETTER * len(word) for word in words)])
    return first + sum(max(map(_cell_width, column)) + _GAP for column in list(zip(*rows, strict=True))[1:])


def _cell_width(cell: Inlines) -> float:
    return sum(width(i.term) if isinstance(i, Math) else 1.0 if isinstance(i, Mark) else _LETTER * len(i.text) for i in cell)
