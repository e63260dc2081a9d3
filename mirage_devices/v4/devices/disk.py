"""Disks that hypervisors provide to unikernels as block devices."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVarTuple

from mirage_devices.v4.device import Device

if TYPE_CHECKING:
    from functoria import Info

Ts = TypeVarTuple("Ts")


class Disk(Device[*Ts]):
    """A device over a disk provided by a hypervisor, with a unique name for manifests; Xen numbers them."""

    def disk(self, info: Info) -> str:
        """The name."""
        raise NotImplementedError
