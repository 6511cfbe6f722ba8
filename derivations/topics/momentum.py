"""Momentum as a weighted sum of gradients.

Polyak, *Some methods of speeding up the convergence of iteration methods* (1964); in this form (a moving average) Prince, *Understanding Deep
Learning* (2023), section 6.3.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from derivations.kernel.chains import chain, equals, theorem, written
from derivations.kernel.statement import Statement, equation
from derivations.kernel.theorem import Theorem
from derivations.language.context import Context, Domain, Scalar, Sequence
from derivations.language.errors import ParameterError
from derivations.language.term import Name, Num, Term, names, relation, sum_over, term
from derivations.problem import Answer, Meaning, Mistake, Problem, Section, Words
from derivations.reading.functions import Written, written_function
from derivations.rules.equality import algebra, by_definition, summation
from derivations.rules.induction import by_induction
from derivations.topics.drawn.numbers import decay

m, g, t, k = names("m g t k")
ZERO, ONE = Num("0"), Num("1")


def update(beta, m_t, g_t):  # type: ignore[no-untyped-def]
    return beta * m_t + (1 - beta) * g_t


def context(beta: Term, start: str) -> Context:
    """The names of the recurrence; ``m_{t+1}`` is defined by ``update``."""
    one_step = written_function(update)
    known = Context().declare(Scalar(Domain.WHOLE), t).declare(Sequence(), m, g)
    if isinstance(beta, Name):
        known = known.declare(Scalar(Domain.UNIT), beta)
    known = known.define(m[t + 1], step(one_step, beta, t), (t,))
    return known.define(m[0], ZERO) if start == "zero" else known


def step(one_step: Written, beta: Term, at: Term) -> Term:
    return one_step(beta, m[at], g[at])


def weighted_sum(beta: Term, last: Term) -> Term:
    """``(1 - beta) sum_{k=0}^{last} beta^k g_{last-k}``."""
    return (1 - beta) * sum_over(k, 0, last, beta**k * g[last - k])


def claim(beta: Term, form: str) -> Statement:
    """What is to be shown: for ``m_{t+1}`` (the momentum after the gradient g_t), or for ``m_t``."""
    if form == "next":
        return written(equation(m[t + 1], beta ** (t + 1) * m[0] + weighted_sum(beta, t)))
    return written(equation(m[t], beta**t * m[0] + weighted_sum(beta, t - 1)))


def unrolled(known: Context, beta: Term) -> Theorem:
    b = 1 - beta
    return theorem(
        "Three steps back",
        known.assume(relation(t, ">=", 2)),
        chain(
            m[t + 1],
            equals(beta * m[t] + b * g[t], by_definition, "the update"),
            equals(beta * (beta * m[t - 1] + b * g[t - 1]) + b * g[t], by_definition, ("the update for ", m[t]), key=False),
            equals(beta**2 * m[t - 1] + beta * b * g[t - 1] + b * g[t], algebra, "multiplied out", key=False),
            equals(beta**2 * (beta * m[t - 2] + b * g[t - 2]) + beta * b * g[t - 1] + b * g[t], by_definition, ("the update for ", m[t - 1])),
            equals(beta**3 * m[t - 2] + beta**2 * b * g[t - 2] + beta * b * g[t - 1] + b * g[t], algebra, "multiplied out"),
        ),
    )


def base(known: Context, beta: Term, form: str) -> Theorem:
    if form == "next":
        steps = chain(
            m[1],
            equals(beta * m[0] + (1 - beta) * g[0], by_definition, ("the update for ", relation(t, "=", 0))),
            equals(beta**1 * m[0] + weighted_sum(beta, ZERO), summation, "the sum has one term"),
        )
    else:
        steps = chain(m[0], equals(beta**0 * m[0] + weighted_sum(beta, term(-1)), summation, "the sum is empty"))
    return theorem("Base of the induction", known, steps)


def inductive_step(known: Context, beta: Term, form: str) -> Theorem:
    """From the claim for t to the claim for t + 1."""
    hypothesis = claim(beta, form)
    now = t + 1 if form == "next" else t
    before = hypothesis.rhs
    last = now - 1 if form == "current" else t
    return theorem(
        "Step of the induction",
        known.assume(hypothesis.formula),
        chain(
            m[t + 2] if form == "next" else m[t + 1],
            equals(beta * m[now] + (1 - beta) * g[now], by_definition, "the update", key=False),
            equals(beta * before + (1 - beta) * g[now], algebra, ("the claim for ", t), hypothesis),
            equals(
                beta ** (t + 2 if form == "next" else t + 1) * m[0] + (1 - beta) * (g[now] + sum_over(k, 0, last, beta ** (k + 1) * g[last - k])),
                summation,
                "multiplied out",
                key=False,
            ),
            equals(
                beta ** (t + 2 if form == "next" else t + 1) * m[0] + weighted_sum(beta, now),
                summation,
                (g[now], " joins the sum as its first term: ", k + 1, " becomes ", k),
            ),
        ),
    )


def weights(known: Context, beta: Term, form: str) -> Theorem:
    """The weights are a geometric series: they add up to what the first momentum's weight leaves."""
    last = t if form == "next" else t - 1
    return theorem(
        "The weights add up",
        known,
        chain(
            sum_over(k, 0, last, (1 - beta) * beta**k),
            equals((1 - beta) * sum_over(k, 0, last, beta**k), summation, "the constant factor", key=False),
            equals(1 - beta ** (last + 1 if form == "next" else t), summation, "a geometric series"),
        ),
    )


def problem(beta: Name | Fraction = Name("beta"), form: str = "next", start: str = "symbol") -> Problem:  # noqa: B008
    """The momentum recurrence solved: by induction, for ``m_{t+1}`` or ``m_t``, from ``m_0`` or from 0.

    Raises:
        ParameterError: beta is 0 (then there is no memory, and the weights are not a geometric series) or 1 (then no gradient enters), or a symbol that
            the derivation uses.
    """
    if beta in (0, 1):
        raise ParameterError("momentum", "beta", int(beta), "strictly between 0 and 1")
    if beta in (own := (m, g, t, k)):
        raise ParameterError("momentum", "beta", beta.text, f"any name but {', '.join(n.text for n in own)}, which the derivation uses")  # type: ignore[union-attr]
    b = beta if isinstance(beta, Name) else _number(beta)
    free = context(b, "symbol")
    first, onward = base(free, b, form), inductive_step(free, b, form)
    solved = by_induction("Momentum is a weighted sum of gradients", free, claim(b, form), t, first, onward)
    sections = [
        Section(unrolled(free, b), "Putting the update into itself shows the pattern: each step back brings another factor."),
        Section(first, "The pattern holds at the start.", "lemma", whole="normal"),
        Section(onward, ("If it holds for ", t, ", it holds for ", t + 1, "."), "lemma"),
        Section(solved, ("So it holds for every ", t, ".")),
    ]
    result = solved.statement
    if start == "zero":
        known = context(b, "zero")
        last = t if form == "next" else t - 1
        from_zero = theorem(
            "Started at zero",
            known,
            chain(
                result.lhs,
                equals(result.rhs, algebra, "the formula above", solved),
                equals(weighted_sum(b, last), by_definition, (relation(m[0], "=", 0),)),
            ),
        )
        sections.append(Section(from_zero, "The first momentum is zero."))
        result = from_zero.statement
    total = weights(free, b, form)
    sections.append(Section(total, ("The weights of the gradients add up to less than one; the rest stays with ", m[0], "."), depth="full"))
    gradient = g[t - k] if form == "next" else g[t - 1 - k]
    recursion = free.definitions[0]
    return Problem(
        "momentum",
        "Momentum as a weighted sum of gradients",
        (
            "Stochastic gradient descent with momentum updates ",
            recursion.lhs,
            " to ",
            recursion.rhs,
            ", where ", g[t], " is the gradient of the loss at iteration ", t,
            ". Show that the momentum is a weighted sum of the gradients at the previous iterations, and derive the weights of that sum.",
        ),
        tuple(sections),
        Answer(
            (result,),
            _value(b, form, start),
            ("Momentum is a weighted sum of the gradients. The gradient ", gradient, " has the weight ", (1 - b) * b**k,
             ", so the weights shrink by the factor ", b, " at each step back; together they are ", total.statement.rhs, ":"),
            ("the formula is for ", result.lhs, ", the momentum ", "after" if form == "next" else "before", " the gradient ", g[t], " enters"),
        ),
        {"beta": beta, "form": form, "start": start},
        notes=(("With ", relation(m[0], "=", 0), " the first term vanishes, and only gradients are left."),) if start == "symbol" else (),
        figure=decay(beta, (1 - b) * b**k, k, total.context.declare(Scalar(Domain.WHOLE), k)),
        hints=(
            ("Put the update for ", m[t], " into that for ", m[t + 1], ", and then that for ", m[t - 1], ". Which factors stand before the gradients?"),
            "Which formula do you expect after all steps back? What stands before the first momentum?",
            "How can you be sure that the pattern goes on? Show that it holds at the start, and that one update keeps it.",
        ),
        meanings=(
            Meaning((m[t],), ("is the momentum at iteration ", t, ", started at ", m[0])),
            Meaning((g[t],), ("the gradient of the loss there, summed over the batch")),
            Meaning((t, k), "are integers, at least 0"),
            *((Meaning((b,), "a real number strictly between 0 and 1"),) if isinstance(b, Name) else ()),
        ),
        mistakes=_mistakes(context(b, start), b, form, start, solved),
    )


def _number(value: Fraction) -> Term:
    """A number as people write it: as a decimal where that ends soon."""
    if 10**4 % value.denominator == 0:
        return Num(f"{Decimal(value.numerator) / Decimal(value.denominator):f}")
    return term(value.numerator) / value.denominator


def _mistakes(known: Context, beta: Term, form: str, start: str, solved: Theorem) -> tuple[Mistake, ...]:
    statement = solved.statement
    last = t if form == "next" else t - 1
    power = t + 1 if form == "next" else t

    def claimed(right: Term, why: Words) -> Mistake:
        return Mistake(written(equation(statement.lhs, right)), known, summation, why)

    def summed(tail: Term) -> Term:
        return tail if start == "zero" else beta**power * m[0] + tail

    found = [
        claimed(summed(sum_over(k, 0, last, beta**k * g[last - k])), ("The factor ", 1 - beta, " is left out: every gradient enters with it.")),
        claimed(summed((1 - beta) * sum_over(k, 0, last, beta**k * g[k])), "The order is reversed. The newest gradient has the largest weight."),
    ]
    if start != "zero":
        found.append(claimed(weighted_sum(beta, last), ("The first momentum is left out. It fades by the factor ", beta, " at each step, but it is not gone.")))
    return tuple(found)


def _value(beta: Term, form: str, start: str) -> object:
    from derivations.language.denote import denote

    known = context(beta, start).declare(Scalar(Domain.WHOLE), k)
    return denote(claim(beta, form).rhs, known)
