"""The brackets that the written grammar needs.

A term built by program has no brackets where a person would write them: ``Pow(Add(a, b), 2)`` is the square of a sum, but written
down without brackets it would be read as ``a + b^2``. ``bracketed`` puts in the ``Group`` nodes that are needed and no others, so that
every printer can print a term node by node, and so that a reader gets the same term back. It is idempotent, and it is the identity on
what a reader returns.

The grammar, loosest first (each level may hold the ones below it without brackets):

    formula     implications of  or  of  and  of  not  of  relations;  forall/exists reach to the end
    relation    sums joined by relation signs
    sum         products joined by + - ±
    product     quotients joined by explicit signs (dot, cross, ...)
    quotient    runs joined by a slash, from the left; below a slash stands one factor
    run         juxtaposed factors; a big operator, an operator derivative (d/dx, nabla) may only come last, for each reaches over the
                rest of the product (d/dx before a bracket reaches over that bracket only)
    factor      a function without brackets (``ln x``) takes the juxtaposed factors after it, see ``takes_without_brackets``
    atom        what may carry a subscript, a superscript

Besides adding groups it settles what has two forms in memory but one on paper: a sum of one summand, a tuple of one item, ``ln``
without brackets before something that needs them (which becomes ``ln(...)``), an implication flattened together with equations.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.language.placement import (
    LOGLIKE,
    carries_subscript,
    carries_superscript,
    head_of,
    is_function_word,
    is_letter,
    is_postfix,
    reaches_on,
    splits_as_subscripts,
    starts_with_bracket,
    takes_without_brackets,
)
from derivations.language.structure import children, with_children
from derivations.language.term import (
    Add,
    At,
    Bar,
    Bars,
    Big,
    Bracket,
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

__all__ = ["ARROWS", "LOGLIKE", "bracketed", "is_letter", "is_postfix"]

ARROWS = frozenset(("=>", "<=>"))
BAR_STRENGTH = {";": 0, "||": 1, "|": 2}


def bracketed(node: Term) -> Term:
    """The term with the brackets that the written grammar needs (see above); ``bracketed(bracketed(t)) == bracketed(t)``."""
    match node:
        case Relation(items, signs) if not (ARROWS & set(signs)):  # only outside all brackets is ``x | theta ~ N`` a relation of a bar
            inside = tuple(_outermost_bar(item) for item in items)
            return Relation(tuple(_for_relation(item) for item in inside), signs)
        case Tuple(items, "") if len(items) != 1:
            return Tuple(tuple(bracketed(item) for item in items), "")
        case Bar():
            return _outermost_bar(node)
        case _:
            return _inner(node)


def _outermost_bar(node: Term) -> Term:
    if isinstance(node, Bar):
        fixed = _inner(node)
        if isinstance(fixed, Bar):
            return Bar(_for_sum(fixed.left), _for_sum(fixed.right), fixed.kind)
        return fixed
    return _inner(node)


def _inner(node: Term) -> Term:
    try:
        return node._settled
    except AttributeError:
        old = children(node)
        new = tuple(_inner(child) for child in old)
        rebuilt = node if all(a is b for a, b in zip(old, new, strict=True)) else with_children(node, new)
        fixed = _fixed(rebuilt)
        found = node if fixed == node else fixed
        object.__setattr__(node, "_settled", found)
        if found is not node:
            object.__setattr__(found, "_settled", found)
        return found


def _grouped(node: Term, bracket: Bracket = "(") -> Term:
    return replace(node, bracket=bracket) if isinstance(node, Tuple) and not node.bracket else Group(node, bracket)


def _loose(node: Term) -> bool:
    """Whether a term reads as a whole formula or list, so that it stands in brackets inside any sum."""
    return isinstance(node, Relation | Logic | Bar) or (isinstance(node, Tuple) and not node.bracket)


def _unlisted(node: Term) -> Term:
    """For a place between braces, which holds any formula but no bar and no list."""
    return _grouped(node) if isinstance(node, Bar) or (isinstance(node, Tuple) and not node.bracket) else node


def _for_sum(node: Term) -> Term:
    return _grouped(node) if _loose(node) and not (isinstance(node, Tuple) and not node.bracket) else node


def _one(node: Term, bracket: Bracket = "(") -> Term:
    """For a place that holds a product."""
    return _grouped(node, bracket) if isinstance(node, Add) or _loose(node) else node


def _fixed(node: Term) -> Term:
    """One node whose children are settled already."""
    match node:
        case Num() | Name() | Const() | Dots():
            return node
        case Add(parts):
            return _fixed_sum(parts)
        case Mul(parts):
            return _fixed_product(parts)
        case Frac(numerator, denominator, slash):
            return _fixed_fraction(numerator, denominator) if slash else Frac(_unlisted(numerator), _unlisted(denominator))
        case Pow(base, exponent):
            while isinstance(exponent, Group) and exponent.bracket != "{":  # x^{(2)} is a name; the braces bracket enough
                exponent = exponent.body
            if isinstance(exponent, Tuple) and exponent.bracket in ("(", "["):  # so is x^{(1, 2)}
                exponent = Group(exponent, "{")
            return Pow(base if carries_superscript(base) else _grouped(base), _unlisted(exponent))
        case Transpose(base, mark):
            return Transpose(base if carries_superscript(base) else _grouped(base), mark)
        case Index(base, subscripts):
            inside = tuple(_grouped(s) if splits_as_subscripts(s) else s for s in subscripts)
            return Index(base if carries_subscript(base) else _grouped(base), _listed(inside))
        case Root(radicand, degree):
            return Root(_unlisted(radicand), None if degree is None else _unlisted(degree))
        case Call():
            return _fixed_call(node)
        case Big(op, body, variable, lower, upper, where):
            return Big(op, _one(body), variable, _limit(lower), None if upper is None else _unlisted(upper), where)
        case Integral(body, variable, lower, upper):
            return Integral(_one(body), variable, *(None if t is None else _unlisted(t) for t in (lower, upper)))
        case Deriv(body, variables, partial, style):
            variables = tuple((_differentiated(variable, count), count) for variable, count in variables)
            if style == "fraction":
                return Deriv(_one(body), variables, partial, style)
            signed = style == "nabla" and isinstance(body, Mul) and any(sign for sign, _ in body.parts[1:])  # its reach ends at a dot or a cross
            compound = signed or (isinstance(body, Mul | Frac) and starts_with_bracket(body))
            return Deriv(_grouped(body, "[") if compound else _one(body, "["), variables, partial, style)
        case Cases(rows):
            return Cases(tuple((_unlisted(v), None if c is None else _unlisted(c)) for v, c in rows))
        case Bars(kind, body, subscript):
            return Bars(kind, _unlisted(body), None if subscript is None else _unlisted(subscript))
        case Group(body, bracket):
            return _grouped(body, bracket) if isinstance(body, Tuple) and not body.bracket else node
        case Tuple(items, bracket):
            if len(items) == 1 and bracket in ("", "(", "[", "{"):
                return Group(items[0], bracket) if bracket else items[0]
            return Tuple(tuple(_unlisted(item) for item in items), bracket)
        case Matrix(rows, bracket):
            return Matrix(tuple(tuple(_unlisted(entry) for entry in row) for row in rows), bracket)
        case Relation(items, signs):
            return _fixed_relation(items, signs)
        case Logic(op, items):
            return _fixed_logic(node, op, items)
        case Bar(left, right, kind):
            return Bar(_beside_bar(left, kind), _beside_bar(right, kind), kind)
        case At(body, variable, value, upper):
            return At(_unlisted(body), variable, _grouped(value) if _loose(value) else value, None if upper is None else _limit(upper))
        case Marked(kind, body, note):
            return Marked(kind, _unlisted(body), note)
        case _:
            raise TypeError(f"not a node of the written form: {type(node).__name__}")


def _differentiated(variable: Term, count: int) -> Term:
    """A variable below a derivative, where a superscript is the order."""
    plain = isinstance(variable, Name | Index | Group) or (isinstance(variable, Transpose) and count == 1)
    return variable if plain and (count == 1 or carries_superscript(variable)) else _grouped(variable)


def _limit(node: Term | None) -> Term | None:
    return None if node is None else _grouped(node) if _loose(node) else node


def _listed(items: tuple[Term, ...]) -> tuple[Term, ...]:
    """Items between commas: a bar stands alone (it is looser than a comma), a list needs its own brackets."""
    if len(items) == 1 and isinstance(items[0], Bar):
        return items
    return tuple(_unlisted(item) for item in items)


def _beside_bar(side: Term, kind: str) -> Term:
    if isinstance(side, Bar):
        inner, outer = BAR_STRENGTH[side.kind], BAR_STRENGTH[kind]
        return side if inner > outer else _grouped(side)
    return side


def _fixed_sum(parts: tuple[tuple[Sign, Term], ...]) -> Term:
    if len(parts) == 1 and parts[0][0] == "+":
        return parts[0][1]
    return Add(tuple((sign, _one(summand)) for sign, summand in parts))


def _fixed_fraction(numerator: Term, denominator: Term) -> Term:
    mixed = isinstance(numerator, Mul) and any(sign for sign, _ in numerator.parts)
    if mixed or reaches_on(numerator) or isinstance(numerator, Integral):
        numerator = _grouped(numerator)
    if isinstance(denominator, Mul | Integral) or (isinstance(denominator, Frac) and denominator.slash):
        denominator = _grouped(denominator)
    return Frac(_one(numerator), _one(denominator), slash=True)


def _fixed_product(parts: tuple[tuple[ProductSign, Term], ...]) -> Term:
    if len(parts) == 1:
        return parts[0][1]
    fixed: list[tuple[ProductSign, Term]] = []
    for place, (sign, factor) in enumerate(parts):
        following = parts[place + 1] if place + 1 < len(parts) else None
        joined = (sign == "" and place > 0) or (following is not None and following[0] == "")
        after_number = place > 0 and sign == "" and isinstance(parts[place - 1][1], Num) and _starts_with_number(factor)
        if place > 0 and sign == "" and is_words(parts[place - 1][1]) and _starts_with_number(factor):
            sign = "cdot"  # a number right behind words would be a part of them
        match factor:
            case Add() | Mul() | Relation() | Logic() | Bar() | Tuple(_, ""):
                new = _grouped(factor)
            case Frac(_, _, True) if joined:
                new = _grouped(factor)
            case Integral() if following is not None:
                new = _grouped(factor)
            case _ if following is not None and reaches_on(factor):
                new = _grouped(factor)
            case _ if after_number:
                new = _grouped(factor)
            case Call(function, arguments, "") if following is not None and following[0] == "" and not is_postfix(function):
                new = factor if _ends_an_argument(following[1]) else Call(function, arguments, "(")
            case _:
                new = factor
        fixed.append((sign if place else "", new))
    return Mul(tuple(fixed))


def is_words(factor: Term) -> bool:
    return isinstance(factor, Name) and factor.font == "text" and len(factor.text) > 1


def _starts_with_number(node: Term) -> bool:
    match node:
        case Num():
            return True
        case Pow(base, _) | Transpose(base) | Index(base, _):
            return _starts_with_number(base)
        case Call(function, arguments) if is_postfix(function):
            return _starts_with_number(arguments[0])
        case _:
            return False


def _ends_an_argument(node: Term) -> bool:
    """Whether a factor plainly does not belong to the argument of the function without brackets before it."""
    match node:
        case Call(function):
            return not is_postfix(function) and is_function_word(head_of(function))
        case Big() | Integral() | Deriv() | Add() | Mul() | Frac():
            return True
        case _:
            return starts_with_bracket(node)


def _fixed_call(node: Call) -> Term:
    function, arguments, bracket = node.function, node.arguments, node.bracket
    if is_postfix(function) and len(arguments) == 1:
        atomic = carries_superscript(arguments[0]) and not isinstance(arguments[0], Marked)
        return Call(function, (arguments[0] if atomic else _grouped(arguments[0]),), "")
    head = head_of(function)
    if not (isinstance(head, Name | Group) and isinstance(function, Name | Index | Pow | Group)):
        function = _grouped(function)
    if bracket == "" and not (len(arguments) == 1 and takes_without_brackets(function, arguments[0])):
        bracket = "("
        match arguments:
            case (Group(body, inner),):
                arguments, bracket = (body,), inner
            case (Tuple(items, "(" | "[" | "{" as inner),):
                arguments, bracket = items, inner
    return Call(function, _listed(arguments), bracket)


def _for_relation(item: Term) -> Term:
    return _grouped(item) if isinstance(item, Relation | Logic) or (isinstance(item, Tuple) and not item.bracket) else item


def _fixed_relation(items: tuple[Term, ...], signs: tuple[str, ...]) -> Term:
    arrows = ARROWS & set(signs)
    if not arrows:
        return Relation(tuple(_grouped(item) if _loose(item) else item for item in items), signs)
    if len(arrows) < len(set(signs)):  # a = b => c = d in one row: the equations are the items of the implication
        sides: list[Term] = []
        start = 0
        for stop in [*(k for k, sign in enumerate(signs) if sign in ARROWS), len(signs)]:
            part = items[start : stop + 1]
            sides.append(part[0] if len(part) == 1 else _fixed(Relation(part, signs[start:stop])))
            start = stop + 1
        return _fixed(Relation(tuple(sides), tuple(sign for sign in signs if sign in ARROWS)))
    return Relation(tuple(_grouped(item) if _below_arrow(item) else item for item in items), signs)


def _below_arrow(item: Term) -> bool:
    match item:
        case Relation(_, signs):
            return bool(ARROWS & set(signs))
        case Logic(op):
            return op in ("forall", "exists")
        case Tuple(_, "") | Bar():
            return True
        case _:
            return False


def _fixed_logic(node: Logic, op: str, items: tuple[Term, ...]) -> Term:
    if op in ("forall", "exists"):
        return replace(node, items=(items[0], *(_unlisted(item) for item in items[1:])))
    closer = {"and": ("not",), "or": ("not", "and"), "not": ("not",)}[op]

    def below(item: Term) -> bool:
        return item.op not in closer if isinstance(item, Logic) else _below_arrow(item)

    fixed = tuple(_grouped(item) if below(item) else item for item in items)
    if op != "not" and len(fixed) == 1:
        return fixed[0]
    return replace(node, items=fixed)
