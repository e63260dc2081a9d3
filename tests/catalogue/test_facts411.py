"""What is configured here for MirageOS 4.11 is what 4.11.1 configured, for every record and target."""

from __future__ import annotations

from pathlib import Path

import pytest

from functoria import FunctoriaError
from tests import recorded411, recorded_facts411


@pytest.mark.parametrize(("name", "target"), recorded411.cases())
def test_comes_out_as_recorded(name: str, target: str, tmp_path: Path) -> None:
    want = recorded411.ours(recorded411.records()[name][target])
    build = tmp_path / "build"
    try:
        plan = recorded411.plan(name, target)
        plan.write(build)
        (build / "describe").write_text(recorded411.keys(plan))
    except FunctoriaError as error:
        assert not build.exists()
        build.mkdir()
        (build / "rc").write_text("1")
        (build / "log").write_text(f"Error: {error.message}")
    assert recorded_facts411.compare(want, recorded_facts411.facts(build)) == []
