"""Disks: what hypervisors give a unikernel block devices of."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVarTuple

from mirage_devices.v4.device import Device

if TYPE_CHECKING:
    from functoria import Info

Ts = TypeVarTuple("Ts")


class Disk(Device[*Ts]):
    """A device over a disk that a hypervisor gives, under a name of which there is one: a manifest has it, and Xen a number."""

    def disk(self, info: Info) -> str:
        """The name."""
        raise NotImplementedError
