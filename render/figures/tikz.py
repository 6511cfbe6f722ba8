"""Scenes as TikZ: a ``tikzpicture`` that needs no library beyond ``tikz`` itself. Formulas are printed by the LaTeX printer."""

from __future__ import annotations

from derivations.language.record import record
from derivations.language.term import Term
from render.figures.scene import Circle, Fill, Label, Lines, Paint, Pen, Polyline, Rect, Scene, flat, number, place
from render.figures.words import plain
from render.latex_text import escape, in_outline
from render.notation.latex import latex
from render.notation.style import PLAIN, Style

_COLOURS: dict[Paint, str] = {"ink": "black", "quiet": "black!65", "faint": "black!30", "page": "white", "first": "figurefirst", "second": "figuresecond"}
_DEFINED = "\\definecolor{figurefirst}{RGB}{0,114,178}\\definecolor{figuresecond}{RGB}{213,94,0}"
DRAWING = r"""\usepackage{tikz}
% A drawing with its caption, on one page; set smaller where the column is narrower.
\newsavebox{\drawn}
\newenvironment{drawing}[1]{\def\drawingcaption{#1}\par\medskip\begin{lrbox}{\drawn}}%
  {\end{lrbox}\noindent\begin{minipage}{\linewidth}\centering
  \ifdim\wd\drawn>\linewidth\resizebox{\linewidth}{!}{\usebox{\drawn}}\else\usebox{\drawn}\fi
  \par\medskip\parbox{0.92\linewidth}{\centering\small\drawingcaption}\end{minipage}\par\medskip}
"""
"""What a document with drawings needs in its preamble, behind ``xcolor``."""
_BASES = {"start": "base west", "middle": "base", "end": "base east"}


def tikz(scene: Scene, style: Style = PLAIN) -> str:
    """The drawing as a ``tikzpicture`` (``\\usepackage{tikz}`` is all that it needs). A LaTeX that tags gets its description for those who do not see it."""
    told = in_outline(f"{scene.title}. {plain(scene.description, style)}").replace("\n", " ")
    box = f"\\useasboundingbox (0,0) rectangle ({number(scene.width)},{number(scene.height)});"
    shapes = "\n".join(_Writer(style).shape(item) for item in flat(scene.items))
    used = _DEFINED + "\n" if "{figure" in shapes or "figurefirst" in shapes or "figuresecond" in shapes else ""
    options = "x=1bp,y=-1bp,line width=0.7bp,every node/.style={inner sep=0,outer sep=0}"
    return f"\\begin{{tikzpicture}}[{options},\n  alt/.code={{}},alt={{{told}}}]\n{used}{box}\n{shapes}\n\\end{{tikzpicture}}\n"


def _drawn(pen: Pen | None) -> list[str]:
    if pen is None:
        return []
    dash = ["dash pattern=on 2.5bp off 2bp"] if pen.dash else []
    return [f"draw={_COLOURS[pen.paint]}", f"line width={number(pen.width)}bp", *dash]


def _filled(fill: Fill | None) -> list[str]:
    if fill is None:
        return []
    if fill.share < 1:
        plain = {"ink": "black", "quiet": "black", "faint": "black", "page": "white", "first": "figurefirst", "second": "figuresecond"}[fill.paint]
        share = fill.share * {"quiet": 0.65, "faint": 0.3}.get(fill.paint, 1.0)
        return [f"fill={plain}!{number(100 * share)}"]
    return [f"fill={_COLOURS[fill.paint]}"]


def _at(x: float, y: float) -> str:
    return f"({place(x)},{place(y)})"


@record
class _Writer:
    style: Style

    def shape(self, item: Lines | Rect | Circle | Polyline | Label) -> str:
        match item:
            case Lines(segments, pen):
                return f"\\path[{','.join(_drawn(pen))}] " + "\n ".join(f"{_at(a, b)}--{_at(c, d)}" for a, b, c, d in segments) + ";"
            case Rect(x, y, w, h, fill, pen, _, rounded):
                corner = [f"rounded corners={number(rounded)}bp"] if rounded else []
                return f"\\path[{','.join(_filled(fill) + _drawn(pen) + corner)}] {_at(x, y)} rectangle {_at(x + w, y + h)};"
            case Circle(x, y, radius, fill, pen):
                return f"\\path[{','.join(_filled(fill) + _drawn(pen))}] {_at(x, y)} circle[radius={number(radius)}bp];"
            case Polyline(points, pen, fill, closed):
                options = _filled(fill) + _drawn(pen) + (["line join=round"] if pen is not None else [])
                places = [_at(x, y) for x, y in points]
                lines = ["--".join(places[k : k + 12]) for k in range(0, len(places), 12)]  # readable lines
                return f"\\path[{','.join(options)}] " + "\n --".join(lines) + ("--cycle;" if closed else ";")
            case Label():
                return self.label(item)

    def label(self, item: Label) -> str:
        words = "".join(escape(part) if isinstance(part, str) else self.formula(part) for part in item.content)
        size = f"\\fontsize{{{number(item.size)}bp}}{{{number(1.2 * item.size)}bp}}\\selectfont"
        turned = ["rotate=90"] if not item.upright else []
        options = [f"anchor={_BASES[item.anchor]}", *turned] + ([f"text={_COLOURS[item.paint]}"] if item.paint != "ink" else [])
        bold = "\\bfseries" if item.bold else ""
        return f"\\node[{','.join(options)}] at {_at(item.x, item.y)} {{{size}{bold} {words}}};"

    def formula(self, term: Term) -> str:
        return f"${latex(term, self.style)}$"
