"""Published model families, one row each: the description of the network that a ``config.json`` of the transformers library stands for.

A row says which fields its configuration has with their defaults (a number, yes or no, a word, a list, or a formula of other fields:
``hidden_size/num_attention_heads``), the layers in the words of ``derivations.networks`` with ``{fields}`` in them, and the heads that the model classes of
the family add (``LlamaForCausalLM``). ``{field?value:layers~otherwise}`` chooses by a value (of a list: by what it holds), ``{each field 0: layers}`` writes
layers for each entry of a list, or that many times; ``i`` is its number, as in ``{widths[i]}``. To add a family, add a row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, Final

from derivations.language.record import record

_TEXT = "N,T"
_TOKENS = "embedding {vocab_size}->{hidden_size}; "
_HEAD = "unembedding {vocab_size} tied {tie_word_embeddings}"


@record
class Family:
    """What the models of one ``model_type`` have in common.

    ``heads``: behind the layers, by the end of the name of the model class. ``fixed``: fields that would change the layers in ways that the row does not
    follow, with the values that are accepted (a field by its name). ``null``: what a field is that is given as null, where that is not its default.
    """

    fields: Mapping[str, object]
    layers: str
    heads: Mapping[str, str] = field(default_factory=lambda: {"Model": ""})
    input: str = _TEXT
    fixed: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    null: Mapping[str, str] = field(default_factory=lambda: _NULL)


_NULL: Final[Mapping[str, str]] = {"num_key_value_heads": "num_attention_heads", "head_dim": "hidden_size/num_attention_heads"}


def _pre(attention: str, feed: str, norm: str = "layernorm", between: str = "") -> str:
    """A block with norms before its parts."""
    return f"residual [ {norm}; {attention} ]; {between}residual [ {norm}; {feed} ]"


def _post(attention: str, feed: str, norm: str = "layernorm", between: str = "") -> str:
    """A block with norms behind its parts."""
    return f"residual [ {attention} ]; {norm}; {between}residual [ {feed} ]; {norm}"


def _parallel(attention: str, feed: str, norm: str = "layernorm") -> str:
    """A block whose parts read the same."""
    return f"residual [ {norm}; branch [ {attention} | {feed} ] ]"


def _cross(block: str, attention: str) -> str:
    """Attention to another sequence, where the configuration adds it."""
    return f"{{add_cross_attention?true:{block.format(attention=f'{attention} cross M')}~}}"


_ROTARY = {
    "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": "num_attention_heads",
    "head_dim": "hidden_size/num_attention_heads", "vocab_size": 32000, "attention_bias": False, "out_bias": "attention_bias", "mlp_bias": False,
    "tie_word_embeddings": False, "num_labels": 2,
}  # fmt: skip
_ATTENTION = "attention {num_attention_heads} kv {num_key_value_heads} size {head_dim} bias {attention_bias} out_bias {out_bias}"
_GLU = "glu {intermediate_size} bias {mlp_bias}"
_PLAIN = "feedforward {intermediate_size} bias {mlp_bias}"
_CAUSAL = {
    "ForCausalLM": _HEAD, "LMHeadModel": _HEAD, "Model": "",
    "ForSequenceClassification": "linear {num_labels} bias false", "ForTokenClassification": "dropout; linear {num_labels}",
}  # fmt: skip
_CAUSAL_BIAS = {**_CAUSAL, "ForCausalLM": f"{_HEAD} bias true"}


def _stack(blocks: str, norm: str, heads: Mapping[str, str] = _CAUSAL, null: Mapping[str, str] = _NULL, **fields: Any) -> Family:
    """A language model: a table of tokens, blocks, a last norm."""
    return Family({**_ROTARY, **fields}, f"{_TOKENS}{blocks}; {norm}", heads, null=null)


def _decoder(
    attention: str = _ATTENTION, feed: str = _GLU, norm: str = "rmsnorm", shape: Callable[[str, str, str], str] = _pre, heads: Mapping[str, str] = _CAUSAL,
    **fields: Any,
) -> Family:  # fmt: skip
    """Equal blocks of attention and feed-forward."""
    return _stack(f"repeat {{num_hidden_layers}} [ {shape(attention, feed, norm)} ]", norm, heads, **fields)


def _around(attention: str = _ATTENTION, before: str = "rmsnorm; ", **fields: Any) -> Family:
    """Norms behind attention and feed-forward, and also before them."""
    return _decoder(attention, shape=lambda a, f, norm: f"residual [ {before}{a}; {norm} ]; residual [ {before}{f}; {norm} ]", **fields)


_EXPERTS = "experts {num_experts} active {num_experts_per_tok} [ glu {moe_intermediate_size} ]"
_SHARED = f"branch [ {_EXPERTS} | branch [ glu {{shared_expert_intermediate_size}} | linear 1 bias false; sigmoid ] join multiply ]"
_MIXTRAL = "experts {num_local_experts} active {num_experts_per_tok} [ glu {intermediate_size} ]"


def _sparse(attention: str, experts: str, **fields: Any) -> Family:
    """Experts in every ``decoder_sparse_step``-th block, those of ``mlp_only_layers`` (from 0) left out."""
    dense, sparse = _pre(attention, _GLU, "rmsnorm"), _pre(attention, experts, "rmsnorm")
    one = f"{{mlp_only_layers?i:{dense}~{{(i+1)%decoder_sparse_step?0:{sparse}~{dense}}}}}"
    mixed = f"{{each num_hidden_layers 0: {one}}}"
    equal = f"repeat {{num_hidden_layers}} [ {sparse} ]"
    blocks = f"{{num_experts?0:repeat {{num_hidden_layers}} [ {dense} ]~{{decoder_sparse_step?1:{{mlp_only_layers?none:{equal}~{mixed}}}~{mixed}}}}}"
    return _stack(blocks, "rmsnorm", decoder_sparse_step=1, mlp_only_layers=(), **fields)


def _deepseek(**fields: Any) -> Family:
    """Attention with few numbers kept, dense blocks, then blocks with experts."""
    queries = "{q_lora_rank?none:~ query_latent {q_lora_rank}}"
    attention = (
        f"latentattention {{num_attention_heads}} latent {{kv_lora_rank}}{queries} size {{qk_nope_head_dim}} rotary {{qk_rope_head_dim}} "
        "value {v_head_dim} bias {attention_bias}"
    )
    experts = (
        "branch [ experts {n_routed_experts} active {num_experts_per_tok} [ glu {moe_intermediate_size} ] | "
        "glu {moe_intermediate_size*n_shared_experts} bias {mlp_bias} ]"
    )
    dense, sparse = _pre(attention, _GLU, "rmsnorm"), _pre(attention, experts, "rmsnorm")
    first = f"repeat {{first_k_dense_replace}} [ {dense} ]; repeat {{num_hidden_layers-first_k_dense_replace}} [ {sparse} ]"
    blocks = f"{{first_k_dense_replace?0:repeat {{num_hidden_layers}} [ {sparse} ]~{first}}}"
    sizes = {"kv_lora_rank": 512, "q_lora_rank": 1536, "qk_rope_head_dim": 64, "v_head_dim": 128, "qk_nope_head_dim": 128, "num_experts_per_tok": 8}
    return _stack(blocks, "rmsnorm", null={"q_lora_rank": "none"}, **{**sizes, **fields})


_GPT2 = {
    "vocab_size": 50257, "n_positions": 1024, "n_embd": 768, "n_layer": 12, "n_head": 12, "n_inner": "4*n_embd", "tie_word_embeddings": True,
    "num_labels": 2, "add_cross_attention": False,
}  # fmt: skip
_GPT_PARTS = ("attention {n_head}", "feedforward {n_inner}")
_GPT_TABLES = "embedding {vocab_size}->{n_embd}; positions {n_positions}; repeat {n_layer} "
_GPTJ = Family(
    {**_GPT2, "vocab_size": 50400, "n_embd": 4096, "n_layer": 28, "n_head": 16, "tie_word_embeddings": False},
    f"embedding {{vocab_size}}->{{n_embd}}; repeat {{n_layer}} [ {_parallel('attention {n_head} bias false', _GPT_PARTS[1])} ]; layernorm",
    _CAUSAL_BIAS,
)  # fmt: skip
_BERT = {
    "vocab_size": 30522, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072, "max_position_embeddings": 512,
    "type_vocab_size": 2, "embedding_size": 128, "tie_word_embeddings": True, "num_labels": 2,
    "add_pooling_layer": True, "add_cross_attention": False,
}  # fmt: skip
_FULL = "attention {num_attention_heads}"
_FEED = "feedforward {intermediate_size}"
_BERT_BLOCK = _post(_FULL, _FEED, between=_cross("residual [ {attention} ]; layernorm; ", _FULL))
_POSITIONS = "positions {max_position_embeddings}; "
_SEGMENTS = "{type_vocab_size?0:~segments {type_vocab_size}; }"
_PROJECTED = "{embedding_size?hidden_size:~linear {hidden_size}; }"
_POOLED = "firsttoken; linear {hidden_size}; tanh"
_MASKED = f"linear {{hidden_size}}; gelu; layernorm; {_HEAD} bias true{{tie_word_embeddings?true:~; learned {{vocab_size}}}}"
_MASKED_NARROW = _MASKED.replace("linear {hidden_size}", "linear {embedding_size}")
_PER_TOKEN = {"ForTokenClassification": "linear {num_labels}", "ForQuestionAnswering": "linear {num_labels}"}
_BARE_HEADS = {"Model": "", "ForMaskedLM": _MASKED, **_PER_TOKEN}
_POOLED_HEADS = {**_BARE_HEADS, "Model": f"{{add_pooling_layer?false:~{_POOLED}}}"}
_BERT_HEADS = {
    **_POOLED_HEADS, "LMHeadModel": _MASKED, "ForSequenceClassification": f"{_POOLED}; dropout; linear {{num_labels}}",
    "ForNextSentencePrediction": f"{_POOLED}; linear 2", "ForMultipleChoice": f"{_POOLED}; linear 1",
    "ForPreTraining": f"aside [ {_POOLED}; linear 2 ]; {_MASKED}",
}  # fmt: skip
_CLASSIFIED = "firsttoken; linear {hidden_size}; tanh; linear {num_labels}"
_ROBERTA_HEADS = {**_BERT_HEADS, "ForCausalLM": _MASKED, "ForSequenceClassification": _CLASSIFIED}


def _encoder(
    block: str = _BERT_BLOCK, heads: Mapping[str, str] = _BERT_HEADS, positions: str = _POSITIONS, segments: str = _SEGMENTS, behind: str = "",
    width: str = "hidden_size", times: str = "num_hidden_layers", null: Mapping[str, str] = _NULL, fixed: Mapping[str, tuple[object, ...]] | None = None,
    **fields: Any,
) -> Family:  # fmt: skip
    """Tables of tokens, positions and segments, a norm, and equal blocks. ``behind``: the norm."""
    tables = f"embedding {{vocab_size}}->{{{width}}}; {positions}{segments}layernorm; {behind}"
    return Family({**_BERT, **fields}, f"{tables}repeat {{{times}}} [ {block} ]", heads, fixed=fixed or {}, null=null)


_DEBERTA = {
    "vocab_size": 50265, "type_vocab_size": 0, "relative_attention": False, "max_relative_positions": "max_position_embeddings", "position_biased_input": True,
    "pos_att_type": (), "embedding_size": "hidden_size",
}  # fmt: skip
_REACH = "{max_relative_positions?-1:{2*max_position_embeddings}~{2*max_relative_positions}}"
_BUCKETS = f"{{position_buckets?-1:{_REACH}~{{2*position_buckets}}}}"


def _deberta(attention: str, rows: str, keys: str, queries: str, normed: str = "", stack: str = "STACK", **fields: Any) -> Family:
    """Attention that also looks at relative positions: maps of their vectors to keys and to queries."""
    block = _post(f"{{relative_attention?true:{{pos_att_type?c2p:{keys}; ~}}{{pos_att_type?p2c:{queries}; ~}}~}}{attention}", _FEED)
    blocks = stack.replace("STACK", "repeat {num_hidden_layers} [ BLOCK ]").replace("BLOCK", block)
    text = (
        f"embedding {{vocab_size}}->{{embedding_size}}; {{position_biased_input?true:{_POSITIONS}~}}{_SEGMENTS}"
        f"{{embedding_size?hidden_size:~linear {{hidden_size}} bias false; }}layernorm; "
        f"{{relative_attention?true:encoder {rows},{{hidden_size}} [ learned {rows},{{hidden_size}} ]; ~}}{normed}{blocks}"
    )
    return Family({**_BERT, **_DEBERTA, **fields}, text, {**_BARE_HEADS, "ForMaskedLM": _MASKED_NARROW}, fixed={"talking_head": (False,)})


_T5 = {
    "vocab_size": 32128, "d_model": 512, "d_kv": 64, "d_ff": 2048, "num_layers": 6, "num_decoder_layers": "num_layers", "num_heads": 8,
    "relative_attention_num_buckets": 32, "feed_forward_proj": "relu", "tie_word_embeddings": True,
}  # fmt: skip
_MT5: dict[str, Any] = {"vocab_size": 250112, "d_ff": 1024, "num_layers": 8, "num_heads": 6, "feed_forward_proj": "gated-gelu"}


def _t5(in_every_layer: bool = False, **fields: Any) -> Family:
    """An encoder and a decoder with tables of relative positions, one for each or one in every layer."""
    attention, table = "attention {num_heads} size {d_kv} bias false", "relativebias {relative_attention_num_buckets} heads {num_heads}; "
    feed = "residual [ rmsnorm; {feed_forward_proj?gated-gelu:glu {d_ff}~gated-silu:glu {d_ff}~feedforward {d_ff} bias false} ]"
    first, each = ("", table) if in_every_layer else (table, "")
    encoder = f"embedding {{vocab_size}}->{{d_model}}; {first}repeat {{num_layers}} [ residual [ rmsnorm; {each}{attention} ]; {feed} ]; rmsnorm"
    text = (
        f"encoder S [ {encoder} ]; embedding {{vocab_size}}->{{d_model}} tied true; {first}repeat {{num_decoder_layers}} [ "
        f"residual [ rmsnorm; {each}{attention} ]; residual [ rmsnorm; {attention} cross memory ]; {feed} ]; rmsnorm"
    )
    heads = {"Model": text, "ForConditionalGeneration": f"{text}; {_HEAD}", "EncoderModel": encoder}
    return Family({**_T5, **fields}, "", heads)


_BART = {
    "vocab_size": 50265, "max_position_embeddings": 1024, "encoder_layers": 12, "encoder_ffn_dim": 4096, "encoder_attention_heads": 16, "decoder_layers": 12,
    "decoder_ffn_dim": 4096, "decoder_attention_heads": 16, "d_model": 1024, "tie_word_embeddings": True,
}  # fmt: skip
_TRANSLATED = {"Model": "", **dict.fromkeys(("ForConditionalGeneration", "MTModel"), _HEAD)}


def _bart(positions: str = "positions {max_position_embeddings}; ", normed: bool = False, pre: bool = True, attention: str = "", **fields: Any) -> Family:
    """An encoder and a decoder, which share a table of tokens; not tied, each has one of its own beside it. ``normed``: the embeddings."""
    shape, last = (_pre, "; layernorm") if pre else (_post, "")
    tables = f"embedding {{vocab_size}}->{{d_model}}{{}}; {positions}{'layernorm; ' if normed else ''}"
    across = f"attention {{decoder_attention_heads}}{attention} cross memory"
    across = f"residual [ layernorm; {across} ]; " if pre else f"residual [ {across} ]; layernorm; "
    stacks = [
        f"repeat {{{which}_layers}} [ {shape(f'attention {{{which}_attention_heads}}{attention}', f'feedforward {{{which}_ffn_dim}}', between=between)} ]{last}"
        for which, between in (("encoder", ""), ("decoder", across))
    ]
    shared, tied = "{tie_word_embeddings?true:~learned {vocab_size},{d_model}; }", " tied {tie_word_embeddings}"
    first, second = (tables.replace("{}", which) for which in ("", tied))
    return Family({**_BART, **fields}, f"{shared}encoder S [ {first}{stacks[0]} ]; {second}{stacks[1]}", _TRANSLATED)


_VIT = {
    "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072, "image_size": 224, "patch_size": 16,
    "num_channels": 3, "qkv_bias": True, "num_labels": 2, "tokens": "(image_size//patch_size)*(image_size//patch_size)",
}  # fmt: skip
_CUT = "conv {num_channels}->{hidden_size} kernel {patch_size} stride {patch_size}"
_IMAGE = "N,{num_channels},{image_size},{image_size}"
_VIEWED = "attention {num_attention_heads} bias {qkv_bias} out_bias true"


def _vision(
    before: str, block: str, behind: str = "layernorm", heads: Mapping[str, str] | None = None, patches: str = f"{_CUT}; tokens; ", **fields: Any
) -> Family:
    """Patches of an image as tokens, and equal blocks."""
    found = {"Model": _POOLED, "ForImageClassification": "firsttoken; linear {num_labels}"} if heads is None else heads
    return Family({**_VIT, **fields}, f"{patches}{before}repeat {{num_hidden_layers}} [ {block} ]; {behind}", found, _IMAGE)


_TOWER = {"intermediate_size": 2048, "hidden_size": 512, "num_hidden_layers": 12, "num_attention_heads": 8, "vocab_size": 49408, "max_position_embeddings": 77}
_TEXT_TOWER = f"{_TOKENS}{_POSITIONS}repeat {{num_hidden_layers}} [ {_pre(_FULL, _FEED)} ]; layernorm"
_CLIP_CUT = f"{_CUT} bias false; tokens; classtoken; "
_CLIP_IMAGE = f"positions {{tokens+1}}; layernorm; repeat {{num_hidden_layers}} [ {_pre(_FULL, _FEED)} ]; firsttoken; layernorm"


def _of(which: str, text: str) -> str:
    """A text with the fields of one of several configurations."""
    return re.sub(r"(?<=\{)[a-z]", rf"{which}_\g<0>", text)


def _fields_of(which: str, fields: Mapping[str, object]) -> dict[str, object]:
    return {f"{which}_{name}": re.sub(r"[a-z]\w*", rf"{which}_\g<0>", value) if isinstance(value, str) else value for name, value in fields.items()}


_WAVE = {
    "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072, "feat_extract_norm": "group", "conv_dim": (512,) * 7,
    "conv_kernel": (10, 3, 3, 3, 3, 2, 2), "conv_stride": (5, 2, 2, 2, 2, 2, 2), "conv_bias": False, "num_conv_pos_embeddings": 128,
    "num_conv_pos_embedding_groups": 16, "mask_time_prob": 0.05, "mask_feature_prob": 0.0,
}  # fmt: skip
_LISTENS = "conv {conv_dim[i]} kernel {conv_kernel[i]} stride {conv_stride[i]} bias {conv_bias}; {feat_extract_norm?layer:layernorm over channels; ~}gelu"
_MASK = "learned {hidden_size}; "
_WAV2VEC2 = Family(
    _WAVE,
    "conv {conv_dim[0]} kernel {conv_kernel[0]} stride {conv_stride[0]} bias {conv_bias}; "
    "{feat_extract_norm?layer:layernorm over channels~groupnorm {conv_dim[0]}}; gelu; "
    f"{{each conv_dim 1: {_LISTENS}}}; tokens; layernorm; linear {{hidden_size}}; {{mask_time_prob?0:{{mask_feature_prob?0:~{_MASK}}}~{_MASK}}}"
    "residual [ tokenconv {num_conv_pos_embeddings} groups {num_conv_pos_embedding_groups}; learned {num_conv_pos_embeddings}; gelu ]; layernorm; "
    f"repeat {{num_hidden_layers}} [ {_post(_FULL, _FEED)} ]",
    input="N,1,T",
)
_FALCON = {
    "vocab_size": 65024, "hidden_size": 4544, "num_hidden_layers": 32, "num_attention_heads": 71, "num_kv_heads": "num_attention_heads", "bias": False,
    "new_decoder_architecture": False, "multi_query": True, "parallel_attn": True, "ffn_hidden_size": "4*hidden_size", "tie_word_embeddings": True,
    "num_labels": 2, "num_ln_in_parallel_attn": "none",
}  # fmt: skip
_FALCON_PARTS = (
    "attention {num_attention_heads}{new_decoder_architecture?true: kv {num_kv_heads}~{multi_query?true: kv 1~}} bias {bias}",
    "feedforward {ffn_hidden_size} bias {bias}",
)
_TWO_NORMS = f"residual [ branch [ layernorm; {_FALCON_PARTS[0]} | layernorm; {_FALCON_PARTS[1]} ] ]"
_ONE_NORM = _parallel(*_FALCON_PARTS)
_ONE_OR_TWO = f"{{num_ln_in_parallel_attn?2:{_TWO_NORMS}~1:{_ONE_NORM}~{{new_decoder_architecture?true:{_TWO_NORMS}~{_ONE_NORM}}}}}"
_MAMBA = {
    "vocab_size": 50280, "hidden_size": 768, "state_size": 16, "num_hidden_layers": 32, "expand": 2, "conv_kernel": 4, "use_bias": False, "use_conv_bias": True,
    "time_step_rank": "(hidden_size+15)//16", "tie_word_embeddings": True, "num_labels": 2,
}  # fmt: skip
_INNER = "{expand*hidden_size}"
_MIXED = "{expand*hidden_size+2*n_groups*state_size}"
_OPT_NORM = "layernorm affine {layer_norm_elementwise_affine}"
_OPT_PARTS = ("attention {num_attention_heads} bias {enable_bias}", "feedforward {ffn_dim} bias {enable_bias}", _OPT_NORM)
_NEOX = ("attention {num_attention_heads} bias {attention_bias}", "feedforward {intermediate_size}")
_HEAD_NORMS = "{qk_layernorm?true: qk_norm layernorm~}"
_PERSIMMON = (f"{_FULL}{_HEAD_NORMS}", _FEED)
_STABLE = (f"{_ATTENTION}{{qk_layernorm?true: qk_norm layernorm-heads~}}", _GLU)
_COHERE = _decoder(
    f"{_ATTENTION}{{use_qk_norm?true: qk_norm layernorm-heads~}}", norm="layernorm bias false", shape=_parallel, vocab_size=256000, hidden_size=8192,
    intermediate_size=22528, num_hidden_layers=40, num_attention_heads=64, tie_word_embeddings=True, use_qk_norm=False,
)  # fmt: skip
_QKV = "{q_groups},{k_groups},{v_groups},{post_attention_groups}"

FAMILIES: Final[Mapping[str, Family]] = {
    "gpt2": Family(
        _GPT2, f"{_GPT_TABLES}[ {_pre(*_GPT_PARTS, between=_cross('residual [ layernorm; {attention} ]; ', _GPT_PARTS[0]))} ]; layernorm", _CAUSAL,
    ),
    "openai-gpt": Family(
        {**_GPT2, "vocab_size": 40478, "n_positions": 512}, f"{_GPT_TABLES}[ {_post(*_GPT_PARTS)} ]", _CAUSAL,
    ),
    "gpt_bigcode": Family(
        {**_GPT2, "multi_query": True}, f"{_GPT_TABLES}[ {_pre('attention {n_head}{multi_query?true: kv 1~}', 'feedforward {n_inner}')} ]; layernorm", _CAUSAL,
    ),
    "gpt_neo": Family(
        {"vocab_size": 50257, "max_position_embeddings": 2048, "hidden_size": 2048, "num_layers": 24, "num_heads": 16, "intermediate_size": "4*hidden_size",
         "tie_word_embeddings": True, "num_labels": 2},
        f"{_TOKENS}{_POSITIONS}repeat {{num_layers}} [ {_pre('attention {num_heads} bias false out_bias true', _FEED)} ]; layernorm",
        _CAUSAL,
    ),
    "gptj": _GPTJ,
    "codegen": _GPTJ,
    "gpt_neox": _stack(
        f"repeat {{num_hidden_layers}} [ {{use_parallel_residual?true:residual [ branch [ layernorm; {_NEOX[0]} | layernorm; {_NEOX[1]} ] ]~{_pre(*_NEOX)}}} ]",
        "layernorm", vocab_size=50432, hidden_size=6144, num_hidden_layers=44, num_attention_heads=64, intermediate_size=24576, attention_bias=True,
        use_parallel_residual=True,
    ),
    "opt": Family(
        {"vocab_size": 50272, "hidden_size": 768, "num_hidden_layers": 12, "ffn_dim": 3072, "max_position_embeddings": 2048, "num_attention_heads": 12,
         "tie_word_embeddings": True, "num_labels": 2, "do_layer_norm_before": True, "_remove_final_layer_norm": False, "word_embed_proj_dim": "hidden_size",
         "enable_bias": True, "layer_norm_elementwise_affine": True},
        "embedding {vocab_size}->{word_embed_proj_dim}; {word_embed_proj_dim?hidden_size:~linear {hidden_size} bias false; }"
        "positions {max_position_embeddings+2}; "
        f"repeat {{num_hidden_layers}} [ {{do_layer_norm_before?true:{_pre(*_OPT_PARTS)}~{_post(*_OPT_PARTS)}}} ]; "
        f"{{do_layer_norm_before?true:{{_remove_final_layer_norm?true:~{_OPT_NORM}; }}~}}"
        "{word_embed_proj_dim?hidden_size:~linear {word_embed_proj_dim} bias false}", _CAUSAL,
    ),
    "bloom": Family(
        {"vocab_size": 250880, "hidden_size": 64, "n_layer": 2, "n_head": 8, "tie_word_embeddings": True, "num_labels": 2},
        f"{_TOKENS}layernorm; repeat {{n_layer}} [ {_pre('attention {n_head}', 'feedforward {4*hidden_size}')} ]; layernorm", _CAUSAL,
    ),
    "falcon": Family(
        _FALCON,
        f"{_TOKENS}repeat {{num_hidden_layers}} [ {{parallel_attn?true:{_ONE_OR_TWO}~{_pre(*_FALCON_PARTS)}}} ]; layernorm", _CAUSAL,
    ),
    "mpt": Family(
        {"vocab_size": 50368, "d_model": 2048, "n_heads": 16, "n_layers": 24, "tie_word_embeddings": True, "num_labels": 2},
        f"embedding {{vocab_size}}->{{d_model}}; repeat {{n_layers}} [ "
        f"{_pre('attention {n_heads} bias false', 'feedforward {4*d_model} bias false', 'layernorm bias false')} ]; layernorm bias false", _CAUSAL,
    ),
    "biogpt": Family(
        {**_BERT, "vocab_size": 42384, "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096,
         "max_position_embeddings": 1024},
        f"{_TOKENS}positions {{max_position_embeddings+2}}; repeat {{num_hidden_layers}} [ {_pre(_FULL, _FEED)} ]; layernorm", _CAUSAL,
    ),
    "xglm": Family(
        {"vocab_size": 256008, "d_model": 1024, "ffn_dim": 4096, "num_layers": 24, "attention_heads": 16, "tie_word_embeddings": True, "num_labels": 2},
        f"embedding {{vocab_size}}->{{d_model}}; sinusoidal; repeat {{num_layers}} [ "
        f"{_pre('attention {attention_heads}', 'feedforward {ffn_dim}')} ]; layernorm",
        _CAUSAL,
    ),
    "persimmon": _stack(
        f"repeat {{num_hidden_layers}} [ {_pre(*_PERSIMMON)} ]", "layernorm",
        vocab_size=262144, intermediate_size=16384, num_hidden_layers=36, num_attention_heads=64, qk_layernorm=True,
    ),
    "llama": _decoder(),
    "granite": _decoder(),
    "smollm3": _decoder(
        vocab_size=128256, hidden_size=2048, num_hidden_layers=36, num_attention_heads=16, num_key_value_heads=4, tie_word_embeddings=True
    ),
    "mistral": _decoder(intermediate_size=14336, num_key_value_heads=8),
    "qwen2": _decoder(vocab_size=151936, intermediate_size=22016, num_key_value_heads=32, attention_bias=True, out_bias=False),
    "qwen3": _decoder(f"{_ATTENTION} qk_norm rmsnorm", vocab_size=151936, intermediate_size=22016, num_key_value_heads=32, head_dim=128),
    "gemma": _decoder(
        vocab_size=256000, hidden_size=3072, intermediate_size=24576, num_hidden_layers=28, num_attention_heads=16, num_key_value_heads=16, head_dim=256,
        tie_word_embeddings=True,
    ),
    "gemma2": _around(
        vocab_size=256000, hidden_size=2304, intermediate_size=9216, num_hidden_layers=26, num_attention_heads=8, num_key_value_heads=4, head_dim=256,
        tie_word_embeddings=True,
    ),
    "gemma3_text": _around(
        f"{_ATTENTION} qk_norm rmsnorm", vocab_size=262208, hidden_size=2304, intermediate_size=9216, num_hidden_layers=26, num_attention_heads=8,
        num_key_value_heads=4, head_dim=256, tie_word_embeddings=True,
    ),
    "phi": _decoder(
        f"{_ATTENTION}{_HEAD_NORMS}", _PLAIN, "layernorm", _parallel, _CAUSAL_BIAS,
        vocab_size=51200, hidden_size=2048, intermediate_size=8192, num_hidden_layers=24, attention_bias=True, mlp_bias=True, qk_layernorm=False,
    ),
    "phi3": _decoder(vocab_size=32064, hidden_size=3072, intermediate_size=8192),
    "glm": _decoder(
        vocab_size=151552, intermediate_size=13696, num_hidden_layers=40, num_key_value_heads=2, head_dim=128, attention_bias=True, out_bias=False
    ),
    "stablelm": _stack(
        f"repeat {{num_hidden_layers}} [ {{use_parallel_residual?true:{_parallel(*_STABLE)}~{_pre(*_STABLE)}}} ]", "layernorm",
        vocab_size=50304, hidden_size=2560, intermediate_size=6912, num_key_value_heads=32, use_qkv_bias=False, attention_bias="use_qkv_bias", out_bias=False,
        qk_layernorm=False, use_parallel_residual=False,
    ),
    "olmo": _decoder(norm="layernorm affine false", vocab_size=50304),
    "olmo2": _around(f"{_ATTENTION} qk_norm rmsnorm-wide", "", vocab_size=50304),
    "starcoder2": _decoder(
        feed=_PLAIN, norm="layernorm", vocab_size=49152, hidden_size=3072, intermediate_size=12288, num_hidden_layers=30, num_attention_heads=24,
        num_key_value_heads=2, use_bias=True, attention_bias="use_bias", mlp_bias="use_bias", tie_word_embeddings=True,
    ),
    "nemotron": _decoder(
        feed=_PLAIN, norm="layernorm", vocab_size=256000, hidden_size=6144, intermediate_size=24576, num_attention_heads=48,
    ),
    "cohere": _COHERE,
    "cohere2": _COHERE,
    "mixtral": _decoder(feed=_MIXTRAL, intermediate_size=14336, num_key_value_heads=8, num_local_experts=8, num_experts_per_tok=2),
    "phimoe": _decoder(
        feed=_MIXTRAL, norm="layernorm", vocab_size=32064, intermediate_size=6400, num_key_value_heads=8, num_local_experts=16, num_experts_per_tok=2
    ),
    "qwen2_moe": _sparse(
        _ATTENTION, _SHARED, vocab_size=151936, hidden_size=2048, intermediate_size=5632, num_hidden_layers=24, num_attention_heads=16, num_key_value_heads=16,
        num_experts=60, num_experts_per_tok=4, moe_intermediate_size=1408, shared_expert_intermediate_size=5632, qkv_bias=True, attention_bias="qkv_bias",
        out_bias=False,
    ),
    "qwen3_moe": _sparse(
        f"{_ATTENTION} qk_norm rmsnorm", _EXPERTS, vocab_size=151936, hidden_size=2048, intermediate_size=6144, num_hidden_layers=24, num_attention_heads=32,
        num_key_value_heads=4, num_experts=128, num_experts_per_tok=8, moe_intermediate_size=768,
    ),
    "olmoe": _decoder(
        f"{_ATTENTION} qk_norm rmsnorm-wide", _EXPERTS, vocab_size=50304, hidden_size=2048, intermediate_size=2048, num_hidden_layers=16,
        num_attention_heads=16, num_experts=64, num_experts_per_tok=8, moe_intermediate_size="intermediate_size",
    ),
    "gpt_oss": _decoder(
        f"{_ATTENTION} sinks true", "experts {num_local_experts} active {num_experts_per_tok} bias true [ glu {intermediate_size} bias true ]",
        vocab_size=201088, hidden_size=2880, intermediate_size=2880, num_hidden_layers=36, num_attention_heads=64, num_key_value_heads=8, head_dim=64,
        num_local_experts=128, num_experts_per_tok=4, attention_bias=True,
    ),
    "deepseek_v2": _deepseek(
        vocab_size=102400, moe_intermediate_size=1407, n_shared_experts=2, n_routed_experts=64, first_k_dense_replace=0, num_experts_per_tok=6
    ),
    "deepseek_v3": _deepseek(
        vocab_size=129280, hidden_size=7168, intermediate_size=18432, moe_intermediate_size=2048, num_hidden_layers=61, num_attention_heads=128,
        n_shared_experts=1, n_routed_experts=256, first_k_dense_replace=3,
    ),
    "mamba": Family(
        _MAMBA,
        "embedding {vocab_size}->{hidden_size}; repeat {num_hidden_layers} [ residual [ rmsnorm; branch [ "
        f"linear {_INNER} bias {{use_bias}}; tokenconv {{conv_kernel}} groups {_INNER} bias {{use_conv_bias}}; silu; "
        f"selective {{state_size}} rank {{time_step_rank?auto:{{(hidden_size+15)//16}}~{{time_step_rank}}}} | "
        f"linear {_INNER} bias {{use_bias}}; silu ] join multiply; linear {{hidden_size}} bias {{use_bias}} ] ]; rmsnorm", _CAUSAL,
    ),
    "mamba2": Family(
        {**_MAMBA, "num_heads": 128, "head_dim": 64, "vocab_size": 32768, "hidden_size": 4096, "state_size": 128, "num_hidden_layers": 64, "n_groups": 8,
         "tie_word_embeddings": False},
        "embedding {vocab_size}->{hidden_size}; repeat {num_hidden_layers} [ residual [ rmsnorm; branch [ "
        f"branch [ linear {_MIXED} bias {{use_bias}}; tokenconv {{conv_kernel}} groups {_MIXED} bias {{use_conv_bias}}; silu | "
        "linear {num_heads} bias {use_bias} ] join concat; scan {num_heads} state {state_size} groups {n_groups} | "
        f"linear {_INNER} bias {{use_bias}}; silu ] join multiply; rmsnorm; linear {{hidden_size}} bias {{use_bias}} ] ]; rmsnorm", _CAUSAL,
    ),
    "rwkv": Family(
        {"vocab_size": 50277, "hidden_size": 4096, "num_hidden_layers": 32, "attention_hidden_size": "hidden_size", "intermediate_size": "4*hidden_size",
         "tie_word_embeddings": False},
        "embedding {vocab_size}->{hidden_size}; layernorm; repeat {num_hidden_layers} [ residual [ layernorm; branch [ "
        "tokenshift; linear {attention_hidden_size} bias false; sigmoid | wkv {attention_hidden_size} ] join multiply; linear {hidden_size} bias false ]; "
        "residual [ layernorm; branch [ tokenshift; linear {hidden_size} bias false; sigmoid | tokenshift; feedforward {intermediate_size} bias false ] "
        "join multiply ] ]; layernorm",
        {"Model": "", "ForCausalLM": _HEAD},
    ),
    "bert": _encoder(),
    "roberta": _encoder(heads=_ROBERTA_HEADS, vocab_size=50265),
    "xlm-roberta": _encoder(heads=_ROBERTA_HEADS),
    "camembert": _encoder(heads=_ROBERTA_HEADS),
    "distilbert": Family(
        {"vocab_size": 30522, "max_position_embeddings": 512, "n_layers": 6, "n_heads": 12, "dim": 768, "hidden_dim": 3072, "tie_word_embeddings": True,
         "num_labels": 2},
        f"embedding {{vocab_size}}->{{dim}}; {_POSITIONS}layernorm; repeat {{n_layers}} [ {_post('attention {n_heads}', 'feedforward {hidden_dim}')} ]",
        {"Model": "", "ForMaskedLM": f"linear {{dim}}; gelu; layernorm; {_HEAD} bias true",
         "ForSequenceClassification": "firsttoken; linear {dim}; relu; linear {num_labels}", **_PER_TOKEN},
    ),
    "electra": _encoder(
        heads={**_PER_TOKEN, "Model": "", "ForPreTraining": "linear {hidden_size}; gelu; linear 1", "ForSequenceClassification": _CLASSIFIED,
               "ForMaskedLM": f"linear {{embedding_size}}; gelu; layernorm; {_HEAD} bias true"},
        behind=_PROJECTED, width="embedding_size", hidden_size=256, num_attention_heads=4, intermediate_size=1024,
    ),
    "roformer": _encoder(
        heads={"Model": ""}, positions="", behind=f"{_PROJECTED}learned {{max_position_embeddings}},{{hidden_size/num_attention_heads}}; ",
        width="embedding_size", vocab_size=50000, embedding_size="hidden_size", max_position_embeddings=1536,
    ),
    "albert": _encoder(
        f"repeat {{num_hidden_layers/num_hidden_groups}} shared [ repeat {{inner_group_num}} [ {_post(_FULL, _FEED)} ] ]",
        {**_POOLED_HEADS, "ForMaskedLM": _MASKED_NARROW, "ForSequenceClassification": f"{_POOLED}; dropout; linear {{num_labels}}",
         "ForPreTraining": f"aside [ {_POOLED}; dropout; linear {{num_labels}} ]; {_MASKED_NARROW}"},
        behind="linear {hidden_size}; ", width="embedding_size", times="num_hidden_groups", vocab_size=30000, hidden_size=4096, num_attention_heads=64,
        intermediate_size=16384, num_hidden_groups=1, inner_group_num=1,
    ),
    "mpnet": _encoder(
        _post(_FULL, _FEED), _POOLED_HEADS, segments="", behind="relativebias {relative_attention_num_buckets} heads {num_attention_heads}; ",
        vocab_size=30527, relative_attention_num_buckets=32,
    ),
    "deberta": _deberta(f"{_FULL} key_bias false", _REACH, f"relativemap {_REACH} bias false", f"relativemap {_REACH}"),
    "deberta-v2": _deberta(
        _FULL, _BUCKETS, *(f"{{share_att_key?true:~relativemap {_BUCKETS}}}",) * 2,
        f"{{norm_rel_ebd?layer_norm:encoder {_BUCKETS},{{hidden_size}} [ layernorm ]; ~}}",
        "{conv_kernel_size?0:STACK~branch [ BLOCK | tokenconv {conv_kernel_size} groups {conv_groups}; tanh ]; layernorm; "
        "repeat {num_hidden_layers-1} [ BLOCK ]}",
        vocab_size=128100, hidden_size=1536, num_hidden_layers=24, num_attention_heads=24, intermediate_size=6144, position_buckets=-1, share_att_key=False,
        norm_rel_ebd=(), conv_kernel_size=0, conv_groups=1,
    ),
    "fnet": _encoder(
        _post("fourier", _FEED), {"Model": _POOLED_HEADS["Model"]}, behind="linear {hidden_size}; ", vocab_size=32000, type_vocab_size=4
    ),
    "modernbert": Family(
        {**_BERT, "vocab_size": 50368, "intermediate_size": 1152, "num_hidden_layers": 22, "norm_bias": False, "attention_bias": False, "mlp_bias": False},
        "embedding {vocab_size}->{hidden_size}; layernorm bias {norm_bias}; residual [ attention {num_attention_heads} bias {attention_bias} ]; "
        f"residual [ layernorm bias {{norm_bias}}; {_GLU} ]; repeat {{num_hidden_layers-1}} [ "
        f"{_pre('attention {num_attention_heads} bias {attention_bias}', _GLU, 'layernorm bias {norm_bias}')} ]; layernorm bias {{norm_bias}}",
    ),
    "longformer": _encoder(
        _post(f"branch [ {_FULL} output false | {_FULL} output false ]; linear {{hidden_size}}", _FEED), _POOLED_HEADS,
    ),
    "nystromformer": _encoder(
        _post(f"{_FULL}{{conv_kernel_size?none:~ value_kernel {{conv_kernel_size}}}}", _FEED), _BARE_HEADS, "positions {max_position_embeddings+2}; ",
        null={"conv_kernel_size": "none"}, vocab_size=30000, max_position_embeddings=510, conv_kernel_size=65,
    ),
    "squeezebert": _encoder(
        _post(f"{_FULL} groups {_QKV}", "linear {intermediate_size} groups {intermediate_groups}; gelu; linear {hidden_size} groups {output_groups}"),
        {"Model": _POOLED_HEADS["Model"]}, fixed={"embedding_size": ("hidden_size",)}, embedding_size="hidden_size",
        q_groups=4, k_groups=4, v_groups=4, post_attention_groups=1, intermediate_groups=4, output_groups=4,
    ),
    "xlnet": Family(
        {"vocab_size": 32000, "d_model": 1024, "n_layer": 24, "n_head": 16, "d_inner": 4096, "tie_word_embeddings": True},
        "embedding {vocab_size}->{d_model}; learned {d_model}; repeat {n_layer} [ "
        f"{_post('relativemap bias false; learned 3,{d_model}; learned 2,{d_model}; attention {n_head} bias false', 'feedforward {d_inner}')} ]",
        {"Model": "", "LMHeadModel": f"{_HEAD} bias true"},
    ),
    "t5": _t5(),
    "mt5": _t5(**_MT5),
    "umt5": _t5(True, **_MT5),
    "longt5": _t5(),
    "bart": _bart("positions {max_position_embeddings+2}; ", True, False),
    "mbart": _bart("positions {max_position_embeddings+2}; ", True),
    "pegasus": _bart(),
    "marian": _bart(pre=False, vocab_size=58101),
    "blenderbot": _bart(
        vocab_size=8008, max_position_embeddings=128, encoder_layers=2, encoder_ffn_dim=10240, encoder_attention_heads=32, decoder_layers=24,
        decoder_ffn_dim=10240, decoder_attention_heads=32, d_model=2560,
    ),
    "blenderbot-small": _bart(
        normed=True, pre=False, max_position_embeddings=512, encoder_layers=8, encoder_ffn_dim=2048, decoder_layers=8, decoder_ffn_dim=2048, d_model=512,
    ),
    "m2m_100": _bart("sinusoidal; ", vocab_size=128112),
    "whisper": Family(
        {**_BART, "vocab_size": 51865, "num_mel_bins": 80, "encoder_layers": 4, "encoder_attention_heads": 6, "decoder_layers": 4, "decoder_attention_heads": 6,
         "decoder_ffn_dim": 1536, "encoder_ffn_dim": 1536, "d_model": 384, "max_source_positions": 1500, "max_target_positions": 448},
        "encoder {num_mel_bins},{2*max_source_positions} [ conv {d_model} kernel 3 padding 1; gelu; conv {d_model} kernel 3 stride 2 padding 1; gelu; tokens; "
        "positions {max_source_positions}; repeat {encoder_layers} [ "
        f"{_pre('attention {encoder_attention_heads} key_bias false', 'feedforward {encoder_ffn_dim}')} ]; layernorm ]; "
        "embedding {vocab_size}->{d_model}; positions {max_target_positions}; repeat {decoder_layers} [ "
        + _pre("attention {decoder_attention_heads} key_bias false", "feedforward {decoder_ffn_dim}", between="residual [ layernorm; "
               "attention {decoder_attention_heads} key_bias false cross memory ]; ") + " ]; layernorm", _TRANSLATED,
    ),
    "clip": Family(
        {**_fields_of("text", _TOWER), **_fields_of("vision", {**_VIT, "patch_size": 32}), "projection_dim": 512},
        f"learned 1; encoder {_of('vision', '{num_channels},{image_size},{image_size}')} [ {_of('vision', _CLIP_CUT + _CLIP_IMAGE)}; "
        f"linear {{projection_dim}} bias false ]; {_of('text', _TEXT_TOWER)}; linear {{projection_dim}} bias false",
    ),
    "clip_text_model": Family(_TOWER, _TEXT_TOWER),
    "clip_vision_model": Family({**_VIT, "patch_size": 32}, _CLIP_CUT + _CLIP_IMAGE, input=_IMAGE),
    "siglip_text_model": Family(
        {**_TOWER, "vocab_size": 32000, "hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12, "max_position_embeddings": 64,
         "projection_size": "hidden_size"}, f"{_TEXT_TOWER}; linear {{projection_size}}",
    ),
    "siglip_vision_model": _vision(
        "positions {tokens}; ", _pre(_FULL, _FEED), "layernorm{vision_use_head?false:~; attention {num_attention_heads} queries 1; "
        f"residual [ layernorm; {_FEED} ]; firsttoken}}", {"Model": ""}, vision_use_head=True,
    ),
    "vit": _vision("classtoken; positions {tokens+1}; ", _pre(_VIEWED, _FEED)),
    "deit": _vision("classtoken; classtoken; positions {tokens+2}; ", _pre(_VIEWED, _FEED)),
    "beit": _vision(
        "classtoken; {use_mask_token?true:learned {hidden_size}; ~}{use_absolute_position_embeddings?true:positions {tokens+1}; ~}"
        "{use_shared_relative_position_bias?true:relativebias {offsets} heads {num_attention_heads}; ~}",
        _pre("{use_relative_position_bias?true:relativebias {offsets} heads {num_attention_heads}; ~}attention {num_attention_heads} key_bias false"
             "{layer_scale_init_value?0:~; scale}", _FEED + "{layer_scale_init_value?0:~; scale}"),
        "{use_mean_pooling?true:meantoken; layernorm~layernorm; firsttoken}", {"Model": "", "ForImageClassification": "linear {num_labels}"},
        use_mask_token=False, use_absolute_position_embeddings=False, use_relative_position_bias=False, use_shared_relative_position_bias=False,
        layer_scale_init_value=0.1, use_mean_pooling=True, offsets="(2*(image_size/patch_size)-1)*(2*(image_size/patch_size)-1)+3",
    ),
    "dinov2": _vision(
        "classtoken; {use_mask_token?true:learned {hidden_size}; ~}positions {tokens+1}; ",
        _pre(f"{_VIEWED}; scale", "{use_swiglu_ffn?true:glu {(hidden_size*mlp_ratio//1*2//3+7)//8*8} bias true~feedforward {hidden_size*mlp_ratio//1}}; scale"),
        heads={"Model": ""}, patch_size=14, mlp_ratio=4.0, use_swiglu_ffn=False, use_mask_token=True,
    ),
    "wav2vec2": _WAV2VEC2,
    "hubert": _WAV2VEC2,
}  # fmt: skip
"""By ``model_type``."""

_GPT_NAMES = {"hidden_size": "n_embd", "max_position_embeddings": "n_positions", "num_attention_heads": "n_head", "num_hidden_layers": "n_layer"}
_BART_NAMES = {"num_attention_heads": "encoder_attention_heads", "hidden_size": "d_model", "num_hidden_layers": "encoder_layers"}
_T5_NAMES = {"hidden_size": "d_model", "num_attention_heads": "num_heads", "num_hidden_layers": "num_layers", "head_dim": "d_kv"}
ALIASES: Final[Mapping[str, Mapping[str, str]]] = {
    **dict.fromkeys(("gpt2", "openai-gpt", "gpt_bigcode", "gptj", "codegen"), _GPT_NAMES),
    **dict.fromkeys(("bart", "mbart", "pegasus", "marian", "blenderbot", "blenderbot-small", "m2m_100", "whisper"), _BART_NAMES),
    **dict.fromkeys(("t5", "mt5", "umt5", "longt5"), _T5_NAMES),
    "qwen3_moe": {"num_local_experts": "num_experts"}, "olmoe": {"num_local_experts": "num_experts"},
    "mixtral": {"num_experts": "num_local_experts"}, "gpt_oss": {"num_experts": "num_local_experts"},
    "deepseek_v2": {"num_experts": "n_routed_experts"}, "deepseek_v3": {"num_local_experts": "n_routed_experts"},
    "distilbert": {"hidden_size": "dim", "num_attention_heads": "n_heads", "num_hidden_layers": "n_layers"},
    "bloom": {"num_attention_heads": "n_head", "num_hidden_layers": "n_layer", "n_embed": "hidden_size"},
    "mpt": {"hidden_size": "d_model", "num_attention_heads": "n_heads", "num_hidden_layers": "n_layers"},
    "gpt_neo": {"num_attention_heads": "num_heads", "num_hidden_layers": "num_layers"},
    "xglm": {"num_attention_heads": "attention_heads", "hidden_size": "d_model", "num_hidden_layers": "num_layers"},
    "xlnet": {"n_token": "vocab_size", "hidden_size": "d_model", "num_attention_heads": "n_head", "num_hidden_layers": "n_layer"},
}  # fmt: skip
"""Other names of fields."""

__all__ = ["ALIASES", "FAMILIES", "Family"]
