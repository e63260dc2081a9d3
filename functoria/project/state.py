"""What was written to a directory, and by which choices: the state file beside the files."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from functoria.errors import FileConflict

if TYPE_CHECKING:
    from functoria.converter import Converter
    from functoria.plan.plan import Plan

NAME = ".functoria-state.json"
_FORMAT = 1


@frozen
class State:
    """The choices of the last `write`, and what it wrote: for each file its fingerprint, for each link its target."""

    app: str = ""
    config: str | None = None
    """The configuration file, relative to the directory; None where a script did it."""
    output: str | None = None
    context: Mapping[str, Any] = field(factory=dict)
    files: Mapping[str, str] = field(factory=dict)
    products: Sequence[str] = ()
    """The files that building may put beside those, or over others of these names."""

    def text(self) -> str:
        """The state file: JSON, the same for the same state."""
        data = {
            "format": _FORMAT,
            "app": self.app,
            "config": self.config,
            "output": self.output,
            "context": self.context,
            "files": self.files,
            "products": list(self.products),
        }
        return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def load(cls, directory: Path) -> State | None:
        """The state of `directory`; None where nothing was written there. Raises FileConflict for a file that is none."""
        return cls.read(directory / NAME)

    @classmethod
    def read(cls, path: Path) -> State | None:
        """The state that the file `path` says; None for no file. Raises FileConflict for a file that is none."""
        try:
            regular = stat.S_ISREG(os.stat(path).st_mode)  # anything else may never end
            text = path.read_bytes().decode() if regular else ""
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (UnicodeDecodeError, OSError):
            text = ""
        state = None
        try:
            data = json.loads(text)
            state = cls(data["app"], data["config"], data["output"], data["context"], data["files"], data["products"])
            valid = (
                data["format"] == _FORMAT
                and isinstance(state.app, str)
                and all(isinstance(item, (str, type(None))) for item in (state.config, state.output))
                and isinstance(state.context, dict)
                and isinstance(state.files, dict)
                and all(isinstance(mark, str) for mark in state.files.values())
                and isinstance(state.products, list)
                and all(isinstance(name, str) for name in state.products)
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            valid = False
        if state is None or not valid:
            raise FileConflict(
                f"{path} is no state file of this version: remove it, or write with --force", objects=[text]
            )
        return state


def fingerprint(content: bytes, *, executable: bool = False) -> str:
    """What tells whether a file is still as it was written."""
    return ("x:" if executable else "") + hashlib.sha256(content).hexdigest()


def choices(plan: Plan) -> dict[str, Any]:
    """What was given for keys, by name, as JSON can say it and `App.plan` takes it."""
    known = plan.app.keys_by_name
    return {name: plain(value, known[name][0].converter) for name, value in sorted(plan.context.given.items())}


def plain(value: Any, converter: Converter[Any]) -> Any:
    """`value` as JSON can say it, and as `converter` reads it back."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    item: Converter[Any] = getattr(converter, "item", converter)
    if type(value) in (list, tuple) and item is not converter:
        return [plain(each, item) for each in value]
    return item.print(value)
