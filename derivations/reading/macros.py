"""A document's own commands: ``\\newcommand``, ``\\def``, ``\\DeclareMathOperator``, ``\\DeclarePairedDelimiter``.

Nothing is run: a definition is a list of tokens with holes, put in where the command stands. What a formula may grow to is limited, so that no
document can make the reader work without end.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

from derivations.language.record import record
from derivations.reading.tokens import MAX_LENGTH, ReadError, Token, tokens

MAX_EXPANSIONS: Final = 2_000
MAX_TOKENS: Final = 20_000

_REACHES: Final = (200, 2_000)
"""How many characters of a definition are looked at: few, and where it does not end within them more."""

_DEFINING = frozenset(("\\newcommand", "\\renewcommand", "\\providecommand", "\\DeclareRobustCommand", "\\newrobustcmd", "\\renewrobustcmd"))
_DOCUMENT = frozenset(f"\\{how}DocumentCommand" for how in ("New", "Renew", "Provide", "Declare"))
_PAIRED = frozenset(f"\\DeclarePairedDelimiter{how}" for how in ("", "X", "XPP"))
_OPERATOR = frozenset(("\\DeclareMathOperator", "\\DeclareMathOperator*"))
_STARTS = re.compile(
    r"\\%|%[^\n]*|(?P<command>\\(?:newcommand|renewcommand|providecommand|DeclareRobustCommand|(?:re)?newrobustcmd|g?def|DeclareMathOperator"
    r"|DeclarePairedDelimiter(?:XPP|X)?|(?:New|Renew|Provide|Declare)DocumentCommand|let)(?![A-Za-z@]))"
)
"""Where a definition may begin, and what hides one: a comment to the end of its line."""


@record
class Macro:
    """``name`` with its backslash; ``arity`` arguments, the first of them optional if ``default`` is given; ``body`` with ``#1`` as two tokens.

    ``copies``: it is another name for the one command in its body. ``rule``: what makes its text of the tokens that follow it, instead of all that.
    """

    name: str
    arity: int
    body: tuple[Token, ...]
    default: tuple[Token, ...] | None = None
    copies: bool = False
    rule: Callable[[deque[Token]], list[Token]] | None = None


def definitions(source: str) -> tuple[Macro, ...]:
    """The macros that a document defines, in order; a definition that is not understood is left out, for it harms only formulas that use it.

    ``source`` may be a whole document: only the parts that begin with a defining command are looked at.
    """
    found: dict[str, Macro] = {}
    for start in _STARTS.finditer(source):
        macro = definition_at(source, start.start()) if start["command"] is not None else None
        if macro is not None:
            meant = found.get(macro.body[0].text, macro) if macro.copies else macro
            found[macro.name] = replace(meant, name=macro.name)
    return tuple(found.values())


def definition_at(source: str, begin: int) -> Macro | None:
    """What the defining command at an offset defines; None if that is not understood."""
    for reach in _REACHES:
        with suppress(ReadError):  # it may go on beyond
            return _definition(deque(tokens(source[begin : begin + reach])))
    return None


def _definition(rest: deque[Token]) -> Macro | None:
    command = rest.popleft().text
    if command in ("\\def", "\\gdef"):
        return _plain_definition(rest)
    if command == "\\let":
        return _copy(rest)
    if command in _DOCUMENT:
        return _document_command(rest)
    if command not in _DEFINING | _OPERATOR | _PAIRED:
        return None
    if rest and rest[0].text == "*":
        rest.popleft()
    name = argument(rest)
    if len(name) != 1 or name[0].kind != "command":
        return None
    if command in _OPERATOR:
        upright = "\\operatorname*" if command.endswith("*") else "\\operatorname"
        return Macro(name[0].text, 0, (made("command", upright), made("open", "{"), *argument(rest), made("close", "}")))
    if command in _PAIRED:
        return _paired(name[0].text, command, rest)
    arity, default = 0, None
    if rest and rest[0].text == "[":
        arity = int("".join(t.text for t in optional(rest) if t.kind == "digit") or "0")
        if rest and rest[0].text == "[":
            default = optional(rest)
    return Macro(name[0].text, arity, argument(rest), default)


@record
class Delimited:
    """A command whose arguments stand between delimiters: ``\\abs{x}``, ``\\abs*{x}``, ``\\abs[\\big]{x}``. ``body`` has holes for ``count`` arguments."""

    left: tuple[Token, ...]
    right: tuple[Token, ...]
    before: tuple[Token, ...] = ()
    after: tuple[Token, ...] = ()
    count: int = 1
    body: tuple[Token, ...] = ()

    def __call__(self, rest: deque[Token]) -> list[Token]:
        if rest and rest[0].text == "*":
            rest.popleft()
        elif len(rest) > 2 and rest[0].text == "[" and rest[1].text == "]":  # its size, which says nothing
            rest.popleft()
            rest.popleft()
        arguments = [argument(rest) for _ in range(self.count)]
        inside = _filled(self.body, arguments) if self.body else list(arguments[0])
        sides = [[_as_fence(kind, token) for token in tokens] for kind, tokens in (("left", self.left), ("right", self.right))]
        return [*_filled(self.before, arguments), *sides[0], *inside, *sides[1], *_filled(self.after, arguments)]


def _as_fence(kind: str, token: Token) -> Token:
    return made(kind, token.text) if token.text in _FENCES else token


_FENCES: Final = frozenset(("(", ")", "[", "]", "\\{", "\\}", "|", "\\|", "\\lvert", "\\rvert", "\\lVert", "\\rVert", "\\langle", "\\rangle"))


def _paired(name: str, command: str, rest: deque[Token]) -> Macro | None:
    """``\\DeclarePairedDelimiter{\\abs}{\\lvert}{\\rvert}`` and the forms with a body, and with what stands before and behind."""
    if command == "\\DeclarePairedDelimiter":
        return Macro(name, 0, (), rule=Delimited(argument(rest), argument(rest)))
    count = int("".join(t.text for t in optional(rest) if t.kind == "digit") or "0") if rest and rest[0].text == "[" else 0
    if not 0 < count < 10:
        return None
    before = argument(rest) if command.endswith("XPP") else ()
    left, right = argument(rest), argument(rest)
    after = argument(rest) if command.endswith("XPP") else ()
    body = tuple(t for t in argument(rest) if t.text != "\\delimsize")
    return Macro(name, 0, (), rule=Delimited(left, right, before, after, count, body))


def _document_command(rest: deque[Token]) -> Macro | None:
    """``\\NewDocumentCommand{\\x}{O{0} m}{...}``: mandatory arguments, and before them one with a default."""
    name = argument(rest)
    wanted = deque(t for t in argument(rest) if t.text != "+")
    default: tuple[Token, ...] | None = None
    arity = 0
    if wanted and wanted[0].text == "O":
        wanted.popleft()
        default, arity = argument(wanted), 1
    while wanted and wanted[0].text == "m":
        wanted.popleft()
        arity += 1
    if wanted or len(name) != 1 or name[0].kind != "command" or arity > 9:
        return None
    return Macro(name[0].text, arity, argument(rest), default)


def _copy(rest: deque[Token]) -> Macro | None:
    """``\\let\\a=\\b``: the one command for the other."""
    name = rest.popleft() if rest else None
    if rest and rest[0].text == "=":
        rest.popleft()
    if name is None or name.kind != "command" or not rest or rest[0].kind in ("open", "close", "stop"):
        return None
    return Macro(name.text, 0, (rest.popleft(),), copies=True)


def _plain_definition(rest: deque[Token]) -> Macro | None:
    if not rest:
        return None
    name = rest.popleft()
    arity = 0
    while len(rest) > 1 and rest[0].text == "#" and rest[1].text == str(arity + 1):
        rest.popleft()
        rest.popleft()
        arity += 1
    if name.kind != "command" or not rest or rest[0].kind != "open":
        return None
    return Macro(name.text, arity, argument(rest))


def made(kind: str, text: str) -> Token:
    """A token that stands nowhere in the text."""
    return Token(kind, text, 0, 0)  # type: ignore[arg-type]


def argument(rest: deque[Token]) -> tuple[Token, ...]:
    """What a command takes from the tokens that follow it: one token, or what stands between braces."""
    if not rest:
        raise ReadError("", 0, "a command lacks an argument")
    first = rest.popleft()
    if first.kind != "open":
        return (first,)
    taken: list[Token] = []
    depth = 1
    while rest:
        token = rest.popleft()
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0:
            return tuple(taken)
        taken.append(token)
    raise ReadError("", 0, "a brace is opened and never closed")


def optional(rest: deque[Token]) -> tuple[Token, ...]:
    """What stands between the square brackets that come next."""
    taken: list[Token] = []
    rest.popleft()
    while rest:
        token = rest.popleft()
        if token.text == "]":
            return tuple(taken)
        taken.append(token)
    raise ReadError("", 0, "a bracket is opened and never closed")


def expanded(source: str, macros: tuple[Macro, ...]) -> list[Token]:
    """The tokens of ``source`` with the macros put in. Raises ReadError when they do not end or a call lacks an argument."""
    found = tokens(source)
    known = {macro.name: macro for macro in macros}
    if not known or not any(token.text in known for token in found):
        return found
    rest = deque(found)
    result: list[Token] = []
    expansions = 0
    while rest:
        token = rest.popleft()
        macro = known.get(token.text) if token.kind == "command" else None
        if macro is None:
            result.append(token)
            continue
        expansions += 1
        if expansions > MAX_EXPANSIONS or len(rest) + len(result) > MAX_TOKENS:
            raise ReadError(source, token.start, f"{macro.name} expands without end", f"at most {MAX_EXPANSIONS} expansions")
        if rest and rest[0].text == "*" and macro.name + "*" not in known and macro.arity and macro.rule is None:
            rest.popleft()
        try:
            body = _filled(macro.body, _call_arguments(macro, rest)) if macro.rule is None else macro.rule(rest)
        except ReadError as error:
            raise ReadError(source, token.start, f"{macro.name}: {error.what}", f"{macro.arity} arguments" if macro.arity else "") from None
        placed = [replace(t, start=token.start, end=token.end, gap=token.gap if k == 0 else t.gap) for k, t in enumerate(body)]
        rest.extendleft(reversed(placed))
    if len(result) > min(MAX_TOKENS, MAX_LENGTH):
        raise ReadError(source, 0, f"macros make {len(result)} tokens of this formula", f"at most {MAX_TOKENS}")
    return result


def _call_arguments(macro: Macro, rest: deque[Token]) -> list[tuple[Token, ...]]:
    arguments: list[tuple[Token, ...]] = []
    if macro.default is not None:
        arguments.append(optional(rest) if rest and rest[0].text == "[" else macro.default)
    while len(arguments) < macro.arity:
        arguments.append(argument(rest))
    return arguments


def _filled(body: tuple[Token, ...], arguments: list[tuple[Token, ...]]) -> list[Token]:
    result: list[Token] = []
    place = 0
    while place < len(body):
        token = body[place]
        following = body[place + 1] if place + 1 < len(body) else None
        if token.text == "#" and following is not None and following.kind == "digit" and int(following.text) <= len(arguments):
            if following.text == "0":
                raise ReadError("", 0, "#0 is not an argument")
            result.extend(arguments[int(following.text) - 1])
            if len(result) > MAX_TOKENS:
                raise ReadError("", 0, f"a macro makes more than {MAX_TOKENS} tokens")
            place += 2
        else:
            result.append(token)
            place += 1
    return result
