"""Stored results that stay valid if a configuration is moved: their paths begin at its directory."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Any

_HERE = json.dumps("\0here")[1:-1]
"""The placeholder for the directory. No path contains a zero byte."""
_GOES_ON = r"(?![^/\\\"' :,;)\]>])"
"""After the path of a directory, anything else belongs to a longer name."""


def movable(done: dict[str, Any], origin: str) -> bytes:
    """Convert the result of a case whose configuration is in the directory `origin` to its stored form."""
    text = json.dumps({**done, "origin": _mark(origin) if done.get("placed") else None})
    if origin:
        text = re.sub(re.escape(_quoted(origin)) + _GOES_ON, lambda found: _HERE, text)
    return text.encode("ascii")


def moved(kept: bytes, origin: str) -> dict[str, Any] | None:
    """Convert the stored form for a configuration now in the directory `origin`; None if the result depends on the directory."""
    text = kept.decode("ascii")
    done: dict[str, Any] = json.loads(text.replace(_HERE, _quoted(origin)) if origin else text)
    before = done.pop("origin", None)
    return done if before in (None, _mark(origin)) else None


def _mark(origin: str) -> str:
    return sha256(origin.encode("utf-8", "surrogatepass")).hexdigest()


def _quoted(text: str) -> str:
    return json.dumps(text)[1:-1]
