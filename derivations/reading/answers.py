"""The ``derive:`` comments that would answer a question about a name. Only lines that the reader itself understands, and reads back as they are meant."""

from __future__ import annotations

from typing import Final

from derivations.language.context import Array, Definition, Domain, Family, Function, IndexSet, Kind, RandomVariable, Scalar, Sequence, Symbol
from derivations.language.errors import DeriveError
from derivations.language.term import Index, Name, Num, Term
from derivations.reading.directives import directive
from derivations.reading.expression import read
from derivations.reading.kinds_told import DOMAIN_WORDS
from derivations.reading.scope import Description
from derivations.reading.symbols import NAMED

FONTS: Final = {"": "{}", "bold": "\\mathbf{{{}}}", "rm": "\\mathrm{{{}}}", "cal": "\\mathcal{{{}}}", "bb": "\\mathbb{{{}}}", "frak": "\\mathfrak{{{}}}"}


def comment(line: str) -> str:
    """A line of the language of the comments as it stands in a document."""
    return f"% derive: {line}"


def let(symbol: Symbol, kind: Kind) -> str:
    """The comment that declares a name to be of a kind; empty if there is none that is read back as meant."""
    words = _words(kind)
    name = _written(symbol)
    if not words or not name:
        return ""
    line = f"let {name}: {words}"
    return comment(line) if any(isinstance(said, Description) and said.symbol == symbol for said in _read(line)) else ""


def define(symbol: Symbol, left: str, right: str) -> str:
    """The comment that takes an equation, with its sides as written, for what says what a name is; empty if it cannot be read so."""
    line = f"define {left.strip()} = {right.strip().rstrip('.,;')}"
    if "\n" in line or "%" in line:
        return ""
    return comment(line) if any(isinstance(said, Definition) and said.lhs == symbol for said in _read(line)) else ""


def assume(left: str, sign: str, right: str) -> str:
    """The comment that assumes a relation, with its sides as written; empty if it cannot be read."""
    line = f"assume {left.strip()} {sign.strip()} {right.strip().rstrip('.,;')}"
    return comment(line) if "\n" not in line and "%" not in line and _read(line) else ""


def _read(line: str) -> tuple[object, ...]:
    try:
        return directive(line, lambda text: read(text).term)
    except DeriveError:
        return ()


def _words(kind: Kind) -> str:
    match kind:
        case Scalar(domain):
            return DOMAIN_WORDS[domain]
        case Sequence(domain, arity):
            return "sequence" + (f" {DOMAIN_WORDS[domain]}" if domain is not Domain.REAL or arity > 1 else "") + (f" {arity}" if arity > 1 else "")
        case Array(rows, cols) if _written(rows) and _written(cols):
            return f"vector {_written(rows)}" if kind.is_vector else f"matrix {_written(rows)} {_written(cols)}"
        case Array():
            return "vector" if kind.is_vector else "matrix"
        case Family(Array(rows, cols), arity) if _written(rows) and _written(cols):
            return f"family {arity} {_written(rows)} {_written(cols)}"
        case Function(arity):
            return "function" + (f" {arity}" if arity > 1 else "")
        case RandomVariable():
            return "random"
        case IndexSet():
            return "set"
        case _:
            return ""


def _written(symbol: Term) -> str:
    """A name as LaTeX, a number by its digits; empty for anything else."""
    match symbol:
        case Num(digits):
            return digits
        case Name(text, (), font, 0, "") if font in FONTS:
            return FONTS[font].format(f"\\{text}" if text in NAMED else text)
        case Name(text, (accent,), font, 0, "") if font in FONTS:
            inside = FONTS[font].format(f"\\{text}" if text in NAMED else text)
            return f"\\{accent}{{{inside}}}"
        case Index(Name() as base, subscripts):
            parts = [_written(s) for s in subscripts]
            return f"{_written(base)}_{{{','.join(parts)}}}" if _written(base) and all(parts) else ""
        case _:
            return ""
