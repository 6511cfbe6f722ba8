"""Big operators, integrals and derivatives: what binds or differentiates a variable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivations.language.term import Add, Big, Call, Deriv, Index, Integral, Logic, Name, Num, Pow, Relation, Term, Tuple
from derivations.reading import enclosures, scripts
from derivations.reading.symbols import ACCENTS, ALSO_FUNCTIONS, BIG_COMMANDS, LETTER_FONTS, NAMED
from derivations.reading.vocabulary import Assumed

if TYPE_CHECKING:
    from derivations.reading.grammar import Parser

_SPELLED = {"argmax": "argmax", "argmin": "argmin", "max": "max", "min": "min", "sup": "sup", "inf": "inf", "lim": "lim"}


def variable(p: Parser) -> Term:
    """A variable with its scripts, no arguments."""
    start = p.position
    with p.nested():
        return scripts.scripted(p, p.atom(), start, apply=False)


def _begins_name(p: Parser, place: int) -> bool:
    token = p.at(place)
    if token.kind == "letter":
        return True
    return token.kind == "command" and (
        token.text in ACCENTS or token.text in LETTER_FONTS or token.text.removeprefix("\\") in NAMED or token.text in ("\\mathrm", "\\operatorname")
    )


def _upright_d(p: Parser, place: int) -> int:
    """The number of tokens of an upright d at ``place``, or 0."""
    token = p.at(place)
    if token.kind == "text":
        return int(token.text == "d")
    if token.kind != "command":
        return 0
    if token.text == "\\dd":
        return 1
    if token.text not in ("\\mathrm", "\\operatorname", "\\mathsf", "\\rm"):
        return 0
    if p.at(place + 1).kind == "letter":
        return 2 * (p.text_at(place + 1) == "d")
    return 4 * (p.at(place + 1).kind == "open" and p.text_at(place + 2) == "d" and p.at(place + 3).kind == "close")


def differential(p: Parser) -> int:
    """The number of tokens of the d of a differential that begins here (``dx``, ``\\mathrm d x``), or 0."""
    size = _upright_d(p, p.position)
    if not size and p.token.kind == "letter" and p.token.text == "d":
        size = 1
    return size if size and (_begins_name(p, p.position + size) or p.at(p.position + size).kind == "open") else 0


# --- big operators


@dataclass(slots=True)
class _Binding:
    variables: list[Term]
    lower: Term | None = None
    upper: Term | None = None
    where: Term | None = None


def big_operator(p: Parser) -> Term | None:
    """A big operator with its limits and its body, or None if none begins here. Its body is the rest of the product."""
    start = p.position
    op = _operator(p)
    if op is None:
        return None
    token = p.at(start)
    binding: _Binding | None = None
    upper: Term | None = None
    while p.text in ("_", "^"):
        if p.take().text == "_":
            if binding is not None:
                raise p.error("a second subscript at a big operator")
            binding = _binding(p, op)
        else:
            upper = p.argument()
    if binding is None:
        raise p.error(f"{token.text} without a variable", "_{variable ...}", token)
    binding.upper = upper if upper is not None else binding.upper
    body = p.sum() if p.text in ("-", "+", "\\pm") and op not in ("max", "min") else p.product() if p.starts_factor() else _signed(p)
    for place, one in enumerate(reversed(binding.variables)):
        last = place == 0
        body = Big(op, body, one, binding.lower, binding.upper, binding.where if last else _shared(binding, one))
    return body


def _signed(p: Parser) -> Term:
    """A body that begins with a sign, ``\\max_x -f(x)``, or an error."""
    if p.text in ("-", "+"):
        sign = p.take().text
        return Add(((sign, p.product()),))  # type: ignore[arg-type]
    raise p.unexpected("what the operator applies to")


def _shared(binding: _Binding, variable: Term) -> Term | None:
    match binding.where:
        case Relation((_, domain), ("in",)):
            return Relation((variable, domain), ("in",))
        case _:
            return None


def _operator(p: Parser) -> str | None:
    token = p.token
    following = p.position + 1
    op = BIG_COMMANDS.get(token.text)
    if token.text == "\\arg" and p.text_at(following) in ("\\max", "\\min"):
        op, following = "arg" + p.text_at(following).removeprefix("\\"), following + 1
    elif token.text in ("\\operatorname", "\\operatorname*", "\\mathrm") and following in p.partner:
        stop = p.partner[following]
        spelled = "".join(p.text_at(k).removeprefix("\\") for k in range(following + 1, stop))
        op, following = _SPELLED.get(spelled), stop + 1
    if op is None or (p.text_at(following) not in ("_", "^") and (op in ALSO_FUNCTIONS or op.startswith("arg"))):
        return None
    p.position = following
    return op


def _binding(p: Parser, op: str) -> _Binding:
    if p.token.kind != "open":
        return _Binding([p.argument()])
    opening = p.take()
    with p.nested(), p.enclosed("}"):
        items = [p.formula()]
        while p.text in (",", ";"):
            p.take()
            items.append(p.formula())
    p.expect_kind("close", "something is left over under this operator", "}")
    result = _Binding([])
    conditions: list[Term] = []
    for item in items:
        if isinstance(item, Name | Index):
            result.variables.append(item)
        elif isinstance(item, Tuple) and not result.variables:
            result.variables.append(item)
        elif not result.variables or (result.lower is None and result.where is None and not conditions and _binds(item, op)):
            _bind(p, result, item, op, opening)
        else:
            conditions.append(item)
    if conditions:
        every = [*([result.where] if result.where is not None else []), *conditions]
        result.where = every[0] if len(every) == 1 else Logic("and", tuple(every))
    return result


def _binds(item: Term, op: str) -> bool:
    return isinstance(item, Relation) and isinstance(item.items[0], Name | Index) and item.signs[0] in ("=", "in", "->")


def _bind(p: Parser, result: _Binding, item: Term, op: str, opening: object) -> None:
    match item:
        case Relation((Name() | Index() as bound, lower), ("=",)):
            result.variables.append(bound)
            result.lower = lower
        case Relation((Name() | Index() as bound, target), ("->",)) if op == "lim":
            result.variables.append(bound)
            result.lower = target
        case Relation((lower, Name() | Index() as bound, upper), ("<=", "<=")):
            result.variables.append(bound)
            result.lower, result.upper = lower, upper
        case Relation((_, Name() | Index() as bound, *_), ("<" | "<=", "<" | "<=", *_)):
            result.variables.append(bound)
            result.where = item
        case Relation((Name() | Index() | Tuple() as bound, *rest), (":", *signs)) if len(rest) > 1:
            result.variables.append(bound)
            result.where = Relation(tuple(rest), tuple(signs))
        case Relation((Name() | Index() | Tuple() as bound, *_), _):
            result.variables.append(bound)
            result.where = item
            if item.signs[0] not in ("in",):
                p.assume(Assumed.VARIABLE, p.written(p.position - 1) and _spelled(bound), p.at(p.position - 1))
        case _:
            raise p.error("this cannot stand under a big operator", "a variable with its range or a condition on it")


def _spelled(node: Term) -> str:
    return node.text if isinstance(node, Name) else _spelled(node.base) if isinstance(node, Index) else "the first name"


# --- integrals


def integral(p: Parser) -> Term:
    """``\\int_a^b f(x)\\,dx``; the differential may stand first or in a numerator; several signs nest."""
    token = p.take()
    count = {"\\int": 1, "\\iint": 2, "\\iiint": 3}[token.text]
    lower: Term | None = None
    upper: Term | None = None
    while p.text in ("_", "^"):
        if p.take().text == "_":
            lower = p.argument()
        else:
            upper = p.argument()
    if count > 1 and (lower is not None or upper is not None):
        raise p.error("limits at a multiple integral sign", "one integral sign for each variable", token)
    p.integrals += 1
    outer, p.inline_differential = p.inline_differential, None
    try:
        body, found = _integrand(p)
        result: Term = Integral(body, found, lower, upper)
        while count > 1 or (p.integrals == 1 and differential(p)):
            count -= 1
            if not differential(p):
                raise p.unexpected("one more differential")
            p.position += differential(p)
            result = Integral(result, variable(p))
    finally:
        p.integrals -= 1
        p.inline_differential = outer
    return result


def _integrand(p: Parser) -> tuple[Term, Term]:
    size = differential(p)
    if size:
        p.position += size
        found = variable(p)
        return (p.product() if p.starts_factor() else Num("1")), found
    body = p.sum()
    size = differential(p)
    if size:
        p.position += size
        return body, variable(p)
    if p.inline_differential is not None:
        return body, p.inline_differential
    raise p.unexpected("the differential of the integral, such as \\,dx")


def numerator(p: Parser) -> Term:
    """The numerator of a fraction; inside an integral it may hold the differential: ``\\int \\frac{dx}{x}``."""
    if not p.integrals or p.token.kind != "open":
        return p.argument()
    p.take()
    with p.enclosed("}"):
        body = Num("1") if differential(p) else p.formula()
        size = differential(p)
        if size:
            p.position += size
            p.inline_differential = variable(p)
    p.expect_kind("close", "something is left over in this numerator", "}")
    return body


# --- derivatives


def _d(p: Parser, place: int, partial: bool | None = None) -> int:
    """The number of tokens of a d or a partial d at ``place``, or 0."""
    token = p.at(place)
    if token.kind == "command" and token.text == "\\partial":
        return int(partial is not False)
    if partial:
        return 0
    if token.kind == "letter" and token.text == "d":
        follows = p.text_at(place + 1)
        return int(follows not in ("_", "'") and not p.vocabulary.is_declared(Name("d")))
    return _upright_d(p, place)


def fraction_derivative(p: Parser) -> Term | None:
    """``\\frac{dL}{dw}``, ``\\frac{\\partial^2}{\\partial x\\,\\partial y} f``, or None if the fraction here is none."""
    above = p.position + 1
    if above not in p.partner or not _d(p, above + 1):
        return None
    below = p.partner[above] + 1
    partial = p.text_at(above + 1) == "\\partial"
    size = _d(p, below + 1, partial) if below in p.partner else 0
    if not size or not (_begins_name(p, below + 1 + size) or p.text_at(below + 1 + size) == "("):
        return None
    token = p.take()
    p.take()
    p.position += _d(p, p.position)
    order = _order(p)
    body: Term | None = None
    if p.token.kind != "close":
        with p.nested(), p.enclosed("}"):
            body = p.product()
    p.expect_kind("close", "something is left over above this derivative", "}")
    p.take()
    variables: list[tuple[Term, int]] = []
    with p.enclosed("}"):
        while p.token.kind != "close":
            size = _d(p, p.position, partial)
            if not size:
                raise p.unexpected("a differential below the derivative")
            p.position += size
            variables.append(_counted(variable(p)))
    p.take()
    if sum(count for _, count in variables) != order:
        raise p.error(f"a derivative of order {order} by {sum(count for _, count in variables)} variables", "the same order above and below", token)
    if body is not None:
        return scripts.scripted(p, _of_argument(p, body, tuple(variables), partial), apply=False)
    if not p.starts_factor():
        raise p.unexpected("what the derivative applies to")
    return Deriv(p.scope(), tuple(variables), partial, "operator")


def _of_argument(p: Parser, body: Term, variables: tuple[tuple[Term, int], ...], partial: bool) -> Term:
    """``\\frac{df}{dx}(x)`` is the derivative of f(x); before any other bracket the derivative is a factor."""
    token = p.token
    if not isinstance(body, Name) or token.kind not in ("char", "command", "left") or token.text not in ("(", "["):
        return Deriv(body, variables, partial)
    arguments, bracket = enclosures.arguments(p)
    if len(arguments) == 1 and arguments == (variables[0][0],) and bracket == "(" and len(variables) == 1:
        p.assume(Assumed.FUNCTION, body.text, token)
        return Deriv(Call(body, arguments), variables, partial)
    p.pending = enclosures.group(p, arguments, bracket, token)
    return Deriv(body, variables, partial)


def _order(p: Parser) -> int:
    if not p.accept("^"):
        return 1
    token = p.token
    order = p.argument()
    if not isinstance(order, Num) or not order.digits.isdigit() or len(order.digits) > 3:
        raise p.error("a derivative of symbolic order", "a number", token)
    return int(order.digits)


def _counted(found: Term) -> tuple[Term, int]:
    match found:
        case Pow(base, Num(digits)) if digits.isdigit() and len(digits) < 4:
            return base, int(digits)
        case _:
            return found, 1


def slash_derivative_ahead(p: Parser) -> int:
    """The place of the slash of ``d/dx`` or ``dL/dw`` if one begins here, else 0."""
    size = _d(p, p.position)
    if not size:
        return 0
    partial = p.text == "\\partial"
    place = p.position + size
    if p.text_at(place) == "^":
        place = p.skip_group(place + 1)
    if _begins_name(p, place):
        if p.at(place).kind == "command" and (p.text_at(place) in ACCENTS or p.text_at(place) in LETTER_FONTS):
            place += 1
        place = p.skip_group(place)
        while p.text_at(place) in ("_", "^"):
            place = p.skip_group(place + 1)
    if p.text_at(place) != "/":
        return 0
    below = _d(p, place + 1, partial)
    return place if below and _begins_name(p, place + 1 + below) else 0


def slash_derivative(p: Parser) -> Term | None:
    """``d/dx f``, ``dL/dw``, ``\\partial_x f``, or None if none begins here."""
    slash = slash_derivative_ahead(p)
    if slash:
        partial = p.text == "\\partial"
        p.position += _d(p, p.position)
        order = _order(p)
        body = variable(p) if p.position < slash else None
        p.take()
        p.position += _d(p, p.position, partial)
        found, count = _counted(variable(p))
        if order != count:
            raise p.error(f"a derivative of order {order} by {count} variables", "the same order above and below")
        if body is not None:
            return Deriv(body, ((found, order),), partial)
        return Deriv(p.scope(), ((found, order),), partial, "operator")
    if p.text == "\\partial" and p.text_at(p.position + 1) == "_":
        p.position += 2
        found = p.argument()
        if not isinstance(found, Name | Index):
            raise p.error("a partial derivative by something that is not one variable", "one name")
        return Deriv(p.scope(), ((found, 1),), True, "operator")
    return None


def gradient(p: Parser) -> Term:
    """``\\nabla_\\theta L(\\theta)``; without a subscript the variable is the one argument of the function."""
    token = p.take()
    found: Term | None = None
    if p.accept("_"):
        found = p.argument()
    if p.text == "^":
        raise p.error("a second derivative with nabla", "a gradient")
    if not p.starts_factor():
        raise p.unexpected("what the gradient is taken of")
    body = p.scope()
    if found is None:
        match body:
            case Call(_, (Name() as argument,)):
                found = argument
                p.assume(Assumed.VARIABLE, argument.text, token)
            case _:
                raise p.error("a gradient without its variable", "\\nabla_{x}", token)
    return Deriv(body, ((found, 1),), partial=False, style="nabla")

