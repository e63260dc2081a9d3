"""Find where the running library can be installed from again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

NAME = "functoria"


def requirement(extra: str, package: Path | None = None) -> str:
    """Return a requirement for pip that installs this library again, with `extra`.

    It names the clone that the modules are in; otherwise the directory, repository or archive that they were installed from, as
    pip recorded it (PEP 610); otherwise the version. `package` is the directory of the modules, by default of the running ones.
    """
    name = f"{NAME}[{extra}]"
    package = package or Path(__file__).resolve().parent
    if (package.parent / "pyproject.toml").is_file():
        return f"{name} @ {package.parent.as_uri()}"
    try:
        found = distribution(NAME)
    except PackageNotFoundError:
        return name
    url = _origin(found)
    return f"{name} @ {url}" if url else f"{name}=={found.version}"


def _origin(found: Distribution) -> str | None:
    """Return the URL that `found` was installed from; None if it came from an index by its name."""
    text = found.read_text("direct_url.json")
    said: Mapping[str, Any] = json.loads(text) if text else {}
    url, vcs = said.get("url"), said.get("vcs_info")
    below = f"#subdirectory={said['subdirectory']}" if said.get("subdirectory") else ""
    if url is None or vcs is None:
        return None if url is None else f"{url}{below}"
    return f"{vcs['vcs']}+{url}@{vcs['commit_id']}{below}"
