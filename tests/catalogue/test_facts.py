"""Plans agree with what MirageOS 3.3.1 generated, for every recorded configuration and target."""

from __future__ import annotations

from pathlib import Path

import pytest

from functoria import FunctoriaError
from tests import recorded, recorded_facts
from tests.described import describe

# What is recorded is planned without its data.
pytestmark = pytest.mark.filterwarnings("ignore:.*which is not beside the configuration")


@pytest.mark.parametrize(("name", "target"), recorded.cases())
def test_comes_out_as_recorded(name: str, target: str, tmp_path: Path) -> None:
    want = recorded.facts(name)[target]
    build = tmp_path / "build"
    try:
        plan = recorded.application(name).plan(recorded.context(name, target))
        plan.write(build)
        (build / "describe").write_text(describe(plan))
    except FunctoriaError as error:
        assert not build.exists()
        build.mkdir()
        (build / "rc").write_text("1")
        (build / "log").write_text(f"[ERROR] {error.message}")
    assert recorded_facts.compare(want, recorded_facts.facts(build)) == []


def test_every_record_is_compared() -> None:
    assert len(recorded.cases()) == 149
