"""Convolutional networks with residual or dense connections: ResNet and its kin, DenseNet, RegNet, ConvNeXt."""

from __future__ import annotations

import math
from collections.abc import Sequence

from derivations.language.errors import DeriveError
from derivations.topics.parameters.architectures.rounding import multiple_near
from derivations.topics.parameters.blocks import basic_block, bottleneck, conv_norm, convnext_block, dense_layer, norm_conv, squeeze_excitation
from derivations.topics.parameters.dimensions import Dimension, quotient
from derivations.topics.parameters.ledger import Ledger, joined
from derivations.topics.parameters.linear import conv2d, linear
from derivations.topics.parameters.normalization import batch_norm, layer_norm


def resnet(
    blocks_per_stage: Sequence[int] = (3, 4, 6, 3),
    is_bottleneck: bool = True,
    stage_planes: Sequence[int] = (64, 128, 256, 512),
    expansion: int | None = None,
    groups: int = 1,
    width_per_group: int = 64,
    num_classes: Dimension = 1000,
    stem_kernel: int = 7,
    stem_channels: int | None = None,
    in_channels: int = 3,
) -> Ledger:
    """ResNet (He et al. 2016), ResNeXt (``groups``), wide ResNet (``width_per_group``).

    A bottleneck's inner width is planes * width_per_group / 64 * groups. The first block of each stage but the first has stride 2; a
    block whose stride is not 1 or whose channels change has a projection on its shortcut.
    """
    if len(blocks_per_stage) != len(stage_planes):
        raise DeriveError(f"{len(blocks_per_stage)} stages have blocks, but {len(stage_planes)} have planes: give one of each")
    growth = (4 if is_bottleneck else 1) if expansion is None else expansion
    channels = stage_planes[0] if stem_channels is None else stem_channels
    ledger = conv_norm(in_channels, channels, stem_kernel).under("stem")
    for stage, (count, planes) in enumerate(zip(blocks_per_stage, stage_planes, strict=True)):
        out = planes * growth
        for index in range(count):
            stride = 2 if stage > 0 and index == 0 else 1
            if is_bottleneck:
                inner = int(planes * width_per_group / 64) * groups
                block = bottleneck(channels, inner, out, stride, groups)
            else:
                block = basic_block(channels, out, stride)
            ledger += block.under(f"layer{stage + 1}.{index}")
            channels = out
    return ledger + linear(channels, num_classes).under("fc")


def densenet(
    growth_rate: int = 32,
    block_config: Sequence[int] = (6, 12, 24, 16),
    num_init_features: int = 64,
    bn_size: int = 4,
    num_classes: Dimension = 1000,
    in_channels: int = 3,
) -> Ledger:
    """DenseNet (Huang et al. 2017): each layer adds ``growth_rate`` channels; transitions between blocks halve them."""
    ledger, channels = conv_norm(in_channels, num_init_features, 7).under("stem"), num_init_features
    for block, layers in enumerate(block_config):
        for index in range(layers):
            ledger += dense_layer(channels + index * growth_rate, growth_rate, bn_size).under(f"block{block + 1}.{index}")
        channels += layers * growth_rate
        if block + 1 < len(block_config):
            ledger += norm_conv(channels, channels // 2, 1, bias=False).under(f"transition{block + 1}")
            channels //= 2
    return ledger + batch_norm(channels).under("norm") + linear(channels, num_classes).under("classifier")


def regnet_stages(depth: int, w_0: int, w_a: float, w_m: float, group_width: int) -> list[tuple[int, int, int]]:
    """Return (blocks, width, group width) of each stage (Radosavovic et al. 2020).

    Block widths w_0 + w_a * i are rounded to the nearest w_0 * w_m^k, then to a multiple of 8; equal widths make a stage, whose width is
    then brought to a multiple of its group width.
    """
    if w_a < 0 or w_0 <= 0 or w_m <= 1 or w_0 % 8:
        raise DeriveError(f"regnet needs w_a >= 0, w_m > 1 and w_0 a positive multiple of 8, not {w_a}, {w_m} and {w_0}")
    stages: list[tuple[int, int, int]] = []
    for index in range(depth):
        power = round(math.log((w_0 + w_a * index) / w_0) / math.log(w_m))
        width = round(w_0 * w_m**power / 8) * 8
        if stages and stages[-1][1] == width:
            stages[-1] = (stages[-1][0] + 1, width, group_width)
        else:
            stages.append((1, width, group_width))
    adjusted = []
    for blocks, width, group in stages:
        fitting = min(group, width)
        adjusted.append((blocks, multiple_near(width, fitting), fitting))
    return adjusted


def regnet(
    stages: Sequence[tuple[int, int, int]],
    se_ratio: float | None = None,
    bottleneck_multiplier: float = 1.0,
    stem_width: int = 32,
    num_classes: Dimension = 1000,
    in_channels: int = 3,
) -> Ledger:
    """RegNet X, and Y with squeeze and excitation relative to the block's input; ``stages`` as of ``regnet_stages``."""
    ledger, channels = conv_norm(in_channels, stem_width, 3).under("stem"), stem_width
    for stage, (blocks, width, group_width) in enumerate(stages):
        inner = round(width * bottleneck_multiplier)
        groups = quotient("width", inner, "group width", group_width)
        for index in range(blocks):
            block = bottleneck(channels, inner, width, 2 if index == 0 else 1, groups)
            if se_ratio:
                block += squeeze_excitation(inner, round(se_ratio * channels)).under("se")
            ledger += block.under(f"stage{stage + 1}.{index}")
            channels = width
    return ledger + linear(channels, num_classes).under("fc")


def convnext(
    dims: Sequence[Dimension] = (96, 192, 384, 768),
    depths: Sequence[Dimension] = (3, 3, 9, 3),
    num_classes: Dimension = 1000,
    patch_size: int = 4,
    kernel_size: int = 7,
    layer_scale: bool = True,
    in_channels: Dimension = 3,
) -> Ledger:
    """ConvNeXt (Liu et al. 2022): patches, then stages with a norm and a strided 2x2 convolution between them."""
    if len(dims) != len(depths):
        raise DeriveError(f"{len(dims)} stages have widths, but {len(depths)} have depths: give one of each")
    ledger = joined(conv=conv2d(in_channels, dims[0], patch_size), norm=layer_norm(dims[0])).under("stem")
    for stage, (width, depth) in enumerate(zip(dims, depths, strict=True)):
        if stage > 0:
            before = dims[stage - 1]
            ledger += joined(norm=layer_norm(before), conv=conv2d(before, width, 2)).under(f"downsample{stage}")
        ledger += convnext_block(width, kernel_size, layer_scale=layer_scale).repeated(depth, f"stage{stage + 1}")
    return ledger + joined(norm=layer_norm(dims[-1]), fc=linear(dims[-1], num_classes)).under("head")
