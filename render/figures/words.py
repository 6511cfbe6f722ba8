"""All words in and below the drawings. Another language is another value of ``FigureWords``; fields with braces are filled with numbers and terms."""

from __future__ import annotations

import re

from derivations.language.record import record
from derivations.language.term import Term
from render.notation.style import PLAIN, Style
from render.notation.text import text

Content = tuple[str | Term, ...]


@record
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


GERMAN = FigureWords(
    language="de",
    instance=" Gezeichnet für {values}.",
    undrawn="Hier steht keine Zeichnung: {because}.",
    and_=" und ",
    taps_title="Abgriffe der Faltung",
    taps="Die Eingaben, die von den ersten drei Ausgaben gelesen werden: ein Punkt für jeden Abgriff, über der Eingabe, die er trifft.",
    taps_padded=" Schraffierte Eingaben sind Auffüllung und null.",
    taps_told="Abgriffe für jede Ausgabe: {count}. {rows}{padded}",
    taps_row="Ausgabe {output} liest {input} bei {positions}. ",
    taps_many="Ausgabe {output} liest {input} von {first} bis {last} in Schritten von {step}. ",
    padding="Auffüllung",
    inputs="Eingaben",
    pyramid_title="Rezeptives Feld",
    pyramid="Wovon eine Einheit der letzten Schicht abhängt. Gefüllte Einheiten werden benutzt; Linien verbinden eine Einheit mit denen, die sie liest.",
    pyramid_holes=" Leere Quadrate sind Eingaben im Feld, die nicht benutzt werden.",
    pyramid_bars=" Jeder Balken ist so lang wie das Feld durch seine Schicht; einzelne Einheiten wären zu viele.",
    pyramid_told="Eine Pyramide; Schichten über der Eingabe: {layers}. {levels}Rezeptives Feld: {field} Eingaben{used}.",
    pyramid_level="Benutzte Einheiten in Schicht {layer}: {count}. ",
    pyramid_span="Eingaben, die eine Einheit der Schicht {layer} sieht: {span}. ",
    layer="Schicht {number}",
    sees=", davon benutzt: {count}",
    graph_title="Netz mit rezeptiven Feldern",
    graph="Das Netz und das rezeptive Feld jedes Knotens in Eingaben.",
    graph_told="Ein Netz mit {count} Knoten. {nodes}",
    graph_node="{name} ({operation}{reads}): {field}. ",
    field="Feld {field}",
    field_holes="Feld {field}, {used} benutzt",
    field_varies="Feld verschieden",
    shares_title="Parameter nach Teilen",
    shares="Parameter nach Teilen.",
    shares_total=" Zusammen {total}.",
    shares_compared="Parameter im Vergleich.",
    shares_told="Balken: {rows}.",
    permuted_title="Eine Permutation wirkt auf Aufmerksamkeitsgewichte",
    permuted="Aufmerksamkeitsgewichte von vier Eingaben, vor und nach ihrer Permutation, beide aus den Eingaben berechnet: dieselben Zahlen, Zeilen und "
    "Spalten in der neuen Reihenfolge. Jede Spalte ergibt eins. Der Rahmen folgt der Anfrage von Eingabe 1, der gestrichelte ihrem Schlüssel.",
    permuted_rows="Aufmerksamkeitsgewichte von vier Eingaben, vor und nach ihrer Permutation, beide aus den Eingaben berechnet: dieselben Zahlen, Zeilen "
    "und Spalten in der neuen Reihenfolge. Jede Zeile ergibt eins. Der Rahmen folgt der Anfrage von Eingabe 1, der gestrichelte ihrem Schlüssel.",
    permuted_told="Zwei Tafeln mit Gewichten. Die zweite hat die Eingaben in der Reihenfolge {order}. Vorher: {before}. Nachher: {after}.",
    permuted_row="Zeile {number}: {values}",
    keys="Schlüssel",
    queries="Anfragen",
    transport_title="Ausgangsdichte, Abbildung und Dichte des Bildes",
    transport="Die Ausgangsdichte (unten), die Abbildung und die Dichte des Bildes (links). Gestrichelte Linien tragen die Quartile hinüber.",
    transport_cut=" Wo eine Dichte unbeschränkt wächst, ist sie abgeschnitten.",
    transport_told="Drei Kurven. Die Ausgangsdichte {p_z}, gezeichnet von {z_low} bis {z_high}, {base}. Die Abbildung {f} überführt die Quartile "
    "{quartiles}. Die Dichte des Bildes {p_x}, gezeichnet von {x_low} bis {x_high}, {image}.",
    largest="ist am größten bei {at}, dort etwa {top}",
    unbounded="wächst unbeschränkt bei {at}",
    decay_title="Gewichte vergangener Gradienten",
    decay="Die Gewichte {weight} vergangener Gradienten. Sie halbieren sich alle {half} Schritte.",
    decay_every=" Eines von {every} Gewichten ist gezeichnet.",
    decay_told="Stäbe, die in jedem Schritt um den Faktor {beta} schrumpfen: Der neueste Gradient hat das Gewicht {first}, der um {last_lag} Schritte "
    "ältere das Gewicht {last}. Nach {half} Schritten ist das Gewicht halb so groß.",
    weight="Gewicht",
    lag="Schritte zurück, ",
    half_life="Halbwertszeit {half}",
    passes_title="Epochen auf einem Zeitstrahl",
    passes="Alle Iterationen und die Stapel einer Epoche.",
    passes_part=" Die letzte Epoche ist nicht vollständig (weiß).",
    passes_every=" Nach je {every} Epochen steht ein Strich.",
    passes_short=" Der letzte Stapel einer Epoche ist kleiner (schraffiert).",
    passes_short_told=", im letzten einer Epoche {last}",
    passes_dropped_told="; unbenutzt in jeder Epoche: {count}",
    passes_dropped=" Die in einer Epoche übrigen Daten werden nicht benutzt (gestrichelt).",
    passes_told="Iterationen: {iterations}. Stapel in einer Epoche: {per_epoch}. Epochen: {epochs}. Daten in einem Stapel: {batch}{last}.",
    epoch="eine Epoche: {samples} Daten",
    iteration="Iterationen",
    unused="{count} unbenutzt",
)


def words_for(language: str) -> FigureWords:
    """The words of a language, in English where there are none."""
    return GERMAN if language == "de" else ENGLISH


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
