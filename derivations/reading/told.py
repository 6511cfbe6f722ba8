"""Contexts that a document tells in its ``derive:`` comments, and nothing else: what stands between ``begin`` and ``end`` is judged under just that.

    derive: problem                      a new problem: the names of scopes begin anew
    derive: begin NAME                   a scope of its own; what other scopes say is not in force
    derive: let {x}, {y} : positive      kinds, in the words of ``kind_told``
    derive: assume {0 < x < 1}
    derive: define {f(z)} = {z^2} for {z} where {z \\ge 0}
    derive: range {i} {1} {n}
    derive: convention WORDS
    derive: step K by RULE {ARGUMENTS} using NAMES     the K-th relation of the scope's displays rests on a rule and on the theorems of other scopes
    derive: end
    derive: aside WORDS ... derive: end                formulas that are not claims (what is asked, a wrong answer): given, with these words as the reason
    derive: recall NAMES ... derive: end               formulas that repeat what these scopes say (none: those of the problem; ``all``: of the document)

Terms stand in braces where they hold spaces or commas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from derivations.language.brackets import bracketed
from derivations.language.context import Array, Context, Definition, Kind, Symbol
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.structure import children, with_children
from derivations.language.term import Index, Name, Relation, Term
from derivations.reading.arrays import is_array
from derivations.reading.declarations import symbol_of
from derivations.reading.directives import OF_SCOPES, WORDS, nearest
from derivations.reading.expression import read
from derivations.reading.kinds_told import divided, kind_told, words
from derivations.reading.layout import spelled
from derivations.reading.macros import Macro
from derivations.reading.source import Directive
from derivations.reading.vocabulary import Vocabulary


@record
class Justification:
    """What a step rests on: the words that name a rule, its arguments, the names of the scopes whose theorems it uses."""

    rule: str
    arguments: tuple[Term | str, ...] = ()
    using: tuple[str, ...] = ()


@record
class ToldScope:
    """``key``: the number of the problem and the name."""

    key: str
    context: Context
    vocabulary: Vocabulary
    steps: tuple[tuple[int, Justification], ...] = ()


@record
class Region:
    """A stretch of text: the scope that it is, or (``recalls``) the scopes that it repeats; keys. ``aside``: what its formulas are instead of claims."""

    start: int
    end: int
    keys: tuple[str, ...]
    recalls: bool = False
    aside: str = ""


@record
class Told:
    """What the comments of a document tell. ``rest``: comments outside all scopes; ``problems``: offsets and what is wrong there."""

    scopes: dict[str, ToldScope] = field(default_factory=dict)
    regions: tuple[Region, ...] = ()
    rest: tuple[Directive, ...] = ()
    problems: tuple[tuple[int, str], ...] = ()

    def region(self, offset: int) -> Region | None:
        return next((r for r in self.regions if r.start <= offset < r.end), None)


@dataclass
class _Open:
    start: int
    name: str
    recalls: tuple[str, ...] | None
    aside: str = ""
    lines: list[Directive] = field(default_factory=list)


def told(directives: Iterable[Directive], macros: tuple[Macro, ...], length: int) -> Told:
    """The scopes that comments tell, in order. Never raises: what is not understood is among the ``problems``, and its line is left out."""
    scopes: dict[str, ToldScope] = {}
    recalled: list[tuple[int, int, str, tuple[str, ...]]] = []
    regions: list[Region] = []
    rest: list[Directive] = []
    problems: list[tuple[int, str]] = []
    current: _Open | None = None
    number = 0

    def close(end: int) -> None:
        nonlocal current
        if current is None:
            return
        if current.aside:
            regions.append(Region(current.start, end, (), recalls=True, aside=current.aside))
        elif current.recalls is not None:
            recalled.append((current.start, end, f"{number}", current.recalls))
        else:
            key = f"{number}.{current.name}"
            if key in scopes:
                problems.append((current.start, f"derive: begin {current.name}: this problem has a scope of that name already"))
            else:
                scopes[key] = _scope(key, current.lines, macros, problems)
                regions.append(Region(current.start, end, (key,)))
        current = None

    for line in (Directive(spelled(directive.text), directive.start) for directive in directives):
        word, _, after = line.text.strip().partition(" ")
        match word:
            case "problem" | "begin" | "recall" | "aside" if current is not None:
                problems.append((line.start, f"derive: {word}: the scope before is not closed by derive: end"))
                close(line.start)
                number += word == "problem"
                current = None if word == "problem" else _opened(line.start, word, after)
            case "problem":
                number += 1
            case "begin" | "recall" | "aside":
                current = _opened(line.start, word, after)
            case "end" if current is None:
                problems.append((line.start, "derive: end: no scope is open here"))
            case "end":
                close(line.start)
            case _ if current is not None:
                current.lines.append(line)
            case _:
                rest.append(line)
    if current is not None:
        problems.append((current.start, "derive: begin: no derive: end closes this scope"))
        close(length + 1)
    for start, end, problem, names in recalled:
        of_problem = tuple(key for key in scopes if key.startswith(f"{problem}."))
        keys = tuple(scopes) if names == ("all",) else tuple(k for n in names if (k := f"{problem}.{n}") in scopes) if names else of_problem
        regions.append(Region(start, end, keys, recalls=True))
    return Told(scopes, tuple(sorted(regions, key=lambda r: r.start)), tuple(rest), tuple(problems))


def _opened(start: int, word: str, after: str) -> _Open:
    if word == "aside":
        return _Open(start, "", None, after.strip() or "not a claim")
    return _Open(start, after.strip(), tuple(after.split()) if word == "recall" else None)


def _scope(key: str, lines: list[Directive], macros: tuple[Macro, ...], problems: list[tuple[int, str]]) -> ToldScope:
    """A scope from its lines: first the kinds, then what is defined, so that functions are known, then all formulas."""
    bare = Vocabulary(constants=frozenset(), macros=macros)
    kinds: list[tuple[Symbol, Kind]] = []
    lets = [line for line in lines if line.text.split()[:1] == ["let"]]
    for losses in (False, True):  # a loss is written with functions, which must be known
        known = Vocabulary.of(Context(tuple(dict(kinds).items())), macros) if losses else bare
        for line in lets:
            if _is_loss(line.text) is losses:
                try:
                    kinds.extend(_let(line.text, known))
                except DeriveError as error:
                    problems.append((line.start, str(error)))
    context = _declared(kinds, problems, lines)
    heads = tuple(Definition(head, head) for line in lines if (head := _head(line, Vocabulary.of(context, macros))) is not None)
    vocabulary = _vocabulary(replace(context, definitions=heads), macros, frozenset())
    for final in (False, True):
        found = context
        steps: list[tuple[int, Justification]] = []
        for line in lines:
            try:
                found = _line(line.text, found, vocabulary, steps)
            except DeriveError as error:
                if final:
                    problems.append((line.start, str(error)))
        vocabulary = _vocabulary(found, macros, _arrays(found))
    return ToldScope(key, found, vocabulary, tuple(steps))


def _declared(kinds: list[tuple[Symbol, Kind]], problems: list[tuple[int, str]], lines: list[Directive]) -> Context:
    known: dict[Symbol, Kind] = {}
    for symbol, kind in kinds:
        if known.setdefault(symbol, kind) != kind:
            problems.append((lines[0].start, "derive: let: a name is declared twice in one scope, as two things"))
    return Context(tuple(known.items()))


def _vocabulary(context: Context, macros: tuple[Macro, ...], arrays: frozenset[Term]) -> Vocabulary:
    made = Vocabulary.of(context, macros)
    has_arrays = any(isinstance(kind, Array) for _, kind in context.kinds)
    transposes = has_arrays and context.kind(Name("T")) is None
    return replace(made, matrices=made.matrices | arrays, transpose=True if transposes else None)


def _arrays(context: Context) -> frozenset[Term]:
    """The names that are declared or defined as arrays."""
    found: set[Term] = {symbol for symbol, kind in context.kinds if isinstance(kind, Array)}
    plain = [d for d in context.definitions if isinstance(d.lhs, Name | Index) and not d.parameters]
    for _ in plain:
        new = {d.lhs for d in plain if d.lhs not in found and is_array(d.rhs, found)}
        if not new:
            break
        found |= new
    return frozenset(found)


def _is_loss(text: str) -> bool:
    return words(divided(text, ":")[1])[:1] == ["loss"]


def _let(text: str, bare: Vocabulary) -> list[tuple[Symbol, Kind]]:
    names, kind_words = divided(text.strip().removeprefix("let"), ":")
    kind = kind_told(words(kind_words), lambda t: read(t, bare).term, text)
    symbols = [symbol_of(read(name, bare).term) for name in words(names.replace("},", "} "))]
    if not symbols or None in symbols:
        raise DeriveError(f"derive: {text}: {names.strip()!r} is not a list of names")
    return [(symbol, kind) for symbol in symbols if symbol is not None]


def term_in(text: str, vocabulary: Vocabulary) -> Term:
    """A formula in the names of a scope. An entry ``A_{ij}`` belongs to a bold array where the scope knows no other A. Raises DeriveError."""
    term = read(text, vocabulary).term
    bold = {replace(name, font=""): name for name in vocabulary.matrices if isinstance(name, Name) and name.font == "bold"}
    bold = {plain: name for plain, name in bold.items() if not vocabulary.is_declared(plain)}
    return _of_arrays(term, bold) if bold else term


def _of_arrays(term: Term, bold: Mapping[Name, Name]) -> Term:
    inside = with_children(term, tuple(_of_arrays(child, bold) for child in children(term)))
    if isinstance(inside, Index) and isinstance(inside.base, Name) and inside.base in bold:
        return Index(bold[inside.base], inside.subscripts)
    return inside


def _head(line: Directive, vocabulary: Vocabulary) -> Term | None:
    parts = words(line.text)
    if len(parts) < 2 or parts[0] != "define":
        return None
    try:
        return read(parts[1], vocabulary).term
    except DeriveError:
        return None


def _line(text: str, context: Context, vocabulary: Vocabulary, steps: list[tuple[int, Justification]]) -> Context:
    """The context with what one line says. Raises DeriveError when it is not understood."""

    def term(written: str) -> Term:
        return term_in(written, vocabulary)

    parts = words(text)
    match parts:
        case ["let", *_]:
            return context
        case ["assume", formula] | ["assume", formula, ""]:
            return replace(context, hypotheses=(*context.hypotheses, bracketed(term(formula))))
        case ["assume", *_]:
            return replace(context, hypotheses=(*context.hypotheses, term(text.strip().removeprefix("assume"))))
        case ["define", lhs, "=", rhs, *more]:
            bound = tuple(more[1 : more.index("where")] if "where" in more else more[1:]) if more[:1] == ["for"] else ()
            parameters = [term(name) for name in bound]
            condition = term(more[more.index("where") + 1]) if "where" in more[:-1] else None
            if not all(isinstance(p, Name) for p in parameters) or not (condition is None or isinstance(condition, Relation)):
                raise DeriveError(f"derive: {text}: define {{LHS}} = {{RHS}} for {{NAMES}} where {{RELATION}} is accepted")
            names = tuple(p for p in parameters if isinstance(p, Name))
            return context.define(term(lhs), term(rhs), names, condition if isinstance(condition, Relation) else None)
        case ["range", index, low, high]:
            variable = term(index)
            if not isinstance(variable, Name):
                raise DeriveError(f"derive: {text}: range {{INDEX}} {{FIRST}} {{LAST}} is accepted")
            return context.with_range(variable, term(low), term(high))
        case ["convention", *_]:
            return context.convention(text.strip().removeprefix("convention").strip())
        case ["step", number, "by", *more] if number.isdecimal():
            steps.append((int(number), _justification(text, more, vocabulary)))
            return context
        case _:
            near = nearest(text.split()[0] if text.split() else "", (*WORDS, *OF_SCOPES))
            raise DeriveError(f"derive: {text}: inside a scope let, assume, define, range, convention and step are accepted{near}")


def _justification(text: str, parts: list[str], vocabulary: Vocabulary) -> Justification:
    using = tuple(parts[parts.index("using") + 1 :]) if "using" in parts else ()
    before = parts[: parts.index("using")] if "using" in parts else parts
    braced = words(text, keep_braces=True)[3 : 3 + len(before)]
    first = next((k for k, word in enumerate(braced) if word.startswith("{")), len(braced))
    arguments = tuple(term_in(part, vocabulary) if shown.startswith("{") else part for part, shown in zip(before[first:], braced[first:], strict=True))
    return Justification(" ".join(before[:first]), arguments, using)
