"""``derived.sty`` and ``derived/*.tex``: plain files that make a paper compile anywhere, without Python and without shell escape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from render.embed.literals import Literal, packages

STYLE: Final = "derived.sty"
FOLDER: Final = "derived"

_HEAD = r"""% Made by "derive embed update" from derived.toml. Do not edit: "derive embed check" compares it with what is derived.
\NeedsTeXFormat{LaTeX2e}
\ProvidesPackage{derived}
"""

_BODY = r"""% \derived{key} is the literal itself wherever LaTeX typesets (so that & and \\ of a derivation reach align), and itself again in what LaTeX writes
% into other files (tables of contents, lists, running heads). A key is a name only: no file is read where it is used.
\@ifdefinable\derived{%
  \def\derived#1{%
    \ifx\protect\@typeset@protect\expandafter\@firstoftwo\else\expandafter\@secondoftwo\fi
    {\derived@known{#1}{\csname derived@tex@\detokenize{#1}\endcsname}{\derived@unknown{#1}}}%
    {\protect\derived{#1}}}}
\def\derived@known#1{\ifcsname derived@tex@\detokenize{#1}\endcsname\expandafter\@firstoftwo\else\expandafter\@secondoftwo\fi}
\def\derived@plain#1{\derived@known{#1}{\csname derived@plain@\detokenize{#1}\endcsname}{??}}
\def\derived@unknown#1{%
  \PackageError{derived}{There is no key `\detokenize{#1}'; there are: \derived@keys}%
    {Write the key into derived.toml (derive embed add) and run: derive embed update}%
  \textbf{??}}
\long\def\derived@define#1#2#3{%
  \expandafter\def\csname derived@tex@#1\endcsname{#3}%
  \expandafter\edef\csname derived@plain@#1\endcsname{\detokenize{#2}}}
\ifdefined\AddToNoCaseChangeList\AddToNoCaseChangeList{\derived}\fi
\AtBeginDocument{\@ifpackageloaded{hyperref}{\pdfstringdefDisableCommands{\let\derived\derived@plain}}{}}
"""


def files(literals: Mapping[str, Literal]) -> dict[str, str]:
    """The generated files by their path beside the paper."""
    found = {STYLE: style(literals)}
    for literal in literals.values():
        found[f"{FOLDER}/{literal.key.file}"] = literal.tex + "%\n"
    return found


def style(literals: Mapping[str, Literal]) -> str:
    """``derived.sty``: the packages that the literals need, ``\\derived``, and a definition for each key."""
    required = "".join(f"\\RequirePackage{{{name}}}\n" for name in packages(literals.values()))
    names = ", ".join(literals) or "none yet"
    definitions = "".join(f"\\derived@define{{{name}}}{{{_plain(literal.plain)}}}{{%\n{literal.tex}}}\n" for name, literal in literals.items())
    return f"{_HEAD}{required}{_BODY}\\def\\derived@keys{{{names}}}\n{definitions}\\endinput\n"


def _plain(text: str) -> str:
    """Plain text for ``\\detokenize``: without characters that TeX would not read as letters there."""
    balanced = text if text.count("{") == text.count("}") else text.replace("{", "(").replace("}", ")")
    return "".join(c for c in balanced if c.isascii() and c not in "\\%#")
