"""The unikernel's own files beside a configuration are built by the real tools, in place and elsewhere."""

from __future__ import annotations

import shutil
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

import functoria
from functoria import App, Info, Main, foreign, job, package
from functoria.errors import BuildError, FileConflict, InvalidModule, InvalidName, UnknownLibrary
from functoria.project.build import build
from functoria.project.directory import Project
from functoria.sexp import Sexp
from mirage_devices.v3.backends import BACKENDS
from mirage_devices.v3.keys import target_debug
from mirage_devices.v3.targets import target
from tests.projects import snapshot
from tests.tools import need, run


@frozen(repr=False)
class Plain(Main):
    """A program built with dune's own stanza."""

    own_packages = ()


@frozen(repr=False)
class Modern(Plain):
    """The same in a later version of dune's language."""

    dune_language = "2.9"


@frozen(repr=False)
class Linked(Plain):
    """A program that ocamlfind links, like unikernels."""

    registered_by = target.registered_by  # to allow the keys of the targets
    own_keys = (target, target_debug)

    def program(self, info: Info) -> Iterable[Sexp]:
        return BACKENDS["unix"].program(info, [])

    def result(self, info: Info) -> str:
        return BACKENDS["unix"].result(info)


LEXER = """\
{ open Parser }
rule token = parse
  | ' ' { token lexbuf }
  | ['0'-'9']+ as digits { INT (int_of_string digits) }
  | '+' { PLUS }
  | eof { END }
"""
PARSER = """\
%token <int> INT
%token PLUS END
%left PLUS
%start sum
%type <int> sum
%%
sum: expression END { $1 }
expression: INT { $1 } | expression PLUS expression { $1 + $3 }
"""
MENHIR = """\
%token <int> INT
%token PLUS END
%start <int> sum
%%
sum: all = separated_nonempty_list(PLUS, INT) END { List.fold_left (+) 0 all }
"""
STUBS = """\
#include <caml/mlvalues.h>
#include "answer.h"
value answer(value unit) { return Val_int(ANSWER); }
"""
FILES = {
    "unikernel.ml": """\
external answer : unit -> int = "answer"
let start =
  Printf.printf "%d %d %s\\n" (Parser.sum Lexer.token (Lexing.from_string "1 + 20")) (answer ()) (Greetings.hello "you")
""",
    "lexer.mll": LEXER,
    "parser.mly": PARSER,
    "stubs.c": STUBS,
    "answer.h": "#define ANSWER 42\n",
    # A library of several modules, which requires one of OCaml's own, and one with C code in another directory.
    "libs/greetings/dune": "(library (name greetings) (libraries str own.names))\n",
    "libs/greetings/greetings.ml": """\
let hello name = Polite.hello (Str.global_replace (Str.regexp_string "y") "Y" (Names.full name))
""",
    "libs/greetings/polite.ml": 'let hello name = "hello " ^ name\n',
    "libs/names/dune": "(library (name names) (public_name own.names) (c_names names))\n",
    "libs/names/names.ml": 'external full : string -> string = "full_name"\n',
    "libs/names/names.c": """\
#include <caml/mlvalues.h>
value full_name(value name) { return name; }
""",
    "own.opam": 'opam-version: "2.0"\n',
    "config.ml": "open Mirage (* what MirageOS 3.3 has there *)\n",
}
SAID = "21 42 hello You\n"
BUILDS = {"in place": ".", "below": "build", "beside": "../out", "in a library": "libs/build"}


def lay(home: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)


def app_of(main: type[Main], *packages: Any, libraries: Iterable[str] = ("greetings",)) -> App:
    own = foreign("Unikernel", job, libraries=list(libraries), packages=packages)
    return functoria.register("hello", [own], main=main)


@pytest.fixture(autouse=True)
def _tools() -> None:
    need("dune", "ocamlfind", "ocamllex", "ocamlyacc")


@pytest.mark.parametrize("main", [Plain, Modern, Linked])
@pytest.mark.parametrize("where", BUILDS)
def test_all_of_it_is_built(main: type[Main], where: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    files = (
        FILES
        if main is not Modern
        else {
            **FILES,
            "libs/names/dune": FILES["libs/names/dune"]
            .replace("c_names", "foreign_stubs (language c) (names")
            .replace("names names))", "names names)))"),
        }
    )
    lay(home, files)
    before = snapshot(home)
    project = home / BUILDS[where]
    plan = app_of(main).plan()
    plan.write(project, sources=home)
    result = build(project, plan, config=home / "config.py")
    assert run(result).stdout == SAID
    assert plan.diff(project, sources=home) == []
    (home / "libs/greetings/polite.ml").write_text('let hello name = "bye " ^ name\n')
    (home / "answer.h").write_text("#define ANSWER 43\n")
    build(project, plan, config=home / "config.py")
    assert run(result).stdout == "21 43 bye You\n"
    lay(home, files)
    run("dune", "clean", "--root", ".", cwd=project)
    Project(project).clean()
    if where == "beside":
        assert list(project.iterdir()) == []
    else:
        shutil.rmtree(project) if where != "in place" else None
    assert snapshot(home) == before


@pytest.mark.parametrize("where", ["in place", "beside"])
def test_menhir_makes_parsers_where_it_is_among_the_packages(where: str, tmp_path: Path) -> None:
    need("menhir")
    home = tmp_path / "home"
    lay(home, {**FILES, "parser.mly": MENHIR})
    plan = app_of(Plain, package("menhir", build=True)).plan()
    plan.write(home / BUILDS[where], sources=home)
    assert run(build(home / BUILDS[where], plan, config=home / "config.py")).stdout == SAID


def test_modules_that_are_there_are_not_made(tmp_path: Path) -> None:
    lay(tmp_path, FILES)
    run("ocamllex", "lexer.mll", cwd=tmp_path)
    run("ocamlyacc", "parser.mly", cwd=tmp_path)
    plan = app_of(Plain).plan()
    plan.write(tmp_path)
    assert "ocaml" not in (tmp_path / "dune").read_text().replace("ocamlfind", "")
    assert run(build(tmp_path, plan)).stdout == SAID


def test_what_comes_later_is_told(tmp_path: Path) -> None:
    """The files were made for what lay beside the configuration when it was configured."""
    lay(tmp_path, {"unikernel.ml": "let start = ()\n"})
    plan = app_of(Plain, libraries=()).plan()
    plan.write(tmp_path)
    build(tmp_path, plan)
    lay(tmp_path, {"lexer.mll": LEXER.replace("INT (int_of_string digits)", "digits")})
    with pytest.warns(UserWarning, match="^dune: out of date with the configuration"):
        build(tmp_path, plan)
    assert [str(change) for change in plan.diff(tmp_path)] == ["replace dune"]


def test_a_plan_alone_knows_nothing_of_what_lies_beside() -> None:
    dune = app_of(Linked).plan().files()["dune"]
    assert "ocamllex" not in dune
    assert "greetings/greetings.cmxa" in dune


def test_a_library_that_is_not_there_is_an_error_at_its_line(tmp_path: Path) -> None:
    lay(tmp_path, FILES)
    wrong = foreign("Unikernel", job, libraries=["greetings", "gretings"])
    line = sys._getframe().f_lineno - 1
    plan = functoria.register("hello", [wrong], main=Plain).plan()
    with pytest.raises(UnknownLibrary, match=f"no dune file below {tmp_path} defines the library gretings") as error:
        plan.write(tmp_path)
    assert (error.value.locations[0].file, error.value.locations[0].line) == (__file__, line)
    assert "opam" in error.value.message
    assert not (tmp_path / "main.ml").exists()


@pytest.mark.parametrize("text", ["(include more)\n", "(* -*- tuareg -*- *)\nlet () = ()\n"])
def test_a_dune_file_that_is_not_read_may_define_any(text: str, tmp_path: Path) -> None:
    lay(tmp_path, {**FILES, "libs/other/dune": text, "libs/other/more": "(library (name other))\n"})
    app_of(Plain, libraries=["greetings", "other"]).plan().write(tmp_path)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "-a", ".a", 3])
def test_what_is_no_name_of_a_library(name: Any) -> None:
    with pytest.raises((InvalidName, ValueError), match="libraries of"):
        foreign("Unikernel", job, libraries=[name])
    with pytest.raises((InvalidName, ValueError), match="libraries of"):
        functoria.register("hello", [foreign("Unikernel", job)], libraries=[name])


def test_register_takes_libraries_too(tmp_path: Path) -> None:
    lay(tmp_path, FILES)
    app = functoria.register("hello", [foreign("Unikernel", job)], libraries=["greetings"], main=Linked)
    app.plan().write(tmp_path)
    assert run(build(tmp_path, app.plan())).stdout == SAID


def test_a_copy_of_a_package_is_linked_in_its_place(tmp_path: Path) -> None:
    """dune compiles with the sources of a package beside the configuration, which have a dune-project of their own."""
    lay(
        tmp_path,
        {
            "unikernel.ml": "let start = print_endline Vendored.text\n",
            "vendor/v/dune-project": "(lang dune 1.1)\n",
            "vendor/v/vendored-lib.opam": 'opam-version: "2.0"\n',
            "vendor/v/src/dune": "(library (name vendored) (public_name vendored-lib))\n",
            "vendor/v/src/vendored.ml": 'let text = "vendored"\n',
        },
    )
    own = foreign("Unikernel", job, packages=[package("vendored-lib")])
    app = functoria.register("hello", [own], main=Linked)
    for at in (tmp_path, tmp_path / "build"):
        app.plan().write(at, sources=tmp_path)
        assert run(build(at, app.plan(), config=tmp_path / "config.py")).stdout == "vendored\n"


def test_configured_directories_and_hidden_ones_are_nobody_s_libraries(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {"unikernel.ml": 'let start = print_endline "started"\n', "_old/dune": "nonsense (", ".x/dune": "nonsense ("},
    )
    app = app_of(Plain, libraries=())
    for name in ("one", "two", "three/deep"):
        app.plan().write(tmp_path / name, sources=tmp_path)
    lay(tmp_path, {"three/lib/dune": "(library (name own))\n", "three/lib/own.ml": "let x = 1\n"})
    app.plan().write(tmp_path / "two", sources=tmp_path)
    links = {str(path.relative_to(tmp_path / "two")) for path in (tmp_path / "two").rglob("*") if path.is_symlink()}
    assert links == {"unikernel.ml", "three/lib"}
    build(tmp_path / "two", app.plan(), config=tmp_path / "config.py")


def test_a_file_that_is_to_be_made_in_a_library_is_not_the_library_s(tmp_path: Path) -> None:
    lay(tmp_path, {**FILES, "libs/made.txt": "mine\n"})

    @frozen
    class Makes(functoria.Device[functoria.Job]):
        type = job
        module = "Stdlib"

        def files(self, info: Info) -> dict[str, str]:
            return {"libs/made.txt": "ours\n", "libs/more.txt": "ours\n"}

    app = functoria.register("hello", [Makes(), foreign("Unikernel", job, libraries=["greetings"])], main=Plain)
    with pytest.raises(FileConflict, match=r"libs/made\.txt has the name of what is made"):
        app.plan().write(tmp_path / "build", sources=tmp_path)
    (tmp_path / "libs/made.txt").unlink()
    app.plan().write(tmp_path / "build", sources=tmp_path)
    assert (tmp_path / "build/libs/made.txt").read_text() == "ours\n"
    assert not (tmp_path / "libs/made.txt").exists()
    assert (tmp_path / "build/libs/greetings").is_symlink()
    assert run(build(tmp_path / "build", app.plan(), config=tmp_path / "config.py")).stdout == SAID


def test_what_the_makefile_includes_is_there_too(tmp_path: Path) -> None:
    need("make")
    lay(tmp_path, {"unikernel.ml": "let start = ()\n", "Makefile.user": "mine:\n\t@echo mine\n"})
    app_of(Plain, libraries=()).plan().write(tmp_path / "build", sources=tmp_path)
    assert run("make", "mine", cwd=tmp_path / "build").stdout == "mine\n"


def failing(project: Path, app: App, capfd: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(BuildError) as error:
        build(project, app.plan())
    assert "not found" in capfd.readouterr().err
    return str(error.value)


def test_only_for_libraries_of_packages_is_opam_the_remedy(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lay(tmp_path, {"unikernel.ml": "let start = ()\n", "lib/dune": "(library (name own) (libraries no-such.thing))\n"})
    lay(tmp_path, {"lib/own.ml": "let x = 1\n"})
    app = app_of(Linked, libraries=["own"])
    app.plan().write(tmp_path)
    hint = "the library no-such.thing is required by own, in lib/dune, and no package of the configuration provides it"
    said = failing(tmp_path, app, capfd)
    assert hint in said
    assert "package('no-such')" in said
    assert "make depend" not in said
    app = app_of(Linked, package("no-such", sublibs=["thing"]), libraries=["own"])
    app.plan().write(tmp_path)
    assert "make depend installs them with opam" in failing(tmp_path, app, capfd)
    lay(tmp_path, {"lib/dune": "(include more)\n", "lib/more": ""})
    app = app_of(Linked, libraries=["own"])
    app.plan().write(tmp_path)
    said = failing(tmp_path, app, capfd)
    assert f"the library own is the unikernel's own, of {__file__}" in said.replace(
        "tests/project", str(Path(__file__).parent)
    )
    assert "make depend" not in said


@pytest.mark.parametrize(
    ("name", "main", "message"),
    [
        ("main.mll", Plain, r"of .*main\.mll dune would make main\.ml, which is made otherwise: rename it"),
        ("key_gen.mly", Plain, r"key_gen\.mly dune would make key_gen\.ml"),
        ("made.mll", Plain, r"made\.mll dune would make made\.ml"),
        ("made.c", Plain, r"made\.c dune would make made\.o"),
        ("a b.c", Plain, r"a b\.c' is a C file of a name with blanks, which dune cannot compile"),
    ],
)
def test_what_would_be_made_twice_is_refused(name: str, main: type[Main], message: str, tmp_path: Path) -> None:
    @frozen
    class Makes(functoria.Device[functoria.Job]):
        type = job
        module = "Stdlib"

        def rules(self, info: Info) -> list[Sexp]:
            return [("rule", ("targets", each), ("action", ("write-file", each, ""))) for each in ("made.ml", "made.o")]

    app = functoria.register("hello", [Makes(), foreign("Unikernel", job)], main=main)
    lay(tmp_path, {"unikernel.ml": "let start = ()\n", name: ""})
    for at in (tmp_path, tmp_path / "build"):
        with pytest.raises((FileConflict, InvalidName), match=message):
            app.plan().write(at, sources=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "unikernel.ml"])


@pytest.mark.parametrize("name", ["main", "key_gen", "own.main", "Main"])
def test_a_library_whose_module_is_made_is_refused(name: str, tmp_path: Path) -> None:
    lay(tmp_path, {"own.opam": 'opam-version: "2.0"\n', "lib/x.ml": ""})
    said = "(name main) (public_name own.main)" if "." in name else f"(name {name})"
    lay(tmp_path, {"lib/dune": f"(library {said})\n"})
    main = foreign("Unikernel", job, libraries=[name])
    with pytest.raises(InvalidModule, match=f"the library {name} has the module that building makes") as error:
        functoria.register("hello", [main], main=Plain).plan().write(tmp_path)
    assert error.value.locations[0].file == __file__


def test_another_project_beside_is_left_alone(tmp_path: Path) -> None:
    """If a project was configured for a build directory before it is configured in place, dune must not build the former here."""
    lay(tmp_path, FILES)
    plan = app_of(Plain).plan()
    for name in ("build", "builds/one"):
        plan.write(tmp_path / name, sources=tmp_path)
    plan.write(tmp_path)
    assert run(build(tmp_path, plan)).stdout == SAID
    assert run(build(tmp_path / "builds/one", plan, config=tmp_path / "config.py")).stdout == SAID
    before = snapshot(tmp_path / "build")
    plan.write(tmp_path / "build", sources=tmp_path)
    assert snapshot(tmp_path / "build") == before


def test_links_that_lead_in_circles_and_what_cannot_be_read(tmp_path: Path) -> None:
    lay(tmp_path, {**FILES, "closed/dune": "(library (name closed))\n"})
    (tmp_path / "libs" / "again").symlink_to("..")
    (tmp_path / "itself").symlink_to("itself")
    (tmp_path / "closed").chmod(0)
    try:
        app_of(Plain).plan().write(tmp_path / "out", sources=tmp_path)
    finally:
        (tmp_path / "closed").chmod(0o755)
    assert (tmp_path / "out/libs").is_symlink()


def test_what_comes_and_goes_is_told_elsewhere_too(tmp_path: Path) -> None:
    """If a configuration is built in another directory, the links there are for what lay beside it when it was configured."""
    home, project = tmp_path / "home", tmp_path / "home" / "build"
    lay(home, {"unikernel.ml": "let start = ()\n"})
    plan = app_of(Plain, libraries=()).plan()
    plan.write(project, sources=home)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        build(project, plan, config=home / "config.py")
    lexer = LEXER.replace("INT (int_of_string digits)", "digits")
    lay(home, {"fresh.ml": "let fresh = 1\n", "stub.c": "\n", "lexer.mll": lexer.replace("open Parser", "")})
    with pytest.warns(UserWarning, match="out of date with the configuration") as told:
        build(project, plan, config=home / "config.py")
    assert _told(told) == [{"dune", "fresh.ml", "lexer.mll", "stub.c"}]
    plan.write(project, sources=home)
    (home / "fresh.ml").unlink()
    (home / "stub.c").unlink()
    with pytest.warns(UserWarning, match="out of date with the configuration") as told, pytest.raises(BuildError):
        build(project, plan, config=home / "config.py")
    assert _told(told) == [{"dune", "fresh.ml", "stub.c"}]


def _told(warned: pytest.WarningsRecorder) -> list[set[str]]:
    return [set(str(each.message).partition(": ")[0].split(", ")) for each in warned]
