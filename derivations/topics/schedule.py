"""Training schedules: iterations, batches and epochs."""

from __future__ import annotations

from derivations.kernel.chains import chain, equals, theorem
from derivations.kernel.theorem import Theorem
from derivations.language.context import Context, Domain, Scalar
from derivations.language.errors import ParameterError
from derivations.language.term import Bars, Name, Term, relation, term
from derivations.problem import Answer, Problem, Section, noun
from derivations.rules.equality import algebra, arithmetic, by_definition
from derivations.topics.drawn.numbers import training

per_epoch = Name("batches per epoch", font="text")
epochs = Name("epochs", font="text")
samples_, batch_, iterations_ = (Name(word, font="text") for word in ("samples", "batch size", "iterations"))


def batches(samples: Term, batch: Term, last_batch: str) -> Term:
    """Batches in one pass: the last one, when it is not full, is kept (the quotient rounded up) or dropped (rounded down)."""
    return Bars("ceil" if last_batch == "keep" else "floor", samples / batch)


def context(last_batch: str) -> Context:
    known = Context().declare(Scalar(Domain.NATURAL), samples_, batch_, iterations_)
    known = known.define(per_epoch, batches(samples_, batch_, last_batch))
    return known.define(epochs, iterations_ / per_epoch).convention(
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
    known = context(last_batch).declare(Scalar(Domain.NATURAL), *(v for v in values.values() if isinstance(v, Name)))
    for name, value in values.items():
        known = known.define(name, value)
    n, b, steps = values[samples_], values[batch_], values[iterations_]
    if isinstance(n, Name) or isinstance(b, Name):
        known = known.assume(relation(b, "<=", n))
    one_pass = batches(n, b, last_batch)
    passes: Term = one_pass
    links = [equals(one_pass, by_definition, "batches in one pass over the data")]
    if isinstance(samples, int) and isinstance(batch, int):
        passes = term(-(-samples // batch) if last_batch == "keep" else samples // batch)
        links.append(equals(passes, arithmetic, _division(samples, batch, last_batch)))
    first = theorem("Batches in an epoch", known, chain(per_epoch, *links))
    links = [equals(steps / per_epoch, by_definition, "every epoch takes that many iterations"), equals(steps / passes, algebra, "", first)]
    if isinstance(iterations, int) and isinstance(samples, int) and isinstance(batch, int):
        links.append(equals(_lowest(iterations, int(passes.digits)), arithmetic, "division"))  # type: ignore[attr-defined]
    second: Theorem = theorem("Epochs", known, chain(epochs, *links))
    from derivations.language.denote import denote

    answer = second.statement.rhs
    return Problem(
        "epochs",
        "Epochs of a training run",
        ("Stochastic gradient descent runs for ", steps, noun(steps, " iteration"), " on a data set of ", n, noun(n, " sample"), " with a batch size of ", b,
         ". For how many epochs is the model trained?"),
        (Section(first, ("An epoch is one pass over the data.",)), Section(second, "")),
        Answer((second.statement,), denote(answer, known), ("The model is trained for ", answer, noun(answer, " epoch"), "."), known.conventions[0]),
        {"iterations": iterations, "samples": samples, "batch": batch, "last_batch": last_batch},
        figure=training(iterations, samples, batch, last_batch),
    )


def _division(samples: int, batch: int, last_batch: str) -> str:
    if samples % batch == 0:
        return "the batch size divides the number of samples"
    return "rounded up: the last batch is smaller" if last_batch == "keep" else "rounded down: the last batch is dropped"


def _lowest(iterations: int, passes: int) -> Term:
    """The quotient in lowest terms."""
    from fractions import Fraction

    value = Fraction(iterations, passes)
    return term(value.numerator) if value.denominator == 1 else term(value.numerator) / value.denominator
