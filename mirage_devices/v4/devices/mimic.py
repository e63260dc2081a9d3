"""Mimic: clients' connections by any protocol."""

from __future__ import annotations

from collections.abc import Sequence

from attr import frozen

from functoria import Impl, Info, Type
from mirage_devices.v4.device import Device
from mirage_devices.v4.devices.dns import DnsClient, HappyEyeballs, dns_client, happy_eyeballs
from mirage_devices.v4.devices.stack import Stackv4v6, stackv4v6
from mirage_devices.v4.packages import package


class Mimic:
    """Label of `mimic` for type checkers."""


mimic: Type[Mimic] = Type("mimic")
"""A client's connection by any protocol."""


@frozen
class MimicHappyEyeballs(Device[Stackv4v6, HappyEyeballs, DnsClient, Mimic]):
    """Connections to the first address of a name that responds."""

    type = stackv4v6 >> happy_eyeballs >> dns_client >> mimic
    module = "Mimic_happy_eyeballs.Make"
    name = "mimic"
    own_packages = (package("mimic-happy-eyeballs", min="0.0.9"),)

    def connect(self, info: Info, module: str, values: Sequence[str]) -> str:
        _, eyeballs, _ = self.expect(values, 3)
        return f"{module}.connect {eyeballs}"


def mimic_happy_eyeballs(stack: Impl[Stackv4v6], he: Impl[HappyEyeballs], dns: Impl[DnsClient]) -> Impl[Mimic]:
    """Connections over `stack` to names resolved by `dns`, at the first address that responds."""
    return MimicHappyEyeballs() @ stack @ he @ dns
