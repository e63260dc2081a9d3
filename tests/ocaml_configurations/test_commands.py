"""Every command accepts a config.ml, and remembers the given release."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from functoria.project.state import State
from tests.command_line import Cli, process

EITHER = 'open Mirage\nlet () = register "either" []\n'
"""A configuration that is valid for both releases."""
PLAIN = """open Mirage

let speed = Key.(create "speed" Arg.(opt ~stage:`Both int 3 (info ~doc:"How fast." [ "speed" ])))
let main = foreign ~keys:[ Key.abstract speed ] ~packages:[ package "fmt" ] "Unikernel.Main" (time @-> job)
let () = register "plain" [ main $ default_time ]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mine.ml").write_text(PLAIN)
    (tmp_path / "unikernel.ml").write_text("module Main (T : sig end) = struct let start _ = Lwt.return () end\n")
    return tmp_path


ASKED = {
    ("describe",): "plain",
    ("why", "fmt"): "mine.ml",
    ("query", "packages"): "fmt",
    ("query", "main.ml"): "Unikernel.Main",
    ("diff", "unix", "hvt"): "key target: unix → hvt",
    ("translate",): "app = register",
    ("audit", "--release", "fmt.0.9.0"): "fmt",
}


@pytest.mark.parametrize("command", ASKED)
def test_a_command_takes_a_config_ml(command: tuple[str, ...], project: Path, cli: Cli) -> None:
    named = ["mine.ml"] if command[0] in ("audit", "translate") else ["-f", "mine.ml"]
    done = cli(*command, *named)
    assert done.status == 0, done.err
    assert ASKED[command] in done.out
    assert sorted(path.name for path in project.iterdir()) == ["mine.ml", "unikernel.ml"]


def test_keys_of_a_config_ml_are_options(project: Path, cli: Cli) -> None:
    told = cli("configure", "-f", "mine.ml", "--help")
    assert "--speed" in told.out
    assert "How fast." in told.out
    assert cli("configure", "-f", "mine.ml", "-t", "hvt", "--speed", "5").status == 0
    state = State.load(project)
    assert state is not None
    assert state.context == {"speed": 5, "target": "hvt"}
    wrong = cli("configure", "-f", "mine.ml", "--speed", "fast")
    assert wrong.status != 0
    assert "--speed" in wrong.err


def test_a_directory_is_configured_and_cleaned_by_a_config_ml(project: Path, cli: Cli) -> None:
    assert cli("configure", "-f", "mine.ml", "-t", "hvt").status == 0
    assert (project / "main.ml").exists()
    done = cli("clean")
    assert done.status == 0, done.err
    assert sorted(path.name for path in project.iterdir()) == ["mine.ml", "unikernel.ml"]


def test_building_plans_the_config_ml_again(project: Path, cli: Cli) -> None:
    """It uses the release that was given, and looks for dune only afterwards."""
    (project / "mine.ml").write_text(EITHER)
    assert cli("configure", "-f", "mine.ml", "-t", "unix", "--release", "3.3").status == 0
    (project / "mine.ml").write_text(PLAIN)
    built = process("build", cwd=project, PATH=str(project))
    assert built.status == 1
    assert "dune" in built.err
    (project / "mine.ml").write_text(PLAIN.replace("$ default_time", "$ default_console"))
    refused = process("build", cwd=project, PATH=str(project))
    assert "expects time" in refused.err
    assert "^^^^" in refused.err
    assert "release" not in refused.err


COMMANDS = [
    ("configure", "-t", "hvt"),
    ("describe",),
    ("why", "fmt"),
    ("query", "packages"),
    ("diff", "unix", "hvt"),
    ("audit", "--release", "fmt.0.9.0", "mine.ml"),
    ("translate", "mine.ml"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=[command[0] for command in COMMANDS])
def test_a_mistake_is_shown_with_its_line_and_a_caret(command: tuple[str, ...], project: Path, cli: Cli) -> None:
    (project / "mine.ml").write_text(PLAIN.replace("$ default_time", "$ default_console"))
    named = [] if "mine.ml" in command else ["-f", "mine.ml"]
    done = cli(*command, *named)
    assert done.status == 1
    line = 'let () = register "plain" [ main $ default_console ]'
    assert f"  {line}\n" in done.err
    assert "expects time" in done.err
    caret = done.err.partition(line)[2].split("\n")[1]
    assert caret.strip("^ ") == ""
    assert "^" * len("main $ default_console") in caret
    assert "Traceback" not in done.err


@pytest.mark.parametrize(("release", "file"), [("3.3", "main.ml"), ("4.11", "mirage/main.ml")])
def test_the_release_that_was_asked_for_is_kept(release: str, file: str, tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "config.ml").write_text(EITHER)
    assert cli("configure", "-t", "unix", "--release", release).status == 0
    assert (tmp_path / file).exists()
    state = State.load(tmp_path)
    assert state is not None
    assert state.release == release
    files = cli("query", "files", "--json")
    assert file in json.loads(files.out)
    other = "4.11" if release == "3.3" else "3.3"
    asked = cli("query", "files", "--json", "--release", other)
    assert file not in json.loads(asked.out)
    cleaned = cli("clean", "--dry-run")
    assert file in cleaned.out, cleaned.err


def test_a_release_is_kept_only_where_it_is_asked_for(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "config.ml").write_text(EITHER)
    assert cli("configure", "-t", "unix", "--release", "3.3").status == 0
    assert cli("configure", "-t", "unix", "--force").status == 0
    state = State.load(tmp_path)
    assert state is not None
    assert state.release is None
    assert '"release"' not in (tmp_path / ".functoria-state.json").read_text()
    assert (tmp_path / "mirage" / "main.ml").exists()


def test_the_kept_release_is_that_of_its_configuration_alone(tmp_path: Path, cli: Cli) -> None:
    for name in ("config.ml", "other.ml"):
        (tmp_path / name).write_text(EITHER)
    assert cli("configure", "-t", "unix", "--release", "3.3").status == 0
    assert "mirage/main.ml" in cli("query", "files", "-f", "other.ml").out
    assert "mirage/main.ml" not in cli("query", "files").out
