"""Functions of OCaml's libraries have the same results and types as in OCaml."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


NUMBERS = (
    *(
        "",
        "+",
        "-",
        "_1",
        "1__0",
        "1 ",
        " 1",
        "--1",
        "+5",
        "1.5",
        "1e3",
        "1.",
        ".5",
        "-.5",
        "1E+3",
        ".",
        "e1",
        "0L",
        "1L",
        "1l",
    ),
    *(
        "0x",
        "0x_1",
        "0X1f",
        "-0x10",
        "0b102",
        "0b11",
        "0o17",
        "0O18",
        "0u12",
        "0x1.8p1",
        "-0x1.8",
        "0x1p5000",
        "0x1p",
        "_",
    ),
    *("1_.5", "1e_3", "0_x1", "0x.8", "1e400", "-1e400", "- 1", "0x1_.8"),
)
LARGE = tuple(
    f"{sign}{base}{number:{kind}}"
    for sign in ("", "-")
    for base, kind in (("", "d"), ("0u", "d"), ("0x", "x"), ("0b", "b"))
    for bits in (62, 63, 64)
    for number in (2**bits - 1, 2**bits, 2**bits + 1)
)


def test_numbers_are_read_as_by_ocaml() -> None:
    texts = [*NUMBERS, *LARGE]
    expressions = [
        f'(match {read}_opt "{text}" with None -> "-" | Some n -> {show} n)'
        for read, show in (
            ("int_of_string", "string_of_int"),
            ("Int64.of_string", "Int64.to_string"),
            ("float_of_string", "string_of_float"),
        )
        for text in texts
    ]
    for expression, theirs in zip(expressions, in_ocaml(expressions), strict=True):
        assert evaluated(f"let it = {expression}") == theirs, expression


@settings(max_examples=3, deadline=None, database=None)
@given(st.lists(st.lists(st.integers(0, 9), max_size=30), min_size=60, max_size=60))
def test_sorting_keeps_the_same_of_equal_items_as_in_ocaml(lists: list[list[int]]) -> None:
    def sorted_by_keys(keys: list[int]) -> str:
        pairs = "; ".join(f'({key}, "{number},")' for number, key in enumerate(keys))
        return f'String.concat "" (List.map snd (List.sort_uniq (fun (a, _) (b, _) -> compare a b) [ {pairs} ]))'

    expressions = [sorted_by_keys(keys) for keys in lists]
    for expression, theirs in zip(expressions, in_ocaml(expressions), strict=True):
        assert evaluated(f"let it = {expression}") == theirs, expression


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
