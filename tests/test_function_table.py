"""The table of functions: one row is read, derived with, evaluated and handed to SymPy, and mpmath says the same numbers."""

from __future__ import annotations

import mpmath
import pytest

from derivations import check
from derivations.language.context import Context, Scalar
from derivations.language.denote import denote
from derivations.language.functions import ALIASES, WRITTEN, named, written_out
from derivations.language.model import evaluate, models
from derivations.language.term import Call, Name, Num

ORACLE = {
    "sigmoid": lambda t: 1 / (1 + mpmath.exp(-t)),
    "softplus": lambda t: mpmath.log1p(mpmath.exp(t)),
    "relu": lambda t: max(mpmath.mpf(0), t),
    "silu": lambda t: t / (1 + mpmath.exp(-t)),
    "gelu": lambda t: t * mpmath.ncdf(t),
    "logit": lambda t: mpmath.log(t) - mpmath.log(1 - t),
    "sec": mpmath.sec,
    "csc": mpmath.csc,
    "cot": mpmath.cot,
    "coth": mpmath.coth,
    "erfc": mpmath.erfc,
}
x = Name("x")
CONTEXT = Context().declare(Scalar(), x)


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("digits", ["0.3", "0.71"])
def test_a_function_is_one_number_for_all_who_compute_it(name: str, digits: str) -> None:
    wanted = ORACLE[name](mpmath.mpf(digits))
    model = next(models(CONTEXT))
    spellings = (name, *(other for other, known in ALIASES.items() if known == name))
    for call in (*(Call(Name(s), (Num(digits),)) for s in spellings), written_out(name, Num(digits))):
        assert call is not None
        assert mpmath.almosteq(mpmath.mpmathify(evaluate(call, model, 20)), wanted, 1e-14)
        assert mpmath.almosteq(mpmath.mpmathify(denote(call, CONTEXT).evalf(20)), wanted, 1e-14)


@pytest.mark.parametrize(("right", "wrong"), [
    (r"\frac{d}{dx}\operatorname{GELU}(x) = \frac12(1+\operatorname{erf}(x/\sqrt2)) + \frac{x}{\sqrt{2\pi}} e^{-x^2/2}",
     r"\frac{d}{dx}\operatorname{GELU}(x) = \frac12(1+\operatorname{erf}(x/\sqrt2)) + \frac{x}{\sqrt{\pi}} e^{-x^2/2}"),
    (r"\operatorname{SiLU}(x) - \operatorname{SiLU}(-x) = x", r"\operatorname{SiLU}(x) + \operatorname{SiLU}(-x) = x"),
    (r"\operatorname{ReLU}(x) + \operatorname{ReLU}(-x) = |x|", r"\operatorname{ReLU}(x) - \operatorname{ReLU}(-x) = |x|"),
    (r"1 - \operatorname{sigmoid}(x) = \operatorname{expit}(-x)", r"1 + \operatorname{sigmoid}(x) = \operatorname{expit}(-x)"),
    (r"\sec^2 x = 1 + \tan^2 x", r"\sec^2 x = 1 - \tan^2 x"),
    (r"\coth^2 x - 1 = \frac{1}{\sinh^2 x}", r"\coth^2 x + 1 = \frac{1}{\sinh^2 x}"),
    (r"\operatorname{erfc}(x) = 1 - \operatorname{erf}(x)", r"\operatorname{erfc}(x) = \operatorname{erf}(x) - 1"),
])  # fmt: skip
def test_what_is_written_out_is_proved(right: str, wrong: str) -> None:
    for claim, verdict in ((right, "accepted"), (wrong, "refuted")):
        assert [r.verdict for r in check(rf"For all $x \neq 0$ in $\mathbb R$ we have $${claim}$$").records if r.verdict not in ("given", "ignored")] == [verdict]


def test_a_spelling_leads_to_a_name_and_no_further() -> None:
    assert all(named(known) == known for known in ALIASES.values()) and not ALIASES.keys() & WRITTEN.keys()
    assert written_out("f", x) is None and written_out("tanh", x) is None
