"""What MirageOS 4.11.1 itself made of 60 configurations with options, as recorded, and the same configurations in Python.

A record is NAME+OPTION+OPTION…, for eleven targets. What differs here on purpose is named in `ours`, one step each.
"""

from __future__ import annotations

import copy
import json
import runpy
import sys
import tarfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from functoria import App, Plan
from functoria.plan.describe import described_keys

HERE = Path(__file__).parent
CONFIGURATIONS = HERE / "configurations-4.11"


@cache
def records() -> Mapping[str, Mapping[str, Any]]:
    """The facts of every record, by target."""
    with tarfile.open(HERE / "facts-4.11.tar.xz") as archive:
        members = [member for member in archive.getmembers() if member.name.endswith(".json")]
        return {Path(m.name).stem: json.load(archive.extractfile(m)) for m in members}  # type: ignore[arg-type]


def cases() -> list[tuple[str, str]]:
    """Every record with every target that it is of."""
    return [(name, target) for name in sorted(records()) for target in records()[name]]


@cache
def application(name: str) -> App:
    """The configuration that says the same in Python."""
    path = CONFIGURATIONS / f"{name.partition('+')[0].partition('@')[0]}.py"
    sys.path.insert(0, str(CONFIGURATIONS))
    try:
        app: App = runpy.run_path(str(path))["app"]
    finally:
        sys.path.pop(0)
    return app


def options(name: str) -> dict[str, Any]:
    """The choices that a record was made with, by the names of keys."""
    found: dict[str, Any] = {}
    for option in name.split("+")[1:]:
        key, _, value = option.partition("=")
        found[key] = value or True
    return found


def plan(name: str, target: str) -> Plan:
    """The plan of a record."""
    return application(name).plan({"target": target, **options(name)})


def keys(planned: Plan) -> str:
    """The keys of a plan as `mirage describe` prints them, without those that are options of its command line."""
    own = {"no-depext", "extra-repos", "no-extra-repo"}
    return "Keys " + ", ".join(f"{key.name}={value}" for key, value in described_keys(planned) if key.name not in own)


_OF_THE_TOOL = ("dune.config", "mirage/context", "mirage/dune-workspace.config")
"""Files with which the tool compiles and runs config.ml; here config.py is run by Python."""


def ours(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Recorded facts, changed where what is emitted here differs on purpose."""
    want = copy.deepcopy(dict(facts))
    if want["status"] != "ok" or "main" not in want:
        return want
    want["files"] = [name for name in want["files"] if name not in _OF_THE_TOOL]
    want.pop("context")
    for name in _OF_THE_TOOL:
        want["dune"].pop(name, None)
    # There is no module config beside the unikernel, and dune refuses to leave out a module that is not there.
    for executable in want["dune"]["dune.build"]["executables"]:
        if "modules" in executable:
            kept = [word for word in executable["modules"][0] if word != "config"]
            executable["modules"] = [kept]
            if kept == [":standard", "\\"]:
                del executable["modules"]
    # Files call back our own command, which keeps its choices by itself.
    want["makefile"]["targets"]["clean"]["commands"] = ["functoria clean"]
    shell, flag, command = want["opam"]["x"]["x-mirage-configure"]
    command = command.replace("mirage configure", "functoria configure").replace(" --context-file ./mirage/context", "")
    want["opam"]["x"]["x-mirage-configure"] = [shell, flag, command]
    return want
