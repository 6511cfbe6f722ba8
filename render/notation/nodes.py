"""The closed union of the node kinds, so that a printer's ``match`` is checked to be exhaustive.

``Term`` is the open base class which lends the nodes their operators; a type checker cannot know its subclasses. ``node(term)`` narrows a
term to the union at the one place where that may fail.
"""

from __future__ import annotations

from typing import TypeAlias

from derivations.language import term as t
from derivations.language.brackets import is_letter
from derivations.language.numbering import labelled

Node: TypeAlias = (
    t.Num
    | t.Name
    | t.Const
    | t.Index
    | t.Add
    | t.Mul
    | t.Frac
    | t.Pow
    | t.Root
    | t.Call
    | t.Big
    | t.Integral
    | t.Deriv
    | t.Transpose
    | t.Cases
    | t.Bars
    | t.Group
    | t.Tuple
    | t.Matrix
    | t.Relation
    | t.Logic
    | t.Bar
    | t.At
    | t.Dots
    | t.Marked
)


def node(term: t.Term) -> Node:
    """The same term as it is written, known to be one of the node kinds. Raises TypeError for a subclass of ``Term`` that no printer knows."""
    term = labelled(term)
    if isinstance(term, Node):
        return term
    raise TypeError(f"cannot print a {type(term).__name__}: it is not one of the node kinds of derivations.language.term")


def letters_alone(subscripts: tuple[t.Term, ...]) -> bool:
    """Whether subscripts are written without commas between them, ``A_{ij}``: when each is one letter."""
    return len(subscripts) > 1 and all(map(is_letter, subscripts))


def stands_alone(variable: t.Term) -> bool:
    """Whether a variable of a derivative is written without brackets: a name or an indexed name without a label."""
    return isinstance(variable, t.Index) or (isinstance(variable, t.Name) and not variable.label)


def begins_with_digit(term: t.Term) -> bool:
    """Whether the first character printed is a digit, so that the term cannot stand directly behind another factor: ``x 2``, ``2 3^n``."""
    match term:
        case t.Num():
            return True
        case t.Name(text, font=font):
            return font not in ("text", "bold", "bb") and text[:1].isdigit()  # a vector of ones looks like no number
        case t.Pow(base) | t.Index(base) | t.Transpose(base):
            return begins_with_digit(base)
        case t.Frac(numerator, _, True):
            return begins_with_digit(numerator)
        case _:
            return False
