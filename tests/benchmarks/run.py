"""What the program costs, as ratios to ``python -c "import sympy"`` measured in the same run: ``python tests/benchmarks/run.py [REPEATS]``.

Every measurement is the processor time of a whole new process with a warm file cache; the smallest unit is repeated between the others, so that a busy machine
slows both alike. The table shows medians. The exit status is 1 if a command fails or a ratio is over its bound.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
PYTHON = sys.executable
REPEATS = 5


class Measured(NamedTuple):
    """A command with the greatest ratio that it may have, or None where nothing is promised."""

    label: str
    command: tuple[str, ...]
    bound: float | None


def derive(*words: str) -> tuple[str, ...]:
    return (PYTHON, "-m", "render.cli", *words)


def rows(folder: Path) -> tuple[Measured, ...]:
    sheet = derive("sheet", "assignment-2", "--to", "tex", "--out", str(folder))
    return (
        # The aim is 3.5, and 5.4 to 5.9 is measured: 1.9 to import SymPy and the program's own modules, 0.5 to count what SymPy calls for the density.
        Measured("the whole sheet as .tex, derived and checked", (*sheet, "--no-cache"), 7.4),
        Measured("the same the second time", (*sheet, "--cache"), 1.1),
        Measured("derive list", derive("list"), 0.22),
        # The aim is 8, and 9.4 to 9.8 is measured: 33 problems are derived, none is taken that is kept.
        Measured("derive verify", derive("verify"), 12.8),
        Measured("derive show convolution", derive("show", "convolution", "--kernel", "7", "--stride", "3", "--dilation", "2", "--no-cache"), None),
        Measured("derive show pushforward", derive("show", "pushforward", "--map", "logistic", "--no-cache"), None),
        Measured("the whole sheet in all formats", derive("sheet", "assignment-2", "--out", str(folder), "--no-cache"), None),
    )


def seconds(command: Sequence[str], home: Path) -> float:
    """The processor time of one run in a new process, which remembers things in ``home`` only. Raises RuntimeError with the end of its output if it fails."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(home / "cache"), "XDG_STATE_HOME": str(home / "state")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled, as SymPy is
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed with status {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measured(repeats: int) -> tuple[float, list[tuple[Measured, float]]]:
    """The median of ``import sympy``, and of every row."""
    unit_command = (PYTHON, "-c", "import sympy")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        table = rows(home / "sheets")
        units: list[float] = []
        taken: list[list[float]] = [[] for _ in table]
        seconds(unit_command, home)  # fills the file cache
        for row in table:
            seconds(row.command, home)
        for _ in range(repeats):
            for row, found in zip(table, taken, strict=True):
                units.append(seconds(unit_command, home))
                found.append(seconds(row.command, home))
        return median(units), [(row, median(found)) for row, found in zip(table, taken, strict=True)]


def main(words: Sequence[str]) -> int:
    repeats = int(words[0]) if words else REPEATS
    try:
        unit, found = measured(repeats)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    width = max(len(row.label) for row, _ in found)
    print(f"{'import sympy':{width}}  {unit:6.2f} s   ratio    bound   (median of {repeats})")
    for row, taken in found:
        ratio = taken / unit
        bound = "" if row.bound is None else f"{row.bound:5.2f}   {'ok' if ratio <= row.bound else 'OVER THE BOUND'}"
        print(f"{row.label:{width}}  {taken:6.2f} s  {ratio:6.2f}    {bound}")
    over = [row.label for row, taken in found if row.bound is not None and taken > row.bound * unit]
    print(f"over the bound: {'; '.join(over) or 'nothing'}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
