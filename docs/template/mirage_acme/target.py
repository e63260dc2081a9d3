"""Targets: one that Solo5 has no tender for, and that is linked like hvt."""

from mirage_devices.v4 import package
from mirage_devices.v4.targets import Target

CROSVM = Target(
    "crosvm",
    "solo5",
    (
        package("ocaml-solo5", min="0.8.2", max="2.0.0", build=True, scope="switch"),
        package("solo5", min="0.7.5", max="0.13.0", build=True, scope="switch"),
        package("mirage-solo5", compatible="0.10.0"),
    ),
    suffix=".crosvm",
    abi="hvt",
)
"""The virtual machine monitor crosvm."""
