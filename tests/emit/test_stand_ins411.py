"""The tests' stand-ins for MirageOS 4.11's libraries have the signatures of the real ones: see tests/libraries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from attrs import frozen

from tests.emit.test_types411 import checked
from tests.libraries import tree
from tests.libraries.facts import V4
from tests.ocaml_runtime import Runtime

_PARAMETER = re.compile(r"\((\w+)\s*: (.*?)\)(?= \(|$)")
_OWN_NAMES = r" and type t = Dns_client\.Make\(Transport\)\.t"
"""A module's own name in the record of a parameter, where it means nothing."""


@frozen
class Row:
    """The record of a function, or of the types of a functor's result if `name` is `(result)`."""

    path: str
    parameters: tuple[tuple[str, str], ...]
    name: str
    type: str


def _plain(cell: str) -> str:
    """Return a cell without markup, and without the numbers that distinguish modules of one name."""
    text = cell.removeprefix("<code>").removesuffix("</code>").strip("`") if cell[:1] in "<`" else cell
    return re.sub(r"(?<=\w)/\d", "", text.replace("&#124;", "|"))


def _row(line: str) -> Row:
    path, heads, name, type = (_plain(cell.strip()) for cell in line.strip("|").split(" | "))
    heads = re.sub(_OWN_NAMES, "", heads).replace(": sig ctx end", ": sig val ctx : Mimic.ctx end")
    found = [(given if given != "_" else f"P{at}", type) for at, (given, type) in enumerate(_PARAMETER.findall(heads))]
    return Row(path, tuple(found), name, type)


LINES = (V4.directory / "signatures.md").read_text().splitlines()
ROWS = [_row(line) for line in LINES if re.match(r"\| [A-Z]\w*[. ]", line)]
MADE_OF_FUNCTORS = [row for row in ROWS if row.name == "(result)"]


def test_the_record_is_read() -> None:
    assert len(ROWS) == 128
    assert len(MADE_OF_FUNCTORS) == 36
    assert sum(bool(row.parameters) for row in ROWS) == 72
    assert {row.path for row in MADE_OF_FUNCTORS} == {row.path for row in ROWS if row.parameters}


def _types(row: Row) -> list[str]:
    """Return OCaml code that compiles if the types of a functor's result are as recorded."""
    code = []
    for said in filter(None, row.type.removeprefix("types:").strip().split("; ")):
        name, _, meant = said.partition(" = ")
        if "'a" in meant or name in ("io", "with_context"):
            name, meant = f"int {name}", meant.replace("'a", "int")
        if not meant or meant == name:
            code.append(f"let _ = fun (given : {name}) -> given")
        elif meant.startswith("[>"):
            code.append(f"let _ = fun (given : {meant.replace('[>', '[ |').replace('| `', '`')}) -> (given :> {name})")
        else:
            code.append(f"let _ = fun (given : {name}) : ({meant}) -> given")
            code.append(f"let _ = fun (given : {meant}) : {name} -> given")
    return code


def _check(number: int, row: Row) -> str:
    heads = " ".join(f"({name} : {type})" for name, type in row.parameters)
    applied = " ".join(f"({name})" for name, _ in row.parameters)
    own = _types(row) if row.name == "(result)" else [f"module _ : sig val {row.name} : {row.type} end = Made"]
    body = "\n".join(f"    {line}" for line in own)
    return f"module Check_{number} {heads} = struct\n  module Made = {row.path} {applied}\n  open! Made\n{body}\nend\n"


def test_the_compiler_agrees(runtime4: Runtime, tmp_path: Path) -> None:
    code = "".join(_check(number, row) for number, row in enumerate(ROWS))
    assert checked(runtime4, tmp_path / "types", "unix", {"signatures": f'[@@@warning "-a"]\n{code}'}) == ""


WRONG = [
    ("Arp.Make", "connect", "Ethernet.t -> t Lwt.t"),
    ("Udp.Make", "connect", "?more:int -> IP.t -> t Lwt.t"),
    ("Mirage_sleep", "ns", "int -> unit Lwt.t"),
    ("Utcp_mirage.Make", "connect", "string -> Ip.t -> t Lwt.t"),
]


@pytest.mark.parametrize(("path", "name", "type"), WRONG)
def test_the_compiler_disagrees_with_what_is_otherwise(
    runtime4: Runtime, tmp_path: Path, path: str, name: str, type: str
) -> None:
    (row,) = (row for row in ROWS if (row.path, row.name) == (path, name))
    code = _check(0, Row(path, row.parameters, name, type))
    assert "Error" in checked(runtime4, tmp_path / "types", "unix", {"wrong": f'[@@@warning "-a"]\n{code}'})


def _file(path: str) -> Path:
    """Return the file of the module that contains the functor `path`."""
    units = path.split(".")
    names = [f"{units[0]}__{units[1]}", units[0]] if len(units) > 2 else units[:1]
    for name in names:
        for found in tree.OF_4.sources.rglob(f"{name[:1].lower()}{name[1:]}.ml"):
            return found
    raise AssertionError(path)


@pytest.mark.parametrize("row", MADE_OF_FUNCTORS, ids=lambda row: row.path)
def test_a_functor_asks_for_no_less_than_is_recorded(row: Row) -> None:
    text = re.sub(r"\s+", " ", _file(row.path).read_text()).replace("val ctx : ctx", "val ctx : Mimic.ctx")
    name, unit = row.path.rpartition(".")[2], row.path.partition(".")[0]
    heads = [
        f"({'_' if given[0] == 'P' and given[1:].isdigit() else given} : {type})" for given, type in row.parameters
    ]
    wanted = " ".join(heads).replace(f": {unit}.", ": ")
    found = [each.replace(f": {unit}.", ": ") for each in re.findall(rf"module {name} (\(.*?\)) =", text)]
    assert wanted in found
