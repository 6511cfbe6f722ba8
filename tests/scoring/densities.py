"""Scores a file of pushforward densities: the engine sees the base, the parameters and the map, never the expected answer."""

from __future__ import annotations

import json
import math
import random
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import sympy

from derivations.topics.pushforward import Density, Distribution, Refusal, pushforward
from derivations.topics.pushforward.joint import JointDensity, JointDistribution
from derivations.topics.pushforward.joint_pushforward import joint_pushforward

from .outcome import Outcome

SECONDS = 20
"""Time allowed for one case."""
CLOSE = 1e-6


class _OutOfTime(Exception):
    """The time allowed for one case is over."""


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raises `_OutOfTime` in the main thread after `seconds`."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def score(path: Path | str) -> Iterable[Outcome]:
    """One outcome per case of the file, in its order."""
    cases = json.loads(Path(path).read_text(encoding="utf-8"))["cases"]
    for case in cases:
        yield _outcome(case)


def _outcome(case: dict[str, Any]) -> Outcome:
    names = _names(case)
    try:
        with _limited(SECONDS):
            result = derived(case, names)
            detail = _difference(case, names, result)
    except _OutOfTime:
        detail = f"no answer within {SECONDS} seconds"
    return Outcome(case["id"], not detail, detail)


def _names(case: dict[str, Any]) -> dict[str, Any]:
    names: dict[str, Any] = {name: sympy.Symbol(name, **facts) for name, facts in case["params"].items()}
    letters = ["z", "x"] if case["dim"] == 1 else []
    if case["dim"] != 1:
        letters += [f"z{place + 1}" for place in range(case["dim"])]
        letters += [f"x{place + 1}" for place in range(max(case["dim"], len(case["map"])))]
    return {**{letter: sympy.Symbol(letter, real=True) for letter in letters}, **names}


def derived(case: dict[str, Any], names: dict[str, Any]) -> Density | JointDensity | Refusal:
    """What the engine answers to the base, the parameters, the constraints and the map of a case."""
    parameters = tuple(names[name] for name in case["params"])
    constraints = tuple(sympy.sympify(text, locals=names) for text in case["constraints"])
    density = sympy.sympify(case["base"]["density"], locals=names)
    support = case["base"]["support"]
    if case["dim"] == 1:
        base = Distribution(case["base"]["name"], {}, density, sympy.sympify(support, locals=names), names["z"])
        return pushforward(
            base.with_parameters(set(parameters), constraints),
            sympy.sympify(case["map"], locals=names),
            names["z"],
            names["x"],
        )
    variables = tuple(names[f"z{place + 1}"] for place in range(case["dim"]))
    joint = JointDistribution(
        variables,
        density,
        tuple(sympy.sympify(part, locals=names) for part in support),
        parameters,
        constraints,
    )
    maps = [sympy.sympify(component, locals=names) for component in case["map"]]
    return joint_pushforward(joint, maps, [names[f"x{place + 1}"] for place in range(len(maps))])


def _difference(case: dict[str, Any], names: dict[str, Any], result: Density | JointDensity | Refusal) -> str:
    """Where the answer differs from the expected one; empty where it does not."""
    kind = case["expected"]["kind"]
    if isinstance(result, Refusal):
        return f"refused: {result}" if kind == "density" else ""
    if kind == "refusal":
        return f"a density was returned: {result.density}"
    if kind == "conditional_density":
        wanted = sympy.sympify(case["expected"]["required_condition"], locals=names)
        if wanted not in result.conditions:
            return f"the condition {wanted} is not stated"
    return _points(case, names, result) or _support(case, names, result)


def _points(case: dict[str, Any], names: dict[str, Any], result: Density | JointDensity) -> str:
    for setting in case["check_points"]:
        values = {names[name]: value for name, value in setting["params"].items()}
        for point, wanted in setting["points"]:
            found = result.at(point, values)
            if not abs(found - wanted) <= CLOSE * abs(wanted):
                return f"the density at {point} is {found}, expected {wanted} ({setting['params']})"
        for point in setting.get("off_support", ()):
            if result.at(point, values) != 0:
                return f"the density at {point}, outside the support, is {result.at(point, values)}"
    return ""


def _support(case: dict[str, Any], names: dict[str, Any], result: Density | JointDensity) -> str:
    """The supports must agree at points around the checked ones (end points do not matter)."""
    expected = case["expected"]["support"]
    if expected is None:
        return ""
    wanted = sympy.sympify(expected, locals=names)
    source = random.Random(1)
    for setting in case["check_points"]:
        values = {names[name]: value for name, value in setting["params"].items()}
        theirs = wanted.subs(values)
        for point, _ in setting["points"]:
            for _ in range(3):
                if case["dim"] == 1:
                    near = float(point * source.uniform(-1, 3) + source.gauss(0, 1))
                    inside = bool(theirs.contains(sympy.Float(near)))
                else:
                    near = [value * source.uniform(0, 2) + source.gauss(0, 0.3) for value in point]
                    place = {names[f"x{n + 1}"]: value for n, value in enumerate(near)}
                    inside = theirs.subs(place) == sympy.true
                ours = result.at(near, values)
                if math.isfinite(ours) and (ours > 0) != inside and not (inside and ours == 0 and _tiny(near)):
                    return f"the supports differ at {near} ({setting['params']}): density {ours}, expected {wanted}"
    return ""


def _tiny(point: Any) -> bool:
    """Whether a density may be zero in floating point inside the support, far in its tail."""
    values = [point] if isinstance(point, float) else point
    return any(abs(value) > 5 for value in values)
