"""Files that are not what they seem, programs that are stopped, caches that somebody else wrote: nothing else is lost, and what is said is true."""

from __future__ import annotations

import faulthandler
import itertools
import json
import os
import signal
import subprocess
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from derivations.language.errors import DeriveError
from derivations.reading.files import table_of, text_of_file
from render import cache_folder, check_cache, check_work, children, cli, files
from render.children import Fault, Limits, each
from render.shown import json_text, shown

ROOT = Path(__file__).parent.parent
GOOD = "Then $1+1=2$.\n"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    home = tmp_path.parent / f"{tmp_path.name}-home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))

    def call(*words: str) -> tuple[int, str, str]:
        status = cli.main(list(words))
        out, err = capsys.readouterr()
        return status, out, err

    return call


# -- one bad file ------------------------------------------------------------------------------------------------------------------------


def _folder(at: Path) -> dict[str, str]:
    """Good files and bad ones; what is said of each bad one."""
    for name, text in {"a.tex": GOOD, "z.md": GOOD, ".hidden.tex": "$1=2$", "n" * 251 + ".md": GOOD}.items():
        (at / name).write_text(text, encoding="utf-8")
    (at / ".git").mkdir()
    (at / ".git" / "x.tex").write_text("$1=2$", encoding="utf-8")
    (at / "bom.md").write_bytes(GOOD.encode("utf-8-sig"))
    (at / "wide.tex").write_bytes(GOOD.encode("utf-16"))
    (at / "folder.tex").mkdir()
    (at / "folder.tex" / "in.tex").write_text(GOOD, encoding="utf-8")
    (at / "dangling.tex").symlink_to("nowhere")
    (at / "device.tex").symlink_to("/dev/zero")
    (at / "latin.tex").write_bytes(b"caf\xe9 $1=1$")
    (at / "bom16.tex").write_bytes(b"\xff\xfe\x00")
    (at / "list.ipynb").write_text("[1]", encoding="utf-8")
    (at / "no.ipynb").write_text("{", encoding="utf-8")
    (at / "deep.ipynb").write_text("[" * 100_000, encoding="utf-8")
    (at / "cells.ipynb").write_text('{"cells": [3]}', encoding="utf-8")
    (at / "side.md").write_text(GOOD, encoding="utf-8")
    (at / "side.md.derive.toml").write_text("declare = 3", encoding="utf-8")
    (at / "side2.md").write_text(GOOD, encoding="utf-8")
    (at / "side2.md.derive.toml").mkdir()
    (at / "side3.md").write_text(GOOD, encoding="utf-8")
    (at / "side3.md.derive.toml").write_text(f"declare = {'9' * 5000}", encoding="utf-8")
    os.mkfifo(at / "pipe.tex")
    with open(os.fsencode(str(at)) + b"/caf\xe9.md", "w", encoding="utf-8") as file:
        file.write(GOOD)
    return {
        "folder.tex": "is a folder, not a file; what is in it is checked", "dangling.tex": "it is a link to a file that is not there",
        "device.tex": "is a device; a regular file is read", "pipe.tex": "is a pipe; a regular file is read",
        "latin.tex": "byte 4 is not UTF-8 (line 1)", "bom16.tex": "is not UTF-16-LE, which its byte order mark says", "list.ipynb": "it has no list of cells",
        "no.ipynb": "it is not well-formed JSON", "deep.ipynb": "nested too deeply", "cells.ipynb": "cell 1 is no cell with text",
        "side.md": "side.md.derive.toml: only a list of texts is accepted", "side2.md": "side2.md.derive.toml: it is a folder",
        "side3.md": "side3.md.derive.toml is not well-formed TOML",
    }  # fmt: skip


def test_one_bad_file_loses_nothing_else(run: Run, tmp_path: Path) -> None:
    told = _folder(tmp_path)
    status, out, err = run("check", ".", "--to", "json", "--no-cache")
    found = json.loads(out)
    assert status == 2
    assert {step["file"] for step in found["steps"]} == {"a.tex", "z.md", "n" * 251 + ".md", "bom.md", "wide.tex", "folder.tex/in.tex", "caf\udce9.md"}
    assert {step["verdict"] for step in found["steps"]} == {"accepted"}
    assert {fault["file"]: fault["kind"] for fault in found["faults"]} == dict.fromkeys(told, "input")
    for fault in found["faults"]:
        assert told[fault["file"]] in fault["text"]
    assert err.count("\n") == len(told) and "Traceback" not in err


def test_names_that_cannot_be_checked_are_told_one_by_one(run: Run, tmp_path: Path) -> None:
    Path("a.tex").write_text(GOOD, encoding="utf-8")
    Path("p.pdf").touch()
    Path("empty").mkdir()
    status, out, err = run("check", "a.tex", "none.tex", "p.pdf", "empty", "x" * 5000, "a\0.tex", "a.tex", "--no-cache")
    assert status == 2
    assert "a.tex: 1 step: 1 proved" in out and out.count("a.tex:") == 1 and "6 files, 5 without a report" in out
    lines = err.splitlines()
    assert len(lines) == 5
    for line, words in zip(lines, ["there is no file 'none.tex'", "p.pdf: files ending in", "holds no file to check", "File name too long", "there is no file 'a\\x00.tex'"], strict=True):
        assert words in line


def test_standard_input_may_have_a_mark(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    for data, status in ((GOOD.encode("utf-16"), 0), (b"caf\xe9", 2)):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert run("check", "-", "--no-cache")[0] == status


def _works(task: str) -> str:
    match task:
        case "crash":
            raise KeyError("what")
        case "input":
            raise DeriveError("not accepted")
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "segv":
            faulthandler.disable()
            os.kill(os.getpid(), signal.SIGSEGV)
        case "leave":
            os._exit(0)
        case "memory":
            return str(len(bytearray(10**10)))
        case "cpu":
            while True:
                pass
        case "slow":
            time.sleep(0.2)
    return task


def test_each_piece_of_work_ends_by_itself() -> None:
    tasks = ["slow", "crash", "input", "kill", "segv", "leave", "memory", "cpu", "last"]
    found = dict(zip(tasks, each(_works, tasks, 3, Limits(1, 500)), strict=True))
    assert found["slow"] == "slow" and found["last"] == "last", "answers come in the order of the tasks"
    assert found["input"] == Fault("input", "not accepted")
    kinds = {task: answer.kind for task, answer in found.items() if isinstance(answer, Fault)}
    assert kinds == {"crash": "crash", "input": "input", "kill": "limit", "segv": "crash", "leave": "crash", "memory": "limit", "cpu": "limit"}
    words = {task: answer.words for task, answer in found.items() if isinstance(answer, Fault)}
    assert words["crash"].startswith("KeyError: 'what' (test_strangers_files.py, line ")
    assert words["cpu"] == "not finished: more than 1 seconds of processor time"
    assert words["memory"] == "not finished: more than 500 MB of memory"
    assert "SIGSEGV" in words["segv"]


def test_no_process_is_left_when_nobody_waits_for_the_rest() -> None:
    results = each(_works, ["last", "cpu", "cpu"], 3, Limits(60))
    assert next(results) == "last"
    import multiprocessing

    assert multiprocessing.active_children()
    results.close()
    assert not multiprocessing.active_children()


@pytest.mark.parametrize(("fault", "status", "words"), [("crash", 70, "a fault of the program, not of its input"), ("kill", 4, "not finished: its process was killed")])
def test_a_fault_of_the_program_has_a_status_of_its_own(run: Run, monkeypatch: pytest.MonkeyPatch, fault: str, status: int, words: str) -> None:
    plain = check_work.checked
    monkeypatch.setattr(check_work, "checked", lambda key, task, tell: _works(fault) if "bad" in task.name else plain(key, task, tell))
    for name in ("a.tex", "bad.tex", "c.tex"):
        Path(name).write_text("Then $1+1=3$." if name == "a.tex" and fault == "crash" else GOOD, encoding="utf-8")
    found, out, err = run("check", ".", "--no-cache")
    assert found == status and words in err and err.startswith("derive: bad.tex: ")
    assert "c.tex: 1 step: 1 proved" in out


def test_a_fault_outside_the_files_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("render.commands.check._status", lambda *_: 1 // 0)
    Path("a.tex").write_text(GOOD, encoding="utf-8")
    status, _, err = run("check", "a.tex", "--no-cache")
    assert status == 70 and err.startswith("derive: ZeroDivisionError") and err.count("\n") == 1


@pytest.mark.parametrize(("text", "words"), [("a = [" * 5000, "is not well-formed TOML"), (f"a = {'9' * 5000}", "Exceeds the limit"), ("a = ", "Invalid value")])
def test_tables_that_are_none(text: str, words: str) -> None:
    with pytest.raises(DeriveError, match=words):
        table_of(text, "x.toml")


def test_a_text_keeps_its_signs(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        (tmp_path / "a").write_text("α = β", encoding=encoding)
        assert text_of_file(tmp_path / "a") == "α = β"


# -- terminals ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("line", "seen"), [
    ("a\x1b[2Jb", "a\\x1b[2Jb"), ("\x1b]0;title\x07", "\\x1b]0;title\\x07"), ("a\u202eb", "a\\u202eb"), ("a\nb\r\x85\u2028", "a\\x0ab\\x0d\\x85\\u2028"),
    ("\x9b2J", "\\x9b2J"), ("caf\udce9", "caf\\udce9"), ("\U000e0041", "\\U000e0041"), ("::error file=x::y", "\\x3a:error file=x::y"),
    ("   ::set-output name=x::y", "   \\x3a:set-output name=x::y"), ("a ##[error]x", "a \\x23#[error]x"), ("##vso[task.x]", "\\x23#vso[task.x]"),
    ("x ≤ ½ α → ∞", "x ≤ ½ α → ∞"), ("a::b", "a::b"), ("# heading [1]", "# heading [1]"), ("", ""),
])  # fmt: skip
def test_nothing_acts_on_a_terminal_or_in_a_log(line: str, seen: str) -> None:
    assert shown(line) == seen


def test_json_is_the_same_value_with_nothing_that_acts() -> None:
    value = {"a\x1b": ["\x9b", "\u202e", "\udce9", "\U000e0041", "é", "\x7f\n"]}
    text = json_text(value)
    assert json.loads(text) == value
    assert all(c.isprintable() or c == "\n" for c in text) and "é" in text


def test_names_and_formulas_are_shown(run: Run, tmp_path: Path) -> None:
    name = "::error file=x,line=1::hi\x1b[2J\u202e.md"
    Path(name).write_text("Then $1\x1b[2J+1=3$ and $2=3\u202e$ and $1+1=4$.\n\n\\[ ::error{x} = 1 \\]\n", encoding="utf-8")
    for form in ("text", "json", "sarif"):
        _, out, err = run("check", ".", "--to", form, "--no-cache")
        assert all(c.isprintable() or c == "\n" for c in out + err)
        assert not [line for line in (out + err).splitlines() if line.lstrip().startswith("::")]
    with pytest.raises(SystemExit):
        run("check", "--help")
    assert all(c.isprintable() or c == "\n" for c in run("check", "\x1b[2J.tex")[2])


# -- what is remembered ------------------------------------------------------------------------------------------------------------------


def _entries() -> list[Path]:
    return sorted(cache_folder.folder().glob("*.json"))


def test_a_verdict_is_remembered_and_the_same(run: Run) -> None:
    Path("a.md").write_text("Then $1+1=3$ and $2+2=4$.", encoding="utf-8")
    cold = run("check", "a.md")
    assert len(_entries()) == 1 and cache_folder.key_file().stat().st_mode & 0o777 == 0o600
    before = _entries()[0].read_bytes()
    assert run("check", "a.md") == cold and run("check", "a.md", "--no-cache") == cold
    assert _entries()[0].read_bytes() == before
    Path("a.md").write_text("And then $1+1=3$ and $2+2=4$. So $3+3=6$.", encoding="utf-8")
    warm = run("check", "a.md", "--to", "json", "--verbose")
    assert warm == run("check", "a.md", "--to", "json", "--verbose", "--no-cache")


@pytest.mark.parametrize("damage", ["forged", "moved", "cut", "rubbish", "folder"])
def test_what_the_user_did_not_write_is_not_believed(run: Run, damage: str) -> None:
    Path("a.md").write_text("Then $1+1=3$.", encoding="utf-8")
    Path("b.md").write_text("Then $1+1=2$.", encoding="utf-8")
    assert run("check", "a.md")[0] == 1
    (entry,) = _entries()
    data = entry.read_bytes()
    if damage == "forged":
        entry.write_bytes(data.replace(b'"refuted"', b'"accepted"'))
    elif damage == "moved":
        assert run("check", "b.md")[0] == 0
        (other,) = set(_entries()) - {entry}
        entry.write_bytes(other.read_bytes())
    elif damage == "cut":
        entry.write_bytes(data[: len(data) // 2])
    elif damage == "rubbish":
        entry.write_bytes(b"\xff\0[[[")
    else:
        entry.unlink()
        entry.mkdir()
    assert run("check", "a.md")[0] == 1


def test_a_repository_cannot_bring_its_cache_along(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With a cache and a key that were signed properly, by somebody else."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "below").mkdir()
    Path("below/a.md").write_text("Then $1+1=3$.", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert run("check", "below/a.md")[0] == 1
    assert not (tmp_path / "cache").exists() and not (tmp_path / "state").exists()
    monkeypatch.setenv("XDG_CACHE_HOME", ".cache")
    assert cache_folder.folder().is_relative_to(Path.home()), "a relative folder would be wherever the program is run"


@pytest.mark.parametrize("key", [b"", b"x" * 31, b"x" * 32])
def test_a_key_that_others_can_read_is_none(run: Run, key: bytes) -> None:
    Path("a.md").write_text(GOOD, encoding="utf-8")
    cache_folder.key_file().parent.mkdir(parents=True)
    cache_folder.key_file().write_bytes(key)
    cache_folder.key_file().chmod(0o644 if len(key) == 32 else 0o600)
    assert run("check", "a.md")[0] == 0 and not _entries()


def test_nothing_is_remembered_where_ci_is_set(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.md").write_text(GOOD, encoding="utf-8")
    monkeypatch.setenv("CI", "true")
    run("check", "a.md")
    assert not cache_folder.folder().exists()
    run("check", "a.md", "--cache")
    assert len(_entries()) == 1


def test_another_program_remembers_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.md").write_text(GOOD, encoding="utf-8")
    run("check", "a.md")
    monkeypatch.setattr(check_cache, "program", lambda: "another")
    run("check", "a.md")
    assert len(_entries()) == 2


def test_the_program_is_known_by_its_content() -> None:
    """Two versions whose files have equal times are two programs."""
    check_cache.program.cache_clear()
    before = check_cache.program()
    file = Path(check_cache.__file__)
    time_before = file.stat()
    os.utime(file)
    check_cache.program.cache_clear()
    assert check_cache.program() == before
    os.utime(file, ns=(time_before.st_atime_ns, time_before.st_mtime_ns))


def test_the_cache_is_bounded(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    cache_folder.folder().mkdir(parents=True)
    for k in range(10):
        path = cache_folder.folder() / f"{k}.json"
        path.write_bytes(b"x" * 100)
        os.utime(path, (k, k))
    monkeypatch.setattr(cache_folder, "MOST_BYTES", 600)
    cache_folder.sweep()
    assert [p.name for p in _entries()] == ["6.json", "7.json", "8.json", "9.json"]


# -- being stopped -----------------------------------------------------------------------------------------------------------------------


def _leftovers(folder: Path) -> list[str]:
    return [p.name for p in folder.iterdir() if p.name.endswith(".part")]


def test_what_a_killed_run_left_is_removed_and_what_a_running_one_holds_is_not(tmp_path: Path) -> None:
    held, left = files._temporary(tmp_path, "a.txt"), files._temporary(tmp_path, "a.txt")
    file, other = files._made(held), files._made(left)
    assert file is not None and other is not None and files._made(held) is None, "nobody makes a file that is there"
    other.close()
    files.write_all(tmp_path, {"a.txt": "new"})
    assert held.exists() and not left.exists()
    file.close()
    files.write_all(tmp_path, {"a.txt": "new"})
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


WRITER = """
import signal, sys
from pathlib import Path
from render.files import write_all
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background is begun deaf to it
k = 0
while True:
    k += 1
    write_all(Path(sys.argv[1]), {name: f"{k}\\n" * 2000 for name in ("a", "b", "c")})
    if k == 1:
        print("ready", flush=True)
"""


def _killed(folder: Path, seconds: float, number: int) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    time.sleep(seconds)
    process.send_signal(number)
    process.wait(180)  # nothing is measured: a busy machine starts it slowly
    process.stdout.close()
    return process


def _whole(folder: Path) -> bool:
    return all(len(set((folder / name).read_text().split())) == 1 and len((folder / name).read_text().split()) == 2000 for name in ("a", "b", "c"))


def _kill_while_writing(folder: Path, times: int) -> None:
    for k in range(times):
        _killed(folder, 0.02 + 0.003 * (k % 17), signal.SIGKILL)
        assert _whole(folder)
        assert len(_leftovers(folder)) <= 3, "each run removes what the one before has left"
    files.write_all(folder, {"a": "", "b": "", "c": ""})
    assert not _leftovers(folder)


def test_a_run_that_is_killed_leaves_whole_files(tmp_path: Path) -> None:
    _kill_while_writing(tmp_path, 4)


@pytest.mark.slow
def test_two_hundred_runs_that_are_killed_leave_whole_files(tmp_path: Path) -> None:
    _kill_while_writing(tmp_path, 200)


def test_a_run_that_is_interrupted_leaves_nothing_else(tmp_path: Path) -> None:
    _killed(tmp_path, 0.05, signal.SIGINT)
    assert _whole(tmp_path) and not _leftovers(tmp_path)


def test_an_interruption_at_any_point_leaves_whole_files_and_nothing_else(tmp_path: Path) -> None:
    """Ctrl-C before each single instruction of the writer in turn, where signals are not held back: one that came between making and noting stayed."""
    written = {name: f"{name}\n" for name in ("a", "b")}
    for point in itertools.count():
        files.write_all(tmp_path, dict.fromkeys(written, "old\n"))
        passed = 0

        def at(frame: types.FrameType, event: str, _: object, point: int = point) -> Any:
            nonlocal passed
            if frame.f_code.co_filename != files.__file__:
                return None
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
            if event == "opcode" and passed <= point and signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ()):
                passed += 1
                if passed > point:
                    raise KeyboardInterrupt
            return at

        before = sys.gettrace()
        sys.settrace(at)
        try:
            files.write_all(tmp_path, written)
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(before)
        assert not _leftovers(tmp_path), f"instruction {point}"
        texts = [(tmp_path / name).read_text() for name in written]
        assert texts in (["old\n", "old\n"], ["a\n", "b\n"]), f"instruction {point}: {texts}"
        if passed <= point:
            break
    assert point > 100, "the writer was not interrupted"


def test_an_interruption_says_what_was_written(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("s.toml").write_text('title = "t"\n[[problem]]\nkind = "residual-block"\nchannels = 4\n', encoding="utf-8")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("render.commands.batch.outcomes_of", stopped)
    assert run("sheet", "s.toml", "--to", "md")[::2] == (130, "interrupted; no file was changed\n")
    monkeypatch.undo()


def test_an_interruption_after_a_file_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("s.toml").write_text('title = "t"\n[[problem]]\nkind = "residual-block"\nchannels = 4\n', encoding="utf-8")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("render.commands.working.print_table", stopped)
    status, _, err = run("sheet", "s.toml", "--to", "md", "--out", "o")
    assert status == 130 and err.startswith("interrupted; written before that, each of them whole: o/s.md")


def _derive(*words: str, **options: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CI": "true"}
    return subprocess.Popen([sys.executable, "-m", "render.cli", *words], cwd=ROOT, env=environment, text=True, **options)  # type: ignore[call-overload,no-any-return]


def test_a_closed_or_full_output_has_a_status(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        process = _derive("list", stdout=full, stderr=subprocess.PIPE)
        assert process.communicate()[1] == "derive: cannot write the answer: No space left on device\n" and process.returncode == 74
    closed = subprocess.run(["sh", "-c", f"{sys.executable} -m render.cli list >&-"], cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    assert closed.returncode == 74 and closed.stderr == "derive: standard output is closed\n"
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as gone:
        process = _derive("list", stdout=gone, stderr=subprocess.PIPE)
        assert process.communicate()[1] == "" and process.returncode == 141


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_check_that_is_stopped_leaves_no_process(tmp_path: Path, number: int, status: int) -> None:
    script = (
        "import sys, time, os\nfrom pathlib import Path\nfrom render import cli\nfrom render import check_work\n"
        "def slow(key, task, tell):\n    Path(task.name + '.pid').write_text(str(os.getpid()))\n    time.sleep(60)\ncheck_work.checked = slow\nsys.exit(cli.main(sys.argv[1:]))"
    )
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    process = subprocess.Popen([sys.executable, "-c", script, "check", "--jobs", "2", "--no-cache", str(tmp_path)], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    marks = [tmp_path / "a.md.pid", tmp_path / "b.md.pid"]
    while not all(mark.exists() and mark.read_text() for mark in marks):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == status and ("ended by a signal; no file was changed" in err or number == signal.SIGKILL)
    for mark in marks:
        pid = int(mark.read_text())
        while _lives(pid):
            time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_folder_that_cannot_be_written_is_told(run: Run, tmp_path: Path) -> None:
    Path("s.toml").write_text('title = "t"\n[[problem]]\nkind = "residual-block"\nchannels = 4\n', encoding="utf-8")
    status, _, err = run("sheet", "s.toml", "--to", "md", "--out", "/dev/full/x")
    assert status == 2 and "cannot write into the folder" in err
    status, _, err = run("sheet", "s.toml", "--to", "md", "--out", "/proc/none")
    assert status == 2 and "cannot write into the folder" in err


def test_a_sheet_that_crashes_loses_no_other(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from render.commands import batch

    for name in ("a", "bad", "c"):
        Path(f"{name}.toml").write_text('title = "t"\n[[problem]]\nkind = "residual-block"\nchannels = 4\n', encoding="utf-8")
    plain = batch.made
    monkeypatch.setattr(batch, "made", lambda order: _works("kill") if order.spec.name == "bad" else plain(order))
    status, _, err = run("sheet", "a.toml", "bad.toml", "c.toml", "--to", "md", "--jobs", "2", "--out", "o")
    assert status == 4 and err == "derive: bad: not finished: its process was killed\n"
    assert sorted(p.name for p in Path("o").glob("*.md")) == ["a.md", "c.md"]


def test_limits_are_given_to_the_children() -> None:
    assert children.Limits().seconds > 0 and next(each(_limits, ["x"], 1, Limits(7))) == "7"


def _limits(_: str) -> str:
    import resource

    return str(resource.getrlimit(resource.RLIMIT_CPU)[0])
