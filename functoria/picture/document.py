"""Descriptions of plans for programs: plain data that follow the versioned schema describe.schema.json."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from functoria.impl import Choice
from functoria.picture.cases import case
from functoria.picture.diagram import boxes
from functoria.picture.places import place_in
from functoria.picture.settings import settings
from functoria.printable import shown
from functoria.project.state import choices, plain

if TYPE_CHECKING:
    from functoria.graph.graph import Node
    from functoria.plan.plan import Plan

VERSION = 1
"""The version of the schema. It changes when something is removed or changes its meaning, not for additions."""


def document(plan: Plan, origins: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return `plan` as data that follow `describe.schema.json`. `origins` tells where given values come from."""
    found: dict[str, Any] = {
        "version": VERSION,
        "name": plan.app.title,
        "context": choices(plan),
        "keys": {each.key.name: _key(plan, *each) for each in settings(plan, origins)},
        "devices": list(_devices(plan)),
        "undecided": [key.name for key in plan.undecided],
    }
    if plan.undecided:
        return found
    return {
        **found,
        "packages": [package.to_data() for package in plan.packages],
        "libraries": list(plan.libraries),
    }


def _key(plan: Plan, key: Any, text: str, origin: str) -> dict[str, Any]:
    return {
        "value": plain(plan.values.get(key.name), key.converter),
        "text": text,
        "origin": origin,
        "section": key.docs,
        "options": list(key.options),
        "doc": " ".join(key.doc.split()),
        "kind": key.kind,
        "stage": key.stage,
        "env": key.env,
        "alternatives": list(key.converter.alternatives),
    }


def _devices(plan: Plan) -> Iterator[dict[str, Any]]:
    brought: dict[int, list[str]] = {}
    for demand in plan.demands:
        brought.setdefault(id(demand.node.device), []).append(str(demand.package))
    for node, box in zip(plan.devices, boxes(plan.graph, plan.app.title), strict=True):
        found: dict[str, Any] = {
            "index": node.index,
            "kind": box.kind,
            "module": shown(node.module),
            "note": "" if box.kind == "application" else box.note,
            "arguments": [need.index for need in node.arguments],
            "deps": [need.index for need in node.deps],
            "branches": [
                {"case": case(node.device, place), "index": need.index} for place, need in enumerate(node.branches)
            ],
            "by": [key.name for key in node.device.selector.keys] if isinstance(node.device, Choice) else [],
            "packages": brought.get(id(node.device), []),
            "keys": [] if isinstance(node.device, Choice) else [key.name for key in keys_of(plan, node)],
            "location": place_in(plan.app, node.term.location or node.device.location),
        }
        yield found


def keys_of(plan: Plan, node: Node) -> list[Any]:
    """Return the keys that the device of `node` declares."""
    return list(plan.app.survey.keys_of(node.device))
