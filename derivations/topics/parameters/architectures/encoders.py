"""Bidirectional language encoders: BERT (Devlin et al. 2019) and its relatives, as the ``*Model`` classes of transformers build them."""

from __future__ import annotations

from collections.abc import Sequence

from derivations.topics.parameters.dimensions import Dimension, dimension, quotient
from derivations.topics.parameters.ledger import Ledger, concatenated, joined, parameter
from derivations.topics.parameters.linear import conv1d, embedding, linear
from derivations.topics.parameters.normalization import layer_norm


def check_heads(width: Dimension, heads: Dimension, width_name: str = "hidden_size", heads_name: str = "num_attention_heads") -> None:
    """Raise ``DeriveError`` unless the heads divide the width; the number of heads then does not change any count."""
    heads = dimension(heads_name, heads)
    if isinstance(width, int) and isinstance(heads, int):
        quotient(width_name, width, heads_name, heads)


def token_embeddings(
    vocab_size: Dimension,
    max_positions: Dimension | None,
    token_types: Dimension | None,
    width: Dimension,
    normalized_width: Dimension | None = None,
) -> Ledger:
    """Tables for tokens, positions and token types (None: no such table), and the LayerNorm of their sum."""
    ledger = embedding(vocab_size, width).under("word_embeddings")
    if max_positions is not None:
        ledger += embedding(max_positions, width).under("position_embeddings")
    if token_types is not None:
        ledger += embedding(token_types, width).under("token_type_embeddings")
    return ledger + layer_norm(width if normalized_width is None else normalized_width).under("LayerNorm")


def post_norm_layer(hidden_size: Dimension, intermediate_size: Dimension, cross_attention: bool = False) -> Ledger:
    """Attention (query, key, value, output) and two dense maps, all with biases, each followed by a LayerNorm."""
    attention = joined(
        **{f"self.{name}": linear(hidden_size, hidden_size) for name in ("query", "key", "value")},
        **{"output.dense": linear(hidden_size, hidden_size), "output.LayerNorm": layer_norm(hidden_size)},
    )
    layer = attention.under("attention")
    if cross_attention:
        layer += attention.under("crossattention")
    return layer + post_norm_feed_forward(hidden_size, intermediate_size)


def post_norm_feed_forward(hidden_size: Dimension, intermediate_size: Dimension) -> Ledger:
    """The second half of ``post_norm_layer``."""
    return joined(
        **{
            "intermediate.dense": linear(hidden_size, intermediate_size),
            "output.dense": linear(intermediate_size, hidden_size),
            "output.LayerNorm": layer_norm(hidden_size),
        }
    )


def pooler(hidden_size: Dimension, add_pooling_layer: bool) -> Ledger:
    """A dense map of the first token's state."""
    return linear(hidden_size, hidden_size).under("pooler.dense") if add_pooling_layer else Ledger()


def bert(
    vocab_size: Dimension = 30522,
    hidden_size: Dimension = 768,
    num_hidden_layers: Dimension = 12,
    num_attention_heads: Dimension = 12,
    intermediate_size: Dimension = 3072,
    max_position_embeddings: Dimension = 512,
    type_vocab_size: Dimension = 2,
    add_cross_attention: bool = False,
    add_pooling_layer: bool = True,
) -> Ledger:
    """BERT, RoBERTa, XLM-R, CamemBERT: the same tensors, other sizes. Post-norm, no final norm."""
    check_heads(hidden_size, num_attention_heads)
    return (
        token_embeddings(vocab_size, max_position_embeddings, type_vocab_size, hidden_size).under("embeddings")
        + post_norm_layer(hidden_size, intermediate_size, add_cross_attention).repeated(num_hidden_layers, "encoder.layer")
        + pooler(hidden_size, add_pooling_layer)
    )


def electra(
    vocab_size: Dimension = 30522,
    embedding_size: Dimension = 128,
    hidden_size: Dimension = 256,
    num_hidden_layers: Dimension = 12,
    num_attention_heads: Dimension = 4,
    intermediate_size: Dimension = 1024,
    max_position_embeddings: Dimension = 512,
    type_vocab_size: Dimension = 2,
    add_cross_attention: bool = False,
) -> Ledger:
    """ELECTRA (Clark et al. 2020): BERT without pooler; narrower embeddings are projected to the hidden size."""
    check_heads(hidden_size, num_attention_heads)
    ledger = token_embeddings(vocab_size, max_position_embeddings, type_vocab_size, embedding_size).under("embeddings")
    if embedding_size != hidden_size:
        ledger += linear(embedding_size, hidden_size).under("embeddings_project")
    return ledger + post_norm_layer(hidden_size, intermediate_size, add_cross_attention).repeated(num_hidden_layers, "encoder.layer")


def roformer(
    vocab_size: Dimension = 50000,
    embedding_size: Dimension | None = None,
    hidden_size: Dimension = 768,
    num_hidden_layers: Dimension = 12,
    num_attention_heads: Dimension = 12,
    intermediate_size: Dimension = 3072,
    max_position_embeddings: Dimension = 1536,
    type_vocab_size: Dimension = 2,
    add_cross_attention: bool = False,
) -> Ledger:
    """RoFormer (Su et al. 2021): its sinusoidal table (positions, head width) is a frozen parameter, and counted."""
    check_heads(hidden_size, num_attention_heads)
    width = hidden_size if embedding_size is None else embedding_size
    ledger = token_embeddings(vocab_size, None, type_vocab_size, width).under("embeddings")
    if width != hidden_size:
        ledger += linear(width, hidden_size).under("embeddings_project")
    head = quotient("hidden_size", hidden_size, "num_attention_heads", num_attention_heads)
    ledger += embedding(max_position_embeddings, head).under("encoder.embed_positions")
    return ledger + post_norm_layer(hidden_size, intermediate_size, add_cross_attention).repeated(num_hidden_layers, "encoder.layer")


def distilbert(
    vocab_size: Dimension = 30522,
    max_position_embeddings: Dimension = 512,
    n_layers: Dimension = 6,
    n_heads: Dimension = 12,
    dim: Dimension = 768,
    hidden_dim: Dimension = 3072,
) -> Ledger:
    """DistilBERT (Sanh et al. 2019): BERT's layer without token types and pooler."""
    check_heads(dim, n_heads, "dim", "n_heads")
    layer = joined(
        **{f"attention.{name}": linear(dim, dim) for name in ("q_lin", "k_lin", "v_lin", "out_lin")},
        **{"sa_layer_norm": layer_norm(dim), "ffn.lin1": linear(dim, hidden_dim), "ffn.lin2": linear(hidden_dim, dim)},
        output_layer_norm=layer_norm(dim),
    )
    embeddings = token_embeddings(vocab_size, max_position_embeddings, None, dim).under("embeddings")
    return embeddings + layer.repeated(n_layers, "transformer.layer")


def albert(
    vocab_size: Dimension = 30000,
    embedding_size: Dimension = 128,
    hidden_size: Dimension = 4096,
    num_hidden_layers: Dimension = 12,
    num_hidden_groups: Dimension = 1,
    num_attention_heads: Dimension = 64,
    intermediate_size: Dimension = 16384,
    inner_group_num: Dimension = 1,
    max_position_embeddings: Dimension = 512,
    type_vocab_size: Dimension = 2,
    add_pooling_layer: bool = True,
) -> Ledger:
    """ALBERT (Lan et al. 2020): layers share tensors, so ``num_hidden_layers`` does not change the count; the groups do."""
    check_heads(hidden_size, num_attention_heads)
    dimension("num_hidden_layers", num_hidden_layers)
    layer = joined(
        full_layer_layer_norm=layer_norm(hidden_size),
        **{f"attention.{name}": linear(hidden_size, hidden_size) for name in ("query", "key", "value", "dense")},
        **{"attention.LayerNorm": layer_norm(hidden_size)},
        ffn=linear(hidden_size, intermediate_size),
        ffn_output=linear(intermediate_size, hidden_size),
    )
    groups = layer.repeated(inner_group_num, "albert_layers").repeated(num_hidden_groups, "encoder.albert_layer_groups")
    ledger = concatenated(
        (
            token_embeddings(vocab_size, max_position_embeddings, type_vocab_size, embedding_size).under("embeddings"),
            linear(embedding_size, hidden_size).under("encoder.embedding_hidden_mapping_in"),
            groups,
        )
    )
    return ledger + linear(hidden_size, hidden_size).under("pooler") if add_pooling_layer else ledger


def mpnet(
    vocab_size: Dimension = 30527,
    hidden_size: Dimension = 768,
    num_hidden_layers: Dimension = 12,
    num_attention_heads: Dimension = 12,
    intermediate_size: Dimension = 3072,
    max_position_embeddings: Dimension = 512,
    relative_attention_num_buckets: Dimension = 32,
    add_pooling_layer: bool = True,
) -> Ledger:
    """MPNet (Song et al. 2020): BERT without token types and with one table of relative position biases (buckets, heads)."""
    check_heads(hidden_size, num_attention_heads)
    layer = joined(**{f"attention.attn.{name}": linear(hidden_size, hidden_size) for name in "qkvo"})
    layer += layer_norm(hidden_size).under("attention.LayerNorm") + post_norm_feed_forward(hidden_size, intermediate_size)
    return concatenated(
        (
            token_embeddings(vocab_size, max_position_embeddings, None, hidden_size).under("embeddings"),
            layer.repeated(num_hidden_layers, "encoder.layer"),
            embedding(relative_attention_num_buckets, num_attention_heads).under("encoder.relative_attention_bias"),
            pooler(hidden_size, add_pooling_layer),
        )
    )


def _position_kinds(pos_att_type: str | Sequence[str] | None) -> tuple[str, ...]:
    kinds = pos_att_type.lower().split("|") if isinstance(pos_att_type, str) else tuple(pos_att_type or ())
    return tuple(kind.strip() for kind in kinds if kind.strip())


def _deberta_embeddings(
    vocab_size: Dimension, positions: Dimension | None, token_types: Dimension, hidden_size: Dimension, embedding_size: Dimension | None
) -> Ledger:
    width = hidden_size if embedding_size is None else embedding_size
    ledger = token_embeddings(vocab_size, positions, None if token_types == 0 else token_types, width, hidden_size)
    return ledger if width == hidden_size else ledger + linear(width, hidden_size, bias=False).under("embed_proj")


def deberta(
    vocab_size: Dimension = 50265,
    hidden_size: Dimension = 768,
    num_hidden_layers: Dimension = 12,
    num_attention_heads: Dimension = 12,
    intermediate_size: Dimension = 3072,
    max_position_embeddings: Dimension = 512,
    type_vocab_size: Dimension = 0,
    relative_attention: bool = False,
    max_relative_positions: int = -1,
    position_biased_input: bool = True,
    pos_att_type: str | Sequence[str] | None = None,
    talking_head: bool = False,
    embedding_size: Dimension | None = None,
) -> Ledger:
    """DeBERTa (He et al. 2021): one stacked projection without a key bias, and projections of relative positions."""
    check_heads(hidden_size, num_attention_heads)
    attention = parameter("q_bias", hidden_size) + parameter("v_bias", hidden_size)
    attention += linear(hidden_size, 3 * hidden_size, bias=False).under("in_proj")
    if talking_head:
        maps = linear(num_attention_heads, num_attention_heads, bias=False)
        attention += maps.under("head_logits_proj") + maps.under("head_weights_proj")
    ledger = _deberta_embeddings(
        vocab_size, max_position_embeddings if position_biased_input else None, type_vocab_size, hidden_size, embedding_size
    ).under("embeddings")
    if relative_attention:
        kinds = _position_kinds(pos_att_type)
        if "c2p" in kinds:
            attention += linear(hidden_size, hidden_size, bias=False).under("pos_proj")
        if "p2c" in kinds:
            attention += linear(hidden_size, hidden_size).under("pos_q_proj")
        reach = max_relative_positions if max_relative_positions >= 1 else max_position_embeddings
        ledger += embedding(2 * reach, hidden_size).under("encoder.rel_embeddings")
    return ledger + _deberta_layer(attention, hidden_size, intermediate_size).repeated(num_hidden_layers, "encoder.layer")


def deberta_v2(
    vocab_size: Dimension = 128100,
    hidden_size: Dimension = 1536,
    num_hidden_layers: Dimension = 24,
    num_attention_heads: Dimension = 24,
    intermediate_size: Dimension = 6144,
    max_position_embeddings: Dimension = 512,
    type_vocab_size: Dimension = 0,
    relative_attention: bool = False,
    max_relative_positions: int = -1,
    position_buckets: int = -1,
    position_biased_input: bool = True,
    pos_att_type: str | Sequence[str] | None = None,
    share_att_key: bool = False,
    norm_rel_ebd: str = "none",
    conv_kernel_size: int = 0,
    conv_groups: Dimension = 1,
    embedding_size: Dimension | None = None,
) -> Ledger:
    """DeBERTa v2 and v3: separate projections with biases, position buckets, a shared key projection, one convolution."""
    check_heads(hidden_size, num_attention_heads)
    attention = joined(**{f"{name}_proj": linear(hidden_size, hidden_size) for name in ("query", "key", "value")})
    ledger = _deberta_embeddings(
        vocab_size, max_position_embeddings if position_biased_input else None, type_vocab_size, hidden_size, embedding_size
    ).under("embeddings")
    if relative_attention:
        kinds = _position_kinds(pos_att_type)
        if not share_att_key:
            for kind, name in (("c2p", "pos_key_proj"), ("p2c", "pos_query_proj")):
                if kind in kinds:
                    attention += linear(hidden_size, hidden_size).under(name)
        reach = max_relative_positions if max_relative_positions >= 1 else max_position_embeddings
        ledger += embedding(2 * (position_buckets if position_buckets > 0 else reach), hidden_size).under("encoder.rel_embeddings")
    if "layer_norm" in norm_rel_ebd.lower():
        ledger += layer_norm(hidden_size).under("encoder.LayerNorm")
    if conv_kernel_size > 0:
        ledger += conv1d(hidden_size, hidden_size, conv_kernel_size, groups=conv_groups).under("encoder.conv.conv")
        ledger += layer_norm(hidden_size).under("encoder.conv.LayerNorm")
    return ledger + _deberta_layer(attention, hidden_size, intermediate_size).repeated(num_hidden_layers, "encoder.layer")


def _deberta_layer(attention: Ledger, hidden_size: Dimension, intermediate_size: Dimension) -> Ledger:
    output = joined(dense=linear(hidden_size, hidden_size), LayerNorm=layer_norm(hidden_size))
    return joined(**{"attention.self": attention, "attention.output": output}) + post_norm_feed_forward(hidden_size, intermediate_size)


def fnet(
    vocab_size: Dimension = 32000,
    hidden_size: Dimension = 768,
    num_hidden_layers: Dimension = 12,
    intermediate_size: Dimension = 3072,
    max_position_embeddings: Dimension = 512,
    type_vocab_size: Dimension = 4,
    add_pooling_layer: bool = True,
) -> Ledger:
    """FNet (Lee-Thorp et al. 2022): a Fourier transform without parameters instead of attention."""
    embeddings = token_embeddings(vocab_size, max_position_embeddings, type_vocab_size, hidden_size)
    layer = layer_norm(hidden_size).under("fourier.output.LayerNorm") + post_norm_feed_forward(hidden_size, intermediate_size)
    return concatenated(
        (
            (embeddings + linear(hidden_size, hidden_size).under("projection")).under("embeddings"),
            layer.repeated(num_hidden_layers, "encoder.layer"),
            pooler(hidden_size, add_pooling_layer),
        )
    )


def modernbert(
    vocab_size: Dimension = 50368,
    hidden_size: Dimension = 768,
    intermediate_size: Dimension = 1152,
    num_hidden_layers: Dimension = 22,
    num_attention_heads: Dimension = 12,
    norm_bias: bool = False,
    attention_bias: bool = False,
    mlp_bias: bool = False,
) -> Ledger:
    """ModernBERT (Warner et al. 2024): pre-norm, gated feed-forward; the first layer has no attention norm."""
    check_heads(hidden_size, num_attention_heads)
    norm = layer_norm(hidden_size, bias=norm_bias)
    layer = joined(
        **{
            "attn.Wqkv": linear(hidden_size, 3 * hidden_size, attention_bias),
            "attn.Wo": linear(hidden_size, hidden_size, attention_bias),
            "mlp_norm": norm,
            "mlp.Wi": linear(hidden_size, 2 * intermediate_size, mlp_bias),
            "mlp.Wo": linear(intermediate_size, hidden_size, mlp_bias),
        }
    )
    return concatenated(
        (
            embedding(vocab_size, hidden_size).under("embeddings.tok_embeddings") + norm.under("embeddings.norm"),
            layer.repeated(num_hidden_layers, "layers"),
            norm.under("attn_norm").repeated(num_hidden_layers - 1, "layers"),
            norm.under("final_norm"),
        )
    )
