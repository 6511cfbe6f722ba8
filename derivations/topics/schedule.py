"""Training schedules: iterations, batches and epochs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import sympy as sp

from derivations.kernel.chains import chain, equals, link, theorem, written
from derivations.kernel.statement import Rel, Rule, equation
from derivations.kernel.theorem import Theorem
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Scalar
from derivations.language.errors import ParameterError
from derivations.language.term import Name, Num, Term, relation, term
from derivations.problem import Answer, Meaning, Mistake, Problem, Section, noun
from derivations.rules.equality import algebra, arithmetic, by_definition
from derivations.topics.drawn.numbers import training
from derivations.topics.working import Working

DECIMALS = Rule("judged", (None,))
per_epoch = Name("batches per epoch", font="text")
epochs = Name("epochs", font="text")
samples_, batch_, iterations_ = (Name(word, font="text") for word in ("samples", "batch size", "iterations"))


def batches(samples: Any, batch: Any, last_batch: str) -> Any:
    """Batches in one pass: the last one, when it is not full, is kept (the quotient rounded up) or dropped (rounded down)."""
    return sp.ceiling(samples / batch) if last_batch == "keep" else sp.floor(samples / batch)


def passes(iterations: Any, in_a_pass: Any) -> Any:
    """Passes over the data: an iteration uses one batch."""
    return iterations / in_a_pass


class Run:
    """A training run in SymPy: its sizes as symbols, and what they are (``values``) where they are written."""

    def __init__(self, values: Mapping[Name, Term], last_batch: str) -> None:
        symbols = (v for v in values.values() if isinstance(v, Name))
        self.work = Working(Context().declare(Scalar(Domain.NATURAL), samples_, batch_, iterations_, per_epoch, *symbols))
        self.put_in = {self.work.of(name): value for name, value in values.items()}
        self.samples, self.batch, self.iterations, self.in_a_pass = (self.work.of(n) for n in (samples_, batch_, iterations_, per_epoch))
        self.batches = batches(self.samples, self.batch, last_batch)
        self.passes = passes(self.iterations, self.in_a_pass)

    def value(self, expression: Any) -> Any:
        """The expression with the numbers put in, worked out."""
        return expression.subs({symbol: self.work.of(value) for symbol, value in self.put_in.items()})


def context(run: Run, last_batch: str) -> Context:
    known = Context().declare(Scalar(Domain.NATURAL), samples_, batch_, iterations_)
    known = known.define(per_epoch, run.work.term(run.batches))
    return known.define(epochs, run.work.term(run.passes)).convention(
        "a last batch that is not full is " + ("kept and counts as a batch" if last_batch == "keep" else "dropped")
    )


def problem(iterations: int | Name, samples: int | Name, batch: int | Name, last_batch: str = "keep") -> Problem:
    """How many epochs a number of iterations makes: iterations over batches per epoch (a fraction where the last pass is not complete).

    Raises:
        ParameterError: the batch is larger than the data set.
    """
    if isinstance(samples, int) and isinstance(batch, int) and batch > samples:
        raise ParameterError("epochs", "batch", batch, f"at most samples = {samples}")
    values = dict(zip((iterations_, samples_, batch_), (term(v) if isinstance(v, int) else v for v in (iterations, samples, batch)), strict=True))
    run = Run(values, last_batch)
    work = run.work
    known = context(run, last_batch).declare(Scalar(Domain.NATURAL), *(v for v in values.values() if isinstance(v, Name)))
    for name, value in values.items():
        known = known.define(name, value)
    n, b, steps = values[samples_], values[batch_], values[iterations_]
    if isinstance(n, Name) or isinstance(b, Name):
        known = known.assume(relation(b, "<=", n))
    keeps = last_batch == "keep"
    rounding = "a last batch that is not full counts: rounded up" if keeps else "a last batch that is not full is dropped: rounded down"
    links = [
        equals(work.term(run.batches), by_definition, rounding),
        equals(
            work.term(run.batches, put_in=run.put_in),
            by_definition,
            ("the numbers put in: ", relation(samples_, "=", n), ", ", relation(batch_, "=", b)),
            key=False,
        ),
    ]
    in_a_pass = run.value(run.batches)
    if isinstance(samples, int) and isinstance(batch, int):
        links.append(equals(work.term(in_a_pass), arithmetic, _division(samples, batch, last_batch)))
    first = theorem("Batches in an epoch", known, chain(per_epoch, *links))
    found = run.value(run.passes).subs(run.in_a_pass, in_a_pass)
    number = Fraction(int(found.p), int(found.q)) if found.is_Rational else None
    quotient = work.term(run.passes, put_in={**run.put_in, run.in_a_pass: first.statement.rhs})
    links = [
        equals(work.term(run.passes), by_definition, "an iteration uses one batch, so an epoch takes as many iterations as it has batches"),
        equals(quotient, algebra, (relation(iterations_, "=", steps), ", and the batches from above"), first, key=number is None),
    ]
    if number is not None and quotient != work.term(found):
        links.append(equals(work.term(found), arithmetic, "the quotient" if number.denominator == 1 else "in lowest terms"))
    exact: Theorem = theorem("Epochs", known, chain(epochs, *links))
    sections = [
        Section(first, "An epoch is one pass over the data. How many batches does it have?"),
        Section(exact, "How many passes do the iterations make?"),
    ]
    answer = exact.statement.rhs
    general = (first.steps[0].step.statement, exact.steps[0].step.statement)
    shown = [exact.statement]
    said: tuple[str | Term, ...] = ("The model is trained for ", answer, noun(answer, " epoch"), ":")
    if number is not None and number.denominator != 1 and number < READ_AT_A_GLANCE:
        decimal, is_exact = _decimal(number)
        rounded = theorem("In decimals", known, chain(answer, link(Rel.EQ if is_exact else Rel.APPROX, decimal, DECIMALS, "in decimals")))
        sections.append(Section(rounded, titled=False))
        shown.append(rounded.statement)
        said = ("The model is trained for ", decimal, " epochs, so epoch ", term(int(number) + 1), " is not finished:")
    return Problem(
        "epochs",
        "Epochs of a training run",
        ("Stochastic gradient descent runs for ", steps, noun(steps, " iteration"), " on a data set of ", n, noun(n, " sample"), " with a batch size of ", b,
         ". For how many epochs is the model trained?"),
        tuple(sections),
        Answer(tuple(shown), found, said, known.conventions[0], general),
        {"iterations": iterations, "samples": samples, "batch": batch, "last_batch": last_batch},
        figure=training(iterations, samples, batch, last_batch),
        hints=(
            "How many batches does one pass over the data have, and what becomes of a last batch that is not full?",
            "How many batches does one iteration use?",
            "How many passes fit into the iterations?",
        ),
        meanings=(
            Meaning((iterations_, samples_, batch_), "are integers, at least 1"),
            Meaning((per_epoch,), "is the number of batches in one pass over the data"),
            Meaning((epochs,), "the number of passes"),
        ),
        mistakes=_mistakes(run, known, first, samples, batch, last_batch),
    )


def _mistakes(run: Run, known: Context, first: Theorem, samples: int | Name, batch: int | Name, last_batch: str) -> tuple[Mistake, ...]:
    def claimed(value: Any, why: str) -> Mistake:
        return Mistake(written(equation(epochs, run.work.term(value))), known, algebra, why)

    found = [
        claimed(run.iterations / run.batch, "The iterations are divided by the batch size. That is neither a number of batches nor one of epochs."),
        claimed(run.iterations / run.samples, "An iteration is taken to use one sample. It uses a batch."),
    ]
    if isinstance(samples, int) and isinstance(batch, int) and samples % batch:
        other = run.work.term(run.value(batches(run.samples, run.batch, "drop" if last_batch == "keep" else "keep")))
        why = "The last batch is dropped. Here it is kept, though it is smaller."
        if last_batch != "keep":
            why = "The last batch is kept. Here it is dropped, because it is not full."
        found.append(Mistake(equation(first.statement.lhs, other), known, algebra, why))
    return tuple(found)


def _division(samples: int, batch: int, last_batch: str) -> str:
    if samples % batch == 0:
        return "the batch size divides the number of samples"
    return "rounded up: the last batch is smaller" if last_batch == "keep" else "rounded down: the last batch is dropped"


def _lowest(value: Fraction) -> Term:
    """The quotient in lowest terms."""
    return term(value.numerator) if value.denominator == 1 else bracketed(term(value.numerator) / value.denominator)


READ_AT_A_GLANCE: Final = 10**9
"""Beyond it decimals tell a person no more than the fraction."""


def _decimal(value: Fraction) -> tuple[Term, bool]:
    """A number as a decimal with as few places as show that it is none of the integers beside it, at least two; and whether it is exact."""
    for places in range(2, 12):
        rounded = round(value, places)
        if int(rounded) == int(value) and rounded != int(value):
            return Num(f"{Decimal(rounded.numerator) / Decimal(rounded.denominator):f}"), rounded == value
    return _lowest(value), True
