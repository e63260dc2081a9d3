"""Consoles."""

from __future__ import annotations

from collections.abc import Sequence

from attr import frozen

from functoria import Impl, Info, Package, Type, arg, match_impl, package
from mirage_devices.v3.device import Device
from mirage_devices.v3.targets import family


class Console:
    """Label of `console` for type checkers."""


console: Type[Console] = Type("console")
"""Something to write lines to, and to read from."""

_PACKAGES = {
    "unix": package("mirage-console-unix", min="2.2.0", max="3.0.0"),
    "xen": package("mirage-console-xen", min="2.2.0", max="3.0.0"),
    "solo5": package("mirage-console-solo5", min="0.3.0", max="0.4.0"),
}


@frozen
class FamilyConsole(Device[Console]):
    """The console `id` of a family of targets."""

    family: str
    id: str

    type = console

    @property
    def name(self) -> str:
        return f"console_{self.id}"

    @property
    def module(self) -> str:
        return f"Console_{self.family}"

    @property
    def packages(self) -> tuple[Package]:
        return (_PACKAGES[self.family],)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.connect {self.ocaml_string(self.id)}"


def custom_console(id: str) -> Impl[Console]:
    """The console `id` of the target: on Xen its number or name, elsewhere any text."""
    id = arg.string.accept(id, of="id of custom_console")
    unix, xen, solo5 = (FamilyConsole(family, id) for family in _PACKAGES)
    return match_impl(family, {"xen": xen, "solo5": solo5}, default=unix)


default_console: Impl[Console] = custom_console("0")
"""The first console of the target."""
