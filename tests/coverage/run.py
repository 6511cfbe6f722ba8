"""How much of somebody's papers is read and judged: rows found, read, judged, accepted, refuted, and the constructs that stopped the others.

    python tests/coverage/run.py FOLDER ... [--read] [--examples N] [--jobs N]

Folders of LaTeX, Markdown and notebooks, or single files; what a paper includes from its folder counts as its own. Nothing is fetched, nothing is written.
``--read`` reads and does not judge, which is much faster. The last line is the table's row for all of them.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from derivations.checking.report import check
from derivations.reading.inclusion import assembled
from derivations.reading.judgements import document, judgements
from render.check_files import Wanted, found
from render.children import Fault, Limits, each

COLUMNS = ("rows", "read", "judged", "accepted", "refuted", "undecided", "given", "ignored")


@dataclass
class Coverage:
    """Rows by what became of them. ``stopped``: what an unread or undecided row was stopped by, with the places."""

    verdicts: Counter[str] = field(default_factory=Counter)
    stopped: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, verdict: str, why: str, place: str) -> None:
        self.verdicts[verdict] += 1
        if verdict in ("unread", "undecided"):
            self.stopped.setdefault((verdict, construct(why)), []).append(place)

    def join(self, other: Coverage) -> None:
        self.verdicts += other.verdicts
        for key, places in other.stopped.items():
            self.stopped.setdefault(key, []).extend(places)

    def row(self, judged: bool) -> list[int | str]:
        counts = self.verdicts
        rows = counts.total()
        decided = counts["accepted"] + counts["refuted"] + counts["undecided"]
        last = [counts["accepted"], counts["refuted"], counts["undecided"]] if judged else ["-"] * 3
        return [rows, rows - counts["unread"] - counts["ignored"], decided if judged else counts["judge"], *last, counts["given"], counts["ignored"]]


def construct(why: str) -> str:
    """A reason without the places and the formulas in it, so that like ones are counted together."""
    why = re.sub(r" \([^()]*:\d+:\d+\)$", "", why).partition("; expected")[0]
    why = re.sub(r"^'([^\\'])' cannot stand here|^'[A-Za-z]{2,}' cannot stand here", lambda m: m[0] if m[1] else "a word cannot stand here", why)
    why = re.sub(r"(?<=eq\. )\S+|\d+", "N", why)
    return re.sub(r"\s+", " ", why)[:120]


def covered(read_only: bool, wanted: Wanted) -> Coverage:
    """What becomes of the rows of one paper."""
    doc = document(assembled(wanted.path, wanted.root))
    out = Coverage()
    if read_only:
        for j in judgements(doc):
            out.add(j.status, j.why_unread, f"{j.file}:{j.line}")
    else:
        for r in check(doc).records:
            out.add(r.verdict, r.why, f"{r.file}:{r.line}")
    return out


def table(rows: Sequence[Sequence[int | str]]) -> Iterable[str]:
    """Rows as text: numbers to the right, the name last."""
    widths = [max(len(str(row[k])) for row in rows) for k in range(len(rows[0]) - 1)]
    return ("  ".join([*(str(cell).rjust(width) for cell, width in zip(row, widths, strict=False)), str(row[-1])]) for row in rows)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--read", action="store_true", help="read only, do not judge")
    parser.add_argument("--examples", type=int, default=2, metavar="N", help="places shown for each construct (default 2)")
    parser.add_argument("--most", type=int, default=40, metavar="N", help="constructs shown (default 40)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    told = parser.parse_args(arguments)
    papers = list(found(told.folders))
    wanted = [one for one in papers if isinstance(one, Wanted)]
    total, faults = Coverage(), [f"{one.file}: {one.why}" for one in papers if not isinstance(one, Wanted)]
    rows: list[list[int | str]] = [[*COLUMNS, "paper"]]
    for paper, result in zip(wanted, each(partial(covered, told.read), wanted, told.jobs, Limits()), strict=True):
        if isinstance(result, Fault):
            faults.append(f"{paper.path}: {result.words}")
            continue
        total.join(result)
        if result.verdicts:
            rows.append([*result.row(not told.read), str(Path(paper.path))])
    rows.append([*total.row(not told.read), f"{len(rows) - 1} papers with formulas, {len(faults)} not read"])
    stopped = sorted(total.stopped.items(), key=lambda entry: -len(entry[1]))
    lines = [*faults, "stopped by:"]
    for (verdict, why), places in stopped[: told.most]:
        lines.append(f"{len(places):6}  {verdict}: {why}  ({', '.join(places[: told.examples])})")
    sys.stdout.write("\n".join([*lines, "", *table(rows), ""]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
