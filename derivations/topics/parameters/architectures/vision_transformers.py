"""Vision transformers as torchvision builds them: ViT, Swin, MaxViT."""

from __future__ import annotations

from collections.abc import Sequence

from derivations.language.errors import DeriveError
from derivations.topics.parameters.architectures.image_encoders import patch_count
from derivations.topics.parameters.attention import multihead_attention
from derivations.topics.parameters.blocks import conv_norm, squeeze_excitation
from derivations.topics.parameters.dimensions import Dimension, quotient
from derivations.topics.parameters.ledger import Ledger, joined, parameter
from derivations.topics.parameters.linear import conv2d, linear
from derivations.topics.parameters.normalization import batch_norm, layer_norm


def vit(
    image_size: Dimension = 224,
    patch_size: Dimension = 16,
    d_model: Dimension = 768,
    layers: Dimension = 12,
    heads: Dimension = 12,
    d_ff: Dimension = 3072,
    num_classes: Dimension = 1000,
    in_channels: Dimension = 3,
    class_token: bool = True,
    positions: Dimension | None = None,
    patch_bias: bool = True,
    qkv_bias: bool = True,
    head_bias: bool = True,
) -> Ledger:
    """ViT (Dosovitskiy et al. 2021): learned positions for the patches and the class token, two norms a layer, a final norm."""
    tokens = patch_count(image_size, patch_size) + (1 if class_token else 0) if positions is None else positions
    ledger = parameter("class_token", 1, 1, d_model) if class_token else Ledger()
    ledger += conv2d(in_channels, d_model, patch_size, bias=patch_bias).under("conv_proj")
    ledger += parameter("encoder.pos_embedding", 1, tokens, d_model)
    attention = multihead_attention(d_model, heads, bias=qkv_bias)
    layer = joined(
        ln_1=layer_norm(d_model),
        self_attention=attention,
        ln_2=layer_norm(d_model),
        **{"mlp.0": linear(d_model, d_ff), "mlp.3": linear(d_ff, d_model)},
    )
    ledger += layer.repeated(layers, "encoder.layers") + layer_norm(d_model).under("encoder.ln")
    return ledger + linear(d_model, num_classes, head_bias).under("heads.head")


def swin(
    embed_dim: int = 96,
    depths: Sequence[int] = (2, 2, 6, 2),
    num_heads: Sequence[int] = (3, 6, 12, 24),
    window: int = 7,
    patch_size: int = 4,
    mlp_ratio: float = 4,
    qkv_bias: bool = True,
    version: int = 1,
    num_classes: Dimension = 1000,
    in_channels: int = 3,
) -> Ledger:
    """Swin (Liu et al. 2021): attention in windows with a table of (2w - 1)^2 relative positions for each head.

    Version 2 (2022) replaces the table by a small network of the offsets and a temperature for each head, and normalizes after merging
    four patches instead of before.
    """
    if len(depths) != len(num_heads):
        raise DeriveError(f"{len(depths)} stages have depths, but {len(num_heads)} have heads: give one of each")
    ledger = joined(conv=conv2d(in_channels, embed_dim, patch_size), norm=layer_norm(embed_dim)).under("features.0")
    width = embed_dim
    for stage, (depth, heads) in enumerate(zip(depths, num_heads, strict=True)):
        if stage > 0:
            merged = 2 * width if version == 2 else 4 * width
            ledger += joined(norm=layer_norm(merged), reduction=linear(4 * width, 2 * width, bias=False)).under(f"merge{stage}")
            width *= 2
        quotient("width", width, "heads", heads)
        inner = int(width * mlp_ratio)
        block = joined(norm1=layer_norm(width), attn=_window_attention(width, heads, window, qkv_bias, version))
        block += joined(norm2=layer_norm(width), **{"mlp.0": linear(width, inner), "mlp.3": linear(inner, width)})
        ledger += block.repeated(depth, f"stage{stage + 1}")
    return ledger + layer_norm(width).under("norm") + linear(width, num_classes).under("head")


def _window_attention(width: int, heads: int, window: int, qkv_bias: bool, version: int) -> Ledger:
    maps = joined(qkv=linear(width, 3 * width, qkv_bias), proj=linear(width, width))
    if version == 2:
        network = joined(**{"cpb_mlp.0": linear(2, 512), "cpb_mlp.2": linear(512, heads, bias=False)})
        return parameter("logit_scale", heads, 1, 1) + maps + network
    return parameter("relative_position_bias_table", (2 * window - 1) ** 2, heads) + maps


def maxvit(
    stem_channels: int = 64,
    block_channels: Sequence[int] = (64, 128, 256, 512),
    block_layers: Sequence[int] = (2, 2, 5, 2),
    head_dim: int = 32,
    partition_size: int = 7,
    squeeze_ratio: float = 0.25,
    expansion_ratio: float = 4,
    mlp_ratio: int = 4,
    num_classes: Dimension = 1000,
) -> Ledger:
    """MaxViT (Tu et al. 2022): a convolution block, then attention inside windows and across a grid, in every layer.

    Here the inverted bottleneck is relative to its OUTPUT width, and the last convolution and the shortcut have biases.
    """
    ledger = conv_norm(3, stem_channels, 3).under("stem.0") + conv2d(stem_channels, stem_channels, 3).under("stem.1")
    before = stem_channels
    for stage, (width, layers) in enumerate(zip(block_channels, block_layers, strict=True)):
        wide, squeezed = int(width * expansion_ratio), int(width * squeeze_ratio)
        heads = quotient("width", width, "head_dim", head_dim)
        attention = joined(
            norm=layer_norm(width),
            to_qkv=linear(width, 3 * width),
            merge=linear(width, width),
            position=parameter("bias_table", (2 * partition_size - 1) ** 2, heads),
            mlp_norm=layer_norm(width),
            up=linear(width, mlp_ratio * width),
            down=linear(mlp_ratio * width, width),
        )
        for index in range(layers):
            convolution = joined(
                pre_norm=batch_norm(before),
                expand=conv_norm(before, wide, 1),
                depthwise=conv_norm(wide, wide, 3, groups=wide),
                se=squeeze_excitation(wide, squeezed),
                project=conv2d(wide, width, 1),
            )
            if index == 0:
                convolution += conv2d(before, width, 1).under("shortcut")
            layer = joined(mbconv=convolution, window=attention, grid=attention)
            ledger += layer.under(f"stage{stage + 1}.{index}")
            before = width
    head = joined(norm=layer_norm(before), hidden=linear(before, before), out=linear(before, num_classes, bias=False))
    return ledger + head.under("classifier")
