"""Normal forms with other values in place of some atoms, at every depth."""

from __future__ import annotations

from collections.abc import Callable

from derivations.rules.normal.atoms import BINDERS, WHOLES, Atom
from derivations.rules.normal.binding import made, power_of
from derivations.rules.normal.forms import Forms
from derivations.rules.normal.poly import Exponent, Poly, atom_power, lowered, total


def rewritten(algebra: Forms, p: Poly, turned: Callable[[Atom], Poly | None]) -> Poly:
    """p with what ``turned`` answers in place of each atom, at every depth and under binders (where it answers None the atom stays)."""
    parts: list[Poly] = []
    for monomial, coefficient in p.terms.items():
        result = Poly({(): coefficient})
        for a, e in monomial:
            algebra.budget.spend()
            exponent: Exponent = lowered(rewritten(algebra, e, turned)) if isinstance(e, Poly) else e
            atom = algebra.atoms[a]
            if atom.head in ("e", "prime", "neg1"):
                factor = power_of(algebra, a, exponent, {})
            else:
                factor = algebra.power(_rewritten_atom(algebra, a, atom, turned), exponent)
            result = algebra.mul(result, factor)
        parts.append(result)
    return total(parts)


def _rewritten_atom(algebra: Forms, number: int, atom: Atom, turned: Callable[[Atom], Poly | None]) -> Poly:
    value = turned(atom)
    if value is not None or not atom.args:
        return atom_power(number) if value is None else value
    if atom.head in BINDERS:
        variable, body = algebra.open(atom)
        return algebra.rebound(atom, variable, rewritten(algebra, body, turned), tuple(rewritten(algebra, arg, turned) for arg in atom.args[1:]))
    if atom.head in WHOLES:
        return algebra.remake_whole(atom, lambda p: rewritten(algebra, p, turned))
    args = tuple(rewritten(algebra, arg, turned) for arg in atom.args)
    return atom_power(number) if args == atom.args else made(algebra, atom, args)
