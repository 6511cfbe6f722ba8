"""What a subcommand of ``derive`` is, and how its arguments are read."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NoReturn

from derivations.language.errors import DeriveError
from derivations.language.record import record

OK, NOT_ACCEPTED, BAD_INPUT, UNDECIDED, NOT_FINISHED = 0, 1, 2, 3, 4
CRASHED, CANNOT_WRITE, INTERRUPTED, READER_GONE, TERMINATED = 70, 74, 130, 141, 143
"""Exit statuses: every step was accepted; a step was refuted; the input is at fault; a step is undecided or could not be read; a limit of time or memory
was come to; a fault of the program itself; the answer cannot be written; interrupted, the reader of the pipe gone, ended (128 and the signal)."""


@record
class Command:
    """``declare`` adds its arguments to a parser, ``run`` does the work and gives the exit status. ``within``: the parsers of what may follow its first
    word, by that word (a kind, an action), where what follows depends on it."""

    declare: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    within: Callable[[], Mapping[str, argparse.ArgumentParser]] = dict


def offer(action: argparse.Action, words: Iterable[str]) -> None:
    """Say which words a shell offers for an argument that takes others as well: names beside files, lists of names."""
    setattr(action, OFFERED, tuple(words))


OFFERED: Final = "offered"
"""Where ``offer`` leaves them."""


class _Once(argparse._StoreAction):
    """An option with a value: given twice, one of the two values would be dropped without a word."""

    def __call__(self, parser: argparse.ArgumentParser, space: argparse.Namespace, values: Any, option: str | None = None) -> None:
        given = vars(space).setdefault(GIVEN, set())
        if option is not None and self.dest in given:
            parser.error(f"{option} is given twice, and it takes one value")
        given.add(self.dest)
        setattr(space, self.dest, values)


GIVEN = "options that were given"
"""Where a parsed command line remembers them, so that a second parser, for what follows a kind, knows them too."""


class Parser(argparse.ArgumentParser):
    """A parser that raises DeriveError instead of printing its usage and leaving, and does not guess at shortened options."""

    def __init__(self, **options: object) -> None:
        super().__init__(**{"allow_abbrev": False, **options})  # type: ignore[arg-type]
        self.register("action", None, _Once)
        self.register("action", "store", _Once)

    def error(self, message: str) -> NoReturn:
        raise DeriveError(f"{self.prog}: {message}; see {self.prog} --help")


def already_given(before: argparse.Namespace) -> argparse.Namespace:
    """An empty namespace for the words that follow, which knows what was given ``before`` them."""
    return argparse.Namespace(**{GIVEN: set(getattr(before, GIVEN, ()))})


def joined_values(words: Sequence[str], options: frozenset[str]) -> list[str]:
    """``--stride -1`` as ``--stride=-1`` for these options, so that a negative value is read as a value and then answered for what it is."""
    found: list[str] = []
    for word in words:
        if found and found[-1] in options and not word.startswith("--"):
            found[-1] = f"{found[-1]}={word}"
        else:
            found.append(word)
    return found
