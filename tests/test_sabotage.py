"""Every prover and every guard, sabotaged: the false inputs that reach it are then proved, and without the sabotage they are not.

A test that stays green when a rule accepts anything tests nothing. Here each rule is replaced by one that accepts, or its side condition by one that always
holds, and inputs on which only that rule or condition stands between a false statement and "proved" must change their verdict. Nobody tries values.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from stated_cases import Case, stated

from derivations.checking.provers import Found, prove
from derivations.checking.trial import understood
from derivations.kernel.chains import theorem
from derivations.kernel.statement import Rel, Rule, Statement, Step, equation
from derivations.kernel.theorem import check_step
from derivations.kernel.verdict import Accepted, Evidence, proved
from derivations.language.context import Context, Scalar
from derivations.language.term import Bars, Name, Num, Relation
from derivations.rules import refute as refuting
from derivations.rules.equality import _exclude_each_other, algebra, by_definition
from derivations.rules.equations import implication
from derivations.rules.order import order

AGREED = refuting.Agreement(points=1, digits=30, error=0.0)


@pytest.fixture(autouse=True)
def refuter_off(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("derivations.") and module is not refuting and getattr(module, "refute", None) is refuting.refute:
            monkeypatch.setattr(module, "refute", lambda *args, **kwargs: AGREED)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """What was found while a prover was sabotaged is not believed afterwards."""
    yield
    _exclude_each_other.cache_clear()


def alone(case: Case) -> Found:
    return prove(*understood(case.statement, case.context), ())


@dataclass(frozen=True)
class Sabotage:
    """What is replaced (``module:name`` or ``module:Class.name``), by what, and false statements that then get through, with what is declared for them."""

    words: str
    targets: tuple[tuple[str, Callable[..., Any]], ...]
    false: str


def always(answer: Any) -> Callable[..., Any]:
    return lambda *args, **kwargs: answer


NORMAL = "derivations.rules.normal."
ANY = (
    Sabotage(
        "every two random variables are independent",
        ((NORMAL + "expectation:_Mean._independent", lambda self, one, other: one != other), (NORMAL + "expectation:_Mean._together", always(True))),
        r"""
        random X Y Z
        N \mathbb E[XY] = \mathbb E[X]\mathbb E[Y]
        N \operatorname{Var}(X+Y) = \operatorname{Var}(X)+\operatorname{Var}(Y)
        N \mathbb E[X^2Y^2Z] = \mathbb E[X^2]\mathbb E[Y^2]\mathbb E[Z]
        """,
    ),
    Sabotage(
        "independent in pairs is independent together",
        ((NORMAL + "expectation:_Mean._together", always(True)),),
        r"""
        random X Y Z
        given X \perp Y
        given Y \perp Z
        given X \perp Z
        N \mathbb E[XYZ] = \mathbb E[X]\mathbb E[Y]\mathbb E[Z]
        """,
    ),
    Sabotage(
        "every two equations are equivalent",
        (("derivations.checking.consequences:related", always("by fiat")),),
        r"""
        real x y a
        N x = 1 \iff x^2 = 1
        N x = y \iff ax = ay
        N xy = 0 \iff x = 0
        """,
    ),
    Sabotage(
        "multiplying by anything leaves an equation the same",
        (("derivations.rules.equations:never_zero", always(True)),),
        r"""
        real x y a
        N x = y \iff ax = ay
        N x = 0 \iff x^2 = 0 \cdot x + x x x
        """,
    ),
    Sabotage(
        "Jensen's inequality with any weights",
        (("derivations.rules.inequalities:_is_one", always(True)), ("derivations.rules.inequalities:_not_negative", always(True))),
        r"""
        positive a b; real t; seq w x; natural n
        N \log(2a+3b) \ge 2\log a+3\log b
        N (ta+(2-t)b)^2 \le ta^2+(2-t)b^2
        N \left(\sum_{i=1}^n w_i x_i\right)^2 \le \sum_{i=1}^n w_i x_i^2
        """,
    ),
    Sabotage(
        "Jensen's inequality with negative weights",
        (("derivations.rules.inequalities:_not_negative", always(True)),),
        r"""
        real t a b
        N (ta+(1-t)b)^2 \le ta^2+(1-t)b^2
        """,
    ),
    Sabotage(
        "every function is convex",
        (("derivations.rules.inequalities:_functions", lambda algebra, term, convex: [(term.function, term.arguments[0])] if hasattr(term, "function") else []),),
        r"""
        real x y; function f
        N f\left(\frac{x+y}{2}\right) \le \frac{f(x)+f(y)}{2}
        """,
    ),
    Sabotage(
        "cases without their conditions",
        ((NORMAL + "binders:truth", always(True)),),
        r"""
        real x
        N \begin{cases} x & x > 0 \\ -x & \text{otherwise} \end{cases} = x
        """,
    ),
    Sabotage(
        "log u is at most anything",
        (("derivations.rules.signs:_known_bounds", always("0+")),),
        r"""
        positive u
        N \log u \le u-2
        N \log u \le \frac{u}{5}
        """,
    ),
    Sabotage(
        "E[X]^2 is at most anything",
        (("derivations.rules.inequalities:variance", always("0+")),),
        r"""
        random X Y
        N \mathbb E[X]^2 \le \mathbb E[X^2]-1
        N \mathbb E[X]^2 \le \mathbb E[Y^2]
        """,
    ),
    Sabotage(
        "the inequality of Cauchy and Schwarz between anything",
        (("derivations.rules.inequalities:cauchy_schwarz", always("0+")),),
        r"""
        seq a b; natural n
        N \left(\sum_{i=1}^n a_i\right)^2 \le \sum_{i=1}^n a_i^2
        """,
    ),
    Sabotage(
        "integrals run upwards whatever their limits",
        (("derivations.rules.signs:_upward", always(True)),),
        r"""
        real a b
        N \int_1^0 x^2\,dx \le \int_1^0 (x^2+1)\,dx
        N \int_a^b x^2\,dx \ge 0
        """,
    ),
    Sabotage(
        "hypotheses that exclude each other prove anything",
        (("derivations.checking.provers:contradictory", always(False)),),
        r"""
        real x
        given x = 1
        given x = 2
        N 2x = 2
        ## signs
        real b
        given b < 0
        given b > 0
        N b \ge 0
        """,
    ),
    Sabotage(
        "every range runs forwards",
        ((NORMAL + "forms:Forms.is_range", always(True)),),
        r"""
        integer n m; seq a
        N \sum_{k=1}^n k = \frac{n(n+1)}{2}
        N \sum_{k=1}^n a_k = a_1+\sum_{k=2}^n a_k
        N \sum_{k=1}^m a_k+\sum_{k=m+1}^n a_k = \sum_{k=1}^n a_k
        N \prod_{k=1}^n a_k = a_n\prod_{k=1}^{n-1} a_k
        """,
    ),
    Sabotage(
        "every index lies in every range",
        ((NORMAL + "forms:Forms.in_range", always(True)),),
        r"""
        natural n m; seq a
        N \sum_{k=2}^n \delta_{k,m}a_k = a_m
        N a_0^2 \le \sum_{k=1}^n a_k^2
        N a_{m}^2 \le \sum_{k=1}^n a_k^2
        """,
    ),
    Sabotage(
        "every series converges",
        ((NORMAL + "forms:Forms._converges", always(True)),),
        r"""
        seq a
        N \sum_{k=1}^\infty (a_k-a_{k+1}) = a_1
        N \sum_{k=0}^\infty (a_{k+2}-a_k) = -a_0-a_1
        """,
    ),
    Sabotage(
        "everything may be differentiated under an integral",
        ((NORMAL + "calculus:continuous", always(None)),),
        r"""
        real x
        N \frac{d^2}{dx^2}\int_{-1}^1 |x-t|\,dt = 0
        """,
    ),
    Sabotage(
        "complex numbers are real",
        ((NORMAL + "products:Products.touched", always(False)), (NORMAL + "products:Products.touched_factor", always(False)),
         (NORMAL + "declared:Declared.may_be_complex", always(False))),
        r"""
        complex z; real x
        N z^2 \ge 0
        N \cos x \ge 0
        N |z|^2 = z^2
        """,
    ),
    Sabotage(
        "nothing vanishes",
        ((NORMAL + "algebra:Arithmetic.is_nonzero", always(True)),),
        r"""
        real x
        N \operatorname{sign}(x)^2 = 1
        """,
    ),
    Sabotage(
        "every function is a density",
        ((NORMAL + "densities:said_to_be_density", always(True)),),
        r"""
        function r
        N \int r(x)\,dx = 1
        N \int_{-\infty}^\infty r(x)\,dx = 1
        """,
    ),
    Sabotage(
        "an integral without limits is one over everything",
        ((NORMAL + "binders:_of_density", always(True)),),
        r"""
        real c
        N \int xe^{-x^2}\,dx = 0
        """,
    ),
    Sabotage(
        "a name before a bracket is a number",
        (("derivations.checking.provers:as_applications", always(None)),),
        r"""
        real s x y n V L T
        N V(2s) = 2V(s)
        N L(x+y) = L(x)+L(y)
        N T(n+1) = T(n)+T(1)
        """,
    ),
    Sabotage(
        "what is said of one entry is said of all",
        (("derivations.language.context:Context.is_general", always(True)),),
        r"""
        integer i j; seq x
        given x_i > 0
        N \sqrt{x_j^2} = x_j
        """,
    ),
    Sabotage(
        "a bound variable is the name outside that is spelled alike",
        (("derivations.rules.signs:sign_under", lambda algebra, body, *rest, **more: sys.modules["derivations.rules.signs"].sign_of(algebra, body)),),
        r"""
        positive x
        N \int_{-1}^0 x\,dx \ge 0
        """,
    ),
    Sabotage(
        "an induction holds before its start",
        (("derivations.checking.provers:_from_start", lambda found, *rest: found),),
        r"""
        integer t; real a
        def m_0 := 0
        def m_t := m_{t-1}+a
        N m_t = ta
        """,
    ),
    Sabotage(
        "an induction shows anything",
        (("derivations.checking.provers:by_induction", always(proved("by fiat"))),),
        r"""
        natural t; real a
        def m_0 := 0
        def m_t := m_{t-1}+a
        N m_t = ta+1
        """,
    ),
    Sabotage(
        "every quadratic form is a sum of squares",
        (("derivations.rules.inequalities:_semidefinite", always("0+")),),
        r"""
        real x y
        N x^2+y^2 \ge 3xy
        """,
    ),
    Sabotage(
        "every difference has a sign",
        (("derivations.rules.inequalities:sign_by_factors", always("+")),),
        r"""
        real x y
        N x \ge y
        """,
    ),
    Sabotage(
        "different normal forms are the same",
        (("derivations.checking.provers:difference_vanishes", always(True)),),
        r"""
        real a b
        N (a+b)^2 = a^2+b^2
        """,
    ),
    Sabotage(
        "every entry of a matrix that is written out is zero",
        ((NORMAL + "algebra:Arithmetic.zero", always(True)),),
        r"""
        real t
        N \begin{pmatrix} t & 1 \\ 0 & t \end{pmatrix}^2 = \begin{pmatrix} t^2 & t \\ 0 & t^2 \end{pmatrix}
        """,
    ),
    Sabotage(
        "every root of a square is the number",
        ((NORMAL + "algebra:Arithmetic.absolute", lambda self, p: p),),
        r"""
        real x
        N \sqrt{x^2} = x
        N |x| = x
        """,
    ),
    Sabotage(
        "every name is positive",
        ((NORMAL + "algebra:Arithmetic.atom_sign", always("+")),),
        r"""
        real x y
        N \sqrt{x^2} = x
        """,
    ),
    Sabotage(
        "an expectation is about the first name",
        ((NORMAL + "families:variable_of", lambda algebra, under, body: sys.modules["derivations.language.term"].Name("x")),),
        r"""
        real c
        N \mathbb E_{q}[f(x,z)] = \int_{-\infty}^\infty q(x)f(x,z)\,dx
        """,
    ),
)


def patched(monkeypatch: pytest.MonkeyPatch, target: str, by: Callable[..., Any]) -> None:
    module, _, path = target.partition(":")
    owner: Any = importlib.import_module(module)
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    assert hasattr(owner, name), target
    plain = getattr(owner, name)
    monkeypatch.setattr(owner, name, by)
    _exclude_each_other.cache_clear()  # nor is what was found before
    if not outer:  # whoever imported the function by name has it, too
        for other in list(sys.modules.values()):
            if getattr(other, "__name__", "").startswith("derivations.") and getattr(other, name, None) is plain:
                monkeypatch.setattr(other, name, by)
    else:
        for sub in _below(owner):
            if name in vars(sub):
                monkeypatch.setattr(sub, name, by)


def _below(owner: type) -> list[type]:
    return [s for c in owner.__subclasses__() for s in (c, *_below(c))]


@pytest.mark.parametrize("sabotage", ANY, ids=lambda s: s.words)
def test_what_is_sabotaged_lets_false_statements_through(sabotage: Sabotage, monkeypatch: pytest.MonkeyPatch) -> None:
    false = stated(sabotage.false)
    assert false
    for case in false:
        assert not isinstance(alone(case), Evidence), case
    for target, by in sabotage.targets:
        patched(monkeypatch, target, by)
    for case in false:
        assert isinstance(alone(case), Evidence), f"{case} does not reach {sabotage.words}"


# -- the rules of the kernel -------------------------------------------------------------------------------------------------------------------

X, Y = Name("x"), Name("y")
REALS = Context().declare(Scalar(), X, Y)
ONLY_THERE = REALS.assume(Relation((X, Num("1")), ("=",)))
LEMMA = theorem("x is one", ONLY_THERE, (Step(equation(X, Num("1")), algebra),))
USERS: tuple[tuple[Rule, Statement], ...] = (
    (order, Statement(X, Rel.LE, Num("2"))),
    (implication, Statement(Relation((Y, X), ("=",)), Rel.IMPLIES, Relation((Y, Num("1")), ("=",)))),
    (algebra, equation(X + 1, Num("2"))),
    (by_definition, equation(X + 1, Num("2"))),
)


@pytest.mark.parametrize(("rule", "statement"), USERS, ids=lambda v: v.name if isinstance(v, Rule) else "")
def test_a_lemma_is_used_only_where_its_assumptions_hold(rule: Rule, statement: Statement, monkeypatch: pytest.MonkeyPatch) -> None:
    step = Step(statement, rule, premises=(LEMMA,))
    there = ONLY_THERE.define(Name("z"), X)
    assert isinstance(check_step(step, there, set(), (LEMMA,)), Accepted)
    elsewhere = REALS.define(Name("z"), X)
    assert not isinstance(check_step(step, elsewhere, set(), (LEMMA,)), Accepted)
    patched(monkeypatch, "derivations.rules.equality:usable", always(None))
    assert isinstance(check_step(step, elsewhere, set(), (LEMMA,)), Accepted)


@pytest.mark.parametrize(
    ("rule", "statement"),
    [(order, Statement(X, Rel.GE, Num("0"))), (algebra, equation(Bars("abs", X), X)), (implication, USERS[1][1])],
    ids=lambda v: v.name if isinstance(v, Rule) else "",
)
def test_hypotheses_that_exclude_each_other_prove_nothing(rule: Rule, statement: Statement, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Relation((X, Num("0")), (">",)), Relation((X, Num("0")), ("<",))
    both = REALS.assume(one, other, Relation((X, Num("1")), ("=",)))
    assert not isinstance(check_step(Step(statement, rule), both, set(), ()), Accepted)
    patched(monkeypatch, "derivations.rules.equality:contradictory", always(False))
    assert isinstance(check_step(Step(statement, rule), both, set(), ()), Accepted)
