"""Decoders with rotary positions and a gated feed-forward: Llama and its dense relatives, as the ``*Model`` classes build them.

In all of them queries have ``num_attention_heads`` heads, keys and values ``num_key_value_heads`` (None: as many), and a head has
``head_dim`` features (None: hidden_size / num_attention_heads).
"""

from __future__ import annotations

from derivations.topics.parameters.dimensions import Dimension, dimension, quotient
from derivations.topics.parameters.ledger import Ledger, concatenated, joined, parameter
from derivations.topics.parameters.linear import embedding, linear
from derivations.topics.parameters.normalization import layer_norm, rms_norm

Heads = tuple[Dimension, Dimension, Dimension]  # query heads, key heads, features of a head


def resolved_heads(width: Dimension, heads: Dimension, key_heads: Dimension | None, head_dim: Dimension | None) -> Heads:
    """Return (query heads, key heads, head width); ``DeriveError`` when the heads or the key heads do not divide."""
    heads = dimension("num_attention_heads", heads)
    keys = heads if key_heads is None else dimension("num_key_value_heads", key_heads)
    if isinstance(heads, int) and isinstance(keys, int):
        quotient("num_attention_heads", heads, "num_key_value_heads", keys)
    if head_dim is None:
        return heads, keys, quotient("hidden_size", width, "num_attention_heads", heads)
    return heads, keys, dimension("head_dim", head_dim)


def attention(width: Dimension, heads: Heads, qkv_bias: bool = False, out_bias: bool = False, out: str = "o_proj") -> Ledger:
    """Query, key, value and output maps."""
    queries, keys, size = heads
    return joined(
        q_proj=linear(width, queries * size, qkv_bias),
        k_proj=linear(width, keys * size, qkv_bias),
        v_proj=linear(width, keys * size, qkv_bias),
        **{out: linear(queries * size, width, out_bias)},
    )


def gated(width: Dimension, inner: Dimension, bias: bool = False) -> Ledger:
    """Gate, up and down map."""
    return joined(gate_proj=linear(width, inner, bias), up_proj=linear(width, inner, bias), down_proj=linear(inner, width, bias))


def plain(width: Dimension, inner: Dimension, bias: bool, up: str, down: str) -> Ledger:
    """Up and down map without a gate."""
    return joined(**{up: linear(width, inner, bias), down: linear(inner, width, bias)})


def layer_of(self_attention: Ledger, mlp: Ledger, **norms: Ledger) -> Ledger:
    """One decoder layer."""
    return joined(self_attn=self_attention, mlp=mlp, **norms)


def around(norm: Ledger) -> dict[str, Ledger]:
    """The two norms before attention and before the feed-forward."""
    return {"input_layernorm": norm, "post_attention_layernorm": norm}


def stacked(vocab: Dimension, width: Dimension, layers: Ledger, norm: Ledger, final: str = "norm") -> Ledger:
    """Token table, layers and the final norm."""
    return concatenated((embedding(vocab, width).under("embed_tokens"), layers, norm.under(final)))


def llama(
    vocab_size: Dimension = 32000,
    hidden_size: Dimension = 4096,
    intermediate_size: Dimension = 11008,
    num_hidden_layers: Dimension = 32,
    num_attention_heads: Dimension = 32,
    num_key_value_heads: Dimension | None = None,
    head_dim: Dimension | None = None,
    attention_bias: bool = False,
    mlp_bias: bool = False,
) -> Ledger:
    """Llama (Touvron et al. 2023); Granite, SmolLM3 and the first Gemma own the same tensors at other sizes."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    norm = rms_norm(hidden_size)
    maps = attention(hidden_size, heads, attention_bias, attention_bias)
    layer = layer_of(maps, gated(hidden_size, intermediate_size, mlp_bias), **around(norm))
    return stacked(vocab_size, hidden_size, layer.repeated(num_hidden_layers, "layers"), norm)


def mistral(
    vocab_size: Dimension = 32000,
    hidden_size: Dimension = 4096,
    intermediate_size: Dimension = 14336,
    num_hidden_layers: Dimension = 32,
    num_attention_heads: Dimension = 32,
    num_key_value_heads: Dimension | None = 8,
    head_dim: Dimension | None = None,
) -> Ledger:
    """Mistral (Jiang et al. 2023)."""
    return llama(vocab_size, hidden_size, intermediate_size, num_hidden_layers, num_attention_heads, num_key_value_heads, head_dim)


def qwen2(
    vocab_size: Dimension = 151936,
    hidden_size: Dimension = 4096,
    intermediate_size: Dimension = 22016,
    num_hidden_layers: Dimension = 32,
    num_attention_heads: Dimension = 32,
    num_key_value_heads: Dimension | None = 32,
    head_dim: Dimension | None = None,
) -> Ledger:
    """Qwen2 and Qwen2.5 (Yang et al. 2024): biases on queries, keys and values alone."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    norm = rms_norm(hidden_size)
    layer = layer_of(attention(hidden_size, heads, qkv_bias=True), gated(hidden_size, intermediate_size), **around(norm))
    return stacked(vocab_size, hidden_size, layer.repeated(num_hidden_layers, "layers"), norm)


def qwen3(
    vocab_size: Dimension = 151936,
    hidden_size: Dimension = 4096,
    intermediate_size: Dimension = 22016,
    num_hidden_layers: Dimension = 32,
    num_attention_heads: Dimension = 32,
    num_key_value_heads: Dimension | None = 32,
    head_dim: Dimension | None = 128,
    attention_bias: bool = False,
) -> Ledger:
    """Qwen3 (Yang et al. 2025): an RMSNorm of each head's queries and keys, shared by the heads."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    norm, of_head = rms_norm(hidden_size), rms_norm(heads[2])
    maps = attention(hidden_size, heads, attention_bias, attention_bias) + joined(q_norm=of_head, k_norm=of_head)
    layer = layer_of(maps, gated(hidden_size, intermediate_size), **around(norm))
    return stacked(vocab_size, hidden_size, layer.repeated(num_hidden_layers, "layers"), norm)


def gemma2(
    vocab_size: Dimension = 256000,
    hidden_size: Dimension = 2304,
    intermediate_size: Dimension = 9216,
    num_hidden_layers: Dimension = 26,
    num_attention_heads: Dimension = 8,
    num_key_value_heads: Dimension | None = 4,
    head_dim: Dimension | None = 256,
    attention_bias: bool = False,
    normalized_heads: bool = False,
) -> Ledger:
    """Gemma 2: norms before and after attention and feed-forward; ``normalized_heads`` adds those of queries and keys."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    norm, of_head = rms_norm(hidden_size), rms_norm(heads[2])
    maps = attention(hidden_size, heads, attention_bias, attention_bias)
    if normalized_heads:
        maps += joined(q_norm=of_head, k_norm=of_head)
    inner_norms = {"pre_feedforward_layernorm": norm, "post_feedforward_layernorm": norm}
    layer = layer_of(maps, gated(hidden_size, intermediate_size), **around(norm), **inner_norms)
    return stacked(vocab_size, hidden_size, layer.repeated(num_hidden_layers, "layers"), norm)


def gemma3(
    vocab_size: Dimension = 262208,
    hidden_size: Dimension = 2304,
    intermediate_size: Dimension = 9216,
    num_hidden_layers: Dimension = 26,
    num_attention_heads: Dimension = 8,
    num_key_value_heads: Dimension | None = 4,
    head_dim: Dimension | None = 256,
    attention_bias: bool = False,
) -> Ledger:
    """Gemma 3, the text model."""
    return gemma2(
        vocab_size,
        hidden_size,
        intermediate_size,
        num_hidden_layers,
        num_attention_heads,
        num_key_value_heads,
        head_dim,
        attention_bias,
        normalized_heads=True,
    )


def phi(
    vocab_size: Dimension = 51200,
    hidden_size: Dimension = 2048,
    intermediate_size: Dimension = 8192,
    num_hidden_layers: Dimension = 24,
    num_attention_heads: Dimension = 32,
    num_key_value_heads: Dimension | None = None,
    head_dim: Dimension | None = None,
    qk_layernorm: bool = False,
) -> Ledger:
    """Phi-1 and Phi-2 (Gunasekar et al. 2023): biases everywhere, one LayerNorm a layer, no gate."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    maps = attention(hidden_size, heads, True, True, out="dense")
    if qk_layernorm:
        maps += joined(q_layernorm=layer_norm(heads[2]), k_layernorm=layer_norm(heads[2]))
    norm = layer_norm(hidden_size)
    layer = layer_of(maps, plain(hidden_size, intermediate_size, True, "fc1", "fc2"), input_layernorm=norm)
    return stacked(vocab_size, hidden_size, layer.repeated(num_hidden_layers, "layers"), norm, "final_layernorm")


def phi3(
    vocab_size: Dimension = 32064,
    hidden_size: Dimension = 3072,
    intermediate_size: Dimension = 8192,
    num_hidden_layers: Dimension = 32,
    num_attention_heads: Dimension = 32,
    num_key_value_heads: Dimension | None = None,
    head_dim: Dimension | None = None,
) -> Ledger:
    """Phi-3 (Abdin et al. 2024): a Llama with one map for queries, keys and values, and one for gate and up."""
    queries, keys, size = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    maps = joined(
        o_proj=linear(queries * size, hidden_size, bias=False),
        qkv_proj=linear(hidden_size, (queries + 2 * keys) * size, bias=False),
    )
    norm = rms_norm(hidden_size)
    layer = layer_of(maps, fused_gated(hidden_size, intermediate_size), **around(norm))
    return stacked(vocab_size, hidden_size, layer.repeated(num_hidden_layers, "layers"), norm)


def fused_gated(width: Dimension, inner: Dimension) -> Ledger:
    """Gate and up in one map, and the down map."""
    return joined(gate_up_proj=linear(width, 2 * inner, bias=False), down_proj=linear(inner, width, bias=False))


def glm(
    vocab_size: Dimension = 151552,
    hidden_size: Dimension = 4096,
    intermediate_size: Dimension = 13696,
    num_hidden_layers: Dimension = 40,
    num_attention_heads: Dimension = 32,
    num_key_value_heads: Dimension | None = 2,
    head_dim: Dimension | None = 128,
    attention_bias: bool = True,
) -> Ledger:
    """GLM-4 (GLM team 2024): biases on queries, keys and values, gate and up in one map."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    norm = rms_norm(hidden_size)
    maps = attention(hidden_size, heads, qkv_bias=attention_bias)
    layer = layer_of(maps, fused_gated(hidden_size, intermediate_size), **around(norm))
    return stacked(vocab_size, hidden_size, layer.repeated(num_hidden_layers, "layers"), norm)


def stablelm(
    vocab_size: Dimension = 50304,
    hidden_size: Dimension = 2560,
    intermediate_size: Dimension = 6912,
    num_hidden_layers: Dimension = 32,
    num_attention_heads: Dimension = 32,
    num_key_value_heads: Dimension | None = 32,
    use_qkv_bias: bool = False,
    qk_layernorm: bool = False,
    use_parallel_residual: bool = False,
) -> Ledger:
    """StableLM (Bellagente et al. 2024): LayerNorms with biases; each head may have norms of its own, without biases."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, None)
    maps = attention(hidden_size, heads, qkv_bias=use_qkv_bias)
    if qk_layernorm:
        of_head = layer_norm(heads[2], bias=False)
        maps += of_head.repeated(heads[0], "q_layernorm.norms") + of_head.repeated(heads[1], "k_layernorm.norms")
    norm = layer_norm(hidden_size)
    norms = {"input_layernorm": norm} if use_parallel_residual else around(norm)
    layer = layer_of(maps, gated(hidden_size, intermediate_size), **norms)
    return stacked(vocab_size, hidden_size, layer.repeated(num_hidden_layers, "layers"), norm)


def olmo(
    vocab_size: Dimension = 50304,
    hidden_size: Dimension = 4096,
    intermediate_size: Dimension = 11008,
    num_hidden_layers: Dimension = 32,
    num_attention_heads: Dimension = 32,
    num_key_value_heads: Dimension | None = None,
    head_dim: Dimension | None = None,
    attention_bias: bool = False,
) -> Ledger:
    """OLMo (Groeneveld et al. 2024): norms without parameters."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    maps = attention(hidden_size, heads, attention_bias, attention_bias)
    layer = layer_of(maps, gated(hidden_size, intermediate_size))
    return stacked(vocab_size, hidden_size, layer.repeated(num_hidden_layers, "layers"), Ledger())


def olmo2(
    vocab_size: Dimension = 50304,
    hidden_size: Dimension = 4096,
    intermediate_size: Dimension = 11008,
    num_hidden_layers: Dimension = 32,
    num_attention_heads: Dimension = 32,
    num_key_value_heads: Dimension | None = None,
    head_dim: Dimension | None = None,
    attention_bias: bool = False,
) -> Ledger:
    """OLMo 2 (2024): norms after attention and feed-forward, and of all queries and keys at once."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    maps = attention(hidden_size, heads, attention_bias, attention_bias)
    maps += joined(q_norm=rms_norm(heads[0] * heads[2]), k_norm=rms_norm(heads[1] * heads[2]))
    norm = rms_norm(hidden_size)
    layer = layer_of(maps, gated(hidden_size, intermediate_size), post_attention_layernorm=norm, post_feedforward_layernorm=norm)
    return stacked(vocab_size, hidden_size, layer.repeated(num_hidden_layers, "layers"), norm)


def starcoder2(
    vocab_size: Dimension = 49152,
    hidden_size: Dimension = 3072,
    intermediate_size: Dimension = 12288,
    num_hidden_layers: Dimension = 30,
    num_attention_heads: Dimension = 24,
    num_key_value_heads: Dimension | None = 2,
    head_dim: Dimension | None = None,
    use_bias: bool = True,
) -> Ledger:
    """StarCoder2 (Lozhkov et al. 2024): LayerNorms, biases, no gate."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    norm = layer_norm(hidden_size)
    mlp = plain(hidden_size, intermediate_size, use_bias, "c_fc", "c_proj")
    layer = layer_of(attention(hidden_size, heads, use_bias, use_bias), mlp, **around(norm))
    return stacked(vocab_size, hidden_size, layer.repeated(num_hidden_layers, "layers"), norm)


def nemotron(
    vocab_size: Dimension = 256000,
    hidden_size: Dimension = 6144,
    intermediate_size: Dimension = 24576,
    num_hidden_layers: Dimension = 32,
    num_attention_heads: Dimension = 48,
    head_dim: Dimension | None = None,
    num_key_value_heads: Dimension | None = None,
    attention_bias: bool = False,
    mlp_bias: bool = False,
) -> Ledger:
    """Nemotron (Parmar et al. 2024): LayerNorms with biases, squared ReLU without a gate."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    norm = layer_norm(hidden_size)
    mlp = plain(hidden_size, intermediate_size, mlp_bias, "up_proj", "down_proj")
    layer = layer_of(attention(hidden_size, heads, attention_bias, attention_bias), mlp, **around(norm))
    return stacked(vocab_size, hidden_size, layer.repeated(num_hidden_layers, "layers"), norm)


def cohere(
    vocab_size: Dimension = 256000,
    hidden_size: Dimension = 8192,
    intermediate_size: Dimension = 22528,
    num_hidden_layers: Dimension = 40,
    num_attention_heads: Dimension = 64,
    num_key_value_heads: Dimension | None = None,
    head_dim: Dimension | None = None,
    attention_bias: bool = False,
    use_qk_norm: bool = False,
) -> Ledger:
    """Command R (Cohere 2024): parallel residual with one norm without bias; norms of heads where ``use_qk_norm``."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    maps = attention(hidden_size, heads, attention_bias, attention_bias)
    if use_qk_norm:
        maps += joined(q_norm=parameter("weight", heads[0], heads[2]), k_norm=parameter("weight", heads[1], heads[2]))
    norm = layer_norm(hidden_size, bias=False)
    layer = layer_of(maps, gated(hidden_size, intermediate_size), input_layernorm=norm)
    return stacked(vocab_size, hidden_size, layer.repeated(num_hidden_layers, "layers"), norm)
