"""The concrete meaning of terms: values that satisfy a context, and the evaluation of any term in them.

A second reading of the written form, independent of ``denote``: it uses mpmath and exact rationals and never SymPy.

    for model in models(context, (left, right), count=12, seed=0):
        evaluate(left, model)

``Undefined`` is raised where a term has no real value, ``CannotSample`` where no values satisfy the hypotheses.
"""

from __future__ import annotations

from derivations.language.model.evaluate import Evaluator, evaluate
from derivations.language.model.matrix import Mat
from derivations.language.model.sampling import models
from derivations.language.model.setting import Setting
from derivations.language.model.values import CannotSample, Undefined
from derivations.language.model.world import Model

__all__ = ["CannotSample", "Evaluator", "Mat", "Model", "Setting", "Undefined", "evaluate", "models"]
