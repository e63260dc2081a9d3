"""What is configured here for MirageOS 4.11 is what 4.11.1 configured, for every record and target."""

from __future__ import annotations

from pathlib import Path

import pytest

from functoria import FunctoriaError
from tests import recorded411, recorded_facts411


@pytest.mark.parametrize(("name", "target"), recorded411.cases())
def test_comes_out_as_recorded(name: str, target: str, tmp_path: Path) -> None:
    want = recorded411.in_order(recorded411.ours(recorded411.records()[name][target]))
    if want.get("error", "").startswith("Version mismatch"):
        pytest.skip("the first line of its config.ml asks for another release, which a configuration in Python cannot")
    build = tmp_path / "build"
    try:
        dry = "+dry-run" in name
        plan = recorded411.plan(name.removesuffix("+dry-run"), target)
        if dry:
            assert plan.diff(build)
            build.mkdir()
            assert want["files"] == []
            return
        plan.write(build)
        (build / "describe").write_text(recorded411.keys(plan))
    except FunctoriaError as error:
        assert not build.exists()
        build.mkdir()
        (build / "rc").write_text("1")
        (build / "log").write_text(f"Error: {error.message}")
    got = recorded411.in_order(recorded_facts411.facts(build))
    assert ("main" in got) == ("main" in want)  # else nothing but names of files would be compared
    assert recorded_facts411.compare(want, got) == []
