"""The first jobs of every unikernel: they parse its arguments, set up OCaml's runtime, wait, and set its name."""

from __future__ import annotations

from collections.abc import Sequence

from attr import frozen

from functoria import Argv, Impl, Info, Job, Package, job
from mirage_devices.v4.device import Device
from mirage_devices.v4.devices.sleep import sleep_packages
from mirage_devices.v4.packages import package
from mirage_devices.v4.runtime_args import RUNTIME, RuntimeArg, delay
from mirage_devices.v4.targets import Target, chosen


@frozen
class ReadArguments(Device[Job]):
    """Parses the runtime arguments in `arguments`."""

    arguments: Impl[Argv]

    type = job
    module = "Mirage_runtime"
    name = "runtime_args"
    own_packages = (RUNTIME,)

    @property
    def deps(self) -> tuple[Impl[Argv]]:
        return (self.arguments,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        (arguments,) = self.expect(values, 1)
        return f"return ({module}.with_argv ({module}.runtime_args ()) {self.ocaml_string(info.title)} {arguments})"


_SETUP = "Cmdliner_stdlib.setup ~backtrace:(Some true) ~randomize_hashtables:(Some true) ()"


@frozen
class OcamlRuntime(Device[Job]):
    """Sets up OCaml's runtime: backtraces, hash tables, and the garbage collector, each with its options."""

    type = job
    module = "Cmdliner_stdlib"
    name = "ocaml_runtime"
    runtime_args = (RuntimeArg(_SETUP, (package("cmdliner-stdlib", compatible="1.0.1"),)),)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Return the runtime argument's value, whose evaluation sets up the runtime."""
        (setup,) = self.expect(values, 1)
        return f"return {setup}"


def _delay_packages(target: Target) -> tuple[Package, ...]:
    """Return the packages it calls, even if the unikernel itself has no `sleep`."""
    return (package("duration", max="1.0.0"), *sleep_packages(target))


@frozen
class Delay(Device[Job]):
    """Waits for the number of seconds given by the runtime argument `--delay`."""

    type = job
    module = "Mirage_runtime"
    name = "delay"
    own_packages = chosen.map(_delay_packages)
    runtime_args = (delay,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        (seconds,) = self.expect(values, 1)
        return f"Mirage_sleep.ns (Duration.of_sec {seconds})"


@frozen
class SetName(Device[Job]):
    """Tells the runtime library the unikernel's name."""

    type = job
    module = "Mirage_runtime"
    name = "name"

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.set_name {self.ocaml_string(info.title)}; Lwt.return_unit"
