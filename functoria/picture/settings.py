"""The keys of a plan by section, each with its value and the origin of that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from functoria.printable import shown

if TYPE_CHECKING:
    from functoria.key import Key
    from functoria.plan.plan import Plan

DEFAULT = "default"
"""The origin of a value that was not given."""


class Setting(NamedTuple):
    """A key with its value as text, and the origin of the value."""

    key: Key[Any]
    text: str
    """Its value as text, `?` if a partial plan leaves it open; empty if it has none."""
    origin: str
    """`default`, `command line`, `environment NAME`, `state`, `given` by a program, an alias, `when it runs` or `open`."""


def settings(plan: Plan, origins: Mapping[str, str] | None = None) -> tuple[Setting, ...]:
    """Return the keys of `plan`, sorted by section and name. `origins` tells where given values come from."""
    found = [_setting(plan, key, origins or {}) for key in plan.keys]
    order = {section: number for number, section in enumerate(dict.fromkeys(each.key.docs for each in found))}
    return tuple(sorted(found, key=lambda each: order[each.key.docs]))


def _setting(plan: Plan, key: Key[Any], origins: Mapping[str, str]) -> Setting:
    value = plan.values.get(key.name)
    text = "" if value is None else shown(key.printed(value))
    if key.name in plan.context.given:
        return Setting(key, text, origins.get(key.name, "given"))
    alias = plan.context.implied_by.get(key.name)
    if alias is not None:
        return Setting(key, text, f"by {shown(alias.name)}")
    if plan.context.partial:
        return Setting(key, "?", "open")
    return Setting(key, text, "when it runs" if key.kind == "required" and value is None else DEFAULT)
