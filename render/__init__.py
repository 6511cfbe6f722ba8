"""Documents, writers and the command line. ``render.render(problem, "html")`` writes a problem in any format of ``derive show --to``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivations.problem import Problem


def render(problem: Problem, to: str = "md", edition: str = "solutions", language: str = "en") -> str | bytes:
    """A problem in the format, edition and language that is asked for, as ``derive show`` writes it.

    Raises:
        DeriveError: there is no such format, edition or language.
    """
    from dataclasses import replace

    from render.commands import printed
    from render.messages import messages
    from render.printing import PLAIN_PRINTING
    from render.sheets import released_problem
    from render.writers import Job, writer

    chosen, (wanted,) = writer(to), printed.editions(edition)
    printed.agree((chosen,), (wanted,))
    printing = replace(PLAIN_PRINTING, edition=wanted, messages=messages(language))
    return chosen.write(released_problem(problem, printing), Job(printing))
