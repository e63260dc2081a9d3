"""Recorded unikernels for unix are compiled and linked, by dune and ocamlfind, with libraries that have the real ones' gaps."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from functoria import Impl, Plan, foreign, job
from functoria.errors import FunctoriaError
from functoria.main import executable
from functoria.sexp import stanza
from mirage_devices import default_network, default_random, etif, farp, register
from tests.catalogue_rows import ROWS
from tests.emit.test_closure import INVENTED
from tests.libraries import findlib
from tests.libraries.facts import V3
from tests.ocaml_runtime import Runtime
from tests.quick_builds import KEPT
from tests.recorded import application, cases, context
from tests.tools import run

# What is built here reads no data.
pytestmark = pytest.mark.filterwarnings("ignore:.*which is not beside the configuration")

_LWT = """arpv4:ARP block:BLOCK console:CONSOLE ethernet:ETHIF fs:FS icmpv4:ICMPV4 ipv4:IPV4 ipv6:IPV6 kv_ro:KV_RO mclock:MCLOCK
network:NETWORK pclock:PCLOCK random:RANDOM stackv4:STACKV4 tcpv4:TCPV4 tcpv6:TCPV6 time:TIME udpv4:UDPV4 udpv6:UDPV6"""
SIGNATURES = {
    **{type: f"Mirage_types_lwt.{name}" for type, name in (pair.split(":") for pair in _LWT.split())},
    "conduit": "Conduit_mirage.S",
    "http": "Cohttp_lwt.S.Server",
    "info": "sig end",
    "resolver": "Resolver_lwt.S",
}
"""The signatures that the configuration's types stand for. Devices of other types are only passed on as values."""


def _unikernel(plan: Plan) -> str:
    """Return code for the unikernel's own module of `plan`: a functor over its arguments, or only `start`."""
    (main,) = (node for node in plan.devices if str(node.device.module).startswith("Unikernel"))
    types = [str(type) for type in main.device.type.parameters]
    start = f"let start {'_ ' * (len(types) + len(main.device.deps))}= Lwt.return_unit"
    _, dot, name = main.device.module.partition(".")
    if not dot:
        return start.replace("start =", "start = ") + "\n"
    heads = " ".join(f"(_ : {SIGNATURES[type]})" for type in types)
    return f"module {name} {heads} = struct\n  {start}\nend\n"


class Project:
    """A plan, written to a directory with everything that it needs from others, to be built there."""

    def __init__(self, runtime: Runtime, root: Path, plan: Plan) -> None:
        self.plan, self.directory, self.runtime = plan, root / "project", runtime
        plan.write(self.directory)
        (self.directory / "unikernel.ml").write_text(_unikernel(plan))
        for source in {source for node in plan.devices for source in node.device.sources(plan.info)}:
            (self.directory / source).mkdir(parents=True, exist_ok=True)
            (self.directory / source / "file").write_text("content\n")
        for package in {name.partition(".")[0] for name in INVENTED.intersection(plan.libraries)}:
            known = V3.packages.get(package, {"vars": []})
            invented = {name.partition(".")[2] for name in INVENTED if name.startswith(f"{package}.")}
            subs = {sub: {"vars": [["requires", [], "=", package]]} for sub in sorted(invented)}
            directory = ["directory", [], "=", str(runtime.prefix / "lib" / package)]
            found = {"vars": [directory, *known["vars"]], "packages": {**known.get("packages", {}), **subs}}
            (root / "lib" / package).mkdir(parents=True)
            (root / "lib" / package / "META").write_text(findlib.meta(found))
        (root / "bin").mkdir()
        (root / "bin" / "opam").write_text("#!/bin/sh\n")  # reports that nothing is installed
        (root / "bin" / "opam").chmod(0o755)
        more = {"OCAMLPATH": root / "lib", "OCAMLFIND_IGNORE_DUPS_IN": runtime.prefix / "lib", "PATH": root / "bin"}
        self.variables = {**runtime.variables, **KEPT}
        for name, path in more.items():
            self.variables[name] = f"{path}{os.pathsep}{self.variables[name]}"

    def build(self, *, check: bool = True) -> str:
        """Make the program, and return dune's output."""
        program = f"./{self.plan.info.output}"
        done = run("dune", "build", "--root", ".", program, cwd=self.directory, check=check, **self.variables)
        return done.stdout + done.stderr

    def missing(self) -> list[tuple[str, str]]:
        """Return the units that are missing, each with the archive that needs it; the build must fail for that reason."""
        said = self.build(check=False)
        assert "No implementations provided" in said, said
        found = re.findall(r"^\s+(\w+) referenced from (\S+?)\.cmxa", said, re.MULTILINE)
        return [(unit, Path(archive).name) for unit, archive in found]


RECORDED = [name for name, target in cases() if target == "unix" and not name.startswith("qubes")]


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_unikernel_is_built(runtime: Runtime, tmp_path: Path, name: str) -> None:
    plan = application(name).plan(context(name, "unix"))
    project = Project(runtime, tmp_path, plan)
    assert project.build() == ""
    program = project.directory / "_build" / "default" / plan.info.output
    assert "UNIKERNEL PARAMETERS" in run(program, "--help=plain", cwd=tmp_path).stdout
    assert os.access(project.directory / plan.info.output, os.X_OK)  # promoted


def _app(*impls: Impl[Any]) -> Plan:
    """Return a unikernel that is applied to devices with a signature, and depends on the others."""
    applied = [impl for impl in impls if str(impl.signature) in SIGNATURES]
    signature: Any = job
    for impl in reversed(applied):
        signature = impl.signature >> signature
    main: Any = foreign("Unikernel.Main", signature, deps=[impl for impl in impls if impl not in applied])
    return register("small", [main(*applied)]).plan(target="unix")


def test_all_devices_of_the_catalogue_are_built_together(runtime: Runtime, tmp_path: Path) -> None:
    """Each is in the first unikernel where no other device claims its keys."""
    rows = [row for row in ROWS.values() if "unix" in row.targets and row.type != "tracing"]
    plans: list[tuple[list[Impl[Any]], Plan]] = []
    for row in rows:
        for number, (impls, _) in enumerate([*plans, ([], None)]):
            try:
                together = ([*impls, row.impl], _app(*impls, row.impl))
            except FunctoriaError:
                continue
            plans[number : number + 1] = [together]
            break
    assert sum(len(impls) for impls, _ in plans) == len(rows)
    for number, (_, plan) in enumerate(plans):
        (tmp_path / str(number)).mkdir()
        assert Project(runtime, tmp_path / str(number), plan).build() == ""


@pytest.mark.parametrize("options", [{"warn_error": True}, {"target_debug": True}], ids=str)
@pytest.mark.filterwarnings("ignore:-g does nothing")
def test_with_the_compiler_s_options_too(runtime: Runtime, tmp_path: Path, options: dict[str, Any]) -> None:
    assert Project(runtime, tmp_path, application("network").plan({"target": "unix", **options})).build() == ""


# The purpose of the libraries: each faulty link lacks the same units here as with the real ones.
CLOCK = {"Unix of mirage_clock_unix"}
ENTROPY = {"Mirage_OS of mirage-entropy"}
ARP = {"Ethif_packet of arp-mirage", "MProf of arp-mirage"}


def _plain() -> Plan:
    return _app()


def _entropic() -> Plan:
    return _app(default_random)


def _resolving() -> Plan:
    return _app(farp(etif(default_network)))


def _old_executable(project: Project, dune: str) -> str:
    """Return the dune file as it would be with dune's own executable."""
    flags = ["-w", "-3", "-warn-error", "-a"]
    return "\n".join(map(stanza, executable(project.plan.info, project.plan.info.output, flags)))


def _alphabetical(project: Project, dune: str) -> str:
    (words,) = re.findall(r"-package\s+(\S+)", dune)
    return dune.replace(words, ",".join(sorted(words.split(","))))


def _without_predicates(project: Project, dune: str) -> str:
    return re.sub(r"-predicates\s+mirage_unix", "", dune)


def _without_threads(project: Project, dune: str) -> str:
    return dune.replace("-thread", "")


@pytest.mark.parametrize(
    ("plan", "change", "missing"),
    [
        (_plain, _old_executable, CLOCK),
        (_entropic, _old_executable, CLOCK | ENTROPY),
        (_resolving, _old_executable, ARP),
        (_plain, lambda project, dune: _without_threads(project, _alphabetical(project, dune)), CLOCK),
        (_entropic, _without_predicates, ENTROPY),
        (_resolving, _alphabetical, ARP),
    ],
)
def test_a_link_that_is_otherwise_misses_what_it_would_in_earnest(
    runtime: Runtime, tmp_path: Path, plan: Callable[[], Plan], change: Callable[[Project, str], str], missing: set[str]
) -> None:
    project = Project(runtime, tmp_path, plan())
    file = project.directory / "dune"
    file.write_text(change(project, file.read_text()))
    found = {f"{unit} of {archive}" for unit, archive in project.missing()}
    assert missing <= found
