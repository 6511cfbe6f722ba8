"""Backward passes: what each kind of layer does with the gradient that comes back to it, for all sizes, and how the layers of a network pass it on.

A law is proved once, in components: a loss of which nothing is known but that it is a function of the outputs of the layer, and the chain rule through what
defines them. Whole passes over a network are made of these laws; a stack of residual blocks is an induction over them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from functools import cache
from typing import Any, Final

import sympy as sp

from derivations.kernel.chains import chain, equals, theorem, written
from derivations.kernel.statement import equation
from derivations.kernel.theorem import Theorem
from derivations.language.context import ONE, Context, Domain, Function, Scalar
from derivations.language.context import Sequence as Family
from derivations.language.record import record
from derivations.language.term import Call, Frac, Name, Pow, Relation, Root, Term, group, names, relation, sum_over
from derivations.networks import Layer
from derivations.problem import Literally, Section, Words
from derivations.rules.equality import algebra, by_definition
from derivations.rules.induction import by_induction
from derivations.topics.network.chain_rule import ChainRule
from derivations.topics.network.laws import (
    FIRST,
    HAT,
    SLOPE,
    TWO,
    ZERO,
    C,
    D,
    E,
    K,
    L,
    Law,
    M,
    N,
    R,
    T,
    a,
    b,
    beta,
    by,
    c,
    d,
    delta,
    f,
    follows,
    gamma,
    i,
    indices,
    j,
    k,
    loss_of,
    m,
    mu,
    n,
    o,
    p,
    q,
    r,
    s,
    t,
    u,
    v,
    w,
    x,
    y,
    z,
)  # fmt: skip
from derivations.topics.network.sequences import SEQUENCES
from derivations.topics.working import Order, Working, joined

GIVEN: Final = "given"
"""An activation of which the description does not say which it is."""


def _linear(bias: bool = True, low_rank: bool = False) -> Law:
    known = indices((n, N), (m, M), (d, D)).declare(Family(arity=2), x, w)
    weight: Term = w[m, d]
    if low_rank:
        known = known.declare(Scalar(Domain.NATURAL), R, r).with_range(r, ONE, R).declare(Family(arity=2), a, u)
        weight = group(w[m, d] + sum_over(r, 1, R, u[m, r] * a[r, d]))
    made = sum_over(d, 1, D, weight * x[n, d])
    known = known.declare(Family(), b) if bias else known
    known = loss_of(known.define(y[n, m], made + b[m] if bias else made, (n, m)), y, N, M)
    adapter = ((a[r, d], "the adapter reads every input"), (u[m, r], "and adds to every output")) if low_rank else ((w[m, d], "all rows share the weights"),)
    biases = ((b[m], "and the biases"),) if bias else ()
    passes: tuple[tuple[Term, Words], ...] = ((x[n, d], "a feature reaches all outputs of its row"), *adapter, *biases)
    title = "A linear map with an adapter" if low_rank else "A linear map"
    return Law(title, (f"{title}. ", n, " runs over all rows: the examples, and in a sequence their tokens."), known, passes, middle=True)


def _windows(shared: bool) -> Law:
    """A convolution on the patches that its windows read; ``shared``: a depthwise one, whose channels are not mixed."""
    known = indices((c, C), (k, K), (j, T)) if shared else indices((m, M), (c, C), (k, K), (j, T))
    known = known.declare(Family(arity=3), z).declare(Family(), b)
    if shared:
        known = known.declare(Family(arity=2), w)
        out, made, weight, limit = c, sum_over(k, 1, K, w[c, k] * z[c, j, k]), w[c, k], C
    else:
        known = known.declare(Family(arity=3), w)
        out, made, weight, limit = m, sum_over(c, 1, C, sum_over(k, 1, K, w[m, c, k] * z[c, j, k])), w[m, c, k], M
    known = loss_of(known.define(y[out, j], made + b[out], (out, j)), y, limit, T)
    return Law(
        "A depthwise convolution" if shared else "A convolution",
        ("A convolution is a linear map of patches: ", z[c, j, k], " is what tap ", k, " of output ", j, " reads in channel ", c,
         ". Taps and positions are counted through, whatever the number of axes."),
        known,
        ((z[c, j, k], "a tap reaches all output channels" if not shared else "a tap reaches its own channel"),
         (weight, "all positions share the weights"),
         (b[out], "and the biases")),
    )  # fmt: skip


def _copies(title: str, words: Words) -> Law:
    """Outputs that are copies of inputs: patches, the largest of a window, a flattened image, the first token."""
    known = indices((c, C), (r, R), (i, D)).declare(Family(arity=2), x).declare(Family(Domain.NATURAL), a)
    known = loss_of(known.define(z[c, r], x[c, a[r]], (c, r)), z, C, R)
    return Law(title, words, known, ((x[c, i], "an input adds up what its copies get"),))


def _scattered() -> Law:
    known = indices((c, C), (r, R), (i, D)).declare(Family(arity=2), z).declare(Family(Domain.NATURAL), a)
    known = known.assume(Relation((FIRST, a[r], D), ("<=", "<=")))
    known = loss_of(known.define(y[c, i], sum_over(r, 1, R, z[c, r] * delta[i, a[r]]), (c, i)), y, C, D)
    words = ("A transposed convolution adds what each tap makes, ", z[c, r], ", to the output ", a[r], ".")
    return Law("Added where it belongs", words, known, ((z[c, r], "it reaches one output"),))


def _mean() -> Law:
    known = indices((c, C), (j, T), (k, K)).declare(Family(arity=3), z)
    known = loss_of(known.define(y[c, j], Frac(FIRST, K) * sum_over(k, 1, K, z[c, j, k]), (c, j)), y, C, T)
    words = ("A mean, of the ", K, " numbers of a window or of a whole map.")
    return Law("A mean", words, known, ((z[c, j, k], "each has the same share"),))


def _table() -> Law:
    known = indices((t, T), (d, D), (m, M)).declare(Family(arity=2), w).declare(Family(Domain.NATURAL), a)
    known = loss_of(known.define(y[t, d], w[a[t], d], (t, d)), y, T, D)
    words = ("An embedding: ", a[t], " is the token at the place ", t, " of all examples.")
    return Law("An embedding", words, known, ((w[m, d], "a row adds up what its tokens get"),))


def _added_table() -> Law:
    known = indices((n, N), (t, T), (d, D)).declare(Family(arity=3), x).declare(Family(arity=2), p)
    known = loss_of(known.define(y[n, t, d], x[n, t, d] + p[t, d], (n, t, d)), y, N, T, D)
    return Law("An added table", "A learned table, of positions or the like, is added.", known, (
        (x[n, t, d], "a sum passes its gradient on"), (p[t, d], "all examples share the table"),
    ))  # fmt: skip


def _layer_norm(affine: bool = True) -> Law:
    known = indices((i, D), (j, D)).declare(Family(), x)
    known = known.define(mu, Frac(FIRST, D) * sum_over(i, 1, D, x[i])).define(v, Frac(FIRST, D) * sum_over(i, 1, D, Pow(group(x[i] - mu), TWO)))
    known = known.define(HAT[i], Frac(x[i] - mu, Root(v)), (i,)).assume(relation(v, ">", 0)).declare(Family(), gamma, beta)
    known = loss_of(known.define(y[i], gamma[i] * HAT[i] + beta[i], (i,)), y, D)
    words = "A normalization over the features of one example; group and instance normalization do the same with their groups."
    return Law("A normalization", words, known, (
        (x[j], "every output depends on every input, through mean and variance"), (gamma[j], "the scale"), (beta[j], "the shift"),
    ), said={HAT[i]: x[i]})  # fmt: skip


def _batch_norm() -> Law:
    known = indices((n, N), (m, N), (c, C)).declare(Family(arity=2), x).declare(Family(), gamma, beta)
    known = known.define(mu[c], Frac(FIRST, N) * sum_over(n, 1, N, x[n, c]), (c,))
    known = known.define(v[c], Frac(FIRST, N) * sum_over(n, 1, N, Pow(group(x[n, c] - mu[c]), TWO)), (c,)).assume(relation(v[c], ">", 0))
    known = known.define(HAT[n, c], Frac(x[n, c] - mu[c], Root(v[c])), (n, c))
    known = loss_of(known.define(y[n, c], gamma[c] * HAT[n, c] + beta[c], (n, c)), y, N, C)
    words = ("Batch normalization in training: ", n, " runs over the examples and their positions.")
    return Law("Batch normalization", words, known, (
        (x[n, c], "every output of a channel depends on every input of it"),
        (gamma[c], "the scale"), (beta[c], "the shift"),
    ), said={HAT[n, c]: x[n, c]})  # fmt: skip


def _rms_norm() -> Law:
    known = indices((i, D), (j, D)).declare(Family(), x, gamma).define(v, Frac(FIRST, D) * sum_over(i, 1, D, Pow(x[i], TWO))).assume(relation(v, ">", 0))
    known = loss_of(known.define(y[i], gamma[i] * Frac(x[i], Root(v)), (i,)), y, D)
    return Law("A normalization by the mean square", "A normalization by the mean square.", known, (
        (x[j], "every output depends on every input, through the mean square"),
        (gamma[j], "the scale"),
    ))  # fmt: skip


def _softmax() -> Law:
    known = indices((i, T), (j, T), (r, T), (m, T)).declare(Family(arity=2), s)
    known = loss_of(known.define(a[i, j], Frac(Pow(E, s[i, j]), sum_over(r, 1, T, Pow(E, s[i, r]))), (i, j)), a, T, T)
    return Law("A softmax", "A softmax of each row.", known, (
        (s[i, j], "every output of a row depends on every input of it"),
    ), said={a[i, j]: Pow(E, s[i, j])})  # fmt: skip


def _log_softmax() -> Law:
    known = indices((i, T), (j, T), (r, T), (m, T)).declare(Family(arity=2), s)
    known = loss_of(known.define(y[i, j], s[i, j] - Call(Name("ln"), (sum_over(r, 1, T, Pow(E, s[i, r])),)), (i, j)), y, T, T)
    return Law("A log-softmax", "The logarithm of a softmax of each row.", known, (
        (s[i, j], "every output of a row depends on every input of it"),
    ))  # fmt: skip


def _scores() -> Law:
    known = indices((i, T), (j, T), (c, D)).declare(Family(arity=2), q, k)
    known = loss_of(known.define(s[i, j], Frac(FIRST, Root(D)) * sum_over(c, 1, D, q[i, c] * k[j, c]), (i, j)), s, T, T)
    return Law("Scores", ("The scores of one head: queries and keys of ", D, " numbers."), known, (
        (q[i, c], "a query meets every key"),
        (k[j, c], "a key meets every query"),
    ))  # fmt: skip


def _mixture() -> Law:
    known = indices((i, T), (j, T), (c, D)).declare(Family(arity=2), a, v)
    known = loss_of(known.define(o[i, c], sum_over(j, 1, T, a[i, j] * v[j, c]), (i, c)), o, T, D)
    return Law("Weighted values", ("The output of one head: values ", v[j, c], " with the weights ", a[i, j], "."), known, (
        (v[j, c], "a value reaches every output"),
        (a[i, j], "a weight reaches all numbers of its output"),
    ))  # fmt: skip


def _cell(bias: bool = True) -> Law:
    """What every recurrent layer begins with: a linear map of the input and of the state before, at all steps with the same weights."""
    known = indices((t, T), (m, M), (d, D), (j, N)).declare(Family(arity=2), x, z, w, u).declare(Family(), b)
    made = sum_over(d, 1, D, w[m, d] * x[t, d]) + sum_over(j, 1, N, u[m, j] * z[t, j])
    known = loss_of(known.define(a[t, m], made + b[m] if bias else made, (t, m)), a, T, M)
    biases = ((b[m], "and the biases"),) if bias else ()
    words = ("A recurrent cell reads the input ", x[t, d], " of its step and the state ", z[t, j], " that the step before has left.")
    return Law("A recurrent cell", words, known, (
        (x[t, d], "an input reaches all outputs of its step"),
        (z[t, j], "and so does the state: this is what goes back in time"),
        (w[m, d], "all steps share the weights"),
        (u[m, j], "also those of the state"),
        *biases,
    ))  # fmt: skip


def _state() -> Law:
    known = indices((i, D), (k, K)).declare(Family(), s)
    known = loss_of(known.define(y[k, i], s[i], (k, i)), y, K, D)
    words = ("A state is read by the output of its step and by the next step: ", K, " copies of it.")
    return Law("A state", words, known, ((s[i], "what comes back to its copies is added up"),))


def _memory() -> Law:
    known = indices((i, D)).declare(Family(), a, b, c, r)
    known = loss_of(known.define(y[i], r[i] * c[i] + a[i] * b[i], (i,)), y, D)
    words = ("The memory of an LSTM: the gate ", r, " keeps the old content ", c, ", the gate ", a, " lets in the new ", b, ".")
    return Law("A memory", words, known, (
        (c[i], "the old content comes through the gate that keeps it"), (r[i], "product rule"),
        (a[i], "product rule"), (b[i], "product rule"),
    ))  # fmt: skip


def _reset() -> Law:
    known = indices((i, D)).declare(Family(), a, b, r)
    known = loss_of(known.define(y[i], a[i] + r[i] * b[i], (i,)), y, D)
    words = ("The gate ", r, " of a GRU weighs what the state says, ", b, ", before it is added to what the input says, ", a, ".")
    return Law("A gated sum", words, known, (
        (a[i], "a sum passes its gradient on"), (b[i], "product rule"), (r[i], "product rule"),
    ))  # fmt: skip


def _blend() -> Law:
    known = indices((i, D)).declare(Family(), a, b, r)
    known = loss_of(known.define(y[i], group(1 - r[i]) * a[i] + r[i] * b[i], (i,)), y, D)
    words = ("The new state of a GRU is between what is new, ", a, ", and the old one, ", b, ": the gate ", r, " says where.")
    return Law("A blend", words, known, (
        (b[i], "the old state comes through the gate"), (a[i], "and the new one through what is left"),
        (r[i], "the gate moves from one to the other"),
    ))  # fmt: skip


def _routed() -> Law:
    known = indices((t, T), (k, K), (c, D)).declare(Family(arity=2), a).declare(Family(arity=3), v)
    known = loss_of(known.define(o[t, c], sum_over(k, 1, K, a[t, k] * v[t, k, c]), (t, c)), o, T, D)
    words = ("The outputs of the ", K, " experts of a token are added with the weights of the router. All around a point these are the same experts.")
    return Law("Weighted experts", words, known, (
        (v[t, k, c], "an expert gets its share, and those that were not chosen get nothing"),
        (a[t, k], "a weight reaches all numbers of its output"),
    ))  # fmt: skip


def _gated() -> Law:
    known = indices((i, D)).declare(Family(), a, b).declare(Function(1), f)
    known = loss_of(known.define(y[i], Call(f, (a[i],)) * b[i], (i,)), y, D)
    return Law("A gate", ("A gate: ", a, " goes through a function ", f, " and is multiplied by ", b, "."), known, (
        (a[i], "product and chain rule"), (b[i], "product rule"),
    ))  # fmt: skip


def _prelu() -> Law:
    """PReLU with the ReLU as a function: what is said of f holds of every f, and of the ReLU wherever it has a derivative."""
    known = indices((i, D)).declare(Family(), x).declare(Function(1), f).declare(Scalar(Domain.REAL), a)
    known = loss_of(known.define(y[i], Call(f, (x[i],)) - a * Call(f, (-x[i],)), (i,)), y, D)
    words = ("PReLU, with one slope ", a, " for all numbers that are negative: ", f, " is the ReLU, and ", SLOPE,
             " is 1 for positive and 0 for negative numbers.")  # fmt: skip
    return Law("A learned slope", words, known, (
        (x[i], "each output depends on its own input"),
        (a, "all outputs share the slope"),
    ))  # fmt: skip


def _scaled(words: Words, factor: Term, known: Context, learned: bool) -> Law:
    known = loss_of(known.define(y[i], factor * x[i], (i,)), y, D)
    return Law("A factor", words, known, ((x[i], "a constant factor"), *(((factor, "the scale"),) if learned else ())))


def _product() -> Law:
    known = indices((i, D)).declare(Family(), a, b)
    known = loss_of(known.define(y[i], a[i] * b[i], (i,)), y, D)
    passes = ((a[i], "product rule"), (b[i], "product rule"))
    return Law("A product", "Branches that are multiplied.", known, passes)


def _residual() -> Law:
    """What goes around a part is added to what goes through it; of the part nothing is known but that it has derivatives."""
    known = indices((i, D), (j, D), (m, D)).declare(Family(), x).declare(Function(2), f).declare(Function(3), u)
    known = known.define(z[i], Call(f, (i, sum_over(m, 1, D, Call(u, (i, m, x[m]))))), (i,))
    known = loss_of(known.define(y[i], x[i] + z[i], (i,)), y, D)
    words = ("A residual part: its input is added to what the part makes of it, ", z, ".")
    return Law("A residual part", words, known, (
        (x[j], "around the part, and through it"),
    ))  # fmt: skip


def _sum() -> Law:
    known = indices((i, D)).declare(Family(), a, b)
    known = loss_of(known.define(y[i], a[i] + b[i], (i,)), y, D)
    passes = ((a[i], "a sum passes its gradient on"), (b[i], "to each of its parts"))
    return Law("A sum", "Branches that are added.", known, passes)


# Activations ------------------------------------------------------------------------------------------------------------------------

_LOGISTIC = Frac(FIRST, 1 + Pow(E, -x[i]))
_ERF = 1 + Call(Name("erf"), (Frac(x[i], Root(TWO)),))
_TANH = Call(Name("tanh"), (x[i],))
_RELU = Call(Name("max"), (ZERO, x[i]))


@record
class _Form:
    """What an activation makes, where, and in what its derivative is said (as in ``ChainRule``)."""

    value: Term
    cases: tuple[Term, ...] = ()
    said: Mapping[Term, Term] = field(default_factory=dict)
    kept: tuple[Term, ...] = ()


_FORMS: Final[Mapping[str, tuple[_Form, ...]]] = {
    "relu": (_Form(_RELU, (relation(x[i], ">", 0),)), _Form(_RELU, (relation(x[i], "<", 0),))),
    "sigmoid": (_Form(_LOGISTIC, said={y[i]: Pow(E, -x[i])}),),
    "tanh": (_Form(_TANH, said={y[i]: _TANH}),),
    "silu": (_Form(x[i] * _LOGISTIC, said={_LOGISTIC: Pow(E, -x[i])}, kept=(_LOGISTIC,)),),
    "softplus": (_Form(Call(Name("ln"), (1 + Pow(E, x[i]),)), said={_LOGISTIC: Pow(E, -x[i])}, kept=(_LOGISTIC,)),),
    "gelu": (_Form(Frac(x[i], TWO) * group(_ERF), kept=(_ERF,)),),
}
_SAME: Final = {"swish": "silu"}


def _activation(word: str) -> list[Law]:
    laws = []
    for form in _FORMS.get(_SAME.get(word, word), (_Form(Call(f, (x[i],))),)):
        known = indices((i, D)).declare(Family(), x)
        if word not in _FORMS and word not in _SAME:
            known = known.declare(Function(1), f)
        known = loss_of(known.define(y[i], form.value, (i,)).assume(*form.cases), y, D)
        words: Words = ("The activation ", Literally(word), *((", where ", form.cases[0]) if form.cases else ()), ".")
        words = "An activation between the two maps, applied to each number." if word == GIVEN else words
        laws.append(Law("An activation", words, known, ((x[i], "each output depends on its own input"),), said=form.said, kept=form.kept))
    return laws


_COPIES: Final = "A copy"
_MADE: Final[Mapping[str, Callable[[], Law]]] = {
    "linear": _linear, "linear without bias": lambda: _linear(bias=False), "adapter": lambda: _linear(low_rank=True), "convolution": lambda: _windows(False),
    "depthwise": lambda: _windows(True),
    "patches": lambda: _copies("The patches of windows", ("The patches are copies of the input: number ", r, " is a copy of input ", a[r], ".")),
    "largest": lambda: _copies("The largest of a window", ("The largest input of window ", r, " is the one at ", a[r], ", alone and so all around a point.")),
    "copy": lambda: _copies(_COPIES, ("Numbers that only move: output ", r, " is a copy of input ", a[r], ".")),
    "scatter": _scattered, "mean": _mean, "embedding": _table, "table": _added_table, "normalization": _layer_norm, "batchnorm": _batch_norm,
    "cell": _cell, "cell without bias": lambda: _cell(bias=False), "state": _state, "memory": _memory, "gated sum": _reset, "blend": _blend, "routed": _routed,
    "rmsnorm": _rms_norm, "softmax": _softmax, "logsoftmax": _log_softmax,
    "scores": _scores, "mixture": _mixture, "gate": _gated, "product": _product, "sum": _sum,
    "residual": _residual, "prelu": _prelu, **SEQUENCES,
    "scale": lambda: _scaled("A learned scale.", gamma[i], indices((i, D)).declare(Family(), x, gamma), True),
    "dropout": lambda: _scaled(
        ("Dropout with the probability ", p, ": ", m[i], " is 0 or 1."), Frac(m[i], 1 - p),
        indices((i, D)).declare(Family(), x, m).declare(Scalar(Domain.REAL), p).assume(relation(p, "<", 1)), False,
    ),
}  # fmt: skip

_USED: Final[Mapping[str, tuple[str, ...]]] = {
    "conv": ("convolution", "patches"), "depthwise": ("depthwise", "patches"), "convtranspose": ("convolution", "scatter"), "maxpool": ("largest",),
    "avgpool": ("mean", "patches"), "globalpool": ("mean",), "meantoken": ("mean",), "upsample": ("copy",), "flatten": ("copy",), "tokens": ("copy",),
    **dict.fromkeys(("take", "shuffle", "merge", "transpose"), ("copy",)),
    "firsttoken": ("copy",), "classtoken": ("copy",), "sumtoken": ("tokens",), "maxtoken": ("largest",), "bilinear": ("bilinear",),
    "tokenconv": ("convolution", "patches"), "tokenshift": ("shift", "copy"), "fourier": ("waves",), "relativemap": ("linear",),
    "latentattention": ("linear", "mixture", "softmax", "scores", "rotation", "rmsnorm", "linear without bias", "copy"),
    "selective": ("read out", "scanned", "state", "decay", "activation softplus", "linear", "linear without bias"),
    "scan": ("read out", "scanned", "state", "product", "decay", "activation softplus", "copy"),
    "wkv": ("weighted", "memory", "state", "exponential", "linear without bias", "shift", "copy"),
     "batchnorm": ("batchnorm",), "layernorm": ("normalization",), "groupnorm": ("normalization",),
    "instancenorm": ("normalization",), "rmsnorm": ("rmsnorm",), "dropout": ("dropout",), "prelu": ("prelu",), "scale": ("scale",), "embedding": ("embedding",),
    "unembedding": ("linear without bias",), "positions": ("table",), "segments": ("embedding", "sum"), "sinusoidal": (), "relativebias": ("table",),
    "attention": ("linear", "mixture", "softmax", "scores"), "rnn": ("state", "activation tanh", "cell"),
    "lstm": ("state", "product", "activation tanh", "memory", "activation sigmoid", "cell"),
    "gru": ("state", "blend", "activation tanh", "gated sum", "activation sigmoid", "cell"),
}  # fmt: skip
"""The laws that the backward pass of a kind of layer is made of; the others depend on its fields."""


ROUTER: Final = ("routed", "softmax", "linear without bias")
"""The laws that a mixture of experts needs beside those of its experts."""


_WHY: Final[Mapping[str, str]] = {"learned": "the description does not say what is done with its numbers"}
"""Why there is no law for a kind of layer."""


def laws_of(layer: Layer) -> tuple[str, ...] | None:
    """The names of the laws of a layer; None where there is none for it."""
    name, word = layer.kind.name, layer.text.split()[0].lower()
    match name:
        case "linear":
            return ("adapter" if layer["lora"] != 0 else "linear" if layer["bias"] else "linear without bias",)
        case "activation":
            return (word,) if word in ("softmax", "logsoftmax") else () if word == "identity" else (f"activation {word}",)
        case "prelu":
            return ("prelu" if layer["slopes"] == 1 else "prelu by channels",)
        case "sinusoidal" if word == "rotary":
            return ("rotation",)
        case "feedforward":
            return ("linear" if layer["bias"] else "linear without bias", f"activation {GIVEN}")
        case "glu":
            return ("linear" if layer["bias"] else "linear without bias", "gate")
        case "attention":
            maps = "linear" if layer["bias"] else "linear without bias"
            norm = {"none": (), "rmsnorm": ("rmsnorm",), "rmsnorm-wide": ("rmsnorm",)}.get(str(layer["qk_norm"]), ("normalization",))
            filtered = ("depthwise", "patches") if layer["value_kernel"] != 0 else ()
            several = layer["kv"] not in ("shape", layer["heads"]) or layer["queries"] != 0 or layer["sinks"] or layer["bias_kv"]  # read at several places
            return (maps, *_USED[name][1:], *norm, *filtered, *(("copy",) if several else ()))
        case "rnn" | "lstm" | "gru":
            projected = ("linear without bias",) if layer["projection"] != 0 else ()
            return (*projected, *_USED[name][:-1], "cell" if layer["bias"] else "cell without bias")
        case _:
            return _USED.get(name)


def why_not(layer: Layer) -> str:
    """Why there is no law for a layer."""
    return _WHY.get(layer.kind.name, f"there is no law for the backward pass of {layer.kind.name}")


@cache
def proved(name: str) -> tuple[Section, ...]:
    """The theorems of a law, proved once in a run. Raises NotProved."""
    if name.startswith("activation "):
        return tuple(section for law in _activation(name.partition(" ")[2]) for section in law.sections())
    return tuple(_MADE[name]().sections())


# Stacks -----------------------------------------------------------------------------------------------------------------------------


def residual_stack(copies: Name) -> tuple[Theorem, Theorem, Theorem]:
    """How a gradient goes back through residual blocks, by induction over their number: what came in, and what each block added."""
    g, back, at = names("g r l")
    n_ = next(name for name in names("n m u") if name != copies)
    known = Context().declare(Scalar(Domain.NATURAL), n_).declare(Scalar(Domain.WHOLE), at).declare(Family(), g, back)
    known = known.define(g[at + 1], g[at] + back[at], (at,))

    work = Working(known)
    gradient, added, block, blocks, bound = work.entries(g), work.entries(back), work.of(at), work.of(n_), sp.Dummy(at.text, integer=True)

    def shown(expression: Any) -> Term:
        return work.term(expression, Order((), (gradient, sp.Sum, added)))

    after = work.of(known.definitions[-1].rhs)
    total = gradient[0] + sp.Sum((after - gradient[block]).subs(block, bound), (bound, 0, blocks - 1))  # what each block adds, added up
    (inside,) = total.atoms(sp.Sum)
    put_in = after.subs(block, blocks).subs(gradient[blocks], total)
    claim = written(equation(g[n_], shown(total)))
    base = theorem("One block", known, chain(
        g[FIRST], equals(shown(after.subs(block, 0)), by_definition, "around the block, and through it"),
        equals(shown(total.subs(blocks, 1)), algebra, "a sum of one"),
    ))  # fmt: skip
    more = theorem(
        "One block more", known.assume(claim.formula),
        chain(
            g[n_ + 1], equals(shown(after.subs(block, blocks)), by_definition, "around the block, and through it"),
            equals(shown(put_in), algebra, "the claim for n", claim),
            equals(shown(gradient[0] + joined(put_in - gradient[0] - inside, inside)), algebra, "one summand more"),
        ),
    )  # fmt: skip
    return base, more, by_induction("A stack of residual blocks", known, claim, n_, base, more, FIRST)


# Networks of linear maps and activations ------------------------------------------------------------------------------------------------


def whole(depth: int, activated: Sequence[bool], biased: Sequence[bool]) -> list[Theorem]:
    """The gradients of all layers of a perceptron of ``depth`` linear maps, all of them through the definitions of the whole network.

    ``activated``: whether a function stands behind the map with this number; ``biased``: whether it has biases. One example; ``g`` is what the loss gives.
    """
    widths = [Name("D", label=str(level)) for level in range(depth + 1)]
    places = names("i j k l m n r t")[: depth + 1]
    known = Context().declare(Scalar(Domain.NATURAL), *widths, *places).declare(Family(), x).with_range(places[0], ONE, widths[0])
    inputs: list[Name] = [x]
    outputs: list[Name] = []
    for level in range(1, depth + 1):
        weights, biases = Name("w", label=str(level)), Name("b", label=str(level))
        before, here = places[level - 1], places[level]
        known = known.with_range(here, ONE, widths[level]).declare(Family(arity=2), weights)
        made: Term = sum_over(before, 1, widths[level - 1], weights[here, before] * inputs[-1][before])
        if biased[level - 1]:
            known, made = known.declare(Family(), biases), made + biases[here]
        out = Name("z", label=str(level))
        known = known.define(out[here], made, (here,))
        outputs.append(out)
        if activated[level - 1]:
            function, after = Name("f", label=str(level)), Name("x", label=str(level))
            known = known.declare(Function(1), function).define(after[here], Call(function, (out[here],)), (here,))
            inputs.append(after)
        else:
            inputs.append(out)
    known = loss_of(known, inputs[-1], widths[-1])
    found = []

    rule = ChainRule(known, L)

    def proven(title: str, variable: Term, *results: tuple[Any, str]) -> None:
        found.append(theorem(title, known, chain(by(variable), *(equals(rule.written(result), follows, why) for result, why in results))))

    above: list[tuple[Any, str]] = []
    """What comes back to the map at hand, with more and more of it written out."""
    for level in range(depth, 0, -1):
        here, before, out, went_in = places[level], places[level - 1], outputs[level - 1], inputs[level - 1]
        weights, biases = Name("w", label=str(level)), Name("b", label=str(level))

        def back(variable: Term, through: Name, why: str, above: Sequence[tuple[Any, str]]) -> list[tuple[Any, str]]:
            """Through one quantity, and from there on as before."""
            found = rule.changes(variable, through)[1]
            return [(found, why), *((rule.put_in(found, through, one), reason) for one, reason in above)]

        if activated[level - 1]:
            after = inputs[level]
            above = back(out[here], after, "through the activation", above)
            proven(f"Before the activation of map {level}", out[here], above[0])
        weighed = back(weights[here, before], out, "what comes back times what went in", above)
        proven(f"The weights of map {level}", weights[here, before], weighed[0])
        if biased[level - 1]:
            proven(f"The biases of map {level}", biases[here], back(biases[here], out, "a bias is added", ())[0])
        if level > 1:
            above = back(went_in[before], out, "all outputs read it", above)
            proven(f"The inputs of map {level}", went_in[before], above[0])
        else:
            proven("The first weights, written out", weights[here, before], *weighed)
    return found


__all__ = ["ROUTER", "L", "Law", "by", "laws_of", "proved", "residual_stack", "whole", "why_not", "y"]
