"""Running the code that is about to be written: what its calls give, and that they give anything at all."""

from __future__ import annotations

import ast
import math
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from importlib.util import find_spec
from io import StringIO
from types import CodeType, FrameType
from typing import Any

from derivations.language.errors import DeriveError

_MOST_LINES = 400_000
"""Lines of Python that a cell may take; a loop counts each of its rounds. A bound of work, so that it is the same on every machine."""


class _TooMuch(Exception):
    pass


def runs_here(source: str) -> bool:
    """Whether the libraries that a text of code imports are installed here."""
    imported = [alias.name.partition(".")[0] for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import) for alias in node.names]
    return all(find_spec(name) is not None for name in imported)


def compiled(source: str, called: str) -> None:
    """Raises DeriveError for a text that is not Python."""
    try:
        compile(source, called, "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise DeriveError(f"the code of {called} was not written: {type(error).__name__}: {error}") from None


def close(value: Any, expected: float) -> bool:
    """Whether a value is this number, up to what floats lose."""
    try:
        return math.isclose(float(value), expected, rel_tol=1e-6, abs_tol=1e-9)
    except (TypeError, ValueError, OverflowError):
        return False


def run(source: str, names: dict[str, Any], called: str) -> Any:
    """Run a text of code in ``names`` and give the value of its last expression, as a notebook does, or None. ``called`` names it in messages.

    Raises:
        DeriveError: it does not compile, raises, or does more work than a cell may.
    """
    try:
        tree = ast.parse(source)
        last = tree.body[-1] if tree.body else None
        whole = compile(tree if not isinstance(last, ast.Expr) else ast.Module(tree.body[:-1], []), called, "exec")
        final = compile(ast.Expression(last.value), called, "eval") if isinstance(last, ast.Expr) else None
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            _bounded(whole, names, called)
            return _bounded(final, names, called) if final is not None else None
    except _TooMuch:
        raise DeriveError(f"{called} was not written: it ran {_MOST_LINES} lines and came to no end") from None
    except Exception as error:  # noqa: BLE001  whatever the code does, the sheet that it belongs to is not lost
        raise DeriveError(f"{called} was not written: it was run once and gave {type(error).__name__}: {error}") from None


def _bounded(code: CodeType, names: dict[str, Any], called: str) -> Any:
    """Only lines of this code count: those of the libraries that it calls are not ours to bound."""
    left = _MOST_LINES

    def each(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal left
        if frame.f_code.co_filename != called:
            return None
        left -= 1
        if left < 0:
            raise _TooMuch
        return each

    before = sys.gettrace()
    sys.settrace(each)
    try:
        return eval(code, names)
    finally:
        sys.settrace(before)


def shown(value: Any) -> Mapping[str, str] | None:
    """A value as a notebook shows it, by media type; None for nothing to show."""
    if value is None:
        return None
    found = {"text/plain": _plain(value)}
    if getattr(type(value), "_repr_latex_", None) is not None:
        found = {"text/latex": str(value._repr_latex_()), **found}
    return found


def _plain(value: Any) -> str:
    """Numbers as numbers: without the name of their type, and to the digits that every machine agrees on."""
    if isinstance(value, tuple):
        inside = ", ".join(map(_plain, value))
        return f"({inside}{',' * (len(value) == 1)})"
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    return repr(round(value, 12)) if isinstance(value, float) else repr(value)
