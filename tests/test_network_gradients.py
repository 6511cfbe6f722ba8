"""Backward passes: the formulas that are printed, evaluated number by number, against autograd in float64 on PyTorch's own layers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from derivations import network
from derivations.kernel.theorem import NotProved
from derivations.kernel.verdict import Strength
from derivations.language.errors import DeriveError
from derivations.language.structure import subterms
from derivations.language.term import Add, Big, Call, Const, Deriv, Frac, Group, Index, Mul, Name, Num, Pow, Root, Term, sum_over
from derivations.topics.network.gradients import _FORMS, _MADE, GIVEN, proved, residual_stack, whole
from derivations.topics.network.gradients import _activation as activations_of
from derivations.topics.network.laws import by
from render.messages import LANGUAGES, messages
from render.saying import sentences, translated

torch = pytest.importorskip("torch")
functional = torch.nn.functional


def key(name: Term) -> str:
    assert isinstance(name, Name)
    return name.text + ("^" * bool(name.accent)) + name.label


def number(node: Term, given: Mapping[str, Any]) -> float:
    """The value of a formula: names and families from ``given``, derivatives of the loss by outputs from the gradients that autograd has for them."""
    match node:
        case Num(digits):
            return float(digits)
        case Const(name):
            return {"e": math.e, "pi": math.pi}[name]
        case Group(body):
            return number(body, given)
        case Name():
            return float(given[key(node)])
        case Index(Name("delta"), (one, other)):
            return float(number(one, given) == number(other, given))
        case Index(base, subscripts):
            return float(given[key(base)][tuple(int(number(s, given)) - 1 for s in subscripts)])
        case Deriv(Name("L"), ((Index(base, subscripts), 1),)):
            return float(given[key(base)].grad[tuple(int(number(s, given)) - 1 for s in subscripts)])
        case Add(parts):
            return sum((-1 if sign == "-" else 1) * number(part, given) for sign, part in parts)
        case Mul(parts):
            return math.prod(number(part, given) for _, part in parts)
        case Frac(above, below):
            return number(above, given) / number(below, given)
        case Pow(base, exponent):
            return float(number(base, given) ** number(exponent, given))
        case Root(body):
            return math.sqrt(number(body, given))
        case Big("sum", body, Name() as variable, Num(), upper):
            assert upper is not None
            return sum(number(body, {**given, key(variable): v}) for v in range(1, int(number(upper, given)) + 1))
        case Call(Name("erf"), (argument,)):
            return math.erf(number(argument, given))
        case Call(Name("f", _, _, primes), (argument,)):  # the ReLU and its slope
            value = number(argument, given)
            return float(value > 0) if primes else max(value, 0.0)
        case _:
            raise AssertionError(node)


def leaf(*shape: int) -> Any:
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


def kept(value: Any) -> Any:
    value.retain_grad()
    return value


def _linear() -> dict[str, Any]:
    x, w, b = leaf(3, 4), leaf(5, 4), leaf(5)
    return {"x": x, "w": w, "b": b, "y": kept(functional.linear(x, w, b)), "N": 3, "D": 4, "M": 5}


def _adapter() -> dict[str, Any]:
    x, w, b, a, u = leaf(3, 4), leaf(5, 4), leaf(5), leaf(2, 4), leaf(5, 2)
    return {"x": x, "w": w, "b": b, "a": a, "u": u, "y": kept(functional.linear(x, w + u @ a, b)), "N": 3, "D": 4, "M": 5, "R": 2}


def _convolution(groups: int = 1) -> dict[str, Any]:
    """A two-dimensional one with stride and padding; its patches by ``unfold``."""
    c, m, size = 3, 3 if groups > 1 else 4, (2, 3)
    image, w, b = torch.randn(1, c, 5, 6, dtype=torch.float64), leaf(m, c // groups, *size), leaf(m)
    patches = functional.unfold(image, size, padding=1, stride=2).reshape(c, 6, -1).transpose(1, 2).contiguous()
    z = patches.detach().requires_grad_()
    w_, places = w.reshape(m, -1, 6), z.shape[1]
    out = torch.einsum("mk,mjk->mj", w_[:, 0], z) if groups > 1 else torch.einsum("mck,cjk->mj", w_, z)
    y = kept(out + b[:, None])
    assert torch.allclose(y.reshape(-1), functional.conv2d(image, w, b, 2, 1, groups=groups).reshape(-1))
    flat = kept(w_[:, 0] * 1) if groups > 1 else kept(w_ * 1)
    y = kept((torch.einsum("mk,mjk->mj", flat, z) if groups > 1 else torch.einsum("mck,cjk->mj", flat, z)) + b[:, None])
    return {"z": z, "w": flat, "b": b, "y": y, "M": m, "C": c, "K": 6, "T": places}


def _copies() -> dict[str, Any]:
    x, a = leaf(2, 5), torch.tensor([1, 3, 3, 5, 2, 1])
    return {"x": x, "a": a, "z": kept(x[:, a - 1]), "C": 2, "R": 6, "D": 5}


def _scattered() -> dict[str, Any]:
    z, a = leaf(2, 6), torch.tensor([1, 3, 3, 5, 2, 1])
    return {"z": z, "a": a, "y": kept(torch.zeros(2, 5, dtype=torch.float64).index_add(1, a - 1, z)), "C": 2, "R": 6, "D": 5}


def _mean() -> dict[str, Any]:
    z = leaf(2, 3, 4)
    return {"z": z, "y": kept(z.mean(2)), "C": 2, "T": 3, "K": 4}


def _embedding() -> dict[str, Any]:
    w, a = leaf(4, 3), torch.tensor([2, 4, 2, 1, 2])
    return {"w": w, "a": a, "y": kept(functional.embedding(a - 1, w)), "T": 5, "D": 3, "M": 4}


def _table() -> dict[str, Any]:
    x, p = leaf(2, 3, 4), leaf(3, 4)
    return {"x": x, "p": p, "y": kept(x + p), "N": 2, "T": 3, "D": 4}


def _normalization() -> dict[str, Any]:
    x, gamma, beta = leaf(6), leaf(6), leaf(6)
    v = x.var(correction=0)
    return {"x": x, "gamma": gamma, "beta": beta, "v": v, "x^": (x - x.mean()) / v.sqrt(), "y": kept(functional.layer_norm(x, (6,), gamma, beta, 0)), "D": 6}


def _batchnorm() -> dict[str, Any]:
    x, gamma, beta = leaf(5, 2), leaf(2), leaf(2)
    v = x.var(0, correction=0)
    return {"x": x, "gamma": gamma, "beta": beta, "v": v, "x^": (x - x.mean(0)) / v.sqrt(), "y": kept(functional.batch_norm(x, None, None, gamma, beta, True, 0, 1e-30)), "N": 5, "C": 2}


def _rmsnorm() -> dict[str, Any]:
    x, gamma = leaf(6), leaf(6)
    return {"x": x, "gamma": gamma, "v": (x * x).mean(), "y": kept(functional.rms_norm(x, (6,), gamma, 0)), "D": 6}


def _softmax() -> dict[str, Any]:
    s = leaf(3, 3)
    return {"s": s, "a": kept(s.softmax(-1)), "T": 3}


def _log_softmax() -> dict[str, Any]:
    s = leaf(3, 3)
    return {"s": s, "y": kept(s.log_softmax(-1)), "T": 3}


def _prelu() -> dict[str, Any]:
    x, a = torch.tensor([0.3, -1.7, 2.2, -0.4], dtype=torch.float64).requires_grad_(), torch.tensor(0.2, dtype=torch.float64).requires_grad_()
    return {"x": x, "a": a, "y": kept(functional.prelu(x, a.reshape(1))), "D": 4}


def _scores() -> dict[str, Any]:
    q, k = leaf(3, 4), leaf(3, 4)
    return {"q": q, "k": k, "s": kept(q @ k.T / 2), "T": 3, "D": 4}


def _mixture() -> dict[str, Any]:
    a, v = leaf(3, 3), leaf(3, 4)
    return {"a": a, "v": v, "o": kept(a @ v), "T": 3, "D": 4}


def _cell() -> dict[str, Any]:
    x, z, w, u, b = leaf(4, 3), leaf(4, 2), leaf(5, 3), leaf(5, 2), leaf(5)
    return {"x": x, "z": z, "w": w, "u": u, "b": b, "a": kept(x @ w.T + z @ u.T + b), "T": 4, "D": 3, "M": 5, "N": 2}


def _state() -> dict[str, Any]:
    s = leaf(4)
    return {"s": s, "y": kept(torch.stack([s, s])), "D": 4, "K": 2}


def _gates(join: Callable[..., Any], *letters: str) -> dict[str, Any]:
    values = {letter: leaf(4) for letter in letters}
    return {**values, "y": kept(join(*values.values())), "D": 4}


def _routed() -> dict[str, Any]:
    a, v = leaf(3, 2), leaf(3, 2, 4)
    return {"a": a, "v": v, "o": kept(torch.einsum("tk,tkc->tc", a, v)), "T": 3, "K": 2, "D": 4}


def _two(join: Callable[[Any, Any], Any]) -> dict[str, Any]:
    a, b = leaf(4), leaf(4)
    return {"a": a, "b": b, "y": kept(join(a, b)), "D": 4}


def _scale() -> dict[str, Any]:
    x, gamma = leaf(4), leaf(4)
    return {"x": x, "gamma": gamma, "y": kept(x * gamma), "D": 4}


def _dropout() -> dict[str, Any]:
    x, m = leaf(6), torch.tensor([1.0, 0, 1, 1, 0, 1], dtype=torch.float64)
    return {"x": x, "m": m, "p": 0.25, "y": kept(x * m / 0.75), "D": 6}


def _activation(word: str) -> dict[str, Any]:
    x = torch.tensor([0.3, 1.7, 2.2], dtype=torch.float64).requires_grad_()
    return {"x": x, "y": kept(getattr(functional, word)(x)), "D": 3}


def _tokens() -> dict[str, Any]:
    x = leaf(2, 3, 4)
    return {"x": x, "y": kept(x.sum(1)), "N": 2, "T": 3, "D": 4}


def _bilinear() -> dict[str, Any]:
    a, v, w, b = leaf(3, 4), leaf(3, 2), leaf(5, 4, 2), leaf(5)
    return {"a": a, "v": v, "w": w, "b": b, "y": kept(functional.bilinear(a, v, w, b)), "N": 3, "D": 4, "K": 2, "M": 5}


def _rotation() -> dict[str, Any]:
    """Pairs of a half and the other half, as in the models of the transformers library, written as matrices."""
    x, angle = leaf(3, 4), torch.arange(3, dtype=torch.float64)[:, None] * torch.tensor([1.0, 0.3], dtype=torch.float64)
    cosine, sine = torch.cat([angle.cos()] * 2, -1), torch.cat([angle.sin()] * 2, -1)
    half = torch.zeros(4, 4, dtype=torch.float64)
    half[0, 2], half[1, 3], half[2, 0], half[3, 1] = -1, -1, 1, 1
    r = torch.diag_embed(cosine) + torch.diag_embed(sine) @ half
    assert torch.allclose(r @ r.transpose(1, 2), torch.eye(4, dtype=torch.float64)), "its transpose turns back"
    return {"x": x, "r": r, "y": kept(x * cosine + torch.cat([-x[:, 2:], x[:, :2]], -1) * sine), "T": 3, "D": 4}


def _shift() -> dict[str, Any]:
    x, z, m = leaf(4, 3), leaf(4, 3), leaf(3)
    return {"x": x, "z": z, "m": m, "y": kept(x * m + z * (1 - m)), "T": 4, "D": 3}


def _waves() -> dict[str, Any]:
    x = leaf(3, 4)
    t, d, i, j = torch.meshgrid(*(torch.arange(size, dtype=torch.float64) for size in (3, 4, 3, 4)), indexing="ij")
    return {"x": x, "w": torch.cos(2 * math.pi * (t * i / 3 + d * j / 4)), "y": kept(torch.fft.fft2(x).real * 1), "T": 3, "D": 4}


def _scanned() -> dict[str, Any]:
    c, r, u, x = leaf(3, 4), leaf(3, 4), leaf(4), leaf(3)
    return {"c": c, "r": r, "u": u, "x": x, "z": kept(r * c + x[:, None] * u), "D": 3, "K": 4}


def _read_out() -> dict[str, Any]:
    z, v, x, w = leaf(3, 4), leaf(4), leaf(3), leaf(3)
    return {"z": z, "v": v, "x": x, "w": w, "y": kept(z @ v + w * x), "D": 3, "K": 4}


def _decay() -> dict[str, Any]:
    s, a = leaf(3), leaf(3, 4)
    return {"s": s, "a": a, "y": kept(torch.exp(-torch.exp(a) * s[:, None])), "D": 3, "K": 4}


def _exponential() -> dict[str, Any]:
    x = leaf(4)
    return {"x": x, "y": kept(x.exp()), "D": 4}


def _weighted() -> dict[str, Any]:
    a, v = leaf(4), leaf(4)
    b, p = (torch.rand(4, dtype=torch.float64).add(0.2).requires_grad_() for _ in range(2))
    return {"a": a, "b": b, "p": p, "v": v, "y": kept((a + p * v) / (b + p)), "D": 4}


def _slopes() -> dict[str, Any]:
    x, a = leaf(3, 5), leaf(3)
    return {"x": x, "a": a, "y": kept(functional.prelu(x[None], a)[0] * 1), "C": 3, "R": 5}


LAYERS: dict[str, Callable[[], dict[str, Any]]] = {
    "linear": _linear, "linear without bias": _linear, "adapter": _adapter, "convolution": _convolution, "depthwise": lambda: _convolution(3), "patches": _copies,
    "largest": _copies, "copy": _copies, "scatter": _scattered, "mean": _mean, "embedding": _embedding, "table": _table, "normalization": _normalization,
    "batchnorm": _batchnorm, "rmsnorm": _rmsnorm, "softmax": _softmax, "logsoftmax": _log_softmax, "prelu": _prelu, "scores": _scores, "mixture": _mixture, "product": lambda: _two(torch.mul),
    "sum": lambda: _two(torch.add), "scale": _scale, "dropout": _dropout,
    "cell": _cell, "cell without bias": _cell, "state": _state, "memory": lambda: _gates(lambda a, b, c, r: r * c + a * b, "a", "b", "c", "r"),
    "gated sum": lambda: _gates(lambda a, b, r: a + r * b, "a", "b", "r"), "blend": lambda: _gates(lambda a, b, r: (1 - r) * a + r * b, "a", "b", "r"),
    "routed": _routed, "tokens": _tokens, "bilinear": _bilinear, "rotation": _rotation, "shift": _shift, "waves": _waves, "scanned": _scanned, "read out": _read_out,
    "decay": _decay, "exponential": _exponential, "weighted": _weighted, "prelu by channels": _slopes,
    **{f"activation {word}": (lambda word=word: _activation(word)) for word in _FORMS},
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_laws_are_those_of_autograd(name: str) -> None:
    torch.manual_seed(len(name))
    given = LAYERS[name]()
    out = next(given[letter] for letter in "yzaosr" if hasattr(given.get(letter), "grad_fn") and given[letter].grad_fn is not None and given[letter].retains_grad and not given[letter].is_leaf and letter != "w")
    (torch.sin(out * 1.3) * torch.randn_like(out)).sum().backward()
    theorems = [section.theorem for section in proved(name)]
    for theorem in theorems:
        assert theorem.evidence.strength is Strength.PROVED
        (variable, _), = theorem.statement.lhs.variables
        base, subscripts = (variable, ()) if isinstance(variable, Name) else (variable.base, variable.subscripts)
        true = given[key(base)].grad
        free = [s.text for s in subscripts]
        for place in itertools.product(*map(range, true.shape)):
            here = {**given, **{letter: at + 1 for letter, at in zip(free, place, strict=True)}}
            if name == "activation relu" and theorem.statement.rhs == Num("0"):
                continue  # the other side of zero
            assert number(theorem.statement.rhs, here) == pytest.approx(float(true[place]), abs=1e-10), (name, theorem.statement.lhs, place)


def test_every_law_has_its_oracle() -> None:
    assert set(_MADE) - set(LAYERS) == {"gate", "residual"}, "their functions are unknown: the composed pass below puts some in"


def test_the_gradients_of_a_perceptron_are_those_of_autograd() -> None:
    """All maps at once, the first weights written out to the outputs."""
    torch.manual_seed(3)
    widths = [3, 4, 2]
    given: dict[str, Any] = {f"D{level}": width for level, width in enumerate(widths)}
    value = given["x"] = leaf(3)
    for level in (1, 2):
        given[f"w{level}"], given[f"b{level}"] = leaf(widths[level], widths[level - 1]), leaf(widths[level])
        value = given[f"z{level}"] = kept(functional.linear(value, given[f"w{level}"], given[f"b{level}"]))
        if level < 2:
            value = given[f"x{level}"] = kept(torch.tanh(value))
    (torch.sin(value) * torch.tensor([1.0, -2])).sum().backward()
    for theorem in whole(2, [True, False], [True, True]):
        assert theorem.evidence.strength is Strength.PROVED
        (variable, _), = theorem.statement.lhs.variables
        true = given[key(variable.base)].grad
        for place in itertools.product(*map(range, true.shape)):
            here = {**given, **{s.text: at + 1 for s, at in zip(variable.subscripts, place, strict=True)}}
            assert evaluated(theorem.statement.rhs, here) == pytest.approx(float(true[place]), abs=1e-10), theorem.title


def evaluated(node: Term, given: Mapping[str, Any]) -> float:
    """As ``number``, with the hyperbolic tangent for the functions of the network."""
    match node:
        case Call(Name(text="f", primes=1), (argument,)):
            return 1 - math.tanh(number(argument, given)) ** 2
        case Mul(parts):
            return math.prod(evaluated(part, given) for _, part in parts)
        case Group(body):
            return evaluated(body, given)
        case Big("sum", body, Name() as index, Num(), upper):
            assert upper is not None
            return sum(evaluated(body, {**given, key(index): v}) for v in range(1, int(number(upper, given)) + 1))
        case _:
            return number(node, given)


def test_a_gradient_goes_back_through_a_stack_of_residual_blocks() -> None:
    every = residual_stack(Name("L"))[2]
    assert every.evidence.strength is Strength.PROVED and every.steps[-1].step.rule.key == "induction"


@pytest.mark.parametrize("name", ["normalization", "bilinear", "rotation", "shift", "waves", "scanned", "read out", "decay", "weighted", "prelu by channels"])
def test_a_wrong_law_is_not_proved(name: str) -> None:
    law = _MADE[name]()
    for variable, middle, result, why in law.derivatives():
        for wrong in (result * 2, result + 1):
            with pytest.raises(NotProved):
                law.proved(variable, middle, wrong, why)


def test_a_rotation_does_not_go_back_by_itself() -> None:
    """Turned once more in place of back: the indices of the matrix exchanged."""
    law = _MADE["rotation"]()
    (variable, why), = law.passes
    t, k, j, r, y = (Name(letter) for letter in "tkjry")
    wrong = sum_over(k, 1, Name("D"), by(y[t, k]) * r[t, j, k])
    with pytest.raises(NotProved):
        law.proved(variable, None, wrong, why)


@pytest.mark.parametrize(("input_", "layers", "laws"), [
    ("N,T", "embedding V->D; positions T; repeat L [ residual [ layernorm; attention h ]; residual [ layernorm; feedforward F ] ]; layernorm; unembedding V",
     {"embedding", "table", "normalization", "linear", "scores", "softmax", "mixture", "activation given", "linear without bias", "copy"}),
    ("N,T,D", "rotary; attention h kv g bias false window w; latentattention h latent c size s rotary r value v; tokenconv 3; tokenshift; fourier; maxtoken",
     {"rotation", "linear without bias", "mixture", "softmax", "scores", "copy", "linear", "rmsnorm", "convolution", "patches", "shift", "waves", "largest"}),
    ("N,T,D", "selective 16 rank 4; lstm 6 projection 5; scan 1 state 1; sumtoken",
     {"read out", "scanned", "state", "decay", "activation softplus", "linear", "linear without bias", "product", "activation tanh", "memory", "activation sigmoid", "cell", "copy", "tokens"}),
    ("N,8", "bilinear 4 left 3; linear 6 groups 2; prelu 6", {"bilinear", "linear", "prelu by channels"}),
    ("N,T,D", "wkv F; attention h value_kernel 3 sinks true",
     {"weighted", "memory", "state", "exponential", "linear without bias", "shift", "copy", "linear", "mixture", "softmax", "scores", "depthwise", "patches"}),
    ("N,3,32,32", "conv 3->8 kernel 3; batchnorm; gelu; maxpool 2; depthwise 3; dropout 0.1; globalpool; flatten; linear 5",
     {"convolution", "patches", "batchnorm", "activation gelu", "largest", "depthwise", "dropout", "mean", "copy", "linear"}),
    ("N,T,D", "gru D->H; lstm H->D bias false; experts E active A [ feedforward F ]",
     {"state", "blend", "gated sum", "product", "memory", "activation tanh", "activation sigmoid", "cell", "cell without bias", "linear", "activation given"}),
    ("N,T,D", "branch [ rmsnorm; glu F | linear D lora 4 ] join multiply; softmax", {"rmsnorm", "linear without bias", "gate", "adapter", "softmax"}),
    ("N,D", "linear 4; prelu; linear 3; LogSoftmax", {"linear", "prelu", "logsoftmax"}),
    ("N,D", "linear 4; Softmax; linear 3", {"linear", "softmax"}),
])  # fmt: skip
def test_a_network_uses_the_laws_of_its_layers(input_: str, layers: str, laws: set[str]) -> None:
    found = network(input=input_, layers=layers, ask="gradients")
    assert found.evidence.strength is Strength.PROVED
    assert {name for names in found.answer.value.values() for name in names} == laws
    assert list(found.answer.value) == sorted(found.answer.value, reverse=True), "from the last layer to the first"
    inductions = [section for section in found.sections if section.theorem.steps[-1].step.rule.key == "induction"]
    assert bool(inductions) == ("repeat L" in layers)


@pytest.mark.parametrize(("layers", "said"), [
    ("identity", "network: gradients: no layer of it changes a gradient"),
    ("linear 4; learned 3x4", "network: gradients: layer 2 (learned 3x4): the description does not say what is done with its numbers"),
])  # fmt: skip
def test_what_has_no_law_is_said(layers: str, said: str) -> None:
    with pytest.raises(DeriveError) as caught:
        network(input="N,T,8", layers=layers, ask="gradients")
    assert str(caught.value).startswith(said)


def test_every_law_is_said_in_every_language() -> None:
    for language in (language for language in LANGUAGES if language != "en"):
        table = messages(language).said
        for law in (*(make() for make in _MADE.values()), *(law for word in ("relu", "gelu", GIVEN) for law in activations_of(word))):
            for words in (law.title, law.words, *(why for *_, why in law.passes)):
                assert [s for s in sentences(words) if not translated(s, table)] == [], law.title


def test_no_formula_names_a_letter_that_is_not_declared() -> None:
    for name in _MADE:
        law = _MADE[name]()
        for variable, middle, result, _ in law.derivatives():
            for term in (variable, middle, result):
                for _, node in subterms(term) if term is not None else ():
                    if isinstance(node, Big):
                        assert node.variable is not None and law.context.kind(node.variable) is not None, (name, node.variable)
