"""A config.ml gives the files of the real tools, and the same ones as its equivalent in Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from functoria import FunctoriaError, ocaml
from functoria.cli.config import load
from mirage_devices import TARGETS
from mirage_devices.v4 import TARGETS as TARGETS_4
from mirage_devices.v4.source import Source
from tests import recorded, recorded411, recorded_facts, recorded_facts411, recorded_ml
from tests.described import describe

# What is recorded is planned without its data.
pytestmark = pytest.mark.filterwarnings("ignore:.*which is not beside the configuration")


@pytest.mark.parametrize(("name", "target"), recorded.cases())
def test_comes_out_as_3_3_recorded(name: str, target: str, tmp_path: Path) -> None:
    build = tmp_path / "build"
    try:
        plan = recorded_ml.application("3.3", name).plan(recorded.context(name, target))
        plan.write(build)
        (build / "describe").write_text(describe(plan))
    except FunctoriaError as error:
        assert not build.exists()
        build.mkdir()
        (build / "rc").write_text("1")
        (build / "log").write_text(f"[ERROR] {error.message}")
    assert recorded_facts.compare(recorded.facts(name)[target], recorded_facts.facts(build)) == []


@pytest.mark.parametrize("name", [path.stem for path in recorded_ml.files("3.3")])
def test_has_the_bytes_of_its_form_in_python(name: str) -> None:
    for target in TARGETS:
        assert outcome(recorded_ml.application("3.3", name), target) == outcome(recorded.application(name), target)


@pytest.mark.filterwarnings("ignore:etif is now")
@pytest.mark.parametrize("name", [p.stem for p in recorded_ml.files("4.11") if p.stem not in recorded_ml.OF_OTHERS])
def test_has_the_bytes_of_its_form_in_python_411(name: str) -> None:
    for target in TARGETS_4:
        ours, theirs = recorded_ml.application("4.11", name), recorded411.application(name)
        assert outcome(ours, target) == outcome(theirs, target)


@pytest.mark.parametrize(("release", "name"), recorded_ml.IDIOMS)
def test_an_idiom_has_the_bytes_of_its_form_in_python(release: str, name: str, tmp_path: Path) -> None:
    folder = recorded_ml.HERE / f"idioms-{release}"
    (tmp_path / "config.ml").write_text((folder / f"{name}.ml").read_text())
    (tmp_path / "config.py").write_text((folder / f"{name}.py").read_text())  # in no git work tree either
    ours, theirs = ocaml.load(tmp_path / "config.ml", environment={}), load(tmp_path / "config.py")
    if release == "4.11":
        assert ours.root.source == Source()  # type: ignore[attr-defined]
    for target in TARGETS if release == "3.3" else TARGETS_4:
        assert outcome(ours, target) == outcome(theirs, target)


def outcome(app: object, target: str) -> object:
    """Return the files for a target, or the reason why there are none."""
    try:
        return app.plan(target=target).files()  # type: ignore[attr-defined]
    except FunctoriaError as error:
        return error.message


CASES_411 = [
    (name, target)
    for name, target in recorded411.cases()
    if target in ("unix", "hvt")
    and (recorded_ml.HERE / "4.11" / f"{name.partition('+')[0].partition('@')[0]}.ml").exists()
]


@pytest.mark.filterwarnings("ignore:etif is now")
@pytest.mark.parametrize(("name", "target"), CASES_411)
def test_comes_out_as_4_11_recorded(name: str, target: str, tmp_path: Path) -> None:
    want = recorded411.in_order(recorded411.ours(recorded411.records()[name][target]))
    if "+dry-run" in name:
        pytest.skip("it writes nothing")
    build = tmp_path / "build"
    try:
        plan = recorded411.plan(name, target, recorded_ml.application("4.11", name))
        plan.write(build, sources=recorded411.own_libraries(plan, tmp_path / "own"))
        (build / "describe").write_text(recorded411.keys(plan))
    except FunctoriaError as error:
        build.mkdir()
        (build / "rc").write_text("1")
        (build / "log").write_text(f"Error: {error.message}")
    got = recorded411.in_order(recorded_facts411.facts(build))
    assert recorded_facts411.compare(want, got) == []


def test_there_is_a_config_ml_for_every_record() -> None:
    for release, cases in (("3.3", recorded.cases()), ("4.11", recorded411.cases())):
        there = {path.stem for path in recorded_ml.files(release)}
        assert {name.partition("+")[0].partition("@")[0] for name, _ in cases} <= there, release
