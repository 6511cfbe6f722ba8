"""The characters of mathematics: what each name, sign and operator of a ``Term`` looks like in Unicode.

Text, Typst and MathML all print Unicode, so they share these tables. Greek follows TeX: ``epsilon`` and ``phi`` are the lunate and the
stroked form, ``varepsilon`` and ``varphi`` the open ones. The mathematical alphabets are the block U+1D400 of the Unicode standard, with
the letters that were encoded earlier among the letterlike symbols (ℝ, ℒ, ℌ, ...).
"""

from __future__ import annotations

import re

from derivations.language.numbering import ROUND, SQUARE
from derivations.language.record import record

GREEK: dict[str, str] = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "varkappa": "ϰ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "omicron": "ο", "pi": "π", "varpi": "ϖ", "rho": "ρ", "varrho": "ϱ", "sigma": "σ", "varsigma": "ς", "tau": "τ", "upsilon": "υ",
    "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω",
}  # fmt: skip

LETTERS: dict[str, str] = {
    **GREEK,
    "ell": "ℓ", "hbar": "ℏ", "imath": "ı", "jmath": "ȷ", "wp": "℘", "aleph": "ℵ", "partial": "∂", "nabla": "∇", "emptyset": "∅",
    "varnothing": "∅", "Re": "ℜ", "Im": "ℑ", "top": "⊤", "bot": "⊥", "dagger": "†", "sharp": "♯", "flat": "♭",
}  # fmt: skip

CONSTANTS: dict[str, str] = {"pi": "π", "e": "e", "oo": "∞", "i": "i"}

RELATIONS: dict[str, str] = {
    "=": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "~~": "≈", "~": "∼", "prop": "∝", "in": "∈", "notin": "∉", "subset": "⊂",
    "subseteq": "⊆", "->": "→", "|->": "↦", "<=>": "⇔", "=>": "⇒", ":=": "≔", "equiv": "≡", "perp": "⟂", "mid": "∣", "<<": "≪", ">>": "≫",
    ":": ":",
}  # fmt: skip

PRODUCTS: dict[str, str] = {"cdot": "·", "times": "×", "odot": "⊙", "otimes": "⊗", "ast": "∗", "star": "⋆", "circ": "∘"}

SIGNS: dict[str, str] = {**RELATIONS, **PRODUCTS, "+": "+", "-": "−", "±": "±"}
"""Every sign that may open a line of a broken formula."""

DOTS: dict[str, str] = {"...": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱"}

BIG_SIGNS: dict[str, str] = {"sum": "∑", "prod": "∏", "union": "⋃", "intersection": "⋂"}
"""Big operators that are one sign; the others (``max``, ``argmin``, ``lim``) are words."""

BIG_WORDS: dict[str, str] = {"argmax": "arg max", "argmin": "arg min", "liminf": "lim inf", "limsup": "lim sup"}

FENCES: dict[str, tuple[str, str]] = {
    "abs": ("|", "|"), "norm": ("‖", "‖"), "floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉"), "det": ("|", "|"), "card": ("|", "|"),
}  # fmt: skip

BRACKETS: dict[str, tuple[str, str]] = {
    "(": ("(", ")"), "[": ("[", "]"), "{": ("{", "}"), "(]": ("(", "]"), "[)": ("[", ")"), "|": ("|", "|"), "<": ("⟨", "⟩"), "": ("", ""),
}  # fmt: skip


@record
class Accent:
    """``combining`` follows its letter in text; ``over`` is the character that MathML sets above, as wide as its base if ``stretchy``."""

    combining: str
    over: str
    stretchy: bool = False


ACCENTS: dict[str, Accent] = {
    "hat": Accent("\u0302", "^"),
    "tilde": Accent("\u0303", "~"),
    "bar": Accent("\u0304", "‾"),
    "vec": Accent("\u20d7", "→"),
    "dot": Accent("\u0307", "˙"),
    "ddot": Accent("\u0308", "¨"),
    "check": Accent("\u030c", "ˇ"),
    "widehat": Accent("\u0302", "^", True),
    "widetilde": Accent("\u0303", "~", True),
    "overline": Accent("\u0305", "‾", True),
}

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_BELOW = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_ABOVE = str.maketrans("0123456789+-=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
_SCRIPT = re.compile(r"([_^])(?:\{([^{}]+)\}|([A-Za-z0-9])(?![A-Za-z0-9]))")


def scripted(text: str) -> str:
    """A formula as text with subscripts and superscripts as characters, where there is one for each sign: ``k_{n+1}`` is kₙ₊₁."""

    def raised(found: re.Match[str]) -> str:
        inside, table = found[2] or found[3], _BELOW if found[1] == "_" else _ABOVE
        return inside.translate(table) if all(ord(char) in table for char in inside) else found[0]

    return _SCRIPT.sub(raised, text)


def superscript(text: str) -> str | None:
    """An integer in raised digits, or None for anything else: Unicode has no complete alphabet of superscripts."""
    return text.translate(_SUPERSCRIPT) if text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() else None


def subscript(text: str) -> str | None:
    """A natural number in lowered digits, or None."""
    return text.translate(_SUBSCRIPT) if text.isascii() and text.isdigit() else None


@record
class _Alphabet:
    """Where the capitals, small letters, digits and Greek letters of one alphabet begin (0: it has none), and its exceptions."""

    capitals: int
    smalls: int
    digits: int = 0
    greek_capitals: int = 0
    greek_smalls: int = 0
    exceptions: str = ""  # pairs: letter, its character

    def letter(self, char: str) -> str | None:
        earlier = dict(zip(self.exceptions[::2], self.exceptions[1::2], strict=True))
        if char in earlier:
            return earlier[char]
        for first, last, base in (
            ("A", "Z", self.capitals), ("a", "z", self.smalls), ("0", "9", self.digits), ("Α", "Ω", self.greek_capitals),
            ("α", "ω", self.greek_smalls),
        ):  # fmt: skip
            if base and first <= char <= last:
                return chr(base + ord(char) - ord(first))
        return None


_ALPHABETS: dict[str, _Alphabet] = {
    "bold": _Alphabet(0x1D400, 0x1D41A, 0x1D7CE, 0x1D6A8, 0x1D6C2, "∇𝛁∂𝛛ϵ𝛜ϑ𝛝ϰ𝛞ϕ𝛟ϱ𝛠ϖ𝛡"),
    "cal": _Alphabet(0x1D49C, 0x1D4B6, exceptions="BℬEℰFℱHℋIℐLℒMℳRℛeℯgℊoℴ"),
    "bb": _Alphabet(0x1D538, 0x1D552, 0x1D7D8, exceptions="CℂHℍNℕPℙQℚRℝZℤ"),
    "frak": _Alphabet(0x1D504, 0x1D51E, exceptions="CℭHℌIℑRℜZℨ"),
    "sf": _Alphabet(0x1D5A0, 0x1D5BA, 0x1D7E2),
    "tt": _Alphabet(0x1D670, 0x1D68A, 0x1D7F6),
}


def in_alphabet(text: str, font: str) -> str | None:
    """The text in the characters of a mathematical alphabet (``bold cal bb frak sf tt``), or None if Unicode lacks one of them.

    A font without an alphabet (italic, ``rm``, ``text``) leaves the text as it is.
    """
    alphabet = _ALPHABETS.get(font)
    if alphabet is None:
        return text
    letters = [alphabet.letter(char) for char in text]
    return None if None in letters else "".join(letter for letter in letters if letter is not None)


def is_capital_greek(char: str) -> bool:
    """Capital Greek letters are upright where Latin ones slant, as TeX has them."""
    return "Α" <= char <= "Ω"


def label_tokens(label: str) -> list[str]:
    """The numbers, words and signs of a name's label: ``l+1`` is ``["l", "+", "1"]``. A name that is numbered there, without its number, has a dot."""
    if label in (ROUND, SQUARE):
        return [PRODUCTS["cdot"]] if label == ROUND else ["[", PRODUCTS["cdot"], "]"]
    return re.findall(r"\d+|[^\W\d_]+|\S", label)
