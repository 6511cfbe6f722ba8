"""What is printed as LaTeX is read back: ``read(latex(t)).term == bracketed(t)``, for terms of all kinds."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from derivations.language.brackets import bracketed
from derivations.language.structure import subterms
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
from derivations.reading.expression import ReadError, Vocabulary, read
from render.notation.latex import latex

a, b, c, x, y, z, k, n, s, t = SCALARS = names("a b c x y z k n s t")
i, j, m = INDICES = names("i j m")
f, g, h = names("f g h")
A, X = names("A X")
B = Name("B", font="cal")
ln, log, sin, tr, Softmax = names("ln log sin tr Softmax")
beta, sigma, RF = names("beta sigma RF")
more = (
    Name("x", accent=("hat",)),
    Name("y", accent=("tilde", "bar")),
    Name("w", font="bold"),
    Name("theta", font="bold"),
    Name("L", font="cal"),
    Name("Q", primes=1),
    Name("w", label="2"),
    Name("W", label="l-1"),
    Name("h", label="[l]"),
    Name("theta", label="*"),
    Name("Total Parameters", font="text"),
    Name("loss", font="rm"),
    Name("cost_10%", font="text"),
    Name("alpha1"),
)
VOCABULARY = Vocabulary(
    functions=frozenset((f, g, h, Name("p"), Name("E", font="bb"))),
    scalars=frozenset((*SCALARS, *INDICES, beta, sigma, RF, *(Name(v.text, v.accent, v.font) for v in more))),
    matrices=frozenset((A, X)),
    sets=frozenset((B,)),
    constants=frozenset(("pi", "e", "i")),
    transpose=True,
)

scalars = st.sampled_from((*SCALARS, *INDICES, beta, sigma, RF, *more))
numbers = st.one_of(st.integers(0, 10**7).map(lambda v: Num(str(v))), st.sampled_from((Num("0.5"), Num("12.25"), Num("1"))))
letters = st.sampled_from((i, j, k, n, Num("1"), Num("12"), Name("max"), Name("in", font="text")))
leaves = st.one_of(scalars, numbers, st.sampled_from((Const("pi"), Const("e"), Const("oo"), Const("i"), Dots(), Dots("cdots"))))
variables = st.sampled_from((x, y, x[i], beta, Name("x", accent=("hat",))))
signs = st.sampled_from(("=", "!=", "<", "<=", ">", ">=", "~~", "~", "prop", "in", "notin", "subset", "subseteq", "->", "|->", ":=", "equiv", "perp"))
heads = st.sampled_from((f, g, h, f[i], Name("f", primes=2), Name("f", label="2"), Name("p"), Softmax, ln, sin, tr, log[2], sin ** 2, f ** (-Num("1"))))


def some(inner: st.SearchStrategy[Term], least: int = 1, most: int = 3) -> st.SearchStrategy[tuple[Term, ...]]:
    return st.lists(inner, min_size=least, max_size=most).map(tuple)


def lettered(subscript: Term) -> Term:
    """In subscripts e, i and pi are letters, so constants there have no written form."""
    match subscript:
        case Const(which) if which != "oo":
            return k
        case Mul(parts):
            return Mul(tuple((sign, lettered(factor)) for sign, factor in parts))
        case _:
            return subscript


@st.composite
def relations(draw: st.DrawFn, inner: st.SearchStrategy[Term]) -> Term:
    items = draw(some(inner, 2, 3))
    return Relation(items, tuple(draw(signs) for _ in items[1:]))


def formulas(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    plain = relations(inner)
    return st.one_of(
        plain,
        st.builds(Logic, st.sampled_from(("and", "or")), some(plain, 2)),
        st.builds(lambda one: Logic("not", (one,)), plain),
        st.builds(lambda op, v, one: Logic(op, (v, one)), st.sampled_from(("forall", "exists")), variables, plain),
        st.builds(lambda items, sign: Relation(items, (sign,) * (len(items) - 1)), some(plain, 2), st.sampled_from(("=>", "<=>"))),
    )


def bars(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    sides = st.one_of(inner, some(inner, 2).map(lambda items: Tuple(items, "")))
    return st.builds(Bar, sides, sides, st.sampled_from(("|", "||", ";")))


@st.composite
def products(draw: st.DrawFn, inner: st.SearchStrategy[Term]) -> Term:
    first, *others = draw(some(inner, 2, 4))
    return Mul((("", first), *((draw(st.sampled_from(("", "", "cdot", "times", "odot", "otimes", "ast", "star", "circ"))), other) for other in others)))


@st.composite
def bigs(draw: st.DrawFn, inner: st.SearchStrategy[Term]) -> Term:
    op = draw(st.sampled_from(("sum", "prod", "max", "argmin", "sup", "union", "lim")))
    body, variable, bound = draw(inner), draw(st.sampled_from((i, j))), draw(inner)
    condition = draw(st.sampled_from((None, Relation((variable, B), ("in",)), Relation((variable, k), ("!=",)))))
    if op == "lim":
        return Big(op, body, variable, bound)
    limits = draw(st.sampled_from(("none", "both", "condition", "all")))
    lower, upper = (bound, draw(inner)) if limits in ("both", "all") else (None, None)
    return Big(op, body, variable, lower, upper, condition if limits in ("condition", "all") else None)


@st.composite
def matrices(draw: st.DrawFn, inner: st.SearchStrategy[Term]) -> Term:
    width = draw(st.integers(1, 2))
    return Matrix(tuple(draw(st.lists(some(inner, width, width), min_size=1, max_size=2))), draw(st.sampled_from(("(", "[", "|", ""))))


@st.composite
def derivatives(draw: st.DrawFn, inner: st.SearchStrategy[Term]) -> Term:
    style = draw(st.sampled_from(("fraction", "operator", "nabla")))
    if style == "nabla":
        return Deriv(draw(inner), ((draw(variables), 1),), style=style)
    found = draw(st.lists(st.tuples(variables, st.integers(1, 3)), min_size=1, max_size=2))
    return Deriv(draw(inner), tuple(found), draw(st.booleans()), style)


def grown(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    maybe = st.none() | inner
    arguments = st.one_of(some(inner), bars(inner).map(lambda bar: (bar,)), relations(inner).map(lambda one: (one,)))
    convolved = Group(Mul((("", f), ("ast", g))))
    return st.one_of(
        st.builds(Index, st.sampled_from((x, y, A, beta, RF, Name("w", label="2"))), some(letters, 1, 2)),
        st.builds(Index, st.sampled_from((x, A)), some(inner.map(lettered), 1, 2)),
        st.lists(st.tuples(st.sampled_from(("+", "-", "±")), inner), min_size=1, max_size=3).map(lambda parts: Add(tuple(parts))),
        products(inner),
        products(inner),
        st.builds(Frac, inner, inner, st.booleans()),
        st.builds(Pow, inner, inner),
        st.builds(Root, inner, maybe),
        st.builds(Call, heads, arguments, st.sampled_from(("(", "["))),
        st.builds(lambda head, argument: Call(head, (argument,), ""), st.sampled_from((ln, sin, tr, log[2], sin**2)), inner),
        st.builds(lambda items: Call(convolved, items), some(inner, 1, 1)),
        st.builds(lambda argument: Call(Name("factorial"), (argument,), ""), inner),
        st.builds(lambda above, below: Call(Name("binom"), (above, below)), inner, inner),
        bigs(inner),
        st.builds(Integral, inner, variables, maybe, maybe),
        derivatives(inner),
        st.builds(Transpose, inner, st.sampled_from(("T", "top"))),
        st.lists(st.tuples(inner, st.none() | formulas(inner)), min_size=1, max_size=3).map(lambda rows: Cases(tuple(rows))),
        st.builds(Bars, st.sampled_from(("norm", "floor", "ceil")), inner),
        st.builds(lambda body: Bars("abs", body), st.one_of(scalars, numbers)),
        st.builds(lambda which: Bars("norm", x, which), inner),
        st.sampled_from((Bars("det", A), Bars("card", B))),
        st.builds(Group, st.one_of(inner, formulas(inner), bars(inner)), st.sampled_from(("(", "["))),
        st.builds(Tuple, some(inner, 2), st.sampled_from(("(", "[", "{", "<"))),
        st.builds(Tuple, some(inner, 2, 2), st.sampled_from(("(]", "[)"))),
        matrices(inner),
        st.builds(At, inner, variables, inner, maybe),
        st.builds(Marked, st.sampled_from(("underbrace", "overbrace", "text", "colour")), inner, st.sampled_from(("red", "blue"))),
        st.builds(Marked, st.sampled_from(("box", "cancel")), inner),
    )


terms = st.recursive(leaves, grown, max_leaves=10)
anything = st.one_of(terms, terms, formulas(terms), some(terms, 2).map(lambda items: Tuple(items, "")))
quick = settings(deadline=None, max_examples=400, suppress_health_check=list(HealthCheck))


@quick
@given(anything)
@example(Add((("-", Add((("-", x),))),)))
@example(Mul((("", Num("2")), ("", Num("3")))))
@example(Frac(x, Frac(y, Mul((("", a), ("", b))), True), True))
@example(Call(ln, (Big("sum", x[i], i),), ""))
@example(Pow(Name("w", label="2"), Num("2")))
def test_what_is_printed_is_read_back(term: Term) -> None:
    written = latex(term)
    assert read(written, VOCABULARY).term == bracketed(term), written


@quick
@given(anything)
def test_bracketed_is_idempotent_and_only_adds_brackets(term: Term) -> None:
    once = bracketed(term)
    assert bracketed(once) == once
    before, after = ([type(node) for _, node in subterms(t) if not isinstance(node, Group)] for t in (term, once))
    assert len(after) <= len(before) and set(after) <= set(before)


@quick
@given(anything, st.integers(0, 2**32))
def test_a_damaged_formula_is_read_or_refused_with_its_place(term: Term, seed: int) -> None:
    written = list(latex(term))
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(written) + 1)
        match chance.randrange(4):
            case 0:
                del written[place:]
            case 1:
                del written[place : place + chance.randint(1, 3)]
            case 2:
                written[place:place] = chance.choice(("{", "}", "\\", "^", "_", "|", "\\left(", "\\frac", "&", "\\\\", "(", "]", "'", "$", "\\|", "d"))
            case _:
                chance.shuffle(written[place : place + 5])
    damaged = "".join(written)
    try:
        again = read(damaged, VOCABULARY).term
    except ReadError as error:
        assert 0 <= error.offset <= len(damaged) and error.line >= 1 and error.column >= 1
    else:
        assert again == bracketed(again)


SIGNS = "x y n T d e i 1 23 . , ; : + - * / = < > ! ' ^ _ { } ( ) [ ] | & $"
COMMANDS = (
    r"\\ \| \{ \} \left( \right) \left| \right| \left. \frac \frac12 \sqrt \sum \int dx \mathrm{d} \partial \nabla \ln \sin \max \lim "
    r"\to \mid \cdot \times \hat \mathbf \mathrm \operatorname \text{if} \text{a} \begin{cases} \end{cases} \begin{pmatrix} \end{pmatrix} "
    r"\underbrace \forall \in \Rightarrow \land \lnot \dots \infty \pi \langle \rangle \binom \,"
)
SOUP = [*SIGNS.split(), *COMMANDS.split()]


@quick
@given(st.lists(st.sampled_from(SOUP), max_size=25), st.sampled_from(("", " ")))
def test_any_sequence_of_signs_is_read_or_refused(pieces: list[str], space: str) -> None:
    text = space.join(pieces)
    try:
        term = read(text).term
    except ReadError as error:
        assert 0 <= error.offset <= len(text)
    else:
        assert bracketed(term) == term
        latex(term)
