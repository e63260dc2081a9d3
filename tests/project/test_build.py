"""Building: devices before dune, in order; dune's output passed through; errors that name what a line was made for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from functoria import BuildInfo, Device, Info, Job, Key, Main, Package, Plan, arg, foreign, job, noop, package, register
from functoria.errors import BuildError
from functoria.location import in_library
from functoria.progress import steps, working
from functoria.project.build import build, clean
from functoria.project.origin import origin, origins
from tests import recorded
from tests.tools import need, run


@frozen(repr=False)
class Plain(Main):
    """A program that uses only the standard library."""

    own_packages = ()


@frozen
class Step(Device[Job]):
    """A device that records when it is built."""

    name: str
    after: tuple[Any, ...] = ()
    code: str = "return ()"

    type = job
    module = "Stdlib"

    @property
    def deps(self) -> tuple[Any, ...]:
        return self.after

    def connect(self, info: Info, module: str, values: Any) -> str:
        return self.code

    def build(self, info: BuildInfo) -> None:
        with (info.build_dir / "steps.txt").open("a") as file:
            file.write(f"{self.name}\n")

    def clean(self, info: BuildInfo) -> None:
        (info.build_dir / "steps.txt").unlink(missing_ok=True)


def plan_of(*jobs: Any, **more: Any) -> Plan:
    return register("steps", list(jobs), main=Plain, **more).plan()


def test_devices_are_built_in_order_and_then_dune_runs(tmp_path: Path) -> None:
    need("dune", "ocamlfind")
    first = Step("first")
    plan = plan_of(Step("third", (Step("second", (first,)),)), first)
    plan.write(tmp_path)
    result = build(tmp_path, plan)
    assert result == tmp_path / "steps"
    assert (tmp_path / "steps.txt").read_text().split() == ["first", "second", "third"]
    assert result.exists()
    clean(tmp_path, plan)
    assert [path.name for path in tmp_path.iterdir()] == []


def test_the_result_may_be_called_otherwise(tmp_path: Path) -> None:
    need("dune", "ocamlfind")
    plan = plan_of(Step("only"), output="my-app.bin")
    plan.write(tmp_path)
    assert build(tmp_path, plan) == tmp_path / "my-app.bin"
    assert (tmp_path / "my-app.bin").exists()


def test_a_mistake_in_the_code_of_a_device_names_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    need("dune", "ocamlfind")
    wrong = Step("wrong", code='"no" + 1')  # here
    line = sys._getframe().f_lineno - 1
    plan = plan_of(Step("right"), wrong)
    plan.write(tmp_path)
    with pytest.raises(BuildError) as caught:
        build(tmp_path, plan)
    assert "This expression has type string" in capfd.readouterr().err
    assert f"is made for the device Stdlib, of {caught.value.locations[0]}" in str(caught.value)
    assert (caught.value.locations[0].file, caught.value.locations[0].line) == (__file__, line)


class Bringing(Device[Job]):
    """A device with files and rules of its own, whose code uses what they make."""

    type = job
    module = "Stdlib"

    def __init__(self, code: str, files: dict[str, str], rules: Sequence[Any] = (), packages: Sequence[Package] = ()):
        self.code, self.texts, self.added, self.own = code, tuple(files.items()), tuple(rules), tuple(packages)

    @property
    def packages(self) -> tuple[Package, ...]:
        return self.own

    def files(self, info: Info) -> dict[str, str]:
        return dict(self.texts)

    def rules(self, info: Info) -> Sequence[Any]:
        return self.added

    def connect(self, info: Info, module: str, values: Any) -> str:
        return self.code


GRAMMAR = "%token A\n%start main\n%type <int> main\n%%\n"
MISTAKES: dict[str, tuple[str, Any]] = {
    "a type": ("extra.ml line 2", lambda: Bringing("Extra.x", {"extra.ml": "\nlet x = 1 + true\n"})),
    "no line end": ("extra.ml line 1", lambda: Bringing("Extra.x", {"extra.ml": "let x = 1 + true"})),
    "the end of the file": ("extra.ml line 2", lambda: Bringing("Extra.x", {"extra.ml": "let x = (1 +\n"})),
    "an interface": (
        "extra.mli line 1",
        lambda: Bringing("Extra.x", {"extra.mli": "val x : int\n", "extra.ml": 'let x = ""\n'}),
    ),
    "a lexer": (
        "lex.mll line 2",
        lambda: Bringing("Lex.t", {"lex.mll": "rule t = parse\n | 'a' { 1 + true }\n"}, [("ocamllex", "lex")]),
    ),
    "a grammar": (
        "gram.mly line 5",
        lambda: Bringing("Gram.main", {"gram.mly": f"{GRAMMAR}main: A {{ 1 "}, [("ocamlyacc", "gram")]),
    ),
    "a stanza": ("dune line", lambda: Bringing("()", {}, [("rule", ("targets", "a"), ("deed", "none"))])),
    "what a rule makes": (
        "made.ml line 1",
        lambda: Bringing(
            "Made.x", {}, [("rule", ("targets", "made.ml"), ("action", ("write-file", "made.ml", "let x = 1 + true")))]
        ),
    ),
    "a library": (
        "the library no-such-library comes with the package no-such-library,",
        lambda: Bringing("()", {}, packages=[package("no-such-library")]),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_any_generated_file_is_shown_at_the_line_of_its_device(
    tmp_path: Path, mistake: str, capfd: pytest.CaptureFixture[str]
) -> None:
    need("dune", "ocamlfind")
    said, make = MISTAKES[mistake]
    device = make()
    plan = plan_of(Step("right"), device)
    plan.write(tmp_path)
    with pytest.raises(BuildError) as caught:
        build(tmp_path, plan)
    assert capfd.readouterr().err
    (place,) = {each for each in caught.value.locations if each is not None}
    assert place.file == __file__
    assert place.line == device.location.line
    assert said in str(caught.value)
    assert f"of {place}" in str(caught.value)


def test_a_compiler_of_c_names_its_places_otherwise() -> None:
    device = Bringing("()", {"stub.c": "\nint f(void) { return g; }\n", "stub.h": "int f(void);\n"})
    plan = plan_of(device)
    said = (
        "stub.c: In function 'f':\nstub.c:2:23: error: 'g' undeclared\n"
        "In file included from other.c:1:\nstub.h:1:1: warning: x\nunknown.c:1:1: error: y\n"
    )
    assert [(each.file, each.line) for each in origins(plan, said)] == [("stub.c", 2), ("stub.h", 1)]


@pytest.mark.parametrize("case", [("network", "hvt"), ("conduit_server", "unix"), ("tracing", "xen")], ids="@".join)
def test_lines_for_devices_of_the_catalogue_are_shown_where_the_user_uses_them(case: tuple[str, str]) -> None:
    """Every line of a generated file that has an origin is attributed to the configuration."""
    plan = recorded.application(case[0]).plan(recorded.context(*case))
    found = [
        made
        for name, file in plan.contents.items()
        for line in range(1, file.text.count("\n") + 1)
        if (made := origin(plan, name, line)) is not None
    ]
    assert {name for name in plan.contents if name.endswith(".ml")} <= {made.file for made in found}
    assert [made for made in found if made.location is None or in_library(made.location)] == []


def test_a_configuration_that_has_changed_since_is_told_and_not_blamed(tmp_path: Path) -> None:
    need("dune", "ocamlfind")
    plan_of(Step("right"), Step("wrong", code='"no" + 1')).write(tmp_path)
    mended = plan_of(Step("one more"), Step("right"), Step("other"))
    message = r"^main\.ml: out of date with the configuration"
    with pytest.warns(UserWarning, match=message) as told, pytest.raises(BuildError) as caught:
        build(tmp_path, mended)
    assert len(told) == 1
    assert "is made for" not in str(caught.value)
    mended.write(tmp_path)
    assert build(tmp_path, mended).exists()


def test_every_line_of_generated_code_is_a_device_s_or_a_key_s() -> None:
    greeting = Key.opt("greeting", arg.string, default="two\nlines")
    main = foreign("Unikernel.Main", job >> job, keys=[greeting]) @ Step("inner", code="let x = 1 in\n  return x")
    plan = plan_of(main)
    files = plan.files()
    found: dict[str, set[str]] = {"main.ml": set(), "key_gen.ml": set()}
    for name, whats in found.items():
        for number, text in enumerate(files[name].splitlines(), 1):
            made = origin(plan, name, number)
            if made is not None:
                assert (made.file, made.line) == (name, number)
                whats.add(made.what)
                if "Unikernel" in text:
                    assert made.what == "the device Unikernel.Main(Stdlib)"
                if "return x" in text:
                    assert made.what == "the device Stdlib"
    assert found == {
        "main.ml": {"the device Unikernel.Main(Stdlib)", "the device Stdlib"},
        "key_gen.ml": {"the key greeting"},
    }
    assert origin(plan, "main.ml", 10_000) is None


def test_origins_are_read_from_what_compilers_print() -> None:
    plan = plan_of(Step("one"), Step("two"))
    lines = plan.files()["main.ml"].splitlines()
    at = 1 + next(number for number, line in enumerate(lines) if line.startswith("let two"))
    told = f'File "main.ml", line {at}, characters 1-2:\nFile "main.ml", line {at}:\nFile "other.ml", line 1:\n'
    (made,) = origins(plan, told + 'File "./main.ml", lines 1-2, characters 0-1:\n')
    assert (made.file, made.line, made.what) == ("main.ml", at, "the device Stdlib")


class Terminal:
    """A standard error that may be a terminal."""

    def __init__(self, tty: bool) -> None:
        self.tty, self.text = tty, ""

    def isatty(self) -> bool:
        return self.tty

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Do nothing, because nothing is buffered."""


@pytest.mark.parametrize("kind", ["xterm", "dumb"])
@pytest.mark.parametrize("tty", [True, False])
def test_progress_is_shown_on_a_terminal(kind: str, tty: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", kind)
    terminal = Terminal(tty)
    monkeypatch.setattr(sys, "stderr", terminal)
    moving = tty and kind != "dumb"
    with working("dune build in [here]"):
        pass
    assert ("dune build in [here] …" in terminal.text) == moving
    assert list(steps(range(3), "planning [all]", 3)) == [0, 1, 2]
    assert ("planning [all]" in terminal.text and "3/3" in terminal.text) == moving
    assert bool(terminal.text) == moving


@pytest.mark.parametrize("tty", [False, True])
def test_what_is_printed_meanwhile_goes_where_it_is_sent(tty: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    out, terminal = Terminal(tty), Terminal(True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", terminal)
    for number in steps(range(3), "asking", 3):
        print(f"told {number}")
    told = "told 0\ntold 1\ntold 2\n"
    assert out.text == ("" if tty else told)
    assert [f"told {number}" in terminal.text for number in range(3)] == [tty] * 3


def test_make_builds_and_cleans_here_also_inside_of_another_project(tmp_path: Path) -> None:
    need("dune", "ocamlfind", "make")
    (tmp_path / "dune-project").write_text("(lang dune 1.1)\n")
    (tmp_path / "other.ml").write_text("this is no OCaml")
    (tmp_path / "dune").write_text("(executable (name other))\n")
    project = tmp_path / "unikernels" / "plain"
    register("plain", [noop], main=Plain).plan().write(project)
    run("make", cwd=project)
    assert (project / "plain").exists()
    assert not (tmp_path / "_build").exists()
    run("make", "clean", cwd=project)
    assert not (project / "plain").exists()


def test_a_program_that_is_not_there_is_told_with_how_it_comes(tmp_path: Path) -> None:
    need("dune")
    rule = ("rule", ("targets", "table.ml"), ("action", ("run", "no-such-program-here", "-o", "table.ml")))
    plan = plan_of(Bringing("Table.x", {}, [rule]))
    plan.write(tmp_path)
    with pytest.raises(BuildError, match="no-such-program-here is not installed: make depend installs"):
        build(tmp_path, plan)


@pytest.mark.parametrize("program", ["dune", "no-such-program"])
def test_a_dune_that_is_not_there(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_of(foreign("Unikernel", job))
    plan.write(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match=f"{program} is not installed: opam install dune"):
        build(tmp_path, plan, dune=(program,))
