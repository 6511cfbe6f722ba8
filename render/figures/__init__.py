"""Drawings: from the plain data of a problem (``derivations.figures``) to one scene, and from a scene to SVG, TikZ and Typst."""
