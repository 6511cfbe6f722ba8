"""The language server and the tools, by clients that are not ours, over standard input and output as editors and other programs start them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from mcp import Client, StdioServerParameters, stdio_client
from pygls.lsp.client import LanguageClient

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.source import source_of
from render.cli import main
from render.commands.command import BAD_INPUT
from render.editor.judging import line_for

ROOT = Path(__file__).parent.parent
TEX = """\\newcommand{\\R}{\\mathbb{R}}
Let $x > 0$ and $y \\in \\R$.
\\begin{align}
 \\ln(x+1) &= \\ln x
   + 1 \\\\
 (x+1)^2 &= x^2 + 2x + 1
\\end{align}
A face \U0001f600 has $f(x + y) = f(x) + f(y)$.
"""
HARD = r"Then $\int_0^1 \int_0^1 \int_0^1 \int_0^1 \int_0^1 e^{xyzwu + %d}\,dx\,dy\,dz\,dw\,du = 3$." + "\n\n"
ASKED = "% derive: let f: function"


class Editor:
    """An editor with one document open, and what it was told of it."""

    def __init__(self, client: LanguageClient, uri: str) -> None:
        self.client, self.uri, self.version = client, uri, 1
        self.told: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()

    async def diagnostics(self, wanted: Callable[[list[types.Diagnostic]], bool]) -> list[types.Diagnostic]:
        """What is shown of the version that is open, as soon as it is as wanted."""
        while True:
            said = await asyncio.wait_for(self.told.get(), 120)
            found = list(said.diagnostics)
            if said.uri == self.uri and said.version in (self.version, None) and wanted(found):
                return found

    def change(self, places: types.Range | None, text: str) -> None:
        self.version += 1
        event = types.TextDocumentContentChangeWholeDocument(text) if places is None else types.TextDocumentContentChangePartial(places, text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(self.version, self.uri), [event]))

    async def hover(self, line: int, character: int) -> str:
        found = await self.client.text_document_hover_async(types.HoverParams(types.TextDocumentIdentifier(self.uri), types.Position(line, character)))
        assert found is None or isinstance(found.contents, types.MarkupContent)
        return "" if found is None else found.contents.value

    async def fixes(self, places: types.Range) -> list[types.CodeAction]:
        about = types.CodeActionParams(types.TextDocumentIdentifier(self.uri), places, types.CodeActionContext([]))
        return [one for one in await self.client.text_document_code_action_async(about) or [] if isinstance(one, types.CodeAction)]


def edited(path: Path, text: str, scenario: Callable[[Editor], Awaitable[None]]) -> None:
    """Open a document that is not saved as it is, do something with it, and leave."""

    async def run() -> None:
        client = LanguageClient("an editor", "1")
        editor = Editor(client, path.as_uri())

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def told(said: types.PublishDiagnosticsParams) -> None:
            editor.told.put_nowait(said)

        await client.start_io(sys.executable, "-m", "render.cli", "lsp", "--no-cache", "--stdio", cwd=str(ROOT))
        await client.initialize_async(types.InitializeParams(types.ClientCapabilities()))
        client.initialized(types.InitializedParams())
        client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(editor.uri, "latex", 1, text)))
        await scenario(editor)
        client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(editor.uri)))
        await editor.diagnostics(lambda found: not found)
        await client.shutdown_async(None)
        client.exit(None)
        await asyncio.wait_for(client.stop(), 60)

    asyncio.run(run())


def by_code(found: list[types.Diagnostic]) -> dict[object, types.Range]:
    return {one.code: one.range for one in found}


@pytest.mark.slow
def test_an_editor_is_told_while_typing_and_takes_the_fix(tmp_path: Path) -> None:
    async def scenario(editor: Editor) -> None:
        found = await editor.diagnostics(lambda told: len(told) == 2)
        places = by_code(found)
        assert places["refuted"] == types.Range(types.Position(3, 13), types.Position(4, 6))  # over two lines, to its last character
        assert places["undecided"] == types.Range(types.Position(7, 26), types.Position(7, 37))  # columns count UTF-16, as editors do
        assert {one.severity for one in found} == {types.DiagnosticSeverity.Error, types.DiagnosticSeverity.Warning}
        assert "at x = 1" in await editor.hover(3, 14)
        assert "**refuted**" in await editor.hover(3, 2), "the left side belongs to the step"
        assert "**proved**" in await editor.hover(5, 14)
        assert await editor.hover(0, 0) == ""
        (fix,) = await editor.fixes(places["undecided"])
        assert fix.edit is not None and fix.edit.changes is not None
        ((edit,),) = fix.edit.changes.values()
        assert edit.new_text == f"{ASKED}\n"
        editor.change(edit.range, edit.new_text)
        after = await editor.diagnostics(lambda told: len(told) == 2 and all(one.code == "refuted" for one in told))
        assert {one.range.start.line for one in after} == {3, 8}
        editor.change(None, "A face and $x + x = 2x$.\n")
        await editor.diagnostics(lambda told: told == [])

    path = tmp_path / "paper.tex"
    path.write_text("nothing of this is checked: $1 = 2$\n", "utf-8")
    edited(path, TEX, scenario)


def test_the_comment_of_a_fix_decides_its_step_where_it_is_put() -> None:
    in_a_list = "1. Words.\n2. Hence $f(x + y) = f(x) + f(y)$.\n"
    display = "Let $x > 0$.\n\nThen\n$$\nf(x + y)\n= f(x) + f(y)\n$$\nfollows.\n"
    row = "\\begin{align}\n  a &= a \\\\\n  f(x + y) &= f(x) + f(y)\n\\end{align}\n"
    for name, text, line in (("a.tex", TEX, 8), ("b.md", in_a_list, 2), ("c.md", display, 5), ("d.tex", row, 3)):
        asked = [r for r in check(document(source_of(text, name))).records if r.answer]
        assert [r.answer for r in asked] == [ASKED], name
        lines = text.splitlines(keepends=True)
        at, words = line_for(asked[0].answer, lines, line, markdown=name.endswith(".md"))
        lines.insert(at - 1, words)
        report = check(document(source_of("".join(lines), name)))
        assert not report.misspelt
        assert [r.verdict for r in report.records if r.left.startswith("f(")] == ["refuted"], name


@pytest.mark.slow
def test_another_program_uses_the_tools(tmp_path: Path) -> None:
    (tmp_path / "main.tex").write_text("Let $x > 0$.\n\\input{part}\n", "utf-8")
    (tmp_path / "part.tex").write_text("Then $\\ln x^2 = 2 \\ln x$.\n", "utf-8")
    (tmp_path / "topic.py").write_text("open('it-ran', 'w')\ndef problem(): ...\n", "utf-8")

    async def run() -> None:
        start = StdioServerParameters(command=sys.executable, args=["-m", "render.cli", "mcp"], cwd=str(tmp_path), env={**os.environ, "PYTHONPATH": str(ROOT)})
        async with Client(stdio_client(start)) as client:

            async def call(tool: str, **given: Any) -> tuple[bool, Any, str]:
                found = await client.call_tool(tool, given)
                return bool(found.is_error), found.structured_content, "".join(getattr(piece, "text", "") for piece in found.content)

            tools = (await client.list_tools()).tools
            assert {tool.name for tool in tools} == {"check", "derive", "show", "kinds"}
            assert all(tool.description and tool.annotations and tool.annotations.read_only_hint for tool in tools)
            failed, said, _ = await call("check", text="Let $x > 0$. Then $\\ln(x+1) = \\ln x + 1$.")
            assert not failed
            assert said["steps"][-1]["verdict"] == "refuted"
            assert said["steps"][-1]["counterexample"]["at"] == {"x": "1"}
            failed, said, _ = await call("check", file="main.tex")
            assert not failed
            assert said["summary"] == "1 step: 1 proved, 0 sampled, 0 refuted, 0 undecided, 0 unread; 1 given"
            failed, said, _ = await call("derive", kind="receptive-field", parameters={"kernels": [7, 7, 7]})
            assert not failed
            assert said["answer"]["value"] == 19
            assert said["evidence"] == "proved"
            failed, _, shown = await call("show", kind="momentum", format="text", edition="questions")
            assert not failed
            assert "Show that" in shown
            for tool, given, words in (
                ("check", {}, "a text or a file"),
                ("check", {"text": "x", "file": "main.tex"}, "a text or a file"),
                ("check", {"text": "x", "markup": "word"}, "latex, markdown"),
                ("check", {"file": "none.tex"}, "no file 'none.tex'"),
                ("check", {"file": "."}, "one file is checked at a time"),
                ("derive", {"kind": "momentun"}, "did you mean 'momentum'?"),
                ("derive", {"kind": "topic.py:problem"}, "there is no kind"),
                ("derive", {"kind": "pushforward", "parameters": {"map": "topic.py:problem"}}, "topic.py"),
                ("show", {"kind": "convolution", "parameters": {"kernel": -1}}, "kernel = -1 is not accepted"),
                ("show", {"kind": "momentum", "format": "pdf"}, "it must be one of markdown"),
                ("show", {"kind": "momentum", "format": "numpy", "edition": "questions"}, "does not show"),
            ):
                failed, _, why = await call(tool, **given)
                assert failed, (tool, given)
                assert words in why
                assert "Traceback" not in why

    asyncio.run(run())
    assert not (tmp_path / "it-ran").exists()


@pytest.mark.parametrize(("command", "package"), [("lsp", "pygls"), ("mcp", "mcp")])
def test_what_is_not_installed_is_named(command: str, package: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    assert main([command]) == BAD_INPUT
    assert f'pip install "derive-math[{command}]"' in capsys.readouterr().err
