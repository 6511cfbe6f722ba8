"""Documents as one HTML file: MathML Core, no script, nothing from the network."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from html import escape as escape_all

from derivations.kernel.statement import Rel
from derivations.language.term import Relation, Term
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
    Picture,
    Question,
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
from render.measure import width
from render.messages import ENGLISH, Messages
from render.notation.mathml import mathml, mathml_row, mathml_sign
from render.notation.style import PLAIN, Style
from render.notation.symbols import PRODUCTS

_BESIDE = 30.0  # em: a formula up to this width has its reason beside it on a wide screen
_LINE = 44.0
_INDENT = 2.0
_LEFT = 12.0  # a wider left side stands on a line of its own


def document(doc: Document, style: Style = PLAIN, messages: Messages = ENGLISH, look: Look = PLAIN_LOOK) -> str:
    """The document as a complete page. A logo is part of it."""
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
            "preamble": built_in("sheet.css") + look.style(".html"),
            "head": f"{header}{logo}<h1>{_escape(doc.title)}</h1>\n{subtitle}".rstrip(),
            "body": _Writer(style, messages).blocks(doc.blocks, 2).rstrip(),
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


@dataclass(frozen=True, slots=True)
class _Writer:
    style: Style
    messages: Messages

    def blocks(self, blocks: tuple[Block, ...], level: int) -> str:
        return "".join(self.block(block, level) for block in visible(blocks))

    def block(self, block: Block, level: int) -> str:
        """``level``: the rank of headings at this place."""
        match block:
            case Paragraph(inlines):
                return f"<p>{self.line(inlines)}</p>\n"
            case Caption(inlines):
                return f"<h{level}>{self.line(inlines)}</h{level}>\n"
            case Display(term):
                lines = broken(term, _LINE, _LINE - _INDENT, width)
                return f'<div class="display">{"".join(f"<div>{self.math(line)}</div>" for line in self.joined(term, lines))}</div>\n'
            case Chain(rows):
                return f'<div class="scroll"><table class="chain"><tbody>\n{self.chain(rows)}</tbody></table></div>\n'
            case Items(items):
                return "<ul>\n" + "".join(f"<li>{self.line(item)}</li>\n" for item in items) + "</ul>\n"
            case Table():
                return self.table(block)
            case Question(blocks):
                return f'<div class="question">\n{self.blocks(blocks, level)}</div>\n'
            case Boxed(label, blocks):
                return f'<div class="answer">\n<p class="label">{_escape(label)}</p>\n{self.blocks(blocks, level)}</div>\n'
            case Figure(scene, caption):
                drawn = svg.inline(scene, self.style)
                return f'<figure>\n<div class="scroll">\n{drawn}</div>\n<figcaption>{self.line(caption)}</figcaption>\n</figure>\n'
            case Told():
                return ""
            case Space(centimetres):
                return f'<div class="space" style="height: {centimetres:g}cm"></div>\n'
            case Part(identifier, heading, blocks, _, note):
                name = escape_all(identifier)
                inside = self.blocks(blocks, level + 1)
                far = f' <span class="note">{_escape(note)}</span>' if note else ""
                return f'<section id="{name}">\n<h{level}>{_escape(heading)}{far}</h{level}>\n{inside}</section>\n'

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
                    found.append(mathml(term, self.style))
                case Mark(strength):
                    words = escape_all(self.messages.meanings[strength])
                    found.append(f'<span class="mark" role="img" aria-label="{words}" title="{words}">{MARKS[strength]}</span>')
        return "".join(found)

    def joined(self, term: Term, lines: tuple[Line, ...]) -> tuple[Line, ...]:
        """A broken relation with a short left side keeps it on its first line."""
        if not (len(lines) > 1 and lines[1].joint == "relation" and width(lines[0].term) <= _LEFT):
            return lines
        left, first, *rest = broken(term, 0, _LINE - _LEFT, width)
        return (Line(Relation((left.term, first.term), (first.sign,))), *rest)

    def math(self, line: Line, relation: Rel | None = None) -> str:
        """A line of a display, in display style, with the sign that opens it."""
        sign = mathml_sign(relation.value) if relation is not None else ""
        match line.joint:
            case "relation":
                sign = mathml_sign(line.sign)
            case "sum" if line.sign != "-":
                sign = f'<mo form="infix">{line.sign}</mo>'
            case "product" if line.sign:
                sign = f'<mo form="infix">{PRODUCTS[line.product]}</mo>'
            case _:
                pass
        return f'<math displaystyle="true">{sign}{mathml_row(line.term, self.style)}</math>'

    def chain(self, rows: tuple[Row, ...]) -> str:
        left = max((width(row.lhs) for row in rows if row.lhs is not None and width(row.lhs) <= _LEFT), default=0.0)
        found: list[str] = []
        for row in rows:
            start = ""
            if row.lhs is not None and width(row.lhs) > _LEFT:
                lines = broken(row.lhs, _LINE, _LINE - _INDENT, width)
                found += [f'<tr class="open"><td class="left wide" colspan="4">{self.math(line)}</td></tr>\n' for line in lines]
            elif row.lhs is not None:
                start = self.math(Line(row.lhs))
            room = (_BESIDE if width(row.rhs) <= _BESIDE - left else _LINE) - left
            first, *rest = broken(row.rhs, room, room - _INDENT, width)
            relation = row.relation
            if row.links_formulas and relation is not None:
                start, relation = f"<math>{mathml_sign(relation.value)}</math>", None
            cells = [(start, "right", self.math(first, relation)), *(("", "right on", self.math(line)) for line in rest)]
            for k, (before, classes, formula) in enumerate(cells):
                reason = known = ""
                last = k == len(cells) - 1
                if last:
                    reason = self.line(row.reason)
                    known = self.line((Mark(row.evidence.strength),)) if row.evidence is not None else ""
                span = ' colspan="3"' if not last else ""
                aside = f'<td class="reason">{reason}</td><td class="known">{known}</td>' if last else ""
                opening = "<tr>" if last else '<tr class="open">'
                found.append(f'{opening}<td class="left">{before}</td><td class="{classes}"{span}>{formula}</td>{aside}</tr>\n')
        return "".join(found)

    def table(self, table: Table) -> str:
        def row(cells: tuple[Inlines, ...], tag: str) -> str:
            kinds = [' class="number"' if number else "" for number in table.numeric]
            scope = ' scope="col"' if tag == "th" else ""
            return "".join(f"<{tag}{scope}{kind}>{self.line(cell)}</{tag}>" for cell, kind in zip(cells, kinds, strict=True))

        caption = f"<caption>{self.line(table.caption)}</caption>\n" if table.caption else ""
        body = "".join(f"<tr>{row(cells, 'td')}</tr>\n" for cells in table.rows)
        total = f'<tr class="total">{row(table.total, "td")}</tr>\n' if table.total is not None else ""
        head = f"<thead><tr>{row(table.head, 'th')}</tr></thead>\n"
        return f'<div class="scroll"><table class="data">\n{caption}{head}<tbody>\n{body}{total}</tbody></table></div>\n'
