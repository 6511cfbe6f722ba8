"""What a network respects: permutations of its tokens, or shifts of its images; proved layer by layer and by closure.

A layer is equivariant if a moved input gives the moved output. Layers one behind another, sums of them and repeats are equivariant if their parts are; a mean
over all places makes the rest invariant. The first layer that is not is refuted by a small example; that says nothing of the whole network, since what stands
behind it may forget where things are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from derivations.kernel.chains import chain, equals, theorem
from derivations.kernel.theorem import Theorem
from derivations.language.context import ONE, Array, Context, Domain, Function, Scalar
from derivations.language.context import Sequence as Family
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.structure import substitute
from derivations.language.term import Call, Name, Num, Relation, Term, group, names, relation, sum_over, term
from derivations.networks import Encoder, Experts, Layer, Repeat
from derivations.problem import Literally, Section, Words
from derivations.rules.equality import algebra, arithmetic, by_definition
from derivations.rules.matrices import reindexing
from derivations.topics.entries import reindexed
from derivations.topics.equivariance import theorems as of_attention
from derivations.topics.network.placed import Leaf, Placed, Window
from derivations.topics.working import Working

f, g, k, d, i, j, m, p, s, t, w, x, y = names("f g k d i j m p s t w x y")
F, G, K, P, T = names("F G K P T")
PI, MOVED_X, MOVED_Y = Name("pi"), Name("x", primes=1), Name("y", primes=1)


def _permutation() -> Context:
    known = Context().declare(Scalar(Domain.NATURAL), T, t).with_range(t, ONE, T)
    known = known.declare(Function(1, frozenset({"permutation"}), on_integers=True), PI)
    return known.assume(Relation((PI, Name("S")[T]), ("in",)))


def _image(index: Term) -> Term:
    return Call(PI, (index,))


def _pointwise() -> list[Theorem]:
    known = _permutation().declare(Family(), x).declare(Function(1), f).define(MOVED_X[t], x[_image(t)], (t,))
    known = known.define(y[t], Call(f, (x[t],)), (t,)).define(MOVED_Y[t], Call(f, (MOVED_X[t],)), (t,))
    links = (equals(Call(f, (x[_image(t)],)), by_definition, "the moved input"), equals(y[_image(t)], by_definition, "the output there"))
    return [theorem("The same map at every place", known, chain(MOVED_Y[t], *links))]


def _sum() -> list[Theorem]:
    a, b = names("a b")
    known = _permutation().declare(Family(), a, b).define(y[t], a[t] + b[t], (t,)).define(MOVED_Y[t], a[_image(t)] + b[_image(t)], (t,))
    return [theorem("A sum", known, chain(MOVED_Y[t], equals(a[_image(t)] + b[_image(t)], by_definition, "both parts move"),
                                          equals(y[_image(t)], by_definition, "and so does their sum")))]  # fmt: skip


def _mean() -> list[Theorem]:
    known = _permutation().declare(Array(T, ONE), x)
    work = Working(known)
    whole = sum_over(t, 1, T, x[_image(t)])
    ordered = work.term(reindexed(work.of(whole), work.of(_image(t)).func))
    return [theorem("A mean", known, chain(whole, equals(ordered, reindexing, "the same summands in another order")))]


@cache
def _closed() -> tuple[Theorem, ...]:
    inner, both = Call(F, (x,)), Call(G, (Call(F, (x,)),))
    known = Context().declare(Function(1), F, G, P).declare(Scalar(), x)
    known = known.assume(relation(Call(F, (Call(P, (x,)),)), "=", Call(P, (inner,))), relation(Call(G, (Call(P, (inner,)),)), "=", Call(P, (both,))))
    start = Call(G, (Call(F, (Call(P, (x,)),)),))
    links = (equals(Call(G, (Call(P, (inner,)),)), algebra, "the first is equivariant"), equals(Call(P, (both,)), algebra, "and so is the second"))
    return (theorem("One behind another", known, chain(start, *links)),)


def _window(kernel: Any) -> list[Theorem]:
    """A window that moves: a weighted sum, or the largest of ``kernel`` inputs."""
    known = Context().declare(Scalar(Domain.NATURAL), s, d).declare(Scalar(Domain.WHOLE), p).declare(Scalar(Domain.INTEGER), m, j, i).declare(Family(), x)
    known = known.define(MOVED_X[i], x[i - s * m], (i,))

    def read(place: Term, tap: Term) -> Term:
        return s * group(place - 1) + d * group(tap - 1) + 1 - p

    def made(of: Name, place: Term, back: Term | None = None) -> Term:
        if kernel is None:
            return sum_over(k, 1, K, w[k] * of[read(place, k) if back is None else read(place, k) - back])
        return Call(Name("max"), tuple(of[read(place, term(tap)) if back is None else read(place, term(tap)) - back] for tap in range(1, kernel + 1)))

    if kernel is None:
        known = known.declare(Scalar(Domain.NATURAL), K).declare(Scalar(Domain.INTEGER), k).with_range(k, ONE, K).declare(Family(), w)
    known = known.define(y[j], made(x, j), (j,)).define(MOVED_Y[j], made(MOVED_X, j), (j,))
    links = (
        equals(made(x, j, s * m), by_definition, "the moved input"), equals(made(x, group(j - m)), algebra, "a whole number of strides"),
        equals(y[j - m], by_definition, "the output there"),
    )  # fmt: skip
    return [theorem("A window that moves" if kernel is None else "The largest of a window", known, chain(MOVED_Y[j], *links))]


def _attention() -> list[Theorem]:
    return list(of_attention("rows", True))


_LAWS: Final[dict[str, tuple[Any, Words]]] = {
    "place": (_pointwise, "The same map at every place: linear maps of features, activations, norms of features."),
    "sum": (_sum, "A sum of parts that are equivariant."),
    "mean": (_mean, "A mean over all places does not see where they are."),
    "window": (lambda: _window(None), ("A weighted sum in a window: an input moved by ", m, " strides gives the output moved by ", m, ".")),
    "attention": (_attention, "Attention, one head; heads work side by side."),
    "closed": (_closed, ("Two equivariant maps one behind another, and so any number of them; ", P, " moves.")),
}  # fmt: skip

_PLACE: Final = frozenset(("activation", "prelu", "linear", "layernorm", "rmsnorm", "dropout", "feedforward", "glu", "embedding", "unembedding"))
_CHANNELS: Final = frozenset(("activation", "prelu", "batchnorm", "dropout", "layernorm"))
_IMAGE: Final = frozenset(("conv", "depthwise", "convtranspose", "maxpool", "avgpool", "globalpool", "upsample"))
_MOST_TAPS: Final = 9


def across(layer: Layer, images: bool) -> bool:
    """Whether a layer that usually does the same at every place has numbers of its own for some of them, or reads several."""
    match layer.kind.name:
        case "layernorm" | "rmsnorm":
            return layer["axes"] != 1 or (layer.kind.name == "layernorm" and layer["over"] == "channels") != images
        case "prelu":
            return not images and layer["slopes"] != 1
        case _:
            return False


def all_see_all(layer: Layer) -> bool:
    """Whether every token attends to every token, wherever they are."""
    return layer["window"] == "shape" and layer["queries"] == 0 and layer["value_kernel"] == 0


@dataclass(slots=True)
class _Walk:
    images: bool
    laws: dict[str, None] = field(default_factory=dict)
    stride: int = 1
    invariant: bool = False
    apart: bool = False
    """Whether the first token is one of the network's own, which stays where it is."""
    broken: tuple[Leaf, str] | None = None

    def run(self, placed: Sequence[Placed]) -> None:
        for one in placed:
            if self.broken is not None:
                return
            if isinstance(one, Leaf):
                if not self.invariant:
                    self.leaf(one)
                continue
            if isinstance(one.part, Encoder):
                raise DeriveError("network: equivariance: an encoder beside it reads a sequence of its own; describe one of them")
            if isinstance(one.part, Experts) and not self.invariant:
                self.laws["place"] = None
                continue
            before, ends = self.stride, []
            for body in one.bodies:
                self.stride = before
                self.run(body)
                ends.append(self.stride)
            if one.join and len(one.bodies) == 1:
                ends.append(before)
            if len(set(ends)) > 1 and self.broken is None:
                raise DeriveError("network: equivariance: parts that are joined move by different strides")
            if one.join and not self.invariant:
                self.laws["sum"] = None
            if isinstance(one.part, Repeat) and self.stride != before:
                if not isinstance(one.part.times, int):
                    raise DeriveError(f"network: equivariance: {one.part.times.text} copies of layers with strides need their number; put one in")
                self.stride = before * (self.stride // before) ** one.part.times

    def leaf(self, leaf: Leaf) -> None:
        kind = leaf.layer.kind.name
        of_channels = kind in ("take", "shuffle") and self.images == (len(leaf.before) > 2)
        if of_channels or ((kind in (_CHANNELS if self.images else _PLACE) or kind == "scale") and not across(leaf.layer, self.images)):
            self.laws["place"] = None
        elif self.images and kind in ("conv", "depthwise", "avgpool", "maxpool") and leaf.window is not None:
            self.window(leaf, leaf.window)
        elif not self.images and kind == "attention" and all_see_all(leaf.layer):
            self.laws["attention"] = None
        elif (self.images and kind == "globalpool" and leaf.layer["size"] == 1) or (not self.images and kind == "meantoken" and not self.apart):
            self.laws["mean"], self.invariant = None, True
        elif not self.images and kind == "classtoken" and not self.apart:
            self.apart = True
        elif not self.images and kind == "firsttoken" and self.apart:
            self.invariant = True
        elif (example := _BROKEN.get(kind)) is not None and (not self.images or kind == "flatten"):
            self.broken = leaf, example
        else:
            raise DeriveError(f"network: equivariance: layer {leaf.number} ({leaf.layer.text}): what it does with places is not followed")

    def window(self, leaf: Leaf, window: Window) -> None:
        kernel, stride = window[0], window[1]
        if len(set(stride)) > 1 or not isinstance(stride[0], int):
            raise DeriveError(f"network: equivariance: layer {leaf.number} ({leaf.layer.text}): its strides must be one number")
        self.stride *= stride[0]
        if leaf.layer.kind.name != "maxpool":
            self.laws["window"] = None
        elif all(isinstance(size, int) and size <= _MOST_TAPS for size in kernel):
            self.laws[f"largest {max(kernel)}"] = None
        else:
            most = f"a kernel of at most {_MOST_TAPS} taps, as a number, is followed"
            raise DeriveError(f"network: equivariance: layer {leaf.number} ({leaf.layer.text}): {most}")


_BROKEN: Final = {
    **dict.fromkeys(("positions", "sinusoidal", "relativebias", "segments"), "table"), **dict.fromkeys(("rnn", "lstm", "gru"), "order"), "firsttoken": "first",
    "flatten": "flat",
}  # fmt: skip


def _example(which: str) -> tuple[Words, list[Theorem]]:
    """Two places, exchanged, and what comes out of it: not what it ought to be."""
    known = Context().declare(Family(), x, y, w)
    one, two = Num("1"), Num("2")
    values: dict[Term, int]
    match which:
        case "table":
            words: Words = "Two equal tokens stay as they are when they are exchanged; what is added to them does not move with them."
            values, at_first, moved = {x[1]: 0, x[2]: 0, w[1]: 1, w[2]: 2}, x[2] + w[2], x[2] + w[1]
        case "order":
            words = "A recurrent layer that adds its input to its state: after the exchange its first output is not the old second one."
            values, at_first, moved = {x[1]: 1, x[2]: 2}, x[1] + x[2], x[2] + 0
        case "first":
            words = "The first token is another one after the exchange."
            values, at_first, moved = {x[1]: 1, x[2]: 2}, x[1] + 0, x[2] + 0
        case _:
            words = "The places have become features, and the map behind gives each a weight of its own, here one and zero."
            values, at_first, moved = {x[1]: 1, x[2]: 2}, one * x[1] + Num("0") * x[2], one * x[2] + Num("0") * x[1]
    for name, value in values.items():
        known = known.define(name, term(value))
    found = []
    for title, made in (("What it ought to be", at_first), ("What it is", moved)):
        put = substitute(made, {name: term(value) for name, value in values.items()})
        result = {"table": (two, one), "order": (Num("3"), two), "first": (one, two), "flat": (one, two)}[which][title == "What it is"]
        found.append(theorem(title, known, chain(made, equals(put, by_definition, "the numbers put in"), equals(result, arithmetic))))
    return words, found


@record
class Symmetry:
    """``respected``: what the outputs do, "equivariant" or "invariant"; None where a layer does not respect it."""

    sections: tuple[Section, ...]
    asked: tuple[Theorem, ...]
    respected: str | None
    words: Words
    notes: tuple[Words, ...]


def symmetry(shape: Sequence[Any], placed: Sequence[Placed], leaves: Sequence[Leaf]) -> Symmetry:
    """Raises DeriveError for a layer of which it is not known; NotProved."""
    kinds = {leaf.layer.kind.name for leaf in leaves}
    images = len(shape) > 2 or (len(shape) == 2 and bool(kinds & _IMAGE))
    if len(shape) == 1 and "embedding" not in kinds:
        raise DeriveError("network: equivariance: an example is one vector; permutations of tokens or shifts of images are asked")
    walk = _Walk(images)
    walk.run(placed)
    if walk.broken is not None:
        leaf, which = walk.broken
        caption, found = _example(which)
        at: Words = ("Not shown: layer ", term(leaf.number), ", ", Literally(leaf.layer.text), ", does not respect it, as a small example shows. "
                     "Whether the layers behind it mend that is not decided.")  # fmt: skip
        sections = [Section(one, caption if not number else "", titled=not number) for number, one in enumerate(found)]
        return Symmetry(tuple(sections), tuple(found), None, at, ())
    laws = [*walk.laws, *(["closed"] if len(leaves) > 1 else [])]
    if not walk.laws:
        raise DeriveError("network: equivariance: no layer of it does anything with places")
    sections, asked = [], []
    for name in laws:
        made: Sequence[Theorem]
        if name.startswith("largest "):
            made, caption = _window(int(name.partition(" ")[2])), "The largest input of a window."
        else:
            make, caption = _LAWS[name]
            made = make()
        sections += [Section(one, caption if not n else "", "main" if n == len(made) - 1 else "lemma", titled=not n) for n, one in enumerate(made)]
        asked.append(made[-1])
    return Symmetry(tuple(sections), tuple(asked), "invariant" if walk.invariant else "equivariant", _said(walk), _notes(walk))


def _said(walk: _Walk) -> Words:
    if walk.images:
        if walk.invariant:
            return "Yes: shifted images, wrapped around at the border, give the same output."
        return ("Yes: an image shifted by ", term(walk.stride), " times a number of places gives the output shifted by that number.")
    if walk.invariant:
        return "Yes: permuted tokens give the same output."
    kept = ", the token of its own apart" if walk.apart else ""
    return f"Yes: permuted tokens give the outputs permuted in the same way{kept}."


def _notes(walk: _Walk) -> tuple[Words, ...]:
    notes: list[Words] = []
    if walk.images:
        notes.append("This holds away from the border: what is put around an image does not move with it. Each axis by itself. Norms have fixed statistics.")
    return tuple(notes)


__all__ = ["Symmetry", "symmetry"]
