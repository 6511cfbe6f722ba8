"""What a model class adds to its backbone: heads for language modelling, classification, question answering.

A head is a function of the sizes of the model (all arguments of the backbone, and ``tie_word_embeddings``, ``num_labels``) and of the
names under which the backbone stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from derivations.topics.parameters.dimensions import Dimension
from derivations.topics.parameters.ledger import Ledger, buffer, concatenated, joined, parameter, tied
from derivations.topics.parameters.linear import linear
from derivations.topics.parameters.normalization import layer_norm


@dataclass(frozen=True)
class Sizes:
    """Arguments of a backbone with their defaults filled in, and where its token table stands."""

    arguments: Mapping[str, Any]
    width_name: str
    table: str
    is_tied: bool
    labels: int

    @property
    def width(self) -> Dimension:
        """Width of the states that the head reads."""
        return self.arguments[self.width_name]

    @property
    def vocabulary(self) -> Dimension:
        """Number of tokens."""
        return self.arguments["vocab_size"]

    def output_table(self, name: str, width: Dimension | None = None) -> Ledger:
        """The map to the vocabulary: the token table itself where the model ties it, a table of its own otherwise."""
        shape = (self.vocabulary, self.width if width is None else width)
        return tied(f"{name}.weight", shape, self.table) if self.is_tied else parameter(f"{name}.weight", *shape)


Head = Callable[[Sizes], Ledger]


@dataclass(frozen=True)
class Task:
    """One kind of model class: its head, and backbone arguments that it fixes (a masked language model has no pooler)."""

    head: Head
    backbone: Mapping[str, Any] = field(default_factory=dict)


def language_head(name: str = "lm_head", bias: bool = False, width: str | None = None) -> Head:
    """Map from states to the vocabulary."""

    def head(sizes: Sizes) -> Ledger:
        ledger = sizes.output_table(name, None if width is None else sizes.arguments[width])
        return ledger + parameter(f"{name}.bias", sizes.vocabulary) if bias else ledger

    return head


def head_with_logits_bias(sizes: Sizes) -> Ledger:
    """Map to the vocabulary with a constant offset that is a buffer (BART and relatives)."""
    return sizes.output_table("lm_head") + buffer("final_logits_bias", 1, sizes.vocabulary)


def narrow_head(sizes: Sizes) -> Ledger:
    """OPT's map to the vocabulary, from the width of the embeddings."""
    narrow = sizes.arguments["word_embed_proj_dim"]
    return sizes.output_table("lm_head", sizes.width if narrow is None else narrow)


def transformed_head(prefix: str, dense: str, norm: str, bias: str, decoder: str, width: str | None = None, own_decoder_bias: bool = True) -> Head:
    """A dense map, a LayerNorm, then the map to the vocabulary with a bias (BERT's masked language model).

    Where the table is not tied, neither is the decoder's bias: it then stands beside the one of the head.
    """

    def head(sizes: Sizes) -> Ledger:
        narrow = None if width is None else sizes.arguments[width]
        target = sizes.width if narrow is None else narrow
        transform = joined(**{dense: linear(sizes.width, target), norm: layer_norm(target)})
        ledger = parameter(bias, sizes.vocabulary) + transform.under(prefix) + sizes.output_table(decoder, target)
        if own_decoder_bias:
            shape = (sizes.vocabulary,)
            ledger += tied(f"{decoder}.bias", shape, bias) if sizes.is_tied else parameter(f"{decoder}.bias", *shape)
        return ledger

    return head


def classifier(name: str = "classifier", bias: bool = True, outputs: int | None = None) -> Head:
    """One dense map to the labels (or to a fixed number of outputs)."""
    return lambda sizes: linear(sizes.width, sizes.labels if outputs is None else outputs, bias).under(name)


def two_map_classifier(dense: str, out: str) -> Head:
    """A dense map of the same width, then one to the labels."""
    return lambda sizes: joined(**{dense: linear(sizes.width, sizes.width), out: linear(sizes.width, sizes.labels)})


def together(*heads: Head) -> Head:
    """Several heads side by side."""
    return lambda sizes: concatenated(head(sizes) for head in heads)


def nothing(sizes: Sizes) -> Ledger:
    """No head: the backbone alone."""
    return Ledger()
