"""The backward pass of a network that is described: the laws that its layers need, from the last to the first, and how they fit together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from derivations.kernel.theorem import Theorem
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.term import Name, term
from derivations.networks import Encoder, Experts, Repeat, Residual
from derivations.problem import Itemized, Literally, Prose, Section, Words
from derivations.topics.network.gradients import ROUTER, laws_of, proved, residual_stack, whole, why_not
from derivations.topics.network.placed import Group, Layout, Leaf, Placed

_MOST_MAPS: Final = 2
"""Of a perceptron that is differentiated as a whole."""


@record
class Backward:
    """``order``: each layer with the laws it needs, from the last to the first. ``asked``: the theorems that are the answer."""

    sections: tuple[Section, ...]
    order: Words
    laws: dict[int, tuple[str, ...]]
    asked: tuple[Theorem, ...]


def backward(layout: Layout) -> Backward:
    """Raises DeriveError for a layer for whose backward pass there is no law; NotProved."""
    steps = list(_steps(layout.placed))
    names = list(dict.fromkeys(name for _, laws in steps for name in laws))
    if not names:
        raise DeriveError("network: gradients: no layer of it changes a gradient")
    laws = [proved(name) for name in names]
    sections = [section for law in laws for section in law]
    asked = [section.theorem for law in laws for section in law if section.titled]  # the first of a law, about its inputs
    for copies in _stacks(layout.placed):
        base, more, every = residual_stack(copies)
        sections += [
            Section(base, ("Back through ", copies, " blocks with residual parts: first through one."), "lemma"),
            Section(more, "One block more.", "lemma"),
            Section(every, "After any number of blocks: what came in is still there, and each block has added its part.", "lemma"),
        ]
        asked.append(every)
    perceptron = _perceptron(layout)
    if perceptron is not None:
        found = whole(*perceptron)
        caption = "The whole network, from its output to its input, for one example."
        sections += [Section(one, caption if not number else "", titled=not number) for number, one in enumerate(found)]
        asked = found
    items: list[Prose] = [
        ("layer ", term(leaf.number), ", ", Literally(leaf.layer.text), ": ", Literally(", ".join(laws) or "-"))
        for leaf, laws in steps if isinstance(leaf, Leaf)
    ]  # fmt: skip
    order: Words = ("The gradient goes from the last layer to the first, and each layer applies its laws to what comes back: ", Itemized(tuple(items)))
    return Backward(tuple(sections), order, {leaf.number: laws for leaf, laws in steps if isinstance(leaf, Leaf)}, tuple(asked))


def _steps(placed: Sequence[Placed]) -> Iterator[tuple[Placed, tuple[str, ...]]]:
    """Layers and joins with their laws, backwards."""
    for one in reversed(placed):
        if isinstance(one, Leaf):
            laws = laws_of(one.layer)
            if laws is None:
                raise DeriveError(f"network: gradients: layer {one.number} ({one.layer.text}): {why_not(one.layer)}")
            shared = any(tensor.tied_to for tensor in one.ledger) and "copy" not in laws
            yield one, (*laws, *(("copy",) if shared else ()))
            continue
        match one.part:
            case Experts():
                if one.bodies[0] and isinstance(one.bodies[0][0], Leaf) and len(one.bodies) == 2:
                    yield one, ROUTER  # in place of the leaf that counts the weights of the router
                    yield from _steps(one.bodies[1])
                    continue
            case Residual():
                yield one, ("residual",)
            case Repeat(shared=True) | Encoder(aside=True):
                yield one, ("copy",)  # weights, or what is read, go to several places: their gradients add up
            case Repeat() | Encoder():
                pass
            case _:
                yield one, ({"add": "sum", "multiply": "product", "concat": "copy"}[one.join],)
        for body in reversed(one.bodies):
            yield from _steps(body)


def _stacks(placed: Sequence[Placed]) -> Iterator[Name]:
    """The numbers of copies of repeats that are made of residual parts."""
    for one in placed:
        if isinstance(one, Group):
            if isinstance(one.part, Repeat) and isinstance(one.part.times, Name) and all(isinstance(part, Residual) for part in one.part.body):
                yield one.part.times
            for body in one.bodies:
                yield from _stacks(body)


def _perceptron(layout: Layout) -> tuple[int, list[bool], list[bool]] | None:
    """How many maps, which of them have an activation behind them, and which have biases; None for another network."""
    activated: list[bool] = []
    biased: list[bool] = []
    if len(layout.shape) != 1:
        return None
    for one in layout.placed:
        if not isinstance(one, Leaf):
            return None
        word = one.layer.text.split()[0].lower()
        if one.layer.kind.name == "linear" and one.layer["lora"] == 0:
            activated.append(False)
            biased.append(bool(one.layer["bias"]))
        elif one.layer.kind.name == "activation" and word not in ("softmax", "logsoftmax", "identity") and activated and not activated[-1]:
            activated[-1] = True
        else:
            return None
    return (len(activated), activated, biased) if 1 < len(activated) <= _MOST_MAPS else None


__all__ = ["Backward", "backward"]
