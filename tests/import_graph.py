"""Which file imports which, wherever the import stands: at the top, in a function, or for the type checker alone.

``python tests/import_graph.py`` prints the circles with their lines, and the files that no command and no name of the package reaches.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("derivations/**/*.py"), *ROOT.glob("render/**/*.py")])
ENTRIES = ("derivations", "render.cli", "render.present", "render.docs.conf")
"""Where somebody comes in: the package, the program, what a notebook asks for, the site."""

Graph = dict[str, set[str]]


def module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module(path): path for path in FILES}


def _base(node: ast.ImportFrom, path: Path) -> str:
    """The module that ``from ... import`` names."""
    if not node.level:
        return node.module or ""
    package = module(path).split(".")[: None if path.name == "__init__.py" else -1]
    return ".".join((*package[: len(package) - node.level + 1], *(node.module or "").split("."))).rstrip(".")


@cache
def _nodes(path: Path) -> tuple[ast.Import | ast.ImportFrom | ast.Constant | ast.If, ...]:
    return tuple(n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Import | ast.ImportFrom | ast.Constant | ast.If))


def imported(path: Path) -> set[str]:
    """The files of this project that a file imports."""
    found: set[str] = set()
    for node in _nodes(path):
        match node:
            case ast.Import(aliases):
                found.update(alias.name for alias in aliases)
            case ast.ImportFrom(_, aliases):
                base = _base(node, path)
                found.update(whole if (whole := f"{base}.{alias.name}") in MODULES else base for alias in aliases)
    return (found & MODULES.keys()) - {module(path)}


def named(path: Path) -> set[str]:
    """The files that a file names in a string, as the tables of kinds, rules and commands do."""
    words = {node.value.split(":")[0] for node in _nodes(path) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return words & MODULES.keys()


def for_types_alone() -> set[str]:
    """The files that import something for the type checker alone."""
    return {name for name, path in MODULES.items() if any(isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING" for n in _nodes(path))}


@cache
def graph() -> Graph:
    return {name: imported(path) for name, path in MODULES.items()}


def circles(edges: Mapping[str, set[str]]) -> list[set[str]]:
    """The sets of files of which each reaches each other one, largest first."""
    reach = {name: reached([name], edges) for name in edges}
    found = {frozenset(other for other in reach[name] if name in reach[other]) for name in edges}
    return sorted((set(c) for c in found if len(c) > 1), key=lambda c: (-len(c), sorted(c)))


def reached(starts: Iterable[str], edges: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(edges[name])
    return found


def unreached() -> set[str]:
    """The files that nothing but tests reaches."""
    edges = {name: wanted | named(MODULES[name]) for name, wanted in graph().items()}
    for name in edges:  # whoever imports a file runs the package around it
        parents = {name.rsplit(".", k)[0] for k in range(1, name.count(".") + 1)}
        edges[name] |= parents & MODULES.keys()
    return MODULES.keys() - reached(ENTRIES, edges)


def lines(name: str) -> int:
    return len(MODULES[name].read_text().splitlines())


def main() -> None:
    for circle in circles(graph()):
        print(len(circle), "files,", sum(map(lines, circle)), "lines:", ", ".join(sorted(circle)))
    print(len(for_types_alone()), "files import for the type checker alone:", ", ".join(sorted(for_types_alone())))
    for name in sorted(unreached()):
        print("reached by tests alone:", name, lines(name), "lines")


if __name__ == "__main__":
    main()
