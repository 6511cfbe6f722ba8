"""Words and trees for Python: a docstring that shows its words and does nothing else, and source that is compared with the tree that was meant."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from unicodedata import category

from derivations.language.errors import DeriveError

_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Kinds of characters that an editor hides or obeys; in source they are written by their numbers."""


def docstring_literal(words: str) -> str:
    """Words between three quotes, whatever they hold. Lines stay lines."""
    last = '\\"' if words.endswith('"') else ""
    shown = "".join(map(_character, words[:-1] if last else words)).replace('"""', '\\"\\"\\"')
    return f'"""{shown}{last}"""'


def _character(char: str) -> str:
    if char == "\\":
        return "\\\\"
    if char == "\n" or category(char) not in _UNSEEN:
        return char
    return f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def function_source(name: str, arguments: Sequence[str], told: str, statements: Sequence[str], head: Sequence[str]) -> str:
    """The source of a function. ``head`` are its first lines, ``name(arguments):`` as they are to be laid out; ``told`` is its docstring.

    Raises:
        DeriveError: the source, read again, is not one function of this name with these arguments, this docstring and one statement for each of
            ``statements``. Nothing else is ever written.
    """
    body = "\n".join(f"    {line}" for statement in statements for line in statement.splitlines())
    source = "\n".join([*head, f"    {docstring_literal(told)}", body])
    try:
        meant = ast.FunctionDef(name, _arguments(arguments), [ast.Expr(ast.Constant(told)), *map(_one, statements)], [], lineno=0)
        written = ast.parse(source)
        same = ast.dump(written) == ast.dump(ast.parse(ast.unparse(meant)))
    except (SyntaxError, ValueError) as error:
        raise DeriveError(f"code: {name} cannot be written as a function of Python: {error}") from None
    if not same:
        raise DeriveError(f"code: {name} is not written: its source, read again, is another function than the one that was meant")
    return source


def _arguments(written: Sequence[str]) -> ast.arguments:
    """Arguments that are each one name, with or without a default."""
    for one in written:
        tree = _one(f"def f({one}): pass")
        if not isinstance(tree, ast.FunctionDef) or len(tree.body) != 1 or not _is_one_plain(tree.args):
            raise ValueError(f"{one!r} is not one argument")
    tree = _one(f"def f({', '.join(written)}): pass")
    if not isinstance(tree, ast.FunctionDef) or len(tree.args.args) != len(written):
        raise ValueError("its arguments run into each other")
    return tree.args


def _is_one_plain(arguments: ast.arguments) -> bool:
    others = (*arguments.posonlyargs, *arguments.kwonlyargs, *filter(None, (arguments.vararg, arguments.kwarg)))
    return [argument.annotation for argument in arguments.args] == [None] and not others


def _one(source: str) -> ast.stmt:
    """The one statement that a text is."""
    body = ast.parse(source).body
    if len(body) != 1 or not source.strip():
        raise ValueError(f"{source[:60]!r} is not one statement")
    return body[0]
