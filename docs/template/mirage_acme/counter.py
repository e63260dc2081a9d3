"""Counters: a kind of device, and an instance of it."""

from collections.abc import Sequence

from functoria import Impl, Info, Type
from mirage_devices.v4 import Device, package


class Counter:
    """The name of the type of counters for type checkers."""


COUNTER: Type[Counter] = Type("counter")
"""The type of counters. A unikernel takes one as `COUNTER >> job`."""


class MemoryCounter(Device[Counter]):
    """A counter in memory, from the OCaml module Acme_counter in the opam package acme-counter."""

    type = COUNTER
    module = "Acme_counter"
    own_packages = (package("acme-counter", compatible="1.2.0"),)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Return the OCaml code that starts it."""
        self.expect(values, 0)
        return f"{module}.connect ()"


counter: Impl[Counter] = MemoryCounter()
"""A counter in memory."""
