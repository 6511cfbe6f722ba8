"""Language models without attention: Mamba and RWKV, as the ``*Model`` classes of transformers build them."""

from __future__ import annotations

from derivations.topics.parameters.dimensions import Dimension
from derivations.topics.parameters.ledger import Ledger, joined, parameter
from derivations.topics.parameters.linear import conv1d, embedding, linear
from derivations.topics.parameters.normalization import layer_norm, rms_norm


def mamba(
    vocab_size: Dimension = 50280,
    hidden_size: Dimension = 768,
    state_size: Dimension = 16,
    num_hidden_layers: Dimension = 32,
    expand: int = 2,
    conv_kernel: int = 4,
    use_bias: bool = False,
    use_conv_bias: bool = True,
    time_step_rank: int | str = "auto",
) -> Ledger:
    """Mamba (Gu and Dao 2023): a selective state space; the rank of the step is ceil(hidden_size / 16) when "auto"."""
    inner = int(expand * hidden_size)
    rank = -(-hidden_size // 16) if time_step_rank == "auto" else time_step_rank
    mixer = parameter("A_log", inner, state_size) + parameter("D", inner)
    mixer += joined(
        conv1d=conv1d(inner, inner, conv_kernel, groups=inner, bias=use_conv_bias),
        in_proj=linear(hidden_size, 2 * inner, use_bias),
        x_proj=linear(inner, rank + 2 * state_size, bias=False),
        dt_proj=linear(rank, inner),
        out_proj=linear(inner, hidden_size, use_bias),
    )
    layers = joined(norm=rms_norm(hidden_size), mixer=mixer).repeated(num_hidden_layers, "layers")
    return embedding(vocab_size, hidden_size).under("embeddings") + layers + rms_norm(hidden_size).under("norm_f")


def mamba2(
    num_heads: int = 128,
    head_dim: int = 64,
    vocab_size: Dimension = 32768,
    hidden_size: Dimension = 4096,
    state_size: int = 128,
    num_hidden_layers: Dimension = 64,
    expand: int = 2,
    conv_kernel: int = 4,
    n_groups: int = 8,
    use_bias: bool = False,
    use_conv_bias: bool = True,
) -> Ledger:
    """Mamba-2 (Dao and Gu 2024): scalar decay for each head, one input map for gate, state and steps."""
    inner = int(expand * hidden_size)
    convolved = inner + 2 * n_groups * state_size
    mixer = parameter("dt_bias", num_heads) + parameter("A_log", num_heads) + parameter("D", num_heads)
    mixer += joined(
        conv1d=conv1d(convolved, convolved, conv_kernel, groups=convolved, bias=use_conv_bias),
        in_proj=linear(hidden_size, inner + convolved + num_heads, use_bias),
        norm=rms_norm(inner),
        out_proj=linear(inner, hidden_size, use_bias),
    )
    layers = joined(norm=rms_norm(hidden_size), mixer=mixer).repeated(num_hidden_layers, "layers")
    return embedding(vocab_size, hidden_size).under("embeddings") + layers + rms_norm(hidden_size).under("norm_f")


def rwkv(
    vocab_size: Dimension = 50277,
    hidden_size: Dimension = 4096,
    num_hidden_layers: Dimension = 32,
    attention_hidden_size: Dimension | None = None,
    intermediate_size: Dimension | None = None,
) -> Ledger:
    """RWKV-4 (Peng et al. 2023): time mixing and channel mixing; the first block has a norm of the embeddings."""
    width = hidden_size
    inner = width if attention_hidden_size is None else attention_hidden_size
    wide = 4 * width if intermediate_size is None else intermediate_size
    time = parameter("time_decay", inner) + parameter("time_first", inner)
    for name in ("key", "value", "receptance"):
        time += parameter(f"time_mix_{name}", 1, 1, width)
    time += joined(**{name: linear(width, inner, bias=False) for name in ("key", "value", "receptance")})
    time += linear(inner, width, bias=False).under("output")
    channel = parameter("time_mix_key", 1, 1, width) + parameter("time_mix_receptance", 1, 1, width)
    channel += joined(
        key=linear(width, wide, bias=False),
        receptance=linear(width, width, bias=False),
        value=linear(wide, width, bias=False),
    )
    block = joined(ln1=layer_norm(width), ln2=layer_norm(width), attention=time, feed_forward=channel)
    first = layer_norm(width).under("pre_ln").repeated(1, "blocks")
    table = embedding(vocab_size, width).under("embeddings")
    return table + first + block.repeated(num_hidden_layers, "blocks") + layer_norm(width).under("ln_out")
