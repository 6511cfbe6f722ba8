"""Parameters and buffers of normalization layers, by the names, defaults and shapes of ``torch.nn``."""

from __future__ import annotations

from typing import Any

from derivations.topics.parameters.dimensions import Dimension, dimension, per_axis, quotient, truth
from derivations.topics.parameters.ledger import Ledger, buffer, parameter


def _scale_and_shift(shape: tuple[Dimension, ...], affine: bool, bias: bool) -> Ledger:
    if not affine:
        return Ledger()
    scale = parameter("weight", *shape)
    return scale + parameter("bias", *shape) if truth("bias", bias) else scale


def _running_statistics(features: Dimension) -> Ledger:
    return buffer("running_mean", features) + buffer("running_var", features) + buffer("num_batches_tracked")


def batch_norm(
    num_features: Dimension,
    eps: float = 1e-5,
    momentum: float | None = 0.1,
    affine: bool = True,
    track_running_stats: bool = True,
    bias: bool = True,
) -> Ledger:
    """``torch.nn.BatchNorm1d/2d/3d``: scale and shift (num_features each).

    The running mean and variance (num_features each) and the batch counter are buffers, not parameters.
    """
    features = dimension("num_features", num_features)
    ledger = _scale_and_shift((features,), truth("affine", affine), bias)
    return ledger + _running_statistics(features) if truth("track_running_stats", track_running_stats) else ledger


def sync_batch_norm(
    num_features: Dimension,
    eps: float = 1e-5,
    momentum: float | None = 0.1,
    affine: bool = True,
    track_running_stats: bool = True,
    process_group: object = None,
    bias: bool = True,
) -> Ledger:
    """``torch.nn.SyncBatchNorm``: as ``batch_norm``."""
    return batch_norm(num_features, eps, momentum, affine, track_running_stats, bias)


def instance_norm(
    num_features: Dimension,
    eps: float = 1e-5,
    momentum: float = 0.1,
    affine: bool = False,
    track_running_stats: bool = False,
    bias: bool = True,
) -> Ledger:
    """``torch.nn.InstanceNorm1d/2d/3d``: as ``batch_norm``, but by default neither affine nor with statistics."""
    return batch_norm(num_features, eps, momentum, affine, track_running_stats, bias)


def layer_norm(normalized_shape: Any, eps: float = 1e-5, elementwise_affine: bool = True, bias: bool = True) -> Ledger:
    """``torch.nn.LayerNorm``: scale and shift, each of shape ``normalized_shape`` (a size, or a list of sizes)."""
    return _scale_and_shift(_shape(normalized_shape), truth("elementwise_affine", elementwise_affine), bias)


def rms_norm(normalized_shape: Any, eps: float | None = None, elementwise_affine: bool = True) -> Ledger:
    """``torch.nn.RMSNorm``: a scale of shape ``normalized_shape`` and no shift."""
    return _scale_and_shift(_shape(normalized_shape), truth("elementwise_affine", elementwise_affine), bias=False)


def group_norm(num_groups: Dimension, num_channels: Dimension, eps: float = 1e-5, affine: bool = True, bias: bool = True) -> Ledger:
    """``torch.nn.GroupNorm``: scale and shift (num_channels each), whatever the number of groups."""
    channels, groups = dimension("num_channels", num_channels), dimension("num_groups", num_groups)
    if isinstance(channels, int) and isinstance(groups, int):
        quotient("num_channels", channels, "num_groups", groups)
    return _scale_and_shift((channels,), truth("affine", affine), bias)


def _shape(normalized_shape: Any) -> tuple[Dimension, ...]:
    axes = len(normalized_shape) if isinstance(normalized_shape, (list, tuple)) else 1
    return per_axis("normalized_shape", normalized_shape, axes)
