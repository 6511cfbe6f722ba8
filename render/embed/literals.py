"""What a key prints, as LaTeX that stands by itself: a formula, a number, the rows of a derivation or of a ledger, a drawing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from derivations.figures import Undrawn
from derivations.kernel.statement import Statement
from derivations.kernel.theorem import Theorem
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.term import Num, Term
from derivations.problem import Problem
from render import profiles
from render.compose import Steps, chains, inlines
from render.document import Display, Inlines, Math, Text
from render.embed.keys import Key, Keys
from render.latex_text import escape
from render.messages import messages
from render.notation.latex import latex, latex_sign
from render.notation.text import text
from render.printing import Printing

_PACKAGES: Final = (
    ("amsmath", re.compile("")), ("amssymb", re.compile(r"\\math(?:bb|frak)\b")), ("tikz", re.compile(r"\\begin\{tikzpicture\}")),
    ("graphicx", re.compile(r"\\resizebox")),
)  # fmt: skip
_BESIDE: Final = 24  # characters of a reason that has one line


@record
class Literal:
    """``tex`` is what is printed, ``plain`` the same for places without mathematics (bookmarks); ``problem`` and ``printing`` are what it is from.

    ``statement``: the formula of the answer that the key is about, as it is derived; None where the answer is no equation.
    """

    key: Key
    tex: str
    plain: str
    problem: Problem
    printing: Printing
    statement: Statement | None

    @property
    def inline(self) -> bool:
        """Whether it may stand in running text."""
        return self.key.part in ("statement", "answer", "number")


@dataclass(slots=True)
class Workshop:
    """Works keys out, each problem once. ``told`` is called with what is being worked out."""

    keys: Keys
    told: Callable[[str], None] = lambda _: None
    _problems: dict[tuple[object, ...], Problem] = field(default_factory=dict)

    def literals(self, names: Iterable[str] | None = None) -> Mapping[str, Literal]:
        """What the keys print, by name, in their order; ``names``: only these.

        Raises:
            DeriveError: a key asks for what its problem does not have, or two symbols would print alike.
            NotProved: a step of a problem was refuted or is undecided.
        """
        wanted = None if names is None else set(names)
        return {key.name: self.literal(key) for key in self.keys.keys if wanted is None or key.name in wanted}

    def literal(self, key: Key) -> Literal:
        """What one key prints; see ``literals``."""
        self.told(key.name)
        words = messages(self.keys.language)
        profile = profiles.checked(profiles.profile(key.notation, f"{key.place}, notation"), words, key.place)
        problem = self._problem(key, profile)
        return _literal(key, problem, Printing(messages=words, profile=profile))

    def _problem(self, key: Key, profile: profiles.Profile) -> Problem:
        values = profile.values(key.kind, key.values)
        identity = (repr(key.kind), *sorted((name, repr(value)) for name, value in values.items()))
        if identity not in self._problems:
            try:
                self._problems[identity] = key.kind.build(values)
            except DeriveError as error:
                error.args = (f"{key.place}: {error}",)
                raise
        return self._problems[identity]


def packages(literals: Iterable[Literal]) -> tuple[str, ...]:
    """The LaTeX packages that these literals need."""
    found = "\n".join(literal.tex for literal in literals)
    return tuple(name for name, needs in _PACKAGES if needs.search(found))


def _literal(key: Key, problem: Problem, printing: Printing) -> Literal:
    statement, shown = _formula(key, problem)
    notation, style = printing.profile.of(problem), printing.style

    def printed(term: Term) -> Term:
        notation.blocks((Display(term),), key.place)  # refuses symbols that would print alike
        return notation.term(term)

    match key.part:
        case "statement":
            term = printed(shown.formula if isinstance(shown, Statement) else shown)
            tex, plain = f"\\ensuremath{{{latex(term, style)}}}", text(term, style, ascii=True)
        case "answer":
            term = printed(shown.rhs if isinstance(shown, Statement) else shown)
            tex, plain = f"\\ensuremath{{{latex(term, style)}}}", text(term, style, ascii=True)
        case "number":
            value = shown.rhs if isinstance(shown, Statement) else shown
            if not isinstance(value, Num):
                raise DeriveError(f"{key.place}: the answer is no whole number but {text(value)}; part = \"answer\" quotes it")
            tex, plain = latex(value, style), value.digits
        case "chain":
            tex, plain = _chain(key, _theorem(key, problem, statement), problem, printing), key.name
        case "ledger":
            tex, plain = _ledger(key, problem, printing), key.name
        case _:
            tex, plain = _figure(key, problem, printing), key.name
    return Literal(key, tex, plain, problem, printing, statement)


def _formula(key: Key, problem: Problem) -> tuple[Statement | None, Statement | Term]:
    shown = problem.answer.shown
    if not shown:
        return problem.statement, problem.statement
    if key.formula > len(shown):
        has = "one formula" if len(shown) == 1 else f"{len(shown)} formulas"
        raise DeriveError(f"{key.place}: formula = {key.formula} is not accepted; the answer of {problem.kind} has {has} here")
    one = shown[key.formula - 1]
    return (one if isinstance(one, Statement) else None), one


def _theorem(key: Key, problem: Problem, statement: Statement | None) -> Theorem:
    if key.section is not None:
        if key.section > len(problem.sections):
            listed = "; ".join(f"{number}: {section.theorem.title}" for number, section in enumerate(problem.sections, 1))
            raise DeriveError(f"{key.place}: section = {key.section} is not accepted; {problem.kind} has {listed}")
        return problem.sections[key.section - 1].theorem
    proves = [section.theorem for section in problem.sections if section.theorem.statement == statement]
    main = [section.theorem for section in problem.sections if section.role == "main"]
    return (proves or main or [problem.sections[-1].theorem])[0]


def _chain(key: Key, theorem: Theorem, problem: Problem, printing: Printing) -> str:
    """The lines of a derivation for ``align``: ``a &= b \\\\ &= c``."""
    steps = Steps.KEY if key.detail == "key" else Steps.ALL
    blocks = printing.profile.of(problem).blocks(chains(theorem, steps, printing.messages), key.place)
    rows = []
    for block in blocks:
        for row in getattr(block, "rows", ()):
            left = latex(row.lhs, printing.style) if row.lhs is not None else ""
            sign = latex_sign(row.relation.value) if row.relation is not None else ""
            if row.links_formulas:
                left, sign = f"{sign} \\quad", ""
            words = _in_text(row.reason, printing) if key.reasons else ""
            line = f"{left} &{sign} {latex(row.rhs, printing.style)}".strip()
            long = len(words) > _BESIDE  # may not run out of a narrow column
            shown = f"\\parbox[t]{{0.35\\linewidth}}{{\\raggedright\\footnotesize {words}}}" if long else f"\\text{{{words}}}"
            rows.append(line + (f" && {shown}" if words else ""))
    return " \\\\\n".join(rows)


def _in_text(inlines: Inlines, printing: Printing) -> str:
    return "".join(f"${latex(part.term, printing.style)}$" if isinstance(part, Math) else escape(getattr(part, "text", "")) for part in inlines)


def _ledger(key: Key, problem: Problem, printing: Printing) -> str:
    """A table with three columns; a rule stands below its head and above its total."""
    if problem.ledger is None:
        raise DeriveError(f"{key.place}: part = 'ledger' is not accepted; {problem.kind} counts nothing by parts")
    notation, words = printing.profile.of(problem), printing.messages

    def cell(term: Term | None) -> str:
        return "" if term is None else f"${latex(notation.term(term), printing.style)}$"

    def label(prose: Any) -> str:
        return "".join(cell(part.term) if isinstance(part, Math) else escape(part.text) for part in inlines(prose) if isinstance(part, Math | Text))

    notation.blocks(tuple(Display(row.term) for row in problem.ledger.rows if row.term is not None), key.place)
    lines = []
    for row in (*problem.ledger.rows, *((problem.ledger.total,) if problem.ledger.total is not None else ())):
        value = Num(str(row.value)) if isinstance(row.value, int) else row.value
        lines.append(" & ".join((label(row.label), cell(row.term), cell(value))))
    head = " & ".join(map(escape, words.ledger_head)) + " \\\\ \\hline"
    if problem.ledger.total is not None and len(lines) > 1:
        lines[-2:] = [f"{lines[-2]} \\\\ \\hline\n{lines[-1]}"]
    rows = head + "\n" + " \\\\\n".join(lines)
    return f"\\begin{{tabular}}{{@{{}}llr@{{}}}}\n{rows}\n\\end{{tabular}}"


def _figure(key: Key, problem: Problem, printing: Printing) -> str:
    """The drawing as a ``tikzpicture``, no wider than the column."""
    from render.figures.draw import drawn
    from render.figures.tikz import tikz
    from render.figures.words import words_for

    drawing = None if problem.figure is None else drawn(problem.figure, words_for(printing.messages.language))
    if drawing is None or isinstance(drawing, Undrawn):
        because = f", because {drawing.because}" if drawing is not None else ""
        raise DeriveError(f"{key.place}: part = 'figure' is not accepted; this is not drawn{because}")
    picture = tikz(drawing.scene, printing.style).strip()
    return f"\\resizebox{{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}}{{!}}{{%\n{picture}}}"


