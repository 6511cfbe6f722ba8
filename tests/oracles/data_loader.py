"""A training run counted batch by batch. Imports no code of the project."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction


def batches(samples: int, size: int, drop_last: bool) -> Iterator[list[int]]:
    """One pass over the data, as a loader hands it out."""
    batch: list[int] = []
    for sample in range(samples):
        batch.append(sample)
        if len(batch) == size:
            yield batch
            batch = []
    if batch and not drop_last:
        yield batch


def epochs(iterations: int, samples: int, size: int, drop_last: bool) -> tuple[int, Fraction]:
    """Batches in a pass, and passes that so many iterations make: the whole ones, and the part of the last one by its batches."""
    in_a_pass = sum(1 for _ in batches(samples, size, drop_last))
    done, whole = 0, 0
    while done + in_a_pass <= iterations:
        done += in_a_pass
        whole += 1
    return in_a_pass, whole + Fraction(iterations - done, in_a_pass)
