"""Terms as MathML: well-formed, of MathML Core alone, with the number of children that each element must have."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from notation_terms import SAMPLES, beta, f, g, i, j, plain_names, t, terms, terms_of, w, x

from derivations.language.term import Call, Deriv, Frac, Group, Marked, Mul, Name, Num, Pow, Term, product, relation
from render.notation.mathml import mathml, mathml_row, mathml_sign
from render.notation.style import Style
from render.notation.symbols import RELATIONS

TOKENS = {"mi", "mn", "mo", "mtext", "mspace"}
CHILDREN = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
ROWS = {"math", "mrow", "msqrt", "mtd"}
GLOBAL = {"dir", "displaystyle", "scriptlevel", "class", "id", "style"}
OWN = {
    "math": {"display"},
    "mi": {"mathvariant"},
    "mo": {"form", "stretchy", "symmetric", "largeop", "movablelimits", "lspace", "rspace", "minsize", "maxsize"},
    "mspace": {"width", "height", "depth"},
    "mfrac": {"linethickness"},
    "mover": {"accent"},
    "munder": {"accentunder"},
}
"""MathML Core, W3C Candidate Recommendation Draft, sections 2.1.3 and 3: the elements and attributes that the printer may use."""


def check(element: ET.Element) -> None:
    name = element.tag
    assert name in TOKENS | ROWS | CHILDREN.keys() | {"mtable", "mtr"}, name
    assert set(element.attrib) <= GLOBAL | OWN.get(name, set()), element.attrib
    if name in TOKENS:
        assert len(element) == 0
        assert name == "mspace" or element.text
    else:
        assert not (element.text or "").strip()
    if name in CHILDREN:
        assert len(element) == CHILDREN[name], ET.tostring(element, "unicode")
    if name == "mtable":
        assert {child.tag for child in element} == {"mtr"}
    if name == "mtr":
        assert {child.tag for child in element} == {"mtd"}
    if element.get("mathvariant"):
        assert element.get("mathvariant") == "normal"
    if element.get("form"):
        assert element.get("form") in ("prefix", "infix", "postfix")
    for child in element:
        assert not (child.tail or "").strip()
        check(child)


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_mathml_core(name: str) -> None:
    check(ET.fromstring(mathml(SAMPLES[name], display=True)))


@settings(deadline=None, max_examples=300)
@given(terms)
def test_random_terms_are_mathml_core(term: Term) -> None:
    check(ET.fromstring(mathml(term)))


@settings(deadline=None, max_examples=100)
@given(terms_of(plain_names))
def test_no_row_of_one_element_is_wrapped_again(term: Term) -> None:
    for row in ET.fromstring(mathml(term)).iter("mrow"):
        assert row.get("style") or len(row) != 1 or row[0].tag != "mrow"


def test_display_and_row() -> None:
    assert mathml(x) == "<math><mi>x</mi></math>"
    assert mathml(x, display=True) == '<math display="block"><mi>x</mi></math>'
    assert mathml_row(x + 1) == "<mi>x</mi><mo>+</mo><mn>1</mn>"
    assert mathml_sign("<=") == "<mo>≤</mo>"
    assert mathml_sign("<") == "<mo>&lt;</mo>"
    assert mathml_sign("-") == '<mo form="infix">−</mo>'  # at the start of a row it would stand close to its number


def test_a_screen_reader_can_tell_a_call_from_a_product() -> None:
    assert "\u2061" in "".join(ET.fromstring(mathml(Call(f, (x,)))).itertext())
    assert "\u2062" in "".join(ET.fromstring(mathml(product(f, Group(x)))).itertext())
    assert "\u2063" in "".join(ET.fromstring(mathml(w[i, j])).itertext())


def test_names_cannot_inject_markup() -> None:
    hostile = '<script>&"\'</script>'
    root = ET.fromstring(mathml(Name(hostile) + Name(hostile, font="text") + Marked("underbrace", x, hostile) + Name("x", label="<b>")))
    assert root.find(".//script") is None
    assert hostile in "".join(root.itertext())
    coloured = ET.fromstring(mathml(Marked("colour", x, 'red" onclick="alert(1)')))
    assert not [element for element in coloured.iter() if element.get("style")]


@pytest.mark.parametrize(
    ("term", "written"),
    [
        (x[i] ** 2, "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
        (Frac(Num("1"), x), "<mfrac><mn>1</mn><mi>x</mi></mfrac>"),
        (Pow(Group(x + 1), Num("2")), "<msup><mrow><mo>(</mo><mi>x</mi><mo>+</mo><mn>1</mn><mo>)</mo></mrow><mn>2</mn></msup>"),
        (-x, '<mo form="prefix">−</mo><mi>x</mi>'),
        (Name("RF"), "<mi>RF</mi>"),
        (Name("R", font="bb"), "<mi>ℝ</mi>"),
        (Name("d", font="rm"), '<mi mathvariant="normal">d</mi>'),
        (Mul((("", x), ("", Num("2")))), "<mi>x</mi><mo>·</mo><mn>2</mn>"),
        (relation(x, "<", 1), "<mi>x</mi><mo>&lt;</mo><mn>1</mn>"),
        (
            Deriv(f, ((x, 1),), partial=True),
            "<mfrac><mrow><mi>∂</mi><mi>f</mi></mrow><mrow><mi>∂</mi><mi>x</mi></mrow></mfrac>",
        ),
    ],
)
def test_forms(term: Term, written: str) -> None:
    assert mathml_row(term) == written


def test_style() -> None:
    style = Style(names=((beta, Name("gamma")),), bold=frozenset((g,)), log="log", otherwise="sonst")
    assert mathml_row(beta + g[t], style) == "<mi>γ</mi><mo>+</mo><msub><mi>𝐠</mi><mi>t</mi></msub>"
    assert mathml_row(Call(Name("ln"), (x,)), style).startswith("<mi>log</mi>")


def test_every_sign_is_an_operator() -> None:
    for sign in (*RELATIONS, "cdot", "times", "odot", "+", "-", "±"):
        check(ET.fromstring(mathml_sign(sign)))
