"""Scores files of the format ``receptive_fields.json``: chains, branched graphs and upsampling networks.

``published`` rows are other people's numbers, some of them known to be wrong, and are not compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from derivations.topics.dependency import AxisField, Field, Network, read_chain, read_graph, receptive_fields
from derivations.topics.dependency.records import FIELDS

from . import MalformedFile, Outcome, read_document

SECTIONS = ("chains", "dags", "upsampling")
AXIS_FIELDS = ("rf", "effective_stride", "effective_padding", "contiguous", "n_dependencies")
PHASES = "phases_[output,first_input,last_input,rf,n_dependencies]"


def _by_axis(value: Any, ndim: int) -> list[Any]:
    return value if isinstance(value, list) else [value] * ndim


def _axis_agrees(axis: AxisField, name: str, wanted: Any) -> bool:
    """Whether a stated number is right; where branches of different strides meet, for all outputs far from position 0."""
    found = getattr(axis, name)
    if found == wanted and type(found) is type(wanted):
        return True
    if found is not None or wanted is None:
        # Where the field has no single size, a file may leave the rest unstated even if it happens to be constant.
        return wanted is None and axis.rf is None
    if len(axis.tracks) < 2:
        return False
    if name == "effective_padding":
        return axis.phase(0).first == -wanted
    if name in ("contiguous", "n_dependencies"):
        sets = [axis.dependencies(output) for output in axis.settled]
        return {found.contiguous if name == "contiguous" else len(found) for found in sets} == {wanted}
    return False


def _field_differences(field: Field, wanted: dict[str, Any], where: str) -> Iterator[str]:
    for name in AXIS_FIELDS:
        if name in wanted:
            values = _by_axis(wanted[name], len(field.axes))
            agree = [_axis_agrees(axis, name, value) for axis, value in zip(field.axes, values, strict=True)]
            if not all(agree):
                yield f"{where}{name} is {list(getattr(field, name))}, expected {wanted[name]}"
    if "centre_aligned" in wanted:
        stated = wanted["centre_aligned"]
        if field.centre_aligned is not (all(stated) if isinstance(stated, list) else stated):
            yield f"{where}centre_aligned is {field.centre_aligned}, expected {stated}"


def _network(case: dict[str, Any]) -> Network:
    """The network of a case; fields that the format's schema does not name carry nothing that moves positions."""
    records = [
        {field: value for field, value in record.items() if field in FIELDS} for record in case["layers" if "layers" in case else "nodes"]
    ]
    if "layers" in case:
        return read_chain(records, case.get("ndim", 1))
    return read_graph(records, case["output"], case.get("ndim", 1))


def _layer_differences(case: dict[str, Any], network: Network, fields: dict[str, Field]) -> Iterator[str]:
    rows = case.get("per_layer_rf_stride_padding")
    if rows is None:
        return
    names = [node.name for node in network.nodes[1:]]
    if len(rows) != len(names):
        yield f"{len(names)} layers, expected {len(rows)} rows"
    for name, row in zip(names, rows, strict=False):
        wanted = dict(zip(AXIS_FIELDS, row, strict=False))
        yield from _field_differences(fields[name], wanted, f"after {name}: ")


def _phase_differences(case: dict[str, Any], field: Field) -> Iterator[str]:
    ndim = len(field.axes)
    for index, axis in enumerate(field.axes):
        where = f"axis {index}: " if ndim > 1 else ""
        if "output_period" in case and "input_shift_per_period" in case:
            period = _by_axis(case["output_period"], ndim)[index]
            shift = _by_axis(case["input_shift_per_period"], ndim)[index]
            smallest = axis.smallest_period
            # Every multiple of a period is a period; the shift that belongs to it is fixed.
            if smallest is None or period % smallest or shift != axis.tracks[0].rate * period:
                yield f"{where}period {axis.period} shifts by {axis.shift}, expected {period} by {shift}"
        rows = case.get(PHASES)
        if rows is not None:
            stated = rows if ndim == 1 else rows[index]
            for row in stated:
                found = list(axis.phase(row[0]))
                if found != row:
                    yield f"{where}phase is {found}, expected {row}"
            outputs = {row[0] for row in stated}
            period = axis.smallest_period
            if period is None or len(outputs) < len(stated) or len({o % period for o in outputs}) < period:
                yield f"{where}the {len(stated)} rows are not those of a period of {period} outputs"
        sizes = [phase.rf for phase in axis.phases]
        for name, found_size in (("rf_min", min(sizes, default=None)), ("rf_max", max(sizes, default=None))):
            if name in case and _by_axis(case[name], ndim)[index] != found_size:
                yield f"{where}{name} is {found_size}, expected {case[name]}"


def _differences(case: dict[str, Any]) -> Iterator[str]:
    network = _network(case)
    fields = dict(receptive_fields(network))
    field = fields[network.output]
    yield from _field_differences(field, case.get("expected", {}), "")
    yield from _layer_differences(case, network, fields)
    for name, wanted in case.get("endpoints", {}).items():
        node = wanted.get("node", name)
        if node in fields:
            yield from _field_differences(fields[node], wanted, f"endpoint {name}: ")
        else:
            yield f"endpoint {name}: there is no node {node!r}"
    yield from _phase_differences(case, field)


def score(path: Path) -> Iterator[Outcome]:
    """One outcome a network: agrees when every stated number of every section is equal; see the file's own schema."""
    document = read_document(Path(path))
    present = [section for section in SECTIONS if section in document]
    if not present:
        raise MalformedFile(f"{path}: needs at least one of {', '.join(SECTIONS)}")
    read_document(Path(path), *present)
    for section in present:
        for place, case in enumerate(document[section]):
            name = f"{section}: {case.get('id', place)}"
            try:
                detail = "; ".join(_differences(case))
                agrees = not detail
            except (ValueError, KeyError, TypeError, IndexError) as error:
                detail, agrees = f"{type(error).__name__}: {error}", False
            yield Outcome(name, agrees, detail)
