"""Differentiation of normal forms."""

from __future__ import annotations

from fractions import Fraction

from derivations.rules.normal.algebra import Atom, Stuck
from derivations.rules.normal.binding import replace
from derivations.rules.normal.forms import BINDERS, Forms
from derivations.rules.normal.poly import ONE, ZERO, Poly, add_exponents, atom_power, number, raised, total


def differentiate(algebra: Forms, p: Poly, by: int) -> Poly:
    """The derivative of p by an atom: a real symbol, or an entry ``x_j`` of an indexed name (then ``d x_i / d x_j`` is Kronecker's delta).

    Raises Stuck where p depends on ``by`` through something that has no derivative rule (a floor, an unknown binder).
    """
    parts: list[Poly] = []
    for monomial, coefficient in p.terms.items():
        for position, (a, e) in enumerate(monomial):
            algebra.budget.spend()
            others = Poly({monomial[:position] + monomial[position + 1 :]: coefficient})
            inner = derivative_of_power(algebra, a, e, by)
            if inner:
                parts.append(algebra.mul(others, inner))
    return total(parts)


def derivative_of_power(algebra: Forms, a: int, e: object, by: int) -> Poly:
    """d(atom**e) = e atom**(e-1) d(atom) + atom**e log(atom) d(e)."""
    exponent = raised(e)  # type: ignore[arg-type]
    atom = algebra.atoms[a]
    change = differentiate(algebra, exponent, by) if len(exponent) != 1 or exponent.constant is None else ZERO
    result = ZERO
    whole = Poly({((a, e),): Fraction(1)})  # type: ignore[dict-item]
    if change:
        log = ONE if atom.head == "e" else algebra.log(atom_power(a))
        result = algebra.product((whole, log, change))
    if atom.head in ("e", "prime", "pi", "neg1", "i"):
        return result
    inner = derivative_of_atom(algebra, a, atom, by)
    if inner:
        lower = add_exponents(e, Fraction(-1))  # type: ignore[arg-type]
        power = ONE if lower == 0 else algebra.fixed(((a, lower),), Fraction(1))
        result = result + algebra.product((exponent, power, inner))
    return result


def derivative_of_atom(algebra: Forms, a: int, atom: Atom, by: int) -> Poly:
    if a == by:
        return ONE
    target = algebra.atoms[by]
    if atom.head == "seq" and target.head == "seq" and atom.data == target.data and len(atom.args) == len(target.args):
        return algebra.product(algebra.delta(i, j) for i, j in zip(atom.args, target.args, strict=True))
    if atom.head in ("loss", "cot"):
        return algebra.loss_derivative(atom, by)
    if not any(depends(algebra, arg, by) for arg in atom.args):
        if atom.head in ("sym", "seq") and algebra.hidden(atom, target):
            raise Stuck("a derivative of something whose definition is not put in (a recurrence): what it is by the variable is not known here")
        return ZERO
    match atom.head:
        case "base":
            return differentiate(algebra, atom.args[0], by)
        case "log":
            return algebra.mul(differentiate(algebra, atom.args[0], by), algebra.power(atom.args[0], Fraction(-1)))
        case "abs":
            return _of_absolute(algebra, atom, by)
        case "sgn":
            return ZERO  # where it has a derivative
        case "fun":
            return _chain(algebra, atom, by)
        case "prefix" | "tail" | "whole" | "head" | "over":
            return _under_the_sign(algebra, atom, by)
        case "mean":
            if any(algebra.atoms[by].data == name for name in (atom.data[0], *atom.data[1])):
                raise Stuck("a derivative of an expectation by its random variable")
            continuous(algebra, atom.args[0], by)
            algebra.assuming.add(UNDER)
            return algebra.remake_mean(atom, differentiate(algebra, atom.args[0], by))
        case "joint":
            return _of_joint(algebra, atom, by)
        case "bound_op" if atom.data[2] == "integral":
            return _of_integral(algebra, atom, by)
        case "inverse" | "determinant" | "norm" | "mapped":
            return algebra.array_derivative(a, by)
        case "prodprefix":
            return _of_product(algebra, a, atom, by)
        case _:
            raise Stuck(f"no rule for the derivative of this ({atom.head})")


def _of_absolute(algebra: Forms, atom: Atom, by: int) -> Poly:
    """d|u| = sign(u) du, where u does not vanish: where it does, |u| has no derivative and nothing is claimed (of an u with bound variables: for none of
    their values)."""
    (u,) = atom.args
    if not algebra.real(u):
        raise Stuck("the derivative of the absolute value of a complex number")
    bound = any(algebra.atoms[b].head in ("tmp", "bound") for b in atoms_in(algebra, u) if b != by)
    if not bound and algebra.not_zero(u):
        algebra.assuming.add("no absolute value is differentiated where it vanishes")
    return algebra.mul(differentiate(algebra, u, by), algebra.signum(u))


def atoms_in(algebra: Forms, p: Poly) -> set[int]:
    """All atoms in p, at any depth."""
    seen: set[int] = set()
    todo = [p]
    while todo:
        for m in todo.pop().terms:
            for a, e in m:
                if isinstance(e, Poly):
                    todo.append(e)
                if a not in seen:
                    seen.add(a)
                    todo.extend(algebra.atoms[a].args)
    return seen


UNDER = "the derivative may be taken under the sign of a mean, an improper integral or a series"


def continuous(algebra: Forms, body: Poly, by: int) -> None:
    """The side condition of a derivative under an integral sign: the integrand does not jump as ``by`` changes.

    True: ``d/dx of the integral of |x - t| is that of sign(x - t)``. False neighbour: the second derivative is not that of 0. Raises Stuck.
    """
    for m in body.terms:
        negative = [Poly({((a, Fraction(1)),): Fraction(1)}) if algebra.atoms[a].head != "base" else algebra.atoms[a].args[0]
                    for a, e in m if isinstance(e, Fraction) and e < 0]  # fmt: skip
        for a, e in m:
            if isinstance(e, Poly) and depends(algebra, e, by):
                continuous(algebra, e, by)
            atom = algebra.atoms[a]
            if not any(depends(algebra, arg, by) for arg in atom.args):
                continue
            if atom.head in ("sgn", "floor", "delta") or (atom.head == "abs" and any(algebra.zero(n - u) or algebra.zero(n + u)
                                                                                     for u in atom.args for n in negative)):  # fmt: skip
                raise Stuck("a derivative under the integral sign of what jumps")
            for arg in atom.args:
                continuous(algebra, arg, by)


def _chain(algebra: Forms, atom: Atom, by: int) -> Poly:
    name, orders = atom.data
    parts = []
    for k, arg in enumerate(atom.args):
        inner = differentiate(algebra, arg, by)
        if inner:
            outer = known_derivative(algebra, name, arg) if len(atom.args) == 1 and not any(orders) else None
            if outer is None:
                raised_orders = tuple(order + (1 if j == k else 0) for j, order in enumerate(orders))
                outer = algebra.make("fun", (name, raised_orders), atom.args)
            parts.append(algebra.mul(outer, inner))
    return total(parts)


def known_derivative(algebra: Forms, name: object, x: Poly) -> Poly | None:
    """Derivatives of the named functions that stay atoms (the others are written with exponentials)."""
    square = algebra.mul(x, x)
    match name:
        case "arctan":
            return algebra.power(ONE + square, Fraction(-1))
        case "arcsin":
            return algebra.power(ONE - square, Fraction(-1, 2))
        case "arccos":
            return -algebra.power(ONE - square, Fraction(-1, 2))
        case "erf":
            root = algebra.power(algebra.make("pi"), Fraction(-1, 2))
            return algebra.product((number(2), root, algebra.exp(-square)))
        case "LambertW" | "LambertWm":
            value = algebra.make("fun", (name, (0,)), (x,))
            return algebra.mul(value, algebra.power(algebra.mul(x, ONE + value), Fraction(-1)))
        case "erfinv":
            root = algebra.power(algebra.make("pi"), Fraction(1, 2)).scale(Fraction(1, 2))
            value = algebra.make("fun", ("erfinv", (0,)), (x,))
            return algebra.mul(root, algebra.exp(algebra.mul(value, value)))
        case _:
            return None


def _under_the_sign(algebra: Forms, atom: Atom, by: int) -> Poly:
    if any(algebra.mentions(arg, by) for arg in atom.args[1:]):
        raise Stuck("a derivative by something in the limits of a sum")
    variable, body = algebra.open(atom)
    inner = differentiate(algebra, body, by)
    if atom.head in ("tail", "whole", "head"):
        algebra.assuming.add(UNDER)
    match atom.head:
        case "prefix":
            return algebra._prefix(variable, inner, atom.args[1])
        case "over":
            return algebra.rebound(atom, variable, inner, atom.args[1:])
        case "whole":
            return algebra.sum_range(variable, inner, "-oo", "oo")
        case _:
            return algebra._per_term(inner, variable, lambda g: algebra._bound(atom.head, variable, g))


def _of_joint(algebra: Forms, atom: Atom, by: int) -> Poly:
    symbol, names, orders = atom.data
    parts = []
    for k, arg in enumerate(atom.args):
        inner = differentiate(algebra, arg, by)
        if inner:
            higher = tuple(order + (j == k) for j, order in enumerate(orders))
            parts.append(algebra.mul(algebra.make("joint", (symbol, names, higher), atom.args), inner))
    return total(parts)


def _of_integral(algebra: Forms, atom: Atom, by: int) -> Poly:
    """Under the sign (Leibniz); the limits may move with the variable."""
    variable, body = algebra.open(atom)
    continuous(algebra, body, by)
    inside = differentiate(algebra, body, by)
    if inside and any(kind != "finite" for kind in atom.data[3]):
        algebra.assuming.add(UNDER)
    parts = [algebra.rebound(atom, variable, inside, atom.args[1:])] if inside else []
    for sign, kind, limit in zip((-1, 1), atom.data[3], atom.args[1:], strict=True):
        if kind == "finite" and (moving := differentiate(algebra, limit, by)):
            parts.append(algebra.mul(replace(algebra, body, {variable: limit}), moving).scale(Fraction(sign)))
    return total(parts)


def _of_product(algebra: Forms, a: int, atom: Atom, by: int) -> Poly:
    """The logarithmic derivative of a product."""
    variable, body = algebra.open(atom)
    relative = algebra.mul(differentiate(algebra, body, by), algebra.power(body, Fraction(-1)))
    return algebra.mul(atom_power(a), algebra._prefix(variable, relative, atom.args[1]))


def depends(algebra: Forms, p: Poly, by: int) -> bool:
    """Whether p may change with ``by``: it is mentioned, or another entry of the same indexed name is, or what may depend on it unseen (a loss that is only
    named, a recurrence)."""
    target = algebra.atoms[by]
    for m in p.terms:
        for a, e in m:
            if a == by or (isinstance(e, Poly) and depends(algebra, e, by)):
                return True
            atom = algebra.atoms[a]
            if target.head == "seq" and atom.head == "seq" and atom.data == target.data:
                return True
            if atom.head in ("sym", "seq", "loss", "cot") and algebra.hidden(atom, target):
                return True
            if any(depends(algebra, arg, by) for arg in atom.args):
                return True
    return False


__all__ = ["BINDERS", "differentiate", "replace"]
