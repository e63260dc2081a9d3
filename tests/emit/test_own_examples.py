"""The examples in docs/examples are configured for every target, built for unix, and run as far as the libraries allow."""

from __future__ import annotations

import http.server
import os
import random
import re
import shutil
import socket
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from functoria import App, Unsupported
from functoria.loading.configuration import load
from mirage_devices import TARGETS, v4
from tests.ocaml_runtime import Runtime, opam_root
from tests.quick_builds import KEPT
from tests.tools import run

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
NAMES = sorted(f"{path.parent.parent.name}/{path.parent.name}" for path in EXAMPLES.glob("*/*/config.py"))
ALL = {"3.3": TARGETS, "4.11": v4.TARGETS}
REFUSED: dict[str, dict[str, set[str]]] = {
    "3.3": {"virtio": {"tracing"}, "hvt": {"tracing"}, "genode": {"tracing"}, "muen": {"tracing", "block"}},
    "4.11": {"muen": {"block", "disk-lottery", "littlefs"}},
}
"""Examples that devices refuse: with disks, which Muen does not have, and traced ones on Solo5."""
SAID: dict[str, tuple[list[str], str]] = {
    "noop": ([], r""),
    "noop-functor": ([], r""),
    "hello-key": (["--hello=Ciao"], r"(Ciao\n){4}"),
    "app-info": ([], r"app_info\nlibraries: .*mirage-unix(.|\n)*|app-info, compiled by OCaml \S+\n"),
    "local-library": ([], r"Hello, you\n"),
    "heads1": ([], r"Heads\nTails\nFinished\n"),
    "heads2": ([], r"((Heads|Tails)\n){5}"),
    "timeout1": (["--takes=1"], r"done\n"),
    "timeout2": (["--takes=2000"], r"cancelled\n"),
    "echo-server": ([], r"(a+\n){10}"),
    "block": ([], r"2048 sectors of 512 bytes: true\n"),
    "clock": ([], r"(day \d+, \d\d:\d\d:\d\d\n){2,}"),
    "console": ([], r"(hello\n){4}"),
    "prng": ([], r"[0-9a-f]{16}\n[0-9a-f]{32}\n[0-9a-f]{64}\n"),
    "crypto": ([], r"[0-9a-f]{16}\n[0-9a-f]{32}\n[0-9a-f]{64}\n"),
    "kv-ro": ([], r"the contents are right\n"),
    "disk-lottery": (["--sectors=1"], r"sector 0 was drawn 1 times\n"),
}
"""The arguments and output of examples that end. The others are services, or need a network."""


def application(name: str) -> App:
    return load(EXAMPLES / name / "config.py")


def test_the_examples_are_there() -> None:
    """They are those of MirageOS's tutorial, devices and applications in either release, and no others."""
    shared = {"noop", "hello-key", "app-info", "heads1", "heads2", "timeout1", "timeout2", "echo-server", "block"}
    shared |= {
        "clock",
        "conduit-server",
        "http-fetch",
        "kv-ro",
        "network",
        "ping6",
        "dhcp",
        "dns",
        "static-website-tls",
    }
    wanted = {
        "3.3": shared | {"noop-functor", "console", "prng", "tracing"},
        "4.11": shared | {"local-library", "disk-lottery", "littlefs", "docteur", "crypto", "git", "http", "postgres"},
    }
    assert set(NAMES) == {f"{release}/{name}" for release, names in wanted.items() for name in names}


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_configured_for_every_target(name: str, tmp_path: Path) -> None:
    release, _, own = name.partition("/")
    app = application(name)
    for target in ALL[release]:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            if own in REFUSED[release].get(target, ()):
                with pytest.raises(Unsupported):
                    app.plan(target=target)
                continue
            plan = app.plan(target=target)
            plan.write(tmp_path / target, sources=EXAMPLES / name)
            assert plan.diff(tmp_path / target, sources=EXAMPLES / name) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_built_and_says_what_it_is_to(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    release, _, own = name.partition("/")
    runtime: Runtime = request.getfixturevalue("runtime" if release == "3.3" else "runtime4")
    more = {}
    if own == "docteur":
        more = request.getfixturevalue("toolchains")  # for the docteur tool
    elif name == "3.3/app-info":  # asks opam for the packages
        packages = {each.name: [] for each in application(name).plan(target="unix").packages}
        more = opam_root(tmp_path / "opam", packages)
    elif name == "3.3/tracing":
        more = traced(runtime, tmp_path / "lib")
    program = built(name, runtime, tmp_path / "project", EXAMPLES / name, **more)
    if own in SAID:
        words, wanted = SAID[own]
        (tmp_path / "disk.img").write_bytes(bytes(1 << 20))
        assert re.fullmatch(wanted, run(program, *words, cwd=tmp_path).stdout)


def built(
    name: str, runtime: Runtime, directory: Path, sources: Path, net: str | None = None, **variables: str
) -> Path:
    """Return the program of an example for unix, built there without any output of dune. `net` chooses a stack."""
    plan = application(name).plan({"target": "unix", **({"net": net} if net else {})})
    plan.write(directory, sources=sources)
    done = run("dune", "build", "--root", ".", cwd=directory, **{**runtime.variables, **KEPT, **variables})
    assert done.stdout + done.stderr == ""
    return directory / (plan.info.output if name.startswith("3.3/") else f"dist/{plan.info.output}")


def traced(runtime: Runtime, place: Path) -> dict[str, str]:
    """Return the environment in which Lwt is the one for tracing, whose libraries are one more than the runtime's."""
    (place / "lwt").mkdir(parents=True)
    meta = (runtime.prefix / "lib/lwt/META").read_text()
    (place / "lwt/META").write_text(f'{meta}\npackage "tracing" (\n version = "1"\n)\n')
    ours = runtime.variables
    return {
        "OCAMLPATH": os.pathsep.join([str(place), ours["OCAMLPATH"]]),
        "OCAMLFIND_IGNORE_DUPS_IN": os.pathsep.join([str(runtime.prefix / "lib"), ours["OCAMLFIND_IGNORE_DUPS_IN"]]),
    }


@contextmanager
def serving(name: str, runtime: Runtime, place: Path, port: int, *words: str, **more: Any) -> Iterator[tuple[str, Any]]:
    """Run an example that is a service, on the sockets of the host, at its own address. Yield that address, and the process."""
    program = built(name, runtime, place, more.pop("sources", EXAMPLES / name), "socket", **more)
    address = f"127.{random.randrange(1, 255)}.{random.randrange(256)}.{random.randrange(1, 255)}"
    option = f"--ips={address}" if name.startswith("3.3/") else f"--ipv4={address}/8"
    with subprocess.Popen([program, option, *words], cwd=place, stdout=subprocess.PIPE, text=True) as process:
        try:
            while process.poll() is None:
                try:
                    socket.create_connection((address, port), timeout=60).close()
                    break
                except ConnectionRefusedError:
                    time.sleep(0.01)
            assert process.poll() is None
            yield address, process
        finally:
            process.kill()


def answer(address: str, port: int, text: str) -> str:
    """Return the answer of a service to `text`, up to the end of the connection."""
    with socket.create_connection((address, port), timeout=60) as client:
        client.sendall(text.encode())
        with client.makefile() as answered:
            return answered.read()


@pytest.fixture(params=["3.3", "4.11"])
def release(request: pytest.FixtureRequest) -> tuple[str, Runtime]:
    """Each release, and the libraries for it."""
    return request.param, request.getfixturevalue("runtime" if request.param == "3.3" else "runtime4")


def test_a_page_is_fetched(release: tuple[str, Runtime], tmp_path: Path) -> None:
    number, runtime = release
    program = built(f"{number}/http-fetch", runtime, tmp_path / "project", EXAMPLES / number / "http-fetch", "socket")
    (tmp_path / "page").write_text("x" * 12_345)
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/page"
        assert run(program, f"--uri={url}").stdout == f"{url} has 12345 bytes\n"
        server.shutdown()


def test_a_website_serves_the_pages_of_its_directory(release: tuple[str, Runtime], tmp_path: Path) -> None:
    """It runs with a TLS of the tests, which encrypts nothing but looks for the certificates."""
    number, runtime = release
    sources = tmp_path / "sources"
    shutil.copytree(EXAMPLES / number / "static-website-tls", sources)
    for name in ("server.pem", "server.key"):
        (sources / "tls" / name).write_text("some certificate\n")
    with serving(f"{number}/static-website-tls", runtime, tmp_path / "project", 4433, sources=sources) as (address, _):
        head, _, body = answer(address, 4433, "GET / HTTP/1.0\r\n\r\n").partition("\n\n")
        assert body == (sources / "htdocs/index.html").read_text()
        assert "200" in head
        assert "content-type: text/html" in head
        assert " 404 " in answer(address, 4433, "GET /nowhere HTTP/1.0\r\n\r\n")


def test_a_website_does_not_start_without_certificates(release: tuple[str, Runtime], tmp_path: Path) -> None:
    number, runtime = release
    place = EXAMPLES / number / "static-website-tls"
    program = built(f"{number}/static-website-tls", runtime, tmp_path, place, "socket")
    done = run(program, check=False)
    assert done.returncode != 0
    assert "server.pem" in done.stderr


def test_who_connects_is_greeted(release: tuple[str, Runtime], tmp_path: Path) -> None:
    number, runtime = release
    with serving(f"{number}/conduit-server", runtime, tmp_path, 8080) as (address, _):
        assert answer(address, 8080, "") == "hello\n"


def test_a_server_says_what_it_was_asked_for(runtime4: Runtime, tmp_path: Path) -> None:
    with serving("4.11/http", runtime4, tmp_path, 8080) as (address, _):
        said = answer(address, 8080, "GET /some/path HTTP/1.1\r\n\r\n")
        assert said.endswith("content-length: 26\n\nYou asked for /some/path.\n")
        assert " 400 " in answer(address, 8080, "nonsense")


@pytest.mark.parametrize(
    ("answered", "meant"),
    [
        (b"R\0\0\0\x08\0\0\0\0", "needy comes in without a password\n"),
        (b"R\0\0\0\x17\0\0\0\x0a", "needy needs a password\n"),
        (b"E\0\0\0\x08SFATAL", "needy does not come in\n"),
        (b"N", "needy gets the answer 'N'\n"),
    ],
)
def test_a_database_is_asked_to_let_a_user_in(answered: bytes, meant: str, runtime4: Runtime, tmp_path: Path) -> None:
    program = built("4.11/postgres", runtime4, tmp_path, EXAMPLES / "4.11/postgres", "socket")
    assert "required option --host is missing" in run(program, "--user=needy", check=False).stderr
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            client, _ = server.accept()
            with client:
                asked.append(client.recv(1000))
                client.sendall(answered)

        threading.Thread(target=serve, daemon=True).start()
        words = ("--host=127.0.0.1", f"--port={server.getsockname()[1]}", "--user=needy")
        assert run(program, *words).stdout == meant
    assert asked == [b"\0\0\0\x14\0\x03\0\0user\0needy\0\0"]


@pytest.mark.parametrize("name", ["3.3/network", "4.11/network", "3.3/tracing"])
def test_what_is_said_over_tcp_is_told(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    runtime: Runtime = request.getfixturevalue("runtime" if name.startswith("3.3/") else "runtime4")
    more = traced(runtime, tmp_path / "lib") if name == "3.3/tracing" else {}
    with serving(name, runtime, tmp_path / "project", 8099, "--port=8099", **more) as (address, process):
        with socket.create_connection((address, 8099), timeout=60) as client:
            client.sendall(b"good morning")
        heard = iter(process.stdout.readline, "")
        assert next(line for line in heard if "morning" in line) == '"good morning"\n'
        assert (tmp_path / "project/trace.ctf").exists() == (name == "3.3/tracing")
