"""Results are stored: a second run repeats only missing or changed cases, wherever the first was interrupted."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functoria.errors import WriteError
from functoria.fleet import Fleet
from functoria.fleet.contents import read
from functoria.fleet.store import Store, key_of
from tests.fleets import broken, unikernel, unikernels
from tests.tools import all_end

ROOT = Path(__file__).parents[2]
TARGETS = ("hvt", "xen")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return unikernels(tmp_path / "from", "a", "b", "c")


def kept(place: Path, store: Path, **more: object) -> list[bool]:
    """Return which results were kept from an earlier run, after checking that all equal those of planning again."""
    fleet = Fleet.discover(place, targets=TARGETS)
    results = list(fleet.plans(store=store, jobs=1, **more))  # type: ignore[arg-type]
    assert results == list(fleet.plans(jobs=1))
    return [each.kept for each in results]


def test_what_is_changed_is_done_again(place: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert kept(place, store) == [False] * 6
    assert kept(place, store) == [True] * 6
    assert kept(place, store, fresh=True) == [False] * 6
    unikernel(place, "d")
    (place / "b" / "parts.py").write_text('PACKAGE = "ohex"\n')  # a module beside the configuration
    assert kept(place, store) == [True, True, False, False, True, True, False, False]
    (place / "b" / "parts.py").write_text('PACKAGE = "lru"\n')  # back to the original
    assert kept(place, store) == [True] * 8
    os.utime(place / "a" / "config.py")
    (place / "a" / "__pycache__").mkdir(exist_ok=True)
    (place / "a" / ".hidden").write_text("")
    assert kept(place, store) == [True] * 8


def test_what_failed_is_tried_again(place: Path, tmp_path: Path) -> None:
    broken(place, "z", "1/0\n")
    for _ in range(2):
        assert kept(place, tmp_path / "store")[-2:] == [False, False]


def test_targets_are_kept_too(place: Path, tmp_path: Path) -> None:
    fleet = Fleet.discover(place, targets="all")
    first = list(fleet.plans(store=tmp_path / "store", jobs=1))
    again = list(fleet.plans(store=tmp_path / "store", jobs=1))
    assert again == first
    assert all(each.kept for each in again)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stops=st.lists(st.integers(0, 6), min_size=1, max_size=3), jobs=st.just(1), window=st.integers(1, 4))
def test_interrupted_at_any_point(place: Path, tmp_path: Path, stops: list[int], jobs: int, window: int) -> None:
    store = tmp_path / "store"
    for file in tmp_path.glob("store*"):
        file.unlink()
    fleet = Fleet.discover(place, targets=TARGETS)
    most = 0
    for stop in stops:
        running = fleet.plans(store=store, jobs=jobs, window=window)
        for number, each in enumerate(running):
            assert each.kept or number >= most
            if number == stop:
                break
        most = max(most, min(stop + 1, 6))
        running.close()  # type: ignore[attr-defined]
    results = list(fleet.plans(store=store, jobs=jobs))
    assert results == list(fleet.plans(jobs=jobs))
    assert all(each.kept for each in results[:most])


def test_what_an_interrupted_pool_had_done_is_kept(place: Path, tmp_path: Path) -> None:
    fleet = Fleet.discover(place, targets=TARGETS)
    with ProcessPoolExecutor(2) as executor:
        running = fleet.plans(executor, store=tmp_path / "store")
        next(running)
        running.close()  # type: ignore[attr-defined]
    results = list(fleet.plans(store=tmp_path / "store", jobs=1))
    assert results == list(fleet.plans(jobs=1))
    assert results[0].kept


_SLOW = """
import time
from functoria import job
from mirage_devices.v4 import main, register
time.sleep({seconds})
app = register("slow", [main("Unikernel", job)])
"""
_SCRIPT = """
import sys
from functoria.fleet import Fleet
if __name__ == "__main__":
    for result in Fleet.discover(sys.argv[1], targets=["hvt"]).plans(store=sys.argv[2], jobs=2):
        print(result.case, flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_the_processes_and_keeps_what_is_done(tmp_path: Path, number: int) -> None:
    unikernels(tmp_path / "from", "a", "b")
    broken(tmp_path / "from", "z", _SLOW.format(seconds=600) + f"open({str(tmp_path / 'never')!r}, 'w')\n")
    script = tmp_path / "script.py"
    script.write_text(_SCRIPT)
    running = subprocess.Popen(
        [sys.executable, script, tmp_path / "from", tmp_path / "store"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert running.stdout is not None
    assert [running.stdout.readline() for _ in range(2)] == ["a target=hvt\n", "b target=hvt\n"]
    running.send_signal(number)
    running.wait(60)
    running.communicate()
    assert all_end(running.pid)
    shutil.rmtree(tmp_path / "from" / "z")
    again = list(Fleet.discover(tmp_path / "from", targets=["hvt"]).plans(store=tmp_path / "store", jobs=1))
    assert [(each.outcome, each.kept) for each in again] == [("done", True)] * 2


def test_a_damaged_store_is_no_answer(place: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    kept(place, store)
    with sqlite3.connect(store) as file:
        file.execute("UPDATE done SET data = x'00'")
    assert kept(place, store) == [False] * 6
    assert kept(place, store) == [True] * 6
    (tmp_path / "other").write_text("this is a text of mine, which is no database" * 10)
    with pytest.raises(WriteError, match="cannot be used to keep"):
        list(Fleet.discover(place).plans(store=tmp_path / "other"))
    assert (tmp_path / "other").read_text().startswith("this is a text of mine")
    with pytest.raises(WriteError, match="cannot be used to keep"):
        list(Fleet.discover(place).plans(store=place))


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_keys_are_of_all_parts(one: list[str], two: list[str]) -> None:
    assert (key_of(*one) == key_of(*two)) is (one == two)


def test_a_store_from_several_processes(tmp_path: Path) -> None:
    stores = [Store(tmp_path / "store") for _ in range(2)]
    for number in range(40):
        stores[number % 2].put([(f"{number}", json.dumps(number).encode())])
    assert [stores[0].get(f"{number}") for number in range(40)] == [str(number).encode() for number in range(40)]
    assert len(stores[1]) == 40
    assert stores[0].get("no") is None


# Contents

_NAMES = st.sampled_from(["a", "b", "dir/a", "dir/b.ml", "dir/deep/é"])


@settings(max_examples=40)
@given(files=st.dictionaries(_NAMES, st.binary(max_size=20), max_size=4), executable=st.sampled_from([None, "a"]))
def test_contents_travel(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], executable: str | None
) -> None:
    from functoria.fleet.contents import unpack

    here, there = tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("there")
    for name, content in files.items():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_bytes(content)
        if name == executable:
            (here / name).chmod(0o755)
    contents = read(here)
    assert {entry.name: entry.content for entry in contents.entries} == files
    unpack(contents.packed(), there)
    assert read(there) == contents
    assert read(there).digest == contents.digest
    assert read(there).packed() == contents.packed()
    for name in files:
        (there / name).write_bytes(files[name] + b"!")
        assert read(there).digest != contents.digest
        (there / name).write_bytes(files[name])


def test_what_does_not_count(tmp_path: Path) -> None:
    file = unikernel(tmp_path, "a")
    before = read(file.parent)
    list(Fleet.of(file, targets=["hvt", "xen"]).write(file.parent / "build", jobs=1))
    assert read(file.parent) == before
    list(Fleet.of(file, targets=["hvt"]).write(tmp_path / "other", jobs=1))
    os.symlink(file.parent, file.parent / "loop")
    os.symlink("nowhere", file.parent / "broken")
    (file.parent / "_build").mkdir()
    (file.parent / "_build" / "log").write_text("")
    assert {entry.name for entry in read(file.parent).entries} >= {entry.name for entry in before.entries}
    assert not any(entry.name.startswith(("_build", "broken", "build")) for entry in read(file.parent).entries)
