"""Devices and targets of other distributions: the template project, installed, and mistakes in them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import pytest

import functoria
import mirage_devices
from functoria.errors import ConfigError, FunctoriaWarning, InvalidValue
from functoria.loading.configuration import load
from mirage_devices import others, v4
from mirage_devices.target_table import Targets
from mirage_devices.v4.targets import Target

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "docs" / "template"
CONFIG = """\
from mirage_devices.v4 import COUNTER, counter, job, main, register
app = register("counting", [main("Unikernel.Main", COUNTER >> job) @ counter])
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter of an environment with the template, this project and its dependencies."""
    place = tmp_path_factory.mktemp("environment")
    shutil.copytree(TEMPLATE, place / "mirage-acme")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place / "env")], check=True)
    python = place / "env" / "bin" / "python"
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--target", own]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(place / "mirage-acme")], check=True)
    ours = [str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))]
    (Path(own) / "ours.pth").write_text("\n".join(ours) + "\n")
    return python


def run(python: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run([python, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_the_template_is_installed_and_used(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(CONFIG)
    done = run(installed, "-m", "functoria", "configure", "-t", "crosvm", "-b", "out", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    main = (tmp_path / "out" / "mirage" / "main.ml").read_text()
    assert "Acme_counter.connect ()" in main
    (opam,) = (tmp_path / "out" / "mirage").glob("*-crosvm.opam")
    assert '"acme-counter" {?monorepo & >= "1.2.0" & < "2.0.0"}' in opam.read_text()
    wrong = run(installed, "-m", "functoria", "configure", "-t", "crossvm", "-b", "out", cwd=tmp_path)
    assert wrong.returncode != 0
    assert "crosvm" in wrong.stderr


def test_both_packages_tell_what_there_is(installed: Path, tmp_path: Path) -> None:
    code = (
        "import mirage_devices, mirage_devices.v4 as v4, mirage_acme.counter as acme\n"
        "assert {'counter', 'COUNTER'} <= set(dir(v4)) and 'counter' not in dir(mirage_devices)\n"
        "assert v4.counter is acme.counter and not hasattr(mirage_devices, 'counter')\n"
        "from mirage_devices.v4.targets import BY_NAME\n"
        "print(*BY_NAME, sep=' ')\n"
    )
    done = run(installed, "-W", "error", "-c", code, cwd=tmp_path)
    assert done.stderr == ""
    assert done.stdout.split() == [*v4.TARGETS, "crosvm"]


def test_every_name_of_the_packages_is_there() -> None:
    for package in (mirage_devices, v4):
        assert set(package.__all__) <= set(dir(package))
        for name in dir(package):
            assert getattr(package, name) is not None


def test_the_library_shows_its_public_names_alone() -> None:
    shown = {name for name in dir(functoria) if not (name.startswith("__") and name.endswith("__"))}
    assert shown == set(functoria.__all__)


@pytest.mark.parametrize(
    ("written", "meant"), [("stackv4v5", "stackv4v6"), ("Stackv4v5", "Stackv4v6"), ("moc_ptime", "mock_ptime")]
)
def test_a_misspelt_name_is_taken_for_one_written_like_it(written: str, meant: str, tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(f"from mirage_devices.v4 import {written}\n")
    with pytest.raises(ConfigError, match=f"Did you mean: '{meant}'"):
        load(tmp_path / "config.py")


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Make other distributions offer entry points."""

    def offering(*entries: tuple[str, str, str]) -> None:
        found = EntryPoints(EntryPoint(name, value, group) for group, name, value in entries)
        monkeypatch.setattr(metadata, "entry_points", lambda *, group: found.select(group=group))
        others.named.cache_clear()

    yield offering
    others.named.cache_clear()


def test_a_name_of_the_release_is_its_own(offer: Any) -> None:
    before = v4.default_network
    offer(
        ("mirage_devices.v4.devices", "default_network", "json:loads"),
        ("mirage_devices.v4.devices", "fine", "json:loads"),
    )
    assert v4.default_network is before
    import json

    assert v4.fine is json.loads  # type: ignore[attr-defined]  # by an entry point


def test_what_cannot_be_imported_says_whose_it_is(offer: Any) -> None:
    offer(("mirage_devices.v4.devices", "gone", "no_such_module:gone"))
    with pytest.raises(ConfigError, match="gone of no_such_module:gone cannot be imported: ModuleNotFoundError"):
        v4.gone  # type: ignore[attr-defined]  # noqa: B018 - by an entry point
    with pytest.raises(AttributeError):
        v4.never  # type: ignore[attr-defined]  # noqa: B018 - there is none


def test_two_of_one_name_are_told(offer: Any) -> None:
    offer(("mirage_devices.v4.devices", "both", "json:loads"), ("mirage_devices.v4.devices", "both", "json:dumps"))
    with pytest.warns(FunctoriaWarning, match="both is in mirage_devices.v4.devices of .*: uninstall one"):
        assert not hasattr(v4, "both")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("gone", "no_such_module:gone", "cannot be imported"),
        ("text", "json:__name__", "text of json:__name__: 'json' is not a Target, as targets must be"),
        ("other", f"{__name__}:OWN", f"other of {__name__}:OWN: its target is called own: use that name"),
    ],
)
def test_a_target_that_cannot_be_used_is_left_out(offer: Any, name: str, value: str, says: str) -> None:
    offer(("group", name, value), ("group", "own", f"{__name__}:OWN"))
    table = Targets(Target, (), "group")
    with pytest.warns(FunctoriaWarning, match=says):
        assert list(table) == ["own"]
    assert table["own"] is OWN
    with pytest.raises(InvalidValue):
        table[name]


def test_a_bad_target_is_told_with_its_distribution_and_once(tmp_path: Path) -> None:
    about = tmp_path / "acme-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[mirage_devices.v4.targets]\nthree = acme:THREE\n")
    (tmp_path / "acme.py").write_text("THREE = 3\n")
    code = "from mirage_devices.v4.targets import BY_NAME; list(BY_NAME); len(BY_NAME); 'nope' in BY_NAME"
    path = os.pathsep.join([str(ROOT), str(tmp_path)])
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = [line for line in done.stderr.splitlines() if "FunctoriaWarning" in line]
    assert "a target is left out: three of the distribution acme: 3 is not a Target, as targets must be" in line


OWN = Target("own", "unix", ())


@pytest.mark.parametrize("release", ["mirage_devices", "mirage_devices.v4"])
def test_the_default_target_does_not_depend_on_the_machine(release: str, tmp_path: Path) -> None:
    """Another target must be chosen explicitly: with `-t`, or with the variable MODE on the command line."""
    code = (
        "import sys; sys.platform = sys.argv[1]\n"
        f"from {release} import job, noop, register\n"
        "plan = register('here', [noop]).plan()\n"
        "print(plan.context, sorted(plan.files().items()))\n"
    )
    outs = {
        subprocess.run(
            [sys.executable, "-c", code, platform],
            cwd=tmp_path,
            env={**os.environ, **more},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for platform in ("linux", "darwin", "win32")
        for more in ({}, {"MIRAGE_DEFAULT_TARGET": "macosx", "MODE": "hvt"})
    }
    assert len(outs) == 1
    assert "unix" in outs.pop()
