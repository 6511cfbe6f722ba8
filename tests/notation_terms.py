"""Terms to print: a named sample for every node kind and its special forms, and a Hypothesis strategy for random ones.

``python tests/notation_terms.py`` writes the goldens anew; read the difference before you commit it.
"""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

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
    dot,
    names,
    product,
    relation,
    sum_over,
    term,
    times,
)

GOLDENS = Path(__file__).parent / "goldens" / "notation.txt"

a, b, c, x, y, z, w, f, g, h, i, j, k, m, n, p, q, s, t = names("a b c x y z w f g h i j k m n p q s t")
A, B, C, K, L, N, P, S, X = names("A B C K L N P S X")
beta, mu, sigma, theta, delta, phi = names("beta mu sigma theta delta phi")
one, two = Num("1"), Num("2")
pi, e, oo = Const("pi"), Const("e"), Const("oo")
RF, Softmax, Sa, ln, exp, sin, log = names("RF Softmax Sa ln exp sin log")
E = Name("E", font="bb")


def f_of(function: Term, *arguments: Term) -> Term:
    return Call(function, arguments)


def in_(left: Term, right: Term) -> Term:
    return Relation((left, right), ("in",))


SAMPLES: dict[str, Term] = {
    # numbers and names
    "natural number": Num("512"),
    "four digits": Num("1024"),
    "seven digits": Num("2360832"),
    "decimal": Num("0.115"),
    "letter": x,
    "Greek letter": beta,
    "capital Greek letter": Name("Sigma"),
    "word": RF,
    "words": Name("Batches per Epoch", font="text"),
    "hostile name": Name('a_"b"\\#$<&>', font="text"),
    "Typst identifier as a name": product(Name("frac"), Name("pi2"), Name("alpha1")),
    "hat": Name("x", accent=("hat",)),
    "bar over a word": Name("RF", accent=("bar",)),
    "two accents": Name("theta", accent=("tilde", "dot")),
    "bold": Name("x", font="bold"),
    "bold one": Name("1", font="bold"),
    "calligraphic": Name("L", font="cal"),
    "double-struck": Name("R", font="bb"),
    "fraktur": Name("g", font="frak"),
    "upright": Name("d", font="rm"),
    "typewriter word": Name("relu", font="tt"),
    "prime": Name("Q", primes=1),
    "label": Name("w", label="2"),
    "label that is a sum": Name("W", label="l+1"),
    "optimum": Name("theta", label="*"),
    "constants": product(2, pi, Const("i"), e),
    "infinity": oo,
    # indices
    "index": x[i],
    "index number": w[7],
    "index sum": x[1 + product(3, Group(k - 1)) + product(3, Group(j - 1))],
    "two indices": w[i, j],
    "two numbers": w[1, 12],
    "word index": C[Name("in", font="text")],
    "labelled index": Name("w", label="2")[i],
    "primed index": Name("x", primes=1)[i],
    "square of an index": x[i] ** 2,
    # arithmetic
    "sum": a - b + c,
    "signed sum": -x + 1,
    "plus or minus": Add((("+", x), ("±", y))),
    "momentum": product(beta, m[t]) + product(Group(1 - beta), g[t]),
    "dots in the product": dot(beta, m[t]) + dot(Group(1 - beta), g[t]),
    "number times letter": product(2, C) + product(9, C**2) + C,
    "number times word": product(2, RF),
    "letter times bracket": product(s, Group(k - 1)),
    "bracket times bracket": product(Group(a + b), Group(a - b)),
    "letter times number": Mul((("", x), ("", two))),
    "number times number": times(3, 3, 512),
    "unevaluated": 7 + times(Group(term(7) - 1), 1),
    "words in a product": times(Name("Batches per Epoch", font="text"), Name("Epochs", font="text")),
    "Hadamard": Mul((("", A), ("odot", B))),
    "Kronecker": Mul((("", A), ("otimes", B))),
    "convolution": f_of(Group(Mul((("", f), ("ast", g)))), n),
    "correlation": Mul((("", f), ("star", g))),
    "composition": Mul((("", f), ("circ", g), ("circ", h))),
    "fraction": Frac(a + b, product(c, x)),
    "slash": Frac(one, two, slash=True),
    "fraction in a product": product(Frac(one, two), Frac(a, b), x),
    "fraction of fractions": Frac(Frac(a, b), Frac(one, c)),
    "logistic": Frac(one, 1 + e ** (-x)),
    "power": x**2,
    "letter power": beta**k,
    "power sum": beta ** (t + 1),
    "power of a power": Pow(Group(x**2), Num("3")),
    "inverse": A ** (-one),
    "power of ten": Pow(Num("10"), -Num("3")),
    "square root": Root(product(2, pi)),
    "simple root": Root(x),
    "cube root": Root(x + 1, Num("3")),
    "Gaussian": Frac(one, Root(product(2, pi))) * f_of(exp, Add((("-", Frac(Pow(Group(x - mu), two), product(2, sigma**2))),))),
    # functions
    "call": f_of(f, x, y),
    "call with a sum": f_of(f, x + 1),
    "word call": f_of(Softmax, product(P.T, A, P)),
    "square call": Call(Sa, (product(X, P),), "["),
    "expectation": Call(E[q], (f_of(log, x),), "["),
    "bare call": product(x, Call(ln, (x,), "")),
    "bare call of a sum": Call(ln, (Group(1 - x),), ""),
    "power of a function": Call(Pow(sin, two), (x,), ""),
    "base of a logarithm": Call(log[2], (x,)),
    "given": f_of(p, Bar(x, z)),
    "divergence": f_of(Name("KL"), Bar(q, p, "||")),
    "parametrized density": f_of(p, Bar(x, theta, ";")),
    "factorial": Call(Name("factorial"), (n,), ""),
    "factorial of a sum": Call(Name("factorial"), (n + 1,), ""),
    "binomial": Call(Name("binom"), (n, k)),
    "trace": Call(Name("tr", font="rm"), (product(A, B),), ""),
    "function of a function": f_of(Call(f, (x,)), y),
    # big operators
    "finite sum": sum_over(k, 0, t, product(beta**k, g[t - k])),
    "sum without bounds": sum_over(i, None, None, a[i]),
    "sum over a set": Big("sum", L[i], i, where=in_(i, Name("B", font="cal"))),
    "sum with a condition": Big("sum", a[k], k, one, n, Relation((k, j), ("!=",))),
    "sum of a sum": sum_over(i, 1, n, Group(x[i] - mu)),
    "product of strides": RF[n] + product(Group(K - 1), Big("prod", S[i], i, one, n - 1)),
    "maximum": Big("max", f_of(f, x), x),
    "argmax": Big("argmax", f_of(p, Bar(x, theta)), theta),
    "limit": Big("lim", Frac(one, n), n, oo),
    "union": Big("union", A[i], i, one, n),
    "integral": Integral(product(f_of(f, x)), x, Num("0"), one),
    "integral without limits": Integral(x**2, x),
    # derivatives
    "partial derivative": Deriv(L, ((w, 1),), partial=True),
    "chain rule": product(Deriv(L, ((y, 1),), partial=True), Deriv(y, ((w[i], 1),), partial=True)),
    "derivative of a call": Deriv(f_of(f, x), ((x, 1),)),
    "mixed second derivative": Deriv(f, ((x, 2), (y, 1)), partial=True),
    "operator derivative": Deriv(Group(x**2 + 1), ((x, 1),), style="operator"),
    "gradient": Deriv(L, ((theta, 1),), style="nabla"),
    "evaluated at": At(Deriv(f, ((x, 1),)), x, Num("0")),
    "between limits": At(Frac(x**2, two), x, Num("0"), one),
    # matrices
    "transpose": Transpose(P),
    "transpose with a tack": Transpose(Group(product(X, P)), "top"),
    "transposed index": Transpose(X[i]),
    "matrix": Matrix(((a, b), (c, x + 1))),
    "matrix with dots": Matrix(((a, Dots("cdots")), (Dots("vdots"), Dots("ddots"))), "["),
    "determinant": Matrix(((a, b), (c, x)), "|"),
    "bars": Bars("abs", x) + Bars("norm", y, one) + Bars("floor", Frac(n, two)) + Bars("ceil", z) + Bars("card", B),
    "nested bars": Bars("abs", Bars("abs", x) - Bars("det", A)),
    # brackets and lists
    "square bracket": product(2, Group(a + b, "[")),
    "braces": Group(a + b, "{"),
    "tuple": Tuple((a, b, c)),
    "set": Tuple((one, two, Dots(), n), "{"),
    "angle brackets": Tuple((x, y), "<"),
    "list": Tuple((x, y, z), ""),
    "half-open interval": in_(x, Tuple((Num("0"), one), "(]")),
    # conditions
    "chained relation": Relation((Num("0"), x, one), ("<", "<=")),
    "all signs": Relation(
        (a,) * 23,
        (
            "=", "!=", "<", "<=", ">", ">=", "~~", "~", "prop", "in", "notin", "subset", "subseteq", "->", "|->", ":=", "equiv", "perp", "mid",
            "<<", ">>", ":",
        ),
    ),
    "equivalence": relation(relation(x, "=", 1), "<=>", relation(2 * x, "=", 2)),
    "implication": relation(Logic("and", (relation(x, ">", 0), relation(y, ">", 0))), "=>", relation(x * y, ">", 0)),
    "distribution": relation(x, "~", f_of(Name("N", font="cal"), mu, sigma**2)),
    "and": Logic("and", (relation(x, ">", 0), relation(y, "!=", 0))),
    "or": Logic("or", (relation(x, "<", 0), relation(x, ">", 1))),
    "not": Logic("not", (relation(x, "=", 0),)),
    "for all": Logic("forall", (in_(x, Name("R", font="bb")), relation(x**2, ">=", 0))),
    "exists": Logic("exists", (n, relation(n, ">", x))),
    "cases": Cases(((f_of(f, x), Relation((Num("0"), x, one), ("<", "<"))), (Num("0"), None))),
    # lists with dots, marks
    "dots in a sum": w[1] + Dots("cdots") + w[n],
    "underbrace": Marked("underbrace", product(w, x), "weights") + Marked("overbrace", b, "bias"),
    "box": Marked("box", relation(y, "=", 2)),
    "cancelled": Frac(product(Marked("cancel", a), b), Marked("cancel", a)),
    "coloured": Marked("colour", x, "red") + 1,
    "noted": Marked("text", x, "by definition"),
}


def printed(name: str) -> str:
    """The entry of a sample in the golden file."""
    from render.notation.mathml import mathml
    from render.notation.text import text
    from render.notation.typst import typst

    sample = SAMPLES[name]
    lines = {"text": text(sample), "ascii": text(sample, ascii=True), "typst": typst(sample), "mathml": mathml(sample)}
    return f"# {name}\n" + "".join(f"{notation:7}{line}\n" for notation, line in lines.items())


def goldens() -> dict[str, str]:
    """The golden entries by name."""
    entries = GOLDENS.read_text(encoding="utf-8").split("\n\n")
    return {entry.partition("\n")[0].removeprefix("# "): entry.rstrip("\n") + "\n" for entry in entries if entry.strip()}


# --- random terms

plain_names = st.sampled_from(
    [x, y, f, beta, RF, ln, Name("x", font="bold"), Name("w", label="2"), Name("Q", primes=2), Name("Batches per Epoch", font="text")]
)
all_names = plain_names | st.builds(
    Name,
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp", "Mn", "Cn", "Co")), min_size=1, max_size=4),
    st.lists(st.sampled_from(["hat", "tilde", "bar", "vec", "dot", "ddot", "check"]), max_size=2).map(tuple),
    st.sampled_from(["", "bold", "cal", "bb", "frak", "rm", "text", "sf", "tt"]),
    st.integers(0, 3),
    st.sampled_from(["", "2", "*", "l-1", "k", "[0]", "k<&"]),
)
_signs = st.sampled_from(["=", "<", "<=", "~", "in", "->", "<=>", ":=", "mid", ":"])
_big = st.sampled_from(["sum", "prod", "max", "argmin", "lim", "union", "sup", "esssup"])
_marks = st.sampled_from(["underbrace", "overbrace", "box", "cancel", "colour", "text"])
_variables = st.sampled_from([x, i, x[i], Name("theta")])


def _grown(names: st.SearchStrategy[Name], inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    maybe = st.none() | inner
    some = st.lists(inner, min_size=1, max_size=3).map(tuple)

    @st.composite
    def relations(draw: st.DrawFn) -> Term:
        items = draw(st.lists(inner, min_size=2, max_size=3).map(tuple))
        return Relation(items, tuple(draw(_signs) for _ in items[1:]))

    @st.composite
    def products(draw: st.DrawFn) -> Term:
        join = st.sampled_from(["", "cdot", "times", "odot", "ast", "circ"])
        first, *others = draw(st.lists(inner, min_size=2, max_size=4))
        return Mul((("", first), *((draw(join), other) for other in others)))

    @st.composite
    def matrices(draw: st.DrawFn) -> Term:
        width = draw(st.integers(1, 2))
        row = st.lists(inner, min_size=width, max_size=width).map(tuple)
        return Matrix(tuple(draw(st.lists(row, min_size=1, max_size=2))), draw(st.sampled_from(["(", "[", "|", ""])))

    return st.one_of(
        st.builds(Index, inner, some),
        st.lists(st.tuples(st.sampled_from(["+", "-", "±"]), inner), min_size=1, max_size=3).map(lambda parts: Add(tuple(parts))),
        products(),
        st.builds(Frac, inner, inner, st.booleans()),
        st.builds(Pow, inner, inner),
        st.builds(Root, inner, maybe),
        st.builds(Call, names, some, st.sampled_from(["(", "[", "{", ""])),
        st.builds(Call, inner, some),
        st.builds(Big, _big, inner, _variables, maybe, maybe, st.none() | relations()),
        st.builds(Integral, inner, _variables, maybe, maybe),
        st.builds(
            Deriv,
            inner,
            st.lists(st.tuples(_variables, st.integers(1, 3)), min_size=1, max_size=2).map(tuple),
            st.booleans(),
            st.sampled_from(["fraction", "operator", "nabla"]),
        ),
        st.builds(Transpose, inner, st.sampled_from(["T", "top"])),
        st.lists(st.tuples(inner, st.none() | relations()), min_size=1, max_size=3).map(lambda rows: Cases(tuple(rows))),
        st.builds(Bars, st.sampled_from(["abs", "norm", "floor", "ceil", "det", "card"]), inner, maybe),
        st.builds(Group, inner, st.sampled_from(["(", "[", "{"])),
        st.builds(Tuple, some, st.sampled_from(["(", "[", "{", "(]", "[)", "<", "|", ""])),
        matrices(),
        relations(),
        st.builds(Logic, st.sampled_from(["and", "or", "forall", "exists"]), st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(lambda item: Logic("not", (item,)), inner),
        st.builds(Bar, inner, inner, st.sampled_from(["|", "||", ";"])),
        st.builds(At, inner, _variables, inner, maybe),
        st.builds(Marked, _marks, inner, st.sampled_from(["", "red", 'a "b" $#'])),
    )


def terms_of(names: st.SearchStrategy[Name]) -> st.SearchStrategy[Term]:
    """Random terms of all node kinds over the names given."""
    numbers = st.integers(0, 10**8).map(lambda v: Num(str(v)))
    signs = st.sampled_from([Num("0.5"), pi, e, oo, Const("i"), Dots(), Dots("vdots"), Dots("cdots")])
    return st.recursive(names | numbers | signs, lambda inner: _grown(names, inner), max_leaves=12)


terms = terms_of(all_names)


if __name__ == "__main__":
    GOLDENS.parent.mkdir(exist_ok=True)
    GOLDENS.write_text("\n".join(printed(name) for name in SAMPLES), encoding="utf-8")
