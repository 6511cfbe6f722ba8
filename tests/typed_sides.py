"""How many right sides of the derivations SymPy computed, and how many somebody typed.

``python tests/typed_sides.py`` prints a table: a right side counts as computed if ``quote`` wrote it from a SymPy expression while the problem was built, or if
it is an entry of what ``quote`` wrote. All others are typed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from derivations.catalogue import KINDS, Kind
from derivations.kernel.theorem import Theorem
from derivations.language import quote as quoting
from derivations.language.brackets import bracketed
from derivations.language.term import Group, Index, Relation, Term
from derivations.mutation import with_lemmas
from derivations.topics.network import fields, gradients


@contextmanager
def recorded() -> Iterator[set[Term]]:
    """What ``quote`` writes inside the block."""
    found: set[Term] = set()
    inside = 0
    given = quoting._Quotation.of

    def of(self: object, expression: object) -> Term:
        nonlocal inside
        inside += 1
        try:
            term = given(self, expression)  # type: ignore[arg-type]
        finally:
            inside -= 1
        if not inside:
            found.update((term, bracketed(term)))
        return term

    quoting._Quotation.of = of  # type: ignore[method-assign, assignment]
    try:
        yield found
    finally:
        quoting._Quotation.of = given  # type: ignore[method-assign]


def computed(side: Term, found: set[Term]) -> bool:
    match side:
        case _ if side in found:
            return True
        case Index(Group(base), _) | Index(base, _):
            return computed(base, found)
        case Relation(items):  # an equation has two right sides
            return all(computed(item, found) for item in items)
        case _:
            return False


def sides(kind: Kind) -> tuple[list[tuple[Theorem, Term]], int]:
    """The typed right sides of a kind's examples with their theorems, each once, and how many right sides there are."""
    for kept in (fields.general, gradients.proved):  # what was derived before is written again, before the eyes of who counts
        kept.cache_clear()
    with recorded() as found:
        problems = [kind.build(dict(example)) for example in kind.examples]
    seen = {(t.title, c.step.statement.rhs): t for p in problems for t in with_lemmas(s.theorem for s in p.sections) for c in t.steps}
    return [(theorem, side) for (_, side), theorem in seen.items() if not computed(side, found)], len(seen)


def main() -> None:
    from render.notation.text import text

    for kind in KINDS:
        typed, all_ = sides(kind)
        print(f"{kind.name:30}{len(typed):4} typed of {all_:4}")
        for theorem, side in typed:
            print(f"      {theorem.title}: {text(side)}")


if __name__ == "__main__":
    main()
