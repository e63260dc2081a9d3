"""Formats print as in OCaml, including boxes and numbers."""

from __future__ import annotations

import subprocess
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ocaml_configurations.random_formats import boxes, number
from tests.ocaml_configurations.test_language import evaluated
from tests.tools import need


def in_ocaml(expressions: list[str]) -> list[str]:
    """Evaluate expressions in OCaml, all in one run."""
    need("ocaml")
    text = "".join(f'let () = print_string (String.escaped ({each}) ^ "\\000")\n' for each in expressions)
    done = subprocess.run(["ocaml", "-w", "-a", "/dev/stdin"], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\0")[:-1]


def same(expressions: list[str]) -> None:
    for each, theirs in zip(expressions, in_ocaml(expressions), strict=True):
        assert evaluated(f"let it = String.escaped ({each})") == theirs, each


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.integers(0, 2**32))
def test_boxes_are_laid_out_as_by_ocaml(seed: int) -> None:
    random = Random(seed)
    same([f'Format.asprintf "{boxes(random)}"' for _ in range(100)])


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.integers(0, 2**32))
def test_numbers_are_printed_as_by_ocaml(seed: int) -> None:
    random = Random(seed)
    drawn = [number(random) for _ in range(150)]
    same([f'Printf.sprintf "<{format}>" {arguments}' for format, arguments in drawn])


PRINTERS = (
    'Printf.sprintf "%a-%t" (fun () n -> string_of_int n) 3 (fun () -> "t")',
    'Format.asprintf "%a-%t" Format.pp_print_int 3 (fun ppf -> Format.fprintf ppf "@[<v 2>a@ b@]")',
    'Format.sprintf "%a" (fun () -> String.uppercase_ascii) "a"',
    'Format.asprintf "@[<v>%a@]" (Format.pp_print_list Format.pp_print_string) [ "a"; "b" ]',
    'Format.asprintf "@[<v>%a@]" '
    '(Format.pp_print_list ~pp_sep:(fun ppf () -> Format.fprintf ppf ";@ ") Format.pp_print_int) [ 1; 2 ]',
    'Format.asprintf "%a" Format.pp_print_text "a b\\nc"',
    "Format.asprintf \"%a|%a|%a\" Format.pp_print_bool true Format.pp_print_char 'c' Format.pp_print_float 1.5",
    'Format.asprintf "%a" (Format.pp_print_option Format.pp_print_int) (Some 1)',
    'Format.asprintf "%a" (fun ppf () -> Format.pp_open_vbox ppf 3; Format.pp_print_string ppf "a"; '
    'Format.pp_print_cut ppf (); Format.pp_print_string ppf "b"; Format.pp_close_box ppf ()) ()',
    "Format.asprintf \"%a\" (fun ppf () -> Format.pp_open_hvbox ppf 1; Format.pp_print_string ppf (String.make 60 'a'); "
    "Format.pp_print_space ppf (); Format.pp_print_break ppf 2 3; Format.pp_print_string ppf (String.make 60 'b'); "
    "Format.pp_force_newline ppf (); Format.pp_close_box ppf (); Format.pp_print_newline ppf ()) ()",
    'Printf.ksprintf (fun s -> s ^ "!") "%d" 3',
    'Format.kasprintf (fun s -> s ^ "!") "%d@." 3',
)


@pytest.mark.parametrize("expression", PRINTERS)
def test_printers_are_as_in_ocaml(expression: str) -> None:
    same([expression])
