"""Every example in docs/examples runs as it stands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from functoria import App
from functoria.cli.config import load
from mirage_devices import TARGETS
from tests.tools import need, run

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SCRIPTS = sorted(path.name for path in EXAMPLES.glob("*.py"))
CONFIGURATIONS = [name for name in SCRIPTS if name not in ("build_script.py", "test_properties.py")]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the examples."""
    return Path(shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__", "build")))


def python(*arguments: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={name: text for name, text in os.environ.items() if name not in ("MODE", "MIRAGE_LOGS")} | more,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_there_are_all_examples() -> None:
    assert [
        *("block.py", "build_script.py", "choice.py", "hello.py", "hello_key.py", "network.py", "test_properties.py")
    ] == SCRIPTS
    for folder in ("hello", "hello-4"):
        assert sorted(path.name for path in (EXAMPLES / folder).glob("*.*")) == ["config.py", "unikernel.ml"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_it_runs_as_a_program(name: str, copy: Path) -> None:
    python("-W", "error", name, cwd=copy)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_it_is_a_configuration_for_every_target(name: str, copy: Path) -> None:
    app = load(copy / name)
    assert isinstance(app, App)
    for target in TARGETS:
        if (name, target) == ("block.py", "muen"):
            continue  # muen has no block devices
        plan = app.plan(target=target)
        assert "main.ml" in plan.files()
        assert {path.name for path in plan.write(copy / "out" / target)} == plan.files().keys()


def test_the_build_script_prints_each_target_and_writes_one(copy: Path) -> None:
    done = python("build_script.py", cwd=copy)
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(TARGETS)
    assert all('tcpip {>= "3.5.0" & < "3.6.0"}' in line for line in lines)
    written = copy / "build" / "hvt"
    assert "Dhcp_client_mirage.Make" in (written / "main.ml").read_text()
    assert (written / "mirage-unikernel-network-hvt.opam").exists()
    assert python("build_script.py", cwd=copy).stdout == done.stdout


def test_the_properties_hold(copy: Path) -> None:
    # Under CI, Hypothesis runs the same examples every time, without deadlines.
    done = python("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_properties.py", cwd=copy, CI="true")
    assert re.search(r"^1 passed", done.stdout, re.MULTILINE)


def test_the_module_of_hello_is_read_by_the_real_ocaml() -> None:
    need("ocamlc")
    run("ocamlc", "-w", "+a", "-stop-after", "parsing", EXAMPLES / "hello" / "unikernel.ml")


def test_the_module_of_hello_has_the_functor_that_its_configuration_names(copy: Path) -> None:
    """It compiles without a warning, with signatures that contain no more than MirageOS's own."""
    need("ocamlfind")
    directory = copy / "hello"
    (directory / "mirage_types_lwt.ml").write_text(
        "module type TIME = sig\n  type +'a io = 'a Lwt.t\n  val sleep_ns : int64 -> unit io\nend\n"
    )
    (directory / "main.ml").write_text(
        "module Time = struct\n  type +'a io = 'a Lwt.t\n  let sleep_ns _ = Lwt.return_unit\nend\n"
        "module Hello = Unikernel.Hello (Time)\nlet () = Logs.set_reporter (Logs.format_reporter ())\n"
        "let () = Logs.set_level (Some Logs.Info)\nlet _ : unit Lwt.t = Hello.start ()\n"
    )
    libraries = ("-package", "lwt,logs,logs.fmt,duration", "-linkpkg")
    if run("ocamlfind", "query", "lwt", "logs", "duration", check=False).returncode:
        if os.environ.get("CI"):
            pytest.fail("lwt, logs or duration not installed: `make test` installs what tests need")
        pytest.skip("lwt, logs or duration not installed: `make test` as root on Debian installs what tests need")
    sources = ("mirage_types_lwt.ml", "unikernel.ml", "main.ml")
    strict = ("-strict-sequence", "-w", "+a-4-9-40-41-42-44-45-70", "-warn-error", "+a")
    run("ocamlfind", "ocamlc", *libraries, *strict, *sources, "-o", "hello", cwd=directory)
    said = run(directory / "hello", cwd=directory)
    assert (said.stdout + said.stderr).count("[INFO] hello") > 1
