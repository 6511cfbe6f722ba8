"""How many parameters a layer, a block or a published network has, tensor by tensor.

``layer_ledger("Conv1d", {"in_channels": 3, "out_channels": 4, "kernel_size": 3}).parameters`` is 40; with symbols for sizes the same call
gives the polynomial. Blocks are in ``blocks``, networks in ``architectures``.
"""

from __future__ import annotations

from derivations.topics.parameters.layers import layer_ledger
from derivations.topics.parameters.ledger import Ledger, Tensor

__all__ = ["Ledger", "Tensor", "layer_ledger"]
