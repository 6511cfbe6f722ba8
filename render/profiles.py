"""Notation profiles: the same mathematics in another course's letters, fonts and numbers, chosen when it is printed.

symbols = { beta = "gamma", m = '\\mathbf{v}' }   # a letter, a Greek name, or LaTeX of one symbol
fonts = { W = "cal" }                             # italic, bold, cal, bb, frak, upright, sf, tt
bold = ["vectors", "matrices"]                    # what is printed bold; entries such as x_i are not
log = "ln"                                        # how the natural logarithm is written: ln or log
decimal = ","                                     # . or ,
thousands = "thin"                                # thin, comma, point or none
first_index = 0                                   # for the kinds of problems that can say so

A profile is refused where two symbols of one problem would print alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Struct

from derivations.authored.kinds import AnyKind
from derivations.language.context import ONE, Array, Context
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.structure import children, subterms, with_children
from derivations.language.term import Big, Call, Const, Index, Name, Term
from derivations.parameters import nearest
from derivations.problem import Problem
from derivations.reading.files import table_of, text_of_file
from render.document import Block, formulas, rewritten
from render.messages import Messages
from render.notation.style import Style
from render.notation.symbols import LETTERS
from render.tables import about, accepts, typed

_FONTS = {"italic": "", "bold": "bold", "cal": "cal", "bb": "bb", "frak": "frak", "upright": "rm", "sf": "sf", "tt": "tt"}
_ENGLISH_WORDS = ("a", "A", "I")  # one letter long; in words they may not be symbols


class NotationFields(Struct, forbid_unknown_fields=True):
    symbols: Annotated[dict[str, str], accepts('pairs such as { beta = "gamma" }'), about("a letter, a Greek name, or LaTeX of one symbol")] = {}
    fonts: Annotated[dict[str, str], accepts('pairs such as { beta = "bold" }'), about(", ".join(_FONTS), additionalProperties={"enum": [*_FONTS]})] = {}
    bold: Annotated[
        list[Literal["vectors", "matrices"]], accepts("a list of 'vectors' and 'matrices', or empty"), about("what is printed bold")
    ] = []  # fmt: skip
    log: Annotated[Literal["ln", "log"] | None, accepts("one of 'ln', 'log'"), about("how the natural logarithm is written")] = None
    decimal: Annotated[Literal[".", ","] | None, accepts("one of '.', ','"), about("the decimal mark")] = None
    thousands: Annotated[
        Literal["thin", "comma", "point", "none"], accepts("one of 'thin', 'comma', 'point', 'none'"), about("between groups of three digits")
    ] = "thin"  # fmt: skip
    first_index: Annotated[Literal[0, 1] | None, accepts("0 or 1"), about("for the kinds of problems that can say so")] = None


@record
class Profile:
    """``symbols`` and ``fonts`` go by the bare name of a symbol. None leaves what the problem or the language has."""

    symbols: tuple[tuple[str, Name], ...] = ()
    fonts: tuple[tuple[str, str], ...] = ()
    bold: frozenset[str] = frozenset()
    log: Literal["ln", "log"] | None = None
    decimal: str | None = None
    thousands: Literal["thin", "comma", "point", "none"] = "thin"
    first_index: int | None = None

    def style(self, messages: Messages) -> Style:
        """How numbers and cases are written."""
        decimal = self.decimal or messages.decimal
        plain = Style(decimal, when=messages.when, otherwise=messages.otherwise)
        match self.thousands:
            case "none":
                return replace(plain, group_from=0)
            case kept:
                return replace(plain, thousands=kept)

    def values(self, kind: AnyKind, values: Mapping[str, object]) -> Mapping[str, object]:
        """A kind's parameters with the part of the notation that changes what is claimed, where the kind has a parameter for it."""
        if self.first_index is None or "first_index" not in {parameter.name for parameter in kind.parameters}:
            return values
        return {**values, "first_index": self.first_index}

    def of(self, problem: Problem) -> Notation:
        """This profile for one problem."""
        contexts = (section.theorem.context for section in problem.sections if self.bold)
        arrays = ((symbol, vector) for context in contexts for symbol, vector in _arrays(context))
        bold = frozenset(symbol for symbol, vector in arrays if ("vectors" if vector else "matrices") in self.bold)
        return Notation(self, problem.kind, "first_index" in problem.parameters, bold)


PLAIN_PROFILE = Profile()


def load(path: Path) -> Mapping[str, Any]:
    """The fields of a profile in a file of its own. Raises DeriveError if it cannot be read or is not TOML."""
    named = f"the profile {str(path)!r}"
    return table_of(text_of_file(path, named), named)


def profile(table: Mapping[str, Any], where: str) -> Profile:
    """A profile from its fields. ``where`` names them in messages.

    Raises:
        DeriveError: an unknown field, or a value that is not accepted.
    """
    said = typed(NotationFields, table, where, "a notation")
    symbols = tuple((bare, _symbol(bare, new, where)) for old, new in said.symbols.items() for bare in [_bare(old)])
    fonts = tuple((bare, _font(bare, new, where)) for old, new in said.fonts.items() for bare in [_bare(old)])
    return Profile(symbols, fonts, frozenset(said.bold), said.log, said.decimal, said.thousands, said.first_index)


def checked(profile: Profile, messages: Messages, where: str) -> Profile:
    """The profile, if its decimal mark can be told from its mark of thousands. Raises DeriveError otherwise."""
    mark = {"comma": ",", "point": "."}.get(profile.thousands)
    if mark == (profile.decimal or messages.decimal):
        raise DeriveError(f"{where}: the decimal mark and the mark of thousands would both print as {mark!r}; change decimal or thousands")
    return profile


_GREEK = {char: name for name, char in LETTERS.items() if len(char) == 1}


def _bare(text: str) -> str:
    """``β`` and ``\\beta`` as ``beta``."""
    return _GREEK.get(text, text.removeprefix("\\"))


def _symbol(old: str, written: str, where: str) -> Name:
    if re.fullmatch(r"[^\W\d_]+", written):
        return Name(_bare(written))
    from derivations.reading.expression import ReadError, read

    try:
        term = read(written).term
    except ReadError as error:
        raise DeriveError(f"{where}: symbols.{old} = {written!r} cannot be read: {error}") from None
    if not isinstance(term, Name):
        raise DeriveError(f"{where}: symbols.{old} = {written!r} is not accepted; it must be one symbol: a letter, a Greek name or LaTeX of a symbol")
    return term


def _font(old: str, font: str, where: str) -> str:
    if font not in _FONTS:
        raise DeriveError(f"{where}: fonts.{old} = {font!r} is not accepted{nearest(font, _FONTS)}; it must be one of {', '.join(_FONTS)}")
    return _FONTS[font]


@dataclass(frozen=True)
class Notation:
    """A profile for one problem of this ``kind``: ``bold`` are its vectors and matrices, ``movable`` whether its first index is a parameter.

    It does not hold the problem, because it is given to writers of editions that show no solution.
    """

    profile: Profile
    kind: str
    movable: bool
    bold: frozenset[Name | Index]

    @cached_property
    def changes_nothing(self) -> bool:
        return not (self.profile.symbols or self.profile.fonts or self.profile.bold or self.profile.log or self.profile.first_index is not None)

    def blocks(self, blocks: tuple[Block, ...], where: str) -> tuple[Block, ...]:
        """Blocks of this problem in this notation.

        Raises:
            DeriveError: two symbols in these blocks would print alike, or the profile wants what this problem's claims do not have.
        """
        if self.changes_nothing:
            return blocks
        self._check(tuple(formulas(blocks)), where)
        return rewritten(blocks, self.term, self.words)

    def term(self, term: Term) -> Term:
        """The term as it is to be printed."""
        match term:
            case Name():
                return self._named(term)
            case Index(Name() as base, subscripts):
                shown = self._renamed(base)  # an entry of a vector is a number: not bold, unless this is the name of the whole
                shown = _bold(shown) if term in self.bold else shown
                return Index(shown, tuple(map(self.term, subscripts)))
            case Call(Name("ln" | "log", (), "" | "rm", 0, "") as function, arguments, bracket) if self.profile.log:
                return Call(replace(function, text=self.profile.log), tuple(map(self.term, arguments)), bracket)
            case _:
                return with_children(term, tuple(map(self.term, children(term))))

    def words(self, text: str) -> str:
        """Words in which single letters that stand alone are symbols. They get the letter and not its font."""
        for old, _ in self.profile.symbols:
            char = LETTERS.get(old, old)
            if char in _ENGLISH_WORDS or not (len(char) == 1 or char.isupper()):
                continue
            text = re.sub(rf"(?<![\w'’\\])(?<!\d-){re.escape(char)}(?![^\W_])", f"\0{old}\0", text)
        for old, new in self.profile.symbols:
            text = text.replace(f"\0{old}\0", LETTERS.get(new.text, new.text))
        return text

    def _renamed(self, name: Name) -> Name:
        """The name with its new letter and font; accents, primes and label stay."""
        if name.font == "text":
            return name
        new = dict(self.profile.symbols).get(name.text)
        font = dict(self.profile.fonts).get(name.text)
        if new is not None:
            name = replace(name, text=new.text, font=new.font or name.font, accent=(*new.accent, *name.accent))
        return name if font is None else replace(name, font=font)

    def _named(self, name: Name) -> Name:
        return _bold(self._renamed(name)) if name in self.bold else self._renamed(name)

    def _check(self, terms: tuple[Term, ...], where: str) -> None:
        from render.notation.latex import latex
        from render.notation.text import text

        nodes = dict.fromkeys(node for term in terms for _, node in subterms(term))
        printed: dict[str, Term] = {}
        for old, new in filter(None, map(self._symbol, nodes)):
            other = printed.setdefault(latex(new), old)
            if other != old and latex(other) != latex(old):
                raise DeriveError(
                    f"{where}: {text(other)} and {text(old)} would both print as {text(new)}; give one of them another symbol or font in the notation"
                )
        if self.profile.first_index == 0 and not self.movable and any(isinstance(node, Index | Big) for node in nodes):
            raise DeriveError(
                f"{where}: first_index = 0 is not available: what {self.kind} claims is proved for indices as they stand, and it has no "
                "parameter that moves them; leave first_index out"
            )

    def _symbol(self, node: Term) -> tuple[Term, Term] | None:
        """A symbol and how it will be printed, or None for what is not one symbol."""
        match node:
            case Name() | Const():
                return node, self.term(node)
            case Call(Name() as function):
                shown = self.term(node)
                return (function, shown.function) if isinstance(shown, Call) else None
            case _:
                return None


def _arrays(context: Context) -> Iterator[tuple[Name | Index, bool]]:
    """The symbols that stand for arrays, declared or defined, and whether each is a vector."""
    from derivations.rules.shapes import shape

    for symbol, kind in context.kinds:
        if isinstance(kind, Array):
            yield symbol, kind.is_vector
    for definition in context.definitions:
        if isinstance(definition.lhs, Name):
            try:
                found = shape(definition.lhs, context)
            except DeriveError:  # a size that nobody needs to know is not settled
                continue
            if found is not None:
                yield definition.lhs, found[1] == ONE


def _bold(name: Name) -> Name:
    return replace(name, font="bold") if not name.font else name
