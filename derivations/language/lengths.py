"""How far a variable runs that numbers the entries of arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from derivations.language.context import ONE, Array, Definition, Kind
from derivations.language.structure import subterms
from derivations.language.term import Index, Term


def size_along(
    body: Term, variable: Term, kind_of: Callable[[Any], Kind | None], entries: Mapping[Any, Iterable[Definition]], seen: frozenset[Term] = frozenset()
) -> Term | None:
    """The size of an array whose entries a variable numbers in a term, also through what is defined by them: ``p_j := e^{x_j} / Z``.

    ``entries``: the definitions of entries, by the name that has them.
    """
    for _, t in subterms(body):
        if not isinstance(t, Index) or variable not in t.subscripts:
            continue
        k = t.subscripts.index(variable)
        kind = kind_of(t.base)
        if isinstance(kind, Array):
            row = k == 0 and not (len(t.subscripts) == 1 and kind.rows == ONE)
            return kind.rows if row else kind.cols
        for d in entries.get(t.base, ()) if t.base not in seen else ():
            if isinstance(d.lhs, Index) and len(d.lhs.subscripts) == len(t.subscripts) and d.lhs.subscripts[k] in d.parameters:
                size = size_along(d.rhs, d.lhs.subscripts[k], kind_of, entries, seen | {t.base})
                if size is not None:
                    return size
    return None
