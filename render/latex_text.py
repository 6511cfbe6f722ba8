"""Words for LaTeX: what must be escaped, and what pdflatex's fonts lack."""

from __future__ import annotations

from render.notation.symbols import GREEK

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "…": r"\ldots{}",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
    "‘": r"\textquoteleft{}",
    "’": r"\textquoteright{}",
    "\N{NO-BREAK SPACE}": "~",
    "−": r"\ensuremath{-}",
    "×": r"\ensuremath{\times}",
    "·": r"\ensuremath{\cdot}",
    "≤": r"\ensuremath{\leq}",
    "≥": r"\ensuremath{\geq}",
    "≠": r"\ensuremath{\neq}",
    "≈": r"\ensuremath{\approx}",
    "∈": r"\ensuremath{\in}",
    "∞": r"\ensuremath{\infty}",
    "→": r"\ensuremath{\to}",
    "↦": r"\ensuremath{\mapsto}",
    "⇒": r"\ensuremath{\Rightarrow}",
    "⇔": r"\ensuremath{\Leftrightarrow}",
    "∑": r"\ensuremath{\sum}",
    "∏": r"\ensuremath{\prod}",
    "√": r"\ensuremath{\surd}",
    "∂": r"\ensuremath{\partial}",
    "²": r"\ensuremath{^2}",
    "³": r"\ensuremath{^3}",
    **{char: rf"\ensuremath{{\{name}}}" for name, char in GREEK.items() if name != "omicron"},
}
_TABLE = str.maketrans(_SPECIAL)
_WEB = str.maketrans({char: "\\" + char for char in "_&#%${}"})
_LAST_IN_FONT = 0x17F  # T1 fonts hold Latin-1 and Latin Extended-A


def escape(words: str) -> str:
    """Words as LaTeX text."""
    return words.translate(_TABLE)


def in_outline(words: str) -> str:
    """Words for the outline and the title of a PDF, which are text without formulas: signs of mathematics stay the characters that they are."""
    return "".join(_SPECIAL[char] if char < "\x7f" and char in _SPECIAL else char for char in words)


def inside_text(words: str) -> str:
    """Words for ``\\text`` in MathJax and KaTeX, which agree there on little more than letters and escaped signs."""
    return words.replace("\\", "∖").translate(_WEB)


def characters(text: str) -> str:
    """Declarations for pdflatex of characters that its fonts lack: a box with the code instead of an error. Other engines set them as they are."""
    missing = sorted(c for c in set(text) if ord(c) > _LAST_IN_FONT and c not in _SPECIAL)
    if not missing:
        return ""
    declared = "".join(f"  \\DeclareUnicodeCharacter{{{ord(c):04X}}}{{\\fbox{{\\tiny {ord(c):04X}}}}}\n" for c in missing)
    return f"\\ifpdftex\n{declared}\\fi\n"
