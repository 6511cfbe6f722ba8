"""Pairs (weight, input) of convolutions against plain loops and, where it is installed, against PyTorch's gradients."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from derivations.topics.dependency import torch_convolution

MODES = ("zeros", "reflect", "replicate", "circular")


def padded_line(size: int, before: int, after: int, mode: str) -> list[int | None]:
    """Input positions along an axis with its padding, None for a zero; walks outwards from the ends."""
    line: list[int | None] = list(range(size))
    left: list[int | None] = []
    right: list[int | None] = []
    for step in range(1, before + 1):
        left.insert(0, {"zeros": None, "reflect": step, "replicate": 0, "circular": size - step}[mode])
    for step in range(1, after + 1):
        mirrored = size - 1 - step
        right.append({"zeros": None, "reflect": mirrored, "replicate": size - 1, "circular": step - 1}[mode])
    return left + line + right


def cropped_line(size: int, pads: tuple[int, int]) -> list[int | None]:
    line: list[int | None] = [None] * pads[0] + list(range(size)) + [None] * pads[1]
    return line[max(0, -pads[0]) : len(line) - max(0, -pads[1])]


def line_reads(case: dict[str, Any], axis: int, size: int) -> list[list[tuple[int, int]]]:
    """For each output of one axis the pairs (tap, input position), found by walking along the padded line."""
    kernel, stride, spacing = (case[name][axis] for name in ("kernel_size", "stride", "dilation"))
    first = cropped_line(size, case["explicit"][axis])
    if case["transposed"]:
        length = (len(first) - 1) * stride + spacing * (kernel - 1) + 1
        sums: list[list[tuple[int, int]]] = [[] for _ in range(length + case["output_padding"][axis])]
        for place, tap in itertools.product(range(len(first)), range(kernel)):
            if first[place] is not None:
                sums[place * stride + tap * spacing].append((tap, first[place]))
        pad = case["padding"][axis]
        return sums[pad : len(sums) - pad]
    pad = case["padding"][axis]
    places = padded_line(len(first), pad, pad, case["padding_mode"])
    line = [None if place is None else first[place] for place in places]
    outputs = []
    start = 0
    while start + spacing * (kernel - 1) < len(line):
        reads = [(tap, line[start + tap * spacing]) for tap in range(kernel)]
        outputs.append([(tap, at) for tap, at in reads if at is not None])
        start += stride
    return outputs


def random_case(rng: random.Random, ndim: int, transposed: bool) -> dict[str, Any]:
    groups = rng.choice([1, 1, 1, 2])
    case: dict[str, Any] = {
        "ndim": ndim,
        "transposed": transposed,
        "groups": groups,
        "in_channels": groups * rng.randint(1, 2),
        "out_channels": groups * rng.randint(1, 2),
        "kernel_size": [rng.randint(1, 4 if ndim < 3 else 2) for _ in range(ndim)],
        "stride": [rng.randint(1, 4) for _ in range(ndim)],
        "dilation": [rng.randint(1, 3) for _ in range(ndim)],
        "padding_mode": "zeros" if transposed else rng.choice(MODES),
        "size": [rng.randint(4, 7 if ndim == 1 else 4) + 3 for _ in range(ndim)],
        "explicit": [(rng.randint(-1, 2), rng.randint(-1, 2)) for _ in range(ndim)],
        "padding": [rng.randint(0, 3) for _ in range(ndim)],
        "output_padding": [0] * ndim,
    }
    if rng.random() < 0.4:
        case["explicit"] = [(0, 0)] * ndim
    if transposed:
        case["output_padding"] = [rng.randrange(max(s, d)) for s, d in zip(case["stride"], case["dilation"], strict=True)]
        # Frameworks refuse a layer without outputs; so do we, and this is about the others.
        case["padding"] = [min(p, k - 1) for p, k in zip(case["padding"], case["kernel_size"], strict=True)]
    return case


def build(case: dict[str, Any]) -> Any:
    names = ["in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups"]
    names.append("output_padding" if case["transposed"] else "padding_mode")
    op = f"Conv{'Transpose' if case['transposed'] else ''}{case['ndim']}d"
    explicit = [list(pads) for pads in case["explicit"]]
    return torch_convolution(op, {name: case[name] for name in names}, explicit if any(map(any, explicit)) else None)


@pytest.mark.parametrize("ndim,transposed", list(itertools.product([1, 2, 3], [False, True])))
def test_pairs_are_those_of_plain_loops(ndim: int, transposed: bool) -> None:
    rng = random.Random(100 * ndim + transposed)
    done = 0
    while done < (60 if ndim == 1 else 20):
        case = random_case(rng, ndim, transposed)
        lines = [line_reads(case, axis, case["size"][axis]) for axis in range(ndim)]
        if not all(lines):
            continue
        done += 1
        convolution = build(case)
        assert convolution.output_size(case["size"]) == tuple(len(line) for line in lines), case
        inputs, outputs = case["in_channels"] // case["groups"], case["out_channels"] // case["groups"]
        for _ in range(4):
            o = rng.randrange(case["out_channels"])
            spatial = [rng.randrange(len(line)) for line in lines]
            expected = []
            for c in range(inputs):
                source = o // outputs * inputs + c
                lead = (source, o % outputs) if transposed else (o, c)
                for reads in itertools.product(*(line[p] for line, p in zip(lines, spatial, strict=True))):
                    expected.append(((*lead, *(r[0] for r in reads)), (source, *(r[1] for r in reads))))
            found = [tuple(pair) for pair in convolution.pairs([o, *spatial], case["size"])]
            assert found == sorted(expected), (case, o, spatial)
            assert len(set(found)) == len(found)


@pytest.mark.parametrize("ndim,transposed", list(itertools.product([1, 2, 3], [False, True])))
def test_pairs_are_those_of_torch_gradients(ndim: int, transposed: bool) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    rng = random.Random(500 + 100 * ndim + transposed)
    done = 0
    while done < (60 if ndim == 1 else 25):
        case = random_case(rng, ndim, transposed)
        names = ["kernel_size", "stride", "padding", "dilation", "output_padding" if transposed else "padding_mode"]
        kind = getattr(torch.nn, f"Conv{'Transpose' if transposed else ''}{ndim}d")
        values = {name: tuple(case[name]) if isinstance(case[name], list) else case[name] for name in names}
        layer = kind(case["in_channels"], case["out_channels"], groups=case["groups"], bias=False, **values).double()
        x = torch.zeros(1, case["in_channels"], *case["size"], dtype=torch.float64, requires_grad=True)
        pads = [pad for axis in reversed(case["explicit"]) for pad in axis]
        try:
            shape = layer(torch.nn.functional.pad(x, pads)).shape
        except RuntimeError:
            with pytest.raises(ValueError, match="not accepted"):
                build(case).output_size(case["size"])
            continue
        done += 1
        convolution = build(case)
        assert convolution.weight_shape == tuple(layer.weight.shape)
        assert convolution.output_size(case["size"]) == tuple(shape[2:])
        positions = [tuple(rng.randrange(n) for n in shape[1:]) for _ in range(3)]
        expected: dict[tuple[int, ...], list[Any]] = {position: [] for position in positions}
        for weight in itertools.product(*map(range, convolution.weight_shape)):
            with torch.no_grad():
                layer.weight.zero_()
                layer.weight[weight] = 1.0
            out = layer(torch.nn.functional.pad(x, pads))[0]
            for position in set(positions):
                (gradient,) = torch.autograd.grad(out[position], x, retain_graph=True)
                for index in gradient[0].nonzero().tolist():
                    assert gradient[0][tuple(index)] == 1
                    expected[position].append((weight, tuple(index)))
        for position in positions:
            found = [tuple(pair) for pair in convolution.pairs(position, case["size"])]
            assert found == sorted(expected[position]), (case, position)


@pytest.mark.parametrize("kernel,dilation,mode", list(itertools.product([1, 2, 3, 4, 5], [1, 2, 3], MODES)))
def test_same_padding_keeps_the_size_and_pads_the_far_end_more(kernel: int, dilation: int, mode: str) -> None:
    layer = {"in_channels": 1, "out_channels": 1, "kernel_size": kernel, "dilation": dilation, "padding_mode": mode}
    convolution = torch_convolution("Conv1d", {**layer, "padding": "same"})
    assert convolution.output_size(14) == (14,)
    total = dilation * (kernel - 1)
    line = padded_line(14, total // 2, total - total // 2, mode)
    for output in range(14):
        expected = [((0, 0, k), (0, line[output + k * dilation])) for k in range(kernel)]
        assert [tuple(p) for p in convolution.pairs([0, output], 14)] == [p for p in expected if p[1][1] is not None]


def test_reflection_that_reads_an_input_twice_keeps_both_pairs() -> None:
    layer = {"in_channels": 1, "out_channels": 1, "kernel_size": 3, "padding": 1, "padding_mode": "reflect"}
    pairs = torch_convolution("Conv1d", layer).pairs([0, 0], 5)
    assert [tuple(pair) for pair in pairs] == [((0, 0, 0), (0, 1)), ((0, 0, 1), (0, 0)), ((0, 0, 2), (0, 1))]


BAD: list[tuple[str, dict[str, Any], Any, int, str]] = [
    ("Conv4d", {}, None, 8, "convolution: op = 'Conv4d' is not accepted; it must be one of Conv1d"),
    ("Conv1d", {"kernel_size": 0}, None, 8, "Conv1d: kernel_size = 0 is not accepted; it must be an integer of at least 1"),
    ("Conv1d", {"stride": -1}, None, 8, "Conv1d: stride = -1 is not accepted"),
    ("Conv1d", {"stride": True}, None, 8, "Conv1d: stride = True is not accepted"),
    ("Conv1d", {"dilation": 0}, None, 8, "Conv1d: dilation = 0 is not accepted"),
    ("Conv1d", {"padding": -1}, None, 8, "Conv1d: padding = -1 is not accepted; it must be an integer of at least 0"),
    ("Conv1d", {"kernel_size": 2.5}, None, 8, "Conv1d: kernel_size = 2.5 is not accepted"),
    ("Conv2d", {"kernel_size": [3, 3, 3]}, None, 8, "or a list of 2, one for each axis"),
    ("Conv1d", {"padding": "full"}, None, 8, "Conv1d: padding = 'full' is not accepted; it must be 'same', 'valid'"),
    ("Conv1d", {"padding": "same", "stride": 2}, None, 8, "Conv1d: stride = 2 is not accepted; it must be 1 where padding"),
    ("Conv1d", {"padding_mode": "mirror"}, None, 8, "padding_mode = 'mirror' is not accepted; it must be one of zeros, reflect"),
    ("Conv1d", {"padding_mode": "reflect", "padding": 8}, None, 8, "padding = 8 is not accepted; it must be at most 7 for reflect"),
    ("Conv1d", {"padding_mode": "circular", "padding": 9}, None, 8, "padding = 9 is not accepted; it must be at most 8 for circular"),
    ("Conv1d", {"in_channels": 4, "out_channels": 6, "groups": 4}, None, 8, "groups = 4 is not accepted; it must be a divisor of 2"),
    ("Conv1d", {"kernel": 3}, None, 8, "Conv1d: hyperparameters = 'kernel' is not accepted; it must be one of"),
    ("Conv1d", {"output_padding": 1}, None, 8, "Conv1d: hyperparameters = 'output_padding' is not accepted"),
    ("Conv1d", {"kernel_size": 9}, None, 8, "input_size = 8 is not accepted; it must be at least 9: the kernel spans 9"),
    ("Conv1d", {}, [-4, -4], 8, "explicit_pad_before = ((-4, -4),) is not accepted; it must be such that something of (8,) is left"),
    ("Conv2d", {}, [1, 2, 3], [8, 8], "Conv2d: explicit_pad_before = [1, 2, 3] is not accepted; it must be an integer or"),
    ("Conv1d", {}, None, 0, "Conv1d: input_size = 0 is not accepted"),
    ("ConvTranspose1d", {"padding_mode": "reflect"}, None, 8, "padding_mode = 'reflect' is not accepted; it must be 'zeros'"),
    ("ConvTranspose1d", {"padding": "same"}, None, 8, "ConvTranspose1d: padding = 'same' is not accepted"),
    ("ConvTranspose1d", {"stride": 2, "output_padding": 2}, None, 8, "output_padding = 2 is not accepted; it must be smaller than"),
    ("ConvTranspose1d", {"padding": 9}, None, 8, "ConvTranspose1d: padding = 9 is not accepted"),
]


@pytest.mark.parametrize("op,changed,explicit,size,message", BAD, ids=[f"{b[0]}-{b[1]}-{b[2]}-{b[3]}" for b in BAD])
def test_impossible_layers_are_refused(op: str, changed: dict[str, Any], explicit: Any, size: Any, message: str) -> None:
    layer = {"in_channels": 1, "out_channels": 1, "kernel_size": 3, **changed}
    with pytest.raises(ValueError) as caught:
        torch_convolution(op, layer, explicit).output_size(size)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_names_and_outputs_outside_are_refused() -> None:
    with pytest.raises(ValueError, match="Conv1d: kernel_size = None is not accepted; it must be given"):
        torch_convolution("Conv1d", {"in_channels": 1, "out_channels": 1})
    layer = torch_convolution("Conv1d", {"in_channels": 1, "out_channels": 1, "kernel_size": 3})
    for output in ([0, 6], [0, -1], [1, 0], [0], [0, 0, 0]):
        with pytest.raises(ValueError, match=r"must be an index \(channel, spatial...\) inside \(1, 6\)"):
            layer.pairs(output, 8)
