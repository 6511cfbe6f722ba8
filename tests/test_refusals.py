"""Input that is at fault, and numbers past what a machine's floats hold: one line that says what, where and what would be accepted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from derivations.catalogue import find
from derivations.figures import TOO_LARGE, Shares, Undrawn
from derivations.language.errors import DeriveError
from render.cli import main
from render.figures.draw import drawn
from render.record import words

HUGE = "9" * 400


@pytest.mark.parametrize(("kind", "given"), [
    ("residual-block", {"channels": HUGE}), ("bottleneck-block", {"channels": HUGE, "bottleneck": HUGE}), ("receptive-field", {"kernels": f"{HUGE},3"}),
    ("receptive-field", {"kernels": "3,3", "strides": f"{HUGE},1"}), ("conv-parameters", {"channels": f"{HUGE},3", "kernels": "3"}),
    ("epochs", {"iterations": HUGE, "samples": "100", "batch": "20"}), ("epochs", {"iterations": "7", "samples": HUGE, "batch": "20"}),
    ("attention-parameters", {"width": HUGE}), ("convolution", {"kernel": "7", "stride": HUGE}), ("momentum", {"beta": f"0.{'9' * 30}"}),
], ids=lambda value: value if isinstance(value, str) else "")  # fmt: skip
def test_a_solution_is_not_lost_for_its_drawing(kind: str, given: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    options = [part for name, value in given.items() for part in (f"--{name}", value)]
    assert main(["show", kind, *options, "--to", "md"]) == 0
    written = capsys.readouterr().out
    assert "**Answer**" in written and "●" in written


def test_a_drawing_that_does_not_fit_floats_says_so() -> None:
    assert find("residual-block").build({"channels": HUGE}).figure is not None
    assert drawn(Shares((("a", int(HUGE)), ("b", 1)), int(HUGE))) == Undrawn(TOO_LARGE)
    assert drawn(Undrawn("why")) == Undrawn("why")
    assert not isinstance(drawn(Shares((("a", 2), ("b", 1)), 3)), Undrawn)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "Infinity", "NaN"])
def test_what_floats_have_beside_numbers_is_no_number_and_no_symbol(value: str) -> None:
    with pytest.raises(DeriveError, match="is not accepted; it must be a number such as 9/10"):
        find("momentum").build({"beta": value})
    with pytest.raises(DeriveError, match="is not accepted"):
        find("residual-block").build({"channels": value})
    if not value.startswith("-"):
        for given in ({"base": f"Normal({value},1)", "map": "exp(z)"}, {"base": "Normal(0,1)", "map": f"{value}*z"}):
            with pytest.raises(DeriveError, match=f"{value} is no number; a decimal, a fraction or the name of a symbol is accepted"):
                find("pushforward").build(given)


def test_a_refusal_in_a_sheet_names_file_problem_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = tmp_path / "mine.toml"
    sheet.write_text('title = "T"\n\n[[problem]]\nkind = "momentum"\n\n[[problem]]\nkind = "pushforward"\nmap = "cos(z)"\n')
    assert main(["sheet", str(sheet), "--to", "md", "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"derive: {sheet}, problem 2 (line 6): pushforward of Normal(0,1) through cos(z): ") and said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_map_that_raises_when_it_is_called_is_refused_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("def f(z):\n    return np.exp(z)\n")
    done = subprocess.run(
        [sys.executable, "-m", "render.cli", "show", "pushforward", "--map", str(path)], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == f"derive: the map's file {path} does not run: f gave NameError: name 'np' is not defined\n"


@pytest.mark.parametrize(("command", "option"), [
    ("show momentum --beta 0.5 --beta 0.9", "--beta"), ("show momentum --to md --to json", "--to"), ("show --to md momentum --to json", "--to"),
    ("sheet assignment-2 --to md --to json", "--to"), ("sheet assignment-2 --out a --out=b", "--out"), ("figure epochs --to svg --to png", "--to"),
    ("embed add key momentum --part number --part chain", "--part"),
])  # fmt: skip
def test_an_option_given_twice_is_refused(command: str, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command.split()) == 2
    assert f"{option} is given twice, and it takes one value" in capsys.readouterr().err


@pytest.mark.parametrize(("kind", "given", "said", "unsaid"), [
    ("epochs", {"iterations": "5", "samples": "100", "batch": "20"}, "for 1 epoch:", "1 epochs"),
    ("epochs", {"iterations": "10", "samples": "100", "batch": "20"}, "for 2 epochs:", "2 epoch:"),
    ("receptive-field", {"kernels": "1"}, "sees 1 input;", "1 inputs"),
    ("receptive-field", {"kernels": "3"}, "of 1 1-D convolutional layer with", "layers with"),
    ("residual-block", {"channels": "1"}, "have 1 channel.", "1 channels"),
    ("conv-parameters", {"channels": "1,1", "kernels": "1"}, "has 1 input channel. Layer 1 has kernel size 1 and goes from 1 to 1 channel.", "1 channels"),
    ("attention-parameters", {"width": "1", "tokens": "1"}, "from 1 input of length 1", "1 inputs of"),
], ids=lambda value: value if isinstance(value, str) else "")  # fmt: skip
def test_one_thing_is_not_things(kind: str, given: dict[str, str], said: str, unsaid: str) -> None:
    problem = find(kind).build(given)
    text = f"{words(problem.question)} {words(problem.answer.words)}"
    assert said in text and unsaid not in text
