"""Short terms as pieces of text with a font and a height: for labels in drawings, where no typesetter of mathematics is at hand."""

from __future__ import annotations

from dataclasses import replace

from derivations.language.brackets import bracketed
from derivations.language.record import record
from derivations.language.term import Add, Bars, Call, Const, Frac, Group, Index, Mul, Name, Num, Pow, Relation, Term, Transpose, Tuple
from render.notation.style import PLAIN, Style
from render.notation.symbols import BRACKETS, FENCES, LETTERS, PRODUCTS, SIGNS
from render.notation.text import text

_THIN = "\u2009"


@record
class Run:
    """Letters of one kind. ``level``: 0 on the line, 1 raised, -1 lowered."""

    text: str
    italic: bool = False
    bold: bool = False
    level: int = 0


def runs(term: Term, style: Style = PLAIN) -> tuple[Run, ...]:
    """A term as runs of text on one line, fractions with a slash. What has no such form is written as plain text writes it."""
    found: list[Run] = []
    for run in _runs(bracketed(style.applied(term)), style):
        if found and replace(run, text="") == replace(found[-1], text=""):
            found[-1] = replace(run, text=found[-1].text + run.text)
        else:
            found.append(run)
    return tuple(found)


def _runs(t: Term, style: Style) -> tuple[Run, ...]:
    def inside(part: Term) -> tuple[Run, ...]:
        return _runs(part, style)

    match t:
        case Num(digits):
            return (Run(style.number(digits, "\u202f")),)
        case Name(letters, (), "" | "bold" | "rm" | "text" as font, primes, ""):
            shown = LETTERS.get(letters, letters)
            italic = font == "" and len(shown) == 1 and not (shown.isupper() and not shown.isascii())
            return (Run(shown + "′" * primes, italic, font == "bold"),)
        case Const("pi"):
            return (Run("π", italic=True),)
        case Index(base, subscripts):
            below = [run for k, s in enumerate(subscripts) for run in ((Run(","),) if k else ()) + inside(s)]
            return (*inside(base), *_moved(below, -1))
        case Pow(base, exponent):
            return (*inside(base), *_moved(inside(exponent), 1))
        case Transpose(base):
            return (*inside(base), Run("T", level=1))
        case Add(parts):
            pieces = [_signed(sign, inside(part), first=k == 0) for k, (sign, part) in enumerate(parts)]
            return tuple(run for piece in pieces for run in piece)
        case Mul(parts):
            found = list(inside(parts[0][1]))
            for joint, factor in parts[1:]:
                found += [Run(f" {PRODUCTS[joint]} " if joint else _THIN), *inside(factor)]
            return tuple(found)
        case Frac(Name() | Num() | Index() as above, Name() | Num() | Index() as below):
            return (*inside(above), Run("/"), *inside(below))
        case Call(Name() | Index() as function, arguments, "(" | "[" as bracket):
            opening, closing = BRACKETS[bracket]
            return (*inside(function), Run(opening), *_listed(arguments, style), Run(closing))
        case Group(body, bracket):
            opening, closing = BRACKETS[bracket]
            return (Run(opening), *inside(body), Run(closing))
        case Tuple(items, bracket):
            opening, closing = BRACKETS[bracket]
            return (Run(opening), *_listed(items, style), Run(closing))
        case Bars(kind, body, None):
            opening, closing = FENCES[kind]
            return (Run(opening), *inside(body), Run(closing))
        case Relation(items, signs):
            found = list(inside(items[0]))
            for sign, item in zip(signs, items[1:], strict=True):
                found += [Run(f" {SIGNS[sign]} "), *inside(item)]
            return tuple(found)
        case _:
            return (Run(text(t, style)),)


def _listed(items: tuple[Term, ...], style: Style) -> tuple[Run, ...]:
    return tuple(run for k, item in enumerate(items) for run in ((Run(", "),) if k else ()) + _runs(item, style))


def _signed(sign: str, part: tuple[Run, ...], *, first: bool) -> tuple[Run, ...]:
    shown = "−" if sign == "-" else sign
    if first:
        return part if sign == "+" else (Run(shown), *part)
    return (Run(f" {shown} "), *part)


def _moved(found: list[Run] | tuple[Run, ...], level: int) -> tuple[Run, ...]:
    """Scripts lie on one height each; a script of a script is not set smaller again."""
    return tuple(replace(run, text=run.text.replace(" ", ""), level=level) for run in found)


def advance(found: tuple[Run, ...]) -> float:
    """The width in em, roughly: enough to know whether labels would touch."""
    return sum(len(run.text) * (0.36 if run.level else 0.5) for run in found)
