"""Compares the program's answers with a reference file: ``python tests/score.py NAME FILE.json``.

``python tests/score.py written [FOLDER]`` prints every measure of what others wrote at once (``scoring/written.py``; ``scoring/reference.py`` finds them).

Prints a line for each case that disagrees, then ``N of M agree``. Exit status: 0 when all agree, 1 when some do not, 2 for bad usage.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType

TESTS = Path(__file__).resolve().parent
for folder in (TESTS, TESTS.parent):  # the scorers beside this file, and the program of this checkout rather than an installed one
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from scoring import MalformedFile  # noqa: E402
from scoring.reference import cases  # noqa: E402

#: NAME on the command line -> the module with its scorer.
SCORERS = {
    "conv_index": "scoring.conv_index",
    "receptive_fields": "scoring.receptive_fields",
    "layer_params": "scoring.layer_params",
    "param_counts": "scoring.param_counts",
    "densities": "scoring.densities",
    "chains": "scoring.chains",
    "written": "scoring.written",
}


def scorer(name: str) -> ModuleType | str:
    """Return the module that scores files of the format ``name``, or the reason why there is none."""
    module = SCORERS.get(name)
    if module is None:
        close = get_close_matches(name, SCORERS, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        return f"no format is called {name!r}: there are {', '.join(SCORERS)}{hint}"
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name == module:
            return f"the scorer for {name} is missing: tests/{module.replace('.', '/')}.py does not exist"
        return f"the scorer for {name} needs the module {error.name!r}, which is not installed"


def main(arguments: Sequence[str] | None = None) -> int:
    """Score one file and return the exit status."""
    parser = argparse.ArgumentParser(prog="score.py", description="Compare the program's answers with a reference file.")
    parser.add_argument("name", metavar="NAME", help=f"format of the file: {', '.join(SCORERS)}")
    parser.add_argument("file", metavar="FILE.json", type=Path, nargs="?", help="a reference file of that format (of written: the folder)")
    parser.add_argument("--verbose", action="store_true", help="print the cases that agree as well, and how they were computed")
    options = parser.parse_args(arguments)

    found = scorer(options.name)
    file = options.file or (cases() if options.name == "written" else None)
    if file is None and not isinstance(found, str):
        found = f"which file? {options.name} scores a reference file"
    if isinstance(found, str):
        print(f"score: {found}", file=sys.stderr)
        return 2
    outcomes = []
    try:
        for outcome in found.score(file):
            outcomes.append(outcome)
            if options.verbose or not outcome.agrees:
                print(f"{outcome.case_id}: {'agrees' if outcome.agrees else 'DISAGREES'}: {outcome.detail}", flush=True)
    except OSError as error:
        print(f"score: cannot read {file}: {error.strerror or error}", file=sys.stderr)
        return 2
    except MalformedFile as error:
        print(f"score: {error}", file=sys.stderr)
        return 2
    except (ValueError, KeyError) as error:
        print(f"score: {file} cannot be read as {options.name}: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    if hasattr(found, "summary"):
        print(found.summary(outcomes))
    agreeing = sum(outcome.agrees for outcome in outcomes)
    print(f"{agreeing} of {len(outcomes)} agree")
    return 0 if agreeing == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
