"""Decoders with a mixture of experts, as the ``*Model`` classes of transformers build them: every expert is counted, active or not.

The experts of a layer are stored as one tensor of shape (experts, out, in) for each map.
"""

from __future__ import annotations

from collections.abc import Sequence

from derivations.topics.parameters.architectures.rotary_decoders import (
    around,
    attention,
    gated,
    layer_of,
    resolved_heads,
    stacked,
)
from derivations.topics.parameters.dimensions import Dimension
from derivations.topics.parameters.ledger import Ledger, joined, parameter
from derivations.topics.parameters.linear import linear
from derivations.topics.parameters.normalization import layer_norm, rms_norm


def experts(count: Dimension, width: Dimension, inner: Dimension) -> Ledger:
    """Gate and up map in one tensor, and the down map, of all experts."""
    stacked_maps = parameter("gate_up_proj", count, 2 * inner, width) + parameter("down_proj", count, width, inner)
    return stacked_maps.under("experts")


def router(count: Dimension, width: Dimension, name: str = "gate") -> Ledger:
    """One row for each expert."""
    return parameter("weight", count, width).under(name)


def mixtral(
    vocab_size: Dimension = 32000,
    hidden_size: Dimension = 4096,
    intermediate_size: Dimension = 14336,
    num_hidden_layers: Dimension = 32,
    num_attention_heads: Dimension = 32,
    num_key_value_heads: Dimension | None = 8,
    head_dim: Dimension | None = None,
    num_local_experts: Dimension = 8,
) -> Ledger:
    """Mixtral (Jiang et al. 2024)."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    norm = rms_norm(hidden_size)
    mlp = router(num_local_experts, hidden_size) + experts(num_local_experts, hidden_size, intermediate_size)
    layer = layer_of(attention(hidden_size, heads), mlp, **around(norm))
    return stacked(vocab_size, hidden_size, layer.repeated(num_hidden_layers, "layers"), norm)


def phimoe(
    vocab_size: Dimension = 32064,
    hidden_size: Dimension = 4096,
    intermediate_size: Dimension = 6400,
    num_hidden_layers: Dimension = 32,
    num_attention_heads: Dimension = 32,
    num_key_value_heads: Dimension | None = 8,
    head_dim: Dimension | None = None,
    num_local_experts: Dimension = 16,
    attention_bias: bool = False,
) -> Ledger:
    """Phi-3.5-MoE (Abdin et al. 2024): LayerNorms with biases."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    norm = layer_norm(hidden_size)
    mlp = router(num_local_experts, hidden_size, "router") + experts(num_local_experts, hidden_size, intermediate_size)
    layer = layer_of(attention(hidden_size, heads, attention_bias, attention_bias), mlp, **around(norm))
    return stacked(vocab_size, hidden_size, layer.repeated(num_hidden_layers, "layers"), norm)


def _sparse_layers(layers: int, count: Dimension, step: int, dense_only: Sequence[int] | None) -> int:
    """How many of the layers have experts: every ``step``-th, those of ``dense_only`` (from 0) left out."""
    if count == 0:
        return 0
    return sum(index not in (dense_only or ()) and (index + 1) % step == 0 for index in range(layers))


def qwen2_moe(
    vocab_size: Dimension = 151936,
    hidden_size: Dimension = 2048,
    intermediate_size: Dimension = 5632,
    num_hidden_layers: int = 24,
    num_attention_heads: Dimension = 16,
    num_key_value_heads: Dimension | None = 16,
    decoder_sparse_step: int = 1,
    moe_intermediate_size: Dimension = 1408,
    shared_expert_intermediate_size: Dimension = 5632,
    num_experts: Dimension = 60,
    mlp_only_layers: Sequence[int] | None = None,
    qkv_bias: bool = True,
    head_dim: Dimension | None = None,
) -> Ledger:
    """Qwen1.5-MoE and Qwen2-MoE (2024): experts, and one expert that every token uses, scaled by a gate of its own."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    norm = rms_norm(hidden_size)
    shared = gated(hidden_size, shared_expert_intermediate_size).under("shared_expert")
    shared += linear(hidden_size, 1, bias=False).under("shared_expert_gate")
    sparse = router(num_experts, hidden_size) + experts(num_experts, hidden_size, moe_intermediate_size) + shared
    common = joined(self_attn=attention(hidden_size, heads, qkv_bias), **around(norm))
    return _mixed(
        vocab_size,
        hidden_size,
        common,
        gated(hidden_size, intermediate_size),
        sparse,
        num_hidden_layers,
        _sparse_layers(num_hidden_layers, num_experts, decoder_sparse_step, mlp_only_layers),
    )


def qwen3_moe(
    vocab_size: Dimension = 151936,
    hidden_size: Dimension = 2048,
    intermediate_size: Dimension = 6144,
    num_hidden_layers: int = 24,
    num_attention_heads: Dimension = 32,
    num_key_value_heads: Dimension | None = 4,
    head_dim: Dimension | None = None,
    attention_bias: bool = False,
    decoder_sparse_step: int = 1,
    moe_intermediate_size: Dimension = 768,
    num_experts: Dimension = 128,
    mlp_only_layers: Sequence[int] | None = None,
) -> Ledger:
    """Qwen3-MoE (Yang et al. 2025): Qwen3's attention, experts without a shared one."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    norm, of_head = rms_norm(hidden_size), rms_norm(heads[2])
    maps = attention(hidden_size, heads, attention_bias, attention_bias) + joined(q_norm=of_head, k_norm=of_head)
    return _mixed(
        vocab_size,
        hidden_size,
        joined(self_attn=maps, **around(norm)),
        gated(hidden_size, intermediate_size),
        experts(num_experts, hidden_size, moe_intermediate_size) + router(num_experts, hidden_size),
        num_hidden_layers,
        _sparse_layers(num_hidden_layers, num_experts, decoder_sparse_step, mlp_only_layers),
    )


def _mixed(vocab: Dimension, width: Dimension, common: Ledger, dense: Ledger, sparse: Ledger, layers: Dimension, sparse_layers: Dimension) -> Ledger:
    """Layers that share ``common``; ``sparse_layers`` of them have experts, the others a dense feed-forward."""
    stack = common.repeated(layers, "layers")
    stack += dense.under("mlp").repeated(layers - sparse_layers, "layers")
    stack += sparse.under("mlp").repeated(sparse_layers, "layers")
    return stacked(vocab, width, stack, rms_norm(width))


def olmoe(
    vocab_size: Dimension = 50304,
    hidden_size: Dimension = 2048,
    intermediate_size: Dimension = 2048,
    num_hidden_layers: Dimension = 16,
    num_attention_heads: Dimension = 16,
    num_key_value_heads: Dimension | None = None,
    head_dim: Dimension | None = None,
    attention_bias: bool = False,
    num_experts: Dimension = 64,
) -> Ledger:
    """OLMoE (Muennighoff et al. 2024): norms of all queries and keys at once."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    maps = attention(hidden_size, heads, attention_bias, attention_bias)
    maps += joined(q_norm=rms_norm(heads[0] * heads[2]), k_norm=rms_norm(heads[1] * heads[2]))
    norm = rms_norm(hidden_size)
    mlp = router(num_experts, hidden_size) + experts(num_experts, hidden_size, intermediate_size)
    layer = layer_of(maps, mlp, **around(norm))
    return stacked(vocab_size, hidden_size, layer.repeated(num_hidden_layers, "layers"), norm)


def gpt_oss(
    vocab_size: Dimension = 201088,
    hidden_size: Dimension = 2880,
    intermediate_size: Dimension = 2880,
    num_hidden_layers: Dimension = 36,
    num_attention_heads: Dimension = 64,
    num_key_value_heads: Dimension | None = 8,
    head_dim: Dimension | None = 64,
    num_local_experts: Dimension = 128,
    attention_bias: bool = True,
) -> Ledger:
    """gpt-oss (OpenAI 2025): a learned sink for each head; router and experts with biases, experts stored as (in, out)."""
    heads = resolved_heads(hidden_size, num_attention_heads, num_key_value_heads, head_dim)
    count, width, inner = num_local_experts, hidden_size, intermediate_size
    maps = parameter("sinks", heads[0]) + attention(width, heads, attention_bias, attention_bias)
    stacked_maps = parameter("gate_up_proj", count, width, 2 * inner) + parameter("gate_up_proj_bias", count, 2 * inner)
    stacked_maps += parameter("down_proj", count, inner, width) + parameter("down_proj_bias", count, width)
    mlp = linear(width, count).under("router") + stacked_maps.under("experts")
    norm = rms_norm(width)
    return stacked(vocab_size, width, layer_of(maps, mlp, **around(norm)).repeated(num_hidden_layers, "layers"), norm)


def deepseek_v3(
    vocab_size: Dimension = 129280,
    hidden_size: Dimension = 7168,
    intermediate_size: Dimension = 18432,
    moe_intermediate_size: Dimension = 2048,
    num_hidden_layers: Dimension = 61,
    num_attention_heads: Dimension = 128,
    n_shared_experts: Dimension = 1,
    n_routed_experts: Dimension = 256,
    kv_lora_rank: Dimension = 512,
    q_lora_rank: Dimension | None = 1536,
    qk_rope_head_dim: Dimension = 64,
    v_head_dim: Dimension = 128,
    qk_nope_head_dim: Dimension = 128,
    first_k_dense_replace: Dimension = 3,
    attention_bias: bool = False,
    mlp_bias: bool = False,
) -> Ledger:
    """DeepSeek-V2 and V3 (2024): queries, keys and values through low-rank maps; the first layers are dense.

    The correction of the router's scores is a buffer, and the extra prediction layers are not part of the model as built.
    """
    query_head = qk_nope_head_dim + qk_rope_head_dim
    if q_lora_rank is None:
        queries = linear(hidden_size, num_attention_heads * query_head, bias=False).under("q_proj")
    else:
        queries = joined(
            q_a_proj=linear(hidden_size, q_lora_rank, attention_bias),
            q_a_layernorm=rms_norm(q_lora_rank),
            q_b_proj=linear(q_lora_rank, num_attention_heads * query_head, bias=False),
        )
    maps = queries + joined(
        kv_a_proj_with_mqa=linear(hidden_size, kv_lora_rank + qk_rope_head_dim, attention_bias),
        kv_a_layernorm=rms_norm(kv_lora_rank),
        kv_b_proj=linear(kv_lora_rank, num_attention_heads * (qk_nope_head_dim + v_head_dim), bias=False),
        o_proj=linear(num_attention_heads * v_head_dim, hidden_size, attention_bias),
    )
    sparse = experts(n_routed_experts, hidden_size, moe_intermediate_size) + router(n_routed_experts, hidden_size)
    sparse += gated(hidden_size, moe_intermediate_size * n_shared_experts, mlp_bias).under("shared_experts")
    return _mixed(
        vocab_size,
        hidden_size,
        joined(self_attn=maps, **around(rms_norm(hidden_size))),
        gated(hidden_size, intermediate_size, mlp_bias),
        sparse,
        num_hidden_layers,
        num_hidden_layers - first_k_dense_replace,
    )
