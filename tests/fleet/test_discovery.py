"""The configurations found below a directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from functoria.errors import ConfigError
from functoria.fleet import Fleet
from functoria.project.state import NAME as STATE
from tests.command_line import process
from tests.fleets import IN_OCAML, unikernel, unikernels


def labels(place: Path) -> list[str]:
    return [case.label for case in Fleet.discover(place)]


def test_python_and_ocaml_in_order_of_path(tmp_path: Path) -> None:
    unikernels(tmp_path, "b", "a/deep")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "config.ml").write_text(IN_OCAML)
    (tmp_path / "b" / "config.ml").write_text(IN_OCAML)  # config.py takes precedence, as on the command line
    (tmp_path / "config.py").write_text("")
    assert labels(tmp_path) == [tmp_path.name, "a/deep", "b", "c"]
    assert [case.configuration.name for case in Fleet.discover(tmp_path)][1:] == [  # type: ignore[union-attr]
        "config.py",
        "config.py",
        "config.ml",
    ]


def test_what_is_not_looked_into(tmp_path: Path) -> None:
    for name in (".hidden/x", "_build/x", "__pycache__/x"):
        unikernel(tmp_path, name)
    file = unikernel(tmp_path, "a")
    list(Fleet.of(file, targets=["hvt", "xen"]).write(tmp_path / "a" / "build", jobs=1))
    list(Fleet.of(file, targets=["hvt"]).write(tmp_path / "out", jobs=1))
    (tmp_path / "loop").symlink_to(tmp_path)
    assert labels(tmp_path) == ["a"]


def test_one_that_is_configured_where_it_is(tmp_path: Path) -> None:
    file = unikernel(tmp_path, "a")
    from functoria.loading.configuration import load

    load(file).plan(target="hvt").write(file.parent)
    assert labels(tmp_path) == ["a"]


def test_a_link_to_a_configuration_that_counts_does_not(tmp_path: Path) -> None:
    """A directory that is configured from elsewhere may contain one."""
    unikernel(tmp_path / "from", "z")
    unikernel(tmp_path, "outside")
    for name in ("a", "b"):
        place = tmp_path / "from" / name
        done = process("configure", "-f", "../z/config.py", "-t", "hvt", "-b", name, cwd=tmp_path / "from" / "z")
        assert done.status == 0, done
        place.mkdir(exist_ok=True)
        (place / "config.py").symlink_to("../z/config.py")
        (tmp_path / "from" / "z" / name / "config.py").unlink(missing_ok=True)
        (tmp_path / "from" / "z" / name / "config.py").symlink_to("../config.py")
    assert labels(tmp_path / "from") == ["z"]
    # Links to outside count as separate configurations, with the files beside them, except where something is configured.
    for name in ("c", "d"):
        (tmp_path / "from" / name).mkdir()
        (tmp_path / "from" / name / "config.py").symlink_to("../../outside/config.py")
    assert labels(tmp_path / "from") == ["c", "d", "z"]
    for name in ("c", "d"):
        (tmp_path / "from" / name / STATE).write_text("{}")
    assert labels(tmp_path / "from") == ["c", "z"]
    (tmp_path / "fleet.toml").write_text('configurations = ["from/*/config.py", "outside", "from"]\n')
    assert [case.label for case in Fleet.read(tmp_path / "fleet.toml")] == ["from/z", "outside"]


@pytest.mark.parametrize("name", ["", "nowhere", "file"])
def test_nothing_to_find(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError):
        Fleet.discover(tmp_path / name)
