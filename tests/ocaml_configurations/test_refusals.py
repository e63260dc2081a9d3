"""Refusals are located; similar correct programs are accepted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from functoria import FunctoriaError, TypeMismatch
from functoria.errors import ConfigError
from functoria.ocaml import load, loads
from functoria.span import Span
from tests.command_line import process as run_functoria

HEAD = "open Mirage\n"
TAIL = '\nlet () = register "x" [ main ]\n'


def loaded(body: str, release: str | None = None, head: str = HEAD, tail: str = TAIL) -> object:
    return loads(head + body + tail, "/nowhere/config.ml", release=release, environment={})


REFUSED = {
    "a functor applied to another device": (
        'let main = main "A" (block @-> job) $ default_network',
        TypeMismatch,
        "expects block as argument 1, but got default_network, a network",
        'main "A" (block @-> job) $ default_network',
    ),
    "an argument of another type": (
        'let main = main "A" (block @-> job) $ block_of_file 5',
        TypeMismatch,
        "this is an integer, but the type string is expected",
        "5",
    ),
    "a device where another is taken": (
        'let main = main "A" (kv_ro @-> job) $ tar_kv_ro default_network',
        TypeMismatch,
        "but the type block impl is expected",
        "default_network",
    ),
    "a list that is none": (
        'let main = main ~packages:(package "p") "A" job',
        TypeMismatch,
        "this is a package, but the type package list is expected",
        'package "p"',
    ),
    "a label that is not there": (
        'let main = main "A" (network @-> job) $ netif ~gruop:"a" "b"',
        TypeMismatch,
        "netif has no argument ~gruop: did you mean ~group?",
        'netif ~gruop:"a" "b"',
    ),
    "too many arguments": (
        'let main = main "A" (block @-> job) $ block_of_file "a" "b"',
        TypeMismatch,
        "block_of_file is applied to too many arguments",
        'block_of_file "a" "b"',
    ),
    "a name that is misspelt": (
        'let main = main "A" (network @-> job) $ defualt_network',
        ConfigError,
        "there is no value defualt_network in MirageOS 4.11: did you mean default_network",
        "defualt_network",
    ),
    "a name of another release": (
        'let main = main "A" (conduit @-> job) $ conduit_direct (generic_stackv4 default_network)',
        ConfigError,
        "there is no value generic_stackv4 in MirageOS 4.11, but MirageOS 3.3 has it: did you mean generic_stackv4v6",
        "generic_stackv4",
    ),
    "a stage, which keys have no more": (
        'let k = Key.(create "k" Arg.(flag ~stage:`Configure (info ["k"]))) let main = main "A" job',
        TypeMismatch,
        "Arg.flag has no argument ~stage: it has no labels. MirageOS 3.3 has it",
        'flag ~stage:`Configure (info ["k"])',
    ),
    "a default of another type than the converter's": (
        'let k = Key.(create "k" Arg.(opt Cmdliner.Arg.int "x" (info ["k"]))) let main = main "A" job',
        TypeMismatch,
        "this is a string, but the type int is expected",
        'opt Cmdliner.Arg.int "x" (info ["k"])',
    ),
    "a key where an abstract one is wanted": (
        'let k = Key.(create "k" Arg.(flag (info ["k"]))) let main = impl ~keys:[ k ] "A" job',
        TypeMismatch,
        "this is a key, but the type abstract_key",
        "[ k ]",
    ),
    "a branch of another type": (
        'let main = main "A" (block @-> job) $ if_impl Key.is_unix (block_of_file "a") default_network',
        TypeMismatch,
        "the branches of a choice must have one type",
        'block_of_file "a"',
    ),
    "a name in a function that nothing calls": (
        'let f () = nothing let main = main "A" job',
        ConfigError,
        "there is no value nothing",
        "nothing",
    ),
    "a constructor without its argument": (
        'let x = match Some 1 with Some -> 1 | None -> 2 let main = main "A" job',
        TypeMismatch,
        "the constructor Some takes an argument",
        "Some",
    ),
    "a record with another field": (
        'type t = { a : int; b : int } let x = { a = 1; c = 2 } let main = main "A" job',
        ConfigError,
        "has no field c",
        "{ a = 1; c = 2 }",
    ),
    "an exception that nothing catches": (
        'let x = Sys.getenv "NOTHING" let main = main "A" job',
        ConfigError,
        "the configuration raises Not_found",
        'Sys.getenv "NOTHING"',
    ),
    "a command": (
        'let x = Sys.command "rm -r /" let main = main "A" job',
        ConfigError,
        "Sys.command reads or writes files or runs commands",
        "Sys.command",
    ),
    "an address that is none": (
        'let x = Ipaddr.V4.of_string_exn "10.0.0.256" let main = main "A" job',
        ConfigError,
        "the configuration raises Ipaddr.Parse_error",
        'Ipaddr.V4.of_string_exn "10.0.0.256"',
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_is_refused_with_its_place(what: str) -> None:
    body, error, message, where = REFUSED[what]
    with pytest.raises(error) as caught:
        loaded(body, "4.11")
    assert message in caught.value.message
    spot = caught.value.locations[0]
    assert (spot.file, spot.line) == ("/nowhere/config.ml", 2)
    assert spot.span is not None
    assert body[spot.span.column : spot.span.end_column] == where


NEAR = [
    'let main = main "A" (block @-> job) $ block_of_file "5"',
    'let main = main ~packages:[ package "p" ] "A" job',
    'let main = main "A" (network @-> job) $ netif "b" ~group:"a"',
    'let k = Key.(create "k" Arg.(flag (info ["k"]))) let main = impl ~keys:[ Key.v k ] ~extra_deps:[ dep noop ] "A" job',
    'let f () = main let main = main "A" job',
    'let x = match Some 1 with Some _ -> 1 | None -> 2 let main = main "A" job',
    'let x = try Sys.getenv "NOTHING" with Not_found -> "" let main = main "A" job',
    'let clean () = Sys.command "rm -r /" let main = main "A" job',
    'let x = match Ipaddr.V4.of_string "10.0.0.256" with Ok _ -> 1 | Error _ -> 2 let main = main "A" job',
]


@pytest.mark.parametrize("body", NEAR)
def test_what_is_nearly_that_is_read(body: str) -> None:
    loaded(body, "4.11")


def test_the_release_is_told_by_the_first_line_the_names_or_the_caller() -> None:
    def release(text: str, asked: str | None = None) -> str:
        return type(loads(text, release=asked, environment={}).root).__module__  # type: ignore[no-any-return]

    three, four = "mirage_devices.v3.application", "mirage_devices.v4.application"
    plain = 'open Mirage let () = register "x" []'
    assert release(plain) == four
    assert release(plain, "3.3") == three
    assert release("(* mirage >= 3.3.0 & < 4.0.0 *)\n" + plain) == three
    assert release('open Mirage let () = register "x" [ foreign "A" (time @-> job) $ default_time ]') == three
    assert release('open Mirage let () = register "x" [ main "A" job ]') == four


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("(* mirage >= 4.5.0 & < 4.6.0 *)", "this configuration is for mirage >= 4.5.0 & < 4.6.0, but the supported"),
        ("(* mirage >= 4.5.0 & >= 4.6.0 *)", "the first line says which releases it is for as"),
        ("(* mirage >= four *) (* *)", "this configuration is for mirage >= four, but the supported"),
    ],
)
def test_a_first_line_that_admits_no_release_is_refused(line: str, message: str) -> None:
    with pytest.raises(FunctoriaError, match=message):
        loads(f'{line}\nopen Mirage let () = register "x" []')


def test_a_hook_that_runs_commands_is_refused_where_it_is_needed(tmp_path: Path) -> None:
    source = """open Mirage
type t = T
let t = Type T
let device = impl @@ object
  inherit base_configurable
  method ty = t
  method name = "device"
  method module_name = "Device"
  method! build _ = Bos.OS.Cmd.run Bos.Cmd.(v "make" % "image")
end
let () = register "x" [ foreign "A" (t @-> job) $ device ]
"""
    (tmp_path / "config.ml").write_text(source)
    plan = loads(source, str(tmp_path / "config.ml")).plan(target="unix")
    plan.write(tmp_path)
    from functoria.project.build import build

    with pytest.raises(FunctoriaError, match="runs commands or writes files") as caught:
        build(tmp_path, plan)
    assert caught.value.locations[0].line == 4


def test_a_module_in_a_file_beside_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "shared.ml").write_text("let packages = []\n")
    (tmp_path / "config.ml").write_text(
        'open Mirage\nlet () = register "x" [ main ~packages:Shared.packages "A" job ]\n'
    )
    with pytest.raises(ConfigError, match=r"there is no module Shared .*is read from one file.* shared.ml") as caught:
        load(tmp_path / "config.ml")
    assert caught.value.locations[0].line == 2


def test_the_command_line_shows_the_line_with_a_caret(tmp_path: Path) -> None:
    (tmp_path / "config.ml").write_text('open Mirage\n\nlet () = register "x" [ main "A" jobs ]\n')
    done = run_functoria("configure", "-t", "hvt", cwd=tmp_path)
    assert done.status == 1
    assert "there is no value jobs" in done.err
    assert 'let () = register "x" [ main "A" jobs ]' in done.err
    assert "^^^^" in done.err


def test_the_command_line_configures_and_builds_by_a_config_ml(tmp_path: Path) -> None:
    (tmp_path / "config.ml").write_text('open Mirage\nlet () = register "hello" [ foreign "Unikernel" job ]\n')
    done = run_functoria("configure", "-t", "hvt", "--release", "3.3", cwd=tmp_path)
    assert done.status == 0, done.err
    assert (tmp_path / "main.ml").exists()
    assert run_functoria("describe", cwd=tmp_path).status == 0
    assert run_functoria("clean", cwd=tmp_path).status == 0
    assert not (tmp_path / "main.ml").exists()


def test_a_place_is_an_expression() -> None:
    with pytest.raises(FunctoriaError) as caught:
        loads("let x =\n  nothing", "config.ml")
    assert caught.value.locations[0].span == Span(2, 2, 2, 9)


def test_who_does_not_read_a_config_ml_imports_nothing_of_it() -> None:
    code = (
        "import sys, functoria, mirage_devices, mirage_devices.v4 as v4; v4.register('x', []).plan(); "
        "print([name for name in sys.modules if 'tree_sitter' in name or 'ocaml' in name.split('.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_an_audit_takes_a_config_ml(tmp_path: Path) -> None:
    (tmp_path / "config.ml").write_text('open Mirage\nlet () = register "x" [ main "Unikernel" job ]\n')
    done = run_functoria("audit", "--release", "mirage-runtime.4.11.0", "config.ml", cwd=tmp_path)
    assert "mirage-runtime" in done.out


REASONS = {
    "let x = List.foo 1": "List.foo is not in the supported part of OCaml's libraries",
    "let x = Fmt.strng": "Fmt.strng is not in the supported part of OCaml's libraries: did you mean Fmt.string?",
    "let x = Bytes.create 1": "Bytes.create is not in the supported part of OCaml's libraries",
    'let x = Unix.stat "a"': "Unix.stat reads or writes files or runs commands",
    "module Key = struct let a = 1 end let x = Key.create": "this file's module Key has no value create: it has a",
    "let x = Hashtbl.create 1": "there is no module Hashtbl in MirageOS 4.11, in this file or in the supported part of",
    "let x = nothing_at_all": "there is no value nothing_at_all in MirageOS 4.11, in this file or in the supported part",
    "let x = Key.is_unx": "there is no value Key.is_unx in MirageOS 4.11: did you mean Key.is_unix?",
    "let x = foreign": "there is no value foreign in MirageOS 4.11, but MirageOS 3.3 has it",
}


@pytest.mark.parametrize("source", REASONS)
def test_what_is_said_of_a_name_is_so(source: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loads(f'open Mirage\n{source}\nlet () = register "x" [ main "A" job ]', release="4.11")
    assert REASONS[source] in str(caught.value)


def test_a_name_of_a_module_that_is_not_opened_is_told() -> None:
    with pytest.raises(ConfigError, match=r"the value main is one of Mirage, .*: begin with open Mirage, or write"):
        loads('let () = Mirage.register "x" [ main "A" Mirage.job ]', release="4.11")
