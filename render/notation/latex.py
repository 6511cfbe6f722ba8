"""Terms as LaTeX (amsmath): the only place that prints LaTeX of mathematics.

    \\beta m_t + (1 - \\beta) g_t        \\frac{1}{\\sqrt{2 \\pi}}        \\sum_{k=0}^{t} \\beta^k g_{t-k}

What is printed here is read back by ``derivations.reading.expression.read`` as ``bracketed(term)``. The signs come from the reader's own tables.
Delimiters grow (``\\left( ... \\right)``) only around what is higher than a line.
"""

from __future__ import annotations

from typing import assert_never

from derivations.language.brackets import bracketed
from derivations.language.placement import is_letter, is_postfix
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
    Sign,
    Term,
    Transpose,
    Tuple,
)
from derivations.reading.symbols import BIG_OPERATORS, BRACKETS, DOTS_MACROS, NAMED, PRODUCT_MACROS, RELATION_MACROS
from render.notation.latex_names import letter, name, words
from render.notation.nodes import Node, node
from render.notation.style import PLAIN, Style

_CONSTANTS = {"pi": "\\pi", "e": "e", "oo": "\\infty", "i": "\\mathrm{i}"}
_DISPLAY = "\\displaystyle "
"""Before a tall value of a definition by cases, which would be set small."""

_FENCES = {
    "abs": ("\\lvert", "\\rvert"), "det": ("\\lvert", "\\rvert"), "card": ("\\lvert", "\\rvert"), "norm": ("\\lVert", "\\rVert"),
    "floor": ("\\lfloor", "\\rfloor"), "ceil": ("\\lceil", "\\rceil"),
}  # fmt: skip
_ENVIRONMENTS = {"(": "pmatrix", "[": "bmatrix", "|": "vmatrix", "": "matrix"}
_BAR_SIGNS = {"|": " \\mid ", "||": " \\,\\|\\, ", ";": "; "}
_LOGIC = {"and": " \\land ", "or": " \\lor ", "forall": "\\forall ", "exists": "\\exists "}
_SUMMAND_SIGNS: dict[Sign, str] = {"+": "+", "-": "-", "±": "\\pm"}


def latex(term: Term, style: Style = PLAIN) -> str:
    """The term as LaTeX for math mode. Raises TypeError for an object that is not a node of the written form."""
    return _Writer(style).write(bracketed(node(term)))


def latex_sign(sign: str) -> str:
    """The LaTeX of the sign of a relation (one of those of ``Relation``)."""
    return RELATION_MACROS[sign]


def is_tall(term: Term) -> bool:
    """Whether a term is higher than a line of text, so that brackets around it should grow."""
    match term:
        case Frac(_, _, slash) if not slash:
            return True
        case Big() | Integral() | Matrix() | Cases() | At():
            return True
        case Deriv(_, _, _, style) if style != "nabla":
            return True
        case Marked(kind, body, _):
            return kind in ("underbrace", "overbrace", "text") or is_tall(body)
        case Index(base, _):
            return is_tall(base)
        case Pow(base, exponent):
            return is_tall(base) or is_tall(exponent)
        case Bars(_, body, _) | Transpose(body) | Deriv(body) | Group(body):
            return is_tall(body)
        case Call(Name("binom"), _):
            return True
        case Call(function, arguments, _):
            return is_tall(function) or any(map(is_tall, arguments))
        case Frac(above, below) | Bar(above, below):
            return is_tall(above) or is_tall(below)
        case Add(parts) | Mul(parts):
            return any(is_tall(part) for _, part in parts)
        case Root(radicand):
            return is_tall(radicand)
        case Tuple(items) | Relation(items) | Logic(_, items):
            return any(map(is_tall, items))
        case _:
            return False


@record
class _Writer:
    style: Style

    def write(self, term: Term) -> str:
        t: Node = node(term)
        match t:
            case Num(digits):
                return self.style.latex_number(digits)
            case Name():
                return name(self.style.named(t))
            case Const(which):
                return _CONSTANTS[which]
            case Index(base, subscripts):
                return self.index(base, subscripts)
            case Add(parts):
                return self.sum(parts)
            case Mul(parts):
                return self.product(parts)
            case Frac(numerator, denominator, slash):
                above, below = self.write(numerator), self.write(denominator)
                return f"{above} / {below}" if slash and " " in above + below else f"{above}/{below}" if slash else f"\\frac{{{above}}}{{{below}}}"
            case Pow(base, exponent):
                return self.raised(self.write(base), self.write(exponent))
            case Root(radicand, degree):
                return f"\\sqrt{'' if degree is None else self.degree(self.write(degree))}{{{self.write(radicand)}}}"
            case Call(function, arguments, bracket):
                return self.call(function, arguments, bracket)
            case Big(op, body, variable, lower, upper, where):
                return self.big(op, variable, lower, upper, where) + " " + self.write(body)
            case Integral(body, variable, lower, upper):
                sign = "\\int" + self.limits(None if lower is None else self.write(lower), upper)
                return f"{sign} {self.write(body)} \\,\\mathrm{{d}}{self.write(variable)}"
            case Deriv():
                return self.derivative(t)
            case Transpose(base, mark):
                return self.raised(self.write(base), "\\top" if mark == "top" else "T")
            case Cases(rows):
                lines = (f"{_DISPLAY * is_tall(value)}{self.write(value)} & {self.condition(condition)}" for value, condition in rows)
                return "\\begin{cases} " + " \\\\ ".join(lines) + " \\end{cases}"
            case Bars(kind, body, subscript):
                index = None if subscript is None else self.write(subscript)
                return self.fenced(*_FENCES[kind], self.write(body), is_tall(body)) + self.limits(index, None)
            case Group(body, bracket):
                return self.fenced(*BRACKETS[bracket], self.write(body), is_tall(body))
            case Tuple(items, bracket):
                return self.fenced(*BRACKETS[bracket], ", ".join(map(self.write, items)), is_tall(t))
            case Matrix(rows, bracket):
                lines = (" & ".join(map(self.write, row)) for row in rows)
                environment = _ENVIRONMENTS[bracket]
                return f"\\begin{{{environment}}} " + " \\\\ ".join(lines) + f" \\end{{{environment}}}"
            case Relation(items, signs):
                return self.write(items[0]) + "".join(
                    f" {RELATION_MACROS[sign]} {self.write(item)}" for sign, item in zip(signs, items[1:], strict=True)
                )
            case Logic(op, items):
                return self.logic(op, items)
            case Bar(left, right, kind):
                return self.write(left) + _BAR_SIGNS[kind] + self.write(right)
            case At(body, variable, value, upper):
                at = f"{self.write(variable)} = {self.write(value)}"
                end = "" if upper is None else f"^{{{self.write(variable)} = {self.write(upper)}}}"
                return f"\\left. {self.write(body)} \\right|_{{{at}}}{end}"
            case Dots(kind):
                return DOTS_MACROS[kind]
            case Marked(kind, body, note):
                return self.marked(kind, self.write(body), note)
            case _:
                assert_never(t)

    # --- pieces

    @staticmethod
    def after_command(text: str) -> str:
        """A text that may follow a command directly: ``\\partial x``."""
        return " " + text if text[:1].isalpha() else text

    @staticmethod
    def script(text: str) -> str:
        return text if len(text) == 1 else f"{{{text}}}"

    def raised(self, base: str, exponent: str) -> str:
        return f"{base}^{self.script(exponent)}" if exponent != "\\top" else f"{base}^\\top"

    def limits(self, lower: str | None, upper: Term | None) -> str:
        return ("" if lower is None else f"_{self.script(lower)}") + ("" if upper is None else f"^{self.script(self.write(upper))}")

    @staticmethod
    def fenced(opening: str, closing: str, content: str, tall: bool) -> str:
        if not opening:
            return content
        if tall:
            return f"\\left{opening} {content} \\right{closing}"
        space = " " if opening[-1].isalpha() else ""
        return f"{opening}{space}{content}{space}{closing}"

    @staticmethod
    def degree(text: str) -> str:
        return f"[{{{text}}}]" if "]" in text or "[" in text else f"[{text}]"

    def index(self, base: Term, subscripts: tuple[Term, ...]) -> str:
        letters = len(subscripts) > 1 and all(map(is_letter, subscripts))
        return self.write(base) + "_" + self.script(("" if letters else ", ").join(map(self.write, subscripts)))

    def sum(self, parts: tuple[tuple[Sign, Term], ...]) -> str:
        first = _SUMMAND_SIGNS[parts[0][0]] if parts[0][0] != "+" else ""
        start = first + (self.after_command if first.startswith("\\") else str)(self.write(parts[0][1]))
        return start + "".join(f" {_SUMMAND_SIGNS[sign]} {self.write(summand)}" for sign, summand in parts[1:])

    def product(self, parts: tuple[tuple[ProductSign, Term], ...]) -> str:
        text = self.write(parts[0][1])
        for (_, left), (sign, right) in zip(parts, parts[1:], strict=False):
            if sign:
                joint = f" {PRODUCT_MACROS[sign]} "
            else:
                wide = any(isinstance(f, Name) and len(f.text) > 1 and f.text not in NAMED for f in (left, right))
                joint = " \\, " if wide or isinstance(right, Integral) else " "
            text += joint + self.write(right)
        return text

    def call(self, function: Term, arguments: tuple[Term, ...], bracket: str) -> str:
        match function, arguments:
            case Name("binom"), (n, k) if bracket == "(":
                return f"\\binom{{{self.write(n)}}}{{{self.write(k)}}}"
            case _, (argument,) if is_postfix(function):
                return self.write(argument) + "!"
        head = self.write(self.renamed(function))
        content = ", ".join(map(self.write, arguments))
        if bracket == "":
            return head + " " + content
        return head + self.fenced(*BRACKETS[bracket], content, any(map(is_tall, arguments)))

    def renamed(self, function: Term) -> Term:
        """The natural logarithm as the style writes it."""
        return Name(self.style.log) if self.style.log and function in (Name("ln"), Name("log")) else function

    def big(self, op: str, variable: Term, lower: Term | None, upper: Term | None, where: Term | None) -> str:
        below = self.write(variable)
        bounded = op not in ("sum", "prod", "union", "intersection", "lim") and lower is not None and upper is not None
        if bounded and lower is not None and upper is not None:
            below = f"{self.write(lower)} \\le {below} \\le {self.write(upper)}"
            upper = None
        elif op == "lim" and lower is not None:
            below += f" \\to {self.write(lower)}"
        elif lower is not None:
            below += f"={self.write(lower)}"
        if where is not None:
            mentions = isinstance(where, Relation) and where.items[0] == variable
            condition = self.write(where)
            below = f"{below},\\ {condition}" if lower is not None else condition if mentions else f"{below}:\\ {condition}"
        sign = BIG_OPERATORS.get(op) or f"\\operatorname*{{{op}}}"
        return sign + "_" + self.script(below) + ("" if upper is None else f"^{{{self.write(upper)}}}")

    def derivative(self, t: Deriv) -> str:
        if t.style == "nabla":
            times = "" if t.variables[0][1] == 1 else f"^{t.variables[0][1]}"
            return f"\\nabla_{self.script(self.write(t.variables[0][0]))}{times} {self.write(t.body)}"
        d = "\\partial " if t.partial else "\\mathrm{d}"
        order = sum(count for _, count in t.variables)
        below = []
        for variable, count in t.variables:
            below.append(d + self.write(variable) + (f"^{self.script(str(count))}" if count > 1 else ""))
        above = d.rstrip() + (f"^{self.script(str(order))}" if order > 1 else "")
        if t.style == "operator":
            return f"\\frac{{{above}}}{{{' '.join(below)}}} {self.write(t.body)}"
        space = "" if above.endswith("}") else " "
        return f"\\frac{{{above}{space}{self.write(t.body)}}}{{{' '.join(below)}}}"

    def condition(self, condition: Term | None) -> str:
        return f"\\text{{{words(self.style.otherwise)}}}" if condition is None else f"\\text{{{words(self.style.when)} }} {self.write(condition)}"

    def logic(self, op: str, items: tuple[Term, ...]) -> str:
        if op == "not":
            return "\\lnot " + self.write(items[0])
        if op in ("forall", "exists"):
            return _LOGIC[op] + self.write(items[0]) + ":\\ " + ",\\ ".join(map(self.write, items[1:]))
        return _LOGIC[op].join(map(self.write, items))

    def marked(self, kind: str, body: str, note: str) -> str:
        told = f"\\text{{{words(note)}}}"
        match kind:
            case "underbrace":
                return f"\\underbrace{{{body}}}_{{{told}}}"
            case "overbrace":
                return f"\\overbrace{{{body}}}^{{{told}}}"
            case "box":
                return f"\\boxed{{{body}}}"
            case "cancel":
                return f"\\cancel{{{body}}}"
            case "colour":
                return f"\\textcolor{{{letter(note)}}}{{{body}}}"
            case _:
                return f"\\underset{{{told}}}{{{body}}}"
