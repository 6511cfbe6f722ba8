"""The context of a claim in words: what each name stands for and what is assumed of it."""

from __future__ import annotations

from collections.abc import Iterable

from derivations.language.context import Array, Context, Definition, Function, IndexSet, Kind, RandomVariable, Scalar, Sequence, Softmax
from derivations.language.term import Index, Mul, Name, Relation, Term
from render.document import Inline, Inlines, Math, Text
from render.messages import Messages


def assumptions(contexts: Iterable[Context], messages: Messages) -> tuple[Inlines, ...]:
    """What is assumed in any of these contexts, each thing once: kinds of names, hypotheses, definitions, conventions."""
    kinds: dict[Kind, list[Name | Index]] = {}
    rest: dict[Inlines, None] = {}
    conventions: dict[Inlines, None] = {}
    for context in contexts:
        for name, kind in context.kinds:
            names = kinds.setdefault(kind, [])
            if name not in names:
                names.append(name)
        for hypothesis in context.hypotheses:
            rest[Math(hypothesis),] = None
        for definition in context.definitions:
            rest[_definition(definition, messages)] = None
        for words in context.conventions:
            conventions[Text(words),] = None
    declared = tuple(_declaration(names, kind, messages) for kind, names in kinds.items())
    return (*declared, *rest, *conventions)


def _declaration(names: list[Name | Index], kind: Kind, messages: Messages) -> Inlines:
    inlines: list[Inline] = []
    for k, name in enumerate(names):
        if k:
            inlines.append(Text(", "))
        inlines.append(Math(name))
    many = len(names) > 1
    inlines.append(Text(messages.kinds["is"][many]))
    return (*inlines, *_kind(kind, many, messages))


def _definition(definition: Definition, messages: Messages) -> Inlines:
    formula = Math(Relation((definition.lhs, definition.rhs), (":=",)))
    return (formula,) if definition.where is None else (formula, Text(" " + messages.where), Math(definition.where))


def _kind(kind: Kind, many: bool, messages: Messages) -> Inlines:
    def words(key: str) -> Text:
        return Text(messages.kinds[key][many])

    match kind:
        case Scalar(domain):
            return (words(domain.value),)
        case Sequence(domain, arity):
            return (words("sequence" if arity == 1 else "array"), Text(messages.kinds[domain.value][1]))
        case Array(rows, cols, properties):
            return _array(rows, cols, properties, kind.is_vector, many, messages)
        case Function(arity, properties, on_integers, maps_arrays):
            key = "array_map" if maps_arrays else "signal" if on_integers else "function" if arity == 1 else "functions"
            return (words(key), *_properties(properties, messages))
        case Softmax(axis):
            return (words("softmax_columns" if axis == 0 else "softmax_rows"),)
        case RandomVariable(law):
            return (words("random"),) if law is None else (words("random"), words("law"), Math(law))
        case IndexSet():
            return (words("set"),)


def _array(rows: Term, cols: Term, properties: frozenset[str], is_vector: bool, many: bool, messages: Messages) -> Inlines:
    special = next((p for p in ("permutation", "identity", "zero", "ones") if p in properties), None)
    if is_vector and special not in ("identity", "permutation", "zero"):
        return (
            Text(messages.kinds["ones" if special == "ones" else "vector"][many]),
            Math(rows),
            *_properties(properties - {"ones"}, messages),
        )
    size = Math(Mul((("", rows), ("times", cols))))
    plain = special if special in ("permutation", "identity", "zero") else "matrix"
    implied = {"permutation", "identity", "zero", "ones"} | ({"orthogonal", "invertible"} if plain != "matrix" else set())
    return (Text(messages.kinds[plain][many]), size, *_properties(properties - implied, messages))


def _properties(properties: frozenset[str], messages: Messages) -> Inlines:
    return tuple(Text(", " + messages.properties[p]) for p in sorted(properties))
