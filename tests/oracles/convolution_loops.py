"""1-D convolutions by loops over lists: what each output reads, and the outputs themselves. Imports no code of the project.

Lists hold the inputs x_1, x_2, ... from their first entry on; outputs count from 1 as well. Every tap is followed by zeros, as a dilated kernel is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def spread(taps: Sequence[Fraction], zeros: int) -> list[Fraction]:
    """The kernel with ``zeros`` zeros between neighbouring taps."""
    found: list[Fraction] = []
    for number, tap in enumerate(taps):
        if number:
            found.extend([Fraction(0)] * zeros)
        found.append(tap)
    return found


def convolve(x: Sequence[Fraction], taps: Sequence[Fraction], stride: int, zeros: int, padding: int, outputs: int) -> list[Fraction]:
    """The first outputs: the spread kernel is laid on the padded signal, moved on by the stride, and so on. Beyond the signal there are zeros."""
    kernel = spread(taps, zeros)
    signal = [Fraction(0)] * padding + list(x)
    found = []
    start = 0
    for _ in range(outputs):
        total = Fraction(0)
        for offset, weight in enumerate(kernel):
            place = start + offset
            total += weight * (signal[place] if place < len(signal) else 0)
        found.append(total)
        start += stride
    return found


def read(kernel: int, stride: int, zeros: int, padding: int, output: int) -> list[int]:
    """The 1-based inputs under the taps of one output, in the order of the taps; numbers below 1 lie in the padding."""
    labels = {place: place - padding + 1 for place in range((output + 1) * stride + kernel * (zeros + 1) + padding)}
    start = 0
    for _ in range(output - 1):
        start += stride
    found = []
    place = start
    for tap in range(kernel):
        if tap:
            place += 1 + zeros
        found.append(labels[place])
    return found
