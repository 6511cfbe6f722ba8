"""Where a network is described: a TOML file with ``[network]``, a ``config.json`` of the transformers library, a live ``torch.nn.Module``.

Nothing here imports SymPy or torch: a module that is given has brought torch with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.term import Name
from derivations.networks import NO_LAYERS, Described, Layers, LayersType
from derivations.parameters import Sizes, nearest

FIELDS: Final = ("input", "layers")
"""Of ``[network]``."""


@record
class InputType:
    """The parameter type of what a network reads: sizes, or what the model says."""

    @property
    def metavar(self) -> str:
        return "N,N,..."

    @property
    def accepted(self) -> str:
        return "a list such as N,3,32,32 or N,T whose entries are each an integer >= 1 or the name of a symbol"

    def read(self, value: object) -> tuple[int | Name, ...] | None:
        """The sizes; none where the model says them."""
        return () if value in ("auto", ()) else Sizes().read(value)


@record
class ModelType:
    """The parameter type of a network that is described elsewhere."""

    @property
    def metavar(self) -> str:
        return "FILE"

    @property
    def accepted(self) -> str:
        return "a config.json, a .toml file with [network], or in Python a torch.nn.Module"

    def read(self, value: object) -> Described | None:
        """Raises DeriveError that names the file and the field at fault; None for what describes no network."""
        if isinstance(value, Described):
            return value
        if isinstance(value, str | Path):
            return Described() if str(value) == NO_LAYERS else _from_path(Path(value))
        if isinstance(value, Mapping):
            return _from_table(value, "model")
        if callable(getattr(value, "named_modules", None)):
            from derivations.modules import from_module

            return from_module(value)
        return None


def _from_path(path: Path) -> Described | None:
    if path.suffix not in (".json", ".toml"):
        return None
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise DeriveError(f"{path} cannot be read ({why}); a config.json or a .toml file with [network] is accepted") from None
    if path.suffix == ".json":
        try:
            found: Any = json.loads(text)
        except (ValueError, RecursionError) as error:
            place = f":{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else ""
            why = error.msg if isinstance(error, json.JSONDecodeError) else "it is nested too deeply"
            raise DeriveError(f"{path}{place}: not well-formed JSON: {why}; a config.json of a model is accepted") from None
    else:
        import tomllib

        try:
            found = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            raise DeriveError(f"{path} is not well-formed TOML: {error}") from None
    if not isinstance(found, dict):
        raise DeriveError(f"{path}: a config.json holds a table with model_type; this file holds {type(found).__name__}")
    return _from_table(found, str(path))


def _from_table(table: Mapping[str, Any], where: str) -> Described:
    if "model_type" in table:
        from derivations.configurations import from_config

        return from_config(table, where)
    network = table.get("network")
    if not isinstance(network, Mapping):
        has = ", ".join(map(str, table)) or "nothing"
        raise DeriveError(f"{where}: describes no network; a table [network] with layers, or the model_type of a config.json is accepted (it has {has})")
    return network_of(network, f"{where}: [network]")


def network_of(table: Mapping[str, Any], where: str) -> Described:
    """The network in a table ``[network]``. Raises DeriveError."""
    for name in table:
        if name not in FIELDS:
            raise DeriveError(f"{where} has no field {name!r}{nearest(name, FIELDS)}; it has {', '.join(FIELDS)}")
    if "layers" not in table:
        raise DeriveError(f"{where} needs layers: {LayersType().accepted}")
    input_ = InputType().read(table.get("input", ()))
    if input_ is None:
        raise DeriveError(f"{where}: input = {table['input']!r} is not accepted; it must be {InputType().accepted}")
    try:
        layers = LayersType().read(table["layers"])
    except DeriveError as error:
        raise DeriveError(f"{where}: {error}") from None
    if layers is None or layers == Layers(()):
        raise DeriveError(f"{where}: layers = {table['layers']!r} is not accepted; it must be {LayersType().accepted}")
    return Described(input_, layers, where.removesuffix(": [network]"))


__all__ = ["InputType", "ModelType", "network_of"]
