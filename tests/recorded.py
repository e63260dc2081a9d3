"""What MirageOS 3.3.1 itself generated for 21 configurations, as recorded, and the same configurations in Python."""

from __future__ import annotations

import json
import runpy
import sys
from functools import cache
from pathlib import Path
from typing import Any

from functoria import App

HERE = Path(__file__).parent
FACTS = HERE / "facts"
CONFIGURATIONS = HERE / "configurations"


@cache
def facts(name: str) -> dict[str, Any]:
    """The recorded facts of a configuration, by target."""
    found: dict[str, Any] = json.loads((FACTS / f"{name}.json").read_text())
    return found


def cases() -> list[tuple[str, str]]:
    """Return every recorded configuration (the name of its file) with every target that it is recorded for."""
    return [(path.stem, target) for path in sorted(FACTS.glob("*.json")) for target in facts(path.stem)]


@cache
def application(name: str) -> App:
    """Return the same configuration in Python; `name+key=value` is `name` with that option."""
    sys.path.insert(0, str(CONFIGURATIONS))
    try:
        app: App = runpy.run_path(str(CONFIGURATIONS / f"{name.partition('+')[0]}.py"))["app"]
    finally:
        sys.path.pop(0)
    return app


def context(name: str, target: str) -> dict[str, str]:
    """Return the choices that a recorded case was made with."""
    options = dict(option.split("=", 1) for option in name.split("+")[1:])
    return {"target": target, **options}
