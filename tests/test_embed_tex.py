"""``\\derived{key}`` on real TeX: in text, headings, captions, tables and align, on two engines; the flattened paper prints the same."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from render.cli import main

ENGINES = ["pdflatex", "lualatex"]

TOML = """
[key.momentum]
kind = "momentum"

[key."mom:chain"]
kind = "momentum"
part = "chain"
section = 3
reasons = true

[key.rf]
kind = "receptive-field"
kernels = [7, 7, 7]
part = "number"

[key.field]
kind = "receptive-field"
kernels = [7, 7, 7]

[key.density]
kind = "pushforward"
map = "logistic"

[key.ledger]
kind = "residual-block"
channels = 512
part = "ledger"

[key.drawing]
kind = "epochs"
iterations = 12
samples = 11
batch = 4
part = "figure"
"""

PAPER = r"""\documentclass[twoside]{book}
\usepackage{booktabs,tabularx}
\usepackage{derived}
\usepackage[hidelinks]{hyperref}
\newcommand{\fieldsize}{\derived{rf}}
\begin{document}
\frontmatter
\tableofcontents
\listoffigures
\listoftables
\mainmatter
\chapter{The field \derived{field}}
\section{Weights \derived{momentum}}
Some words first.

\bigskip The receptive field is \derived{rf}, \emph{so \derived{field}}\footnote{Or \derived{field}.}; in mathematics $1 + \derived{rf} = \fieldsize + 1$.
The density is \derived{density}. % \derived{nonexistent} in a comment
\MakeUppercase{Loud \derived{field}} \verb|\derived{nope}|
\begin{align*}
\derived{mom:chain}
\end{align*}
\begin{align}
  \derived{momentum} \\
  x &= \derived{rf} \label{eq:x}
\end{align}
\[ \begin{aligned} \derived{mom:chain} \end{aligned} \]
\newpage another page \newpage and one more
\begin{figure}
\centering\derived{drawing}
\caption[Short \derived{rf}]{A run, and \derived{field}.}
\end{figure}
\begin{table}
\caption{Of a block with field \derived{field}.}
\derived{ledger}
\begin{tabularx}{\linewidth}{Xr}
\derived{rf} & \derived{field} \\
a & \derived{rf}
\end{tabularx}
\end{table}
\end{document}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("tex")
    (place / "derived.toml").write_text(TOML)
    (place / "paper.tex").write_text(PAPER)
    assert main(["embed", "update", str(place)]) == 0
    return place


def typeset(folder: Path, engine: str, text: str, name: str, runs: int = 2) -> tuple[int, str]:
    """TeX's exit status and log; the generated files are copied to where it runs, and nothing else."""
    if shutil.which(engine) is None:
        pytest.skip(f"{engine} is not installed")
    place = folder / f"{engine}-{name}"
    place.mkdir(exist_ok=True)
    (place / f"{name}.tex").write_text(text)
    if "derived" in text:
        shutil.copy(folder / "derived.sty", place)
    for _ in range(runs):
        command = [engine, "-interaction=nonstopmode", "-no-shell-escape", f"{name}.tex"]
        done = subprocess.run(command, cwd=place, capture_output=True, timeout=120, check=False, env=None)
    log = (place / f"{name}.log").read_text("utf-8", errors="replace")
    return done.returncode, log


def printed(folder: Path, engine: str, name: str) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    command = ["pdftotext", "-layout", str(folder / f"{engine}-{name}" / f"{name}.pdf"), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("engine", ENGINES)
def test_a_paper_compiles_and_its_flattened_copy_prints_the_same(engine: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, log = typeset(folder, engine, PAPER, "paper")
    assert status == 0, log[-2000:]
    assert "undefined" not in log.lower() and "token not allowed" not in log.lower()
    text = printed(folder, engine, "paper")
    words = " ".join(text.split())
    assert "19, so r3" in words and "1 + 19 = 19 + 1" in words
    assert "2 360 832" in words and "multiplied out" in words and "\\derived{nope}" in words
    assert words.count("r3 = 19") >= 8, "contents, heading, running head, text, footnote, captions, lists, tables"
    bookmarks = (folder / f"{engine}-paper" / "paper.out").read_text()
    assert "r_3 = 19".encode("utf-16-be").hex() in _utf16(bookmarks)
    capsys.readouterr()
    assert main(["embed", "flatten", str(folder / "paper.tex")]) == 0
    flat = capsys.readouterr().out
    status, log = typeset(folder, engine, flat.replace("\\derived{nonexistent}", "").replace("\\derived{nope}", "\\DERIVED{nope}"), "flat")
    assert status == 0, log[-2000:]
    assert not (folder / f"{engine}-flat" / "derived.sty").exists()
    assert printed(folder, engine, "flat").replace("\\DERIVED", "\\derived") == text


def _utf16(bookmarks: str) -> str:
    """The titles of ``.out`` files, whose bytes are octal, as hexadecimal digits."""
    import re

    return re.sub(r"\\(\d{3})|(.)", lambda m: f"{int(m[1], 8):02x}" if m[1] else f"{ord(m[2]):02x}", bookmarks)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_unknown_key_is_an_error_that_names_it_and_the_known_ones(engine: str, folder: Path) -> None:
    text = "\\documentclass{article}\\usepackage{derived}\\begin{document}\n\\section{A \\derived{rff}}\n\\end{document}"
    status, log = typeset(folder, engine, text, "unknown", runs=1)
    assert status != 0
    assert "Package derived Error: There is no key `rff'; there are: momentum, mom:chain" in " ".join(log.split("\n"))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("loaded", ["\\usepackage[french]{babel}\\usepackage{derived}", "\\usepackage{derived}\\usepackage{amsmath,amssymb}"])
def test_other_packages_do_no_harm(engine: str, loaded: str, folder: Path) -> None:
    text = f"\\documentclass{{article}}{loaded}\\begin{{document}}\\section{{\\derived{{field}}}}\\begin{{align}}\\derived{{mom:chain}}\\end{{align}}\\end{{document}}"
    status, log = typeset(folder, engine, text, f"loaded{len(loaded)}", runs=2)
    if "babel Error" in log or "File `french.ldf' not found" in log:
        pytest.skip("babel-french is not installed")
    assert status == 0, log[-2000:]


def test_a_macro_of_the_same_name_is_not_overwritten(folder: Path) -> None:
    text = "\\documentclass{article}\\newcommand{\\derived}{x}\\usepackage{derived}\\begin{document}x\\end{document}"
    status, log = typeset(folder, "pdflatex", text, "taken", runs=1)
    assert status != 0 and "\\derived already defined" in " ".join(log.split("\n")).replace("Command \\derived", "\\derived")
