"""The libraries of the tests (tests/ocaml, tests/libraries), built once and kept, and unikernels built with them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import runpy
import shutil
import socket
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from functoria import App
from tests.libraries import tree
from tests.libraries.tree import Tree
from tests.quick_builds import COMPILED, KEPT
from tests.tools import need, run

HERE = Path(__file__).parent
UNIKERNELS = HERE / "unikernels"
UNIKERNELS4 = HERE / "unikernels-4.11"
DEBIAN = (*tree.OF_4.debian, "ipaddr.unix", "lwt.unix")
"""What the libraries are built with; all are packages of Debian."""


def need_libraries() -> None:
    """Skip the test if a library of `DEBIAN` is not installed; under CI, fail it."""
    need("ocamlfind", "dune")
    missing = [name for name in DEBIAN if run("ocamlfind", "query", name, check=False).returncode]
    if not missing:
        return
    reason = f"OCaml libraries not installed: {', '.join(missing)}: `make test` as root on Debian installs them"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def content_hash(made: Tree) -> str:
    """Return a hash of the sources of the libraries, and of the compiler and the libraries that they are built with."""
    digest = hashlib.sha256()
    record = list((HERE / "libraries").glob("*.py")) + list(made.record.directory.iterdir())
    for path in sorted([*made.sources.rglob("*.*"), *record]):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(f"{path.relative_to(HERE)}\0".encode() + path.read_bytes() + b"\0")
    for command in (["ocamlfind", "ocamlopt", "-version"], ["dune", "--version"]):
        digest.update(run(*command).stdout.encode())
    digest.update(run("ocamlfind", "query", "-format", "%p %v %d", *DEBIAN).stdout.encode())
    return digest.hexdigest()[:16]


@frozen
class Unikernel:
    """A unikernel built for unix: the directory of its project, and the program."""

    directory: Path
    program: Path

    def run(
        self, *arguments: str | bytes, typed: str = "", status: int = 0, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end in its directory, with `typed` as its input. Any exit status other than `status` fails the test."""
        done = subprocess.run(
            [str(self.program), *arguments],
            cwd=self.directory,
            env={**os.environ, **variables},
            input=typed,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert done.returncode == status, f"status {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def output(self, *arguments: str | bytes, **variables: Any) -> str:
        """Its standard output."""
        return self.run(*arguments, **variables).stdout


@cache
def _debian_s() -> list[str]:
    """Return the directories that ocamlfind searches by default."""
    return run("ocamlfind", "printconf", "path").stdout.split()


@frozen
class Runtime:
    """The runtime, installed under `prefix`: dune and ocamlfind find its libraries there, and the shell its programs."""

    prefix: Path

    @property
    def variables(self) -> dict[str, Any]:
        """The environment in which they are found."""
        found = os.environ.get("OCAMLPATH")
        path = f"{self.prefix / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return {
            "OCAMLPATH": os.pathsep.join([str(self.prefix / "lib"), *([found] if found else [])]),
            "OCAMLFIND_IGNORE_DUPS_IN": os.pathsep.join(_debian_s()),  # hidden on purpose, so without a warning
            "PATH": path,
            **COMPILED,
        }

    def build(
        self,
        name: str,
        directory: Path,
        context: dict[str, Any] | None = None,
        *,
        sources: Path | None = None,
        home: Path = UNIKERNELS,
        **variables: Any,
    ) -> Unikernel:
        """Build the unikernel `name` in the directory `home`, configured for unix and written to `directory`.

        `sources` is the directory of its modules, if that is not the one of its configuration. Any output of dune, such as a
        warning, fails the test.
        """
        plan = application(name, home).plan({"target": "unix", **(context or {})})
        plan.write(directory, sources=sources or home / name)
        done = run("dune", "build", "--root", ".", cwd=directory, **{**self.variables, **KEPT, **variables})
        said = done.stdout + done.stderr
        assert said == "", said
        results = directory / "dist" if home == UNIKERNELS4 else directory
        return Unikernel(directory, results / plan.info.output)


@cache
def configuration(name: str, home: Path = UNIKERNELS) -> dict[str, Any]:
    """Return the names that the configuration of the unikernel `name` defines."""
    return runpy.run_path(str(home / name / "config.py"))


def application(name: str, home: Path = UNIKERNELS) -> App:
    """Return the application that the configuration of `name` registers."""
    app: App = configuration(name, home)["app"]
    return app


def installed(cache_directory: Path, release: Tree = tree.OF_3) -> Runtime:
    """The libraries, built and installed below `cache_directory` unless they are there already. Older ones are removed."""
    need_libraries()
    prefix = cache_directory / content_hash(release)
    if prefix.is_dir():
        return Runtime(prefix)
    with (cache_directory / "making-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # if there are several processes, one builds them, and the others wait
        if not prefix.is_dir():
            _make(release, cache_directory, prefix)
    return Runtime(prefix)


def _make(release: Tree, cache_directory: Path, prefix: Path) -> None:
    with tempfile.TemporaryDirectory(dir=cache_directory, prefix="making-") as name:
        workspace, made = Path(name) / "workspace", Path(name) / "prefix"
        workspace.mkdir()
        release.install(made, workspace)
        for old in cache_directory.iterdir():
            if old != prefix and not old.name.startswith("making-"):
                shutil.rmtree(old)
        made.rename(prefix)


def escaped(text: str) -> str:
    """Return `text` as a word of the boot arguments, which are joined with blanks and split again."""
    return re.sub(r"([\s\"'\\])", r"\\\1", text)


def free_port(kind: socket.SocketKind) -> int:
    """Return a port of the loopback interface that nothing is bound to."""
    with socket.socket(type=kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def connected(port: int, process: subprocess.Popen[str]) -> socket.socket:
    """Return a connection to `port`, once `process` listens there. It times out if nothing arrives."""
    while process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=60)
        except ConnectionRefusedError:
            time.sleep(0.01)
    raise AssertionError(process.communicate())


def echoes(client: socket.socket) -> None:
    """Check that everything sent to `client` comes back, and nothing more after the end of what is sent."""
    for piece in (b"hello", bytes(range(256)) * 40):
        client.sendall(piece)
        back = b""
        while len(back) < len(piece):
            received = client.recv(65_536)
            assert received != b""
            back += received
        assert back == piece
    client.shutdown(socket.SHUT_WR)
    assert client.recv(1) == b""


def opam_root(directory: Path, depends: dict[str, list[str]]) -> dict[str, Any]:
    """The environment of an opam whose only switch has these packages, which are empty and depend on each other."""
    need("opam")
    repository = directory / "repository"
    for number, (name, others) in enumerate(depends.items()):
        package = repository / "packages" / name / f"{name}.1.{number}~dev+x"
        package.mkdir(parents=True)
        needed = " ".join(f'"{other}"' for other in others)
        (package / "opam").write_text(f'opam-version: "2.0"\ndepends: [{needed}]\n')
    (repository / "repo").write_text('opam-version: "2.0"\n')
    environment: dict[str, Any] = {
        "OPAMROOT": str(directory / "root"),
        "OPAMYES": "1",
        "OPAMROOTISOK": "1",
        "OPAMSWITCH": "test",
    }
    init = ["--bare", "--disable-sandboxing", "--bypass-checks", "--no-setup", "--kind=local"]
    run("opam", "init", *init, "default", repository, **environment)
    run("opam", "switch", "create", "test", "--empty", **environment)
    run("opam", "install", *depends, **environment)
    return environment
