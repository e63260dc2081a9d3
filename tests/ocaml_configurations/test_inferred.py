"""Type errors agree with OCaml's type checker."""

from __future__ import annotations

import subprocess
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functoria import TypeMismatch
from functoria.errors import FunctoriaError
from functoria.ocaml import loads
from functoria.ocaml.evaluate import Evaluator
from functoria.ocaml.inferred import Inferred
from functoria.ocaml.program import scope_of, session_of
from functoria.ocaml.reader import read
from functoria.ocaml.release import releases
from functoria.ocaml.values import Raised
from tests.ocaml_configurations.random_programs import HEAD, Programs
from tests.ocaml_configurations.typed_programs import PROGRAMS
from tests.tools import need

FILE = "/nowhere/config.ml"


def refused(source: str) -> str | None:
    """Return the type error in a program; None if there is none."""
    session = session_of(FILE, {}, {})
    evaluator = Evaluator(scope_of(session, releases()[0], FILE), session.world.budget)
    try:
        for _ in evaluator.evaluated(read(source.encode(), FILE)):
            pass
    except TypeMismatch as error:
        return str(error)
    except (FunctoriaError, Raised):
        return None
    return None


def refused_by_ocaml(sources: list[str]) -> list[str | None]:
    """Return the type errors that OCaml finds in programs, all in one run."""
    need("ocaml")
    text = '#warnings "-a";;\nlet mark = "\\000";;\nprint_string mark;;\n'
    for number, source in enumerate(sources):
        text += f"module P{number} = struct\n{source}\nend;;\nprint_string mark;;\n"
    done = subprocess.run(
        ["ocaml", "-noprompt", "-nopromptcont", "-color", "never"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    parts = done.stdout.split("\0")[1:-1]
    assert len(parts) == len(sources), done.stdout[-2000:]
    said = [part[part.index("Error:") :] if "Error:" in part else None for part in parts]
    assert not [each for each in said if each and ("Syntax" in each or "Unbound" in each)]
    return said


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.integers(0, 2**32))
def test_is_refused_where_ocaml_does(seed: int) -> None:
    programs = Programs(Random(seed), wrong=0.02)
    sources = [HEAD + programs.program() for _ in range(60)]
    for source, theirs in zip(sources, refused_by_ocaml(sources), strict=True):
        assert (refused(source) is None) == (theirs is None), f"{source}\nOCaml: {theirs}\nhere: {refused(source)}"


@cache
def in_ocaml() -> dict[str, str | None]:
    """Return OCaml's verdict on each program."""
    return dict(zip(PROGRAMS, refused_by_ocaml(list(PROGRAMS)), strict=True))


@pytest.mark.parametrize("source", PROGRAMS)
def test_a_rule_of_types_is_ocamls(source: str) -> None:
    said, theirs = refused(source), in_ocaml()[source]
    assert (said is None) == (theirs is None), f"OCaml: {theirs}\nhere: {said}"


PLACES = {
    'let x = ["a"; 1]': "1",
    "let x = if true then 1 else String.length 2": "2",
    'let x : int = "a"': '"a"',
    "let f (x : string) = x + 1": "x",
    "let r = ref 1 let () = r := true": "true",
    "let f x = match x with (a, b) -> a + b let y = f 1": "1",
    'let x = lazy (Printf.sprintf "%d-%d" 1 "a")': '"a"',
    "let f x y = x let g = f 1 2 3": "f 1 2 3",
    "let f = 1 2": "1",
    "type t = { a : int } let f b = { a = b ^ b }": "b ^ b",
    "let f x = x + 1 let g = List.map (fun y -> f y ^ y)": "f y",
}
"""Programs that are refused, each with the expression that is marked."""


@pytest.mark.parametrize("source", PLACES)
def test_the_expression_is_shown(source: str) -> None:
    with pytest.raises(TypeMismatch) as caught:
        loads(f'open Mirage\n{source}\nlet () = register "x" [ main "A" job ]', "config.ml", release="4.11")
    (place,) = caught.value.locations
    assert place.line == 2
    assert place.span is not None
    assert source[place.span.column : place.span.end_column] == PLACES[source]


def test_types_are_inferred_in_linear_time() -> None:
    def steps(count: int) -> int:
        text = "".join(f"let f{n + 1} x y = (x, [ y; fst (f{n} y x) ])\n" for n in range(count))
        inferred = Inferred(scope_of(session_of(FILE, {}, {}), releases()[0], FILE).layers[0])
        before = inferred.left
        for item in read(f"let f0 x y = (x, y)\n{text}".encode(), FILE):
            inferred.item(item)
        return before - inferred.left

    assert steps(200) <= 12 * steps(20)


def test_types_that_grow_beyond_all_bounds_are_given_up() -> None:
    text = "let f0 = 1\n" + "".join(f"let f{n} = (f{n - 1}, f{n - 1})\n" for n in range(1, 40))
    assert refused(f"{text}let x = 1") is None
