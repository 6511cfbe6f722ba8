"""Scenes in Typst's own drawing functions, so that labels are set in the fonts of the page, and pages of one drawing for PDF and PNG."""

from __future__ import annotations

from typing import Literal

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.term import Term
from render.figures.scene import Circle, Fill, Label, Lines, Paint, Pen, Polyline, Rect, Scene, flat, number, place
from render.figures.words import plain
from render.notation.style import PLAIN, Style
from render.notation.typst import typst
from render.typst_text import escape, quoted

_COLOURS: dict[Paint, str] = {
    "ink": "black", "quiet": "luma(35%)", "faint": "luma(70%)", "page": "white", "first": 'rgb("#0072b2")', "second": 'rgb("#d55e00")',
}  # fmt: skip
_ALIGNED = {"start": 0.0, "middle": 0.5, "end": 1.0}

# A label has no height: its baseline is where it is put. Formulas follow the edges of the text, since the leading leaves them room.
_LABEL = (
    "  let at(x, y, back, size, body, turned: false) = context {\n"
    '    let told = text(size: size, top-edge: "baseline", bottom-edge: "baseline", box({ set par(leading: 3em); body }))\n'
    "    let along = back * measure(told).width\n"
    "    if not turned { place(top + left, dx: x - along, dy: y, told) }\n"
    "    else { place(top + left, dx: x, dy: y + along, rotate(-90deg, origin: top + left, place(top + left, told))) }\n"
    "  }\n"
)


def drawing(scene: Scene, style: Style = PLAIN) -> str:
    """The drawing as an expression of Typst's code: a box."""
    shapes = "".join(f"  {_Writer(style).shape(item)}\n" for item in flat(scene.items))
    return f"box(width: {number(scene.width)}pt, height: {number(scene.height)}pt, {{\n  set align(top + left)\n{_LABEL}{shapes}}})"


def page(scene: Scene, style: Style = PLAIN) -> str:
    """A file whose one page is the drawing."""
    setup = (
        f'#set document(title: {quoted(scene.title)}, date: none)\n#set page(width: auto, height: auto, margin: 6pt)\n#set text(font: "New Computer Modern")\n'
    )
    return f"{setup}#figure(alt: {quoted(plain(scene.description, style))}, {drawing(scene, style)})\n"


def compiled(scene: Scene, form: Literal["pdf", "png"], style: Style = PLAIN, dots: int = 216) -> bytes:
    """The drawing as ``pdf`` or ``png`` (at so many ``dots`` an inch), by the typesetter that comes with the extra ``pdf``.

    Raises:
        DeriveError: the typesetter is not installed.
    """
    try:
        from typst import compile as typeset
    except ImportError as error:
        raise DeriveError(f"a drawing as {form} needs the typesetter: pip install 'derive-math[pdf]'; svg and tikz need nothing") from error
    made = typeset(page(scene, style).encode(), None, format=form, ppi=dots if form == "png" else None, ignore_system_fonts=True)
    if not isinstance(made, bytes):
        raise DeriveError(f"the drawing {scene.title!r} became {type(made).__name__} and not one page; it must fit on one")
    return made


def _drawn(pen: Pen | None) -> str:
    if pen is None:
        return "stroke: none"
    dash = ", dash: (2.5pt, 2pt)" if pen.dash else ""
    return f'stroke: (paint: {_COLOURS[pen.paint]}, thickness: {number(pen.width)}pt, join: "round"{dash})'


def _filled(fill: Fill | None) -> str:
    if fill is None:
        return "fill: none"
    colour = _COLOURS[fill.paint]
    return f"fill: {colour}" + (f".transparentize({number(100 * (1 - fill.share))}%)" if fill.share < 1 else "")


def _at(x: float, y: float) -> str:
    return f"({place(x)}pt, {place(y)}pt)"


@record
class _Writer:
    style: Style

    def shape(self, item: Lines | Rect | Circle | Polyline | Label) -> str:
        match item:
            case Lines(segments, pen):
                moves = ", ".join(f"curve.move({_at(a, b)}), curve.line({_at(c, d)})" for a, b, c, d in segments)
                return f"place(curve({_drawn(pen)}, {moves}))"
            case Rect(x, y, w, h, fill, pen, _, rounded):
                corner = f", radius: {number(rounded)}pt" if rounded else ""
                size = f"width: {place(w)}pt, height: {place(h)}pt"
                return f"place(dx: {place(x)}pt, dy: {place(y)}pt, rect({size}, {_filled(fill)}, {_drawn(pen)}{corner}))"
            case Circle(x, y, radius, fill, pen):
                r = number(radius)
                return f"place(dx: {place(x - radius)}pt, dy: {place(y - radius)}pt, circle(radius: {r}pt, {_filled(fill)}, {_drawn(pen)}))"
            case Polyline(points, pen, fill, closed):
                (first, *rest), end = points, ", curve.close()" if closed else ""
                lines = ", ".join(f"curve.line({_at(x, y)})" for x, y in rest)
                return f"place(curve({_filled(fill)}, {_drawn(pen)}, curve.move({_at(*first)}), {lines}{end}))"
            case Label():
                return self.label(item)

    def label(self, item: Label) -> str:
        words = "".join(escape(part) if isinstance(part, str) else self.formula(part) for part in item.content)
        if item.bold:
            words = f"#strong[{words}]"
        if item.paint != "ink":
            words = f"#text(fill: {_COLOURS[item.paint]})[{words}]"
        turned = "" if item.upright else ", turned: true"
        return f"at({place(item.x)}pt, {place(item.y)}pt, {_ALIGNED[item.anchor]}, {number(item.size)}pt, [{words}]{turned})"

    def formula(self, term: Term) -> str:
        return f"${typst(term, self.style)}$"
