"""What is installed: all that the program needs, and no tests."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_the_wheel_holds_the_two_packages_whole_and_nothing_else() -> None:
    wheel = pytest.importorskip("hatchling.builders.wheel")
    held = {Path(file.distribution_path).as_posix() for file in wheel.WheelBuilder(str(ROOT)).recurse_included_files()}
    tracked = subprocess.run(["git", "ls-files", "-z", "derivations", "render"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    needed = {name for name in tracked.split("\0") if name and (ROOT / name).is_file()}
    assert needed and needed <= held
    assert {name.partition("/")[0] for name in held} == {"derivations", "render"}
    assert not [name for name in held if "test" in name.lower().split("/")[-1].split("_") or name.endswith(".pyc")]
