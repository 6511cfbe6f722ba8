"""Scores ``param_counts.json``: parameters of whole published models, and families whose count is a polynomial.

A model is counted in every way that its entry allows: from its description (``described``), from the configuration of its class, and from the inventory of
its layers. It agrees when there is a way and all ways give the file's number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from derivations import network
from derivations.families import FAMILIES
from derivations.models import ModelType
from derivations.networks import Described
from derivations.topics.network.counts import Laid

from . import CASE_ERRORS, Outcome, read_document
from .described import changed_after, description, family_differences, inventory_total, learned
from .described import count as counted_by_description
from .layer_params import of_module, shape_differences


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
        yield "configuration", lambda: _from_configuration(model)
    found = description(model)
    if found is not None:
        yield "description", lambda: (int(counted_by_description(found)), [])
    if "layer_inventory" in model:
        yield "inventory of layers", lambda: inventory_total(model["layer_inventory"])
    elif "tensor_inventory" in model:
        yield "inventory of tensors", lambda: (sum(math.prod(shape) * count for _, shape, count in model["tensor_inventory"]), [])


def _from_configuration(model: Mapping[str, Any]) -> tuple[int, list[str]]:
    """The answer of ``derive show network --model config.json``, and where its tensors differ. Raises DeriveError for a family without a row."""
    name = str(model["model_class"]).rpartition(".")[2]
    if str(model["model_class"]).startswith("torch.nn."):
        return sum(t.entries for t in of_module(name, dict(model.get("config", {}))) if not t.buffer), []
    config = {**model.get("config", {}), **(model.get("constructor_kwargs") or {}), **changed_after(model)}
    described = ModelType().read({**config, "model_type": model_type(name), "architectures": [name]})
    if described is None:
        raise ValueError(f"{name} describes no network")
    counted = int(network(model=described).answer.value)
    listed = [{"shape": shape, "count": count} for _, shape, count in model.get("tensor_inventory", ())]
    differences = list(shape_differences(listed, learned(described.input, described.layers))) if listed else []
    return counted, [*differences, *_non_embedding_differences(model, described, counted)]


def model_type(name: str) -> str:
    """The ``model_type`` that the configuration of a model class has: the longest that its name begins with."""
    plain = {"gemma3": "gemma3_text", **{kind.replace("_", "").replace("-", ""): kind for kind in FAMILIES}}
    return next((plain[name[:end].lower()] for end in range(len(name), 0, -1) if name[:end].lower() in plain), name)


def _non_embedding_differences(model: Mapping[str, Any], described: Described, counted: int) -> Iterator[str]:
    if "non_embedding_params" in model:
        leaves = Laid(described.input, described.layers).layout.leaves()
        tables = sum(leaf.ledger[0].entries for leaf, _, _ in leaves if leaf.layer.kind.name in ("embedding", "unembedding", "positions"))
        if counted - tables != model["non_embedding_params"]:
            yield f"without embeddings: counted {counted - tables}, the file says {model['non_embedding_params']}"


def _family(case_id: str, family: Mapping[str, Any]) -> Outcome:
    try:
        how, differences = family_differences(family)
    except CASE_ERRORS as error:
        return Outcome(case_id, False, f"not counted: {error}")
    return Outcome(case_id, not differences, "; ".join(differences) or how)
