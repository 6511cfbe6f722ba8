"""Conditions joined by ``and``, ``or`` and arrows, and the words that introduce a condition beside a formula."""

from __future__ import annotations

from derivations.language.brackets import ARROWS
from derivations.language.term import Logic, Relation, Term

COMMANDS = {"\\land": "and", "\\wedge": "and", "\\lor": "or", "\\vee": "or", "\\&": "and"}
WORDS = {"and": "and", "or": "or"}
INTRODUCTIONS = frozenset(("if", "for", "when", "where", "with", "for all", "whenever", "on", "if and only if", "subject to", "s.t.", "such that"))


def folded(parts: list[Term], joins: list[str]) -> Term:
    """Conditions joined by ``and``, ``or`` and arrows: ``and`` binds closest, arrows last."""

    def split(items: list[Term], signs: list[str], at: frozenset[str]) -> list[tuple[list[Term], list[str]]]:
        groups: list[tuple[list[Term], list[str]]] = [([items[0]], [])]
        for sign, item in zip(signs, items[1:], strict=True):
            if sign in at:
                groups.append(([item], []))
            else:
                groups[-1][0].append(item)
                groups[-1][1].append(sign)
        return groups

    sides: list[Term] = []
    for items, signs in split(parts, joins, ARROWS):
        options = [
            group[0] if len(group) == 1 else Logic("and", tuple(group)) for group, _ in split(items, signs, frozenset(("or",)))
        ]
        sides.append(options[0] if len(options) == 1 else Logic("or", tuple(options)))
    arrows = tuple(join for join in joins if join in ARROWS)
    return sides[0] if not arrows else Relation(tuple(sides), arrows)
