"""Bidirectional encoders that change BERT's attention or its dense maps, as the ``*Model`` classes of transformers build them."""

from __future__ import annotations

from derivations.language.errors import DeriveError
from derivations.topics.parameters.architectures.encoders import bert, check_heads, pooler, token_embeddings
from derivations.topics.parameters.dimensions import Dimension, quotient
from derivations.topics.parameters.ledger import Ledger, concatenated, joined, parameter
from derivations.topics.parameters.linear import conv1d, conv2d, embedding, linear
from derivations.topics.parameters.normalization import layer_norm


def longformer(
    vocab_size: Dimension = 30522,
    hidden_size: Dimension = 768,
    num_hidden_layers: Dimension = 12,
    num_attention_heads: Dimension = 12,
    intermediate_size: Dimension = 3072,
    max_position_embeddings: Dimension = 512,
    type_vocab_size: Dimension = 2,
    add_pooling_layer: bool = True,
) -> Ledger:
    """Longformer (Beltagy et al. 2020): BERT with a second set of projections for global attention."""
    ledger = bert(
        vocab_size,
        hidden_size,
        num_hidden_layers,
        num_attention_heads,
        intermediate_size,
        max_position_embeddings,
        type_vocab_size,
        add_pooling_layer=add_pooling_layer,
    )
    second = joined(**{f"attention.self.{name}_global": linear(hidden_size, hidden_size) for name in ("query", "key", "value")})
    return ledger + second.repeated(num_hidden_layers, "encoder.layer")


def nystromformer(
    vocab_size: Dimension = 30000,
    hidden_size: Dimension = 768,
    num_hidden_layers: Dimension = 12,
    num_attention_heads: Dimension = 12,
    intermediate_size: Dimension = 3072,
    max_position_embeddings: Dimension = 510,
    type_vocab_size: Dimension = 2,
    conv_kernel_size: Dimension | None = 65,
) -> Ledger:
    """Nystroemformer (Xiong et al. 2021): BERT without pooler, two spare positions, a depthwise convolution over the heads."""
    ledger = bert(
        vocab_size,
        hidden_size,
        num_hidden_layers,
        num_attention_heads,
        intermediate_size,
        max_position_embeddings + 2,
        type_vocab_size,
        add_pooling_layer=False,
    )
    if conv_kernel_size is None:
        return ledger
    heads = num_attention_heads
    over_heads = conv2d(heads, heads, (conv_kernel_size, 1), groups=heads, bias=False).under("attention.self.conv")
    return ledger + over_heads.repeated(num_hidden_layers, "encoder.layer")


def squeezebert(
    vocab_size: Dimension = 30522,
    hidden_size: Dimension = 768,
    num_hidden_layers: Dimension = 12,
    num_attention_heads: Dimension = 12,
    intermediate_size: Dimension = 3072,
    max_position_embeddings: Dimension = 512,
    type_vocab_size: Dimension = 2,
    embedding_size: Dimension = 768,
    q_groups: Dimension = 4,
    k_groups: Dimension = 4,
    v_groups: Dimension = 4,
    post_attention_groups: Dimension = 1,
    intermediate_groups: Dimension = 4,
    output_groups: Dimension = 4,
) -> Ledger:
    """SqueezeBERT (Iandola et al. 2020): BERT's dense maps as grouped 1x1 convolutions."""
    check_heads(hidden_size, num_attention_heads)
    if embedding_size != hidden_size:
        raise DeriveError(f"squeezebert needs embedding_size = hidden_size, not {embedding_size} and {hidden_size}")

    def normalized(c_in: Dimension, groups: Dimension) -> Ledger:
        return joined(conv1d=conv1d(c_in, hidden_size, 1, groups=groups), layernorm=layer_norm(hidden_size))

    layer = joined(
        **{
            f"attention.{name}": conv1d(hidden_size, hidden_size, 1, groups=groups)
            for name, groups in (("query", q_groups), ("key", k_groups), ("value", v_groups))
        },
        post_attention=normalized(hidden_size, post_attention_groups),
        **{"intermediate.conv1d": conv1d(hidden_size, intermediate_size, 1, groups=intermediate_groups)},
        output=normalized(intermediate_size, output_groups),
    )
    embeddings = token_embeddings(vocab_size, max_position_embeddings, type_vocab_size, embedding_size).under("embeddings")
    return embeddings + layer.repeated(num_hidden_layers, "encoder.layers") + pooler(hidden_size, True)


def xlnet(
    vocab_size: Dimension = 32000,
    d_model: Dimension = 1024,
    n_layer: Dimension = 24,
    n_head: Dimension = 16,
    d_inner: Dimension = 4096,
) -> Ledger:
    """XLNet (Yang et al. 2019): relative attention with tensors (width, heads, head width) and its own query biases."""
    check_heads(d_model, n_head, "d_model", "n_head")
    head = quotient("d_model", d_model, "n_head", n_head)
    layer = concatenated(parameter(f"rel_attn.{name}", d_model, n_head, head) for name in "qkvor")
    layer += concatenated(parameter(f"rel_attn.{name}", n_head, head) for name in ("r_r_bias", "r_s_bias", "r_w_bias"))
    layer += parameter("rel_attn.seg_embed", 2, n_head, head) + layer_norm(d_model).under("rel_attn.layer_norm")
    layer += joined(layer_norm=layer_norm(d_model), layer_1=linear(d_model, d_inner), layer_2=linear(d_inner, d_model)).under("ff")
    table = parameter("mask_emb", 1, 1, d_model) + embedding(vocab_size, d_model).under("word_embedding")
    return table + layer.repeated(n_layer, "layer")
