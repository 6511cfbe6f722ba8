"""Putting values in for atoms, with every law applied again."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derivations.rules.normal.atoms import BINDERS, Atom
from derivations.rules.normal.poly import ONE, ZERO, Exponent, Poly, atom_power, lowered, raised, total

if TYPE_CHECKING:
    from derivations.rules.normal.algebra import Arithmetic
    from derivations.rules.normal.binding import Binding


def replace(algebra: Binding, p: Poly, values: dict[int, Poly]) -> Poly:
    """p with polynomials put in for atoms (simultaneously); atoms that contain them are made anew."""
    if not any(algebra.mentions(p, a) for a in values):
        return p
    parts: list[Poly] = []
    for monomial, coefficient in p.terms.items():
        result = Poly({(): coefficient})
        for a, e in monomial:
            algebra.budget.spend()
            result = algebra.mul(result, power_of(algebra, a, e, values))
        parts.append(result)
    return total(parts)


def power_of(algebra: Binding, a: int, e: Exponent, values: dict[int, Poly]) -> Poly:
    exponent: Exponent = lowered(replace(algebra, e, values)) if isinstance(e, Poly) else e
    atom = algebra.atoms[a]
    if atom.head == "e":
        return algebra.exp(raised(exponent))
    if atom.head == "prime":
        return algebra.rational_power(Fraction(atom.data), exponent)
    if atom.head == "neg1":
        return algebra.sign_power(exponent)
    base = values[a] if a in values else remade(algebra, a, atom, values)
    return algebra.power(base, exponent)


def remade(algebra: Binding, number: int, atom: Atom, values: dict[int, Poly]) -> Poly:
    """The atom with values put in for the atoms inside its arguments."""
    if not atom.args or not any(algebra.mentions(arg, a) for arg in atom.args for a in values):
        return atom_power(number)
    args = tuple(replace(algebra, arg, values) for arg in atom.args)
    if atom.head in BINDERS:
        return algebra.remake_bound(atom, args, values)
    return made(algebra, atom, args)


def made(algebra: Binding, atom: Atom, args: tuple[Poly, ...]) -> Poly:
    """An atom that binds nothing, with other arguments."""
    match atom.head:
        case "base":
            return args[0]
        case "seq":
            return algebra.entry(atom, args)
        case "log":
            return algebra.log(args[0])
        case "abs":
            return algebra.absolute(args[0])
        case "sgn":
            return algebra.signum(args[0])
        case "floor":
            return algebra.floor(args[0])
        case "delta":
            return algebra.delta(args[0], args[1])
        case "mean":
            return algebra.remake_mean(atom, args[0])
        case _:
            return algebra.make(atom.head, atom.data, args)


def free_of(algebra: Arithmetic, p: Poly, atoms: tuple[int, ...]) -> bool:
    return not any(algebra.mentions(p, a) for a in atoms)


__all__ = ["ONE", "ZERO", "free_of", "remade", "replace"]
