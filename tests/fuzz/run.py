"""Inputs that nobody meant, for as long as one likes: ``python tests/fuzz/run.py --seconds 120``.

Five sources: a grammar of documents, mutations of the corpus, fields of sheets and papers, parameters of ``derive show``, calls of the Python functions. Each
input is made from the seed and its number alone, and runs in a process of its own under an audit hook. It is a finding when the program fails instead of
answering, takes more than 10 seconds of processor time (and 5 for each relation of a document) or 1 GB, does something that no input may make it do (starts a program, opens a connection, writes
where it was not told to), or prints what acts on a terminal. Findings are kept in a folder; one that is mended is copied to ``tests/fuzz/found`` and is a test.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import json
import os
import pkgutil
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from unicodedata import category

sys.path.insert(0, str(Path(__file__).parents[2]))

import derivations
import render
from render import cli
from render.children import Fault, Limits, each, fault

HERE = Path(__file__).parent
CORPUS = HERE.parent / "corpus"
LIMITS = Limits(seconds=600, megabytes=1_000)  # a document of a hundred integrals may take what its relations may
SECONDS, SECONDS_FOR_A_RELATION = 10, 5
"""Processor time that an input may take, and how much more for each relation of a document: what a step costs is bounded, what a document costs is linear."""
RELATION = re.compile(rb"=|<|>|\\(?:le|ge|leq|geq|ne|neq|approx|equiv|propto|in|sim|to|iff|implies|stackrel)(?![A-Za-z])")


@dataclass(frozen=True)
class Input:
    """``words``: the command line, with ``FILE`` for the file that holds ``data``; or, for ``api``, the name of a function and its arguments as JSON."""

    kind: str
    number: int
    words: tuple[str, ...]
    name: str = ""
    data: bytes = b""
    beside: tuple[tuple[str, bytes], ...] = ()


# -- documents ---------------------------------------------------------------------------------------------------------------------------

NAMES = ["x", "y", "a", "b", "n", "k", "i", "j", "A", "B", "W", "f", "g", "p", "q", r"\alpha", r"\sigma", r"\theta", "x_i", "w_{ij}", "A^T", r"\mathbf{x}", r"\hat y", "L", "d", "e", "T"]
NUMBERS = ["0", "1", "2", "-1", "10", "0.5", "1/3", "999999999999999999999", "1e9", "10^{100}", "5000!", "2^{2^{10}}", "007", "1{,}000", "0.0000001"]
SIGNS = ["=", r"\le", r"\ge", "<", ">", r"\ne", r"\approx", r"\equiv", r"\propto", r"\in", r"\to", r"\iff", r"\implies", ":=", r"\sim", r"\stackrel{!}{=}"]
RARE = ["\\", "{", "}", "$", "$$", "&", "\\\\", "%", "#", "^", "_", "~", "\0", "\x1b[2J", "\u202e", "\ufffd", "\udce9", "é", "∑", "\\left", "\\right)", "\\begin{align}",
        "\\end{align}", "\\begin{cases}", "\\def\\x{\\x\\x}", "\\newcommand{\\z}[9]{#1#9}", "\\let\\a\\b", "\\catcode`\\$=12", "\\iffalse", "\\fi", "\\verb|", "\\text{", "\\frac", "\\sqrt[",
        "\\sum_{", "\\int", "% derive: ", "<!-- derive: begin 1 -->", "<!-- derive: end -->", "```", "\n\n", "\r", "\t", "\\(", "\\]", "\\[", "()" * 40, "{" * 200, "-" * 200, "+" * 50,
        "^^M", "\\csname x\\endcsname", "\\input{x}", "\\label{eq:1}", "\\tag{1}", "\\ref{", "\\,", "\\quad", "\\cdots", "\\ldots", "|", "\\|", "\\nabla", "\\partial", "'", "''"]  # fmt: skip
DIRECTIVES = ["assume x > 0", "assume x = 1", "let A: matrix n m", "let f: convex", "let p: density", "define f(x) = x^2", "range i 1 n", "softmax rows", "problem", "begin 1", "end", "recall",
              "step 1 by equality", "convention x", "let x", "assume", "define", "let A: permutation N", "assume x \\in \\mathbb{R}", "aside"]  # fmt: skip
PROSE = ["Let {} be real.", "Then {}.", "Suppose {}.", "Hence {}, for all {}.", "where {} is the mean of the {}", "If {}, then {}.", "Assume that {} is not convex.", "We define {}.", "for example, with {} we get {}",
         "Let {} be an $n \\times m$ matrix.", "Let {} be i.i.d. random variables with variance {}.", "Without assuming {}, {} follows.", "It remains to show {}."]  # fmt: skip


def term(r: Random, depth: int) -> str:
    if depth <= 0 or r.random() < 0.15:
        return r.choice(NAMES if r.random() < 0.7 else NUMBERS)
    a, b = term(r, depth - 1), term(r, depth - 1)
    return r.choice([
        f"{a} + {b}", f"{a} - {b}", f"{a} {b}", rf"{a} \cdot {b}", rf"\frac{{{a}}}{{{b}}}", f"{{{a}}}^{{{b}}}", f"{{{a}}}_{{{b}}}", f"({a})", rf"\left({a}\right)", rf"\sqrt{{{a}}}",
        rf"\sum_{{i={r.choice(['0', '1', a])}}}^{{{r.choice(['n', '30', b])}}} {a}", rf"\prod_{{k=1}}^n {a}", rf"\int_0^{{{r.choice(['1', 'x'])}}} {a} \, dx", rf"\log {a}", rf"\exp({a})",
        f"f({a}, {b})", rf"\frac{{\partial {a}}}{{\partial {b}}}", rf"\mathbb{{E}}[{a}]", rf"\lVert {a} \rVert^2", f"{a}^{{-1}}", f"{a}^\\top {b}", f"-{a}", f"{a}!", rf"\max({a}, {b})",
        rf"\begin{{pmatrix}} {a} & {b} \\ 0 & 1 \end{{pmatrix}}", rf"\begin{{cases}} {a} & x > 0 \\ {b} & \text{{otherwise}} \end{{cases}}", rf"|{a}|", rf"\lfloor {a} \rfloor", rf"\lim_{{n \to \infty}} {a}",
        rf"\binom{{{a}}}{{{b}}}", rf"{a} \odot {b}", rf"\operatorname{{softmax}}({a})", rf"\mathcal{{N}}({a}, {b})", rf"{a} \mid {b}", rf"\nabla_{{{a}}} {b}",
    ])  # fmt: skip


def formula(r: Random) -> str:
    made = [term(r, r.randrange(4))]
    for _ in range(r.choice([0, 1, 1, 1, 2, 3])):
        made += [r.choice(SIGNS), term(r, r.randrange(4)) if r.random() < 0.7 else made[0]]
    return " ".join(made)


def document(r: Random) -> str:
    lines: list[str] = []
    for _ in range(r.randrange(1, 7)):
        what = r.random()
        if what < 0.55:
            sentence = r.choice(PROSE)
            lines.append(sentence.format(*(f"${formula(r)}$" for _ in range(sentence.count("{}")))))
        elif what < 0.75:
            rows = " \\\\\n".join(f"{term(r, 2)} &{r.choice(SIGNS)} {term(r, 3)}" for _ in range(r.randrange(1, 5)))
            name = r.choice(["align", "align*", "equation", "gather", "eqnarray", "aligned", "foo"])
            lines.append(f"\\begin{{{name}}}\n{rows}\n\\end{{{name}}}")
        elif what < 0.9:
            lines.append(f"% derive: {r.choice(DIRECTIVES)}{r.choice(['', ' ' + formula(r)])}")
        else:
            lines.append("".join(r.choice(RARE) for _ in range(r.randrange(1, 6))))
    return "\n".join(lines)


def mutated(r: Random, text: str) -> str:
    """A text with a few changes, cut to what one check can be expected to take."""
    lines = text.splitlines(keepends=True)
    if len(lines) > 30:
        at = r.randrange(len(lines) - 30)
        lines = lines[:2] + lines[at : at + 30]
    text = "".join(lines)
    for _ in range(r.choice([1, 1, 2, 4, 16])):
        i, j = sorted((r.randrange(len(text) + 1), r.randrange(len(text) + 1)))
        j = min(j, i + r.choice([1, 3, 20, 200]))
        piece = text[i:j]
        text = text[:i] + r.choice(["", piece * 2, piece[::-1], r.choice(RARE), piece + r.choice(RARE), r.choice(NUMBERS), piece * r.choice([3, 50])]) + text[j:]
    return text[:60_000]


# -- sheets, parameters, calls -----------------------------------------------------------------------------------------------------------

WORDS = ["", "0", "1", "-1", "7", "3,3,3", "K", "beta", "nan", "inf", "1e400", "1/0", "1/3", "0.9", "9" * 5000, "10" * 20, "99999999", "yes", "left", "x" * 5000, "α", "\0", "\x1b[2J", "\u202e", "a\nb", '"""', "'''",
         "__import__", "f.py", "../f.py", "/dev/zero", "Normal(0,1)", "Normal(mu,sigma**2)", "Uniform(a,b)", "exp(z)", "z**z", "1/z", "log(z)*0", "z**99", "sin(1/z)", "((((z))))", "(" * 300, "z" + "+z" * 300, "tanh(tanh(z))",
         "Normal(0,-1)", "Normal()", "z if z else 1", "lambda: 0", "logistic", "2**2**2**9", "<b>", "</script>", "\\write18{x}", "#read(\"x\")", "[x](y)", "%s", "{}", "zeros", "spacing", "drop"]  # fmt: skip


def parameters(r: Random) -> tuple[str, dict[str, str]]:
    from derivations.catalogue import KINDS

    kind = r.choice(KINDS)
    values = dict(r.choice(kind.examples)) if r.random() < 0.7 else {}
    for parameter in kind.parameters:
        if r.random() < 0.4:
            values[parameter.name] = r.choice(WORDS)
    if r.random() < 0.05:
        values[r.choice(WORDS)] = "1"
    return kind.name, values


def toml(r: Random, value: str) -> str:
    written = json.dumps(value.encode("utf-8", "replace").decode())
    return r.choice([written, written, written, r.choice(["nan", "-inf", "1e999", "9" * 5000, "true", "[1, 2]", "{ a = 1 }", "2024-05-01", "07:30:00", "[]", "1.5", "0x10", "''"])])


DRAWS = (
    "{ choose = [1, 3, 5] }", "{ choose = [[1, 2], [3]] }", "{ choose = [] }", "{ from = 1, to = 9 }", "{ from = 9, to = 1 }", "{ from = 0.1, to = 0.9, step = 0.1 }", "{ from = 1, to = 1e300 }",
    "{ compute = 'kernel * 2' }", "{ compute = '1 / 0' }", "{ compute = 'x ** 9' }", "{ chose = 3 }", "[3, { choose = [1, 2] }]", "{ a = { from = 1, to = 3 } }", "['kernel < 5', 'a != 2']",
    "'samples % batch == 0'", "'__import__(1)'", "'{draw.a}'", "3",
)  # fmt: skip


def sheet(r: Random) -> str:
    lines = [f"{field} = {toml(r, r.choice(WORDS))}" for field in ("title", "course", "author", "date", "language", "header", "logo", "template", "style", "nonsense") if r.random() < 0.12]
    lines = lines if any(line.startswith("title") for line in lines) else ['title = "T"', *lines]
    if r.random() < 0.2:
        lines += ["[notation]", f"{r.choice(['symbols', 'fonts', 'bold', 'log', 'decimal', 'thousands', 'x'])} = {toml(r, r.choice(WORDS))}"]
    drawn = r.random() < 0.2
    if drawn:
        lines += ["[variants]", f"count = {r.choice(['1', '2', '3', '0', '1e9', '-1', 'true'])}", *(f"{field} = {r.choice(DRAWS)}" for field in ("draw", "where") if r.random() < 0.2)]
    for _ in range(r.choice([1, 1, 2])):
        kind, values = parameters(r)
        if drawn and values:
            lines += ["[[problem]]", f"kind = {json.dumps(kind)}", *(f"{json.dumps(n)} = {r.choice([r.choice(DRAWS), toml(r, v), toml(r, v)])}" for n, v in values.items())]
            lines += [f"{field} = {r.choice(DRAWS)}" for field in ("draw", "where") if r.random() < 0.3]
            continue
        lines += ["[[problem]]", f"kind = {json.dumps(kind)}", *(f"{json.dumps(name)} = {toml(r, value)}" for name, value in values.items())]
        lines += [f"{field} = {toml(r, r.choice(WORDS))}" for field in ("question", "heading", "marks", "space", "notation") if r.random() < 0.15]
    text = "\n".join(lines) + "\n"
    return mutated(r, text) if r.random() < 0.1 else text


def made(seed: int, number: int) -> Input:
    """The input of this number."""
    r = Random(f"{seed}/{number}")
    kind = r.choice(["grammar"] * 5 + ["mutation"] * 4 + ["notebook", "sheet", "sheet", "show", "show", "api", "paper"])
    check = ("check", "FILE", "--no-cache", *r.choice([(), ("--verbose",), ("--strict",), ("--to", "json"), ("--to", "sarif")]))
    if kind == "grammar":
        side = ((".derive.toml", f"declare = [{', '.join(json.dumps(r.choice(DIRECTIVES)) for _ in range(2))}]".encode()),) if r.random() < 0.1 else ()
        return Input(kind, number, check, r.choice(["x.tex", "x.md"]), document(r).encode("utf-8", "surrogatepass" if r.random() < 0.02 else "replace"), side)
    if kind == "mutation":
        files = sorted(p for p in CORPUS.rglob("*") if p.suffix in (".tex", ".md"))
        path = r.choice(files)
        data = mutated(r, path.read_text("utf-8")).encode("utf-8", "replace")
        return Input(kind, number, check, f"x{path.suffix}", data.decode().encode("utf-16") if r.random() < 0.02 else data)
    if kind == "notebook":
        cells = [{"cell_type": r.choice(["markdown", "code", 3]), "source": r.choice([document(r), [document(r)], None, 5])} for _ in range(r.randrange(4))]
        text = json.dumps({"cells": cells, "nbformat": 4})
        return Input(kind, number, check, "x.ipynb", (mutated(r, text) if r.random() < 0.5 else text).encode("utf-8", "replace"))
    if kind == "sheet":
        formats = r.choice(["tex,md", "html", "ipynb", "json,typ", "tex,html,md,ipynb,json,typ"])
        return Input(kind, number, ("sheet", "FILE", "--to", formats, "--out", "OUT", "--edition", r.choice(["all", "questions", "staff"])), "x.toml", sheet(r).encode("utf-8", "replace"))
    if kind == "paper":
        name, values = parameters(r)
        text = f"[key.{r.choice(['a', 'a:b', '..', 'con'])}]\nkind = {json.dumps(name)}\n" + "".join(f"{json.dumps(n)} = {toml(r, v)}\n" for n, v in values.items())
        text += f"part = {json.dumps(r.choice(['statement', 'answer', 'number', 'chain', 'ledger', 'figure', 'x']))}\n"
        beside = (("p.tex", f"\\usepackage{{derived}} \\derived{{a}} ${formula(r)}$ % derived: a\n{document(r)}".encode("utf-8", "replace")),)
        return Input(kind, number, r.choice([("embed", "update", "OUT"), ("embed", "check", "OUT/p.tex"), ("embed", "flatten", "OUT/p.tex")]), "derived.toml", text.encode("utf-8", "replace"), beside)
    name, values = parameters(r)
    if kind == "show":
        form = r.choice(["terminal", "tex", "html", "md", "json", "ipynb", "numpy", "torch", "sympy", "typ"])
        return Input(kind, number, ("show", name, *(w for n, v in values.items() for w in (f"--{n}", v)), "--to", form, "--edition", r.choice(["solutions", "questions", "hints", "staff"])))
    return Input(kind, number, (name.replace("-", "_"), json.dumps(values)))


# -- running -----------------------------------------------------------------------------------------------------------------------------

FORBIDDEN = ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.fork", "socket.connect", "socket.getaddrinfo", "socket.bind", "shutil.rmtree", "os.startfile")
EXPECTED = {0, 1, 2, 3, 4}


def ran(one: Input) -> str:
    """What is wrong with an answer; empty for nothing. Runs in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="derive-fuzz-") as place:
        folder = Path(place).resolve()
        os.chdir(folder)
        os.environ.update(XDG_CACHE_HOME=str(folder / "cache"), XDG_STATE_HOME=str(folder / "state"))  # what the program remembers, it may write
        (folder / "out").mkdir()
        where = folder / ("out" if one.kind == "paper" else ".") / one.name
        if one.name:
            where.write_bytes(one.data)
            for name, data in one.beside:
                (where.with_name(name) if one.kind == "paper" else where.with_name(where.name + name)).write_bytes(data)
        words = [word.replace("OUT", "out").replace("FILE", one.name) for word in one.words]
        done: list[str] = []
        begun = time.process_time()
        _watch(folder, done)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = _called(one) if one.kind == "api" else _in_process(words)
        if done:
            return f"it did what no input may make it do: {done[0]}"
        taken, allowed = time.process_time() - begun, SECONDS + SECONDS_FOR_A_RELATION * len(RELATION.findall(one.data if one.words[0] == "check" else b""))
        if taken > allowed:
            return f"it took {taken:.0f} seconds of processor time, and {allowed} are allowed"
        if status not in EXPECTED:
            return f"exit status {status}: {err.getvalue().strip()[-300:]}"
        if "Traceback" in err.getvalue():
            return "a traceback"
        seen = err.getvalue() + (out.getvalue() if one.kind not in ("show", "api") and "flatten" not in one.words else "")
        acting = next((c for c in seen if not c.isprintable() and c != "\n" and category(c) != "Zs"), None)  # a narrow space between digits is a space
        return "" if acting is None else f"it prints {acting!r}"


def _in_process(words: list[str]) -> int:
    """The command, with its children's work done here: this process is the child."""
    from render import children

    def in_parts(work: Callable[..., object], tasks: list[object], *_: object) -> Iterator[object]:
        told: list[object] = []
        for result in here(lambda task: work(task, told.append), tasks):
            yield from map(children.Part, told)
            told.clear()
            yield result

    def here(work: Callable[..., object], tasks: list[object], *_: object) -> Iterator[object]:
        for task in tasks:
            try:
                yield work(task)
            except ValueError as error:
                yield Fault("input", str(error)) if type(error).__module__ != "builtins" else Fault("crash", fault(error))

    children.each, children.each_in_parts = here, in_parts  # type: ignore[assignment]
    return cli.main(words)


def _called(one: Input) -> int:
    from derivations.kernel.theorem import NotProved
    from derivations.language.errors import DeriveError

    try:
        getattr(derivations, one.words[0])(**json.loads(one.words[1]))
    except NotProved:
        return 1
    except (DeriveError, TypeError) as error:
        if isinstance(error, TypeError) and "argument" not in str(error):
            raise
        return 2
    return 0


def _watch(folder: Path, done: list[str]) -> None:
    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in FORBIDDEN:
            done.append(f"{event} {arguments!r:.200}")
        if event == "open" and isinstance(arguments[0], str) and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
            path = str(Path(arguments[0]).absolute())
            if not path.startswith(str(folder)) and "__pycache__" not in path and path != os.devnull:
                done.append(f"opened {path} to write")

    sys.addaudithook(hook)


def findings(seed: int, numbers: Iterator[int], jobs: int, until: Callable[[], bool]) -> Iterator[tuple[Input, str]]:
    """Every input with what is wrong with it, batch by batch."""
    while not until():
        batch = [made(seed, number) for number, _ in zip(numbers, range(40), strict=False)]
        if not batch:
            return
        for one, answer in zip(batch, each(ran, batch, jobs, LIMITS), strict=True):
            yield one, f"{answer.kind}: {answer.words}" if isinstance(answer, Fault) else str(answer)


def written(one: Input) -> str:
    """An input as JSON, to be read by ``read``."""
    return json.dumps({"kind": one.kind, "words": one.words, "name": one.name, "data": one.data.decode("latin-1"), "beside": [[n, d.decode("latin-1")] for n, d in one.beside]}, indent=1) + "\n"


def read(path: Path) -> Input:
    """An input that was found."""
    told = json.loads(path.read_text("utf-8"))
    beside = tuple((name, data.encode("latin-1")) for name, data in told["beside"])
    return Input(told["kind"], 0, tuple(told["words"]), told["name"], told["data"].encode("latin-1"), beside)


def _import_all() -> None:
    """Import the program before its processes branch off, so that it is done once."""
    for package in (derivations, render):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--from", dest="first", type=int, default=0, help="the number of the first input")
    parser.add_argument("--only", type=int, help="one input by its number, shown")
    parser.add_argument("--out", default="", help="where findings are kept (default: a new folder)")
    arguments = parser.parse_args()
    _import_all()
    if arguments.only is not None:
        one = made(arguments.seed, arguments.only)
        sys.stdout.write(f"{one.words}\n{one.data.decode('utf-8', 'replace')}\n{one.beside}\n")
        (answer,) = each(ran, [one], 1, LIMITS)
        sys.stdout.write(f"{answer!r}\n")
        return bool(answer)
    start, count = time.monotonic(), Counter[str]()
    numbers = iter(range(arguments.first, 10**9))
    kept = Path(arguments.out or tempfile.mkdtemp(prefix="derive-findings-"))
    kept.mkdir(parents=True, exist_ok=True)
    found = 0
    for one, wrong in findings(arguments.seed, numbers, arguments.jobs, lambda: time.monotonic() - start > arguments.seconds):
        count[one.kind] += 1
        if wrong:
            found += 1
            (kept / f"{arguments.seed}-{one.number}.json").write_text(written(one), encoding="utf-8")
            sys.stdout.write(f"input {one.number} ({one.kind}): {wrong.encode('unicode_escape').decode()}\n")
            sys.stdout.flush()
    listed = ", ".join(f"{n} {kind}" for kind, n in sorted(count.items()))
    sys.stdout.write(f"{sum(count.values())} inputs ({listed}), {found} findings{f' in {kept}' if found else ''}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
