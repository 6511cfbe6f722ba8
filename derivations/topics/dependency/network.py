"""Networks as graphs of layers: one input, every node before those that read it, no cycle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field
from graphlib import CycleError, TopologicalSorter

from derivations.language.errors import DeriveError, ParameterError
from derivations.language.record import record
from derivations.topics.dependency.layers import Input, Layer, Merge, axes_of


@record
class Node:
    """A layer with its name and the names of the nodes it reads."""

    name: str
    layer: Layer
    inputs: tuple[str, ...] = ()


@record
class Network:
    """A graph of layers on signals of ``ndim`` spatial axes, with the node whose outputs are asked about.

    Nodes may be given in any order; ``order`` holds them with every node after those it reads.

    Raises:
        DeriveError: two nodes of one name, an unknown input or output, a cycle, no or several inputs, a layer with the
            wrong number of inputs or axes.
    """

    nodes: tuple[Node, ...]
    output: str
    ndim: int = 1
    order: tuple[Node, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name = {node.name: node for node in self.nodes}
        if len(by_name) < len(self.nodes):
            twice = next(name for name, times in Counter(node.name for node in self.nodes).items() if times > 1)
            raise DeriveError(f"network: two nodes are called {twice!r}; every node needs a name of its own")
        if self.output not in by_name:
            raise ParameterError("network", "output", self.output, f"the name of a node: {_some(by_name)}")
        for node in self.nodes:
            _check_node(node, by_name, self.ndim)
        sources = [node.name for node in self.nodes if isinstance(node.layer, Input)]
        if len(sources) != 1:
            raise DeriveError(f"network: there must be one input node, and there are {len(sources)}: {sources}")
        try:
            names = tuple(TopologicalSorter({node.name: node.inputs for node in self.nodes}).static_order())
        except CycleError as error:
            cycle = " -> ".join(error.args[1])
            raise DeriveError(f"network: the nodes {cycle} form a cycle; a node may only read earlier ones") from None
        object.__setattr__(self, "order", tuple(by_name[name] for name in names))

    @staticmethod
    def chain(layers: Iterable[tuple[str, Layer]], ndim: int = 1) -> Network:
        """The network that applies named layers one after the other to a node called ``input``."""
        nodes = [Node("input", Input())]
        for name, layer in layers:
            nodes.append(Node(name, layer, (nodes[-1].name,)))
        return Network(tuple(nodes), nodes[-1].name, ndim)

    def node(self, name: str) -> Node:
        """The node of this name.

        Raises:
            ParameterError: there is none.
        """
        for node in self.nodes:
            if node.name == name:
                return node
        raise ParameterError("network", "node", name, f"one of {_some(node.name for node in self.nodes)}")

    def before(self, name: str) -> frozenset[str]:
        """The names of the node and of everything it depends on."""
        found = {self.node(name).name}
        for node in reversed(self.order):
            if node.name in found:
                found.update(node.inputs)
        return frozenset(found)


def _some(names: Iterable[str]) -> str:
    listed = sorted(names)
    return ", ".join(listed) if len(listed) <= 8 else f"{', '.join(listed[:8])}, ... ({len(listed)} in all)"


def _check_node(node: Node, by_name: Mapping[str, Node], ndim: int) -> None:
    for name in node.inputs:
        if name not in by_name:
            raise ParameterError(
                f"network, node {node.name!r}", "inputs", name, f"the name of a node: {_some(by_name)}"
            )
    match node.layer:
        case Input():
            wanted, fits = "none: it is the input", not node.inputs
        case Merge():
            wanted, fits = "at least one node", bool(node.inputs)
        case _:
            wanted, fits = "one node: only merges read several", len(node.inputs) == 1
    if not fits:
        raise ParameterError(f"network, node {node.name!r}", "inputs", node.inputs, wanted)
    axes = axes_of(node.layer)
    if axes is not None and axes != ndim:
        raise DeriveError(f"network, node {node.name!r}: its numbers are for {axes} axes, the network has {ndim}")
