"""Whether Python files that are named may be run.

A file named in a sheet or beside a paper comes from whoever wrote the sheet. So the answer is no, unless the user said otherwise: by naming the file on the
command line, by calling the package from a program of their own, or by ``--allow-python``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ALLOWED: ContextVar[bool] = ContextVar("running_python", default=False)


@contextmanager
def running_python(allowed: bool = True) -> Iterator[None]:
    """Within this block Python files that are named may be run."""
    before = _ALLOWED.set(allowed)
    try:
        yield
    finally:
        _ALLOWED.reset(before)


def may_run() -> bool:
    """Whether a Python file may be run here and now."""
    return _ALLOWED.get()
