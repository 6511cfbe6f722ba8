"""The frozen verdicts of the known documents, and what changed since: ``python tests/frozen/compare.py [NAME ...] [--update]``.

A line of ``NAME.txt`` is a step: file, line, number of the step on that line, verdict, evidence, method, and the formula where the document is ours.
The names are ``corpus`` (``tests/corpus`` as it stands), ``slips`` (each slip of it, the verdicts on its line) and ``chains`` (a folder of others'
derivations, ``--cases FOLDER``). Changes are sorted into better, same and worse; ``--update`` rewrites
the files. A change for the worse is explained in the commit that makes it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
CORPUS: Final = HERE.parent / "corpus"
CASES: Final = HERE.parent.parent.parent / "shared" / "reference" / "cases" / "chains"
SLIP: Final = re.compile(r"\s*% wrong: (.*)$")
RIGHT: Final = ("refuted", "unread", "given", "undecided", "sampled", "proved under a convention", "proved")
"""The verdicts on a step that is right, from the worst to the best."""
WRONG: Final = ("proved", "proved under a convention", "sampled", "given", "unread", "undecided", "refuted")
"""The verdicts on a step that is wrong, likewise."""


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a file. ``key``: where the step stands; ``verdict``: with its evidence instead of "accepted"."""

    key: str
    verdict: str
    method: str
    formula: str

    def __str__(self) -> str:
        return " | ".join((self.key, self.verdict, self.method, self.formula)).rstrip(" |")

    @classmethod
    def read(cls, line: str) -> Step:
        key, verdict, method, formula = [*line.rstrip("\n").split(" | ", 3), "", "", ""][:4]
        return cls(key, verdict, method, formula)


def steps_of(text: str, name: str, only: int | None = None, formulas: bool = True) -> list[Step]:
    """The steps of a document; ``only`` those on one line."""
    from derivations.checking.report import check
    from derivations.reading.judgements import document
    from derivations.reading.source import source_of

    found: list[Step] = []
    count: dict[int, int] = {}
    for r in check(document(source_of(text, name.partition(" ")[0]))).records:
        count[r.line] = count.get(r.line, 0) + 1
        if only in (None, r.line):
            verdict = re.sub(r"\(\d+\)", "", r.evidence) if r.verdict == "accepted" else r.verdict
            formula = " ".join(f"{r.left} {r.relation} {r.right}".split()) if formulas else ""
            found.append(Step(f"{name}:{r.line}:{count[r.line]}", verdict, re.sub(r"\d+", "n", r.method), formula))
    return found


def written(path: Path) -> list[str]:
    return [SLIP.sub("", line) for line in path.read_text("utf-8").splitlines()]


def of_corpus(path: Path) -> list[Step]:
    return steps_of("\n".join(written(path)), path.name)


def of_slips(path: Path) -> list[Step]:
    found: list[Step] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        slips = SLIP.search(line)
        for which, slip in enumerate(slips[1].split(" | ") if slips else (), 1):
            old, new = slip.split(" -> ")
            lines = written(path)
            before, _, after = lines[number].rpartition(old)
            lines[number] = before + new + after
            found += steps_of("\n".join(lines), f"{path.name} slip {which}", number + 1)
    return found


def of_chain(path: Path) -> list[Step]:
    return steps_of(path.read_text("utf-8"), path.name, formulas=False)


def documents(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix in (".tex", ".md", ".ipynb")) if folder.is_dir() else []


def frozen(name: str) -> list[Step]:
    path = HERE / f"{name}.txt"
    return [Step.read(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def changed(old: list[Step], new: list[Step], wrong: bool) -> Iterator[tuple[str, str]]:
    """(better, same or worse; in words) for each step whose verdict or method is another one."""
    order = WRONG if wrong else RIGHT
    before, now = {s.key: s for s in old}, {s.key: s for s in new}
    for key in dict.fromkeys((*before, *now)):
        a, b = before.get(key), now.get(key)
        if a is None or b is None:
            yield "same", f"{key}: {'is new: ' + b.verdict if b is not None else 'is gone: ' + (a.verdict if a is not None else '')}"
        elif a.verdict != b.verdict:
            rank = [order.index(s.verdict) if s.verdict in order else -1 for s in (a, b)]
            yield "better" if rank[1] > rank[0] else "worse", f"{key}: {a.verdict} -> {b.verdict}   {b.formula}"
        elif a.method != b.method:
            yield "same", f"{key}: {a.verdict} ({a.method}) -> ({b.method})"


SOURCES: Final[dict[str, Callable[[Path], list[Step]]]] = {"corpus": of_corpus, "slips": of_slips, "chains": of_chain}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SOURCES)} (default: those whose documents are here)")
    parser.add_argument("--update", action="store_true", help="freeze what is found")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--cases", type=Path, default=CASES, metavar="FOLDER", help="others' derivations")
    asked = parser.parse_args(arguments)
    unknown = set(asked.names) - set(SOURCES)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))} is not one of {', '.join(SOURCES)}")
    worse = 0
    with ProcessPoolExecutor(asked.jobs) as pool:
        for name in asked.names or SOURCES:
            files = documents(asked.cases if name == "chains" else CORPUS)
            new = [step for steps in pool.map(SOURCES[name], files, chunksize=1) for step in steps]
            if not files:
                continue
            found = sorted(changed(frozen(name), new, name == "slips"))
            for sort, words in found:
                print(f"{sort}: {name}: {words}")
            counts = {sort: sum(s == sort for s, _ in found) for sort in ("better", "same", "worse")}
            worse += counts["worse"]
            print(f"{name}: {len(new)} steps; " + ", ".join(f"{n} {sort}" for sort, n in counts.items()))
            if asked.update:
                (HERE / f"{name}.txt").write_text("".join(f"{step}\n" for step in new), "utf-8")
    return 1 if worse and not asked.update else 0


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent.parent))
    sys.exit(main())
