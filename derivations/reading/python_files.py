"""A function in a Python file that somebody names. What one expression says is read and never run; anything else is run only where the user allows it.

Compiled files that lie beside it are never looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from importlib.abc import InspectLoader
from importlib.util import decode_source
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

from derivations.language.errors import DeriveError
from derivations.language.term import Name
from derivations.reading.functions import Written, written_function
from derivations.reading.permission import may_run
from derivations.reading.python_expression import FUNCTIONS, term_of

_LIBRARIES: Final = ("math", "numpy", "torch")
_SPELLED: Final[Mapping[str, str]] = {
    **{name: name for name in FUNCTIONS if name not in ("ln", "max", "min", "Max", "Min")},
    **{name: name for name in ("sqrt", "floor", "ceil", "expm1", "log1p", "sigmoid", "relu", "erfc")},
    "maximum": "max", "minimum": "min", "abs": "abs", "absolute": "abs", "fabs": "abs", "arcsin": "asin", "arccos": "acos",
}  # fmt: skip
"""Functions of the libraries that are read, and what ``python_expression`` calls them."""
_BUILTIN: Final = ("abs", "max", "min")
_CONSTANTS: Final = ("pi", "e")
_MOST_NODES: Final = 2_000
"""What a function may grow to when its local names are put in."""


def function_in_file(path: Path) -> Written:
    """The one function of one argument in a Python file.

    Raises:
        DeriveError: there is no such file or function, or it can only be run and that was not allowed.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise DeriveError(f"the map's file {path} cannot be read ({error.strerror or error}); a Python file with one def of one argument is accepted") from None
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise DeriveError(f"the map's file {path} is not Python: {error}") from None
    try:
        return read_function(tree)
    except DeriveError as error:
        if not may_run():
            raise DeriveError(
                f"the map's file {path} is not run, because a file names it and not you: {error}; --allow-python runs it,"
                " and a def whose return is one formula is read without being run"
            ) from None
    return _run(path, text)


# -- reading -----------------------------------------------------------------------------------------------------------------------------


def read_function(tree: ast.Module) -> Written:
    """The function that a module consists of, besides imports: assignments and one ``return`` of a formula in its argument.

    Raises:
        DeriveError: the module is more than that; the message says at which line.
    """
    imported: dict[str, str] = {name: name for name in _BUILTIN}
    functions: list[ast.FunctionDef] = []
    for statement in tree.body:
        match statement:
            case ast.Import(names) | ast.ImportFrom(names=names) if _of_a_library(statement):
                for alias in names:
                    imported[alias.asname or alias.name] = alias.name
            case ast.FunctionDef():
                functions.append(statement)
            case ast.Expr(ast.Constant(str())):
                pass
            case _:
                raise _unread(statement, "only imports of math, numpy and torch and one def are read")
    if len(functions) != 1:
        raise DeriveError(f"it defines {len(functions)} functions, and exactly one is read")
    (function,) = functions
    taken = function.args
    if len(taken.args) != 1 or taken.posonlyargs or taken.kwonlyargs or taken.vararg or taken.kwarg or taken.defaults or function.decorator_list:
        raise _unread(function, "a def of one plain argument without decorators is read")
    z = Name("z")
    local: dict[str, ast.expr] = {taken.args[0].arg: ast.Name(z.text)}
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return Written(function.name, (z,), term_of(_returned(body, local, imported, function), function.name))


def _returned(body: Sequence[ast.stmt], local: Mapping[str, ast.expr], imported: Mapping[str, str], function: ast.FunctionDef) -> ast.expr:
    """What the statements return, as one formula: an ``if`` with a return on each way is ``a if c else b``."""
    known = dict(local)
    for place, statement in enumerate(body):
        match statement:
            case ast.Assign([ast.Name(name)], value):
                known[name] = _resolved(value, known, imported)
            case ast.Return(ast.expr() as value) if place == len(body) - 1:
                return _resolved(value, known, imported)
            case ast.If(test, then, otherwise):
                rest = body[place + 1 :]
                ways = [_returned(way if _ends(way) else [*way, *rest], known, imported, function) for way in (then, otherwise)]
                return ast.IfExp(_resolved(test, known, imported), *ways, lineno=statement.lineno, col_offset=statement.col_offset)
            case _:
                raise _unread(statement, "assignments to names and one return at the end of each way of an if are read")
    raise _unread(function, "it returns nothing" if len(function.body) == len(body) else "on one of its ways it returns nothing")


def _ends(way: Sequence[ast.stmt]) -> bool:
    """Whether nothing behind these statements is reached."""
    last = way[-1] if way else None
    return isinstance(last, ast.Return) or (isinstance(last, ast.If) and _ends(last.body) and _ends(last.orelse))


def _of_a_library(statement: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(statement, ast.Import):
        return all(alias.name in _LIBRARIES for alias in statement.names)
    return statement.module in _LIBRARIES and not statement.level and all(alias.name in (*_SPELLED, *_CONSTANTS) for alias in statement.names)


def _resolved(node: ast.expr, local: Mapping[str, ast.expr], imported: Mapping[str, str]) -> ast.expr:
    """The formula with local names put in and functions under their customary names."""
    budget = [_MOST_NODES]

    def go(node: ast.expr) -> ast.expr:
        budget[0] -= 1
        if budget[0] < 0:
            raise _unread(node, f"it grows to more than {_MOST_NODES} signs when its local names are put in")
        match node:
            case ast.Name(name) if name in local:
                budget[0] -= sum(1 for _ in ast.walk(local[name]))
                return local[name]
            case ast.Name(name) if imported.get(name) in _CONSTANTS:
                return ast.Name(imported[name])
            case ast.Attribute(ast.Name(library), name) if name in _CONSTANTS and is_library(library):
                return ast.Name(name)
            case ast.Constant():
                return node
            case ast.UnaryOp(op, operand):
                return ast.UnaryOp(op, go(operand), lineno=node.lineno, col_offset=node.col_offset)
            case ast.BinOp(left, op, right):
                return ast.BinOp(go(left), op, go(right), lineno=node.lineno, col_offset=node.col_offset)
            case ast.IfExp(ast.Compare() | ast.BoolOp(ast.And()) as test, then, otherwise):
                return ast.IfExp(go(test), go(then), go(otherwise), lineno=node.lineno, col_offset=node.col_offset)
            case ast.Compare(left, operators, sides):
                return ast.Compare(go(left), operators, [go(s) for s in sides], lineno=node.lineno, col_offset=node.col_offset)
            case ast.BoolOp(ast.And() as operator, values):
                return ast.BoolOp(operator, [go(v) for v in values], lineno=node.lineno, col_offset=node.col_offset)
            case ast.Call(function, arguments, []):
                return ast.Call(ast.Name(called(function)), [go(a) for a in arguments], [], lineno=node.lineno, col_offset=node.col_offset)
            case _:
                raise _unread(node, "+ - * / **, numbers, names, comparisons, a if c else b and calls of well-known functions are read")

    def called(function: ast.expr) -> str:
        match function:
            case ast.Name(name) if name not in local and imported.get(name) in (*_BUILTIN, *_SPELLED):
                return _SPELLED.get(imported[name], imported[name])
            case ast.Attribute(ast.Name(library), name) if name in _SPELLED and is_library(library):
                return _SPELLED[name]
            case _:
                raise _unread(function, "it calls something that is not a well-known function of math, numpy or torch")

    def is_library(name: str) -> bool:
        return name not in local and imported.get(name) in _LIBRARIES

    return go(node)


def _unread(node: ast.AST, why: str) -> DeriveError:
    return DeriveError(f"line {getattr(node, 'lineno', 1)}: {why}")


# -- running -----------------------------------------------------------------------------------------------------------------------------


class ReadText(InspectLoader):
    """Loads the text of a module that was read already."""

    def __init__(self, text: bytes, path: Path) -> None:
        self.text, self.path = text, path

    def get_source(self, fullname: str) -> str:
        return decode_source(self.text)

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self.text, str(self.path))


def _run(path: Path, text: bytes) -> Written:
    """The function that the file leaves when it is run. What is run is the text that was read: compiled files beside it are not looked at."""
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    try:
        ReadText(text, path).exec_module(module)
    except Exception as error:
        raise DeriveError(f"the map's file {path} does not run: {type(error).__name__}: {error}") from error
    own = [f for f in vars(module).values() if callable(f) and getattr(f, "__module__", None) == path.stem and not isinstance(f, type)]
    if len(own) != 1:
        raise DeriveError(f"the map's file {path} defines {len(own)} functions; exactly one, of one argument, is accepted")
    try:
        written = written_function(own[0])
    except DeriveError:
        raise
    except Exception as error:  # what the function does when it is called is its author's business
        raise DeriveError(f"the map's file {path} does not run: {own[0].__name__} gave {type(error).__name__}: {error}") from error
    if len(written.parameters) != 1:
        raise DeriveError(f"the map {written.name} in {path} takes {len(written.parameters)} arguments; exactly one is accepted")
    return written
