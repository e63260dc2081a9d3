"""Fleets described in TOML: configurations, values of keys, and exclusions."""

from __future__ import annotations

import glob
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from functoria.errors import ConfigError, FunctoriaError
from functoria.fleet.case import Pattern
from functoria.fleet.configuration import File
from functoria.fleet.discovery import discover
from functoria.fleet.group import Group, axes_of
from functoria.location import Location

_GROUP: dict[str, type | tuple[type, ...]] = {
    "configurations": (str, list),
    "targets": (str, list),
    "release": str,
    "keys": dict,
    "matrix": dict,
    "exclude": list,
}
_TOP = {**_GROUP, "group": list}


def described(path: Path | str) -> tuple[Group, ...]:
    """Return the groups that the file at `path` describes. Raises ConfigError if it is missing or invalid."""
    file = Path(path)
    try:
        data = tomllib.loads(file.read_bytes().decode())
    except tomllib.TOMLDecodeError as error:
        raise _wrong(file, f"it is not TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise _wrong(file, "it is not UTF-8, as TOML must be") from error
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"the fleet {file} cannot be read: {said}", objects=[file]) from error
    _check(file, data, _TOP, "it")
    tables = data.pop("group", [])
    if tables and not all(isinstance(each, dict) for each in tables):
        raise _wrong(file, "group is a table in double brackets: write [[group]]")
    groups: list[Group] = []
    if "configurations" in data or not tables:
        groups += _groups(file, data, {}, "it")
    for number, table in enumerate(tables, 1):
        name = f"group {number}"
        _check(file, table, _GROUP, name)
        groups += _groups(file, table, data, name)
    return tuple(groups)


def _groups(file: Path, table: Mapping[str, Any], above: Mapping[str, Any], name: str) -> Iterator[Group]:
    """Yield the groups of a table, which inherits from the one `above` it."""
    if "configurations" not in table:
        raise _wrong(file, f'{name} names no configurations: write configurations = ["unikernels/"]')
    try:
        fixed = {**above.get("keys", {}), **table.get("keys", {})}
        said = {**above, **table}
        matrix = {**above.get("matrix", {}), **table.get("matrix", {})}
        axes = axes_of(None if "target" in table.get("matrix", {}) else said.get("targets"), matrix)
        without = tuple(map(_pattern, [*above.get("exclude", []), *table.get("exclude", [])]))
    except FunctoriaError as error:
        raise _wrong(file, f"{name}: {error.message}") from error
    both = [key for key in fixed if key in axes]
    if both:
        raise _wrong(file, f"{name}: {both[0]} is in keys, and is to vary: leave one out")
    for configuration in _configurations(file, table["configurations"], said.get("release"), name):
        yield Group(configuration, fixed, axes, without)


def _pattern(part: object) -> Pattern:
    if not isinstance(part, Mapping):
        raise ConfigError("exclude is a table in double brackets: write [[exclude]]", objects=[part])
    return Pattern.of(part)


def _configurations(file: Path, said: Any, release: str | None, name: str) -> Iterator[File]:
    """Yield the configurations that are named: files, directories to search, and patterns of either."""
    seen: set[Path] = set()
    base = file.absolute().parent
    for pattern in [said] if isinstance(said, str) else said:
        if not isinstance(pattern, str) or not pattern:
            raise _wrong(file, f"{name}: configurations are paths, not {pattern!r}")
        paths = sorted(glob.glob(str(Path(glob.escape(str(base)), pattern)), recursive=True))
        if not paths:
            raise _wrong(file, f"{name}: there is no {pattern} beside it")
        for path in map(Path, paths):
            if not path.is_dir() and path.suffix not in (".py", ".ml"):
                raise _wrong(
                    file,
                    f"{name}: {os.path.relpath(path, base)} is not a configuration, which is a file .py or .ml: name one, "
                    f"or a directory that holds some, in place of {pattern}",
                    "configurations",
                )
            found = discover(path, release) if path.is_dir() else [File.of(path, None, release)]
            for each in found:
                if each.path not in seen:
                    seen.add(each.path)
                    yield File(each.root, each.name, _label(base, each.path), each.release)


def _label(base: Path, path: Path) -> str:
    """Return the label of the configuration at `path`: its path relative to `base`, the directory of the description."""
    inside = Path(os.path.relpath(path, base))
    named = inside.parent if inside.stem == "config" else inside.with_suffix("")
    return "/".join(part for part in named.parts if part != os.pardir) or base.name or "unikernel"


def _check(file: Path, table: Mapping[str, Any], known: Mapping[str, type | tuple[type, ...]], name: str) -> None:
    for key, value in table.items():
        if key not in known:
            from functoria.misspelling import instead

            raise _wrong(file, f"{name} has no {key}: {instead(key, known, listed='it may have')}", key)
        if not isinstance(value, known[key]):
            kinds = known[key] if isinstance(known[key], tuple) else (known[key],)
            what = " or ".join({str: "text", list: "a list", dict: "a table"}[kind] for kind in kinds)  # type: ignore[index, union-attr]
            raise _wrong(file, f"{name}: {key} is {what}, not {value!r}", key)


def _wrong(file: Path, what: str, key: str | None = None) -> ConfigError:
    line = None
    if key is not None:
        lines = file.read_text().splitlines()
        line = next((number for number, text in enumerate(lines, 1) if text.strip().lstrip("[").startswith(key)), None)
    place = [] if line is None else [Location(str(file.absolute()), line)]
    return ConfigError(f"the fleet {file}: {what}", objects=[file], locations=place)
