"""Fleets described in TOML: configurations, values of keys, and exclusions."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attr import evolve, frozen

from functoria.configuration_name import is_configuration
from functoria.errors import ConfigError, InvalidValue
from functoria.fleet.case import TARGET, Pattern, text_of
from functoria.fleet.configuration import File
from functoria.fleet.discovery import counted, discover
from functoria.fleet.group import Group, Places, axes_of
from functoria.fleet.toml import Steps, Toml
from functoria.location import Location
from functoria.misspelling import meant

_TYPES = {str: "a string", list: "a list", dict: "a table", bool: "true or false", int: "a number", float: "a number"}
_GROUP: dict[str, tuple[type, ...]] = {
    "configurations": (str, list),
    "targets": (str, list),
    "release": (str,),
    "keys": (dict,),
    "matrix": (dict,),
    "exclude": (list,),
}
_TOP = {**_GROUP, "group": (list,)}


def described(path: Path | str) -> tuple[Group, ...]:
    """Return the groups that the file at `path` describes.

    Raises ConfigError if it is missing or invalid, with the place of each mistake.
    """
    if is_configuration(path):
        raise ConfigError(
            f"{path} is a configuration, and not a fleet, which is a TOML file that names configurations: give one that says "
            f'configurations = ["{Path(path).name}"], or make one with Fleet.of',
            objects=[path],
        )
    toml = Toml.read(Path(path))
    top = _Table(toml, ())
    top.check(_TOP)
    groups: list[Group] = []
    if "configurations" in toml.data or "group" not in toml.data:
        groups += _groups(top)
    for number in range(len(toml.data.get("group", ()))):
        table = _Table(toml, ("group", number), top)
        table.check(_GROUP)
        groups += _groups(table)
    return tuple(groups)


@frozen
class _Table:
    """A table that describes groups, and inherits from the one `above` it."""

    toml: Toml
    steps: Steps
    above: _Table | None = None

    @property
    def data(self) -> Mapping[str, Any]:
        """Its own content."""
        found: Any = self.toml.data
        for step in self.steps:
            found = found[step]
        return dict(found)

    @property
    def name(self) -> str:
        """Its name in messages."""
        return f"group {int(self.steps[-1]) + 1}" if self.steps else "it"

    def said(self, name: str) -> tuple[Any, Steps] | None:
        """Return the value and place of `name` in this table, or else in the one above."""
        if name in self.data:
            return self.data[name], (*self.steps, name)
        return None if self.above is None else self.above.said(name)

    def all_of(self, name: str) -> dict[str, tuple[Any, Steps]]:
        """Return the content and places of the tables `name`, both its own and the one above."""
        found = {} if self.above is None else self.above.all_of(name)
        return found | {key: (value, (*self.steps, name, key)) for key, value in self.data.get(name, {}).items()}

    def wrong(self, what: str, *steps: str | int, key: bool = False, remedy: str = "") -> ConfigError:
        """Return the error for a mistake at `steps` from here: at a value, or at its `key`."""
        place = (self.toml.at_key if key else self.toml.at)(*self.steps, *steps)
        return self.toml.wrong(what, place, remedy)

    def check(self, known: Mapping[str, tuple[type, ...]]) -> None:
        """Raise ConfigError for a name that is not one of those `known`, and for a value of the wrong type."""
        from functoria.misspelling import instead

        for key, value in self.data.items():
            if key not in known:
                remedy = instead(key, known, listed="it may have")
                raise self.wrong(f"{self.name} has no {key}", key, key=True, remedy=remedy)
            if not isinstance(value, known[key]):
                what = " or ".join(_TYPES[kind] for kind in known[key])
                raise self.wrong(f"{self.name}: {key} must be {what}, not {value!r}", key)
        for key in ("group", "exclude"):
            for number, each in enumerate(self.data.get(key, ())):
                if not isinstance(each, dict):
                    raise self.wrong(
                        f"{key} must be a table in double brackets, not {_TYPES.get(type(each), 'a time')}",
                        key,
                        number,
                        remedy=f"write [[{'group.' * bool(self.steps)}{key}]]",
                    )
        if self.data.get("matrix") == {}:
            raise self.wrong("matrix is empty", "matrix", remedy="list values of a key in it, or leave it out")


def _groups(table: _Table) -> Iterator[Group]:
    if "configurations" not in table.data:
        raise table.wrong(f"{table.name} names no configurations", remedy='write configurations = ["unikernels/"]')
    fixed = table.all_of("keys")
    axes, places = _axes(table)
    for name, (value, steps) in fixed.items():
        if name in axes:
            raise table.toml.wrong(
                f"{name} is both in keys and among the values to combine", table.toml.at_key(*steps), "leave one out"
            )
        if isinstance(value, dict):
            raise table.toml.wrong(f"{name} must be a value of a key, not a table", table.toml.at(*steps))
        places[name, None] = table.toml.at_key(*steps)
        places[name, text_of(value)] = table.toml.at(*steps)
    values = {name: value for name, (value, _) in fixed.items()}
    without = tuple(_patterns(table))
    for configuration in _configurations(table):
        yield Group(configuration, values, axes, without, places)


def _axes(table: _Table) -> tuple[dict[str, tuple[Any, ...] | None], Places]:
    """Return the values to combine, each with its place. Nearer tables win. Raises ConfigError for two in one table."""
    said = table.all_of("matrix")
    targets = table.said("targets")
    if targets is not None and TARGET in said and said[TARGET][1][:-2] == targets[1][:-1]:
        both = "both targets and the matrix give targets"
        raise table.toml.wrong(both, table.toml.at_key(*said[TARGET][1]), "leave one out")
    if targets is not None and (TARGET not in said or len(said[TARGET][1]) <= len(targets[1])):
        said = {TARGET: targets, **{name: each for name, each in said.items() if name != TARGET}}
    axes: dict[str, tuple[Any, ...] | None] = {}
    places: Places = {}
    for name, (values, steps) in said.items():
        try:
            axes |= axes_of(values, None) if steps[-1] == "targets" else axes_of(None, {name: values})
        except InvalidValue as error:
            wrong = _last(values, error.objects[-1]) if isinstance(values, list) else []
            raise table.toml.wrong(error.problem, table.toml.at(*steps, *wrong), error.remedy) from error
        places[name, None] = table.toml.at_key(*steps)
        if not isinstance(values, list):
            places[name, text_of(values)] = table.toml.at(*steps)
        else:
            places |= {(name, text_of(value)): table.toml.at(*steps, n) for n, value in enumerate(values)}
    return axes, places


def _last(values: list[Any], value: object) -> list[int]:
    """Return the number of the last of `values` that equals `value` in a list, which is empty if there is none."""
    return [number for number, each in enumerate(values) if each is value or each == value][-1:]


def _patterns(table: _Table) -> Iterator[Pattern]:
    if table.above is not None:
        yield from _patterns(table.above)
    for number, parts in enumerate(table.data.get("exclude", ())):
        steps = (*table.steps, "exclude", number)
        for name, value in parts.items():
            if isinstance(value, dict) or value == []:
                raise table.toml.wrong(f"{name} must be a string or a list of strings", table.toml.at(*steps, name))
        places: dict[tuple[str, str] | None, Location] = {
            (name, text_of(text)): table.toml.at(*steps, name, *([n] if isinstance(value, list) else []))
            for name, value in parts.items()
            for n, text in enumerate(value if isinstance(value, list) else [value])
        }
        places[None] = table.toml.at(*steps)
        try:
            yield evolve(Pattern.of(parts), places=places)
        except InvalidValue as error:
            raise table.toml.wrong(error.problem, table.toml.at(*steps), error.remedy) from error


def _configurations(table: _Table) -> Iterator[File]:
    """Yield the configurations that are named: files, directories to search, and patterns of either."""
    said = table.data["configurations"]
    release = table.said("release")
    base = table.toml.path.absolute().parent
    files: list[File] = []
    for number, pattern in enumerate([said] if isinstance(said, str) else said):
        place: Steps = ("configurations", *([] if isinstance(said, str) else [number]))
        if not isinstance(pattern, str) or not pattern or "\0" in pattern:
            raise table.wrong(f"configurations must be paths, not {pattern!r}", *place)
        paths = sorted(glob.glob(str(Path(glob.escape(str(base)), pattern)), recursive=True))
        if not paths:
            raise table.wrong(f"there is no {pattern} beside it", *place, remedy=_near(base, pattern))
        for path in map(Path, paths):
            if not path.is_dir() and not is_configuration(path):
                what = f"{os.path.relpath(path, base)} is not a configuration, which is a file .py or .ml"
                remedy = f"name one, or a directory that holds some, in place of {pattern}"
                raise table.wrong(what, *place, remedy=remedy)
            try:
                files += discover(path, _text(release)) if path.is_dir() else [File.of(path, None, _text(release))]
            except ConfigError as error:
                raise table.wrong(error.message, *place) from error
    if not files:
        raise table.wrong(
            f"{table.name} names no configurations", "configurations", remedy='name one, as in ["unikernels/"]'
        )
    for each in counted(files):
        yield File(each.root, each.name, _label(base, each.path), each.release)


def _text(said: tuple[Any, Steps] | None) -> str | None:
    return None if said is None else str(said[0])


def _near(base: Path, pattern: str) -> str:
    """Suggest a correction for a path that does not exist: its first missing part, and similar names."""
    place = base
    for part in Path(pattern).parts:
        if not (place / part).exists():
            try:
                names = sorted(os.listdir(place))
            except OSError:
                return ""
            hint = "" if glob.has_magic(part) else meant(part, names)
            return hint.replace(
                "did you mean ", f"did you mean {os.path.relpath(place, base)}/" if place != base else "did you mean "
            )
        place /= part
    return ""


def _label(base: Path, path: Path) -> str:
    """Return the label of the configuration at `path`: its path relative to `base`, the directory of the description."""
    inside = Path(os.path.relpath(path, base))
    named = inside.parent if inside.stem == "config" else inside.with_suffix("")
    return "/".join(part for part in named.parts if part != os.pardir) or base.name or "unikernel"
