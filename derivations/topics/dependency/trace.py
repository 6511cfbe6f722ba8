"""Which positions of every node one output depends on: the dependency cone, for drawings and for checking."""

from __future__ import annotations

from collections.abc import Mapping

from derivations.topics.dependency.layers import reads
from derivations.topics.dependency.network import Network
from derivations.topics.dependency.positions import Positions


def trace(network: Network, output: int, *, axis: int = 0, at: str | None = None) -> Mapping[str, Positions]:
    """The positions along one axis that enter output ``output`` of a node, for every node that it depends on.

    Works backwards from the output, layer by layer, on an unbounded signal: positions below 0 or past the end of a real
    image lie in the padding. Nodes come in the network's order.

    Args:
        at: the node asked about; omitted, the network's output.

    Raises:
        ParameterError: there is no such node.
    """
    last = network.output if at is None else at
    before = network.before(last)
    used: dict[str, set[int]] = {node.name: set() for node in network.order if node.name in before}
    used[last].add(output)
    for node in reversed(network.order):
        if node.name not in used or not node.inputs:
            continue
        wanted = {position for o in used[node.name] for position in reads(node.layer, axis, o)}
        for name in node.inputs:
            used[name] |= wanted
    return {name: Positions.of(*positions) for name, positions in used.items()}
