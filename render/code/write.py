"""Functions and modules as source text."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from textwrap import wrap
from typing import Any

from derivations.language.context import ONE, Array, Domain, Function, Scalar, Sequence
from derivations.language.errors import DeriveError
from derivations.language.structure import free_names
from derivations.language.term import Index, Name, Term
from derivations.problem import Problem
from render.code.dialects import IMPORTS, Dialect, dialect
from render.code.docstring import WIDTH, docstring, ordered
from render.code.examples import example, term_value
from render.code.formula import Formula
from render.code.kinds import formulas
from render.code.python_text import function_source
from render.code.run import close, compiled, run, runs_here
from render.code.terms import TermPrinter
from render.code.trees import identifier

_ASSUMPTIONS: Mapping[Domain, str] = {
    Domain.REAL: "real=True", Domain.POSITIVE: "positive=True", Domain.NONNEGATIVE: "nonnegative=True", Domain.NEGATIVE: "negative=True",
    Domain.NONZERO: "real=True, nonzero=True", Domain.UNIT: "positive=True", Domain.PROBABILITY: "nonnegative=True", Domain.INTEGER: "integer=True",
    Domain.NATURAL: "integer=True, positive=True", Domain.WHOLE: "integer=True, nonnegative=True",
}  # fmt: skip


def code(problems: Iterable[Problem], name: str) -> str:
    """A module with the functions of these problems for ``numpy``, ``torch``, ``jax`` or ``sympy``.

    Raises:
        DeriveError: something has no code in this library.
    """
    chosen = dialect(name)
    wanted: list[tuple[Problem, tuple[Formula, ...]]] = []
    without: list[str] = []
    for problem in problems:
        try:
            made = formulas(problem)
            tried(problem, made, chosen)
            wanted.append((problem, made))
        except DeriveError as error:
            without.append(f"{problem.title}: {error}")
    if without and not wanted:
        raise DeriveError("; ".join(without))
    left_out = "".join(f"# {line}\n" for words in without for line in wrap(f"Left out: {words}", WIDTH - 2))
    return f"{left_out}{chr(10) * 2 * bool(without)}{module(wanted, chosen)}"


def tried(problem: Problem, made: tuple[Formula, ...], chosen: Dialect) -> None:
    """Write the functions of a problem, run them once on small values, and compare what they give with the values of their terms.

    Where the library is not installed the text is compiled and its NumPy twin is run.

    Raises:
        DeriveError: it cannot be written, does not compile, does not run, or gives something else than its term.
    """
    source = module(((problem, made),), chosen)
    compiled(source, problem.kind)
    if chosen.symbolic:
        run(source, {}, f"the code of {problem.kind}")
        return
    twin = source if chosen.module == "np" else module(((problem, made),), dialect("numpy"))
    if not runs_here(twin):
        return
    names: dict[str, Any] = {}
    run(twin, names, f"the code of {problem.kind}")
    taken: set[str] = set()
    called: list[str] = []
    for formula in made:  # under the names that they have in the module
        name = unused(formula.name, taken)
        taken.add(name)
        called.append(example(replace(formula, name=name)))
    before = "import numpy as np\nrandom = np.random.default_rng(0)\n"
    for formula, call in zip(made, called, strict=True):
        value = run(f"{before}{call}", names, f"the code of {problem.kind}")
        expected = term_value(formula)
        if expected is not None and not close(value, expected):
            raise DeriveError(f"the code of {problem.kind} was not written: {call} gives {value}, and the formula is {expected} there")


def module(wanted: Iterable[tuple[Problem, Iterable[Formula]]], chosen: Dialect) -> str:
    """A module with these functions of problems; two that would have one name get numbers.

    Raises:
        DeriveError: something has no code in this library.
    """
    needs: set[str] = set()
    taken: set[str] = set()
    functions: list[str] = []
    for problem, made in wanted:
        renamed: dict[str, str] = {}
        for formula in made:
            free = unused(formula.name, taken)
            taken.add(free)
            renamed[formula.name] = free
            calls = {head: (renamed.get(called, called), passed) for head, (called, passed) in formula.calls.items()}
            written, more = function(replace(formula, name=free, calls=calls), problem, chosen)
            needs |= more
            functions.append(written)
    support = [chosen.support[name] for name in sorted(needs)]
    body = "\n\n\n".join([*support, *functions])
    if [type(node) for node in ast.parse(body).body] != [ast.FunctionDef] * (len(support) + len(functions)):
        raise DeriveError("code: the module is not written: read again, it is not the functions that were meant and nothing else")
    head = "\n".join(imports(body))
    return f"{head}\n\n\n{body}\n" if head else f"{body}\n"


def imports(body: str) -> list[str]:
    """The import lines that a text of code needs: the standard library first."""
    used = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    found = [line for name, line in IMPORTS.items() if name in used]
    standard = [line for line in found if line == "import math"]
    return [*standard, *([""] if standard and len(found) > 1 else []), *(line for line in found if line not in standard)]


def unused(name: str, taken: set[str]) -> str:
    """The name, or the name with a number behind it."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def function(formula: Formula, problem: Problem, chosen: Dialect) -> tuple[str, set[str]]:
    """The source of one function, and the names of the support that it needs."""
    vector = formula.outputs.variable if formula.outputs is not None else None
    outputs = None if chosen.symbolic else formula.outputs
    printer = TermPrinter(
        chosen,
        formula.context,
        arrays=_arrays(formula) | ({vector} if vector is not None else frozenset()),
        names={name: _local_name(name) for name, _ in formula.local},
        own=formula.own,
        first=formula.first,
        silent=formula.silent,
        functions={head: _passed(name, passed) for head, (name, passed) in formula.calls.items()},
    )
    arrays = [(identifier(a), _converted(a, formula, chosen)) for a in formula.arguments]
    lines = [f"{name} = {source}" for name, source in arrays if source]
    if not chosen.symbolic or formula.arrays:
        for size, of, axis in formula.sizes:
            lines.append(f"{identifier(size)} = " + (f"len({identifier(of)})" if axis is None else f"{identifier(of)}.shape[{axis}]"))
    before = 0
    for name, value in formula.local:
        written = f"{_local_name(name)} = {_local(name, value, printer, formula)}"
        lines += [*map(_source, printer.before[before:]), written]
        before = len(printer.before)
    if outputs is not None:
        length = identifier(outputs.length)
        counted = _unparsed(printer, outputs.count)
        lines.append(f"if outputs is None:\n    {length} = len({identifier(outputs.signal)})\n    outputs = {counted}")
        lines.append(f"{identifier(outputs.variable)} = {chosen.module}.arange(1, outputs + 1)")
    result = _broken("return ", ast.fix_missing_locations(printer.of(formula.body)))
    lines += [_source(statement) for statement in printer.before[before:]]
    head = [_argument(a, formula, chosen) for a in ordered(formula, chosen)] + (["outputs=None"] if outputs is not None else [])
    told = docstring(formula, problem, chosen)
    return function_source(formula.name, head, told, [*lines, "\n".join(result)], _listed(f"def {formula.name}(", head, "):")), printer.needs


def _arrays(formula: Formula) -> frozenset[Term]:
    """What is an array of the library in the body: arguments, and what is computed first from arrays."""
    found = set(formula.arrays)
    for name, value in formula.local:
        if free_names(value) & frozenset().union(*map(free_names, found)):
            found.add(name)
    return frozenset(found)


def _listed(before: str, parts: list[str], after: str) -> list[str]:
    """Parts with commas between them: on one line, or a line each where that is too long."""
    line = f"{before}{', '.join(parts)}{after}"
    return [line] if len(line) <= WIDTH else [before, *(f"    {part}," for part in parts), after]


def _broken(before: str, expression: ast.expr) -> list[str]:
    """An expression; a call that is too long for a line has a line for each of its arguments."""
    if isinstance(expression, ast.Call) and not expression.keywords:
        return _listed(f"{before}{ast.unparse(expression.func)}(", [ast.unparse(argument) for argument in expression.args], ")")
    return [f"{before}{ast.unparse(expression)}"]


def _argument(argument: Name | Index, formula: Formula, chosen: Dialect) -> str:
    name = identifier(argument)
    kind = formula.kind(argument)
    if chosen.symbolic and not isinstance(kind, Array):
        if isinstance(kind, Sequence) and argument not in formula.own:
            return f'{name}=sp.IndexedBase("{name}")'
        if isinstance(kind, Function):
            return f'{name}=sp.Function("{name}")'
        domain = kind.domain if isinstance(kind, Scalar | Sequence) else Domain.REAL
        return f'{name}=sp.Symbol("{name}", {_ASSUMPTIONS[domain]})'
    default = formula.defaults.get(argument)
    if default is None:
        return name
    values = default if isinstance(default, tuple) else (default,)
    printer = TermPrinter(chosen, formula.context)
    shown = [ast.unparse(printer.of(value)) for value in values]
    return f"{name}=" + (f"({', '.join(shown)}{',' if len(shown) == 1 else ''})" if isinstance(default, tuple) else shown[0])


def _converted(argument: Name | Index, formula: Formula, chosen: Dialect) -> str:
    """The argument as an array of the library, or nothing where Python's own numbers will do."""
    if argument not in formula.arrays:
        return ""
    name = identifier(argument)
    kind = formula.context.kind(argument)
    if isinstance(kind, Array):
        column = ".reshape(-1, 1)" if kind.cols == ONE else ""
        return {
            "sp": f"sp.Matrix({name})", "torch": f"torch.as_tensor({name}){column}",
        }.get(chosen.module, f"{chosen.module}.asarray({name}, dtype=float){column}")  # fmt: skip
    main = formula.main
    if chosen.symbolic:
        return ""
    if chosen.module == "torch":  # integers become floats of the default size, floats keep theirs
        return f"torch.as_tensor({name}) * 1.0" if argument == main else f"torch.as_tensor({name}, dtype={identifier(main)}.dtype)"
    return f"{chosen.module}.asarray({name}, dtype=float)" if argument == main or chosen.module == "jnp" or isinstance(kind, Sequence) else ""


def _local_name(name: Name) -> str:
    return "ones" if name == Name("1", font="bold") else identifier(name)


def _local(name: Name, value: Term, printer: TermPrinter, formula: Formula) -> str:
    """A local value; an array with the property ``ones`` is made by the library."""
    kind = printer.context.kind(name)
    if isinstance(kind, Array) and "ones" in kind.properties:
        sizes = f"{_unparsed(printer, kind.rows)}, {_unparsed(printer, kind.cols)}"
        match printer.dialect.module:
            case "sp":
                return f"sp.ones({sizes})"
            case "torch":
                return f"torch.ones(({sizes}), dtype={identifier(formula.main)}.dtype)"
            case module:
                return f"{module}.ones(({sizes}))"
    return _unparsed(printer, value)


def _passed(name: str, passed: tuple[Name | Index, ...]) -> Callable[[list[ast.expr]], ast.expr]:
    """What becomes of a call of a function that has more arguments in code than on paper."""

    def made(values: list[ast.expr]) -> ast.expr:
        return ast.Call(ast.Name(name), [*values, *(ast.Name(identifier(p)) for p in passed)], [])

    return made


def _unparsed(printer: TermPrinter, term: Term) -> str:
    return ast.unparse(ast.fix_missing_locations(printer.of(term)))


def _source(statement: ast.stmt) -> str:
    return ast.unparse(ast.fix_missing_locations(statement))
