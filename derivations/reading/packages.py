"""The commands of common packages as the standard ones that show the same: physics, braket, commath, mathtools, bm and their like, in a table.

They are known where their package is loaded, and where a text says nothing of packages (Markdown, a part of a paper); what a document itself defines goes
before. A command whose meaning depends on more than it shows, such as a Laplacian or a cross product, is left out and so unread.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from derivations.language.record import record
from derivations.reading.macros import Delimited, Macro, argument, made, optional
from derivations.reading.tokens import ReadError, Token

Rest = deque[Token]
_LOADS: Final = re.compile(r"\\(?:usepackage|RequirePackage)\s*(?:\[[^\]]{0,2000}\])?\s*\{([^{}]{0,2000})\}")
_CLASS: Final = re.compile(r"\\documentclass(?![A-Za-z])")


def _command(text: str) -> Token:
    return made("command", text)


def _braced(inside: Iterable[Token]) -> tuple[Token, ...]:
    return (made("open", "{"), *inside, made("close", "}"))


def _has_group(rest: Rest) -> bool:
    return bool(rest) and rest[0].kind == "open"


def _star(rest: Rest) -> None:
    if rest and rest[0].text == "*":
        rest.popleft()


@record
class _Derivative:
    """``\\dv[n]{f}{x}``, ``\\dv{x}`` and the same with partial signs, where several variables may follow."""

    sign: tuple[Token, ...]
    several: bool

    def __call__(self, rest: Rest) -> list[Token]:
        _star(rest)
        order = optional(rest) if rest and rest[0].text == "[" else ()
        if any(token.text == "," for token in order):
            raise ReadError("", 0, "a derivative whose order is a list")
        given = [argument(rest)]
        while _has_group(rest) and len(given) < (3 if self.several else 2):
            given.append(argument(rest))
        above, below = (given[0], given[1:]) if len(given) > 1 else ((), given)
        if len(below) == 1 and self.several:
            below = _between_commas(below[0])
        count = order or ((made("digit", str(len(below))),) if len(below) > 1 else ())
        if order and len(below) > 1:
            raise ReadError("", 0, "a derivative with an order and several variables")
        raised = (made("char", "^"), *_braced(count)) if count else ()
        each = [token for variable in below for token in (*self.sign, *variable, *(raised if order else ()))]
        return [_command("\\frac"), *_braced((*self.sign, *raised, *above)), *_braced(each)]


def _between_commas(found: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in found:
        depth += (token.kind == "open") - (token.kind == "close")
        if token.text == "," and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    return [tuple(part) for part in parts]


@record
class _Before:
    """A command put before its argument: ``\\vb{x}`` is ``\\mathbf{x}``."""

    commands: tuple[str, ...]

    def __call__(self, rest: Rest) -> list[Token]:
        _star(rest)
        inside = argument(rest)
        for command in reversed(self.commands):
            inside = (_command(command), *_braced(inside))
        return list(inside)


@record
class _Brackets:
    """``\\qty(x)`` only sizes the brackets that follow; ``\\qty{x}`` puts braces around what it gets."""

    left: str
    right: str

    def __call__(self, rest: Rest) -> list[Token]:
        _star(rest)
        return [made("left", self.left), *argument(rest), made("right", self.right)] if _has_group(rest) else []


@record
class _Shown:
    """What of some arguments is shown: of ``\\mathclap{x}`` the only one."""

    skipped: int = 0
    option: bool = False

    def __call__(self, rest: Rest) -> list[Token]:
        if self.option and rest and rest[0].text == "[":
            optional(rest)
        for _ in range(self.skipped):
            argument(rest)
        return list(_braced(argument(rest)))


@record
class _Matrix:
    """``\\mqty(a & b \\\\ c & d)`` and ``\\pmqty{...}``."""

    environment: str = ""

    def __call__(self, rest: Rest) -> list[Token]:
        _star(rest)
        if self.environment or _has_group(rest):
            name, inside = self.environment or "matrix", argument(rest)
        else:
            name, inside = self._within(rest)
        return [made("begin", name), *inside, made("end", name)]

    @staticmethod
    def _within(rest: Rest) -> tuple[str, tuple[Token, ...]]:
        closers = {"(": (")", "pmatrix"), "[": ("]", "bmatrix"), "|": ("|", "vmatrix")}
        if not rest or rest[0].text not in closers:
            raise ReadError("", 0, "a matrix without brackets")
        opening = rest.popleft().text
        closer, name = closers[opening]
        inside: list[Token] = []
        depth = 0
        while rest:
            token = rest.popleft()
            if token.text == closer and not depth:
                return name, tuple(inside)
            depth += (token.text == opening and opening != closer) - (token.text == closer)
            inside.append(token)
        raise ReadError("", 0, "the bracket of a matrix is not closed")


def _evaluated(rest: Rest) -> list[Token]:
    _star(rest)
    return [made("left", "."), *argument(rest), made("right", "|")]


def _differential(rest: Rest) -> list[Token]:
    """``\\dd x``, ``\\dd{x}``; several dimensions at once are no differential of one variable."""
    if rest and rest[0].text == "[":
        raise ReadError("", 0, "a differential of several dimensions")
    return [_command("\\mathrm"), *_braced((made("letter", "d"),)), *(argument(rest) if _has_group(rest) else ())]


def _choice(rest: Rest) -> list[Token]:
    """``\\mathchoice`` shows one of four by the style; it is read where they are the same."""
    four = [argument(rest) for _ in range(4)]
    if len({tuple((token.kind, token.text) for token in each) for each in four}) > 1:
        raise ReadError("", 0, "a \\mathchoice between different formulas")
    return list(_braced(four[0]))


_D: Final = (made("letter", "d"),)
_PARTIAL: Final = (_command("\\partial"),)
_ONE_BAR: Final = Delimited((_command("\\lvert"),), (_command("\\rvert"),))
_TWO_BARS: Final = Delimited((_command("\\lVert"),), (_command("\\rVert"),))
_ANGLES: Final = Delimited((_command("\\langle"),), (_command("\\rangle"),))
_ORDER: Final = Delimited((made("char", "("),), (made("char", ")"),), before=(_command("\\mathcal"), *_braced((made("letter", "O"),))))
Rule = Callable[[Rest], list[Token]]


def _operators(words: str) -> dict[str, tuple[Token, ...]]:
    """Commands with the words that they show: ``trace=tr``."""
    shown = (word.partition("=") for word in words.split())
    return {f"\\{name}": (_command("\\operatorname"), *_braced(made("letter", c) for c in word or name)) for name, _, word in shown}


_NORMS: Final[dict[str, Rule]] = {"\\abs": _ONE_BAR, "\\norm": _TWO_BARS}
_PHYSICS: Final[dict[str, Rule]] = {
    **_NORMS, **dict.fromkeys(("\\absolutevalue",), _ONE_BAR), **dict.fromkeys(("\\ev", "\\expval", "\\expectationvalue"), _ANGLES), "\\order": _ORDER,
    **dict.fromkeys(("\\dv", "\\derivative"), _Derivative(_D, several=False)),
    **dict.fromkeys(("\\pdv", "\\pderivative", "\\partialderivative"), _Derivative(_PARTIAL, several=True)),
    **dict.fromkeys(("\\qty", "\\quantity"), _Brackets("\\{", "\\}")), "\\pqty": _Brackets("(", ")"), "\\bqty": _Brackets("[", "]"),
    "\\Bqty": _Brackets("\\{", "\\}"), "\\vqty": _Brackets("|", "|"), **dict.fromkeys(("\\eval", "\\evaluated"), _evaluated),
    **dict.fromkeys(("\\dd", "\\differential"), _differential), **dict.fromkeys(("\\vb", "\\vectorbold"), _Before(("\\mathbf",))),
    **dict.fromkeys(("\\va", "\\vectorarrow"), _Before(("\\vec", "\\mathbf"))), **dict.fromkeys(("\\vu", "\\vectorunit"), _Before(("\\hat", "\\mathbf"))),
    "\\flatfrac": lambda rest: [*_braced(argument(rest)), made("char", "/"), *_braced(argument(rest))],
    **dict.fromkeys(("\\mqty", "\\matrixquantity", "\\smqty"), _Matrix()), "\\pmqty": _Matrix("pmatrix"), "\\bmqty": _Matrix("bmatrix"),
    "\\vmqty": _Matrix("vmatrix"),
}  # fmt: skip
_BRACES: Final = Delimited((_command("\\{"),), (_command("\\}"),))
_BRAKET: Final[dict[str, Rule]] = {"\\set": _BRACES, "\\Set": _BRACES}
_COMMATH: Final[dict[str, Rule]] = {
    **_NORMS, "\\od": _Derivative(_D, several=False), "\\pd": _Derivative(_PARTIAL, several=False), "\\dif": _differential,
    "\\del": Delimited((made("char", "("),), (made("char", ")"),)), "\\sbr": Delimited((made("char", "["),), (made("char", "]"),)),
    "\\cbr": _BRACES,
}
_RULES: Final[dict[str, dict[str, Rule]]] = {
    "physics": _PHYSICS, "physics2": _PHYSICS, "braket": _BRAKET, "commath": _COMMATH,
    "derivative": {"\\odv": _Derivative(_D, several=False), "\\pdv": _Derivative(_PARTIAL, several=True)},
    "diffcoeff": {"\\diff": _Derivative(_D, several=False), "\\diffp": _Derivative(_PARTIAL, several=False)},
    "esdiff": {"\\diff": _Derivative(_D, several=False), "\\diffp": _Derivative(_PARTIAL, several=False)},
    "mathtools": {
        **dict.fromkeys(("\\mathclap", "\\mathllap", "\\mathrlap", "\\clap"), _Shown()), "\\smashoperator": _Shown(option=True),
        "\\adjustlimits": lambda rest: [],
    },
}  # fmt: skip
_ALWAYS: Final[dict[str, Rule]] = {"\\mathchoice": _choice, "\\lefteqn": _Shown(), "\\smash": _Shown(option=True), "\\raisebox": _Shown(1, option=True)}
"""Commands of LaTeX itself."""
_SETS: Final = {"R": "R", "N": "N", "Z": "Z", "Q": "Q", "reals": "R", "Reals": "R", "natnums": "N", "Complex": "C", "cnums": "C"}
"""Commands for sets of numbers that the typesetters of web pages have."""
_BODIES: Final[dict[str, dict[str, tuple[Token, ...]]]] = {
    "katex": {f"\\{name}": (_command("\\mathbb"), *_braced((made("letter", letter),))) for name, letter in _SETS.items()},
    "physics": {
        **_operators("tr Tr trace=tr Trace=Tr rank erf"), **dict.fromkeys(("\\grad", "\\gradient"), (_command("\\nabla"),)),
        **dict.fromkeys(("\\vdot", "\\dotproduct"), (_command("\\cdot"),)),
    },
}
_ANYWHERE: Final = ("commath", "physics", "mathtools", "braket", "katex")
"""Packages whose commands are known where a text says nothing of packages; what two of them share means the same in both."""


def package_macros(text: str) -> tuple[Macro, ...]:
    """The commands that a document has from the packages that it loads. ``text``: without comments."""
    loaded = {name.strip() for found in _LOADS.finditer(text) for name in found[1].split(",")}
    names: Iterable[str] = _ANYWHERE if not loaded and _CLASS.search(text) is None else (name for name in (*_RULES, *_BODIES) if name in loaded)
    macros = {name: Macro(name, 0, (), rule=rule) for name, rule in _ALWAYS.items()}
    for package in names:
        macros |= {name: Macro(name, 0, (), rule=rule) for name, rule in _RULES.get(package, {}).items()}
        macros |= {name: Macro(name, 0, body) for name, body in _BODIES.get(package, {}).items()}
    return tuple(macros.values())
