"""Written ellipses: ``a_1 + a_2 + ... + a_n`` as the sum that it abbreviates.

The terms before and after the dots must differ only in integers that run in step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.language.errors import MeaningError
from derivations.language.model.frame import Frame
from derivations.language.structure import Path, children, replace_at
from derivations.language.term import Add, Dots, Mul, Num, Term

if TYPE_CHECKING:
    from derivations.language.model.evaluate import Evaluator

MAX_TERMS = 400


def _differences(a: Term, b: Term, path: Path = ()) -> list[tuple[Path, Term, Term]]:
    """The smallest places in which two terms of the same build differ."""
    if a == b:
        return []
    left, right = children(a), children(b)
    if type(a) is not type(b) or len(left) != len(right) or not left:
        return [(path, a, b)]
    found = []
    for k, (p, q) in enumerate(zip(left, right, strict=True)):
        found.extend(_differences(p, q, (*path, k)))
    return found or [(path, a, b)]


def written_out(ev: Evaluator, node: Add | Mul, frame: Frame) -> Term:
    """The sum or product with its dots replaced by the terms that they stand for. Raises MeaningError if there is no plain pattern."""
    parts = list(node.parts)
    place = next(k for k, (_, part) in enumerate(parts) if isinstance(part, Dots))
    if place == 0 or place == len(parts) - 1:
        raise MeaningError("an ellipsis without a last term")
    sign = parts[place + 1][0]
    first, last = parts[place - 1][1], parts[place + 1][1]
    before = parts[place - 2][1] if place >= 2 and (parts[place - 1][0] == sign or place == 2) else None
    slots = _differences(first, last)
    starts = [ev.integer(a, frame) for _, a, _ in slots]
    ends = [ev.integer(b, frame) for _, _, b in slots]
    steps = _steps(ev, before, first, slots, starts, ends, frame)
    counts = {(end - start) // step for start, end, step in zip(starts, ends, steps, strict=True)}
    exact = all((end - start) % step == 0 for start, end, step in zip(starts, ends, steps, strict=True))
    if not exact or len(counts) != 1:
        raise MeaningError("an ellipsis whose terms do not run in step")
    count = counts.pop()
    if count == 0:  # first and last coincide at these values: the term is written once
        del parts[place : place + 2]
        return type(node)(tuple(parts))  # type: ignore[arg-type]
    if not 1 <= count <= MAX_TERMS:
        raise MeaningError(f"an ellipsis that stands for {count - 1} terms")
    middle = []
    for k in range(1, count):
        term = first
        for (path, _, _), start, step in zip(slots, starts, steps, strict=True):
            term = replace_at(term, path, _written(start + k * step))
        middle.append((sign, term))
    return type(node)((*parts[:place], *middle, *parts[place + 1 :]))  # type: ignore[arg-type]


def _written(n: int) -> Term:
    return Num(str(n)) if n >= 0 else Add((("-", Num(str(-n))),))


def _steps(
    ev: Evaluator,
    before: Term | None,
    first: Term,
    slots: list[tuple[Path, Term, Term]],
    starts: list[int],
    ends: list[int],
    frame: Frame,
) -> list[int]:
    if before is not None:
        earlier = dict.fromkeys([path for path, _, _ in slots])
        seen = {path: ev.integer(a, frame) for path, a, _ in _differences(before, first)}
        if set(seen) == set(earlier):
            return [start - seen[path] or 1 for (path, _, _), start in zip(slots, starts, strict=True)]
    spans = [end - start for start, end in zip(starts, ends, strict=True)]
    if not spans or any(s == 0 for s in spans):
        return [1 for _ in spans]
    count = min(abs(s) for s in spans)
    if any(s % count for s in spans):
        raise MeaningError("an ellipsis whose terms do not run in step")
    return [s // count for s in spans]
