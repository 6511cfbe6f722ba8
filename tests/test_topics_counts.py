"""Counts against loops over the entries of tensors and against real modules; epochs against a data loader that is run."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import pytest
import sympy as sp
from oracles import data_loader, tensor_entries
from topic_texts import built

from derivations.kernel.theorem import NotProved
from derivations.language.errors import ParameterError


def at(value: sp.Expr, **numbers: int) -> sp.Expr:
    return value.subs({s: numbers[s.name] for s in value.free_symbols})


def sizes(seed: int, count: int, most: int = 9) -> list[int]:
    source = random.Random(seed)
    return [source.randint(1, most) for _ in range(count)]


# -- convolutions and blocks -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_convolutions(seed: int) -> None:
    depth = 1 + seed % 4
    channels, kernels = sizes(seed, depth + 1), sizes(500 + seed, depth, 7)
    expected = tensor_entries.convolutions(channels, kernels)
    problem = built("conv-parameters", channels=tuple(channels), kernels=tuple(kernels))
    assert problem.answer.value == expected
    assert sum(row.value for row in problem.ledger.rows) == expected  # type: ignore[union-attr, misc]
    symbolic = built("conv-parameters", channels="A,B,C", kernels="K,L").answer.value
    a, b, c, k, l = sizes(seed, 5, 6)
    assert at(symbolic, A=a, B=b, C=c, K=k, L=l) == tensor_entries.convolutions([a, b, c], [k, l])


@pytest.mark.parametrize("seed", range(24))
def test_residual_blocks(seed: int) -> None:
    channels, kernel = sizes(seed, 2, 12)
    expected = tensor_entries.residual(channels, kernel)
    assert built("residual-block", channels=channels, kernel=kernel).answer.value == expected
    assert at(built("residual-block", channels="C", kernel="K").answer.value, C=channels, K=kernel) == expected
    assert at(built("residual-block", channels="C", kernel=kernel).answer.value, C=channels) == expected
    assert at(built("residual-block", channels=channels, kernel="K").answer.value, K=kernel) == expected


@pytest.mark.parametrize("seed", range(24))
def test_bottleneck_blocks(seed: int) -> None:
    channels, inner, kernel = sizes(seed, 3, 10)
    expected = tensor_entries.bottleneck(channels, inner, kernel)
    assert built("bottleneck-block", channels=channels, bottleneck=inner, kernel=kernel).answer.value == expected
    assert at(built("bottleneck-block", channels="C", bottleneck="B", kernel="K").answer.value, C=channels, B=inner, K=kernel) == expected
    assert at(built("bottleneck-block", channels="C", bottleneck=inner).answer.value, C=channels) == tensor_entries.bottleneck(channels, inner, 3)


@pytest.mark.parametrize(("channels", "inner"), [(512, 128), (64, 16), (30, 7)])
def test_the_ledger_of_the_bottleneck_adds_up(channels: int, inner: int) -> None:
    problem = built("bottleneck-block", channels=channels, bottleneck=inner)
    assert sum(row.value for row in problem.ledger.rows) == problem.answer.value  # type: ignore[union-attr, misc]


def test_real_modules_where_pytorch_is_installed() -> None:
    pytest.importorskip("torch")
    assert built("conv-parameters", channels="3,4,10", kernels="3,5").answer.value == tensor_entries.torch_convolutions([3, 4, 10], [3, 5]) == 250
    assert built("residual-block", channels=512).answer.value == tensor_entries.torch_residual(512, 3) == 2_360_832
    assert built("bottleneck-block", channels=512, bottleneck=128).answer.value == tensor_entries.torch_bottleneck(512, 128, 3) == 280_832
    for seed in range(24):
        a, b, c, k, l = sizes(seed, 5, 20)
        assert built("conv-parameters", channels=(a, b, c), kernels=(k, l)).answer.value == tensor_entries.torch_convolutions([a, b, c], [k, l])
        assert built("residual-block", channels=a, kernel=k).answer.value == tensor_entries.torch_residual(a, k)
        assert built("bottleneck-block", channels=a, bottleneck=b, kernel=k).answer.value == tensor_entries.torch_bottleneck(a, b, k)
        of_attention, of_dense = built("attention-parameters", width=a, tokens=b).answer.value
        assert of_attention == tensor_entries.torch_attention(a)
        assert of_dense == tensor_entries.torch_dense(a, b)


# -- attention against a dense layer ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1, 2, 3, 5, 7])
def test_attention_and_dense_by_enumeration(width: int) -> None:
    of_attention, of_dense = built("attention-parameters").answer.value
    for tokens in (1, 2, 3, 6):
        assert at(of_attention, D=width) == tensor_entries.attention(width)
        assert at(of_dense, D=width, N=tokens) == tensor_entries.dense(width, tokens)
        numbers = built("attention-parameters", width=width, tokens=tokens).answer.value
        assert numbers == (tensor_entries.attention(width), tensor_entries.dense(width, tokens))


def test_who_is_smaller_by_brute_force() -> None:
    """Equal at D = 1, N = 2 alone; with one input the dense layer is smaller, with more the attention, by at least (D - 1) + (N - 2)."""
    equal = set()
    for width, tokens in product(range(1, 60), range(1, 60)):
        of_attention, of_dense = 3 * (width * width + width), (width * tokens) ** 2 + width * tokens
        if width <= 5 and tokens <= 4:
            assert (of_attention, of_dense) == (tensor_entries.attention(width), tensor_entries.dense(width, tokens))
        if of_attention == of_dense:
            equal.add((width, tokens))
        elif tokens == 1:
            assert of_dense < of_attention
        else:
            assert of_dense - of_attention >= (width - 1) + (tokens - 2) > 0
    assert equal == {(1, 2)}


# -- epochs -----------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_epochs_against_a_loader_that_is_run(seed: int) -> None:
    source = random.Random(seed)
    samples = source.randint(1, 60)
    size, iterations, rule = source.randint(1, samples), source.randint(1, 300), source.choice(("keep", "drop"))
    in_a_pass, passes = data_loader.epochs(iterations, samples, size, rule == "drop")
    problem = built("epochs", iterations=iterations, samples=samples, batch=size, last_batch=rule)
    assert int(problem.sections[0].theorem.statement.rhs.digits) == in_a_pass  # type: ignore[attr-defined]
    assert Fraction(int(problem.answer.value.p), int(problem.answer.value.q)) == passes
    general = built("epochs", iterations="T", samples="N", batch="B", last_batch=rule).answer.value
    assert at(general, T=iterations, N=samples, B=size) == problem.answer.value


def test_epochs_of_the_assignment() -> None:
    assert data_loader.epochs(1000, 100, 20, drop_last=False) == (5, 200)
    assert built("epochs", iterations=1000, samples=100, batch=20).answer.value == 200


def test_a_batch_is_no_larger_than_the_data() -> None:
    with pytest.raises(ParameterError, match="epochs: batch = 21 is not accepted; it must be at most samples = 20"):
        built("epochs", iterations=5, samples=20, batch=21)
    from render.notation.text import text

    for given in ({"samples": "N", "batch": "B"}, {"samples": 100, "batch": "B"}, {"samples": "N", "batch": 20}):
        (hypothesis,) = built("epochs", iterations=5, last_batch="drop", **given).sections[0].theorem.context.hypotheses
        assert text(hypothesis) == f"{given['batch']} ≤ {given['samples']}"


def test_other_shapes_are_other_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered: without a bias, or with one matrix less, every line and the answer follow."""
    import derivations.topics.network.views as views
    from render.notation.text import text

    monkeypatch.setattr(views, "CONVOLUTION", "conv C->D kernel K padding same groups C")  # one kernel for each output
    problem = views.conv_problem((2, 4, 8), (3, 5))
    assert problem.answer.value == 3 * 4 + 4 + 5 * 8 + 8
    assert [text(one.formula) for one in problem.answer.general] == ["weights_l = K_l × 1 × C_l", "biases_l = C_l"]

    monkeypatch.setattr(views, "RESIDUAL", "residual [ batchnorm; relu; depthwise K padding same ]")  # a kernel for each channel alone
    problem = views.residual_problem(16, 3)
    assert problem.answer.value == 2 * 16 + 9 * 16 + 16
    assert text(problem.answer.general[0].rhs) == "2 × C + K × K × 1 × C + C"

    monkeypatch.setattr(views, "ATTENTION", "attention 1")  # a map of the outputs: two inputs of one feature need fewer weights in the dense layer
    with pytest.raises(NotProved, match="Two inputs or more: step 3 .order. does not follow"):
        views.attention_problem()


def test_a_sum_of_ones_is_what_a_loop_counts() -> None:
    from derivations.topics.network.counts import ones

    for shape in ((2, 3), (1, 4, 2), (3,)):
        assert ones(shape).doit() == sum(1 for _ in product(*map(range, shape)))


def test_other_passes_are_other_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered: where an iteration uses two batches, the definition, the numbers put in and the answer follow."""
    import derivations.topics.schedule as schedule
    from render.notation.text import text

    monkeypatch.setattr(schedule, "passes", lambda iterations, in_a_pass: 2 * iterations / in_a_pass)
    problem = schedule.problem(1000, 100, 20)
    assert problem.answer.value == 400
    assert [text(c.step.statement.rhs) for c in problem.sections[1].theorem.steps] == ["(2 iterations) / batches per epoch", "2·1000/5", "400"]
