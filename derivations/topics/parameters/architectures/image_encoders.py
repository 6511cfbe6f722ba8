"""Image, text-and-image and speech encoders as transformers builds them (torchvision's are in ``vision_transformers``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from derivations.topics.parameters.architectures.encoders import check_heads
from derivations.topics.parameters.attention import multihead_attention
from derivations.topics.parameters.dimensions import Dimension, quotient
from derivations.topics.parameters.ledger import Ledger, concatenated, joined, parameter
from derivations.topics.parameters.linear import conv1d, conv2d, embedding, linear
from derivations.topics.parameters.normalization import group_norm, layer_norm


def patch_count(image_size: Dimension, patch_size: Dimension) -> Dimension:
    """Number of patches of a square image; the remainder of the division is cut off, as the implementations do."""
    if isinstance(image_size, int) and isinstance(patch_size, int):
        return (image_size // patch_size) ** 2
    return quotient("image_size", image_size, "patch_size", patch_size) ** 2


def _layer(width: Dimension, inner: Dimension, qkv_bias: bool = True, key_bias: bool = True) -> Ledger:
    return joined(
        **{
            "attention.q_proj": linear(width, width, qkv_bias),
            "attention.k_proj": linear(width, width, qkv_bias and key_bias),
            "attention.v_proj": linear(width, width, qkv_bias),
            "attention.o_proj": linear(width, width),
            "layernorm_before": layer_norm(width),
            "layernorm_after": layer_norm(width),
            "mlp.fc1": linear(width, inner),
            "mlp.fc2": linear(inner, width),
        }
    )


def vit(
    hidden_size: Dimension = 768,
    num_hidden_layers: Dimension = 12,
    num_attention_heads: Dimension = 12,
    intermediate_size: Dimension = 3072,
    image_size: Dimension = 224,
    patch_size: Dimension = 16,
    num_channels: Dimension = 3,
    qkv_bias: bool = True,
    pooler_output_size: Dimension | None = None,
    add_pooling_layer: bool = True,
    distilled: bool = False,
) -> Ledger:
    """ViT (Dosovitskiy et al. 2021); ``distilled``: DeiT's second token (Touvron et al. 2021)."""
    check_heads(hidden_size, num_attention_heads)
    tokens = patch_count(image_size, patch_size) + (2 if distilled else 1)
    embeddings = parameter("cls_token", 1, 1, hidden_size) + parameter("position_embeddings", 1, tokens, hidden_size)
    if distilled:
        embeddings += parameter("distillation_token", 1, 1, hidden_size)
    embeddings += conv2d(num_channels, hidden_size, patch_size).under("patch_embeddings.projection")
    ledger = embeddings.under("embeddings")
    ledger += _layer(hidden_size, intermediate_size, qkv_bias).repeated(num_hidden_layers, "layers")
    ledger += layer_norm(hidden_size).under("layernorm")
    if not add_pooling_layer:
        return ledger
    return ledger + linear(hidden_size, hidden_size if pooler_output_size is None else pooler_output_size).under("pooler.dense")


def deit(
    hidden_size: Dimension = 768,
    num_hidden_layers: Dimension = 12,
    num_attention_heads: Dimension = 12,
    intermediate_size: Dimension = 3072,
    image_size: Dimension = 224,
    patch_size: Dimension = 16,
    num_channels: Dimension = 3,
    qkv_bias: bool = True,
    pooler_output_size: Dimension | None = None,
    add_pooling_layer: bool = True,
) -> Ledger:
    """DeiT (Touvron et al. 2021)."""
    sizes = (hidden_size, num_hidden_layers, num_attention_heads, intermediate_size, image_size, patch_size, num_channels)
    return vit(*sizes, qkv_bias, pooler_output_size, add_pooling_layer, distilled=True)


def beit(
    hidden_size: Dimension = 768,
    num_hidden_layers: Dimension = 12,
    num_attention_heads: Dimension = 12,
    intermediate_size: Dimension = 3072,
    image_size: Dimension = 224,
    patch_size: Dimension = 16,
    num_channels: Dimension = 3,
    use_mask_token: bool = False,
    use_absolute_position_embeddings: bool = False,
    use_relative_position_bias: bool = False,
    use_shared_relative_position_bias: bool = False,
    layer_scale_init_value: float = 0.1,
    use_mean_pooling: bool = True,
    add_pooling_layer: bool = True,
) -> Ledger:
    """BEiT (Bao et al. 2022): keys without biases, layer scale, tables of relative positions with three entries for the token."""
    check_heads(hidden_size, num_attention_heads)
    embeddings = parameter("cls_token", 1, 1, hidden_size)
    if use_mask_token:
        embeddings += parameter("mask_token", 1, 1, hidden_size)
    if use_absolute_position_embeddings:
        embeddings += parameter("position_embeddings", 1, patch_count(image_size, patch_size) + 1, hidden_size)
    embeddings += conv2d(num_channels, hidden_size, patch_size).under("patch_embeddings.projection")
    side = quotient("image_size", image_size, "patch_size", patch_size)
    table = parameter("relative_position_bias_table", (2 * side - 1) * (2 * side - 1) + 3, num_attention_heads)
    layer = _layer(hidden_size, intermediate_size, key_bias=False)
    if layer_scale_init_value > 0:
        layer += parameter("lambda_1", hidden_size) + parameter("lambda_2", hidden_size)
    if use_relative_position_bias:
        layer += table.under("relative_position_bias")
    ledger = embeddings.under("embeddings") + layer.repeated(num_hidden_layers, "layers")
    if use_shared_relative_position_bias:
        ledger += table.under("shared_position_bias")
    if not use_mean_pooling:
        ledger += layer_norm(hidden_size).under("layernorm")
    return ledger + layer_norm(hidden_size).under("pooler.layernorm") if add_pooling_layer and use_mean_pooling else ledger


def dinov2(
    hidden_size: Dimension = 768,
    num_hidden_layers: Dimension = 12,
    num_attention_heads: Dimension = 12,
    mlp_ratio: int | float = 4,
    image_size: Dimension = 224,
    patch_size: Dimension = 14,
    num_channels: Dimension = 3,
    qkv_bias: bool = True,
    use_swiglu_ffn: bool = False,
    use_mask_token: bool = True,
) -> Ledger:
    """DINOv2 (Oquab et al. 2024): layer scale; the gated feed-forward is 2/3 as wide, rounded up to a multiple of 8."""
    check_heads(hidden_size, num_attention_heads)
    embeddings = parameter("cls_token", 1, 1, hidden_size)
    if use_mask_token:
        embeddings += parameter("mask_token", 1, hidden_size)
    embeddings += parameter("position_embeddings", 1, patch_count(image_size, patch_size) + 1, hidden_size)
    embeddings += conv2d(num_channels, hidden_size, patch_size).under("patch_embeddings.projection")
    inner = int(hidden_size * mlp_ratio)
    if use_swiglu_ffn:
        inner = (int(inner * 2 / 3) + 7) // 8 * 8
        mlp = joined(gate_proj=linear(hidden_size, inner), up_proj=linear(hidden_size, inner), down_proj=linear(inner, hidden_size))
    else:
        mlp = joined(fc1=linear(hidden_size, inner), fc2=linear(inner, hidden_size))
    maps = joined(**{f"{name}_proj": linear(hidden_size, hidden_size, qkv_bias) for name in "qkv"})
    layer = joined(norm1=layer_norm(hidden_size), attention=maps + linear(hidden_size, hidden_size).under("o_proj"))
    layer += joined(
        layer_scale1=parameter("lambda1", hidden_size),
        norm2=layer_norm(hidden_size),
        mlp=mlp,
        layer_scale2=parameter("lambda1", hidden_size),
    )
    layers = layer.repeated(num_hidden_layers, "encoder.layer")
    return embeddings.under("embeddings") + layers + layer_norm(hidden_size).under("layernorm")


def _tower_layer(width: Dimension, inner: Dimension) -> Ledger:
    maps = joined(**{f"self_attn.{name}_proj": linear(width, width) for name in ("k", "v", "q", "out")})
    return maps + joined(
        **{
            "layer_norm1": layer_norm(width),
            "mlp.fc1": linear(width, inner),
            "mlp.fc2": linear(inner, width),
            "layer_norm2": layer_norm(width),
        }
    )


def clip_text(
    vocab_size: Dimension = 49408,
    hidden_size: Dimension = 512,
    intermediate_size: Dimension = 2048,
    num_hidden_layers: Dimension = 12,
    num_attention_heads: Dimension = 8,
    max_position_embeddings: Dimension = 77,
) -> Ledger:
    """Text tower of CLIP (Radford et al. 2021)."""
    check_heads(hidden_size, num_attention_heads)
    return joined(
        **{
            "embeddings.token_embedding": embedding(vocab_size, hidden_size),
            "embeddings.position_embedding": embedding(max_position_embeddings, hidden_size),
            "encoder": _tower_layer(hidden_size, intermediate_size).repeated(num_hidden_layers, "layers"),
            "final_layer_norm": layer_norm(hidden_size),
        }
    )


def clip_vision(
    hidden_size: Dimension = 768,
    intermediate_size: Dimension = 3072,
    num_hidden_layers: Dimension = 12,
    num_attention_heads: Dimension = 12,
    num_channels: Dimension = 3,
    image_size: Dimension = 224,
    patch_size: Dimension = 32,
) -> Ledger:
    """Image tower of CLIP: patches without bias, a norm before the layers and one after."""
    check_heads(hidden_size, num_attention_heads)
    embeddings = parameter("class_embedding", hidden_size)
    embeddings += conv2d(num_channels, hidden_size, patch_size, bias=False).under("patch_embedding")
    embeddings += embedding(patch_count(image_size, patch_size) + 1, hidden_size).under("position_embedding")
    return joined(
        embeddings=embeddings,
        pre_layrnorm=layer_norm(hidden_size),
        encoder=_tower_layer(hidden_size, intermediate_size).repeated(num_hidden_layers, "layers"),
        post_layernorm=layer_norm(hidden_size),
    )


_CLIP_TEXT = ("vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "max_position_embeddings")
_CLIP_IMAGE = (
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_channels",
    "image_size",
    "patch_size",
)


def clip(text_config: Mapping[str, Any] | None = None, vision_config: Mapping[str, Any] | None = None, projection_dim: Dimension = 512) -> Ledger:
    """CLIP: both towers, a projection of each without bias, and one temperature."""
    text = {key: value for key, value in (text_config or {}).items() if key in _CLIP_TEXT}
    image = {key: value for key, value in (vision_config or {}).items() if key in _CLIP_IMAGE}
    return parameter("logit_scale") + joined(
        text_model=clip_text(**text),
        vision_model=clip_vision(**image),
        visual_projection=linear(image.get("hidden_size", 768), projection_dim, bias=False),
        text_projection=linear(text.get("hidden_size", 512), projection_dim, bias=False),
    )


def siglip_text(
    vocab_size: Dimension = 32000,
    hidden_size: Dimension = 768,
    intermediate_size: Dimension = 3072,
    num_hidden_layers: Dimension = 12,
    num_attention_heads: Dimension = 12,
    max_position_embeddings: Dimension = 64,
    projection_size: Dimension | None = None,
) -> Ledger:
    """Text tower of SigLIP (Zhai et al. 2023): CLIP's and a dense head."""
    sizes = (hidden_size, intermediate_size, num_hidden_layers, num_attention_heads)
    head = linear(hidden_size, hidden_size if projection_size is None else projection_size)
    return clip_text(vocab_size, *sizes, max_position_embeddings) + head.under("head")


def siglip_vision(
    hidden_size: Dimension = 768,
    intermediate_size: Dimension = 3072,
    num_hidden_layers: Dimension = 12,
    num_attention_heads: Dimension = 12,
    num_channels: Dimension = 3,
    image_size: Dimension = 224,
    patch_size: Dimension = 16,
    vision_use_head: bool = True,
) -> Ledger:
    """Image tower of SigLIP: no class token; pooling by attention from a learned probe."""
    check_heads(hidden_size, num_attention_heads)
    embeddings = conv2d(num_channels, hidden_size, patch_size).under("patch_embedding")
    embeddings += embedding(patch_count(image_size, patch_size), hidden_size).under("position_embedding")
    layers = _tower_layer(hidden_size, intermediate_size).repeated(num_hidden_layers, "layers")
    ledger = joined(embeddings=embeddings, encoder=layers, post_layernorm=layer_norm(hidden_size))
    if not vision_use_head:
        return ledger
    head = parameter("probe", 1, 1, hidden_size) + joined(
        attention=multihead_attention(hidden_size, num_attention_heads),
        layernorm=layer_norm(hidden_size),
        **{"mlp.fc1": linear(hidden_size, intermediate_size), "mlp.fc2": linear(intermediate_size, hidden_size)},
    )
    return ledger + head.under("head")


def wav2vec2(
    hidden_size: Dimension = 768,
    num_hidden_layers: Dimension = 12,
    num_attention_heads: Dimension = 12,
    intermediate_size: Dimension = 3072,
    feat_extract_norm: str = "group",
    conv_dim: Sequence[Dimension] = (512,) * 7,
    conv_kernel: Sequence[int] = (10, 3, 3, 3, 3, 2, 2),
    conv_bias: bool = False,
    num_conv_pos_embeddings: Dimension = 128,
    num_conv_pos_embedding_groups: int = 16,
    mask_time_prob: float = 0.05,
    mask_feature_prob: float = 0.0,
) -> Ledger:
    """wav2vec 2.0 and HuBERT (Baevski et al. 2020): strided convolutions of the wave, then an encoder.

    The convolution that gives positions is weight-normalized: one magnitude for each tap, and the direction.
    """
    check_heads(hidden_size, num_attention_heads)
    ledger = parameter("masked_spec_embed", hidden_size) if mask_time_prob > 0 or mask_feature_prob > 0 else Ledger()
    before: Dimension = 1
    for index, (width, kernel) in enumerate(zip(conv_dim, conv_kernel, strict=True)):
        layer = conv1d(before, width, kernel, bias=conv_bias).under("conv")
        if feat_extract_norm == "layer":
            layer += layer_norm(width).under("layer_norm")
        elif index == 0:
            layer += group_norm(width, width).under("layer_norm")
        ledger += layer.repeated(1, "feature_extractor.conv_layers")
        before = width
    ledger += joined(layer_norm=layer_norm(before), projection=linear(before, hidden_size)).under("feature_projection")
    kernel = num_conv_pos_embeddings
    position = parameter("bias", hidden_size) + parameter("parametrizations.weight.original0", 1, 1, kernel)
    fan = quotient("hidden_size", hidden_size, "num_conv_pos_embedding_groups", num_conv_pos_embedding_groups)
    position += parameter("parametrizations.weight.original1", hidden_size, fan, kernel)
    maps = joined(**{f"attention.{name}_proj": linear(hidden_size, hidden_size) for name in ("k", "v", "q", "out")})
    layer = maps + joined(
        **{
            "layer_norm": layer_norm(hidden_size),
            "feed_forward.intermediate_dense": linear(hidden_size, intermediate_size),
            "feed_forward.output_dense": linear(intermediate_size, hidden_size),
            "final_layer_norm": layer_norm(hidden_size),
        }
    )
    encoder = (
        position.under("pos_conv_embed.conv"),
        layer_norm(hidden_size).under("layer_norm"),
        layer.repeated(num_hidden_layers, "layers"),
    )
    return ledger + concatenated(encoder).under("encoder")
