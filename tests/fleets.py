"""Unikernels for fleets, each in a directory with a configuration and a module."""

from __future__ import annotations

from pathlib import Path

CONFIGURATION = """\
from functoria import Key, arg, job
from mirage_devices.v4 import main, package, register
from parts import PACKAGE

greeting = Key.opt("greeting", arg.enum(["hi", "ho"]), default="hi", stage="configure")
unikernel = main("Unikernel.Main", job, packages=[package(PACKAGE, min="{least}", max="{most}")])
app = register("{name}", [unikernel], keys=[greeting])
"""
IN_OCAML = """\
(* mirage >= 4.11.0 & < 4.12.0 *)
open Mirage

let main = main "Unikernel.Main" ~packages:[ package ~min:"3.0.0" "lru" ] job
let () = register "in-ocaml" [ main ]
"""


def unikernel(place: Path, name: str, *, least: str = "1.0.0", most: str = "2.0.0", package: str = "lru") -> Path:
    """Write a unikernel to the directory `name` in `place`, and return its configuration."""
    directory = place / name
    directory.mkdir(parents=True)
    (directory / "parts.py").write_text(f'PACKAGE = "{package}"\n')
    file = directory / "config.py"
    file.write_text(CONFIGURATION.format(name=name.replace("/", "-"), least=least, most=most))
    return file


def unikernels(place: Path, *names: str) -> Path:
    """Write several unikernels, and return their directory."""
    for number, name in enumerate(names):
        unikernel(place, name, least=f"1.{number}.0")
    return place


def broken(place: Path, name: str, text: str) -> Path:
    """Write a configuration with this text to the directory `name` in `place`."""
    directory = place / name
    directory.mkdir(parents=True)
    file = directory / "config.py"
    file.write_text(text)
    return file
