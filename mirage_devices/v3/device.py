"""The base class of the devices of MirageOS 3.3."""

from __future__ import annotations

from typing import ClassVar, TypeVarTuple

import functoria
from mirage_devices.v3.sections import REGISTER

Ts = TypeVarTuple("Ts")


class Device(functoria.Device[*Ts]):
    """A module of a unikernel of MirageOS 3.3."""

    __slots__ = ()

    registered_by = REGISTER
    feeds_entropy: ClassVar[bool] = False
    """Whether it provides entropy for nocrypto."""
