"""One document checked: a piece of work for a process of its own, from the command line, an editor or another program.

Whoever asks gets the same verdicts. Nothing that stands in the document is run.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from derivations.checking.report import Record, Report, check
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.reading.files import bytes_of_file, text_of_bytes
from derivations.reading.inclusion import assembled
from derivations.reading.judgements import Judgement, document
from derivations.reading.source import source_of
from render.check_cache import Cache
from render.check_files import declarations, excluding
from render.check_settings import Settings


@record
class Task:
    """One document: a file, or a text that has none. ``data``: what is checked in place of what the file holds, such as what an editor has not saved yet.
    ``named``: how a text without a file is called, by whose end its kind is told."""

    path: Path | None
    data: bytes | None = None
    root: Path | None = None
    settings: Settings | None = None
    named: str = "<stdin>"

    def excluded(self, path: Path) -> str:
        """Why what an included file says is not to be checked, if it is not."""
        pattern = "" if self.settings is None else self.settings.excluded_by(path)
        return excluding(self.settings, pattern) if self.settings is not None and pattern else ""

    @property
    def name(self) -> str:
        return self.named if self.path is None else str(self.path)


def checked(key: bytes | None, task: Task, tell: Callable[[Record], None], read: Callable[[Judgement], None] | None = None) -> Report:
    """The report on one document, from the cache where nothing changed; ``tell`` is told each step as soon as it is judged, ``read`` each relation as it
    was read (then the cache answers for single steps only).

    Raises:
        DeriveError: the file, or the declarations beside it, cannot be read.
    """
    data = task.data if task.data is not None else b"" if task.path is None else bytes_of_file(task.path)
    told = () if task.path is None else declarations(task.path)
    text = text_of_bytes(data, task.name)
    source = source_of(text, task.name) if task.path is None else assembled(task.path, task.root, text, task.excluded)
    if source.damage:
        raise DeriveError(f"{task.name} is {source.damage}")
    parts = [f"{part.file} {part.start} {part.begin}" for part in source.parts]
    around = (task.name, *told, *parts, *(f"{start} {why}" for start, _, why in (*source.missing, *source.excluded)))
    cache = None if key is None else Cache.open(key, task.name if task.path is None else str(task.path.absolute()), source.text, around)
    remembered = None if cache is None or read is not None else cache.report()
    if remembered is not None:
        for record in remembered.records:
            tell(record)
        return remembered
    listening = read or (lambda j: None)
    if cache is None:
        return check(document(source, told), tell=tell, read=listening)
    report = check(document(source, told), known=cache.known, learnt=cache.learnt, tell=tell, read=listening)
    cache.save(report)
    return report


def modules() -> list[str]:
    """The names of the modules of the checker."""
    from pkgutil import walk_packages

    from derivations import checking, language, reading, rules

    return [module.name for package in (language, rules, reading, checking) for module in walk_packages(package.__path__, f"{package.__name__}.")]


def import_all() -> None:
    """Import the checker before its processes branch off, so that it is done once."""
    for name in modules():
        import_module(name)
