"""Measures layers that PyTorch builds itself. Imports no code of the project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch


class Measured(NamedTuple):
    """What a real module owns: entries of parameters and buffers, and each parameter's name and shape."""

    params: int
    buffers: int
    tensors: dict[str, tuple[int, ...]]


def measure(name: str, hyperparameters: Mapping[str, Any]) -> Measured:
    """Build ``torch.nn.<name>`` without memory (on the meta device) and measure it; stacks take ``encoder_layer`` etc. as mappings."""
    arguments = dict(hyperparameters)
    with torch.device("meta"):
        for key, kind in (("encoder_layer", "TransformerEncoderLayer"), ("decoder_layer", "TransformerDecoderLayer")):
            if key in arguments:
                arguments[key] = getattr(torch.nn, kind)(**arguments[key])
        if isinstance(arguments.get("norm"), dict):
            arguments["norm"] = torch.nn.LayerNorm(**arguments["norm"])
        return measured(getattr(torch.nn, name)(**arguments))


def measured(module: torch.nn.Module) -> Measured:
    """Return the sizes that ``module`` owns."""
    tensors = {name: tuple(parameter.shape) for name, parameter in module.named_parameters()}
    params = sum(parameter.numel() for parameter in module.parameters())
    return Measured(params, sum(buffer.numel() for buffer in module.buffers()), tensors)
