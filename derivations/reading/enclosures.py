"""Brackets, bars, lists, matrices, definitions by cases and marks: what encloses formulas."""

from __future__ import annotations

from typing import Literal, TypeAlias

from derivations.language.structure import free_names
from derivations.language.term import (
    At,
    Bar,
    Bars,
    Call,
    Cases,
    Group,
    Logic,
    Marked,
    Matrix,
    Mul,
    Name,
    Num,
    Relation,
    Root,
    Term,
    Tuple,
)
from derivations.reading.levels import Levels
from derivations.reading.lexicon import SIGNED
from derivations.reading.symbols import CANCELS, CASES, CLOSING, MATRICES, OPENING
from derivations.reading.tokens import Token
from derivations.reading.vocabulary import Assumed

BARS = {
    "|": ("|", "abs"), "\\|": ("\\|", "norm"), "\\lvert": ("\\rvert", "abs"), "\\lVert": ("\\rVert", "norm"),
    "\\lfloor": ("\\rfloor", "floor"), "\\lceil": ("\\rceil", "ceil"),
}  # fmt: skip
_BRACKETS = frozenset((")", "]", "\\}", "right", "_}"))
_OTHERWISE = frozenset(("otherwise", "else", "otherwise.", "else.", "elsewhere", "elsewhere.", "in all other cases", "sonst", "andernfalls"))
_CONDITION_WORDS = ("if", "for", "when", "where", "on", "with", "whenever", "and", "falls", "wenn", "für", "mit")
"""In the languages in which a sheet can be printed."""
BarKind: TypeAlias = Literal["|", "||", ";"]
_SEPARATORS: dict[str, BarKind] = {"\\mid": "|", "\\parallel": "||", "|": "|", "\\|": "||", ";": ";"}


# --- bars as separators


def bar_kind(p: Levels) -> BarKind | None:
    """The kind of the bar that is next, if it separates (``x | z``, ``q || p``, ``x; theta``), else None."""
    token = p.token
    if token.kind == "middle":
        return _SEPARATORS.get(token.text)
    text = p.text
    if text not in _SEPARATORS:
        return None
    if text in ("\\mid", "\\parallel"):
        return _SEPARATORS[text]
    if p.enclosure not in _BRACKETS and p.enclosure != "":
        return None
    if text == ";":
        return ";" if p.enclosure in _BRACKETS else None
    return _SEPARATORS[text] if p.bars_ahead.get(p.position, 0) % 2 else None


def opens_bars(p: Levels) -> bool:
    """Whether a bar in the place of an operator opens an absolute value or a norm: ``a|b|``."""
    return p.enclosure != p.text and p.position in p.bars_ahead and p.bars_ahead[p.position] % 2 == 0


def listing(p: Levels) -> tuple[Term, ...]:
    """Formulas between commas up to a closing bracket; bars make one ``Bar`` of what is on their two sides."""
    if p.token.kind in ("close", "right") or p.text in CLOSING or p.text == "\\rangle":
        return ()
    items = [p.formula()]
    separators: list[str] = []
    while True:
        kind = bar_kind(p)
        if kind is None and p.text != "," and not (p.text == "\\cap" and p.enclosure in _BRACKETS):  # P(A \\cap B) is P(A, B)
            break
        p.take()
        separators.append(kind or ",")
        items.append(p.formula())
    return _barred(items, separators)


def _barred(items: list[Term], separators: list[str]) -> tuple[Term, ...]:
    for kind in (";", "||", "|"):  # loosest first
        if kind in separators:
            place = len(separators) - 1 - separators[::-1].index(kind)
            left = _side(_barred(items[: place + 1], separators[:place]))
            right = _side(_barred(items[place + 1 :], separators[place + 1 :]))
            return (Bar(left, right, kind),)
    return tuple(items)


def _side(items: tuple[Term, ...]) -> Term:
    return items[0] if len(items) == 1 else Tuple(items, "")


# --- brackets


def arguments(p: Levels) -> tuple[tuple[Term, ...], str]:
    """The bracket that opens here: what it holds, and its kind (two characters for a half-open interval)."""
    token = p.take()
    opening = OPENING[token.text]
    closer = "right" if token.kind == "left" else {"(": ")", "[": "]", "{": "\\}"}[opening]
    with p.nested(), p.enclosed(closer):
        items = listing(p)
    last = p.token
    closes = CLOSING.get(last.text) if last.kind in ("char", "command", "right") else None
    if closes is None or (last.kind == "right") != (token.kind == "left"):
        wanted = ("\\right" if token.kind == "left" else "") + {"(": ")", "[": "]", "{": "\\}"}[opening]
        raise p.error("something is left over in this bracket" if last.kind != "stop" else "a bracket is not closed", wanted)
    p.take()
    if closes == opening:
        return items, opening
    if opening in "([" and closes in "([" and len(items) == 2 and not isinstance(items[0], Bar):
        return items, opening + (")" if closes == "(" else "]")
    raise p.error("a bracket is closed by one of another kind", {"(": ")", "[": "]", "{": "\\}"}[opening], last)


def group(p: Levels, items: tuple[Term, ...], bracket: str, token: Token) -> Term:
    """What a bracket is that holds no arguments: a group, a list, an interval."""
    if not items:
        if bracket == "{":
            return Name("emptyset")
        raise p.error("empty brackets", "a formula", token)
    if len(items) == 1 and bracket in ("(", "[", "{"):
        return Group(items[0], bracket)  # type: ignore[arg-type]
    return Tuple(items, bracket)


def delimited(p: Levels) -> Term:
    """Whatever begins with an opening sign: a bracket, bars, ``\\left.``, a matrix, cases."""
    token = p.token
    if token.kind == "begin":
        return _cases(p) if token.text in CASES else _matrix(p)
    if token.kind == "left" and token.text == ".":
        return _left_open(p)
    if token.text == "\\{" and token.kind == "left" and p.at(p.position + 1).kind == "begin" and p.text_at(p.position + 1) == "array":
        return _braced_array(p)
    if token.text in OPENING:
        items, bracket = arguments(p)
        if token.kind == "left" and bracket == "[" and p.text == "_" and len(items) == 1:
            return _between(p, Group(items[0], "["))
        if bracket == "[" and p.text == "_" and len(items) == 1:
            return _between(p, Group(items[0], "["))
        return group(p, items, bracket, token)
    if token.text == "\\langle":
        return _angle(p)
    if token.text in BARS:
        return _bars(p)
    raise p.error(f"\\left{token.text}" if token.kind == "left" else f"{token.text!r}", "a bracket or a bar")


def _angle(p: Levels) -> Term:
    token = p.take()
    with p.enclosed("right" if token.kind == "left" else "\\rangle"):
        items = listing(p)
    if p.token.text != "\\rangle" or (p.token.kind == "right") != (token.kind == "left"):
        raise p.unexpected("\\rangle")
    p.take()
    return Tuple(items, "<")


def _bars(p: Levels) -> Term:
    token = p.take()
    closer, kind = BARS[token.text]
    closers = {closer, "|" if kind == "abs" else closer, "\\|" if kind == "norm" else closer}
    with p.enclosed("right" if token.kind == "left" else closer):
        body = p.formula()
    last = p.token
    if last.text not in closers or (last.kind == "right") != (token.kind == "left") or last.kind not in ("char", "command", "right"):
        raise p.error("a bar is not closed" if last.kind == "stop" else "something is left over between these bars", closer)
    p.take()
    if kind == "abs" and p.vocabulary.is_matrix(body):
        kind = "det"
    elif kind == "abs" and isinstance(body, Name) and body in p.vocabulary.sets:
        kind = "card"
    return Bars(kind, body)  # type: ignore[arg-type]


# --- evaluated at


def starts_evaluation(p: Levels) -> bool:
    """Whether an evaluated-at bar is next: ``f(x)|_{x=0}``."""
    return p.text in ("|", "\\rvert", "\\mid") and p.text_at(p.position + 1) in ("_", "^") and p.enclosure != p.text


def evaluated(p: Levels, body: Term) -> Term:
    """``body`` evaluated at what stands at the bar that is next (or was just taken)."""
    if p.text in ("|", "\\rvert", "\\mid"):
        p.take()
    token = p.token
    below: Term | None = None
    above: Term | None = None
    while p.text in ("_", "^"):
        if p.take().text == "_":
            below = p.argument()
        else:
            above = p.argument()
    if below is None:
        raise p.error("an evaluated-at bar without a place", "_{x = ...}", token)
    place: Term
    found: Term
    if isinstance(below, Relation) and below.signs == ("=",):
        found, place = below.items
    else:
        found, place = _only_name(p, body, token), below
    if isinstance(above, Relation) and above.signs == ("=",) and above.items[0] == found:
        above = above.items[1]
    return At(body, found, place, above)


def _only_name(p: Levels, body: Term, token: Token) -> Name:
    names = free_names(body)
    if len(names) != 1:
        raise p.error("an evaluated-at bar that does not say which variable", "_{x = ...}", token)
    (name,) = names
    p.assume(Assumed.VARIABLE, name.text, token)
    return name


def _left_open(p: Levels) -> Term:
    p.take()
    with p.enclosed("right"):
        body = p.formula()
    last = p.token
    if last.kind != "right" or last.text not in ("|", "]", ")", "."):
        raise p.unexpected("\\right|")
    p.take()
    return evaluated(p, body) if p.text in ("_", "^") else Group(body)


def _between(p: Levels, bracket: Group) -> Term:
    """``[F(x)]_0^1`` is a difference; ``[Ax]_i`` and ``[Ax]_i^2`` are an entry and its square."""
    place = p.position + 1
    above = p.skip_group(place)
    if p.text_at(above) != "^":
        return bracket
    inside = [p.at(k) for k in range(place, above) if p.at(k).kind not in ("open", "close")]
    raised = [p.at(k) for k in range(above + 1, p.skip_group(above + 1)) if p.at(k).kind not in ("open", "close")]
    entry = all(t.kind == "letter" and t.text in "ijklmnrst" for t in inside) and all(t.kind in ("digit", "letter") for t in raised)
    if entry and (raised[:1] and (raised[0].kind == "digit" or raised[0].text == "T")):
        return bracket
    return evaluated(p, bracket.body)


# --- matrices and cases


def _rows(p: Levels, name: str) -> list[list[Term | None]]:
    rows: list[list[Term | None]] = [[]]
    while True:
        with p.enclosed("cell"):
            rows[-1].append(None if p.text == "&" or p.token.kind in ("newline", "end") else p.formula())
        while p.text in (",", ";", "."):
            p.take()
        if p.accept("&"):
            continue
        if p.token.kind == "newline":
            p.take()
            if p.at_kind("end"):
                break
            rows.append([])
        elif p.token.kind == "end":
            break
        else:
            raise p.unexpected("& or \\\\ or the end of the environment")
    p.expect_kind("end", f"the environment {name} is not closed", f"\\end{{{name}}}")
    return rows


def _matrix(p: Levels) -> Term:
    token = p.take()
    if token.text == "array" and p.token.kind == "open":
        p.position = p.partner[p.position] + 1
    rows = _rows(p, token.text)
    width = len(rows[0])
    if any(len(row) != width for row in rows):
        raise p.error("the rows of this matrix are of different lengths", f"{width} entries in each", token)
    entries: list[tuple[Term, ...]] = []
    for row in rows:
        entries.append(tuple(entry for entry in row if entry is not None))
        if len(entries[-1]) != width:
            raise p.error("a matrix with an empty entry", "an entry in each place", token)
    return Matrix(tuple(entries), MATRICES[token.text])  # type: ignore[arg-type]


def _braced_array(p: Levels) -> Term:
    p.take()
    p.take()
    if p.token.kind == "open":
        p.position = p.partner[p.position] + 1
    result = _case_rows(p, "array")
    if p.token.kind != "right" or p.token.text != ".":
        raise p.unexpected("\\right.")
    p.take()
    return result


def _cases(p: Levels) -> Term:
    return _case_rows(p, p.take().text)


def _case_rows(p: Levels, name: str) -> Term:
    rows: list[tuple[Term, Term | None]] = []
    while True:
        with p.enclosed("cell"):
            value = p.formula()
            while p.text in (",", ";"):
                p.take()
            condition = _condition(p) if p.accept("&") or p.token.kind == "text" else None
        while p.text in (",", ";", "."):
            p.take()
        rows.append((value, condition))
        if p.token.kind == "newline":
            p.take()
            if not p.at_kind("end"):
                continue
        p.expect_kind("end", "something is left over in this row of cases", f"\\\\ or \\end{{{name}}}")
        return Cases(tuple(rows))


def _condition(p: Levels) -> Term | None:
    token = p.token
    if token.kind == "text":
        words = token.text.strip(" ,.:").lower()
        if words in _OTHERWISE:
            p.take()
            return None
        if words in _CONDITION_WORDS:
            p.take()
    if p.token.kind in ("newline", "end"):
        return None
    conditions = [_in_words(p)]
    while p.text == "," and p.at(p.position + 1).kind not in ("newline", "end"):
        p.take()
        conditions.append(_in_words(p))
    return conditions[0] if len(conditions) == 1 else Logic("and", tuple(conditions))


def _in_words(p: Levels) -> Term:
    """One condition; its sign may be told in words: ``x \\text{ positive}``."""
    token = p.token
    condition = p.formula()
    match condition:
        case Mul(((_, subject), (_, Name(words, font="text")))) if (sign := SIGNED.get(words.strip().removeprefix("is").strip())) is not None:
            return Relation((subject, Num("0")), (sign,))
        case Mul(parts) if any(isinstance(part, Name) and part.font == "text" for _, part in parts):
            raise p.error("a case whose condition is words that are not understood", "a relation such as x > 0", token)
        case _:
            return condition


# --- roots, binomials, marks


def root(p: Levels) -> Term:
    p.take()
    degree: Term | None = None
    if p.accept("["):
        with p.nested(), p.enclosed("]"):
            degree = p.formula()
        p.expect("]", "the degree of a root is not closed")
    return Root(p.argument(), degree)


def binomial(p: Levels) -> Term:
    p.take()
    return Call(Name("binom"), (p.argument(), p.argument()))


def marked(p: Levels) -> Term | None:
    """A part with a mark that does not change its meaning, or None if none begins here."""
    text = p.text
    if text in ("\\underbrace", "\\overbrace"):
        p.take()
        body = p.argument()
        script = "_" if text == "\\underbrace" else "^"
        note = _note(p) if p.accept(script) else ""
        return Marked(text.removeprefix("\\"), body, note)
    if text in ("\\boxed", "\\fbox"):
        p.take()
        return Marked("box", p.argument())
    if text in CANCELS:
        p.take()
        return Marked("cancel", p.argument())
    if text == "\\textcolor":
        p.take()
        note = _note(p)
        return Marked("colour", p.argument(), note)
    if text in ("\\underset", "\\overset"):
        p.take()
        note = _note(p)
        return Marked("text", p.argument(), note)
    return None


def _note(p: Levels) -> str:
    """The words of a note: a text, or what else stands there as it was written."""
    start = p.position
    stop = p.skip_group(start)
    inner = [p.at(k) for k in (range(start + 1, stop - 1) if start in p.partner else range(start, stop))]
    p.position = stop
    if len(inner) == 1:
        return inner[0].text
    return "".join((" " if token.gap and k else "") + token.text for k, token in enumerate(inner))
