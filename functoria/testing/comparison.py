"""The invariant `faithful`: the emitted files agree exactly with the plan."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from functoria.emit import dune, key_gen, main_ml, makefile, opam
from functoria.emit.emitter import Emitter, File
from functoria.graph.graph import Node
from functoria.graph.hooks import by_hand
from functoria.key import Key
from functoria.plan.plan import Plan
from functoria.sexp import Sexp, Verbatim
from functoria.testing import ocaml, sexps
from functoria.testing import opam as opam_reader
from functoria.testing.facts import Wanted, libraries, packages
from functoria.testing.key_file import Told, key_file
from functoria.testing.main_file import Form, Names, main_of
from functoria.testing.make_file import Rule, words
from functoria.testing.make_file import makefile as make_file
from functoria.testing.violation import Violation, broken
from functoria.version import Version

Said = Mapping[str, tuple[object, object]]
"""For each aspect, its value in the files and in the plan."""


def faithful(plan: Plan) -> None:
    """Check that the files contain all that is in the plan, and nothing else.

    Compared are each device's arguments, what it forces and awaits, its code, and the order of initialisation; names,
    converters, defaults and options of keys; packages, bounds, pins, libraries, stanzas, and the commands of opam and make;
    files of devices. The files are parsed, and devices are called again with the names they have in main.ml.
    """
    compared = [compare for emitter, compare in _READERS if emitter in plan.root.device.emitters]
    for compare in (*compared, _others):
        agreed(plan, compare)


def agreed(plan: Plan, compare: Callable[[Plan], Said]) -> None:
    """Check that the files of `plan`, as read by `compare`, agree with the plan."""
    try:
        said = compare(plan)
    except ValueError as error:
        raise Violation(f"{plan!r}: a file cannot be read back: {error}") from error
    for what, (read, planned) in said.items():
        if read != planned:
            one, other = _difference(read, planned)
            broken(plan, f"the files have {one}, but the plan has {other}, as part of the {what}")


def _difference(read: object, planned: object) -> tuple[object, object]:
    """Return the first difference of two sequences of the same length."""
    if isinstance(read, tuple) and isinstance(planned, tuple) and len(read) == len(planned):
        return next((one, other) for one, other in zip(read, planned, strict=True) if one != other)
    return read, planned


def _main(plan: Plan) -> Said:
    return main_said(plan, f"{plan.root.device.executable(plan.info)}.ml", Form())


def main_said(plan: Plan, file: str, form: Form) -> Said:
    """Return all aspects of the main module in `file`, which has this form, and the same of `plan`."""
    main = main_of(plan.files()[file], form)
    applied = [node for node in plan.devices if node.defined]
    if (len(main.devices), len(main.modules)) != (len(plan.devices), len(applied)):
        return {
            "devices": (len(main.devices), len(plan.devices)),
            "modules": (main.modules, tuple(node.module for node in applied)),
        }
    places = {node.index: place for place, node in enumerate(applied)}
    needs = tuple(tuple(need.index for need, _ in node.needs) for node in plan.devices)
    root = plan.root
    given = {node.index: tuple(root.device.registered(node.device)) for node in plan.devices}
    wanted = list(dict.fromkeys(each for node in plan.devices for each in given[node.index]))
    if len(main.registered) != len(wanted):
        return {"registered values": (main.registered, tuple(_words(each.code) for each in wanted))}
    numbers = {node.index: tuple(wanted.index(each) for each in given[node.index]) for node in plan.devices}
    codes = tuple(_code(plan, main.names, node, places, numbers[node.index]) for node in plan.devices)
    first = "".join(f"Lazy.force #{node.index} >>= fun _ -> " for node in root.deps[: len(root.device.init)])
    last = f"let () = let t = {first}Lazy.force #{root.index} in run t {' '.join(form.end)}"
    return {
        "prelude": (main.head, _words(root.device.prelude(plan.info))),
        "modules": (main.modules, tuple(tuple(_application(node, places)) for node in applied)),
        "registered values": (main.registered, tuple(_words(each.code) for each in wanted)),
        "registered values of devices": (tuple(device.given for device in main.devices), tuple(numbers.values())),
        "needs": (tuple(device.needs for device in main.devices), needs),
        "values waited for": (tuple(device.bound for device in main.devices), needs),
        "code": (tuple(device.code for device in main.devices), codes),
        "eager devices": (tuple(d.eager for d in main.devices), tuple(bool(n.device.eager) for n in plan.devices)),
        "order of initialisation": (main.last, tuple(re.findall(r"#\d+|\w+|>>=|->|[^\s\w]", last))),
    }


def _words(code: str) -> tuple[str, ...]:
    return tuple(word.text for word in ocaml.tokens(code))


def _application(node: Node, places: Mapping[int, int]) -> list[str]:
    found = re.findall(r"\w+|[.()]", node.module)
    for argument in node.arguments:
        place = places.get(argument.index)
        found += ["(", *(re.findall(r"\w+|\.", argument.module) if place is None else [f"@{place}"]), ")"]
    return found


def _code(plan: Plan, names: Names, node: Node, places: Mapping[int, int], given: Sequence[int]) -> tuple[str, ...]:
    """Return the tokens of a device's code, under the names it has in main.ml."""
    if node.functor:
        return ("return", "(", ")")
    module = names.modules[places[node.index]] if node.index in places else node.module
    values = [f"_{names.values[need.index]}" for need, _ in node.needs if need.has_value]
    values += [f"_{names.registered[number]}" for number in given]
    return names.plain(ocaml.tokens(node.device.connect(plan.info, module, values)))


def _keys(plan: Plan) -> Said:
    module = plan.root.device.key_module
    if module is None:
        return {}
    found = key_file(plan.files()[module.file])
    return {
        "keys": (found.keys, tuple(_told(key, plan.values[key.name]) for key in plan.keys)),
        "runtime keys": (found.runtime, tuple((f"{k.ocaml_name}_t", k.name) for k in plan.keys if k.runtime)),
    }


def _told(key: Key[Any], value: Any) -> Told:
    converter = key.converter
    if not key.runtime:
        return Told(key.ocaml_name, "constant", _words(converter.literal(value)))
    if key.kind == "flag":
        kind, code = "flag", ""
    elif key.kind == "required":
        given = "None" if value is None else f"Some {converter.literal(value)}"
        kind, code = "key", f"?default:({given}) {converter.runtime}"
    else:
        kind, code = "opt", f"{converter.runtime} {converter.literal(value)}"
    told = (key.flags, key.docs, key.docv or None, key.doc or None, key.env or None)
    return Told(key.ocaml_name, kind, _words(code), *told, on=key.kind == "flag" and bool(value))


def _opam(plan: Plan) -> Said:
    info, root = plan.info, plan.root.device
    name = root.opam_name(info)
    files = [file for file in plan.files() if file.endswith(".opam")]
    text = plan.files()[files[0]]
    rest = {field: value for field, value in opam_reader.read(text).items() if field not in ("depends", "pin-depends")}
    wanted = tuple(Wanted(p.name, _text(p.min), _text(p.max), p.build, p.pin) for p in plan.packages)
    fields = {
        "opam-version": "2.0",
        "name": name,
        "synopsis": root.synopsis(info),
        "maintainer": info.name,
        "authors": info.name,
        "homepage": root.homepage or info.name,
        "bug-reports": root.bug_reports or root.homepage or info.name,
        "build": ("functoria", "build")
        if by_hand(plan.devices)
        else ("dune", "build", "--root", ".", "-j", opam_reader.Word("jobs")),
    }
    return {
        "opam file's name": (files, [f"{name}.opam"]),
        "packages": (packages(text), wanted),
        "fields of the opam file": (rest, fields),
    }


def _text(version: Version | None) -> str | None:
    return None if version is None else str(version)


def _dune(plan: Plan) -> Said:
    info = plan.info
    rules = dict.fromkeys(_tree(rule) for node in plan.devices for rule in node.device.rules(info))
    text = plan.files()["dune"]
    own = [(name, fields) for name, fields in sexps.stanzas(text) if (name, *fields) not in rules]
    linked, planned = set(libraries(own)), {*plan.libraries, *info.local_libraries}
    if planned - linked:
        broken(plan, f"the dune file does not link {', '.join(sorted(planned - linked))}", *(planned - linked))
    if linked - planned:
        broken(plan, f"the dune file links {', '.join(sorted(linked - planned))}, unlike the plan", *(linked - planned))
    return {"stanzas": (tuple(sexps.read(text)), tuple(dict.fromkeys([*map(_tree, dune.own(info)), *rules])))}


def _tree(sexp: Sexp | Sequence[Any]) -> sexps.Tree:
    """Return `sexp` as it is read back, parsing parts in dune's own syntax."""
    if isinstance(sexp, Verbatim):
        (tree,) = sexps.read(str(sexp))
        return tree
    return sexp if isinstance(sexp, str) else tuple(_tree(item) for item in sexp)


def _make(plan: Plan) -> Said:
    info, root = plan.info, plan.root.device
    found = make_file(plan.files()["Makefile"])
    tool, place = ("$(FUNCTORIA)", ()) if by_hand(plan.devices) else ("$(DUNE)", ("--root", "."))
    name = root.opam_name(info)
    depext = f"$(OPAM) pin add -k path --no-action --yes {name} . && $(OPAM) depext --yes --update {name} || true; "
    depext += f"$(OPAM) pin remove --no-action {name} "
    releases: list[str] = []
    for wanted in plan.packages:
        ends = ((">=", wanted.min), ("<", wanted.max))
        atoms = [f"{wanted.name}{sign}{end}" for sign, end in ends if end is not None]
        releases += (atoms or [wanted.name]) if wanted.pin is None else []
    depend = (
        *words((depext if root.depext(info) else "") + "@$(OPAM) install -y --deps-only . || { for release in"),
        *releases,
        *words("; do $(OPAM) show --field=name $release >/dev/null 2>&1 && continue; printf '%s\\n'"),
        *("opam has no release for $release", *root.advice(info)),
        *words(">&2; break; done; exit 1; }"),
    )
    rules = {
        ".PHONY": Rule(("all-by-default", "all", "depend", "depends", "build", "clean")),
        ".NOTPARALLEL": Rule(),
        "all-by-default": Rule(("all",)),
        "all": Rule(("build",)),
        **dict.fromkeys(("depend", "depends"), Rule((), depend)),
        "build": Rule((), (tool, "build", *place)),
        "clean": Rule((), (tool, "clean", *(place or ("--built",)))),
    }
    return {
        "variables of make": (found.variables, {"OPAM": "opam", "DUNE": "dune", "FUNCTORIA": "functoria"}),
        "targets of make": (found.rules, rules),
    }


def _others(plan: Plan) -> Said:
    """Compare the files of devices, and check that there are no others."""
    own = {name for emitter in plan.root.device.emitters for name in emitter(plan.info)}
    given = [file for node in plan.devices for file in node.device.files(plan.info).items()]
    wanted = {name: File(file) if isinstance(file, str) else file for name, file in given}
    return {"files of devices": ({n: file for n, file in plan.contents.items() if n not in own or n in wanted}, wanted)}


_READERS: tuple[tuple[Emitter, Callable[[Plan], Said]], ...] = (
    (main_ml.emit, _main),
    (key_gen.emit, _keys),
    (opam.emit, _opam),
    (dune.emit, _dune),
    (makefile.emit, _make),
)
"""The reader for each emitter's files. Roots with other emitters define `Main.checks` for these."""
