"""From a ``.typ`` or ``.tex`` file to a PDF, with the same bytes at every run.

Typst is embedded (the ``typst`` wheel); LaTeX is the one of the system, run in a temporary folder without shell escape. What an engine says is
kept in a log and never shown; an error names the problem of the sheet and the cause.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from derivations.language.errors import DeriveError

if TYPE_CHECKING:
    import typst

ENGINES: Final = ("typst", "latex", "pdflatex", "lualatex")
"""What ``--engine`` accepts; ``latex`` is the first of the two that is there."""

_LATEX = ("pdflatex", "lualatex")
_SECONDS = 120
_RUNS = 3
_PART = re.compile(r"(?:%|//) (problem-\d+|evidence)")
_TEX_ERROR = re.compile(r"^[^\s:]*\.tex:(\d+): (.*)$", re.MULTILINE)
_TYPST_PLACE = re.compile(r"\.typ:(\d+):\d+")
_EPOCH = 946684800  # 2000-01-01: for sheets without a date of their own


_ACCESSIBLE: Final = "ua-1"
_OF_STANDARD: Final = "PDF/UA"
"""What the compiler says where a page does not meet the standard."""


def pdf_with_typst(source: str, files: Mapping[str, bytes], log: Path) -> bytes:
    """The PDF of a ``.typ`` file, for everybody to read: to the standard PDF/UA-1, which the compiler verifies. A page with things of the reader's own that
    say nothing of themselves, such as a picture without words, is a PDF like others. ``files`` stand beside the file; ``log`` is where the words of the
    compiler are kept if it refuses it.

    Raises:
        DeriveError: the compiler refuses the file, or there is no Typst on this machine.
    """
    compiler = _typst()
    import typst

    with tempfile.TemporaryDirectory(prefix="derive-") as place:  # the only folder that the file may read from
        for file, data in files.items():
            (Path(place) / file).write_bytes(data)
        try:
            try:
                found = compiler.compile(input=source.encode(), format="pdf", root=place, pdf_standards=_ACCESSIBLE)
            except typst.TypstError as error:
                if _OF_STANDARD not in str(error):
                    raise
                found = compiler.compile(input=source.encode(), format="pdf", root=place)
        except typst.TypstError as error:
            told = str(getattr(error, "diagnostic", "")) or str(error)
            spot = _TYPST_PLACE.search(told)
            where = _where(source, int(spot[1])) if spot else ""
            raise _refused(f"typst cannot set {log.stem}{where}: {_one_line(getattr(error, 'message', '') or told)}", log, told) from None
    if not isinstance(found, bytes):
        raise TypeError(f"typst made {type(found).__name__} instead of one PDF")
    return found


@cache
def _typst() -> typst.Compiler:
    """The compiler, kept warm: fonts and what does not change from sheet to sheet are worked out once. The fonts of the system are left out, because
    another machine has others."""
    try:
        import typst
    except ImportError:
        raise DeriveError(
            "a PDF needs a typesetter: pip install 'derive-math[pdf]' brings typst; with a TeX on this machine, --engine latex does too"
        ) from None
    return typst.Compiler(ignore_system_fonts=True)


def pdf_with_latex(source: str, files: Mapping[str, bytes], log: Path, engine: str = "latex", date: str = "") -> bytes:
    """The PDF of a ``.tex`` file; ``date`` (ISO 8601) is the time that is written into it, ``log`` where TeX's words are kept if it refuses the file.

    Raises:
        DeriveError: TeX refuses the file or does not come to an end, or there is no such TeX on this machine.
    """
    program = _latex(engine)
    with tempfile.TemporaryDirectory(prefix="derive-") as place:
        folder = Path(place)
        (folder / "sheet.tex").write_text(source, encoding="utf-8", newline="\n")
        for file, data in files.items():
            (folder / file).write_bytes(data)
        for _ in range(_RUNS):
            told = _run(program, folder, source, log, date)
            if "Rerun to get" not in told and "Label(s) may have changed" not in told:
                break
        return (folder / "sheet.pdf").read_bytes()


def _latex(engine: str) -> str:
    wanted = _LATEX if engine == "latex" else (engine,)
    for program in wanted:
        path = shutil.which(program)
        if path is not None:
            return path
    raise DeriveError(
        f"--engine {engine} needs {' or '.join(wanted)}, which is not on this machine: install TeX Live (or MiKTeX), or leave --engine out to use typst"
    )


def _run(program: str, folder: Path, source: str, log: Path, date: str) -> str:
    """One run of TeX: what it said."""
    fixed = {"SOURCE_DATE_EPOCH": str(_epoch(date)), "FORCE_SOURCE_DATE": "1", "TZ": "UTC", "max_print_line": "2000"}
    label = Path(program).stem
    first = "sheet.tex"
    if label == "lualatex":  # its identifier of a file would hold the name of the temporary folder
        digest = hashlib.md5(source.encode(), usedforsecurity=False).hexdigest()
        first = f"\\pdfvariable trailerid{{[<{digest}> <{digest}>]}}\\input{{sheet.tex}}"
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "-file-line-error", "-jobname=sheet", first]
    try:
        done = subprocess.run(command, cwd=folder, env={**os.environ, **fixed}, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise _refused(f"{label} did not come to an end with {log.stem} within {_SECONDS} seconds", log, _said(folder)) from None
    told = _said(folder)
    if done.returncode == 0 and (folder / "sheet.pdf").is_file():
        return told
    missing = re.search(r"File [`']([^']+)' not found", told)
    if missing is not None:
        raise _refused(f"{label} cannot set {log.stem}: it has no {missing[1]}; install the package of TeX that holds it", log, told)
    found = _TEX_ERROR.search(told)
    where = _where(source, int(found[1])) if found is not None else ""
    cause = found[2] if found is not None else next((line[2:] for line in told.splitlines() if line.startswith("! ")), "it gives no reason")
    raise _refused(f"{label} cannot set {log.stem}{where}: {_one_line(cause)}", log, told)


def _said(folder: Path) -> str:
    path = folder / "sheet.log"
    return path.read_text("utf-8", errors="replace") if path.is_file() else ""


def _refused(message: str, log: Path, told: str) -> DeriveError:
    """The error for a person, after all that the engine said was put where it can be read."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(told, encoding="utf-8")
    except OSError as error:
        return DeriveError(f"{message} (its log could not be kept in {log}: {error.strerror})")
    return DeriveError(f"{message} (the log is in {log})")


def _epoch(date: str) -> int:
    try:
        day = datetime.datetime.fromisoformat(date)
    except ValueError:  # words, such as "spring term"
        return _EPOCH
    return max(0, int(day.replace(tzinfo=day.tzinfo or datetime.UTC).timestamp()))


def _where(source: str, line: int) -> str:
    """Which part of the sheet a line of the file belongs to."""
    parts = [match[1] for match in map(_PART.fullmatch, source.splitlines()[:line]) if match is not None]
    return f", {parts[-1].replace('-', ' ')}" if parts else ", before the first problem"


def _one_line(text: str) -> str:
    return " ".join(text.split()).rstrip(".")
