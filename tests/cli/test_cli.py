"""The command line: the effects, output and exit status of each command."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import functoria
from functoria.cli import commands
from functoria.cli.config import load
from functoria.cli.options import RESERVED
from mirage_devices import TARGETS
from tests.command_line import PLAIN, Cli, Done, config, one_line, process
from tests.projects import snapshot
from tests.tools import need, run

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
CONFIGURATIONS = ["block", "choice", "hello", "hello_key", "network"]


def test_configure_writes_beside_the_configuration(cli: Cli, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    done = cli("configure")
    assert (done.status, done.err) == (0, "")
    assert "plain: configured for unix in . (" in done.out
    assert {"main.ml", "key_gen.ml", "dune", "dune-project", "Makefile"} <= {path.name for path in tmp_path.iterdir()}
    assert "target () = `Unix" in (tmp_path / "key_gen.ml").read_text()
    again = cli("configure")
    assert " files unchanged)" in again.out


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
        found = json.loads(cli("describe", "--json", *arguments).out)["keys"]
        return {name: key["value"] for name, key in found.items()}

    named = keys("-p", "81", "--loud")
    assert keys("--port=81", "--loud") == named
    assert keys("--both", "-p81") == {**keys("--both"), "port": named["port"]}
    assert keys("--both")["port"] != named["port"] != keys()["port"]
    said = cli("describe", "--both", "--loud").out
    assert re.search(r"^ +port +8080 +by both$", said, re.MULTILINE)
    assert re.search(r"^ +loud +true +command line$", said, re.MULTILINE)
    assert re.search(r"by default: .*port=80\b", cli("describe").out)
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
    assert "foo:debug" in str(keys["logs"]["value"])
    assert (keys["target"]["origin"], keys["logs"]["origin"]) == ("environment MODE", "environment MIRAGE_LOGS")
    done = process("describe", "--json", "-t", "hvt", "-l", "info", cwd=tmp_path, MODE="xen", MIRAGE_LOGS="debug")
    keys = json.loads(done.out)["keys"]
    assert "hvt" in str(keys["target"])
    assert "debug" not in str(keys["logs"]["value"])
    assert (keys["target"]["origin"], keys["logs"]["origin"]) == ("command line", "command line")


def test_the_environment_gives_a_value_that_does_not_parse(tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    one_line(
        process("configure", cwd=tmp_path, MODE="vmware"), 2, "MODE", "'vmware'", "one of unix, macosx, xen, qubes"
    )
    assert process("configure", "-t", "xen", cwd=tmp_path, MODE="vmware").status == 0
    one_line(
        process("describe", cwd=tmp_path, MIRAGE_LOGS="loud"), 2, "MIRAGE_LOGS", "'loud'", "error, warning, info, debug"
    )


ENVIRONMENT = (
    'keys = [Key.opt("hello", arg.string, default="Hi", env="HELLO_ENV"), Key.flag("loud", env="LOUD_ENV"), '
    'Key.opt("port", arg.int, default=80, env="PORT_ENV")]\napp = register("t", [main], keys=keys)'
)


@pytest.mark.parametrize("text", ["", " ", "Hello", "a,b", "--loud"])
def test_a_variable_that_is_set_is_taken_as_it_is(
    text: str, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config(tmp_path, ENVIRONMENT)
    monkeypatch.setenv("HELLO_ENV", text)
    assert json.loads(cli("describe", "--json").out)["keys"]["hello"]["value"] == text
    assert json.loads(cli("describe", "--json", "--hello=Hi").out)["keys"]["hello"]["value"] == "Hi"
    monkeypatch.setenv("PORT_ENV", "")
    one_line(cli("describe"), 2, "PORT_ENV: --port: '' is not an integer")


@pytest.mark.parametrize(
    ("texts", "loud"),
    [
        (["true", "True", "yes", "y", "1"], True),
        (["false", "FALSE", "no", "n", "0", ""], False),
        (["on", "t", "-"], None),
    ],
)
def test_the_variable_of_a_flag_is_read_as_cmdliner_does(
    texts: list[str], loud: bool | None, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config(tmp_path, ENVIRONMENT)
    for text in texts:
        monkeypatch.setenv("LOUD_ENV", text)
        if loud is None:
            allowed = "write true, yes, y, 1 for true; false, no, n, 0 for false"
            one_line(cli("describe"), 2, f"LOUD_ENV: {text!r} is neither true nor false: {allowed}")
        else:
            assert json.loads(cli("describe", "--json").out)["keys"]["loud"]["value"] is loud
        assert json.loads(cli("describe", "--json", "--loud").out)["keys"]["loud"]["value"] is True


@pytest.mark.parametrize("example", CONFIGURATIONS)
@pytest.mark.parametrize("target", ["unix", "hvt", "xen"])
def test_every_example_is_configured_and_described(example: str, target: str, cli: Cli, tmp_path: Path) -> None:
    file = EXAMPLES / f"{example}.py"
    described = cli("describe", "-f", file, "-t", target)
    assert (described.status, described.err) == (0, "")
    parts = [line.partition(" ")[0] for line in described.out.splitlines() if line[:1].strip()]
    assert parts == ["Devices", "Keys", "Libraries", "Packages"]
    assert re.search(rf"^ +target +{target} +command line$", described.out, re.MULTILINE)
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
    assert re.search(r"by default: .*port=8080\b", short.out)
    assert re.search(r"^ +port +8080 +default$", long.out, re.MULTILINE)


def test_describe_why(cli: Cli) -> None:
    done = cli("describe", "-f", EXAMPLES / "network.py", "--why", "tcpip")
    assert (done.status, done.err) == (0, "")
    assert "Tcpip_stack_direct.Make" in done.out
    assert "3.5.0" in done.out
    one_line(
        cli("describe", "-f", EXAMPLES / "network.py", "--why", "tcpp"),
        1,
        "no device declares tcpp: did you mean ",
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
        one_line(cli(command), 1, "is not configured: run functoria configure")
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
    done = cli("clean", "-b", "out")
    assert done.out == f"configuration: {tmp_path}/config.py\n"
    one_line(done._replace(out=""), 1, "main.ml was not written by functoria", "--force")
    assert (tmp_path / "out/main.ml").read_text() == "mine"
    assert cli("clean", "-b", "out", "--force").status == 0
    assert list((tmp_path / "out").iterdir()) == []


def dune(directory: Path, code: str) -> str:
    """Return a PATH with the system's own programs, and a dune that prints how it was called and then runs `code`."""
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


def test_build_says_that_the_configuration_has_changed_since(tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    path = dune(tmp_path, "touch plain")
    assert process("configure", cwd=tmp_path).status == 0
    assert process("build", cwd=tmp_path, PATH=path).err == ""
    config(tmp_path, 'app = register("plain", [main], packages=[package("more")])')
    done = process("build", cwd=tmp_path, PATH=path)
    assert done.status == 0
    assert re.fullmatch(r"functoria: warning: [^\n]*\bdune\b[^\n]*out of date with the configuration[^\n]*\n", done.err)
    assert process("configure", cwd=tmp_path).status == 0
    assert process("build", cwd=tmp_path, PATH=path).err == ""


def test_build_says_what_it_did_not_build(tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    path = dune(tmp_path, "touch plain")
    assert process("configure", cwd=tmp_path).status == 0
    config(tmp_path, 'app = register("renamed", [main])')
    done = process("build", cwd=tmp_path, PATH=path)
    assert done.status == 1
    assert "built" not in done.out
    assert re.search(r"dune did not make renamed: configure again", done.err)


def test_build_names_a_project_that_dune_builds_too(tmp_path: Path) -> None:
    need("dune", "ocamlfind")
    (tmp_path / "config.py").write_text('from functoria import noop, register\napp = register("plain", [noop])\n')
    assert process("configure", "-b", "_out", cwd=tmp_path).status == 0
    assert process("configure", cwd=tmp_path).status == 0
    assert process("build", cwd=tmp_path).status == 0
    assert process("configure", "-b", "build", cwd=tmp_path).status == 0
    done = process("build", cwd=tmp_path)
    assert done.status == 1
    hint = r"^ *\./build is configured too, and dune builds it as a part of \.: configure that again"
    assert re.search(hint, done.err, re.MULTILINE)
    assert "_out" not in done.err
    for where in (".", "build", "."):
        assert process("configure", "-b", where, cwd=tmp_path).status == 0
        assert process("build", "-b", where, cwd=tmp_path).status == 0


def test_build_makes_what_devices_make_and_clean_removes_it(tmp_path: Path) -> None:
    path = dune(tmp_path, "touch block_test")
    assert process("configure", "-f", EXAMPLES / "block.py", "-b", tmp_path / "out", cwd=tmp_path).status == 0
    refused = process("build", "-b", "out", cwd=tmp_path, PATH=path)
    one_line(
        refused, 1, f"block.py, which lies neither there nor above: if that is right, name it: -f {EXAMPLES}/block.py"
    )
    assert not (tmp_path / "out/disk.img").exists()
    done = process("build", "-b", "out", "-f", EXAMPLES / "block.py", cwd=tmp_path, PATH=path)
    assert done.status == 0, done
    assert (tmp_path / "out/disk.img").stat().st_size == 512 * 100_000
    done = process("clean", "-b", "out", "-f", EXAMPLES / "block.py", cwd=tmp_path, PATH=path)
    assert (done.status, "removed out/disk.img\n" in done.out) == (0, True)
    assert not (tmp_path / "out/disk.img").exists()


BY_HAND = """\
from attrs import frozen

from functoria import Device, Main, foreign, job, register


@frozen(repr=False)
class Plain(Main):
    own_packages = ()


class Made(Device):
    type, module = job, "Stdlib"

    def build(self, info):
        (info.build_dir / "made.txt").write_text("made")

    def clean(self, info):
        (info.build_dir / "made.txt").unlink(missing_ok=True)


app = register("plain", [Made(), foreign("Unikernel", job)], main=Plain)
"""


@pytest.mark.parametrize("make", ["make", "bmake"])
@pytest.mark.parametrize("where", [".", "out"])
@pytest.mark.parametrize("by_hand", [True, False])
def test_what_make_cleaned_make_builds_again(make: str, where: str, by_hand: bool, tmp_path: Path) -> None:
    need(make, "dune", "ocamlfind")
    text = BY_HAND if by_hand else BY_HAND.replace("Made(), ", "")
    (tmp_path / "config.py").write_text(text)
    (tmp_path / "unikernel.ml").write_text("let start = ()\n")
    assert process("configure", "-b", where, cwd=tmp_path).status == 0
    project = tmp_path / where
    configured = snapshot(project)
    made = {project / "plain", project / "_build", *([project / "made.txt"] if by_hand else ())}
    for _ in range(2):
        run(make, f"FUNCTORIA={sys.executable} -m functoria", cwd=project)
        assert made <= set(project.iterdir())
        run(make, "clean", f"FUNCTORIA={sys.executable} -m functoria", cwd=project)
        assert {name: was for name, was in snapshot(project).items() if "__pycache__" not in name} == configured
    assert process("clean", cwd=project).status == 0
    assert {path.name for path in project.iterdir()} <= {"config.py", "unikernel.ml", "__pycache__"}


def test_build_fails_as_dune_does(tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    path = dune(tmp_path, "echo 'Error: no such library' >&2\nexit 3")
    process("configure", cwd=tmp_path)
    done = process("build", cwd=tmp_path, PATH=path)
    assert done.status == 1
    assert "Error: no such library" in done.out + done.err
    assert re.search(r"^functoria: .*failed with status 3", done.err, re.MULTILINE)


@pytest.mark.parametrize("there", [False, True], ids=["absent", "a file that is not a program"])
def test_build_without_dune(there: bool, tmp_path: Path) -> None:
    config(tmp_path, PLAIN)
    (tmp_path / "tools").mkdir()
    if there:
        (tmp_path / "tools/dune").write_text("")
    process("configure", cwd=tmp_path)
    done = process("build", cwd=tmp_path, PATH=str(tmp_path / "tools"))
    assert (done.status, done.out) == (1, f"configuration: {tmp_path}/config.py\n")
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
    assert "libraries are missing" in cli("build", "-b", tmp_path / "build").err
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
    assert json.loads(cli("describe", "--json", "--which", "--a-b", "7").out)["keys"]["a-b"]["value"] == 7
    assert json.loads(cli("describe", "--json", "--a_b", "7").out)["keys"]["a_b"]["value"] == 7


def test_every_option_of_planning_is_reserved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # without a configuration, there are no options for keys
    made = [commands.listed(name).make(["--help"]) for name in ("configure", "describe")]
    own = {
        option
        for command in made
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    assert len(own) > 10
    assert own | {"-h", "--help"} <= RESERVED


def test_the_overview_fits_into_a_narrow_terminal(cli: Cli) -> None:
    done = cli()
    assert max(map(len, done.out.split("\n"))) < 80
    assert done == cli("--help") == cli("help")


@pytest.mark.parametrize("name", commands.names())
def test_a_command_is_its_module(name: str, cli: Cli) -> None:
    assert commands.known(name)
    assert f"\n  {name} " in cli().out
    assert cli(name, "--help").out == cli("help", name).out != ""


@pytest.mark.parametrize("name", ["", "_make", "__init__", "a.b", "Build", "build.py", "../run", "dif_f"])
def test_other_names_are_no_commands(name: str, cli: Cli) -> None:
    assert not commands.known(name)
    one_line(cli(name), 2, "there is no command")
