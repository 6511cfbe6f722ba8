"""The kernel makes theorems from accepted steps only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fiat import fiat

from derivations.kernel import registry
from derivations.kernel.chains import chain, equals, link, theorem
from derivations.kernel.statement import Derivation, Rel, Rule, Statement, Step, equation
from derivations.kernel.theorem import NotProved, Theorem, chain_closure, compose, established, verify
from derivations.kernel.verdict import Accepted, Evidence, Refuted, Strength, Undecided, proved, weakest
from derivations.language.context import Context, Definition, Domain, Scalar
from derivations.language.errors import ContextError, DeriveError
from derivations.language.term import Name, Num, names, relation
from derivations.rules.equality import algebra, arithmetic

a, b, c, x = names("a b c x")
YES = fiat(Accepted(proved("by fiat")), "yes")
NO = fiat(Refuted(reason="never"), "no")
MAYBE = fiat(Undecided("who knows"), "maybe")
SAMPLED = fiat(Accepted(Evidence(Strength.SAMPLED, "points", 24)), "sampled")


def test_a_theorem_cannot_be_made_by_hand() -> None:
    with pytest.raises(TypeError, match="made by derivations.kernel.verify alone"):
        Theorem(Context(), equation(a, b), "a lie", (), (), proved("nothing"))


def test_a_theorem_cannot_be_altered_either() -> None:
    true = theorem("true", Context(), chain(Num("1"), equals(Num("1"), YES)))
    with pytest.raises((TypeError, AttributeError)):
        true.statement = equation(a, b)  # type: ignore[misc]
    with pytest.raises(TypeError, match="verify alone"):
        replace(true, statement=equation(Num("1"), Num("2")))
    with pytest.raises(TypeError, match="verify alone"):
        type(true)(*(getattr(true, name) for name in Theorem.__slots__))


def test_nobody_brings_a_rule_of_his_own() -> None:
    """What decides is the registry's and never the step's."""
    with pytest.raises(DeriveError, match=r"there is no rule 'trust me'; the rules are arithmetic, algebra"):
        Rule("trust me")
    with pytest.raises(DeriveError, match="'algebra' takes 0 arguments, not 1"):
        Rule("algebra", (lambda *_: Accepted(proved("by fiat")),))
    with pytest.raises(TypeError):
        registry.REGISTRY["trust me"] = registry.Row("", "")  # type: ignore[index]


@pytest.mark.parametrize("key", registry.REGISTRY)
def test_every_row_of_the_registry_decides(key: str) -> None:
    assert callable(registry.decider(key)) and registry.REGISTRY[key].caption


def test_what_is_cited_must_hold_here() -> None:
    assumed = Context().declare(Scalar(), a, b).assume(relation(a, "=", 2 * b))
    lemma = theorem("lemma", assumed, chain(a, equals(2 * b, algebra)))
    cited = Step(lemma.statement, Rule("citation"), premises=(lemma,))
    assert isinstance(established(cited, assumed, (lemma,)), Theorem)
    elsewhere = established(cited, Context().declare(Scalar(), a, b), (lemma,))
    assert isinstance(elsewhere, Undecided) and "under assumptions that are made here" in elsewhere.reason
    other = established(replace(cited, statement=equation(a, 3 * b)), assumed, (lemma,))
    assert isinstance(other, Undecided)


def test_a_name_is_defined_once() -> None:
    f = Name("f")
    once = Context().declare(Scalar(), x).define(f(x), x + 1, (x,))
    once.define(f(a), a + 1, (a,))  # the same, in another letter
    with pytest.raises(ContextError, match="'f' is defined twice, and not alike"):
        once.define(f(a), a + 2, (a,))
    both = replace(once, definitions=(*once.definitions, Definition(f(a), a + 2, (a,))))
    with pytest.raises(NotProved, match="its context defines 'f' twice"):
        theorem("two meanings", both, chain(f(x), equals(f(x), YES)))
    labelled = Context().define(Name("p")[a](a), a, (a,)).define(Name("p")[b](b), 2 * b, (b,))
    assert len(labelled.definitions) == 2, "a label is no parameter"


@pytest.mark.parametrize(("rule", "words"), [(NO, r"step 2 \(no\) does not follow: never"), (MAYBE, r"step 2 \(maybe\) is undecided: who knows")])
def test_the_first_step_that_is_not_accepted_is_named(rule: Rule, words: str) -> None:
    with pytest.raises(NotProved, match=words) as caught:
        theorem("chain", Context(), chain(a, equals(b, YES), equals(c, rule), equals(x, NO)))
    assert caught.value.number == 2


def test_a_chain_proves_its_ends_and_a_gap_does_not() -> None:
    whole = theorem("chain", Context(), chain(a, equals(b, YES), link(Rel.LE, c, YES), link(Rel.LT, x, YES)))
    assert whole.statement == Statement(a, Rel.LT, x)
    broken = (Step(equation(a, b), YES), Step(equation(c, x), YES))
    with pytest.raises(NotProved, match="do not reach its goal"):
        verify(Derivation("gap", Context(), equation(a, x), broken))


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [(Rel.EQ, Rel.LE, Rel.LE), (Rel.LE, Rel.LT, Rel.LT), (Rel.LT, Rel.GT, None), (Rel.APPROX, Rel.APPROX, None), (Rel.IFF, Rel.IMPLIES, Rel.IMPLIES), (Rel.NE, Rel.NE, None)],
)
def test_relations_compose_as_they_should(first: Rel, second: Rel, joined: Rel | None) -> None:
    assert compose(first, second) is joined


def test_runs_of_links_are_closed_under_transitivity() -> None:
    links = (equation(a, b), equation(b, c), equation(c, x))
    assert equation(a, x) in chain_closure(links) and equation(b, x) in chain_closure(links)
    assert equation(a, x) not in chain_closure((equation(a, b), equation(c, x)))


def test_a_theorem_is_as_strong_as_its_weakest_step() -> None:
    mixed = theorem("mixed", Context(), chain(a, equals(b, YES), equals(c, SAMPLED)))
    assert mixed.evidence.strength is Strength.SAMPLED and mixed.evidence.word == "sampled(24)"
    later = theorem("later", Context(), chain(a, equals(c, YES, "", mixed), equals(x, YES)))
    assert later.evidence.strength is Strength.SAMPLED, "a theorem taints what uses it"
    assert weakest(()).strength is Strength.PROVED


def test_premises_must_be_available() -> None:
    stranger = equation(a, c)
    with pytest.raises(NotProved, match="neither an earlier step nor a hypothesis"):
        theorem("unfounded", Context(), chain(a, equals(b, YES, "", stranger)))
    theorem("founded", Context().assume(stranger.formula), chain(a, equals(b, YES, "", stranger)))


def test_a_lemma_is_used_only_where_its_context_holds() -> None:
    known = Context().declare(Scalar(), a, b)
    lemma = theorem("lemma", known.assume(relation(a, "=", 2 * b)), chain(a, equals(2 * b, algebra)))
    with pytest.raises(NotProved, match="proved under assumptions that are not made here"):
        theorem("use", known, chain(3 * a, equals(6 * b, algebra, "", lemma)))


def test_names_have_one_kind() -> None:
    with pytest.raises(ContextError, match="declared twice"):
        Context().declare(Scalar(), a).declare(Scalar(Domain.POSITIVE), a)


def test_arithmetic_refutes_with_both_values() -> None:
    with pytest.raises(NotProved) as caught:
        theorem("wrong", Context(), chain(Num("7") + 6, equals(Num("14"), arithmetic)))
    verdict = caught.value.verdict
    assert isinstance(verdict, Refuted) and verdict.counterexample is not None
    assert (verdict.counterexample.left, verdict.counterexample.right) == ("13", "14")
