"""Terms as Typst: every golden and random documents compile, and nothing is left bare that Typst would take for an identifier of its own."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from notation_terms import SAMPLES, all_names, plain_names, terms, terms_of, x

from derivations.language.term import Call, Frac, Mul, Name, Num, Relation, Term, Tuple, product
from render.notation.style import Style
from render.notation.symbols import GREEK, RELATIONS
from render.notation.typst import quoted, typst, typst_sign

OURS = {
    "frac", "sqrt", "root", "op", "limits", "true", "false", "mat", "delim", "none", "cases", "display", "quad", "thin", "lr", "cancel", "underbrace",
    "overbrace", "binom", "abs", "norm", "floor", "ceil", "box", "stroke", "inset", "set", "text", "fill", "top", "edge", "bottom", "bounds",
    "red", "upright", "bold", "cal", "bb", "frak", "sans", "mono", "hat", "tilde", "macron", "overline", "arrow", "dot", "double", "caron",
    "pt", "arccos", "arcsin", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim", "exp", "gcd", "hom", "ker", "lg",
    "lim", "ln", "log", "max", "min", "inf", "sup", "sec", "sinh", "sin", "tan", "tanh", "Pr",
}  # fmt: skip
"""Every word that the printer may leave outside a string."""


def compiled(source: str) -> bytes:
    engine = pytest.importorskip("typst")
    return bytes(engine.compile(source.encode("utf-8"), format="svg"))


def document(formulas: list[str]) -> str:
    return "#set page(height: auto)\n" + "\n".join(f"$ {formula} $\n${formula}$\n" for formula in formulas)


def outside_strings(formula: str) -> str:
    return re.sub(r'"(?:\\.|[^"\\])*"', '""', formula)


def test_every_golden_compiles() -> None:
    assert b"<svg" in compiled(document([typst(term) for term in SAMPLES.values()]))


@settings(deadline=None, max_examples=6, suppress_health_check=list(HealthCheck))
@given(st.lists(terms, min_size=40, max_size=40))
def test_a_long_random_document_compiles(some: list[Term]) -> None:
    compiled(document([typst(term) for term in some]))


@settings(deadline=None, max_examples=300)
@given(terms_of(plain_names))
def test_no_word_is_left_bare(term: Term) -> None:
    words = re.findall(r"[A-Za-z]{2,}", outside_strings(typst(term)))
    assert set(words) <= OURS


@settings(deadline=None, max_examples=200)
@given(all_names)
def test_a_name_is_one_character_or_a_string(name: Name) -> None:
    bare = outside_strings(typst(name))
    assert set(re.findall(r"[^\W\d_]{2,}", bare)) <= OURS
    assert not set(bare) & set("#$@`/\\~:;")


@pytest.mark.parametrize("word", ["frac", "pi", "in", "dot", "alpha1", "sum", "x1", "NN", "dif", "lr", "mat"])
def test_names_of_typst_are_not_taken_for_its_own(word: str) -> None:
    shown = typst(product(Name(word), x))
    assert shown == (f"{GREEK[word]} x" if word in GREEK else f'"{word}" x')


def test_a_quoted_string_is_read_back_as_it_was() -> None:
    engine = pytest.importorskip("typst")
    words = 'a "b" \\ #c $d$ // e /* f */ @g <h> _i_ `j` \\u{41}'
    source = f"#metadata({quoted(words)}) <words>"
    assert json.loads(engine.query(source.encode("utf-8"), "<words>", field="value", one=True)) == words


@pytest.mark.parametrize(
    ("term", "written"),
    [
        (Frac(Num("1"), Num("2"), slash=True), "1 \\/ 2"),
        (Mul((("", x), ("", Num("2")))), "x · 2"),
        (Frac(Call(Name("p"), (x, x)), Tuple((x, x))), "frac(p(x, x), (x, x))"),
        (Call(Name("Softmax"), (x,)), 'op("Softmax") (x)'),
        (Name("x", font="bold"), "upright(bold(x))"),
        (Relation((Name("f"), Name("A")), (":",)), "f \\: A"),
        (Num("2360832"), "2 thin 360 thin 832"),
    ],
)
def test_forms(term: Term, written: str) -> None:
    assert typst(term) == written


def test_a_comma_in_a_list_without_brackets_does_not_end_an_argument() -> None:
    listed = Tuple((x, Name("y")), "")
    assert typst(listed) == "x\\, y"
    assert typst(Frac(listed, x)) == "frac((x, y), x)"
    compiled(document([f"frac({typst(listed)}, {typst(listed)})"]))


def test_style() -> None:
    style = Style(decimal=",", names=((x, Name("beta")),), bold=frozenset((Name("y"),)), otherwise="sonst")
    assert typst(Num("1.5"), style) == '"1,5"'
    assert typst(x + Name("y"), style) == "β + upright(bold(y))"
    compiled(document([typst(Num("12345.5") * x, style), typst(Num("1234567"), Style(thousands="comma"))]))


def test_every_sign_compiles() -> None:
    compiled(document([f"frac(a {typst_sign(sign)} b, c)" for sign in (*RELATIONS, "cdot", "times", "circ", "+", "-", "±")]))
