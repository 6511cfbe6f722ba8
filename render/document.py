"""What every writer consumes: a document of blocks and inlines.

After pandoc's and texmath's model, and as small as our sheets allow. ``Math`` and ``Display`` hold terms, never text, so a writer cannot
print a formula that nobody checked. A writer is one exhaustive ``match`` over ``Block`` and one over ``Inline``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from derivations.kernel.statement import Rel
from derivations.kernel.verdict import Evidence, Strength
from derivations.language.term import Term


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that stand out."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Words shown letter by letter."""

    text: str


@dataclass(frozen=True, slots=True)
class Math:
    """A formula in the line."""

    term: Term


@dataclass(frozen=True, slots=True)
class Mark:
    """The quiet sign of how something is known."""

    strength: Strength


Inline: TypeAlias = Text | Strong | Code | Math | Mark
Inlines: TypeAlias = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    inlines: Inlines


@dataclass(frozen=True, slots=True)
class Caption:
    """A line that names what stands below it: a heading of the lowest rank."""

    inlines: Inlines


@dataclass(frozen=True, slots=True)
class Display:
    """A formula on a line of its own."""

    term: Term


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Chain:
    """An unbroken run of lines of a derivation, aligned at their relations."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list without numbers."""

    items: tuple[Inlines, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: ``numeric`` says for each column whether it holds numbers; ``total`` is a last row set apart."""

    head: tuple[Inlines, ...]
    rows: tuple[tuple[Inlines, ...], ...]
    numeric: tuple[bool, ...]
    total: tuple[Inlines, ...] | None = None
    caption: Inlines = ()


@dataclass(frozen=True, slots=True)
class Question:
    """The question, set apart from its solution."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Boxed:
    """The answer, in a frame; ``label`` names it."""

    label: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing: what to draw, and its description for those who do not see it."""

    scene: object
    description: str


@dataclass(frozen=True, slots=True)
class Part:
    """A numbered problem or a closing section: a heading with what belongs to it. ``new_page`` starts a page in print."""

    identifier: str
    heading: str
    blocks: tuple[Block, ...]
    new_page: bool = False


Block: TypeAlias = Paragraph | Caption | Display | Chain | Items | Table | Question | Boxed | Figure | Part


@dataclass(frozen=True, slots=True)
class Document:
    """A whole sheet. ``subtitle`` holds course, author and date as far as they are known; ``language`` is a BCP 47 tag."""

    title: str
    subtitle: tuple[str, ...]
    blocks: tuple[Block, ...]
    language: str = "en"
