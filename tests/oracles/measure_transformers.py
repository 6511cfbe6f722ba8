"""Measures model classes of the transformers library and writes ``transformers_counts.json``. Imports no code of the project.

Run by hand where torch and transformers are installed (5.23.0 wrote the committed file); the tests read the file alone:

    python tests/oracles/measure_transformers.py requests.json tests/oracles/transformers_counts.json

``requests.json`` is a list of ``{"model_class", "config"}``. Models are built on the meta device, without weights; each parameter counts once.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def measure(model_class: str, config: dict[str, Any]) -> int:
    """Return the number of parameters of the model class at this configuration."""
    import torch
    import transformers

    kind = getattr(transformers, model_class)
    with torch.device("meta"):
        model = kind(kind.config_class(**config))
    return sum(parameter.numel() for parameter in model.parameters())


def main() -> None:
    """Measure all requests and write them with their counts, one a line."""
    requests = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    lines = [json.dumps({**request, "params": measure(**request)}) for request in requests]
    Path(sys.argv[2]).write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
