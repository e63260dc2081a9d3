"""The command why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from functoria.cli.colour import Piece
from functoria.cli.listed import Listed, Part
from functoria.cli.output import say_data, say_line
from functoria.cli.planning import Chosen, application, aside, planning
from functoria.cli.rich_output import Branch, say_tree
from functoria.cli.standard import FILE, JSON, RELEASE, VERBOSE
from functoria.errors import FunctoriaError, UnknownKey
from functoria.misspelling import few, instead
from functoria.plan.compare import printed

if TYPE_CHECKING:
    from functoria.graph.graph import Node
    from functoria.key import Key
    from functoria.plan.plan import Plan
    from functoria.plan.subject import Kind
    from functoria.plan.why import Why

_TRIED = "with the choices that were tried, which are not all"


def _make(arguments: Sequence[str]) -> click.Command:
    own: list[click.Parameter] = [click.Argument(["name"], shell_complete=_names), FILE, RELEASE, JSON, VERBOSE]
    help = "Explain why a package, device, key or option is in the plan, what sets its bounds, and for which choices it is there."
    return planning(arguments, "why", help, own, _why)


def _names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the packages, devices, keys and options that begin with `incomplete`, for completion."""
    app = application(context)
    if app is None:
        return []
    try:
        names = _known(app.plan())
    except FunctoriaError:
        names = []
    return [name for name in dict.fromkeys([*names, *app.keys_by_name]) if name.startswith(incomplete)]


def _why(chosen: Chosen, *, name: str, as_json: bool, verbose: int) -> None:
    """Explain why a package, a device, a key or an option is in the plan, and for which choices."""
    from functoria.plan.conditions import condition
    from functoria.plan.subject import Subject

    plan = chosen.plan()
    kinds: tuple[Kind, ...] = ("package", "device", "key", "option")
    subjects = [Subject(kind, name) for kind in kinds]
    modules = _of_catalogue(plan, name)
    with aside():
        there = [subject for subject in subjects if subject.there(plan)][:1]
        if not there and modules:
            devices = [Subject("device", module) for module in modules]
            there = [subject for subject in devices if subject.there(plan)]
            subjects, there = devices[:1] if len(devices) == 1 else subjects, there if len(there) == 1 else []
        # `why` plans for many values of keys, so it looks only at what is in the plan.
        asked = [(each, condition(chosen.app, dict(chosen.context), each)) for each in there or subjects]
        known = next(((subject, found) for subject, found in asked if not found.never), None)
    if known is None:
        raise _unknown(plan, name, modules, "with any choice" if all(each.complete for _, each in asked) else _TRIED)
    (kind, name), found = known
    if as_json:
        data: dict[str, Any] = {"name": name, "kind": kind, "there": bool(there), **found.to_json()}
        say_data({**data, "reasons": _reasons(plan, kind, name) if there else []})
        return
    if not there:
        say_line([Piece(name, "heading"), Piece(f" ({kind}) is not in the plan with these choices: {found}")])
        return
    told = {"package": _of_package, "device": _of_device, "key": _of_key, "option": _of_option}[kind]
    first, *below = told(plan, name)
    say_tree(Branch([*first.lines, [Piece(str(found), "good")]], below))


def _of_catalogue(plan: Plan, name: str) -> list[str]:
    """Return the modules of the value called `name` in a catalogue, such as OS.Time for default_time."""
    from functoria.device import Device
    from functoria.impl import Impl
    from functoria.source_name import offered
    from functoria.term import walk

    root = type(plan.root.device).__module__.rpartition(".")[0]
    value = offered(root, name)
    terms = walk([value]) if isinstance(value, Impl) else ()
    return list(dict.fromkeys(each.module for each in terms if isinstance(each, Device)))


def _unknown(plan: Plan, name: str, modules: Sequence[str], where: str) -> UnknownKey:
    hint = f"ask for {' or '.join(modules)}" if len(modules) > 1 else instead(name, dict.fromkeys(_known(plan)))
    return UnknownKey(
        f"there is no package, device, key or option {name}, {where}: {hint}",
        objects=[name],
        locations=[plan.app.location],
    )


def _known(plan: Plan) -> list[str]:
    """Return the names of all that the command explains in a plan: packages, devices, keys and options."""
    options = plan.app.root.late_options(node.device for node in plan.devices)
    return [
        *(each.name for each in plan.packages),
        *(node.module for node in plan.devices),
        *(key.name for key in plan.keys),
        *(each.removeprefix("--") for each in options),
    ]


def _devices(plan: Plan, name: str) -> list[Node]:
    return [
        node for node in plan.devices if name in (node.module, type(node.device).__name__) and node is not plan.root
    ]


def _ways(plan: Plan, nodes: Sequence[Node]) -> list[str]:
    from functoria.plan.why import paths

    return [_said(plan, path) for path in paths(plan, nodes)]


def _said(plan: Plan, nodes: Sequence[Node]) -> str:
    """Name the modules on a path, except for the root's; the root alone is the application itself."""
    return " → ".join(node.module for node in nodes if node is not plan.root) or "the application itself"


def _of_package(plan: Plan, name: str) -> Iterator[Branch]:
    """Return the package, the devices that declare it, and which of them set its bounds."""
    explained: Why = plan.why(name)
    yield Branch([[Piece(str(explained.package), "heading")]])
    for reason in explained.reasons:
        bounds = str(reason.package).removeprefix(reason.package.name).strip()
        place = f"  {reason.package.location}" if reason.package.location else ""
        because = f", because {reason.because}" if reason.because else ""
        what = [Piece(reason.device.module, "name"), Piece(f" {bounds or 'any version'}"), Piece(place, "place")]
        yield Branch([what, [Piece(f"by {_said(plan, reason.path)}{because}")]])
    for end, bound, those in (
        (">=", explained.package.min, explained.min_from),
        ("<", explained.package.max, explained.max_from),
    ):
        if bound is not None:
            modules = few(dict.fromkeys(each.device.module for each in those))
            yield Branch([[Piece(f"{end} {bound} is set by {modules}")]])


def _of_device(plan: Plan, name: str) -> Iterator[Branch]:
    """Return the device, each of its occurrences in the plan, and the packages that it brings."""
    nodes = _devices(plan, name)
    yield Branch([[Piece(name, "heading"), Piece(f", {len(nodes)} times" if len(nodes) > 1 else "")]])
    for node, way in zip(nodes, _ways(plan, nodes), strict=True):
        applied = "".join(f"({argument.module})" for argument in node.arguments)
        place = node.term.location or node.device.location
        what = [Piece(f"{node.module}{applied}", "name"), Piece(f"  {place}" if place else "", "place")]
        yield Branch([what, [Piece(f"by {way}")]])
    brought = {demand.package.name for demand in plan.demands if demand.node in nodes}
    yield Branch([[Piece(f"brings {', '.join(sorted(brought)) or 'no package'}")]])


def _of_key(plan: Plan, name: str) -> Iterator[Branch]:
    """Return the key with its value, and what uses it."""
    key = next(each for each in plan.keys if each.name == name)
    said = "no value" if plan.values.get(name) is None else printed(plan, key)
    source = "given" if name in plan.context.given else "the default"
    yield Branch([[Piece(name, "heading"), Piece(f" is {said or 'empty'}, {source}"), Piece(_at(key), "place")]])
    for what in _uses(plan, key):
        yield Branch([[Piece(what)]])


def _of_option(plan: Plan, name: str) -> Iterator[Branch]:
    """Return the option, and the devices that declare it."""
    nodes = _declaring(plan, name)
    place = plan.app.root.late_options(node.device for node in nodes)[f"--{name}"]
    what = Piece(" is an option of the unikernel, given when it runs")
    yield Branch([[Piece(name, "heading"), what, Piece(f"  {place}" if place else "", "place")]])
    for node, way in zip(nodes, _ways(plan, nodes), strict=True):
        yield Branch([[Piece(f"declared by {node.module}, by {way}")]])


def _declaring(plan: Plan, name: str) -> list[Node]:
    from functoria.plan.subject import Subject

    option = Subject("option", name)
    return [node for node in plan.devices if option.declared_by(plan.app, node.device)]


def _at(key: Key[Any]) -> str:
    return f"  {key.location}" if key.location else ""


def _uses(plan: Plan, key: Key[Any]) -> Iterator[str]:
    declaring = [n for n in plan.devices if n is not plan.root and key in plan.app.survey.keys_of(n.device)]
    for node, way in zip(declaring, _ways(plan, declaring), strict=True):
        yield f"declared by {node.module}, by {way}"
    if key in plan.app.survey.keys_of(plan.root.device):
        yield "declared by register"
    if key in plan.app.survey.deciding:
        yield "decides which devices there are"


def _reasons(plan: Plan, kind: str, name: str) -> list[dict[str, Any]]:
    if kind == "key":
        key = next(each for each in plan.keys if each.name == name)
        return [{"use": use} for use in _uses(plan, key)]
    if kind in ("device", "option"):
        nodes = _devices(plan, name) if kind == "device" else _declaring(plan, name)
        return [{"way": way.split(" → ")} for way in _ways(plan, nodes)]
    return [
        {
            "device": reason.device.module,
            "wants": str(reason.package),
            "at": None if reason.package.location is None else str(reason.package.location),
            "way": [node.module for node in reason.path],
            "because": dict(reason.keys),
        }
        for reason in plan.why(name).reasons
    ]


COMMAND = Listed(Part.ASK, "explain why a package, device, key or option is there, and when", _make)
