"""Convolutional networks without residual connections: AlexNet, VGG, SqueezeNet, GoogLeNet, Inception v3."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from derivations.language.errors import DeriveError
from derivations.topics.parameters.blocks import conv_norm, fire, inception_block, multilayer_perceptron
from derivations.topics.parameters.dimensions import Dimension
from derivations.topics.parameters.ledger import Ledger, concatenated, joined
from derivations.topics.parameters.linear import conv2d, linear
from derivations.topics.parameters.normalization import batch_norm

Pool = Literal["M"]


def alexnet(num_classes: Dimension = 1000, in_channels: Dimension = 3) -> Ledger:
    """AlexNet in the form of Krizhevsky (2014, "one weird trick"), as torchvision builds it."""
    shapes = ((in_channels, 64, 11), (64, 192, 5), (192, 384, 3), (384, 256, 3), (256, 256, 3))
    features = concatenated(conv2d(a, b, kernel).under(f"features.{i}") for i, (a, b, kernel) in enumerate(shapes))
    return features + multilayer_perceptron([256 * 6 * 6, 4096, 4096, num_classes]).under("classifier")


#: Channels of VGG's convolutions by depth; "M" halves the resolution.
VGG_CHANNELS: dict[int, tuple[int | Pool, ...]] = {
    11: (64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"),
    13: (64, 64, "M", 128, 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"),
    16: (64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"),
    19: (64, 64, "M", 128, 128, "M", 256, 256, 256, 256, "M", 512, 512, 512, 512, "M", 512, 512, 512, 512, "M"),
}


def vgg(
    conv_channels: Sequence[Dimension | Pool] = VGG_CHANNELS[16],
    batch_norm_after_conv: bool = False,
    kernel_size: int = 3,
    conv_bias: bool = True,
    flattened: Dimension | None = None,
    hidden: Sequence[Dimension] = (4096, 4096),
    num_classes: Dimension = 1000,
    fc_bias: bool = True,
    in_channels: Dimension = 3,
) -> Ledger:
    """VGG (Simonyan and Zisserman 2015): 3x3 convolutions with biases, then dense maps; "M" in ``conv_channels`` pools.

    ``flattened``: number of features that enter the dense maps; by default the last channels times 7 * 7.
    """
    ledger, channels = Ledger(), in_channels
    for index, width in enumerate(conv_channels):
        if isinstance(width, str):
            if width not in ("M", "A", "P"):
                raise DeriveError(f"conv_channels[{index}] = {width!r} is neither a number of channels nor 'M' for a pooling")
            continue
        layer = joined(conv=conv2d(channels, width, kernel_size, bias=conv_bias))
        if batch_norm_after_conv:
            layer += batch_norm(width).under("norm")
        ledger += layer.under(f"features.{index}")
        channels = width
    inputs = channels * 7 * 7 if flattened is None else flattened
    return ledger + multilayer_perceptron([inputs, *hidden, num_classes], fc_bias).under("classifier")


#: Channels (in, squeeze, 1x1 expansion, 3x3 expansion) of the fire modules of both versions of SqueezeNet.
FIRE_MODULES = (
    (96, 16, 64, 64),
    (128, 16, 64, 64),
    (128, 32, 128, 128),
    (256, 32, 128, 128),
    (256, 48, 192, 192),
    (384, 48, 192, 192),
    (384, 64, 256, 256),
    (512, 64, 256, 256),
)


def squeezenet(
    stem_channels: Dimension = 96,
    stem_kernel: int = 7,
    modules: Sequence[Sequence[Dimension]] = FIRE_MODULES,
    num_classes: Dimension = 1000,
    bias: bool = True,
    in_channels: Dimension = 3,
) -> Ledger:
    """SqueezeNet (Iandola et al. 2016): a stem, fire modules, and a 1x1 convolution to the classes.

    Version 1.1 has a stem of 64 channels and kernel 3, which changes the input of the first module.
    """
    ledger, channels = conv2d(in_channels, stem_channels, stem_kernel, bias=bias).under("features.0"), stem_channels
    for index, module in enumerate(modules):
        if len(module) != 4:
            raise DeriveError(f"fire module {list(module)} needs 4 numbers: in, squeeze, expand 1x1, expand 3x3")
        given, squeeze, one, three = module
        if index > 0 and given != channels:
            raise DeriveError(f"fire module {index} has {given} input channels, but {channels} come out of the one before")
        ledger += fire(given, squeeze, one, three, bias).under(f"fire.{index}")
        channels = one + three
    return ledger + conv2d(channels, num_classes, 1, bias=bias).under("classifier")


_GOOGLENET = (
    (64, 96, 128, 16, 32, 32),
    (128, 128, 192, 32, 96, 64),
    (192, 96, 208, 16, 48, 64),
    (160, 112, 224, 24, 64, 64),
    (128, 128, 256, 24, 64, 64),
    (112, 144, 288, 32, 64, 64),
    (256, 160, 320, 32, 128, 128),
    (256, 160, 320, 32, 128, 128),
    (384, 192, 384, 48, 128, 128),
)


def googlenet(num_classes: Dimension = 1000, aux_logits: bool = True) -> Ledger:
    """GoogLeNet (Szegedy et al. 2015) with batch normalization, as torchvision builds it: its 5x5 branches are 3x3.

    ``aux_logits`` adds the two auxiliary classifiers, after the third and the sixth inception block.
    """
    ledger = joined(conv1=conv_norm(3, 64, 7), conv2=conv_norm(64, 64, 1), conv3=conv_norm(64, 192, 3))
    channels, inputs = 192, []
    for index, (one, reduce3, three, reduce5, five, pool) in enumerate(_GOOGLENET):
        inputs.append(channels)
        block = inception_block(channels, one, reduce3, three, reduce5, five, pool, large_kernel=3)
        ledger += block.under(f"inception.{index}")
        channels = one + three + five + pool
    if aux_logits:
        for name, width in (("aux1", inputs[3]), ("aux2", inputs[6])):
            ledger += joined(conv=conv_norm(width, 128, 1), fc1=linear(2048, 1024), fc2=linear(1024, num_classes)).under(name)
    return ledger + linear(channels, num_classes).under("fc")


def _branches(c_in: int, *branches: Sequence[tuple[int, int | tuple[int, int]]]) -> Ledger:
    """Branches of (channels, kernel) steps side by side, each step a normalized convolution."""
    ledger = Ledger()
    for number, branch in enumerate(branches):
        channels = c_in
        for step, (width, kernel) in enumerate(branch):
            ledger += conv_norm(channels, width, kernel).under(f"branch{number}.{step}")
            channels = width
    return ledger


def inception_v3(num_classes: Dimension = 1000, aux_logits: bool = True) -> Ledger:
    """Inception v3 (Szegedy et al. 2016): five kinds of blocks, with 7x7 convolutions as 1x7 after 7x1."""
    wide, tall = (1, 7), (7, 1)
    ledger = concatenated(
        conv_norm(a, b, kernel).under(f"stem.{i}")
        for i, (a, b, kernel) in enumerate(((3, 32, 3), (32, 32, 3), (32, 64, 3), (64, 80, 1), (80, 192, 3)))
    )
    double = ((64, 1), (96, 3), (96, 3))
    for name, c_in, pool in (("5b", 192, 32), ("5c", 256, 64), ("5d", 288, 64)):
        ledger += _branches(c_in, ((64, 1),), ((48, 1), (64, 5)), double, ((pool, 1),)).under(f"mixed{name}")
    ledger += _branches(288, ((384, 3),), double).under("mixed6a")
    for name, c in (("6b", 128), ("6c", 160), ("6d", 160), ("6e", 192)):
        once = ((c, 1), (c, wide), (192, tall))
        twice = ((c, 1), (c, tall), (c, wide), (c, tall), (192, wide))
        ledger += _branches(768, ((192, 1),), once, twice, ((192, 1),)).under(f"mixed{name}")
    if aux_logits:
        ledger += joined(conv0=conv_norm(768, 128, 1), conv1=conv_norm(128, 768, 5), fc=linear(768, num_classes)).under("aux")
    ledger += _branches(768, ((192, 1), (320, 3)), ((192, 1), (192, wide), (192, tall), (192, 3))).under("mixed7a")
    for name, c_in in (("7b", 1280), ("7c", 2048)):
        block = _branches(c_in, ((320, 1),), ((384, 1),), ((448, 1), (384, 3)), ((192, 1),))
        pair = joined(flat=conv_norm(384, 384, (1, 3)), tall=conv_norm(384, 384, (3, 1)))
        ledger += (block + pair.under("split1") + pair.under("split2")).under(f"mixed{name}")
    return ledger + linear(2048, num_classes).under("fc")
