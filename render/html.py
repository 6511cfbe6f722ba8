"""Documents as one HTML file: MathML Core, a font that holds its signs, nothing from the network.

Everything is there without a script. The only one is an extra: a button that copies the LaTeX of the formula at which a reader points. That LaTeX is a list at
the end of the page, in the order of the formulas, so that the formulas themselves stay short. Cells and rows of tables end where the next begins, as HTML
has it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import field
from html import escape as escape_all

from derivations.kernel.statement import Rel
from derivations.kernel.verdict import Strength
from derivations.language.record import record
from derivations.language.term import Relation, Term
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
    Picture,
    Question,
    Ref,
    Row,
    Space,
    Strong,
    Table,
    Text,
    Told,
    visible,
)
from render.figures import svg
from render.look import PLAIN_LOOK, Look, built_in
from render.marks import MARKS
from render.math_font import faces
from render.measure import width
from render.messages import ENGLISH, Messages
from render.notation.latex import latex, latex_sign
from render.notation.mathml import mathml, mathml_row, mathml_sign
from render.notation.style import PLAIN, Style
from render.notation.symbols import PRODUCTS

_BESIDE = 30.0  # em: a formula up to this width has its reason beside it on a wide screen
_LINE = 44.0
_INDENT = 2.0
_LEFT = 12.0  # a wider left side stands on a line of its own
_PHONE = 17.0  # a wider formula may have to be scrolled, which must be possible without a mouse
_TAG = re.compile(r"<(?=[!/a-zA-Z])")
_LISTED = 4
"""From so many parts on the page has a list of contents."""
_SCROLLED = ' tabindex="0"'


def document(doc: Document, style: Style = PLAIN, messages: Messages = ENGLISH, look: Look = PLAIN_LOOK) -> str:
    """The document as a complete page. A logo is part of it."""
    writer = _Writer(style, messages)
    body = writer.contents(doc.blocks) + writer.blocks(doc.blocks, 2) + writer.extra()
    spans = "".join(f"<span>{_escape(line)}</span>" for line in doc.subtitle)
    header = f'<p class="running">{_escape(doc.header)}</p>\n' if doc.header else ""
    logo = "" if doc.logo is None else f'<img src="{_embedded(doc.logo)}" alt="">\n'
    subtitle = f"<p>{spans}</p>\n" if spans else ""
    return look.page(".html").filled(
        {
            "title": _escape(doc.title),
            "subtitle": spans,
            "course": _escape(doc.course),
            "author": _escape(doc.author),
            "date": _escape(doc.date),
            "language": escape_all(doc.language),
            "header": _escape(doc.header),
            "logo": "" if doc.logo is None else _embedded(doc.logo),
            "preamble": built_in("sheet.css") + faces(body) + look.style(".html"),
            "head": f"{header}{logo}<h1>{_escape(doc.title)}</h1>\n{subtitle}".rstrip(),
            "body": body.rstrip(),
        }
    )


def fragment(blocks: tuple[Block, ...], messages: Messages = ENGLISH, style: Style = PLAIN) -> str:
    """Blocks as a piece of somebody else's page, with a style that holds inside it only."""
    inside = _Writer(style, messages).blocks(blocks, 3).rstrip()
    return f'<div class="derive">\n<style>@scope (.derive) {{\n{built_in("sheet.css")}}}</style>\n{inside}\n</div>\n'


def _embedded(picture: Picture) -> str:
    kind = {".jpg": "jpeg", ".svg": "svg+xml"}.get(picture.suffix, picture.suffix[1:])
    return f"data:image/{kind};base64,{b64encode(picture.data).decode('ascii')}"


def _escape(text: str) -> str:
    return escape_all(text, quote=False)


def _folded(head: str, inside: str) -> str:
    """A heading that folds away what stands below it. Open at first, and in print."""
    return f"<details open><summary>{head.rstrip()}</summary>\n{inside}</details>\n" if inside else head


def _reached(inlines: Inlines) -> str:
    """What makes a line reachable by keyboard if one of its formulas may be too wide for a phone."""
    return _SCROLLED if any(isinstance(part, Math) and width(part.term) > _PHONE for part in inlines) else ""


@record
class _Writer:
    """``printed``: the LaTeX of each formula so far, in the order of the page."""

    style: Style
    messages: Messages
    printed: list[str] = field(default_factory=list)

    def contents(self, blocks: tuple[Block, ...]) -> str:
        """What is on the page, with links, where that is more than can be seen at once."""
        parts = [block for block in blocks if isinstance(block, Part)]
        if len(parts) < _LISTED:
            return ""
        items = "".join(f'<li><a href="#{escape_all(part.identifier)}">{_escape(part.heading)}</a></li>\n' for part in parts)
        name = escape_all(self.messages.contents)
        return f'<nav aria-label="{name}">\n<details><summary>{name}</summary>\n<ol>\n{items}</ol>\n</details>\n</nav>\n'

    def blocks(self, blocks: tuple[Block, ...], level: int) -> str:
        """One after another; a caption folds away what stands below it, up to what is set apart."""
        found: list[str] = []
        below: list[Block] = []

        def fold() -> None:
            if below:
                head, *others = below
                inside = "".join(self.block(block, level) for block in others)
                found.append(_folded(self.block(head, level), inside))
                below.clear()

        for block in visible(blocks):
            if isinstance(block, Caption):
                fold()
                below.append(block)
            elif below and isinstance(block, Paragraph | Display | Chain | Items):
                below.append(block)
            else:
                fold()
                found.append(self.block(block, level))
        fold()
        return "".join(found)

    def block(self, block: Block, level: int) -> str:
        """``level``: the rank of headings at this place."""
        match block:
            case Paragraph(inlines):
                return f"<p{_reached(inlines)}>{self.line(inlines)}</p>\n"
            case Caption(inlines):
                return f"<h{level}>{self.line(inlines)}</h{level}>\n"
            case Display(term):
                self.printed.append(latex(term, self.style))
                lines = self.joined(term, broken(term, _LINE, _LINE - _INDENT, width))
                reach = _SCROLLED if width(term) > _PHONE else ""
                return f'<div class="display"{reach}>{"".join(f"<div>{self.math(line)}</div>" for line in lines)}</div>\n'
            case Chain(rows):
                return f'<div class="scroll"{_SCROLLED}><table class="chain">\n{self.chain(rows)}</table></div>\n'
            case Items(items):
                reach = _SCROLLED if any(map(_reached, items)) else ""
                return f"<ul{reach}>\n" + "".join(f"<li>{self.line(item)}</li>\n" for item in items) + "</ul>\n"
            case Table():
                return self.table(block)
            case Question(blocks):
                return f'<div class="question">\n{self.blocks(blocks, level)}</div>\n'
            case Boxed(label, blocks):
                return f'<div class="answer">\n<h{level}>{_escape(label)}</h{level}>\n{self.blocks(blocks, level + 1)}</div>\n'
            case Figure(scene, caption):
                drawn = svg.inline(scene, self.style)
                return f'<figure>\n<div class="scroll"{_SCROLLED}>\n{drawn}</div>\n<figcaption>{self.line(caption)}</figcaption>\n</figure>\n'
            case Told():
                return ""
            case Space(centimetres, ruled):
                return f'<div class="space{" ruled" if ruled else ""}" style="height: {centimetres:g}cm"></div>\n'
            case Blanks(fields):
                return f'<p class="blanks">{"".join(map(self.blank, fields))}</p>\n'
            case Part(identifier, heading, blocks, _, note):
                name = escape_all(identifier)
                inside = self.blocks(blocks, level + 1)
                far = f' <span class="note">{_escape(note)}</span>' if note else ""
                head = f"<h{level}>{_escape(heading)}{far}</h{level}>"
                return f'<section id="{name}">\n{_folded(head, inside)}</section>\n'

    def blank(self, field: tuple[str, str, str]) -> str:
        name, value, after = field
        inside = f"<b>{_escape(value)}</b>" if value else "<i></i>"
        return f'<span>{_escape(name)}: {inside}{f" {_escape(after)}" if after else ""}</span>'

    def line(self, inlines: Inlines) -> str:
        found = []
        for inline in inlines:
            match inline:
                case Text(text):
                    found.append(_escape(text))
                case Strong(text):
                    found.append(f"<strong>{_escape(text)}</strong>")
                case Code(text):
                    found.append(f"<code>{_escape(text)}</code>")
                case Math(term):
                    self.printed.append(latex(term, self.style))
                    found.append(self.inline(term))
                case Ref(text, target):
                    found.append(f'<a href="#{escape_all(target)}">{_escape(text)}</a>')
                case Mark(strength):
                    found.append(self.mark(strength))
        return "".join(found)

    def inline(self, term: Term) -> str:
        """A formula among words: browsers break no line inside a formula, so a long one is several, between which they do."""
        if width(term) <= _BESIDE:
            return mathml(term, self.style)
        first, *rest = broken(term, _PHONE, _PHONE, width)
        pieces = [mathml(first.term, self.style), *map(self.math, rest)]
        return f'<span class="long">{"<wbr>".join(pieces)}</span>'

    def mark(self, strength: Strength) -> str:
        """The sign with its one word for those who do not see it; the legend has the sentence."""
        return f'<b role="img" title="{self.word(strength)}">{MARKS[strength]}</b>'

    def word(self, strength: Strength) -> str:
        return escape_all(self.messages.strengths[strength])

    def extra(self) -> str:
        """The script, with the LaTeX of all formulas; ``@7`` stands for what stands in its eighth line."""
        if not self.printed:
            return ""
        first: dict[str, int] = {}
        lines = []
        for k, source in enumerate(self.printed):
            lines.append(f"@{first[source]}" if source in first else _TAG.sub(r"\\lt ", source))
            first.setdefault(source, k)
        words = f'data-copy="{escape_all(self.messages.copy)}" data-copied="{escape_all(self.messages.copied)}"'
        listed = "\n".join(lines)
        return f'<script type="text/plain" id="latex" {words}>{listed}</script>\n<script>\n{built_in("sheet.js")}</script>\n'

    def joined(self, term: Term, lines: tuple[Line, ...]) -> tuple[Line, ...]:
        """A broken relation with a short left side keeps it on its first line."""
        if not (len(lines) > 1 and lines[1].joint == "relation" and width(lines[0].term) <= _LEFT):
            return lines
        left, first, *rest = broken(term, 0, _LINE - _LEFT, width)
        if first.joint != "relation":  # the left side is a sum, which breaks before the sign
            return lines
        return (Line(Relation((left.term, first.term), (first.sign,))), *rest)

    def math(self, line: Line, relation: Rel | None = None) -> str:
        """A line of a display, which the style sheet sets in display style, with the sign that opens it."""
        sign = mathml_sign(relation.value) if relation is not None else ""
        match line.joint:
            case "relation":
                sign = mathml_sign(line.sign)
            case "sum" if line.sign != "-":
                sign = f'<mo form="infix">{line.sign}</mo>'
            case "product" if line.sign:
                sign = f"<mo>{PRODUCTS[line.product]}</mo>"
            case _:
                pass
        return f"<math>{sign}{mathml_row(line.term, self.style)}</math>"

    def chain(self, rows: tuple[Row, ...]) -> str:
        left = max((width(row.lhs) for row in rows if row.lhs is not None and width(row.lhs) <= _LEFT), default=0.0)
        found: list[str] = []
        for row in rows:
            start = ""
            relation = row.relation
            self.printed.append(self.copied(row))
            if row.lhs is not None and width(row.lhs) > _LEFT:
                lines = broken(row.lhs, _LINE, _LINE - _INDENT, width)
                reach = _SCROLLED if width(row.lhs) > _PHONE else ""
                found += [f'<tr class="open"><td colspan="3"{reach}>{self.math(line)}\n' for line in lines]
            elif row.lhs is not None:
                start = self.math(Line(row.lhs))
            room = (_BESIDE if width(row.rhs) <= _BESIDE - left else _LINE) - left
            first, *rest = broken(row.rhs, room, room - _INDENT, width)
            if row.links_formulas and relation is not None:
                start, relation = f"<math>{mathml_sign(relation.value)}</math>", None
            reach = _SCROLLED if width(row.rhs) > _PHONE else ""
            *others, last = ((start, "", self.math(first, relation)), *(("", ' class="on"', self.math(line)) for line in rest))
            for before, kind, formula in others:
                found.append(f'<tr class="open"><td>{before}<td{kind} colspan="2"{reach}>{formula}\n')
            before, kind, formula = last
            found.append(f"<tr><td>{before}<td{kind}{reach}>{formula}<td>{self.reason(row)}\n")
        return "".join(found)

    def copied(self, row: Row) -> str:
        """The LaTeX of a line as far as it stands there: without a left side where it goes on from the one above."""
        start = f"{latex(row.lhs, self.style)} " if row.lhs is not None else ""
        sign = f"{latex_sign(row.relation.value)} " if row.relation is not None else ""
        return f"{start}{sign}{latex(row.rhs, self.style)}"

    def reason(self, row: Row) -> str:
        """Why a line follows, folded under the mark of how that is known."""
        words = self.line(row.reason)
        if row.evidence is None:
            return words
        strength = row.evidence.strength
        if not words:
            return self.mark(strength)
        return f'<details open><summary aria-label="{self.word(strength)}">{MARKS[strength]}</summary>{words}</details>'

    def table(self, table: Table) -> str:
        def row(cells: tuple[Inlines, ...], tag: str) -> str:
            kinds = [' class="number"' if number else "" for number in table.numeric]
            scope = ' scope="col"' if tag == "th" else ""
            return "".join(f"<{tag}{scope}{kind}>{self.line(cell)}" for cell, kind in zip(cells, kinds, strict=True))

        caption = f"<caption>{self.line(table.caption)}</caption>\n" if table.caption else ""
        body = "".join(f"<tr>{row(cells, 'td')}\n" for cells in table.rows)
        total = f'<tr class="total">{row(table.total, "td")}\n' if table.total is not None else ""
        head = f"<thead><tr>{row(table.head, 'th')}</thead>\n"
        return f'<div class="scroll"{_SCROLLED}><table class="data">\n{caption}{head}<tbody>\n{body}{total}</tbody></table></div>\n'
