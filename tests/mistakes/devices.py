"""Mistakes in devices and in their use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

import functoria
from functoria import App, Device, Impl, Info, Job, errors, foreign, job
from mirage_devices import (
    block,
    block_of_file,
    console,
    custom_console,
    default_network,
    default_qubesdb,
    default_reporter,
    default_time,
    generic_stackv4,
    qubes_ipv4_stack,
    register,
    resolver,
    resolver_unix_system,
    stackv4,
)
from tests.mistakes.registry import main, mistake, plain, write


class Failing(Device[Job]):
    type = job
    module = "Failing"

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:  # said here
        raise KeyError("no such thing")


@frozen
class Returning(Device[Job]):
    code: Any

    type = job
    module = "Returning"

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:  # said here
        return self.code  # type: ignore[no-any-return]  # what this mistake is about


class Knot(Device[Job]):
    """A device that needs another one, which needs the first."""

    type = job
    module = "Knot"

    @property
    def deps(self) -> list[Impl[Job]]:
        return [Loop()]


class Loop(Device[Job]):
    type = job
    module = "Loop"

    @property
    def deps(self) -> list[Impl[Job]]:
        return [KNOT]


KNOT = Knot()


@mistake(errors.Unsupported, ValueError, "OSTime (OS.Time) is for applications made by mirage_devices.register")
def device_of_another_register(directory: Path) -> object:
    return functoria.register("mistake", [main @ default_time]).plan().write(directory)  # here


@mistake(errors.InvalidValue, ValueError, "bytearray(b'x') can change, or cannot be hashed", objects=[bytearray])
def field_that_cannot_be_hashed(directory: Path) -> object:
    @frozen
    class Held(Device[Job]):
        """A device with a field of any kind."""

        field: Any

        type = job
        module = "Held"

    return write(directory, Held(bytearray(b"x")))  # here


@mistake(errors.InvalidValue, ValueError, "id of custom_console: 5 is not text", objects=[int])
def text_that_is_a_number(directory: Path) -> object:
    number: Any = 5
    main: Any = foreign("Unikernel.Main", console >> job)
    return register("mistake", [main @ custom_console(number)]).plan().write(directory)  # here


@mistake(errors.InvalidValue, ValueError, "ring_size must be a number of messages, not -5", objects=[int])
def ring_of_negative_size(directory: Path) -> object:
    return register("mistake", [plain], reporter=default_reporter(ring_size=-5)).plan().write(directory)  # here


@mistake(errors.InvalidModule, ValueError, "'unikernel.main' is not a module path", "'Unikernel.Main'", objects=[str])
def malformed_module(directory: Path) -> object:
    return write(directory, foreign("unikernel.main", job))  # here


@mistake(errors.InvalidModule, ValueError, "'Unikernel.' is not a module path", objects=[str])
def malformed_module_of_a_device(directory: Path) -> object:
    class Odd(Device[Job]):
        type = job
        module = "Unikernel."  # here

    return register("mistake", [Odd()]).plan().write(directory)  # here


@mistake(errors.Unsupported, ValueError, "OSTime", "mirage_devices.register", objects=[Device, App])
def devices_of_another_register(directory: Path) -> object:
    app = functoria.register("mistake", [main @ default_time])  # here
    return app.plan().write(directory)


@mistake(errors.DeviceError, RuntimeError, "connect of Failing (Failing) failed: KeyError", objects=[Failing])
def connect_that_fails(directory: Path) -> object:
    return write(directory, Failing())  # here


@mistake(errors.DeviceError, RuntimeError, "returned None, but must return OCaml code", objects=[Returning])
def connect_that_returns_nothing(directory: Path) -> object:
    return write(directory, Returning(None))  # here


@mistake(errors.DeviceError, RuntimeError, "returned ' ', but must return OCaml code", objects=[Returning])
def connect_that_returns_blanks(directory: Path) -> object:
    return write(directory, Returning(" "))  # here


@mistake(errors.DeviceError, RuntimeError, "connects 1 values, but got 0", objects=[Device])
def connect_of_the_wrong_number_of_values(directory: Path) -> object:
    class Strict(Device[Job]):
        type = job
        module = "Strict"

        def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
            return self.expect(values, 1)[0]

    return write(directory, Strict())  # here


@mistake(errors.DeviceError, RuntimeError, "two different files claim the name main.ml", objects=[Device])
def two_files_with_one_name(directory: Path) -> object:
    class Claiming(Device[Job]):
        type = job
        module = "Claiming"

        def files(self, info: Info) -> dict[str, str]:
            return {"main.ml": "let () = ()\n"}

    return write(directory, Claiming())  # here


@mistake(errors.DependencyCycle, ValueError, "a device needs itself: Knot → Loop → Knot", objects=[Knot, Loop])
def cycle_through_deps(directory: Path) -> object:
    return write(directory, KNOT)


@mistake(errors.Unsupported, ValueError, "not supported on the target muen", objects=[Device])
def block_on_muen(directory: Path) -> object:
    disk = block_of_file("disk.img")  # here
    return write(directory, foreign("Unikernel", block >> job) @ disk, context={"target": "muen"})


@mistake(errors.Unsupported, ValueError, "the Qubes database is only on", objects=[Device])
def qubes_on_unix(directory: Path) -> object:
    stack = qubes_ipv4_stack(default_network)  # here
    return write(directory, foreign("Unikernel", stackv4 >> job) @ stack, context={"target": "unix"})


@mistake(errors.Unsupported, ValueError, "the host's resolver is only on", objects=[Device])
def resolver_of_the_host_on_xen(directory: Path) -> object:
    unikernel = foreign("Unikernel", resolver >> job) @ resolver_unix_system  # here
    return write(directory, unikernel, context={"target": "xen"})


@mistake(errors.Unsupported, ValueError, "sockets are only on", objects=[Device])
def sockets_of_the_host_on_hvt(directory: Path) -> object:
    stack = generic_stackv4(default_network)  # here
    unikernel = foreign("Unikernel", stackv4 >> job) @ stack
    return write(directory, unikernel, context={"target": "hvt", "net": "socket"})


@mistake(errors.Unsupported, ValueError, "the Qubes database is only on", objects=[Device])
def job_of_a_library_alone(directory: Path) -> object:
    fed = foreign("Unikernel", job, deps=[default_qubesdb])  # here
    return write(directory, fed, context={"target": "hvt"})
