"""The reader of formulas: what a formula means as numbers (an evaluation written here is the oracle), how it is built, what it refuses and where."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable

import pytest

from derivations.language.context import Array, Context, Function, Scalar, Sequence
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
    Frac,
    Group,
    Index,
    Integral,
    Logic,
    Marked,
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
)
from derivations.reading.cursor import MAX_DEPTH
from derivations.reading.expression import ReadError, Vocabulary, read
from derivations.reading.macros import definitions
from derivations.reading.vocabulary import Assumed

a, b, c, d, e, f, g, i, j, k, n, p, q, x, y, z, A, B, X, P, T, W = names("a b c d e f g i j k n p q x y z A B X P T W")
one, two = Num("1"), Num("2")
VALUES = {"x": 1.7, "y": 0.6, "z": 2.3, "a": 1.3, "b": 0.4, "c": 2.9, "sigma": 0.8, "mu": -0.7, "n": 3.0, "beta": 0.9, "lambda": 1.9, "\\hat y": 0.3}
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "ln": math.log,
    "log": math.log,
    "exp": math.exp,
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "factorial": lambda v: math.gamma(v + 1),
    "f": lambda v: v**3 + 2,
    "p": lambda v: 1 / (v + 4),
}
X_OF = [0.2, -1.1, 0.7, 1.9, -0.3, 2.2]


def value(t: Term, bound: dict[str, float]) -> float:
    """The number that a term stands for; written anew here, so that it shares nothing with the program's own evaluation."""

    def of(part: Term) -> float:
        return value(part, bound)

    match t:
        case Num(digits):
            return float(digits)
        case Const(which):
            return {"pi": math.pi, "e": math.e, "oo": math.inf, "i": 1j}[which]  # type: ignore[return-value]
        case Name(text, accent):
            return bound[text] if text in bound else VALUES[("\\hat " if accent else "") + text]
        case Index(Name("x"), (position,)):
            return X_OF[int(of(position))]
        case Index(Name("x"), (row, column)):
            return X_OF[int(of(row))] * 10 + X_OF[int(of(column))]
        case Add(parts):
            return sum(of(part) if sign == "+" else -of(part) for sign, part in parts)
        case Mul(parts):
            return math.prod(of(part) for _, part in parts)
        case Frac(above, below):
            return of(above) / of(below)
        case Pow(base, exponent):
            return of(base) ** of(exponent)
        case Root(radicand, degree):
            return of(radicand) ** (1 / (of(degree) if degree else 2))
        case Call(Pow(Name(text), exponent), (argument,)):
            return FUNCTIONS[text](of(argument)) ** of(exponent)
        case Call(Name("max"), arguments):
            return max(map(of, arguments))
        case Call(Index(Name("log"), (base,)), (argument,)):
            return math.log(of(argument)) / math.log(of(base))
        case Call(Name("binom"), (upper, lower)):
            return math.comb(int(of(upper)), int(of(lower)))
        case Call(Name(text), (argument,)):
            return FUNCTIONS[text](of(argument))
        case Big(op, body, Name(text), lower, upper, where):
            rows = range(int(of(lower or Num("0"))), int(of(upper or Num("5"))) + 1)
            chosen = [{**bound, text: float(row)} for row in rows]
            kept = [value(body, row) for row in chosen if where is None or holds(where, row)]
            return {"sum": sum, "prod": math.prod, "max": max, "min": min}[op](kept)
        case Bars(kind, body):
            return {"abs": abs, "floor": math.floor, "ceil": math.ceil}[kind](of(body))
        case Group(body) | Marked(_, body):
            return of(body)
        case Cases(rows):
            return next(of(result) for result, condition in rows if condition is None or holds(condition, bound))
        case _:
            raise TypeError(f"the oracle cannot evaluate {t}")


def holds(t: Term, bound: dict[str, float]) -> bool:
    match t:
        case Relation(items, signs):
            numbers = [value(item, bound) for item in items]
            tests = {"<": float.__lt__, ">": float.__gt__, "<=": float.__le__, ">=": float.__ge__, "!=": float.__ne__, "=": float.__eq__}
            return all(tests[sign](float(u), float(v)) for sign, u, v in zip(signs, numbers, numbers[1:], strict=False))
        case Logic("and", items):
            return all(holds(item, bound) for item in items)
        case _:
            raise TypeError(f"the oracle cannot decide {t}")


_x, _y, _z, _a, _b, _c, _s, _m, _n, _h = (VALUES[name] for name in ("x", "y", "z", "a", "b", "c", "sigma", "mu", "n", "\\hat y"))
_f, _p = FUNCTIONS["f"], FUNCTIONS["p"]

MEANINGS: list[tuple[str, float]] = [
    (r"\frac12", 0.5),
    (r"\frac1{2}x", 0.5 * _x),
    (r"\frac{1}2 x^2y", 0.5 * _x**2 * _y),
    (r"a(b+c)", _a * (_b + _c)),
    (r"x(1-x)", _x * (1 - _x)),
    (r"(a+b)(b+c)", (_a + _b) * (_b + _c)),
    (r"\hat y(1-\hat y)", _h * (1 - _h)),
    (r"-x^2", -(_x**2)),
    (r"(-x)^2", _x**2),
    (r"2^{-x}", 2**-_x),
    (r"a - b - c", _a - _b - _c),
    (r"a - (b - c)", _a - (_b - _c)),
    (r"a \cdot -b", -_a * _b),
    (r"a + -b", _a - _b),
    (r"a/b/c", _a / _b / _c),
    (r"a/bc", _a / (_b * _c)),
    (r"x/2\pi", _x / (2 * math.pi)),
    (r"x/2(a+b)", _x / 2 * (_a + _b)),
    (r"1/2 x", _x / 2),
    (r"1/2x", 1 / (2 * _x)),
    (r"ab/c", _a * _b / _c),
    (r"a \cdot b / c \cdot x", _a * _b / _c * _x),
    (r"1/2^{9}", 2**-9),
    (r"e^{-x^2/2\sigma^2}", math.exp(-(_x**2) / (2 * _s**2))),
    (r"\ln 2\pi", math.log(2 * math.pi)),
    (r"\ln 2\pi\sigma^2", math.log(2 * math.pi * _s**2)),
    (r"\ln x\ln y", math.log(_x) * math.log(_y)),
    (r"\ln x (a+b)", math.log(_x) * (_a + _b)),
    (r"\ln x/2", math.log(_x) / 2),
    (r"\ln x^2", math.log(_x**2)),
    (r"\ln(x)^2", math.log(_x) ** 2),
    (r"\ln(x)y", math.log(_x) * _y),
    (r"\ln x + y", math.log(_x) + _y),
    (r"\ln\frac{x}{y}z", math.log(_x / _y) * _z),
    (r"\log|\mu|", math.log(-_m)),
    (r"\log f(x)", math.log(_f(_x))),
    (r"p(x)\ln p(x)", _p(_x) * math.log(_p(_x))),
    (r"\log_2 8", 3.0),
    (r"\log\log 20", math.log(math.log(20))),
    (r"\log\sum_{i=0}^{2} e^{x_i}", math.log(sum(math.exp(v) for v in X_OF[:3]))),
    (r"\sin^2 x + \cos^2 x", 1.0),
    (r"\sin 2x", math.sin(2 * _x)),
    (r"\exp\left\{-\frac{(x-\mu)^2}{2\sigma^2}\right\}", math.exp(-((_x - _m) ** 2) / (2 * _s**2))),
    (r"\exp{x}", math.exp(_x)),
    (r"e^x y", math.exp(_x) * _y),
    (r"\sum_{i=1}^{3} i^2", 14.0),
    (r"\sum_{i=1}^{3} i + 1", 7.0),
    (r"\sum_{i=1}^{3} (i + 1)", 9.0),
    (r"2\sum_{i=1}^{3} i \cdot 2", 24.0),
    (r"\sum_{i=1}^3\sum_{j=1}^i j", 10.0),
    (r"\sum_{i,j=1}^{2} ij", 9.0),
    (r"\sum_{k=1, k\ne 2}^{4} k", 8.0),
    (r"\sum_{\substack{k=1\\ k\ne 2}}^{4} k", 8.0),
    (r"\sum_{1\le k\le 4} k", 10.0),
    (r"\prod_{i=1}^{4} i", 24.0),
    (r"\max_{i} x_i", max(X_OF)),
    (r"\max(x, y) + \max\{a, b\}", _x + _a),
    (r"x_1 + x_{2} + x_{1+2}", X_OF[1] + X_OF[2] + X_OF[3]),
    (r"x_{12}", 10 * X_OF[1] + X_OF[2]),
    (r"|a - c||x|", abs(_a - _c) * _x),
    (r"||a| - |c||", abs(_a - _c)),
    (r"a|b|c", _a * _b * _c),
    (r"\lvert\mu\rvert + \left|\mu\right| + \bigl|\mu\bigr|", -3 * _m),
    (r"\lfloor x \rfloor + \left\lceil x \right\rceil", 3.0),
    (r"n! / (n-1)!", 3.0),
    (r"\binom{5}{2}", 10.0),
    (r"\sqrt{x^2} + \sqrt[3]{8} + \sqrt4", _x + 4),
    (r"\sqrt2x", math.sqrt(2) * _x),
    (r"200{,}704", 200704.0),
    (r"65,536 + 128", 65664.0),
    (r"(256 + 147,584)", 147840.0),
    (r"2 360 832 + 2\,360\,832", 4721664.0),
    (r"0{,}5 + .5 + 1.25", 2.25),
    (r"\num{1024} + \num{0.5}", 1024.5),
    (r"7 + (7 - 1) \times 1", 13.0),
    (r"3 \times 3 \times 512", 4608.0),
    (r"{a}{b}^2 + {} c", _a * _b**2 + _c),
    (r"\begin{cases} 1 & \text{if } x < 1 \\ 2 & x \ge 1,\ y > 5 \\ 3 & \text{otherwise} \end{cases}", 3.0),
    (r"\left\{\begin{array}{ll} 1 & x>1 \\ 0 & \text{else}\end{array}\right.", 1.0),
    (r"\underbrace{x + y}_{\text{sum}} z", (_x + _y) * _z),
    (r"\frac{\cancel{a}b}{\cancel{a}} + \boxed{c} + {\color{red} x}", _b + _c + _x),
    (r"\displaystyle \Big( \frac{a}{b} \Big)^{2} \quad .", (_a / _b) ** 2),
    (r"\lambda x", VALUES["lambda"] * _x),
    (r"β x²", VALUES["beta"] * _x**2),
    (r"2π", 2 * math.pi),
]


@pytest.mark.parametrize(("formula", "expected"), MEANINGS, ids=[formula for formula, _ in MEANINGS])
def test_a_formula_means_the_number_that_people_mean(formula: str, expected: float) -> None:
    vocabulary = Vocabulary(functions=frozenset((f, p)), arities={x: 2} if formula == "x_{12}" else {})
    assert cmath.isclose(value(read(formula, vocabulary).term, {}), expected, rel_tol=1e-12)


def call(function: Term, *arguments: Term) -> Term:
    return Call(function, arguments)


bold_one = Name("1", font="bold")
expectation, normal = Name("E", font="bb"), Name("N", font="cal")
theta, phi, mu, sigma = names("theta phi mu sigma")
STRUCTURES: list[tuple[str, Term]] = [
    (r"w^{(2)}", Name("w", label="2")),
    (r"W^{[l-1]}_i", Index(Name("W", label="[l-1]"), (i,))),
    (r"\theta^* + \theta^{\star}", Name("theta", label="*") + Name("theta", label="*")),
    (r"x' + x^{\prime\prime}", Name("x", primes=1) + Name("x", primes=2)),
    (r"\hat{x}_i", Index(Name("x", accent=("hat",)), (i,))),
    (r"\bar{\hat\theta}", Name("theta", accent=("hat", "bar"))),
    (r"\mathbf{Wx}", Mul((("", Name("W", font="bold")), ("", Name("x", font="bold"))))),
    (r"x_{ij}", x[i, j]),
    (r"x_{i,j}", x[i, j]),
    (r"x_{2k}", x[2 * k]),
    (r"x_{t-1}", x[names("t")[0] - 1]),
    (r"R_{\max}", Name("R")[Name("max")]),
    (r"p_{\text{data}}", p[Name("data", font="text")]),
    (r"D_{KL}(q\|p)", call(Name("D")[Name("KL")], Bar(q, p, "||"))),
    (r"\mathrm{KL}(q \,\|\, p)", call(Name("KL"), Bar(q, p, "||"))),
    (r"p(x \mid z)", call(p, Bar(x, z))),
    (r"p(x|y,z)", call(p, Bar(x, Tuple((y, z), "")))),
    (r"\mathcal{N}(x;\mu,\sigma^2)", call(normal, Bar(x, Tuple((mu, sigma**2), ""), ";"))),
    (r"x_i \mid \theta \sim \mathcal{N}(\theta, 1)", Relation((Bar(x[i], theta), call(normal, theta, one)), ("~",))),
    (r"f(|x|)", call(f, Bars("abs", x))),
    (r"p(|x| \,|\, y)", call(p, Bar(Bars("abs", x), y))),
    (r"\|x\|_2^2", Pow(Bars("norm", x, two), two)),
    (r"||x||_2", Bars("norm", x, two)),
    (r"\mathbb{E}_q[x]", Call(expectation[q], (x,), "[")),
    (r"f'(x)", call(Name("f", primes=1), x)),
    (r"f^{-1}(x)", call(f ** (-one), x)),
    (r"(f*g)(n)", call(Group(Mul((("", f), ("ast", g)))), n)),
    (r"Sa[XP]", Call(Name("Sa"), (Mul((("", X), ("", P))),), "[")),
    (r"\text{Softmax}[A]", Call(Name("Softmax"), (A,), "[")),
    (r"\text{Total Parameters}", Name("Total Parameters", font="text")),
    (r"A^T", Transpose(A)),
    (r"A^\top + A^{\mathsf T}", Transpose(A, "top") + Transpose(A, "top")),
    (r"A^{-T}", Transpose(Group(A ** (-one)))),
    (r"1^T", Transpose(one)),
    (r"\mathbf{1}^T P", Mul((("", Transpose(bold_one)), ("", P)))),
    (r"W_Q^\top X", Mul((("", Transpose(W[Name("Q")], "top")), ("", X)))),
    (r"A^T_{ij}", Group(Transpose(A))[i, j]),
    (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", Matrix(((a, b), (c, d)))),
    (r"\frac{\partial L}{\partial w_i}", Deriv(Name("L"), ((Name("w")[i], 1),), partial=True)),
    (r"\frac{d}{dx}[f(x)] y", Mul((("", Deriv(Group(call(f, x), "["), ((x, 1),), style="operator")), ("", y)))),
    (r"\frac{d}{dx} f(x)", Deriv(call(f, x), ((x, 1),), style="operator")),
    (r"\frac{\partial^2}{\partial x^2} y", Deriv(y, ((x, 2),), True, "operator")),
    (r"\frac{\mathrm{d}^2 y}{\mathrm dx^2}", Deriv(y, ((x, 2),))),
    (r"\frac{d y}{d x}(x)", Deriv(call(y, x), ((x, 1),))),
    (r"dy/dx + d/dx y", Deriv(y, ((x, 1),)) + Deriv(y, ((x, 1),), style="operator")),
    (r"\frac{d}{k}", Frac(d, k)),
    (r"\nabla_\theta f(\theta)", Deriv(call(f, theta), ((theta, 1),), style="nabla")),
    (r"f(x)\Big|_{x=0}", At(call(f, x), x, Num("0"))),
    (r"\left. y \right|_{x=a}^{x=b}", At(y, x, a, b)),
    (r"\left[x^2\right]_0^1", At(x**2, x, Num("0"), one)),
    (r"\int_0^1 x\,dx", Integral(x, x, Num("0"), one)),
    (r"\int \frac{dx}{x}", Integral(Frac(one, x), x)),
    (r"\int\!\int x y \,dx\,dy", Integral(Integral(Mul((("", x), ("", y))), x), y)),
    (r"\sum_{i\in B} x_i", Big("sum", x[i], i, where=Relation((i, B), ("in",)))),
    (r"\sum_{k\ne j} x_k", Big("sum", x[k], k, where=Relation((k, j), ("!=",)))),
    (r"\arg\max_\theta f(\theta)", Big("argmax", call(f, theta), theta)),
    (r"\lim_{n\to\infty} x_n", Big("lim", x[n], n, Const("oo"))),
    (r"x \in (0,1]", Relation((x, Tuple((Num("0"), one), "(]")), ("in",))),
    (r"w_1,\dots,w_K", Tuple((Name("w")[1], read(r"\dots").term, Name("w")[Name("K")]), "")),
    (r"a = b \Rightarrow c = d", Relation((Relation((a, b), ("=",)), Relation((c, d), ("=",))), ("=>",))),
    (r"x > 0 \text{ and } y > 0", Logic("and", (Relation((x, Num("0")), (">",)), Relation((y, Num("0")), (">",))))),
    (r"a \overset{(1)}{=} b \le c", Relation((a, b, c), ("=", "<="))),
    (r"a &= b \\ &\le c \\[4pt] & + d", Relation((a, b, c + d), ("=", "<="))),
    (r"e_i + e^x", Index(e, (i,)) + Const("e") ** x),
    (r"\pi_\theta(a\mid b) \pi", Mul((("", call(Name("pi")[theta], Bar(a, b))), ("", Const("pi"))))),
]


@pytest.mark.parametrize(("formula", "expected"), STRUCTURES, ids=[formula for formula, _ in STRUCTURES])
def test_a_formula_is_built_as_it_was_written(formula: str, expected: Term) -> None:
    assert read(formula).term == expected


# --- declarations decide


def test_declared_functions_and_factors() -> None:
    product = Mul((("", sigma), ("", Group(x))))
    assert read(r"\sigma(x)").term == call(sigma, x)
    assert read(r"\sigma(x)", Vocabulary(scalars=frozenset((sigma,)))).term == product
    assert read(r"a(b+c)", Vocabulary(functions=frozenset((a,)))).term == call(a, b + c)
    assert read(r"\mu(1-x)", Vocabulary(functions=frozenset((mu,)))).term == call(mu, 1 - x)


def test_a_name_that_is_a_factor_elsewhere_is_one_before_a_bracket() -> None:
    assert read(r"p_i(y) + p_j z").term == Mul((("", p[i]), ("", Group(y)))) + Mul((("", p[j]), ("", z)))
    assert read(r"Z(x) + Z(x + 1)").term == call(Name("Z"), x) + call(Name("Z"), x + 1)


def test_an_exponent_T_is_a_power_where_T_is_a_number() -> None:
    assert read(r"x^T").term == Transpose(x)
    assert read(r"\sum_{k=1}^T x^T").term == Big("sum", x**T, k, one, T)
    assert read(r"T + x^T").term == T + x**T
    assert read(r"x^T", Vocabulary(scalars=frozenset((T,)))).term == x**T
    assert read(r"T A^T", Vocabulary(matrices=frozenset((A,)))).term == Mul((("", T), ("", Transpose(A))))
    assert read(r"2^T").term == two**T


def test_subscripts_follow_the_declared_number() -> None:
    assert read("x_{ij}", Vocabulary(arities={x: 1})).term == Index(x, (Group(Mul((("", i), ("", j)))),))
    assert read("x_{12}", Vocabulary(arities={x: 2})).term == x[1, 2]
    assert read("x_{12}").term == x[12]


def test_determinants_and_sizes_of_declared_names() -> None:
    vocabulary = Vocabulary(matrices=frozenset((A,)), sets=frozenset((B,)))
    assert [read(text, vocabulary).term for text in ("|A|", "|B|", "|x|")] == [Bars("det", A), Bars("card", B), Bars("abs", x)]
    assert read(r"|A^\top A|", vocabulary).term == Bars("det", Mul((("", Transpose(A, "top")), ("", A))))


def test_words_and_constants() -> None:
    assert read("RF_n", Vocabulary(words=frozenset(("RF",)))).term == Name("RF")[n]
    assert read("RF").term == Mul((("", Name("R")), ("", Name("F"))))
    assert read("e", Vocabulary(scalars=frozenset((e,)))).term == e
    assert read("i").term == i
    assert read("i", Vocabulary(constants=frozenset(("i",)))).term == Const("i")
    assert read(r"\mathrm{i}", Vocabulary(constants=frozenset(("i",)))).term == Const("i")


def test_a_vocabulary_of_a_context() -> None:
    rf = Name("RF")
    context = (
        Context()
        .declare(Scalar(), x, rf)
        .declare(Function(), mu)
        .declare(Array(n, k), A)
        .declare(Array(n), y)
        .declare(Sequence(), z)
        .define(call(g, x), x**2, (x,))
    )
    vocabulary = Vocabulary.of(context)
    assert read(r"\mu(x+1) + g(1-x) + x(1-x)", vocabulary).term == (
        call(mu, x + 1) + call(g, 1 - x) + Mul((("", x), ("", Group(1 - x))))
    )
    assert read("RF + |A| + y_{12} + z_{ij}", vocabulary).term == (
        rf + Bars("det", A) + y[12] + Index(z, (Group(Mul((("", i), ("", j)))),))
    )
    assert read(r"RF(1 - x) + A^T", vocabulary).assumed == ()


# --- nothing silently


@pytest.mark.parametrize(
    ("formula", "kinds"),
    [
        (r"f(x)", {Assumed.FUNCTION}),
        (r"a(b+c)", {Assumed.PRODUCT}),
        (r"x^T", {Assumed.TRANSPOSE}),
        (r"T x^T", {Assumed.POWER}),
        (r"1/2x", {Assumed.SLASH}),
        (r"\ln 2x", {Assumed.ARGUMENT}),
        (r"\frac{d}{dx} 3 \cdot x", {Assumed.SCOPE}),
        (r"Sa[X]", {Assumed.WORD, Assumed.FUNCTION}),
        (r"65,536", {Assumed.THOUSANDS}),
        (r"\sum_{k \ne j} x", {Assumed.VARIABLE}),
        (r"x_{ij}", {Assumed.SUBSCRIPTS}),
        (r"\frac{x + 1}{2} - \ln(x) + \sin x", set()),
    ],
)
def test_what_was_assumed_is_said(formula: str, kinds: set[Assumed]) -> None:
    assumed = read(formula).assumed
    assert {one.kind for one in assumed} - {Assumed.WORD} == kinds - {Assumed.WORD}
    assert all(0 <= one.offset < len(formula) and str(one) for one in assumed)


def test_an_assumption_names_its_subject() -> None:
    (assumption,) = read(r"1 + \hat y(1-z)").assumed
    assert str(assumption) == r"\hat y before a bracket is read as a factor" and assumption.offset == 4


def test_the_sides_of_a_chain_have_places() -> None:
    text = "a + b &= c \\\\\n  &\\le \\frac{d}{2}."
    assert [text[start:stop] for start, stop in read(text).sides] == ["a + b", "c", r"\frac{d}{2}"]


# --- macros

MACROS = definitions(
    r"""
    \newcommand{\R}{\mathbb{R}}  \renewcommand\vec[1]{\mathbf{#1}}
    \DeclareMathOperator{\Attn}{Attn} \DeclareMathOperator*{\amax}{arg\,max}
    \newcommand{\E}[2][q]{\mathbb{E}_{#1}\left[#2\right]}
    \def\pd#1#2{\frac{\partial #1}{\partial #2}}
    \DeclarePairedDelimiter\abs{\lvert}{\rvert}
    % \newcommand{\hidden}{x}
    \newcommand{\loop}{\loop x} \newcommand{\boom}{\boom\boom}
    """
)


@pytest.mark.parametrize(
    ("formula", "same"),
    [
        (r"x \in \R^n", r"x \in \mathbb{R}^n"),
        (r"\vec{x} + \vec y", r"\mathbf{x} + \mathbf{y}"),
        (r"\Attn(X)", r"\operatorname{Attn}(X)"),
        (r"\amax_x f(x)", r"\arg\max_x f(x)"),
        (r"\E{x} + \E[p]{x}", r"\mathbb{E}_q[x] + \mathbb{E}_p[x]"),
        (r"\pd{L}{w}", r"\frac{\partial L}{\partial w}"),
        (r"\abs{x} + \abs*{y}", r"|x| + |y|"),
    ],
)
def test_macros_are_put_in(formula: str, same: str) -> None:
    assert read(formula, Vocabulary(macros=MACROS)).term == read(same).term


@pytest.mark.parametrize("formula", [r"\loop", r"1 + \boom"])
def test_macros_without_end_are_refused(formula: str) -> None:
    with pytest.raises(ReadError, match=r"expands without end; expected at most \d+ expansions"):
        read(formula, Vocabulary(macros=MACROS))


def test_a_definition_in_a_comment_is_none() -> None:
    assert "\\hidden" not in {macro.name for macro in MACROS}


# --- refusals


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("", "line 1, column 1: there is no formula here; expected a formula"),
        ("x +", "line 1, column 4: the formula ends here; expected a number, a name or a bracket"),
        ("a = \n b = ", "line 2, column 6: the formula ends here; expected a number, a name or a bracket"),
        (r"a + \foo x", r"line 1, column 5: the command \foo; expected a command of mathematics that the reader knows, or a definition of it"),
        (r"\frac{1}{2", "line 1, column 9: a brace is opened here and never closed; expected }"),
        (r"2 + (x + 1", "line 1, column 11: a bracket is not closed; expected )"),
        (r"\left( x \right]", "line 1, column 10: a bracket is closed by one of another kind; expected )"),
        (r"x^10", "line 1, column 4: several digits after a script sign without braces; expected braces around them"),
        (r"x_1_2", "line 1, column 4: a second subscript at one name; expected braces around the first"),
        (r"2 3", "line 1, column 3: two numbers side by side; expected a sign between them"),
        (r"1e-8", r"line 1, column 1: a number in computer notation; expected 1 \cdot 10^{...}"),
        (r"\sum x_i", r"line 1, column 1: \sum without a variable; expected _{variable ...}"),
        (r"\int x", r"line 1, column 7: the formula ends here; expected the differential of the integral, such as \,dx"),
        (r"\frac{d^2 y}{dx}", "line 1, column 1: a derivative of order 2 by 1 variables; expected the same order above and below"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 \end{pmatrix}", "line 1, column 1: the rows of this matrix are of different lengths; expected 2 entries in each"),
        (r"\begin{tikzpicture}x\end{tikzpicture}", "line 1, column 1: the environment tikzpicture in a formula; expected a matrix, cases or an alignment"),
        (r"\overline{x + y}", "line 1, column 1: \\overline over something that is not a name; expected one name"),
        (r"a = b \\ c = d", "line 1, column 10: 'c' cannot stand here; expected an operator, a relation or the end"),
        (r"\mathrm{d}f", "line 1, column 1: a differential outside an integral or a derivative; expected the integral that it belongs to"),
    ],
)
def test_refusals_say_where_and_why(formula: str, message: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(formula)
    assert str(caught.value) == message


OPENINGS = ("(", "{", r"\left[", r"\frac{1}{", r"\sqrt{", r"\ln ", r"\sum_i ", "x^{", "x_{", "-", r"\hat{", r"\lnot ", "|", r"\int ", "f(")


@pytest.mark.parametrize("opening", OPENINGS)
def test_deep_nesting_is_refused_and_never_too_much(opening: str) -> None:
    with pytest.raises(ReadError):
        read(opening * 5000 + "x")
    closing = {"(": ")", "{": "}", r"\left[": r"\right]", r"\frac{1}{": "}", r"\sqrt{": "}", "x^{": "}", "f(": ")"}.get(opening)
    if closing is not None:
        with pytest.raises(ReadError, match=f"nested too deep; expected at most {MAX_DEPTH} levels"):
            read(opening * 500 + "x" + closing * 500)
        read(opening * 10 + "x" + closing * 10)


def test_long_formulas_are_read_and_longer_ones_refused() -> None:
    assert len(read(" + ".join(["x_i y^2"] * 1500)).term.parts) == 1500  # type: ignore[attr-defined]
    with pytest.raises(ReadError, match="a formula of 20001 characters; expected at most 20000"):
        read("x" * 20_001)


def test_an_operator_ends_before_another_that_binds_its_variable() -> None:
    from derivations.language.term import Big, Mul

    first, second = read(r"\prod_{k=1}^{m} a_k \prod_{k=m+1}^{n} a_k").term.parts  # type: ignore[attr-defined]
    assert all(isinstance(strip(part), Big) for _, part in (first, second))
    nested = read(r"\sum_i a_i \sum_j b_j").term
    assert isinstance(nested, Big)
    assert isinstance(nested.body, Mul)
    for text in (r"\sum_i (a_i \sum_i b_i)", r"\sum_i \frac{a_i}{\sum_i b_i}"):  # inside brackets it belongs to the outer one
        assert isinstance(read(text).term, Big)


def strip(node: object) -> object:
    from derivations.language.term import Group

    return node.body if isinstance(node, Group) else node
