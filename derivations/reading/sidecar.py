"""``FILE.derive.toml`` beside a document: declarations for it, in the language of the ``derive:`` comments.

    assume = ["x > 0", "\\\\sum_{i=1}^n p_i = 1"]
    define = ["H = -\\\\sum_i p_i \\\\log p_i"]
    softmax = "rows"

    [let]
    "x, y" = "positive"
    W_q = "matrix D D"

    [range]
    i = ["1", "n"]
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from derivations.language.errors import DeriveError

ACCEPTED = ("assume", "define", "softmax", "let", "range")


def sidecar_of(path: Path) -> Path:
    """Where the declarations for a file stand: ``paper.tex.derive.toml`` beside ``paper.tex``."""
    return path.with_name(f"{path.name}.derive.toml")


def sidecar(path: Path) -> tuple[str, ...]:
    """The declarations in a sidecar file, one line each; none if there is no file. Raises DeriveError for a file that is not one."""
    if not path.is_file():
        return ()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DeriveError(f"reading {path}: {error}") from error
    unknown = sorted(set(data) - set(ACCEPTED))
    if unknown:
        raise DeriveError(f"reading {path}: {', '.join(unknown)} is not accepted; {', '.join(ACCEPTED)} are")
    lines = [f"assume {text}" for text in _texts(path, data, "assume")]
    lines.extend(f"define {text}" for text in _texts(path, data, "define"))
    lines.extend(f"softmax {text}" for text in _texts(path, data, "softmax"))
    lines.extend(f"let {names}: {kind}" for names, kind in _table(path, data, "let").items())
    for index, limits in _table(path, data, "range").items():
        if not isinstance(limits, list) or len(limits) != 2:
            raise DeriveError(f"reading {path}: range.{index} = {limits!r} is not accepted; it must be two texts, the first and the last value")
        lines.append(f"range {index} {limits[0]} {limits[1]}")
    return tuple(lines)


def _texts(path: Path, data: dict[str, Any], key: str) -> list[str]:
    value = data.get(key, [])
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise DeriveError(f"reading {path}: {key} = {value!r} is not accepted; it must be a list of texts")
    return texts


def _table(path: Path, data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        raise DeriveError(f"reading {path}: {key} = {value!r} is not accepted; it must be a table")
    return value
