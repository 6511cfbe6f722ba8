"""Names that are numbered above: the example ``x^{(i)}``, the layer ``h^{(l)}``, the time ``s^{[t]}``.

What stands in the bracket is a label of the name, ``W^{(2)}`` or ``p^{(new)}``, or an index like one below. As an index it is the first subscript of a name
whose own label is the empty bracket, so that rules and values know only one kind of index, and printers put it above again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from derivations.language.structure import children, free_names, transform
from derivations.language.term import Add, Big, Index, Mul, Name, Num, Term

ROUND, SQUARE = "()", "[]"
BELOW = "_"
"""The label of the family ``w_t`` where ``w`` itself is another thing, an argument or a limit; it is not written."""
_LETTERS: Final = frozenset((
    "ell", "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi", "pi", "rho",
    "sigma", "tau", "upsilon", "phi", "varphi", "chi", "psi", "omega",
))  # fmt: skip
_TOKEN: Final = re.compile(r"\d+|[^\W\d_]+|\S")


def is_numbered(base: Term) -> bool:
    """Whether the first subscript of a name is the index in the bracket above it."""
    return isinstance(base, Name) and base.label in (ROUND, SQUARE)


def number_of(label: str) -> Term | None:
    """The index that a label is, ``l - 1``, ``2k``, ``3``, or None if it is none: a word, a star, a list."""
    inner = label[1:-1] if label[:1] == "[" and label[-1:] == "]" else label
    parts: list[tuple[str, list[Term]]] = [("+", [])]
    for token in _TOKEN.findall(inner):
        if token in "+-":
            if parts[-1][1]:
                parts.append((token, []))
            elif token == "-" and len(parts) == 1:
                parts[-1] = ("-", [])
            else:
                return None
        elif token.isdigit() and not parts[-1][1]:
            parts[-1][1].append(Num(token))
        elif (len(token) == 1 and token.isalpha()) or token in _LETTERS:
            if parts[-1][1] and not isinstance(parts[-1][1][-1], Num):
                return None
            parts[-1][1].append(Name(token))
        else:
            return None
    if not all(factors for _, factors in parts):
        return None
    terms = [(sign, factors[0] if len(factors) == 1 else Mul(tuple(("", f) for f in factors))) for sign, factors in parts]
    return terms[0][1] if len(terms) == 1 and terms[0][0] == "+" else Add(tuple(terms))  # type: ignore[arg-type]


def bare(name: Name) -> Name:
    """A name without its label and its primes: what all its numbered forms share."""
    return replace(name, label="", primes=0)


def bound_in_labels(terms: Iterable[Term]) -> frozenset[Name]:
    """The names whose label holds the variable of a sum or product around them: an index, since a label would be the same for all its values."""
    found: set[Name] = set()
    waiting = [(term, frozenset[Name]()) for term in terms]
    while waiting:
        node, bound = waiting.pop()
        if isinstance(node, Name):
            number = number_of(node.label) if bound and node.label else None
            if number is not None and free_names(number) & bound:
                found.add(bare(node))
        else:
            inside = bound | free_names(node.variable) if isinstance(node, Big) else bound
            waiting.extend((child, inside) for child in children(node))
    return frozenset(found)


def numbered(term: Term, names: Collection[Name]) -> Term:
    """The term with the labels of these names (``bare``) as indices, where they can be."""
    def one(node: Term) -> Term:
        if isinstance(node, Name) and node.label and bare(node) in names:
            number = number_of(node.label)
            return node if number is None else Index(replace(node, label=SQUARE if node.label[0] == "[" else ROUND), (number,))
        if isinstance(node, Index) and isinstance(node.base, Index) and is_numbered(node.base.base):
            return Index(node.base.base, (*node.base.subscripts, *node.subscripts))
        return node

    return transform(term, one) if names else term


def labelled(term: Term) -> Term:
    """How a numbered name is written: the index as its label, in the bracket above it. Other terms are given back."""
    if not isinstance(term, Index) or not isinstance(term.base, Name):
        return term
    if term.base.label == BELOW:
        return Index(replace(term.base, label=""), term.subscripts)
    if not is_numbered(term.base):
        return term
    first, *rest = term.subscripts
    text = _text(first)
    if text is None:
        return Index(replace(term.base, label=""), term.subscripts)
    name = replace(term.base, label=f"[{text}]" if term.base.label == SQUARE else text)
    return Index(name, tuple(rest)) if rest else name


def _text(number: Term) -> str | None:
    match number:
        case Num(digits):
            return digits if digits.isdigit() else None
        case Name(text, (), "", 0, ""):
            return text if len(text) == 1 or text in _LETTERS else None
        case Mul(((_, Num(digits)), ("", Name(text, (), "", 0, "")))) if number.parts[0][0] == "":
            return f"{digits}{text}" if digits.isdigit() and (len(text) == 1 or text in _LETTERS) else None
        case Add(parts):
            written = [(sign, _text(part)) for sign, part in parts]
            if any(text is None or isinstance(part, Add) for (_, text), (_, part) in zip(written, parts, strict=True)):
                return None
            return "".join(f"{sign}{text}" for sign, text in written).removeprefix("+")
        case _:
            return None
