"""SymPy's opinion on a statement with derivatives: an independent second computation."""

from __future__ import annotations

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
    for seed in (3, 5, 7):
        point = {s: sp.Rational(k + 1, 2 * len(free) + seed) for k, s in enumerate(free)}
        value = difference.subs(point).evalf(30)
        if value.is_number and value.is_finite and value.is_real:
            tried += 1
            if abs(value) > sp.Float("1e-20"):
                return False
    return True if tried else None
