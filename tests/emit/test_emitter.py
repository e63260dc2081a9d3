"""A root device defines which files there are, and a file knows what each of its lines was made for."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import mirage_devices
from functoria import App, Device, Info, Key, Main, Node, Plan, arg, foreign, job, package, register
from functoria.emit.emitter import File, Piece, emit
from functoria.errors import DeviceError, InvalidName, Unsupported
from functoria.graph.context import Context
from functoria.graph.graph import Graph
from functoria.graph.resolve import Resolution
from functoria.graph.survey import Survey
from functoria.project.origin import origin, origins
from functoria.term import Interner
from functoria.testing import check
from tests import recorded

PLANNED = [case for case in recorded.cases() if recorded.facts(case[0])[case[1]]["status"] == "ok"]


def bill(info: Info) -> Mapping[str, str]:
    """A bill of materials, written as if outside of the library."""
    parts = [
        {"type": "library", "name": wanted.name, "range": str(wanted.bounds), "libraries": list(wanted.libraries)}
        for wanted in info.packages
    ]
    return {"bom.json": json.dumps({"application": info.title, "components": parts}, indent=2) + "\n"}


class Billed(mirage_devices.Mirage):
    emitters = (*mirage_devices.Mirage.emitters, bill)


@pytest.mark.parametrize("target", mirage_devices.TARGETS)
def test_a_catalogue_takes_a_root_with_an_emitter_more(target: str) -> None:
    main = foreign("Unikernel", job, packages=[package("duration", min="1.0")])
    plain, billed = (mirage_devices.register("x", [main], main=root) for root in (mirage_devices.Mirage, Billed))
    files = billed.plan(target=target).files()
    found = json.loads(files.pop("bom.json"))
    assert files == plain.plan(target=target).files()
    assert {"type": "library", "name": "duration", "range": '{>= "1.0"}', "libraries": ["duration"]} in found[
        "components"
    ]
    assert [part["name"] for part in found["components"]] == [p.name for p in billed.plan(target=target).packages]
    check(billed.plan(target=target))


def test_two_emitters_that_claim_one_name() -> None:
    def second(info: Info) -> dict[str, str]:
        return {"Makefile": "all:\n"}

    class Twice(Main):
        emitters = (*Main.emitters, second)

    with pytest.raises(
        DeviceError, match=r"Twice .*claim the name Makefile: functoria.emit.makefile.emit and .*second"
    ):
        register("x", [foreign("Unikernel", job)], main=Twice).plan().files()


def test_two_devices_whose_files_differ_are_both_shown() -> None:
    class Adding(Device[Any]):
        type = job
        module = "Stdlib"

        def __init__(self, text: str) -> None:
            self.text = text

        def files(self, info: Info) -> dict[str, str]:
            return {"a.txt": self.text}

    one, two = Adding("1\n"), Adding("2\n")
    with pytest.raises(DeviceError, match=r"claim the name a\.txt: one is of Adding, the other of Adding") as caught:
        register("x", [one, two]).plan().files()
    assert caught.value.locations == (one.location, two.location)
    same = register("x", [one, Adding("1\n")]).plan().files()
    assert same["a.txt"] == "1\n"


def _reachable(start: object) -> Iterator[object]:
    """Yield `start` and everything reachable from it, except for code: classes, functions and modules."""
    pending, seen = [start], {id(start)}
    while pending:
        thing = pending.pop()
        yield thing
        for other in gc.get_referents(thing):
            if id(other) not in seen and not isinstance(other, (type, FunctionType, ModuleType)):
                seen.add(id(other))
                pending.append(other)


@pytest.mark.parametrize("case", PLANNED[::7], ids="@".join)
def test_no_emitter_sees_anything_but_info_and_the_graph(case: tuple[str, str]) -> None:
    """Nothing of planning can be reached from `Info`, and each emitter gives the same result for a new one."""
    app = recorded.application(case[0])
    plan = app.plan(recorded.context(*case))
    assert plan.files()  # so that everything cached is there
    classes = {type(thing) for thing in _reachable(plan.info)}
    assert {Info, Graph, Node} <= classes
    assert {each.__qualname__ for each in classes if each.__module__.startswith("functoria.plan")} == set()
    assert classes.isdisjoint({App, Plan, Context, Survey, Resolution, Interner})
    elsewhere = evolve(plan.info)  # with nothing cached
    for emitter in elsewhere.root.emitters:
        assert emitter(elsewhere) == emitter(plan.info)
    assert emit(elsewhere) == plan.contents


@pytest.mark.parametrize(
    ("made", "error", "message"),
    [
        (None, DeviceError, "must return a mapping"),
        ({"x": 3}, DeviceError, "must give text or a File"),
        ({"../x": "text"}, InvalidName, "not a name for a file"),
        ({"/x": "text"}, InvalidName, "not a name for a file"),
        ({"x": "\ud800"}, InvalidName, "not text that a file can hold"),
        ({"main.ml/x": "text"}, DeviceError, "inside of main.ml, which is a file"),
        ({"main.ml/x/y/z": "text"}, DeviceError, "inside of main.ml, which is a file"),
        ({"a/b": "text", "a/b/c/d": "text"}, DeviceError, "inside of a/b, which is a file"),
    ],
)
def test_an_emitter_that_gives_what_it_must_not(made: Any, error: type[Exception], message: str) -> None:
    class Wrong(Main):
        emitters = (*Main.emitters, lambda info: made)

    with pytest.raises(error, match=message):
        register("x", [foreign("Unikernel", job)], main=Wrong).plan().files()


@pytest.mark.parametrize(
    ("emitters", "named"), [(None, "None"), ((*Main.emitters, 3), "3"), (bill, r"tests\.emit\.test_emitter\.bill")]
)
def test_emitters_that_are_not_a_tuple_of_functions(emitters: Any, named: str) -> None:
    wrong = type("Wrong", (Main,), {"emitters": emitters})
    with pytest.raises(DeviceError, match=rf"emitters of Wrong .*must be a tuple of functions, .* not {named}\n"):
        register("x", [foreign("Unikernel", job)], main=wrong).plan().files()


def _mappings(thing: object) -> Iterator[Mapping[Any, Any]]:
    """Yield the mappings in the public attributes of `thing`, including those in tuples."""
    for name in dir(thing):
        if not name.startswith("_"):
            pending = [getattr(thing, name)]
            while pending:
                value = pending.pop()
                if isinstance(value, Mapping):
                    yield value
                elif isinstance(value, tuple):
                    pending += value


@pytest.mark.parametrize("case", PLANNED[::11], ids="@".join)
def test_nothing_that_emitters_and_devices_are_told_can_be_changed(case: tuple[str, str]) -> None:
    """Therefore a plan depends on nothing but its application and its context."""
    plan = recorded.application(case[0]).plan(recorded.context(*case))
    files = plan.files()
    told = [*_mappings(plan.info), *_mappings(plan.context), plan.values, plan.contents]
    assert len(told) > 5
    for mapping in told:
        changes: list[Any] = [
            lambda changed: changed.__setitem__("target", "x"),
            lambda changed: changed.__delitem__("target"),
            lambda changed: changed.update(target="x"),
            lambda changed: changed.clear(),
            lambda changed: changed.pop("target"),
            lambda changed: changed.popitem(),
            lambda changed: changed.setdefault("another", "x"),
            lambda changed: changed.__ior__({"target": "x"}),
        ]
        for change in changes:
            with pytest.raises((TypeError, AttributeError)):
                change(mapping)
    assert plan.files() == files


def test_an_emitter_that_fails() -> None:
    def failing(info: Info) -> dict[str, str]:
        raise KeyError("no such thing")

    class Failing(Main):
        emitters = (failing,)

    with pytest.raises(DeviceError, match=r"failing of Failing .*failed: KeyError: 'no such thing'"):
        register("x", [foreign("Unikernel", job)], main=Failing).plan().files()


class Bringing(Device[Any]):
    """A device with a key, a package, a file and a rule."""

    type = job
    module = "Unikernel"
    keys = (Key.opt("greeting", arg.string, default="hi"),)
    packages = (package("duration"),)

    def files(self, info: Info) -> dict[str, str]:
        return {"extra.ml": "let one = 1\nlet two = 2\n"}

    def rules(self, info: Info) -> Any:
        return [("rule", ("targets", "made.txt"), ("action", ("write-file", "made.txt", "x")))]


def test_every_generated_file_knows_where_its_lines_come_from() -> None:
    device = Bringing()
    plan = register("x", [device]).plan()
    lines = {name: text.splitlines() for name, text in plan.files().items()}

    def who(file: str, wanted: str) -> str | None:
        made = origin(plan, file, next(n for n, line in enumerate(lines[file], 1) if wanted in line))
        return None if made is None else made.what

    assert who("main.ml", "Printexc") is None
    assert who("main.ml", "let bringing") == "the device Unikernel"
    assert who("extra.ml", "two") == "the device Unikernel"
    assert who("dune", "made.txt") == "the device Unikernel"
    assert who("dune", "executable") is None
    assert who("key_gen.ml", "let greeting ()") == "the key greeting"
    assert who("x.opam", '"duration"') == "the package duration"
    said = 'File "./extra.ml", line 2, characters 0-1:\nFile "dune", line 99:\nFile "x.opam", line 1:\nFile "other.ml", line 1:\n'
    assert [(made.file, made.line) for made in origins(plan, said)] == [("extra.ml", 2)]
    assert origins(plan, said)[0].location == device.location


def test_a_program_without_a_key_module() -> None:
    class Configured(Main):
        key_module = None

    class Calling(Bringing):
        def connect(self, info: Info, module: str, values: Any) -> str:
            return f"print_endline {self.keys[0].call}"

    class Asking(Bringing):
        def connect(self, info: Info, module: str, values: Any) -> str:
            return f"print_endline {info.call(self.keys[0])}"

    plan = register("x", [Bringing()], main=Configured).plan(greeting="ho")
    assert "key_gen.ml" not in plan.files()
    assert plan.values["greeting"] == "ho"
    check(plan)
    with pytest.raises(DeviceError, match="does not read keys when it runs"):
        register("x", [Calling()], main=Configured).plan().files()
    with pytest.raises(Unsupported, match="only when it is configured"):
        register("x", [Asking()], main=Configured).plan().files()
    assert '"print_endline (Key_gen.greeting ())"'[1:-1] in register("x", [Asking()]).plan().files()["main.ml"]


def test_what_the_root_says_of_dune_and_of_the_program() -> None:
    class Other(Main):
        dune_language = "2.9"

        def executable(self, info: Info) -> str:
            return "other"

    files = register("x", [foreign("Unikernel", job)], main=Other).plan().files()
    assert files["dune-project"].startswith("(lang dune 2.9)\n; Made by functoria")
    assert "other.ml" in files
    assert "main.ml" not in files
    assert "(name other)" in files["dune"]
    assert "other.exe" in files["dune"]


def test_files_are_equal_by_what_is_written() -> None:
    assert File.of([Piece("a"), Piece("b\n", None)]) == File("ab\n")
    assert File("a") != File("a", executable=True)
    assert File.of([Piece("a\n", None)]).source(1) is None
    assert File("a").source(1) is None


@given(
    st.lists(st.tuples(st.text(st.sampled_from("ab\n"), max_size=4), st.sampled_from([None, "x", "y"])), max_size=150),
    st.booleans(),
)
def test_a_file_knows_of_each_line_what_it_was_made_for(parts: list[tuple[str, Any]], executable: bool) -> None:
    file = File.of((Piece(*part) for part in parts), executable=executable)
    assert file == File("".join(text for text, _ in parts), executable)
    by_character = [source for text, source in parts for _ in text]
    assert [piece.source for piece in file.pieces for _ in piece.text] == by_character
    assert "".join(piece.text for piece in file.pieces) == file.text
    ends = [at for at, char in enumerate(file.text) if char == "\n"]
    # An error at the end of the text belongs to its last part.
    sources = [by_character[at] for at in (*ends, -1)] if file.text else [None]
    assert [file.source(line) for line in range(1, len(ends) + 3)] == [*sources, None]


def test_a_file_holds_its_text_once() -> None:
    sources: list[Any] = [object() for _ in range(1_000)]
    gc.collect()
    tracemalloc.start()
    try:
        file = File.of(Piece(f"{number}\n" * 50, source) for number, source in enumerate(sources))
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(file.text) < held < 1.5 * len(file.text)
