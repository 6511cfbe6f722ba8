"""Documents as judgements: what is judged and what is given, under which kinds, hypotheses and definitions."""

from __future__ import annotations

import pytest

from derivations.kernel.statement import Rel
from derivations.language.context import Array, Context, Domain, Family, Function, RandomVariable, Scalar, Sequence, Softmax, Symbol
from derivations.language.errors import DeriveError
from derivations.language.term import Index, Name, Num, Relation
from derivations.reading.expression import read
from derivations.reading.judgements import Judgement, document, judgements
from derivations.reading.source import source_of
from derivations.reading.warnings import warnings


def judged(text: str, name: str = "a.tex", declarations: tuple[str, ...] = ()) -> list[Judgement]:
    return judgements(document(source_of(text, name), declarations))


def outline(found: list[Judgement]) -> list[tuple[str, str]]:
    return [(f"{j.lhs_text} {j.relation} {j.rhs_text}", j.status) for j in found]


def context(text: str) -> Context:
    """The context of the last judgement."""
    return judged(text)[-1].context


def symbol(text: str) -> Symbol:
    term = read(text).term
    assert isinstance(term, Name | Index)
    return term


# --- given or judged


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("Let $f(x) = x^2$. Then $f(2) = 4$.", ["given", "judge"]),
        ("$$h(x) = x + x = 2x$$", ["given", "judge"]),
        ("$$1 + 1 = 2$$", ["judge"]),
        ("If $x > 0$, then $\\sqrt{x^2} = x$.", ["given", "judge"]),
        ("For $K = 3$, $N = 4$ this is $3 \\cdot 4 = 12$.", ["given", "given", "judge"]),
        ("With $x = f(z) = e^z$ we get $\\log x = z$.", ["given", "given", "judge"]),
        ("We have $a := 3$.", ["given"]),
        ("$X \\in \\mathbb{R}^{n \\times d}$ and $i = 1, \\dots, n$.", ["given", "given"]),
        ("Let $p_i = \\frac{e^{z_i}}{Z}$ and $j = n - m$ in $\\sum_{j} p_j = 1$.", ["given", "given", "judge"]),
        ("For all $x, y > 0$, $x + y \\ge 2\\sqrt{xy}$.", ["given", "judge"]),
        ("Taking logarithms, $\\log e^x = x$.", ["judge"]),
        ("Recall $m_{t+1} = \\beta m_t$ and $m_0 = 0$, so $m_1 = 0$.", ["given", "given", "judge"]),
    ],
)
def test_what_introduces_is_given_and_the_rest_is_judged(text: str, statuses: list[str]) -> None:
    assert [j.status for j in judged(text, "a.md")] == statuses


def test_rows_that_are_other_equations_have_the_row_before_as_premise() -> None:
    found = judged(r"\begin{align} 2x + 3 &= 7 \\ 2x &= 4 \\ x &= 2 \end{align}")
    assert [j.status for j in found] == ["judge"] * 3
    assert found[0].premise is None
    premises = [j.premise for j in found[1:]]
    assert [p is not None and (p.lhs, p.relation, p.rhs) for p in premises] == [
        (read("2x + 3").term, Rel.EQ, Num("7")), (read("2x").term, Rel.EQ, Num("4")),
    ]
    assert found[2].earlier == tuple(j.statement for j in found[:2])


def test_rows_of_definitions_are_no_claims() -> None:
    assert [j.status for j in judged(r"\begin{align} \hat y &= \sigma(z) \\ z &= ax + b \end{align}")] == ["given", "given"]


def test_places_are_those_of_the_right_side() -> None:
    (first, second) = judged("We get\n\\begin{align}\n 1 + 1 &=\n   2 \\label{eq:a} \\\\\n &< 3\n\\end{align}")
    assert (first.line, first.column, first.left_line, first.left_column, first.label) == (4, 4, 3, 2, "eq:a")
    assert (second.line, second.column, second.relation, second.label) == (5, 5, "<", "")


def test_unread_sides_name_the_place_and_the_rest_is_judged() -> None:
    found = judged("$1 + 1 = \\qwertz{2}$ and $2 + 2 = 4$, $3 \\lesssim 4$", "a.md")
    assert [j.status for j in found] == ["unread", "judge", "unread"]
    assert "a.md:1:" in found[0].why_unread
    assert found[0].statement is None
    assert "the relation \\lesssim is not judged" in found[2].why_unread


# --- kinds


def test_kinds_from_declarations() -> None:
    found = context(
        r"Let $X\in\mathbb{R}^{D\times N}$, $b_v, b_k\in\mathbb R^D$ and let $P$ be a permutation matrix in $P\in\mathbb R^{N\times N}$. "
        r"For $x>0$, $0<u<1$, $a\ne0$ and $n\in\mathbb N$ we have $n (b_v + XP b_v) = a u x b_k$."
    )
    d, n = Name("D"), Name("N")
    assert found.kind(Name("X")) == Array(d, n)
    assert found.kind(symbol("b_v")) == Array(d)
    assert found.kind(Name("P")) == Array(n, n, frozenset({"permutation"}))
    assert found.kind(Name("x")) == Scalar(Domain.POSITIVE)
    assert found.kind(Name("u")) == Scalar(Domain.UNIT)
    assert found.kind(Name("a")) == Scalar(Domain.NONZERO)
    assert found.kind(Name("n")) == Scalar(Domain.NATURAL)
    assert found.kind(d) == Scalar(Domain.NATURAL)


def test_one_word_makes_an_orthogonal_matrix_of_a_permutation() -> None:
    text = r"Let $P\in\mathbb R^{n\times n}$ be an WORD matrix. Then $PP^\top = I$."
    assert context(text.replace("WORD", "orthogonal")).kind(Name("P")) == Array(Name("n"), Name("n"), frozenset({"orthogonal"}))
    assert context(text.replace("an WORD", "a permutation")).kind(Name("P")) == Array(Name("n"), Name("n"), frozenset({"permutation"}))


def test_kinds_from_use_are_reported() -> None:
    found = judged(r"$$\sum_{i=1}^n g(x_i) + \lambda_0 R_{\max} = \lambda_0 R_{\max} + \sum_{j=1}^n g(x_j)$$", "a.md")[0]
    kinds = dict(found.context.kinds)
    assert kinds[Name("x")] == Sequence()
    assert kinds[Name("g")] == Function(1)
    assert kinds[symbol(r"\lambda_0")] == Scalar()
    assert kinds[symbol(r"R_{\max}")] == Scalar()
    assert kinds[Name("n")] == Scalar(Domain.NATURAL)
    assert "x has indices, so it is a sequence of real numbers" in found.assumed
    assert "g is applied to arguments, so it is a function" in found.assumed


def test_sizes_of_undeclared_matrices_are_those_that_fit() -> None:
    found = context(r"Let $X\in\mathbb R^{n\times d}$. Then $(XW_Q)(XW_K)^\top = XW_QW_K^\top X^\top$.")
    query, key = found.kind(symbol("W_Q")), found.kind(symbol("W_K"))
    assert isinstance(query, Array)
    assert query.rows == Name("d")
    assert query == key
    assert query.cols not in (Name("n"), Name("d"))


def test_sums_without_limits_over_one_family_run_equally_far() -> None:
    found = context(r"Let $p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$. Then $\sum_i \frac{\partial p_i}{\partial z_k} = 0$.")
    first, second = found.range_of(Name("i")), found.range_of(Name("j"))
    assert first is not None
    assert first == second
    assert first[0] == Num("1")
    assert Relation((Num("1"), Name("k"), first[1]), ("<=", "<=")) in found.hypotheses
    assert found.kind(symbol_of_size(first[1])) == Scalar(Domain.NATURAL)


def symbol_of_size(size: object) -> Name:
    assert isinstance(size, Name)
    return size


def test_vectors_that_number_things_are_a_family() -> None:
    found = context(r"Let $w\in\mathbb R^d$. Then $\sum_{i=1}^n w^\top x_i = w^\top \sum_{i=1}^n x_i$.").kind(Name("x"))
    assert isinstance(found, Family) and found.arity == 1


@pytest.mark.parametrize(("words", "axis"), [("is taken along each row", 1), ("acts on every column", 0), ("is applied row-wise", 1)])
def test_the_axis_of_a_softmax_is_said_in_words(words: str, axis: int) -> None:
    assert context(rf"The softmax {words}. $$\operatorname{{softmax}}(A) = \operatorname{{softmax}}(A)$$").kind(Name("softmax")) == Softmax(axis)


def test_random_variables() -> None:
    found = context(
        r"Let $X$ and $Y$ be independent with mean $\mu$ and variance $\sigma^2$, and $\theta\sim\mathcal N(m_0,\lambda_0^{-1})$. Then $\mathbb E[X+Y] = 2\mu$."
    )
    assert found.kind(Name("X")) == RandomVariable()
    assert Relation((Name("X"), Name("Y")), ("perp",)) in found.hypotheses
    assert read(r"\mathbb E[Y] = \mu").term in found.hypotheses
    law = found.kind(Name("theta"))
    assert isinstance(law, RandomVariable)
    assert law.law == read(r"\mathcal N(m_0,\lambda_0^{-1})").term
    assert found.kind(symbol(r"\lambda_0")) == Scalar(Domain.POSITIVE)


# --- scope


def test_values_for_one_case_hold_in_their_sentence_only() -> None:
    found = judged("$$n^2 + n = n(n+1)$$ For $n = 3$ this is $3 \\cdot 4 = 12$. In general $n(n+1) = n^2 + n$.", "a.md")
    assert [len(j.context.definitions) for j in found if j.status == "judge"] == [0, 1, 0]


def test_exercises_have_their_own_names() -> None:
    text = "# Question 1\n\nLet $d = 2$. Then $d + 1 = 3$.\n\n# Question 2\n\nLet $d > 0$. Then $\\sqrt{d^2} = d$."
    found = judged(text, "a.md")
    assert len(found[1].context.definitions) == 1
    assert found[-1].context.definitions == ()
    assert found[-1].context.kind(Name("d")) == Scalar(Domain.POSITIVE)


def test_a_definition_after_a_display_holds_for_it() -> None:
    found = judged("Clearly\n$$x + C = C + x$$\nwhere $C = 3$.", "a.md")
    assert [d.lhs for d in found[0].context.definitions] == [Name("C")]


def test_a_later_definition_replaces_the_earlier() -> None:
    found = judged("Let $c = 1$. Then $c + c = 2$. Now let $c = 2$. Then $c + c = 4$.", "a.md")
    assert [[d.rhs for d in j.context.definitions] for j in found if j.status == "judge"] == [[Num("1")], [Num("2")]]


def test_a_function_written_without_its_argument() -> None:
    found = judged(r"Let $Z(\beta)=\sum_i e^{\beta s_i}$ with $\beta>0$. Then $\frac{1}{Z}Z(\beta) = 1$.")[-1]
    assert found.statement is not None
    assert found.statement.lhs == read(r"\frac{1}{Z} Z").term


def test_numbers_put_in_for_words_are_given() -> None:
    found = judged(r"$$\text{Epochs} = \frac{\text{Steps}}{\text{Rate}} = \frac{1000}{5} = 200$$", "a.md")
    assert [j.status for j in found] == ["given", "given", "judge"]


# --- declarations of the reader's own


def test_comments_and_declarations() -> None:
    text = "% derive: let x, y: positive\n% derive: let W_q: matrix D N\n% derive: range i 1 n\n% derive: softmax rows\n$\\sqrt{x^2} + y + a + H + x_i = f(W_q, \\operatorname{softmax})$"
    found = judged(text, declarations=("assume a \\ne 0", "define H = x + y"))[-1].context
    assert found.kind(Name("y")) == Scalar(Domain.POSITIVE)
    assert found.kind(symbol("W_q")) == Array(Name("D"), Name("N"))
    assert found.range_of(Name("i")) == (Num("1"), Name("n"))
    assert found.kind(Name("softmax")) == Softmax(1)
    assert read("a \\ne 0").term in found.hypotheses
    assert [d.lhs for d in found.definitions] == [Name("H")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("frobnicate x", "assume, let, define, range or softmax is accepted as the first word"),
        ("let x: triangle", "KIND is one of"),
        ("assume x + 1", "a relation is accepted"),
        ("define x", "an equation is accepted"),
        ("range i 1", "an index and its first and last value are accepted"),
        ("softmax diagonally", "rows or columns are accepted"),
        ("let M: matrix 3", "a matrix has two sizes"),
    ],
)
def test_comments_that_are_not_understood_are_reported(text: str, message: str) -> None:
    doc = document(source_of(f"% derive: {text}\n$1 = 1$", "a.tex"))
    ((place, why),) = doc.problems
    assert place.line == 1
    assert message in why
    with pytest.raises(DeriveError, match="derive"):
        document(source_of("$1 = 1$", "a.tex"), (text,))


# --- words


def warned(text: str) -> list[str]:
    doc = document(source_of(text, "a.md"))
    return [w.why for w in warnings(doc, judgements(doc))]


def test_words_that_contradict_a_formula() -> None:
    softmax = "Softmax is invariant to permutation matrices. $$V \\text{Softmax}[P^T A P] = V P^T \\text{Softmax}[A] P$$"
    assert [w for w in warned(softmax) if "equivariance" in w]
    assert not warned(softmax.replace("invariant", "equivariant"))
    dilation = "A dilation rate of 2 means a gap of GAP elements. $$z_k = \\sum_{i=1}^7 w_i x_{s+(i-1)(d+1)}$$"
    assert [w for w in warned(dilation.replace("GAP", "1")) if "a spacing of 2 (a gap of 1), the formula a spacing of 3" in w]
    assert not warned(dilation.replace("GAP", "2"))
    row = "- $1^T \\in \\mathbb{R}^{SPACE}$ : Row vector of all ones.\n"
    assert [w for w in warned(row.replace("SPACE", "N")) if "column" in w]
    assert not warned(row.replace("SPACE", "1 \\times N"))


def test_setting_to_zero_is_a_premise() -> None:
    found = judged("$$f'(x) = 2x - 4$$ Setting this to zero gives $$x = 2$$", "a.md")[-1]
    assert found.premise is not None
    assert (found.premise.lhs, found.premise.relation, found.premise.rhs) == (read("2x - 4").term, Rel.EQ, Num("0"))


def test_what_is_yet_to_be_shown_is_judged_under_all_that_its_exercise_defines() -> None:
    goal = judged("# Question 1\n\nShow that $f(2) = 4$. Let $f(x) = x^2$.\n\n# Question 2\n\n$1 = 1$", "a.md")[0]
    assert len(goal.context.definitions) == 1


@pytest.mark.parametrize(("product", "axis"), [("V \\cdot \\text{Softmax}(K^T Q)", 0), ("\\text{Softmax}(Q K^T) V", 1)])
def test_an_axis_that_nobody_states_is_assumed_and_reported(product: str, axis: int) -> None:
    found = judged(rf"Let $V, K, Q \in \mathbb{{R}}^{{n \times n}}$. Then ${product} = {product}$.")[-1]
    assert found.context.kind(Name("Softmax")) == Softmax(axis)
    assert any("the text does not say it" in words for words in found.assumed)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"\[ \Gamma(5) = 24 \]", "accepted"),
        (r"\[ \Gamma(5) = 120 \]", "refuted"),
        (r"Let $X \ge 0$ be a random variable and $a > 0$. \[ P(X \ge a) \le \frac{\mathbb{E}[X]}{a} \]", "accepted"),
        (r"Let $X \ge 0$ be a random variable and $a > 0$. \[ P(X \ge a) \ge \frac{\mathbb{E}[X]}{a} \]", "refuted"),
        (r"Let $X > 0$ be a random variable. \[ \mathbb{E}[\log X] \ge \log \mathbb{E}[X] \]", "refuted"),
        (r"Let $X$ and $Y$ be uncorrelated. \[ \mathbb{E}[X^2 Y] = \mathbb{E}[X^2]\,\mathbb{E}[Y] \]", "refuted"),
        (r"Let $X$ and $Y$ be uncorrelated. \[ \mathbb{E}[X Y] = \mathbb{E}[X]\,\mathbb{E}[Y] \]", "accepted"),
        (r"Let $\pi$ be a permutation of $\{1, \dots, n\}$. \[ \prod_{i=1}^n a_{\pi(i)} = \prod_{i=1}^n a_i \]", "accepted"),
        (r"\begin{align*} x^2 &= 9 \\ x &= 3 \end{align*}", "refuted"),
        (r"\begin{align*} x^2 &= 9 \\ x &= \pm 3 \end{align*}", "accepted"),
        (r"Suppose $x^2 = 9$ and $x > 0$. Then \[ x = 3 \]", "accepted"),
    ],
)
def test_what_the_words_and_signs_say(text: str, verdict: str) -> None:
    from derivations.checking.report import check
    from derivations.reading.judgements import document
    from derivations.reading.source import source_of

    records = [r for r in check(document(source_of(text, "x.tex"))).records if r.judged]
    assert [r.verdict for r in records] == [verdict], [(r.verdict, r.why) for r in records]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"\[ T(n+1) = 2T(n) + 1 \]", "undecided"),
        (r"\[ f(x+y) = f(x) + f(y) \]", "undecided"),
        (r"Let $f$ be a function. \[ f(x+y) = f(x) + f(y) \]", "refuted"),
        (r"\[ a(b+c) = ab + 2ac \]", "refuted"),
        (r"\[ a(x+y)(x-y) = ax^2 + ay^2 \]", "refuted"),
        (r"\[ p(x, y) = p(x)\,p(y \mid x)\,p(x) \]", "refuted"),
    ],
)
def test_a_function_that_nothing_determines_carries_no_counterexample(text: str, verdict: str) -> None:
    test_what_the_words_and_signs_say(text, verdict)
