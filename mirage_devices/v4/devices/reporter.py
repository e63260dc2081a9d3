"""Reporters: where logs go."""

from __future__ import annotations

from collections.abc import Sequence

from attr import frozen

from functoria import Impl, Info, Type, arg
from functoria.errors import InvalidValue
from functoria.printable import worded
from mirage_devices.v4.device import Device
from mirage_devices.v4.packages import package
from mirage_devices.v4.runtime_args import logs

LEVELS = ("app", "error", "warning", "info", "debug")
"""The levels of logs, from least to most verbose."""


class Reporter:
    """Label of `reporter` for type checkers."""


reporter: Type[Reporter] = Type("reporter")
"""The destination of logs."""


@frozen
class MirageLogs(Device[Reporter]):
    """Logs on the console; the runtime argument `--logs` changes their levels."""

    level: str | None

    type = reporter
    module = "Mirage_logs"
    name = "reporter"
    own_packages = (package("mirage-logs", compatible="3.0.0"),)
    runtime_args = (logs,)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Set the reporter, and the level of sources that `--logs` does not name."""
        (levels,) = self.expect(values, 1)
        level = "None" if self.level is None else f"(Some Logs.{self.level.capitalize()})"
        return (
            f"let reporter = {module}.create () in\n"
            f"  Mirage_runtime.set_level ~default:{level} {levels};\n"
            "  Logs.set_reporter reporter;\n  Lwt.return reporter"
        )


@frozen
class NoReporter(Device[Reporter]):
    """No logs."""

    type = reporter
    module = "Mirage_runtime"
    name = "no_reporter"


def default_reporter(*, level: str | None = "info") -> Impl[Reporter]:
    """Logs on the console, by default of `level`: app, error, warning, info, debug, or None for no logs.

    Raises InvalidValue for another level.
    """
    accepted = arg.some(arg.string).accept(level, of="level of default_reporter")
    if accepted is not None and accepted.lower() not in LEVELS:
        raise InvalidValue(
            f"the level of default_reporter must be one of {', '.join(LEVELS)}, not {worded(level)}", objects=[level]
        )
    return MirageLogs(None if accepted is None else accepted.lower())


no_reporter: Impl[Reporter] = NoReporter()
"""No logs."""
