"""No relation of a display vanishes: however it is laid out, each is judged, given or unread."""

from __future__ import annotations

import re
from typing import Final

import pytest

from derivations.reading.judgements import Judgement, document, judgements
from derivations.reading.source import source_of

ONE: Final = r"(u+1)^2 &= u^2+2u+1"
MORE: Final = r"&= u(u+2)+1"
OTHER: Final = r"u(u+2) &= u^2+2u"
LAYOUTS: Final = {
    "equation": (r"\begin{equation} @ \end{equation}", r"(u+1)^2 = u^2+2u+1 = u(u+2)+1"),
    "array in columns": (r"\[ \begin{array}{rcl} @ \end{array} \]", r"(u+1)^2 &=& u^2+2u+1 \\ &=& u(u+2)+1"),
    "array in brackets of displaymath": (r"\begin{displaymath}\begin{array}{lll} @ \end{array}\end{displaymath}", r"x+x & = & 2x \\ 2x & \le & 2|x|"),
    "array of rows": (r"\[ \begin{array}{l} @ \end{array} \]", r"(u+1)^2 = u^2+2u+1 \\ \text{and therefore} \\ (u+1)^2 - 1 = u(u+2)"),
    "in the style of text": (r"\[ {\textstyle\begin{aligned} @ \end{aligned}} \]", rf"{ONE} \\ {MORE}"),
    "small": (r"\[ {\small \begin{aligned} @ \end{aligned}} \]", rf"{ONE} \\ {MORE}"),
    "braces": (r"\[ {@} \]", "2u = u+u"),
    "split": (r"\begin{equation}\begin{split} @ \end{split}\end{equation}", rf"{ONE} \\ {MORE}"),
    "gathered": (r"\[ \begin{gathered} @ \end{gathered} \]", r"2u = u+u \\ 3u = u+2u \\ 4u = 2u+2u"),
    "cases": (r"\[ \begin{cases} @ \end{cases} \]", r"a = (u+1)^2 - u^2 = 2u + 1 \\ b = 2u"),
    "dcases": (r"\[ \begin{dcases} @ \end{dcases} \]", r"2u = u+u \\ 3u = u+2u"),
    "numcases": (r"\begin{numcases}{} @ \end{numcases}", r"2u = u+u \\ 3u = u+2u"),
    "brace before an array": (r"\[ \left\{\begin{array}{l} @ \end{array}\right. \]", r"2u = u+u \\ 3u = u+2u"),
    "brace before columns": (r"\[ \left\{\begin{array}{rcl} @ \end{array}\right. \]", r"2u &=& u+u \\ 3u &=& u+2u"),
    "brace behind": (r"\[ \left. \begin{aligned} @ \end{aligned} \right\} \quad u > 0 \]", rf"{ONE} \\ {OTHER}"),
    "box": (r"\begin{equation}\boxed{\begin{aligned} @ \end{aligned}}\end{equation}", rf"{ONE} \\ {OTHER}"),
    "system with a name": (r"\[ S = \left\{ \begin{aligned} @ \end{aligned} \right. \]", r"2u &= u+u \\ 3u &= u+2u"),
    "system after an arrow": (r"\[ u = 1 \iff \begin{cases} @ \end{cases} \]", r"2u = 2 \\ 3u = 3"),
    "matrix of relations": (r"\[ \begin{matrix} @ \end{matrix} \]", r"2u = u+u \\ 3u=u+2u"),
    "empheq": (r"\begin{empheq}[box=\fbox]{align} @ \end{empheq}", rf"{ONE} \\ {MORE}"),
    "subequations": (r"\begin{subequations}\begin{align} @ \end{align}\end{subequations}", rf"{ONE} \\ {MORE}"),
    "alignedat": (r"\begin{equation}\begin{alignedat}{2} @ \end{alignedat}\end{equation}", rf"{ONE} &\quad& \text{{expand}} \\ {OTHER} && "),
    "continued": (r"\[ 2(u+1)+1 \] \[ @ \]", "= 2u+3"),
    "ends in its sign": (r"\[ @ \]", "(u+1)^2 = "),
    "intertext": (r"\begin{align} @ \end{align}", rf"{ONE} \intertext{{and}} {OTHER}"),
}
SIGN: Final = re.compile(r"=|\\le(?![a-z])|>|\\iff")


def listed(text: str, name: str = "a.tex") -> list[Judgement]:
    return judgements(document(source_of(text, name)))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_relation_of_a_display_is_listed(layout: str) -> None:
    around, inside = LAYOUTS[layout]
    text = "Let $u$ be a number. Then\n" + around.replace("@", inside) + "\n"
    written = re.sub(r"box=|\\iff", "", around.replace("@", inside))
    assert len(listed(text)) == len(SIGN.findall(written))


def test_a_function_by_cases_is_one_definition() -> None:
    text = "\\[ f(x) = \\begin{cases} x^2, & x > 0 \\\\ -x & \\text{if } x \\le 0 \\end{cases} \\]"
    assert [(j.relation, j.status) for j in listed(text)] == [("=", "given")]


def test_a_display_that_begins_with_its_sign_goes_on_with_the_one_before() -> None:
    found = listed("$$(u+1)^2-u^2$$\n\nand this is\n\n$$=2u+1$$\n", "a.md")
    assert [(j.lhs_text, j.rhs_text, j.status) for j in found] == [("(u+1)^2-u^2", "2u+1", "judge")]


def test_rows_of_a_system_do_not_follow_from_each_other() -> None:
    found = listed("Let $u = 2$.\n\\[ \\begin{cases} 2u = 4 \\\\ 3u = 6 \\end{cases} \\]")
    assert all(j.premise is None for j in found[1:])
