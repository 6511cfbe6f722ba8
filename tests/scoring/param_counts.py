"""Scores ``param_counts.json``: parameters of whole published models, and families whose count is a polynomial.

A model is counted in every way that its entry allows: from its description (``described``), from the configuration of its class, and from the inventory of
its layers. It agrees when there is a way and all ways give the file's number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from derivations.families import FAMILIES
from derivations.topics.parameters.architectures.transformers_models import model_class_ledger
from derivations.topics.parameters.layers import layer_ledger
from derivations.topics.parameters.ledger import Ledger

from . import CASE_ERRORS, Outcome, read_document
from .described import count as counted_by_description
from .described import description, family_differences, inventory_total

_FRESH_HEAD = re.compile(r"lm_head replaced|head is not tied|untied", re.IGNORECASE)
_TABLES = re.compile(r"(^|\.)(embed_in|embed_tokens|wte|wpe|word_embeddings|shared|lm_head|embed_out|embed_positions)\.weight$")


def score(path: Path) -> Iterable[Outcome]:
    """Compare every model and every family of the file."""
    document = read_document(path, "models", "families")
    for position, model in enumerate(document["models"]):
        yield _model(str(model.get("id", f"model {position}")), model)
    for position, family in enumerate(document["families"]):
        yield _family(str(family.get("id", f"family {position}")), family)


def _model(case_id: str, model: Mapping[str, Any]) -> Outcome:
    truth, ways, problems, failures = model.get("params"), [], [], []
    for way, count in _ways(model):
        try:
            counted, differences = count()
        except CASE_ERRORS as error:
            failures.append(f"{way}: {error}")
            continue
        ways.append(f"{way}: {counted}")
        problems += differences
        if counted != truth:
            problems.append(f"{way}: counted {counted}, the file says {truth}")
    if not ways:
        return Outcome(case_id, False, "not counted: " + ("; ".join(failures) or "the entry describes nothing that can be counted"))
    return Outcome(case_id, not problems, "; ".join(problems or [*ways, *(f"not used: {failure}" for failure in failures)]))


Count = Callable[[], tuple[int, list[str]]]


def _ways(model: Mapping[str, Any]) -> Iterator[tuple[str, Count]]:
    if "model_class" in model:
        yield "config.json through the product", lambda: (_through_the_product(model), [])
        yield "configuration", lambda: _from_configuration(model)
    found = description(model)
    if found is not None:
        yield "description", lambda: (int(counted_by_description(found)), [])
    if "layer_inventory" in model:
        yield "inventory of layers", lambda: inventory_total(model["layer_inventory"])
    elif "tensor_inventory" in model:
        yield "inventory of tensors", lambda: (sum(_shapes(model).elements_total()), [])


def _through_the_product(model: Mapping[str, Any]) -> int:
    """The answer of ``derive show network --model config.json``. Raises DeriveError for a family without a row."""
    from derivations import network

    name = str(model["model_class"]).rpartition(".")[2]
    fresh = _FRESH_HEAD.search(str(model.get("after_construction", ""))) is not None
    config = {**model.get("config", {}), **(model.get("constructor_kwargs") or {}), **({"tie_word_embeddings": False} if fresh else {})}
    return int(network(model={**config, "model_type": model_type(name), "architectures": [name]}).answer.value)


def model_type(name: str) -> str:
    """The ``model_type`` that the configuration of a model class has: the longest that its name begins with."""
    plain = {"gemma3": "gemma3_text", **{kind.replace("_", "").replace("-", ""): kind for kind in FAMILIES}}
    return next((plain[name[:end].lower()] for end in range(len(name), 0, -1) if name[:end].lower() in plain), name)


class _ShapeCount(Counter[tuple[int, ...]]):
    """How many tensors there are of each shape."""

    def elements_total(self) -> Iterator[int]:
        for shape, count in self.items():
            entries = count
            for size in shape:
                entries *= size
            yield entries


def _shapes(model: Mapping[str, Any]) -> _ShapeCount:
    shapes = _ShapeCount()
    for _, shape, count in model["tensor_inventory"]:
        shapes[tuple(shape)] += count
    return shapes


def _from_configuration(model: Mapping[str, Any]) -> tuple[int, list[str]]:
    if str(model["model_class"]).startswith("torch.nn."):
        return layer_ledger(str(model["model_class"]), model.get("config", {})).parameters, []
    after = str(model.get("after_construction", ""))
    ledger = model_class_ledger(
        str(model["model_class"]),
        model.get("config", {}),
        model.get("constructor_kwargs"),
        head_is_fresh=_FRESH_HEAD.search(after) is not None,
    )
    return ledger.parameters, [*_tensor_differences(model, ledger), *_non_embedding_differences(model, ledger)]


def _tensor_differences(model: Mapping[str, Any], ledger: Ledger) -> Iterator[str]:
    if "tensor_inventory" not in model:
        return
    ours = _ShapeCount()
    for tensor in ledger:
        if not tensor.buffer and tensor.tied_to is None:
            ours[tensor.shape] += tensor.multiplicity
    theirs = _shapes(model)
    if ours != theirs:
        alone = [f"{list(shape)} x{count}" for shape, count in (ours - theirs).items()]
        missing = [f"{list(shape)} x{count}" for shape, count in (theirs - ours).items()]
        yield f"shapes of tensors: ours alone {', '.join(alone) or 'none'}, the file's alone {', '.join(missing) or 'none'}"


def _non_embedding_differences(model: Mapping[str, Any], ledger: Ledger) -> Iterator[str]:
    if "non_embedding_params" not in model:
        return
    tables = sum(tensor.entries for tensor in ledger if _TABLES.search(tensor.part))
    counted = ledger.parameters - tables
    if counted != model["non_embedding_params"]:
        yield f"without embeddings: counted {counted}, the file says {model['non_embedding_params']}"


def _family(case_id: str, family: Mapping[str, Any]) -> Outcome:
    try:
        how, differences = family_differences(family)
    except CASE_ERRORS as error:
        return Outcome(case_id, False, f"not counted: {error}")
    return Outcome(case_id, not differences, "; ".join(differences) or how)
