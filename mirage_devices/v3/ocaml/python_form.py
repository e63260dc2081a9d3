"""Write a configuration of MirageOS 3.3 in Python, for translations of a config.ml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import functoria
import mirage_devices
from functoria.ocaml import symbols
from functoria.ocaml.devices import TEXT, code_of
from functoria.ocaml.told import Text
from functoria.ocaml.values import Wrapped
from functoria.ocaml.writer import Dialect, Made
from mirage_devices.v3 import keys
from mirage_devices.v3.devices.ip import ipv4_config, ipv6_config
from mirage_devices.v3.ocaml.modules import direct_stackv4, syslog_record
from mirage_devices.v3.ocaml.objects import BASE, OcamlDevice


def _direct_stackv4(made: Made) -> tuple[str, list[Any], dict[str, Any]]:
    named = {name: value for name, value in made.by_name.items() if name != "group"}
    return "direct_stackv4", made.by_place, named


def _record(name: str) -> Callable[[Made], tuple[str, list[Any], dict[str, Any]]]:
    return lambda made: (name, [], {key: each for key, each in made.by_name.items() if key in _NEEDED or each})


_NEEDED = ("network", "addresses", "hostname")
"""The required fields of records."""


def _device(device: Any, said: Callable[[Any], str]) -> tuple[str, list[str]] | None:
    if not isinstance(device, OcamlDevice):
        return None
    at = device.made.at
    information: Wrapped = symbols.info(device.module, at)

    def connect(_: Any, module: Text, values: list[Text]) -> Text:
        hook = device.made.methods["connect"]()
        found: Text = code_of(hook, "connect", at, information.value, module, values, code=TEXT)
        return found

    body = [f'"""The module {device.module}."""', ""]
    body += [f"type = {said(device.type)}", f"module = {said(device.module)}", f"name = {said(device.name)}"]
    for name in ("packages", "keys", "deps"):
        value = getattr(device, name)
        if not isinstance(value, tuple) or value:
            body.append(f"{name} = {said(value)}")
    if device.made.methods["connect"] is not BASE["connect"]:
        count = sum(not parameter.parameters for parameter in device.type.parameters) + len(device.deps)
        body += ["", *symbols.connected(connect, count)]
    for hook in ("build", "clean"):
        if device.made.methods[hook] is not BASE[hook]:
            line = f"def {hook}(self, info):"
            todo = f'    raise NotImplementedError("{hook} of the config.ml, line {device.made.at.line}, in Python")'
            body += ["", line, todo if hook == "build" else "    pass"]
    return "".join(part.capitalize() for part in device.name.split("_")) or "Own", body


def dialect() -> Dialect:
    """Return the dialect, for `functoria.ocaml`."""
    return Dialect(
        mirage_devices,
        {
            direct_stackv4: _direct_stackv4,
            ipv4_config: _record("ipv4_config"),
            ipv6_config: _record("ipv6_config"),
            syslog_record: _record("syslog_config"),
            functoria.package: lambda made: ("package", made.by_place, made.by_name),
        },
        {"mirage_devices.v3 keys": keys},
        _device,
    )
