"""Random numbers."""

from __future__ import annotations

from collections.abc import Sequence

from attr import frozen

from functoria import Impl, Info, Type
from mirage_devices.v4.device import Device
from mirage_devices.v4.packages import package


class Random:
    """Label of `random` for type checkers."""


random: Type[Random] = Type("random")
"""A generator of random numbers: an implementation to link, not an argument of functors."""


@frozen
class Fortuna(Device[Random]):
    """The generator of mirage-crypto, fed with the target's entropy."""

    type = random
    module = "Mirage_crypto_rng_mirage"
    name = "random"
    own_packages = (package("mirage-crypto-rng-mirage", compatible="2.0.0"),)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.initialize (module Mirage_crypto_rng.Fortuna)"


@frozen
class NoRandom(Device[Random]):
    """No random numbers: nothing is linked."""

    type = random
    module = "Mirage_runtime"
    name = "no_random"


default_random: Impl[Random] = Fortuna()
"""The generator Fortuna, fed with the target's entropy."""
no_random: Impl[Random] = NoRandom()
"""No generator, for a unikernel that brings its own or needs none."""
