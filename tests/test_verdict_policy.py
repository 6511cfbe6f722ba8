"""What a verdict may be said to mean: witness and sensitivity of what is accepted, what a refutation may rest on, how evidence flows, what is asked."""

from __future__ import annotations

import pytest

from derivations.checking.report import Record, Report, check
from derivations.language.context import Array, Domain, Function, Kind, RandomVariable, Scalar, Sequence, Symbol
from derivations.language.term import Index, Name
from derivations.reading import answers
from derivations.reading.judgements import document
from derivations.reading.source import source_of
from render.checked import text


def report(words: str) -> Report:
    return check(document(source_of(words, "x.md")))


def judged(words: str) -> list[Record]:
    return [r for r in report(words).records if r.judged]


def last(words: str) -> Record:
    return judged(words)[-1]


# --- what is accepted


@pytest.mark.parametrize(
    "words",
    [
        r"$$\sum_{i=1}^n \ln(-1-x_i^2) = \sum_{i=1}^n \ln(-1-x_i^2) + 0$$",
        r"Let $x>0$ be real. $$\sqrt{-1-x} = \sqrt{-1-x}\cdot 1$$",
        r"$$\arg\max_{\theta} \sum_{i=1}^{m} \log Q_{\theta}(x_i) = \arg\min_{\theta} \sum_{i=1}^{m} \log Q_{\theta}(x_i)$$",
        r"$$0\cdot x = 0 \cdot y$$",
        r"We bound the regret: $R(T) \le 2\sqrt{T}$.",
        r"Let $L$ be a smooth loss. Then $$L(w) \le w^2$$",
    ],
)
def test_what_shows_nothing_is_not_accepted(words: str) -> None:
    assert all(r.verdict not in ("accepted", "given") for r in judged(words))


@pytest.mark.parametrize(
    "words",
    [
        r"$$\sum_{i=1}^n (x_i-\bar x) = \sum_{i=1}^n x_i - n\bar x = n\bar x - n\bar x = 0$$",
        r"$$\frac{d}{dx} 5 = 0$$",
        r"Let $x$ be real. $$x - x = 0$$",
        r"Let $x$ and $y$ be real. $$(x-y)+(y-x) = x - x$$",
        r"Let $x$ be real. $$-x^2 \le 0$$",
    ],
)
def test_a_zero_that_is_the_result_of_what_stands_there_is_accepted(words: str) -> None:
    assert all(r.verdict == "accepted" for r in judged(words))


# --- how evidence flows


def test_nothing_is_proved_by_a_refuted_row() -> None:
    rows = r"Let $x$ and $y$ be real. $$x + y = y + x + 1 \\ 2x + 2y = 2y + 2x + 2$$"
    first, second = judged(rows)
    assert first.verdict == "refuted"
    assert second.verdict != "accepted"


def test_what_the_reader_decided_holds_a_proof_below_proved_and_is_printed() -> None:
    found = report(r"$$\sigma(-z) = 1 - \sigma(z)$$")
    (record,) = (r for r in found.records if r.judged)
    assert record.evidence == "proved under a convention"
    assert any("logistic" in words for words in record.conventions)
    printed = "\n".join(text(found, strict=False, verbose=False))
    assert "convention: sigma is taken to be the logistic function" in printed
    assert "0 proved, 1 proved under a convention" in printed


def test_a_number_that_nobody_declared_is_no_convention() -> None:
    assert last(r"$$(a+b)^2 = a^2+2ab+b^2$$").evidence == "proved"


# --- what a refutation may rest on


SIZES = r"""For a width $N$, a kernel $K$ and a stride $S$ I use
$$ O = \left\lfloor \frac{N - K}{S} \right\rfloor + 1 . $$
First ($N=224$, $K=7$, $S=2$):
$$ O_1 = \left\lfloor \frac{224 - 7}{2} \right\rfloor + 1 = \lfloor 108.5 \rfloor + 1 = 109. $$
"""


def test_a_name_that_nothing_determines_gets_no_value_of_choice() -> None:
    (record,) = (r for r in report(SIZES).records if r.left.strip() == "O_1")
    assert record.verdict in ("undecided", "given")
    assert record.verdict == "given" or "O_1" in record.why


@pytest.mark.parametrize(
    "words",
    [
        r"Let $x$ be real. $$(x+1)^2 = x^2+2x+2$$",
        r"$$(a+b)^2 = a^2+ab+b^2$$",
        r"$$\frac{d}{dx}\left(f(x)g(x)\right) = f'(x)g'(x)$$",
        r"Let $A \in \mathbb{R}^{n\times n}$ and $B \in \mathbb{R}^{n\times n}$. $$(AB)^\top = A^\top B^\top$$",
        r"$$\sum_{k=1}^n k = \frac{n(n+2)}{2}$$",
    ],
)
def test_what_is_wrong_however_it_is_meant_is_refuted(words: str) -> None:
    assert last(words).verdict == "refuted"


def test_a_refutation_says_what_it_rests_on() -> None:
    record = last("Let $x$ be\na positive real number.\n\n$$\\sqrt{x^2} = x + 1$$")
    assert record.verdict == "refuted"
    assert "x a positive number, told in line 1" in record.rests


# --- the comments that answer


@pytest.mark.parametrize(
    ("symbol", "kind"),
    [
        (Name("x"), Scalar()),
        (Name("theta"), Scalar(Domain.POSITIVE)),
        (Name("A", font="bold"), Array(Name("n"), Name("m"))),
        (Index(Name("W"), (Name("q"),)), Array(Name("n"), Name("n"))),
        (Name("mu", ("hat",)), Scalar()),
        (Name("a"), Sequence(Domain.POSITIVE, 2)),
        (Name("f"), Function(2)),
        (Name("X"), RandomVariable()),
    ],
)
def test_the_comment_that_declares_a_name_is_understood(symbol: Symbol, kind: Kind) -> None:
    line = answers.let(symbol, kind)
    assert line.startswith("% derive: let ")
    assert report(f"{line}\n\n$1 = 1$").misspelt == ()


def test_the_answer_to_a_question_decides_it() -> None:
    (record,) = (r for r in report(SIZES).records if r.left.strip() == "O_1")
    if record.verdict == "undecided":
        assert record.answer.startswith("% derive: define O_1 = ")
    line = answers.define(Index(Name("O"), (Name("1"),)), record.left, record.right) or record.answer
    again = report(f"<!-- {line.removeprefix('% ')} -->\n\n{SIZES}")
    assert again.misspelt == ()
    assert all(r.verdict in ("given", "accepted") for r in again.records)


@pytest.mark.parametrize(
    ("line", "near"),
    [("derive: asume x > 0", "assume"), ("derive: let x: postive", "positive"), ("dervie: assume x > 0", "derive:"), ("derive: dfine f(x) = x", "define")],
)
def test_a_misspelt_comment_is_told_with_the_nearest_word(line: str, near: str) -> None:
    ((_, number, _, said),) = report(f"Words.\n\n<!-- {line} -->\n\n$1=1$").misspelt
    assert number == 3
    assert near in said


@pytest.mark.parametrize("line", ["derive the formula of the mean", "derived: see the appendix", "let x be positive"])
def test_a_comment_that_is_none_is_left_alone(line: str) -> None:
    assert report(f"<!-- {line} -->\n\n$1=1$").misspelt == ()


# --- what is counted


def test_givens_are_counted_in_the_last_line() -> None:
    lines = text(report("Let $x=3$. Let $y=4$. $$x+y = 7$$"), strict=False, verbose=False)
    assert lines[-1].endswith("1 proved, 0 sampled, 0 refuted, 0 undecided, 0 unread; 2 given")


def test_a_document_in_which_nothing_was_judged_says_so() -> None:
    assert "nothing was judged: every relation is given" in text(report("Let $x=3$."), strict=False, verbose=False)[-1]
    assert "nothing was judged: no relation was found" in text(report("Only words."), strict=False, verbose=False)[-1]


def test_steps_that_are_open_for_one_reason_are_one_message() -> None:
    rows = "\n\n".join(rf"$$a_{k} = \foo{{{k}}}{{b}}$$" for k in range(9))
    lines = text(report(rows), strict=False, verbose=False)
    assert sum("unread" in line or "cannot be read" in line for line in lines[:-1]) <= 3, "the first two as they come, and then all of them in one"


BATCH = (
    r"Let $x_1,\dots,x_4$ be real numbers with $\mu=\frac14\sum_{i=1}^4 x_i$, $v=\frac14\sum_{i=1}^4(x_i-\mu)^2$ and $s=\sqrt{v+\epsilon}$ with $\epsilon>0$. "
)


@pytest.mark.parametrize(("claim", "verdict"), [
    ("Take the batch $1,3,5,7$, so that $v=5$.", "undecided"),  # the words say where
    (r"Then $v+\mu=7$.", "undecided"),
    (r"Then $\sum_{i=1}^4(x_i-\mu)=2$.", "refuted"),  # it is 0 everywhere
    (r"Then $\sum_{i=1}^4 x_i=0$.", "refuted"),
])  # fmt: skip
def test_a_number_beside_what_differs_from_place_to_place(claim: str, verdict: str) -> None:
    found = [r for r in check(document(source_of(BATCH + claim, "x.tex"))).records if r.judged]
    assert [r.verdict for r in found] == [verdict]
