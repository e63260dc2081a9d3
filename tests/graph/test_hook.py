"""A device whose code fails, or returns an invalid result, causes an error that names it and its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from functoria import Device, Key, Plan, Value, arg, foreign, job, package, register
from functoria.emit.emitter import File
from functoria.errors import DeviceError, FunctoriaError, InvalidName, UnknownKey
from functoria.project.build import build, clean


def raising(*_: object) -> Any:
    raise KeyError("no such thing")


METHODS = ("configure", "files", "rules", "connect", "sources")
ATTRIBUTES = ("packages", "keys", "deps", "module", "name")
FAILING = [*((hook, raising) for hook in METHODS), *((hook, property(raising)) for hook in (*METHODS, *ATTRIBUTES))]
"""Hooks that are used in planning, emitting or writing; as methods, and as properties."""


def plan_of(device: Any) -> Plan:
    return register("app", [device]).plan()


def everything(device: Any, directory: Path) -> None:
    """Do everything that uses a device, except building."""
    plan = plan_of(device)
    assert plan.files()
    plan.write(directory / "build", sources=directory)


def broken(**attributes: Any) -> Any:
    """Return a device with these attributes."""
    return type("Broken", (Device,), {"type": job, "module": "Broken", **attributes})()


@pytest.mark.parametrize(("hook", "failing"), FAILING)
def test_a_hook_that_fails(hook: str, failing: Any, tmp_path: Path) -> None:
    device = broken(**{hook: failing})
    with pytest.raises(DeviceError, match=rf"^{hook} of Broken.* failed: KeyError: 'no such thing'") as caught:
        everything(device, tmp_path)
    assert caught.value.objects == (device,)
    assert caught.value.locations[0].file == __file__
    assert not (tmp_path / "build").exists()


WRONG: dict[str, tuple[str, Any, str]] = {
    "rules are none": ("rules", lambda *_: None, "must return a list of stanzas"),
    "rules are text": ("rules", lambda *_: "(rule)", "must return a list of stanzas"),
    "a rule holds a number": ("rules", lambda *_: [("rule", 3)], "not a stanza"),
    "a rule is an atom": ("rules", lambda *_: ["rule"], "not a stanza"),
    "a rule is text that does not end": ("rules", lambda *_: ["(rule"], "rules of Broken"),
    "a rule without brackets of its own": ("rules", lambda *_: ("rule", ("targets", "x")), "not a stanza"),
    "an empty rule": ("rules", lambda *_: [()], "not a stanza"),
    "files are none": ("files", lambda *_: None, "must return a mapping"),
    "a file is a number": ("files", lambda *_: {"x": 3}, "must give text or a File"),
    "a file of bytes": ("files", lambda *_: {"x": File(b"x")}, "must give text or a File"),  # type: ignore[arg-type]  # wrong on purpose
    "a file without a name": ("files", lambda *_: {3: "x"}, "must give text or a File"),
    "sources are none": ("sources", lambda *_: None, "must return a list of paths"),
    "sources are text": ("sources", lambda *_: "motto.txt", "must return a list of paths"),
    "a source is a number": ("sources", lambda *_: [3], "must give paths"),
    "keys are text": ("keys", ("x",), "must be a list of keys"),
    "keys are one key": ("keys", Key.flag("x"), "must be a list of keys"),
    "packages are text": ("packages", "lwt", "must be a list of packages"),
    "packages by a key are one": ("packages", Value.pure(package("lwt")), "must be a list of packages"),
    "deps are text": ("deps", ("x",), "must be a list of implementations"),
    "no code": ("connect", lambda *_: None, "must return OCaml code"),
    "a key that is not declared": ("connect", lambda *_: "return (Key_gen.port ())", "calls Key_gen.port"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_hook_that_gives_what_it_must_not(mistake: str, tmp_path: Path) -> None:
    hook, value, says = WRONG[mistake]
    with pytest.raises(DeviceError, match=says) as caught:
        everything(broken(**{hook: value}), tmp_path)
    assert "Broken" in caught.value.message
    assert caught.value.locations[0].file == __file__


def test_a_key_that_is_read_must_be_declared(tmp_path: Path) -> None:
    port = Key.opt("port", arg.int, default=80)

    class Reads(Device[Any]):
        type = job
        module = "Reads"

        def configure(self, info: Any) -> None:
            info.get(port)

    with pytest.raises(UnknownKey, match="port is read, but no device declares it"):
        plan_of(Reads())
    assert register("app", [Reads()], keys=[port]).plan()


def test_text_that_mentions_a_key_is_no_call() -> None:
    assert plan_of(broken(connect=lambda *_: 'return "Key_gen.port"')).files()


@pytest.mark.parametrize(
    "names", [["./main.ml"], ["a//b"], ["a/"], ["a", "a/b"], ["dune/x"], ["."], ["/x"], ["a/../b"]]
)
def test_names_of_files_that_are_one_or_in_the_way(names: list[str]) -> None:
    with pytest.raises((DeviceError, InvalidName), match=r"is not a name for a file|which is a file"):
        plan_of(broken(files=lambda *_: dict.fromkeys(names, ""))).files()


@pytest.mark.parametrize(
    ("files", "error"),
    [
        ({"../x": ""}, InvalidName),
        ({"Sub/": ""}, InvalidName),
        ({"a\nb": ""}, InvalidName),
        ({"a\ud800": ""}, InvalidName),
        ({"a": "\ud800"}, InvalidName),
        ({"main.ml/x": ""}, DeviceError),
        ({"a": "", "a/b": ""}, DeviceError),
    ],
)
def test_the_device_of_a_wrong_file_is_named(files: dict[str, str], error: type[FunctoriaError]) -> None:
    device = broken(files=lambda *_: files)
    with pytest.raises(error, match=r"Broken \(Broken\)") as caught:
        plan_of(device).files()
    assert device in caught.value.objects
    assert caught.value.locations == (device.location,)


@pytest.mark.parametrize("name", ["dune", "Makefile", "_build"])
def test_a_result_that_is_a_file_of_the_project(name: str) -> None:
    with pytest.raises(InvalidName, match=f"building would make {name}, which is"):
        register(name, [foreign("Unikernel", job)]).plan().files()


@pytest.mark.parametrize(("hook", "act"), [("build", build), ("clean", clean)])
def test_a_hook_of_building_that_fails(hook: str, act: Callable[..., object], tmp_path: Path) -> None:
    device = broken(**{hook: raising})
    plan = plan_of(device)
    plan.write(tmp_path)
    with pytest.raises(DeviceError, match=f"^{hook} of Broken"):
        act(tmp_path, plan)
