"""Published image classifiers by their torchvision names: an architecture, and the hyperparameters of that network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from derivations.language.errors import DeriveError
from derivations.parameters import nearest
from derivations.topics.parameters.architectures import (
    mobile_convnets,
    plain_convnets,
    residual_convnets,
    vision_transformers,
)
from derivations.topics.parameters.layers import called
from derivations.topics.parameters.ledger import Ledger


def _vgg(depth: int, normalized: bool) -> Callable[..., Ledger]:
    channels = plain_convnets.VGG_CHANNELS[depth]
    return partial(plain_convnets.vgg, conv_channels=channels, batch_norm_after_conv=normalized)


def _resnet(blocks: tuple[int, ...], is_bottleneck: bool = True, **sizes: Any) -> Callable[..., Ledger]:
    return partial(residual_convnets.resnet, blocks_per_stage=blocks, is_bottleneck=is_bottleneck, **sizes)


def _densenet(blocks: tuple[int, ...], growth_rate: int = 32, num_init_features: int = 64) -> Callable[..., Ledger]:
    sizes = {"growth_rate": growth_rate, "num_init_features": num_init_features}
    return partial(residual_convnets.densenet, block_config=blocks, **sizes)


def _regnet(depth: int, w_0: int, w_a: float, w_m: float, group_width: int, se_ratio: float | None) -> Callable[..., Ledger]:
    stages = residual_convnets.regnet_stages(depth, w_0, w_a, w_m, group_width)
    return partial(residual_convnets.regnet, stages=stages, se_ratio=se_ratio)


def _efficientnet(width: float, depth: float) -> Callable[..., Ledger]:
    return partial(mobile_convnets.efficientnet, width_mult=width, depth_mult=depth)


def _efficientnet_v2(rows: tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]) -> Callable[..., Ledger]:
    return partial(mobile_convnets.efficientnet, fused=rows[0], table=rows[1], last_channels=1280)


def _convnext(width: int, deep: int) -> Callable[..., Ledger]:
    dims = tuple(width * 2**stage for stage in range(4))
    return partial(residual_convnets.convnext, dims=dims, depths=(3, 3, deep, 3))


def _vit(patch: int, width: int, layers: int, heads: int) -> Callable[..., Ledger]:
    return partial(vision_transformers.vit, patch_size=patch, d_model=width, layers=layers, heads=heads, d_ff=4 * width)


def _swin(width: int, deep: int, heads: int, version: int) -> Callable[..., Ledger]:
    return partial(
        vision_transformers.swin,
        embed_dim=width,
        depths=(2, 2, deep, 2),
        num_heads=tuple(heads * 2**stage for stage in range(4)),
        window=8 if version == 2 else 7,
        version=version,
    )


def _shufflenet(*widths: int) -> Callable[..., Ledger]:
    return partial(mobile_convnets.shufflenet_v2, stage_out=widths)


_FIRE_V11 = ((64, *plain_convnets.FIRE_MODULES[0][1:]), *plain_convnets.FIRE_MODULES[1:])

#: torchvision name -> its network, a function of the hyperparameters that are left open.
NETWORKS: Mapping[str, Callable[..., Ledger]] = {
    "alexnet": plain_convnets.alexnet,
    **{f"vgg{depth}": _vgg(depth, False) for depth in plain_convnets.VGG_CHANNELS},
    **{f"vgg{depth}_bn": _vgg(depth, True) for depth in plain_convnets.VGG_CHANNELS},
    "squeezenet1_0": plain_convnets.squeezenet,
    "squeezenet1_1": partial(plain_convnets.squeezenet, stem_channels=64, stem_kernel=3, modules=_FIRE_V11),
    "googlenet": plain_convnets.googlenet,
    "inception_v3": plain_convnets.inception_v3,
    "resnet18": _resnet((2, 2, 2, 2), False),
    "resnet34": _resnet((3, 4, 6, 3), False),
    "resnet50": _resnet((3, 4, 6, 3)),
    "resnet101": _resnet((3, 4, 23, 3)),
    "resnet152": _resnet((3, 8, 36, 3)),
    "resnext50_32x4d": _resnet((3, 4, 6, 3), groups=32, width_per_group=4),
    "resnext101_32x8d": _resnet((3, 4, 23, 3), groups=32, width_per_group=8),
    "resnext101_64x4d": _resnet((3, 4, 23, 3), groups=64, width_per_group=4),
    "wide_resnet50_2": _resnet((3, 4, 6, 3), width_per_group=128),
    "wide_resnet101_2": _resnet((3, 4, 23, 3), width_per_group=128),
    "densenet121": _densenet((6, 12, 24, 16)),
    "densenet161": _densenet((6, 12, 36, 24), 48, 96),
    "densenet169": _densenet((6, 12, 32, 32)),
    "densenet201": _densenet((6, 12, 48, 32)),
    "regnet_x_400mf": _regnet(22, 24, 24.48, 2.54, 16, None),
    "regnet_x_800mf": _regnet(16, 56, 35.73, 2.28, 16, None),
    "regnet_x_1_6gf": _regnet(18, 80, 34.01, 2.25, 24, None),
    "regnet_x_3_2gf": _regnet(25, 88, 26.31, 2.25, 48, None),
    "regnet_x_8gf": _regnet(23, 80, 49.56, 2.88, 120, None),
    "regnet_x_16gf": _regnet(22, 216, 55.59, 2.1, 128, None),
    "regnet_x_32gf": _regnet(23, 320, 69.86, 2.0, 168, None),
    "regnet_y_400mf": _regnet(16, 48, 27.89, 2.09, 8, 0.25),
    "regnet_y_800mf": _regnet(14, 56, 38.84, 2.4, 16, 0.25),
    "regnet_y_1_6gf": _regnet(27, 48, 20.71, 2.65, 24, 0.25),
    "regnet_y_3_2gf": _regnet(21, 80, 42.63, 2.66, 24, 0.25),
    "regnet_y_8gf": _regnet(17, 192, 76.82, 2.19, 56, 0.25),
    "regnet_y_16gf": _regnet(18, 200, 106.23, 2.48, 112, 0.25),
    "regnet_y_32gf": _regnet(20, 232, 115.89, 2.53, 232, 0.25),
    "regnet_y_128gf": _regnet(27, 456, 160.83, 2.52, 264, 0.25),
    "mobilenet_v2": mobile_convnets.mobilenet_v2,
    "mobilenet_v3_large": mobile_convnets.mobilenet_v3,
    "mobilenet_v3_small": partial(mobile_convnets.mobilenet_v3, table=mobile_convnets.MOBILENET_V3_SMALL, last_channels=1024),
    "mnasnet0_5": partial(mobile_convnets.mnasnet, alpha=0.5),
    "mnasnet0_75": partial(mobile_convnets.mnasnet, alpha=0.75),
    "mnasnet1_0": partial(mobile_convnets.mnasnet, alpha=1.0),
    "mnasnet1_3": partial(mobile_convnets.mnasnet, alpha=1.3),
    "shufflenet_v2_x0_5": _shufflenet(24, 48, 96, 192, 1024),
    "shufflenet_v2_x1_0": _shufflenet(24, 116, 232, 464, 1024),
    "shufflenet_v2_x1_5": _shufflenet(24, 176, 352, 704, 1024),
    "shufflenet_v2_x2_0": _shufflenet(24, 244, 488, 976, 2048),
    "efficientnet_b0": _efficientnet(1.0, 1.0),
    "efficientnet_b1": _efficientnet(1.0, 1.1),
    "efficientnet_b2": _efficientnet(1.1, 1.2),
    "efficientnet_b3": _efficientnet(1.2, 1.4),
    "efficientnet_b4": _efficientnet(1.4, 1.8),
    "efficientnet_b5": _efficientnet(1.6, 2.2),
    "efficientnet_b6": _efficientnet(1.8, 2.6),
    "efficientnet_b7": _efficientnet(2.0, 3.1),
    "efficientnet_v2_s": _efficientnet_v2(mobile_convnets.EFFICIENTNET_V2_S),
    "efficientnet_v2_m": _efficientnet_v2(mobile_convnets.EFFICIENTNET_V2_M),
    "efficientnet_v2_l": _efficientnet_v2(mobile_convnets.EFFICIENTNET_V2_L),
    "convnext_tiny": _convnext(96, 9),
    "convnext_small": _convnext(96, 27),
    "convnext_base": _convnext(128, 27),
    "convnext_large": _convnext(192, 27),
    "vit_b_16": _vit(16, 768, 12, 12),
    "vit_b_32": _vit(32, 768, 12, 12),
    "vit_l_16": _vit(16, 1024, 24, 16),
    "vit_l_32": _vit(32, 1024, 24, 16),
    "vit_h_14": _vit(14, 1280, 32, 16),
    "swin_t": _swin(96, 6, 3, 1),
    "swin_s": _swin(96, 18, 3, 1),
    "swin_b": _swin(128, 18, 4, 1),
    "swin_v2_t": _swin(96, 6, 3, 2),
    "swin_v2_s": _swin(96, 18, 3, 2),
    "swin_v2_b": _swin(128, 18, 4, 2),
    "maxvit_t": vision_transformers.maxvit,
}


def network_ledger(name: str, hyperparameters: Mapping[str, Any] | None = None) -> Ledger:
    """Return the tensors of the torchvision network ``name``, with ``hyperparameters`` such as ``num_classes`` changed.

    Raises ``DeriveError`` for an unknown name or hyperparameter.
    """
    if name not in NETWORKS:
        raise DeriveError(f"network {name!r} is unknown{nearest(name, NETWORKS)}")
    return called(name, NETWORKS[name], hyperparameters or {})
