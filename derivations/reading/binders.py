"""Big operators and integrals: what binds a variable."""

from __future__ import annotations

from dataclasses import dataclass

from derivations.language.term import Add, Big, Index, Integral, Logic, Name, Num, Relation, Term, Tuple
from derivations.reading import scripts
from derivations.reading.levels import Levels
from derivations.reading.symbols import ACCENTS, ALSO_FUNCTIONS, BIG_COMMANDS, LETTER_FONTS, NAMED, WORD_FONTS
from derivations.reading.tokens import ReadError
from derivations.reading.vocabulary import Assumed

_SPELLED = {"argmax": "argmax", "argmin": "argmin", "max": "max", "min": "min", "sup": "sup", "inf": "inf", "lim": "lim"}


def variable(p: Levels) -> Term:
    """A variable with its scripts, no arguments."""
    start = p.position
    with p.nested():
        return scripts.scripted(p, p.atom(), start, apply=False)


def begins_name(p: Levels, place: int) -> bool:
    """Whether a name begins at ``place``."""
    token = p.at(place)
    if token.kind == "letter":
        return True
    return token.kind == "command" and (
        token.text in ACCENTS or token.text in LETTER_FONTS or token.text.removeprefix("\\") in NAMED or token.text in WORD_FONTS
    )


def upright_d(p: Levels, place: int) -> int:
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


def differential(p: Levels) -> int:
    """The number of tokens of the d of a differential that begins here (``dx``, ``\\mathrm d x``), or 0."""
    size = upright_d(p, p.position)
    if not size and p.token.kind == "letter" and p.token.text == "d":
        size = 1
    return size if size and (begins_name(p, p.position + size) or p.at(p.position + size).kind == "open") else 0


# --- big operators


@dataclass(slots=True)
class _Binding:
    variables: list[Term]
    lower: Term | None = None
    upper: Term | None = None
    where: Term | None = None


def big_operator(p: Levels) -> Term | None:
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
    if p.text in ("-", "+", "\\pm") and op not in ("max", "min"):
        body = p.sum()
    elif p.starts_factor():
        around, p.bound = p.bound, (*p.bound, *((v, len(p.enclosures)) for v in binding.variables))
        try:
            body = p.product()
        finally:
            p.bound = around
    else:
        body = _signed(p)
    for place, one in enumerate(reversed(binding.variables)):
        last = place == 0
        body = Big(op, body, one, binding.lower, binding.upper, binding.where if last else _shared(binding, one))
    return body


def binds_again(p: Levels) -> bool:
    """Whether a big operator begins here whose variable one around it binds already: in ``\\prod_k a_k \\prod_k b_k`` the first ends before the second."""
    here = [v for v, depth in p.bound if depth == len(p.enclosures)]
    start = p.position
    if not here or _operator(p) is None:
        return False
    try:
        if p.text == "^":
            p.take()
            p.argument()
        if p.text != "_":
            return False
        p.take()
        return any(v in here for v in _binding(p, "sum").variables)
    except ReadError:
        return False
    finally:
        p.position = start


def _signed(p: Levels) -> Term:
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


def _operator(p: Levels) -> str | None:
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


def _binding(p: Levels, op: str) -> _Binding:
    if p.token.kind != "open":
        return _Binding([p.argument()])
    p.take()
    with p.nested(), p.enclosed("}"):
        items = [p.formula()]
        while p.text in (",", ";"):
            p.take()
            items.append(p.formula())
    p.expect_kind("close", "something is left over under this operator", "}")
    result = _Binding([])
    conditions: list[Term] = []
    for item in items:
        if isinstance(item, Name | Index) or (isinstance(item, Tuple) and not result.variables):
            result.variables.append(item)
        elif not result.variables or (result.lower is None and result.where is None and not conditions and _binds(item)):
            _bind(p, result, item, op)
        else:
            conditions.append(item)
    if conditions:
        every = [*([result.where] if result.where is not None else []), *conditions]
        result.where = every[0] if len(every) == 1 else Logic("and", tuple(every))
    return result


def _binds(item: Term) -> bool:
    return isinstance(item, Relation) and isinstance(item.items[0], Name | Index) and item.signs[0] in ("=", "in", "->")


def _bind(p: Levels, result: _Binding, item: Term, op: str) -> None:
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
        case Relation((_, Name() | Index() as bound, *_), ("<" | "<=" | ">" | ">=", "<" | "<=" | ">" | ">=" | "!=", *_)):
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


def integral(p: Levels) -> Term:
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


def _integrand(p: Levels) -> tuple[Term, Term]:
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


def numerator(p: Levels) -> Term:
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
