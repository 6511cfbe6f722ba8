"""Documents that try to make the checker work without end: every number of a document that drives a loop meets a bound.

Each is checked in a process of its own under limits of the system (1 GB of memory, a minute of the processor, which on any machine is far from what the
work that is allowed costs); that no verdict depends on time is tested elsewhere (``test_work.py``).
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

GIGABYTE = 1 << 30
MINUTE = 60

DOCUMENTS = {
    "exponent": r"Let $x, y$ be real. Then $x^{999999999999999999999/2} \ge y$.",
    "factorial under an order": r"Let $n$ be a natural number. Then $\sqrt{8n} \ne 1000!$.",
    "names on end": "For vectors " + r"$x,y\in\mathbectors " * 45 + r"$x,y\in\mathbb R^d$," + "\n$," * 45 + "\n$$x = y$$",
    "values on end": "For all " + "$x$ , " * 60 + "and ($a=1$ , " + "$b=2$ ,  " * 60 + "we have $x = y$.",
    "a long word": "For the " + "h" * 3000 + " $d = k$, this is $x = y$. With a " + "h" * 1500 + " -" * 1500 + " $a = 1$ goes $x = y$.",
    "a root of great degree": r"Let $T$ be natural and $r = \sqrt[999999999999999999999]{T}$. Then $r^2 = 7$, and $T^{999999999999999999999} = \sqrt[10^{20}]{12}$.",
    "systems that do not end": (r"\begin{align} m &= \sum_{i=1}^{t}b^{t-i}=1}^{t} (\begin{aligned} a &= b \\ " * 60) + r"\end{align}" * 30,
    "huge angles": r"Let $f$ be a function. With $q = q_1 + i q_2$ and $\tilde q_m = q e^{im\theta}$, $f[q k^* e^{i(m-n)\theta}] = \cos(e^{e^{e^{q}}}) + \sin(10^{10^{10^{n}}})$.",
    "explicit sum": r"Then $\sum_{i=1}^{30} a_i b_i c_i \ge f(x)$.",
    "explicit sum of 300": r"Then $\sum_{i=1}^{300} a_i b_i c_i \ge f(x)$.",
    "sums in sums": r"Then $\sum_{i=1}^{1000}\sum_{j=1}^{1000}\sum_{k=1}^{1000} x^{ijk} = 3$.",
    "long sum": r"Then $\sum_{k=1}^{10^{12}} k^2 = 7$.",
    "long product": r"Then $\prod_{k=1}^{10^8} k = 7$.",
    "sum of powers": r"Then $\sum_{k=1}^{n} k^{100000} = n$.",
    "tower of powers": r"Then $2^{2^{2^{2^{2^2}}}} = 3$.",
    "powers of powers": r"Then $((2^{4000})^{4000})^{4000} = 5$.",
    "power of a sum": r"Let $x, y, z, w, u$ be real. Then $(x+y+z+w+u)^{60} \ge (x-y)^{60}$.",
    "power over a power": r"Let $x$ be real. Then $(1+x)^{1000000000}/(1+x) = 3$.",
    "factorials of factorials": r"Then $(((9!)!)!)! = 3$.",
    "binomials": r"Then $\binom{100000}{50000} = \binom{n}{50000}$.",
    "many integrals": r"Then $\int_0^1 \int_0^1 \int_0^1 \int_0^1 \int_0^1 e^{xyzwu}\,dx\,dy\,dz\,dw\,du = 3$.",
    "integer of 5000 digits": f"Then ${'9' * 5000} = {'9' * 5000}$ and $10^{{5000}} = 7$.",
    "product of large integers": "Then $" + r" \cdot ".join(["9" * 1900] * 8) + " = 3$.",
    "macros that double": "".join(rf"\newcommand{{\m{a}}}{{\m{b}\m{b}}}" + "\n" for a, b in zip("abcdefghijklmnopqrstuvwx", "bcdefghijklmnopqrstuvwxy", strict=True))
    + "\\newcommand{\\my}{x}\nThen $\\ma = x$.",
    "macros that double what they are given": r"\newcommand{\d}[1]{" + "#1" * 900 + "}\nThen $" + r"\d{" * 9 + "x" * 900 + "}" * 9 + " = x$.",
    "deep brackets": "Then $" + "(" * 3000 + "x" + ")" * 3000 + " = x$.",
    "deep braces": "Then $" + "{" * 3000 + "x" + "}" * 3000 + " = x$.",
    "deep fractions": "Then $" + r"\frac{1}{" * 800 + "x" + "}" * 800 + " = x$.",
    "def at the end": r"Let $x$ be real. Then $x + x = 2x$. \def",
    "newcommand at the end": r"Then $x + x = 2x$. \newcommand",
    "half a macro": r"Then $x + x = 2x$. \def\a#1",
    "line of 300 kB": "Then $x = " + "x + " * 75_000 + "0$.",
    "words of 1 MB": "word " * 200_000,
    "definitions on one line": r"\def\a{x}" * 2_000 + " Then $x + x = 2x$.",
    "comment of blanks": "Let $x$ be real.\n%" + " " * 400_000 + "\nThen $x + x = 2x$.",
    "comment of blanks and words": "Let $x$ be real.\n%" + " " * 400_000 + "derive\nThen $x + x = 2x$.",
    "blanks": "Let $x$ be real." + " " * 400_000 + "Then $x + x = 2x$.",
    "empty lines": "Let $x$ be real." + "\n" * 400_000 + "Then $x + x = 2x$.",
    "dollars": "$" * 20_001,
    "begins": r"\begin{align}" * 5_000,
}


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (GIGABYTE, GIGABYTE))
    resource.setrlimit(resource.RLIMIT_CPU, (MINUTE, MINUTE))


def checked(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "render.cli", "check", "--no-cache", path.name]
    return subprocess.run(command, cwd=path.parent, capture_output=True, text=True, preexec_fn=limited, check=False)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_ends_in_bounded_memory(name: str, tmp_path: Path) -> None:
    path = tmp_path / "hostile.tex"
    path.write_text(DOCUMENTS[name] + "\n", encoding="utf-8")
    done = checked(path)
    assert done.returncode in (0, 1, 3), done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    assert "hostile.tex: " in done.stdout
