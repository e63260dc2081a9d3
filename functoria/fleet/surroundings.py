"""Everything besides its configuration that a plan depends on: this library, the catalogues, and other installed packages."""

from __future__ import annotations

import sys
from functools import cache
from hashlib import sha256
from pathlib import Path

_LIBRARY = "functoria"
_ENTRIES = "functoria.ocaml"
"""The entry point group of catalogues."""


@cache
def library() -> str:
    """Identify this library and the catalogues of devices, by the content of their modules."""
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    total = sha256()
    for name in sorted({_LIBRARY, *(each.module.partition(".")[0] for each in entry_points(group=_ENTRIES))}):
        spec = find_spec(name)
        for place in (spec and spec.submodule_search_locations) or ():
            _add(total, name, Path(place))
    return total.hexdigest()


@cache
def installed() -> str:
    """Identify Python and all installed packages: by name and version or, for editable installations, by content."""
    import json
    from importlib.metadata import Distribution, distributions
    from urllib.parse import unquote, urlsplit

    total = sha256(f"{sys.version_info[:3]} {sys.platform} {library()}".encode())
    found: dict[str, Distribution] = {}
    for (
        each
    ) in distributions():  # a directory that is on the path twice yields packages twice; the first is the one imported
        found.setdefault(each.metadata["Name"] or "", each)
    for name, each in sorted(found.items()):
        total.update(f"{name} {each.version} ".encode())
        said = json.loads(each.read_text("direct_url.json") or "{}")
        if said.get("dir_info", {}).get("editable") and name.lower() != _LIBRARY:
            _add(total, name, Path(unquote(urlsplit(said["url"]).path)))
    return total.hexdigest()


def _add(total: object, name: str, directory: Path) -> None:
    for path in sorted(directory.rglob("*.py")):
        inside = path.relative_to(directory)
        if not any(part.startswith(".") for part in inside.parts):
            total.update(f"{name} {inside} ".encode("utf-8", "surrogateescape"))  # type: ignore[attr-defined]
            total.update(sha256(path.read_bytes()).digest())  # type: ignore[attr-defined]
