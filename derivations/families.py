"""Published model families, one row each: the description of the network that a ``config.json`` of the transformers library stands for.

A row says which fields its configuration has with their defaults (a number, yes or no, or a formula of other fields: ``hidden_size/num_attention_heads``),
the layers in the words of ``derivations.networks`` with ``{fields}`` in them, and the heads that the model classes of the family add (``LlamaForCausalLM``).
A field that holds a word chooses by ``{field?word:layers~otherwise}``. To add a family, add a row.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from derivations.language.errors import DeriveError
from derivations.language.term import Name
from derivations.networks import Described, Layers, layers_of
from derivations.parameters import Size, Sizes, nearest

_TEXT = "N,T"


@dataclass(frozen=True, slots=True)
class Family:
    """What the models of one ``model_type`` have in common.

    ``heads``: behind the layers, by the end of the name of the model class. ``fixed``: fields that would change the layers in ways that the row does not
    follow, with the values that are accepted (a field by its name).
    """

    fields: Mapping[str, object]
    layers: str
    heads: Mapping[str, str] = field(default_factory=dict)
    input: str = _TEXT
    fixed: Mapping[str, tuple[object, ...]] = field(default_factory=dict)


_ROTARY = {
    "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": "num_attention_heads",
    "head_dim": "hidden_size/num_attention_heads", "vocab_size": 32000, "attention_bias": False, "out_bias": "attention_bias", "mlp_bias": False,
    "tie_word_embeddings": False, "num_labels": 2,
}  # fmt: skip
_ATTENTION = "attention {num_attention_heads} kv {num_key_value_heads} size {head_dim} bias {attention_bias} out_bias {out_bias}"
_GLU = "glu {intermediate_size} bias {mlp_bias}"
_PLAIN = "feedforward {intermediate_size} bias {mlp_bias}"
_CAUSAL = {
    "ForCausalLM": "unembedding {vocab_size} tied {tie_word_embeddings}", "LMHeadModel": "unembedding {vocab_size} tied {tie_word_embeddings}", "Model": "",
    "ForSequenceClassification": "linear {num_labels} bias false", "ForTokenClassification": "dropout; linear {num_labels}",
}  # fmt: skip


def _decoder(
    attention: str = _ATTENTION, feed: str = _GLU, norm: str = "rmsnorm", fixed: Mapping[str, tuple[object, ...]] | None = None, **fields: object
) -> Family:
    """A norm before attention and feed-forward, each added to its input, and a last norm."""
    text = f"repeat {{num_hidden_layers}} [ residual [ {norm}; {attention} ]; residual [ {norm}; {feed} ] ]"
    return Family({**_ROTARY, **fields}, f"embedding {{vocab_size}}->{{hidden_size}}; {text}; {norm}", _CAUSAL, fixed=fixed or {})


def _around(attention: str = _ATTENTION, norms: str = "before and behind", **fields: object) -> Family:
    """Norms behind attention and feed-forward, or also before them."""
    before = "rmsnorm; " if norms == "before and behind" else ""
    block = f"residual [ {before}{attention}; rmsnorm ]; residual [ {before}{_GLU}; rmsnorm ]"
    return Family({**_ROTARY, **fields}, f"embedding {{vocab_size}}->{{hidden_size}}; repeat {{num_hidden_layers}} [ {block} ]; rmsnorm", _CAUSAL)


_GPT2 = {
    "vocab_size": 50257, "n_positions": 1024, "n_embd": 768, "n_layer": 12, "n_head": 12, "n_inner": "4*n_embd", "tie_word_embeddings": True,
    "num_labels": 2,
}  # fmt: skip
_GPT_BLOCK = "residual [ layernorm; attention {n_head} ]; residual [ layernorm; feedforward {n_inner} ]"
_BERT = {
    "vocab_size": 30522, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072, "max_position_embeddings": 512,
    "type_vocab_size": 2, "embedding_size": 128, "tie_word_embeddings": True, "num_labels": 2,
    "add_pooling_layer": True,
}  # fmt: skip
_BERT_BLOCK = "residual [ attention {num_attention_heads} ]; layernorm; residual [ feedforward {intermediate_size} ]; layernorm"
_BERT_TEXT = (
    "embedding {vocab_size}->{hidden_size}; positions {max_position_embeddings}; {type_vocab_size?0:~segments {type_vocab_size}; }layernorm; "
    f"repeat {{num_hidden_layers}} [ {_BERT_BLOCK} ]"
)
_POOLED = "firsttoken; linear {hidden_size}; tanh"
_MASKED = "linear {hidden_size}; gelu; layernorm; unembedding {vocab_size} tied {tie_word_embeddings} bias true"
_PER_TOKEN = {"ForTokenClassification": "linear {num_labels}", "ForQuestionAnswering": "linear 2"}
_BERT_HEADS = {
    "Model": f"{{add_pooling_layer?false:~{_POOLED}}}", "ForMaskedLM": _MASKED, "LMHeadModel": _MASKED,
    "ForSequenceClassification": f"{_POOLED}; dropout; linear {{num_labels}}",
    "ForNextSentencePrediction": f"{_POOLED}; linear 2", "ForMultipleChoice": f"{_POOLED}; linear 1", **_PER_TOKEN,
}  # fmt: skip
_CLASSIFIED = "firsttoken; linear {hidden_size}; tanh; linear {num_labels}"
_ROBERTA_HEADS = {**_BERT_HEADS, "ForCausalLM": _MASKED, "ForSequenceClassification": _CLASSIFIED}
_T5 = {
    "vocab_size": 32128, "d_model": 512, "d_kv": 64, "d_ff": 2048, "num_layers": 6, "num_decoder_layers": "num_layers", "num_heads": 8,
    "relative_attention_num_buckets": 32, "feed_forward_proj": "relu", "tie_word_embeddings": True,
}  # fmt: skip
_T5_SELF = "attention {num_heads} size {d_kv} bias false"
_T5_FEED = "residual [ rmsnorm; {feed_forward_proj?gated-gelu:glu {d_ff}~gated-silu:glu {d_ff}~feedforward {d_ff} bias false} ]"
_T5_ENCODER = (
    f"embedding {{vocab_size}}->{{d_model}}; relativebias {{relative_attention_num_buckets}} heads {{num_heads}}; "
    f"repeat {{num_layers}} [ residual [ rmsnorm; {_T5_SELF} ]; {_T5_FEED} ]; rmsnorm"
)
_T5_TEXT = (
    f"encoder S [ {_T5_ENCODER} ]; embedding {{vocab_size}}->{{d_model}} tied true; relativebias {{relative_attention_num_buckets}} heads {{num_heads}}; "
    f"repeat {{num_decoder_layers}} [ residual [ rmsnorm; {_T5_SELF} ]; residual [ rmsnorm; {_T5_SELF} cross memory ]; {_T5_FEED} ]; rmsnorm"
)
_T5_HEADS = {"Model": "", "ForConditionalGeneration": "unembedding {vocab_size} tied {tie_word_embeddings}"}
_BART = {
    "vocab_size": 50265, "max_position_embeddings": 1024, "encoder_layers": 12, "encoder_ffn_dim": 4096, "encoder_attention_heads": 16, "decoder_layers": 12,
    "decoder_ffn_dim": 4096, "decoder_attention_heads": 16, "d_model": 1024, "spare": 2,
}  # fmt: skip
_BART_TEXT = (
    "encoder S [ embedding {vocab_size}->{d_model}; positions {max_position_embeddings+spare}; layernorm; repeat {encoder_layers} [ "
    "residual [ attention {encoder_attention_heads} ]; layernorm; residual [ feedforward {encoder_ffn_dim} ]; layernorm ] ]; "
    "embedding {vocab_size}->{d_model} tied true; positions {max_position_embeddings+spare}; layernorm; repeat {decoder_layers} [ "
    "residual [ attention {decoder_attention_heads} ]; layernorm; residual [ attention {decoder_attention_heads} cross memory ]; layernorm; "
    "residual [ feedforward {decoder_ffn_dim} ]; layernorm ]"
)
_VIT = {
    "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072, "image_size": 224, "patch_size": 16,
    "num_channels": 3, "qkv_bias": True, "num_labels": 2, "tokens": "(image_size/patch_size)*(image_size/patch_size)",
}  # fmt: skip
_VIT_BLOCK = "residual [ layernorm; attention {num_attention_heads} bias {qkv_bias} out_bias true ]; residual [ layernorm; feedforward {intermediate_size} ]"
_PATCHES = "conv {num_channels}->{hidden_size} kernel {patch_size} stride {patch_size}; tokens; classtoken; "
_IMAGE = "N,{num_channels},{image_size},{image_size}"


def _vision(before: str, more: int) -> Family:
    text = f"{_PATCHES}{before}positions {{tokens+{more}}}; repeat {{num_hidden_layers}} [ {_VIT_BLOCK} ]; layernorm"
    return Family(_VIT, text, {"Model": _POOLED, "ForImageClassification": "firsttoken; linear {num_labels}"}, _IMAGE)


_EXPERTS = "experts {num_experts} active {num_experts_per_tok} [ glu {moe_intermediate_size} ]"
_SHARED = f"branch [ {_EXPERTS} | branch [ glu {{shared_expert_intermediate_size}} | linear 1 bias false; sigmoid ] join multiply ]"
_MIXTRAL = "experts {num_local_experts} active {num_experts_per_tok} [ glu {intermediate_size} ]"
_PARALLEL = "residual [ branch [ layernorm; attention {num_attention_heads} bias {attention_bias} | layernorm; feedforward {intermediate_size} ] ]"
_SERIAL = "residual [ layernorm; attention {num_attention_heads} bias {attention_bias} ]; residual [ layernorm; feedforward {intermediate_size} ]"
_SPARSE: Mapping[str, tuple[object, ...]] = {"decoder_sparse_step": (1,), "mlp_only_layers": ([],)}

FAMILIES: Final[Mapping[str, Family]] = {
    "gpt2": Family(
        _GPT2, f"embedding {{vocab_size}}->{{n_embd}}; positions {{n_positions}}; repeat {{n_layer}} [ {_GPT_BLOCK} ]; layernorm", _CAUSAL,
        fixed={"add_cross_attention": (False,)},
    ),
    "openai-gpt": Family(
        {**_GPT2, "vocab_size": 40478, "n_positions": 512},
        "embedding {vocab_size}->{n_embd}; positions {n_positions}; "
        "repeat {n_layer} [ residual [ attention {n_head} ]; layernorm; residual [ feedforward {n_inner} ]; layernorm ]", _CAUSAL,
    ),
    "gpt_bigcode": Family(
        {**_GPT2, "multi_query": True},
        "embedding {vocab_size}->{n_embd}; positions {n_positions}; repeat {n_layer} [ "
        "residual [ layernorm; attention {n_head}{multi_query?true: kv 1~} ]; residual [ layernorm; feedforward {n_inner} ] ]; layernorm", _CAUSAL,
    ),
    "gpt_neo": Family(
        {"vocab_size": 50257, "max_position_embeddings": 2048, "hidden_size": 2048, "num_layers": 24, "num_heads": 16, "intermediate_size": "4*hidden_size",
         "tie_word_embeddings": True, "num_labels": 2},
        "embedding {vocab_size}->{hidden_size}; positions {max_position_embeddings}; repeat {num_layers} [ residual [ layernorm; "
        "attention {num_heads} bias false out_bias true ]; residual [ layernorm; feedforward {intermediate_size} ] ]; layernorm", _CAUSAL,
    ),
    "gptj": Family(
        {**_GPT2, "vocab_size": 50400, "n_embd": 4096, "n_layer": 28, "n_head": 16, "tie_word_embeddings": False},
        "embedding {vocab_size}->{n_embd}; repeat {n_layer} [ residual [ layernorm; branch [ attention {n_head} bias false | feedforward {n_inner} ] ] ]; "
        "layernorm", {**_CAUSAL, "ForCausalLM": "unembedding {vocab_size} tied {tie_word_embeddings} bias true"},
    ),
    "gpt_neox": Family(
        {"vocab_size": 50432, "hidden_size": 6144, "num_hidden_layers": 44, "num_attention_heads": 64, "intermediate_size": 24576, "attention_bias": True,
         "tie_word_embeddings": False, "num_labels": 2, "use_parallel_residual": True},
        f"embedding {{vocab_size}}->{{hidden_size}}; repeat {{num_hidden_layers}} [ {{use_parallel_residual?true:{_PARALLEL}~{_SERIAL}}} ]; layernorm", _CAUSAL,
    ),
    "opt": Family(
        {"vocab_size": 50272, "hidden_size": 768, "num_hidden_layers": 12, "ffn_dim": 3072, "max_position_embeddings": 2048, "num_attention_heads": 12,
         "tie_word_embeddings": True, "num_labels": 2},
        "embedding {vocab_size}->{hidden_size}; positions {max_position_embeddings+2}; repeat {num_hidden_layers} [ residual [ layernorm; "
        "attention {num_attention_heads} ]; residual [ layernorm; feedforward {ffn_dim} ] ]; layernorm", _CAUSAL,
        fixed={"do_layer_norm_before": (True,), "word_embed_proj_dim": ("hidden_size",), "enable_bias": (True,)},
    ),
    "bloom": Family(
        {"vocab_size": 250880, "hidden_size": 64, "n_layer": 2, "n_head": 8, "tie_word_embeddings": True, "num_labels": 2},
        "embedding {vocab_size}->{hidden_size}; layernorm; repeat {n_layer} [ residual [ layernorm; attention {n_head} ]; "
        "residual [ layernorm; feedforward {4*hidden_size} ] ]; layernorm", _CAUSAL,
    ),
    "mpt": Family(
        {"vocab_size": 50368, "d_model": 2048, "n_heads": 16, "n_layers": 24, "tie_word_embeddings": True, "num_labels": 2},
        "embedding {vocab_size}->{d_model}; repeat {n_layers} [ residual [ layernorm bias false; attention {n_heads} bias false ]; "
        "residual [ layernorm bias false; feedforward {4*d_model} bias false ] ]; layernorm bias false", _CAUSAL,
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
    "phi": Family(
        {**_ROTARY, "vocab_size": 51200, "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 24},
        "embedding {vocab_size}->{hidden_size}; repeat {num_hidden_layers} [ residual [ layernorm; branch [ attention {num_attention_heads} "
        "kv {num_key_value_heads} | feedforward {intermediate_size} ] ] ]; layernorm",
        {**_CAUSAL, "ForCausalLM": "unembedding {vocab_size} tied {tie_word_embeddings} bias true"}, fixed={"qk_layernorm": (False,)},
    ),
    "phi3": _decoder(vocab_size=32064, hidden_size=3072, intermediate_size=8192),
    "glm": _decoder(
        vocab_size=151552, intermediate_size=13696, num_hidden_layers=40, num_key_value_heads=2, head_dim=128, attention_bias=True, out_bias=False
    ),
    "stablelm": _decoder(
        norm="layernorm", fixed={"qk_layernorm": (False,), "use_parallel_residual": (False,)},
        vocab_size=50304, hidden_size=2560, intermediate_size=6912, num_key_value_heads=32, use_qkv_bias=False,
        attention_bias="use_qkv_bias", out_bias=False,
    ),
    "olmo": _decoder(norm="layernorm affine false", vocab_size=50304),
    "olmo2": _around(f"{_ATTENTION} qk_norm rmsnorm-wide", "behind", vocab_size=50304),
    "starcoder2": _decoder(
        feed=_PLAIN, norm="layernorm", vocab_size=49152, hidden_size=3072, intermediate_size=12288, num_hidden_layers=30, num_attention_heads=24,
        num_key_value_heads=2, use_bias=True, attention_bias="use_bias", mlp_bias="use_bias", tie_word_embeddings=True,
    ),
    "mixtral": _decoder(feed=_MIXTRAL, intermediate_size=14336, num_key_value_heads=8, num_local_experts=8, num_experts_per_tok=2),
    "phimoe": _decoder(
        feed=_MIXTRAL, norm="layernorm", vocab_size=32064, intermediate_size=6400, num_key_value_heads=8, num_local_experts=16, num_experts_per_tok=2
    ),
    "qwen2_moe": _decoder(
        feed=_SHARED, fixed=_SPARSE, vocab_size=151936, hidden_size=2048, num_hidden_layers=24, num_attention_heads=16, num_key_value_heads=16, num_experts=60,
        num_experts_per_tok=4, moe_intermediate_size=1408, shared_expert_intermediate_size=5632, attention_bias=True, out_bias=False,
    ),
    "qwen3_moe": _decoder(
        f"{_ATTENTION} qk_norm rmsnorm", _EXPERTS, fixed=_SPARSE,
        vocab_size=151936, hidden_size=2048, num_hidden_layers=24, num_attention_heads=32, num_key_value_heads=4,
        num_experts=128, num_experts_per_tok=8, moe_intermediate_size=768,
    ),
    "olmoe": _decoder(
        f"{_ATTENTION} qk_norm rmsnorm-wide", _EXPERTS, vocab_size=50304, hidden_size=2048, intermediate_size=2048, num_hidden_layers=16,
        num_attention_heads=16, num_experts=64, num_experts_per_tok=8, moe_intermediate_size="intermediate_size",
    ),
    "bert": Family(_BERT, _BERT_TEXT, _BERT_HEADS, fixed={"add_cross_attention": (False,)}),
    "roberta": Family({**_BERT, "vocab_size": 50265}, _BERT_TEXT, _ROBERTA_HEADS),
    "xlm-roberta": Family(_BERT, _BERT_TEXT, _ROBERTA_HEADS),
    "camembert": Family(_BERT, _BERT_TEXT, _ROBERTA_HEADS),
    "distilbert": Family(
        {"vocab_size": 30522, "max_position_embeddings": 512, "n_layers": 6, "n_heads": 12, "dim": 768, "hidden_dim": 3072, "tie_word_embeddings": True,
         "num_labels": 2},
        "embedding {vocab_size}->{dim}; positions {max_position_embeddings}; layernorm; repeat {n_layers} [ residual [ attention {n_heads} ]; layernorm; "
        "residual [ feedforward {hidden_dim} ]; layernorm ]",
        {"Model": "", "ForMaskedLM": "linear {dim}; gelu; layernorm; unembedding {vocab_size} tied {tie_word_embeddings} bias true",
         "ForSequenceClassification": "firsttoken; linear {dim}; relu; linear {num_labels}", **_PER_TOKEN},
    ),
    "electra": Family(
        {**_BERT, "hidden_size": 256, "num_attention_heads": 4, "intermediate_size": 1024},
        "embedding {vocab_size}->{embedding_size}; positions {max_position_embeddings}; {type_vocab_size?0:~segments {type_vocab_size}; }layernorm; "
        "linear {hidden_size}; "
        f"repeat {{num_hidden_layers}} [ {_BERT_BLOCK} ]",
        {"Model": "", "ForPreTraining": "linear {hidden_size}; gelu; linear 1", "ForSequenceClassification": _CLASSIFIED, **_PER_TOKEN},
    ),
    "t5": Family(_T5, _T5_TEXT, _T5_HEADS),
    "mt5": Family({**_T5, "vocab_size": 250112, "d_ff": 1024, "num_layers": 8, "num_heads": 6, "feed_forward_proj": "gated-gelu"}, _T5_TEXT, _T5_HEADS),
    "bart": Family(
        _BART, _BART_TEXT, {"Model": "", "ForConditionalGeneration": "unembedding {vocab_size} tied true"}, fixed={"tie_word_embeddings": (True,)}
    ),
    "vit": _vision("", 1),
    "deit": _vision("classtoken; ", 2),
}
"""By ``model_type``."""

_GPT_NAMES = {"hidden_size": "n_embd", "max_position_embeddings": "n_positions", "num_attention_heads": "n_head", "num_hidden_layers": "n_layer"}
_ALIASES: Final[Mapping[str, Mapping[str, str]]] = {
    "gpt2": _GPT_NAMES, "openai-gpt": _GPT_NAMES, "gpt_bigcode": _GPT_NAMES, "gptj": _GPT_NAMES,
    "distilbert": {"hidden_size": "dim", "num_attention_heads": "n_heads", "num_hidden_layers": "n_layers"},
    "bloom": {"num_attention_heads": "n_head", "num_hidden_layers": "n_layer", "n_embed": "hidden_size"},
    "mpt": {"hidden_size": "d_model", "num_attention_heads": "n_heads", "num_hidden_layers": "n_layers"},
    "t5": {"hidden_size": "d_model", "num_attention_heads": "num_heads", "num_hidden_layers": "num_layers"},
}
"""Other names of fields."""


def from_config(config: Mapping[str, Any], where: str) -> Described:
    """The network of a configuration.

    Raises:
        DeriveError: there is no row for its family, a field has a value that is not accepted or that the row does not follow; the field is named.
    """
    word = config.get("model_type")
    family = FAMILIES.get(word) if isinstance(word, str) else None
    if family is None:
        near = nearest(str(word), FAMILIES)
        raise DeriveError(f"{where}: model_type = {word!r} is not accepted{near}; there are {', '.join(FAMILIES)}")
    given = {_ALIASES.get(str(word), {}).get(name, name): value for name, value in config.items() if value is not None}
    if "num_labels" not in given and isinstance(given.get("id2label"), Mapping):
        given["num_labels"] = len(given["id2label"])
    fields = _Fields(family.fields, given, where, re.findall(r"\{(\w+)\?0:", family.layers))
    for field_name, values in family.fixed.items():
        accepted = [fields[v] if isinstance(v, str) else v for v in values]
        if given.get(field_name, accepted[0]) not in accepted:
            is_ = f"{field_name} = {given[field_name]!r}"
            raise DeriveError(f"{where}: {is_} is not accepted; a {word} is described with {' or '.join(map(repr, accepted))}")
    classes = config.get("architectures")
    name = classes[0] if isinstance(classes, list) and classes and isinstance(classes[0], str) else ""
    ends = sorted((end for end in family.heads if name.endswith(end)), key=len, reverse=True)
    if name and not ends:
        raise DeriveError(f"{where}: architectures = [{name!r}] is not accepted; a {word} is described as ...{', ...'.join(family.heads)}")
    head = family.heads[ends[0]] if ends else family.heads["Model"]
    text = fields.put(f"{family.layers}; {head}" if head else family.layers)
    sizes = Sizes().read(fields.put(family.input))
    return Described(sizes or (), Layers(layers_of(text, where)), where)


_OPERATIONS: Final[Mapping[type, Callable[[int, int], int]]] = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}


class _Fields:
    """The fields of a configuration: given, or by default."""

    def __init__(self, defaults: Mapping[str, object], given: Mapping[str, object], where: str, left_out: Collection[str] = ()) -> None:
        """``left_out``: the sizes that may be zero, where the layer that has them is left out."""
        self.defaults, self.given, self.where, self.left_out = defaults, given, where, left_out

    def __getitem__(self, name: str) -> object:
        """A number, a word, or yes or no."""
        if name not in self.defaults:
            raise DeriveError(f"{self.where}: there is no field {name!r}")
        default = self.defaults[name]
        worded = isinstance(default, str) and not self.is_formula(default)
        if name not in self.given:
            return self.worth(default) if isinstance(default, str) else default
        value = self.given[name]
        found: object
        if isinstance(default, bool):
            found, accepted = (value if isinstance(value, bool) else None), "true or false"
        elif worded:
            found, accepted = (value if isinstance(value, str) else None), f"a word such as {default!r}"
        elif name in self.left_out and value == 0 and not isinstance(value, bool):
            return 0
        else:  # a row's formula gives a size, or yes or no as another field does
            found, accepted = (value if isinstance(value, bool) and isinstance(self.worth(str(default)), bool) else Size().read(value)), Size().accepted
        if found is None:
            raise DeriveError(f"{self.where}: {name} = {value!r} is not accepted; it must be {accepted}")
        return found.text if isinstance(found, Name) else found

    def is_formula(self, text: str) -> bool:
        """Whether a default is made of other fields; other words stand for themselves."""
        words = re.findall(r"[A-Za-z_]\w*", text)
        return all(word in self.defaults for word in words)

    def put(self, text: str) -> str:
        """A text with values in place of its fields."""
        while (found := re.search(r"\{([^{}?]*)\}", text)) is not None:
            value = self.worth(found[1])
            text = text[: found.start()] + (str(value).lower() if isinstance(value, bool) else str(value)) + text[found.end() :]
        while (choice := _CHOICE.search(text)) is not None:
            *cases, otherwise = choice[2].split("~")
            word = str(self[choice[1]]).lower()
            chosen = next((case.partition(":")[2] for case in cases if case.partition(":")[0] == word), otherwise)
            text = text[: choice.start()] + chosen + text[choice.end() :]
        return text

    def worth(self, formula: str) -> object:
        """The value of a field, or of a formula of fields."""
        return self._worth(ast.parse(formula.strip(), mode="eval").body) if self.is_formula(formula) else formula

    def _worth(self, node: ast.expr) -> object:
        match node:
            case ast.Constant(int(value)):
                return value
            case ast.Name(name):
                return self[name]
            case ast.BinOp(left, op, right):
                a, b = self._worth(left), self._worth(right)
                words = ast.unparse(node)
                if not isinstance(a, int) or not isinstance(b, int):
                    raise DeriveError(f"{self.where}: {words} needs numbers and is {a} and {b}; the field that it stands for can be given itself")
                if not isinstance(op, ast.Div):
                    return _OPERATIONS[type(op)](a, b)
                if a % b:
                    raise DeriveError(f"{self.where}: {words} = {a}/{b} is no whole number")
                return a // b
            case _:
                return ast.unparse(node)


_CHOICE: Final = re.compile(r"\{(\w+)\?([^{}]*)\}")


__all__ = ["FAMILIES", "Family", "from_config"]
