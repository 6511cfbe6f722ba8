"""Nothing is memorised: where a definition of a topic changes, what SymPy derives from it changes with it, or there is no derivation.

Beside the tests of the other kinds: another map of the convolution and of the receptive field (``test_topics_convolution``), other tensors and other epochs
(``test_topics_counts``), a softmax along the other axis (``test_equivariance``), other updates (``test_topics_momentum``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp

import derivations.topics.network.indices as indices
import derivations.topics.network.problem as network_topic
import derivations.topics.network.views as views
import derivations.topics.pushforward.problem as pushforward_topic
from derivations.catalogue import find
from derivations.kernel.theorem import NotProved
from derivations.language.context import Context, Function
from derivations.language.context import Sequence as Family
from derivations.language.errors import DeriveError
from derivations.language.term import Add, Call, Frac, Pow, Root, Term, group, relation, sum_over
from derivations.topics.network.laws import (
    FIRST,
    HAT,
    TWO,
    D,
    Law,
    M,
    b,
    d,
    f,
    i,
    j,
    loss_of,
    m,
    mu,
    v,
    w,
    x,
    y,
    z,
)  # fmt: skip
from derivations.topics.network.laws import (
    indices as indices_to,
)
from render.notation.text import text


def network(**given: str) -> Any:
    return find("network").build(given)


def back(known: Context, *by: Term, **hints: Any) -> list[str]:
    """The derivatives of a loss by these, each proved from the definitions in the context."""
    law = Law("A law", "", known, tuple((one, "so") for one in by), **hints)
    return [text(section.theorem.statement.rhs) for section in law.sections()]


def linear(sign: int = 1, offset: Term | None = None) -> Context:
    """``y_m = ± sum_d w_md x_d + b_m``, or another offset."""
    known = indices_to((m, M), (d, D)).declare(Family(), x, b).declare(Family(arity=2), w)
    made = sum_over(d, 1, D, w[m, d] * x[d])
    return loss_of(known.define(y[m], Add((("+" if sign > 0 else "-", made), ("+", b[m] if offset is None else offset))), (m,)), y, M)


@pytest.mark.parametrize(("known", "found"), [
    (linear(), ["∑_{m=1}^{M} ∂ℒ/∂y_m · w_{m,d}", "∂ℒ/∂y_m · x_d", "∂ℒ/∂y_m"]),
    (linear(sign=-1), ["-∑_{m=1}^{M} ∂ℒ/∂y_m · w_{m,d}", "-∂ℒ/∂y_m · x_d", "∂ℒ/∂y_m"]),
    (linear(offset=Pow(b[m], TWO)), ["∑_{m=1}^{M} ∂ℒ/∂y_m · w_{m,d}", "∂ℒ/∂y_m · x_d", "2 · ∂ℒ/∂y_m · b_m"]),
])  # fmt: skip
def test_another_map_has_another_backward_pass(known: Context, found: list[str]) -> None:
    """The map, its sign turned, its bias squared."""
    assert back(known, x[d], w[m, d], b[m]) == found


def test_a_bias_that_is_dropped_has_no_derivative() -> None:
    without = linear(offset=FIRST)
    assert back(without, x[d]) == back(linear(), x[d])
    with pytest.raises(NotProved, match="no definition connects"):
        back(without, b[m])


def test_a_residual_part_of_which_more_goes_around() -> None:
    known = indices_to((i, D), (j, D)).declare(Family(), x).declare(Function(2), f).define(z[i], Call(f, (i, sum_over(j, 1, D, x[j]))), (i,))
    known = loss_of(known.define(y[i], 3 * x[i] + z[i], (i,)), y, D)
    assert back(known, x[j]) == ["3 · ∂ℒ/∂y_j + ∑_{i=1}^{D} ∂ℒ/∂y_i · ∂z_i/∂x_j"]


def normalized(centre: Term) -> Context:
    known = indices_to((i, D), (j, D)).declare(Family(), x).define(mu, Frac(FIRST, D) * sum_over(i, 1, D, x[i]))
    known = known.define(v, Frac(FIRST, D) * sum_over(i, 1, D, Pow(group(x[i] - centre), TWO))).assume(relation(v, ">", 0))
    return loss_of(known.define(HAT[i], Frac(x[i] - centre, Root(v)), (i,)).define(y[i], HAT[i] + 0, (i,)), y, D)


def test_a_normalization_without_its_mean_loses_the_term_of_the_mean() -> None:
    with_mean, without = (back(normalized(centre), x[j], said={HAT[i]: x[i]}) for centre in (mu, FIRST - 1))
    assert with_mean == ["(1/√v)(∂ℒ/∂y_j - (1/D) ∑_{i=1}^{D} ∂ℒ/∂y_i - (x̂_j/D) ∑_{i=1}^{D} ∂ℒ/∂y_i · x̂_i)"]
    assert without == ["(1/√v)(∂ℒ/∂y_j - (x̂_j/D) ∑_{i=1}^{D} ∂ℒ/∂y_i · x̂_i)"]


def test_a_sum_over_what_depends_on_the_number_is_refused() -> None:
    """The chain rule goes through what stands in a definition by itself; through a sum of it, it would have to go entry by entry."""
    known = indices_to((i, D), (j, D)).declare(Family(), x).define(z[i], Pow(x[i], TWO), (i,))
    known = loss_of(known.define(y[i], x[i] + sum_over(j, 1, D, z[j]), (i,)), y, D)
    with pytest.raises(DeriveError, match="does not go through the entries of a quantity that a sum runs over"):
        back(known, x[j])


def test_another_window_reads_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    given = indices.window
    asked = {"input": "N,1,9", "layers": "conv 1->1 kernel 3 stride 2", "ask": "index"}
    assert text(network(**asked).answer.shown[0].rhs) == "2i₁ + k₁ - 2"
    monkeypatch.setattr(indices, "window", lambda unit, stride, *others: given(unit, stride**2, *others))  # the stride enters twice
    assert text(network(**asked).answer.shown[0].rhs) == "4i₁ + k₁ - 4"


def test_places_that_are_not_those_of_the_shape_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    given = network_topic.tap_position
    asked = {"input": "N,1,H", "layers": "conv 1->1 kernel 3 stride 2", "ask": "shapes"}
    assert network(**asked).evidence.word == "proved"
    monkeypatch.setattr(network_topic, "tap_position", lambda start, tap, distance: given(start, tap + 1, distance))
    with pytest.raises(NotProved):
        network(**asked)


def test_a_bias_that_is_dropped_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a network as it is described, and in the description of a block."""
    with_, without = (network(input="N,D", layers=f"linear H{bias}").answer.value for bias in ("", " bias false"))
    assert with_ - without == sp.Symbol("H", integer=True, positive=True)
    memory = [network(input="N,D", layers=f"linear H{bias}", ask="memory").answer.value for bias in ("", " bias false")]
    assert memory[0] - memory[1] == 16 * sp.Symbol("H", integer=True, positive=True)
    given = views.bottleneck_problem(8, 4).answer.value
    monkeypatch.setattr(views, "BOTTLENECK", views.BOTTLENECK.replace("conv C->B kernel 1", "conv C->B kernel 1 bias false"))
    with pytest.raises((DeriveError, ValueError)):  # its three convolutions are said to have a bias each
        views.bottleneck_problem(8, 4)
    monkeypatch.setattr(views, "BOTTLENECK", views.BOTTLENECK.replace("kernel 1 bias false", "kernel 3 padding same"))
    assert views.bottleneck_problem(8, 4).answer.value - given == 8 * 8 * 4


def test_one_minus_beta_becomes_one() -> None:
    average, sum_ = (find("momentum").build({"update": update}).answer.shown[0].rhs for update in ("beta*m + (1 - beta)*g", "beta*m + 1*g"))
    assert (text(average), text(sum_)) == ("β^{t+1} m₀ + (1-β) ∑_{k=0}^{t} β^k g_{t-k}", "β^{t+1} m₀ + ∑_{k=0}^{t} β^k g_{t-k}")


def density(map: str) -> Any:
    return pushforward_topic.problem("Normal(mu,sigma**2)", map)


def test_the_sign_of_a_map_turns_its_density() -> None:
    rising, falling = density("1/(1 + exp(-z))"), density("1/(1 + exp(z))")
    at, center = sp.Symbol("x", real=True), sp.Symbol("mu", real=True)
    assert sp.simplify(rising.answer.value.args[0][0].subs({at: 1 - at}) - falling.answer.value.args[0][0]) == 0
    assert sp.simplify(rising.answer.value.args[0][0].subs({center: -center}) - falling.answer.value.args[0][0]) == 0
    signs = [text(section.theorem.steps[-1].step.statement.rhs) for one in (rising, falling) for section in one.sections if section.theorem.title == "The inverse"]
    assert signs == ["z = ln(x) - ln(1-x)", "z = ln(1-x) - ln(x)"]


def test_an_inverse_that_is_not_that_of_the_map_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    given = pushforward_topic.pushforward

    def turned(*arguments: Any, **options: Any) -> Any:
        found = given(*arguments, **options)
        return replace(found, branches=tuple(replace(branch, inverse=-branch.inverse) for branch in found.branches))

    monkeypatch.setattr(pushforward_topic, "pushforward", turned)
    with pytest.raises(NotProved):
        density("1/(1 + exp(-z))")
