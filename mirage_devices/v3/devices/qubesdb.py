"""The database in which Qubes tells a guest its configuration."""

from __future__ import annotations

from collections.abc import Sequence

from functoria import Impl, Info, Package, Type, package
from mirage_devices.refusal import unsupported
from mirage_devices.v3.device import Device
from mirage_devices.v3.targets import is_xen


class Qubesdb:
    """Label of `qubesdb` for type checkers."""


qubesdb: Type[Qubesdb] = Type("qubesdb")
"""The database in which Qubes tells a guest its configuration."""

QUBES: Package = package("mirage-qubes", min="0.4", max="0.7")
"""The package of all devices of Qubes."""


class QubesDB(Device[Qubesdb]):
    """The database of the host."""

    type = qubesdb
    module = "Qubes.DB"
    name = "qubesdb"
    packages = (QUBES,)

    def configure(self, info: Info) -> None:
        if not is_xen.evaluate(info.get):
            raise unsupported(
                self,
                f"the Qubes database is only on the targets qubes and xen, not on "
                f"{info.context['target']}: choose one of these with -t",
            )

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.connect ~domid:0 ()"


default_qubesdb: Impl[Qubesdb] = QubesDB()
"""The database of the host."""
