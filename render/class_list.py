"""The members of a class: numbered, or from a list of names in CSV; the names of their files; and words for cells of CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final
from unicodedata import category, normalize

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.parameters import nearest
from derivations.reading.files import text_of_file

MOST: Final = 2000
"""Members of one class."""

_LONGEST: Final = 120  # characters of a name
_LONGEST_SLUG: Final = 60
_SEPARATORS: Final = (";", "\t", ",")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?(/\d+)?")


@record
class Student:
    """Who a sheet is for. ``key`` is what the numbers of the sheet are drawn from (it stays when others come or go), ``slug`` what the files are called."""

    key: str
    slug: str
    name: str = ""
    identifier: str = ""

    @property
    def named(self) -> bool:
        """Whether it is known who it is; else the sheet is a variant with a number, for whom ever gets it."""
        return bool(self.name or self.identifier)

    @property
    def label(self) -> str:
        """``Ada Lovelace (1815)``, ``1``."""
        return f"{self.name} ({self.identifier})" if self.name and self.identifier else self.name or self.identifier or self.key


def numbered(count: int) -> tuple[Student, ...]:
    """Members without names."""
    width = len(str(count))
    return tuple(Student(str(number), f"{number:0{width}}") for number in range(1, count + 1))


def listed(path: Path, columns: dict[str, list[str]]) -> tuple[Student, ...]:
    """The members in a CSV file whose first line names its columns, separated by commas, semicolons or tabs. ``columns`` says which ones make the
    ``name`` (joined by blanks) and which one is the ``id`` (else that of this name, if there is one).

    Raises:
        DeriveError: the file cannot be read, lacks a column, names nobody, or names somebody twice.
    """
    text = text_of_file(path, f"the list of names {str(path)!r}")
    head = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=lambda sign: (head.count(sign), sign == ","))
    try:
        rows = [(number, row) for number, row in _rows(text, separator) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise DeriveError(f"{path} is not CSV: {error}") from None
    if not rows:
        raise DeriveError(f"{path} is empty; its first line must name the columns, such as name,id")
    names = [" ".join(cell.split()) for cell in rows[0][1]]
    if "id" not in columns and any(name.casefold() == "id" for name in names):
        columns = {**columns, "id": ["id"]}
    places = {use: [_column(wanted, names, path, use) for wanted in found] for use, found in columns.items()}
    students: list[Student] = []
    seen: dict[str, int] = {}
    for number, row in rows[1:]:
        cells = {use: " ".join(_cell(row, k, path, number) for k in found).strip() for use, found in places.items()}
        name, identifier = cells["name"], cells.get("id", "")
        if not name:
            raise DeriveError(f"{path}:{number}: the name is missing")
        key = identifier or name
        if key in seen:
            what = "the id" if identifier else "the name"
            raise DeriveError(f"{path}:{number}: {what} {key!r} stands in line {seen[key]} as well; {'ids' if identifier else 'names'} must differ"
                              + ("" if identifier else ", or a column 'id' must tell the two apart"))  # fmt: skip
        seen[key] = number
        students.append(Student(key, "", name, identifier))
    if not students:
        raise DeriveError(f"{path} names nobody; below the line with the columns there must be a line for each student")
    if len(students) > MOST:
        raise DeriveError(f"{path} names {len(students)} students; at most {MOST} are accepted")
    return tuple(_with_slugs(students))


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    for row in reader:
        yield reader.line_num, row


def _column(wanted: str, names: Sequence[str], path: Path, use: str) -> int:
    for number, name in enumerate(names):
        if name.casefold() == wanted.casefold():
            return number
    raise DeriveError(
        f"{path} has no column {wanted!r}{nearest(wanted, names)}; it has {', '.join(map(repr, names))}; "
        f'columns = {{ {use} = "..." }} under [variants] says which one it is'
    )


def _cell(row: Sequence[str], place: int, path: Path, line: int) -> str:
    cell = " ".join(row[place].split()) if place < len(row) else ""
    if len(cell) > _LONGEST:
        raise DeriveError(f"{path}:{line}: a name of {len(cell)} characters is not accepted; it must have at most {_LONGEST}")
    for char in cell:
        if category(char) in ("Cc", "Cf", "Cs", "Co"):
            raise DeriveError(f"{path}:{line}: a name holds the character U+{ord(char):04X}, which cannot be seen; only printable characters can be typeset")
    return cell


def _with_slugs(students: Iterable[Student]) -> Iterator[Student]:
    """Files are called by the id, or else by the name in plain letters; a number is added where two would be called alike."""
    taken: set[str] = set()
    for student in students:
        plain = normalize("NFKD", (student.identifier or student.name).replace("ß", "ss")).encode("ascii", "ignore").decode("ascii").lower()
        stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_SLUG] or "student"
        slug, number = stem, 1
        while slug in taken:
            number += 1
            slug = f"{stem}-{number}"
        taken.add(slug)
        yield Student(student.key, slug, student.name, student.identifier)


def csv_cell(words: str) -> str:
    """Words for one cell: a spreadsheet would run a cell that begins like a formula and is none of the numbers that we write."""
    return f"'{words}" if words.startswith(_FORMULA) and not _NUMBER.fullmatch(words) else words


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV, every cell quoted where it must be and none of them a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([csv_cell(cell) for cell in row] for row in rows)
    return out.getvalue()
