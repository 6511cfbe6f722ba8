"""The language server: diagnostics while typing, the reading and the verdict under the pointer, and the comment that decides a step as a quick fix.

Each look at a document is a process of its own with limits (``render.children``); a change ends the look at what stood there before. Nothing of a document
is run.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import Pipe
from pathlib import Path
from typing import Any, BinaryIO, Final

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path
from pygls.workspace import TextDocument

from derivations.checking.report import Record, Report
from derivations.language.errors import DeriveError
from derivations.reading.files import MARKUP_OF
from render.cache_folder import key_outside
from render.check_settings import settings_for
from render.check_work import Task
from render.checked import message
from render.children import Fault
from render.editor.judging import Step, at, in_markdown, line_for, looked
from render.sarif import RULES, rule_of

PAUSE: Final = 0.3  # seconds without a change after which a document is looked at
SOURCE: Final = "derive"
LEVELS: Final = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Information,
}
ENDINGS: Final = {"latex": ".tex", "tex": ".tex"}
"""Of languages of documents that are no file yet; others are read as Markdown."""


@dataclass(slots=True)
class Open:
    """A document that is open in the editor: the steps that are known of it, what is shown, and the look that is under way. ``elsewhere``: the files that it
    includes for which something is shown."""

    steps: tuple[Step, ...] = ()
    shown: tuple[types.Diagnostic, ...] = ()
    look: asyncio.Task[None] | None = None
    elsewhere: frozenset[str] = field(default_factory=frozenset)

    def end(self) -> None:
        """End what is under way."""
        if self.look is not None:
            self.look.cancel()
            self.look = None


class Server(LanguageServer):
    """The server, with the documents that are open. ``strict`` and ``remember`` as for ``derive check``."""

    def __init__(self, version: str, *, strict: bool, remember: bool) -> None:
        super().__init__("derive", version)
        self.strict, self.remember = strict, remember
        self.documents: dict[str, Open] = {}

    # -- looking at a document --------------------------------------------------------------------------------------------------------

    def changed(self, uri: str) -> None:
        """Look at a document again, a moment after it was changed for the last time."""
        one = self.documents.setdefault(uri, Open())
        one.end()
        one.look = asyncio.get_running_loop().create_task(self._look(uri, one))

    async def _look(self, uri: str, one: Open) -> None:
        await asyncio.sleep(PAUSE)
        document = self.workspace.get_text_document(uri)
        task = task_of(document)
        if isinstance(task, str):
            return self._show(document, one, () if not task else (self._of_file(task),))
        key = key_outside({Path() if task.path is None else task.path.parent, Path()}) if self.remember else None
        theirs, ours = Pipe(duplex=False)
        loop = asyncio.get_running_loop()
        found: list[Step] = []

        def told(step: Step) -> None:
            found.append(step)
            if rule_of(step.record, self.strict):
                loop.call_soon_threadsafe(self._so_far, document, one, task.name, tuple(found))

        try:
            result = await loop.run_in_executor(None, partial(looked, key, task, theirs, told))
        finally:
            ours.close()  # which ends the look, if this task is cancelled
        if result is None:
            return None
        one.steps = tuple(found)
        known = self._diagnostics(document, task.name, found)
        if isinstance(result, Fault):
            return self._show(document, one, (*known, self._of_file(result.words)))
        self._show(document, one, (*known, *self._remarks(document, task.name, result)))
        return self._show_elsewhere(one, uri, task, result)

    def _so_far(self, document: TextDocument, one: Open, name: str, steps: tuple[Step, ...]) -> None:
        """What is known before the end, and of what comes after it what was known before."""
        if one.look is None or one.look.done() or self.documents.get(document.uri) is not one:
            return
        known = self._diagnostics(document, name, steps)
        reached = max((d.range.start.line for d in known), default=0)
        one.steps = one.steps if len(one.steps) > len(steps) else steps
        self._publish(document.uri, document.version, (*known, *(d for d in one.shown if d.range.start.line > reached)))

    def _show(self, document: TextDocument, one: Open, diagnostics: Iterable[types.Diagnostic]) -> None:
        one.shown = tuple(diagnostics)
        self._publish(document.uri, document.version, one.shown)

    def _show_elsewhere(self, one: Open, uri: str, task: Task, report: Report) -> None:
        """What is found in files that the document includes, unless they are open, and then are looked at by themselves."""
        found: dict[str, list[types.Diagnostic]] = {}
        for r in report.records:
            if r.file != task.name and rule_of(r, self.strict) and (place := from_fs_path(str(Path(r.file).absolute()))) is not None:
                found.setdefault(place, []).append(_diagnostic(r, rule_of(r, self.strict), _range(r)))
        for place in {*found, *one.elsewhere} - {*self.documents, uri}:
            self._publish(place, None, found.get(place, ()))
        one.elsewhere = frozenset(found)

    def _publish(self, uri: str, version: int | None, diagnostics: Iterable[types.Diagnostic]) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, list(diagnostics), version))

    # -- what is shown ----------------------------------------------------------------------------------------------------------------

    def _remarks(self, document: TextDocument, name: str, report: Report) -> list[types.Diagnostic]:
        found = []
        for said, severity in ((report.misspelt, types.DiagnosticSeverity.Error), (report.remarks, types.DiagnosticSeverity.Warning)):
            for file, line, column, words in said:
                if file == name:
                    begin = types.Position(line - 1, column - 1)
                    end = types.Position(line - 1, len(document.lines[line - 1].rstrip()) if line <= len(document.lines) else column)
                    found.append(types.Diagnostic(self._for_client(document, types.Range(begin, end)), words, severity, source=SOURCE))
        return found

    def _diagnostics(self, document: TextDocument, name: str, steps: Iterable[Step]) -> list[types.Diagnostic]:
        told = [(step.record, rule) for step in steps if step.record.file == name and (rule := rule_of(step.record, self.strict))]
        return [_diagnostic(r, rule, self._for_client(document, _range(r))) for r, rule in told]

    def _of_file(self, words: str) -> types.Diagnostic:
        start = types.Position(0, 0)
        return types.Diagnostic(types.Range(start, types.Position(0, 1)), words, types.DiagnosticSeverity.Error, source=SOURCE)

    def _for_client(self, document: TextDocument, places: types.Range) -> types.Range:
        """A range counted in characters as the editor counts."""
        return document.position_codec.range_to_client_units(document.lines, places)

    def hover(self, uri: str, position: types.Position) -> types.Hover | None:
        """The reading and the verdict of the steps at a place."""
        one, document = self.documents.get(uri), self.workspace.get_text_document(uri)
        task = task_of(document)
        if one is None or isinstance(task, str):
            return None
        place = document.position_codec.position_from_client_units(document.lines, position)
        steps = at(one.steps, task.name, place.line + 1, place.character + 1)
        if not steps:
            return None
        words = "\n\n---\n\n".join(map(in_markdown, steps))
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, words), self._for_client(document, _range(steps[0].record)))

    def fixes(self, uri: str, asked: types.Range) -> list[types.CodeAction]:
        """The comments that answer the questions of steps in a range."""
        one, document = self.documents.get(uri), self.workspace.get_text_document(uri)
        task = task_of(document)
        if one is None or isinstance(task, str):
            return []
        markdown = MARKUP_OF.get(Path(task.name).suffix.lower()) != "tex"
        found = []
        for step in one.steps:
            r = step.record
            places = self._for_client(document, _range(r))
            if r.file != task.name or not r.answer or places.end.line < asked.start.line or places.start.line > asked.end.line:
                continue
            line, text = line_for(r.answer, document.lines, step.begin[0], markdown=markdown)
            at = types.Position(line - 1, 0)
            edit = types.WorkspaceEdit({uri: [types.TextEdit(types.Range(at, at), text)]})
            about = [_diagnostic(r, r.verdict, places)]
            found.append(types.CodeAction(f"Say it: {r.answer}", types.CodeActionKind.QuickFix, about, edit=edit))
        return found


def task_of(document: TextDocument) -> Task | str:
    """The work that a document is; or why it is none, in words, empty where that is as wanted."""
    path = to_fs_path(document.uri) if document.uri.startswith("file:") else None
    data = document.source.encode("utf-8", errors="replace")
    if path is None:
        return Task(None, data, named=f"untitled{ENDINGS.get(document.language_id or '', '.md')}")
    file = Path(path)
    if file.suffix.lower() not in MARKUP_OF or file.suffix.lower() == ".ipynb":  # an editor opens a notebook cell by cell
        return ""
    try:
        settings = settings_for(file.parent)
    except DeriveError as error:
        return str(error)
    return "" if settings.excluded_by(file) else Task(file, data, file.parent, settings)


def _range(r: Record) -> types.Range:
    """Where a step stands, from 0, in characters."""
    begin = types.Position(max(r.line - 1, 0), max(r.column - 1, 0))
    over = types.Position(r.end_line - 1, r.end_column - 1) if r.end_line else begin
    return types.Range(begin, max(begin, over))


def _diagnostic(r: Record, rule: str, places: types.Range) -> types.Diagnostic:
    said = [message(r), *(f"it rests on: {r.rests}" for _ in range(bool(r.rests))), *(r.answer for _ in range(bool(r.answer)))]
    return types.Diagnostic(places, "\n".join(said), LEVELS[RULES[rule][1]], code=rule, source=SOURCE)


# -- the protocol ------------------------------------------------------------------------------------------------------------------------


def serve(version: str, *, strict: bool, remember: bool, wire: tuple[BinaryIO, BinaryIO] | None = None) -> None:
    """Serve one editor over standard input and output, until it goes."""
    server = Server(version, strict=strict, remember=remember)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
        ls.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
        ls.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
        for uri in [*ls.documents]:  # another document may include this one
            ls.changed(uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
        one = ls.documents.pop(params.text_document.uri, None)
        if one is not None:
            one.end()
            for uri in (params.text_document.uri, *(one.elsewhere - ls.documents.keys())):
                ls._publish(uri, None, ())

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
        return ls.hover(params.text_document.uri, params.position)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions([types.CodeActionKind.QuickFix]))
    async def fixes(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
        return ls.fixes(params.text_document.uri, params.range)

    @server.feature(types.SHUTDOWN)
    async def ended(ls: Server, params: Any) -> None:
        for one in ls.documents.values():
            one.end()

    given, taken = wire or (sys.stdin.buffer, own_output())
    server.start_io(given, taken)


def own_output() -> BinaryIO:
    """Standard output for the protocol alone: whatever else is written there, by whom it may be, goes to where errors go."""
    ours = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return ours
