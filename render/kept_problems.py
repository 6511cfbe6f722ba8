"""Problems that this very program has derived and checked before, kept in the user's own cache folder.

A problem of the catalogue depends on its kind, the values of its parameters and the program; what rests on a file is not kept. An entry is signed as verdicts
are, and it can hold nothing but data of this program: no other class is ever looked up. What is computed only when somebody asks is computed then.
"""

from __future__ import annotations

import io
import pickle
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from derivations.catalogue import Kind
from derivations.problem import Answer, Later, Problem
from render.cache_folder import digest, folder, key_outside, program, sign, signed_bytes, sweep

ENDING: Final = ".problem"


class Kept:
    """What is kept of problems, for the time of one command. ``trees``: the folders that the command is about, which no entry may come from."""

    def __init__(self, trees: Sequence[Path]) -> None:
        self._key = key_outside({*trees, Path()})
        self._added = False
        self.found = 0
        """How many problems were not derived again."""

    def build(self, kind: Kind, given: Mapping[str, object]) -> Problem:
        """The problem as ``kind.build`` makes it, and raises."""
        values = kind.values(given)
        if self._key is None or kind.rests_on_files(values):
            return kind.build(given)
        place = folder() / (digest(program(), kind.name, kind.module, kind.function, repr(values)) + ENDING)
        body = signed_bytes(place, self._key)
        kept = None if body is None else _restored(body, kind, given)
        if kept is not None:
            self.found += 1
            return kept
        problem = kind.build(given)
        sign(place, self._key, _written(problem))
        self._added = True
        return problem

    def close(self) -> None:
        """Keep the folder within its bounds, if anything was added."""
        if self._added:
            sweep()


def _written(problem: Problem) -> bytes:
    parts = {field.name: getattr(problem, field.name) for field in fields(problem)}
    answer: Answer = parts.pop("answer")
    told = {field.name: getattr(answer, field.name) for field in fields(answer)}
    if not _plain(answer.given):
        del told["given"]
    return pickle.dumps({**parts, "parameters": dict(problem.parameters), "answer": told}, protocol=5)


def _restored(body: bytes, kind: Kind, given: Mapping[str, object]) -> Problem | None:
    """The problem that an entry holds; None where it holds none."""
    try:
        parts: dict[str, Any] = _Data(io.BytesIO(body)).load()
        told = parts.pop("answer")
        told.setdefault("given", Later(lambda: kind.build(given).answer.value))
        return Problem(**parts, answer=Answer(**told))
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, KeyError, TypeError, ValueError, RecursionError):
        return None


def _plain(value: object) -> bool:
    return value is None or isinstance(value, bool | int | str | Fraction) or (isinstance(value, tuple) and all(map(_plain, value)))


class _Data(pickle.Unpickler):
    """Reads data of this program: its frozen classes, its enumerations and fractions."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("fractions", "Fraction"):
            return Fraction
        if module.partition(".")[0] == "derivations":
            __import__(module)
            found = getattr(sys.modules[module], name, None)
            if isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no data of this program")
