"""Describing both parties of a conflict in the user's terms: devices, and where they are used."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from functoria.errors import EmptyBounds, FunctoriaError
from functoria.graph.hooks import use
from functoria.location import Location, distinct, in_library, is_library
from functoria.package import Package

if TYPE_CHECKING:
    from functoria.graph.graph import Graph, Node
    from functoria.key import Key
    from functoria.plan.plan import Plan


_GROUP = '~group:"b"'


def of_packages(plan: Plan, error: FunctoriaError) -> FunctoriaError:
    """Add the devices of two conflicting declarations of a package to `error`, and where the user has them."""
    told = []
    for package in error.objects:
        node = next((each.node for each in plan.demands if each.package is package), None)
        if isinstance(package, Package) and node is not None:
            place = package.location
            if place is None or in_library(place):
                place = use(plan.graph, [node.device]) or place
            told.append((package, node, place, package.location is not None and not in_library(package.location)))
    if len(told) != 2:
        return error
    (one, _, here, _), (two, _, there, _) = told
    if isinstance(error, EmptyBounds):
        who = ["register" if node is plan.root else node.module for _, node, *_ in told]
        wants = f"{who[0]} requires {one.bounds & one.replaced}, {who[1]} {two.bounds & two.replaced}"
        error.problem, error.remedy = f"no version of {one.name} will do: {wants}", _change(told)
    error.locations = distinct(place for place in (here, there) if place is not None) or error.locations
    return error


def _change(told: Sequence[tuple[Package, Node, Location | None, bool]]) -> str:
    """Describe which of two declarations to change: the user's rather than a library's."""
    own = [package for package, _, _, mine in told if mine]
    if len(own) == 1:
        other = next(package for package, *_ in told if package is not own[0])
        return f"let yours meet {other.bounds or other.pin}, or take the package out"
    return "change one of them"


def of_keys(error: FunctoriaError, devices: Sequence[Node], graph: Graph) -> FunctoriaError:
    """Add the places of the devices with two clashing keys to `error`, and how to give one of them another key."""
    owners = [
        next((node for node in devices if key in _keys(node) and node is not graph.root), None) for key in error.objects
    ]
    if not any(node is not None and _offered(node) for node in owners):
        return error
    places = [None if node is None else _place(node, graph) for node in owners]
    error.locations = distinct(place for place in places if place is not None) or error.locations
    call = next(
        (said for said in map(_grouped, reversed([place for place in places if place is not None])) if said), None
    )
    if call is not None:
        error.remedy = f"give one of the devices a group, as in {call}"
    elif error.of_ocaml:
        labelled = next((said for place in reversed(error.locations) if (said := _labelled(place))), None)
        error.remedy = f"give one of the devices a group, as in {labelled or _GROUP}"
    return error


def _offered(node: Node) -> bool:
    """Whether the device is a library's, and neither the user's own module nor of a class of the user's."""
    return is_library(type(node.device).__module__.partition(".")[0]) and not node.device.own_source


def _place(node: Node, graph: Graph) -> Location | None:
    """Return the user's line that makes the device, or that uses it."""
    made = node.device.location
    return use(graph, [node.device]) or made if made is None or in_library(made) else made


def _keys(node: Node) -> Sequence[Key[Any]]:
    keys: Sequence[Key[Any]] = node.device.keys
    return keys


def _labelled(place: Location) -> str | None:
    """Return the function of a config.ml that is applied at `place`, with a group before its other arguments."""
    span = place.span
    if span is None or span.end_line != span.line:
        return None
    linecache.checkcache(place.file)
    said = linecache.getline(place.file, span.line).encode()[span.column : span.end_column].decode("utf-8", "replace")
    function, blank, others = said.partition(" ")
    if not blank or not function.replace("_", "").isalnum() or "~group" in said:
        return None
    return f'{function} ~group:"b" {others}'


def _grouped(place: Location) -> str | None:
    """Return the call at `place` with a group added; None if it does not take one."""
    span = place.span
    if span is None or span.end_line != span.line:
        return None
    linecache.checkcache(place.file)
    line = linecache.getline(place.file, span.line).encode()
    try:
        tree = ast.parse(line[span.column : span.end_column].decode(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    if not isinstance(tree, ast.Call) or any(each.arg == "group" for each in tree.keywords):
        return None
    tree.keywords.append(ast.keyword("group", ast.Constant("b")))
    return ast.unparse(tree).replace("'", '"')
