"""Derivatives: Leibniz's fractions, the same with a slash, nabla."""

from __future__ import annotations

from typing import Final

from derivations.language.structure import subterms
from derivations.language.term import At, Call, Deriv, Frac, Index, Mul, Name, Num, Pow, Term, Transpose
from derivations.reading import enclosures, scripts
from derivations.reading.binders import begins_name, upright_d, variable
from derivations.reading.levels import Levels
from derivations.reading.symbols import ACCENTS, CLOSING, FRACTIONS, LETTER_FONTS, OPENING, RELATION_SIGNS
from derivations.reading.tokens import Token
from derivations.reading.vocabulary import Assumed


def _d(p: Levels, place: int, partial: bool | None = None, certain: bool = False) -> int:
    """The number of tokens of a d or a partial d at ``place``, or 0. ``certain``: it is one though d is a name, too."""
    token = p.at(place)
    if token.kind == "command" and token.text == "\\partial":
        return int(partial is not False)
    if partial:
        return 0
    if token.kind == "letter" and token.text == "d":
        follows = p.text_at(place + 1)
        return int(follows not in ("_", "'") and (certain or not p.vocabulary.is_declared(Name("d"))))
    return upright_d(p, place)


def begins_derivative(p: Levels, place: int) -> bool:
    """Whether a derivative is written at a place: a nabla, ``\\partial_x``, ``\\frac{\\partial L}{\\partial x}``."""
    text = p.text_at(place)
    if text == "\\nabla" or (text == "\\partial" and p.text_at(place + 1) == "_"):
        return True
    if text not in FRACTIONS or place + 1 not in p.partner or not _d(p, place + 2):
        return False
    below = p.partner[place + 1] + 1
    return below in p.partner and bool(_d(p, below + 1, p.text_at(place + 2) == "\\partial"))


def fraction_derivative(p: Levels) -> Term | None:
    """``\\frac{dL}{dw}``, ``\\frac{\\partial^2}{\\partial x\\,\\partial y} f``, or None if the fraction here is none."""
    above = p.position + 1
    certain = p.partner.get(above) == above + 2  # \frac{d}{dt}: nobody writes a number over itself
    if above not in p.partner or not _d(p, above + 1, certain=certain):
        return None
    below = p.partner[above] + 1
    partial = p.text_at(above + 1) == "\\partial"
    size = _d(p, below + 1, partial, certain) if below in p.partner else 0
    if not size or not (begins_name(p, below + 1 + size) or p.text_at(below + 1 + size) == "("):
        return None
    token = p.take()
    p.take()
    p.position += _d(p, p.position, certain=certain)
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
            size = _d(p, p.position, partial, certain)
            if not size:
                raise p.unexpected("a differential below the derivative")
            p.position += size
            variables.append(_counted(variable(p)))
    p.take()
    if order == 1 and len(variables) == 1 and variables[0][1] > 1 and body is not None:
        return _by_power(body, *variables[0], partial)
    if sum(count for _, count in variables) != order:
        raise p.error(f"a derivative of order {order} by {sum(count for _, count in variables)} variables", "the same order above and below", token)
    if body is not None:
        return scripts.scripted(p, _of_argument(p, body, tuple(variables), partial), apply=False)
    if not p.starts_factor():
        raise p.unexpected("what the derivative applies to")
    return Deriv(p.scope(), tuple(variables), partial, "operator")


def _by_power(body: Term, base: Term, count: int, partial: bool) -> Term:
    """``\\frac{\\partial L}{\\partial \\sigma^2}``, where the power is the variable: by the chain rule the derivative by the base over that of the power."""
    by_base = Mul((("", Num(str(count))), ("", base if count == 2 else Pow(base, Num(str(count - 1))))))
    return Frac(Deriv(body, ((base, 1),), partial), by_base)


def _of_argument(p: Levels, body: Term, variables: tuple[tuple[Term, int], ...], partial: bool) -> Term:
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


def _order(p: Levels) -> int:
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


def slash_derivative_ahead(p: Levels) -> int:
    """The place of the slash of ``d/dx`` or ``dL/dw`` if one begins here, else 0."""
    size = _d(p, p.position)
    if not size:
        return 0
    partial = p.text == "\\partial"
    place = p.position + size
    if p.text_at(place) == "^":
        place = p.skip_group(place + 1)
    if begins_name(p, place):
        if p.at(place).kind == "command" and (p.text_at(place) in ACCENTS or p.text_at(place) in LETTER_FONTS):
            place += 1
        place = p.skip_group(place)
        while p.text_at(place) in ("_", "^"):
            place = p.skip_group(place + 1)
    if p.text_at(place) != "/" and partial:
        place = _slash_behind(p, place)
    if p.text_at(place) != "/":
        return 0
    below = _d(p, place + 1, partial)
    return place if below and begins_name(p, place + 1 + below) else 0


def _slash_behind(p: Levels, place: int) -> int:
    """Where the slash stands behind one factor, as in ``\\partial \\log p_i / \\partial z_j``; where there is none, any other place."""
    depth = 0
    for _ in range(_LONGEST_FACTOR):
        token = p.at(place)
        depth += (token.text in OPENING) - (token.text in CLOSING)
        if depth < 0 or token.kind == "stop" or (depth == 0 and (token.text in _ENDS_FACTOR or token.text in RELATION_SIGNS)):
            break
        if token.text == "/" and depth == 0:
            return place
        place = p.skip_group(place)
    return p.position


_LONGEST_FACTOR: Final = 40
_ENDS_FACTOR: Final = frozenset(("+", "-", ",", ";", "&", "\\\\", "\\pm", "\\partial", "\\quad", "\\qquad"))


def slash_derivative(p: Levels) -> Term | None:
    """``d/dx f``, ``dL/dw``, ``\\partial_x f``, or None if none begins here."""
    slash = slash_derivative_ahead(p)
    if slash:
        partial = p.text == "\\partial"
        p.position += _d(p, p.position)
        order = _order(p)
        body: Term | None = None
        if p.position < slash:
            with p.ending_before(slash):
                body = p.product()
            if p.position != slash:
                raise p.unexpected("the slash of the derivative")
        p.take()
        p.position += _d(p, p.position, partial)
        found, count = _counted(variable(p))
        if order == 1 and count > 1 and body is not None:
            return _by_power(body, found, count, partial)
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
        return Deriv(p.scope("run"), ((found, 1),), True, "operator")
    return None


def gradient(p: Levels) -> Term:
    """``\\nabla_\\theta L(\\theta)``, ``\\nabla^2 f(x)``; without a subscript the variable is the one argument of the function."""
    token = p.take()
    found: Term | None = None
    order = 1
    for _ in range(2):
        if found is None and p.accept("_"):
            found = p.argument()
        elif order == 1 and p.accept("^"):
            if p.argument() != Num("2"):
                raise p.error("a power of nabla", "a gradient or the Hessian \\nabla^2")
            order = 2
    if not p.starts_factor():
        raise p.unexpected("what the gradient is taken of")
    body = p.scope("run")
    first, rest = (body.parts[0][1], body.parts[1:]) if isinstance(body, Mul) else (body, ())
    if isinstance(first, Transpose) and isinstance(first.base, Call | Name | Index):  # \nabla f(x)^T is the transposed gradient, and not that of a transpose
        row = Transpose(_gradient_of(p, first.base, found, order, token), first.mark)
        return Mul((("", row), *rest)) if rest else row
    return _gradient_of(p, body, found, order, token)


def _gradient_of(p: Levels, body: Term, found: Term | None, order: int, token: Token) -> Term:
    if found is None:
        match body:
            case Name() | Index() if (argument := p.vocabulary.arguments.get(body)) is not None:
                body, found = Call(body, (argument,)), argument
            case Call(_, (Name() as argument,)):
                found = argument
                p.assume(Assumed.VARIABLE, argument.text, token)
            case Call(_, (Index(Name() as base) as argument,)):
                found = argument
                p.assume(Assumed.VARIABLE, base.text, token)
            case Call(_, (argument,), bracket) if (names := [node for _, node in subterms(argument) if isinstance(node, Name)]):  # of f, at a place
                p.assume(Assumed.VARIABLE, names[0].text, token)
                at_variable = Call(body.function, (names[0],), bracket)
                return At(Deriv(at_variable, ((names[0], order),), partial=False, style="nabla"), names[0], argument)
            case _:
                raise p.error("a gradient without its variable", "\\nabla_{x}", token)
    return Deriv(body, ((found, order),), partial=False, style="nabla")

