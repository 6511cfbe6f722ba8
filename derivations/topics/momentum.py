"""Momentum as a weighted sum of gradients, and every linear recurrence ``m_{t+1} = a m_t + b g_t`` likewise.

SymPy puts the update into itself, the series is guessed from the terms that come of it, and the guess is proved by induction.

Polyak, *Some methods of speeding up the convergence of iteration methods* (1964); as a moving average Prince, *Understanding Deep Learning* (2023),
section 6.3.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sympy as sp

from derivations.figures import Figure
from derivations.kernel.chains import Link, chain, equals, theorem, written
from derivations.kernel.statement import Because, Statement, equation
from derivations.kernel.theorem import Theorem
from derivations.language.context import Context, Domain, Scalar, Sequence
from derivations.language.errors import DeriveError, ParameterError
from derivations.language.record import record
from derivations.language.structure import free_names, substitute, subterms
from derivations.language.term import Index, Name, Num, Term, names, relation, term
from derivations.problem import Answer, Later, Meaning, Mistake, Problem, Section, Words
from derivations.reading.python_expression import expression
from derivations.rules.equality import algebra, by_definition, summation
from derivations.rules.induction import by_induction
from derivations.topics.drawn.numbers import decay
from derivations.topics.working import Order, Working, geometric, joined

m, g, t, k = names("m g t k")
beta_ = Name("beta")
STEPS = 3
"""How often the update is put into itself before the series is guessed."""


UPDATES = {"average": "beta*m + (1 - beta)*g", "accumulation": "beta*m + g", "second-moment": "beta*m + (1 - beta)*g**2"}


def written_update(text: str) -> Term:
    """The update by its name, or as a formula in m and g (and other letters, which are numbers)."""
    formula = expression(UPDATES.get(text, text), "the update")
    if not {m, g} <= (found := free_names(formula)):
        raise ParameterError("momentum", "update", text, f"one of {', '.join(UPDATES)}, or a formula in m and g such as beta*m + g")
    if found & {t, k}:
        raise ParameterError("momentum", "update", text, "a formula without t and k, which the derivation uses")
    if any(isinstance(part, Index) for _, part in subterms(formula)):
        raise ParameterError("momentum", "update", text, "a formula whose letters have no index: m and g are those of the iteration")
    return substitute(formula, {m: m[t], g: g[t]})


@record
class Recurrence:
    """``m_{t+1} = a m_t + sum of b u_t`` as SymPy takes it apart: a, and each part u of the input with its factor b.

    ``context`` declares the names and defines the update; ``work`` writes what SymPy computes.
    """

    context: Context
    work: Working
    memory: Any
    inputs: tuple[tuple[Any, Any], ...]
    form: str

    @property
    def order(self) -> Order:
        base, drive = self.m, self.work.entries(g)
        return Order(factors=(self.memory, *(b for b, _ in self.inputs), base, drive), terms=(base, drive, self.t, -1))

    @property
    def m(self) -> Any:
        return self.work.entries(m)

    @property
    def t(self) -> Any:
        return self.work.of(t)

    @property
    def k(self) -> Any:
        return sp.Symbol("k", integer=True)

    @property
    def now(self) -> Any:
        """How often the momentum that the formula is for was renewed: t + 1 times, or t times."""
        return self.t + 1 if self.form == "next" else self.t

    def after(self, at: Any) -> Any:
        """The right side of the update for ``m_{at+1}``."""
        return self.memory * self.m[at] + sum(b * u.subs(self.t, at) for b, u in self.inputs)

    def term(self, expression: Any) -> Term:
        return self.work.term(expression, self.order)

    def weight(self, expression: Any) -> Term:
        """A weight, with the factor of the input in front."""
        return self.work.term(expression, replace(self.order, factors=(*(b for b, _ in self.inputs), self.memory)))


def linear(context: Context, work: Working, one_step: Term, form: str, given: str) -> Recurrence:
    """The coefficients of an update.

    Raises:
        ParameterError: it is not linear in the momentum, forgets it, or adds something that holds no gradient.
    """
    base, drive, at = work.entries(m), work.entries(g), work.of(t)
    expanded = sp.expand(work.of(one_step))
    memory = expanded.coeff(base[at])
    rest = sp.expand(expanded - memory * base[at])
    if memory == 0 or memory.has(base) or memory.has(drive) or rest.has(base):
        raise ParameterError("momentum", "update", given, "linear in m, with a factor that is no gradient and not 0")
    parts: dict[Any, Any] = {}
    for summand in sp.Add.make_args(rest):
        factor, part = summand.as_independent(drive, as_Add=False)
        parts[part] = parts.get(part, 0) + factor
    inputs = tuple((work.whole(factor), part) for part, factor in parts.items() if factor != 0)
    if sp.S.One in parts or not inputs or not rest:
        raise ParameterError("momentum", "update", given, "a sum of the momentum and of gradients, each with a factor")
    return Recurrence(context, work, work.whole(memory), inputs, form)


def unrolled(of: Recurrence) -> tuple[list[Any], list[tuple[Any, Any]]]:
    """The update put into itself: what each of the STEPS gives, and pairs of (what stands there after putting in, after multiplying out)."""
    lines = [of.after(of.t)]
    pairs = []
    for back in range(1, STEPS):
        put_in = lines[-1].subs(of.m[of.t - back + 1], of.after(of.t - back))
        pairs.append((put_in, sp.expand(put_in)))
        lines.append(pairs[-1][1])
    return lines, pairs


def three_steps_back(of: Recurrence) -> Theorem:
    lines, pairs = unrolled(of)
    links = [equals(of.term(lines[0]), by_definition, "the update")]
    for back, (put_in, multiplied) in enumerate(pairs, 1):
        entry = of.term(of.m[of.t - back + 1])
        last = back == len(pairs)
        links.append(equals(of.term(put_in), by_definition, ("the update for ", entry), key=last or put_in == multiplied))
        links.append(equals(of.term(multiplied), algebra, "multiplied out", key=last))
    return theorem("Three steps back", of.context.assume(relation(t, ">=", STEPS - 1)), chain(m[t + 1], *_moving(m[t + 1], links)))


def _moving(start: Term, links: list[Link]) -> list[Link]:
    """The links without those that write again what stands there."""
    kept: list[Link] = []
    for one in links:
        if one.rhs != (kept[-1].rhs if kept else start):
            kept.append(one)
    return kept


@record
class Series:
    """The guess: after n updates ``first^n m_0``, and each input k updates back has the weight ``b ratio^k``."""

    of: Recurrence
    start: Any
    weights: tuple[Any, ...]

    def at(self, n: Any) -> Any:
        """What the momentum is after n updates."""
        return self.start(n) * self.of.m[0] + self.sums(n)

    def sums(self, n: Any) -> Any:
        return sum(b * self.summed(number, n) for number, (b, _) in enumerate(self.of.inputs))

    def summed(self, number: int, n: Any) -> Any:
        """The sum of one input over all updates, its factor apart."""
        of = self.of
        return sp.Sum(self.weights[number](of.k) * of.inputs[number][1].subs(of.t, n - 1 - of.k), (of.k, 0, n - 1))


def guessed(of: Recurrence) -> Series:
    """The series whose first terms are those of the unrolled update.

    Raises:
        DeriveError: they do not go on as a geometric series.
    """
    lines, _ = unrolled(of)
    first, ratio = geometric([line.coeff(of.m[of.t - back]) for back, line in enumerate(lines)])
    weights = []
    for b, u in of.inputs:
        weight, by = geometric([sp.expand(lines[-1]).coeff(u.subs(of.t, of.t - back)) for back in range(STEPS)])
        weights.append((weight / b, by))
    return Series(of, lambda n: sp.powsimp(first * ratio ** (n - 1)), tuple((lambda at, w=w, by=by: w * by**at) for w, by in weights))


def claim(series: Series, n: Any) -> Statement:
    """What is to be shown of the momentum after n updates."""
    of = series.of
    return written(equation(of.term(of.m[n]), of.term(series.at(n))))


def base(series: Series) -> Theorem:
    of = series.of
    first = of.now.subs(of.t, 0)
    right = of.term(series.at(first))
    if first == 0:
        return theorem("Base of the induction", of.context, chain(m[0], equals(right, summation, "the sum is empty")))
    return theorem(
        "Base of the induction",
        of.context,
        chain(
            m[1],
            equals(of.term(of.after(0)), by_definition, ("the update for ", relation(t, "=", 0))),
            equals(right, summation, "the sum has one term"),
        ),
    )


def inductive_step(series: Series) -> Theorem:
    """From the claim for t to the claim for t + 1: the claim is put into the update, the factor goes into the sum, and the new gradient joins it."""
    of, n = series.of, series.of.now
    hypothesis = claim(series, n)
    update_ = of.after(n)
    put_in = update_.subs(of.m[n], series.at(n))
    inside = whole = sp.powsimp(of.memory * series.start(n)) * of.m[0]
    for number, (b, u) in enumerate(of.inputs):
        old = series.summed(number, n)
        carried = sp.Sum(sp.powsimp(of.memory * old.function), *old.limits)
        newest = u.subs(of.t, n)
        inside += b * (newest + carried)
        whole += b * joined(newest, carried.change_index(of.k, of.k + 1))
    entries = [of.term(u.subs(of.t, n)) for _, u in of.inputs]
    joins: Because = (entries[0], " joins the sum as its first term: ", k + 1, " becomes ", k)
    if len(entries) > 1:
        joins = ("the newest terms join their sums: ", k + 1, " becomes ", k)
    start = of.term(of.m[n + 1])
    links = [
        equals(of.term(update_), by_definition, "the update", key=False),
        equals(of.term(put_in), algebra, ("the claim for ", t), hypothesis),
        equals(of.term(inside), summation, "multiplied out", key=False),
        equals(of.term(whole), summation, joins),
    ]
    return theorem("Step of the induction", of.context.assume(hypothesis.formula), chain(start, *_moving(start, links)))


@record
class Weights:
    """The weights of one input: ``b a^k`` for the one k updates back, and the theorem that adds them up."""

    one: Term
    total: Theorem


def weights(series: Series) -> tuple[Weights, ...]:
    """What the weights of each input add up to, where SymPy can say it in a closed form under what is assumed."""
    of, found = series.of, []
    for number, (b, _) in enumerate(of.inputs):
        weight = series.weights[number](of.k)
        limits = (of.k, 0, of.now - 1)
        together, apart = sp.Sum(sp.powsimp(b * weight), limits), b * sp.Sum(weight, limits)
        try:
            closed = of.work.holding(sp.summation(of.work.value(weight), limits))
        except DeriveError:
            continue  # whether the factor is 1 is not known: then there is no closed form
        above, below = sp.fraction(closed)
        factor = sp.cancel(of.work.value(b) / below)
        result = of.term(factor * above if factor.is_polynomial() else b * closed)
        start = of.weight(together)
        links = [
            equals(of.weight(apart), summation, "the constant factor", key=False),
            equals(result, summation, "a geometric series" if weight.has(of.k) else "all weights alike"),
        ]
        found.append(Weights(of.weight(sp.powsimp(b * weight)), theorem("The weights add up", of.context, chain(start, *_moving(start, links)))))
    return tuple(found)


def problem(beta: Name | Fraction = beta_, form: str = "next", start: str = "symbol", update: str = "average") -> Problem:
    """A momentum recurrence solved: by induction, for ``m_{t+1}`` or ``m_t``, from ``m_0`` or from 0.

    Args:
        beta: the weight of the old momentum, a number or a name.
        form: whether the formula is for ``m_{t+1}`` ("next") or for ``m_t`` ("current").
        start: whether the first momentum is a symbol or zero.
        update: what ``m_{t+1}`` is: ``average``, ``accumulation``, ``second-moment``, or a formula in m and g that is linear in m.

    Raises:
        ParameterError: beta is 0 (then there is no memory, and the weights are not a geometric series) or 1 (then no gradient enters), or a symbol that
            the derivation uses; an update that is not linear.
    """
    if beta in (0, 1):
        raise ParameterError("momentum", "beta", int(beta), "strictly between 0 and 1")
    if beta in (own := (m, g, t, k)):
        raise ParameterError("momentum", "beta", beta.text, f"any name but {', '.join(n.text for n in own)}, which the derivation uses")  # type: ignore[union-attr]
    one_step = written_update(update)
    if beta_ not in free_names(one_step) and beta != beta_:
        raise ParameterError("momentum", "beta", str(beta), f"left out: the update {update} has no beta")
    if beta != beta_ and beta in free_names(one_step):
        raise ParameterError("momentum", "beta", beta.text, f"a name that the update {update} does not have")  # type: ignore[union-attr]
    b = beta if isinstance(beta, Name) else _number(beta)
    of = recurrence(one_step, b, form, update)
    series = guessed(of)
    n = of.now
    first, onward = base(series), inductive_step(series)
    solved = by_induction("Momentum is a weighted sum of gradients", of.context, claim(series, n), t, first, onward)
    sections = [
        Section(three_steps_back(of), "Putting the update into itself shows the pattern: each step back brings another factor."),
        Section(first, "The pattern holds at the start.", "lemma", whole="normal"),
        Section(onward, ("If it holds for ", t, ", it holds for ", t + 1, "."), "lemma"),
        Section(solved, ("So it holds for every ", t, ".")),
    ]
    result = solved.statement
    if start == "zero":
        vanished = series.at(n).subs(of.m[0], 0)
        from_zero = theorem(
            "Started at zero",
            from_nothing(of.context),
            chain(
                result.lhs,
                equals(result.rhs, algebra, "the formula above", solved),
                equals(of.term(vanished), by_definition, (relation(m[0], "=", 0),)),
            ),
        )
        sections.append(Section(from_zero, "The first momentum is zero."))
        result = from_zero.statement
    totals = weights(series)
    average = len(totals) == 1 and of.work.value(of.memory + of.inputs[0][0]) == 1
    left = ("The weights of the gradients add up to less than one; the rest stays with ", m[0], ".")
    said: Words = left if average else "What the weights of the gradients add up to."
    sections += [Section(one.total, said if not number else "", depth="full", titled=not number) for number, one in enumerate(totals)]
    return Problem(
        "momentum",
        "Momentum as a weighted sum of gradients",
        (
            "Stochastic gradient descent with momentum updates ",
            of.context.definitions[0].lhs,
            " to ",
            of.context.definitions[0].rhs,
            ", where ",
            g[t],
            " is the gradient of the loss at iteration ",
            t,
            ". Show that the momentum is a weighted sum of the gradients at the previous iterations, and derive the weights of that sum.",
        ),
        tuple(sections),
        Answer(
            (result,),
            Later(lambda: _value(result.rhs, of.context)),
            _said(series, totals),
            ("the formula is for ", result.lhs, ", the momentum ", "after" if form == "next" else "before", " the gradient ", g[t], " enters"),
        ),
        {"beta": beta, "form": form, "start": start, "update": update},
        notes=(("With ", relation(m[0], "=", 0), " the first term vanishes, and only gradients are left."),) if start == "symbol" else (),
        figure=_drawn(series, beta),
        hints=(
            ("Put the update for ", m[t], " into that for ", m[t + 1], ", and then that for ", m[t - 1], ". Which factors stand before the gradients?"),
            "Which formula do you expect after all steps back? What stands before the first momentum?",
            "How can you be sure that the pattern goes on? Show that it holds at the start, and that one update keeps it.",
        ),
        meanings=(
            Meaning((m[t],), ("is the momentum at iteration ", t, ", started at ", m[0])),
            Meaning((g[t],), ("the gradient of the loss there, summed over the batch")),
            Meaning((t, k), "are integers, at least 0"),
            *((Meaning((b,), "a real number strictly between 0 and 1"),) if b in free_names(of.context.definitions[0].rhs) else ()),
            *(Meaning((name,), "a real number") for name, kind in of.context.kinds if kind == Scalar()),
        ),
        mistakes=_mistakes(series, result, from_nothing(of.context) if start == "zero" else of.context, start),
    )


def recurrence(one_step: Term, beta: Term, form: str, given: str) -> Recurrence:
    """The update as a definition, and what SymPy finds in it. SymPy computes with the letter beta, a number is put in where it is written."""
    others = sorted(free_names(one_step) - {m, g, t, beta_}, key=lambda name: name.text)
    known = Context().declare(Scalar(Domain.WHOLE), t).declare(Sequence(), m, g)
    work = Working(known.declare(Scalar(Domain.UNIT), beta_).declare(Scalar(), *others), {beta_: beta})
    if isinstance(beta, Name) and beta_ in free_names(one_step):
        known = known.declare(Scalar(Domain.UNIT), beta)
    known = known.declare(Scalar(), *others).define(m[t + 1], substitute(one_step, {beta_: beta}), (t,))
    return linear(known, work, one_step, form, given)


def from_nothing(known: Context) -> Context:
    return known.define(m[0], Num("0"))


def _number(value: Fraction) -> Term:
    """A number as people write it: as a decimal where that ends soon."""
    if 10**4 % value.denominator == 0:
        return Num(f"{Decimal(value.numerator) / Decimal(value.denominator):f}")
    return term(value.numerator) / value.denominator


def _said(series: Series, totals: tuple[Weights, ...]) -> Words:
    """The answer in words."""
    of = series.of
    found: list[str | Term] = ["Momentum is a weighted sum of the gradients."]
    for number, (b, u) in enumerate(of.inputs):
        entry, weight = of.term(u.subs(of.t, of.now - 1 - of.k)), of.weight(sp.powsimp(b * series.weights[number](of.k)))
        fades = _fades(of)
        found += [" The gradient " if u == of.work.entries(g)[of.t] else " The term ", entry, " has the weight ", weight]
        found += [", so the weights shrink by the factor ", of.term(of.memory), " at each step back"] if fades else []
        found += ["; together they are ", totals[number].total.statement.rhs] if totals else []
        found.append(":" if number == len(of.inputs) - 1 else ".")
    return tuple(found)


def _fades(of: Recurrence) -> bool:
    return bool(of.work.value(of.memory) == of.work.of(beta_))


def _drawn(series: Series, beta: Name | Fraction) -> Figure | None:
    of = series.of
    ((b, _), *others) = of.inputs
    letter = of.work.of(beta_)
    factor = of.work.value(b)
    if others or not _fades(of) or not factor.free_symbols <= {letter} or not factor.subs(letter, sp.Rational(9, 10)).is_positive:
        return None
    known = of.context.declare(Scalar(Domain.WHOLE), k)
    return decay(beta, of.weight(sp.powsimp(b * series.weights[0](of.k))), k, known)


def _mistakes(series: Series, result: Statement, known: Context, start: str) -> tuple[Mistake, ...]:
    of, n = series.of, series.of.now
    first = 0 if start == "zero" else series.start(n) * of.m[0]
    factors = [of.term(b) for b, _ in of.inputs if b != 1]

    def claimed(right: Any, why: Words) -> Mistake:
        return Mistake(written(equation(result.lhs, of.term(right))), known, summation, why)

    bare = sum(series.summed(number, n) for number in range(len(of.inputs)))
    turned = sum(b * sp.Sum(series.weights[number](of.k) * u.subs(of.t, of.k), (of.k, 0, n - 1)) for number, (b, u) in enumerate(of.inputs))
    found = []
    if factors:
        found.append(claimed(first + bare, ("The factor ", factors[0], " is left out: every gradient enters with it.")))
    if of.memory != 1:
        found.append(claimed(first + turned, "The order is reversed. The newest gradient has the largest weight."))
    if start != "zero":
        fades = ("The first momentum is left out. It fades by the factor ", of.term(of.memory), " at each step, but it is not gone.")
        found.append(claimed(series.sums(n), fades if _fades(of) else "The first momentum is left out."))
    return tuple(found)


def _value(formula: Term, known: Context) -> object:
    from derivations.language.denote import denote

    return denote(formula, replace(known, definitions=()).declare(Scalar(Domain.WHOLE), k))
