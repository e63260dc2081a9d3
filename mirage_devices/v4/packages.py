"""opam packages with MirageOS 4.11's rule for their libraries, and the scope in which each is installed."""

from __future__ import annotations

from collections.abc import Sequence

import functoria
from functoria import Package, Version
from functoria.errors import InvalidPackage
from functoria.package import Scope
from functoria.printable import worded


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
    """Declare the opam package `name`.

    `min` is inclusive, `max` exclusive. `compatible="3.1.0"` sets that minimum, and the upper bound of the rule
    (`Version.next_incompatible`). The OCamlfind library has the name of the package. With `sublibs` it is instead `name.sub` for
    each, where `""` stands for the package's own; `libs` lists the libraries exactly. With the scope `monorepo`, the package's
    source is fetched and built for the target; with `switch`, opam installs it for the building machine. `pin` is the URL of a
    source, which opam uses instead of a release, with the version `pin_version`.

    Raises InvalidName, InvalidVersion, InvalidPackage (`sublibs` with `libs`, `compatible` with `min` or `max`, a pin with
    blanks, an unknown scope) and EmptyBounds.
    """
    if sublibs is not None and libs is not None:
        raise InvalidPackage(f"{name}: give sublibs (of {name}) or libs (exactly those), not both", objects=[name])
    if sublibs is not None:
        if not isinstance(sublibs, (list, tuple)) or not all(isinstance(sub, str) for sub in sublibs):
            raise InvalidPackage(f"{name}: sublibs must be a list of names, not {worded(sublibs)}", objects=[name])
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
