"""The examples of README.md run, in their order, in one empty folder.

A comment right before a code block says what it is: ``<!-- example -->`` (``sh`` or ``python``, run; a step that fails is a failure), ``<!-- file NAME -->``
(written under this name for the examples after it), ``<!-- prints -->`` (exactly what the example before it prints).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^<!-- (example|prints|file (?P<name>[^\s>]+)) -->\n+```(?P<language>\w*)[^\n]*\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
MARKER = re.compile(r"^<!-- (?:example|prints|file .*) -->$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    role: str
    language: str
    body: str
    line: int
    name: str = ""


def blocks(text: str) -> list[Block]:
    """The marked code blocks, in order. A mark without a code block behind it is an error."""
    found = []
    for match in BLOCK.finditer(text):
        found.append(Block(match[1].split()[0], match["language"], match["body"], text.count("\n", 0, match.start()) + 1, match["name"] or ""))
    if len(found) != len(MARKER.findall(text)):
        raise ValueError("a mark for an example has no code block right behind it")
    return found


def run(found: list[Block], folder: Path) -> None:
    """Run the blocks in a folder; AssertionError names the line of the block that fails."""
    place = folder / ".bin"
    place.mkdir(parents=True, exist_ok=True)
    command = place / "derive"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m render.cli "$@"\n')
    command.chmod(0o755)
    python = place / "python3"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    environment = {**os.environ, "PATH": f"{place}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "COLUMNS": "120", "NO_COLOR": "1"}
    printed = ""
    for block in found:
        if block.role == "file":
            path = folder / block.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.body)
        elif block.role == "prints":
            assert block.body == printed, f"line {block.line}: the example before it prints something else:\n{printed}"
        else:
            words = ["sh", "-e", "-c", block.body] if block.language in ("sh", "bash") else [sys.executable, "-c", block.body]
            done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
            assert done.returncode == 0, f"line {block.line}: exit status {done.returncode}\n{done.stdout}{done.stderr}"
            printed = done.stdout


@pytest.mark.slow
def test_the_examples_of_the_readme_run(tmp_path: Path) -> None:
    found = blocks((ROOT / "README.md").read_text("utf-8"))
    if not found:
        pytest.skip("README.md marks no examples")
    run(found, tmp_path)


SAMPLE = """# Words

<!-- file one/two.txt -->
```text
three
```

<!-- example -->
```sh
cat one/two.txt
derive --version | cut -c1-6
```

<!-- prints -->
```
three
derive
```

```sh
exit 1
```

<!-- example -->
```python
from derivations import receptive_field
assert receptive_field(kernels=(7, 7, 7)).answer.value == 19
```
"""


def test_marked_blocks_run_and_others_do_not(tmp_path: Path) -> None:
    found = blocks(SAMPLE)
    assert [(b.role, b.language, b.line) for b in found] == [("file", "text", 3), ("example", "sh", 8), ("prints", "", 14), ("example", "python", 24)]
    run(found, tmp_path)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [("cat one/two.txt", "cat nothing", "line 8: exit status 1"), ("three\nderive", "four\nderive", "line 14: the example before it prints"), ("== 19", "== 20", "line 24")],
)
def test_an_example_that_fails_is_named_by_its_line(before: str, after: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=message):
        run(blocks(SAMPLE.replace(before, after)), tmp_path)


def test_a_mark_without_a_block_is_noticed() -> None:
    with pytest.raises(ValueError, match="no code block"):
        blocks("<!-- example -->\n\nwords\n")
