"""Parameters counted one by one: a loop over the indices of every tensor, and real modules where PyTorch is installed. Imports no code of the project."""

from __future__ import annotations

from itertools import product
from typing import Any


def entries(*shape: int) -> int:
    """The number of entries of an array, by running through its indices."""
    return sum(1 for _ in product(*(range(size) for size in shape)))


def convolutions(channels: list[int], kernels: list[int]) -> int:
    """1-D convolutions in a row, each with one bias for every output channel."""
    return sum(entries(b, a, k) + entries(b) for a, b, k in zip(channels[:-1], channels[1:], kernels, strict=True))


def residual(channels: int, kernel: int) -> int:
    """Batch normalization (scale and shift), then a square convolution with biases."""
    return entries(channels) + entries(channels) + entries(channels, channels, kernel, kernel) + entries(channels)


def bottleneck(channels: int, inner: int, kernel: int) -> int:
    """Three times batch normalization and convolution: down, square, up."""
    total = 0
    for a, b, k in ((channels, inner, 1), (inner, inner, kernel), (inner, channels, 1)):
        total += entries(a) + entries(a) + entries(b, a, k, k) + entries(b)
    return total


def attention(width: int) -> int:
    """Matrix and bias of the queries, the keys and the values."""
    return sum(entries(width, width) + entries(width) for _ in ("queries", "keys", "values"))


def dense(width: int, tokens: int) -> int:
    """One weight from every number to every number, one bias for every number."""
    return entries(width, tokens, width, tokens) + entries(width, tokens)


def owned(module: Any) -> int:
    """What a PyTorch module calls its parameters (buffers are not among them)."""
    return sum(parameter.numel() for parameter in module.parameters())


def torch_convolutions(channels: list[int], kernels: list[int]) -> int:
    from torch import nn

    return owned(nn.Sequential(*(nn.Conv1d(a, b, k) for a, b, k in zip(channels[:-1], channels[1:], kernels, strict=True))))


def torch_residual(channels: int, kernel: int) -> int:
    from torch import nn

    return owned(nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, channels, kernel)))


def torch_bottleneck(channels: int, inner: int, kernel: int) -> int:
    from torch import nn

    parts: list[nn.Module] = []
    for a, b, k in ((channels, inner, 1), (inner, inner, kernel), (inner, channels, 1)):
        parts += [nn.BatchNorm2d(a), nn.ReLU(), nn.Conv2d(a, b, k)]
    return owned(nn.Sequential(*parts))


def torch_attention(width: int) -> int:
    from torch import nn

    return owned(nn.ModuleList(nn.Linear(width, width) for _ in range(3)))


def torch_dense(width: int, tokens: int) -> int:
    from torch import nn

    return owned(nn.Linear(width * tokens, width * tokens))
