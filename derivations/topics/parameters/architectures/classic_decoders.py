"""Decoders with LayerNorm: GPT-2 and its relatives, as the ``*Model`` classes of transformers build them."""

from __future__ import annotations

from derivations.topics.parameters.architectures.encoders import check_heads
from derivations.topics.parameters.dimensions import Dimension, quotient
from derivations.topics.parameters.ledger import Ledger, concatenated, joined, parameter
from derivations.topics.parameters.linear import embedding, linear
from derivations.topics.parameters.normalization import layer_norm


def transposed_linear(in_features: Dimension, out_features: Dimension) -> Ledger:
    """Dense map with a bias whose weight is stored as (in, out), as GPT-2 does."""
    return parameter("weight", in_features, out_features) + parameter("bias", out_features)


def gpt2(
    vocab_size: Dimension = 50257,
    n_positions: Dimension = 1024,
    n_embd: Dimension = 768,
    n_layer: Dimension = 12,
    n_head: Dimension = 12,
    n_inner: Dimension | None = None,
    add_cross_attention: bool = False,
) -> Ledger:
    """GPT-2 (Radford et al. 2019): pre-norm, learned positions, biases everywhere, a final norm."""
    check_heads(n_embd, n_head, "n_embd", "n_head")
    inner = 4 * n_embd if n_inner is None else n_inner
    layer = joined(
        ln_1=layer_norm(n_embd),
        **{
            "attn.c_attn": transposed_linear(n_embd, 3 * n_embd),
            "attn.c_proj": transposed_linear(n_embd, n_embd),
            "ln_2": layer_norm(n_embd),
            "mlp.c_fc": transposed_linear(n_embd, inner),
            "mlp.c_proj": transposed_linear(inner, n_embd),
        },
    )
    if add_cross_attention:
        layer += joined(
            **{
                "crossattention.c_attn": transposed_linear(n_embd, 2 * n_embd),
                "crossattention.q_attn": transposed_linear(n_embd, n_embd),
                "crossattention.c_proj": transposed_linear(n_embd, n_embd),
                "ln_cross_attn": layer_norm(n_embd),
            }
        )
    tables = joined(wte=embedding(vocab_size, n_embd), wpe=embedding(n_positions, n_embd))
    return tables + layer.repeated(n_layer, "h") + layer_norm(n_embd).under("ln_f")


def openai_gpt(
    vocab_size: Dimension = 40478, n_positions: Dimension = 512, n_embd: Dimension = 768, n_layer: Dimension = 12, n_head: Dimension = 12
) -> Ledger:
    """GPT (Radford et al. 2018): post-norm, so GPT-2 without the final norm."""
    blocks = Ledger(tuple(tensor for tensor in gpt2(vocab_size, n_positions, n_embd, n_layer, n_head) if tensor.part.startswith("h.")))
    return joined(tokens_embed=embedding(vocab_size, n_embd), positions_embed=embedding(n_positions, n_embd)) + blocks


def gpt_bigcode(
    vocab_size: Dimension = 50257,
    n_positions: Dimension = 1024,
    n_embd: Dimension = 768,
    n_layer: Dimension = 12,
    n_head: Dimension = 12,
    n_inner: Dimension | None = None,
    multi_query: bool = True,
) -> Ledger:
    """StarCoder's GPT-2 (Li et al. 2023): all heads share one key and one value where ``multi_query``."""
    check_heads(n_embd, n_head, "n_embd", "n_head")
    inner = 4 * n_embd if n_inner is None else n_inner
    shared = 2 * quotient("n_embd", n_embd, "n_head", n_head) if multi_query else 2 * n_embd
    layer = joined(
        ln_1=layer_norm(n_embd),
        **{
            "attn.c_attn": linear(n_embd, n_embd + shared),
            "attn.c_proj": linear(n_embd, n_embd),
            "ln_2": layer_norm(n_embd),
            "mlp.c_fc": linear(n_embd, inner),
            "mlp.c_proj": linear(inner, n_embd),
        },
    )
    tables = joined(wte=embedding(vocab_size, n_embd), wpe=embedding(n_positions, n_embd))
    return tables + layer.repeated(n_layer, "h") + layer_norm(n_embd).under("ln_f")


def gpt_neo(
    vocab_size: Dimension = 50257,
    max_position_embeddings: Dimension = 2048,
    hidden_size: Dimension = 2048,
    num_layers: Dimension = 24,
    num_heads: Dimension = 16,
    intermediate_size: Dimension | None = None,
) -> Ledger:
    """GPT-Neo (Black et al. 2021): queries, keys and values without biases, all other maps with."""
    check_heads(hidden_size, num_heads, "hidden_size", "num_heads")
    inner = 4 * hidden_size if intermediate_size is None else intermediate_size
    layer = joined(
        ln_1=layer_norm(hidden_size),
        **{f"attn.attention.{name}_proj": linear(hidden_size, hidden_size, bias=False) for name in "kvq"},
        **{
            "attn.attention.out_proj": linear(hidden_size, hidden_size),
            "ln_2": layer_norm(hidden_size),
            "mlp.c_fc": linear(hidden_size, inner),
            "mlp.c_proj": linear(inner, hidden_size),
        },
    )
    tables = joined(wte=embedding(vocab_size, hidden_size), wpe=embedding(max_position_embeddings, hidden_size))
    return tables + layer.repeated(num_layers, "h") + layer_norm(hidden_size).under("ln_f")


def gptj(
    vocab_size: Dimension = 50400,
    n_embd: Dimension = 4096,
    n_layer: Dimension = 28,
    n_head: Dimension = 16,
    n_inner: Dimension | None = None,
    fused: bool = False,
) -> Ledger:
    """GPT-J (Wang and Komatsuzaki 2021): rotary positions, one norm a layer; ``fused``: one qkv map, as CodeGen has."""
    check_heads(n_embd, n_head, "n_embd", "n_head")
    inner = 4 * n_embd if n_inner is None else n_inner
    if fused:
        attention = linear(n_embd, 3 * n_embd, bias=False).under("qkv_proj")
    else:
        attention = joined(**{f"{name}_proj": linear(n_embd, n_embd, bias=False) for name in "kvq"})
    attention += linear(n_embd, n_embd, bias=False).under("out_proj")
    layer = joined(ln_1=layer_norm(n_embd), attn=attention)
    layer += joined(fc_in=linear(n_embd, inner), fc_out=linear(inner, n_embd)).under("mlp")
    return embedding(vocab_size, n_embd).under("wte") + layer.repeated(n_layer, "h") + layer_norm(n_embd).under("ln_f")


def gpt_neox(
    vocab_size: Dimension = 50432,
    hidden_size: Dimension = 6144,
    num_hidden_layers: Dimension = 44,
    num_attention_heads: Dimension = 64,
    intermediate_size: Dimension = 24576,
    attention_bias: bool = True,
) -> Ledger:
    """GPT-NeoX and Pythia (Black et al. 2022, Biderman et al. 2023)."""
    check_heads(hidden_size, num_attention_heads)
    layer = joined(
        input_layernorm=layer_norm(hidden_size),
        post_attention_layernorm=layer_norm(hidden_size),
        **{
            "attention.query_key_value": linear(hidden_size, 3 * hidden_size, attention_bias),
            "attention.dense": linear(hidden_size, hidden_size, attention_bias),
            "mlp.dense_h_to_4h": linear(hidden_size, intermediate_size),
            "mlp.dense_4h_to_h": linear(intermediate_size, hidden_size),
        },
    )
    final = layer_norm(hidden_size).under("final_layer_norm")
    return embedding(vocab_size, hidden_size).under("embed_in") + layer.repeated(num_hidden_layers, "layers") + final


def decoder_layer(
    width: Dimension, inner: Dimension, bias: bool = True, affine: bool = True, cross_attention: bool = False, key_bias: bool = True
) -> Ledger:
    """Layer of the fairseq family: OPT, BioGPT, XGLM and the decoders of BART, Whisper and others."""
    norm = layer_norm(width, elementwise_affine=affine)

    def attention() -> Ledger:
        maps = {f"{name}_proj": linear(width, width, bias and (key_bias or name != "k")) for name in ("k", "v", "q", "out")}
        return joined(**maps)

    layer = joined(self_attn=attention(), self_attn_layer_norm=norm)
    if cross_attention:
        layer += joined(encoder_attn=attention(), encoder_attn_layer_norm=norm)
    return layer + joined(fc1=linear(width, inner, bias), fc2=linear(inner, width, bias), final_layer_norm=norm)


def opt(
    vocab_size: Dimension = 50272,
    hidden_size: Dimension = 768,
    num_hidden_layers: Dimension = 12,
    ffn_dim: Dimension = 3072,
    max_position_embeddings: Dimension = 2048,
    do_layer_norm_before: bool = True,
    _remove_final_layer_norm: bool = False,
    word_embed_proj_dim: Dimension | None = None,
    num_attention_heads: Dimension = 12,
    enable_bias: bool = True,
    layer_norm_elementwise_affine: bool = True,
) -> Ledger:
    """OPT (Zhang et al. 2022): two spare positions; narrower embeddings are projected in and out; final norm if pre-norm."""
    check_heads(hidden_size, num_attention_heads)
    narrow = hidden_size if word_embed_proj_dim is None else word_embed_proj_dim
    ledger = embedding(vocab_size, narrow).under("embed_tokens")
    ledger += embedding(max_position_embeddings + 2, hidden_size).under("embed_positions")
    if narrow != hidden_size:
        ledger += linear(hidden_size, narrow, bias=False).under("project_out") + linear(narrow, hidden_size, bias=False).under("project_in")
    if do_layer_norm_before and not _remove_final_layer_norm:
        ledger += layer_norm(hidden_size, elementwise_affine=layer_norm_elementwise_affine).under("final_layer_norm")
    layer = decoder_layer(hidden_size, ffn_dim, enable_bias, layer_norm_elementwise_affine)
    return (ledger + layer.repeated(num_hidden_layers, "layers")).under("decoder")


def biogpt(
    vocab_size: Dimension = 42384,
    hidden_size: Dimension = 1024,
    num_hidden_layers: Dimension = 24,
    num_attention_heads: Dimension = 16,
    intermediate_size: Dimension = 4096,
    max_position_embeddings: Dimension = 1024,
) -> Ledger:
    """BioGPT (Luo et al. 2022): two spare positions."""
    check_heads(hidden_size, num_attention_heads)
    tables = joined(embed_tokens=embedding(vocab_size, hidden_size), embed_positions=embedding(max_position_embeddings + 2, hidden_size))
    layers = decoder_layer(hidden_size, intermediate_size).repeated(num_hidden_layers, "layers")
    return tables + layers + layer_norm(hidden_size).under("layer_norm")


def xglm(
    vocab_size: Dimension = 256008,
    d_model: Dimension = 1024,
    ffn_dim: Dimension = 4096,
    num_layers: Dimension = 24,
    attention_heads: Dimension = 16,
) -> Ledger:
    """XGLM (Lin et al. 2021): sinusoidal positions, which are no parameters."""
    check_heads(d_model, attention_heads, "d_model", "attention_heads")
    layers = decoder_layer(d_model, ffn_dim).repeated(num_layers, "layers")
    return embedding(vocab_size, d_model).under("embed_tokens") + layers + layer_norm(d_model).under("layer_norm")


def bloom(vocab_size: Dimension = 250880, hidden_size: Dimension = 64, n_layer: Dimension = 2, n_head: Dimension = 8) -> Ledger:
    """BLOOM (Le Scao et al. 2022): ALiBi positions without parameters, a norm of the embeddings."""
    check_heads(hidden_size, n_head, "hidden_size", "n_head")
    layer = joined(
        input_layernorm=layer_norm(hidden_size),
        **{
            "self_attention.query_key_value": linear(hidden_size, 3 * hidden_size),
            "self_attention.dense": linear(hidden_size, hidden_size),
            "post_attention_layernorm": layer_norm(hidden_size),
            "mlp.dense_h_to_4h": linear(hidden_size, 4 * hidden_size),
            "mlp.dense_4h_to_h": linear(4 * hidden_size, hidden_size),
        },
    )
    table = joined(word_embeddings=embedding(vocab_size, hidden_size), word_embeddings_layernorm=layer_norm(hidden_size))
    return table + layer.repeated(n_layer, "h") + layer_norm(hidden_size).under("ln_f")


def falcon(
    vocab_size: Dimension = 65024,
    hidden_size: Dimension = 4544,
    num_hidden_layers: Dimension = 32,
    num_attention_heads: Dimension = 71,
    num_ln_in_parallel_attn: int | None = None,
    num_kv_heads: Dimension | None = None,
    new_decoder_architecture: bool = False,
    multi_query: bool = True,
    parallel_attn: bool = True,
    bias: bool = False,
    ffn_hidden_size: Dimension | None = None,
) -> Ledger:
    """Falcon (Almazrouei et al. 2023): one or a few key heads; one or two norms a layer, by the generation of the model."""
    check_heads(hidden_size, num_attention_heads)
    head = quotient("hidden_size", hidden_size, "num_attention_heads", num_attention_heads)
    inner = 4 * hidden_size if ffn_hidden_size is None else ffn_hidden_size
    if new_decoder_architecture:
        keys = 2 * (num_attention_heads if num_kv_heads is None else num_kv_heads) * head
    else:
        keys = 2 * head if multi_query else 2 * hidden_size
    norms = num_ln_in_parallel_attn
    if norms is None and new_decoder_architecture:
        norms = 2
    norm = layer_norm(hidden_size)
    layer = joined(
        **{
            "self_attention.query_key_value": linear(hidden_size, num_attention_heads * head + keys, bias),
            "self_attention.dense": linear(hidden_size, hidden_size, bias),
            "mlp.dense_h_to_4h": linear(hidden_size, inner, bias),
            "mlp.dense_4h_to_h": linear(inner, hidden_size, bias),
        }
    )
    if not parallel_attn:
        layer += joined(post_attention_layernorm=norm, input_layernorm=norm)
    elif norms == 2:
        layer += joined(ln_attn=norm, ln_mlp=norm)
    else:
        layer += norm.under("input_layernorm")
    table = embedding(vocab_size, hidden_size).under("word_embeddings")
    return table + layer.repeated(num_hidden_layers, "h") + norm.under("ln_f")


def mpt(vocab_size: Dimension = 50368, d_model: Dimension = 2048, n_heads: Dimension = 16, n_layers: Dimension = 24) -> Ledger:
    """MPT (MosaicML 2023) as transformers builds it: no biases at all, ALiBi, an inner width of 4 * d_model."""
    check_heads(d_model, n_heads, "d_model", "n_heads")
    norm = layer_norm(d_model, bias=False)
    layer = joined(
        norm_1=norm,
        **{
            "attn.Wqkv": linear(d_model, 3 * d_model, bias=False),
            "attn.out_proj": linear(d_model, d_model, bias=False),
            "norm_2": norm,
            "ffn.up_proj": linear(d_model, 4 * d_model, bias=False),
            "ffn.down_proj": linear(4 * d_model, d_model, bias=False),
        },
    )
    return concatenated((embedding(vocab_size, d_model).under("wte"), layer.repeated(n_layers, "blocks"), norm.under("norm_f")))


def persimmon(
    vocab_size: Dimension = 262144,
    hidden_size: Dimension = 4096,
    intermediate_size: Dimension = 16384,
    num_hidden_layers: Dimension = 36,
    num_attention_heads: Dimension = 64,
    qk_layernorm: bool = True,
) -> Ledger:
    """Persimmon (Adept 2023): GPT-NeoX with a LayerNorm of each head's queries and keys."""
    check_heads(hidden_size, num_attention_heads)
    head = quotient("hidden_size", hidden_size, "num_attention_heads", num_attention_heads)
    attention = joined(query_key_value=linear(hidden_size, 3 * hidden_size), dense=linear(hidden_size, hidden_size))
    if qk_layernorm:
        attention += joined(q_layernorm=layer_norm(head), k_layernorm=layer_norm(head))
    layer = attention.under("self_attn") + joined(
        **{
            "mlp.dense_h_to_4h": linear(hidden_size, intermediate_size),
            "mlp.dense_4h_to_h": linear(intermediate_size, hidden_size),
            "input_layernorm": layer_norm(hidden_size),
            "post_attention_layernorm": layer_norm(hidden_size),
        }
    )
    final = layer_norm(hidden_size).under("final_layernorm")
    return embedding(vocab_size, hidden_size).under("embed_tokens") + layer.repeated(num_hidden_layers, "layers") + final
