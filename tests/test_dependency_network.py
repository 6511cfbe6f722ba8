"""Receptive fields of networks against naive sets on finite and unbounded signals, and against PyTorch's gradients."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from typing import Any

import pytest

from derivations.topics.dependency import (
    Input,
    Merge,
    Nearest,
    Network,
    Node,
    Positions,
    Window,
    read_chain,
    read_graph,
    receptive_field,
    receptive_fields,
    trace,
)
from derivations.topics.dependency.recursion import chain_reaches

Nodes = list[dict[str, Any]]


def read_positions(node: dict[str, Any], o: int) -> set[int]:
    """Positions of its input that output ``o`` of a node reads, straight from the definitions, by search."""
    match node["op"]:
        case "conv" | "maxpool":
            start = o * node["stride"][0] - node["padding"][0][0]
            return {start + k * node["dilation"][0] for k in range(node["kernel"][0])}
        case "convtranspose":
            s, p, d, K = node["stride"][0], node["padding"][0][0], node["dilation"][0], node["kernel"][0]
            around = range((o + p - K * d) // s - 1, (o + p) // s + 2)
            return {i for i in around for k in range(K) if i * s - p + k * d == o}
        case "nearest":
            return {o // node["stride"][0]}
        case "bilinear":
            point = Fraction(2 * o + 1, 2 * node["stride"][0]) - Fraction(1, 2)
            return {point.numerator // point.denominator, -(-point.numerator // point.denominator)}
        case _:
            return {o}


class Naive:
    """The input positions behind an output: every path is followed, position by position."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = {node["id"]: node for node in nodes}
        self.last = nodes[-1]["id"]
        self.known: dict[tuple[str, int], set[int]] = {}

    def behind(self, output: int, at: str | None = None) -> set[int]:
        name = self.last if at is None else at
        if name == "input":
            return {output}
        if (name, output) not in self.known:
            node = self.nodes[name]
            reads = read_positions(node, output)
            found = [self.behind(read, source) for source in node["inputs"] for read in reads]
            self.known[name, output] = set().union(*found)
        return self.known[name, output]


def finite(nodes: Nodes, size: int) -> dict[str, list[tuple[set[int], bool]]]:
    """Every output of every node on an image of ``size``: its inputs, and whether it is clear of all padding."""
    lines: dict[str, list[tuple[set[int], bool]]] = {"input": [({i}, True) for i in range(size)]}
    for node in nodes[1:]:
        sources = [lines[name] for name in node["inputs"]]
        source = sources[0]
        match node["op"]:
            case "add" | "concat" | "mul":
                line = [(set().union(*(s for s, _ in at)), all(c for _, c in at)) for at in zip(*sources, strict=False)]
            case "conv" | "maxpool":
                before, after = node["padding"][0]
                blank: list[tuple[set[int], bool]] = [(set(), False)]
                padded = blank * before + source + blank * after
                if before < 0 or after < 0:
                    padded = padded[max(0, -before) : len(padded) - max(0, -after)]
                line = []
                span = (node["kernel"][0] - 1) * node["dilation"][0]
                for start in range(0, len(padded) - span, node["stride"][0]):
                    at = padded[start : start + span + 1 : node["dilation"][0]]
                    line.append((set().union(*(s for s, _ in at)), all(c for _, c in at)))
            case "convtranspose":
                s, d, K = node["stride"][0], node["dilation"][0], node["kernel"][0]
                before, after = node["padding"][0]
                full: list[tuple[set[int], bool]] = [(set(), True) for _ in range((len(source) - 1) * s + (K - 1) * d + 1)]
                for i, (behind, clear) in enumerate(source):
                    for k in range(K):
                        old, was = full[i * s + k * d]
                        full[i * s + k * d] = (old | behind, was and clear)
                edge = (K - 1) * d  # here outputs would also read positions outside the image
                full = [(b, c and edge <= o < len(full) - edge) for o, (b, c) in enumerate(full)]
                line = full[before : len(full) - after]
            case "nearest":
                line = [at for at in source for _ in range(node["stride"][0])]
            case "bilinear":
                line = []
                for o in range(len(source) * node["stride"][0]):
                    at = [source[i] if 0 <= i < len(source) else (set(), False) for i in read_positions(node, o)]
                    line.append((set().union(*(s for s, _ in at)), all(c for _, c in at)))
            case _:
                line = source
        lines[node["id"]] = line
    return lines


def window(rng: random.Random, name: str, source: str, stride: int, op: str = "conv") -> dict[str, Any]:
    kernel, dilation = rng.choice([1, 2, 3, 3, 4, 5]), rng.choice([1, 1, 1, 2, 3])
    total = dilation * (kernel - 1)
    before = rng.randint(0, total)
    return {
        "id": name,
        "op": op,
        "inputs": [source],
        "kernel": [kernel],
        "stride": [stride],
        "dilation": [dilation],
        "padding": [[before - rng.choice([0, 0, 0, 1]), total - before]],
    }


def random_graph(seed: int, *, up: bool = False, equal_strides: bool = False) -> Nodes:
    rng = random.Random(seed)
    nodes: Nodes = [{"id": "input", "op": "input", "inputs": []}]
    current = "input"
    for block in range(rng.randint(1, 4)):
        total = rng.choice([1, 1, 2, 3])
        ends = []
        for branch in range(rng.randint(1, 3)):
            end = current
            length = rng.randint(0 if total == 1 or not equal_strides else 1, 3)
            strided = rng.randrange(length) if length else -1
            for layer in range(length):
                name = f"b{block}_{branch}_{layer}"
                stride = total if layer == strided else 1
                if not equal_strides:
                    stride = rng.choice([1, 1, 1, 2, 3])
                if up and rng.random() < 0.3:
                    kind = rng.choice(["convtranspose", "nearest", "bilinear"])
                    node: dict[str, Any] = {"id": name, "op": kind, "inputs": [end], "stride": [rng.choice([2, 2, 3])]}
                    if kind == "convtranspose":
                        kernel = rng.randint(1, 4)
                        node |= {"kernel": [kernel], "dilation": [rng.choice([1, 1, 2])]}
                        node["padding"] = [[rng.randint(0, kernel - 1)] * 2]
                    nodes.append(node)
                else:
                    nodes.append(window(rng, name, end, stride, rng.choice(["conv", "conv", "maxpool"])))
                end = name
            ends.append(end)
        current = f"merge{block}"
        nodes.append({"id": current, "op": rng.choice(["add", "concat", "mul"]), "inputs": ends})
    return nodes


def check_numbers(naive: Naive, field: Any, outputs: range) -> None:
    """The summary numbers say of all ``outputs`` what the sets say, and None where these differ."""
    sets = [naive.behind(o) for o in outputs]
    hulls = {max(s) - min(s) + 1 if s else 0 for s in sets}
    for found, values in (
        (field.rf, hulls),
        (field.n_dependencies, {len(s) for s in sets}),
        (field.contiguous, {not s or len(s) == max(s) - min(s) + 1 for s in sets}),
    ):
        assert found == (values.pop() if len(values) == 1 else None)
    steps = {max(b) - max(a) for a, b in itertools.pairwise(sets) if a and b}
    moves = len(steps) == 1 and all({x + min(steps) for x in a} == b for a, b in itertools.pairwise(sets))
    if all(sets):
        assert field.effective_stride == (steps.pop() if moves else None)
        assert field.effective_padding == (-min(naive.behind(0)) if moves else None)


@pytest.mark.parametrize("up", [False, True])
@pytest.mark.parametrize("equal_strides", [False, True])
def test_random_graphs_have_the_sets_and_numbers_of_naive_propagation(up: bool, equal_strides: bool) -> None:
    kinds = {"one rate": 0, "several rates": 0, "several phases": 0}
    for seed in range(40):
        nodes = random_graph(seed, up=up, equal_strides=equal_strides)
        network = read_graph(nodes, nodes[-1]["id"])
        field = receptive_field(network).axes[0]
        naive = Naive(nodes)
        for output in (-40, -7, -1, 0, 1, 2, 3, 5, 8, 30, 101):
            assert set(field.dependencies(output)) == naive.behind(output), (seed, output)
        if len(field.tracks) == 1:
            check_numbers(naive, field, range(-3, 3 * max(field.period, 2)))
            assert field.period % field.smallest_period == 0
        elif field.settled.stop < 300:
            # Far more outputs than the engine looks at: nothing new happens out there.
            check_numbers(naive, field, range(-field.settled.stop - 60, field.settled.stop + 60))
        kinds["one rate"] += len(field.tracks) == 1
        kinds["several rates"] += len(field.tracks) > 1
        kinds["several phases"] += len(field.tracks) == 1 and field.period > 1
    assert kinds["one rate"] >= 5
    assert (equal_strides and not up) or kinds["several rates"] >= 5
    assert not up or kinds["several phases"] >= 3


@pytest.mark.parametrize("up", [False, True])
def test_random_graphs_on_a_finite_image(up: bool) -> None:
    compared = 0
    for seed in range(200, 250):
        nodes = random_graph(seed, up=up)
        fields = receptive_fields(read_graph(nodes, nodes[-1]["id"]))
        for name, line in finite(nodes, 260).items():
            for output, (behind, clear) in enumerate(line):
                if clear:
                    compared += 1
                    assert set(fields[name].axes[0].dependencies(output)) == behind, (seed, name, output)
    assert compared > 5000


def test_backward_trace_meets_the_forward_sets_at_every_node() -> None:
    for seed in range(300, 340):
        nodes = random_graph(seed, up=seed % 2 == 0)
        network = read_graph(nodes, nodes[-1]["id"])
        fields = receptive_fields(network)
        for name in (nodes[-1]["id"], nodes[len(nodes) // 2]["id"]):
            cone = trace(network, 4, at=name)
            assert cone[name] == Positions.of(4)
            assert cone["input"] == fields[name].axes[0].dependencies(4)


def test_centre_alignment_is_that_all_paths_have_one_stride_and_centre() -> None:
    seen = set()
    for seed in range(400, 520):
        nodes = random_graph(seed, equal_strides=seed % 2 == 0)
        by_name = {node["id"]: node for node in nodes}

        def paths(name: str, nodes: dict[str, Any] = by_name) -> set[tuple[int, Fraction]]:
            if name == "input":
                return {(1, Fraction(0))}
            node, found = nodes[name], set()
            for stride, centre in (path for source in node["inputs"] for path in paths(source)):
                if "kernel" in node:
                    offset = Fraction(node["dilation"][0] * (node["kernel"][0] - 1), 2) - node["padding"][0][0]
                    found.add((stride * node["stride"][0], centre + stride * offset))
                else:
                    found.add((stride, centre))
            return found

        aligned = len(paths(nodes[-1]["id"])) == 1
        assert receptive_field(read_graph(nodes, nodes[-1]["id"])).centre_aligned is aligned, seed
        seen.add(aligned)
    assert seen == {True, False}


def random_chain(rng: random.Random, length: int) -> list[Window]:
    layers = []
    for _ in range(length):
        layers.append(
            Window(
                (rng.randint(1, 5),),
                (rng.choice([1, 1, 2, 3, 4]),),
                ((rng.randint(-1, 4), rng.randint(0, 4)),),
                (rng.randint(1, 4),),
            )
        )
    return layers


def test_the_recursion_for_chains_gives_the_numbers_of_the_sets() -> None:
    rng = random.Random(7)
    for _ in range(150):
        layers = random_chain(rng, rng.randint(1, 5))
        network = Network.chain([(f"layer{n}", layer) for n, layer in enumerate(layers)])
        fields = list(receptive_fields(network).values())[1:]
        reaches = chain_reaches(layers)
        assert len(reaches) == len(fields) == len(layers)
        for reach, field in zip(reaches, fields, strict=True):
            axis = field.axes[0]
            assert reach == (axis.rf, axis.effective_stride, axis.effective_padding)


def test_the_recursion_needs_no_sets() -> None:
    layers = [Window((3,), (1000,), ((0, 0),), (1,)) for _ in range(6)]
    assert chain_reaches(layers)[-1] == (2 * sum(1000**n for n in range(6)) + 1, 1000**6, 0)
    with pytest.raises(ValueError, match="they span 2002002003 positions; sets are counted up to 268435456"):
        receptive_field(Network.chain([(f"layer{n}", layer) for n, layer in enumerate(layers)]))


def test_kernels_of_two_axes_are_taken_apart() -> None:
    layer = {"op": "conv", "kernel": [7, 1], "stride": [2, 1], "padding": [[3, 3], [0, 0]], "dilation": [1, 1]}
    other = {"op": "maxpool", "kernel": [3, 2], "stride": [2, 2], "padding": [[1, 0], [0, 0]], "dilation": [1, 3]}
    field = receptive_field(read_chain([layer, other], 2))
    assert field.rf == (11, 4)
    assert field.effective_stride == (4, 2)
    assert field.effective_padding == (5, 0)
    assert field.contiguous == (True, False)
    assert field.n_dependencies == (11, 2)


def test_branches_of_unequal_stride_have_no_size() -> None:
    nodes: Nodes = [
        {"id": "input", "op": "input", "inputs": []},
        {"id": "a", "op": "conv", "inputs": ["input"], "kernel": [5], "stride": [2], "padding": [[2, 1]]},
        {"id": "b", "op": "conv", "inputs": ["input"], "kernel": [5], "stride": [1], "padding": [[0, 0]]},
        {"id": "out", "op": "add", "inputs": ["a", "b"]},
    ]
    field = receptive_field(read_graph(nodes, "out"))
    assert field.rf == field.effective_stride == field.effective_padding == (None,)
    assert field.contiguous == field.n_dependencies == (None,)
    assert not field.centre_aligned
    axis = field.axes[0]
    assert axis.phases == ()
    assert axis.phase(2) == (2, 2, 6, 5, 5)
    assert {len(axis.dependencies(o)) for o in axis.settled} == {10}


def test_phases_of_upsampling() -> None:
    nodes: Nodes = [
        {"id": "input", "op": "input", "inputs": []},
        {"id": "up", "op": "convtranspose", "inputs": ["input"], "kernel": [4], "stride": [2], "padding": [[1, 1]]},
        {"id": "up2", "op": "nearest", "inputs": ["up"], "stride": [2]},
    ]
    axis = receptive_field(read_graph(nodes, "up2")).axes[0]
    assert (axis.period, axis.shift) == (4, 1)
    assert axis.phases == ((0, -1, 0, 2, 2), (1, -1, 0, 2, 2), (2, 0, 1, 2, 2), (3, 0, 1, 2, 2))
    sparse = [*nodes[:1], {"id": "up", "op": "convtranspose", "inputs": ["input"], "kernel": [1], "stride": [2]}]
    axis = receptive_field(read_graph(sparse, "up")).axes[0]
    assert axis.phases == ((0, 0, 0, 1, 1), (1, None, None, 0, 0))
    assert axis.rf is None


def test_published_sizes_of_chains() -> None:
    # Araujo, Norris and Sim 2019, table 1: alexnet_v2 195 / 32 / 64 and vgg_16 212 / 32 / 90
    conv = {"op": "conv", "kernel": 3, "padding": 1}
    pool = {"op": "maxpool", "kernel": 2, "stride": 2}
    vgg: Nodes = [layer for count in (2, 2, 3, 3, 3) for layer in [conv] * count + [pool]]
    field = receptive_field(read_chain(vgg))
    assert (field.rf, field.effective_stride, field.effective_padding) == ((212,), (32,), (90,))
    pool = {"op": "maxpool", "kernel": 3, "stride": 2}
    wide = {"op": "conv", "kernel": 5, "padding": 2}
    alexnet: Nodes = [{"op": "conv", "kernel": 11, "stride": 4}, pool, wide, pool, conv, conv, conv, pool]
    field = receptive_field(read_chain(alexnet))
    assert (field.rf, field.effective_stride, field.effective_padding) == ((195,), (32,), (64,))


def test_deep_networks_keep_exact_counts() -> None:
    chain = [{"op": "conv", "kernel": 3, "stride": 3}] * 10 + [{"op": "conv", "kernel": 3, "dilation": 2}]
    axis = receptive_field(read_chain(chain)).axes[0]
    assert (axis.rf, axis.n_dependencies, axis.contiguous) == (5 * 3**10, 3 * 3**10, False)
    nodes = [Node("input", Input())]
    for n in range(400):
        last = nodes[-1].name
        dilation = 1 << n % 10
        nodes.append(Node(f"conv{n}", Window((2,), (1,), ((dilation, 0),), (dilation,)), (last,)))
        nodes.append(Node(f"add{n}", Merge(), (last, f"conv{n}")))
    axis = receptive_field(Network(tuple(nodes), nodes[-1].name)).axes[0]
    assert (axis.rf, axis.n_dependencies) == (40 * 1023 + 1, 40 * 1023 + 1)


def test_random_networks_have_the_gradients_of_torch() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    functional = torch.nn.functional
    compared = 0
    for seed in range(600, 640):
        nodes = random_graph(seed, up=seed % 2 == 0)
        network = read_graph(nodes, nodes[-1]["id"])
        axis = receptive_field(network).axes[0]
        x = torch.ones(1, 1, 400, dtype=torch.float64, requires_grad=True)
        values = {"input": x}
        for node in nodes[1:]:
            sources = [values[name] for name in node["inputs"]]
            weight = torch.ones(1, 1, *node.get("kernel", [1]), dtype=torch.float64)
            match node["op"]:
                case "conv" | "maxpool":
                    padded = functional.pad(sources[0], node["padding"][0])
                    out = functional.conv1d(padded, weight, stride=node["stride"], dilation=node["dilation"])
                case "convtranspose":
                    pad, step = node["padding"][0][0], node["stride"]
                    out = functional.conv_transpose1d(sources[0], weight, stride=step, padding=pad, dilation=node["dilation"])
                case "nearest":
                    out = functional.interpolate(sources[0], scale_factor=node["stride"][0], mode="nearest")
                case "bilinear":
                    out = functional.interpolate(sources[0], scale_factor=node["stride"][0], mode="linear")
                case _:
                    length = min(source.shape[-1] for source in sources)
                    out = sum(source[..., :length] for source in sources)
            values[node["id"]] = out / max(1.0, float(out.detach().max()))
        out = values[nodes[-1]["id"]]
        clear = finite(nodes, 400)[nodes[-1]["id"]]
        inner = [o for o, (_, free) in enumerate(clear) if free]
        for output in inner[len(inner) // 2 : len(inner) // 2 + 3]:
            (gradient,) = torch.autograd.grad(out[0, 0, output], x, retain_graph=True)
            used = set(gradient[0, 0].nonzero().flatten().tolist())
            assert set(axis.dependencies(output)) == used, (seed, output)
            compared += 1
    assert compared >= 60


def graph(*changes: dict[str, Any], drop: str = "") -> Nodes:
    nodes: Nodes = [
        {"id": "input", "op": "input", "inputs": []},
        {"id": "a", "op": "conv", "inputs": ["input"], "kernel": [3], "stride": [1], "padding": [[1, 1]]},
        {"id": "out", "op": "add", "inputs": ["a", "input"]},
    ]
    for change in changes:
        nodes = [{**node, **change} if node["id"] == change["id"] else node for node in nodes]
        if change["id"] not in {node["id"] for node in nodes}:
            nodes.append(change)
    return [{key: value for key, value in node.items() if key != drop} for node in nodes]


BAD: list[tuple[Nodes, str]] = [
    (graph({"id": "a", "kernel": [0]}), "node 'a': kernel = 0 is not accepted; it must be an integer of at least 1"),
    (graph({"id": "a", "stride": -1}), "node 'a': stride = -1 is not accepted; it must be an integer of at least 1"),
    (graph({"id": "a", "dilation": [0]}), "node 'a': dilation = 0 is not accepted"),
    (graph({"id": "a", "kernel": [3, 3]}), "or a list of 1, one for each axis"),
    (graph({"id": "a", "padding": "half"}), "node 'a': padding = 'half' is not accepted; it must be an integer or, for each"),
    (graph({"id": "a", "padding": [[1, 1, 1]]}), "node 'a': padding = [[1, 1, 1]] is not accepted"),
    (graph({"id": "a", "padding": "same", "stride": 2}), "padding = 'same' is not accepted; it must be given as numbers"),
    (graph({"id": "a", "op": "convolve"}), "node 'a': op = 'convolve' is not accepted; it must be one of input, conv,"),
    (graph({"id": "a", "op": "nearest", "stride": 0}), "node 'a': stride = 0 is not accepted"),
    (graph({"id": "a", "op": "bilinear", "align_corners": True}), "align_corners = True is not accepted; it must be false"),
    (graph({"id": "a", "op": "convtranspose", "padding": "same"}), "must be given as numbers for a transposed convolution"),
    (graph({"id": "a", "inputs": ["out"]}), "form a cycle; a node may only read earlier ones"),
    (graph({"id": "a", "inputs": ["stem"]}), "node 'a': inputs = 'stem' is not accepted; it must be"),
    (graph({"id": "a", "inputs": "input"}), "node 'a': inputs = 'input' is not accepted; it must be a list of node names"),
    (graph({"id": "a", "inputs": ["input", "input"]}), "it must be one node: only merges read several"),
    (graph({"id": "out", "inputs": []}), "it must be at least one node"),
    (graph({"id": "b", "op": "input", "inputs": []}), "there must be one input node, and there are 2: ['input', 'b']"),
    (graph({"id": "input", "inputs": ["a"]}), "it must be none: it is the input"),
    ([*graph(), graph()[1]], "two nodes are called 'a'; every node needs a name of its own"),
    (graph()[:2], "network: output = 'out' is not accepted; it must be the name of a node: a, input"),
    (graph({"id": "a", "strides": 2}), "node 'a': field = 'strides' is not accepted; it must be one of align_corners, dilation"),
    (graph(drop="op"), "op = None is not accepted; it must be a text"),
    (graph({"id": "a"}, drop="kernel"), "node 'a': kernel = None is not accepted; it must be given"),
    (graph({"id": "a", "op": "nearest"}, drop="stride"), "it must be given: the upsampling factor"),
]


@pytest.mark.parametrize("nodes,message", BAD, ids=[message[:50] for _, message in BAD])
def test_impossible_networks_are_refused(nodes: Nodes, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_graph(nodes, "out")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_impossible_chains_and_layers_are_refused() -> None:
    with pytest.raises(ValueError, match="layer 'layer2': a chain holds no 'add'; give the network as a graph"):
        read_chain([{"op": "conv", "kernel": 3}, {"op": "add"}])
    with pytest.raises(ValueError, match="layer 'stem': kernel = 0 is not accepted"):
        read_chain([{"op": "conv", "name": "stem", "kernel": 0}])
    with pytest.raises(ValueError, match="window: stride = -1 is not accepted"):
        Window((3,), (-1,), ((0, 0),), (1,))
    with pytest.raises(ValueError, match=r"window: dilation = \(1,\) is not accepted|window: .* as many as the other"):
        Window((3, 3), (1, 1), ((0, 0), (0, 0)), (1,))
    with pytest.raises(ValueError, match=r"window: padding = \(\(0, 0\),\) is not accepted; it must be 2 pair"):
        Window((3, 3), (1, 1), ((0, 0),), (1, 1))
    with pytest.raises(ValueError, match="its numbers are for 2 axes, the network has 1"):
        Network.chain([("up", Nearest((2, 2)))])
    network = read_chain([{"op": "conv", "kernel": 3}])
    with pytest.raises(ValueError, match="node = 'layer7' is not accepted; it must be one of input, layer1"):
        receptive_field(network, "layer7")


def test_sets_of_positions_behave_as_sets() -> None:
    rng = random.Random(3)
    for _ in range(200):
        one = {rng.randint(-30, 30) for _ in range(rng.randint(0, 12))}
        two = {rng.randint(-30, 30) for _ in range(rng.randint(0, 12))}
        step, count = rng.randint(0, 5), rng.randint(1, 9)
        a, b = Positions.of(*one), Positions.of(*two)
        assert set(a) == one
        assert list(a) == sorted(one)
        assert (a == b) is (one == two)
        assert set(a | b) == one | two
        assert len(a) == len(one)
        assert all((x in a) is (x in one) for x in range(-35, 36))
        assert set(a.shifted(-9)) == {x - 9 for x in one}
        assert set(a.repeated(step, count)) == {x + step * n for x in one for n in range(count)}
        if one:
            assert (a.first, a.last, a.hull) == (min(one), max(one), max(one) - min(one) + 1)
            assert a.contiguous is (len(one) == max(one) - min(one) + 1)
