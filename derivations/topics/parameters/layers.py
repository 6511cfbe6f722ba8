"""The table of layers by their ``torch.nn`` names, and the one way in from a name and hyperparameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from derivations.language.errors import DeriveError
from derivations.parameters import nearest
from derivations.topics.parameters import attention, linear, normalization, recurrent
from derivations.topics.parameters.ledger import Ledger

#: Layers that own tensors: torch name -> function of the same arguments.
LAYERS: Mapping[str, Callable[..., Ledger]] = {
    "Conv1d": linear.conv1d,
    "Conv2d": linear.conv2d,
    "Conv3d": linear.conv3d,
    "ConvTranspose1d": linear.conv_transpose1d,
    "ConvTranspose2d": linear.conv_transpose2d,
    "ConvTranspose3d": linear.conv_transpose3d,
    "Linear": linear.linear,
    "Bilinear": linear.bilinear,
    "Embedding": linear.embedding,
    "EmbeddingBag": linear.embedding_bag,
    "PReLU": linear.prelu,
    "AdaptiveLogSoftmaxWithLoss": linear.adaptive_log_softmax,
    "BatchNorm1d": normalization.batch_norm,
    "BatchNorm2d": normalization.batch_norm,
    "BatchNorm3d": normalization.batch_norm,
    "SyncBatchNorm": normalization.sync_batch_norm,
    "InstanceNorm1d": normalization.instance_norm,
    "InstanceNorm2d": normalization.instance_norm,
    "InstanceNorm3d": normalization.instance_norm,
    "LayerNorm": normalization.layer_norm,
    "RMSNorm": normalization.rms_norm,
    "GroupNorm": normalization.group_norm,
    "MultiheadAttention": attention.multihead_attention,
    "TransformerEncoderLayer": attention.transformer_encoder_layer,
    "TransformerDecoderLayer": attention.transformer_decoder_layer,
    "TransformerEncoder": attention.transformer_encoder,
    "TransformerDecoder": attention.transformer_decoder,
    "Transformer": attention.transformer,
    "RNN": recurrent.rnn,
    "LSTM": recurrent.lstm,
    "GRU": recurrent.gru,
    "RNNCell": recurrent.rnn_cell,
    "LSTMCell": recurrent.lstm_cell,
    "GRUCell": recurrent.gru_cell,
}

_POOL = "kernel_size stride padding ceil_mode count_include_pad"
_MAX_POOL = "kernel_size stride padding dilation return_indices ceil_mode"
_ADAPTIVE = "output_size return_indices"
_FRACTIONAL = "kernel_size output_size output_ratio return_indices"
_SLIDING = "kernel_size dilation padding stride"
_UPSAMPLE = "size scale_factor mode align_corners recompute_scale_factor"

#: Layers without any tensor: torch name -> the arguments that torch accepts. (Identity accepts all: None.)
WITHOUT_TENSORS: Mapping[str, str | None] = {
    "Identity": None,
    "Flatten": "start_dim end_dim",
    "Unflatten": "dim unflattened_size",
    **dict.fromkeys(("ReLU", "ReLU6", "SELU", "SiLU", "Mish", "Hardswish", "Hardsigmoid"), "inplace"),
    **dict.fromkeys(("Sigmoid", "Tanh", "Softsign", "Tanhshrink", "LogSigmoid", "Softmax2d"), ""),
    **dict.fromkeys(("Softmax", "LogSoftmax", "Softmin", "GLU"), "dim"),
    **dict.fromkeys(("ELU", "CELU"), "alpha inplace"),
    **dict.fromkeys(("Softshrink", "Hardshrink"), "lambd"),
    "GELU": "approximate",
    "LeakyReLU": "negative_slope inplace",
    "RReLU": "lower upper inplace",
    "Hardtanh": "min_val max_val inplace",
    "Softplus": "beta threshold",
    "Threshold": "threshold value inplace",
    **dict.fromkeys(("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout"), "p inplace"),
    "AvgPool1d": _POOL,
    **dict.fromkeys(("AvgPool2d", "AvgPool3d"), f"{_POOL} divisor_override"),
    **dict.fromkeys(("MaxPool1d", "MaxPool2d", "MaxPool3d"), _MAX_POOL),
    **dict.fromkeys(("MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d"), "kernel_size stride padding"),
    **dict.fromkeys(("LPPool1d", "LPPool2d", "LPPool3d"), "norm_type kernel_size stride ceil_mode"),
    **dict.fromkeys(("AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d"), "output_size"),
    **dict.fromkeys(("AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d"), _ADAPTIVE),
    **dict.fromkeys(("FractionalMaxPool2d", "FractionalMaxPool3d"), _FRACTIONAL),
    **dict.fromkeys(("ConstantPad1d", "ConstantPad2d", "ConstantPad3d"), "padding value"),
    **dict.fromkeys((f"{kind}Pad{axes}d" for kind in ("Zero", "Reflection", "Replication", "Circular") for axes in (1, 2, 3)), "padding"),
    "Fold": f"output_size {_SLIDING}",
    "Unfold": _SLIDING,
    "Upsample": _UPSAMPLE,
    "UpsamplingNearest2d": "size scale_factor",
    "UpsamplingBilinear2d": "size scale_factor",
    "PixelShuffle": "upscale_factor",
    "PixelUnshuffle": "downscale_factor",
    "ChannelShuffle": "groups",
    "LocalResponseNorm": "size alpha beta k",
    "CrossMapLRN2d": "size alpha beta k",
    "CosineSimilarity": "dim eps",
    "PairwiseDistance": "p eps keepdim",
}

_PLACEMENT = frozenset({"device", "dtype"})  # every torch layer takes these; they do not change what is counted


def layer_ledger(name: str, hyperparameters: Mapping[str, Any]) -> Ledger:
    """Return the tensors of ``torch.nn.<name>`` built with ``hyperparameters``; what is not given has torch's default.

    Raises ``DeriveError`` for an unknown layer, an unknown or missing hyperparameter, and sizes that describe no layer.
    """
    short = name.removeprefix("torch.").removeprefix("nn.").removeprefix("modules.")
    given = {key: value for key, value in hyperparameters.items() if key not in _PLACEMENT}
    if short in WITHOUT_TENSORS:
        accepted = WITHOUT_TENSORS[short]
        if accepted is not None:
            _refuse_unknown(short, given, accepted.split())
        return Ledger()
    if short not in LAYERS:
        raise DeriveError(f"layer {name!r} is unknown{nearest(short, (*LAYERS, *WITHOUT_TENSORS))}")
    return called(short, LAYERS[short], given)


def called(what: str, function: Callable[..., Ledger], hyperparameters: Mapping[str, Any]) -> Ledger:
    """Return ``function(**hyperparameters)`` after checking the names against its signature, for errors that help."""
    signature = inspect.signature(function).parameters
    _refuse_unknown(what, hyperparameters, signature)
    required = [name for name, argument in signature.items() if argument.default is inspect.Parameter.empty]
    missing = [name for name in required if name not in hyperparameters]
    if missing:
        raise DeriveError(f"{what} needs {', '.join(missing)} (given: {', '.join(hyperparameters) or 'nothing'})")
    try:
        return function(**hyperparameters)
    except DeriveError as error:
        raise DeriveError(f"{what}: {error}") from error


def _refuse_unknown(what: str, given: Mapping[str, Any], accepted: Any) -> None:
    for name in given:
        if name not in accepted:
            hint = nearest(name, accepted) or f" (accepted: {', '.join(accepted) or 'none'})"
            raise DeriveError(f"{what} has no hyperparameter {name!r}{hint}")
