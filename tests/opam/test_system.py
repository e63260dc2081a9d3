"""The variables of this machine, as opam finds them."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from functoria.opam import system


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    system.variables.cache_clear()
    yield
    system.variables.cache_clear()


@pytest.mark.parametrize(
    ("release", "want"),
    [
        ({"ID": "debian", "VERSION_ID": "12"}, ("debian", "debian", "12")),
        ({"ID": "ubuntu", "ID_LIKE": "debian", "VERSION_ID": "24.04"}, ("ubuntu", "debian", "24.04")),
        ({"ID": "Rocky", "ID_LIKE": "rhel centos fedora"}, ("rocky", "rhel", None)),
        (None, ("linux", "linux", None)),
    ],
)
def test_distributions(
    release: Mapping[str, str] | None, want: tuple[str | None, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def os_release() -> Mapping[str, str]:
        if release is None:
            raise OSError
        return release

    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(platform, "freedesktop_os_release", os_release)
    found = system.variables()
    assert tuple(found.get(f"os-{name}") for name in ("distribution", "family", "version")) == want


@pytest.mark.parametrize(("name", "os"), [("Darwin", "macos"), ("Windows", "win32"), ("FreeBSD", "freebsd")])
def test_other_systems(name: str, os: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: name)
    assert system.variables()["os"] == os
    assert system.variables()["os-family"] == {"macos": "homebrew", "win32": "windows", "freebsd": "bsd"}[os]


def test_a_machine_without_ocaml(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*arguments: Any, **more: Any) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", run)
    assert not any(name.startswith("sys-ocaml") for name in system.variables())
