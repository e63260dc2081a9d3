"""What MirageOS 4.11.1 itself generated for 60 configurations with options, as recorded, and the same configurations in Python.

A record is NAME+OPTION+OPTION…, for eleven targets. Intended differences are listed in `ours`, one step for each.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from attrs import evolve

from functoria import App, Plan, Version
from functoria.cli.config import load
from functoria.cli.options import key_options
from mirage_devices.v4.targets import BY_NAME
from tests.described import described_keys

HERE = Path(__file__).parent
CONFIGURATIONS = HERE / "configurations-4.11"


@cache
def records() -> Mapping[str, Mapping[str, Any]]:
    """The facts of every record, by target."""
    with tarfile.open(HERE / "facts-4.11.tar.xz") as archive:
        members = [member for member in archive.getmembers() if member.name.endswith(".json")]
        return {Path(m.name).stem: json.load(archive.extractfile(m)) for m in members}  # type: ignore[arg-type]


def cases() -> list[tuple[str, str]]:
    """Return every record with every target that it has."""
    return [(name, target) for name in sorted(records()) for target in records()[name]]


@cache
def application(name: str) -> App:
    """Return the same configuration in Python. Raises ConfigError for one that fails.

    `@git` was run in a directory of a git work tree, which is made here.
    """
    if "@git" in name:
        top = Path(mkdtemp())
        (top / ".git").mkdir()
        (top / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
        (top / ".git" / "config").write_text('[remote "origin"]\n\turl = git@github.com:me/repo.git\n')
        path = top / "sub" / "config.py"
        path.parent.mkdir()
        path.write_text((CONFIGURATIONS / f"{name.partition('@')[0]}.py").read_text().replace(", src=None", ""))
        return load(path)
    return load(CONFIGURATIONS / f"{name.partition('+')[0].partition('@')[0]}.py")


_SHORT = {"-o": "output", "-t": "target"}


def options(name: str, target: str) -> dict[str, Any]:
    """Return the choices that a record was made with, by the names of options. For one that failed, they are those of the other
    targets, or follow from its name."""
    words = records()[name][target].get("context")
    if words is None:
        others = [facts["context"] for facts in records()[name].values() if "context" in facts]
        if others:
            return {**_chosen(others[0]), "target": target}
        pairs = (option.partition("=") for option in name.split("+")[1:])
        return {"target": target, **{key: value or True for key, _, value in pairs}}
    return _chosen(words)


def _chosen(words: list[str]) -> dict[str, Any]:
    """Return the choices of a command line."""
    found: dict[str, Any] = {}
    for word in words[1:]:
        if word.startswith("-"):
            last = _SHORT.get(word, word.lstrip("-"))
            found[last] = (
                (*found[last], "")
                if isinstance(found.get(last), tuple)
                else (found.get(last), "")
                if last in found
                else True
            )
        elif isinstance(found[last], tuple):
            found[last] = (*found[last][:-1], word)
        else:
            found[last] = word
    return found


def plan(name: str, target: str, app: App | None = None) -> Plan:
    """Return the plan of a record, as the command line makes it."""
    app, given = app or application(name), options(name, target)
    key_options(app, ())
    output = given.pop("output", None)
    if output is not None:
        app = evolve(app, root=evolve(app.root, output=output))
    return app.plan({key: list(value) if isinstance(value, tuple) else value for key, value in given.items()})


def keys(planned: Plan) -> str:
    """Return the keys of a plan as `mirage describe` prints them, without the options of its command line."""
    own = {"no-depext", "extra-repos", "no-extra-repo"}
    return "Keys " + ", ".join(f"{key.name}={value}" for key, value in described_keys(planned) if key.name not in own)


_OF_THE_TOOL = ("dune.config", "mirage/context", "mirage/dune-workspace.config")
"""Files with which the tool compiles and runs config.ml. Here Python runs config.py."""


def ours(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return recorded facts, changed where the output here differs on purpose."""
    want = json.loads(json.dumps(facts))  # a copy, in a fifth of the time of copy.deepcopy
    if want["status"] != "ok" or "main" not in want:
        return want
    name = want["opam"]["file"].removeprefix("mirage/")
    if name.startswith("kvs-"):
        # mirage-kv-mem is needed both below 4 and from 4: the real tool prints what opam cannot solve; here it is refused.
        return {"status": "error", "error": "no version of mirage-kv-mem will do"}
    _without_config_ml(want)
    _called_back(want)
    _as_intervals(want["opam"]["depends"])
    _with_literals(want["main"])
    for stanza in want["dune"]["dune-project"]["other"]:
        # dune refuses a project whose name contains a dot.
        if stanza[0] == "name":
            stanza[1] = stanza[1].replace(".", "_")
    if name.startswith("nothing-"):
        # The real tool calls mirage-sleep even if `sleep` is none, and links it nowhere, so its output cannot be compiled.
        want["opam"]["depends"]["mirage-sleep"] = {"build": False, "max": ["5.0.0"], "min": ["4.1.0"], "monorepo": True}
        family = BY_NAME[name.removeprefix("nothing-").removesuffix(".opam")].implementation
        libraries = want["dune"]["dune.build"]["executables"][0]["libraries"]
        libraries[:] = sorted([*libraries, "mirage-sleep", f"mirage-sleep.{family}"])
    if name.startswith("nojob-"):
        # A configuration registers one application: of the two here, the second one.
        want["files"] = [file for file in want["files"] if "nojob" not in file]
        want["other"] = {file: held for file, held in want["other"].items() if "nojob" not in file}
        want["opam"] = json.loads(json.dumps(want["opam"]).replace("nojob", "second"))
    if name.startswith("device-hooks-"):
        # The file of a device is written, although the real tool copies one that nobody wrote; and what is installed
        # as `tool` is promoted to dist under that name.
        # as `tool` is promoted to dist under that name.
        want["files"] = sorted([*want["files"], "mirage/data.txt"])
        want["other"]["mirage/data.txt"] = ""
        for command in want["opam"]["install"]:
            command[:] = [word.replace("dist/tool.exe", "dist/tool") for word in command]
    if name.startswith("bounds-"):
        # A package is only for building if all declarations say so. bar is linked, because one job links it.
        want["opam"]["depends"]["bar"]["build"] = False
        libraries = want["dune"]["dune.build"]["executables"][0]["libraries"]
        want["dune"]["dune.build"]["executables"][0]["libraries"] = sorted([*libraries, "bar"])
    if name.startswith("other."):
        # Hypervisors start the image under its actual name.
        want["other"] = json.loads(re.sub(r'"hello\.(xen|virtio)"', r'"other.\1"', json.dumps(want["other"])))
    return want


def _without_config_ml(want: dict[str, Any]) -> None:
    """Nothing compiles config.ml, and dune refuses to exclude a module config that does not exist."""
    want["files"] = [name for name in want["files"] if name not in _OF_THE_TOOL]
    want.pop("context")
    for name in _OF_THE_TOOL:
        want["dune"].pop(name, None)
    for executable in want["dune"]["dune.build"]["executables"]:
        if "modules" in executable:
            kept = [word for word in executable["modules"][0] if word != "config"]
            executable["modules"] = [kept]
            if kept == [":standard", "\\"]:
                del executable["modules"]


def _called_back(want: dict[str, Any]) -> None:
    """Files call our own command, which records its choices itself."""
    want["makefile"]["targets"]["clean"]["commands"] = ["functoria clean"]
    shell, flag, command = want["opam"]["x"]["x-mirage-configure"]
    command = command.replace("mirage configure", "functoria configure").replace(" --context-file ./mirage/context", "")
    want["opam"]["x"]["x-mirage-configure"] = [shell, flag, command]


def _as_intervals(depends: dict[str, Any]) -> None:
    """Of several bounds, the closest are printed."""
    for wanted in depends.values():
        wanted["min"] = [max(wanted["min"], key=Version)] if wanted["min"] else []
        wanted["max"] = [min(wanted["max"], key=Version)] if wanted["max"] else []


def _with_literals(main: dict[str, Any]) -> None:
    """Numbers of 64 bits are written as OCaml's compiler expects them."""

    def literal(code: str) -> str:
        return re.sub(r"(\.(?:dns_timeout|he_(?!resolve_retries)\w+) .*\(Some \d+)\)$", r"\1L)", code)

    main["runtime_args"] = sorted(map(literal, main["runtime_args"]))
    for device in main["devices"]:
        device["runtime"] = list(map(literal, device["runtime"]))


def in_order(facts: dict[str, Any]) -> dict[str, Any]:
    """Return `facts` with the options of the command that configures again in one order, and options given twice as a list."""
    words = facts.get("opam", {}).get("x", {}).get("x-mirage-configure")
    if words:
        head, *rest = re.split(r" (?=-)", words[-1])
        options: dict[str, list[str]] = {}
        for option in rest:
            name, _, value = option.partition(" ")
            options.setdefault(name, []).append(value)
        words[-1] = " ".join([head, *(f"{name} {','.join(options[name])}".strip() for name in sorted(options))])
    return facts


def own_libraries(plan: Plan, directory: Path) -> Path | None:
    """Write the local libraries of `plan` to `directory`, and return that; None if there are none."""
    for name in plan.info.local_libraries:
        (directory / name).mkdir(parents=True)
        (directory / name / "dune").write_text(f"(library (name {name}))\n")
    return directory if plan.info.local_libraries else None
