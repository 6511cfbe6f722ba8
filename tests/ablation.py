"""What each custom, repair, doubt and word of the reader serves: ``python tests/ablation.py [GROUP ...] [--at-most N] [--jobs N]``.

A rule that serves one derivation only is memory of it (the rule of two). Each entry is switched off in turn, in the documents in which it does anything, and
printed are the derivations in which a verdict becomes another one: how many became worse, how many better. A derivation and its wrong variants count once
(``NAME__slip.tex`` is one of ``NAME.tex``). The groups are ``customs``, ``repairs``, ``doubts`` and ``words``. ``--at-most N`` leaves out entries that do
something in more than N derivations: those serve many, and take long.

The documents are those of ``tests/corpus`` and of others, where they are here (``scoring/reference.py``).
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

if __name__ == "__main__":  # the tests beside this file, and the program of this checkout
    sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]

from frozen.compare import CORPUS, RIGHT, WRONG, Step, documents, steps_of, written
from scoring.reference import KINDS, cases, wrong_steps

from derivations.checking import doubts, refutation, repairs
from derivations.reading import customs, lexicon
from derivations.reading.judgements import document, judgements
from derivations.reading.source import source_of

Entry = tuple[str, str]
"""The group and the name of an entry."""
REPAIRS: Final = (
    "_without_itself", "_known_functions", "_equations", "_joint_laws", "_whole_sequences", "_normalised", "_bare_sequences", "_families", "components",
    "_constant_sequences", "_derived",
)  # fmt: skip
WORDS: Final = ("ADJECTIVES", "NOUNS")
GROUPS: Final = ("customs", "repairs", "doubts", "words")


def entries(group: str) -> list[Entry]:
    match group:
        case "customs":
            return [(group, f.__name__) for f in customs.CUSTOMS]
        case "repairs":
            return [(group, name) for name in REPAIRS]
        case "doubts":
            return [(group, f.__name__) for f in doubts.CHECKS]
        case _:
            return [(group, f"{table}:{word}") for table in WORDS for word in getattr(lexicon, table)]


@contextmanager
def _with(place: Any, name: str, value: object) -> Iterator[None]:
    before = getattr(place, name)
    setattr(place, name, value)
    try:
        yield
    finally:
        setattr(place, name, before)


def switched_off(entry: Entry) -> Any:
    """A block in which the entry does nothing."""
    group, name = entry
    match group:
        case "customs":
            return _with(customs, "CUSTOMS", tuple(f for f in customs.CUSTOMS if f.__name__ != name))
        case "repairs":
            return _with(repairs, name, lambda *given: given[0] if len(given) == 1 or name == "_derived" else given[1] if _gives_context(name) else given)
        case "doubts":
            return _with(refutation, "CHECKS", tuple(f for f in doubts.CHECKS if f.__name__ != name))
        case _:
            table, _, word = name.partition(":")
            return _without(getattr(lexicon, table), word)


def _gives_context(name: str) -> bool:
    return name in ("_without_itself", "_bare_sequences")


@contextmanager
def _without(table: dict[str, Any], word: str) -> Iterator[None]:
    """The table itself, for others hold it too, with the word out while the block lasts."""
    whole = dict(table)
    del table[word]
    try:
        yield
    finally:
        table.clear()
        table.update(whole)


# The documents -------------------------------------------------------------------------------------------------------------------------


@cache
def texts() -> dict[str, tuple[str, str]]:
    """By name of a document, which set it is of and its text."""
    found = {name: ("corpus", "\n".join(written(CORPUS / name))) for name in documents(CORPUS)}
    folder = cases()
    for kind in KINDS if folder is not None else ():
        found |= {name: (kind, (folder / kind / name).read_text("utf-8")) for name in documents(folder / kind)}  # type: ignore[operator]
    return found


def derivation(name: str) -> str:
    """A derivation and its wrong variants are one."""
    return re.sub(r"(__.*|_[FT])?\.\w+$", "", name)


@cache
def _wrong() -> dict[str, list[tuple[int | None, str]]]:
    folder = cases()
    return {} if folder is None else {name: steps for kind in KINDS for name, steps in wrong_steps(folder, kind).items()}


def steps(name: str, entry: Entry | None) -> list[Step]:
    """The steps of a document, with an entry switched off."""
    text = texts()[name][1]
    if entry is None:
        return steps_of(text, name, wrong=_wrong().get(name, ()))
    with switched_off(entry):
        return steps_of(text, name, wrong=_wrong().get(name, ()))


def at_work(name: str, groups: tuple[str, ...]) -> tuple[str, list[Entry]]:
    """The entries of some groups that do something in a document, found in one reading (and one check, where a verdict is needed for it)."""
    text = texts()[name][1]
    found: set[Entry] = set()

    def watched(entry: Entry, did: Callable[[tuple[Any, ...], Any], bool], f: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*given: Any) -> Any:
            result = f(*given)
            if did(given, result):
                found.add(entry)
            return result

        return noting

    if "words" in groups:
        plain = " ".join(re.sub(r"[^a-z]+", " ", text.lower()).split())
        found |= {entry for entry in entries("words") if f" {entry[1].partition(':')[2]}" in f" {plain}"}
    with ExitStack() as watching:
        if "customs" in groups:
            watching.enter_context(_with(customs, "CUSTOMS", tuple(partial(_said, found, f) for f in customs.CUSTOMS)))
        if "doubts" in groups:
            checks = tuple(watched(("doubts", f.__name__), lambda given, result: result is not None, f) for f in doubts.CHECKS)
            watching.enter_context(_with(refutation, "CHECKS", checks))
        for one in REPAIRS if "repairs" in groups else ():
            f = watched(("repairs", one), lambda given, result: result != given and result not in given, getattr(repairs, one))
            watching.enter_context(_with(repairs, one, f))
        if {"doubts", "repairs"} & set(groups):
            steps_of(text, name)
        elif "customs" in groups:
            judgements(document(source_of(text, name)))
    return name, sorted(found)


def _said(found: set[Entry], custom: Callable[[Any], None], state: Any) -> None:
    before = len(state.analysis.facts)
    custom(state)
    if len(state.analysis.facts) > before:
        found.add(("customs", custom.__name__))


def changes(job: tuple[Entry, str]) -> tuple[Entry, str, int, int]:
    """How many steps of a document become worse, and how many better, without an entry."""
    entry, name = job
    worse = better = 0
    before = {step.key: step for step in steps(name, None)}
    for now in steps(name, entry):
        was = before.get(now.key)
        if was is not None and was.verdict != now.verdict:
            order = WRONG if now.wrong else RIGHT
            ranks = [order.index(s.verdict) if s.verdict in order else -1 for s in (was, now)]
            worse += ranks[1] < ranks[0]
            better += ranks[1] > ranks[0]
    return entry, name, worse, better


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)} (default: all)")
    parser.add_argument("--at-most", type=int, default=0, metavar="N", help="only entries that do something in at most so many derivations")
    parser.add_argument("--right", action="store_true", help="only derivations that are right as they stand")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    asked = parser.parse_args(arguments)
    groups = tuple(asked.groups or GROUPS)
    names = [name for name in texts() if not asked.right or ("__" not in name and not _wrong().get(name))]
    working: dict[Entry, list[str]] = defaultdict(list)
    with ProcessPoolExecutor(asked.jobs) as pool:
        for name, found in pool.map(partial(at_work, groups=groups), names, chunksize=4):
            for entry in found:
                working[entry].append(name)
        every = [e for group in groups for e in entries(group)]
        tried = [e for e in every if not asked.at_most or len({derivation(n) for n in working[e]}) <= asked.at_most]
        served: dict[Entry, dict[str, tuple[int, int]]] = defaultdict(dict)
        for entry, name, worse, better in pool.map(changes, [(e, n) for e in tried for n in working[e]]):
            if worse or better:
                old = served[entry].get(derivation(name), (0, 0))
                served[entry][derivation(name)] = (old[0] + worse, old[1] + better)
    for entry in every:
        at = len({derivation(n) for n in working[entry]})
        if entry not in tried:
            print(f"{entry[0]} {entry[1]}: at work in {at}, not tried")
            continue
        helps = [f"{name} {worse}" for name, (worse, _) in served[entry].items() if worse]
        harms = [f"{name} {better}" for name, (_, better) in served[entry].items() if better]
        print(f"{entry[0]} {entry[1]}: at work in {at}, serves {len(helps)}: {', '.join(helps) or '-'}; better without it: {', '.join(harms) or '-'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
