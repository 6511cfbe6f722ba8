"""Terms as readable Unicode mathematics in one line, for terminals and plain text.

    β m_t + (1-β) g_t        ∑_{k=0}^{t} β^k g_{t-k}        ∂L/∂w        (a+b)/(c d)

What stands above and below each other on paper stands on one line here, so this printer brackets more than the others: fractions in
products, the numerators and denominators that are sums, the radicands. Superscripts and subscripts are Unicode where they are integers
(x², w₁), since no other alphabet of them is complete; everything else is ``^{...}`` and ``_{...}``. A product that is written without a
sign gets a dot where the text would otherwise read as a call or as one number: ``s·(k-1)``. Sums in brackets and scripts are written
without spaces as long as they are short.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import assert_never

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
from render.notation.nodes import Node, node
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
    SIGNS,
    in_alphabet,
    label_tokens,
    subscript,
    superscript,
)

_ASCII_SIGNS = {
    "±": "+-", "+": "+", "cdot": "*", "times": "*", "odot": " .* ", "otimes": " (x) ", "ast": " (*) ", "star": " (star) ", "circ": " o ",
    "notin": "not in", "equiv": "==", "mid": "divides",
}  # fmt: skip
_SHORT = 16  # a longer sum in brackets gets its spaces back


class Level(IntEnum):
    """How tightly a piece of text holds together; a place in the grammar asks for a least level and brackets what is below."""

    CLAUSE = 0  # and, or, for all; a condition after a bar
    RELATION = 1
    SUM = 2
    OPEN = 3  # a product that ends in something without an end of its own: a big operator, ln x
    QUOTIENT = 4
    PRODUCT = 5
    POWER = 6
    ATOM = 7


@record
class _Piece:
    text: str
    level: Level = Level.ATOM


def text(term: Term, style: Style = PLAIN, *, ascii: bool = False) -> str:
    """The term on one line of plain text; with ``ascii`` without any character of our own beyond ASCII (``beta``, ``sum_{k=0}^{t}``)."""
    return _Writer(style, ascii).write(node(bracketed(style.applied(term)))).text


def text_sign(sign: str, *, ascii: bool = False) -> str:
    """The sign of a relation, a product or a sum, for layouts in columns and for lines that a sign opens."""
    if ascii:
        return _ASCII_SIGNS.get(sign, sign).strip()
    return "-" if sign == "-" else SIGNS[sign]


@record
class _Writer:
    style: Style
    ascii: bool

    def write(self, t: Node, tight: bool = False) -> _Piece:
        """``tight``: leave the spaces out of sums and relations where none is needed to tell the parts apart."""
        match t:
            case Num(digits):
                return _Piece(self.style.number(digits, " " if self.ascii else "\u202f"))
            case Name():
                return self.name(t)
            case Const(which):
                return _Piece(which if self.ascii else CONSTANTS[which])
            case Index(base, subscripts):
                return self.index(base, subscripts)
            case Add(parts):
                return self.sum(parts, tight)
            case Mul(parts):
                return self.product(parts, tight)
            case Frac(numerator, denominator):
                return self.quotient(numerator, denominator)
            case Pow(base, exponent):
                return _Piece(self.at_least(base, Level.ATOM) + self.raised(exponent), Level.POWER)
            case Root(radicand, degree):
                return self.root(radicand, degree)
            case Call(function, arguments, bracket):
                return self.call(function, arguments, bracket)
            case Big(op, body, variable, lower, upper, where):
                sign = _ASCII_SIGNS.get(op, op) if self.ascii else BIG_SIGNS.get(op, BIG_WORDS.get(op, op))
                return _Piece(f"{sign}{self.limits(op, variable, lower, upper, where)} {self.at_least(body, Level.OPEN)}", Level.OPEN)
            case Integral(body, variable, lower, upper):
                sign = "int" if self.ascii else "∫"
                scripts = ("" if lower is None else self.lowered((lower,))) + ("" if upper is None else self.raised(upper))
                return _Piece(f"{sign}{scripts} {self.at_least(body, Level.OPEN)} d{self.at_least(variable, Level.POWER)}", Level.OPEN)
            case Deriv():
                return self.derivative(t)
            case Transpose(base):
                return _Piece(self.at_least(base, Level.ATOM) + ("^T" if self.ascii else "ᵀ"), Level.POWER)
            case Cases(rows):
                return _Piece("{" + "; ".join(self.case(value, condition) for value, condition in rows) + "}")
            case Bars(kind, body, script):
                return self.bars(kind, body, script)
            case Group(body, bracket):
                return self.enclosed(bracket, self.inside(body))
            case Tuple(items, bracket):
                return self.enclosed(bracket, self.listed(items))
            case Matrix(rows, bracket):
                return self.enclosed("|" if bracket == "|" else "[", "; ".join(self.listed(row) for row in rows))
            case Relation(items, signs):
                return self.relation(items, signs, tight)
            case Logic(op, items):
                return self.logic(op, items)
            case Bar(left, right, kind):
                sign = {"|": " | ", "||": " || " if self.ascii else " ‖ ", ";": "; "}[kind]
                return _Piece(f"{self.write(node(left)).text}{sign}{self.write(node(right)).text}", Level.CLAUSE)
            case At(body, variable, value, upper):
                below = self.script(Relation((variable, value), ("=",)))
                above = "" if upper is None else f"^{{{self.script(Relation((variable, upper), ('=',)))}}}"
                return _Piece(f"{self.at_least(body, Level.POWER)}|_{{{below}}}{above}", Level.POWER)
            case Dots(kind):
                return _Piece("..." if self.ascii else DOTS[kind])
            case Marked(kind, body, note):
                return self.marked(kind, body, note, tight)
            case _:
                assert_never(t)

    # --- levels and scripts

    def at_least(self, t: Term, level: Level, tight: bool = False) -> str:
        piece = self.write(node(t), tight)
        return piece.text if piece.level >= level else f"({self.inside(t)})"

    def inside(self, t: Term) -> str:
        """The inside of a bracket: without spaces while it is short."""
        close = self.write(node(t), tight=True).text
        return close if len(close) <= _SHORT else self.write(node(t)).text

    def listed(self, items: tuple[Term, ...]) -> str:
        return ", ".join(self.inside(item) for item in items)

    def enclosed(self, bracket: str, content: str) -> _Piece:
        opening, closing = ("<", ">") if self.ascii and bracket == "<" else BRACKETS[bracket]
        return _Piece(f"{opening}{content}{closing}", Level.ATOM if bracket else Level.CLAUSE)

    def script(self, t: Term) -> str:
        return self.write(node(t), tight=True).text

    def braced(self, mark: str, content: str) -> str:
        return mark + (content if re.fullmatch(r"[^\W_]+", content) else f"{{{content}}}")

    def lowered(self, subscripts: tuple[Term, ...]) -> str:
        content = ",".join(self.script(s) for s in subscripts)
        small = None if self.ascii else subscript(content)
        return small or self.braced("_", content)

    def raised(self, t: Term) -> str:
        content = self.script(t)
        small = None if self.ascii else superscript(content)
        return small or self.braced("^", content)

    # --- names

    def name(self, name: Name) -> _Piece:
        core = self.bare(name)
        if name.label:
            return _Piece(core + self.label(name), Level.POWER)
        return _Piece(core, Level.POWER if " " in core else Level.ATOM)

    def bare(self, name: Name) -> str:
        """The name without its label."""
        if self.ascii:
            core = name.text if name.font in ("", "rm", "text") else f"{name.font}({name.text})"
            for accent in name.accent:
                core = f"{accent}({core})"
            return core + "'" * name.primes
        core = LETTERS.get(name.text, name.text)
        styled = in_alphabet(core, name.font)
        core = f"{name.font}({core})" if styled is None else styled
        for accent in name.accent:
            core = core + ACCENTS[accent].combining if len(LETTERS.get(name.text, name.text)) == 1 else f"{accent}({core})"
        return core + "′" * name.primes

    def label(self, name: Name) -> str:
        return f"^{name.label}" if name.label == "*" else f"^({''.join(label_tokens(name.label))})"

    def index(self, base: Term, subscripts: tuple[Term, ...]) -> _Piece:
        below = self.lowered(subscripts)
        if isinstance(base, Name) and base.label:
            return _Piece(self.bare(base) + below + self.label(base), Level.POWER)
        return _Piece(self.at_least(base, Level.ATOM) + below)

    # --- arithmetic

    def sum(self, parts: tuple[tuple[str, Term], ...], tight: bool) -> _Piece:
        pieces = [self.at_least(part, Level.OPEN, tight) for _, part in parts]
        space = "" if tight and not any(" " in piece for piece in pieces) else " "
        signs = [_ASCII_SIGNS.get(sign, sign) if self.ascii else sign for sign, _ in parts]
        first = "" if signs[0] == "+" else signs[0]
        return _Piece(first + pieces[0] + "".join(f"{space}{s}{space}{p}" for s, p in zip(signs[1:], pieces[1:], strict=True)), Level.SUM)

    def product(self, parts: tuple[tuple[ProductSign, Term], ...], tight: bool) -> _Piece:
        factors = [self.write(node(factor), tight) for _, factor in parts]
        last = len(parts) - 1
        opened = factors[last].level == Level.OPEN and not isinstance(parts[last][1], Mul)
        written = [
            piece.text if piece.level >= Level.POWER or (k == last and opened) else f"({self.inside(parts[k][1])})"
            for k, piece in enumerate(factors)
        ]
        text = written[0]
        for k in range(1, len(parts)):
            text += self.joint(parts[k][0], parts[k - 1][1], written[k - 1], parts[k][1], written[k], tight) + written[k]
        return _Piece(text, Level.OPEN if opened else Level.PRODUCT)

    def joint(self, sign: ProductSign, left: Term, left_text: str, right: Term, right_text: str, tight: bool) -> str:
        """What stands between two factors."""
        times = "*" if self.ascii else "·"
        spaced = times if self.ascii and tight else f" {times} "
        if isinstance(left, Deriv) or isinstance(right, Deriv):
            return spaced if sign in ("", "cdot") else self.sign(sign, tight)
        if sign == "cdot":
            return spaced if " " in left_text + right_text else times
        if sign:
            return self.sign(sign, tight)
        if isinstance(left, Dots) or isinstance(right, Dots):
            return " "
        if any(isinstance(factor, Name) and " " in written for factor, written in ((left, left_text), (right, right_text))):
            return spaced
        if right_text[0].isdigit() or (isinstance(left, Bars) and isinstance(right, Bars)):
            return times
        if isinstance(left, Num):
            return " " if len(right_text) > 1 and right_text[:2].isalpha() else ""  # 2x and 2(k-1), but 2 RF
        if right_text[0] in "([{":
            return "" if left_text[0] == "(" and left_text[-1] == ")" and not isinstance(left, Call) else times
        return " "

    def sign(self, sign: str, tight: bool) -> str:
        if self.ascii:
            written = _ASCII_SIGNS[sign]
            return written if tight else f" {written.strip()} "
        return PRODUCTS[sign] if tight else f" {PRODUCTS[sign]} "

    def quotient(self, numerator: Term, denominator: Term) -> _Piece:
        above, below = self.write(node(numerator), tight=True), self.write(node(denominator), tight=True)
        plain = above.level >= Level.POWER or (above.level == Level.PRODUCT and " " not in above.text)
        left = above.text if plain and not isinstance(numerator, Deriv) else f"({self.inside(numerator)})"
        closed = below.level >= Level.POWER and not isinstance(denominator, Deriv)
        right = below.text if closed else f"({self.inside(denominator)})"
        words = any(isinstance(side, Name) and " " in side.text for side in (numerator, denominator))
        return _Piece(f"{left} / {right}" if words else f"{left}/{right}", Level.QUOTIENT)

    def root(self, radicand: Term, degree: Term | None) -> _Piece:
        if degree is not None and degree != Num("2"):
            return _Piece(f"root_{{{self.script(degree)}}}({self.inside(radicand)})")
        inner = radicand.body if isinstance(radicand, Group) and radicand.bracket == "(" else radicand
        if self.ascii:
            return _Piece(f"sqrt({self.inside(inner)})")
        short = isinstance(inner, Name | Num | Const) and self.write(node(inner)).level == Level.ATOM
        return _Piece(f"√{self.write(node(inner)).text}" if short else f"√({self.inside(inner)})")

    # --- functions and operators

    def call(self, function: Term, arguments: tuple[Term, ...], bracket: str) -> _Piece:
        if is_postfix(function) and len(arguments) == 1:
            return _Piece(self.at_least(arguments[0], Level.ATOM) + "!", Level.POWER)
        head = self.at_least(function, Level.POWER)
        if bracket:
            return _Piece(head + self.enclosed(bracket, self.listed(arguments)).text)
        if len(arguments) == 1:
            argument = self.write(node(arguments[0]))
            if argument.level >= Level.POWER:
                return _Piece(head + argument.text) if argument.text[0] == "(" else _Piece(f"{head} {argument.text}", Level.OPEN)
        return _Piece(f"{head}({self.listed(arguments)})")

    def limits(self, op: str, variable: Term, lower: Term | None, upper: Term | None, where: Term | None) -> str:
        below = self.script(variable)
        if lower is not None:
            below = self.script(Relation((variable, lower), ("->" if op.startswith("lim") else "=",)))
        if where is not None:
            mentions = isinstance(where, Relation) and where.items[0] == variable
            condition = self.script(where)
            below = f"{below}, {condition}" if lower is not None else condition if mentions else f"{below}: {condition}"
        return self.braced("_", below) + ("" if upper is None else f"^{{{self.script(upper)}}}")

    def derivative(self, t: Deriv) -> _Piece:
        d = ("d" if self.ascii else "∂") if t.partial else "d"
        if t.style == "nabla":
            sign = "grad" if self.ascii else "∇"
            squared = "" if t.variables[0][1] == 1 else f"^{t.variables[0][1]}"
            return _Piece(f"{sign}{self.lowered((t.variables[0][0],))}{squared} {self.at_least(t.body, Level.POWER)}", Level.OPEN)
        order = sum(count for _, count in t.variables)

        def power(count: int) -> str:
            return "" if count == 1 else self.raised(Num(str(count)))

        def whole(part: Term, count: int = 1) -> str:
            return self.write(node(part)).text if count == 1 and isinstance(part, Name | Index) else self.at_least(part, Level.ATOM)

        below = "".join(d + whole(variable, count) + power(count) for variable, count in t.variables)
        if t.style == "operator":
            return _Piece(f"{d}{power(order)}/{below} {self.at_least(t.body, Level.POWER)}", Level.OPEN)
        body = whole(t.body)
        above = f"({body})" if re.fullmatch(r"[^\W_₀-₉]{2,}[₀-₉]*", body) else body
        return _Piece(f"{d}{power(order)}{above}/{below}", Level.POWER)

    def bars(self, kind: str, body: Term, below: Term | None) -> _Piece:
        content = self.inside(body)
        script = "" if below is None else self.lowered((below,))
        if self.ascii or ("|" in content and FENCES[kind][0] == "|"):
            return _Piece(f"{kind}{script}({content})")
        opening, closing = FENCES[kind]
        return _Piece(f"{opening}{content}{closing}{script}")

    # --- conditions and marks

    def relation(self, items: tuple[Term, ...], signs: tuple[str, ...], tight: bool) -> _Piece:
        level = Level.RELATION if any(sign in ("<=>", "=>") for sign in signs) else Level.SUM
        pieces = [self.at_least(item, level, tight) for item in items]
        written_signs = [text_sign(sign, ascii=self.ascii) for sign in signs]
        words = any(" " in piece for piece in pieces) or any(sign.isalpha() for sign in written_signs)
        space = "" if tight and not words else " "
        written = pieces[0] + "".join(f"{space}{s}{space}{p}" for s, p in zip(written_signs, pieces[1:], strict=True))
        return _Piece(written, Level.CLAUSE if level == Level.RELATION else Level.RELATION)

    def logic(self, op: str, items: tuple[Term, ...]) -> _Piece:
        if op == "not":
            body = self.write(node(items[0])).text
            sign = "not " if self.ascii else "¬"
            return _Piece(sign + (body if isinstance(items[0], Group) else f"({body})"), Level.CLAUSE)
        if op in ("forall", "exists"):
            sign = f"{op} " if self.ascii else {"forall": "∀", "exists": "∃"}[op]
            return _Piece(f"{sign}{self.script(items[0])}: " + ", ".join(self.write(node(item)).text for item in items[1:]), Level.CLAUSE)
        sign = op if self.ascii else {"and": "∧", "or": "∨"}[op]
        return _Piece(f" {sign} ".join(self.at_least(item, Level.RELATION) for item in items), Level.CLAUSE)

    def case(self, value: Term, condition: Term | None) -> str:
        words = self.style.otherwise if condition is None else f"{self.style.when} {self.write(node(condition)).text}"
        return f"{self.write(node(value)).text} {words}"

    def marked(self, kind: str, body: Term, note: str, tight: bool) -> _Piece:
        piece = self.write(node(body), tight)
        if kind == "cancel":
            return _Piece(f"cancel({piece.text})")
        if kind == "colour" or not note:
            return piece
        return _Piece(f"{self.at_least(body, Level.POWER)} {{{note}}}", Level.OPEN)
