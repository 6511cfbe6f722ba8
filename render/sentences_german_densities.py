"""The sentences of the densities in German: of several variables, of what has atoms, of flows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_VARIABLES = {
    "The density of a function of random variables": "Die Dichte einer Funktion von Zufallsvariablen",
    "The density of transformed random variables": "Die Dichte transformierter Zufallsvariablen",
    "The random variables {0} and {1} are independent.": "Die Zufallsvariablen {0} und {1} sind unabhängig.",
    "The random variables {0}, {1} and {2} are independent.": "Die Zufallsvariablen {0}, {1} und {2} sind unabhängig.",
    "The random variables {0}, {1}, {2} and {3} are independent.": "Die Zufallsvariablen {0}, {1}, {2} und {3} sind unabhängig.",
    "{0} has the density {1}.": "{0} hat die Dichte {1}.",
    "{0} has the density {1} between {2} and {3}.": "{0} hat die Dichte {1} zwischen {2} und {3}.",
    "{0} has the density {1} above {2}.": "{0} hat die Dichte {1} oberhalb von {2}.",
    "{0} has the density {1} below {2}.": "{0} hat die Dichte {1} unterhalb von {2}.",
    "Find the density of {0} = {1}.": "Bestimmen Sie die Dichte von {0} = {1}.",
    "Find the joint density of {0} = {1} and {2} = {3}.": "Bestimmen Sie die gemeinsame Dichte von {0} = {1} und {2} = {3}.",
    "Find the joint density of {0} = {1}, {2} = {3} and {4} = {5}.": "Bestimmen Sie die gemeinsame Dichte von {0} = {1}, {2} = {3} und {4} = {5}.",
    "Find the joint density of {0} = {1}, {2} = {3}, {4} = {5} and {6} = {7}.":
        "Bestimmen Sie die gemeinsame Dichte von {0} = {1}, {2} = {3}, {4} = {5} und {6} = {7}.",
    "{0} has the density here (elsewhere it is zero):": "{0} hat hier diese Dichte (anderswo ist sie null):",
    "{0} has the density:": "{0} hat die Dichte:",
    "Where the new variables lie as said here (elsewhere the density is zero):":
        "Wo die neuen Variablen so liegen, wie hier gesagt ist (anderswo ist die Dichte null):",
    "The same on both sides of the axis {0}, on which the density may have any value:":
        "Dasselbe auf beiden Seiten der Achse {0}, auf der die Dichte jeden Wert haben darf:",
    "Write the probability that the new variable is at most x.": "Schreiben Sie die Wahrscheinlichkeit hin, dass die neue Variable höchstens x ist.",
    "Which values of the old variables count for one x?": "Welche Werte der alten Variablen zählen für ein x?",
    "Solve the equations for {0} and {1}.": "Lösen Sie die Gleichungen nach {0} und {1} auf.",
    "Solve the equations for {0}, {1} and {2}.": "Lösen Sie die Gleichungen nach {0}, {1} und {2} auf.",
    "Solve the equations for {0}, {1}, {2} and {3}.": "Lösen Sie die Gleichungen nach {0}, {1}, {2} und {3} auf.",
    "Is there exactly one solution?": "Gibt es genau eine Lösung?",
    "Which values can the new variables take together?": "Welche Werte können die neuen Variablen zusammen annehmen?",
    "How large is the image of a small cube?": "Wie groß ist das Bild eines kleinen Würfels?",
    "That is where the determinant comes in.": "Da kommt die Determinante ins Spiel.",
    "What do the sum of the squares and the quotient of the new variables say?": "Was sagen die Summe der Quadrate und der Quotient der neuen Variablen?",
    "What is the determinant of the derivative of the inverse?": "Was ist die Determinante der Ableitung der Umkehrung?",
    "the density that is asked for": "die gesuchte Dichte",
    "the joint density that is asked for": "die gesuchte gemeinsame Dichte",
    "the densities of the independent variables": "die Dichten der unabhängigen Variablen",
    "the density of the variable": "die Dichte der Variablen",
    "For each value of the one variable, the other is a one-to-one function of the new variable;":
        "Zu jedem Wert der einen Variablen ist die andere eine umkehrbar eindeutige Funktion der neuen;",
    "the densities are multiplied, with the size of the derivative of that function, and added up over the values that count.":
        "die Dichten werden multipliziert, mit dem Betrag der Ableitung dieser Funktion, und über die Werte, die zählen, aufsummiert.",
    "what counts, added up": "was zählt, aufsummiert",
    "the densities and the derivative put in": "die Dichten und die Ableitung eingesetzt",
    "the integral": "das Integral",
    "the integrals": "die Integrale",
    "An integral": "Ein Integral",
    "added up": "addiert",
    "The density of {0} = {1} for {2}.": "Die Dichte von {0} = {1} für {2}.",
    "The density of {0} = {1} on the whole line.": "Die Dichte von {0} = {1} auf der ganzen Geraden.",
    "the inverse undoes the map": "die Umkehrung macht die Abbildung rückgängig",
    "The inverse of the map for {0}.": "Die Umkehrung der Abbildung für {0}.",
    "The inverse of the map for {0} and {1}.": "Die Umkehrung der Abbildung für {0} und {1}.",
    "The inverse of the map for {0}, {1} and {2}.": "Die Umkehrung der Abbildung für {0}, {1} und {2}.",
    "The inverse on region #": "Die Umkehrung auf dem Gebiet #",
    "The density everywhere.": "Die Dichte überall.",
    "The density for {0} and {1}.": "Die Dichte für {0} und {1}.",
    "The density for {0}, {1} and {2}.": "Die Dichte für {0}, {1} und {2}.",
    "The density for {0}, {1}, {2} and {3}.": "Die Dichte für {0}, {1}, {2} und {3}.",
    "Where a map is one-to-one and differentiable both ways, the density is that of the base at the inverse, times the size of the determinant of the"
    " inverse's derivative.":
        "Ist eine Abbildung umkehrbar eindeutig und in beiden Richtungen differenzierbar, so ist die Dichte die der Basis an der Umkehrung, mal dem Betrag"
        " der Determinante der Ableitung der Umkehrung.",
    "the map and its inverse are differentiable and undo each other": "die Abbildung und ihre Umkehrung sind differenzierbar und machen einander rückgängig",
    "the map and its inverse undo each other on this side": "die Abbildung und ihre Umkehrung machen einander auf dieser Seite rückgängig",
    "There the distance gives {0} back, and the angle {1}.": "Dort gibt der Abstand {0} zurück und der Winkel {1}.",
    "the base density and the derivatives put in": "die Basisdichte und die Ableitungen eingesetzt",
    "the determinant, and brought together": "die Determinante, und zusammengefasst",
}
_ORDERED = {
    "There are {0} independent random variables.": "Es gibt {0} unabhängige Zufallsvariablen.",
    "Each has the density {0}.": "Jede hat die Dichte {0}.",
    "Each has the density {0} between {1} and {2}.": "Jede hat die Dichte {0} zwischen {1} und {2}.",
    "Each has the density {0} above {1}.": "Jede hat die Dichte {0} oberhalb von {1}.",
    "Each has the density {0} below {1}.": "Jede hat die Dichte {0} unterhalb von {1}.",
    "Find the density of the {0}-th smallest.": "Bestimmen Sie die Dichte der {0}-kleinsten.",
    "The density of the {0}-th smallest.": "Die Dichte der {0}-kleinsten.",
    "One of the variables is there, those before it are below and the rest above;":
        "Eine der Variablen ist dort, die vor ihr sind darunter und die übrigen darüber;",
    "in how many ways, the factorials say.": "auf wie viele Arten, sagen die Fakultäten.",
    "{0} of them below, one here, {1} above": "{0} von ihnen darunter, eine hier, {1} darüber",
    "the law put in": "die Verteilung eingesetzt",
    "The distribution function of {0}.": "Die Verteilungsfunktion von {0}.",
    "The distribution function": "Die Verteilungsfunktion",
    "its derivative is the density": "ihre Ableitung ist die Dichte",
    "The largest is at most {0} where all of them are;": "Die größte ist höchstens {0}, wo es alle sind;",
    "The least is above {0} where all of them are;": "Die kleinste ist größer als {0}, wo es alle sind;",
    "they are independent, so their probabilities are multiplied.": "sie sind unabhängig, also werden ihre Wahrscheinlichkeiten multipliziert.",
    "The density is a derivative.": "Die Dichte ist eine Ableitung.",
    "all of them are at most x": "alle sind höchstens x",
    "not all of them are above x": "nicht alle sind größer als x",
    "differentiated": "abgeleitet",
}
_ATOMS = {
    "{0} takes a value with positive probability, where the map is flat.":
        "{0} nimmt einen Wert mit positiver Wahrscheinlichkeit an, wo die Abbildung konstant ist.",
    "The rest of it has the density below, whose mass is what is left:": "Der Rest hat die Dichte unten, deren Masse das ist, was bleibt:",
    "{0} has no density:": "{0} hat keine Dichte:",
    "it takes these values, with the mass that the base has where the map is flat:":
        "sie nimmt diese Werte an, mit der Masse, die die Basis hat, wo die Abbildung konstant ist:",
    "no {0} but those of the flat parts is mapped there": "kein {0} außer denen der konstanten Stücke wird dorthin abgebildet",
    "The probability that {0} is {1}.": "Die Wahrscheinlichkeit, dass {0} gleich {1} ist.",
    "The probability of a value": "Die Wahrscheinlichkeit eines Wertes",
    "the map is {0} there, and elsewhere at single points only": "die Abbildung ist dort {0}, und anderswo nur in einzelnen Punkten",
    "the mass of the base there": "die Masse der Basis dort",
}
_FLOWS = {
    "The density of a flow at the image of a point": "Die Dichte eines Flusses am Bild eines Punktes",
    "The density at the image of a point:": "Die Dichte am Bild eines Punktes:",
    "The density at the image of a point.": "Die Dichte am Bild eines Punktes.",
    "The logarithm of the density at the image of a point:": "Der Logarithmus der Dichte am Bild eines Punktes:",
    "The logarithm of the density at the image of a point.": "Der Logarithmus der Dichte am Bild eines Punktes.",
    "Is the map one-to-one?": "Ist die Abbildung umkehrbar eindeutig?",
    "Why is the map one-to-one?": "Warum ist die Abbildung umkehrbar eindeutig?",
    "Which entries of the derivative of the map are zero?": "Welche Einträge der Ableitung der Abbildung sind null?",
    "What is then its determinant?": "Was ist dann ihre Determinante?",
    "What is the determinant of its derivative?": "Was ist die Determinante ihrer Ableitung?",
    "Where a map is one-to-one and differentiable, with a determinant that is not zero, the density there is the base density over the size of the"
    " determinant.":
        "Ist eine Abbildung umkehrbar eindeutig und differenzierbar, mit einer Determinante, die nicht null ist, so ist die Dichte dort die Basisdichte"
        " durch den Betrag der Determinante.",
    "No inverse is needed:": "Eine Umkehrung wird nicht gebraucht:",
    "it is the form in which a flow is trained.": "es ist die Form, in der ein Fluss trainiert wird.",
    "the map is one-to-one:": "die Abbildung ist umkehrbar eindeutig:",
    "the map is one-to-one": "die Abbildung ist umkehrbar eindeutig",
    "each component is strictly monotone in its own variable": "jede Komponente ist streng monoton in ihrer eigenen Variablen",
    "the densities put in;": "die Dichten eingesetzt;",
    "the derivative is triangular, its determinant the product of the diagonal":
        "die Ableitung ist eine Dreiecksmatrix, ihre Determinante das Produkt der Diagonale",
    "the signs are known here, and brought together": "die Vorzeichen sind hier bekannt, und zusammengefasst",
    "The entries of {0}, a vector of {1} numbers, are independent with the density {2}.":
        "Die Einträge von {0}, einem Vektor aus {1} Zahlen, sind unabhängig mit der Dichte {2}.",
    "What is the density of its image under the flow {0}?": "Was ist die Dichte seines Bildes unter dem Fluss {0}?",
    "the density of an entry": "die Dichte eines Eintrags",
    "the density of the entries put in": "die Dichte der Einträge eingesetzt",
    "A planar flow moves each point along {0}, by what it is on one side of a plane;":
        "Ein planarer Fluss verschiebt jeden Punkt entlang {0}, je nachdem, wie weit er auf einer Seite einer Ebene liegt;",
    "with {0} it is one-to-one.": "mit {0} ist er umkehrbar eindeutig.",
    "A radial flow moves each point away from {0}, the less the farther it is.":
        "Ein radialer Fluss schiebt jeden Punkt von {0} weg, umso weniger, je weiter er ist.",
    "An affine map with an invertible matrix {0}.": "Eine affine Abbildung mit einer invertierbaren Matrix {0}.",
    "Each entry goes through the same function {0}, which is strictly increasing.": "Jeder Eintrag geht durch dieselbe Funktion {0}, die streng wachsend ist.",
    "A coupling layer keeps the first {0} entries;": "Eine Kopplungsschicht behält die ersten {0} Einträge;",
    "of those behind, {0} and {1} are any functions of the first {2}.": "für die danach sind {0} und {1} beliebige Funktionen der ersten {2}.",
    "An autoregressive flow:": "Ein autoregressiver Fluss:",
    "for each entry, {0} and {1} are any functions of the entries before it.":
        "für jeden Eintrag sind {0} und {1} beliebige Funktionen der Einträge davor.",
    "the identity with a matrix of rank one added": "die Einheitsmatrix plus eine Matrix vom Rang eins",
    "a multiple of the identity with a matrix of rank one added": "ein Vielfaches der Einheitsmatrix plus eine Matrix vom Rang eins",
    "the derivative is the matrix": "die Ableitung ist die Matrix",
    "each entry has its own slope": "jeder Eintrag hat seine eigene Steigung",
    "each changed entry has its scale": "jeder geänderte Eintrag hat seine Skala",
    "each entry has its scale": "jeder Eintrag hat seine Skala",
    "what else stands in a component depends on the entries before it only": "was sonst in einer Komponente steht, hängt nur von den Einträgen davor ab",
    "the entries before the first of the second sum are kept as they are": "die Einträge vor dem ersten der zweiten Summe bleiben, wie sie sind",
    "numerator layout:": "Zähler-Anordnung:",
    "row i, column j of a derivative is the derivative of entry i by entry j":
        "Zeile i, Spalte j einer Ableitung ist die Ableitung des Eintrags i nach dem Eintrag j",
}
DENSITIES: Mapping[str, str] = MappingProxyType({**_VARIABLES, **_ORDERED, **_ATOMS, **_FLOWS})
