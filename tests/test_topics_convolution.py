"""The convolution's index against loops, and the receptive field against dependency sets. The oracles know nothing of this project."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import sympy as sp
from oracles.convolution_loops import convolve, read
from oracles.dependency_trace import Layer, field, inputs
from topic_texts import built

from derivations.language.errors import DeriveError, ParameterError
from derivations.language.structure import subterms
from derivations.language.term import Index, Name, Term, names
from derivations.topics.network.views import field_problem
from render.notation.text import text


def symbol(value: sp.Expr, name: str) -> sp.Symbol:
    """The symbol of this name in an expression, or one that does not occur."""
    return next((s for s in value.free_symbols if s.name == name), sp.Symbol(name))


def at(value: sp.Expr, **numbers: int) -> int:
    return int(value.subs({symbol(value, name): number for name, number in numbers.items()}))


def fractions(source: random.Random, count: int) -> list[Fraction]:
    return [Fraction(source.randint(-9, 9), source.randint(1, 5)) for _ in range(count)]


@pytest.mark.parametrize("seed", range(40))
def test_the_index_of_every_tap_for_numbers(seed: int) -> None:
    source = random.Random(seed)
    kernel, stride, zeros, padding = source.randint(1, 7), source.randint(1, 4), source.randint(0, 3), source.randint(0, 6)
    value = built("convolution", kernel=kernel, stride=stride, dilation=zeros, padding=padding).answer.value
    for output in range(1, 6):
        assert [at(value, j=tap, k=output) for tap in range(1, kernel + 1)] == read(kernel, stride, zeros, padding, output)


@pytest.mark.parametrize("seed", range(40))
def test_the_index_of_every_tap_for_symbols(seed: int) -> None:
    source = random.Random(1000 + seed)
    kernel, stride, zeros, padding, output = (source.randint(low, 9) for low in (1, 1, 0, 0, 1))
    value = built("convolution", kernel="K", stride="s", dilation="d", padding="p").answer.value
    found = [at(value, j=tap, k=output, s=stride, d=zeros, p=padding) for tap in range(1, kernel + 1)]
    assert found == read(kernel, stride, zeros, padding, output)


@pytest.mark.parametrize("seed", range(30))
def test_the_outputs_themselves(seed: int) -> None:
    """sum_j w_j x_{index(j, k)} with zeros outside the signal is what the sliding window gives."""
    source = random.Random(2000 + seed)
    kernel, stride, zeros, padding = source.randint(1, 5), source.randint(1, 3), source.randint(0, 2), source.randint(0, 4)
    x, w = fractions(source, 30), fractions(source, kernel)
    value = built("convolution", kernel=kernel, stride=stride, dilation=zeros, padding=padding).answer.value
    for output, expected in enumerate(convolve(x, w, stride, zeros, padding, 6), 1):
        total = Fraction(0)
        for tap in range(1, kernel + 1):
            place = at(value, j=tap, k=output)
            total += w[tap - 1] * (x[place - 1] if 1 <= place <= len(x) else 0)
        assert total == expected


def test_the_given_equation_is_what_the_loops_give() -> None:
    """z_i = w_1 x_{i-1} + w_2 x_i + w_3 x_{i+1} is the convolution with three taps, stride 1, no zeros between taps and one zero in front."""
    source = random.Random(5)
    x, w = fractions(source, 12), fractions(source, 3)
    inside = [Fraction(0), *x, Fraction(0)]
    given = [w[0] * inside[i - 1] + w[1] * inside[i] + w[2] * inside[i + 1] for i in range(1, 13)]
    assert convolve(x, w, 1, 0, 1, 12) == given
    assert [read(3, 1, 0, 1, i) for i in (1, 5)] == [[0, 1, 2], [4, 5, 6]]


def subscripts(term: Term, base: Name) -> list[Term]:
    """The subscripts of x in the order in which they are written."""
    return [node.subscripts[0] for _, node in subterms(term) if isinstance(node, Index) and node.base == base]


@pytest.mark.parametrize(("kernel", "stride", "zeros", "padding"), [(7, 3, 2, 0), (7, 3, 2, 9), (3, 1, 0, 1), (5, 2, 1, 4), (1, 1, 0, 0), (2, 4, 3, 1)])
def test_the_terms_that_are_written_out(kernel: int, stride: int, zeros: int, padding: int) -> None:
    from derivations.language.denote import denote

    problem = built("convolution", kernel=kernel, stride=stride, dilation=zeros, padding=padding)
    theorem = problem.sections[-1].theorem
    (x,) = names("x")
    places = [denote(s, theorem.context) for s in subscripts(theorem.statement.rhs, x)]
    for output in (1, 2, 7):
        assert [at(place, k=output) for place in places] == read(kernel, stride, zeros, padding, output)


@pytest.mark.parametrize(("kernel", "zeros"), [(1, 0), (3, 0), (3, 2), (7, 2), (5, 4)])
def test_the_middle_tap_of_the_centred_form_reads_the_same_input(kernel: int, zeros: int) -> None:
    value = built("convolution", kernel=kernel, dilation=zeros, form="centred").answer.value
    assert at(value, j=(kernel + 1) // 2, k=1) == 1
    padding = (zeros + 1) * (kernel - 1) // 2
    assert [at(value, j=j, k=3) for j in range(1, kernel + 1)] == read(kernel, 1, zeros, padding, 3)


def test_pytorch_agrees_where_it_is_installed() -> None:
    torch = pytest.importorskip("torch")
    source = random.Random(9)
    for _ in range(20):
        kernel, stride, zeros, padding = source.randint(1, 5), source.randint(1, 3), source.randint(0, 3), source.randint(0, 3)
        x, w = [source.randint(-5, 5) for _ in range(40)], [source.randint(-5, 5) for _ in range(kernel)]
        spacing = zeros + 1
        z = torch.nn.functional.conv1d(
            torch.tensor([[x]], dtype=torch.float64), torch.tensor([[w]], dtype=torch.float64), stride=stride, padding=padding, dilation=spacing
        )
        value = built("convolution", kernel=kernel, stride=stride, dilation=spacing, padding=padding, convention="spacing").answer.value
        for output in range(1, min(6, z.shape[-1]) + 1):
            places = [at(value, j=tap, k=output) for tap in range(1, kernel + 1)]
            assert sum(w[t] * (x[p - 1] if 1 <= p <= len(x) else 0) for t, p in enumerate(places)) == int(z[0, 0, output - 1])


@pytest.mark.parametrize(("given", "message"), [
    ({"kernel": 6, "form": "centred"}, "kernel = 6 is not accepted; it must be odd"),
    ({"kernel": 5, "form": "centred", "padding": 2}, "padding = 2 is not accepted; it must be left out"),
    ({"kernel": 5, "convention": "spacing", "dilation": 0}, "dilation = 0 is not accepted; it must be at least 1"),
    ({"kernel": 0}, "kernel = 0 is not accepted; it must be an integer >= 1"),
    ({"kernel": 3, "stride": -1}, "stride = -1 is not accepted; it must be an integer >= 1"),
    ({"kernel": "k"}, "kernel = 'k' is not accepted; it must be any name but w, x, z, j, k, which the derivation uses"),
    ({"kernel": "K", "dilation": "h", "form": "centred"}, "dilation = 'h' is not accepted"),
])  # fmt: skip
def test_what_is_not_accepted(given: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        built("convolution", **given)
    assert message in str(caught.value)


def test_a_symbolic_kernel_with_a_middle_tap_is_odd() -> None:
    context = built("convolution", kernel="K", form="centred").sections[1].theorem.context
    assert [text(hypothesis) for hypothesis in context.hypotheses] == ["K = 2h + 1"]


def test_another_map_is_another_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered: where the stride enters twice, every line, the instance and the answer follow; where it contradicts the question, none is given."""
    import derivations.topics.convolution as topic

    given = topic.window_start
    monkeypatch.setattr(topic, "window_start", lambda output, stride, padding: given(output, stride**2, padding))
    problem = topic.problem(3, 3, 1)
    assert text(problem.answer.shown[-1].formula) == "z_k = w₁ x_{1+3²·(k-1)} + w₂ x_{3+3²·(k-1)} + w₃ x_{5+3²·(k-1)}"
    assert at(problem.answer.value, j=2, k=2) == 12
    monkeypatch.setattr(topic, "window_start", lambda output, stride, padding: given(output, stride, padding) + 1)
    assert text(topic.question_instance().statement.formula) == "z_i = w₁ x_i + w₂ x_{i+1} + w₃ x_{i+2}"


# -- receptive fields ------------------------------------------------------------------------------------------------------------------------


def chain(source: random.Random, depth: int) -> list[Layer]:
    return [Layer(source.randint(1, 6), source.randint(1, 3), source.randint(1, 4), source.randint(0, 5)) for _ in range(depth)]


@pytest.mark.parametrize("seed", range(40))
def test_the_receptive_field_against_dependency_sets(seed: int) -> None:
    source = random.Random(seed)
    layers = chain(source, source.randint(1, 5))
    problem = built(
        "receptive-field",
        kernels=tuple(layer.kernel for layer in layers),
        strides=tuple(layer.stride for layer in layers),
        dilations=tuple(layer.spacing - 1 for layer in layers),
    )
    assert problem.answer.value == field(layers) == field(layers, unit=4)
    unpadded = [layer._replace(padding=0) for layer in layers]
    assert field(unpadded) == field(layers), "zero-padding does not change the receptive field"
    shift = min(inputs(layers, 0)) - min(inputs(unpadded, 0))
    assert {place - shift for place in inputs(layers, 0)} == inputs(unpadded, 0)


@pytest.mark.parametrize("seed", range(20))
def test_the_symbolic_receptive_field_against_dependency_sets(seed: int) -> None:
    source = random.Random(100 + seed)
    value = built("receptive-field", kernels="K,L,M", strides="S,T,1", dilations="D,0,E").answer.value
    numbers = {name: source.randint(1, 6) for name in "KLMST"} | {name: source.randint(0, 4) for name in "DE"}
    layers = [
        Layer(numbers["K"], numbers["S"], numbers["D"] + 1, 2),
        Layer(numbers["L"], numbers["T"], 1, 0),
        Layer(numbers["M"], 1, numbers["E"] + 1, 1),
    ]
    assert at(value, **numbers) == field(layers)


@pytest.mark.parametrize("depth", range(6))
def test_the_closed_form_for_every_depth(depth: int) -> None:
    """r_n = 1 + sum_l (k_l - 1) delta_l prod_{i<l} s_i, as it was proved, at the numbers of chains of every depth."""
    from derivations.language.denote import denote

    theorem = next(s.theorem for s in built("receptive-field", kernels="7,7,7").sections if s.theorem.title == "The receptive field of n layers")
    general = denote(theorem.statement.rhs, theorem.context)
    value = general.subs(symbol(general, "n"), depth).doit()
    for seed in range(10):
        layers = chain(random.Random(10 * depth + seed), depth)
        numbers = {"k": [layer.kernel for layer in layers], "s": [layer.stride for layer in layers], "delta": [layer.spacing for layer in layers]}
        entries = {entry: numbers[entry.func.__name__][int(entry.args[0]) - 1] for entry in value.atoms(sp.core.function.AppliedUndef)}
        assert value.subs(entries) == (field(layers) if layers else 1)


def test_another_range_is_another_recursion(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered: strides that enter twice give another recursion, closed form and field; a field that is no sum with the one before is refused."""
    import derivations.topics.network.fields as topic

    given = topic.reads
    monkeypatch.setattr(topic, "reads", lambda unit, stride, padding, taps, distance: given(unit, stride**2, padding, taps, distance))
    problem = field_problem((3, 3, 3), (2, 2, 1))
    assert [text(one.formula) for one in problem.answer.general] == ["r_{n+1} = r_n + (k_{n+1}-1) δ_{n+1} j_n", "j_{n+1} = j_n s_{n+1}²"]
    assert problem.answer.value == 1 + 2 + 2 * 4 + 2 * 16
    monkeypatch.setattr(topic, "sees", lambda unit, step, shift, size: (step * unit - shift, step * unit - shift + size**2))
    with pytest.raises(DeriveError, match="not the field before and what it grows by"):
        field_problem((3, 3))


def test_a_deep_chain_is_proved_layer_by_layer() -> None:
    """Each layer rests on the one before alone: that of a hundred layers is not a hundred times as large as that of the first."""
    layers = chain(random.Random(7), 100)
    given = {name: ",".join(str(getattr(layer, name)) for layer in layers) for name in ("kernel", "stride", "spacing")}
    problem = built("receptive-field", kernels=given["kernel"], strides=given["stride"], dilations=given["spacing"], convention="spacing")
    assert problem.evidence.word == "proved"
    assert problem.answer.value == field_by_recursion(layers)
    sizes = [len(s.theorem.context.definitions) for s in problem.sections if s.theorem.title.startswith(("Layer ", "Distance in"))]
    assert len(sizes) == 199 and set(sizes) == {7}


def field_by_recursion(layers: list[Layer]) -> int:
    """How far the outermost inputs lie apart, followed from the last layer down."""
    low = high = 0
    for layer in reversed(layers):
        low, high = low * layer.stride, high * layer.stride + layer.spacing * (layer.kernel - 1)
    return high - low + 1


def test_the_chain_of_the_assignment() -> None:
    assert [field([Layer(7, 1, 1, 3)] * depth) for depth in (1, 2, 3)] == [7, 13, 19]
    values = [s.theorem.statement.rhs for s in built("receptive-field", kernels="7,7,7").sections if s.theorem.title.startswith("Layer ")]
    assert [int(value.digits) for value in values] == [7, 13, 19]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("given", "message"), [
    ({"kernels": "3,3", "strides": "2,2,2"}, "strides = '2,2,2' is not accepted; it must be one value, or one for each of the 2 kernels"),
    ({"kernels": "3,0"}, "kernels = '3,0' is not accepted"),
    ({"kernels": "3", "convention": "spacing"}, "dilations = 0 is not accepted; it must be at least 1"),
    ({"kernels": "k,3"}, "'k' is not accepted; it must be any name but r, j, s, k, delta, n, l, i"),
])  # fmt: skip
def test_receptive_fields_that_are_not_accepted(given: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        built("receptive-field", **given)
    assert message in str(caught.value)
