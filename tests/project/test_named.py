"""Names in a configuration and dune.user that refer to files beside them: missing or clashing ones are helpful errors."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

import functoria
import mirage_devices
from functoria import Plan, foreign, job, package, pps, staged_pps, stanzas
from functoria.errors import (
    DeviceError,
    FileConflict,
    FunctoriaError,
    FunctoriaWarning,
    InvalidModule,
    InvalidName,
    InvalidValue,
    UnknownLibrary,
)
from mirage_devices import v4
from tests.project.test_own_sources import lay
from tests.tools import need, run

BESIDE = {
    "unikernel.ml": "let start = ()\n",
    "dispatch.ml": "",
    "words.mll": "",
    "libs/greetings/dune": "(library (name greetings))\n",
    "libs/ppx_words/dune": "(library (name ppx_words) (kind ppx_rewriter))\n",
}
RELEASES = ("3.3", "4.11")


def plan(release: str, more: dict[str, Any] | None = None, **said: Any) -> Plan:
    """Return a plan for the release, with a module made with `said` and an application with `more`."""
    if release == "3.3":
        app = mirage_devices.register("own", [foreign("Unikernel", job, **said)], **(more or {}))
    else:
        app = v4.register("own", [v4.main("Unikernel", job, **said)], src=None, **(more or {}))
    return app.plan(target="unix")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("said", "kind", "message"),
    [
        ({"modules": ["Dispach"]}, InvalidModule, r"has Dispach, but .* has no file for it: did you mean Dispatch\?"),
        ({"modules": ["Nowhere"]}, InvalidModule, "there are Dispatch, Unikernel, Words"),
        ({"libraries": ["greeting"]}, UnknownLibrary, r"the library greeting: did you mean greetings\? "),
        (
            {"preprocess": ["ppx_wrods"]},
            UnknownLibrary,
            r"ppx_wrods is used to preprocess, but .*: did you mean ppx_words\?",
        ),
        (
            {"preprocess": staged_pps("ppx_deriving.show")},
            UnknownLibrary,
            r"add packages=\[package\('ppx_deriving', build=True\)\]",
        ),
    ],
)
@pytest.mark.parametrize("of_all", [False, True])
def test_what_is_not_there_is_said_at_its_line(
    release: str, said: dict[str, Any], kind: type[FunctoriaError], message: str, of_all: bool, tmp_path: Path
) -> None:
    lay(tmp_path, BESIDE)
    made = plan(release, said) if of_all else plan(release, **said)
    for directory in (tmp_path, tmp_path / "build"):
        with pytest.raises(kind, match=message) as error:
            made.write(directory, sources=tmp_path)
        assert [place.file for place in error.value.locations] == [__file__]
    assert not (tmp_path / "Makefile").exists()


def test_mirageos_s_own_name_for_libraries_means_the_same() -> None:
    made = v4.main("Unikernel", job, libraries=["a", "b"])
    assert (
        made
        == v4.main("Unikernel", job, local_libs=["a", "b"])
        == v4.main("Unikernel", job, local_libs=["a"], libraries=["a", "b"])
    )
    app = v4.register("own", [made], src=None, libraries=["c"])
    assert app == v4.register("own", [made], src=None, local_libs=["c"])
    for name in ("libraries", "local_libs"):
        for make in (
            lambda **said: v4.main("Unikernel", job, **said),
            lambda **said: v4.register("own", [made], **said),
        ):
            with pytest.raises(InvalidName, match=f"{name} of [Uo].*: '-a' is not the name of a dune library"):
                make(**{name: ["-a"]})
            with pytest.raises(InvalidValue, match=f"{name} of [Uo].* is 'a', but must be a list of names"):
                make(**{name: "a"})


@pytest.mark.parametrize("release", RELEASES)
def test_what_a_file_that_is_not_read_may_define_is_left_to_dune(release: str, tmp_path: Path) -> None:
    lay(tmp_path, {**BESIDE, "dune.user": "(include more)\n", "more": ""})
    plan(release, modules=["Made"], libraries=["made"], preprocess=["ppx_made"]).write(tmp_path)


PROJECT = {"libs/dune-project": "(lang dune 2.9)\n(package (name foo))\n"}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("more", "there"),
    [
        ({}, False),
        ({"libs/dune-project": "(lang dune 1.1)\n"}, False),
        ({"libs/dune-project": "(lang dune 1.1)\n", "libs/foo.opam": 'opam-version: "2.0"\n'}, True),
        ({"libs/foo.opam": 'opam-version: "2.0"\n'}, False),
        (PROJECT, True),
        ({**PROJECT, "libs/one/dune-project": "(lang dune 1.1)\n"}, False),
        ({"libs/dune-project": "(lang dune 1.1)\n", "foo.opam": 'opam-version: "2.0"\n'}, False),
    ],
)
def test_a_public_name_is_of_a_package_that_is_there(
    release: str, more: dict[str, str], there: bool, tmp_path: Path
) -> None:
    """This is compared with dune's verdict on the same project."""
    need("dune")
    library = {"libs/one/dune": "(library (name foo_a) (public_name foo.a))\n", "libs/one/foo_a.ml": "let x = 1\n"}
    own = plan(release, libraries=["foo.a"])
    lay(tmp_path / "bare", BESIDE)
    plan(release).write(tmp_path / "bare")
    lay(tmp_path / "bare", {**library, **more})
    done = run("dune", "build", "--root", ".", "libs/one/foo_a.cmxa", cwd=tmp_path / "bare", check=False)
    assert there == (done.returncode == 0), done.stderr
    lay(tmp_path / "home", {**BESIDE, **library, **more})
    for directory in (tmp_path / "home", tmp_path / "build"):
        if there:
            own.write(directory, sources=tmp_path / "home")
            continue
        with pytest.raises(
            InvalidName, match=r"libs/one/dune: the library foo_a has .*but there is no package foo: leave"
        ):
            own.write(directory, sources=tmp_path / "home")


@pytest.mark.parametrize("release", RELEASES)
def test_modules_that_rules_make_are_there(release: str, tmp_path: Path) -> None:
    rules = '(rule (targets made.ml) (action (write-file made.ml "")))\n(rule (with-stdout-to more.ml (echo "")))\n'
    lay(tmp_path, {**BESIDE, "dune.user": rules})
    plan(release, modules=["Made", "More", "Words"]).write(tmp_path)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('(rule (targets Makefile) (action (echo "")))', "makes Makefile, which the project has"),
        ('(rule (with-stdout-to main.ml (echo "")))', "makes main.ml, which the project has"),
        ("(rule (action (copy x main.ml)))", "makes main.ml, which the project has"),
        ("(library (name mine))", r"\(library … mine …\) compiles all modules of the directory.* add \(modules …\)"),
        ("(executable (name mine) (modules :standard))", r"\(executable … mine …\) compiles all modules"),
        ("(library (name mine) (modules main))", "compiles the module Main, which is the program's"),
    ],
)
def test_stanzas_that_clash_are_refused(release: str, text: str, message: str, tmp_path: Path) -> None:
    lay(tmp_path, {**BESIDE, "dune.user": f"; mine\n{text}\n"})
    with pytest.raises(FileConflict, match=message) as error:
        plan(release).write(tmp_path)
    assert str(tmp_path / "dune.user") in error.value.message
    if not text.startswith("(rule"):
        (tmp_path / "dune.user").unlink()
        for made in (
            plan(release, stanzas=[text]),
            plan(release, {"stanzas": [text]}),
            plan(release, deps=[stanzas(text)]),
        ):
            with pytest.raises(InvalidModule, match="compiles") as other:
                made.write(tmp_path)
            assert [place.file for place in other.value.locations] == [__file__]


def test_a_second_library_of_the_name_is_refused(tmp_path: Path) -> None:
    lay(tmp_path, {**BESIDE, "dune.user": "(library (name unikernel_objects) (modules dispatch))"})
    with pytest.raises(FileConflict, match="defines unikernel_objects, which the project has: give it another name"):
        plan("3.3").write(tmp_path)
    lay(tmp_path, {"dune.user": "(executable (name main) (modules dispatch))"})
    with pytest.raises(FileConflict, match="defines main, which the project has"):
        plan("4.11").write(tmp_path)


@pytest.mark.parametrize("release", RELEASES)
def test_directories_that_both_ignore_are_said_once(release: str, tmp_path: Path) -> None:
    """dune takes one list of them in each directory, so one in dune.user must include the directories that devices read."""
    said = "(data_only_dirs other)" if release == "4.11" else "(ignored_subdirs (other))"
    lay(tmp_path, {**BESIDE, "dune.user": said, "data/file": "", "other/file": ""})
    read = stanzas("(rule (targets list) (action (write-file list x)))", sources=["data/"])
    with pytest.raises(FileConflict, match=r"add \((data_only_dirs data|ignored_subdirs \(data\))\) to .*dune\.user"):
        plan(release, deps=[read]).write(tmp_path)
    (tmp_path / "dune.user").write_text(said.replace("other", "other data"))
    plan(release, deps=[read]).write(tmp_path)
    dune = (tmp_path / ("dune.build" if release == "4.11" else "dune")).read_text()
    assert "data_only" not in dune
    assert "ignored_subdirs" not in dune


@pytest.mark.parametrize("release", RELEASES)
def test_a_preprocessor_that_is_linked_is_warned_of(release: str, tmp_path: Path) -> None:
    lay(tmp_path, BESIDE)
    with pytest.warns(
        FunctoriaWarning, match="ppx_show preprocesses modules, and is linked .*: declare .* build=True"
    ) as told:
        plan(release, preprocess=["ppx_show"], packages=[package("ppx_show")]).write(tmp_path)
    assert [place.file for place in told[0].message.locations] == [__file__]  # type: ignore[union-attr]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plan(release, preprocess=["ppx_show"], packages=[package("ppx_show", build=True)]).write(tmp_path, force=True)


@pytest.mark.parametrize(
    ("said", "kind", "message"),
    [
        ({"modules": "Dispatch"}, InvalidValue, "modules of Unikernel is 'Dispatch', but must be a list of names"),
        ({"modules": ["dispatch.ml"]}, InvalidModule, "'dispatch.ml' is not the name of a module: write Dispatch"),
        ({"modules": [3]}, InvalidModule, "3 is not the name of a module"),
        (
            {"preprocess": "lwt_ppx"},
            InvalidValue,
            r"preprocess of Unikernel is 'lwt_ppx', but must be a list .*\['lwt_ppx'\]",
        ),
        ({"preprocess": ["lwt ppx"]}, InvalidName, "'lwt ppx' is not the name of a ppx library"),
        ({"preprocess": ["-verbose"]}, InvalidName, "has options only: name a ppx library first"),
        ({"stanzas": "(rule)"}, InvalidValue, "stanzas of Unikernel is .*: put it in brackets"),
        ({"stanzas": ["(rule"]}, InvalidValue, r"stanzas of Unikernel: '\(rule': this bracket is never closed"),
        ({"stanzas": ["rule"]}, InvalidValue, "'rule' is not a stanza: a stanza is a tuple"),
        ({"stanzas": [()]}, InvalidValue, r"\(\) is not a stanza"),
        ({"stanzas": [("rule", 3)]}, InvalidValue, "is not a stanza"),
        ({"stanzas": [""]}, InvalidValue, "'' is not a stanza"),
    ],
)
@pytest.mark.parametrize("release", RELEASES)
def test_what_is_no_such_thing_is_refused_at_once(
    release: str, said: dict[str, Any], kind: type[FunctoriaError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        plan(release, **said)
    with pytest.raises(kind, match=message.replace("Unikernel", "own")):
        plan(release, said)


def test_ways_of_preprocessing_compare_and_add_up() -> None:
    assert pps("a", "b") == pps("a").with_more(pps("b")).with_more(pps("a"))
    assert staged_pps("a", "b") == staged_pps("a").with_more(pps("b")) == pps("a").with_more(staged_pps("b"))
    assert pps("a", "-x", "b", "--", "c").libraries == ("a", "b")
    assert staged_pps() == pps()


def test_what_a_module_is_built_with_is_part_of_its_value() -> None:
    ways: list[dict[str, Any]] = [{}, {"modules": []}, {"preprocess": ["a"]}, {"stanzas": ["(x)"]}]
    made = [foreign("Unikernel", job, **each) for each in ways]
    assert len(set(made)) == len(made)
    assert made[3] == foreign("Unikernel", job, stanzas=[("x",)])


def test_text_and_tuples_are_stanzas_alike() -> None:
    text = '(rule (targets "a b.txt") (action (with-stdout-to %{targets} (echo "x\\n%{dep:y}"))))'
    dune = functoria.register("own", [foreign("Unikernel", job, stanzas=[text])]).plan().files()["dune"]
    assert '(targets "a b.txt")' in dune
    assert '(action (with-stdout-to %{targets} (echo "x\\n%{dep:y}")))' in dune


def test_start_gets_no_argument_for_stanzas() -> None:
    made = foreign("Unikernel", job, deps=[functoria.sys_argv, stanzas("(x)"), functoria.noop])
    (code,) = [
        line for line in functoria.register("own", [made]).plan().files()["main.ml"].splitlines() if ".start" in line
    ]
    assert len(code.split()) == 3
    four = v4.register("own", [v4.main("Unikernel", job, deps=[stanzas("(x)")])], src=None).plan(target="unix")
    assert "(Unikernel.start () : unit io)" in four.files()["mirage/main.ml"]


def test_what_a_device_calls_building_is_how_it_is_built() -> None:
    class House(functoria.Device[functoria.Job]):
        type = job
        module = "Stdlib"
        building = "of bricks"

    with pytest.raises(
        DeviceError, match=r"building of House .* is 'of bricks', but must be made by functoria.building.building"
    ):
        functoria.register("own", [House()]).plan().files()


def test_a_device_without_a_value_has_none_in_any_branch() -> None:
    loud = functoria.Key.flag("loud", stage="configure")
    either = functoria.if_impl(loud.value, stanzas("(x)"), stanzas("(y)"))

    class Counted(functoria.Device[functoria.Job]):
        type = job
        module = "Own"
        deps = (either, functoria.sys_argv)

    app = functoria.register("own", [Counted()])
    assert "(x)" in app.plan(loud=True).files()["dune"]
    assert "(y)" in app.plan().files()["dune"]


def test_modules_of_subdirectories_do_not_go_with_dune_files_there(tmp_path: Path) -> None:
    """dune fails if an included directory has rules of its own, as dist has in 4.11."""
    lay(tmp_path, {**BESIDE, "dune.user": "(include_subdirs unqualified)\n", "deep/inner.ml": ""})
    plan("3.3", modules=["Inner"]).write(tmp_path / "build", sources=tmp_path)
    assert (tmp_path / "build" / "deep").is_symlink()
    with pytest.raises(FileConflict, match=r"\(include_subdirs …\) cannot be combined with the project's dist/dune"):
        plan("4.11").write(tmp_path / "other", sources=tmp_path)
    (tmp_path / "dune.user").unlink()
    with pytest.raises(InvalidModule, match="cannot be combined with the project's dist/dune"):
        plan("4.11", stanzas=["(include_subdirs unqualified)"]).write(tmp_path / "other", sources=tmp_path)


def test_stanzas_are_called_so_and_not_by_a_module(tmp_path: Path) -> None:
    lay(tmp_path, {"unikernel.ml": "let start _ = ()\n"})
    table = stanzas('(rule (targets a.ml) (action (write-file a.ml "")))', sources=["nowhere/"])  # here
    plan = v4.register("x", [v4.main("Unikernel", job, deps=[table], packages=[package("astring")])]).plan()
    assert "stanzas" in [node.module for node in plan.devices]
    assert not any("Stdlib" in text for text in (plan.draw("mermaid"), plan.draw("dot"), str(plan.to_json())))
    with pytest.warns(functoria.errors.FunctoriaWarning, match="^stanzas reads nowhere/") as told:
        plan.write(tmp_path)
    (place,) = told[0].message.locations  # type: ignore[union-attr]  # FunctoriaWarning has them
    assert Path(__file__).read_text().splitlines()[place.line - 1].endswith("# here")
