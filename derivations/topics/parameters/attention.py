"""Parameters of attention and transformer layers, by the names, defaults and shapes of ``torch.nn``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derivations.topics.parameters.dimensions import Dimension, dimension, quotient, truth
from derivations.topics.parameters.ledger import Ledger, concatenated, joined, parameter
from derivations.topics.parameters.linear import linear
from derivations.topics.parameters.normalization import layer_norm


def multihead_attention(
    embed_dim: Dimension,
    num_heads: Dimension,
    dropout: float = 0.0,
    bias: bool = True,
    add_bias_kv: bool = False,
    add_zero_attn: bool = False,
    kdim: Dimension | None = None,
    vdim: Dimension | None = None,
    batch_first: bool = False,
) -> Ledger:
    """``torch.nn.MultiheadAttention``: one stacked (3E, E) projection, or three when keys or values have another width.

    The number of heads does not change the count; it must divide ``embed_dim``. ``add_zero_attn`` adds nothing.
    """
    width = dimension("embed_dim", embed_dim)
    heads = dimension("num_heads", num_heads)
    if isinstance(width, int) and isinstance(heads, int):
        quotient("embed_dim", width, "num_heads", heads)
    key_width = width if kdim is None else dimension("kdim", kdim)
    value_width = width if vdim is None else dimension("vdim", vdim)
    if key_width == width and value_width == width:
        ledger = parameter("in_proj_weight", 3 * width, width)
    else:
        ledger = concatenated(
            (
                parameter("q_proj_weight", width, width),
                parameter("k_proj_weight", width, key_width),
                parameter("v_proj_weight", width, value_width),
            )
        )
    if truth("bias", bias):
        ledger += parameter("in_proj_bias", 3 * width)
    if truth("add_bias_kv", add_bias_kv):
        ledger += parameter("bias_k", 1, 1, width) + parameter("bias_v", 1, 1, width)
    return ledger + linear(width, width, bias).under("out_proj")


def transformer_encoder_layer(
    d_model: Dimension,
    nhead: Dimension,
    dim_feedforward: Dimension = 2048,
    dropout: float = 0.1,
    activation: object = "relu",
    layer_norm_eps: float = 1e-5,
    batch_first: bool = False,
    norm_first: bool = False,
    bias: bool = True,
) -> Ledger:
    """``torch.nn.TransformerEncoderLayer``: attention, two linear maps, two LayerNorms; ``bias`` governs all of them."""
    width, inner = dimension("d_model", d_model), dimension("dim_feedforward", dim_feedforward)
    return joined(
        self_attn=multihead_attention(width, nhead, bias=bias),
        linear1=linear(width, inner, bias),
        linear2=linear(inner, width, bias),
        norm1=layer_norm(width, bias=bias),
        norm2=layer_norm(width, bias=bias),
    )


def transformer_decoder_layer(
    d_model: Dimension,
    nhead: Dimension,
    dim_feedforward: Dimension = 2048,
    dropout: float = 0.1,
    activation: object = "relu",
    layer_norm_eps: float = 1e-5,
    batch_first: bool = False,
    norm_first: bool = False,
    bias: bool = True,
) -> Ledger:
    """``torch.nn.TransformerDecoderLayer``: two attentions, two linear maps, three LayerNorms."""
    width, inner = dimension("d_model", d_model), dimension("dim_feedforward", dim_feedforward)
    return joined(
        self_attn=multihead_attention(width, nhead, bias=bias),
        multihead_attn=multihead_attention(width, nhead, bias=bias),
        linear1=linear(width, inner, bias),
        linear2=linear(inner, width, bias),
        norm1=layer_norm(width, bias=bias),
        norm2=layer_norm(width, bias=bias),
        norm3=layer_norm(width, bias=bias),
    )


def transformer_encoder(
    encoder_layer: Ledger | Mapping[str, Any],
    num_layers: Dimension,
    norm: Ledger | None = None,
    enable_nested_tensor: bool = True,
    mask_check: bool = True,
) -> Ledger:
    """``torch.nn.TransformerEncoder``: ``num_layers`` copies of a layer, and a final norm if one is given.

    ``encoder_layer`` is a ledger, or the hyperparameters of ``transformer_encoder_layer``.
    """
    layer = encoder_layer if isinstance(encoder_layer, Ledger) else transformer_encoder_layer(**encoder_layer)
    return _stack(layer, num_layers, norm)


def transformer_decoder(decoder_layer: Ledger | Mapping[str, Any], num_layers: Dimension, norm: Ledger | None = None) -> Ledger:
    """``torch.nn.TransformerDecoder``: as ``transformer_encoder``, of decoder layers."""
    layer = decoder_layer if isinstance(decoder_layer, Ledger) else transformer_decoder_layer(**decoder_layer)
    return _stack(layer, num_layers, norm)


def _stack(layer: Ledger, num_layers: Dimension, norm: Ledger | None) -> Ledger:
    stack = layer.repeated(dimension("num_layers", num_layers, least=0), "layers")
    return stack if norm is None else stack + norm.under("norm")


def transformer(
    d_model: Dimension = 512,
    nhead: Dimension = 8,
    num_encoder_layers: Dimension = 6,
    num_decoder_layers: Dimension = 6,
    dim_feedforward: Dimension = 2048,
    dropout: float = 0.1,
    activation: object = "relu",
    custom_encoder: Ledger | None = None,
    custom_decoder: Ledger | None = None,
    layer_norm_eps: float = 1e-5,
    batch_first: bool = False,
    norm_first: bool = False,
    bias: bool = True,
) -> Ledger:
    """``torch.nn.Transformer``: an encoder and a decoder stack, each with a final LayerNorm; no embeddings, no head."""
    encoder, decoder = custom_encoder, custom_decoder
    if encoder is None:
        layer = transformer_encoder_layer(d_model, nhead, dim_feedforward, bias=bias)
        encoder = transformer_encoder(layer, num_encoder_layers, layer_norm(d_model, bias=bias))
    if decoder is None:
        layer = transformer_decoder_layer(d_model, nhead, dim_feedforward, bias=bias)
        decoder = transformer_decoder(layer, num_decoder_layers, layer_norm(d_model, bias=bias))
    return joined(encoder=encoder, decoder=decoder)
