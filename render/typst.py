"""Documents in Typst's own markup: a whole file for its compiler. Nothing is converted from LaTeX; formulas are printed from their terms."""

from __future__ import annotations

from derivations.kernel.verdict import Strength
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
    Document,
    Figure,
    Inlines,
    Items,
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
    visible,
)
from render.figures.typst import drawing
from render.figures.words import plain
from render.look import PLAIN_LOOK, Look, built_in
from render.messages import ENGLISH
from render.notation.style import PLAIN, Style
from render.notation.symbols import PRODUCTS
from render.notation.text import text as in_words
from render.notation.text import text_sign
from render.notation.typst import typst, typst_sign
from render.paper import ROOM, RULED, Laid, chain_lines, display_lines, reason_share
from render.remembered import Remembered
from render.typst_text import escape, quoted

_SIGNS = {
    Strength.CERTIFIED: "■", Strength.PROVED: "•", Strength.EXHAUSTED: "⊚", Strength.CONVENTION: "⊙", Strength.SAMPLED: "∘", Strength.ASSUMED: "△",
}  # fmt: skip
MARKS = {strength: f"eq({quoted(ENGLISH.strengths[strength])}, ${sign}$)" for strength, sign in _SIGNS.items()}
_START = '""'  # an empty letter, before which a sign that opens a line would be one of a number's


def document(doc: Document, style: Style = PLAIN, look: Look = PLAIN_LOOK) -> str:
    """The document as a complete ``.typ`` file. A logo is a file of its own, which must stand beside it."""
    preamble = (built_in("preamble.typ") + (built_in("boxes.typ") if doc.pages else "")).rstrip()
    setup = f"#set text(lang: {quoted(doc.language)})"
    # At the end: before the pages, the title would be part of the style of everything, and nothing could be kept for the next sheet of a course.
    described = f"#set document(title: {quoted(doc.title)}, date: none)"
    header = f"\n#set page(header: text(size: 9pt, fill: quiet)[{escape(doc.header)}])" if doc.header else ""
    subtitle = "".join(f"[{escape(words)}], " for words in doc.subtitle)
    logo = f", logo: {quoted(doc.logo.name)}" if doc.logo is not None else ""
    writer = _Writer(style)
    body = "\n".join(map(writer.page, doc.pages)) or writer.blocks(doc.blocks)
    return look.page(".typ").filled(
        {
            "title": escape(doc.title),
            "subtitle": " #h(1.5em) ".join(map(escape, doc.subtitle)),
            "course": escape(doc.course),
            "author": escape(doc.author),
            "date": escape(doc.date),
            "language": doc.language,
            "header": escape(doc.header),
            "logo": doc.logo.name if doc.logo is not None else "",
            "preamble": f"{setup}\n{preamble}{header}\n{look.style('.typ')}".rstrip(),
            "head": f"#titleblock([{escape(doc.title)}], ({subtitle}){logo})",
            "body": f"{body.strip()}\n{described}",
        }
    )


_printed: Remembered[str] = Remembered()


@record
class _Writer:
    style: Style

    def page(self, page: Page) -> str:
        """A page: its boxes, and what stands above them."""
        boxes = ""
        for box in page.boxes:
            place = "".join(f"{side:g}cm, " for side in (box.left, box.top, box.width, box.height))
            boxes += f"  ({place}" + ", ".join(f"[{escape(words)}]" for words in (box.label, box.note, box.filled)) + "),\n"
        first = str(any(box.page == 1 for box in page.boxes)).lower()
        return f"#fixedpage({first}, {page.top:g}cm, {page.room:g}cm, (\n{boxes}))[\n{self.blocks(page.blocks)}]\n"

    def blocks(self, blocks: tuple[Block, ...], *, together: bool = False) -> str:
        """Blocks one after another: neighbouring displays are lines of one, and a paragraph stays with the formulas that follow it (which it does
        in any case where all blocks stay ``together``)."""
        blocks = visible(blocks)
        found: list[str] = []
        shown: list[str] = []
        for before, block, after in zip((None, *blocks), blocks, (*blocks[1:], None), strict=False):
            if isinstance(block, Display):
                shown += self.display(block.term)
                if not isinstance(after, Display):
                    found.append("#formulas(\n" + "".join(f"  {line},\n" for line in shown) + ")\n")
                    shown = []
            elif isinstance(block, Paragraph) and (isinstance(after, Display | Chain) or isinstance(before, Question)) and not together:
                found.append(f"#lead[{self.line(block.inlines)}]\n")
            else:
                found.append(self.block(block))
        return "\n".join(found)

    def block(self, block: Block) -> str:
        match block:
            case Paragraph(inlines):
                return f"{self.line(inlines)}\n"
            case Caption(inlines):
                return f"#stepcaption[{self.line(inlines)}]\n"
            case Display():
                return self.blocks((block,))
            case Chain(rows):
                return f"#chain(\n  share: {reason_share(rows):.0%},\n" + "".join(f"  row({line}),\n" for line in self.chain(rows)) + ")\n"
            case Items(items):
                return "#plainlist(\n" + "".join(f"  [{self.line(item)}],\n" for item in items) + ")\n"
            case Table():
                return self.table(block)
            case Question(blocks):
                return f"#question[\n{self.blocks(blocks, together=True)}]\n"
            case Boxed(label, blocks):
                return f"#answer([{escape(label)}])[\n{self.blocks(blocks, together=True)}]\n"
            case Figure(scene, caption):
                told = quoted(plain(scene.description, self.style))
                unnumbered = 'kind: "drawing", supplement: none, numbering: none, gap: 9pt'
                below = f"text(size: 9.5pt)[{self.line(caption)}]"
                return f"#figure({unnumbered}, alt: {told}, caption: {below}, {drawing(scene, self.style)})\n"
            case Told():
                return ""
            case Space(centimetres, ruled):
                return f"#ruled({max(1, int(centimetres / RULED))})\n" if ruled else f"#space({centimetres:g}cm)\n"
            case Blanks(fields):
                return "#blanks(" + "".join(f"([{escape(n)}], [{escape(v)}], [{escape(a)}]), " for n, v, a in fields) + ")\n"
            case Part(identifier, heading, blocks, closing, note):
                far = f"(note: [{escape(note)}])" if note else "()"
                inside = _printed.get(blocks, self.style, lambda: self.blocks(blocks))
                inside = f"#small[\n{inside}]\n" if closing else inside
                whole = f"#problem{far}[{escape(heading)}]#label({quoted(identifier)})\n\n{inside}"
                room = sum(block.centimetres for block in blocks if isinstance(block, Space))
                return f"// {identifier}\n" + (f"#kept[\n{whole}]\n" if 0 < room <= ROOM else whole)

    def line(self, inlines: Inlines) -> str:
        found = []
        for inline in inlines:
            match inline:
                case Text(text):
                    found.append(escape(text))
                case Strong(text):
                    found.append(f"#strong[{escape(text)}];")
                case Code(text):
                    found.append(f"#raw({quoted(text)});")
                case Math(term):
                    found.append(f"#eq({quoted(in_words(term, self.style))}, ${typst(term, self.style)}$);")
                case Ref(text, target):
                    found.append(f"#link(label({quoted(target)}))[{escape(text)}];")
                case Mark(strength):
                    found.append(f"#known({MARKS[strength]});")
        return "".join(found)

    def display(self, term: Term) -> list[str]:
        """The lines of a display, each as an equation."""
        found = []
        for laid in display_lines(term):
            start = typst(laid.left, self.style) + " " if laid.left is not None else ""
            said = " ".join(filter(None, (in_words(laid.left, self.style) if laid.left is not None else "", self.said(laid))))
            found.append(_equation(start + self.continued(laid, alone=not start), said))
        return found

    def continued(self, laid: Laid, *, alone: bool = True) -> str:
        """The formula of a line behind what joins it to the line above; ``alone``: nothing stands before it."""
        line, formula = laid.line, typst(laid.line.term, self.style)
        before = ("quad " if laid.indent else "") + (f"{_START} " if alone else "")
        match line.joint:
            case "relation":
                return f"{before}{typst_sign(line.sign)} {formula}"
            case "sum":
                return f"{before}{'' if line.sign == '-' else '+ '}{formula}"
            case "product":
                return f"{before}{PRODUCTS[line.product]} {formula}" if line.sign else f"{before}{formula}"
            case "":
                return formula

    def said(self, laid: Laid) -> str:
        """The formula of a line in one line of text, for who does not see it."""
        line, formula = laid.line, in_words(laid.line.term, self.style)
        match line.joint:
            case "relation":
                return f"{text_sign(line.sign)} {formula}"
            case "sum":
                return formula if line.sign == "-" else f"+ {formula}"
            case "product":
                return f"{'×' if line.sign else ''} {formula}".strip()
            case "":
                return formula

    def chain(self, rows: tuple[Row, ...]) -> list[str]:
        """Each line of a chain as the arguments of ``row``."""
        lines = []
        for laid in chain_lines(rows):
            formula = self.continued(laid)
            left = "none" if laid.left is None else _equation(typst(laid.left, self.style), in_words(laid.left, self.style))
            sign, said = typst_sign(laid.sign) if laid.sign else "", self.said(laid)
            if laid.wide:
                left, formula = _equation(formula, said), ""
            elif laid.links:
                left = _equation(f"{sign} quad", text_sign(laid.sign))
            elif sign:
                formula, said = f"{_START} {sign} {formula}", f"{text_sign(laid.sign)} {said}"
            parts = [left, _equation(formula, said) if formula else "none"]
            if laid.told is not None and laid.told.reason:
                parts.append(f"why: [{self.line(laid.told.reason)}]")
            if laid.told is not None and laid.told.evidence is not None:
                parts.append(f"mark: {MARKS[laid.told.evidence.strength]}")
            parts += ["wide: true"] * laid.wide + ["more: true"] * laid.more
            lines.append(", ".join(parts))
        return lines

    def table(self, table: Table) -> str:
        def row(cells: tuple[Inlines, ...]) -> str:
            return "(" + "".join(f"[{self.line(cell)}], " for cell in cells) + ")"

        columns = ", ".join("1fr" if k == 0 else "auto" for k in range(len(table.numeric)))
        aligned = ", ".join("right" if number else "left" for number in table.numeric)
        rows = "".join(f"    {row(cells)},\n" for cells in table.rows)
        total = f"  total: {row(table.total)},\n" if table.total is not None else ""
        caption = f"  caption: [{self.line(table.caption)}],\n" if table.caption else ""
        return f"#data(\n  ({columns},), ({aligned},),\n  {row(table.head)},\n  (\n{rows}  ),\n{total}{caption})\n"


def _equation(content: str, said: str) -> str:
    """A displayed equation, with the text that is read out for it; spaces inside the signs make it one."""
    return f"eq({quoted(said)}, $ {content} $)"
