"""opam packages, as MirageOS 4.11 counts their libraries, with the scope in which each is installed."""

from __future__ import annotations

from collections.abc import Sequence

import functoria
from functoria import Package, Version
from functoria.errors import InvalidPackage
from functoria.package import Scope


def package(
    name: str,
    *,
    scope: Scope = "monorepo",
    build: bool = False,
    sublibs: Sequence[str] | None = None,
    libs: Sequence[str] | None = None,
    min: Version | str | None = None,
    max: Version | str | None = None,
    compatible: Version | str | None = None,
    pin: str | None = None,
    pin_version: str = "dev",
) -> Package:
    """The opam package `name`, and what a unikernel needs of it.

    `min` is inclusive, `max` exclusive; `compatible="3.1.0"` is that minimum with the upper bound of the rule
    (`Version.next_incompatible`). The OCamlfind library is the one of the package's own name; with `sublibs` only `name.sub`
    for each, where `""` stands for the package's own; with `libs` exactly those. A package of the scope `monorepo` is fetched
    as source and built for the target; one of the scope `switch` is installed by opam for the machine that builds. `pin` is the
    URL of a source, which opam takes instead of a release and calls `pin_version`.

    Raises InvalidName, InvalidVersion, InvalidPackage (both `sublibs` and `libs`, `compatible` with `min` or `max`, a pin with
    blanks, another scope) and EmptyBounds.
    """
    if sublibs is not None and libs is not None:
        raise InvalidPackage(f"{name}: give sublibs (of {name}) or libs (exactly those), not both", objects=[name])
    if sublibs is not None:
        if not isinstance(sublibs, (list, tuple)) or not all(isinstance(sub, str) for sub in sublibs):
            raise InvalidPackage(f"{name}: sublibs is a list of names, not {sublibs!r}", objects=[name])
        libs = [f"{name}.{sub}" if sub else name for sub in sublibs]
    return functoria.package(
        name,
        min=min,
        max=max,
        compatible=compatible,
        ocamlfind=libs,
        build=build,
        pin=pin,
        pin_version=pin_version,
        scope=scope,
    )
