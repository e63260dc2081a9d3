"""The command line: what each command does, what it says, and how it ends."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import functoria
from functoria.cli import main
from functoria.cli.config import load
from mirage_devices import TARGETS
from tests.tools import need

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"
CONFIGURATIONS = ["block", "choice", "hello", "hello_key", "network"]


class Done(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str


Cli = Callable[..., Done]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line, within this process, in a directory of its own."""
    monkeypatch.chdir(tmp_path)
    for name in ("MODE", "MIRAGE_LOGS"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object) -> Done:
        capsys.readouterr()
        status = main([str(word) for word in arguments])
        said = capsys.readouterr()
        return Done(status, said.out, said.err)

    return run


def process(*arguments: object, cwd: Path, **environment: str) -> Done:
    """The command line, as a process of its own."""
    clean = {name: text for name, text in os.environ.items() if name not in ("MODE", "MIRAGE_LOGS")}
    done = subprocess.run(
        [sys.executable, "-m", "functoria", *map(str, arguments)],
        cwd=cwd,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def config(directory: Path, text: str, name: str = "config.py") -> Path:
    """A configuration file over a unikernel without devices; `text` has the rest."""
    file = directory / name
    file.write_text(
        "from functoria import Key, arg, foreign, job, package\nfrom mirage_devices import register\n"
        f'main = foreign("Unikernel", job)\n{text}\n'
    )
    return file


PLAIN = 'app = register("plain", [main])'


def one_line(done: Done, status: int, *says: str) -> None:
    """`done` failed with one line, and nothing else."""
    assert (done.status, done.out) == (status, ""), done
    assert re.fullmatch(r"functoria: [^\n]+\n", done.err), done.err
    for words in says:
        assert words in done.err


def test_configure_writes_beside_the_configuration(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    done = cli("configure")
    assert (done.status, done.err) == (0, "")
    assert "plain: configured" in done.out
    assert {"main.ml", "key_gen.ml", "dune", "dune-project", "Makefile"} <= {path.name for path in tmp_path.iterdir()}
    assert "target () = `Unix" in (tmp_path / "key_gen.ml").read_text()
    again = cli("configure")
    assert "(0 files written" in again.out


@pytest.mark.parametrize("option", ["-t", "--target"])
@pytest.mark.parametrize("target", TARGETS)
def test_configure_for_a_target(option: str, target: str, cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    assert cli("configure", option, target).status == 0
    assert [path.name for path in tmp_path.glob("*.opam")] == [f"mirage-unikernel-plain-{target}.opam"]


def test_an_old_name_of_a_target_is_taken_with_a_warning(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    done = cli("configure", "-t", "ukvm")
    assert done.status == 0
    assert "warning: the target ukvm is now called hvt" in done.err
    assert [path.name for path in tmp_path.glob("*.opam")] == ["mirage-unikernel-plain-hvt.opam"]


@pytest.mark.parametrize("words", [("-f", "{}"), ("--file", "{}"), ("--file={}",), ("-f{}",)])
def test_a_configuration_of_another_name(words: tuple[str, ...], cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    config(tmp_path / "sub", PLAIN, "other.py")
    assert cli("configure", *(word.format("sub/other.py") for word in words)).status == 0
    assert (tmp_path / "sub" / "main.ml").exists()
    assert not (tmp_path / "main.ml").exists()


@pytest.mark.parametrize("option", ["-b", "--build-dir"])
def test_a_build_directory(option: str, cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    (tmp_path / "unikernel.ml").write_text("let start = Lwt.return_unit\n")
    assert cli("configure", option, "out/unix").status == 0
    assert (tmp_path / "out/unix/main.ml").exists()
    assert (tmp_path / "out/unix/unikernel.ml").resolve() == (tmp_path / "unikernel.ml").resolve()
    assert {path.name for path in tmp_path.iterdir()} - {"__pycache__"} == {"config.py", "unikernel.ml", "out"}


@pytest.mark.parametrize("option", ["-o", "--output"])
def test_an_output(option: str, cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    assert cli("configure", option, "image", "-t", "hvt").status == 0
    assert "image.hvt" in (tmp_path / "dune").read_text()
    assert (tmp_path / "mirage-unikernel-plain-hvt.opam").exists()


def test_keys_are_options(cli: Cli, tmp_path: Path) -> None:
    config(
        tmp_path,
        'port = Key.opt("port", arg.int, default=80, flags=["p", "port"])\nloud = Key.flag("loud")\n'
        'both = Key.alias("both", {port: 8080, loud: True})\n'
        'app = register("keyed", [main], keys=[port, loud, both])',
    )

    def keys(*arguments: str) -> dict[str, object]:
        found: dict[str, object] = json.loads(cli("describe", "--json", *arguments).out)["keys"]
        return found

    named = keys("-p", "81", "--loud")
    assert keys("--port=81", "--loud") == named
    assert keys("--both", "-p81") == {**keys("--both"), "port": named["port"]}
    assert keys("--both")["port"] != named["port"] != keys()["port"]
    assert cli("configure", "--port", "-3").status == 0
    assert "Arg.opt Cmdliner.Arg.int (-3)" in (tmp_path / "key_gen.ml").read_text()


def test_a_dry_run_writes_nothing(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    (tmp_path / "Makefile").write_text("mine")
    done = cli("configure", "--dry-run")
    assert done.status == 1
    assert "would refuse" in done.err
    lines = done.out.splitlines()
    assert {"create main.ml", "create key_gen.ml", "create dune"} <= set(lines)
    assert any(line.startswith("replace Makefile") and "not as it was written" in line for line in lines)
    assert {path.name for path in tmp_path.iterdir()} - {"__pycache__"} == {"config.py", "Makefile"}


def test_a_file_in_the_way_is_refused_unless_forced(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    (tmp_path / "Makefile").write_text("mine")
    one_line(cli("configure"), 1, "Makefile was not written by functoria", "--force")
    assert not (tmp_path / "main.ml").exists()
    assert cli("configure", "--force").status == 0
    assert (tmp_path / "Makefile").read_text() != "mine"


def test_verbose_names_the_files(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    quiet = cli("configure", "--dry-run").out.count("\n")
    done = cli("configure", "-v")
    assert len(re.findall(r"^wrote .*", done.out, re.MULTILINE)) == quiet
    assert "main.ml" in done.out


def test_the_environment_gives_values(tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    done = process("describe", "--json", cwd=tmp_path, MODE="xen", MIRAGE_LOGS="foo:debug,*:error")
    assert done.status == 0, done.err
    keys = json.loads(done.out)["keys"]
    assert "xen" in str(keys["target"])
    assert "foo:debug" in str(keys["logs"])
    done = process("describe", "--json", "-t", "hvt", "-l", "info", cwd=tmp_path, MODE="xen", MIRAGE_LOGS="debug")
    keys = json.loads(done.out)["keys"]
    assert "hvt" in str(keys["target"])
    assert "debug" not in str(keys["logs"])


def test_the_environment_gives_a_value_that_does_not_parse(tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    one_line(
        process("configure", cwd=tmp_path, MODE="vmware"), 2, "MODE", "'vmware'", "one of unix, macosx, xen, qubes"
    )
    assert process("configure", "-t", "xen", cwd=tmp_path, MODE="vmware").status == 0
    one_line(
        process("describe", cwd=tmp_path, MIRAGE_LOGS="loud"), 2, "MIRAGE_LOGS", "'loud'", "error, warning, info, debug"
    )


USAGE: dict[str, tuple[list[str], *tuple[str, ...]]] = {
    "an unknown command": (
        ["make"],
        "there is no command make: there are configure, describe, build, clean, audit, help",
    ),
    "an unknown option": (["configure", "--prot", "80"], "there is no option --prot: there are ", "--port", "--target"),
    "an unknown option before the command": (["-x", "configure"], "-x"),
    "an unknown target": (
        ["configure", "-t", "vmware"],
        "'vmware' is not one of unix, macosx, xen, qubes, virtio, hvt",
    ),
    "a value that does not parse": (["configure", "--port", "http"], "--port: 'http' is not an integer"),
    "an option without its value": (["configure", "--port"], "--port expects an integer"),
    "a threshold that is none": (["configure", "-l", "loud"], "LEVEL is one of error, warning, info, debug"),
    "a surplus argument": (["configure", "more"], "more"),
    "an enum": (["describe", "--size", "huge"], "--size: 'huge' is not one of small, large"),
    "help of an unknown command": (["help", "make"], "there is no command make"),
    "a flag with a value": (["configure", "--loud=yes"], "--loud"),
    "an option of another command": (["describe", "--force"], "there is no option --force"),
}


@pytest.mark.parametrize("name", USAGE)
def test_wrong_usage_is_one_line_that_says_what_is_allowed(name: str, cli: Cli, tmp_path: Path) -> None:
    arguments, *says = USAGE[name]
    config(
        tmp_path,
        'keys = [Key.opt("port", arg.int, default=80), Key.opt("size", arg.enum(["small", "large"]), default="small"), '
        'Key.flag("loud")]\napp = register("used", [main], keys=keys)',
    )
    one_line(cli(*arguments), 2, *says)
    assert [path.name for path in tmp_path.iterdir() if path.name != "__pycache__"] == ["config.py"]


def test_a_required_key_left_out_is_wrong_usage(cli: Cli, tmp_path: Path) -> None:
    config(
        tmp_path, 'zone = Key.required("zone", arg.string, stage="configure")\napp = register("z", [main], keys=[zone])'
    )
    done = cli("configure")
    assert done.status == 2
    assert "functoria: --zone is required: give it text" in done.err
    assert not (tmp_path / "main.ml").exists()
    assert cli("configure", "--zone", "example.org").status == 0


BROKEN = {
    "missing": (None, ["the configuration config.py does not exist: name one with -f FILE"]),
    "no Python": ("app = register(\n", ["config.py is no Python", "config.py:4"]),
    "an exception": (
        "x = 1\ny = x / 0\n" + PLAIN,
        ["config.py failed: ZeroDivisionError: division by zero", "config.py:5"],
    ),
    "an import that fails": (
        "import no_such_module\n" + PLAIN,
        ["config.py failed: ModuleNotFoundError", "config.py:4"],
    ),
    "an exit": ("raise SystemExit(0)", ["config.py failed: SystemExit", "config.py:4"]),
    "no application": ("x = 1", ["config.py registers no application: bind one to a name"]),
    "several applications": (
        PLAIN + '\nother = register("other", [main])',
        ["config.py registers 2 applications (app, other): keep one", "config.py:4", "config.py:5"],
    ),
    "an application that cannot be": (
        'app = register("wrong", [foreign("unikernel", job)])',
        ["'unikernel' is not a module path", "config.py:4"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("command", ["configure", "describe"])
def test_a_broken_configuration_is_told_before_any_wrong_option(
    name: str, command: str, cli: Cli, tmp_path: Path
) -> None:
    text, says = BROKEN[name]
    if text is not None:
        config(tmp_path, text)
    for arguments in ((), ("--no-such-option",), ("-t", "vmware")):
        done = cli(command, *arguments)
        assert (done.status, done.out) == (1, "")
        assert done.err.startswith("functoria: ")
        assert "Traceback" not in done.err
        for words in says:
            assert words in done.err
    assert not (tmp_path / "main.ml").exists()


def test_one_application_under_two_names_is_one(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, "first = second = " + PLAIN.partition("= ")[2])
    assert cli("configure").status == 0


def test_configurations_have_modules_of_their_own(cli: Cli, tmp_path: Path) -> None:
    for name in ("one", "two"):
        directory = tmp_path / name
        directory.mkdir()
        (directory / "shared.py").write_text(f'NAME = "{name}"\n')
        config(directory, "from shared import NAME\napp = register(NAME, [main])")
        assert json.loads(cli("describe", "--json", "-f", directory / "config.py").out)["name"] == name


def test_modules_beside_the_configuration_can_be_imported(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "naming.py").write_text('NAME = "imported"\n')
    config(tmp_path / "sub", "from naming import NAME\napp = register(NAME, [main])")
    done = process("describe", "-f", "sub/config.py", cwd=tmp_path)
    assert re.search(r"^Name +imported$", done.out, re.MULTILINE), done


REFUSED = 'app = register("refused", [main], packages=[package("a", min="2"), package("a", max="1")])'


@pytest.mark.parametrize("arguments", [[], ["-v"], ["--verbose"]])
def test_an_error_has_no_traceback(arguments: list[str], cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, REFUSED)
    done = cli("configure", *arguments)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("functoria: no version of a will do: one declaration wants")
    assert done.err.count("config.py:4") == 1
    assert "Traceback" not in done.err
    assert not (tmp_path / "main.ml").exists()


@pytest.mark.parametrize("arguments", [["-vv"], ["-v", "-v"], ["--verbose", "--verbose"]])
def test_an_error_has_a_traceback_when_very_verbose(arguments: list[str], cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, REFUSED)
    done = cli("configure", *arguments)
    assert done.status == 1
    assert "Traceback (most recent call last)" in done.err
    assert "functoria: no version of a will do" in done.err


@pytest.mark.parametrize("option", ["file", "force", "dry-run", "f", "b", "output"])
def test_a_key_named_as_an_option_of_functoria_is_refused(option: str, cli: Cli, tmp_path: Path) -> None:
    config(
        tmp_path,
        f'key = Key.opt("taken", arg.int, default=80, flags=["{option}"])\napp = register("t", [main], keys=[key])',
    )
    done = cli("configure")
    assert done.status == 1
    assert (
        f"the key taken claims {'-' if len(option) == 1 else '--'}{option}, which is an option of functoria" in done.err
    )
    assert "config.py:4" in done.err


@pytest.mark.parametrize("name", ["help", "why", "json", "build-dir", "verbose", "v"])
def test_a_key_named_as_any_option_of_functoria_is_refused_by_all_commands(name: str, cli: Cli, tmp_path: Path) -> None:
    """What configures must not depend on which command is asked first."""
    config(
        tmp_path,
        f'key = Key.opt("taken", arg.int, default=80, flags=["{name}"])\napp = register("t", [main], keys=[key])',
    )
    for command in ("configure", "describe"):
        done = cli(command)
        assert done.status == 1, command
        assert "which is an option of functoria" in done.err


@pytest.mark.parametrize("name", ["key", "file", "callback", "name", "self", "plan", "build-dir", "force"])
def test_a_key_may_have_any_name_as_long_as_its_option_is_free(name: str, cli: Cli, tmp_path: Path) -> None:
    config(
        tmp_path,
        f'key = Key.opt("{name}", arg.int, default=80, flags=["own"])\napp = register("t", [main], keys=[key])',
    )
    assert cli("configure", "--own", "81").status == 0
    assert "Arg.opt Cmdliner.Arg.int (81)" in (tmp_path / "key_gen.ml").read_text()


@pytest.mark.parametrize("example", CONFIGURATIONS)
@pytest.mark.parametrize("target", ["unix", "hvt", "xen"])
def test_every_example_is_configured_and_described(example: str, target: str, cli: Cli, tmp_path: Path) -> None:
    file = EXAMPLES / f"{example}.py"
    described = cli("describe", "-f", file, "-t", target)
    assert (described.status, described.err) == (0, "")
    lines = [line.partition(" ")[0] for line in described.out.splitlines() if line[:1].strip()]
    assert lines.index("Packages") == lines.index("Libraries") + 1
    assert re.search(rf"\btarget={target}\b", described.out)
    done = cli("configure", "-f", file, "-t", target, "-b", tmp_path / "out")
    assert (done.status, done.err) == (0, "")
    assert (tmp_path / "out" / "main.ml").exists()
    assert cli("configure", "-f", file, "-t", target, "-b", tmp_path / "out", "--dry-run").out == ""
    assert cli("clean", "-b", tmp_path / "out").status == 0
    assert list((tmp_path / "out").iterdir()) == []


def test_the_demonstration_is_configured_with_its_module(cli: Cli, tmp_path: Path) -> None:
    done = cli("configure", "-f", EXAMPLES / "hello/config.py", "-b", tmp_path / "out")
    assert done.status == 0
    assert (tmp_path / "out/unikernel.ml").read_text() == (EXAMPLES / "hello/unikernel.ml").read_text()
    assert (EXAMPLES / "hello/config.py").read_text() == (EXAMPLES / "hello.py").read_text()


def test_describe_says_more_when_verbose(cli: Cli) -> None:
    short = cli("describe", "-f", EXAMPLES / "network.py")
    long = cli("describe", "-f", EXAMPLES / "network.py", "-v")
    assert len(long.out) > len(short.out)
    assert "port=8080 (default)" in short.out


def test_describe_why(cli: Cli) -> None:
    done = cli("describe", "-f", EXAMPLES / "network.py", "--why", "tcpip")
    assert (done.status, done.err) == (0, "")
    assert "Tcpip_stack_direct.Make" in done.out
    assert "3.5.0" in done.out
    one_line(
        cli("describe", "-f", EXAMPLES / "network.py", "--why", "rails"),
        1,
        "no device brings rails: there are ",
        "tcpip",
    )


def test_describe_as_json(cli: Cli) -> None:
    done = cli("describe", "-f", EXAMPLES / "network.py", "--json", "--port", "81", "-t", "hvt")
    assert done.status == 0
    data = json.loads(done.out)
    assert data["name"] == "network"
    assert {"keys", "devices", "packages", "libraries"} <= data.keys()
    assert "tcpip" in json.dumps(data["packages"])


def test_help(cli: Cli, tmp_path: Path) -> None:
    overview = cli("help")
    assert overview == cli("--help") == cli("-h") == cli()
    assert (overview.status, overview.err) == (0, "")
    for command in ("configure", "describe", "build", "clean", "help"):
        assert re.search(rf"^  {command} ", overview.out, re.MULTILINE)
        done = cli("help", command)
        assert done.status == 0
        assert "Usage: functoria " + command in done.out
    config(
        tmp_path,
        'zone = Key.required("zone", arg.string, doc="What it serves.")\napp = register("z", [main], keys=[zone])',
    )
    for arguments in (("configure", "--help"), ("help", "configure")):
        shown = cli(*arguments).out
        for words in (
            "MIRAGE PARAMETERS",
            "UNIKERNEL PARAMETERS",
            "APPLICATION OPTIONS",
            "--zone",
            "What it serves.",
            "MODE",
        ):
            assert words in shown


def test_version(cli: Cli) -> None:
    assert cli("--version") == Done(0, f"functoria {functoria.__version__}\n", "")


def test_clean_and_build_of_what_was_not_configured(cli: Cli, tmp_path: Path) -> None:
    for command in ("clean", "build"):
        one_line(cli(command), 1, "is not configured: run functoria configure first")
    assert list(tmp_path.iterdir()) == []


def test_clean_removes_what_was_written(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    cli("configure", "-b", "out")
    done = cli("clean", "-b", "out", "-v")
    assert done.status == 0
    assert "main.ml" in done.out
    assert list((tmp_path / "out").iterdir()) == []


def test_clean_keeps_an_edited_file_unless_forced(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    cli("configure", "-b", "out")
    (tmp_path / "out/main.ml").write_text("mine")
    one_line(cli("clean", "-b", "out"), 1, "main.ml was not written by functoria", "--force")
    assert (tmp_path / "out/main.ml").read_text() == "mine"
    assert cli("clean", "-b", "out", "--force").status == 0
    assert list((tmp_path / "out").iterdir()) == []


def dune(directory: Path, code: str) -> str:
    """A PATH with a dune that says how it is called, and then runs `code`; nothing else on it but the system's own."""
    tools = directory / "tools"
    tools.mkdir()
    (tools / "dune").write_text(f'#!/bin/sh\necho "dune $*"\n{code}\n')
    (tools / "dune").chmod(0o755)
    return f"{tools}:/bin:/usr/bin"


def test_build_runs_dune_and_says_where_the_result_is(tmp_path: Path) -> None:
    need("sh")
    config(tmp_path, PLAIN)
    path = dune(tmp_path, "touch plain")
    assert process("configure", "-b", "out", cwd=tmp_path).status == 0
    done = process("build", "-b", "out", cwd=tmp_path, PATH=path)
    assert done.status == 0, done
    assert "dune build" in done.out
    assert re.search(r"out/plain\b", done.out)
    assert (tmp_path / "out/plain").exists()


def test_build_makes_what_devices_make_and_clean_removes_it(tmp_path: Path) -> None:
    path = dune(tmp_path, "")
    assert process("configure", "-f", EXAMPLES / "block.py", "-b", tmp_path / "out", cwd=tmp_path).status == 0
    done = process("build", "-b", "out", cwd=tmp_path, PATH=path)
    assert done.status == 0, done
    assert (tmp_path / "out/disk.img").stat().st_size == 512 * 100_000
    assert process("clean", "-b", "out", cwd=tmp_path, PATH=path).status == 0
    assert not (tmp_path / "out/disk.img").exists()


def test_build_fails_as_dune_does(tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    path = dune(tmp_path, "echo 'Error: no such library' >&2\nexit 3")
    process("configure", cwd=tmp_path)
    done = process("build", cwd=tmp_path, PATH=path)
    assert done.status == 1
    assert "Error: no such library" in done.out + done.err
    assert re.search(r"^functoria: .*failed with status 3", done.err, re.MULTILINE)


@pytest.mark.parametrize("there", [False, True], ids=["absent", "a file that is no program"])
def test_build_without_dune(there: bool, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    (tmp_path / "tools").mkdir()
    if there:
        (tmp_path / "tools/dune").write_text("")
    process("configure", cwd=tmp_path)
    done = process("build", cwd=tmp_path, PATH=str(tmp_path / "tools"))
    assert (done.status, done.out) == (1, "")
    assert "functoria: dune is not installed: opam install dune" in done.err
    assert "Traceback" not in done.err


def test_the_choices_of_configure_are_those_of_build(tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    path = dune(tmp_path, "touch image.hvt")
    process("configure", "-t", "hvt", "-o", "image", cwd=tmp_path)
    done = process("build", cwd=tmp_path, PATH=path, MODE="xen")
    assert done.status == 0, done
    assert re.search(r"\bimage\.hvt\b", done.out)


def test_as_a_process(tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    assert process("--version", cwd=tmp_path) == Done(0, f"functoria {functoria.__version__}\n", "")
    assert process("configure", "-t", "hvt", cwd=tmp_path).status == 0
    one_line(process("configure", "-t", "vmware", cwd=tmp_path), 2, "one of unix")
    assert process("configure", "-f", "absent.py", cwd=tmp_path).status == 1


def test_output_to_a_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    command = f"{sys.executable} -m functoria describe --json -f {EXAMPLES / 'network.py'} | true"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_the_configuration_is_named_once(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    other = config(tmp_path, 'app = register("other", [main])', "other.py")
    one_line(cli("configure", "-vf", other), 2, "-f names config.py and", "give it once, by itself")
    one_line(cli("configure", "-f", "config.py", "-f", other), 2, "give it once")
    assert not list(tmp_path.glob("*.opam"))


def test_a_script_wrote_and_functoria_builds_and_cleans(cli: Cli, tmp_path: Path) -> None:
    need("dune")
    file = config(tmp_path, PLAIN)
    load(file).plan(target="unix").write(tmp_path / "build", sources=tmp_path)
    assert "does not exist: name one with -f FILE" in cli("build", "-b", tmp_path / "build").err
    assert "libraries are missing" in cli("build", "-b", tmp_path / "build", "-f", file).err
    assert cli("clean", "-b", tmp_path / "build", "-f", file).status == 0
    assert list((tmp_path / "build").iterdir()) == []


def test_clean_after_the_configuration_lost_a_key(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, 'app = register("plain", [main], keys=[Key.flag("gone")])')
    assert cli("configure", "--gone").status == 0
    config(tmp_path, PLAIN)
    done = cli("clean")
    assert (done.status, "there is no key 'gone'" in done.err) == (0, True)
    assert {path.name for path in tmp_path.iterdir()} == {"config.py"}


def test_a_dry_run_by_force_refuses_nothing(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    (tmp_path / "main.ml").write_text("mine\n")
    done = cli("configure", "--dry-run", "--force")
    assert (done.status, done.err) == (0, "")
    assert "replace main.ml (not as it was written)" in done.out


def test_a_flag_takes_no_value(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, 'app = register("plain", [main], keys=[Key.flag("loud")])')
    one_line(cli("configure", "--loud=true"), 2, "--loud takes no value")


def test_keys_of_two_branches_that_are_spelt_alike(cli: Cli, tmp_path: Path) -> None:
    config(
        tmp_path,
        "from functoria import if_impl\n"
        'which = Key.flag("which", stage="configure")\n'
        'one, two = (Key.opt(name, arg.int, default=1) for name in ("a-b", "a_b"))\n'
        'jobs = [foreign(f"M{n}", job, keys=[key]) for n, key in enumerate((one, two))]\n'
        'app = register("alike", [if_impl(which.value, *jobs, keys=[which])])',
    )
    assert json.loads(cli("describe", "--json", "--which", "--a-b", "7").out)["keys"]["a-b"] == 7
    assert json.loads(cli("describe", "--json", "--a_b", "7").out)["keys"]["a_b"] == 7
