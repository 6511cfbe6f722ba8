"""Reads the neutral hyperparameters by which a reference file describes an image classifier, and inventories of layers.

The keys that are present decide which architecture is meant; a key that the reader does not know makes the description unreadable, so that
nothing is left out of a count silently.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from derivations.topics.parameters.architectures import (
    mobile_convnets,
    plain_convnets,
    residual_convnets,
    torchvision_models,
    vision_transformers,
)
from derivations.topics.parameters.layers import layer_ledger
from derivations.topics.parameters.ledger import Ledger, concatenated, parameter

#: Keys that explain what the other keys already say.
_PROSE = frozenset({"see", "note", "rounding", "inner_width", "block_convs", "relative_bias_table", "patch_merging", "notes", "se", "norm"})
_TRUE_PROSE = frozenset({"bn_after_every_conv", "shortcut", "stem", "patch_embed", "last"})
_FIRE = re.compile(r"\[(\d+),\s*(\d+),\s*(\d+),\s*(\d+)\]")
_STEM = re.compile(r"conv (?P<c_in>\d+)->(?P<c_out>\d+) k(?P<kernel>\d+)")


class Unreadable(ValueError):
    """The description names no architecture that the reader knows, or has a key that it does not know."""


def described_network(hyperparameters: Mapping[str, Any]) -> Ledger:
    """Return the tensors of the network that the hyperparameters describe, or raise ``Unreadable``."""
    for required, read in _READERS:
        if required <= hyperparameters.keys():
            return read(hyperparameters)
    raise Unreadable(f"no architecture has the hyperparameters {', '.join(hyperparameters)}")


def _only(hyperparameters: Mapping[str, Any], *known: str) -> None:
    unknown = hyperparameters.keys() - set(known) - _PROSE - _TRUE_PROSE
    if unknown:
        raise Unreadable(f"hyperparameters {', '.join(sorted(unknown))} are not known beside {', '.join(known)}")


def _product(text: str) -> int:
    """Return the value of a product of integers such as ``512*7*7``."""
    factors = [int(factor) for factor in text.split("*")]
    result = 1
    for factor in factors:
        result *= factor
    return result


def _plain(h: Mapping[str, Any]) -> Ledger:
    _only(h, "conv_channels", "kernel", "conv_bias", "batch_norm", "flatten", "fc", "fc_bias")
    dense = h["fc"]
    flattened = h.get("flatten")
    return plain_convnets.vgg(
        h["conv_channels"],
        h.get("batch_norm", False),
        h.get("kernel", 3),
        h.get("conv_bias", True),
        _product(flattened) if isinstance(flattened, str) else flattened,
        dense[:-1],
        dense[-1],
        h.get("fc_bias", True),
    )


def _residual(h: Mapping[str, Any]) -> Ledger:
    sizes = ("blocks_per_stage", "stage_planes", "expansion", "conv_bias", "classes", "fc_bias", "groups", "width_per_group", "block")
    _only(h, *sizes)
    if h.get("conv_bias", False) or not h.get("bn_after_every_conv", True) or not h.get("fc_bias", True):
        raise Unreadable("a residual network whose convolutions have biases or no normalization")
    stem = _STEM.search(str(h.get("stem", "conv 3->64 k7")))
    if stem is None or h["block"] not in ("basic", "bottleneck"):
        raise Unreadable(f"stem {h.get('stem')!r} or block {h['block']!r} is not understood")
    return residual_convnets.resnet(
        h["blocks_per_stage"],
        h["block"] == "bottleneck",
        h["stage_planes"],
        h.get("expansion"),
        h.get("groups", 1),
        h.get("width_per_group", 64),
        h["classes"],
        int(stem["kernel"]),
        int(stem["c_out"]),
        int(stem["c_in"]),
    )


def _squeeze(h: Mapping[str, Any]) -> Ledger:
    _only(h, "fire", "head", "bias")
    stem, head = _STEM.search(str(h["stem"])), re.search(r"(\d+)->(\d+)", str(h["head"]))
    modules = [tuple(int(number) for number in match.groups()) for match in _FIRE.finditer(str(h["fire"]).partition(":")[2])]
    if stem is None or head is None or not modules:
        raise Unreadable(f"stem {h['stem']!r}, fire modules {h['fire']!r} or head {h['head']!r} is not understood")
    return plain_convnets.squeezenet(int(stem["c_out"]), int(stem["kernel"]), modules, int(head[2]), h.get("bias", True), int(stem["c_in"]))


def _efficient(h: Mapping[str, Any]) -> Ledger:
    _only(h, "width_mult", "depth_mult", "table_expand_k_stride_in_out_n", "classes")
    table = h["table_expand_k_stride_in_out_n"]
    return mobile_convnets.efficientnet(h["width_mult"], h["depth_mult"], table, num_classes=h["classes"])


def _shuffle(h: Mapping[str, Any]) -> Ledger:
    _only(h, "stage_repeats", "stage_out", "classes")
    return mobile_convnets.shufflenet_v2(h["stage_repeats"], h["stage_out"], h.get("classes", 1000))


def _vit(h: Mapping[str, Any]) -> Ledger:
    sizes = ("image", "patch", "d_model", "layers", "heads", "d_ff", "channels", "class_token", "positions", "classes")
    _only(h, *sizes, "patch_bias", "qkv_bias", "head_bias")
    return vision_transformers.vit(
        h["image"],
        h["patch"],
        h["d_model"],
        h["layers"],
        h["heads"],
        h["d_ff"],
        h["classes"],
        h.get("channels", 3),
        h.get("class_token", True),
        h.get("positions"),
        h.get("patch_bias", True),
        h.get("qkv_bias", True),
        h.get("head_bias", True),
    )


def _swin(h: Mapping[str, Any]) -> Ledger:
    _only(h, "embed_dim", "depths", "heads", "window", "patch", "mlp_ratio", "qkv_bias", "classes")
    if "relative_bias_table" not in h:
        raise Unreadable("a window transformer without a table of relative positions")
    return vision_transformers.swin(
        h["embed_dim"],
        h["depths"],
        h["heads"],
        h["window"],
        h.get("patch", 4),
        h.get("mlp_ratio", 4),
        h.get("qkv_bias", True),
        1,
        h["classes"],
    )


def _dense(h: Mapping[str, Any]) -> Ledger:
    _only(h, "growth_rate", "block_config", "num_init_features", "bn_size", "classes")
    sizes = (h["growth_rate"], h["block_config"], h.get("num_init_features", 64), h.get("bn_size", 4))
    return residual_convnets.densenet(*sizes, h.get("classes", 1000))


def _convnext(h: Mapping[str, Any]) -> Ledger:
    _only(h, "dims", "depths", "classes", "kernel", "layer_scale", "patch")
    sizes = (h["dims"], h["depths"], h.get("classes", 1000), h.get("patch", 4), h.get("kernel", 7))
    return residual_convnets.convnext(*sizes, bool(h.get("layer_scale", True)))


#: Tried in this order: the first whose keys are all present reads the description.
_READERS: tuple[tuple[frozenset[str], Callable[[Mapping[str, Any]], Ledger]], ...] = (
    (frozenset({"conv_channels", "fc", "kernel", "conv_bias"}), _plain),
    (frozenset({"blocks_per_stage", "stage_planes", "block"}), _residual),
    (frozenset({"stem", "fire", "head"}), _squeeze),
    (frozenset({"width_mult", "depth_mult", "table_expand_k_stride_in_out_n"}), _efficient),
    (frozenset({"stage_repeats", "stage_out"}), _shuffle),
    (frozenset({"image", "patch", "d_model", "layers", "d_ff"}), _vit),
    (frozenset({"embed_dim", "depths", "heads", "window"}), _swin),
    (frozenset({"growth_rate", "block_config"}), _dense),
    (frozenset({"dims", "depths"}), _convnext),
)

_PUBLISHED = re.compile(r"torchvision/(?P<name>\w+)(?:\((?P<arguments>.*)\))?\s*$")


def published_network(model_id: str) -> Ledger:
    """Return the tensors of the network that an id such as ``torchvision/vit_b_16(image_size=384)`` names."""
    match = _PUBLISHED.match(model_id)
    if match is None:
        raise Unreadable(f"{model_id!r} names no torchvision network")
    arguments: dict[str, Any] = {}
    for argument in (part.strip() for part in (match["arguments"] or "").split(",") if part.strip()):
        key, sign, value = argument.partition("=")
        if not sign:
            raise Unreadable(f"argument {argument!r} of {model_id!r} has no name")
        arguments[key.strip()] = ast.literal_eval(value.strip())
    return torchvision_models.network_ledger(match["name"], arguments)


_NOT_SHAPES = frozenset({"type", "count", "params_each"})


def inventory_entry(entry: Mapping[str, Any]) -> Ledger:
    """Return the tensors of one layer of an inventory, counted from its sizes and not from its ``params_each``."""
    kind = str(entry["type"])
    if kind.startswith("tensors of"):
        return concatenated(parameter(name, *shape) for name, shape in entry.items() if name not in _NOT_SHAPES)
    sizes = {key: value for key, value in entry.items() if key not in _NOT_SHAPES}
    layer = _LAYER_NAMES.get(kind, kind)
    arguments = {_ARGUMENTS.get(layer, {}).get(key, _COMMON.get(key, key)): value for key, value in sizes.items()}
    if layer.startswith(("Conv", "Lazy")) and {"in_channels", "out_channels"} <= arguments.keys():
        return layer_ledger(layer, arguments)
    if layer == "GroupNorm":
        arguments.setdefault("num_groups", 1)
    return layer_ledger(layer, arguments)


_LAYER_NAMES = {"NonDynamicallyQuantizableLinear": "Linear", "LayerNorm2d": "LayerNorm", "FrozenBatchNorm2d": "BatchNorm2d"}
_COMMON = {"in": "in_channels", "out": "out_channels", "kernel": "kernel_size", "shape": "normalized_shape", "channels": "num_features"}
_ARGUMENTS = {
    "Linear": {"in": "in_features", "out": "out_features"},
    "GroupNorm": {"channels": "num_channels", "groups": "num_groups", "shape": "num_channels"},
    "Embedding": {"num": "num_embeddings", "dim": "embedding_dim", "in": "num_embeddings", "out": "embedding_dim", "rows": "num_embeddings"},
    "PReLU": {"channels": "num_parameters"},
}


def inventory_total(inventory: Sequence[Mapping[str, Any]]) -> tuple[int, list[str]]:
    """Return the parameters of all layers of an inventory, and where a recount differs from what the file says of one layer."""
    total, differences = 0, []
    for entry in inventory:
        each = inventory_entry(entry).parameters
        if entry.get("params_each", each) != each:
            differences.append(f"{entry['type']} counted as {each}, the file says {entry['params_each']}")
        total += each * entry["count"]
    return total, differences
