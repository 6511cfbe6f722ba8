"""Terms as MathML Core, the part of MathML that browsers implement.

Only presentation elements of Core are used. Core has no ``menclose`` and no column alignment, so boxes, cancellations and left-aligned
cases are CSS in ``style`` attributes, and its only ``mathvariant`` is ``normal``, so bold, script and double-struck letters are
characters of the mathematical alphabets. Products without a sign, applications and indices without a comma carry Unicode's invisible
operators (U+2062, U+2061, U+2063), from which screen readers tell ``f(x)`` from ``f`` times ``x``.

Reference: MathML Core, W3C, sections 2 and 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import TypeAlias, assert_never

from derivations.language.brackets import bracketed, is_postfix
from derivations.language.record import record
from derivations.language.term import (
    Add,
    At,
    Bar,
    Bars,
    Big,
    Call,
    Cases,
    Const,
    Deriv,
    Dots,
    Frac,
    Group,
    Index,
    Integral,
    Logic,
    Marked,
    Matrix,
    Mul,
    Name,
    Num,
    Pow,
    ProductSign,
    Relation,
    Root,
    Term,
    Transpose,
    Tuple,
)
from render.notation.nodes import Node, begins_with_digit, letters_alone, node, stands_alone
from render.notation.style import PLAIN, Style
from render.notation.symbols import (
    ACCENTS,
    BIG_SIGNS,
    BIG_WORDS,
    BRACKETS,
    CONSTANTS,
    DOTS,
    FENCES,
    LETTERS,
    PRODUCTS,
    RELATIONS,
    SIGNS,
    in_alphabet,
    is_capital_greek,
    label_tokens,
)

Elements: TypeAlias = tuple[str, ...]
"""Neighbouring elements of one row."""

_TIMES = "<mo>\u2062</mo>"
_APPLY = "<mo>\u2061</mo>"
_COMMA = "<mo>,</mo>"
_INVISIBLE_COMMA = "<mo>\u2063</mo>"
_D = '<mi mathvariant="normal">d</mi>'
_THIN = '<mspace width="0.1667em"/>'
_WORD_SPACE = "\u00a0"
_NARROW_SPACE = "\u202f"
_CANCEL = "background:linear-gradient(to top right,transparent calc(50% - 0.5px),currentcolor,transparent calc(50% + 0.5px))"
_ALSO_BEFORE = ("+", "-", "±")  # at the start of a row these would be taken for the signs of a number; others have no such form
_COLOUR = re.compile(r"[a-zA-Z]+|#[0-9a-fA-F]{3,8}")


def mathml(term: Term, style: Style = PLAIN, display: bool = False) -> str:
    """The whole ``<math>`` element (an HTML parser supplies its namespace)."""
    block = ' display="block"' if display else ""
    return f"<math{block}>{mathml_row(term, style)}</math>"


def mathml_row(term: Term, style: Style = PLAIN) -> str:
    """The elements of a term without ``<math>`` around them, to be put into an ``<mtd>`` or an ``<mrow>``."""
    return "".join(_Writer(style).write(node(bracketed(style.applied(term)))))


def mathml_sign(sign: str) -> str:
    """The ``<mo>`` of the sign of a relation, a product or a sum, for the middle column of aligned lines and for lines that it opens."""
    return _mo(SIGNS[sign], "infix" if sign in _ALSO_BEFORE else "")


def _mo(char: str, form: str = "", **attributes: str) -> str:
    given = {"form": form, **attributes} if form else attributes
    written = "".join(f' {key}="{value}"' for key, value in given.items())
    return f"<mo{written}>{escape(char, quote=False)}</mo>"


def _mrow(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _one(elements: Elements) -> str:
    """Exactly one element, as a fraction or a script needs it."""
    return elements[0] if len(elements) == 1 else _mrow(*elements)


def _joined(separator: str, items: Iterable[Elements]) -> Elements:
    first, *others = items
    return first + tuple(element for item in others for element in (separator, *item))


def _mtext(words: str) -> str:
    return f"<mtext>{escape(words.replace(' ', _WORD_SPACE), quote=False)}</mtext>"


def _fenced(brackets: tuple[str, str], content: Elements) -> str:
    """Brackets around a row; they stretch by themselves, being its first and last operators. Bars must say which of the two they are."""
    opening, closing = brackets
    ambiguous = not opening or opening in "|‖"
    left = (_mo(opening, "prefix" if ambiguous else ""),) if opening else ()
    right = (_mo(closing, "postfix" if ambiguous else ""),) if closing else ()
    return _mrow(*left, *content, *right)


def _table(rows: Iterable[Iterable[Elements]], left_aligned: bool = False) -> str:
    cell = '<mtd style="text-align:left">' if left_aligned else "<mtd>"
    lines = ("".join(f"{cell}{''.join(entry)}</mtd>" for entry in row) for row in rows)
    return "<mtable>" + "".join(f"<mtr>{line}</mtr>" for line in lines) + "</mtable>"


def _scripts(base: str, below: str | None, above: str | None, limits: bool = False) -> str:
    """The base with what stands below and above it: as scripts at its side, or as limits under and over it."""
    if below is None and above is None:
        return base
    tag = "m" + ("" if below is None else "under" if limits else "sub") + ("" if above is None else "over" if limits else "sup")
    return f"<{tag}>{base}{below or ''}{above or ''}</{tag}>"


_GIVEN = {
    "|": _mo("|", "infix", stretchy="false", lspace="0.2778em", rspace="0.2778em"),
    "||": _mo("∥"),
    ";": _mo(";"),
}


def _head(term: Term) -> Term:
    """What a term begins with, if that is a function or an indexed name."""
    match term:
        case Call(function):
            return _head(function)
        case Index(base) | Pow(base):
            return _head(base)
        case _:
            return term


@record
class _Writer:
    style: Style

    def write(self, t: Node) -> Elements:
        match t:
            case Num(digits):
                return (f"<mn>{self.style.number(digits, _NARROW_SPACE)}</mn>",)
            case Name():
                return (_scripts(self.core(t), None, self.raised_mark(t)),)
            case Const(which):
                return (f"<mi>{CONSTANTS[which]}</mi>",)
            case Index(base, subscripts):
                core, mark = (self.core(base), self.raised_mark(base)) if isinstance(base, Name) else (self.one(base), None)
                return (_scripts(core, self.subscripts(subscripts), mark),)
            case Add(parts):
                return self.sum(parts)
            case Mul(parts):
                return self.product(parts)
            case Frac(numerator, denominator, slash):
                if slash:
                    return (*self(numerator), _mo("/", lspace="0", rspace="0"), *self(denominator))
                return (f"<mfrac>{self.one(numerator)}{self.one(denominator)}</mfrac>",)
            case Pow(base, exponent):
                return (self.power(base, self.one(exponent)),)
            case Transpose(base, mark):
                return (self.power(base, _mo("⊤", "postfix") if mark == "top" else "<mi>T</mi>"),)
            case Root(radicand, degree):
                if degree is None:
                    return (f"<msqrt>{''.join(self(radicand))}</msqrt>",)
                return (f"<mroot>{self.one(radicand)}{self.one(degree)}</mroot>",)
            case Call(function, arguments, bracket):
                return self.call(function, arguments, bracket)
            case Big(op, body, variable, lower, upper, where):
                return (self.big(op, variable, lower, upper, where), *self(body))
            case Integral(body, variable, lower, upper):
                sign = _scripts(_mo("∫"), self.maybe(lower), self.maybe(upper))
                return (_mrow(sign, *self(body), _THIN, _D, *self(variable)),)
            case Deriv():
                return self.derivative(t)
            case Cases(rows):
                return (_mrow(_mo("{"), _table((self.case(*row) for row in rows), left_aligned=True)),)
            case Bars(kind, body, subscript):
                return (_scripts(_fenced(FENCES[kind], self(body)), self.maybe(subscript), None),)
            case Group(body, bracket):
                return (_fenced(BRACKETS[bracket], self(body)),)
            case Tuple(items, bracket):
                return (_fenced(BRACKETS[bracket], self.listed(items)),) if bracket else self.listed(items)
            case Matrix(rows, bracket):
                return (_fenced(BRACKETS[bracket], (_table([self(entry) for entry in row] for row in rows),)),)
            case Relation(items, signs):
                others = ((_mo(RELATIONS[sign]), *self(item)) for sign, item in zip(signs, items[1:], strict=True))
                return (*self(items[0]), *(element for part in others for element in part))
            case Logic(op, items):
                return self.logic(op, items)
            case Bar(left, right, kind):
                return (*self(left), _GIVEN[kind], *self(right))
            case At(body, variable, value, upper):
                below, above = (None if end is None else self.one(Relation((variable, end), ("=",))) for end in (value, upper))
                return (_scripts(_fenced(("", "|"), self(body)), below, above),)
            case Dots(kind):
                return (_mo(DOTS[kind]) if kind == "cdots" else f"<mi>{DOTS[kind]}</mi>",)
            case Marked(kind, body, note):
                return self.marked(kind, body, note)
            case _:
                assert_never(t)

    def __call__(self, term: Term) -> Elements:
        return self.write(node(term))

    def one(self, term: Term) -> str:
        return _one(self(term))

    def maybe(self, term: Term | None) -> str | None:
        return None if term is None else self.one(term)

    def listed(self, items: tuple[Term, ...]) -> Elements:
        return _joined(_COMMA, (self(item) for item in items))

    # --- names and scripts

    def core(self, name: Name) -> str:
        """The name without primes and label."""
        char = LETTERS.get(name.text, name.text)
        styled = in_alphabet(char, name.font) or char
        if name.font == "text":
            core = _mtext(char)
        elif styled.isdigit():
            core = f"<mn>{styled}</mn>"
        elif len(char) == 1 and (name.font == "rm" or (name.font == "" and is_capital_greek(char))):
            core = f'<mi mathvariant="normal">{escape(styled, quote=False)}</mi>'
        else:
            core = f"<mi>{escape(styled.replace(' ', _WORD_SPACE), quote=False)}</mi>"
        for accent in name.accent:
            stretchy = "true" if ACCENTS[accent].stretchy or len(char) > 1 else "false"
            core = f'<mover accent="true">{core}{_mo(ACCENTS[accent].over, stretchy=stretchy)}</mover>'
        return core

    def raised_mark(self, name: Name) -> str | None:
        """Primes and label, which share the place above."""
        marks: Elements = (_mo("″" if name.primes == 2 else "′" * name.primes),) if name.primes else ()
        if name.label == "*":
            marks += (_mo("*"),)
        elif name.label:
            tokens = (self.label_token(token) for token in label_tokens(name.label))
            marks += (_mrow(_mo("("), *tokens, _mo(")")),)
        return _one(marks) if marks else None

    def label_token(self, token: str) -> str:
        if token.isdigit():
            return f"<mn>{token}</mn>"
        return f"<mi>{LETTERS.get(token, token)}</mi>" if token[0].isalpha() else _mo("−" if token == "-" else token)

    def power(self, base: Term, above: str) -> str:
        """A superscript; over a subscript it shares its element, so that the two stand one above the other."""
        if isinstance(base, Bars) and base.subscript is not None:
            return _scripts(_fenced(FENCES[base.kind], self(base.body)), self.one(base.subscript), above)
        if isinstance(base, Index) and not (isinstance(base.base, Name) and (base.base.primes or base.base.label)):
            return _scripts(self.one(base.base), self.subscripts(base.subscripts), above)
        return _scripts(self.one(base), None, above)

    def subscripts(self, subscripts: tuple[Term, ...]) -> str:
        return _one(_joined(_INVISIBLE_COMMA if letters_alone(subscripts) else _COMMA, (self(s) for s in subscripts)))

    # --- operators

    def sum(self, parts: tuple[tuple[str, Term], ...]) -> Elements:
        written: list[str] = []
        for place, (sign, part) in enumerate(parts):
            if place or sign != "+":
                written.append(_mo(sign.replace("-", "−"), "" if place else "prefix"))
            written.extend(self(part))
        return tuple(written)

    def product(self, parts: tuple[tuple[ProductSign, Term], ...]) -> Elements:
        written = [*self(parts[0][1])]
        for (sign, factor), (_, before) in zip(parts[1:], parts, strict=False):
            written.extend((_mo(PRODUCTS[sign]),) if sign else self.juxtaposed(before, factor))
            written.extend(self(factor))
        return tuple(written)

    def juxtaposed(self, left: Term, right: Term) -> Elements:
        """Words beside each other, derivatives, and functions without brackets need a little space; a number after a factor gets a dot."""
        if begins_with_digit(right):
            return (_mo(PRODUCTS["cdot"]),)
        words = any(isinstance(name, Name) and len(LETTERS.get(name.text, name.text)) > 1 for name in (left, _head(right)))
        spaced = words or isinstance(left, Deriv) or isinstance(right, Integral) or (isinstance(right, Call) and not right.bracket)
        return (_TIMES, _THIN) if spaced else (_TIMES,)

    def call(self, function: Term, arguments: tuple[Term, ...], bracket: str) -> Elements:
        if is_postfix(function) and len(arguments) == 1:
            return (*self(arguments[0]), _mo("!", "postfix"))
        if function == Name("binom") and len(arguments) == 2:
            above, below = (self.one(argument) for argument in arguments)
            return (_fenced(("(", ")"), (f'<mfrac linethickness="0">{above}{below}</mfrac>',)),)
        inside = self.listed(arguments)
        return (self.one(function), _APPLY, *((_fenced(BRACKETS[bracket], inside),) if bracket else (_THIN, *inside)))

    def big(self, op: str, variable: Term, lower: Term | None, upper: Term | None, where: Term | None) -> str:
        if op in BIG_SIGNS:
            sign = _mo(BIG_SIGNS[op])
        else:
            words = BIG_WORDS.get(op, op).replace(" ", _WORD_SPACE)
            sign = _mo(words, "prefix", movablelimits="true", lspace="0.1667em", rspace="0.1667em")
        below = self(variable)
        if lower is not None:
            below = self(Relation((variable, lower), ("->" if op.startswith("lim") else "=",)))
        if where is not None:
            mentions = isinstance(where, Relation) and where.items[0] == variable
            joint = () if lower is None and mentions else (_COMMA if lower is not None else _mo(":"),)
            below = (*(below if joint else ()), *joint, *self(where))
        return _scripts(sign, _one(below), self.maybe(upper), limits=True)

    def derivative(self, t: Deriv) -> Elements:
        d = "<mi>∂</mi>" if t.partial else _D
        if t.style == "nabla":
            return (_scripts('<mi mathvariant="normal">∇</mi>', self.one(t.variables[0][0]), None), _APPLY, *self(t.body))

        def order(base: str, count: int) -> str:
            return base if count == 1 else _scripts(base, None, f"<mn>{count}</mn>")

        above = order(d, sum(count for _, count in t.variables))
        below = _mrow(*(element for variable, count in t.variables for element in (d, order(self.differentiated(variable), count))))
        if t.style == "fraction":
            return (f"<mfrac>{_mrow(above, *self(t.body))}{below}</mfrac>",)
        return (f"<mfrac>{above}{below}</mfrac>", _APPLY, _THIN, *self(t.body))

    def differentiated(self, variable: Term) -> str:
        return self.one(variable if stands_alone(variable) else Group(variable))

    # --- conditions and marks

    def logic(self, op: str, items: tuple[Term, ...]) -> Elements:
        if op == "not":
            return (_mo("¬", "prefix"), *self(items[0] if isinstance(items[0], Group) else Group(items[0])))
        if op in ("forall", "exists"):
            sign = _mo({"forall": "∀", "exists": "∃"}[op], "prefix")
            return (sign, *self(items[0]), _mo(":", lspace="0.1667em", rspace="0.2778em"), *self.listed(items[1:]))
        return _joined(_mo({"and": "∧", "or": "∨"}[op]), (self(item) for item in items))

    def case(self, value: Term, condition: Term | None) -> tuple[Elements, Elements]:
        gap = '<mspace width="1em"/>'
        if condition is None:
            return self(value), (gap, _mtext(self.style.otherwise))
        return self(value), (gap, _mtext(f"{self.style.when} "), *self(condition))

    def marked(self, kind: str, body: Term, note: str) -> Elements:
        match kind:
            case "underbrace" | "overbrace":
                tag, brace = ("munder", "⏟") if kind == "underbrace" else ("mover", "⏞")
                braced = f"<{tag}>{self.one(body)}{_mo(brace)}</{tag}>"
                return (f"<{tag}>{braced}{_mtext(note)}</{tag}>" if note else braced,)
            case "box":
                css = "border:1px solid;padding:0.3em"
            case "cancel":
                css = _CANCEL
            case "colour" if _COLOUR.fullmatch(note):
                css = f"color:{note}"
            case "text" if note:
                return (f"<munder>{self.one(body)}{_mtext(note)}</munder>",)
            case _:
                return self(body)
        return (f'<mrow style="{css}">{"".join(self(body))}</mrow>',)
