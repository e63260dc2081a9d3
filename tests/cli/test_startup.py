"""The imports of a small `configure`, and how its process begins and ends, which is where nearly all of its time goes."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from pathlib import Path

import pytest

from functoria.cli import main
from tests.command_line import PLAIN, config, process

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"

UNNEEDED = (
    *(
        "networkx",
        "packaging",
        "lark",
        "rich",
        "hypothesis",
        "attrs",
    ),  # the package of attrs is attr; attrs is an alias
    *("_hashlib", "hashlib", "ssl", "random", "secrets", "decimal", "fractions", "numbers", "dataclasses"),
    *("difflib", "locale", "textwrap", "traceback", "pprint", "argparse", "optparse", "logging"),
    *("shutil", "tempfile", "subprocess", "glob", "socket", "select", "selectors", "asyncio", "concurrent.futures"),
    *(
        "multiprocessing",
        "importlib.metadata",
        "importlib.resources",
        "email",
        "http",
        "xml",
        "html",
        "zipfile",
        "tarfile",
    ),
    *("sqlite3", "csv", "configparser", "tomllib", "pickle", "queue", "unittest", "pdb", "pydoc"),
    *(
        "functoria.opam",
        "functoria.testing",
        "functoria.cli.audited",
        "functoria.cli.overview",
        "functoria.project.build",
        "functoria.project.origin",
    ),
    *("mirage_devices.v3.backends.libvirt", "mirage_devices.v3.backends.xen_files"),
    *("mirage_devices.v3.numbering", "functoria.misspelling", "functoria.source_name"),
    *("functoria.cli.diagnostics", "functoria.cli.quotation", "functoria.cli.operands", "pkgutil"),
    *("functoria.crate", "functoria.span", "importlib.util"),
    *("functoria.plan.why", "functoria.picture", "functoria.graph.build_info", "functoria.fingerprint"),
)
"""Modules that configuring hello without an error does not need. Each is imported where it is needed."""
COMMAND_ONLY = ("click", "json", "pathlib", "signal", "functoria.interruption", "functoria.garbage", "functoria.cli")
"""Modules that importing the library does not need either."""

PRINTS = "import json, sys; print(json.dumps(sorted(sys.modules)))"
DEPENDENCIES = "import attr, click, json, pathlib, signal"


def modules(code: str, *arguments: str, cwd: Path) -> set[str]:
    """Return the modules that a new process has imported after running `code`, as listed in its last line."""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def configured(example: str, cwd: Path) -> set[str]:
    """Return the modules of a process that has configured an example, as the command does."""
    code = (
        "import sys; sys.argv[0] = 'functoria'\n"
        "from functoria.cli import main\n"
        f"status = main()\n{PRINTS}\nsys.exit(status)"
    )
    file = EXAMPLES / example / "config.py"
    return modules(code, "configure", "-f", str(file), "-b", "build", cwd=cwd)


def below(names: set[str], packages: tuple[str, ...]) -> set[str]:
    """Return those of `names` that are one of `packages`, or inside one."""
    return {name for name in names if any(name == each or name.startswith(f"{each}.") for each in packages)}


@pytest.mark.parametrize("example", ["hello", "hello-4"])
def test_hello_is_configured_without_what_it_does_not_need(example: str, tmp_path: Path) -> None:
    taken = modules(f"{DEPENDENCIES}\n{PRINTS}", cwd=tmp_path)  # imported by attrs and click themselves
    found = configured(example, tmp_path)
    assert "functoria.project.directory" in found
    assert below(found, UNNEEDED) - taken == set()


def test_the_library_is_imported_without_what_only_the_command_needs(tmp_path: Path) -> None:
    taken = modules(f"import attr\n{PRINTS}", cwd=tmp_path)
    found = modules(f"import functoria, mirage_devices, mirage_devices.v4\n{PRINTS}", cwd=tmp_path)
    assert "functoria.device" in found
    assert below(found, (*UNNEEDED, *COMMAND_ONLY)) - taken <= {
        "json",
        "json.decoder",
        "json.encoder",
        "json.scanner",
        "_json",
    }


@pytest.mark.parametrize(
    ("example", "imports", "other"),
    [
        ("hello", "mirage_devices", ("mirage_devices.v4",)),
        ("hello-4", "mirage_devices.v4", ("mirage_devices.v3",)),
    ],
)
def test_one_catalogue_does_not_import_the_other(
    example: str, imports: str, other: tuple[str, ...], tmp_path: Path
) -> None:
    for found in (
        modules(f"import {imports}\n{PRINTS}", cwd=tmp_path),
        modules(f"from {imports} import *\n{PRINTS}", cwd=tmp_path),
        configured(example, tmp_path),
    ):
        assert imports in found
        assert below(found, other) == set()


TELLS = """
import atexit, gc, logging, os, tempfile, threading, time
from pathlib import Path

class Kept:
    def __init__(self):
        self.itself = self
        self.file = open("in-a-cycle", "w")
        self.file.write("written")

def later():
    time.sleep(0.2)
    Path("by-a-thread").write_text("written")

kept = Kept()
left = open("left-open", "w")
left.write("written")
aside = tempfile.TemporaryDirectory(dir=".", prefix="temporary-")
log = logging.FileHandler("log", delay=False)
logging.getLogger().addHandler(log)
atexit.register(Path("at-exit").write_text, "written")
threading.Thread(target=later).start()
Path("collecting").write_text(f"{gc.isenabled()} {gc.get_freeze_count() > 1000} {gc.get_threshold()[0] > 700}")
"""


def test_what_a_configuration_left_open_ends_as_anywhere(tmp_path: Path) -> None:
    config(tmp_path, f"{TELLS}\n{PLAIN}")
    done = process("configure", "-b", "build", cwd=tmp_path)
    assert (done.status, done.err) == (0, "")
    for name in ("in-a-cycle", "left-open", "by-a-thread", "at-exit"):
        assert (tmp_path / name).read_text() == "written", name
    assert not list(tmp_path.glob("temporary-*"))
    assert (tmp_path / "collecting").read_text() == "True True True"


@pytest.mark.parametrize(
    ("text", "status"),
    [(PLAIN, 0), ("", 1), (f"{PLAIN}\nimport sys; sys.exit(3)", 1), (f"{PLAIN}\nimport os; os._exit(5)", 5)],
)
def test_the_status_is_the_one_of_the_command(text: str, status: int, tmp_path: Path) -> None:
    config(tmp_path, text)
    assert process("configure", "-b", "build", cwd=tmp_path).status == status


def test_a_large_plan_does_not_keep_garbage(tmp_path: Path) -> None:
    cycles = (
        "import weakref\nclass Ring: pass\n"
        "def ring():\n    it = Ring(); it.itself = it\n    return weakref.ref(it)\n"
        "rings = [ring() for _ in range(200_000)]\n"
        "assert sum(each() is not None for each in rings) < 100_000\n"
    )
    config(tmp_path, f"{cycles}{PLAIN}")
    assert process("configure", "-b", "build", cwd=tmp_path).err == ""


def test_a_program_collects_garbage_as_it_did(tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    before = gc.get_threshold(), gc.get_freeze_count()
    assert main(["configure", "-f", str(tmp_path / "config.py"), "-b", str(tmp_path / "build")]) == 0
    assert (gc.get_threshold(), gc.get_freeze_count()) == before


def test_modules_written_since_the_last_configuration_are_found(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    file = config(tmp_path, f"import sys; sys.path.insert(0, {str(tmp_path / 'more')!r})\n{PLAIN}")
    for number in range(3):  # within one tick of the file system's clock
        (tmp_path / f"beside{number}.py").write_text("")
        (tmp_path / "more" / f"further{number}.py").write_text("")
        file.write_text(f"{file.read_text()}import beside{number}, further{number}\n")
        assert main(["configure", "-f", str(file), "-b", str(tmp_path / "build")]) == 0


ENDS = """
import os

class Freed:
    def __del__(self, mkdir=os.mkdir):
        mkdir("freed")

freed = Freed()
"""


@pytest.mark.parametrize("opened", ["", "file = open('left-open', 'w')"])
def test_what_is_there_at_the_end_is_freed_where_files_are_open(opened: str, tmp_path: Path) -> None:
    config(tmp_path, f"{ENDS}\n{opened}\n{PLAIN}")
    done = process("configure", "-b", "build", cwd=tmp_path)
    assert (done.status, done.err) == (0, "")
    assert (tmp_path / "freed").exists() == bool(opened)


LEAVES = """
import atexit, sys, threading, time

print("out", end="", file=sys.__stdout__)
threading.Thread(target=lambda: (time.sleep(0.1), print("by a thread", file=sys.__stderr__))).start()
atexit.register(print, "at exit", file=sys.__stderr__)
"""


def test_what_runs_at_the_end_does_so_and_what_was_printed_is_seen(tmp_path: Path) -> None:
    config(tmp_path, f"{LEAVES}\n{PLAIN}")
    done = process("configure", "-b", "build", cwd=tmp_path)
    assert (done.status, done.err) == (0, "outby a thread\nat exit\n")


def test_functions_that_were_registered_before_are_called_at_exit_too(tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    code = (
        "import atexit, sys; atexit.register(print, 'before'); sys.argv[0] = 'functoria'\n"
        "from functoria.__main__ import script; script()"
    )
    done = subprocess.run([sys.executable, "-c", code, "configure"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("before\n")


ASKED = """
from functoria import Device, job

class Counted(Device):
    module, type = "Counted", job
    def files(self, info):
        with open("asked", "a") as file:
            file.write("once\\n")
        return {"counted.ml": ""}

app = register("counted", [Counted()])
"""


def test_files_are_made_once(tmp_path: Path) -> None:
    config(tmp_path, ASKED)
    done = process("configure", "-b", "build", cwd=tmp_path)
    assert (done.status, done.err) == (0, "")
    assert (tmp_path / "asked").read_text() == "once\n"


def test_the_files_that_were_as_they_should_be_are_counted(tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    (tmp_path / "unikernel.ml").write_text("")  # a link, and not a file of the plan
    first, second = (process("configure", "-b", "build", cwd=tmp_path) for _ in range(2))
    count = len([path for path in (tmp_path / "build").iterdir() if not path.is_symlink()]) - 1  # except the state file
    assert f"({count + 1} files written)" in first.out
    (tmp_path / "build" / "dune").unlink()
    third = process("configure", "-b", "build", cwd=tmp_path)
    assert f"({count} files unchanged)" in second.out
    assert f"(1 file written, {count - 1} unchanged)" in third.out
