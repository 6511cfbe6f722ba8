"""Arrays by their entries, in SymPy: products are sums over the shared index, a permutation is a function of indices.

What the closure of equivariant maps rests on is two operations on sums: a sum over all indices of something that knows its index only through a permutation is
the same sum without the permutation (``reindexed``), and a sum with a Kronecker delta has one term (``collapsed``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from sympy.concrete.delta import deltasummation

from derivations.language.errors import DeriveError

Entry = Callable[[Any, Any], Any]
"""The entry of an array in a row and a column."""

delta = sp.Function("delta")
"""The entry of an identity, its indices in the order in which they are written; ``collapsed`` makes SymPy's ``KroneckerDelta`` of it."""


def product(one: Entry, other: Entry, index: Any, size: Any) -> Entry:
    """The entries of a matrix product, as a sum over the shared index; the sums of its factors stand within it."""

    def entry(row: Any, column: Any) -> Any:
        factors, limits = sp.S.One, []
        for factor in (one(row, index), other(index, column)):
            if isinstance(factor, sp.Sum):
                limits += factor.limits
                factor = factor.function
            factors *= factor
        return sp.Sum(factors, *limits, (index, 1, size))

    return entry


def transposed(array: Entry) -> Entry:
    return lambda row, column: array(column, row)


def softmax(array: Entry, index: Any, size: Any, columns: bool) -> Entry:
    """The entries of a softmax along the columns, or along the rows."""

    def entry(row: Any, column: Any) -> Any:
        summed = array(index, column) if columns else array(row, index)
        return sp.exp(array(row, column)) / sp.Sum(sp.exp(summed), (index, 1, size))

    return entry


def put_in(expression: Any, base: Any, entry: Entry) -> Any:
    """The expression with the entries of an array replaced by what they are."""
    return expression.replace(lambda e: isinstance(e, sp.Indexed) and e.base == base, lambda e: entry(*e.indices))


def reindexed(expression: Any, permutation: Any) -> Any:
    """Every sum over an index that stands in its permutation only, over that index: all terms in another order.

    Raises:
        DeriveError: an index stands there without the permutation as well.
    """

    def once(total: Any) -> Any:
        ((index, low, high),) = total.limits
        if not total.function.has(permutation(index)):
            return total
        image = sp.Dummy("image", integer=True)
        body = total.function.subs(permutation(index), image)
        if body.has(index):
            raise DeriveError(f"{total} knows {index} otherwise than through {permutation}({index}): its terms are not those of a sum in another order")
        return sp.Sum(body.subs(image, index), (index, low, high))

    return expression.replace(lambda e: isinstance(e, sp.Sum), once)


def collapsed(expression: Any) -> Any:
    """Every sum with a Kronecker delta as its one term; the other index is one of those that are summed over."""

    def once(total: Any) -> Any:
        body = total.function
        for limit in total.limits:
            body = deltasummation(body, limit, no_piecewise=True)
        return body

    return expression.replace(delta, sp.KroneckerDelta).replace(lambda e: isinstance(e, sp.Sum) and e.has(sp.KroneckerDelta), once)


__all__ = ["Entry", "collapsed", "delta", "product", "put_in", "reindexed", "softmax", "transposed"]
