"""The momentum recurrence run forward, in exact fractions. Imports no code of the project."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def run(beta: Fraction, start: Fraction, gradients: Sequence[Fraction]) -> list[Fraction]:
    """m_0, m_1, ...: every gradient gives one more."""
    found = [start]
    for gradient in gradients:
        found.append(beta * found[-1] + (1 - beta) * gradient)
    return found


def weights(beta: Fraction, steps: int) -> list[Fraction]:
    """What each gradient weighs in the last momentum, newest first: the recurrence run with one gradient 1 and all others 0."""
    found = []
    for place in range(steps):
        unit = [Fraction(int(step == place)) for step in range(steps)]
        found.append(run(beta, Fraction(0), unit)[-1])
    return found[::-1]


def recurrence(memory: Fraction, start: Fraction, inputs: Sequence[Fraction]) -> list[Fraction]:
    """m_0, m_1, ... of ``m_{t+1} = memory m_t + input_t``."""
    found = [start]
    for entry in inputs:
        found.append(memory * found[-1] + entry)
    return found
