"""The frozen verdicts, and what changed since: ``python tests/frozen/compare.py [NAME ...] [--update]``.

``NAME.txt`` holds what was found once, by document: a line for each step with the line it stands on and its number there, the verdict (with its evidence
instead of "accepted"), the method, and the formula where the document is ours. A ``!`` marks a step that is wrong. The names are

``corpus``   the derivations of ``tests/corpus`` as they stand;
``slips``    each slip of theirs, the verdicts on its line;
``chains``, ``steps``   the derivations of others (``scoring/reference.py`` finds them; without them these two are left out, and that is said);
``sheets``   every step of the catalogue's theorems;
``mutants``  by theorem of the catalogue, what became of its mutants (``derivations.mutation``), and a digest of which of them that was.

Changes are sorted into better, same and worse; ``--update`` rewrites the files. A change for the worse is explained in the commit that makes it.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

if __name__ == "__main__":  # the tests beside this folder, and the program of this checkout
    sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from scoring.reference import cases, is_wrong, wrong_steps

from derivations.problem import Problem

HERE: Final = Path(__file__).resolve().parent
CORPUS: Final = HERE.parent / "corpus"
SLIP: Final = re.compile(r"\s*% wrong: (.*)$")
RIGHT: Final = ("refuted", "unread", "given", "undecided", "sampled", "proved under a convention", "proved")
"""The verdicts on a step that is right, from the worst to the best."""
WRONG: Final = ("proved", "proved under a convention", "sampled", "given", "unread", "undecided", "refuted")
"""The verdicts on a step that is wrong, likewise."""
DIGEST: Final = "digest "


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a file. ``document`` and ``place``: where the step stands; ``verdict``: with its evidence instead of "accepted"; ``wrong``: it is one."""

    document: str
    place: str
    verdict: str
    method: str = ""
    formula: str = ""
    wrong: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.document, self.place

    def __str__(self) -> str:
        """Without the document, which is the heading of its steps."""
        return "  " + " | ".join((f"{self.place}{'!' * self.wrong}", self.verdict, self.method, self.formula)).rstrip(" |")

    @classmethod
    def read(cls, document: str, line: str) -> Step:
        place, verdict, method, formula = [*line.strip().split(" | ", 3), "", "", ""][:4]
        return cls(document, place.removesuffix("!"), verdict, method, formula, place.endswith("!"))


def written_out(steps: Iterable[Step]) -> str:
    """The text of a file: each document's name, and its steps indented below it."""
    parts = (f"{document}\n" + "".join(f"{step}\n" for step in found) for document, found in groupby(steps, key=lambda s: s.document))
    return "".join(parts)


def read_back(text: str) -> list[Step]:
    found: list[Step] = []
    document = ""
    for line in text.splitlines():
        if line.startswith("  "):
            found.append(Step.read(document, line))
        else:
            document = line
    return found


def frozen(name: str) -> list[Step]:
    path = HERE / f"{name}.txt"
    return read_back(path.read_text("utf-8")) if path.exists() else []


# What is found now ---------------------------------------------------------------------------------------------------------------------


def steps_of(text: str, document: str, only: int | None = None, formulas: bool = True, wrong: Sequence[tuple[int | None, str]] = ()) -> list[Step]:
    """The steps of a document; ``only`` those on one line. ``wrong``: the lines and formulas of those that are wrong."""
    from derivations.checking.report import check
    from derivations.reading.judgements import document as parsed
    from derivations.reading.source import source_of

    found: list[Step] = []
    count: Counter[int] = Counter()
    for r in check(parsed(source_of(text, document.partition(" ")[0]))).records:
        count[r.line] += 1
        if only in (None, r.line):
            verdict = re.sub(r"\(\d+\)", "", r.evidence) if r.verdict == "accepted" else r.verdict
            formula = " ".join(f"{r.left} {r.relation} {r.right}".split())
            bad = is_wrong(r.line, (formula, r.right), list(wrong))
            found.append(Step(document, f"{r.line}:{count[r.line]}", verdict, re.sub(r"\d+", "n", r.method), formula if formulas else "", bad))
    return found


@dataclass(frozen=True, slots=True)
class Slip:
    """One wrong version of a derivation of ours: the line (from 0), and what is put there for what. ``open``: it is undecided today."""

    path: Path
    line: int
    old: str
    new: str
    open: bool = False

    def __str__(self) -> str:
        return f"{self.path.stem}:{self.line + 1}: {self.old} -> {self.new}"

    @property
    def lines(self) -> list[str]:
        """The derivation with the slip in it."""
        lines = written(self.path)
        before, _, after = lines[self.line].rpartition(self.old)
        lines[self.line] = before + self.new + after
        return lines


def written(path: Path) -> list[str]:
    """The lines of a derivation without the comments on slips."""
    return [SLIP.sub("", line) for line in path.read_text("utf-8").splitlines()]


def slips(path: Path) -> Iterator[Slip]:
    """The slips that the comments of a derivation name: ``% wrong: OLD -> NEW | OLD -> NEW``; with ``?`` before OLD it is undecided today."""
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        found = SLIP.search(line)
        for part in found[1].split(" | ") if found else ():
            old, new = part.split(" -> ")
            yield Slip(path, number, old.removeprefix("?"), new, old.startswith("?"))


def of_corpus(name: str) -> list[Step]:
    return steps_of("\n".join(written(CORPUS / name)), name)


def of_slips(name: str) -> list[Step]:
    found: list[Step] = []
    which: Counter[int] = Counter()
    for slip in slips(CORPUS / name):
        which[slip.line] += 1
        steps = steps_of("\n".join(slip.lines), f"{name} slip {which[slip.line]}", slip.line + 1)
        found += [replace(s, wrong=True) for s in steps]
    return found


@cache
def _known_wrong(kind: str) -> dict[str, list[tuple[int | None, str]]]:
    return wrong_steps(folder, kind) if (folder := cases()) is not None else {}


def of_chains(name: str) -> list[Step]:
    return _of_others("chains", name)


def of_steps(name: str) -> list[Step]:
    return _of_others("steps", name)


def _of_others(kind: str, name: str) -> list[Step]:
    """Their verdicts without their words."""
    folder = cases()
    if folder is None:
        return []
    return steps_of((folder / kind / name).read_text("utf-8"), name, formulas=False, wrong=_known_wrong(kind).get(name, ()))


def of_sheets(command: str) -> list[Step]:
    problem = _catalogue()[command]
    return [
        Step(command, f"{t}:{s}", checked.evidence.word, checked.step.rule.name, section.theorem.title)
        for t, section in enumerate(problem.sections, 1) for s, checked in enumerate(section.theorem.steps, 1)
    ]  # fmt: skip


def of_mutants(command: str) -> list[Step]:
    from derivations.mutation import fate, mutants_of, with_lemmas

    found: list[Step] = []
    for number, one in enumerate(with_lemmas(section.theorem for section in _catalogue()[command].sections), 1):
        fates = [fate(mutant, one).value for mutant in mutants_of(one)]
        counts = Counter(fates)
        told = ", ".join(f"{word} {counts[word]}" for word in ("accepted", "undecided", "refuted", "still true"))
        digest = hashlib.sha256("\n".join(fates).encode()).hexdigest()[:12]
        found.append(Step(command, str(number), told, DIGEST + digest, one.title, wrong=True))
    return found


@cache
def _catalogue() -> dict[str, Problem]:
    from topic_texts import all_examples

    return dict(all_examples())


def documents(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.suffix in (".tex", ".md", ".ipynb")) if folder.is_dir() else []


def _others(kind: str) -> list[str]:
    return documents(folder / kind) if (folder := cases()) is not None else []


@dataclass(frozen=True, slots=True)
class Source:
    """What is frozen under a name: ``names`` lists its documents, and ``steps`` finds what becomes of one."""

    names: Callable[[], list[str]]
    steps: Callable[[str], list[Step]]


SOURCES: Final = {
    "corpus": Source(lambda: documents(CORPUS), of_corpus),
    "slips": Source(lambda: documents(CORPUS), of_slips),
    "chains": Source(lambda: _others("chains"), of_chains),
    "steps": Source(lambda: _others("steps"), of_steps),
    "sheets": Source(lambda: list(_catalogue()), of_sheets),
    "mutants": Source(lambda: list(_catalogue()), of_mutants),
}


# What changed --------------------------------------------------------------------------------------------------------------------------


def changed(old: Sequence[Step], new: Sequence[Step]) -> Iterator[tuple[str, str]]:
    """(better, same or worse; in words) for each step whose verdict or method is another one. A document that is new or gone is one line."""
    for document in dict.fromkeys(s.document for s in (*old, *new)):
        kept, found = [s for s in old if s.document == document], [s for s in new if s.document == document]
        if kept and found:
            yield from _changed_in(kept, found)
        else:
            yield "same", f"{document}: {'is gone' if kept else 'is new'} ({len(kept or found)} steps)"


def _changed_in(old: Sequence[Step], new: Sequence[Step]) -> Iterator[tuple[str, str]]:
    before, now = {s.key: s for s in old}, {s.key: s for s in new}
    for key in dict.fromkeys((*before, *now)):
        a, b = before.get(key), now.get(key)
        where = ":".join(key)
        if a is None or b is None:
            yield "same", f"{where}: {'is new: ' + b.verdict if b is not None else 'is gone: ' + (a.verdict if a is not None else '')}"
        elif a.verdict != b.verdict:
            yield _sort(a, b), f"{where}: {a.verdict} -> {b.verdict}{' (the step is wrong)' * b.wrong}   {b.formula}"
        elif a.method != b.method:
            yield "same", f"{where}: {a.verdict} ({a.method}) -> ({b.method})"


def _sort(before: Step, now: Step) -> str:
    ranks = [_rank(step.verdict, now.wrong) for step in (before, now)]
    return "better" if ranks[1] > ranks[0] else "worse" if ranks[1] < ranks[0] else "same"


def _rank(verdict: str, wrong: bool) -> tuple[int, ...]:
    """The greater the better; of counts, the fewer accepted and then the more refuted."""
    counts = dict(part.rsplit(" ", 1) for part in verdict.split(", ")) if verdict.startswith("accepted ") else None
    if counts is not None:
        return -int(counts["accepted"]), int(counts["refuted"])
    order = WRONG if wrong else RIGHT
    return (order.index(verdict) if verdict in order else -1,)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SOURCES)} (default: all whose documents are here)")
    parser.add_argument("--update", action="store_true", help="freeze what is found")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    asked = parser.parse_args(arguments)
    unknown = set(asked.names) - set(SOURCES)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))} is not one of {', '.join(SOURCES)}")
    worse = 0
    with ProcessPoolExecutor(asked.jobs) as pool:
        for name in asked.names or SOURCES:
            names = SOURCES[name].names()
            if not names:
                print(f"{name}: left out: the documents are not here")
                continue
            new = [step for steps in pool.map(SOURCES[name].steps, names, chunksize=1) for step in steps]
            found = sorted(changed(frozen(name), new))
            for sort, words in found:
                print(f"{sort}: {name}: {words}")
            counts = {sort: sum(s == sort for s, _ in found) for sort in ("better", "same", "worse")}
            worse += counts["worse"]
            print(f"{name}: {len(new)} steps; " + ", ".join(f"{n} {sort}" for sort, n in counts.items()), flush=True)
            if asked.update:
                (HERE / f"{name}.txt").write_text(written_out(new), "utf-8")
    return 1 if worse and not asked.update else 0


if __name__ == "__main__":
    sys.exit(main())
