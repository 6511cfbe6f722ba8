"""Scores files of the format ``conv_index.json``: output sizes, weight shapes and (weight, input) pairs of convolutions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from derivations.topics.dependency import Convolution, torch_convolution

from . import Outcome, read_document


def _plain(index: tuple[int, ...]) -> int | list[int]:
    return index[0] if len(index) == 1 else list(index)


def _pairs(convolution: Convolution, output: Any, size: Any) -> list[list[Any]]:
    """The pairs of an output as the file writes them: spatial indices only where there is one channel on either side."""
    position = [output] if isinstance(output, int) else list(output)
    single = convolution.in_channels == convolution.out_channels == 1
    if single and len(position) == len(convolution.axes):
        pairs = convolution.pairs([0, *position], size)
        return [[_plain(pair.weight[2:]), _plain(pair.input[1:])] for pair in pairs]
    return [[list(pair.weight), list(pair.input)] for pair in convolution.pairs(position, size)]


def _ordered(pairs: Any) -> list[Any]:
    return sorted(pairs, key=repr)


def _differences(case: dict[str, Any]) -> Iterator[str]:
    convolution = torch_convolution(case["op"], case["hyperparameters"], case.get("explicit_pad_before"))
    size = case["input_size"]
    for field, found in (("output_size", convolution.output_size(size)), ("weight_shape", convolution.weight_shape)):
        if field in case:
            wanted = [case[field]] if isinstance(case[field], int) else list(case[field])
            if list(found) != wanted:
                yield f"{field} is {list(found)}, expected {wanted}"
    for entry in case["outputs"]:
        found_pairs = _ordered(_pairs(convolution, entry["output_index"], size))
        wanted_pairs = _ordered(entry["pairs"])
        if found_pairs != wanted_pairs:
            extra = [pair for pair in found_pairs if pair not in wanted_pairs]
            missing = [pair for pair in wanted_pairs if pair not in found_pairs]
            yield f"output {entry['output_index']}: pairs {extra[:3]} too many, {missing[:3]} missing"


def score(path: Path) -> Iterator[Outcome]:
    """One outcome a case: agrees when size, shape and the pairs of every listed output are equal."""
    for place, case in enumerate(read_document(Path(path), "cases")["cases"]):
        name = str(case.get("id", f"case {place}"))
        try:
            detail = "; ".join(_differences(case))
            agrees = not detail
        except (ValueError, KeyError, TypeError) as error:
            detail, agrees = f"{type(error).__name__}: {error}", False
        yield Outcome(name, agrees, detail)
