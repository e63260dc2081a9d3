"""Write a configuration of MirageOS 4.11 in Python, for translations of a config.ml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functoria import Value
from functoria.errors import ConfigError
from functoria.ocaml import symbols
from functoria.ocaml.devices import CODE, code_of
from functoria.ocaml.told import Text, Told
from functoria.ocaml.writer import Dialect, Made
from functoria.sexp import Sexp, Verbatim
from mirage_devices import v4
from mirage_devices.v4 import keys, runtime_args
from mirage_devices.v4.ocaml import hooks, modules


def _main(made: Made) -> tuple[str, list[Any], dict[str, Any]]:
    named = {name: value for name, value in made.by_name.items() if name not in ("pos", "packages_v")}
    given = hooks.united(made.by_name.get("packages", ()), made.by_name.get("packages_v"))
    if isinstance(given, Value):
        named["packages"] = given
    elif "packages_v" in made.by_name:
        named["packages"] = list(given)
    return "main", made.by_place, named


def _register(made: Made) -> tuple[str, list[Any], dict[str, Any]]:
    return "register", made.by_place, made.by_name


def _device(device: Any, said: Callable[[Any], str]) -> tuple[str, list[str]] | None:
    if not isinstance(device, hooks.OcamlDevice):
        return None
    at, held = device.at, dict(device.hooks)
    information = symbols.info(device.module, at)
    body = [f'"""The module {device.module}."""', ""]
    body += [f"type = {said(device.type)}", f"module = {said(device.module)}", f"name = {said(device.name)}"]
    for name in ("own_packages", "keys", "runtime_args", "deps", "local_libs"):
        value = getattr(device, name)
        if not isinstance(value, tuple) or value:
            body.append(f"{name} = {said(value)}")
    if "connect" in held:
        count = sum(not parameter.parameters for parameter in device.type.parameters)
        count += len(device.deps) + len(device.runtime_args)

        def connect(_: Any, module: Text, values: list[Text]) -> Text:
            found: Text = code_of(held["connect"], "connect", at, information.value, module, values, code=CODE)
            return found

        body += ["", *symbols.connected(connect, count)]
    if "files" in held or "configure" in held:
        pairs = (
            f"{said(name)}: {symbols.formatted(_content(text))}"
            for name, text in device.files(information.value).items()
        )
        body += ["", "def files(self, info):", f"    return {{{', '.join(pairs)}}}"]
    if "dune" in held:
        rules = ", ".join(_sexp(rule, said) for rule in device.rules(information.value))
        body += ["", "def rules(self, info):", f"    return [{rules}]"]
    if "install" in held:
        made = device.install(information.value)
        body += [
            "",
            "def install(self, info):",
            f"    return {said(v4.Install)}(bin={said(made.bin)}, etc={said(made.etc)})",
        ]
    if "install_v" in held:
        raise ConfigError(f"install_v of {device.module} is to be written by hand", objects=[device], locations=[at])
    name = "".join(part.capitalize() for part in device.name.split("_"))
    return name or "Own", body


def _content(text: object) -> Text:
    if not isinstance(text, (str, Told)):
        raise ConfigError("a file that is not text is to be written by hand", objects=[text])
    return text


def _sexp(sexp: Sexp, said: Callable[[Any], str]) -> str:
    if isinstance(sexp, Verbatim):
        return f"{said(Verbatim)}({symbols.literal(str(sexp))})"
    if isinstance(sexp, str):
        return symbols.literal(sexp)
    inner = ", ".join(_sexp(item, said) for item in sexp)
    return f"({inner},)" if len(sexp) == 1 else f"({inner})"


def dialect() -> Dialect:
    """Return the dialect, for `functoria.ocaml`."""
    return Dialect(
        v4,
        {modules.main: _main, modules.application: _register},
        {"mirage_devices.v4 keys": keys, "mirage_devices.v4 runtime_args": runtime_args, "functoria sexp": _Sexp},
        _device,
    )


class _Sexp:
    """The part of functoria.sexp that configurations use."""

    Verbatim = Verbatim
