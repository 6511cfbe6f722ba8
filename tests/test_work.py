"""Budgets of work: they nest, they run out at the same place every time, and no clock decides a verdict."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from derivations.language.work import Budget, OutOfWork, apart, budget, spend, within

DERIVATIONS = Path(__file__).parent.parent / "derivations"


def test_it_runs_out_after_so_many_ticks_and_stays_out() -> None:
    with within(10) as found:
        spend(4)
        spend(6)
        assert not found.exhausted
        for _ in range(2):
            with pytest.raises(OutOfWork):
                spend()
        assert found.exhausted


def test_a_part_takes_no_more_than_is_left_and_what_it_takes_is_gone() -> None:
    with within(10) as whole:
        with within(4):
            spend(3)
        assert whole.spent == 3
        with within(100) as greedy, pytest.raises(OutOfWork):
            spend(8)
        assert greedy.exhausted
        assert whole.exhausted


def test_a_part_that_ran_out_leaves_the_rest() -> None:
    with within(100):
        with within(5), pytest.raises(OutOfWork):
            spend(6)
        spend(90)


def test_what_is_kept_for_others_costs_the_same_whoever_asks() -> None:
    with within(3) as whole:
        with apart(50) as own:
            spend(50)
            with pytest.raises(OutOfWork):
                spend()
        assert own.exhausted
        assert whole.spent == 0


def test_without_a_budget_there_is_no_bound() -> None:
    before = budget().spent
    spend(10**9)
    assert not budget().exhausted
    assert budget().spent == before + 10**9
    assert Budget(5).spent == 0


CLOCKS = {"monotonic", "perf_counter", "process_time", "thread_time", "setitimer", "alarm", "monotonic_ns", "perf_counter_ns"}


@pytest.mark.parametrize("path", sorted(DERIVATIONS.glob("**/*.py")), ids=lambda p: p.relative_to(DERIVATIONS).as_posix())
def test_no_clock_is_read_where_verdicts_are_made(path: Path) -> None:
    """The same document gives the same verdicts on a busy machine."""
    tree = ast.parse(path.read_text())
    named = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)} | {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    modules = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    modules |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert not named & CLOCKS
    assert not modules & {"time", "signal", "threading"}
