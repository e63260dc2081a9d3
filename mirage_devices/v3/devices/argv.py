"""The arguments with which a unikernel is booted.

Even on Unix they are joined with blanks and split again, as on hypervisors: a blank within a value must be escaped.
"""

from __future__ import annotations

from collections.abc import Sequence

from attr import frozen

from functoria import Argv, Impl, Info, Package, argv, match_impl, package
from mirage_devices.v3.device import Device
from mirage_devices.v3.targets import family


@frozen
class Bootvar(Device[Argv]):
    """The boot arguments, from the library mirage-bootvar of a family."""

    packages: tuple[Package, ...]
    filtered: bool = False
    """Whether hypervisors add arguments of their own, so that arguments of unknown keys are dropped."""

    type = argv
    module = "Bootvar"
    name = "argv"

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        if not self.filtered:
            return f"{module}.argv ()"
        return f"let filter (key, _) = List.mem key (List.map snd Key_gen.runtime_keys) in\n  {module}.argv ~filter ()"


class NoArgv(Device[Argv]):
    """No arguments but an empty name."""

    type = argv
    module = "Mirage_runtime"
    name = "argv"

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return 'return [| "" |]'


no_argv: Impl[Argv] = NoArgv()
"""No arguments: every key has its default."""
argv_unix: Impl[Argv] = Bootvar((package("mirage-bootvar-unix", min="0.1.0", max="0.2.0"),))
"""The arguments of a process."""
argv_xen: Impl[Argv] = Bootvar((package("mirage-bootvar-xen", min="0.4.0", max="0.5.0"),), filtered=True)
"""The arguments of a Xen guest, without those of unknown keys."""
argv_solo5: Impl[Argv] = Bootvar((package("mirage-bootvar-solo5", min="0.3.0", max="0.4.0"),))
"""The arguments of a Solo5 guest."""
default_argv: Impl[Argv] = match_impl(family, {"xen": argv_xen, "solo5": argv_solo5}, default=argv_unix)
"""The arguments of the target."""
