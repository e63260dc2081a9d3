"""Unikernels for MirageOS 4.11 are built for unix without warnings, and behave as described."""

from __future__ import annotations

import hashlib
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from tests.command_line import process
from tests.emit import cross
from tests.ocaml_runtime import UNIKERNELS4, Runtime, Unikernel, application, connected, echoes, free_port
from tests.tools import need, run

HELP, USAGE = 63, 64
"""The exit statuses of a unikernel that prints its manual, and of one with arguments that it does not have."""


def built(runtime: Runtime, name: str, directory: Path, **context: object) -> Unikernel:
    return runtime.build(name, directory, context, home=UNIKERNELS4)


@pytest.fixture(scope="module")
def hello(runtime4: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Unikernel:
    return built(runtime4, "hello", tmp_path_factory.mktemp("hello"))


def test_hello_says_its_default(hello: Unikernel) -> None:
    done = hello.run()
    assert (done.stdout, done.stderr) == ("Hello World!\n" * 2, "")


def test_arguments_reach_start_and_what_the_unikernel_registers_itself(hello: Unikernel) -> None:
    assert hello.output("--hello=Ciao") == "Ciao\n" * 2
    assert hello.output("--hello", 'a "b" \\ c', "--times=3") == 'a "b" \\ c\n' * 3
    assert hello.output("--times=0") == ""


def test_the_manual_has_the_unikernel_s_arguments_and_those_of_the_runtime(hello: Unikernel) -> None:
    text = hello.run("--help=plain", status=HELP).stdout
    for option in ("--hello=VAL (absent=Hello World!)", "--times=VAL (absent=2)", "--delay=VAL", "--name=VAL"):
        assert option in text
    assert re.search(r"-l LEVEL, --logs=LEVEL", text)
    assert "--backtrace=VAL" in text
    assert "--target" not in text  # keys only exist when configuring


@pytest.mark.parametrize("words", [("--nope",), ("--times=many",), ("more",)])
def test_what_is_not_an_argument_is_refused_before_anything_runs(hello: Unikernel, words: tuple[str, ...]) -> None:
    done = hello.run(*words, status=USAGE)
    assert done.stdout == ""
    assert done.stderr != ""


@pytest.mark.parametrize(("words", "times"), [(["-l", "debug"], 2), (["--logs=greeter:debug"], 2), (["-l", "info"], 0)])
def test_logs_are_as_verbose_as_asked(hello: Unikernel, words: list[str], times: int) -> None:
    assert hello.run(*words).stderr.count("hello is about to say it") == times


def test_a_unikernel_has_the_name_that_it_is_given(hello: Unikernel) -> None:
    assert "DEBUG [greeter] other is about to say it" in hello.run("-l", "debug", "--name=other").stderr


@pytest.mark.parametrize("way", ["crunch", "direct"])
def test_a_store_holds_the_files_of_a_directory(runtime4: Runtime, tmp_path: Path, way: str) -> None:
    sources = tmp_path / "sources"
    shutil.copytree(UNIKERNELS4 / "store", sources)
    (sources / "data/name with blanks").write_text("blanks\n")
    store = runtime4.build("store", tmp_path / "project", {"kv_ro": way}, sources=sources, home=UNIKERNELS4)
    lines = store.output("--ask=readme,empty,sub/nested.bin,name with blanks,sub,absent").splitlines()
    assert lines == [
        r'readme: 8 "read me\n"',
        'empty: 0 ""',
        r'sub/nested.bin: 4 "\001\002\"\\"',
        r'name with blanks: 7 "blanks\n"',
        "/sub: not a file",
        "/absent: not there",
    ]


def test_a_store_is_made_again_when_a_file_changes(runtime4: Runtime, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    shutil.copytree(UNIKERNELS4 / "store", sources)
    for text in ("one", "another"):
        (sources / "data/readme").write_text(text)
        store = runtime4.build("store", tmp_path / "project", sources=sources, home=UNIKERNELS4)
        assert store.output("--ask=readme") == f'readme: {len(text)} "{text}"\n'


def test_disks_read_back_what_was_written(runtime4: Runtime, tmp_path: Path) -> None:
    blocks = built(runtime4, "blocks", tmp_path)
    (tmp_path / "disk.img").write_bytes(b"\x01" * 512 * 8)
    assert blocks.output() == "file: 8 sectors, true\nmemory: 32768 sectors, true\n"
    assert (tmp_path / "disk.img").read_bytes() == b"\x01" * 512 * 7 + b"file".ljust(512, b".")


def test_start_is_handed_arguments_then_dependencies_then_runtime_arguments(runtime4: Runtime, tmp_path: Path) -> None:
    arguments = built(runtime4, "arguments", tmp_path)
    assert arguments.output("--colour=blue") == '512 "word\\n" blue 5\nsecond: 5\n'
    assert arguments.output("--colour=red", "--size=9223372036854775807") == (
        '512 "word\\n" red 9223372036854775807\nsecond: 9223372036854775807\n'
    )
    assert "--colour is missing" in arguments.run(status=USAGE).stderr


def test_clocks_random_numbers_and_a_library_of_one_s_own(runtime4: Runtime, tmp_path: Path) -> None:
    days, forward, *numbers = built(runtime4, "clock", tmp_path).output("--delay=0").split()
    assert int(days) >= 0
    assert forward == "true"
    assert len({hashlib.sha256(number.encode()).digest() for number in numbers}) == 2


def test_an_echo_service_on_the_sockets_of_the_host_tells_syslog(runtime4: Runtime, tmp_path: Path) -> None:
    echo = built(runtime4, "echo", tmp_path, net="host")
    port = free_port(socket.SOCK_STREAM)
    with socket.socket(type=socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(60)
        log = f"--syslog-port={server.getsockname()[1]}"
        command = [str(echo.program), f"--port={port}", "--ipv4=127.0.0.1/8", "--syslog=127.0.0.1", log]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            with connected(port, process) as client:
                echoes(client)
            output, errors = process.communicate(timeout=120)
        assert (process.returncode, output, errors) == (0, "", "")
        assert server.recv(1000) == b"<13>echo application:  the echo is over"


def test_without_a_server_of_syslog_logs_stay_here(runtime4: Runtime, tmp_path: Path) -> None:
    echo = built(runtime4, "echo", tmp_path, net="host")
    text = echo.run("--help=plain", status=HELP).stdout
    assert {"--ipv4=VAL", "--ipv6=VAL", "--syslog=VAL", "--syslog-port=VAL"} <= set(re.findall(r"--[\w-]+=VAL", text))
    assert "--interface" not in text  # the host's network has none


def test_configured_built_and_cleaned_by_the_command(runtime4: Runtime, tmp_path: Path) -> None:
    """The whole sequence of a user, beside the configuration."""
    place = tmp_path / "hello"
    shutil.copytree(UNIKERNELS4 / "hello", place)
    theirs = {path.name for path in place.iterdir()}
    for words in (["configure", "-t", "unix"], ["build"]):
        done = process(*words, cwd=place, **runtime4.variables)
        assert done.status == 0, done
    program = place / "dist" / "hello"
    assert run(program, "--times=1").stdout == "Hello World!\n"
    assert process("clean", cwd=place, **runtime4.variables).status == 0
    assert {path.name for path in place.iterdir() if path.name != "__pycache__"} == theirs


def test_make_builds_what_the_command_builds(runtime4: Runtime, tmp_path: Path) -> None:
    """In dune's release profile, with the dependencies that are installed."""
    need("make")
    application("hello", UNIKERNELS4).plan(target="unix").write(tmp_path, sources=UNIKERNELS4 / "hello")
    run("make", "build", cwd=tmp_path, **runtime4.variables)
    assert run(tmp_path / "dist" / "hello", "--hello=Made", "--times=1").stdout == "Made\n"


def test_it_builds_elsewhere_too_and_for_another_system(runtime4: Runtime, tmp_path: Path) -> None:
    """Uses the stand-in for the toolchain, which links a program of the building machine."""
    variables = cross.variables(runtime4, tmp_path / "cross")
    where = ("-f", UNIKERNELS4 / "store" / "config.py", "-b", "b")
    for words in (["configure", *where, "-t", "hvt"], ["build", *where]):
        done = process(*words, cwd=tmp_path, **variables)
        assert done.status == 0, done
    assert run(tmp_path / "b" / "dist" / "store.hvt", "--ask=readme").stdout == 'readme: 8 "read me\\n"\n'
