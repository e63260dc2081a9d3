"""Sockets of the host, available in the Unix family only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from functoria import Info, Key
from mirage_devices.refusal import unsupported
from mirage_devices.v3.device import Device
from mirage_devices.v3.targets import is_unix


class Socket(Device[Any]):
    """A device over sockets of the host. Its `address` is the key for the address to bind to."""

    address: Key[Any]

    @property
    def keys(self) -> tuple[Key[Any], ...]:
        return (self.address,)

    def configure(self, info: Info) -> None:
        if not is_unix.evaluate(info.get):
            raise unsupported(
                self,
                f"{self.module}: sockets are only on the targets unix and macosx, not on "
                f"{info.context['target']}: choose one of these with -t",
            )

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values)
        return " ".join([f"{module}.connect", self.address.call, *values])
