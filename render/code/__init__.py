"""Problems as code: small functions that compute what was proved, each with a docstring that cites it.

The expressions are printed from the same terms as every formula, so a function cannot say anything else than its docstring.
"""

from __future__ import annotations

from render.code.dialects import DIALECTS, dialect
from render.code.examples import example
from render.code.formula import Formula
from render.code.kinds import formulas
from render.code.write import code, imports, module

__all__ = ["DIALECTS", "Formula", "code", "dialect", "example", "formulas", "imports", "module"]
