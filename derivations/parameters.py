"""The types of a problem kind's parameters: from what a person typed to a typed value, or an error that says what is accepted.

Nothing here imports SymPy: the command line reads parameters before it knows whether it will need any mathematics.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Protocol

from derivations.language.errors import ParameterError
from derivations.language.record import record
from derivations.language.term import Name, is_float_word

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa",
    "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi",
    "ψ": "psi", "ω": "omega",
}  # fmt: skip
_SYMBOL = re.compile(r"[A-Za-z][a-z]*|[A-Z]+")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)(/[0-9]+)?")
_LONGEST = 4000  # digits: past this Python refuses to turn text into an integer


def nearest(word: str, known: Iterable[str]) -> str:
    """``" (did you mean 'stride'?)"``, or an empty string when nothing known is near; capitals make no difference."""
    from difflib import get_close_matches

    folded = {name.lower(): name for name in known}
    found = [folded[name] for name in get_close_matches(word.lower(), folded, n=3, cutoff=0.5)]
    return f" (did you mean {' or '.join(repr(name) for name in found)}?)" if found else ""


def _symbol(text: str) -> Name | None:
    if text in GREEK:
        return Name(GREEK[text])
    return Name(text) if _SYMBOL.fullmatch(text) and not is_float_word(text) else None


def _integer(text: str) -> int | None:
    return int(text) if _INTEGER.fullmatch(text) and len(text) < _LONGEST else None


@record
class Size:
    """An integer of at least ``least``, or (``symbolic``) the name of a symbol that stands for any such integer."""

    least: int = 1
    symbolic: bool = True

    @property
    def metavar(self) -> str:
        return "N"

    @property
    def accepted(self) -> str:
        return f"an integer >= {self.least}" + (" or the name of a symbol, such as K" if self.symbolic else "")

    def read(self, value: object) -> int | Name | None:
        """The value, or None when it is not accepted."""
        if isinstance(value, str):
            text = value.strip()
            number = _integer(text)
            if number is None:
                return _symbol(text) if self.symbolic else None
            value = number
        if isinstance(value, Name):
            return value if self.symbolic else None
        return value if isinstance(value, int) and not isinstance(value, bool) and value >= self.least else None


@record
class Sizes:
    """A list of sizes, ``7,7,7``; one value alone is a list of one."""

    item: Size = Size()

    @property
    def metavar(self) -> str:
        return "N,N,..."

    @property
    def accepted(self) -> str:
        return f"a list such as 7,7,7 whose entries are each {self.item.accepted}"

    def read(self, value: object) -> tuple[int | Name, ...] | None:
        """The value, or None when it is not accepted."""
        if isinstance(value, str):
            value = value.strip().removeprefix("[").removesuffix("]").split(",")
        elif not isinstance(value, list | tuple):
            value = [value]
        items = [self.item.read(part) for part in value]
        found = tuple(item for item in items if item is not None)
        return found if found and len(found) == len(items) else None


@record
class Number:
    """A rational number between two bounds, exactly as written (``0.9``, ``9/10``), or the name of a symbol."""

    lower: Fraction | None = None
    upper: Fraction | None = None
    symbolic: bool = True

    @property
    def metavar(self) -> str:
        return "X"

    @property
    def accepted(self) -> str:
        bounds = [f"at least {self.lower}"] * (self.lower is not None) + [f"at most {self.upper}"] * (self.upper is not None)
        symbol = " or the name of a symbol, such as beta" if self.symbolic else ""
        return " ".join(("a number such as 9/10 or 0.9", " and ".join(bounds))).strip() + symbol

    def read(self, value: object) -> Fraction | Name | None:
        """The value, or None when it is not accepted. A float counts as its shortest decimal, which is what its author wrote."""
        if isinstance(value, float | int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str):
            text = value.strip()
            if not _NUMBER.fullmatch(text) or len(text) > _LONGEST:
                return _symbol(text) if self.symbolic else None
            numerator, _, denominator = text.partition("/")
            if denominator and not int(denominator):
                return None
            value = Fraction(numerator) / Fraction(denominator or "1")
        if isinstance(value, Name):
            return value if self.symbolic else None
        if not isinstance(value, Fraction):
            return None
        inside = (self.lower is None or value >= self.lower) and (self.upper is None or value <= self.upper)
        return value if inside else None


@record
class Choice:
    """One of some words."""

    options: tuple[str, ...]

    @property
    def metavar(self) -> str:
        return "|".join(self.options)

    @property
    def accepted(self) -> str:
        return ("one of " if len(self.options) > 1 else "") + ", ".join(self.options)

    def read(self, value: object) -> str | None:
        """The value, or None when it is not accepted."""
        return value.strip() if isinstance(value, str) and value.strip() in self.options else None


@record
class Flag:
    """Yes or no."""

    @property
    def metavar(self) -> str:
        return "yes|no"

    @property
    def accepted(self) -> str:
        return "yes or no"

    def read(self, value: object) -> bool | None:
        """The value, or None when it is not accepted."""
        if isinstance(value, str):
            return {"yes": True, "true": True, "no": False, "false": False}.get(value.strip().lower())
        return value if isinstance(value, bool) else None


@record
class Expression:
    """A formula, a name or a file that the topic itself reads: ``Normal(0,1)``, ``logistic``, ``map.py``."""

    example: str

    @property
    def metavar(self) -> str:
        return "TEXT"

    @property
    def accepted(self) -> str:
        return f"a text such as {self.example}"

    def read(self, value: object) -> str | None:
        """The value on one line, or None when it is not accepted: it is printed in many places, so it holds nothing that cannot be seen."""
        line = " ".join(value.split()) if isinstance(value, str) else ""
        return line if line.isprintable() and line else None

    @staticmethod
    def is_file(value: object) -> bool:
        """Whether the value names a file with a def instead of saying the formula."""
        return isinstance(value, str) and value.endswith(".py")


@record
class Conditions:
    """What is said of symbols, each part between commas: ``a > 0, r < 1``. In a sheet it may be a list, on the command line the option may be repeated."""

    example: str

    @property
    def metavar(self) -> str:
        return "TEXT"

    @property
    def accepted(self) -> str:
        return f"conditions such as {self.example}"

    def read(self, value: object) -> str | None:
        """The parts with commas between them, or None when it is not accepted. Nothing at all is accepted."""
        parts = value if isinstance(value, list | tuple) else [value]
        if not all(isinstance(part, str) and part.isprintable() for part in parts):
            return None
        return ", ".join(found for part in parts if (found := " ".join(str(part).split())))


class ParameterType(Protocol):
    """What a parameter accepts. ``read`` gives the typed value, or None for what is not accepted; it may raise DeriveError to say where a text is at fault."""

    @property
    def metavar(self) -> str: ...

    @property
    def accepted(self) -> str: ...

    def read(self, value: object) -> object | None: ...


@record
class Parameter:
    """One parameter of a kind. ``default`` is text as a person would type it; None means that the parameter must be given."""

    name: str
    type: ParameterType
    help: str
    default: str | None = None

    def parse(self, value: object, what: str) -> object:
        """The typed value of what a person wrote, on the command line (text) or in a file (text, integer, list, ...).

        Raises:
            ParameterError: the value is not accepted; the message names the field and says what would be.
        """
        found = self.type.read(value)
        if found is None:
            raise ParameterError(what, self.name, value, self.type.accepted)
        return found
