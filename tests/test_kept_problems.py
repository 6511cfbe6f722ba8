"""Problems that are not derived a second time: the same as before, from this program and this user only."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from derivations.catalogue import KINDS, Kind, find
from derivations.language.errors import DeriveError
from render import cache_folder, cli, kept_problems
from render.kept_problems import Kept

GIVEN = {"iterations": "1000", "samples": "110", "batch": "20"}
Show = Callable[..., str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    at = tmp_path / "work"
    at.mkdir()
    monkeypatch.chdir(at)
    monkeypatch.delenv("CI")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str], home: Path) -> Show:
    def call(*words: str) -> str:
        assert cli.main(["show", "epochs", *(f"--{name}={value}" for name, value in GIVEN.items()), *words]) == 0
        return capsys.readouterr().out

    return call


def entries() -> list[Path]:
    return sorted(cache_folder.folder().glob("*.problem")) if cache_folder.folder().exists() else []


def not_derived(monkeypatch: pytest.MonkeyPatch) -> None:
    def build(self: Kind, given: object) -> None:
        raise DeriveError("derived again")

    monkeypatch.setattr(Kind, "build", build)


def derived(show: Show, *words: str) -> bool:
    """Whether a problem is derived, where deriving is an error."""
    try:
        show(*words)
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize("name", ["epochs", "attention-parameters", "convolution", "self-attention-equivariance"])
def test_what_is_kept_is_what_was_derived(name: str, home: Path) -> None:
    kind = find(name)
    made = Kept(()).build(kind, kind.examples[0])
    store = Kept(())
    again = store.build(kind, kind.examples[0])
    assert store.found == 1 and again is not made
    assert again.sections == made.sections and again.parameters == made.parameters and again.question == made.question and again.figure == made.figure
    assert again.answer.shown == made.answer.shown and again.answer.value == made.answer.value


def test_it_is_shown_the_same_and_not_derived(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    before = show("--to", "md")
    not_derived(monkeypatch)
    assert show("--to", "md") == before
    assert derived(show, "--no-cache")
    monkeypatch.setenv("CI", "true")
    assert derived(show)


def test_other_values_and_another_program_are_derived(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    show()
    not_derived(monkeypatch)
    assert derived(show, "--batch=10")
    monkeypatch.setattr(kept_problems, "program", lambda: "another")
    assert derived(show)


def test_verify_derives_all_the_same(show: Show, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for example in find("epochs").examples:
        Kept(()).build(find("epochs"), example)
    not_derived(monkeypatch)
    assert cli.main(["verify", "epochs"]) == 2
    assert "derived again" in capsys.readouterr().err


def test_what_the_user_did_not_sign_is_derived(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    show()
    (entry,) = entries()
    data = entry.read_bytes()
    other = cache_folder.key_file().read_bytes()
    not_derived(monkeypatch)
    entry.write_bytes(data[:-20] + bytes(20))
    assert derived(show)
    entry.write_bytes(data)
    assert not derived(show)
    cache_folder.key_file().write_bytes(bytes(byte ^ 1 for byte in other))
    assert derived(show)


def test_nothing_is_taken_from_the_tree_that_is_worked_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "work" / ".cache"))
    Kept(()).build(find("epochs"), GIVEN)
    assert not (home / "work" / ".cache").exists()
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "sheets" / ".cache"))
    Kept((home / "sheets",)).build(find("epochs"), GIVEN)
    assert not entries()


class Call:
    def __reduce__(self) -> tuple[object, ...]:
        return print, ("run",)


@pytest.mark.parametrize("body", [pickle.dumps(Call()), pickle.dumps({"title": 1}), pickle.dumps([1]), b"", b"garbage"])
def test_an_entry_holds_data_and_nothing_else(body: bytes, show: Show, capsys: pytest.CaptureFixture[str]) -> None:
    """Also where it was signed with the user's own key."""
    before = show()
    (entry,) = entries()
    cache_folder.sign(entry, cache_folder.key_file().read_bytes(), body)
    assert show() == before


def test_what_rests_on_a_file_is_derived(home: Path) -> None:
    Path("double.py").write_text("def f(z):\n    return 2 * z\n", encoding="utf-8")
    kind = find("pushforward")
    values = kind.values({"map": "double.py"})
    assert kind.rests_on_files(values) and not kind.rests_on_files(kind.values({"map": "2*z"}))
    assert sum(k.rests_on_files({p.name: "a.py" for p in k.parameters}) for k in KINDS) >= 1


def test_a_sheet_says_what_was_kept(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ['title = "T"', "[[problem]]", 'kind = "epochs"', *(f"{name} = {value}" for name, value in GIVEN.items())]
    Path("a.toml").write_text("\n".join(lines), encoding="utf-8")
    results = []
    for _ in range(2):
        from render.commands.batch import _worked

        _worked.clear()  # what this process remembers is not what is tested
        assert cli.main(["sheet", "a.toml", "--to", "md,tex"]) == 0
        results.append((capsys.readouterr().out, *(Path("output", name).read_bytes() for name in ("a.md", "a.tex"))))
    (first, *files), (second, *same) = results
    assert files == same and "--no-cache" not in first
    assert "kept: derived and checked before, by this very program; --no-cache derives it again" in second
