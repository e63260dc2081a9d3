"""Bases of devices that use hardware attached by a hypervisor: disks and network interfaces."""

from __future__ import annotations

from typing import Any, TypeVarTuple

from functoria import Key
from mirage_devices.v3.device import Device

Ts = TypeVarTuple("Ts")


class Disk(Device[*Ts]):
    """A device over a disk, the file `image`: a path relative to where the unikernel is started."""

    image: Any


class Interface(Device[*Ts]):
    """A device over a network interface, which the key `interface` names."""

    interface: Key[str]
