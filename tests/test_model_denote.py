"""The two readings of a term, concrete values and SymPy, agree; and no term, however odd, makes evaluation or refutation fail."""

from __future__ import annotations

from random import Random

import pytest
import sympy as sp

from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Refuted, Undecided
from derivations.language.context import Array, Context, Domain, Function, RandomVariable, Scalar, Sequence
from derivations.language.denote import denote, symbol
from derivations.language.errors import DeriveError
from derivations.language.model import Undefined, evaluate, models
from derivations.language.term import (
    Add,
    At,
    Bar,
    Bars,
    Big,
    Call,
    Cases,
    Const,
    Deriv,
    Dots,
    Frac,
    Group,
    Index,
    Integral,
    Logic,
    Matrix,
    Mul,
    Name,
    Num,
    Pow,
    Relation,
    Root,
    Term,
    Transpose,
    Tuple,
    names,
    relation,
)
from derivations.rules.refute import Agreement, refute

x, y, n, k, z, A, v, f, X = names("x y n k z A v f X")
SCALARS = Context().declare(Scalar(), x).declare(Scalar(Domain.POSITIVE), y).declare(Scalar(Domain.NATURAL), n)
WORDS = tuple(Name(w) for w in ("exp", "ln", "sin", "cos", "tanh"))


def scalar(rng: Random, depth: int) -> Term:
    """A random scalar term that SymPy can read as well."""
    if depth == 0:
        return rng.choice((x, y, n, Num(str(rng.randint(0, 4))), Num("0.5")))

    def part() -> Term:
        return scalar(rng, depth - 1)

    match rng.randrange(11):
        case 0 | 1:
            return Add((("+", part()), (rng.choice(("+", "-")), part()), ("-", Group(part()))))
        case 2 | 3:
            return Mul((("", Group(part())), (rng.choice(("", "cdot", "times")), Group(part()))))
        case 4:
            return Frac(part(), part(), rng.random() < 0.3)
        case 5:
            return Pow(Group(part()), Num(str(rng.randint(0, 3))))
        case 6:
            return Root(part())
        case 7:
            return Call(rng.choice(WORDS), (part(),))
        case 8:
            return Bars(rng.choice(("abs", "floor", "ceil")), part())
        case 9:
            return Big(rng.choice(("sum", "prod")), Add((("+", k), ("+", part()))), k, Num("1"), Num(str(rng.randint(0, 3))))
        case _:
            return Deriv(Add((("+", x), ("+", part()))), ((x, 1),), style="operator")


@pytest.mark.parametrize("seed", range(60))
def test_values_agree_with_sympy(seed: int) -> None:
    rng = Random(seed)
    node = scalar(rng, 3)
    for model in models(SCALARS, (node,), 2, seed):
        try:
            ours = evaluate(node, model)
        except Undefined:
            continue
        values = {symbol(name, kind.domain): sp.Rational(str(evaluate(name, model))) for name, kind in SCALARS.kinds if isinstance(kind, Scalar)}
        try:
            meaning = denote(node, SCALARS)
        except DeriveError:
            continue  # a division by zero that SymPy sees at once
        theirs = sp.N(meaning.subs(values).doit(), 30)
        if not theirs.is_number or not theirs.is_real or not theirs.is_finite:
            continue  # SymPy left it unevaluated (a derivative of floor), or went through complex numbers
        assert abs(float(ours) - float(theirs)) <= 1e-9 * max(1.0, abs(float(theirs))), node


def test_most_random_terms_are_compared() -> None:
    """The comparison above would be empty if most terms were undefined."""
    compared = 0
    for seed in range(60):
        node = scalar(Random(seed), 3)
        try:
            evaluate(node, next(models(SCALARS, (node,), 1, seed)))
            compared += 1
        except Undefined:
            pass
    assert compared >= 25


ODD = (
    SCALARS.declare(Sequence(), z)
    .declare(Array(n, n), A)
    .declare(Array(n), v)
    .declare(Function(), f)
    .declare(RandomVariable(), X)
)


def odd(rng: Random, depth: int) -> Term:
    """Any term at all, mostly nonsense."""
    if depth == 0:
        return rng.choice((x, y, n, k, z, A, v, f, X, Const("oo"), Const("pi"), Const("i"), Num("0"), Num("7"), Dots(), Name("q"), Name("I")))

    def part() -> Term:
        return odd(rng, rng.randrange(depth))

    makers = (
        lambda: Add((("+", part()), (rng.choice(("+", "-", "±")), part()))),
        lambda: Mul((("", part()), (rng.choice(("", "cdot", "times", "odot", "otimes", "ast", "star", "circ")), part()))),
        lambda: Frac(part(), part()),
        lambda: Pow(part(), part()),
        lambda: Root(part(), rng.choice((None, part()))),
        lambda: Index(part(), (part(),)),
        lambda: Index(z, (part(), part())),
        lambda: Call(rng.choice((f, X, Name("exp"), Name("E", font="bb"), Name("KL"), Name("Var"), Name("tr"), part())), (part(),)),
        lambda: Call(Name("N", font="cal"), (Bar(part(), part()), part())),
        lambda: Call(Pow(f, Add((("-", Num("1")),))), (part(),)),
        lambda: Big(rng.choice(("sum", "prod", "max", "argmin", "lim", "union")), part(), k, part(), rng.choice((None, part()))),
        lambda: Big("sum", part(), part(), None, None, part()),
        lambda: Integral(part(), x, rng.choice((None, part())), rng.choice((None, part()))),
        lambda: Deriv(part(), ((part(), rng.randint(0, 3)),), style=rng.choice(("fraction", "nabla"))),
        lambda: Transpose(part()),
        lambda: Cases(((part(), relation(part(), "<", part())), (part(), None))),
        lambda: Bars(rng.choice(("abs", "norm", "floor", "det", "card")), part()),
        lambda: Matrix(((part(), part()), (part(), part()))),
        lambda: Relation((part(), part()), (rng.choice(("=", "<", "in", "~", "subset", "mid")),)),
        lambda: Logic(rng.choice(("and", "or", "not", "forall")), (part(), part())),
        lambda: At(part(), x, part(), rng.choice((None, part()))),
        lambda: Tuple((part(), part()), rng.choice(("(", "{", "[)"))),
        lambda: Bar(part(), part()),
    )
    return rng.choice(makers)()


@pytest.mark.parametrize("block", range(8))
def test_nonsense_never_makes_refutation_fail(block: int) -> None:
    seen = set()
    for seed in range(40):
        rng = Random(1000 * block + seed)
        statement = Statement(odd(rng, 4), rng.choice(list(Rel)), odd(rng, 3))
        found = refute(statement, ODD, count=3, ticks=30_000)
        assert isinstance(found, Agreement | Refuted | Undecided)
        seen.add(type(found))
    assert Undecided in seen
