"""Invariants of MirageOS 4.11's files, for `functoria.testing.check`."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable

from functoria import Plan
from functoria.testing import opam, sexps
from functoria.testing.comparison import agreed, main_said
from functoria.testing.invariants import stable_in
from functoria.testing.main_file import Form
from functoria.testing.make_file import makefile
from functoria.testing.naming import named_in
from functoria.testing.violation import broken, understood
from mirage_devices.v4.emit.layout import Layout

_REGISTERED = re.compile(r"^let (\w+)__key = Mirage_runtime\.register_arg @@\n  (.*?)\n;;$", re.MULTILINE | re.DOTALL)
_STARTED = re.compile(r"^let (\w+) = lazy \(\n(.*?)\n\);;$", re.MULTILINE | re.DOTALL)
_FORCED = re.compile(r"^  let __(\w+) = Lazy\.force (\w+) in$", re.MULTILINE)
_WAITED = re.compile(r"^  __(\w+) >>= fun _(\w+) ->$", re.MULTILINE)
_GIVEN = re.compile(r"^  let _(\w+) = \((\w+)__key \(\)\) in$", re.MULTILINE)
_SECTION = re.compile(r"^url \{ src: \"[^\"]*\" \}\n", re.MULTILINE)


FORM = Form(start=(), end=(";", ";"), register=("Mirage_runtime", ".", "register_arg", "@@"))
"""The main module of this release."""


def _file(plan: Plan) -> str:
    return f"mirage/{plan.root.device.executable(plan.info)}.ml"


def _main(plan: Plan) -> str:
    return plan.files()[_file(plan)]


def main_faithful(plan: Plan) -> None:
    """Check that main.ml agrees with the plan: prelude, runtime arguments, functors, code, and order of execution."""
    agreed(plan, lambda plan: main_said(plan, _file(plan), FORM))


def main_named(plan: Plan) -> None:
    """Check that names in main.ml are legal OCaml and distinct, and that none hides another."""
    named_in(plan, _file(plan), FORM)


def main_stable(plan: Plan) -> None:
    """Check that the files state the same if devices have other names."""
    stable_in(plan, _file(plan), FORM)


def readable(plan: Plan) -> None:
    """Check that the files of dune, opam and make and the manifest can be read, and that the Makefile has its targets."""
    files = plan.files()
    opam_file = f"mirage/{Layout.of(plan.info).package}.opam"
    understood(plan, opam_file, lambda text: opam.read(_SECTION.sub("", text)), files[opam_file])
    for name in ("dune", "dune.build", "dune-project", "dune-workspace", "dist/dune"):
        understood(plan, name, sexps.stanzas, files[name])
    rules = understood(plan, "Makefile", makefile, files["Makefile"]).rules
    missing = {"all", "build", "clean", "depend", "depends", "install-switch", "lock", "pull"}.difference(rules)
    if missing:
        broken(plan, f"the Makefile has no target {', '.join(sorted(missing))}")
    if "mirage/manifest.json" in files:
        understood(plan, "mirage/manifest.json", json.loads, files["mirage/manifest.json"])


def registered(plan: Plan) -> None:
    """Check that main.ml registers exactly the runtime arguments of devices, once each, under distinct names."""
    found = _REGISTERED.findall(_main(plan))
    wanted = {each.code for node in plan.devices for each in plan.root.device.registered(node.device)}
    if Counter(code for _, code in found) != Counter(wanted):
        broken(plan, f"main.ml registers {[code for _, code in found]}, but its devices have {sorted(wanted)}")
    if len({name for name, _ in found}) != len(found):
        broken(plan, f"two runtime arguments share a name: {[name for name, _ in found]}")


def started(plan: Plan) -> None:
    """Check that main.ml has a lazy value for each device, which forces and awaits what it needs, and gets its arguments."""
    text = _main(plan)
    codes = dict(_REGISTERED.findall(text))
    bodies = _STARTED.findall(text)
    names = [name for name, _ in bodies]
    if len(set(names)) != len(plan.devices) or len(names) != len(plan.devices):
        broken(plan, f"main.ml has the values {names} for {len(plan.devices)} devices")
    for node, (name, body) in zip(plan.devices, bodies, strict=True):
        needs = [(names[need.index], names[need.index]) for need in node.needed]
        if _FORCED.findall(body) != needs or _WAITED.findall(body) != needs:
            broken(plan, f"{name} does not force and await exactly {[need for need, _ in needs]}", node)
        given = [codes.get(one) for one, two in _GIVEN.findall(body) if one == two]
        wanted = [each.code for each in plan.root.device.registered(node.device)]
        if given != wanted:
            broken(plan, f"{name} has the runtime arguments {given}, but its device requires {wanted}", node)


def demanded(plan: Plan) -> None:
    """Check that the opam file depends on the plan's packages, with their bounds, scopes and pins."""
    name = f"mirage/{Layout.of(plan.info).package}.opam"
    text = plan.files()[name]
    lines = {line.split('"')[1]: line for line in text.splitlines() if line.startswith('  "')}
    if sorted(lines) != [package.name for package in plan.packages]:
        broken(plan, f"{name} depends on {sorted(lines)}")
    for package in plan.packages:
        line = lines[package.name]
        ends = [text for text in package.bounds.conditions() if text not in line]
        if ends or ("?monorepo" in line) != (package.scope != "switch") or ("build" in line.split()) > package.build:
            broken(plan, f"{name} requires {line.strip()}, but the plan requires {package}", package)
        if package.pin is not None and package.pin not in text:
            broken(plan, f"{name} does not pin {package.name}", package)


def linked(plan: Plan) -> None:
    """Check that dune.build links exactly the plan's libraries and local ones."""
    stanzas = dict(sexps.stanzas(plan.files()["dune.build"]))
    fields = {field[0]: field[1:] for field in stanzas["executable"] if isinstance(field, tuple)}
    wanted = Layout.of(plan.info).libraries
    if fields.get("libraries", ()) != wanted:
        broken(plan, f"dune.build links {fields.get('libraries')}, but the plan links {wanted}")


CHECKS: tuple[Callable[[Plan], None], ...] = (
    readable,
    registered,
    started,
    demanded,
    linked,
    main_named,
    main_faithful,
    main_stable,
)
"""The invariants that `check` checks in addition to those of every plan."""
