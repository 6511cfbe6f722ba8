"""What the drawing of a problem holds: plain numbers and terms, taken from what was checked. How it is drawn is the business of ``render.figures``.

``instance`` says for which values a drawing is made where the problem itself is about symbols or about too many things to be drawn.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final, Literal, TypeAlias

from derivations.kernel.statement import Because
from derivations.language.record import record
from derivations.language.term import Name, Term

Instance: TypeAlias = "tuple[tuple[Name, int | Fraction], ...]"
Points: TypeAlias = "tuple[tuple[float, float], ...]"


@record
class Taps:
    """Which inputs some outputs of a convolution read.

    ``outputs`` are the numbers of outputs, ``reads[i][j]`` is the position that tap j of output i reads; inputs count from 1, and what is below that is
    padding. ``padding`` is how many zeros are put before the first input.
    """

    input: Name
    output: Name
    outputs: tuple[int, ...]
    reads: tuple[tuple[int, ...], ...]
    padding: int
    instance: Instance = ()


@record
class Level:
    """A layer of a pyramid: its ``units`` that the output depends on, where each stands on the scale of the inputs (``centres``), and the pairs
    ``links`` of a unit and one that it reads in the layer below. ``span`` is how many inputs the output sees through it, ``name`` the term for that."""

    name: Term
    span: int
    units: tuple[int, ...]
    centres: tuple[float, ...]
    links: tuple[tuple[int, int], ...] = ()


@record
class Pyramid:
    """What one unit of the last layer depends on, the input first. ``field`` is its receptive field; ``detailed``: few enough units to draw each."""

    levels: tuple[Level, ...]
    field: int
    detailed: bool = True
    instance: Instance = ()


@record
class Layer:
    """A node of a network: the nodes that it reads, its numbers in words, its receptive field (None where it differs between outputs), and how many
    inputs of the field it really depends on."""

    name: str
    operation: str
    inputs: tuple[str, ...]
    field: int | None
    dependencies: int | None


@record
class Graph:
    """A network as a graph, every node after those that it reads."""

    layers: tuple[Layer, ...]


@record
class Shares:
    """Counts by part, and their sum where they are parts of one whole."""

    rows: tuple[tuple[Because, int], ...]
    total: int | None = None
    instance: Instance = ()


@record
class Permuted:
    """A matrix of attention weights before and after the inputs are permuted: input ``i`` of the second is input ``order[i]`` of the first (from 0).

    ``along``: the softmax adds up to one in each column (row i is a key, column j a query), or in each row (row i is a query, column j a key).
    """

    before: tuple[tuple[float, ...], ...]
    after: tuple[tuple[float, ...], ...]
    order: tuple[int, ...]
    along: Literal["columns", "rows"]
    weights: tuple[Term, Term]


@record
class Transport:
    """A density, a map and the density of the image. The map is in pieces where it leaves the range that is shown, or jumps.

    ``z`` and ``x`` are the ranges that are shown, ``guides`` some points of z (quartiles of the base) with their images. ``names`` are both densities and the
    map as they are written. ``cut``: whether the base and the image grow without bound somewhere, where their curves are cut off.
    """

    base: Points
    map: tuple[Points, ...]
    image: Points
    z: tuple[float, float]
    x: tuple[float, float]
    guides: Points
    names: tuple[Term, Term, Term]
    variables: tuple[Name, Name]
    cut: tuple[bool, bool] = (False, False)
    instance: Instance = ()


@record
class Decay:
    """Weights of past gradients: ``weights[i]`` is that of the gradient ``i * every`` steps back; after ``half_life`` steps a weight is half as large."""

    beta: Fraction
    weights: tuple[float, ...]
    every: int
    half_life: float
    weight: Term
    lag: Name
    instance: Instance = ()


@record
class Passes:
    """A training run: ``iterations`` batches, ``per_epoch`` of them in a pass over ``samples``, each of ``batch`` samples but the last of ``last``.

    ``dropped`` samples of each pass are not used.
    """

    iterations: int
    samples: int
    batch: int
    per_epoch: int
    last: int
    dropped: int
    instance: Instance = ()


@record
class Undrawn:
    """No drawing, and why: the end of a sentence such as "this is not drawn, because ..."."""

    because: str


TOO_LARGE: Final = "its numbers are too large for a drawing"
"""Why there is no drawing of numbers past the range of floats."""
Drawn: TypeAlias = "Taps | Pyramid | Graph | Shares | Permuted | Transport | Decay | Passes"
Figure: TypeAlias = "Drawn | Undrawn"
