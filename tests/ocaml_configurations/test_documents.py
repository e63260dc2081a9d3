"""The pairs in docs/config-ml.md are equivalent for every target."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from attrs import evolve

from functoria import ocaml
from functoria.cli.config import load
from mirage_devices import TARGETS
from mirage_devices.v4 import TARGETS as TARGETS_4
from mirage_devices.v4.source import Source
from tests.ocaml_configurations.test_recorded import outcome

GUIDE = (Path(__file__).parents[2] / "docs" / "config-ml.md").read_text()
PAIRS = re.findall(r"```ocaml\n((?:(?!```).)*)```\n\n```python\n(.*?)```", GUIDE, re.DOTALL)


@pytest.mark.parametrize("number", range(len(PAIRS)))
def test_a_pair_says_the_same(number: int, tmp_path: Path) -> None:
    for name, text in zip(("config.ml", "config.py"), PAIRS[number], strict=True):
        (tmp_path / name).write_text(text)
    apps = [ocaml.load(tmp_path / "config.ml"), load(tmp_path / "config.py")]
    new = hasattr(apps[0].root, "source")
    if new:
        apps = [evolve(app, root=evolve(app.root, source=Source())) for app in apps]
    for target in TARGETS_4 if new else TARGETS:
        assert outcome(apps[0], target) == outcome(apps[1], target)


def test_the_guide_has_its_pairs() -> None:
    assert len(PAIRS) == 7
