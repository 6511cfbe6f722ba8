"""Unfolding the definitions of a context in matrix terms, and spelling terms in error messages."""

from __future__ import annotations

from derivations.language.context import Context, Definition, Function, shape_of
from derivations.language.errors import MeaningError
from derivations.language.structure import children, free_names, substitute, subterms, with_children
from derivations.language.term import Add, Big, Call, Const, Frac, Group, Index, Marked, Mul, Name, Num, Pow, ProductSign, Term, Transpose

MAX_DEPTH = 30
_PRODUCTS = {"": " ", "cdot": " * ", "times": " x ", "odot": " (.) ", "otimes": " (x) ", "ast": " * ", "star": " * ", "circ": " o "}
_CLOSING = {"(": ")", "[": "]", "{": "}", "": ""}


def spelled(node: Term) -> str:
    """A term in plain letters, for error messages only: never read back, never printed in a document."""
    match node:
        case Num(digits):
            return digits
        case Const(which):
            return which
        case Name(text, _, _, primes, label):
            return text + "'" * primes + (f"^({label})" if label else "")
        case Index(base, subscripts):
            inside = ",".join(spelled(s) for s in subscripts)
            return f"{spelled(base)}_{inside}" if len(inside) == 1 else f"{spelled(base)}_{{{inside}}}"
        case Add(parts):
            words = "".join(f" {sign} {spelled(part)}" for sign, part in parts).strip()
            return words.removeprefix("+ ")
        case Mul(parts):
            return "".join((_PRODUCTS[sign] if k else "") + spelled(factor) for k, (sign, factor) in enumerate(parts))
        case Frac(numerator, denominator):
            return f"({spelled(numerator)})/({spelled(denominator)})"
        case Pow(base, exponent):
            return f"{spelled(base)}^{spelled(exponent)}" if isinstance(exponent, Num) else f"{spelled(base)}^({spelled(exponent)})"
        case Transpose(base):
            return f"{spelled(base)}^T"
        case Group(body, bracket):
            return f"{bracket}{spelled(body)}{_CLOSING[bracket]}"
        case Marked(_, body, _):
            return spelled(body)
        case Call(function, arguments, bracket):
            inside = ", ".join(spelled(a) for a in arguments)
            return f"{spelled(function)}{bracket or ' '}{inside}{_CLOSING[bracket]}"
        case Big(op, body, variable):
            return f"{op}_{spelled(variable)} {spelled(body)}"
        case _:
            return f"{type(node).__name__}({', '.join(spelled(child) for child in children(node))})"


def unfolded(node: Term, context: Context, *, depth: int = 0) -> Term:
    """The term with every defined name (``Q'``, ``V``) and every defined function of arrays (``Sa[X]``) replaced by what it stands for.

    A definition whose right side mentions the parameters only through other names (``Sa[X] := V Softmax[K^T Q]`` with ``V := W_v X``) has those names
    unfolded first, so that ``Sa[XP]`` means what is meant by it. Definitions of entries (``P_{ij} := ...``) and of functions of numbers stay.
    Raises MeaningError if definitions go round in a circle.
    """
    if depth > MAX_DEPTH:
        raise MeaningError(f"the definitions of {spelled(node)} go round in a circle")
    if isinstance(node, Name | Index):
        for definition in context.definitions:
            if definition.lhs == node and not definition.parameters:
                return Group(unfolded(definition.rhs, context, depth=depth + 1))
    if isinstance(node, Call):
        replaced = called(node, context)
        if replaced is not None:
            return Group(unfolded(replaced, context, depth=depth + 1))
    old = children(node)
    new = tuple(unfolded(child, context, depth=depth) for child in old)
    return node if all(a is b for a, b in zip(old, new, strict=True)) else with_children(node, new)


def called(node: Call, context: Context) -> Term | None:
    """The body of the definition of a function of arrays, with the arguments of this call put in; None if it has none.

    ``f(z) := A z + b`` at a vector z of the context says what f is there, and nothing of ``f(y)``.
    """
    for definition in context.definitions:
        match definition.lhs:
            case Call(function, arguments) if function == node.function and len(arguments) == len(node.arguments) and _of_arrays(definition, context):
                if definition.parameters:
                    body = _opened(definition.rhs, definition, context, 0)
                    return substitute(body, {old: Group(new) for old, new in zip(arguments, node.arguments, strict=True)})
                if arguments == node.arguments:
                    return Group(definition.rhs)
            case _:
                continue
    return None


def takes_arrays(function: Term, context: Context) -> bool:
    """Whether a definition says that a function is one of arrays, which need not work entry by entry."""
    return any(isinstance(d.lhs, Call) and d.lhs.function == function and _of_arrays(d, context) for d in context.definitions)


def _of_arrays(definition: Definition, context: Context) -> bool:
    if not isinstance(definition.lhs, Call):
        return False
    kind = context.kind(definition.lhs.function) if isinstance(definition.lhs.function, Name) else None
    own = (*definition.parameters, *(a for a in definition.lhs.arguments if isinstance(a, Name | Index)))
    return (isinstance(kind, Function) and kind.maps_arrays) or any(shape_of(context.kind(p)) is not None for p in own)


def _opened(node: Term, definition: Definition, context: Context, depth: int) -> Term:
    """The right side of a definition with the names unfolded that hide its parameters."""
    if depth > MAX_DEPTH:
        raise MeaningError(f"the definitions of {spelled(node)} go round in a circle")
    parameters = frozenset(definition.parameters)
    here = {part for _, part in subterms(node)}
    hidden: dict[Term, Term] = {}
    for other in context.definitions:
        if other.lhs in here and not other.parameters and other.lhs not in parameters:
            inside = _opened(other.rhs, definition, context, depth + 1)
            if free_names(inside) & parameters:
                hidden[other.lhs] = Group(inside)
    return substitute(node, hidden)


def product_runs(node: Mul) -> tuple[tuple[tuple[ProductSign, Term], ...], ...]:
    """The factors of a product between its Hadamard signs, which bind more weakly than juxtaposition: ``W^T d odot g`` is two runs."""
    runs: list[list[tuple[ProductSign, Term]]] = [[]]
    for sign, factor in node.parts:
        match sign:
            case "odot":
                runs.append([("", factor)])
            case "" | "cdot" | "times":
                runs[-1].append((sign, factor))
            case _:
                raise MeaningError(f"the product sign {sign!r} between arrays is not known; juxtaposition, cdot, times and odot are")
    return tuple(tuple(run) for run in runs)
