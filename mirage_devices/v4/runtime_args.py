"""Runtime arguments: options of the unikernel, as Cmdliner terms that its main module registers."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import field, frozen

from functoria import Package
from functoria.device import list_of
from functoria.emit.main_ml import Registered
from functoria.errors import InvalidValue
from functoria.location import Location, here
from functoria.names import WORD, value_name
from mirage_devices.v4.packages import package

RUNTIME = package("mirage-runtime", min="4.11.0", max="4.12.0")
"""The library that registers runtime arguments, of this release of the tool."""
NETWORK = package("mirage-runtime", min="4.11.0", max="4.12.0", sublibs=["network"])
"""Its arguments of networks."""


@frozen
class RuntimeArg:
    """An option of the unikernel, given when it boots. Made by `runtime_arg`, and by the functions of this module.

    `code` is the OCaml expression of the Cmdliner term, such as `Unikernel.hello`. Two with the same code and packages are one.
    """

    code: str
    packages: tuple[Package, ...] = ()
    location: Location | None = field(default=None, eq=False, repr=False)

    @property
    def registered(self) -> Registered:
        """The value that the main module registers for it."""
        kept = "".join("_" if char in "-. " else char for char in self.code.lower() if char in WORD or char in "-. ")
        head = kept.split("_" * 2)[0][:40].strip("_") or "argument"
        return Registered(value_name(head if not head[0].isdigit() else f"a{head}", of="runtime argument"), self.code)


def runtime_arg(code: str, *, packages: Sequence[Package] = ()) -> RuntimeArg:
    """The option that the OCaml expression `code`, a Cmdliner term, describes; `packages` are those that it needs.

    Raises InvalidValue for code that is not text or is blank.
    """
    if not isinstance(code, str) or not code.strip():
        raise InvalidValue(f"a runtime argument is OCaml code, as Unikernel.hello, and is not {code!r}", objects=[code])
    return RuntimeArg(code.strip(), list_of(packages, Package, "packages", code), here())


logs = RuntimeArg("Mirage_runtime.logs", (RUNTIME,))
"""How verbose the logs are: `-l`, `--logs`, a list of LEVEL, *:LEVEL and SOURCE:LEVEL."""
delay = RuntimeArg("Mirage_runtime.delay", (RUNTIME,))
"""How many seconds to wait before anything starts: `--delay`, 0 unless it is given."""
