"""Problems and theorems for notebooks: what the entry point ``derive.presenter`` names."""

from __future__ import annotations

from derivations.kernel.theorem import Theorem
from derivations.problem import Problem
from render import latex as latex_writer
from render import markdown as markdown_writer
from render.compose import chains, problem_blocks
from render.document import Block, Caption, Text
from render.messages import ENGLISH


def latex(shown: Problem | Theorem) -> str:
    """The derivation as displayed mathematics (``$$`` and ``aligned``), which MathJax and KaTeX can read; words of a problem are left out."""
    theorems = tuple(s.theorem for s in shown.sections) if isinstance(shown, Problem) else (shown,)
    bodies = [latex_writer.chain_body(chain) for theorem in theorems for chain in chains(theorem)]
    return "\n".join(f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$" for body in bodies)


def markdown(shown: Problem | Theorem) -> str:
    """Question, derivation and answer of a problem, or the derivation of a theorem."""
    if isinstance(shown, Problem):
        return markdown_writer.blocks(problem_blocks(shown, ENGLISH))
    found: tuple[Block, ...] = (Caption((Text(shown.title),)), *chains(shown))
    return markdown_writer.blocks(found)
