"""Numbers and names: digits in groups, fonts, accents, words."""

from __future__ import annotations

from dataclasses import replace

from derivations.language.placement import FUNCTION_WORDS
from derivations.language.structure import transform
from derivations.language.term import Bars, Call, Const, Dots, Frac, Group, Index, Mul, Name, Num, Pow, Term, Transpose
from derivations.reading.levels import Levels
from derivations.reading.symbols import ACCENTS, CLOSING, DOTS, LETTER_FONTS, NAMED, OPENING, WORD_FONTS, is_letter
from derivations.reading.vocabulary import Assumed

_IN_WORDS = frozenset(("-", "'", ".", "/", "\\_", "\\&", "\\#", "\\%", "\\$", "\\{", "\\}"))
LONGEST_WORD = 40
_EDGES = frozenset(("", ",", ";", *OPENING, *CLOSING))


# --- numbers


def number(p: Levels) -> Term:
    """A decimal literal, its groups of three joined: ``200{,}704``, ``65,536``, ``2\\,360\\,832``, ``2 360 832``, ``2{.}360{.}832``.

    Points without braces group digits only where there are two of them, since no decimal has two.
    A comma groups digits only between operators: ``(100,200)`` and ``f(1,200)`` and ``x_{1,200}`` are lists.
    """
    start = p.position
    digits = _digits(p)
    if digits and len(digits) <= 3 and digits[0] != "0":
        separator = _separator(p)
        if separator == "," and _listed(p, start):
            separator = None
        grouped = [digits]
        while separator is not None and separator == _separator(p):
            p.position += separator in _MARKS
            grouped.append(_digits(p))
        digits = "".join(grouped)
        if separator == ",":
            p.assume(Assumed.THOUSANDS, p.written(start), p.at(start))
    point = p.token
    if p.text in ("{,}", "{.}") or (p.text == "." and p.at(p.position + 1).kind == "digit" and not p.at(p.position + 1).gap and not (digits and point.gap)):
        p.take()
        digits = f"{digits or '0'}.{_digits(p)}"
    token = p.token
    if token.kind == "letter" and token.text in "eE" and not token.gap and _is_exponent(p):
        raise p.error("a number in computer notation", f"{digits} \\cdot 10^{{...}}", p.at(start))
    if p.text == "\\%":
        p.take()
        return Frac(Num(digits), Num("100"), slash=True)
    return Num(digits)


_MARKS = (",", "{,}", "{.}", ".")


def _two_points(p: Levels, first: int) -> bool:
    """Whether the group of three digits at ``first`` has a point on both of its sides that stands before three digits: ``2.360.832``."""
    point_before = p.text_at(first - 1) == "." and p.text_at(first - 5) == "."
    group = [p.at(first + 4 + k) for k in range(3)]
    point_behind = p.text_at(first + 3) == "." and not p.at(first + 3).gap and all(t.kind == "digit" and not t.gap for t in group)
    return point_before or point_behind


def _digits(p: Levels) -> str:
    taken = [p.take().text] if p.token.kind == "digit" else []
    while p.token.kind == "digit" and not p.token.gap:
        taken.append(p.take().text)
    return "".join(taken)


def _num(p: Levels) -> Term:
    """``\\num{1024}`` of the package siunitx."""
    token = p.take()
    start, stop = p.position + 1, p.partner.get(p.position, 0)
    spelled = "".join(p.text_at(k) for k in range(start, stop)).replace("{,}", ",")
    whole, _, fraction = spelled.replace(",", ".").partition(".")
    if not stop or not whole.isdigit() or not (fraction.isdigit() or not fraction):
        raise p.error("\\num of something that is not a decimal number", "digits", token)
    p.position = stop + 1
    return Num(f"{whole}.{fraction}" if fraction else whole)


def _is_exponent(p: Levels) -> bool:
    following = p.at(p.position + 1)
    if following.text in ("+", "-"):
        following = p.at(p.position + 2)
    return following.kind == "digit" and not following.gap


def _separator(p: Levels) -> str | None:
    """What stands before another group of exactly three digits, or None."""
    token = p.token
    if token.kind == "digit":
        separator, first = token.gap, p.position
    elif token.kind == "char" and token.text in _MARKS and not token.gap:
        separator, first = token.text, p.position + 1
        if p.at(first).gap or (separator == "." and not _two_points(p, first)):
            return None
    else:
        return None
    group = [p.at(first + k) for k in range(4)]
    three = all(t.kind == "digit" for t in group[:3]) and not any(t.gap for t in group[1:3])
    return separator if separator and three and not (group[3].kind == "digit" and not group[3].gap) else None


def _listed(p: Levels, start: int) -> bool:
    """Whether a comma after the number that begins at ``start`` separates a list rather than groups of digits."""
    if p.enclosure == "_}":
        return True
    if p.enclosure == "":
        return False
    stop = p.position
    while p.at(stop).kind == "digit" or p.at(stop).text == ",":
        stop += 1
    before, after = p.at(start - 1), p.at(stop)
    return (before.text in _EDGES or before.kind == "left") and (after.text in _EDGES or after.kind == "right")


# --- names


def name(p: Levels) -> Term:
    """A letter, a declared word of letters, or words in text."""
    token = p.token
    if token.kind == "text":
        p.take()
        return word(token.text, "text")
    found = _word(p)
    if found is not None:
        return found
    p.take()
    if token.text in p.vocabulary.constants and token.text in "ei" and p.text != "_" and not p.vocabulary.is_declared(Name(token.text)):
        return Const(token.text)  # type: ignore[arg-type]
    return Name(token.text)


def _word(p: Levels) -> Name | None:
    """A name of several letters that stand close together: a declared one, or one that looks like a function's (``Sa[X]``, ``exp(x)``)."""
    stop = p.position + 1
    while p.at(stop).kind == "letter" and not p.at(stop).gap and stop - p.position <= LONGEST_WORD:
        stop += 1
    length = stop - p.position
    if length < 2:
        return None
    letters = "".join(p.text_at(k) for k in range(p.position, stop))
    for size in range(length, 1, -1):
        if letters[:size] in p.vocabulary.words:
            p.position += size
            return Name(letters[:size])
    before = p.at(p.position - 1)
    first = not (before.kind == "letter" and not p.token.gap)
    following = p.at(stop)
    bracket = following.text if following.kind in ("char", "command", "left") and following.text in OPENING else ""
    if not first or not bracket or not (letters in FUNCTION_WORDS or _looks_like_a_word(letters, bracket)):
        return None
    p.assume(Assumed.WORD, letters, p.token)
    p.position = stop
    return Name(letters)


def _looks_like_a_word(letters: str, bracket: str) -> bool:
    return letters[0].isupper() and letters[1:].islower() and (bracket == "[" or len(letters) > 2)


def word(text: str, font: str) -> Name:
    """The name that an upright word stands for: one of the known functions whatever its font, else a name in that font."""
    bare = text.replace(" ", "")
    return Name(bare) if bare in FUNCTION_WORDS and font in ("rm", "text") else Name(text, font=font)


def named(p: Levels) -> Term | None:
    """A name or a constant that is a command, with its argument: ``\\alpha``, ``\\hat x``, ``\\mathbb{E}``, ``\\operatorname{softmax}``, ``\\dots``."""
    text = p.text
    bare = text.removeprefix("\\")
    if text in ACCENTS:
        return _accented(p)
    if text == "\\num":
        return _num(p)
    if text in LETTER_FONTS:
        token = p.take()
        return _in_font(p, p.argument(), LETTER_FONTS[text], token.text)
    if text in WORD_FONTS:
        return _upright(p)
    if text in DOTS:
        p.take()
        return Dots(DOTS[text])  # type: ignore[arg-type]
    if text == "\\infty":
        p.take()
        return Const("oo")
    if bare in FUNCTION_WORDS and text.startswith("\\"):
        p.take()
        return Name(bare)
    if bare in NAMED and text.startswith("\\"):
        p.take()
        if bare == "pi" and "pi" in p.vocabulary.constants and p.text != "_" and not p.vocabulary.is_declared(Name("pi")):
            return Const("pi")
        return Name(bare)
    return None


def _accented(p: Levels) -> Term:
    token = p.take()
    accent = ACCENTS[token.text]

    def accented(base: Term) -> Term:
        match base:
            case Name():
                return replace(base, accent=(*base.accent, accent))
            case Const(which):
                return Name(which, accent=(accent,))
            case Index(inner, subscripts):
                return Index(accented(inner), subscripts)
            case _:
                raise p.error(f"{token.text} over something that is not a name", "one name", token)

    return accented(p.argument())


def _in_font(p: Levels, base: Term, font: str, command: str) -> Term:
    match base:
        case Name(font="" | "rm"):
            return replace(base, font=font)
        case Name(font=other) if other == font:  # \boldsymbol{\mathbf{x}}
            return base
        case Const(which):
            return Name(which, font=font)
        case Num("0"):  # of whatever shape: what it is added to, or equal to, has it
            return base
        case Num(digits):
            return Name(digits, font=font)
        case Index(inner, subscripts):
            return Index(_in_font(p, inner, font, command), subscripts)
        case Pow(inner, exponent):
            return Pow(_in_font(p, inner, font, command), exponent)
        case Transpose(inner, mark):
            return Transpose(_in_font(p, inner, font, command), mark)
        case Mul(parts) if not any(sign for sign, _ in parts):
            return Mul(tuple(("", _in_font(p, factor, font, command)) for _, factor in parts))
        case Mul() | Frac() | Group() | Call() | Bars():  # a whole factor: the letters in it that have no font of their own
            return transform(base, lambda node: replace(node, font=font) if isinstance(node, Name) and not node.font and is_letter(node.text) else node)
        case _:
            raise p.error(f"{command} of something that is not a name", "letters")


def _upright(p: Levels) -> Term:
    """A word in an upright font. ``\\mathrm{d}`` before a variable is looked at where integrals and derivatives are."""
    token = p.take()
    font = WORD_FONTS[token.text]
    if p.token.kind != "open":
        if token.text.startswith("\\operatorname") and p.text in LETTER_FONTS:
            return p.atom()
        inner = p.take()
        if inner.kind not in ("letter", "digit"):
            raise p.error(f"{token.text} without a word", "letters in braces", token)
        spelled = inner.text
    else:
        start = p.position + 1
        stop = p.partner[p.position]
        p.position = stop + 1
        pieces = [p.at(k) for k in range(start, stop)]
        if token.text.startswith("\\operatorname") and pieces and pieces[0].text in LETTER_FONTS:  # \operatorname*{\mathbb{E}}
            p.position = start - 1
            return p.argument()
        if len(pieces) == 1 and pieces[0].kind == "command" and pieces[0].text.removeprefix("\\") in NAMED | FUNCTION_WORDS:
            known = pieces[0].text.removeprefix("\\")
            return Name(known) if known in FUNCTION_WORDS else Name(known, font=font)
        if not pieces or not all(t.kind in ("letter", "digit") or t.text in _IN_WORDS for t in pieces):
            raise p.error(f"{token.text} of something that is not a word", "letters", token)
        spelled = "".join(t.text.removeprefix("\\") for t in pieces)
    if spelled == "d" and font == "rm" and (p.token.kind == "letter" or p.text.removeprefix("\\") in NAMED or p.text in ACCENTS):
        raise p.error("a differential outside an integral or a derivative", "the integral that it belongs to", token)
    if spelled == "e" and font == "rm" and "e" in p.vocabulary.constants and p.text != "_":
        return Const("e")
    if spelled == "i" and font == "rm" and "i" in p.vocabulary.constants:
        return Const("i")
    return word(spelled, font)
