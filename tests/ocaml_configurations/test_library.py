"""Functions of OCaml's libraries have the same results and types as in OCaml."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from functoria.errors import FunctoriaError
from functoria.ocaml import loads
from functoria.ocaml.library_table import TABLE
from functoria.ocaml.ml_types import UNKNOWN_TYPE, shown
from functoria.ocaml.written_types import written
from tests.ocaml_configurations.library_facts import GIVEN
from tests.ocaml_configurations.library_programs import PROGRAMS
from tests.ocaml_configurations.test_formats import in_ocaml
from tests.ocaml_configurations.test_inferred import refused
from tests.ocaml_configurations.test_language import evaluated
from tests.tools import need


@cache
def all_in_ocaml() -> dict[str, str]:
    return dict(zip(PROGRAMS, in_ocaml(list(PROGRAMS)), strict=True))


@pytest.mark.parametrize("expression", PROGRAMS)
def test_gives_what_it_gives_in_ocaml(expression: str) -> None:
    assert evaluated(f"let it = String.escaped ({expression})") == all_in_ocaml()[expression]
    assert refused(f"let it = {expression}") is None


OWN = {"Fmt", "Fmt.Dump", "Ipaddr", "Ipaddr.V4", "Ipaddr.V4.Prefix", "Ipaddr.V6", "Ipaddr.V6.Prefix", "Mirage"}
"""Modules that do not come with OCaml."""


def test_types_are_those_of_ocaml(tmp_path: Path) -> None:
    need("ocamlc")
    names: list[tuple[str, str]] = []
    text, module = "", ""
    for line in TABLE.strip().splitlines():
        if line.startswith("["):
            module = line.strip("[]")
        elif module not in OWN:
            held, _, type = line.partition(" : ")
            for name in held.split():
                said = name if re.match(r"[a-z_]", name) and name not in KEYWORDS else f"( {name} )"
                before = "Stdlib." if module == "Stdlib" and name in KEYWORDS else f"{module}."
                text += f"let v{len(names)} = {said if name in KEYWORDS else before + said}\n"
                names.append((name, type))
    (tmp_path / "all.ml").write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["ocamlc", "-i", "-w", "-a", "all.ml"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    theirs = re.findall(r"val v\d+ :\s*(.*?)(?=\nval |\Z)", done.stdout, re.DOTALL)
    for (name, type), own in zip(names, theirs, strict=True):
        assert _renamed(type) == _renamed(own), name
        assert written(type) is not UNKNOWN_TYPE
        assert shown(written(type)) != "_" or type == "'a"


KEYWORDS = {"asr", "land", "lor", "lsl", "lsr", "lxor", "mod"}
"""Operators that are spelled as words."""


def _renamed(type: str) -> str:
    """Return a type with abbreviations written out."""
    said = " ".join(type.split())
    return (
        re.sub(r"\(Format.formatter -> ('?\w+(?: \w+)?) -> unit\)", r"\1 Fmt.t", said)
        .replace("Format.formatter -> 'a list -> unit", "'a list Fmt.t")
        .replace("Format.formatter -> 'a option -> unit", "'a option Fmt.t")
    )


@pytest.mark.parametrize(("expression", "given"), GIVEN)
def test_gives_what_other_libraries_gave(expression: str, given: str) -> None:
    assert evaluated(f"let it = String.escaped ({expression})") == given


CONVERTERS = {
    "Cmdliner.Arg.list ~sep:';' Cmdliner.Arg.int": ("[ 1; 2 ]", "3;4"),
    "Cmdliner.Arg.pair Cmdliner.Arg.int Cmdliner.Arg.string": ('(1, "a")', "2,b"),
    "Cmdliner.Arg.t2 ~sep:':' Cmdliner.Arg.int Cmdliner.Arg.string": ('(1, "a")', "2:b"),
    "Cmdliner.Arg.t3 Cmdliner.Arg.int Cmdliner.Arg.string Cmdliner.Arg.bool": ('(1, "a", true)', "2,b,false"),
    "Cmdliner.Arg.some Cmdliner.Arg.int": ("None", "3"),
    "Cmdliner.Arg.char": ("'a'", "b"),
    "Cmdliner.Arg.float": ("1.5", "2e3"),
    "Cmdliner.Arg.int64": ("1L", "5"),
    'Cmdliner.Arg.enum [ ("a", 1); ("b", 2) ]': ("1", "b"),
}


@pytest.mark.parametrize("converter", CONVERTERS)
def test_a_converter_reads_keys(converter: str) -> None:
    default, given = CONVERTERS[converter]
    app = loads(
        f'open Mirage let k = Key.(create "k" Arg.(opt ({converter}) ({default}) (info [ "k" ]))) '
        'let () = register "x" [ foreign ~keys:[ Key.abstract k ] "A" job ]',
        release="3.3",
    )
    app.plan(target="hvt")
    app.plan(target="hvt", k=given)
    with pytest.raises(FunctoriaError):
        app.plan(target="hvt", k="a,b,c,d,e")


def test_a_backslash_that_begins_no_escape_is_one() -> None:
    assert evaluated('let it = "a\\fb\\\\c"') == "a\\fb\\c"
