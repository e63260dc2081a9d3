"""The state file, which records what was written to a directory and by which choices."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from functoria.errors import FileConflict
from functoria.project.kinds import STATE, writable
from functoria.project.tree import Tree

if TYPE_CHECKING:
    from functoria.converter import Converter
    from functoria.plan.plan import Plan

NAME = STATE
LARGEST = 1 << 24
"""The size limit of a state file, in bytes: 16 MiB, enough for some 100,000 files."""
_FORMAT = 1


class State(NamedTuple):
    """The choices of the last `write`, and the fingerprints of the files and links that it wrote."""

    app: str = ""
    config: str | None = None
    """The configuration file, relative to the directory; None if a script wrote the plan."""
    output: str | None = None
    context: Mapping[str, Any] = MappingProxyType({})
    files: Mapping[str, str] = MappingProxyType({})
    products: Sequence[str] = ()
    """The files that dune may promote, replacing others of these names."""
    release: str | None = None
    """The release that was given with --release, for a configuration that does not name one itself."""

    def text(self) -> str:
        """Return the text of the state file: JSON, the same for equal states."""
        data: dict[str, Any] = {
            "format": _FORMAT,
            "app": self.app,
            "config": self.config,
            "output": self.output,
            "context": dict(self.context),
            "files": dict(self.files),
            "products": list(self.products),
        }
        if self.release is not None:
            data["release"] = self.release
        text = json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        if text.isascii():
            return text
        # Names may have bytes that are not UTF-8.
        return re.sub("[\ud800-\udfff]", lambda char: f"\\u{ord(char[0]):04x}", text)

    def names(self, file: str) -> bool:
        """Return whether a choice in this state, of the output or a key, is part of the name of `file`.

        Such a name is no more trustworthy than the state file, even if the configuration gives it with these choices.
        """
        left: list[Any] = [self.output, *self.context.values()]
        while left:
            value = left.pop()
            if isinstance(value, (list, dict)):
                left += value if isinstance(value, list) else [*value, *value.values()]
            elif value not in (None, "", True, False) and str(value) in file:
                return True
        return False

    @classmethod
    def load(cls, directory: Path) -> State | None:
        """Load the state of `directory`; None if nothing was written there. Raises FileConflict as `read` does."""
        try:
            with Tree.open(directory, missing=True) as tree:
                return cls.read(tree)
        except NotADirectoryError:
            return None

    @classmethod
    def read(cls, tree: Tree, name: str = NAME) -> State | None:
        """Read the state from the file `name`; None if there is no file.

        Raises FileConflict if it is not a state file, or names something that is not a file of a project, or if it belongs
        to neither the user nor the directory's owner.
        """
        found = tree.lstat(name)
        if found is None:
            return None
        path = tree.path / name
        why = tree.distrusted(path, found.st_uid)
        if why:
            remedy = f"if you trust it, make it yours with chown {os.geteuid()}; else remove it, or write with --force"
            raise FileConflict(f"{why}: {remedy}", objects=[path])
        try:
            text = tree.read(name, LARGEST).decode()
            state = cls._of(json.loads(text))
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            if isinstance(error, PermissionError):
                raise FileConflict(f"{path} cannot be read: make it readable, or remove it", objects=[path]) from error
            why = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
            raise FileConflict(
                f"{path} is not a state file of this version{why}: remove it, or write with --force", objects=[path]
            ) from error
        strange = next((each for each in state.files if not writable(each)), None)
        if strange is not None:
            raise FileConflict(
                f"{path} names {strange!r}, which is not a file of a project: remove it, or write with --force",
                objects=[path, strange],
            )
        return state

    @classmethod
    def _of(cls, data: Any) -> State:
        """Make a state from `data`. Raises KeyError, TypeError or ValueError if it is not one."""
        state = cls(
            data["app"],
            data["config"],
            data["output"],
            data["context"],
            data["files"],
            data["products"],
            data.get("release"),
        )
        valid = (
            data["format"] == _FORMAT
            and isinstance(state.app, str)
            and all(isinstance(item, (str, type(None))) for item in (state.config, state.output, state.release))
            and isinstance(state.context, dict)
            and isinstance(state.files, dict)
            and all(isinstance(mark, str) for mark in state.files.values())
            and isinstance(state.products, list)
            and all(isinstance(name, str) for name in state.products)
        )
        if not valid:
            raise ValueError("a part of it is not of its type")
        return state


def choices(plan: Plan) -> dict[str, Any]:
    """Return the values given for keys, by name, in a form for JSON that `App.plan` accepts."""
    known = plan.app.keys_by_name
    return {name: plain(value, known[name][0].converter) for name, value in sorted(plan.context.given.items())}


def plain(value: Any, converter: Converter[Any]) -> Any:
    """Convert `value` to a form for JSON that `converter` reads back."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    item: Converter[Any] = getattr(converter, "item", converter)
    if type(value) in (list, tuple) and item is not converter:
        return [plain(each, item) for each in value]
    return item.print(value)
