"""Terms as Typst's own mathematical markup.

What may go wrong there, and how it is avoided: a bare word of two letters or more is a Typst identifier, so names of several letters
are strings (``"RF"``) or operators (``op("Softmax")``), and Greek and signs are the characters themselves; an identifier directly
before a bracket is a call, so there is a space between a function and its argument; ``/`` builds fractions, so a slash in the line is
escaped; scripts stand in brackets that Typst drops; commas, semicolons and colons that would end or name an argument of ``frac`` or
``mat`` stand inside brackets or are escaped. A space beside a string is set as a space between words; beside everything else Typst
ignores it.
"""

from __future__ import annotations

import re
from typing import assert_never

from derivations.language.brackets import bracketed, is_postfix
from derivations.language.numbering import labelled
from derivations.language.placement import LOGLIKE
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
    Relation,
    Root,
    Term,
    Transpose,
    Tuple,
)
from render.notation.nodes import Node, begins_with_digit, letters_alone, node, stands_alone
from render.notation.style import PLAIN, Style
from render.notation.symbols import BIG_SIGNS, BIG_WORDS, BRACKETS, CONSTANTS, DOTS, LETTERS, PRODUCTS, SIGNS, label_tokens

_WITH_LIMITS = frozenset(("max", "min", "sup", "inf", "lim"))
"""Typst's own operators that take their limits below; it knows all of ``LOGLIKE`` by name."""

_ACCENTS = {
    "hat": "hat", "tilde": "tilde", "bar": "macron", "vec": "arrow", "dot": "dot", "ddot": "dot.double", "check": "caron", "widehat": "hat",
    "widetilde": "tilde", "overline": "overline",
}  # fmt: skip
_FONTS = {"bold": "bold", "cal": "cal", "bb": "bb", "frak": "frak", "rm": "upright", "sf": "sans", "tt": "mono"}
_BARS = {"abs": "abs", "norm": "norm", "floor": "floor", "ceil": "ceil", "det": "abs", "card": "abs"}
_GIVEN = {"|": " | ", "||": " ‖ ", ";": "\\; "}
_COLOURS = frozenset(
    "aqua black blue eastern fuchsia gray green lime maroon navy olive orange purple red silver teal white yellow".split()  # noqa: SIM905
)


def typst(term: Term, style: Style = PLAIN) -> str:
    """The term as the inside of a Typst equation: put it between ``$`` and ``$`` (with spaces for a display)."""
    return _Writer(style).write(node(bracketed(style.applied(term))))


def typst_sign(sign: str) -> str:
    """The sign of a relation, a product or a sum, for aligned layouts and for lines that a sign opens."""
    return "\\:" if sign == ":" else SIGNS[sign]


def quoted(text: str) -> str:
    """A Typst string literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


@record
class _Writer:
    style: Style

    def write(self, t: Node) -> str:
        match t:
            case Num(digits):
                return self.number(digits)
            case Name():
                return self.name(t)
            case Const(which):
                return CONSTANTS[which]
            case Index(base, subscripts):
                return self.index(base, subscripts)
            case Add(parts):
                first = parts[0][0].removeprefix("+")
                return first + self(parts[0][1]) + "".join(f" {sign} {self(part)}" for sign, part in parts[1:])
            case Mul(parts):
                written = self(parts[0][1])
                for (join, factor), (_, before) in zip(parts[1:], parts, strict=False):
                    written += f" {PRODUCTS[join]} " if join else self.juxtaposed(before, factor)
                    written += self(factor)
                return written
            case Frac(numerator, denominator, slash):
                if slash:
                    return f"{self(numerator)} \\/ {self(denominator)}".replace('" \\/', '"\\/').replace('\\/ "', '\\/"')
                return f"frac({self(numerator)}, {self(denominator)})"
            case Pow(base, exponent):
                return self.base(base) + self.raised(exponent)
            case Root(radicand, degree):
                return f"sqrt({self(radicand)})" if degree is None else f"root({self(degree)}, {self(radicand)})"
            case Call(function, arguments, bracket):
                return self.call(function, arguments, bracket)
            case Big(op, body, variable, lower, upper, where):
                sign = BIG_SIGNS.get(op) or (op if op in _WITH_LIMITS else f"op({quoted(BIG_WORDS.get(op, op))}, limits: #true)")
                return f"{sign}{self.limits(op, variable, lower, upper, where)} {self(body)}"
            case Integral(body, variable, lower, upper):
                scripts = ("" if lower is None else self.lowered((lower,))) + ("" if upper is None else self.raised(upper))
                return f"∫{scripts} {self(body)} thin upright(d) {self(variable)}"
            case Deriv():
                return self.derivative(t)
            case Transpose(base, mark):
                return self.base(base) + ("^⊤" if mark == "top" else "^T")
            case Cases(rows):
                return f"cases({', '.join(self.case(value, condition) for value, condition in rows)})"
            case Bars(kind, body, script):
                return f"{_BARS[kind]}({self(body)})" + ("" if script is None else self.lowered((script,)))
            case Group(body, bracket):
                return self.enclosed(bracket, self(body))
            case Tuple(items, bracket):
                return self.enclosed(bracket, self.listed(items, safe=bracket in ("(", "[", "{")))
            case Matrix(rows, bracket):
                delimiter = f'"{bracket}"' if bracket else "#none"
                return f"mat(delim: {delimiter}, {'; '.join(self.listed(row) for row in rows)})"
            case Relation(items, signs):
                return self(items[0]) + "".join(f" {typst_sign(sign)} {self(item)}" for sign, item in zip(signs, items[1:], strict=True))
            case Logic(op, items):
                return self.logic(op, items)
            case Bar(left, right, kind):
                return self(left) + _GIVEN[kind] + self(right)
            case At(body, variable, value, upper):
                below = self.lowered((Relation((variable, value), ("=",)),))
                above = "" if upper is None else self.raised(Relation((variable, upper), ("=",)))
                return f"lr({self(body)} |){below}{above}"
            case Dots(kind):
                return DOTS[kind]
            case Marked(kind, body, note):
                return self.marked(kind, body, note)
            case _:
                assert_never(t)

    def __call__(self, term: Term) -> str:
        return self.write(node(term))

    # --- atoms and scripts

    def number(self, digits: str) -> str:
        """A literal; one that holds a comma is a string, since Typst would set a comma of a list, or end an argument there."""
        if (self.style.decimal != "." and "." in digits) or self.style.thousands != "thin":
            return quoted(self.style.number(digits, "\u2009"))
        return self.style.number(digits, " thin ")

    def script(self, content: str) -> str:
        return content if re.fullmatch(r"[^\W_]|[0-9]+", content) else f"({content})"

    def lowered(self, subscripts: tuple[Term, ...]) -> str:
        return "_" + self.script((" " if letters_alone(subscripts) else ", ").join(self(s) for s in subscripts))

    def raised(self, t: Term) -> str:
        return "^" + self.script(self(t))

    def name(self, name: Name, head: bool = False) -> str:
        return self.bare(name, head) + self.label(name)

    def bare(self, name: Name, head: bool = False) -> str:
        """The name without its label; ``head``: before its argument, where words are operators."""
        char = LETTERS.get(name.text, name.text)
        if len(char) == 1 and char.isalnum():
            core = char
        elif head and name.font in ("", "rm", "text") and not name.accent:
            core = char if char in LOGLIKE else f"op({quoted(char)})"
        else:
            core = char if char in LETTERS.values() else quoted(char)
        if name.font in _FONTS and (len(char) == 1 or name.font != "rm"):
            core = f"{_FONTS[name.font]}({core})"
            if name.font == "bold" and char.isascii():
                core = f"upright({core})"
        for accent in name.accent:
            over = "overline" if accent == "bar" and len(char) > 1 else _ACCENTS[accent]
            core = f"{over}({core})"
        return core + "'" * name.primes

    def label(self, name: Name) -> str:
        if name.label in ("", "*"):
            return "^∗" if name.label else ""
        return f"^(({' '.join(self.label_token(token) for token in label_tokens(name.label))}))"

    def label_token(self, token: str) -> str:
        char = LETTERS.get(token, token)
        return char if (len(char) == 1 and char.isalnum()) or char in "+-" or token.isdigit() else quoted(char)

    def index(self, base: Term, subscripts: tuple[Term, ...]) -> str:
        if isinstance(base, Name) and base.label:
            return self.bare(base) + self.lowered(subscripts) + self.label(base)
        return self.base(base) + self.lowered(subscripts)

    def base(self, term: Term) -> str:
        """What carries a script. A call's head is a string then: an operator would stand off from the brackets, which are the script's own."""
        if isinstance(term, Call) and isinstance(term.function, Name) and term.bracket and len(term.function.text) > 1:
            return self.name(term.function) + self.enclosed(term.bracket, self.listed(term.arguments))
        return self(term)

    def listed(self, items: tuple[Term, ...], safe: bool = True) -> str:
        """Items with commas, escaped where no bracket protects them from being taken as the end of an argument."""
        return (", " if safe else "\\, ").join(self(item) for item in items)

    # --- operators

    def juxtaposed(self, left: Term, right: Term) -> str:
        """A number after a factor gets a dot: two of them would read as one, and a letter before it as an index."""
        if begins_with_digit(right):
            return " · "
        return " thin " if isinstance(left, Deriv | Big | Integral) or isinstance(right, Integral) else " "

    def enclosed(self, bracket: str, content: str) -> str:
        opening, closing = BRACKETS[bracket]
        return f"{opening}{content}{closing}"

    def call(self, function: Term, arguments: tuple[Term, ...], bracket: str) -> str:
        if is_postfix(function) and len(arguments) == 1:
            return self(arguments[0]) + "!"
        if function == Name("binom") and len(arguments) == 2:
            return f"binom({self.listed(arguments)})"
        head = self.head(function)
        if bracket:
            space = "" if len(head) == 1 else " "
            return head + space + self.enclosed(bracket, self.listed(arguments))
        return f"{head} {self.listed(arguments, safe=False)}"

    def head(self, function: Term) -> str:
        match labelled(function):
            case Name() as function:
                return self.name(function, head=True)
            case Index(Name() as base, subscripts):
                return self.bare(base, head=True) + self.lowered(subscripts) + self.label(base)
            case Pow(Name() as base, exponent):
                return self.name(base, head=True) + self.raised(exponent)
            case _:
                return self(function)

    def limits(self, op: str, variable: Term, lower: Term | None, upper: Term | None, where: Term | None) -> str:
        below = self(variable)
        if lower is not None:
            below = self(Relation((variable, lower), ("->" if op.startswith("lim") else "=",)))
        if where is not None:
            mentions = isinstance(where, Relation) and where.items[0] == variable
            condition = self(where)
            below = f"{below}, {condition}" if lower is not None else condition if mentions else f"{below} \\: {condition}"
        return "_" + self.script(below) + ("" if upper is None else self.raised(upper))

    def derivative(self, t: Deriv) -> str:
        d = "∂" if t.partial else "upright(d)"
        if t.style == "nabla":
            squared = "" if t.variables[0][1] == 1 else f"^{t.variables[0][1]}"
            return f"∇{self.lowered((t.variables[0][0],))}{squared} {self(t.body)}"
        order = sum(count for _, count in t.variables)
        below = " ".join(f"{d} {self.differentiated(variable)}" + ("" if count == 1 else f"^{count}") for variable, count in t.variables)
        above = d if order == 1 else f"{d}^{order}"
        return f"frac({above} {self(t.body)}, {below})" if t.style == "fraction" else f"frac({above}, {below}) {self(t.body)}"

    def differentiated(self, variable: Term) -> str:
        return self(variable) if stands_alone(variable) else f"({self(variable)})"

    # --- conditions and marks

    def logic(self, op: str, items: tuple[Term, ...]) -> str:
        if op == "not":
            return f"¬ {self(items[0])}" if isinstance(items[0], Group) else f"¬ ({self(items[0])})"
        if op in ("forall", "exists"):
            sign = {"forall": "∀", "exists": "∃"}[op]
            return f"{sign} {self(items[0])} \\: {self.listed(items[1:], safe=False)}"
        return {"and": " ∧ ", "or": " ∨ "}[op].join(self(item) for item in items)

    def case(self, value: Term, condition: Term | None) -> str:
        words = quoted(self.style.otherwise) if condition is None else f"{quoted(self.style.when)} {self(condition)}"
        return f"display({self(value)}) quad & {words}" if isinstance(value, Frac | Big | Integral) else f"{self(value)} quad & {words}"

    def marked(self, kind: str, body: Term, note: str) -> str:
        inside = self(body)
        if kind in ("underbrace", "overbrace"):
            return f"{kind}({inside}, {quoted(note)})" if note else f"{kind}({inside})"
        if kind == "box":
            edges = '#set text(top-edge: "bounds", bottom-edge: "bounds");'
            return f"#box(stroke: 0.5pt, inset: 4pt)[{edges}${inside}$]"
        if kind == "cancel":
            return f"cancel({inside})"
        if kind == "colour" and note in _COLOURS:
            return f"#text(fill: {note})[${inside}$]"
        return f"limits({inside})_({quoted(note)})" if kind == "text" and note else inside
