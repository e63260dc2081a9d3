"""Modules and outputs that would conflict with files of the build are either refused, or built correctly."""

from __future__ import annotations

import itertools
import shutil
import sys
from collections.abc import Iterable
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

import functoria
from functoria import Device, Info, Job, Main, foreign, job
from functoria.errors import InvalidModule, InvalidName
from functoria.sexp import Sexp
from mirage_devices import app_info, archive_of_files, crunch, info, kv_ro, register
from mirage_devices.v3.backends import BACKENDS
from mirage_devices.v3.keys import target_debug
from mirage_devices.v3.targets import target
from tests.texts import examples
from tests.tools import need, run


@frozen(repr=False)
class Plain(Main):
    """A program built with dune's own stanza."""

    own_packages = ()


@frozen(repr=False)
class Linked(Main):
    """A program that ocamlfind links, like unikernels."""

    registered_by = target.registered_by  # to allow the keys of the targets
    own_packages = ()
    own_keys = (target, target_debug)

    def program(self, info: Info) -> Iterable[Sexp]:
        return BACKENDS["unix"].program(info, [])

    def result(self, info: Info) -> str:
        return BACKENDS["unix"].result(info)


_STEMS = [
    "main",
    "hello",
    "unikernel",
    "key_gen",
    "unikernel_objects",
    "libunikernel_objects_stubs",
    "config",
    "_build",
]
_STEMS += ["dune", "dune-project", "dune-workspace", "jbuild", "Makefile", "GNUmakefile", "main_stubs", "META.hello"]
_ENDS = [
    *("", ".ml", ".mli", ".mll", ".mly", ".c", ".h", ".o", ".a", ".so", ".exe", ".bc", ".bc.js", ".cmx", ".cmxa"),
    ".bin",
]
_ENDS += [".opam", ".install", ".opam.template", ".user", ".inc", ".x86_64", ".sh"]
OUTPUTS = [stem + end for stem, end in itertools.product(_STEMS, _ENDS)]


@given(st.sampled_from(OUTPUTS), st.sampled_from([Plain, Linked]), st.sampled_from([str, str.upper, str.title]))
@examples(30)
def test_an_output_of_any_name_is_refused_or_builds(
    tmp_path_factory: pytest.TempPathFactory, name: str, main: type[Main], case: Any
) -> None:
    need("dune", "ocamlfind", "make")
    app = functoria.register("hello", [foreign("Unikernel", job)], main=main, output=case(name))
    project = tmp_path_factory.mktemp("project")
    (project / "unikernel.ml").write_text('let start = print_endline "started"\n')
    try:
        app.plan().write(project)
    except InvalidName as error:
        assert __file__ in {place.file for place in error.locations}  # noqa: PT017 - or it builds
        assert [path.name for path in project.iterdir()] == ["unikernel.ml"]
        return
    for _ in range(2):
        run("make", cwd=project)
        assert run(project / case(name)).stdout == "started\n"
        (project / "unikernel.ml").write_text('let start = ignore 1; print_endline "started"\n')
    run("make", "clean", cwd=project)
    assert not (project / case(name)).exists()
    shutil.rmtree(project)


@pytest.mark.parametrize(
    "name",
    [
        "x.mli",
        "X.ML",
        "dune",
        "Dune",
        "DUNE-WORKSPACE",
        "jbuild",
        "makefile",
        "Makefile.user",
        "_build",
        "_Build",
        "a.opam",
    ],
)
def test_outputs_that_are_refused(name: str) -> None:
    with pytest.raises(InvalidName, match=f"building would make {name}, which is"):
        register("hello", [foreign("Unikernel", job)], output=name).plan(target="unix").files()


def test_an_output_is_what_the_target_makes_of_it() -> None:
    app = register("hello", [foreign("Unikernel", job)], output="x.ml")
    assert "x.ml.hvt" in app.plan(target="hvt").products
    assert app.plan(target="hvt").files()
    with pytest.raises(InvalidName):
        app.plan(target="unix").files()


def test_the_name_of_the_application_is_an_output_too() -> None:
    app = register("Makefile", [foreign("Unikernel", job)])
    line = sys._getframe().f_lineno - 1
    with pytest.raises(InvalidName, match="building would make Makefile, which is a file of the project") as refused:
        app.plan(target="unix").files()
    assert (refused.value.locations[0].file, refused.value.locations[0].line) == (__file__, line)


MODULES = [
    "Main",
    "Main.X",
    "MAIN",
    "Key_gen",
    "Key_gen.Y",
    "Config",
    "Static_t",
    "STATIC_T.A",
    "Info_gen",
    "Lwt",
    "Lwt.Infix",
]
MODULES += ["OS", "Lazy", "Printexc", "List", "Cmdliner", "Functoria_runtime.X"]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_that_building_makes_or_uses_is_refused(module: str) -> None:
    served = foreign("Unikernel.Site", info >> kv_ro >> job)(app_info, crunch("t"))
    wrong = foreign(module, job)
    line = sys._getframe().f_lineno - 1
    with pytest.raises(InvalidModule, match=f"{module} cannot be the module of Foreign") as refused:
        register("hello", [served, wrong]).plan(target="unix").files()
    assert refused.value.locations[0].line == line


@pytest.mark.parametrize("module", ["Static_t", "Info_gen", "Unikernel", "Mainframe", "Some", "Made", "Option", "Arg"])
def test_other_modules_are_free(module: str) -> None:
    plan = register("hello", [foreign(module, job), foreign("Unikernel.Site", kv_ro >> job) @ archive_of_files("t")])
    assert plan.plan(target="unix").files()


def test_only_a_module_of_one_s_own_is_in_the_way() -> None:
    class Reads(Device[Job]):
        type = job
        module = "Key_gen"

    assert functoria.register("hello", [Reads()]).plan().files()

    class Loops(Device[Job]):
        type = job
        module = "Main"

    with pytest.raises(InvalidModule, match=r"building generates main\.ml, which defines the module Main"):
        functoria.register("hello", [Loops()]).plan().files()


def test_names_that_differ_in_case_alone_are_refused() -> None:
    class Writes(Device[Job]):
        type = job
        module = "Stdlib"

        def files(self, info: Info) -> dict[str, str]:
            return {"Main.ML": ""}

    with pytest.raises(InvalidName, match=r"main\.ml and Main\.ML are one file on some systems"):
        functoria.register("hello", [Writes()]).plan().files()
