"""``derive watch``: a run at the start and one for each change of what is read, none for what is written; it ends when it is asked to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

import pytest
from test_readme import ROOT

from render.cli import main

_PATIENCE = 120  # seconds until a test gives up; none of them waits that long


class Watching:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: Queue[str] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.put(line)

    def until(self, words: str) -> str:
        while True:
            line = self.lines.get(timeout=_PATIENCE)
            if words in line:
                return line

    def silent(self, seconds: float) -> bool:
        try:
            self.lines.get(timeout=seconds)
        except Empty:
            return True
        return False


@contextmanager
def watching(folder: Path, *words: str) -> Iterator[Watching]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "render.cli", "watch", *words]
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield Watching(process)
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_sheet_is_made_again_when_it_or_what_it_names_has_changed(tmp_path: Path) -> None:
    (tmp_path / "a.tex").write_text("Let $x > 0$. Then $x + x = 2x$.")
    (tmp_path / "s.toml").write_text('title = "First"\n[[problem]]\nfile = "a.tex"\nquestion = "q"\n')
    with watching(tmp_path, "sheet", "s.toml", "--to", "md", "--out", "out") as run:
        run.until("done; watching")
        assert "First" in (tmp_path / "out" / "s.md").read_text()
        assert run.silent(2), "what the command writes is no change"
        (tmp_path / "s.toml").write_text('title = "Second sheet"\n[[problem]]\nfile = "a.tex"\nquestion = "q"\n')
        run.until("done; watching")
        assert "Second sheet" in (tmp_path / "out" / "s.md").read_text()
        (tmp_path / "a.tex").write_text("Let $x > 0$. Then $x + x = 3x$.")
        assert "exit status 1" in run.until("watching")
        (tmp_path / "a.tex").write_text("Let $x > 0$. Then $x + x + x = 3x$.")
        run.until("done; watching")
        run.process.send_signal(signal.SIGINT)
        assert run.process.wait(_PATIENCE) == 130


@pytest.mark.slow
def test_what_is_written_beside_what_is_read_begins_no_circle(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text('title = "First"\n[[problem]]\nkind = "residual-block"\nchannels = 8\n')
    with watching(tmp_path, "sheet", "s.toml", "--to", "md,html,json", "--out", ".") as run:
        run.until("done; watching")
        assert run.silent(3)
        (tmp_path / "s.toml").write_text('title = "Second sheet"\n[[problem]]\nkind = "residual-block"\nchannels = 8\n')
        run.until("done; watching")
        assert "Second sheet" in (tmp_path / "s.md").read_text() and run.silent(3)


@pytest.mark.parametrize(("words", "said"), [
    (("sheet", "assignment-2"), "there is no file among the arguments to be watched"), (("chek", "a.tex"), "'chek' is not accepted (did you mean 'check'?); it must be one of"),
    (("watch", "a.tex"), "'watch' is not accepted"),
])  # fmt: skip
def test_what_is_refused(words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["watch", *words]) == 2
    assert said in capsys.readouterr().err
