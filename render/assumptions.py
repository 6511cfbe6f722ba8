"""The context of a claim in words: what each name stands for and what is assumed of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from collections.abc import Sequence as Sequenced
from typing import TypeAlias

from derivations.language.context import (
    Array,
    Context,
    Definition,
    Domain,
    Family,
    Function,
    IndexSet,
    Kind,
    Loss,
    RandomVariable,
    Scalar,
    Sequence,
    Softmax,
    said_by_kind,
)
from derivations.language.structure import free_names
from derivations.language.term import Call, Index, Mul, Name, Relation, Term
from render.document import Inline, Inlines, Math, Text
from render.measure import width
from render.messages import Messages

_LINE = 32.0  # em: short definitions share a line of this length

Item: TypeAlias = "Definition | Term | str | tuple[Name | Index, Kind]"
"""What a context holds: a definition, a hypothesis, a convention, or a name with its kind."""


class Contexts:
    """The contexts of the theorems of one problem: what holds in all of them is said once. Each is looked through once, however many there are."""

    def __init__(self, contexts: Sequenced[Context]) -> None:
        self.contexts = contexts
        self.kinds: dict[Name | Index, set[Kind]] = {}
        self.defined: dict[tuple[Term, Relation | None], set[Definition]] = {}
        self.hypotheses, self.holding, self.speaking = Counter[Term](), Counter[Definition](), Counter[Name]()
        for context in contexts:
            for name, kind in context.kinds:
                self.kinds.setdefault(name, set()).add(kind)
            self.speaking.update(name for name in dict(context.kinds) if isinstance(name, Name))
            self.hypotheses.update(set(context.hypotheses))
            for definition in set(context.definitions):
                self.defined.setdefault((definition.lhs, definition.where), set()).add(definition)
                self.holding[definition] += context.kind(_head(definition)) is not None

    def shared(self, messages: Messages, leave: Callable[[Item], bool] = lambda item: False) -> tuple[Inlines, ...]:
        """What holds throughout: kinds and definitions that no other of these contexts contradicts or leaves open, hypotheses that all make, conventions.

        ``leave`` says what is left out, because a reader is told elsewhere.
        """
        return _listed(self.contexts, messages, lambda item: self._is_shared(item) and not leave(item))

    def own(self, context: Context, messages: Messages, leave: Callable[[Item], bool] = lambda item: False) -> tuple[Inlines, ...]:
        """What this one of them assumes beyond what is ``shared`` by all."""
        return _listed((context,), messages, lambda item: not self._is_shared(item) and not self._is_loss_elsewhere(item) and not leave(item))

    def _is_loss_elsewhere(self, item: Item) -> bool:
        """Whether a name that is just a real number here is a loss in another context, where it is said of what."""
        match item:
            case (name, Scalar(Domain.REAL, False)):
                return any(isinstance(kind, Loss) for kind in self.kinds[name])
            case _:
                return False

    def _is_shared(self, item: Item) -> bool:
        match item:
            case Definition(lhs, _, _, where):
                # where a context speaks of the defined name and does not define it so, what it says holds for every value
                return len(self.defined[lhs, where]) == 1 and self.holding[item] == self.speaking[_head(item)]
            case Term():
                return self.hypotheses[item] == len(self.contexts)
            case str():
                return True
            case (name, kind):
                return self.kinds[name] <= ({kind, Scalar()} if isinstance(kind, Loss) else {kind})


def _head(definition: Definition) -> Name:
    """The name that a definition is about."""
    head = definition.lhs
    while isinstance(head, Call | Index):
        head = head.function if isinstance(head, Call) else head.base
    return head if isinstance(head, Name) else Name("")


def _listed(contexts: Sequenced[Context], messages: Messages, wanted: Callable[[Item], bool]) -> tuple[Inlines, ...]:
    """The wanted items of these contexts, each once: kinds of names, hypotheses, definitions, conventions."""
    kinds: dict[Kind, list[Name | Index]] = {}
    nameless = {n for context in contexts for _, kind in context.kinds if isinstance(kind, Loss) for n in _unknown(kind, context)}
    for name, kind in (pair for context in contexts for pair in context.kinds if pair[0] not in nameless):
        names = kinds.setdefault(kind, [])
        if name not in names and wanted((name, kind)):
            names.append(name)
    hypotheses = dict.fromkeys(h for context in contexts for h in context.hypotheses if wanted(h) and not said_by_kind(h, context))
    definitions = dict.fromkeys(d for context in contexts for d in context.definitions if wanted(d))
    conventions = dict.fromkeys(words for context in contexts for words in context.conventions if wanted(words))
    return (
        *(_declaration(names, kind, messages) for kind, names in kinds.items() if names),
        *_packed([(Math(hypothesis),) for hypothesis in hypotheses]),
        *_packed([_definition(definition, messages) for definition in definitions]),
        *((Text(str(messages.say(words))),) for words in conventions),
    )


def _unknown(loss: Loss, context: Context) -> Iterator[Name]:
    """The functions that write what a loss is of its variables: nobody named them."""
    return (name for name in free_names(loss.value) if isinstance(context.kind(name), Function) and name not in {part.symbol for part in loss.of})


def _packed(items: list[Inlines]) -> tuple[Inlines, ...]:
    """Neighbouring short formulas on one line."""
    found: list[Inlines] = []
    room = 0.0
    for item in items:
        wide = sum(width(inline.term) for inline in item if isinstance(inline, Math)) + 1 if len(item) == 1 else _LINE
        if found and wide <= room:
            found[-1] = (*found[-1], Text(", "), *item)
            room -= wide
        else:
            found.append(item)
            room = _LINE - wide
    return tuple(found)


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
        case Loss(of):
            variables: list[Inline] = [piece for k, part in enumerate(of) for piece in ((Text(", "), Math(part.symbol)) if k else (Math(part.symbol),))]
            return (words("loss"), *variables)
        case Sequence(domain, arity):
            return (words("sequence" if arity == 1 else "array"), Text(messages.kinds[domain.value][1]))
        case Array(rows, cols, properties):
            return _array(rows, cols, properties, kind.is_vector, many, messages)
        case Family(member, _):
            return (words("family"), *_kind(member, True, messages))
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
