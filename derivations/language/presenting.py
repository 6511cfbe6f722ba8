"""How objects show themselves in notebooks: by an installed presenter, which this package may not import."""

from __future__ import annotations

from collections.abc import Container
from functools import cache
from typing import Protocol, cast

from derivations.language.installed import entry_points


class Presenter(Protocol):
    """What the entry point ``derive.presenter`` names: the renderer."""

    def latex(self, shown: object) -> str: ...

    def markdown(self, shown: object) -> str: ...

    def html(self, shown: object) -> str: ...

    def plain(self, shown: object) -> str: ...


@cache
def presenter() -> Presenter | None:
    """The installed presenter, or None: without one an object has no rich form, and notebooks show its ``repr``."""
    for point in entry_points(group="derive.presenter"):
        return cast(Presenter, point.load())
    return None


def mimebundle(shown: object, include: Container[str] | None, exclude: Container[str] | None) -> dict[str, str]:
    """The forms of an object by their MIME types, of which a front end takes the one that it shows best; see IPython's display protocol."""
    found = presenter()
    if found is None:
        return {"text/plain": repr(shown)}
    forms = {"text/html": found.html, "text/markdown": found.markdown, "text/latex": found.latex, "text/plain": found.plain}
    return {kind: form(shown) for kind, form in forms.items() if (include is None or kind in include) and (exclude is None or kind not in exclude)}
