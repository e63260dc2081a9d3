"""Reporters: where logs go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attr import frozen

from functoria import Impl, Info, Job, Key, Type, arg, job, package
from functoria.errors import InvalidValue
from mirage_devices.v3 import keys
from mirage_devices.v3.arguments import level_literal, log_level
from mirage_devices.v3.device import Device
from mirage_devices.v3.devices.pclock import Pclock, default_posix_clock, pclock

reporter: Type[Job] = job
"""A job that sets where logs go."""

_LOGS: Key[Any] = keys.logs()


@frozen
class MirageLogs(Device[Pclock, Job]):
    """Logs with time stamps on the console, with the levels given by the key `logs`, and `level` for other sources."""

    level: str = "info"
    ring_size: int | None = None

    type = pclock >> reporter
    module = "Mirage_logs.Make"
    name = "mirage_logs"
    packages = (package("mirage-logs", min="0.3.0", max="0.4.0"),)
    keys = (_LOGS,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        (clock,) = self.expect(values, 1)
        ring_size = "None" if self.ring_size is None else f"Some {self.ring_size}"
        return (
            f"let ring_size = {ring_size} in\n"
            f"  let reporter = {module}.create ?ring_size {clock} in\n"
            f"  Mirage_runtime.set_level ~default:{level_literal(self.level)} {_LOGS.call};\n"
            f"  {module}.set_reporter reporter;\n"
            "  return reporter"
        )


class NoReporter(Device[Job]):
    """Leaves logs alone; `register` does not initialise it."""

    type = reporter
    module = "Mirage_runtime"
    name = "no_reporter"


def default_reporter(
    clock: Impl[Pclock] = default_posix_clock, ring_size: int | None = None, level: str = "info"
) -> Impl[Job]:
    """Logs with time stamps on the console, with the levels given by the key `logs`.

    `level` (app, error, warning, info or debug) applies to sources that it does not name. `ring_size` is the number of
    messages kept to be printed with the next error. Raises InvalidValue for invalid arguments.
    """
    size = arg.some(arg.int).accept(ring_size, of="ring_size of default_reporter")
    if size is not None and size < 0:
        raise InvalidValue(f"ring_size must be a number of messages, not {size}: give 0 or more", objects=[size])
    return MirageLogs(log_level.accept(level, of="level of default_reporter"), size) @ clock


no_reporter: Impl[Job] = NoReporter()
"""No reporter: logs are left alone."""
