"""The network that a ``config.json`` of the transformers library stands for: the row of its family, with what the configuration says put in."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from derivations.families import ALIASES, FAMILIES, Family
from derivations.language.errors import DeriveError
from derivations.language.term import Name
from derivations.modules import folded
from derivations.networks import Described, Layers, layers_of
from derivations.parameters import Size, Sizes, nearest


def from_config(config: Mapping[str, Any], where: str) -> Described:
    """The network of a configuration.

    Raises:
        DeriveError: there is no row for its family, a field has a value that is not accepted or that the row does not follow; the field is named.
    """
    word = config.get("model_type")
    family = FAMILIES.get(word) if isinstance(word, str) else None
    if family is None:
        near = nearest(str(word), FAMILIES)
        raise DeriveError(f"{where}: model_type = {word!r} is not accepted{near}; there are {', '.join(FAMILIES)}")
    given = {ALIASES.get(str(word), {}).get(name, name): value for name, value in _flat(config) if value is not None or name in family.null}
    if "num_labels" not in given and isinstance(given.get("id2label"), Mapping):
        given["num_labels"] = len(given["id2label"])
    fields = _Fields(family, given, where)
    for field_name, values in family.fixed.items():
        accepted = [fields[v] if isinstance(v, str) else v for v in values]
        if given.get(field_name, accepted[0]) not in accepted:
            is_ = f"{field_name} = {given[field_name]!r}"
            raise DeriveError(f"{where}: {is_} is not accepted; a {word} is described with {' or '.join(map(repr, accepted))}")
    classes = config.get("architectures")
    name = classes[0] if isinstance(classes, list) and classes and isinstance(classes[0], str) else ""
    ends = sorted((end for end in family.heads if name.endswith(end)), key=len, reverse=True)
    if name and not ends:
        raise DeriveError(f"{where}: architectures = [{name!r}] is not accepted; a {word} is described as ...{', ...'.join(family.heads)}")
    template = f"{family.layers}; {family.heads[ends[0] if ends else 'Model']}"
    parts = layers_of(fields.put(template).strip("; "), where)
    return Described(Sizes().read(fields.put(family.input)) or (), Layers(folded(parts) if "{each " in template else parts), where)


def _flat(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields of a configuration; those of ``text_config`` are ``text_...``."""
    for name, value in config.items():
        if name.endswith("_config") and isinstance(value, Mapping):
            yield from ((f"{name.removesuffix('config')}{inner}", one) for inner, one in value.items())
        else:
            yield name, value


_OPERATIONS: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip
_MOST_LAYERS: Final = 500
_FIRST_CASE: Final = re.compile(r"\{(\w+)\?([\w-]+):")


class _Fields:
    """The fields of a configuration: given, or by default."""

    def __init__(self, family: Family, given: Mapping[str, object], where: str) -> None:
        self.defaults, self.null, self.given, self.where = family.fields, family.null, given, where
        self.cases: Collection[tuple[str, str]] = {case for text in (family.layers, *family.heads.values()) for case in _FIRST_CASE.findall(text)}
        """Values for which a row has a case: they are accepted, whatever is else."""
        self.number = 0

    def __getitem__(self, name: str) -> Any:
        """A number, a word, yes or no, or a list of numbers or words."""
        default = self.defaults[name]
        if name not in self.given:
            return self.worth(default) if isinstance(default, str) else self.exact(default)
        value = self.given[name]
        if value is None:
            return self.worth(self.null[name])
        formula = isinstance(default, str) and self.is_formula(default)
        found: object = None
        if isinstance(default, tuple):
            found, accepted = self.listed(value), "a list of integers or words"
        elif isinstance(default, bool) or (formula and isinstance(value, bool) and isinstance(self.worth(str(default)), bool)):
            found, accepted = (value if isinstance(value, bool) else None), "true or false"
        elif not isinstance(value, bool) and (name, str(value)) in self.cases:
            return value
        elif isinstance(default, float):
            found, accepted = (self.exact(value) if isinstance(value, int | float) and not isinstance(value, bool) else None), "a number"
        elif isinstance(default, str) and not formula:
            found, accepted = (value if isinstance(value, str) else None), f"a word such as {default!r}"
        else:
            found, accepted = Size().read(value), Size().accepted
        if found is None:
            raise DeriveError(f"{self.where}: {name} = {value!r} is not accepted; it must be {accepted}")
        return found.text if isinstance(found, Name) else found

    def exact(self, value: object) -> object:
        return Fraction(str(value)) if isinstance(value, float) else value

    def listed(self, value: object) -> tuple[object, ...] | None:
        """``c2p|p2c`` is a list as well."""
        values = value.lower().split("|") if isinstance(value, str) else value
        whole = isinstance(values, list | tuple) and all(isinstance(one, str) or Size(0).read(one) is not None for one in values)
        return tuple(one for one in values if one not in ("", "none")) if whole and isinstance(values, list | tuple) else None

    def put(self, text: str) -> str:
        """A text with what the configuration says in place of what stands in braces."""
        found, at = "", 0
        while (start := text.find("{", at)) >= 0:
            end = _closed(text, start)
            found, at = found + text[at:start] + self.slot(text[start + 1 : end]), end + 1
        return found + text[at:]

    def slot(self, inner: str) -> str:
        each = re.match(r"each (\w+) (\d+):", inner)
        if each is not None:
            over = self[each[1]]
            count = len(over) if isinstance(over, tuple) else over
            if not isinstance(count, int) or count > _MOST_LAYERS:
                raise DeriveError(f"{self.where}: {each[1]} = {count} must be a number of at most {_MOST_LAYERS} here, since not all layers are alike")
            return "; ".join(self.at(number, inner[each.end() :]) for number in range(int(each[2]), count))
        choice = re.match(r"([^{}?]*)\?", inner)
        if choice is None:
            value = self.worth(inner)
            return str(value).lower() if isinstance(value, bool) else str(value)
        *cases, otherwise = _parted(inner[choice.end() :])
        subject = self.worth(choice[1])
        for word, _, layers in (case.partition(":") for case in cases):
            wanted = self.worth(word)
            held = wanted in subject or (word == "none" and not subject) if isinstance(subject, tuple) else str(subject).lower() == str(wanted).lower()
            if held:
                return self.put(layers)
        return self.put(otherwise)

    def at(self, number: int, text: str) -> str:
        self.number = number
        return self.put(text)

    def worth(self, formula: str) -> Any:
        """The value of a field, or of a formula of fields; other words stand for themselves."""
        return self._worth(ast.parse(formula.strip(), mode="eval").body) if self.is_formula(formula) else formula

    def is_formula(self, text: str) -> bool:
        return all(word in self.defaults or word == "i" for word in re.findall(r"[A-Za-z_]\w*", text))

    def _worth(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(int(value)):
                return value
            case ast.UnaryOp(ast.USub(), ast.Constant(int(value))):
                return -value
            case ast.Name(name):
                return self.number if name == "i" else self[name]
            case ast.Subscript(ast.Name(name), which):
                values, at = self[name], self._worth(which)
                if at >= len(values):
                    raise DeriveError(f"{self.where}: {name} has {len(values)} entries, and its entry {at + 1} is needed")
                return values[at]
            case ast.BinOp(left, op, right):
                a, b = self._worth(left), self._worth(right)
                words = ast.unparse(node)
                if not isinstance(a, int | Fraction) or not isinstance(b, int | Fraction):
                    raise DeriveError(f"{self.where}: {words} needs numbers and is {a} and {b}; the field that it stands for can be given itself")
                if not isinstance(op, ast.Div):
                    return _OPERATIONS[type(op)](a, b)
                if a % b:
                    raise DeriveError(f"{self.where}: {words} = {a}/{b} is no whole number")
                return a // b
            case _:
                return ast.unparse(node)


def _closed(text: str, start: int) -> int:
    """Where the brace at ``start`` is closed."""
    depth = 0
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if not depth:
            return at
    raise DeriveError(f"a brace of {text[start:start + 40]!r} is not closed")


def _parted(text: str) -> list[str]:
    """The parts between ``~``, those inside braces apart."""
    found, depth = [""], 0
    for letter in text:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if letter == "~" and not depth:
            found.append("")
        else:
            found[-1] += letter
    return found


__all__ = ["from_config"]
