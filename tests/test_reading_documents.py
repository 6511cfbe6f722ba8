"""Files as segments with places, and displays as chains of relations. The expected chains are written down by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from derivations.language.errors import DeriveError
from derivations.reading.displays import SegmentKind, segmented
from derivations.reading.rows import Chain, Role, chains
from derivations.reading.source import Source, masked, source_from_file, source_of


def tex(text: str) -> Source:
    return source_of(text, "a.tex")


def markdown(text: str) -> Source:
    return source_of(text, "a.md")


def formulas(source: Source) -> list[str]:
    cut = segmented(source)
    return [cut.text[s.start:s.end].strip() for s in cut.segments if s.kind in (SegmentKind.INLINE, SegmentKind.DISPLAY)]


def unread(source: Source) -> list[tuple[int, str]]:
    return [(source.place(s.start).line, s.name) for s in segmented(source).segments if s.kind is SegmentKind.UNREAD]


def read(body: str, environment: str = "align") -> tuple[Chain, ...]:
    return chains(body, 0, len(body), environment)


def written(chain: Chain) -> str:
    return "".join(f"{side.text} [{link.sign}] " for side, link in zip(chain.sides, chain.links, strict=False)) + chain.sides[-1].text


# --- sources


def test_places_count_from_one_and_survive_masking() -> None:
    source = tex("one % $x$\n  $a = b$\n")
    cut = segmented(source)
    (segment,) = [s for s in cut.segments if s.kind is SegmentKind.INLINE]
    place = source.place(segment.start)
    assert (place.line, place.column, str(place)) == (2, 4, "a.tex:2:4")
    assert len(masked(source).text) == len(source.text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"$a$ and \(b\) and $$c$$ and \[d\]", ["a", "b", "c", "d"]),
        (r"\begin{align*}a\end{align*}\begin{eqnarray}b\end{eqnarray}\begin{math}c\end{math}", ["a", "b", "c"]),
        (r"costs 5\$ and $x$", ["x"]),
        (r"\verb|$a$| $b$ \begin{verbatim}$c$\end{verbatim} % $d$", ["b"]),
        (r"\newcommand{\be}{\begin{equation}}\newcommand{\ee}{\end{equation}}\be x \ee", ["x"]),
        (r"\newcommand{\R}{\mathbb{R}$} $y$", ["y"]),
    ],
)
def test_formulas_of_latex(text: str, found: list[str]) -> None:
    assert formulas(tex(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("`$a$` and $b$\n\n```\n$c$\n```\n$$d$$", ["b", "d"]),
        ("```math\nx = 1\n```\nand $`y`$", ["x = 1", "y"]),
        ("It costs $5 or $6 and $x = 1$.", ["x = 1"]),
        ("> $$\n> a = b\n> $$", ["a = b"]),
        ("# The $3\\times 3$ case", ["3\\times 3"]),
        ("a <!-- $b$ --> $c$", ["c"]),
        ("- $$a = b$$", ["a = b"]),
        ("50% of $x$ is $50\\%$", ["x", "50\\%"]),
    ],
)
def test_formulas_of_markdown(text: str, found: list[str]) -> None:
    assert formulas(markdown(text)) == found


def test_what_is_not_closed_is_unread_with_its_place_and_the_rest_is_read() -> None:
    source = tex("a $x = 1\n\n\\begin{align} b \n\n\\section{Next} $y$ \\] \\[ c")
    assert unread(source) == [
        (1, "$ is not closed: no $ before the end of the paragraph"),
        (3, "\\begin{align} is not closed: no \\end{align} before the end of the paragraph"),
        (5, "\\] closes nothing"),
        (5, "\\[ is not closed: no \\] before the end of the text"),
    ]
    assert formulas(source) == ["y"]


def test_a_notebook_counts_lines_inside_its_cells() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "text"]},
        {"cell_type": "code", "source": "x = '$no$'"},
        {"cell_type": "markdown", "source": "first\nand $a = b$"},
    ]
    source = source_of(json.dumps({"cells": cells}), "n.ipynb")
    (segment,) = [s for s in segmented(source).segments if s.kind is SegmentKind.INLINE]
    place = source.place(segment.start)
    assert (place.cell, place.line, place.column, str(place)) == (3, 2, 6, "n.ipynb:cell 3:2:6")


def test_a_broken_notebook_is_one_unread_part() -> None:
    ((line, why),) = unread(source_of("{nonsense", "n.ipynb"))
    assert line == 1
    assert why.startswith("not a notebook: ")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeriveError, match=r"files with these endings are read: .*\.tex"):
        source_from_file(tmp_path / "a.docx")


def test_derive_comments_are_found_in_both_markups() -> None:
    assert [d.text for d in masked(tex("% derive: assume x > 0\n\\% derive: no")).directives] == ["assume x > 0"]
    assert [d.text for d in masked(markdown("<!-- derive: let P: permutation N -->\n% derive: assume y > 0")).directives] == [
        "let P: permutation N", "assume y > 0",
    ]


# --- chains


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (r"a &= b \\ &= c \\ &\le d", ["a [=] b [=] c [<=] d"]),
        (r"a &= b \\[4pt] c &= d", ["a [=] b", "c [=] d"]),
        (r"a &= b & c &= d", ["a [=] b", "c [=] d"]),
        (r"a &=& b \\ &=& c", ["a [=] b [=] c"]),
        (r"z = & w_1 x + \\ & w_2 y + \\ & w_3", ["z [=] w_1 x + w_2 y + w_3"]),
        (r"z &= u \\ &\quad + v \\ & \cdot w", ["z [=] u + v \\cdot w"]),
        (r"x(1+y) &= 1 \\ -z &= 2", ["x(1+y) [=] 1", "-z [=] 2"]),
        (r"a = b, \quad c = d", ["a [=] b", "c [=] d"]),
        (r"a = b \text{ and } c = d", ["a [=] b", "c [=] d"]),
        (r"f(x, y) = 65,536", ["f(x, y) [=] 65,536"]),
        (r"W_v, W_k \in \mathbb{R}^{D}", [r"W_v, W_k [in] \mathbb{R}^{D}"]),
        (r"i = 1, \dots, n", [r"i [=] 1, \dots, n"]),
        (r"a \overset{(i)}{\ge} b \stackrel{\mathrm{def}}{=} c", ["a [>=] b [:=] c"]),
        (r"\boxed{w = 1}", ["w [=] 1"]),
        (r"\text{Total cost} = 3", [r"\text{Total cost} [=] 3"]),
        (r"\begin{aligned} a &= b \\ &= c \end{aligned}", ["a [=] b [=] c"]),
        (r"f = \begin{cases} 1 & x = 0 \\ 2 \end{cases}", [r"f [=] \begin{cases} 1 & x = 0 \\ 2 \end{cases}"]),
        (r"a &= \left( b \right. \\ &\quad \left. + c \right) \\ &= d", [r"a [=] \left( b \right. \left. + c \right) [=] d"]),
        (r"[0,1) = (a", ["[0,1) [=] (a"]),
        (r"\theta \leftarrow \theta - g", [r"\theta [:=] \theta - g"]),
        (r"\mathbb{E}_{x \sim p}[x = 1] = 2", [r"\mathbb{E}_{x \sim p}[x = 1] [=] 2"]),
        (r"a \not= b", ["a [!=] b"]),
    ],
)
def test_rows_and_columns_are_chains(body: str, expected: list[str]) -> None:
    assert [written(c) for c in read(body)] == expected


def test_reasons_tags_and_conditions_are_no_relations() -> None:
    (chain, condition) = read(r"a &= b, \quad 0 < x < 1 \tag{7} \\ &= c && (P^\top P = I) \\ &= d \qquad \text{by Jensen} \\ &= e & (2)")
    assert written(chain) == "a [=] b [=] c [=] d [=] e"
    assert chain.reasons == ((2, r"(P^\top P = I)"), (3, "by Jensen"), (4, "(2)"))
    assert chain.labels == ((1, "7"),)
    assert (written(condition), condition.role) == ("0 [<] x [<] 1", Role.CONDITION)


def test_arrows_hang_chains_on_each_other() -> None:
    found = read(r"x = 1 \Rightarrow y = 2 \iff z = 3")
    assert [(written(c), c.arrow) for c in found] == [("x [=] 1", ""), ("y [=] 2", "=>"), ("z [=] 3", "<=>")]
    rows = read(r"x + 1 = 2 \\ \Rightarrow x = 1 \implies \\ 2x = 2", "gather")
    assert [(written(c), c.arrow) for c in rows] == [("x + 1 [=] 2", ""), ("x [=] 1", "=>"), ("2x [=] 2", "=>")]


def test_every_side_knows_where_it_stands() -> None:
    body = "a &= b \\\\\n  &= \\frac{c}{d}."
    (chain,) = read(body)
    assert [body[s.start:s.end].rstrip(". ") for s in chain.sides] == ["a", "b", r"\frac{c}{d}"]


def test_a_formula_that_begins_with_its_sign_is_headless() -> None:
    (chain,) = read("= 3", "")
    assert chain.headless
