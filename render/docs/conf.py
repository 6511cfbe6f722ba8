"""The documentation site: ``pip install ".[docs]" && sphinx-build -W render/docs site``."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path

from sphinx.application import Sphinx

project = "derive"
author = "the authors of derive"
try:
    release = version = version_of("derive-math")
except PackageNotFoundError:
    release = version = ""
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.mathjax"]
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3
autodoc_typehints = "description"
autodoc_member_order = "bysource"
html_theme = "alabaster"
html_theme_options = {"description": "Mathematics that cannot be wrong unnoticed", "fixed_sidebar": True, "page_width": "1080px"}
html_show_copyright = False
suppress_warnings = ["misc.highlighting_failure"]  # formulas inside words of a formula are beyond the highlighter


def _written(app: Sphinx) -> None:
    """The pages that are made from the program's own tables."""
    from render.reference import pages

    folder = Path(app.srcdir) / "generated"
    folder.mkdir(exist_ok=True)

    def put(name: str, svg: str) -> str:
        (folder / f"{name}.svg").write_text(svg, "utf-8")
        return f"{name}.svg"

    for name, text in pages(put):
        (folder / f"{name}.md").write_text(text, "utf-8")


def setup(app: Sphinx) -> None:
    """Write the generated pages before Sphinx looks for pages."""
    app.connect("builder-inited", _written)
