"""The usual written form of a polynomial in the sizes of a problem."""

from __future__ import annotations

from derivations.language.brackets import bracketed
from derivations.language.context import Context
from derivations.language.structure import free_names
from derivations.language.term import Term


def multiplied_out(count: Term, known: Context) -> Term:
    """The count as SymPy expands it: ``1 + (K - 1) + (L - 1) * 2`` becomes ``K + 2 L - 2``. That both are equal is for a rule to say."""
    import sympy as sp

    from derivations.language.denote import denote
    from derivations.language.quote import quote

    return bracketed(quote(sp.expand(denote(count, known)), {denote(name, known): name for name in free_names(count)}))
