"""Functions of OCaml that Python calls, and of Python that OCaml calls."""

from __future__ import annotations

from typing import Any

from attr import frozen

from functoria.location import Location
from functoria.ocaml.apply import Given, apply
from functoria.ocaml.codecs import Codec
from functoria.ocaml.ml_types import Ty, arrows
from functoria.ocaml.numbered import counted
from functoria.ocaml.values import Function, Parameter


@frozen
class Callback(Codec):
    """A function that Python calls with positional arguments."""

    takes: tuple[Codec, ...]
    gives: Codec

    def python(self, value: Any, at: Location) -> Any:
        if not isinstance(value, Function):
            raise self.wrong(value, at)
        return Called(value, self, at)

    def ocaml(self, value: Any) -> Any:
        def call(arguments: list[Any], at: Location) -> Any:
            given = [codec.python(each, at) for codec, each in zip(self.takes, arguments, strict=True)]
            return self.gives.ocaml(value(*given))

        return counted(Function((Parameter(),) * len(self.takes), call, ("python", value)))

    def scheme(self) -> Ty:
        return arrows([each.scheme() for each in self.takes], self.gives.scheme())


@frozen
class Called:
    """An OCaml function that Python can call."""

    function: Function
    codec: Callback
    at: Location

    def __call__(self, *values: Any) -> Any:
        given = [Given(codec.ocaml(value)) for codec, value in zip(self.codec.takes, values, strict=True)]
        return self.codec.gives.python(apply(self.function, given, self.at), self.at)
