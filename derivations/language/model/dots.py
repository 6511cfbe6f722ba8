"""Written ellipses: ``a_1 + a_2 + ... + a_n`` as the sum that it abbreviates.

The terms before and after the dots must differ only in integers that run in step.
"""

from __future__ import annotations

from derivations.language.errors import MeaningError
from derivations.language.model.evaluation import Evaluation
from derivations.language.model.frame import Frame
from derivations.language.structure import Path, children, replace_at, with_children
from derivations.language.term import Add, Dots, Mul, Num, Term

MAX_TERMS = 400


def _slots(terms: tuple[Term, ...], path: Path = ()) -> list[tuple[Path, tuple[Term, ...]]]:
    """The smallest places in which terms of the same build differ, with what stands there in each."""
    first = terms[0]
    if all(t == first for t in terms):
        return []
    parts = [children(t) for t in terms]
    if not parts[0] or any(type(t) is not type(first) or len(p) != len(parts[0]) for t, p in zip(terms, parts, strict=True)):
        return [(path, terms)]
    if any(with_children(first, p) != t for t, p in zip(terms, parts, strict=True)):
        return [(path, terms)]
    found = []
    for k, column in enumerate(zip(*parts, strict=True)):
        found.extend(_slots(column, (*path, k)))
    return found


def written_out(ev: Evaluation, node: Add | Mul, frame: Frame) -> Add | Mul:
    """The sum or product with its dots replaced by the terms that they stand for. Raises MeaningError if there is no plain pattern."""
    parts = list(node.parts)
    place = next(k for k, (_, part) in enumerate(parts) if isinstance(part, Dots))
    if place == 0 or place == len(parts) - 1:
        raise MeaningError("an ellipsis without a last term")
    sign = parts[place + 1][0]
    first, last = parts[place - 1][1], parts[place + 1][1]
    before = parts[place - 2][1] if place >= 2 and (parts[place - 1][0] == sign or place == 2) else None
    slots = _slots((first, last) if before is None else (before, first, last))
    values = [tuple(ev.integer(t, frame) for t in terms) for _, terms in slots]
    starts, ends = [v[-2] for v in values], [v[-1] for v in values]
    steps = _steps(values)
    moving = [(start, end, step) for start, end, step in zip(starts, ends, steps, strict=True) if step]
    counts = {(end - start) // step for start, end, step in moving}
    exact = all((end - start) % step == 0 for start, end, step in moving)
    still = all(start == end for start, end, step in zip(starts, ends, steps, strict=True) if not step)
    if not exact or not still or len(counts) > 1:
        raise MeaningError("an ellipsis whose terms do not run in step")
    count = counts.pop() if counts else 0
    if count == 0:  # first and last coincide at these values: the term is written once
        del parts[place : place + 2]
        return type(node)(tuple(parts))  # type: ignore[arg-type]
    if not 1 <= count <= MAX_TERMS:
        raise MeaningError(f"an ellipsis that stands for {count - 1} terms")
    middle = []
    for k in range(1, count):
        term = first
        for (path, _), start, step in zip(slots, starts, steps, strict=True):
            term = replace_at(term, path, _written(start + k * step))
        middle.append((sign, term))
    return type(node)((*parts[:place], *middle, *parts[place + 1 :]))  # type: ignore[arg-type]


def _written(n: int) -> Term:
    return Num(str(n)) if n >= 0 else Add((("-", Num(str(-n))),))


def _steps(values: list[tuple[int, ...]]) -> list[int]:
    """The step at each place: from two terms before the dots, or, from one, the smallest steps that keep the places together."""
    if values and len(values[0]) == 3:
        return [first - before for before, first, _ in values]
    spans = [end - start for start, end in values]
    moving = [abs(s) for s in spans if s]
    if not moving:
        return [0 for _ in spans]
    count = min(moving)
    if any(s % count for s in spans):
        raise MeaningError("an ellipsis whose terms do not run in step")
    return [s // count for s in spans]
