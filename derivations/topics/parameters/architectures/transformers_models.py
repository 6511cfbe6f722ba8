"""Model classes of the transformers library by name: a backbone at the sizes of its configuration class, and a head."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from derivations.language.errors import DeriveError
from derivations.parameters import nearest
from derivations.topics.parameters.architectures import (
    classic_decoders,
    encoder_decoders,
    encoder_variants,
    encoders,
    expert_decoders,
    image_encoders,
    recurrent_decoders,
    rotary_decoders,
)
from derivations.topics.parameters.architectures.model_heads import (
    Sizes,
    Task,
    classifier,
    head_with_logits_bias,
    language_head,
    narrow_head,
    nothing,
    together,
    transformed_head,
    two_map_classifier,
)
from derivations.topics.parameters.architectures.unaffecting import UNAFFECTING
from derivations.topics.parameters.layers import called
from derivations.topics.parameters.ledger import Ledger


@dataclass(frozen=True)
class Family:
    """The model classes that share a configuration class.

    ``defaults`` are those of the configuration class where they differ from the backbone's; ``aliases`` its other names of arguments,
    ``unaffecting`` arguments that change the count of other families but not of this one.
    ``always_tied``: the class ties its head whatever the configuration says.
    """

    backbone: Callable[..., Ledger]
    prefix: str
    tasks: Mapping[str, Task]
    width: str = "hidden_size"
    table: str = "embed_tokens.weight"
    is_tied: bool = True
    defaults: Mapping[str, Any] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    labels: int = 2
    unaffecting: frozenset[str] = frozenset()
    always_tied: bool = False


_BASE = Task(nothing)
_NO_POOLER = {"add_pooling_layer": False}
_WORDS = "embeddings.word_embeddings.weight"


def _encoder_tasks(masked: Task, has_pooler: bool = True) -> dict[str, Task]:
    without = _NO_POOLER if has_pooler else {}
    return {
        "Model": _BASE,
        "ForMaskedLM": masked,
        "ForTokenClassification": Task(classifier(), without),
        "ForQuestionAnswering": Task(classifier("qa_outputs"), without),
    }


_BERT_HEAD = transformed_head("cls.predictions.transform", "dense", "LayerNorm", "cls.predictions.bias", "cls.predictions.decoder")
_ROBERTA_HEAD = transformed_head("lm_head", "dense", "layer_norm", "lm_head.bias", "lm_head.decoder")
_BERT = {
    **_encoder_tasks(Task(_BERT_HEAD, _NO_POOLER)),
    "LMHeadModel": Task(_BERT_HEAD, _NO_POOLER),
    "ForPreTraining": Task(together(_BERT_HEAD, classifier("cls.seq_relationship", outputs=2))),
    "ForNextSentencePrediction": Task(classifier("cls.seq_relationship", outputs=2)),
    "ForSequenceClassification": Task(classifier()),
    "ForMultipleChoice": Task(classifier(outputs=1)),
}
_ROBERTA = {
    **_encoder_tasks(Task(_ROBERTA_HEAD, _NO_POOLER)),
    "ForCausalLM": Task(_ROBERTA_HEAD, _NO_POOLER),
    "ForSequenceClassification": Task(two_map_classifier("classifier.dense", "classifier.out_proj"), _NO_POOLER),
    "ForMultipleChoice": Task(classifier(outputs=1)),
}
_NO_POOLER_BERT = _encoder_tasks(Task(_BERT_HEAD), has_pooler=False)
_DEBERTA_HEAD = transformed_head(
    "cls.predictions.transform", "dense", "LayerNorm", "cls.predictions.bias", "cls.predictions.decoder", "embedding_size"
)
_DEBERTA = _encoder_tasks(Task(_DEBERTA_HEAD), has_pooler=False)
_ELECTRA = {
    **_encoder_tasks(
        Task(transformed_head("generator_predictions", "dense", "LayerNorm", "generator_lm_head.bias", "generator_lm_head", "embedding_size", False)),
        has_pooler=False,
    ),
    "ForPreTraining": Task(
        lambda sizes: two_map_classifier("discriminator_predictions.dense", "discriminator_predictions.dense_prediction")(
            Sizes(sizes.arguments, sizes.width_name, sizes.table, sizes.is_tied, 1)
        )
    ),
    "ForSequenceClassification": Task(two_map_classifier("classifier.dense", "classifier.out_proj")),
}
_ALBERT_HEAD = transformed_head("predictions", "dense", "LayerNorm", "predictions.bias", "predictions.decoder", "embedding_size")
_ALBERT = {
    **_encoder_tasks(Task(_ALBERT_HEAD, _NO_POOLER)),
    "ForPreTraining": Task(together(_ALBERT_HEAD, classifier("sop_classifier.classifier"))),
    "ForSequenceClassification": Task(classifier()),
}
_DISTILBERT = {
    **_encoder_tasks(
        Task(transformed_head("", "vocab_transform", "vocab_layer_norm", "vocab_projector.bias", "vocab_projector", own_decoder_bias=False)),
        has_pooler=False,
    ),
    "ForSequenceClassification": Task(two_map_classifier("pre_classifier", "classifier")),
}
_DECODER = {
    "Model": _BASE,
    "ForCausalLM": Task(language_head()),
    "ForSequenceClassification": Task(classifier("score", bias=False)),
    "ForTokenClassification": Task(classifier("score")),
}
_GPT = {"Model": _BASE, "LMHeadModel": Task(language_head()), "ForSequenceClassification": Task(classifier("score", bias=False))}
_CLASSIC = {**_DECODER, "ForTokenClassification": Task(classifier())}
_WITH_BIAS = {**_DECODER, "ForCausalLM": Task(language_head(bias=True))}
_GPT_SIZES = {
    "hidden_size": "n_embd",
    "max_position_embeddings": "n_positions",
    "num_attention_heads": "n_head",
    "num_hidden_layers": "n_layer",
}
_BART_SIZES = {"num_attention_heads": "encoder_attention_heads", "hidden_size": "d_model", "num_hidden_layers": "encoder_layers"}
_SEQUENCES = {"Model": _BASE, "ForConditionalGeneration": Task(head_with_logits_bias), "MTModel": Task(head_with_logits_bias)}
_PLAIN_SEQUENCES = {"Model": _BASE, "ForConditionalGeneration": Task(language_head())}
_T5 = {**_PLAIN_SEQUENCES, "EncoderModel": Task(nothing, {"encoder_only": True})}
_WITHOUT_SPARE: Mapping[str, Any] = {"spare_positions": 0}
_BLENDERBOT: Mapping[str, Any] = {
    "vocab_size": 8008,
    "max_position_embeddings": 128,
    "encoder_layers": 2,
    "encoder_ffn_dim": 10240,
    "encoder_attention_heads": 32,
    "decoder_layers": 24,
    "decoder_ffn_dim": 10240,
    "decoder_attention_heads": 32,
    "d_model": 2560,
}
_BLENDERBOT_SMALL: Mapping[str, Any] = {
    "max_position_embeddings": 512,
    "encoder_layers": 8,
    "encoder_ffn_dim": 2048,
    "decoder_layers": 8,
    "decoder_ffn_dim": 2048,
    "d_model": 512,
}
_MULTILINGUAL_T5 = {"vocab_size": 250112, "d_ff": 1024, "num_layers": 8, "num_heads": 6, "feed_forward_proj": "gated-gelu"}
_T5_SIZES = {"hidden_size": "d_model", "num_attention_heads": "num_heads", "num_hidden_layers": "num_layers", "head_dim": "d_kv"}
_IMAGES = {"Model": _BASE, "ForImageClassification": Task(classifier(), _NO_POOLER)}


def _bart_like(tasks: Mapping[str, Task] = _SEQUENCES, **defaults: Any) -> Family:
    return Family(encoder_decoders.bart, "model", tasks, "d_model", "shared.weight", defaults=defaults, aliases=_BART_SIZES)


def _t5_like(**defaults: Any) -> Family:
    return Family(encoder_decoders.t5, "", _T5, "d_model", "shared.weight", defaults=defaults, aliases=_T5_SIZES, always_tied=True)


def _rotary(backbone: Callable[..., Ledger], is_tied: bool = False, **defaults: Any) -> Family:
    return Family(backbone, "model", _DECODER, is_tied=is_tied, defaults=defaults)


def _low_rank(alias: str, **defaults: Any) -> Family:
    fixed = frozenset({"head_dim", "num_key_value_heads", "qk_head_dim"})
    aliases = {alias: "n_routed_experts"}
    return Family(expert_decoders.deepseek_v3, "model", _DECODER, is_tied=False, defaults=defaults, aliases=aliases, unaffecting=fixed)


_DEEPSEEK_V2 = {
    "vocab_size": 102400,
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "moe_intermediate_size": 1407,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "n_shared_experts": 2,
    "n_routed_experts": 64,
    "first_k_dense_replace": 0,
}
_SMOLLM3: Mapping[str, Any] = {
    "vocab_size": 128256,
    "hidden_size": 2048,
    "num_hidden_layers": 36,
    "num_attention_heads": 16,
    "num_key_value_heads": 4,
}
_GEMMA: Mapping[str, Any] = {
    "vocab_size": 256000,
    "hidden_size": 3072,
    "intermediate_size": 24576,
    "num_hidden_layers": 28,
    "num_attention_heads": 16,
    "num_key_value_heads": 16,
    "head_dim": 256,
}
_SMALL_VOCABULARY = {"vocab_size": 30522}

#: Name of the configuration class without "Config" -> its model classes.
FAMILIES: Mapping[str, Family] = {
    "Bert": Family(encoders.bert, "bert", _BERT, table=_WORDS),
    "Roberta": Family(encoders.bert, "roberta", _ROBERTA, table=_WORDS, defaults={"vocab_size": 50265}),
    "XLMRoberta": Family(encoders.bert, "roberta", _ROBERTA, table=_WORDS, defaults=_SMALL_VOCABULARY),
    "Camembert": Family(encoders.bert, "roberta", _ROBERTA, table=_WORDS, defaults=_SMALL_VOCABULARY),
    "Electra": Family(encoders.electra, "electra", _ELECTRA, table=_WORDS),
    "RoFormer": Family(encoders.roformer, "roformer", {"Model": _BASE}, table=_WORDS),
    "DistilBert": Family(
        encoders.distilbert,
        "distilbert",
        _DISTILBERT,
        "dim",
        _WORDS,
        aliases={"hidden_size": "dim", "num_attention_heads": "n_heads", "num_hidden_layers": "n_layers"},
    ),
    "Albert": Family(encoders.albert, "albert", _ALBERT, table=_WORDS),
    "MPNet": Family(encoders.mpnet, "mpnet", _encoder_tasks(Task(_ROBERTA_HEAD, _NO_POOLER)), table=_WORDS),
    "Deberta": Family(encoders.deberta, "deberta", _DEBERTA, table=_WORDS),
    "DebertaV2": Family(encoders.deberta_v2, "deberta", _DEBERTA, table=_WORDS),
    "FNet": Family(encoders.fnet, "fnet", {"Model": _BASE}, table=_WORDS),
    "ModernBert": Family(encoders.modernbert, "model", {"Model": _BASE}),
    "Longformer": Family(encoder_variants.longformer, "longformer", _encoder_tasks(Task(_ROBERTA_HEAD, _NO_POOLER)), table=_WORDS),
    "Nystromformer": Family(encoder_variants.nystromformer, "nystromformer", _NO_POOLER_BERT, table=_WORDS),
    "SqueezeBert": Family(encoder_variants.squeezebert, "transformer", {"Model": _BASE}, table=_WORDS),
    "XLNet": Family(
        encoder_variants.xlnet,
        "transformer",
        {"Model": _BASE, "LMHeadModel": Task(language_head("lm_loss", bias=True))},
        "d_model",
        "word_embedding.weight",
        aliases={"n_token": "vocab_size", "hidden_size": "d_model", "num_attention_heads": "n_head", "num_hidden_layers": "n_layer"},
        unaffecting=frozenset({"d_head"}),
    ),
    "GPT2": Family(classic_decoders.gpt2, "transformer", _GPT, "n_embd", "wte.weight", aliases=_GPT_SIZES),
    "OpenAIGPT": Family(classic_decoders.openai_gpt, "transformer", _GPT, "n_embd", "tokens_embed.weight", aliases=_GPT_SIZES),
    "GPTBigCode": Family(classic_decoders.gpt_bigcode, "transformer", _CLASSIC, "n_embd", "wte.weight", aliases=_GPT_SIZES),
    "GPTNeo": Family(
        classic_decoders.gpt_neo,
        "transformer",
        _CLASSIC,
        table="wte.weight",
        aliases={"num_attention_heads": "num_heads", "num_hidden_layers": "num_layers"},
    ),
    "GPTJ": Family(classic_decoders.gptj, "transformer", _WITH_BIAS, "n_embd", "wte.weight", False, aliases=_GPT_SIZES),
    "CodeGen": Family(classic_decoders.gptj, "transformer", _WITH_BIAS, "n_embd", "wte.weight", False, {"fused": True}, _GPT_SIZES),
    "GPTNeoX": Family(classic_decoders.gpt_neox, "gpt_neox", _CLASSIC, table="embed_in.weight", is_tied=False),
    "OPT": Family(classic_decoders.opt, "model", {"Model": _BASE, "ForCausalLM": Task(narrow_head)}, table="decoder.embed_tokens.weight"),
    "Bloom": Family(
        classic_decoders.bloom,
        "transformer",
        _CLASSIC,
        table="word_embeddings.weight",
        aliases={"num_hidden_layers": "n_layer", "num_attention_heads": "n_head", "n_embed": "hidden_size"},
    ),
    "Falcon": Family(classic_decoders.falcon, "transformer", _CLASSIC, table="word_embeddings.weight"),
    "Mpt": Family(
        classic_decoders.mpt,
        "transformer",
        _CLASSIC,
        "d_model",
        "wte.weight",
        aliases={"num_attention_heads": "n_heads", "hidden_size": "d_model", "num_hidden_layers": "n_layers"},
        unaffecting=frozenset({"expansion_ratio", "no_bias"}),
    ),
    "BioGpt": Family(classic_decoders.biogpt, "biogpt", {"Model": _BASE, "ForCausalLM": Task(language_head("output_projection"))}),
    "XGLM": Family(
        classic_decoders.xglm,
        "model",
        _DECODER,
        "d_model",
        aliases={"num_attention_heads": "attention_heads", "hidden_size": "d_model", "num_hidden_layers": "num_layers"},
    ),
    "Persimmon": Family(classic_decoders.persimmon, "model", _DECODER, is_tied=False),
    "Llama": _rotary(rotary_decoders.llama),
    "Granite": _rotary(rotary_decoders.llama),
    "SmolLM3": _rotary(rotary_decoders.llama, is_tied=True, **_SMOLLM3),
    "Mistral": _rotary(rotary_decoders.mistral),
    "Qwen2": _rotary(rotary_decoders.qwen2),
    "Qwen3": _rotary(rotary_decoders.qwen3),
    "Gemma": _rotary(rotary_decoders.llama, is_tied=True, **_GEMMA),
    "Gemma2": _rotary(rotary_decoders.gemma2, is_tied=True),
    "Gemma3": Family(rotary_decoders.gemma3, "model", {"ForCausalLM": Task(language_head())}),
    "Gemma3Text": _rotary(rotary_decoders.gemma3, is_tied=True),
    "Phi": Family(rotary_decoders.phi, "model", _WITH_BIAS, is_tied=False),
    "Phi3": _rotary(rotary_decoders.phi3),
    "Glm": _rotary(rotary_decoders.glm),
    "StableLm": _rotary(rotary_decoders.stablelm),
    "Olmo": _rotary(rotary_decoders.olmo),
    "Olmo2": _rotary(rotary_decoders.olmo2),
    "Starcoder2": _rotary(rotary_decoders.starcoder2, is_tied=True),
    "Nemotron": _rotary(rotary_decoders.nemotron),
    "Cohere": _rotary(rotary_decoders.cohere, is_tied=True),
    "Cohere2": _rotary(rotary_decoders.cohere, is_tied=True),
    "Mixtral": Family(expert_decoders.mixtral, "model", _DECODER, is_tied=False, aliases={"num_experts": "num_local_experts"}),
    "Phimoe": _rotary(expert_decoders.phimoe),
    "Qwen2Moe": _rotary(expert_decoders.qwen2_moe),
    "Qwen3Moe": Family(expert_decoders.qwen3_moe, "model", _DECODER, is_tied=False, aliases={"num_local_experts": "num_experts"}),
    "Olmoe": Family(expert_decoders.olmoe, "model", _DECODER, is_tied=False, aliases={"num_local_experts": "num_experts"}),
    "GptOss": Family(expert_decoders.gpt_oss, "model", _DECODER, is_tied=False, aliases={"num_experts": "num_local_experts"}),
    "DeepseekV2": _low_rank("num_experts", **_DEEPSEEK_V2),
    "DeepseekV3": _low_rank("num_local_experts"),
    "Mamba": Family(recurrent_decoders.mamba, "backbone", _DECODER, table="embeddings.weight"),
    "Mamba2": Family(
        recurrent_decoders.mamba2, "backbone", _DECODER, table="embeddings.weight", is_tied=False, unaffecting=frozenset({"time_step_rank"})
    ),
    "Rwkv": Family(
        recurrent_decoders.rwkv,
        "rwkv",
        {"Model": _BASE, "ForCausalLM": Task(language_head("head"))},
        table="embeddings.weight",
        is_tied=False,
    ),
    "T5": _t5_like(),
    "MT5": _t5_like(**_MULTILINGUAL_T5),
    "UMT5": _t5_like(**_MULTILINGUAL_T5, bias_in_every_layer=True),
    "LongT5": _t5_like(encoder_attention="LocalSelfAttention"),
    "Bart": _bart_like(),
    "MBart": _bart_like(final_norm=True),
    "Pegasus": _bart_like(**_WITHOUT_SPARE, embedding_norm=False, final_norm=True),
    "Marian": _bart_like(**_WITHOUT_SPARE, embedding_norm=False, vocab_size=58101),
    "Blenderbot": _bart_like(**_WITHOUT_SPARE, embedding_norm=False, final_norm=True, **_BLENDERBOT),
    "BlenderbotSmall": _bart_like(**_WITHOUT_SPARE, **_BLENDERBOT_SMALL),
    "M2M100": _bart_like(_PLAIN_SEQUENCES, learned_positions=False, embedding_norm=False, final_norm=True, vocab_size=128112),
    "Whisper": Family(
        encoder_decoders.whisper,
        "model",
        {"Model": _BASE, "ForConditionalGeneration": Task(language_head("proj_out"))},
        "d_model",
        "decoder.embed_tokens.weight",
        aliases=_BART_SIZES,
    ),
    "CLIP": Family(image_encoders.clip, "", {"Model": _BASE}),
    "CLIPText": Family(image_encoders.clip_text, "", {"Model": _BASE}),
    "CLIPVision": Family(image_encoders.clip_vision, "", {"Model": _BASE}),
    "SiglipText": Family(image_encoders.siglip_text, "", {"Model": _BASE}),
    "SiglipVision": Family(image_encoders.siglip_vision, "", {"Model": _BASE}),
    "ViT": Family(image_encoders.vit, "vit", _IMAGES),
    "DeiT": Family(image_encoders.deit, "deit", _IMAGES),
    "Beit": Family(image_encoders.beit, "beit", {"Model": _BASE, "ForImageClassification": Task(classifier())}),
    "Dinov2": Family(image_encoders.dinov2, "dinov2", {"Model": _BASE}),
    "Wav2Vec2": Family(image_encoders.wav2vec2, "wav2vec2", {"Model": _BASE}),
    "Hubert": Family(image_encoders.wav2vec2, "hubert", {"Model": _BASE}),
}


def model_class_ledger(name: str, config: Mapping[str, Any], constructor: Mapping[str, Any] | None = None, head_is_fresh: bool = False) -> Ledger:
    """Return the tensors of ``transformers.<name>(<Config>(**config), **constructor)``, tied tensors counted once.

    ``head_is_fresh``: the map to the vocabulary was replaced after construction, and shares nothing any more.

    Raises ``DeriveError`` for an unknown class or argument, and for sizes that describe no model.
    """
    short = name.rpartition(".")[2]
    family, task = _family_and_task(short)
    known = inspect.signature(family.backbone).parameters
    sizes: dict[str, Any] = dict(family.defaults)
    given = {**config, **(constructor or {})}
    is_tied = given.get("tie_word_embeddings", family.is_tied) or family.always_tied
    if "tie_word_embeddings" not in known:
        given.pop("tie_word_embeddings", None)
    if head_is_fresh:
        is_tied = False
    labels = given.pop("num_labels", None)
    names = given.pop("id2label", None)
    for key, value in given.items():
        argument = family.aliases.get(key, key)
        if argument in known:
            sizes[argument] = value
        elif key not in UNAFFECTING | family.unaffecting:
            raise DeriveError(f"{short} has no argument {key!r}{nearest(key, (*known, *family.aliases))}")
    backbone = called(short, family.backbone, {**sizes, **task.backbone})
    arguments = {key: sizes.get(key, argument.default) for key, argument in known.items()}
    if task.head is nothing:
        return backbone
    table = f"{family.prefix}.{family.table}" if family.prefix else family.table
    labels = labels if labels is not None else len(names) if names else family.labels
    return backbone.under(family.prefix) + task.head(Sizes(arguments, family.width, table, bool(is_tied), labels))


def _family_and_task(short: str) -> tuple[Family, Task]:
    by_length = sorted((family for family in FAMILIES if short.startswith(family)), key=len, reverse=True)
    for family in by_length:
        task = FAMILIES[family].tasks.get(short.removeprefix(family))
        if task is not None:
            return FAMILIES[family], task
    classes = [family + task for family, entry in FAMILIES.items() for task in entry.tasks]
    raise DeriveError(f"model class {short!r} is unknown{nearest(short, classes)}")
