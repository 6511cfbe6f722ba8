"""Reads a block that a reference file describes by a few words and neutral hyperparameters ("EfficientNet MBConv, expand ratio 1").

The words choose one of the program's block functions; every hyperparameter must be used, so that nothing is ignored silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from derivations.topics.parameters import blocks, linear
from derivations.topics.parameters.attention import transformer_decoder_layer, transformer_encoder_layer
from derivations.topics.parameters.ledger import Ledger, joined
from derivations.topics.parameters.normalization import batch_norm, layer_norm, rms_norm

_IN = ("in_channels", "channels_in", "c_in", "inplanes", "in_planes", "in_features", "in", "input_channels", "channels", "c", "C", "dim")
_OUT = ("out_channels", "channels_out", "c_out", "out", "out_features", "output_channels", "planes_out", "d")
_INNER = (
    "mid_channels", "inner_channels", "bottleneck_channels", "bottleneck", "hidden_channels", "inner", "mid", "width", "B", "b", "hidden",
    "planes",
)  # fmt: skip
_KERNEL = ("kernel_size", "kernel", "k", "K")
_EXPAND = ("expand", "expand_ratio", "expansion", "expansion_ratio", "t", "mlp_ratio")
_SQUEEZE = ("squeeze_channels", "squeezed_channels", "se_channels", "squeeze", "reduced_channels")
_MODEL = ("d_model", "dim", "hidden_size", "embed_dim", "width", "d", "D", "in_features", "hidden")
_FEED = ("d_ff", "dim_feedforward", "intermediate_size", "hidden_dim", "ffn_dim", "d_hidden", "f", "hidden_features", "inner", "hidden", "h")
_HEADS = ("heads", "num_heads", "nhead", "n_heads", "num_attention_heads", "h")
_KEY_HEADS = ("kv_heads", "num_kv_heads", "num_key_value_heads", "n_kv_heads", "kv")
#: These change what a layer computes, but not what it owns.
_WITHOUT_EFFECT = frozenset(
    {"activation", "dropout", "drop_path", "dilation", "padding", "eps", "momentum", "act", "norm_first", "causal", "padding_mode", "window"}
)


class _Fields:
    """The hyperparameters of one block: each is taken once, under one of several names."""

    def __init__(self, words: str, hyperparameters: Mapping[str, Any]) -> None:
        self.words = words
        self._left = {key: value for key, value in hyperparameters.items() if key not in _WITHOUT_EFFECT}

    def take(self, names: tuple[str, ...], default: Any = ...) -> Any:
        for name in names:
            if name in self._left:
                return self._left.pop(name)
        if default is ...:
            raise ValueError(f"the block {self.words!r} needs one of {', '.join(names)} (left: {', '.join(self._left) or 'nothing'})")
        return default

    def bias(self, default: bool) -> bool:
        """Whether the maps have biases: a hyperparameter, the words, or what is usual for this block."""
        if re.search(r"\b(no|without) (conv(olution)? )?bias(es)?\b|bias-free|bias=false", self.words):
            default = False
        elif re.search(r"\bwith bias(es)?\b|bias=true", self.words):
            default = True
        return bool(self.take(("bias", "conv_bias", "use_bias"), default))

    def says(self, pattern: str) -> bool:
        return re.search(pattern, self.words) is not None

    def refuse_left_over(self) -> None:
        if self._left:
            raise ValueError(f"the block {self.words!r} does not know what to do with {', '.join(self._left)}")


def described_block(words: str, hyperparameters: Mapping[str, Any]) -> Ledger:
    """Return the tensors of the block that ``words`` name, or raise ``ValueError`` when they name none that is known."""
    fields = _Fields(words.lower(), hyperparameters)
    for pattern, build in _READERS:
        if fields.says(pattern):
            ledger = build(fields)
            fields.refuse_left_over()
            return ledger
    raise ValueError(f"no known block is described by {words!r}")


def _mbconv(fields: _Fields) -> Ledger:
    c_in, kernel = fields.take(_IN), fields.take(_KERNEL, 3)
    c_out, expand = fields.take(_OUT, c_in), fields.take(_EXPAND, 6)
    fields.take(("stride",), 1)
    if fields.says(r"fused"):
        fields.take(("se_ratio",), None)
        return blocks.fused_mbconv(c_in, c_out, expand, kernel)
    without = fields.says(r"(without|no) (se\b|squeeze)")
    ratio = fields.take(("se_ratio", "se"), None if without else 0.25)
    squeezed = fields.take(_SQUEEZE, None)
    return blocks.mbconv(c_in, c_out, expand, kernel, ratio, squeezed_channels=squeezed)


def _inverted(fields: _Fields) -> Ledger:
    c_in, kernel = fields.take(_IN), fields.take(_KERNEL, 3)
    c_out, wide = fields.take(_OUT, c_in), fields.take(("expanded_channels", "hidden_dim", "hidden"), None)
    expand, ratio = fields.take(_EXPAND, 6), fields.take(("se_ratio", "se"), None)
    squeezed = fields.take(_SQUEEZE, None)
    fields.take(("stride",), 1)
    return blocks.mbconv(c_in, c_out, expand, kernel, ratio, wide, squeezed)


def _preactivated(fields: _Fields) -> Ledger:
    c_in, kernel, bias = fields.take(_IN), fields.take(_KERNEL, 3), fields.bias(True)
    if fields.says(r"bottleneck"):
        inner = fields.take(_INNER)
        return blocks.preactivation_bottleneck(c_in, inner, fields.take(_OUT, c_in), kernel, bias)
    c_out = fields.take(_OUT, c_in)
    if fields.says(r"two conv|2 conv|basic"):
        return joined(first=blocks.preactivation_block(c_in, c_out, kernel, bias), second=blocks.preactivation_block(c_out, c_out, kernel, bias))
    return blocks.preactivation_block(c_in, c_out, kernel, bias)


def _bottleneck(fields: _Fields) -> Ledger:
    c_in, bias = fields.take(_IN), fields.bias(False)
    groups, stride, kernel = fields.take(("groups", "cardinality"), 1), fields.take(("stride",), 1), fields.take(_KERNEL, 3)
    base, projection = fields.take(("base_width", "width_per_group"), 64), fields.take(("downsample", "projection", "shortcut"), None)
    expansion = fields.take(("expansion",), 4)
    planes = fields.take(("planes",), None)
    if planes is not None:
        inner, c_out = planes * base // 64 * groups, fields.take(_OUT, planes * expansion)
    else:
        inner = fields.take(_INNER)
        c_out = fields.take(_OUT, inner * expansion)
    return blocks.bottleneck(c_in, inner, c_out, stride, groups, kernel, bias, None if projection is None else bool(projection))


def _basic(fields: _Fields) -> Ledger:
    c_in = fields.take(_IN)
    c_out, stride = fields.take((*_OUT, "planes"), c_in), fields.take(("stride",), 1)
    kernel, bias = fields.take(_KERNEL, 3), fields.bias(False)
    projection = fields.take(("downsample", "projection", "shortcut"), None)
    return blocks.basic_block(c_in, c_out, stride, kernel, bias, None if projection is None else bool(projection))


def _squeeze_excitation(fields: _Fields) -> Ledger:
    channels, bias = fields.take(_IN), fields.bias(True)
    squeezed, ratio = fields.take(_SQUEEZE, None), fields.take(("se_ratio", "ratio"), None)
    reduction = fields.take(("reduction", "reduction_ratio", "r", "squeeze_factor"), 16)
    if squeezed is None and ratio is not None:
        squeezed = max(1, int(channels * ratio)) if ratio < 1 else max(1, channels // ratio)
    return blocks.squeeze_excitation(channels, squeezed, reduction, bias)


def _depthwise(fields: _Fields) -> Ledger:
    c_in, kernel = fields.take(_IN), fields.take(_KERNEL, 3)
    c_out, bias = fields.take(_OUT, c_in), fields.bias(False)
    normalized = bool(fields.take(("batch_norm", "bn", "norm"), not fields.says(r"(without|no) (bn|batch ?norm|norm)")))
    fields.take(("stride",), 1)
    return blocks.depthwise_separable(c_in, c_out, kernel, bias, normalized)


def _convnext(fields: _Fields) -> Ledger:
    channels, kernel = fields.take(_IN), fields.take(_KERNEL, 7)
    scale = bool(fields.take(("layer_scale", "gamma"), not fields.says(r"(without|no) layer.?scale")))
    return blocks.convnext_block(channels, kernel, fields.take(_EXPAND, 4), scale)


def _dense(fields: _Fields) -> Ledger:
    channels, growth = fields.take(_IN), fields.take(("growth_rate", "growth", "k"))
    size, layers = fields.take(("bn_size",), 4), fields.take(("num_layers", "layers", "n"), 1)
    ledger = Ledger()
    for index in range(layers):
        ledger += blocks.dense_layer(channels + index * growth, growth, size).under(f"layer{index}")
    return ledger


def _transition(fields: _Fields) -> Ledger:
    c_in = fields.take(_IN)
    return blocks.norm_conv(c_in, fields.take(_OUT, c_in // 2), 1, bias=fields.bias(False))


def _fire(fields: _Fields) -> Ledger:
    c_in, squeeze = fields.take(_IN), fields.take(("squeeze", "squeeze_planes", "squeeze_channels", "s1x1", "s"))
    one = fields.take(("expand1x1", "expand1x1_planes", "expand_1x1", "e1x1", "expand1", "expand", "e1", "e"))
    three = fields.take(("expand3x3", "expand3x3_planes", "expand_3x3", "e3x3", "expand3", "e3"), one)
    return blocks.fire(c_in, squeeze, one, three, fields.bias(True))


def _inception(fields: _Fields) -> Ledger:
    c_in = fields.take(_IN)
    names = (
        ("ch1x1", "b1", "n1x1"),
        ("ch3x3red", "ch3x3_reduce", "b2_reduce", "n3x3_reduce"),
        ("ch3x3", "b2", "n3x3"),
        ("ch5x5red", "ch5x5_reduce", "b3_reduce", "n5x5_reduce"),
        ("ch5x5", "b3", "n5x5"),
        ("pool_proj", "b4", "pool"),
    )
    widths = [fields.take(alternatives) for alternatives in names]
    normalized = bool(fields.take(("batch_norm", "bn"), not fields.says(r"(without|no) (bn|batch)")))
    return blocks.inception_block(c_in, *widths, normalized=normalized, large_kernel=3 if fields.says(r"torchvision|3x3 instead") else 5)


def _gated(fields: _Fields) -> Ledger:
    width = fields.take(_MODEL)
    return blocks.gated_feed_forward(width, fields.take(_FEED), fields.bias(False))


def _feed_forward(fields: _Fields) -> Ledger:
    sizes = fields.take(("sizes", "widths", "layers", "layer_sizes", "dims"), None)
    if sizes is not None:
        return blocks.multilayer_perceptron(sizes, fields.bias(True))
    width, inner = fields.take(_MODEL), fields.take(_FEED, None)
    inner = inner if inner is not None else int(width * fields.take(_EXPAND, 4))
    return blocks.feed_forward(width, inner, fields.bias(True))


def _attention(fields: _Fields) -> Ledger:
    width, heads = fields.take(_MODEL), fields.take(_HEADS, 1)
    key_heads = fields.take(_KEY_HEADS, 1 if fields.says(r"multi.query") else heads)
    size = fields.take(("head_dim", "d_head"), None)
    bias = fields.bias(not fields.says(r"grouped|multi.query"))
    qkv_bias, out_bias = fields.take(("qkv_bias",), bias), fields.take(("out_bias", "proj_bias"), bias)
    output = not fields.says(r"(without|no) out(put)?|queries, keys,? and values only|q, ?k, ?v only")
    return blocks.self_attention(width, heads, key_heads, size, qkv_bias, out_bias, output)


def _decoder_block(fields: _Fields) -> Ledger:
    """Block of a modern decoder: RMSNorm, attention without biases, RMSNorm, gated feed-forward."""
    width, heads = fields.take(_MODEL), fields.take(_HEADS)
    key_heads, size = fields.take(_KEY_HEADS, heads), fields.take(("head_dim",), None)
    qkv_bias = bool(fields.take(("qkv_bias", "attention_bias"), False))
    return joined(
        attention_norm=rms_norm(width),
        attention=blocks.self_attention(width, heads, key_heads, size, qkv_bias, False),
        mlp_norm=rms_norm(width),
        mlp=blocks.gated_feed_forward(width, fields.take(_FEED), False),
    )


def _transformer(fields: _Fields) -> Ledger:
    width, heads = fields.take(_MODEL), fields.take(_HEADS, 1)
    inner = fields.take(_FEED, None)
    inner = inner if inner is not None else int(width * fields.take(_EXPAND, 4))
    layer = transformer_decoder_layer if fields.says(r"encoder.decoder|cross|decoder layer") else transformer_encoder_layer
    return layer(width, heads, inner, bias=fields.bias(True))


def _adapter(fields: _Fields) -> Ledger:
    c_in, rank = fields.take((*_IN, "d_model")), fields.take(("rank", "r"))
    return blocks.low_rank_adapter(c_in, fields.take(_OUT, c_in), rank)


def _experts(fields: _Fields) -> Ledger:
    width, inner = fields.take(_MODEL), fields.take(_FEED)
    count = fields.take(("experts", "num_experts", "num_local_experts", "n_experts", "E"))
    fields.take(("top_k", "num_experts_per_tok", "active"), None)
    gated = fields.take(("gated",), not fields.says(r"(two|2) (linear|matri|dense)|relu"))
    return blocks.mixture_of_experts(width, inner, count, bool(gated), fields.bias(False))


def _double(fields: _Fields) -> Ledger:
    c_in, c_out = fields.take(_IN), fields.take(_OUT)
    return blocks.double_conv(c_in, c_out, fields.take(_INNER, c_out), fields.take(_KERNEL, 3), fields.bias(False))


def _patches(fields: _Fields) -> Ledger:
    c_in, patch = fields.take((*_IN, "in_chans"), 3), fields.take(("patch_size", "patch", *_KERNEL, "p"))
    width = fields.take((*_OUT, *_MODEL))
    fields.take(("stride", "image_size", "image", "img_size"), None)
    ledger = linear.conv2d(c_in, width, patch, bias=fields.bias(True)).under("projection")
    return ledger + layer_norm(width).under("norm") if fields.says(r"layer ?norm|\bln\b") else ledger


def _conv_norm(fields: _Fields) -> Ledger:
    c_in, kernel = fields.take(_IN), fields.take(_KERNEL, 3)
    c_out, groups, bias = fields.take(_OUT, c_in), fields.take(("groups",), 1), fields.bias(False)
    fields.take(("stride",), 1)
    axes = 1 if fields.says(r"1-?d\b") else 3 if fields.says(r"3-?d\b") else 2
    conv = linear.convolution(axes, c_in, c_out, kernel, groups=groups, bias=bias)
    return joined(conv=conv, norm=batch_norm(c_out))


def _shuffle(fields: _Fields) -> Ledger:
    c_in, stride = fields.take(_IN), fields.take(("stride",), 2 if fields.says(r"stride 2|down") else 1)
    return blocks.shuffle_unit(c_in, fields.take(_OUT, c_in), stride)


def _mixer(fields: _Fields) -> Ledger:
    tokens, channels = fields.take(("tokens", "num_patches", "patches", "n_tokens", "S", "N")), fields.take(("channels", "d_model", "dim", "C"))
    inner = fields.take(("token_dim", "tokens_mlp_dim", "token_inner", "d_token", "token_hidden", "D_S"))
    return blocks.mixer_block(tokens, channels, inner, fields.take(("channel_dim", "channels_mlp_dim", "channel_inner", "d_channel", "D_C")))


#: Tried in this order: the first pattern found in the lower-case words decides.
_READERS: tuple[tuple[str, Callable[[_Fields], Ledger]], ...] = (
    (r"mb ?-?conv", _mbconv),
    (r"mixer", _mixer),
    (r"shuffle", _shuffle),
    (r"inverted|mobilenet ?v[23]|linear bottleneck", _inverted),
    (r"convnext", _convnext),
    (r"transition", _transition),
    (r"densenet|dense (layer|block)", _dense),
    (r"pre-?activ|^((?!conv).)*(bn|batch ?norm\w*)[^a-z]*(and )?relu[^a-z]*(and )?(\d+ ?x ?\d+ )?conv", _preactivated),
    (r"fire", _fire),
    (r"inception", _inception),
    (r"depthwise|separable", _depthwise),
    (r"bottleneck|resnext", _bottleneck),
    (r"double conv|u-?net|two conv", _double),
    (r"mixture|\bmoe\b|experts", _experts),
    (r"lora|low.rank|adapter", _adapter),
    (r"patch.?embed", _patches),
    (r"llama|qwen|mistral|rms ?norm.*(swiglu|gated)", _decoder_block),
    (r"transformer|encoder (layer|block)|decoder (layer|block)|\bvit\b", _transformer),
    (r"attention|\bgqa\b|\bmqa\b", _attention),
    (r"\w*glu\b|gated", _gated),
    (r"feed.?forward|\bmlp\b|\bffn\b|perceptron", _feed_forward),
    (r"squeeze.*excit|\bse\b|\bse.?(block|module|layer)", _squeeze_excitation),
    (r"basic|residual|resnet", _basic),
    (r"conv.*(bn|batch|norm)", _conv_norm),
)
