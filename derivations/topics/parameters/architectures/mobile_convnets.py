"""Convolutional networks for small devices: MobileNet, MNASNet, ShuffleNet, EfficientNet."""

from __future__ import annotations

import math
from collections.abc import Sequence

from derivations.language.errors import DeriveError
from derivations.topics.parameters.architectures.rounding import multiple_near
from derivations.topics.parameters.blocks import conv_norm, depthwise_separable, mbconv, shuffle_unit
from derivations.topics.parameters.dimensions import Dimension
from derivations.topics.parameters.ledger import Ledger, joined
from derivations.topics.parameters.linear import linear

#: Output channels of MobileNet v1's depthwise separable blocks.
MOBILENET_V1 = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)


def mobilenet_v1(channels: Sequence[int] = MOBILENET_V1, width_mult: float = 1.0, num_classes: Dimension = 1000, stem_channels: int = 32) -> Ledger:
    """MobileNet (Howard et al. 2017)."""
    before = int(stem_channels * width_mult)
    ledger = conv_norm(3, before, 3).under("stem")
    for index, width in enumerate(channels):
        out = int(width * width_mult)
        ledger += depthwise_separable(before, out).under(f"block.{index}")
        before = out
    return ledger + linear(before, num_classes).under("fc")


#: Rows (expansion, channels, blocks, stride) of MobileNet v2.
MOBILENET_V2 = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))


def mobilenet_v2(
    table: Sequence[Sequence[int]] = MOBILENET_V2,
    width_mult: float = 1.0,
    num_classes: Dimension = 1000,
    round_nearest: int = 8,
    stem_channels: int = 32,
    last_channels: int = 1280,
) -> Ledger:
    """MobileNet v2 (Sandler et al. 2018); the last layer is never narrowed below its width."""
    before = multiple_near(stem_channels * width_mult, round_nearest)
    ledger = conv_norm(3, before, 3).under("stem")
    for stage, (expand, width, blocks, *_) in enumerate(table):
        out = multiple_near(width * width_mult, round_nearest)
        for index in range(blocks):
            ledger += mbconv(before, out, expand, 3, None).under(f"stage{stage}.{index}")
            before = out
    last = multiple_near(last_channels * max(1.0, width_mult), round_nearest)
    return ledger + conv_norm(before, last, 1).under("last") + linear(last, num_classes).under("classifier")


#: Rows (in, kernel, expanded, out, squeeze and excitation, stride) of MobileNet v3.
MOBILENET_V3_LARGE = (
    (16, 3, 16, 16, False, 1),
    (16, 3, 64, 24, False, 2),
    (24, 3, 72, 24, False, 1),
    (24, 5, 72, 40, True, 2),
    (40, 5, 120, 40, True, 1),
    (40, 5, 120, 40, True, 1),
    (40, 3, 240, 80, False, 2),
    (80, 3, 200, 80, False, 1),
    (80, 3, 184, 80, False, 1),
    (80, 3, 184, 80, False, 1),
    (80, 3, 480, 112, True, 1),
    (112, 3, 672, 112, True, 1),
    (112, 5, 672, 160, True, 2),
    (160, 5, 960, 160, True, 1),
    (160, 5, 960, 160, True, 1),
)
MOBILENET_V3_SMALL = (
    (16, 3, 16, 16, True, 2),
    (16, 3, 72, 24, False, 2),
    (24, 3, 88, 24, False, 1),
    (24, 5, 96, 40, True, 2),
    (40, 5, 240, 40, True, 1),
    (40, 5, 240, 40, True, 1),
    (40, 5, 120, 48, True, 1),
    (48, 5, 144, 48, True, 1),
    (48, 5, 288, 96, True, 2),
    (96, 5, 576, 96, True, 1),
    (96, 5, 576, 96, True, 1),
)


def mobilenet_v3(
    table: Sequence[Sequence[int]] = MOBILENET_V3_LARGE,
    last_channels: int = 1280,
    width_mult: float = 1.0,
    num_classes: Dimension = 1000,
) -> Ledger:
    """MobileNet v3 (Howard et al. 2019): squeeze and excitation to a quarter of the EXPANDED channels, two dense maps."""

    def scaled(channels: float) -> int:
        return multiple_near(channels * width_mult)

    before = scaled(table[0][0])
    ledger = conv_norm(3, before, 3).under("stem")
    for index, (c_in, kernel, expanded, c_out, excited, *_) in enumerate(table):
        if scaled(c_in) != before:
            raise DeriveError(f"row {index} has {c_in} input channels, but {before} come out of the one before")
        wide, out = scaled(expanded), scaled(c_out)
        squeezed = multiple_near(wide // 4) if excited else None
        block = mbconv(before, out, 1, kernel, None, expanded_channels=wide, squeezed_channels=squeezed)
        ledger += block.under(f"block.{index}")
        before = out
    last, hidden = 6 * before, scaled(last_channels)
    ledger += conv_norm(before, last, 1).under("last")
    return ledger + joined(**{"classifier.0": linear(last, hidden), "classifier.1": linear(hidden, num_classes)})


#: Rows (kernel, expansion, channels, blocks) of MNASNet.
MNASNET = ((3, 3, 24, 3), (5, 3, 40, 3), (5, 6, 80, 3), (3, 6, 96, 2), (5, 6, 192, 4), (3, 6, 320, 1))


def mnasnet(alpha: float = 1.0, table: Sequence[Sequence[int]] = MNASNET, num_classes: Dimension = 1000) -> Ledger:
    """MNASNet B1 (Tan et al. 2019), all widths but the last scaled by ``alpha``."""
    stem, first = multiple_near(32 * alpha), multiple_near(16 * alpha)
    ledger = conv_norm(3, stem, 3).under("stem") + depthwise_separable(stem, first).under("separable")
    before = first
    for stage, (kernel, expand, width, blocks) in enumerate(table):
        out = multiple_near(width * alpha)
        for index in range(blocks):
            ledger += mbconv(before, out, expand, kernel, None).under(f"stage{stage}.{index}")
            before = out
    return ledger + conv_norm(before, 1280, 1).under("last") + linear(1280, num_classes).under("classifier")


def shufflenet_v2(
    stage_repeats: Sequence[int] = (4, 8, 4), stage_out: Sequence[int] = (24, 116, 232, 464, 1024), num_classes: Dimension = 1000
) -> Ledger:
    """ShuffleNet v2 (Ma et al. 2018): half of the channels pass a unit unchanged, except where the resolution is halved."""
    if len(stage_out) != len(stage_repeats) + 2:
        raise DeriveError(f"stage_out needs a stem, {len(stage_repeats)} stages and a last width, not {list(stage_out)}")
    before = stage_out[0]
    ledger = conv_norm(3, before, 3).under("stem")
    for stage, (repeats, out) in enumerate(zip(stage_repeats, stage_out[1:-1], strict=True)):
        for index in range(repeats):
            unit = shuffle_unit(before, out, 2) if index == 0 else shuffle_unit(out, out)
            ledger += unit.under(f"stage{stage + 2}.{index}")
        before = out
    return ledger + conv_norm(before, stage_out[-1], 1).under("last") + linear(stage_out[-1], num_classes).under("fc")


#: Rows (expansion, kernel, stride, in, out, blocks) of EfficientNet B0, and of the v2 networks: (fused blocks, then blocks with SE).
EFFICIENTNET = (
    (1, 3, 1, 32, 16, 1),
    (6, 3, 2, 16, 24, 2),
    (6, 5, 2, 24, 40, 2),
    (6, 3, 2, 40, 80, 3),
    (6, 5, 1, 80, 112, 3),
    (6, 5, 2, 112, 192, 4),
    (6, 3, 1, 192, 320, 1),
)
EFFICIENTNET_V2_S = (
    ((1, 3, 1, 24, 24, 2), (4, 3, 2, 24, 48, 4), (4, 3, 2, 48, 64, 4)),
    ((4, 3, 2, 64, 128, 6), (6, 3, 1, 128, 160, 9), (6, 3, 2, 160, 256, 15)),
)
EFFICIENTNET_V2_M = (
    ((1, 3, 1, 24, 24, 3), (4, 3, 2, 24, 48, 5), (4, 3, 2, 48, 80, 5)),
    ((4, 3, 2, 80, 160, 7), (6, 3, 1, 160, 176, 14), (6, 3, 2, 176, 304, 18), (6, 3, 1, 304, 512, 5)),
)
EFFICIENTNET_V2_L = (
    ((1, 3, 1, 32, 32, 4), (4, 3, 2, 32, 64, 7), (4, 3, 2, 64, 96, 7)),
    ((4, 3, 2, 96, 192, 10), (6, 3, 1, 192, 224, 19), (6, 3, 2, 224, 384, 25), (6, 3, 1, 384, 640, 7)),
)


def efficientnet(
    width_mult: float = 1.0,
    depth_mult: float = 1.0,
    table: Sequence[Sequence[float]] = EFFICIENTNET,
    fused: Sequence[Sequence[float]] = (),
    last_channels: int | None = None,
    num_classes: Dimension = 1000,
) -> Ledger:
    """EfficientNet (Tan and Le 2019), and v2 (2021), which begins with ``fused`` rows.

    Channels are ``multiple_near(c * width_mult)``, blocks ceil(n * depth_mult); the squeezed width is max(1, block input // 4). The last
    width is four times the last stage's unless given.
    """
    rows = [(True, row) for row in fused] + [(False, row) for row in table]
    if not rows or any(len(row) != 6 for _, row in rows):
        raise DeriveError("an EfficientNet needs rows of 6 numbers: expansion, kernel, stride, in, out, blocks")
    before = multiple_near(rows[0][1][3] * width_mult)
    ledger = conv_norm(3, before, 3).under("stem")
    for stage, (is_fused, (expand, kernel, _, c_in, c_out, blocks)) in enumerate(rows):
        if multiple_near(c_in * width_mult) != before:
            raise DeriveError(f"row {stage} has {c_in} input channels, but {before} come out of the one before")
        out = multiple_near(c_out * width_mult)
        for index in range(math.ceil(blocks * depth_mult)):
            wide = multiple_near(before * expand)
            squeezed = max(1, before // 4)
            excited = mbconv(before, out, 1, int(kernel), None, wide, squeezed)
            block = _fused(before, out, wide, int(kernel)) if is_fused else excited
            ledger += block.under(f"stage{stage}.{index}")
            before = out
    last = 4 * before if last_channels is None else last_channels
    return ledger + conv_norm(before, last, 1).under("last") + linear(last, num_classes).under("classifier")


def _fused(c_in: int, c_out: int, wide: int, kernel: int) -> Ledger:
    if wide == c_in:
        return conv_norm(c_in, c_out, kernel).under("fused")
    return joined(fused=conv_norm(c_in, wide, kernel), project=conv_norm(wide, c_out, 1))
