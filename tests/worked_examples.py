"""Small problems made of real kernel objects, for the tests of what prints them.

Their rules accept whatever they are told to: nothing here is a claim.
"""

from __future__ import annotations

from fiat import fiat as rule

from derivations.catalogue import Kind
from derivations.kernel.statement import Derivation, Rel, Rule, Statement, Step
from derivations.kernel.theorem import Theorem, verify
from derivations.kernel.verdict import Accepted, Counterexample, Evidence, Refuted, Strength, Undecided, proved
from derivations.language.context import Array, Context, Domain, Function, Scalar, Sequence
from derivations.language.term import Add, Bars, Call, Cases, Const, Frac, Index, Name, Pow, Relation, Root, Term, group, names, relation, term, times
from derivations.parameters import Choice, Parameter, Size
from derivations.problem import Answer, Displayed, Ledger, LedgerRow, Literally, Problem, Section

x, z, w, k, j, C, N, P = names("x z w k j C N P")
E = Const("e")
LN = Name("ln", font="rm")
MAIN = "worked_examples"


TOLD = rule(Accepted(proved("told")))
TRIED = rule(Accepted(Evidence(Strength.SAMPLED, "tried", 24)), "tried")


def chain(context: Context, lhs: Term, *rows: tuple[Term, str], relation: Rel = Rel.EQ, by: Rule = TOLD) -> Theorem:
    """A theorem whose steps are one run of neighbouring links."""
    steps, end = [], lhs
    for rhs, because in rows:
        steps.append(Step(Statement(end, relation, rhs), by, because))
        end = rhs
    return verify(Derivation("A chain", context, Statement(lhs, relation, end), tuple(steps)))


def ln(argument: Term) -> Term:
    return Call(LN, (argument,))


def expansion(count: int = 7) -> Term:
    """w_1 x_{1+3(k-1)} + ... : too long for one line of any medium."""
    return Add(tuple(("+", w[i] * x[term(1 + 3 * (i - 1)) + term(3) * group(k - 1)]) for i in range(1, count + 1)))


def convolution(kernel: object = 7, form: object = "left") -> Problem:
    """A long sum, a displayed question, a convention, a remark with words that every markup must escape."""
    context = Context().declare(Sequence(), x, w, z).declare(Scalar(Domain.NATURAL), k).assume(relation(k, ">=", 2)).convention("δ = d + 1, as here")
    body = chain(context, z[k], (w[j] * x[k], "by definition of δ_1 & 50% of it"), (expansion(), "written out"))
    return Problem(
        "convolution",
        "A <strided> convolution & its taps",
        ("The equation ", Displayed(relation(z[k], "=", w[1] * x[k])), "is given. What is ", z[k], "?\n\nSay ", Literally("w[0]_x"), " in words."),
        (Section(body, "The sum"),),
        Answer((body.statement,), None, "", "δ = d + 1"),
        notes=("It costs 100% & more_or_less $5 for {#1}.",),
    )


def count(channels: object = 512) -> Problem:
    """A ledger, a grouped number, an integer answer."""
    body = chain(Context(), Name("Total parameters", font="text"), (term(9) * Pow(C, term(2)) + C, "sum of the ledger"), (term(2360832), ""))
    ledger = Ledger(
        (LedgerRow("Normalization", times(2, 512), 1024), LedgerRow(("Convolution ", times(3, 3)), times(3, 3, 512, 512), 2359296)),
        LedgerRow("Total", None, 2360832),
        "Part by part",
    )
    shown = relation(Name("Total", font="text"), "=", 2360832)
    return Problem("count", "Counting", "How many?", (Section(body),), Answer((shown,), 2360832, "It has so many."), {"channels": channels}, ledger)


def density() -> Problem:
    """Equivalent equations as a lemma, fractions, cases, weaker evidence."""
    context = Context().declare(Scalar(Domain.UNIT), x).declare(Scalar(), z).assume(Relation((term(0), x, term(1)), ("<", "<")))
    power = Pow(E, Add((("-", z),)))
    lemma = chain(
        context,
        relation(x, "=", Frac(term(1), 1 + power)),
        (relation(power, "=", Frac(1 - x, x)), "multiply by x > 0"),
        (relation(z, "=", ln(x) - ln(1 - x)), "take logarithms"),
        relation=Rel.IFF,
    )
    exponent = Add((("-", Frac(Pow(group(ln(x) - ln(1 - x)), term(2)), term(2))),))
    value = Frac(term(1), Root(2 * Const("pi")) * x * group(1 - x)) * Pow(E, exponent)
    p = Call(Index(Name("p"), (Name("X"),)), (x,))
    main = chain(context, p, (Bars("abs", z) * value, "change of variables"), (value, ""), by=TRIED)
    cases = relation(p, "=", Cases(((value, context.hypotheses[0]), (term(0), None))))
    return Problem(
        "density", "A density", ("Find the density of ", x, "."), (Section(lemma, "The inverse", "lemma"), Section(main)), Answer((cases,), None)
    )


def wide() -> Problem:
    """What does not fit: a wide left side, a fraction that cannot be broken, a reason as long as a paragraph, a product of many factors."""
    context = Context().declare(Array(N, N, frozenset({"permutation"})), P).declare(Function(), Name("f"))
    fraction = Frac(expansion(), expansion(3))
    product = times(*(Name(letter) for letter in "abcdefghijklmnopqrstuvwxyzabcdefgh"))
    reason = "because " + "and because of another thing that is quite long " * 4
    body = chain(context, expansion(3), (fraction, reason), (product, "short"), (Call(Name("Softmax", font="rm"), (P * P.T,), "["), reason))
    return Problem(
        "wide", "What does not fit", "Can it be set?", (Section(body, "All of it"),), Answer((body.statement, relation(z, "=", fraction)), None)
    )


def refuted(size: object = 1) -> Problem:
    """Its one step does not follow: the kernel refuses it."""
    chain(Context(), z, (x, "wrongly"), by=rule(Refuted(Counterexample((("x", "1"),), "0", "1"))))
    raise AssertionError("the kernel accepted a refuted step")


def undecided() -> Problem:
    """Nobody knows its one step: the kernel refuses it."""
    chain(Context(), z, (x, "perhaps"), by=rule(Undecided("out of time")))
    raise AssertionError("the kernel accepted an undecided step")


def interrupted() -> Problem:
    """Somebody presses control-C while it is worked out."""
    raise KeyboardInterrupt


KINDS = (
    Kind(
        "convolution",
        "taps",
        (Parameter("kernel", Size(), "number of taps"), Parameter("form", Choice(("left", "centred")), "which form", "left")),
        MAIN,
        "convolution",
        ({"kernel": "7"},),
    ),
    Kind("count", "parameters", (Parameter("channels", Size(), "number of channels", "512"),), MAIN, "count"),
    Kind("density", "a density", (), MAIN, "density"),
    Kind("refuted", "a wrong step", (), MAIN, "refuted"),
    Kind("undecided", "a step that nobody knows", (), MAIN, "undecided"),
    Kind("interrupted", "a long one", (), MAIN, "interrupted"),
)
