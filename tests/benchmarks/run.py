"""What the program costs, as ratios to ``python -c "import sympy"`` measured in the same run: ``python tests/benchmarks/run.py``.

Every measurement is a new process with a warm file cache; the smallest unit is repeated between the others, so that a busy machine slows both alike.
The table shows medians. The exit status is 0 however slow it is, and 1 only if a command fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
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
    return (
        Measured("the whole sheet, derived, checked and written as .tex", derive("sheet", "assignment-2", "--to", "tex", "--out", str(folder)), 5),
        Measured("derive list", derive("list"), 0.5),
        Measured("derive verify", derive("verify"), 8),
        Measured("derive show convolution", derive("show", "convolution", "--kernel", "7", "--stride", "3", "--dilation", "2"), None),
        Measured("derive show pushforward", derive("show", "pushforward", "--map", "logistic"), None),
        Measured("the whole sheet in all formats", derive("sheet", "assignment-2", "--out", str(folder)), None),
    )


def seconds(command: Sequence[str]) -> float:
    """The time of one run in a new process. Raises RuntimeError with the end of its output if it fails."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled, as SymPy is
    start = perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    taken = perf_counter() - start
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed with status {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}")
    return taken


def measured(repeats: int) -> tuple[float, list[tuple[Measured, float]]]:
    """The median of ``import sympy``, and of every row."""
    unit_command = (PYTHON, "-c", "import sympy")
    with tempfile.TemporaryDirectory() as folder:
        table = rows(Path(folder))
        units: list[float] = []
        taken: list[list[float]] = [[] for _ in table]
        seconds(unit_command)  # fills the file cache
        for row in table:
            seconds(row.command)
        for _ in range(repeats):
            for row, found in zip(table, taken, strict=True):
                units.append(seconds(unit_command))
                found.append(seconds(row.command))
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
        bound = "" if row.bound is None else f"{row.bound:5.1f}   {'ok' if ratio <= row.bound else 'OVER THE BOUND'}"
        print(f"{row.label:{width}}  {taken:6.2f} s  {ratio:6.2f}    {bound}")
    over = [row.label for row, taken in found if row.bound is not None and taken > row.bound * unit]
    print(f"over the bound: {'; '.join(over) or 'nothing'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
