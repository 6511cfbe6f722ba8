"""Words that somebody else wrote are shown in every format and act in none: a corpus of break-outs, read again by parsers that know nothing of this project."""

from __future__ import annotations

import ast
import json
import os
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from random import Random

import pytest
from markdown_it import MarkdownIt

from derivations.language.errors import DeriveError
from derivations.reading.permission import running_python
from derivations.topics.pushforward.maps import written_map
from render import cli
from render.code.python_text import docstring_literal, function_source
from render.latex_text import escape as latex
from render.markdown import _words as markdown
from render.notation.text import text
from render.typst_text import escape as typst
from render.typst_text import quoted as typst_string

BREAK_OUTS = (
    '"""', "'''", '"""+str(__import__("os").system("touch PWNED"))+"""', "\\", "\\\\", '\\"""', "\\N{BULLET}", "\n", "\r\n", "\0", "\x1b[2J", "\u202e", "\u2028",
    "*/", "-->", "--->", "--!>", "<!--", "]]>", "<![CDATA[", "</script><script>alert(1)</script>", "</title>", "<img src=x onerror=alert(1)>", "&lt;", "&#0;",
    "\\end{document}", "\\end{verbatim}", "\\write18{touch PWNED}", "\\input{/etc/passwd}", "\\catcode`\\%=12", "^^5cinput", "%", "$\\csname end\\endcsname$",
    "#read(\"/etc/passwd\")", "#{1}", "$x$", "@label", "<label>", "/* */", "// comment", "= heading", "- item", "1. item", "#let x = 1",
    "javascript:alert(1)", "[x](javascript:alert(1))", "![x](http://example.org/x.png)", "`code`", "``` python", "~~~", "{{7*7}}", "%%body", "${x}", "%s%n",
)  # fmt: skip


@pytest.mark.parametrize("words", BREAK_OUTS)
def test_a_docstring_is_the_words_that_were_given(words: str) -> None:
    for whole in (words, f"a {words}", f"{words} z", f'{words}"', f'"{words}'):
        assert ast.literal_eval(docstring_literal(whole)) == whole
        assert len(ast.parse(f"def f():\n    {docstring_literal(whole)}").body) == 1


def test_docstrings_of_any_signs() -> None:
    source = Random(5)
    for _ in range(5000):
        words = "".join(source.choice('"\\\n\r\0\u202e\'a#{}N\ud800 \x0c') for _ in range(source.randrange(9)))
        assert ast.literal_eval(docstring_literal(words)) == words


@pytest.mark.parametrize(("arguments", "statements"), [
    (["x, *y"], ["return x"]), (["x=__import__('os')): pass\ndef g(y"], ["return x"]), (["x: print()"], ["return x"]), (["x"], ["return x\nimport os"]),
    (["x"], ["return x; import os"]), (["x"], [""]), (["x"], ["return ("]), (["x"], ["pass", "y = 1\ny = 2"]),
])  # fmt: skip
def test_a_function_that_is_not_the_one_that_was_meant_is_not_written(arguments: list[str], statements: list[str]) -> None:
    with pytest.raises(DeriveError, match="code: f "):
        function_source("f", arguments, "words", statements, [f"def f({', '.join(arguments)}):"])


def test_a_head_that_is_another_one_is_not_written() -> None:
    with pytest.raises(DeriveError, match="another function than the one that was meant"):
        function_source("f", ["x"], "words", ["return x"], ["def g(x):"])
    assert function_source("f", ["x=1"], 'a """ b', ["return x"], ["def f(x=1):"]).endswith("    return x")


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


ALLOWED_IN_LATEX = {r"\textbackslash", r"\textasciicircum", r"\textasciitilde", r"\textless", r"\textgreater", r"\textbar", r"\textquotedbl", r"\{", r"\}", r"\$", r"\&",
                    r"\#", r"\%", r"\_", r"\ldots", r"\ensuremath", r"\textquoteright", r"\textquoteleft"}  # fmt: skip


@pytest.mark.parametrize("words", BREAK_OUTS)
def test_latex_text_has_no_command_and_no_character_that_acts(words: str) -> None:
    written = latex(words)
    assert set(re.findall(r"\\(?:[A-Za-z]+|.)", written, re.DOTALL)) <= ALLOWED_IN_LATEX
    left = re.sub(r"\\(?:[A-Za-z]+(?:\{\})?|.)", "", written, flags=re.DOTALL)
    assert not set(left) & set("\\${}&#%_^~")


@pytest.mark.parametrize("words", BREAK_OUTS)
def test_markdown_has_no_markup_but_what_was_meant(words: str) -> None:
    shown = " ".join(words.replace("\0", "").split()) or "x"
    tokens = MarkdownIt("commonmark", {"html": True}).enable("strikethrough").parse(f"a {markdown(shown)} b")
    inside = [token for outer in tokens for token in outer.children or ()]
    assert {token.type for token in inside} <= {"text", "text_special"}
    assert "".join(token.content for token in inside) == f"a {shown} b".replace("  ", " ")


def test_typst_compiles_words_without_acting(tmp_path: Path) -> None:
    compiler = pytest.importorskip("typst")
    lines = [word.replace("\0", "") for word in BREAK_OUTS]
    body = "\n\n".join(f"a {typst(' '.join(line.split()))} b #text({typst_string(line)});" for line in lines)
    (tmp_path / "a.typ").write_text(body, encoding="utf-8")
    assert compiler.compile(str(tmp_path / "a.typ"), root=str(tmp_path), format="pdf")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("strangers")
    words = " ".join(" ".join(w.split()) for w in BREAK_OUTS if all(c >= " " for c in w))
    quoted = json.dumps(words, ensure_ascii=True)
    asked = json.dumps(words.replace("$", "\\$"), ensure_ascii=True)  # questions and titles hold formulas between dollars: these are dollars
    fields = f"title = {asked}\n" + "".join(f"{name} = {quoted}\n" for name in ("course", "author", "date", "header"))
    problem = f'[[problem]]\nkind = "residual-block"\nchannels = 4\nheading = {asked}\nquestion = {asked}\n'
    (folder / "mine.toml").write_text(fields + problem, encoding="utf-8")
    assert cli.main(["sheet", str(folder / "mine.toml"), "--to", "tex,typ,html,md,ipynb,json", "--out", str(folder)]) == 0
    return folder


def test_a_page_has_the_tags_of_a_page_with_harmless_words(made: Path) -> None:
    harmless = made / "harmless"
    (harmless).mkdir(exist_ok=True)
    text = 'title = "t"\n[[problem]]\nkind = "residual-block"\nchannels = 4\nquestion = "q"\nheading = "h"\ncourse = "c"\n'.replace('course = "c"\n', "")
    (harmless / "mine.toml").write_text('course = "c"\nauthor = "a"\ndate = "d"\nheader = "r"\n' + text, encoding="utf-8")
    assert cli.main(["sheet", str(harmless / "mine.toml"), "--to", "html", "--out", str(harmless)]) == 0
    seen, plain = _Seen(), _Seen()
    seen.feed((made / "mine.html").read_text("utf-8"))
    plain.feed((harmless / "mine.html").read_text("utf-8"))
    of_words = {"p", "strong", "em", "code", "ul", "ol", "li"}  # what a question may have: stress, code, lists; none of these acts
    assert [tag for tag in seen.tags if tag not in of_words] == [tag for tag in plain.tags if tag not in of_words]
    assert any("javascript:alert(1)" in words for words in seen.words)


def test_cells_that_run_are_functions_and_their_calls(made: Path) -> None:
    for cell in json.loads((made / "mine.ipynb").read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            tree = ast.parse("".join(cell["source"]))
            names = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
            assert not names & {"__import__", "eval", "exec", "open", "getattr"}


def test_drawings_are_well_formed(made: Path) -> None:
    for path in made.glob("*.svg"):
        root = ET.fromstring(path.read_text("utf-8"))
        assert not [e for e in root.iter() if e.tag.endswith("script")]


# -- Python that a file names ------------------------------------------------------------------------------------------------------------

READ = "import numpy as np\nfrom math import log as ln\n\ndef f(w):\n    'what it is'\n    a = 1 + np.exp(w)\n    return ln(a)\n"
RUN = "from pathlib import Path\nPath('PWNED').touch()\ndef f(z):\n    return z**2\n"


def test_a_formula_in_a_def_is_read(tmp_path: Path) -> None:
    (tmp_path / "f.py").write_text(READ, encoding="utf-8")
    assert written_map(str(tmp_path / "f.py")) == written_map("log(1 + exp(z))")


@pytest.mark.parametrize(("source", "why"), [
    (RUN, "line 1: only imports of math, numpy and torch"), ("def f(z):\n    return open('x')\n", "line 2: it calls something that is not a well-known function"),
    ("from math import log10 as log\ndef f(z):\n    return log(z)\n", "line 1: only imports of math"),
    ("def f(z):\n    return log(z)\n", "line 2: it calls something"), ("@print\ndef f(z):\n    return z\n", "line 2: a def of one plain argument without decorators"),
    ("def f(z=print()):\n    return z\n", "one plain argument"), ("def f(z):\n    for i in z: pass\n    return z\n", "line 2: assignments to names and one return"),
    ("def f(z):\n    return z if z else 1\n", "line 2: + - * / **"), ("def f(z):\n    return (lambda: z)()\n", "line 2: it calls something"),
    ("f = print\n", "line 1: only imports"), ("", "it defines 0 functions"), ("import math\ndef f(z):\n    math = z\n    return math.exp(z)\n", "line 4: it calls something"),
    ("def f(z):\n" + "".join("    z = z*z\n" for _ in range(60)) + "    return z\n", "grows to more than"),
])  # fmt: skip
def test_a_file_that_would_have_to_run_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, why: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("f.py").write_text(source, encoding="utf-8")
    with pytest.raises(DeriveError) as caught:
        written_map("f.py")
    assert "is not run, because a file names it and not you" in str(caught.value) and why in str(caught.value)
    assert "\n" not in str(caught.value) and not Path("PWNED").exists()


SHEET = '[[problem]]\nkind = "pushforward"\nmap = "f.py"\n'
PAPER = '[key.k]\nkind = "pushforward"\nmap = "f.py"\n'


@pytest.mark.parametrize(("words", "allowed"), list(product([("sheet", "s.toml"), ("embed", "update", "."), ("embed", "check", "p.tex"), ("embed", "flatten", "p.tex")], [False, True])))
def test_sheets_and_papers_run_no_file_that_they_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], allowed: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("f.py").write_text(RUN, encoding="utf-8")
    Path("s.toml").write_text(f'title = "t"\n{SHEET}', encoding="utf-8")
    Path("derived.toml").write_text(PAPER, encoding="utf-8")
    Path("p.tex").write_text("\\derived{k}", encoding="utf-8")
    status = cli.main([*words, *(["--allow-python"] if allowed else [])])
    assert Path("PWNED").exists() == allowed
    if not allowed:
        error = capsys.readouterr().err
        assert status == 2 and error.startswith("derive: ") and error.count("\n") == 1 and "--allow-python runs it" in error


def test_compiled_files_beside_a_map_are_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import py_compile

    monkeypatch.chdir(tmp_path)
    Path("f.py").write_text(RUN, encoding="utf-8")
    py_compile.compile("f.py", doraise=True)
    status = Path("f.py").stat()
    Path("f.py").write_text("k = 4\ndef f(z):\n    return z**4".ljust(len(RUN)), encoding="utf-8")
    os.utime("f.py", ns=(status.st_atime_ns, status.st_mtime_ns))
    with running_python():
        assert text(written_map("f.py")) == "z⁴"
    assert not Path("PWNED").exists()


@pytest.mark.parametrize("formula", ["exp(z) # x", "exp(z)\n", "exp(z) \x1b[2J", "z\u202e", '"""', "exp(z).__class__", "__import__('os').system('x')", "(lambda: z)()", "[z for z in z]"])
def test_a_map_is_one_formula_and_nothing_behind_it(formula: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = cli.main(["show", "pushforward", "--map", formula])
    assert status == (0 if formula == "exp(z)\n" else 2)
    assert "Traceback" not in capsys.readouterr().err
