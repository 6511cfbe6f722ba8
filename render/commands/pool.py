"""``derive pool SHEET``: the problems of a sheet as questions for a learning platform; of a class, with all variants of each."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from derivations.language.errors import DeriveError
from derivations.parameters import nearest
from render import sheet_file
from render.commands import printed
from render.commands.command import NOT_ACCEPTED, OK, Command, offer
from render.files import write_all
from render.shown import tell

if TYPE_CHECKING:
    from render.pool.questions import Kind, PoolQuestion

_FORMATS: Final = ("moodle", "qti", "qti3")
_KINDS: Final = ("number", "formula", "choice", "essay")
_NOT_IN_QTI: Final = "formula"


def _declare(parser: argparse.ArgumentParser) -> None:
    names = ", ".join(sheet_file.bundled())
    offer(parser.add_argument("sheet", metavar="NAME_OR_FILE", help=f"a bundled sheet ({names}) or a TOML file of your own"), sheet_file.bundled())
    told = "of moodle (XML, formulas as questions of STACK), qti (a package of QTI 2.1), qti3 (QTI 3.0); several with commas (default moodle,qti)"
    offer(parser.add_argument("--to", default="moodle,qti", metavar="FORMATS", help=told), _FORMATS)
    parser.add_argument("--out", default="output", metavar="FOLDER", help="where to write (default output)")
    parser.add_argument(
        "--questions", default=",".join(_KINDS), metavar="KINDS", help=f"the kinds of questions that may be made, of {','.join(_KINDS)} (default all)"
    )
    printed.declare(parser)
    parser.add_argument("--draft", action="store_true", help=printed.DRAFT)
    printed.declare_python(parser)
    parser.set_defaults(edition=None)


def _chosen(text: str, known: Sequence[str], option: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in known:
            raise DeriveError(f"{option} {name!r} is not accepted{nearest(name, known)}; it must be of {', '.join(known)}")
    return names


def _run(arguments: argparse.Namespace) -> int:
    options = vars(arguments)
    formats = _chosen(arguments.to, _FORMATS, "--to")
    kinds = _chosen(arguments.questions, _KINDS, "--questions")
    folder = Path(arguments.out)
    if folder.exists() and not folder.is_dir():
        raise DeriveError(f"--out {arguments.out!r} is a file; it must be a folder to write into")
    spec = sheet_file.load(arguments.sheet)
    printing = printed.printing(options, spec, arguments.sheet)
    sheets = spec.members or (spec,)

    from render.commands.batch import Order, imported, outcomes_of, sheet_of

    made: dict[str, list[PoolQuestion]] = {}
    seen: set[tuple[int, str]] = set()
    for member in sheets:
        order = Order(member, arguments.sheet, (), folder, options)
        imported([order])
        outcomes = outcomes_of(order)
        for outcome in outcomes:
            if outcome.problem is None:
                tell(f"{outcome.label}: {outcome.detail}")
        if any(outcome.problem is None for outcome in outcomes):
            sys.stdout.write("Nothing was written: a problem was not accepted.\n")
            return NOT_ACCEPTED
        entries = sheet_of(order, outcomes).entries
        for number, entry in enumerate(entries, 1):
            drawn = member.drawn[number - 1] if member.drawn else {}
            if (number, repr(dict(drawn))) in seen:
                continue
            seen.add((number, repr(dict(drawn))))
            variant = sum(1 for n, _ in seen if n == number)
            identifier = f"{_plain(spec.name)}-{number}" + (f"-v{variant}" if member.drawn and drawn else "")
            for name in formats:
                allowed: list[Kind] = [kind for kind in _of(kinds) if name == "moodle" or kind != _NOT_IN_QTI]
                made.setdefault(name, []).extend(_questions(entry, number, identifier, printing, allowed))
    contents = dict(_contents(spec, made, printing))
    written = write_all(folder, contents)
    for name, questions in made.items():
        counts = {kind: sum(q.kind == kind for q in questions) for kind in _KINDS}
        told = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
        tell(f"{name}: {len(questions)} questions ({told})")
    tell(f"Wrote {', '.join(map(str, written))}")
    return OK


def _of(kinds: Sequence[str]) -> Iterator[Kind]:
    from render.pool.questions import KINDS

    return (kind for kind in KINDS if kind in kinds)


def _questions(entry: Any, number: int, identifier: str, printing: Any, kinds: Sequence[Kind]) -> Sequence[PoolQuestion]:
    from render.pool.questions import questions

    return questions(entry, number, identifier, printing, kinds)


def _contents(spec: sheet_file.SheetSpec, made: Mapping[str, list[PoolQuestion]], printing: Any) -> Iterator[tuple[str, str | bytes]]:
    """The files of the pool. Variants of one problem stand together."""
    from render.pool.moodle import moodle
    from render.pool.qti import qti
    from render.pool.qti3 import qti3

    for name, found in made.items():
        questions = sorted(found, key=lambda q: [q.category for q in found].index(q.category))
        if not questions:
            raise DeriveError(f"--to {name}: no question of the sheet is of a kind that was asked for; essay takes every problem")
        if name == "moodle":
            yield f"{spec.name}-moodle.xml", moodle(spec.title, questions, printing.style, printing.messages)
        else:
            package = qti(spec.title, _plain(spec.name), questions, printing.style, printing.messages)
            yield f"{spec.name}-{name}.zip", package if name == "qti" else qti3(package)


def _plain(name: str) -> str:
    """A name that may stand in an identifier of XML, and in the name of a file of a package."""
    return "s-" + (re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-") or "sheet")


COMMAND = Command(_declare, _run)
