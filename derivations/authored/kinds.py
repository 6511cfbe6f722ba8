"""Problem kinds that are not in the catalogue: a written solution, and a function in a Python file or an installed package of the user's.

Both answer to what a sheet asks of a kind: ``name``, ``module``, ``parameters``, ``values`` and ``build``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

from derivations.authored.wanted import KIND, Wanted
from derivations.catalogue import KINDS, Kind, find
from derivations.language.errors import DeriveError
from derivations.language.installed import entry_points
from derivations.language.record import record
from derivations.parameters import Parameter, nearest
from derivations.reading.files import MARKUP_OF, Markup
from derivations.reading.permission import may_run

if TYPE_CHECKING:
    from derivations.problem import Problem
    from derivations.reading.source import Source

GROUP: Final = "derive.kinds"
"""The entry points by which installed packages add kinds: each gives a ``Kind`` or a list of them."""


@record
class WrittenKind:
    """A solution in a file, or in a sheet (``text``, with the sheet's ``path``)."""

    path: Path
    wanted: Wanted
    text: str | None = None
    markup: Markup = "tex"
    declarations: tuple[str, ...] = ()
    name: str = KIND
    module: str = "derivations.authored.problem"
    parameters: tuple[Parameter, ...] = ()

    def values(self, given: Mapping[str, object]) -> dict[str, object]:
        """Nothing is a parameter of a written problem. Raises DeriveError for one that is given."""
        for field in given:
            raise DeriveError(f"a written problem has no parameter {field!r}; its solution is in a file or in the field solution")
        return {}

    def build(self, given: Mapping[str, object]) -> Problem:
        """The problem. Raises NotProved for a step that is not accepted, DeriveError where the file cannot be read."""
        from derivations.authored.problem import written_problem

        return written_problem(self.source(), self.wanted, self.declarations)

    @property
    def label(self) -> str:
        """What a table of problems calls it."""
        return self.path.name if self.text is None else self.name

    def source(self) -> Source:
        if self.text is not None:
            from derivations.reading.source import source_of

            return source_of(self.text, str(self.path), self.markup)
        from derivations.reading.inclusion import assembled

        return assembled(self.path)


def is_written(name: str) -> bool:
    """Whether a name is that of a file that can hold a derivation."""
    return Path(name).suffix.lower() in MARKUP_OF


@record
class PythonKind:
    """A function of the user's, ``topic.py:problem``, which makes a problem from its arguments. Its file is run when a problem is built."""

    name: str
    path: Path
    function: str
    module: str = "derivations.problem"
    parameters: tuple[Parameter, ...] = ()

    def values(self, given: Mapping[str, object]) -> dict[str, object]:
        """The arguments as they were given: what they may be is said by the function, which is not known before it is run."""
        return {name.replace("-", "_"): tuple(value) if isinstance(value, list) else value for name, value in given.items()}

    def build(self, given: Mapping[str, object]) -> Problem:
        """The problem that the function makes of these arguments.

        Raises:
            DeriveError: the file may not be run, does not run, has no such function, or the function takes other arguments or makes no problem.
            NotProved: a step of it is not accepted.
        """
        from derivations.problem import Problem

        function = self._found()
        values = self.values(given)
        try:
            inspect.signature(function).bind(**values)
        except TypeError as error:
            raise DeriveError(f"{self.name}: {error}; it takes {inspect.signature(function)}") from None
        try:
            problem = function(**values)
        except DeriveError:
            raise
        except Exception as error:  # whatever a user's function does, the sheet says which and why
            raise DeriveError(f"{self.name} does not run: {type(error).__name__}: {error}") from error
        if not isinstance(problem, Problem):
            raise DeriveError(f"{self.name} gives {type(problem).__name__}; a derivations.Problem is accepted")
        return replace(problem, parameters={**problem.parameters, **values})

    @property
    def label(self) -> str:
        """What a table of problems calls it."""
        return self.name

    def _found(self) -> Callable[..., object]:
        if not may_run():
            raise DeriveError(f"{self.name} is Python and is not run, because a file names it and not you; --allow-python runs it")
        try:
            text = self.path.read_bytes()
        except OSError as error:
            raise DeriveError(f"{self.name}: the file {self.path} cannot be read ({error.strerror or error})") from None
        from derivations.reading.python_files import ReadText

        module = ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        try:
            ReadText(text, self.path).exec_module(module)
        except Exception as error:
            raise DeriveError(f"{self.name} does not run: {type(error).__name__}: {error}") from error
        function = getattr(module, self.function, None)
        if not inspect.isfunction(function):
            own = [n for n, value in vars(module).items() if inspect.isfunction(value) and value.__module__ == module.__name__]
            raise DeriveError(f"{self.path} has no function {self.function!r}{nearest(self.function, own)}; it has {', '.join(own) or 'none'}")
        return function


AnyKind = Kind | WrittenKind | PythonKind


def python_kind(name: str, folder: Path = Path()) -> PythonKind | None:
    """The kind that ``topic.py:problem`` names, or None for another name. ``topic.py`` alone names its function ``problem``."""
    file, colon, function = name.partition(":")
    if not file.endswith(".py"):
        return None
    if colon and not function.isidentifier():
        raise DeriveError(f"{name!r} is not accepted; a function in a Python file is written topic.py:problem")
    return PythonKind(name, folder / file, function or "problem")


@cache
def installed() -> tuple[Kind, ...]:
    """The kinds of installed packages.

    Raises:
        DeriveError: an entry point cannot be loaded, gives something else, or a name is taken.
    """
    return tuple(_installed())


def _installed() -> Iterator[Kind]:
    taken = {kind.name for kind in KINDS}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            given = point.load()
        except Exception as error:
            raise DeriveError(f"the installed kinds {point.name!r} ({point.value}) cannot be loaded: {type(error).__name__}: {error}") from error
        for kind in given if isinstance(given, list | tuple) else (given,):
            if not isinstance(kind, Kind):
                raise DeriveError(f"the installed kinds {point.name!r} ({point.value}) give {type(kind).__name__}; a derivations.Kind or a list is accepted")
            if kind.name in taken:
                raise DeriveError(f"the installed kinds {point.name!r} ({point.value}) add {kind.name!r}, and there is a kind of that name already")
            taken.add(kind.name)
            yield kind


def known_kind(name: str, folder: Path = Path()) -> Kind | PythonKind:
    """A kind of the catalogue, of an installed package, or in a Python file. Raises DeriveError with the nearest names where there is none."""
    own = python_kind(name, folder)
    if own is not None:
        return own
    if not any(kind.name == name for kind in KINDS):
        for kind in installed():
            if kind.name == name:
                return kind
    return find(name)
