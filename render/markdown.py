"""Documents as Markdown with ``$`` and ``$$``, for code-hosting sites, Jupyter, Quarto and MyST."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import field, replace
from textwrap import wrap

from derivations.language.record import record
from derivations.language.term import Term
from derivations.reading.symbols import PRODUCT_MACROS
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
    figures,
    filled_in,
)
from render.document import Line as ToldLine
from render.figures.scene import Scene
from render.figures.svg import standalone
from render.figures.words import plain
from render.latex import in_text
from render.latex_text import inside_text
from render.marks import MARKS
from render.measure import width
from render.notation.latex import latex, latex_sign
from render.notation.style import PLAIN, Style

_LINE = 46.0  # em
_INDENT = 2.0
_QUAD = r"\quad "
_LEFT = 12.0
_REASON = 38  # characters of a reason on one line
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]<>#$|~]|&(?=[#A-Za-z]))")

# Markdown takes a backslash before punctuation for its own, and GitHub's reader does so even inside formulas; control words are safe
# everywhere.
_CONTROL_SYMBOLS = {
    r"\{": r"\lbrace ",
    r"\}": r"\rbrace ",
    r"\,": r"\thinspace ",
    r"\;": r"\thickspace ",
    r"\:": r"\medspace ",
    r"\!": r"\negthinspace ",
    r"\|": r"\Vert ",
    r"\\": "\\cr ",
    r"\ ": r"\space ",
    "<": r"\lt ",
    ">": r"\gt ",
    "*": r"\ast ",
}
_SYMBOL = re.compile(r"\\[^A-Za-z]|[<>*]")
_OPERATOR = re.compile(r"\\operatorname\*?(?![A-Za-z])")  # GitHub does not allow it


def document(doc: Document, style: Style = PLAIN, stem: str = "") -> str:
    """The document as a Markdown file. With a ``stem`` its drawings are the files beside it that ``pictures`` makes, without one they are in the text."""
    writer = _Writer(style, _names(doc, stem) if stem else {})
    head = [f"# {_words(doc.title)}"] + ([" · ".join(map(_words, doc.subtitle))] if doc.subtitle else [])
    return "\n\n".join([*head, *(writer.block(block, 2) for block in doc.blocks)]) + "\n"


def blocks(found: tuple[Block, ...], style: Style = PLAIN, pictures: Mapping[Scene, str] | None = None) -> str:
    """Blocks as Markdown, for a notebook cell. ``pictures`` are the addresses of drawings; one that has none is in the text."""
    return "\n\n".join(_Writer(style, pictures or {}).block(block, 3) for block in found)


def pictures(doc: Document, style: Style, stem: str) -> Mapping[str, str]:
    """The drawings of a document as SVG files by name, ``stem-figure-1.svg`` and so on."""
    return {name: standalone(scene, style) for scene, name in _names(doc, stem).items()}


def _names(doc: Document, stem: str) -> Mapping[Scene, str]:
    scenes = dict.fromkeys(figure.scene for figure in figures(doc.blocks))
    return {scene: f"{stem}-figure-{number}.svg" for number, scene in enumerate(scenes, 1)}


def embedded(scene: Scene, style: Style = PLAIN) -> str:
    """The address of a drawing that holds all of it."""
    return "data:image/svg+xml;base64," + b64encode(standalone(scene, style).encode()).decode("ascii")


def _words(text: str) -> str:
    return _PUNCTUATION.sub(r"\\\1", text)


def carried(formula: str) -> str:
    """The same formula spelled so that it survives Markdown: control words for control symbols, an operator's name in an upright ``\\mathop``."""
    spelled = _SYMBOL.sub(lambda match: _CONTROL_SYMBOLS.get(match[0], match[0]), formula)
    return _OPERATOR.sub(r"\\mathop{}\\mathrm", spelled)


@record
class _Writer:
    style: Style
    pictures: Mapping[Scene, str] = field(default_factory=dict)  # the names of drawings in files of their own
    end: str = "\n"  # of a row of a formula; in a quotation a formula stays on one line, because Jupyter takes the marks of the next one into it

    def block(self, block: Block, level: int) -> str:
        """``level``: the rank of headings at this place."""
        match block:
            case Paragraph(inlines):
                return self.line(inlines).strip()
            case Caption(inlines):
                return "**" + self.line(tuple(Text(i.text) if isinstance(i, Strong) else i for i in inlines)).strip() + "**"
            case Display(term):
                return self.aligned(self.display(term))
            case Chain(rows):
                return self.aligned(self.chain(rows))
            case Items(items):
                return "\n".join(f"* {self.line(item)}" for item in items)
            case Table():
                return self.table(block)
            case Question(blocks):
                return self.quoted(blocks, level)
            case Boxed(label, blocks):
                return self.quoted((Paragraph((Strong(label),)), *blocks), level)
            case Figure(scene, caption):
                told = _words(plain(scene.description, self.style).replace("\n", " "))
                return f"![{told}]({self.pictures.get(scene) or embedded(scene, self.style)})\n\n*{self.line(caption).strip()}*"
            case Told(lines):
                return "\n".join(f"<!-- derive: {self.told(line)} -->" for line in lines)
            case Space():
                return r"\ "  # Markdown knows no heights
            case Blanks(fields):
                return _words(filled_in(fields))
            case Part(_, heading, blocks, _, note):
                far = f" ({_words(note)})" if note else ""
                return "\n\n".join([f"{'#' * level} {_words(heading)}{far}", *(self.block(b, level + 1) for b in blocks)])

    def quoted(self, blocks: tuple[Block, ...], level: int) -> str:
        inside = replace(self, end=" ")
        text = "\n\n".join(inside.block(block, level) for block in blocks)
        return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))

    def told(self, line: ToldLine) -> str:
        """Two dashes may end a comment: they are set apart."""
        return re.sub("-(?=-)", "- ", " ".join(piece if isinstance(piece, str) else f"{{{self.formula(piece)}}}" for piece in line))

    def line(self, inlines: Inlines) -> str:
        found = []
        for inline in inlines:
            match inline:
                case Text(text):
                    found.append(_words(text))
                case Strong(text):
                    found.append(f"**{_words(text.strip())}**" + " " * (len(text) - len(text.rstrip())))
                case Code(text):
                    ticks = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
                    space = " " if text.startswith("`") or text.endswith("`") else ""
                    found.append(f"{ticks}{space}{text}{space}{ticks}")
                case Math(term):
                    found.append(f"${self.formula(term)}$")
                case Ref(text):  # readers of Markdown do not agree on how a heading is reached
                    found.append(_words(text))
                case Mark(strength):
                    found.append(MARKS[strength])
        return "".join(found)

    def formula(self, term: Term) -> str:
        return carried(latex(term, self.style)).strip()

    def aligned(self, rows: list[str]) -> str:
        """Rows as one block. ``\\\\`` survives only at the end of a line; where there is only one line it has to be ``\\cr``."""
        if len(rows) == 1 and "&" not in rows[0]:
            return f"$${self.end}{rows[0]}{self.end}$$"
        inside = (" \\\\\n" if self.end == "\n" else " \\cr ").join(rows)
        return f"$${self.end}\\begin{{aligned}}{self.end}{inside}{self.end}\\end{{aligned}}{self.end}$$"

    def display(self, term: Term) -> list[str]:
        first, *rest = broken(term, _LINE, _LINE - _INDENT, width)
        if not rest:
            return [self.formula(term)]
        if rest[0].joint == "relation" and width(first.term) <= _LEFT:
            left, start, *rest = broken(term, 0, _LINE - _LEFT, width)
            rows = [f"{self.formula(left.term)} & {self.continued(start, '')}"]
        else:
            rows = [f"& {self.formula(first.term)}"]
        return rows + [f"& {self.continued(line, '' if line.joint == 'relation' else _QUAD)}" for line in rest]

    def continued(self, line: Line, indent: str) -> str:
        formula = self.formula(line.term)
        match line.joint:
            case "relation":
                return f"{carried(latex_sign(line.sign))} {formula}"
            case "sum":
                return f"{indent}{'' if line.sign == '-' else '+ '}{formula}"
            case "product":
                return f"{indent}{PRODUCT_MACROS[line.product] if line.sign else ''} {formula}"
            case "":
                return formula

    def chain(self, rows: tuple[Row, ...]) -> list[str]:
        left = max((width(row.lhs) for row in rows if row.lhs is not None and width(row.lhs) <= _LEFT), default=0.0)
        found: list[str] = []
        for row in rows:
            start = ""
            if row.lhs is not None and width(row.lhs) > _LEFT:
                first, *rest = broken(row.lhs, _LINE, _LINE - _INDENT, width)
                found += [f"& {self.formula(first.term)}", *(f"& {self.continued(line, _QUAD)}" for line in rest)]
            elif row.lhs is not None:
                start = self.formula(row.lhs)
            sign = carried(latex_sign(row.relation.value)) if row.relation is not None else ""
            if row.links_formulas:
                start, sign = f"{sign}{_QUAD}", ""
            first, *rest = broken(row.rhs, _LINE - left, _LINE - left - _INDENT, width)
            lines = [f"{start} & {sign} {self.formula(first.term)}".strip()]
            lines += [f"& {self.continued(line, _QUAD)}" for line in rest]
            mark = f"\N{NO-BREAK SPACE}{MARKS[row.evidence.strength]}" if row.evidence is not None else ""
            # the mark holds on to the last word
            reasons = wrap(in_text(row.reason, self.style) + mark, _REASON, break_long_words=False, break_on_hyphens=False)
            lines += ["&"] * (len(reasons) - len(lines))
            at = max(0, len(lines) - max(len(reasons), 1)) if rest else 0
            for k, words in enumerate(reasons):
                lines[at + k] += f" && \\text{{{inside_text(words)}}}"
            found += lines
        return found

    def table(self, table: Table) -> str:
        def row(cells: tuple[Inlines, ...], bold: bool = False) -> str:
            texts = [self.line(cell).replace("\n", " ") for cell in cells]
            return "| " + " | ".join(f"**{t}**" if bold and t and "$" not in t else t for t in texts) + " |"

        rule = "|" + "|".join(" ---: " if number else " --- " for number in table.numeric) + "|"
        caption = [f"**{self.line(table.caption)}**", ""] if table.caption else []
        total = [row(table.total, bold=True)] if table.total is not None else []
        return "\n".join([*caption, row(table.head), rule, *(row(cells) for cells in table.rows), *total])
