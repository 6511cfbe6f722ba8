"""Change of variables: the exact density of a function of a random variable, or why there is none."""

from __future__ import annotations

from .checking import Checked, check_density
from .distributions import (
    Distribution,
    beta_distribution,
    cauchy,
    chi_squared,
    exponential,
    f_distribution,
    gamma_distribution,
    gumbel,
    half_normal,
    laplace,
    log_normal,
    logistic,
    normal,
    pareto,
    rayleigh,
    student_t,
    triangular,
    uniform,
    weibull,
)
from .parameter_domain import ParameterDomain
from .pieces import Because, Peel, Span
from .refusals import Reason, Refusal
from .results import Branch, Claim, Density, Evidence, Level
from .univariate import pushforward

__all__ = [
    "Because",
    "Branch",
    "Checked",
    "Claim",
    "Density",
    "Distribution",
    "Evidence",
    "Level",
    "ParameterDomain",
    "Peel",
    "Reason",
    "Refusal",
    "Span",
    "beta_distribution",
    "cauchy",
    "check_density",
    "chi_squared",
    "exponential",
    "f_distribution",
    "gamma_distribution",
    "gumbel",
    "half_normal",
    "laplace",
    "log_normal",
    "logistic",
    "normal",
    "pareto",
    "pushforward",
    "rayleigh",
    "student_t",
    "triangular",
    "uniform",
    "weibull",
]
