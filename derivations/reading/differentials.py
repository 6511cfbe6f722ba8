"""Equations between differentials: ``du = 2x\\,dx`` says that the derivative of u by x is 2x, and nothing of a number d."""

from __future__ import annotations

from typing import Final

from derivations.language.term import Deriv, Frac, Mul, Name, Num, ProductSign, Term

_D: Final = (Name("d"), Name("d", font="rm"))


def as_derivative(sides: tuple[Term | None, ...]) -> tuple[Term | None, ...]:
    """The sides of ``du = E dx`` as ``du/dx`` and ``E``; any others as they are."""
    match sides:
        case (Mul() as left, Mul() | Frac() as right) if (of := _alone(left)) is not None and (found := _times_differential(right)) is not None:
            rest, by = found
            return (Deriv(of, ((by, 1),)), rest) if of != by else sides
        case _:
            return sides


def _alone(term: Mul) -> Name | None:
    """u of ``du``."""
    match term.parts:
        case ((_, d), ("", Name() as of)) if d in _D:
            return of
        case _:
            return None


def _times_differential(term: Mul | Frac) -> tuple[Term, Name] | None:
    """E and x of ``E dx``, also of ``dx / E``."""
    if isinstance(term, Frac):
        above = _times_differential(term.numerator) if isinstance(term.numerator, Mul) else None
        return None if above is None else (Frac(above[0], term.denominator), above[1])
    parts: tuple[tuple[ProductSign, Term], ...] = term.parts
    match parts[-2:]:
        case ((_, d), ("", Name() as by)) if d in _D:
            before = parts[:-2]
            if not before:
                return Num("1"), by
            return (before[0][1] if len(before) == 1 else Mul(before)), by
        case _:
            return None
