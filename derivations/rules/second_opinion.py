"""SymPy's opinion on a statement with derivatives: an independent second computation."""

from __future__ import annotations

from typing import Any

from derivations.kernel.statement import Statement
from derivations.language.context import Context
from derivations.language.errors import MeaningError


def agrees_with_sympy(statement: Statement, context: Context) -> bool | None:
    """Whether SymPy finds both sides equal at exact sample points after differentiating; None where it cannot express them."""
    import sympy as sp

    from derivations.language.denote import denote

    try:
        difference = denote(statement.lhs, context) - denote(statement.rhs, context)
    except (MeaningError, TypeError, ValueError):
        return None
    free = sorted(difference.free_symbols, key=lambda s: str(s.name))
    if difference.has(sp.core.function.AppliedUndef, sp.Derivative, sp.Integral, sp.Sum):
        return None
    tried = 0
    compiled = sp.lambdify(free, difference, "mpmath")
    for seed in (3, 5, 7):
        value = _at(compiled, [sp.Rational(k + 1, 2 * len(free) + seed) for k in range(len(free))])
        if value is not None:
            tried += 1
            if abs(value) > 1e-20:
                return False
    return True if tried else None


def _at(compiled: Any, point: list[Any]) -> Any:
    """The value at a point, with 50 digits; None where it is not a finite real number, or not found."""
    import mpmath

    try:
        with mpmath.workdps(50):
            value = compiled(*(mpmath.mpf(int(q.p)) / int(q.q) for q in point))
            real = mpmath.re(value)
            return real if mpmath.isfinite(real) and abs(mpmath.im(value)) < 1e-40 else None
    except (ArithmeticError, ValueError, TypeError, NameError, AttributeError, KeyError, RecursionError, mpmath.libmp.NoConvergence):
        return None
