"""The database of a Qubes domain."""

from __future__ import annotations

from collections.abc import Sequence

from attr import frozen

from functoria import Impl, Info, Type
from mirage_devices.refusal import unsupported
from mirage_devices.v4.device import Device
from mirage_devices.v4.packages import package
from mirage_devices.v4.targets import is_xen, target

QUBES = package("mirage-qubes", compatible="2.0.0")
"""The library of Qubes."""


class Qubesdb:
    """Label of `qubesdb` for type checkers."""


qubesdb: Type[Qubesdb] = Type("qubesdb")
"""The database in which Qubes tells a domain about itself."""


@frozen
class QubesDb(Device[Qubesdb]):
    """The database of the domain that the unikernel runs in."""

    type = qubesdb
    module = "Qubes.DB"
    name = "qubesdb"
    own_packages = (QUBES,)

    def configure(self, info: Info) -> None:
        if not is_xen.evaluate(info.get):
            raise unsupported(
                self,
                f"Qubes DB is on the targets qubes and xen, not on {info.get(target)}",
            )

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.connect ~domid:0 ()"


default_qubesdb: Impl[Qubesdb] = QubesDb()
"""The database of the domain that the unikernel runs in."""
