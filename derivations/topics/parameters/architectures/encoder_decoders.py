"""Encoder-decoder language models: T5, BART and their relatives, as the ``*Model`` classes of transformers build them."""

from __future__ import annotations

from derivations.topics.parameters.architectures.classic_decoders import decoder_layer
from derivations.topics.parameters.architectures.encoders import check_heads
from derivations.topics.parameters.dimensions import Dimension
from derivations.topics.parameters.ledger import Ledger, concatenated, joined
from derivations.topics.parameters.linear import conv1d, embedding, linear
from derivations.topics.parameters.normalization import layer_norm, rms_norm


def _t5_attention(width: Dimension, inner: Dimension) -> Ledger:
    maps = joined(**{name: linear(width, inner, bias=False) for name in "qkv"})
    return maps + linear(inner, width, bias=False).under("o")


def _t5_stack(
    width: Dimension,
    inner: Dimension,
    d_ff: Dimension,
    heads: Dimension,
    buckets: Dimension,
    layers: Dimension,
    is_gated: bool,
    is_decoder: bool,
    bias_in_every_layer: bool,
    self_attention: str = "SelfAttention",
) -> Ledger:
    """One stack: RMSNorms and maps without biases; the table of relative positions stands in the first layer, or in all."""
    maps = _t5_attention(width, inner)
    if is_gated:
        dense = joined(wi_0=linear(width, d_ff, bias=False), wi_1=linear(width, d_ff, bias=False))
    else:
        dense = joined(wi=linear(width, d_ff, bias=False))
    dense += linear(d_ff, width, bias=False).under("wo")
    block = maps.under(f"layer.*.{self_attention}") + rms_norm(width).under("layer_norm").repeated(3 if is_decoder else 2, "layer")
    if is_decoder:
        block += maps.under("layer.*.EncDecAttention")
    block += dense.under("layer.*.DenseReluDense")
    table = embedding(buckets, heads).under(f"layer.*.{self_attention}.relative_attention_bias")
    tables = table.repeated(layers if bias_in_every_layer else 1, "block")
    return block.repeated(layers, "block") + tables + rms_norm(width).under("final_layer_norm")


def t5(
    vocab_size: Dimension = 32128,
    d_model: Dimension = 512,
    d_kv: Dimension = 64,
    d_ff: Dimension = 2048,
    num_layers: Dimension = 6,
    num_decoder_layers: Dimension | None = None,
    num_heads: Dimension = 8,
    relative_attention_num_buckets: Dimension = 32,
    feed_forward_proj: str = "relu",
    encoder_only: bool = False,
    bias_in_every_layer: bool = False,
    encoder_attention: str = "SelfAttention",
) -> Ledger:
    """T5 (Raffel et al. 2020); "gated-..." in ``feed_forward_proj`` (v1.1, mT5, Flan) gives three maps instead of two.

    UMT5 has the table of relative positions in every layer.
    """
    inner, is_gated = num_heads * d_kv, str(feed_forward_proj).startswith("gated-")
    ledger = embedding(vocab_size, d_model).under("shared")
    for name, layers in (("encoder", num_layers), ("decoder", num_layers if num_decoder_layers is None else num_decoder_layers)):
        if name == "decoder" and encoder_only:
            continue
        ledger += _t5_stack(
            d_model,
            inner,
            d_ff,
            num_heads,
            relative_attention_num_buckets,
            layers,
            is_gated,
            name == "decoder",
            bias_in_every_layer,
            encoder_attention if name == "encoder" else "SelfAttention",
        ).under(name)
    return ledger


def bart(
    vocab_size: Dimension = 50265,
    max_position_embeddings: Dimension = 1024,
    encoder_layers: Dimension = 12,
    encoder_ffn_dim: Dimension = 4096,
    encoder_attention_heads: Dimension = 16,
    decoder_layers: Dimension = 12,
    decoder_ffn_dim: Dimension = 4096,
    decoder_attention_heads: Dimension = 16,
    d_model: Dimension = 1024,
    spare_positions: int = 2,
    learned_positions: bool = True,
    embedding_norm: bool = True,
    final_norm: bool = False,
    tie_word_embeddings: bool = True,
) -> Ledger:
    """BART (Lewis et al. 2020) and relatives: a shared table, learned positions, a norm of the embeddings or a final norm.

    Not tied, each stack has a token table of its own beside the shared one. BART's positions start at 2: two spare rows.
    """
    check_heads(d_model, encoder_attention_heads, "d_model", "encoder_attention_heads")
    check_heads(d_model, decoder_attention_heads, "d_model", "decoder_attention_heads")
    norm = layer_norm(d_model)
    stacks = (("encoder", encoder_layers, encoder_ffn_dim), ("decoder", decoder_layers, decoder_ffn_dim))
    ledger = embedding(vocab_size, d_model).under("shared")
    for name, layers, inner in stacks:
        parts = [] if tie_word_embeddings else [embedding(vocab_size, d_model).under("embed_tokens")]
        if learned_positions:
            parts.append(embedding(max_position_embeddings + spare_positions, d_model).under("embed_positions"))
        parts.append(decoder_layer(d_model, inner, cross_attention=name == "decoder").repeated(layers, "layers"))
        if embedding_norm:
            parts.append(norm.under("layernorm_embedding"))
        if final_norm:
            parts.append(norm.under("layer_norm"))
        ledger += concatenated(parts).under(name)
    return ledger


def whisper(
    vocab_size: Dimension = 51865,
    num_mel_bins: Dimension = 80,
    encoder_layers: Dimension = 4,
    encoder_attention_heads: Dimension = 6,
    decoder_layers: Dimension = 4,
    decoder_attention_heads: Dimension = 6,
    decoder_ffn_dim: Dimension = 1536,
    encoder_ffn_dim: Dimension = 1536,
    d_model: Dimension = 384,
    max_source_positions: Dimension = 1500,
    max_target_positions: Dimension = 448,
) -> Ledger:
    """Whisper (Radford et al. 2023): two convolutions of the spectrogram, frozen source positions, keys without biases."""
    check_heads(d_model, encoder_attention_heads, "d_model", "encoder_attention_heads")
    check_heads(d_model, decoder_attention_heads, "d_model", "decoder_attention_heads")
    norm = layer_norm(d_model)
    encoder = joined(
        conv1=conv1d(num_mel_bins, d_model, 3),
        conv2=conv1d(d_model, d_model, 3),
        embed_positions=embedding(max_source_positions, d_model),
    )
    encoder += decoder_layer(d_model, encoder_ffn_dim, key_bias=False).repeated(encoder_layers, "layers")
    decoder = joined(embed_tokens=embedding(vocab_size, d_model), embed_positions=embedding(max_target_positions, d_model))
    decoder += decoder_layer(d_model, decoder_ffn_dim, cross_attention=True, key_bias=False).repeated(decoder_layers, "layers")
    return joined(encoder=encoder + norm.under("layer_norm"), decoder=decoder + norm.under("layer_norm"))
