"""The tables of LaTeX mathematics, used by the reader and (turned round) by the printer, so that the two cannot drift apart."""

from __future__ import annotations

from typing import Final

from derivations.language.placement import FUNCTION_WORDS, LOGLIKE
from derivations.language.term import Bracket, ProductSign


def _listed(words: str) -> list[str]:
    return words.split()


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


GREEK: Final = _set("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega "
    "varepsilon vartheta varpi varrho varsigma varphi varkappa Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega")
SYMBOLS: Final = _set("ell hbar imath jmath emptyset varnothing aleph Re Im top bot dagger")
"""Other commands that stand for themselves as names."""

NAMED: Final = GREEK | SYMBOLS


def is_letter(text: str) -> bool:
    """Whether a name is one letter, Latin or Greek, and no word."""
    return len(text) == 1 or text in GREEK


MACRO_OF: Final = {name: f"\\{name}" for name in NAMED | LOGLIKE}

_GREEK_LETTERS = _listed(
    "α alpha β beta γ gamma δ delta ε varepsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu ν nu ξ xi π pi ρ rho σ sigma τ tau "
    "υ upsilon φ varphi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma Φ Phi Ψ Psi Ω Omega"
)
UNICODE: Final = {
    **{letter: f"\\{name}" for letter, name in zip(_GREEK_LETTERS[::2], _GREEK_LETTERS[1::2], strict=True)},
    "×": "\\times", "·": "\\cdot", "⋅": "\\cdot", "−": "-", "–": "-", "±": "\\pm", "≤": "\\le", "≥": "\\ge", "≠": "\\ne", "≈": "\\approx",
    "∼": "\\sim", "∝": "\\propto", "∈": "\\in", "∉": "\\notin", "→": "\\to", "⇒": "\\Rightarrow", "⇔": "\\Leftrightarrow", "↦": "\\mapsto",
    "∞": "\\infty", "∑": "\\sum", "∏": "\\prod", "∫": "\\int", "∂": "\\partial", "∇": "\\nabla", "√": "\\sqrt", "…": "\\dots", "⊙": "\\odot",
    "⊗": "\\otimes", "∘": "\\circ", "′": "'", "ℓ": "\\ell", "∀": "\\forall", "∃": "\\exists", "‖": "\\|", "ϕ": "\\phi", "ϵ": "\\epsilon",
    "≡": "\\equiv", "⊂": "\\subset", "⊆": "\\subseteq", "∧": "\\land", "∨": "\\lor", "⊤": "\\top", "ℝ": "\\mathbb{R}", "𝔼": "\\mathbb{E}",
}

PRODUCT_SIGNS: Final[dict[str, ProductSign]] = {
    "\\cdot": "cdot", "\\cdotp": "cdot", "\\times": "times", "\\odot": "odot", "\\circledcirc": "odot", "\\otimes": "otimes", "*": "ast",
    "\\ast": "ast", "\\star": "star", "\\circ": "circ",
}
PRODUCT_MACROS: Final[dict[ProductSign, str]] = {
    "cdot": "\\cdot", "times": "\\times", "odot": "\\odot", "otimes": "\\otimes", "ast": "*", "star": "\\star", "circ": "\\circ",
}

RELATION_MACROS: Final = {
    "=": "=", "!=": "\\ne", "<": "<", "<=": "\\le", ">": ">", ">=": "\\ge", "~~": "\\approx", "~": "\\sim", "prop": "\\propto", "in": "\\in",
    "notin": "\\notin", "subset": "\\subset", "subseteq": "\\subseteq", "->": "\\to", "|->": "\\mapsto", "<=>": "\\Leftrightarrow",
    "=>": "\\Rightarrow", ":=": ":=", "equiv": "\\equiv", "perp": "\\perp", "mid": "\\mid", "<<": "\\ll", ">>": "\\gg", ":": ":",
}
"""How each relation sign of a ``Relation`` (and of a statement) is written. ``:`` is a range, ``x_{1:t}``, or a type, ``f : A \\to B``."""

RELATION_SIGNS: Final = {
    **{macro: sign for sign, macro in RELATION_MACROS.items() if sign not in ("mid", ":", ":=")},
    "\\neq": "!=", "\\leq": "<=", "\\leqslant": "<=", "\\geq": ">=", "\\geqslant": ">=", "\\lt": "<", "\\gt": ">", "\\simeq": "~~", "\\cong": "~~",
    "\\thickapprox": "~~", "\\thicksim": "~", "\\rightarrow": "->", "\\longrightarrow": "->", "\\longmapsto": "|->", "\\implies": "=>",
    "\\Longrightarrow": "=>", "\\iff": "<=>", "\\Longleftrightarrow": "<=>", "\\coloneqq": ":=", "\\coloneq": ":=", "\\triangleq": ":=",
    "\\defeq": ":=", "\\gets": ":=", "\\leftarrow": ":=", "\\varpropto": "prop", "\\doteq": "~~", "\\lesssim": "<=", "\\gtrsim": ">=",
}
for _loose in ("\\lesssim", "\\gtrsim", "\\doteq"):  # weaker than what they look like
    del RELATION_SIGNS[_loose]

BIG_OPERATORS: Final = {
    "sum": "\\sum", "prod": "\\prod", "max": "\\max", "min": "\\min", "argmax": "\\operatorname*{arg\\,max}",
    "argmin": "\\operatorname*{arg\\,min}", "sup": "\\sup", "inf": "\\inf", "lim": "\\lim", "union": "\\bigcup", "intersection": "\\bigcap",
}
BIG_COMMANDS: Final = {
    "\\sum": "sum", "\\prod": "prod", "\\max": "max", "\\min": "min", "\\sup": "sup", "\\inf": "inf", "\\lim": "lim", "\\bigcup": "union",
    "\\bigcap": "intersection", "\\argmax": "argmax", "\\argmin": "argmin",
}
ALSO_FUNCTIONS: Final = frozenset(("max", "min", "sup", "inf"))
"""Big operators that without a subscript are functions of what follows in brackets."""

ACCENTS: Final = {
    "\\hat": "hat", "\\widehat": "hat", "\\tilde": "tilde", "\\widetilde": "tilde", "\\bar": "bar", "\\overline": "bar", "\\vec": "vec",
    "\\overrightarrow": "vec", "\\dot": "dot", "\\ddot": "ddot", "\\check": "check", "\\widecheck": "check",
}
LETTER_FONTS: Final = {
    "\\mathbf": "bold", "\\boldsymbol": "bold", "\\bm": "bold", "\\pmb": "bold", "\\mathcal": "cal", "\\mathscr": "cal", "\\mathbb": "bb",
    "\\mathds": "bb", "\\mathbbm": "bb", "\\Bbb": "bb", "\\mathbfit": "bold", "\\mathfrak": "frak",
}
"""Fonts of single letters: ``\\mathbf{Wx}`` is a product."""
WORD_FONTS: Final = {
    "\\mathrm": "rm", "\\operatorname": "rm", "\\operatorname*": "rm", "\\mathsf": "sf", "\\mathtt": "tt", "\\mathit": "", "\\mathnormal": "",
}
"""Fonts of words: ``\\mathrm{Var}`` is one name."""
TEXT_COMMANDS: Final = _set("\\text \\textrm \\textnormal \\textit \\textbf \\textsf \\texttt \\mbox \\hbox \\emph \\textup")

OPENING: Final[dict[str, Bracket]] = {"(": "(", "[": "[", "\\{": "{", "\\lbrace": "{", "\\lparen": "(", "\\lbrack": "["}
CLOSING: Final = {")": "(", "]": "[", "\\}": "{", "\\rbrace": "{", "\\rparen": "(", "\\rbrack": "["}
BRACKETS: Final[dict[str, tuple[str, str]]] = {
    "(": ("(", ")"), "[": ("[", "]"), "{": ("\\{", "\\}"), "(]": ("(", "]"), "[)": ("[", ")"), "<": ("\\langle", "\\rangle"),
    "": ("", ""), "|": ("|", "|"),
}
MATRICES: Final = {
    "pmatrix": "(", "bmatrix": "[", "vmatrix": "|", "matrix": "", "smallmatrix": "", "psmallmatrix": "(", "bsmallmatrix": "[", "array": "",
}
CASES: Final = frozenset(("cases", "dcases", "cases*", "dcases*"))
WRAPPERS: Final = _set("equation equation* align align* aligned gather gather* gathered split multline multline* eqnarray eqnarray* alignat alignat* "
    "displaymath math flalign flalign* subequations")
"""Environments that only lay formulas out; their ``&`` and line ends mean nothing."""

SPACING: Final = _set("\\, \\: \\; \\> \\! \\  \\quad \\qquad \\enspace \\thinspace \\medspace \\thickspace \\negthinspace \\displaystyle \\textstyle "
    "\\scriptstyle \\scriptscriptstyle \\limits \\nolimits \\displaylimits \\allowbreak \\nonumber \\notag \\IEEEyesnumber \\IEEEnonumber "
    "\\IEEEyessubnumber \\IEEEnosubnumber \\IEEEeqnarraynumspace \\mathstrut \\strut \\relax "
    "\\noindent \\hfill \\break \\par \\mathpunct \\mathord \\mathrel \\mathbin \\mathopen \\mathclose \\mathinner \\ensuremath "
    "\\xspace \\boldmath \\unboldmath \\normalsize \\small \\/ \\- \\protect \\null \\nobreak \\qed \\hline") | {"\\ "}
SKIPPED_WITH_ARGUMENT: Final = _set("\\label \\tag \\tag* \\phantom \\hphantom \\vphantom \\hspace \\hspace* \\vspace \\mspace \\mathcolor \\color \\intertext "
    "\\eqref \\ref \\cite \\footnote")
SIZES: Final = frozenset(
    f"\\{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")
)
DOTS: Final = {
    "\\dots": "...", "\\ldots": "...", "\\dotsc": "...", "\\dotsb": "...", "\\dotso": "...", "\\cdots": "cdots", "\\dotsm": "cdots",
    "\\dotsi": "cdots", "\\vdots": "vdots", "\\ddots": "ddots",
}
DOTS_MACROS: Final = {"...": "\\dots", "cdots": "\\cdots", "vdots": "\\vdots", "ddots": "\\ddots"}
CANCELS: Final = frozenset(("\\cancel", "\\bcancel", "\\xcancel"))
FRACTIONS: Final = frozenset(("\\frac", "\\dfrac", "\\tfrac", "\\cfrac", "\\nicefrac", "\\sfrac"))
ATOM_COMMANDS: Final = (
    frozenset((*ACCENTS, *LETTER_FONTS, *WORD_FONTS, *DOTS, *CANCELS, *FRACTIONS, *BIG_COMMANDS))
    | {f"\\{name}" for name in NAMED | FUNCTION_WORDS}
    | _set("\\sqrt \\num \\binom \\dbinom \\tbinom \\infty \\int \\iint \\iiint \\partial \\nabla \\underbrace \\overbrace \\boxed")
    | _set("\\textcolor \\underset \\overset \\lvert \\lVert \\lfloor \\lceil \\langle \\arg \\lbrace \\prime \\Box \\fbox \\limsup \\liminf")
)
"""The commands that can begin a factor."""
