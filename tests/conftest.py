"""The count of mutants at the end of a run, and the mark ``slow``: tests that only ``pytest -m slow`` runs."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import settings

from derivations.mutation import Fate, summary

FATES: pytest.StashKey[dict[str, Counter[Fate]]] = pytest.StashKey()


# A run says of the program whether it is right, so it draws the same cases each time; new ones with HYPOTHESIS_PROFILE=exploring.
settings.register_profile("same", derandomize=True)
settings.register_profile("exploring", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


os.environ["CI"] = "true"  # nothing is remembered from run to run, and from a test that changes the program to one that does not


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FATES] = {}
    config.addinivalue_line("markers", "slow: takes minutes; run with -m slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Slow tests are left out unless a mark is asked for, or the test itself is."""
    if config.getoption("markexpr") or any("::" in argument for argument in config.args):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("slow")]


@pytest.fixture
def fates(request: pytest.FixtureRequest) -> dict[str, Counter[Fate]]:
    """Counts of mutants under a heading of one's own; the run's summary prints them."""
    return request.config.stash[FATES]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for heading, counted in config.stash[FATES].items():
        terminalreporter.write_line(f"{summary(counted)} ({heading})")
