"""Invariants of emitted files. Each is a function that takes a plan and raises `Violation` if it does not hold."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from functoria.emit import dune, main_ml
from functoria.emit import makefile as make
from functoria.emit import opam as opam_file
from functoria.emit.emitter import Emitter, emit
from functoria.package import package
from functoria.plan.plan import Plan, make_plan
from functoria.testing import ocaml, opam, sexps
from functoria.testing.facts import packages
from functoria.testing.key_file import functions as functions_of
from functoria.testing.main_file import Form, Main, main_of
from functoria.testing.make_file import Rule, makefile
from functoria.testing.reading import called, readings
from functoria.testing.rename import renamings
from functoria.testing.violation import broken, understood


def declared(plan: Plan) -> None:
    """Check that every key that a device reads is declared: by the device, by `register`, or by deciding a choice.

    A device reads the keys that its hooks get from `info`, and those whose functions its code calls (see
    `reading.called`). No file may use a `Key_gen.NAME` that the key module does not define.
    """
    module = plan.root.device.key_module
    common = (*plan.root.device.keys, *plan.app.survey.deciding, *plan.app.survey.declared)
    for reading in readings(plan):
        node = reading.node
        # The root may read keys of other devices, such as those of network interfaces, for files of its own.
        keys = {*common, *node.device.keys, *(plan.keys if node is plan.root else ())}
        names = {key.name for key in keys}
        for name in reading.asked:
            if name not in names:
                broken(plan, f"{node!r} reads the key {name}, which nothing declares for it", node)
        for key in reading.keys:
            if key.name in names and key not in keys:
                broken(plan, f"{node!r} reads a key {key.name} that is another than the one declared for it", node, key)
        if module is None:
            continue
        functions = module.exported.union(*map(module.functions, keys))
        for name in understood(plan, f"the code of {node!r}", lambda code: called(code, module.name), reading.code):
            if name not in functions:
                broken(plan, f"the code of {node!r} calls {module.name}.{name}, of no key of its", node)
    if module is None:
        return
    defined = set(understood(plan, module.file, functions_of, plan.files()[module.file]))
    for file, text in plan.files().items():
        read = understood(plan, file, lambda code: called(code, module.name), text) if file.endswith(".ml") else ()
        for name in read:
            if name not in defined:
                broken(plan, f"{file} calls {module.name}.{name}, which {module.file} does not define", name)


def ocaml_parses(plan: Plan) -> None:
    """Check that every emitted OCaml file parses: by tree-sitter's grammar, or token by token (see `ocaml.grammar`)."""
    _each(plan, ".ml", ocaml.parse)


def opam_parses(plan: Plan) -> None:
    """Check that the emitted opam file is valid in format 2.0, with exactly the fields that opam demands."""

    def read(text: str) -> None:
        fields = opam.read(text)
        if next(iter(fields.items()), None) != ("opam-version", "2.0"):
            raise ValueError('it does not begin with opam-version: "2.0"')
        missing = _FIELDS - set(fields) - {"pin-depends"}
        more = set(fields) - _FIELDS
        if missing or more:
            said = [f"has no {', '.join(sorted(missing))}"] * bool(missing) + [f"has {', '.join(sorted(more))}"] * bool(
                more
            )
            raise ValueError(f"it {' and '.join(said)}")
        for name in ("name", "synopsis", "maintainer", "authors", "homepage", "bug-reports"):
            if not opam.is_text(fields[name]):
                raise ValueError(f"its {name} is not text")
        package(str(fields["name"]))
        build = fields["build"]
        if not isinstance(build, tuple) or not all(opam.is_text(word) or opam.is_name(word) for word in build):
            raise ValueError("its build is not a command")
        packages(text)

    _each(plan, ".opam", read, opam_file.emit)


_FIELDS = frozenset(
    [
        *("opam-version", "name", "synopsis", "maintainer", "authors", "homepage", "bug-reports", "build", "depends"),
        "pin-depends",
    ]
)
"""The fields of an emitted opam file. opam warns if one is missing, except for the last."""


def dune_parses(plan: Plan) -> None:
    """Check that dune-project states the version of dune's language, and that dune files only have its stanzas."""

    def read(text: str) -> None:
        match sexps.stanzas(text):
            case [("lang", ("dune", str(version))), *_] if re.fullmatch(r"[0-9]+\.[0-9]+", version):
                return
        raise ValueError("it does not begin with (lang dune VERSION)")

    def known(text: str) -> None:
        unknown = [name for name, _ in sexps.stanzas(text) if name not in sexps.STANZAS]
        if unknown:
            raise ValueError(f"dune knows no stanza {unknown[0]}")

    _each(plan, "dune-project", read, dune.emit)
    _each(plan, "dune", known, dune.emit)


def make_parses(plan: Plan) -> None:
    """Check the syntax of the Makefile, as far as that is possible without make, and that it has the usual targets.

    They are `all`, which is the default, `depend`, `depends`, `build` and `clean`; all of them are phony.
    """

    def read(text: str) -> None:
        found = makefile(text)
        missing = TARGETS - set(found.rules)
        if missing:
            raise ValueError(f"it has no target {', '.join(sorted(missing))}")
        if found.rules[found.default or ""].needs != ("all",):
            raise ValueError("its default goal is not all")
        files = TARGETS - set(found.rules.get(".PHONY", Rule()).needs)
        if files:
            raise ValueError(f"{', '.join(sorted(files))} would not be made if there were a file of that name")
        idle = {"build", "clean", "depend", "depends"} - {name for name, rule in found.rules.items() if rule.recipe}
        if idle or "build" not in found.rules["all"].needs:
            raise ValueError(f"it has no commands for {', '.join(sorted(idle)) or 'all'}")

    _each(plan, "Makefile", read, make.emit)


TARGETS = frozenset(["all", "build", "clean", "depend", "depends"])
"""The targets of every Makefile."""


def _each(plan: Plan, end: str, read: Callable[[str], object], emitter: Emitter | None = None) -> None:
    if emitter is not None and emitter not in plan.root.device.emitters:
        return  # roots define checks of other files by `Main.checks`
    files = {name: text for name, text in plan.files().items() if name.endswith(end)}
    if not files:
        broken(plan, f"no file {end} is emitted")
    for name, text in files.items():
        understood(plan, name, read, text)


def deterministic(plan: Plan) -> None:
    """Check that the same application and context give the same bytes when emitted again, and planned again elsewhere.

    Elsewhere is another working directory, with an empty environment. All happens in this process and at once, so
    dependence on the date, or on the order of a set of text, goes unnoticed. To find the latter, run tests with several
    values of PYTHONHASHSEED.
    """
    again = {"emitted again": emit(plan.info)}
    with _elsewhere():
        elsewhere = emit(make_plan(plan.app, plan.context).info)
    if elsewhere != plan.contents:  # also the case if the result already differs in this process
        again["planned again"] = emit(make_plan(plan.app, plan.context).info)
        again["planned in another directory, without an environment"] = elsewhere
    for how, contents in again.items():
        if contents != plan.contents:
            name = next(n for n in {**contents, **plan.contents} if contents.get(n) != plan.contents.get(n))
            broken(plan, f"{name} comes out otherwise when it is {how}", name)


@contextmanager
def _elsewhere() -> Iterator[None]:
    environment, directory = dict(os.environ), Path.cwd()
    try:
        os.environ.clear()
        os.chdir(directory.anchor)
        yield
    finally:
        os.chdir(directory)
        os.environ.clear()
        os.environ.update(environment)


def stable(plan: Plan) -> None:
    """Check that the files state the same if devices have other names, including names that their code uses.

    main.ml is compared by its `facts`, which have no names; all other files must be identical.
    """
    if main_ml.emit not in plan.root.device.emitters:
        return
    stable_in(plan, "main.ml", Form())


def stable_in(plan: Plan, file: str, form: Form) -> None:
    """Check that the files state the same under other names, where the main module is `file`, of this form."""

    def read(text: str) -> Main:
        return main_of(text, form)

    found = understood(plan, file, read, plan.files()[file])
    for renamed in renamings(plan, file, form):
        other = understood(plan, f"{file} with {renamed.names}", read, renamed.files[file])
        if other != found:
            changed = [i for i, (a, b) in enumerate(zip(found.devices, other.devices, strict=False)) if a != b]
            who = f"what {file} says of {plan.devices[changed[0]]!r}" if changed else file
            broken(plan, f"{who} depends on names: it is another where devices are called {renamed.names}", renamed)
        for name, text in plan.files().items():
            if name != file and renamed.files.get(name) != text:
                broken(
                    plan, f"{name} depends on names: it is another where devices are called {renamed.names}", renamed
                )
