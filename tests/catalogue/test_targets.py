"""Targets that MirageOS does not have, added by a configuration."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from functoria.errors import InvalidName, InvalidValue
from mirage_devices import TARGETS
from mirage_devices.target_table import Targets
from mirage_devices.v3.backends import BACKENDS
from mirage_devices.v3.backends.solo5 import Hvt, Solo5
from mirage_devices.v3.backends.xen import Qubes
from mirage_devices.v4.targets import BY_NAME
from tests.command_line import one_line, process

THREE = """
from functoria import foreign, job
from mirage_devices import add_target, block, block_of_file, default_network, network, register
from mirage_devices.v3.backends.solo5 import Solo5


class Spt(Solo5):
    '''A sandboxed process.'''

    block_devices = False
    more = ("solo5-spt",)


add_target(Spt("spt", "`Spt"))
app = register("own", [foreign("Unikernel.Main", network >> job) @ default_network])
"""
DISK = """
app = register("own", [foreign("Unikernel.Main", block >> job) @ block_of_file("a.img")])
"""
FOUR = """
from attrs import evolve
from mirage_devices.v4 import add_target, default_network, job, main, network, register
from mirage_devices.v4.targets import BY_NAME

add_target(evolve(BY_NAME["virtio"], name="crosvm", suffix=".crosvm"))
app = register("own", [main("Unikernel.Main", network >> job) @ default_network])
"""


def written(directory: Path, text: str) -> Path:
    (directory / "config.py").write_text(text)
    return directory


def test_a_target_of_3_3_from_outside(tmp_path: Path) -> None:
    done = process("configure", "-f", "config.py", "-t", "spt", cwd=written(tmp_path, THREE))
    assert done.status == 0, done
    link = (tmp_path / "link.sh").read_text()
    assert "pkg-config solo5-bindings-spt" in link
    assert "own.spt solo5-spt" in (tmp_path / "dune").read_text()
    opam = (tmp_path / "mirage-unikernel-own-spt.opam").read_text()
    assert '"solo5-bindings-spt" {>= "0.4.0" & < "0.5.0"}' in opam
    assert '"mirage-net-solo5"' in opam
    assert json.loads((tmp_path / ".functoria-state.json").read_text())["context"]["target"] == "spt"


def test_what_a_target_of_ones_own_has_not_is_refused(tmp_path: Path) -> None:
    done = process("configure", "-f", "config.py", "-t", "spt", cwd=written(tmp_path, THREE + DISK))
    assert done.status == 1
    assert "block devices are not supported on the target spt" in done.err
    one_line(process("configure", "-f", "config.py", "-t", "vmware", cwd=tmp_path), 2, "genode", "or of spt")


def test_a_target_of_4_11_from_outside(tmp_path: Path) -> None:
    done = process("configure", "-t", "crosvm", cwd=written(tmp_path, FOUR))
    assert done.status == 0, done
    assert "../own.crosvm" in (tmp_path / "dist" / "dune").read_text()
    assert (tmp_path / "mirage" / "own_libvirt.xml").exists()
    assert '"mirage-net-solo5"' in (tmp_path / "mirage" / "own-crosvm.opam").read_text()


@pytest.mark.parametrize("own", [Hvt("hvt", "`Hvt"), BY_NAME["spt"]])
def test_adding_a_target_that_is_there_changes_nothing(own: object) -> None:
    table = BACKENDS if isinstance(own, Hvt) else BY_NAME
    before = dict(table)
    assert table.add(own) is own  # type: ignore[arg-type]  # each in its table
    assert (dict(table), table.added) == (before, ())


def table() -> Targets[Solo5]:
    return Targets(Solo5, [Hvt("hvt", "`Hvt")])


def test_no_target_takes_the_place_of_another() -> None:
    targets = table()
    targets.add(Solo5("spt", "`Spt"))
    for other in (Solo5("hvt", "`Other"), Hvt("spt", "`Spt")):
        with pytest.raises(InvalidValue, match="is the name of another target"):
            targets.add(other)
    again = Solo5("spt", "`Spt_again")  # as when its module is imported again
    assert targets.add(again) is targets["spt"] is again
    assert (targets.own, targets.added, len(targets)) == (("hvt",), ("spt",), 2)


@pytest.mark.parametrize("name", ["", "-x", "a b", "a/b", "a.b", "é"])
def test_a_name_that_no_package_can_have_is_none_of_a_target(name: str) -> None:
    with pytest.raises(InvalidName, match="not a name for a target"):
        table().add(Solo5(name, "`X"))


def test_what_is_no_target_is_none() -> None:
    with pytest.raises(InvalidValue, match="not a Solo5"):
        table().add(Qubes("q", "`Q"))  # type: ignore[arg-type]  # as a type checker says
    with pytest.raises(InvalidValue, match="import the module that adds it first, or choose one of hvt"):
        table()["spt"]
    assert BACKENDS.own == TARGETS


def test_a_plan_for_it_travels_where_its_module_is_imported(tmp_path: Path) -> None:
    written(tmp_path, THREE)
    script = "import sys; sys.path.insert(0, '.'); import pickle, config\n"
    script += "print(pickle.dumps(config.app.plan(target='spt')).hex())"
    made = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    for first, expected in (("import config", "link.sh"), ("", "InvalidValue: --target: 'spt' is not one of unix")):
        script = (
            f"import sys; sys.path.insert(0, '.'); import pickle; {first}\n"
            f"print(sorted(pickle.loads(bytes.fromhex({made.stdout.strip()!r})).files()))"
        )
        read = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert expected in read.stdout + read.stderr
