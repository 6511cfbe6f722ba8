"""Small composites that networks are built of: convolutional, residual, attention and feed-forward blocks.

Unless said otherwise a convolution that is followed by a normalization has no bias, because the normalization's shift
would absorb it. Each function names the source of its structure.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from derivations.language.errors import DeriveError
from derivations.topics.parameters.dimensions import Dimension, dimension, quotient, truth
from derivations.topics.parameters.ledger import Ledger, concatenated, joined, parameter
from derivations.topics.parameters.linear import convolution, linear
from derivations.topics.parameters.normalization import batch_norm, layer_norm


def conv_norm(
    in_channels: Dimension,
    out_channels: Dimension,
    kernel_size: int | Sequence[int] = 3,
    groups: Dimension = 1,
    bias: bool = False,
    axes: int = 2,
) -> Ledger:
    """Convolution, then batch normalization of its output."""
    return joined(
        conv=convolution(axes, in_channels, out_channels, kernel_size, groups=groups, bias=bias),
        norm=batch_norm(out_channels),
    )


def norm_conv(
    in_channels: Dimension,
    out_channels: Dimension,
    kernel_size: int | Sequence[int] = 3,
    groups: Dimension = 1,
    bias: bool = True,
    axes: int = 2,
) -> Ledger:
    """Batch normalization of the input, ReLU, then convolution (the pre-activated order; with a bias by default)."""
    return joined(
        norm=batch_norm(in_channels),
        conv=convolution(axes, in_channels, out_channels, kernel_size, groups=groups, bias=bias),
    )


def double_conv(
    in_channels: Dimension,
    out_channels: Dimension,
    mid_channels: Dimension | None = None,
    kernel_size: int = 3,
    bias: bool = False,
) -> Ledger:
    """Two convolutions, each with batch normalization: the step of a U-Net (Ronneberger et al. 2015)."""
    middle = out_channels if mid_channels is None else mid_channels
    first = conv_norm(in_channels, middle, kernel_size, bias=bias)
    return joined(first=first, second=conv_norm(middle, out_channels, kernel_size, bias=bias))


def basic_block(
    in_channels: Dimension,
    out_channels: Dimension,
    stride: int = 1,
    kernel_size: int = 3,
    bias: bool = False,
    projection: bool | None = None,
) -> Ledger:
    """Two 3x3 convolutions with batch normalization and a shortcut (He et al. 2016).

    The shortcut is a 1x1 convolution with batch normalization where the shape changes (``projection`` overrides this).
    """
    ledger = joined(
        first=conv_norm(in_channels, out_channels, kernel_size, bias=bias),
        second=conv_norm(out_channels, out_channels, kernel_size, bias=bias),
    )
    return ledger + _shortcut(in_channels, out_channels, stride, bias, projection)


def bottleneck(
    in_channels: Dimension,
    inner_channels: Dimension,
    out_channels: Dimension,
    stride: int = 1,
    groups: Dimension = 1,
    kernel_size: int = 3,
    bias: bool = False,
    projection: bool | None = None,
) -> Ledger:
    """1x1, 3x3 (in groups) and 1x1 convolution, each then normalized, with a shortcut as in ``basic_block``."""
    ledger = joined(
        reduce=conv_norm(in_channels, inner_channels, 1, bias=bias),
        spatial=conv_norm(inner_channels, inner_channels, kernel_size, groups, bias=bias),
        expand=conv_norm(inner_channels, out_channels, 1, bias=bias),
    )
    return ledger + _shortcut(in_channels, out_channels, stride, bias, projection)


def _shortcut(in_channels: Dimension, out_channels: Dimension, stride: int, bias: bool, projection: bool | None) -> Ledger:
    needed = stride != 1 or in_channels != out_channels
    if projection is None:
        projection = needed
    if not truth("projection", projection):
        if needed and isinstance(in_channels, int) and isinstance(out_channels, int) and in_channels != out_channels:
            raise DeriveError(f"a shortcut from {in_channels} to {out_channels} channels needs a projection")
        return Ledger()
    return conv_norm(in_channels, out_channels, 1, bias=bias).under("shortcut")


def preactivation_block(in_channels: Dimension, out_channels: Dimension | None = None, kernel_size: int = 3, bias: bool = True) -> Ledger:
    """Batch normalization, ReLU, one convolution, added to its input: 2C + K*K*C*C + C for C channels."""
    return norm_conv(in_channels, in_channels if out_channels is None else out_channels, kernel_size, bias=bias)


def preactivation_bottleneck(
    in_channels: Dimension,
    inner_channels: Dimension,
    out_channels: Dimension | None = None,
    kernel_size: int = 3,
    bias: bool = True,
) -> Ledger:
    """Three times normalization, ReLU, convolution: 1x1 in, KxK, 1x1 out; 2CB + 9BB + 6B + 3C for K = 3 with biases."""
    out = in_channels if out_channels is None else out_channels
    return joined(
        reduce=norm_conv(in_channels, inner_channels, 1, bias=bias),
        spatial=norm_conv(inner_channels, inner_channels, kernel_size, bias=bias),
        expand=norm_conv(inner_channels, out, 1, bias=bias),
    )


def depthwise_separable(
    in_channels: Dimension,
    out_channels: Dimension,
    kernel_size: int = 3,
    bias: bool = False,
    normalized: bool = True,
) -> Ledger:
    """Depthwise, then pointwise convolution (Howard et al. 2017); ``normalized``: batch normalization after each."""
    depthwise = convolution(2, in_channels, in_channels, kernel_size, groups=in_channels, bias=bias)
    pointwise = convolution(2, in_channels, out_channels, 1, bias=bias)
    if not truth("normalized", normalized):
        return joined(depthwise=depthwise, pointwise=pointwise)
    return joined(
        depthwise=depthwise,
        depthwise_norm=batch_norm(in_channels),
        pointwise=pointwise,
        pointwise_norm=batch_norm(out_channels),
    )


def squeeze_excitation(channels: Dimension, squeezed_channels: Dimension | None = None, reduction: int = 16, bias: bool = True) -> Ledger:
    """Two dense maps on the channel means (Hu et al. 2018): channels to ``squeezed_channels``, or channels//reduction."""
    if squeezed_channels is None:
        if isinstance(channels, int):
            squeezed_channels = max(1, channels // dimension("reduction", reduction))
        else:
            squeezed_channels = quotient("channels", channels, "reduction", reduction)
    return joined(
        squeeze=convolution(2, channels, squeezed_channels, 1, bias=bias),
        excite=convolution(2, squeezed_channels, channels, 1, bias=bias),
    )


def mbconv(
    in_channels: Dimension,
    out_channels: Dimension,
    expand: Dimension = 6,
    kernel_size: int = 3,
    se_ratio: float | None = 0.25,
    expanded_channels: Dimension | None = None,
    squeezed_channels: Dimension | None = None,
) -> Ledger:
    """Inverted bottleneck with squeeze and excitation (Tan and Le 2019).

    1x1 expansion (left out when it would not widen), depthwise convolution, squeeze and excitation with
    max(1, int(in_channels * se_ratio)) channels, of the block's INPUT, 1x1 projection. ``se_ratio`` None or 0: none.
    """
    wide = in_channels * expand if expanded_channels is None else expanded_channels
    ledger = Ledger() if wide == in_channels else conv_norm(in_channels, wide, 1).under("expand")
    ledger += conv_norm(wide, wide, kernel_size, groups=wide).under("depthwise")
    if squeezed_channels is None and se_ratio:
        squeezed_channels = max(1, int(dimension("in_channels", in_channels) * se_ratio))
    if squeezed_channels is not None:
        ledger += squeeze_excitation(wide, squeezed_channels).under("se")
    return ledger + conv_norm(wide, out_channels, 1).under("project")


def inverted_residual(in_channels: Dimension, out_channels: Dimension, expand: Dimension = 6, kernel_size: int = 3) -> Ledger:
    """``mbconv`` without squeeze and excitation (Sandler et al. 2018)."""
    return mbconv(in_channels, out_channels, expand, kernel_size, se_ratio=None)


def fused_mbconv(in_channels: Dimension, out_channels: Dimension, expand: Dimension = 4, kernel_size: int = 3) -> Ledger:
    """Expansion and depthwise step fused into one full convolution (Tan and Le 2021); no projection if expand is 1."""
    wide = in_channels * expand
    if wide == in_channels:
        return conv_norm(in_channels, out_channels, kernel_size).under("fused")
    return joined(fused=conv_norm(in_channels, wide, kernel_size), project=conv_norm(wide, out_channels, 1))


def fire(in_channels: Dimension, squeeze: Dimension, expand1x1: Dimension, expand3x3: Dimension, bias: bool = True) -> Ledger:
    """Fire module of SqueezeNet (Iandola et al. 2016): 1x1 squeeze, then 1x1 and 3x3 expansions side by side."""
    return joined(
        squeeze=convolution(2, in_channels, squeeze, 1, bias=bias),
        expand1x1=convolution(2, squeeze, expand1x1, 1, bias=bias),
        expand3x3=convolution(2, squeeze, expand3x3, 3, bias=bias),
    )


def inception_block(
    in_channels: Dimension,
    ch1x1: Dimension,
    ch3x3_reduce: Dimension,
    ch3x3: Dimension,
    ch5x5_reduce: Dimension,
    ch5x5: Dimension,
    pool_proj: Dimension,
    normalized: bool = True,
    large_kernel: int = 5,
) -> Ledger:
    """Inception block (Szegedy et al. 2015): four branches; ``large_kernel`` 3 gives the variant that torchvision uses."""

    def conv(c_in: Dimension, c_out: Dimension, size: int) -> Ledger:
        if truth("normalized", normalized):
            return conv_norm(c_in, c_out, size)
        return convolution(2, c_in, c_out, size).under("conv")

    return joined(
        branch1=conv(in_channels, ch1x1, 1),
        branch2=conv(in_channels, ch3x3_reduce, 1).under("0") + conv(ch3x3_reduce, ch3x3, 3).under("1"),
        branch3=conv(in_channels, ch5x5_reduce, 1).under("0") + conv(ch5x5_reduce, ch5x5, large_kernel).under("1"),
        branch4=conv(in_channels, pool_proj, 1),
    )


def convnext_block(channels: Dimension, kernel_size: int = 7, expansion: Dimension = 4, layer_scale: bool = True) -> Ledger:
    """Depthwise convolution, LayerNorm, two dense maps, all with biases (Liu et al. 2022), and a scale per channel."""
    ledger = joined(
        depthwise=convolution(2, channels, channels, kernel_size, groups=channels),
        norm=layer_norm(channels),
        up=linear(channels, expansion * channels),
        down=linear(expansion * channels, channels),
    )
    return ledger + parameter("layer_scale", channels, 1, 1) if truth("layer_scale", layer_scale) else ledger


def dense_layer(in_channels: Dimension, growth_rate: Dimension, bn_size: Dimension = 4) -> Ledger:
    """Layer of a DenseNet (Huang et al. 2017): pre-activated 1x1 to bn_size * growth_rate, then 3x3 to growth_rate."""
    inner = bn_size * growth_rate
    return joined(first=norm_conv(in_channels, inner, 1, bias=False), second=norm_conv(inner, growth_rate, 3, bias=False))


def multilayer_perceptron(sizes: Sequence[Dimension], bias: bool = True) -> Ledger:
    """Dense maps sizes[0] -> sizes[1] -> ...: the sum of n_in * n_out + n_out."""
    if len(sizes) < 2:
        raise DeriveError(f"sizes = {list(sizes)}: a multilayer perceptron needs the widths of at least input and output")
    return concatenated(linear(a, b, bias).under(str(i)) for i, (a, b) in enumerate(pairwise(sizes)))


def feed_forward(d_model: Dimension, d_ff: Dimension, bias: bool = True) -> Ledger:
    """Two dense maps, d_model -> d_ff -> d_model (Vaswani et al. 2017)."""
    return joined(up=linear(d_model, d_ff, bias), down=linear(d_ff, d_model, bias))


def gated_feed_forward(d_model: Dimension, d_ff: Dimension, bias: bool = False) -> Ledger:
    """Gate, up and down map (Shazeer 2020: GLU, GEGLU, SwiGLU): 3 * d_model * d_ff without biases."""
    return joined(gate=linear(d_model, d_ff, bias), up=linear(d_model, d_ff, bias), down=linear(d_ff, d_model, bias))


def self_attention(
    d_model: Dimension,
    heads: Dimension = 1,
    kv_heads: Dimension | None = None,
    head_dim: Dimension | None = None,
    qkv_bias: bool = True,
    out_bias: bool = True,
    output_map: bool = True,
) -> Ledger:
    """Queries, keys, values and the output map, with fewer key heads than query heads where ``kv_heads`` says so.

    Without ``output_map``, and with one head, this is the self-attention with 3D*D + 3D parameters.
    """
    width = dimension("d_model", d_model)
    size = quotient("d_model", width, "heads", dimension("heads", heads)) if head_dim is None else head_dim
    key_heads = heads if kv_heads is None else dimension("kv_heads", kv_heads)
    if isinstance(heads, int) and isinstance(key_heads, int):
        quotient("heads", heads, "kv_heads", key_heads)
    ledger = joined(
        query=linear(width, heads * size, qkv_bias),
        key=linear(width, key_heads * size, qkv_bias),
        value=linear(width, key_heads * size, qkv_bias),
    )
    if not truth("output_map", output_map):
        return ledger
    return ledger + linear(heads * size, width, out_bias).under("output")


def low_rank_adapter(in_features: Dimension, out_features: Dimension, rank: Dimension) -> Ledger:
    """Adapter beside a frozen map (Hu et al. 2022): rank * (in_features + out_features), counted without that map."""
    return joined(down=linear(in_features, rank, bias=False), up=linear(rank, out_features, bias=False))


def mixture_of_experts(d_model: Dimension, d_ff: Dimension, experts: Dimension, gated: bool = True, bias: bool = False) -> Ledger:
    """A router without bias and ``experts`` feed-forward blocks (all counted, however few are active for a token)."""
    expert = gated_feed_forward(d_model, d_ff, bias) if gated else feed_forward(d_model, d_ff, bias)
    return linear(d_model, experts, bias=False).under("router") + expert.repeated(experts, "experts")


def shuffle_unit(in_channels: int, out_channels: int, stride: int = 1) -> Ledger:
    """Unit of ShuffleNet v2 (Ma et al. 2018): at stride 1 half of the channels pass unchanged, at stride 2 both halves are convolved."""
    half = quotient("out_channels", dimension("out_channels", out_channels), "2 (the halves)", 2)
    if stride == 1 and in_channels != out_channels:
        raise DeriveError(f"a shuffle unit of stride 1 keeps its channels, but goes from {in_channels} to {out_channels}")
    c_in = half if stride == 1 else in_channels
    unit = joined(reduce=conv_norm(c_in, half, 1), depthwise=conv_norm(half, half, 3, groups=half), project=conv_norm(half, half, 1))
    if stride == 1:
        return unit
    return unit + joined(skip_depthwise=conv_norm(c_in, c_in, 3, groups=c_in), skip_project=conv_norm(c_in, half, 1))


def mixer_block(tokens: Dimension, channels: Dimension, token_inner: Dimension, channel_inner: Dimension) -> Ledger:
    """Block of MLP-Mixer (Tolstikhin et al. 2021): dense maps across tokens, then across channels, each after a LayerNorm."""
    return joined(
        token_norm=layer_norm(channels),
        token_mixing=feed_forward(tokens, token_inner),
        channel_norm=layer_norm(channels),
        channel_mixing=feed_forward(channels, channel_inner),
    )
