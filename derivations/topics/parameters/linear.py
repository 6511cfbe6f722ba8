"""Parameters of affine maps: convolutions, their transposes, linear and bilinear maps, lookup tables.

Names, defaults and shapes are those of ``torch.nn``. Arguments that do not change the count (stride, padding, ...) are
accepted under their torch names and checked where a wrong value would describe no layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from derivations.language.errors import DeriveError
from derivations.topics.parameters.dimensions import Dimension, dimension, one_of, per_axis, quotient, truth
from derivations.topics.parameters.ledger import Ledger, concatenated, joined, parameter

_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


def _weight_and_bias(weight: tuple[Dimension, ...], bias_size: Dimension, bias: bool) -> Ledger:
    ledger = parameter("weight", *weight)
    return ledger + parameter("bias", bias_size) if truth("bias", bias) else ledger


def _check_geometry(axes: int, stride: Any, padding: Any, dilation: Any, padding_mode: Any) -> None:
    per_axis("stride", stride, axes)
    per_axis("dilation", dilation, axes)
    one_of("padding_mode", padding_mode, _PADDING_MODES)
    if isinstance(padding, str):
        one_of("padding", padding, ("valid", "same"))
        if padding == "same" and any(isinstance(step, int) and step != 1 for step in per_axis("stride", stride, axes)):
            raise DeriveError(f"padding = 'same' needs stride 1, but stride = {stride}")
    else:
        per_axis("padding", padding, axes, least=0)


def convolution(
    axes: int,
    in_channels: Dimension,
    out_channels: Dimension,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: Dimension = 1,
    bias: bool = True,
    padding_mode: str = "zeros",
) -> Ledger:
    """Convolution over ``axes`` axes: weight (out_channels, in_channels / groups, *kernel_size), bias (out_channels).

    Raises ``DeriveError`` when ``groups`` does not divide both channel counts.
    """
    c_in, c_out = dimension("in_channels", in_channels), dimension("out_channels", out_channels)
    kernel = per_axis("kernel_size", kernel_size, axes)
    _check_geometry(axes, stride, padding, dilation, padding_mode)
    q = dimension("groups", groups)
    fan = quotient("in_channels", c_in, "groups", q)
    if isinstance(c_out, int) and isinstance(q, int):
        quotient("out_channels", c_out, "groups", q)
    return _weight_and_bias((c_out, fan, *kernel), c_out, bias)


def transposed_convolution(
    axes: int,
    in_channels: Dimension,
    out_channels: Dimension,
    kernel_size: Any,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: Dimension = 1,
    bias: bool = True,
    dilation: Any = 1,
    padding_mode: str = "zeros",
) -> Ledger:
    """Transposed convolution: weight (in_channels, out_channels / groups, *kernel_size), bias (out_channels)."""
    c_in, c_out = dimension("in_channels", in_channels), dimension("out_channels", out_channels)
    kernel = per_axis("kernel_size", kernel_size, axes)
    if isinstance(padding, str):
        raise DeriveError(f"padding = {padding!r}: a transposed convolution takes padding as numbers only")
    _check_geometry(axes, stride, padding, dilation, padding_mode)
    per_axis("output_padding", output_padding, axes, least=0)
    one_of("padding_mode", padding_mode, ("zeros",))
    q = dimension("groups", groups)
    if isinstance(c_in, int) and isinstance(q, int):
        quotient("in_channels", c_in, "groups", q)
    return _weight_and_bias((c_in, quotient("out_channels", c_out, "groups", q), *kernel), c_out, bias)


#: ``torch.nn.Conv1d``, ``Conv2d`` and ``Conv3d``: see ``convolution``.
conv1d, conv2d, conv3d = (partial(convolution, axes) for axes in (1, 2, 3))

#: ``torch.nn.ConvTranspose1d``, ``ConvTranspose2d`` and ``ConvTranspose3d``: see ``transposed_convolution``.
conv_transpose1d, conv_transpose2d, conv_transpose3d = (partial(transposed_convolution, axes) for axes in (1, 2, 3))


def linear(in_features: Dimension, out_features: Dimension, bias: bool = True) -> Ledger:
    """``torch.nn.Linear``: weight (out_features, in_features), bias (out_features)."""
    n_in, n_out = dimension("in_features", in_features, least=0), dimension("out_features", out_features, least=0)
    return _weight_and_bias((n_out, n_in), n_out, bias)


def bilinear(in1_features: Dimension, in2_features: Dimension, out_features: Dimension, bias: bool = True) -> Ledger:
    """``torch.nn.Bilinear``: weight (out_features, in1_features, in2_features), bias (out_features)."""
    n_out = dimension("out_features", out_features)
    n_1, n_2 = dimension("in1_features", in1_features), dimension("in2_features", in2_features, least=0)
    return _weight_and_bias((n_out, n_1, n_2), n_out, bias)


def embedding(
    num_embeddings: Dimension,
    embedding_dim: Dimension,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Ledger:
    """``torch.nn.Embedding``: weight (num_embeddings, embedding_dim). The row of ``padding_idx`` is counted like any other."""
    rows = dimension("num_embeddings", num_embeddings, least=0)
    if padding_idx is not None and isinstance(rows, int) and not -rows <= padding_idx < rows:
        raise DeriveError(f"padding_idx = {padding_idx} is no row of an embedding with {rows} rows")
    return parameter("weight", rows, dimension("embedding_dim", embedding_dim, least=0))


def embedding_bag(
    num_embeddings: Dimension,
    embedding_dim: Dimension,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Ledger:
    """``torch.nn.EmbeddingBag``: weight (num_embeddings, embedding_dim)."""
    one_of("mode", mode, ("sum", "mean", "max"))
    return embedding(num_embeddings, embedding_dim, padding_idx)


def prelu(num_parameters: Dimension = 1, init: float = 0.25) -> Ledger:
    """``torch.nn.PReLU``: one slope, or one for each channel."""
    return parameter("weight", dimension("num_parameters", num_parameters))


def adaptive_log_softmax(
    in_features: int,
    n_classes: int,
    cutoffs: Sequence[int],
    div_value: float = 4.0,
    head_bias: bool = False,
) -> Ledger:
    """``torch.nn.AdaptiveLogSoftmaxWithLoss``: a head over the frequent classes and one entry for each cluster of the rest.

    Cluster i (from 1) is projected to ``int(in_features // div_value**i)`` features first; only the head may have a bias.
    """
    features, classes = dimension("in_features", in_features), dimension("n_classes", n_classes)
    bounds = [dimension(f"cutoffs[{i}]", cutoff) for i, cutoff in enumerate(cutoffs)]
    if not bounds or bounds != sorted(set(bounds)) or bounds[-1] > classes - 1:
        raise DeriveError(f"cutoffs = {list(cutoffs)} must be increasing, positive and below n_classes = {classes}")
    bounds.append(classes)
    ledger = joined(head=linear(features, bounds[0] + len(bounds) - 1, bias=head_bias))
    for i, (low, high) in enumerate(pairwise(bounds)):
        width = int(features // div_value ** (i + 1))
        tail = linear(features, width, bias=False).under("0") + linear(width, high - low, bias=False).under("1")
        ledger = concatenated((ledger, tail.under(f"tail.{i}")))
    return ledger
