"""Refusals of a config.ml, each with its place."""

from __future__ import annotations

from collections.abc import Iterable

from functoria.errors import ConfigError, TypeMismatch
from functoria.location import Location


def refused(at: Location, message: str, *, objects: Iterable[object] = ()) -> ConfigError:
    """What OCaml would refuse, or what is not read, at a place."""
    return ConfigError(message, objects=objects, locations=[at])


def mistyped(at: Location, message: str, *, objects: Iterable[object] = ()) -> TypeMismatch:
    """What OCaml's type checker would refuse, at a place."""
    return TypeMismatch(message, objects=objects, locations=[at])
