"""All words in and below the drawings. Another language is another value of ``FigureWords``; fields with braces are filled with numbers and terms."""

from __future__ import annotations

import re
from dataclasses import dataclass

from derivations.language.term import Term
from render.notation.style import PLAIN, Style
from render.notation.text import text

Content = tuple[str | Term, ...]


@dataclass(frozen=True, slots=True)
class FigureWords:
    """For each drawing its title, its caption and its description; then what stands in it."""

    language: str
    instance: str
    undrawn: str
    and_: str
    taps_title: str
    taps: str
    taps_padded: str
    taps_told: str
    taps_row: str
    taps_many: str
    padding: str
    inputs: str
    pyramid_title: str
    pyramid: str
    pyramid_holes: str
    pyramid_bars: str
    pyramid_told: str
    pyramid_level: str
    pyramid_span: str
    layer: str
    sees: str
    graph_title: str
    graph: str
    graph_told: str
    graph_node: str
    field: str
    field_holes: str
    field_varies: str
    shares_title: str
    shares: str
    shares_total: str
    shares_compared: str
    shares_told: str
    permuted_title: str
    permuted: str
    permuted_rows: str
    permuted_told: str
    permuted_row: str
    keys: str
    queries: str
    transport_title: str
    transport: str
    transport_cut: str
    transport_told: str
    largest: str
    unbounded: str
    decay_title: str
    decay: str
    decay_every: str
    decay_told: str
    weight: str
    lag: str
    half_life: str
    passes_title: str
    passes: str
    passes_part: str
    passes_every: str
    passes_short: str
    passes_short_told: str
    passes_dropped_told: str
    passes_dropped: str
    passes_told: str
    epoch: str
    iteration: str
    unused: str


ENGLISH = FigureWords(
    language="en",
    instance=" Drawn for {values}.",
    undrawn="There is no drawing here: {because}.",
    and_=" and ",
    taps_title="Taps of the convolution",
    taps="The inputs that the first three outputs read: a dot for each tap, over the input that it meets.",
    taps_padded=" Hatched inputs are padding, and zero.",
    taps_told="Taps for each output: {count}. {rows}{padded}",
    taps_row="Output {output} reads {input} at {positions}. ",
    taps_many="Output {output} reads {input} from {first} to {last} in steps of {step}. ",
    padding="padding",
    inputs="inputs",
    pyramid_title="Receptive field",
    pyramid="What one unit of the last layer depends on. Filled units are used, and lines join a unit to those that it reads.",
    pyramid_holes=" Empty squares are inputs inside the field that are not used.",
    pyramid_bars=" Each bar is as long as the field through its layer; single units are too many to draw.",
    pyramid_told="A pyramid; layers above the input: {layers}. {levels}Receptive field: {field} inputs{used}.",
    pyramid_level="Units used in layer {layer}: {count}. ",
    pyramid_span="Inputs that a unit of layer {layer} sees: {span}. ",
    layer="layer {number}",
    sees=", of which are used: {count}",
    graph_title="Network with receptive fields",
    graph="The network, and the receptive field of each node in inputs.",
    graph_told="A network of {count} nodes. {nodes}",
    graph_node="{name} ({operation}{reads}): {field}. ",
    field="field {field}",
    field_holes="field {field}, {used} used",
    field_varies="field varies",
    shares_title="Parameters by part",
    shares="Parameters by part.",
    shares_total=" Together {total}.",
    shares_compared="Parameters compared.",
    shares_told="Bars: {rows}.",
    permuted_title="A permutation acts on attention weights",
    permuted="Attention weights of four inputs, before and after the inputs are permuted, both computed from the inputs: the same numbers, with rows and "
    "columns in the new order. Each column adds up to one. The frame follows the query of input 1, the dashed frame its key.",
    permuted_rows="Attention weights of four inputs, before and after the inputs are permuted, both computed from the inputs: the same numbers, with rows and "
    "columns in the new order. Each row adds up to one. The frame follows the query of input 1, the dashed frame its key.",
    permuted_told="Two tables of weights. The second has the inputs in the order {order}. Before: {before}. After: {after}.",
    permuted_row="row {number}: {values}",
    keys="keys",
    queries="queries",
    transport_title="Base density, map and density of the image",
    transport="The base density (below), the map, and the density of the image (left). Dashed lines carry the quartiles from one to the other.",
    transport_cut=" Where a density grows without bound it is cut off.",
    transport_told="Three curves. The base density {p_z}, drawn from {z_low} to {z_high}, {base}. The map {f} takes the quartiles {quartiles}. The density of "
    "the image {p_x}, drawn from {x_low} to {x_high}, {image}.",
    largest="is largest near {at}, where it is about {top}",
    unbounded="grows without bound near {at}",
    decay_title="Weights of past gradients",
    decay="The weights {weight} of past gradients. They halve every {half} steps.",
    weight="weight",
    decay_every=" One weight in {every} is drawn.",
    decay_told="Stems that shrink by the factor {beta} at each step: the newest gradient has weight {first}, the one {last_lag} steps back has "
    "weight {last}. The weight is half as large after {half} steps.",
    lag="steps back, ",
    half_life="half-life {half}",
    passes_title="Epochs on a time line",
    passes="All iterations, and the batches of one epoch.",
    passes_part=" The last epoch is not complete (white).",
    passes_every=" A line is drawn after every {every} epochs.",
    passes_short=" The last batch of an epoch is smaller (hatched).",
    passes_short_told=", the last one of an epoch {last}",
    passes_dropped_told="; unused in each epoch: {count}",
    passes_dropped=" The samples left over in an epoch are not used (dashed).",
    passes_told="Iterations: {iterations}. Batches in an epoch: {per_epoch}. Epochs: {epochs}. Samples in a batch: {batch}{last}.",
    epoch="one epoch: {samples} samples",
    iteration="iterations",
    unused="{count} unused",
)


def words_for(language: str) -> FigureWords:
    """The words of a language, in English where there are none."""
    if language == "de":
        from render.figures.words_german import GERMAN

        return GERMAN
    return ENGLISH


def filled(template: str, **values: Content | Term | str) -> Content:
    """A template with words and terms in its braces."""
    found: list[str | Term] = []
    for k, piece in enumerate(re.split(r"\{(\w+)\}", template)):
        value = values[piece] if k % 2 else piece
        found += [value] if isinstance(value, str | Term) else value
    return tuple(piece for piece in found if piece != "")


def plain(content: Content, style: Style = PLAIN) -> str:
    """Words and terms as one text."""
    return "".join(piece if isinstance(piece, str) else text(piece, style) for piece in content)
