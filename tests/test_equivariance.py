"""Equivariance of self-attention: the theorems, every mutant of every step, and attention in NumPy under all permutations."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
import sympy as sp

from derivations.kernel.statement import Statement
from derivations.kernel.theorem import Theorem
from derivations.kernel.verdict import Accepted, Refuted, Strength
from derivations.language.context import Softmax
from derivations.language.errors import DeriveError, ParameterError
from derivations.language.structure import free_names, replace_at, subterms
from derivations.language.term import (
    Add,
    Big,
    Call,
    Const,
    Frac,
    Group,
    Index,
    Mul,
    Name,
    Num,
    Pow,
    Root,
    Term,
    Transpose,
    group,
    product,
)
from derivations.topics import equivariance as topic
from derivations.topics.equivariance import Attention, problem
from derivations.topics.equivariance import theorems as derived

theorems = cache(derived)
VARIANTS = [("columns", False), ("columns", True), ("rows", False), ("rows", True)]


# -- an oracle: attention in NumPy, no project code ----------------------------------------------------------------------------------------


def softmax(a: np.ndarray, axis: int) -> np.ndarray:
    e = np.exp(a - a.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@pytest.mark.parametrize("inputs", [1, 2, 3, 4, 5])
def test_attention_in_numpy_under_all_permutations(inputs: int) -> None:
    random = np.random.default_rng(inputs)
    width = 3
    x = random.normal(size=(width, inputs))
    weights = [(random.normal(size=(width, width)), random.normal(size=(width, 1))) for _ in range(3)]

    def attention(data: np.ndarray) -> np.ndarray:
        v, k, q = (w @ data + b for w, b in weights)
        return v @ softmax(k.T @ q, 0)

    invariant = 0
    for order in itertools.permutations(range(inputs)):
        p = np.zeros((inputs, inputs))
        for j, i in enumerate(order):
            p[i, j] = 1  # P_ij = delta_{i, pi(j)}
        assert np.allclose(attention(x @ p), attention(x) @ p)
        a = random.normal(size=(inputs, inputs))
        assert np.allclose(softmax(p.T @ a @ p, 0), p.T @ softmax(a, 0) @ p)
        invariant += bool(np.allclose(softmax(p.T @ a @ p, 0), softmax(a, 0)))
    assert invariant == 1  # the identity alone: the softmax is equivariant and not invariant


# -- the theorems ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tokens", "scaled"), VARIANTS)
def test_every_theorem_is_proved_without_side_conditions(tokens: Any, scaled: bool) -> None:
    for theorem in theorems(tokens, scaled):
        assert theorem.evidence.strength is Strength.PROVED
        assert theorem.evidence.assuming == ()


def test_what_is_proved_is_what_was_asked() -> None:
    sa, x, p, ones = Name("Sa"), Name("X"), Name("P"), Name("1", font="bold")
    found = theorems()
    assert found[0].statement.lhs == product(ones.T, p)
    assert found[0].statement.rhs == ones.T
    assert found[-1].statement.lhs == Call(sa, (product(x, p),), "[")
    assert found[-1].statement.rhs == product(Call(sa, (x,), "["), p)
    rows = theorems("rows")[-1].statement
    assert rows.lhs == Call(sa, (product(p, x),), "[")
    assert rows.rhs == product(p, Call(sa, (x,), "["))


def test_the_softmax_theorem_is_equivariance_and_rests_on_a_definition_of_the_softmax() -> None:
    theorem = theorems()[3]
    softmax_name, a, p = Name("Softmax"), Name("A"), Name("P")
    assert theorem.statement.lhs == Call(softmax_name, (product(p.T, a, p),), "[")
    assert theorem.statement.rhs == product(p.T, Call(softmax_name, (a,), "["), p)


def test_the_main_theorem_uses_its_lemmas() -> None:
    *_, main = theorems()
    used = {premise.title for checked in main.steps for premise in checked.step.premises if isinstance(premise, Theorem)}
    assert used == {lemma.title for lemma in main.lemmas}


def test_a_step_without_its_lemma_is_not_accepted() -> None:
    for theorem in theorems():
        for checked in theorem.steps:
            if checked.step.premises:
                assert not isinstance(checked.step.rule.decide(checked.step.statement, theorem.context, ()), Accepted), checked.step.because


def test_problem() -> None:
    found = problem()
    assert found.evidence.strength is Strength.PROVED
    assert found.statement == theorems()[-1].statement
    assert [section.role for section in found.sections] == ["lemma"] * 7 + ["main"]
    with pytest.raises(ParameterError, match=r"tokens = 'diagonals' is not accepted; it must be 'columns' or 'rows'"):
        problem(tokens="diagonals")  # type: ignore[arg-type]


@pytest.mark.parametrize(("tokens", "scaled"), VARIANTS)
def test_the_sides_of_the_answer_are_what_numpy_computes(tokens: str, scaled: bool) -> None:
    random = np.random.default_rng(3)
    width, inputs, order = 2, 3, [2, 0, 1]
    x = random.normal(size=(width, inputs))
    weights = {f"{kind}_{letter}": random.normal(size=(width, width) if kind == "W" else (width,)) for kind in "Wb" for letter in "vkq"}
    v, k, q = (weights[f"W_{letter}"] @ x + weights[f"b_{letter}"][:, None] for letter in "vkq")
    expected = (v @ softmax(k.T @ q / (np.sqrt(width) if scaled else 1), 0))[:, order]
    arrays = {"X": x, **weights} if tokens == "columns" else {"X": x.T, **{name: array.T for name, array in weights.items()}}
    for side in problem(tokens, scaled).answer.value:  # type: ignore[arg-type]
        sizes = {s: {"D": width, "N": inputs}[s.name] for s in side.free_symbols if s.name in "DN"}
        for row, column in itertools.product(*(map(range, expected.shape))):
            at = {"i": row + 1, "j": column + 1} if tokens == "columns" else {"i": column + 1, "j": row + 1}
            entry = side.subs(sizes | {s: at[s.name] for s in side.free_symbols if s.name in at}).doit()
            moved = entry.replace(lambda e: e.func == sp.Function("pi", integer=True), lambda e: sp.Integer(order[int(e.args[0]) - 1] + 1))
            numbers = {e: arrays[str(e.base)][tuple(int(n) - 1 for n in e.indices)] for e in moved.atoms(sp.Indexed)}
            assert abs(float(moved.subs(numbers)) - expected[row, column]) < 1e-9


def test_what_is_not_equivariant_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered: a weight that knows its place, or a softmax along the other axis, ends the derivation."""
    m, n = sp.symbols("m n", integer=True, positive=True)
    x, turn = sp.IndexedBase("x"), sp.Function("pi", integer=True)
    assert topic.reindexed(sp.Sum(x[turn(m)] ** 2, (m, 1, n)), turn) == sp.Sum(x[m] ** 2, (m, 1, n))
    with pytest.raises(DeriveError, match="knows m otherwise than through pi"):
        topic.reindexed(sp.Sum(m * x[turn(m)], (m, 1, n)), turn)
    given = topic.softmax_of_entries
    monkeypatch.setattr(topic, "softmax_of_entries", lambda array, index, size, columns: given(array, index, size, not columns))
    with pytest.raises(DeriveError):
        topic.theorems()


# -- mutants: every step, every site; an evaluation in NumPy says which are false -------------------------------------------------------------


class OutOfRange(Exception):
    pass


class Values:
    """Terms as arrays for fixed values: the oracle that says whether a mutant is false."""

    def __init__(self, tokens: str, seed: int) -> None:
        random = np.random.default_rng(seed)
        d, n = 3, 4
        self.rows = tokens == "rows"
        self.pi = [1, 2, 3, 0]  # its own inverse it is not
        p = np.zeros((n, n))
        for j in range(n):
            p[(self.pi[j], j) if not self.rows else (j, self.pi[j])] = 1
        self.sizes = {"N": n, "D": d}
        shape = (n, d) if self.rows else (d, n)
        self.names: dict[str, np.ndarray] = {"P": p, "I": np.eye(n), "1": np.ones((n, 1))}
        self.names |= {"A": random.normal(size=(n, n)), "X": random.normal(size=shape)}
        self.weights = {w: (random.normal(size=(d, d)), random.normal(size=(d, 1))) for w in "vkq"}

    def affine(self, which: str, x: np.ndarray) -> np.ndarray:
        w, b = self.weights[which]
        return x @ w + b.T if self.rows else w @ x + b

    def attention(self, x: np.ndarray, scaled: bool) -> np.ndarray:
        v, k, q = (self.affine(w, x) for w in "vkq")
        scale = np.sqrt(self.sizes["D"]) if scaled else 1.0
        return softmax(q @ k.T / scale, 1) @ v if self.rows else v @ softmax(k.T @ q / scale, 0)

    def value(self, t: Term, env: dict[str, int], scaled: bool) -> Any:
        def go(u: Term) -> Any:
            return self.value(u, env, scaled)

        match t:
            case Num(digits):
                return float(digits)
            case Const("e"):
                return np.e
            case Group(body):
                return go(body)
            case Name(text, primes=primes):
                if text in env:
                    return env[text]
                if text in self.sizes:
                    return self.sizes[text]
                if text in "VKQ":
                    x = self.names["X"]
                    p = self.names["P"]
                    return self.affine(text.lower(), x if not primes else p @ x if self.rows else x @ p)
                return self.names[text]
            case Index(Name(text), (Name(which),)) if text in "Wb" and which in "vkq":
                return self.weights[which][0 if text == "W" else 1]
            case Index(Name("delta"), (a, b)):
                return float(go(a) == go(b))
            case Index(base, subscripts):
                array = go(base)
                places = [int(go(s)) for s in subscripts]
                if any(not 1 <= q <= self.sizes["N"] for q in places):
                    raise OutOfRange
                if len(places) == 1:
                    if 1 not in array.shape:
                        raise ValueError("one index of a matrix")
                    return array.reshape(-1)[places[0] - 1]
                return array[places[0] - 1, places[1] - 1]
            case Add(parts):
                values = [go(part) if sign == "+" else -go(part) for sign, part in parts]
                if len({np.shape(v) for v in values}) != 1:
                    raise ValueError("shapes")
                return sum(values)
            case Mul(parts):
                result: Any = None
                for _, part in parts:
                    v = go(part)
                    result = v if result is None else result @ v if np.ndim(result) == 2 and np.ndim(v) == 2 else result * v
                return result
            case Frac(a, b):
                return go(a) / go(b)
            case Root(a, None):
                return np.sqrt(go(a))
            case Pow(a, b):
                return go(a) ** go(b)
            case Transpose(a):
                return np.transpose(go(a))
            case Big("sum", body, Name(k), lower, upper):
                return sum(self.value(body, {**env, k: m}, scaled) for m in range(int(go(lower)), int(go(upper)) + 1))
            case Big():
                raise ValueError("a sum over something that is not a name")
            case Call(Name("pi"), (a,)):
                index = int(go(a))
                if not 1 <= index <= self.sizes["N"]:
                    raise OutOfRange
                return self.pi[index - 1] + 1
            case Call(Name("Softmax"), (a,)):
                v = go(a)
                if np.shape(v) != (self.sizes["N"],) * 2:
                    raise ValueError("shapes")
                return softmax(v, 1 if self.rows else 0)
            case Call(Name("Sa"), (a,)):
                return self.attention(go(a), scaled)
            case _:
                raise TypeError(t)

    def holds(self, s: Statement, scaled: bool) -> bool:
        """Whether both sides agree for all values of the free indices at which they are defined."""
        n = self.sizes["N"]
        free = sorted({name.text for name in free_names(s.lhs) | free_names(s.rhs)} & set("ijmr"))
        for places in itertools.product(range(1, n + 1), repeat=len(free)):
            env = dict(zip(free, places, strict=True))
            try:
                left, right = self.value(s.lhs, env, scaled), self.value(s.rhs, env, scaled)
            except OutOfRange:
                continue
            except ValueError:  # shapes that do not fit
                return False
            if np.shape(left) != np.shape(right) or not np.allclose(left, right):
                return False
        return True


def mutants(t: Term) -> Iterator[Term]:
    """The usual slips at every site: swapped factors, a dropped factor, a transpose lost or added, a sign, an index, a bound, an exponent."""
    letters = {"i": "j", "j": "m", "m": "i", "r": "m"}
    for path, sub in subterms(t):
        match sub:
            case Mul(parts):
                for k in range(len(parts) - 1):
                    factors = [f for _, f in parts]
                    factors[k], factors[k + 1] = factors[k + 1], factors[k]
                    yield replace_at(t, path, Mul(tuple(("", f) for f in factors)))
                for k in range(len(parts)):
                    rest = tuple(("", f) for m, (_, f) in enumerate(parts) if m != k)
                    yield replace_at(t, path, Mul(rest) if len(rest) > 1 else rest[0][1])
            case Transpose(base):
                yield replace_at(t, path, base)
            case Name(text) if text in letters:
                yield replace_at(t, path, Name(letters[text]))
                yield replace_at(t, path, group(sub + 1))
            case Name("P" | "A" | "K" | "Q"):
                yield replace_at(t, path, Transpose(sub))
            case Name("N"):
                yield replace_at(t, path, sub - 1)
            case Num("1"):
                yield replace_at(t, path, Num("2"))
            case Add(parts) if len(parts) > 1:
                for k in range(len(parts)):
                    yield replace_at(t, path, Add(tuple(("-" if m == k else s, f) for m, (s, f) in enumerate(parts))))
            case Pow(base, exponent):
                yield replace_at(t, path, Pow(base, Add((("-", exponent),))))
            case Frac(a, b):
                yield replace_at(t, path, Frac(b, a))
                yield replace_at(t, path, a)
            case Index(base, (a, b)) if a != b:
                yield replace_at(t, path, Index(base, (b, a)))
            case Call(Name("Softmax"), (a,)):
                yield replace_at(t, path, group(a))
            case Call(Name("pi"), (a,)):
                yield replace_at(t, path, a)


@pytest.mark.parametrize(("tokens", "scaled"), [("columns", False), ("rows", True)])
def test_no_false_mutant_of_a_step_is_accepted(tokens: Any, scaled: bool) -> None:
    counts = {"false": 0, "true": 0, "refuted": 0}
    seen: set[Statement] = set()
    for theorem in theorems(tokens, scaled):
        values = [Values(tokens, seed) for seed in (1, 2)]
        for checked in theorem.steps:
            step = checked.step
            assert all(v.holds(step.statement, scaled) for v in values)
            for s in (*(Statement(m, step.statement.relation, step.statement.rhs) for m in mutants(step.statement.lhs)),
                      *(Statement(step.statement.lhs, step.statement.relation, m) for m in mutants(step.statement.rhs))):  # fmt: skip
                if s in seen:
                    continue
                seen.add(s)
                if all(v.holds(s, scaled) for v in values):
                    counts["true"] += 1
                    continue
                counts["false"] += 1
                verdict = step.rule.decide(s, theorem.context, step.premises)
                assert not isinstance(verdict, Accepted), s
                counts["refuted"] += isinstance(verdict, Refuted)
    assert counts["refuted"] > 0.98 * counts["false"], counts
    assert counts["false"] > 300, counts
    assert counts["true"] < counts["false"] / 4, counts


def test_the_context_says_which_softmax() -> None:
    name = Name("Softmax")
    assert Attention("columns").context.kind(name) == Softmax(0)
    assert Attention("rows").context.kind(name) == Softmax(1)
