"""Random numbers, and entropy for them."""

from __future__ import annotations

from collections.abc import Sequence

from functoria import Impl, Info, Job, Type, job, match_impl, package
from mirage_devices.v3 import keys
from mirage_devices.v3.device import Device
from mirage_devices.v3.targets import by_family, is_unix


class Random:
    """Label of `random` for type checkers."""


random: Type[Random] = Type("random")
"""A generator of random numbers."""


class StdlibRandom(Device[Random]):
    """OCaml's own generator, which is not for cryptography."""

    type = random
    module = "Mirage_random_stdlib"
    name = "random"
    packages = (package("mirage-random-stdlib", max="0.1.0"),)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        self.expect(values, 0)
        return f"{module}.initialize ()"


class Nocrypto(Device[Job]):
    """Feeds entropy to the generator of nocrypto."""

    type = job
    module = "Nocrypto_entropy"
    name = "nocrypto"
    feeds_entropy = True
    packages = by_family(
        unix=(package("nocrypto", min="0.5.4", max="0.6.0", sublibs=["lwt"]),),
        xen=(
            package("nocrypto", min="0.5.4", max="0.6.0", sublibs=["mirage"]),
            package("zarith-xen", max="2.0", ocamlfind=[]),
        ),
        solo5=(
            package("nocrypto", min="0.5.4", max="0.6.0", sublibs=["mirage"]),
            package("zarith-freestanding", max="2.0", ocamlfind=[]),
        ),
    )

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        """Return a call of Nocrypto_entropy_lwt.initialize, or of the same function of Nocrypto_entropy_mirage."""
        self.expect(values, 0)
        suffix = "lwt" if is_unix.evaluate(info.get) else "mirage"
        return f"{module}_{suffix}.initialize ()"


nocrypto: Impl[Job] = Nocrypto()
"""Feeds entropy to the generator of nocrypto. It must be a dependency of all that uses nocrypto.

A unikernel that links nocrypto without this device is refused. Indirect requirements, as that of tls for nocrypto, are only
known to opam and go unnoticed: add this device to the dependencies of modules that use such libraries.
"""


class NocryptoRandom(Device[Random]):
    """The generator of nocrypto, Fortuna, which is for cryptography."""

    type = random
    module = "Nocrypto.Rng"
    name = "random"
    packages = (package("nocrypto", min="0.5.4", max="0.6.0"),)
    deps = (nocrypto,)


stdlib_random: Impl[Random] = StdlibRandom()
"""OCaml's own generator, which is not for cryptography."""
nocrypto_random: Impl[Random] = NocryptoRandom()
"""The generator of nocrypto, Fortuna, which is for cryptography."""

_PRNG = keys.prng()
default_random: Impl[Random] = match_impl(
    _PRNG.value, {"nocrypto": nocrypto_random}, default=stdlib_random, keys=[_PRNG]
)
"""The generator selected by the key `prng`: stdlib by default, or nocrypto, which is also called fortuna."""
