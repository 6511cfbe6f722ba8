"""The tools of ``derive mcp``, over the model context protocol on standard input and output."""

from __future__ import annotations

import asyncio
from functools import partial
from multiprocessing import Pipe
from typing import Any, Final

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations

from derivations.language.errors import DeriveError
from render.children import Fault
from render.tools.work import Check, Derive, Job, Show, answered, kinds

INSTRUCTIONS: Final = (
    "Derives, checks and writes out deep-learning mathematics. A step is proved (for all values that the assumptions allow), sampled (tried, not proved),"
    " refuted (with a counterexample), undecided (with the question that would decide it) or unread. Only proved means proved. Say assumptions in the text"
    " that is checked (for $x > 0$; let $P$ be a permutation matrix), or in a comment (% derive: assume x > 0)."
)
READS: Final = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


async def _answer(job: Job) -> dict[str, Any]:
    """What a job gives; a client that does not wait any longer ends its process."""
    theirs, ours = Pipe(duplex=False)
    try:
        result = await asyncio.get_running_loop().run_in_executor(None, partial(answered, job, theirs))
    finally:
        ours.close()
    if isinstance(result, Fault):
        raise ToolError(result.words)
    return {} if result is None else result


def server(version: str) -> MCPServer[Any]:
    """The server with its tools."""
    made: MCPServer[Any] = MCPServer("derive", title="derive", instructions=INSTRUCTIONS, version=version, log_level="ERROR")

    @made.tool(annotations=READS)
    async def check(text: str | None = None, file: str | None = None, markup: str = "latex") -> dict[str, Any]:
        """Check a derivation that somebody wrote, and tell of every step whether it follows.

        Give the text (markup: latex or markdown; formulas between $ or in displays, assumptions in words), or the path of a file. The answer has one
        record a step: verdict (accepted, refuted, undecided, unread, given, ignored), evidence (proved, sampled, ...), counterexample, the question of
        an undecided step (why) and the comment that would answer it (answer); and a line with the counts (summary).
        """
        return await _answer(Check(text, file, markup))

    @made.tool(annotations=READS)
    async def derive(kind: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
        """Derive the answer to a problem of a kind (see kinds), step by step, each step checked, as data: answer, assumptions, steps, evidence.

        Parameters are numbers, symbols such as "C" where the kind takes them, lists, or texts; what is not given has its default.
        """
        return await _answer(Derive(kind, parameters or {}))

    @made.tool(annotations=READS)
    async def show(kind: str, parameters: dict[str, Any] | None = None, format: str = "markdown", edition: str = "solutions", detail: str = "normal") -> str:
        """The derivation of a problem of a kind (see kinds) as people read it, or as code.

        format: markdown, latex, text, html, json, numpy, torch, jax or sympy; edition: questions, hints, solutions or staff; detail: key, normal or full.
        """
        found = await _answer(Show(kind, parameters or {}, format, edition, detail))
        return str(found.get("shown", ""))

    @made.tool(name="kinds", annotations=READS)
    async def kinds_() -> list[dict[str, Any]]:
        """The kinds of problems that derive and show know, with their parameters and defaults."""
        try:
            return kinds()
        except DeriveError as error:
            raise ToolError(str(error)) from None

    return made
