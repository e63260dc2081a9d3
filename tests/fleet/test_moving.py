"""A moved fleet: stored results stay valid, unless they depend on the place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functoria.fleet import Fleet
from functoria.fleet.moving import movable, moved
from tests.fleets import broken, unikernel

WARNS = """\
import warnings
from functoria import foreign, job
from mirage_devices import register
warnings.warn(f"beware of {__file__}")
print("it is at", __file__)
app = register("warns", [foreign("Unikernel", job)])
"""
PLACED = """\
from pathlib import Path
from functoria import foreign, job, package
from mirage_devices import register
here = Path(__file__).parent
app = register("placed", [foreign("Unikernel", job, packages=[package("lru", pin=f"file://{here}/lru")])])
"""


def run(place: Path, store: Path) -> list[Any]:
    return list(Fleet.discover(place, targets=["hvt", "muen"]).plans(store=store, jobs=1))


def told(results: list[Any]) -> list[Any]:
    """Return all that results contain, except how long they took."""
    return [
        {**each.to_data(), "seconds": 0, "kept": None, "value": dict(each.value.data) if each.value else None}
        for each in results
    ]


def test_a_moved_fleet_is_not_done_again(tmp_path: Path) -> None:
    place, there, store = tmp_path / "from", tmp_path / "else" / "where", tmp_path / "store"
    unikernel(place, "a")
    broken(place, "warns", WARNS)
    broken(place, "placed", PLACED)
    labels = ["a", "a", "placed", "placed", "warns", "warns"]
    assert [each.kept for each in run(place, store)] == [False] * 6
    there.parent.mkdir()
    place.rename(there)
    results = run(there, store)
    assert [each.case.label for each in results] == labels
    assert [each.kept for each in results] == [label != "placed" for label in labels]
    assert told(results) == told(run(there, tmp_path / "other"))
    assert str(place) not in json.dumps(told(results))
    assert str(there / "warns" / "config.py") in results[-2].output
    assert all(each.kept for each in run(there, store))


def test_a_program_is_built_where_it_is_wanted(tmp_path: Path) -> None:
    """A program counts as built where it is, and nowhere else."""
    from functoria.fleet.operations import Built, _measured

    case = next(iter(Fleet.of(unikernel(tmp_path, "a"), targets=["hvt"])))
    for name in ("one", "two"):
        (tmp_path / name / case.directory).mkdir(parents=True)
        (tmp_path / name / case.directory / "x").write_bytes(b"program")
    value = {"directory": case.directory, "file": "x", **_measured(tmp_path / "one" / case.directory / "x")}
    done = {"outcome": "done", "value": value}
    assert Built(str(tmp_path / "one")).mark == Built(str(tmp_path / "two")).mark
    assert Built(str(tmp_path / "one")).holds(case, done)
    assert Built(str(tmp_path / "two")).holds(case, done)
    assert not Built(str(tmp_path / "three")).holds(case, done)
    assert not Built(str(tmp_path / "one")).holds(case, {**done, "value": {**value, "directory": "other/hvt"}})


TEXTS = st.text(max_size=6) | st.sampled_from(["/a/b", "/a/b/c", "/a/bc", "x/a/b", '"/a/b"', "/a/b: no", "é/a/b"])


@given(
    st.lists(TEXTS, max_size=5),
    st.sampled_from(["/a/b", "/a", "/é", '/q"uote', "/back\\slash", ""]),
    st.sampled_from(["/z", '/"', "/a", "/\udce9", ""]),
)
def test_only_the_directory_changes(texts: list[str], one: str, two: str) -> None:
    done = {"outcome": "done", "value": texts, "placed": False}
    kept = movable(done, one)
    assert moved(kept, one) == done
    assert moved(movable({**done, "placed": True}, one), one) == {**done, "placed": True}
    if one and two:
        found = moved(kept, two)
        assert found is not None
        back = moved(movable(found, two), one)
        if not any(two in text for text in texts):
            assert back == done
        if two != one:
            assert moved(movable({**done, "placed": True}, one), two) is None


@pytest.mark.parametrize(
    ("text", "expected"), [("/a/b/c.py", "/z/c.py"), ("/a/bc", "/a/bc"), ("at /a/b", "at /z"), ("/a/b.x", "/a/b.x")]
)
def test_a_longer_name_is_another(text: str, expected: str) -> None:
    assert moved(movable({"value": text}, "/a/b"), "/z") == {"value": expected}
