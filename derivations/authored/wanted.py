"""What an author says of a written problem besides its solution."""

from __future__ import annotations

from typing import Final

from derivations.language.record import record

KIND: Final = "written"


@record
class Asked:
    """A part of a problem, (a), (b), (c): its question, its hint, the label of the line that answers it, and what it is worth (as it is to be shown)."""

    question: str
    hint: str = ""
    answer: str = ""
    marks: str = ""


@record
class Wanted:
    """What an author says of a problem besides its solution; all of it is Markdown with formulas.

    ``section`` and ``label`` are the part of the file that is meant, ``answer`` is the label of the line that was asked for. ``draft``: steps that are not
    accepted are printed as such. ``inline``: the solution stands in the sheet, not in a file. ``words``: it is words only, and nothing in it is checked.
    """

    title: str = ""
    question: str = ""
    hint: str = ""
    note: str = ""
    section: str = ""
    label: str = ""
    answer: str = ""
    draft: bool = False
    inline: bool = False
    words: bool = False
    parts: tuple[Asked, ...] = ()
