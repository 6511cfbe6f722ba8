"""Variants of a sheet: numbers that are drawn for each student from what a sheet allows, under conditions between them.

[variants]
count = 30                       # how many sheets; or names, a list in CSV, a sheet for each
seed = 7                         # the same seed gives the same sheets
names = "class.csv"              # its first line names the columns; name is needed, id is used where there is one
columns = { name = ["First name", "Surname"], id = "ID number" }    # where they have other names there
distinct = true                  # no two students have the same numbers in all problems
draw = { C = { choose = [64, 128] } }    # drawn once for the whole sheet of a student
where = ["C > 64"]               # conditions on these

In a problem, wherever a value may stand:

kernel = { choose = [3, 5, 7] }  # one of these
stride = { from = 1, to = 4 }    # a number of this range; step = 2 for every other one
bottleneck = { compute = "channels / 4" }     # a formula in the others
kernels = [3, { choose = [3, 5] }]            # in lists as well
draw = { a = { from = 2, to = 9 } }           # further numbers: {draw.a} stands for them in texts
where = ["dilation < kernel", "samples % batch != 0"]

A draw depends on the seed, the student, the problem and its name alone: it is what it was when problems or students are added.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from itertools import product
from math import prod
from pathlib import Path
from typing import Any, Final

from msgspec import UNSET, structs

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.parameters import nearest
from render.class_list import MOST, Student, listed, numbered
from render.conditions import Formula, Value
from render.sheet_fields import Columns, DrawFields, VariantFields
from render.tables import typed

_DRAWS: Final = tuple(field.encode_name for field in structs.fields(DrawFields))
_ACCEPTED: Final = '{ choose = [3, 5, 7] }, { from = 1, to = 9 } or { compute = "channels / 4" }'
_ALL: Final = 100_000  # combinations that are tried one by one; of more, some are tried
_TRIES: Final = 20_000
_REDRAWN: Final = 200  # times that a sheet is drawn anew because another student has the same
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_REFERENCE: Final = re.compile(r"\{draw\.([A-Za-z0-9_]*)\}")

Plain = Any
"""A value as TOML has it."""


@record
class Range:
    """``count`` values, the one with number k from 0 on being ``at(k)``."""

    count: int
    at: Callable[[int], Plain]


@record
class Draw:
    """The values of one name in a sheet: ``path`` says where in the problem it stands (the name, and places in a list)."""

    name: str
    path: tuple[int, ...]
    values: Range


@record
class Draws:
    """What is drawn together, and under which conditions. ``fixed`` are the other values, which conditions may mention."""

    place: str
    draws: tuple[Draw, ...]
    computed: tuple[tuple[str, Formula], ...]
    where: tuple[Formula, ...]
    fixed: Mapping[str, Plain]
    admissible: dict[object, tuple[tuple[Plain, ...], ...]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The names that vary, in the order of the sheet."""
        return tuple(dict.fromkeys((*(draw.name for draw in self.draws), *(name for name, _ in self.computed))))

    def drawn(self, key: str, outside: Mapping[str, Plain]) -> dict[str, Plain]:
        """Values of all names for what is drawn from ``key``, under the conditions; ``outside`` are values that were drawn before.

        Raises:
            DeriveError: no values fulfil the conditions, or among very many none was found.
        """
        if not self.draws:
            return self._checked((), outside)
        total = prod(draw.values.count for draw in self.draws)
        if total <= _ALL:
            known = tuple(sorted((name, repr(value)) for name, value in outside.items()))
            if known not in self.admissible:
                spaces = ([draw.values.at(k) for k in range(draw.values.count)] for draw in self.draws)
                self.admissible[known] = tuple(chosen for chosen in product(*spaces) if self._allowed(chosen, outside))
            found = self.admissible[known]
            if found:
                return self._valued(found[_number(key, len(found))], outside)
            raise DeriveError(f"{self.place}: no values fulfil the conditions {self._conditions()}: all {total} combinations were tried")
        for attempt in range(_TRIES):
            chosen = tuple(draw.values.at(_number(f"{key}:{attempt}:{k}", draw.values.count)) for k, draw in enumerate(self.draws))
            if self._allowed(chosen, outside):
                return self._valued(chosen, outside)
        raise DeriveError(
            f"{self.place}: no values were found that fulfil the conditions {self._conditions()}: {_TRIES} of {total} combinations were tried; "
            "narrower ranges or a compute in place of a condition are found at once"
        )

    def _conditions(self) -> str:
        return ", ".join(repr(formula.text) for formula in self.where)

    def _checked(self, chosen: tuple[Plain, ...], outside: Mapping[str, Plain]) -> dict[str, Plain]:
        if not self._allowed(chosen, outside):
            raise DeriveError(f"{self.place}: the conditions {self._conditions()} are not fulfilled, and nothing is drawn here")
        return self._valued(chosen, outside)

    def _allowed(self, chosen: Sequence[Plain], outside: Mapping[str, Plain]) -> bool:
        if not self.where:
            return True
        values = {name: _value(value) for name, value in {**outside, **self._valued(chosen, outside)}.items()}
        return all(formula.holds(values) for formula in self.where)

    def _valued(self, chosen: Sequence[Plain], outside: Mapping[str, Plain]) -> dict[str, Plain]:
        """The values of all names of the problem: fixed, drawn, and computed from these in the order of the sheet."""
        found = dict(self.fixed)
        for draw, value in zip(self.draws, chosen, strict=True):
            found[draw.name] = _put(found.get(draw.name), draw.path, value)
        texts = {**outside, **found}
        for name, value in self.fixed.items():
            if isinstance(value, str) and "{draw." in value:  # a field that is one of these numbers is a number for conditions
                found[name] = _REFERENCE.sub(lambda match: words(texts[match[1]]) if match[1] in texts else match[0], value)
        for name, formula in self.computed:
            found[name] = _plain(formula.number({key: _value(value) for key, value in {**outside, **found}.items() if key != name}))
        return found


@record
class Variants:
    """Who gets a sheet, and what is drawn once for all problems of it."""

    students: tuple[Student, ...]
    seed: str
    distinct: bool
    shared: Draws
    place: str


def variants(value: Mapping[str, Plain], where: str, folder: Path) -> Variants:
    """The table ``[variants]`` of a sheet. Raises DeriveError with the field that is at fault."""
    place = f"{where}, [variants]"
    said = typed(VariantFields, value, place, "the table")
    shared = draws({"draw": said.draw, "where": said.where}, place, ())
    return Variants(_students(said, place, folder), str(said.seed), said.distinct, shared, place)


def _students(said: VariantFields, place: str, folder: Path) -> tuple[Student, ...]:
    if said.names is UNSET:
        if said.columns is not UNSET:
            raise DeriveError(f"{place}: columns belongs to a list of names, and there is none; names = \"class.csv\" is one")
        if said.count is UNSET:
            raise DeriveError(f"{place}: the field 'count' is missing; it must be a number of sheets from 1 to {MOST}, or names a list of names")
        return numbered(said.count)
    columns = Columns() if said.columns is UNSET else said.columns
    uses = {use: [column] if isinstance(column, str) else column for use, column in structs.asdict(columns).items() if column is not UNSET}
    students = listed(folder / said.names, uses)
    if said.count is not UNSET and said.count != len(students):
        raise DeriveError(f"{place}: count = {said.count!r}, and {folder / said.names} names {len(students)}; one of the two is enough")
    return students


def draws(table: Mapping[str, Plain], place: str, leave: Sequence[str], tables: Sequence[str] = ()) -> Draws:
    """What a problem draws, and the values that it has fixed. ``leave`` are fields that are no values, ``tables`` those whose values may be tables of their
    own (the layers of a network): there only ``choose`` is a draw.

    Raises:
        DeriveError: a draw, a condition or a name is not accepted.
    """
    own = table.get("draw", {})
    if not isinstance(own, dict) or not all(_NAME.fullmatch(name) for name in own):
        raise DeriveError(f"{place}: draw = {own!r} is not accepted; it must be a table of names, such as {{ a = {{ from = 1, to = 9 }} }}")
    found: list[Draw] = []
    computed: list[tuple[str, Formula]] = []
    fixed: dict[str, Plain] = {}
    fields = {key.replace("-", "_"): value for key, value in table.items() if key not in (*leave, "draw", "where")}
    for name in own:
        if name in fields:
            raise DeriveError(f"{place}: {name} is a field of the problem and drawn as well; give one of them another name")
    for name, value in (*own.items(), *fields.items()):
        here = f"{place}: {name}"
        if isinstance(value, dict) and "compute" in value and name not in tables:
            if set(value) != {"compute"}:
                raise DeriveError(f"{here} = {value!r} is not accepted; compute stands alone")
            computed.append((name, Formula(value["compute"], f"{here}: compute")))
        elif isinstance(value, dict) and (name not in tables or set(value) == {"choose"}):
            found.append(Draw(name, (), _range(value, here)))
        else:
            fixed[name] = value
            found += _inside(name, value, here) if name not in tables else ()
    conditions = table.get("where", [])
    conditions = [conditions] if isinstance(conditions, str) else conditions
    if not isinstance(conditions, list):
        raise DeriveError(f"{place}: where = {conditions!r} is not accepted; it must be a list of conditions, such as [\"dilation < kernel\"]")
    return Draws(place, tuple(found), tuple(computed), tuple(Formula(text, f"{place}: where") for text in conditions), fixed)


def varies(table: Mapping[str, Plain], leave: Sequence[str]) -> str:
    """The first field of a problem that asks for a draw, or an empty string."""
    for name, value in table.items():
        inside = value if isinstance(value, list) else [value]
        asks = any(isinstance(item, dict) and ("choose" in item or "compute" in item or {"from", "to"} <= set(item)) for item in inside)
        if name in ("draw", "where") or (name not in leave and asks):
            return name
    return ""


def _inside(name: str, value: Plain, here: str) -> Iterator[Draw]:
    """The draws in a list."""
    if isinstance(value, list):
        for place, item in enumerate(value):
            if isinstance(item, dict):
                if "compute" in item:
                    raise DeriveError(f"{here} = {value!r} is not accepted; compute stands alone and not in a list")
                yield Draw(name, (place,), _range(item, here))


def _range(table: Mapping[str, Plain], here: str) -> Range:
    if set(table) == {"choose"} and isinstance(table["choose"], list) and table["choose"]:
        items = table["choose"]
        if all(isinstance(item, int | float | str | list) for item in items):
            return Range(len(items), lambda k: items[k])
    elif {"from", "to"} <= set(table) <= {"from", "to", "step"}:
        ends = [_exact(table.get(part, 1)) for part in ("from", "to", "step")]
        first, last, step = ends
        if first is not None and last is not None and step is not None and step > 0:
            if first > last:
                raise DeriveError(f"{here} = {dict(table)!r} is empty: {table['from']} is more than {table['to']}")
            start, by = first, step
            return Range(int((last - first) / step) + 1, lambda k: _plain(start + k * by))
    unknown = next((key for key in table if key not in _DRAWS), "")
    near = f": there is no {unknown!r}{nearest(unknown, _DRAWS)}" if unknown else ""
    raise DeriveError(f"{here} = {dict(table)!r} is not accepted{near}; a draw is {_ACCEPTED}")


def _exact(value: Plain) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or str(value) in ("inf", "-inf", "nan"):
        return None
    return Fraction(str(value))


def _plain(value: Fraction) -> Plain:
    """A number as a person would write it in a sheet."""
    if value.denominator == 1:
        return int(value)
    places = next((k for k in range(1, 13) if 10**k % value.denominator == 0), 0)
    return f"{float(value):.{places}f}" if places else str(value)


def _value(value: Plain) -> Value:
    """A value of a sheet as conditions see it."""
    match value:
        case bool():
            return value
        case int() | float():
            return Fraction(str(value)) if str(value) not in ("inf", "-inf", "nan") else str(value)
        case str():
            try:
                return Fraction(value) if len(value) <= 60 and re.fullmatch(r"-?\d+(\.\d+)?(/[1-9]\d*)?", value) else value
            except (ValueError, ZeroDivisionError):
                return value
        case list() | tuple():
            return tuple(_value(item) for item in value)
        case _:
            return str(value)


def _put(whole: Plain, path: tuple[int, ...], value: Plain) -> Plain:
    if not path:
        return value
    return [value if k == path[0] else item for k, item in enumerate(whole)]


def _number(key: str, count: int) -> int:
    """A number below ``count`` that depends on the key alone, on every machine and in every version of Python."""
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest(), "big") % count


@record
class Drawn:
    """The problems of one student: their tables without draws, and what was drawn for each, in words."""

    student: Student
    tables: tuple[dict[str, Plain], ...]
    values: tuple[dict[str, str], ...]


def for_students(asked: Variants, problems: Sequence[tuple[Mapping[str, Plain], Draws]]) -> Iterator[Drawn]:
    """The sheet of each student.

    Raises:
        DeriveError: conditions that cannot be fulfilled, a reference to nothing, or fewer different sheets than students where they must differ.
    """
    seen: set[str] = set()
    for student in asked.students:
        for attempt in range(_REDRAWN):
            drawn = _sheet(asked, problems, student, attempt)
            if not asked.distinct or repr(drawn.values) not in seen:
                break
        else:
            raise DeriveError(
                f"{asked.place}: distinct = true, and after {len(seen)} sheets no further one was found for {student.label} whose numbers differ; "
                "allow more values, or leave distinct out"
            )
        seen.add(repr(drawn.values))
        yield drawn


def _sheet(asked: Variants, problems: Sequence[tuple[Mapping[str, Plain], Draws]], student: Student, attempt: int) -> Drawn:
    key = f"{asked.seed}/{student.key}" + (f"/{attempt}" if attempt else "")
    shared = asked.shared.drawn(f"{key}/0", {})
    tables, values = [], []
    for number, (table, found) in enumerate(problems, 1):
        drawn = found.drawn(f"{key}/{number}", shared)
        own = table.get("draw", {})
        texts = {**shared, **{name: drawn[name] for name in own}}
        kept = {name: value for name, value in table.items() if name not in ("draw", "where")}
        kept = {name: drawn.get(name.replace("-", "_"), value) for name, value in kept.items()}
        tables.append({name: filled(value, texts, name, found.place) for name, value in kept.items()})
        values.append({name: words(value) for name, value in {**shared, **{name: drawn[name] for name in found.names}}.items()})
    return Drawn(student, tuple(tables), tuple(values))


def words(value: Plain) -> str:
    """A value that was drawn, on one line."""
    return ", ".join(map(words, value)) if isinstance(value, list | tuple) else str(value)


def told(values: Mapping[str, str]) -> str:
    """``kernel = 3, stride = 2``."""
    return ", ".join(f"{name} = {value}" for name, value in values.items())


_MARKUP: Final = ("solution", "question", "hint", "note", "words", "title", "heading")
"""Fields that hold formulas between dollars, or are LaTeX as a whole: there a number stays one argument, ``x^{12}``."""


def filled(value: Plain, drawn: Mapping[str, Plain], field: str, place: str) -> Plain:
    """A value with ``{draw.a}`` in its texts replaced. Raises DeriveError for a reference to nothing."""
    match value:
        case str():
            return _REFERENCE.sub(lambda found: _filled(found, value, drawn, field, place), value)
        case list():
            return [filled(item, drawn, field, place) for item in value]
        case dict():
            return {name: filled(item, drawn, name, place) for name, item in value.items()}
        case _:
            return value


def _filled(found: re.Match[str], text: str, drawn: Mapping[str, Plain], field: str, place: str) -> str:
    name = found[1]
    if name not in drawn:
        there = ", ".join(f"{{draw.{known}}}" for known in drawn) or "none"
        raise DeriveError(f"{place}: {field}: {{draw.{name}}} refers to nothing here{nearest(name, drawn)}; there are {there}")
    number = words(drawn[name])
    inside = field == "solution" or text.count("$", 0, found.start()) % 2 == 1
    return f"{{{number}}}" if field in _MARKUP and inside else number
