"""Flows of symbolic dimension: the logarithm of the density of x = f(z) at the image of a point, for maps that are one-to-one for a reason.

    planar      f(z) = z + u tanh(w^T z + b)                  w^T u > -1: then w^T f(z) is strictly increasing in w^T z, which gives z back
    radial      f(z) = z + b (z - c)/(a + |z - c|)            a > 0, b > -a: the distance from c is strictly increasing, the direction is kept
    affine      f(z) = A z + b                                A invertible
    components  x_i = h(z_i; entries before), for i >= k      h strictly monotone in z_i: they are found one after the other
    --------------------------------------------------------------------------------------------------------------------------------
    ln p_X(f(z)) = sum_i ln p(z_i) - ln |det df(z)/dz|        of components the determinant is the product of the dx_i/dz_i

Rezende and Mohamed, *Variational Inference with Normalizing Flows* (2015); Papamakarios et al., *Normalizing Flows* (2021), section 3.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.kernel.statement import Premise, Rel, Rule, Statement
from derivations.kernel.verdict import Accepted, Undecided, Verdict, proved
from derivations.language.brackets import bracketed
from derivations.language.context import ONE, Array, Context, Function, Scalar, Sequence
from derivations.language.errors import DeriveError
from derivations.language.structure import subterms
from derivations.language.term import Call, Deriv, Index, Name, Term, Transpose, relation
from derivations.language.work import OutOfWork, apart
from derivations.rules.equality import where_defined
from derivations.rules.maps import Flow
from derivations.rules.normal.convert import Algebra
from derivations.rules.order import sign_by_factors

TRIANGULAR = "what else stands in a component depends on the entries before it only"
KEPT = "the entries before the first of the second sum are kept as they are"
_WORK = 2_000_000


def flow(given: Flow) -> Rule:
    """The rule for one flow."""
    return Rule("flow", (given,))


def decide_flow(statement: Statement, context: Context, premises: tuple[Premise, ...], given: Flow) -> Verdict:
    """True: the planar flow with ``w^T u > -1``. A false neighbour is the one without a condition, which may fold space."""
    left = Call(Name("ln"), (Call(given.new_density, (given.image,)),))
    if statement != Statement(bracketed(left), Rel.EQ, bracketed(given.transformed())):
        return Undecided("the rule gives the logarithm of the density at the image of a point")
    kinds = [context.kind(name) for name in (given.new_density, given.base_density)]
    if any(not (isinstance(kind, Function) and "density" in kind.properties) for kind in kinds):
        return Undecided("nothing says that the functions are densities")
    why = _by_components(given, context) if given.which == "components" else _as_a_whole(given, context)
    if why:
        return Undecided(why)
    known = proved("flow")
    if given.which != "components":
        return Accepted(known)
    return Accepted(replace(known, assuming=(TRIANGULAR, *((KEPT,) if given.first != ONE else ()))))


def _as_a_whole(given: Flow, context: Context) -> str:
    """Why a flow of vectors is not known to be one-to-one, or nothing."""
    defined = next((d.rhs for d in context.definitions if d.lhs == given.image), None)
    if defined is None or defined != bracketed(given.map() or given.image):
        return "the map is not defined as that of the flow"
    z = context.kind(given.z)
    if not (isinstance(z, Array) and z.is_vector and z.rows == given.size):
        return "the variable of the map is not said to be a vector of this size"
    match given.which, given.letters:
        case "planar", (u, w, _):
            wanted: tuple[Term, ...] = (bracketed(relation(Transpose(w) * u, ">", -1)),)
            return "" if all(condition in context.hypotheses for condition in wanted) else "it is not known that w^T u > -1"
        case "radial", (_, alpha, beta):
            algebra = Algebra(context)
            signs = [sign_by_factors(algebra, algebra.poly(value)) for value in (alpha, alpha + beta)]
            return "" if signs == ["+", "+"] else "it is not known that a > 0 and b > -a"
        case "affine", (matrix, _):
            kind = context.kind(matrix) if isinstance(matrix, Name | Index) else None
            return "" if isinstance(kind, Array) and "invertible" in kind.properties else "the matrix is not said to be invertible"
        case _:
            return "there is no such flow"


def _by_components(given: Flow, context: Context) -> str:
    x, i = given.image, given.index
    own = given.z[i]
    defined = next((d.rhs for d in context.definitions if d.lhs == Index(x, (i,))), None)
    if defined is None or not isinstance(context.kind(given.z), Sequence) or not isinstance(context.kind(i), Scalar):
        return "the components are not defined by the entries of a sequence of numbers"
    if any(part == given.z for _, part in subterms(_without(defined, own))):
        return "a component holds other entries of z than its own"
    try:
        with apart(_WORK):
            algebra = Algebra(context)
            where_defined(algebra, (defined,))
            sign = sign_by_factors(algebra, algebra.poly(Deriv(defined, ((own, 1),))))
    except (DeriveError, OutOfWork) as error:
        return str(error) or "the work that checking a flow may cost did not suffice"
    return "" if sign in ("+", "-") else "a component is not shown to be strictly monotone in its own entry"


def _without(node: Term, own: Term) -> Term:
    from derivations.language.structure import substitute

    return substitute(node, {own: Name("own")})


__all__ = ["TRIANGULAR", "flow"]
