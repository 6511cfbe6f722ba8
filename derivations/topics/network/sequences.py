"""Laws of the backward pass for layers along the tokens of a sequence (rotations, shifts, waves, recurrences) and for products of several maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from derivations.language.context import Function
from derivations.language.context import Sequence as Family
from derivations.language.term import Call, Frac, Pow, group, relation, sum_over
from derivations.topics.network.laws import (
    SLOPE,
    C,
    D,
    E,
    K,
    Law,
    M,
    N,
    R,
    T,
    a,
    b,
    c,
    d,
    f,
    i,
    indices,
    j,
    k,
    loss_of,
    m,
    n,
    p,
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


def _tokens() -> Law:
    known = indices((n, N), (t, T), (d, D)).declare(Family(arity=3), x)
    known = loss_of(known.define(y[n, d], sum_over(t, 1, T, x[n, t, d]), (n, d)), y, N, D)
    return Law("A sum of tokens", "A sum of all tokens.", known, ((x[n, t, d], "a sum passes its gradient on"),))


def _bilinear() -> Law:
    known = indices((n, N), (m, M), (i, D), (j, K)).declare(Family(arity=2), a, v).declare(Family(arity=3), w).declare(Family(), b)
    made = sum_over(i, 1, D, sum_over(j, 1, K, a[n, i] * w[m, i, j] * v[n, j])) + b[m]
    known = loss_of(known.define(y[n, m], made, (n, m)), y, N, M)
    words = ("A bilinear map of two vectors, ", a, " and ", v, "; ", n, " runs over all rows.")
    return Law("A bilinear map", words, known, (
        (a[n, i], "with the other vector held, it is linear"),
        (v[n, j], "and so with this one"),
        (w[m, i, j], "all rows share the weights"),
        (b[m], "and the biases"),
    ))  # fmt: skip


def _rotation() -> Law:
    """Of the numbers of one place by fixed rotations; nothing is learned."""
    known = indices((t, T), (k, D), (j, D)).declare(Family(arity=2), x).declare(Family(arity=3), r)
    known = loss_of(known.define(y[t, k], sum_over(j, 1, D, r[t, k, j] * x[t, j]), (t, k)), y, T, D)
    words = ("Rotary positions: queries and keys are turned, at the place ", t, " by the rotation ", r[t, k, j], ". Its transpose turns back.")
    return Law("A rotation", words, known, ((x[t, j], "what comes back is turned back"),))


def _shift() -> Law:
    known = indices((t, T), (d, D)).declare(Family(arity=2), x, z).declare(Family(), m)
    known = loss_of(known.define(y[t, d], m[d] * x[t, d] + group(1 - m[d]) * z[t, d], (t, d)), y, T, D)
    words = ("A token is mixed with the one before it, ", z, ", in learned shares; ", t, " runs over the tokens of all examples.")
    return Law("A shift of tokens", words, known, (
        (x[t, d], "a constant factor"), (z[t, d], "and what is left for the one before"),
        (m[d], "all tokens share the shares"),
    ))  # fmt: skip


def _waves() -> Law:
    """The real part of the Fourier transform over tokens and features (Lee-Thorp et al. 2021)."""
    known = indices((t, T), (d, D), (i, T), (j, D)).declare(Family(arity=2), x).declare(Family(arity=4), w)
    known = loss_of(known.define(y[t, d], sum_over(i, 1, T, sum_over(j, 1, D, w[t, d, i, j] * x[i, j])), (t, d)), y, T, D)
    words = ("A Fourier transform over tokens and features, of which the real part is kept: ", w, " are its cosines, and they are fixed.")
    return Law("A Fourier transform", words, known, ((x[i, j], "a number reaches all outputs"),))


def _scanned() -> Law:
    known = indices((i, D), (k, K)).declare(Family(arity=2), c, r).declare(Family(), u, x)
    known = loss_of(known.define(z[i, k], r[i, k] * c[i, k] + u[k] * x[i], (i, k)), z, D, K)
    words = ("The state of a state space: what was there, ", c, ", decays by ", r, ", and the token ", x, " is written in at ", u, ".")
    return Law("A step of a state space", words, known, (
        (c[i, k], "the old state comes through the decay: this is what goes back in time"),
        (r[i, k], "product rule"),
        (u[k], "all numbers of the token are written there"),
        (x[i], "a number is written to all places of its row"),
    ))  # fmt: skip


def _read_out() -> Law:
    known = indices((i, D), (k, K)).declare(Family(arity=2), z).declare(Family(), v, x, w)
    known = loss_of(known.define(y[i], sum_over(k, 1, K, v[k] * z[i, k]) + w[i] * x[i], (i,)), y, D)
    words = ("What is read out of a state ", z, " at ", v, ", and the token itself, ", x, ", times a learned number.")
    return Law("What a state gives", words, known, (
        (z[i, k], "a place of the state reaches one output"),
        (v[k], "all rows are read alike"),
        (x[i], "a constant factor"), (w[i], "the scale"),
    ))  # fmt: skip


def _decay() -> Law:
    known = indices((i, D), (k, K)).declare(Family(), s).declare(Family(arity=2), a)
    rate = Pow(E, a[i, k])
    known = loss_of(known.define(y[i, k], Pow(E, -s[i] * rate), (i, k)), y, D, K)
    words = ("What is left of a state after a step of length ", s, " at the rate ", rate, ", whose logarithm is learned.")
    return Law("A decay", words, known, (
        (s[i], "all places of a row decay by the same step"),
        (a[i, k], "chain rule"),
    ))  # fmt: skip


def _exponential() -> Law:
    known = indices((i, D)).declare(Family(), x)
    known = loss_of(known.define(y[i], Pow(E, x[i]), (i,)), y, D)
    return Law("An exponential", "Weights are exponentials of keys, and decays of learned numbers.", known, (
        (x[i], "each output depends on its own input"),
    ), said={y[i]: Pow(E, x[i])})  # fmt: skip


def _weighted() -> Law:
    """RWKV's mean: sums of the tokens before, and the token itself with a weight of its own (Peng et al. 2023)."""
    known = indices((i, D)).declare(Family(), a, b, p, v)
    known = known.assume(relation(b[i] + p[i], ">", 0))
    known = loss_of(known.define(y[i], Frac(a[i] + p[i] * v[i], b[i] + p[i]), (i,)), y, D)
    words = ("A weighted mean: values ", a, " and weights ", b, " of the tokens before, and the value ", v, " of the token itself with its weight ", p, ".")
    return Law("A decaying mean", words, known, (
        (a[i], "a constant factor"), (b[i], "quotient rule"),
        (v[i], "a constant factor"), (p[i], "quotient rule"),
    ), said={y[i]: a[i]})  # fmt: skip


def _slopes() -> Law:
    """PReLU with a slope for each channel; of the ReLU as in the law with one slope."""
    known = indices((c, C), (j, R)).declare(Family(arity=2), x).declare(Function(1), f).declare(Family(), a)
    known = loss_of(known.define(y[c, j], Call(f, (x[c, j],)) - a[c] * Call(f, (-x[c, j],)), (c, j)), y, C, R)
    words = ("PReLU, with a slope for each channel: ", f, " is the ReLU, and ", SLOPE, " is 1 for positive and 0 for negative numbers.")
    return Law("Learned slopes", words, known, (
        (x[c, j], "each output depends on its own input"),
        (a[c], "all places of a channel share the slope"),
    ))  # fmt: skip


SEQUENCES: Final[Mapping[str, Callable[[], Law]]] = {
    "tokens": _tokens, "bilinear": _bilinear, "rotation": _rotation, "shift": _shift, "waves": _waves, "scanned": _scanned, "read out": _read_out,
    "decay": _decay, "exponential": _exponential, "weighted": _weighted, "prelu by channels": _slopes,
}  # fmt: skip
"""Laws by their names, as in the table of all laws."""

__all__ = ["SEQUENCES"]
