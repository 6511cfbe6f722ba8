"""A record does what ``dataclass(frozen=True, slots=True)`` does, which is the oracle here."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace
from typing import Any

import pytest

from derivations.language.record import record


class Given:
    """What both kinds of class are made from."""

    first: int
    second: tuple[int, ...] = ()
    third: dict[str, int] = field(default_factory=dict, compare=False)
    fourth: str = field(default="a", repr=False, hash=False)


class Pair(Given):
    """Fields of its own behind those of another one, and something that is done when it has been filled."""

    fifth: int = 5

    def __post_init__(self) -> None:
        if self.first < 0:
            raise ValueError("negative")


def _both(made: Callable[[type], type]) -> tuple[type, type]:
    base = made(type("Given", (), {**{k: v for k, v in vars(Given).items() if k not in ("__dict__", "__weakref__")}}))
    body = {k: v for k, v in vars(Pair).items() if k not in ("__dict__", "__weakref__")}
    return base, made(type("Pair", (base,), body))


_LIBRARY = _both(lambda kind: dataclass(frozen=True, slots=True)(kind))
_OURS = _both(record)
_CALLS: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...] = (
    ((1,), {}),
    ((1, (2,)), {}),
    ((1,), {"second": (3,), "fourth": "b"}),
    ((), {"first": 2, "third": {"x": 1}}),
    ((), {}),
    ((1, 2, 3, 4, 5, 6), {}),
    ((1,), {"sixth": 6}),
    ((1,), {"first": 1}),
    ((-1,), {}),
)


def _outcome(kind: type, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    try:
        made: Any = kind(*args, **kwargs)
    except (TypeError, ValueError) as error:
        return type(error), str(error).rpartition(".")[2]
    names = [f.name for f in fields(made)]
    return repr(made).rpartition(".")[2], names, [getattr(made, n) for n in names], kind.__match_args__, hash(made) == hash(kind(*args, **kwargs))  # type: ignore[attr-defined]


@pytest.mark.parametrize("place", (0, 1), ids=("plain", "inherited"))
@pytest.mark.parametrize(("args", "kwargs"), _CALLS, ids=repr)
def test_a_record_is_filled_and_shown_as_a_dataclass_is(args: tuple[Any, ...], kwargs: dict[str, Any], place: int) -> None:
    assert _outcome(_OURS[place], args, kwargs) == _outcome(_LIBRARY[place], args, kwargs)


@pytest.mark.parametrize("kinds", (_LIBRARY, _OURS), ids=("dataclass", "record"))
def test_what_is_compared_and_what_is_hashed(kinds: tuple[Any, Any]) -> None:
    kind, larger = kinds
    assert kind(1) == kind(1, (), {"x": 1}) != kind(1, (2,))
    assert kind(1, fourth="b") != kind(1) and hash(kind(1, fourth="b")) == hash(kind(1))
    assert kind(1) != larger(1) and kind(1) != (1, (), {}, "a")
    assert kind(1).third is not kind(1).third, "a mapping of its own for each"
    assert {kind(1): "found"}[kind(1)] == "found"


@record
class Point:
    """A place that stands at the top of a module, so that it can be pickled."""

    x: int
    y: int = 0

    def __repr__(self) -> str:
        return f"<{self.x}, {self.y}>"


def test_it_is_a_dataclass_for_the_rest_of_the_library() -> None:
    assert is_dataclass(Point) and replace(Point(1), y=2) == Point(1, 2)
    assert copy.deepcopy(Point(1, 2)) == copy.copy(Point(1, 2)) == pickle.loads(pickle.dumps(Point(1, 2))) == Point(1, 2)
    match Point(3, 4):
        case Point(x, y):
            assert (x, y) == (3, 4)
    assert not hasattr(Point(1), "__dict__")


def test_a_method_of_its_own_is_kept() -> None:
    assert repr(Point(1, 2)) == "<1, 2>"


@pytest.mark.parametrize("change", (lambda p: setattr(p, "x", 2), lambda p: setattr(p, "z", 2), lambda p: delattr(p, "x")), ids=("set", "add", "delete"))
def test_nothing_changes_it(change: Callable[[Point], None]) -> None:
    with pytest.raises(FrozenInstanceError):
        change(Point(1))


def test_one_without_fields() -> None:
    @record
    class Nothing:
        pass

    assert Nothing() == Nothing() and repr(Nothing()).endswith("Nothing()") and hash(Nothing()) == hash(Nothing())
