"""Which inputs an output of a convolution or of a convolutional network depends on: exact, in plain integers.

``taps`` answers for one convolution (which weight meets which input), ``receptive_field`` for a network of them.
"""

from __future__ import annotations

from derivations.topics.dependency.field import AxisField, Field, Phase, receptive_field, receptive_fields
from derivations.topics.dependency.layers import Bilinear, Input, Layer, Merge, Nearest, Pointwise, Transposed, Window
from derivations.topics.dependency.network import Network, Node
from derivations.topics.dependency.positions import Positions
from derivations.topics.dependency.records import read_chain, read_graph
from derivations.topics.dependency.recursion import Reach, chain_reaches
from derivations.topics.dependency.taps import Convolution, PaddingMode, Pair, torch_convolution
from derivations.topics.dependency.trace import trace

__all__ = [
    "AxisField",
    "Bilinear",
    "Convolution",
    "Field",
    "Input",
    "Layer",
    "Merge",
    "Nearest",
    "Network",
    "Node",
    "PaddingMode",
    "Pair",
    "Phase",
    "Pointwise",
    "Positions",
    "Reach",
    "Transposed",
    "Window",
    "chain_reaches",
    "read_chain",
    "read_graph",
    "receptive_field",
    "receptive_fields",
    "torch_convolution",
    "trace",
]
