"""The libraries that code can be written for: how each is imported and how it spells what it computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Final

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.parameters import nearest

IMPORTS: Final[Mapping[str, str]] = {
    "math": "import math",
    "np": "import numpy as np",
    "torch": "import torch",
    "jax": "import jax",
    "jnp": "import jax.numpy as jnp",
    "sp": "import sympy as sp",
    "scipy": "import scipy.special",
}
"""How a module that code mentions by this name is imported."""

MATH: Final[Mapping[str, str]] = {
    "exp": "math.exp", "ln": "math.log", "log": "math.log", "sqrt": "math.sqrt", "sin": "math.sin", "cos": "math.cos", "tan": "math.tan",
    "sinh": "math.sinh", "cosh": "math.cosh", "tanh": "math.tanh", "arctan": "math.atan", "arcsin": "math.asin", "arccos": "math.acos",
    "arsinh": "math.asinh", "arcosh": "math.acosh", "artanh": "math.atanh", "erf": "math.erf", "Gamma": "math.gamma", "abs": "abs",
    "floor": "math.floor", "ceil": "math.ceil", "pi": "math.pi", "e": "math.e", "oo": "math.inf",
}  # fmt: skip
"""What is computed with Python's own numbers."""


def _arrays(module: str, **own: str) -> Mapping[str, str]:
    """The names that the array libraries share; ``own`` are those that only one of them has."""
    shared = {
        "exp": "exp", "ln": "log", "log": "log", "sqrt": "sqrt", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh",
        "tanh": "tanh", "arctan": "arctan", "arcsin": "arcsin", "arccos": "arccos", "arsinh": "arcsinh", "arcosh": "arccosh",
        "artanh": "arctanh", "max": "maximum", "min": "minimum", "abs": "abs", "sign": "sign", "floor": "floor", "ceil": "ceil",
        "where": "where", "norm": "linalg.norm", "det": "linalg.det", "inv": "linalg.inv", "matrix_power": "linalg.matrix_power", "kron": "kron",
        "tr": "trace", "trace": "trace",
    }  # fmt: skip
    return {**{name: f"{module}.{spelled}" for name, spelled in shared.items()}, **own}


@record
class Dialect:
    """``module``: what arrays come from. ``functions``: the library's names for functions of arrays. ``support``: the small functions that
    generated code may need, by name; where one is missing the library has no use for it."""

    name: str
    module: str
    functions: Mapping[str, str]
    support: Mapping[str, str] = field(default_factory=dict)

    @property
    def symbolic(self) -> bool:
        return self.name == "sympy"


_AT = '''def at(x, i):
    """Entry i of a signal whose first entry has the number 1; zero outside."""
    inside = (1 <= i) & (i <= len(x))
    return {m}.where(inside, x[{m}.where(inside, i, 1) - 1], 0)'''

_SOFTMAX = '''def softmax(A, axis):
    """The softmax along an axis: its entries add up to one along it."""
    E = {m}.exp(A - {largest})
    return E / {total}'''

_SYMPY_SOFTMAX = '''def softmax(A, axis):
    """The softmax of a matrix along an axis: its entries add up to one along it."""
    E = A.applyfunc(sp.exp)
    if axis == 1:
        return sp.Matrix(*E.shape, lambda i, j: E[i, j] / sum(E[i, :]))
    return sp.Matrix(*E.shape, lambda i, j: E[i, j] / sum(E[:, j]))'''


_TORCH_GAMMA = '''def gamma_function(x):
    """The gamma function of a positive number."""
    return torch.exp(torch.lgamma(x))'''


def _support(module: str, largest: str, total: str) -> Mapping[str, str]:
    return {"at": _AT.format(m=module), "softmax": _SOFTMAX.format(m=module, largest=largest, total=total)}


_KEEP = "A.{0}(axis=axis, keepdims=True)"
_SUM = "E.sum(axis=axis, keepdims=True)"

DIALECTS: Final = (
    Dialect(
        "numpy",
        "np",
        _arrays("np", erf="np.vectorize(math.erf)", Gamma="np.vectorize(math.gamma)", erfinv="scipy.special.erfinv"),
        _support("np", _KEEP.format("max"), _SUM),
    ),
    Dialect(
        "torch",
        "torch",
        _arrays("torch", erf="torch.erf", Gamma="gamma_function", erfinv="torch.erfinv"),
        {**_support("torch", "A.amax(dim=axis, keepdim=True)", "E.sum(dim=axis, keepdim=True)"), "gamma_function": _TORCH_GAMMA},
    ),
    Dialect(
        "jax",
        "jnp",
        _arrays("jnp", erf="jax.scipy.special.erf", Gamma="jax.scipy.special.gamma", erfinv="jax.scipy.special.erfinv"),
        _support("jnp", _KEEP.format("max"), _SUM),
    ),
    Dialect(
        "sympy",
        "sp",
        {
            "exp": "sp.exp", "ln": "sp.log", "log": "sp.log", "sqrt": "sp.sqrt", "sin": "sp.sin", "cos": "sp.cos", "tan": "sp.tan",
            "sinh": "sp.sinh", "cosh": "sp.cosh", "tanh": "sp.tanh", "arctan": "sp.atan", "arcsin": "sp.asin", "arccos": "sp.acos",
            "arsinh": "sp.asinh", "arcosh": "sp.acosh", "artanh": "sp.atanh", "erf": "sp.erf", "Gamma": "sp.gamma", "erfinv": "sp.erfinv",
            "LambertW": "sp.LambertW", "max": "sp.Max", "min": "sp.Min", "abs": "sp.Abs", "sign": "sp.sign", "floor": "sp.floor",
            "ceil": "sp.ceiling", "pi": "sp.pi", "e": "sp.E", "oo": "sp.oo", "i": "sp.I", "kron": "sp.kronecker_product",
            "sum": "sp.Sum", "prod": "sp.Product", "lim": "sp.limit", "factorial": "sp.factorial", "binom": "sp.binomial",
        },
        {"softmax": _SYMPY_SOFTMAX},
    ),
)  # fmt: skip


def dialect(name: str) -> Dialect:
    """The dialect of this name. Raises DeriveError with the names there are."""
    for candidate in DIALECTS:
        if candidate.name == name:
            return candidate
    names = [candidate.name for candidate in DIALECTS]
    raise DeriveError(f"there is no code for {name!r}{nearest(name, names)}; there is for {', '.join(names)}")
