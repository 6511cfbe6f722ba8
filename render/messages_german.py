"""The words of a sheet in German."""

from __future__ import annotations

from types import MappingProxyType

from derivations.kernel.verdict import Strength
from render.messages import Messages
from render.sentences_german import NAMES, SENTENCES

GERMAN = Messages(
    language="de",
    decimal=",",
    when="falls",
    otherwise="sonst",
    problem="Aufgabe {number}",
    answer="Antwort",
    convention="Konvention: ",
    assumptions="Durchweg gilt:",
    symbols="Bezeichnungen: ",
    where="mit ",
    here="Hier gilt ",
    only_in="in „{theorem}“, ",
    lemma="Hilfssatz. ",
    ledger_head=("Teil", "Wie viele", "Anzahl"),
    appendix="Woher jedes Ergebnis bekannt ist",
    appendix_lead=(
        "Jede Zeile oben wurde maschinell geprüft, bevor sie gedruckt wurde; gedruckt wurde nur, was angenommen war. "
        "Ein Ergebnis ist so sicher wie sein schwächster Schritt."
    ),
    appendix_head=("Aufgabe", "Schritte"),
    appendix_overall="Ergebnis",
    assumed="Was jedes Ergebnis voraussetzt:",
    no_assumptions="nichts; es kommen nur Zahlen darin vor.",
    versions="Erstellt mit {versions}.",
    trusted="Beim Lesen dieser Lösung vorausgesetzt:",
    legend="Die Zeichen neben den Zeilen:",
    strengths=MappingProxyType(
        {
            Strength.CERTIFIED: "zertifiziert",
            Strength.PROVED: "bewiesen",
            Strength.EXHAUSTED: "durchprobiert",
            Strength.CONVENTION: "bewiesen unter einer Vereinbarung",
            Strength.SAMPLED: "stichprobenweise",
            Strength.ASSUMED: "angenommen",
        }
    ),
    meanings=MappingProxyType(
        {
            Strength.CERTIFIED: "von einem unabhängigen Beweisprüfer bestätigt",
            Strength.PROVED: "bewiesen für alle Werte, die die Voraussetzungen zulassen",
            Strength.EXHAUSTED: "für jeden Wert eines endlichen Bereichs geprüft",
            Strength.CONVENTION: "bewiesen unter einer Vereinbarung, die der Text nicht nennt",
            Strength.SAMPLED: "nur an Stichproben geprüft",
            Strength.ASSUMED: "angenommen",
        }
    ),
    kinds=MappingProxyType(
        {
            "real": ("eine reelle Zahl", "reelle Zahlen"),
            "positive": ("eine positive reelle Zahl", "positive reelle Zahlen"),
            "nonnegative": ("eine reelle Zahl ab null", "reelle Zahlen ab null"),
            "negative": ("eine negative reelle Zahl", "negative reelle Zahlen"),
            "nonzero": ("eine reelle Zahl ungleich null", "reelle Zahlen ungleich null"),
            "in (0, 1)": ("eine reelle Zahl echt zwischen 0 und 1", "reelle Zahlen echt zwischen 0 und 1"),
            "in [0, 1]": ("eine reelle Zahl von 0 bis 1", "reelle Zahlen von 0 bis 1"),
            "integer": ("eine ganze Zahl", "ganze Zahlen"),
            "natural": ("eine ganze Zahl ab 1", "ganze Zahlen ab 1"),
            "whole": ("eine ganze Zahl ab 0", "ganze Zahlen ab 0"),
            "complex": ("eine komplexe Zahl", "komplexe Zahlen"),
            "sequence": ("eine Folge; ihre Glieder: ", "Folgen; ihre Glieder: "),
            "family": ("eine nummerierte Familie; ihre Glieder: ", "nummerierte Familien; ihre Glieder: "),
            "array": ("ein Feld; seine Einträge: ", "Felder; ihre Einträge: "),
            "vector": ("ein reeller Vektor der Länge ", "reelle Vektoren der Länge "),
            "ones": ("der Einsvektor der Länge ", "Einsvektoren der Länge "),
            "matrix": ("eine reelle Matrix der Größe ", "reelle Matrizen der Größe "),
            "permutation": ("eine Permutationsmatrix der Größe ", "Permutationsmatrizen der Größe "),
            "identity": ("die Einheitsmatrix der Größe ", "Einheitsmatrizen der Größe "),
            "zero": ("die Nullmatrix der Größe ", "Nullmatrizen der Größe "),
            "function": ("eine glatte Funktion einer reellen Variablen", "glatte Funktionen einer reellen Variablen"),
            "functions": ("eine glatte Funktion mehrerer reeller Variablen", "glatte Funktionen mehrerer reeller Variablen"),
            "loss": ("eine glatte Funktion von ", "glatte Funktionen von "),
            "signal": ("eine Funktion auf den ganzen Zahlen", "Funktionen auf den ganzen Zahlen"),
            "array_map": ("eine Abbildung von Matrizen", "Abbildungen von Matrizen"),
            "softmax_columns": ("der Softmax jeder Spalte", "der Softmax jeder Spalte"),
            "softmax_rows": ("der Softmax jeder Zeile", "der Softmax jeder Zeile"),
            "random": ("eine Zufallsvariable", "Zufallsvariablen"),
            "law": (", verteilt wie ", ", verteilt wie "),
            "set": ("eine endliche Menge ganzer Zahlen", "endliche Mengen ganzer Zahlen"),
            "is": (" ist ", " sind "),
        }
    ),
    properties=MappingProxyType(
        {
            "permutation": "die die Indizes vertauscht",
            "orthogonal": "orthogonal",
            "symmetric": "symmetrisch",
            "positive_definite": "positiv definit",
            "invertible": "invertierbar",
            "diagonal": "diagonal",
            "one_hot": "mit genau einem Eintrag 1 in jeder Spalte",
            "stochastic": "mit Einträgen ab 0, die in jeder Spalte die Summe 1 haben",
            "increasing": "wachsend",
            "decreasing": "fallend",
            "convex": "konvex",
            "concave": "konkav",
            "positive": "positiv",
            "finite_support": "null außerhalb eines endlichen Bereichs",
            "density": "eine Wahrscheinlichkeitsdichte",
        }
    ),
    editions=MappingProxyType(
        {"questions": "Aufgaben", "hints": "Hinweise", "solutions": "", "staff": "Fassung für Lehrende: nicht für Studierende"}
    ),
    plan="Lösungsweg",
    marks=("{marks} Punkt", "{marks} Punkte"),
    marking="Punkte: {method} für den Ansatz, {steps} für die Schritte, {answer} für die Antwort.",
    wrong="Häufige falsche Antworten",
    wrong_at="Das ist falsch bei ",
    wrong_always="Das ist falsch",
    wrong_sides=(": links steht ", ", rechts ", "."),
    slips=MappingProxyType(
        {
            "off by one": "um eins daneben",
            "sign": "Vorzeichen",
            "dropped term": "Summand vergessen",
            "dropped factor": "Faktor vergessen",
            "swapped factors": "Faktoren vertauscht",
            "factor 2": "Faktor 2",
            "inverted fraction": "Bruch gestürzt",
            "dropped denominator": "Nenner vergessen",
            "exponent": "Exponent",
            "dropped exponent": "Exponent vergessen",
            "dropped root": "Wurzel vergessen",
            "neighbour index": "Nachbarindex",
            "upper bound": "obere Grenze",
            "lower bound": "untere Grenze",
            "dropped transpose": "Transposition vergessen",
            "dropped absolute value": "Betrag vergessen",
            "rounded the other way": "falsch gerundet",
            "lost function": "Funktion vergessen",
            "sign of the argument": "Vorzeichen des Arguments",
            "lost derivative": "Ableitung vergessen",
            "twice": "verdoppelt",
            "plus one": "plus eins",
            "swapped indices": "Indizes vertauscht",
            "swapped limits": "Grenzen vertauscht",
            "swapped cases": "Fälle vertauscht",
            "sum and product": "Summe und Produkt verwechselt",
            "dropped integrand": "Integrand vergessen",
            "added transpose": "Transposition zu viel",
            "independence away": "ohne Unabhängigkeit",
            "hypothesis away": "ohne eine Voraussetzung",
            "range away": "ohne einen Bereich",
            "a limit for a finite sum": "Grenzwert statt endlicher Summe",
            "indices exchanged": "Indizes ausgetauscht",
            "neighbour function": "Nachbarfunktion",
        }
    ),
    said=SENTENCES,
    names=NAMES,
    blanks=MappingProxyType({"name": "Name", "id": "Matrikelnummer", "points": "Punkte"}),
    contents="Inhalt",
    variant="Variante {number}",
    key="Antworten",
    pool=MappingProxyType(
        {
            "places": "Geben Sie eine Dezimalzahl an, auf {places} Stellen gerundet.",
            "names": "Geben Sie eine Formel in {names} an.",
            "choose": "Was ist richtig?",
            "correct": "Das ist richtig.",
            "wrong": "Das ist nicht richtig.",
            "partly": "Das ist teilweise richtig.",
            "solution": "Lösung",
        }
    ),
    copy="LaTeX kopieren",
    copied="Kopiert",
)
