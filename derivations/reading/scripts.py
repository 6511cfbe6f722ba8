"""What is written at a name or behind it: primes, subscripts, superscripts, brackets with arguments, the argument of ``ln x``."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from derivations.language.numbering import ROUND, SQUARE
from derivations.language.placement import FUNCTION_WORDS, is_simple, splits_as_subscripts
from derivations.language.term import Add, Bars, Call, Const, Group, Index, Mul, Name, Num, Pow, Term, Transpose, Tuple
from derivations.reading import enclosures
from derivations.reading.levels import Levels
from derivations.reading.names import word
from derivations.reading.symbols import ACCENTS, CLOSING, LETTER_FONTS, NAMED, OPENING, WORD_FONTS
from derivations.reading.vocabulary import Assumed, head_name, is_bold_operator, is_evidence, looks_applied, plain, with_font

Mark: TypeAlias = Literal["T", "top"]
_TRANSPOSES = frozenset(("\\top", "\\intercal", "\\mathsf", "\\mathrm", "\\mathtt", "\\text"))
_LABELS = {"*": "*", "\\ast": "*", "\\star": "*", "+": "+", "-": "-", "\\dagger": "dagger", "\\dag": "dagger"}
DIVERGENCES = frozenset(("KL", "JS", "TV"))
EXPECTATIONS = frozenset((Name("E", font="bb"), Name("V", font="bb")))
MINUS_ONE = Add((("-", Num("1")),))
LANDAU = frozenset((Name("O"), Name("o"), Name("O", font="cal"), Name("o", font="cal")))
"""Letters before a bracket that stand for something of this order, and for no number."""
_CONVOLUTIONS = frozenset(("ast", "star", "circ"))


def scripted(p: Levels, base: Term, start: int | None = None, apply: bool = True) -> Term:
    """``base`` with the scripts, factorials and arguments that follow it. ``apply``: whether a bracket may hold its arguments."""
    begin = p.position - 1 if start is None else start
    p.base_start = begin
    node = base
    while True:
        before = p.position
        if p.text in ("_", "^", "'", "\\prime"):
            node = _with_scripts(p, node)
        elif p.text == "!":
            p.take()
            node = Call(Name("factorial"), (node,), "")
        elif apply:
            node = _applied(p, node, begin)
        if p.position == before or p.pending is not None:
            return node


def _with_scripts(p: Levels, base: Term) -> Term:
    subscripts: tuple[Term, ...] | None = None
    raised: list[tuple[str, object]] = []
    raised_first = False
    while True:
        token = p.token
        if p.text in ("'", "\\prime"):
            p.take()
            base = _primed(p, base, 1, token.start)
        elif p.text == "_" and subscripts is None:
            p.take()
            raised_first = bool(raised)
            subscripts = _subscripts(p, base)
        elif p.text == "^" and not raised:
            p.take()
            raised = _superscripts(p, base, subscripts)
        elif p.text in ("_", "^"):
            raise p.error(f"a second {'sub' if p.text == '_' else 'super'}script at one name", "braces around the first")
        else:
            break
    for kind, value in raised:
        if kind == "label":
            base = replace(base, label=str(value)) if isinstance(base, Name) else base
        elif kind == "prime":
            base = _primed(p, base, int(str(value)), p.token.start)
    node = base
    powers = [(kind, value) for kind, value in raised if kind in ("power", "transpose")]
    if raised_first and powers and powers[0][0] == "transpose":  # A^T_{ij} is an entry of the transpose
        node = Transpose(node, powers.pop(0)[1])  # type: ignore[arg-type]
    if subscripts is not None:
        node = _indexed(node, subscripts)
    for kind, value in powers:
        node = Transpose(node, value) if kind == "transpose" else Pow(node, value)  # type: ignore[arg-type]
    return node


def _indexed(node: Term, subscripts: tuple[Term, ...]) -> Term:
    if isinstance(node, Bars) and node.kind in ("norm", "abs") and node.subscript is None and len(subscripts) == 1:
        return replace(node, subscript=subscripts[0])
    if isinstance(node, Const) and node.which in ("e", "i", "pi"):
        node = Name(node.which)
    return Index(node, subscripts)


def _primed(p: Levels, base: Term, count: int, offset: int) -> Term:
    match base:
        case Name():
            return replace(base, primes=base.primes + count)
        case Index(inner, subscripts):
            return Index(_primed(p, inner, count, offset), subscripts)
        case Pow(inner, exponent):
            return Pow(_primed(p, inner, count, offset), exponent)
        case Const(which):
            return Name(which, primes=count)
        case _:
            raise p.error("a prime at something that is not a name", "a name before the prime")


# --- subscripts


_SIGNS: Final = {">": "+", "\\ge": "0+", "\\geq": "0+", "\\geqslant": "0+", "\\ne": "*", "\\neq": "*"}
"""What stands below the R of the positive, the nonnegative and the nonzero numbers, with the subscript that it is read as."""


def _subscripts(p: Levels, base: Term) -> tuple[Term, ...]:
    token = p.token
    if token.kind == "open":
        p.take()
        if p.text in _LABELS and p.at(p.position + 1).kind == "close":
            items: tuple[Term, ...] = (Name(_LABELS[p.take().text]),)
        elif isinstance(base, Name) and base.font == "bb" and p.text in _SIGNS and p.at(p.position + 1).text == "0":
            items = (Name(_SIGNS[p.take().text]),)  # R_{>0}
            p.take()
        else:
            with p.nested(), p.enclosed("_}"):
                items = enclosures.listing(p)
        p.expect_kind("close", "something is left over in this subscript", "}")
        if not items:
            raise p.error("an empty subscript", "a subscript", token)
    elif p.text in _LABELS:
        p.take()
        items = (Name(_LABELS[token.text]),)
    else:
        items = (_single(p),)
    return items if isinstance(base, Bars) else _split(p, base, tuple(_letter(item) for item in items))


def _letter(item: Term) -> Term:
    """In a subscript e, i and pi are letters."""
    if isinstance(item, Const) and item.which != "oo":
        return Name(item.which)
    if isinstance(item, Mul):
        return Mul(tuple((sign, _letter(factor) if isinstance(factor, Const) else factor) for sign, factor in item.parts))
    return item


def _split(p: Levels, base: Term, items: tuple[Term, ...]) -> tuple[Term, ...]:
    """``x_{ij}`` has two subscripts, unless x is declared to have one."""
    if len(items) != 1:
        return items
    (item,) = items
    name = plain(base)
    arity = p.vocabulary.arities.get(name) if isinstance(name, Name) else None
    if arity == 2 and isinstance(item, Num) and len(item.digits) == 2:
        return (Num(item.digits[0]), Num(item.digits[1]))
    kronecker = name == Name("delta") and isinstance(item, Mul) and len(item.parts) == 2
    if isinstance(item, Mul) and not any(sign for sign, _ in item.parts) and (arity != 1 or kronecker):
        factors = tuple(factor for _, factor in item.parts)
        spelled = "".join(f.text for f in factors if isinstance(f, Name))
        if spelled in DIVERGENCES and len(factors) == len(spelled):
            return (word(spelled, "rm"),)
        if arity is None and len(factors) == len(spelled) > 2 and _is_word_below(spelled):
            p.assume(Assumed.WORD, p.written(p.position - 1 - len(factors), p.position - 1), p.at(p.position - 1 - len(factors)))
            return (word(spelled, "rm"),)
        if splits_as_subscripts(item) or arity == len(factors) or kronecker:
            if arity is None:
                p.assume(Assumed.SUBSCRIPTS, p.written(p.position - 1 - len(factors), p.position - 1), p.at(p.position - 1 - len(factors)))
            return tuple(factor.body if isinstance(factor, Group) else factor for factor in factors)
    return items


_NUMBERING: Final = frozenset("ijklmnpqrst")


def _is_word_below(letters: str) -> bool:
    """Whether plain letters below a name are a word (``E_{out}``), and no subscripts: those number things by custom, or follow each other (``abc``)."""
    following = all(ord(b) - ord(a) == 1 for a, b in pairwise(letters))
    return letters.islower() and not following and not set(letters) <= _NUMBERING


def _single(p: Levels) -> Term:
    """An argument without braces: one token, as TeX takes it."""
    token = p.token
    if token.kind == "digit":
        p.take()
        if p.token.kind == "digit" and not p.token.gap:
            raise p.error("several digits after a script sign without braces", "braces around them")
        return Num(token.text)
    with p.nested():
        return p.argument()


# --- superscripts


def _superscripts(p: Levels, base: Term, subscripts: tuple[Term, ...] | None) -> list[tuple[str, object]]:
    """What stands after ``^``: primes, a label, a transpose, a power; ``{(2)T}`` is a label and a transpose."""
    token = p.token
    if token.kind != "open":
        mark = _transpose(p, p.position, p.position + 1, base, subscripts)
        if mark is not None:
            p.take()
            return [("transpose", mark)]
        if p.text in _LABELS:
            return [("label", _LABELS[p.take().text])] if _labelled(p, base) else []
        if p.text in ("\\prime", "'"):
            p.take()
            return [("prime", 1)]
        if _is_numbered_above(p, base) and token.kind in ("letter", "digit"):
            return [("label", p.take().text)]
        return [("power", _single(p))]
    start, stop = p.position + 1, p.partner[p.position]
    texts = [p.text_at(k) for k in range(start, stop)]
    if texts and all(text in ("\\prime", "'") for text in texts):
        p.position = stop + 1
        return [("prime", len(texts))]
    if len(texts) == 1 and texts[0] in _LABELS and _labelled(p, base):
        p.position = stop + 1
        return [("label", _LABELS[texts[0]])]
    if isinstance(base, Name) and not base.label and (above := _word_above(p, start, stop)):
        p.position = stop + 1
        return [("label", above)]
    label_end = _label_end(p, start, stop)
    if label_end is not None and isinstance(base, Name) and not base.label:
        rest = _transpose(p, label_end, stop, base, subscripts) if label_end < stop else None
        if rest is not None or label_end == stop:
            label = _label_text(p, start, label_end)
            p.position = stop + 1
            return [("label", label), *([("transpose", rest)] if rest else [])]
    mark = _transpose(p, start, stop, base, subscripts)
    if mark is not None:
        p.position = stop + 1
        return [("transpose", mark)]
    if _is_numbered_above(p, base) and texts and all(p.at(k).kind in ("letter", "digit") or p.text_at(k) in ("+", "-") for k in range(start, stop)):
        p.position = stop + 1
        return [("label", "".join(texts))]
    if len(texts) > 1 and texts[0] == "-" and (mark := _transpose(p, start + 1, stop, base, subscripts)) is not None:
        p.position = stop + 1
        return [("power", MINUS_ONE), ("transpose", mark)]
    with p.nested():
        return [("power", p.argument())]


def _word_above(p: Levels, start: int, stop: int) -> str:
    """An upright word as a superscript, which says which one it is: ``k^{\\mathrm{eff}}``, ``\\theta^{\\text{new}}``; nothing for any other."""
    first = p.at(start)
    if first.kind == "text":
        spelled = first.text.strip() if stop == start + 1 else ""
    elif WORD_FONTS.get(first.text) and p.at(start + 1).kind == "open" and p.partner[start + 1] == stop - 1:
        letters = [p.at(k) for k in range(start + 2, stop - 1)]
        spelled = "".join(t.text for t in letters) if all(t.kind == "letter" for t in letters) else ""
    else:
        return ""
    return spelled if len(spelled) > 1 and spelled.isalpha() else ""


def _is_numbered_above(p: Levels, base: Term) -> bool:
    return isinstance(base, Name) and not base.label and base.text in p.vocabulary.above


def _labelled(p: Levels, base: Term) -> bool:
    if not isinstance(base, Name):
        raise p.error("a star or a sign as the superscript of something that is not a name", "a name before it")
    return True


def _label_end(p: Levels, start: int, stop: int) -> int | None:
    """Where a bracket that opens the superscript closes, or None."""
    if p.text_at(start) not in ("(", "[") or start >= stop:
        return None
    depth = 0
    for place in range(start, stop):
        text = p.text_at(place)
        depth += (text in OPENING) - (text in (")", "]", "\\}"))
        if depth == 0:
            return place + 1 if OPENING[p.text_at(start)] == CLOSING[text] else None
    return None


def _label_text(p: Levels, start: int, stop: int) -> str:
    opening = p.text_at(start)
    inner = range(start + 1, stop - 1)
    text = "".join(p.text_at(k).removeprefix("\\") if len(p.text_at(k)) > 1 else p.text_at(k) for k in inner)
    if text in ("", "cdot"):  # of a name that is numbered above, without a number
        return ROUND if opening == "(" else SQUARE
    return f"[{text}]" if opening == "[" else text


def _transpose(p: Levels, start: int, stop: int, base: Term, subscripts: tuple[Term, ...] | None) -> Mark | None:
    """The mark of a transpose if the tokens from ``start`` to ``stop`` are one."""
    tokens = [p.at(k) for k in range(start, stop) if p.at(k).kind not in ("open", "close")]
    if len(tokens) == 1 and tokens[0].text in ("\\top", "\\intercal"):
        return "top"
    if len(tokens) == 2 and tokens[0].text in _TRANSPOSES and tokens[1].text in ("T", "\\top"):
        return "top"
    if len(tokens) != 1 or tokens[0].text != "T":
        return None
    if tokens[0].kind == "text":
        return "top"
    return "T" if _is_transpose(p, base, subscripts) else None


def _is_transpose(p: Levels, base: Term, subscripts: tuple[Term, ...] | None) -> bool:
    """An exponent T is a transpose unless T is a number: declared so, or used elsewhere in the formula; a declared matrix is always transposed."""
    indexed = base if subscripts is None else Index(base, subscripts)
    if isinstance(base, Tuple) or (isinstance(base, Name) and base.font == "bold" and base.text == "1"):
        return True  # a list has no powers, and neither has a vector of ones
    if "T" in p.vocabulary.counted and _is_number(p, base):
        return False
    if p.vocabulary.is_matrix(base) or p.vocabulary.is_matrix(indexed):
        return True
    if p.vocabulary.transpose is not None:
        return p.vocabulary.transpose
    if isinstance(base, Num) and base.digits not in ("0", "1"):
        return False
    if plain(base) in p.vocabulary.scalars and not isinstance(base, Group):
        return False
    if p.vocabulary.is_declared(Name("T")) and not p.vocabulary.is_function(Name("T")):  # a function T(y) is no exponent
        return False
    power = p.counts_with_t
    before = p.position - 1 - (p.token.kind == "open")
    p.assume(Assumed.POWER if power else Assumed.TRANSPOSE, p.written(p.base_start, before + (p.text_at(before) != "^")), p.token)
    return not power


def _is_number(p: Levels, base: Term) -> bool:
    """Whether a base is a number by what it is added to: ``(1 - a)``, beta where ``1 - \\beta`` stands somewhere."""
    match base:
        case Group(Add(parts)):
            return any(isinstance(part, Num) for _, part in parts)
        case Name(text, (), ""):
            return text in p.vocabulary.counted
        case _:
            return False


# --- application


def _opens_bracket(p: Levels) -> str:
    token = p.token
    return OPENING.get(token.text, "") if token.kind in ("char", "command", "left") else ""


def _applied(p: Levels, head: Term, start: int) -> Term:
    """The head applied to what follows: in brackets, or without them after a function word."""
    bracket = _opens_bracket(p)
    match head:
        case Name() | Index(Name(), _) | Pow(Name() | Index(Name(), _), _):
            known = p.vocabulary.is_function(head)
            if known is None and isinstance(head, Pow) and head.exponent != MINUS_ONE:
                if bracket and looks_applied(head, (), bracket):
                    p.assume(Assumed.PRODUCT, p.written(start), p.at(start))
                return head
        case Const("pi") if bracket:
            known = None
        case Group(Mul(parts) | Add(parts), "(") if bracket and all(isinstance(f, Name) for _, f in parts):
            kinds = [p.vocabulary.is_function(f) for _, f in parts]
            known = all(kinds) or (any(sign in _CONVOLUTIONS for sign, _ in parts) and False not in kinds)
        case _:
            return head
    if not bracket:
        if known is not False and head_name(head) in EXPECTATIONS and p.starts_factor():
            p.assume(Assumed.FUNCTION, p.written(start), p.at(start))
            return _without_brackets(p, head, start)
        return _without_brackets(p, head, start) if known and _is_word(head) else head
    constant = isinstance(head, Const)
    function: Term = Name("pi") if constant else head
    name = head_name(function)
    token, stop = p.at(start), p.position
    declared = known is not None
    if not declared and name in p.forced:
        known = p.forced[name]
        if not known:
            p.assume(Assumed.PRODUCT, p.written(start, stop), token)
    if known is False:
        return head
    if known is None and plain(head) in LANDAU and bracket == "(":
        raise p.error("an order of magnitude (Landau's O)", "what it stands for, or a declaration of the name", token)
    arguments, written = enclosures.arguments(p)
    if known is None and isinstance(name, Name) and is_bold_operator(name, arguments, written):
        head = with_font(head, "bb")
        function, name = head, head_name(head)
    if known or is_evidence(head, arguments, written) or ((not constant or _begins_product(p, start)) and looks_applied(head, arguments, written)):
        if not declared:
            p.calls[name] = p.calls.get(name, False) or is_evidence(head, arguments, written)
            if name not in EXPECTATIONS:
                p.assume(Assumed.FUNCTION, p.written(start, stop), token)  # \mathbb{E}[...] is in no doubt
        if written not in ("(", "[", "{"):
            raise p.error("brackets of two kinds around an argument", "a matching bracket", token)
        return Call(function, arguments, written)  # type: ignore[arg-type]
    p.products.add(name)
    p.assume(Assumed.PRODUCT, p.written(start, stop), token)
    p.pending = enclosures.group(p, arguments, written, token)
    return head


def _begins_product(p: Levels, place: int) -> bool:
    """Whether no factor is juxtaposed before the token at ``place``: ``\\pi(j)`` alone is a policy or a permutation, ``2\\pi(r)`` a product."""
    before = p.at(place - 1)
    return before.kind not in ("digit", "letter", "close", "right") and before.text not in (*CLOSING, "|", "\\|", "'") and before.text[1:] not in NAMED


def _is_word(head: Term) -> bool:
    name = head_name(head)
    return isinstance(name, Name) and not name.font and name.text in FUNCTION_WORDS


def _without_brackets(p: Levels, head: Term, start: int) -> Term:
    """``ln x``: see ``derivations.language.brackets.takes_without_brackets`` for how far the argument reaches."""
    if not p.starts_factor() or p.pending is not None:
        return head
    token = p.token
    if token.kind == "open":
        with p.nested():
            inside = p.argument()
        match inside:
            case Group(body, bracket):
                return Call(head, (body,), bracket)
            case Tuple(items, "(" | "[" | "{" as bracket):
                return Call(head, items, bracket)
            case _:
                return Call(head, (inside,), "")
    factors = [p.factor()]
    if p.vocabulary.narrow:
        pass
    elif is_simple(factors[0]) and not isinstance(factors[0], Call):
        while p.pending is None and _continues(p):
            factors.append(p.factor())
    elif head in LOGARITHMS:
        while p.pending is None and _exponential(p):  # of a density: nobody takes the logarithm of its factor alone
            factors.append(p.factor())
    if len(factors) > 1:
        p.assume(Assumed.ARGUMENT, p.written(start), p.at(start))
    return Call(head, (factors[0] if len(factors) == 1 else Mul(tuple(("", f) for f in factors)),), "")


LOGARITHMS: Final = frozenset((Name("log"), Name("ln")))


def _exponential(p: Levels) -> bool:
    """Whether the next factor is an exponential: ``\\log \\frac{1}{\\sqrt{2\\pi}} e^{-x^2/2}``."""
    return p.text == "\\exp" or (p.token.text == "e" and p.text_at(p.position + 1) == "^")


def _continues(p: Levels) -> bool:
    """Whether the next factor belongs to the argument of a function without brackets."""
    if not p.starts_factor():
        return False
    token, text = p.token, p.text
    if token.gap == "\\," and p.differential_ahead():
        return False  # "du = cos x \\, dx"
    if token.kind == "letter":
        return not p.derivative_ahead()
    named = text.startswith("\\") and text[1:] in NAMED
    return token.kind == "digit" or named or text in ACCENTS or text in LETTER_FONTS or text in ("\\sqrt", "\\infty")
