"""Small frozen classes of named fields: dataclasses with slots, made in a tenth of the time.

``dataclass(frozen=True, slots=True)`` writes and compiles seven methods for every class while its module is imported; in a program of a few hundred
small classes that was a quarter of the time in which it starts. A record does the same (``fields``, ``replace``, ``match``, ``copy``, ``pickle``,
``__post_init__``), but all records share how they are compared and shown, and how one is filled is compiled when the first of its kind is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")
Values = Callable[[Any], Any]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(kind: type[T]) -> type[T]:
    """``dataclass(frozen=True, slots=True)``; a method that the class has itself is kept."""
    own = {name for name, value in vars(kind).items() if value is not None}
    made = dataclass(init=False, repr=False, eq=False, slots=True)(kind)
    known = fields(made)  # type: ignore[arg-type]
    for name, method in {
        "__init__": _filled_when_needed(made),
        "__eq__": _equal(_values(f.name for f in known if f.compare)),
        "__hash__": _hashed(_values(f.name for f in known if (f.compare if f.hash is None else f.hash))),
        "__repr__": _shown,
        "__setattr__": _unchanged,
        "__delattr__": _unchanged,
        "__getstate__": _state(_values(f.name for f in known)),
        "__setstate__": _restored([getattr(made, f.name).__set__ for f in known]),
    }.items():
        if name not in own:
            setattr(made, name, method)
    return made


def _values(names: Any) -> Values:
    """The values of some fields as a tuple."""
    listed = tuple(names)
    if len(listed) > 1:
        return attrgetter(*listed)
    return (lambda one: (getattr(one, listed[0]),)) if listed else (lambda one: ())


def _equal(values: Values) -> Callable[[Any, Any], Any]:
    def __eq__(self: Any, other: object) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _hashed(values: Values) -> Callable[[Any], int]:
    def __hash__(self: Any) -> int:
        return hash(values(self))

    return __hash__


def _shown(self: Any) -> str:
    return f"{type(self).__qualname__}({', '.join(f'{f.name}={getattr(self, f.name)!r}' for f in fields(self) if f.repr)})"


def _unchanged(self: Any, name: str, *_: object) -> None:
    raise FrozenInstanceError(f"cannot change field {name!r}")


def _state(values: Values) -> Callable[[Any], tuple[Any, ...]]:
    def __getstate__(self: Any) -> tuple[Any, ...]:
        return (values(self),)  # never empty: what is empty is not given back

    return __getstate__


def _restored(places: list[Callable[[Any, Any], None]]) -> Callable[[Any, tuple[Any, ...]], None]:
    def __setstate__(self: Any, state: tuple[Any, ...]) -> None:
        for put, value in zip(places, *state, strict=True):
            put(self, value)

    return __setstate__


# -- how a record is filled ----------------------------------------------------------------------------------------------


def _filled_when_needed(kind: Any) -> Callable[..., None]:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        if kind.__init__ is __init__:
            kind.__init__ = _filled(kind)
        kind.__init__(self, *args, **kwargs)

    return __init__


def _filled(kind: Any) -> Callable[..., None]:
    """``__init__(self, a, b=...)``, which puts each value into its slot."""
    scope: dict[str, Any] = {}
    parameters, lines = [], []
    known: tuple[Field[Any], ...] = fields(kind)
    for f in sorted(known, key=lambda f: bool(f.kw_only)):
        scope |= {f"_set_{f.name}": getattr(kind, f.name).__set__, f"_default_{f.name}": f.default, f"_new_{f.name}": f.default_factory}
        fresh = f.default_factory is not MISSING
        value = f.name if f.init else f"_default_{f.name}"
        if fresh:
            value = f"_new_{f.name}() if {value} is _default_{f.name} else {value}"  # nobody can give MISSING
        if f.init:
            parameters += ["*"] if f.kw_only and "*" not in parameters else []
            parameters.append(f"{f.name}=_default_{f.name}" if fresh or f.default is not MISSING else f.name)
        if f.init or fresh or f.default is not MISSING:
            lines.append(f" _set_{f.name}(self, {value})")
    if hasattr(kind, "__post_init__"):
        lines.append(" self.__post_init__()")
    exec("\n".join([f"def __init__({', '.join(['self', *parameters])}):", *(lines or [" pass"])]), scope)
    made: Callable[..., None] = scope["__init__"]
    made.__qualname__ = f"{kind.__qualname__}.__init__"
    return made
