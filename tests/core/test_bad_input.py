"""Each mistake of a user raises a specific error, with its place and a remedy, and nothing is written."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

import functoria
from functoria import (
    Bounds,
    Device,
    FunctoriaError,
    Job,
    TypeMismatch,
    Version,
    errors,
    foreign,
    job,
    package,
)
from functoria.testing import check
from mirage_devices import (
    block,
    console,
    default_console,
    default_random,
    nocrypto_random,
    ramdisk,
    random,
)
from tests.mistakes import MISTAKES, plain, write


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_is_its_own_error(name: str, tmp_path: Path) -> None:
    found = MISTAKES[name]
    directory = tmp_path / "project"
    with pytest.raises(FunctoriaError) as caught:
        found.make(directory)
    error = caught.value
    assert type(error) is found.error
    assert isinstance(error, found.builtin)
    for words in found.says:
        assert words in error.message
    for kind in found.objects:
        assert any(isinstance(item, kind) for item in error.objects), error.objects
    assert error.objects
    assert not directory.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", [name for name, found in MISTAKES.items() if "# here" in inspect.getsource(found.make)]
)
def test_mistake_is_shown_where_it_was_made(name: str, tmp_path: Path) -> None:
    lines, first = inspect.getsourcelines(MISTAKES[name].make)
    here = [number for number, line in enumerate(lines, first) if line.rstrip().endswith("# here")]
    with pytest.raises(FunctoriaError) as caught:
        MISTAKES[name].make(tmp_path / "project")
    file = inspect.getfile(MISTAKES[name].make)
    # Classes shared by several mistakes mark the lines where they are wrong separately.
    said = [number for number, line in enumerate(Path(file).read_text().split("\n"), 1) if line.endswith("# said here")]
    places = [(place.file, place.line) for place in caught.value.locations]
    assert sorted(place for place in places if place not in [(file, line) for line in said]) == [
        (file, line) for line in here
    ]
    assert all(f"{Path(file).name}:{line}" in str(caught.value) for line in here)


def test_every_class_of_errors_derives_from_a_builtin() -> None:
    classes = [
        found for found in vars(errors).values() if isinstance(found, type) and issubclass(found, FunctoriaError)
    ]
    for found in set(classes) - {FunctoriaError}:
        builtin = found.__bases__[-1]
        assert builtin.__module__ == "builtins"
        assert builtin is not Exception
        assert found.__doc__


@pytest.mark.parametrize(
    "make", [lambda: Version(""), lambda: Version("1.0 "), lambda: Version("1/2"), lambda: Bounds(min="é")]
)
def test_malformed_version_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(errors.InvalidVersion, match="opam accepts letters, digits and"):
        make()


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "A..B",
        "a",
        "A.b",
        "A-B",
        "1A",
        "A B",
        "É",
        'A"',
        "A\n",
        "A (",
        "A ()",
        "(A)",
        "A (b)",
        "A (B))",
        "A (B) C",
        "'A",
        "A.'b",
        None,
        3,
    ],
)
def test_malformed_module_path_is_refused(path: Any) -> None:
    with pytest.raises(errors.InvalidModule, match="is not a module path: write capitalised names"):
        foreign(path, job)


@pytest.mark.parametrize("path", ["Unikernel'", "Unikernel'.Main", "A''.B'c"])
def test_a_module_may_have_primes(path: str) -> None:
    plan = functoria.register("x", [foreign(path, job), foreign("Unikernel", job)]).plan()
    check(plan)
    assert f"{path}.start" in plan.files()["main.ml"]


@pytest.mark.parametrize("path", ["Unikernel.Make (Foo)", "A.B(C.D (E)) (F)"])
def test_a_module_may_be_a_functor_applied(path: str) -> None:
    plan = functoria.register("x", [foreign(path, job)]).plan()
    check(plan)
    assert f"= {path}\n" in plan.files()["main.ml"]


@pytest.mark.parametrize("name", ["", "1", "-", "__", "a b", "a.b", "é", 'a"b', "a\nb", None, 3])
def test_malformed_package_name_is_refused(name: Any) -> None:
    with pytest.raises(errors.InvalidName, match="is not a package name: opam accepts"):
        package(name)


@pytest.mark.parametrize("pin", ["", "a b", "a\nb", "a\x00b", "a\tb", " ", 3, "\ud800"])
def test_malformed_pin_is_refused(pin: Any) -> None:
    with pytest.raises(errors.InvalidPackage, match="is not a URL or path"):
        package("tcpip", pin=pin)


def test_random_numbers_without_entropy_are_refused(tmp_path: Path) -> None:
    @frozen
    class Unseeded(Device[Job]):
        """A device that links nocrypto without seeding it."""

        type = job
        module = "Unseeded"
        packages = (package("nocrypto"),)

    with pytest.raises(errors.Unsupported, match="nocrypto"):
        write(tmp_path / "project", Unseeded())
    assert not (tmp_path / "project").exists()
    seeded = foreign("Unikernel", random >> job) @ nocrypto_random
    assert write(tmp_path / "project", Unseeded(), seeded)


def test_unwritable_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(errors.WriteError, match="cannot write to") as caught:
        write(tmp_path / "file" / "project", plain)
    assert isinstance(caught.value, OSError)
    assert tmp_path / "file" / "project" in caught.value.objects
    assert (tmp_path / "file").read_text() == "in the way"


def test_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "main.ml").write_text("let mine = ()\n")
    with pytest.raises(
        errors.FileConflict, match=r"main\.ml was not written by functoria.*move it away, or use --force"
    ) as caught:
        write(tmp_path, plain)
    assert isinstance(caught.value, FileExistsError)
    assert caught.value.objects == ("main.ml",)
    assert [path.name for path in tmp_path.iterdir()] == ["main.ml"]
    assert (tmp_path / "main.ml").read_text() == "let mine = ()\n"


def test_one_store_twice_is_no_mistake(tmp_path: Path) -> None:
    twice = foreign("Unikernel", block >> block >> job)(ramdisk("a"), ramdisk("a"))
    assert write(tmp_path / "project", twice, foreign("Other", console >> job) @ default_console)


def test_a_suggestion_needs_no_module_whose_import_is_prevented(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mirage_devices.prevented", None)
    with pytest.raises(TypeMismatch, match="such as default_console"):
        foreign("Unikernel", console >> job) @ default_random
