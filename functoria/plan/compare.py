"""Comparing plans: the typed edits that lead from one to the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

from attr import frozen

if TYPE_CHECKING:
    from functoria.key import Key
    from functoria.package import Package
    from functoria.plan.plan import Plan

What = Literal["key", "device", "package", "bounds", "libraries", "scope", "file"]


@frozen
class Edit:
    """A difference: the kind and name of what differs, and its text before and after; None if it is absent."""

    what: What
    name: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> Literal["add", "remove", "change"]:
        """Whether it is added, removed or changed."""
        if self.before is None:
            return "add"
        return "remove" if self.after is None else "change"

    def reversed(self) -> Edit:
        """Return the inverse edit."""
        return Edit(self.what, self.name, self.after, self.before)

    def to_data(self) -> dict[str, Any]:
        """Return the edit as plain data."""
        return {"kind": self.kind, "what": self.what, "name": self.name, "before": self.before, "after": self.after}


class Wanted(NamedTuple):
    """The parts of a package, as text. Packages with the same name that differ, differ in one of these."""

    bounds: str
    """The bounds or the pin, and whether it is only needed for building."""
    libraries: str
    scope: str

    @classmethod
    def of(cls, package: Package) -> Self:
        """Return the parts of `package`."""
        bounds = str(package).removeprefix(package.name).strip()
        if package.pin is not None:
            version = "" if package.pin_version == "dev" else f"as {package.pin_version}"
            bounds = " ".join(part for part in (bounds, f"pinned to {package.pin}", version) if part)
        return cls(bounds, ", ".join(package.libraries), package.scope or "")


@frozen
class Digest:
    """The parts of a plan to compare, as text. It does not keep the plan, whose configuration may be unloaded."""

    keys: Mapping[str, str]
    devices: Mapping[tuple[str, str], int]
    """The number of each device, by its module and arguments."""
    packages: Mapping[str, Wanted]
    files: Mapping[str, str]

    @classmethod
    def of(cls, plan: Plan) -> Digest:
        """Make the digest of `plan`. Raises Undecided for a partial plan, and the errors of emitting."""
        return cls(
            {key.name: printed(plan, key) for key in plan.keys},
            Counter(
                (node.module, "".join(f"({argument.module})" for argument in node.arguments)) for node in plan.devices
            ),
            {each.name: Wanted.of(each) for each in plan.packages},
            plan.files(),
        )


def compare(one: Plan | Digest, two: Plan | Digest) -> tuple[Edit, ...]:
    """Return the edits from `one` to `two`: of keys, devices, packages, their bounds, libraries and scopes, and files.

    Empty if they agree. Devices are identified by their modules and arguments.
    """
    return tuple(_edits(_digest(one), _digest(two)))


def _digest(plan: Plan | Digest) -> Digest:
    return plan if isinstance(plan, Digest) else Digest.of(plan)


def _edits(one: Digest, two: Digest) -> Iterator[Edit]:
    yield from _of_texts("key", one.keys, two.keys)
    for module in sorted({module for each in (one, two) for module, _ in each.devices}):
        yield from _of_devices(module, _applied(module, one, two), _applied(module, two, one))
    there = {name: (one.packages.get(name), two.packages.get(name)) for name in sorted({*one.packages, *two.packages})}
    for name, (before, after) in there.items():
        if before is None or after is None:
            yield Edit("package", name, _whole(name, before), _whole(name, after))
            continue
        for what, old, new in zip(Wanted._fields, before, after, strict=True):
            if old != new:
                yield Edit(what, name, old, new)  # type: ignore[arg-type]  # one of the three
    yield from _of_texts("file", one.files, two.files)


def _applied(module: str, one: Digest, two: Digest) -> list[str]:
    """Return the arguments to which `module` is applied more often in `one` than in `two`."""
    more = {
        text: count - two.devices.get((name, text), 0) for (name, text), count in one.devices.items() if name == module
    }
    return [text for text in sorted(more) for _ in range(more[text])]


def _of_devices(module: str, before: list[str], after: list[str]) -> Iterator[Edit]:
    for old, new in zip_longest(before, after):
        yield Edit("device", module, None if old is None else module + old, None if new is None else module + new)


def _of_texts(what: What, one: Mapping[str, str], two: Mapping[str, str]) -> Iterator[Edit]:
    for name in sorted({*one, *two}):
        if one.get(name) != two.get(name):
            yield Edit(what, name, one.get(name), two.get(name))


def printed(plan: Plan, key: Key[Any]) -> str:
    """Return the value of `key` in `plan` as text; empty if it has none."""
    value = plan.values.get(key.name)
    return "" if value is None else key.printed(value)


def _whole(name: str, package: Wanted | None) -> str | None:
    return None if package is None else f"{name} {package.bounds}".strip()
