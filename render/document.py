"""What every writer consumes: a document of blocks and inlines.

After pandoc's and texmath's model, and as small as our sheets allow. ``Math`` and ``Display`` hold terms, never text, so a writer cannot
print a formula that nobody checked. A writer is one exhaustive ``match`` over ``Block`` and one over ``Inline``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from derivations.kernel.statement import Rel
from derivations.kernel.verdict import Evidence, Strength
from derivations.language.record import record
from derivations.language.term import Term
from render.figures.scene import Scene, relabelled


@record
class Text:
    """Words."""

    text: str


@record
class Strong:
    """Words that stand out."""

    text: str


@record
class Code:
    """Words shown letter by letter."""

    text: str


@record
class Math:
    """A formula in the line."""

    term: Term


@record
class Mark:
    """The quiet sign of how something is known."""

    strength: Strength


@record
class Ref:
    """Words that lead to a part of the document, by its identifier."""

    text: str
    target: str


Inline: TypeAlias = Text | Strong | Code | Math | Mark | Ref
Inlines: TypeAlias = tuple[Inline, ...]


@record
class Paragraph:
    inlines: Inlines


@record
class Caption:
    """A line that names what stands below it: a heading of the lowest rank."""

    inlines: Inlines


@record
class Display:
    """A formula on a line of its own."""

    term: Term


@record
class Row:
    """A line of a derivation: ``lhs`` is None where the line goes on from the one above, ``evidence`` is None where nothing is claimed."""

    lhs: Term | None
    relation: Rel | None
    rhs: Term
    reason: Inlines = ()
    evidence: Evidence | None = None

    @property
    def links_formulas(self) -> bool:
        """Whether the sign stands between whole formulas, and so in a column of its own before them."""
        return self.relation in (Rel.IFF, Rel.IMPLIES)


@record
class Chain:
    """An unbroken run of lines of a derivation, aligned at their relations."""

    rows: tuple[Row, ...]


@record
class Items:
    """A list without numbers."""

    items: tuple[Inlines, ...]


@record
class Table:
    """A table: ``numeric`` says for each column whether it holds numbers; ``total`` is a last row set apart."""

    head: tuple[Inlines, ...]
    rows: tuple[tuple[Inlines, ...], ...]
    numeric: tuple[bool, ...]
    total: tuple[Inlines, ...] | None = None
    caption: Inlines = ()


@record
class Question:
    """The question, set apart from its solution."""

    blocks: tuple[Block, ...]


@record
class Boxed:
    """The answer, in a frame; ``label`` names it."""

    label: str
    blocks: tuple[Block, ...]


@record
class Figure:
    """A drawing, which holds its own description for those who do not see it, and the caption under it."""

    scene: Scene
    caption: Inlines


@record
class Space:
    """Room to write in, on paper and on screen; ``centimetres`` is its height, ``ruled`` whether it has lines to write on."""

    centimetres: float
    ruled: bool = False


@record
class Blanks:
    """A line of fields to be filled in by hand: of each its name, what it holds already, and what stands behind it (``/ 12``). The first has the most room."""

    fields: tuple[tuple[str, str, str], ...]


@record
class Box:
    """A frame to write in at a place of its own, in centimetres from the left upper corner of the page with this number: its label, what is written in it
    already, and what it is worth."""

    label: str
    page: int
    left: float
    top: float
    width: float
    height: float
    filled: str = ""
    note: str = ""


@record
class Page:
    """A page whose boxes have their places: ``blocks`` begin at ``top`` and have ``room`` (centimetres); they are set smaller where they would need more.
    On screen, where there are no pages, the blocks stand before their boxes."""

    blocks: tuple[Block, ...]
    top: float
    room: float
    boxes: tuple[Box, ...]


@record
class Part:
    """A numbered problem or a closing section: a heading with what belongs to it.

    ``closing``: a section at the end, set smaller in print; ``note`` stands at the far end of the heading's line ("5 marks").
    """

    identifier: str
    heading: str
    blocks: tuple[Block, ...]
    closing: bool = False
    note: str = ""


Line: TypeAlias = "tuple[str | Term, ...]"
"""A line of the language of ``derive:`` comments: its words, and the terms among them."""


@record
class Told:
    """What a checker is told and a reader does not see, because words beside it say the same: comments, in files that have them."""

    lines: tuple[Line, ...]


Block: TypeAlias = Paragraph | Caption | Display | Chain | Items | Table | Question | Boxed | Figure | Space | Blanks | Part | Told


def visible(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks that a reader sees."""
    return tuple(block for block in blocks if not isinstance(block, Told))


@record
class Picture:
    """A picture in a file of its own; ``name`` ends in png, jpg, jpeg or svg."""

    name: str
    data: bytes

    @property
    def suffix(self) -> str:
        return "." + self.name.rpartition(".")[2].lower()


@record
class Document:
    """A whole sheet.

    ``subtitle`` holds course, author, date and edition as far as they are known (the first three are there one by one for templates as well),
    ``language`` is a BCP 47 tag. ``header`` runs over every page in print, ``logo`` stands above the title.
    """

    title: str
    subtitle: tuple[str, ...]
    blocks: tuple[Block, ...]
    language: str = "en"
    course: str = ""
    author: str = ""
    date: str = ""
    header: str = ""
    logo: Picture | None = None
    pages: tuple[Page, ...] = ()
    """What is printed on paper in place of ``blocks``, where things have places of their own."""


def flowing(page: Page) -> tuple[Block, ...]:
    """What stands on a page where nothing has a place of its own: its blocks, and room under the label of each box."""
    filled = tuple((box.label, box.filled, "") for box in page.boxes if box.page == 1)
    if filled:
        return (Blanks(filled), *page.blocks)
    below = ((Paragraph((Strong(box.label), Text(f" [{box.note}]" if box.note else ""))), Space(box.height)) for box in page.boxes)
    return (*page.blocks, *(block for pair in below for block in pair))


def filled_in(fields: tuple[tuple[str, str, str], ...]) -> str:
    """A line of fields where nothing is drawn: ``Name: ________    Points: ________ / 12``."""
    return "    ".join(" ".join(filter(None, (f"{name}:", value or "_" * 12, after))) for name, value, after in fields)


def formulas(blocks: tuple[Block, ...]) -> Iterator[Term]:
    """Every formula in blocks, in the order in which they are printed."""
    found: list[Term] = []

    def note(term: Term) -> Term:
        found.append(term)
        return term

    rewritten(blocks, note, str)
    yield from found


def figures(blocks: tuple[Block, ...]) -> Iterator[Figure]:
    """Every drawing in blocks, in the order in which they are printed."""
    for block in blocks:
        match block:
            case Figure():
                yield block
            case Question(inside) | Boxed(_, inside) | Part(_, _, inside):
                yield from figures(inside)
            case _:
                pass


def rewritten(blocks: tuple[Block, ...], term: Callable[[Term], Term], words: Callable[[str], str]) -> tuple[Block, ...]:
    """The same blocks with every formula and all running words changed; what is shown letter by letter stays."""

    def line(inlines: Inlines) -> Inlines:
        return tuple(inline(part) for part in inlines)

    def inline(part: Inline) -> Inline:
        match part:
            case Text(text):
                return Text(words(text))
            case Strong(text):
                return Strong(words(text))
            case Math(formula):
                return Math(term(formula))
            case Ref(text, target):
                return Ref(words(text), target)
            case Code() | Mark():
                return part

    def row(part: Row) -> Row:
        return replace(part, lhs=None if part.lhs is None else term(part.lhs), rhs=term(part.rhs), reason=line(part.reason))

    def cells(found: tuple[Inlines, ...]) -> tuple[Inlines, ...]:
        return tuple(map(line, found))

    def block(part: Block) -> Block:
        match part:
            case Paragraph(inlines):
                return Paragraph(line(inlines))
            case Caption(inlines):
                return Caption(line(inlines))
            case Display(formula):
                return Display(term(formula))
            case Chain(rows):
                return Chain(tuple(map(row, rows)))
            case Items(items):
                return Items(cells(items))
            case Table(head, rows, _, total, caption):
                new_total = None if total is None else cells(total)
                return replace(part, head=cells(head), rows=tuple(map(cells, rows)), total=new_total, caption=line(caption))
            case Question(inside):
                return Question(tuple(map(block, inside)))
            case Boxed(label, inside):
                return Boxed(label, tuple(map(block, inside)))
            case Part(_, heading, inside):
                return replace(part, heading=words(heading), blocks=tuple(map(block, inside)))
            case Figure(scene, caption):
                return Figure(relabelled(scene, term), line(caption))
            case Told(lines):
                return Told(tuple(tuple(piece if isinstance(piece, str) else term(piece) for piece in told) for told in lines))
            case Space() | Blanks():
                return part

    return tuple(map(block, blocks))
