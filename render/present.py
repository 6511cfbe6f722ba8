"""Problems and theorems for notebooks: what the entry point ``derive.presenter`` names."""

from __future__ import annotations

from derivations.kernel.statement import Statement
from derivations.kernel.theorem import Theorem
from derivations.problem import Problem
from render import html as html_writer
from render import latex as latex_writer
from render import markdown as markdown_writer
from render.compose import chains, problem_blocks
from render.document import Block, Caption, Text
from render.messages import ENGLISH
from render.notation.text import text


def latex(shown: Problem | Theorem) -> str:
    """The derivation as displayed mathematics (``$$`` and ``aligned``), which MathJax and KaTeX can read; words of a problem are left out."""
    theorems = tuple(s.theorem for s in shown.sections) if isinstance(shown, Problem) else (shown,)
    bodies = [latex_writer.chain_body(chain) for theorem in theorems for chain in chains(theorem)]
    return "\n".join(f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$" for body in bodies)


def markdown(shown: Problem | Theorem) -> str:
    """Question, derivation and answer of a problem, or the derivation of a theorem."""
    return markdown_writer.blocks(_blocks(shown))


def html(shown: Problem | Theorem) -> str:
    """The same as ``markdown`` gives as a piece of a page, formulas in MathML."""
    return html_writer.fragment(_blocks(shown), ENGLISH)


def plain(shown: Problem | Theorem) -> str:
    """What was proved, in one line of text for each formula of the answer, and how it is known."""
    theorems = shown.answer.shown if isinstance(shown, Problem) else (shown.statement,)
    lines = [text(t.formula if isinstance(t, Statement) else t) for t in theorems]
    return "\n".join([f"{shown.title} ({shown.evidence.word})", *(f"    {line}" for line in lines)])


def _blocks(shown: Problem | Theorem) -> tuple[Block, ...]:
    if isinstance(shown, Problem):
        return problem_blocks(shown, ENGLISH)
    return (Caption((Text(shown.title),)), *chains(shown))
