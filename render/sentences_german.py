"""The sentences of the problems in German: those of the topics, with a number in braces for each formula and ``#`` for a number in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from render.sentences_german_networks import NETWORK

_CONVOLUTION = {
    "The index expression of a convolution": "Der Indexausdruck einer Faltung",
    "The equation {0} = {1} defines a 1-D convolution with kernel size three, stride one and dilation zero.":
        "Die Gleichung {0} = {1} definiert eine 1D-Faltung mit Kerngröße drei, Schrittweite eins und Dilatation null.",
    "Write out the equation for a kernel size of {0}, a dilation of {1} and a stride of {2}.":
        "Schreiben Sie die Gleichung für Kerngröße {0}, Dilatation {1} und Schrittweite {2} aus.",
    "Write out the equation for a kernel size of {0}, a dilation of {1} and a stride of {2}, with padding {3}.":
        "Schreiben Sie die Gleichung für Kerngröße {0}, Dilatation {1} und Schrittweite {2} mit Auffüllung {3} aus.",
    "Tap {0} of output {1} reads input {2}:": "Der Abgriff {0} der Ausgabe {1} liest die Eingabe {2}:",
    "dilation counts the zeros between neighbouring taps, so that an ordinary convolution has dilation 0;":
        "die Dilatation zählt die Nullen zwischen benachbarten Abgriffen, eine gewöhnliche Faltung hat also Dilatation 0;",
    "dilation counts the zeros between neighbouring taps, so that an ordinary convolution has dilation 0":
        "die Dilatation zählt die Nullen zwischen benachbarten Abgriffen, eine gewöhnliche Faltung hat also Dilatation 0",
    "dilation is the spacing of neighbouring taps, so that an ordinary convolution has dilation 1;":
        "die Dilatation ist der Abstand benachbarter Abgriffe, eine gewöhnliche Faltung hat also Dilatation 1;",
    "dilation is the spacing of neighbouring taps, so that an ordinary convolution has dilation 1":
        "die Dilatation ist der Abstand benachbarter Abgriffe, eine gewöhnliche Faltung hat also Dilatation 1",
    "dilation counts the zeros between neighbouring taps;": "die Dilatation zählt die Nullen zwischen benachbarten Abgriffen;",
    "dilation is the spacing of neighbouring taps;": "die Dilatation ist der Abstand benachbarter Abgriffe;",
    "output 1 starts at input 1": "die Ausgabe 1 beginnt bei der Eingabe 1",
    "the middle tap of output 1 reads input 1": "der mittlere Abgriff der Ausgabe 1 liest die Eingabe 1",
    "the first tap of output 1 reads input 1 minus the padding": "der erste Abgriff der Ausgabe 1 liest die Eingabe 1 minus die Auffüllung",
    "indices start at 1;": "die Indizes beginnen bei 1;",
    "inputs outside the signal are zero": "Eingaben außerhalb des Signals sind null",
    "Dilation zero is an ordinary convolution.": "Dilatation null ist eine gewöhnliche Faltung.",
    "How far apart are two neighbouring taps with dilation one, and how far in general?":
        "Wie weit liegen zwei benachbarte Abgriffe bei Dilatation eins auseinander, und wie weit im Allgemeinen?",
    "Which input does the first tap of output 1 read, and which one does that of output {0}?":
        "Welche Eingabe liest der erste Abgriff der Ausgabe 1, und welche der der Ausgabe {0}?",
    "Add both:": "Zählen Sie beides zusammen:",
    "where does tap {0} of output {1} read?": "wo liest der Abgriff {0} der Ausgabe {1}?",
    "Check your expression with the equation that is given, then write out the sum.":
        "Prüfen Sie Ihren Ausdruck an der gegebenen Gleichung und schreiben Sie dann die Summe aus.",
    "is input {0} (a number;": "ist die Eingabe {0} (eine Zahl;",
    "zero outside the signal)": "null außerhalb des Signals)",
    "the weight of tap {0} of the kernel": "das Gewicht des Abgriffs {0} des Kerns",
    "output {0}": "die Ausgabe {0}",
    "the kernel size (an integer, at least 1)": "die Kerngröße (eine ganze Zahl ab 1)",
    "the stride, in inputs": "die Schrittweite, in Eingaben",
    "the dilation (an integer, at least 0)": "die Dilatation (eine ganze Zahl ab 0)",
    "the dilation (an integer, at least 1)": "die Dilatation (eine ganze Zahl ab 1)",
    "the padding:": "die Auffüllung:",
    "how many zeros stand before input 1": "so viele Nullen stehen vor der Eingabe 1",
    "The dilation is taken for the spacing of the taps.": "Die Dilatation wird für den Abstand der Abgriffe gehalten.",
    "It counts the zeros between them, so the spacing is larger by one.": "Sie zählt die Nullen dazwischen, der Abstand ist also um eins größer.",
    "The dilation is taken for the number of zeros between the taps.": "Die Dilatation wird für die Zahl der Nullen zwischen den Abgriffen gehalten.",
    "Here it is their spacing.": "Hier ist sie deren Abstand.",
    "The stride is left out:": "Die Schrittweite fehlt:",
    "each output starts that many inputs after the one before.": "jede Ausgabe beginnt um so viele Eingaben nach der vorigen.",
    "The convolution of the question is an instance of the general form.": "Die Faltung der Aufgabe ist ein Fall der allgemeinen Form.",
    "The given equation is an instance": "Die gegebene Gleichung ist ein Fall davon",
    "three taps, stride 1, spacing 1, padding 1": "drei Abgriffe, Schrittweite 1, Abstand 1, Auffüllung 1",
    "one term for each tap": "ein Summand für jeden Abgriff",
    "The first tap of output {0} reads input {1}, because each output starts {2} inputs after the one before.":
        "Der erste Abgriff der Ausgabe {0} liest die Eingabe {1}, denn jede Ausgabe beginnt {2} Eingaben nach der vorigen.",
    "Between neighbouring taps there are {0} zeros, so they are {1} inputs apart, and tap {2} reads {3} inputs further on.":
        "Zwischen benachbarten Abgriffen stehen {0} Nullen, sie liegen also {1} Eingaben auseinander, und der Abgriff {2} liest {3} Eingaben weiter.",
    "Neighbouring taps are {0} inputs apart, and tap {1} reads {2} inputs further on.":
        "Benachbarte Abgriffe liegen {0} Eingaben auseinander, und der Abgriff {1} liest {2} Eingaben weiter.",
    "Where each tap reads": "Wo jeder Abgriff liest",
    "the sum over the taps": "die Summe über die Abgriffe",
    "the numbers put in:": "eingesetzt:",
    "neighbouring taps are {0} inputs apart": "benachbarte Abgriffe liegen {0} Eingaben auseinander",
    "neighbouring taps are {0} input apart": "benachbarte Abgriffe liegen {0} Eingabe auseinander",
    "the numbers in each index added up": "die Zahlen in jedem Index zusammengezählt",
}  # fmt: skip

_FIELD = {
    "The receptive field of a convolutional network": "Das rezeptive Feld eines Faltungsnetzes",
    "A network consists of {0} 1-D convolutional layers with zero-padding, kernel size {1}, stride {2} and dilation {3}.":
        "Ein Netz besteht aus {0} 1D-Faltungsschichten mit Nullauffüllung, Kerngröße {1}, Schrittweite {2} und Dilatation {3}.",
    "A network consists of {0} 1-D convolutional layer with zero-padding, kernel size {1}, stride {2} and dilation {3}.":
        "Ein Netz besteht aus {0} 1D-Faltungsschicht mit Nullauffüllung, Kerngröße {1}, Schrittweite {2} und Dilatation {3}.",
    "What is the size of the receptive field of the hidden units in the last layer?":
        "Wie groß ist das rezeptive Feld der verborgenen Einheiten der letzten Schicht?",
    "A unit of layer {0} sees {1} inputs;": "Eine Einheit der Schicht {0} sieht {1} Eingaben;",
    "A unit of layer {0} sees {1} input;": "Eine Einheit der Schicht {0} sieht {1} Eingabe;",
    "with every layer the field grows as the recursion says:": "mit jeder Schicht wächst das Feld, wie die Rekursion sagt:",
    "the field is the distance from the first to the last input that is seen, both included":
        "das Feld reicht von der ersten bis zur letzten Eingabe, die gesehen wird, beide eingeschlossen",
    "the distance from the first to the last input that is seen, both included":
        "von der ersten bis zur letzten Eingabe, die gesehen wird, beide eingeschlossen",
    "Zero-padding moves the first and the last input that a unit sees by the same amount, so it does not change the size of the field.":
        "Nullauffüllung verschiebt die erste und die letzte Eingabe, die eine Einheit sieht, um gleich viel und ändert die Größe des Feldes daher nicht.",
    "How many inputs does a unit of the first layer see?": "Wie viele Eingaben sieht eine Einheit der ersten Schicht?",
    "A unit of the second layer reads several neighbouring units of the first.":
        "Eine Einheit der zweiten Schicht liest mehrere benachbarte Einheiten der ersten.",
    "How far do the fields of its first and of its last tap lie apart?": "Wie weit liegen die Felder ihres ersten und ihres letzten Abgriffs auseinander?",
    "By how much does one more layer enlarge the field, if the layers below have strides?":
        "Um wie viel vergrößert eine weitere Schicht das Feld, wenn die Schichten darunter Schrittweiten haben?",
    "Go through the layers one by one.": "Gehen Sie die Schichten der Reihe nach durch.",
    "Does padding change how many inputs a unit sees, or only which ones?":
        "Ändert die Auffüllung, wie viele Eingaben eine Einheit sieht, oder nur, welche?",
    "is the receptive field of a unit of layer {0}, in inputs": "ist das rezeptive Feld einer Einheit der Schicht {0}, in Eingaben",
    "its kernel size": "deren Kerngröße",
    "its stride": "deren Schrittweite",
    "the spacing of its taps:": "der Abstand ihrer Abgriffe:",
    "the dilation plus one": "die Dilatation plus eins",
    "the spacing of its taps, which is the dilation": "der Abstand ihrer Abgriffe, also die Dilatation",
    "The kernel sizes are multiplied.": "Die Kerngrößen werden multipliziert.",
    "The taps of neighbouring units overlap:": "Die Abgriffe benachbarter Einheiten überlappen sich:",
    "each layer adds to the field.": "jede Schicht kommt zum Feld hinzu.",
    "The kernel sizes are added.": "Die Kerngrößen werden addiert.",
    "A layer adds one less than its kernel size:": "Eine Schicht bringt eins weniger als ihre Kerngröße:",
    "the first tap is counted already.": "der erste Abgriff ist schon gezählt.",
    "Dilation or strides are left out:": "Dilatation oder Schrittweiten fehlen:",
    "the gaps between taps are as long as both make them.": "sie bestimmen, wie weit die Abgriffe auseinanderliegen.",
    "One more layer.": "Eine Schicht mehr.",
    "One more layer": "Eine Schicht mehr",
    "One layer more": "Von einer Schicht zur nächsten",
    "A unit of the layer before sees the inputs from its first to its last;":
        "Eine Einheit der vorigen Schicht sieht die Eingaben von ihrer ersten bis zu ihrer letzten;",
    "the new unit sees from the first of its first tap to the last of its last tap.":
        "die neue Einheit sieht von der ersten ihres ersten Abgriffs bis zur letzten ihres letzten.",
    "what the layer before sees at both ends:": "was die vorige Schicht an beiden Enden sieht:",
    "of its last tap and of its first": "beim letzten und beim ersten Abgriff",
    "the padding of both layers cancels": "die Auffüllung beider Schichten hebt sich weg",
    "An input sees itself, {0}.": "Eine Eingabe sieht sich selbst, {0}.",
    "One more layer lets a unit see as far as its outermost taps do, so its field grows:":
        "Mit einer weiteren Schicht sieht eine Einheit so weit wie ihre äußersten Abgriffe, ihr Feld wächst also:",
    "The recursion": "Die Rekursion",
    "the recursion": "die Rekursion",
    "the outermost taps lie {0} units of layer {1} apart, and neighbouring units {2} inputs":
        "die äußersten Abgriffe liegen {0} Einheiten der Schicht {1} auseinander, benachbarte Einheiten {2} Eingaben",
    "For every number of layers:": "Für jede Zahl von Schichten:",
    "before the first layer.": "vor der ersten Schicht.",
    "No layer": "Keine Schicht",
    "an input sees itself": "eine Eingabe sieht sich selbst",
    "an empty sum": "eine leere Summe",
    "From {0} layers to {1}.": "Von {0} Schichten zu {1}.",
    "the claim for n": "die Behauptung für n",
    "the new layer is the last term of the sum": "die neue Schicht ist der letzte Summand",
    "So for every number of layers.": "Also für jede Zahl von Schichten.",
    "The receptive field of n layers": "Das rezeptive Feld von n Schichten",
    "induction": "Induktion",
    "Layer by layer.": "Schicht für Schicht.",
    "Layer #": "Schicht #",
    "layer {0}:": "Schicht {0}:",
    "the field grows by {0} inputs": "das Feld wächst um {0} Eingaben",
    "the field grows by {0} input": "das Feld wächst um {0} Eingabe",
    "what a unit of layer {0} sees": "so viel sieht eine Einheit der Schicht {0}",
}  # fmt: skip

_COUNTS = {
    "Weights and biases of convolutional layers": "Gewichte und Biases von Faltungsschichten",
    "A 1-D convolutional network has {0} input channels.": "Ein 1D-Faltungsnetz hat {0} Eingabekanäle.",
    "A 1-D convolutional network has {0} input channel.": "Ein 1D-Faltungsnetz hat {0} Eingabekanal.",
    "Layer {0} has kernel size {1} and goes from {2} to {3} channels.": "Die Schicht {0} hat Kerngröße {1} und führt von {2} zu {3} Kanälen.",
    "Layer {0} has kernel size {1} and goes from {2} to {3} channel.": "Die Schicht {0} hat Kerngröße {1} und führt von {2} zu {3} Kanal.",
    "How many weights and how many biases does each layer need?": "Wie viele Gewichte und wie viele Biases braucht jede Schicht?",
    "Layer {0} needs {1} weights and {2} biases.": "Die Schicht {0} braucht {1} Gewichte und {2} Biases.",
    "Layer {0} needs {1} weights and {2} bias.": "Die Schicht {0} braucht {1} Gewichte und {2} Bias.",
    "Layer {0} needs {1} weight and {2} bias.": "Die Schicht {0} braucht {1} Gewicht und {2} Bias.",
    "Together that is {0} parameters:": "Zusammen sind das {0} Parameter:",
    "one bias for each output channel": "ein Bias für jeden Ausgabekanal",
    "How many numbers make one output channel:": "Wie viele Zahlen machen einen Ausgabekanal:",
    "which inputs does one of its values read, and over how many channels?": "welche Eingaben liest einer seiner Werte, und aus wie vielen Kanälen?",
    "How many output channels are there, and which numbers does each have besides its weights?":
        "Wie viele Ausgabekanäle gibt es, und welche Zahlen hat jeder außer seinen Gewichten?",
    "Which channels does the second layer read?": "Welche Kanäle liest die zweite Schicht?",
    "is the kernel size of layer {0}": "ist die Kerngröße der Schicht {0}",
    "its number of output channels;": "die Zahl ihrer Ausgabekanäle;",
    "{0} that of the input": "{0} die der Eingabe",
    "how many numbers of each kind it learns": "wie viele Zahlen jeder Art sie lernt",
    "The biases are left out:": "Die Biases fehlen:",
    "each output channel has one.": "jeder Ausgabekanal hat einen.",
    "The second layer reads the channels of the first layer, not those of the input.":
        "Die zweite Schicht liest die Kanäle der ersten, nicht die der Eingabe.",
    "Each output channel has a kernel of its own for every input channel, not one for all of them.":
        "Jeder Ausgabekanal hat für jeden Eingabekanal einen eigenen Kern, nicht einen für alle.",
    "The weights of a convolution, counted one by one.": "Die Gewichte einer Faltung, einzeln gezählt.",
    "Weights of a convolution": "Gewichte einer Faltung",
    "one for each output channel, input channel and tap": "eines für jeden Ausgabekanal, Eingabekanal und Abgriff",
    "each sum of ones is its number of terms": "jede Summe von Einsen ist die Zahl ihrer Summanden",
    "Any layer {0}.": "Eine Schicht {0}.",
    "Weights of a layer": "Gewichte einer Schicht",
    "Biases of a layer": "Biases einer Schicht",
    "each output channel has a kernel of {0} taps for each of the {1} channels below":
        "jeder Ausgabekanal hat für jeden der {1} Kanäle darunter einen Kern mit {0} Abgriffen",
    "one for each output channel": "einer für jeden Ausgabekanal",
    "Weights of layer #": "Gewichte der Schicht #",
    "Biases of layer #": "Biases der Schicht #",
    "weights of layer {0}": "Gewichte der Schicht {0}",
    "biases of layer {0}": "Biases der Schicht {0}",
    "Together.": "Zusammen.",
    "All layers": "Alle Schichten",
    "weights and biases of all layers": "Gewichte und Biases aller Schichten",
    "the counts above": "die Anzahlen von oben",
    "the sum of all parts": "die Summe aller Teile",
    "equal powers collected": "gleiche Potenzen zusammengefasst",
    "Parameters by part": "Parameter nach Teilen",
    "layer {0}, weights": "Schicht {0}, Gewichte",
    "layer {0}, biases": "Schicht {0}, Biases",
    "total": "zusammen",
    "Parameters of a residual block": "Parameter eines Residualblocks",
    "A convolutional residual block contains a batch normalization, a ReLU and a {0} convolution.":
        "Ein Residualblock enthält eine Batch-Normalisierung, eine ReLU und eine {0}-Faltung.",
    "Input and output have {0} channels.": "Ein- und Ausgabe haben {0} Kanäle.",
    "Input and output have {0} channel.": "Ein- und Ausgabe haben {0} Kanal.",
    "How many parameters define the block?": "Wie viele Parameter bestimmen den Block?",
    "The block has {0} parameters:": "Der Block hat {0} Parameter:",
    "each convolution has a bias;": "jede Faltung hat einen Bias;",
    "running means and variances of batch normalization are buffers, not parameters, and are not counted":
        "laufende Mittel und Varianzen der Batch-Normalisierung sind Puffer, keine Parameter, und werden nicht gezählt",
    "Running means and variances of batch normalization are buffers, not parameters, and are not counted.":
        "Laufende Mittel und Varianzen der Batch-Normalisierung sind Puffer, keine Parameter, und werden nicht gezählt.",
    "What does batch normalization learn for each channel, and what does it only measure?":
        "Was lernt die Batch-Normalisierung für jeden Kanal, und was misst sie nur?",
    "Does the ReLU learn anything?": "Lernt die ReLU etwas?",
    "How many weights does one output channel of the convolution have?": "Wie viele Gewichte hat ein Ausgabekanal der Faltung?",
    "How many output channels are there, and how many biases?": "Wie viele Ausgabekanäle gibt es, und wie viele Biases?",
    "is the number of channels of input and output": "ist die Zahl der Kanäle von Ein- und Ausgabe",
    "the side of the square kernel": "die Seite des quadratischen Kerns",
    "The biases of the convolutions are left out:": "Die Biases der Faltungen fehlen:",
    "Running means and variances are counted.": "Laufende Mittel und Varianzen werden mitgezählt.",
    "They are measured, not learned:": "Sie werden gemessen, nicht gelernt:",
    "they are buffers.": "sie sind Puffer.",
    "The batch normalization is left out:": "Die Batch-Normalisierung fehlt:",
    "it learns a scale and a shift for each channel.": "sie lernt für jeden Kanal eine Skala und eine Verschiebung.",
    "Batch normalization learns two numbers for each of its channels, a scale and a shift;":
        "Die Batch-Normalisierung lernt für jeden ihrer Kanäle zwei Zahlen, eine Skala und eine Verschiebung;",
    "the ReLU learns none.": "die ReLU lernt keine.",
    "A convolution learns a weight for each position in the kernel, input channel and output channel, and a bias for each output channel.":
        "Eine Faltung lernt ein Gewicht für jede Stelle des Kerns, jeden Eingabe- und jeden Ausgabekanal, und einen Bias für jeden Ausgabekanal.",
    "The residual block": "Der Residualblock",
    "normalization, weights and biases": "Normalisierung, Gewichte und Biases",
    "each product": "jedes Produkt",
    "batch normalization, scale and shift": "Batch-Normalisierung, Skala und Verschiebung",
    "convolution, weights": "Faltung, Gewichte",
    "convolution, biases": "Faltung, Biases",
    "Parameters of a bottleneck block": "Parameter eines Flaschenhalsblocks",
    "A bottleneck residual block contains three sequences of batch normalization, ReLU and convolution.":
        "Ein Flaschenhalsblock enthält dreimal hintereinander Batch-Normalisierung, ReLU und Faltung.",
    "The first reduces {0} channels to {1} with a {2} convolution, the second keeps them with a {3} convolution, the third increases them to {4} with "
    "a {5} convolution.":
        "Die erste Folge verringert {0} Kanäle mit einer {2}-Faltung auf {1}, die zweite behält sie mit einer {3}-Faltung, die dritte vermehrt sie "
        "mit einer {5}-Faltung auf {4}.",
    "The first reduces {0} channel to {1} with a {2} convolution, the second keeps them with a {3} convolution, the third increases them to {4} with "
    "a {5} convolution.":
        "Die erste Folge führt {0} Kanal mit einer {2}-Faltung auf {1}, die zweite behält sie mit einer {3}-Faltung, die dritte führt sie mit einer "
        "{5}-Faltung auf {4}.",
    "Take the three sequences one by one:": "Nehmen Sie die drei Folgen der Reihe nach:",
    "how many channels go in, and how many come out?": "wie viele Kanäle gehen hinein, und wie viele kommen heraus?",
    "What does the batch normalization before each convolution learn, and for how many channels?":
        "Was lernt die Batch-Normalisierung vor jeder Faltung, und für wie viele Kanäle?",
    "How many weights and how many biases does each convolution have?": "Wie viele Gewichte und wie viele Biases hat jede Faltung?",
    "is the number of channels outside": "ist die Zahl der Kanäle außen",
    "the number of channels in the bottleneck": "die Zahl der Kanäle im Flaschenhals",
    "the side of the square kernel in the middle": "die Seite des quadratischen Kerns in der Mitte",
    "The bottleneck block": "Der Flaschenhalsblock",
    "normalization, weights and biases of each sequence": "Normalisierung, Gewichte und Biases jeder Folge",
    "the sum of each sequence": "die Summe jeder Folge",
    "normalization {0}, scale and shift": "Normalisierung {0}, Skala und Verschiebung",
    "convolution {0}, weights": "Faltung {0}, Gewichte",
    "convolution {0}, biases": "Faltung {0}, Biases",
}  # fmt: skip

_ATTENTION = {
    "Parameters of self-attention and of a dense layer": "Parameter der Selbstaufmerksamkeit und einer vollverbundenen Schicht",
    **{
        f"Self-attention computes queries, keys and values from {{0}} input{inputs} of length {{1}}, each by one {{2}} matrix of weights and one "
        f"vector of {{3}} bias{biases}.":
            f"Selbstaufmerksamkeit berechnet aus {{0}} Eingabe{'n' * bool(inputs)} der Länge {{1}} Anfragen, Schlüssel und Werte, jeweils mit einer "
            f"{{2}}-Matrix von Gewichten und einem Vektor von {{3}} Bias{biases}."
        for inputs in ("", "s") for biases in ("", "es")
    },
    "How many weights and biases does it use?": "Wie viele Gewichte und Biases braucht sie?",
    "How many would a fully connected layer have that relates all {0} inputs to all {1} outputs?":
        "Wie viele hätte eine vollverbundene Schicht von allen {0} Eingaben zu allen {1} Ausgaben?",
    "Self-attention uses {0} weights and {1} biases, whatever the number of inputs.":
        "Selbstaufmerksamkeit braucht {0} Gewichte und {1} Biases, wie viele Eingaben es auch sind.",
    "The dense layer would have {0} weights and {1} biases, so it grows with the square of the number of inputs.":
        "Die vollverbundene Schicht hätte {0} Gewichte und {1} Biases, wächst also mit dem Quadrat der Zahl der Eingaben.",
    "weights and biases of queries, keys and values;": "Gewichte und Biases von Anfragen, Schlüsseln und Werten;",
    "no output projection": "ohne Ausgabeprojektion",
    "What size has the matrix that makes a query of one input, and does every input have a matrix of its own?":
        "Welche Größe hat die Matrix, die aus einer Eingabe eine Anfrage macht, und hat jede Eingabe eine eigene?",
    "How many such matrices and vectors are there?": "Wie viele solche Matrizen und Vektoren gibt es?",
    "A fully connected layer has a weight for each pair of an input and an output.":
        "Eine vollverbundene Schicht hat ein Gewicht für jedes Paar aus einer Eingabe und einer Ausgabe.",
    "How many numbers go in, and how many come out?": "Wie viele Zahlen gehen hinein, und wie viele kommen heraus?",
    "is the length of each input": "ist die Länge jeder Eingabe",
    "the number of inputs": "die Zahl der Eingaben",
    "and the like:": "und so weiter:",
    "how many numbers of each kind are learned": "wie viele Zahlen jeder Art gelernt werden",
    "The size of the data is taken for the size of the matrices, which map one input to one of the same length.":
        "Die Größe der Daten wird für die der Matrizen gehalten, die eine Eingabe auf eine gleicher Länge abbilden.",
    "A bias is counted for each input.": "Für jede Eingabe wird ein Bias gezählt.",
    "All inputs have the same bias.": "Alle Eingaben haben denselben Bias.",
    "Every input has a weight for every output, not for one output only.": "Jede Eingabe hat ein Gewicht für jede Ausgabe, nicht nur für eine.",
    "Self-attention:": "Selbstaufmerksamkeit:",
    "a matrix and a vector for each of queries, keys and values, the same for every input.":
        "je eine Matrix und ein Vektor für Anfragen, Schlüssel und Werte, dieselben für jede Eingabe.",
    "Weights of self-attention": "Gewichte der Selbstaufmerksamkeit",
    "Biases of self-attention": "Biases der Selbstaufmerksamkeit",
    "three matrices of {0} numbers each": "drei Matrizen zu je {0} Zahlen",
    "three vectors of {0} numbers each": "drei Vektoren zu je {0} Zahlen",
    "the product": "das Produkt",
    "The dense layer:": "Die vollverbundene Schicht:",
    "{0} numbers go in and {1} come out.": "{0} Zahlen gehen hinein, und {1} kommen heraus.",
    "Weights of the dense layer": "Gewichte der vollverbundenen Schicht",
    "Biases of the dense layer": "Biases der vollverbundenen Schicht",
    "one for each pair of an input and an output": "eines für jedes Paar aus einer Eingabe und einer Ausgabe",
    "one for each output": "einer für jede Ausgabe",
    "With a single input the dense layer is the smaller one.": "Bei einer einzigen Eingabe ist die vollverbundene Schicht die kleinere.",
    "A single input": "Eine einzige Eingabe",
    "N = 1": "N = 1",
    "D is at least 1": "D ist mindestens 1",
    "With two inputs or more it is never smaller, and larger by at least the sum below.":
        "Ab zwei Eingaben ist sie nie kleiner, und größer um mindestens die Summe unten.",
    "Two inputs or more": "Zwei Eingaben oder mehr",
    "factored": "in Faktoren zerlegt",
    "D = a + 1 and N = n + 2": "D = a + 1 und N = n + 2",
    "no term is negative": "kein Summand ist negativ",
    "back to D and N": "zurück zu D und N",
    "The two are equal in one case only, one feature and two inputs.": "Beide sind nur in einem Fall gleich, bei einem Merkmal und zwei Eingaben.",
    "Where they are equal": "Wo sie gleich sind",
    "D = 1 and N = 2": "D = 1 und N = 2",
    "Weights and biases": "Gewichte und Biases",
    "self-attention, weights": "Selbstaufmerksamkeit, Gewichte",
    "self-attention, biases": "Selbstaufmerksamkeit, Biases",
    "dense layer, weights": "vollverbunden, Gewichte",
    "dense layer, biases": "vollverbunden, Biases",
}  # fmt: skip

_EQUIVARIANCE = {
    "Permutation equivariance of self-attention": "Permutationsäquivarianz der Selbstaufmerksamkeit",
    "Self-attention maps {0} to": "Selbstaufmerksamkeit bildet {0} ab auf",
    "with": "mit",
    "where the softmax is taken along each column.": "wobei der Softmax längs jeder Spalte genommen wird.",
    "where the softmax is taken along each row.": "wobei der Softmax längs jeder Zeile genommen wird.",
    "Show that for every permutation matrix {0}": "Zeigen Sie, dass für jede Permutationsmatrix {0} gilt:",
    "Permuting the inputs permutes the outputs in the same way, whatever the number of inputs and their length:":
        "Vertauscht man die Eingaben, so vertauschen sich die Ausgaben ebenso, wie viele Eingaben es auch sind und wie lang sie sind:",
    "softmax along each column": "Softmax längs jeder Spalte",
    "softmax along each row": "Softmax längs jeder Zeile",
    "The step that moves {0} out of the softmax is equivariance.": "Der Schritt, der {0} aus dem Softmax herauszieht, ist die Äquivarianz.",
    "Invariance would be {0}, which is false.": "Invarianz wäre {0}, und das ist falsch.",
    "What are queries, keys and values of {0}?": "Was sind die Anfragen, Schlüssel und Werte von {0}?",
    "What does {0} do to the biases, which are equal for all inputs?": "Was macht {0} mit den Biases, die für alle Eingaben gleich sind?",
    "Which scores do the permuted inputs have?": "Welche Bewertungen haben die vertauschten Eingaben?",
    "Write them with {0} and the old scores, and use the transpose of a product.":
        "Schreiben Sie sie mit {0} und den alten Bewertungen, und benutzen Sie die Transponierte eines Produkts.",
    "The softmax of {0} is not the softmax of {1}.": "Der Softmax von {0} ist nicht der von {1}.",
    "Which entries does it have, and in which order?": "Welche Einträge hat er, und in welcher Reihenfolge?",
    "What is {0}, and why?": "Was ist {0}, und warum?",
    "holds the {0} inputs as columns of length {1}": "enthält die {0} Eingaben als Spalten der Länge {1}",
    "holds the {0} inputs as rows of length {1}": "enthält die {0} Eingaben als Zeilen der Länge {1}",
    "are {0} matrices of weights": "sind {0}-Matrizen von Gewichten",
    "vectors of {0} biases": "Vektoren von {0} Biases",
    "the vector of {0} ones": "der Vektor von {0} Einsen",
    "a permutation matrix of size {0}:": "eine Permutationsmatrix der Größe {0}:",
    "one 1 in each row and each column, all else 0": "eine 1 in jeder Zeile und jeder Spalte, sonst 0",
    "its permutation of the numbers from 1 to {0} ({1})": "deren Permutation der Zahlen von 1 bis {0} ({1})",
    "is 1 for equal indices, else 0": "ist 1 für gleiche Indizes, sonst 0",
    "the identity matrix of size {0}": "die Einheitsmatrix der Größe {0}",
    "any real matrix of size {0}": "eine beliebige reelle Matrix der Größe {0}",
    "values, keys and queries of the permuted inputs {0}": "Werte, Schlüssel und Anfragen der vertauschten Eingaben {0}",
    "The softmax is taken for invariant.": "Der Softmax wird für invariant gehalten.",
    "Its entries move with those of its argument.": "Seine Einträge wandern mit denen seines Arguments.",
    "The permutation is taken for its own inverse.": "Die Permutation wird für ihre eigene Umkehrung gehalten.",
    "That is its transpose.": "Das ist ihre Transponierte.",
    "The outputs are taken to stay.": "Die Ausgaben sollen bleiben.",
    "They move with the inputs.": "Sie wandern mit den Eingaben.",
    "Permuting equal inputs changes nothing.": "Gleiche Eingaben zu vertauschen ändert nichts.",
    "Permuting equal inputs changes nothing": "Gleiche Eingaben zu vertauschen ändert nichts",
    "By definition {0} for a permutation {1} of the numbers from 1 to {2}.": "Nach Definition ist {0} für eine Permutation {1} der Zahlen von 1 bis {2}.",
    "all entries of {0} are 1": "alle Einträge von {0} sind 1",
    "definition of {0}": "Definition von {0}",
    "one index from 1 to {0} is the image under {1}, and no other": "genau ein Index von 1 bis {0} ist das Bild unter {1}",
    "entry by entry": "Eintrag für Eintrag",
    "A permutation matrix is orthogonal:": "Eine Permutationsmatrix ist orthogonal:",
    "its transpose undoes the permutation.": "ihre Transponierte macht die Vertauschung rückgängig.",
    "A permutation matrix is orthogonal": "Eine Permutationsmatrix ist orthogonal",
    "a permutation matrix is orthogonal:": "eine Permutationsmatrix ist orthogonal:",
    "the product by entries": "das Produkt nach Einträgen",
    "{0} runs once through all indices from 1 to {1}": "{0} durchläuft alle Indizes von 1 bis {1} einmal",
    "only one term can differ from 0": "nur ein Summand kann von 0 verschieden sein",
    "definition of the identity matrix {0}": "Definition der Einheitsmatrix {0}",
    "{0} has the rows and columns of {1} in the new order.": "{0} hat die Zeilen und Spalten von {1} in der neuen Reihenfolge.",
    "Rows and columns are permuted alike": "Zeilen und Spalten werden gleich vertauscht",
    "rows and columns are permuted alike": "Zeilen und Spalten werden gleich vertauscht",
    "each sum has one term that differs from 0": "jede Summe hat einen Summanden, der von 0 verschieden ist",
    "The softmax is equivariant, not invariant:": "Der Softmax ist äquivariant, nicht invariant:",
    "its entries move with those of its argument.": "seine Einträge wandern mit denen seines Arguments.",
    "The softmax is equivariant to permutations": "Der Softmax ist äquivariant unter Permutationen",
    "definition of the softmax": "Definition des Softmax",
    "the sum over all indices in another order": "die Summe über alle Indizes in anderer Reihenfolge",
    "rows and columns of the softmax are permuted alike": "Zeilen und Spalten des Softmax werden gleich vertauscht",
    "Permuted inputs give permuted queries.": "Vertauschte Eingaben geben vertauschte Anfragen.",
    "Permuted inputs give permuted queries": "Vertauschte Eingaben geben vertauschte Anfragen",
    "Permuted inputs give permuted keys": "Vertauschte Eingaben geben vertauschte Schlüssel",
    "Permuted inputs give permuted values": "Vertauschte Eingaben geben vertauschte Werte",
    "the definition with {0} in place of {1}": "die Definition mit {0} anstelle von {1}",
    "the product is associative": "das Produkt ist assoziativ",
    "equal columns are permuted:": "gleiche Spalten werden vertauscht:",
    "the common factor {0}": "der gemeinsame Faktor {0}",
    "by the same steps": "mit denselben Schritten",
    "Keys and values likewise.": "Schlüssel und Werte ebenso.",
    "Put together.": "Zusammengesetzt.",
    "Self-attention is equivariant to permutations": "Selbstaufmerksamkeit ist äquivariant unter Permutationen",
    "definition of self-attention": "Definition der Selbstaufmerksamkeit",
    "the permuted values, keys and queries": "die vertauschten Werte, Schlüssel und Anfragen",
    "the transpose of a product:": "die Transponierte eines Produkts:",
    "the softmax is equivariant:": "der Softmax ist äquivariant:",
    "both {0} and {1} come out": "{0} und {1} kommen heraus",
}  # fmt: skip

_BASE = (
    "Ist eine Abbildung umkehrbar eindeutig und in beiden Richtungen differenzierbar, so ist die Dichte die der Basis an der Umkehrung, mal dem "
    "Betrag der Ableitung der Umkehrung."
)
_BRANCHES = "Jeder Zweig der Umkehrung gibt die Basisdichte dort, mal dem Betrag seiner Ableitung, und die Zweige werden addiert."

_DENSITY = {
    "The density of a transformed random variable": "Die Dichte einer transformierten Zufallsvariablen",
    "The random variable {0} has the density {1}.": "Die Zufallsvariable {0} hat die Dichte {1}.",
    "Find the density of {0} = {1} with {2}.": "Bestimmen Sie die Dichte von {0} = {1} mit {2}.",
    "{0} has the base density at the inverse of the map, times the size of the inverse's derivative:":
        "{0} hat die Basisdichte an der Umkehrung der Abbildung, mal dem Betrag der Ableitung der Umkehrung:",
    "the second argument of Normal is the variance": "das zweite Argument von Normal ist die Varianz",
    "Which values can {0} = {1} take, and what is the density elsewhere?": "Welche Werte kann {0} = {1} annehmen, und was ist die Dichte anderswo?",
    "Solve {0} for {1}.": "Lösen Sie {0} nach {1} auf.",
    "Is there exactly one solution for each such {0}?": "Gibt es für jedes solche {0} genau eine Lösung?",
    "How long is the interval of {0} that is mapped to a short interval of {1}?":
        "Wie lang ist das Intervall von {0}, das auf ein kurzes Intervall von {1} abgebildet wird?",
    "That is where the derivative of the inverse comes in.": "Da kommt die Ableitung der Umkehrung ins Spiel.",
    "Why does the absolute value of the derivative stand in the formula, and can it be left out here?":
        "Warum steht in der Formel der Betrag der Ableitung, und kann man ihn hier weglassen?",
    "are the random variables before and after the map": "sind die Zufallsvariablen vor und nach der Abbildung",
    "their densities": "deren Dichten",
    "their values (real numbers)": "deren Werte (reelle Zahlen)",
    "the map": "die Abbildung",
    "a real number": "eine reelle Zahl",
    "a positive real number": "eine positive reelle Zahl",
    "a real number, at least zero": "eine reelle Zahl ab null",
    "a negative real number": "eine negative reelle Zahl",
    "a real number other than zero": "eine reelle Zahl ungleich null",
    "a real number strictly between 0 and 1": "eine reelle Zahl echt zwischen 0 und 1",
    "a real number from 0 to 1": "eine reelle Zahl von 0 bis 1",
    "an integer": "eine ganze Zahl",
    "an integer, at least 1": "eine ganze Zahl ab 1",
    "an integer, at least 0": "eine ganze Zahl ab 0",
    "a complex number": "eine komplexe Zahl",
    "The derivative of the inverse is missing.": "Die Ableitung der Umkehrung fehlt.",
    "Lengths change under the map, and the density changes against them.": "Längen ändern sich unter der Abbildung, und die Dichte ändert sich umgekehrt.",
    "The derivative of the map is taken in place of that of its inverse.": "Statt der Ableitung der Umkehrung steht da die der Abbildung.",
    "The inverse of the map.": "Die Umkehrung der Abbildung.",
    "The inverse of the map on piece {0}.": "Die Umkehrung der Abbildung auf dem Stück {0}.",
    "Each line holds exactly where the one before holds, so every {0} with {1} comes from exactly one {2}.":
        "Jede Zeile gilt genau dann, wenn die vorige gilt; also kommt jedes {0} mit {1} von genau einem {2}.",
    "Each line holds exactly where the one before holds, so every {0} comes from exactly one {1}.":
        "Jede Zeile gilt genau dann, wenn die vorige gilt; also kommt jedes {0} von genau einem {1}.",
    "The inverse": "Die Umkehrung",
    "taking reciprocals": "Kehrwerte",
    "subtracting the same from both sides": "auf beiden Seiten dasselbe abgezogen",
    "taking logarithms": "logarithmiert",
    "exponentiating": "exponenziert",
    "dividing both sides": "beide Seiten geteilt",
    "both signs changed": "beide Vorzeichen gewechselt",
    "both signs changed:": "beide Vorzeichen gewechselt:",
    "the root with the sign of the piece": "die Wurzel mit dem Vorzeichen des Stücks",
    "the sign is known on the piece": "das Vorzeichen ist auf dem Stück bekannt",
    "the inverse function": "die Umkehrfunktion",
    "the map undoes its inverse": "die Abbildung macht ihre Umkehrung rückgängig",
    "the logarithm of a quotient:": "der Logarithmus eines Quotienten:",
    "every logarithm and root is of a positive number": "jeder Logarithmus und jede Wurzel ist von einer positiven Zahl",
    "The derivative of the inverse.": "Die Ableitung der Umkehrung.",
    "The derivative of the inverse on piece {0}.": "Die Ableitung der Umkehrung auf dem Stück {0}.",
    "The derivative of the inverse": "Die Ableitung der Umkehrung",
    "term by term": "Summand für Summand",
    "brought together": "zusammengefasst",
    "The density for {0}.": "Die Dichte für {0}.",
    "The density on the whole line.": "Die Dichte auf der ganzen Geraden.",
    "Where a map is one-to-one and differentiable both ways, the density is that of the base at the inverse, times the size of the inverse's "
    "derivative.": _BASE,
    "Every branch of the inverse gives the base density there, times the size of the branch's derivative, and the branches are added up.": _BRANCHES,
    "The density": "Die Dichte",
    "change of variables:": "Transformationssatz:",
    "the map and its inverse are differentiable and one-to-one here": "die Abbildung und ihre Umkehrung sind hier differenzierbar und eindeutig",
    "the base density and the derivative put in": "die Basisdichte und die Ableitung eingesetzt",
    "the derivative is positive for {0}": "die Ableitung ist positiv für {0}",
    "the derivative is negative for {0}": "die Ableitung ist negativ für {0}",
    "the derivative is positive": "die Ableitung ist positiv",
    "the derivative is negative": "die Ableitung ist negativ",
    "the signs of the derivatives are known here": "die Vorzeichen der Ableitungen sind hier bekannt",
    "Outside the support no value is mapped there, and the density is zero.":
        "Außerhalb des Trägers wird kein Wert dorthin abgebildet, und die Dichte ist null.",
    "Outside the support": "Außerhalb des Trägers",
    "The density on both sides": "Die Dichte auf beiden Seiten",
    "The same on both sides of a single point, at which a density may have any value.":
        "Dasselbe auf beiden Seiten eines einzelnen Punktes, an dem eine Dichte jeden Wert haben darf.",
    "as on each side": "wie auf jeder Seite",
    "but for single points, at which a density may have any value": "außer in einzelnen Punkten, in denen eine Dichte jeden Wert haben darf",
    "Between the images it is zero.": "Zwischen den Bildern ist sie null.",
    "Between the images": "Zwischen den Bildern",
    "At the single point {0} between the images it is put to zero.": "An dem einzelnen Punkt {0} zwischen den Bildern wird sie null gesetzt.",
    "At a single point": "An einem einzelnen Punkt",
    "a density may be put to anything there": "dort darf eine Dichte beliebig gesetzt werden",
    "no {0} is mapped there": "kein {0} wird dorthin abgebildet",
    "The density has mass one.": "Die Dichte hat Masse eins.",
    "The mass is one": "Die Masse ist eins",
    "substituting {0}": "mit der Substitution {0}",
    "the base density has mass one": "die Basisdichte hat Masse eins",
}  # fmt: skip

_EPOCHS = {
    "Epochs of a training run": "Epochen eines Trainings",
    **{
        f"Stochastic gradient descent runs for {{0}} iteration{i} on a data set of {{1}} sample{s} with a batch size of {{2}}.":
            f"Stochastischer Gradientenabstieg macht {{0}} Iteration{'en' * bool(i)} auf einem Datensatz von {{1}} Beispiel{'en' * bool(s)}"
            " mit Batchgröße {2}."
        for i in ("", "s") for s in ("", "s")
    },
    "For how many epochs is the model trained?": "Wie viele Epochen lang wird das Modell trainiert?",
    "The model is trained for {0} epochs:": "Das Modell wird {0} Epochen lang trainiert:",
    "The model is trained for {0} epoch:": "Das Modell wird {0} Epoche lang trainiert:",
    "The model is trained for {0} epochs, so epoch {1} is not finished:":
        "Das Modell wird {0} Epochen lang trainiert, die Epoche {1} ist also nicht beendet:",
    "a last batch that is not full is kept and counts as a batch": "ein letzter Batch, der nicht voll ist, bleibt und zählt als Batch",
    "a last batch that is not full is dropped": "ein letzter Batch, der nicht voll ist, fällt weg",
    "How many batches does one pass over the data have, and what becomes of a last batch that is not full?":
        "Wie viele Batches hat ein Durchgang durch die Daten, und was wird aus einem letzten, der nicht voll ist?",
    "How many batches does one iteration use?": "Wie viele Batches braucht eine Iteration?",
    "How many passes fit into the iterations?": "Wie viele Durchgänge passen in die Iterationen?",
    "are integers, at least 1": "sind ganze Zahlen ab 1",
    "is the number of batches in one pass over the data": "ist die Zahl der Batches in einem Durchgang durch die Daten",
    "the number of passes": "die Zahl der Durchgänge",
    "The iterations are divided by the batch size.": "Die Iterationen werden durch die Batchgröße geteilt.",
    "That is neither a number of batches nor one of epochs.": "Das ist weder eine Zahl von Batches noch eine von Epochen.",
    "An iteration is taken to use one sample.": "Eine Iteration soll ein Beispiel brauchen.",
    "It uses a batch.": "Sie braucht einen Batch.",
    "The last batch is kept.": "Der letzte Batch bleibt.",
    "Here it is dropped, because it is not full.": "Hier fällt er weg, weil er nicht voll ist.",
    "The last batch is dropped.": "Der letzte Batch fällt weg.",
    "Here it is kept, though it is smaller.": "Hier bleibt er, obwohl er kleiner ist.",
    "An epoch is one pass over the data.": "Eine Epoche ist ein Durchgang durch die Daten.",
    "How many batches does it have?": "Wie viele Batches hat sie?",
    "Batches in an epoch": "Batches in einer Epoche",
    "a last batch that is not full counts:": "ein letzter Batch, der nicht voll ist, zählt:",
    "a last batch that is not full is dropped:": "ein letzter Batch, der nicht voll ist, fällt weg:",
    "rounded up": "aufgerundet",
    "rounded down": "abgerundet",
    "rounded up:": "aufgerundet:",
    "rounded down:": "abgerundet:",
    "the last batch is smaller": "der letzte Batch ist kleiner",
    "the last batch is dropped": "der letzte Batch fällt weg",
    "the batch size divides the number of samples": "die Batchgröße teilt die Zahl der Beispiele",
    "How many passes do the iterations make?": "Wie viele Durchgänge machen die Iterationen?",
    "Epochs": "Epochen",
    "an iteration uses one batch, so an epoch takes as many iterations as it has batches":
        "eine Iteration braucht einen Batch, eine Epoche also so viele Iterationen, wie sie Batches hat",
    "{0}, and the batches from above": "{0}, und die Batches von oben",
    "the quotient": "der Quotient",
    "in lowest terms": "gekürzt",
    "In decimals": "Als Dezimalzahl",
    "in decimals": "als Dezimalzahl",
}  # fmt: skip

_MOMENTUM = {
    "Momentum as a weighted sum of gradients": "Momentum als gewichtete Summe von Gradienten",
    "Stochastic gradient descent with momentum updates {0} to {1}, where {2} is the gradient of the loss at iteration {3}.":
        "Stochastischer Gradientenabstieg mit Momentum setzt {0} auf {1}, wobei {2} der Gradient des Verlusts bei der Iteration {3} ist.",
    "Show that the momentum is a weighted sum of the gradients at the previous iterations, and derive the weights of that sum.":
        "Zeigen Sie, dass das Momentum eine gewichtete Summe der Gradienten der vorigen Iterationen ist, und leiten Sie die Gewichte dieser Summe her.",
    "Momentum is a weighted sum of the gradients.": "Das Momentum ist eine gewichtete Summe der Gradienten.",
    "The gradient {0} has the weight {1}, so the weights shrink by the factor {2} at each step back;":
        "Der Gradient {0} hat das Gewicht {1}, die Gewichte schrumpfen also mit jedem Schritt zurück um den Faktor {2};",
    "The term {0} has the weight {1}, so the weights shrink by the factor {2} at each step back;":
        "Der Term {0} hat das Gewicht {1}, die Gewichte schrumpfen also mit jedem Schritt zurück um den Faktor {2};",
    **{
        f"The {english} {{0}} has the weight {{1}}{end}": f"Der {german} {{0}} hat das Gewicht {{1}}{end}"
        for english, german in (("gradient", "Gradient"), ("term", "Term"))
        for end in (";", ".", ":")
    },
    "together they are {0}:": "zusammen sind sie {0}:",
    "together they are {0}.": "zusammen sind sie {0}.",
    "all weights alike": "alle Gewichte gleich",
    "the newest terms join their sums:": "die neuesten Terme kommen zu ihren Summen:",
    "the formula is for {0}, the momentum after the gradient {1} enters": "die Formel ist für {0}, das Momentum, nachdem der Gradient {1} eingegangen ist",
    "the formula is for {0}, the momentum before the gradient {1} enters": "die Formel ist für {0}, das Momentum, bevor der Gradient {1} eingeht",
    "With {0} the first term vanishes, and only gradients are left.": "Mit {0} fällt der erste Summand weg, und es bleiben nur Gradienten.",
    "Put the update for {0} into that for {1}, and then that for {2}.": "Setzen Sie die Regel für {0} in die für {1} ein, und dann die für {2}.",
    "Which factors stand before the gradients?": "Welche Faktoren stehen vor den Gradienten?",
    "Which formula do you expect after all steps back?": "Welche Formel erwarten Sie nach allen Schritten zurück?",
    "What stands before the first momentum?": "Was steht vor dem ersten Momentum?",
    "How can you be sure that the pattern goes on?": "Woher wissen Sie, dass das Muster so weitergeht?",
    "Show that it holds at the start, and that one update keeps it.": "Zeigen Sie, dass es am Anfang gilt und dass ein Schritt es erhält.",
    "is the momentum at iteration {0}, started at {1}": "ist das Momentum bei der Iteration {0}, begonnen mit {1}",
    "the gradient of the loss there, summed over the batch": "der Gradient des Verlusts dort, über den Batch summiert",
    "are integers, at least 0": "sind ganze Zahlen ab 0",
    "The factor {0} is left out:": "Der Faktor {0} fehlt:",
    "every gradient enters with it.": "jeder Gradient geht mit ihm ein.",
    "The order is reversed.": "Die Reihenfolge ist umgekehrt.",
    "The newest gradient has the largest weight.": "Der neueste Gradient hat das größte Gewicht.",
    "The first momentum is left out.": "Das erste Momentum fehlt.",
    "It fades by the factor {0} at each step, but it is not gone.": "Es schwindet mit jedem Schritt um den Faktor {0}, ist aber nicht weg.",
    "Putting the update into itself shows the pattern:": "Setzt man die Regel in sich selbst ein, so zeigt sich das Muster:",
    "each step back brings another factor.": "jeder Schritt zurück bringt einen weiteren Faktor.",
    "Three steps back": "Drei Schritte zurück",
    "the update": "die Regel",
    "the update for {0}": "die Regel für {0}",
    "multiplied out": "ausmultipliziert",
    "The pattern holds at the start.": "Das Muster gilt am Anfang.",
    "Base of the induction": "Induktionsanfang",
    "Step of the induction": "Induktionsschritt",
    "the sum has one term": "die Summe hat einen Summanden",
    "the sum is empty": "die Summe ist leer",
    "If it holds for {0}, it holds for {1}.": "Gilt es für {0}, so gilt es für {1}.",
    "the claim for {0}": "die Behauptung für {0}",
    "{0} joins the sum as its first term:": "{0} wird der erste Summand:",
    "{0} becomes {1}": "aus {0} wird {1}",
    "So it holds for every {0}.": "Also gilt es für jedes {0}.",
    "Momentum is a weighted sum of gradients": "Momentum ist eine gewichtete Summe von Gradienten",
    "What the weights of the gradients add up to.": "Was die Gewichte der Gradienten zusammen ergeben.",
    "The weights of the gradients add up to less than one;": "Die Gewichte der Gradienten geben zusammen weniger als eins;",
    "the rest stays with {0}.": "der Rest bleibt bei {0}.",
    "The weights add up": "Die Summe der Gewichte",
    "the constant factor": "der konstante Faktor",
    "a geometric series": "eine geometrische Reihe",
    "The first momentum is zero.": "Das erste Momentum ist null.",
    "Started at zero": "Bei null begonnen",
    "the formula above": "die Formel von oben",
}  # fmt: skip

SENTENCES: Mapping[str, str] = MappingProxyType(
    {**_CONVOLUTION, **_FIELD, **_COUNTS, **NETWORK, **_ATTENTION, **_EQUIVARIANCE, **_DENSITY, **_EPOCHS, **_MOMENTUM}
)
"""Each sentence once, whatever problem it is of."""

NAMES: Mapping[str, str] = MappingProxyType({
    "weights": "Gewichte",
    "biases": "Biases",
    "parameters": "Parameter",
    "number of weights": "Anzahl der Gewichte",
    "attention": "Aufmerksamkeit",
    "dense": "vollverbunden",
    "batches per epoch": "Batches pro Epoche",
    "epochs": "Epochen",
    "samples": "Beispiele",
    "batch size": "Batchgröße",
    "iterations": "Iterationen",
    "multiplications": "Multiplikationen",
    "activations": "Aktivierungen",
    "operations": "Operationen",
    "bytes": "Bytes",
})  # fmt: skip
"""Names in formulas that are words."""
