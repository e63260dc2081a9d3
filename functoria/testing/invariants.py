"""What holds of every plan, a function each. Each takes a plan and raises `Violation`, which says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import NoReturn

from functoria.bounds import intersection
from functoria.device import Device
from functoria.emit import emit
from functoria.emit.main_ml import names_of
from functoria.graph import Node
from functoria.names import KEYWORDS, module_path
from functoria.plan import Plan, make_plan
from functoria.testing import ocaml, opam, sexps
from functoria.testing.facts import Facts, Wanted, facts, key_functions, main_of
from functoria.testing.reading import called, readings
from functoria.testing.rename import renamings
from functoria.testing.syntax import SyntaxFault
from functoria.version import Version

_VALUE = re.compile(r"[a-z_][A-Za-z0-9_']*\Z", re.ASCII)


class Violation(AssertionError):
    """A plan that breaks an invariant of the library. `objects` are the nodes, packages or names that do."""

    def __init__(self, message: str, *objects: object) -> None:
        super().__init__(message)
        self.objects = objects


def _broken(plan: Plan, message: str, *objects: object) -> NoReturn:
    raise Violation(f"{plan!r}: {message}", *objects)


def acyclic(plan: Plan) -> None:
    """The graph has no cycle and one root, each device comes after what it needs, and arguments count from 0 without a gap."""
    import networkx

    graph = plan.graph
    if not networkx.is_directed_acyclic_graph(graph):
        _broken(plan, f"the graph has a cycle: {networkx.find_cycle(graph)}")
    roots = [index for index, users in graph.in_degree() if not users]
    if roots != [plan.root.index]:
        _broken(plan, f"the roots of the graph are {roots}, but should be {[plan.root.index]} alone", *roots)
    for place, node in enumerate(plan.devices):
        if node.index != place:
            _broken(plan, f"{node!r} is number {node.index}, but stands at place {place}", node)
        _counted(plan, node)


def _counted(plan: Plan, node: Node) -> None:
    found: dict[str, list[int]] = {}
    for _, other, data in plan.graph.out_edges(node.index, data=True):
        if other >= node.index:
            _broken(plan, f"{node!r} is initialised before {plan.devices[other]!r}, which it needs", node)
        for role in data["roles"]:
            found.setdefault(role.kind, []).append(role.position)
    for kind, positions in found.items():
        if sorted(positions) != list(range(len(positions))):
            _broken(plan, f"{node!r} has the {kind}s number {sorted(positions)}: there is a gap", node)


def resolved(plan: Plan) -> None:
    """No choice is left: each node is a device, applied to all its arguments unless it is itself an argument."""
    if plan.undecided:
        _broken(plan, f"{', '.join(key.name for key in plan.undecided)} undecided: complete the plan", *plan.undecided)
    users: dict[int, set[str]] = {}
    for node in plan.devices:
        for need, role in node.needs:
            users.setdefault(need.index, set()).add(role.kind)
    for node in plan.devices:
        if not isinstance(node.device, Device):
            _broken(plan, f"{node!r} is no device but {node.device!r}", node)
        missing = len(node.device.type.parameters) - len(node.arguments)
        if missing < 0 or (missing > 0) != node.functor:
            _broken(plan, f"{node!r} has {len(node.arguments)} arguments for {node.device.type}", node)
        if node.functor and users.get(node.index, set()) != {"argument"}:
            _broken(plan, f"{node!r} is a functor, which is no argument, and has no value", node)


def named(plan: Plan) -> None:
    """Names in main.ml are legal OCaml, and no two of the variables made of them are one; likewise in key_gen.ml."""
    names = names_of(plan)
    taken: dict[str, Node] = {}
    for node, name in zip(plan.devices, names.values, strict=True):
        if not _VALUE.match(name) or name in KEYWORDS or name == "_":
            _broken(plan, f"{node!r} is called {name!r}, which is no name of a value in OCaml", node)
        for variable in (name, f"_{name}", f"__{name}"):
            if taken.setdefault(variable, node) is not node:
                _broken(plan, f"{node!r} and {taken[variable]!r} share the variable {variable}", node, taken[variable])
    made: dict[str, Node] = {}
    for node, name in zip(plan.devices, names.modules, strict=True):
        if module_path(name) != node.module and ("." in name or made.setdefault(name, node) is not node):
            _broken(plan, f"{node!r} makes a module {name}, but that is taken", node)
    heads = {node.module.partition(".")[0]: node for node in plan.devices}
    for name in made:
        if name in heads:
            _broken(plan, f"{made[name]!r} makes a module {name}, which hides that of {heads[name]!r}", made[name])
    functions = [key.ocaml_name for key in plan.keys]
    if len(set(functions)) < len(functions):
        _broken(plan, f"two keys share a function of key_gen.ml: {', '.join(functions)}", *plan.keys)


def bounded(plan: Plan) -> None:
    """Each package admits something, at least the highest minimum declared; its bounds are inside each declaration's."""
    for package in plan.packages:
        declared = [demand.package for demand in plan.demands if demand.package.name == package.name]
        if package.bounds.empty:
            _broken(plan, f"{package} admits nothing", package)
        if package.pin is not None or any(one.pin is not None for one in declared):
            if {one.pin for one in declared if one.pin is not None} != {package.pin}:
                _broken(plan, f"{package.name} is pinned to {package.pin}, which no device asks for", package)
            continue
        if package.bounds != intersection(one.bounds for one in declared):
            _broken(plan, f"{package} is not what {len(declared)} declarations have in common", package, *declared)
        minimum = max((one.min for one in declared if one.min is not None), default=None)
        if minimum is not None and not all(one.allows(minimum) for one in (package, *declared)):
            _broken(plan, f"{package} does not admit {minimum}, a declared minimum", package, *declared)


def declared(plan: Plan) -> None:
    """Every key that a device reads is declared: by itself, by `register`, or as what decides a choice.

    Read is what its hooks ask of `info`, and what its code calls as `Key_gen.NAME`; main.ml has no other `Key_gen.NAME`
    than what key_gen.ml defines.
    """
    common = (*plan.root.device.keys, *plan.app.survey.deciding, *plan.app.survey.declared)
    for reading in readings(plan):
        # The root asks for keys of the devices that it finds, such as the interfaces that a file of its own names.
        keys = {*common, *reading.node.device.keys, *(plan.keys if reading.node is plan.root else ())}
        unknown = [name for name in reading.asked if name not in {key.name for key in keys}]
        if unknown:
            _broken(plan, f"{reading.node!r} reads the key {unknown[0]}, which nothing declares for it", reading.node)
        functions = {"runtime_keys", *(key.ocaml_name for key in keys), *(f"{key.ocaml_name}_t" for key in keys)}
        unknown = [name for name in called(reading.code) if name not in functions]
        if unknown:
            _broken(plan, f"the code of {reading.node!r} calls Key_gen.{unknown[0]}, of no key of its", reading.node)
    files = plan.files()
    words = [word.text for word in ocaml.tokens(files["key_gen.ml"])]
    others = {after for word, after in pairwise(words) if word == "let"} - {key.ocaml_name for key in plan.keys}
    defined = others.union(key_functions(files["key_gen.ml"])[0])
    for name, text in files.items():
        missing = [function for function in called(text) if function not in defined] if name.endswith(".ml") else []
        if missing:
            _broken(plan, f"{name} calls Key_gen.{missing[0]}, which key_gen.ml does not define", name)


def ocaml_parses(plan: Plan) -> None:
    """Every emitted OCaml file is OCaml: by tree-sitter's grammar, or word by word (see `ocaml.grammar`)."""
    _each(plan, ".ml", ocaml.parse)


def opam_parses(plan: Plan) -> None:
    """The emitted opam file is one, of format 2.0, with the fields that opam asks for."""

    def read(text: str) -> None:
        fields = opam.read(text)
        if next(iter(fields.items()), None) != ("opam-version", "2.0"):
            raise ValueError('it does not begin with opam-version: "2.0"')
        missing = {"name", "maintainer", "depends", "build"} - set(fields)
        if missing:
            raise ValueError(f"it has no {', '.join(sorted(missing))}")

    _each(plan, ".opam", read)


def dune_parses(plan: Plan) -> None:
    """dune-project and the dune file are S-expressions, and stanzas; the first says dune's version."""

    def read(text: str) -> None:
        if sexps.stanzas(text)[0][:1] != ("lang",) or sexps.stanzas(text)[0][1][:1] != ("dune",):
            raise ValueError("it does not begin with (lang dune VERSION)")

    _each(plan, "dune-project", read)
    _each(plan, "dune", sexps.stanzas)


def _each(plan: Plan, end: str, read: Callable[[str], object]) -> None:
    files = {name: text for name, text in plan.files().items() if name.endswith(end)}
    if not files:
        _broken(plan, f"no file {end} is emitted")
    for name, text in files.items():
        try:
            read(text)
        except ValueError as error:
            raise Violation(f"{plan!r}: {name}: {error}", name) from error


def deterministic(plan: Plan) -> None:
    """The same application in the same context gives the same bytes, when emitted again and when planned again."""
    again = {"emitted": emit(plan), "planned": emit(make_plan(plan.app, plan.context))}
    for how, contents in again.items():
        if contents != plan.contents:
            name = next(n for n in {**contents, **plan.contents} if contents.get(n) != plan.contents.get(n))
            _broken(plan, f"{name} comes out otherwise when it is {how} again", name)


def faithful(plan: Plan) -> None:
    """The files say what the plan says: packages and bounds, libraries, keys, and who is made of and waits for whom."""
    found = _facts(plan)
    wanted = tuple(Wanted(p.name, _text(p.min), _text(p.max), p.build, p.pin) for p in plan.packages)
    applied = {node.index: place for place, node in enumerate(node for node in plan.devices if node.arguments)}
    modules = tuple(tuple(_application(node, applied)) for node in plan.devices if node.arguments)
    same = {
        "packages": (found.packages, wanted),
        "keys": (found.keys, tuple(key.ocaml_name for key in plan.keys)),
        "runtime keys": (len(found.runtime_keys), sum(key.runtime for key in plan.keys)),
        "modules": (found.modules, modules),
        "needs": (
            [device.needs for device in found.devices],
            [tuple(need.index for need, _ in node.needs) for node in plan.devices],
        ),
        "eager devices": ([d.eager for d in found.devices], [bool(node.device.eager) for node in plan.devices]),
    }
    for what, (read, planned) in same.items():
        if read != planned:
            _broken(plan, f"the files say {read} of the {what}, but the plan {planned}")
    missing = set(plan.libraries) - set(found.libraries)
    if missing:
        _broken(plan, f"the dune file does not link {', '.join(sorted(missing))}", *missing)


def _text(version: Version | None) -> str | None:
    return None if version is None else str(version)


def _application(node: Node, applied: dict[int, int]) -> list[str]:
    words = re.findall(r"\w+|\.", node.module)
    for argument in node.arguments:
        place = applied.get(argument.index)
        words += ["(", *(re.findall(r"\w+|\.", argument.module) if place is None else [f"@{place}"]), ")"]
    return words


def stable(plan: Plan) -> None:
    """What main.ml says does not change when its devices get other names, also ones that their code mentions."""
    found = _facts(plan)
    for renamed in renamings(plan):
        other = main_of(renamed.text)
        if (other.modules, other.devices, other.last) != (found.modules, found.devices, found.last):
            changed = [i for i, (a, b) in enumerate(zip(found.devices, other.devices, strict=False)) if a != b]
            who = f"what main.ml says of {plan.devices[changed[0]]!r}" if changed else "main.ml"
            _broken(plan, f"{who} depends on names: it is another where devices are called {renamed.names}", renamed)


def _facts(plan: Plan) -> Facts:
    try:
        return facts(plan.files())
    except SyntaxFault as error:
        raise Violation(f"{plan!r}: a file cannot be read back: {error}") from error
