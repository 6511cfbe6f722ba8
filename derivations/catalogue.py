"""The problem kinds, one ordered table.

To add a kind: one function ``problem(**parameters) -> Problem`` in a topic, one row here. Importing this module imports neither SymPy nor
a topic; a topic is imported when its kind is built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from importlib import import_module
from typing import TYPE_CHECKING

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.models import InputType, ModelType
from derivations.networks import NO_LAYERS, LayersType
from derivations.parameters import Choice, Conditions, Expression, Number, Parameter, Size, Sizes, nearest

if TYPE_CHECKING:
    from derivations.problem import Problem


@record
class Kind:
    """A kind of problem: what it shows, its parameters, and the function that works it out (``module`` and ``function``).

    ``examples`` are values as a person would type them: what ``derive verify`` derives again and checks, symbolic ones included.
    """

    name: str
    summary: str
    parameters: tuple[Parameter, ...]
    module: str
    function: str = "problem"
    examples: tuple[Mapping[str, str], ...] = ({},)

    def values(self, given: Mapping[str, object]) -> dict[str, object]:
        """Typed values of all parameters, in the order of the table: those given, and the defaults of the others.

        ``given`` may write a name with ``-`` or ``_``.

        Raises:
            DeriveError: a name that this kind does not have, or one that it needs and that is missing.
            ParameterError: a value that is not accepted.
        """
        written = {name.replace("-", "_"): value for name, value in given.items()}
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in written:
            if name not in known:
                has = f"it has {', '.join(known)}" if known else "it has none"
                raise DeriveError(f"{self.name} has no parameter {name!r}{nearest(name, known)}; {has}")
        found: dict[str, object] = {}
        for parameter in self.parameters:
            value = written.get(parameter.name, parameter.default)
            if value is None:
                raise DeriveError(f"{self.name} needs the parameter {parameter.name!r} ({parameter.help}): {parameter.type.accepted}")
            found[parameter.name] = parameter.parse(value, self.name)
        return found

    def rests_on_files(self, values: Mapping[str, object]) -> bool:
        """Whether one of these values names a file that the topic reads."""
        return any(isinstance(p.type, Expression) and p.type.is_file(values[p.name]) for p in self.parameters)

    @property
    def label(self) -> str:
        """What a table of problems calls it."""
        return self.name

    def build(self, given: Mapping[str, object]) -> Problem:
        """The problem for these values, derived and checked; it holds the values as its parameters.

        Raises:
            DeriveError: a parameter is not accepted.
            NotProved: a step was refuted or is undecided.
        """
        values = self.values(given)
        problem: Problem = getattr(import_module(self.module), self.function)(**values)
        return replace(problem, parameters=values)


def find(name: str) -> Kind:
    """The kind of this name. Raises DeriveError with the nearest names when there is none."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    names = [kind.name for kind in KINDS]
    raise DeriveError(f"there is no problem kind {name!r}{nearest(name, names)}; there are {', '.join(names)}")


NETWORK_QUESTIONS = (
    "parameters", "shapes", "macs", "flops", "activations", "memory", "kv-cache", "receptive-field", "index", "gradients", "variance", "equivariance",
)  # fmt: skip
_DILATION = "zeros between neighbouring taps (convention 'zeros') or the spacing of the taps (convention 'spacing')"
_CONVENTION = Parameter("convention", Choice(("zeros", "spacing")), "what a dilation counts", "zeros")

KINDS: tuple[Kind, ...] = (
    Kind(
        "convolution",
        "which inputs each output of a 1-D convolution reads",
        (
            Parameter("kernel", Size(), "number of taps"),
            Parameter("stride", Size(), "step between neighbouring outputs", "1"),
            Parameter("dilation", Size(0), _DILATION, "0"),
            Parameter("padding", Size(0), "zeros put before the first input", "0"),
            _CONVENTION,
            Parameter("form", Choice(("left", "centred")), "whether the first or the middle tap of output 1 reads input 1", "left"),
        ),
        "derivations.topics.convolution",
        examples=(
            {"kernel": "7", "stride": "3", "dilation": "2"},
            {"kernel": "7", "stride": "3", "dilation": "2", "form": "centred"},
            {"kernel": "K", "stride": "s", "dilation": "d", "padding": "p"},
        ),
    ),
    Kind(
        "receptive-field",
        "how many inputs a unit of the last of several 1-D convolutions sees",
        (
            Parameter("kernels", Sizes(), "kernel size of each layer"),
            Parameter("strides", Sizes(), "stride of each layer; one value stands for all layers", "1"),
            Parameter("dilations", Sizes(Size(0)), _DILATION + "; one value stands for all layers", "0"),
            _CONVENTION,
        ),
        "derivations.topics.network.views",
        "field_problem",
        examples=({"kernels": "7,7,7"}, {"kernels": "3,5,3", "strides": "2,2,1", "dilations": "0,1,2"}),
    ),
    Kind(
        "conv-parameters",
        "weights and biases of a chain of 1-D convolutions",
        (
            Parameter("channels", Sizes(), "channels of the input and of each layer's output"),
            Parameter("kernels", Sizes(), "kernel size of each layer"),
        ),
        "derivations.topics.network.views",
        "conv_problem",
        examples=({"channels": "3,4,10", "kernels": "3,5"},),
    ),
    Kind(
        "residual-block",
        "parameters of a block of batch normalization, ReLU and convolution",
        (
            Parameter("channels", Size(), "channels of input and output"),
            Parameter("kernel", Size(), "side of the square kernel", "3"),
        ),
        "derivations.topics.network.views",
        "residual_problem",
        examples=({"channels": "512"}, {"channels": "C"}),
    ),
    Kind(
        "bottleneck-block",
        "parameters of a block that narrows its channels, convolves and widens them again",
        (
            Parameter("channels", Size(), "channels of input and output"),
            Parameter("bottleneck", Size(), "channels between the outer convolutions"),
            Parameter("kernel", Size(), "side of the square kernel in the middle", "3"),
        ),
        "derivations.topics.network.views",
        "bottleneck_problem",
        examples=({"channels": "512", "bottleneck": "128"}, {"channels": "C", "bottleneck": "B"}),
    ),
    Kind(
        "network",
        "counts, shapes, costs, gradients, variances or symmetries of a network that is described layer by layer",
        (
            Parameter("input", InputType(), "sizes of what it gets: the number of examples, then channels and axes, or tokens", "auto"),
            Parameter("layers", LayersType(), "its layers, with ; between them; repeat, residual, branch and experts hold layers in brackets", NO_LAYERS),
            Parameter("model", ModelType(), "where it is described instead", NO_LAYERS),
            Parameter("ask", Choice(NETWORK_QUESTIONS), "what is asked", "parameters"),
            Parameter("bytes", Size(), "bytes of one number, where memory is asked", "4"),
        ),
        "derivations.topics.network.problem",
        examples=(
            {"layers": "conv 3->64 kernel 7 stride 2 padding 3 bias false; batchnorm; relu; maxpool 3 stride 2 padding 1; flatten; linear C"},
            {"input": "N,T", "layers": "embedding V->D; repeat L [ residual [ layernorm; attention h ]; residual [ layernorm; feedforward F ] ]; layernorm"},
            {"input": "N,C,H,W", "layers": "conv C->K kernel 3 stride 2 padding 1; relu; maxpool 2", "ask": "shapes"},
            {"input": "N,T", "layers": "embedding V->D; repeat L [ residual [ attention h kv g ] ]", "ask": "kv-cache", "bytes": "2"},
            {"input": "N,D", "layers": "linear H; relu; linear C", "ask": "memory"},
            {"input": "N,C,W", "layers": "conv C->K kernel 5 stride 2 padding 2; relu; conv K->K kernel 3 dilation d", "ask": "index"},
            {"input": "N,T,D", "layers": "meantoken", "ask": "equivariance"},
            {"input": "N,D", "layers": "repeat L [ residual [ rmsnorm; silu ] ]; dropout 0.1", "ask": "gradients"},
            {"input": "N,3,32,32", "layers": "conv 3->8 kernel 5; repeat 2 [ residual [ conv 8->8 kernel 3 padding 1; relu ] ]", "ask": "receptive-field"},
        ),
    ),
    Kind(
        "attention-parameters",
        "parameters of self-attention against those of a dense layer on the same data",
        (
            Parameter("width", Size(), "length of each input", "D"),
            Parameter("tokens", Size(), "number of inputs", "N"),
        ),
        "derivations.topics.network.views",
        "attention_problem",
        examples=({}, {"width": "512", "tokens": "16"}),
    ),
    Kind(
        "self-attention-equivariance",
        "permuting the inputs of self-attention permutes its outputs",
        (),
        "derivations.topics.equivariance",
    ),
    Kind(
        "pushforward",
        "the density of a random variable that went through a function",
        (
            Parameter(
                "base", Expression("Normal(0,1)"), "law of the variable: Normal(mean, variance), Uniform(a,b), Exponential(rate), ...", "Normal(0,1)"
            ),
            Parameter("map", Expression("'logistic', 'exp(z)' or a Python file with a def"), "the function it goes through"),
            Parameter("form", Choice(("inverse", "forward")), "the density at x, by the inverse; or at the image f(z) of a point, by the map alone", "inverse"),
            Parameter("let", Conditions("'a > 0', '0 < r < 1' or 'lo < hi'"), "what is known of the symbols in base and map", ""),
        ),
        "derivations.topics.pushforward.problem",
        examples=({"base": "Normal(0,1)", "map": "logistic"}, {"base": "Normal(mu,sigma**2)", "map": "logistic"}),
    ),
    Kind(
        "epochs",
        "how many passes over the data a number of training steps makes",
        (
            Parameter("iterations", Size(), "number of training steps"),
            Parameter("samples", Size(), "number of examples in the data set"),
            Parameter("batch", Size(), "examples in a batch, at most as many as there are samples"),
            Parameter("last_batch", Choice(("keep", "drop")), "what happens to a last batch that is not full", "keep"),
        ),
        "derivations.topics.schedule",
        examples=(
            {"iterations": "1000", "samples": "100", "batch": "20"},
            {"iterations": "1000", "samples": "110", "batch": "20", "last_batch": "drop"},
            {"iterations": "T", "samples": "N", "batch": "B"},
        ),
    ),
    Kind(
        "momentum",
        "the momentum term as a weighted sum of all earlier gradients",
        (
            Parameter("beta", Number(Fraction(0), Fraction(1)), "weight of the old momentum", "beta"),
            Parameter("form", Choice(("next", "current")), "whether the formula is for m_{t+1} or for m_t", "next"),
            Parameter("start", Choice(("symbol", "zero")), "the first momentum m_0: a symbol, or zero", "symbol"),
            Parameter(
                "update", Expression("'accumulation', 'second-moment' or 'beta*m + (1-tau)*g'"), "how the momentum is renewed, linear in m", "average"
            ),
        ),
        "derivations.topics.momentum",
        examples=(
            {}, {"form": "current"}, {"start": "zero"}, {"form": "current", "start": "zero"}, {"beta": "9/10"}, {"update": "beta*m + (1-tau)*g"},
        ),
    ),
)
