"""``derive check FILE ...``: which lines of somebody's derivation follow, and which do not."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from derivations.language.errors import DeriveError
from render.commands.command import NOT_ACCEPTED, OK, Command

if TYPE_CHECKING:
    from derivations.checking.report import Report

UNDECIDED = 3
"""Exit status: nothing was refuted, but something is undecided or could not be read."""

FORMATS = ("text", "json", "sarif")
ENDINGS = (".tex", ".md", ".markdown", ".ipynb")


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="*", help="LaTeX, Markdown or notebook files, folders of them, or - for standard input")
    parser.add_argument("--to", default="text", metavar="FORMAT", help=f"one of {', '.join(FORMATS)} (default text)")
    parser.add_argument("--strict", action="store_true", help="steps that were only tried on samples count as undecided")
    parser.add_argument("--verbose", action="store_true", help="also show the accepted steps and what was assumed in reading them")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="files checked at the same time (default: one for each processor)")
    parser.add_argument("--no-cache", action="store_true", help="judge everything again")


def found(names: list[str]) -> Iterator[Path]:
    """The files named, and those in the folders named. Raises DeriveError for one that is not there."""
    for name in names:
        path = Path(name)
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in ENDINGS and not any(part.startswith(".") for part in p.parts))
            if not inside:
                raise DeriveError(f"the folder {name!r} holds no file to check; files ending in {', '.join(ENDINGS)} are read")
            yield from inside
        elif not path.exists():
            raise DeriveError(f"there is no file {name!r}; LaTeX, Markdown and notebook files, folders of them, or - for standard input are accepted")
        else:
            yield path


def checked(path: Path | None, text: str | None, use_cache: bool) -> Report:
    """The report on one file (or on a text from standard input), from the cache where nothing changed."""
    from derivations.reading.source import MARKUP_OF, source_of
    from render.check_cache import Cache

    if path is not None:
        if path.suffix.lower() not in MARKUP_OF:
            raise DeriveError(f"{path}: files ending in {', '.join(sorted(MARKUP_OF))} are checked")
        try:
            text = path.read_bytes().decode("utf-8", errors="replace")
        except OSError as error:
            raise DeriveError(f"cannot read {path}: {error.strerror or error}") from None
    name = "<stdin>" if path is None else str(path)
    declarations = sidecar(path)
    cache = Cache.open(name, "\n".join(declarations) + "\0" + (text or "")) if use_cache else Cache(None)
    remembered = cache.report()
    if remembered is not None:
        return remembered
    from derivations.checking.report import check
    from derivations.reading.judgements import document

    report = check(document(source_of(text or "", name), declarations), known=cache.known, learnt=cache.learnt)
    cache.save(report)
    return report


def sidecar(path: Path | None) -> tuple[str, ...]:
    """The declarations in ``FILE.derive.toml`` beside a file: ``declare = ["let P: permutation N", "assume x > 0"]``."""
    beside = None if path is None else path.with_name(path.name + ".derive.toml")
    if beside is None or not beside.is_file():
        return ()
    import tomllib

    try:
        told = tomllib.loads(beside.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DeriveError(f"{beside}: {error}") from None
    lines = told.get("declare", [])
    if set(told) - {"declare"} or not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise DeriveError(f'{beside}: only a list of texts is accepted, declare = ["assume x > 0", "let P: permutation N"]')
    return tuple(lines)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.to not in FORMATS:
        raise DeriveError(f"derive check: --to {arguments.to} is not accepted; one of {', '.join(FORMATS)} is")
    if not arguments.files:
        raise DeriveError("derive check needs a file: LaTeX, Markdown or a notebook, a folder of them, or - for standard input")
    use_cache = not arguments.no_cache
    reports: list[Report] = []
    if "-" in arguments.files:
        reports.append(checked(None, sys.stdin.read(), use_cache))
    paths = list(dict.fromkeys(found([name for name in arguments.files if name != "-"])))
    jobs = arguments.jobs or os.cpu_count() or 1
    if len(paths) > 1 and jobs > 1:
        from concurrent.futures import ProcessPoolExecutor

        with ProcessPoolExecutor(min(jobs, len(paths))) as pool:
            reports.extend(pool.map(checked, paths, [None] * len(paths), [use_cache] * len(paths)))
    else:
        reports.extend(checked(path, None, use_cache) for path in paths)
    sys.stdout.write(_written(reports, arguments))
    return _status(reports, arguments.strict)


def _written(reports: list[Report], arguments: argparse.Namespace) -> str:
    from render import checked as words

    if arguments.to == "json":
        return words.to_json(reports)
    if arguments.to == "sarif":
        from render.cli import _version
        from render.sarif import sarif

        return sarif(reports, _version(), strict=arguments.strict)
    lines = [line for report in reports for line in words.text(report, strict=arguments.strict, verbose=arguments.verbose)]
    if len(reports) > 1:
        from derivations.checking.report import total

        lines.append(f"{len(reports)} files: {words.summary(total(reports))}")
    return "\n".join(lines) + "\n"


def _status(reports: list[Report], strict: bool) -> int:
    verdicts = {r.verdict for report in reports for r in report.records}
    if "refuted" in verdicts:
        return NOT_ACCEPTED
    sampled = strict and any(r.evidence.startswith("sampled") for report in reports for r in report.records)
    return UNDECIDED if verdicts & {"undecided", "unread"} or sampled else OK


COMMAND = Command(_declare, _run)
