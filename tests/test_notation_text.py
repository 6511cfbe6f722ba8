"""Terms as plain text: goldens, and a reader of our own that must find the same number in what was printed as in the term."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notation_terms import SAMPLES, beta, g, goldens, k, m, plain_names, printed, t, terms, terms_of, x

from derivations.language.term import Add, Const, Dots, Frac, Group, Index, Mul, Name, Num, Pow, Term, product, sum_over
from render.notation.nodes import node
from render.notation.style import Style
from render.notation.symbols import RELATIONS, scripted, subscript, superscript
from render.notation.text import text, text_sign


@pytest.mark.parametrize("name", SAMPLES)
def test_golden(name: str) -> None:
    assert printed(name) == goldens()[name]


def test_no_golden_is_left_over() -> None:
    assert set(goldens()) == set(SAMPLES)


@settings(deadline=None, max_examples=200)
@given(terms)
def test_every_term_is_one_line_of_text(term: Term) -> None:
    for ascii in (False, True):
        assert "\n" not in text(term, ascii=ascii)


@settings(deadline=None, max_examples=200)
@given(terms_of(plain_names))
def test_brackets_balance(term: Term) -> None:
    depth = 0
    for char in text(term):
        depth += 1 if char in "([{⟨" else -1 if char in ")]}⟩" else 0
        assert depth >= 0
    assert depth == 0


# --- an independent reader of arithmetic: numbers, one-letter names with indices, + - · × / juxtaposition, powers, brackets

_TOKEN = re.compile(r"\s*([0-9]+|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|[₀₁₂₃₄₅₆₇₈₉]+|[a-zβ]|.)")
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
VALUES = {"x": Fraction(3), "y": Fraction(-5), "z": Fraction(7, 2), "β": Fraction(2, 3)}


class Reader:
    """Sums of products; a product is read from the left, a slash takes one factor; powers bind closest."""

    def __init__(self, written: str) -> None:
        self.tokens = [match.group(1) for match in _TOKEN.finditer(written) if match.group(1).strip()]
        self.place = 0

    @property
    def token(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.token
        if expected and token != expected:
            raise ValueError(f"expected {expected!r}, found {token!r}")
        self.place += 1
        return token

    def value(self) -> Fraction:
        found = self.sum()
        if self.token:
            raise ValueError(f"left over: {self.token!r}")
        return found

    def sum(self) -> Fraction:
        total = Fraction(0)
        sign = self.take() if self.token in "+-" and self.token else "+"
        while True:
            total += self.product() * (1 if sign == "+" else -1)
            if not self.token or self.token not in "+-":
                return total
            sign = self.take()

    def product(self) -> Fraction:
        found = self.power()
        while self.token and self.token not in "+-)}":
            if self.token == "/":
                self.take()
                found /= self.power()
            else:
                if self.token in "·×":
                    self.take()
                found *= self.power()
        return found

    def power(self) -> Fraction:
        base = self.atom()
        if self.token and self.token[0] in "⁻⁰¹²³⁴⁵⁶⁷⁸⁹":
            return base ** int(self.take().translate(_RAISED))
        if self.token == "^":
            self.take()
            if self.token == "{":
                self.take()
                exponent = self.sum()
                self.take("}")
            else:
                exponent = self.atom()
            return base ** int(exponent)
        return base

    def atom(self) -> Fraction:
        token = self.take()
        if token == "(":
            found = self.sum()
            self.take(")")
            return found
        return VALUES[token] if token in VALUES else Fraction(int(token))


def value(term: Term) -> Fraction:
    match term:
        case Num(digits):
            return Fraction(int(digits))
        case Name(name):
            return VALUES["β" if name == "beta" else name]
        case Add(parts):
            return sum((value(part) * (-1 if sign == "-" else 1) for sign, part in parts), Fraction(0))
        case Mul(parts):
            found = Fraction(1)
            for _, part in parts:
                found *= value(part)
            return found
        case Frac(above, below):
            return value(above) / value(below)
        case Pow(base, exponent):
            return value(base) ** int(value(exponent))
        case Group(body):
            return value(body)
        case _:
            raise AssertionError(term)


def arithmetic(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    return st.one_of(
        st.lists(st.tuples(st.sampled_from(["+", "-"]), inner), min_size=1, max_size=3).map(lambda parts: Add(tuple(parts))),
        st.lists(st.tuples(st.sampled_from(["", "cdot", "times"]), inner), min_size=2, max_size=4).map(
            lambda parts: Mul((("", parts[0][1]), *parts[1:]))
        ),
        st.builds(Frac, inner, inner, st.booleans()),
        st.builds(Pow, inner, st.sampled_from([Num("2"), Num("3"), Add((("-", Num("1")),)), Add((("+", Num("1")), ("+", Num("1"))))])),
        st.builds(Group, inner),
    )


numbers = st.recursive(st.one_of(st.sampled_from([Name("x"), Name("y"), Name("z"), beta]), st.integers(1, 40).map(lambda v: Num(str(v)))), arithmetic)


@settings(deadline=None, max_examples=600)
@given(numbers)
def test_arithmetic_is_read_back_with_the_same_value(term: Term) -> None:
    try:
        expected = value(term)
    except ZeroDivisionError:
        return
    if max(abs(expected.numerator), expected.denominator) < 10**300:
        assert Reader(text(term)).value() == expected, text(term)


@pytest.mark.parametrize(
    ("term", "written"),
    [
        (product(x, Group(k - 1)), "x·(k-1)"),
        (Mul((("", x), ("", Num("2")))), "x·2"),
        (Mul((("", Frac(Num("1"), Num("2"))), ("", x))), "(1/2) x"),
        (Frac(x, product(2, x)), "x/(2x)"),
        (Frac(Num("1"), Frac(Num("1"), x)), "1/(1/x)"),
        (sum_over(k, 0, t, product(beta**k, g[t - k])), "∑_{k=0}^{t} β^k g_{t-k}"),
        (Mul((("cdot", beta), ("cdot", m[t]))), "β·m_t"),
        (Pow(Add((("-", x),)), Num("2")), "(-x)²"),
        (Add((("-", Pow(x, Num("2"))),)), "-x²"),
    ],
)
def test_the_forms_that_are_easily_misread(term: Term, written: str) -> None:
    assert text(term) == written


def test_ascii_holds_no_other_character() -> None:
    for name, term in SAMPLES.items():
        assert text(term, ascii=True).isascii(), name


def test_two_kinds_of_names_do_not_print_alike() -> None:
    names = [Name("x"), Name("x", font="bold"), Name("x", accent=("hat",)), Name("x", primes=1), Name("x", label="2"), Name("x")[2], Pow(x, Num("2"))]
    names += [Name("x", font=font) for font in ("cal", "bb", "frak", "sf", "tt")]
    for ascii in (False, True):
        assert len({text(name, ascii=ascii) for name in names}) == len(names)


def test_scripts_are_unicode_only_where_unicode_is_complete() -> None:
    assert superscript("-12") == "⁻¹²" and subscript("12") == "₁₂"
    assert superscript("n") is None and subscript("i") is None and superscript("-") is None and superscript("1+2") is None
    assert text(Index(x, (Num("1"), Num("2")))) == "x_{1,2}"


def test_style() -> None:
    style = Style(decimal=",", group_from=4, names=((beta, Name("gamma")),), bold=frozenset((x,)), log="log", when="wenn")
    assert text(Num("1234.5"), style) == "1\u202f234,5"
    assert text(Num("1234567"), Style(thousands="comma")) == "1,234,567"
    assert text(beta * x, style) == "γ 𝐱"
    assert text(Name("ln")(x), style) == "log(𝐱)"
    assert text(Const("oo") + Dots()) == "∞ + …"


def test_every_sign_has_both_forms() -> None:
    for sign in (*RELATIONS, "cdot", "times", "odot", "ast", "+", "-", "±"):
        assert text_sign(sign) and text_sign(sign, ascii=True).isascii()


def test_a_foreign_node_is_refused() -> None:
    class Strange(Term):
        pass

    with pytest.raises(TypeError, match="cannot print a Strange: it is not one of the node kinds"):
        node(Strange())


@pytest.mark.parametrize(("text", "shown"), [
    ("k_{n+1}-1", "kₙ₊₁-1"), ("∏_{i=1}^{n} s_i", "∏ᵢ₌₁ⁿ sᵢ"), ("β^{t+1} m_0", "βᵗ⁺¹ m₀"), ("x_{π(i)}", "x_{π(i)}"), ("K_{l,m} w_ij", "K_{l,m} w_ij"), ("C_B", "C_B"),
])  # fmt: skip
def test_scripts_are_characters_where_there_are_some(text: str, shown: str) -> None:
    assert scripted(text) == shown
