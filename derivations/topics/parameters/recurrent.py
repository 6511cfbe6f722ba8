"""Parameters of recurrent layers, by the names, defaults and shapes of ``torch.nn``.

Every layer and direction has two bias vectors, ``bias_ih`` and ``bias_hh``, as in torch (and cuDNN); the textbook cell
has one. Weights of the gates are stacked: 4 for an LSTM, 3 for a GRU, 1 for a plain network.
"""

from __future__ import annotations

from derivations.language.errors import DeriveError
from derivations.topics.parameters.dimensions import Dimension, dimension, one_of, truth
from derivations.topics.parameters.ledger import Ledger, parameter


def _direction(gates: int, inputs: Dimension, hidden: Dimension, projected: Dimension, bias: bool, suffix: str) -> Ledger:
    """One layer in one direction; ``projected`` is the width of the state that is fed back (0: the hidden width)."""
    has_projection = projected != 0
    state = projected if has_projection else hidden
    ledger = parameter(f"weight_ih{suffix}", gates * hidden, inputs)
    ledger += parameter(f"weight_hh{suffix}", gates * hidden, state)
    if truth("bias", bias):
        ledger += parameter(f"bias_ih{suffix}", gates * hidden) + parameter(f"bias_hh{suffix}", gates * hidden)
    return ledger + parameter(f"weight_hr{suffix}", projected, hidden) if has_projection else ledger


def _recurrent(
    gates: int,
    input_size: Dimension,
    hidden_size: Dimension,
    num_layers: Dimension,
    bias: bool,
    bidirectional: bool,
    proj_size: Dimension = 0,
) -> Ledger:
    inputs, hidden = dimension("input_size", input_size), dimension("hidden_size", hidden_size)
    layers, projected = dimension("num_layers", num_layers), dimension("proj_size", proj_size, least=0)
    if isinstance(projected, int) and isinstance(hidden, int) and projected >= hidden:
        raise DeriveError(f"proj_size = {projected} must be smaller than hidden_size = {hidden}")
    suffixes = ("", "_reverse") if truth("bidirectional", bidirectional) else ("",)
    output = (projected if projected != 0 else hidden) * len(suffixes)

    def layer(index: int, width: Dimension) -> Ledger:
        ledger = Ledger()
        for suffix in suffixes:
            ledger += _direction(gates, width, hidden, projected, bias, f"_l{index}{suffix}")
        return ledger

    if not isinstance(layers, int):  # a symbolic depth: the first layer reads the input, all others read a layer
        return layer(0, inputs) + layer(1, output).repeated(layers - 1, "upper")
    ledger = layer(0, inputs)
    for index in range(1, layers):
        ledger += layer(index, output)
    return ledger


def rnn(
    input_size: Dimension,
    hidden_size: Dimension,
    num_layers: Dimension = 1,
    nonlinearity: str = "tanh",
    bias: bool = True,
    batch_first: bool = False,
    dropout: float = 0.0,
    bidirectional: bool = False,
) -> Ledger:
    """``torch.nn.RNN``: one gate a layer and direction."""
    one_of("nonlinearity", nonlinearity, ("tanh", "relu"))
    return _recurrent(1, input_size, hidden_size, num_layers, bias, bidirectional)


def lstm(
    input_size: Dimension,
    hidden_size: Dimension,
    num_layers: Dimension = 1,
    bias: bool = True,
    batch_first: bool = False,
    dropout: float = 0.0,
    bidirectional: bool = False,
    proj_size: Dimension = 0,
) -> Ledger:
    """``torch.nn.LSTM``: four gates; with ``proj_size`` P the fed-back state is W_hr h, of width P."""
    return _recurrent(4, input_size, hidden_size, num_layers, bias, bidirectional, proj_size)


def gru(
    input_size: Dimension,
    hidden_size: Dimension,
    num_layers: Dimension = 1,
    bias: bool = True,
    batch_first: bool = False,
    dropout: float = 0.0,
    bidirectional: bool = False,
) -> Ledger:
    """``torch.nn.GRU``: three gates."""
    return _recurrent(3, input_size, hidden_size, num_layers, bias, bidirectional)


def _cell(gates: int, input_size: Dimension, hidden_size: Dimension, bias: bool) -> Ledger:
    inputs, hidden = dimension("input_size", input_size), dimension("hidden_size", hidden_size)
    return _direction(gates, inputs, hidden, 0, bias, "")


def rnn_cell(input_size: Dimension, hidden_size: Dimension, bias: bool = True, nonlinearity: str = "tanh") -> Ledger:
    """``torch.nn.RNNCell``."""
    one_of("nonlinearity", nonlinearity, ("tanh", "relu"))
    return _cell(1, input_size, hidden_size, bias)


def lstm_cell(input_size: Dimension, hidden_size: Dimension, bias: bool = True) -> Ledger:
    """``torch.nn.LSTMCell``."""
    return _cell(4, input_size, hidden_size, bias)


def gru_cell(input_size: Dimension, hidden_size: Dimension, bias: bool = True) -> Ledger:
    """``torch.nn.GRUCell``."""
    return _cell(3, input_size, hidden_size, bias)
