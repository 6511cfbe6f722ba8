"""The joint density of several functions of several variables: one for each variable, or fewer.

As many functions as variables have a density by their preimages (``multivariate``), one function of two by an integral over an auxiliary second (``marginal``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy

from .joint import JointDensity, JointDistribution
from .joint_checking import confirmed
from .marginal import marginal_pushforward
from .multivariate import derive_joint
from .refusals import CannotPush, Reason, Refusal
from .results import Claim, Evidence, Level


def joint_pushforward(
    base: JointDistribution, maps: Sequence[Any], variables: Sequence[Any], *, check: bool = True
) -> JointDensity | Refusal:
    """The joint density of x_i = maps[i](z) for as many components as there are variables, or why there is none.

    Args:
        base: the distribution of Z on a box.
        maps: the components of f, SymPy expressions in the base's variables and parameters.
        variables: the (real) symbols of the result, one per component.
        check: whether samples must confirm the result.
    """
    maps = tuple(sympy.sympify(component) for component in maps)
    if len(maps) > len(base.variables):
        return Refusal(Reason.SINGULAR, f"{len(maps)} components of {len(base.variables)} variables")
    if len(maps) < len(base.variables):
        return marginal_pushforward(base, maps, tuple(variables), check=check)
    try:
        result = derive_joint(base, maps, tuple(variables))
        if not check:
            return result
        tried = confirmed(base, maps, result)
    except CannotPush as problem:
        return problem.refusal
    detail = f"{tried} points"
    evidence = (*result.evidence, Evidence(Claim.PREIMAGES, Level.SAMPLED, detail))
    return JointDensity(result.variables, result.density, result.support, result.branches, result.conditions, evidence)
