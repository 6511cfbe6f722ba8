"""``derive check`` prints each step as soon as it is judged; stopped midway, it has printed what was judged, says so, and has a status of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from derivations.checking.report import Record
from render import checked
from render.children import Fault, Limits, Part, each_in_parts
from render.cli import main
from render.commands.command import NOT_ACCEPTED, NOT_FINISHED

HARD = r"Then $\int_0^1 \int_0^1 \int_0^1 \int_0^1 \int_0^1 e^{xyzwu + %d}\,dx\,dy\,dz\,dw\,du = 3$." + "\n\n"
COMMAND = [sys.executable, "-m", "render.cli", "check", "--no-cache"]


def document(folder: Path, first: str, hard: int = 400) -> Path:
    path = folder / "long.tex"
    path.write_text(first + "\n\n" + "".join(HARD % k for k in range(hard)), "utf-8")
    return path


def test_the_first_step_is_printed_long_before_the_last_is_judged(tmp_path: Path) -> None:
    path = document(tmp_path, "Let $x$ be real. Then $x + x = 3x$.")
    process = subprocess.Popen([*COMMAND, path.name], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "long.tex:1:" in process.stdout.readline()
    assert "x + x  =  3x" in process.stdout.readline()
    assert process.poll() is None, "the other 400 steps are not judged yet"
    process.send_signal(signal.SIGTERM)
    process.wait()
    process.stdout.close()


class Clock:
    """A clock that stands still until something was told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of the run is over as soon as the first step is printed."""
    found = Clock()
    step = checked.Telling.step

    def printed(telling: checked.Telling, record: Record) -> list[str]:
        found.now = 1e9
        return step(telling, record)

    monkeypatch.setattr("render.children.monotonic", found)
    monkeypatch.setattr(checked.Telling, "step", printed)
    return found


@pytest.mark.parametrize(("first", "status"), [("Then $1 + 1 = 2$.", NOT_FINISHED), ("Then $1 + 1 = 3$.", NOT_ACCEPTED)])
def test_a_run_that_is_stopped_says_what_is_known(tmp_path: Path, first: str, status: int, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    path = document(tmp_path, first)
    assert main(["check", "--no-cache", "--verbose", "--timeout", "1000", str(path)]) == status
    said = capsys.readouterr()
    assert "the run was stopped" in said.err
    assert "1 + 1" in said.out
    assert f"{path}: not finished; so far " in said.out


def test_what_is_known_is_in_the_json_as_well(tmp_path: Path, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    path = document(tmp_path, "Then $1 + 1 = 2$.")
    assert main(["check", "--no-cache", "--to", "json", "--timeout", "1000", str(path)]) == NOT_FINISHED
    said = json.loads(capsys.readouterr().out)
    assert said["steps"][0]["verdict"] == "accepted"


@pytest.mark.parametrize("wrong", ["0", "-1", "nan"])
def test_a_time_that_is_none_is_refused(tmp_path: Path, wrong: str) -> None:
    done = subprocess.run([*COMMAND, f"--timeout={wrong}", "x.tex"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "a number of seconds above 0" in done.stderr
    assert "Traceback" not in done.stderr


def _in_two_parts(task: str, tell) -> str:  # type: ignore[no-untyped-def]
    tell(task + " began")
    if task == "dies":
        os._exit(1)
    return task + " ended"


def test_parts_come_before_their_result_and_in_the_order_of_the_tasks() -> None:
    found = list(each_in_parts(_in_two_parts, ["a", "dies", "b"], 3, Limits()))
    assert found[:2] == [Part("a began"), "a ended"]
    assert found[2] == Part("dies began") and isinstance(found[3], Fault)
    assert found[4:] == [Part("b began"), "b ended"]
