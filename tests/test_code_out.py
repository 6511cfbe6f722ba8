"""Code made from problems computes what the formulas say: against SymPy's value of the answer, NumPy, PyTorch's own layers, and plain loops."""

from __future__ import annotations

import ast
import math
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp
from topic_texts import built

from derivations.catalogue import KINDS
from derivations.kernel.statement import Rel, Statement
from derivations.language.context import Array, Context, Domain, Scalar, Sequence
from derivations.language.errors import DeriveError
from derivations.language.structure import free_names
from derivations.language.term import (
    At,
    Bar,
    Bars,
    Big,
    Call,
    Cases,
    Const,
    Deriv,
    Dots,
    Frac,
    Group,
    Integral,
    Logic,
    Marked,
    Matrix,
    Mul,
    Name,
    Num,
    Pow,
    Relation,
    Root,
    Term,
    Tuple,
    names,
    product,
    relation,
    sum_over,
)
from render.code import DIALECTS, code, example, formulas
from render.code.dialects import dialect
from render.code.terms import TermPrinter

LIBRARIES = {"numpy": "numpy", "torch": "torch", "jax": "jax", "sympy": "sympy"}
EXAMPLES = [(kind.name, given) for kind in KINDS for given in kind.examples]


def module(kind: str, given: dict[str, str], library: str) -> dict[str, Any]:
    """The names that the generated module defines."""
    pytest.importorskip(LIBRARIES[library], reason=f"{library} is not installed")
    found: dict[str, Any] = {}
    exec(compile(code([built(kind, **given)], library), f"<{kind} for {library}>", "exec"), found)
    return found


def plain(value: Any) -> Any:
    """A NumPy array of whatever the library gave."""
    return np.asarray(value.detach() if hasattr(value, "detach") else value, dtype=float)


every_library = pytest.mark.parametrize("library", list(LIBRARIES))
arrays = pytest.mark.parametrize("library", ["numpy", "torch", "jax"])
PRECISION = {"numpy": 1e-12, "torch": 1e-12, "jax": 1e-5, "sympy": 1e-12}


def test_the_libraries_are_those_of_the_table() -> None:
    assert [d.name for d in DIALECTS] == list(LIBRARIES)


@pytest.mark.parametrize("library", list(LIBRARIES))
@pytest.mark.parametrize(("kind", "given"), EXAMPLES, ids=str)
def test_every_kind_is_written_and_cites_its_statement(kind: str, given: dict[str, str], library: str) -> None:
    source = code([built(kind, **given)], library)
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    cited = [ast.get_docstring(node) or "" for node in functions if node.name not in ("at", "softmax", "gamma_function")]
    assert cited
    for text in cited:
        assert "Known: proved" in text and f"derive show {kind}" in text
        assert any(sign in text for sign in ("=", "≔"))
    assert max(map(len, source.splitlines())) < 250


# -- convolutions: loops and PyTorch's own ---------------------------------------------------------------------------------------------


def loops(w: list[float], x: list[float], kernel: int, stride: int, spacing: int, padding: int, outputs: int) -> list[float]:
    """Output by output on a padded list; nothing of it comes from the project."""
    signal = dict(enumerate(x))
    return [sum(w[j] * signal.get(k * stride + j * spacing - padding, 0.0) for j in range(kernel)) for k in range(outputs)]


@arrays
@pytest.mark.parametrize(("kernel", "stride", "dilation", "padding"), [(7, 3, 2, 0), (3, 1, 0, 1), (4, 2, 1, 5), (1, 1, 0, 0), (5, 4, 3, 2)])
def test_a_convolution_against_loops(library: str, kernel: int, stride: int, dilation: int, padding: int) -> None:
    rng = random.Random(kernel)
    x, w = [rng.uniform(-1, 1) for _ in range(31)], [rng.uniform(-1, 1) for _ in range(kernel)]
    given = {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding}
    exact = module("convolution", {k: str(v) for k, v in given.items()}, library)["convolution"](np.array(w), np.array(x))
    symbolic = module("convolution", {"kernel": "K", "stride": "s", "dilation": "d", "padding": "p"}, library)["convolution"]
    outputs = (31 + 2 * padding - (dilation + 1) * (kernel - 1) - 1) // stride + 1
    wanted = loops(w, x, kernel, stride, dilation + 1, padding, outputs)
    assert plain(exact).shape == (outputs,)
    np.testing.assert_allclose(plain(exact), wanted, rtol=PRECISION[library], atol=PRECISION[library])
    found = symbolic(np.array(w), np.array(x), p=padding, s=stride, d=dilation, K=kernel)
    np.testing.assert_allclose(plain(found), wanted, rtol=PRECISION[library], atol=PRECISION[library])
    longer = symbolic(np.array(w), np.array(x), p=padding, s=stride, d=dilation, K=kernel, outputs=outputs + 40)
    np.testing.assert_allclose(plain(longer), loops(w, x, kernel, stride, dilation + 1, padding, outputs + 40), rtol=1e-5, atol=PRECISION[library])


@pytest.mark.parametrize(("kernel", "stride", "dilation"), [(7, 3, 2), (3, 1, 0), (5, 2, 1)])
def test_the_centred_form_is_the_padded_layer_of_torch(kernel: int, stride: int, dilation: int) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    made = module("convolution", {"kernel": str(kernel), "stride": str(stride), "dilation": str(dilation), "form": "centred"}, "torch")["convolution"]
    x, w = torch.randn(40, dtype=torch.float64), torch.randn(kernel, dtype=torch.float64)
    pad = (dilation + 1) * (kernel - 1) // 2
    layer = torch.nn.functional.conv1d(x[None, None], w[None, None], stride=stride, padding=pad, dilation=dilation + 1)[0, 0]
    torch.testing.assert_close(made(w, x), layer)


def test_a_convolution_in_sympy_is_its_sum() -> None:
    made = module("convolution", {"kernel": "3", "stride": "2", "dilation": "1"}, "sympy")["convolution"]
    w, x = sp.IndexedBase("w"), sp.IndexedBase("x")
    assert made(4).doit() == w[1] * x[7] + w[2] * x[9] + w[3] * x[11]


# -- receptive fields and counts ----------------------------------------------------------------------------------------------------------


def field(kernels: list[int], strides: list[int], spacings: list[int]) -> int:
    """From the last layer down: how many inputs of a layer a run of its outputs reads."""
    size = 1
    for k, s, d in reversed(list(zip(kernels, strides, spacings, strict=True))):
        size = (size - 1) * s + d * (k - 1) + 1
    return size


@pytest.mark.parametrize("library", ["numpy", "torch", "jax"])
def test_the_receptive_field_of_any_chain(library: str) -> None:
    made = module("receptive-field", {"kernels": "3,5,3", "strides": "2,2,1", "dilations": "0,1,2"}, library)["receptive_field"]
    assert made() == built("receptive-field", kernels="3,5,3", strides="2,2,1", dilations="0,1,2").answer.value == 43
    rng = random.Random(2)
    for _ in range(30):
        layers = rng.randint(0, 6)
        k, s, d = ([rng.randint(1, most) for _ in range(layers)] for most in (7, 3, 4))
        assert made(k=k, s=s, delta=d) == field(k, s, d)


def test_the_receptive_field_in_sympy() -> None:
    made = module("receptive-field", {"kernels": "7,7,7"}, "sympy")["receptive_field"]
    k, s, d = (sp.IndexedBase(name) for name in ("k", "s", "delta"))
    found = sp.expand(made(n=2).doit())
    assert found == sp.expand(1 + (k[1] - 1) * d[1] + (k[2] - 1) * d[2] * s[1])


def test_a_receptive_field_of_symbols_is_a_function_of_them() -> None:
    made = module("receptive-field", {"kernels": "K,K", "strides": "2,1"}, "numpy")
    assert made["receptive_field"](k=(3, 3), s=(2, 1), delta=(1, 1)) == field([3, 3], [2, 1], [1, 1])
    assert made["receptive_field_2"](K=3) == field([3, 3], [2, 1], [1, 1])


@every_library
def test_counts_are_functions_of_their_symbols(library: str) -> None:
    block = module("residual-block", {"channels": "C", "kernel": "K"}, library)["residual_block_parameters"]
    assert block(C=512, K=3) == 2 * 512 + 9 * 512 * 512 + 512
    assert module("residual-block", {"channels": "512"}, library)["residual_block_parameters"]() == 2360832
    narrow = module("bottleneck-block", {"channels": "C", "bottleneck": "B"}, library)["bottleneck_block_parameters"]
    assert narrow(C=512, B=128) == 280832
    chain = module("conv-parameters", {"channels": "3,4,10", "kernels": "3,5"}, library)["convolution_parameters"]
    assert chain() == 3 * 3 * 4 + 4 + 5 * 4 * 10 + 10
    both = module("attention-parameters", {}, library)
    assert (both["attention_weights"](D=5), both["attention_biases"](D=5)) == (3 * 25, 15)
    assert (both["dense_weights"](D=5, N=7), both["dense_biases"](D=5, N=7)) == (35 * 35, 35)


def test_a_block_has_the_parameters_of_the_torch_modules() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    made = module("residual-block", {"channels": "C", "kernel": "K"}, "numpy")["residual_block_parameters"]
    block = torch.nn.Sequential(torch.nn.BatchNorm2d(6), torch.nn.ReLU(), torch.nn.Conv2d(6, 6, 5))
    assert made(C=6, K=5) == sum(p.numel() for p in block.parameters())


@every_library
@pytest.mark.parametrize("last", ["keep", "drop"])
def test_epochs_by_counting(library: str, last: str) -> None:
    made = module("epochs", {"iterations": "T", "samples": "N", "batch": "B", "last_batch": last}, library)["epochs"]
    for samples, batch, iterations in ((100, 20, 1000), (110, 20, 1000), (7, 7, 3), (10**17 + 1, 10, 5)):
        per_pass = samples // batch + (1 if samples % batch and last == "keep" else 0)
        assert float(made(iterations=iterations, samples=samples, batch_size=batch)) == pytest.approx(iterations / per_pass, rel=1e-15)
    known = module("epochs", {"iterations": "1000", "samples": "110", "batch": "20", "last_batch": last}, library)["epochs"]
    if library != "sympy":
        assert known() == pytest.approx({"keep": 1000 / 6, "drop": 200}[last])


# -- momentum, attention, densities ------------------------------------------------------------------------------------------------------


@arrays
@pytest.mark.parametrize("form", ["next", "current"])
@pytest.mark.parametrize("start", ["symbol", "zero"])
def test_momentum_by_running_the_update(library: str, form: str, start: str) -> None:
    made = module("momentum", {"form": form, "start": start}, library)["momentum"]
    rng = random.Random(3)
    gradients = [rng.uniform(-1, 1) for _ in range(9)]
    beta, m = 0.83, 0.0 if start == "zero" else 0.7
    first = {} if start == "zero" else {"m_0": m}
    for t, g in enumerate(gradients):
        if form == "current":
            assert float(made(beta=beta, t=t, g=gradients, **first)) == pytest.approx(m, rel=1e-12, abs=1e-15)
        m = beta * m + (1 - beta) * g
        if form == "next":
            assert float(made(beta=beta, t=t, g=gradients, **first)) == pytest.approx(m, rel=1e-12)


@pytest.mark.parametrize("name", ["sum", "range", "lambda", "np", "beta", "gamma"])
def test_a_symbol_with_a_name_of_python_does_not_hide_it(name: str) -> None:
    made = module("momentum", {"start": "zero", "beta": name}, "numpy")["momentum"]
    assert made(0.5, g=[1.0, 2.0], t=1) == pytest.approx(0.5 * 2 + 0.25)


def test_momentum_of_gradients_that_are_vectors() -> None:
    made = module("momentum", {"start": "zero", "beta": "9/10"}, "numpy")["momentum"]
    gradients = np.arange(12.0).reshape(4, 3)
    m = np.zeros(3)
    for g in gradients:
        m = 0.9 * m + 0.1 * g
    np.testing.assert_allclose(made(g=gradients, t=3), m)


def test_momentum_in_sympy_is_the_answer() -> None:
    problem = built("momentum")
    made = module("momentum", {}, "sympy")["momentum"]
    g, m = sp.IndexedBase("g"), sp.Symbol("m_0", real=True)
    for t in range(4):
        beta = sp.Symbol("beta", positive=True)
        wanted = problem.answer.value.subs({s: t for s in problem.answer.value.free_symbols if str(s) == "t"}).doit()
        heads = set(wanted.atoms(sp.core.function.AppliedUndef))
        wanted = wanted.subs({f: g[f.args[0]] if f.func.__name__ == "g" else m for f in heads})
        assert sp.expand(made(t=t).doit() - wanted.subs({s: beta for s in wanted.free_symbols if str(s) == "beta"})) == 0


def attention(X: Any, weights: dict[str, Any]) -> Any:
    """Column by column, weight by weight."""
    D, N = X.shape
    found = np.zeros((D, N))
    project = {which: [weights[f"b_{which}"] + weights[f"W_{which}"] @ X[:, n] for n in range(N)] for which in "vkq"}
    for n in range(N):
        scores = [math.exp(float(project["k"][m] @ project["q"][n])) for m in range(N)]
        for m in range(N):
            found[:, n] += scores[m] / sum(scores) * project["v"][m]
    return found


@every_library
def test_self_attention_entry_by_entry_and_its_theorem(library: str) -> None:
    made = module("self-attention-equivariance", {}, library)
    rng = np.random.default_rng(5)
    D, N = 3, 4
    X = rng.normal(size=(D, N))
    weights = {f"{kind}_{which}": rng.normal(size=(D, D) if kind == "W" else D) for which in "vkq" for kind in "bW"}
    exact = PRECISION[library] * 100
    np.testing.assert_allclose(plain(made["self_attention"](X, **weights)), attention(X, weights), rtol=exact, atol=exact)
    P = np.eye(N)[[2, 0, 3, 1]]
    left, right = made["both_sides"](X, P, **weights)
    np.testing.assert_allclose(plain(left), plain(right), rtol=exact, atol=exact)
    np.testing.assert_allclose(plain(left), attention(X @ P, weights), rtol=exact, atol=exact)


DENSITIES = [
    ({"base": "Normal(0,1)", "map": "logistic"}, {}),
    ({"base": "Normal(mu,sigma**2)", "map": "logistic"}, {"mu": 0.3, "sigma": 1.2}),
    ({"base": "Normal(0,1)", "map": "z**2"}, {}),
    ({"base": "Exponential(rate)", "map": "sqrt(z)"}, {"rate": 1.5}),
    ({"base": "Uniform(0,1)", "map": "-log(z)"}, {}),
    ({"base": "Gamma(k,1)", "map": "log(z)"}, {"k": 2.5}),
    ({"base": "Gamma(gamma,1)", "map": "exp(-z)"}, {"gamma": 2.5}),
    ({"base": "Normal(0,1)", "map": "-z/3+2"}, {}),
    ({"base": "Cauchy(0,1)", "map": "1/(1+z**2)"}, {}),
]
POINTS = [-2.5, -1.0, -0.3, 0.0, 0.05, 0.5, 0.77, 0.95, 1.0, 1.3, 4.1]


@every_library
@pytest.mark.parametrize(("given", "parameters"), DENSITIES, ids=str)
@pytest.mark.filterwarnings("error")  # nothing undefined may be computed outside the support
def test_a_density_is_the_answer_everywhere(library: str, given: dict[str, str], parameters: dict[str, float]) -> None:
    value = built("pushforward", **given).answer.value
    named = {symbol: parameters[str(symbol)] for symbol in value.free_symbols if str(symbol) in parameters}
    x = next(symbol for symbol in value.free_symbols if str(symbol) == "x")
    wanted = [float(value.subs({**named, x: sp.Rational(str(point))})) for point in POINTS]
    density = module("pushforward", given, library)["density"]
    if library == "sympy":
        found = [float(density(x=sp.Rational(str(point)), **parameters)) for point in POINTS]
    else:
        found = density(module_of(library, POINTS), **parameters)
    np.testing.assert_allclose(plain(found), wanted, rtol=max(PRECISION[library], 1e-10), atol=1e-14 if library != "jax" else 1e-6)


def module_of(library: str, points: list[float]) -> Any:
    if library == "torch":
        import torch

        return torch.tensor(points, dtype=torch.float64)
    return np.array(points)


def test_the_gradient_of_a_density_is_finite_outside_its_support() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    density = module("pushforward", {"base": "Normal(0,1)", "map": "logistic"}, "torch")["density"]
    x = torch.tensor([-1.0, 0.0, 0.3, 1.0, 2.0], dtype=torch.float64, requires_grad=True)
    density(x).sum().backward()
    assert x.grad is not None and torch.isfinite(x.grad).all()
    h = 1e-6
    slope = (density(torch.tensor(0.3 + h, dtype=torch.float64)) - density(torch.tensor(0.3 - h, dtype=torch.float64))) / (2 * h)
    assert float(x.grad[2]) == pytest.approx(float(slope), rel=1e-6)


# -- the printer -----------------------------------------------------------------------------------------------------------------------------

a, b, n, i, A, B, X_ = names("a b n i A B X")
KNOWN = Context().declare(Scalar(Domain.REAL), a, b).declare(Scalar(Domain.NATURAL), n).declare(Array(n, n), A, B).declare(Sequence(), Name("x"))
TERMS: list[tuple[Term, str]] = [
    (a - (b - 1), "a - (b - 1)"),
    (Frac(a, Frac(b, n)), "a / (b / n)"),
    ((-a) ** 2, "(-a) ** 2"),
    (-(a**2), "-a ** 2"),
    (Mul((("", a), ("cdot", b), ("times", n))), "a * b * n"),
    (product(A.T, B), "A.T @ B"),
    (product(a, A), "a * A"),
    (A ** Num("2"), "np.linalg.matrix_power(A, 2)"),
    (Pow(A, -Num("1")), "np.linalg.inv(A)"),
    (Mul((("", A), ("odot", B))), "A * B"),
    (Bars("ceil", n / 3), "-(-n // 3)"),
    (Bars("floor", a / 3), "math.floor(a / 3)"),
    (Bars("abs", a), "abs(a)"),
    (Bars("det", A), "np.linalg.det(A)"),
    (Root(a), "math.sqrt(a)"),
    (Root(a, Num("3")), "a ** (1 / 3)"),
    (Call(Name("ln"), (a,)), "math.log(a)"),
    (Call(Pow(Name("sin"), Num("2")), (a,)), "math.sin(a) ** 2"),
    (Call(Name("log")[2], (a,)), "math.log(a) / math.log(2)"),
    (Call(Name("max"), (a, b)), "max(a, b)"),
    (Call(Name("binom"), (n, Num("2"))), "math.comb(n, 2)"),
    (sum_over(i, 1, n, Name("x")[i]), "sum([x[i - 1] for i in range(1, n + 1)])"),
    (sum_over(i, 1, n - 1, Name("x")[i + 1]), "sum([x[i] for i in range(1, n)])"),
    (Big("prod", i, i, Num("1"), n), "math.prod([i for i in range(1, n + 1)])"),
    (Cases(((a, relation(a, ">", 0)), (Num("0"), None))), "a if a > 0 else 0"),
    (relation(a, "!=", b), "a != b"),
    (Relation((Num("0"), a, b), ("<", "<=")), "(0 < a) & (a <= b)"),
    (Logic("or", (relation(a, "<", b), relation(a, "=", n))), "(a < b) | (a == n)"),
    (Const("pi") * a, "math.pi * a"),
    (Name("batch size", font="text"), "batch_size"),
    (Name("lambda"), "lambda_"),
    (Name("Q", primes=1), "Q_prime"),
    (Num("0.25"), "0.25"),
    (Tuple((a, b)), "(a, b)"),
    (Matrix(((a, b), (b, a))), "np.array([[a, b], [b, a]])"),
    (Group(a + b), "a + b"),
    (Marked("underbrace", a), "a"),
    (At(a**2, a, b), "b ** 2"),
]


@pytest.mark.parametrize(("term", "wanted"), TERMS, ids=[wanted for _, wanted in TERMS])
def test_terms_as_python(term: Term, wanted: str) -> None:
    assert ast.unparse(ast.fix_missing_locations(TermPrinter(dialect("numpy"), KNOWN).of(term))) == wanted


REFUSED = [Integral(a, a, Num("0"), Num("1")), Deriv(a**2, ((a, 1),)), Dots(), Bar(a, b), Big("sum", a, i, Num("1"), Const("oo")), Call(Name("W"), (a,))]


@pytest.mark.parametrize("term", REFUSED, ids=lambda t: type(t).__name__)
def test_what_a_library_cannot_compute_is_refused_with_the_term(term: Term) -> None:
    with pytest.raises(DeriveError, match=r"code for numpy: .* has no code"):
        TermPrinter(dialect("numpy"), KNOWN).of(term)


def test_sympy_keeps_fractions_exact() -> None:
    printer = TermPrinter(dialect("sympy"), KNOWN)
    assert ast.unparse(printer.of(Frac(Num("1"), Num("3")) * a)) == "sp.Rational(1, 3) * a"
    assert ast.unparse(printer.of(Num("0.1"))) == "sp.Rational('0.1')"


def test_every_example_call_runs() -> None:
    for kind, given in EXAMPLES:
        problem = built(kind, **given)
        space: dict[str, Any] = {"np": np, "random": np.random.default_rng(0)}
        exec(code([problem], "numpy"), space)
        for formula in formulas(problem):
            result = eval(example(formula), space)
            assert np.all(np.isfinite(np.asarray(result, dtype=float))), (kind, given)


def test_names_of_functions_in_one_module_differ() -> None:
    problems = [built("epochs", iterations="T", samples="N", batch="B", last_batch=last) for last in ("keep", "drop")]
    space: dict[str, Any] = {}
    exec(code(problems, "numpy"), space)
    assert (space["epochs"](samples=11, batch_size=5, iterations=6), space["epochs_2"](samples=11, batch_size=5, iterations=6)) == (2.0, 3.0)


def test_an_unknown_library_is_answered_with_those_there_are() -> None:
    with pytest.raises(DeriveError, match="there is no code for 'nunpy' \\(did you mean 'numpy'"):
        code([built("momentum")], "nunpy")


def test_the_statement_in_the_docstring_is_the_theorem() -> None:
    problem = built("momentum")
    (formula,) = formulas(problem)
    assert isinstance(problem.answer.shown[0], Statement) and problem.answer.shown[0].relation is Rel.EQ
    assert formula.cited == (problem.answer.shown[0].formula,)
    assert free_names(formula.body) == free_names(problem.answer.shown[0].rhs)


def derive(*words: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parent.parent
    return subprocess.run([sys.executable, "-m", "render.cli", *words], capture_output=True, text=True, cwd=root, check=False)


def test_show_to_numpy_runs_by_itself(tmp_path: Path) -> None:
    done = derive("show", "residual-block", "--channels", "C", "--to", "numpy")
    assert done.returncode == 0, done.stderr
    file = tmp_path / "block.py"
    file.write_text(done.stdout + "\nprint(residual_block_parameters(512))\n")
    ran = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert ran.stdout == "2360832\n"
