"""Fixtures shared by all tests."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from functoria.cli import main
from functoria.fleet import engine
from tests import quick_builds
from tests.command_line import Cli, Done
from tests.once import Once, directory_of
from tests.tools import need, run

settings.register_profile("any machine", deadline=None)  # how long an example takes depends on the machine
settings.register_profile("few", deadline=None, max_examples=20)  # for further Pythons, after one has run them all
settings.load_profile("any machine")


def pytest_configure() -> None:
    """Collect garbage seldom, and make SIGINT interrupt the processes of tests even in the background, where a shell ignores it.

    A worker holds millions of objects that stay. At Python's own threshold it spends a third of its time looking through them
    where tests make large terms.
    """
    gc.set_threshold(20_000, 20, 20)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip syncing to disk, because no test here crashes the machine."""
    monkeypatch.setattr(os, "fsync", lambda fd: None)


@pytest.fixture(scope="session", autouse=True)
def _quick_builds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Build in the quickest way; what dune keeps is for all workers of the run."""
    shared = directory_of(tmp_path_factory) / "cache"
    with pytest.MonkeyPatch.context() as environment:
        for name, value in quick_builds.variables(shared, tmp_path_factory.mktemp("bin")).items():
            environment.setenv(name, value)
        yield


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line, within this process, in its own directory."""
    monkeypatch.chdir(tmp_path)
    for name in ("MODE", "MIRAGE_LOGS"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object) -> Done:
        capsys.readouterr()
        status = main([str(word) for word in arguments])
        said = capsys.readouterr()
        return Done(status, said.out, said.err)

    return run


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Make results that tests in several processes need, once in a run."""
    return Once(directory_of(tmp_path_factory))


@pytest.fixture
def one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fleets of the command line work in this process, where a process of its own is not what is tried.

    They print the same, and start no Python.
    """
    monkeypatch.setattr(engine, "Pool", lambda *_: engine.Here())


@pytest.fixture(scope="session")
def opam_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with an opam root, and a repository without packages."""
    need("opam")
    root = tmp_path_factory.mktemp("opam")
    (root / "repository").mkdir()
    (root / "repository" / "repo").write_text('opam-version: "2.0"\n')
    run(
        "opam", "init", "--bare", "--no-setup", "--disable-sandboxing", root / "repository", OPAMROOT=str(root / "root")
    )
    return root
