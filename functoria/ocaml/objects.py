"""OCaml's objects. Methods are evaluated each time they are called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from attr import field, frozen

from functoria.location import Location
from functoria.misspelling import instead
from functoria.ocaml.errors import mistyped
from functoria.ocaml.numbered import Numbered
from functoria.ocaml.values import named


@frozen(eq=False)
class ObjectValue(Numbered):
    """An object. Two are equal if they come from the same place in the source and captured equal values."""

    equal_is_alike: ClassVar[bool] = True
    methods: dict[str, Callable[[], Any]] = field(repr=False)
    same: object = field(repr=False)
    at: Location
    private: frozenset[str] = frozenset()
    """The methods that are not part of its type."""


@frozen
class MethodValue:
    """A method of an object that the file defines."""

    run: Callable[[Any], Any]
    held: Any
    at: Location

    def __call__(self) -> Any:
        """Return the result of the method."""
        return self.run(self.held)


def send(value: Any, method: str, at: Location, *, own: bool = False) -> Any:
    """Return the result of an object's method, of a private one only to its `own` code.

    Raises TypeMismatch if it is not an object, or does not have the method.
    """
    if not isinstance(value, ObjectValue):
        raise mistyped(at, f"{named(value)} is not an object, and has no method {method}", objects=[value])
    found = value.methods.get(method)
    if method in value.private and not own:
        raise mistyped(at, f"the method {method} of this object is private: leave out private", objects=[value, method])
    if found is None:
        public = [name for name in value.methods if name not in value.private]
        has = instead(method, public, listed="it has") if public else "it has no methods that are not private"
        raise mistyped(at, f"this object has no method {method}: {has}", objects=[value, method])
    return found()
