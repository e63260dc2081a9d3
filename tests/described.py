"""Descriptions of plans in the form of the original tools, to compare with their output."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from functoria.printable import shown

if TYPE_CHECKING:
    from functoria.key import Key
    from functoria.plan.plan import Plan


def describe(plan: Plan, *, verbose: bool = False) -> str:
    """Describe `plan`: its choices, its devices in order of initialisation, its libraries and packages.

    With `verbose`, also list the arguments and dependencies of each device.
    """
    keys = [f"{key.name}={said}" for key, said in described_keys(plan)]
    devices = []
    for node in plan.devices:
        applied = "".join(f"({argument.module})" for argument in node.arguments)
        needs = f" after {', '.join(dep.module for dep in node.deps)}" if verbose and node.deps else ""
        devices.append(f"{node.module}{applied}{needs}")
    parts = [
        ("Name", [plan.app.title]),
        ("Keys", keys),
        ("Devices", devices),
        ("Libraries", list(plan.libraries)),
        ("Packages", [str(wanted) for wanted in plan.packages]),
    ]
    return "".join(_entry(name, items) for name, items in parts)


def described_keys(plan: Plan) -> Iterator[tuple[Key[Any], str]]:
    """Return the keys of `plan`, each with its value as text, `?` if it is open, and where a value not given comes from."""
    for key in plan.keys:
        value = plan.values.get(key.name)
        shown = "?" if value is None and plan.undecided else key.printed(value) if value is not None else ""
        yield key, f"{shown}{_origin(plan, key)}"


def _origin(plan: Plan, key: Key[Any]) -> str:
    """Return where the value of `key` comes from, if it was not given."""
    if key.name in plan.context.given:
        return ""
    alias = plan.context.implied_by.get(key.name)
    if alias is not None:
        return f" (by {alias.name})"
    return " (when it runs)" if key.kind == "required" and plan.values.get(key.name) is None else " (default)"


def _entry(name: str, items: list[str]) -> str:
    head = f"{name:<11}"
    # Blanks within an item must not break the line.
    text = ", ".join(shown(item).replace(" ", "\0") for item in items)
    wrapped = textwrap.fill(
        text,
        100,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return (wrapped or head).replace("\0", " ") + "\n"
