"""The Python translation of a config.ml gives the same bytes, for every target."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from functoria import FunctoriaError
from functoria.cli.config import load
from functoria.ocaml.translate import translate
from mirage_devices import TARGETS
from mirage_devices.v4 import TARGETS as TARGETS_4
from tests import recorded_ml
from tests.command_line import process
from tests.ocaml_configurations.test_recorded import outcome

BY_HAND = {"piece-required": "depends on get of the application"}
"""Configurations that are refused, with the reason: their code depends on keys."""
CASES = [
    (release, path.stem)
    for release in recorded_ml.RELEASES
    for path in recorded_ml.files(release)
    if path.stem not in recorded_ml.OF_OTHERS
]


@pytest.mark.filterwarnings("ignore:etif is now")
@pytest.mark.parametrize(("release", "name"), CASES)
def test_a_translation_has_the_same_bytes(release: str, name: str, tmp_path: Path) -> None:
    source = recorded_ml.HERE / release / f"{name}.ml"
    (tmp_path / "config.ml").write_text(source.read_text())
    if name in BY_HAND:
        with pytest.raises(FunctoriaError, match=BY_HAND[name]):
            translate(tmp_path / "config.ml", release=release)
        return
    text = translate(tmp_path / "config.ml", release=release)
    (tmp_path / "config.py").write_text(text)
    compile(text, "config.py", "exec")
    app, theirs = load(tmp_path / "config.py"), recorded_ml.application(release, name)
    for target in TARGETS if release == "3.3" else TARGETS_4:
        assert outcome(app, target) == outcome(theirs, target), text
    assert max(map(len, text.splitlines())) < 160


IDIOMS_BY_HAND = {
    "numbers": "depends on how often code was generated before",
    "algebra": "depends on get of the application",
    "converter": "a converter that the file defines must be written by hand",
    "stages": "a converter that the file defines must be written by hand",
}
"""Idioms that are refused, with the reason."""


@pytest.mark.parametrize(("release", "name"), recorded_ml.IDIOMS)
def test_a_translation_of_an_idiom_has_the_same_bytes_or_says_where_it_has_none(
    release: str, name: str, tmp_path: Path
) -> None:
    path = tmp_path / "config.ml"
    path.write_text((recorded_ml.HERE / f"idioms-{release}" / f"{name}.ml").read_text())
    if name in IDIOMS_BY_HAND:
        with pytest.raises(FunctoriaError, match=IDIOMS_BY_HAND[name]) as caught:
            translate(path)
        assert caught.value.locations[0].file == str(path)
        return
    (tmp_path / "config.py").write_text(translate(path))
    app, theirs = load(tmp_path / "config.py"), load(path)
    for target in TARGETS if release == "3.3" else TARGETS_4:
        assert outcome(app, target) == outcome(theirs, target)


def test_names_order_and_comments_are_kept(tmp_path: Path) -> None:
    (tmp_path / "config.ml").write_text("""(* mirage >= 4.11.0 & < 4.12.0 *)
(* Who we are:
   a greeter. *)
open Mirage

(* Where we listen. *)
let stack = generic_stackv4v6 default_network

(* Not used. *)
let other = block_of_file "x"

(* What runs. *)
let main = main ~packages:[ package "duration" ] "Unikernel.Main" (stackv4v6 @-> job)
let () = register "hello" [ main $ stack ]
""")
    done = process("translate", "config.ml", cwd=tmp_path)
    assert (
        done.out
        == """\
# Who we are:
# a greeter.
from mirage_devices.v4 import (
    default_network,
    generic_stackv4v6,
    job,
    main,
    package,
    register,
    stackv4v6,
)

# Where we listen.
stack = generic_stackv4v6(default_network)
# What runs.
unikernel = main("Unikernel.Main", stackv4v6 >> job, packages=[package("duration")])

app = register("hello", [unikernel @ stack])
"""
    )
    assert done.status == 0


def test_devices_that_one_function_makes_are_classes_of_different_names(tmp_path: Path) -> None:
    (tmp_path / "config.ml").write_text("""open Mirage
type dev = Dev
let dev = Type.v Dev
let d modname n =
  impl ~packages:[ package "lwt" ~min:(string_of_int n) ]
    ~connect:(fun _ _ _ -> code ~pos:__POS__ "Lwt.return %d" n) modname dev
let a = d "Dev.Make" 1
let b = d "Dev.Make" 3
let c = d "Device" 5
let main = main "Unikernel.Main" (dev @-> dev @-> dev @-> job)
let () = register "x" [ main $ a $ b $ c ]
""")
    text = translate(tmp_path / "config.ml", release="4.11")
    classes = re.findall(r"^class (\w+)", text, re.MULTILINE)
    assert len(set(classes)) == len(classes) == 3
    assert "Device" not in classes
    (tmp_path / "config.py").write_text(text)
    app, theirs = load(tmp_path / "config.py"), load(tmp_path / "config.ml")
    for target in TARGETS_4:
        assert outcome(app, target) == outcome(theirs, target), text


def test_devices_that_are_equal_are_of_one_class(tmp_path: Path) -> None:
    source = """open Mirage
type cell = Cell
let cell = typ Cell
let d n = impl ~connect:(fun _ m _ -> code ~pos:__POS__ "%s.start %d" m n) "Cell.Make" cell
let main = main "Unikernel.Main" (cell @-> cell @-> cell @-> job)
let () = register "x" [ main $ d 1 $ d 2 $ d 1 ]
"""
    (tmp_path / "config.ml").write_text(source)
    text = translate(tmp_path / "config.ml", release="4.11")
    assert len(re.findall("^class ", text, re.MULTILINE)) == 2
    (tmp_path / "config.py").write_text(text)
    assert outcome(load(tmp_path / "config.py"), "hvt") == outcome(load(tmp_path / "config.ml"), "hvt")


def test_a_translation_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "config.ml").write_text('open Mirage let () = register "x" []')
    assert process("translate", "-o", "config.py", cwd=tmp_path).status == 0
    assert process("translate", "-o", "config.py", cwd=tmp_path).status == 1
    assert process("configure", "-t", "hvt", cwd=tmp_path).status == 0
