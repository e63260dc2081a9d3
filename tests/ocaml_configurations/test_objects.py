"""A device of MirageOS 3.3 is an object with exactly the methods of OCaml's type."""

from __future__ import annotations

import pytest

from functoria import App, FunctoriaError, TypeMismatch
from functoria.errors import ConfigError
from functoria.ocaml import loads

HEAD = """open Mirage
type cell = Cell
let cell = Type Cell
let other = foreign "Other" cell
let no = Sys.file_exists "nowhere"
"""
TAIL = 'let () = register "x" [ foreign "Unikernel.Main" (cell @-> job) $ dev ]\n'
LINE = HEAD.count("\n") + 1

NEEDED = ["method ty = cell", 'method name = "dev"', 'method module_name = "Dev.Make"']
BASE = [
    "method keys = []",
    "method packages = Key.pure []",
    "method deps = []",
    'method connect _ m _ = "return " ^ m',
    "method configure _ = Ok ()",
    "method build _ = Ok ()",
    "method clean _ = Ok ()",
]


def device(*members: str, binding: str = "let dev =") -> str:
    return f"{binding} impl (object {' '.join(members)} end)\n"


def loaded(body: str, tail: str = TAIL) -> App:
    return loads(HEAD + body + tail, "/nowhere/config.ml", release="3.3", environment={})


def refusal(body: str, tail: str = TAIL) -> FunctoriaError:
    with pytest.raises(FunctoriaError) as caught:
        loaded(body, tail)
    spot = caught.value.locations[0]
    assert (spot.file, spot.line) == ("/nowhere/config.ml", LINE)
    return caught.value


INHERIT = "inherit base_configurable"


def test_an_object_of_its_own_is_what_one_is_that_inherits() -> None:
    own = loaded(device(*NEEDED, *BASE))
    short = loaded(device(INHERIT, *NEEDED, BASE[3]))
    for target in ("unix", "hvt"):
        ours, theirs = own.plan(target=target).files(), short.plan(target=target).files()
        assert ours["main.ml"] == theirs["main.ml"]


@pytest.mark.parametrize("left_out", [*NEEDED, *BASE])
def test_a_method_that_is_missing_is_told(left_out: str) -> None:
    name = left_out.split()[1]
    error = refusal(device(*(each for each in [*NEEDED, *BASE] if each != left_out)))
    assert isinstance(error, TypeMismatch)
    assert f"the object has no method {name}, which a device has" in error.message
    if left_out in NEEDED:
        assert f"no method {name}" in refusal(device(INHERIT, *(each for each in NEEDED if each != left_out))).message


WRONG = {
    "name": ("method name = 5", "this is an integer, but the type string is expected"),
    "module_name": ("method module_name = Some 1", "but the type string is expected"),
    "ty": ("method ty = job_of_mine", "there is no value job_of_mine"),
    "type": ('method ty = "cell"', "but the type a type of devices is expected"),
    "keys": ("method! keys = [ 1 ]", "but the type abstract_key"),
    "a key that is not abstract": (
        'method! keys = [ Key.(create "k" Arg.(opt int 1 (info [ "k" ]))) ]',
        "this is a key, but the type abstract_key is expected",
    ),
    "packages of no value": ('method! packages = [ package "fmt" ]', "the type package list value is expected"),
    "packages of texts": (
        'method! packages = Key.pure [ "fmt" ]',
        "this is a string, but the type package is expected",
    ),
    "deps that are not abstract": (
        "method! deps = [ default_time ]",
        "this is an implementation of time, but the type abstract",
    ),
    "connect that is a text": ('method! connect = "return ()"', "this is a string, but the type a function"),
    "connect of two": (
        'method! connect _ m = "return ()"',
        "this takes fewer arguments, but a function of",
    ),
    "connect of a number": ("method! connect _ _ _ = 5", "this is an integer, but"),
    "connect of code": ("method! connect _ m _ = Some m", "Some"),
    "build of unit": ("method! build _ = ()", "this is unit, but the type"),
    "clean of nothing": ("method! clean = Ok ()", "this is Ok, but the type a function"),
    "a method that devices do not have": ("method colour = 1", "has a method colour, which devices do not have"),
    "a misspelt one": ('method conect _ _ _ = ""', "did you mean connect?"),
    "nothing to override": ("method! colour = 1", "the method colour overrides nothing"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_method_of_another_type_is_refused(what: str) -> None:
    method, message = WRONG[what]
    name = method.split()[1]
    others = [each for each in NEEDED if each.split()[1] != name]
    error = refusal(device(INHERIT, *others, method))
    assert message in error.message


@pytest.mark.parametrize("what", [what for what in WRONG if what not in ("ty", "nothing to override")])
def test_so_is_one_in_a_function_that_nothing_calls(what: str) -> None:
    method, message = WRONG[what]
    others = [each for each in NEEDED if each.split()[1] != method.split()[1]]
    tail = device(INHERIT, *NEEDED) + TAIL
    assert message in refusal(device(INHERIT, *others, method, binding="let f () ="), tail).message
    branch = f"let f = if no then {device(INHERIT, *others, method, binding='')} else other\n".replace(
        "\n else", " else"
    )
    assert message in refusal(branch, tail).message


RIGHT = {
    "values": ('val modname = "Dev.Make"', "method ty = cell", 'method name = "dev"', "method module_name = modname"),
    "private methods": (*NEEDED, 'method private helper = "return ()"'),
    "itself": ("method ty = cell", 'method name = "dev"', 'method module_name = "Dev"'),
    "overriding without a mark": (*NEEDED, "method keys = []"),
    "keys and deps": (
        *NEEDED,
        "method! keys = [ Key.abstract Key.target ]",
        "method! deps = [ abstract default_time ]",
    ),
    "packages of a choice": (*NEEDED, 'method! packages = Key.(if_ is_unix) [] [ package "fmt" ]'),
    "an error of build": (*NEEDED, 'method! build _ = Error (`Msg "no")'),
    "connect by cases": (*NEEDED, 'method! connect _ m = function [] -> "return " ^ m | _ -> assert false'),
}


@pytest.mark.parametrize("what", RIGHT)
def test_what_is_right_is_accepted(what: str) -> None:
    assert loaded(device(INHERIT, *RIGHT[what])).title == "x"


def test_self_and_super_are_known() -> None:
    source = (
        'let dev = impl (object (self) inherit base_configurable as super method ty = cell method private n = "dev" '
        'method name = self#n method module_name = "Dev" '
        'method! connect i m vs = super#connect i m vs ^ " (* " ^ self#n ^ " *)" end)\n'
    )
    assert "return () (* dev *)" in loaded(source).plan(target="hvt").files()["main.ml"]


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ("val mutable n = 1", "a mutable value of an object"),
        ("initializer ()", "initializer"),
        ("method virtual n : int", "a virtual method"),
        ("constraint 'a = int", "constraint"),
        ('inherit foreign "A" cell', "the class foreign is not supported"),
        ("inherit nothing", "there is no class nothing"),
    ],
)
def test_what_is_not_read_is_refused_by_name(member: str, message: str) -> None:
    error = refusal(device(INHERIT, *NEEDED, member))
    assert isinstance(error, ConfigError)
    assert message in error.message


@pytest.mark.parametrize(
    ("object", "refused"),
    [
        ('object method private p = "x" method q = "y" end', "p"),
        ('object method private p = "x" end', "q"),
    ],
)
def test_private_methods_are_for_an_object_s_own_code(object: str, refused: str) -> None:
    source = (
        f'open Mirage\nlet o = {object}\nlet name = o#{refused}\nlet () = register name [ foreign "Unikernel" job ]\n'
    )
    with pytest.raises(FunctoriaError, match="private") as caught:
        loads(source, release="3.3", environment={})
    assert caught.value.locations[0].line == 3
    own = 'object (self) method private p = "x" method q = self#p end'
    source = f'open Mirage\nlet o = {own}\nlet () = register o#q [ foreign "Unikernel" job ]\n'
    assert loads(source, release="3.3", environment={}).name == "x"
