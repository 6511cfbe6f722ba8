"""``derive embed init|add|update|flatten|check``: formulas for papers that go stale loudly."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derivations.catalogue import KINDS, Kind, find
from derivations.language.errors import DeriveError
from derivations.parameters import nearest
from derivations.reading.files import text_of_file
from derivations.reading.permission import running_python
from render.commands import printed
from render.commands.command import NOT_ACCEPTED, OK, Command, Parser, joined_values, offer
from render.embed.keys import FILE, PARTS, Keys, load, parse, valid_name
from render.shown import shown, tell

if TYPE_CHECKING:
    from render.embed.literals import Workshop

ACTIONS = {
    "init": "make derived.toml and derived.sty beside a paper",
    "add": "add a key to derived.toml and write the files",
    "update": "derive every key again and write derived.sty and derived/*.tex",
    "flatten": "print a paper with the literals written in",
    "check": "tell what in a paper is not what is derived: files, formulas, numbers (for CI)",
}

_EXAMPLE = """# The formulas of this paper. Each key is a problem kind with its parameters and the part that is quoted; "derive list" tells the kinds.
# After a change: derive embed update. In the paper: \\usepackage{derived}, then \\derived{key} in text, mathematics, headings, captions, tables, align.
#
# [notation]
# symbols = { beta = "gamma" }   # the letters of the paper; also fonts, bold, log, decimal, thousands
#
# [key.momentum]
# kind = "momentum"
# part = "statement"             # statement, answer, number, chain, ledger or figure
"""


def _declare(parser: argparse.ArgumentParser) -> None:
    width = max(map(len, ACTIONS))
    parser.usage = "derive embed ACTION ..."
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "\n".join(["actions:", *(f"  {name:{width}}  {words}" for name, words in ACTIONS.items())])
    action = parser.add_argument("action", metavar="ACTION", nargs="?", help=f"one of {', '.join(ACTIONS)}; derive embed ACTION --help tells its arguments")
    offer(action, ACTIONS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="...", help=argparse.SUPPRESS)


def _run(arguments: argparse.Namespace) -> int:
    action = arguments.action
    if action is None:
        raise DeriveError(f"derive embed needs an action: one of {', '.join(ACTIONS)}")
    if action not in ACTIONS:
        raise DeriveError(f"derive embed has no action {action!r}{nearest(action, ACTIONS)}; there are {', '.join(ACTIONS)}")
    return {"init": _init, "add": _add, "update": _update, "flatten": _flatten, "check": _check}[action](arguments.rest)


def _parser(action: str) -> Parser:
    parser = Parser(prog=f"derive embed {action}", description=ACTIONS[action][0].upper() + ACTIONS[action][1:] + ".")
    _DECLARED[action](parser)
    return parser


def _folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", nargs="?", default=".", help="where the paper is (default: here)")


def _init(words: Sequence[str]) -> int:
    parser = _parser("init")
    folder = Path(parser.parse_args(words).folder)
    if (folder / FILE).exists():
        raise DeriveError(f"{folder / FILE} is already there; derive embed add adds a key to it")
    from render.files import write_all

    write_all(folder, {FILE: _EXAMPLE})
    _written(_workshop(load(folder)))
    tell(f"Wrote {folder / FILE} and {folder / 'derived.sty'}. Write \\usepackage{{derived}} into the paper, then: derive embed add KEY KIND ...")
    return OK


def _declare_add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", metavar="KEY", help="the name for \\derived{KEY}")
    kind = parser.add_argument("kind", metavar="KIND", help="a problem kind; its parameters follow as --parameter value")
    offer(kind, [kind.name for kind in KINDS])
    parser.add_argument("--part", choices=PARTS, default="statement", help="what is quoted (default statement)")
    parser.add_argument("--section", type=int, metavar="N", help="which theorem a chain is of (from 1)")
    parser.add_argument("--folder", default=".", metavar="FOLDER", help="where the paper is (default: here)")
    printed.declare_python(parser)


def _add(words: Sequence[str]) -> int:
    parser = _parser("add")
    given_kind = _kind_of(words)
    if given_kind is not None:
        for parameter in given_kind.parameters:
            flags = dict.fromkeys(("--" + parameter.name.replace("_", "-"), "--" + parameter.name))
            parser.add_argument(*flags, dest=f"of_{parameter.name}", metavar=parameter.type.metavar, default=None, action=printed.gathering(parameter.type),
                                help=parameter.help.replace("%", "%%"))  # fmt: skip
        names = [p.name for p in given_kind.parameters]
        words = joined_values(words, frozenset(f"--{spelled}" for name in names for spelled in (name, name.replace("_", "-"))))
    given = vars(parser.parse_args(words))
    kind, folder, key = find(given["kind"]), Path(given["folder"]), given["key"]
    known = load(folder)
    if not valid_name(key):
        raise DeriveError(f"derive embed add: {key!r} is no key; a key is letters and digits, with - . _ : between them")
    if known.find(key) is not None:
        raise DeriveError(f"{folder / FILE} has a key {key!r} already; change it there, then: derive embed update")
    values = {p.name: given[f"of_{p.name}"] for p in kind.parameters if given[f"of_{p.name}"] is not None}
    path = folder / FILE
    text = text_of_file(path)
    longer = f"{text.rstrip()}\n\n{_table(key, kind, given['part'], given['section'], values)}"
    workshop = _workshop(parse(longer, folder, str(path)))
    with running_python(given["allow_python"]):
        _written(workshop, {FILE: longer})
    literal = workshop.literal(next(k for k in workshop.keys.keys if k.name == key))
    tell(f"Added {key}: {_first_line(literal.tex)}")
    return OK


def _kind_of(words: Sequence[str]) -> Kind | None:
    """The kind among the words, as far as it can be told before its parameters are known: the second word that is no option and no option's value."""
    plain, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("--"):
            skip = "=" not in word
        else:
            plain.append(word)
    return find(plain[1]) if len(plain) > 1 else None


def _table(key: str, kind: Kind, part: str, section: int | None, values: Mapping[str, str]) -> str:
    """The TOML table of a key."""
    name = key if all(c.isalnum() or c in "-_" for c in key) else _quoted(key)
    lines = [f"[key.{name}]", f"kind = {_quoted(kind.name)}", f"part = {_quoted(part)}"]
    lines += [f"section = {section}"] * (section is not None)
    lines += [f"{field} = {_quoted(value)}" for field, value in values.items()]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _declare_update(parser: argparse.ArgumentParser) -> None:
    _folder(parser)
    printed.declare_python(parser)


def _update(words: Sequence[str]) -> int:
    parser = _parser("update")
    given = parser.parse_args(words)
    with running_python(given.allow_python):
        changed = _written(_workshop(load(Path(given.folder))))
    for line in [f"{name}: {what}" for name, what in changed.items()] or ["There are no keys yet; derive embed add KEY KIND adds one."]:
        tell(line)
    return OK


def _written(workshop: Workshop, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Derive everything and write all files; what became of each key: new, changed or unchanged."""
    from render.embed.package import FOLDER, files
    from render.files import write_all

    literals = workshop.literals()
    folder = workshop.keys.folder
    told: dict[str, str] = {}
    for name, literal in literals.items():
        path = folder / FOLDER / literal.key.file
        before = path.read_text("utf-8", errors="replace") if path.is_file() else None
        told[name] = "new" if before is None else "unchanged" if before == literal.tex + "%\n" else "changed"
    made = files(literals)
    inside = {name.removeprefix(f"{FOLDER}/"): text for name, text in made.items() if name.startswith(f"{FOLDER}/")}
    if inside:
        write_all(folder / FOLDER, inside)
    write_all(folder, {**{name: text for name, text in made.items() if "/" not in name}, **(more or {})})
    return told


def _declare_flatten(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paper", metavar="PAPER", help="a LaTeX file with derived.toml beside it")
    printed.declare_python(parser)


def _flatten(words: Sequence[str]) -> int:
    parser = _parser("flatten")
    given = parser.parse_args(words)
    path = Path(given.paper)
    from render.embed.check import stale
    from render.embed.paper import flattened, read

    source = read(_there(path))
    with running_python(given.allow_python):
        literals = _workshop(load(path.parent)).literals()
    late = next(stale(path.parent, literals), None)
    if late is not None:
        raise DeriveError(f"{late.place}: {late.words}")
    sys.stdout.write(flattened(source, literals, path.parent))
    return OK


def _declare_check(parser: argparse.ArgumentParser) -> None:
    papers_help = "LaTeX files with derived.toml beside them, or folders (default: here); files that they input are checked as well"
    parser.add_argument("papers", metavar="PAPER", nargs="*", default=["."], help=papers_help)
    printed.declare_python(parser)


def _check(words: Sequence[str]) -> int:
    parser = _parser("check")
    given = parser.parse_args(words)
    from render.embed.check import Finding, left_over, paper, stale
    from render.embed.paper import papers_of

    papers: list[tuple[Path, Path | None]] = []
    for name in map(Path, given.papers):
        inside = papers_of(name) if name.is_dir() else [_there(name)]
        papers += [(path.parent, path) for path in inside] or [(name, None)]
    faults = False
    literals: dict[Path, Mapping[str, Any]] = {}
    for folder, path in papers:
        found: list[Finding] = []
        if folder not in literals:
            with running_python(given.allow_python):
                literals[folder] = _workshop(load(folder)).literals()
            found += (*stale(folder, literals[folder]), *left_over(folder, literals[folder]))
        report = None if path is None else paper(path, literals[folder])
        found += () if report is None else report.findings
        faults = faults or any(finding.fault for finding in found)
        for finding in found:
            tell(f"{finding.place}: {'' if finding.fault else 'note: '}{finding.words}")
        if report is None:
            tell(f"{folder}: no paper in this folder uses derived.sty; its generated files {'are out of date' if found else 'are those of derived.toml'}")
            continue
        wrong = sum(finding.fault for finding in report.findings)
        notes = len(report.findings) - wrong
        counts = f"{report.uses} uses of keys, {report.compared} formulas and numbers compared, {wrong} wrong, {notes} not compared"
        tell(f"{path}: {counts}")
    return NOT_ACCEPTED if faults else OK


def _there(path: Path) -> Path:
    if not path.is_file():
        raise DeriveError(f"there is no file {str(path)!r}; it must be a paper in LaTeX")
    return path


def _workshop(keys: Keys) -> Workshop:
    from render.embed.literals import Workshop

    live = sys.stderr.isatty()

    def told(name: str) -> None:
        if live:
            sys.stderr.write(f"\r\x1b[2Kderiving {shown(name)}\r")
            sys.stderr.flush()

    return Workshop(keys, told)


def _first_line(text: str) -> str:
    first, _, rest = text.partition("\n")
    return first + (" ..." if rest else "")


_DECLARED = {"init": _folder, "add": _declare_add, "update": _declare_update, "flatten": _declare_flatten, "check": _declare_check}
"""What each action takes."""

COMMAND = Command(_declare, _run, lambda: {action: _parser(action) for action in ACTIONS})
