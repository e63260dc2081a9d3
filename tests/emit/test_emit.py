"""The files of every recorded configuration and target can be read by the real tools, and are the same everywhere."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from attrs import frozen

import functoria
from functoria import Device, Info, Job, Key, Main, Plan, arg, foreign, if_impl, job, package
from functoria.emit.emitter import HEADER
from mirage_devices import console, custom_console, default_console, default_time, register, time
from mirage_devices.v3.targets import TARGETS
from tests import recorded
from tests.tools import need, run

# What is recorded is planned without its data.
pytestmark = pytest.mark.filterwarnings("ignore:.*which is not beside the configuration")

CASES = [case for case in recorded.cases() if recorded.facts(case[0])[case[1]]["status"] == "ok"]
ROOT = Path(__file__).parents[2]


@cache
def plan_of(name: str, target: str) -> Plan:
    return recorded.application(name).plan(recorded.context(name, target))


def files_of(case: tuple[str, str]) -> Mapping[str, str]:
    return plan_of(*case).files()


def called(case: tuple[str, str]) -> str:
    return re.sub(r"\W", "_", "-".join(case))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a project for each case."""
    directory = tmp_path_factory.mktemp("written")
    for case in CASES:
        plan_of(*case).write(directory / called(case))
    return directory


def digest(cases: list[tuple[str, str]]) -> dict[str, str]:
    """Return a digest of the files of each case, in order."""
    return {
        called(case): hashlib.sha256(json.dumps(list(files_of(case).items())).encode()).hexdigest() for case in cases
    }


def test_every_record_but_the_errors_is_a_case() -> None:
    assert len(CASES) == 136
    assert len({called(case) for case in CASES}) == len(CASES)


def test_the_real_ocaml_parses_every_module(written: Path) -> None:
    need("ocamlc")
    modules = sorted(written.glob("*/*.ml"))
    assert len(modules) == 2 * len(CASES)
    run(
        "ocamlc",
        "-w",
        "+a",
        "-warn-error",
        "+a",
        "-stop-after",
        "parsing",
        *(word for m in modules for word in ("-impl", m)),
    )


def test_the_real_dune_reads_every_project(written: Path, tmp_path: Path) -> None:
    """All projects are in one workspace, without the opam files, whose names clash; the libraries need not exist."""
    need("dune")
    for case in CASES:
        (tmp_path / called(case)).mkdir()
        for name, text in files_of(case).items():
            if not name.endswith(".opam"):
                (tmp_path / called(case) / name).write_text(text)
    command = ("external-lib-deps", "--unstable-by-dir", "--sexp", "@default")
    done = run("dune", *command, "--root", ".", cwd=tmp_path)
    assert done.stderr.strip() == ""
    for case in CASES:
        entry = re.search(rf"\({re.escape(called(case))}\s+\(((?:\s*\(\S+ required\))*)", done.stdout)
        assert entry is not None, called(case)
        libraries = set(re.findall(r"\((\S+) required\)", entry.group(1)))
        assert libraries == set(plan_of(*case).libraries)


def test_opam_warns_of_nothing_in_any_package(written: Path) -> None:
    need("opam")
    files = sorted(written.glob("*/*.opam"))
    assert len(files) == len(CASES)
    assert run("opam", "lint", *files).stdout.splitlines() == [f"{file}: Passed." for file in files]


def scripts(written: Path) -> Iterator[Path]:
    """Return one script for each distinct content."""
    found = {path.read_bytes(): path for path in sorted(written.rglob("*")) if path.suffix in (".sh", ".xe")}
    return iter(found.values())


def test_scripts_are_ones_for_the_shell(written: Path) -> None:
    need("sh", "shellcheck")
    found = list(scripts(written))
    assert {path.suffix for path in found} == {".sh", ".xe"}
    for path in found:
        assert path.read_text().startswith("#!/bin/sh\n")
        run("sh", "-n", path)
    run("shellcheck", "--shell=sh", *found)


def test_scripts_that_users_run_are_executable(written: Path) -> None:
    found = list(written.glob("*/*.xe"))
    assert found
    assert all(os.access(path, os.X_OK) for path in found)
    assert not any(path.stat().st_mode & 0o111 for path in written.glob("*/*.ml"))


def test_domains_of_libvirt_are_xml(written: Path) -> None:
    found = list(written.glob("*/*.xml"))
    assert {target for _, target in CASES if target in ("xen", "virtio")} == {"xen", "virtio"}
    assert len(found) == len([target for _, target in CASES if target in ("xen", "virtio")])
    for path in found:
        root = ElementTree.parse(path).getroot()
        name = root.findtext("name")
        assert path.name == f"{name}_libvirt.xml"
        assert root.get("type") in ("xen", "kvm")
        assert (root.findtext("os/kernel") or "").rpartition("/")[2].startswith(f"{name}.")


@pytest.mark.parametrize("case", CASES, ids=called)
def test_names_in_the_program_are_unique(case: tuple[str, str]) -> None:
    main, keys = files_of(case)["main.ml"], files_of(case)["key_gen.ml"]
    values = re.findall(r"^let (\w+) = lazy \($", main, re.MULTILINE)
    modules = re.findall(r"^module (\w+) = ", main, re.MULTILINE)
    functions = re.findall(r"^let (\w+) \(\) =", keys, re.MULTILINE)
    assert len(values) == len(plan_of(*case).devices)
    assert len(functions) == len(plan_of(*case).keys)
    for names in (values, modules, functions):
        assert len(set(names)) == len(names)
    assert set(re.findall(r"Lazy\.force (\w+)", main)) <= set(values)


def test_the_same_input_gives_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    here = digest(CASES)
    program = "import json, sys; from tests.emit import test_emit as t; print(json.dumps(t.digest(t.CASES[::-1])))"
    for seed in ("1", "2"):
        there = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": str(ROOT),
                "HOME": str(tmp_path),
                "TZ": "Asia/Tokyo",
            },
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(there.stdout) == here


@pytest.mark.parametrize("case", CASES, ids=called)
def test_no_file_names_a_path_of_this_machine(case: tuple[str, str]) -> None:
    own = {str(ROOT), os.getcwd(), sys.prefix, str(Path.home()), os.environ.get("TMPDIR", "/tmp")} - {"/"}
    for name, text in files_of(case).items():
        for path in own:
            assert not re.search(rf"(?<![\w.]){re.escape(path)}(?![\w-])", text), (name, path)


@pytest.mark.parametrize("case", CASES, ids=called)
def test_files_are_text_that_ends_in_a_line(case: tuple[str, str]) -> None:
    for name, text in files_of(case).items():
        assert text.endswith("\n"), name
        assert not re.search(r"[ \t]$", text, re.MULTILINE), name
        assert "\r" not in text


@pytest.mark.parametrize("case", CASES, ids=called)
def test_the_package_has_the_bounds_and_pins_of_the_plan(case: tuple[str, str]) -> None:
    plan = plan_of(*case)
    (name,) = (name for name in files_of(case) if name.endswith(".opam"))
    text = files_of(case)[name]
    assert name == f"mirage-unikernel-{plan.app.name}-{case[1]}.opam"
    assert f'name: "{name.removesuffix(".opam")}"\n' in text
    assert 'opam-version: "2.0"\n' in text
    depends = re.search(r"^depends: \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert depends is not None
    assert [line.strip().replace('"', "", 2) for line in depends.group(1).splitlines()] == [
        str(p) for p in plan.packages
    ]
    pins = re.findall(r'^  \["([^"]+)\.dev" "([^"]+)"\]$', text, re.MULTILINE)
    assert pins == [(p.name, p.pin) for p in plan.packages if p.pin is not None]
    assert ("pin-depends" in text) == bool(pins)


@pytest.mark.parametrize("case", CASES, ids=called)
def test_the_language_of_dune_is_that_of_its_time(case: tuple[str, str]) -> None:
    assert files_of(case)["dune-project"].splitlines() == ["(lang dune 1.1)", f"; {HEADER}"]


@frozen(repr=False)
class Advised(Main):
    """A root without packages of its own."""

    own_packages = ()

    def advice(self, info: Info) -> Sequence[str]:
        return ("It's in the $(archive)",)


def test_a_rule_that_several_devices_have_is_there_once() -> None:
    @frozen
    class Ruled(Device[Job]):
        number: int
        type = job
        module = "Ruled"

        def rules(self, info: Info) -> Sequence[Any]:
            return [("rule", ("targets", "shared"), ("action", ("write-file", "shared", "")))]

    dune = register("ruled", [Ruled(1), Ruled(2)]).plan().files()["dune"]
    assert dune.count("write-file shared") == 1


@pytest.mark.parametrize("target", TARGETS)
def test_debugging_where_it_does_nothing_is_warned_of(target: str) -> None:
    app = register("debugged", [foreign("Unikernel", job)])
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        app.plan(target=target, target_debug=True)
    assert [f"on the target {target}" in str(each.message) for each in said] == [True] * (target != "hvt")


@pytest.fixture(params=["make", "bmake"])
def make(request: pytest.FixtureRequest) -> str:
    """make: those of GNU and BSD."""
    need(request.param)
    return str(request.param)


def shown(make: str, directory: Path, *more: str, **context: object) -> str:
    """Return the commands that `make` would run for the targets `more`, in a project of hello."""
    recorded.application("hello").plan({"target": "hvt", **context}).write(directory)
    return run(make, "-n", *more, cwd=directory).stdout


@pytest.mark.parametrize("target", ["depend", "depends"])
def test_make_depend_installs_what_is_needed(target: str, make: str, tmp_path: Path) -> None:
    said = shown(make, tmp_path, target)
    assert said.index("opam depext --yes --update mirage-unikernel-hello-hvt") < said.index("\nopam install")
    assert "\nopam install -y --deps-only . ||" in said


@pytest.mark.parametrize("target", ["depend", "depends"])
def test_make_depend_without_depext(target: str, make: str, tmp_path: Path) -> None:
    assert shown(make, tmp_path, target, no_depext=True).startswith("opam install -y --deps-only . ||")


@pytest.mark.parametrize("release", [None, "mirage-types.3.2.9", "mirage-types.3.4.0", "mirage-types.3.3.0"])
def test_make_depend_says_where_releases_are_that_opam_does_not_have(
    release: str | None, make: str, tmp_path: Path
) -> None:
    need("opam")
    repository = tmp_path / "repository"
    for name in ("a.1", release):
        if name is not None:
            place = repository / "packages" / name.partition(".")[0] / name
            place.mkdir(parents=True)
            (place / "opam").write_text('opam-version: "2.0"\n')
    (repository / "repo").write_text('opam-version: "2.0"\n')
    project = tmp_path / "project"
    main = foreign("Unikernel", job, packages=[package("mirage-types", min="3.3.0", max="3.4.0")])
    functoria.register("plain", [main], main=Advised).plan().write(project)
    opam = {"OPAMROOT": str(tmp_path / "root"), "OPAMYES": "1", "OPAMCOLOR": "never"}
    quiet = ("--no-opamrc", "--no-setup", "--disable-sandboxing", "--bare")
    run("opam", "init", *quiet, "--kind", "local", "default", repository, **opam)
    run("opam", "switch", "create", "--empty", "empty", **opam)
    done = run(make, "depend", cwd=project, check=False, **opam)
    if release == "mirage-types.3.3.0":
        assert not done.returncode, done.stderr
        assert "archive" not in done.stdout + done.stderr
    else:
        assert done.returncode
        missing = "mirage-types<3.4.0" if release == "mirage-types.3.4.0" else "mirage-types>=3.3.0"
        assert f"opam has no release for {missing}\nIt's in the $(archive)\n" in done.stderr


@pytest.mark.parametrize("target", TARGETS)
def test_the_advice_names_the_archive_and_a_compiler(target: str) -> None:
    makefile = recorded.application("hello").plan(target=target).files()["Makefile"]
    assert "opam repository add archive --dont-select" in makefile
    assert f"ocaml-base-compiler.{'4.05.0' if target in ('xen', 'qubes') else '4.07.1'} " in makefile


@pytest.mark.parametrize(
    ("target", "runs"),
    [("all", "dune build --root .\n"), ("build", "dune build --root .\n"), ("clean", "dune clean --root .\n")],
)
def test_make_runs_dune(target: str, runs: str, make: str, tmp_path: Path) -> None:
    assert shown(make, tmp_path, target) == runs


def test_make_alone_builds(make: str, tmp_path: Path) -> None:
    assert shown(make, tmp_path) == "dune build --root .\n"


def test_targets_of_make_are_no_files(make: str, tmp_path: Path) -> None:
    for name in ("all-by-default", "all", "build"):
        (tmp_path / name).write_text("")
    assert shown(make, tmp_path) == "dune build --root .\n"


def test_make_runs_one_command_after_the_other(make: str, tmp_path: Path) -> None:
    (tmp_path / "Makefile.user").write_text(
        "DUNE = @echo dune\nall::\n\t@echo first\nbuild::\n\t@sleep 0.1; echo before\n"
    )
    shown(make, tmp_path)
    said = run(make, "-j", "4", cwd=tmp_path).stdout.splitlines()
    assert [line for line in said if not line.startswith("--- ")] == ["first", "before", "dune build --root ."]


def test_make_includes_what_the_user_adds(make: str, tmp_path: Path) -> None:
    (tmp_path / "Makefile.user").write_text(
        "DUNE = echo dune\nOPAM = echo opam\nbuild::\n\techo before\nmine:\n\techo mine\n"
    )
    assert shown(make, tmp_path, "mine") == "echo mine\n"
    assert shown(make, tmp_path, "build") == "echo before\necho dune build --root .\n"
    assert shown(make, tmp_path, "depend", no_depext=True).startswith("echo opam install -y --deps-only . ||")
    recorded.application("hello").plan(target="hvt").write(tmp_path)
    assert (tmp_path / "Makefile.user").exists()


def test_what_the_user_adds_is_no_default_goal(make: str, tmp_path: Path) -> None:
    (tmp_path / "Makefile.user").write_text("DUNE = echo dune\nmine:\n\techo mine\n")
    assert shown(make, tmp_path) == "echo dune build --root .\n"


def test_opam_builds_as_make_does(tmp_path: Path) -> None:
    for name, command in (("hello", '["dune" "build" "--root" "." "-j" jobs]'), ("block", '["functoria" "build"]')):
        files = recorded.application(name).plan(target="hvt").files()
        (opam,) = (text for file, text in files.items() if file.endswith(".opam"))
        assert f"build: {command}\n" in opam
        assert ("\n\t$(FUNCTORIA) build\n" in files["Makefile"]) == ("functoria" in command)


def test_make_leaves_to_functoria_what_dune_does_not_know(make: str, tmp_path: Path) -> None:
    recorded.application("block").plan(target="hvt").write(tmp_path)
    assert run(make, "-n", "all", cwd=tmp_path).stdout == "functoria build\n"
    assert run(make, "-n", "clean", cwd=tmp_path).stdout == "functoria clean --built\n"


def test_make_really_depends_builds_and_cleans(make: str, tmp_path: Path) -> None:
    """Uses tools that only print how they were called."""
    (tmp_path / "Makefile.user").write_text("DUNE = @echo dune\nOPAM = true && echo opam\n")
    shown(make, tmp_path)
    said = run(make, "-s", "depend", "build", "clean", cwd=tmp_path).stdout
    assert said.splitlines() == [
        "opam pin add -k path --no-action --yes mirage-unikernel-hello-hvt .",
        "opam depext --yes --update mirage-unikernel-hello-hvt",
        "opam pin remove --no-action mirage-unikernel-hello-hvt",
        "opam install -y --deps-only .",
        "dune build --root .",
        "dune clean --root .",
    ]


def test_clashing_names_are_numbered_in_order_of_the_graph() -> None:
    main = foreign("Unikernel.Main", console >> console >> console >> job)
    plan = register("many", [main(default_console, custom_console("1"), custom_console("0_"))]).plan(target="unix")
    text = plan.files()["main.ml"]
    values = re.findall(r'^let (\w+) = lazy \(\n  Console_unix.connect "(\w+)"', text, re.MULTILINE)
    assert values == [("console_0", "0"), ("console_1", "1"), ("console_0_", "0_")]
    same = foreign("Unikernel.Main", time >> job)
    again = foreign("Unikernel.Main", time >> job, packages=[package("more")])
    text = register("many", [same @ default_time, again @ default_time]).plan().files()["main.ml"]
    assert re.findall(r"^module (\w+) = Unikernel", text, re.MULTILINE) == ["Unikernel_main", "Unikernel_main1"]
    assert re.findall(r"^let (unikernel\w*) = lazy", text, re.MULTILINE) == ["unikernel_main", "unikernel_main1"]


class Shadowing(Device[Job]):
    """A device whose code uses names that could also be chosen for others."""

    type = job
    module = "Shadowing"

    def connect(self, info: object, module: str, values: object) -> str:
        return 'let unikernel = "time" in let key = unikernel in ignore key; return ()'


def test_names_are_none_that_code_of_devices_mentions() -> None:
    main = foreign("Unikernel", job)
    text = register("shadowed", [main, Shadowing()]).plan().files()["main.ml"]
    values = re.findall(r"^let (\w+) = lazy", text, re.MULTILINE)
    assert not {"unikernel", "key"} & set(values)
    assert {"unikernel1", "key1"} <= set(values)


def test_keys_come_out_by_stage() -> None:
    flag = Key.flag("loud")
    keys: list[Key[Any]] = [
        Key.opt("fixed", arg.int, default=-1, stage="configure"),
        Key.opt("late", arg.int, default=2, stage="run"),
        Key.opt("either", arg.list(arg.int), default=[1, -2]),
        Key.required("zone", arg.string),
        flag,
    ]
    loud = if_impl(flag.value, foreign("Loud", job), foreign("Quiet", job))
    plan = register("staged", [loud], keys=keys).plan(target="unix", either="3", loud=True)
    text = plan.files()["key_gen.ml"]
    assert "let fixed () = (-1)\n" in text
    assert "Functoria_runtime.Arg.opt Cmdliner.Arg.int (2)" in text
    assert "Functoria_runtime.Arg.opt (Cmdliner.Arg.list Cmdliner.Arg.int) [(3)]" in text
    assert "let loud () = Functoria_runtime.Key.get loud || true\n" in text
    assert "Functoria_runtime.Arg.key ?default:(None) Cmdliner.Arg.string" in text
    assert (
        'let runtime_keys = List.combine [either_t; late_t; logs_t; loud_t; zone_t] ["either"; "late"; "logs"; "loud"; "zone"]'
        in text
    )
