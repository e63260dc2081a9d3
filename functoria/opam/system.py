"""opam's variables for this machine, determined like opam 2.1: the system, and its installed OCaml."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Mapping
from functools import cache

_OS = {"darwin": "macos", "windows": "win32"}
_ARCH = {"aarch64": "arm64", "amd64": "x86_64", "i386": "x86_32", "i586": "x86_32", "i686": "x86_32"}
_OCAML_ARCH = {"amd64": "x86_64", "i386": "i686"}


@cache
def variables() -> Mapping[str, str]:
    """Return the variables that have a value here: `os`, `os-distribution`, `arch`, `sys-ocaml-version`, …"""
    system, machine = platform.system().lower(), platform.machine().lower()
    os = _OS.get(system, system)
    return {"os": os, **_distribution(os), "arch": _ARCH.get(machine, machine), **_ocaml()}


def _distribution(os: str) -> dict[str, str]:
    if os == "macos":
        return {"os-distribution": "homebrew", "os-family": "homebrew", "os-version": platform.mac_ver()[0]}
    if os != "linux":
        family = "windows" if os == "win32" else "bsd" if os.endswith("bsd") else os
        return {"os-distribution": os, "os-family": family, "os-version": platform.release().lower()}
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    name = release.get("ID") or os
    family = [*release.get("ID_LIKE", "").split(), name][0]
    found = {"os-distribution": name, "os-family": family, "os-version": release.get("VERSION_ID", "")}
    return {variable: value.lower() for variable, value in found.items() if value}


def _ocaml() -> dict[str, str]:
    try:
        done = subprocess.run(["ocamlc", "-config"], capture_output=True, text=True, errors="replace", check=True)
    except (OSError, subprocess.CalledProcessError):
        return {}
    said = {name: value for name, _, value in (line.partition(": ") for line in done.stdout.splitlines())}
    found = {
        "sys-ocaml-version": said.get("version", ""),
        "sys-ocaml-arch": _OCAML_ARCH.get(said.get("architecture", ""), said.get("architecture", "")),
        "sys-ocaml-cc": said.get("ccomp_type", ""),
        "sys-ocaml-libc": "msvc" if said.get("os_type") == "Win32" else "libc",
    }
    return {variable: value for variable, value in found.items() if value}
