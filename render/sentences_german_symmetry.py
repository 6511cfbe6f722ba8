"""What problems about the symmetries of networks say, in German."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SYMMETRY: Final[Mapping[str, str]] = {
    "What a network respects": "Was ein Netz respektiert",
    "Does it respect permutations of its tokens, or shifts of its images?": "Respektiert es Vertauschungen seiner Tokens oder Verschiebungen seiner Bilder?",
    "The same map at every place: linear maps of features, activations, norms of features.":
        "Dieselbe Abbildung an jeder Stelle: lineare Abbildungen von Merkmalen, Aktivierungen, Normen von Merkmalen.",
    "The same map at every place:": "Dieselbe Abbildung an jeder Stelle:",
    "linear maps of features, activations, norms of features.": "lineare Abbildungen von Merkmalen, Aktivierungen, Normen von Merkmalen.",
    "The same map at every place": "Dieselbe Abbildung an jeder Stelle",
    "the moved input": "die bewegte Eingabe",
    "the output there": "die Ausgabe dort",
    "A sum of parts that are equivariant.": "Eine Summe äquivarianter Teile.",
    "both parts move": "beide Teile bewegen sich",
    "and so does their sum": "und ihre Summe ebenso",
    "A mean over all places does not see where they are.": "Ein Mittel über alle Stellen sieht nicht, wo sie sind.",
    "the same summands in another order": "dieselben Summanden in anderer Reihenfolge",
    "A weighted sum in a window:": "Eine gewichtete Summe in einem Fenster:",
    "an input moved by {0} strides gives the output moved by {1}.": "eine um {0} Schrittweiten bewegte Eingabe gibt die um {1} bewegte Ausgabe.",
    "A window that moves": "Ein Fenster, das sich bewegt",
    "a whole number of strides": "eine ganze Zahl von Schrittweiten",
    "The largest input of a window.": "Die größte Eingabe eines Fensters.",
    "Attention, one head;": "Attention, ein Kopf;",
    "heads work side by side.": "Köpfe arbeiten nebeneinander.",
    "Two equivariant maps one behind another, and so any number of them;": "Zwei äquivariante Abbildungen hintereinander, und so beliebig viele;",
    "{0} moves.": "{0} bewegt.",
    "One behind another": "Hintereinander",
    "the first is equivariant": "die erste ist äquivariant",
    "and so is the second": "die zweite ebenso",
    "Two equal tokens stay as they are when they are exchanged;": "Zwei gleiche Tokens bleiben beim Vertauschen, wie sie sind;",
    "what is added to them does not move with them.": "was zu ihnen addiert wird, bewegt sich nicht mit.",
    "A recurrent layer that adds its input to its state:": "Eine rekurrente Schicht, die ihre Eingabe zu ihrem Zustand addiert:",
    "after the exchange its first output is not the old second one.": "nach dem Vertauschen ist ihre erste Ausgabe nicht die alte zweite.",
    "The first token is another one after the exchange.": "Das erste Token ist nach dem Vertauschen ein anderes.",
    "The places have become features, and the map behind gives each a weight of its own, here one and zero.":
        "Die Stellen sind Merkmale geworden, und die Abbildung dahinter gibt jeder ein eigenes Gewicht, hier eins und null.",
    "What it ought to be": "Was es sein müsste",
    "What it is": "Was es ist",
    "the numbers put in": "die Zahlen eingesetzt",
    "Not shown:": "Nicht gezeigt:",
    "layer {0}, does not respect it, as a small example shows.": "Schicht {0} respektiert es nicht, wie ein kleines Beispiel zeigt.",
    "Whether the layers behind it mend that is not decided.": "Ob die Schichten dahinter das heilen, ist nicht entschieden.",
    "Yes:": "Ja:",
    "shifted images, wrapped around at the border, give the same output.": "verschobene Bilder, am Rand umlaufend, geben dieselbe Ausgabe.",
    "an image shifted by {0} times a number of places gives the output shifted by that number.":
        "ein um {0} mal eine Zahl von Stellen verschobenes Bild gibt die um diese Zahl verschobene Ausgabe.",
    "permuted tokens give the same output.": "vertauschte Tokens geben dieselbe Ausgabe.",
    "permuted tokens give the outputs permuted in the same way.": "vertauschte Tokens geben die ebenso vertauschten Ausgaben.",
    "permuted tokens give the outputs permuted in the same way, the token of its own apart.":
        "vertauschte Tokens geben die ebenso vertauschten Ausgaben, das eigene Token ausgenommen.",
    "This holds away from the border:": "Das gilt abseits des Randes:",
    "what is put around an image does not move with it.": "was um ein Bild gesetzt wird, bewegt sich nicht mit.",
    "Each axis by itself.": "Jede Achse für sich.",
    "Norms have fixed statistics.": "Normen haben feste Statistiken.",
}  # fmt: skip
